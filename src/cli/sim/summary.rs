//! A report in words, for people: one line for each thing one would ask, and none for what the run does not have.

use serde_json::Value;

use super::super::CliError;
use super::super::output::Output;
use crate::sim::{Report, Scenario, figures};

/// More functions than this are told together only.
const MOST_FUNCTIONS: usize = 8;
const MONTH_S: f64 = 30.0 * 86_400.0;

pub(super) fn write(scenario: &Scenario, report: &Report, output: &mut Output) -> Result<(), CliError> {
    let replications = match report.replications {
        1 => String::new(),
        n => format!(", {n} replications"),
    };
    output.line(&format!("{}   (seed {}{replications})", scenario.title, report.seed))?;
    for (label, value) in lines(report).into_iter().chain(flow_lines(report)) {
        output.line(&format!("{label:<12} {value}"))?;
    }
    Ok(())
}

fn lines(report: &Report) -> Vec<(&'static str, String)> {
    let plus_minus = |name: &str, factor: f64| half_width(report, name, factor);
    let (latency, instances, cost) = (&report.latency_ms, &report.instances, &report.cost_usd);
    let mut lines = vec![
        ("simulated", format!("{:.1} s", report.simulated_s)),
        ("requests", format!("{} ({})", report.requests, endings(report))),
        (
            "cold starts",
            format!(
                "{} ({:.2}{} % of requests)",
                report.cold_starts,
                report.cold_ratio * 100.0,
                plus_minus("cold_ratio", 100.0)
            ),
        ),
        ("", phases(report)),
        (
            "latency",
            format!(
                "mean {:.1}{} ms, p50 {:.1}, p90 {:.1}, p95 {:.1}, p99 {:.1}, max {:.1}",
                latency.mean,
                plus_minus("latency_ms.mean", 1.0),
                latency.p50,
                latency.p90,
                latency.p95,
                latency.p99,
                latency.max
            ),
        ),
        (
            "instances",
            format!(
                "mean {:.2}{} ({:.2} running, {:.2} idle), at most {}",
                instances.mean,
                plus_minus("instances.mean", 1.0),
                instances.mean_running,
                instances.mean_idle,
                instances.max
            ),
        ),
    ];
    let database = &report.database;
    if database.opened + database.refused > 0 {
        lines.push((
            "connections",
            format!(
                "mean {:.2}, at most {}; {} opened, {} refused",
                database.mean_connections, database.max_connections, database.opened, database.refused
            ),
        ));
    }
    let delivery = &report.delivery;
    if delivery.retries + delivery.duplicates + delivery.dead_letters > 0 {
        lines.push((
            "delivery",
            format!(
                "{} tried again, {} given up, {} delivered twice, {} of them done twice",
                delivery.retries, delivery.dead_letters, delivery.duplicates, delivery.repeated_effects
            ),
        ));
    }
    lines.push((
        "cost",
        format!(
            "{} in all ({} for requests, {} for time, {} for instances kept ready)",
            dollars(cost.total),
            dollars(cost.requests),
            dollars(cost.duration),
            dollars(cost.provisioned)
        ),
    ));
    if report.invocations > 0 {
        lines.push((
            "",
            format!(
                "{} for a million calls, {} for thirty days like this",
                dollars(cost.per_million),
                dollars(cost.per_month)
            ),
        ));
        lines.push(("instead", always_on(report)));
        lines.push(("", crossing(report)));
    }
    lines.retain(|(_, value)| !value.is_empty());
    lines
}

/// How the requests ended; together they are all.
fn endings(report: &Report) -> String {
    let mut endings = format!(
        "{} completed, {} throttled, {} timed out, {} failed",
        report.completed, report.throttled, report.timed_out, report.failed
    );
    if report.in_flight > 0 {
        endings += &format!(", {} still in flight", report.in_flight);
    }
    endings
}

/// Where the time of a cold start goes; nothing where it is not divided.
fn phases(report: &Report) -> String {
    let it = &report.phases_ms;
    if it.provision + it.fetch + it.runtime + it.init == 0.0 {
        return String::new();
    }
    format!(
        "on average provision {:.0} ms, fetch {:.0}, runtime {:.0}, initialise {:.0}, connect {:.0}",
        it.provision, it.fetch, it.runtime, it.init, it.connect
    )
}

/// What machines that are always there would cost.
fn always_on(report: &Report) -> String {
    let it = &report.comparison;
    let per_month = |usd: f64| dollars(usd / report.simulated_s * MONTH_S);
    let containers =
        if it.containers == 1 { "a container".to_owned() } else { format!("{} containers", it.containers) };
    let (container, vm) = (per_month(it.containers_usd), per_month(it.vm_usd));
    format!("for thirty days at the mean load {containers} (1 vCPU, 2 GB) {container}, or a VM (2 vCPU, 8 GB) {vm}")
}

/// From which traffic on a container is cheaper.
fn crossing(report: &Report) -> String {
    let calls_per_s = figures(report.invocations as f64 / report.simulated_s);
    match report.comparison.break_even_per_s {
        Some(0.0) => "a container is cheaper at any traffic".to_owned(),
        Some(from) => {
            let from = figures(from);
            format!("a container is cheaper from {from} calls a second on; here there are {calls_per_s} on average")
        }
        None => "a container would be full before it is cheaper".to_owned(),
    }
}

fn flow_lines(report: &Report) -> Vec<(&str, String)> {
    let Some(flow) = &report.flow else { return Vec::new() };
    let mut lines = Vec::new();
    let all = &flow.total;
    if flow.functions.len() <= MOST_FUNCTIONS {
        for (name, it) in &flow.functions {
            let (cold, latency) = (it.cold_ratio * 100.0, &it.latency_ms);
            lines.push((
                name.as_str(),
                format!(
                    "{} requests ({}), {cold:.2} % cold, p50 {:.1} ms, p99 {:.1}, {}",
                    it.requests,
                    endings(it),
                    latency.p50,
                    latency.p99,
                    dollars(it.cost_usd.total)
                ),
            ));
            if it.delivery.duplicates > 0 {
                let (twice, again) = (it.delivery.duplicates, it.delivery.repeated_effects);
                lines.push(("", format!("{twice} delivered twice, {again} of them done twice")));
            }
        }
        let end = &flow.end_to_end_ms;
        let (p50, p95, p99, max) = (end.p50, end.p95, end.p99, end.max);
        lines.push(("end to end", format!("p50 {p50:.1} ms, p95 {p95:.1}, p99 {p99:.1}, max {max:.1}")));
    }
    lines.push((
        "together",
        format!(
            "{} functions: {} requests, {:.2} % cold, {:.2} instances ({:.2} idle), {}",
            flow.functions.len() + 1,
            all.requests,
            all.cold_ratio * 100.0,
            all.instances,
            all.idle,
            dollars(all.cost_usd)
        ),
    ));
    lines
}

/// Half the width of the figure's 95 % confidence interval, where there is one.
fn half_width(report: &Report, name: &str, factor: f64) -> String {
    let pointer = format!("/{}", name.replace('.', "/"));
    let half = report.ci95.as_ref().and_then(|ci95| ci95.pointer(&pointer)).and_then(Value::as_f64);
    half.map_or_else(String::new, |half| format!(" ± {:.3}", half * factor))
}

fn dollars(usd: f64) -> String {
    format!("${}", figures(usd))
}
