//! Attempts to what should be asked again, and when: spaced review from the learner's own verdicts.
//!
//! In: the deeds as they were kept. Out: for each exercise how well it is remembered, and those that are due, the most
//! nearly forgotten first. Like progress it is a fold, computed anew and never stored. Absent: clocks (the moment is
//! given), screens, and the formulas, which are [`memory`]'s.
//!
//! What a deed counts for:
//!
//! - An answer is a review. Below half of the points it was not recalled (Again), below four fifths it was Hard, from
//!   there on Good; all points are Easy, unless they were chosen from a list, where luck helps.
//! - A matter that is asked in several forms has one memory: an answer to any of them is a review of it.
//! - Help lowers the rating by one grade a time, never below Hard: each hint seen in the same sitting, each verdict on an
//!   earlier answer, and the solution of another form. A sitting ends with a pause of four hours.
//! - Giving up is Again. What is typed in the sitting after the solution of the same form was seen shows copying, and
//!   counts for nothing.
//! - The next review is due when the probability of recall falls to nine in ten. After Again it is due within a day.

mod memory;

use std::collections::{BTreeMap, BTreeSet};

pub use memory::{Memory, Rating};

use super::{Answer, Attempt, Course, Deed, ExerciseId};
use crate::grade::Verdict;

/// The probability of recall at which an exercise comes back.
pub const RETENTION: f64 = 0.9;

const DAY_MS: f64 = 86_400_000.0;
/// Long enough that what was read is no longer before the eyes, and shorter than the first interval after a failure
/// (five hours), so that its review counts.
const SITTING_MS: i64 = 4 * 3_600_000;

/// How well an exercise is remembered.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Recall {
    pub memory: Memory,
    /// The last review, in milliseconds since 1970-01-01 UTC.
    pub reviewed_ms: i64,
    pub rating: Rating,
    /// When it should be asked again.
    pub due_ms: i64,
    pub n_reviews: usize,
}

/// An exercise whose time has come.
#[derive(Clone, Debug, PartialEq)]
pub struct DueExercise {
    /// The form to ask now: the one that was not asked for the longest time.
    pub exercise: ExerciseId,
    /// Since when, in milliseconds since 1970-01-01 UTC.
    pub due_ms: i64,
    /// Probability that it is still remembered, 0..=1.
    pub retrievability: f64,
}

/// The exercises of `course` that are due at `now_ms`, the most nearly forgotten first.
///
/// What was never answered is not due: it is still to be learned.
pub fn due(course: &Course, attempts: &[Attempt], now_ms: i64) -> Vec<DueExercise> {
    let mut due: Vec<DueExercise> =
        scheduled(course, attempts, now_ms).into_iter().filter(|it| it.due_ms <= now_ms).collect();
    // The sort is stable: equals stay in the order of their names.
    due.sort_by(|a, b| a.retrievability.total_cmp(&b.retrievability).then(a.due_ms.cmp(&b.due_ms)));
    due
}

/// Everything that will be asked again, the next one first.
pub fn scheduled(course: &Course, attempts: &[Attempt], now_ms: i64) -> Vec<DueExercise> {
    let mut asked_last: BTreeMap<&ExerciseId, usize> = BTreeMap::new();
    for (index, attempt) in attempts.iter().enumerate() {
        if let Some(exercise) = attempt.deed.exercise() {
            asked_last.insert(exercise, index + 1);
        }
    }
    let form = |root: &ExerciseId| {
        let forms = course.forms_of(root).into_iter();
        forms.map(|form| &form.id).min_by_key(|id| asked_last.get(id).copied().unwrap_or_default()).cloned()
    };
    let mut scheduled: Vec<DueExercise> = recalls(course, attempts)
        .into_iter()
        .filter_map(|(root, recall)| {
            let retrievability = recall.retrievability(now_ms);
            Some(DueExercise { exercise: form(&root)?, due_ms: recall.due_ms, retrievability })
        })
        .collect();
    scheduled.sort_by_key(|it| it.due_ms);
    scheduled
}

