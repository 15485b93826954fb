//! One connected part of a chart in layers: which vertices there are, and how they are linked.
//!
//! Everything here is in flow coordinates: `along` the flow, `across` it. A chart that flows down has its columns
//! across and its rows along; one that flows right the other way round. Edges run from an upper vertex to a lower one
//! through a vertex in every layer between, so that they have a place of their own everywhere.
//!
//! `route` then gives the lines their cells.

use std::collections::BTreeMap;

use super::order::Ordering;
use super::place::separate;
use super::rank::{Arc, ranks};
use super::route::{Routed, route};
use crate::diagram::chart::{Line, Tip};

/// What is to be laid out.
pub(super) struct Task {
    pub(super) items: Vec<Item>,
    /// Parents stand before their children.
    pub(super) clusters: Vec<Cluster>,
    pub(super) wires: Vec<Wire>,
    pub(super) gaps: Gaps,
    /// A layer wider than this is folded into several.
    pub(super) max_across: Option<i32>,
}

/// A box, or a finished drawing that is moved as one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Item {
    pub(super) across: i32,
    pub(super) along: i32,
    /// Room kept free beside it, for its loops.
    pub(super) margin_across: i32,
    pub(super) min_along: i32,
    pub(super) cluster: Option<usize>,
    /// A bar may be met anywhere, a box not at its corners.
    pub(super) has_corners: bool,
}

/// A group whose members are laid out together with what is outside.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cluster {
    pub(super) parent: Option<usize>,
    /// From the border to what is inside, both included in the frame: on the near and far side across, before and after.
    pub(super) low: i32,
    pub(super) high: i32,
    pub(super) head: i32,
    pub(super) foot: i32,
    pub(super) min_across: i32,
    pub(super) min_along: i32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Tie {
    Item(usize),
    Cluster(usize),
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Wire {
    pub(super) from: Tie,
    pub(super) to: Tie,
    pub(super) line: Line,
    pub(super) tail: Tip,
    pub(super) head: Tip,
    pub(super) length: usize,
    /// Room for the label beside the line, if it has one.
    pub(super) label: Option<Size>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Size {
    pub(super) across: i32,
    pub(super) along: i32,
}

/// How much air there is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Gaps {
    pub(super) boxes: i32,
    pub(super) line_to_box: i32,
    pub(super) lines: i32,
    pub(super) frames: i32,
    /// Least length of a channel.
    pub(super) channel: i32,
    /// Least length of the channels before and after a label.
    pub(super) before_label: i32,
    pub(super) after_label: i32,
    /// From a box to the first track, and from the last track to where the tips stand.
    pub(super) lead: i32,
    pub(super) trail: i32,
    pub(super) track_pitch: i32,
    pub(super) port_pitch: i32,
    /// Where the line of a label runs: before its text (a flow down) or after it (a flow to the right).
    pub(super) label_pin_after: bool,
    pub(super) centres_layers: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Item(usize),
    Bend,
    Label,
    /// Where an edge of a whole cluster is tied inside it.
    Anchor,
    /// Keeps a cluster's place in a layer where it has nothing else.
    Filler,
}

#[derive(Clone, Debug)]
pub(super) struct Vertex {
    pub(super) kind: Kind,
    pub(super) layer: usize,
    pub(super) cluster: Option<usize>,
    pub(super) across: i32,
    pub(super) along: i32,
    /// Where its line runs, from its near side.
    pub(super) pin: i32,
    pub(super) position: i32,
}

/// One step of a wire, from a layer to the next.
#[derive(Clone, Copy, Debug)]
pub(super) struct Link {
    pub(super) wire: usize,
    pub(super) upper: usize,
    pub(super) lower: usize,
    pub(super) is_first: bool,
    pub(super) is_last: bool,
    pub(super) net: usize,
}

/// The vertices a wire passes, from above to below.
#[derive(Clone, Debug, Default)]
pub(super) struct Chain {
    pub(super) vertices: Vec<usize>,
    /// Whether the wire runs from below to above.
    pub(super) is_reversed: bool,
    pub(super) links: std::ops::Range<usize>,
    /// A cluster's own border seen from inside.
    pub(super) upper_inside: bool,
    pub(super) lower_inside: bool,
}

pub(super) struct Layered<'a> {
    pub(super) task: &'a Task,
    pub(super) vertices: Vec<Vertex>,
    pub(super) layers: Vec<Vec<usize>>,
    pub(super) is_label_layer: Vec<bool>,
    pub(super) chains: Vec<Chain>,
    pub(super) links: Vec<Link>,
    /// First and last layer of each cluster, and its borders across.
    pub(super) spans: Vec<(usize, usize)>,
    pub(super) borders: Vec<(i32, i32)>,
    pub(super) crossings: usize,
}

