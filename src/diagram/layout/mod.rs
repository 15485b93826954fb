//! A graph and a width to a placed diagram.
//!
//! ```text
//!   mod       the ladder of fits: which way of drawing a chart suits the width
//!   blocks    groups and parts of a chart, each laid out and set in its place
//!   flow      between flow coordinates and cells
//!   layered   one part in layers: build, order, across and borders, with rank and place
//!   lines     a flow broken into lines, where neither width nor height is enough for one
//!   route     ports, tracks and paths; channel: which track
//!   sequence  lifelines and what passes between them; `bars` and `timeline` rows of a list; `source` a text as it is
//! ```

mod across;
mod bars;
mod blocks;
mod borders;
mod boxes;
mod build;
mod channel;
mod flow;
mod layered;
mod lines;
mod order;
mod place;
mod rank;
mod route;
mod sequence;
mod source;
mod timeline;
mod titles;

use super::chart::{Chart, ChartKind, Line};
use super::graph::Graph;
use super::placed::{Placed, PlacedEdge, PlacedFrame, PlacedNode, Rect, Text};
use super::text::{width, wrap};
use blocks::{Block, Blocks, Drawn, Manner};
use boxes::{Boxed, Measure};

/// Places every part of `graph` in character cells.
///
/// `width_cols` is the room on screen; the drawing is wider only where nothing narrower was found.
pub fn lay_out(graph: &Graph, width_cols: u16) -> Placed {
    match graph {
        Graph::Chart(chart) => chart_placed(chart, i32::from(width_cols.max(1))),
        Graph::Sequence(it) => sequence::placed(it, i32::from(width_cols.max(1))),
        Graph::Bars(it) => bars::placed(it, i32::from(width_cols.max(1))),
        Graph::Timeline(it) => timeline::placed(it, i32::from(width_cols.max(1))),
        Graph::Source(source) => source::placed(source, i32::from(width_cols.max(1))),
    }
}

/// Places every part of `graph`, at most `height_rows` high where one of the ways to draw it in the width allows that.
pub fn lay_out_within(graph: &Graph, width_cols: u16, height_rows: u16) -> Placed {
    let usual = lay_out(graph, width_cols);
    let fits = |it: &Placed| it.width <= usize::from(width_cols) && it.height <= usize::from(height_rows);
    let Graph::Chart(chart) = graph else { return usual };
    if fits(&usual) || chart.nodes.len() > SOME_PARTS {
        return usual;
    }
    let rungs = ladder(chart, i32::from(width_cols.max(1)));
    let whole = rungs.iter().enumerate().filter_map(|(rung, &manner)| drawn(chart, manner, rung, i64::MAX));
    let best = whole.filter(|(_, it)| fits(it)).min_by_key(|(cost, _)| *cost).map(|(_, placed)| placed);
    let in_lines = || rungs.iter().filter_map(|&manner| lines::broken(chart, manner)).find(fits);
    best.or_else(in_lines).unwrap_or(usual)
}

/// Above so many nodes and edges together only some, only a few, and only two ways of drawing are tried.
const SOME_PARTS: usize = 70;
const MANY_PARTS: usize = 150;
/// As how many of them a group counts.
const GROUP_PARTS: usize = 2;
const VAST_PARTS: usize = 1_200;

/// A drawing larger than this nobody can follow; a bound on memory.
const MAX_CELLS: usize = 8_000_000;

fn chart_placed(chart: &Chart, width_cols: i32) -> Placed {
    let mut best: Option<(i64, Placed)> = None;
    let is_large = chart.nodes.len() + chart.edges.len() > MANY_PARTS;
    for (rung, manner) in ladder(chart, width_cols).into_iter().enumerate() {
        let least = best.as_ref().map_or(i64::MAX, |(least, _)| *least);
        best = drawn(chart, manner, rung, least).or(best);
        // A first rung that fits is what the author meant.
        if best.as_ref().is_some_and(|(_, placed)| placed.width as i32 <= width_cols) && (is_large || rung >= 2) {
            break;
        }
    }
    let placed = best.map(|(_, placed)| placed).unwrap_or_default();
    if placed.width * placed.height > MAX_CELLS { source::too_large(&placed, width_cols) } else { placed }
}

