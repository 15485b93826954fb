//! One function on one platform, event by event: a model and a seed → arrivals, cold starts, answers, expiries.
//!
//! [`Engine::step`] makes the next event happen; whoever wants to see it passes an [`Observer`], and `()` sees nothing at
//! no cost. At equal times what happens to an instance comes before an arrival. The run starts empty; a request that
//! finds all instances busy and the limit reached is refused at once; idle instances do not count against the limit; the
//! keep-alive counts from the end of the last request. Absent: percentiles, money and words, which are made of the tally.

use std::sync::Arc;

use super::keep_alive::Policy;
use super::model::{Connection, Model};
use super::pool::{NONE, Pool};
use super::queue::Queue;
use super::random::{Purpose, Stream, uniform};
use super::service::{Phases, Streams};
use super::tally::{Level, Outcome, Tally};
use super::traffic::Arrivals;

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
#[derive(Clone, Copy, Debug)]
pub(super) struct Request {
    pub index: u64,
    pub arrived_s: f64,
    /// Attempts before this one.
    pub attempt: u32,
}

/// A request that an instance is serving.
#[derive(Clone, Copy, Debug)]
pub(super) struct Flight {
    pub request: Request,
    pub began_s: f64,
    pub phases: Phases,
    pub outcome: Outcome,
    pub cold: Option<WhyCold>,
    pub slot: u32,
    /// The sandbox cannot be used again.
    breaks: bool,
    /// It opened a database connection of its own, to be closed with the answer.
    connected: bool,
    /// The entry in the queue that is not an answer but the end of a cold start.
    only_ready: bool,
}

impl Flight {
    /// What the caller waited for, when it is answered now. A first attempt is what was drawn, free of the rounding of
    /// clock times.
    #[inline]
    pub(super) fn response_ms(&self, now_s: f64) -> f64 {
        if self.request.attempt == 0 { self.phases.total_ms() } else { (now_s - self.request.arrived_s) * 1000.0 }
    }
}

/// How a request will end.
#[derive(Clone, Copy)]
struct Fate {
    outcome: Outcome,
    breaks: bool,
    connected: bool,
}

/// Sees what happens.
pub(super) trait Observer {
    fn arrived(&mut self, _now_s: f64, _request: &Request) {}
    /// An instance took the request; a cold one was created for it.
    fn began(&mut self, _flight: &Flight, _instance_id: u64) {}
    fn refused(&mut self, _now_s: f64, _request: &Request) {}
    fn answered(&mut self, _now_s: f64, _flight: &Flight, _instance_id: u64) {}
    /// The request will be tried again.
    fn postponed(&mut self, _now_s: f64, _request: &Request) {}
    fn gone(&mut self, _now_s: f64, _instance_id: u64) {}
}

impl Observer for () {}

/// Requests that wait for another attempt are kept in memory; beyond this many, new ones are given up.
const MOST_POSTPONED: usize = 1_000_000;

#[derive(Clone, Debug)]
pub(super) struct Engine {
    model: Arc<Model>,
    streams: Streams,
    route: Stream,
    arrivals: Arrivals,
    next_arrival_s: f64,
    arrived: u64,
    answers: Queue,
    flights: Slab<Flight>,
    postponed: Queue,
    requests: Slab<Request>,
    pool: Pool,
    policy: Policy,
    /// When the function became idle, and when it is to be loaded ahead of the next request.
    idle_since_s: Option<f64>,
    prewarm_s: f64,
    prewarmed_until_s: f64,
    /// When the next prewarming or further attempt is due.
    rare_s: f64,
    /// Instances that may be started now, and when that was known.
    starts_left: f64,
    starts_known_s: f64,
    connections: u32,
    steps_per_ms: f64,
    /// Nothing in the model can fail or time out, and there is no database.
    never_fails: bool,
    now_s: f64,
    is_over: bool,
    pub(super) tally: Tally,
}

/// Numbered things that come and go.
#[derive(Clone, Debug)]
struct Slab<T> {
    things: Vec<T>,
    free: Vec<u32>,
}

impl<T> Default for Slab<T> {
    fn default() -> Self {
        Self { things: Vec::new(), free: Vec::new() }
    }
}

impl<T> Slab<T> {
    #[inline]
    fn insert(&mut self, thing: T) -> u32 {
        if let Some(place) = self.free.pop() {
            self.things[place as usize] = thing;
            return place;
        }
        self.things.push(thing);
        self.things.len() as u32 - 1
    }
}

#[derive(Clone, Copy)]
enum Next {
    Answer,
    Expiry,
    Prewarm,
    Attempt,
    Arrival,
}

