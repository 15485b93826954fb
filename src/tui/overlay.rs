//! Paints what lies over a screen: the keys, the contents, the words of the course, a note.

use ratatui::layout::Rect;

use super::keys;
use super::paint::{Painter, centred};
use crate::app::Model;
use crate::app::field::Field;
use crate::app::glossary::{Words, taught_on};
use crate::app::note::Note;
use crate::app::overlay::{Contents, Overlay};
use crate::app::row::{Row, Span, Ui, frame, wrapped};
use crate::course::Course;

pub(super) fn view(overlay: &Overlay, model: &Model, body: Rect, painter: &mut Painter<'_, '_>) {
    match overlay {
        Overlay::Help { top } => help(*top, model, body, painter),
        Overlay::Contents(contents) => list(contents, body, painter),
        Overlay::Note(it) => note(it, body, painter),
        Overlay::Words(words) => glossary(words, &model.course, body, painter),
        // It is typed into the line above the keys.
        Overlay::Prompt(_) => {}
    }
}

/// A cleared box in the middle of the body with a frame around; `rows` are inside.
fn pop_up(title: &str, rows: Vec<Row>, body: Rect, painter: &mut Painter<'_, '_>) {
    let area = centred(body, 76);
    let height = (rows.len() as u16 + 2).min(area.height);
    let area = Rect { y: area.y + (area.height - height) / 2, height, ..area };
    painter.clear(area);
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
    let mut rows = vec![filter_row(&contents.filter), Row::default()];
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

/// Names at the left, and at the right what the chosen one means.
fn glossary(words: &Words, course: &Course, body: Rect, painter: &mut Painter<'_, '_>) {
    const NAMES_COLS: usize = 24;
    let width = usize::from(body.width.min(76)) - 4;
    let room = usize::from(body.height).saturating_sub(4).max(1);
    let terms = words.shown(&course.glossary);
    let top = words.chosen.saturating_sub(room / 2).min(terms.len().saturating_sub(room));
    let mut says = Vec::new();
    if let Some(term) = terms.get(words.chosen) {
        let width = width - NAMES_COLS;
        says.extend(wrapped(Ui::Title, &term.name, width));
        if !term.also.is_empty() {
            says.extend(wrapped(Ui::Muted, &format!("also {}", term.also.join(", ")), width));
        }
        says.push(Row::default());
        says.extend(wrapped(Ui::Text, &term.says, width));
        if let Some(place) = taught_on(course, term) {
            says.push(Row::default());
            says.extend(wrapped(Ui::Muted, &format!("Enter: {place}"), width));
        }
    }
    let mut rows = vec![filter_row(&words.filter), Row::default()];
    if terms.is_empty() {
        rows.push(Row::ui(Ui::Muted, "No term of the course has these words."));
    }
    for line in 0..room {
        let name = terms.get(top + line).map_or_else(Row::default, |term| {
            let role = if top + line == words.chosen { Ui::Chosen } else { Ui::Text };
            Row::ui(role, term.name.clone()).cut(NAMES_COLS - 2)
        });
        let mut row = name.padded(NAMES_COLS, Ui::Text);
        row.spans.extend(says.get(line).cloned().unwrap_or_default().spans);
        rows.push(row);
    }
    rows.truncate(room + 2);
    pop_up("Words of the course", rows, body, painter);
}

/// The words it stands beside, and below them the note.
fn note(note: &Note, body: Rect, painter: &mut Painter<'_, '_>) {
    const WRITTEN_ROWS: u16 = 8;
    let area = centred(body, 76);
    let mut beside = wrapped(Ui::Muted, &format!("“{}”", note.passage), usize::from(area.width) - 4);
    beside.push(Row::default());
    let height = (beside.len() as u16 + WRITTEN_ROWS + 2).min(area.height);
    let area = Rect { y: area.y + (area.height - height) / 2, height, ..area };
    let n_beside = beside.len() as u16;
    painter.clear(area);
    let mut rows = beside;
    rows.resize(usize::from(height) - 2, Row::default());
    painter.rows(area, &frame("Your note on this line", "", rows, usize::from(area.width)));
    let inside = Rect { x: area.x + 2, y: area.y + 1 + n_beside, width: area.width - 4, height: height - 2 - n_beside };
    painter.editor(note.editor.area(), None, inside);
}

fn filter_row(filter: &Field) -> Row {
    Row::of([Span::ui(Ui::Muted, "Filter: "), Span::ui(Ui::Strong, format!("{}▏", filter.text))])
}
