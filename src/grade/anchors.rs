//! Which alternatives the words of an answer bring up.
//!
//! A rubric has thousands of alternatives, of which a sentence holds a handful. So each row is kept under one of its
//! words, the one that the rubric mentions least: most rows are out without a look. A row of concepts alone is kept
//! under the one with the fewest alternatives.

use super::lexicon::WordId;
use super::pattern::{Concept, ConceptId, Concepts, Row, Step};

/// Stands for a word that a row does not have.
const NO_WORD: WordId = WordId::MAX;

#[derive(Clone, Debug, Default)]
pub(super) struct Anchors {
    /// By word: the concepts that it may bring up, and those that it may bring up together with another word.
    concepts: Lists<ConceptId>,
    concepts_of_two: Lists<(WordId, ConceptId)>,
    /// Concepts that bring up others, those that others bring up behind them.
    by_concept: Vec<(ConceptId, ConceptId)>,
    /// By concept.
    rows: Lists<AnchoredRow>,
    /// By word: the concepts that it can mean.
    meanings: Lists<ConceptId>,
}

/// A row of a concept by its place, with its two rarest words.
#[derive(Clone, Copy, Debug)]
pub(super) struct AnchoredRow {
    row: u32,
    words: [WordId; 2],
}

impl AnchoredRow {
    /// Whether its two words are here. `has` says which are.
    pub(super) fn may_be_met(&self, has: impl Fn(WordId) -> bool) -> bool {
        self.words.iter().all(|word| *word == NO_WORD || has(*word))
    }

    pub(super) fn of<'a>(&self, concept: ConceptId, concepts: &'a [Concept]) -> &'a Row {
        &concepts[concept as usize].rows[self.row as usize]
    }
}

impl Anchors {
    /// Of all patterns, once they are read: `n_words` are known by then.
    pub(super) fn new(concepts: &Concepts, n_words: usize) -> Self {
        let all = concepts.all();
        let mut n_mentions = vec![0_u32; n_words];
        for concept in all {
            let in_rows = concept.rows.iter().flat_map(|row| &row.steps).filter_map(Step::word);
            concept.words.iter().copied().chain(in_rows).for_each(|word| n_mentions[word as usize] += 1);
        }
        let n_alternatives = |id: &ConceptId| all[*id as usize].n_alternatives();
        let (mut by_word, mut by_two, mut by_concept) = (Vec::new(), Vec::new(), Vec::new());
        let (mut rows, mut meanings) = (Vec::new(), Vec::new());
        for (id, concept) in (0..).zip(all) {
            by_word.extend(concept.words.iter().map(|word| (*word, id)));
            let meant = concept.words.iter().copied().chain(concept.rows.iter().filter_map(Row::only_word));
            meanings.extend(meant.filter(|_| concept.has_meaning()).map(|word| (word, id)));
            for (at, row) in (0..).zip(&concept.rows) {
                let words = rarest_words(row, &n_mentions);
                rows.push((id, AnchoredRow { row: at, words }));
                match words {
                    [NO_WORD, _] => {
                        let inner = row.steps.iter().filter_map(Step::concept).min_by_key(n_alternatives);
                        by_concept.extend(inner.map(|inner| (inner, id)));
                    }
                    [word, NO_WORD] => by_word.push((word, id)),
                    [word, other] => by_two.push((word, (other, id))),
                }
            }
        }
        by_word.dedup();
        by_two.dedup();
        by_concept.dedup();
        sort_inner_first(&mut by_concept, all.len());
        Self {
            concepts: Lists::new(n_words, &by_word),
            concepts_of_two: Lists::new(n_words, &by_two),
            by_concept,
            rows: Lists::new(all.len(), &rows),
            meanings: Lists::new(n_words, &meanings),
        }
    }

