//! A set of small numbers: insert, remove and find the first or last, each in a few steps whatever its size.
//!
//! Words of 64 bits; above them, words that say which of those are not empty, up to a single word: three levels hold
//! 262,144 numbers.

/// A set of the numbers below its capacity, which grows as needed.
#[derive(Clone, Debug)]
pub(super) struct BitTree {
    /// The numbers themselves come first; the last level is one word.
    levels: Vec<Vec<u64>>,
}

impl Default for BitTree {
    fn default() -> Self {
        Self { levels: vec![vec![0]] }
    }
}

impl BitTree {
    #[inline]
    pub(super) fn insert(&mut self, number: usize) {
        if number >= self.levels[0].len() * 64 {
            self.grow(number);
        }
        let mut at = number;
        for level in &mut self.levels {
            let word = &mut level[at / 64];
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
        let mut at = number;
        for level in &mut self.levels {
            let Some(word) = level.get_mut(at / 64) else { return };
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
        for level in self.levels.iter().rev() {
            let word = level[at];
            if word == 0 {
                return None;
            }
            at = at * 64 + choose(word) as usize;
        }
        Some(at)
    }

    #[cold]
    fn grow(&mut self, number: usize) {
        let mut words = (number / 64 + 1).next_power_of_two();
        let mut level = 0;
        loop {
            if level == self.levels.len() {
                let below = &self.levels[level - 1];
                let summary = below.chunks(64).map(|words| {
                    words.iter().enumerate().fold(0, |bits, (i, word)| bits | (u64::from(*word != 0) << i))
                });
                self.levels.push(summary.collect());
            }
            self.levels[level].resize(words, 0);
            if words == 1 {
                return;
            }
            words = words.div_ceil(64);
            level += 1;
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
