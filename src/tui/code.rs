//! Paints the part of a file that an editor shows, in a frame, with the cursor in it.

use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use ratatui::widgets::{Block, BorderType, Padding};

use super::paint::Painter;
use crate::app::code::CodeView;
use crate::app::row::{Role, Ui};

pub(super) fn view(code: &CodeView, area: Rect, painter: &mut Painter<'_, '_>) {
    let block = Block::bordered()
        .border_type(BorderType::Rounded)
        .border_style(painter.theme.style(Role::Ui(Ui::Focus)))
        .padding(Padding::horizontal(1))
        .title(format!(" {} ", code.title));
    let inner = block.inner(area);
    painter.frame.render_widget(block, area);
    painter.rows(inner, &code.rows);
    let (column, row) = code.cursor;
    let cursor = Rect { x: inner.x + column as u16, y: inner.y + row as u16, width: 1, height: 1 };
    let cursor = cursor.intersection(inner);
    painter.frame.buffer_mut().set_style(cursor, Style::new().add_modifier(Modifier::REVERSED));
}
