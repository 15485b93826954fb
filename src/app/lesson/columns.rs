//! The columns of a terminal, shared out: the contents at the left, the text, and a margin for what is wider.

use crate::app::size::MEASURE_COLS;

/// From this width on the contents stand beside the page.
const SIDEBAR_FROM_COLS: u16 = 124;
pub const SIDEBAR_COLS: u16 = 30;

/// Sidebar (0 where there is none) and text.
pub fn columns(cols: u16) -> (u16, u16) {
    let sidebar = if cols >= SIDEBAR_FROM_COLS { SIDEBAR_COLS } else { 0 };
    // Two columns of margin on either side: text that touches the edge is hard to read.
    (sidebar, cols.saturating_sub(sidebar + 4).clamp(1, MEASURE_COLS))
}

/// The column at which the text of a page begins: it stands in the middle of what the sidebar leaves.
pub fn text_col(cols: u16) -> u16 {
    let (sidebar, width) = columns(cols);
    sidebar + cols.saturating_sub(sidebar + width) / 2
}

/// From there to the end of the screen: what is wider than the measure may use the margin.
pub(super) fn wide_cols(cols: u16) -> usize {
    usize::from(cols.saturating_sub(text_col(cols) + 1))
}
