//! An answer to its [`Verdict`]: sentence by sentence, item by item.
//!
//! An item is made if one sentence, or two neighbouring ones, say it and no sentence contradicts it. So adding a true
//! sentence never loses a point, and adding unrelated text never gains one.

use std::ops::Range;

use super::fold::{Text, fold};
use super::guards::{self, Refusal};
use super::lexicon::WordId;
use super::matching::{Place, Unit, first, last};
use super::pattern::Pattern;
use super::polarity::{self, Negation};
use super::rubric::{Item, Rubric};
use super::verdict::{Evidence, ItemVerdict, Status, Verdict};

/// Likeness to a model sentence from which on an item counts as made.
const LIKE_ENOUGH: f64 = 0.9;
/// Below this confidence a person should look.
const UNSURE: f64 = 0.6;

/// What was found for one item so far. Ranges are bytes of the answer.
#[derive(Clone, Debug, Default)]
struct Found {
    made: Option<Support>,
    partly: Option<Support>,
    /// The item's words under a negator.
    opposite: Option<Range<usize>>,
    /// A contradiction, by its index, and its words.
    contradicted: Option<(usize, Range<usize>)>,
    likeness: f64,
}

/// The words that earn an item, and the rule by which they do.
#[derive(Clone, Debug)]
struct Support {
    bytes: Range<usize>,
    confidence: f64,
    rule: Rule,
}

/// A rule of an item, as an index into the author's list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rule {
    Need(usize),
    Partly(usize),
    Say(usize),
    Deny(usize),
}

pub(super) fn judge(rubric: &Rubric, answer: &str) -> Verdict {
    let text = fold(answer);
    let refusals = guards::refusals(&text, &rubric.prompt);
    let found = search(rubric, &text, &refusals);
    let items: Vec<ItemVerdict> =
        rubric.items.iter().zip(&found).map(|(item, found)| item_verdict(item, found, answer)).collect();
    let max = rubric.max_points();
    let score = items.iter().map(|item| item.points).sum::<f64>().min(max);
    let language = guards::other_language(answer, &text);
    let review_reason = review_reason(&text, &refusals, &items, &found, language);
    let feedback = feedback(&text, &refusals, rubric, &items, language);
    Verdict { score, max, items, needs_review: review_reason.is_some(), review_reason, feedback }
}

/// The rule that decided each item, if one did.
pub(super) fn deciding_rules(rubric: &Rubric, answer: &str) -> Vec<Option<Rule>> {
    let text = fold(answer);
    let refusals = guards::refusals(&text, &rubric.prompt);
    let decided = |found: Found| {
        let said = found.made.or(found.partly).map(|support| support.rule);
        found.contradicted.map(|(index, _)| Rule::Deny(index)).or(said)
    };
    search(rubric, &text, &refusals).into_iter().map(decided).collect()
}

fn search(rubric: &Rubric, text: &Text, refusals: &[Option<Refusal>]) -> Vec<Found> {
    let mut found = vec![Found::default(); rubric.items.len()];
    let ids: Vec<Vec<WordId>> = text
        .tokens
        .iter()
        .map(|token| {
            let mut ids = Vec::new();
            rubric.lexicon.look_up(&token.word, |id| ids.push(id));
            ids
        })
        .collect();
    let negations: Vec<Vec<Negation>> =
        text.sentences.iter().map(|sentence| polarity::negations(&text.tokens[sentence.tokens.clone()])).collect();
    let mut unit = Unit::new(&rubric.concepts, rubric.lexicon.len());
    for (sentence, (negations, _)) in
        text.sentences.iter().zip(negations.iter().zip(refusals)).filter(|(_, (_, refusal))| refusal.is_none())
    {
        let range = sentence.tokens.clone();
        unit.load(&text.tokens[range.clone()], &ids[range.clone()], negations.clone());
        for (item, found) in rubric.items.iter().zip(&mut found) {
            look(item, &mut unit, text, range.start, found);
        }
    }
    // What one sentence begins and the next one ends.
    for (index, pair) in text.sentences.windows(2).enumerate() {
        if found.iter().all(|found| found.made.is_some()) {
            break;
        }
        if refusals[index].is_some() || refusals[index + 1].is_some() {
            continue;
        }
        let range = pair[0].tokens.start..pair[1].tokens.end;
        let shift = pair[0].tokens.len();
        let moved = negations[index + 1].iter().map(|it| Negation {
            by: it.by << shift,
            over: it.over << shift,
            kind: it.kind,
        });
        let both = negations[index].iter().copied().chain(moved).collect();
        unit.load(&text.tokens[range.clone()], &ids[range.clone()], both);
        if !unit.has_break() {
            continue;
        }
        // Two sentences do not heal what one of them turned into its opposite.
        let is_open = |found: &Found| found.made.is_none() && found.opposite.is_none();
        for (item, found) in rubric.items.iter().zip(&mut found).filter(|(_, found)| is_open(found)) {
            look_across(item, &mut unit, text, range.start, found);
        }
    }
    found
}

