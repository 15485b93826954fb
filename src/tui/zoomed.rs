//! Paints one block of a page on the whole screen.

use ratatui::layout::Rect;

use super::paint::Painter;
use crate::app::row::Ui;
use crate::app::zoomed::Zoomed;

pub(super) fn view(zoomed: &Zoomed, head: Rect, body: Rect, painter: &mut Painter<'_, '_>) {
    painter.head(head, &zoomed.title, &place(zoomed));
    let (x, y) = zoomed.origin();
    let area =
        Rect { x: body.x + x, y: y.min(body.bottom()), width: body.width - x, height: body.bottom().saturating_sub(y) };
    let above = area.y - (zoomed.head.len() as u16).min(area.y);
    for (y, row) in (above..area.y).zip(&zoomed.head) {
        painter.panned(area.x, y, area.width, row, zoomed.left);
    }
    let pane = zoomed.pane();
    painter.pane(&pane);
    if let Some((x, y, w, h)) = zoomed.stands_on() {
        let left = (area.x + x as u16).saturating_sub(zoomed.left as u16);
        let top = (area.y + y as u16).saturating_sub(zoomed.top as u16);
        let stands = Rect { x: left, y: top, width: w as u16, height: h as u16 };
        painter.highlight(stands.intersection(area), Ui::Chosen);
    }
    if let Some(search) = &zoomed.search {
        painter.matches(&pane, search);
    }
}

/// Which part of how much is seen.
fn place(zoomed: &Zoomed) -> String {
    let last = (zoomed.top + zoomed.room_rows()).min(zoomed.rows.len());
    let lines = format!("lines {}–{last} of {}", zoomed.top + 1, zoomed.rows.len());
    if zoomed.is_drawing() { format!("{} × {}", zoomed.width, zoomed.rows.len()) } else { lines }
}
