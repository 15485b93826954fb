//! Invocations as text for people and as one JSON document for programs.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::app::function::times::{self, Group, Simulated};
use crate::cli::CliError;
use crate::cli::output::Output;
use crate::faas::{Delivery, FunctionSpec, Invocation, Level, Phases, Problem, Settings, Spread, Start};

/// Up to so many invocations are shown one by one.
const SHOWN: usize = 10;
/// Wider, a picture is no clearer.
const MOST_COLS: usize = 110;
/// Up to so many different errors are counted.
const REASONS: usize = 5;

/// What `--format json` prints.
#[derive(Serialize)]
pub(super) struct Ran<'a> {
    function: &'a str,
    handler: &'a str,
    memory_mb: u32,
    timeout_ms: u64,
    problems: &'a [Problem],
    failed: usize,
    environments: usize,
    cold: Option<Times>,
    warm: Option<Times>,
    invocations: &'a [Invocation],
    /// What reached functions because of them.
    deliveries: &'a [Delivery],
    /// Times here, simulated, and in the cloud.
    compared: &'a [Group],
}

/// How the phases are spread over the invocations of one kind.
#[derive(Serialize)]
#[expect(clippy::struct_field_names, reason = "the unit is last in every name")]
struct Times {
    environment_ms: Spread,
    load_ms: Spread,
    init_ms: Spread,
    handler_ms: Spread,
    total_ms: Spread,
    waited_ms: Spread,
}

impl Times {
    fn of(invocations: &[Invocation], start: Start) -> Option<Self> {
        let spread = |value: &dyn Fn(&Invocation) -> f64| {
            Spread::of(invocations.iter().filter(|it| it.start == Some(start)).map(value))
        };
        Some(Self {
            environment_ms: spread(&|it| it.phases.environment_ms)?,
            load_ms: spread(&|it| it.phases.load_ms)?,
            init_ms: spread(&|it| it.phases.init_ms)?,
            handler_ms: spread(&|it| it.phases.handler_ms)?,
            total_ms: spread(&|it| it.phases.total_ms())?,
            waited_ms: spread(&|it| it.waited_ms)?,
        })
    }
}

impl<'a> Ran<'a> {
    pub(super) fn of(
        function: &'a FunctionSpec,
        problems: &'a [Problem],
        invocations: &'a [Invocation],
        deliveries: &'a [Delivery],
        compared: &'a [Group],
    ) -> Self {
        Self {
            function: &function.name,
            handler: &function.handler,
            memory_mb: function.memory_mb,
            timeout_ms: function.timeout_ms,
            problems,
            failed: invocations.iter().filter(|invocation| invocation.result.is_err()).count(),
            environments: invocations.iter().filter_map(|it| it.environment).collect::<BTreeSet<_>>().len(),
            cold: Times::of(invocations, Start::Cold),
            warm: Times::of(invocations, Start::Warm),
            invocations,
            deliveries,
            compared,
        }
    }
}

pub(super) fn text(
    function: &FunctionSpec,
    settings: &Settings,
    invocations: &[Invocation],
    groups: &[Group],
    output: &mut Output,
) -> Result<(), CliError> {
    for (n, invocation) in invocations.iter().enumerate().take(SHOWN) {
        if n > 0 {
            output.line("")?;
        }
        one(invocation, output)?;
    }
    if invocations.len() > SHOWN {
        output.line(&format!("\n… and {} more", invocations.len() - SHOWN))?;
    }
    if invocations.len() > 1 {
        output.line("")?;
        summary(function, invocations, output)?;
    }
    if !groups.is_empty() {
        output.line("")?;
        output.rows(&times::rows(groups, Simulated::Here, Output::width().min(MOST_COLS)))?;
    }
    let database = &settings.database;
    if invocations.iter().any(|it| it.calls.iter().any(|call| call.service == "db")) {
        output.line(&format!(
            "\n./db stands in for a database: a connection takes {} ms and a query {} ms, counted and not slept.",
            database.connect_ms, database.query_ms
        ))?;
    }
    Ok(())
}

