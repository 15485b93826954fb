//! A flow broken into lines, as text is: for a screen that is neither wide enough for one line nor high enough for a
//! column.
//!
//! A line may end where a single edge leads from a box at its end to one at the beginning of the next. Charts with groups
//! are left as they are.

use super::blocks::Manner;
use super::rank::{Arc, ranks};
use super::{drawn, placed_edge};
use crate::diagram::chart::{Chart, Direction, End, Line};
use crate::diagram::placed::{Placed, PlacedEdge, PlacedNode, Rect};
use crate::diagram::text::{width, wrap};

/// Columns before a line that another one leads to: the edge comes down there.
const LEAD_COLS: i32 = 4;
/// Columns behind a line that leads on.
const TRAIL_COLS: i32 = 3;

/// A stretch of the flow, laid out by itself, with the nodes and edges of the chart that it holds.
struct Stretch {
    placed: Placed,
    nodes: Vec<usize>,
    edges: Vec<usize>,
}

/// An edge that leads on to the next line, as far as it is drawn.
struct LeadingOn {
    edge: usize,
    points: Vec<(i32, i32)>,
    label: Option<(Rect, Vec<String>)>,
}

/// The flow to the right in as many lines as `manner.width_cols` asks for; `None` where it cannot be broken so.
pub(super) fn broken(chart: &Chart, manner: Manner) -> Option<Placed> {
    let ends = |index: usize| match (chart.edges[index].from, chart.edges[index].to) {
        (End::Node(from), End::Node(to)) => Some((from, to)),
        _ => None,
    };
    let arcs: Option<Vec<Arc>> = (0..chart.edges.len())
        .map(|index| ends(index).map(|(from, to)| Arc { from, to, length: usize::from(chart.edges[index].length) }))
        .collect();
    let rank = ranks(chart.nodes.len(), &arcs.filter(|_| chart.groups.is_empty())?);
    let last = rank.iter().copied().max()?;
    // Behind which ranks a line may end, and which edge leads on from there.
    let cuts: Vec<(usize, usize)> = (0..last)
        .filter_map(|after| {
            let crosses =
                |&index: &usize| ends(index).is_some_and(|(from, to)| (rank[from] <= after) != (rank[to] <= after));
            let mut crossing = (0..chart.edges.len()).filter(crosses);
            let edge = crossing.next().filter(|_| crossing.next().is_none())?;
            let (from, to) = ends(edge)?;
            let is_step = rank[from] == after && rank[to] == after + 1 && chart.edges[edge].line != Line::Invisible;
            is_step.then_some((after, edge))
        })
        .collect();
    let mut lines: Vec<Stretch> = Vec::new();
    let mut leading_on = Vec::new();
    let mut first = 0;
    while first <= last {
        let lead = if lines.is_empty() { 0 } else { LEAD_COLS };
        let later = cuts.iter().rev().filter(|(after, _)| *after >= first);
        let ways = std::iter::once((last, None)).chain(later.map(|&(after, edge)| (after, Some(edge))));
        let mut fitting = ways.filter_map(|(to, edge)| {
            let stretch = stretch(chart, &rank, first..=to, manner)?;
            let trail = if edge.is_some() { TRAIL_COLS } else { 0 };
            let cols = lead + stretch.placed.width as i32 + trail;
            let leads_on = edge.and_then(ends).is_none_or(|(from, _)| stretch.exit(from).is_some());
            let led_to = leading_on.last().copied().and_then(ends).is_none_or(|(_, to)| stretch.entry(to).is_some());
            (cols <= manner.width_cols && leads_on && led_to).then_some((to, edge, stretch))
        });
        let (to, edge, stretch) = fitting.next()?;
        lines.push(stretch);
        leading_on.extend(edge);
        first = to + 1;
    }
    Some(joined(chart, manner, &lines, &leading_on))
}

/// The boxes of some ranks and what joins them.
fn stretch(chart: &Chart, rank: &[usize], ranks: std::ops::RangeInclusive<usize>, manner: Manner) -> Option<Stretch> {
    let nodes: Vec<usize> = (0..rank.len()).filter(|&node| ranks.contains(&rank[node])).collect();
    let own = |end: End| match end {
        End::Node(node) => nodes.binary_search(&node).ok().map(End::Node),
        End::Group(_) => None,
    };
    let mut part = Chart { kind: chart.kind, direction: Direction::Right, ..Chart::default() };
    part.nodes = nodes.iter().map(|&node| chart.nodes[node].clone()).collect();
    let mut edges = Vec::new();
    for (index, edge) in chart.edges.iter().enumerate() {
        if let (Some(from), Some(to)) = (own(edge.from), own(edge.to)) {
            part.edges.push(crate::diagram::chart::Edge { from, to, ..edge.clone() });
            edges.push(index);
        }
    }
    let (_, placed) = drawn(&part, Manner { direction: Direction::Right, ..manner }, 0, i64::MAX)?;
    Some(Stretch { placed, nodes, edges })
}

