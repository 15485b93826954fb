//! The lab laid out as rows, and what each cell of them stands for when it is clicked.
//!
//! Each state has a mark of its own, so that nothing is told by colour alone.

use std::borrow::Cow;
use std::ops::Range;

use super::chart::{AXIS_COLS, Axes, Chart, chart, legend, sparklines};
use super::figures::{dollars, duration, ms, speed};
use super::flow::Picture;
use super::predict::Prediction;
use super::scope::Id;
use super::{Deed, Lab, Part, Play, Watched, flow};
use crate::app::Size;
use crate::app::pane::Pane;
use crate::app::row::{Row, Span, Ui, wrapped};
use crate::app::selection::Strip;
use crate::sim::{Report, RequestView, RunCode};

/// The widest the lab is.
const MOST_COLS: u16 = 230;
/// From this width on two charts stand side by side.
const TWO_CHARTS_COLS: usize = 110;
/// From this size on knobs and totals stand beside the charts.
const BESIDE_COLS: usize = 150;
const BESIDE_ROWS: usize = 32;
/// Columns between what stands side by side.
const GAP_COLS: usize = 3;
/// From this height on there is room for air.
pub(super) const ROOMY_ROWS: usize = 24;
/// From this height on the lines of bars are taller than one row.
const TALL_ROWS: usize = 24;
/// Below this a chart, its axis included, shows nothing.
const LEAST_CHART_ROWS: usize = 4;
/// The shortest bar on which one can find a moment.
const LEAST_BAR_COLS: usize = 12;
/// What a flow's diagram leaves for the knob at hand and the most telling figure.
pub(super) const LEAST_PANEL_ROWS: usize = 2;

/// The rows of the lab and what can be clicked in them.
#[derive(Clone, Debug, Default)]
pub struct View {
    pub rows: Vec<Row>,
    targets: Vec<(Area, Target)>,
    /// Texts that stand side by side: the rows and the columns of each.
    strips: Vec<(Range<usize>, Strip)>,
    /// How far down one can look in what has no room as a whole.
    pub(super) most_top: usize,
}

/// Columns and a row of [`View::rows`].
#[derive(Clone, Debug, PartialEq, Eq)]
struct Area {
    cols: Range<usize>,
    row: usize,
}

/// What a click means.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Target {
    /// One of the answers of the question.
    Choice(usize),
    Knob(usize),
    /// A knob, and which way.
    Turn(usize, i32),
    Request(Id),
    Instance(Id),
    /// One function of a flow, or all of them.
    Function(Option<usize>),
    /// A moment of the run, in simulated seconds.
    Moment(f64),
    Totals,
    /// What a key would do.
    Deed(Deed),
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

    pub(super) fn push(&mut self, row: Row) {
        self.rows.push(row);
    }

    pub(super) fn extend(&mut self, rows: impl IntoIterator<Item = Row>) {
        self.rows.extend(rows);
    }

    pub(super) fn target(&mut self, cols: Range<usize>, row: usize, target: Target) {
        self.targets.push((Area { cols, row }, target));
    }

    /// Puts another view below.
    pub(super) fn append(&mut self, below: Self) {
        self.put(below, self.rows.len(), 0);
    }

    /// Puts another view at the right, from its first row on.
    pub(super) fn beside(&mut self, right: Self, from_col: usize) {
        let rows = self.rows.len().max(right.rows.len());
        self.rows.resize(rows, Row::default());
        self.strips.push((0..rows, Strip { from: 0, until: from_col }));
        self.strips.push((0..rows, Strip { from: from_col, until: usize::MAX }));
        self.put(right, 0, from_col);
    }

    fn put(&mut self, other: Self, from_row: usize, from_col: usize) {
        for (index, row) in other.rows.into_iter().enumerate() {
            match self.rows.get_mut(from_row + index) {
                None => self.rows.push(row),
                Some(left) => {
                    let mut spans = std::mem::take(left).padded(from_col, Ui::Text).spans;
                    spans.extend(row.spans);
                    *left = Row::of(spans);
                }
            }
        }
        for (Area { cols, row }, target) in other.targets {
            self.target(cols.start + from_col..cols.end + from_col, row + from_row, target);
        }
        self.most_top = self.most_top.max(other.most_top);
        for (rows, Strip { from, until }) in other.strips {
            let strip = Strip { from: from + from_col, until: until.saturating_add(from_col) };
            self.strips.push((rows.start + from_row..rows.end + from_row, strip));
        }
    }
}

/// Columns left of the lab on a screen of `cols`.
pub fn left_cols(cols: u16) -> u16 {
    cols.saturating_sub(MOST_COLS) / 2 + 1
}

