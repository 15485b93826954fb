//! Where each vertex stands across its layer: edges straight, parents over their children, nothing too close.

use std::collections::BTreeMap;
use std::ops::Range;

use super::layered::{Cluster, Kind, Layered, Vertex};
use super::place::separate;

/// The links above and below each vertex.
struct Neighbours {
    above: Vec<Vec<usize>>,
    below: Vec<Vec<usize>>,
}

/// Which neighbours a sweep heeds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sides {
    Above,
    Below,
    Both,
}

/// Passes in which lines are straightened; most drawings need two or three.
const MOST_PASSES: usize = 10;
/// How many moves of a column are tried in one pass.
const MOST_WAYS: usize = 8;

/// What a vertex needs to know to move: its links, its neighbours and the frames.
struct Surroundings<'a> {
    links: &'a Neighbours,
    distances: &'a [Vec<i32>],
    /// Empty where there are no frames.
    bounds: Vec<Vec<(i32, i32)>>,
    /// The place of each vertex in its layer.
    place: Vec<usize>,
    /// How many links each net has.
    net_size: Vec<usize>,
}

impl Layered<'_> {
    /// Blanks between two neighbours of a layer, with what the frames between them take.
    pub(super) fn gap(&self, left: usize, right: usize) -> i32 {
        let (a, b) = (&self.vertices[left], &self.vertices[right]);
        let gaps = &self.task.gaps;
        let common = self.task.common(a.cluster, b.cluster);
        let frames = |mut at: Option<usize>, room: fn(&Cluster) -> i32| {
            let mut sum = 0;
            while at != common {
                let Some(cluster) = at else { break };
                sum += room(&self.task.clusters[cluster]);
                at = self.task.clusters[cluster].parent;
            }
            sum
        };
        let between = frames(a.cluster, |it| it.high) + frames(b.cluster, |it| it.low);
        let is_box = |it: &Vertex| matches!(it.kind, Kind::Item(_));
        let base = match (is_box(a), is_box(b)) {
            _ if between > 0 => gaps.frames,
            (true, true) => gaps.boxes,
            (false, false) => gaps.lines,
            _ => gaps.line_to_box,
        };
        base + between
    }

    /// Gives every line of a box side its own pin, in the order of their other ends; `false` when no side has several.
    pub(super) fn spread_pins(&mut self) -> bool {
        let mut sides: BTreeMap<(usize, usize), BTreeMap<usize, Vec<usize>>> = BTreeMap::new();
        for (index, link) in self.links.iter().enumerate() {
            for (side, vertex, is_end) in [(0, link.upper, link.is_first), (1, link.lower, link.is_last)] {
                if is_end && matches!(self.vertices[vertex].kind, Kind::Item(_)) {
                    sides.entry((vertex, side)).or_default().entry(link.net).or_default().push(index);
                }
            }
        }
        let mut is_spread = false;
        for ((vertex, side), nets) in sides.into_iter().filter(|(_, nets)| nets.len() > 1) {
            is_spread = true;
            let Kind::Item(item) = self.vertices[vertex].kind else { continue };
            let across = self.vertices[vertex].across - self.task.items[item].margin_across;
            let mut sorted: Vec<(f64, Vec<usize>)> = nets
                .into_values()
                .map(|links| {
                    let sum: i32 = links.iter().map(|&link| self.column(link, 1 - side)).sum();
                    (f64::from(sum) / links.len() as f64, links)
                })
                .collect();
            sorted.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1[0].cmp(&b.1[0])));
            let count = sorted.len() as i32;
            for (at, (_, links)) in sorted.into_iter().enumerate() {
                for link in links {
                    self.pins[link][side] = across * (2 * at as i32 + 1) / (2 * count);
                }
            }
        }
        is_spread
    }

    /// The column of a link's upper (0) or lower (1) end.
    fn column(&self, link: usize, side: usize) -> i32 {
        let vertex = if side == 0 { self.links[link].upper } else { self.links[link].lower };
        self.vertices[vertex].position + self.pins[link][side]
    }

    /// Positions across, by sweeps that draw each layer towards its neighbours, then line by line if asked.
    pub(super) fn place(&mut self, straightens: bool) {
        let count = self.vertices.len();
        let mut links = Neighbours { above: vec![Vec::new(); count], below: vec![Vec::new(); count] };
        for (index, link) in self.links.iter().enumerate() {
            links.below[link.upper].push(index);
            links.above[link.lower].push(index);
        }
        let distances: Vec<Vec<i32>> = self
            .layers
            .iter()
            .map(|layer| {
                let left_to_left = |pair: &[usize]| self.vertices[pair[0]].across + self.gap(pair[0], pair[1]);
                layer.windows(2).map(left_to_left).collect()
            })
            .collect();
        for (layer, distances) in self.layers.iter().zip(&distances) {
            let mut position = 0;
            for (at, &vertex) in layer.iter().enumerate() {
                self.vertices[vertex].position = position;
                position += distances.get(at).copied().unwrap_or(0);
            }
        }
        for sides in [
            Sides::Above,
            Sides::Below,
            Sides::Above,
            Sides::Below,
            Sides::Both,
            Sides::Both,
            Sides::Below,
            Sides::Both,
        ] {
            self.draw_together(&links, &distances, sides, false);
        }
        if self.task.clusters.is_empty() {
            if straightens {
                self.straighten(&links, &distances, false);
            }
            return;
        }
        for _ in 0..3 {
            self.set_borders();
            self.draw_together(&links, &distances, Sides::Both, true);
            self.draw_together(&links, &distances, Sides::Both, true);
            if straightens {
                self.straighten(&links, &distances, true);
            }
            self.tighten_borders();
        }
    }

    fn draw_together(&mut self, links: &Neighbours, distances: &[Vec<i32>], sides: Sides, is_bounded: bool) {
        let count = self.layers.len();
        let mut near = Vec::new();
        for step in 0..count {
            let at = if sides == Sides::Below { count - 1 - step } else { step };
            let layer = &self.layers[at];
            let mut wanted = Vec::with_capacity(layer.len());
            let mut weights = Vec::with_capacity(layer.len());
            for &vertex in layer {
                let it = &self.vertices[vertex];
                let mut sum = 0.0;
                let mut used = 0.0;
                for (is_used, side, links) in
                    [(sides != Sides::Below, 0, &links.above[vertex]), (sides != Sides::Above, 1, &links.below[vertex])]
                {
                    if is_used && !links.is_empty() {
                        near.clear();
                        near.extend(links.iter().map(|&link| self.column(link, side) - self.pins[link][1 - side]));
                        near.sort_unstable();
                        sum += f64::from(near[(near.len() - 1) / 2] + near[near.len() / 2]) / 2.0;
                        used += 1.0;
                    }
                }
                if used > 0.0 {
                    wanted.push(sum / used);
                    // Long edges are to be straight first of all.
                    weights.push(if matches!(it.kind, Kind::Bend | Kind::Label) { 4.0 } else { 1.0 });
                } else {
                    wanted.push(f64::from(it.position));
                    weights.push(0.1);
                }
            }
            keep_beside(links, layer, &distances[at], &mut wanted);
            let bounds = is_bounded.then(|| self.bounds(at));
            let positions = separate(&wanted, &weights, &distances[at], bounds.as_deref());
            for (&vertex, position) in layer.iter().zip(positions) {
                self.vertices[vertex].position = position;
            }
        }
    }

    /// Moves single vertices, and whole columns of them, to where fewer lines bend.
    fn straighten(&mut self, links: &Neighbours, distances: &[Vec<i32>], is_bounded: bool) {
        let count = self.layers.len();
        let mut net_size = vec![0; self.links.iter().map(|it| it.net + 1).max().unwrap_or(0)];
        for link in &self.links {
            net_size[link.net] += 1;
        }
        let mut place = vec![0; self.vertices.len()];
        for layer in &self.layers {
            for (at, &vertex) in layer.iter().enumerate() {
                place[vertex] = at;
            }
        }
        let bounds = if is_bounded { (0..count).map(|layer| self.bounds(layer)).collect() } else { Vec::new() };
        let around = Surroundings { links, distances, bounds, place, net_size };
        for pass in 0..MOST_PASSES {
            let mut is_moved = self.straighten_columns(&around);
            for step in 0..count {
                let layer = if pass % 2 == 0 { step } else { count - 1 - step };
                for at in 0..self.layers[layer].len() {
                    is_moved |= self.straighten_vertex(self.layers[layer][at], &around);
                }
            }
            if !is_moved {
                break;
            }
        }
    }

    fn straighten_vertex(&mut self, vertex: usize, around: &Surroundings<'_>) -> bool {
        let range = self.room(vertex, around);
        let position = self.vertices[vertex].position;
        let mut best = (self.strain(vertex, position, around), position);
        for (side, links) in [(0, &around.links.above[vertex]), (1, &around.links.below[vertex])] {
            for &link in links {
                let position = self.column(link, side) - self.pins[link][1 - side];
                if range.contains(&position) {
                    let strain = self.strain(vertex, position, around);
                    if strain < best.0 {
                        best = (strain, position);
                    }
                }
            }
        }
        self.vertices[vertex].position = best.1;
        best.1 != position
    }

    /// Moves what stands in one column, joined by straight lines, as one.
    fn straighten_columns(&mut self, around: &Surroundings<'_>) -> bool {
        let mut is_moved = false;
        let mut is_seen = vec![false; self.vertices.len()];
        for start in 0..self.vertices.len() {
            if std::mem::replace(&mut is_seen[start], true) {
                continue;
            }
            let mut column = vec![start];
            let mut ways = Vec::new();
            let mut next = 0;
            while let Some(&vertex) = column.get(next) {
                next += 1;
                for (side, links) in [(0, &around.links.above[vertex]), (1, &around.links.below[vertex])] {
                    for &link in links {
                        let other = if side == 0 { self.links[link].upper } else { self.links[link].lower };
                        let by = self.column(link, side) - self.column(link, 1 - side);
                        let is_alone = around.net_size[self.links[link].net] == 1;
                        if by == 0 && is_alone && !std::mem::replace(&mut is_seen[other], true) {
                            column.push(other);
                        } else if by != 0 && !ways.contains(&by) {
                            ways.push(by);
                        }
                    }
                    if links.len() > 1 {
                        let sum: i32 =
                            links.iter().map(|&link| self.column(link, side) - self.column(link, 1 - side)).sum();
                        ways.push(sum / links.len() as i32);
                    }
                }
            }
            // What is nearest is tried first, and not without end.
            ways.retain(|&by| by != 0);
            ways.sort_by_key(|by| by.abs());
            if ways.is_empty() {
                continue;
            }
            let before = self.column_strain(&column, around);
            let mut nearest = ways.into_iter().take(MOST_WAYS);
            is_moved |= nearest.any(|by| self.moves_column(&column, by, before, around));
        }
        is_moved
    }

    fn column_strain(&self, column: &[usize], around: &Surroundings<'_>) -> i64 {
        column.iter().map(|&vertex| self.strain(vertex, self.vertices[vertex].position, around)).sum()
    }

    /// Moves some vertices as one, if there is room and less strain than `before`.
    fn moves_column(&mut self, column: &[usize], by: i32, before: i64, around: &Surroundings<'_>) -> bool {
        let has_room = |&vertex: &usize| self.room(vertex, around).contains(&(self.vertices[vertex].position + by));
        if !column.iter().all(has_room) {
            return false;
        }
        for &vertex in column {
            self.vertices[vertex].position += by;
        }
        let is_better = self.column_strain(column, around) < before;
        if !is_better {
            for &vertex in column {
                self.vertices[vertex].position -= by;
            }
        }
        is_better
    }

    /// Where a vertex may stand while its neighbours stay.
    fn room(&self, vertex: usize, around: &Surroundings<'_>) -> Range<i32> {
        let (layer, at) = (self.vertices[vertex].layer, around.place[vertex]);
        let row = &self.layers[layer];
        let (mut low, mut high) = around.bounds.get(layer).map_or((i32::MIN / 4, i32::MAX / 4), |bounds| bounds[at]);
        if at > 0 {
            low = low.max(self.vertices[row[at - 1]].position + around.distances[layer][at - 1]);
        }
        if at + 1 < row.len() {
            high = high.min(self.vertices[row[at + 1]].position - around.distances[layer][at]);
        }
        low..high + 1
    }

    /// How crooked the lines of a vertex would be at a position: bends count most, then the way across.
    fn strain(&self, vertex: usize, position: i32, around: &Surroundings<'_>) -> i64 {
        let mut strain = 0;
        for (side, links) in [(0, &around.links.above[vertex]), (1, &around.links.below[vertex])] {
            // A comb has its bends wherever it stands; it is best over the middle of its teeth.
            let mut comb = 0;
            let mut last_net = None;
            for &link in links {
                let net = self.links[link].net;
                if last_net.is_some_and(|last| last != net) {
                    strain += i64::abs(std::mem::take(&mut comb));
                }
                last_net = Some(net);
                let away = i64::from(self.column(link, side) - self.pins[link][1 - side] - position);
                if around.net_size[net] > 1 {
                    comb += away;
                } else if away != 0 {
                    strain += 2 * away.abs() + 12;
                }
            }
            strain += comb.abs();
        }
        strain
    }
}

/// What no line holds stays beside its neighbour, wherever that goes.
fn keep_beside(links: &Neighbours, layer: &[usize], distances: &[i32], wanted: &mut [f64]) {
    let is_free = |vertex: usize| links.above[vertex].is_empty() && links.below[vertex].is_empty();
    let Some(first) = layer.iter().position(|&vertex| !is_free(vertex)) else { return };
    for at in (0..first).rev() {
        wanted[at] = wanted[at + 1] - f64::from(distances[at]);
    }
    for at in first + 1..layer.len() {
        if is_free(layer[at]) {
            wanted[at] = wanted[at - 1] + f64::from(distances[at - 1]);
        }
    }
}
