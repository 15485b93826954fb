//! `coldstart grade`: answers, judged: one or many, to an exercise or against reference answers; and how well that goes.

mod batch;
mod classroom;
mod learn;
mod lines;
mod reference;
mod self_test;
mod training;

use std::io::Read;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use serde::Serialize;

use super::output::{Output, remark};
use super::{CliError, Outcome, open_course};
use crate::content::MAX_FILE_BYTES;
use crate::course::{Answer, nearest_hint};
use crate::grade::{Status, Verdict};
use crate::gradebook::export::results;
use crate::marking::Marker;

#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  coldstart grade connection-outside-handler answer.txt\n  echo 'No, because …' | coldstart grade constant-high-traffic - --format json\n  coldstart grade invoice-flow --batch answers.jsonl\n  coldstart grade move-the-connection index.js --min 0.6\n  coldstart grade idle-connections answer.md --format gradescope > /autograder/results/results.json\n  coldstart grade --reference answers.jsonl --graded marks.jsonl\n  coldstart --course mine grade invoice-flow --learn queue 'it is posted to a topic'"
)]
pub(super) struct Arguments {
    /// The exercise's id
    #[arg(required_unless_present_any = ["reference", "self_test", "train"])]
    exercise: Option<String>,
    /// The answer; `-` or nothing reads standard input
    #[arg(value_name = "FILE|-")]
    file: Option<PathBuf>,
    /// `gradescope` is its results.json; `github` is the result of a GitHub Classroom runner, which a workflow finds as
    /// the step's output `result` too
    #[arg(long, value_enum, default_value_t = Shape::Text)]
    format: Shape,
    /// Grade many answers: lines `{id, answer}` in, lines `{id, …verdict}` out, in order
    #[arg(long, value_name = "FILE.jsonl", conflicts_with_all = ["file", "reference", "self_test", "train"])]
    batch: Option<PathBuf>,
    /// Grade against reference answers, without an exercise: lines `{id, question, references, answer}` in, lines
    /// `{id, label2, label3, confidence}` out
    #[arg(long, value_name = "FILE.jsonl", conflicts_with_all = ["exercise", "self_test", "train"])]
    reference: Option<PathBuf>,
    /// Learn from a teacher's marks: the lines of `--reference` with `label2`
    #[arg(long, value_name = "MARKS.jsonl", requires = "reference")]
    graded: Option<PathBuf>,
    /// Append a phrase that makes an item's point to the item's `say`, in the exercise's file
    #[arg(long, num_args = 2, value_names = ["ITEM", "PHRASE"], requires = "exercise", conflicts_with_all = ["file", "batch"])]
    learn: Option<Vec<String>>,
    /// Exit with 1 when an answer earns less than this share of the points; with `--reference` when it is correct with
    /// less than this probability
    #[arg(long, value_name = "0..1", value_parser = read_share)]
    min: Option<f64>,
    /// Print how well the grader does on the shipped samples
    #[arg(long, conflicts_with_all = ["exercise", "train"])]
    self_test: bool,
    /// … or on other answers that a teacher graded: files `EXERCISE.toml` in a folder, with `[[sample]]`s
    #[arg(long, value_name = "DIR", requires = "self_test")]
    answers: Option<PathBuf>,
    /// … and against reference answers, on the collections `*.jsonl` in a folder
    #[arg(long, value_name = "DIR", requires = "self_test")]
    public: Option<PathBuf>,
    /// Train the model of `--reference` on the collections in a folder
    #[arg(long, value_name = "DIR", hide = true, requires = "out", conflicts_with = "exercise")]
    train: Option<PathBuf>,
    #[arg(long, value_name = "FILE", hide = true, requires = "train")]
    out: Option<PathBuf>,
}

/// Who reads the verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Shape {
    Text,
    Json,
    Gradescope,
    Github,
}

fn read_share(text: &str) -> Result<f64, String> {
    let share = text.parse::<f64>().ok().filter(|share| (0.0..=1.0).contains(share));
    share.ok_or_else(|| "it should be a share from 0 to 1, such as 0.6".to_owned())
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
    if let (Some(examples), Some(out)) = (&it.train, &it.out) {
        return training::train(examples, out, output);
    }
    if let Some(file) = &it.reference {
        return reference::run(file, it.graded.as_deref(), it.min, output);
    }
    let course = open_course(folder)?;
    if it.self_test {
        self_test::run(&course, it.answers.as_deref(), output)?;
        if let Some(examples) = &it.public {
            output.line("")?;
            training::evaluate(examples, output)?;
        }
        return Ok(Outcome::Done);
    }
    let id = it.exercise.as_deref().unwrap_or_default();
    let Some(exercise) = course.exercise(id) else {
        return Err(CliError::Input(no_exercise(id, course.exercises.keys().map(|id| id.0.as_str()).collect())));
    };
    if let Some([item, phrase]) = it.learn.as_deref() {
        return learn::run(&course, folder, exercise, (item, phrase), output);
    }
    let marker = Marker::of_this_program()?;
    if let Some(file) = &it.batch {
        return batch::run(exercise, &marker, file, it.min, output);
    }
    let text = read_answer(it.file.as_deref())?;
    let answer = exercise
        .read_answer(&text)
        .map_err(|why| CliError::Input(format!("cannot read the answer to `{id}`: {why}")))?;
    let verdict = marker.grade(exercise, &answer);
    match it.format {
        Shape::Json => {
            output.json(&Graded { exercise: id, fraction: verdict.fraction(), verdict: &verdict })?;
        }
        Shape::Text => print(&verdict, output)?,
        Shape::Gradescope => {
            let source = source_name(it);
            let items = results::items_of(exercise, &source, &verdict);
            output.json(&results::gradescope_result(verdict.score, items))?;
        }
        Shape::Github => {
            let source = source_name(it);
            let items = results::items_of(exercise, &source, &verdict);
            let result = results::github_result(verdict.score, verdict.max, items);
            classroom::hand_over(&result)?;
            output.json(&result)?;
        }
    }
    // A missing answer is something wrong that the work found.
    let missing = match &answer {
        Answer::Text(text) => text.trim().is_empty(),
        answer => answer.is_empty(),
    };
    let below = it.min.is_some_and(|least| verdict.fraction() < least);
    Ok(if missing || below { Outcome::FoundWrong } else { Outcome::Done })
}

/// The answer's file, as a result names it.
fn source_name(it: &Arguments) -> String {
    it.file.as_ref().filter(|path| *path != Path::new("-")).map(|path| path.display().to_string()).unwrap_or_default()
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
            Status::Missing if item.is_wrong() => ("✗", "wrong"),
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

/// Says which one was probably meant, and else which ones come nearest in their letters, out of how many.
fn no_exercise(id: &str, mut names: Vec<&str>) -> String {
    const FEW: usize = 5;
    let near = nearest_hint(id, names.iter().copied());
    if !near.is_empty() || names.len() <= FEW {
        let all = if near.is_empty() { format!("; the course has {}", names.join(", ")) } else { near };
        return format!("no exercise `{id}`{all}");
    }
    let n = names.len();
    names.sort_by_key(|name| strsim::osa_distance(id, name));
    names.truncate(FEW);
    format!(
        "no exercise `{id}`; the nearest of {n} are {}: a page names its own, as `coldstart read 1` shows",
        names.join(", ")
    )
}
