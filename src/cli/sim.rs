//! `coldstart sim`: a simulation without the screen.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use clap::{Args, ValueEnum};

use super::output::{self, Output};
use super::{CliError, Outcome, open_course};
use crate::content;
use crate::course::{Course, Task, nearest_hint};
use crate::sim::{self, Report, Scenario};

#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  coldstart sim sparse-api --set platform.keep_alive.s=60 --seed 7\n  coldstart sim my.toml --format json"
)]
pub(super) struct Arguments {
    /// A scenario file, or the name of one of the course's; without it the first on the course's pages
    #[arg(value_name = "SCENARIO.toml")]
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
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
    Csv,
}

/// Below this a line of progress would only flicker.
const QUIET: Duration = Duration::from_millis(500);

pub(super) fn run(it: &Arguments, folder: Option<&Path>, output: &mut Output) -> Result<Outcome, CliError> {
    let mut scenario = find(it.scenario.as_deref(), folder)?;
    for assignment in &it.set {
        scenario
            .set(assignment)
            .map_err(|problem| CliError::Input(format!("--set {assignment}: {}", problem.message)))?;
    }
    if let Some(seed) = it.seed {
        scenario = scenario.with_seed(seed);
    }
    if let Some(n) = it.replications {
        scenario
            .set(&format!("run.replications={n}"))
            .map_err(|problem| CliError::Input(format!("--replications {n}: {}", problem.message)))?;
    }
    let (report, stopped) = watched(&scenario);
    match it.format {
        Format::Json => output.json(&report)?,
        Format::Csv => csv(&report, output)?,
        Format::Text => text(&scenario, &report, output)?,
    }
    if stopped {
        output::remark("stopped; the figures are of what had run until then");
        return Ok(Outcome::Signal(signal_hook::consts::SIGINT));
    }
    Ok(Outcome::Done)
}

fn find(wanted: Option<&str>, folder: Option<&Path>) -> Result<Scenario, CliError> {
    if let Some(wanted) = wanted {
        let path = PathBuf::from(wanted);
        if path.is_file() {
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
    }
    let course = open_course(folder)?;
    let name = match wanted {
        Some(wanted) => wanted.to_owned(),
        None => first_on_a_page(&course)
            .ok_or_else(|| CliError::Input("no page of this course has a simulation; name a scenario file".into()))?,
    };
    course.scenarios.get(&name).cloned().ok_or_else(|| {
        let near = nearest_hint(&name, course.scenarios.keys().map(String::as_str));
        let all = course.scenarios.keys().cloned().collect::<Vec<_>>().join(", ");
        CliError::Input(format!("no scenario and no file `{name}`{near}; the course has {all}"))
    })
}

fn first_on_a_page(course: &Course) -> Option<String> {
    course.pages().flat_map(|page| &page.widgets).find_map(|widget| match &widget.task {
        Task::Simulation(task) => Some(task.scenario.clone()),
        _ => None,
    })
}

/// Runs with a line of progress when it takes long; Ctrl-C ends it with what is known so far.
fn watched(scenario: &Scenario) -> (Report, bool) {
    let stop = Arc::new(AtomicBool::new(false));
    // Where no handler can be set, Ctrl-C ends the process as it would without us.
    let handler = signal_hook::flag::register(signal_hook::consts::SIGINT, Arc::clone(&stop));
    let begun = Instant::now();
    let mut said = begun;
    let mut shown = false;
    let report = sim::run_watched(scenario, &mut |progress| {
        if begun.elapsed() > QUIET && said.elapsed() > Duration::from_millis(100) {
            said = Instant::now();
            shown = true;
            output::progress(&format!("{:3.0} %  {} requests", progress.fraction * 100.0, progress.requests));
        }
        if stop.load(Ordering::Relaxed) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    if shown {
        output::progress("");
    }
    if let Ok(handler) = handler {
        signal_hook::low_level::unregister(handler);
    }
    (report, stop.load(Ordering::Relaxed))
}

fn text(scenario: &Scenario, report: &Report, output: &mut Output) -> Result<(), CliError> {
    output.line(&format!("{}   (seed {})", scenario.title, report.seed))?;
    let latency = &report.latency_ms;
    let instances = &report.instances;
    let rows = [
        ("simulated", format!("{:.1} s", report.simulated_s)),
        (
            "requests",
            format!(
                "{} ({} completed, {} throttled, {} timed out)",
                report.requests, report.completed, report.throttled, report.timed_out
            ),
        ),
        ("cold starts", format!("{} ({:.2} % of requests)", report.cold_starts, report.cold_ratio * 100.0)),
        (
            "latency",
            format!(
                "mean {:.1} ms, p50 {:.1}, p90 {:.1}, p95 {:.1}, p99 {:.1}, max {:.1}",
                latency.mean, latency.p50, latency.p90, latency.p95, latency.p99, latency.max
            ),
        ),
        (
            "instances",
            format!(
                "mean {:.2} ({:.2} running, {:.2} idle), at most {}",
                instances.mean, instances.mean_running, instances.mean_idle, instances.max
            ),
        ),
        ("cost", format!("${:.6} in all", report.cost_usd.total)),
    ];
    for (label, value) in rows {
        output.line(&format!("{label:<12} {value}"))?;
    }
    Ok(())
}

/// One line of names and one of numbers, nested names joined by a dot.
fn csv(report: &Report, output: &mut Output) -> Result<(), CliError> {
    let value = serde_json::to_value(report).map_err(std::io::Error::other)?;
    let mut columns = Vec::new();
    flatten("", &value, &mut columns);
    let (names, values): (Vec<String>, Vec<String>) = columns.into_iter().unzip();
    output.line(&names.join(","))?;
    output.line(&values.join(","))?;
    Ok(())
}

fn flatten(name: &str, value: &serde_json::Value, columns: &mut Vec<(String, String)>) {
    match value {
        serde_json::Value::Object(fields) => {
            for (key, value) in fields {
                let name = if name.is_empty() { key.clone() } else { format!("{name}.{key}") };
                flatten(&name, value, columns);
            }
        }
        serde_json::Value::Number(number) => columns.push((name.to_owned(), number.to_string())),
        // Words (where a figure comes from) are for the JSON.
        _ => {}
    }
}
