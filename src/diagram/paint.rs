//! A placed diagram to cells.
//!
//! Lines are laid down as arms of cells (up, right, down, left, each light or heavy) and become characters at the end,
//! so that every joint comes out right however many lines meet there.

use unicode_segmentation::UnicodeSegmentation;

use super::chart::{Line, Shape, Tip};
use super::grid::{Cell, Grid, Owner, Role, Symbol};
use super::placed::{Placed, PlacedEdge, PlacedFrame, PlacedNode, Rect};
use super::text::width;

/// Draws with box-drawing characters.
pub fn draw(placed: &Placed) -> Grid {
    Canvas::new(placed, false).finish(placed)
}

/// Draws with ASCII characters, for terminals that have no others. Labels stay as they are.
pub fn draw_ascii(placed: &Placed) -> Grid {
    Canvas::new(placed, true).finish(placed)
}

/// Characters by weight of the arms: 27 × up + 9 × right + 3 × down + left, each 0 none, 1 light, 2 heavy.
const JOINTS: &str = " ╴╸╷┐┑╻┒┓╶─╾┌┬┭┎┰┱╺╼━┍┮┯┏┲┳╵┘┙│┤┥╽┧┪└┴┵├┼┽┟╁╅┕┶┷┝┾┿┢╆╈╹┚┛╿┦┩┃┨┫┖┸┹┞╀╃┠╂╉┗┺┻┡╄╇┣╊╋";

#[derive(Clone, Copy, Default)]
struct Joint {
    /// Up, right, down, left.
    arms: [u8; 4],
    is_dotted: bool,
    is_round: bool,
}

#[derive(Clone, Copy)]
enum Arm {
    Up,
    Right,
    Down,
    Left,
}

struct Canvas {
    w: i32,
    h: i32,
    cells: Vec<Cell>,
    joints: Vec<Joint>,
    is_ascii: bool,
}

impl Canvas {
    fn new(placed: &Placed, is_ascii: bool) -> Self {
        let (w, h) = (placed.width as i32, placed.height as i32);
        let count = placed.width * placed.height;
        Self { w, h, cells: vec![Cell::default(); count], joints: vec![Joint::default(); count], is_ascii }
    }

    fn finish(mut self, placed: &Placed) -> Grid {
        for (index, frame) in placed.frames.iter().enumerate() {
            self.frame(frame, Owner::Frame(index as u32));
        }
        for stroke in &placed.strokes {
            let style = Style { line: stroke.line, role: Role::Frame, owner: Owner::Nobody, is_round: false };
            self.line(stroke.from, stroke.to, style);
        }
        for (index, node) in placed.nodes.iter().enumerate() {
            self.border(node, Owner::Node(index as u32));
        }
        for (index, edge) in placed.edges.iter().enumerate() {
            self.edge(edge, Owner::Edge(index as u32));
        }
        self.join();
        for (index, node) in placed.nodes.iter().enumerate() {
            self.inside(node, Owner::Node(index as u32));
        }
        for (index, edge) in placed.edges.iter().enumerate() {
            self.tips(edge, Owner::Edge(index as u32));
            if let Some(at) = edge.label_box {
                self.text_lines(at, &edge.label_lines, Role::EdgeLabel, Owner::Edge(index as u32));
            }
        }
        for (index, frame) in placed.frames.iter().enumerate() {
            self.title(frame, Owner::Frame(index as u32));
        }
        for text in &placed.texts {
            let role = if text.is_title { Role::FrameTitle } else { Role::Label };
            self.text(text.x, text.y, &text.text, role, Owner::Nobody);
        }
        for cell in &mut self.cells {
            cell.accent = match cell.owner {
                Owner::Nobody => None,
                Owner::Node(node) => placed.nodes[node as usize].accent,
                Owner::Edge(edge) => placed.edges[edge as usize].accent,
                Owner::Frame(frame) => placed.frames[frame as usize].accent,
            };
        }
        let w = self.w.max(0) as usize;
        let rows = if w == 0 { Vec::new() } else { self.cells.chunks(w).map(<[Cell]>::to_vec).collect() };
        Grid { rows }
    }

    fn index(&self, x: i32, y: i32) -> Option<usize> {
        ((0..self.w).contains(&x) && (0..self.h).contains(&y)).then(|| (y * self.w + x) as usize)
    }

