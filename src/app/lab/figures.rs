//! The totals of a run as rows, and numbers as people say them.

use serde_json::Value;

use crate::app::row::{Row, Span, Ui};
use crate::sim::Report;

/// A line of the totals: its name, the figure's name in the report, and how it is said.
struct Figure {
    label: &'static str,
    name: &'static str,
    say: fn(f64) -> String,
    role: Ui,
    /// Left out where it never happens.
    is_rare: bool,
    /// That of several runs is the sum of theirs.
    is_sum: bool,
}

const fn figure(label: &'static str, name: &'static str, say: fn(f64) -> String) -> Figure {
    Figure { label, name, say, role: Ui::Strong, is_rare: false, is_sum: false }
}

const fn cold(name: &'static str) -> Figure {
    Figure { role: Ui::Cold, ..figure("cold starts", name, percent) }
}

/// How often something happened.
const fn often(label: &'static str, name: &'static str) -> Figure {
    Figure { is_sum: true, ..figure(label, name, count) }
}

const fn rare(label: &'static str, name: &'static str) -> Figure {
    Figure { is_rare: true, ..often(label, name) }
}

/// Of one function.
static FIGURES: [Figure; 20] = [
    often("requests", "requests"),
    cold("cold_ratio"),
    rare("throttled", "throttled"),
    rare("timed out", "timed_out"),
    rare("failed", "failed"),
    rare("tried again", "delivery.retries"),
    rare("delivered twice", "delivery.duplicates"),
    rare("  done twice", "delivery.repeated_effects"),
    rare("given up", "delivery.dead_letters"),
    figure("latency p50", "latency_ms.p50", ms),
    figure("latency p95", "latency_ms.p95", ms),
    figure("latency p99", "latency_ms.p99", ms),
    figure("cost per million", "cost_usd.per_million", dollars),
    figure("cost per month", "cost_usd.per_month", dollars),
    figure("instances, at most", "instances.max", count),
    figure("  busy, on average", "instances.mean_running", few),
    figure("  idle, on average", "instances.mean_idle", few),
    Figure { is_sum: false, ..rare("connections, most", "database.max_connections") },
    rare("connections refused", "database.refused"),
    figure("container pays from", "comparison.break_even_per_s", per_second),
];

/// Of all functions of a flow together.
static OF_ALL: [Figure; 8] = [
    often("requests", "flow.total.requests"),
    cold("flow.total.cold_ratio"),
    figure("end to end p50", "flow.end_to_end_ms.p50", ms),
    figure("end to end p95", "flow.end_to_end_ms.p95", ms),
    figure("end to end p99", "flow.end_to_end_ms.p99", ms),
    figure("instances, average", "flow.total.instances", few),
    figure("  idle, on average", "flow.total.idle", few),
    figure("cost of the run", "flow.total.cost_usd", dollars),
];

const LABEL_COLS: usize = 19;
/// Columns of a figure, and where there is little room.
pub(in crate::app) const VALUE_COLS: usize = 11;
pub(super) const NARROW_VALUE_COLS: usize = 8;
const SPREAD_COLS: usize = 13;
/// A figure that is larger, or smaller, than in the run before.
const MORE: char = '▲';
const LESS: char = '▼';
/// A spread that is so small a part of its figure is none that anybody would look at.
const LEAST_SPREAD: f64 = 1e-3;

/// The totals so far; beside them half the width of the 95 % confidence interval, and the run before, where known.
pub(in crate::app) fn totals(
    report: &Report,
    before: Option<&Report>,
    spread: Option<&Report>,
    value_cols: usize,
) -> Vec<Row> {
    rows(&FIGURES, report, before, spread, value_cols)
}

/// The same of all functions of a flow together.
pub(in crate::app) fn totals_of_all(report: &Report, before: Option<&Report>, value_cols: usize) -> Vec<Row> {
    rows(&OF_ALL, report, before, None, value_cols)
}

fn rows(
    figures: &[Figure],
    report: &Report,
    before: Option<&Report>,
    spread: Option<&Report>,
    value_cols: usize,
) -> Vec<Row> {
    let mut head = format!("{:<LABEL_COLS$}{:>value_cols$}", "Totals", "now");
    if spread.is_some() {
        head += &format!("{:<SPREAD_COLS$}", "  ± (95 %)");
    }
    if before.is_some() {
        head += &format!("{:>value_cols$}", "before");
    }
    let mut rows = vec![Row::ui(Ui::Muted, head)];
    let (of_now, of_before) = (by_name(report), before.map(by_name));
    for Figure { label, name, say, role, is_rare, is_sum } in figures {
        let (Some(now), was) = (figure_of(&of_now, name), of_before.as_ref().and_then(|it| figure_of(it, name))) else {
            continue;
        };
        if *is_rare && now == 0.0 && was.unwrap_or(0.0) == 0.0 {
            continue;
        }
        let mut spans = vec![
            Span::ui(Ui::Text, format!("{label:<LABEL_COLS$}")),
            Span::ui(*role, format!("{:>value_cols$}", say(now))),
        ];
        if let Some(spread) = spread {
            let runs = if *is_sum { spread.replications.max(1) as f64 } else { 1.0 };
            let half = spread.ci95.as_ref().and_then(|ci95| figure_of(ci95, name));
            // A count does not vary where the run's length is given.
            let half = half.map(|half| half / runs);
            let half = half.filter(|half| *half > LEAST_SPREAD * now.abs() && is_something(&say(now)));
            let half = half.map_or_else(String::new, |half| format!("± {}", say_small(half, *say)));
            spans.push(Span::ui(Ui::Muted, format!("  {half:<w$}", w = SPREAD_COLS - 2)));
        }
        if before.is_some() {
            let said = was.map_or_else(String::new, say);
            spans.push(Span::ui(Ui::Muted, format!("{said:>value_cols$}")));
            // Only what can be seen to be another number has moved.
            let way = was.filter(|was| say(*was) != say(now)).map_or(' ', |was| if now > was { MORE } else { LESS });
            spans.push(Span::ui(Ui::Key, format!(" {way}")));
        }
        rows.push(Row::of(spans));
    }
    rows
}

