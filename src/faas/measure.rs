//! What one invocation cost, phase by phase, and the line in which the platform reports it.
//!
//! Durations are milliseconds. What the code computes is measured; what it waits for (services, timers) is counted from
//! their stated costs and not slept, and both are parts of a duration.

use serde::Serialize;

use super::fault::Fault;
use super::protocol::{Called, LogLine};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Start {
    Cold,
    Warm,
}

/// Where the time went. The first three are 0 for a warm start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Phases {
    /// Starting a process, and an engine in it.
    pub environment_ms: f64,
    /// Reading the function's files as code.
    pub load_ms: f64,
    /// Running what stands outside the handler.
    pub init_ms: f64,
    pub handler_ms: f64,
}

impl Phases {
    pub fn total_ms(&self) -> f64 {
        self.environment_ms + self.load_ms + self.init_ms + self.handler_ms
    }
}

/// One invocation, with its end.
#[derive(Clone, Debug, Serialize)]
pub struct Invocation {
    pub request_id: String,
    pub function: String,
    /// `None` when no environment was found or made for it.
    pub start: Option<Start>,
    /// Which environment served it; they count from 1.
    pub environment: Option<u32>,
    pub phases: Phases,
    /// The part of init and handler that was waiting.
    pub waited_ms: f64,
    /// Load, init and handler, rounded up to whole milliseconds: what the real platform bills since August 2025.
    pub billed_ms: u64,
    pub memory_mb: u32,
    /// The most that the environment's process has held in memory so far; 0 where it cannot be told.
    pub memory_used_kb: u64,
    pub logs: Vec<LogLine>,
    pub logs_cut: bool,
    /// Calls to backing services in their order, those outside the handler first.
    pub calls: Vec<Called>,
    /// JSON, or why there is none.
    #[serde(flatten, serialize_with = "outcome")]
    pub result: Result<String, Fault>,
}

fn outcome<S: serde::Serializer>(result: &Result<String, Fault>, serializer: S) -> Result<S::Ok, S::Error> {
    use serde::ser::SerializeMap;
    let mut map = serializer.serialize_map(Some(1))?;
    match result {
        Ok(text) => {
            let value = serde_json::from_str(text).unwrap_or_else(|_| serde_json::Value::String(text.clone()));
            map.serialize_entry("result", &value)?;
        }
        Err(fault) => map.serialize_entry("error", fault)?,
    }
    map.end()
}

impl Invocation {
    pub fn is_cold(&self) -> bool {
        self.start == Some(Start::Cold)
    }

    /// Connections to the database that were opened in it.
    pub fn connections_opened(&self) -> usize {
        self.calls
            .iter()
            .filter(|call| call.service == "db" && call.action == "connect" && call.error.is_none())
            .count()
    }

    /// The line that the real platform writes at the end of an invocation, with the parts that apply.
    pub fn report_line(&self) -> String {
        let Phases { load_ms, init_ms, handler_ms, .. } = self.phases;
        let init = if self.is_cold() { format!(" Init Duration: {:.2} ms", load_ms + init_ms) } else { String::new() };
        let status = match &self.result {
            Ok(_) => String::new(),
            Err(fault) => format!(" Status: error Error Type: {}", fault.error_type),
        };
        format!(
            "REPORT RequestId: {} Duration: {handler_ms:.2} ms Billed Duration: {} ms Memory Size: {} MB Max Memory \
             Used: {} MB{init}{status}",
            self.request_id,
            self.billed_ms,
            self.memory_mb,
            self.memory_used_kb.div_ceil(1024),
        )
    }
}

/// How a duration is spread over invocations.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Spread {
    pub n: usize,
    pub mean: f64,
    pub min: f64,
    pub p50: f64,
    pub p90: f64,
    pub p99: f64,
    pub max: f64,
}

impl Spread {
    /// `None` of nothing. A percentile is the smallest value that at least so many percent do not exceed.
    pub fn of(values: impl IntoIterator<Item = f64>) -> Option<Self> {
        let mut sorted: Vec<f64> = values.into_iter().collect();
        sorted.sort_by(f64::total_cmp);
        let (min, max) = (*sorted.first()?, *sorted.last()?);
        let n = sorted.len();
        let at = |share: f64| sorted[((share * n as f64).ceil() as usize).clamp(1, n) - 1];
        let mean = sorted.iter().sum::<f64>() / n as f64;
        Some(Self { n, mean, min, p50: at(0.5), p90: at(0.9), p99: at(0.99), max })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_values_that_occurred() {
        let spread = Spread::of((1..=10).rev().map(f64::from)).expect("ten values");
        assert_eq!((spread.min, spread.p50, spread.p90, spread.p99, spread.max), (1.0, 5.0, 9.0, 10.0, 10.0));
        assert_eq!(spread.mean, 5.5);
        assert_eq!(Spread::of([]), None);
    }
}
