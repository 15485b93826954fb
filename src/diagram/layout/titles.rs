//! Where the title of each frame stands on its border: where no edge would hide it.

use crate::diagram::placed::{Placed, Rect};
use crate::diagram::text::width;

/// Gives every frame's title its place; one that finds none is left without.
pub(super) fn set(placed: &mut Placed) {
    for index in 0..placed.frames.len() {
        let frame = &placed.frames[index];
        let cols = frame.title_lines.iter().map(|line| width(line)).max().unwrap_or(0) as i32;
        let rows = frame.title_lines.len() as i32;
        let rect = frame.rect;
        // A title of several lines would hang out below.
        let borders = [Some(rect.y), (rows == 1).then_some(rect.bottom() - 1)];
        // A piece of border beside the title looks better, and is not always to be had.
        let mut places = [2, 1].into_iter().flat_map(|beside| borders.into_iter().flatten().map(move |y| (beside, y)));
        placed.frames[index].title_box = (cols > 0)
            .then(|| places.find_map(|(beside, y)| free(placed, rect, Rect { x: 0, y, w: cols, h: rows }, beside)))
            .flatten();
    }
}

/// The first place in a border of `frame` for a title of this size where no edge hides it; `beside` columns, a blank among
/// them, are left on both sides.
fn free(placed: &Placed, frame: Rect, title: Rect, beside: i32) -> Option<Rect> {
    let mut at = Rect { x: frame.x + beside + 1, ..title };
    let last_x = frame.right() - beside - 1 - title.w;
    'place: while at.x <= last_x {
        // A blank on both sides belongs to the title.
        let wide = Rect { x: at.x - 1, w: at.w + 2, ..at };
        for edge in &placed.edges {
            for pair in edge.points.windows(2) {
                let (left, right) = (pair[0].0.min(pair[1].0), pair[0].0.max(pair[1].0));
                let (top, bottom) = (pair[0].1.min(pair[1].1), pair[0].1.max(pair[1].1));
                if wide.meets(&Rect { x: left, y: top, w: right - left + 1, h: bottom - top + 1 }) {
                    at.x = right + beside + 1;
                    continue 'place;
                }
            }
        }
        return Some(at);
    }
    None
}
