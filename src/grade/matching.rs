//! Where a pattern is met in a sentence, or in two neighbouring ones.
//!
//! A place is a set of words: bit `n` is the `n`-th word of the unit. All work is bounded by the pattern's size and a
//! fixed number of candidates, whatever the answer.

use std::cell::Cell;

use super::fold::{Pause, Token};
use super::lexicon::WordId;
use super::pattern::{Alternative, Concepts, GAP, Group, Pattern, Term};
use super::polarity::{self, Negation, is_denied, is_negated};
use super::words::Class;

/// Places of one group that are tried, and combinations of them.
const MAX_PLACES: usize = 12;
const MAX_COMBINATIONS: usize = 200;
/// Words between the first and the last of a match: further apart they hardly belong together.
const MAX_EXTENT: u32 = 40;
/// The same across the end of a sentence.
const MAX_EXTENT_ACROSS: u32 = 22;

/// Words at the beginning of a sentence that take up the one before.
const REFERRING: &[&str] = &[
    "it",
    "its",
    "this",
    "that",
    "they",
    "these",
    "those",
    "them",
    "then",
    "there",
    "so",
    "which",
    "after",
    "afterwards",
    "next",
    "another",
    "second",
    "finally",
    "other",
    "here",
    "and",
    "but",
];

/// A set of words of a unit.
pub(super) type Place = u128;

/// Where a pattern is met: as it means it, or turned into its opposite by a negator.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Met {
    pub(super) said: Option<Place>,
    pub(super) denied: Option<Place>,
}

/// The tables of a unit, which are as long as the rubric's lists and empty between answers: making them costs as much as
/// judging a short answer, so each thread keeps its own.
#[derive(Debug, Default)]
struct Tables {
    places: Vec<Place>,
    by_concept: Vec<Option<Vec<Place>>>,
    candidates: Vec<Vec<usize>>,
    is_possible: Vec<bool>,
}

thread_local! {
    static TABLES: Cell<Tables> = Cell::default();
}

/// The words of one unit, looked up by the rubric's word.
#[derive(Debug)]
pub(super) struct Unit<'a> {
    concepts: &'a Concepts,
    negations: Vec<Negation>,
    places: Vec<Place>,
    touched: Vec<WordId>,
    /// Places of each concept, found when first asked for.
    by_concept: Vec<Option<Vec<Place>>>,
    concepts_asked: Vec<usize>,
    /// By concept: its alternatives whose first word is here.
    candidates: Vec<Vec<usize>>,
    with_candidates: Vec<usize>,
    /// By concept: a word here begins one of its alternatives, by itself or through other concepts.
    is_possible: Vec<bool>,
    possible: Vec<usize>,
    /// First words of sentences after the first one.
    breaks: Place,
    /// The last sentence begins with a word that refers to the one before.
    goes_on: bool,
    /// First words after any pause, and the place just past the end.
    paused: Place,
    /// First words after a colon, and words that open a thought of their own: neighbours are parted by neither.
    colons: Place,
    openers: Place,
    /// Words that begin a negated predicate: see [`polarity::negated_predicates`].
    refuted: Place,
    n_words: usize,
}

impl<'a> Unit<'a> {
    pub(super) fn new(concepts: &'a Concepts, n_words_known: usize) -> Self {
        let Tables { mut places, mut by_concept, mut candidates, mut is_possible } = TABLES.take();
        let n_concepts = concepts.any.len();
        places.resize(places.len().max(n_words_known), 0);
        by_concept.resize(by_concept.len().max(n_concepts), None);
        candidates.resize(candidates.len().max(n_concepts), Vec::new());
        is_possible.resize(is_possible.len().max(n_concepts), false);
        Self {
            concepts,
            negations: Vec::new(),
            places,
            touched: Vec::new(),
            by_concept,
            concepts_asked: Vec::new(),
            candidates,
            with_candidates: Vec::new(),
            is_possible,
            possible: Vec::new(),
            breaks: 0,
            goes_on: false,
            paused: 0,
            colons: 0,
            openers: 0,
            refuted: 0,
            n_words: 0,
        }
    }

