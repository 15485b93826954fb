//! A chart to cells, group by group.
//!
//! A group that no edge enters or leaves, other than at its own border, is a drawing of its own: laid out first, in
//! its own direction, then moved as one box. Everything else of one level falls into parts that no edge joins; each is
//! laid out in layers, and the parts are set side by side.

use super::boxes::{Boxed, Measure, boxed};
use super::flow::{Flow, gaps};
use super::layered::{Cluster, Gaps, Layered, Task, Tie, Wire};
use super::route::route;
use crate::diagram::chart::{Chart, ChartKind, Direction, End, Line, Shape};
use crate::diagram::placed::Rect;
use crate::diagram::text::{width, wrap};

/// How a chart is to be drawn: one rung of the ladder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Manner {
    pub(super) direction: Direction,
    pub(super) measure: Measure,
    pub(super) is_tight: bool,
    /// Layers wider than this part of the width are folded into several.
    pub(super) fold_percent: Option<i32>,
    pub(super) width_cols: i32,
}

/// A finished part. The origin is its own top left cell.
#[derive(Clone, Debug, Default)]
pub(super) struct Block {
    pub(super) w: i32,
    pub(super) h: i32,
    pub(super) nodes: Vec<(usize, Rect, Boxed)>,
    pub(super) frames: Vec<(usize, Rect)>,
    pub(super) edges: Vec<Drawn>,
    pub(super) crossings: usize,
}

/// An edge by its index, with its path and its label.
#[derive(Clone, Debug)]
pub(super) struct Drawn {
    pub(super) edge: usize,
    pub(super) points: Vec<(i32, i32)>,
    pub(super) label: Option<(Rect, Vec<String>)>,
}

impl Block {
    fn moved(mut self, dx: i32, dy: i32) -> Self {
        let shift = |rect: &mut Rect| (rect.x, rect.y) = (rect.x + dx, rect.y + dy);
        self.nodes.iter_mut().for_each(|it| shift(&mut it.1));
        self.frames.iter_mut().for_each(|it| shift(&mut it.1));
        for Drawn { points, label, .. } in &mut self.edges {
            for point in points {
                *point = (point.0 + dx, point.1 + dy);
            }
            if let Some((rect, _)) = label {
                shift(rect);
            }
        }
        self
    }

    /// Takes up another's parts where they are.
    fn absorb(&mut self, other: Self) {
        self.nodes.extend(other.nodes);
        self.frames.extend(other.frames);
        self.edges.extend(other.edges);
        self.crossings += other.crossings;
    }
}

/// What belongs to one level: the whole chart, or a group drawn by itself.
#[derive(Clone, Debug, Default)]
struct Level {
    nodes: Vec<usize>,
    /// Groups whose members are laid out on this level.
    open: Vec<usize>,
    /// Groups that are boxes here.
    closed: Vec<usize>,
    edges: Vec<usize>,
}

impl Level {
    /// Whether it holds a single thing.
    fn is_shell(&self) -> bool {
        self.open.is_empty() && self.nodes.len() + self.closed.len() == 1
    }
}

pub(super) struct Blocks<'a> {
    chart: &'a Chart,
    manner: Manner,
    /// The last is the chart's own.
    levels: Vec<Level>,
    is_closed: Vec<bool>,
    /// Columns each frame needs beyond its members for its title.
    title_room: &'a [i32],
}

/// A group deeper than this is not tried in a second direction: each try doubles the work.
const TRIES_DEPTH: usize = 3;

impl<'a> Blocks<'a> {
    pub(super) fn new(chart: &'a Chart, manner: Manner, title_room: &'a [i32]) -> Self {
        let count = chart.groups.len();
        // An edge opens every group that holds one of its ends but not the other.
        let mut is_closed = vec![true; count];
        for edge in &chart.edges {
            for (inner, other) in [(edge.from, edge.to), (edge.to, edge.from)] {
                let mut at = chart.home(inner);
                while let Some(group) = at {
                    if chart.home(other).is_some_and(|home| chart.is_within(End::Group(home), group)) {
                        break;
                    }
                    is_closed[group] = false;
                    at = chart.groups[group].parent;
                }
            }
        }
        let level_of = |mut at: Option<usize>| {
            while let Some(group) = at.filter(|&group| !is_closed[group]) {
                at = chart.groups[group].parent;
            }
            at.unwrap_or(count)
        };
        let mut levels = vec![Level::default(); count + 1];
        for (node, it) in chart.nodes.iter().enumerate() {
            levels[level_of(it.group)].nodes.push(node);
        }
        for (group, it) in chart.groups.iter().enumerate() {
            let level = &mut levels[level_of(it.parent)];
            if is_closed[group] { level.closed.push(group) } else { level.open.push(group) }
        }
        for (edge, it) in chart.edges.iter().enumerate() {
            levels[level_of(chart.home(it.from))].edges.push(edge);
        }
        Self { chart, manner, levels, is_closed, title_room }
    }

