//! Where a pattern is met in a sentence, or in two neighbouring ones.
//!
//! All work is bounded by the pattern's size and a fixed number of candidates, whatever the answer.

use std::cell::Cell;
use std::ops::Range;

use super::anchors::Anchors;
use super::fold::{Pause, Token};
use super::lexicon::{Recognised, WordId};
use super::pattern::{Concept, ConceptId, Concepts, GAP, Group, Pattern, Row, Step, Term};
use super::place::{Place, between, bits, extent, first, last, sort_from};
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
    /// By word of the rubric, and the words that have any.
    places: Vec<Place>,
    words: Vec<WordId>,
    /// By concept: its words are here, and it may be met.
    is_possible: Vec<bool>,
    /// By concept: its places in `all_places`, once it was asked for; and the concepts that were.
    found: Vec<Option<(u32, u32)>>,
    asked: Vec<ConceptId>,
    all_places: Vec<Place>,
    /// The groups of the pattern at hand.
    wanted: Vec<Wanted>,
    negations: Vec<Negation>,
}

/// A group that must be there, with its places in [`Tables::all_places`].
#[derive(Clone, Debug)]
struct Wanted {
    places: Range<usize>,
    denied: bool,
    after: bool,
}

thread_local! {
    static TABLES: Cell<Tables> = Cell::default();
}

