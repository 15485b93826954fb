//! Paints the desk at which a class is marked.

use ratatui::layout::Rect;

use super::paint::Painter;
use crate::app::Size;
use crate::app::queue::Queue;
use crate::app::row::Ui;

pub(super) fn view(queue: &Queue, size: Size, head: Rect, painter: &mut Painter<'_, '_>) {
    let (place, who) = queue.head();
    painter.head(head, &place, &who);
    let [answer, rubric] = queue.panes(size);
    painter.pane(&answer);
    let end = answer.y + answer.n_rows as u16;
    if queue.answer.len() > queue.top + answer.n_rows && answer.n_rows > 0 {
        painter.text((answer.x + answer.cols).saturating_sub(6), end - 1, 6, Ui::Key, "↓ more");
    }
    if queue.rubric.is_empty() {
        return;
    }
    if rubric.x > answer.x {
        let line = rubric.x.saturating_sub(2);
        (rubric.y..rubric.y + rubric.n_rows as u16).for_each(|y| {
            painter.text(line, y, 1, Ui::Border, "│");
        });
    } else if rubric.y > answer.y {
        let line = "─".repeat(usize::from(rubric.cols));
        painter.text(rubric.x, rubric.y - 1, rubric.cols, Ui::Border, &line);
    }
    painter.pane(&rubric);
}
