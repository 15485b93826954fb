//! Times as marks on a common scale: measured here, from the simulation, and from the cloud.
//!
//! Pure: numbers in, rows out, for the screen and for a pipe. What each figure includes is said below it, since
//! they are not of the same thing.

use serde::Serialize;

use crate::app::row::{Row, Span, Ui, wrapped};
use crate::app::size::measure;
use crate::sim::{self, Outcome, Scenario};

/// Columns of the names, and of the medians.
const NAME_COLS: usize = 19;
const VALUE_COLS: usize = 11;
/// Runs of the simulation with a seed each, so that there are cold starts enough.
const SIMULATED_RUNS: u64 = 100;
const SIMULATED_REQUESTS: u32 = 20;

/// Where the time of one invocation went. The first three are 0 for a warm start.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Took {
    pub environment_ms: f64,
    pub load_ms: f64,
    pub init_ms: f64,
    pub handler_ms: f64,
    /// The part of init and handler that was waiting; it is counted and not sat through.
    pub waited_ms: f64,
}

impl Took {
    pub fn total_ms(&self) -> f64 {
        self.environment_ms + self.load_ms + self.init_ms + self.handler_ms
    }

    fn computing_ms(&self) -> f64 {
        (self.total_ms() - self.waited_ms).max(0.0)
    }
}

/// Many invocations of one function.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Measured {
    /// As `serverless.yml` says, for the figures of the cloud.
    pub runtime: String,
    pub memory_mb: u32,
    pub cold: Vec<Took>,
    pub warm: Vec<Took>,
}

/// Percentiles of a duration in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Percentiles {
    pub p5: f64,
    pub p25: f64,
    pub p50: f64,
    pub p75: f64,
    pub p95: f64,
}

impl Percentiles {
    /// `None` of nothing. A percentile is the smallest value that at least so many percent do not exceed.
    pub fn of(values: impl IntoIterator<Item = f64>) -> Option<Self> {
        let mut sorted: Vec<f64> = values.into_iter().collect();
        sorted.sort_by(f64::total_cmp);
        let n = sorted.len();
        let at = |share: f64| sorted.get(((share * n as f64).ceil() as usize).clamp(1, n.max(1)) - 1).copied();
        Some(Self { p5: at(0.05)?, p25: at(0.25)?, p50: at(0.5)?, p75: at(0.75)?, p95: at(0.95)? })
    }
}

/// Where a duration is from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    Here,
    Simulation,
    Cloud,
}

/// One line of the picture.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Line {
    pub source: Source,
    pub name: String,
    #[serde(flatten)]
    pub spread: Percentiles,
}

/// Lines that are of the same kind of start.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Group {
    pub title: String,
    pub lines: Vec<Line>,
}

/// The same function in its three places.
pub fn compared(name: &str, measured: &Measured, scenario: Option<&Scenario>) -> Vec<Group> {
    let here = |name: &str, took: &[Took], of: fn(&Took) -> f64| {
        let spread = Percentiles::of(took.iter().map(of));
        spread.map(|spread| Line { source: Source::Here, name: name.to_owned(), spread })
    };
    let Measured { cold, warm, .. } = measured;
    let whole = |took: &[Took]| {
        let waits = took.iter().any(|it| it.waited_ms > 0.0);
        let computing = here("here, computing", took, Took::computing_ms).filter(|_| waits);
        here("here", took, Took::total_ms).into_iter().chain(computing).collect::<Vec<_>>()
    };
    let (mut first, mut again) = (whole(cold), whole(warm));
    let mut inits = Vec::from_iter(here("here", cold, |it| it.load_ms + it.init_ms));
    if let Some((cold_ms, init_ms, warm_ms)) = scenario.map(simulated) {
        for (lines, values) in [(&mut first, cold_ms), (&mut inits, init_ms), (&mut again, warm_ms)] {
            let spread = Percentiles::of(values);
            lines.extend(spread.map(|spread| Line { source: Source::Simulation, name: "simulation".into(), spread }));
        }
    }
    for architecture in ["x86_64", "arm64"] {
        let known = sim::measured_init_ms(&measured.runtime, architecture, measured.memory_mb);
        inits.extend(known.map(|[p5, p25, p50, p75, p95]| Line {
            source: Source::Cloud,
            name: format!("AWS Lambda {}", architecture.trim_end_matches("_64")),
            spread: Percentiles { p5, p25, p50, p75, p95 },
        }));
    }
    [("cold, until the answer", first), ("cold, the Init Duration alone", inits), ("warm, until the answer", again)]
        .into_iter()
        .filter(|(_, lines)| !lines.is_empty())
        .map(|(title, lines)| Group { title: format!("{name}: {title}"), lines })
        .collect()
}

