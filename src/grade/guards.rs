//! What is no statement of the learner's: questions, word lists, words in no order, the prompt's own words, another
//! language, text addressed to the grader.
//!
//! Guards look at one sentence, so that a good sentence beside a bad one keeps its points.

use std::collections::HashSet;

use super::fold::{ARROW, Pause, Sentence, Text, Token};
use super::words::{self, Class};

/// Why a sentence does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Refusal {
    Question,
    WordList,
    Shuffled,
    Copied,
}

/// What the prompt says, to tell copies by.
#[derive(Clone, Debug, Default)]
pub(super) struct PromptWords {
    /// Normal forms of the content words, in order.
    in_order: Vec<String>,
    all: HashSet<String>,
}

impl PromptWords {
    pub(super) fn new(prompt: &Text) -> Self {
        let in_order: Vec<String> = content(&prompt.tokens).collect();
        Self { all: in_order.iter().cloned().collect(), in_order }
    }

    pub(super) fn contain(&self, normal_form: &str) -> bool {
        self.all.contains(normal_form)
    }

    /// Nearly all content words stand in the prompt, and in its order.
    fn is_source_of(&self, tokens: &[Token]) -> bool {
        let words: Vec<String> = content(tokens).collect();
        if words.len() < 5 || words.len() > 200 {
            return false;
        }
        let n_known = words.iter().filter(|word| self.contain(word)).count();
        n_known * 10 >= words.len() * 9 && common_run(&words, &self.in_order) * 10 >= words.len() * 6
    }
}

fn content(tokens: &[Token]) -> impl Iterator<Item = String> {
    tokens.iter().filter(|token| !token.class.has(Class::FUNCTION)).map(|token| words::normal_form(&token.word))
}

/// Length of the longest common subsequence.
fn common_run(a: &[String], b: &[String]) -> usize {
    let mut row = vec![0; b.len() + 1];
    for left in a {
        let mut diagonal = 0;
        for (at, right) in b.iter().enumerate() {
            let above = row[at + 1];
            row[at + 1] = if left == right { diagonal + 1 } else { above.max(row[at]) };
            diagonal = above;
        }
    }
    row[b.len()]
}

/// For each sentence why it does not count, if it does not.
pub(super) fn refusals(text: &Text, prompt: &PromptWords) -> Vec<Option<Refusal>> {
    let mut refusals: Vec<Option<Refusal>> = text
        .sentences
        .iter()
        .map(|sentence| {
            let tokens = &text.tokens[sentence.tokens.clone()];
            if is_asked(tokens, sentence) {
                Some(Refusal::Question)
            } else if is_word_list(tokens) {
                Some(Refusal::WordList)
            } else if is_shuffled(tokens) {
                Some(Refusal::Shuffled)
            } else if prompt.is_source_of(tokens) {
                Some(Refusal::Copied)
            } else {
                None
            }
        })
        .collect();
    refuse_scattered_words(text, &mut refusals);
    refusals
}

fn is_asked(tokens: &[Token], sentence: &Sentence) -> bool {
    sentence.is_question && tokens.iter().take(2).any(|token| token.class.has(Class::ASKING))
}

/// Many words and next to no grammar: terms strung together.
///
/// A terse answer has at least a verb's ending, a preposition or an arrow every now and then.
fn is_word_list(tokens: &[Token]) -> bool {
    if tokens.len() < 6 {
        return false;
    }
    let n_grammar = tokens.iter().filter(|token| token.class.has(Class::FUNCTION) || token.word == ARROW).count();
    let n_pieces = 1 + tokens.iter().skip(1).filter(|token| token.before >= Pause::Clause).count();
    let share = n_grammar as f64 / tokens.len() as f64;
    let words_per_piece = tokens.len() as f64 / n_pieces as f64;
    share < 0.1 || (share < 0.25 && n_pieces >= 4 && words_per_piece < 3.0)
}

/// Four and more scraps in a row, of at most three words and without grammar, are a list with full stops.
fn refuse_scattered_words(text: &Text, refusals: &mut [Option<Refusal>]) {
    let is_scrap = |sentence: &Sentence| {
        let tokens = &text.tokens[sentence.tokens.clone()];
        tokens.len() <= 3 && tokens.iter().all(|token| !token.class.has(Class::FUNCTION) && token.word != ARROW)
    };
    let mut start = 0;
    for end in 0..=text.sentences.len() {
        if text.sentences.get(end).is_some_and(is_scrap) {
            continue;
        }
        if end - start >= 4 {
            refusals[start..end].fill(Some(Refusal::WordList));
        }
        start = end + 1;
    }
}

