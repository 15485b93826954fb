//! A placed diagram as data for other programs, in character cells: exactly what the text shows.

use serde::Serialize;

use super::chart::{Line, Tip};
use super::graph::Problem;
use super::placed::{Placed, Rect};

/// What `json` gives.
#[derive(Debug, Serialize)]
pub struct Description<'a> {
    kind: &'a str,
    width: usize,
    height: usize,
    nodes: Vec<Node<'a>>,
    edges: Vec<Edge<'a>>,
    frames: Vec<Frame<'a>>,
    problems: Vec<Slip<'a>>,
}

#[derive(Debug, Serialize)]
struct Node<'a> {
    id: &'a str,
    label: &'a str,
    shape: &'static str,
    #[serde(flatten)]
    place: Place,
}

#[derive(Debug, Serialize)]
struct Edge<'a> {
    from: &'a str,
    to: &'a str,
    label: &'a str,
    arrow: &'static str,
    line: &'static str,
    points: Vec<[i32; 2]>,
    label_box: Option<Place>,
}

#[derive(Debug, Serialize)]
struct Frame<'a> {
    id: &'a str,
    title: &'a str,
    #[serde(flatten)]
    place: Place,
}

#[derive(Debug, Serialize)]
struct Slip<'a> {
    line: u32,
    message: &'a str,
}

#[derive(Clone, Copy, Debug, Serialize)]
struct Place {
    x: i32,
    y: i32,
    w: i32,
    h: i32,
}

impl From<Rect> for Place {
    fn from(Rect { x, y, w, h }: Rect) -> Self {
        Self { x, y, w, h }
    }
}

/// The placed diagram and the problems of its text, ready to be serialised.
pub fn json<'a>(placed: &'a Placed, problems: &'a [Problem]) -> Description<'a> {
    Description {
        kind: placed.kind,
        width: placed.width,
        height: placed.height,
        nodes: placed
            .nodes
            .iter()
            .map(|node| Node { id: &node.id, label: &node.label, shape: node.shape.name(), place: node.rect.into() })
            .collect(),
        edges: placed
            .edges
            .iter()
            .map(|edge| Edge {
                from: &edge.from,
                to: &edge.to,
                label: &edge.label,
                arrow: arrow(edge.tail, edge.head),
                line: line(edge.line),
                points: edge.points.iter().map(|&(x, y)| [x, y]).collect(),
                label_box: edge.label_box.map(Place::from),
            })
            .collect(),
        frames: placed
            .frames
            .iter()
            .map(|frame| Frame { id: &frame.id, title: &frame.title, place: frame.rect.into() })
            .collect(),
        problems: problems.iter().map(|it| Slip { line: it.line, message: &it.message }).collect(),
    }
}

fn arrow(tail: Tip, head: Tip) -> &'static str {
    match (tail, head) {
        (Tip::None, Tip::None) => "none",
        (Tip::None, Tip::Arrow) => "arrow",
        (Tip::None, Tip::Open) => "open",
        (Tip::None, Tip::Circle) => "circle",
        (Tip::None, Tip::Cross) => "cross",
        (Tip::None, Tip::Diamond) => "diamond",
        (Tip::None, Tip::HollowDiamond) => "hollow-diamond",
        (_, Tip::Circle) => "both-circle",
        (_, Tip::Cross) => "both-cross",
        (_, Tip::None) => "tail",
        (_, Tip::Arrow | Tip::Open | Tip::Diamond | Tip::HollowDiamond) => "both",
    }
}

fn line(line: Line) -> &'static str {
    match line {
        Line::Solid => "solid",
        Line::Dotted => "dotted",
        Line::Thick => "thick",
        Line::Invisible => "invisible",
    }
}
