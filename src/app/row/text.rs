//! Text as rows: plain, with some of its bytes marked, or written as Markdown.

use std::ops::Range;

use super::{Role, Row, Span, Ui};
use crate::markdown::{self, Join};

/// The rows of text that is no Markdown, wrapped to `width_cols`, all in one role.
pub fn wrapped(role: Ui, text: &str, width_cols: usize) -> Vec<Row> {
    text.lines().flat_map(|source| wrapped_line(role, source, width_cols)).collect()
}

fn wrapped_line(role: Ui, source: &str, width_cols: usize) -> Vec<Row> {
    if source.is_empty() {
        return vec![Row::ui(role, "")];
    }
    let mut rest = source;
    let mut rows: Vec<Row> = Vec::new();
    for line in markdown::wrap_plain(source, width_cols) {
        let at = rest.find(line.as_str()).unwrap_or(0);
        let join = match (rows.is_empty(), at) {
            (true, _) => Join::Break,
            (false, 0) => Join::Nothing,
            (false, _) => Join::Blank,
        };
        rest = rest.get(at + line.len()..).unwrap_or_default();
        rows.push(Row { join, ..Row::ui(role, line) });
    }
    rows
}

/// Text wrapped to `width_cols` with some of its bytes in a role of their own; of marks that overlap the last is seen.
pub fn inked(text: &str, marks: &[(Range<usize>, Ui)], width_cols: usize) -> Vec<Row> {
    let mut inks = vec![Ui::Text; text.len()];
    for (bytes, role) in marks {
        if let Some(inks) = inks.get_mut(bytes.clone()) {
            inks.fill(*role);
        }
    }
    // The rows of the plain text, then the same letters again with the role that each byte has.
    let mut at = 0;
    let mut rows = Vec::new();
    for row in wrapped(Ui::Text, text, width_cols) {
        let line = row.text();
        at = text[at..].find(line.as_str()).map_or(at, |found| at + found);
        let mut spans: Vec<Span> = Vec::new();
        for (offset, c) in line.char_indices() {
            let role = inks.get(at + offset).copied().unwrap_or(Ui::Text);
            match spans.last_mut() {
                Some(last) if last.role == Role::Ui(role) => last.text.push(c),
                _ => spans.push(Span::ui(role, c)),
            }
        }
        at += line.len();
        rows.push(Row::of(spans));
    }
    rows
}

/// Markdown lines with their letters, each letter in its role.
pub fn lettered<'a>(lines: impl Iterator<Item = (&'a str, Ui)>, width: usize) -> Vec<Row> {
    ('a'..).zip(lines).flat_map(|(letter, (line, role))| led(&format!("{letter}  "), role, line, width)).collect()
}

/// Markdown with a mark of three columns before its first row.
pub fn led(mark: &str, role: Ui, text: &str, width: usize) -> Vec<Row> {
    let mut rows = prose(text, width.saturating_sub(3));
    for (index, row) in rows.iter_mut().enumerate() {
        row.spans.insert(0, Span::ui(role, if index == 0 { mark } else { "   " }));
    }
    rows
}

/// Markdown as rows, none of them from a page.
pub fn prose(text: &str, width: usize) -> Vec<Row> {
    let laid = markdown::wrap(&markdown::parse(text.trim()), width.max(1) as u16, &[]);
    laid.lines.into_iter().map(|line| Row { source_line: 0, block_line: 0, ..Row::from(line) }).collect()
}

#[cfg(test)]
mod tests {
    use super::{Join, Ui, wrapped};

    #[test]
    fn what_was_wrapped_is_known_to_be_one_line() {
        let rows = wrapped(Ui::Text, "one two three\n\nsupercalifragilistic x", 9);
        let joins: Vec<_> = rows.iter().map(|row| (row.text(), row.join)).collect();
        let (end, blank, nothing) = (Join::Break, Join::Blank, Join::Nothing);
        let wanted = [("one two", end), ("three", blank), ("", end), ("supercali", end), ("fragilist", nothing)];
        assert_eq!(joins[..5], wanted.map(|(text, join)| (text.to_owned(), join)));
        assert_eq!(joins[5], ("ic x".to_owned(), nothing));
    }
}
