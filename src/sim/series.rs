//! A run over time: a scenario → one row for each stretch of time, and one line for each request.
//!
//! Both are made while the run goes on and hold little: rows are put together two by two when they become too many, and
//! a request is forgotten once its line has been taken.

use std::collections::VecDeque;
use std::ops::ControlFlow;
use std::sync::Arc;

use serde::Serialize;

use super::fleet::Fleet;
use super::flight::{Flight, Observer, Request};
use super::model::Model;
use super::report::Report;
use super::run::{Progress, events_per_round};
use super::scenario::Scenario;
use super::service::Phases;
use super::tally::Outcome;
use super::watch::RequestView;

/// What happened in one function from `from_s` on, for the length of a row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Moment {
    /// 0 for the scenario's own function, then the steps of its flow.
    pub function: usize,
    pub from_s: f64,
    pub requests: u64,
    pub completed: u64,
    pub throttled: u64,
    pub cold_starts: u64,
    /// Of the requests answered in this time; zero when there was none.
    pub latency_mean_ms: f64,
    /// Averages over the time.
    pub instances: f64,
    pub running: f64,
}

/// The run, function by function, in at most `most_rows` rows of equal length, which is a power of two of a millisecond.
///
/// `watch` is told every few milliseconds how far it is; when it breaks, the rows are of what had run until then.
pub fn series(
    scenario: &Scenario,
    most_rows: usize,
    watch: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Vec<Moment> {
    let model = scenario.model();
    let events_between_looks = events_per_round(model);
    let mut fleet = Fleet::new(model, model.run.seed);
    let rows = |_| Rows { length_s: 0.001, most: most_rows.clamp(2, 1_000_000), ..Rows::default() };
    let mut table = Table { function: 0, rows: (0..fleet.engines().len()).map(rows).collect() };
    for event in 1u32.. {
        fleet.settle();
        let goes_on = fleet.next_at_s();
        let until_s = goes_on.unwrap_or(model.run.duration_s);
        if until_s.is_finite() {
            for (rows, engine) in table.rows.iter_mut().zip(fleet.engines()) {
                rows.stand(until_s, engine.pool().live().into(), engine.pool().running().into());
            }
        }
        if goes_on.is_none() || fleet.step(&mut table).is_none() {
            break;
        }
        if event.is_multiple_of(events_between_looks) && watch(Progress::of(model, &fleet)).is_break() {
            break;
        }
    }
    table.rows.into_iter().enumerate().flat_map(|(function, rows)| rows.finish(function)).collect()
}

/// The rows of each function, and which of them is at work.
struct Table {
    function: usize,
    rows: Vec<Rows>,
}

impl Table {
    fn now(&mut self) -> &mut Moment {
        self.rows[self.function].now()
    }
}

/// Rows in the making; averages are sums until the end.
#[derive(Debug, Default)]
struct Rows {
    length_s: f64,
    most: usize,
    now_s: f64,
    moments: Vec<Moment>,
}

impl Rows {
    /// Until `until_s` so many instances were there and at work.
    fn stand(&mut self, until_s: f64, live: f64, running: f64) {
        while until_s >= self.length_s * self.most as f64 {
            self.halve();
        }
        while self.now_s < until_s {
            let row = (self.now_s / self.length_s) as usize;
            let end_s = (row + 1) as f64 * self.length_s;
            let stretch_s = until_s.min(end_s) - self.now_s;
            let row = self.row(row);
            row.instances += live * stretch_s;
            row.running += running * stretch_s;
            self.now_s = until_s.min(end_s);
        }
    }

    fn now(&mut self) -> &mut Moment {
        let row = (self.now_s / self.length_s) as usize;
        self.row(row)
    }

    fn row(&mut self, row: usize) -> &mut Moment {
        if row >= self.moments.len() {
            self.moments.resize(row + 1, Moment::default());
        }
        &mut self.moments[row]
    }

    /// Rows of twice the length.
    fn halve(&mut self) {
        self.length_s *= 2.0;
        let pairs = self.moments.chunks(2).map(|pair| {
            pair.iter().fold(Moment::default(), |sum, row| Moment {
                function: 0,
                from_s: 0.0,
                requests: sum.requests + row.requests,
                completed: sum.completed + row.completed,
                throttled: sum.throttled + row.throttled,
                cold_starts: sum.cold_starts + row.cold_starts,
                latency_mean_ms: sum.latency_mean_ms + row.latency_mean_ms,
                instances: sum.instances + row.instances,
                running: sum.running + row.running,
            })
        });
        self.moments = pairs.collect();
    }

    fn finish(mut self, function: usize) -> Vec<Moment> {
        let (length_s, now_s) = (self.length_s, self.now_s);
        for (index, row) in self.moments.iter_mut().enumerate() {
            (row.function, row.from_s) = (function, index as f64 * length_s);
            // The last row may be cut short by the end of the run.
            let seconds = length_s.min(now_s - row.from_s).max(f64::MIN_POSITIVE);
            row.instances /= seconds;
            row.running /= seconds;
            row.latency_mean_ms /= row.completed.max(1) as f64;
        }
        self.moments
    }
}

impl Observer for Table {
    fn looks_at(&mut self, function: usize) {
        self.function = function;
    }

    fn arrived(&mut self, _now_s: f64, _request: &Request) {
        self.now().requests += 1;
    }

    fn began(&mut self, flight: &Flight, _phases: &Phases, _instance: u64) {
        self.now().cold_starts += u64::from(flight.cold.is_some());
    }

    fn refused(&mut self, _now_s: f64, _request: &Request) {
        self.now().throttled += 1;
    }

    fn answered(&mut self, now_s: f64, flight: &Flight, _phases: &Phases, _instance: u64) {
        if flight.outcome == Outcome::Completed && !flight.request.is_copy {
            let row = self.now();
            row.completed += 1;
            row.latency_mean_ms += flight.response_ms(now_s);
        }
    }
}

/// Every attempt of every request of the run, of all functions, in the order in which they end.
pub fn requests(scenario: &Scenario) -> Requests {
    let model = Arc::clone(scenario.model());
    Requests { fleet: Fleet::new(&model, model.run.seed), model, ended: Ended::default() }
}

/// A run that is asked for one request after the other.
pub struct Requests {
    model: Arc<Model>,
    fleet: Fleet,
    ended: Ended,
}

impl Requests {
    pub fn progress(&self) -> Progress {
        Progress::of(&self.model, &self.fleet)
    }

    /// The figures of what has run so far.
    pub fn report(&self) -> Report {
        Report::of_all(&self.model, &self.fleet.tallies_until(self.fleet.now_s()), 1)
    }
}

impl Iterator for Requests {
    type Item = RequestView;

    fn next(&mut self) -> Option<RequestView> {
        while self.ended.requests.is_empty() && self.fleet.step(&mut self.ended).is_some() {}
        self.ended.requests.pop_front()
    }
}

/// Requests that have ended and whose line was not taken yet.
#[derive(Default)]
struct Ended {
    function: usize,
    requests: VecDeque<RequestView>,
}

impl Observer for Ended {
    fn looks_at(&mut self, function: usize) {
        self.function = function;
    }

    fn refused(&mut self, _now_s: f64, request: &Request) {
        self.requests.push_back(RequestView::arrived(self.function, request).refused(request));
    }

    fn answered(&mut self, now_s: f64, flight: &Flight, phases: &Phases, instance: u64) {
        let arrived = RequestView::arrived(self.function, &flight.request);
        self.requests.push_back(arrived.taken(flight, phases, instance).answered(now_s, flight));
    }
}

#[cfg(test)]
mod tests {
    use std::ops::ControlFlow;

    use super::{requests, series};
    use crate::sim::run::run;
    use crate::sim::scenario::Scenario;
    use crate::sim::tally::Outcome;

    #[test]
    fn rows_and_lines_add_up_to_the_report() {
        for set in [&["run.requests=500"][..], &["run.duration_s=100.5", "platform.max_concurrency=2"]] {
            let mut scenario =
                Scenario::parse("traffic.rate_per_s = 5\nfunction.init_ms = 500").expect("it is a scenario");
            scenario.set_all(set).expect("it can be set");
            let report = run(&scenario);
            for most_rows in [2, 37, 1000] {
                let rows = series(&scenario, most_rows, &mut |_| ControlFlow::Continue(()));
                assert!(
                    rows.len() <= most_rows && rows.len() * 2 + 2 >= most_rows,
                    "{} rows of {most_rows}",
                    rows.len()
                );
                let sum = |of: fn(&super::Moment) -> u64| rows.iter().map(of).sum::<u64>();
                assert_eq!(sum(|row| row.requests), report.requests);
                assert_eq!(sum(|row| row.cold_starts), report.cold_starts);
                assert_eq!(sum(|row| row.completed), report.completed);
                assert_eq!(sum(|row| row.throttled), report.throttled);
                let seconds =
                    |i: usize| rows.get(i + 1).map_or(report.simulated_s, |next| next.from_s) - rows[i].from_s;
                let area: f64 = rows.iter().enumerate().map(|(i, row)| row.instances * seconds(i)).sum();
                assert!((area / report.simulated_s - report.instances.mean).abs() < 1e-6);
            }
            let mut requests = requests(&scenario);
            let lines: Vec<_> = requests.by_ref().collect();
            assert_eq!((requests.report(), requests.progress().fraction), (report.clone(), 1.0));
            assert_eq!(lines.len() as u64, report.requests - report.in_flight);
            assert_eq!(lines.iter().filter(|line| line.outcome == Outcome::Completed).count() as u64, report.completed);
        }
    }

    #[test]
    fn rows_of_a_run_that_is_stopped_are_of_what_has_run() {
        let scenario = Scenario::parse("traffic.rate_per_s = 5\nrun.duration_s = 3e9").expect("it is a scenario");
        let mut far = None;
        let rows = series(&scenario, 50, &mut |progress| {
            far = Some(progress);
            ControlFlow::Break(())
        });
        assert_eq!(rows.iter().map(|row| row.requests).sum::<u64>(), far.expect("it was asked").requests);
    }

    #[test]
    fn each_function_of_a_flow_has_rows_and_lines_of_its_own() {
        let text = "traffic = { kind = \"constant\", interval_s = 10 }\nrun.requests = 50\n\
                    [flow.notify]\nvia = \"queue\"\ndelay_ms = 50\nfunction = { warm = 10, cold = 10 }";
        let scenario = Scenario::parse(text).expect("it is a scenario");
        let (rows, lines) =
            (series(&scenario, 20, &mut |_| ControlFlow::Continue(())), requests(&scenario).collect::<Vec<_>>());
        for function in [0, 1] {
            let of_it = rows.iter().filter(|row| row.function == function);
            assert_eq!(of_it.clone().map(|row| row.completed).sum::<u64>(), 50);
            assert!(of_it.is_sorted_by(|a, b| a.from_s < b.from_s));
            assert_eq!(lines.iter().filter(|line| line.function == function).count(), 50);
        }
        let sent_s = lines.iter().find(|line| line.function == 1).expect("one was sent").arrived_s;
        assert!((sent_s - lines[0].latency_ms / 1000.0 - 0.05).abs() < 1e-9, "{sent_s}");
    }
}
