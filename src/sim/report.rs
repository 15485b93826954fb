//! What a run came to: a tally and its model → figures with names.
//!
//! The names are a contract: they are the keys of `coldstart sim --format json`, the words of a page's prediction and
//! the columns of the CSV.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;
use serde_json::Value;

use super::cost::{self, Comparison, Cost};
use super::fleet::Tallies;
use super::model::{Model, Provenance};
use super::sketch::Sketch;
use super::tally::Tally;

/// The figures of a run. Several replications add up: counts, dollars and seconds are of all of them together, shares,
/// means and percentiles are over all of them.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    pub requests: u64,
    pub completed: u64,
    pub throttled: u64,
    pub timed_out: u64,
    pub failed: u64,
    pub in_flight: u64,
    /// How often the handler was called: every attempt and every second delivery counts.
    pub invocations: u64,
    /// Requests that waited for a new instance.
    pub cold_starts: u64,
    /// Of all requests.
    pub cold_ratio: f64,
    /// Of the requests that were not throttled.
    pub cold_ratio_accepted: f64,
    pub reject_ratio: f64,
    /// Response times of the requests that were completed.
    pub latency_ms: Latency,
    /// The initialisation as the platform reports it: runtime, initialisation code, connection.
    pub init_ms: Initialisation,
    pub instances: Instances,
    pub phases_ms: PhaseMeans,
    pub cost_usd: Cost,
    pub comparison: Comparison,
    pub database: Database,
    pub delivery: Delivery,
    pub seed: u64,
    pub replications: u64,
    /// Time that was counted, after the warm-up.
    pub simulated_s: f64,
    /// Requests of the beginning that are not in the figures.
    pub warmup_requests: u64,
    #[serde(serialize_with = "as_slice")]
    pub provenance: Arc<[Provenance]>,
    /// What follows from this function's answers, when it is the first of several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flow: Option<Box<Flow>>,
    /// Half the width of the 95 % confidence interval of each figure, when there was more than one replication.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ci95: Option<Value>,
}

/// Several functions joined by events.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Flow {
    /// Those after the first, by name.
    pub functions: BTreeMap<String, Report>,
    /// From the arrival of the first event to an answer from which nothing follows.
    pub end_to_end_ms: Latency,
    pub total: Total,
}

/// Of all functions of a flow together, the first included.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Total {
    pub requests: u64,
    pub cold_starts: u64,
    pub cold_ratio: f64,
    /// Instances there on average, and idle of them.
    pub instances: f64,
    pub idle: f64,
    pub cost_usd: f64,
}

impl Total {
    fn of<'a>(reports: impl Iterator<Item = &'a Report>) -> Self {
        let sum = reports.fold(Self::default(), |sum, it| Self {
            requests: sum.requests + it.requests,
            cold_starts: sum.cold_starts + it.cold_starts,
            cold_ratio: 0.0,
            instances: sum.instances + it.instances.mean,
            idle: sum.idle + it.instances.mean_idle,
            cost_usd: sum.cost_usd + it.cost_usd.total,
        });
        Self { cold_ratio: share(sum.cold_starts as f64, sum.requests), ..sum }
    }
}

