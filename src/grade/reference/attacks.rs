//! Right answers to wrong ones that look like them: what the learned grader is trained not to fall for, and measured on.
//!
//! Beside a question's own texts nothing is needed. Deterministic. An attack that does not fit a text gives nothing.

use super::super::fold::{Text, Token, fold};
use super::super::words::Class;
use super::boosting::Random;

/// How an answer was spoilt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Attack {
    /// The words of a right answer in no order.
    Shuffled,
    /// Its words in the order of the alphabet.
    Sorted,
    /// Its words without grammar.
    Listed,
    /// The question, as it stands or as a statement.
    Copied,
    /// "It is not true that …"
    Refuted,
    /// A negation put in, or taken out.
    Negated,
    /// The second half before the first.
    Swapped,
    /// Its weightiest word alone.
    OneWord,
}

impl Attack {
    pub(super) const ALL: [Self; 8] = [
        Self::Shuffled,
        Self::Sorted,
        Self::Listed,
        Self::Copied,
        Self::Refuted,
        Self::Negated,
        Self::Swapped,
        Self::OneWord,
    ];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Shuffled => "words shuffled",
            Self::Sorted => "words sorted",
            Self::Listed => "list of words",
            Self::Copied => "question copied",
            Self::Refuted => "called untrue",
            Self::Negated => "negated",
            Self::Swapped => "halves swapped",
            Self::OneWord => "one word",
        }
    }

    /// The spoilt text says the opposite, rather than nothing.
    pub(super) fn contradicts(self) -> bool {
        matches!(self, Self::Refuted | Self::Negated)
    }

    /// `answer` to `question` spoilt in this way.
    pub(super) fn spoil(self, answer: &str, question: &str, random: &mut Random) -> Option<String> {
        let text = fold(answer);
        let mut words: Vec<&str> = text.tokens.iter().map(|token| token.word.as_str()).collect();
        let is_matter = |token: &&Token| !token.class.has(Class::FUNCTION);
        match self {
            Self::Shuffled => {
                random.shuffle(&mut words);
                (words.len() > 4).then(|| words.join(" "))
            }
            Self::Sorted => {
                words.sort_unstable();
                (words.len() > 4).then(|| words.join(" "))
            }
            Self::Listed => {
                let mut words: Vec<&str> =
                    text.tokens.iter().filter(is_matter).map(|token| token.word.as_str()).collect();
                if random.chance(0.5) {
                    random.shuffle(&mut words);
                }
                let between = if random.chance(0.5) { ", " } else { " " };
                (words.len() > 2 && text.tokens.len() > words.len() + 1).then(|| words.join(between))
            }
            Self::Copied => Some(match random.below(3) {
                0 => question.to_owned(),
                1 => question.rsplit(['.', ':']).find(|part| part.len() > 12).unwrap_or(question).to_owned(),
                _ => question.replace(['?', '!'], "."),
            }),
            Self::Refuted => {
                const OPENINGS: [&str; 5] = [
                    "It is not true that",
                    "It is false that",
                    "It is wrong to say that",
                    "I do not think that",
                    "It is not the case that",
                ];
                let opening = OPENINGS[random.below(OPENINGS.len())];
                (words.len() > 2).then(|| format!("{opening} {}", words.join(" ")))
            }
            Self::Negated => negated(&text, random),
            Self::Swapped => swapped(&words),
            Self::OneWord => {
                let longest = text.tokens.iter().filter(is_matter).max_by_key(|token| token.word.len())?;
                (words.len() > 2).then(|| longest.word.to_string())
            }
        }
    }
}

const VERBS: &[&str] = &[
    "is", "are", "was", "were", "does", "do", "did", "can", "could", "will", "would", "should", "must", "has", "have",
    "had",
];

/// What joins two halves that are stated both, and what makes of one the condition of the other.
const JOINTS: &[&str] = &["and", "but", "so", "because", "since", "therefore"];
const CONDITIONS: &[&str] = &["if", "when", "unless", "until", "while", "whenever"];