    /// Marks in `is_possible` the concepts that may be met where `words` stand, and `has` says which do.
    pub(super) fn bring_up(&self, words: &[WordId], has: impl Fn(WordId) -> bool, is_possible: &mut [bool]) {
        for word in words {
            for concept in self.concepts.of(*word) {
                is_possible[*concept as usize] = true;
            }
            for (other, concept) in self.concepts_of_two.of(*word) {
                is_possible[*concept as usize] |= has(*other);
            }
        }
        for (inner, outer) in &self.by_concept {
            is_possible[*outer as usize] |= is_possible[*inner as usize];
        }
    }

    pub(super) fn rows(&self, concept: ConceptId) -> &[AnchoredRow] {
        self.rows.of(concept)
    }

    /// Concepts that one of the words stands for by itself, each once.
    pub(super) fn meanings(&self, words: &[WordId]) -> Vec<ConceptId> {
        let mut all: Vec<ConceptId> = words.iter().flat_map(|word| self.meanings.of(*word)).copied().collect();
        all.sort_unstable();
        all.dedup();
        all
    }
}

/// The two words of a row that are mentioned least, as far as it has them.
fn rarest_words(row: &Row, n_mentions: &[u32]) -> [WordId; 2] {
    let mut rarest = [NO_WORD; 2];
    let n_of = |word: WordId| n_mentions.get(word as usize).copied().unwrap_or(u32::MAX);
    for word in row.steps.iter().filter_map(Step::word) {
        if n_of(word) < n_of(rarest[0]) {
            rarest = [word, rarest[0]];
        } else if word != rarest[0] && n_of(word) < n_of(rarest[1]) {
            rarest[1] = word;
        }
    }
    rarest
}

/// Sorts pairs so that each number stands on the right before it stands on the left. Without a circle there is such an order.
fn sort_inner_first(pairs: &mut [(ConceptId, ConceptId)], n: usize) {
    let mut depths = vec![0; n];
    let mut is_settled = false;
    while !is_settled {
        is_settled = true;
        for (inner, outer) in pairs.iter() {
            let depth = depths[*inner as usize] + 1;
            if depths[*outer as usize] < depth && depth < n {
                depths[*outer as usize] = depth;
                is_settled = false;
            }
        }
    }
    pairs.sort_by_key(|(inner, _)| depths[*inner as usize]);
}

/// Lists by number, one behind the other.
#[derive(Clone, Debug)]
struct Lists<T> {
    /// Where each begins; one more than there are.
    starts: Vec<u32>,
    all: Vec<T>,
}

impl<T> Default for Lists<T> {
    fn default() -> Self {
        Self { starts: vec![0], all: Vec::new() }
    }
}

impl<T: Copy> Lists<T> {
    /// `entries` say to which list they belong, and keep their order in it.
    fn new(n_lists: usize, entries: &[(u32, T)]) -> Self {
        let mut starts = vec![0_u32; n_lists + 1];
        for (list, _) in entries {
            starts[*list as usize + 1] += 1;
        }
        for at in 1..starts.len() {
            starts[at] += starts[at - 1];
        }
        let Some((_, any)) = entries.first() else { return Self { starts, all: Vec::new() } };
        let (mut next, mut all) = (starts.clone(), vec![*any; entries.len()]);
        for (list, entry) in entries {
            let at = &mut next[*list as usize];
            all[*at as usize] = *entry;
            *at += 1;
        }
        Self { starts, all }
    }

    /// Nothing for a number that came later.
    fn of(&self, list: u32) -> &[T] {
        match self.starts.get(list as usize..list as usize + 2) {
            Some([start, end]) => &self.all[*start as usize..*end as usize],
            _ => &[],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_made_of_others_comes_behind_them() {
        let mut pairs = [(1, 2), (3, 1), (0, 2), (4, 3)];
        sort_inner_first(&mut pairs, 5);
        assert_eq!(pairs, [(0, 2), (4, 3), (3, 1), (1, 2)]);
    }

    #[test]
    fn lists_keep_what_belongs_to_them_in_order() {
        let lists = Lists::new(3, &[(2, 'a'), (0, 'b'), (2, 'c')]);
        assert_eq!(
            (lists.of(0), lists.of(1), lists.of(2), lists.of(3)),
            (&['b'][..], &[][..], &['a', 'c'][..], &[][..])
        );
    }
}