/// How well each matter that was ever reviewed is remembered, by the exercise that stands on a page for it. `attempts`
/// are in the order in which they were kept.
pub fn recalls(course: &Course, attempts: &[Attempt]) -> BTreeMap<ExerciseId, Recall> {
    let mut histories: BTreeMap<&ExerciseId, History<'_>> = BTreeMap::new();
    for attempt in attempts {
        if let Some(form) = attempt.deed.exercise() {
            histories.entry(course.root_of(form)).or_default().add(form, attempt);
        }
    }
    let reviewed = histories.into_iter().filter_map(|(id, history)| Some((id.clone(), history.recall?)));
    reviewed.collect()
}

impl Recall {
    /// Probability that the exercise is remembered at `now_ms`, 0..=1.
    pub fn retrievability(&self, now_ms: i64) -> f64 {
        self.memory.retrievability(days_between(self.reviewed_ms, now_ms))
    }

    fn first(rating: Rating, at_ms: i64) -> Self {
        Self::new(Memory::first(rating), rating, at_ms, 1)
    }

    fn after(&self, rating: Rating, at_ms: i64) -> Self {
        let memory = self.memory.after(rating, days_between(self.reviewed_ms, at_ms));
        Self::new(memory, rating, at_ms, self.n_reviews + 1)
    }

    fn new(memory: Memory, rating: Rating, at_ms: i64, n_reviews: usize) -> Self {
        let interval_days = memory.interval_days(RETENTION);
        // What was known for months and is missed keeps a stability of days: too long to leave a gap open.
        let wait_days = if rating == Rating::Again { interval_days.min(1.0) } else { interval_days };
        let due_ms = at_ms.saturating_add((wait_days * DAY_MS) as i64);
        Self { memory, reviewed_ms: at_ms, rating, due_ms, n_reviews }
    }
}

/// Days from one moment to a later one; a clock that was set back gives none.
fn days_between(from_ms: i64, to_ms: i64) -> f64 {
    to_ms.saturating_sub(from_ms).max(0) as f64 / DAY_MS
}

/// What the deeds on one matter have come to.
#[derive(Default)]
struct History<'a> {
    recall: Option<Recall>,
    sitting: Sitting<'a>,
}

/// Deeds without a long pause between them, and the help that was had in them.
#[derive(Default)]
struct Sitting<'a> {
    last_ms: i64,
    hints: BTreeSet<(&'a ExerciseId, usize)>,
    answers: usize,
    /// The forms whose solution was seen.
    solved: BTreeSet<&'a ExerciseId>,
}

impl<'a> History<'a> {
    fn add(&mut self, form: &'a ExerciseId, attempt: &Attempt) {
        let at_ms = attempt.at_ms;
        if at_ms.saturating_sub(self.sitting.last_ms) > SITTING_MS {
            self.sitting = Sitting::default();
        }
        self.sitting.last_ms = at_ms;
        let is_solved = self.sitting.solved.contains(form);
        match &attempt.deed {
            Deed::Answered { answer, verdict, .. } if !is_solved => {
                let help = self.sitting.hints.len() + self.sitting.answers + self.sitting.solved.len();
                self.review(rating(answer, verdict).lowered(help), at_ms);
                self.sitting.answers += 1;
            }
            Deed::HintShown { step, .. } => {
                self.sitting.hints.insert((form, *step));
            }
            Deed::SolutionSeen { .. } => {
                self.sitting.solved.insert(form);
            }
            Deed::GaveUp { .. } if !is_solved => {
                self.review(Rating::Again, at_ms);
                self.sitting.solved.insert(form);
            }
            _ => {}
        }
    }

    fn review(&mut self, rating: Rating, at_ms: i64) {
        self.recall = Some(match &self.recall {
            None => Recall::first(rating, at_ms),
            Some(before) => before.after(rating, at_ms),
        });
    }
}

