//! `coldstart review`: what is due to be asked again, on the screen, in words, or as a list.

use std::path::Path;

use clap::Args;
use serde::Serialize;

use super::output::Output;
use super::{CliError, Format, Outcome, open, open_course, open_store, plain};
use crate::course::{Course, review};
use crate::session::First;
use crate::tui::Theme;

#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  coldstart review           ask what is due\n  coldstart review --list    only say what it is"
)]
pub(super) struct Arguments {
    /// List what is due, and what comes next, without asking
    #[arg(long)]
    list: bool,
    /// With `json`, the list as one document
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// What `--format json` prints.
#[derive(Serialize)]
struct Listed {
    due: Vec<ListedExercise>,
    later: Vec<ListedExercise>,
}

#[derive(Serialize)]
struct ListedExercise {
    exercise: String,
    title: String,
    due_ms: i64,
    /// Probability that it is still remembered, 0 to 1.
    retrievability: f64,
}

pub(super) fn run(
    it: &Arguments,
    is_plain: bool,
    course: Option<&Path>,
    data: Option<&Path>,
    theme: Theme,
    output: &mut Output,
) -> Result<Outcome, CliError> {
    if it.list || it.format == Format::Json {
        let now_ms = jiff::Timestamp::now().as_millisecond();
        let listed = listed(&open_course(course)?, course, data, now_ms)?;
        match it.format {
            Format::Json => output.json(&listed)?,
            Format::Text => list(&listed, now_ms, output)?,
        }
        return Ok(Outcome::Done);
    }
    if is_plain {
        plain::run(course, data, First::Review, output)
    } else {
        open::run(course, data, First::Review, theme)
    }
}

fn listed(course: &Course, folder: Option<&Path>, data: Option<&Path>, now_ms: i64) -> Result<Listed, CliError> {
    let attempts = open_store(data, folder)?.attempts()?;
    let named = |it: review::DueExercise| ListedExercise {
        title: course.exercises.get(&it.exercise).map_or_else(String::new, |exercise| exercise.title.clone()),
        exercise: it.exercise.0,
        due_ms: it.due_ms,
        retrievability: it.retrievability,
    };
    let later = review::scheduled(course, &attempts, now_ms).into_iter().filter(|it| it.due_ms > now_ms);
    Ok(Listed {
        due: review::due(course, &attempts, now_ms).into_iter().map(named).collect(),
        later: later.map(named).collect(),
    })
}

fn list(listed: &Listed, now_ms: i64, output: &mut Output) -> Result<(), CliError> {
    match listed.due.len() {
        0 => output.line("Nothing is due to be asked again.")?,
        1 => output.line("1 question is due:")?,
        n => output.line(&format!("{n} questions are due:"))?,
    }
    for it in &listed.due {
        output.line(&format!("  {:<32} {}", it.exercise, it.title))?;
    }
    if let Some(next) = listed.later.first() {
        let wait = wait(next.due_ms - now_ms);
        output.line(&format!("The next one comes {wait}: {}", next.title))?;
    }
    Ok(())
}

/// How long a wait is, in the unit that one would say.
fn wait(ms: i64) -> String {
    let hours = (ms as f64 / 3_600_000.0).ceil() as i64;
    match hours {
        ..=1 => "within the hour".to_owned(),
        2..48 => format!("in {hours} hours"),
        _ => format!("in {} days", (hours + 12) / 24),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_wait_is_said_in_hours_or_days() {
        const HOUR_MS: i64 = 3_600_000;
        let said = [1, HOUR_MS, 5 * HOUR_MS, 47 * HOUR_MS, 60 * HOUR_MS].map(super::wait);
        assert_eq!(said, ["within the hour", "within the hour", "in 5 hours", "in 47 hours", "in 3 days"]);
    }
}
