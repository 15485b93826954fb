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
    if show.role == Role::Notes {
        let column = centred(body, 90);
        let column = Rect { x: column.x.max(body.x + 2), ..column }.intersection(body);
        painter.rows(column, show.notes.iter().skip(show.notes_top));
        return;
    }
    let (_, width) = columns(body.width.min(WALL_COLS));
    let text = centred(body, width);
    if let Some(poll) = show.poll() {
        painter.rows(text, poll.rows().iter().skip(poll.top));
        more(body, painter, poll.rows().len().saturating_sub(poll.top));
        return;
    }
    let large = show.banner.iter().map(Row::width).max().unwrap_or(0) as u16;
    painter.rows(if large > text.width { centred(body, large) } else { text }, &show.banner);
    let below = (show.banner.len() as u16).min(body.height);
    let body = Rect { y: body.y + below, height: body.height - below, ..body };
    let text = Rect { y: body.y, height: body.height, ..text };
    let rows = show.rows();
    let top = show.reader.top;
    // What is wider than the measure (a diagram) may use the margin too.
    let wide = Rect { width: body.right().saturating_sub(text.x + 1), ..text };
    let shown = show.reader.laid.rows.iter().enumerate().take(rows.end).skip(top);
    for (y, (index, row)) in (wide.y..wide.bottom()).zip(shown) {
        painter.panned(wide.x, y, wide.width, row, show.reader.left_of(index));
    }
    painter.selection(show.reader.selection(), &show.reader.laid.rows[..rows.end], top, wide, |row| {
        show.reader.left_of(row)
    });
    let focus = show.reader.focus.and_then(|focus| show.reader.laid.things.get(focus));
    for row in focus.into_iter().flat_map(|thing| thing.rows.clone()).filter(|row| *row < rows.end) {
        if let Some(y) = row.checked_sub(top).filter(|y| *y < usize::from(text.height)) {
            painter.text(text.x.saturating_sub(2), text.y + y as u16, 1, Ui::Focus, "▌");
        }
    }
    more(body, painter, rows.end.saturating_sub(top));
}

/// Says so where more rows are left than the body holds.
fn more(body: Rect, painter: &mut Painter<'_, '_>, rows_left: usize) {
    if rows_left > usize::from(body.height) {
        painter.text(body.right().saturating_sub(8), body.bottom().saturating_sub(1), 7, Ui::Key, "▼ more");
    }
}
