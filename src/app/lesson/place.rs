//! Where one is on the page: the row at the top of the screen, how one gets there, and how far the page was read.

use std::ops::Range;

use super::Reader;
use super::spot::{row_of, spot_of};
use crate::app::{Desk, Effect, Start};
use crate::course::{PageId, Position, Spot};

impl Reader {
    /// Goes to a place of the page; what runs on it goes on.
    pub(crate) fn begin_at(&mut self, desk: &Desk<'_>, start: Start) {
        (self.search, self.focus, self.walk, self.chosen_line) = (None, None, None, None);
        match start {
            Start::Top => self.top = 0,
            Start::Line(line) => {
                self.reach(desk, line);
                self.top = self.row_of_line(line);
                self.stay_in_page();
                // At the end of a page the line that is meant cannot be at the top: it is pointed out.
                self.landed_on = Some(line).filter(|line| self.row_of_line(*line) > self.top);
            }
            Start::Spot(spot) => {
                self.reach(desk, spot.line);
                self.go_to_spot(spot);
                self.stay_in_page();
            }
            Start::FirstMatch(needle) => self.search_for(desk, needle, 0),
            Start::LastMatch(needle) => self.search_for(desk, needle, usize::MAX),
        }
    }

    pub(super) fn last_top(&self) -> usize {
        self.laid.rows.len().saturating_sub(self.size.body_rows())
    }

    pub(super) fn stay_in_page(&mut self) {
        self.top = self.top.min(self.last_top());
    }

    /// Scrolls as little as needed so that `rows` are on screen; their beginning, if they are too many.
    pub(super) fn show_rows(&mut self, rows: &Range<usize>) {
        let body = self.size.body_rows();
        if rows.start < self.top || rows.len() >= body {
            self.top = rows.start.saturating_sub(1);
        } else if rows.end > self.top + body {
            self.top = rows.end - body;
        }
        self.stay_in_page();
    }

    /// How much of the page has been on screen, 0..=1.
    pub fn seen(&self) -> f64 {
        match self.laid.likely_rows() {
            0 => 1.0,
            rows => ((self.top + self.size.body_rows()) as f64 / rows as f64).min(1.0),
        }
    }

    pub(super) fn top_line(&self) -> u32 {
        let rows = &self.laid.rows;
        rows.iter().skip(self.top).map(|row| row.source_line).find(|line| *line > 0).unwrap_or(0)
    }

    /// The last line on screen.
    pub(super) fn bottom_line(&self) -> u32 {
        let end = (self.top + self.size.body_rows()).min(self.laid.rows.len());
        self.laid.rows[..end].iter().rev().map(|row| row.source_line).find(|line| *line > 0).unwrap_or(0)
    }

    /// Whether nothing lies between the screen and what was on it before: a jump leaves a gap, which is not read.
    pub(super) fn joins_what_was_seen(&self) -> bool {
        self.top == 0 || self.top_line() <= self.seen_to
    }

    pub(super) fn row_of_line(&self, line: u32) -> usize {
        self.laid.rows.iter().position(|row| row.source_line >= line && row.source_line > 0).unwrap_or(0)
    }

    /// What is at the top of the screen. While one only changes the size, it stays what it was before.
    pub(super) fn spot(&self) -> Spot {
        let (top, spot) = self.anchor;
        if top == self.top { spot } else { spot_of(&self.laid.rows, self.top) }
    }

    pub(super) fn go_to_spot(&mut self, spot: Spot) {
        self.top = row_of(&self.laid.rows, spot).unwrap_or_else(|| self.row_of_line(spot.line));
        self.anchor = (self.top, spot);
    }

    /// The page, and what is at the top of the screen.
    pub(crate) fn place(&self) -> (PageId, Spot) {
        (self.page.clone(), self.spot())
    }

    pub(crate) fn position(&self) -> Effect {
        let (page, spot) = self.place();
        Effect::SavePosition(Position { page, spot })
    }

    /// The row to which a jump led, where it is not at the top.
    pub fn landed_row(&self) -> Option<usize> {
        self.landed_on.map(|line| self.row_of_line(line))
    }

    /// The learner goes on.
    pub(crate) fn leave_landing(&mut self) {
        self.landed_on = None;
    }

    /// Whether Esc leads back to where a jump began, before anything else on the page takes it.
    pub fn came_by_jump(&self) -> bool {
        self.ways_back > 0 && self.search.is_none() && self.focus.is_none() && self.chosen_line.is_none()
    }
}
