//! Events to come, the earliest first; of equal times, the one that was pushed first.
//!
//! A few are kept in a sorted row. Of many only the next are there; the others are in a [`Calendar`], on which the order
//! never depends.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::calendar::Calendar;

/// A queue of numbered things by time.
#[derive(Clone, Debug, Default)]
pub(super) struct Queue {
    today: Today,
    pushed: u32,
    calendar: Option<Box<Calendar>>,
}

/// One number that orders as its event does: the bits of the time, which order as the times since none is negative, then
/// a sequence number, then the thing.
pub(super) type Entry = u128;

#[inline]
pub(super) fn time_s(entry: Entry) -> f64 {
    f64::from_bits((entry >> 64) as u64)
}

/// The events of a day in their order.
#[derive(Clone, Debug, Default)]
struct Today {
    /// The latest first: what comes next is taken from the end, and what comes soon is put in near it.
    row: Vec<Entry>,
    /// What is later than all of the row, when that is long.
    rest: BinaryHeap<Reverse<Entry>>,
}

/// Events in the row beyond which a calendar, or a heap for the rest of a day, is worth its while.
const MANY: usize = 24;

impl Today {
    fn of(mut entries: Vec<Entry>) -> Self {
        entries.sort_unstable_by_key(|entry| Reverse(*entry));
        let rest = entries.drain(..entries.len().saturating_sub(MANY)).map(Reverse).collect();
        Self { row: entries, rest }
    }

    fn len(&self) -> usize {
        self.row.len() + self.rest.len()
    }

    #[inline]
    fn insert(&mut self, entry: Entry) {
        if self.row.len() >= MANY {
            self.insert_to_many(entry);
            return;
        }
        if !self.rest.is_empty() && self.row[0] < entry {
            self.rest.push(Reverse(entry));
            return;
        }
        let mut place = self.row.len();
        self.row.push(entry);
        while place > 0 && self.row[place - 1] < entry {
            self.row[place] = self.row[place - 1];
            place -= 1;
        }
        self.row[place] = entry;
    }

    #[cold]
    fn insert_to_many(&mut self, entry: Entry) {
        let place = self.row.partition_point(|other| *other > entry);
        self.row.insert(place, entry);
        self.rest.push(Reverse(self.row.remove(0)));
    }

    #[inline]
    fn pop(&mut self) -> Option<Entry> {
        let entry = self.row.pop();
        if self.row.is_empty() && !self.rest.is_empty() {
            self.refill();
        }
        entry
    }

    #[cold]
    fn refill(&mut self) {
        self.row.extend(std::iter::from_fn(|| self.rest.pop()).take(MANY / 2).map(|entry| entry.0));
        self.row.reverse();
    }
}

impl Queue {
    #[inline]
    pub(super) fn push(&mut self, at_s: f64, thing: u32) {
        let entry = (u128::from(at_s.to_bits()) << 64) | (u128::from(self.pushed) << 32) | u128::from(thing);
        self.pushed = self.pushed.wrapping_add(1);
        match &mut self.calendar {
            None => {
                self.today.insert(entry);
                if self.today.row.len() == MANY {
                    self.open_calendar();
                }
            }
            Some(calendar) => {
                if !calendar.enter(entry) {
                    self.today.insert(entry);
                } else if calendar.is_too_full() {
                    self.open_calendar();
                }
            }
        }
    }

    /// The earliest time, or infinity.
    #[inline]
    pub(super) fn next_s(&self) -> f64 {
        self.today.row.last().map_or(f64::INFINITY, |entry| time_s(*entry))
    }

    /// What comes next.
    pub(super) fn next(&self) -> Option<(f64, u32)> {
        self.today.row.last().map(|entry| (time_s(*entry), *entry as u32))
    }

    /// What comes next, which is no longer there. Among many, `announce` is told of a thing well before its time, once.
    #[inline]
    pub(super) fn pop(&mut self, announce: impl FnMut(u32)) -> Option<(f64, u32)> {
        let entry = self.today.pop()?;
        if self.today.row.is_empty()
            && let Some(calendar) = &mut self.calendar
        {
            let today = &mut self.today;
            calendar.turn_to_next_day(|entry| today.insert(entry), announce);
            if calendar.is_too_empty() {
                self.open_calendar();
            }
        }
        Some((time_s(entry), entry as u32))
    }

