//! A whole run at once: a scenario → its report, with confidence intervals when there are several replications.
//!
//! Replications run in parallel, in rounds of equal length, and are added up in their order: the result does not depend
//! on the number of threads. Between rounds whoever watches may end it.

use std::ops::ControlFlow;

use rayon::iter::{IntoParallelRefMutIterator, ParallelIterator};

use super::confidence::Spread;
use super::engine::Engine;
use super::model::Model;
use super::random::replication_seed;
use super::report::Report;
use super::scenario::Scenario;
use super::tally::Tally;

/// How far a run is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress {
    /// In 0..=1.
    pub fraction: f64,
    pub requests: u64,
}

/// Events of one engine between two looks at the watcher: about a millisecond of work.
const EVENTS_PER_ROUND: u32 = 20_000;
/// Engines at work at once, which bounds the memory of many replications.
const ENGINES: u32 = 64;

/// Runs the scenario to its end.
pub fn run(scenario: &Scenario) -> Report {
    run_watched(scenario, &mut |_| ControlFlow::Continue(()))
}

/// Runs the scenario, and shows how far it is every few milliseconds of work.
///
/// When `watch` breaks, the report is of what had run until then.
pub fn run_watched(scenario: &Scenario, watch: &mut dyn FnMut(Progress) -> ControlFlow<()>) -> Report {
    let model = scenario.model();
    let replications = model.run.replications;
    let mut sum = Tally::default();
    let mut spread = Spread::default();
    let mut begun = 0;
    let mut flow = ControlFlow::Continue(());
    while begun < replications && flow.is_continue() {
        let batch = begun..replications.min(begun + ENGINES);
        let mut engines: Vec<Engine> =
            batch.clone().map(|it| Engine::new(model, replication_seed(model.run.seed, it.into()))).collect();
        flow = run_batch(&mut engines, &mut |engines| {
            let share: f64 = engines.iter().map(|engine| share_run(model, engine)).sum();
            let requests = sum.requests + engines.iter().map(Engine::arrived).sum::<u64>();
            watch(Progress { fraction: ((f64::from(begun) + share) / f64::from(replications)).min(1.0), requests })
        });
        begun = batch.end;
        for mut engine in engines {
            engine.settle();
            if replications > 1 {
                spread.add(&Report::of(model, &engine.tally, 1));
            }
            sum.merge(&engine.tally);
        }
    }
    let mut report = Report::of(model, &sum, u64::from(begun));
    report.ci95 = spread.half_widths();
    report
}

/// Advances all engines to their end, round by round.
fn run_batch(engines: &mut [Engine], watch: &mut dyn FnMut(&[Engine]) -> ControlFlow<()>) -> ControlFlow<()> {
    loop {
        let going = if let [engine] = engines {
            // A single run needs no other thread.
            engine.advance(EVENTS_PER_ROUND)
        } else {
            engines.par_iter_mut().map(|engine| engine.advance(EVENTS_PER_ROUND)).reduce(|| false, |a, b| a | b)
        };
        if !going {
            return ControlFlow::Continue(());
        }
        watch(engines)?;
    }
}

fn share_run(model: &Model, engine: &Engine) -> f64 {
    if model.run.duration_s.is_finite() {
        return (engine.now_s() / model.run.duration_s).min(1.0);
    }
    engine.arrived() as f64 / total_requests(model) as f64
}

/// Requests of one run that is ended by their number.
fn total_requests(model: &Model) -> u64 {
    model.run.requests.min(model.traffic.total().unwrap_or(u64::MAX)).max(1)
}

/// How much of the scenario's run `report` covers, in 0..=1.
pub fn share_done(scenario: &Scenario, report: &Report) -> f64 {
    let model = scenario.model();
    if model.run.duration_s.is_finite() {
        return (report.simulated_s / model.run.duration_s).clamp(0.0, 1.0);
    }
    let counted = total_requests(model).saturating_sub(model.run.warmup_requests).max(1);
    (report.requests as f64 / counted as f64).clamp(0.0, 1.0)
}