/// Milliseconds of the scenario's cold requests, of their initialisation, and of its warm requests.
fn simulated(scenario: &Scenario) -> (Vec<f64>, Vec<f64>, Vec<f64>) {
    let (mut cold, mut inits, mut connects, mut warm) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut connects_each_time = false;
    for seed in 0..SIMULATED_RUNS {
        let mut scenario = scenario.clone().with_seed(seed);
        // Where a scenario says its length otherwise, it runs as long as it does.
        let _ = scenario.set(&format!("run.requests={SIMULATED_REQUESTS}"));
        for request in sim::requests(&scenario).take(SIMULATED_REQUESTS as usize) {
            match request.outcome {
                Outcome::Completed if request.cold => {
                    cold.push(request.latency_ms);
                    inits.push(request.phases_ms.runtime_ms + request.phases_ms.init_ms);
                    connects.push(request.phases_ms.connect_ms);
                }
                Outcome::Completed => {
                    warm.push(request.latency_ms);
                    connects_each_time |= request.phases_ms.connect_ms > 0.0;
                }
                _ => {}
            }
        }
    }
    // A connection that every call opens is the handler's affair and no part of the initialisation.
    if !connects_each_time {
        inits.iter_mut().zip(connects).for_each(|(init, connect)| *init += connect);
    }
    (cold, inits, warm)
}

const READING: &str = "Each bar goes from the 5th to the 95th percentile, its thick part holds the middle half, ◆ is the median. The scale \
    is logarithmic.";
const HERE: &str = "Here: a process and a JavaScript engine are started, the files loaded, the code outside the handler run. All that is \
    real and measured on this machine; waiting for the database and for timers is counted, not sat through, and \
    \u{201c}computing\u{201d} is what is left without it.";
const SCENARIO: &str = "Simulation: also finds a place in the data centre, fetches the package over the network, starts the whole of Node.js, \
    and loads libraries. None of these happens here, so its cold start is longer, and it varies from request to \
    request where the stand-in database here never does.";
const CLOUD: &str = "AWS Lambda: initialisation of an almost empty Node.js function as the platform reported it, about 770 cold starts \
    of each kind from May to August 2026 (github.com/maxday/lambda-perf). Neither finding a place nor a connection to a \
    database is in it. What carries over from here to there is the shape, not the milliseconds.";
const FROM_HERE: &str = "Simulation: the same code on AWS Lambda. It computes and waits as it did here; finding a place in the data centre, \
    fetching the package and starting the whole of Node.js come before it, and nearly all of a cold start is these.";

/// What the simulation is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Simulated {
    /// A scenario of the course.
    Scenario,
    /// What was measured here, in the cloud's place.
    Here,
}

/// What the figures include, and in what they differ; the first says how the picture is read.
pub fn words(simulated: Simulated) -> [&'static str; 4] {
    [READING, HERE, if simulated == Simulated::Scenario { SCENARIO } else { FROM_HERE }, CLOUD]
}

/// Draws groups of lines on one scale in `width` columns.
pub fn picture(groups: &[Group], width: usize) -> Vec<Row> {
    let spreads = || groups.iter().flat_map(|group| &group.lines).map(|line| line.spread);
    let plot = width.saturating_sub(NAME_COLS + VALUE_COLS).max(8);
    let low = libm::floor(libm::log10(spreads().map(|it| it.p5).fold(f64::INFINITY, f64::min).max(0.001)));
    let high = libm::ceil(libm::log10(spreads().map(|it| it.p95).fold(0.0, f64::max).max(0.01))).max(low + 1.0);
    if !low.is_finite() {
        return Vec::new();
    }
    let col = |ms: f64| {
        let share = (libm::log10(ms.max(1e-6)) - low) / (high - low);
        (share.clamp(0.0, 1.0) * (plot - 1) as f64).round() as usize
    };
    let mut rows = Vec::new();
    for group in groups {
        rows.push(Row::ui(Ui::Strong, group.title.clone()).cut(width));
        for line in &group.lines {
            rows.push(bar(line, plot, &col).cut(width));
        }
    }
    rows.push(scale(low, high, plot, &col).cut(width));
    rows
}

fn bar(line: &Line, plot: usize, col: &dyn Fn(f64) -> usize) -> Row {
    let role = match line.source {
        Source::Here => Ui::Warm,
        Source::Simulation => Ui::Partly,
        Source::Cloud => Ui::Cold,
    };
    let Percentiles { p5, p25, p50, p75, p95 } = line.spread;
    let mut cells = vec![' '; plot];
    cells[col(p5)..=col(p95)].fill('─');
    cells[col(p25)..=col(p75)].fill('━');
    cells[col(p50)] = '◆';
    Row::of([
        Span::ui(Ui::Text, format!("  {:<width$}", line.name, width = NAME_COLS - 2)),
        Span::ui(Ui::Strong, format!("{:>width$}  ", say_ms(p50), width = VALUE_COLS - 2)),
        Span::ui(role, cells.into_iter().collect::<String>().trim_end()),
    ])
}

