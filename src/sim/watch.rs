//! The simulation step by step: the same engine as a whole run, seen from close by.
//!
//! A cold start's phases become events of their own here, so that an instance can be seen to change. The last few
//! thousand requests are kept; everything is a value, cheap to clone, so that one can go back in time.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use serde::Serialize;

use super::engine::Engine;
use super::fleet::Fleet;
use super::flight::{Flight, Observer, Request, WhyCold};
use super::model::Model;
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
    /// 0 for the scenario's own function, then the steps of its flow.
    pub function: usize,
    pub id: u64,
    pub state: InstanceState,
    pub created_s: f64,
    /// Since when it is in this state.
    pub since_s: f64,
    /// When the state ends, if nothing else happens: the phase, the request or the keep-alive.
    pub until_s: Option<f64>,
    /// The request it took last, while it serves it.
    pub request: Option<u64>,
    /// Requests answered so far.
    pub served: u64,
    /// Kept ready by provisioned concurrency.
    pub provisioned: bool,
}

/// One request, as far as is known.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct RequestView {
    /// 0 for the scenario's own function, then the steps of its flow.
    pub function: usize,
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

impl RequestView {
    /// A request of which nothing more is known.
    pub(super) fn arrived(function: usize, request: &Request) -> Self {
        Self {
            function,
            id: request.index,
            arrived_s: request.arrived_s,
            latency_ms: 0.0,
            cold: false,
            outcome: Outcome::InFlight,
            instance: None,
            phases_ms: Phases::default(),
            why_cold: None,
            attempts: 0,
        }
    }

    /// The same when an instance has taken it.
    pub(super) fn taken(self, flight: &Flight, phases: &Phases, instance: u64) -> Self {
        Self {
            cold: flight.cold.is_some(),
            outcome: Outcome::InFlight,
            instance: Some(instance),
            phases_ms: *phases,
            why_cold: flight.cold,
            attempts: flight.request.attempt + 1,
            ..self
        }
    }

    pub(super) fn refused(self, request: &Request) -> Self {
        Self { outcome: Outcome::Throttled, attempts: request.attempt + 1, ..self }
    }

    pub(super) fn answered(self, now_s: f64, flight: &Flight) -> Self {
        Self { outcome: flight.outcome, latency_ms: flight.response_ms(now_s), ..self }
    }
}

/// An instance that is gone.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Departure {
    pub function: usize,
    pub instance: u64,
    pub at_s: f64,
}

/// What happened at a moment.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Event {
    pub at_s: f64,
    /// Where it happened: 0 for the scenario's own function, then the steps of its flow.
    pub function: usize,
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
    fleet: Fleet,
    view: View,
    model: Arc<Model>,
    now_s: f64,
}

impl Simulation {
    pub fn new(scenario: &Scenario) -> Self {
        let model = Arc::clone(scenario.model());
        let fleet = Fleet::new(&model, model.run.seed);
        let view = View { recent: vec![Recent::default(); fleet.engines().len()], ..View::default() };
        Self { fleet, view, model, now_s: 0.0 }
    }

    /// When the next event happens. Absent at the end of the run.
    pub fn next_at_s(&self) -> Option<f64> {
        match (self.view.next_phase_s(), self.fleet.next_at_s()) {
            (Some(phase_s), Some(fleet_s)) => Some(phase_s.min(fleet_s)),
            (_, fleet_s) => fleet_s,
        }
    }

    /// Makes the next event happen.
    pub fn step(&mut self) -> Option<Event> {
        if let (Some(phase_s), Some(fleet_s)) = (self.view.next_phase_s(), self.fleet.next_at_s())
            && phase_s <= fleet_s
        {
            let (function, what) = self.view.enter_phase()?;
            self.now_s = phase_s;
            return Some(Event { at_s: phase_s, function, what });
        }
        let function = self.fleet.step(&mut self.view);
        self.fleet.settle();
        self.now_s = self.now_s.max(self.fleet.now_s());
        let what = self.view.what.take().unwrap_or(What::Ready);
        Some(Event { at_s: self.now_s, function: function?, what })
    }

    /// The time of the last event.
    pub fn now_s(&self) -> f64 {
        self.now_s
    }

    /// The figures so far.
    pub fn report(&self) -> Report {
        Report::of_all(&self.model, &self.fleet.tallies_until(self.now_s), 1)
    }

    /// The instances that are there, function by function, oldest first. There may be a million.
    pub fn instances(&self) -> impl Iterator<Item = InstanceView> {
        let engines = self.fleet.engines().iter().enumerate();
        let all = engines.flat_map(|(function, engine)| engine.pool().iter().map(move |it| (function, engine, it)));
        all.map(|(function, engine, slot)| self.instance(function, engine, slot))
    }

    /// How many instances each function has.
    pub fn live(&self) -> impl Iterator<Item = u32> {
        self.fleet.engines().iter().map(|engine| engine.pool().live())
    }

    /// For each function the events that wait for it: in the queue before it, or to be tried again.
    pub fn waiting(&self) -> impl Iterator<Item = usize> {
        self.fleet.waiting()
    }

    /// The last few thousand requests of the scenario's own function, oldest first.
    pub fn recent(&self) -> impl Iterator<Item = &RequestView> {
        self.recent_of(0)
    }

    /// The same of any function: 0 is the scenario's own, then the steps of its flow.
    pub fn recent_of(&self, function: usize) -> impl Iterator<Item = &RequestView> {
        self.view.recent.get(function).into_iter().flat_map(Recent::iter)
    }

