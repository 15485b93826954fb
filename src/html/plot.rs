//! The requests of a run as SVG: when each came and how long its caller waited, cold ones with a shape of their own.
//!
//! Waiting times stand on a logarithmic scale, since a cold start takes tens of times as long as a warm one. Colours are
//! the style's matter; the shapes say the same without them.

use super::figures::duration;
use super::markup::Markup;
use super::sheet::Sheet;
use crate::sim::{Outcome, RequestView, Scenario, Simulation, What};

/// Of each kind; more would cover one another.
const MOST_SHOWN: usize = 200;
/// Events of the run that are looked at: a second of work.
const MOST_STEPS: usize = 1_000_000;
/// More lines across the plot than this are more than one reads.
const MOST_LEVELS: usize = 7;

/// Units of the drawing. The letters are sized for it in the style.
const WIDTH: f64 = 480.0;
const HEIGHT: f64 = 240.0;
const LEFT: f64 = 58.0;
const RIGHT: f64 = 468.0;
const TOP: f64 = 12.0;
const BOTTOM: f64 = 196.0;
/// Where requests stand that were refused, so that their waiting time is none.
const REFUSED_Y: f64 = BOTTOM - 6.0;

pub(super) fn figure(sheet: &mut Sheet<'_>, scenario: &Scenario) {
    let requests = requests(scenario);
    if requests.is_empty() {
        return;
    }
    let kinds = Kind::ALL.map(|kind| Series::of(kind, &requests));
    let axes = Axes::around(&requests);
    let (view, words) = (format!("0 0 {WIDTH} {HEIGHT}"), words(&kinds));
    sheet.markup.open("figure", &[("class", "plot")]);
    sheet.markup.element("svg", &[("viewBox", &view), ("role", "img"), ("aria-label", &words)], |it| {
        axes.draw(it);
        // Cold starts are few and lie on top.
        for series in kinds.iter().rev() {
            for request in series.requests.iter().step_by(series.one_of) {
                axes.mark(it, request);
            }
        }
    });
    sheet.markup.leaf("figcaption", &[], &legend(&kinds));
    sheet.markup.close("figure");
}

/// A request that came to an end.
#[derive(Clone, Copy)]
struct Request {
    arrived_s: f64,
    wait_ms: f64,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Cold,
    Warm,
    /// Refused, failed or timed out.
    Lost,
}

impl Kind {
    const ALL: [Self; 3] = [Self::Cold, Self::Warm, Self::Lost];

    fn of(request: &RequestView) -> Option<Self> {
        match request.outcome {
            Outcome::Completed if request.cold => Some(Self::Cold),
            Outcome::Completed => Some(Self::Warm),
            Outcome::Throttled | Outcome::TimedOut | Outcome::Failed => Some(Self::Lost),
            Outcome::InFlight => None,
        }
    }
}

/// The requests of one kind, of which one in so many is shown.
struct Series {
    kind: Kind,
    requests: Vec<Request>,
    one_of: usize,
}

impl Series {
    fn of(kind: Kind, requests: &[Request]) -> Self {
        let requests: Vec<Request> = requests.iter().filter(|it| it.kind == kind).copied().collect();
        let one_of = requests.len().div_ceil(MOST_SHOWN).max(1);
        Self { kind, requests, one_of }
    }
}

/// The requests of the run in the order of their arrival, the first of them when there are very many.
fn requests(scenario: &Scenario) -> Vec<Request> {
    let mut simulation = Simulation::new(scenario);
    // By the number of the request: one that is delivered or tried again ends more than once.
    let mut ended: Vec<Option<Request>> = Vec::new();
    for _ in 0..MOST_STEPS {
        let Some(event) = simulation.step() else { break };
        let (What::Answered { request, .. } | What::Refused { request }) = event.what else { continue };
        let oldest = simulation.recent().next().map_or(0, |it| it.id);
        let Some(place) = request.checked_sub(oldest) else { continue };
        if let Some(view) = simulation.recent().nth(place as usize) {
            let index = request as usize;
            ended.resize(ended.len().max(index + 1), None);
            ended[index] =
                Kind::of(view).map(|kind| Request { arrived_s: view.arrived_s, wait_ms: view.latency_ms, kind });
        }
    }
    ended.into_iter().flatten().collect()
}

/// The scales: seconds to the right, milliseconds upwards.
struct Axes {
    span_s: f64,
    /// The waiting times that have a line, rising; the first and the last are the ends of the scale.
    levels_ms: Vec<f64>,
}

