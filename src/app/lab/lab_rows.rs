//! The lab as rows: instances as marks that change, requests over time, totals, knobs.
//!
//! Each state has a mark of its own, so that nothing is told by colour alone.

use super::{Lab, Play, Prediction};
use crate::app::lesson::CHROME_ROWS;
use crate::app::row::{Row, Span, Ui, wrapped};
use crate::sim::{InstanceState, InstanceView, Outcome, Report, RequestView};

/// Columns of the figures left of the chart.
const AXIS_COLS: usize = 9;

impl Lab {
    /// The whole lab for the size at hand.
    pub(super) fn lab_rows(&self) -> Vec<Row> {
        let width = usize::from(self.size.cols).saturating_sub(2).clamp(1, 148);
        let height = usize::from(self.size.rows.saturating_sub(CHROME_ROWS));
        let mut rows = self.question(width);
        if self.asks_first() {
            rows.push(Row::default());
            rows.extend(self.panel(width));
            return rows;
        }
        rows.push(self.clock_row(width));
        let instances = self.sim.instances();
        rows.extend(instance_rows(&instances, width, 2));
        let panel = self.panel(width);
        let legend = 1;
        let chart_height = height.saturating_sub(rows.len() + panel.len() + legend + 1).max(4);
        let requests: Vec<&RequestView> = self.sim.recent().collect();
        rows.extend(chart(&requests, self.clock_s, width, chart_height));
        rows.push(legend_row(width));
        rows.push(Row::default());
        rows.extend(panel);
        rows
    }

    /// The simulation as it stands in a page, in `width` columns.
    pub fn card(&self, width: usize) -> Vec<Row> {
        let report = self.sim.report();
        let mut rows = vec![self.clock_row(width)];
        rows.extend(instance_rows(&self.sim.instances(), width, 1));
        let requests: Vec<&RequestView> = self.sim.recent().collect();
        rows.extend(chart(&requests, self.clock_s, width, 6));
        rows.push(legend_row(width));
        rows.push(
            Row::of([
                Span::ui(Ui::Text, format!("{} requests  ", report.requests)),
                Span::ui(Ui::Cold, format!("◆ {} cold ({:.1} %)", report.cold_starts, report.cold_ratio * 100.0)),
                Span::ui(Ui::Text, format!("  p50 {}  p99 {}", ms(report.latency_ms.p50), ms(report.latency_ms.p99))),
            ])
            .cut(width),
        );
        rows
    }

    fn question(&self, width: usize) -> Vec<Row> {
        let predict = match &self.prediction {
            Prediction::NotAsked => return Vec::new(),
            Prediction::Asking { predict, .. }
            | Prediction::Guessed { predict, .. }
            | Prediction::Judged { predict, .. } => predict,
        };
        let mut rows = Vec::new();
        match &self.prediction {
            Prediction::NotAsked => {}
            Prediction::Asking { field, .. } => {
                rows.push(Row::ui(Ui::Strong, "Predict first"));
                rows.extend(wrapped(Ui::Text, &predict.ask, width));
                rows.push(Row::of([
                    Span::ui(Ui::Strong, "Your guess: "),
                    Span::ui(Ui::Chosen, format!(" {}▏", field.text)),
                    Span::ui(Ui::Text, format!(" {}", predict.unit)),
                ]));
                rows.push(Row::ui(Ui::Muted, "Enter runs the simulation, which judges the guess."));
            }
            Prediction::Guessed { guess, .. } => {
                rows.extend(wrapped(Ui::Muted, &predict.ask, width));
                rows.push(Row::ui(Ui::Strong, format!("Your guess: {guess} {}", predict.unit)));
            }
            Prediction::Judged { guess, actual, right, .. } => {
                rows.extend(wrapped(Ui::Muted, &predict.ask, width));
                let (mark, role, said) =
                    if *right { ("✓", Ui::Made, "near enough") } else { ("✗", Ui::Missing, "not so") };
                rows.push(Row::ui(
                    role,
                    format!(
                        "{mark} {said}: you guessed {guess} {u}, the run says {} {u}",
                        round(*actual),
                        u = predict.unit
                    ),
                ));
                rows.extend(wrapped(Ui::Text, &predict.why, width));
            }
        }
        rows
    }

