//! Cold and warm times side by side: measured here, simulated, and measured in the cloud, with what each includes.

use super::call::Ran;
use crate::app::row::{Row, Span, Ui, wrapped};
use crate::sim::{self, Report};

/// The runtime whose measured figures stand beside: that of the lesson's serverless.yml.
const RUNTIME: &str = "nodejs22.x";
const MEMORY_MB: u32 = 256;
/// The left and the right end of the axis, in milliseconds.
const AXIS_MS: (f64, f64) = (0.01, 1_000.0);
const LABEL_COLS: usize = 30;
const FIGURE_COLS: usize = 11;

/// Five places of a distribution, in milliseconds: 5, 25, 50, 75 and 95 %.
type Five = [f64; 5];

#[derive(Clone, Debug)]
pub(super) struct Comparison {
    question: u64,
    title: String,
    environment: Option<Five>,
    init: Option<Five>,
    /// Loading and initialising without the time that was waited.
    cold_computed: Option<Five>,
    warm: Option<Five>,
    warm_computed: Option<Five>,
    simulated_init: Option<Five>,
    /// 50, 90 and 99 %.
    simulated_answer: Option<[f64; 3]>,
}

impl Comparison {
    pub(super) fn begin(question: u64, title: &str) -> Self {
        Self {
            question,
            title: title.to_owned(),
            environment: None,
            init: None,
            cold_computed: None,
            warm: None,
            warm_computed: None,
            simulated_init: None,
            simulated_answer: None,
        }
    }

    pub(super) fn measured(&mut self, cold: &[Ran], warm: &[Ran]) {
        let of = |ran: &[Ran], value: &dyn Fn(&Ran) -> f64| five(ran.iter().map(value).collect());
        self.environment = of(cold, &|ran| ran.environment_ms);
        self.init = of(cold, &|ran| ran.load_ms + ran.init_ms);
        self.cold_computed = of(cold, &|ran| (ran.total_ms() - ran.waited_ms).max(0.0));
        let warm: Vec<Ran> = warm.iter().filter(|ran| !ran.is_cold()).cloned().collect();
        self.warm = of(&warm, &|ran| ran.handler_ms);
        self.warm_computed = of(&warm, &|ran| (ran.handler_ms - ran.waited_ms).max(0.0));
    }

    pub(super) fn simulated(&mut self, question: u64, report: &Report) {
        if question == self.question {
            let init = &report.init_ms;
            self.simulated_init = Some([init.p5, init.p25, init.p50, init.p75, init.p95]);
            self.simulated_answer = Some([report.latency_ms.p50, report.latency_ms.p90, report.latency_ms.p99]);
        }
    }

    pub(super) fn rows(&self, width: usize) -> Vec<Row> {
        let room = width.saturating_sub(LABEL_COLS + FIGURE_COLS).max(10);
        let mut rows =
            vec![Row::of([Span::ui(Ui::Strong, "Compared"), Span::ui(Ui::Muted, format!(" · {}", self.title))])];
        if self.environment.is_none() {
            rows.push(Row::ui(Ui::Muted, "measuring …"));
            return rows;
        }
        let cloud = sim::measured_init(RUNTIME, MEMORY_MB);
        let mut group = |title: &str, lines: Vec<(&str, Option<Five>, Ui)>| {
            rows.push(Row::ui(Ui::Muted, title));
            for (label, places, role) in lines {
                if let Some(places) = places {
                    rows.push(bar(label, &places, role, room));
                }
            }
        };
        group(
            "a cold start",
            vec![
                ("  here: environment made", self.environment, Ui::Cold),
                ("  here: load and init", self.init, Ui::Cold),
                ("  here: all, without waiting", self.cold_computed, Ui::Cold),
                ("  simulated: initialisation", self.simulated_init, Ui::Busy),
                ("  AWS, measured: init", cloud.map(|(places, ..)| places), Ui::Key),
            ],
        );
        group(
            "a warm call",
            vec![
                ("  here: handler", self.warm, Ui::Warm),
                ("  here: without waiting", self.warm_computed, Ui::Warm),
                (
                    "  simulated: whole answer",
                    self.simulated_answer.map(|[p50, p90, p99]| [p50, p50, p50, p90, p99]),
                    Ui::Busy,
                ),
            ],
        );
        rows.push(axis(room));
        rows.push(Row::default());
        rows.extend(words(cloud.map(|(_, source, as_of)| (source, as_of)), width));
        rows
    }
}

