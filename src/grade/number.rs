//! A number with its unit, read as people write it and compared with the one that was asked for.
//!
//! Absent: rounding to significant digits and currencies' rates; the tolerance is the author's.

use super::exact::{certain, finished};
use super::verdict::{ItemVerdict, Status, Verdict};

/// The number that is asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct NumberTask {
    /// In `unit`.
    pub value: f64,
    /// As it is shown; empty for a bare number.
    pub unit: String,
    /// How far from `value` an answer may be, in `unit`.
    pub tolerance: f64,
    pub why_low: Option<String>,
    pub why_high: Option<String>,
}

/// A number as it was written, with the unit's words if there were any.
#[derive(Clone, Debug, PartialEq)]
pub struct Quantity {
    pub value: f64,
    pub unit: Option<String>,
}

/// What a unit measures; amounts of one dimension can be converted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Dimension {
    Time,
    Data,
    Money,
    /// Bare numbers and percentages.
    Ratio,
}

/// Names of a unit, what it measures, and how many base units it holds (s, B, $, 1).
const UNITS: &[(&[&str], Dimension, f64)] = &[
    (&["s", "sec", "secs", "second", "seconds"], Dimension::Time, 1.0),
    (&["ms", "msec", "msecs", "millisecond", "milliseconds"], Dimension::Time, 1e-3),
    (&["us", "µs", "μs", "microsecond", "microseconds"], Dimension::Time, 1e-6),
    (&["min", "mins", "m", "minute", "minutes"], Dimension::Time, 60.0),
    (&["h", "hr", "hrs", "hour", "hours"], Dimension::Time, 3600.0),
    (&["d", "day", "days"], Dimension::Time, 86_400.0),
    (&["b", "byte", "bytes"], Dimension::Data, 1.0),
    (&["kb", "kilobyte", "kilobytes"], Dimension::Data, 1e3),
    (&["mb", "megabyte", "megabytes"], Dimension::Data, 1e6),
    (&["gb", "gigabyte", "gigabytes"], Dimension::Data, 1e9),
    (&["kib"], Dimension::Data, 1024.0),
    (&["mib"], Dimension::Data, 1_048_576.0),
    (&["gib"], Dimension::Data, 1_073_741_824.0),
    (&["$", "usd", "dollar", "dollars", "us$"], Dimension::Money, 1.0),
    (&["¢", "c", "ct", "cent", "cents"], Dimension::Money, 0.01),
    (&["", "times", "x"], Dimension::Ratio, 1.0),
    (&["%", "percent", "per cent", "pct"], Dimension::Ratio, 0.01),
];

impl NumberTask {
    /// Judges what was typed.
    ///
    /// The right number in the wrong unit earns half, and is told so; what holds no number earns nothing.
    pub fn grade(&self, answer: &str, points: f64) -> Verdict {
        let told = |item: ItemVerdict, feedback: String| finished(item.points, points, vec![item], feedback);
        let missing =
            |label: &str, reason: Option<String>| certain("value", label, Status::Missing, 0.0, points, reason);
        let Some(given) = read(answer) else {
            return told(missing("A number", None), "I could not read a number there.".to_owned());
        };
        let value = match given.unit.as_deref().map(|unit| factor(unit, &self.unit)) {
            None => Some(given.value),
            Some(Some(factor)) => Some(given.value * factor),
            Some(None) => None,
        };
        match value {
            Some(value) if self.accepts(value) => {
                told(certain("value", "The right number", Status::Made, points, points, None), "Right.".to_owned())
            }
            None if self.accepts(given.value) => {
                let reason = format!("The number is right, the unit is not: it was asked for {}.", self.asked_in());
                let item = certain("value", "The right unit", Status::Partly, points / 2.0, points, Some(reason));
                told(item, "Right value, wrong unit.".to_owned())
            }
            Some(value) => {
                let (feedback, why) =
                    if value < self.value { ("Too small.", &self.why_low) } else { ("Too large.", &self.why_high) };
                told(missing("The right number", why.clone()), feedback.to_owned())
            }
            None => {
                let reason = format!("It was asked for {}.", self.asked_in());
                told(missing("The right number and its unit", Some(reason)), "Neither value nor unit fit.".to_owned())
            }
        }
    }

    fn accepts(&self, value: f64) -> bool {
        // The slack absorbs what converting units does to the last digits.
        let slack = 1e-9 * self.value.abs().max(1e-9);
        (value - self.value).abs() <= self.tolerance.abs() + slack
    }