impl Engine {
    pub(super) fn new(model: &Arc<Model>, seed: u64) -> Self {
        let streams = Streams::new(seed);
        let platform = &model.platform;
        let mut engine = Self {
            streams,
            route: streams.of(Purpose::Route),
            arrivals: Arrivals::new(model.traffic.clone(), streams.of(Purpose::Arrival)),
            next_arrival_s: f64::INFINITY,
            arrived: 0,
            answers: Queue::default(),
            flights: Slab::default(),
            postponed: Queue::default(),
            requests: Slab::default(),
            pool: Pool::new(platform.routing, platform.provisioned, platform.requests_per_instance),
            policy: Policy::new(platform.keep_alive),
            idle_since_s: None,
            prewarm_s: f64::INFINITY,
            prewarmed_until_s: f64::INFINITY,
            rare_s: f64::INFINITY,
            starts_left: platform.scaling_per_10s,
            starts_known_s: 0.0,
            connections: 0,
            steps_per_ms: 1.0 / platform.provider.billing_step_ms.value,
            never_fails: model.function.never_fails(),
            now_s: 0.0,
            is_over: false,
            tally: Tally::default(),
            model: Arc::clone(model),
        };
        engine.connect_provisioned();
        engine.plan_arrival();
        engine
    }

    /// Instances that are kept ready hold their connection from the start.
    fn connect_provisioned(&mut self) {
        if self.model.function.connection != Connection::Outside {
            return;
        }
        for slot in 0..self.model.platform.provisioned {
            if self.connect() {
                self.pool.at_mut(slot).holds_connection = true;
            }
        }
    }

    pub(super) fn now_s(&self) -> f64 {
        self.now_s
    }

    pub(super) fn arrived(&self) -> u64 {
        self.arrived
    }

    pub(super) fn pool(&self) -> &Pool {
        &self.pool
    }

    pub(super) fn flight(&self, number: u32) -> Option<&Flight> {
        self.flights.things.get(number as usize)
    }

    /// When something happens next; nothing does after the end of the run.
    pub(super) fn next_at_s(&self) -> Option<f64> {
        let (at_s, _) = self.next();
        (!self.is_finished(at_s)).then_some(at_s)
    }

    /// Whether an event at `at_s` would be beyond the end.
    #[inline]
    fn is_finished(&self, at_s: f64) -> bool {
        let end_s = self.model.run.duration_s;
        if end_s.is_finite() {
            return at_s > end_s;
        }
        // What expires after the last answer is not waited for.
        self.next_arrival_s == f64::INFINITY
            && self.answers.next_s() == f64::INFINITY
            && self.postponed.next_s() == f64::INFINITY
    }

    #[inline]
    fn next(&self) -> (f64, Next) {
        let (answer_s, expiry_s) = (self.answers.next_s(), self.pool.next_expiry_s());
        // Of equal times the earlier of these wins: answer, expiry, what is rare, arrival.
        let mut first = if expiry_s < answer_s { (expiry_s, Next::Expiry) } else { (answer_s, Next::Answer) };
        if self.rare_s < first.0 {
            let prewarm = self.prewarm_s <= self.rare_s;
            first = (self.rare_s, if prewarm { Next::Prewarm } else { Next::Attempt });
        }
        if self.next_arrival_s < first.0 { (self.next_arrival_s, Next::Arrival) } else { first }
    }

    /// To be called when a prewarming or another attempt is planned or over.
    fn plan_rare(&mut self) {
        self.rare_s = self.prewarm_s.min(self.postponed.next_s());
    }

    /// Makes the next event happen. False when the run is over.
    #[inline]
    pub(super) fn step<O: Observer>(&mut self, observer: &mut O) -> bool {
        let (at_s, next) = self.next();
        if self.is_finished(at_s) {
            self.close();
            return false;
        }
        self.now_s = at_s;
        match next {
            Next::Arrival => self.arrive(observer),
            Next::Answer => self.answer(observer),
            Next::Expiry => self.expire(observer),
            Next::Prewarm => self.prewarm(),
            Next::Attempt => self.attempt(observer),
        }
        true
    }

    #[cold]
    fn close(&mut self) {
        if !self.is_over && self.model.run.duration_s.is_finite() {
            self.now_s = self.now_s.max(self.model.run.duration_s);
        }
        self.is_over = true;
        self.settle();
    }

    /// Brings the areas up to now.
    pub(super) fn settle(&mut self) {
        self.tally.pass(self.now_s, self.level());
        self.tally.most_live = self.pool.most_live();
    }

