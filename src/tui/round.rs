//! Paints a round of questions.

use ratatui::layout::Rect;

use super::paint::{Painter, centred};
use crate::app::Model;
use crate::app::round::Round;

pub(super) fn view(round: &Round, model: &Model, head: Rect, body: Rect, painter: &mut Painter<'_, '_>) {
    let (asked, all) = round.asked();
    painter.head(head, &round.title(&model.course), &format!("{asked} of {all} asked"));
    let column = centred(body, 90);
    let column = Rect { x: column.x.max(body.x + 2), ..column }.intersection(body);
    painter.rows(column, round.rows.iter().skip(round.top));
}
