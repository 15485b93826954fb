//! Many answers to one exercise: lines `{id, answer}` in, lines `{id, …verdict}` out, in the same order.

use std::path::Path;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::super::output::Output;
use super::super::{CliError, Outcome};
use super::lines::{self, JsonLines};
use crate::course::Exercise;
use crate::grade::Verdict;
use crate::marking::Marker;

#[derive(Deserialize)]
struct Line {
    #[serde(default)]
    id: Value,
    answer: String,
}

#[derive(Serialize)]
struct Graded<'a> {
    id: &'a Value,
    fraction: f64,
    #[serde(flatten)]
    verdict: &'a Verdict,
}

/// An answer that cannot be read, such as a step that an order does not have.
#[derive(Serialize)]
struct Unread<'a> {
    id: &'a Value,
    error: String,
}

/// Something wrong was found when an answer cannot be read or earns less than `least` of the points.
pub(super) fn run(
    exercise: &Exercise,
    marker: &Marker,
    file: &Path,
    least: Option<f64>,
    output: &mut Output,
) -> Result<Outcome, CliError> {
    let mut input = JsonLines::open(file)?;
    let mut outcome = Outcome::Done;
    loop {
        let chunk: Vec<Line> = input.chunk()?;
        if chunk.is_empty() {
            return Ok(outcome);
        }
        let grade = |line: &Line| exercise.read_answer(&line.answer).map(|answer| marker.grade(exercise, &answer));
        let verdicts: Vec<Result<Verdict, String>> =
            chunk.par_iter().map(|line| grade(line).map_err(|why| why.clone())).collect();
        for (Line { id, .. }, verdict) in chunk.iter().zip(verdicts) {
            match verdict {
                Ok(verdict) => {
                    let fraction = verdict.fraction();
                    if least.is_some_and(|least| fraction < least) {
                        outcome = Outcome::FoundWrong;
                    }
                    lines::print(&Graded { id, fraction, verdict: &verdict }, output)?;
                }
                Err(error) => {
                    outcome = Outcome::FoundWrong;
                    lines::print(&Unread { id, error }, output)?;
                }
            }
        }
    }
}
