//! Paints the screen of a function: the open editor, and below it what ran.

use ratatui::layout::Rect;

use super::code;
use super::paint::{Painter, centred};
use crate::app::function::Bench;

pub(super) fn view(bench: &Bench, head: Rect, body: Rect, painter: &mut Painter<'_, '_>) {
    painter.head(head, &format!("Function · {}", bench.title()), &bench.state());
    let column = centred(body, 144);
    let column = Rect { x: column.x + 2, width: column.width.saturating_sub(4), ..column };
    let mut below = column;
    if bench.editing.is_some() {
        let height = (Bench::editor_rows(usize::from(column.height)) as u16).min(column.height);
        code::view(&bench.view, Rect { height, ..column }, painter);
        below = Rect { y: column.y + height, height: column.height - height, ..column };
    }
    painter.rows(below, bench.rows.iter().skip(bench.top));
}
