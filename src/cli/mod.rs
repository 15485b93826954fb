//! The command line: one file per command, wiring only.
//!
//! Exit codes: 0 done, 1 the work found something wrong, 2 wrong usage or unreadable input. Errors go to standard error
//! as `error: what, where, what to do`.

mod check;
mod completions;
mod diagram;
mod export;
mod grade;
mod gradebook;
mod invoke;
mod man;
mod new;
mod open;
mod output;
mod plain;
mod present;
mod progress;
mod read;
mod review;
mod sim;
mod theme;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand, ValueEnum};

use crate::content;
use crate::course::Course;
use crate::session::First;
use crate::store::{self, Store};
use crate::tui::Theme;
use output::Output;

/// A course about serverless architecture that lives in the terminal.
#[derive(Debug, Parser)]
#[command(
    name = "coldstart",
    version,
    about,
    after_help = "Example:\n  coldstart            open the course where you stopped\n  coldstart read 1     print the first page"
)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    /// Read the course from this folder (it holds `lessons` and `exercises`) instead of the one built in
    #[arg(long, global = true, value_name = "DIR")]
    course: Option<PathBuf>,
    /// Keep progress in this folder
    #[arg(long, global = true, value_name = "DIR")]
    data: Option<PathBuf>,
    /// When to use colours
    #[arg(long, global = true, value_enum, default_value_t = Colour::Auto, value_name = "WHEN")]
    color: Colour,
    /// The colours: dark, light, high-contrast, sixteen, auto, or the name of one of your own
    #[arg(long, global = true, value_name = "NAME")]
    theme: Option<String>,
    /// The course in words, line by line: for screen readers and scripts; also `ACCESSIBLE=1` or `TERM=dumb`
    #[arg(long, global = true)]
    plain: bool,
    /// Nothing moves: what would be animated changes in steps, with nothing left out; also `NO_MOTION=1`
    #[arg(long, global = true)]
    no_motion: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Colour {
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Print a page of the course, or any Markdown file, as the reader shows it
    Read(read::Arguments),
    /// Draw a Mermaid diagram
    Diagram(diagram::Arguments),
    /// Run a cold-start simulation without the screen
    Sim(sim::Arguments),
    /// Grade one answer to an exercise
    Grade(grade::Arguments),
    /// Grade a class: take in answers, grade them, review, regrade, and write the marks back
    Gradebook(gradebook::Arguments),
    /// Run a function in local sandboxes, cold and warm, from the command line or over HTTP
    Invoke(invoke::Arguments),
    /// Check a course as its author would want: links, diagrams, scenarios, rubrics against their samples
    Check(check::Arguments),
    /// Write a lesson or an exercise to begin with
    New(new::Arguments),
    /// Write the course as static web pages
    Export(export::Arguments),
    /// Show a page to a class in steps, with notes, clock and what comes next on a second terminal
    Present(present::Arguments),
    /// Ask again what is due, before it is forgotten
    Review(review::Arguments),
    /// Show, export or reset what was learned
    Progress(progress::Arguments),
    /// Print the completions for a shell
    Completions(completions::Arguments),
    /// Print the manual page
    Man(man::Arguments),
}

/// Text for people or one JSON document for programs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    #[default]
    Text,
    Json,
}

/// What a command came to, when it came to an end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Done,
    FoundWrong,
    Signal(i32),
}

/// Why a command could not do its work.
#[derive(Debug, thiserror::Error)]
enum CliError {
    /// The sentence says what, where, and what to do.
    #[error("{0}")]
    Input(String),
    #[error(transparent)]
    Content(#[from] content::ContentError),
    #[error("{0}")]
    Store(#[from] store::StoreError),
    #[error(transparent)]
    Session(#[from] crate::session::SessionError),
    #[error("cannot write the output: {0}")]
    Output(#[from] std::io::Error),
}

/// Runs the command that the process was called with.
pub fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // A closed pipe is no failure of `--help | head`.
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { 2 } else { 0 });
        }
    };
    match run(arguments) {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::FoundWrong) => ExitCode::from(1),
        Ok(Outcome::Signal(number)) => ExitCode::from(128u8.saturating_add(number as u8)),
        // Whoever reads us has read enough.
        Err(CliError::Output(error)) if error.kind() == std::io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            output::complain(&error.to_string());
            ExitCode::from(2)
        }
    }
}

fn run(arguments: Arguments) -> Result<Outcome, CliError> {
    output::decide_motion(arguments.no_motion);
    let theme = theme::chosen(arguments.color, arguments.theme.as_deref())?;
    let mut output = Output::new(theme.clone());
    let outcome = perform(arguments, theme, &mut output)?;
    output.finish()?;
    Ok(outcome)
}

fn perform(arguments: Arguments, theme: Theme, output: &mut Output) -> Result<Outcome, CliError> {
    let (course, data) = (arguments.course.as_deref(), arguments.data.as_deref());
    let is_plain = arguments.plain || plain::is_asked_for() || plain::terminal_only_prints();
    // In a pipe a page is laid out whatever the terminal can do: there is none.
    let in_words = if Output::is_terminal() { is_plain } else { arguments.plain || plain::is_asked_for() };
    match arguments.command {
        None if is_plain => plain::run(course, data, First::WhereStopped, output),
        None => open::run(course, data, First::WhereStopped, theme),
        Some(Command::Read(it)) => read::run(&it, in_words, course, data, output),
        Some(Command::Diagram(it)) => diagram::run(&it, output),
        Some(Command::Sim(it)) => sim::run(&it, course, output),
        Some(Command::Grade(it)) => grade::run(&it, course, output),
        Some(Command::Gradebook(it)) => gradebook::run(&it, course, theme, output),
        Some(Command::Invoke(it)) => invoke::run(&it, output),
        Some(Command::Check(it)) => check::run(&it, course, output),
        Some(Command::New(it)) => new::run(&it, course, output),
        Some(Command::Export(it)) => export::run(&it, course, output),
        Some(Command::Present(it)) => present::run(&it, course, data, theme, output),
        Some(Command::Review(it)) => review::run(&it, is_plain, course, data, theme, output),
        Some(Command::Progress(it)) => progress::run(&it, course, data, output),
        Some(Command::Completions(it)) => completions::run(&it, output),
        Some(Command::Man(man::Arguments {})) => man::run(output),
    }
}

fn open_course(folder: Option<&Path>) -> Result<Course, CliError> {
    Ok(content::open(folder)?)
}

/// The learner's progress in a course: the one in the folder `course`, or the built-in one.
fn open_store(data: Option<&Path>, course: Option<&Path>) -> Result<Store, store::StoreError> {
    Store::open(&kept_in(data, course)?)
}

/// Where everything is kept that is done in a course.
fn kept_in(data: Option<&Path>, course: Option<&Path>) -> Result<PathBuf, store::StoreError> {
    let folder = data.map_or_else(store::default_folder, |folder| Ok(folder.to_owned()))?;
    Ok(match course {
        Some(course) => store::folder_of(course, &folder),
        None => folder,
    })
}
