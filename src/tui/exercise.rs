//! Paints an exercise: the sheet, or the prompt with the editor below it.

use ratatui::layout::Rect;
use ratatui::widgets::{Block, BorderType};

use super::code;
use super::paint::{Painter, rect};
use crate::app::exercise::{Sheet, Stage};
use crate::app::row::{Role, Ui};

pub(super) fn view(sheet: &Sheet, head: Rect, painter: &mut Painter<'_, '_>) {
    let right = match &sheet.stage {
        Stage::Answering => "answering",
        Stage::Reading => "draft kept",
        Stage::Grading { .. } => "grading …",
        Stage::Keeping { .. } => "saving …",
        Stage::Judged { .. } => "graded",
        Stage::Checking { .. } => "your own check",
    };
    painter.head(head, &sheet.title, right);
    let pane = sheet.pane();
    painter.pane(&pane);
    let (Some(editor), Some(place)) = (sheet.editor(), sheet.editor_place()) else { return };
    if let Some(code) = &sheet.code {
        return code::view(code, rect(place.frame), painter);
    }
    painter.rows(rect(place.drawing), sheet.drawing.rows.iter());
    let words = editor.text().split_whitespace().count();
    let block = Block::bordered()
        .border_type(BorderType::Rounded)
        .border_style(painter.theme.style(Role::Ui(Ui::Focus)))
        .title(format!(" Your answer · {words} {} ", if words == 1 { "word" } else { "words" }));
    painter.frame.render_widget(block, rect(place.frame));
    painter.editor(editor.area(), rect(place.text));
}
