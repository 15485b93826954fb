//! `coldstart grade`: one answer, judged.

use std::io::Read;
use std::path::{Path, PathBuf};

use clap::Args;
use serde::Serialize;

use super::output::{Output, remark};
use super::{CliError, Format, Outcome, open_course};
use crate::content::MAX_FILE_BYTES;
use crate::course::{Answer, nearest_hint};
use crate::grade::{Status, Verdict};

#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  coldstart grade connection-outside-handler answer.txt\n  echo 'No, because …' | coldstart grade constant-high-traffic - --format json"
)]
pub(super) struct Arguments {
    /// The exercise's id
    exercise: String,
    /// The answer; `-` or nothing reads standard input
    #[arg(value_name = "FILE|-")]
    file: Option<PathBuf>,
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// What `--format json` prints: the verdict with the exercise and the fraction.
#[derive(Serialize)]
struct Graded<'a> {
    exercise: &'a str,
    fraction: f64,
    #[serde(flatten)]
    verdict: &'a Verdict,
}

pub(super) fn run(it: &Arguments, folder: Option<&Path>, output: &mut Output) -> Result<Outcome, CliError> {
    let course = open_course(folder)?;
    let Some(exercise) = course.exercise(&it.exercise) else {
        let near = nearest_hint(&it.exercise, course.exercises.keys().map(|id| id.0.as_str()));
        let all = course.exercises.keys().map(|id| id.0.as_str()).collect::<Vec<_>>().join(", ");
        return Err(CliError::Input(format!("no exercise `{}`{near}; the course has {all}", it.exercise)));
    };
    let text = read_answer(it.file.as_deref())?;
    let answer = exercise
        .read_answer(&text)
        .map_err(|why| CliError::Input(format!("cannot read the answer to `{}`: {why}", it.exercise)))?;
    let verdict = exercise.grade(&answer);
    match it.format {
        Format::Json => {
            output.json(&Graded { exercise: &it.exercise, fraction: verdict.fraction(), verdict: &verdict })?;
        }
        Format::Text => print(&verdict, output)?,
    }
    // A missing answer is something wrong that the work found.
    let missing = match &answer {
        Answer::Text(text) => text.trim().is_empty(),
        answer => answer.is_empty(),
    };
    Ok(if missing { Outcome::FoundWrong } else { Outcome::Done })
}

/// The answer as it stands, since the verdict's offsets count its bytes.
fn read_answer(file: Option<&Path>) -> Result<String, CliError> {
    let mut bytes = Vec::new();
    let read = match file.filter(|file| *file != Path::new("-")) {
        None => std::io::stdin().take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes),
        Some(path) => match std::fs::metadata(path) {
            Ok(kind) if kind.is_dir() => Err(std::io::Error::other("it is a folder, not a file")),
            _ => std::fs::File::open(path).and_then(|file| file.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes)),
        },
    };
    let name = file.map_or_else(|| "standard input".to_owned(), |path| path.display().to_string());
    read.map_err(|error| {
        CliError::Input(format!("cannot read {name}: {error}; name a text file, or - for standard input"))
    })?;
    if bytes.len() as u64 > MAX_FILE_BYTES {
        bytes.truncate(MAX_FILE_BYTES as usize);
        remark(&format!("{name}: only the first {} MB are graded", MAX_FILE_BYTES / (1024 * 1024)));
    }
    Ok(String::from_utf8(bytes).unwrap_or_else(|error| {
        remark(&format!("{name}: it is not UTF-8 text; what cannot be read counts as \u{fffd}"));
        String::from_utf8_lossy(error.as_bytes()).into_owned()
    }))
}

fn print(verdict: &Verdict, output: &mut Output) -> Result<(), CliError> {
    output.line(&format!("{:.2} of {:.2} points ({:.0} %)", verdict.score, verdict.max, verdict.fraction() * 100.0))?;
    output.line(&verdict.feedback)?;
    if verdict.needs_review {
        let why = verdict.review_reason.as_deref().unwrap_or("the grader is not sure");
        output.line(&format!("A person should look at this one: {why}"))?;
    }
    for item in &verdict.items {
        let (mark, word) = match item.status {
            Status::Made => ("✓", "made"),
            Status::Partly => ("~", "partly"),
            Status::Missing => ("✗", "missing"),
        };
        output.line("")?;
        output.line(&format!("{mark} {word:<7} {:.2}/{:.2}  {}: {}", item.points, item.max, item.id, item.label))?;
        for evidence in &item.evidence {
            output.line(&format!("    “{}”", evidence.text.split_whitespace().collect::<Vec<_>>().join(" ")))?;
        }
        if let Some(reason) = &item.reason {
            output.line(&format!("    {reason}"))?;
        }
        if let (Some(hint), false) = (&item.hint, item.status == Status::Made) {
            output.line(&format!("    Hint: {hint}"))?;
        }
    }
    Ok(())
}
