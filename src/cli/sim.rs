//! `coldstart sim`: a simulation without the screen; one run, a row of runs, or two compared.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use clap::{Args, ValueEnum};
use serde::Serialize;
use serde_json::Value;

use super::output::{self, Output};
use super::{CliError, Outcome, open_course};
use crate::content;
use crate::course::{Course, Task};
use crate::sim::{self, Report, Scenario};

#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  coldstart sim sparse-api --set platform.keep_alive.s=60 --seed 7\n  coldstart sim sparse-api:k60:s7\n  coldstart sim sparse-api --sweep platform.keep_alive.s=0..60:10 --format csv\n  coldstart sim --compare sparse-api sparse-api:k60\n  coldstart sim my.toml --format json"
)]
pub(super) struct Arguments {
    /// A scenario file, the name of one of the course's, or a run's code; without it the first on the course's pages
    #[arg(value_name = "SCENARIO.toml|NAME|CODE")]
    scenario: Option<String>,
    /// Changes one value of the scenario; may be repeated
    #[arg(long, value_name = "KEY=VALUE")]
    set: Vec<String>,
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Independent runs, for confidence intervals
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    replications: Option<u32>,
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// The run over time: one row for each stretch of it
    #[arg(long, conflicts_with_all = ["sweep", "compare"])]
    series: bool,
    /// Writes every request as a line of JSON
    #[arg(long, value_name = "FILE", conflicts_with_all = ["sweep", "compare"])]
    trace: Option<PathBuf>,
    /// One run for each value of a key
    #[arg(long, value_name = "KEY=FROM..TO:STEP", conflicts_with = "compare")]
    sweep: Option<String>,
    /// Says what differs between two scenarios, on the same random numbers
    #[arg(long, num_args = 2, value_names = ["A", "B"], conflicts_with = "scenario")]
    compare: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
    Csv,
}

/// Below this a line of progress would only flicker.
const QUIET: Duration = Duration::from_millis(500);
/// Rows of a series: as many as a plot can show.
const SERIES_ROWS: usize = 500;

pub(super) fn run(it: &Arguments, folder: Option<&Path>, output: &mut Output) -> Result<Outcome, CliError> {
    if let [a, b] = it.compare.as_slice() {
        return compare(it, a, b, folder, output);
    }
    let scenario = changed(it, find(it.scenario.as_deref(), folder)?)?;
    if let Some(range) = &it.sweep {
        return sweep(it, &scenario, range, output);
    }
    if let Some(path) = &it.trace {
        trace(&scenario, path)?;
    }
    if it.series {
        series(it.format, &scenario, output)?;
        return Ok(Outcome::Done);
    }
    let watch = Watch::begin();
    let report = watch.run(&scenario);
    match it.format {
        Format::Json => output.json(&report)?,
        Format::Csv => table(&[Row::of(None, &report)?], output)?,
        Format::Text => text(&scenario, &report, output)?,
    }
    Ok(watch.outcome())
}

/// The scenario with what the options change in it.
fn changed(it: &Arguments, mut scenario: Scenario) -> Result<Scenario, CliError> {
    scenario.set_all(&it.set).map_err(|problem| CliError::Input(format!("--set: {}", problem.message)))?;
    if let Some(seed) = it.seed {
        scenario = scenario.with_seed(seed);
    }
    if let Some(n) = it.replications {
        scenario
            .set(&format!("run.replications={n}"))
            .map_err(|problem| CliError::Input(format!("--replications {n}: {}", problem.message)))?;
    }
    Ok(scenario)
}

fn find(wanted: Option<&str>, folder: Option<&Path>) -> Result<Scenario, CliError> {
    if let Some(path) = wanted.map(PathBuf::from).filter(|path| path.is_file()) {
        let read = content::read_text(&path)
            .map_err(|error| CliError::Input(format!("cannot read {}: {error}", path.display())))?;
        return Scenario::parse(&read.text).map_err(|problems| {
            let lines: Vec<String> = problems
                .iter()
                .map(|problem| match problem.line {
                    0 => format!("{}: {}", path.display(), problem.message),
                    line => format!("{}:{line}: {}", path.display(), problem.message),
                })
                .collect();
            CliError::Input(lines.join("\nerror: "))
        });
    }
    let course = open_course(folder)?;
    let name = match wanted {
        Some(wanted) => wanted.to_owned(),
        None => first_on_a_page(&course)
            .ok_or_else(|| CliError::Input("no page of this course has a simulation; name a scenario file".into()))?,
    };
    course.scenario(&name).map_err(|why| {
        let all = course.scenarios.keys().cloned().collect::<Vec<_>>().join(", ");
        CliError::Input(format!("{why}; there is no such file, and the course has {all}"))
    })
}

fn first_on_a_page(course: &Course) -> Option<String> {
    course.pages().flat_map(|page| &page.widgets).find_map(|widget| match &widget.task {
        Task::Simulation(task) => Some(task.scenario.clone()),
        _ => None,
    })
}

