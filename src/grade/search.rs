//! The words of an answer that make, half make, deny or contradict each item.
//!
//! In: a rubric made ready and an answer folded, with the sentences that count. Out: one [`Found`] for each item.
//! Absent: points and words to the learner, which are `judge`'s.

use std::ops::Range;

use super::fold::{Pause, Text, Token};
use super::guards::{self, Refusal};
use super::lexicon::Recognised;
use super::matching::Unit;
use super::pattern::Pattern;
use super::place::{Place, first, last};
use super::polarity::{self, Negation};
use super::rubric::{Item, Rubric};
use super::words::Class;

/// Likeness to a model sentence from which on an item counts as made.
const LIKE_ENOUGH: f64 = 0.9;
/// Likeness above which something near a model sentence was said. Less of it changes nothing.
pub(super) const NEAR: f64 = 0.6;
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
    Order(usize),
    Partly(usize),
    Say(usize),
    Deny(usize),
}

/// Looks for all items in all sentences that count.
///
/// Who opens with "it is not true that" before something right means what follows too, up to a "but": such sentences
/// are marked in `refusals`.
pub(super) fn search(
    rubric: &Rubric,
    text: &Text,
    negations: &[Vec<Negation>],
    refusals: &mut [Option<Refusal>],
) -> Vec<Found> {
    let mut found = vec![Found::default(); rubric.items.len()];
    let recognised = Recognised::new(&text.tokens, &rubric.lexicon);
    let mut unit = Unit::new(&rubric.concepts, &rubric.anchors, rubric.lexicon.len());
    let mut chains: Vec<Chain<'_>> = chains(rubric);
    let mut is_refuting = false;
    let mut erring: Vec<bool> = Vec::with_capacity(text.sentences.len());
    for ((sentence, negations), refusal) in text.sentences.iter().zip(negations).zip(refusals.iter_mut()) {
        is_refuting &= !guards::turns_to_the_truth(&text.tokens[sentence.tokens.clone()]);
        erring.push(false);
        if is_refuting && refusal.is_none() {
            *refusal = Some(Refusal::Refuted);
        }
        // Who turns the question's own words round contradicts, and is told so.
        if !matches!(refusal, None | Some(Refusal::Copied)) {
            continue;
        }
        let range = sentence.tokens.clone();
        unit.load(&text.tokens[range.clone()], range.start, &recognised, negations.iter().copied());
        let n_opposite = found.iter().filter(|found| found.opposite.is_some()).count();
        let was: Vec<Found> = found.clone();
        let before: Vec<(bool, bool)> = found.iter().map(|it| (it.made.is_some(), it.opposite.is_some())).collect();
        for (item, found) in rubric.items.iter().zip(&mut found) {
            if refusal.is_none() {
                look(item, &mut unit, text, range.start, found);
            }
            look_for_contradiction(item, &mut unit, text, range.start, found);
        }
        if refusal.is_none() {
            for chain in &mut chains {
                chain.go_on(&mut unit, text, range.start);
            }
        }
        take_back_conclusions(&mut found, &before, &text.tokens[range.clone()]);
        if let Some(errs) = erring.last_mut() {
            *errs = take_back_what_stands_beside_errors(&mut found, &was, &text.tokens[range]);
        }
        is_refuting |= polarity::opens_refuting(negations)
            && found.iter().filter(|found| found.opposite.is_some()).count() > n_opposite;
    }
    for (chain, bytes) in chains.iter().filter_map(|chain| Some((chain, chain.complete()?))) {
        let rule = Rule::Order(chain.index);
        found[chain.item].made.get_or_insert(Support { bytes, confidence: 0.7, rule });
    }
    // What one sentence begins and the next one ends.
    for (index, pair) in text.sentences.windows(2).enumerate() {
        if found.iter().all(|found| found.made.is_some()) {
            break;
        }
        // "When is it seen? In calls that …": the question says what its answer is about.
        let is_open = matches!(refusals[index], None | Some(Refusal::Question));
        if !is_open || refusals[index + 1].is_some() || erring[index] || erring[index + 1] {
            continue;
        }
        let range = pair[0].tokens.start..pair[1].tokens.end;
        let shift = pair[0].tokens.len();
        let moved = negations[index + 1].iter().map(|it| it.moved(shift));
        let both = negations[index].iter().copied().chain(moved);
        unit.load(&text.tokens[range.clone()], range.start, &recognised, both);
        if !unit.has_break() {
            continue;
        }
        // Two sentences do not heal what one of them turned into its opposite.
        let bytes = text.tokens[range.start].bytes.start..text.tokens[range.end - 1].bytes.end;
        let is_wanted = |found: &Found| {
            found.made.is_none() && !found.opposite.as_ref().is_some_and(|opposite| bytes.contains(&opposite.start))
        };
        for (item, found) in rubric.items.iter().zip(&mut found).filter(|(_, found)| is_wanted(found)) {
            look_across(item, &mut unit, text, range.start, found);
        }
    }
    found
}

/// How far an answer has come along one of an item's `order`s.
struct Chain<'a> {
    item: usize,
    index: usize,
    pattern: &'a Pattern,
    n_said: usize,
    bytes: Option<Range<usize>>,
}

