//! One thing of the run looked at closely: where a request's time went, what an instance does, where the figures come from.

use super::figures::{duration, ms};
use crate::app::row::{Row, Span, Ui, wrapped};
use crate::sim::{InstanceState, Kind, Knob, Outcome, Provenance, RequestView, WhyCold};

/// What stands between the package and the function's own code: the runtime, or the snapshot in its place.
pub(in crate::app) fn runtime_phase(knobs: &[Knob]) -> &'static str {
    let is_restored = knobs.iter().any(|knob| knob.key == "function.snapshot" && knob.value == "true");
    if is_restored { "restore" } else { "load runtime" }
}

/// A request's time as a waterfall of its phases. `of` names its function, where there are several.
pub(super) fn request(request: &RequestView, of: Option<&str>, runtime: &str, width: usize) -> Vec<Row> {
    let (outcome, why) = match request.outcome {
        Outcome::Completed => ("answered", ""),
        Outcome::Throttled => ("refused (429)", ": the limit was reached"),
        Outcome::TimedOut => ("timed out", ""),
        Outcome::Failed if request.phases_ms.handler_ms > 0.0 => ("failed", ""),
        Outcome::Failed if request.phases_ms.connect_ms > 0.0 => ("failed", ": the database had no connection left"),
        Outcome::Failed if request.cold => ("failed", ": its instance did not start"),
        Outcome::Failed => ("failed", ""),
        Outcome::InFlight => ("on its way", ""),
    };
    let latency = if request.latency_ms > 0.0 { format!(" after {}", ms(request.latency_ms)) } else { String::new() };
    let title = format!("Request {}{}", request.id + 1, of_function(of));
    let came = format!("came at {}, {outcome}{latency}{why}", duration(request.arrived_s));
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
    let mut rows = titled(&title, &came, width);
    rows.extend(wrapped(if request.cold { Ui::Cold } else { Ui::Text }, &said, width));
    rows.extend(waterfall(request, runtime, width));
    rows.into_iter().map(|row| row.cut(width)).collect()
}

/// A title and what follows it, in one row or below it.
pub(super) fn titled(title: &str, text: &str, width: usize) -> Vec<Row> {
    let title = Span::ui(Ui::Strong, title);
    if title.width() + 2 + text.chars().count() <= width {
        return vec![Row::of([title, Span::ui(Ui::Text, format!("  {text}"))])];
    }
    std::iter::once(Row::of([title])).chain(wrapped(Ui::Text, text, width)).collect()
}

pub(super) fn of_function(name: Option<&str>) -> String {
    name.map_or_else(String::new, |name| format!(" of {name}"))
}

/// What a request waited for before the attempt that is known: what was tried before, and the pauses between.
pub(super) fn before_ms(request: &RequestView) -> f64 {
    let before_ms = request.latency_ms - request.phases_ms.total_ms();
    if request.attempts > 1 { before_ms.max(0.0) } else { 0.0 }
}

fn waterfall(request: &RequestView, runtime: &str, width: usize) -> Vec<Row> {
    const LABEL_COLS: usize = 14;
    let phases = &request.phases_ms;
    let total_ms = before_ms(request) + phases.total_ms();
    if total_ms <= 0.0 {
        return Vec::new();
    }
    let room = width.saturating_sub(LABEL_COLS + 10).max(1);
    let parts = [
        ("earlier tries", before_ms(request), Ui::Refused),
        ("provision", phases.provision_ms, Ui::Cold),
        ("fetch package", phases.fetch_ms, Ui::Cold),
        (runtime, phases.runtime_ms, Ui::Cold),
        ("initialise", phases.init_ms, Ui::Cold),
        ("connect", phases.connect_ms, Ui::Cold),
        ("handler", phases.handler_ms, Ui::Busy),
    ];
    let cell = |at_ms: f64| (at_ms / total_ms * room as f64).round() as usize;
    let mut at_ms = 0.0;
    let mut rows = Vec::new();
    for (label, part_ms, role) in parts.into_iter().filter(|(_, part_ms, _)| *part_ms > 0.0) {
        let from = cell(at_ms).min(room - 1);
        let to = cell(at_ms + part_ms).max(from + 1);
        at_ms += part_ms;
        rows.push(Row::of([
            Span::ui(Ui::Muted, format!("{label:<LABEL_COLS$}{}", " ".repeat(from))),
            Span::ui(role, "█".repeat(to - from)),
            Span::ui(Ui::Text, format!(" {}", ms(part_ms))),
        ]));
    }
    rows
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

/// Where each figure of the scenario comes from: how far it can be trusted stands first, and is never cut.
pub(super) fn sources(provenance: &[Provenance], width: usize) -> Vec<Row> {
    const KIND_COLS: usize = 11;
    let mut rows = wrapped(Ui::Strong, "Where the figures come from (the rest is the scenario's own)", width);
    for source in provenance {
        let (kind, role) = kind(source.kind);
        let as_of = if source.as_of.is_empty() { String::new() } else { format!(" ({})", source.as_of) };
        let said = [
            (Ui::Text, format!("{} = {}", source.figure, source.value)),
            (Ui::Muted, format!("{}{as_of}", source.source)),
        ];
        let mut lead = Span::ui(role, format!("{kind:<KIND_COLS$}"));
        for row in said.iter().flat_map(|(role, text)| wrapped(*role, text, width.saturating_sub(KIND_COLS).max(1))) {
            rows.push(Row::of(std::iter::once(lead).chain(row.spans)));
            lead = Span::ui(Ui::Text, " ".repeat(KIND_COLS));
        }
    }
    rows.into_iter().map(|row| row.cut(width)).collect()
}

/// How far a figure can be trusted, in a word, and how that looks.
pub(in crate::app) fn kind(kind: Kind) -> (&'static str, Ui) {
    match kind {
        Kind::Assumed => ("assumed", Ui::Partly),
        Kind::Official => ("official", Ui::Made),
        Kind::Measured => ("measured", Ui::Made),
        Kind::Secondary => ("secondary", Ui::Text),
        Kind::Given => ("scenario", Ui::Text),
    }
}