/// The words of one unit, looked up by the rubric's word.
#[derive(Debug)]
pub(super) struct Unit<'a> {
    concepts: &'a [Concept],
    anchors: &'a Anchors,
    tables: Tables,
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
    pub(super) fn new(concepts: &'a Concepts, anchors: &'a Anchors, n_words_known: usize) -> Self {
        let concepts = concepts.all();
        let mut tables = TABLES.take();
        if tables.places.len() < n_words_known {
            tables.places.resize(n_words_known, 0);
        }
        if tables.found.len() < concepts.len() {
            tables.found.resize(concepts.len(), None);
            tables.is_possible.resize(concepts.len(), false);
        }
        Self {
            concepts,
            anchors,
            tables,
            breaks: 0,
            goes_on: false,
            paused: 0,
            colons: 0,
            openers: 0,
            refuted: 0,
            n_words: 0,
        }
    }

    /// Takes up other words: at most 128 of them, the first of which is the answer's `start`-th.
    pub(super) fn load(
        &mut self,
        tokens: &[Token],
        start: usize,
        recognised: &Recognised,
        negations: impl Iterator<Item = Negation>,
    ) {
        self.tables.clear();
        self.goes_on = false;
        (self.breaks, self.paused, self.colons, self.openers) = (0, 0, 0, 0);
        self.n_words = tokens.len().min(128);
        for (at, token) in tokens.iter().enumerate().take(self.n_words) {
            for id in recognised.of(start + at) {
                let place = &mut self.tables.places[*id as usize];
                if *place == 0 {
                    self.tables.words.push(*id);
                }
                *place |= 1 << at;
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
        let Tables { places, words, is_possible, .. } = &mut self.tables;
        self.anchors.bring_up(words, |word| places[word as usize] != 0, is_possible);
        self.refuted = polarity::negated_predicates(&tokens[..self.n_words]);
        self.tables.negations.extend(negations);
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
        // What must be there usually is not: that is seen first and costs nothing.
        let is_missing = |group: &Group| !group.absent && !self.may_hold(group.any);
        if !self.may_hold(pattern.rarest) || pattern.groups.iter().any(is_missing) {
            return Met::default();
        }
        let mut wanted = std::mem::take(&mut self.tables.wanted);
        let met = if self.gather(pattern, &mut wanted) {
            let mut search = Search { unit: self, groups: &wanted, left: MAX_COMBINATIONS, said: None, denied: None };
            search.go(0, 0, 0, 0);
            Met { said: search.said, denied: search.denied }
        } else {
            Met::default()
        };
        wanted.clear();
        self.tables.wanted = wanted;
        met
    }

    /// Finds the groups that must be there, and whether all are, and none that must be absent.
    fn gather(&mut self, pattern: &Pattern, wanted: &mut Vec<Wanted>) -> bool {
        for group in pattern.groups.iter().filter(|group| !group.absent) {
            let mut places = self.find(group.any);
            if group.denied {
                let start = self.tables.all_places.len();
                for at in places {
                    let place = self.tables.all_places[at];
                    if is_denied(place, &self.tables.negations) {
                        self.tables.all_places.push(place);
                    }
                }
                places = start..self.tables.all_places.len();
            }
            if places.is_empty() {
                return false;
            }
            wanted.push(Wanted { places, denied: group.denied, after: group.after });
        }
        pattern.groups.iter().filter(|group| group.absent).all(|group| self.find(group.any).is_empty())
    }

    /// Where a group is said, and not denied, at the word `from` or behind it.
    pub(super) fn say_after(&mut self, group: &Group, from: u32) -> Option<Place> {
        let places = self.find(group.any);
        let is_said = |place: &&Place| first(**place) >= from && !self.negates(**place) && !self.reports(**place);
        self.tables.all_places[places].iter().find(is_said).copied()
    }

    /// Whether a concept may be met, going by its words alone.
    pub(super) fn may_hold(&self, concept: ConceptId) -> bool {
        self.tables.is_possible[concept as usize]
    }

    /// Where a concept is met.
    pub(super) fn concept(&mut self, concept: ConceptId) -> &[Place] {
        let places = self.find(concept);
        &self.tables.all_places[places]
    }

    /// The places of a concept, in order, as they stand in [`Tables::all_places`].
    fn find(&mut self, concept: ConceptId) -> Range<usize> {
        if !self.may_hold(concept) || self.tables.found[concept as usize].is_some() {
            return self.tables.found_of(concept);
        }
        let concepts: &'a [Concept] = self.concepts;
        let anchored = self.anchors.rows(concept);
        // What stands in its rows is found first, so that its own places are in a row.
        let mut met = 0..0;
        for (at, it) in anchored.iter().enumerate() {
            if it.may_be_met(|word| self.word(word) != 0) {
                let mut inner = it.of(concept, concepts).steps.iter().filter_map(Step::concept);
                if !inner.any(|inner| self.find(inner).is_empty()) {
                    met = if met.is_empty() { at } else { met.start }..at + 1;
                }
            }
        }
        let start = self.tables.all_places.len();
        let alone = concepts[concept as usize].words.iter().fold(0, |all, id| all | self.word(*id));
        self.tables.all_places.extend(bits(alone).take(MAX_PLACES));
        for it in &anchored[met.clone()] {
            if it.may_be_met(|word| self.word(word) != 0) {
                self.follow_all(it.of(concept, concepts));
            }
        }
        if !met.is_empty() {
            sort_from(start, &mut self.tables.all_places);
            self.tables.all_places.truncate(start + MAX_PLACES);
        }
        let places = start..self.tables.all_places.len();
        self.tables.found[concept as usize] = Some((places.start as u32, places.end as u32));
        self.tables.asked.push(concept);
        places
    }

    /// Adds to what was found where a row's terms follow each other. Its concepts must have been asked for before.
    fn follow_all(&mut self, row: &Row) {
        let [head, tail @ ..] = row.steps.as_slice() else { return };
        match head.term {
            Term::Word(id) => {
                for place in bits(self.word(id)).take(MAX_PLACES) {
                    let place = self.follow(row, tail, place);
                    self.tables.all_places.extend(place);
                }
            }
            Term::Concept(id) => {
                for at in self.tables.found_of(id) {
                    let place = self.follow(row, tail, self.tables.all_places[at]);
                    self.tables.all_places.extend(place);
                }
            }
        }
    }

    /// The place of a row whose first term stands at `place`.
    fn follow(&self, row: &Row, tail: &[Step], mut place: Place) -> Option<Place> {
        for Step { term, gap } in tail {
            let from = last(place) + 1;
            // Where the nearest does not fit none further away does.
            let next = match *term {
                Term::Word(id) => bits(self.word(id) & between(from, from + gap + 1)).next()?,
                Term::Concept(id) => {
                    *self.tables.all_places[self.tables.found_of(id)].iter().find(|next| first(**next) >= from)?
                }
            };
            let start = first(next);
            let is_cut =
                *gap <= GAP && (self.openers & between(from, start) | self.colons & between(from, start + 1)) != 0;
            if is_cut || start - from > *gap || self.breaks & between(from, start + 1) != 0 {
                return None;
            }
            place |= next;
        }
        self.is_well_placed(row, place).then_some(place)
    }

    /// Begins and ends where the row asks for it.
    fn is_well_placed(&self, row: &Row, place: Place) -> bool {
        let (start, next) = (first(place), last(place) + 1);
        let opens = || start == 0 || self.breaks & (1 << start) != 0;
        let pauses = || next as usize >= self.n_words || self.paused & (1 << next) != 0;
        (!row.opens || opens()) && (!row.pauses || pauses())
    }

    /// The words that are a word of the rubric.
    pub(super) fn word(&self, id: WordId) -> Place {
        self.tables.places[id as usize]
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
        self.tables.negations.iter().any(is_in_gap)
    }

    pub(super) fn negates(&self, place: Place) -> bool {
        is_negated(place, 0, &self.tables.negations)
    }

    /// Whether others than the learner say it.
    pub(super) fn reports(&self, place: Place) -> bool {
        polarity::is_reported(place, &self.tables.negations)
    }
}

impl Drop for Unit<'_> {
    fn drop(&mut self) {
        self.tables.clear();
        TABLES.set(std::mem::take(&mut self.tables));
    }
}

