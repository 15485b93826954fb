//! What was found in an answer to its [`Verdict`]: points, reasons, confidence, words to the learner.
//!
//! An item is made if one sentence, or two neighbouring ones, say it and no sentence contradicts it. So adding a true
//! sentence never loses a point, and adding unrelated text never gains one.

use std::ops::Range;

use super::fold::{Text, fold};
use super::guards::{self, Refusal};
use super::rubric::{Item, Rubric, rounded};
use super::search::{Found, Rule, search};
use super::verdict::{Evidence, ItemVerdict, Status, Verdict};

/// Below this confidence a person should look.
const UNSURE: f64 = 0.55;

pub(super) fn judge(rubric: &Rubric, answer: &str) -> Verdict {
    let text = fold(answer);
    let mut refusals = guards::refusals(&text, &rubric.prompt);
    let language = guards::other_language(answer, &text);
    // A term that two languages share is no statement that was understood.
    let found = match language {
        Some(_) => vec![Found::default(); rubric.items.len()],
        None => search(rubric, &text, &mut refusals),
    };
    let items: Vec<ItemVerdict> =
        rubric.items.iter().zip(&found).map(|(item, found)| item_verdict(item, found, answer)).collect();
    let max = rubric.max_points();
    let score = rounded(items.iter().map(|item| item.points).sum::<f64>()).min(max);
    let review_reason = review_reason(&text, &refusals, &items, &found, language);
    let feedback = feedback(&text, &refusals, rubric, &items, language);
    Verdict { score, max, items, needs_review: review_reason.is_some(), review_reason, feedback }
}

/// The rule that decided each item, if one did.
pub(super) fn deciding_rules(rubric: &Rubric, answer: &str) -> Vec<Option<Rule>> {
    let text = fold(answer);
    let mut refusals = guards::refusals(&text, &rubric.prompt);
    let decided = |found: Found| {
        let said = found.made.or(found.partly).map(|support| support.rule);
        found.contradicted.map(|(index, _)| Rule::Deny(index)).or(said)
    };
    search(rubric, &text, &mut refusals).into_iter().map(decided).collect()
}

fn item_verdict(item: &Item, found: &Found, answer: &str) -> ItemVerdict {
    let spec = &item.spec;
    let evidence = |bytes: &Range<usize>| Evidence {
        start: bytes.start,
        end: bytes.end,
        text: answer.get(bytes.clone()).unwrap_or_default().to_owned(),
    };
    let quoted = |bytes: &Range<usize>| {
        let words = evidence(bytes).text.split_whitespace().take(20).collect::<Vec<_>>().join(" ");
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
        confidence: if found.likeness > 0.6 { 0.65 } else { 0.88 },
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
            verdict.evidence.push(evidence(&support.bytes));
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

fn review_reason(
    text: &Text,
    refusals: &[Option<Refusal>],
    items: &[ItemVerdict],
    found: &[Found],
    language: Option<&str>,
) -> Option<String> {
    let has = |refusal: Refusal| refusals.contains(&Some(refusal));
    let is_mixed = |found: &Found| found.contradicted.is_some() && (found.made.is_some() || found.partly.is_some());
    if let Some(language) = language {
        Some(format!("it seems to be written in {language}"))
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
    language: Option<&str>,
) -> String {
    let needed = || items.iter().zip(rubric.items()).filter(|(_, spec)| !spec.optional).map(|(item, _)| item);
    let n_made = needed().filter(|item| item.status == Status::Made).count();
    let n_partly = needed().filter(|item| item.status == Status::Partly).count();
    let n = needed().count();
    if text.tokens.is_empty() {
        return "I could not read any words in this. Write a sentence or two in your own words.".to_owned();
    }
    if n_made + n_partly == 0 {
        if let Some(language) = language {
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
