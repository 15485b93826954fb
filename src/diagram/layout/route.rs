//! Layers to cells: ports on the boxes, tracks in the channels, and the path of every wire.
//!
//! Between layer `i - 1` and `i` lies channel `i`; the first lies before all layers, the last behind them. From before
//! to behind a channel holds: tips of edges that run backwards, the ends of frames, the tracks, the beginnings of
//! frames, and the tips of edges that arrive.

use std::collections::BTreeMap;
use std::ops::Range;

use super::channel::{Net, Way, ways};
use super::layered::{Kind, Layered, Size, Tie};
use super::place::separate;
use crate::diagram::chart::Tip;

/// A place in flow coordinates.
pub(super) type Spot = (i32, i32);

#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Area {
    pub(super) across: i32,
    pub(super) along: i32,
    pub(super) size: Size,
}

impl Area {
    fn end_across(&self) -> i32 {
        self.across + self.size.across - 1
    }

    fn end_along(&self) -> i32 {
        self.along + self.size.along - 1
    }

    fn contains(&self, (across, along): Spot) -> bool {
        (self.across..=self.end_across()).contains(&across) && (self.along..=self.end_along()).contains(&along)
    }
}

/// One part, in cells.
#[derive(Debug, Default)]
pub(super) struct Routed {
    /// The boxes themselves, without the room kept beside them.
    pub(super) items: Vec<Area>,
    pub(super) frames: Vec<Area>,
    /// Corners from the wire's source to its target, and where its label stands.
    pub(super) wires: Vec<(Vec<Spot>, Option<Area>)>,
    pub(super) size: Size,
    pub(super) crossings: usize,
}

/// Where lines leave or enter a box: one for all that share it.
struct Socket {
    vertex: usize,
    is_bottom: bool,
    links: Vec<usize>,
    column: i32,
}

pub(super) fn route(layered: &Layered<'_>) -> Routed {
    let ports = Ports::new(layered);
    let mut channels: Vec<Channel> = (0..=layered.layers.len()).map(|_| Channel::default()).collect();
    let mut way_of = vec![Way::Straight; layered.links.len()];
    let mut links_into: Vec<Vec<usize>> = vec![Vec::new(); layered.layers.len()];
    for (index, link) in layered.links.iter().enumerate() {
        links_into[layered.vertices[link.lower].layer].push(index);
    }
    for (it, links) in channels.iter_mut().zip(&links_into).skip(1) {
        *it = channel(layered, &ports, links, &mut way_of);
    }
    let (rows, frames) = lengthwise(layered, &mut channels);
    let mut wires = Vec::with_capacity(layered.chains.len());
    for index in 0..layered.chains.len() {
        wires.push(path(layered, &ports, &way_of, &channels, &rows, &frames, index));
    }
    let mut routed = Routed {
        items: layered.task.items.iter().enumerate().map(|(vertex, _)| rows.item(layered, vertex)).collect(),
        frames,
        wires,
        size: Size::default(),
        crossings: layered.crossings,
    };
    settle(&mut routed, layered);
    routed
}

/// Where the layers begin, and the frames around them, each long enough for its title.
fn lengthwise(layered: &Layered<'_>, channels: &mut [Channel]) -> (Rows, Vec<Area>) {
    let clusters = &layered.task.clusters;
    let mut spare = vec![0; clusters.len()];
    loop {
        let depths = frame_depths(layered, channels, &spare);
        let rows = Rows::new(layered, channels);
        let frames: Vec<Area> = (0..clusters.len()).map(|cluster| rows.frame(layered, &depths, cluster)).collect();
        let mut is_short = false;
        for (cluster, frame) in frames.iter().enumerate() {
            let missing = clusters[cluster].min_along - frame.size.along;
            if missing > 0 && frame.size.along > 0 {
                spare[cluster] += missing;
                is_short = true;
                // What this one gains may be enough for those around it.
                break;
            }
        }
        if !is_short {
            return (rows, frames);
        }
    }
}