    /// Takes up other words: at most 128 of them, each with the rubric's words that it is.
    pub(super) fn load(&mut self, tokens: &[Token], ids: &[Vec<WordId>], negations: Vec<Negation>) {
        self.clear();
        self.goes_on = false;
        (self.breaks, self.paused, self.colons, self.openers) = (0, 0, 0, 0);
        self.n_words = tokens.len().min(128);
        for (at, (token, ids)) in tokens.iter().zip(ids).take(self.n_words).enumerate() {
            for id in ids {
                if self.places[*id as usize] == 0 {
                    self.touched.push(*id);
                    for (concept, alternative) in &self.concepts.headed_by_word[*id as usize] {
                        self.candidates[*concept].push(*alternative);
                        self.with_candidates.push(*concept);
                    }
                }
                self.places[*id as usize] |= 1 << at;
            }
            if at > 0 && token.before >= Pause::Clause {
                self.paused |= 1 << at;
            }
            if token.class.has(Class::STOP) {
                self.openers |= 1 << at;
            }
            if token.before == Pause::Colon {
                self.colons |= 1 << at;
            }
            if at > 0 && token.before == Pause::Sentence {
                self.breaks |= 1 << at;
                self.goes_on = tokens[at..].iter().take(3).any(|token| REFERRING.contains(&token.word.as_str()));
            }
        }
        self.find_possible();
        self.refuted = polarity::negated_predicates(&tokens[..self.n_words]);
        self.negations = negations;
    }

    /// Forgets the words, so that all tables are empty again.
    fn clear(&mut self) {
        for id in self.touched.drain(..) {
            self.places[id as usize] = 0;
        }
        for concept in self.concepts_asked.drain(..) {
            self.by_concept[concept] = None;
        }
        for concept in self.with_candidates.drain(..) {
            self.candidates[concept].clear();
        }
        for concept in self.possible.drain(..) {
            self.is_possible[concept] = false;
        }
    }

    /// Most concepts of a rubric are not in a given sentence: which can be is known from the words that begin them.
    fn find_possible(&mut self) {
        let concepts = self.concepts;
        let mut open = self.with_candidates.clone();
        while let Some(concept) = open.pop() {
            if !std::mem::replace(&mut self.is_possible[concept], true) {
                self.possible.push(concept);
                open.extend_from_slice(&concepts.heads[concept]);
            }
        }
    }

    pub(super) fn has_break(&self) -> bool {
        self.breaks != 0
    }

    /// Whether two sentences say `place` together: one word of a sentence that speaks of something else ("thank you for
    /// reading") adds nothing to the other, unless it goes on from it ("it then …").
    pub(super) fn joins_sentences(&self, place: Place) -> bool {
        const SHORT_WORDS: u32 = 4;
        let second = first(self.breaks);
        let (before, after) = (between(0, second), between(second, self.n_words as u32));
        let adds = |sentence: Place| (place & sentence).count_ones() > 1 || sentence.count_ones() <= SHORT_WORDS;
        self.spans_break(place) && (self.goes_on || (adds(before) && adds(after)))
    }

    /// Whether `place` lies in more than one sentence.
    fn spans_break(&self, place: Place) -> bool {
        self.breaks & between(first(place) + 1, last(place) + 1) != 0
    }

    /// The tightest place where all groups of `pattern` meet.
    pub(super) fn meet(&mut self, pattern: &Pattern) -> Met {
        let mut groups: Vec<(Vec<Place>, &Group)> = Vec::with_capacity(pattern.groups.len());
        // What must be there usually is not: look for it first.
        for group in pattern.groups.iter().filter(|group| !group.absent) {
            let mut places = self.group(group);
            if group.denied {
                places.retain(|place| is_denied(*place, &self.negations));
            }
            if places.is_empty() {
                return Met::default();
            }
            groups.push((places, group));
        }
        for group in pattern.groups.iter().filter(|group| group.absent) {
            if !self.group(group).is_empty() {
                return Met::default();
            }
        }
        let mut search = Search { unit: self, groups: &groups, left: MAX_COMBINATIONS, said: None, denied: None };
        search.go(0, 0, 0, 0);
        Met { said: search.said, denied: search.denied }
    }

    /// Where a group is said, and not denied, at the word `from` or behind it.
    pub(super) fn say_after(&mut self, group: &Group, from: u32) -> Option<Place> {
        let places = self.group(group);
        places.into_iter().find(|place| first(*place) >= from && !self.negates(*place) && !self.reports(*place))
    }

    fn group(&mut self, group: &Group) -> Vec<Place> {
        let mut places = Vec::new();
        for alternative in &group.any {
            self.alternative(alternative, &mut places);
        }
        places.sort_unstable_by_key(|place| (first(*place), last(*place)));
        places.dedup();
        places.truncate(MAX_PLACES);
        places
    }

