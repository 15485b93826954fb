//! `coldstart`: the course on the screen.

use std::io::IsTerminal;
use std::path::Path;

use super::output::theme;
use super::{CliError, Colour, Outcome, open_course, open_store};
use crate::session::{self, End, Opening};
use crate::store::{Store, StoreError};

pub(super) fn run(course: Option<&Path>, data: Option<&Path>, colour: Colour) -> Result<Outcome, CliError> {
    if !std::io::stdout().is_terminal() {
        return Err(CliError::Input(
            "standard output is not a terminal, so the course cannot be shown; `coldstart read` prints its pages, and \
             `coldstart --help` lists what else works without a terminal"
                .into(),
        ));
    }
    let read = open_course(course)?;
    if read.pages().next().is_none() {
        let first = read.problems.first().map_or_else(String::new, |problem| format!(": {problem}"));
        return Err(CliError::Input(format!("this course has no page to read{first}")));
    }
    let (store, notice) = match open_store(data) {
        Ok(store) => (store, None),
        // A file we must not touch is the learner's to decide about.
        Err(error @ (StoreError::Newer { .. } | StoreError::NotOurs { .. })) => return Err(error.into()),
        Err(error) => (
            Store::in_memory()?,
            Some(format!("Nothing will be kept today: {error}. --data DIR names another folder.")),
        ),
    };
    let opening = Opening { course: read, folder: course.map(Path::to_owned), store, theme: theme(colour), notice };
    Ok(match session::run(opening)? {
        End::Quit => Outcome::Done,
        End::Signal(number) => Outcome::Signal(number),
    })
}
