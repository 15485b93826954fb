//! The knobs of the lab: a scenario → what can be turned, in sensible steps, and why some of it cannot matter.

use super::calibration;
use super::document::Value;
use super::explain::figures;
use super::keep_alive::KeepAlive;
use super::model::{Architecture, Connection, Model};
use super::scenario::Scenario;
use super::service::Service;
use super::traffic::Traffic;

/// Something that can be turned.
#[derive(Clone, Debug, PartialEq)]
pub struct Knob {
    /// The key of the scenario that it changes.
    pub key: &'static str,
    pub label: &'static str,
    pub value: String,
    pub unit: &'static str,
    /// Why turning it would change nothing.
    pub why_inert: Option<String>,
}

/// The values a knob can take, in order.
enum Steps {
    Numbers(&'static [f64]),
    Words(&'static [&'static str]),
}

struct Dial {
    key: &'static str,
    label: &'static str,
    unit: &'static str,
    steps: Steps,
    /// The value now, as a word or as a number.
    now: fn(&Scenario) -> Now,
    /// Why it cannot matter.
    inert: fn(&Model) -> Option<&'static str>,
}

enum Now {
    Number(f64),
    Word(String),
}

use Steps::{Numbers, Words};

const RUNTIMES: &[&str] = &[
    "rust (prov.al2023)",
    "go (prov.al2023)",
    "python3.13",
    "nodejs22.x",
    "nodejs24.x",
    "java25",
    "ruby3.4",
    "java21",
    "dotnet8",
];

