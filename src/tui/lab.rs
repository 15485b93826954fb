//! Paints the lab.

use ratatui::layout::Rect;

use super::paint::Painter;
use crate::app::lab::{Lab, Play};

pub(super) fn view(lab: &Lab, head: Rect, painter: &mut Painter<'_, '_>) {
    let state = match lab.play {
        Play::Running => "running",
        Play::Paused => "paused",
        Play::Seeking { .. } => "on its way",
        Play::Ended => "ended",
    };
    painter.head(head, &format!("Simulation · {}", lab.title), state);
    painter.pane(&lab.pane());
}
