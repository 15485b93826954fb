//! What was found in an answer to its [`Verdict`]: points, reasons, confidence, words to the learner.
//!
//! An item is made if one sentence, or two neighbouring ones, say it and no sentence contradicts it. So adding a true
//! sentence never loses a point, and adding unrelated text never gains one.

use std::ops::Range;

use super::fold::{Text, fold};
use super::guards::{self, PromptWords, Refusal};
use super::polarity;
use super::rubric::{Item, Rubric, rounded};
use super::search::{Found, NEAR, Rule, Support, search};
use super::verdict::{Evidence, ItemVerdict, Status, Verdict};
use super::words::Class;

/// Below this confidence a person should look.
const UNSURE: f64 = 0.55;
/// What is less likely than this, going by graded answers, is made only by half.
const DOUBTED: f64 = 0.2;
/// What is less likely than this is not made at all.
const DISBELIEVED: f64 = 0.1;
/// From this likelihood on half a point is given for what no pattern knows.
const OVERLOOKED: f64 = 0.7;
/// The same where no word of the matter stands.
const SURELY: f64 = 0.88;

const UNREADABLE: &str = "I could not read any words in this. Write a sentence or two in your own words.";

pub(super) fn judge(rubric: &Rubric, answer: &str) -> Verdict {
    let text = fold(answer);
    let negations = polarity::of_sentences(&text);
    let mut refusals = guards::refusals(&text, &rubric.prompt);
    let unread = unread(answer, &text);
    // A term that two languages share is no statement that was understood.
    let found = if unread.is_none() {
        search(rubric, &text, &negations, &mut refusals)
    } else {
        vec![Found::default(); rubric.items.len()]
    };
    let opinion =
        rubric.experience.as_ref().filter(|_| unread.is_none()).map(|it| it.hear(&text, &negations, &refusals));
    let is_sound = found.iter().all(|it| it.contradicted.is_none() && it.opposite.is_none());
    let items: Vec<ItemVerdict> = rubric
        .items
        .iter()
        .zip(&found)
        .enumerate()
        .map(|(index, (item, found))| {
            let mut verdict = item_verdict(item, found, answer);
            if let Some(opinion) = &opinion {
                let best = opinion.best(index);
                let said = verdict.evidence.first().and_then(|it| sentences_of(&text, it.start..it.end));
                let likely = match said {
                    Some(sentences) => opinion.beside(index, sentences),
                    // Who uses the words of right answers and none of the matter's may speak of anything.
                    None if best.of_made < SURELY && !speaks_of(&rubric.subject, &text, &best.sentences) => {
                        Some(best.of_made.min(OVERLOOKED - f64::EPSILON))
                    }
                    None => Some(best.of_made),
                };
                weigh(&mut verdict, item, found, likely, is_sound);
                if verdict.points > 0.0 && verdict.evidence.is_empty() {
                    verdict.evidence.push(evidence(&bytes_of(&text, &best.sentences), answer));
                }
            }
            verdict
        })
        .collect();
    let max = rubric.max_points();
    let score = rounded(items.iter().map(|item| item.points).sum::<f64>()).min(max);
    let review_reason = review_reason(&text, &refusals, &items, &found, unread);
    let feedback = feedback(&text, &refusals, rubric, &items, unread);
    Verdict { score, max, items, needs_review: review_reason.is_some(), review_reason, feedback }
}

