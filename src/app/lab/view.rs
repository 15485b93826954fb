//! The lab laid out as rows, and what each cell of them stands for when it is clicked.
//!
//! Each state has a mark of its own, so that nothing is told by colour alone.

use super::chart::{AXIS_COLS, Chart, chart, legend, sparklines};
use super::detail;
use super::figures::{dollars, duration, ms, per_month, round, totals};
use super::{Lab, Part, Play, Prediction, Watched, flow};
use crate::app::Size;
use crate::app::row::{Row, Span, Ui, wrapped};
use crate::sim::{InstanceState, InstanceView, RequestView, RunCode};

/// The widest the lab is.
const MOST_COLS: u16 = 150;
/// From this width on two charts stand side by side, and knobs beside totals with the run before.
const WIDE_COLS: usize = 110;
/// From this height on there is room for air.
const ROOMY_ROWS: usize = 24;
/// Below this a chart, its axis included, shows nothing.
const LEAST_CHART_ROWS: usize = 5;
/// What a flow's diagram leaves for the knob at hand and the most telling figure.
const LEAST_PANEL_ROWS: usize = 2;

/// The rows of the lab and what can be clicked in them.
#[derive(Clone, Debug, Default)]
pub struct View {
    pub rows: Vec<Row>,
    targets: Vec<(Area, Target)>,
}

/// Columns and a row of [`View::rows`].
#[derive(Clone, Debug, PartialEq, Eq)]
struct Area {
    cols: std::ops::Range<usize>,
    row: usize,
}

/// What a click means.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Target {
    Knob(usize),
    Request(u64),
    Instance(u64),
    /// A moment of the run, in simulated seconds.
    Moment(f64),
}

impl View {
    /// What stands at a cell of the screen.
    pub(super) fn target_at(&self, size: Size, col: u16, row: u16) -> Option<Target> {
        let row = usize::from(row.checked_sub(1)?);
        let col = usize::from(col.checked_sub(left_cols(size.cols))?);
        let hit = |(area, _): &&(Area, Target)| area.row == row && area.cols.contains(&col);
        // The one drawn last lies on top.
        self.targets.iter().rev().find(hit).map(|(_, target)| *target)
    }

    fn push(&mut self, row: Row) {
        self.rows.push(row);
    }

    fn extend(&mut self, rows: impl IntoIterator<Item = Row>) {
        self.rows.extend(rows);
    }

    fn target(&mut self, cols: std::ops::Range<usize>, row: usize, target: Target) {
        self.targets.push((Area { cols, row }, target));
    }
}

/// Columns left of the lab on a screen of `cols`.
pub fn left_cols(cols: u16) -> u16 {
    cols.saturating_sub(MOST_COLS) / 2 + 1
}

impl Lab {
    /// The whole lab for the size at hand.
    pub(super) fn lay_out_view(&self) -> View {
        let width = usize::from(self.size.cols.min(MOST_COLS)).saturating_sub(2).max(1);
        let height = self.size.body_rows();
        let mut view = View::default();
        view.extend(self.question(width));
        if self.asks_first() {
            view.push(Row::default());
            self.knob_rows(&mut view, width, 0);
            return view;
        }
        let roomy = height >= ROOMY_ROWS;
        self.clock(&mut view, width);
        self.instances(&mut view, width, if roomy { 2 } else { 1 });
        // What a guess taught is worth more than the picture; else the picture has its least.
        let picture = self.flow_rows(width, height.saturating_sub(view.rows.len() + 1 + LEAST_PANEL_ROWS));
        let lent = match self.part {
            Part::Lesson => 0,
            Part::Knobs => (picture.len() + 1).max(LEAST_CHART_ROWS + 2),
            _ => LEAST_CHART_ROWS + 2,
        };
        let panel = self.panel(width, height.saturating_sub(view.rows.len() + lent));
        let left = height.saturating_sub(view.rows.len() + panel.rows.len() + if roomy { 2 } else { 1 });
        if !picture.is_empty() && picture.len() <= left {
            let below = (left - picture.len()).saturating_sub(1);
            view.extend(picture);
            view.push(flow::legend(width));
            if below > LEAST_CHART_ROWS + 1 {
                self.charts(&mut view, width, below - 1, false);
                view.push(legend(width));
            }
        } else if left >= LEAST_CHART_ROWS {
            let sparks = left >= LEAST_CHART_ROWS + 4;
            self.charts(&mut view, width, left - if sparks { 2 } else { 0 }, sparks);
            view.push(legend(width));
        }
        if roomy {
            view.push(Row::default());
        }
        let below = view.rows.len();
        view.extend(panel.rows);
        for (Area { cols, row }, target) in panel.targets {
            view.target(cols, below + row, target);
        }
        view
    }

