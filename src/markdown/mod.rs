//! Markdown to a document, and a document to lines of a given width whose spans have roles.
//!
//! ```text
//!   parse       &str → Document: leaf blocks in reading order, each with the containers around it
//!     inline      what is within a paragraph
//!     outline     what stands in what, and where blank lines go
//!   wrap        Document + width → Wrapped: margins and gaps; the leaves are set by
//!     flow        words in lines
//!     table       cells in columns
//!     code        source, its tokens from highlight, as the fence and a listing want it
//! ```
//!
//! Pure. Colours are absent: a role says what a span is, the theme says how that looks. What a fence
//! means (a diagram, a simulation, an exercise) is absent too: such fences become slots, which the
//! caller fills.
//!
//! ```
//! let document = coldstart::markdown::parse("# Cold start\n\nThe *first* request pays.\n");
//! let wrapped = coldstart::markdown::wrap(&document, 40, &[]);
//! let page: Vec<String> = wrapped.lines.iter().map(|line| line.text()).collect();
//! assert_eq!(page, ["Cold start", "━━━━━━━━━━", "", "The first request pays."]);
//! ```
//!
//! Nothing recurses on the nesting of the input: a document is a flat list of leaves, and its containers know
//! their parent only.

mod cells;
mod code;
mod depth;
mod document;
mod flow;
mod highlight;
mod inline;
mod line;
mod listing;
mod outline;
mod parse;
mod role;
mod table;
mod visible;
mod wrap;

pub use code::code_lines;
pub use document::{
    Align, Block, Container, ContainerId, ContainerKind, Document, Fence, Leaf, List, Problem, Run, Table, TableRow,
    footnote_of,
};
pub use flow::wrap_plain;
pub use highlight::{Tokens, highlight, warm_up};
pub use line::{Code, Join, Line, Link, Slot, Span, TablePlace, Wrapped};
pub use listing::{Listing, LongLines, Wishes};
pub use parse::parse;
pub use role::{Callout, Look, Role, Style, Token};
pub use table::whole_table;
pub use wrap::{wrap, wrap_part, wrap_with};
