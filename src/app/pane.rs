//! Rows as they stand on a screen: where they are painted, and what is under the pointer.
//!
//! Each screen says of itself which panes it has; painting and pointing go by the same answer.

use std::borrow::Cow;
use std::ops::Range;

use super::row::Row;
use super::selection::{Cell, Strip};
use super::{Model, Overlay, Screen, Size};

pub struct Pane<'a> {
    pub rows: Cow<'a, [Row]>,
    /// The first row shown.
    pub top: usize,
    /// Column and row of the screen where they begin.
    pub x: u16,
    pub y: u16,
    /// How many columns and rows there is room for.
    pub cols: u16,
    pub n_rows: usize,
    /// How far a row is moved to the left under its margin.
    pub left_of: Box<dyn Fn(usize) -> usize + 'a>,
    /// Texts that stand side by side: their rows, and the columns of each.
    pub strips: &'a [(Range<usize>, Strip)],
}

impl<'a> Pane<'a> {
    /// Rows below the head of a screen, in the middle, `cols` wide or as wide as a screen with margins allows.
    pub fn column(rows: &'a [Row], top: usize, size: Size, cols: u16) -> Self {
        let cols = cols.min(size.cols.saturating_sub(4)).max(1);
        let x = size.cols.saturating_sub(cols) / 2;
        Self {
            rows: Cow::Borrowed(rows),
            top,
            x,
            y: 1,
            cols,
            n_rows: size.body_rows(),
            left_of: Box::new(|_| 0),
            strips: &[],
        }
    }

    /// The same from `rows_below` rows further down on.
    #[must_use]
    pub fn below(mut self, rows_below: usize) -> Self {
        let rows_below = rows_below.min(self.n_rows);
        self.y += rows_below as u16;
        self.n_rows -= rows_below;
        self
    }

    /// The same with room for fewer rows.
    #[must_use]
    pub fn of_height(mut self, n_rows: usize) -> Self {
        self.n_rows = self.n_rows.min(n_rows);
        self
    }

    fn holds(&self, (col, row): (u16, u16)) -> bool {
        let below = usize::from(row.wrapping_sub(self.y));
        (self.x..self.x + self.cols).contains(&col) && below < self.n_rows
    }

    /// The row at a column and row of the screen.
    pub(super) fn row_at(&self, at: (u16, u16)) -> Option<usize> {
        let below = self.holds(at).then(|| usize::from(at.1 - self.y))?;
        Some(self.top + below).filter(|row| *row < self.rows.len())
    }

    /// The cell at a column and row of the screen, or the nearest; `None` where there are no rows.
    pub(super) fn cell(&self, (col, row): (u16, u16)) -> Option<Cell> {
        let below = usize::from(row.saturating_sub(self.y)).min(self.n_rows.saturating_sub(1));
        let row = (self.top + below).min(self.rows.len().checked_sub(1)?);
        let col = usize::from(col.saturating_sub(self.x));
        let is_moved = col >= self.rows[row].margin_cols;
        Some(Cell { row, col: if is_moved { col + (self.left_of)(row) } else { col } })
    }

    /// The rows and the columns of the text that a cell belongs to.
    pub(super) fn text_around(&self, cell: Cell) -> (Range<usize>, Strip) {
        let holds = |(rows, strip): &&(Range<usize>, Strip)| {
            rows.contains(&cell.row) && (strip.from..strip.until).contains(&cell.col)
        };
        self.strips.iter().filter(holds).fold((0..self.rows.len(), Strip::WHOLE), |(rows, strip), (others, other)| {
            (rows.start.max(others.start)..rows.end.min(others.end), strip.and(*other))
        })
    }

    /// How many rows further one looks when the pointer is dragged to this cell, over an edge.
    pub(super) fn moves_by(&self, (_, row): (u16, u16)) -> i32 {
        let row = usize::from(row);
        let end = usize::from(self.y) + self.n_rows;
        i32::from(row >= end) - i32::from(row < usize::from(self.y))
    }
}

/// What stands on the screen now, or lies over it, and can be selected.
pub(super) fn panes(model: &Model) -> Vec<Pane<'_>> {
    match &model.overlay {
        Some(Overlay::Words(words)) => vec![words.meaning(&model.course, model.size)],
        Some(_) => Vec::new(),
        None => match model.screen() {
            Screen::Home(home) => vec![home.pane()],
            Screen::Page(reader) => vec![reader.pane()],
            Screen::Round(round) => vec![round.pane()],
            Screen::Goals(goals) => vec![goals.pane()],
            Screen::Show(show) => vec![show.pane()],
            Screen::Exercise(sheet) => vec![sheet.pane()],
            Screen::Zoomed(zoomed) => vec![zoomed.pane()],
            Screen::Lab(lab) => vec![lab.pane()],
            Screen::Queue(queue) => queue.panes(model.size).into(),
            Screen::Function(bench) => vec![bench.pane()],
        },
    }
}

/// The pane in which a cell of the screen lies, else the first.
pub(super) fn pane_at(panes: &[Pane<'_>], at: (u16, u16)) -> usize {
    panes.iter().position(|pane| pane.holds(at)).unwrap_or(0)
}
