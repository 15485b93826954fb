//! How large a box is, and how its label is set.

use crate::diagram::chart::{Direction, Node, Shape};
use crate::diagram::text::{width, wrap};

/// How labels are wrapped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Measure {
    pub(super) box_cols: usize,
    pub(super) edge_cols: usize,
    /// Breaks even words that are longer than that.
    pub(super) breaks_words: bool,
}

/// A box as it will be drawn: the lines of its label, and its columns and rows with the border.
pub(super) struct Boxed {
    pub(super) lines: Vec<String>,
    pub(super) w: i32,
    pub(super) h: i32,
}

pub(super) fn boxed(node: &Node, measure: Measure, direction: Direction) -> Boxed {
    match node.shape {
        Shape::Start | Shape::End => return Boxed { lines: Vec::new(), w: 5, h: 3 },
        Shape::Bar if direction.is_sideways() => return Boxed { lines: Vec::new(), w: 1, h: 5 },
        Shape::Bar => return Boxed { lines: Vec::new(), w: 9, h: 1 },
        _ => {}
    }
    let lines = wrap(&node.label, measure.box_cols, measure.breaks_words);
    let text = lines.iter().map(|line| width(line)).max().unwrap_or(0).max(1) as i32;
    let rows = lines.len().max(1) as i32;
    let (w, h) = match node.shape {
        Shape::Bare => (text + 2, rows),
        Shape::Subroutine | Shape::DoubleCircle => (text + 6, rows + 2),
        Shape::Cylinder => (text + 4, rows + 3),
        _ => (text + 4, rows + 2),
    };
    Boxed { lines, w, h }
}
