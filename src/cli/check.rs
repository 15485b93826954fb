//! `coldstart check`: whether the course can be taught.

use std::path::{Path, PathBuf};

use clap::Args;
use serde::Serialize;

use super::output::Output;
use super::{CliError, Format, Outcome, open_course};
use crate::course::check;

#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  coldstart check            the built-in course\n  coldstart check my-course  a folder with `lessons` and `exercises`"
)]
pub(super) struct Arguments {
    /// The course's folder; without it the one named by --course, else the built-in course
    dir: Option<PathBuf>,
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Serialize)]
struct Checked {
    pages: usize,
    exercises: usize,
    samples: usize,
    scenarios: usize,
    problems: Vec<Slip>,
}

#[derive(Serialize)]
struct Slip {
    file: String,
    line: u32,
    message: String,
}

pub(super) fn run(it: &Arguments, folder: Option<&Path>, output: &mut Output) -> Result<Outcome, CliError> {
    let course = open_course(it.dir.as_deref().or(folder))?;
    let problems = check::course(&course);
    let checked = Checked {
        pages: course.pages().count(),
        exercises: course.exercises.len(),
        samples: course.exercises.values().map(|exercise| exercise.samples.len()).sum(),
        scenarios: course.scenarios.len(),
        problems: problems
            .iter()
            .map(|it| Slip { file: it.file.clone(), line: it.line, message: it.message.clone() })
            .collect(),
    };
    match it.format {
        Format::Json => output.json(&checked)?,
        Format::Text => {
            for problem in &problems {
                output.line(&problem.to_string())?;
            }
            let found = match problems.len() {
                0 => "no problem".to_owned(),
                1 => "1 problem".to_owned(),
                n => format!("{n} problems"),
            };
            let Checked { pages, exercises, samples, scenarios, .. } = checked;
            output.line(&format!(
                "{pages} pages, {exercises} exercises with {samples} sample answers, {scenarios} scenarios: {found}"
            ))?;
        }
    }
    Ok(if problems.is_empty() { Outcome::Done } else { Outcome::FoundWrong })
}
