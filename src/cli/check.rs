//! `coldstart check`: whether the course can be taught, once or after each save.

mod excerpt;
mod functions;

use std::path::{Path, PathBuf};

use clap::Args;
use serde::Serialize;

use super::output::{Output, complain};
use super::{CliError, Format, Outcome, open_course};
use crate::content;
use crate::course::{Course, Problem, check};
use crate::marking::Marker;
use crate::session::watch::Watch;

#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  coldstart check                    the built-in course\n  coldstart check my-course          a folder with `lessons` and `exercises`\n  coldstart check my-course --watch  again after each save, until Ctrl-C"
)]
pub(super) struct Arguments {
    /// The course's folder; without it the one named by --course, else the built-in course
    dir: Option<PathBuf>,
    /// Check again whenever a file of the course is saved, until Ctrl-C
    #[arg(long)]
    watch: bool,
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
    match it.dir.as_deref().or(folder) {
        folder if !it.watch => check_once(folder, it.format, output),
        Some(folder) => check_on_each_save(folder, it.format, output),
        None => Err(CliError::Input(
            "the built-in course does not change: name the folder to watch, as in `coldstart check my-course --watch`"
                .into(),
        )),
    }
}

fn check_on_each_save(folder: &Path, format: Format, output: &mut Output) -> Result<Outcome, CliError> {
    let failed = |error| CliError::Input(format!("cannot watch {}: {error}", folder.display()));
    // Listening comes first: what is saved during the first check is not missed.
    let mut watch = Watch::begin(folder).map_err(failed)?;
    let mut outcome = check_once(Some(folder), format, output)?;
    output.finish()?;
    while watch.wait() {
        if format == Format::Text {
            output.line("")?;
            output.line(&format!("{}, after a save:", jiff::ZonedDateTime::now().strftime("%H:%M:%S")))?;
        }
        match check_once(Some(folder), format, output) {
            Ok(found) => outcome = found,
            // A folder that went may come back: a branch was switched.
            Err(CliError::Content(error)) => complain(&error.to_string()),
            Err(error) => return Err(error),
        }
        output.finish()?;
    }
    Ok(outcome)
}

fn check_once(folder: Option<&Path>, format: Format, output: &mut Output) -> Result<Outcome, CliError> {
    let course = open_course(folder)?;
    let mut problems = check::course(&course);
    let marker = Marker::of_this_program()?;
    problems.extend(course.exercises.values().flat_map(|exercise| marker.prove(exercise)));
    problems.extend(functions::problems(&course, marker.program().to_owned()));
    problems.sort();
    match format {
        Format::Json => output.json(&Checked::of(&course, &problems))?,
        Format::Text => report(&Checked::of(&course, &problems), &problems, folder, output)?,
    }
    Ok(if problems.is_empty() { Outcome::Done } else { Outcome::FoundWrong })
}

impl Checked {
    fn of(course: &Course, problems: &[Problem]) -> Self {
        Self {
            pages: course.pages().count(),
            exercises: course.exercises.len(),
            samples: course.exercises.values().map(|exercise| exercise.samples().len()).sum(),
            scenarios: course.scenarios.len(),
            problems: problems
                .iter()
                .map(|it| Slip { file: it.file.clone(), line: it.line, message: it.message.clone() })
                .collect(),
        }
    }
}

/// Each problem with the line it is about, then what there is.
fn report(checked: &Checked, problems: &[Problem], folder: Option<&Path>, output: &mut Output) -> Result<(), CliError> {
    // Sorted as they are, the problems of a file stand together.
    for of_file in problems.chunk_by(|one, next| one.file == next.file) {
        let text = text_of(folder, &of_file[0].file);
        let lines: Vec<&str> = text.lines().collect();
        for problem in of_file {
            output.line(&problem.to_string())?;
            output.rows(excerpt::of(&lines, problem).iter().flatten())?;
        }
    }
    let counted = |n: usize, what: &str| if n == 1 { format!("1 {what}") } else { format!("{n} {what}s") };
    let found = if problems.is_empty() { "no problem".to_owned() } else { counted(problems.len(), "problem") };
    output.line(&format!(
        "{}, {} with {}, {}: {found}",
        counted(checked.pages, "page"),
        counted(checked.exercises, "exercise"),
        counted(checked.samples, "sample answer"),
        counted(checked.scenarios, "scenario"),
    ))?;
    Ok(())
}

/// A file's text to show lines of, empty when there is none to show.
fn text_of(folder: Option<&Path>, file: &str) -> String {
    match folder {
        Some(folder) => content::read_text(&folder.join(file)).map(|read| read.text).unwrap_or_default(),
        None => content::embedded().remove(file).unwrap_or_default(),
    }
}