/// Looks for an item in one sentence, whose first word is the answer's `start`-th.
fn look(item: &Item, unit: &mut Unit<'_>, text: &Text, start: usize, found: &mut Found) {
    let bytes = |place: Place| bytes_of(place, text, start);
    for (pattern, index) in &item.need {
        if found.made.is_some() {
            break;
        }
        let met = unit.meet(pattern);
        if let Some(place) = met.said {
            found.made = Some(Support { bytes: bytes(place), confidence: 0.93, rule: Rule::Need(*index) });
        } else if let Some(place) = met.denied {
            found.opposite.get_or_insert_with(|| bytes(place));
        }
    }
    for (pattern, index) in &item.partly {
        if found.made.is_some() || found.partly.is_some() {
            break;
        }
        let met = unit.meet(pattern);
        if let Some(place) = met.said {
            found.partly = Some(Support { bytes: bytes(place), confidence: 0.7, rule: Rule::Partly(*index) });
        } else if let Some(place) = met.denied {
            found.opposite.get_or_insert_with(|| bytes(place));
        }
    }
    for (pattern, index) in &item.deny {
        if found.contradicted.is_some() {
            break;
        }
        if let Some(place) = unit.meet(pattern).said {
            found.contradicted = Some((*index, bytes(place)));
        }
    }
    if found.made.is_none() {
        for (index, model) in item.models.iter().enumerate() {
            let like = model.likeness(unit);
            if like.n_found < 4 || like.in_order < 0.7 {
                continue;
            }
            if like.is_opposed {
                if like.share >= LIKE_ENOUGH {
                    found.opposite.get_or_insert_with(|| bytes(like.place));
                }
                continue;
            }
            found.likeness = found.likeness.max(like.share);
            if like.share >= LIKE_ENOUGH {
                found.made = Some(Support { bytes: bytes(like.place), confidence: 0.75, rule: Rule::Say(index) });
                break;
            }
        }
    }
}

/// Looks for what only two sentences together say.
fn look_across(item: &Item, unit: &mut Unit<'_>, text: &Text, start: usize, found: &mut Found) {
    let mut across = |patterns: &[(Pattern, usize)], confidence: f64, rule: fn(usize) -> Rule| {
        patterns.iter().find_map(|(pattern, index)| {
            let place = unit.meet(pattern).said.filter(|place| unit.spans_break(*place))?;
            Some(Support { bytes: bytes_of(place, text, start), confidence, rule: rule(*index) })
        })
    };
    found.made = across(&item.need, 0.85, Rule::Need);
    if found.made.is_none() && found.partly.is_none() {
        found.partly = across(&item.partly, 0.65, Rule::Partly);
    }
}

fn bytes_of(place: Place, text: &Text, start: usize) -> Range<usize> {
    let at = |bit: u32| text.tokens[start + bit as usize].bytes.clone();
    at(first(place)).start..at(last(place)).end
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
    } else if has(Refusal::WordList) || has(Refusal::Shuffled) {
        Some("part of it is a list of words rather than sentences".to_owned())
    } else if found.iter().any(is_mixed) {
        Some("right and wrong statements are mixed".to_owned())
    } else if items.iter().any(|item| item.confidence < UNSURE) {
        Some("the grader is not sure of every point".to_owned())
    } else {
        None
    }
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