    fn arm(&mut self, (x, y): (i32, i32), arm: Arm, style: Style) {
        let Some(index) = self.index(x, y) else { return };
        let joint = &mut self.joints[index];
        let is_new = joint.arms == [0; 4];
        let weight = if style.line == Line::Thick { 2 } else { 1 };
        joint.arms[arm as usize] = joint.arms[arm as usize].max(weight);
        joint.is_dotted = style.line == Line::Dotted && (is_new || joint.is_dotted);
        joint.is_round = style.is_round && (is_new || joint.is_round);
        let cell = &mut self.cells[index];
        // A border keeps its role where a line begins.
        if cell.role != Role::Box {
            (cell.role, cell.owner) = (style.role, style.owner);
        }
    }

    /// A straight line over all cells between two, its ends half open.
    fn line(&mut self, from: (i32, i32), to: (i32, i32), style: Style) {
        let (dx, dy) = ((to.0 - from.0).signum(), (to.1 - from.1).signum());
        let (ahead, back) = match (dx, dy) {
            (1, _) => (Arm::Right, Arm::Left),
            (-1, _) => (Arm::Left, Arm::Right),
            (_, 1) => (Arm::Down, Arm::Up),
            (_, -1) => (Arm::Up, Arm::Down),
            _ => return,
        };
        let mut at = from;
        while at != to {
            self.arm(at, ahead, style);
            at = (at.0 + dx, at.1 + dy);
            self.arm(at, back, style);
        }
    }

    fn outline(&mut self, rect: Rect, style: Style) {
        let (right, bottom) = (rect.right() - 1, rect.bottom() - 1);
        let corners = [(rect.x, rect.y), (right, rect.y), (right, bottom), (rect.x, bottom)];
        for side in 0..4 {
            self.line(corners[side], corners[(side + 1) % 4], style);
        }
    }

    fn frame(&mut self, frame: &PlacedFrame, owner: Owner) {
        let style = Style { line: Line::Solid, role: Role::Frame, owner, is_round: true };
        self.outline(frame.rect, style);
        for &y in &frame.dividers {
            let style = Style { line: Line::Dotted, is_round: false, ..style };
            self.line((frame.rect.x, y), (frame.rect.right() - 1, y), style);
        }
    }

    fn title(&mut self, frame: &PlacedFrame, owner: Owner) {
        let Some(at) = frame.title_box else { return };
        for (line, y) in frame.title_lines.iter().zip(at.y..) {
            self.text(at.x - 1, y, &format!(" {line} "), Role::FrameTitle, owner);
        }
    }

    /// Hides what lies behind a note: the lifelines it was put over.
    fn clear(&mut self, rect: Rect) {
        for y in rect.y..rect.bottom() {
            for x in rect.x..rect.right() {
                if let Some(index) = self.index(x, y) {
                    (self.cells[index], self.joints[index]) = (Cell::default(), Joint::default());
                }
            }
        }
    }

    fn border(&mut self, node: &PlacedNode, owner: Owner) {
        if node.shape == Shape::Note {
            self.clear(node.rect);
        }
        let is_round = matches!(
            node.shape,
            Shape::Rounded | Shape::Circle | Shape::DoubleCircle | Shape::Cylinder | Shape::Start | Shape::End
        );
        let line = if node.shape == Shape::Bar { Line::Thick } else { Line::Solid };
        let style = Style { line, role: Role::Box, owner, is_round };
        let rect = node.rect;
        if node.shape == Shape::Bare {
            return;
        }
        if node.shape == Shape::Filled {
            return self.fill(rect, owner);
        }
        self.outline(rect, style);
        for (y, _) in node.rules() {
            self.line((rect.x, y), (rect.right() - 1, y), style);
        }
        match node.shape {
            Shape::Cylinder => self.line((rect.x, rect.y + 1), (rect.right() - 1, rect.y + 1), style),
            Shape::Subroutine => {
                self.line((rect.x + 1, rect.y), (rect.x + 1, rect.bottom() - 1), style);
                self.line((rect.right() - 2, rect.y), (rect.right() - 2, rect.bottom() - 1), style);
            }
            _ => {}
        }
    }