    fn asked_in(&self) -> String {
        if self.unit.is_empty() { "as a bare number".to_owned() } else { format!("in {}", self.unit) }
    }
}

/// What one `from` is in `to`, if they measure the same.
fn factor(from: &str, to: &str) -> Option<f64> {
    let (from, to) = (from.trim().to_lowercase(), to.trim().to_lowercase());
    if let (Some(from), Some(to)) = (rate_per_s(&from), rate_per_s(&to)) {
        return Some(from / to);
    }
    match (known(&from), known(&to)) {
        (Some((a, per_a)), Some((b, per_b))) if a == b => Some(per_a / per_b),
        (None, None) if is_same_word(&singular(&from), &singular(&to)) => Some(1.0),
        // "40 requests" answers a question for a bare number.
        (None, Some((Dimension::Ratio, 1.0))) => Some(1.0),
        _ => None,
    }
}

fn known(name: &str) -> Option<(Dimension, f64)> {
    UNITS.iter().find(|(names, ..)| names.contains(&name)).map(|(_, dimension, size)| (*dimension, *size))
}

/// What is counted when a function runs, under the names people give it.
const CALLS: &[&str] = &["request", "req", "call", "invocation", "execution", "event", "run", "querie", "query", "hit"];

/// How many calls a second one of `unit` is: `req/s`, `calls per minute`, `per hour`, `rps`.
fn rate_per_s(unit: &str) -> Option<f64> {
    match unit {
        "rps" | "qps" | "tps" => return Some(1.0),
        "rpm" => return Some(1.0 / 60.0),
        _ => {}
    }
    let unit = format!(" {unit}");
    let (what, time) = ["/", " per ", " a ", " an ", " each ", " every "].iter().find_map(|by| unit.split_once(by))?;
    let what = singular(what.trim());
    let is_calls = what.is_empty() || CALLS.contains(&what.as_str());
    let (Dimension::Time, period_s) = known(time.trim())? else { return None };
    is_calls.then_some(1.0 / period_s)
}

/// One word, a shortened one (`conns`), or two names of a call.
fn is_same_word(from: &str, to: &str) -> bool {
    const SHORTEST: usize = 4;
    let is_call = |word: &str| CALLS.contains(&word);
    from == to || (from.len() >= SHORTEST && to.starts_with(from)) || (is_call(from) && is_call(to))
}

/// A unit's word without what people vary: spaces, plural, "per".
fn singular(unit: &str) -> String {
    let compact: String = unit.replace(" per ", "/").chars().filter(|c| !c.is_whitespace()).collect();
    compact.split('/').map(|part| part.strip_suffix('s').unwrap_or(part)).collect::<Vec<_>>().join("/")
}

/// Reads the first number of `text` and the unit beside it.
///
/// Understands `1,000`, `1 000`, `0,5`, `1e3`, `1k`, `2 million`, `½`-less fractions such as `1/4`, a currency sign in
/// front, and small numbers as words.
///
/// ```
/// use coldstart::grade::number::read;
/// let quantity = read("about 1.5k requests").unwrap();
/// assert_eq!((quantity.value, quantity.unit.as_deref()), (1500.0, Some("requests")));
/// ```
pub fn read(text: &str) -> Option<Quantity> {
    // Nobody writes a number with more than this around it.
    let text: String = text.chars().take(200).collect();
    let text = text.replace(['\u{2212}', '\u{2013}'], "-").replace(['\u{a0}', '\u{202f}', '\u{2009}'], " ");
    let Some(start) = text.find(|c: char| c.is_ascii_digit()) else { return read_words(&text) };
    let (before, rest) = text.split_at(start);
    let start = if before.ends_with('.') { start - 1 } else { start };
    let negative = text[..start].trim_end().ends_with('-');
    let rest = if start < before.len() { &text[start..] } else { rest };
    let digits_end = end_of_digits(rest);
    let (digits, mut after) = rest.split_at(digits_end);
    let mut value = plain(digits)?;
    if let Some(below) = after.strip_prefix('/').filter(|below| below.starts_with(|c: char| c.is_ascii_digit())) {
        let end = end_of_digits(below);
        let divisor = plain(&below[..end])?;
        if divisor != 0.0 {
            value /= divisor;
        }
        after = &below[end..];
    }
    let (scale, after) = scaled(after);
    value *= scale * if negative { -1.0 } else { 1.0 };
    let sign = before.trim_end().chars().next_back().filter(|c| matches!(c, '$' | '€'));
    let unit = after.trim().trim_end_matches(['.', '!', ',', ';', '?', ')']).trim();
    let unit = match sign {
        Some(sign) => Some(sign.to_string()),
        None => (!unit.is_empty()).then(|| unit.to_owned()),
    };
    value.is_finite().then_some(Quantity { value, unit })
}

