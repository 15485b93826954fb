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
    painter.head(head, &format!("Simulation · {}", lab.title), &format!("{state}  ×{}", speed(lab.speed)));
    let x = body.x + left_cols(body.width);
    painter.rows(Rect { x, width: body.right().saturating_sub(x), ..body }, &lab.view.rows);
}

fn speed(factor: f64) -> String {
    if factor >= 1.0 { format!("{factor:.0}") } else { format!("1/{:.0}", 1.0 / factor) }
}