#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Latency {
    pub mean: f64,
    pub p50: f64,
    pub p90: f64,
    pub p95: f64,
    pub p99: f64,
    pub max: f64,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Initialisation {
    pub mean: f64,
    pub p5: f64,
    pub p25: f64,
    pub p50: f64,
    pub p75: f64,
    pub p90: f64,
    pub p95: f64,
    pub p99: f64,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Instances {
    /// Averages over time.
    pub mean: f64,
    pub mean_running: f64,
    pub mean_idle: f64,
    /// The most that were there at once.
    pub max: u64,
    pub started: u64,
    /// Of those that are gone; zero when none is.
    pub lifespan_mean_s: f64,
}

/// Means over the cold starts; of the handler over all requests served. Zero when the scenario gives its laws outright
/// and so does not divide the time.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct PhaseMeans {
    pub provision: f64,
    pub fetch: f64,
    pub runtime: f64,
    pub init: f64,
    pub connect: f64,
    pub handler: f64,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Database {
    /// Connections open at once: the most, and the average over time.
    pub max_connections: u64,
    pub mean_connections: f64,
    pub opened: u64,
    /// Attempts to open one that the limit refused.
    pub refused: u64,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Delivery {
    pub retries: u64,
    /// Events given up after the last attempt.
    pub dead_letters: u64,
    /// Events that arrived once more than they were sent.
    pub duplicates: u64,
    /// Second deliveries whose handler did its work again, because it is not idempotent.
    pub repeated_effects: u64,
}

fn as_slice<S: serde::Serializer>(provenance: &Arc<[Provenance]>, serializer: S) -> Result<S::Ok, S::Error> {
    provenance.as_ref().serialize(serializer)
}

/// `part` of `whole`, zero of nothing.
fn share(part: f64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part / whole as f64 }
}

impl Report {
    pub(super) fn of(model: &Model, tally: &Tally, replications: u64) -> Self {
        let averages = tally.averages();
        let accepted = tally.requests - tally.throttled;
        let cold = tally.cold_starts as f64;
        let cost_usd = cost::cost(model, tally);
        let comparison = cost::comparison(model, tally, &cost_usd);
        let phase = |sum_ms: f64| share(sum_ms, tally.init.count());
        Self {
            requests: tally.requests,
            completed: tally.completed,
            throttled: tally.throttled,
            timed_out: tally.timed_out,
            failed: tally.failed,
            in_flight: tally.in_flight(),
            invocations: tally.served,
            cold_starts: tally.cold_starts,
            cold_ratio: share(cold, tally.requests),
            cold_ratio_accepted: share(cold, accepted),
            reject_ratio: share(tally.throttled as f64, tally.requests),
            latency_ms: Latency::of(&tally.latency),
            init_ms: Initialisation::of(&tally.init),
            instances: Instances {
                mean: averages.live,
                mean_running: averages.running,
                mean_idle: averages.live - averages.running,
                max: tally.most_live.into(),
                started: tally.started,
                lifespan_mean_s: share(tally.lifespan_s, tally.ended),
            },
            phases_ms: PhaseMeans {
                provision: phase(tally.phases.provision_ms),
                fetch: phase(tally.phases.fetch_ms),
                runtime: phase(tally.phases.runtime_ms),
                init: phase(tally.phases.init_ms),
                connect: share(tally.phases.connect_ms, tally.connects),
                handler: share(tally.phases.handler_ms, tally.served),
            },
            cost_usd,
            comparison,
            database: Database {
                max_connections: tally.most_connections.into(),
                mean_connections: averages.connections,
                opened: tally.opened,
                refused: tally.refused_connections,
            },
            delivery: Delivery {
                retries: tally.retries,
                dead_letters: tally.dead_letters,
                duplicates: tally.duplicates,
                repeated_effects: tally.repeated_effects,
            },
            seed: model.run.seed,
            replications,
            simulated_s: averages.seconds,
            warmup_requests: model.run.warmup_requests,
            provenance: Arc::clone(&model.provenance),
            flow: None,
            ci95: None,
        }
    }

    /// The report of a scenario: of its function, and of those after it.
    pub(super) fn of_all(model: &Model, tallies: &Tallies, replications: u64) -> Self {
        let mut report = Self::of(model, &tallies.first, replications);
        if !model.steps.is_empty() {
            let steps = model.steps.iter().zip(&tallies.others);
            let functions: BTreeMap<String, Report> =
                steps.map(|(step, tally)| (step.name.clone(), Self::of(&step.model, tally, replications))).collect();
            let total = Total::of(std::iter::once(&report).chain(functions.values()));
            let end_to_end_ms = Latency::of(&tallies.end_to_end);
            report.flow = Some(Box::new(Flow { functions, end_to_end_ms, total }));
        }
        report
    }

    /// The names of all figures.
    pub fn figures(&self) -> Vec<String> {
        fn below(value: &serde_json::Value, name: &str, names: &mut Vec<String>) {
            match value {
                serde_json::Value::Object(fields) => {
                    for (key, value) in fields {
                        let name = if name.is_empty() { key.clone() } else { format!("{name}.{key}") };
                        below(value, &name, names);
                    }
                }
                serde_json::Value::Number(_) => names.push(name.to_owned()),
                _ => {}
            }
        }
        let mut names = Vec::new();
        below(&serde_json::to_value(self).unwrap_or_default(), "", &mut names);
        names
    }

    /// The figure of a dotted name, such as `latency_ms.p95`.
    pub fn figure(&self, name: &str) -> Option<f64> {
        let whole = serde_json::to_value(self).ok()?;
        name.split('.').try_fold(&whole, |value, key| value.get(key))?.as_f64()
    }
}

impl Latency {
    fn of(sketch: &Sketch) -> Self {
        let [p50, p90, p95, p99] = sketch.percentiles([0.5, 0.9, 0.95, 0.99]);
        Self { mean: sketch.mean_ms(), p50, p90, p95, p99, max: sketch.max_ms() }
    }
}

impl Initialisation {
    fn of(sketch: &Sketch) -> Self {
        let [p5, p25, p50, p75, p90, p95, p99] = sketch.percentiles([0.05, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99]);
        Self { mean: sketch.mean_ms(), p5, p25, p50, p75, p90, p95, p99 }
    }
}
