//! Grades what is new, on all processors; what was graded stays when it is interrupted.

use std::collections::BTreeMap;
use std::path::Path;

use rayon::prelude::*;

use super::class::{Class, GradebookError, append};
use super::event::{Event, Grading, StudentId};
use super::record::Record;
use crate::content;
use crate::course::exercise::{VOCABULARY_FILE, graded_file};
use crate::course::{Course, ExerciseId};
use crate::grade::{ItemVerdict, Status, Verdict};
use crate::marking::Marker;
use crate::store::class::{ClassFile, fingerprint};

/// The program that grades, as it is written into each grading.
pub const GRADER: &str = concat!("coldstart ", env!("CARGO_PKG_VERSION"));
/// Gradings that are written together: few enough that little is lost to a power cut, many enough that the disk is not
/// what one waits for.
const CHUNK: usize = 256;

/// What a course's exercises are graded by, told apart by fingerprints of their files.
pub struct Rubrics<'a> {
    course: &'a Course,
    marker: Marker,
    fingerprints: BTreeMap<ExerciseId, String>,
}

impl<'a> Rubrics<'a> {
    /// `folder` is where `course` was read from; nothing means the one built in.
    pub fn of(course: &'a Course, folder: Option<&Path>, marker: Marker) -> Self {
        let embedded = folder.is_none().then(content::embedded).unwrap_or_default();
        let text = |path: &str| match folder {
            Some(folder) => content::read_text(&folder.join(path)).map(|read| read.text).unwrap_or_default(),
            None => embedded.get(path).cloned().unwrap_or_default(),
        };
        let vocabulary = text(VOCABULARY_FILE);
        let fingerprints = course
            .exercises
            .values()
            .map(|it| {
                let own = [text(&it.file), text(&graded_file(&it.id.0))];
                let all = [own[0].as_bytes(), own[1].as_bytes(), vocabulary.as_bytes()];
                (it.id.clone(), fingerprint(&all))
            })
            .collect();
        Self { course, marker, fingerprints }
    }

    /// Grades the submission of `record` that counts. Nothing when the course no longer has the exercise.
    pub(super) fn grade(&self, exercise: &ExerciseId, record: &Record) -> Option<Grading> {
        let submission = record.current()?;
        Some(Grading {
            of: submission.digest.clone(),
            grader: GRADER.to_owned(),
            rubric: self.fingerprints.get(exercise)?.clone(),
            n_lessons: 0,
            verdict: with_items(self.marker.grade(self.course.exercise(&exercise.0)?, &submission.answer)),
        })
    }

    /// Whether this course and this program would grade by the same rubric.
    pub(super) fn are_those_of(&self, exercise: &ExerciseId, grading: &Grading) -> bool {
        grading.grader == GRADER && self.fingerprints.get(exercise) == Some(&grading.rubric)
    }
}

/// A verdict that has something a person can mark: what has no items is one.
fn with_items(mut verdict: Verdict) -> Verdict {
    if verdict.items.is_empty() && verdict.max > 0.0 {
        let status = match verdict.score {
            score if score >= verdict.max => Status::Made,
            score if score > 0.0 => Status::Partly,
            _ => Status::Missing,
        };
        verdict.items.push(ItemVerdict {
            id: "answer".to_owned(),
            label: "The answer as a whole.".to_owned(),
            points: verdict.score,
            max: verdict.max,
            status,
            evidence: Vec::new(),
            confidence: if verdict.needs_review { 0.5 } else { 1.0 },
            reason: None,
            hint: None,
        });
    }
    verdict
}

/// What a run came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ran {
    pub n_graded: usize,
    /// Answers to exercises that the course does not have.
    pub n_unknown: usize,
}

/// Grades each submission that counts and has no grading. `progress` is told how many of how many are done, and all
/// up to there is on the disk.
pub fn run(
    file: &mut ClassFile,
    rubrics: &Rubrics<'_>,
    at_ms: i64,
    mut progress: impl FnMut(usize, usize),
) -> Result<Ran, GradebookError> {
    let class = Class::read(file)?;
    let new: Vec<(&(ExerciseId, StudentId), &Record)> =
        class.records.iter().filter(|(_, record)| record.current().is_some() && record.grading().is_none()).collect();
    let mut ran = Ran::default();
    for (index, chunk) in new.chunks(CHUNK).enumerate() {
        let graded: Vec<Option<Event>> = chunk
            .par_iter()
            .map(|((exercise, student), record)| {
                let grading = rubrics.grade(exercise, record)?;
                Some(Event::Graded { student: student.clone(), exercise: exercise.clone(), grading })
            })
            .collect();
        let events: Vec<Event> = graded.into_iter().flatten().collect();
        ran.n_graded += events.len();
        ran.n_unknown += chunk.len() - events.len();
        if !events.is_empty() {
            append(file, at_ms, &events, None)?;
        }
        progress((index * CHUNK + chunk.len()).min(new.len()), new.len());
    }
    Ok(ran)
}