impl Lab {
    pub fn pane(&self) -> Pane<'_> {
        let x = left_cols(self.size.cols);
        let (cols, n_rows) = (self.size.cols.saturating_sub(x), self.size.body_rows());
        Pane {
            rows: Cow::Borrowed(&self.view.rows),
            top: 0,
            x,
            y: 1,
            cols,
            n_rows,
            left_of: Box::new(|_| 0),
            strips: &self.view.strips,
        }
    }

    /// The whole lab for the size at hand.
    pub(super) fn lay_out_view(&self) -> View {
        let width = usize::from(self.size.cols.min(MOST_COLS)).saturating_sub(2).max(1);
        let height = self.size.body_rows();
        let mut view = View::default();
        self.question(&mut view, width);
        if self.asks_first() {
            view.push(Row::default());
            view.append(self.knob_rows(width, height.saturating_sub(view.rows.len())));
            return view;
        }
        let left = height.saturating_sub(view.rows.len());
        if self.has_side() {
            let side = self.side(left);
            let side_cols = side.rows.iter().map(Row::width).max().unwrap_or(0);
            let from_col = width - side_cols;
            let mut main = self.main(from_col - GAP_COLS, left, false);
            main.beside(side, from_col);
            view.append(main);
        } else {
            let main = self.main(width, left, true);
            view.append(main);
        }
        view
    }

    /// Knobs and totals stand beside the charts.
    pub(super) fn has_side(&self) -> bool {
        usize::from(self.size.cols.min(MOST_COLS)) >= BESIDE_COLS + 2 && self.size.body_rows() >= BESIDE_ROWS + 2
    }

    /// Clock, instances, flow, charts; below them what is looked at, knobs and totals only `with_knobs`.
    fn main(&self, width: usize, height: usize, with_knobs: bool) -> View {
        let roomy = height >= ROOMY_ROWS;
        let mut view = View::default();
        self.clock(&mut view, width);
        self.functions_row(&mut view, width);
        self.tiles(&mut view, width, if roomy { 2 } else { 1 });
        // What a guess taught is worth more than the picture; else the picture has its least.
        let picture = self.flow_picture(width, height.saturating_sub(view.rows.len() + 1 + LEAST_PANEL_ROWS));
        let chart_rows = LEAST_CHART_ROWS + 3;
        let picture_rows = if picture.rows.is_empty() { 0 } else { picture.rows.len() + 1 };
        let lent = match self.part {
            Part::Lesson => 0,
            Part::Knobs if picture.is_strip => picture_rows + chart_rows,
            Part::Knobs => picture_rows.max(chart_rows),
            // Where there is little room, what is looked at is worth more than the chart.
            Part::Totals { .. } | Part::Requests { .. } | Part::Instances { .. } if picture.is_strip => {
                picture_rows + 1
            }
            Part::Totals { .. } | Part::Requests { .. } | Part::Instances { .. } => 0,
            Part::Sources { .. } => chart_rows,
        };
        let panel = match self.part {
            Part::Knobs | Part::Lesson if !with_knobs => View::default(),
            _ => self.panel(width, height.saturating_sub(view.rows.len() + lent)),
        };
        let left = height.saturating_sub(view.rows.len() + panel.rows.len() + if roomy { 2 } else { 1 });
        if !picture.rows.is_empty() && picture.rows.len() <= left {
            let below = (left - picture.rows.len()).saturating_sub(1);
            // The flow's legend names the chart's marks as well, but for the warm ones, which are the rest.
            let has_legend = !picture.is_strip && below > LEAST_CHART_ROWS;
            put_picture(&mut view, picture, width);
            view.push(flow::legend(width));
            if below >= LEAST_CHART_ROWS {
                self.charts(&mut view, width, below - usize::from(has_legend));
            }
            if has_legend {
                view.push(legend(width));
            }
        } else if left >= LEAST_CHART_ROWS {
            self.charts(&mut view, width, left);
            view.push(legend(width));
        }
        if roomy {
            view.push(Row::default());
        }
        view.append(panel);
        view
    }

    /// The flow on its diagram, or in a line a function where that is larger than `most_rows` or the chart is wanted;
    /// nothing when there is no flow or no room.
    fn flow_picture(&self, width: usize, most_rows: usize) -> Picture {
        let Some(flow) = &self.flow else { return Picture::default() };
        let report = self.report();
        if !self.shows_chart {
            let picture = flow.picture(&self.watched.sim, &report, self.now_ms, self.scope.one(), (width, most_rows));
            if picture.rows.len() <= most_rows && picture.rows.iter().all(|row| row.width() <= width) {
                return picture;
            }
        }
        let scope = (self.scope.names(), self.scope.one());
        let strip = flow.strip(&self.watched.sim, &report, self.now_ms, scope, width);
        if strip.rows.len() <= most_rows { strip } else { Picture::default() }
    }

    /// The simulation as it stands in a page, in `width` columns.
    pub fn card(&self, width: usize) -> Vec<Row> {
        let report = self.report();
        let mut view = View::default();
        self.question(&mut view, width);
        if let Prediction::Judged { predict, .. } = &self.prediction {
            view.extend(wrapped(Ui::Text, &predict.why, width));
        }
        self.clock(&mut view, width);
        self.tiles(&mut view, width, 1);
        let picture = self.flow_picture(width, usize::MAX);
        if picture.rows.is_empty() {
            let (requests, axes) = self.requests_and_axes();
            view.extend(chart(&requests, &axes, None, width, 7).rows);
            view.push(legend(width));
        } else {
            put_picture(&mut view, picture, width);
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

    /// The clock, and the run as a bar on which one can click.
    fn clock(&self, view: &mut View, width: usize) {
        let mark = match self.play {
            Play::Running | Play::Seeking { .. } => "▶",
            Play::Paused => "‖",
            Play::Ended => "■",
        };
        let watched = &self.watched;
        let report = watched.sim.report();
        let (requests, month_usd) = self.pace(&report);
        let left = format!("{mark} {:<10}", duration(watched.clock_s));
        let mut right = vec![
            ("  ◂".to_owned(), Some(Deed::Speed(-1))),
            (format!(" ×{} ", speed(self.speed)), None),
            ("▸".to_owned(), Some(Deed::Speed(1))),
            (format!("  {requests} requests"), None),
            (format!("   seed {}", watched.scenario.seed()), Some(Deed::NewSeed)),
        ];
        if month_usd > 0.0 {
            right.push((format!("   {} a month", dollars(month_usd)), None));
        }
        let cols_of =
            |pieces: &[(String, Option<Deed>)]| -> usize { pieces.iter().map(|(text, _)| text.chars().count()).sum() };
        // Where there is little room, the bar on which time is moved is worth more than what stands in the totals.
        while right.len() > 4 && width < left.chars().count() + cols_of(&right) + LEAST_BAR_COLS {
            right.pop();
        }
        let bar_cols = width.saturating_sub(left.chars().count() + cols_of(&right));
        let row = view.rows.len();
        let at = if watched.total_s > 0.0 { (watched.clock_s / watched.total_s).clamp(0.0, 1.0) } else { 0.0 };
        let full = (at * bar_cols as f64).round() as usize;
        let from = left.chars().count();
        view.target(0..from, row, Target::Deed(Deed::Play));
        if bar_cols >= 8 {
            for x in 0..bar_cols {
                let at_s = watched.total_s * x as f64 / (bar_cols - 1) as f64;
                view.target(from + x..from + x + 1, row, Target::Moment(at_s));
            }
        }
        let bar = if bar_cols >= 8 { ("━".repeat(full), "─".repeat(bar_cols - full)) } else { Default::default() };
        let mut spans = vec![Span::ui(Ui::Strong, left), Span::ui(Ui::Progress, bar.0), Span::ui(Ui::Muted, bar.1)];
        let mut at = from + if bar_cols >= 8 { bar_cols } else { 0 };
        for (text, deed) in right {
            let until = at + text.chars().count();
            if let Some(deed) = deed {
                view.target(at..until, row, Target::Deed(deed));
            }
            let role = if matches!(deed, Some(Deed::Speed(_))) { Ui::Key } else { Ui::Muted };
            spans.push(Span::ui(role, text));
            at = until;
        }
        view.push(Row::of(spans).cut(width));
    }

    /// Requests so far, and what a month at this pace costs in dollars: of the function looked at, or of all.
    fn pace(&self, report: &Report) -> (u64, f64) {
        match (self.scope.report(report), &report.flow) {
            (None, Some(flow)) => {
                let all = std::iter::once(report).chain(flow.functions.values());
                (flow.total.requests, all.map(|it| it.cost_usd.per_month).sum())
            }
            (of, _) => of.map_or((0, 0.0), |it| (it.requests, it.cost_usd.per_month)),
        }
    }

    /// The functions of a flow, the one looked at marked; only that one where there is no room for all.
    fn functions_row(&self, view: &mut View, width: usize) {
        const ALL: &str = "all together";
        if !self.scope.is_choice() {
            return;
        }
        let names = self.scope.names();
        let row = view.rows.len();
        let mut spans = vec![Span::ui(Ui::Muted, format!("{:>AXIS_COLS$} ", "of"))];
        let needed: usize = names.iter().map(|name| name.chars().count() + 2).sum();
        if AXIS_COLS + 1 + ALL.len() + needed <= width {
            let mut from = AXIS_COLS + 1;
            let all = std::iter::once((None, ALL)).chain((0..).map(Some).zip(names.iter().map(String::as_str)));
            for (function, name) in all {
                let role = if self.scope.one() == function { Ui::Chosen } else { Ui::Text };
                let cols = name.chars().count();
                view.target(from..from + cols, row, Target::Function(function));
                from += cols + 2;
                spans.extend([Span::ui(role, name), Span::ui(Ui::Text, "  ")]);
            }
        } else {
            let (name, place) = self.scope.one().map_or_else(
                || (ALL, format!("{} functions", names.len())),
                |at| (names[at].as_str(), format!("{} of {}", at + 1, names.len())),
            );
            spans.push(Span::ui(Ui::Chosen, name));
            spans.push(Span::ui(Ui::Muted, format!("  {place}, n for the next")));
        }
        view.push(Row::of(spans).cut(width));
    }

    /// The requests looked at, and the axes around them.
    fn requests_and_axes(&self) -> (Vec<&RequestView>, Axes) {
        let requests = self.scope.requests(&self.watched.sim);
        let from_s = self.scope.complete_since_s(&self.watched.sim);
        let axes = Axes::around(requests.iter().copied(), from_s, self.watched.clock_s);
        (requests, axes)
    }

    /// The run in `rows` rows, and at its right the run before where that is wanted and there is room: on the same axes.
    fn charts(&self, view: &mut View, width: usize, rows: usize) {
        let spark_rows = match rows {
            TALL_ROWS.. => 2,
            _ if rows >= LEAST_CHART_ROWS + 4 => 1,
            _ => 0,
        };
        let rows = rows - 2 * spark_rows;
        let chosen = match self.part {
            Part::Requests { chosen } => chosen,
            _ => None,
        };
        let (requests, mut axes) = self.requests_and_axes();
        let before = self.before.as_deref().filter(|_| self.comparing && width >= TWO_CHARTS_COLS);
        let cols = if before.is_some() { (width - GAP_COLS) / 2 } else { width };
        let rows = if before.is_some() { rows - 1 } else { rows };
        let before = before.map(|before| (before, self.scope.requests(&before.sim)));
        if let Some((before, theirs)) = &before {
            let from_s = axes.from_s.max(self.scope.complete_since_s(&before.sim));
            let to_s = axes.to_s.max(before.clock_s);
            axes = Axes::around(requests.iter().chain(theirs).copied(), from_s, to_s);
        }
        let draw = |watched: &Watched, requests: &[&RequestView], chosen: Option<Id>| -> (Chart, Vec<Row>) {
            let chart = chart(requests, &axes, chosen, cols, rows);
            let lines = match spark_rows {
                0 => Vec::new(),
                height => sparklines(requests, watched.looks(), &self.scope, &axes, (cols, height)),
            };
            (chart, lines)
        };
        let heading = |text: String| Row::ui(Ui::Strong, format!("{:AXIS_COLS$} {text}", "")).cut(cols);
        let mut left = View::default();
        let mut right = View::default();
        if let Some((before, theirs)) = &before {
            let (now, was) = self.differences();
            left.push(heading(format!("now{now}")));
            right.push(heading(format!("before{was}")));
            let (drawn, lines) = draw(before, theirs, None);
            right.extend(drawn.rows.into_iter().chain(lines));
        }
        let (drawn, lines) = draw(&self.watched, &requests, chosen);
        let first = left.rows.len();
        let axis = first + drawn.rows.len() - 1;
        for x in AXIS_COLS + 1..cols {
            let at_s = axes.moment_s(x - AXIS_COLS - 1, cols - AXIS_COLS - 1);
            left.target(x..x + 1, axis, Target::Moment(at_s));
        }
        for (x, y, id) in drawn.places {
            left.target(x..x + 1, first + y, Target::Request(id));
        }
        left.extend(drawn.rows.into_iter().chain(lines));
        if before.is_some() {
            left.beside(right, cols + GAP_COLS);
        }
        view.append(left);
    }
}

/// The picture in the middle of `width` columns.
fn put_picture(view: &mut View, picture: Picture, width: usize) {
    let drawn = picture.rows.iter().map(Row::width).max().unwrap_or(0);
    let indent = width.saturating_sub(drawn) / 2;
    let first = view.rows.len();
    for mut row in picture.rows {
        row.spans.insert(0, Span::ui(Ui::Text, " ".repeat(indent)));
        view.push(row);
    }
    for (cols, row, function) in picture.places {
        let cols = cols.start + indent..cols.end + indent;
        view.target(cols, first + row, Target::Function(Some(function)));
    }
}
