//! What people's marks teach the grader, and whether it judges better for it.
//!
//! For each item that people have marked on enough different answers, a grader learns from the marks. It is used only
//! where it agrees with people more often than the rubric does, each mark being judged by what the others taught; and
//! then only for answers that nobody has marked, and where it is sure. What it says is proposed, and written as a regrade
//! that one undo takes back.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::class::{Class, GradebookError, append};
use super::event::{Event, StudentId};
use super::queue::sameness;
use super::record::{Record, rounded};
use crate::course::{Answer, Course, ExerciseId};
use crate::grade::reference::{Grader, Label, Mark};
use crate::grade::{ItemVerdict, Status};
use crate::store::class::ClassFile;

/// Different answers that must be marked before anything is learned from them.
pub const LEAST_MARKED: usize = 5;
/// Below this a taught judgement changes nothing.
const SURE: f64 = 0.75;

/// Whether so many marked answers are worth another look at what they teach: 5, 10, 20, 40, …
pub fn is_due(n_marked: usize) -> bool {
    n_marked.is_multiple_of(LEAST_MARKED) && (n_marked / LEAST_MARKED).is_power_of_two()
}

#[derive(Clone, Debug, PartialEq)]
pub struct Lesson {
    pub exercise: ExerciseId,
    /// Different answers that people have marked.
    pub n_marked: usize,
    /// Judgements of items by people, on those answers.
    pub n_judged: usize,
    /// With how many of them the rubric agrees.
    pub n_agreed: usize,
    /// With how many the taught grader agrees, each judged by what the others taught.
    pub n_would_agree: usize,
    pub changes: Vec<Change>,
    events: Vec<Event>,
    seen: i64,
}

/// An answer that would be graded otherwise.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    pub student: StudentId,
    pub before: f64,
    pub after: f64,
    pub why: String,
}

/// An item, and who would judge it.
struct Taught {
    item: String,
    grader: Grader,
    n_marks: usize,
}

/// How many different answers to `exercise` people have marked.
pub fn n_marked(class: &Class, exercise: &ExerciseId) -> usize {
    let marked = of(class, exercise).filter(|(_, record)| record.current_marks().next().is_some());
    marked.map(|(_, record)| sameness(record)).collect::<std::collections::BTreeSet<_>>().len()
}

fn of<'a>(class: &'a Class, exercise: &ExerciseId) -> impl Iterator<Item = (&'a StudentId, &'a Record)> {
    let records = class.records.iter().filter(move |((of, _), _)| of == exercise);
    records.map(|((_, student), record)| (student, record))
}

/// Learns from all marks of `exercise`. Nothing where the course has no such exercise.
pub fn learn(class: &Class, course: &Course, exercise: &ExerciseId) -> Option<Lesson> {
    let prompt = &course.exercise(&exercise.0)?.prompt;
    let mut lesson = Lesson {
        exercise: exercise.clone(),
        n_marked: n_marked(class, exercise),
        n_judged: 0,
        n_agreed: 0,
        n_would_agree: 0,
        changes: Vec::new(),
        events: Vec::new(),
        seen: class.seen,
    };
    let mut taught = Vec::new();
    for (item, marks) in marks_by_item(class, exercise) {
        let n_agreed = marks.iter().filter(|it| it.graders == it.mark.is_correct).count();
        lesson.n_judged += marks.len();
        lesson.n_agreed += n_agreed;
        let n_marks = marks.len();
        let label = marks[0].label.clone();
        let mut grader = Grader::new(prompt, &[label]);
        let marks: Vec<Mark> = marks.into_iter().map(|it| it.mark).collect();
        let adaptation = grader.learn(&marks);
        let n_would_agree = (adaptation.agreed_after * n_marks as f64).round() as usize;
        let gains = n_marks >= LEAST_MARKED && adaptation.helps && n_would_agree > n_agreed;
        lesson.n_would_agree += if gains { n_would_agree } else { n_agreed };
        if gains {
            taught.push(Taught { item, grader, n_marks });
        }
    }
    let open: Vec<_> = of(class, exercise).filter(|(_, record)| !record.is_decided()).collect();
    let judged: Vec<_> =
        open.par_iter().filter_map(|(student, record)| regraded(student, exercise, record, &taught)).collect();
    for (change, event) in judged {
        lesson.changes.push(change);
        lesson.events.push(event);
    }
    Some(lesson)
}

/// A person's word on an item, and what the grader said.
struct Judged {
    label: String,
    mark: Mark,
    graders: bool,
}

/// The marks of each item, one for all answers that say the same: the last.
fn marks_by_item(class: &Class, exercise: &ExerciseId) -> BTreeMap<String, Vec<Judged>> {
    let mut by_item: BTreeMap<String, BTreeMap<String, Judged>> = BTreeMap::new();
    for (_, record) in of(class, exercise) {
        let (Some(grading), Some(Answer::Text(text))) = (record.grading(), record.current().map(|it| &it.answer))
        else {
            continue;
        };
        for item in grading.verdict.items.iter().filter(|item| item.max > 0.0) {
            let Some((points, _)) = record.marked(&item.id) else { continue };
            let mark = Mark { answer: text.clone(), is_correct: points >= item.max / 2.0 };
            let judged = Judged { label: item.label.clone(), mark, graders: item.points >= item.max / 2.0 };
            by_item.entry(item.id.clone()).or_default().insert(sameness(record), judged);
        }
    }
    by_item.into_iter().map(|(item, marks)| (item, marks.into_values().collect())).collect()
}

fn regraded(student: &StudentId, exercise: &ExerciseId, record: &Record, taught: &[Taught]) -> Option<(Change, Event)> {
    let Answer::Text(text) = &record.current()?.answer else { return None };
    let mut grading = record.grading()?.clone();
    let before = grading.verdict.score;
    let mut why = Vec::new();
    for Taught { item, grader, n_marks } in taught {
        let Some(item) = grading.verdict.items.iter_mut().find(|it| it.id == *item) else { continue };
        let judgement = grader.judge(text);
        let is_correct = judgement.label == Label::Correct;
        if judgement.confidence < SURE || is_correct == (item.points >= item.max / 2.0) {
            continue;
        }
        let points = if is_correct { item.max } else { 0.0 };
        why.push(format!("{}: {} → {points}", item.id, item.points));
        grading.verdict.score = rounded((grading.verdict.score + points - item.points).clamp(0.0, grading.verdict.max));
        *item = ItemVerdict {
            points,
            status: if is_correct { Status::Made } else { Status::Missing },
            confidence: judgement.confidence,
            reason: Some(format!("judged as people judged answers like it ({n_marks} marks)")),
            ..item.clone()
        };
        grading.n_lessons = grading.n_lessons.max(*n_marks);
    }
    if why.is_empty() {
        return None;
    }
    let change = Change { student: student.clone(), before, after: grading.verdict.score, why: why.join(", ") };
    Some((change, Event::Graded { student: student.clone(), exercise: exercise.clone(), grading }))
}

impl Lesson {
    /// Writes what was proposed, all or nothing. Refused when one of the answers was written about meanwhile.
    pub fn apply(&self, file: &mut ClassFile, at_ms: i64) -> Result<Option<i64>, GradebookError> {
        if self.events.is_empty() {
            return Ok(None);
        }
        append(file, at_ms, &self.events, Some(self.seen)).map(Some)
    }
}
