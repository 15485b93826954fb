//! Paints one block of a page on the whole screen.

use ratatui::layout::Rect;

use super::paint::Painter;
use crate::app::row::Ui;
use crate::app::zoomed::Zoomed;

pub(super) fn view(zoomed: &Zoomed, head: Rect, body: Rect, painter: &mut Painter<'_, '_>) {
    let (height, width) = (zoomed.rows.len() + zoomed.head.len(), zoomed.width);
    painter.head(head, &zoomed.title, &place(zoomed));
    // A drawing smaller than the screen stands in its middle; what is read begins at the top.
    let x = body.x + middle(body.width, width);
    let y = body.y + if zoomed.is_drawing() { middle(body.height, height) } else { 0 };
    let area = Rect { x, y, width: body.right() - x, height: body.bottom() - y };
    for (y, row) in (area.y..area.bottom()).zip(&zoomed.head) {
        painter.panned(area.x, y, area.width, row, zoomed.left);
    }
    let n_head = (zoomed.head.len() as u16).min(area.height);
    let area = Rect { y: area.y + n_head, height: area.height - n_head, ..area };
    for (y, row) in (area.y..area.bottom()).zip(zoomed.rows.iter().skip(zoomed.top)) {
        painter.panned(area.x, y, area.width, row, zoomed.left);
    }
    if let Some((x, y, w, h)) = zoomed.stands_on() {
        let left = (area.x + x as u16).saturating_sub(zoomed.left as u16);
        let top = (area.y + y as u16).saturating_sub(zoomed.top as u16);
        let stands = Rect { x: left, y: top, width: w as u16, height: h as u16 };
        painter.highlight(stands.intersection(area), Ui::Chosen);
    }
    if let Some(search) = &zoomed.search {
        painter.matches(search, &zoomed.rows, zoomed.top, area, |_| zoomed.left);
    }
}

/// What is before something as long as `needed` in the middle of a room.
fn middle(room: u16, needed: usize) -> u16 {
    (usize::from(room).saturating_sub(needed) / 2) as u16
}

/// Which part of how much is seen.
fn place(zoomed: &Zoomed) -> String {
    let last = (zoomed.top + zoomed.room_rows()).min(zoomed.rows.len());
    let lines = format!("lines {}–{last} of {}", zoomed.top + 1, zoomed.rows.len());
    if zoomed.is_drawing() { format!("{} × {}", zoomed.width, zoomed.rows.len()) } else { lines }
}
