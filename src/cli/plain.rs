//! `coldstart --plain`: the course in words, on standard input and output.
//!
//! Lines are read one by one, so that a script can be the learner. Each deed is on the disk before its reply is told.

use std::io::{self, BufRead, IsTerminal, Read};
use std::panic::{self, AssertUnwindSafe};
use std::path::Path;
use std::sync::Arc;

use super::open::{Learning, open_learning};
use super::output::Output;
use super::{CliError, Outcome};
use crate::app::plain::{Plain, Said};
use crate::app::{Action, Effect};
use crate::course::{Course, review};
use crate::marking::Marker;
use crate::session::First;
use crate::session::functions::Runner;
use crate::store::Store;

/// The longest line that is read as one.
const MOST_LINE_BYTES: u64 = 64 * 1024;

/// Whether the environment asks for words.
pub(super) fn is_asked_for() -> bool {
    !matches!(std::env::var("ACCESSIBLE").unwrap_or_default().as_str(), "" | "0")
}

/// Whether there is a terminal on which nothing can be drawn.
pub(super) fn terminal_only_prints() -> bool {
    std::env::var("TERM").is_ok_and(|term| term == "dumb")
}

/// What effects are done with.
struct World {
    course: Arc<Course>,
    store: Store,
    marker: Marker,
    functions: Runner,
}

pub(super) fn run(
    course: Option<&Path>,
    data: Option<&Path>,
    first: First,
    output: &mut Output,
) -> Result<Outcome, CliError> {
    let Learning { course, store, notice } = open_learning(course, data)?;
    let course = Arc::new(course);
    let marker = Marker::of_this_program()?;
    let functions = Runner::new(marker.program().to_owned());
    let mut kept = store.load()?;
    let now_ms = jiff::Timestamp::now().as_millisecond();
    kept.due = review::due(&course, &kept.attempts, now_ms).into_iter().map(|due| due.exercise).collect();
    let mut world = World { course: Arc::clone(&course), store, marker, functions };
    if let Some(notice) = notice {
        output.line(&notice)?;
    }
    let (mut plain, mut said) = Plain::open(course, kept);
    if first == First::Review {
        said = plain.begin_review();
    }
    loop {
        let has_ended = tell(said, &mut plain, &mut world, output)?;
        if has_ended {
            return Ok(Outcome::Done);
        }
        let prompt = plain.prompt();
        if !prompt.is_empty() {
            output.line("")?;
            output.line(&prompt)?;
        }
        // Without line feed, for a person to type after it; a script's record is easier to read without.
        if io::stdin().is_terminal() {
            output.raw(b"> ")?;
        }
        output.finish()?;
        let Some(line) = read_line()? else { return Ok(Outcome::Done) };
        said = plain.hear(&line);
    }
}

/// Prints what is said, does what is to be done, and goes on with the replies. Returns whether this is the end.
fn tell(said: Said, plain: &mut Plain, world: &mut World, output: &mut Output) -> Result<bool, CliError> {
    let mut waiting = vec![said];
    while let Some(said) = waiting.pop() {
        for line in &said.text {
            output.line(line)?;
        }
        for effect in said.effects {
            if effect == Effect::Quit {
                output.line("Everything is kept. Goodbye.")?;
                return Ok(true);
            }
            if let Some(reply) = perform(effect, world) {
                waiting.push(plain.reply(reply));
            }
        }
    }
    Ok(false)
}

fn perform(effect: Effect, world: &mut World) -> Option<Action> {
    let World { course, store, marker, functions } = world;
    let at_ms = jiff::Timestamp::now().as_millisecond();
    let not_saved = |error: crate::store::StoreError| Action::NotSaved { why: error.to_string() };
    match effect {
        Effect::Grade { question, exercise, answer } => {
            let graded = panic::catch_unwind(AssertUnwindSafe(|| {
                course.exercises.get(&exercise).map(|exercise| marker.grade(exercise, &answer))
            }));
            Some(match graded {
                Ok(Some(verdict)) => Action::Graded { question, verdict },
                Ok(None) => Action::NotKept { question, why: "the exercise is gone from the course".into() },
                Err(_) => Action::NotKept { question, why: "the grader failed on this answer".into() },
            })
        }
        Effect::Keep { question, deed } => Some(match store.keep(at_ms, deed) {
            Ok(attempt) => Action::Kept { question, attempt },
            Err(error) => Action::NotKept { question, why: error.to_string() },
        }),
        Effect::SaveDraft { exercise, answer } => store.save_draft(at_ms, &exercise, &answer).err().map(not_saved),
        Effect::SavePosition(position) => store.save_position(at_ms, &position).err().map(not_saved),
        Effect::Invoke { question, orders } => {
            let answers = orders.iter().map(|order| functions.run(order)).collect();
            Some(Action::Invoked { question, answers })
        }
        // The screens ask for more; words do without.
        _ => None,
    }
}

/// `None` at the end of the input.
fn read_line() -> io::Result<Option<String>> {
    let mut bytes = Vec::new();
    let n = io::stdin().lock().take(MOST_LINE_BYTES).read_until(b'\n', &mut bytes)?;
    Ok((n > 0).then(|| String::from_utf8_lossy(&bytes).into_owned()))
}