    /// Adds to `places` where the terms stand in a row.
    fn alternative(&mut self, alternative: &Alternative, places: &mut Vec<Place>) {
        // Most words of a rubric are not in a given sentence: that is seen first and costs nothing.
        let is_there = |(term, _): &(Term, u32)| match term {
            Term::Word(id) => self.places[*id as usize] != 0,
            Term::Concept(index) => self.is_possible[*index],
        };
        if !alternative.terms.iter().all(is_there) || places.len() >= 4 * MAX_PLACES {
            return;
        }
        for (term, _) in &alternative.terms {
            if matches!(term, Term::Concept(index) if self.concept(*index).is_empty()) {
                return;
            }
        }
        let [(head, _), tail @ ..] = alternative.terms.as_slice() else { return };
        let found = self.places_of(*head).filter_map(|head| {
            let mut place = head;
            for (term, gap) in tail {
                let from = last(place) + 1;
                let fits = |next: &Place| {
                    let start = first(*next);
                    let is_cut = *gap <= GAP
                        && (self.openers & between(from, start) | self.colons & between(from, start + 1)) != 0;
                    !is_cut && start >= from && start - from <= *gap && self.breaks & between(from, start + 1) == 0
                };
                place |= self.places_of(*term).find(fits)?;
            }
            self.is_well_placed(alternative, place).then_some(place)
        });
        places.extend(found);
    }

    /// Where a term stands. A concept must have been asked for before.
    fn places_of(&self, term: Term) -> impl Iterator<Item = Place> + use<'_> {
        let (word, concept) = match term {
            Term::Word(id) => (self.places[id as usize], None),
            Term::Concept(index) => (0, self.by_concept[index].as_deref()),
        };
        bits(word).take(MAX_PLACES).chain(concept.unwrap_or_default().iter().copied())
    }

    /// Begins and ends where the alternative asks for it.
    fn is_well_placed(&self, alternative: &Alternative, place: Place) -> bool {
        let (start, next) = (first(place), last(place) + 1);
        let opens = || start == 0 || self.breaks & (1 << start) != 0;
        let pauses = || next as usize >= self.n_words || self.paused & (1 << next) != 0;
        (!alternative.opens || opens()) && (!alternative.pauses || pauses())
    }

    /// Where a concept of the vocabulary is met.
    pub(super) fn concept(&mut self, index: usize) -> &[Place] {
        if !self.is_possible[index] {
            return &[];
        }
        if self.by_concept[index].is_none() {
            let concepts = self.concepts;
            let mut places = Vec::new();
            let candidates = std::mem::take(&mut self.candidates[index]);
            for at in candidates.iter().chain(&concepts.headed_by_concept[index]) {
                self.alternative(&concepts.any[index][*at], &mut places);
            }
            self.candidates[index] = candidates;
            places.sort_unstable_by_key(|place| (first(*place), last(*place)));
            places.dedup();
            places.truncate(MAX_PLACES);
            self.by_concept[index] = Some(places);
            self.concepts_asked.push(index);
        }
        self.by_concept[index].as_deref().unwrap_or_default()
    }

    /// The words that are a word of the rubric.
    pub(super) fn word(&self, id: WordId) -> Place {
        self.places[id as usize]
    }

    /// Whether a negator stands in a gap of `place` with its words close on both sides: "only | never happens | when".
    ///
    /// A gap lets words pass that do not matter; a negator there does.
    fn leaps_over_negator(&self, place: Place, meant: Place) -> bool {
        let is_in_gap = |it: &Negation| {
            let (from, to) = (first(it.by), last(it.by));
            let before = place & between(from.saturating_sub(1), from);
            let after = place & between(to + 1, to + 4) & !self.paused;
            it.kind == polarity::Kind::Plain && it.by & place == 0 && it.over & meant == 0 && before != 0 && after != 0
        };
        self.negations.iter().any(is_in_gap)
    }

    pub(super) fn negates(&self, place: Place) -> bool {
        is_negated(place, 0, &self.negations)
    }

    /// Whether others than the learner say it.
    pub(super) fn reports(&self, place: Place) -> bool {
        polarity::is_reported(place, &self.negations)
    }
}

impl Drop for Unit<'_> {
    fn drop(&mut self) {
        self.clear();
        TABLES.set(Tables {
            places: std::mem::take(&mut self.places),
            by_concept: std::mem::take(&mut self.by_concept),
            candidates: std::mem::take(&mut self.candidates),
            is_possible: std::mem::take(&mut self.is_possible),
        });
    }
}

/// A search through the combinations of the groups' places, one of each.
struct Search<'s, 'a> {
    unit: &'s Unit<'a>,
    groups: &'s [(Vec<Place>, &'s Group)],
    left: usize,
    said: Option<Place>,
    denied: Option<Place>,
}

