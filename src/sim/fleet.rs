//! Several functions joined by events: the first one's traffic, and what follows from every answer.
//!
//! Each function has an engine of its own; what one completes is an event on its way to those that listen to it. With a
//! single function, which is the rule, nothing is added to its engine.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::engine::Engine;
use super::flight::{Flight, Observer, Request};
use super::model::{Model, Source};
use super::queue::Queue;
use super::random::{Purpose, Stream, replication_seed};
use super::service::Phases;
use super::sketch::Sketch;
use super::slab::Slab;
use super::tally::{Outcome, Tally};

/// The engines of a scenario; the first is that of the scenario's own function.
#[derive(Clone, Debug)]
pub(super) struct Fleet {
    model: Arc<Model>,
    engines: Vec<Engine>,
    /// When something happens next in each engine, when there are several: there may be fifty, and an event changes one.
    next_s: Vec<f64>,
    /// When the event that started it all arrived, of each request that is not over, by engine.
    origins: Vec<BTreeMap<u64, f64>>,
    on_the_way: Queue,
    letters: Slab<Letter>,
    /// How many of them are on their way to each engine.
    underway: Vec<usize>,
    sent: u64,
    delays: Stream,
    now_s: f64,
    end_to_end: Sketch,
}

/// An event on its way to a function.
#[derive(Clone, Copy, Debug)]
struct Letter {
    to: usize,
    /// Absent of one that follows from a second delivery: it is not the first to bring about its end.
    origin_s: Option<f64>,
}

/// What all functions of a scenario add up.
#[derive(Clone, Debug, Default)]
pub(super) struct Tallies {
    pub first: Tally,
    /// Of the functions after it, in the order of the model.
    pub others: Vec<Tally>,
    /// From the first event to an answer that nothing follows from.
    pub end_to_end: Sketch,
}

impl Tallies {
    pub(super) fn merge(&mut self, other: &Self) {
        self.first.merge(&other.first);
        self.others.resize_with(other.others.len(), Tally::default);
        for (mine, theirs) in self.others.iter_mut().zip(&other.others) {
            mine.merge(theirs);
        }
        self.end_to_end.merge(&other.end_to_end);
    }
}

impl Fleet {
    pub(super) fn new(model: &Arc<Model>, seed: u64) -> Self {
        let mut engines = vec![Engine::new(model, seed)];
        for (index, step) in model.steps.iter().enumerate() {
            let seed = replication_seed(seed, u64::MAX - index as u64);
            let engine = Engine::new(&step.model, seed);
            engines.push(if step.source == Source::Own { engine } else { engine.without_traffic() });
        }
        if engines.len() > 1 {
            engines.iter_mut().for_each(Engine::run_on);
        }
        let next_s = engines.iter_mut().map(settled_next_s).collect();
        Self {
            next_s,
            origins: vec![BTreeMap::new(); engines.len()],
            underway: vec![0; engines.len()],
            engines,
            on_the_way: Queue::default(),
            letters: Slab::default(),
            sent: 0,
            delays: Stream::new(seed, Purpose::Delay),
            now_s: 0.0,
            end_to_end: Sketch::default(),
            model: Arc::clone(model),
        }
    }

    /// The engine of the scenario's own function.
    pub(super) fn first(&self) -> &Engine {
        &self.engines[0]
    }

    pub(super) fn engines(&self) -> &[Engine] {
        &self.engines
    }

    /// Events that wait for each engine: on their way, or to be tried again.
    pub(super) fn waiting(&self) -> impl Iterator<Item = usize> {
        self.engines.iter().zip(&self.underway).map(|(engine, underway)| engine.postponed() + underway)
    }

    pub(super) fn now_s(&self) -> f64 {
        self.now_s.max(self.first().now_s())
    }

    /// Looks up what expires next.
    pub(super) fn settle(&mut self) {
        // Of several engines each is settled after what happens in it.
        if let [engine] = self.engines.as_mut_slice() {
            engine.settle();
        }
    }

    /// When something happens next, once that is settled; nothing does after the end of the run.
    pub(super) fn next_at_s(&self) -> Option<f64> {
        if let [engine] = self.engines.as_slice() {
            return engine.next_at_s();
        }
        self.next().map(|(at_s, _)| at_s)
    }

    /// The time of the next event, and the engine where it happens; a letter arrives when it is none.
    fn next(&self) -> Option<(f64, Option<usize>)> {
        let mut first = (self.on_the_way.next_s(), None);
        for (index, &at_s) in self.next_s.iter().enumerate().filter(|(_, at_s)| **at_s < f64::INFINITY) {
            // What happens at the same time in an engine comes before what arrives.
            if at_s < first.0 || (at_s == first.0 && first.1.is_none()) {
                first = (at_s, Some(index));
            }
        }
        let end_s = self.model.run.duration_s;
        let is_over = if end_s.is_finite() { first.0 > end_s } else { self.is_drained() };
        (!is_over).then_some(first)
    }

