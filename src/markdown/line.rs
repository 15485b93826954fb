//! What wrapping gives: lines of spans, and what stands where among them.

use std::ops::Range;

use super::cells::width;
use super::role::{Look, Role, Style};

/// A document at one width.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Wrapped {
    pub lines: Vec<Line>,
    /// In reading order.
    pub slots: Vec<Slot>,
    /// Those that begin on these lines, in reading order.
    pub links: Vec<Link>,
    /// In reading order.
    pub codes: Vec<Code>,
    /// In reading order.
    pub tables: Vec<TablePlace>,
}

/// One line, not padded.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Line {
    pub spans: Vec<Span>,
    /// Line of the source it comes from, counted from 1. A blank line between blocks has 0.
    pub source_line: u32,
    /// The line of the source on which its block begins, the same for all lines of a block; 0 between blocks.
    pub block_line: u32,
    /// The columns at the left that are no text of the block: indents, bars, line numbers.
    pub margin_cols: usize,
    pub join: Join,
}

/// What stood in the source between a line and the one before it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Join {
    /// The end of a line, or of a block.
    #[default]
    Break,
    /// A blank: the line before was full.
    Blank,
    /// Nothing: a word, or a line of code, was too long.
    Nothing,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Span {
    pub text: String,
    pub role: Role,
    pub style: Style,
    /// Index into [`super::Document::links`].
    pub link: Option<usize>,
}

/// Where the caller puts what a fence stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot {
    /// The slot is before this line; equal to the number of lines when it is after the last.
    pub line_index: usize,
    /// The line of the opening fence, as in [`super::Fence::source_line`].
    pub source_line: u32,
    /// Columns there are, beside the indent.
    pub width_cols: u16,
    pub indent_cols: u16,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Index into [`super::Document::links`].
    pub number: usize,
    /// The first line it is on.
    pub line_index: usize,
    pub target: String,
}

/// A code block, for copying.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code {
    pub lines: Range<usize>,
    /// As in [`super::Fence::source_line`].
    pub source_line: u32,
    /// Columns there are, beside what stands left of the block.
    pub width_cols: usize,
    /// The source as written, without bars and breaks of the layout.
    pub text: String,
}

/// A table, and whether its room was enough for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TablePlace {
    pub lines: Range<usize>,
    pub source_line: u32,
    /// Set in columns, with no word broken.
    pub fits: bool,
}

impl Line {
    pub(super) fn at(source_line: u32) -> Self {
        Self { source_line, ..Self::default() }
    }

    pub fn text(&self) -> String {
        self.spans.iter().map(|span| span.text.as_str()).collect()
    }

    pub fn width_cols(&self) -> usize {
        self.spans.iter().map(|span| width(&span.text)).sum()
    }

    /// Adds `text` at the end; text of the same look grows the last span.
    pub(super) fn push(&mut self, text: &str, look: impl Into<Look>) {
        let Look { role, style, link } = look.into();
        match self.spans.last_mut() {
            Some(last) if (last.role, last.style, last.link) == (role, style, link) => last.text.push_str(text),
            _ if text.is_empty() => {}
            _ => self.spans.push(Span { text: text.to_owned(), role, style, link }),
        }
    }

    pub(super) fn push_blanks(&mut self, cols: usize) {
        self.push(&" ".repeat(cols), Role::Text);
    }

    /// Blanks at the end show nothing and would only be copied along, but for those of a marked line.
    pub(super) fn trim_end(&mut self) {
        while let Some(last) = self.spans.last_mut().filter(|last| !last.style.marked) {
            last.text.truncate(last.text.trim_end_matches(' ').len());
            if !last.text.is_empty() {
                break;
            }
            self.spans.pop();
        }
    }
}
