//! A set of small numbers: insert, remove and find the first or last, each in a few steps whatever its size.
//!
//! Words of 64 bits; above them, words that say which of those are not empty, up to a single word: with two such levels
//! it holds 262,144 numbers.

/// A set of numbers that grows as needed.
#[derive(Clone, Debug)]
pub(super) struct BitTree {
    /// The words of all levels, those of the numbers themselves first.
    words: Vec<u64>,
    /// Where each level above that begins; the last is one word. None while one word is enough.
    upper: Vec<usize>,
    /// There is room for the numbers below this one.
    room: usize,
}

impl Default for BitTree {
    fn default() -> Self {
        Self { words: vec![0], upper: Vec::new(), room: 64 }
    }
}

impl BitTree {
    #[inline]
    pub(super) fn insert(&mut self, number: usize) {
        if number >= self.room {
            self.grow(number);
        }
        let word = &mut self.words[number / 64];
        let was_empty = *word == 0;
        *word |= 1 << (number % 64);
        if was_empty && !self.upper.is_empty() {
            self.fill(number / 64);
        }
    }

    /// Does nothing when the number is not there.
    #[inline]
    pub(super) fn remove(&mut self, number: usize) {
        let Some(word) = self.words.get_mut(number / 64).filter(|_| number < self.room) else { return };
        *word &= !(1 << (number % 64));
        if *word == 0 && !self.upper.is_empty() {
            self.empty(number / 64);
        }
    }

    #[inline]
    pub(super) fn last(&self) -> Option<usize> {
        self.descend(u64::ilog2)
    }

    #[inline]
    pub(super) fn first(&self) -> Option<usize> {
        self.descend(u64::trailing_zeros)
    }

    #[inline]
    fn descend(&self, choose: impl Fn(u64) -> u32) -> Option<usize> {
        let mut at = 0;
        for start in self.upper.iter().rev() {
            let word = self.words[start + at];
            if word == 0 {
                return None;
            }
            at = at * 64 + choose(word) as usize;
        }
        let word = self.words[at];
        (word != 0).then(|| at * 64 + choose(word) as usize)
    }

    /// The word `at` of the numbers is no longer empty.
    fn fill(&mut self, mut at: usize) {
        for start in &self.upper {
            let word = &mut self.words[start + at / 64];
            let was_empty = *word == 0;
            *word |= 1 << (at % 64);
            if !was_empty {
                return;
            }
            at /= 64;
        }
    }

    /// The word `at` of the numbers is empty now.
    fn empty(&mut self, mut at: usize) {
        for start in &self.upper {
            let word = &mut self.words[start + at / 64];
            *word &= !(1 << (at % 64));
            if *word != 0 {
                return;
            }
            at /= 64;
        }
    }

    #[cold]
    fn grow(&mut self, number: usize) {
        self.words.truncate(self.room / 64);
        self.words.resize((number / 64 + 1).next_power_of_two(), 0);
        self.room = self.words.len() * 64;
        self.upper.clear();
        let mut level = 0..self.words.len();
        while level.len() > 1 {
            let not_empty = |words: &[u64]| words.iter().rev().fold(0, |bits, word| bits << 1 | u64::from(*word != 0));
            let above: Vec<u64> = self.words[level.clone()].chunks(64).map(not_empty).collect();
            level = level.end..level.end + above.len();
            self.upper.push(level.start);
            self.words.extend(above);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::BitTree;
    use crate::sim::random::{Purpose, Stream};

    #[test]
    fn it_answers_as_an_ordered_set_does() {
        let (mut bits, mut set) = (BitTree::default(), BTreeSet::new());
        let stream = Stream::new(5, Purpose::Route);
        for i in 0..20_000 {
            let number = (stream.at(i) % (1 + 20 * (i / 20))) as usize;
            if stream.at(i) >> 60 < 9 {
                bits.insert(number);
                set.insert(number);
            } else {
                bits.remove(number);
                set.remove(&number);
            }
            assert_eq!((bits.first(), bits.last()), (set.first().copied(), set.last().copied()), "after {i}");
        }
    }
}
