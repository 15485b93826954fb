//! A code block to lines: a bar at the left, the label above, every byte of the source.
//!
//! A line of the source that is too long goes on in the next line behind a mark; it is never cut.

use super::cells;
use super::document::Fence;
use super::line::Line;
use super::role::{Role, Token};

const BAR: &str = "│ ";
const LABEL: &str = "┌ ";
const CONTINUED: &str = "↪ ";
const TAB_COLS: usize = 4;
/// Narrower than this, marks would take the room that the source needs.
const NARROW_COLS: usize = 12;

pub(super) fn lines(fence: &Fence, width_cols: usize) -> Vec<Line> {
    let is_narrow = width_cols < NARROW_COLS;
    let mut setter =
        Setter { width_cols: width_cols.max(1), is_narrow, lines: Vec::new(), line_cols: 0, source_cols: 0 };
    if !fence.info.is_empty() {
        setter.start(fence.source_line, LABEL);
        setter.text(&fence.info, Role::SourceBar);
    }
    let mut tokens = fence.tokens().iter();
    for (source, source_line) in fence.body.lines().zip(fence.body_line()..) {
        setter.start(source_line, BAR);
        let mut at = 0;
        for (bytes, token) in tokens.next().into_iter().flatten() {
            // The line feed is part of the last piece.
            let end = (at + bytes).min(source.len());
            setter.text(&source[at..end], Role::Source(*token));
            at = end;
        }
        setter.text(&source[at..], Role::Source(Token::Plain));
    }
    if fence.body.is_empty() && fence.info.is_empty() {
        setter.start(fence.source_line, BAR);
    }
    for line in &mut setter.lines {
        line.trim_end();
    }
    setter.lines
}

struct Setter {
    width_cols: usize,
    is_narrow: bool,
    lines: Vec<Line>,
    /// Columns taken on the last line.
    line_cols: usize,
    /// Columns of the source line so far, which tab stops count.
    source_cols: usize,
}

impl Setter {
    fn start(&mut self, source_line: u32, bar: &str) {
        self.lines.push(Line { source_line, ..Line::default() });
        self.line_cols = 0;
        self.source_cols = 0;
        self.mark(bar);
    }

    fn mark(&mut self, mark: &str) {
        if !self.is_narrow {
            self.put(mark, cells::width(mark), Role::SourceBar);
        }
    }

    fn text(&mut self, text: &str, role: Role) {
        if self.line_cols + text.len() <= self.width_cols && text.is_ascii() && !text.contains('\t') {
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
        let room_cols = if self.is_narrow { self.width_cols } else { self.width_cols - cells::width(BAR) };
        let (grapheme, cols) = cells::fitting(grapheme, cols, room_cols);
        if self.line_cols + cols > self.width_cols {
            let source_line = self.lines.last().map_or(0, |line| line.source_line);
            self.lines.push(Line { source_line, ..Line::default() });
            self.line_cols = 0;
            self.mark(BAR);
            self.mark(CONTINUED);
        }
        self.source_cols += cols;
        self.put(grapheme, cols, role);
    }

    fn put(&mut self, text: &str, cols: usize, role: Role) {
        if let Some(line) = self.lines.last_mut() {
            line.push(text, role);
            self.line_cols += cols;
        }
    }
}
