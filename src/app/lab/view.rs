//! The lab laid out for the size of the screen: what stands above, below and beside what, and what has to wait for room.
//!
//! Each state has a mark of its own, so that nothing is told by colour alone.

use std::borrow::Cow;

use super::Lab;
use super::chart::{AXIS_COLS, Axes, Chart, chart, legend, sparklines};
use super::figures::ms;
use super::flow::{self, Picture};
use super::look::Part;
use super::predict::Prediction;
use super::scope::Id;
use super::surface::{MOST_COLS, Target, View, left_cols};
use super::watched::Watched;
use crate::app::pane::Pane;
use crate::app::row::{Row, Span, Ui, wrapped};
use crate::sim::RequestView;

/// From this width on two charts stand side by side.
const TWO_CHARTS_COLS: usize = 110;
/// From this size on knobs and totals stand beside the charts.
const BESIDE_COLS: usize = 150;
const BESIDE_ROWS: usize = 32;
/// Columns between what stands side by side.
const GAP_COLS: usize = 3;
/// From this height on there is room for air.
const ROOMY_ROWS: usize = 24;
/// From this height on the lines of bars are taller than one row.
const TALL_ROWS: usize = 24;
/// Below this a chart, its axis included, shows nothing.
const LEAST_CHART_ROWS: usize = 4;
/// What a flow's diagram leaves for the knob at hand and the most telling figure.
const LEAST_PANEL_ROWS: usize = 2;

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
        // In a small window the run needs the room.
        self.question(&mut view, width, if height >= ROOMY_ROWS - 4 { usize::MAX } else { 2 });
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
        let picture_rows = if picture.rows.is_empty() { 0 } else { picture.rows.len() + 1 };
        let chart_rows = LEAST_CHART_ROWS + 3;
        let lent = match self.part {
            Part::Lesson => 0,
            Part::Knobs if picture.is_strip => picture_rows + LEAST_CHART_ROWS + 1,
            Part::Knobs => picture_rows.max(chart_rows),
            // Where there is little room, what is looked at is worth more than the chart.
            _ if picture.is_strip => picture_rows,
            _ => 0,
        };
        let panel = match self.part {
            Part::Knobs | Part::Lesson if !with_knobs => View::default(),
            _ => self.panel(width, height.saturating_sub(view.rows.len() + lent)),
        };
        let left = height.saturating_sub(view.rows.len() + panel.rows.len() + usize::from(roomy));
        if picture_rows > 0 && picture_rows <= left {
            let below = left - picture_rows;
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
        } else if left > LEAST_CHART_ROWS {
            self.charts(&mut view, width, left - 1);
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
        self.question(&mut view, width, usize::MAX);
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
