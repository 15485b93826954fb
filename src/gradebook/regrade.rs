//! What a changed rubric or grader would change, before it does.

use rayon::prelude::*;
use serde::Serialize;

use super::class::{Class, GradebookError, append};
use super::event::{Event, StudentId};
use super::run::Rubrics;
use crate::course::ExerciseId;
use crate::store::class::ClassFile;

/// A mark that a regrade would change.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Difference {
    pub student: StudentId,
    pub exercise: ExerciseId,
    pub before: Option<f64>,
    pub after: Option<f64>,
    /// `true`: passes now and did not; `false`: the other way.
    pub crosses: Option<bool>,
    /// Each item whose points change by themselves, in words.
    pub why: Vec<String>,
}

/// All that a regrade would write, and what of it changes a mark.
#[derive(Clone, Debug, Default)]
pub struct Regrade {
    pub differences: Vec<Difference>,
    /// Gradings that are not by the rubric and program of today.
    pub n_outdated: usize,
    events: Vec<Event>,
    seen: i64,
}

/// Grades again what was graded by another rubric or program. People's marks and changes stay and count as before.
///
/// `pass` is the share of the points that passes, `0.0..=1.0`.
pub fn propose(class: &Class, rubrics: &Rubrics<'_>, pass: f64) -> Regrade {
    let outdated: Vec<_> = class
        .records
        .iter()
        .filter(|((exercise, _), record)| record.grading().is_some_and(|it| !rubrics.are_those_of(exercise, it)))
        .collect();
    let regraded: Vec<_> =
        outdated.par_iter().filter_map(|(key, record)| Some((*key, *record, rubrics.grade(&key.0, record)?))).collect();
    let mut regrade = Regrade { n_outdated: outdated.len(), seen: class.seen, ..Regrade::default() };
    for ((exercise, student), record, grading) in regraded {
        let policy = class.policies.get(exercise);
        let old = record.standing(policy);
        let mut changed = record.clone();
        changed.gradings.push((0, grading.clone()));
        let new = changed.standing(policy);
        if old.points != new.points || old.max != new.max {
            let passes = |points: Option<f64>, max: f64| points.is_some_and(|points| points >= pass * max);
            let (passed, passes) = (passes(old.points, old.max), passes(new.points, new.max));
            let items = record.grading().map(|it| it.verdict.items.as_slice()).unwrap_or_default();
            let before = |id: &str| items.iter().find(|item| item.id == id).map(|item| item.points);
            let mut why: Vec<String> = grading
                .verdict
                .items
                .iter()
                .filter(|item| before(&item.id) != Some(item.points))
                .map(|item| match before(&item.id) {
                    Some(points) => format!("{}: {points} → {}", item.id, item.points),
                    None => format!("{}: new, {}", item.id, item.points),
                })
                .collect();
            let gone = |id: &str| grading.verdict.items.iter().all(|item| item.id != id);
            why.extend(items.iter().filter(|item| gone(&item.id)).map(|item| format!("{}: gone", item.id)));
            regrade.differences.push(Difference {
                student: student.clone(),
                exercise: exercise.clone(),
                before: old.points,
                after: new.points,
                crosses: (passed != passes).then_some(passes),
                why,
            });
        }
        regrade.events.push(Event::Graded { student: student.clone(), exercise: exercise.clone(), grading });
    }
    regrade
}

impl Regrade {
    /// Writes it, all or nothing, as one batch that can be undone. Refused when an answer was written about meanwhile.
    pub fn apply(&self, file: &mut ClassFile, at_ms: i64) -> Result<Option<i64>, GradebookError> {
        if self.events.is_empty() {
            return Ok(None);
        }
        append(file, at_ms, &self.events, Some(self.seen)).map(Some)
    }
}