/// The powers of ten below the bars, as many as find room.
fn scale(low: f64, high: f64, plot: usize, col: &dyn Fn(f64) -> usize) -> Row {
    let mut text = String::new();
    for power in low as i32..=high as i32 {
        let label = say_ms(libm::pow(10.0, f64::from(power)));
        let n = label.chars().count();
        let at = col(libm::pow(10.0, f64::from(power))).min(plot.saturating_sub(n));
        let used = text.chars().count();
        if at >= used + usize::from(used > 0) {
            text.push_str(&" ".repeat(at - used));
            text.push_str(&label);
        }
    }
    Row::ui(Ui::Muted, format!("{:width$}{text}", "", width = NAME_COLS + VALUE_COLS))
}

/// The picture and the words about it.
pub fn rows(groups: &[Group], simulated: Simulated, width: usize) -> Vec<Row> {
    let mut rows = picture(groups, width);
    for said in words(simulated) {
        rows.push(Row::default());
        rows.extend(wrapped(Ui::Muted, said, measure(width)));
    }
    rows
}

/// A duration with as many digits as mean something.
pub fn say_ms(ms: f64) -> String {
    match ms {
        ms if ms >= 9_995.0 => format!("{:.0} s", ms / 1000.0),
        ms if ms >= 999.5 => format!("{:.1} s", ms / 1000.0).replace(".0 s", " s"),
        ms if ms >= 99.95 => format!("{ms:.0} ms"),
        ms if ms >= 0.9995 => format!("{ms:.1} ms").replace(".0 ms", " ms"),
        ms if ms >= 0.0995 => format!("{ms:.2} ms"),
        ms => format!("{:.0} µs", ms * 1000.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_stand_on_one_scale_with_their_medians() {
        let line = |source, name: &str, ms: f64| Line {
            source,
            name: name.to_owned(),
            spread: Percentiles { p5: ms / 2.0, p25: ms * 0.8, p50: ms, p75: ms * 1.25, p95: ms * 2.0 },
        };
        let groups = [Group {
            title: "cold".to_owned(),
            lines: vec![line(Source::Here, "here", 5.0), line(Source::Simulation, "simulation", 400.0)],
        }];
        for width in [40, 60, 120] {
            let rows = picture(&groups, width);
            let place = |row: usize| rows[row].text().chars().position(|c| c == '◆').expect("a median");
            assert!(place(1) < place(2), "{rows:?}");
            assert!(rows.iter().all(|row| row.width() <= width), "{width}");
            assert!(rows[2].text().contains("400 ms") && rows[3].text().contains("1 s"), "{rows:?}");
        }
    }

    #[test]
    fn the_cloud_is_there_for_a_runtime_that_was_measured() {
        let cold = Took { environment_ms: 2.0, load_ms: 0.5, init_ms: 50.0, handler_ms: 40.0, waited_ms: 90.0 };
        let measured = Measured {
            runtime: "nodejs22.x".to_owned(),
            memory_mb: 256,
            cold: vec![cold; 3],
            warm: vec![Took { handler_ms: 40.0, waited_ms: 40.0, ..Took::default() }; 3],
        };
        let groups = compared("outside", &measured, None);
        let lambda = groups.iter().flat_map(|group| &group.lines).find(|line| line.source == Source::Cloud);
        // As in assets/sim/cold_starts.csv.
        assert!((lambda.expect("measured").spread.p50 - 144.9).abs() < 0.01);
        let here = groups[0].lines.iter().map(|line| line.spread.p50).collect::<Vec<_>>();
        assert_eq!((groups.len(), here), (3, vec![92.5, 2.5]), "all of it, and without waiting");
        let unknown = Measured { runtime: "none".to_owned(), ..measured };
        assert!(compared("f", &unknown, None).iter().flat_map(|it| &it.lines).all(|it| it.source == Source::Here));
    }

    #[test]
    fn durations_are_said_with_the_digits_that_mean_something() {
        let said = [0.0163, 0.5, 3.24, 40.0, 412.3, 1_000.0, 12_345.0].map(say_ms);
        assert_eq!(said, ["16 µs", "0.50 ms", "3.2 ms", "40 ms", "412 ms", "1 s", "12 s"]);
    }
}