impl Stretch {
    fn rect(&self, node: usize) -> Option<Rect> {
        let at = self.nodes.binary_search(&node).ok()?;
        self.placed.nodes.get(at).map(|it| it.rect)
    }

    /// The row in which an edge can leave a box to the right without meeting anything.
    fn exit(&self, node: usize) -> Option<i32> {
        let it = self.rect(node)?;
        let (x, w) = (it.right() - 1, self.placed.width as i32 - it.right() + 1);
        self.free_row(node, it, x, w)
    }

    /// The row in which an edge can come to a box from the left.
    fn entry(&self, node: usize) -> Option<i32> {
        let it = self.rect(node)?;
        self.free_row(node, it, 0, it.x + 1)
    }

    /// The row of a box nearest to its middle that is free in some columns.
    fn free_row(&self, node: usize, it: Rect, x: i32, w: i32) -> Option<i32> {
        let is_free = |&y: &i32| {
            let way = Rect { x, y, w, h: 1 };
            let on_box =
                self.nodes.iter().zip(&self.placed.nodes).any(|(&at, box_)| at != node && box_.rect.meets(&way));
            let mut edges = self.placed.edges.iter();
            !on_box
                && !edges.any(|edge| {
                    edge.label_box.is_some_and(|label| label.meets(&way))
                        || edge.cells().iter().any(|&(x, y)| way.contains(x, y))
                })
        };
        let middle = it.y + it.h / 2;
        let mut rows: Vec<i32> = (it.y + 1..it.bottom() - 1).filter(is_free).collect();
        rows.sort_by_key(|row| (row - middle).abs());
        rows.first().copied()
    }
}

/// The lines below each other, joined by the edges that lead on.
fn joined(chart: &Chart, manner: Manner, lines: &[Stretch], leading_on: &[usize]) -> Placed {
    let mut placed = Placed { kind: chart.kind.name(), title: chart.title.clone(), ..Placed::default() };
    let mut y = super::heading(&mut placed, manner.width_cols);
    let node = |end: End| if let End::Node(node) = end { Some(node) } else { None };
    let mut nodes = Vec::new();
    let mut edges: Vec<(usize, PlacedEdge)> = Vec::new();
    let mut w = 0;
    let mut open: Option<LeadingOn> = None;
    for (at, line) in lines.iter().enumerate() {
        let x = if at == 0 { 0 } else { LEAD_COLS };
        let shifted = |rect: Rect| Rect { x: rect.x + x, y: rect.y + y, ..rect };
        for (&index, placed) in line.nodes.iter().zip(&line.placed.nodes) {
            nodes.push((index, PlacedNode { rect: shifted(placed.rect), ..placed.clone() }));
        }
        for (&index, edge) in line.edges.iter().zip(&line.placed.edges) {
            let mut edge = edge.clone();
            edge.label_box = edge.label_box.map(shifted);
            edge.points.iter_mut().for_each(|point| *point = (point.0 + x, point.1 + y));
            edges.push((index, edge));
        }
        if let Some(mut it) = open.take()
            && let Some(to) = node(chart.edges[it.edge].to)
            && let (Some(row), Some(rect)) = (line.entry(to), line.rect(to))
        {
            it.points.extend([(0, y + row), (rect.x + x, y + row)]);
            edges.push((it.edge, placed_edge(chart, it.edge, it.points, it.label)));
        }
        w = w.max(x + line.placed.width as i32);
        y += line.placed.height as i32;
        if let Some(&index) = leading_on.get(at)
            && let Some(from) = node(chart.edges[index].from)
            && let (Some(row), Some(rect)) = (line.exit(from), line.rect(from))
        {
            let top = y - line.placed.height as i32;
            let text = &chart.edges[index].label;
            let words = if text.is_empty() { Vec::new() } else { wrap(text, (w - 4).max(8) as usize, false) };
            let cols = words.iter().map(|line| width(line)).max().unwrap_or(0) as i32;
            // Behind the line, and beside its label, which stands above the way back.
            let right = (x + line.placed.width as i32 + TRAIL_COLS - 1).max(if cols > 0 { 2 + cols + 1 } else { 0 });
            let label = (cols > 0).then(|| (Rect { x: 2, y, w: cols, h: words.len() as i32 }, words.clone()));
            w = w.max(right + 1);
            y += words.len() as i32;
            let start = (rect.right() - 1 + x, top + row);
            let points = vec![start, (right, start.1), (right, y), (0, y)];
            open = Some(LeadingOn { edge: index, points, label });
            y += 1;
        }
    }
    nodes.sort_by_key(|it| it.0);
    edges.sort_by_key(|it| it.0);
    placed.nodes = nodes.into_iter().map(|it| it.1).collect();
    placed.edges = edges.into_iter().map(|it| it.1).collect();
    let title = placed.texts.iter().map(|it| width(&it.text)).max().unwrap_or(0);
    (placed.width, placed.height) = ((w as usize).max(title), y as usize);
    placed
}