impl Axes {
    fn around(requests: &[Request]) -> Self {
        let waits = requests.iter().map(|it| it.wait_ms).filter(|ms| *ms > 0.0);
        let (low, high) = waits.fold((f64::INFINITY, 0.0_f64), |(low, high), ms| (low.min(ms), high.max(ms)));
        let levels_ms = if high > 0.0 { levels(low, high) } else { levels(1.0, 1.0) };
        let span_s = requests.iter().map(|it| it.arrived_s).fold(0.0, f64::max);
        Self { span_s: if span_s > 0.0 { span_s } else { 1.0 }, levels_ms }
    }

    fn x(&self, at_s: f64) -> f64 {
        LEFT + 8.0 + (RIGHT - LEFT - 16.0) * (at_s / self.span_s).clamp(0.0, 1.0)
    }

    fn y(&self, wait_ms: f64) -> f64 {
        let (first, last) = (self.levels_ms[0], self.levels_ms[self.levels_ms.len() - 1]);
        let share = libm::log(wait_ms / first) / libm::log(last / first);
        BOTTOM - (BOTTOM - TOP) * share.clamp(0.0, 1.0)
    }

    fn draw(&self, markup: &mut Markup) {
        let (left, right, bottom) = (units(LEFT), units(RIGHT), units(BOTTOM));
        for &ms in &self.levels_ms {
            let (y, text_y) = (units(self.y(ms)), units(self.y(ms) + 4.0));
            markup.leaf("line", &[("class", "grid"), ("x1", &left), ("x2", &right), ("y1", &y), ("y2", &y)], "");
            markup.leaf("text", &[("x", &units(LEFT - 6.0)), ("y", &text_y), ("text-anchor", "end")], &level(ms));
        }
        let (unit_s, unit) = match self.span_s {
            span if span > 7_200.0 => (3_600.0, "h"),
            span if span > 120.0 => (60.0, "min"),
            span if span > 1.0 => (1.0, "s"),
            _ => (0.001, "ms"),
        };
        let step = step(self.span_s / unit_s);
        let digits = (-libm::log10(step).floor()).max(0.0) as usize;
        for index in 0..=(self.span_s / unit_s / step) as u32 {
            let tick = f64::from(index) * step;
            let (x, text_y, tick_y) = (units(self.x(tick * unit_s)), units(BOTTOM + 18.0), units(BOTTOM + 4.0));
            markup.leaf("line", &[("class", "axis"), ("x1", &x), ("x2", &x), ("y1", &bottom), ("y2", &tick_y)], "");
            markup.leaf("text", &[("x", &x), ("y", &text_y), ("text-anchor", "middle")], &format!("{tick:.digits$}"));
        }
        markup.leaf("line", &[("class", "axis"), ("x1", &left), ("x2", &right), ("y1", &bottom), ("y2", &bottom)], "");
        let (x, y) = (units(f64::midpoint(LEFT, RIGHT)), units(HEIGHT - 8.0));
        markup.leaf("text", &[("x", &x), ("y", &y), ("text-anchor", "middle")], &format!("arrival in {unit}"));
    }

    fn mark(&self, markup: &mut Markup, request: &Request) {
        let x = self.x(request.arrived_s);
        let y = if request.wait_ms > 0.0 { self.y(request.wait_ms) } else { REFUSED_Y };
        match request.kind {
            Kind::Warm => {
                markup.leaf("circle", &[("class", "warm"), ("cx", &units(x)), ("cy", &units(y)), ("r", "3")], "");
            }
            Kind::Cold => {
                let path = format!("M{} {}l5 9h-10z", units(x), units(y - 6.0));
                markup.leaf("path", &[("class", "cold"), ("d", &path)], "");
            }
            Kind::Lost => {
                let path = format!("M{} {}l8 8m0-8l-8 8", units(x - 4.0), units(y - 4.0));
                markup.leaf("path", &[("class", "lost"), ("d", &path)], "");
            }
        }
    }
}

fn units(value: f64) -> String {
    format!("{value:.1}")
}

fn level(ms: f64) -> String {
    if ms >= 1000.0 { format!("{} s", ms / 1000.0) } else { format!("{ms} ms") }
}