    /// Nothing is left to do but what a clock would start again.
    fn is_drained(&self) -> bool {
        let own = |index: usize| index > 0 && self.model.steps[index - 1].source == Source::Own;
        self.on_the_way.len() == 0
            && (0..self.engines.len()).all(|index| own(index) || self.engines[index].is_drained())
    }

    /// Makes the next event happen, and says in which engine. Absent when the run is over.
    pub(super) fn step<O: Observer>(&mut self, observer: &mut O) -> Option<usize> {
        if let [engine] = self.engines.as_mut_slice() {
            return engine.step(observer).then_some(0);
        }
        let Some((at_s, place)) = self.next() else {
            self.close();
            return None;
        };
        self.now_s = at_s;
        let mut heard = Heard { observer, answered: None, given_up: None, arrived: None };
        let index = if let Some(index) = place {
            heard.observer.looks_at(index);
            self.engines[index].step(&mut heard);
            index
        } else {
            let letter = self.letters.free(self.on_the_way.pop(|_| ())?.1);
            let index = letter.to;
            self.underway[index] -= 1;
            heard.observer.looks_at(index);
            self.engines[index].deliver(at_s, &mut heard);
            if let (Some(request), Some(origin_s)) = (heard.arrived.take(), letter.origin_s) {
                self.origins[index].insert(request, origin_s);
            }
            index
        };
        let Heard { answered, given_up, arrived, .. } = heard;
        self.next_s[index] = settled_next_s(&mut self.engines[index]);
        if let Some(request) = arrived {
            self.origins[index].insert(request, at_s);
        }
        if let Some(request) = given_up {
            self.origins[index].remove(&request);
        }
        if let Some(request) = answered {
            self.follow(index, &request);
        }
        Some(index)
    }

    /// Sends what follows from an answer, or notes the end of the chain.
    fn follow(&mut self, from: usize, request: &Request) {
        let origin_s = if request.is_copy { None } else { self.origins[from].remove(&request.index) };
        // A second delivery of what was done is noticed by an idempotent function, and goes no further.
        if request.is_copy && self.engines[from].is_idempotent() {
            return;
        }
        let source = if from == 0 { Source::First } else { Source::Step(from - 1) };
        let mut is_end = true;
        for (index, step) in self.model.steps.iter().enumerate().filter(|(_, step)| step.source == source) {
            is_end = false;
            let delay_s = step.delay.draw_ms(self.delays.at(self.sent)) / 1000.0;
            self.sent += 1;
            let letter = self.letters.insert(Letter { to: index + 1, origin_s });
            self.on_the_way.push(self.now_s + delay_s, letter);
            self.underway[index + 1] += 1;
        }
        if let (true, Some(origin_s)) = (is_end, origin_s) {
            self.end_to_end.record((self.now_s - origin_s) * 1000.0);
        }
    }

    fn close(&mut self) {
        if self.model.run.duration_s.is_finite() {
            self.now_s = self.model.run.duration_s;
        }
    }

    /// Makes up to `events` events happen, unseen. False when the run is over.
    pub(super) fn advance(&mut self, events: u32) -> bool {
        if let [engine] = self.engines.as_mut_slice() {
            return engine.advance(events);
        }
        (0..events).all(|_| self.step(&mut ()).is_some())
    }

    /// What was added up until `until_s`, which is not before the last event.
    pub(super) fn tallies_until(&self, until_s: f64) -> Tallies {
        let mut tallies = self.engines.iter().map(|engine| engine.tally_until(until_s));
        Tallies {
            first: tallies.next().unwrap_or_default(),
            others: tallies.collect(),
            end_to_end: self.end_to_end.clone(),
        }
    }
}

/// When something happens next in the engine, or infinity.
fn settled_next_s(engine: &mut Engine) -> f64 {
    engine.settle();
    engine.next_at_s().unwrap_or(f64::INFINITY)
}

/// Hears what the fleet must know, and passes everything on.
struct Heard<'a, O> {
    observer: &'a mut O,
    answered: Option<Request>,
    given_up: Option<u64>,
    arrived: Option<u64>,
}

