//! Whether words stand in an order that sentences have.
//!
//! Bigrams of word classes (each word of grammar is a class of its own, others go by their ending) counted in answers
//! that people wrote and in the course's own sample answers: `assets/grade/word-order.txt`. Shuffled words score far
//! below any sentence of some length, however clumsy; a short one is given the benefit of the doubt.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::LazyLock;

use super::fold::{ARROW, Pause, Token, fold};
use super::hashing::WordMap;
use super::words::Class;

/// The ends of a sentence and a pause in it, as classes.
const START: &str = "^";
const END: &str = "$";
const PAUSE: &str = ",";
/// Added to each count in proportion to the class's own frequency, so that the unseen is unlikely, not impossible.
const PRIOR: f64 = 8.0;
/// The log-odds of one pair say no more than this.
const MOST: f64 = 3.0;
/// Shortest run of words that is judged.
const FEWEST_WORDS: usize = 9;

static SEEN: LazyLock<WordOrder> =
    LazyLock::new(|| WordOrder::parse(include_str!("../../assets/grade/word-order.txt")));

/// How much likelier each pair of classes is than chance, as natural logarithms.
#[derive(Debug)]
pub struct WordOrder {
    classes: WordMap<String, usize>,
    log_odds: Vec<f64>,
}

/// Whether `tokens` are words in no order.
///
/// The bound rises with the length: nine words may be clumsy, thirty in a row are not by chance. It is lower where no
/// neighbours misfit, since the counts know little of rare words. Chosen so that one sentence of a learner in a hundred
/// falls below it, and nine in ten shuffled solutions do.
pub(super) fn is_shuffled(tokens: &[Token]) -> bool {
    if tokens.len() < FEWEST_WORDS {
        return false;
    }
    let n_more = tokens.len() as f64 - FEWEST_WORDS as f64;
    let bound = (-0.72 + 0.07 * n_more).min(-0.52 + 0.025 * n_more).min(-0.08);
    let benefit_of_doubt = if n_misfits(tokens) == 0 { 0.15 } else { 0.0 };
    SEEN.mean_log_odds(tokens) < bound - benefit_of_doubt
}

/// Whether neighbours stand together that no sentence has: "the is", "of and", an article at the end.
///
/// What a short sentence of shuffled words shows when counts say nothing yet. One slip is anybody's.
pub(super) fn is_salad(tokens: &[Token]) -> bool {
    let n_misfits = n_misfits(tokens);
    // No chain has an arrow to an arrow, however long it is.
    let has_torn_chain = || tokens.windows(2).any(|pair| pair[0].word == ARROW && pair[1].word == ARROW);
    has_torn_chain() || n_misfits * SALAD_WORDS > tokens.len() && n_misfits > usize::from(tokens.len() >= SALAD_WORDS)
}

fn n_misfits(tokens: &[Token]) -> usize {
    (0..tokens.len()).filter(|at| misfits(&tokens[*at], tokens.get(at + 1))).count()
}

/// Words to each misfit up to which a sentence is a salad.
const SALAD_WORDS: usize = 10;
const ARTICLES: &[&str] = &["the", "a", "an", "every", "our", "your", "my"];
/// Prepositions, none of which stands before another.
const PREPOSITIONS: &[&str] =
    &["of", "than", "into", "from", "per", "between", "during", "at", "with", "by", "to", "for"];
/// What else cannot end a sentence.
const LEADING: &[&str] = &[
    "of", "than", "into", "per", "between", "during", "because", "and", "or", "if", "the", "across", "towards", "upon",
    "via",
];
/// What no article stands before.
const NEVER_NAMED: &[&str] =
    &["it", "they", "i", "we", "you", "them", "when", "because", "never", "again", "this", "these"];
const FINITE: &[&str] = &["is", "are", "was", "were", "will", "would", "can", "could", "should", "must"];
const SUBJECTS: &[&str] = &["i", "we", "they", "he", "she"];

/// Whether nothing, or something else than `next`, must follow `token`.
fn misfits(token: &Token, next: Option<&Token>) -> bool {
    let is = |token: &Token, words: &[&str]| words.contains(&token.word.as_str());
    // "… starts function A" ends with a name.
    let Some(next) = next else {
        return token.word != "a" && is(token, ARTICLES) || is(token, LEADING) || token.word == ARROW;
    };
    // An arrow leads from one thing to another.
    if next.word == ARROW && (token.word == ARROW || is(token, ARTICLES) || is(token, LEADING)) {
        return true;
    }
    if next.before >= Pause::Clause {
        return is(token, ARTICLES);
    }
    let is_verb = is(next, FINITE);
    if is(token, ARTICLES) {
        is_verb
            || [ARTICLES, PREPOSITIONS, SUBJECTS].iter().any(|words| is(next, words))
            || is(next, &["and", "or", "not", "if"])
            || is(next, NEVER_NAMED) && token.word != "a"
    } else if is(token, PREPOSITIONS) {
        is_verb || is(next, PREPOSITIONS) || is(next, SUBJECTS) || is(next, &["and", "or", "because"])
    } else if is(token, FINITE) {
        is_verb || is(next, &["into", "to", "if"])
    } else {
        is(token, SUBJECTS) && (is(next, ARTICLES) || is(next, PREPOSITIONS))
            || is(token, &["and", "or"]) && is(next, &["of", "and", "or", "than"])
    }
}