    fn clock_row(&self, width: usize) -> Row {
        let mark = match self.play {
            Play::Running | Play::Finishing => "▶",
            Play::Paused => "‖",
            Play::Ended => "■",
        };
        let seed = self.scenario.seed();
        let report = self.sim.report();
        Row::of([
            Span::ui(Ui::Strong, format!("{mark} {}", duration(self.clock_s))),
            Span::ui(Ui::Muted, format!("   {} requests   seed {seed}", report.requests)),
        ])
        .cut(width)
    }

    /// Knobs and totals side by side, or one above the other where there is no room.
    fn panel(&self, width: usize) -> Vec<Row> {
        let knobs = self.knob_rows();
        let report = self.sim.report();
        let before = self.before.as_deref().filter(|_| self.comparing);
        let totals = total_rows(&report, before);
        let left = knobs.iter().map(Row::width).max().unwrap_or(0);
        let right = totals.iter().map(Row::width).max().unwrap_or(0);
        if left + 3 + right > width {
            let mut rows: Vec<Row> = knobs.into_iter().map(|row| row.cut(width)).collect();
            rows.extend(totals.into_iter().map(|row| row.cut(width)));
            return rows;
        }
        let n = knobs.len().max(totals.len());
        let (mut knobs, mut totals) = (knobs.into_iter(), totals.into_iter());
        (0..n)
            .map(|_| {
                let mut row = knobs.next().unwrap_or_default().padded(left + 3, Ui::Text);
                row.spans.extend(totals.next().unwrap_or_default().spans);
                row
            })
            .collect()
    }

    fn knob_rows(&self) -> Vec<Row> {
        let label_cols = self.knobs.iter().map(|knob| knob.label.chars().count()).max().unwrap_or(0);
        let mut rows = vec![Row::ui(Ui::Muted, "Knobs")];
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
            rows.push(Row::of([Span::ui(label_role, label), Span::ui(value_role, value)]));
        }
        rows
    }
}