/// Moves everything so that the nearest cell is 0, and notes the size.
fn settle(routed: &mut Routed, layered: &Layered<'_>) {
    let mut low = i32::MAX;
    let mut high = i32::MIN;
    let mut end = 0;
    let mut note = |across: i32, width: i32, last: i32| {
        low = low.min(across);
        high = high.max(across + width);
        end = end.max(last + 1);
    };
    for (item, area) in routed.items.iter().enumerate() {
        note(area.across, area.size.across + layered.task.items[item].margin_across, area.end_along());
    }
    for area in routed.frames.iter().filter(|it| it.size.along > 0) {
        note(area.across, area.size.across, area.end_along());
    }
    for (points, label) in &routed.wires {
        for &(across, along) in points {
            note(across, 1, along);
        }
        if let Some(area) = label {
            note(area.across, area.size.across, area.end_along());
        }
    }
    if low > high {
        return;
    }
    for area in routed.items.iter_mut().chain(&mut routed.frames) {
        area.across -= low;
    }
    for (points, label) in &mut routed.wires {
        for point in points.iter_mut() {
            point.0 -= low;
        }
        if let Some(area) = label {
            area.across -= low;
        }
    }
    routed.size = Size { across: high - low, along: end };
}

/// The columns in which links meet their vertices.
struct Ports {
    sockets: Vec<Socket>,
    /// For each link the sockets above and below, where it meets a box.
    of_link: Vec<[Option<usize>; 2]>,
}

impl Ports {
    fn new(layered: &Layered<'_>) -> Self {
        let mut sockets: Vec<Socket> = Vec::new();
        let mut of_link = vec![[None; 2]; layered.links.len()];
        let mut known: BTreeMap<(usize, bool, usize), usize> = BTreeMap::new();
        for (index, link) in layered.links.iter().enumerate() {
            for (side, vertex, is_end) in [(0, link.upper, link.is_first), (1, link.lower, link.is_last)] {
                if !is_end || !matches!(layered.vertices[vertex].kind, Kind::Item(_)) {
                    continue;
                }
                let is_bottom = side == 0;
                let socket = *known.entry((vertex, is_bottom, link.net)).or_insert_with(|| {
                    let it = &layered.vertices[vertex];
                    sockets.push(Socket {
                        vertex,
                        is_bottom,
                        links: Vec::new(),
                        column: it.position + layered.pins[index][side],
                    });
                    sockets.len() - 1
                });
                sockets[socket].links.push(index);
                of_link[index][side] = Some(socket);
            }
        }
        let mut ports = Self { sockets, of_link };
        ports.spread(layered);
        ports
    }

    /// The column of a link's upper (0) or lower (1) end.
    fn column(&self, layered: &Layered<'_>, link: usize, side: usize) -> i32 {
        if let Some(socket) = self.of_link[link][side] {
            return self.sockets[socket].column;
        }
        let it = &layered.links[link];
        layered.vertices[if side == 0 { it.upper } else { it.lower }].position + layered.pins[link][side]
    }

    /// Gives the lines of each box side their columns: straight where the other end allows, never crossing each other.
    fn spread(&mut self, layered: &Layered<'_>) {
        let mut sides: BTreeMap<(usize, bool), Vec<usize>> = BTreeMap::new();
        for (index, socket) in self.sockets.iter().enumerate() {
            sides.entry((socket.vertex, socket.is_bottom)).or_default().push(index);
        }
        for lower_sides in [false, true, false] {
            for (&(vertex, is_bottom), sockets) in &sides {
                // First what leaves, then what arrives, then once more what leaves: each sees where the other end is.
                if is_bottom == lower_sides {
                    continue;
                }
                self.spread_side(layered, vertex, usize::from(is_bottom), sockets);
            }
        }
    }

    /// Where lines would best meet a side: straight on, if that is within `range`.
    fn wish(&self, layered: &Layered<'_>, socket: usize, other_side: usize, range: Range<i32>) -> Wish {
        let links = &self.sockets[socket].links;
        let mut ends: Vec<i32> = links.iter().map(|&link| self.column(layered, link, other_side)).collect();
        ends.sort_unstable();
        let mean = ends.iter().map(|&it| f64::from(it)).sum::<f64>() / ends.len() as f64;
        let away = |it: i32| (f64::from(it) - mean).abs();
        let nearest = ends.iter().copied().filter(|it| range.contains(it)).min_by(|&a, &b| away(a).total_cmp(&away(b)));
        let middle = mean.round() as i32;
        let column = match nearest {
            // A comb stands over a tooth that is near its middle, else over the middle itself.
            Some(tooth) if away(tooth) <= 2.0 || !range.contains(&middle) || ends.len() % 2 == 1 => Some(tooth),
            _ => Some(middle).filter(|it| range.contains(it)),
        };
        // A comb has its bends wherever it stands, so it gives way.
        Wish { socket, column, mean, weight: if ends.len() > 1 { 0.2 } else { 1.0 } }
    }

