//! What a screen of text is made of: rows of spans with roles, the same for the terminal and for a pipe.
//!
//! Absent: colours. A role says what a span is; `tui::theme` says how that looks.

mod drawn;
mod text;

pub use drawn::{of_cells, of_grid, role_of};
pub use text::{inked, led, lettered, prose, wrapped};

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use crate::markdown::Join;
use crate::{diagram, markdown};

/// One line on screen, not padded.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Row {
    pub spans: Vec<Span>,
    /// Line of the page's document it comes from, 0 when from none.
    pub source_line: u32,
    /// The line on which its block begins, 0 when it is of none.
    pub block_line: u32,
    /// Columns at the left that are no text: indents, bars, line numbers.
    pub margin_cols: usize,
    /// What stood in the source between this row and the one before.
    pub join: Join,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Span {
    pub text: String,
    pub role: Role,
    pub style: markdown::Style,
    /// Index into the page's links.
    pub link: Option<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    Page(markdown::Role),
    Diagram(diagram::Role),
    /// A part of a diagram that its author coloured: it belongs with the others of the same accent.
    Accent(diagram::Accent),
    Ui(Ui),
}

/// What the program itself says, beside the page's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ui {
    Text,
    Strong,
    Muted,
    Title,
    Border,
    /// The border of the thing that has the focus.
    Focus,
    /// A key that can be pressed.
    Key,
    Made,
    Partly,
    Missing,
    /// The learner's own words that earned a point.
    Evidence,
    Cold,
    Warm,
    Busy,
    Idle,
    Refused,
    Warning,
    /// Where a search found something, and the match one stands on.
    Match,
    CurrentMatch,
    /// The chosen line of a list.
    Chosen,
    /// What the mouse has selected.
    Selected,
    /// A line of code that its author points at, whatever the colours of its letters.
    Marked,
    /// The whole screen, where the theme brings a ground of its own.
    Screen,
    Progress,
}

impl Span {
    pub fn ui(role: Ui, text: impl Into<String>) -> Self {
        Self { text: text.into(), role: Role::Ui(role), style: markdown::Style::default(), link: None }
    }

    pub fn width(&self) -> usize {
        self.text.width()
    }
}

impl Row {
    pub fn of(spans: impl IntoIterator<Item = Span>) -> Self {
        Self { spans: spans.into_iter().collect(), ..Self::default() }
    }

    pub fn ui(role: Ui, text: impl Into<String>) -> Self {
        Self::of([Span::ui(role, text)])
    }

    #[must_use]
    pub fn at_line(mut self, source_line: u32) -> Self {
        self.source_line = source_line;
        self.block_line = source_line;
        self
    }

    pub fn text(&self) -> String {
        self.spans.iter().map(|span| span.text.as_str()).collect()
    }

    /// In columns.
    pub fn width(&self) -> usize {
        self.spans.iter().map(Span::width).sum()
    }

    /// The same without blanks at the end.
    pub fn inked_cols(&self) -> usize {
        self.text().trim_end().width()
    }

    /// The columns of some bytes of the text.
    pub fn cols_of(&self, bytes: &Range<usize>) -> Range<usize> {
        let text = self.text();
        let start = text.get(..bytes.start).map_or(0, UnicodeWidthStr::width);
        start..start + text.get(bytes.clone()).map_or(0, UnicodeWidthStr::width)
    }

    /// Where columns of the row are when it is moved by `left_cols` under its margin.
    pub fn seen_cols(&self, cols: &Range<usize>, left_cols: usize) -> Range<usize> {
        let seen =
            |col: usize| if col < self.margin_cols { col } else { col.saturating_sub(left_cols).max(self.margin_cols) };
        seen(cols.start)..seen(cols.end)
    }

    /// Cuts what lies beyond `width_cols`, marking the cut with `…`.
    #[must_use]
    pub fn cut(mut self, width_cols: usize) -> Self {
        if self.width() <= width_cols {
            return self;
        }
        let mut room = width_cols.saturating_sub(1);
        let mut kept = Vec::new();
        for mut span in self.spans {
            let width = span.width();
            if width > room {
                span.text = fit(&span.text, room).to_owned() + if width_cols > 0 { "…" } else { "" };
                kept.push(span);
                break;
            }
            room -= width;
            kept.push(span);
        }
        self.spans = kept;
        self
    }

    /// Writes `over` from column `x` on, in place of what stands there.
    #[must_use]
    pub fn overlaid(self, x: usize, over: Span) -> Self {
        let end = x + over.width();
        self.padded(end, Ui::Text).spliced(&(x..end), over)
    }

    /// Puts `over` in place of some columns: of none, to stand between its neighbours.
    #[must_use]
    pub fn spliced(self, cols: &Range<usize>, over: Span) -> Self {
        let (x, end) = (cols.start, cols.end);
        let mut row = self;
        let mut spans = Vec::new();
        let mut after = Vec::new();
        let mut at = 0;
        for span in std::mem::take(&mut row.spans) {
            let width = span.width();
            if at < x {
                spans.push(Span { text: fit(&span.text, x - at).to_owned(), ..span.clone() });
            }
            if at + width > end {
                let hidden = fit(&span.text, end.saturating_sub(at));
                after.push(Span { text: span.text[hidden.len()..].to_owned(), ..span });
            }
            at += width;
        }
        spans.push(over);
        spans.extend(after);
        spans.retain(|span| !span.text.is_empty());
        Self { spans, ..row }
    }

