//! `coldstart gradebook review`: the desk at which a class is marked, on the screen.

use std::io::IsTerminal;
use std::path::Path;
use std::sync::Arc;
use std::thread;

use super::super::{CliError, Outcome, open_course};
use super::look::Review;
use super::{account, known_exercise, opened};
use crate::marking::Marker;
use crate::session::background::Question;
use crate::session::clerk::Clerk;
use crate::session::{self, End, MarkingOpening};
use crate::tui::Theme;

pub(super) fn run(it: &Review, path: &Path, folder: Option<&Path>, mut theme: Theme) -> Result<Outcome, CliError> {
    if !std::io::stdout().is_terminal() {
        return Err(CliError::Input(
            "standard output is not a terminal, so nothing can be marked on it; `gradebook review --list` prints the \
             queue, `gradebook mark` marks"
                .into(),
        ));
    }
    // The terminal makes up its answer while the class is read.
    let question = Question::ask(&theme);
    // And the course beside the class.
    let (course, read) = thread::scope(|scope| {
        let course = scope.spawn(|| open_course(folder));
        let read = opened(path);
        (course.join().expect("a course is read without a panic, whatever is in it"), read)
    });
    let (course, (file, class)) = (Arc::new(course?), read?);
    let exercise = it.exercise.as_deref().map(|name| known_exercise(&course, name)).transpose()?;
    let by = it.by.clone().unwrap_or_else(account);
    let clerk = Clerk::new(file, class, Arc::clone(&course), by, exercise);
    let late = Question::answer(question, &mut theme);
    let opening = MarkingOpening { clerk, course, theme, late, marker: Marker::of_this_program()? };
    Ok(match session::mark(opening)? {
        End::Quit => Outcome::Done,
        End::Signal(number) => Outcome::Signal(number),
    })
}
