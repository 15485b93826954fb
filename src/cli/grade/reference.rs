//! Answers to any questions, graded against reference answers: lines `{id, question, references, answer}` in, lines
//! `{id, label2, label3, confidence}` out, in the same order. A teacher's marks are the same lines with `label2`.

use std::collections::BTreeMap;
use std::path::Path;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::super::output::{Output, remark};
use super::super::{CliError, Outcome};
use super::lines::{self, JsonLines};
use crate::grade::reference::{Grader, Label, Mark};

/// Questions that are kept ready between chunks.
const MAX_READY: usize = 1024;

#[derive(Deserialize)]
struct Line {
    #[serde(default)]
    id: Value,
    #[serde(default)]
    question: String,
    #[serde(default)]
    references: Vec<String>,
    #[serde(default)]
    answer: String,
}

#[derive(Deserialize)]
struct MarkLine {
    #[serde(flatten)]
    line: Line,
    label2: Label2,
}

#[derive(Clone, Copy, Serialize, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum Label2 {
    Correct,
    Incorrect,
}

#[derive(Serialize)]
struct Judged<'a> {
    id: &'a Value,
    label2: Label2,
    label3: Label,
    confidence: f64,
}

/// A question with its references.
type Task = (String, Vec<String>);
/// For each question the marks, with the references that their lines name.
type Marks = BTreeMap<String, Vec<(Vec<String>, Mark)>>;

/// Something wrong was found when an answer is correct with a probability below `least`.
pub(super) fn run(
    file: &Path,
    graded: Option<&Path>,
    least: Option<f64>,
    output: &mut Output,
) -> Result<Outcome, CliError> {
    let marks = graded.map(read_marks).transpose()?.unwrap_or_default();
    let mut input = JsonLines::open(file)?;
    let mut ready: BTreeMap<Task, Grader> = BTreeMap::new();
    let mut outcome = Outcome::Done;
    loop {
        let chunk: Vec<Line> = input.chunk()?;
        if chunk.is_empty() {
            return Ok(outcome);
        }
        if ready.len() > MAX_READY {
            ready.clear();
        }
        let tasks: Vec<Task> = chunk.iter().map(|line| (line.question.clone(), line.references.clone())).collect();
        let mut new: Vec<&Task> = tasks.iter().filter(|task| !ready.contains_key(*task)).collect();
        new.sort_unstable();
        new.dedup();
        let prepared: Vec<(Task, Grader)> =
            new.into_par_iter().map(|task| (task.clone(), prepare(task, &marks))).collect();
        ready.extend(prepared);
        let judgements: Vec<_> =
            chunk.par_iter().zip(&tasks).map(|(line, task)| ready[task].judge(&line.answer)).collect();
        for (Line { id, .. }, judgement) in chunk.iter().zip(judgements) {
            let is_correct = judgement.label == Label::Correct;
            let probability = if is_correct { judgement.confidence } else { 1.0 - judgement.confidence };
            if least.is_some_and(|least| probability < least) {
                outcome = Outcome::FoundWrong;
            }
            let label2 = if is_correct { Label2::Correct } else { Label2::Incorrect };
            let confidence = (judgement.confidence * 1e4).round() / 1e4;
            lines::print(&Judged { id, label2, label3: judgement.label, confidence }, output)?;
        }
    }
}

fn read_marks(file: &Path) -> Result<Marks, CliError> {
    let mut marks = Marks::new();
    for MarkLine { line: Line { question, references, answer, .. }, label2 } in JsonLines::open(file)?.all()? {
        let mark = Mark { answer, is_correct: label2 == Label2::Correct };
        marks.entry(question).or_default().push((references, mark));
    }
    Ok(marks)
}

/// A grader that has learned from the marks of its question, if there are some.
fn prepare(task: &Task, marks: &Marks) -> Grader {
    let (question, references) = task;
    let mut grader = Grader::new(question, references);
    let fits = |named: &Vec<String>| named.is_empty() || named == references;
    let of_question = marks.get(question).into_iter().flatten();
    let of_task: Vec<Mark> = of_question.filter(|(named, _)| fits(named)).map(|(_, mark)| mark.clone()).collect();
    if !of_task.is_empty() {
        let it = grader.learn(&of_task);
        let (before, after) = (it.agreed_before * 100.0, it.agreed_after * 100.0);
        let verdict = if it.helps { "they are used" } else { "they are not used" };
        let start: String = question.chars().take(40).collect();
        remark(&format!(
            "{start}…: {} marks, agreement {before:.0} % without, {after:.0} % with: {verdict}",
            it.n_marks
        ));
    }
    grader
}
