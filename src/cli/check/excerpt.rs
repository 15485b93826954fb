//! A problem and the lines it is among, to the source line with carets below what is meant.
//!
//! Pure. A problem knows its line but not its column: the words it quotes say where on the line to look.

use unicode_width::UnicodeWidthStr;

use crate::app::row::{Row, Span, Ui, fit};
use crate::course::Problem;

/// What is shown of a line at most; a prompt can be a thousand columns long.
const WIDTH_COLS: usize = 100;
/// Of a longer line, what is shown before the words that are meant.
const LEAD_CHARS: usize = 20;
/// Of a line that no person wrote, all that is looked at.
const LONGEST_CHARS: usize = 10_000;

/// Two rows for a problem that has a line with something on it. `lines` are the file's.
pub(super) fn of(lines: &[&str], problem: &Problem) -> Option<[Row; 2]> {
    let line = lines.get(problem.line.checked_sub(1)? as usize)?.trim_end();
    // A tab is as wide as the terminal likes; a space keeps the carets in their place.
    let line: String = line.chars().take(LONGEST_CHARS).map(|c| if c == '\t' { ' ' } else { c }).collect();
    let (start, end) = meant(&line, &problem.message)?;
    let from = if line.width() <= WIDTH_COLS {
        0
    } else {
        line[..start].char_indices().rev().nth(LEAD_CHARS - 1).map_or(0, |(at, _)| at)
    };
    let shown = fit(&line[from..], WIDTH_COLS);
    let before_cols = line[from..start].width();
    let carets = line[start..end].width().min(shown.width().saturating_sub(before_cols)).max(1);
    let row = |number: &str, rest: Span| Row::of([Span::ui(Ui::Muted, format!("{number:>5} │ ")), rest]);
    Some([
        row(&problem.line.to_string(), Span::ui(Ui::Text, shown)),
        row("", Span::ui(Ui::Warning, " ".repeat(before_cols) + &"^".repeat(carets))),
    ])
}

/// The bytes of `line` that `message` is about: the first of its quoted words that stands there, else all but the
/// indent. `None` on an empty line.
fn meant(line: &str, message: &str) -> Option<(usize, usize)> {
    let mut quoted = message.split('`').skip(1).step_by(2).filter(|word| !word.is_empty());
    let found = quoted.find_map(|word| Some((line.find(word)?, word.len())));
    let indent = line.len() - line.trim_start().len();
    match found {
        Some((start, bytes)) => Some((start, start + bytes)),
        None => (indent < line.len()).then_some((indent, line.len())),
    }
}

#[cfg(test)]
mod tests {
    use super::of;
    use crate::course::Problem;

    fn shown(text: &str, line: u32, message: &str) -> Option<[String; 2]> {
        of(&text.lines().collect::<Vec<_>>(), &Problem::new("x.md", line, message))
            .map(|rows| rows.map(|row| row.text()))
    }

    #[test]
    fn carets_stand_below_the_words_that_are_meant() {
        for (text, line, message, expected) in [
            ("a\n  [x](b.md) c\n", 2, "no page `b.md`", Some(["    2 │   [x](b.md) c", "      │       ^^^^"])),
            ("\tkind = 1", 1, "nothing quoted", Some(["    1 │  kind = 1", "      │  ^^^^^^^^"])),
            ("日本 `q`", 1, "no `q`", Some(["    1 │ 日本 `q`", "      │       ^"])),
            ("a `b`", 1, "no `z`; the nearest is `b`", Some(["    1 │ a `b`", "      │    ^"])),
            ("a\n\nb", 2, "an empty line", None),
            ("a", 0, "the whole file", None),
            ("a", 9, "a line that is gone", None),
        ] {
            let expected = expected.map(|rows| rows.map(str::to_owned));
            assert_eq!(shown(text, line, message), expected, "{text}");
        }
    }

    #[test]
    fn of_a_long_line_the_part_that_is_meant_is_shown() {
        let text = format!("{}WRONG{}", "é".repeat(500), "y".repeat(500));
        let [line, carets] = shown(&text, 1, "not `WRONG`").expect("the line is there");
        assert_eq!(line.chars().count(), 8 + 100);
        assert_eq!(carets, format!("      │ {}^^^^^", " ".repeat(20)));
        let [line, carets] = shown(&text, 1, "all of it").expect("the line is there");
        assert_eq!(line.chars().count(), carets.chars().count());
    }
}