/// Words in an order that no sentence has: articles before verbs, prepositions before conjunctions.
fn is_shuffled(tokens: &[Token]) -> bool {
    if tokens.len() < 8 {
        return false;
    }
    let n_clashes = tokens.windows(2).filter(|pair| clash(&pair[0], &pair[1])).count();
    n_clashes >= 2 && n_clashes * 100 >= tokens.len() * 9
}

fn clash(a: &Token, b: &Token) -> bool {
    if b.before >= Pause::Clause {
        return false;
    }
    let (left, right) = (a.class, b.class);
    let is_article = matches!(a.word.as_str(), "the" | "a" | "an" | "its" | "their" | "our" | "your" | "my" | "every");
    let b_joins = right.has(Class::CONJUNCTION) || matches!(b.word.as_str(), "because" | "while" | "when" | "if" | "which" | "so");
    if is_article {
        let opens = right.has(Class::PREPOSITION) && !matches!(b.word.as_str(), "outside" | "inside" | "up" | "down" | "off" | "like" | "above" | "near");
        return opens || right.has(Class::AUXILIARY) || right.has(Class::PRONOUN) && b.word != "one" || b_joins
            || matches!(b.word.as_str(), "the" | "a" | "an" | "this" | "these" | "each" | "its" | "it" | "also" | "then" | "there");
    }
    if left.has(Class::PREPOSITION) && matches!(a.word.as_str(), "of" | "to" | "from" | "for" | "with" | "at" | "by" | "into" | "as" | "than" | "in" | "on") {
        return right.has(Class::CONJUNCTION)
            || matches!(b.word.as_str(), "is" | "are" | "was" | "does" | "has" | "will" | "because" | "so")
            || (matches!(b.word.as_str(), "of" | "with" | "for" | "by") && a.word != "as")
            || (matches!(b.word.as_str(), "to" | "in" | "on") && matches!(a.word.as_str(), "of" | "at" | "for" | "by" | "to" | "with" | "into"));
    }
    if left.has(Class::CONJUNCTION) {
        return right.has(Class::CONJUNCTION) || b.word == "of" || b.word == "than";
    }
    if left.has(Class::PRONOUN) && matches!(a.word.as_str(), "it" | "they" | "we" | "he" | "she") {
        return matches!(b.word.as_str(), "the" | "a" | "an" | "of" | "and" | "because" | "its");
    }
    false
}

/// The language's English name, if the text is surely not English.
pub(super) fn other_language(answer: &str, text: &Text) -> Option<&'static str> {
    let n_words = text.tokens.len();
    let n_english = text.tokens.iter().filter(|token| token.class.has(Class::FUNCTION) && token.word.len() > 1).count();
    // English has a word of grammar in two or three; another language hits one by chance.
    if n_words == 0 || n_english * 5 >= n_words {
        return None;
    }
    let mut end = answer.len().min(2000);
    while !answer.is_char_boundary(end) {
        end -= 1;
    }
    let info = whatlang::detect(&answer[..end])?;
    let surely = info.script() != whatlang::Script::Latin || (n_words >= 5 && (info.is_reliable() || n_english * 12 < n_words));
    (surely && info.lang() != whatlang::Lang::Eng).then(|| info.lang().eng_name())
}

/// Speaks to whoever grades rather than about the question.
pub(super) fn addresses_grader(text: &Text) -> bool {
    const GRADER: &[&str] = &["grader", "rubric", "examiner", "evaluator", "grading", "prompt", "instructions", "instruction", "ai", "assistant"];
    const WISH: &[&str] = &["ignore", "full", "points", "point", "marks", "mark", "score", "maximum", "correct", "system", "disregard", "pass", "award"];
    text.sentences.iter().any(|sentence| {
        let words = || text.tokens[sentence.tokens.clone()].iter().map(|token| token.word.as_str());
        words().any(|word| GRADER.contains(&word)) && words().any(|word| WISH.contains(&word))
            || words().any(|word| word == "ignore" || word == "disregard" || word == "give") && words().any(|word| matches!(word, "points" | "marks"))
    })
}