    /// The flow on its diagram, in the middle of `width` columns, in at most `most_rows` rows; nothing when there is
    /// none, when it is larger, or when the chart is wanted.
    fn flow_rows(&self, width: usize, most_rows: usize) -> Vec<Row> {
        let Some(flow) = self.flow.as_ref().filter(|_| !self.shows_chart) else { return Vec::new() };
        let mut rows = flow.rows(&self.watched.sim, &self.report(), self.now_ms, (width, most_rows));
        if rows.len() > most_rows {
            return Vec::new();
        }
        let drawn = rows.iter().map(Row::width).max().unwrap_or(0);
        let indent = " ".repeat(width.saturating_sub(drawn) / 2);
        for row in &mut rows {
            row.spans.insert(0, Span::ui(Ui::Text, indent.clone()));
        }
        rows
    }

    /// The simulation as it stands in a page, in `width` columns.
    pub fn card(&self, width: usize) -> Vec<Row> {
        let report = self.report();
        let mut view = View::default();
        view.extend(self.question(width));
        if let Prediction::Judged { predict, .. } = &self.prediction {
            view.extend(wrapped(Ui::Text, &predict.why, width));
        }
        self.clock(&mut view, width);
        self.instances(&mut view, width, 1);
        let picture = self.flow_rows(width, usize::MAX);
        if picture.is_empty() {
            let requests: Vec<&RequestView> = self.watched.sim.recent().collect();
            view.extend(chart(&requests, self.watched.clock_s, None, width, 7).rows);
            view.push(legend(width));
        } else {
            view.extend(picture);
            view.push(flow::legend(width));
        }
        let latency = format!("  p50 {}  p99 {}", ms(report.latency_ms.p50), ms(report.latency_ms.p99));
        let spans = [
            Span::ui(Ui::Text, format!("{} requests  ", report.requests)),
            Span::ui(Ui::Cold, format!("◆ {} cold ({:.1} %)", report.cold_starts, report.cold_ratio * 100.0)),
            Span::ui(Ui::Text, latency),
        ];
        view.push(Row::of(spans).cut(width));
        view.rows
    }

    /// The command that makes this run again, on any machine.
    pub(super) fn command(&self) -> String {
        format!("coldstart sim {}", RunCode::of(&self.base.0, &self.base.1, self.scenario()))
    }

    fn question(&self, width: usize) -> Vec<Row> {
        let mut rows = Vec::new();
        match &self.prediction {
            Prediction::NotAsked => {}
            Prediction::Asking { predict, field } => {
                rows.push(Row::ui(Ui::Strong, "Predict first"));
                rows.extend(wrapped(Ui::Text, &predict.ask, width));
                for (letter, choice) in ('a'..).zip(&predict.choices) {
                    rows.push(
                        Row::of([Span::ui(Ui::Key, format!("  {letter}  ")), Span::ui(Ui::Text, &*choice.text)])
                            .cut(width),
                    );
                }
                rows.push(Row::of([
                    Span::ui(Ui::Strong, "Your guess: "),
                    Span::ui(Ui::Chosen, format!(" {}▏", field.text)),
                    Span::ui(Ui::Text, format!(" {}", predict.unit)),
                ]));
                rows.push(Row::ui(Ui::Muted, "Enter runs the simulation, which judges the guess."));
            }
            Prediction::Guessed { predict, guess } => {
                let said = format!("Your guess: {}  ", predict.say_guess(*guess));
                rows.push(Row::of([Span::ui(Ui::Strong, said), Span::ui(Ui::Muted, &*predict.ask)]).cut(width));
            }
            Prediction::Judged { predict, guess, actual, right } => {
                let (mark, role, said) =
                    if *right { ("✓", Ui::Made, "right") } else { ("✗", Ui::Missing, "not so") };
                let judged = format!(
                    "{mark} {said}: you guessed {}, the run said {} {}",
                    predict.say_guess(*guess),
                    round(*actual),
                    predict.unit
                );
                rows.push(Row::ui(role, judged).cut(width));
            }
        }
        rows
    }