const DIALS: &[Dial] = &[
    Dial {
        key: "function.runtime",
        label: "runtime",
        unit: "",
        steps: Words(RUNTIMES),
        now: |scenario| {
            Now::Word(
                word(scenario, "function.runtime").and_then(calibration::runtime).unwrap_or("nodejs22.x").to_owned(),
            )
        },
        inert: undivided,
    },
    Dial {
        key: "function.memory_mb",
        label: "memory",
        unit: "MB",
        steps: Numbers(&[128.0, 256.0, 512.0, 1024.0, 1536.0, 1769.0, 2048.0, 3008.0, 4096.0, 10_240.0]),
        now: |scenario| Now::Number(scenario.model().function.memory_mb),
        inert: |_| None,
    },
    Dial {
        key: "function.architecture",
        label: "architecture",
        unit: "",
        steps: Words(&["x86_64", "arm64"]),
        now: |scenario| {
            let arm = scenario.model().function.architecture == Architecture::Arm;
            Now::Word(if arm { "arm64" } else { "x86_64" }.to_owned())
        },
        inert: |_| None,
    },
    Dial {
        key: "function.snapshot",
        label: "snapshot",
        unit: "",
        steps: Words(&["false", "true"]),
        now: |scenario| Now::Word(is_snapshot(scenario.model()).to_string()),
        inert: undivided,
    },
    Dial {
        key: "function.package_mb",
        label: "package",
        unit: "MB",
        steps: Numbers(&[0.1, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 250.0]),
        now: |scenario| Now::Number(number(scenario, "function.package_mb").unwrap_or(1.0)),
        inert: unless_started_afresh,
    },
    Dial {
        key: "function.init_ms",
        label: "init code",
        unit: "ms",
        steps: Numbers(&[0.0, 50.0, 100.0, 200.0, 300.0, 500.0, 1000.0, 2000.0, 5000.0]),
        now: |scenario| match &scenario.model().service {
            Service::Phased(laws) if !is_snapshot(scenario.model()) => Now::Number(laws.init.median_ms()),
            _ => Now::Number(number(scenario, "function.init_ms").unwrap_or(0.0)),
        },
        inert: unless_started_afresh,
    },
    Dial {
        key: "function.connection",
        label: "connection",
        unit: "",
        steps: Words(&["none", "outside", "inside"]),
        now: |scenario| {
            Now::Word(
                match scenario.model().function.connection {
                    Connection::None => "none",
                    Connection::Outside => "outside",
                    Connection::Inside => "inside",
                }
                .to_owned(),
            )
        },
        inert: undivided,
    },
    Dial {
        key: "traffic.rate_per_s",
        label: "traffic",
        unit: "requests/s",
        steps: Numbers(&[
            0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0,
            1000.0,
        ]),
        now: |scenario| match scenario.model().traffic {
            Traffic::Constant { interval_s } => Now::Number(1.0 / interval_s),
            Traffic::List { .. } => Now::Word("at given times".to_owned()),
            Traffic::Trace { .. } => Now::Word("as recorded".to_owned()),
            _ => Now::Number(number(scenario, "traffic.rate_per_s").unwrap_or(0.0)),
        },
        inert: |model| match model.traffic {
            Traffic::List { .. } => Some("The requests of this run come at given times."),
            Traffic::Trace { .. } => Some("The requests of this run were recorded."),
            _ => None,
        },
    },
    Dial {
        key: "traffic.burst_rate_per_s",
        label: "burst traffic",
        unit: "requests/s",
        steps: Numbers(&[1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0, 2000.0, 5000.0]),
        now: |scenario| Now::Number(number(scenario, "traffic.burst_rate_per_s").unwrap_or(0.0)),
        inert: |_| None,
    },
    Dial {
        key: "platform.keep_alive.s",
        label: "keep-alive",
        unit: "s",
        steps: Numbers(&[
            0.0, 1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 60.0, 120.0, 300.0, 600.0, 900.0, 1200.0, 1800.0, 2400.0, 3600.0,
            7200.0, 14_400.0,
        ]),
        now: |scenario| match scenario.model().platform.keep_alive {
            KeepAlive::Fixed { s } => Now::Number(s),
            KeepAlive::HybridHistogram { range_s } => Now::Number(range_s),
        },
        inert: |model| match model.platform.keep_alive {
            KeepAlive::HybridHistogram { .. } => {
                Some("The platform learns from idle times how long to keep an instance.")
            }
            KeepAlive::Fixed { s } if s == f64::INFINITY => Some("Instances are kept for ever here."),
            KeepAlive::Fixed { .. } => None,
        },
    },
    Dial {
        key: "platform.keep_alive.policy",
        label: "keep-alive policy",
        unit: "",
        steps: Words(&["fixed", "hybrid-histogram"]),
        now: |scenario| match scenario.model().platform.keep_alive {
            KeepAlive::Fixed { .. } => Now::Word("fixed".to_owned()),
            KeepAlive::HybridHistogram { .. } => Now::Word("hybrid-histogram".to_owned()),
        },
        inert: |_| None,
    },
    Dial {
        key: "platform.provisioned",
        label: "provisioned",
        unit: "instances",
        steps: Numbers(&[0.0, 1.0, 2.0, 3.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0]),
        now: |scenario| Now::Number(scenario.model().platform.provisioned.into()),
        inert: |_| None,
    },
    Dial {
        key: "platform.max_concurrency",
        label: "concurrency limit",
        unit: "instances",
        steps: Numbers(&[1.0, 2.0, 3.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0, 3000.0, 10_000.0]),
        now: |scenario| Now::Number(scenario.model().platform.max_concurrency.into()),
        inert: |_| None,
    },
    Dial {
        key: "database.max_connections",
        label: "connection limit",
        unit: "at most",
        steps: Numbers(&[1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 420.0, 1000.0, 1700.0, 5000.0]),
        now: |scenario| Now::Number(scenario.model().max_connections.unwrap_or(0).into()),
        inert: |model| match model.function.connection {
            Connection::None => Some("This function opens no connection."),
            _ => None,
        },
    },
];

/// Laws given outright stand for the whole response time.
fn undivided(model: &Model) -> Option<&'static str> {
    matches!(model.service, Service::Outright { .. })
        .then_some("This scenario gives the whole response times, cold and warm.")
}

fn unless_started_afresh(model: &Model) -> Option<&'static str> {
    if is_snapshot(model) {
        return Some("A snapshot is restored: nothing is fetched and no initialisation runs.");
    }
    undivided(model)
}

/// Whether cold starts restore a snapshot.
fn is_snapshot(model: &Model) -> bool {
    model.provenance.iter().any(|it| it.figure == "function.restore_ms")
}

fn number(scenario: &Scenario, key: &str) -> Option<f64> {
    scenario.values().get(key).and_then(Value::as_number)
}

fn word<'a>(scenario: &'a Scenario, key: &str) -> Option<&'a str> {
    match scenario.values().get(key) {
        Some(Value::Text(text)) => Some(text),
        _ => None,
    }
}