pub(super) fn lay_out(task: &Task) -> Routed {
    let mut layered = Layered::new(task);
    layered.order();
    layered.bundle();
    layered.place();
    route(&layered)
}

impl<'a> Layered<'a> {
    fn new(task: &'a Task) -> Self {
        let mut layered = Self {
            task,
            vertices: Vec::new(),
            layers: Vec::new(),
            is_label_layer: Vec::new(),
            chains: Vec::new(),
            links: Vec::new(),
            spans: Vec::new(),
            borders: Vec::new(),
            crossings: 0,
        };
        let rank = layered.ranks();
        let runs: Vec<Option<Run>> = task.wires.iter().map(|wire| layered.run(wire, &rank)).collect();
        layered.build(&rank, &runs);
        layered
    }

    fn cluster_of(&self, tie: Tie) -> Option<usize> {
        match tie {
            Tie::Item(item) => self.task.items[item].cluster,
            Tie::Cluster(cluster) => self.task.clusters[cluster].parent,
        }
    }

    fn is_within(&self, mut cluster: Option<usize>, ancestor: usize) -> bool {
        while let Some(it) = cluster {
            if it == ancestor {
                return true;
            }
            cluster = self.task.clusters[it].parent;
        }
        false
    }

    /// The innermost cluster that holds both.
    pub(super) fn common(&self, a: Option<usize>, b: Option<usize>) -> Option<usize> {
        let mut at = a;
        while let Some(it) = at {
            if self.is_within(b, it) {
                return Some(it);
            }
            at = self.task.clusters[it].parent;
        }
        None
    }

    fn ranks(&self) -> Vec<usize> {
        // An edge of a cluster stands for edges of all its members; past some number a few say as much.
        const MANY: usize = 20_000;
        let task = self.task;
        let mut members = vec![Vec::new(); task.clusters.len()];
        for (item, it) in task.items.iter().enumerate() {
            let mut at = it.cluster;
            while let Some(cluster) = at {
                members[cluster].push(item);
                at = task.clusters[cluster].parent;
            }
        }
        let mut arcs = Vec::new();
        for wire in &task.wires {
            let single;
            let several = |tie: Tie| match tie {
                Tie::Item(item) => Err(item),
                Tie::Cluster(cluster) => Ok(&members[cluster]),
            };
            let limit = if arcs.len() > MANY { 1 } else { usize::MAX };
            match (several(wire.from), several(wire.to)) {
                (Err(from), Err(to)) => arcs.push(Arc { from, to, length: wire.length }),
                (Err(item), Ok(others)) | (Ok(others), Err(item)) => {
                    single = matches!(wire.from, Tie::Item(_));
                    // Nothing inside a cluster is above or below it.
                    for &other in others.iter().filter(|&&it| it != item).take(limit) {
                        if others.contains(&item) {
                            break;
                        }
                        let (from, to) = if single { (item, other) } else { (other, item) };
                        arcs.push(Arc { from, to, length: wire.length });
                    }
                }
                (Ok(above), Ok(below)) => {
                    if above.iter().any(|it| below.contains(it)) {
                        continue;
                    }
                    for &from in above.iter().take(limit) {
                        for &to in below.iter().take(limit) {
                            arcs.push(Arc { from, to, length: wire.length });
                        }
                    }
                }
            }
        }
        let rank = ranks(task.items.len(), &arcs);
        match task.max_across {
            Some(limit) => self.folded(&rank, limit),
            None => rank,
        }
    }

