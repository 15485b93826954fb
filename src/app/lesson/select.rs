//! Text of the page that the mouse selects, and words that it is clicked on twice.

use super::{Reader, What, text_col};
use crate::app::selection::{Pane, Selection};
use crate::app::{Desk, Step};

impl Reader {
    /// The text that is selected.
    pub fn selection(&self) -> Option<&Selection> {
        self.selection.as_ref()
    }

    /// The pointer was dragged to a cell of the screen; at an edge the page moves along.
    pub(super) fn drag(&mut self, from: Option<(u16, u16)>, to: (u16, u16)) {
        let begin = from.and_then(|at| self.pane(|pane| pane.cell(at)));
        let by = self.pane(|pane| pane.moves_by(to)).unwrap_or(0);
        self.top = self.top.saturating_add_signed(by);
        self.stay_in_page();
        if let Some(end) = self.pane(|pane| pane.cell(to)) {
            self.selection = Some(Selection::dragged(self.selection, begin, end));
        }
    }

    pub(super) fn copy_selection(&self) -> Step {
        self.selection.map_or_else(Step::default, |selection| selection.copy(&self.laid.rows))
    }

    /// Opens what was clicked on twice, or selects the word: code and tables open by Enter, for their words are wanted too.
    pub(super) fn double_click(&mut self, desk: &Desk<'_>, col: u16, row: u16) -> Step {
        let Some(cell) = self.pane(|pane| pane.cell((col, row))).filter(|_| row > 0) else { return Step::default() };
        let opens = self
            .laid
            .things
            .iter()
            .any(|thing| thing.rows.contains(&cell.row) && matches!(thing.what, What::Widget(_) | What::Link(_)));
        if opens {
            return self.click(desk, col, row);
        }
        self.selection = Selection::word(&self.laid.rows, cell);
        self.copy_selection()
    }

    /// What a cell of the screen is; `None` on an empty page.
    fn pane<T>(&self, ask: impl FnOnce(&Pane<'_>) -> T) -> Option<T> {
        let pane = Pane {
            rows: &self.laid.rows,
            top: self.top,
            x: text_col(self.size.cols),
            y: 1,
            n_rows: self.size.body_rows(),
            left_of: &|row| self.left_of(row),
        };
        (!self.laid.rows.is_empty()).then(|| ask(&pane))
    }
}