impl Search<'_, '_> {
    /// `place` holds the groups before `index`, `meant` those of them that had to be denied; `end` is one past the
    /// last word of the one just before.
    fn go(&mut self, index: usize, place: Place, meant: Place, end: u32) {
        if self.left == 0 {
            return;
        }
        self.left -= 1;
        let groups = self.groups;
        let Some((places, group)) = groups.get(index) else {
            let refuted = self.unit.refuted;
            let ends_before = refuted.checked_shr(last(place) + 1).unwrap_or(0) & 1 == 1;
            // The "does" of "does not" says nothing by itself.
            let is_refuted =
                ends_before || ((place & refuted) << 1) & !place != 0 || self.unit.leaps_over_negator(place, meant);
            if polarity::is_reported(place, &self.unit.negations) {
                return;
            }
            let is_negated = is_negated(place, meant, &self.unit.negations);
            if polarity::is_refuted(place, &self.unit.negations) && !is_negated {
                // A denial of what is called untrue: too tangled to earn or to refute.
                return;
            }
            let best = if is_refuted || is_negated { &mut self.denied } else { &mut self.said };
            if best.is_none_or(|known| extent(place) < extent(known)) {
                *best = Some(place);
            }
            return;
        };
        for next in places {
            let joined = place | next;
            let room = if self.unit.spans_break(joined) { MAX_EXTENT_ACROSS } else { MAX_EXTENT };
            if (group.after && first(*next) < end) || extent(joined) > room {
                continue;
            }
            let meant = if group.denied { meant | next } else { meant };
            self.go(index + 1, joined, meant, last(*next) + 1);
        }
    }
}

pub(super) fn first(place: Place) -> u32 {
    place.trailing_zeros()
}

pub(super) fn last(place: Place) -> u32 {
    127 - place.leading_zeros().min(127)
}

fn extent(place: Place) -> u32 {
    if place == 0 { 0 } else { last(place) - first(place) }
}

/// The bits `from..to`.
fn between(from: u32, to: u32) -> Place {
    let below = |bit: u32| if bit >= 128 { Place::MAX } else { (1 << bit) - 1 };
    if from >= to { 0 } else { below(to) & !below(from) }
}

fn bits(mut place: Place) -> impl Iterator<Item = Place> {
    std::iter::from_fn(move || {
        let lowest = place & place.wrapping_neg();
        place ^= lowest;
        (lowest != 0).then_some(lowest)
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::fold::fold;
    use super::super::lexicon::Lexicon;
    use super::super::polarity::negations;
    use super::*;

    /// The words at which `pattern` is met in `sentence`, after `not:` where they are turned round.
    fn met(pattern: &str, sentence: &str) -> String {
        let vocabulary = BTreeMap::from([("warm".to_owned(), vec!["warm".to_owned(), "second call".to_owned()])]);
        let mut lexicon = Lexicon::default();
        let (mut concepts, _) = Concepts::read(&vocabulary, &mut lexicon);
        let pattern = concepts.pattern(pattern, &mut lexicon).expect("a pattern of this test");
        concepts.index(lexicon.len());
        let tokens = fold(sentence).tokens;
        let ids: Vec<Vec<WordId>> = tokens
            .iter()
            .map(|token| {
                let mut ids = Vec::new();
                lexicon.look_up(&token.word, &token.form, |id| ids.push(id));
                ids
            })
            .collect();
        let mut unit = Unit::new(&concepts, lexicon.len());
        unit.load(&tokens, &ids, negations(&tokens));
        let words = |place: Place| {
            let at = |n: &usize| place & (1 << n) != 0;
            (0..tokens.len()).filter(at).map(|n| tokens[n].word.as_str()).collect::<Vec<_>>().join(" ")
        };
        match unit.meet(&pattern) {
            Met { said: Some(place), .. } => words(place),
            Met { denied: Some(place), .. } => format!("not: {}", words(place)),
            Met { .. } => String::new(),
        }
    }

    #[test]
    fn patterns_are_met_as_they_are_meant() {
        for (pattern, sentence, place) in [
            ("run & once", "it runs, as far as I know, once", "runs once"),
            ("run & once", "it runs twice", ""),
            ("run > once", "once it runs", ""),
            ("run once", "it runs only once", "runs once"),
            ("run once", "it runs as we have seen once", ""),
            ("run _ once", "it runs as we have seen once", "runs once"),
            ("\"run once\"", "it runs only once", ""),
            ("run (once | twice) a", "it ran twice a day", "ran twice a"),
            ("run & !twice", "it runs twice", ""),
            ("@warm", "faster on the second call", "second call"),
            ("^no,", "No, thanks", "no"),
            ("^no", "I say no", ""),
            ("yes,", "yes it is", ""),
            ("run once", "it does not run once", "not: run once"),
            ("not run", "it does not run", "not run"),
            ("open", "it is not opened again", "opened"),
            ("open again", "it is not opened again", "not: opened again"),
            ("~reopen", "it need not be reopened", "reopened"),
            ("~reopen", "it avoids reopening it", "reopening"),
            ("~reopen", "it is reopened", ""),
            ("~reopen", "it is not true that it is not reopened", "not: reopened"),
            ("warm calls", "warm calls do not profit", "not: warm calls"),
        ] {
            assert_eq!(met(pattern, sentence), place, "{pattern} in {sentence}");
        }
    }
}
