//! Attempts to progress: a fold, computed anew whenever it is wanted and never stored.

use std::collections::{BTreeMap, BTreeSet};

use super::{Answer, Attempt, Course, Deed, ExerciseId, Lesson};
use crate::grade::Verdict;

/// What was done so far.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Progress {
    pub pages_read: BTreeSet<String>,
    pub exercises: BTreeMap<ExerciseId, Work>,
    /// The latest guess, by page and scenario.
    pub predictions: BTreeMap<(String, String), Predicted>,
    /// Page and line of its document.
    pub bookmarks: BTreeSet<(String, u32)>,
    /// What was written beside lines, by page and line of its document.
    pub notes: BTreeMap<(String, u32), String>,
}

/// What was done on one exercise.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Work {
    pub tries: usize,
    /// The best fraction of the points reached before the solution was seen, 0..=1.
    pub best: f64,
    pub last: Option<(Answer, Verdict)>,
    /// The try before the last.
    pub before: Option<(Answer, Verdict)>,
    /// Items of the last verdict that the learner holds to be made all the same.
    pub disputed: BTreeSet<String>,
    /// Hints that were shown, by their places in the exercise, in the order in which they were had.
    pub hints: Vec<usize>,
    /// At least one try was an honest one: see [`super::attempt::is_honest`].
    pub honest: bool,
    pub solution_seen: bool,
    pub gave_up: bool,
}

/// A guess and what the run said, in the unit of the question.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Predicted {
    pub guess: f64,
    pub actual: f64,
    pub right: bool,
}

/// A share of a whole, for "12 of 46".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Share {
    pub done: usize,
    pub of: usize,
}

impl Share {
    /// 0..=1; an empty whole is not begun.
    pub fn fraction(self) -> f64 {
        if self.of == 0 { 0.0 } else { self.done as f64 / self.of as f64 }
    }
}

impl Progress {
    pub fn fold<'a>(course: &Course, attempts: impl IntoIterator<Item = &'a Attempt>) -> Self {
        let mut progress = Self::default();
        for attempt in attempts {
            progress.add(course, &attempt.deed);
        }
        progress
    }

    /// One step of the fold.
    pub fn add(&mut self, course: &Course, deed: &Deed) {
        match deed {
            Deed::PageRead { page } => {
                self.pages_read.insert(page.clone());
            }
            Deed::Bookmarked { page, source_line, on: true } => {
                self.bookmarks.insert((page.clone(), *source_line));
            }
            Deed::Bookmarked { page, source_line, on: false } => {
                self.bookmarks.remove(&(page.clone(), *source_line));
            }
            Deed::Noted { page, source_line, text } => {
                let line = (page.clone(), *source_line);
                if text.trim().is_empty() {
                    self.notes.remove(&line);
                } else {
                    self.notes.insert(line, text.clone());
                }
            }
            Deed::Predicted { page, scenario, guess, actual, right } => {
                let predicted = Predicted { guess: *guess, actual: *actual, right: *right };
                self.predictions.insert((page.clone(), scenario.clone()), predicted);
            }
            Deed::Answered { exercise, answer, verdict } => {
                let work = self.exercises.entry(exercise.clone()).or_default();
                work.tries += 1;
                // What is typed after reading the solution shows copying, not knowing.
                if !work.solution_seen {
                    work.best = work.best.max(verdict.fraction());
                }
                work.honest |= course
                    .exercises
                    .get(exercise)
                    .is_none_or(|exercise| super::attempt::is_honest(exercise, answer, verdict));
                work.before = work.last.replace((answer.clone(), verdict.clone()));
                work.disputed.clear();
            }
            Deed::Disputed { exercise, item, on } => {
                let work = self.exercises.entry(exercise.clone()).or_default();
                if *on {
                    work.disputed.insert(item.clone());
                } else {
                    work.disputed.remove(item);
                }
            }
            // It shows how the learner sees the answer; what it earned stays the grader's word.
            Deed::SelfChecked { .. } => {}
            Deed::HintShown { exercise, step } => {
                let work = self.exercises.entry(exercise.clone()).or_default();
                let hint = step.saturating_sub(1);
                if !work.hints.contains(&hint) {
                    work.hints.push(hint);
                }
            }
            Deed::SolutionSeen { exercise } => {
                self.exercises.entry(exercise.clone()).or_default().solution_seen = true;
            }
            Deed::GaveUp { exercise } => {
                let work = self.exercises.entry(exercise.clone()).or_default();
                work.solution_seen = true;
                work.gave_up = true;
            }
        }
    }

    pub fn work(&self, exercise: &ExerciseId) -> Work {
        self.exercises.get(exercise).cloned().unwrap_or_default()
    }

    /// Predictions that came near enough, of those made.
    pub fn predicted(&self) -> Share {
        Share { done: self.predictions.values().filter(|it| it.right).count(), of: self.predictions.len() }
    }

    pub fn pages(&self, lesson: &Lesson) -> Share {
        let done = lesson.pages.iter().filter(|page| self.pages_read.contains(&page.id.0)).count();
        Share { done, of: lesson.pages.len() }
    }

    /// Exercises of the lesson that were answered at least once.
    pub fn answered(&self, lesson: &Lesson) -> Share {
        let ids: BTreeSet<&ExerciseId> = lesson.pages.iter().flat_map(super::Page::exercises).collect();
        let done = ids.iter().filter(|id| self.exercises.get(id).is_some_and(|work| work.tries > 0)).count();
        Share { done, of: ids.len() }
    }
}
