//! A stretch of rows that the mouse was dragged over, and the text that it stands for.
//!
//! The text is the source's: without margins, bars, line numbers and frames, and a paragraph that the screen has broken
//! into rows is one line. Absent: where rows are on the screen, which each screen knows.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use super::row::{Role, Row, Span, Ui};
use super::{Effect, Step};
use crate::markdown::{Join, Role as Page};

/// A cell: index of its row, and its column in the row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cell {
    pub row: usize,
    pub col: usize,
}

/// Both ends are part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Selection {
    pub from: Cell,
    pub to: Cell,
    /// The columns it keeps to.
    pub within: Strip,
}

/// Columns of a screen on which texts stand side by side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Strip {
    pub from: usize,
    pub until: usize,
}

impl Strip {
    /// All there are.
    pub const WHOLE: Self = Self { from: 0, until: usize::MAX };

    /// What both have.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self { from: self.from.max(other.from), until: self.until.min(other.until) }
    }
}

impl Selection {
    /// The selection after the pointer was dragged to `to`; where it was pressed stands in `from` when the drag begins.
    pub(super) fn dragged(before: Option<Self>, from: Option<Cell>, to: Cell) -> Self {
        let from = from.or(before.map(|it| it.from)).unwrap_or(to);
        Self { from, to, within: before.map_or(Strip::WHOLE, |it| it.within) }
    }

    /// Of texts that stand side by side only the one in `within`.
    #[must_use]
    pub(super) fn keeping_to(self, within: Strip) -> Self {
        Self { within, ..self }
    }

    /// The word at a cell.
    pub(super) fn word(rows: &[Row], cell: Cell) -> Option<Self> {
        let text = rows.get(cell.row)?.text();
        let mut word: Option<Range<usize>> = None;
        let mut col = 0;
        for grapheme in text.graphemes(true) {
            let next = col + grapheme.width();
            let is_part = grapheme.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-'));
            match &mut word {
                Some(word) if is_part => word.end = next,
                None if is_part => word = Some(col..next),
                Some(found) if found.contains(&cell.col) => break,
                _ => word = None,
            }
            col = next;
        }
        let word = word.filter(|word| word.contains(&cell.col))?;
        let at = |col| Cell { col, ..cell };
        Some(Self { from: at(word.start), to: at(word.end - 1), within: Strip::WHOLE })
    }

    fn ends(&self) -> (Cell, Cell) {
        (self.from.min(self.to), self.from.max(self.to))
    }

    /// The columns of a row that are selected.
    pub fn cols(&self, index: usize, row: &Row) -> Option<Range<usize>> {
        let (first, last) = self.ends();
        if !(first.row..=last.row).contains(&index) {
            return None;
        }
        let start = if index == first.row { first.col } else { 0 };
        let end = if index == last.row { last.col + 1 } else { usize::MAX };
        let (start, end) = (start.max(text_begin(row)), end.min(row.inked_cols()));
        let (start, end) = (start.max(self.within.from), end.min(self.within.until));
        (start < end).then_some(start..end)
    }

    /// What it stands for.
    pub(super) fn text(&self, rows: &[Row]) -> String {
        let (first, last) = self.ends();
        let mut text = String::new();
        for (index, row) in rows.iter().enumerate().take(last.row + 1).skip(first.row) {
            if is_rule(row) {
                continue;
            }
            if index > first.row {
                text += match row.join {
                    Join::Break => "\n",
                    Join::Blank => " ",
                    Join::Nothing => "",
                };
            }
            if let Some(cols) = self.cols(index, row) {
                text += &letters(row, &cols);
            }
        }
        text.trim_matches('\n').to_owned()
    }

    /// Copies it, and says how much it is.
    pub(super) fn copy(&self, rows: &[Row]) -> Step {
        copied(self.text(rows))
    }
}

/// Copies what was selected, and says how much it is.
pub(super) fn copied(text: String) -> Step {
    let (words, lines) = (text.split_whitespace().count(), text.lines().count());
    let said = match (words, lines) {
        (0, _) => return Step::default(),
        (1, _) => format!("copied {}", text.trim()),
        (_, 1) => format!("copied {words} words"),
        _ => format!("copied {lines} lines"),
    };
    let mut step = Step::say(said);
    step.effects.push(Effect::Copy(text));
    step
}

/// The first column that is selected: after the margin, but for bullets and numbers, which are the author's.
fn text_begin(row: &Row) -> usize {
    let mut at = 0;
    for span in &row.spans {
        if at >= row.margin_cols || span.role == Role::Page(Page::Marker) {
            break;
        }
        at += span.width();
    }
    at.min(row.margin_cols)
}

