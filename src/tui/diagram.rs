//! Paints a diagram on the whole screen.

use ratatui::layout::Rect;

use super::paint::Painter;
use crate::app::diagram::Canvas;
use crate::app::row::{Row, Span, Ui, fit};

pub(super) fn view(canvas: &Canvas, head: Rect, body: Rect, painter: &mut Painter<'_, '_>) {
    let (height, width) = (canvas.rows.len(), canvas.width);
    let right = format!("{width} × {height}");
    painter.head(head, &format!("Diagram · {}", canvas.title), &right);
    // A drawing smaller than the screen stands in its middle.
    let x = body.x + (usize::from(body.width).saturating_sub(width) / 2) as u16;
    let y = body.y + (usize::from(body.height).saturating_sub(height) / 2) as u16;
    let area = Rect { x, y, width: body.right() - x, height: body.bottom() - y };
    let shown: Vec<Row> = canvas
        .rows
        .iter()
        .skip(canvas.top)
        .take(usize::from(area.height))
        .map(|row| without(row, canvas.left))
        .collect();
    painter.rows(area, &shown);
    if let Some((x, y, w, h)) = canvas.stands_on() {
        let left = (area.x + x as u16).saturating_sub(canvas.left as u16);
        let top = (area.y + y as u16).saturating_sub(canvas.top as u16);
        let stands = Rect { x: left, y: top, width: w as u16, height: h as u16 };
        painter.highlight(stands.intersection(area), Ui::Chosen);
    }
}

/// The row without its first `columns`.
fn without(row: &Row, columns: usize) -> Row {
    let mut left = columns;
    let mut spans = Vec::new();
    for span in &row.spans {
        let hidden = fit(&span.text, left);
        left -= Span { text: hidden.to_owned(), ..span.clone() }.width();
        if hidden.len() < span.text.len() {
            spans.push(Span { text: span.text[hidden.len()..].to_owned(), ..span.clone() });
        }
    }
    Row { spans, source_line: row.source_line }
}