    /// The whole chart.
    pub(super) fn lay_out(&self) -> Block {
        self.level(self.levels.len() - 1, self.manner.direction, self.manner.width_cols, 0)
    }

    /// Whether nothing but its frame and those around it stands outside of a group.
    fn is_all(&self, group: usize) -> bool {
        let mut level = self.levels.len() - 1;
        while let (true, Some(&only)) = (self.levels[level].is_shell(), self.levels[level].closed.first()) {
            level = only;
            if level == group {
                return true;
            }
            if self.chart.groups[level].direction.is_some() {
                return false;
            }
        }
        false
    }

    fn title(&self, group: usize) -> Vec<String> {
        title_lines(&self.chart.groups[group].title, self.manner)
    }

    /// Blanks between the sides of a frame and what is inside; none where every column counts.
    fn frame_pad(&self) -> i32 {
        i32::from(!self.manner.measure.breaks_words)
    }

    /// A group drawn by itself, with its frame.
    fn group(&self, group: usize, inherited: Direction, width_cols: i32, depth: usize) -> Block {
        let own = self.chart.groups[group].direction;
        let sides = 2 + 2 * self.frame_pad();
        let room = width_cols - sides;
        let mut inside = self.level(group, own.unwrap_or(inherited), room, depth + 1);
        // Around a single thing either direction looks the same; and where the group is all there is, the ladder turns it.
        let is_tried = self.levels[group].is_shell() || (own.is_none() && self.is_all(group));
        if inside.w > room && depth < TRIES_DEPTH && !is_tried {
            let turned = self.level(group, own.unwrap_or(inherited).turned(), room, depth + 1);
            if turned.w < inside.w {
                inside = turned;
            }
        }
        let title = self.title(group);
        let title_cols = title.iter().map(|line| width(line)).max().unwrap_or(0) as i32;
        let w = (inside.w + sides).max(title_cols + 6) + self.title_room[group];
        let top = title.len().max(1) as i32;
        let h = inside.h + top + 1;
        let left = (w - self.title_room[group] - inside.w) / 2;
        let mut block = inside.moved(left, top);
        block.frames.insert(0, (group, Rect { x: 0, y: 0, w, h }));
        (block.w, block.h) = (w, h);
        block
    }

    fn level(&self, level: usize, direction: Direction, width_cols: i32, depth: usize) -> Block {
        let it = &self.levels[level];
        let parts = self.parts(it);
        let mut blocks = Vec::with_capacity(parts.len());
        for part in &parts {
            blocks.push((self.part(part, direction, width_cols, depth), part.nodes.len() + part.closed.len() == 1));
        }
        shelved(blocks, direction, width_cols, self.manner.is_tight)
    }

    /// The parts of a level that nothing joins, in the author's order.
    fn parts(&self, level: &Level) -> Vec<Level> {
        let (nodes, count) = (self.chart.nodes.len(), self.chart.nodes.len() + self.chart.groups.len());
        let mut leader: Vec<usize> = (0..count).collect();
        let index = |end: End| match end {
            End::Node(node) => node,
            End::Group(group) => nodes + group,
        };
        let mut join = |a: usize, b: usize| {
            let (a, b) = (root(&mut leader, a), root(&mut leader, b));
            leader[a.max(b)] = a.min(b);
        };
        for &edge in &level.edges {
            let it = &self.chart.edges[edge];
            join(index(it.from), index(it.to));
        }
        let in_open = |group: Option<usize>| group.filter(|&group| !self.is_closed[group]);
        for &node in &level.nodes {
            if let Some(group) = in_open(self.chart.nodes[node].group) {
                join(node, nodes + group);
            }
        }
        for &group in level.open.iter().chain(&level.closed) {
            if let Some(parent) = in_open(self.chart.groups[group].parent) {
                join(nodes + group, nodes + parent);
            }
        }
        let mut parts: Vec<(usize, Level)> = Vec::new();
        let mut part_of = vec![usize::MAX; count];
        let mut place = |index: usize, parts: &mut Vec<(usize, Level)>| {
            let leader = root(&mut leader, index);
            if part_of[leader] == usize::MAX {
                part_of[leader] = parts.len();
                parts.push((leader, Level::default()));
            }
            part_of[leader]
        };
        for &node in &level.nodes {
            let part = place(node, &mut parts);
            parts[part].1.nodes.push(node);
        }
        for &group in &level.closed {
            let part = place(nodes + group, &mut parts);
            parts[part].1.closed.push(group);
        }
        for &group in &level.open {
            let part = place(nodes + group, &mut parts);
            parts[part].1.open.push(group);
        }
        for &edge in &level.edges {
            let part = place(index(self.chart.edges[edge].from), &mut parts);
            parts[part].1.edges.push(edge);
        }
        parts.into_iter().map(|(_, part)| part).collect()
    }

