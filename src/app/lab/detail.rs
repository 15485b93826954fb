//! One thing of the run looked at closely: where a request's time went, an instance's life, where the figures come from.

use super::figures::{duration, ms};
use crate::app::row::{Row, Span, Ui, wrapped};
use crate::sim::{InstanceState, InstanceView, Kind, Outcome, Phases, Provenance, RequestView, WhyCold};

/// A request's time as a waterfall of its phases.
pub(super) fn request(request: &RequestView, width: usize) -> Vec<Row> {
    let outcome = match request.outcome {
        Outcome::Completed => "answered",
        Outcome::Throttled => "refused (429): the limit was reached",
        Outcome::TimedOut => "timed out",
        Outcome::Failed => "failed",
        Outcome::InFlight => "on its way",
    };
    let latency = if request.latency_ms > 0.0 { format!(" after {}", ms(request.latency_ms)) } else { String::new() };
    let mut rows = vec![Row::of([
        Span::ui(Ui::Strong, format!("Request {}", request.id + 1)),
        Span::ui(Ui::Text, format!("  came at {}, {outcome}{latency}", duration(request.arrived_s))),
    ])];
    let mut said = match request.why_cold {
        None if request.instance.is_some() => "Warm: an instance was idle and took it at once.".to_owned(),
        None => "No instance took it.".to_owned(),
        Some(WhyCold::First) => "Cold: there had been no instance before it.".to_owned(),
        Some(WhyCold::Expired) => "Cold: every instance had been idle for too long and was gone.".to_owned(),
        Some(WhyCold::AllBusy) => "Cold: there were instances, and every one of them was busy.".to_owned(),
    };
    if let Some(instance) = request.instance {
        said += &format!(" Instance {}.", instance + 1);
    }
    if request.attempts > 1 {
        said += &format!(" It took {} attempts.", request.attempts);
    }
    rows.extend(wrapped(if request.cold { Ui::Cold } else { Ui::Text }, &said, width));
    rows.extend(waterfall(&request.phases_ms, width));
    rows.into_iter().map(|row| row.cut(width)).collect()
}

fn waterfall(phases: &Phases, width: usize) -> Vec<Row> {
    const LABEL_COLS: usize = 14;
    let total_ms = phases.total_ms();
    if total_ms <= 0.0 {
        return Vec::new();
    }
    let room = width.saturating_sub(LABEL_COLS + 10).max(1);
    let parts = [
        ("provision", phases.provision_ms, Ui::Cold),
        ("fetch package", phases.fetch_ms, Ui::Cold),
        ("load runtime", phases.runtime_ms, Ui::Cold),
        ("initialise", phases.init_ms, Ui::Cold),
        ("connect", phases.connect_ms, Ui::Cold),
        ("handler", phases.handler_ms, Ui::Busy),
    ];
    let cell = |at_ms: f64| (at_ms / total_ms * room as f64).round() as usize;
    let mut at_ms = 0.0;
    let mut rows = Vec::new();
    for (label, part_ms, role) in parts.into_iter().filter(|(_, part_ms, _)| *part_ms > 0.0) {
        let (from, to) = (cell(at_ms), cell(at_ms + part_ms).max(cell(at_ms) + 1));
        at_ms += part_ms;
        rows.push(Row::of([
            Span::ui(Ui::Muted, format!("{label:<LABEL_COLS$}{}", " ".repeat(from))),
            Span::ui(role, "█".repeat(to - from)),
            Span::ui(Ui::Text, format!(" {}", ms(part_ms))),
        ]));
    }
    rows
}