    fn spread_side(&mut self, layered: &Layered<'_>, vertex: usize, other_side: usize, sockets: &[usize]) {
        let it = &layered.vertices[vertex];
        let Kind::Item(item) = it.kind else { return };
        let item = &layered.task.items[item];
        let corner = i32::from(item.has_corners);
        let (low, high) = (it.position + corner, it.position + it.across - item.margin_across - 1 - corner);
        let centre = it.position + it.pin;
        let mut wishes: Vec<Wish> =
            sockets.iter().map(|&socket| self.wish(layered, socket, other_side, low..high + 1)).collect();
        let first_link = |wish: &Wish| self.sockets[wish.socket].links[0];
        wishes.sort_by(|a, b| a.mean.total_cmp(&b.mean).then(first_link(a).cmp(&first_link(b))));
        let count = wishes.len() as i32;
        let wanted: Vec<f64> = wishes
            .iter()
            .enumerate()
            .map(|(at, wish)| {
                let even = low + (high - low) * (2 * at as i32 + 1) / (2 * count);
                let even = if count == 1 { centre } else { even };
                f64::from(wish.column.unwrap_or(even))
            })
            .collect();
        let weights: Vec<f64> = wishes.iter().map(|wish| wish.weight).collect();
        let distances = vec![layered.task.gaps.port_pitch; wishes.len() - 1];
        let bounds = vec![(low, high); wishes.len()];
        let columns = separate(&wanted, &weights, &distances, Some(&bounds));
        for (wish, column) in wishes.iter().zip(columns) {
            self.sockets[wish.socket].column = column;
        }
    }
}

/// What a socket asks for: a column, if any suits it, and how much that matters.
struct Wish {
    socket: usize,
    column: Option<i32>,
    /// The mean of the other ends, which decides the order.
    mean: f64,
    weight: f64,
}

#[derive(Default)]
struct Channel {
    tracks: i32,
    has_tips_before: bool,
    has_tips_behind: bool,
    has_links: bool,
    has_outer_ends: [bool; 2],
    /// Cells that frames take where they end, and where they begin.
    feet: i32,
    heads: i32,
    /// Where the first track lies, once the rows are known.
    first_track: i32,
}

/// The channel that `links` pass, and the way of each through it.
fn channel(layered: &Layered<'_>, ports: &Ports, links: &[usize], way_of: &mut [Way]) -> Channel {
    let mut found = Channel { has_links: !links.is_empty(), ..Channel::default() };
    let mut nets: Vec<Net> = Vec::new();
    let mut net_of: BTreeMap<usize, usize> = BTreeMap::new();
    let mut net_of_link = Vec::with_capacity(links.len());
    for &at in links {
        let link = &layered.links[at];
        let wire = &layered.task.wires[link.wire];
        let chain = &layered.chains[link.wire];
        let (upper_tip, lower_tip) = if chain.is_reversed { (wire.head, wire.tail) } else { (wire.tail, wire.head) };
        let is_anchor = |vertex: usize| layered.vertices[vertex].kind == Kind::Anchor;
        // Outside of a frame's border there is a cell of the line, with a tip or without.
        found.has_outer_ends[0] |= link.is_first && is_anchor(link.upper);
        found.has_outer_ends[1] |= link.is_last && is_anchor(link.lower);
        found.has_tips_before |= link.is_first && !is_anchor(link.upper) && upper_tip != Tip::None;
        found.has_tips_behind |= link.is_last && !is_anchor(link.lower) && lower_tip != Tip::None;
        let net = *net_of.entry(link.net).or_insert_with(|| {
            nets.push(Net { tops: Vec::new(), bottoms: Vec::new() });
            nets.len() - 1
        });
        let Net { tops, bottoms } = &mut nets[net];
        for (columns, side) in [(tops, 0), (bottoms, 1)] {
            let column = ports.column(layered, at, side);
            if !columns.contains(&column) {
                columns.push(column);
            }
        }
        net_of_link.push(net);
    }
    // A dogleg must not run along a frame's border.
    let taken: Vec<i32> = layered.borders.iter().flat_map(|&(left, right)| [left, right]).collect();
    let (ways, tracks) = ways(&nets, &taken, layered.task.gaps.tracks);
    for (&link, net) in links.iter().zip(net_of_link) {
        way_of[link] = ways[net];
    }
    found.tracks = tracks as i32;
    found
}

