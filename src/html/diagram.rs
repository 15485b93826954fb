//! A diagram as a picture of two widths, of which the browser shows the one that fits, and in words.
//!
//! The drawing is an image of its own inside the page: its style and its names stay in it.

use super::address::encoded;
use super::sheet::Sheet;
use crate::diagram::{self, Graph};

/// What a page's text and a phone have room for, in columns of the drawing's letters.
const WIDE_COLS: u16 = 76;
const NARROW_COLS: u16 = 38;

pub(super) fn figure(sheet: &mut Sheet<'_>, graph: &Graph) {
    let words = diagram::describe(graph);
    let drawn = |width_cols| diagram::svg(&diagram::lay_out(graph, width_cols), &words);
    let (wide, narrow) = (drawn(WIDE_COLS), drawn(NARROW_COLS));
    sheet.markup.element("figure", &[("class", "diagram")], |it| {
        it.element("picture", &[], |it| {
            if narrow != wide {
                it.open("source", &[("media", "(max-width: 44rem)"), ("srcset", &inlined(&narrow))]);
            }
            it.open("img", &[("src", &inlined(&wide)), ("alt", &words)]);
        });
    });
}

/// An address that holds the picture itself.
fn inlined(svg: &str) -> String {
    format!("data:image/svg+xml,{}", encoded(svg))
}
