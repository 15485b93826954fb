//! Which answer a person should look at next, and what the person says.

use std::collections::BTreeMap;

use super::class::{Class, GradebookError, append};
use super::event::{Change, Event, LatePolicy, Mark, StudentId};
use super::record::Record;
use crate::course::{Answer, ExerciseId};
use crate::store::class::{ClassFile, fingerprint};

/// One in so many sure answers is shown all the same, to see whether the grader deserves its confidence.
const AUDIT_ONE_IN: u64 = 20;

/// A place in the queue: answers that say the same.
#[derive(Clone, Debug, PartialEq)]
pub struct Group<'a> {
    pub exercise: &'a ExerciseId,
    pub students: Vec<&'a StudentId>,
    /// Of the first; the others say the same.
    pub record: &'a Record,
    /// Points that are in doubt, over all students of the group.
    pub doubt: f64,
    pub why: String,
}

/// The answers that nobody has looked at, the most doubtful points first; nothing in their order tells of names.
pub fn queue<'a>(class: &'a Class, exercise: Option<&ExerciseId>) -> Vec<Group<'a>> {
    let mut groups: BTreeMap<(&ExerciseId, String), Group<'a>> = BTreeMap::new();
    for ((of, student), record) in &class.records {
        let Some(grading) = record.grading() else { continue };
        let is_seen = record.current_marks().next().is_some() || !record.adjustments.is_empty();
        if exercise.is_some_and(|wanted| wanted != of) || is_seen {
            continue;
        }
        let verdict = &grading.verdict;
        let asked = record.requests.last().map(|(_, reason)| format!("the student asks: {reason}"));
        let flags = record.current().map(|it| it.flags.join("; ")).unwrap_or_default();
        let audited = lot(of, student).is_multiple_of(AUDIT_ONE_IN).then(|| "a sample".to_owned());
        let why = asked
            .or_else(|| {
                let unsure = || "the grader is not sure".to_owned();
                verdict.needs_review.then(|| verdict.review_reason.clone().unwrap_or_else(unsure))
            })
            .or_else(|| (!flags.is_empty()).then_some(flags))
            .or(audited);
        let Some(why) = why else { continue };
        let doubt: f64 = verdict.items.iter().map(|item| item.max.max(0.0) * (1.0 - item.confidence)).sum();
        let group = groups.entry((of, sameness(record))).or_insert_with(|| Group {
            exercise: of,
            students: Vec::new(),
            record,
            doubt: 0.0,
            why,
        });
        group.students.push(student);
        group.doubt += doubt;
    }
    let mut queue: Vec<Group<'a>> = groups.into_values().collect();
    queue.sort_by(|a, b| {
        let lots = || lot(a.exercise, a.students[0]).cmp(&lot(b.exercise, b.students[0]));
        b.doubt.total_cmp(&a.doubt).then_with(lots)
    });
    queue
}

/// A number that tells nothing of the student and is the same on every day.
fn lot(exercise: &ExerciseId, student: &StudentId) -> u64 {
    let print = fingerprint(&[b"lot", exercise.0.as_bytes(), student.0.as_bytes()]);
    u64::from_str_radix(&print[..15], 16).expect("a fingerprint is hexadecimal")
}

/// Equal for answers that differ in case, blanks and punctuation only.
fn sameness(record: &Record) -> String {
    match record.current().map(|it| &it.answer) {
        Some(Answer::Text(text)) => {
            let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
            words.map(str::to_lowercase).collect::<Vec<_>>().join(" ")
        }
        Some(answer) => serde_json::to_string(answer).expect("an answer holds strings and numbers"),
        None => String::new(),
    }
}

/// The students whose answer says the same as that of `student`, who is the first.
pub fn alike<'a>(class: &'a Class, exercise: &'a ExerciseId, student: &'a StudentId) -> Vec<&'a StudentId> {
    let of = |student: &StudentId| class.records.get(&(exercise.clone(), student.clone())).map(sameness);
    let same = of(student);
    let others = class
        .records
        .iter()
        .filter(|((of, other), record)| of == exercise && other != student && Some(sameness(record)) == same)
        .map(|((_, other), _)| other);
    std::iter::once(student).chain(others).collect()
}

/// Who decides, and why.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Word {
    pub by: String,
    pub reason: String,
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
