//! A request on its way through the platform, and who may watch it.

use super::service::Phases;
use super::tally::Outcome;

/// Why a request had to wait for a new instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum WhyCold {
    /// There had never been an instance.
    First,
    /// All instances had been idle for too long and were gone.
    Expired,
    /// Instances were there, and every one of them was busy.
    AllBusy,
}

/// A request on its way.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Request {
    pub index: u64,
    pub arrived_s: f64,
    /// Attempts before this one.
    pub attempt: u32,
    /// An event that was delivered once more than it was sent. It costs as any, and is not counted as a request.
    pub is_copy: bool,
    /// An earlier attempt was a cold start.
    pub was_cold: bool,
}

impl Request {
    /// The first attempt of an event as it was sent.
    #[inline]
    pub(super) fn is_first(&self) -> bool {
        self.attempt == 0 && !self.is_copy
    }

    /// Its place in the random streams. Those of its attempts and its copy are far apart.
    #[inline]
    pub(super) fn place(&self) -> u64 {
        self.index ^ (u64::from(self.attempt) << 48) ^ (u64::from(self.is_copy) << 56)
    }
}

/// A request that an instance is serving.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Flight {
    pub request: Request,
    pub began_s: f64,
    /// Everything before the handler.
    pub start_ms: f64,
    pub handler_ms: f64,
    pub slot: u32,
    pub outcome: Outcome,
    pub cold: Option<WhyCold>,
    /// The sandbox cannot be used again.
    pub breaks: bool,
    /// It opened a database connection of its own, to be closed with the answer.
    pub connected: bool,
    /// The entry in the queue that is not an answer but the end of a cold start.
    pub only_ready: bool,
}

impl Flight {
    /// Warm, the first attempt and sure to succeed: of such a one there is no more to know than when and how long.
    #[inline]
    pub(super) fn is_plain(&self) -> bool {
        let is_first = self.request.is_first() && !self.request.was_cold && self.began_s == self.request.arrived_s;
        let is_warm = self.start_ms == 0.0 && self.cold.is_none() && !self.connected && !self.only_ready;
        is_first && is_warm && self.outcome == Outcome::Completed && !self.breaks
    }

    /// When the handler begins, and when the answer comes.
    pub(super) fn handler_s(&self) -> f64 {
        self.began_s + self.start_ms / 1000.0
    }

    pub(super) fn answer_s(&self) -> f64 {
        self.began_s + self.total_ms() / 1000.0
    }

    fn total_ms(&self) -> f64 {
        self.start_ms + self.handler_ms
    }

    /// What the caller waited for, when it is answered now. A first attempt is what was drawn, free of the rounding of
    /// clock times.
    #[inline]
    pub(super) fn response_ms(&self, now_s: f64) -> f64 {
        if self.request.is_first() { self.total_ms() } else { (now_s - self.request.arrived_s) * 1000.0 }
    }
}

/// How a request will end.
#[derive(Clone, Copy)]
pub(super) struct Fate {
    pub outcome: Outcome,
    pub breaks: bool,
    pub connected: bool,
}

/// Sees what happens.
pub(super) trait Observer {
    /// What only those who watch want to know is not kept when nobody does.
    const WATCHES: bool = true;
    /// What is seen from now on is of this function of a flow; 0 is the scenario's own.
    fn looks_at(&mut self, _function: usize) {}
    fn arrived(&mut self, _now_s: f64, _request: &Request) {}
    /// An instance took the request; a cold one was created for it.
    fn began(&mut self, _flight: &Flight, _phases: &Phases, _instance_id: u64) {}
    fn refused(&mut self, _now_s: f64, _request: &Request) {}
    fn answered(&mut self, _now_s: f64, _flight: &Flight, _phases: &Phases, _instance_id: u64) {}
    /// The request will be tried again.
    fn postponed(&mut self, _now_s: f64, _request: &Request) {}
    /// The last attempt has failed.
    fn given_up(&mut self, _request: &Request) {}
    fn gone(&mut self, _now_s: f64, _instance_id: u64) {}
}

impl Observer for () {
    const WATCHES: bool = false;
}
