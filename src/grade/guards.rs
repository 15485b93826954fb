//! What is no statement of the learner's: questions, word lists, words in no order, the prompt's own words, another
//! language, text addressed to the grader.
//!
//! Guards look at one sentence, so that a good sentence beside a bad one keeps its points.

use super::fold::{ARROW, Pause, Sentence, Text, Token};
use super::hashing::WordSet;
use super::word_order::{is_salad, is_shuffled};
use super::words::Class;

/// Why a sentence does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Refusal {
    Question,
    WordList,
    Shuffled,
    Copied,
    ToGrader,
    /// The answer itself calls it untrue.
    Refuted,
}

/// What the prompt says, to tell copies by.
#[derive(Clone, Debug, Default)]
pub(super) struct PromptWords {
    /// Normal forms of its content words.
    forms: WordSet<String>,
    /// Those of them that stand together.
    pairs: WordSet<(String, String)>,
}

impl PromptWords {
    pub(super) fn new(prompt: &Text) -> Self {
        let words: Vec<String> = content(&prompt.tokens).map(str::to_owned).collect();
        let pairs = words.windows(2).map(|pair| (pair[0].clone(), pair[1].clone())).collect();
        Self { forms: words.into_iter().collect(), pairs }
    }

    pub(super) fn contain(&self, normal_form: &str) -> bool {
        self.forms.contains(normal_form)
    }

    /// Nearly all content words stand in the prompt, and none that denies it.
    fn is_source_of(&self, tokens: &[Token]) -> bool {
        let words: Vec<&str> = content(tokens).collect();
        let n_known = words.iter().filter(|word| self.contain(word)).count();
        let denies = || tokens.iter().any(|token| token.class.has(Class::NEGATOR));
        let is_pair = |pair: &&[&str]| self.pairs.contains(&(pair[0].to_owned(), pair[1].to_owned()));
        // A few of its terms can make a statement of their own; many of them hardly do, in whatever order.
        let is_in_order = || words.len() > 6 || words.windows(2).filter(is_pair).count() * 2 >= words.len() - 1;
        words.len() >= 4 && n_known * 10 >= words.len() * 9 && !denies() && is_in_order()
    }
}

fn content(tokens: &[Token]) -> impl Iterator<Item = &str> {
    tokens.iter().filter(|token| !token.class.has(Class::FUNCTION)).map(|token| token.form.as_str())
}

