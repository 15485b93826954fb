//! What a learner leaves on the lines of a page: bookmarks, and notes; and the line that is chosen for either.

use super::{Reader, text_col};
use crate::app::note::Note;
use crate::app::overlay::Overlay;
use crate::app::row::Row;
use crate::app::{Action, Desk, Effect, Go, Motion, Step};
use crate::course::{Deed, Progress};

impl Reader {
    /// What a deed does to the chosen line; `None` where none is chosen or it is none of its business.
    pub(super) fn mark(&mut self, desk: &Desk<'_>, action: &Action) -> Option<Step> {
        let Some(line) = self.chosen_line else {
            return match action {
                Action::Annotate => {
                    self.chosen_line = Some(self.first_line());
                    Some(Step::say(
                        self.note_here(desk.progress)
                            .unwrap_or("Choose the line or paragraph with ↑ ↓; Enter writes the note, Esc keeps it.")
                            .to_owned(),
                    ))
                }
                _ => None,
            };
        };
        match action {
            Action::Annotate | Action::Open | Action::Submit => return Some(self.write(desk, line)),
            Action::Unmark => return Some(self.take_off(desk, line)),
            Action::Scroll(Motion::Lines(by)) => self.choose_line(*by),
            Action::Click(_, row) if *row > 0 => {
                let row = self.laid.rows.get(self.top + usize::from(row - 1));
                self.chosen_line = Some(row.map(|row| row.source_line).filter(|line| *line > 0)?);
            }
            Action::Back => {
                self.chosen_line = None;
                return Some(Step::default());
            }
            _ => return None,
        }
        Some(self.note_here(desk.progress).map_or_else(Step::default, Step::say))
    }

    /// Opens the note on a line.
    fn write(&mut self, desk: &Desk<'_>, line: u32) -> Step {
        self.chosen_line = None;
        Step::go(Go::Lay(Overlay::Note(Box::new(Note::open(desk, &self.page, line)))))
    }

    /// Opens the note whose sign in the margin was clicked.
    pub(super) fn click_in_margin(&mut self, desk: &Desk<'_>, col: u16, row: usize) -> Option<Step> {
        if col + 1 != text_col(self.size.cols) {
            return None;
        }
        let (_, line, _) = self.noted(desk.progress).into_iter().find(|(at, ..)| *at == row)?;
        Some(self.write(desk, line))
    }

    /// Takes the note off, else the bookmark.
    fn take_off(&self, desk: &Desk<'_>, line: u32) -> Step {
        let here = (self.page.0.clone(), line);
        let (deed, said) = if desk.progress.notes.contains_key(&here) {
            (Deed::Noted { page: here.0, source_line: line, text: String::new() }, "Note taken off.")
        } else if desk.progress.bookmarks.contains(&here) {
            (Deed::Bookmarked { page: here.0, source_line: line, on: false }, "Bookmark taken off.")
        } else {
            return Step::say("There is nothing on this line to take off.");
        };
        let mut step = Step::say(said);
        step.effects.push(Effect::Keep { question: desk.question, deed });
        step
    }

    /// Marks the chosen line, else the one at the top of the screen, or takes its mark off.
    pub(super) fn bookmark(&self, desk: &Desk<'_>) -> Step {
        let source_line = self.chosen_line.unwrap_or(if self.top == 0 { 0 } else { self.top_line() });
        let page = self.page.0.clone();
        let on = !desk.progress.bookmarks.contains(&(page.clone(), source_line));
        let mut step = Step::say(if on { "Bookmark set; t lists it." } else { "Bookmark taken off." });
        let deed = Deed::Bookmarked { page, source_line, on };
        step.effects.push(Effect::Keep { question: desk.question, deed });
        step
    }

    /// Rows on which a bookmark stands.
    pub fn bookmarked<'a>(&'a self, progress: &'a Progress) -> impl Iterator<Item = usize> {
        let here = progress.bookmarks.iter().filter(|(page, _)| *page == self.page.0);
        here.filter_map(|(_, line)| self.row_of_mark(*line))
    }

    /// The notes of this page from top to bottom: row, line, text.
    pub fn noted<'a>(&self, progress: &'a Progress) -> Vec<(usize, u32, &'a str)> {
        let first = (self.page.0.clone(), 0);
        let here = progress.notes.range(first..).take_while(|((page, _), _)| *page == self.page.0);
        here.filter_map(|((_, line), text)| Some((self.row_of_mark(*line)?, *line, text.as_str()))).collect()
    }

    /// Where a line's mark stands; `None` while the page is not laid out as far.
    fn row_of_mark(&self, line: u32) -> Option<usize> {
        let is_there = !self.is_growing() || self.laid.rows.iter().rev().any(|row| row.source_line >= line);
        is_there.then(|| if line == 0 { 0 } else { self.row_of_line(line) })
    }

    /// Whether a row belongs to the line that is chosen.
    pub fn is_chosen(&self, row: &Row) -> bool {
        self.chosen_line.is_some_and(|line| line == row.source_line)
    }

    /// What is noted on the chosen line.
    fn note_here<'a>(&self, progress: &'a Progress) -> Option<&'a str> {
        progress.notes.get(&(self.page.0.clone(), self.chosen_line?)).map(String::as_str)
    }

    /// The line of what has the focus, else the first on the screen.
    fn first_line(&self) -> u32 {
        let from = self.focused_rows().map_or(self.top, |rows| rows.start);
        let line = |row: &Row| Some(row.source_line).filter(|line| *line > 0);
        self.laid.rows.iter().skip(from).find_map(line).unwrap_or(0)
    }

    /// Chooses the line `by` lines further down, and shows it.
    fn choose_line(&mut self, by: i32) {
        let rows = &self.laid.rows;
        let Some(mut at) = rows.iter().position(|row| self.is_chosen(row)) else {
            self.chosen_line = Some(self.first_line());
            return;
        };
        for _ in 0..by.unsigned_abs() {
            let is_other = |row: &Row| row.source_line > 0 && row.source_line != rows[at].source_line;
            let next = if by > 0 {
                rows.iter().skip(at).position(is_other).map(|further| at + further)
            } else {
                rows[..at].iter().rposition(is_other)
            };
            let Some(next) = next else { break };
            at = next;
        }
        let line = rows[at].source_line;
        self.chosen_line = Some(line);
        let first = rows.iter().position(|row| row.source_line == line).unwrap_or(at);
        let n = rows[first..].iter().take_while(|row| row.source_line == line).count();
        self.show_rows(&(first..first + n.max(1)));
    }
}