    /// The instances that went last, the newest at the end.
    pub fn gone(&self) -> impl Iterator<Item = &Departure> {
        self.view.gone.iter()
    }

    fn instance(&self, function: usize, engine: &Engine, slot: u32) -> InstanceView {
        let (instance, life) = (engine.pool().at(slot), engine.pool().life(slot));
        // The number of a flight that is over may mean another one by now.
        let flight = engine.flight(life.flight).filter(|(flight, _)| flight.slot == slot && instance.active > 0);
        let (state, since_s, until_s) = match &flight {
            Some((flight, phases)) => {
                let phase = flight.cold.and_then(|_| self.phase_now(flight, phases));
                let busy_s = if flight.cold.is_some() { flight.handler_s() } else { life.since_s };
                phase.unwrap_or((InstanceState::Busy, busy_s, flight.answer_s()))
            }
            // It serves others, which it took before.
            None if instance.active > 0 => (InstanceState::Busy, life.since_s, f64::INFINITY),
            None => (InstanceState::Idle, life.since_s, instance.expires_s),
        };
        InstanceView {
            function,
            id: life.id,
            state,
            created_s: life.created_s,
            since_s,
            until_s: until_s.is_finite().then_some(until_s),
            request: flight.map(|(flight, _)| flight.request.index),
            served: u64::from(life.taken) - u64::from(instance.active),
            provisioned: instance.provisioned,
        }
    }

    /// The phase of a cold start that is going on, with its beginning and end.
    fn phase_now(&self, flight: &Flight, phases: &Phases) -> Option<(InstanceState, f64, f64)> {
        phases_of(flight.began_s, *phases).find(|(_, _, end_s)| self.now_s < *end_s)
    }
}

/// The phases of a cold start with their beginning and end; those that take no time are left out.
fn phases_of(began_s: f64, phases: Phases) -> impl Iterator<Item = (InstanceState, f64, f64)> {
    use InstanceState::{Connecting, Fetching, Initialising, LoadingRuntime, Provisioning};
    let mut at_s = began_s;
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
    /// The function that is looked at.
    function: usize,
    /// The requests of each function.
    recent: Vec<Recent>,
    gone: VecDeque<Departure>,
    /// Phases that instances will enter: the bits of the time, the function, the instance.
    phases: BTreeMap<(u64, usize, u64, InstanceState), f64>,
    what: Option<What>,
}

impl View {
    fn next_phase_s(&self) -> Option<f64> {
        self.phases.first_key_value().map(|(_, at_s)| *at_s)
    }

    fn enter_phase(&mut self) -> Option<(usize, What)> {
        let ((_, function, instance, state), _) = self.phases.pop_first()?;
        Some((function, What::Entered { instance, state }))
    }

    /// A second delivery is no request of its own, and not kept.
    fn change(&mut self, request: &Request, how: impl FnOnce(RequestView) -> RequestView) {
        if !request.is_copy {
            self.recent[self.function].change(request.index, how);
        }
    }
}

impl Observer for View {
    fn looks_at(&mut self, function: usize) {
        self.function = function;
    }

    fn arrived(&mut self, _now_s: f64, request: &Request) {
        self.recent[self.function].push(RequestView::arrived(self.function, request));
    }

    fn began(&mut self, flight: &Flight, phases: &Phases, instance: u64) {
        let request = flight.request.index;
        self.what = Some(What::Taken { request, instance, cold: flight.cold.is_some() });
        self.change(&flight.request, |view| view.taken(flight, phases, instance));
        if flight.cold.is_some() {
            // The first phase began with the request itself; the handler is the last.
            let entered = phases_of(flight.began_s, *phases).map(|(state, began_s, _)| (state, began_s)).skip(1);
            let divided = flight.start_ms > 0.0;
            for (state, at_s) in entered.chain(divided.then_some((InstanceState::Busy, flight.handler_s()))) {
                self.phases.insert((at_s.to_bits(), self.function, instance, state), at_s);
            }
        }
    }

    fn refused(&mut self, _now_s: f64, request: &Request) {
        self.what = Some(What::Refused { request: request.index });
        self.change(request, |view| view.refused(request));
    }

    fn answered(&mut self, now_s: f64, flight: &Flight, _phases: &Phases, instance: u64) {
        let request = flight.request.index;
        self.what = Some(What::Answered { request, instance, outcome: flight.outcome });
        self.change(&flight.request, |view| view.answered(now_s, flight));
    }

    fn postponed(&mut self, _now_s: f64, request: &Request) {
        self.change(request, |view| RequestView { outcome: Outcome::InFlight, ..view });
    }

    fn gone(&mut self, now_s: f64, instance: u64) {
        if self.gone.len() == MOST_GONE {
            self.gone.pop_front();
        }
        self.gone.push_back(Departure { function: self.function, instance, at_s: now_s });
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

/// Instances that are gone and still remembered.
const MOST_GONE: usize = 256;

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

    /// Changes what is known of the request of this id, unless it is too long ago.
    fn change(&mut self, id: u64, how: impl FnOnce(RequestView) -> RequestView) {
        let Some(place) = id.checked_sub(self.first).map(|place| place as usize) else { return };
        if let Some(chunk) = self.chunks.get_mut(place / CHUNK)
            && let Some(view) = Arc::make_mut(chunk).get_mut(place % CHUNK)
        {
            *view = how(*view);
        }
    }

    fn iter(&self) -> impl Iterator<Item = &RequestView> {
        self.chunks.iter().flat_map(|chunk| chunk.iter())
    }
}
