//! An answer to its verdict, whatever that takes: words are judged where they are, code runs in the local platform first.
//!
//! In: an exercise and an answer. Out: a [`Verdict`] as every other, so that attempts, classes and screens need not know
//! that something ran. Expectations stay on this side of the pipe: a sandbox gets files and events, and what it reports
//! is compared here. Of a hidden check the verdict tells only whether it was met.

use std::path::{Path, PathBuf};

use crate::course::exercise::CodeCheck;
use crate::course::{Answer, CodeTask, Exercise, Kind, Problem};
use crate::faas::{Bundle, Check, Checked, Database, Place, Settings, Submission, check};
use crate::grade::{Evidence, ItemVerdict, Status, Verdict};

/// The file of a deployment, by which it is known.
const MANIFEST: &str = "serverless.yml";
/// How long one invocation of an exercise may compute: honest answers need a thousandth of it.
const CPU_MS: u64 = 500;
/// What is told of one check, beside each slip in serverless.yml.
const DIFFERENCES_TOLD: usize = 2;

/// Judges answers. Code runs in processes of the program that it names.
#[derive(Clone, Debug)]
pub struct Marker {
    program: PathBuf,
}

impl Marker {
    /// `program` is this program, which becomes a sandbox when it is told to.
    pub fn new(program: PathBuf) -> Self {
        Self { program }
    }

    /// By the program that is running.
    pub fn of_this_program() -> std::io::Result<Self> {
        std::env::current_exe().map(Self::new)
    }

    pub fn program(&self) -> &Path {
        &self.program
    }

    pub fn grade(&self, exercise: &Exercise, answer: &Answer) -> Verdict {
        match (&exercise.kind, answer) {
            (Kind::Code(task), Answer::Text(text)) => match self.run(task, text) {
                Ok(checked) => verdict(task, text, &checked),
                Err(slips) => {
                    let why = slips.first().map_or("a check cannot be run", |slip| slip.message.as_str());
                    exercise.unjudged(why, "This exercise has a slip, and could not be graded. Your answer is kept.")
                }
            },
            _ => exercise.grade(answer),
        }
    }

    /// Proves an exercise that is answered with code: its reference passes all checks, and its start earns nothing, so
    /// that each point is earned by a change. Says each proof that fails.
    pub fn prove(&self, exercise: &Exercise) -> Vec<Problem> {
        let Kind::Code(task) = &exercise.kind else { return Vec::new() };
        let runs = self.run(task, &task.reference).and_then(|solved| Ok((solved, self.run(task, &task.start)?)));
        let (solved, started) = match runs {
            Ok(runs) => runs,
            Err(slips) => {
                return slips.into_iter().map(|slip| Problem::new(&exercise.file, slip.line, slip.message)).collect();
            }
        };
        let mut failed = Vec::new();
        for (spec, (solved, started)) in task.checks.iter().zip(solved.iter().zip(&started)) {
            let mut say = |message: String| failed.push(Problem::new(&exercise.file, spec.line, message));
            if !solved.passed {
                let differences = solved.differences.join("; ");
                say(format!("the reference does not pass `{}`: {differences}", spec.id));
            }
            if started.passed && spec.points > 0.0 {
                say(format!("the start passes `{}` already, so its points are no one's work", spec.id));
            }
        }
        failed
    }

    fn run(&self, task: &CodeTask, text: &str) -> Result<Vec<Checked>, Vec<Slip>> {
        let checks = task.checks.iter().map(read_check);
        let (checks, slips): (Vec<_>, Vec<_>) = checks.partition(Result::is_ok);
        let mut slips: Vec<Slip> = slips.into_iter().filter_map(Result::err).collect();
        let checks: Vec<Check> = checks.into_iter().flatten().collect();
        let database: Option<Result<Database, _>> = task.database.clone().map(serde_json::from_value);
        let database = database.transpose().unwrap_or_else(|error| {
            slips.push(Slip { line: 0, message: format!("`database` cannot be used: {error}") });
            None
        });
        if !slips.is_empty() {
            return Err(slips);
        }
        let mut settings = Settings::new(self.program.clone());
        settings.cpu_ms = CPU_MS;
        settings.database = database.unwrap_or_default();
        Ok(check(&submission(task, text), &checks, &settings))
    }
}

