//! When a schedule fires: `rate(5 minutes)` and `cron(0 12 * * ? *)`, as the real platform writes them.
//!
//! In: the expression and a moment. Out: the next moment. Absent: clocks; whoever serves asks again and again.

use std::time::Duration;

/// Longer than any pause between two dates that a rule can mean, 29 February over a century's turn included.
const MINUTES_LOOKED_AHEAD: i64 = 60 * 24 * 366 * 9;
const MINUTE_MS: i64 = 60_000;
const MONTHS: [&str; 12] = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const WEEKDAYS: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

/// When a function is to be invoked by itself.
#[derive(Clone, Debug, PartialEq)]
pub enum Schedule {
    Every(Duration),
    At(Box<Cron>),
}

/// The six fields, each as the values it takes.
#[derive(Clone, Debug, PartialEq)]
pub struct Cron {
    minutes: Vec<u32>,
    hours: Vec<u32>,
    days_of_month: Option<Vec<u32>>,
    months: Vec<u32>,
    /// 1 is Sunday.
    days_of_week: Option<Vec<u32>>,
    years: Vec<u32>,
}

impl Schedule {
    /// The error says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let inside = |name: &str| text.trim().strip_prefix(name)?.strip_prefix('(')?.strip_suffix(')');
        if let Some(rate) = inside("rate") {
            return every(rate).map(Self::Every);
        }
        match inside("cron") {
            Some(fields) => Cron::parse(fields).map(|cron| Self::At(Box::new(cron))),
            None => Err(format!("`{text}` is no schedule; it is rate(5 minutes) or cron(0 12 * * ? *)")),
        }
    }

    /// The first moment after `now_ms` at which it fires, both in milliseconds since 1970; a rate counts from `now_ms`.
    pub fn next_ms(&self, now_ms: i64) -> Option<i64> {
        match self {
            Self::Every(pause) => Some(now_ms + pause.as_millis() as i64),
            Self::At(cron) => {
                let first = now_ms.div_euclid(MINUTE_MS) + 1;
                (first..first + MINUTES_LOOKED_AHEAD).find_map(|minute| cron.fires(minute)).map(|it| it * MINUTE_MS)
            }
        }
    }
}

fn every(rate: &str) -> Result<Duration, String> {
    let wrong =
        || format!("`rate({rate})` is no rate; it is a number and minutes, hours or days, as in rate(5 minutes)");
    let (number, unit) = rate.trim().split_once(' ').ok_or_else(wrong)?;
    let number: u64 = number.parse().ok().filter(|number| (1..=100_000).contains(number)).ok_or_else(wrong)?;
    let seconds = match (unit.trim(), number) {
        ("minute", 1) | ("minutes", 2..) => 60,
        ("hour", 1) | ("hours", 2..) => 3_600,
        ("day", 1) | ("days", 2..) => 86_400,
        ("minutes" | "hours" | "days", 1) => {
            return Err(format!("`rate({rate})`: of one it is said without s, as in rate(1 minute)"));
        }
        _ => return Err(wrong()),
    };
    Ok(Duration::from_secs(number * seconds))
}

impl Cron {
    fn parse(text: &str) -> Result<Self, String> {
        let fields: Vec<&str> = text.split_whitespace().collect();
        let [minutes, hours, days_of_month, months, days_of_week, years] = fields[..] else {
            return Err(format!(
                "`cron({text})` has {} fields, and there are 6: minute hour day month weekday year",
                fields.len()
            ));
        };
        let day = |text: &str, low, high, names: &[&str]| match text {
            "?" => Ok(None),
            text => values(text, low, high, names).map(Some),
        };
        let cron = Self {
            minutes: values(minutes, 0, 59, &[])?,
            hours: values(hours, 0, 23, &[])?,
            days_of_month: day(days_of_month, 1, 31, &[])?,
            months: values(months, 1, 12, &MONTHS)?,
            days_of_week: day(days_of_week, 1, 7, &WEEKDAYS)?,
            years: values(years, 1970, 2199, &[])?,
        };
        match (&cron.days_of_month, &cron.days_of_week) {
            (None, None) | (Some(_), Some(_)) => {
                Err(format!("`cron({text})`: one of the two days, of the month or of the week, is `?`"))
            }
            _ => Ok(cron),
        }
    }

