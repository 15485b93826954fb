//! Where what lies over a screen stands: a box in its middle, and the lines of a list that is filtered in it.

use super::Size;

/// A part of the screen, in columns and rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Area {
    pub x: u16,
    pub y: u16,
    pub cols: u16,
    pub rows: u16,
}

impl Area {
    /// Within its frame.
    #[must_use]
    pub fn inside(self) -> Self {
        let Self { x, y, cols, rows } = self;
        Self { x: x + 2, y: y + 1, cols: cols.saturating_sub(4), rows: rows.saturating_sub(2) }
    }

    /// The same without its uppermost rows.
    #[must_use]
    pub fn below(self, n_rows: u16) -> Self {
        let n_rows = n_rows.min(self.rows);
        Self { y: self.y + n_rows, rows: self.rows - n_rows, ..self }
    }

    pub fn holds(self, (col, row): (u16, u16)) -> bool {
        (self.x..self.x + self.cols).contains(&col) && (self.y..self.y + self.rows).contains(&row)
    }

    /// Column and row within it of a cell of the screen, or of the nearest cell that it has.
    pub fn within(self, (col, row): (u16, u16)) -> (usize, usize) {
        let nearest = |at: u16, begin: u16, n: u16| usize::from(at.saturating_sub(begin).min(n.saturating_sub(1)));
        (nearest(col, self.x, self.cols), nearest(row, self.y, self.rows))
    }
}

/// Where a box that holds `n_rows` with its frame stands: in the middle of the screen's body.
pub fn pop_up(size: Size, n_rows: u16) -> Area {
    const MOST_COLS: u16 = 76;
    let (cols, body) = (size.cols.min(MOST_COLS), size.body_rows() as u16);
    let rows = n_rows.min(body);
    Area { x: (size.cols - cols) / 2, y: 1 + (body - rows) / 2, cols, rows }
}

/// Rows of a list that is filtered, below the filter and air.
pub fn list_rows(size: Size) -> usize {
    usize::from(pop_up(size, size.rows).inside().rows.saturating_sub(FILTER_ROWS)).max(1)
}

/// The first line shown of a list of `n`, so that the chosen one is in the middle where it can be.
pub fn list_top(size: Size, chosen: usize, n: usize) -> usize {
    let room = list_rows(size);
    chosen.saturating_sub(room / 2).min(n.saturating_sub(room))
}

/// The line of a list of `n` that stands at a column and row of the screen.
pub(super) fn line_at(size: Size, chosen: usize, n: usize, (col, row): (u16, u16)) -> Option<usize> {
    let inside = pop_up(size, size.rows).inside();
    let below = usize::from(row.checked_sub(inside.y + FILTER_ROWS)?);
    let is_inside = (inside.x..inside.x + inside.cols).contains(&col) && below < list_rows(size);
    Some(list_top(size, chosen, n) + below).filter(|line| is_inside && *line < n)
}

/// Rows above a list: the filter, and air.
pub const FILTER_ROWS: u16 = 2;
