//! An instance's life: what it does now, and a bar from its creation on in which it starts, works and rests.
//!
//! Many short requests on a long bar are a share of each cell, not a cell each. What is no longer remembered is left
//! open rather than shown as rest.

use std::ops::Range;

use super::detail::{before_ms, of_function, state, titled};
use super::figures::duration;
use crate::app::row::{Row, Span, Ui};
use crate::sim::{InstanceState, InstanceView, RequestView};

/// What is known of an instance, there or gone.
pub(super) struct Life<'a> {
    pub id: u64,
    pub of: Option<&'a str>,
    /// As it is now; absent when it is gone.
    pub now: Option<&'a InstanceView>,
    /// Now, or the moment it went.
    pub until_s: f64,
    pub clock_s: f64,
    /// The requests it took, as far as they are remembered, and since when all of them are.
    pub requests: Vec<&'a RequestView>,
    pub remembered_since_s: f64,
}

/// An instance's life, from what is known of it and the requests that are still remembered.
pub(super) fn instance(life: &Life<'_>, width: usize) -> Vec<Row> {
    let Life { until_s, clock_s, requests, .. } = life;
    let first_s = requests.first().map(|first| began_s(first));
    let created_s = life.now.map_or(first_s, |it| Some(it.created_s)).unwrap_or(*until_s);
    let served = life.now.map_or(requests.len() as u64, |it| it.served);
    let kept = if life.now.is_some_and(|it| it.provisioned) { ", kept ready by provisioned concurrency" } else { "" };
    let lived = if life.now.is_some() { "old" } else { "long there" };
    let requests_said = if served == 1 { "1 request".to_owned() } else { format!("{served} requests") };
    let title = format!("Instance {}{}", life.id + 1, of_function(life.of));
    let lived = format!("{} {lived}, {requests_said} answered{kept}", duration(until_s - created_s));
    let mut rows = titled(&title, &lived, width);
    let (doing, role) = match life.now {
        None => (format!("gone for {}", duration(clock_s - until_s)), Ui::Muted),
        Some(it) => {
            let (doing, role) = state(it.state);
            let ends = it.until_s.map_or_else(String::new, |ends_s| {
                let left = duration((ends_s - clock_s).max(0.0));
                match it.state {
                    InstanceState::Idle => format!(", gone in {left} if nothing comes"),
                    _ => format!(", done in {left}"),
                }
            });
            (format!("{doing} for {}{ends}", duration(clock_s - it.since_s)), role)
        }
    };
    rows.push(Row::ui(role, doing));
    let forgotten_until_s = if served > requests.len() as u64 { life.remembered_since_s } else { created_s };
    let cells = Bar { span_s: created_s..*until_s, forgotten_until_s }.cells(requests, width.max(1));
    rows.push(Row::of(cells.iter().map(|mark| Span::ui(mark.looks().1, mark.looks().0))));
    rows.push(legend(&cells));
    rows.into_iter().map(|row| row.cut(width)).collect()
}

/// When the instance that served a request last took it.
fn began_s(request: &RequestView) -> f64 {
    request.arrived_s + before_ms(request) / 1000.0
}

/// What an instance did for the most telling part of a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Did {
    Start,
    Work,
    /// For so many eighths of the time; fewer than all.
    WorkInPart(usize),
    Rest,
    Forgotten,
}

impl Did {
    fn looks(self) -> (&'static str, Ui) {
        const RISING: [&str; 8] = ["▁", "▁", "▂", "▃", "▄", "▅", "▆", "▇"];
        match self {
            Self::Start => ("▒", Ui::Cold),
            Self::Work => ("█", Ui::Busy),
            Self::WorkInPart(eighths) => (RISING[eighths.min(7)], Ui::Busy),
            Self::Rest => ("░", Ui::Idle),
            Self::Forgotten => ("·", Ui::Muted),
        }
    }
}

/// A life along a line.
struct Bar {
    span_s: Range<f64>,
    forgotten_until_s: f64,
}

impl Bar {
    /// Cold start, work and rest in the order of their happening.
    fn cells(&self, requests: &[&RequestView], room: usize) -> Vec<Did> {
        let cell_s = (self.span_s.end - self.span_s.start).max(1e-9) / room as f64;
        let place = |at_s: f64| ((at_s - self.span_s.start) / cell_s).clamp(0.0, room as f64);
        let mut shares = vec![(0.0_f64, 0.0_f64); room];
        for request in requests {
            let start_s = began_s(request);
            let [began, works, ends] = [0.0, request.phases_ms.start_ms(), request.phases_ms.total_ms()]
                .map(|ms| place(start_s + ms / 1000.0));
            for (cell, (starting, working)) in
                shares.iter_mut().enumerate().take(ends.ceil() as usize).skip(began as usize)
            {
                let overlap = |from: f64, to: f64| (to.min(cell as f64 + 1.0) - from.max(cell as f64)).max(0.0);
                *starting += overlap(began, works);
                *working += overlap(works, ends);
            }
        }
        let forgotten = place(self.forgotten_until_s) as usize;
        let did = |(cell, (starting, working)): (usize, (f64, f64))| match (working * 8.0).round() as usize {
            _ if cell < forgotten => Did::Forgotten,
            // A cold start is seen, however short it was in a long life.
            _ if starting > 0.0 && starting >= working => Did::Start,
            8.. => Did::Work,
            eighths if working > 0.0 => Did::WorkInPart(eighths),
            _ => Did::Rest,
        };
        shares.into_iter().enumerate().map(did).collect()
    }
}

/// What the marks mean that there are.
fn legend(cells: &[Did]) -> Row {
    let has_part = |did: &Did| matches!(did, Did::WorkInPart(_));
    let marks = [
        (cells.contains(&Did::Start), Did::Start, " cold start  "),
        (cells.contains(&Did::Work), Did::Work, " busy  "),
        (cells.iter().any(has_part), Did::WorkInPart(4), " busy for a part of it  "),
        (cells.contains(&Did::Rest), Did::Rest, " idle  "),
        (cells.contains(&Did::Forgotten), Did::Forgotten, " not remembered"),
    ];
    let there = marks.into_iter().filter(|(is_there, ..)| *is_there);
    Row::of(there.flat_map(|(_, did, name)| [Span::ui(did.looks().1, did.looks().0), Span::ui(Ui::Muted, name)]))
}

#[cfg(test)]
mod tests {
    use super::Bar;
    use crate::sim::{RequestView, Scenario, Simulation};

    #[test]
    fn a_life_of_short_requests_is_mostly_rest() {
        let scenario = Scenario::parse(
            "traffic = { kind = \"constant\", interval_s = 10 }\nrun.requests = 11\nfunction = { warm = 1000, cold = 10000 }",
        );
        let mut simulation = Simulation::new(&scenario.expect("it is a scenario"));
        while simulation.step().is_some() {}
        let requests: Vec<&RequestView> = simulation.recent_of(0).collect();
        let first_s = requests[0].arrived_s;
        let bar = |forgotten_s: f64| {
            let bar = Bar { span_s: first_s..first_s + 110.0, forgotten_until_s: first_s + forgotten_s };
            bar.cells(&requests, 11).into_iter().map(|did| did.looks().0).collect::<String>()
        };
        let first = requests[0].instance;
        assert!(requests.iter().filter(|it| it.instance == first).count() > 5, "{requests:?}");
        // A law given outright is not divided: what starts the instance counts as work.
        assert_eq!(bar(0.0), "█▁▁▁▁▁▁▁▁▁▁");
        assert_eq!(bar(30.0), "···▁▁▁▁▁▁▁▁");
    }
}
