//! Progress to what a page's goals can be said to be worth: how far each was shown to be reached.
//!
//! An exercise names the goals that a right answer shows; one that names none is about all goals of its page. A matter
//! that is asked in several forms is shown on any of them. Only answers count: reading a page shows nothing, and neither
//! does an answer typed after its solution was seen. Absent: forgetting, which is [`super::review`]'s.

use std::collections::BTreeSet;

use super::progress::Share;
use super::{Course, ExerciseId, Page, Progress};

/// From this share of its points on, an exercise shows that its matter is understood.
pub const SHOWN_FROM: f64 = 0.8;

/// What was shown of some exercises: those of a goal, or all of a page.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mastery {
    /// The mean over the exercises of the best share of points reached, 0..=1. What was not tried counts as 0.
    pub earned: f64,
    /// Exercises that were answered.
    pub tried: Share,
    /// Exercises that reached [`SHOWN_FROM`].
    pub shown: Share,
    /// Exercises among the shown ones for which a hint was had.
    pub helped: usize,
}

/// A goal of a page, and what was shown of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Goal<'a> {
    pub text: &'a str,
    /// What asks for it, in the order of the page.
    pub exercises: Vec<&'a ExerciseId>,
    /// `None` where nothing asks for it: then nothing can be said.
    pub mastery: Option<Mastery>,
}

impl Mastery {
    /// Every exercise was solved well enough.
    pub fn is_reached(&self) -> bool {
        self.shown.done == self.shown.of
    }

    fn of(course: &Course, progress: &Progress, asked: &[&ExerciseId]) -> Option<Self> {
        if asked.is_empty() {
            return None;
        }
        let best = |id: &ExerciseId| progress.best_of_forms(course, id);
        let has = |id: &ExerciseId, done: fn(&super::progress::Work) -> bool| {
            course.forms_of(id).into_iter().filter_map(|form| progress.exercises.get(&form.id)).any(done)
        };
        let share = |done| Share { done, of: asked.len() };
        let shown: Vec<_> = asked.iter().filter(|id| best(id) >= SHOWN_FROM).collect();
        Some(Self {
            earned: asked.iter().map(|id| best(id)).sum::<f64>() / asked.len() as f64,
            tried: share(asked.iter().filter(|id| has(id, |work| work.tries > 0)).count()),
            shown: share(shown.len()),
            helped: shown.iter().filter(|id| has(id, |work| !work.hints.is_empty())).count(),
        })
    }
}

/// What `progress` shows of the page as a whole; nothing can be said of a page that asks nothing.
pub fn mastery(course: &Course, page: &Page, progress: &Progress) -> Option<Mastery> {
    Mastery::of(course, progress, &asked_on(page))
}

/// The goals of `page`, each with what `progress` shows of it.
pub fn goals<'a>(course: &'a Course, page: &'a Page, progress: &Progress) -> Vec<Goal<'a>> {
    let asked = asked_on(page);
    let is_about = |id: &ExerciseId, number: usize| {
        let shows = course.exercises.get(id).map(|exercise| exercise.shows.as_slice()).unwrap_or_default();
        shows.is_empty() || shows.iter().any(|goal| goal.to == number)
    };
    let goal = |(number, text): (usize, &'a String)| {
        let exercises: Vec<&ExerciseId> = asked.iter().copied().filter(|id| is_about(id, number)).collect();
        Goal { text, mastery: Mastery::of(course, progress, &exercises), exercises }
    };
    (1..).zip(&page.goals).map(goal).collect()
}

/// Whether every question of the page was answered well enough, so that it need not be read.
pub fn is_shown(course: &Course, page: &Page, progress: &Progress) -> bool {
    mastery(course, page, progress).is_some_and(|it| it.is_reached())
}

/// The exercises of a page, each once, in its order.
fn asked_on(page: &Page) -> Vec<&ExerciseId> {
    let mut met = BTreeSet::new();
    page.exercises().filter(|id| met.insert(*id)).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{goals, is_shown, mastery};
    use crate::course::progress::Work;
    use crate::course::{Course, Exercise, ExerciseId, Page, Progress};

    /// `a` shows the first goal, `b` all of them, and `a2` asks `a` again.
    fn course() -> Course {
        let mut course = Course::default();
        for (name, more) in [("a", "shows = [1]\n"), ("b", ""), ("a2", "form_of = \"a\"\n")] {
            let file = format!("format = 1\nkind = \"number\"\nprompt = \"P\"\nsolution = \"S\"\nvalue = 1.0\n{more}");
            let exercise = Exercise::parse_with(name, name, &file, &Arc::default()).0.expect("it is sound");
            course.exercises.insert(exercise.id.clone(), exercise);
        }
        course
    }

    const PAGE: &str = "+++\nformat = 1\ngoals = [\"one\", \"two\"]\n+++\n```exercise\na\n```\n\n```exercise\nb\n```\n\n```exercise\na\n```\n";

    fn progress(best: &[(&str, f64)]) -> Progress {
        let work = |best| Work { tries: 1, best, ..Work::default() };
        let exercises = best.iter().map(|(id, best)| (ExerciseId((*id).to_owned()), work(*best))).collect();
        Progress { exercises, ..Progress::default() }
    }

    #[test]
    fn what_was_not_tried_counts_as_nothing() {
        let course = course();
        let page = Page::parse("s/01-p", "p.md", PAGE, &course);
        for (best, earned, tried, shown) in [
            (&[][..], 0.0, 0, 0),
            (&[("a", 1.0)], 0.5, 1, 1),
            (&[("a", 1.0), ("b", 0.7)], 0.85, 2, 1),
            (&[("a", 0.8), ("b", 1.0), ("elsewhere", 1.0)], 0.9, 2, 2),
            (&[("a", 0.0), ("a2", 0.8), ("b", 1.0)], 0.9, 2, 2),
        ] {
            let progress = progress(best);
            let found = mastery(&course, &page, &progress).expect("the page asks");
            assert!((found.earned - earned).abs() < 1e-12, "{best:?}: {found:?}");
            assert_eq!((found.tried.done, found.shown.done, found.shown.of), (tried, shown, 2), "{best:?}");
            assert_eq!(is_shown(&course, &page, &progress), shown == 2);
        }
    }

    #[test]
    fn a_goal_is_shown_by_the_exercises_that_name_it() {
        let course = course();
        let page = Page::parse("s/01-p", "p.md", PAGE, &course);
        let reached = |best| {
            let goals = goals(&course, &page, &progress(best));
            goals.iter().map(|goal| goal.mastery.is_some_and(|it| it.is_reached())).collect::<Vec<_>>()
        };
        assert_eq!(reached(&[("a", 1.0)]), [false, false]);
        assert_eq!(reached(&[("b", 1.0)]), [false, true]);
        assert_eq!(reached(&[("b", 1.0), ("a2", 1.0)]), [true, true]);
    }

    #[test]
    fn of_a_page_that_asks_nothing_nothing_is_said() {
        let course = course();
        let page = Page::parse("s/01-p", "p.md", "# Only text\n", &course);
        assert_eq!(mastery(&course, &page, &progress(&[("a", 1.0)])), None);
    }
}
