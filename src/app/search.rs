//! Looking for words in rows: what is typed, where it stands, and the match one stands on.
//!
//! Absent: what lies beyond the rows at hand (`lesson::search` goes on through the course), and scrolling.

use std::ops::Range;

use super::field::Field;
use super::row::Row;

/// What is looked for, and where it stands.
#[derive(Clone, Debug, Default)]
pub struct Search {
    pub field: Field,
    /// Still being typed.
    pub typing: bool,
    pub matches: Vec<Match>,
    /// Index into `matches`.
    pub current: usize,
}

/// Bytes of a row's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Match {
    pub row: usize,
    pub bytes: Range<usize>,
}

impl Search {
    /// One whose words are about to be typed.
    pub(super) fn begun() -> Self {
        Self { typing: true, ..Self::default() }
    }

    /// Finds all matches anew, and stands on the first from row `top` on.
    pub(super) fn find(&mut self, rows: &[Row], top: usize) {
        self.matches = matches(rows, &self.field.text);
        self.current = self.matches.iter().position(|it| it.row >= top).unwrap_or(0);
    }

    /// The match one stands on.
    pub(super) fn here(&self) -> Option<&Match> {
        self.matches.get(self.current)
    }

    /// What it has to say, for the line above the footer.
    pub(super) fn prompt(&self) -> String {
        let count = match self.matches.len() {
            0 => "nothing found".to_owned(),
            n => format!("{} of {n}", self.current + 1),
        };
        if self.typing {
            format!("Search: {}▏ {count}", self.field.text)
        } else {
            format!("{} · {count} · n next, N previous, Esc ends it", self.field.text)
        }
    }
}

/// Where `needle` stands in the rows. Small letters match either case; a capital matches itself.
pub(super) fn matches(rows: &[Row], needle: &str) -> Vec<Match> {
    let mut matches = Vec::new();
    if needle.is_empty() {
        return matches;
    }
    let exact = needle.chars().any(char::is_uppercase);
    for (index, row) in rows.iter().enumerate() {
        let text = row.text();
        // Lower-casing may change the length of a few letters; then their row is searched as it stands.
        let lowered = text.to_lowercase();
        let hay = if exact || lowered.len() != text.len() { &text } else { &lowered };
        let found = hay.match_indices(needle);
        matches.extend(found.map(|(at, m)| Match { row: index, bytes: at..at + m.len() }));
    }
    matches
}