/// Whether a line of the totals says that its figure is another one than before.
pub(super) fn has_moved(row: &Row) -> bool {
    row.spans.last().is_some_and(|last| last.text.ends_with([MORE, LESS]))
}

/// There is more than noughts in it.
fn is_something(said: &str) -> bool {
    said.contains(|c: char| matches!(c, '1'..='9'))
}

/// A spread may be smaller than the last digit with which its figure is said.
fn say_small(value: f64, say: fn(f64) -> String) -> String {
    let said = say(value);
    if is_something(&said) {
        return said;
    }
    match said.rfind('0') {
        Some(last) => format!("<{}1{}", &said[..last], &said[last + 1..]),
        None => said,
    }
}

/// The figures of a report by their names, for somebody who wants many of them.
fn by_name(report: &Report) -> Value {
    serde_json::to_value(report).unwrap_or_default()
}

fn figure_of(figures: &Value, name: &str) -> Option<f64> {
    name.split('.').try_fold(figures, |value, key| value.get(key))?.as_f64()
}

fn count(value: f64) -> String {
    format!("{value:.0}")
}

fn per_second(value: f64) -> String {
    format!("{}/s", round(value))
}

fn few(value: f64) -> String {
    if value >= 100.0 { format!("{value:.0}") } else { format!("{value:.2}") }
}

pub(in crate::app) fn percent(ratio: f64) -> String {
    crate::sim::percent(ratio)
}

/// Milliseconds as people say them.
pub(in crate::app) fn ms(ms: f64) -> String {
    match ms {
        ms if ms >= 10_000.0 => format!("{:.0} s", ms / 1000.0),
        ms if ms >= 1000.0 => format!("{:.2} s", ms / 1000.0),
        ms if ms >= 100.0 => format!("{ms:.0} ms"),
        ms if ms >= 1.0 => format!("{ms:.1} ms"),
        ms => format!("{ms:.2} ms"),
    }
}

pub(in crate::app) fn duration(s: f64) -> String {
    match s {
        s if s >= 172_800.0 => format!("{:.1} days", s / 86_400.0),
        s if s >= 7_200.0 => format!("{:.1} h", s / 3_600.0),
        s if s >= 120.0 => format!("{:.1} min", s / 60.0),
        s if s >= 10.0 || s <= 0.0 => format!("{s:.1} s"),
        s => format!("{s:.2} s"),
    }
}

/// How many times faster than life: `20`, `10,000`, `1/5`.
pub(super) fn speed(factor: f64) -> String {
    match factor {
        factor if factor >= 1000.0 => format!("{:.0},000", factor / 1000.0),
        factor if factor >= 1.0 => format!("{factor:.0}"),
        factor => format!("1/{:.0}", 1.0 / factor),
    }
}

pub(super) fn dollars(usd: f64) -> String {
    match usd {
        usd if usd >= 100.0 => format!("${usd:.0}"),
        usd if usd >= 0.01 || usd == 0.0 => format!("${usd:.2}"),
        usd if usd < 0.000_05 => "<$0.0001".to_owned(),
        usd => format!("${usd:.4}"),
    }
}

/// Three figures say as much as a guess can be compared with.
pub(in crate::app) fn round(value: f64) -> f64 {
    let scale = libm::pow(10.0, 2.0 - libm::log10(value.abs().max(1e-12)).floor());
    (value * scale).round() / scale
}

/// A figure beside a guess: what is counted in full, the rest in as many digits as a guess can be compared with.
pub(in crate::app) fn compared(value: f64) -> String {
    if value.fract() == 0.0 && value.abs() < 1e9 { count(value) } else { round(value).to_string() }
}

#[cfg(test)]
mod tests {
    use super::{compared, count, dollars, duration, few, ms, percent, round, say_small, speed};

    #[test]
    fn figures_read_as_people_say_them() {
        let said = [0.5, 12.34, 456.7, 1234.0].map(ms);
        assert_eq!(said, ["0.50 ms", "12.3 ms", "457 ms", "1.23 s"]);
        assert_eq!([0.0, 0.0456, 59.94, 600.0].map(duration), ["0.0 s", "0.05 s", "59.9 s", "10.0 min"]);
        assert_eq!([0.2, 20.0, 10_000.0].map(speed), ["1/5", "20", "10,000"]);
        let small = [say_small(0.004, few), say_small(0.3, count), say_small(12.0, count), say_small(3e-5, percent)];
        assert_eq!(small, ["<0.01", "<1", "12", "<0.01 %"]);
        assert_eq!([0.001_34, 0.25].map(percent), ["0.13 %", "25.0 %"]);
        assert_eq!([0.0, 3e-6, 0.0012, 12.0].map(dollars), ["$0.00", "<$0.0001", "$0.0012", "$12.00"]);
        assert_eq!([12.3456, 0.001_234_5].map(round), [12.3, 0.00123]);
        assert_eq!([1099.0, 1099.6, 12.36].map(compared), ["1099", "1100", "12.4"]);
    }
}
