//! `coldstart`: the course on the screen.

use std::io::IsTerminal;
use std::path::Path;

use super::output::is_still;
use super::{CliError, Outcome, open_course, open_store};
use crate::course::Course;
use crate::marking::Marker;
use crate::session::background::Question;
use crate::session::{self, End, First, Listening, Opening};
use crate::store::{Store, StoreError};
use crate::tui::Theme;

pub(super) fn run(
    course: Option<&Path>,
    data: Option<&Path>,
    first: First,
    mut theme: Theme,
) -> Result<Outcome, CliError> {
    if !std::io::stdout().is_terminal() {
        return Err(CliError::Input(
            "standard output is not a terminal, so the course cannot be shown; `coldstart read` prints its pages, and \
             `coldstart --help` lists what else works without a terminal"
                .into(),
        ));
    }
    // The terminal makes up its answer while the course is read.
    let question = Question::ask(&theme);
    let listening = course.map(Listening::begin);
    let Learning { course: read, store, notice } = open_learning(course, data)?;
    let late = Question::answer(question, &mut theme);
    let folder = course.map(Path::to_owned);
    let opening = Opening {
        course: read,
        folder,
        store,
        theme,
        notice,
        late,
        listening,
        marker: Marker::of_this_program()?,
        first,
        is_still: is_still(),
    };
    Ok(match session::run(opening)? {
        End::Quit => Outcome::Done,
        End::Signal(number) => Outcome::Signal(number),
    })
}

/// A course, and what is kept of its learner.
pub(super) struct Learning {
    pub(super) course: Course,
    pub(super) store: Store,
    /// Something to say first.
    pub(super) notice: Option<String>,
}

pub(super) fn open_learning(course: Option<&Path>, data: Option<&Path>) -> Result<Learning, CliError> {
    let folder = course;
    let course = open_course(folder)?;
    if course.pages().next().is_none() {
        let first = course.problems.first().map_or_else(String::new, |problem| format!(": {problem}"));
        return Err(CliError::Input(format!("this course has no page to read{first}")));
    }
    let (store, notice) = match open_store(data, folder) {
        Ok(store) => (store, None),
        // A file we must not touch is the learner's to decide about.
        Err(error @ (StoreError::Newer { .. } | StoreError::NotOurs { .. })) => return Err(error.into()),
        Err(error) => (
            Store::in_memory()?,
            Some(format!("Nothing will be kept today: {error}. --data DIR names another folder.")),
        ),
    };
    Ok(Learning { course, store, notice })
}
