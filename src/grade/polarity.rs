//! Sentences to what is negated in them: where each negator stands and how far it reaches.
//!
//! Two negators over one word cancel. A negator reaches forward to the next pause or new thought ("but", "because"),
//! at most a few words; "it is not true that" reaches to the end of the thought, "… is false" back to its beginning.

use super::fold::{Pause, Text, Token};
use super::words::Class;

/// Words that a plain negator reaches over at most.
const REACH: usize = 12;
/// As many as there are up to the next pause or new thought.
const WHOLE_THOUGHT: usize = usize::MAX;
/// As many as there are up to "but": "it is not true that …, because …".
const WHOLE_SENTENCE: usize = usize::MAX - 1;

/// Sets of words are bits, counted from the first word of the sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Negation {
    /// The words that negate. A pattern that holds them means them.
    pub(super) by: u128,
    pub(super) over: u128,
    /// What of it the negator is about, if not all: "not opened | again".
    pub(super) focus: u128,
    pub(super) kind: Kind,
}

impl Negation {
    fn new(by: u128, over: u128, kind: Kind) -> Self {
        Self { by, over, focus: over, kind }
    }

    /// The same, with `n_words` words before the sentence.
    pub(super) fn moved(self, n_words: usize) -> Self {
        Self { by: self.by << n_words, over: self.over << n_words, focus: self.focus << n_words, kind: self.kind }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Plain,
    /// A verb that does away with something (`avoids reconnecting`): it answers a pattern that asks for what is
    /// denied, and does not turn other statements round.
    Soft,
    /// A whole statement is called untrue: it turns round whatever the statement said, denials included.
    Refuting,
    /// Others say it ("some believe that …"): it is neither stated nor denied.
    Reporting,
}

/// What is wrong with a statement, said before it ("it is wrong that") or after it ("… is a myth").
const REFUTING: &[&str] = &["false", "wrong", "untrue", "incorrect", "myth", "misconception", "nonsense", "lie"];
/// Verbs of those who hold a statement for untrue: "I disagree that …".
const DISPUTING: &[&str] = &["disagree", "deny", "denies", "doubt", "doubtful", "impossible", "dispute", "refute"];
/// Openings after which "not" or a refuting word governs the whole thought.
const BELIEF: &[&str] =
    &["think", "believe", "agree", "true", "case", "correct", "right", "mean", "say", "claim", "expect", "means"];
/// Who is quoted by those who do not agree, and the verbs that quote.
const OTHERS: &[&str] = &[
    "some",
    "people",
    "many",
    "others",
    "someone",
    "somebody",
    "they",
    "one",
    "colleagues",
    "beginners",
    "everybody",
    "most",
];
const QUOTING: &[&str] = &[
    "say", "says", "think", "thinks", "believe", "believes", "claim", "claims", "argue", "argues", "assume", "assumes",
    "said", "thought", "believed", "suppose", "object", "expect",
];
/// Nouns for what is held without being so: "a common belief is that …".
const HEARSAY: &[&str] =
    &["belief", "assumption", "misunderstanding", "prejudice", "rumour", "rumor", "intuition", "misconception", "myth"];
/// "not only …", "not until …" deny nothing.
const NOT_DENYING: &[&str] = &[
    "only",
    "just",
    "merely",
    "simply",
    "necessarily",
    "sure",
    "surprising",
    "matter",
    "doubt",
    "wonder",
    "until",
    "before",
];
/// "Not opened again" denies the again, and not that it was opened.
const REPEATING: &[&str] = &["again", "twice", "anew", "afresh"];
/// What must not be so of a thing that is there: "cannot be missing".
const AFFIRMED: &[&str] = &["missing", "lacking", "forgotten", "omitted", "overlooked"];
/// Verbs that do away with what follows, by their beginning, and how far.
const DOING_AWAY: &[&str] = &[
    "avoid", "spare", "sparing", "skip", "prevent", "eliminat", "remov", "bypass", "omit", "saves", "saved", "saving",
    "save", "rid", "cuts", "drops",
];
const SOFT_REACH: usize = 7;
/// Two words that set aside what follows.
const ASIDE: &[(&str, &str)] =
    &[("instead", "of"), ("rather", "than"), ("opposed", "to"), ("no", "longer"), ("free", "of"), ("far", "from")];
/// Stems: who does not do this with another leaves it where it is: "it does not call the | other function".
const DEALING: &[&str] = &["cal", "know", "invok", "talk", "ask"];
/// Subjects that begin a thought of their own after "and".
const SUBJECTS: &[&str] =
    &["it", "they", "we", "you", "i", "this", "that", "these", "the", "each", "every", "only", "all", "so", "then"];

/// Verbs that no "not" before "and" governs.
const FINITE: &[&str] = &["is", "are", "was", "were", "has", "can", "could", "will", "would", "must", "should", "does"];

/// The negations of each sentence of a text.
pub(super) fn of_sentences(text: &Text) -> Vec<Vec<Negation>> {
    text.sentences.iter().map(|sentence| negations(&text.tokens[sentence.tokens.clone()])).collect()
}

/// All negations of one sentence, given from its first word to its last.
pub(super) fn negations(tokens: &[Token]) -> Vec<Negation> {
    let mut found = Vec::new();
    let word = |at: usize| tokens.get(at).map_or("", |token| token.word.as_str());
    found.extend(report(tokens));
    let makes_condition = makes_condition(tokens);
    for (at, token) in tokens.iter().enumerate() {
        let by = 1 << at;
        let next = word(at + 1);
        let is_aside = ASIDE.contains(&(token.word.as_str(), next));
        if is_aside {
            // "no longer" is seen at "no".
            found.push(Negation::new(by | 1 << (at + 1), reach(tokens, at + 2, REACH), Kind::Plain));
        } else if token.class.has(Class::NEGATOR) {
            if at > 0 && matches!(token.word.as_str(), "nothing" | "nobody" | "none") && token.before == Pause::None {
                // "it triggers nothing"
                found.extend(verb_before(tokens, at).map(|over| Negation::new(by, over, Kind::Plain)));
            }
            // "It is not true that …, nor that …" goes on with what it began.
            let goes_on = |it: &Negation| it.kind == Kind::Refuting && it.over & by != 0;
            if token.word == "nor" && found.iter().any(goes_on) {
                continue;
            }
            // "not only … but also"
            let goes_on = || tokens[at..].iter().any(|later| matches!(later.word.as_str(), "but" | "also"));
            if NOT_DENYING.contains(&next) && (next != "only" || goes_on()) {
                continue;
            }
            if token.word == "no" && makes_condition {
                continue;
            }
            // "must not be missing" asks for it.
            let is_left_out = |near: usize| word(near) == "left" && word(near + 1) == "out";
            if (at + 1..at + 3).any(|near| AFFIRMED.contains(&word(near)) || is_left_out(near)) {
                continue;
            }
            // "No, it …", "No because …": an answer of its own.
            let is_reply = token.word == "no" && (at == 0 || token.before >= Pause::Clause);
            let opens_thought = |it: &Token| {
                it.before >= Pause::Clause
                    || it.class.has(Class::PRONOUN)
                    || it.class.has(Class::STOP)
                    || it.class.has(Class::AUXILIARY)
                    || it.class.has(Class::DETERMINER)
                    || it.class.has(Class::PREPOSITION)
            };
            if is_reply && tokens.get(at + 1).is_none_or(opens_thought) {
                continue;
            }
            if next == "because" {
                found.push(Negation::new(by, reach_to_pause(tokens, at + 1), Kind::Plain));
                continue;
            }
            // "…, which does not happen with a server" sets the server apart.
            if is_set_apart(tokens, at) {
                found.push(Negation::new(by, 1 << (at + 1), Kind::Plain));
                continue;
            }
            // "not true that", "do not think", "not the case that"
            // ("in this case" says when, and not what is true).
            let is_occasion = |near: usize| word(near) == "case" && !(near == at + 2 && word(at + 1) == "the");
            let belief = (at + 1..at + 4).find(|near| BELIEF.contains(&word(*near)) && !is_occasion(*near));
            let opens = at <= 4
                && belief.is_some_and(|near| near == at + 1 || word(near + 1) == "that" || word(near) == "case");
            match belief.filter(|_| opens) {
                Some(near) if near + 1 < tokens.len() => {
                    let is_about_truth = matches!(word(near), "true" | "case" | "correct" | "right");
                    let (n_words, kind) = if is_about_truth && word(near + 1) == "that" {
                        (WHOLE_SENTENCE, Kind::Refuting)
                    } else {
                        (WHOLE_THOUGHT, Kind::Plain)
                    };
                    found.push(Negation::new(by, reach(tokens, near + 1, n_words), kind));
                }
                Some(_) if denies_condition(tokens, at) => {}
                Some(near) => found.push(Negation::new(by, below(near), Kind::Refuting)),
                None => {
                    let over = reach(tokens, at + 1, REACH);
                    found.push(Negation { focus: contrasted(tokens, over), ..Negation::new(by, over, Kind::Plain) });
                }
            }
            // "…, that is not true" at the end
            if belief.is_some_and(|near| near + 1 >= tokens.len()) && at > 4 && !denies_condition(tokens, at) {
                let over = if is_of_its_own(tokens, at) { back_to_pause(tokens, at) } else { below(at) };
                found.push(Negation::new(by, over, Kind::Refuting));
            }
        } else if REFUTING.contains(&token.word.as_str()) {
            if word(at + 1) == "that" || (word(at + 1) == "to" && at <= 4) {
                found.push(Negation::new(by, reach(tokens, at + 2, WHOLE_SENTENCE), Kind::Refuting));
            } else if at > 2 && ends_thought(tokens, at) && is_predicate(tokens, at) {
                found.push(Negation::new(by, below(at), Kind::Refuting));
            }
        } else if DISPUTING.contains(&token.word.as_str()) {
            if word(at + 1) == "that" {
                found.push(Negation::new(by, reach(tokens, at + 2, WHOLE_SENTENCE), Kind::Refuting));
            } else if ends_thought(tokens, at) && tokens[at - 1].class.has(Class::AUXILIARY) {
                // "…, so reuse is impossible"
                found.push(Negation::new(by, back_to_pause(tokens, at), Kind::Plain));
            }
        } else if does_away(&token.word) {
            found.push(Negation::new(by, reach(tokens, at + 1, SOFT_REACH), Kind::Soft));
        }
    }
    let repeating =
        (0..tokens.len()).filter(|at| REPEATING.contains(&word(*at))).fold(0, |places, at| places | 1_u128 << at);
    for it in found.iter_mut().filter(|it| it.kind == Kind::Plain && it.over & repeating != 0) {
        // "Not run | again for each call"
        it.focus = it.over & !below((it.over & repeating).trailing_zeros() as usize);
    }
    found
}

/// Whether a word begins as one of [`DOING_AWAY`]. Asked of nearly every word, so their first letters are compared first.
fn does_away(word: &str) -> bool {
    let first = word.as_bytes().first();
    DOING_AWAY.iter().any(|verb| verb.as_bytes().first() == first && word.starts_with(verb))
}

/// What others are said to hold at the beginning of a sentence: "some people say that …", "one might think …", "it is often
/// believed that …", "a common belief is that …".
fn report(tokens: &[Token]) -> Option<Negation> {
    const FEW: usize = 7;
    let near = &tokens[..tokens.len().min(FEW)];
    let is = |token: &Token, words: &[&str]| words.contains(&token.word.as_str());
    let quoting = near.iter().position(|token| is(token, QUOTING));
    let by_others = quoting.filter(|at| {
        let before = &near[..*at];
        let is_open = |token: &Token| {
            token.class.has(Class::NEGATOR) || matches!(token.word.as_str(), "i" | "we" | "who" | "whoever")
        };
        let might = || before.iter().any(|token| matches!(token.word.as_str(), "might" | "may" | "could"));
        !before.iter().any(is_open)
            && (before.iter().any(|token| is(token, OTHERS))
                || before.iter().any(|token| token.word == "you") && might()
                || before.iter().take(2).any(|token| token.word == "it")
                    && before.iter().any(|token| is(token, &["often", "sometimes", "commonly", "widely"])))
    });
    let hearsay = || {
        let at = near.iter().position(|token| is(token, HEARSAY))?;
        (at + 1..at + 4).find(|at| near.get(*at).is_some_and(|token| token.word == "that"))
    };
    if let Some(at) = open_question(near).or_else(|| others_would(near)) {
        return Some(Negation::new(1 << at, reach_to_pause(tokens, at + 1), Kind::Reporting));
    }
    let at = by_others.or_else(hearsay)?;
    // "Although it is often said that …, it is so" ends at the pause.
    if tokens[0].class.has(Class::STOP) {
        return Some(Negation::new(1 << at, reach_to_pause(tokens, at + 1), Kind::Reporting));
    }
    Some(Negation::new(1 << at, reach(tokens, at + 1, WHOLE_SENTENCE), Kind::Reporting))
}

/// The negator at `at` says that what stands before it is not so of another thing.
fn is_set_apart(tokens: &[Token], at: usize) -> bool {
    const HAPPEN: &[&str] = &["happen", "occur", "exist", "apply", "arise"];
    let is_near = |token: Option<&Token>, words: &[&str]| token.is_some_and(|it| words.contains(&it.word.as_str()));
    at >= 2
        && tokens[at - 2].word == "which"
        && tokens[at - 2].before >= Pause::Clause
        && is_near(tokens.get(at + 1), HAPPEN)
        && is_near(tokens.get(at + 2), &["with", "on", "in", "for", "to"])
}

/// "I do not remember whether …", "not sure if …" state nothing.
fn open_question(near: &[Token]) -> Option<usize> {
    let at = near.iter().position(|it| matches!(it.word.as_str(), "if" | "whether"))?;
    let knows = |it: &Token| matches!(it.word.as_str(), "remember" | "know" | "recall" | "sure" | "certain" | "say");
    let is_open = near[..at].iter().any(|it| it.class.has(Class::NEGATOR)) && near[..at].iter().any(knows);
    (is_open && near[at - 1].before == Pause::None).then_some(at)
}

/// "Some would do it with …" is not how the learner would do it.
fn others_would(near: &[Token]) -> Option<usize> {
    let [first, second, ..] = near else { return None };
    let is_other =
        matches!(first.word.as_str(), "some" | "others" | "many" | "people" | "someone" | "somebody" | "one");
    let is_tempted = || near.iter().position(|it| it.word == "tempted");
    let would = matches!(second.word.as_str(), "would" | "might" | "could" | "may");
    match first.word.as_str() {
        "one" => is_tempted(),
        _ if is_other && would => Some(1),
        _ => is_tempted(),
    }
}

/// Whether others than the learner say what `words` say.
pub(super) fn is_reported(words: u128, negations: &[Negation]) -> bool {
    negations.iter().any(|it| it.kind == Kind::Reporting && it.over & words != 0)
}

/// The words from `from` on, to the next pause or new thought and at most `n_words` of them.
fn reach(tokens: &[Token], from: usize, n_words: usize) -> u128 {
    let mut over = 0;
    for (count, at) in (from..tokens.len()).enumerate() {
        let token = &tokens[at];
        let paused = token.before >= Pause::Clause && !(count > 0 && lists_on(tokens, at));
        let only_later = count >= 4 && token.word == "only";
        let new_subject = token.word == "and" && begins_statement(&tokens[at + 1..]);
        let is_presupposed = count > 0 && names_which_one(tokens, at);
        let is_known = count == 1 && token.word == "the" && DEALING.contains(&tokens[from].form.as_str());
        let past_phrase =
            lacks(tokens, from) && (count > 0 || tokens[from - 1].word == "none") && ends_phrase(&tokens[at..]);
        // "Instead of saving | you pay more"
        let past_aside =
            count > 0 && is_set_aside(tokens, from) && matches!(token.word.as_str(), "i" | "we" | "you" | "they");
        // A negator of its own takes over what follows it.
        let is_taken_over = count > 0 && token.class.has(Class::NEGATOR) && n_words != WHOLE_THOUGHT;
        if n_words == WHOLE_SENTENCE {
            if count > 0 && (token.before >= Pause::Colon || matches!(token.word.as_str(), "but" | "however")) {
                break;
            }
            over |= 1 << at;
            continue;
        }
        // What is listed has as many words as it has.
        let n_words =
            if n_words == REACH && (from + 1..=at).any(|at| lists_on(tokens, at)) { WHOLE_THOUGHT } else { n_words };
        if count >= n_words
            || paused
            || past_phrase
            || past_aside
            || is_presupposed
            || is_known
            || is_taken_over
            || only_later
            || new_subject
            || (token.class.has(Class::STOP) && count > 0 && !narrows(tokens, at))
        {
            break;
        }
        over |= 1 << at;
    }
    over
}

/// "Not noticeable | at the start |, only later": what is said in place of something denies that thing alone.
fn contrasted(tokens: &[Token], over: u128) -> u128 {
    let (start, end) = (over.trailing_zeros() as usize, (128 - over.leading_zeros()) as usize);
    let turns = |it: &Token| match it.word.as_str() {
        "but" => true,
        "only" | "just" => it.before >= Pause::Clause,
        _ => false,
    };
    let is_place = |at: &usize| tokens[*at].class.has(Class::PREPOSITION) || tokens[*at].word == "when";
    match (start + 1..end).find(is_place) {
        Some(place) if tokens.get(end).is_some_and(turns) => over & !below(place),
        _ => over,
    }
}

/// "No message, no call": the one is there only with the other, and both are.
fn makes_condition(tokens: &[Token]) -> bool {
    const LONGEST: usize = 20;
    let is_no = |token: &Token| token.word == "no";
    let mut parts = tokens.iter().skip(1).filter(|token| token.before >= Pause::Clause);
    tokens.len() <= LONGEST
        && tokens.first().is_some_and(is_no)
        && parts.next().is_some_and(is_no)
        && parts.all(is_no)
        && !tokens.iter().any(|token| token.class.has(Class::AUXILIARY))
}

/// "It suits those who have pauses, which is not the case": what is denied is that the condition holds here, not what
/// follows from it.
fn denies_condition(tokens: &[Token], at: usize) -> bool {
    let start = last_pause(tokens, at);
    let is_condition = |token: &Token| matches!(token.word.as_str(), "if" | "when" | "whenever" | "where" | "for");
    start > 0 && tokens[start].word == "which" && tokens[..start].iter().any(is_condition)
}

/// The words from `from` on to the next pause.
fn reach_to_pause(tokens: &[Token], from: usize) -> u128 {
    let end = (from + 1..tokens.len()).find(|at| tokens[*at].before >= Pause::Clause).unwrap_or(tokens.len());
    (from..end).fold(0, |over, at| over | 1 << at)
}

/// The verb whose object stands at `at`, with what stands between them.
fn verb_before(tokens: &[Token], at: usize) -> Option<u128> {
    let verb = tokens[..at].iter().rposition(|token| !token.class.has(Class::FUNCTION))?;
    let is_close = at - verb <= 2
        && tokens[verb + 1..=at].iter().all(|token| token.before == Pause::None && !token.class.has(Class::STOP));
    is_close.then(|| below(at) & !below(verb))
}

/// The words before `at` back to the last pause.
fn back_to_pause(tokens: &[Token], at: usize) -> u128 {
    below(at) & !below(last_pause(tokens, at))
}

/// The first word behind the last pause up to `at`.
fn last_pause(tokens: &[Token], at: usize) -> usize {
    (0..=at).rev().find(|at| tokens[*at].before >= Pause::Clause).unwrap_or(0)
}

/// The clause of the word at `at` says something beside what stands before it: "…, which on a server is not the case",
/// unlike "…, which is not the case".
fn is_of_its_own(tokens: &[Token], at: usize) -> bool {
    let start = last_pause(tokens, at);
    start > 0
        && matches!(tokens[start].word.as_str(), "which" | "what" | "that")
        && tokens[start..at].iter().any(|token| !token.class.has(Class::FUNCTION))
}

/// A pause or the end follows the word at `at`, which is not the first.
fn ends_thought(tokens: &[Token], at: usize) -> bool {
    at > 0 && tokens.get(at + 1).is_none_or(|next| next.before >= Pause::Clause)
}

/// The word at `at` is said of something: "… is false", "that is a myth".
fn is_predicate(tokens: &[Token], at: usize) -> bool {
    let is_verb = |at: usize| tokens[at].class.has(Class::AUXILIARY);
    is_verb(at - 1) || (tokens[at - 1].class.has(Class::DETERMINER) && is_verb(at - 2))
}

/// What follows "and" has a subject of its own, or a verb that says something anew: "… and they stay", "… and a server is
/// not", "… and has to be started".
fn begins_statement(tokens: &[Token]) -> bool {
    let Some(first) = tokens.first() else { return false };
    let has_verb = || tokens.iter().take(5).any(|token| token.class.has(Class::AUXILIARY));
    SUBJECTS.contains(&first.word.as_str())
        || FINITE.contains(&first.word.as_str())
        || (first.class.has(Class::DETERMINER) && has_verb())
}

/// What stands at `from` is what a "without", "with no" or "with none" lacks.
fn lacks(tokens: &[Token], from: usize) -> bool {
    let word = |back: usize| from.checked_sub(back).map_or("", |at| tokens[at].word.as_str());
    word(1) == "without" || (matches!(word(1), "no" | "none") && word(2) == "with")
}

/// What stands at `from` is set aside by an "instead of" or "rather than".
fn is_set_aside(tokens: &[Token], from: usize) -> bool {
    from >= 2 && ASIDE.contains(&(tokens[from - 2].word.as_str(), tokens[from - 1].word.as_str()))
}

/// What "without" lacks ends before a verb, or before the subject of one: "without pauses | is dearer", "without pauses | a
/// server is cheaper".
fn ends_phrase(tokens: &[Token]) -> bool {
    let is_verb = |token: &&Token| token.class.has(Class::AUXILIARY) && token.before == Pause::None;
    let [first, rest @ ..] = tokens else { return false };
    let is_subject = first.class.has(Class::DETERMINER) || first.class.has(Class::PRONOUN);
    let narrowed = rest.iter().take(3).any(|token| matches!(token.word.as_str(), "that" | "which" | "who"));
    let is_person = matches!(first.word.as_str(), "i" | "you" | "we" | "they" | "it" | "he" | "she");
    is_verb(&first) || is_person || (is_subject && !narrowed && rest.iter().take(3).any(|token| is_verb(&token)))
}

/// The word at `at` opens a clause that says which thing is meant: "no function which reads it". What such a clause says of
/// the whole thought ("…, which means that") is a thought of its own.
fn narrows(tokens: &[Token], at: usize) -> bool {
    const OF_ALL: &[&str] = &[
        "mean", "save", "make", "improve", "reduce", "avoid", "help", "cost", "take", "lead", "cause", "good",
        "better", "faster", "great",
    ];
    let says_more = |at: usize| {
        tokens
            .get(at)
            .is_some_and(|it| !it.class.has(Class::FUNCTION) && !OF_ALL.iter().any(|verb| it.word.starts_with(verb)))
    };
    let is_helped = tokens.get(at + 1).is_some_and(|it| it.class.has(Class::AUXILIARY)) && says_more(at + 2);
    tokens[at].word == "which"
        && tokens[at].before < Pause::Clause
        && !tokens[at - 1].class.has(Class::FUNCTION)
        && (says_more(at + 1) || is_helped)
}

/// "the function | that reads it", "the one | which was there": a clause that says which thing is meant takes it for granted
/// that there is one.
fn names_which_one(tokens: &[Token], at: usize) -> bool {
    const DEFINITE: &[&str] = &["the", "its", "their", "our", "your", "this"];
    matches!(tokens[at].word.as_str(), "that" | "which" | "who")
        && tokens[at].before == Pause::None
        && at >= 2
        && !tokens[at - 1].class.has(Class::PREPOSITION)
        && tokens[at.saturating_sub(4)..at - 1].iter().rev().any(|it| DEFINITE.contains(&it.word.as_str()))
        && (!tokens[at - 1].class.has(Class::FUNCTION) || tokens[at - 1].word == "one")
}

/// "never an event, a queue or a function": a comma at `at` that parts what one negator denies.
fn lists_on(tokens: &[Token], at: usize) -> bool {
    let is_choice = |token: &Token| matches!(token.word.as_str(), "or" | "nor");
    tokens[at].before == Pause::Clause && tokens[at].class.has(Class::DETERMINER) && tokens[at..].iter().any(is_choice)
}

fn below(at: usize) -> u128 {
    (1_u128 << at) - 1
}

/// Words whose predicate is negated right behind them (`warm calls | do not …`), given as the places just behind them.
pub(super) fn negated_predicates(tokens: &[Token]) -> u128 {
    let is_negated = |at: &usize| {
        let follows =
            |at: usize, class: Class| tokens.get(at).is_some_and(|it| it.class.has(class) && it.before < Pause::Clause);
        let deals = || tokens.get(at + 2).is_some_and(|it| DEALING.contains(&it.form.as_str()));
        follows(*at, Class::AUXILIARY) && follows(at + 1, Class::NEGATOR) && !deals()
    };
    (0..tokens.len().min(128)).filter(is_negated).fold(0, |places, at| places | 1 << at)
}

/// Whether a sentence begins by calling untrue what it says: "it is not true that …".
pub(super) fn opens_refuting(negations: &[Negation]) -> bool {
    negations.iter().any(|it| it.kind == Kind::Refuting && it.by.trailing_zeros() <= 4 && it.by < it.over)
}

/// Whether what `words` say is turned into its opposite. Negators that hold over `meant` are part of what is meant.
pub(super) fn is_negated(words: u128, meant: u128, negations: &[Negation]) -> bool {
    let is_meant = |it: &Negation| it.kind == Kind::Plain && it.over & meant != 0;
    let turns = |it: &&Negation| {
        matches!(it.kind, Kind::Plain | Kind::Refuting)
            && it.by & words != it.by
            && it.focus & words != 0
            && !is_meant(it)
    };
    // Each word for itself: a negator over one half of a statement does not cancel one over the other half.
    let turned = negations.iter().filter(turns).fold(0, |turned, it| turned ^ it.over);
    turned & words != 0
}

/// Whether `words` stand in a statement that is called untrue.
pub(super) fn is_refuted(words: u128, negations: &[Negation]) -> bool {
    negations.iter().any(|it| it.kind == Kind::Refuting && it.over & words != 0 && it.by & words != it.by)
}

/// Whether what `words` name is said not to be, or is done away with.
pub(super) fn is_denied(words: u128, negations: &[Negation]) -> bool {
    let denies =
        |it: &&Negation| matches!(it.kind, Kind::Plain | Kind::Soft) && it.over & words == words && it.by & words == 0;
    negations.iter().filter(denies).count() % 2 == 1
}

#[cfg(test)]
mod tests {
    use super::super::fold::fold;
    use super::*;

