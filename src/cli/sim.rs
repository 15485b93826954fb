//! `coldstart sim`: a simulation without the screen; one run, a row of runs, or two compared.

mod rows;
mod summary;
mod traffic;
mod watch;

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use self::rows::{Row, table};
use self::watch::Watch;
use super::output::Output;
use super::{CliError, Outcome, open_course};
use crate::app::row;
use crate::content;
use crate::course::{Course, Task};
use crate::sim::{self, Report, Scenario};

#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  coldstart sim sparse-api --set platform.keep_alive.s=60 --seed 7\n  coldstart sim sparse-api:k60:s7\n  coldstart sim sparse-api --sweep platform.keep_alive.s=0..60:10 --format csv\n  coldstart sim --compare sparse-api sparse-api:k60\n  coldstart sim my.toml --traffic mine.csv --format json"
)]
pub(super) struct Arguments {
    /// A scenario file, the name of one of the course's, or a run's code; without it the first on the course's pages
    #[arg(value_name = "SCENARIO.toml|NAME|CODE")]
    scenario: Option<String>,
    /// Changes one value of the scenario; may be repeated
    #[arg(long, value_name = "KEY=VALUE")]
    set: Vec<String>,
    /// A recorded trace in place of the scenario's traffic: `minute,requests`, or a line for each function
    #[arg(long, value_name = "FILE.csv")]
    traffic: Option<PathBuf>,
    /// Of a traffic file with a line for each function, the one to take, from 0
    #[arg(long, value_name = "N", requires = "traffic", default_value_t = 0)]
    function: usize,
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

/// Rows of a series: as many as a plot can show.
const SERIES_ROWS: usize = 500;
/// Columns of a paragraph.
const TEXT_COLS: usize = 80;

pub(super) fn run(it: &Arguments, folder: Option<&Path>, output: &mut Output) -> Result<Outcome, CliError> {
    if let [a, b] = it.compare.as_slice() {
        return compare(it, a, b, folder, output);
    }
    let scenario = changed(it, find(it.scenario.as_deref(), folder)?)?;
    if let Some(range) = &it.sweep {
        return sweep(it, &scenario, range, output);
    }
    // To trace is a run of its own, which is all when there is one replication.
    let runs_again = it.series || scenario.replications() > 1;
    let mut watch = Watch::of(1 + usize::from(it.trace.is_some() && runs_again));
    let traced = it.trace.as_ref().map(|path| trace(&scenario, path, &mut watch)).transpose()?;
    if it.series {
        let moments = sim::series(&scenario, SERIES_ROWS, &mut |progress| watch.look(progress));
        let outcome = watch.finish();
        match it.format {
            Format::Json => output.json(&moments)?,
            Format::Csv | Format::Text => rows::moments(&moments, output)?,
        }
        return Ok(outcome);
    }
    let report = match traced {
        Some(report) if !runs_again || watch.is_stopped() => report,
        _ => watch.run(&scenario),
    };
    let outcome = watch.finish();
    match it.format {
        Format::Json => output.json(&report)?,
        Format::Csv => table(&[Row::of(None, &report)?], output)?,
        Format::Text => summary::write(&scenario, &report, output)?,
    }
    Ok(outcome)
}

/// The scenario with what the options change in it.
fn changed(it: &Arguments, mut scenario: Scenario) -> Result<Scenario, CliError> {
    if let Some(path) = &it.traffic {
        let counts = traffic::read(path, it.function)?;
        let refused = |problem: sim::Problem| CliError::Input(format!("{}: {}", path.display(), problem.message));
        scenario.set_traffic(&counts).map_err(refused)?;
    }
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
    if let Some(path) = wanted.filter(|it| it.contains('/') || it.ends_with(".toml")) {
        return Err(CliError::Input(format!("{path} is no file; name a scenario file, or a scenario of the course")));
    }
    let course = open_course(folder)?;
    let name = match wanted {
        Some(wanted) => wanted.to_owned(),
        None => first_on_a_page(&course)
            .ok_or_else(|| CliError::Input("no page of this course has a simulation; name a scenario file".into()))?,
    };
    course.scenario(&name).map_err(|why| {
        let all = course.scenarios.keys().cloned().collect::<Vec<_>>().join(", ");
        CliError::Input(format!("{why}; the course has {all}"))
    })
}

fn first_on_a_page(course: &Course) -> Option<String> {
    course.pages().flat_map(|page| &page.widgets).find_map(|widget| match &widget.task {
        Task::Simulation(task) => Some(task.scenario.clone()),
        _ => None,
    })
}

/// Writes every request of the run, of its first replication when there are several. The report is of the run until it was
/// stopped.
fn trace(scenario: &Scenario, path: &Path, watch: &mut Watch) -> Result<Report, CliError> {
    /// Lines between two looks at the clock: a millisecond of work.
    const LINES_PER_LOOK: usize = 500;
    let failed = |error: std::io::Error| CliError::Input(format!("cannot write {}: {error}", path.display()));
    let mut file = BufWriter::new(File::create(path).map_err(failed)?);
    let mut requests = sim::requests(scenario);
    for line in 1usize.. {
        let Some(request) = requests.next() else { break };
        serde_json::to_writer(&mut file, &request).map_err(|error| failed(error.into()))?;
        file.write_all(b"\n").map_err(failed)?;
        if line.is_multiple_of(LINES_PER_LOOK) && watch.look(requests.progress()).is_break() {
            break;
        }
    }
    file.flush().map_err(failed)?;
    watch.next_run();
    Ok(requests.report())
}

fn sweep(it: &Arguments, scenario: &Scenario, range: &str, output: &mut Output) -> Result<Outcome, CliError> {
    let refused = |problem: sim::Problem| CliError::Input(format!("--sweep {range}: {}", problem.message));
    let assignments = sim::sweep(range).map_err(refused)?;
    let mut watch = Watch::of(assignments.len());
    let mut rows = Vec::new();
    let mut lines = Vec::new();
    for assignment in assignments {
        if watch.is_stopped() {
            break;
        }
        let mut scenario = scenario.clone();
        scenario.set(&assignment).map_err(refused)?;
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
    let outcome = watch.finish();
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
    Ok(outcome)
}

fn compare(it: &Arguments, a: &str, b: &str, folder: Option<&Path>, output: &mut Output) -> Result<Outcome, CliError> {
    let scenarios = [changed(it, find(Some(a), folder)?)?, changed(it, find(Some(b), folder)?)?];
    let mut watch = Watch::of(2);
    let mut reports = Vec::new();
    for scenario in &scenarios {
        if !watch.is_stopped() {
            reports.push(watch.run(scenario));
        }
    }
    // Runs of unequal length differ by their length too: then the figures speak for themselves.
    let explanation = match reports.as_slice() {
        [before, after] if !watch.is_stopped() => Some(sim::explain(before, after)),
        _ => None,
    };
    let outcome = watch.finish();
    let named = || [a, b].into_iter().zip(&reports);
    let rows: Vec<Row> =
        named().map(|(name, report)| Row::of(Some(name.to_owned()), report)).collect::<Result<_, _>>()?;
    match it.format {
        Format::Json => output.json(&serde_json::json!({ "explanation": explanation, "runs": rows }))?,
        Format::Csv => table(&rows, output)?,
        Format::Text => {
            for row in row::wrapped(row::Ui::Text, &explanation.unwrap_or_default(), TEXT_COLS) {
                output.line(&row.text())?;
            }
            let columns = |of: &dyn Fn(&str, &Report) -> String| {
                named().map(|(name, report)| format!(" {:>18}", of(name, report))).collect::<Vec<_>>().concat()
            };
            output.line("")?;
            output.line(&format!("{:<26}{}", "", columns(&|name, _| cut(name).to_owned())))?;
            for name in COMPARED {
                output.line(&format!("{name:<26}{}", columns(&|_, report| figure(report, name))))?;
            }
        }
    }
    Ok(outcome)
}

/// The figures that a comparison shows to people.
const COMPARED: [&str; 13] = [
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
];

/// Nothing where the run has no such figure.
fn figure(report: &Report, name: &str) -> String {
    report.figure(name).map(sim::figures).unwrap_or_default()
}

/// A name short enough for the head of a column.
fn cut(name: &str) -> &str {
    let name = name.rsplit('/').next().unwrap_or(name);
    row::fit(name, 18)
}