    /// What the judged guess teaches.
    fn lesson(&self, width: usize) -> Vec<Row> {
        let Prediction::Judged { predict, .. } = &self.prediction else { return Vec::new() };
        let mut rows = wrapped(Ui::Muted, &predict.ask, width);
        rows.extend(wrapped(Ui::Text, &predict.why, width));
        rows.push(Row::default());
        rows.push(Row::of([
            Span::ui(Ui::Key, "Tab"),
            Span::ui(Ui::Muted, " leads to the knobs: turn one, and see what changes."),
        ]));
        rows
    }

    /// The clock, and the run as a bar on which one can click.
    fn clock(&self, view: &mut View, width: usize) {
        let mark = match self.play {
            Play::Running | Play::Seeking { .. } => "▶",
            Play::Paused => "‖",
            Play::Ended => "■",
        };
        let watched = &self.watched;
        let report = watched.sim.report();
        let month = per_month(&report).map_or_else(String::new, |usd| format!("   {} a month", dollars(usd)));
        let left = format!("{mark} {:<10}", duration(watched.clock_s));
        let right = format!("  {} requests   seed {}{month}", report.requests, watched.scenario.seed());
        let used = left.chars().count() + right.chars().count();
        let bar_cols = width.saturating_sub(used).min(60);
        let row = view.rows.len();
        let at = if watched.total_s > 0.0 { (watched.clock_s / watched.total_s).clamp(0.0, 1.0) } else { 0.0 };
        let full = (at * bar_cols as f64).round() as usize;
        if bar_cols >= 8 {
            let from = left.chars().count();
            for x in 0..bar_cols {
                let at_s = watched.total_s * x as f64 / (bar_cols - 1) as f64;
                view.target(from + x..from + x + 1, row, Target::Moment(at_s));
            }
        }
        let bar = if bar_cols >= 8 { ("━".repeat(full), "─".repeat(bar_cols - full)) } else { Default::default() };
        let spans = [
            Span::ui(Ui::Strong, left),
            Span::ui(Ui::Progress, bar.0),
            Span::ui(Ui::Muted, bar.1),
            Span::ui(Ui::Muted, right),
        ];
        view.push(Row::of(spans).cut(width));
    }

    /// One mark an instance; an idle one with its keep-alive draining; counts when they are too many.
    fn instances(&self, view: &mut View, width: usize, most_rows: usize) {
        const TILE_COLS: usize = 3;
        let label = format!("{:<AXIS_COLS$} ", "instances");
        let room = width.saturating_sub(AXIS_COLS + 1);
        let instances = self.watched.sim.instances();
        let chosen = match self.part {
            Part::Instances { chosen } => chosen,
            _ => None,
        };
        let first = view.rows.len();
        if instances.is_empty() {
            let text = "none: nothing runs and nothing costs";
            view.push(Row::of([Span::ui(Ui::Muted, label.clone()), Span::ui(Ui::Muted, text)]).cut(width));
        } else if instances.len() * TILE_COLS <= room * most_rows {
            for (index, chunk) in instances.chunks((room / TILE_COLS).max(1)).enumerate() {
                let lead = if index == 0 { label.clone() } else { " ".repeat(AXIS_COLS + 1) };
                let mut spans = vec![Span::ui(Ui::Muted, lead)];
                for (place, instance) in chunk.iter().enumerate() {
                    let (tile, role) = self.tile(instance);
                    let role = if chosen == Some(instance.id) { Ui::Chosen } else { role };
                    spans.extend([Span::ui(role, tile), Span::ui(Ui::Text, " ")]);
                    let from = AXIS_COLS + 1 + place * TILE_COLS;
                    view.target(from..from + TILE_COLS - 1, first + index, Target::Instance(instance.id));
                }
                view.push(Row::of(spans));
            }
        } else {
            let count = |of: &dyn Fn(InstanceState) -> bool| instances.iter().filter(|it| of(it.state)).count();
            let busy = count(&|state| state == InstanceState::Busy);
            let idle = count(&|state| state == InstanceState::Idle);
            let spans = [
                Span::ui(Ui::Muted, label.clone()),
                Span::ui(Ui::Cold, format!("starting × {}  ", instances.len() - busy - idle)),
                Span::ui(Ui::Busy, format!("busy × {busy}  ")),
                Span::ui(Ui::Idle, format!("idle × {idle}  ")),
            ];
            view.push(Row::of(spans).cut(width));
            view.push(shares(instances.len() - busy - idle, busy, idle, width));
        }
        let missing = (first + most_rows).saturating_sub(view.rows.len());
        view.extend(std::iter::repeat_n(Row::default(), missing));
    }