/// The ways of drawing to try, the most generous first.
fn ladder(chart: &Chart, width_cols: i32) -> Vec<Manner> {
    let measure = |box_cols, edge_cols| Measure { box_cols, edge_cols, breaks_words: false };
    let base = Manner {
        direction: chart.direction,
        measure: measure(28, 24),
        // The leaves of a tree read best line by line.
        is_tight: chart.kind == ChartKind::Mindmap,
        fold_percent: None,
        width_cols,
    };
    let turned = chart.direction.turned();
    let mut rungs = vec![base];
    let narrower = |direction| {
        [
            Manner { direction, measure: measure(20, 16), ..base },
            Manner { direction, measure: measure(14, 12), is_tight: true, ..base },
            Manner { direction, measure: measure(10, 10), is_tight: true, ..base },
        ]
    };
    rungs.extend(narrower(chart.direction));
    rungs.push(Manner { direction: turned, ..base });
    rungs.extend(narrower(turned));
    let down = if chart.direction.is_sideways() { turned } else { chart.direction };
    let fold =
        |measure, percent| Manner { direction: down, measure, is_tight: true, fold_percent: Some(percent), ..base };
    rungs.extend([fold(measure(20, 16), 100), fold(measure(14, 12), 100), fold(measure(9, 9), 100)]);
    // The last leave room for the lines that pass, and break words.
    let least = Measure { box_cols: 9, edge_cols: 9, breaks_words: true };
    rungs.extend([fold(least, 100), fold(least, 65), fold(least, 40)]);
    // The larger the chart, the fewer ways are tried: each must still be there within a frame. Frames cost the most.
    let kept: &[usize] = match chart.nodes.len() + chart.edges.len() + GROUP_PARTS * chart.groups.len() {
        0..=SOME_PARTS => return rungs,
        parts if parts <= MANY_PARTS => &[0, 2, 4, 7, 9, 11, 12],
        parts if parts <= VAST_PARTS => &[0, 4, 9],
        _ => &[0, 9],
    };
    kept.iter().map(|&rung| rungs[rung]).collect()
}

/// What a drawing costs: columns beyond the width first of all, then crossings, bends, how far it is from what the
/// author wrote, and its area.
fn cost(placed: &Placed, crossings: usize, width_cols: i32, rung: usize) -> i64 {
    let overflow = i64::from((placed.width as i32 - width_cols).max(0));
    let bends: usize = placed.edges.iter().map(|edge| edge.points.len().saturating_sub(2)).sum();
    let area = (placed.width * placed.height) as i64;
    overflow * 100_000 + crossings as i64 * 60 + bends as i64 * 10 + rung as i64 * 150 + area / 40
}

/// Rounds in which titles that edges would hide get room beside them.
const TITLE_ROUNDS: usize = 3;
/// What a title that found no place costs: as much as a column too many, so that any way to draw it whole is better.
const LOST_TITLE: i64 = 100_000;

/// One rung's drawing and its cost, if that is below `least`.
fn drawn(chart: &Chart, manner: Manner, rung: usize, least: i64) -> Option<(i64, Placed)> {
    let mut room = vec![0; chart.groups.len()];
    for round in 0..=TITLE_ROUNDS {
        let block = Blocks::new(chart, manner, &room).lay_out();
        let crossings = block.crossings;
        let placed = assembled(chart, manner, block);
        let cost = cost(&placed, crossings, manner.width_cols, rung);
        // What is too dear already does not get cheaper by making room.
        if cost >= least {
            return None;
        }
        let mut n_lost = 0;
        for (group, frame) in placed.frames.iter().enumerate() {
            if frame.title_box.is_none() && !frame.title.is_empty() {
                room[group] += frame.title_lines.iter().map(|line| width(line)).max().unwrap_or(0) as i32 + 3;
                n_lost += 1;
            }
        }
        if n_lost == 0 || round == TITLE_ROUNDS {
            return Some((cost + n_lost * LOST_TITLE, placed));
        }
    }
    None
}