    /// The ranks with those that are too wide divided into several.
    fn folded(&self, rank: &[usize], limit: i32) -> Vec<usize> {
        let task = self.task;
        let count = rank.iter().max().map_or(0, |it| it + 1);
        let mut members = vec![Vec::new(); count];
        for (item, &at) in rank.iter().enumerate() {
            members[at].push(item);
        }
        let mut folded = vec![0; rank.len()];
        let mut next = 0;
        for mut layer in members.into_iter().filter(|layer| !layer.is_empty()) {
            // Members of a cluster stay side by side.
            layer.sort_by_key(|&item| task.items[item].cluster);
            let mut used = 0;
            let mut left = layer.len() as i32;
            for &item in &layer {
                let depth = std::iter::successors(task.items[item].cluster, |&it| task.clusters[it].parent).count();
                let width = task.items[item].across + task.items[item].margin_across + task.gaps.boxes + depth as i32 * 2;
                // What comes in a later row passes this one as a line.
                if used > 0 && used + width + (left - 1) * (task.gaps.lines + 1) > limit {
                    next += 1;
                    used = 0;
                }
                used += width;
                left -= 1;
                folded[item] = next;
            }
            next += 1;
        }
        folded
    }

    /// First and last rank of what a tie stands for.
    fn extent(&self, tie: Tie, rank: &[usize]) -> (usize, usize) {
        match tie {
            Tie::Item(item) => (rank[item], rank[item]),
            Tie::Cluster(cluster) => {
                let inside = (0..rank.len()).filter(|&item| self.is_within(self.task.items[item].cluster, cluster));
                inside.fold((usize::MAX, 0), |(low, high), item| (low.min(rank[item]), high.max(rank[item])))
            }
        }
    }

    /// From where to where a wire runs; `None` when nothing of it is drawn in layers.
    fn run(&self, wire: &Wire, rank: &[usize]) -> Option<Run> {
        if wire.line == Line::Invisible || wire.from == wire.to {
            return None;
        }
        let (from, to) = (self.extent(wire.from, rank), self.extent(wire.to, rank));
        let holds = |outer: Tie, inner: Tie| match outer {
            Tie::Cluster(cluster) => self.is_within(self.cluster_of(inner), cluster),
            Tie::Item(_) => false,
        };
        let forward = |upper, lower| Run { upper, lower, is_reversed: false, upper_inside: false, lower_inside: false };
        let run = if from.1 < to.0 {
            forward(from.1, to.0)
        } else if to.1 < from.0 {
            Run { is_reversed: true, ..forward(to.1, from.0) }
        } else if holds(wire.to, wire.from) {
            // To the border of what it stands in: out at the lower end.
            Run { lower_inside: true, ..forward(from.1, to.1.max(from.1 + 1)) }
        } else if holds(wire.from, wire.to) {
            Run { lower_inside: true, is_reversed: true, ..forward(to.1, from.1.max(to.1 + 1)) }
        } else {
            // Side by side: tied where the ranks allow.
            let (upper, is_reversed) = if from.0 <= to.0 { (from.0, false) } else { (to.0, true) };
            let other = if is_reversed { from } else { to };
            Run { is_reversed, ..forward(upper, other.0.max(upper + 1)) }
        };
        Some(run)
    }

