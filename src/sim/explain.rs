//! Two reports → the difference between them, in a paragraph that a learner can read.
//!
//! Said in the order in which one would ask: how many were cold, how long it took, who was refused, what stood idle, what
//! it cost. What hardly moved is said once, at the end.

use super::report::Report;

/// A change that is worth a sentence: this much of the larger value.
const NOTABLE: f64 = 0.05;

/// What changed from `before` to `after`. Always at least one sentence.
pub fn explain(before: &Report, after: &Report) -> String {
    let mut said = Vec::new();
    let mut steady = Vec::new();
    for subject in SUBJECTS {
        let (was, is) = ((subject.of)(before), (subject.of)(after));
        match change(was, is) {
            Change::None if was == 0.0 => {}
            Change::None => steady.push(subject.name),
            change => said.push(format!(
                "{} {} from {} to {}{}.",
                capital(subject.name),
                change.verb(),
                (subject.shown)(was),
                (subject.shown)(is),
                change.factor(was, is),
            )),
        }
    }
    if said.is_empty() {
        return "Nothing moved by more than a twentieth: what was changed does not matter here.".to_owned();
    }
    if !steady.is_empty() {
        said.push(format!("Hardly changed: {}.", steady.join(", ")));
    }
    said.join(" ")
}

struct Subject {
    name: &'static str,
    of: fn(&Report) -> f64,
    shown: fn(f64) -> String,
}

const SUBJECTS: [Subject; 7] = [
    Subject { name: "the share of cold requests", of: |it| it.cold_ratio, shown: in_hundred },
    Subject { name: "the median response time", of: |it| it.latency_ms.p50, shown: milliseconds },
    Subject { name: "the 99th percentile", of: |it| it.latency_ms.p99, shown: milliseconds },
    Subject { name: "the share of throttled requests", of: |it| it.reject_ratio, shown: in_hundred },
    Subject {
        name: "the share of failed or timed-out requests",
        of: |it| if it.requests == 0 { 0.0 } else { (it.failed + it.timed_out) as f64 / it.requests as f64 },
        shown: in_hundred,
    },
    Subject { name: "the mean number of idle instances", of: |it| it.instances.mean_idle, shown: figures },
    Subject { name: "the cost of a month", of: |it| it.cost_usd.per_month, shown: |usd| format!("${}", figures(usd)) },
];

#[derive(Clone, Copy)]
enum Change {
    None,
    Fewer,
    More,
}

fn change(was: f64, is: f64) -> Change {
    if (is - was).abs() <= NOTABLE * was.abs().max(is.abs()) {
        Change::None
    } else if is < was {
        Change::Fewer
    } else {
        Change::More
    }
}

impl Change {
    fn verb(self) -> &'static str {
        match self {
            Self::None => "stays",
            Self::Fewer => "falls",
            Self::More => "rises",
        }
    }

    /// How many times, where it is a multiple.
    fn factor(self, was: f64, is: f64) -> String {
        let (small, large) = (was.min(is), was.max(is));
        if small <= 0.0 || large / small < 1.95 {
            return String::new();
        }
        match self {
            Self::Fewer => format!(", to {} of it", nth(large / small)),
            _ => format!(", {} times as high", figures(large / small)),
        }
    }
}

/// The share that one of `times` is, said to be rounded when it is by more than a fiftieth.
fn nth(times: f64) -> String {
    let nearest = times.round();
    let about = if (times / nearest - 1.0).abs() > 0.02 { "about " } else { "" };
    let share = match nearest as u64 {
        2 => "half".to_owned(),
        3 => "a third".to_owned(),
        4 => "a quarter".to_owned(),
        n if n % 10 == 1 && n % 100 != 11 => format!("a {n}st"),
        n if n % 10 == 2 && n % 100 != 12 => format!("a {n}nd"),
        n if n % 10 == 3 && n % 100 != 13 => format!("a {n}rd"),
        n => format!("a {n}th"),
    };
    format!("{about}{share}")
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn in_hundred(share: f64) -> String {
    format!("{} %", figures(share * 100.0))
}

fn milliseconds(ms: f64) -> String {
    format!("{} ms", figures(ms))
}

/// Three figures at most, without an exponent: 0.0123, 4.5, 678; of what is longer before its point, all of that.
pub fn figures(number: f64) -> String {
    if number == 0.0 {
        return "0".to_owned();
    }
    let digits = (2.0 - libm::floor(libm::log10(number.abs()))).clamp(0.0, 12.0) as usize;
    let text = rounded(number, digits);
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// A share in per cent, to a tenth; below one, to a hundredth.
pub fn percent(share: f64) -> String {
    let percent = share * 100.0;
    let digits = if percent > 0.0 && percent < 1.0 { 2 } else { 1 };
    format!("{} %", rounded(percent, digits))
}

/// With so many digits after the point, and halves rounded up, as people do: 48.25 is 48.3.
fn rounded(number: f64, digits: usize) -> String {
    let scale = 10f64.powi(digits as i32);
    format!("{:.digits$}", (number * scale).round() / scale)
}

#[cfg(test)]
mod tests {
    use super::{explain, figures, nth, percent};
    use crate::sim::run::run;
    use crate::sim::scenario::Scenario;

    #[test]
    fn what_a_keep_alive_does_is_said() {
        let text = "traffic = { kind = \"constant\", interval_s = 100 }\nfunction = { warm = 50, cold = 500 }\nrun.requests = 100";
        let mut scenario = Scenario::parse(text).expect("it is a scenario");
        scenario.set("platform.keep_alive=60").expect("it can be set");
        let before = run(&scenario);
        scenario.set("platform.keep_alive=600").expect("it can be set");
        let after = run(&scenario);
        assert_eq!(
            explain(&before, &after),
            "The share of cold requests falls from 100 % to 1 %, to a 100th of it. The median response time falls from \
             500 ms to 50 ms, to a 10th of it. The 99th percentile falls from 500 ms to 50 ms, to a 10th of it. The \
             mean number of idle instances rises from 0.6 to 0.999. The cost of a month falls from $0.0325 to $0.00821, to a \
             quarter of it."
        );
        assert!(explain(&after, &after).starts_with("Nothing moved"));
    }

    #[test]
    fn a_rounded_share_says_so() {
        assert_eq!(
            [2.0, 2.2, 3.5, 22.0, 111.1].map(nth),
            ["half", "about half", "about a quarter", "a 22nd", "a 111th"]
        );
    }

    #[test]
    fn figures_are_three() {
        assert_eq!([0.0, 0.012_345, 1.0, 99.96, 123_456.0].map(figures), ["0", "0.0123", "1", "100", "123456"]);
        // 965 of 2,000, which is a half in the last place.
        assert_eq!(
            (figures(48.25), percent(0.4825), percent(0.001_25)),
            ("48.3".into(), "48.3 %".into(), "0.13 %".into())
        );
    }
}
