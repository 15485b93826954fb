//! Paints the screen of a function: the open editor, and below it what ran.

use ratatui::layout::Rect;

use super::code;
use super::paint::Painter;
use crate::app::function::Bench;

pub(super) fn view(bench: &Bench, head: Rect, body: Rect, painter: &mut Painter<'_, '_>) {
    painter.head(head, &format!("Function · {}", bench.title()), &bench.state());
    let pane = bench.pane();
    if bench.editing.is_some() {
        let above = Rect { x: pane.x, width: pane.cols, height: pane.y.saturating_sub(body.y), ..body };
        code::view(&bench.view, above, painter);
    }
    painter.pane(&pane);
}