    fn build(&mut self, rank: &[usize], runs: &[Option<Run>]) {
        let task = self.task;
        let lowest = runs.iter().flatten().map(|run| run.lower).chain(rank.iter().copied()).max().unwrap_or(0);
        // A label stands in the gap below or above its source, where the eye looks for it.
        let gap = |run: &Run| if run.is_reversed { run.lower - 1 } else { run.upper };
        let mut has_labels = vec![false; lowest + 1];
        for (run, wire) in runs.iter().zip(&task.wires) {
            if let (Some(run), Some(_)) = (run, wire.label) {
                has_labels[gap(run)] = true;
            }
        }
        let mut layer_of = Vec::with_capacity(lowest + 1);
        for has_label in &has_labels {
            layer_of.push(self.is_label_layer.len());
            self.is_label_layer.push(false);
            if *has_label {
                self.is_label_layer.push(true);
            }
        }
        self.layers = vec![Vec::new(); self.is_label_layer.len()];
        for (index, item) in task.items.iter().enumerate() {
            self.add(Vertex {
                kind: Kind::Item(index),
                layer: layer_of[rank[index]],
                cluster: item.cluster,
                across: item.across + item.margin_across,
                along: item.along.max(item.min_along),
                pin: (item.across - 1) / 2,
                position: 0,
            });
        }
        for (wire, run) in task.wires.iter().zip(runs) {
            let Some(run) = run else {
                self.chains.push(Chain::default());
                continue;
            };
            let (upper, lower) = if run.is_reversed { (wire.to, wire.from) } else { (wire.from, wire.to) };
            let home = |tie: Tie, is_inside: bool| match tie {
                Tie::Cluster(cluster) if is_inside => Some(cluster),
                tie => self.cluster_of(tie),
            };
            let inside = self.common(home(upper, run.upper_inside), home(lower, run.lower_inside));
            let (first, last) = (layer_of[run.upper], layer_of[run.lower]);
            let label_layer = wire.label.map(|_| layer_of[gap(run)] + 1);
            let mut vertices = vec![self.end(upper, first)];
            for layer in first + 1..last {
                let thin = Vertex { kind: Kind::Bend, layer, cluster: inside, across: 1, along: 0, pin: 0, position: 0 };
                let vertex = match wire.label {
                    Some(size) if Some(layer) == label_layer => {
                        let pin = if task.gaps.label_pin_after { size.across - 1 } else { 0 };
                        Vertex { kind: Kind::Label, across: size.across, along: size.along, pin, ..thin }
                    }
                    _ => thin,
                };
                vertices.push(self.add(vertex));
            }
            vertices.push(self.end(lower, last));
            let start = self.links.len();
            for (at, pair) in vertices.windows(2).enumerate() {
                self.links.push(Link {
                    wire: self.chains.len(),
                    upper: pair[0],
                    lower: pair[1],
                    is_first: at == 0,
                    is_last: at + 2 == vertices.len(),
                    net: 0,
                });
            }
            self.chains.push(Chain {
                vertices,
                is_reversed: run.is_reversed,
                links: start..self.links.len(),
                upper_inside: run.upper_inside,
                lower_inside: run.lower_inside,
            });
        }
        self.fill_clusters();
    }

    fn add(&mut self, vertex: Vertex) -> usize {
        self.layers[vertex.layer].push(self.vertices.len());
        self.vertices.push(vertex);
        self.vertices.len() - 1
    }

    /// The vertex where a wire ends: the item itself, or an anchor inside the cluster.
    fn end(&mut self, tie: Tie, layer: usize) -> usize {
        match tie {
            Tie::Item(item) => item,
            Tie::Cluster(cluster) => self.add(Vertex {
                kind: Kind::Anchor,
                layer,
                cluster: Some(cluster),
                across: 1,
                along: 0,
                pin: 0,
                position: 0,
            }),
        }
    }