    /// The tally, with the areas brought up to `until_s`, which is not before the last event.
    pub(super) fn tally_until(&self, until_s: f64) -> Tally {
        let mut tally = self.tally.clone();
        tally.pass(until_s, self.level());
        tally.most_live = self.pool.most_live();
        tally
    }

    /// Makes up to `events` events happen, unseen. False when the run is over.
    pub(super) fn advance(&mut self, events: u32) -> bool {
        for _ in 0..events {
            if !self.step(&mut ()) {
                return false;
            }
        }
        true
    }

    #[inline]
    fn level(&self) -> Level {
        Level { live: self.pool.live(), running: self.pool.running(), connections: self.connections }
    }

    #[inline]
    fn is_counted(&self, request: &Request) -> bool {
        request.index >= self.model.run.warmup_requests
    }

    #[inline]
    fn plan_arrival(&mut self) {
        self.next_arrival_s =
            if self.arrived < self.model.run.requests { self.arrivals.next_s() } else { f64::INFINITY };
    }

    #[inline]
    fn arrive<O: Observer>(&mut self, observer: &mut O) {
        let request = Request { index: self.arrived, arrived_s: self.now_s, attempt: 0 };
        self.arrived += 1;
        self.plan_arrival();
        if request.index == self.model.run.warmup_requests {
            self.settle();
            self.tally.begin(self.now_s);
        }
        if self.is_counted(&request) {
            self.tally.requests += 1;
        }
        if let Some(since_s) = self.idle_since_s.take() {
            self.policy.learn(self.now_s - since_s);
            self.prewarm_s = f64::INFINITY;
            self.plan_rare();
        }
        observer.arrived(self.now_s, &request);
        self.offer(request, observer);
    }

    /// Finds or starts an instance for the request, or refuses it.
    #[inline]
    fn offer<O: Observer>(&mut self, request: Request, observer: &mut O) {
        let level = self.level();
        let (route, arrived, attempt) = (self.route, request.index, request.attempt);
        let slot = self.pool.take(self.now_s, || route.at(place(arrived, attempt)));
        if let Some(slot) = slot {
            self.tally.pass(self.now_s, level);
            self.serve_warm(request, slot, observer);
        } else if self.pool.running() < self.model.platform.max_concurrency && self.may_start() {
            self.tally.pass(self.now_s, level);
            self.serve_cold(request, observer);
        } else {
            observer.refused(self.now_s, &request);
            self.give_up(request, Outcome::Throttled, observer);
        }
    }

    /// Whether the scaling rate lets one more instance start now; if so, it is taken.
    fn may_start(&mut self) -> bool {
        let most = self.model.platform.scaling_per_10s;
        if most == f64::INFINITY {
            return true;
        }
        // A tenth of the allowance comes back every second, and what is not used does not pile up.
        self.starts_left = (self.starts_left + (self.now_s - self.starts_known_s) * most / 10.0).min(most);
        self.starts_known_s = self.now_s;
        let may = self.starts_left >= 1.0;
        self.starts_left -= f64::from(u8::from(may));
        may
    }

    #[inline]
    fn serve_warm<O: Observer>(&mut self, request: Request, slot: u32, observer: &mut O) {
        let inside = self.model.function.connection == Connection::Inside;
        let phases = self.model.service.warm(&self.streams, place(request.index, request.attempt), inside);
        self.fly(request, slot, phases, None, observer);
    }

    fn serve_cold<O: Observer>(&mut self, request: Request, observer: &mut O) {
        let why = match (self.pool.created(), self.pool.live()) {
            (0, _) => WhyCold::First,
            (_, 0) => WhyCold::Expired,
            _ => WhyCold::AllBusy,
        };
        let slot = self.pool.start(self.now_s);
        let phases = self.model.service.cold(&self.streams, place(request.index, request.attempt));
        if self.is_counted(&request) {
            self.tally.started += 1;
            self.tally.cold_starts += u64::from(request.attempt == 0);
        }
        self.fly(request, slot, phases, Some(why), observer);
    }

    /// Decides how the request will end, and when.
    #[inline]
    fn fly<O: Observer>(
        &mut self,
        request: Request,
        slot: u32,
        mut phases: Phases,
        cold: Option<WhyCold>,
        observer: &mut O,
    ) {
        let Fate { outcome, breaks, connected } = self.fate(&request, slot, &mut phases, cold.is_some());
        let began_s = self.now_s;
        let flight = Flight { request, began_s, phases, outcome, cold, slot, breaks, connected, only_ready: false };
        let number = self.flights.insert(flight);
        let instance = self.pool.at_mut(slot);
        instance.flight = number;
        let id = instance.id;
        self.answers.push(began_s + phases.total_ms() / 1000.0, number);
        if cold.is_some() && self.model.platform.requests_per_instance > 1 {
            let ready = self.flights.insert(Flight { only_ready: true, ..flight });
            self.answers.push(began_s + phases.start_ms() / 1000.0, ready);
        }
        observer.began(&flight, id);
        if cold.is_some()
            && let Some(places) = self.pool.close_up()
        {
            self.flights.things.iter_mut().for_each(|flight| {
                flight.slot = if flight.slot == NONE { NONE } else { places[flight.slot as usize] };
            });
        }
    }

