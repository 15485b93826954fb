//! Paints the page being read, with the contents beside it where there is room.

use ratatui::layout::Rect;

use super::paint::Painter;
use crate::app::Model;
use crate::app::home::bar;
use crate::app::lesson::{Reader, SIDEBAR_ROW, columns, text_col};
use crate::app::pane::Pane;
use crate::app::row::{Row, Ui, wrapped};
use crate::course::Page;

/// Between the text and the notes beside it.
const NOTE_GAP_COLS: u16 = 3;
/// Notes stand beside the text where they have at least this room; elsewhere a sign says that there is one.
const NARROWEST_NOTE_COLS: u16 = 20;
const WIDEST_NOTE_COLS: u16 = 36;
/// Of a longer note the beginning is shown.
const MOST_NOTE_ROWS: usize = 8;

pub(super) fn view(reader: &Reader, model: &Model, head: Rect, body: Rect, painter: &mut Painter<'_, '_>) {
    let Some(page) = model.course.page(&reader.page) else {
        painter.text(
            body.x + 2,
            body.y,
            body.width,
            Ui::Warning,
            "This page is gone from the course. Esc shows the map.",
        );
        return;
    };
    let pages: Vec<_> = model.course.pages().collect();
    let number = pages.iter().position(|it| it.id == page.id).unwrap_or(0) + 1;
    let seen = reader.seen();
    let left = match minutes_left(page, seen) {
        // A narrow head has no room for both, and how far one is counts more.
        minutes if minutes > 0 && head.width >= 80 => format!("{minutes} min left  "),
        _ => String::new(),
    };
    let right = format!("{left}{} {:.0} %  {number}/{}", bar(seen, 8), seen * 100.0, pages.len());
    let lesson = model.course.lessons.iter().find(|lesson| lesson.pages.iter().any(|it| it.id == page.id));
    let title = lesson.map_or_else(String::new, |lesson| format!("{} › ", lesson.title)) + &page.title;
    painter.head(head, &title, &right);

    let (sidebar, width) = columns(body.width);
    if sidebar > 0 {
        let area = Rect { x: body.x + 1, y: SIDEBAR_ROW, width: sidebar - 2, height: body.height.saturating_sub(1) };
        let beside = reader.sidebar(&model.course, &model.progress);
        painter.rows(area, beside.iter().map(|(row, _)| row));
    }
    let text = Rect { x: body.x + text_col(body.width), width, ..body };
    // What is wider than the measure (a diagram) may use the margin too.
    let wide = Rect { width: body.right().saturating_sub(text.x + 1), ..text };
    let pane = reader.pane();
    painter.pane(&pane);
    hyperlinks(reader, &pane, wide, painter);
    marks(reader, model, text, body.right(), painter);
    if let Some((x, row, w, h)) = reader.stands_on() {
        for y in (row..row + h).filter_map(|row| row.checked_sub(reader.top)).filter(|y| *y < usize::from(text.height))
        {
            let area = Rect { x: text.x + x as u16, y: text.y + y as u16, width: w as u16, height: 1 };
            painter.highlight(area, Ui::Chosen);
        }
    }
    focus(reader, text, painter);
    if let Some(search) = &reader.search {
        painter.matches(&pane, search);
    }
}

/// Addresses for the terminal to open, where it can.
fn hyperlinks(reader: &Reader, pane: &Pane<'_>, text: Rect, painter: &mut Painter<'_, '_>) {
    let shown = pane.rows.iter().skip(pane.top);
    for (y, row) in (text.y..text.bottom()).zip(shown) {
        let mut x = text.x;
        for span in &row.spans {
            let width = Painter::width(&span.text);
            if let Some((link, target)) = span.link.and_then(|link| Some((link, reader.laid.target(link)?))) {
                let area = Rect { x, y, width, height: 1 };
                painter.hyperlink(area.intersection(text), target, link);
            }
            x = x.saturating_add(width);
        }
    }
}

/// In the margins: bookmarks, signs of notes and, where there is room at the right, the notes themselves; and the line
/// that is chosen for one.
fn marks(reader: &Reader, model: &Model, text: Rect, right: u16, painter: &mut Painter<'_, '_>) {
    let on_screen = |row: usize| row.checked_sub(reader.top).filter(|y| *y < usize::from(text.height));
    let margin = text.x.saturating_sub(1);
    for y in reader.bookmarked(&model.progress).filter_map(on_screen) {
        painter.text(margin, text.y + y as u16, 1, Ui::Key, "★");
    }
    let x = text.right() + NOTE_GAP_COLS;
    let room = right.saturating_sub(x + 1).min(WIDEST_NOTE_COLS);
    // One note begins below the one before.
    let mut free_from = 0;
    for (row, _, note) in reader.noted(&model.progress) {
        if let Some(y) = on_screen(row) {
            painter.text(margin, text.y + y as u16, 1, Ui::Key, "✎");
        }
        if room < NARROWEST_NOTE_COLS {
            continue;
        }
        let mut lines = wrapped(Ui::Muted, note, usize::from(room));
        if lines.len() > MOST_NOTE_ROWS {
            lines.truncate(MOST_NOTE_ROWS);
            lines.push(Row::ui(Ui::Muted, "…"));
        }
        free_from = row.max(free_from);
        for line in lines {
            // A drawing that is wider than the text keeps its place.
            while reader.laid.rows.get(free_from).is_some_and(|row| row.width() > usize::from(text.width)) {
                free_from += 1;
            }
            if let Some(y) = on_screen(free_from) {
                painter.row(x, text.y + y as u16, room, &line);
            }
            free_from += 1;
        }
    }
    let shown = reader.laid.rows.iter().skip(reader.top).take(usize::from(text.height));
    for (y, _) in (text.y..).zip(shown).filter(|(_, row)| reader.is_chosen(row)) {
        painter.text(text.x.saturating_sub(2), y, 1, Ui::Focus, "▌");
    }
    if let Some(y) = reader.landed_row().and_then(on_screen) {
        painter.text(text.x.saturating_sub(2), text.y + y as u16, 1, Ui::Focus, "▸");
    }
}

/// The minutes that the author gives the page, for the part that has not been on screen. 0 when nothing is left.
fn minutes_left(page: &Page, seen: f64) -> u32 {
    (f64::from(page.minutes) * (1.0 - seen)).ceil() as u32
}

fn focus(reader: &Reader, text: Rect, painter: &mut Painter<'_, '_>) {
    let Some(thing) = reader.focused() else { return };
    for row in thing.rows.clone() {
        let Some(y) = row.checked_sub(reader.top).filter(|y| *y < usize::from(text.height)) else { continue };
        let y = text.y + y as u16;
        // A bar in the margin: seen without colour, and it hides nothing.
        painter.text(text.x.saturating_sub(2), y, 1, Ui::Focus, "▌");
    }
}
