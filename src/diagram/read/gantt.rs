//! The body of a `gantt` to bars: tasks from day to day.
//!
//! Dates are read in the author's `dateFormat` and kept as days since 1970. Absent: working days. A plan that excludes
//! some is left as it is written, for its bars would end on the wrong day.

use std::collections::HashMap;

use super::flowchart::shortened;
use super::lines::{after, statements};
use super::{MAX_NODES, Slips};
use crate::diagram::bars::{Bar, Bars, BarsKind, Section};
use crate::diagram::text::plain;

/// The plan, or why it is not drawn.
pub(super) fn read(body: &str, line: u32, title: String, slips: &mut Slips) -> Result<Bars, String> {
    let mut plan = Plan {
        bars: Bars { kind: BarsKind::Gantt, title, sections: vec![Section::default()] },
        format: "YYYY-MM-DD".to_owned(),
        ends: HashMap::new(),
        last_end: None,
        count: 0,
    };
    for (number, text) in statements(body, line, slips) {
        let word = text.split_whitespace().next().unwrap_or_default();
        let rest = text[word.len()..].trim();
        match word {
            "title" => plan.bars.title = plain(rest),
            "dateFormat" => rest.clone_into(&mut plan.format),
            "section" => plan.bars.sections.push(Section { title: plain(rest), bars: Vec::new() }),
            "excludes" => {
                return Err("A plan that excludes days is shown as it is written: its bars skip them.".into());
            }
            "axisFormat" | "tickInterval" | "todayMarker" | "includes" | "weekday" | "weekend" | "click"
            | "inclusiveEndDates" | "topAxis" | "displayMode" => {}
            _ => {
                if let Err(message) = plan.task(text) {
                    slips.add(number, message);
                }
            }
        }
    }
    Ok(plan.bars)
}

struct Plan {
    bars: Bars,
    format: String,
    /// Start and end of each task that has a name.
    ends: HashMap<String, (f64, f64)>,
    last_end: Option<f64>,
    count: usize,
}

impl Plan {
    /// `Words : crit, done, name, start, end`, all but the end may be absent.
    fn task(&mut self, text: &str) -> Result<(), String> {
        let (label, data) = text
            .split_once(':')
            .ok_or_else(|| format!("cannot read `{}`: write tasks as `words : name, start, end`", shortened(text)))?;
        if self.count == MAX_NODES {
            return Err(format!("more than {MAX_NODES} tasks; this one is left out"));
        }
        let fields = data.split(',').map(str::trim);
        let fields: Vec<&str> =
            fields.skip_while(|it| matches!(*it, "done" | "active" | "crit" | "milestone" | "vert")).collect();
        let (name, start, end) = match fields[..] {
            [end] => ("", "", end),
            [start, end] => ("", start, end),
            [name, start, end] => (name, start, end),
            _ => return Err(format!("`{}` needs at most a name, a start and an end", shortened(label))),
        };
        let start = self.start(start).ok_or_else(|| {
            format!("`{}` has no start: write a date as {}, or `after` a task above", shortened(label), self.format)
        })?;
        let end = self.end(start, end).ok_or_else(|| {
            format!("`{}` has no end: write a date as {}, or a length such as 3d", shortened(label), self.format)
        })?;
        let end = end.max(start);
        if !name.is_empty() {
            self.ends.insert(name.to_owned(), (start, end));
        }
        self.last_end = Some(end);
        self.count += 1;
        let bar = Bar { label: plain(label), start, end, note: self.note(start, end) };
        if let Some(section) = self.bars.sections.last_mut() {
            section.bars.push(bar);
        }
        Ok(())
    }

    fn start(&self, text: &str) -> Option<f64> {
        if text.is_empty() {
            return self.last_end;
        }
        match after(text, "after") {
            Some(names) => {
                let ends = names.split_whitespace().filter_map(|name| Some(self.ends.get(name)?.1));
                ends.reduce(f64::max)
            }
            None => self.date(text),
        }
    }

    /// A date in the plan's own format, or in the usual one, or a year alone.
    fn date(&self, text: &str) -> Option<f64> {
        [self.format.as_str(), "YYYY-MM-DD", "YYYY"].into_iter().find_map(|format| date(text, format))
    }

    fn end(&self, start: f64, text: &str) -> Option<f64> {
        if let Some(names) = after(text, "until") {
            let starts = names.split_whitespace().filter_map(|name| Some(self.ends.get(name)?.0));
            return starts.reduce(f64::min);
        }
        length_days(text).map(|days| start + days).or_else(|| self.date(text))
    }