    /// Notes the layers of each cluster, and gives it something in each of them.
    fn fill_clusters(&mut self) {
        let count = self.task.clusters.len();
        self.spans = vec![(usize::MAX, 0); count];
        for vertex in &self.vertices {
            let mut at = vertex.cluster;
            while let Some(cluster) = at {
                let (first, last) = self.spans[cluster];
                self.spans[cluster] = (first.min(vertex.layer), last.max(vertex.layer));
                at = self.task.clusters[cluster].parent;
            }
        }
        for cluster in (0..count).rev() {
            let (first, last) = self.spans[cluster];
            if first == usize::MAX {
                continue;
            }
            let mut is_filled = vec![false; last - first + 1];
            for vertex in &self.vertices {
                if (first..=last).contains(&vertex.layer) && self.is_within(vertex.cluster, cluster) {
                    is_filled[vertex.layer - first] = true;
                }
            }
            for (at, _) in is_filled.iter().enumerate().filter(|(_, is_filled)| !**is_filled) {
                let layer = first + at;
                let cluster = Some(cluster);
                self.add(Vertex { kind: Kind::Filler, layer, cluster, across: 1, along: 0, pin: 0, position: 0 });
            }
        }
    }

    fn order(&mut self) {
        let count = self.vertices.len();
        let mut above = vec![Vec::new(); count];
        let mut below = vec![Vec::new(); count];
        for link in &self.links {
            below[link.upper].push(link.lower);
            above[link.lower].push(link.upper);
        }
        // First the order in which a walk along the edges meets them, so that the author's order decides ties.
        let mut is_met = vec![false; count];
        let mut layers = vec![Vec::new(); self.layers.len()];
        for root in 0..count {
            let mut waiting = vec![root];
            while let Some(vertex) = waiting.pop() {
                if std::mem::replace(&mut is_met[vertex], true) {
                    continue;
                }
                layers[self.vertices[vertex].layer].push(vertex);
                waiting.extend(below[vertex].iter().rev());
            }
        }
        let group: Vec<Option<usize>> = self.vertices.iter().map(|it| it.cluster).collect();
        let parent: Vec<Option<usize>> = self.task.clusters.iter().map(|it| it.parent).collect();
        let ordering = Ordering { above: &above, below: &below, group: &group, parent: &parent };
        self.crossings = ordering.improve(&mut layers);
        self.layers = layers;
    }

    /// Decides which links share a line, and widens boxes that lack room for their lines.
    ///
    /// Only edges of one source, or one target, with one stroke and tip share; edges that run backwards never do,
    /// nor do two between the same boxes.
    fn bundle(&mut self) {
        type Key = (usize, bool, Line, Tip, usize);
        let task = self.task;
        let mut twins: BTreeMap<(Tie, Tie), usize> = BTreeMap::new();
        let keys: Vec<[Option<Key>; 2]> = self.chains.iter().zip(&task.wires).map(|(chain, wire)| {
            if chain.vertices.is_empty() || chain.is_reversed {
                return [None; 2];
            }
            let twin = twins.entry((wire.from, wire.to)).or_default();
            *twin += 1;
            let twin = if wire.label.is_some() { 0 } else { *twin };
            let is_item = |vertex: usize| matches!(self.vertices[vertex].kind, Kind::Item(_));
            let (upper, lower) = (chain.vertices[0], chain.vertices[chain.vertices.len() - 1]);
            [
                is_item(upper).then_some((upper, true, wire.line, wire.tail, twin)),
                is_item(lower).then_some((lower, false, wire.line, wire.head, twin)),
            ]
        }).collect();
        let mut sizes: BTreeMap<Key, usize> = BTreeMap::new();
        for key in keys.iter().flatten().flatten() {
            *sizes.entry(*key).or_default() += 1;
        }
        let size = |key: Option<Key>| key.and_then(|key| sizes.get(&key)).copied().unwrap_or(0);
        let mut nets: BTreeMap<Key, usize> = BTreeMap::new();
        let mut count = 0;
        let mut sockets: BTreeMap<(usize, bool), std::collections::BTreeSet<usize>> = BTreeMap::new();
        for link in &mut self.links {
            let [source, target] = keys[link.wire];
            let source = source.filter(|_| link.is_first && size(source) > 1);
            let target = target.filter(|_| link.is_last && size(target) > 1);
            let key = if size(source) >= size(target) { source.or(target) } else { target };
            link.net = match key {
                Some(key) => *nets.entry(key).or_insert_with(|| {
                    count += 1;
                    count - 1
                }),
                None => {
                    count += 1;
                    count - 1
                }
            };
            for (is_end, vertex, is_bottom) in [(link.is_first, link.upper, true), (link.is_last, link.lower, false)] {
                if is_end && matches!(self.vertices[vertex].kind, Kind::Item(_)) {
                    sockets.entry((vertex, is_bottom)).or_default().insert(link.net);
                }
            }
        }
        for ((vertex, _), nets) in &sockets {
            let Kind::Item(item) = self.vertices[*vertex].kind else { continue };
            let needed = (nets.len() as i32 - 1) * task.gaps.port_pitch + 1 + if task.items[item].has_corners { 2 } else { 0 };
            let vertex = &mut self.vertices[*vertex];
            vertex.across = vertex.across.max(needed + task.items[item].margin_across);
            vertex.pin = (vertex.across - task.items[item].margin_across - 1) / 2;
        }
    }

