//! Comma-separated text as platforms and people write it: any of three separators, quoted or not, and written back as
//! it was but for the cells that change.

use std::ops::Range;

/// A cell: what it says, and the bytes of the file it stands in.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Cell {
    pub(super) value: String,
    span: Range<usize>,
}

/// A table, and the text it was read from.
#[derive(Clone, Debug)]
pub(super) struct Table {
    text: String,
    separator: char,
    pub(super) rows: Vec<Vec<Cell>>,
}

impl Table {
    /// Reads `text` liberally: a quote inside an unquoted cell is a character, a quote that never closes ends with the
    /// text, empty lines are no rows.
    pub(super) fn read(text: &str) -> Self {
        let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
        let count = |c: char| first.matches(c).count();
        // The one that the first line has most of; a comma where it has none.
        let separator =
            [',', ';', '\t'].into_iter().rev().max_by_key(|c| count(*c)).filter(|c| count(*c) > 0).unwrap_or(',');
        let bytes = text.as_bytes();
        let mut rows = Vec::new();
        let mut row = Vec::new();
        let mut at = 0;
        while at < bytes.len() {
            let start = at;
            let mut value = String::new();
            if bytes[at] == b'"' {
                at += 1;
                loop {
                    let end = text[at..].find('"').map_or(bytes.len(), |found| at + found);
                    value.push_str(&text[at..end]);
                    at = (end + 1).min(bytes.len());
                    if bytes.get(at) != Some(&b'"') {
                        break;
                    }
                    value.push('"');
                    at += 1;
                }
            }
            let end = text[at..].find(['\n', '\r', separator]).map_or(bytes.len(), |found| at + found);
            value.push_str(&text[at..end]);
            row.push(Cell { value, span: start..end });
            at = end;
            if text[at..].starts_with(separator) {
                at += 1;
                if at < bytes.len() {
                    continue;
                }
                row.push(Cell { value: String::new(), span: at..at });
            }
            if text[at..].starts_with("\r\n") {
                at += 2;
            } else if at < bytes.len() {
                at += 1;
            }
            if row.len() > 1 || row.iter().any(|cell| !cell.value.trim().is_empty()) {
                rows.push(std::mem::take(&mut row));
            }
            row.clear();
        }
        Self { text: text.to_owned(), separator, rows }
    }

    pub(super) fn value(&self, row: usize, column: usize) -> &str {
        self.rows.get(row).and_then(|row| row.get(column)).map_or("", |cell| cell.value.trim())
    }

    /// The rows without the first, which names the columns.
    pub(super) fn data_rows(&self) -> Range<usize> {
        1.min(self.rows.len())..self.rows.len()
    }

    pub(super) fn n_columns(&self) -> usize {
        self.rows.first().map_or(0, Vec::len)
    }

    /// The column with one of `names`, whatever its case.
    pub(super) fn column(&self, names: &[&str]) -> Option<usize> {
        (0..self.n_columns()).find(|column| {
            let head = self.value(0, *column).to_lowercase();
            names.contains(&head.as_str())
        })
    }

    /// The text with other `cells` (row, column, new value), byte for byte the same everywhere else.
    pub(super) fn rewritten(&self, cells: &[(usize, usize, String)]) -> String {
        let mut changes: Vec<(Range<usize>, &str)> = cells
            .iter()
            .filter_map(|(row, column, new)| Some((self.rows.get(*row)?.get(*column)?.span.clone(), new.as_str())))
            .collect();
        changes.sort_by_key(|(span, _)| span.start);
        let mut text = String::with_capacity(self.text.len() + 64 * changes.len());
        let mut at = 0;
        for (span, new) in changes {
            text.push_str(&self.text[at..span.start]);
            text.push_str(&quoted(new, self.separator));
            at = span.end;
        }
        text.push_str(&self.text[at..]);
        text
    }
}

/// A cell as RFC 4180 wants it.
pub(super) fn quoted(value: &str, separator: char) -> String {
    if value.contains([separator, '"', '\n', '\r']) || value.starts_with(' ') || value.ends_with(' ') {
        format!("\"{}\"", value.replace('"', "\"\""))
    } else {
        value.to_owned()
    }
}

/// A number with a point or a decimal comma.
pub(super) fn number(text: &str) -> Option<f64> {
    text.trim().replace(',', ".").parse().ok().filter(|number: &f64| number.is_finite())
}

#[cfg(test)]
mod tests {
    use super::Table;

    fn cells(text: &str) -> Vec<Vec<String>> {
        Table::read(text).rows.into_iter().map(|row| row.into_iter().map(|cell| cell.value).collect()).collect()
    }

    #[test]
    fn tables_are_read_as_people_write_them() {
        for (text, rows) in [
            ("a,b\r\n1,\"x, \"\"y\"\"\nz\"\r\n", vec![vec!["a", "b"], vec!["1", "x, \"y\"\nz"]]),
            ("a;b\n1,5;2\n\n", vec![vec!["a", "b"], vec!["1,5", "2"]]),
            ("a\tb\n1\t", vec![vec!["a", "b"], vec!["1", ""]]),
            ("a,b\nsay \"hi\",\"open", vec![vec!["a", "b"], vec!["say \"hi\"", "open"]]),
            ("", vec![]),
            (",\n", vec![vec!["", ""]]),
        ] {
            assert_eq!(cells(text), rows, "{text:?}");
        }
    }

    #[test]
    fn only_the_named_cells_change() {
        let text = "\u{e9},\"b\" \r\n\"1\",2\r\nx,\"long, cell\"";
        let table = Table::read(text);
        assert_eq!(table.rewritten(&[]), text);
        let new = table.rewritten(&[(2, 1, "a,b".into()), (1, 0, "7".into()), (9, 9, "no".into())]);
        assert_eq!(new, "\u{e9},\"b\" \r\n7,2\r\nx,\"a,b\"");
    }
}
