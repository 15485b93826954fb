//! `coldstart new`: a lesson or an exercise to begin with, as files that pass `check` and say what is what.

mod outline;
mod template;

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use clap::{Args, Subcommand};

use super::output::Output;
use super::{CliError, Outcome};
use outline::Entry;
use template::{Draft, Kind};

#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  coldstart new lesson queues --course my-course    begins the course too, where there is none\n  coldstart new exercise who-retries --kind text"
)]
pub(super) struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Write a lesson: its first page, with a diagram, a simulation and a question
    #[command(after_help = "Example:\n  coldstart new lesson queues --course my-course")]
    Lesson {
        /// The lesson's folder: lower-case letters, digits and hyphens
        #[arg(value_parser = name)]
        name: String,
    },
    /// Write an exercise
    #[command(
        after_help = "Examples:\n  coldstart new exercise who-retries --kind order --course my-course\n  coldstart new exercise crashed --ask \"What becomes of the message?\" --point \"It is delivered again.\" --course my-course"
    )]
    Exercise {
        /// The exercise's file: lower-case letters, digits and hyphens
        #[arg(value_parser = name)]
        name: String,
        /// How it is answered; `choice` when nothing is said
        #[arg(long, value_enum)]
        kind: Option<Kind>,
        /// What it asks, to be answered in the learner's own words
        #[arg(long, value_name = "QUESTION", requires = "point", value_parser = sentence)]
        ask: Option<String>,
        /// A point that a good answer makes, as a sentence; once for each
        #[arg(long, value_name = "SENTENCE", requires = "ask", value_parser = sentence)]
        point: Vec<String>,
    },
}

pub(super) fn run(it: &Arguments, folder: Option<&Path>, output: &mut Output) -> Result<Outcome, CliError> {
    let root = folder.unwrap_or(Path::new("."));
    match &it.what {
        What::Lesson { name } => lesson(root, name, output)?,
        What::Exercise { name, kind: None | Some(Kind::Text), ask: Some(ask), point } => {
            exercise(root, name, template::exercise_of_points(name, ask, point), output)?;
        }
        What::Exercise { ask: Some(_), .. } => {
            let why = "--ask and --point write a question of the kind `text`: leave out --kind, or the two";
            return Err(CliError::Input(why.into()));
        }
        What::Exercise { name, kind, .. } => {
            exercise(root, name, template::exercise(name, kind.unwrap_or(Kind::Choice)), output)?;
        }
    }
    Ok(Outcome::Done)
}

fn lesson(root: &Path, name: &str, output: &mut Output) -> Result<(), CliError> {
    if root.join("lessons").join(name).exists() {
        return Err(there_already(&format!("lessons/{name}")));
    }
    let entry = Entry { title: template::title(name), folder: name.to_owned() };
    // Looked at before anything is written. Where there are lessons without a map, a map of one would hide the others.
    let is_first = fs::read_dir(root.join("lessons")).map_or(true, |mut found| found.next().is_none());
    write(root, &template::lesson(name), output)?;
    enter(root, &entry, is_first, output)?;
    let root = root.display();
    output.line("")?;
    output.line("Next:")?;
    output.line(&format!("  coldstart --course {root}          shows the course, and each save at once"))?;
    output.line(&format!("  coldstart check {root} --watch     says what is wrong, after each save"))?;
    Ok(())
}

fn exercise(root: &Path, name: &str, draft: Draft, output: &mut Output) -> Result<(), CliError> {
    if !root.join("lessons").is_dir() {
        return Err(CliError::Input(format!(
            "{} holds no course: there is no folder `lessons` in it; --course DIR names another, and `coldstart new \
             lesson NAME` begins one",
            root.display()
        )));
    }
    write(root, &[draft], output)?;
    output.line("")?;
    output.line("Next: put it on a page, where its question belongs:")?;
    output.line("")?;
    output.line(&format!("```exercise\n{name}\n```"))?;
    Ok(())
}

/// Puts the lesson on the course's map, or says what to put there.
fn enter(root: &Path, entry: &Entry, is_first: bool, output: &mut Output) -> Result<(), CliError> {
    let path = root.join(outline::FILE);
    let line = entry.line();
    if is_first {
        return write(root, &[Draft { path: outline::FILE.to_owned(), text: outline::of_one(entry) }], output);
    }
    let with_it = fs::read_to_string(&path).ok().and_then(|text| outline::with(&text, entry));
    match with_it {
        Some(text) => {
            fs::write(&path, text).map_err(|error| failed("write", &path, &error))?;
            output.line(&format!("added to {}: {line}", outline::FILE))?;
        }
        None => output.line(&format!("to do: add {line} to the `lessons` of a module in {}", outline::FILE))?,
    }
    Ok(())
}

/// Writes all of the drafts, or none where one of them would overwrite a file.
fn write(root: &Path, drafts: &[Draft], output: &mut Output) -> Result<(), CliError> {
    if let Some(draft) = drafts.iter().find(|draft| root.join(&draft.path).symlink_metadata().is_ok()) {
        return Err(there_already(&draft.path));
    }
    for draft in drafts {
        let path = root.join(&draft.path);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(|error| failed("make", parent, &error))?;
        }
        fs::File::create_new(&path)
            .and_then(|mut file| file.write_all(draft.text.as_bytes()))
            .map_err(|error| failed("write", &path, &error))?;
        output.line(&format!("wrote {}", path.display()))?;
    }
    Ok(())
}

fn there_already(path: &str) -> CliError {
    CliError::Input(format!("{path} is there already, and nothing was written: choose another name"))
}

fn failed(verb: &str, path: &Path, error: &io::Error) -> CliError {
    CliError::Input(format!("cannot {verb} {}: {error}", path.display()))
}

/// A name that is a file's on every system, and a word in a page.
fn name(text: &str) -> Result<String, String> {
    let is_name = text.len() <= 60
        && text.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if !is_name {
        return Err("a name is lower-case letters, digits and hyphens, such as `cold-start`".to_owned());
    }
    if text == crate::course::exercise::VOCABULARY {
        return Err("this name belongs to the words that all exercises share".to_owned());
    }
    Ok(text.to_owned())
}

/// A question or a point, on one line.
fn sentence(text: &str) -> Result<String, String> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.is_empty() || text.chars().any(char::is_control) {
        return Err("a sentence is expected here".to_owned());
    }
    Ok(text)
}