    /// `minute` counts from 1970. It is given back when the rule means it.
    fn fires(&self, minute: i64) -> Option<i64> {
        let (days, of_day) = (minute.div_euclid(1440), minute.rem_euclid(1440) as u32);
        if !self.minutes.contains(&(of_day % 60)) || !self.hours.contains(&(of_day / 60)) {
            return None;
        }
        let (year, month, day) = civil(days);
        // 1970-01-01 was a Thursday, the fifth day.
        let weekday = (days + 4).rem_euclid(7) as u32 + 1;
        let fits = self.years.contains(&year)
            && self.months.contains(&month)
            && self.days_of_month.as_ref().is_none_or(|it| it.contains(&day))
            && self.days_of_week.as_ref().is_none_or(|it| it.contains(&weekday));
        fits.then_some(minute)
    }
}

/// `*`, `5`, `1-5`, `0/15`, `MON-FRI`, and lists of these with commas.
fn values(text: &str, low: u32, high: u32, names: &[&str]) -> Result<Vec<u32>, String> {
    let wrong = |part: &str| format!("`{part}` is no number from {low} to {high}, as a schedule has them");
    let number = |part: &str| {
        let named = names.iter().position(|name| name.eq_ignore_ascii_case(part)).map(|at| at as u32 + low);
        let found = named.or_else(|| part.parse().ok());
        found.filter(|number| (low..=high).contains(number)).ok_or_else(|| wrong(part))
    };
    let mut all = Vec::new();
    for part in text.split(',') {
        let (range, step) = match part.split_once('/') {
            Some((range, step)) => (range, step.parse().ok().filter(|step| *step > 0).ok_or_else(|| wrong(part))?),
            None => (part, 1_usize),
        };
        let (from, to) = match (range, range.split_once('-')) {
            ("*", _) => (low, high),
            (_, Some((from, to))) => (number(from)?, number(to)?),
            (from, None) if part.contains('/') => (number(from)?, high),
            (only, None) => (number(only)?, number(only)?),
        };
        all.extend((from..=to).step_by(step));
    }
    if all.is_empty() { Err(wrong(text)) } else { Ok(all) }
}

/// Days since 1970-01-01 to year, month and day. Source: Howard Hinnant, chrono-compatible low-level date algorithms.
fn civil(days: i64) -> (u32, u32, u32) {
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let of_era = z.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let day_of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = (day_of_year - (153 * shifted + 2) / 5 + 1) as u32;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 } as u32;
    ((year_of_era + era * 400 + i64::from(month <= 2)) as u32, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-01-01T12:00:00Z, a Thursday.
    const NOON_MS: i64 = 1_767_268_800_000;

    fn after(text: &str) -> i64 {
        let next = Schedule::parse(text).unwrap_or_else(|why| panic!("{why}")).next_ms(NOON_MS);
        (next.expect("it fires again") - NOON_MS) / MINUTE_MS
    }

    #[test]
    fn schedules_fire_when_they_say() {
        const DAY: i64 = 24 * 60;
        for (text, minutes) in [
            ("rate(5 minutes)", 5),
            ("rate(1 hour)", 60),
            ("rate(2 days)", 2 * DAY),
            ("cron(0 12 * * ? *)", DAY),
            ("cron(15 12 * * ? *)", 15),
            ("cron(0/10 * * * ? *)", 10),
            ("cron(0 8 ? * MON-FRI *)", 20 * 60),
            ("cron(0 12 ? * MON *)", 4 * DAY),
            ("cron(30 9 1 FEB ? *)", 31 * DAY - 150),
            ("cron(0 12 29 2 ? *)", (365 + 365 + 31 + 28) * DAY),
        ] {
            assert_eq!(after(text), minutes, "{text}");
        }
    }

    #[test]
    fn what_is_no_schedule_is_refused_with_a_remedy() {
        for (text, said) in [
            ("rate(5 parsecs)", "minutes, hours or days"),
            ("rate(1 minutes)", "rate(1 minute)"),
            ("rate(0 minutes)", "is no rate"),
            ("cron(0 12 * *)", "has 4 fields"),
            ("cron(0 25 * * ? *)", "`25` is no number from 0 to 23"),
            ("cron(0 12 * * * *)", "is `?`"),
            ("cron(0/0 12 * * ? *)", "is no number"),
            ("every day", "is no schedule"),
        ] {
            assert!(Schedule::parse(text).expect_err(text).contains(said), "{text}");
        }
        assert_eq!(Schedule::parse("cron(0 12 30 2 ? *)").expect("it is well written").next_ms(NOON_MS), None);
    }
}
