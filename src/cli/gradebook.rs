//! `coldstart gradebook`: a class's answers in, marks out, and every mark explained.

mod decide;
mod desk;
mod exchange;
mod look;
mod whole;

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

use super::output::{Output, progress};
use super::{CliError, Format, Outcome, open_course};
use crate::course::{Course, ExerciseId, nearest_hint};
use crate::gradebook::run::{self as grading, Rubrics};
use crate::gradebook::{Class, GradebookError, StudentId};
use crate::marking::Marker;
use crate::store::class::ClassFile;
use crate::tui::Theme;

#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  coldstart gradebook import connection-outside-handler submissions.zip\n  coldstart gradebook run\n  coldstart gradebook review\n  coldstart gradebook export moodle-worksheet --worksheet Grades.csv --out Grades-new.csv"
)]
pub(super) struct Arguments {
    #[command(subcommand)]
    what: What,
    /// The file that holds the class
    #[arg(long, global = true, value_name = "FILE", default_value = "class.db")]
    class: PathBuf,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Take in answers: a folder, a zip from Moodle, Canvas or Gradescope, a CSV, JSON Lines, a learner's progress
    Import(exchange::Import),
    /// Grade what is new; interrupted, it goes on where it stopped
    Run,
    /// Students and what their work comes to
    List(look::List),
    /// Mark the answers that a person should look at, the most doubtful points first
    Review(look::Review),
    /// An answer with what the grader found in it
    Show(look::About),
    /// Give items of an answer the points you say
    Mark(decide::Mark),
    /// Set or change the whole mark, or excuse a student
    Override(decide::Override),
    /// Say when an exercise was due and what lateness costs
    Late(decide::Late),
    /// Give one student more time
    Extend(decide::Extend),
    /// Keep that a student asks for another look
    Request(decide::Request),
    /// What a changed rubric would change; with --apply, change it
    Regrade(decide::Regrade),
    /// Take back the last mark, override, extension, late policy or regrade
    Undo(decide::Undo),
    /// How a mark came about
    Explain(look::About),
    /// Spread of marks, items, agreement of grader and people
    Stats {
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
    /// Answers of different students in the same words: a question, not a verdict
    Similar(look::Similar),
    /// Prove that nothing in the class file was changed
    Verify,
    /// Write marks for a platform, a person or a program
    Export(exchange::Export),
    /// Write a copy of the class file while others work with it
    Backup {
        #[arg(value_name = "NEW FILE")]
        to: PathBuf,
    },
    /// Forget everything about one student
    Erase(decide::Erase),
    /// Forget the students about whom nothing was written since a day
    Purge(decide::Purge),
}

pub(super) fn run(
    it: &Arguments,
    folder: Option<&Path>,
    theme: Theme,
    output: &mut Output,
) -> Result<Outcome, CliError> {
    let path = it.class.as_path();
    match &it.what {
        What::Import(it) => exchange::import(it, path, &open_course(folder)?, output),
        What::Run => run_grader(path, folder, output),
        What::List(it) => look::list(it, path, output),
        What::Review(it) if it.list => look::review(it, path, output),
        What::Review(it) => desk::run(it, path, folder, theme),
        What::Show(it) => look::show(it, path, output),
        What::Mark(it) => decide::mark(it, path, output),
        What::Override(it) => decide::adjust(it, path, output),
        What::Late(it) => decide::late(it, path, output),
        What::Extend(it) => decide::extend(it, path, output),
        What::Request(it) => decide::request(it, path, output),
        What::Regrade(it) => decide::regrade(it, path, folder, output),
        What::Undo(it) => decide::undo(it, path, output),
        What::Explain(it) => look::explain(it, path, output),
        What::Stats { format } => look::stats(*format, path, output),
        What::Similar(it) => look::similar(it, path, &open_course(folder)?, output),
        What::Verify => look::verify(path, output),
        What::Export(it) => exchange::export(it, path, &open_course(folder)?, output),
        What::Backup { to } => {
            ClassFile::open(path).and_then(|file| file.back_up(to)).map_err(wrong)?;
            output.line(&format!("the class is copied to {}", to.display()))?;
            Ok(Outcome::Done)
        }
        What::Erase(it) => decide::erase(it, path, output),
        What::Purge(it) => decide::purge(it, path, output),
    }
}

fn run_grader(path: &Path, folder: Option<&Path>, output: &mut Output) -> Result<Outcome, CliError> {
    let course = open_course(folder)?;
    let rubrics = Rubrics::of(&course, folder, Marker::of_this_program()?);
    let mut file = ClassFile::open(path).map_err(wrong)?;
    let ran = grading::run(&mut file, &rubrics, now_ms(), |done, all| {
        let n_full = done * 20 / all.max(1);
        progress(&format!("[{}{}] {done} of {all} graded", "█".repeat(n_full), "·".repeat(20 - n_full)));
    })
    .map_err(wrong)?;
    progress("");
    output.line(&format!("{} answers graded", ran.n_graded))?;
    if ran.n_unknown > 0 {
        output.line(&format!("{} answers are to exercises that this course does not have", ran.n_unknown))?;
        return Ok(Outcome::FoundWrong);
    }
    Ok(Outcome::Done)
}

/// A class as it is now, with its file to write to.
fn opened(path: &Path) -> Result<(ClassFile, Class), CliError> {
    let file = ClassFile::open(path).map_err(wrong)?;
    let class = Class::read(&file).map_err(wrong)?;
    Ok((file, class))
}

/// The student and exercise that a person named.
fn named<'a>(class: &'a Class, student: &str, exercise: &str) -> Result<(&'a StudentId, ExerciseId), CliError> {
    Ok((class.find_student(student).map_err(wrong)?, ExerciseId(exercise.to_owned())))
}

fn known_exercise(course: &Course, name: &str) -> Result<ExerciseId, CliError> {
    course.exercise(name).map(|exercise| exercise.id.clone()).ok_or_else(|| {
        let near = nearest_hint(name, course.exercises.keys().map(|id| id.0.as_str()));
        CliError::Input(format!("no exercise `{name}`{near}"))
    })
}

fn wrong(error: impl Into<GradebookError>) -> CliError {
    CliError::Input(error.into().to_string())
}

fn now_ms() -> i64 {
    Timestamp::now().as_millisecond()
}

/// Who writes, when nobody says: the name of the account.
fn account() -> String {
    ["USER", "LOGNAME", "USERNAME"]
        .iter()
        .find_map(|name| std::env::var(name).ok())
        .unwrap_or_else(|| "somebody".into())
}

/// `2026-11-03T23:00:00Z`, or `2026-11-03 23:00` and `2026-11-03` by the clock on this wall.
fn moment(text: &str) -> Result<i64, String> {
    if let Ok(exact) = text.parse::<Timestamp>() {
        return Ok(exact.as_millisecond());
    }
    let here = text.parse::<DateTime>().or_else(|_| text.parse::<Date>().map(DateTime::from));
    let here = here.map_err(|_| "write it as 2026-11-03, 2026-11-03T23:00 or 2026-11-03T23:00:00Z".to_owned())?;
    let stamp = TimeZone::system().to_timestamp(here).map_err(|error| error.to_string())?;
    Ok(stamp.as_millisecond())
}