    /// Two cells for an instance: what it does, and how much is left of it.
    fn tile(&self, instance: &InstanceView) -> (String, Ui) {
        const LEVELS: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
        let mark = match instance.state {
            InstanceState::Provisioning => 'P',
            InstanceState::Fetching => 'F',
            InstanceState::LoadingRuntime => 'R',
            InstanceState::Initialising => 'I',
            InstanceState::Connecting => 'C',
            InstanceState::Busy => '●',
            InstanceState::Idle => '○',
        };
        let left = instance.until_s.map(|until_s| {
            let span_s = until_s - instance.since_s;
            if span_s > 0.0 { (until_s - self.watched.clock_s) / span_s } else { 0.0 }
        });
        let level = match (instance.state, left) {
            (InstanceState::Idle, Some(left)) => LEVELS[(left.clamp(0.0, 1.0) * 8.0).ceil() as usize],
            (InstanceState::Idle, None) => '∞',
            _ => ' ',
        };
        (format!("{mark}{level}"), detail::state(instance.state).1)
    }

    fn charts(&self, view: &mut View, width: usize, height: usize, sparks: bool) {
        let now = &self.watched;
        let chosen = match self.part {
            Part::Requests { chosen } => chosen,
            _ => None,
        };
        let before = self.before.as_deref().filter(|_| self.comparing && width >= WIDE_COLS);
        let cols = if before.is_some() { (width - 3) / 2 } else { width };
        let draw = |watched: &Watched, chosen: Option<u64>| -> (Chart, Vec<Row>) {
            let requests: Vec<&RequestView> = watched.sim.recent().collect();
            let chart = chart(&requests, watched.clock_s, chosen, cols, height);
            let lines = if sparks { sparklines(&requests, watched.looks(), chart.span_s, cols) } else { Vec::new() };
            (chart, lines)
        };
        let (drawn, lines) = draw(now, chosen);
        let first = view.rows.len();
        let axis = first + drawn.rows.len() - 1;
        let plot = AXIS_COLS + 1..cols;
        for x in plot.clone() {
            let share = (x - plot.start) as f64 / (plot.len().max(2) - 1) as f64;
            let (from_s, to_s) = drawn.span_s;
            view.target(x..x + 1, axis, Target::Moment(from_s + share * (to_s - from_s)));
        }
        for (x, y, id) in drawn.places {
            view.target(x..x + 1, first + y, Target::Request(id));
        }
        let mut left: Vec<Row> = drawn.rows.into_iter().chain(lines).collect();
        if let Some(before) = before {
            let (drawn, lines) = draw(before, None);
            for (row, right) in left.iter_mut().zip(drawn.rows.into_iter().chain(lines)) {
                let mut spans = std::mem::take(row).padded(cols + 3, Ui::Text).spans;
                spans.extend(right.spans);
                *row = Row::of(spans);
            }
        }
        view.extend(left);
    }

    /// What stands below the chart: knobs and totals, or the one thing that is looked at.
    fn panel(&self, width: usize, most_rows: usize) -> View {
        let mut panel = View::default();
        let requests = || self.watched.sim.recent();
        match self.part {
            Part::Knobs => self.knobs_and_totals(&mut panel, width, most_rows),
            Part::Lesson => panel.extend(self.lesson(width)),
            Part::Requests { chosen } => match requests().find(|it| Some(it.id) == chosen) {
                Some(request) => panel.extend(detail::request(request, width)),
                None => panel.push(Row::ui(Ui::Muted, "No request yet. Space runs, ← → look at one, Esc comes back.")),
            },
            Part::Instances { chosen } => match self.watched.sim.instances().iter().find(|it| Some(it.id) == chosen) {
                Some(instance) => {
                    let requests: Vec<&RequestView> = requests().collect();
                    panel.extend(detail::instance(instance, &requests, self.watched.clock_s, width));
                }
                None => {
                    panel.push(Row::ui(Ui::Muted, "No such instance now. ← → look at another one, Esc comes back."));
                }
            },
            Part::Sources { top } => {
                let code = Row::of([
                    Span::ui(Ui::Strong, self.command()),
                    Span::ui(Ui::Muted, "  makes this run again; "),
                    Span::ui(Ui::Key, "y"),
                    Span::ui(Ui::Muted, " copies it"),
                ]);
                let mut rows = vec![code.cut(width)];
                rows.extend(detail::sources(&self.report().provenance, width));
                let top = top.min(rows.len().saturating_sub(most_rows));
                panel.extend(rows.into_iter().skip(top).take(most_rows));
            }
        }
        panel.rows.truncate(most_rows);
        panel
    }