    /// From when to when, in the units the author writes.
    fn note(&self, start: f64, end: f64) -> String {
        let shown = |days: f64| {
            let seconds = (days * 86_400.0).round() as i64;
            let (day, second) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
            let time = format!("{:02}:{:02}", second / 3_600, second / 60 % 60);
            let (year, month, date) = civil(day);
            match (self.format.contains('D'), self.format.contains('H')) {
                (true, false) if second == 0 => format!("{year:04}-{month:02}-{date:02}"),
                (true, _) => format!("{year:04}-{month:02}-{date:02} {time}"),
                (false, true) => time,
                (false, false) => format!("{seconds} s"),
            }
        };
        if start == end { shown(start) } else { format!("{} – {}", shown(start), shown(end)) }
    }
}

/// `3d`, `1.5h` in days.
fn length_days(text: &str) -> Option<f64> {
    let unit = text.find(|it: char| it.is_ascii_alphabetic())?;
    let number: f64 = text[..unit].parse().ok()?;
    let days = match &text[unit..] {
        "ms" => 1.0 / 86_400_000.0,
        "s" => 1.0 / 86_400.0,
        "m" => 1.0 / 1_440.0,
        "h" => 1.0 / 24.0,
        "d" => 1.0,
        "w" => 7.0,
        "M" => 30.0,
        "y" => 365.0,
        _ => return None,
    };
    (0.0..MOST_DAYS).contains(&number).then_some(number * days)
}

/// Far beyond any plan; dates up to here keep their minutes in an `f64`.
const MOST_DAYS: f64 = 4_000_000.0;

/// A date as `format` writes it, in days since 1970.
fn date(text: &str, format: &str) -> Option<f64> {
    let (mut year, mut month, mut day, mut seconds) = (1970, 1, 1, 0.0);
    let (mut text, mut format) = (text.trim(), format.trim());
    while let Some(sign) = format.chars().next() {
        let run = format.len() - format.trim_start_matches(sign).len();
        format = &format[run..];
        if !sign.is_ascii_alphabetic() {
            text = text.strip_prefix(sign).unwrap_or(text);
            continue;
        }
        let digits = text.find(|it: char| !it.is_ascii_digit()).unwrap_or(text.len());
        let most = if matches!(sign, 'X' | 'x') { 15 } else { run.max(2) };
        let (number, rest) = text.split_at(digits.min(most));
        let number: i64 = number.parse().ok()?;
        text = rest;
        match sign {
            'Y' => year = number,
            'M' => month = number,
            'D' => day = number,
            'H' | 'h' => seconds += number as f64 * 3_600.0,
            'm' => seconds += number as f64 * 60.0,
            's' | 'X' => seconds += number as f64,
            'S' | 'x' => seconds += number as f64 / 1_000.0,
            _ => return None,
        }
    }
    let is_date = text.is_empty() && (1..=12).contains(&month) && (1..=31).contains(&day);
    let days = days_since_1970(year, month, day) as f64 + seconds / 86_400.0;
    (is_date && days.abs() < MOST_DAYS).then_some(days)
}

/// Days from 1970-01-01 in the Gregorian calendar, counted in years that begin in March so that leap days come last.
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// The inverse: year, month and day.
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day_of_year - (153 * shifted + 2) / 5 + 1)
}

#[cfg(test)]
mod tests {
    use super::{civil, date, days_since_1970};
    use crate::diagram::{Graph, describe, parse};

    #[test]
    fn dates_are_read_in_the_authors_format() {
        let cases = [
            ("1970-01-02", "YYYY-MM-DD", Some(1.0)),
            ("29/02/2024", "DD/MM/YYYY", Some(19_782.0)),
            ("1970-01-01 12:00", "YYYY-MM-DD HH:mm", Some(0.5)),
            ("86400", "X", Some(1.0)),
            ("06:00", "HH:mm", Some(0.25)),
            ("soon", "YYYY-MM-DD", None),
        ];
        for (text, format, expected) in cases {
            assert_eq!(date(text, format), expected, "{text}");
        }
        for days in [-800_000, -1, 0, 59, 11_016, 19_782, 800_000] {
            let (year, month, day) = civil(days);
            assert_eq!(days_since_1970(year, month, day), days);
        }
    }

    #[test]
    fn tasks_follow_each_other() {
        let text = "gantt\ntitle P\ndateFormat YYYY-MM-DD\nsection S\nOne :done, a, 2024-02-28, 2d\nTwo : 1d\nThree :crit, after a, 2024-03-05\nDone : milestone, 0d\n";
        let (graph, problems) = parse(text);
        assert_eq!(problems, []);
        let words = "P: 4 tasks; S; One: 2024-02-28 – 2024-03-01; Two: 2024-03-01 – 2024-03-02; \
                     Three: 2024-03-01 – 2024-03-05; Done: 2024-03-05.";
        assert_eq!(describe(&graph), words);
        assert_eq!(parse("gantt\nOne : never\nTwo : 2024-01-01, 1d\n").1.len(), 1);
        assert!(matches!(parse("gantt\nexcludes weekends\nA : 2024-01-01, 9d\n").0, Graph::Source(_)));
    }
}
