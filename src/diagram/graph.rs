//! What a Mermaid text says, as values: boxes and edges; participants and what they send one another; bars; eras.
//!
//! Absent: where anything stands on screen. That is `layout`'s work.

use super::bars::Bars;
use super::chart::Chart;
use super::sequence::Sequence;
use super::timeline::Timeline;

/// A diagram as read. Every index inside points into the vectors beside it.
#[derive(Clone, Debug, PartialEq)]
pub enum Graph {
    /// Whatever is boxes joined by edges: see [`ChartKind`](super::ChartKind).
    Chart(Chart),
    Sequence(Sequence),
    /// Pie charts and Gantt charts.
    Bars(Bars),
    Timeline(Timeline),
    /// A kind that is not drawn: its own lines, and why.
    Source(Source),
}

#[derive(Clone, Debug, PartialEq)]
pub struct Source {
    /// The word the text begins with, such as `gantt`.
    pub keyword: String,
    pub reason: String,
    pub lines: Vec<String>,
}

/// What could not be read, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Counted from 1.
    pub line: u32,
    pub message: String,
}

impl Problem {
    pub(super) fn new(line: u32, message: impl Into<String>) -> Self {
        Self { line, message: message.into() }
    }
}