/// For each sentence why it does not count, if it does not.
pub(super) fn refusals(text: &Text, prompt: &PromptWords) -> Vec<Option<Refusal>> {
    let mut refusals: Vec<Option<Refusal>> = text
        .sentences
        .iter()
        .map(|sentence| {
            let tokens = &text.tokens[sentence.tokens.clone()];
            if addresses_grader(tokens) {
                Some(Refusal::ToGrader)
            } else if is_asked(tokens, sentence) {
                Some(Refusal::Question)
            } else if is_word_list(tokens) || is_alphabetical(tokens) || is_salad(tokens) {
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
    // What goes on after a cut is of the same making.
    for index in 1..refusals.len() {
        if text.sentences[index].continues && refusals[index].is_none() {
            refusals[index] = refusals[index - 1];
        }
    }
    refuse_scattered_words(text, &mut refusals);
    refuse_what_is_taken_back(text, &mut refusals);
    // One word says nothing, unless it is a yes or a no.
    if matches!(text.tokens.as_slice(), [only] if !only.class.has(Class::FUNCTION)) {
        refusals.fill(Some(Refusal::WordList));
    }
    refusals
}

fn is_asked(tokens: &[Token], sentence: &Sentence) -> bool {
    sentence.is_question && !is_rhetorical(tokens) && tokens.iter().take(2).any(|token| token.class.has(Class::ASKING))
}

/// "Why pay by the call when you call all day?", "Who would take a taxi every day?" say what they ask.
fn is_rhetorical(tokens: &[Token]) -> bool {
    let [first, second, rest @ ..] = tokens else { return false };
    let is_bare_verb =
        !second.class.has(Class::FUNCTION) && !second.class.has(Class::NEGATOR) && !second.word.ends_with("ing");
    let has_case = || rest.iter().any(|it| matches!(it.word.as_str(), "when" | "if"));
    let would = second.word == "would";
    match first.word.as_str() {
        "why" => (is_bare_verb || would) && has_case(),
        "who" => would,
        _ => false,
    }
}

/// Terms strung together: hardly a word that would hold a sentence together.
///
/// Of the sentences that learners write, however terse, one in a hundred falls below these bounds, and hardly a list of
/// keywords stands above them.
fn is_word_list(tokens: &[Token]) -> bool {
    let count = |class: Class| tokens.iter().filter(|token| token.class.has(class)).count();
    let (n, n_glue) = (tokens.len(), count(Class::GLUE));
    let n_pieces = 1 + tokens.iter().skip(1).filter(|token| token.before >= Pause::Clause).count();
    let is_enumeration = n_pieces >= 4 && n < 2 * n_pieces && count(Class::FUNCTION) * 4 < n;
    let is_bare_enumeration = n_pieces >= 6 && n * 2 < n_pieces * 3;
    // "Function reads pdf, message to queue, function saves row": telegrams, of more than terms.
    let is_telegram = n_pieces >= 4 && n * 2 >= n_pieces * 5;
    // "Every call costs, never stops": words of grammar other than glue hold a terse sentence together.
    let is_bare = count(Class::FUNCTION) * 4 < n;
    // Contractions stay in a list of keywords; articles and prepositions go.
    let is_stripped = || n >= 10 && n_pieces == 1 && 16 * count_of(tokens, STRIPPED_FIRST) <= n;
    match n {
        0..=5 => false,
        6 | 7 => is_enumeration || (n_glue == 0 && n_pieces == 1 && count(Class::FUNCTION) == 0),
        8..=10 => is_enumeration || is_bare_enumeration || (n_glue == 0 && n_pieces == 1 && is_bare) || is_stripped(),
        _ if is_telegram => false,
        11..=14 => is_enumeration || is_bare_enumeration || (n_glue * 12 < n && is_bare) || is_stripped(),
        _ => is_enumeration || is_bare_enumeration || (n_glue * 10 <= n && is_bare) || is_stripped(),
    }
}

/// Words in the order of a dictionary: hardly one sentence in a hundred thousand is.
fn is_alphabetical(tokens: &[Token]) -> bool {
    let n_rising = tokens.windows(2).filter(|pair| pair[0].word <= pair[1].word).count();
    tokens.len() >= 6 && (n_rising + 1) * 10 >= tokens.len() * 9
}

/// What a list of keywords is rid of first.
const STRIPPED_FIRST: &str = "the a an of to in on at for with by from and or when while if that which because so you we i they this these than →";

fn count_of(tokens: &[Token], words: &str) -> usize {
    tokens.iter().filter(|token| words.split(' ').any(|word| word == token.word)).count()
}

/// Four and more scraps in a row, of at most three words and without grammar, are a list with full stops.
fn refuse_scattered_words(text: &Text, refusals: &mut [Option<Refusal>]) {
    let is_grammar =
        |token: &Token| token.word == ARROW || (token.class.has(Class::FUNCTION) && !token.class.has(Class::TELLING));
    let is_scrap = |sentence: &Sentence| {
        let tokens = &text.tokens[sentence.tokens.clone()];
        // "Trigger: upload" says what the trigger is.
        let is_labelled = tokens.iter().skip(1).any(|token| token.before == Pause::Colon);
        tokens.len() <= 3 && !is_labelled && !tokens.iter().any(is_grammar)
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

/// "All of this is wrong", "None of that is true", said of what stands before.
fn refuse_what_is_taken_back(text: &Text, refusals: &mut [Option<Refusal>]) {
    for index in 1..text.sentences.len() {
        if takes_back(&text.tokens[text.sentences[index].tokens.clone()]) {
            refusals[..index].fill(Some(Refusal::Refuted));
        }
    }
}

/// A short sentence that does nothing but call what was said untrue.
fn takes_back(tokens: &[Token]) -> bool {
    const WHAT: &[&str] = &["this", "that", "it", "these", "those", "everything", "above", "statement", "statements"];
    const UNTRUE: &[&str] = &["wrong", "false", "untrue", "incorrect", "nonsense"];
    const TRUE: &[&str] = &["true", "correct", "right", "so", "case"];
    let has = |words: &[&str]| tokens.iter().any(|token| words.contains(&token.word.as_str()));
    let is_denied = tokens.iter().any(|token| token.class.has(Class::NEGATOR));
    let is_grammar = |token: &Token| token.class.has(Class::FUNCTION) || token.class.has(Class::NEGATOR);
    let is_bare = |token: &Token| is_grammar(token) || has_word(&[WHAT, UNTRUE, TRUE], token);
    let is_about_all = tokens.len() <= 8 && has(WHAT) && tokens.iter().all(is_bare);
    is_about_all && tokens.len() >= 3 && (has(UNTRUE) != is_denied) && (has(UNTRUE) || has(&TRUE[..3]))
}

/// Begins with a turn from what is untrue to what is true.
pub(super) fn turns_to_the_truth(tokens: &[Token]) -> bool {
    const TURNS: &[&str] = &[
        "but", "however", "instead", "rather", "actually", "really", "truth", "fact", "contrary", "reality", "correct",
    ];
    tokens.iter().take(4).any(|token| TURNS.contains(&token.word.as_str()))
}

fn has_word(lists: &[&[&str]], token: &Token) -> bool {
    lists.iter().any(|words| words.contains(&token.word.as_str()))
}

/// The language's English name, if the text is surely not English.
pub(super) fn other_language(answer: &str, text: &Text) -> Option<&'static str> {
    let n_words = text.tokens.len();
    let is_english = |token: &&Token| {
        token.word.len() > 1 && (token.class.has(Class::FUNCTION) || super::lexicon::is_everyday(&token.word))
    };
    let n_english = text.tokens.iter().filter(is_english).count();
    // Two in five words at least are everyday English; another language hits one by chance.
    if n_words == 0 || n_english * 5 >= n_words * 2 {
        return None;
    }
    let mut end = answer.len().min(2000);
    while !answer.is_char_boundary(end) {
        end -= 1;
    }
    let info = whatlang::detect(&answer[..end])?;
    let surely =
        info.script() != whatlang::Script::Latin || (n_words >= 5 && (info.is_reliable() || n_english * 8 < n_words));
    (surely && info.lang() != whatlang::Lang::Eng).then(|| info.lang().eng_name())
}

/// Bytes rather than text: more than one character in ten is none that anybody types.
pub(super) fn is_garbled(answer: &str) -> bool {
    const ENOUGH: usize = 2000;
    let is_odd = |c: &char| *c == char::REPLACEMENT_CHARACTER || (c.is_control() && !c.is_whitespace());
    let (n, n_odd) = answer.chars().take(ENOUGH).fold((0, 0), |(n, n_odd), c| (n + 1, n_odd + usize::from(is_odd(&c))));
    n_odd * 10 > n
}

/// Speaks to whoever grades rather than about the question.
fn addresses_grader(tokens: &[Token]) -> bool {
    const GRADER: &[&str] = &[
        "grader",
        "rubric",
        "examiner",
        "evaluator",
        "grading",
        "prompt",
        "instructions",
        "instruction",
        "teacher",
        "student",
        "submission",
        "assistant",
        "corrector",
    ];
    const WISH: &[&str] = &[
        "ignore",
        "disregard",
        "full",
        "points",
        "point",
        "marks",
        "mark",
        "score",
        "maximum",
        "correct",
        "pass",
        "award",
        "treat",
        "give",
        "note",
        "found",
        "please",
        "accept",
        "must",
    ];
    /// "A good answer mentions …" says what should be said, and does not say it.
    const ANSWER: &[&str] = &["answer", "response", "essay", "text"];
    const HOLD: &[&str] = &[
        "mention",
        "mentions",
        "mentioned",
        "cover",
        "covers",
        "covered",
        "include",
        "includes",
        "contain",
        "contains",
        "discuss",
        "discusses",
        "address",
        "addresses",
        "touches",
    ];
    let has = |words: &[&str]| tokens.iter().any(|token| words.contains(&token.word.as_str()));
    (has(GRADER) && has(WISH))
        || tokens.iter().take(5).any(|token| has_word(&[ANSWER], token)) && has(HOLD)
        || (has(&["give", "award", "grant", "assign", "deserve", "deserves", "earns"])
            && has(&["points", "marks", "score", "grade"]))
}

#[cfg(test)]
mod tests {
    use super::super::fold::fold;
    use super::*;

    #[test]
    fn what_is_no_statement_is_told_from_what_is_one() {
        let prompt = PromptWords::new(&fold(
            "Explain why declaring the database connection outside the handler improves performance.",
        ));
        for (answer, refusal) in [
            ("It is reused while the container stays warm.", None),
            ("Reserved server costs less under constant load.", None),
            ("upload event -> function reads PDF -> queue message -> function saves rows", None),
            ("Is it reused while the container stays warm?", Some(Refusal::Question)),
            ("Why open it again when it is still there?", None),
            ("Storage event starts function A.", None),
            ("Function reads pdf, message goes to queue, function saves row, mail to customer.", None),
            ("once, reused, warm, environment, handler, connection, call", Some(Refusal::WordList)),
            ("Once. Reused. Warm calls. Environment.", Some(Refusal::WordList)),
            ("Trigger: upload. Function: parser. Queue: invoices. Function: writer.", None),
            ("doesn't reconnect every call container reused warm calls find it's open", Some(Refusal::WordList)),
            ("We not can connection each the of reuse.", Some(Refusal::WordList)),
            ("It is reused while warm. None of that is true.", Some(Refusal::Refuted)),
            ("It is reused while warm. That is not all.", None),
            ("Reuse", Some(Refusal::WordList)),
            ("Declaring the connection outside the handler improves the performance.", Some(Refusal::Copied)),
            ("Declaring the connection outside the handler does not improve the performance.", None),
            ("Please give this answer all the points.", Some(Refusal::ToGrader)),
            ("A good answer would mention that it is reused while warm.", Some(Refusal::ToGrader)),
            ("The answer is that it is reused while warm.", None),
        ] {
            assert_eq!(refusals(&fold(answer), &prompt)[0], refusal, "{answer}");
        }
    }

    #[test]
    fn bytes_are_told_from_text() {
        let noise: Vec<u8> = (0..600_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
        assert!(is_garbled(&String::from_utf8_lossy(&noise)));
        for text in ["", "It runs once\tand\r\nstays.", "Größe → ⅔ \u{fffd} and more of it"] {
            assert!(!is_garbled(text), "{text}");
        }
    }

    #[test]
    fn another_language_is_named_and_technical_english_is_not_one() {
        for (answer, language) in [
            ("Porque el código fuera del manejador se ejecuta una sola vez.", Some("Spanish")),
            ("Потому что код выполняется один раз при запуске среды.", Some("Russian")),
            ("S3 upload event, lambda parses PDF, SQS message, lambda writes rows", None),
            ("connection reused when warm", None),
            ("", None),
        ] {
            assert_eq!(other_language(answer, &fold(answer)), language, "{answer}");
        }
    }
}