    pub(super) fn len(&self) -> usize {
        self.today.len() + self.calendar.as_ref().map_or(0, |calendar| calendar.len())
    }

    /// Gives everything a new number, or drops it.
    pub(super) fn renumber(&mut self, number: impl Fn(u32) -> Option<u32>) {
        let renumbered = |entry: Entry| number(entry as u32).map(|to| (entry >> 32 << 32) | Entry::from(to));
        let entries = self.take_entries().into_iter().filter_map(renumbered).collect();
        self.sort_in(entries);
    }

    /// Everything, in no order; nothing is left.
    fn take_entries(&mut self) -> Vec<Entry> {
        let Today { row: mut entries, rest } = std::mem::take(&mut self.today);
        entries.extend(rest.into_iter().map(|entry| entry.0));
        if let Some(calendar) = self.calendar.take() {
            entries.extend(calendar.entries());
        }
        entries
    }

    /// Sorts everything into a calendar that fits, or none when little is left.
    #[cold]
    fn open_calendar(&mut self) {
        let entries = self.take_entries();
        self.sort_in(entries);
    }

    fn sort_in(&mut self, mut entries: Vec<Entry>) {
        if entries.len() <= MANY / 2 {
            self.today = Today::of(entries);
            return;
        }
        let mut calendar = Box::new(Calendar::for_events(&mut entries));
        entries.retain(|entry| !calendar.enter(*entry));
        self.today = Today::of(entries);
        if self.today.row.is_empty() {
            let today = &mut self.today;
            calendar.turn_to_next_day(|entry| today.insert(entry), |_| ());
        }
        self.calendar = Some(calendar);
    }
}

#[cfg(test)]
mod tests {
    use super::Queue;
    use crate::sim::random::{Purpose, Stream, exponential};

    #[test]
    fn it_gives_the_earliest_and_of_equals_the_first() {
        let mut queue = Queue::default();
        for (at_s, thing) in [(2.0, 1), (1.0, 2), (2.0, 3), (0.0, 4), (2.0, 5)] {
            queue.push(at_s, thing);
        }
        let order: Vec<u32> = std::iter::from_fn(|| queue.pop(|_| ())).map(|(_, thing)| thing).collect();
        assert_eq!(order, [4, 2, 1, 3, 5]);
        assert_eq!(queue.next_s(), f64::INFINITY);
    }

    /// Grows to `most` events and shrinks again, three times, with delays as `delay_s` says.
    fn stress(most: usize, delay_s: impl Fn(u64) -> f64) {
        let mut queue = Queue::default();
        let mut sorted = std::collections::BTreeSet::new();
        let (mut now_s, mut pushed) = (0.0, 0u32);
        for round in 0..6 * most {
            let grows = (round / most).is_multiple_of(2);
            for _ in 0..if grows { 2 } else { 0 } {
                let at_s: f64 = now_s + delay_s(pushed.into());
                queue.push(at_s, pushed);
                sorted.insert((at_s.to_bits(), pushed));
                pushed += 1;
            }
            let expected = sorted.pop_first().map(|(bits, thing)| (f64::from_bits(bits), thing));
            assert_eq!(queue.next_s(), expected.map_or(f64::INFINITY, |(at_s, _)| at_s));
            assert_eq!(queue.pop(|_| ()), expected);
            assert_eq!(queue.len(), sorted.len());
            now_s = expected.map_or(now_s, |(at_s, _)| at_s);
        }
    }

    #[test]
    fn a_calendar_gives_the_order_of_a_sorted_set() {
        let stream = Stream::new(4, Purpose::Route);
        stress(3000, |i| exponential(stream.at(i)));
        // Enough for months.
        stress(20_000, |i| exponential(stream.at(i)));
        // All at once, all equally far, all at two moments, and few among many that are a thousand times as far.
        stress(1000, |_| 0.0);
        stress(1000, |_| 5.0);
        stress(1000, |i| if stream.at(i) >> 63 == 0 { 0.0 } else { 100.0 });
        stress(2000, |i| if i % 10 == 0 { 1000.0 + i as f64 } else { exponential(stream.at(i)) });
        stress(500, |i| exponential(stream.at(i)) * 1e12);
    }
}