    /// Lets time limits, failures and the database shorten the phases.
    #[inline]
    fn fate(&mut self, request: &Request, slot: u32, phases: &mut Phases, cold: bool) -> Fate {
        if self.never_fails {
            return Fate { outcome: Outcome::Completed, breaks: false, connected: false };
        }
        let function = &self.model.function;
        let (timeout_ms, connection) = (function.timeout_ms, function.connection);
        let (init_failure, failure) = (function.init_failure, function.failure);
        let chance = |purpose| uniform(self.streams.of(purpose).at(place(request.index, request.attempt)));
        if cold && init_failure > 0.0 && chance(Purpose::InitFailure) < init_failure {
            (phases.connect_ms, phases.handler_ms) = (0.0, 0.0);
            return Fate { outcome: Outcome::Failed, breaks: true, connected: false };
        }
        let fails = failure > 0.0 && chance(Purpose::Failure) < failure;
        let mut connected = false;
        if connection == Connection::Inside || (cold && connection == Connection::Outside) {
            if !self.connect() {
                phases.handler_ms = 0.0;
                return Fate { outcome: Outcome::Failed, breaks: connection == Connection::Outside, connected };
            }
            connected = connection == Connection::Inside;
            self.pool.at_mut(slot).holds_connection = !connected;
        }
        if phases.handler_ms > timeout_ms {
            phases.handler_ms = timeout_ms;
            return Fate { outcome: Outcome::TimedOut, breaks: true, connected };
        }
        Fate { outcome: if fails { Outcome::Failed } else { Outcome::Completed }, breaks: false, connected }
    }

    /// Opens a connection, unless the database has too many.
    fn connect(&mut self) -> bool {
        let most = self.model.max_connections.unwrap_or(u32::MAX);
        if self.connections >= most {
            self.tally.refused_connections += 1;
            return false;
        }
        self.tally.pass(self.now_s, self.level());
        self.connections += 1;
        self.tally.opened += 1;
        self.tally.most_connections = self.tally.most_connections.max(self.connections);
        true
    }

    fn disconnect(&mut self) {
        self.tally.pass(self.now_s, self.level());
        self.connections -= 1;
    }

    #[inline]
    fn answer<O: Observer>(&mut self, observer: &mut O) {
        let Some((_, number)) = self.answers.pop() else { return };
        let flight = self.flights.things[number as usize];
        self.flights.free.push(number);
        // Its slot may come to mean another instance from here on.
        self.flights.things[number as usize].slot = NONE;
        if flight.only_ready {
            // The first request may already be over, and the instance gone.
            if flight.slot != NONE && self.pool.at(flight.slot).active > 0 {
                self.pool.ready(flight.slot);
            }
            return;
        }
        let slot = flight.slot;
        self.tally.pass(self.now_s, self.level());
        if flight.connected {
            self.disconnect();
        }
        let instance = self.pool.at(slot);
        let (id, provisioned) = (instance.id, instance.provisioned);
        if self.is_counted(&flight.request) {
            self.count_service(&flight, provisioned);
        }
        let windows = self.policy.windows();
        self.pool.release(slot, self.now_s, windows.expires_s);
        observer.answered(self.now_s, &flight, id);
        if flight.outcome == Outcome::Completed {
            if self.is_counted(&flight.request) {
                self.tally.completed += 1;
                self.tally.latency.record(flight.response_ms(self.now_s));
            }
        } else {
            self.give_up(flight.request, flight.outcome, observer);
        }
        let is_idle = self.pool.at(slot).active == 0;
        if is_idle && !provisioned && (flight.breaks || windows.prewarm_s > 0.0) {
            self.remove(slot, observer);
        }
        if self.policy.learns() && self.pool.running() == 0 {
            self.idle_since_s = Some(self.now_s);
            if self.pool.live() == 0 && windows.prewarm_s > 0.0 {
                self.prewarm_s = self.now_s + windows.prewarm_s;
                self.prewarmed_until_s = self.now_s + windows.expires_s;
                self.plan_rare();
            }
        }
    }

