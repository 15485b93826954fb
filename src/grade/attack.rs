//! A right answer to wrong ones that look like it: what a grader must not fall for.
//!
//! The author's own sentences are the seed, so every rubric can be proved against them. Deterministic.

use super::fold::{Pause, Text, Token, fold};
use super::words::Class;

/// How an answer was spoilt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Attack {
    /// Its words in the order of the alphabet.
    Sorted,
    /// Its words in no order.
    Shuffled,
    /// Its words without grammar, with commas.
    Listed,
    /// "It is not true that …"
    Refuted,
    /// "not" put in, or taken out, behind the first verb that allows it.
    Negated,
    /// Subject and object changed: who triggers whom.
    Swapped,
}

impl Attack {
    pub const ALL: [Self; 6] =
        [Self::Sorted, Self::Shuffled, Self::Listed, Self::Refuted, Self::Negated, Self::Swapped];

    /// For a sentence: "with its words …".
    pub fn description(self) -> &'static str {
        match self {
            Self::Sorted => "with its words sorted",
            Self::Shuffled => "with its words shuffled",
            Self::Listed => "as a list of its words",
            Self::Refuted => "after `It is not true that`",
            Self::Negated => "negated",
            Self::Swapped => "with its sides swapped",
        }
    }

    /// `answer` spoilt in this way; nothing where the way does not fit it.
    pub fn spoil(self, answer: &str) -> Option<String> {
        let text = fold(answer);
        match self {
            Self::Sorted => {
                let mut words = all_words(&text);
                words.sort_unstable();
                words.dedup();
                (words.len() > 6).then(|| words.join(" "))
            }
            Self::Shuffled => {
                let mut words = all_words(&text);
                shuffle(&mut words);
                (words.len() > 6).then(|| words.join(" "))
            }
            Self::Listed => {
                let is_matter = |token: &&Token| !token.class.has(Class::FUNCTION);
                let mut words: Vec<&str> =
                    text.tokens.iter().filter(is_matter).map(|token| token.word.as_str()).collect();
                words.dedup();
                (words.len() > 5).then(|| words.join(", "))
            }
            Self::Refuted => each_sentence(&text, |tokens| Some(format!("It is not true that {}", spoken(tokens)))),
            Self::Negated => each_sentence(&text, negated),
            Self::Swapped => each_sentence(&text, swapped),
        }
    }
}

fn all_words(text: &Text) -> Vec<&str> {
    text.tokens.iter().map(|token| token.word.as_str()).collect()
}

fn spoken(tokens: &[Token]) -> String {
    tokens.iter().map(|token| token.word.as_str()).collect::<Vec<_>>().join(" ")
}

/// All sentences spoilt; nothing if one of them cannot be.
fn each_sentence(text: &Text, spoil: impl Fn(&[Token]) -> Option<String>) -> Option<String> {
    let spoilt: Option<Vec<String>> =
        text.sentences.iter().map(|sentence| spoil(&text.tokens[sentence.tokens.clone()])).collect();
    spoilt.filter(|sentences| !sentences.is_empty()).map(|sentences| sentences.join(". "))
}

/// Verbs behind which "not" turns the whole statement round.
const FINITE: &[&str] =
    &["is", "are", "was", "were", "does", "do", "did", "can", "could", "will", "would", "should", "must", "has"];

fn negated(tokens: &[Token]) -> Option<String> {
    let verb = tokens.iter().position(|token| FINITE.contains(&token.word.as_str()))?;
    // In "when it is warm, …" the main verb is another one.
    let is_main = |token: &Token| token.before < Pause::Clause && !token.class.has(Class::STOP);
    if !tokens[1..=verb.max(1)].iter().all(is_main) || tokens[0].class.has(Class::STOP) {
        return None;
    }
    let (before, after) = tokens.split_at(verb + 1);
    // A sentence that already denies something elsewhere would not simply be turned round.
    match after {
        [first, rest @ ..] if first.word == "not" => Some(format!("{} {}", spoken(before), spoken(rest))),
        _ if tokens.iter().any(|token| token.class.has(Class::NEGATOR)) => None,
        _ => Some(format!("{} not {}", spoken(before), spoken(after))),
    }
}

/// Words whose two sides are not the same the other way round.
const DIRECTED: &[&str] = &["triggers", "causes", "emits", "invokes", "activates", "publishes", "fires"];

fn swapped(tokens: &[Token]) -> Option<String> {
    let at = tokens.iter().position(|token| DIRECTED.contains(&token.word.as_str()))?;
    let (left, right) = (&tokens[..at], &tokens[at + 1..]);
    (left.len() > 1 && right.len() > 1).then(|| format!("{} {} {}", spoken(right), tokens[at].word, spoken(left)))
}

/// Fisher-Yates with a fixed seed.
fn shuffle(words: &mut [&str]) {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    for last in (1..words.len()).rev() {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        words.swap(last, (state >> 33) as usize % (last + 1));
    }
}

#[cfg(test)]
mod tests {
    use super::Attack;

    #[test]
    fn an_answer_is_spoilt_in_each_way() {
        let answer = "The upload triggers a function. It is not opened again on each call.";
        for (attack, spoilt) in [
            (
                Attack::Refuted,
                Some(
                    "It is not true that the upload triggers a function. It is not true that it is not opened again on each call",
                ),
            ),
            (Attack::Negated, None),
            (Attack::Listed, None),
        ] {
            assert_eq!(attack.spoil(answer).as_deref(), spoilt, "{attack:?}");
        }
        assert_eq!(Attack::Negated.spoil("It is not opened").as_deref(), Some("it is opened"));
        assert_eq!(Attack::Negated.spoil("A server is cheaper").as_deref(), Some("a server is not cheaper"));
        assert_eq!(
            Attack::Swapped.spoil("The upload triggers a function").as_deref(),
            Some("a function triggers the upload")
        );
        assert_eq!(
            Attack::Sorted.spoil("one two three four five six seven two").as_deref(),
            Some("five four one seven six three two")
        );
    }
}
