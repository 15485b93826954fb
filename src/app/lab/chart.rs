//! Requests over time as a scatter of marks, and numbers over time as a line of bars.

use super::figures::{duration, round};
use super::scope::{Id, Scope};
use super::watched::Look;
use crate::app::row::{Role, Row, Span, Ui};
use crate::sim::{Outcome, RequestView};

/// Columns of the figures left of the chart.
pub(super) const AXIS_COLS: usize = 9;
/// Columns between two moments that are named below the chart, at least.
const TICK_COLS: usize = 16;

/// What the sides of a chart stand for. Two charts beside each other share them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Axes {
    pub(super) from_s: f64,
    pub(super) to_s: f64,
    /// Powers of ten of the latencies at the lower and at the upper end.
    low: f64,
    high: f64,
    /// The lowest row is for those that were refused at once.
    has_refused: bool,
}

/// A scatter of requests by arrival and latency (logarithmic).
pub(super) struct Chart {
    pub rows: Vec<Row>,
    /// Where requests stand: column and row in `rows`.
    pub places: Vec<(usize, usize, Id)>,
}

impl Axes {
    /// Around `requests`, of which all since `from_s` are known. The scale moves in half decades, so that it stands still
    /// while points come.
    pub(super) fn around<'a>(requests: impl Iterator<Item = &'a RequestView>, from_s: f64, now_s: f64) -> Self {
        let (mut low, mut high, mut has_refused) = (f64::INFINITY, 0.0_f64, false);
        for request in requests {
            has_refused |= is_refused(request);
            if request.latency_ms > 0.0 {
                (low, high) = (low.min(request.latency_ms), high.max(request.latency_ms));
            }
        }
        let (low, high) = if high > 0.0 {
            let low = (libm::log10(low) * 2.0).floor() / 2.0;
            (low, ((libm::log10(high) * 2.0).ceil() / 2.0).max(low + 0.5))
        } else {
            (1.0, 3.0)
        };
        Self { from_s, to_s: now_s.max(from_s + 1e-9), low, high, has_refused }
    }

    /// The column of a moment, when it is one of `cols`.
    fn column(&self, at_s: f64, cols: usize) -> Option<usize> {
        let x = ((at_s - self.from_s) / (self.to_s - self.from_s) * (cols - 1) as f64).round();
        (x >= 0.0 && x < cols as f64).then_some(x as usize)
    }

    fn row(&self, power: f64, rows: usize) -> usize {
        let share = ((power - self.low) / (self.high - self.low)).clamp(0.0, 1.0);
        ((1.0 - share) * (rows - 1) as f64).round() as usize
    }

    /// The moment that a column stands for.
    pub(super) fn moment_s(&self, x: usize, cols: usize) -> f64 {
        self.from_s + x as f64 / (cols.max(2) - 1) as f64 * (self.to_s - self.from_s)
    }

    /// What each of `rows` is called: the powers of ten, and the ends where there are fewer than two of these.
    fn labels(&self, rows: usize) -> Vec<Option<String>> {
        let mut labels = vec![None; rows];
        let mut named = 0;
        for power in self.low.ceil() as i32..=self.high.floor() as i32 {
            labels[self.row(power.into(), rows)].get_or_insert_with(|| {
                named += 1;
                plain_ms(libm::pow(10.0, power.into()))
            });
        }
        for end in [self.low, self.high].into_iter().filter(|_| named < 2) {
            labels[self.row(end, rows)].get_or_insert_with(|| plain_ms(libm::pow(10.0, end)));
        }
        labels
    }

    /// The line below a chart, with moments at round distances.
    fn time_line(&self, cols: usize) -> Row {
        let (left, right) = (duration(self.from_s), duration(self.to_s));
        let mut line: Vec<char> = vec!['─'; cols];
        let mut write = |x: usize, text: &str| {
            for (cell, c) in line.iter_mut().skip(x).zip(text.chars()) {
                *cell = c;
            }
        };
        write(0, &format!("{left} "));
        let right = format!(" {right}");
        let last = cols.saturating_sub(right.chars().count());
        let step_s = round_step_s((self.to_s - self.from_s) * TICK_COLS as f64 / cols as f64);
        let mut at_s = (self.from_s / step_s).floor() * step_s + step_s;
        while let Some(x) = self.column(at_s, cols).filter(|x| *x < last) {
            let text = format!("┴ {} ", moment(at_s));
            if x > left.chars().count() + 1 && x + text.chars().count() < last {
                write(x, &text);
            }
            at_s += step_s;
        }
        write(last, &right);
        Row::ui(Ui::Muted, format!("{:AXIS_COLS$}└{}", "", line.into_iter().collect::<String>()))
    }
}