    #[inline]
    fn count_service(&mut self, flight: &Flight, provisioned: bool) {
        let tally = &mut self.tally;
        let prices = self.model.platform.provider;
        let phases = &flight.phases;
        tally.served += 1;
        tally.invocations += 1;
        tally.connects += u64::from(phases.connect_ms > 0.0);
        let mut billed_ms = phases.handler_ms;
        if flight.cold.is_some() {
            let init_ms = phases.init_duration_ms();
            tally.phases.add(phases);
            tally.init.record(init_ms);
            if prices.initialisation_billed.value > 0.0 {
                billed_ms += init_ms;
            }
        } else {
            tally.phases.handler_ms += phases.handler_ms;
            tally.phases.connect_ms += phases.connect_ms;
            billed_ms += phases.connect_ms;
        }
        let steps = whole_steps(billed_ms, self.steps_per_ms);
        if provisioned {
            tally.billed_provisioned_steps += steps;
        } else {
            tally.billed_steps += steps;
        }
    }

    /// The request failed: it is tried again later, or counted as what it is.
    fn give_up<O: Observer>(&mut self, request: Request, outcome: Outcome, observer: &mut O) {
        let delivery = self.model.delivery;
        let counted = self.is_counted(&request);
        if request.attempt < delivery.retries && self.postponed.len() < MOST_POSTPONED {
            let at_s = self.now_s + delivery.backoff_s * f64::from(1u32 << request.attempt.min(16));
            let number = self.requests.insert(Request { attempt: request.attempt + 1, ..request });
            self.postponed.push(at_s, number);
            self.plan_rare();
            self.tally.retries += u64::from(counted);
            observer.postponed(self.now_s, &request);
            return;
        }
        if !counted {
            return;
        }
        self.tally.dead_letters += u64::from(delivery.retries > 0);
        match outcome {
            Outcome::Throttled => self.tally.throttled += 1,
            Outcome::TimedOut => self.tally.timed_out += 1,
            _ => self.tally.failed += 1,
        }
    }

    fn attempt<O: Observer>(&mut self, observer: &mut O) {
        let Some((_, number)) = self.postponed.pop() else { return };
        let request = self.requests.things[number as usize];
        self.requests.free.push(number);
        self.plan_rare();
        self.offer(request, observer);
    }

    #[cold]
    fn expire<O: Observer>(&mut self, observer: &mut O) {
        if let Some(slot) = self.pool.next_to_expire() {
            self.remove(slot, observer);
        }
    }

    fn remove<O: Observer>(&mut self, slot: u32, observer: &mut O) {
        let instance = self.pool.at(slot);
        let (id, holds_connection) = (instance.id, instance.holds_connection);
        if holds_connection {
            self.disconnect();
        }
        self.tally.pass(self.now_s, self.level());
        self.tally.lifespan_s += self.pool.remove(slot, self.now_s);
        self.tally.ended += 1;
        observer.gone(self.now_s, id);
    }

    #[cold]
    fn prewarm(&mut self) {
        self.tally.pass(self.now_s, self.level());
        self.prewarm_s = f64::INFINITY;
        self.plan_rare();
        self.pool.prewarm(self.now_s, self.prewarmed_until_s);
    }
}

/// The place in a random stream of an attempt: those of one request are far apart.
#[inline]
fn place(index: u64, attempt: u32) -> u64 {
    index ^ (u64::from(attempt) << 48)
}

/// `ms` in steps, of which `steps_per_ms` make a millisecond; a begun one counts whole.
#[inline]
fn whole_steps(ms: f64, steps_per_ms: f64) -> f64 {
    /// Above this a double has no fraction: adding it and taking it away rounds, faster than any conversion.
    const NO_FRACTION: f64 = (1u64 << 52) as f64;
    // A rounding error of the last bits is no begun step.
    let steps = (ms * steps_per_ms - 1e-9).max(0.0);
    let nearest = (steps + NO_FRACTION) - NO_FRACTION;
    if nearest < steps { nearest + 1.0 } else { nearest }
}

#[cfg(test)]
mod tests {
    use super::whole_steps;

    #[test]
    fn a_begun_step_is_paid_whole_and_a_rounding_error_is_not() {
        for (ms, steps_per_ms, steps) in
            [(0.0, 1.0, 0.0), (0.2, 1.0, 1.0), (100.000_001, 1.0, 101.0), (100.0, 1.0, 100.0), (101.0, 0.01, 2.0)]
        {
            assert_eq!(whole_steps(ms, steps_per_ms), steps, "{ms}");
        }
        assert_eq!(whole_steps(0.1 + 0.2 + 0.7, 1.0), 1.0);
    }
}
