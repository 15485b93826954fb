//! Mermaid text to a graph, and a graph to a grid of character cells.
//!
//! ```text
//!   read      text → Graph and the lines that could not be read
//!   graph     what a text says: a `chart` of boxes and edges, a `sequence`, `bars` or a `timeline`
//!   layout    Graph + width → Placed: every box, line and word in its cell
//!   paint     Placed → Grid of cells with roles; `svg`, `json` and `describe` show the same otherwise
//! ```
//!
//! Pure. Lines that cannot be read come back as problems with their number; the rest is drawn. Colours are absent:
//! a cell has a role, the part it belongs to, and at most one of four accents for the author's classes.

mod bars;
mod chart;
mod describe;
mod graph;
mod grid;
mod json;
mod layout;
mod paint;
mod placed;
mod read;
mod sequence;
mod svg;
mod text;
mod timeline;

pub use bars::{Bar, Bars, BarsKind, Section};
pub use chart::{Accent, Chart, ChartKind, Direction, Edge, End, Group, Line, Node, Shape, Tip};
pub use describe::describe;
pub use graph::{Graph, Problem, Source};
pub use grid::{Cell, Grid, Owner, Role};
pub use json::{Description, json};
pub use layout::{lay_out, lay_out_within};
pub use paint::{draw, draw_ascii};
pub use placed::{Placed, PlacedEdge, PlacedFrame, PlacedNode, Rect, Stroke, Text};
pub use read::parse;
pub use sequence::{Message, Participant, Sequence, Side, Step, Surround};
pub use svg::svg;
pub use timeline::{Era, Period, Timeline};