fn chains(rubric: &Rubric) -> Vec<Chain<'_>> {
    let all = rubric.items.iter().enumerate().flat_map(|(item, spec)| spec.order.iter().map(move |it| (item, it)));
    all.map(|(item, (pattern, index))| Chain { item, index: *index, pattern, n_said: 0, bytes: None }).collect()
}

impl Chain<'_> {
    /// Takes from a sentence, whose first word is the answer's `start`-th, what comes next.
    fn go_on(&mut self, unit: &mut Unit<'_>, text: &Text, start: usize) {
        let mut from = 0;
        while let Some(group) = self.pattern.groups.get(self.n_said) {
            let Some(place) = unit.say_after(group, from) else { return };
            from = last(place) + 1;
            let bytes = bytes_of(place, text, start);
            self.bytes = Some(self.bytes.as_ref().map_or(bytes.start, |known| known.start)..bytes.end);
            self.n_said += 1;
        }
    }

    fn complete(&self) -> Option<Range<usize>> {
        self.bytes.clone().filter(|_| self.n_said == self.pattern.groups.len())
    }
}

/// Who says the opposite and goes on without a "but" means what follows as its consequence: "it is not opened once and the
/// warm calls go on using it". What follows then earns nothing. `before` says what was made and denied before the sentence.
fn take_back_conclusions(found: &mut [Found], before: &[(bool, bool)], tokens: &[Token]) {
    let is_new = |(found, (made, denied)): (&Found, &(bool, bool))| {
        found.opposite.clone().filter(|_| !denied && (*made || found.made.is_none()))
    };
    let Some(opposite) = found.iter().zip(before).filter_map(is_new).min_by_key(|bytes| bytes.start) else { return };
    for (found, (was_made, _)) in found.iter_mut().zip(before) {
        let follows = |bytes: &Range<usize>| {
            let between = |token: &&Token| token.bytes.start > opposite.start && token.bytes.start <= bytes.start;
            // What stands within it is none of its conclusions.
            bytes.start > opposite.start && bytes.end > opposite.end && !tokens.iter().filter(between).any(turns)
        };
        if !was_made && let Some(support) = found.made.take_if(|support| follows(&support.bytes)) {
            found.opposite.get_or_insert(opposite.start..support.bytes.end);
        }
    }
}

/// Right words beside a misconception in the same thought are part of it: "warm calls have to connect again, since the
/// connection is reused in cold ones". `was` is what had been found before the sentence; whether it holds a misconception is given back.
fn take_back_what_stands_beside_errors(found: &mut [Found], was: &[Found], tokens: &[Token]) -> bool {
    let is_new = |(found, was): (&Found, &Found)| found.contradicted.clone().filter(|_| was.contradicted.is_none());
    let errors: Vec<Range<usize>> = found.iter().zip(was).filter_map(is_new).map(|(_, bytes)| bytes).collect();
    let is_beside = |bytes: &Range<usize>| {
        errors.iter().any(|error| {
            // What was said before it, or begins it, stands by itself.
            if bytes.start <= error.start && bytes.end < error.end {
                return false;
            }
            let parts = |token: &Token| {
                token.before >= Pause::Colon
                    || matches!(
                        token.word.as_str(),
                        "but" | "however" | "yet" | "although" | "though" | "even" | "despite" | "knowing"
                    )
            };
            let between = |token: &&Token| (error.end..=bytes.start).contains(&token.bytes.start);
            !tokens.iter().filter(between).any(parts)
        })
    };
    for (found, was) in found.iter_mut().zip(was) {
        if was.made.is_none() {
            found.made.take_if(|support| is_beside(&support.bytes));
        }
        if was.partly.is_none() {
            found.partly.take_if(|support| is_beside(&support.bytes));
        }
    }
    !errors.is_empty()
}

/// A thought of its own begins, which need not follow from the one before.
fn turns(token: &Token) -> bool {
    const TURNS: &[&str] = &[
        "but",
        "however",
        "yet",
        "instead",
        "rather",
        "only",
        "whereas",
        "while",
        "although",
        "though",
        "because",
        "since",
        "so",
        "therefore",
        "thus",
        "hence",
    ];
    let has_subject = token.before >= Pause::Clause && token.class.has(Class::PRONOUN);
    token.before >= Pause::Colon || has_subject || TURNS.contains(&token.word.as_str())
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
            if !model.may_exceed(NEAR, unit) {
                continue;
            }
            let like = model.likeness(unit);
            let is_much = like.is_verbatim || (like.n_found >= 4 && like.in_order >= 0.7);
            if !is_much || unit.reports(like.place) {
                continue;
            }
            if like.is_opposed {
                if like.share >= LIKE_ENOUGH && like.n_found >= 4 {
                    found.opposite.get_or_insert_with(|| bytes(like.place));
                }
                continue;
            }
            found.likeness = found.likeness.max(like.share);
            if like.is_verbatim || like.share >= LIKE_ENOUGH {
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
            let place = unit.meet(pattern).said.filter(|place| unit.joins_sentences(*place))?;
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
