//! The requests that instances are serving: a flight → a number, and back.
//!
//! Nearly all flights are plain: warm, the first attempt, sure to succeed. Such a one takes a quarter of a cache line here,
//! since among a hundred thousand of them what an answer costs is the memory it must reach; what only those who watch ask
//! for stands beside it. The others are kept whole.

#![expect(clippy::inline_always, reason = "the hot loop is a tenth faster as one piece; measured by benches/sim.rs")]

use super::flight::{Flight, Request};
use super::pool::NONE;
use super::service::Phases;
use super::slab::Slab;
use super::tally::Outcome;

#[derive(Clone, Debug, Default)]
pub(super) struct Flights {
    plain: Slab<Plain>,
    /// Index and arrival of the same numbers, as far as they were kept: of no plain one that nobody watches.
    origins: Vec<(u64, f64)>,
    /// What is more than plain, with where its time goes.
    whole: Slab<(Flight, Phases)>,
}

/// What there is to know of a plain flight that is over, and where the rest is of another.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plain {
    pub handler_ms: f64,
    pub slot: u32,
    /// Its number among the whole ones, or none.
    whole: u32,
}

impl Plain {
    #[inline]
    pub(super) fn is_plain(&self) -> bool {
        self.whole == NONE
    }

    fn flight(&self, (index, arrived_s): (u64, f64)) -> (Flight, Phases) {
        let Self { handler_ms, slot, .. } = *self;
        let request = Request { index, arrived_s, attempt: 0, is_copy: false, was_cold: false };
        let flight = Flight {
            request,
            began_s: arrived_s,
            start_ms: 0.0,
            handler_ms,
            slot,
            outcome: Outcome::Completed,
            cold: None,
            breaks: false,
            connected: false,
            only_ready: false,
        };
        (flight, Phases { handler_ms, ..Phases::default() })
    }
}

impl Flights {
    /// Keeps a plain flight that nobody watches: there is no more to know of it.
    #[inline(always)]
    pub(super) fn insert_plain(&mut self, slot: u32, handler_ms: f64) -> u32 {
        self.plain.insert(Plain { handler_ms, slot, whole: NONE })
    }

    /// Keeps any flight. When it is `watched` and plain, its origin is kept beside it.
    pub(super) fn insert(&mut self, flight: &Flight, phases: &Phases, watched: bool) -> u32 {
        let whole = if watched && flight.is_plain() { NONE } else { self.whole.insert((*flight, *phases)) };
        let Flight { request: Request { index, arrived_s, .. }, handler_ms, slot, .. } = *flight;
        let number = self.plain.insert(Plain { handler_ms, slot, whole });
        if whole == NONE {
            self.origins.resize(self.origins.len().max(number as usize + 1), (0, 0.0));
            self.origins[number as usize] = (index, arrived_s);
        }
        number
    }

    /// The flight is over; its number may be given to another. What is not plain is to be asked for at once.
    #[inline(always)]
    pub(super) fn free(&mut self, number: u32) -> Plain {
        let over = self.plain.free(number);
        // Its slot may come to mean another instance from here on.
        self.plain.at_mut(number).slot = NONE;
        over
    }

    /// The whole of a flight that has just been freed.
    pub(super) fn free_whole(&mut self, number: u32, over: Plain) -> (Flight, Phases) {
        if over.is_plain() {
            return over.flight(self.origin(number));
        }
        let (flight, phases) = self.whole.free(over.whole);
        (Flight { slot: over.slot, ..flight }, phases)
    }

    fn origin(&self, number: u32) -> (u64, f64) {
        self.origins.get(number as usize).copied().unwrap_or_default()
    }

    /// The slot of the instance that serves it, none when it is over; and when it began, if it is kept whole.
    #[inline]
    pub(super) fn look_at(&self, number: u32) -> (u32, Option<f64>) {
        let plain = self.plain.get(number);
        let whole = plain.and_then(|it| self.whole.get(it.whole));
        (plain.map_or(NONE, |it| it.slot), whole.map(|(flight, _)| flight.began_s))
    }

    /// The flight, and where its time goes, unless it is over.
    pub(super) fn get(&self, number: u32) -> Option<(Flight, Phases)> {
        let plain = self.plain.get(number).filter(|it| it.slot != NONE)?;
        let whole = self.whole.get(plain.whole);
        Some(whole.map_or_else(
            || plain.flight(self.origin(number)),
            |(flight, phases)| (Flight { slot: plain.slot, ..*flight }, *phases),
        ))
    }

    /// Every slot has moved to the place that stands for it.
    pub(super) fn move_to(&mut self, places: &[u32]) {
        for it in self.plain.iter_mut().filter(|it| it.slot != NONE) {
            it.slot = places[it.slot as usize];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Flights, Plain};
    use crate::sim::flight::{Flight, Request, WhyCold};
    use crate::sim::service::Phases;
    use crate::sim::tally::Outcome;

    #[test]
    fn a_flight_comes_back_as_it_went_and_a_plain_one_is_small() {
        let request = Request { index: 7, arrived_s: 3.0, attempt: 0, is_copy: false, was_cold: false };
        let phases = Phases { handler_ms: 40.0, ..Phases::default() };
        let plain = Flight {
            request,
            began_s: 3.0,
            start_ms: 0.0,
            handler_ms: 40.0,
            slot: 5,
            outcome: Outcome::Completed,
            cold: None,
            breaks: false,
            connected: false,
            only_ready: false,
        };
        let others = [
            Flight { request: Request { attempt: 2, ..request }, began_s: 9.0, ..plain },
            Flight { request: Request { is_copy: true, ..request }, ..plain },
            Flight { request: Request { was_cold: true, ..request }, ..plain },
            Flight { began_s: 4.0, ..plain },
            Flight { start_ms: 300.0, cold: Some(WhyCold::First), ..plain },
            Flight { outcome: Outcome::TimedOut, breaks: true, ..plain },
            Flight { connected: true, ..plain },
            Flight { only_ready: true, ..plain },
        ];
        let mut flights = Flights::default();
        let numbers: Vec<u32> = [plain].iter().chain(&others).map(|it| flights.insert(it, &phases, true)).collect();
        flights.move_to(&[9, 9, 9, 9, 9, 2]);
        for (number, flight) in numbers.into_iter().zip([plain].into_iter().chain(others)) {
            let moved = (Flight { slot: 2, ..flight }, phases);
            assert_eq!(flights.get(number), Some(moved));
            let over = flights.free(number);
            assert_eq!((over.is_plain(), flights.free_whole(number, over)), (flight == plain, moved));
            assert_eq!(flights.get(number), None);
        }
        assert!(size_of::<Plain>() <= 16);
    }
}
