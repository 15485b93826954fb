//! The pointer in an editor: a click sets the cursor, a drag selects, two clicks select a word. What was selected is copied
//! when the button is let go, as everywhere else.
//!
//! Absent: where the editor stands, which its screen says as an [`Area`].

use ratatui_textarea::CursorMove;

use super::Editor;
use crate::app::code::CodeView;
use crate::app::pop_up::Area;
use crate::app::selection::copied;
use crate::app::{Action, Step};

/// Line and character, both from 0.
type Place = (usize, usize);

impl Editor {
    /// Whether an action is the pointer's in this editor, whose text stands in `area`.
    pub(in crate::app) fn is_pointed_at(&self, area: Area, action: &Action) -> bool {
        match *action {
            Action::Click(col, row) | Action::DoubleClick(col, row) => area.holds((col, row)),
            Action::Drag { from: Some(from), .. } => area.holds(from),
            Action::Drag { from: None, .. } | Action::Drop => self.is_dragged,
            _ => false,
        }
    }

    /// What such an action does. `code` is the part of a file that the area shows, where it shows one.
    pub(in crate::app) fn point(&mut self, area: Area, code: Option<&CodeView>, action: &Action) -> Step {
        match *action {
            Action::Click(col, row) => {
                let place = self.place_at(area, code, (col, row));
                self.select(place, place);
            }
            Action::DoubleClick(col, row) => {
                let (line, at) = self.place_at(area, code, (col, row));
                let (from, to) = word_around(&self.lines()[line], at);
                self.select((line, from), (line, to));
                return self.copy_selected();
            }
            Action::Drag { from, to } => {
                let to = self.place_at(area, code, to);
                let from = match from {
                    Some(from) => self.place_at(area, code, from),
                    None => self.pressed_at,
                };
                (self.pressed_at, self.is_dragged) = (from, true);
                self.select(from, to);
            }
            Action::Drop => {
                self.is_dragged = false;
                return self.copy_selected();
            }
            _ => {}
        }
        Step::default()
    }

    /// The place in the text that is nearest to a cell of the screen.
    fn place_at(&self, area: Area, code: Option<&CodeView>, at: (u16, u16)) -> Place {
        let (col, row) = area.within(at);
        if let Some(code) = code {
            return code.place_at(self.lines(), col, row);
        }
        let (top, left) = self.area.scroll_offset();
        let place = self.area.screen_to_data(row + usize::from(top), col + usize::from(left));
        (place.0, place.1)
    }

    /// Selects from one place to another, where the cursor is then; nothing where they are the same.
    fn select(&mut self, from: Place, to: Place) {
        let jump = |(line, at): Place| {
            CursorMove::Jump(u16::try_from(line).unwrap_or(u16::MAX), u16::try_from(at).unwrap_or(u16::MAX))
        };
        self.area.cancel_selection();
        self.area.move_cursor(jump(from));
        if from != to {
            self.area.start_selection();
            self.area.move_cursor(jump(to));
        }
    }

    fn copy_selected(&self) -> Step {
        let Some(((first, from), (last, to))) = self.area.selection_range() else { return Step::default() };
        let part = |line: usize| {
            let text = &self.lines()[line];
            let begin = if line == first { from } else { 0 };
            let end = if line == last { to } else { usize::MAX };
            text.chars().take(end).skip(begin).collect::<String>()
        };
        copied((first..=last).map(part).collect::<Vec<_>>().join("\n"))
    }
}

/// The characters of the word that holds, or begins at, a character of a line: the first, and the one after the last.
fn word_around(line: &str, at: usize) -> (usize, usize) {
    let is_part: Vec<bool> = line.chars().map(|c| c.is_alphanumeric() || c == '_').collect();
    let before = is_part[..at.min(is_part.len())].iter().rev().take_while(|part| **part).count();
    let after = is_part.iter().skip(at).take_while(|part| **part).count();
    (at - before, at + after)
}

#[cfg(test)]
mod tests {
    use super::word_around;

    #[test]
    fn a_word_is_found_from_any_of_its_letters() {
        for (at, wanted) in [(0, (0, 3)), (2, (0, 3)), (4, (4, 8)), (8, (4, 8)), (9, (9, 9))] {
            assert_eq!(word_around("für zwei  x", at), wanted, "{at}");
        }
    }
}
