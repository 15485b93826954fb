//! A very long page is laid out as far as it is looked at; the rest follows while nothing else is to be done.
//!
//! A file of a megabyte is on screen as soon as its first rows are. What must know the whole page (a search, its end, a
//! jump far down) has the rest laid out at once.

use super::columns::wide_cols;
use super::laid::{Layout, Live};
use super::{Reader, columns};
use crate::app::{Action, Desk, Motion};
use crate::course::Page;

/// Leaves that are laid out before anything is shown: more than a screen holds, and with them all of a page as a course
/// has them.
const FIRST_LEAVES: usize = 150;
/// Leaves that are laid out between two keys. Few enough that a key is not kept waiting: some milliseconds.
const NEXT_LEAVES: usize = 400;

impl Reader {
    /// Lays the page out anew as far as needed to show what stands on a line of its document; all of it where that must
    /// be known.
    pub(super) fn lay_out_to(&mut self, desk: &Desk<'_>, line: u32) {
        let Some(page) = desk.course.page(&self.page) else { return };
        self.laid = self.layout(desk, page).begin(FIRST_LEAVES);
        if self.for_class || self.search.is_some() { self.lay_out_rest(desk) } else { self.reach(desk, line) }
    }

    /// Whether a part of the page is still to be laid out.
    pub fn is_growing(&self) -> bool {
        !self.laid.is_whole()
    }

    /// Before an action is decided on: what it needs to know of the page is laid out.
    pub(super) fn grow_for(&mut self, desk: &Desk<'_>, action: &Action) {
        match action {
            // What runs has the page laid out anew by each tick.
            Action::Tick { .. } if !self.is_playing() => self.grow(desk, NEXT_LEAVES),
            Action::Tick { .. } | Action::Nothing => {}
            Action::Scroll(motion @ (Motion::Lines(_) | Motion::HalfPages(_) | Motion::Pages(_))) => {
                let body = self.size.body_rows();
                let end = motion.from(self.top, body) + body;
                while self.is_growing() && self.laid.rows.len() < end {
                    self.grow(desk, NEXT_LEAVES);
                }
            }
            _ => self.lay_out_rest(desk),
        }
    }

    /// Lays out the page down to a line of its document, and a screen below it.
    pub(super) fn reach(&mut self, desk: &Desk<'_>, line: u32) {
        let body = self.size.body_rows();
        let is_there = |reader: &Self| {
            let shown = reader.laid.rows.len().saturating_sub(body);
            reader.laid.rows[..shown].iter().rev().any(|row| row.source_line > line)
        };
        while self.is_growing() && !is_there(self) {
            self.grow(desk, NEXT_LEAVES);
        }
    }

    pub(super) fn lay_out_rest(&mut self, desk: &Desk<'_>) {
        self.grow(desk, usize::MAX);
    }

    fn grow(&mut self, desk: &Desk<'_>, n_leaves: usize) {
        let Some(page) = desk.course.page(&self.page).filter(|_| self.is_growing()) else { return };
        let mut laid = std::mem::take(&mut self.laid);
        self.layout(desk, page).go_on(&mut laid, n_leaves);
        self.laid = laid;
    }

    fn layout<'a>(&'a self, desk: &Desk<'a>, page: &'a Page) -> Layout<'a> {
        let (_, width_cols) = columns(self.size.cols);
        let live = Live {
            labs: &self.labs,
            benches: &self.benches,
            listing: desk.listing,
            for_class: self.for_class,
            wide_cols: wide_cols(self.size.cols),
        };
        Layout { course: desk.course, progress: desk.progress, page, width_cols, live: Some(live) }
    }
}
