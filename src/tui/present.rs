//! Paints a page for a class, the hands that are counted, and the teacher's notes.

use ratatui::layout::Rect;

use super::paint::{Painter, centred};
use crate::app::Model;
use crate::app::lesson::columns;
use crate::app::present::{Role, Show, WALL_COLS};
use crate::app::row::{Row, Ui};

pub(super) fn view(show: &Show, model: &Model, head: Rect, body: Rect, painter: &mut Painter<'_, '_>) {
    let title = model.course.page(&show.reader.page).map_or("", |page| page.title.as_str());
    let (step, n_steps) = show.steps();
    painter.head(head, title, &format!("{step} / {n_steps}"));
    let pane = show.pane();
    let left = pane.rows.len().saturating_sub(pane.top);
    painter.pane(&pane);
    if show.role == Role::Notes {
        return;
    }
    if show.poll().is_some() {
        more(body, painter, left);
        return;
    }
    let large = show.banner.iter().map(Row::width).max().unwrap_or(0) as u16;
    let (_, width) = columns(body.width.min(WALL_COLS));
    painter.rows(centred(body, large.max(width)), &show.banner);
    let (rows, top) = (show.rows(), pane.top);
    let focus = show.reader.focused();
    for row in focus.into_iter().flat_map(|thing| thing.rows.clone()).filter(|row| *row < rows.end) {
        if let Some(y) = row.checked_sub(top).filter(|y| *y < pane.n_rows) {
            painter.text(pane.x.saturating_sub(2), pane.y + y as u16, 1, Ui::Focus, "▌");
        }
    }
    more(Rect { y: pane.y, height: pane.n_rows as u16, ..body }, painter, left);
}

/// Says so where more rows are left than the body holds.
fn more(body: Rect, painter: &mut Painter<'_, '_>, rows_left: usize) {
    if rows_left > usize::from(body.height) {
        painter.text(body.right().saturating_sub(8), body.bottom().saturating_sub(1), 7, Ui::Key, "▼ more");
    }
}
