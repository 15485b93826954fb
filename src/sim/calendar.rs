//! Many events to come → those of the next day, again and again.
//!
//! A calendar (Brown 1988) has days of equal length, each an unordered list, and a mark for each that has events. The
//! length of a day follows the number of events, so that a step takes as many instructions for ten as for a hundred
//! thousand. What then grows is the time to reach memory, so only two months have days, which fit the nearest cache; the
//! events of a later month are written one behind the other and read again as they were written when it comes nearer (the
//! ladder queue of Tang, Goh and Thng 2005 does so), and those beyond all months are in a heap. Absent: the order within
//! a day, which the queue makes.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::queue::{Entry, time_s};

#[derive(Clone, Debug)]
pub(super) struct Calendar {
    days_per_s: f64,
    today: u64,
    /// A month has two to the power of this days, at least 64.
    month_bits: u32,
    /// The first node of each day's list, of this month and the next; used again and again.
    days: Vec<u32>,
    /// A bit for each of these days that has a list.
    marks: Vec<u64>,
    nodes: Vec<Node>,
    free: u32,
    /// The events of the months after these two, in no order; as many as a power of two, used again and again.
    months: Vec<Vec<Entry>>,
    /// Beyond the last month.
    later: BinaryHeap<Reverse<Entry>>,
    /// Events in the calendar, and the numbers that it was made for.
    len: usize,
    least: usize,
    most: usize,
}

#[derive(Clone, Copy, Debug)]
struct Node {
    entry: Entry,
    next: u32,
}

const END: u32 = u32::MAX;
/// Of a node that is in no list. No event has this time.
const FREE: Entry = Entry::MAX;

/// As many events as the months with days hold alone: they fit a cache of a megabyte, with whatever belongs to them.
const MANY_FOR_DAYS: usize = 2048;
/// Days of a month when there are more.
const SHORT_MONTH_BITS: u32 = 9;

impl Calendar {
    /// An empty calendar whose days suit these events, at least two.
    pub(super) fn for_events(entries: &mut [Entry]) -> Self {
        let half = entries.len() / 2;
        entries.select_nth_unstable(half);
        let first_s = entries[..half].iter().copied().min().map_or(0.0, time_s);
        // Events are dense before the median, so that is where a day should hold about one half.
        let day_s = ((time_s(entries[half]) - first_s) / half as f64 / 2.0).max(1e-9);
        // Eight times as far, beyond which there is hardly anything of an exponential law.
        let days = (16 * half).next_power_of_two().max(128);
        let month_bits = if entries.len() > MANY_FOR_DAYS { SHORT_MONTH_BITS } else { days.ilog2() - 1 };
        let days_per_s = 1.0 / day_s;
        Self {
            days_per_s,
            today: day_of(first_s, days_per_s),
            month_bits,
            days: vec![END; 2 << month_bits],
            marks: vec![0; (2 << month_bits) / 64],
            nodes: Vec::new(),
            free: END,
            months: vec![Vec::new(); days >> month_bits],
            later: BinaryHeap::new(),
            len: 0,
            least: entries.len() / 4,
            most: entries.len() * 2,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// Its days are too long for so many events.
    pub(super) fn is_too_full(&self) -> bool {
        self.len > self.most
    }

    /// Its days are too short for so few.
    pub(super) fn is_too_empty(&self) -> bool {
        self.len < self.least
    }

    /// All events, in no order.
    pub(super) fn entries(&self) -> impl Iterator<Item = Entry> {
        let near = self.nodes.iter().map(|node| node.entry).filter(|entry| *entry != FREE);
        near.chain(self.months.iter().flatten().copied()).chain(self.later.iter().map(|entry| entry.0))
    }

    #[inline]
    fn day_of(&self, entry: Entry) -> u64 {
        day_of(time_s(entry), self.days_per_s)
    }

    /// Notes an event of a later day. False when it is today's, or was missed.
    #[inline]
    pub(super) fn enter(&mut self, entry: Entry) -> bool {
        let day = self.day_of(entry);
        if day <= self.today {
            return false;
        }
        self.len += 1;
        let month = day >> self.month_bits;
        let months = month - (self.today >> self.month_bits);
        if months < 2 {
            self.note(day, entry);
        } else if months < self.months.len() as u64 {
            let place = month as usize & (self.months.len() - 1);
            self.months[place].push(entry);
        } else {
            self.later.push(Reverse(entry));
        }
        true
    }

    #[inline]
    fn note(&mut self, day: u64, entry: Entry) {
        let place = day as usize & (self.days.len() - 1);
        self.marks[place / 64] |= 1 << (place % 64);
        let node = Node { entry, next: self.days[place] };
        if self.free == END {
            self.days[place] = self.nodes.len() as u32;
            self.nodes.push(node);
        } else {
            self.days[place] = self.free;
            let free = &mut self.nodes[self.free as usize];
            self.free = std::mem::replace(free, node).next;
        }
    }

    /// Hands over the events of the next day that has any. `announce` is told of those of the month that comes near.
    pub(super) fn turn_to_next_day(&mut self, mut due: impl FnMut(Entry), mut announce: impl FnMut(u32)) {
        if self.len == 0 {
            return;
        }
        if self.len == self.later.len() {
            // The whole calendar is blank: leaf to the day of what comes later.
            self.today = self.later.peek().map_or(self.today, |entry| self.day_of(entry.0)) - 1;
            self.draw_nearer();
        }
        let place = loop {
            self.today += 1;
            if self.today & ((1 << self.month_bits) - 1) == 0 {
                self.begin_month(&mut announce);
            }
            // The rest of these 64 days, which are of one month.
            let place = self.today as usize & (self.days.len() - 1);
            let marks = self.marks[place / 64] >> (place % 64);
            if marks != 0 {
                let ahead = marks.trailing_zeros();
                self.today += u64::from(ahead);
                break place + ahead as usize;
            }
            self.today |= 63;
        };
        self.marks[place / 64] &= !(1 << (place % 64));
        let mut at = std::mem::replace(&mut self.days[place], END);
        while at != END {
            let node = &mut self.nodes[at as usize];
            due(std::mem::replace(&mut node.entry, FREE));
            let next = std::mem::replace(&mut node.next, self.free);
            self.free = at;
            self.len -= 1;
            at = next;
        }
    }

    /// Gives the events of the next month their days.
    #[cold]
    fn begin_month(&mut self, announce: &mut impl FnMut(u32)) {
        let next = (self.today >> self.month_bits) + 1;
        let place = next as usize & (self.months.len() - 1);
        for entry in std::mem::take(&mut self.months[place]) {
            announce(entry as u32);
            self.note(self.day_of(entry), entry);
        }
        self.draw_nearer();
    }

    /// Enters what is no longer beyond the last month.
    fn draw_nearer(&mut self) {
        let end = (self.today >> self.month_bits) + self.months.len() as u64;
        while let Some(entry) = self.later.peek().map(|entry| entry.0)
            && self.day_of(entry) >> self.month_bits < end
        {
            self.later.pop();
            self.len -= 1;
            self.enter(entry);
        }
    }
}

/// The number of the day of this time, which never falls as the time rises.
#[inline]
fn day_of(at_s: f64, days_per_s: f64) -> u64 {
    /// Added to a number below it, it makes the last bits of the sum a whole number, faster than any conversion.
    const NO_FRACTION: f64 = (1u64 << 52) as f64;
    (at_s * days_per_s + NO_FRACTION).to_bits()
}
