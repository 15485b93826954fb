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

/// A box as it will be drawn: the lines of its label and of what stands below, its columns and rows with the border.
#[derive(Clone, Debug, Default)]
pub(super) struct Boxed {
    pub(super) lines: Vec<String>,
    pub(super) compartments: Vec<Vec<String>>,
    pub(super) w: i32,
    pub(super) h: i32,
}

pub(super) fn boxed(node: &Node, measure: Measure, direction: Direction) -> Boxed {
    match node.shape {
        Shape::Start | Shape::End => return Boxed { w: 5, h: 3, ..Boxed::default() },
        Shape::Bar if direction.is_sideways() => return Boxed { w: 1, h: 5, ..Boxed::default() },
        Shape::Bar => return Boxed { w: 9, h: 1, ..Boxed::default() },
        _ => {}
    }
    let lines = wrap(&node.label, measure.box_cols, measure.breaks_words);
    let compartments: Vec<Vec<String>> =
        node.compartments.iter().map(|members| members.iter().flat_map(|it| member(it, measure)).collect()).collect();
    let text =
        lines.iter().chain(compartments.iter().flatten()).map(|line| width(line)).max().unwrap_or(0).max(1) as i32;
    // A rule stands above each compartment.
    let rows = (lines.len().max(1) + compartments.iter().map(|it| 1 + it.len()).sum::<usize>()) as i32;
    let (w, h) = match node.shape {
        Shape::Bare => (text + 2, rows),
        Shape::Subroutine | Shape::DoubleCircle => (text + 6, rows + 2),
        Shape::Cylinder => (text + 4, rows + 3),
        _ => (text + 4, rows + 2),
    };
    Boxed { lines, compartments, w, h }
}

/// An attribute or method: a line of its own, what does not fit set in below.
fn member(text: &str, measure: Measure) -> Vec<String> {
    let mut lines = wrap(text, measure.box_cols.max(LEAST_MEMBER_COLS), measure.breaks_words);
    for line in lines.iter_mut().skip(1) {
        line.insert_str(0, "  ");
    }
    lines
}

/// Narrower than this, members of classes are hard to tell from each other.
const LEAST_MEMBER_COLS: usize = 18;