/// What of the columns of a row is text. Between the cells of a table stands a tab.
fn letters(row: &Row, cols: &Range<usize>) -> String {
    let mut text = String::new();
    let mut at = 0;
    for span in &row.spans {
        let until = at + span.width();
        let seen = at.max(cols.start)..until.min(cols.end);
        if seen.start < seen.end {
            match span.role {
                Role::Ui(Ui::Border) => {}
                Role::Page(Page::TableBorder) => text = text.trim_end().to_owned() + "\t",
                _ => text += within(span, seen.start - at..seen.end - at),
            }
        }
        at = until;
    }
    text.trim_end_matches(' ').to_owned()
}

/// The part of a span that lies in these of its columns.
fn within(span: &Span, cols: Range<usize>) -> &str {
    let before = super::row::fit(&span.text, cols.start);
    let until = super::row::fit(&span.text, cols.end);
    &span.text[before.len()..until.len()]
}

/// A line that is drawn: under a heading, between rows of a table, around a frame.
fn is_rule(row: &Row) -> bool {
    let is_drawn = |span: &Span| !matches!(span.role, Role::Page(Page::Source(_)) | Role::Diagram(_));
    let text = row.text();
    !text.trim().is_empty()
        && row.spans.iter().all(is_drawn)
        && text.chars().all(|c| matches!(c, ' ' | '─' | '━' | '┿' | '┼' | '╭' | '╮' | '╰' | '╯'))
}

#[cfg(test)]
mod tests {
    use super::{Cell, Selection, Strip};
    use crate::app::row::{Row, Span, Ui, frame};
    use crate::markdown;

    fn rows(text: &str, width_cols: u16) -> Vec<Row> {
        markdown::wrap(&markdown::parse(text), width_cols, &[]).lines.into_iter().map(Row::from).collect()
    }

    /// All from one cell to another.
    fn check(rows: &[Row], from: (usize, usize), to: (usize, usize), wanted: &str) {
        let cell = |(row, col): (usize, usize)| Cell { row, col };
        for (from, to) in [(from, to), (to, from)] {
            let selection = Selection { from: cell(from), to: cell(to), within: Strip::WHOLE };
            assert_eq!(selection.text(rows), wanted, "{rows:#?}");
        }
    }

    #[test]
    fn what_is_copied_is_what_was_written() {
        let paragraph = rows("One two three four five six.\n\nSeven.", 10);
        check(&paragraph, (0, 0), (1, 99), "One two three four");
        check(&paragraph, (0, 4), (0, 6), "two");
        check(&paragraph, (1, 6), (4, 99), "four five six.\n\nSeven.");
        let list = rows("- one two three\n  - inner words\n", 12);
        check(&list, (0, 0), (3, 99), "• one two three\n◦ inner words");
        let quote = rows("> [!NOTE]\n> Quoted words that go on.\n", 14);
        check(&quote, (0, 0), (9, 0), "Note\nQuoted words that go on.");
        let code = rows("```js {numbers}\n  let a = 'long long'\nb()\n```\n", 20);
        check(&code, (1, 0), (9, 0), "  let a = 'long long'\nb()");
        let heading = rows("# Title\n\nText", 20);
        check(&heading, (0, 0), (9, 0), "Title\n\nText");
        let table = rows("| a | b |\n|--|--|\n| 1 | 2 3 |\n", 20);
        check(&table, (0, 0), (9, 0), "a\tb\n1\t2 3");
        check(&rows("日本語 text", 20), (0, 2), (0, 3), "本");
        let framed = frame("A title", "", rows("One two three four.", 10), 14);
        check(&framed, (1, 0), (9, 0), "One two three four.");
    }

    #[test]
    fn of_texts_side_by_side_one_is_selected() {
        let row =
            |left: &str, right: &str| Row::of([Span::ui(Ui::Text, format!("{left:<8}")), Span::ui(Ui::Text, right)]);
        let rows = [row("one", "alpha"), row("two", "beta"), row("three", "gamma")];
        let check = |from: usize, to: usize, within: Strip, wanted: &str| {
            let (from, to) = (Cell { row: 0, col: from }, Cell { row: 2, col: to });
            assert_eq!(Selection { from, to, within }.text(&rows), wanted);
        };
        check(9, 10, Strip { from: 8, until: usize::MAX }, "lpha\nbeta\ngam");
        check(1, 2, Strip { from: 0, until: 8 }, "ne\ntwo\nthr");
        check(1, 8, Strip::WHOLE, "ne     alpha\ntwo     beta\nthree   g");
    }

    #[test]
    fn a_word_is_found_where_one_points() {
        let rows = rows("Say cold-start, 日本 now.", 40);
        let word = |col| Selection::word(&rows, Cell { row: 0, col }).map(|it| it.text(&rows));
        assert_eq!(word(5).as_deref(), Some("cold-start"));
        assert_eq!(word(0).as_deref(), Some("Say"));
        assert_eq!((word(3), word(14), word(99)), (None, None, None));
        assert_eq!(word(17).as_deref(), Some("日本"));
        assert_eq!(word(21).as_deref(), Some("now"));
    }
}
