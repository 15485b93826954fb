//! Paints the course map.

use ratatui::layout::Rect;

use super::paint::Painter;
use crate::app::Model;
use crate::app::home::Home;
use crate::app::row::Ui;

pub(super) fn view(home: &Home, model: &Model, head: Rect, painter: &mut Painter<'_, '_>) {
    let read = model.progress.pages_read.len();
    let all = model.course.pages().count();
    painter.head(head, "coldstart", &format!("{read} of {all} pages read"));
    let pane = home.pane();
    painter.pane(&pane);
    if let Some(row) = home.chosen_row() {
        painter.whole_row(&pane, row, Ui::Chosen);
    }
}
