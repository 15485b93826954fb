//! A run under somebody's eyes: forward at any pace, and back to any moment.
//!
//! The simulator is a value, so going back in time is going forward again from a copy that was kept on the way.

use crate::sim::{Event, Scenario, Simulation};

/// Events between two copies: going back replays half of this on average.
const COPY_EVERY: usize = 512;
/// A copy of so many functions costs about as much as these events; of more the copies are further apart.
const FUNCTIONS_COPIED_AT_EASE: usize = 4;
/// Copies kept, and instances in all of them together; beyond, every second one is dropped and the distance doubles.
const MOST_COPIES: usize = 64;
const MOST_COPIED_INSTANCES: u64 = 3_000_000;
/// A step back that replays more than this would be felt.
const MOST_REPLAYED: usize = 100_000;
/// Looks at the number of instances over a whole run, for the sparkline.
const LOOKS: f64 = 400.0;
/// Events remembered between two frames, for those who show them.
const MOST_HAPPENED: usize = 64;

#[derive(Clone, Debug)]
pub(super) struct Watched {
    pub(super) scenario: Scenario,
    pub(super) sim: Simulation,
    /// Simulated time to which the run has been watched; `sim` has done every event up to it.
    pub(super) clock_s: f64,
    /// How long the whole run takes, in simulated seconds: exact for short runs, else from its beginning.
    pub(super) total_s: f64,
    copies: Vec<(usize, Simulation)>,
    copy_every: usize,
    /// Events that have happened.
    events: usize,
    looks: Vec<Look>,
    /// What happened since it was last asked, the newest of it.
    happened: Vec<Event>,
}

/// How many instances each function had at a moment.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Look {
    pub(super) at_s: f64,
    pub(super) instances: Box<[u32]>,
}

/// How an advance came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Advanced {
    /// The moment is reached.
    There,
    /// The run is over.
    Over,
    /// The events that were allowed are used up.
    NotYet,
}

impl Watched {
    pub(super) fn new(scenario: &Scenario) -> Self {
        let sim = Simulation::new(scenario);
        let total_s = foresee_s(&sim, scenario);
        Self {
            scenario: scenario.clone(),
            clock_s: 0.0,
            total_s,
            copies: vec![(0, sim.clone())],
            copy_every: COPY_EVERY * (sim.live().count() / FUNCTIONS_COPIED_AT_EASE).max(1).next_power_of_two(),
            events: 0,
            looks: Vec::new(),
            happened: Vec::new(),
            sim,
        }
    }

    pub(super) fn is_over(&self) -> bool {
        self.sim.next_at_s().is_none()
    }

    /// Another run of the kind has gone further.
    pub(super) fn lags_behind(&self, other: &Self) -> bool {
        !self.is_over() && self.clock_s < other.reach_s()
    }

    /// Goes where another run is, by at most `most_events`.
    pub(super) fn go_along(&mut self, other: &Self, most_events: usize) {
        let to_s = other.reach_s();
        if self.lags_behind(other) {
            self.advance(to_s, most_events);
        } else if self.clock_s > to_s {
            self.rewind(to_s, most_events);
        }
        self.happened.clear();
    }

    /// How far another run may go that is to be compared with this one.
    fn reach_s(&self) -> f64 {
        if self.is_over() { f64::INFINITY } else { self.clock_s }
    }

    /// The looks at the instances so far, by time.
    pub(super) fn looks(&self) -> &[Look] {
        &self.looks
    }

    /// What happened since this was last asked; of very much, the beginning.
    pub(super) fn take_happened(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.happened)
    }

    /// Goes on to the moment `until_s`, by at most `most_events`.
    pub(super) fn advance(&mut self, until_s: f64, most_events: usize) -> Advanced {
        let mut advanced = Advanced::NotYet;
        for _ in 0..most_events {
            match self.sim.next_at_s() {
                None => {
                    advanced = Advanced::Over;
                    break;
                }
                Some(at_s) if at_s > until_s => {
                    advanced = Advanced::There;
                    break;
                }
                Some(_) => self.one_event(),
            }
        }
        self.clock_s = if advanced == Advanced::There { until_s } else { self.sim.now_s() };
        advanced
    }

    /// So many events on (or back), and there the clock stands. `Err` is the moment to go to where that takes too long
    /// for a step.
    pub(super) fn step(&mut self, by: i32) -> Result<(), f64> {
        if by < 0 {
            let to = self.events.saturating_sub(by.unsigned_abs() as usize);
            let copied = self.copies.iter().rfind(|(at, _)| *at <= to).map_or(0, |(at, _)| *at);
            if to - copied > MOST_REPLAYED {
                return Err(self.sim.now_s().next_down());
            }
            self.go_back_to(to);
        } else {
            for _ in 0..by {
                if !self.is_over() {
                    self.one_event();
                }
            }
        }
        self.clock_s = self.sim.now_s();
        Ok(())
    }

    /// Back to the moment `at_s`, which is not after the clock, as far as `most_events` lead from the copy before it.
    pub(super) fn rewind(&mut self, at_s: f64, most_events: usize) -> Advanced {
        let at_s = at_s.max(0.0);
        let copy = self.copies.iter().rposition(|(_, sim)| sim.now_s() <= at_s).unwrap_or(0);
        let (events, _) = self.copies[copy];
        self.go_back_to(events);
        let advanced = self.advance(at_s, most_events);
        // Going back makes nothing happen.
        self.happened.clear();
        advanced
    }

    fn one_event(&mut self) {
        if self.events.is_multiple_of(self.copy_every) && self.copies.last().is_none_or(|(at, _)| *at < self.events) {
            self.copies.push((self.events, self.sim.clone()));
            if self.copies.len() > MOST_COPIES || self.copied_instances() > MOST_COPIED_INSTANCES {
                self.copy_every *= 2;
                let every = self.copy_every;
                self.copies.retain(|(at, _)| at.is_multiple_of(every));
            }
        }
        if let Some(event) = self.sim.step() {
            self.events += 1;
            if self.happened.len() < MOST_HAPPENED {
                self.happened.push(event);
            }
        }
        let since_s = self.sim.now_s() - self.looks.last().map_or(f64::NEG_INFINITY, |look| look.at_s);
        if since_s * LOOKS > self.total_s {
            self.look(self.sim.now_s());
        }
    }

    fn copied_instances(&self) -> u64 {
        self.copies.iter().flat_map(|(_, sim)| sim.live()).map(u64::from).sum()
    }

    fn go_back_to(&mut self, events: usize) {
        self.copies.retain(|(at, _)| *at <= events);
        let (at, sim) = self.copies.last().expect("the beginning is always kept").clone();
        (self.events, self.sim) = (at, sim);
        while self.events < events {
            self.one_event();
        }
        self.happened.clear();
        let now_s = self.sim.now_s();
        self.looks.retain(|look| look.at_s <= now_s);
    }

    fn look(&mut self, at_s: f64) {
        if self.looks.last().is_some_and(|look| look.at_s >= at_s) {
            return;
        }
        self.looks.push(Look { at_s, instances: self.sim.live().collect() });
    }
}

/// How long the run will take, from its first events and how much of it they are.
fn foresee_s(sim: &Simulation, scenario: &Scenario) -> f64 {
    let mut scout = sim.clone();
    for _ in 0..4_000 {
        if scout.step().is_none() {
            return scout.now_s();
        }
    }
    scout.now_s() / crate::sim::share_done(scenario, &scout.report()).max(1e-9)
}