/// An instance's life, from what is known of it and the requests that are still remembered.
pub(super) fn instance(instance: &InstanceView, requests: &[&RequestView], now_s: f64, width: usize) -> Vec<Row> {
    let (doing, role) = state(instance.state);
    let kept = if instance.provisioned { ", kept ready by provisioned concurrency" } else { "" };
    let mut rows = vec![Row::of([
        Span::ui(Ui::Strong, format!("Instance {}", instance.id + 1)),
        Span::ui(
            Ui::Text,
            format!("  {} old, {} requests answered{kept}", duration(now_s - instance.created_s), instance.served),
        ),
    ])];
    let mut now = format!("{doing} for {}", duration(now_s - instance.since_s));
    if let Some(until_s) = instance.until_s {
        let what = if instance.state == InstanceState::Idle { "gone in" } else { "done in" };
        now += &format!(", {what} {} if nothing comes", duration((until_s - now_s).max(0.0)));
    }
    rows.push(Row::of([Span::ui(role, now)]));
    // Its life as a bar: cold start, work and idleness in the order of their happening.
    let room = width.max(1);
    let span_s = (now_s - instance.created_s).max(1e-9);
    let mut cells = vec![('░', Ui::Idle); room];
    for request in requests.iter().filter(|request| request.instance == Some(instance.id)) {
        let start_s = request.arrived_s;
        let work_s = start_s + request.phases_ms.start_ms() / 1000.0;
        let end_s = start_s + request.phases_ms.total_ms() / 1000.0;
        let cell = |at_s: f64| (((at_s - instance.created_s) / span_s) * room as f64).clamp(0.0, room as f64) as usize;
        for (from, to, mark) in [(start_s, work_s, ('▒', Ui::Cold)), (work_s, end_s, ('█', Ui::Busy))] {
            if to > from {
                let to = cell(to).max(cell(from) + 1).min(room);
                cells[cell(from).min(room - 1)..to].fill(mark);
            }
        }
    }
    let mut spans: Vec<Span> = Vec::new();
    for (c, role) in cells {
        match spans.last_mut() {
            Some(last) if last.role == crate::app::row::Role::Ui(role) => last.text.push(c),
            _ => spans.push(Span::ui(role, c)),
        }
    }
    rows.push(Row::of(spans));
    rows.push(Row::ui(Ui::Muted, "▒ cold start  █ busy  ░ idle, from its creation to now"));
    rows.into_iter().map(|row| row.cut(width)).collect()
}

/// What an instance is doing, in a word, and how that looks.
pub(super) fn state(state: InstanceState) -> (&'static str, Ui) {
    match state {
        InstanceState::Provisioning => ("provisioning", Ui::Cold),
        InstanceState::Fetching => ("fetching its package", Ui::Cold),
        InstanceState::LoadingRuntime => ("loading the runtime", Ui::Cold),
        InstanceState::Initialising => ("initialising", Ui::Cold),
        InstanceState::Connecting => ("connecting", Ui::Cold),
        InstanceState::Busy => ("busy", Ui::Busy),
        InstanceState::Idle => ("idle", Ui::Idle),
    }
}

/// Where each figure of the scenario comes from.
pub(super) fn sources(provenance: &[Provenance], width: usize) -> Vec<Row> {
    let mut rows = vec![Row::ui(Ui::Strong, "Where the figures come from (the rest is the scenario's own)")];
    for source in provenance {
        let (kind, role) = match source.kind {
            Kind::Assumed => ("assumed", Ui::Partly),
            Kind::Official => ("official", Ui::Made),
            Kind::Measured => ("measured", Ui::Made),
            Kind::Secondary => ("secondary", Ui::Text),
            Kind::Given => ("scenario", Ui::Text),
        };
        let mut spans =
            vec![Span::ui(Ui::Text, format!("{} = {}  ", source.figure, source.value)), Span::ui(role, kind)];
        if !source.as_of.is_empty() {
            spans.push(Span::ui(Ui::Muted, format!(", {}", source.as_of)));
        }
        rows.push(Row::of(spans).cut(width));
        for row in wrapped(Ui::Muted, &source.source, width.saturating_sub(4)) {
            rows.push(Row::ui(Ui::Muted, format!("    {}", row.text())));
        }
    }
    rows
}
