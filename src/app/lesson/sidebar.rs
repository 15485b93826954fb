//! The pages beside the page being read, where there is room for them.

use unicode_width::UnicodeWidthStr;

use super::{Reader, SIDEBAR_COLS, columns};
use crate::app::Desk;
use crate::app::row::{Row, Span, Ui, wrapped};
use crate::course::{Course, PageId, Progress};

/// Row of the screen on which it begins.
pub const SIDEBAR_ROW: u16 = 2;

impl Reader {
    /// The rows of the list with the page that each belongs to, scrolled so that the page being read is among them. Empty
    /// where there is no room beside the page.
    pub fn sidebar<'a>(&self, course: &'a Course, progress: &Progress) -> Vec<(Row, &'a PageId)> {
        if columns(self.size.cols).0 == 0 {
            return Vec::new();
        }
        let n_rows = self.size.body_rows().saturating_sub(1);
        let mut rows = Vec::new();
        let mut last_of_current = 0;
        for (number, page) in (1..).zip(course.pages()) {
            let here = page.id == self.page;
            let mark = if progress.pages_read.contains(&page.id.0) { "✓" } else { " " };
            let lead = format!("{}{mark}{number:>2} ", if here { "›" } else { " " });
            let role = if here { Ui::Title } else { Ui::Muted };
            let room = usize::from(SIDEBAR_COLS - 2).saturating_sub(lead.width());
            for (line, row) in wrapped(role, &page.title, room).into_iter().enumerate() {
                let lead = if line == 0 { lead.clone() } else { " ".repeat(lead.width()) };
                rows.push((Row::of([Span::ui(role, lead + &row.text())]), &page.id));
            }
            if here {
                last_of_current = rows.len();
            }
        }
        let mut shown = rows.split_off(last_of_current.saturating_sub(n_rows));
        shown.truncate(n_rows);
        shown
    }

    /// The page whose name stands at a row of the screen, beside the page being read.
    pub(super) fn page_beside(&self, desk: &Desk<'_>, row: u16) -> Option<PageId> {
        let line = usize::from(row.checked_sub(SIDEBAR_ROW)?);
        self.sidebar(desk.course, desk.progress).get(line).map(|(_, page)| (*page).clone())
    }
}
