//! Code in its place on the page: moved to the left where it is wider than the screen, and copied.

use super::columns::wide_cols;
use super::laid::CodeBlock;
use super::{Reader, What};
use crate::app::zoomed::{copied, panned_to};
use crate::app::{Effect, Step};

impl Reader {
    /// Moves the code block that has the focus, or the first on screen that is too wide: right (1), left (-1).
    pub(super) fn pan(&mut self, by: i32) -> Step {
        let screen = self.top..self.top + self.size.body_rows();
        let wide = |index: &usize| self.most_left(*index) > 0;
        let focused = self.focused().and_then(|thing| match thing.what {
            What::Code(index) => Some(index),
            _ => None,
        });
        let on_screen = || {
            let codes = self.laid.codes.iter().enumerate();
            codes
                .filter(|(_, code)| code.rows.start < screen.end && code.rows.end > screen.start)
                .map(|(index, _)| index)
                .find(wide)
        };
        let Some(index) = focused.filter(wide).or_else(on_screen) else {
            return Step::say("No code on this screen is wider than it.");
        };
        let far = (wide_cols(self.size.cols) / 2) as i64 * i64::from(by);
        let left = self.pans.get(&index).map_or(0, |left| *left as i64) + far;
        self.set_left(index, usize::try_from(left).unwrap_or(0));
        Step::default()
    }

    /// How far a row is moved to the left.
    pub fn left_of(&self, row: usize) -> usize {
        let moved = self
            .pans
            .iter()
            .find(|(index, _)| self.laid.codes.get(**index).is_some_and(|code| code.rows.contains(&row)));
        moved.map_or(0, |(_, left)| *left)
    }

    /// The columns of a row's text that a search has found are brought on screen.
    pub(super) fn show_cols(&mut self, row: usize, bytes: &std::ops::Range<usize>) {
        let Some(index) = self.laid.codes.iter().position(|code| code.rows.contains(&row)) else { return };
        let row = &self.laid.rows[row];
        let cols = row.cols_of(bytes);
        let left = self.pans.get(&index).copied().unwrap_or(0);
        // In the columns beside the margin, with one for the mark that more lies at the edge.
        let beside = cols.start.saturating_sub(row.margin_cols)..(cols.end + 1).saturating_sub(row.margin_cols);
        let room = wide_cols(self.size.cols).saturating_sub(row.margin_cols);
        self.set_left(index, panned_to(left, room, &beside));
    }

    /// After the page was laid out anew: nothing is moved further than it is wide.
    pub(super) fn keep_pans(&mut self) {
        for (index, left) in std::mem::take(&mut self.pans) {
            self.set_left(index, left);
        }
    }

    fn set_left(&mut self, index: usize, left: usize) {
        match left.min(self.most_left(index)) {
            0 => self.pans.remove(&index),
            left => self.pans.insert(index, left),
        };
    }

    fn most_left(&self, index: usize) -> usize {
        let width_cols = self.laid.codes.get(index).map_or(0, |code| code.width_cols);
        width_cols.saturating_sub(wide_cols(self.size.cols))
    }

    /// Copies the source of the first code block on screen.
    pub(super) fn copy(&self) -> Step {
        let screen = self.top..self.top + self.size.body_rows();
        if let Some(link) = self.focused_link() {
            let mut step = Step::say(format!("copied {link}"));
            step.effects.push(Effect::Copy(link.to_owned()));
            return step;
        }
        let focused = self.focused().and_then(|thing| match thing.what {
            What::Code(index) => self.laid.codes.get(index),
            _ => None,
        });
        let on_screen = |code: &&CodeBlock| code.rows.start < screen.end && code.rows.end > screen.start;
        match focused.or_else(|| self.laid.codes.iter().find(on_screen)) {
            Some(code) => copied(code.text.clone()),
            None => Step::say("There is no code on this screen to copy."),
        }
    }
}
