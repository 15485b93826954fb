//! Which alternatives the words of an answer bring up.
//!
//! A rubric has thousands of alternatives, of which a sentence holds a handful. So each row is kept under one of its
//! words, the one that the rubric mentions least: most rows are out without a look. A row of concepts alone is kept
//! under the one with the fewest alternatives.

use super::lexicon::WordId;
use super::pattern::{Concept, ConceptId, Concepts, Row, Step, Term};

/// A row of a concept.
#[derive(Clone, Copy, Debug)]
pub(super) struct RowRef {
    pub(super) concept: ConceptId,
    row: u32,
    /// Another word of it, if it has one.
    pub(super) also: Option<WordId>,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Anchors {
    /// By word: the concepts that it stands for by itself.
    words: Lists<ConceptId>,
    rows_by_word: Lists<RowRef>,
    rows_by_concept: Lists<RowRef>,
    /// By word: the concepts that it can mean.
    meanings: Lists<ConceptId>,
}

impl Anchors {
    /// Of all patterns, once they are read: `n_words` are known by then.
    pub(super) fn new(concepts: &Concepts, n_words: usize) -> Self {
        let all = concepts.all();
        let mut n_mentions = vec![0_u32; n_words];
        for concept in all {
            concept.words.iter().for_each(|word| n_mentions[*word as usize] += 1);
            words_of(&concept.rows).for_each(|word| n_mentions[word as usize] += 1);
        }
        let (mut words, mut meanings) = (Vec::new(), Vec::new());
        let (mut by_word, mut by_concept) = (Vec::new(), Vec::new());
        for (id, concept) in (0..).zip(all) {
            words.extend(concept.words.iter().map(|word| (*word, id)));
            if concept.has_meaning() {
                meanings.extend(concept.words.iter().map(|word| (*word, id)));
            }
            for (row, steps) in (0..).zip(&concept.rows).map(|(at, row)| (at, &row.steps)) {
                let its_words = steps.iter().filter_map(Step::word);
                let anchor = its_words.clone().min_by_key(|word| n_mentions[*word as usize]);
                let also = its_words.filter(|word| Some(*word) != anchor).min_by_key(|word| n_mentions[*word as usize]);
                let kept = RowRef { concept: id, row, also };
                let n_alternatives = |inner: &ConceptId| {
                    let inner = &all[*inner as usize];
                    inner.words.len() + inner.rows.len()
                };
                match (anchor, steps.iter().filter_map(Step::concept).min_by_key(n_alternatives)) {
                    (Some(word), _) => by_word.push((word, kept)),
                    (None, Some(inner)) => by_concept.push((inner, kept)),
                    (None, None) => {}
                }
                if let ([Step { term: Term::Word(word), .. }], true) = (&steps[..], concept.has_meaning()) {
                    meanings.push((*word, id));
                }
            }
        }
        Self {
            words: Lists::new(n_words, &words),
            rows_by_word: Lists::new(n_words, &by_word),
            rows_by_concept: Lists::new(all.len(), &by_concept),
            meanings: Lists::new(n_words, &meanings),
        }
    }

    pub(super) fn words(&self, word: WordId) -> &[ConceptId] {
        self.words.of(word)
    }

    pub(super) fn rows_by_word(&self, word: WordId) -> &[RowRef] {
        self.rows_by_word.of(word)
    }

    pub(super) fn rows_by_concept(&self, concept: ConceptId) -> &[RowRef] {
        self.rows_by_concept.of(concept)
    }

    /// Concepts that one of the words stands for by itself, each once.
    pub(super) fn meanings(&self, words: &[WordId]) -> Vec<ConceptId> {
        let mut all: Vec<ConceptId> = words.iter().flat_map(|word| self.meanings.of(*word)).copied().collect();
        all.sort_unstable();
        all.dedup();
        all
    }
}

impl RowRef {
    pub(super) fn of(self, concepts: &[Concept]) -> &Row {
        &concepts[self.concept as usize].rows[self.row as usize]
    }
}

fn words_of(rows: &[Row]) -> impl Iterator<Item = WordId> {
    rows.iter().flat_map(|row| &row.steps).filter_map(Step::word)
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
    fn lists_keep_what_belongs_to_them_in_order() {
        let lists = Lists::new(3, &[(2, 'a'), (0, 'b'), (2, 'c')]);
        assert_eq!(
            (lists.of(0), lists.of(1), lists.of(2), lists.of(3)),
            (&['b'][..], &[][..], &['a', 'c'][..], &[][..])
        );
    }
}
