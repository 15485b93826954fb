//! Paints the course map.

use ratatui::layout::Rect;

use super::paint::{Painter, centred};
use crate::app::Model;
use crate::app::home::Home;
use crate::app::row::Ui;

pub(super) fn view(home: &Home, model: &Model, head: Rect, body: Rect, painter: &mut Painter<'_, '_>) {
    let read = model.progress.pages_read.len();
    let all = model.course.pages().count();
    painter.head(head, "coldstart", &format!("{read} of {all} pages read"));
    let column = centred(body, 90);
    let column = Rect { x: column.x.max(body.x + 2), ..column }.intersection(body);
    painter.rows(column, home.rows.iter().skip(home.top));
    if let Some(row) = home.chosen_row().filter(|row| (home.top..home.top + usize::from(body.height)).contains(row)) {
        let y = column.y + (row - home.top) as u16;
        painter.highlight(Rect { y, height: 1, ..column }, Ui::Chosen);
    }
}