impl Tables {
    /// Forgets the words, so that all tables are empty again.
    fn clear(&mut self) {
        for id in self.words.drain(..) {
            self.places[id as usize] = 0;
        }
        for concept in self.asked.drain(..) {
            self.found[concept as usize] = None;
        }
        self.is_possible.fill(false);
        self.all_places.clear();
        self.negations.clear();
    }

    /// Where the places of a concept stand that was asked for before.
    fn found_of(&self, concept: ConceptId) -> Range<usize> {
        self.found[concept as usize].map_or(0..0, |(start, end)| start as usize..end as usize)
    }
}

/// A search through the combinations of the groups' places, one of each.
struct Search<'s, 'a> {
    unit: &'s Unit<'a>,
    groups: &'s [Wanted],
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
        let Some(group) = groups.get(index) else {
            let refuted = self.unit.refuted;
            let ends_before = refuted.checked_shr(last(place) + 1).unwrap_or(0) & 1 == 1;
            // The "does" of "does not" says nothing by itself.
            let is_refuted =
                ends_before || ((place & refuted) << 1) & !place != 0 || self.unit.leaps_over_negator(place, meant);
            if polarity::is_reported(place, &self.unit.tables.negations) {
                return;
            }
            let is_negated = is_negated(place, meant, &self.unit.tables.negations);
            if polarity::is_refuted(place, &self.unit.tables.negations) && !is_negated {
                // A denial of what is called untrue: too tangled to earn or to refute.
                return;
            }
            let best = if is_refuted || is_negated { &mut self.denied } else { &mut self.said };
            if best.is_none_or(|known| extent(place) < extent(known)) {
                *best = Some(place);
            }
            return;
        };
        for next in &self.unit.tables.all_places[group.places.clone()] {
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
        let anchors = Anchors::new(&concepts, lexicon.len());
        let tokens = fold(sentence).tokens;
        let recognised = Recognised::new(&tokens, &lexicon);
        let mut unit = Unit::new(&concepts, &anchors, lexicon.len());
        unit.load(&tokens, 0, &recognised, negations(&tokens).into_iter());
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