/// Totals, with the run before beside them when comparing.
fn total_rows(report: &Report, before: Option<&Report>) -> Vec<Row> {
    type Figure = (&'static str, fn(&Report) -> String);
    let figures: [Figure; 9] = [
        ("requests", |it| it.requests.to_string()),
        ("cold starts", |it| format!("{} ({:.1} %)", it.cold_starts, it.cold_ratio * 100.0)),
        ("throttled, timed out", |it| format!("{}, {}", it.throttled, it.timed_out)),
        ("latency p50", |it| ms(it.latency_ms.p50)),
        ("latency p95", |it| ms(it.latency_ms.p95)),
        ("latency p99", |it| ms(it.latency_ms.p99)),
        ("instances, at most", |it| it.instances.max.to_string()),
        ("instances busy, idle", |it| format!("{:.2}, {:.2}", it.instances.mean_running, it.instances.mean_idle)),
        ("cost per million", |it| {
            if it.completed == 0 { "–".to_owned() } else { dollars(it.cost_usd.total / it.completed as f64 * 1e6) }
        }),
    ];
    let head = if before.is_some() {
        format!("{:<22}{:>16}{:>16}", "Totals", "now", "run before")
    } else {
        "Totals".to_owned()
    };
    let mut rows = vec![Row::ui(Ui::Muted, head)];
    for (label, figure) in figures {
        let now = figure(report);
        let mut spans = vec![Span::ui(Ui::Text, format!("{label:<22}"))];
        let role = if label == "cold starts" { Ui::Cold } else { Ui::Strong };
        match before.map(figure) {
            None => spans.push(Span::ui(role, now)),
            Some(was) => {
                spans.push(Span::ui(role, format!("{now:>16}")));
                spans.push(Span::ui(Ui::Muted, format!("{was:>16}")));
            }
        }
        rows.push(Row::of(spans));
    }
    rows
}

fn mark(state: InstanceState) -> (char, Ui) {
    match state {
        InstanceState::Provisioning => ('P', Ui::Cold),
        InstanceState::Fetching => ('F', Ui::Cold),
        InstanceState::LoadingRuntime => ('R', Ui::Cold),
        InstanceState::Initialising => ('I', Ui::Cold),
        InstanceState::Connecting => ('C', Ui::Cold),
        InstanceState::Busy => ('●', Ui::Busy),
        InstanceState::Idle => ('○', Ui::Idle),
    }
}

/// One mark an instance; counts by state when they are too many for `most_rows`.
fn instance_rows(instances: &[InstanceView], width: usize, most_rows: usize) -> Vec<Row> {
    let label = format!("{:<AXIS_COLS$}", "instances");
    let room = width.saturating_sub(AXIS_COLS + 1);
    let mut rows = Vec::new();
    if instances.is_empty() {
        rows.push(Row::of([Span::ui(Ui::Muted, label), Span::ui(Ui::Muted, " none: nothing runs and nothing costs")]));
    } else if instances.len() <= room * most_rows {
        for (index, chunk) in instances.chunks(room.max(1)).enumerate() {
            let lead = if index == 0 { label.clone() } else { " ".repeat(AXIS_COLS) };
            let mut spans = vec![Span::ui(Ui::Muted, format!("{lead} "))];
            for instance in chunk {
                let (c, role) = mark(instance.state);
                spans.push(Span::ui(role, c));
            }
            rows.push(Row::of(spans));
        }
    } else {
        let mut spans = vec![Span::ui(Ui::Muted, format!("{label} "))];
        let count = |of: &dyn Fn(InstanceState) -> bool| instances.iter().filter(|it| of(it.state)).count();
        let busy = count(&|state| state == InstanceState::Busy);
        let idle = count(&|state| state == InstanceState::Idle);
        spans.push(Span::ui(Ui::Busy, format!("● × {busy}  ")));
        spans.push(Span::ui(Ui::Idle, format!("○ × {idle}  ")));
        spans.push(Span::ui(Ui::Cold, format!("starting × {}", instances.len() - busy - idle)));
        rows.push(Row::of(spans));
    }
    rows.resize(most_rows.max(rows.len()), Row::default());
    rows.into_iter().map(|row| row.cut(width)).collect()
}

fn legend_row(width: usize) -> Row {
    Row::of([
        Span::ui(Ui::Muted, format!("{:AXIS_COLS$} ", "")),
        Span::ui(Ui::Cold, "◆"),
        Span::ui(Ui::Muted, " cold  "),
        Span::ui(Ui::Warm, "•"),
        Span::ui(Ui::Muted, " warm  "),
        Span::ui(Ui::Refused, "×"),
        Span::ui(Ui::Muted, " refused or timed out   "),
        Span::ui(Ui::Cold, "P"),
        Span::ui(Ui::Muted, "rovision "),
        Span::ui(Ui::Cold, "F"),
        Span::ui(Ui::Muted, "etch "),
        Span::ui(Ui::Cold, "R"),
        Span::ui(Ui::Muted, "untime "),
        Span::ui(Ui::Cold, "I"),
        Span::ui(Ui::Muted, "nit "),
        Span::ui(Ui::Cold, "C"),
        Span::ui(Ui::Muted, "onnect "),
        Span::ui(Ui::Busy, "●"),
        Span::ui(Ui::Muted, " busy "),
        Span::ui(Ui::Idle, "○"),
        Span::ui(Ui::Muted, " idle"),
    ])
    .cut(width)
}

/// Requests by arrival time and latency (logarithmic), the newest kept ones.
fn chart(requests: &[&RequestView], now_s: f64, width: usize, height: usize) -> Vec<Row> {
    let cols = width.saturating_sub(AXIS_COLS + 1).max(1);
    let height = height.max(3);
    let plot = height - 1;
    let latencies = requests.iter().map(|it| it.latency_ms).filter(|it| *it > 0.0);
    let low = latencies.clone().fold(f64::INFINITY, f64::min);
    let high = latencies.fold(0.0, f64::max);
    // Whole half-decades, so that the axis stands still while points come in.
    let (low, high) = if high > 0.0 {
        (
            (low.log10() * 2.0).floor() / 2.0,
            ((high.log10() * 2.0).ceil() / 2.0).max((low.log10() * 2.0).floor() / 2.0 + 0.5),
        )
    } else {
        (1.0, 3.0)
    };
    let from_s = match requests.first() {
        // Everything is still there: time begins at the beginning.
        Some(first) if first.id == 0 => 0.0,
        Some(first) => first.arrived_s,
        None => 0.0,
    };
    let span_s = (now_s - from_s).max(1e-9);
    let mut cells = vec![vec![None::<(char, Ui)>; cols]; plot];
    for request in requests {
        let x = (((request.arrived_s - from_s) / span_s) * (cols - 1) as f64).round();
        let share = if request.latency_ms > 0.0 { (request.latency_ms.log10() - low) / (high - low) } else { 0.0 };
        let y = ((1.0 - share.clamp(0.0, 1.0)) * (plot - 1) as f64).round() as usize;
        let Some(cell) = cells.get_mut(y).and_then(|row| row.get_mut(x.clamp(0.0, (cols - 1) as f64) as usize)) else {
            continue;
        };
        let point = match request.outcome {
            Outcome::Throttled | Outcome::TimedOut | Outcome::Failed => ('×', Ui::Refused),
            Outcome::Completed if request.cold => ('◆', Ui::Cold),
            Outcome::Completed => ('•', Ui::Warm),
            Outcome::InFlight => continue,
        };
        // A rare mark is not hidden behind a common one.
        let rank = |mark: char| match mark {
            '×' => 2,
            '◆' => 1,
            _ => 0,
        };
        if cell.is_none_or(|(there, _)| rank(point.0) > rank(there)) {
            *cell = Some(point);
        }
    }
    let mut rows = Vec::new();
    for (y, row) in cells.into_iter().enumerate() {
        let label = if y == 0 {
            ms(10f64.powf(high))
        } else if y == plot - 1 {
            ms(10f64.powf(low))
        } else if y == plot / 2 && plot >= 5 {
            ms(10f64.powf(f64::midpoint(low, high)))
        } else {
            String::new()
        };
        let mut spans = vec![Span::ui(Ui::Muted, format!("{label:>AXIS_COLS$}│"))];
        for cell in row {
            let (c, role) = cell.unwrap_or((' ', Ui::Text));
            match spans.last_mut() {
                Some(last) if last.role == crate::app::row::Role::Ui(role) => last.text.push(c),
                _ => spans.push(Span::ui(role, c)),
            }
        }
        rows.push(Row::of(spans));
    }
    let (left, right) = (duration(from_s), duration(now_s));
    let line = "─".repeat(cols.saturating_sub(left.chars().count() + right.chars().count() + 2));
    rows.push(Row::ui(Ui::Muted, format!("{:AXIS_COLS$}└{left} {line} {right}", "")).cut(width));
    rows
}

/// Milliseconds as people say them.
fn ms(ms: f64) -> String {
    match ms {
        ms if ms >= 10_000.0 => format!("{:.0} s", ms / 1000.0),
        ms if ms >= 1000.0 => format!("{:.2} s", ms / 1000.0),
        ms if ms >= 100.0 => format!("{ms:.0} ms"),
        ms if ms >= 1.0 => format!("{ms:.1} ms"),
        ms => format!("{ms:.2} ms"),
    }
}

fn duration(s: f64) -> String {
    match s {
        s if s >= 172_800.0 => format!("{:.1} days", s / 86_400.0),
        s if s >= 7_200.0 => format!("{:.1} h", s / 3_600.0),
        s if s >= 120.0 => format!("{:.1} min", s / 60.0),
        s => format!("{s:.1} s"),
    }
}

fn dollars(usd: f64) -> String {
    if usd >= 100.0 { format!("${usd:.0}") } else { format!("${usd:.2}") }
}

fn round(value: f64) -> f64 {
    // Three figures say as much as a guess can be compared with.
    let scale = 10f64.powf(2.0 - value.abs().max(1e-12).log10().floor());
    (value * scale).round() / scale
}

#[cfg(test)]
mod tests {
    use super::{duration, ms, round};

    #[test]
    fn figures_read_as_people_say_them() {
        assert_eq!(
            (ms(0.5), ms(12.34), ms(456.7), ms(1234.0)),
            ("0.50 ms".into(), "12.3 ms".into(), "457 ms".into(), "1.23 s".into())
        );
        assert_eq!((duration(59.94), duration(600.0)), ("59.9 s".into(), "10.0 min".into()));
        assert_eq!((round(12.3456), round(0.001_234_5)), (12.3, 0.00123));
    }
}