/// Runs with a line of progress when it takes long; Ctrl-C ends it with what is known so far.
struct Watch {
    stop: Arc<AtomicBool>,
    handler: Option<signal_hook::SigId>,
    begun: Instant,
}

impl Watch {
    fn begin() -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        // Where no handler can be set, Ctrl-C ends the process as it would without us.
        let handler = signal_hook::flag::register(signal_hook::consts::SIGINT, Arc::clone(&stop)).ok();
        Self { stop, handler, begun: Instant::now() }
    }

    fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    fn run(&self, scenario: &Scenario) -> Report {
        let mut said = self.begun;
        let mut shown = false;
        let report = sim::run_watched(scenario, &mut |progress| {
            if self.begun.elapsed() > QUIET && said.elapsed() > Duration::from_millis(100) {
                said = Instant::now();
                shown = true;
                output::progress(&format!("{:3.0} %  {} requests", progress.fraction * 100.0, progress.requests));
            }
            if self.is_stopped() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        if shown {
            output::progress("");
        }
        report
    }

    fn outcome(&self) -> Outcome {
        if self.is_stopped() {
            output::remark("stopped; the figures are of what had run until then");
            return Outcome::Signal(signal_hook::consts::SIGINT);
        }
        Outcome::Done
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        if let Some(handler) = self.handler {
            signal_hook::low_level::unregister(handler);
        }
    }
}

fn text(scenario: &Scenario, report: &Report, output: &mut Output) -> Result<(), CliError> {
    output.line(&format!("{}   (seed {})", scenario.title, report.seed))?;
    let latency = &report.latency_ms;
    let instances = &report.instances;
    let half = |name: &str| {
        let pointer = format!("/{}", name.replace('.', "/"));
        report.ci95.as_ref().and_then(|ci95| ci95.pointer(&pointer)).and_then(Value::as_f64)
    };
    let plus_minus =
        |name: &str, factor: f64| half(name).map_or_else(String::new, |half| format!(" ± {:.3}", half * factor));
    let rows = [
        ("simulated", format!("{:.1} s", report.simulated_s)),
        (
            "requests",
            format!(
                "{} ({} completed, {} throttled, {} timed out, {} failed)",
                report.requests, report.completed, report.throttled, report.timed_out, report.failed
            ),
        ),
        (
            "cold starts",
            format!(
                "{} ({:.2}{} % of requests)",
                report.cold_starts,
                report.cold_ratio * 100.0,
                plus_minus("cold_ratio", 100.0)
            ),
        ),
        (
            "latency",
            format!(
                "mean {:.1}{} ms, p50 {:.1}, p90 {:.1}, p95 {:.1}, p99 {:.1}, max {:.1}",
                latency.mean,
                plus_minus("latency_ms.mean", 1.0),
                latency.p50,
                latency.p90,
                latency.p95,
                latency.p99,
                latency.max
            ),
        ),
        (
            "instances",
            format!(
                "mean {:.2}{} ({:.2} running, {:.2} idle), at most {}",
                instances.mean,
                plus_minus("instances.mean", 1.0),
                instances.mean_running,
                instances.mean_idle,
                instances.max
            ),
        ),
        ("cost", format!("${:.6} in all, ${:.2} per million", report.cost_usd.total, report.cost_usd.per_million)),
    ];
    for (label, value) in rows {
        output.line(&format!("{label:<12} {value}"))?;
    }
    Ok(())
}

/// A line of a table: the value of what was swept or the scenario's name, and the figures of the run.
#[derive(Serialize)]
struct Row {
    #[serde(skip_serializing_if = "Option::is_none")]
    of: Option<String>,
    #[serde(flatten)]
    figures: Value,
}

impl Row {
    fn of(of: Option<String>, report: &Report) -> Result<Self, CliError> {
        Ok(Self { of, figures: serde_json::to_value(report).map_err(std::io::Error::other)? })
    }
}

/// A line of names and a line of numbers for each row, nested names joined by a dot.
fn table(rows: &[Row], output: &mut Output) -> Result<(), CliError> {
    for (index, row) in rows.iter().enumerate() {
        let mut columns = Vec::new();
        flatten("", &row.figures, &mut columns);
        let (mut names, mut values): (Vec<String>, Vec<String>) = columns.into_iter().unzip();
        if let Some(of) = &row.of {
            let (key, value) = of.split_once('=').unwrap_or(("scenario", of));
            names.insert(0, key.to_owned());
            values.insert(0, value.to_owned());
        }
        if index == 0 {
            output.line(&names.join(","))?;
        }
        output.line(&values.join(","))?;
    }
    Ok(())
}

fn flatten(name: &str, value: &Value, columns: &mut Vec<(String, String)>) {
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                let name = if name.is_empty() { key.clone() } else { format!("{name}.{key}") };
                flatten(&name, value, columns);
            }
        }
        Value::Number(number) => columns.push((name.to_owned(), number.to_string())),
        // Words (where a figure comes from) are for the JSON.
        _ => {}
    }
}

