//! A code block to lines: a bar at the left, the label above, every byte of the source.
//!
//! A line of the source that is too long goes on in the next line behind a mark, or stays whole for a caller who shows a
//! part of it; it is never cut here.

use super::cells;
use super::document::Fence;
use super::line::{Join, Line};
use super::listing::{Listing, LongLines};
use super::role::{Look, Role, Style, Token};

const BAR: &str = "│ ";
/// The bar of a marked line: heavier, so that it is told without colour too.
const MARKED_BAR: &str = "┃ ";
const LABEL: &str = "┌ ";
const CONTINUED: &str = "↪ ";
const TAB_COLS: usize = 4;
/// Narrower than this, marks would take the room that the source needs.
const NARROW_COLS: usize = 12;

/// The lines of `fence` in `width_cols` columns, as its own braces and `listing` want them.
pub fn code_lines(fence: &Fence, width_cols: usize, listing: Listing) -> Vec<Line> {
    let is_narrow = width_cols < NARROW_COLS;
    let n_lines = fence.body.lines().count();
    let number_cols = n_lines.to_string().len() + 2;
    let is_numbered = (listing.numbered || fence.wishes.numbered) && width_cols >= NARROW_COLS + number_cols;
    let mut setter = Setter {
        width_cols: match listing.long_lines {
            LongLines::Broken => width_cols.max(1),
            LongLines::Whole => usize::MAX,
        },
        is_narrow,
        number_cols: if is_numbered { number_cols } else { 0 },
        lines: Vec::new(),
        is_marked: false,
        line_cols: 0,
        source_cols: 0,
    };
    if !fence.label.is_empty() {
        setter.start(fence.source_line, LABEL);
        setter.text(&fence.label, Role::SourceBar);
        for line in &mut setter.lines {
            line.margin_cols = cols_of(line);
        }
    }
    let mut tokens = fence.tokens().iter();
    for ((source, source_line), number) in fence.body.lines().zip(fence.body_line()..).zip(1..) {
        setter.start_source(source_line, number, fence.wishes.marks(number));
        let mut at = 0;
        for (bytes, token) in tokens.next().into_iter().flatten() {
            // The line feed is part of the last piece.
            let end = (at + bytes).min(source.len());
            setter.text(&source[at..end], Role::Source(*token));
            at = end;
        }
        setter.text(&source[at..], Role::Source(Token::Plain));
    }
    if fence.body.is_empty() && fence.label.is_empty() {
        setter.start(fence.source_line, BAR);
    }
    let mut lines = setter.lines;
    even_out_marks(&mut lines);
    for line in &mut lines {
        line.trim_end();
    }
    lines
}

/// Marked lines are all as long as the longest line: a band, not a row of flags.
fn even_out_marks(lines: &mut [Line]) {
    let widest = lines.iter().map(cols_of).max().unwrap_or(0);
    for line in lines {
        if line.spans.last().is_some_and(|last| last.style.marked) {
            let missing = " ".repeat(widest - cols_of(line));
            line.push(&missing, marked(Role::Source(Token::Plain)));
        }
    }
}

fn cols_of(line: &Line) -> usize {
    line.spans.iter().map(|span| cells::width(&span.text)).sum()
}

fn marked(role: Role) -> Look {
    Look { style: Style { marked: true, ..Style::default() }, ..Look::from(role) }
}

struct Setter {
    width_cols: usize,
    is_narrow: bool,
    /// Columns for the numbers of the lines, 0 without.
    number_cols: usize,
    lines: Vec<Line>,
    /// Whether the line at hand is one that the author points at.
    is_marked: bool,
    /// Columns taken on the last line.
    line_cols: usize,
    /// Columns of the source line so far, which tab stops count.
    source_cols: usize,
}

impl Setter {
    fn start(&mut self, source_line: u32, bar: &str) {
        self.is_marked = false;
        self.begin(Line::at(source_line));
        self.source_cols = 0;
        self.margin(bar);
    }

    fn start_source(&mut self, source_line: u32, number: usize, is_marked: bool) {
        self.is_marked = is_marked;
        self.begin(Line::at(source_line));
        self.source_cols = 0;
        self.margin(if is_marked { MARKED_BAR } else { BAR });
        if self.number_cols > 0 {
            let digits = self.number_cols - 2;
            self.margin(&format!("{number:>digits$}  "));
        }
    }

    /// The next line of a source line that was too long.
    fn go_on(&mut self) {
        let source_line = self.lines.last().map_or(0, |line| line.source_line);
        self.begin(Line { join: Join::Nothing, ..Line::at(source_line) });
        self.margin(if self.is_marked { MARKED_BAR } else { BAR });
        self.margin(&" ".repeat(self.number_cols));
        self.margin(CONTINUED);
    }

    fn begin(&mut self, line: Line) {
        self.lines.push(line);
        self.line_cols = 0;
    }

    /// Something at the left that is no source.
    fn margin(&mut self, text: &str) {
        let look = if self.is_marked { marked(Role::SourceMark) } else { Role::SourceBar.into() };
        if let Some(line) = self.lines.last_mut().filter(|_| !self.is_narrow) {
            let cols = cells::width(text);
            line.push(text, look);
            line.margin_cols += cols;
            self.line_cols += cols;
        }
    }

    fn text(&mut self, text: &str, role: Role) {
        if self.line_cols.saturating_add(text.len()) <= self.width_cols && text.is_ascii() && !text.contains('\t') {
            self.source_cols += text.len();
            self.put(text, text.len(), role);
            return;
        }
        for (grapheme, cols) in cells::graphemes(text) {
            if grapheme == "\t" {
                for _ in 0..TAB_COLS - self.source_cols % TAB_COLS {
                    self.grapheme(" ", 1, role);
                }
            } else {
                self.grapheme(grapheme, cols, role);
            }
        }
    }

    fn grapheme(&mut self, grapheme: &str, cols: usize, role: Role) {
        let margin_cols = if self.is_narrow { 0 } else { cells::width(BAR) };
        let (grapheme, cols) = cells::fitting(grapheme, cols, self.width_cols - margin_cols);
        if self.line_cols + cols > self.width_cols {
            self.go_on();
        }
        self.source_cols += cols;
        self.put(grapheme, cols, role);
    }

    fn put(&mut self, text: &str, cols: usize, role: Role) {
        let look = if self.is_marked { marked(role) } else { role.into() };
        if let Some(line) = self.lines.last_mut() {
            line.push(text, look);
            self.line_cols += cols;
        }
    }
}
