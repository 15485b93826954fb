//! Paints what lies over a screen: the keys, the contents, the words of the course, a note.

use super::keys;
use super::paint::{Painter, rect};
use crate::app::field::Field;
use crate::app::glossary::{NAMES_COLS, Words};
use crate::app::note::Note;
use crate::app::overlay::{Contents, Overlay};
use crate::app::pop_up::{list_rows, list_top, pop_up};
use crate::app::row::{Row, Span, Ui, frame, wrapped};
use crate::app::{Model, Size};

pub(super) fn view(overlay: &Overlay, model: &Model, painter: &mut Painter<'_, '_>) {
    match overlay {
        Overlay::Help { top } => help(*top, model, painter),
        Overlay::Contents(contents) => list(contents, model.size, painter),
        Overlay::Note(it) => note(it, model.size, painter),
        Overlay::Words(words) => glossary(words, model, painter),
        // It is typed into the line above the keys.
        Overlay::Prompt(_) => {}
    }
}

/// A cleared box in the middle of the body with a frame around; `rows` are inside.
fn boxed(title: &str, mut rows: Vec<Row>, size: Size, painter: &mut Painter<'_, '_>) {
    let area = pop_up(size, rows.len() as u16 + 2);
    rows.truncate(usize::from(area.rows) - 2);
    painter.clear(rect(area));
    painter.rows(rect(area), &frame(title, "", rows, usize::from(area.cols)));
}

fn help(top: usize, model: &Model, painter: &mut Painter<'_, '_>) {
    let inside = pop_up(model.size, model.size.rows).inside();
    let width = usize::from(inside.cols);
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
    let room = usize::from(inside.rows);
    let top = top.min(rows.len().saturating_sub(room));
    let more = rows.len() > top + room;
    let mut shown: Vec<Row> = rows.into_iter().skip(top).take(room).collect();
    if more && let Some(last) = shown.last_mut() {
        *last = Row::ui(Ui::Muted, "↓ more");
    }
    boxed("Keys that work here", shown, model.size, painter);
}

fn list(contents: &Contents, size: Size, painter: &mut Painter<'_, '_>) {
    let room = list_rows(size);
    let places = contents.shown();
    let top = list_top(size, contents.chosen, places.len());
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
    boxed("Contents", rows, size, painter);
}

/// Names at the left, and at the right what the chosen one means.
fn glossary(words: &Words, model: &Model, painter: &mut Painter<'_, '_>) {
    let room = list_rows(model.size);
    let terms = words.shown(&model.course.glossary);
    let top = list_top(model.size, words.chosen, terms.len());
    let mut rows = vec![filter_row(&words.filter), Row::default()];
    if terms.is_empty() {
        rows.push(Row::ui(Ui::Muted, "No term of the course has these words."));
    }
    rows.extend(terms.iter().enumerate().skip(top).take(room).map(|(index, term)| {
        let role = if index == words.chosen { Ui::Chosen } else { Ui::Text };
        Row::ui(role, term.name.clone()).cut(usize::from(NAMES_COLS) - 2)
    }));
    // The box keeps its height while it is filtered, so that nothing jumps.
    rows.resize(room + 2, Row::default());
    boxed("Words of the course", rows, model.size, painter);
    painter.pane(&words.meaning(&model.course, model.size));
}

/// The words it stands beside, and below them the note.
fn note(note: &Note, size: Size, painter: &mut Painter<'_, '_>) {
    let (mut rows, written) = note.lay_out(size);
    rows.resize(rows.len() + usize::from(written.rows), Row::default());
    boxed("Your note on this line", rows, size, painter);
    painter.editor(note.editor.area(), rect(written));
}

fn filter_row(filter: &Field) -> Row {
    Row::of([Span::ui(Ui::Muted, "Filter: "), Span::ui(Ui::Strong, format!("{}▏", filter.text))])
}