    /// One connected part, in layers.
    fn part(&self, part: &Level, direction: Direction, width_cols: i32, depth: usize) -> Block {
        let chart = self.chart;
        let flow = Flow { direction };
        let gaps = gaps(direction, self.manner.is_tight);
        // The branches of a tree never cross, so that they may stand in one column without a blank between.
        let gaps = if chart.kind == ChartKind::Mindmap { Gaps { tracks: 0, ..gaps } } else { gaps };
        let mut clusters = Vec::with_capacity(part.open.len());
        let mut cluster_of = std::collections::HashMap::new();
        for &group in &part.open {
            cluster_of.insert(group, clusters.len());
            let parent = chart.groups[group].parent.and_then(|it| cluster_of.get(&it).copied());
            clusters.push(self.cluster(group, parent, flow));
        }
        let cluster = |group: Option<usize>| group.and_then(|it| cluster_of.get(&it).copied());
        let mut items = Vec::new();
        let mut contents = Vec::new();
        let mut item_of = std::collections::HashMap::new();
        for &node in &part.nodes {
            item_of.insert(End::Node(node), items.len());
            let it = boxed(&chart.nodes[node], self.manner.measure, direction);
            items.push(flow.item(
                (it.w, it.h),
                cluster(chart.nodes[node].group),
                !matches!(chart.nodes[node].shape, Shape::Bar | Shape::Bare),
            ));
            contents.push(Content::Node(node, it));
        }
        for &group in &part.closed {
            item_of.insert(End::Group(group), items.len());
            let block = self.group(group, direction, width_cols, depth);
            items.push(flow.item((block.w, block.h), cluster(chart.groups[group].parent), true));
            contents.push(Content::Group(block));
        }
        let tie = |end: End| match (item_of.get(&end), end) {
            (Some(&item), _) => Tie::Item(item),
            (None, End::Group(group)) => Tie::Cluster(cluster_of[&group]),
            (None, End::Node(_)) => Tie::Item(0),
        };
        let mut wires = Vec::with_capacity(part.edges.len());
        let mut labels = Vec::with_capacity(part.edges.len());
        let mut loops: Vec<Vec<usize>> = vec![Vec::new(); items.len()];
        let mut frame_loops: Vec<Vec<usize>> = vec![Vec::new(); clusters.len()];
        for &edge in &part.edges {
            let it = &chart.edges[edge];
            let lines = label_lines(&it.label, self.manner.measure);
            let (from, to) = (tie(it.from), tie(it.to));
            if let (true, Tie::Item(item)) = (from == to && it.line != Line::Invisible, from) {
                loops[item].push(labels.len());
            }
            if let (true, Tie::Cluster(cluster)) = (from == to && it.line != Line::Invisible, from) {
                frame_loops[cluster].push(labels.len());
            }
            wires.push(Wire {
                from,
                to,
                line: it.line,
                tail: it.tail,
                head: it.head,
                length: usize::from(it.length.max(1)),
                label: (!lines.is_empty()).then(|| flow.label_room(&lines)),
            });
            labels.push(lines);
        }
        for (item, loops) in loops.iter().enumerate() {
            flow.make_room(&mut items[item], loops.iter().map(|&it| labels[it].as_slice()));
        }
        for (cluster, loops) in clusters.iter_mut().zip(&frame_loops) {
            cluster.high += loops.iter().map(|&it| flow.frame_loop_room(&labels[it])).max().unwrap_or(0);
            let length: i32 = loops.iter().map(|&it| flow.loop_length(&labels[it])).sum();
            cluster.min_along = cluster.min_along.max(cluster.head + length + cluster.foot);
        }
        // Where the flow is sideways a fold would make it longer, which is what there is no room for.
        let percent = self.manner.fold_percent.filter(|_| !direction.is_sideways());
        let max_across = percent.map(|percent| width_cols * percent / 100);
        let task = Task { max_across, ..Task::new(items, clusters, wires, gaps) };
        let routed = route(&Layered::placed(&task));
        let total = routed.size.along;
        let mut block = Block { crossings: routed.crossings, ..Block::default() };
        let size = flow.size(routed.size);
        (block.w, block.h) = (size.0, size.1);
        for (&group, &area) in part.open.iter().zip(&routed.frames) {
            block.frames.push((group, flow.rect(area, total)));
        }
        for (index, (content, &area)) in contents.into_iter().zip(&routed.items).enumerate() {
            let rect = flow.rect(area, total);
            for (at, &wire) in loops[index].iter().enumerate() {
                let before: i32 = loops[index][..at].iter().map(|&it| flow.loop_length(&labels[it])).sum();
                let (points, label) = flow.self_loop(area, before, &labels[wire]);
                let points = points.into_iter().map(|spot| flow.spot(spot, total)).collect();
                let label = label.map(|area| (flow.rect(area, total), labels[wire].clone()));
                block.edges.push(Drawn { edge: part.edges[wire], points, label });
            }
            match content {
                Content::Node(node, boxed) => block.nodes.push((node, rect, boxed)),
                Content::Group(inner) => {
                    let mut inner = inner;
                    inner.frames[0].1.w = rect.w;
                    inner.frames[0].1.h = rect.h;
                    block.absorb(inner.moved(rect.x, rect.y));
                }
            }
        }
        for (index, (points, area)) in routed.wires.into_iter().enumerate() {
            let edge = part.edges[index];
            let wire = &task.wires[index];
            let (points, rect) = match wire.from {
                _ if wire.from != wire.to || wire.line == Line::Invisible => {
                    (points, area.map(|area| flow.label_rect(area, total, &labels[index])))
                }
                // Drawn with its box.
                Tie::Item(_) => continue,
                Tie::Cluster(cluster) => {
                    let before = frame_loops[cluster].iter().take_while(|&&it| it != index);
                    let before: i32 = before.map(|&it| flow.loop_length(&labels[it])).sum();
                    let head = task.clusters[cluster].head + before;
                    let (points, area) = flow.frame_loop(routed.frames[cluster], head, &labels[index]);
                    (points, area.map(|area| flow.rect(area, total)))
                }
            };
            let label = rect.map(|rect| (rect, labels[index].clone()));
            let points = points.into_iter().map(|spot| flow.spot(spot, total)).collect();
            block.edges.push(Drawn { edge, points, label });
        }
        block
    }