/// What can be turned in this scenario. Dials for what it does not have (a burst, a database, a snapshot) are left out.
pub fn knobs(scenario: &Scenario) -> Vec<Knob> {
    let has = |key: &str| match key {
        "traffic.burst_rate_per_s" | "database.max_connections" | "function.snapshot" => {
            scenario.values().contains_key(key)
        }
        _ => true,
    };
    let knob = |dial: &Dial| {
        let (value, unit) = match (dial.now)(scenario) {
            Now::Number(f64::INFINITY) => ("for ever".to_owned(), ""),
            Now::Number(per_s) if dial.unit == "requests/s" => rate(per_s),
            Now::Number(number) => (figures(number), dial.unit),
            Now::Word(word) => (word, ""),
        };
        let why_inert = (dial.inert)(scenario.model()).map(str::to_owned);
        Knob { key: dial.key, label: dial.label, value, unit, why_inert }
    };
    DIALS.iter().filter(|dial| has(dial.key)).map(knob).collect()
}

/// A rate in the unit in which it is not a small fraction.
fn rate(per_s: f64) -> (String, &'static str) {
    match per_s {
        0.1.. | 0.0 => (figures(per_s), "requests/s"),
        _ if per_s * 60.0 >= 1.0 => (figures(per_s * 60.0), "requests/min"),
        _ => (figures(per_s * 3600.0), "requests/h"),
    }
}

/// The key behind a knob's name, as it stands on the screen or with its words joined.
pub(super) fn key_of(label: &str) -> Option<&'static str> {
    let label = label.replace(['-', '_'], " ");
    DIALS.iter().find(|dial| dial.label.replace('-', " ") == label).map(|dial| dial.key)
}

/// Turns a knob by so many steps, up or down. At its end, and where a step cannot be taken, nothing changes.
///
/// What the knob stood at in `original` is one of its steps, so that one can come back to it.
pub fn turn(scenario: &mut Scenario, original: &Scenario, key: &str, by: i32) {
    let Some(dial) = DIALS.iter().find(|dial| dial.key == key) else { return };
    let mut by = by;
    // A step that this scenario does not allow (a runtime nobody measured on Arm) is passed over.
    while by != 0 {
        let Some(value) = step(dial, scenario, original, by) else { return };
        let assignment = match key {
            // The interval would go before the rate.
            "traffic.rate_per_s" if matches!(scenario.model().traffic, Traffic::Constant { .. }) => {
                let rate: f64 = value.parse().unwrap_or(1.0);
                if number(scenario, "traffic.interval_s").is_some() {
                    format!("traffic.interval_s={}", 1.0 / rate)
                } else {
                    format!("{key}={value}")
                }
            }
            _ => format!("{key}={value}"),
        };
        if scenario.set(&assignment).is_ok() {
            return;
        }
        by += by.signum();
        if by.unsigned_abs() > 64 {
            return;
        }
    }
}

/// The value `by` steps from the present one.
fn step(dial: &Dial, scenario: &Scenario, original: &Scenario, by: i32) -> Option<String> {
    match (&dial.steps, (dial.now)(scenario)) {
        (Numbers(steps), Now::Number(now)) => {
            let near = |a: f64, b: f64| (a - b).abs() <= 1e-9 * a.abs().max(b.abs());
            let mut steps = steps.to_vec();
            if let Now::Number(first) = (dial.now)(original)
                && first.is_finite()
                && !steps.iter().any(|step| near(*step, first))
            {
                steps.insert(steps.partition_point(|step| *step < first), first);
            }
            // Between two steps, the next one in either direction is one step away.
            let at = steps.partition_point(|step| *step < now && !near(*step, now)) as i64;
            let exact = steps.get(at as usize).is_some_and(|step| near(*step, now));
            let to = at + i64::from(by) - i64::from(!exact && by > 0);
            let to = to.clamp(0, steps.len() as i64 - 1) as usize;
            let moved = if by > 0 { steps[to] > now } else { steps[to] < now };
            moved.then(|| steps[to].to_string())
        }
        (Words(words), Now::Word(now)) => {
            let at = words.iter().position(|word| *word == now).map_or(if by > 0 { -1 } else { 0 }, |at| at as i64);
            Some(words[(at + i64::from(by)).rem_euclid(words.len() as i64) as usize].to_owned())
        }
        _ => None,
    }
}