/// "not" behind a verb that allows it, or taken out there; else "does not" before what looks like a verb.
fn negated(text: &Text, random: &mut Random) -> Option<String> {
    let words: Vec<&str> = text.tokens.iter().map(|token| token.word.as_str()).collect();
    let joined = |parts: &[&[&str]]| Some(parts.concat().join(" "));
    let n_negators = text.tokens.iter().filter(|token| token.class.has(Class::NEGATOR)).count();
    if let Some(at) = words.iter().position(|word| VERBS.contains(word)) {
        let (before, after) = words.split_at(at + 1);
        let are_stated = !words.iter().any(|word| CONDITIONS.contains(word));
        if n_negators == 0
            && are_stated
            && let Some(second) = verb_of_second_half(&words, at)
            && random.chance(0.3)
        {
            let (between, rest) = words.split_at(second + 1);
            return joined(&[before, &["not"], &between[at + 1..], &["not"], rest]);
        }
        return match after {
            [] => None,
            ["not", rest @ ..] => joined(&[before, rest]),
            // Turned at one place only, what has a negator further on would be half right; turned at both it says the
            // opposite twice, where each half is stated: "if it is not A, it is B" may be true of both.
            _ if n_negators > 0 => {
                let not = after.iter().position(|word| *word == "not")?;
                let (between, rest) = (&after[..not], &after[not + 1..]);
                let are_halves = n_negators == 1 && between.iter().any(|word| JOINTS.contains(word));
                if are_stated && are_halves { joined(&[before, &["not"], between, rest]) } else { None }
            }
            _ if random.chance(0.15) => joined(&[before, &["never"], after]),
            _ => joined(&[before, &["not"], after]),
        };
    }
    if n_negators > 0 {
        return None;
    }
    let is_verb = |at: &usize| {
        let (word, before) = (words[*at], &text.tokens[at - 1]);
        let ending = word.len() > 3 && (word.ends_with('s') && !word.ends_with("ss") || word.ends_with("ed"));
        ending && !text.tokens[*at].class.has(Class::FUNCTION) && !before.class.has(Class::DETERMINER)
    };
    let at = (1..words.len()).find(is_verb)?;
    let (before, after) = words.split_at(at);
    let verb = after[0];
    let is_past = verb.ends_with("ed");
    let plain = if is_past { verb.strip_suffix("ed") } else { verb.strip_suffix('s') }.unwrap_or(verb);
    joined(&[before, &[if is_past { "did" } else { "does" }, "not", plain], &after[1..]])
}

/// Where the verb of the other half stands, if two halves are joined, the first of them with its verb at `first`.
fn verb_of_second_half(words: &[&str], first: usize) -> Option<usize> {
    let begins = words[0] == "because" || words[0] == "since";
    let joint =
        if begins { first + 2 } else { first + words[first..].iter().position(|word| JOINTS.contains(word))? };
    (joint..words.len()).find(|at| VERBS.contains(&words[*at]))
}

/// Around the word that joins two halves, else around the middle.
fn swapped(words: &[&str]) -> Option<String> {
    const HINGES: &[&str] = &["because", "so", "causes", "makes", "than", "before", "after"];
    if words.len() < 6 {
        return None;
    }
    let joint = HINGES.iter().find_map(|joint| words[2..words.len() - 2].iter().position(|word| word == joint));
    Some(match joint.map(|at| at + 2) {
        Some(at) => [&words[at + 1..], &words[at..=at], &words[..at]].concat().join(" "),
        None => [&words[words.len() / 2..], &words[..words.len() / 2]].concat().join(" "),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_right_answer_is_spoilt_in_each_way() {
        let question = "What closes the circuit?";
        for (attack, answer, spoilt) in [
            (Attack::Sorted, "the wire closes a gap", Some("a closes gap the wire")),
            (Attack::Negated, "the wire is closed", Some("the wire is not closed")),
            (Attack::Negated, "the wire is not open", Some("the wire is open")),
            (Attack::Negated, "the wire closes the gap", Some("the wire does not close the gap")),
            (
                Attack::Negated,
                "the wire is closed and does not have a gap",
                Some("the wire is not closed and does have a gap"),
            ),
            (
                Attack::Negated,
                "the wire is closed so the bulb does not go out",
                Some("the wire is not closed so the bulb does go out"),
            ),
            (Attack::Negated, "if the wire is open the bulb is not lit and so it is dark", None),
            (Attack::Negated, "wire", None),
            (
                Attack::Swapped,
                "the lamp burns because the wire is closed",
                Some("the wire is closed because the lamp burns"),
            ),
            (Attack::Swapped, "a wire", None),
            (Attack::OneWord, "the wire closes it", Some("closes")),
        ] {
            let found = attack.spoil(answer, question, &mut Random(1));
            assert_eq!(found.as_deref(), spoilt, "{attack:?} {answer}");
        }
        let both = "because the wire is not closed the bulb can not burn";
        let turned =
            |seed| Attack::Negated.spoil("because the wire is closed the bulb can burn", question, &mut Random(seed));
        assert!((0..20).filter_map(turned).any(|it| it == both));
    }
}
