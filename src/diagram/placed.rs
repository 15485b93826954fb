//! A diagram with every part in its place, in character cells: what `draw`, `svg` and `json` show.
//!
//! The origin is the top left cell. A border is part of its box: a box of width 3 has room for one letter.

use super::chart::{Accent, Line, Shape, Tip};
use super::text::width;

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Placed {
    /// The kind of diagram: `flowchart`, `sequence`, `state`, …
    pub kind: &'static str,
    pub title: String,
    pub width: usize,
    pub height: usize,
    pub nodes: Vec<PlacedNode>,
    pub edges: Vec<PlacedEdge>,
    pub frames: Vec<PlacedFrame>,
    /// Lines that join nothing: the lifelines of a sequence.
    pub strokes: Vec<Stroke>,
    /// Words that belong to no part: a diagram's title, the source of one that is not drawn.
    pub texts: Vec<Text>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rect {
    pub x: i32,
    pub y: i32,
    pub w: i32,
    pub h: i32,
}

impl Rect {
    /// The first column on the right that is not part of it.
    pub fn right(&self) -> i32 {
        self.x + self.w
    }

    pub fn bottom(&self) -> i32 {
        self.y + self.h
    }

    pub fn contains(&self, x: i32, y: i32) -> bool {
        (self.x..self.right()).contains(&x) && (self.y..self.bottom()).contains(&y)
    }

    pub fn meets(&self, other: &Self) -> bool {
        self.x < other.right() && other.x < self.right() && self.y < other.bottom() && other.y < self.bottom()
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct PlacedNode {
    pub id: String,
    pub label: String,
    /// The label as wrapped.
    pub lines: Vec<String>,
    /// What stands below, ruled off, as wrapped.
    pub compartments: Vec<Vec<String>>,
    pub shape: Shape,
    pub rect: Rect,
    pub link: Option<String>,
    pub accent: Option<Accent>,
}

impl PlacedNode {
    /// Words without a border, as large as they are.
    pub(super) fn words(id: &str, label: &str, lines: Vec<String>, (x, y): (i32, i32)) -> Self {
        let w = lines.iter().map(|line| width(line)).max().unwrap_or(0) as i32;
        let rect = Rect { x, y, w, h: lines.len() as i32 };
        Self {
            id: id.to_owned(),
            label: label.to_owned(),
            lines,
            compartments: Vec::new(),
            shape: Shape::Bare,
            rect,
            link: None,
            accent: None,
        }
    }

    /// The row of the label's first line: in the middle of what is inside the border.
    pub(super) fn label_y(&self) -> i32 {
        if !self.compartments.is_empty() {
            return self.rect.y + 1;
        }
        let (top, border) = match self.shape {
            Shape::Bare => (0, 0),
            // Its lid takes a row more.
            Shape::Cylinder => (2, 3),
            _ => (1, 2),
        };
        self.rect.y + top + (self.rect.h - border - self.lines.len() as i32) / 2
    }

    /// For each compartment the row of the rule above it.
    pub(super) fn rules(&self) -> impl Iterator<Item = (i32, &[String])> {
        let mut y = self.label_y() + self.lines.len() as i32;
        self.compartments.iter().map(move |lines| {
            let rule = y;
            y += 1 + lines.len() as i32;
            (rule, lines.as_slice())
        })
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct PlacedEdge {
    pub from: String,
    pub to: String,
    pub label: String,
    pub label_lines: Vec<String>,
    pub label_box: Option<Rect>,
    pub line: Line,
    pub tail: Tip,
    pub head: Tip,
    /// Corners in cells from the source's border to the target's. Empty when the edge is not drawn.
    pub points: Vec<(i32, i32)>,
    pub accent: Option<Accent>,
}

impl PlacedEdge {
    /// Every cell of the path, from the source's border to the target's: the way an event travels.
    pub fn cells(&self) -> Vec<(i32, i32)> {
        let mut cells: Vec<(i32, i32)> = self.points.first().copied().into_iter().collect();
        for pair in self.points.windows(2) {
            let ((mut x, mut y), (to_x, to_y)) = (pair[0], pair[1]);
            while (x, y) != (to_x, to_y) {
                x += (to_x - x).signum();
                y += (to_y - y).signum();
                cells.push((x, y));
            }
        }
        cells
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct PlacedFrame {
    pub id: String,
    pub title: String,
    pub title_lines: Vec<String>,
    pub rect: Rect,
    /// Where the title stands: on the border.
    pub title_box: Option<Rect>,
    /// Rows of lines across the frame, between the branches of an alternative.
    pub dividers: Vec<i32>,
    pub accent: Option<Accent>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Stroke {
    pub from: (i32, i32),
    pub to: (i32, i32),
    pub line: Line,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Text {
    pub x: i32,
    pub y: i32,
    pub text: String,
    pub is_title: bool,
}