pub(super) fn one(invocation: &Invocation, output: &mut Output) -> Result<(), CliError> {
    for line in &invocation.logs {
        let level = match line.level {
            Level::Debug => "DEBUG",
            Level::Info => "INFO",
            Level::Warn => "WARN",
            Level::Error => "ERROR",
        };
        output.line(&format!("{level:<5} {}", line.text))?;
    }
    if invocation.logs_cut {
        output.line("WARN  the log goes on; only its beginning is kept")?;
    }
    match &invocation.result {
        Ok(result) => output.line(result)?,
        Err(fault) => {
            output.line(&format!("ERROR {fault}"))?;
            for line in &fault.trace {
                output.line(&format!("      {line}"))?;
            }
        }
    }
    output.line(&invocation.report_line())?;
    output.line(&phases(invocation))?;
    Ok(())
}

/// "after 60.0 s: s3:uploads/cat.jpg → thumbnail, attempt 2".
pub(super) fn arrival(delivery: &Delivery) -> String {
    let Delivery { at_ms, source, attempt, invocation } = delivery;
    let again = if *attempt > 1 { format!(", attempt {attempt}") } else { String::new() };
    format!("after {:.1} s: {source} → {}{again}", at_ms / 1000.0, invocation.function)
}

/// "cold start, environment 1: 3.10 ms to make it, …".
pub(super) fn phases(invocation: &Invocation) -> String {
    let Phases { environment_ms, load_ms, init_ms, handler_ms } = invocation.phases;
    let number = invocation.environment.map_or_else(String::new, |number| format!(", environment {number}"));
    let waited = match invocation.waited_ms {
        0.0 => String::new(),
        waited_ms => format!("; {waited_ms:.0} ms of it waiting"),
    };
    match invocation.start {
        Some(Start::Cold) => format!(
            "cold start{number}: environment {environment_ms:.2} ms, load {load_ms:.2} ms, init {init_ms:.2} ms, handler \
             {handler_ms:.2} ms{waited}"
        ),
        Some(Start::Warm) => format!("warm start{number}: handler {handler_ms:.2} ms{waited}"),
        None => "no environment was free".to_owned(),
    }
}

fn summary(function: &FunctionSpec, invocations: &[Invocation], output: &mut Output) -> Result<(), CliError> {
    let ran = Ran::of(function, &[], invocations, &[], &[]);
    output.line(&format!(
        "{} invocations of {} ({} MB, timeout {} s) in {} environments, {} failed",
        invocations.len(),
        function.name,
        function.memory_mb,
        function.timeout_ms as f64 / 1000.0,
        ran.environments,
        ran.failed
    ))?;
    output.line(&format!(
        "{:<22}{:>7}{:>10}{:>10}{:>10}{:>10}{:>10}",
        "milliseconds", "n", "mean", "p50", "p90", "p99", "max"
    ))?;
    let mut rows: Vec<(&str, &Spread)> = Vec::new();
    if let Some(cold) = &ran.cold {
        rows.extend([
            ("cold: environment", &cold.environment_ms),
            ("cold: load", &cold.load_ms),
            ("cold: init", &cold.init_ms),
            ("cold: handler", &cold.handler_ms),
            ("cold: total", &cold.total_ms),
        ]);
    }
    if let Some(warm) = &ran.warm {
        rows.push(("warm: handler", &warm.handler_ms));
    }
    for (name, spread) in rows {
        let Spread { n, mean, p50, p90, p99, max, .. } = spread;
        output.line(&format!("{name:<22}{n:>7}{mean:>10.3}{p50:>10.3}{p90:>10.3}{p99:>10.3}{max:>10.3}"))?;
    }
    let mut reasons: BTreeMap<String, usize> = BTreeMap::new();
    for fault in invocations.iter().filter_map(|invocation| invocation.result.as_ref().err()) {
        *reasons.entry(fault.to_string()).or_default() += 1;
    }
    for (reason, n) in reasons.iter().take(REASONS) {
        output.line(&format!("{n} failed with {reason}"))?;
    }
    Ok(())
}
