//! What a person says of an answer, written down.

use std::collections::BTreeMap;

use super::class::{Class, GradebookError, append};
use super::event::{Change, Event, LatePolicy, Mark, StudentId};
use crate::course::ExerciseId;
use crate::store::class::ClassFile;

/// Who decides, and why.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Word {
    pub by: String,
    pub reason: String,
    /// How long it took, over all answers that are marked together.
    pub took_ms: Option<u64>,
}

/// Gives items of the answers of `students` the points a person says. Refused as a whole when one of them cannot be.
pub fn mark(
    file: &mut ClassFile,
    class: &Class,
    exercise: &ExerciseId,
    students: &[&StudentId],
    items: &BTreeMap<String, f64>,
    word: &Word,
    at_ms: i64,
) -> Result<i64, GradebookError> {
    let mut events = Vec::new();
    for student in students {
        let record = class.record_of(student, exercise)?;
        let grading = record.grading().ok_or_else(|| ungraded(student, exercise))?;
        for (id, points) in items {
            let all = &grading.verdict.items;
            let Some(item) = all.iter().find(|item| item.id == *id) else {
                let ids = all.iter().map(|item| item.id.as_str()).collect::<Vec<_>>().join(", ");
                return Err(GradebookError::Wrong(format!("`{exercise}` has no item `{id}`; it has {ids}")));
            };
            // A wrong choice among several takes points off: its maximum is 0.
            let least = if item.max == 0.0 { item.points.min(0.0) } else { 0.0 };
            if !(least..=item.max).contains(points) {
                let max = item.max;
                return Err(GradebookError::Wrong(format!("`{id}` is worth {least} to {max} points, not {points}")));
            }
        }
        events.push(Event::Marked {
            student: (*student).clone(),
            exercise: exercise.clone(),
            mark: Mark {
                of: grading.of.clone(),
                by: word.by.clone(),
                items: items.clone(),
                reason: word.reason.clone(),
                took_ms: word.took_ms.map(|ms| ms / students.len().max(1) as u64),
            },
        });
    }
    append(file, at_ms, &events, Some(class.seen))
}

/// Sets aside or changes the whole mark.
pub fn adjust(
    file: &mut ClassFile,
    class: &Class,
    (student, exercise): (&StudentId, &ExerciseId),
    change: Change,
    word: &Word,
    at_ms: i64,
) -> Result<i64, GradebookError> {
    class.expect_answered(exercise)?;
    let record = class.record_of(student, exercise);
    // Who was ill has handed in nothing, and is excused all the same.
    if change != Change::Excused {
        record?.grading().ok_or_else(|| ungraded(student, exercise))?;
    }
    if let Change::Total(points) | Change::Delta(points) = change
        && !points.is_finite()
    {
        return Err(GradebookError::Wrong(format!("{points} is no number of points")));
    }
    let event = Event::Adjusted {
        student: student.clone(),
        exercise: exercise.clone(),
        by: word.by.clone(),
        change,
        reason: word.reason.clone(),
    };
    append(file, at_ms, &[event], Some(class.seen))
}

fn ungraded(student: &StudentId, exercise: &ExerciseId) -> GradebookError {
    GradebookError::Wrong(format!("{student}, {exercise} is not graded yet: `gradebook run` first"))
}

/// Says when `exercise` was due and what lateness costs.
pub fn set_late_policy(
    file: &mut ClassFile,
    class: &Class,
    exercise: &ExerciseId,
    policy: LatePolicy,
    at_ms: i64,
) -> Result<i64, GradebookError> {
    class.expect_answered(exercise)?;
    append(file, at_ms, &[Event::LatePolicySet { exercise: exercise.clone(), policy }], None)
}

/// Gives one student time until `until_ms`.
pub fn extend(
    file: &mut ClassFile,
    class: &Class,
    (student, exercise): (&StudentId, &ExerciseId),
    until_ms: i64,
    reason: &str,
    at_ms: i64,
) -> Result<i64, GradebookError> {
    class.expect_answered(exercise)?;
    let event =
        Event::Extended { student: student.clone(), exercise: exercise.clone(), until_ms, reason: reason.to_owned() };
    append(file, at_ms, &[event], None)
}

/// Keeps that a student asked for another look.
pub fn request(
    file: &mut ClassFile,
    class: &Class,
    (student, exercise): (&StudentId, &ExerciseId),
    reason: &str,
    at_ms: i64,
) -> Result<i64, GradebookError> {
    class.record_of(student, exercise)?;
    let event =
        Event::RegradeRequested { student: student.clone(), exercise: exercise.clone(), reason: reason.to_owned() };
    append(file, at_ms, &[event], None)
}

/// Keeps that somebody looked at the names.
pub fn reveal_names(file: &mut ClassFile, by: &str, at_ms: i64) -> Result<i64, GradebookError> {
    append(file, at_ms, &[Event::NamesRevealed { by: by.to_owned() }], None)
}

/// Takes back what was written in `batch`; it stays in the journal.
pub fn undo(file: &mut ClassFile, class: &Class, batch: i64, reason: &str, at_ms: i64) -> Result<i64, GradebookError> {
    if !class.batches.iter().any(|it| it.number == batch) {
        return Err(GradebookError::Wrong(format!("there is nothing numbered {batch} that could be taken back")));
    }
    append(file, at_ms, &[Event::Undone { batch, reason: reason.to_owned() }], None)
}