impl<O: Observer> Observer for Heard<'_, O> {
    fn arrived(&mut self, now_s: f64, request: &Request) {
        self.arrived = Some(request.index);
        self.observer.arrived(now_s, request);
    }

    fn began(&mut self, flight: &Flight, phases: &Phases, instance_id: u64) {
        self.observer.began(flight, phases, instance_id);
    }

    fn refused(&mut self, now_s: f64, request: &Request) {
        self.observer.refused(now_s, request);
    }

    fn answered(&mut self, now_s: f64, flight: &Flight, phases: &Phases, instance_id: u64) {
        if flight.outcome == Outcome::Completed {
            self.answered = Some(flight.request);
        }
        self.observer.answered(now_s, flight, phases, instance_id);
    }

    fn postponed(&mut self, now_s: f64, request: &Request) {
        self.observer.postponed(now_s, request);
    }

    fn given_up(&mut self, request: &Request) {
        self.given_up = (!request.is_copy).then_some(request.index);
        self.observer.given_up(request);
    }

    fn gone(&mut self, now_s: f64, instance_id: u64) {
        self.observer.gone(now_s, instance_id);
    }
}

#[cfg(test)]
mod tests {
    use crate::sim::run::run;
    use crate::sim::scenario::Scenario;
    use crate::sim::watch::Simulation;

    /// An upload makes a thumbnail; its event goes to a function that notifies and to one that counts.
    const THUMBNAILS: &str = r#"
traffic = { kind = "constant", interval_s = 10 }
function = { warm = 100, cold = 100 }
run.requests = 200
[flow.notify]
via = "queue"
delay_ms = 50
function = { warm = 10, cold = 10 }
[flow.count]
via = "storage"
delay_ms = 500
function = { warm = 20, cold = 20 }
"#;

    fn scenario(set: &[&str]) -> Scenario {
        let mut scenario = Scenario::parse(THUMBNAILS).expect("it is a scenario");
        scenario.set_all(set).unwrap_or_else(|problem| panic!("{set:?}: {problem}"));
        scenario
    }

    #[test]
    fn an_event_reaches_all_who_listen_and_takes_its_time() {
        let report = run(&scenario(&[]));
        let flow = report.flow.as_ref().expect("there are steps");
        assert_eq!((flow.functions["notify"].completed, flow.functions["count"].completed), (200, 200));
        // 100 + 50 + 10 and 100 + 500 + 20 milliseconds, to the rounding of clock times.
        assert!((flow.end_to_end_ms.max - 620.0).abs() < 1e-6 && (flow.end_to_end_ms.p50 - 160.0).abs() < 1e-6);
        assert_eq!(report.figure("flow.functions.notify.latency_ms.p50"), Some(10.0));
        // In a chain the times add up.
        let chain = run(&scenario(&["flow.count.from=notify"]));
        let p50 = chain.flow.expect("there are steps").end_to_end_ms.p50;
        assert!((p50 - 680.0).abs() < 1e-6, "{p50}");
    }

    #[test]
    fn a_second_delivery_goes_on_down_the_chain_unless_someone_notices() {
        let chain = ["flow.count.from=notify", "flow.notify.delivery.duplicates=0.5"];
        let counted = |set: &[&str]| {
            let flow = run(&scenario(&[&chain[..], set].concat())).flow.expect("there are steps");
            (flow.functions["notify"].invocations, flow.functions["count"].requests)
        };
        let (notified, counts) = counted(&[]);
        assert!((260..340).contains(&notified), "half of 200 come twice: {notified}");
        assert_eq!(counts, notified);
        assert_eq!(counted(&["flow.notify.delivery.idempotent=true"]), (notified, 200));
    }

    #[test]
    fn step_by_step_it_is_the_same_run_and_a_timer_ends_with_it() {
        let timer = ["flow.count.from=traffic", "flow.count.traffic.interval_s=7"];
        for set in [&[][..], &timer, &["run.duration_s=500", "flow.notify.function.failure=0.2"]] {
            let scenario = scenario(set);
            let mut simulation = Simulation::new(&scenario);
            let mut last_s = 0.0;
            while let Some(next_s) = simulation.next_at_s() {
                let event = simulation.step().expect("something was to happen");
                assert!(event.at_s == next_s && next_s >= last_s, "{set:?}: {next_s}");
                last_s = next_s;
            }
            assert_eq!(simulation.step(), None);
            assert_eq!(simulation.report(), run(&scenario), "{set:?}");
        }
        // Until the last upload is answered the timer fires every seven seconds.
        assert_eq!(run(&scenario(&timer)).figure("flow.functions.count.requests"), Some((1990.1_f64 / 7.0).ceil()));
    }

    #[test]
    fn steps_that_cannot_be_are_refused() {
        for (set, said) in [
            (&["flow.count.from=nobody"][..], "there is no step `nobody`"),
            (&["flow.count.from=notify", "flow.notify.from=count"], "in a circle"),
            (&["flow.count.function.memory=5"], "the nearest is `flow.count.function.memory_mb`"),
            (&["flow.count.function.timeout_s=5000"], "flow.count: `function.timeout_s` is 5000"),
        ] {
            let mut scenario = scenario(&[]);
            let problem = scenario.set_all(set).expect_err(said);
            assert!(problem.message.contains(said), "{problem}");
        }
    }
}
