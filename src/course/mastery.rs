//! Progress to what a page's goals can be said to be worth: how far they were shown to be reached.
//!
//! A page states goals and asks questions; which question shows which goal is not said, so the page's goals stand and
//! fall together. Only answers count: reading a page shows nothing, and neither does an answer typed after its solution
//! was seen. Absent: forgetting, which is [`super::review`]'s.

use std::collections::BTreeSet;

use super::progress::Share;
use super::{ExerciseId, Page, Progress};

/// From this share of its points on, an exercise shows that its matter is understood.
pub const SHOWN_FROM: f64 = 0.8;

/// What was shown of one page's goals.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mastery {
    /// The mean over the page's exercises of the best share of points reached, 0..=1. What was not tried counts as 0.
    pub earned: f64,
    /// Exercises that were answered.
    pub tried: Share,
    /// Exercises that reached [`SHOWN_FROM`].
    pub shown: Share,
}

impl Mastery {
    /// Every exercise of the page was solved well enough.
    pub fn is_reached(&self) -> bool {
        self.shown.done == self.shown.of
    }
}

/// What `progress` shows of the goals of `page`; nothing can be said of a page that asks nothing.
pub fn mastery(page: &Page, progress: &Progress) -> Option<Mastery> {
    let asked: BTreeSet<&ExerciseId> = page.exercises().collect();
    if asked.is_empty() {
        return None;
    }
    let works: Vec<_> = asked.iter().filter_map(|id| progress.exercises.get(id)).collect();
    let share = |done| Share { done, of: asked.len() };
    Some(Mastery {
        earned: works.iter().map(|work| work.best).sum::<f64>() / asked.len() as f64,
        tried: share(works.iter().filter(|work| work.tries > 0).count()),
        shown: share(works.iter().filter(|work| work.best >= SHOWN_FROM).count()),
    })
}

#[cfg(test)]
mod tests {
    use super::mastery;
    use crate::course::progress::Work;
    use crate::course::{Course, Exercise, ExerciseId, Page, Progress};

    fn page(body: &str) -> Page {
        let mut course = Course::default();
        for name in ["a", "b"] {
            let file = "format = 1\nkind = \"number\"\nprompt = \"P\"\nsolution = \"S\"\nvalue = 1.0\n";
            let exercise = Exercise::parse_with(name, name, file, None).0.expect("it is sound");
            course.exercises.insert(exercise.id.clone(), exercise);
        }
        Page::parse("s/01-p", "p.md", body, &course)
    }

    fn progress(best: &[(&str, f64)]) -> Progress {
        let work = |best| Work { tries: 1, best, ..Work::default() };
        let exercises = best.iter().map(|(id, best)| (ExerciseId((*id).to_owned()), work(*best))).collect();
        Progress { exercises, ..Progress::default() }
    }

    #[test]
    fn what_was_not_tried_counts_as_nothing() {
        let page = page("```exercise\na\n```\n\n```exercise\nb\n```\n\n```exercise\na\n```\n");
        for (best, earned, tried, shown) in [
            (&[][..], 0.0, 0, 0),
            (&[("a", 1.0)], 0.5, 1, 1),
            (&[("a", 1.0), ("b", 0.7)], 0.85, 2, 1),
            (&[("a", 0.8), ("b", 1.0), ("elsewhere", 1.0)], 0.9, 2, 2),
        ] {
            let found = mastery(&page, &progress(best)).expect("the page asks");
            assert!((found.earned - earned).abs() < 1e-12, "{best:?}: {found:?}");
            assert_eq!((found.tried.done, found.shown.done, found.shown.of), (tried, shown, 2), "{best:?}");
            assert_eq!(found.is_reached(), shown == 2);
        }
    }

    #[test]
    fn of_a_page_that_asks_nothing_nothing_is_said() {
        assert_eq!(mastery(&page("# Only text\n"), &progress(&[("a", 1.0)])), None);
    }
}