    fn fill(&mut self, rect: Rect, owner: Owner) {
        let symbol = if self.is_ascii { '#' } else { '█' };
        for y in rect.y..rect.bottom() {
            for x in rect.x..rect.right() {
                if let Some(index) = self.index(x, y) {
                    self.cells[index] = Cell { role: Role::Box, owner, symbol: symbol.into(), ..Cell::default() };
                }
            }
        }
    }

    fn edge(&mut self, edge: &PlacedEdge, owner: Owner) {
        let style = Style { line: edge.line, role: Role::Edge, owner, is_round: true };
        let cells = edge.cells();
        // A tip touches its box: the cell of the border gets no arm towards it. Nor does it where there is no border.
        let is_open = |end: Option<&(i32, i32)>| {
            let cell = end.and_then(|&(x, y)| self.index(x, y)).map(|index| &self.cells[index]);
            cell.is_some_and(|cell| cell.role == Role::Blank)
        };
        let first = usize::from(edge.tail != Tip::None || is_open(cells.first()));
        let last = cells.len().saturating_sub(1 + usize::from(edge.head != Tip::None || is_open(cells.last())));
        for (at, pair) in cells.windows(2).enumerate() {
            if (first..last).contains(&at) {
                self.line(pair[0], pair[1], style);
            }
        }
    }

    fn tips(&mut self, edge: &PlacedEdge, owner: Owner) {
        let cells = edge.cells();
        let count = cells.len();
        if count < 2 {
            return;
        }
        for (tip, at, towards) in [(edge.tail, cells[1], cells[0]), (edge.head, cells[count - 2], cells[count - 1])] {
            let direction = (towards.0 - at.0, towards.1 - at.1);
            let symbol = match (tip, direction, self.is_ascii) {
                (Tip::None, ..) => continue,
                (Tip::Circle, _, false) => '○',
                (Tip::Circle, _, true) => 'o',
                (Tip::Cross, _, false) => '×',
                (Tip::Cross, _, true) => 'x',
                (Tip::Diamond, _, false) => '◆',
                (Tip::HollowDiamond, _, false) => '◇',
                (Tip::Diamond, _, true) => '*',
                (Tip::HollowDiamond, _, true) => 'o',
                (Tip::Arrow, (1, _), false) => '▶',
                (Tip::Arrow, (-1, _), false) => '◀',
                (Tip::Arrow, (_, 1), false) => '▼',
                (Tip::Arrow, _, false) => '▲',
                (Tip::Open, (1, _), false) => '▷',
                (Tip::Open, (-1, _), false) => '◁',
                (Tip::Open, (_, 1), false) => '▽',
                (Tip::Open, _, false) => '△',
                (_, (1, _), true) => '>',
                (_, (-1, _), true) => '<',
                (_, (_, 1), true) => 'v',
                (_, _, true) => '^',
            };
            if let Some(index) = self.index(at.0, at.1) {
                self.cells[index] = Cell { role: Role::Arrowhead, owner, symbol: symbol.into(), ..Cell::default() };
            }
        }
    }

    /// Turns arms into characters.
    fn join(&mut self) {
        let joints: Vec<char> = JOINTS.chars().collect();
        for (cell, joint) in self.cells.iter_mut().zip(&self.joints) {
            if joint.arms == [0; 4] {
                continue;
            }
            let [mut up, mut right, mut down, mut left] = joint.arms.map(usize::from);
            // A line that only begins here is drawn over the whole cell.
            match (up + down, right + left) {
                (it, 0) if up == 0 || down == 0 => (up, down) = (it, it),
                (0, it) if right == 0 || left == 0 => (right, left) = (it, it),
                _ => {}
            }
            let symbol = if self.is_ascii {
                match (up | down, right | left) {
                    (0, _) if joint.is_dotted => '.',
                    (_, 0) if joint.is_dotted => ':',
                    (0, 2) => '=',
                    (0, _) => '-',
                    (_, 0) => '|',
                    _ => '+',
                }
            } else {
                match (joint.arms, joint.is_dotted, joint.is_round) {
                    ([0, _, 0, _], true, _) => '┄',
                    ([_, 0, _, 0], true, _) => '┆',
                    ([0, 1, 1, 0], _, true) => '╭',
                    ([0, 0, 1, 1], _, true) => '╮',
                    ([1, 1, 0, 0], _, true) => '╰',
                    ([1, 0, 0, 1], _, true) => '╯',
                    _ => joints[27 * up + 9 * right + 3 * down + left],
                }
            };
            cell.symbol = symbol.into();
        }
    }

