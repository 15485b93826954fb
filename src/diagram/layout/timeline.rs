//! A timeline from above to below: periods on the left of a line, what happened on its right.

use super::flow::extent;
use crate::diagram::chart::Line;
use crate::diagram::placed::{Placed, PlacedNode, Stroke, Text};
use crate::diagram::text::wrap;
use crate::diagram::timeline::{Period, Timeline};

/// From the line to the words on its right, and from those on its left to the line.
const REACH_COLS: i32 = 3;

pub(super) fn placed(timeline: &Timeline, width_cols: i32) -> Placed {
    let mut placed = Placed { kind: "timeline", title: timeline.title.clone(), ..Placed::default() };
    let mut y = super::heading(&mut placed, width_cols);
    let periods = || timeline.eras.iter().flat_map(|era| &era.periods);
    let name_lines = |period: &Period| wrap(&period.name, (width_cols / 3).max(8) as usize, true);
    let name_cols = periods().map(|it| extent(&name_lines(it)).0).max().unwrap_or(0);
    let axis = name_cols + 1;
    let event_cols = (width_cols - axis - REACH_COLS).max(12) as usize;
    for (index, era) in timeline.eras.iter().enumerate() {
        if !era.title.is_empty() {
            y += i32::from(index > 0);
            for text in wrap(&era.title, width_cols.max(8) as usize, false) {
                placed.texts.push(Text { x: 0, y, text, is_title: true });
                y += 1;
            }
        }
        let top = y;
        let mut last = y;
        for period in &era.periods {
            let name = name_lines(period);
            let (cols, rows) = extent(&name);
            placed.nodes.push(PlacedNode::words(&period.name, &period.name, name, (name_cols - cols, y)));
            placed.strokes.push(Stroke { from: (axis, y), to: (axis + 1, y), line: Line::Solid });
            last = y;
            let below = y + rows;
            for event in &period.events {
                let lines = wrap(event, event_cols, true);
                placed.strokes.push(Stroke { from: (axis, y), to: (axis + 1, y), line: Line::Solid });
                last = y;
                let node = PlacedNode::words(event, event, lines, (axis + REACH_COLS, y));
                y = node.rect.bottom();
                placed.nodes.push(node);
            }
            y = y.max(below) + 1;
        }
        if last > top {
            placed.strokes.push(Stroke { from: (axis, top), to: (axis, last), line: Line::Solid });
        }
        y -= 1;
    }
    super::close(&mut placed);
    placed
}
