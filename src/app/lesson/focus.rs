//! The thing on the page that has the focus: how it moves, and what is nearest to it.

use std::ops::Range;

use super::{Reader, Thing, What};
use crate::app::row::Row;
use crate::course::{Course, Glossary, Task};

impl Reader {
    pub(super) fn focus_next(&mut self, by: i32) {
        let things = &self.laid.things;
        if things.is_empty() {
            return;
        }
        let n = things.len();
        let next = match self.focus {
            Some(focus) => (focus as i64 + i64::from(by)).rem_euclid(n as i64) as usize,
            None if by > 0 => {
                let seen = self.top..self.top + self.size.body_rows();
                let left = self.left_at.filter(|at| things.get(*at).is_some_and(|it| seen.contains(&it.rows.start)));
                match left {
                    Some(at) => (at + 1) % n,
                    None => things.iter().position(|thing| thing.rows.end > self.top).unwrap_or(0),
                }
            }
            None => {
                let below = self.top + self.size.body_rows();
                things.iter().rposition(|thing| thing.rows.start < below).unwrap_or(n - 1)
            }
        };
        self.focus = Some(next);
        self.walk = None;
        let rows = things[next].rows.clone();
        self.show_rows(&rows);
    }

    pub fn focused(&self) -> Option<&Thing> {
        self.laid.things.get(self.focus?)
    }

    /// The index of the widget that has the focus.
    pub(super) fn focused_widget(&self) -> Option<usize> {
        match self.focused()?.what {
            What::Widget(index) => Some(index),
            What::Link(_) | What::Code(_) | What::Table(_) => None,
        }
    }

    pub(super) fn focused_rows(&self) -> Option<Range<usize>> {
        Some(self.focused()?.rows.clone())
    }

    /// What has the focus may have grown.
    pub(super) fn show_focused(&mut self) {
        if let Some(rows) = self.focused_rows() {
            self.show_rows(&rows);
        }
    }

    /// What was opened was left: one comes back to read on, and Tab goes on from there.
    pub(super) fn come_back(&mut self) {
        self.left_at = self.focus.take();
    }

    /// The diagram, simulation, exercise or function that has the focus.
    pub fn focused_task<'a>(&self, course: &'a Course) -> Option<&'a Task> {
        Some(&course.page(&self.page)?.widgets.get(self.focused_widget()?)?.task)
    }

    /// Whether a code block that is wider than its room has the focus.
    pub fn is_on_code(&self) -> bool {
        self.focused().is_some_and(|thing| matches!(thing.what, What::Code(_)))
    }

    /// The term that is used nearest to the focus, or to the top of the screen; else the page's first.
    pub(crate) fn nearest_term(&self, glossary: &Glossary) -> Option<usize> {
        let rows = |range: Range<usize>| {
            let rows = self.laid.rows.get(range.start..range.end.min(self.laid.rows.len())).unwrap_or_default();
            rows.iter().map(Row::text).collect::<Vec<_>>().join("\n")
        };
        let first_in = |range| glossary.uses(&rows(range)).first().map(|(_, term)| *term);
        let below = self.top + self.size.body_rows();
        let focused = self.focused_rows().and_then(first_in);
        focused.or_else(|| first_in(self.top..below)).or_else(|| first_in(0..self.laid.rows.len()))
    }
}
