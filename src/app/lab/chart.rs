//! Requests over time as a scatter of marks, and numbers over time as a line of bars.

use super::figures::{duration, ms};
use super::watched::Look;
use crate::app::row::{Role, Row, Span, Ui};
use crate::sim::{Outcome, RequestView};

/// Columns of the figures left of the chart.
pub(super) const AXIS_COLS: usize = 9;

/// A scatter of requests by arrival and latency (logarithmic).
pub(super) struct Chart {
    pub rows: Vec<Row>,
    /// Where requests stand: column and row in `rows`, and the request's id.
    pub places: Vec<(usize, usize, u64)>,
    /// The simulated seconds that the first and the last column stand for.
    pub span_s: (f64, f64),
}

/// Draws the newest requests in `width` × `height` cells. The one that is `chosen` is marked.
pub(super) fn chart(requests: &[&RequestView], now_s: f64, chosen: Option<u64>, width: usize, height: usize) -> Chart {
    let cols = width.saturating_sub(AXIS_COLS + 1).max(1);
    let plot = height.max(3) - 1;
    let (low, high) = decades(requests);
    // Everything is still there: time begins at the beginning.
    let from_s = requests.first().filter(|first| first.id > 0).map_or(0.0, |first| first.arrived_s);
    let span_s = (now_s - from_s).max(1e-9);
    let mut cells = vec![vec![None::<(u8, char, Ui)>; cols]; plot];
    let mut places = Vec::new();
    for request in requests {
        let Some((rank, mark, role)) = mark(request) else { continue };
        let x = (((request.arrived_s - from_s) / span_s) * (cols - 1) as f64).round().clamp(0.0, (cols - 1) as f64)
            as usize;
        let share = if request.latency_ms > 0.0 { (libm::log10(request.latency_ms) - low) / (high - low) } else { 0.0 };
        let y = ((1.0 - share.clamp(0.0, 1.0)) * (plot - 1) as f64).round() as usize;
        places.push((AXIS_COLS + 1 + x, y, request.id));
        let point = if chosen == Some(request.id) { (u8::MAX, mark, Ui::Chosen) } else { (rank, mark, role) };
        let cell = &mut cells[y][x];
        // A rare mark is not hidden behind a common one.
        if cell.is_none_or(|(there, ..)| point.0 > there) {
            *cell = Some(point);
        }
    }
    let mut rows = Vec::with_capacity(plot + 1);
    for (y, row) in cells.into_iter().enumerate() {
        let label = match y {
            0 => ms(libm::pow(10.0, high)),
            y if y == plot - 1 => ms(libm::pow(10.0, low)),
            y if y == plot / 2 && plot >= 5 => ms(libm::pow(10.0, f64::midpoint(low, high))),
            _ => String::new(),
        };
        let mut spans = vec![Span::ui(Ui::Muted, format!("{label:>AXIS_COLS$}│"))];
        for cell in row {
            let (_, c, role) = cell.unwrap_or((0, ' ', Ui::Text));
            match spans.last_mut() {
                Some(last) if last.role == Role::Ui(role) => last.text.push(c),
                _ => spans.push(Span::ui(role, c)),
            }
        }
        rows.push(Row::of(spans));
    }
    let (left, right) = (duration(from_s), duration(now_s));
    let line = "─".repeat(cols.saturating_sub(left.chars().count() + right.chars().count() + 2));
    rows.push(Row::ui(Ui::Muted, format!("{:AXIS_COLS$}└{left} {line} {right}", "")).cut(width));
    Chart { rows, places, span_s: (from_s, from_s + span_s) }
}

/// Rank, mark and role of a request; each kind has a mark of its own, so that nothing is told by colour alone.
fn mark(request: &RequestView) -> Option<(u8, char, Ui)> {
    match request.outcome {
        Outcome::Completed if request.cold => Some((1, '◆', Ui::Cold)),
        Outcome::Completed => Some((0, '•', Ui::Warm)),
        Outcome::InFlight => None,
        Outcome::Throttled | Outcome::TimedOut | Outcome::Failed => Some((2, '×', Ui::Refused)),
    }
}

/// The powers of ten between which the latencies lie, in half decades, so that the axis stands still while points come.
fn decades(requests: &[&RequestView]) -> (f64, f64) {
    let latencies = requests.iter().map(|it| it.latency_ms).filter(|it| *it > 0.0);
    let low = latencies.clone().fold(f64::INFINITY, f64::min);
    let high = latencies.fold(0.0, f64::max);
    if high <= 0.0 {
        return (1.0, 3.0);
    }
    let low = (libm::log10(low) * 2.0).floor() / 2.0;
    (low, ((libm::log10(high) * 2.0).ceil() / 2.0).max(low + 0.5))
}

pub(super) fn legend(width: usize) -> Row {
    let lead = format!("{:AXIS_COLS$} ", "");
    let marks =
        [(Ui::Cold, "◆", " cold  "), (Ui::Warm, "•", " warm  "), (Ui::Refused, "×", " refused, failed or timed out")];
    let mut spans = vec![Span::ui(Ui::Muted, lead)];
    for (role, mark, name) in marks {
        spans.extend([Span::ui(role, mark), Span::ui(Ui::Muted, name)]);
    }
    Row::of(spans).cut(width)
}

/// The number of instances over the span of the chart above it, and of arrivals in each of its columns.
pub(super) fn sparklines(
    requests: &[&RequestView],
    looks: &[Look],
    (from_s, to_s): (f64, f64),
    width: usize,
) -> Vec<Row> {
    let cols = width.saturating_sub(AXIS_COLS + 1).max(1);
    let column = |at_s: f64| (((at_s - from_s) / (to_s - from_s)) * (cols - 1) as f64).round();
    let inside = |at_s: f64| Some(column(at_s)).filter(|it| (0.0..cols as f64).contains(it)).map(|it| it as usize);
    let mut arrivals = vec![0.0; cols];
    for x in requests.iter().filter_map(|request| inside(request.arrived_s)) {
        arrivals[x] += 1.0;
    }
    let mut instances = vec![f64::NAN; cols];
    for look in looks {
        if let Some(x) = inside(look.at_s) {
            instances[x] =
                if instances[x].is_nan() { look.instances as f64 } else { instances[x].max(look.instances as f64) };
        }
    }
    // Between two looks the number is what it was at the first.
    let mut last = 0.0;
    for value in &mut instances {
        if value.is_nan() {
            *value = last;
        }
        last = *value;
    }
    vec![spark("arrivals", Ui::Muted, &arrivals), spark("instances", Ui::Busy, &instances)]
}

fn spark(label: &str, role: Ui, values: &[f64]) -> Row {
    const BARS: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let most = values.iter().copied().fold(0.0, f64::max);
    let bar = |value: &f64| BARS[if most > 0.0 { (value / most * 8.0).ceil().clamp(0.0, 8.0) as usize } else { 0 }];
    let line: String = values.iter().map(bar).collect();
    Row::of([Span::ui(Ui::Muted, format!("{label:>AXIS_COLS$}│")), Span::ui(role, line)])
}
