//! Where the page stands on the screen, and what a click on it does.

use std::borrow::Cow;

use super::columns::wide_cols;
use super::{Reader, What, columns, text_col};
use crate::app::glossary::Words;
use crate::app::overlay::Overlay;
use crate::app::pane::Pane;
use crate::app::row::{Role, Span};
use crate::app::{Desk, Go, Start, Step};
use crate::markdown;

impl Reader {
    /// The page below its head, with the margin at the right for what is wider than the text.
    pub fn pane(&self) -> Pane<'_> {
        let (rows, top) = match self.numbered_rows() {
            Some(rows) => (Cow::Owned(rows), 0),
            None => (Cow::Borrowed(&*self.laid.rows), self.top),
        };
        let above = self.top - top;
        Pane {
            rows,
            top,
            x: text_col(self.size.cols),
            y: 1,
            cols: wide_cols(self.size.cols) as u16,
            n_rows: self.size.body_rows(),
            left_of: Box::new(move |row| self.left_of(above + row)),
            strips: &[],
        }
    }

    /// Whether a second click on a row opens something: code and tables open by Enter, for their words are wanted too.
    pub(crate) fn opens_at(&self, row: usize) -> bool {
        let opens = |what| matches!(what, What::Widget(_) | What::Link(_));
        self.laid.things.iter().any(|thing| thing.rows.contains(&row) && opens(thing.what))
    }

    pub(super) fn click(&mut self, desk: &Desk<'_>, col: u16, row: u16) -> Step {
        let (sidebar, _) = columns(self.size.cols);
        if col < sidebar {
            let page = self.page_beside(desk, row).filter(|page| *page != self.page);
            return page.map_or_else(Step::default, |page| Step::go(Go::Page(page, Start::Top)));
        }
        if row == 0 {
            return Step::default();
        }
        let at = self.top + usize::from(row - 1);
        if let Some(step) = self.click_in_margin(desk, col, at) {
            return step;
        }
        if let Some(Role::Page(markdown::Role::Term(term))) = self.span_at(col, at).map(|span| span.role) {
            return Step::go(Go::Lay(Overlay::Words(Words::at(usize::from(term)))));
        }
        let clicked = self.laid.things.iter().position(|thing| thing.rows.contains(&at));
        let had_focus = clicked.is_some() && clicked == self.focus;
        if !had_focus {
            (self.focus, self.walk) = (clicked, None);
        }
        let in_text = col.checked_sub(text_col(self.size.cols)).map(usize::from);
        match in_text.and_then(|col| self.click_box(desk, col, at)) {
            Some(step) => step,
            None if had_focus => self.open(desk),
            None => Step::default(),
        }
    }

    /// The span that stands at a column of the terminal, in a row of the page.
    fn span_at(&self, col: u16, row: usize) -> Option<&Span> {
        let mut left = usize::from(col.checked_sub(text_col(self.size.cols))?);
        self.laid.rows.get(row)?.spans.iter().find(|span| {
            let is_here = left < span.width();
            left = left.saturating_sub(span.width());
            is_here
        })
    }
}
