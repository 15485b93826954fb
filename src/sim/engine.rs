//! One function on one platform, event by event: a model and a seed → arrivals, cold starts, answers, expiries.
//!
//! [`Engine::step`] makes the next event happen; whoever wants to see it passes an [`Observer`], and `()` sees nothing at
//! no cost. At equal times what happens to an instance comes before an arrival. The run starts empty; a request that
//! finds all instances busy and the limit reached is refused at once; idle instances do not count against the limit; the
//! keep-alive counts from the end of the last request. Absent: percentiles, money and words, which are made of the tally.

#![expect(clippy::inline_always, reason = "the hot loop is a tenth faster as one piece; measured by benches/sim.rs")]

use std::sync::Arc;

use super::flight::{Fate, Flight, Observer, Request, WhyCold};
use super::flights::{Flights, Plain};
use super::keep_alive::Policy;
use super::model::{Connection, Model};
use super::pool::{NONE, Pool};
use super::queue::Queue;
use super::random::{Purpose, Stream, uniform};
use super::service::{DrawnAhead, Phases, Streams};
use super::slab::Slab;
use super::tally::{Outcome, Tally};
use super::traffic::Arrivals;

/// Requests that wait for another attempt are kept in memory; beyond this many, new ones are given up.
const MOST_POSTPONED: usize = 1_000_000;

/// A second delivery comes within the usual visibility timeout of a queue.
const REDELIVERY_S: f64 = 30.0;

#[derive(Clone, Debug)]
pub(super) struct Engine {
    model: Arc<Model>,
    streams: Streams,
    drawn_ahead: DrawnAhead,
    route: Stream,
    arrivals: Arrivals,
    next_arrival_s: f64,
    arrived: u64,
    answers: Queue,
    flights: Flights,
    postponed: Queue,
    requests: Slab<Request>,
    pool: Pool,
    policy: Policy,
    /// When the function became idle, and when it is to be loaded ahead of the next request.
    idle_since_s: Option<f64>,
    prewarm_s: f64,
    prewarmed_until_s: f64,
    /// When the next prewarming or further attempt is due, and when that or the end of the run is.
    rare_s: f64,
    rare_or_end_s: f64,
    /// Instances that may be started now, and when that was known.
    starts_left: f64,
    starts_known_s: f64,
    connections: u32,
    steps_per_ms: f64,
    /// A warm request that takes no longer is sure to succeed.
    sure_within_ms: f64,
    now_s: f64,
    /// Nothing happens after this, which is infinite when the number of requests ends the run.
    end_s: f64,
    /// It ends when all are answered: no time was given, and no other function may send it more.
    ends_drained: bool,
    tally: Tally,
    /// Response times that are not in the tally yet.
    latencies: Vec<f64>,
}

