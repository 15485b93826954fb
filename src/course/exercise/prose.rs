//! The tables of an exercise's file to the texts in them that learners read, each with its lines.
//!
//! For whoever checks how things are worded, whatever the exercise asks. Absent: texts that nobody reads as sentences, such
//! as patterns and code.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::course::LineIndex;

/// The keys of such texts, by the table they stand in; the first name of a row is the table's.
const READ: [(&str, &[&str]); 7] = [
    ("", &["title", "prompt", "hints", "similar", "solution", "steps", "extra", "why_low", "why_high"]),
    ("option", &["text", "why"]),
    ("pair", &["text", "with", "why"]),
    ("gap", &["why", "hint"]),
    ("stop", &["label", "hint"]),
    ("check", &["label"]),
    ("item", &["label", "hint"]),
];

/// A text that learners read, in Markdown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prose {
    pub text: String,
    /// The one-based lines of the file on which it begins and ends.
    first_line: u32,
    last_line: u32,
}

impl Prose {
    /// The line of the file on which line `of_text` of the text stands, both counted from one.
    pub fn line(&self, of_text: u32) -> u32 {
        // Where the file writes a line break as `\n`, the text has more lines than the file.
        (self.first_line + of_text.saturating_sub(1)).min(self.last_line)
    }
}

/// All of them. `file` is what `table` was read from.
pub(super) fn of(table: &DeTable<'_>, file: &str, lines: &LineIndex) -> Vec<Prose> {
    let mut found = Vec::new();
    gather("", table, file, lines, &mut found);
    found
}

fn gather(name: &str, table: &DeTable<'_>, file: &str, lines: &LineIndex, found: &mut Vec<Prose>) {
    let Some((_, keys)) = READ.iter().find(|(of, _)| *of == name) else { return };
    for (key, value) in table {
        let key: &str = key.get_ref();
        let values = match value.get_ref() {
            DeValue::Array(values) => &values[..],
            _ => std::slice::from_ref(value),
        };
        for value in values {
            match value.get_ref() {
                DeValue::String(text) if keys.contains(&key) => found.push(prose(text, value, file, lines)),
                // All tables stand in the file's own; deeper there is nothing to read.
                DeValue::Table(inner) if name.is_empty() => gather(key, inner, file, lines, found),
                _ => {}
            }
        }
    }
}

fn prose(text: &str, value: &Spanned<DeValue<'_>>, file: &str, lines: &LineIndex) -> Prose {
    let span = value.span();
    let written = file.get(span.clone()).unwrap_or_default();
    // A line break behind the quotes that open a text of several lines does not belong to it.
    let begins_below = written.trim_start_matches(['"', '\'']).starts_with(['\n', '\r']) && !text.starts_with('\n');
    let first_line = lines.line_at(span.start) + u32::from(begins_below);
    Prose { text: text.to_owned(), first_line, last_line: lines.line_at(span.end.saturating_sub(1)) }
}

#[cfg(test)]
mod tests {
    use toml::de::DeTable;

    use super::of;
    use crate::course::LineIndex;

    #[test]
    fn each_text_that_is_read_has_its_line() {
        let file = "title = \"one\"\nkind = \"none\"\nhints = [\n  \"three\",\n  'four',\n]\nprompt = \"\"\"\n\
                    seven\n\neight\"\"\"\nsolution = \"nine\\n\\nstill nine\"\n[[option]]\nwhy = \"eleven\"\nright = true\n\
                    [[item]]\nlabel = \"thirteen\"\nneed = [\"none\"]\n";
        let table = DeTable::parse(file).expect("TOML");
        let found = of(table.get_ref(), file, &LineIndex::new(file));
        let line_of = |word: &str| {
            let prose = found.iter().find(|it| it.text.contains(word)).expect("it is read");
            let in_text = 1 + prose.text.lines().position(|line| line.contains(word)).expect("it is there") as u32;
            prose.line(in_text)
        };
        let n_lines = |word: &str| 1 + file[..file.find(word).expect("in the file")].matches('\n').count() as u32;
        for word in ["one", "three", "four", "seven", "eight", "still nine", "eleven", "thirteen"] {
            assert_eq!(line_of(word), n_lines(word), "{word}");
        }
        assert!(found.iter().all(|it| it.text != "none"), "{found:?}");
    }
}
