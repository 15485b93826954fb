//! `coldstart present`: a page before a class, the teacher's notes on a second screen, and the hands that were counted.

use std::io::IsTerminal;
use std::path::Path;
use std::sync::Arc;

use clap::Args;
use serde::Serialize;

use super::output::{Output, is_still};
use super::{CliError, Format, Outcome, kept_in, open_course};
use crate::app::present::Role;
use crate::app::present::count::Count;
use crate::course::{Course, ExerciseId, Page, PageId};
use crate::marking::Marker;
use crate::session::background::Question;
use crate::session::{self, End, PresentOpening, StageDoor};
use crate::tui::Theme;

#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  coldstart present cold-start     on the screen that the class sees\n  coldstart present --notes        on yours\n  coldstart present --counts       the hands that were counted"
)]
pub(super) struct Arguments {
    /// The page: its number, its file or its name; without it, where the last presentation stopped
    page: Option<String>,
    /// Follow and drive the presentation from a second terminal: now, next, notes, time. In a pipe, print the notes
    #[arg(long)]
    notes: bool,
    /// Print the hands that were counted so far, vote by vote
    #[arg(long, conflicts_with = "notes")]
    counts: bool,
    /// With `json`, the counts as one document
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// What `--counts --format json` prints.
#[derive(Serialize)]
struct Counts {
    counts: Vec<Count>,
}

pub(super) fn run(
    it: &Arguments,
    folder: Option<&Path>,
    data: Option<&Path>,
    mut theme: Theme,
    output: &mut Output,
) -> Result<Outcome, CliError> {
    let place = kept_in(data, folder)?;
    let course = open_course(folder)?;
    let wanted = it.page.as_deref().map(|name| find(&course, name)).transpose()?;
    if it.counts || it.format == Format::Json {
        return print_counts(&course, &place, wanted, it.format, output);
    }
    if !std::io::stdout().is_terminal() {
        if it.notes {
            print_notes(&course, wanted, output)?;
            return Ok(Outcome::Done);
        }
        let why = "standard output is not a terminal, so no page can be shown to a class; `coldstart read` prints the \
                   pages, and `coldstart present --notes` the notes";
        return Err(CliError::Input(why.into()));
    }
    let Some(first) = course.pages().next().map(|page| page.id.clone()) else {
        return Err(CliError::Input("this course has no page to show".into()));
    };
    let door = if it.notes { StageDoor::follow(&place) } else { StageDoor::hold(&place) };
    let door = door.map_err(|error| CliError::Input(error.to_string()))?;
    let was_at = door.read().filter(|stage| course.page(&PageId(stage.page.clone())).is_some());
    let moves = was_at.as_ref().map_or(0, |stage| stage.moves);
    let (page, step) = match (wanted, was_at) {
        (Some(page), _) => (page.id.clone(), 0),
        (None, Some(stage)) => (PageId(stage.page), stage.step),
        (None, None) => (first, 0),
    };
    let late = Question::answer(Question::ask(&theme), &mut theme);
    let opening = PresentOpening {
        course: Arc::new(course),
        role: if it.notes { Role::Notes } else { Role::Class },
        page,
        step,
        moves,
        door,
        theme,
        late,
        marker: Marker::of_this_program()?,
        is_still: is_still(),
    };
    Ok(match session::present(opening)? {
        End::Quit => Outcome::Done,
        End::Signal(number) => Outcome::Signal(number),
    })
}

fn find<'a>(course: &'a Course, name: &str) -> Result<&'a Page, CliError> {
    let n_pages = course.pages().count();
    let unknown =
        || CliError::Input(format!("no page `{name}`: name one by its number, 1 to {n_pages}, or by its file"));
    course.find_page(name).ok_or_else(unknown)
}

/// What was counted on the questions of a page, or on all.
fn print_counts(
    course: &Course,
    place: &Path,
    page: Option<&Page>,
    format: Format,
    output: &mut Output,
) -> Result<Outcome, CliError> {
    let mut counts = session::counts(place).map_err(|error| CliError::Input(error.to_string()))?;
    if let Some(page) = page {
        let asks = |count: &Count| match count.question.split_once('#') {
            Some((of, _)) => of == page.id.0,
            None => course.page_of(&ExerciseId(count.question.clone())).is_some_and(|it| it.id == page.id),
        };
        counts.retain(asks);
    }
    if format == Format::Json {
        output.json(&Counts { counts })?;
        return Ok(Outcome::Done);
    }
    if counts.is_empty() {
        output.line("No hands were counted yet: Enter on a question of `coldstart present` does.")?;
    }
    for count in counts {
        let all = count.hands();
        let vote = if count.asks.is_empty() { String::new() } else { format!(": {}", count.asks) };
        let again = if count.before == 0 { String::new() } else { format!(" (vote {})", count.before + 1) };
        output.line(&format!("{}  {}{vote}{again}", count.when, titled(course, &count.question)))?;
        for counted in &count.answers {
            let share = f64::from(counted.hands) / f64::from(all.max(1)) * 100.0;
            let share = if count.several { String::new() } else { format!("{share:>4.0} %") };
            output.line(&format!("{:>6} {share:>6}  {}", counted.hands, counted.answer))?;
        }
        output.line("")?;
    }
    Ok(Outcome::Done)
}

/// A question as people know it, with its page: of an exercise its title, of a prediction its scenario's name.
fn titled(course: &Course, question: &str) -> String {
    let (page, name) = if let Some((page, scenario)) = question.split_once('#') {
        (course.page(&PageId(page.to_owned())), Some(scenario))
    } else {
        let title = course.exercise(question).map(|exercise| exercise.title.as_str());
        (course.page_of(&ExerciseId(question.to_owned())), title)
    };
    let page = page.map_or_else(String::new, |page| format!(", on “{}”", page.title));
    format!("{}{page}", name.unwrap_or(question))
}

/// The notes of a page, or of all, step by step.
fn print_notes(course: &Course, page: Option<&Page>, output: &mut Output) -> Result<(), CliError> {
    for page in course.pages().filter(|it| page.is_none_or(|page| page.id == it.id)) {
        output.line(&format!("{} ({} min)", page.title, page.minutes))?;
        for step in page.steps() {
            output.line(&format!("  {}", step.title))?;
            for note in &step.notes {
                output.line(&format!("      {note}"))?;
            }
        }
        output.line("")?;
    }
    Ok(())
}
