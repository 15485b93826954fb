//! Where the title of each frame stands on its border: where no edge would hide it.

use crate::diagram::placed::{Placed, Rect};
use crate::diagram::text::width;

/// Gives every frame's title its place; one that finds none is left without.
pub(super) fn set(placed: &mut Placed) {
    for index in 0..placed.frames.len() {
        let frame = &placed.frames[index];
        let cols = frame.title_lines.iter().map(|line| width(line)).max().unwrap_or(0) as i32;
        let rows = frame.title_lines.len() as i32;
        if cols == 0 || frame.rect.w < cols + 6 {
            continue;
        }
        let above = Rect { x: frame.rect.x + 3, y: frame.rect.y, w: cols, h: rows };
        let below = Rect { y: frame.rect.bottom() - 1, ..above };
        let last = frame.rect.right() - 3 - cols;
        let found = free(placed, above, last).or_else(|| if rows == 1 { free(placed, below, last) } else { None });
        placed.frames[index].title_box = found;
    }
}

/// The first place at or right of `from` that no edge comes near.
fn free(placed: &Placed, from: Rect, last_x: i32) -> Option<Rect> {
    let mut at = from;
    'place: while at.x <= last_x {
        // A blank on both sides belongs to the title.
        let wide = Rect { x: at.x - 1, w: at.w + 2, ..at };
        for edge in &placed.edges {
            for pair in edge.points.windows(2) {
                let (left, right) = (pair[0].0.min(pair[1].0), pair[0].0.max(pair[1].0));
                let (top, bottom) = (pair[0].1.min(pair[1].1), pair[0].1.max(pair[1].1));
                if wide.meets(&Rect { x: left, y: top, w: right - left + 1, h: bottom - top + 1 }) {
                    at.x = right + 3;
                    continue 'place;
                }
            }
        }
        return Some(at);
    }
    None
}
