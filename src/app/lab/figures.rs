//! The totals of a run as rows, and numbers as people say them.

use crate::app::row::{Row, Span, Ui};
use crate::sim::Report;

/// A line of the totals: its name, the figure's name in the report, and how it is said.
struct Figure {
    label: &'static str,
    name: &'static str,
    say: fn(f64) -> String,
    role: Ui,
}

const fn figure(label: &'static str, name: &'static str, say: fn(f64) -> String) -> Figure {
    Figure { label, name, say, role: Ui::Strong }
}

static FIGURES: [Figure; 13] = [
    figure("requests", "requests", count),
    Figure { label: "cold starts", name: "cold_ratio", say: percent, role: Ui::Cold },
    figure("throttled", "throttled", count),
    figure("timed out", "timed_out", count),
    figure("failed", "failed", count),
    figure("latency p50", "latency_ms.p50", ms),
    figure("latency p95", "latency_ms.p95", ms),
    figure("latency p99", "latency_ms.p99", ms),
    figure("cost per million", "cost_usd.per_million", dollars),
    figure("instances, at most", "instances.max", count),
    figure("  busy, on average", "instances.mean_running", few),
    figure("  idle, on average", "instances.mean_idle", few),
    figure("connections, most", "database.max_connections", count),
];
const LABEL_COLS: usize = 19;
const VALUE_COLS: usize = 11;
const SPREAD_COLS: usize = 13;

/// The totals so far; beside them half the width of the 95 % confidence interval, and the run before, where known.
///
/// Lines on which nothing ever happens are left out.
pub(in crate::app) fn totals(report: &Report, before: Option<&Report>, spread: Option<&Report>) -> Vec<Row> {
    let rare = ["throttled", "timed_out", "failed", "database.max_connections"];
    let mut head = format!("{:<LABEL_COLS$}{:>VALUE_COLS$}", "Totals", "now");
    if spread.is_some() {
        head += &format!("{:<SPREAD_COLS$}", "  ± (95 %)");
    }
    if before.is_some() {
        head += &format!("{:>VALUE_COLS$}", "before");
    }
    let mut rows = vec![Row::ui(Ui::Muted, head)];
    for Figure { label, name, say, role } in &FIGURES {
        let (Some(now), was) = (report.figure(name), before.and_then(|it| it.figure(name))) else { continue };
        if rare.contains(name) && now == 0.0 && was.unwrap_or(0.0) == 0.0 {
            continue;
        }
        let mut spans = vec![
            Span::ui(Ui::Text, format!("{label:<LABEL_COLS$}")),
            Span::ui(*role, format!("{:>VALUE_COLS$}", say(now))),
        ];
        if let Some(spread) = spread {
            let pointer = format!("/{}", name.replace('.', "/"));
            let half = spread.ci95.as_ref().and_then(|ci95| ci95.pointer(&pointer)).and_then(serde_json::Value::as_f64);
            // A count does not vary where the run's length is given.
            let half = half.filter(|half| *half > 0.0).map_or_else(String::new, |half| format!("± {}", say(half)));
            spans.push(Span::ui(Ui::Muted, format!("  {half:<w$}", w = SPREAD_COLS - 2)));
        }
        if before.is_some() {
            let was = was.map_or_else(String::new, say);
            spans.push(Span::ui(Ui::Muted, format!("{was:>VALUE_COLS$}")));
        }
        rows.push(Row::of(spans));
    }
    rows
}

/// What a run costs in a month at the traffic it had, in dollars.
pub(super) fn per_month(report: &Report) -> Option<f64> {
    const MONTH_S: f64 = 30.4375 * 86_400.0;
    (report.simulated_s > 0.0 && report.requests > 0).then(|| report.cost_usd.total / report.simulated_s * MONTH_S)
}

fn count(value: f64) -> String {
    format!("{value:.0}")
}

fn few(value: f64) -> String {
    if value >= 100.0 { format!("{value:.0}") } else { format!("{value:.2}") }
}

fn percent(ratio: f64) -> String {
    let percent = ratio * 100.0;
    if percent > 0.0 && percent < 1.0 { format!("{percent:.2} %") } else { format!("{percent:.1} %") }
}

/// Milliseconds as people say them.
pub(super) fn ms(ms: f64) -> String {
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
        s => format!("{s:.1} s"),
    }
}

pub(super) fn dollars(usd: f64) -> String {
    match usd {
        usd if usd >= 100.0 => format!("${usd:.0}"),
        usd if usd >= 0.01 || usd == 0.0 => format!("${usd:.2}"),
        usd => format!("${usd:.4}"),
    }
}

/// Three figures say as much as a guess can be compared with.
pub(in crate::app) fn round(value: f64) -> f64 {
    let scale = libm::pow(10.0, 2.0 - libm::log10(value.abs().max(1e-12)).floor());
    (value * scale).round() / scale
}

#[cfg(test)]
mod tests {
    use super::{dollars, duration, ms, percent, round};

    #[test]
    fn figures_read_as_people_say_them() {
        let said = [0.5, 12.34, 456.7, 1234.0].map(ms);
        assert_eq!(said, ["0.50 ms", "12.3 ms", "457 ms", "1.23 s"]);
        assert_eq!([59.94, 600.0].map(duration), ["59.9 s", "10.0 min"]);
        assert_eq!([0.001_34, 0.25].map(percent), ["0.13 %", "25.0 %"]);
        assert_eq!([0.0, 0.0012, 12.0].map(dollars), ["$0.00", "$0.0012", "$12.00"]);
        assert_eq!([12.3456, 0.001_234_5].map(round), [12.3, 0.00123]);
    }
}
