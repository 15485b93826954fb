//! A set of small numbers: insert, remove and find the first or last, each in a few steps whatever its size.
//!
//! Words of 64 bits; above them, words that say which of those are not empty, up to a single word: with two such levels
//! it holds 262,144 numbers.

/// A set of numbers that grows as needed.
#[derive(Clone, Debug)]
pub(super) struct BitTree {
    /// The words of all levels, those of the numbers themselves first.
    words: Vec<u64>,
    /// Where each level begins; the last is one word.
    starts: Vec<usize>,
}

impl Default for BitTree {
    fn default() -> Self {
        Self { words: vec![0], starts: vec![0] }
    }
}

impl BitTree {
    #[inline]
    pub(super) fn insert(&mut self, number: usize) {
        if number >= self.leaves() * 64 {
            self.grow(number);
        }
        let mut at = number;
        for start in &self.starts {
            let word = &mut self.words[start + at / 64];
            let was_empty = *word == 0;
            *word |= 1 << (at % 64);
            if !was_empty {
                return;
            }
            at /= 64;
        }
    }

    /// Does nothing when the number is not there.
    #[inline]
    pub(super) fn remove(&mut self, number: usize) {
        if number >= self.leaves() * 64 {
            return;
        }
        let mut at = number;
        for start in &self.starts {
            let word = &mut self.words[start + at / 64];
            *word &= !(1 << (at % 64));
            if *word != 0 {
                return;
            }
            at /= 64;
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
        for start in self.starts.iter().rev() {
            let word = self.words[start + at];
            if word == 0 {
                return None;
            }
            at = at * 64 + choose(word) as usize;
        }
        Some(at)
    }

    /// Words of the first level.
    #[inline]
    fn leaves(&self) -> usize {
        self.starts.get(1).copied().unwrap_or(1)
    }

    #[cold]
    fn grow(&mut self, number: usize) {
        self.words.truncate(self.leaves());
        self.words.resize((number / 64 + 1).next_power_of_two(), 0);
        self.starts.truncate(1);
        let mut level = 0..self.words.len();
        while level.len() > 1 {
            let not_empty = |words: &[u64]| words.iter().rev().fold(0, |bits, word| bits << 1 | u64::from(*word != 0));
            let above: Vec<u64> = self.words[level.clone()].chunks(64).map(not_empty).collect();
            level = level.end..level.end + above.len();
            self.starts.push(level.start);
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
