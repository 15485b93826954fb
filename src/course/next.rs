//! The one best next thing to do: what is being forgotten comes first, then what is new, then what is still open.

use super::{Course, Exercise, Page, Progress, mastery};

/// What to do next.
#[derive(Clone, Copy, Debug)]
pub enum Next<'a> {
    /// So many questions are due to be asked again.
    Review { n_due: usize },
    /// A page that was not read, and whose questions were not answered without reading it.
    Read(&'a Page),
    /// A question that was not answered well enough, on a page that was read.
    Answer(&'a Exercise),
    /// Everything was read and shown; what comes now is the review.
    Nothing,
}

pub fn next<'a>(course: &'a Course, progress: &Progress, n_due: usize) -> Next<'a> {
    if n_due > 0 {
        return Next::Review { n_due };
    }
    let is_new = |page: &&Page| !progress.pages_read.contains(&page.id.0) && !mastery::is_shown(course, page, progress);
    if let Some(page) = course.pages().find(is_new) {
        return Next::Read(page);
    }
    let open = course.pages().flat_map(Page::exercises).filter_map(|id| course.exercises.get(id));
    let mut open = open.filter(|it| progress.best_of_forms(course, &it.id) < mastery::SHOWN_FROM);
    open.next().map_or(Next::Nothing, Next::Answer)
}
