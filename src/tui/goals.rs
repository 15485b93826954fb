//! Paints what was shown of each goal.

use ratatui::layout::Rect;

use super::paint::Painter;
use crate::app::Model;
use crate::app::goals::Goals;
use crate::app::row::Ui;
use crate::course::mastery::is_shown;

pub(super) fn view(goals: &Goals, model: &Model, head: Rect, painter: &mut Painter<'_, '_>) {
    let shown = model.course.pages().filter(|page| is_shown(&model.course, page, &model.progress)).count();
    let all = model.course.pages().count();
    painter.head(head, "What I have shown", &format!("{shown} of {all} pages shown"));
    let pane = goals.pane();
    painter.pane(&pane);
    if let Some(row) = goals.chosen_row() {
        painter.whole_row(&pane, row, Ui::Chosen);
    }
}