/// The classes of a sentence from its start to its end.
fn classes(tokens: &[Token]) -> impl Iterator<Item = &str> {
    let inside = tokens.iter().enumerate().flat_map(|(at, token)| {
        let pause = (at > 0 && token.before >= Pause::Clause).then_some(PAUSE);
        pause.into_iter().chain(std::iter::once(class_of(token)))
    });
    std::iter::once(START).chain(inside).chain(std::iter::once(END))
}

fn class_of(token: &Token) -> &str {
    const ENDINGS: [&str; 5] = ["ing", "ed", "ly", "tion", "s"];
    let word = token.word.as_str();
    if token.class.has(Class::FUNCTION) || token.class.has(Class::NEGATOR) {
        return word;
    }
    if word.bytes().all(|byte| byte.is_ascii_digit()) {
        return "#n";
    }
    ENDINGS.iter().find(|ending| word.len() > ending.len() + 2 && word.ends_with(**ending)).map_or("#", |ending| ending)
}

impl WordOrder {
    /// Counts the pairs in `texts`, and gives the table that [`Self::parse`] reads: a class, its successor, how often.
    pub fn count<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
        let mut pairs: BTreeMap<(String, String), u32> = BTreeMap::new();
        for text in texts {
            let read = fold(text);
            for sentence in read.sentences.iter().filter(|sentence| sentence.tokens.len() >= 3) {
                let classes: Vec<&str> = classes(&read.tokens[sentence.tokens.clone()]).collect();
                for pair in classes.windows(2) {
                    *pairs.entry((pair[0].to_owned(), pair[1].to_owned())).or_default() += 1;
                }
            }
        }
        let mut table = String::new();
        for ((a, b), count) in pairs.iter().filter(|(_, count)| **count > 1) {
            // Writing to a string cannot fail.
            let _ = writeln!(table, "{a} {b} {count}");
        }
        table
    }

    /// Reads a table; lines that are not `class class count` are passed over.
    pub fn parse(table: &str) -> Self {
        let mut classes: WordMap<String, usize> = WordMap::default();
        let mut pairs: Vec<(usize, usize, f64)> = Vec::new();
        let mut id = |name: &str| {
            classes.get(name).copied().unwrap_or_else(|| {
                let next = classes.len();
                classes.insert(name.to_owned(), next);
                next
            })
        };
        for line in table.lines() {
            let mut fields = line.split(' ');
            if let (Some(a), Some(b), Some(Ok(count))) = (fields.next(), fields.next(), fields.next().map(str::parse)) {
                pairs.push((id(a), id(b), count));
            }
        }
        let n = classes.len();
        let (mut first, mut second) = (vec![0.0; n], vec![0.0; n]);
        for (a, b, count) in &pairs {
            first[*a] += count;
            second[*b] += count;
        }
        let all: f64 = second.iter().sum();
        let log = |odds: f64| odds.ln().clamp(-MOST, MOST);
        // Most pairs of classes are never seen, and one after the same class is as unlikely as another.
        let mut log_odds: Vec<f64> =
            first.iter().flat_map(|first| std::iter::repeat_n(log(PRIOR / (first + PRIOR)), n)).collect();
        for (a, b, count) in pairs {
            let chance = (second[b] + 1.0) / (all + n as f64);
            log_odds[a * n + b] = log((count + PRIOR * chance) / (first[a] + PRIOR) / chance);
        }
        Self { classes, log_odds }
    }

    fn mean_log_odds(&self, tokens: &[Token]) -> f64 {
        let n = self.classes.len();
        let mut all = classes(tokens).map(|class| self.classes.get(class).copied());
        let mut before = all.next().flatten();
        let (mut sum, mut n_pairs) = (0.0, 0);
        for class in all {
            if let (Some(a), Some(b)) = (before, class) {
                sum += self.log_odds[a * n + b];
            }
            n_pairs += 1;
            before = class;
        }
        sum / f64::from(n_pairs.max(1))
    }
}

#[cfg(test)]
mod tests {
    use super::super::attack::Attack;
    use super::*;

    #[test]
    fn sentences_are_told_from_their_shuffled_words() {
        for sentence in [
            "The connection is opened once when the environment starts, and the calls that follow use the same one again.",
            "with the server it is the same price all of the time and when there are many calls you do not have to pay for each of them",
            "No, because with so many calls you would have to pay for each of them and a server of your own costs less in the end.",
        ] {
            assert!(!is_shuffled(&fold(sentence).tokens), "{sentence}");
            for attack in [Attack::Sorted, Attack::Shuffled] {
                let spoilt = attack.spoil(sentence).unwrap();
                assert!(is_shuffled(&fold(&spoilt).tokens), "{spoilt}");
            }
        }
    }

    #[test]
    fn a_table_is_counted_and_read_back() {
        let table = WordOrder::count(["The code runs once. The code stops once.", "nonsense"]);
        assert_eq!(table, "# s 2\n^ the 2\nonce $ 2\ns once 2\nthe # 2\n");
        let order = WordOrder::parse(&format!("{table}no line\n"));
        assert!(
            order.mean_log_odds(&fold("The code runs once").tokens)
                > order.mean_log_odds(&fold("once code the runs").tokens)
        );
    }
}
