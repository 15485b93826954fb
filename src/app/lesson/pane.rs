//! Where the page stands on the screen.

use std::borrow::Cow;

use super::{Reader, What, text_col, wide_cols};
use crate::app::pane::Pane;

impl Reader {
    /// The page below its head, with the margin at the right for what is wider than the text.
    pub fn pane(&self) -> Pane<'_> {
        Pane {
            rows: Cow::Borrowed(&self.laid.rows),
            top: self.top,
            x: text_col(self.size.cols),
            y: 1,
            cols: wide_cols(self.size.cols) as u16,
            n_rows: self.size.body_rows(),
            left_of: Box::new(|row| self.left_of(row)),
            strips: &[],
        }
    }

    /// Whether a second click on a row opens something: code and tables open by Enter, for their words are wanted too.
    pub(crate) fn opens_at(&self, row: usize) -> bool {
        let opens = |what| matches!(what, What::Widget(_) | What::Link(_));
        self.laid.things.iter().any(|thing| thing.rows.contains(&row) && opens(thing.what))
    }
}
