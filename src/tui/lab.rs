//! Paints the lab.

use ratatui::layout::Rect;

use super::paint::Painter;
use crate::app::lab::{Lab, Play, left_cols};

pub(super) fn view(lab: &Lab, head: Rect, body: Rect, painter: &mut Painter<'_, '_>) {
    let state = match lab.play {
        Play::Running => "running",
        Play::Paused => "paused",
        Play::Seeking { .. } => "on its way",
        Play::Ended => "ended",
    };
    painter.head(head, &format!("Simulation · {}", lab.title), state);
    let x = body.x + left_cols(body.width);
    let area = Rect { x, width: body.right().saturating_sub(x), ..body };
    painter.rows(area, &lab.view.rows);
    painter.selection(lab.selection(), &lab.view.rows, 0, area, |_| 0);
}
