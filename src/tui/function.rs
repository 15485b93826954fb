//! Paints the screen of a function: the open editor, and below it what ran.

use ratatui::layout::Rect;

use super::code;
use super::paint::{Painter, rect};
use crate::app::function::Bench;

pub(super) fn view(bench: &Bench, head: Rect, painter: &mut Painter<'_, '_>) {
    painter.head(head, &format!("Function · {}", bench.title()), &bench.state());
    let pane = bench.pane();
    if let Some(area) = bench.editor_area() {
        code::view(&bench.view, rect(area), painter);
    }
    painter.pane(&pane);
}
