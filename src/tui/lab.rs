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

/// `20`, `10,000`, `1/5`.
fn speed(factor: f64) -> String {
    match factor {
        factor if factor >= 1000.0 => format!("{:.0},000", factor / 1000.0),
        factor if factor >= 1.0 => format!("{factor:.0}"),
        factor => format!("1/{:.0}", 1.0 / factor),
    }
}
