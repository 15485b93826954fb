//! A phrase that a teacher highlights becomes one of an item's model sentences, in the author's own file.

use std::io::Write;
use std::path::Path;

use super::super::output::Output;
use super::super::{CliError, Outcome};
use crate::course::exercise::{VOCABULARY_FILE, graded_file, vocabulary};
use crate::course::{Answer, Course, Exercise, with_phrase};
use crate::grade::Status;

/// Appends `phrase` to the `say` of `item`, if the rubric is as sound with it as without.
pub(super) fn run(
    course: &Course,
    folder: Option<&Path>,
    exercise: &Exercise,
    (item, phrase): (&str, &str),
    output: &mut Output,
) -> Result<Outcome, CliError> {
    let Some(folder) = folder else {
        let message = "the course in the program cannot be changed: copy its folders `lessons` and `exercises` and name them with --course DIR";
        return Err(CliError::Input(message.to_owned()));
    };
    let path = folder.join(&exercise.file);
    let cannot =
        |what: &str, why: &dyn std::fmt::Display| CliError::Input(format!("cannot {what} {}: {why}", path.display()));
    let text = std::fs::read_to_string(&path).map_err(|error| cannot("read", &error))?;
    let changed = with_phrase(&text, item, phrase).map_err(|why| cannot("change", &why))?;
    let shared = std::fs::read_to_string(folder.join(VOCABULARY_FILE)).ok();
    let (words, _) = vocabulary(shared.as_deref());
    let (taught, _) = Exercise::parse_with(&exercise.id.0, &exercise.file, &changed, &words);
    let mut taught = taught.ok_or_else(|| cannot("change", &"with the phrase it could not be read"))?;
    if let Ok(graded) = std::fs::read_to_string(folder.join(graded_file(&exercise.id.0))) {
        taught.learn(&graded);
    }

    let said = taught.grade(&Answer::Text(phrase.to_owned()));
    let is_earned = said.items.iter().any(|it| it.id == item && it.status == Status::Made);
    if !is_earned {
        let why =
            "the phrase alone does not make the point: highlight a whole statement, or give the item a `need` pattern";
        return Err(cannot("change", &format!("{why}; the file is as it was")));
    }
    // What the author had settled must hold with the phrase too.
    let others: Vec<&Exercise> = course.exercises.values().collect();
    let known = exercise.prove(&others);
    let new: Vec<_> =
        taught.prove(&others).into_iter().filter(|it| !known.iter().any(|old| old.message == it.message)).collect();
    if !new.is_empty() {
        for problem in &new {
            output.line(&problem.to_string())?;
        }
        output.line("The phrase would make the rubric misjudge: nothing was written.")?;
        return Ok(Outcome::FoundWrong);
    }
    replace(&path, &changed).map_err(|error| cannot("write", &error))?;
    output.line(&format!("{}: `{item}` now says “{phrase}” too", path.display()))?;
    Ok(Outcome::Done)
}

/// Whole or not at all: the old file stays until the new one is complete.
fn replace(path: &Path, text: &str) -> std::io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.as_file().set_permissions(std::fs::metadata(path)?.permissions())?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    Ok(())
}