/// Where the digits end that `text` begins with, separators and exponent included.
fn end_of_digits(text: &str) -> usize {
    let bytes = text.as_bytes();
    let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let three = |at: usize| digit(at) && digit(at + 1) && digit(at + 2) && !digit(at + 3);
    let mut end = 0;
    loop {
        let goes_on = match bytes.get(end) {
            Some(b'0'..=b'9') => true,
            Some(b'.' | b',' | b'_' | b'\'' | b'e' | b'E') => digit(end + 1),
            Some(b' ') => end > 0 && digit(end - 1) && three(end + 1),
            _ => false,
        };
        let signed_exponent = matches!(bytes.get(end..end + 2), Some([b'e' | b'E', b'-' | b'+'])) && digit(end + 2);
        match (goes_on, signed_exponent) {
            (true, _) => end += 1,
            (false, true) => end += 2,
            (false, false) => return end,
        }
    }
}

/// Digits with separators to their value. A single comma that cannot part thousands is a decimal comma.
fn plain(digits: &str) -> Option<f64> {
    let digits: String = digits.chars().filter(|c| !matches!(c, ' ' | '_' | '\'')).collect();
    let commas = digits.matches(',').count();
    let dots = digits.matches('.').count();
    let groups_of_three = |separator: char| digits.split(separator).skip(1).all(|group| group.len() == 3);
    let plain = match (commas, dots) {
        (0, 2..) if groups_of_three('.') => digits.replace('.', ""),
        (0, _) => digits,
        (1, 0) if !groups_of_three(',') || digits.starts_with('0') => digits.replace(',', "."),
        (_, 0 | 1) if digits.rfind(',') < digits.find('.').or(Some(usize::MAX)) => digits.replace(',', ""),
        (1, _) => digits.replace('.', "").replace(',', "."),
        _ => return None,
    };
    plain.parse().ok()
}

/// A factor in words or as a letter right behind the digits, and what follows it.
fn scaled(after: &str) -> (f64, &str) {
    const LETTERS: [(&str, f64); 3] = [("k", 1e3), ("K", 1e3), ("M", 1e6)];
    const WORDS: [(&str, f64); 4] = [("thousand", 1e3), ("million", 1e6), ("billion", 1e9), ("hundred", 1e2)];
    for (letter, scale) in LETTERS {
        if let Some(rest) = after.strip_prefix(letter).filter(|rest| !rest.starts_with(char::is_alphanumeric)) {
            return (scale, rest);
        }
    }
    let trimmed = after.trim_start();
    for (word, scale) in WORDS {
        if let Some(rest) = trimmed.strip_prefix(word).filter(|rest| !rest.starts_with(char::is_alphanumeric)) {
            return (scale, rest);
        }
    }
    (1.0, after)
}

/// "two", "zero instances", "once", "one hundred and twenty connections".
fn read_words(text: &str) -> Option<Quantity> {
    let bare = |word: &&str| word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    let words: Vec<&str> =
        text.split(|c: char| c.is_whitespace() || c == '-').filter(|word| !word.is_empty()).collect();
    let start = words.iter().position(|word| value_of(&bare(word)).is_some())?;
    // What is complete, and what a "thousand" may still multiply.
    let (mut whole, mut part, mut end) = (0.0, 0.0, start);
    for word in &words[start..] {
        match bare(word).as_str() {
            "and" if end > start => {}
            "hundred" if part > 0.0 => part *= 100.0,
            "thousand" if part > 0.0 => (whole, part) = (whole + part * 1e3, 0.0),
            "million" if part > 0.0 => (whole, part) = (whole + part * 1e6, 0.0),
            // "Two times" is two, "twenty two" twenty-two, "two three" no number.
            word => match value_of(word) {
                Some(value)
                    if part == 0.0
                        || (part % 100.0 == 0.0 && value < 100.0)
                        || (part % 10.0 == 0.0 && value < 10.0) =>
                {
                    part += value;
                }
                _ => break,
            },
        }
        end += 1;
    }
    let unit = words[end..].join(" ");
    Some(Quantity { value: whole + part, unit: (!unit.is_empty()).then_some(unit) })
}

