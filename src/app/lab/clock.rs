//! The first rows of the lab: how far the run is, as a bar through which one goes, and the functions there are to look at.

use super::Lab;
use super::chart::AXIS_COLS;
use super::deed::Deed;
use super::figures::{dollars, duration, speed};
use super::surface::{Target, View};
use super::time::Play;
use crate::app::row::{Row, Span, Ui};
use crate::sim::Report;

/// The shortest bar on which one can find a moment.
const LEAST_BAR_COLS: usize = 12;

impl Lab {
    /// The clock, and the run as a bar on which one can click.
    pub(super) fn clock(&self, view: &mut View, width: usize) {
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
    pub(super) fn pace(&self, report: &Report) -> (u64, f64) {
        match (self.scope.report(report), &report.flow) {
            (None, Some(flow)) => {
                let all = std::iter::once(report).chain(flow.functions.values());
                (flow.total.requests, all.map(|it| it.cost_usd.per_month).sum())
            }
            (of, _) => of.map_or((0, 0.0), |it| (it.requests, it.cost_usd.per_month)),
        }
    }

    /// The functions of a flow, the one looked at marked; only that one where there is no room for all.
    pub(super) fn functions_row(&self, view: &mut View, width: usize) {
        const ALL: &str = "all together";
        if !self.scope.is_choice() {
            return;
        }
        let names = self.scope.names();
        let row = view.rows.len();
        let mut spans = vec![Span::ui(Ui::Muted, format!("{:>AXIS_COLS$} ", "functions"))];
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
}
