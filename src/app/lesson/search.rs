//! Looking for words: on the page, and past its last match through the course.

use super::Reader;
use super::elsewhere::elsewhere;
use crate::app::field::Field;
use crate::app::key::{Code, Key};
use crate::app::search::Search;
use crate::app::{Action, Desk, Go, Start, Step};

impl Reader {
    /// What a key does to the line in which the search is typed; `None` when none is being typed.
    pub(super) fn type_into_search(&mut self, desk: &Desk<'_>, action: &Action) -> Option<Step> {
        let search = self.search.as_mut().filter(|search| search.typing)?;
        match action {
            Action::Type(Key { code: Code::Enter, .. }) | Action::Submit => {
                search.typing = false;
                if search.field.text.is_empty() {
                    self.search = None;
                } else if search.matches.is_empty() {
                    let needle = search.field.text.clone();
                    self.search = None;
                    return Some(match elsewhere(desk, &self.page, &needle, 1) {
                        Some(page) => Step::go(Go::Page(page, Start::FirstMatch(needle))),
                        None => Step::say(format!("Nowhere in this course: {needle}")),
                    });
                }
            }
            Action::Type(key) => {
                if search.field.press(*key) {
                    self.find_again();
                    self.show_match();
                }
            }
            Action::Paste(text) => {
                search.field.insert(text);
                self.find_again();
                self.show_match();
            }
            Action::Back => self.search = None,
            _ => return None,
        }
        Some(Step::default())
    }

    pub(super) fn search_for(&mut self, desk: &Desk<'_>, needle: String, wanted: usize) {
        self.lay_out_rest(desk);
        self.search = Some(Search { field: Field::of(needle), ..Search::default() });
        self.find_again();
        if let Some(search) = &mut self.search {
            search.current = wanted.min(search.matches.len().saturating_sub(1));
        }
        self.show_match();
    }

    /// Finds all matches of the search anew, and stands on the first from the top of the screen on.
    pub(super) fn find_again(&mut self) {
        if let Some(search) = &mut self.search {
            search.find(&self.laid.rows, self.top);
        }
    }

    /// To the next (1) or previous (-1) match; past the last of the page the search goes on through the course.
    pub(super) fn next_match(&mut self, desk: &Desk<'_>, by: i32) -> Step {
        let Some(search) = &mut self.search else { return Step::default() };
        let n = search.matches.len() as i64;
        let next = search.current as i64 + i64::from(by);
        if !(0..n).contains(&next) {
            let needle = search.field.text.clone();
            if let Some(page) = elsewhere(desk, &self.page, &needle, by) {
                let start = if by > 0 { Start::FirstMatch(needle) } else { Start::LastMatch(needle) };
                return Step::go(Go::Page(page, start));
            }
        }
        if n > 0 {
            search.current = next.rem_euclid(n) as usize;
        }
        self.show_match();
        Step::default()
    }

    fn show_match(&mut self) {
        if let Some(found) = self.search.as_ref().and_then(Search::here).cloned() {
            self.show_rows(&(found.row..found.row + 1));
            self.show_cols(found.row, &found.bytes);
        }
    }
}