    fn knobs_and_totals(&self, panel: &mut View, width: usize, most_rows: usize) {
        let report = self.report();
        let before = self.before.as_deref().filter(|_| self.comparing).map(|before| before.sim.report());
        let knob_cols = self.knob_cols();
        let with_spread = totals(&report, before.as_ref(), self.spread.as_deref());
        let cols = |rows: &[Row]| rows.iter().map(Row::width).max().unwrap_or(0);
        // The spread waits for a wider screen where there is no room for it.
        let fits = knob_cols + 3 + cols(&with_spread) <= width;
        let totals = if fits { with_spread } else { totals(&report, before.as_ref(), None) };
        if knob_cols + 3 + cols(&totals) > width || self.knobs.len() >= most_rows {
            // One line for the knob at hand, and the figures below it.
            self.knob_line(panel, width);
            let is_cramped = most_rows <= LEAST_PANEL_ROWS + 1;
            panel.extend(totals.into_iter().skip(usize::from(is_cramped)).map(|row| row.cut(width)));
            return;
        }
        self.knob_rows(panel, knob_cols, 0);
        let n = panel.rows.len().max(totals.len());
        panel.rows.resize(n, Row::default());
        for (row, total) in panel.rows.iter_mut().zip(totals) {
            let mut spans = std::mem::take(row).padded(knob_cols + 3, Ui::Text).spans;
            spans.extend(total.spans);
            *row = Row::of(spans);
        }
    }

    fn knob_cols(&self) -> usize {
        let label = self.knobs.iter().map(|knob| knob.label.chars().count()).max().unwrap_or(0);
        let value = self.knobs.iter().map(|knob| knob.value.chars().count() + knob.unit.chars().count() + 1).max();
        label + value.unwrap_or(0) + 8
    }

    fn knob_rows(&self, view: &mut View, width: usize, from_col: usize) {
        let label_cols = self.knobs.iter().map(|knob| knob.label.chars().count()).max().unwrap_or(0);
        view.push(Row::ui(Ui::Muted, "Knobs"));
        for (index, knob) in self.knobs.iter().enumerate() {
            let here = index == self.knob && !self.asks_first();
            let value = format!("{} {}", knob.value, knob.unit);
            let label = format!("{} {:<label_cols$}  ", if here { "›" } else { " " }, knob.label);
            let (label_role, value_role) = match (here, &knob.why_inert) {
                (true, _) => (Ui::Strong, Ui::Chosen),
                (false, Some(_)) => (Ui::Muted, Ui::Muted),
                (false, None) => (Ui::Text, Ui::Strong),
            };
            let value = if here { format!("◂ {} ▸", value.trim()) } else { format!("  {}", value.trim()) };
            view.target(from_col..from_col + width, view.rows.len(), Target::Knob(index));
            view.push(Row::of([Span::ui(label_role, label), Span::ui(value_role, value)]).cut(width));
        }
    }

    fn knob_line(&self, view: &mut View, width: usize) {
        let Some(knob) = self.knobs.get(self.knob) else { return };
        view.target(0..width, view.rows.len(), Target::Knob(self.knob));
        let value = format!("{} {}", knob.value, knob.unit);
        let spans = [
            Span::ui(Ui::Strong, format!("› {}  ", knob.label)),
            Span::ui(Ui::Chosen, format!("◂ {} ▸", value.trim())),
            Span::ui(
                Ui::Muted,
                format!("   knob {} of {}, ↑ ↓ for the others, c for all", self.knob + 1, self.knobs.len()),
            ),
        ];
        view.push(Row::of(spans).cut(width));
    }
}

/// The shares of starting, busy and idle instances as one bar.
fn shares(starting: usize, busy: usize, idle: usize, width: usize) -> Row {
    let room = width.saturating_sub(AXIS_COLS + 1).max(1);
    let all = (starting + busy + idle).max(1);
    let mut spans = vec![Span::ui(Ui::Text, " ".repeat(AXIS_COLS + 1))];
    for (n, mark, role) in [(starting, "▒", Ui::Cold), (busy, "█", Ui::Busy), (idle, "░", Ui::Idle)] {
        spans.push(Span::ui(role, mark.repeat(n * room / all)));
    }
    Row::of(spans)
}