/// What of an exercise cannot be run.
struct Slip {
    line: u32,
    message: String,
}

/// The platform's own reading of a check.
fn read_check(check: &CodeCheck) -> Result<Check, Slip> {
    serde_json::from_value(check.spec.clone())
        .map_err(|error| Slip { line: check.line, message: format!("check `{}` cannot be used: {error}", check.id) })
}

fn submission(task: &CodeTask, text: &str) -> Submission {
    let files = task.given.iter().map(|given| (given.path.as_str(), given.text.as_str()));
    let files = files.chain([(task.file.as_str(), text)]);
    let (manifest, code): (Vec<_>, Vec<_>) = files.partition(|(path, _)| *path == MANIFEST);
    Submission {
        bundle: code.into_iter().fold(Bundle::default(), |bundle, (path, text)| bundle.with(path, text)),
        manifest: manifest.first().map(|(_, text)| (*text).to_owned()),
        handler: task.handler.clone(),
    }
}

fn verdict(task: &CodeTask, answer: &str, checked: &[Checked]) -> Verdict {
    let items: Vec<ItemVerdict> = checked.iter().map(|it| item(task, answer, it)).collect();
    let n_passed = checked.iter().filter(|it| it.passed).count();
    Verdict {
        score: items.iter().map(|item| item.points).sum(),
        max: task.max_points(),
        needs_review: false,
        review_reason: None,
        feedback: feedback(n_passed, checked),
        items,
    }
}

fn item(task: &CodeTask, answer: &str, checked: &Checked) -> ItemVerdict {
    let told = match (checked.passed, checked.hidden) {
        (true, _) => None,
        (false, true) => Some("This check is hidden: it sends something that you have not been shown.".to_owned()),
        (false, false) => {
            let (slips, others): (Vec<_>, Vec<_>) = checked.differences.iter().partition(|it| it.starts_with(MANIFEST));
            Some(others.into_iter().take(DIFFERENCES_TOLD).chain(slips).cloned().collect::<Vec<_>>().join("; "))
        }
    };
    let places = if checked.passed || checked.hidden { &[][..] } else { &checked.places };
    let mut evidence: Vec<Evidence> = places.iter().filter_map(|place| line_of(task, answer, place)).collect();
    evidence.dedup();
    ItemVerdict {
        id: checked.id.clone(),
        label: checked.label.clone(),
        points: checked.points,
        max: checked.max,
        status: if checked.passed { Status::Made } else { Status::Missing },
        evidence,
        // What runs either meets an expectation or does not.
        confidence: 1.0,
        reason: told,
        hint: None,
    }
}

/// The line of the answer at which it failed.
fn line_of(task: &CodeTask, answer: &str, place: &Place) -> Option<Evidence> {
    if place.file != task.file {
        return None;
    }
    let index = (place.line as usize).checked_sub(1)?;
    let before: usize = answer.split_inclusive('\n').take(index).map(str::len).sum();
    let line = answer.split_inclusive('\n').nth(index)?;
    let text = line.trim();
    let start = before + (line.len() - line.trim_start().len());
    (!text.is_empty()).then(|| Evidence { start, end: start + text.len(), text: text.to_owned() })
}

fn feedback(n_passed: usize, checked: &[Checked]) -> String {
    let n = checked.len();
    if n_passed == n {
        return if n == 1 { "The check passes.".to_owned() } else { format!("All {n} checks pass.") };
    }
    // What keeps all of it from running comes first.
    let common = checked.first().and_then(|first| first.differences.first());
    let common = common.filter(|said| n > 1 && checked.iter().all(|it| it.differences.first() == Some(said)));
    match common {
        Some(said) if !checked.iter().all(|it| it.hidden) => format!("No check passes: {said}."),
        _ => format!("{n_passed} of {n} checks pass."),
    }
}
