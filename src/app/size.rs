//! How large things are: the terminal, the body of a screen, and the measure of its text.

/// Columns and rows of the terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    pub cols: u16,
    pub rows: u16,
}

/// Rows of a screen that are not its body: title, notice, keys.
pub const CHROME_ROWS: u16 = 3;

impl Size {
    /// Rows of a screen's body, at least one.
    pub fn body_rows(self) -> usize {
        usize::from(self.rows.saturating_sub(CHROME_ROWS)).max(1)
    }
}

/// The smallest terminal the screens are made for; below it they say so and keep running.
pub const SMALLEST: Size = Size { cols: 60, rows: 20 };

/// The widest text column: longer lines are hard to come back from.
pub const MEASURE_COLS: u16 = 90;

/// What sentences take of a room of `width_cols`, wherever they stand.
pub(super) fn measure(width_cols: usize) -> usize {
    width_cols.min(usize::from(MEASURE_COLS))
}
