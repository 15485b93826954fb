//! Paints what lies over a screen: the keys, the contents.

use ratatui::layout::Rect;
use ratatui::widgets::Clear;

use super::keys;
use super::paint::{Painter, centred};
use crate::app::Model;
use crate::app::overlay::{Contents, Overlay};
use crate::app::row::{Row, Span, Ui, frame, wrapped};

pub(super) fn view(overlay: &Overlay, model: &Model, body: Rect, painter: &mut Painter<'_, '_>) {
    match overlay {
        Overlay::Help { top } => help(*top, model, body, painter),
        Overlay::Contents(contents) => list(contents, body, painter),
    }
}

/// A cleared box in the middle of the body with a frame around; `rows` are inside.
fn pop_up(title: &str, rows: Vec<Row>, body: Rect, painter: &mut Painter<'_, '_>) {
    let area = centred(body, 76);
    let height = (rows.len() as u16 + 2).min(area.height);
    let area = Rect { y: area.y + (area.height - height) / 2, height, ..area };
    painter.frame.render_widget(Clear, area);
    painter.rows(area, &frame(title, "", rows, usize::from(area.width)));
}

fn help(top: usize, model: &Model, body: Rect, painter: &mut Painter<'_, '_>) {
    let width = usize::from(body.width.min(76)) - 4;
    let keys_width = 22.min(width / 3);
    let mut rows = Vec::new();
    for (keys, does) in keys::help(model) {
        let keys = wrapped(Ui::Key, keys, keys_width);
        let does = wrapped(Ui::Text, does, width - keys_width - 2);
        for line in 0..keys.len().max(does.len()) {
            let key = keys.get(line).cloned().unwrap_or_default().padded(keys_width + 2, Ui::Text);
            let mut spans = key.spans;
            spans.extend(does.get(line).cloned().unwrap_or_default().spans);
            rows.push(Row::of(spans));
        }
    }
    let room = usize::from(body.height) - 2;
    let top = top.min(rows.len().saturating_sub(room));
    let more = rows.len() > top + room;
    let mut shown: Vec<Row> = rows.into_iter().skip(top).take(room).collect();
    if more && let Some(last) = shown.last_mut() {
        *last = Row::ui(Ui::Muted, "↓ more");
    }
    pop_up("Keys that work here", shown, body, painter);
}

fn list(contents: &Contents, body: Rect, painter: &mut Painter<'_, '_>) {
    let room = usize::from(body.height).saturating_sub(4).max(1);
    let places = contents.shown();
    let top = contents.chosen.saturating_sub(room / 2).min(places.len().saturating_sub(room));
    let mut rows = vec![
        Row::of([Span::ui(Ui::Muted, "Filter: "), Span::ui(Ui::Strong, format!("{}▏", contents.filter.text))]),
        Row::default(),
    ];
    if places.is_empty() {
        rows.push(Row::ui(Ui::Muted, "Nothing in the contents has these words."));
    }
    for (index, place) in places.iter().enumerate().skip(top).take(room) {
        let indent = "  ".repeat(usize::from(place.level));
        let role = match (index == contents.chosen, place.level) {
            (true, _) => Ui::Chosen,
            (false, 0) => Ui::Strong,
            _ => Ui::Text,
        };
        rows.push(Row::ui(role, format!("{indent}{}", place.text)));
    }
    // The list keeps its height while it is filtered, so that nothing jumps.
    rows.resize(room + 2, Row::default());
    pop_up("Contents", rows, body, painter);
}