fn value_of(word: &str) -> Option<f64> {
    const UP_TO_NINETEEN: [&str; 20] = [
        "zero",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
        "thirteen",
        "fourteen",
        "fifteen",
        "sixteen",
        "seventeen",
        "eighteen",
        "nineteen",
    ];
    const TENS: [&str; 8] = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
    let place = |words: &[&str]| words.iter().position(|known| *known == word).map(|at| at as f64);
    match word {
        "none" | "nothing" | "never" => Some(0.0),
        "once" => Some(1.0),
        "twice" => Some(2.0),
        _ => place(&UP_TO_NINETEEN).or_else(|| place(&TENS).map(|at| 20.0 + 10.0 * at)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_people_write_them() {
        for (text, value, unit) in [
            ("42", 42.0, None),
            (" ~ 0.5 s ", 0.5, Some("s")),
            ("0,5 s", 0.5, Some("s")),
            ("500ms", 500.0, Some("ms")),
            ("1k", 1000.0, None),
            ("1,000", 1000.0, None),
            ("1 000 000 requests.", 1e6, Some("requests")),
            ("1.000.000", 1e6, None),
            ("1,234.5", 1234.5, None),
            ("1.234,5", 1234.5, None),
            (".25", 0.25, None),
            ("-3", -3.0, None),
            ("1/4", 0.25, None),
            ("1/0", 1.0, None),
            ("$3.20", 3.2, Some("$")),
            ("2 million calls", 2e6, Some("calls")),
            ("1.5e3", 1500.0, None),
            ("I think 40 %", 40.0, Some("%")),
            ("three instances", 3.0, Some("instances")),
            ("none", 0.0, None),
            ("only once", 1.0, None),
            ("one hundred and twenty connections", 120.0, Some("connections")),
            ("twenty-five", 25.0, None),
            ("two thousand five hundred", 2500.0, None),
            ("$0.62 a month", 0.62, Some("$")),
        ] {
            let quantity = read(text).unwrap_or_else(|| panic!("{text}"));
            assert!((quantity.value - value).abs() < 1e-9 && quantity.unit.as_deref() == unit, "{text}: {quantity:?}");
        }
        for text in ["", "many", "?", "1,2,3.4.5", "1e999"] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn units_are_converted_and_a_wrong_one_earns_half() {
        let task = |value, unit: &str, tolerance| NumberTask {
            value,
            unit: unit.into(),
            tolerance,
            why_low: None,
            why_high: None,
        };
        for (value, unit, tolerance, answer, score) in [
            (0.5, "s", 0.0, "500 ms", 1.0),
            (0.5, "s", 0.0, "0.5", 1.0),
            (0.5, "s", 0.0, "0.5 seconds", 1.0),
            (0.5, "s", 0.0, "0.5 MB", 0.5),
            (0.5, "s", 0.0, "500", 0.0),
            (0.5, "s", 0.05, "540 ms", 1.0),
            (0.5, "s", 0.05, "560 ms", 0.0),
            (1000.0, "", 0.0, "1k", 1.0),
            (1000.0, "", 0.0, "1k requests", 1.0),
            (0.4, "", 0.0, "40 %", 1.0),
            (40.0, "%", 1.0, "40", 1.0),
            (3.0, "instances", 0.0, "3 instance", 1.0),
            (3.0, "instances", 0.0, "3 requests", 0.5),
            (10.0, "req/s", 0.0, "10 requests", 0.5),
            (10.0, "req/s", 0.0, "10 requests per second", 1.0),
            (10.0, "req/s", 0.0, "600 calls a minute", 1.0),
            (10.0, "req/s", 0.0, "10 rps", 1.0),
            (10.0, "req/s", 0.0, "36k per hour", 1.0),
            (10.0, "req/s", 0.0, "10 s", 0.5),
            (3.0, "connections", 0.0, "3 conns", 1.0),
            (50.0, "executions", 0.0, "50 runs", 1.0),
            (1.0, "GB", 0.0, "1000 MB", 1.0),
            (0.02, "$", 0.0, "2 cents", 1.0),
            (5.0, "", 0.0, "no idea", 0.0),
        ] {
            let verdict = task(value, unit, tolerance).grade(answer, 1.0);
            assert!((verdict.score - score).abs() < 1e-9, "{value} {unit} / {answer}: {verdict:?}");
        }
    }
}
