//! Key → Action, and Model → cells.
//!
//! Absent: decisions. Nothing here changes the model, counts points or reads a file; one file paints one screen of `app`
//! and has its name.

mod code;
mod exercise;
mod function;
mod goals;
mod home;
pub mod hyperlink;
pub mod keys;
mod lab;
mod lesson;
mod overlay;
mod paint;
mod present;
mod queue;
mod round;
pub mod theme;
mod zoomed;

pub use keys::{action, click};
pub use theme::{Depth, Theme};

use ratatui::Frame;
use ratatui::layout::Rect;

use crate::app::overlay::Overlay;
use crate::app::row::{Ui, wrapped};
use crate::app::{Model, SMALLEST, Screen};
use paint::Painter;

/// Paints the whole screen.
pub fn view(model: &Model, theme: &Theme, frame: &mut Frame<'_>) {
    let area = frame.area();
    if area.is_empty() {
        return;
    }
    let mut painter = Painter::new(frame, theme);
    painter.ground(area);
    if area.width < SMALLEST.cols || area.height < SMALLEST.rows {
        too_small(area, &mut painter);
        return;
    }
    let head = Rect { height: 1, ..area };
    let body = Rect { y: area.y + 1, height: area.height - 3, ..area };
    let foot = Rect { y: area.y + area.height - 2, height: 2, ..area };
    match model.screen() {
        Screen::Home(home) => home::view(home, model, head, &mut painter),
        Screen::Page(reader) => lesson::view(reader, model, head, body, &mut painter),
        Screen::Round(it) => round::view(it, model, head, &mut painter),
        Screen::Show(show) => present::view(show, model, head, body, &mut painter),
        Screen::Goals(it) => goals::view(it, model, head, &mut painter),
        Screen::Exercise(sheet) => exercise::view(sheet, head, &mut painter),
        Screen::Zoomed(it) => zoomed::view(it, head, body, &mut painter),
        Screen::Lab(lab) => lab::view(lab, head, &mut painter),
        Screen::Queue(it) => queue::view(it, model.size, head, &mut painter),
        Screen::Function(bench) => function::view(bench, head, &mut painter),
    }
    if let Some(overlay) = &model.overlay {
        overlay::view(overlay, model, &mut painter);
    }
    if let Some((pane, selection)) = model.selected() {
        painter.selection(&pane, &selection);
    }
    footer(model, foot, &mut painter);
}

fn too_small(area: Rect, painter: &mut Painter<'_, '_>) {
    let said = [
        format!("coldstart needs {}×{}", SMALLEST.cols, SMALLEST.rows),
        format!("this is {}×{}", area.width, area.height),
        "make the window larger".to_owned(),
        "q quits, all is kept".to_owned(),
    ];
    for (y, line) in (area.y..area.bottom()).zip(&said) {
        painter.text(area.x, y, area.width, Ui::Text, line);
    }
}

/// Two lines: what there is to say, and the keys that work now.
fn footer(model: &Model, area: Rect, painter: &mut Painter<'_, '_>) {
    let prompt = match (&model.overlay, model.screen()) {
        (Some(Overlay::Prompt(prompt)), _) => Some(prompt.says()),
        // What was wrong with what is typed is said in its place, until the next key.
        (None, Screen::Page(reader)) if model.notice.is_none() || reader.number.is_none() => reader.prompt(),
        (None, Screen::Lab(lab)) if model.notice.is_none() => lab.prompt(),
        (None, Screen::Show(show)) => show.prompt(),
        (None, Screen::Zoomed(it)) => it.prompt(),
        _ => None,
    };
    let width = area.width.saturating_sub(2);
    if let Some(prompt) = prompt {
        painter.text(area.x + 1, area.y, width, Ui::Strong, &prompt);
    } else if let Some(notice) = &model.notice {
        let role = if notice.grave { Ui::Warning } else { Ui::Strong };
        // What does not fit on its line grows upwards, over the last lines of the screen.
        let rows = wrapped(role, &notice.text, usize::from(width));
        let more = (rows.len() as u16).saturating_sub(1).min(area.y);
        let said = Rect { x: area.x, y: area.y - more, height: more + 1, ..area };
        painter.clear(said);
        painter.rows(Rect { x: said.x + 1, width, ..said }, &rows);
    }
    for seat in keys::footer(model, area.width) {
        let (from, end) = (area.x + seat.cols.start, area.x + seat.cols.end);
        let x = painter.text(from, area.y + 1, end - from, Ui::Key, seat.key);
        painter.text(x + 1, area.y + 1, end - x - 1, Ui::Muted, seat.does);
    }
}
