//! A kind that is not drawn: why, and its own lines.

use crate::diagram::chart::Source;
use crate::diagram::placed::{Placed, Text};
use crate::diagram::text::{width, wrap};

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
