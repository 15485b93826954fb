//! The simulation step by step: the same engine as a whole run, seen from close by.
//!
//! A cold start's phases become events of their own here, so that an instance can be seen to change. The last few
//! thousand requests are kept; everything is a value, cheap to clone, so that one can go back in time.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use serde::Serialize;

use super::engine::{Engine, Flight, Observer, Request, WhyCold};
use super::model::Model;
use super::pool::{Instance, NONE};
use super::report::Report;
use super::scenario::Scenario;
use super::service::Phases;
use super::tally::Outcome;

/// What an instance is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum InstanceState {
    Provisioning,
    Fetching,
    LoadingRuntime,
    Initialising,
    Connecting,
    Busy,
    Idle,
}

/// One instance as it is now.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct InstanceView {
    pub id: u64,
    pub state: InstanceState,
    pub created_s: f64,
    /// Since when it is in this state.
    pub since_s: f64,
    /// When the state ends, if nothing else happens: the phase, the request or the keep-alive.
    pub until_s: Option<f64>,
    /// The request it last took.
    pub request: Option<u64>,
    /// Requests answered so far.
    pub served: u64,
    /// Kept ready by provisioned concurrency.
    pub provisioned: bool,
}

/// One request, as far as is known.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RequestView {
    /// Counts arrivals from 0.
    pub id: u64,
    pub arrived_s: f64,
    /// What the caller waited for; 0 while it is in flight and when it was throttled.
    pub latency_ms: f64,
    pub cold: bool,
    pub outcome: Outcome,
    pub instance: Option<u64>,
    /// Where the time goes.
    pub phases_ms: Phases,
    pub why_cold: Option<WhyCold>,
    /// Attempts so far, the first included.
    pub attempts: u32,
}

/// What happened at a moment.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Event {
    pub at_s: f64,
    pub what: What,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// A request came and an instance took it, a new one when `cold`.
    Taken {
        request: u64,
        instance: u64,
        cold: bool,
    },
    /// A request came (or was tried again) and was refused.
    Refused {
        request: u64,
    },
    /// An instance entered the next phase of its cold start.
    Entered {
        instance: u64,
        state: InstanceState,
    },
    Answered {
        request: u64,
        instance: u64,
        outcome: Outcome,
    },
    /// An idle or broken instance is gone.
    Gone {
        instance: u64,
    },
    /// An instance was loaded ahead of any request, or a cold start is over.
    Ready,
}

/// A running simulation.
///
/// ```
/// use coldstart::sim::{Scenario, Simulation};
///
/// let scenario = Scenario::parse("traffic.rate_per_s = 2\nrun.requests = 3").unwrap();
/// let mut simulation = Simulation::new(&scenario);
/// while let Some(event) = simulation.step() {
///     assert_eq!(event.at_s, simulation.now_s());
/// }
/// assert_eq!(simulation.recent().count(), 3);
/// ```
#[derive(Clone, Debug)]
pub struct Simulation {
    engine: Engine,
    view: View,
    model: Arc<Model>,
    now_s: f64,
}

impl Simulation {
    pub fn new(scenario: &Scenario) -> Self {
        let model = Arc::clone(scenario.model());
        Self { engine: Engine::new(&model, model.run.seed), view: View::default(), model, now_s: 0.0 }
    }

    /// When the next event happens. Absent at the end of the run.
    pub fn next_at_s(&self) -> Option<f64> {
        match (self.view.next_phase_s(), self.engine.next_at_s()) {
            (Some(phase_s), Some(engine_s)) => Some(phase_s.min(engine_s)),
            (_, engine_s) => engine_s,
        }
    }

    /// Makes the next event happen.
    pub fn step(&mut self) -> Option<Event> {
        let what = match (self.view.next_phase_s(), self.engine.next_at_s()) {
            (Some(phase_s), Some(engine_s)) if phase_s <= engine_s => {
                let (at_s, what) = self.view.enter_phase()?;
                self.now_s = at_s;
                what
            }
            _ => {
                let happened = self.engine.step(&mut self.view);
                self.now_s = self.now_s.max(self.engine.now_s());
                if !happened {
                    return None;
                }
                self.view.what.take().unwrap_or(What::Ready)
            }
        };
        Some(Event { at_s: self.now_s, what })
    }

    /// The time of the last event.
    pub fn now_s(&self) -> f64 {
        self.now_s
    }

    /// The figures so far.
    pub fn report(&self) -> Report {
        Report::of(&self.model, &self.engine.tally_until(self.now_s), 1)
    }

    /// The instances that are there, oldest first.
    pub fn instances(&self) -> Vec<InstanceView> {
        self.engine.pool().iter().map(|instance| self.instance(instance)).collect()
    }

    /// The last few thousand requests, oldest first.
    pub fn recent(&self) -> impl Iterator<Item = &RequestView> {
        self.view.recent.iter()
    }

    fn instance(&self, instance: &Instance) -> InstanceView {
        let flight = (instance.flight != NONE).then(|| self.engine.flight(instance.flight)).flatten();
        let (state, since_s, until_s) = match flight {
            Some(flight) if instance.active > 0 => {
                let start = flight.cold.and_then(|_| self.phase_at(flight));
                let busy_s = flight.began_s + flight.phases.start_ms() / 1000.0;
                let end_s = flight.began_s + flight.phases.total_ms() / 1000.0;
                start.unwrap_or((
                    InstanceState::Busy,
                    if flight.cold.is_some() { busy_s } else { instance.since_s },
                    end_s,
                ))
            }
            _ => (InstanceState::Idle, instance.since_s, instance.expires_s),
        };
        InstanceView {
            id: instance.id,
            state,
            created_s: instance.created_s,
            since_s,
            until_s: until_s.is_finite().then_some(until_s),
            request: flight.map(|flight| flight.request.index),
            served: instance.served,
            provisioned: instance.provisioned,
        }
    }

