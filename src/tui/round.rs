//! Paints a round of questions.

use ratatui::layout::Rect;

use super::paint::Painter;
use crate::app::Model;
use crate::app::round::Round;

pub(super) fn view(round: &Round, model: &Model, head: Rect, painter: &mut Painter<'_, '_>) {
    let (asked, all) = round.asked();
    painter.head(head, &round.title(&model.course), &format!("{asked} of {all} asked"));
    painter.pane(&round.pane());
}