    fn cluster(&self, group: usize, parent: Option<usize>, flow: Flow) -> Cluster {
        let title = self.title(group);
        let cols = title.iter().map(|line| width(line)).max().unwrap_or(0) as i32;
        let min_cols = if cols == 0 { 0 } else { cols + 6 };
        let rows = title.len().max(1) as i32;
        let spare = self.title_room[group];
        if flow.direction.is_sideways() {
            Cluster { parent, low: rows, high: 1, head: 2, foot: 2 + spare, min_across: 0, min_along: min_cols }
        } else {
            let (head, foot) = if flow.direction == Direction::Up { (1, rows) } else { (rows, 1) };
            let side = 1 + self.frame_pad();
            Cluster { parent, low: side, high: side + spare, head, foot, min_across: min_cols, min_along: 0 }
        }
    }
}

enum Content {
    Node(usize, Boxed),
    Group(Block),
}

fn root(leader: &mut [usize], mut at: usize) -> usize {
    while leader[at] != at {
        leader[at] = leader[leader[at]];
        at = leader[at];
    }
    at
}

pub(super) fn title_lines(title: &str, manner: Manner) -> Vec<String> {
    if title.is_empty() {
        return Vec::new();
    }
    wrap(title, (manner.width_cols.max(16) as usize * 2 / 3).min(60), false)
}

fn label_lines(label: &str, measure: Measure) -> Vec<String> {
    if label.is_empty() { Vec::new() } else { wrap(label, measure.edge_cols, measure.breaks_words) }
}

/// Parts that nothing joins, set side by side on shelves of at most `width_cols`.
///
/// Lone boxes fill rows. Larger parts stand beside each other where they flow down, and below each other where they
/// flow sideways, so that no two read as one flow.
fn shelved(blocks: Vec<(Block, bool)>, direction: Direction, width_cols: i32, is_tight: bool) -> Block {
    let mut all = Block::default();
    let (gap_x, gap_y) = if is_tight { (2, 0) } else { (3, 1) };
    let (mut x, mut y, mut shelf_h) = (0, 0, 0);
    let mut was_lone = true;
    for (block, is_lone) in blocks {
        let stacks = direction.is_sideways() && !(is_lone && was_lone);
        if x > 0 && (stacks || x + block.w > width_cols) {
            y += shelf_h + gap_y;
            (x, shelf_h) = (0, 0);
        }
        was_lone = is_lone;
        let (w, h) = (block.w, block.h);
        all.w = all.w.max(x + w);
        all.h = all.h.max(y + h);
        shelf_h = shelf_h.max(h);
        all.absorb(block.moved(x, y));
        x += w + gap_x;
    }
    all
}