fn assembled(chart: &Chart, manner: Manner, block: Block) -> Placed {
    let mut placed = Placed { kind: chart.kind.name(), title: chart.title.clone(), ..Placed::default() };
    let y = heading(&mut placed, manner.width_cols);
    let shift = |rect: Rect| Rect { y: rect.y + y, ..rect };
    placed.width = block.w.max(0) as usize;
    placed.height = (block.h + y).max(0) as usize;
    let title_cols = placed.texts.iter().map(|it| width(&it.text)).max().unwrap_or(0);
    placed.width = placed.width.max(title_cols);
    let mut nodes = block.nodes;
    nodes.sort_by_key(|it| it.0);
    placed.nodes = nodes
        .into_iter()
        .map(|(index, rect, Boxed { lines, compartments, .. })| {
            let node = &chart.nodes[index];
            PlacedNode {
                id: node.id.clone(),
                label: node.label.clone(),
                lines,
                compartments,
                shape: node.shape,
                rect: shift(rect),
                link: node.link.clone(),
                accent: node.accent,
            }
        })
        .collect();
    let mut edges = block.edges;
    edges.sort_by_key(|it| it.edge);
    placed.edges = edges
        .into_iter()
        .map(|Drawn { edge, points, label }| {
            let is_seen = chart.edges[edge].line != Line::Invisible;
            let points = points.into_iter().filter(|_| is_seen).map(|(x, at)| (x, at + y)).collect();
            placed_edge(chart, edge, points, label.map(|(rect, lines)| (shift(rect), lines)))
        })
        .collect();
    let mut frames = block.frames;
    frames.sort_by_key(|it| it.0);
    placed.frames = frames
        .into_iter()
        .map(|(index, rect)| {
            let group = &chart.groups[index];
            PlacedFrame {
                id: group.id.clone(),
                title: group.title.clone(),
                title_lines: blocks::title_lines(&group.title, manner),
                rect: shift(rect),
                title_box: None,
                dividers: Vec::new(),
                accent: group.accent,
            }
        })
        .collect();
    titles::set(&mut placed);
    placed
}

/// Sets the title above everything else; returns the first row below it.
fn heading(placed: &mut Placed, width_cols: i32) -> i32 {
    if placed.title.is_empty() {
        return 0;
    }
    let lines = wrap(&placed.title, width_cols.max(8) as usize, false);
    let rows = lines.len() as i32;
    placed.texts.extend(lines.into_iter().zip(0..).map(|(text, y)| Text { x: 0, y, text, is_title: true }));
    rows + 1
}

/// Gives a drawing of words, bars and strokes the size that holds them all.
fn close(placed: &mut Placed) {
    let texts = placed.texts.iter().map(|it| (it.x + width(&it.text) as i32, it.y + 1));
    let nodes = placed.nodes.iter().map(|it| (it.rect.right(), it.rect.bottom()));
    let strokes = placed.strokes.iter().map(|it| (it.to.0 + 1, it.to.1 + 1));
    let (w, h) = texts.chain(nodes).chain(strokes).fold((0, 0), |all, it| (all.0.max(it.0), all.1.max(it.1)));
    (placed.width, placed.height) = (w as usize, h as usize);
}

/// An edge of the chart where its line and its label came to lie.
fn placed_edge(chart: &Chart, index: usize, points: Vec<(i32, i32)>, label: Option<(Rect, Vec<String>)>) -> PlacedEdge {
    let edge = &chart.edges[index];
    let (label_box, label_lines) = label.map_or((None, Vec::new()), |(rect, lines)| (Some(rect), lines));
    PlacedEdge {
        from: chart.name(edge.from).to_owned(),
        to: chart.name(edge.to).to_owned(),
        label: edge.label.clone(),
        label_lines,
        label_box,
        line: edge.line,
        tail: edge.tail,
        head: edge.head,
        points,
        accent: edge.accent,
    }
}
