//! A text with gaps: a field for each, and keys that go from one to the next.

use unicode_segmentation::UnicodeSegmentation;

use crate::app::Action;
use crate::app::field::Field;
use crate::app::row::{Row, Span, Ui, fit};
use crate::course::Piece;

#[derive(Clone, Debug)]
pub struct Filling {
    /// The gap that letters go into.
    pub cursor: usize,
    pub fields: Vec<Field>,
}

/// How wide an empty gap is drawn, in columns.
const EMPTY_COLS: usize = 8;

impl Filling {
    pub(super) fn new(n_gaps: usize, begun: Vec<String>) -> Self {
        let mut fields: Vec<Field> = begun.into_iter().map(Field::of).collect();
        // The file may have changed since the draft was made.
        fields.resize(n_gaps, Field::default());
        Self { cursor: 0, fields }
    }

    pub(super) fn texts(&self) -> Vec<String> {
        self.fields.iter().map(|field| field.text.clone()).collect()
    }

    /// Returns whether the answer changed.
    pub(super) fn update(&mut self, action: &Action) -> bool {
        match action {
            Action::NextThing(by) => {
                let n_gaps = self.fields.len().max(1) as i64;
                self.cursor = (self.cursor as i64 + i64::from(*by)).rem_euclid(n_gaps) as usize;
                false
            }
            Action::Open => {
                self.cursor = self.next_empty().unwrap_or(self.cursor);
                false
            }
            Action::Type(key) => self.fields[self.cursor].press(*key),
            Action::Paste(text) => {
                self.fields[self.cursor].insert(text.trim());
                true
            }
            _ => false,
        }
    }

    /// The next gap after the cursor's, around the end, in which nothing stands.
    pub(super) fn next_empty(&self) -> Option<usize> {
        let n_gaps = self.fields.len();
        (1..=n_gaps).map(|by| (self.cursor + by) % n_gaps).find(|at| self.fields[*at].text.trim().is_empty())
    }

    /// How many rows of the text stand above the cursor's gap, as long as none is wrapped.
    pub(super) fn rows_above(&self, pieces: &[Piece]) -> usize {
        let before = pieces.iter().take_while(|piece| **piece != Piece::Gap(self.cursor));
        before.map(|piece| if let Piece::Text(text) = piece { text.matches('\n').count() } else { 0 }).sum()
    }

    pub(super) fn rows(&self, pieces: &[Piece], is_open: bool, width: usize) -> Vec<Row> {
        text_rows(pieces, width, |gap| match self.fields.get(gap) {
            Some(field) if is_open && gap == self.cursor => Span::ui(Ui::Chosen, format!(" {}▏", field.text)),
            Some(field) if !field.text.is_empty() => Span::ui(Ui::Strong, format!(" {} ", field.text)),
            _ => empty(),
        })
    }
}

/// The text with its gaps empty.
pub(crate) fn open_rows(pieces: &[Piece], width: usize) -> Vec<Row> {
    text_rows(pieces, width, |_| empty())
}

fn empty() -> Span {
    Span::ui(Ui::Key, "_".repeat(EMPTY_COLS))
}

/// The text as it stands, with what `gap` says in each gap; only lines wider than `width` are broken, between words.
fn text_rows(pieces: &[Piece], width: usize, gap: impl Fn(usize) -> Span) -> Vec<Row> {
    let mut rows = vec![Row::default()];
    for piece in pieces {
        match piece {
            Piece::Gap(index) => place(&mut rows, &gap(*index), width),
            Piece::Text(text) => {
                for (index, line) in text.split('\n').enumerate() {
                    if index > 0 {
                        rows.push(Row::default());
                    }
                    for word in line.split_word_bounds() {
                        place(&mut rows, &Span::ui(Ui::Text, word), width);
                    }
                }
            }
        }
    }
    rows
}

/// Puts `span` at the end of the last row, or where it has no room there into a new one.
fn place(rows: &mut Vec<Row>, span: &Span, width: usize) {
    let used = rows.last().map_or(0, Row::width);
    if used > 0 && used + span.width() > width {
        if span.text.trim().is_empty() {
            return;
        }
        rows.push(Row::default());
    }
    let text = fit(&span.text, width).to_owned();
    if let Some(row) = rows.last_mut() {
        match row.spans.last_mut() {
            Some(last) if last.role == span.role => last.text += &text,
            _ => row.spans.push(Span { text, ..*span }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Filling, Piece, open_rows};
    use crate::app::Action;
    use crate::app::row::Row;

    fn pieces() -> Vec<Piece> {
        vec![
            Piece::Text("functions:\n  getUser:\n    handler: ".into()),
            Piece::Gap(0),
            Piece::Text("\n    timeout: ".into()),
            Piece::Gap(1),
            Piece::Text("   # seconds".into()),
        ]
    }

    #[test]
    fn the_text_keeps_its_lines_and_is_never_wider_than_asked() {
        let rows: Vec<String> = open_rows(&pieces(), 60).iter().map(Row::text).collect();
        assert_eq!(rows, ["functions:", "  getUser:", "    handler: ________", "    timeout: ________   # seconds"]);
        for width in 4..40 {
            assert!(open_rows(&pieces(), width).iter().all(|row| row.width() <= width), "{width}");
        }
    }

    #[test]
    fn enter_goes_to_the_next_empty_gap() {
        let mut filling = Filling::new(3, vec!["a".into()]);
        assert_eq!(filling.next_empty(), Some(1));
        filling.update(&Action::Open);
        assert_eq!((filling.cursor, filling.rows_above(&pieces())), (1, 3));
        filling.update(&Action::Paste(" b ".into()));
        filling.update(&Action::Open);
        filling.update(&Action::Paste("c".into()));
        assert_eq!((filling.next_empty(), filling.texts()), (None, vec!["a".into(), "b".into(), "c".into()]));
    }
}