/// Response times that are counted together: each falls into another line of memory, and the processor fetches these at
/// the same time.
const COUNTED_AT_ONCE: usize = 64;

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
            drawn_ahead: DrawnAhead::default(),
            route: streams.of(Purpose::Route),
            arrivals: Arrivals::new(model.traffic.clone(), streams.of(Purpose::Arrival)),
            next_arrival_s: f64::INFINITY,
            arrived: 0,
            answers: Queue::default(),
            flights: Flights::default(),
            postponed: Queue::default(),
            requests: Slab::default(),
            pool: Pool::new(platform.routing, platform.provisioned, platform.requests_per_instance),
            policy: Policy::new(platform.keep_alive),
            idle_since_s: None,
            prewarm_s: f64::INFINITY,
            prewarmed_until_s: f64::INFINITY,
            rare_s: f64::INFINITY,
            rare_or_end_s: model.run.duration_s,
            starts_left: platform.scaling_per_10s,
            starts_known_s: 0.0,
            connections: 0,
            steps_per_ms: 1.0 / platform.provider.billing_step_ms.value,
            sure_within_ms: model.function.sure_within_ms(),
            now_s: 0.0,
            end_s: model.run.duration_s,
            ends_drained: model.run.duration_s == f64::INFINITY,
            tally: Tally::default(),
            latencies: Vec::with_capacity(COUNTED_AT_ONCE),
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

    /// Without arrivals of its own; what comes is delivered.
    pub(super) fn without_traffic(mut self) -> Self {
        self.next_arrival_s = f64::INFINITY;
        self
    }

    /// From now on it ends only when whoever drives it says so.
    pub(super) fn run_on(&mut self) {
        self.ends_drained = false;
    }

    pub(super) fn is_idempotent(&self) -> bool {
        self.model.delivery.idempotent
    }

    pub(super) fn now_s(&self) -> f64 {
        self.now_s
    }

    pub(super) fn arrived(&self) -> u64 {
        self.arrived
    }

    /// Requests that will be tried again.
    pub(super) fn postponed(&self) -> usize {
        self.postponed.len()
    }

    pub(super) fn pool(&self) -> &Pool {
        &self.pool
    }

    /// A request that is being served, and where its time goes.
    pub(super) fn flight(&self, number: u32) -> Option<(Flight, Phases)> {
        self.flights.get(number)
    }

    /// Looks up what expires next, which a step leaves open until it is due. Changes nothing that can be seen.
    pub(super) fn settle(&mut self) {
        self.pool.settle();
    }

    /// When something happens next, once that is settled; nothing does after the end of the run.
    pub(super) fn next_at_s(&self) -> Option<f64> {
        let (at_s, _) = self.next();
        (!self.is_finished(at_s)).then_some(at_s)
    }

    /// Whether an event at `at_s` would be beyond the end.
    #[inline]
    fn is_finished(&self, at_s: f64) -> bool {
        // What expires after the last answer is not waited for, unless a time is given.
        at_s > self.end_s || at_s == f64::INFINITY || (self.ends_drained && self.is_drained())
    }

    /// Nobody is on the way any more, nor being served.
    #[inline]
    pub(super) fn is_drained(&self) -> bool {
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
        self.rare_or_end_s = self.rare_s.min(self.end_s);
    }

    /// Makes the next event happen. False when the run is over.
    #[inline]
    pub(super) fn step<O: Observer>(&mut self, observer: &mut O) -> bool {
        let (answer_s, arrival_s) = (self.answers.next_s(), self.next_arrival_s);
        // Whatever is neither is looked for only when it may be due.
        let (expiry_s, other_s) = (self.pool.next_expiry_s(), self.rare_or_end_s);
        if answer_s <= arrival_s {
            if answer_s < expiry_s && answer_s < other_s {
                self.now_s = answer_s;
                self.answer(observer);
                return true;
            }
        } else if arrival_s < expiry_s && arrival_s < other_s {
            self.now_s = arrival_s;
            self.arrive(observer);
            return true;
        }
        self.step_any(observer)
    }

    /// The same for every kind of event, and the end.
    #[cold]
    fn step_any<O: Observer>(&mut self, observer: &mut O) -> bool {
        self.settle();
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

    /// The run is over: a given duration is simulated to its end, even if nothing happens there.
    #[cold]
    fn close(&mut self) {
        if self.end_s.is_finite() {
            self.now_s = self.now_s.max(self.end_s);
        }
    }

    /// The tally, with the areas brought up to `until_s`, which is not before the last event.
    pub(super) fn tally_until(&self, until_s: f64) -> Tally {
        let mut tally = self.tally.clone();
        self.latencies.iter().for_each(|ms| tally.latency.record(*ms));
        tally.lived(until_s, self.pool.live());
        tally.ran(until_s, self.pool.running());
        tally.held(until_s, self.connections);
        tally.most_live = self.pool.most_live();
        tally.most_connections = tally.most_connections.max(self.connections);
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
    fn is_past_warmup(&self, request: &Request) -> bool {
        request.index >= self.model.run.warmup_requests
    }

    /// Whether its outcome is one of the figures.
    #[inline]
    fn is_counted(&self, request: &Request) -> bool {
        self.is_past_warmup(request) && !request.is_copy
    }

    #[inline]
    fn plan_arrival(&mut self) {
        self.next_arrival_s =
            if self.arrived < self.model.run.requests { self.arrivals.next_s() } else { f64::INFINITY };
    }

    #[inline]
    fn arrive<O: Observer>(&mut self, observer: &mut O) {
        let request = self.next_request();
        self.plan_arrival();
        self.admit(request, observer);
    }

    /// An event that another function sent arrives.
    pub(super) fn deliver<O: Observer>(&mut self, now_s: f64, observer: &mut O) {
        self.now_s = now_s;
        let request = self.next_request();
        self.admit(request, observer);
    }

    #[inline]
    fn next_request(&mut self) -> Request {
        let request =
            Request { index: self.arrived, arrived_s: self.now_s, attempt: 0, is_copy: false, was_cold: false };
        self.arrived += 1;
        request
    }

    #[inline]
    fn admit<O: Observer>(&mut self, request: Request, observer: &mut O) {
        if request.index == self.model.run.warmup_requests && request.index > 0 {
            self.tally.begin(self.now_s);
        }
        self.tally.requests += u64::from(self.is_past_warmup(&request));
        if let Some(since_s) = self.idle_since_s.take() {
            self.policy.learn(self.now_s - since_s);
            self.prewarm_s = f64::INFINITY;
            self.plan_rare();
        }
        if self.model.delivery.duplicates > 0.0 {
            self.duplicate(request);
        }
        observer.arrived(self.now_s, &request);
        self.offer(request, observer);
    }

    /// A queue that delivers at least once may deliver the event once more, some time later.
    #[cold]
    fn duplicate(&mut self, request: Request) {
        let bits = self.streams.of(Purpose::Duplicate).at(request.index);
        if uniform(bits) < self.model.delivery.duplicates {
            let later_s = uniform(self.streams.of(Purpose::Redelivery).at(request.index)) * REDELIVERY_S;
            self.postpone(Request { is_copy: true, ..request }, self.now_s + later_s);
            self.tally.duplicates += u64::from(self.is_past_warmup(&request));
        }
    }

    /// Finds or starts an instance for the request, or refuses it.
    #[inline(always)]
    fn offer<O: Observer>(&mut self, request: Request, observer: &mut O) {
        let running = self.pool.running();
        let (route, place) = (self.route, request.place());
        let slot = self.pool.take(|| route.at(place));
        if let Some(slot) = slot {
            self.tally.ran(self.now_s, running);
            self.serve_warm(request, slot, observer);
        } else if running < self.model.platform.max_concurrency && self.may_start() {
            self.tally.ran(self.now_s, running);
            self.tally.lived(self.now_s, self.pool.live());
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

    #[inline(always)]
    fn serve_warm<O: Observer>(&mut self, request: Request, slot: u32, observer: &mut O) {
        let is_first = request.is_first();
        let handler_ms = if is_first {
            self.drawn_ahead.warm_ms(&self.model.service, &self.streams, request.index)
        } else {
            self.model.service.warm_ms(&self.streams, request.place())
        };
        let is_plain = handler_ms <= self.sure_within_ms && is_first && self.is_past_warmup(&request);
        if O::WATCHES || !is_plain {
            self.serve_any_warm(request, slot, handler_ms, observer);
            return;
        }
        let number = self.flights.insert_plain(slot, handler_ms);
        self.answers.push(self.now_s + handler_ms / 1000.0, number);
    }

    fn serve_any_warm<O: Observer>(&mut self, request: Request, slot: u32, handler_ms: f64, observer: &mut O) {
        let inside = self.model.function.connection == Connection::Inside;
        let connect_ms = if inside { self.model.service.connect_ms(&self.streams, request.place()) } else { 0.0 };
        let mut phases = Phases { connect_ms, handler_ms, ..Phases::default() };
        let fate = self.fate(&request, slot, &mut phases, false);
        let (start_ms, handler_ms) = (phases.connect_ms, phases.handler_ms);
        let flight = self.flight_of(request, slot, fate, start_ms, handler_ms);
        self.fly(flight, &phases, observer);
    }

    #[cold]
    fn serve_cold<O: Observer>(&mut self, request: Request, observer: &mut O) {
        let why = match (self.pool.created(), self.pool.live()) {
            (0, _) => WhyCold::First,
            (_, 0) => WhyCold::Expired,
            _ => WhyCold::AllBusy,
        };
        let slot = self.pool.start(self.now_s);
        let mut phases = self.model.service.cold(&self.streams, request.place());
        self.tally.started += u64::from(self.is_past_warmup(&request));
        self.tally.cold_starts += u64::from(self.is_counted(&request) && !request.was_cold);
        let request = Request { was_cold: true, ..request };
        let fate = self.fate(&request, slot, &mut phases, true);
        let flight = self.flight_of(request, slot, fate, phases.start_ms(), phases.handler_ms);
        let flight = Flight { cold: Some(why), ..flight };
        self.fly(flight, &phases, observer);
        if self.model.platform.requests_per_instance > 1 {
            let ready = self.flights.insert(&Flight { only_ready: true, ..flight }, &phases, O::WATCHES);
            self.answers.push(flight.handler_s(), ready);
        }
        if let Some(places) = self.pool.close_up() {
            self.flights.move_to(&places);
        }
    }

    #[inline]
    fn flight_of(&self, request: Request, slot: u32, fate: Fate, start_ms: f64, handler_ms: f64) -> Flight {
        let Fate { outcome, breaks, connected } = fate;
        let (began_s, cold, only_ready) = (self.now_s, None, false);
        Flight { request, began_s, start_ms, handler_ms, slot, outcome, cold, breaks, connected, only_ready }
    }

    /// The instance begins to work on the request.
    fn fly<O: Observer>(&mut self, flight: Flight, phases: &Phases, observer: &mut O) {
        let number = self.flights.insert(&flight, phases, O::WATCHES);
        if O::WATCHES {
            let id = self.pool.record_taken(flight.slot, number, self.now_s);
            observer.began(&flight, phases, id);
        }
        self.answers.push(flight.answer_s(), number);
    }

    /// Lets time limits, failures and the database shorten the phases.
    fn fate(&mut self, request: &Request, slot: u32, phases: &mut Phases, cold: bool) -> Fate {
        let function = &self.model.function;
        let (timeout_ms, connection) = (function.timeout_ms, function.connection);
        let (init_failure, failure) = (function.init_failure, function.failure);
        let chance = |purpose| uniform(self.streams.of(purpose).at(request.place()));
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
        self.tally.held(self.now_s, self.connections);
        self.connections += 1;
        self.tally.opened += 1;
        self.tally.most_connections = self.tally.most_connections.max(self.connections);
        true
    }

    fn disconnect(&mut self) {
        self.tally.held(self.now_s, self.connections);
        self.connections -= 1;
    }

    #[inline]
    fn answer<O: Observer>(&mut self, observer: &mut O) {
        // What an answer will need is sent for when it comes near: a load whose value nobody waits for.
        let (flights, pool) = (&self.flights, &self.pool);
        let answer = self.answers.pop(|number| {
            let (slot, began_s) = flights.look_at(number);
            std::hint::black_box((pool.expires_s(slot), began_s));
        });
        let Some((_, number)) = answer else { return };
        let over = self.flights.free(number);
        if O::WATCHES || !over.is_plain() {
            let (flight, phases) = self.flights.free_whole(number, over);
            self.land(&flight, &phases, observer);
        } else {
            self.land_plain(over, observer);
        }
    }

    /// The request is answered: what [`Engine::land`] does, when nothing else can be the case.
    #[inline(always)]
    fn land_plain<O: Observer>(&mut self, Plain { slot, handler_ms, .. }: Plain, observer: &mut O) {
        self.tally.phases.handler_ms += handler_ms;
        self.tally.completed += 1;
        self.count_latency(handler_ms);
        self.count_bill(handler_ms, self.pool.at(slot).provisioned);
        self.release(slot, false, observer);
    }

    /// The request is answered.
    fn land<O: Observer>(&mut self, flight: &Flight, phases: &Phases, observer: &mut O) {
        if flight.only_ready {
            // The first request may already be over, and the instance gone.
            if flight.slot != NONE && self.pool.at(flight.slot).active > 0 {
                self.pool.ready(flight.slot);
            }
            return;
        }
        if flight.connected {
            self.disconnect();
        }
        let id = self.pool.life(flight.slot).id;
        if self.is_past_warmup(&flight.request) {
            self.count_service(flight, phases);
        }
        observer.answered(self.now_s, flight, phases, id);
        if flight.outcome == Outcome::Completed {
            self.count_answer(flight);
        } else {
            self.give_up(flight.request, flight.outcome, observer);
        }
        self.release(flight.slot, flight.breaks, observer);
    }

    /// A request of the instance is over. When it was the last, it is kept as the policy says, unless it is broken.
    #[inline(always)]
    fn release<O: Observer>(&mut self, slot: u32, breaks: bool, observer: &mut O) {
        let windows = self.policy.windows();
        self.tally.ran(self.now_s, self.pool.running());
        self.pool.release(slot, self.now_s, windows.expires_s);
        if O::WATCHES {
            self.pool.record_over(slot, self.now_s);
        }
        let instance = self.pool.at(slot);
        if (breaks || windows.prewarm_s > 0.0) && instance.active == 0 && !instance.provisioned {
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

    fn count_answer(&mut self, flight: &Flight) {
        if self.is_counted(&flight.request) {
            self.tally.completed += 1;
            self.count_latency(flight.response_ms(self.now_s));
        } else if flight.request.is_copy && self.is_past_warmup(&flight.request) {
            self.tally.repeated_effects += u64::from(!self.model.delivery.idempotent);
        }
    }

    #[inline(always)]
    fn count_latency(&mut self, ms: f64) {
        self.latencies.push(ms);
        if self.latencies.len() == COUNTED_AT_ONCE {
            let sketch = &mut self.tally.latency;
            self.latencies.drain(..).for_each(|ms| sketch.record(ms));
        }
    }

    fn count_service(&mut self, flight: &Flight, phases: &Phases) {
        let tally = &mut self.tally;
        let mut billed_ms = flight.handler_ms;
        if flight.start_ms > 0.0 {
            tally.phases.add(phases);
            tally.connects += u64::from(phases.connect_ms > 0.0);
            if flight.cold.is_none() {
                billed_ms += phases.connect_ms;
            } else if self.model.platform.provider.initialisation_billed.value > 0.0 {
                billed_ms += phases.init_duration_ms();
            }
        } else {
            tally.phases.handler_ms += flight.handler_ms;
        }
        if flight.cold.is_some() {
            tally.init.record(phases.init_duration_ms());
        }
        self.count_bill(billed_ms, self.pool.at(flight.slot).provisioned);
    }

    /// The platform has served somebody for so long.
    #[inline(always)]
    fn count_bill(&mut self, billed_ms: f64, provisioned: bool) {
        let steps = whole_steps(billed_ms, self.steps_per_ms);
        self.tally.served += 1;
        if provisioned {
            self.tally.billed_provisioned_steps += steps;
        } else {
            self.tally.billed_steps += steps;
        }
    }

    /// The request failed: it is tried again later, or counted as what it is.
    fn give_up<O: Observer>(&mut self, request: Request, outcome: Outcome, observer: &mut O) {
        let delivery = self.model.delivery;
        let counted = self.is_counted(&request);
        if request.attempt < delivery.retries && self.postponed.len() < MOST_POSTPONED {
            let wait_s = delivery.backoff_s * f64::from(1u32 << request.attempt.min(16));
            self.postpone(Request { attempt: request.attempt + 1, ..request }, self.now_s + wait_s);
            self.tally.retries += u64::from(counted);
            observer.postponed(self.now_s, &request);
            return;
        }
        observer.given_up(&request);
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

    fn postpone(&mut self, request: Request, until_s: f64) {
        let number = self.requests.insert(request);
        self.postponed.push(until_s, number);
        self.plan_rare();
    }

    #[cold]
    fn attempt<O: Observer>(&mut self, observer: &mut O) {
        let Some((_, number)) = self.postponed.pop(|_| ()) else { return };
        let request = self.requests.free(number);
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
        let id = self.pool.life(slot).id;
        if self.pool.at(slot).holds_connection {
            self.disconnect();
        }
        self.tally.lived(self.now_s, self.pool.live());
        self.tally.lifespan_s += self.pool.remove(slot, self.now_s);
        self.tally.ended += 1;
        observer.gone(self.now_s, id);
    }

    #[cold]
    fn prewarm(&mut self) {
        self.tally.lived(self.now_s, self.pool.live());
        self.prewarm_s = f64::INFINITY;
        self.plan_rare();
        self.pool.prewarm(self.now_s, self.prewarmed_until_s);
    }
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
