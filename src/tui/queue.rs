//! Paints the desk at which a class is marked.

use ratatui::layout::Rect;

use super::paint::Painter;
use crate::app::Size;
use crate::app::queue::{Pane, Queue, panes};
use crate::app::row::Ui;

pub(super) fn view(queue: &Queue, size: Size, head: Rect, body: Rect, painter: &mut Painter<'_, '_>) {
    let (place, who) = queue.head();
    painter.head(head, &place, &who);
    let panes = panes(size, queue.rubric.len());
    let area = |pane: Pane| {
        let at = Rect { x: body.x + pane.x, y: body.y + pane.y, width: pane.cols, height: pane.rows };
        at.intersection(body)
    };
    let (answer, rubric) = (area(panes.answer), area(panes.rubric));
    painter.rows(answer, queue.answer.iter().skip(queue.top));
    if queue.answer.len() > queue.top + usize::from(answer.height) && answer.height > 0 {
        painter.text(answer.right().saturating_sub(6), answer.bottom() - 1, 6, Ui::Key, "↓ more");
    }
    if queue.rubric.is_empty() {
        return;
    }
    if rubric.x > answer.x {
        let line = rubric.x.saturating_sub(2);
        (body.y..body.bottom()).for_each(|y| {
            painter.text(line, y, 1, Ui::Border, "│");
        });
    } else if rubric.y > body.y {
        let line = "─".repeat(usize::from(rubric.width));
        painter.text(rubric.x, rubric.y - 1, rubric.width, Ui::Border, &line);
    }
    painter.rows(rubric, queue.rubric.iter().skip(queue.rubric_top));
}