/// Values of 1, 2 or 5 times a power of ten from the last below `low` to the first above `high`; only powers of ten when
/// that gives too many.
fn levels(low: f64, high: f64) -> Vec<f64> {
    let between = |times: &[f64]| {
        let powers = libm::log10(low).floor() as i32 - 1..=libm::log10(high).ceil() as i32 + 1;
        let all = powers.flat_map(|power| {
            // Division by a power of ten is exact where multiplication by its inverse is not.
            let scale = libm::pow(10.0, f64::from(power.abs()));
            times.iter().map(move |it| if power < 0 { it / scale } else { it * scale })
        });
        let all: Vec<f64> = all.collect();
        let first = all.iter().rposition(|it| *it <= low).unwrap_or(0);
        let last = all.iter().position(|it| *it >= high).unwrap_or(all.len() - 1).max(first + 1);
        all[first..=last].to_vec()
    };
    let fine = between(&[1.0, 2.0, 5.0]);
    if fine.len() <= MOST_LEVELS { fine } else { between(&[1.0]) }
}

/// A step of 1, 2 or 5 times a power of ten that divides `span` into four to ten parts.
fn step(span: f64) -> f64 {
    let power = libm::pow(10.0, libm::log10(span / 4.0).floor());
    let fits = |times: &f64| times * power <= span / 4.0;
    [5.0, 2.0, 1.0].into_iter().find(fits).unwrap_or(1.0) * power
}

fn legend(kinds: &[Series]) -> String {
    let shown = kinds.iter().filter(|series| !series.requests.is_empty()).map(|series| {
        let said = match series.kind {
            Kind::Cold => "▲\u{a0}cold start",
            Kind::Warm => "○\u{a0}warm start",
            Kind::Lost => "✕\u{a0}refused or failed",
        };
        if series.one_of > 1 { format!("{said} (1 of {} shown)", series.one_of) } else { said.to_owned() }
    });
    format!("Response time of each request, by its arrival: {}", shown.collect::<Vec<_>>().join(", "))
}

/// The plot for those who do not see it.
fn words(kinds: &[Series]) -> String {
    let said = kinds.iter().filter(|series| !series.requests.is_empty()).map(|series| {
        let n = series.requests.len();
        let waits = series.requests.iter().map(|it| it.wait_ms);
        let (low, high) = waits.fold((f64::INFINITY, 0.0_f64), |(low, high), ms| (low.min(ms), high.max(ms)));
        let (low, high) = (duration(low), duration(high));
        let range = if low == high { low } else { format!("{low} to {high}") };
        match series.kind {
            Kind::Cold => format!("{n} cold, {range}"),
            Kind::Warm => format!("{n} warm, {range}"),
            Kind::Lost => format!("{n} refused or failed"),
        }
    });
    format!("Response times of the requests: {}", said.collect::<Vec<_>>().join("; "))
}

#[cfg(test)]
mod tests {
    use super::{Kind, Series, legend, levels, requests, step};
    use crate::sim::Scenario;

    #[test]
    fn ticks_are_round_and_neither_few_nor_many() {
        for (span, wanted) in [(1.0, 0.2), (4.0, 1.0), (9.9, 2.0), (60.0, 10.0), (3599.0, 500.0), (0.02, 0.005)] {
            assert!((step(span) - wanted).abs() < 1e-9, "{span}: {}", step(span));
        }
    }

    #[test]
    fn levels_are_round_and_hold_all_values() {
        for (low, high, wanted) in [
            (40.0, 611.0, &[20.0, 50.0, 100.0, 200.0, 500.0, 1000.0][..]),
            (0.3, 0.3, &[0.2, 0.5]),
            (100.0, 100.0, &[100.0, 200.0]),
            (3.0, 40_000.0, &[1.0, 10.0, 100.0, 1000.0, 10_000.0, 100_000.0]),
        ] {
            assert_eq!(levels(low, high), wanted, "{low} to {high}");
        }
    }

    #[test]
    fn a_long_run_is_shown_from_end_to_end_in_part() {
        let run = |text| requests(&Scenario::parse(text).expect("it is sound"));
        let short = run("traffic = { kind = \"list\", times_s = [0, 1, 2] }");
        let kinds: Vec<bool> = short.iter().map(|it| it.kind == Kind::Cold).collect();
        assert_eq!(kinds, [true, false, false]);
        let long = run("traffic.rate_per_s = 10\nrun.requests = 20000");
        assert!(long.len() > 19_900 && long.is_sorted_by_key(|it| it.arrived_s), "{} requests", long.len());
        let warm = Series::of(Kind::Warm, &long);
        assert!(warm.requests.len().div_ceil(warm.one_of) <= super::MOST_SHOWN);
        assert!(legend(&[warm]).contains("○\u{a0}warm start (1 of 10"));
    }
}