    /// What is seen of a row too wide for its room when one looks further right: without the `left_cols` columns that
    /// follow its margin.
    #[must_use]
    pub fn panned(&self, left_cols: usize) -> Self {
        let hidden = self.margin_cols..self.margin_cols + left_cols;
        let mut spans = Vec::new();
        let mut at = 0;
        for span in &self.spans {
            let before = fit(&span.text, hidden.start.saturating_sub(at));
            let until = fit(&span.text, hidden.end.saturating_sub(at));
            for text in [before, &span.text[until.len()..]] {
                if !text.is_empty() {
                    spans.push(Span { text: text.to_owned(), ..span.clone() });
                }
            }
            at += span.width();
        }
        Self { spans, ..self.clone() }
    }

    /// Sets it in by `cols` columns.
    #[must_use]
    pub fn indented(mut self, cols: usize) -> Self {
        if cols > 0 {
            self.spans.insert(0, Span::ui(Ui::Text, " ".repeat(cols)));
        }
        self
    }

    /// Fills up to `width_cols` with blanks of `role`.
    #[must_use]
    pub fn padded(mut self, width_cols: usize, role: Ui) -> Self {
        let missing = width_cols.saturating_sub(self.width());
        if missing > 0 {
            self.spans.push(Span::ui(role, " ".repeat(missing)));
        }
        self
    }
}

impl From<markdown::Line> for Row {
    fn from(line: markdown::Line) -> Self {
        let markdown::Line { spans, source_line, block_line, margin_cols, join } = line;
        let span =
            |it: markdown::Span| Span { text: it.text, role: Role::Page(it.role), style: it.style, link: it.link };
        Self { spans: spans.into_iter().map(span).collect(), source_line, block_line, margin_cols, join }
    }
}

/// A box of exactly `width` columns around `body`, with a title at its left and something at its right.
pub fn frame(title: &str, right: &str, body: Vec<Row>, width: usize) -> Vec<Row> {
    if width < 8 {
        return body;
    }
    // What stands at the right gives way where there is no room for it and a title.
    let right = if width < 24 + right.len() { "" } else { right };
    let right_cols = if right.is_empty() { 0 } else { right.len() + 3 };
    let title = Row::ui(Ui::Title, title).cut(width - 6 - right_cols);
    let line = "─".repeat(width - 5 - title.width() - right_cols);
    let mut top = vec![Span::ui(Ui::Border, "╭─ ")];
    top.extend(title.spans);
    top.push(Span::ui(Ui::Border, format!(" {line}")));
    if !right.is_empty() {
        top.extend([Span::ui(Ui::Border, " "), Span::ui(Ui::Muted, right), Span::ui(Ui::Border, " ─")]);
    }
    top.push(Span::ui(Ui::Border, "╮"));
    let mut rows = vec![Row::of(top)];
    for row in body {
        let mut row = row.cut(width - 4).padded(width - 4, Ui::Text);
        row.spans.insert(0, Span::ui(Ui::Border, "│ "));
        row.spans.push(Span::ui(Ui::Border, " │"));
        row.margin_cols += 2;
        rows.push(row);
    }
    rows.push(Row::ui(Ui::Border, format!("╰{}╯", "─".repeat(width - 2))));
    rows
}

/// The longest beginning of `text` that is at most `width_cols` wide.
pub fn fit(text: &str, width_cols: usize) -> &str {
    let mut used = 0;
    for (at, grapheme) in text.grapheme_indices(true) {
        used += grapheme.width();
        if used > width_cols {
            return &text[..at];
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{Row, Span, Ui, fit, frame};

    #[test]
    fn a_cut_row_is_never_wider_than_asked() {
        for width in 0..12 {
            assert!(Row::ui(Ui::Text, "日本語 text").cut(width).width() <= width, "{width}");
        }
        assert_eq!(Row::ui(Ui::Text, "abcdef").cut(4).text(), "abc…");
        assert_eq!(fit("日本", 3), "日");
    }

    #[test]
    fn a_row_is_written_over_in_its_place() {
        let row = Row::of([Span::ui(Ui::Text, "abc"), Span::ui(Ui::Muted, "defg")]);
        let over = |x, text: &str| row.clone().overlaid(x, Span::ui(Ui::Key, text)).text();
        assert_eq!(
            [over(0, "X"), over(2, "XY"), over(6, "XYZ"), over(9, "X")],
            ["Xbcdefg", "abXYefg", "abcdefXYZ", "abcdefg  X"]
        );
    }

    #[test]
    fn a_wide_row_is_looked_at_further_right_beside_its_margin() {
        let mut row = Row::of([Span::ui(Ui::Border, "│ "), Span::ui(Ui::Text, "ab日cd"), Span::ui(Ui::Key, "efg")]);
        row.margin_cols = 2;
        let seen = |left| row.panned(left).text();
        assert_eq!(
            [seen(0), seen(2), seen(3), seen(4), seen(7), seen(99)],
            ["│ ab日cdefg", "│ 日cdefg", "│ 日cdefg", "│ cdefg", "│ fg", "│ "]
        );
    }

    #[test]
    fn every_row_of_a_frame_is_as_wide_as_asked() {
        for width in [8, 20, 61] {
            for right in ["", "4 min"] {
                let rows = frame("Exercise · 日本", right, vec![Row::ui(Ui::Text, "words ".repeat(20))], width);
                assert!(rows.iter().all(|row| row.width() == width), "{width} {right}: {rows:?}");
            }
        }
    }
}