    /// Blanks between two neighbours of a layer, with what the frames between them take.
    fn gap(&self, left: usize, right: usize) -> i32 {
        let (a, b) = (&self.vertices[left], &self.vertices[right]);
        let gaps = &self.task.gaps;
        let common = self.common(a.cluster, b.cluster);
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

    /// Positions across, by sweeps that draw each layer towards its neighbours.
    fn place(&mut self) {
        let count = self.vertices.len();
        let mut above = vec![Vec::new(); count];
        let mut below = vec![Vec::new(); count];
        for link in &self.links {
            below[link.upper].push(link.lower);
            above[link.lower].push(link.upper);
        }
        let distances: Vec<Vec<i32>> = self.layers.iter().map(|layer| {
            layer.windows(2).map(|pair| self.vertices[pair[0]].across + self.gap(pair[0], pair[1])).collect()
        }).collect();
        for (layer, distances) in self.layers.iter().zip(&distances) {
            let mut position = 0;
            for (at, &vertex) in layer.iter().enumerate() {
                self.vertices[vertex].position = position;
                position += distances.get(at).copied().unwrap_or(0);
            }
        }
        let rounds: &[(bool, bool)] = &[
            (true, false), (false, true), (true, false), (false, true), (true, true), (true, true), (false, true), (true, true),
        ];
        for &(up, down) in rounds {
            self.draw_together(&above, &below, &distances, up, down, false);
        }
        if !self.task.clusters.is_empty() {
            for _ in 0..3 {
                self.set_borders();
                for _ in 0..2 {
                    self.draw_together(&above, &below, &distances, true, true, true);
                }
                self.tighten_borders();
            }
        }
    }

    fn draw_together(&mut self, above: &[Vec<usize>], below: &[Vec<usize>], distances: &[Vec<i32>], uses_above: bool, uses_below: bool, is_bounded: bool) {
        let count = self.layers.len();
        let mut near = Vec::new();
        for step in 0..count {
            let at = if uses_above { step } else { count - 1 - step };
            let layer = &self.layers[at];
            let mut wanted = Vec::with_capacity(layer.len());
            let mut weights = Vec::with_capacity(layer.len());
            for &vertex in layer {
                let it = &self.vertices[vertex];
                let mut sum = 0.0;
                let mut sides = 0.0;
                for (uses, neighbours) in [(uses_above, &above[vertex]), (uses_below, &below[vertex])] {
                    if uses && !neighbours.is_empty() {
                        near.clear();
                        near.extend(neighbours.iter().map(|&it| self.vertices[it].position + self.vertices[it].pin));
                        near.sort_unstable();
                        let middle = f64::from(near[(near.len() - 1) / 2] + near[near.len() / 2]) / 2.0;
                        sum += middle;
                        sides += 1.0;
                    }
                }
                if sides > 0.0 {
                    wanted.push(sum / sides - f64::from(it.pin));
                    // Long edges are to be straight first of all.
                    weights.push(if matches!(it.kind, Kind::Bend | Kind::Label) { 4.0 } else { 1.0 });
                } else {
                    wanted.push(f64::from(it.position));
                    weights.push(0.1);
                }
            }
            let bounds = is_bounded.then(|| self.bounds(at));
            let positions = separate(&wanted, &weights, &distances[at], bounds.as_deref());
            for (&vertex, position) in layer.iter().zip(positions) {
                self.vertices[vertex].position = position;
            }
        }
    }

    /// Where each vertex of a layer may stand, given the borders of all frames.
    fn bounds(&self, layer: usize) -> Vec<(i32, i32)> {
        let order = &self.layers[layer];
        let task = self.task;
        let mut bounds = vec![(i32::MIN / 4, i32::MAX / 4); order.len()];
        for (at, &vertex) in order.iter().enumerate() {
            let it = &self.vertices[vertex];
            if let Some(cluster) = it.cluster {
                let (left, right) = self.borders[cluster];
                bounds[at].0 = left + task.clusters[cluster].low;
                bounds[at].1 = right - task.clusters[cluster].high - it.across + 1;
            }
            if at > 0 {
                // Right of every frame that ends before it.
                let before = self.vertices[order[at - 1]].cluster;
                let outermost = self.outermost_left(before, it.cluster);
                if let Some(cluster) = outermost {
                    bounds[at].0 = bounds[at].0.max(self.borders[cluster].1 + 1 + task.gaps.frames);
                }
                if let Some(cluster) = self.outermost_left(it.cluster, before) {
                    bounds[at - 1].1 = bounds[at - 1].1.min(
                        self.borders[cluster].0 - task.gaps.frames - self.vertices[order[at - 1]].across,
                    );
                }
            }
        }
        bounds
    }

    /// The outermost cluster around `inner` that does not hold `other`.
    fn outermost_left(&self, inner: Option<usize>, other: Option<usize>) -> Option<usize> {
        let common = self.common(inner, other);
        let mut outermost = None;
        let mut at = inner;
        while at != common {
            outermost = at;
            at = at.and_then(|it| self.task.clusters[it].parent);
        }
        outermost
    }

    /// Moves borders and what is right of them to the right until every frame is a rectangle that holds its own only.
    fn set_borders(&mut self) {
        let task = self.task;
        let clusters = &task.clusters;
        let mut borders = vec![(i32::MAX / 4, i32::MIN / 4); clusters.len()];
        for vertex in &self.vertices {
            let (mut low, mut high) = (vertex.position, vertex.position + vertex.across - 1);
            let mut at = vertex.cluster;
            while let Some(cluster) = at {
                (low, high) = (low - clusters[cluster].low, high + clusters[cluster].high);
                borders[cluster].0 = borders[cluster].0.min(low);
                at = clusters[cluster].parent;
            }
        }
        for border in &mut borders {
            border.1 = i32::MIN / 4;
        }
        self.borders = borders;
        let rounds = self.layers.len() * (clusters.len() + 2) + 4;
        for _ in 0..rounds {
            let mut is_moved = false;
            for layer in 0..self.layers.len() {
                is_moved |= self.push_right(layer);
            }
            for cluster in (0..clusters.len()).rev() {
                is_moved |= self.keep_whole(cluster);
            }
            if !is_moved {
                break;
            }
        }
    }

    /// A frame is wide enough for its title, and inside its parent.
    fn keep_whole(&mut self, cluster: usize) -> bool {
        let it = self.task.clusters[cluster];
        let before = self.borders.clone();
        let (left, right) = self.borders[cluster];
        self.borders[cluster].1 = right.max(left + it.min_across - 1);
        if let Some(parent) = it.parent {
            let around = self.task.clusters[parent];
            self.borders[cluster].0 = self.borders[cluster].0.max(self.borders[parent].0 + around.low);
            self.borders[parent].1 = self.borders[parent].1.max(self.borders[cluster].1 + around.high);
        }
        before != self.borders
    }

    /// One pass from left to right over a layer.
    fn push_right(&mut self, layer: usize) -> bool {
        let task = self.task;
        let mut is_moved = false;
        let order = std::mem::take(&mut self.layers[layer]);
        for (at, &vertex) in order.iter().enumerate() {
            let mut least = i32::MIN / 4;
            let cluster = self.vertices[vertex].cluster;
            if at > 0 {
                let before = order[at - 1];
                let previous = &self.vertices[before];
                let end = previous.position + previous.across;
                let common = self.common(previous.cluster, cluster);
                let entered = self.path_from(cluster, common);
                let left = self.outermost_left(previous.cluster, cluster);
                // The frames that are left end before the next begins.
                let free = match left {
                    Some(outer) => self.borders[outer].1 + 1 + task.gaps.frames,
                    None if entered.is_empty() => end + self.gap(before, vertex),
                    None => end + task.gaps.frames,
                };
                match entered.last() {
                    Some(&outer) => {
                        if self.borders[outer].0 < free {
                            self.borders[outer].0 = free;
                            is_moved = true;
                        }
                    }
                    None => least = free,
                }
            }
            // Inside its frames, from the outermost to the innermost.
            for &outer in self.path_from(cluster, None).iter().rev() {
                if let Some(parent) = task.clusters[outer].parent {
                    let inside = self.borders[parent].0 + task.clusters[parent].low;
                    if self.borders[outer].0 < inside {
                        self.borders[outer].0 = inside;
                        is_moved = true;
                    }
                }
            }
            if let Some(inner) = cluster {
                least = least.max(self.borders[inner].0 + task.clusters[inner].low);
            }
            let it = &mut self.vertices[vertex];
            if it.position < least {
                it.position = least;
                is_moved = true;
            }
            let mut high = it.position + it.across - 1;
            for outer in self.path_from(cluster, None) {
                high += task.clusters[outer].high;
                if self.borders[outer].1 < high {
                    self.borders[outer].1 = high;
                    is_moved = true;
                }
                high = high.max(self.borders[outer].1);
            }
        }
        self.layers[layer] = order;
        is_moved
    }

    /// The clusters from `inner` outwards, up to but without `end`.
    fn path_from(&self, inner: Option<usize>, end: Option<usize>) -> Vec<usize> {
        let mut path = Vec::new();
        let mut at = inner;
        while at != end {
            let Some(cluster) = at else { break };
            path.push(cluster);
            at = self.task.clusters[cluster].parent;
        }
        path
    }

    /// Draws every border as close as its members and title allow.
    fn tighten_borders(&mut self) {
        let clusters = &self.task.clusters;
        let mut borders = vec![(i32::MAX / 4, i32::MIN / 4); clusters.len()];
        for vertex in &self.vertices {
            if let Some(cluster) = vertex.cluster {
                let it = &mut borders[cluster];
                it.0 = it.0.min(vertex.position - clusters[cluster].low);
                it.1 = it.1.max(vertex.position + vertex.across - 1 + clusters[cluster].high);
            }
        }
        for cluster in (0..clusters.len()).rev() {
            let it = clusters[cluster];
            let (left, right) = borders[cluster];
            let (old_left, old_right) = self.borders[cluster];
            // A title may need more than the members do; the borders then stay within what was kept free.
            let right = right.max(left + it.min_across - 1);
            let (left, right) = if right > old_right { (left.min(old_right + 1 - it.min_across).max(old_left), old_right) } else { (left, right) };
            borders[cluster] = (left, right);
            if let Some(parent) = it.parent {
                let around = &mut borders[parent];
                around.0 = around.0.min(left - clusters[parent].low);
                around.1 = around.1.max(right + clusters[parent].high);
            }
        }
        self.borders = borders;
    }
}

/// The ranks between which a wire runs.
#[derive(Clone, Copy, Debug)]
struct Run {
    upper: usize,
    lower: usize,
    is_reversed: bool,
    upper_inside: bool,
    lower_inside: bool,
}