/// Why an answer as a whole cannot be judged.
#[derive(Clone, Copy)]
enum Unread {
    Garbled,
    Foreign(&'static str),
}

fn unread(answer: &str, text: &Text) -> Option<Unread> {
    if guards::is_garbled(answer) {
        return Some(Unread::Garbled);
    }
    guards::other_language(answer, text).map(Unread::Foreign)
}

/// The rule that decided each item, if one did.
pub(super) fn deciding_rules(rubric: &Rubric, answer: &str) -> Vec<Option<Rule>> {
    let text = fold(answer);
    let mut refusals = guards::refusals(&text, &rubric.prompt);
    let decided = |found: Found| {
        let said = found.made.or(found.partly).map(|support| support.rule);
        found.contradicted.map(|(index, _)| Rule::Deny(index)).or(said)
    };
    search(rubric, &text, &polarity::of_sentences(&text), &mut refusals).into_iter().map(decided).collect()
}

fn item_verdict(item: &Item, found: &Found, answer: &str) -> ItemVerdict {
    let spec = &item.spec;
    let quoted = |bytes: &Range<usize>| {
        let words = evidence(bytes, answer).text.split_whitespace().take(20).collect::<Vec<_>>().join(" ");
        format!("“{words}”")
    };
    let mut verdict = ItemVerdict {
        id: spec.id.clone(),
        label: spec.label.clone(),
        points: 0.0,
        max: spec.points,
        status: Status::Missing,
        evidence: Vec::new(),
        // Something near a model sentence that no pattern knows may be a point that was overlooked.
        confidence: if found.likeness > NEAR { 0.65 } else { 0.88 },
        reason: None,
        hint: spec.hint.clone(),
    };
    let said = found.made.as_ref().or(found.partly.as_ref());
    match (&found.contradicted, said) {
        (Some((index, bytes)), said) => {
            let feedback = spec.deny.get(*index).map_or("", |deny| deny.feedback.as_str());
            verdict.reason = Some(format!("{feedback} ({})", quoted(bytes)));
            verdict.confidence = if said.is_some() { 0.7 } else { 0.92 };
        }
        (None, Some(support)) => {
            let is_made = found.made.is_some();
            verdict.status = if is_made { Status::Made } else { Status::Partly };
            verdict.points = if is_made { spec.points } else { spec.points / 2.0 };
            verdict.evidence.push(evidence(&support.bytes, answer));
            verdict.confidence = support.confidence;
            if is_made {
                verdict.hint = None;
            }
        }
        (None, None) => {
            if let Some(bytes) = &found.opposite {
                verdict.reason = Some(format!("You say the opposite: {}.", quoted(bytes)));
                verdict.confidence = 0.85;
            }
        }
    }
    verdict
}

fn evidence(bytes: &Range<usize>, answer: &str) -> Evidence {
    let text = answer.get(bytes.clone()).unwrap_or_default().to_owned();
    Evidence { start: bytes.start, end: bytes.end, text }
}

/// The sentences that hold some bytes.
fn sentences_of(text: &Text, bytes: Range<usize>) -> Option<Range<usize>> {
    let holds = |at: usize| {
        let sentence = &text.sentences[at].tokens;
        let (first, last) = (text.tokens.get(sentence.start)?, text.tokens.get(sentence.end.checked_sub(1)?)?);
        (first.bytes.start < bytes.end && bytes.start < last.bytes.end).then_some(at)
    };
    let mut all = (0..text.sentences.len()).filter_map(holds);
    let first = all.next()?;
    Some(first..all.next_back().unwrap_or(first) + 1)
}

/// Whether some sentences hold a word of the matter.
fn speaks_of(subject: &PromptWords, text: &Text, sentences: &Range<usize>) -> bool {
    let tokens = text.sentences[sentences.clone()].iter().flat_map(|it| &text.tokens[it.tokens.clone()]);
    tokens.filter(|token| !token.class.has(Class::FUNCTION)).any(|token| subject.contain(&token.form))
}

/// The bytes of some sentences, at least one.
fn bytes_of(text: &Text, sentences: &Range<usize>) -> Range<usize> {
    let tokens = |sentence: usize| text.sentences[sentence].tokens.clone();
    let (first, last) = (tokens(sentences.start).start, tokens(sentences.end - 1).end - 1);
    text.tokens[first].bytes.start..text.tokens[last].bytes.end
}

/// Holds what the rubric found against what graded answers teach: `is_sound` if nothing in the answer is wrong.
///
/// The confidences are shares of agreement with teachers on answers that neither had seen.
fn weigh(verdict: &mut ItemVerdict, item: &Item, found: &Found, likely: Option<f64>, is_sound: bool) {
    let Some(likely) = likely else { return };
    let is_model = matches!(found.made, Some(Support { rule: Rule::Say(_), .. }));
    match verdict.status {
        Status::Made if is_model => {}
        // Beside something wrong, right words too look unlikely.
        Status::Made if likely < DISBELIEVED && is_sound => dismiss(verdict, item),
        Status::Partly if likely < DOUBTED && is_sound => dismiss(verdict, item),
        Status::Made if likely < DOUBTED => {
            halve(verdict);
            verdict.hint.clone_from(&item.spec.hint);
            verdict.confidence = 0.4;
        }
        Status::Made => {
            verdict.confidence = agreed(likely, &[(0.8, 0.96), (0.6, 0.87), (0.4, 0.78), (0.0, 0.7)]);
        }
        Status::Partly => verdict.confidence = agreed(likely, &[(0.8, 0.7), (0.4, 0.6), (0.0, 0.5)]),
        Status::Missing if verdict.reason.is_some() => {}
        Status::Missing if likely >= OVERLOOKED && is_sound => {
            halve(verdict);
            verdict.confidence = 0.5;
        }
        Status::Missing => {
            verdict.confidence = agreed(likely, &[(0.8, 0.5), (0.6, 0.7), (0.4, 0.84), (0.2, 0.93), (0.0, 0.99)]);
        }
    }
}

/// What the rubric found, graded answers do not believe: a person is asked.
fn dismiss(verdict: &mut ItemVerdict, item: &Item) {
    verdict.status = Status::Missing;
    verdict.points = 0.0;
    verdict.evidence.clear();
    verdict.hint.clone_from(&item.spec.hint);
    verdict.confidence = 0.4;
}

fn halve(verdict: &mut ItemVerdict) {
    verdict.status = Status::Partly;
    verdict.points = verdict.max / 2.0;
}

/// The second of the first pair whose first is reached.
fn agreed(likely: f64, steps: &[(f64, f64)]) -> f64 {
    steps.iter().find(|(from, _)| likely >= *from).map_or(0.5, |(_, agreed)| *agreed)
}

fn review_reason(
    text: &Text,
    refusals: &[Option<Refusal>],
    items: &[ItemVerdict],
    found: &[Found],
    unread: Option<Unread>,
) -> Option<String> {
    let has = |refusal: Refusal| refusals.contains(&Some(refusal));
    let is_mixed = |found: &Found| found.contradicted.is_some() && (found.made.is_some() || found.partly.is_some());
    if let Some(unread) = unread {
        Some(match unread {
            Unread::Garbled => "it could not be read".to_owned(),
            Unread::Foreign(language) => format!("it seems to be written in {language}"),
        })
    } else if text.was_cut {
        Some(format!("it is very long: only its first {} KB were read", super::fold::MAX_BYTES / 1024))
    } else if has(Refusal::ToGrader) {
        Some("it speaks to the grader".to_owned())
    } else if is_much_of_it_a_list(text, refusals) {
        Some("part of it is a list of words rather than sentences".to_owned())
    } else if has(Refusal::Refuted) {
        Some("it calls statements of its own untrue".to_owned())
    } else if found.iter().any(is_mixed) {
        Some("right and wrong statements are mixed".to_owned())
    } else if items.iter().any(|item| item.confidence < UNSURE) {
        Some("the grader is not sure of every point".to_owned())
    } else {
        None
    }
}

/// A list of words is a fifth of the answer and more.
fn is_much_of_it_a_list(text: &Text, refusals: &[Option<Refusal>]) -> bool {
    let is_list = |refusal: &Option<Refusal>| matches!(refusal, Some(Refusal::WordList | Refusal::Shuffled));
    let refused = text.sentences.iter().zip(refusals).filter(|(_, refusal)| is_list(refusal));
    let n_refused: usize = refused.map(|(sentence, _)| sentence.tokens.len()).sum();
    n_refused > 0 && n_refused * 5 >= text.tokens.len()
}

fn feedback(
    text: &Text,
    refusals: &[Option<Refusal>],
    rubric: &Rubric,
    items: &[ItemVerdict],
    unread: Option<Unread>,
) -> String {
    let needed = || items.iter().zip(rubric.items()).filter(|(_, spec)| !spec.optional).map(|(item, _)| item);
    let n_made = needed().filter(|item| item.status == Status::Made).count();
    let n_partly = needed().filter(|item| item.status == Status::Partly).count();
    let n = needed().count();
    if text.tokens.is_empty() || matches!(unread, Some(Unread::Garbled)) {
        return UNREADABLE.to_owned();
    }
    if n_made + n_partly == 0 {
        if let Some(Unread::Foreign(language)) = unread {
            return format!("I could not read this: it seems to be written in {language}. Answer in English, please.");
        }
        let only = |refusal: Refusal| refusals.iter().all(|it| *it == Some(refusal));
        if only(Refusal::Copied) {
            return "This repeats the question. Answer it in your own words.".to_owned();
        }
        if refusals.iter().all(|it| matches!(it, Some(Refusal::WordList | Refusal::Shuffled))) {
            return "These are words, not yet statements. Say in sentences how they belong together.".to_owned();
        }
        if items.iter().any(|item| item.reason.is_some()) {
            return "Something in this says the opposite of what is so: see the points below.".to_owned();
        }
        return "None of the points is made yet. The lines below say where to look.".to_owned();
    }
    if n_made == n {
        return "All points are made.".to_owned();
    }
    let partly = match n_partly {
        0 => String::new(),
        n => format!(", {n} half made"),
    };
    format!("{n_made} of {n} points made{partly}. The lines below say what is missing.")
}
