//! Paints an exercise: the sheet, or the prompt with the editor below it.

use ratatui::layout::Rect;
use ratatui::widgets::{Block, BorderType};

use super::code;
use super::paint::Painter;
use crate::app::exercise::{Drawing, Sheet, Stage};
use crate::app::row::{Role, Ui};

pub(super) fn view(sheet: &Sheet, head: Rect, body: Rect, painter: &mut Painter<'_, '_>) {
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
    let Some(editor) = sheet.editor().filter(|_| sheet.is_writing()) else { return };
    let column = Rect { x: pane.x, width: pane.cols, ..body };
    let prompt_rows = pane.n_rows as u16;
    let y = (column.y + prompt_rows + u16::from(prompt_rows > 0)).min(column.bottom());
    let area = Rect { y, height: column.bottom().saturating_sub(y), ..column };
    if let Some(code) = &sheet.code {
        return code::view(code, area, painter);
    }
    let area = drawing(&sheet.drawing, area, painter);
    let words = editor.text().split_whitespace().count();
    let block = Block::bordered()
        .border_type(BorderType::Rounded)
        .border_style(painter.theme.style(Role::Ui(Ui::Focus)))
        .title(format!(" Your answer · {words} {} ", if words == 1 { "word" } else { "words" }));
    painter.editor(editor.area(), Some(block), area);
}

/// Paints what is drawn of a flow, above the editor or beside it. Returns what it leaves of `area`.
fn drawing(drawing: &Drawing, area: Rect, painter: &mut Painter<'_, '_>) -> Rect {
    if drawing.rows.is_empty() {
        return area;
    }
    if drawing.is_beside {
        let width = (Drawing::beside_cols(usize::from(area.width)) as u16).min(area.width);
        painter.rows(Rect { x: area.right() - width, width, ..area }, drawing.rows.iter());
        return Rect { width: area.width - width - 1.min(area.width - width), ..area };
    }
    let height = (drawing.rows.len() as u16).min(area.height);
    painter.rows(Rect { height, ..area }, drawing.rows.iter());
    Rect { y: area.y + height, height: area.height - height, ..area }
}