/// Draws the newest requests in `width` × `height` cells. The one that is `chosen` is marked.
pub(super) fn chart(requests: &[&RequestView], axes: &Axes, chosen: Option<Id>, width: usize, height: usize) -> Chart {
    let cols = width.saturating_sub(AXIS_COLS + 1).max(1);
    let plot = height.max(4) - 1;
    let scale = plot - usize::from(axes.has_refused);
    let mut cells = vec![vec![None::<(u8, char, Ui)>; cols]; plot];
    let mut places = Vec::new();
    for request in requests {
        let Some((rank, mark, role)) = mark(request) else { continue };
        let Some(x) = axes.column(request.arrived_s, cols) else { continue };
        let y = if request.latency_ms > 0.0 { axes.row(libm::log10(request.latency_ms), scale) } else { plot - 1 };
        let id = Id::of_request(request);
        places.push((AXIS_COLS + 1 + x, y, id));
        let point = if chosen == Some(id) { (u8::MAX, mark, Ui::Chosen) } else { (rank, mark, role) };
        let cell = &mut cells[y][x];
        // A rare mark is not hidden behind a common one.
        if cell.is_none_or(|(there, ..)| point.0 > there) {
            *cell = Some(point);
        }
    }
    let mut rows = Vec::with_capacity(plot + 1);
    let mut labels = axes.labels(scale);
    labels.resize(plot, Some("refused".to_owned()));
    for (row, label) in cells.into_iter().zip(labels) {
        let side = if label.is_some() { '┤' } else { '│' };
        let mut spans = vec![Span::ui(Ui::Muted, format!("{:>AXIS_COLS$}{side}", label.unwrap_or_default()))];
        for cell in row {
            let (_, c, role) = cell.unwrap_or((0, ' ', Ui::Text));
            match spans.last_mut() {
                Some(last) if last.role == Role::Ui(role) => last.text.push(c),
                _ => spans.push(Span::ui(role, c)),
            }
        }
        rows.push(Row::of(spans));
    }
    rows.push(axes.time_line(cols).cut(width));
    Chart { rows, places }
}

