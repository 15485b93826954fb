//! One connected part of a chart in layers: which vertices there are, and how they are linked.
//!
//! Everything here is in flow coordinates: `along` the flow, `across` it. A chart that flows down has its columns
//! across and its rows along; one that flows right the other way round. Edges run from an upper vertex to a lower one
//! through a vertex in every layer between, so that they have a place of their own everywhere.
//!
//! `build` makes them, `across` places them, `borders` frames them, `route` gives the lines their cells.

use std::collections::BTreeMap;
use std::ops::Range;

use super::order::{LARGE, Ordering};
use crate::diagram::chart::{Line, Tip};

/// What is to be laid out.
pub(super) struct Task {
    pub(super) items: Vec<Item>,
    /// Parents stand before their children.
    pub(super) clusters: Vec<Cluster>,
    /// For each cluster itself and what is around it, outwards.
    pub(super) paths: Vec<Vec<usize>>,
    pub(super) wires: Vec<Wire>,
    pub(super) gaps: Gaps,
    /// A layer wider than this is folded into several.
    pub(super) max_across: Option<i32>,
}

impl Task {
    pub(super) fn new(items: Vec<Item>, clusters: Vec<Cluster>, wires: Vec<Wire>, gaps: Gaps) -> Self {
        let mut paths: Vec<Vec<usize>> = Vec::with_capacity(clusters.len());
        for (index, cluster) in clusters.iter().enumerate() {
            let around = cluster.parent.map_or(&[][..], |parent| &paths[parent]);
            paths.push(std::iter::once(index).chain(around.iter().copied()).collect());
        }
        Self { items, clusters, paths, wires, gaps, max_across: None }
    }

    /// The clusters from `inner` outwards, up to but without `end`.
    pub(super) fn path_from(&self, inner: Option<usize>, end: Option<usize>) -> &[usize] {
        let path = inner.map_or(&[][..], |inner| &self.paths[inner]);
        let length = path.iter().position(|&it| Some(it) == end).unwrap_or(path.len());
        &path[..length]
    }

    pub(super) fn is_within(&self, cluster: Option<usize>, ancestor: usize) -> bool {
        cluster.is_some_and(|it| self.paths[it].contains(&ancestor))
    }

    /// The innermost cluster that holds both.
    pub(super) fn common(&self, a: Option<usize>, b: Option<usize>) -> Option<usize> {
        let mut path = self.path_from(a, None).iter().copied();
        path.find(|&it| self.is_within(b, it))
    }

    /// The outermost cluster around `inner` that does not hold `other`.
    pub(super) fn outermost(&self, inner: Option<usize>, other: Option<usize>) -> Option<usize> {
        self.path_from(inner, self.common(inner, other)).last().copied()
    }
}

/// A box, or a finished drawing that is moved as one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Item {
    pub(super) across: i32,
    pub(super) along: i32,
    /// Room kept free beside it, for its loops.
    pub(super) margin_across: i32,
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
    /// Between two lines on one track.
    pub(super) tracks: i32,
    pub(super) port_pitch: i32,
    /// Where the line of a label runs: before its text (a flow down) or after it (a flow to the right).
    pub(super) label_pin_after: bool,
    pub(super) centres_layers: bool,
}

impl Gaps {
    /// The middle of a side, on the line of the label where a box has an even number of rows.
    pub(super) fn middle(&self, across: i32) -> i32 {
        if self.label_pin_after { across / 2 } else { (across - 1) / 2 }
    }
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
    pub(super) links: Range<usize>,
    /// Whether the lower end is a cluster's border, reached from inside.
    pub(super) lower_inside: bool,
}

pub(super) struct Layered<'a> {
    pub(super) task: &'a Task,
    pub(super) vertices: Vec<Vertex>,
    pub(super) layers: Vec<Vec<usize>>,
    pub(super) is_label_layer: Vec<bool>,
    pub(super) chains: Vec<Chain>,
    pub(super) links: Vec<Link>,
    /// Where each link meets its upper and lower vertex, from their near sides.
    pub(super) pins: Vec<[i32; 2]>,
    /// First and last layer of each cluster, and its borders across.
    pub(super) spans: Vec<(usize, usize)>,
    pub(super) borders: Vec<(i32, i32)>,
    pub(super) crossings: usize,
}

impl<'a> Layered<'a> {
    /// Every vertex in its place; the lines have their ends, and no way yet.
    pub(super) fn placed(task: &'a Task) -> Self {
        let mut layered = Self::new(task);
        layered.order();
        layered.bundle();
        layered.pins =
            layered.links.iter().map(|it| [it.upper, it.lower].map(|vertex| layered.vertices[vertex].pin)).collect();
        // A draft is enough to know which line of a box is left of which; where it is large, straightening waits.
        let is_large = layered.vertices.len() > LARGE;
        layered.place(!is_large);
        // Then each line draws at its own place.
        if layered.spread_pins() || is_large {
            layered.place(true);
        }
        layered
    }

    pub(super) fn cluster_of(&self, tie: Tie) -> Option<usize> {
        match tie {
            Tie::Item(item) => self.task.items[item].cluster,
            Tie::Cluster(cluster) => self.task.clusters[cluster].parent,
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
        let keys: Vec<[Option<Key>; 2]> = self
            .chains
            .iter()
            .zip(&task.wires)
            .map(|(chain, wire)| {
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
            })
            .collect();
        let mut sizes: BTreeMap<Key, usize> = BTreeMap::new();
        for key in keys.iter().flatten().flatten() {
            *sizes.entry(*key).or_default() += 1;
        }
        let size = |key: Option<Key>| key.and_then(|key| sizes.get(&key)).copied().unwrap_or(0);
        let mut nets: BTreeMap<Key, usize> = BTreeMap::new();
        let mut alone = 0;
        let mut sockets: BTreeMap<(usize, bool), std::collections::BTreeSet<usize>> = BTreeMap::new();
        for link in &mut self.links {
            let [source, target] = keys[link.wire];
            let source = source.filter(|_| link.is_first && size(source) > 1);
            let target = target.filter(|_| link.is_last && size(target) > 1);
            let key = if size(source) >= size(target) { source.or(target) } else { target };
            let next = nets.len() + alone;
            link.net = if let Some(key) = key {
                *nets.entry(key).or_insert(next)
            } else {
                alone += 1;
                next
            };
            for (is_end, vertex, is_bottom) in [(link.is_first, link.upper, true), (link.is_last, link.lower, false)] {
                if is_end && matches!(self.vertices[vertex].kind, Kind::Item(_)) {
                    sockets.entry((vertex, is_bottom)).or_default().insert(link.net);
                }
            }
        }
        for ((vertex, _), nets) in &sockets {
            let Kind::Item(item) = self.vertices[*vertex].kind else { continue };
            let needed =
                (nets.len() as i32 - 1) * task.gaps.port_pitch + 1 + if task.items[item].has_corners { 2 } else { 0 };
            let vertex = &mut self.vertices[*vertex];
            vertex.across = vertex.across.max(needed + task.items[item].margin_across);
            vertex.pin = task.gaps.middle(vertex.across - task.items[item].margin_across);
        }
    }
}