    /// The label of a node, and what tells its shape.
    fn inside(&mut self, node: &PlacedNode, owner: Owner) {
        let rect = node.rect;
        let (right, bottom) = (rect.right() - 1, rect.bottom() - 1);
        let mut put = |x: i32, y: i32, unicode: char, ascii: char| {
            let symbol = if self.is_ascii { ascii } else { unicode };
            if let Some(index) = self.index(x, y)
                // Where a line begins its joint matters more.
                && joins_nothing_outside(self.joints[index])
            {
                self.cells[index] = Cell { role: Role::Box, owner, symbol: symbol.into(), ..Cell::default() };
            }
        };
        let (leaning, falling) = (('╱', '/'), ('╲', '\\'));
        let corners = match node.shape {
            Shape::Diamond | Shape::Hexagon => [Some(leaning), Some(falling), Some(falling), Some(leaning)],
            Shape::Parallelogram => [Some(leaning), None, None, Some(leaning)],
            Shape::ParallelogramLeft => [None, Some(falling), Some(falling), None],
            Shape::Trapezoid => [Some(leaning), Some(falling), None, None],
            Shape::TrapezoidDown => [None, None, Some(falling), Some(leaning)],
            Shape::Note => [None, Some(falling), None, None],
            _ => [None; 4],
        };
        let places = [(rect.x, rect.y), (right, rect.y), (rect.x, bottom), (right, bottom)];
        for (corner, (x, y)) in corners.into_iter().zip(places) {
            if let Some((unicode, ascii)) = corner {
                put(x, y, unicode, ascii);
            }
        }
        let sides = match node.shape {
            Shape::Diamond => Some(('<', '>')),
            Shape::Circle | Shape::DoubleCircle => Some(('(', ')')),
            Shape::Flag => Some(('>', '│')),
            _ => None,
        };
        if let Some((left_side, right_side)) = sides {
            for y in rect.y + 1..bottom {
                put(rect.x, y, left_side, left_side);
                put(right, y, right_side, if right_side == '│' { '|' } else { right_side });
                if node.shape == Shape::DoubleCircle {
                    put(rect.x + 1, y, left_side, left_side);
                    put(right - 1, y, right_side, right_side);
                }
            }
        }
        match node.shape {
            Shape::Start => put(rect.x + rect.w / 2, rect.y + rect.h / 2, '●', '*'),
            Shape::End => put(rect.x + rect.w / 2, rect.y + rect.h / 2, '◉', '@'),
            _ => {}
        }
        for (line, y) in node.lines.iter().zip(node.label_y()..) {
            let x = rect.x + (rect.w - width(line) as i32) / 2;
            self.text(x, y, line, Role::Label, owner);
        }
        for (rule, lines) in node.rules() {
            for (line, y) in lines.iter().zip(rule + 1..) {
                self.text(rect.x + 2, y, line, Role::Label, owner);
            }
        }
    }

    fn text_lines(&mut self, at: Rect, lines: &[String], role: Role, owner: Owner) {
        for (line, y) in lines.iter().zip(at.y..) {
            self.text(at.x, y, line, role, owner);
        }
    }

    /// Text from a cell on, cluster by cluster: a wide one covers the cell beside it.
    fn text(&mut self, mut x: i32, y: i32, text: &str, role: Role, owner: Owner) {
        for cluster in text.graphemes(true) {
            let cols = width(cluster) as i32;
            if cols == 0 {
                continue;
            }
            if let (Some(first), Some(_)) = (self.index(x, y), self.index(x + cols - 1, y)) {
                // A tab in a line of source.
                let symbol = if cluster == "\t" { ' '.into() } else { cluster.into() };
                self.cells[first] = Cell { role, owner, symbol, ..Cell::default() };
                for covered in first + 1..first + cols as usize {
                    self.cells[covered] = Cell { role, owner, symbol: Symbol::Covered, ..Cell::default() };
                }
            }
            x += cols;
        }
    }
}

#[derive(Clone, Copy)]
struct Style {
    line: Line,
    role: Role,
    owner: Owner,
    is_round: bool,
}

/// Whether a cell of a border is a plain side or corner.
fn joins_nothing_outside(joint: Joint) -> bool {
    joint.arms.iter().filter(|&&arm| arm > 0).count() <= 2
}
