//! The words of an answer that make, half make, deny or contradict each item.
//!
//! In: a rubric made ready and an answer folded, with the sentences that count. Out: one [`Found`] for each item.
//! Absent: points and words to the learner, which are `judge`'s.

use std::ops::Range;

use super::fold::Text;
use super::guards::{self, Refusal};
use super::lexicon::WordId;
use super::matching::{Place, Unit, first, last};
use super::pattern::Pattern;
use super::polarity::{self, Negation};
use super::rubric::{Item, Rubric};

/// Likeness to a model sentence from which on an item counts as made.
const LIKE_ENOUGH: f64 = 0.9;
/// What was found for one item so far. Ranges are bytes of the answer.
#[derive(Clone, Debug, Default)]
pub(super) struct Found {
    pub(super) made: Option<Support>,
    pub(super) partly: Option<Support>,
    /// The item's words under a negator.
    pub(super) opposite: Option<Range<usize>>,
    /// A contradiction, by its index, and its words.
    pub(super) contradicted: Option<(usize, Range<usize>)>,
    pub(super) likeness: f64,
}

/// The words that earn an item, and the rule by which they do.
///
/// The confidence is the share of such findings that a teacher agreed with, on answers that the rubrics were not made from.
#[derive(Clone, Debug)]
pub(super) struct Support {
    pub(super) bytes: Range<usize>,
    pub(super) confidence: f64,
    pub(super) rule: Rule,
}

/// A rule of an item, as an index into the author's list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rule {
    Need(usize),
    Partly(usize),
    Say(usize),
    Deny(usize),
}

/// Looks for all items in all sentences that count.
///
/// Who opens with "it is not true that" before something right means what follows too, up to a "but": such sentences
/// are marked in `refusals`.
pub(super) fn search(rubric: &Rubric, text: &Text, refusals: &mut [Option<Refusal>]) -> Vec<Found> {
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
    let mut is_refuting = false;
    for ((sentence, negations), refusal) in text.sentences.iter().zip(&negations).zip(refusals.iter_mut()) {
        is_refuting &= !guards::turns_to_the_truth(&text.tokens[sentence.tokens.clone()]);
        if is_refuting && refusal.is_none() {
            *refusal = Some(Refusal::Refuted);
        }
        // Who turns the question's own words round contradicts, and is told so.
        if !matches!(refusal, None | Some(Refusal::Copied)) {
            continue;
        }
        let range = sentence.tokens.clone();
        unit.load(&text.tokens[range.clone()], &ids[range.clone()], negations.clone());
        let n_opposite = found.iter().filter(|found| found.opposite.is_some()).count();
        for (item, found) in rubric.items.iter().zip(&mut found) {
            if refusal.is_none() {
                look(item, &mut unit, text, range.start, found);
            }
            look_for_contradiction(item, &mut unit, text, range.start, found);
        }
        is_refuting |= polarity::opens_refuting(negations)
            && found.iter().filter(|found| found.opposite.is_some()).count() > n_opposite;
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
        let bytes = text.tokens[range.start].bytes.start..text.tokens[range.end - 1].bytes.end;
        let is_open = |found: &Found| {
            found.made.is_none() && !found.opposite.as_ref().is_some_and(|opposite| bytes.contains(&opposite.start))
        };
        for (item, found) in rubric.items.iter().zip(&mut found).filter(|(_, found)| is_open(found)) {
            look_across(item, &mut unit, text, range.start, found);
        }
    }
    found
}

/// Looks for an item in one sentence, whose first word is the answer's `start`-th.
fn look(item: &Item, unit: &mut Unit<'_>, text: &Text, start: usize, found: &mut Found) {
    let bytes = |place: Place| bytes_of(place, text, start);
    let mut is_denied = false;
    for (pattern, index) in &item.need {
        if found.made.is_some() {
            break;
        }
        let met = unit.meet(pattern);
        if let Some(place) = met.said {
            found.made = Some(Support { bytes: bytes(place), confidence: 0.88, rule: Rule::Need(*index) });
        } else if let Some(place) = met.denied {
            is_denied = true;
            found.opposite.get_or_insert_with(|| bytes(place));
        }
    }
    for (pattern, index) in &item.partly {
        // Half of what the same sentence denies is not half right.
        if found.made.is_some() || found.partly.is_some() || is_denied {
            break;
        }
        let met = unit.meet(pattern);
        if let Some(place) = met.said {
            found.partly = Some(Support { bytes: bytes(place), confidence: 0.5, rule: Rule::Partly(*index) });
        } else if let Some(place) = met.denied {
            found.opposite.get_or_insert_with(|| bytes(place));
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
                found.made = Some(Support { bytes: bytes(like.place), confidence: 0.7, rule: Rule::Say(index) });
                break;
            }
        }
    }
}

fn look_for_contradiction(item: &Item, unit: &mut Unit<'_>, text: &Text, start: usize, found: &mut Found) {
    if found.contradicted.is_none() {
        found.contradicted = item.deny.iter().find_map(|(pattern, index)| {
            let place = unit.meet(pattern).said?;
            Some((*index, bytes_of(place, text, start)))
        });
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
    found.made = across(&item.need, 0.75, Rule::Need);
    if found.made.is_none() && found.partly.is_none() {
        found.partly = across(&item.partly, 0.45, Rule::Partly);
    }
}

fn bytes_of(place: Place, text: &Text, start: usize) -> Range<usize> {
    let at = |bit: u32| text.tokens[start + bit as usize].bytes.clone();
    at(first(place)).start..at(last(place)).end
}
