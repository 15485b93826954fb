//! Reports of independent replications → half the width of the 95 % confidence interval of each of their figures.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::random::normal_quantile;
use super::report::Report;

/// Mean and scatter of every figure over the replications seen so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Spread {
    replications: u64,
    figures: BTreeMap<Vec<String>, Moments>,
}

/// Welford's running mean and sum of squared deviations.
#[derive(Clone, Copy, Debug, Default)]
struct Moments {
    mean: f64,
    squares: f64,
}

/// Whether the report of several replications gives the sum of the figure, so that its interval is that of the sum.
fn is_sum(path: &[&str]) -> bool {
    match path {
        ["flow", "functions", _, figure @ ..] => is_sum(figure),
        ["flow", "total", figure] => matches!(*figure, "requests" | "cold_starts" | "cost_usd"),
        [
            "requests" | "completed" | "throttled" | "timed_out" | "failed" | "in_flight" | "invocations"
            | "cold_starts" | "simulated_s",
        ]
        | ["cost_usd", "requests" | "duration" | "provisioned" | "total"]
        | ["comparison", "containers_usd" | "vm_usd"]
        | ["instances", "started"]
        | ["database", "opened" | "refused"]
        | ["delivery", _] => true,
        _ => false,
    }
}

/// Figures that chance does not move.
const SETTINGS: [&str; 3] = ["seed", "replications", "warmup_requests"];

/// The figures of a report that chance moves, each with the names that lead to it.
pub(super) fn figures(report: &Report) -> Vec<(Vec<String>, f64)> {
    let Ok(Value::Object(all)) = serde_json::to_value(report) else { return Vec::new() };
    let mut stack: Vec<(Vec<String>, Value)> = all
        .into_iter()
        .filter(|(name, _)| !SETTINGS.contains(&name.as_str()))
        .map(|(name, value)| (vec![name], value))
        .collect();
    let mut figures = Vec::new();
    while let Some((path, value)) = stack.pop() {
        match value {
            Value::Object(below) => {
                stack.extend(below.into_iter().map(|(name, value)| ([path.as_slice(), &[name]].concat(), value)));
            }
            Value::Number(number) => figures.push((path, number.as_f64().unwrap_or_default())),
            _ => {}
        }
    }
    figures
}

impl Spread {
    pub(super) fn add(&mut self, figures: Vec<(Vec<String>, f64)>) {
        self.replications += 1;
        let n = self.replications as f64;
        for (path, number) in figures {
            let moments = self.figures.entry(path).or_default();
            let deviation = number - moments.mean;
            moments.mean += deviation / n;
            moments.squares += deviation * (number - moments.mean);
        }
    }

    /// An object of the report's shape. Absent with fewer than two replications.
    pub(super) fn half_widths(&self) -> Option<Value> {
        if self.replications < 2 {
            return None;
        }
        let n = self.replications as f64;
        let mut whole = Value::Object(Map::new());
        for (path, moments) in &self.figures {
            let of_mean = student_t975(n - 1.0) * libm::sqrt(moments.squares / (n - 1.0) / n);
            let names: Vec<&str> = path.iter().map(String::as_str).collect();
            let mut place = &mut whole;
            for name in path {
                if place.is_null() {
                    *place = Value::Object(Map::new());
                }
                place = &mut place[name.as_str()];
            }
            *place = Value::from(if is_sum(&names) { of_mean * n } else { of_mean });
        }
        Some(whole)
    }
}

/// The value that Student's t with so many degrees of freedom stays below with probability 0.975.
///
/// Source: the expansion of Abramowitz and Stegun 26.7.5; the first six, where it is too coarse, from their table.
fn student_t975(degrees: f64) -> f64 {
    const FIRST: [f64; 6] = [12.706_205, 4.302_653, 3.182_446, 2.776_445, 2.570_582, 2.446_912];
    if degrees < 6.5 {
        return FIRST[(degrees as usize).clamp(1, 6) - 1];
    }
    let z = normal_quantile(0.975);
    let (z3, z5, z7) = (z * z * z, z * z * z * z * z, z * z * z * z * z * z * z);
    z + (z3 + z) / (4.0 * degrees)
        + (5.0 * z5 + 16.0 * z3 + 3.0 * z) / (96.0 * degrees * degrees)
        + (3.0 * z7 + 19.0 * z5 + 17.0 * z3 - 15.0 * z) / (384.0 * degrees * degrees * degrees)
}

#[cfg(test)]
mod tests {
    use super::student_t975;
    use crate::sim::random::replication_seed;
    use crate::sim::run::run;
    use crate::sim::scenario::Scenario;

    #[test]
    fn a_half_width_is_what_one_reckons_from_the_single_runs() {
        let text = "traffic.rate_per_s = 1\nfunction = { warm = 500, cold = 500 }\nplatform.keep_alive = 2\nrun.requests = 300";
        let mut scenario = Scenario::parse(text).expect("it is a scenario");
        let alone = |replication| run(&scenario.clone().with_seed(replication_seed(scenario.seed(), replication)));
        let runs = [alone(0), alone(1), alone(2)];
        scenario.set("run.replications=3").expect("it can be set");
        let together = run(&scenario);
        for (figure, sums) in [("cold_ratio", 1.0), ("cold_starts", 3.0)] {
            let values = runs.each_ref().map(|it| it.figure(figure).expect("it is a figure"));
            let mean = values.iter().sum::<f64>() / 3.0;
            let variance = values.iter().map(|it| (it - mean) * (it - mean)).sum::<f64>() / 2.0;
            let half_width = 4.302_653 * libm::sqrt(variance / 3.0) * sums;
            let said = together.ci95.as_ref().expect("three replications")[figure].as_f64().expect("a number");
            assert!((said / half_width - 1.0).abs() < 1e-6, "{figure}: {said}, expected {half_width}");
            assert!((together.figure(figure).expect("it is a figure") / (mean * sums) - 1.0).abs() < 1e-9);
        }
    }

    #[test]
    fn student_t_is_that_of_the_tables() {
        for (degrees, t) in [(1.0, 12.706), (5.0, 2.571), (9.0, 2.262), (29.0, 2.045), (1000.0, 1.962)] {
            assert!((student_t975(degrees) - t).abs() < 0.002, "{degrees}: {}", student_t975(degrees));
        }
    }
}
