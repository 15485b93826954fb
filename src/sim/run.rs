//! A whole run at once: a scenario → its report, with confidence intervals when there are several replications.
//!
//! Replications run in parallel, in rounds of equal length, and are added up in their order: the result does not depend
//! on the number of threads. Between rounds whoever watches may end it.

use std::ops::ControlFlow;

use rayon::iter::{IntoParallelIterator, IntoParallelRefMutIterator, ParallelIterator};

use super::confidence::{Spread, figures};
use super::engine::Engine;
use super::fleet::{Fleet, Tallies};
use super::keep_alive::KeepAlive;
use super::model::Model;
use super::random::replication_seed;
use super::report::Report;
use super::scenario::Scenario;

/// How far a run is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress {
    /// In 0..=1.
    pub fraction: f64,
    pub requests: u64,
}

impl Progress {
    /// Of a single run.
    pub(super) fn of(model: &Model, fleet: &Fleet) -> Self {
        Self { fraction: share_run(model, fleet.first()), requests: fleet.first().arrived() }
    }
}

/// Events of a run between two looks at the watcher: a few milliseconds at most, also on a machine that others use.
pub(super) fn events_per_round(model: &Model) -> u32 {
    let learns = |model: &Model| matches!(model.platform.keep_alive, KeepAlive::HybridHistogram { .. });
    // Such a policy may forecast at every request, which takes a hundred times as long as the rest of it.
    if learns(model) || model.steps.iter().any(|step| learns(&step.model)) { 256 } else { 4096 }
}

/// Runs the scenario to its end.
pub fn run(scenario: &Scenario) -> Report {
    run_watched(scenario, &mut |_| ControlFlow::Continue(()))
}

/// Runs the scenario, and shows how far it is every few milliseconds.
///
/// When `watch` breaks, the report is of what had run until then.
pub fn run_watched(scenario: &Scenario, watch: &mut dyn FnMut(Progress) -> ControlFlow<()>) -> Report {
    let model = scenario.model();
    let replications = model.run.replications;
    // More would not be faster, and of a million instances each takes its memory.
    let at_once = if replications == 1 { 1 } else { rayon::current_num_threads() as u32 };
    let mut sum = Tallies::default();
    let mut spread = Spread::default();
    let mut begun = 0;
    let mut flow = ControlFlow::Continue(());
    while begun < replications && flow.is_continue() {
        let batch = begun..replications.min(begun + at_once);
        let mut fleets: Vec<Fleet> =
            batch.clone().map(|it| Fleet::new(model, replication_seed(model.run.seed, it.into()))).collect();
        flow = run_batch(&mut fleets, events_per_round(model), &mut |fleets| {
            let share: f64 = fleets.iter().map(|fleet| share_run(model, fleet.first())).sum();
            let requests = sum.first.requests + fleets.iter().map(|fleet| fleet.first().arrived()).sum::<u64>();
            watch(Progress { fraction: ((f64::from(begun) + share) / f64::from(replications)).min(1.0), requests })
        });
        begun = batch.end;
        let end = |fleet: Fleet| {
            let tallies = fleet.tallies_until(fleet.now_s());
            (figures(&Report::of_all(model, &tallies, 1)), tallies)
        };
        let ended: Vec<_> = if at_once == 1 {
            fleets.into_iter().map(end).collect()
        } else {
            fleets.into_par_iter().map(end).collect()
        };
        for (figures, tallies) in ended {
            spread.add(figures);
            sum.merge(&tallies);
        }
    }
    let mut report = Report::of_all(model, &sum, u64::from(begun));
    report.ci95 = spread.half_widths();
    report
}

/// Advances all of them to their end, in rounds of so many events.
fn run_batch(fleets: &mut [Fleet], events: u32, watch: &mut dyn FnMut(&[Fleet]) -> ControlFlow<()>) -> ControlFlow<()> {
    loop {
        let going = if let [fleet] = fleets {
            // A single run needs no other thread.
            fleet.advance(events)
        } else {
            fleets.par_iter_mut().map(|fleet| fleet.advance(events)).reduce(|| false, |a, b| a | b)
        };
        watch(fleets)?;
        if !going {
            return ControlFlow::Continue(());
        }
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
