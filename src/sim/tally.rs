//! What a run adds up: counts, sums, areas under curves and sketches. Several runs add up to one.
//!
//! Only requests after the warm-up are counted, and areas begin with the first of them.

use super::service::Phases;
use super::sketch::Sketch;

/// How a request ended, or that it has not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Completed,
    /// Refused at once: the concurrency or the scaling limit was reached.
    Throttled,
    TimedOut,
    /// The initialisation, the handler or the database refused it.
    Failed,
    InFlight,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Tally {
    pub requests: u64,
    pub completed: u64,
    pub throttled: u64,
    pub timed_out: u64,
    pub failed: u64,
    pub cold_starts: u64,
    pub latency: Sketch,
    /// The platform's initialisation of each cold start.
    pub init: Sketch,
    /// Sums over cold starts, but handler and connection over all that were served.
    pub phases: Phases,
    pub served: u64,
    /// Requests that waited for a connection.
    pub connects: u64,
    /// Whole numbers of the provider's billing step, exact up to 2^53.
    pub billed_steps: f64,
    pub billed_provisioned_steps: f64,
    pub started: u64,
    pub ended: u64,
    pub lifespan_s: f64,
    pub most_live: u32,
    live_area_s: f64,
    running_area_s: f64,
    connection_area_s: f64,
    pub most_connections: u32,
    pub opened: u64,
    pub refused_connections: u64,
    pub retries: u64,
    pub dead_letters: u64,
    pub duplicates: u64,
    pub repeated_effects: u64,
    /// Time that is counted, of runs that were added.
    past_s: f64,
    /// When counting began in this run.
    began_s: f64,
    /// Until when each area is known: each is brought up to date only when its height changes.
    live_known_s: f64,
    running_known_s: f64,
    connections_known_s: f64,
}

/// Time averages of a tally.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Averages {
    pub seconds: f64,
    pub live: f64,
    pub running: f64,
    pub connections: f64,
}

impl Tally {
    /// Everything up to `now_s` was warm-up.
    pub(super) fn begin(&mut self, now_s: f64) {
        *self = Self {
            began_s: now_s,
            live_known_s: now_s,
            running_known_s: now_s,
            connections_known_s: now_s,
            ..Self::default()
        };
    }

    /// Until `now_s` so many instances were there.
    #[inline]
    pub(super) fn lived(&mut self, now_s: f64, live: u32) {
        self.live_area_s += f64::from(live) * (now_s - self.live_known_s);
        self.live_known_s = now_s;
    }

    /// Until `now_s` so many instances were at work.
    #[inline]
    pub(super) fn ran(&mut self, now_s: f64, running: u32) {
        self.running_area_s += f64::from(running) * (now_s - self.running_known_s);
        self.running_known_s = now_s;
    }

    /// Until `now_s` so many connections were open.
    pub(super) fn held(&mut self, now_s: f64, connections: u32) {
        self.connection_area_s += f64::from(connections) * (now_s - self.connections_known_s);
        self.connections_known_s = now_s;
    }

    /// Adds another run, which began empty as this one did.
    pub(super) fn merge(&mut self, other: &Self) {
        self.requests += other.requests;
        self.completed += other.completed;
        self.throttled += other.throttled;
        self.timed_out += other.timed_out;
        self.failed += other.failed;
        self.cold_starts += other.cold_starts;
        self.latency.merge(&other.latency);
        self.init.merge(&other.init);
        self.phases.add(&other.phases);
        self.served += other.served;
        self.connects += other.connects;
        self.billed_steps += other.billed_steps;
        self.billed_provisioned_steps += other.billed_provisioned_steps;
        self.started += other.started;
        self.ended += other.ended;
        self.lifespan_s += other.lifespan_s;
        self.most_live = self.most_live.max(other.most_live);
        self.live_area_s += other.live_area_s;
        self.running_area_s += other.running_area_s;
        self.connection_area_s += other.connection_area_s;
        self.most_connections = self.most_connections.max(other.most_connections);
        self.opened += other.opened;
        self.refused_connections += other.refused_connections;
        self.retries += other.retries;
        self.dead_letters += other.dead_letters;
        self.duplicates += other.duplicates;
        self.repeated_effects += other.repeated_effects;
        self.past_s += other.seconds();
    }

    /// Time that is counted, up to the last time that everything was brought up to date.
    pub(super) fn seconds(&self) -> f64 {
        self.past_s + self.live_known_s - self.began_s
    }

    pub(super) fn in_flight(&self) -> u64 {
        self.requests - self.completed - self.throttled - self.timed_out - self.failed
    }

    pub(super) fn averages(&self) -> Averages {
        let seconds = self.seconds();
        if seconds <= 0.0 {
            return Averages::default();
        }
        Averages {
            seconds,
            live: self.live_area_s / seconds,
            running: self.running_area_s / seconds,
            connections: self.connection_area_s / seconds,
        }
    }
}