/// What an answer without help shows.
fn rating(answer: &Answer, verdict: &Verdict) -> Rating {
    let may_be_luck = matches!(answer, Answer::Chosen(_));
    match verdict.fraction() {
        fraction if fraction < 0.5 => Rating::Again,
        fraction if fraction < 0.8 => Rating::Hard,
        // Shares of points add up to a little less than all of them.
        fraction if fraction < 0.999 || may_be_luck => Rating::Good,
        _ => Rating::Easy,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::sync::Arc;

    use super::{Rating, Recall, due, recalls};
    use crate::course::{Answer, Attempt, Course, Deed, Exercise, ExerciseId};
    use crate::grade::Verdict;

    const HOUR_MS: i64 = 3_600_000;
    const DAY_MS: i64 = 24 * HOUR_MS;

    fn answered(id: &str, at_ms: i64, answer: Answer, score: f64) -> Attempt {
        let verdict = Verdict {
            score,
            max: 1.0,
            items: Vec::new(),
            needs_review: false,
            review_reason: None,
            feedback: String::new(),
        };
        Attempt { at_ms, deed: Deed::Answered { exercise: ExerciseId(id.into()), answer, verdict } }
    }

    fn text(id: &str, at_ms: i64, score: f64) -> Attempt {
        answered(id, at_ms, Answer::Text("words".into()), score)
    }

    fn deed(at_ms: i64, deed: fn(ExerciseId) -> Deed) -> Attempt {
        Attempt { at_ms, deed: deed(ExerciseId("a".into())) }
    }

    fn hint(at_ms: i64) -> Attempt {
        deed(at_ms, |exercise| Deed::HintShown { exercise, step: 1 })
    }

    fn seen(at_ms: i64) -> Attempt {
        deed(at_ms, |exercise| Deed::SolutionSeen { exercise })
    }

    fn gave_up(at_ms: i64) -> Attempt {
        deed(at_ms, |exercise| Deed::GaveUp { exercise })
    }

    /// What the deeds on the exercise `a` come to.
    fn recall(attempts: &[Attempt]) -> Option<Recall> {
        recalls(&Course::default(), attempts).get(&ExerciseId("a".into())).copied()
    }

    #[test]
    fn a_verdict_is_a_rating_and_help_lowers_it() {
        let chosen = answered("a", 0, Answer::Chosen(BTreeSet::from([1])), 1.0);
        for (attempts, rating, n_reviews) in [
            (vec![text("a", 0, 0.49)], Rating::Again, 1),
            (vec![text("a", 0, 0.5)], Rating::Hard, 1),
            (vec![text("a", 0, 0.8)], Rating::Good, 1),
            (vec![text("a", 0, 1.0)], Rating::Easy, 1),
            (vec![chosen], Rating::Good, 1),
            (vec![hint(0), text("a", 1, 1.0)], Rating::Good, 1),
            (vec![hint(0), text("a", 5 * HOUR_MS, 1.0)], Rating::Easy, 1),
            (vec![text("a", 0, 0.2), text("a", 1, 1.0)], Rating::Good, 2),
            (vec![gave_up(0)], Rating::Again, 1),
            (vec![gave_up(0), gave_up(1), text("a", 2, 1.0)], Rating::Again, 1),
            (vec![text("a", 0, 0.6), seen(1), text("a", 2, 1.0)], Rating::Hard, 1),
            (vec![text("a", 0, 0.6), seen(1), text("a", 5 * HOUR_MS, 1.0)], Rating::Easy, 2),
        ] {
            let found = recall(&attempts).expect("something was reviewed");
            assert_eq!((found.rating, found.n_reviews), (rating, n_reviews), "{attempts:?}");
        }
    }

    #[test]
    fn a_hint_alone_is_no_review() {
        assert_eq!(recall(&[hint(0), seen(1)]), None);
    }

    #[test]
    fn a_miss_returns_within_a_day_however_well_it_was_known() {
        let mut known = vec![text("a", 0, 1.0)];
        for _ in 0..5 {
            let due_ms = recall(&known).expect("it was answered").due_ms;
            known.push(text("a", due_ms, 1.0));
        }
        let before = recall(&known).expect("it was answered");
        assert!(before.due_ms - before.reviewed_ms > 300 * DAY_MS, "{before:?}");
        known.push(text("a", before.due_ms, 0.0));
        let missed = recall(&known).expect("it was answered");
        assert_eq!(missed.due_ms - missed.reviewed_ms, DAY_MS);
        assert!(missed.memory.stability_days > 1.0, "what was known for long is not all lost: {missed:?}");
    }

    #[test]
    fn the_most_nearly_forgotten_of_the_course_comes_first() {
        let mut course = Course::default();
        for name in ["a", "b", "c", "never-tried"] {
            let file = "format = 1\nkind = \"number\"\nprompt = \"P\"\nsolution = \"S\"\nvalue = 1.0\n";
            let exercise = Exercise::parse_with(name, name, file, &Arc::default()).0.expect("it is sound");
            course.exercises.insert(exercise.id.clone(), exercise);
        }
        let attempts =
            [text("a", 0, 1.0), text("b", 0, 0.0), text("c", 0, 0.6), text("gone", 0, 0.0), text("a", DAY_MS, 1.0)];
        let ids =
            |now_ms| -> Vec<String> { due(&course, &attempts, now_ms).into_iter().map(|it| it.exercise.0).collect() };
        assert_eq!(ids(HOUR_MS), [""; 0]);
        assert_eq!(ids(DAY_MS), ["b"]);
        assert_eq!(ids(3 * DAY_MS), ["b", "c"]);
        assert_eq!(ids(900 * DAY_MS), ["b", "c", "a"]);
        for it in due(&course, &attempts, 900 * DAY_MS) {
            assert!(it.retrievability <= super::RETENTION, "{it:?}");
        }
    }

    #[test]
    fn a_missed_matter_comes_back_in_another_form() {
        let mut course = Course::default();
        for (name, more) in [("a", ""), ("a2", "form_of = \"a\"\n"), ("b", "")] {
            let file = format!("format = 1\nkind = \"number\"\nprompt = \"P\"\nsolution = \"S\"\nvalue = 1.0\n{more}");
            let exercise = Exercise::parse_with(name, name, &file, &Arc::default()).0.expect("it is sound");
            course.exercises.insert(exercise.id.clone(), exercise);
        }
        let asked = |attempts: &[Attempt], now_ms| -> Vec<String> {
            due(&course, attempts, now_ms).into_iter().map(|it| it.exercise.0).collect()
        };
        let mut attempts = vec![text("a", 0, 0.0)];
        assert_eq!(asked(&attempts, DAY_MS), ["a2"]);
        // An answer to the other form is a review of the same matter.
        attempts.push(text("a2", DAY_MS, 1.0));
        assert_eq!(asked(&attempts, DAY_MS + HOUR_MS), [""; 0]);
        assert_eq!(asked(&attempts, 900 * DAY_MS), ["a"]);
        // Having read the solution of one form does not make the other one copying.
        let told = [gave_up(0), text("a2", 1, 1.0)];
        let recall = recalls(&course, &told)[&ExerciseId("a".into())];
        assert_eq!((recall.rating, recall.n_reviews), (Rating::Good, 2));
    }

    #[test]
    fn a_clock_gone_mad_breaks_nothing() {
        for at_ms in [i64::MIN, -1, i64::MAX] {
            let found = recall(&[text("a", 0, 1.0), text("a", at_ms, 0.9), text("a", 7, 0.1)]).expect("answered");
            assert!((0.0..=1.0).contains(&found.retrievability(i64::MIN)), "{found:?}");
            assert!((0.0..=1.0).contains(&found.retrievability(i64::MAX)), "{found:?}");
        }
    }
}
