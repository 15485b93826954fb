//! Paints what was shown of each goal.

use ratatui::layout::Rect;

use super::paint::{Painter, centred};
use crate::app::Model;
use crate::app::goals::Goals;
use crate::app::row::Ui;
use crate::course::mastery::is_shown;

pub(super) fn view(goals: &Goals, model: &Model, head: Rect, body: Rect, painter: &mut Painter<'_, '_>) {
    let shown = model.course.pages().filter(|page| is_shown(&model.course, page, &model.progress)).count();
    let all = model.course.pages().count();
    painter.head(head, "What I have shown", &format!("{shown} of {all} pages shown"));
    let column = centred(body, 90);
    let column = Rect { x: column.x.max(body.x + 2), ..column }.intersection(body);
    painter.rows(column, goals.rows.iter().skip(goals.top));
    if let Some(y) = goals.chosen_row().and_then(|row| row.checked_sub(goals.top)) {
        painter.highlight(Rect { y: column.y + y as u16, height: 1, ..column }.intersection(body), Ui::Chosen);
    }
}
