//! Events to come, the earliest first; of equal times, the one that was pushed first.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// A queue of numbered things by time.
///
/// An entry is one 128-bit number: the bits of the time, which order as the times do since none is negative, then a
/// sequence number, then the thing.
#[derive(Clone, Debug, Default)]
pub(super) struct Queue {
    heap: BinaryHeap<Reverse<u128>>,
    pushed: u32,
}

fn time_s(entry: u128) -> f64 {
    f64::from_bits((entry >> 64) as u64)
}

impl Queue {
    #[inline]
    pub(super) fn push(&mut self, at_s: f64, thing: u32) {
        let entry = (u128::from(at_s.to_bits()) << 64) | (u128::from(self.pushed) << 32) | u128::from(thing);
        self.pushed = self.pushed.wrapping_add(1);
        self.heap.push(Reverse(entry));
    }

    /// The earliest time, or infinity.
    #[inline]
    pub(super) fn next_s(&self) -> f64 {
        self.heap.peek().map_or(f64::INFINITY, |entry| time_s(entry.0))
    }

    #[inline]
    pub(super) fn pop(&mut self) -> Option<(f64, u32)> {
        self.heap.pop().map(|Reverse(entry)| (time_s(entry), entry as u32))
    }

    pub(super) fn len(&self) -> usize {
        self.heap.len()
    }
}

#[cfg(test)]
mod tests {
    use super::Queue;

    #[test]
    fn it_gives_the_earliest_and_of_equals_the_first() {
        let mut queue = Queue::default();
        for (at_s, thing) in [(2.0, 1), (1.0, 2), (2.0, 3), (0.0, 4), (2.0, 5)] {
            queue.push(at_s, thing);
        }
        let order: Vec<u32> = std::iter::from_fn(|| queue.pop()).map(|(_, thing)| thing).collect();
        assert_eq!(order, [4, 2, 1, 3, 5]);
        assert_eq!(queue.next_s(), f64::INFINITY);
    }
}
