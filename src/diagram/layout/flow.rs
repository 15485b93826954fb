//! Between flow coordinates and cells: what is across and along for each direction, and how much air there is.

use super::layered::{Gaps, Item, Size};
use super::route::{Area, Spot};
use crate::diagram::chart::Direction;
use crate::diagram::placed::Rect;
use crate::diagram::text::width;

pub(super) fn gaps(direction: Direction, is_tight: bool) -> Gaps {
    match (direction.is_sideways(), is_tight) {
        (false, is_tight) => Gaps {
            boxes: if is_tight { 1 } else { 3 },
            line_to_box: if is_tight { 1 } else { 2 },
            lines: if is_tight { 1 } else { 3 },
            frames: if is_tight { 1 } else { 2 },
            channel: 2,
            before_label: 1,
            after_label: 1,
            lead: 0,
            trail: 0,
            track_pitch: 1,
            tracks: 1,
            port_pitch: 2,
            label_pin_after: false,
            centres_layers: true,
        },
        (true, is_tight) => Gaps {
            boxes: i32::from(!is_tight),
            line_to_box: i32::from(!is_tight),
            lines: i32::from(!is_tight),
            frames: i32::from(!is_tight),
            channel: if is_tight { 3 } else { 5 },
            before_label: 0,
            after_label: 2,
            lead: 1,
            trail: 1,
            track_pitch: if is_tight { 1 } else { 2 },
            tracks: 1,
            port_pitch: 1,
            label_pin_after: true,
            centres_layers: false,
        },
    }
}

/// Between flow coordinates and cells.
#[derive(Clone, Copy)]
pub(super) struct Flow {
    pub(super) direction: Direction,
}

impl Flow {
    pub(super) fn size(self, size: Size) -> (i32, i32) {
        if self.direction.is_sideways() { (size.along, size.across) } else { (size.across, size.along) }
    }

    pub(super) fn item(self, (w, h): (i32, i32), cluster: Option<usize>, has_corners: bool) -> Item {
        let (across, along) = if self.direction.is_sideways() { (h, w) } else { (w, h) };
        Item { across, along, margin_across: 0, cluster, has_corners }
    }

    pub(super) fn spot(self, (across, along): Spot, total: i32) -> (i32, i32) {
        match self.direction {
            Direction::Down => (across, along),
            Direction::Up => (across, total - 1 - along),
            Direction::Right => (along, across),
            Direction::Left => (total - 1 - along, across),
        }
    }

    pub(super) fn rect(self, area: Area, total: i32) -> Rect {
        let (w, h) = self.size(area.size);
        let along = match self.direction {
            Direction::Down | Direction::Right => area.along,
            Direction::Up | Direction::Left => total - area.along - area.size.along,
        };
        let (x, y) = if self.direction.is_sideways() { (along, area.across) } else { (area.across, along) };
        Rect { x, y, w, h }
    }

    /// Beside its line: to the right where lines run down, above where they run sideways.
    pub(super) fn label_room(self, lines: &[String]) -> Size {
        let (cols, rows) = extent(lines);
        if self.direction.is_sideways() {
            Size { across: rows + 1, along: cols + 2 }
        } else {
            Size { across: cols + 2, along: rows }
        }
    }

    pub(super) fn label_rect(self, area: Area, total: i32, lines: &[String]) -> Rect {
        let (w, h) = extent(lines);
        let it = self.rect(area, total);
        if self.direction.is_sideways() {
            Rect { x: it.x + 1, y: it.y, w, h }
        } else {
            Rect { x: it.x + 2, y: it.y, w, h }
        }
    }

    /// How much of a box's side a loop with that label takes.
    pub(super) fn loop_length(self, label: &[String]) -> i32 {
        let (cols, rows) = extent(label);
        if self.direction.is_sideways() { (cols + 2).max(5) } else { rows.max(2) }
    }

    pub(super) fn make_room<'a>(self, item: &mut Item, loops: impl Iterator<Item = &'a [String]>) {
        let mut length = 0;
        for label in loops {
            let (cols, rows) = extent(label);
            length += self.loop_length(label);
            let room = if self.direction.is_sideways() { 2 + rows } else { 4 + if cols > 0 { cols + 1 } else { 0 } };
            item.margin_across = item.margin_across.max(room);
        }
        if length > 0 {
            item.along = item.along.max(length + 2);
        }
    }

    /// The room inside a frame's far border that a loop of the group takes.
    pub(super) fn frame_loop_room(self, label: &[String]) -> i32 {
        let (cols, rows) = extent(label);
        if self.direction.is_sideways() { 3 + rows } else { 5 + cols }
    }

    /// A loop of a whole group: inside the far border of its frame, where room was kept; the label beside it.
    pub(super) fn frame_loop(self, frame: Area, head: i32, label: &[String]) -> (Vec<Spot>, Option<Area>) {
        let side = frame.across + frame.size.across - 1;
        let first = frame.along + head;
        let (cols, rows) = extent(label);
        let (reach, length) = if self.direction.is_sideways() { (2, 3) } else { (3, 1) };
        let last = first + length;
        let points = vec![(side, first), (side - reach, first), (side - reach, last), (side, last)];
        let area = if self.direction.is_sideways() {
            Area { across: side - reach - rows, along: first, size: Size { across: rows, along: cols } }
        } else {
            Area { across: side - reach - cols - 1, along: first, size: Size { across: cols, along: rows } }
        };
        (points, (cols > 0).then_some(area))
    }

    /// A loop at the far side of its box, `before` cells after its corner.
    pub(super) fn self_loop(self, area: Area, before: i32, label: &[String]) -> (Vec<Spot>, Option<Area>) {
        let side = area.across + area.size.across - 1;
        let first = area.along + 1 + before;
        let (cols, rows) = extent(label);
        if self.direction.is_sideways() {
            let last = first + self.loop_length(label) - 2;
            let points = vec![(side, first), (side + 2, first), (side + 2, last), (side, last)];
            let size = Size { across: rows, along: cols };
            return (points, (cols > 0).then_some(Area { across: side + 3, along: first, size }));
        }
        let points = vec![(side, first), (side + 3, first), (side + 3, first + 1), (side, first + 1)];
        let size = Size { across: cols, along: rows };
        (points, (cols > 0).then_some(Area { across: side + 5, along: first, size }))
    }
}

pub(super) fn extent(lines: &[String]) -> (i32, i32) {
    (lines.iter().map(|line| width(line)).max().unwrap_or(0) as i32, lines.len() as i32)
}
