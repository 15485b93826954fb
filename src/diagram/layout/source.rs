//! A kind that is not drawn: why, and its own lines.

use crate::diagram::graph::Source;
use crate::diagram::placed::{Placed, Text};
use crate::diagram::text::{width, wrap};

/// Says of a chart that it would be too large, in place of its drawing.
pub(super) fn too_large(placed: &Placed, width_cols: i32) -> Placed {
    let Placed { nodes, edges, .. } = placed;
    let reason = format!(
        "This diagram has {} boxes and {} edges and would take {} columns and {} rows. Split it into several.",
        nodes.len(),
        edges.len(),
        placed.width,
        placed.height
    );
    self::placed(&Source { keyword: placed.title.clone(), reason, lines: Vec::new() }, width_cols)
}

pub(super) fn placed(source: &Source, width_cols: i32) -> Placed {
    let mut placed = Placed { kind: "source", title: source.keyword.clone(), ..Placed::default() };
    let mut y = 0;
    for line in wrap(&source.reason, width_cols.max(20) as usize, false) {
        placed.texts.push(Text { x: 0, y, text: line, is_title: true });
        y += 1;
    }
    for line in &source.lines {
        y += 1;
        placed.texts.push(Text { x: 0, y, text: line.clone(), is_title: false });
    }
    placed.width = placed.texts.iter().map(|it| width(&it.text)).max().unwrap_or(0);
    placed.height = y as usize + 1;
    placed
}