    #[test]
    fn negators_reach_as_far_as_the_thought() {
        for (text, negated) in [
            ("the code does not run once per call", "run once per call"),
            ("it is not run per call but once", "per call"),
            ("it is not reopened, it stays", "reopened"),
            ("it is not reopened and it stays", "reopened"),
            ("it is not reused and has to be started", "reused"),
            ("not only once it runs often", "only once it runs often"),
            ("it is not only run at the start", "only run at the start"),
            ("it is not true that it runs, nor that it stays", "that it runs nor that it stays"),
            ("it not only runs but stays", ""),
            ("it is not true that the code runs once and stays warm", "that the code runs once and stays warm"),
            ("I do not think that it is never reused", "that it is"),
            ("No, it is reused", ""),
            ("it does not open and no code runs", "open and code runs"),
            ("no a server is cheaper", ""),
            ("opened once instead of on every call", "on every call"),
            ("that it runs only once is false", "that it runs only once is"),
            ("no need to reconnect because it is warm", "need to reconnect"),
            (
                "I would never use an event, a queue or a second function that stores",
                "use an event a queue or a second function that stores",
            ),
            ("I disagree that it is reused", "it is reused"),
            ("it is not the right tool", "the right tool"),
            ("it is closed, so reuse is impossible", "so reuse is"),
            ("it has to wake up first, which on a server is not the case", "which on a server is the case"),
            ("it has to wake up first, which is not the case", "it has to wake up first which is the case"),
            ("without dead hours a server is cheaper", "dead hours"),
            ("a service without pauses is dearer", "pauses"),
            ("some people believe that it is reused, but it is not", ""),
            ("the event must not be forgotten", ""),
            ("the row is saved and it triggers nothing", "triggers"),
            ("nor does the function that reads the file touch the table", "does the function"),
            ("there is no function that reads the file", "function that reads the file"),
            ("it is not until a second one comes that it is stored", ""),
            ("although it is often said that it is stateless, it stays", ""),
            ("it has to wake up first, which does not happen with a server", "happen"),
            ("I am not sure whether it extracts it", ""),
            ("some would do it with one function", ""),
            ("with none you lose compared to a rented one", ""),
            ("with no pauses you pay more", "pauses"),
            ("no message in the queue, no run of the function", ""),
            ("not before the file is read does it send a message", ""),
            (
                "it suits those who have pauses, which is not the case",
                "it suits those who have pauses which is the case",
            ),
            ("it shines when there are pauses, which is not the case", "the case"),
            ("it does not call the other function", "call"),
            ("it is not run again on each call", "again on each call"),
            ("it is not noticed at the start, only later", "at the start"),
            ("it is not opened on each call but once", "on each call"),
            ("instead of earning you pay more", "earning"),
            ("it would pay, but not in this case", "in this case"),
        ] {
            let tokens = fold(text).tokens;
            let negations = negations(&tokens);
            let by = negations.iter().fold(0, |all, it| all | it.by);
            let shown: Vec<&str> = (0..tokens.len())
                .filter(|at| by & 1 << at == 0 && is_negated(1 << at, 0, &negations))
                .map(|at| tokens[at].word.as_str())
                .collect();
            assert_eq!(shown.join(" "), negated, "{text}");
        }
    }
}