/// How far before its first layer each frame begins, and how far behind its last it ends, in cells of frames alone.
struct Depths {
    head: Vec<i32>,
    foot: Vec<i32>,
}

fn frame_depths(layered: &Layered<'_>, channels: &mut [Channel], spare: &[i32]) -> Depths {
    let clusters = &layered.task.clusters;
    let mut depths = Depths { head: vec![0; clusters.len()], foot: vec![0; clusters.len()] };
    for channel in channels.iter_mut() {
        (channel.heads, channel.feet) = (0, 0);
    }
    for cluster in (0..clusters.len()).rev() {
        let (first, last) = layered.spans[cluster];
        if first == usize::MAX {
            continue;
        }
        depths.head[cluster] += clusters[cluster].head;
        depths.foot[cluster] += clusters[cluster].foot + spare[cluster];
        channels[first].heads = channels[first].heads.max(depths.head[cluster]);
        channels[last + 1].feet = channels[last + 1].feet.max(depths.foot[cluster]);
        if let Some(parent) = clusters[cluster].parent {
            let (parent_first, parent_last) = layered.spans[parent];
            if parent_first == first {
                depths.head[parent] = depths.head[parent].max(depths.head[cluster]);
            }
            if parent_last == last {
                depths.foot[parent] = depths.foot[parent].max(depths.foot[cluster]);
            }
        }
    }
    depths
}

/// Where each layer begins and how long it is.
struct Rows {
    start: Vec<i32>,
    length: Vec<i32>,
    /// Cells between a layer and the ends of frames behind it, and between the beginnings of frames and the layer.
    before: Vec<i32>,
    behind: Vec<i32>,
}

impl Rows {
    fn new(layered: &Layered<'_>, channels: &mut [Channel]) -> Self {
        let gaps = &layered.task.gaps;
        let count = layered.layers.len();
        let mut rows = Self {
            start: Vec::with_capacity(count),
            length: Vec::with_capacity(count),
            before: vec![0; count + 1],
            behind: vec![0; count + 1],
        };
        let mut at = 0;
        for (index, it) in channels.iter_mut().enumerate() {
            let is_outside = index == 0 || index == count;
            let tips_before = i32::from(it.has_tips_before);
            let tips_behind = i32::from(it.has_tips_behind);
            rows.before[index] = tips_before;
            rows.behind[index] = tips_behind;
            let outer_before = i32::from(it.has_outer_ends[0]);
            let outer_behind = i32::from(it.has_outer_ends[1]);
            let lead = if it.tracks > 0 { gaps.lead } else { 0 };
            let trail = if it.tracks > 0 { gaps.trail } else { 0 };
            let tracks = if it.tracks > 0 { (it.tracks - 1) * gaps.track_pitch + 1 } else { 0 };
            let needed =
                tips_before + it.feet + outer_before + lead + tracks + trail + outer_behind + it.heads + tips_behind;
            let is_label = |layer: usize| layered.is_label_layer.get(layer).copied().unwrap_or(false);
            let least = if is_outside || !it.has_links {
                if is_outside { 0 } else { gaps.trail.max(1) }
            } else if is_label(index) {
                gaps.before_label
            } else if is_label(index - 1) {
                gaps.after_label
            } else {
                gaps.channel
            };
            it.first_track = at + tips_before + it.feet + outer_before + lead;
            at += needed.max(least);
            if index < count {
                let length =
                    layered.layers[index].iter().map(|&vertex| layered.vertices[vertex].along).max().unwrap_or(0);
                rows.start.push(at);
                rows.length.push(length);
                at += length;
            }
        }
        rows
    }

    fn item(&self, layered: &Layered<'_>, vertex: usize) -> Area {
        let it = &layered.vertices[vertex];
        let Kind::Item(item) = it.kind else { return Area::default() };
        let item = &layered.task.items[item];
        let spare = if layered.task.gaps.centres_layers { (self.length[it.layer] - it.along) / 2 } else { 0 };
        let size = Size { across: it.across - item.margin_across, along: item.along };
        Area { across: it.position, along: self.start[it.layer] + spare, size }
    }

    fn label(&self, layered: &Layered<'_>, vertex: usize) -> Area {
        let it = &layered.vertices[vertex];
        let spare = if layered.task.gaps.label_pin_after { (self.length[it.layer] - it.along) / 2 } else { 0 };
        let size = Size { across: it.across, along: it.along };
        Area { across: it.position, along: self.start[it.layer] + spare, size }
    }