/// It got no answer after any time at all.
fn is_refused(request: &RequestView) -> bool {
    request.outcome == Outcome::Throttled && request.latency_ms <= 0.0
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

/// Powers of ten as an axis names them: `10 ms`, `1 s`.
fn plain_ms(of_ms: f64) -> String {
    if of_ms >= 1000.0 { format!("{} s", round(of_ms / 1000.0)) } else { format!("{} ms", round(of_ms)) }
}

/// The least round length of time that is at least `least_s`.
fn round_step_s(least_s: f64) -> f64 {
    const MINUTE_S: f64 = 60.0;
    const HOUR_S: f64 = 3600.0;
    const DAY_S: f64 = 86_400.0;
    const STEPS_S: [f64; 25] = [
        0.01,
        0.02,
        0.05,
        0.1,
        0.2,
        0.5,
        1.0,
        2.0,
        5.0,
        10.0,
        20.0,
        30.0,
        MINUTE_S,
        2.0 * MINUTE_S,
        5.0 * MINUTE_S,
        10.0 * MINUTE_S,
        20.0 * MINUTE_S,
        30.0 * MINUTE_S,
        HOUR_S,
        2.0 * HOUR_S,
        4.0 * HOUR_S,
        12.0 * HOUR_S,
        DAY_S,
        2.0 * DAY_S,
        5.0 * DAY_S,
    ];
    STEPS_S.into_iter().find(|step_s| *step_s >= least_s).unwrap_or_else(|| (least_s / DAY_S).ceil() * DAY_S)
}

/// A round moment, in the largest unit of which it is a round number: `90 s` is `1.5 min` to nobody.
fn moment(at_s: f64) -> String {
    let is_round = |unit_s: f64| at_s >= unit_s && (at_s % unit_s).abs() < 1e-6 * at_s;
    if is_round(86_400.0) && at_s >= 172_800.0 {
        format!("{} days", round(at_s / 86_400.0))
    } else if is_round(3_600.0) {
        format!("{} h", round(at_s / 3_600.0))
    } else if is_round(60.0) {
        format!("{} min", round(at_s / 60.0))
    } else {
        format!("{} s", round(at_s))
    }
}

pub(super) fn legend(width: usize) -> Row {
    let lead = format!("{:AXIS_COLS$} ", "");
    let marks =
        [(Ui::Cold, "◆", " cold  "), (Ui::Warm, "•", " warm  "), (Ui::Refused, "×", " refused, failed, timed out")];
    let more = [(Ui::Muted, "  ↕", " response time"), (Ui::Idle, "  █", " idle time left")];
    let mut row = Row::default();
    for (role, mark, name) in marks {
        row.spans.extend([Span::ui(role, mark), Span::ui(Ui::Muted, name)]);
    }
    for (role, mark, name) in more {
        let (mark, name) = (Span::ui(role, mark), Span::ui(Ui::Muted, name));
        if row.width() + mark.width() + name.width() <= width {
            row.spans.extend([mark, name]);
        }
    }
    // Below the marks, where there is room.
    if row.width() + AXIS_COLS < width {
        row.spans.insert(0, Span::ui(Ui::Muted, lead));
    }
    row.cut(width)
}

/// Arrivals in each column of the chart above, and the instances there were; each line `height` rows high.
pub(super) fn sparklines(
    requests: &[&RequestView],
    looks: &[Look],
    scope: &Scope,
    axes: &Axes,
    (width, height): (usize, usize),
) -> Vec<Row> {
    let cols = width.saturating_sub(AXIS_COLS + 1).max(1);
    let mut arrivals = vec![0.0; cols];
    for x in requests.iter().filter_map(|request| axes.column(request.arrived_s, cols)) {
        arrivals[x] += 1.0;
    }
    let mut instances = vec![f64::NAN; cols];
    for look in looks {
        if let Some(x) = axes.column(look.at_s, cols) {
            let there = (0..).zip(&look.instances).filter(|(function, _)| scope.holds(*function));
            let there: u32 = there.map(|(_, n)| n).sum();
            instances[x] = instances[x].max(there.into());
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
    let mut rows = spark("arrivals", Ui::Muted, &arrivals, height);
    rows.extend(spark("instances", Ui::Busy, &instances, height));
    rows
}

fn spark(label: &str, role: Ui, values: &[f64], height: usize) -> Vec<Row> {
    const BARS: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let most = values.iter().copied().fold(0.0, f64::max);
    let eighths = |value: f64| if most > 0.0 { (value / most * (8 * height) as f64).ceil() as usize } else { 0 };
    let line = |row: usize| -> String {
        let below = 8 * (height - 1 - row);
        values.iter().map(|value| BARS[eighths(*value).saturating_sub(below).min(8)]).collect()
    };
    (0..height)
        .map(|row| {
            let label = match row {
                0 => label.to_owned(),
                1 => format!("most {most}"),
                _ => String::new(),
            };
            Row::of([Span::ui(Ui::Muted, format!("{label:>AXIS_COLS$}│")), Span::ui(role, line(row))])
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{Axes, Ui, spark};

    #[test]
    fn axes_have_round_names() {
        let axes = Axes { from_s: 0.0, to_s: 453.0, low: 0.5, high: 3.0, has_refused: false };
        let labels: Vec<String> = axes.labels(6).into_iter().map(Option::unwrap_or_default).collect();
        assert_eq!(labels, ["1 s", "", "100 ms", "", "10 ms", ""]);
        assert_eq!(
            [80.0, 90.0, 120.0, 5400.0, 7200.0, 172_800.0].map(super::moment),
            ["80 s", "90 s", "2 min", "90 min", "2 h", "2 days"]
        );
        let narrow = Axes { low: 2.0, high: 2.5, ..axes };
        assert_eq!(narrow.labels(3), [Some("316 ms".to_owned()), None, Some("100 ms".to_owned())]);
        let line = axes.time_line(66).text();
        assert_eq!(line, "         └0.0 s ───────────┴ 2 min ─────────┴ 4 min ──────────────── 7.5 min");
    }

    #[test]
    fn a_higher_line_of_bars_begins_in_the_row_below() {
        let rows = spark("n", Ui::Busy, &[0.0, 1.0, 2.0, 4.0], 2);
        let bars: Vec<String> = rows.iter().map(|row| row.spans[1].text.clone()).collect();
        assert_eq!(bars, ["   █", " ▄██"]);
    }
}
