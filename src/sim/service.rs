//! How long a request takes and where the time goes: laws and the request's index → milliseconds by phase.

#![expect(clippy::inline_always, reason = "the hot loop is a tenth faster as one piece; measured by benches/sim.rs")]

use std::ops::Range;

use serde::Serialize;

use super::law::Law;
use super::random::{DRAWN_AT_ONCE, Purpose, Stream};

/// Where the time of one request goes. A warm request has handler time only, and that of a connection opened inside.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Phases {
    /// Finding a place and starting the sandbox.
    pub provision_ms: f64,
    pub fetch_ms: f64,
    /// Loading the runtime, or restoring the snapshot.
    pub runtime_ms: f64,
    /// The function's own initialisation code.
    pub init_ms: f64,
    pub connect_ms: f64,
    pub handler_ms: f64,
}

impl Phases {
    /// Everything before the handler begins.
    pub fn start_ms(&self) -> f64 {
        self.provision_ms + self.fetch_ms + self.runtime_ms + self.init_ms + self.connect_ms
    }

    pub fn total_ms(&self) -> f64 {
        self.start_ms() + self.handler_ms
    }

    pub(super) fn add(&mut self, other: &Self) {
        self.provision_ms += other.provision_ms;
        self.fetch_ms += other.fetch_ms;
        self.runtime_ms += other.runtime_ms;
        self.init_ms += other.init_ms;
        self.connect_ms += other.connect_ms;
        self.handler_ms += other.handler_ms;
    }

    /// What the platform reports and bills as the initialisation.
    pub(super) fn init_duration_ms(&self) -> f64 {
        self.runtime_ms + self.init_ms + self.connect_ms
    }
}

/// The laws of a request's time.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Service {
    /// The whole response time, known for warm and cold requests.
    Outright {
        warm: Law,
        cold: Law,
    },
    Phased(Phased),
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Phased {
    pub provision: Law,
    pub fetch: Law,
    pub runtime: Law,
    pub init: Law,
    pub connect: Law,
    pub handler: Law,
    /// The handler's time at this memory over that at one whole processor.
    pub handler_scale: f64,
}

/// The random streams of a run, one for each purpose.
#[derive(Clone, Copy, Debug)]
pub(super) struct Streams {
    seed: u64,
    service: Stream,
}

impl Streams {
    pub(super) fn new(seed: u64) -> Self {
        Self { seed, service: Stream::new(seed, Purpose::Service) }
    }

    pub(super) fn of(&self, purpose: Purpose) -> Stream {
        Stream::new(self.seed, purpose)
    }
}

/// Handler times of the next requests, in case they find warm instances: what happens next hangs on each, and so the
/// processor need not wait for it.
#[derive(Clone, Debug, Default)]
pub(super) struct DrawnAhead {
    requests: Range<u64>,
    warm_ms: [f64; DRAWN_AT_ONCE],
}

impl DrawnAhead {
    /// What [`Service::warm_ms`] is for this index.
    #[inline(always)]
    pub(super) fn warm_ms(&mut self, service: &Service, streams: &Streams, index: u64) -> f64 {
        if !self.requests.contains(&index) {
            self.draw(service, streams, index);
        }
        self.warm_ms[(index - self.requests.start) as usize % DRAWN_AT_ONCE]
    }

    #[inline(never)]
    fn draw(&mut self, service: &Service, streams: &Streams, index: u64) {
        self.requests = index..index + DRAWN_AT_ONCE as u64;
        self.warm_ms = std::array::from_fn(|ahead| service.warm_ms(streams, index + ahead as u64));
    }
}

impl Service {
    /// Handler milliseconds of a request that finds a warm instance.
    #[inline(always)]
    pub(super) fn warm_ms(&self, streams: &Streams, index: u64) -> f64 {
        let bits = streams.service.at(index);
        match self {
            Self::Outright { warm, .. } => warm.draw_ms(bits),
            Self::Phased(laws) => laws.handler.draw_ms(bits) * laws.handler_scale,
        }
    }

    /// Milliseconds to open a connection.
    pub(super) fn connect_ms(&self, streams: &Streams, index: u64) -> f64 {
        match self {
            Self::Outright { .. } => 0.0,
            Self::Phased(laws) => laws.connect.draw_ms(streams.of(Purpose::Connection).at(index)),
        }
    }

    /// The time of a request that starts an instance. A law given outright is not divided: it is all handler.
    pub(super) fn cold(&self, streams: &Streams, index: u64) -> Phases {
        let bits = streams.service.at(index);
        match self {
            Self::Outright { cold, .. } => Phases { handler_ms: cold.draw_ms(bits), ..Phases::default() },
            Self::Phased(laws) => {
                let draw = |law: &Law, purpose| law.draw_ms(streams.of(purpose).at(index));
                Phases {
                    provision_ms: draw(&laws.provision, Purpose::Provision),
                    fetch_ms: draw(&laws.fetch, Purpose::Fetch),
                    runtime_ms: draw(&laws.runtime, Purpose::Runtime),
                    init_ms: draw(&laws.init, Purpose::Initialisation),
                    connect_ms: draw(&laws.connect, Purpose::Connection),
                    handler_ms: laws.handler.draw_ms(bits) * laws.handler_scale,
                }
            }
        }
    }
}