fn series(format: Format, scenario: &Scenario, output: &mut Output) -> Result<(), CliError> {
    let moments = sim::series(scenario, SERIES_ROWS);
    if format == Format::Json {
        return Ok(output.json(&moments)?);
    }
    output.line("from_s,requests,completed,throttled,cold_starts,latency_mean_ms,instances,running,function")?;
    for it in &moments {
        output.line(&format!(
            "{},{},{},{},{},{},{},{},{}",
            it.from_s,
            it.requests,
            it.completed,
            it.throttled,
            it.cold_starts,
            it.latency_mean_ms,
            it.instances,
            it.running,
            it.function
        ))?;
    }
    Ok(())
}

fn trace(scenario: &Scenario, path: &Path) -> Result<(), CliError> {
    let failed = |error: std::io::Error| CliError::Input(format!("cannot write {}: {error}", path.display()));
    let mut file = BufWriter::new(File::create(path).map_err(failed)?);
    for request in sim::requests(scenario) {
        serde_json::to_writer(&mut file, &request).map_err(|error| failed(error.into()))?;
        file.write_all(b"\n").map_err(failed)?;
    }
    file.flush().map_err(failed)
}

fn sweep(it: &Arguments, scenario: &Scenario, range: &str, output: &mut Output) -> Result<Outcome, CliError> {
    let refused = |problem: sim::Problem| CliError::Input(format!("--sweep {range}: {}", problem.message));
    let watch = Watch::begin();
    let mut rows = Vec::new();
    let mut lines = Vec::new();
    for assignment in sim::sweep(range).map_err(refused)? {
        let mut scenario = scenario.clone();
        scenario.set(&assignment).map_err(refused)?;
        if watch.is_stopped() {
            break;
        }
        let report = watch.run(&scenario);
        lines.push(format!(
            "{:<34} {:>9.3} {:>9.1} {:>9.1} {:>9.2} {:>9} {:>10.2}",
            assignment,
            report.cold_ratio * 100.0,
            report.latency_ms.p50,
            report.latency_ms.p99,
            report.instances.mean,
            report.throttled,
            report.cost_usd.per_million
        ));
        rows.push(Row::of(Some(assignment), &report)?);
    }
    match it.format {
        Format::Json => output.json(&rows)?,
        Format::Csv => table(&rows, output)?,
        Format::Text => {
            output.line(&format!(
                "{:<34} {:>9} {:>9} {:>9} {:>9} {:>9} {:>10}",
                "", "cold %", "p50 ms", "p99 ms", "instances", "throttled", "$/million"
            ))?;
            for line in lines {
                output.line(&line)?;
            }
        }
    }
    Ok(watch.outcome())
}

fn compare(it: &Arguments, a: &str, b: &str, folder: Option<&Path>, output: &mut Output) -> Result<Outcome, CliError> {
    let watch = Watch::begin();
    let mut reports = Vec::new();
    for wanted in [a, b] {
        let scenario = changed(it, find(Some(wanted), folder)?)?;
        reports.push(watch.run(&scenario));
    }
    let [before, after] = reports.as_slice() else { return Ok(watch.outcome()) };
    match it.format {
        Format::Json => {
            let rows = [Row::of(Some(a.to_owned()), before)?, Row::of(Some(b.to_owned()), after)?];
            output.json(&serde_json::json!({ "explanation": sim::explain(before, after), "runs": rows }))?;
        }
        Format::Csv => table(&[Row::of(Some(a.to_owned()), before)?, Row::of(Some(b.to_owned()), after)?], output)?,
        Format::Text => {
            for row in crate::app::row::wrapped(crate::app::row::Ui::Text, &sim::explain(before, after), 80) {
                output.line(&row.text())?;
            }
            output.line("")?;
            output.line(&format!("{:<26} {:>18} {:>18}", "", cut(a), cut(b)))?;
            for name in [
                "requests",
                "cold_starts",
                "cold_ratio",
                "throttled",
                "timed_out",
                "latency_ms.mean",
                "latency_ms.p50",
                "latency_ms.p99",
                "instances.mean",
                "instances.max",
                "database.max_connections",
                "cost_usd.total",
                "cost_usd.per_million",
            ] {
                let figure = |report: &Report| report.figure(name).map_or_else(String::new, |it| format!("{it:.4}"));
                output.line(&format!("{name:<26} {:>18} {:>18}", figure(before), figure(after)))?;
            }
        }
    }
    Ok(watch.outcome())
}

/// A name short enough for the head of a column.
fn cut(name: &str) -> &str {
    let name = name.rsplit('/').next().unwrap_or(name);
    crate::app::row::fit(name, 18)
}
