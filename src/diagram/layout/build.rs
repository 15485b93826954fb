//! Vertices and chains: which layer each item stands in, and what an edge passes on its way.

use super::layered::{Chain, Kind, Layered, Link, Task, Tie, Vertex, Wire};
use super::rank::{Arc, ranks};
use crate::diagram::chart::Line;

#[derive(Clone, Copy, Debug)]
struct Run {
    upper: usize,
    lower: usize,
    is_reversed: bool,
    lower_inside: bool,
}

impl<'a> Layered<'a> {
    pub(super) fn new(task: &'a Task) -> Self {
        let mut layered = Self {
            task,
            vertices: Vec::new(),
            layers: Vec::new(),
            is_label_layer: Vec::new(),
            chains: Vec::new(),
            links: Vec::new(),
            pins: Vec::new(),
            spans: Vec::new(),
            borders: Vec::new(),
            crossings: 0,
        };
        let rank = layered.ranks();
        let runs: Vec<Option<Run>> = task.wires.iter().map(|wire| layered.run(wire, &rank)).collect();
        layered.build(&rank, &runs);
        layered
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
            Some(limit) => Some(self.folded(&rank, limit)).filter(|folded| self.is_followed(folded)).unwrap_or(rank),
            None => rank,
        }
    }

    /// Whether the edges pass so few layers that an eye can follow them, and a layout can be waited for.
    ///
    /// A large graph folded to a narrow screen is nothing but long edges: their bends grow with its square.
    fn is_followed(&self, rank: &[usize]) -> bool {
        const BENDS_PER_PART: usize = 8;
        const SOME_BENDS: usize = 2_000;
        let item = |tie: Tie| if let Tie::Item(item) = tie { Some(item) } else { None };
        let ends = self.task.wires.iter().filter_map(|wire| Some((item(wire.from)?, item(wire.to)?)));
        let bends: usize = ends.map(|(from, to)| rank[from].abs_diff(rank[to])).sum();
        bends <= BENDS_PER_PART * (self.task.items.len() + self.task.wires.len()) + SOME_BENDS
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
            let mut last = None;
            for &item in &layer {
                let it = &task.items[item];
                let around = task.path_from(it.cluster, None).iter();
                let frames: i32 = around.map(|&at| task.clusters[at].low + task.clusters[at].high).sum();
                let is_beside = used > 0 && last == it.cluster;
                last = it.cluster;
                let width = it.across + it.margin_across + task.gaps.boxes + if is_beside { 0 } else { frames };
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
                let inside =
                    (0..rank.len()).filter(|&item| self.task.is_within(self.task.items[item].cluster, cluster));
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
            Tie::Cluster(cluster) => self.task.is_within(self.cluster_of(inner), cluster),
            Tie::Item(_) => false,
        };
        let forward = |upper, lower| Run { upper, lower, is_reversed: false, lower_inside: false };
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
                along: item.along,
                pin: task.gaps.middle(item.across),
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
            let inside = self.task.common(self.cluster_of(upper), home(lower, run.lower_inside));
            let (first, last) = (layer_of[run.upper], layer_of[run.lower]);
            let label_layer = wire.label.map(|_| layer_of[gap(run)] + 1);
            let mut vertices = vec![self.end(upper, first)];
            for layer in first + 1..last {
                let thin =
                    Vertex { kind: Kind::Bend, layer, cluster: inside, across: 1, along: 0, pin: 0, position: 0 };
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
                if (first..=last).contains(&vertex.layer) && self.task.is_within(vertex.cluster, cluster) {
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
}