/// What the figures include, and what they do not.
fn words(cloud: Option<(&str, &str)>, width: usize) -> Vec<Row> {
    let mut said = vec![
        "Bars go from 5 to 95 %, thick from 25 to 75 %, with a mark at the median; the axis is logarithmic.".to_owned(),
        "Here: an environment is a process of this program with a small JavaScript engine. Making it, loading and \
         computing are measured on this machine; what the code waits for (40 ms for a connection, 3 ms for a query) is \
         counted and not slept. There is no network, no isolation by a virtual machine, no package to fetch."
            .to_owned(),
        "Simulated: drawn from the distributions that the scenario names, with 200 ms of initialisation code and the \
         connection on top of what AWS was measured to take; the warm line is the \
         whole answer with the handler's 40 ms, and a few cold ones are in it (50, 90 and 99 %)."
            .to_owned(),
    ];
    if let Some((source, as_of)) = cloud {
        said.push(format!(
            "AWS: the Init Duration of a Node.js 22 function that does nothing, 256 MB, from {source}, {as_of}. The \
             runtime's own start is in it; finding a place and fetching the package are not."
        ));
    }
    said.push(
        "So the shapes can be compared and the numbers cannot: a cold start here is far shorter, \
         because nearly all of a real one is what is missing here. What carries over is which part is paid once and \
         which each time."
            .to_owned(),
    );
    said.iter().flat_map(|text| wrapped(Ui::Muted, text, width)).collect()
}

fn five(mut values: Vec<f64>) -> Option<Five> {
    values.sort_by(f64::total_cmp);
    let last = values.len().checked_sub(1)?;
    Some([0.05, 0.25, 0.5, 0.75, 0.95].map(|share| values[(share * last as f64).round() as usize]))
}

fn column(ms: f64, room: usize) -> usize {
    let (low, high) = (libm::log10(AXIS_MS.0), libm::log10(AXIS_MS.1));
    let share = (libm::log10(ms.max(AXIS_MS.0)) - low) / (high - low);
    ((share.clamp(0.0, 1.0)) * (room - 1) as f64).round() as usize
}

/// One distribution on the axis, and its median in figures.
fn bar(label: &str, places: &Five, role: Ui, room: usize) -> Row {
    let at = places.map(|ms| column(ms, room));
    let cell = |x: usize| match x {
        x if x == at[2] => '┃',
        x if (at[1]..=at[3]).contains(&x) => '▬',
        x if (at[0]..=at[4]).contains(&x) => '─',
        _ => ' ',
    };
    Row::of([
        Span::ui(Ui::Text, format!("{label:<LABEL_COLS$}")),
        Span::ui(role, (0..room).map(cell).collect::<String>()),
        Span::ui(Ui::Strong, format!("{:>FIGURE_COLS$}", super::rows::ms(places[2]))),
    ])
}

fn axis(room: usize) -> Row {
    let mut cells = vec!['·'; room];
    let mut ms = AXIS_MS.0;
    while ms <= AXIS_MS.1 * 1.01 {
        let label = if ms < 1.0 { format!("{ms}") } else { format!("{ms:.0}") };
        let x = column(ms, room).min(room - label.len().min(room));
        for (offset, c) in label.chars().enumerate() {
            cells[x + offset] = c;
        }
        ms *= 10.0;
    }
    Row::of([
        Span::ui(Ui::Muted, format!("{:<LABEL_COLS$}", "")),
        Span::ui(Ui::Muted, cells.into_iter().collect::<String>()),
        Span::ui(Ui::Muted, " ms, median"),
    ])
}