    /// The phase of a cold start that is going on, with its beginning and end.
    fn phase_at(&self, flight: &Flight) -> Option<(InstanceState, f64, f64)> {
        phases_of(flight).find(|(_, _, end_s)| self.now_s < *end_s)
    }
}

/// The phases of a cold start with their beginning and end; those that take no time are left out.
fn phases_of(flight: &Flight) -> impl Iterator<Item = (InstanceState, f64, f64)> + use<> {
    use InstanceState::{Connecting, Fetching, Initialising, LoadingRuntime, Provisioning};
    let phases = flight.phases;
    let mut at_s = flight.began_s;
    [
        (Provisioning, phases.provision_ms),
        (Fetching, phases.fetch_ms),
        (LoadingRuntime, phases.runtime_ms),
        (Initialising, phases.init_ms),
        (Connecting, phases.connect_ms),
    ]
    .into_iter()
    .filter(|(_, ms)| *ms > 0.0)
    .map(move |(state, ms)| {
        let began_s = at_s;
        at_s += ms / 1000.0;
        (state, began_s, at_s)
    })
}

/// What the observer keeps.
#[derive(Clone, Debug, Default)]
struct View {
    recent: Recent,
    /// Phases that instances will enter, by the bits of the time and in order of creation.
    phases: BTreeMap<(u64, u64, InstanceState), f64>,
    what: Option<What>,
}

impl View {
    fn next_phase_s(&self) -> Option<f64> {
        self.phases.first_key_value().map(|(_, at_s)| *at_s)
    }

    fn enter_phase(&mut self) -> Option<(f64, What)> {
        let ((_, instance, state), at_s) = self.phases.pop_first()?;
        Some((at_s, What::Entered { instance, state }))
    }
}

impl Observer for View {
    fn arrived(&mut self, now_s: f64, request: &Request) {
        self.recent.push(RequestView {
            id: request.index,
            arrived_s: now_s,
            latency_ms: 0.0,
            cold: false,
            outcome: Outcome::InFlight,
            instance: None,
            phases_ms: Phases::default(),
            why_cold: None,
            attempts: 0,
        });
    }

    fn began(&mut self, flight: &Flight, instance: u64) {
        let request = flight.request.index;
        self.what = Some(What::Taken { request, instance, cold: flight.cold.is_some() });
        if let Some(view) = self.recent.get_mut(request) {
            view.outcome = Outcome::InFlight;
            view.cold = flight.cold.is_some();
            view.why_cold = flight.cold;
            view.instance = Some(instance);
            view.phases_ms = flight.phases;
            view.attempts = flight.request.attempt + 1;
        }
        if flight.cold.is_some() {
            // The first phase began with the request itself; the handler is the last.
            let handler_s = flight.began_s + flight.phases.start_ms() / 1000.0;
            let entered = phases_of(flight).map(|(state, began_s, _)| (state, began_s)).skip(1);
            let divided = flight.phases.start_ms() > 0.0;
            for (state, at_s) in entered.chain(divided.then_some((InstanceState::Busy, handler_s))) {
                self.phases.insert((at_s.to_bits(), instance, state), at_s);
            }
        }
    }

    fn refused(&mut self, _now_s: f64, request: &Request) {
        self.what = Some(What::Refused { request: request.index });
        if let Some(view) = self.recent.get_mut(request.index) {
            view.outcome = Outcome::Throttled;
            view.attempts = request.attempt + 1;
        }
    }

    fn answered(&mut self, now_s: f64, flight: &Flight, instance: u64) {
        let request = flight.request.index;
        self.what = Some(What::Answered { request, instance, outcome: flight.outcome });
        if let Some(view) = self.recent.get_mut(request) {
            view.outcome = flight.outcome;
            view.latency_ms = flight.response_ms(now_s);
        }
    }

    fn postponed(&mut self, _now_s: f64, request: &Request) {
        if let Some(view) = self.recent.get_mut(request.index) {
            view.outcome = Outcome::InFlight;
        }
    }

    fn gone(&mut self, _now_s: f64, instance: u64) {
        // An instance that goes with its last answer is part of that event.
        self.what.get_or_insert(What::Gone { instance });
    }
}

/// The newest requests, in chunks that clones share until one of them changes.
#[derive(Clone, Debug, Default)]
struct Recent {
    chunks: VecDeque<Arc<Vec<RequestView>>>,
    /// Requests in the chunks, and the id of the first.
    len: usize,
    first: u64,
}

const CHUNK: usize = 128;
const MOST_CHUNKS: usize = 24;

impl Recent {
    fn push(&mut self, request: RequestView) {
        if self.len.is_multiple_of(CHUNK) {
            if self.chunks.len() == MOST_CHUNKS {
                self.chunks.pop_front();
                self.first += CHUNK as u64;
                self.len -= CHUNK;
            }
            self.chunks.push_back(Arc::new(Vec::with_capacity(CHUNK)));
        }
        if let Some(last) = self.chunks.back_mut() {
            Arc::make_mut(last).push(request);
            self.len += 1;
        }
    }

    /// The request, unless it is too long ago.
    fn get_mut(&mut self, id: u64) -> Option<&mut RequestView> {
        let place = usize::try_from(id.checked_sub(self.first)?).ok()?;
        Arc::make_mut(self.chunks.get_mut(place / CHUNK)?).get_mut(place % CHUNK)
    }

    fn iter(&self) -> impl Iterator<Item = &RequestView> {
        self.chunks.iter().flat_map(|chunk| chunk.iter())
    }
}