    fn frame(&self, layered: &Layered<'_>, depths: &Depths, cluster: usize) -> Area {
        let (first, last) = layered.spans[cluster];
        if first == usize::MAX {
            return Area::default();
        }
        let start = self.start[first] - self.behind[first] - depths.head[cluster];
        let end = self.start[last] + self.length[last] + self.before[last + 1] + depths.foot[cluster] - 1;
        let (left, right) = layered.borders[cluster];
        let size = Size { across: right - left + 1, along: end - start + 1 };
        Area { across: left, along: start, size }
    }
}

fn path(
    layered: &Layered<'_>,
    ports: &Ports,
    way_of: &[Way],
    channels: &[Channel],
    rows: &Rows,
    frames: &[Area],
    wire: usize,
) -> (Vec<Spot>, Option<Area>) {
    let chain = &layered.chains[wire];
    let Some(last) = chain.links.clone().last() else { return (Vec::new(), None) };
    let first = chain.links.start;
    let pitch = layered.task.gaps.track_pitch;
    let mut points: Vec<Spot> = Vec::new();
    let upper = chain.vertices[0];
    let start = match layered.vertices[upper].kind {
        Kind::Item(_) => {
            let item = rows.item(layered, upper);
            item.end_along()
        }
        _ => rows.start[layered.vertices[upper].layer] + rows.length[layered.vertices[upper].layer] - 1,
    };
    points.push((ports.column(layered, first, 0), start));
    for link in chain.links.clone() {
        let (above, below) = (ports.column(layered, link, 0), ports.column(layered, link, 1));
        let layer = layered.vertices[layered.links[link].lower].layer;
        let track = |index: usize| channels[layer].first_track + index as i32 * pitch;
        match way_of[link] {
            Way::Straight => points.push((above, rows.start[layer])),
            // A comb's straight tooth needs no corner.
            Way::Track(_) if above == below => {}
            Way::Track(index) => points.extend([(above, track(index)), (below, track(index))]),
            Way::Dogleg { first, column, second } => {
                points.extend([
                    (above, track(first)),
                    (column, track(first)),
                    (column, track(second)),
                    (below, track(second)),
                ]);
            }
        }
    }
    let lower = chain.vertices[chain.vertices.len() - 1];
    let end = match layered.vertices[lower].kind {
        Kind::Item(_) => rows.item(layered, lower).along,
        _ => rows.start[layered.vertices[lower].layer],
    };
    points.push((ports.column(layered, last, 1), end));
    let wire = &layered.task.wires[wire];
    let (upper_tie, lower_tie) = if chain.is_reversed { (wire.to, wire.from) } else { (wire.from, wire.to) };
    if let Tie::Cluster(cluster) = lower_tie {
        if chain.lower_inside {
            points.push((ports.column(layered, last, 1), frames[cluster].end_along()));
        } else {
            points.reverse();
            cut(&mut points, &frames[cluster]);
            points.reverse();
        }
    }
    if let Tie::Cluster(cluster) = upper_tie {
        cut(&mut points, &frames[cluster]);
    }
    merge(&mut points);
    if chain.is_reversed {
        points.reverse();
    }
    let label = chain.vertices.iter().find(|&&it| layered.vertices[it].kind == Kind::Label);
    (points, label.map(|&vertex| rows.label(layered, vertex)))
}

/// Takes away what lies inside `frame` at the beginning of a path, up to its border.
fn cut(points: &mut Vec<Spot>, frame: &Area) {
    let Some(outside) = points.iter().position(|&point| !frame.contains(point)) else { return };
    if outside == 0 {
        return;
    }
    let (inner, outer) = (points[outside - 1], points[outside]);
    let border = (outer.0.clamp(frame.across, frame.end_across()), outer.1.clamp(frame.along, frame.end_along()));
    let border = if inner.0 == outer.0 { (inner.0, border.1) } else { (border.0, inner.1) };
    points.drain(..outside);
    points.insert(0, border);
}

/// Drops points that are no corners.
fn merge(points: &mut Vec<Spot>) {
    points.dedup();
    let mut at = 1;
    while at + 1 < points.len() {
        let (a, b, c) = (points[at - 1], points[at], points[at + 1]);
        if (a.0 == b.0 && b.0 == c.0) || (a.1 == b.1 && b.1 == c.1) {
            points.remove(at);
        } else {
            at += 1;
        }
    }
}
