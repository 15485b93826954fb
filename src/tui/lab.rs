//! Paints the lab.

use ratatui::layout::Rect;

use super::paint::{Painter, centred};
use crate::app::lab::{Lab, Play};

pub(super) fn view(lab: &Lab, head: Rect, body: Rect, painter: &mut Painter<'_, '_>) {
    let state = match lab.play {
        Play::Running => "running",
        Play::Paused => "paused",
        Play::Finishing => "running to the end",
        Play::Ended => "ended",
    };
    painter.head(head, &format!("Simulation · {}", lab.title), &format!("{state}  ×{}", speed(lab.speed)));
    let column = centred(body, 150);
    painter.rows(Rect { x: column.x + 1, width: column.width.saturating_sub(2), ..column }, &lab.rows);
}

fn speed(factor: f64) -> String {
    if factor >= 1.0 { format!("{factor:.0}") } else { format!("1/{:.0}", 1.0 / factor) }
}
