//! Source code as rows of a screen: line numbers, tokens, what is wrong at its line; and the part of it that an editor shows.
//!
//! In: text with its language, and marks by line. Out: rows, none wider than asked. Long lines are not wrapped but cut,
//! and an editor moves sideways with its cursor, so that a line of the file stays a line on screen.

use std::collections::BTreeMap;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use super::editor::Editor;
use super::row::{Role, Row, Span, Ui, wrapped};
use super::size::measure;
use crate::course::language_of;
use crate::markdown::{self, Token, Tokens};

/// What is wrong, by one-based line.
pub type Marks = BTreeMap<u32, String>;

const TAB_COLS: usize = 2;
/// Columns that stay visible beside the cursor when there is more of its line.
const MARGIN_COLS: usize = 4;

/// The part of a file that an editor shows, and where in it one stands.
#[derive(Clone, Debug, Default)]
pub struct CodeView {
    /// The file, and where in it one is.
    pub title: String,
    pub rows: Vec<Row>,
    /// Column and row of the cursor among `rows`.
    pub cursor: (usize, usize),
    /// The line of the file that each row shows, or says something about.
    line_of_row: Vec<usize>,
    gutter_cols: usize,
    /// First line shown.
    top: usize,
    /// First column shown.
    left: usize,
}

impl CodeView {
    /// Lays out what `width` columns and `height` rows show of `editor` with `file` in it, moving no further than the cursor asks for.
    pub fn lay_out(&mut self, editor: &Editor, file: &str, marks: &Marks, width: usize, height: usize) {
        let lines = editor.lines();
        let (line, column) = editor.cursor();
        self.title = format!("{file} · line {}, column {}", line + 1, column + 1);
        let tokens = markdown::highlight(language_of(file), &editor.text(), usize::MAX);
        let gutter = Gutter::of(lines.len());
        let room = width.saturating_sub(gutter.width()).max(1);
        self.top = self.top.min(line);
        // A mark below a line takes rows as well.
        let said: Vec<Vec<Row>> = (0..lines.len()).map(|at| explained(marks, at, gutter, width)).collect();
        while self.top < line && (self.top..=line).map(|at| 1 + said[at].len()).sum::<usize>() > height {
            self.top += 1;
        }
        let cursor_cols = columns(&lines[line], column);
        self.left = self.left.min(cursor_cols.saturating_sub(MARGIN_COLS));
        if cursor_cols + MARGIN_COLS > self.left + room {
            self.left = cursor_cols + MARGIN_COLS - room;
        }
        self.rows.clear();
        self.line_of_row.clear();
        self.gutter_cols = gutter.width();
        for at in self.top..lines.len() {
            if self.rows.len() >= height {
                break;
            }
            if at == line {
                self.cursor = (gutter.width() + cursor_cols - self.left, self.rows.len());
            }
            let mut row = gutter.row(at, marks);
            let roles = roles(&lines[at], at, &tokens, editor.selected(at));
            row.spans.extend(visible(&lines[at], &roles, self.left, room));
            self.rows.push(row);
            self.rows.extend(said[at].iter().cloned());
            self.line_of_row.resize(self.rows.len(), at);
        }
        self.rows.truncate(height);
    }

    /// The line and the character of the file that are nearest to a column and row of the view.
    pub(super) fn place_at(&self, lines: &[String], col: usize, row: usize) -> (usize, usize) {
        let line = self.line_of_row.get(row).or(self.line_of_row.last()).copied().unwrap_or(0);
        let wanted = col.saturating_sub(self.gutter_cols) + self.left;
        let text = lines.get(line).map_or("", String::as_str);
        let mut cols = 0;
        let before = text.graphemes(true).take_while(|grapheme| {
            cols += cols_of(grapheme);
            cols <= wanted
        });
        (line, before.map(|grapheme| grapheme.chars().count()).sum())
    }
}

/// All of `text`, to be read.
pub fn rows(text: &str, language: &str, marks: &Marks, width: usize) -> Vec<Row> {
    let tokens = markdown::highlight(language, text, usize::MAX);
    let lines: Vec<&str> = text.lines().collect();
    let gutter = Gutter::of(lines.len());
    let mut rows = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let mut row = gutter.row(at, marks);
        let roles = roles(line, at, &tokens, None);
        row.spans.extend(visible(line, &roles, 0, usize::MAX));
        rows.push(row.cut(width));
        rows.extend(explained(marks, at, gutter, width));
    }
    rows
}

/// The column of line numbers.
#[derive(Clone, Copy)]
struct Gutter {
    digits: usize,
}

impl Gutter {
    fn of(n_lines: usize) -> Self {
        Self { digits: n_lines.max(1).to_string().len().max(2) }
    }

    /// Number, mark, and a blank.
    fn width(self) -> usize {
        self.digits + 2
    }

    fn row(self, at: usize, marks: &Marks) -> Row {
        let (mark, role) = if marks.contains_key(&(at as u32 + 1)) { ("✗", Ui::Missing) } else { (" ", Ui::Muted) };
        Row::of([Span::ui(role, format!("{:>1$}{mark} ", at + 1, self.digits))])
    }
}

/// What is wrong in a line, below it.
fn explained(marks: &Marks, at: usize, gutter: Gutter, width: usize) -> Vec<Row> {
    const ROWS_MAX: usize = 2;
    let Some(said) = marks.get(&(at as u32 + 1)) else { return Vec::new() };
    let indent = gutter.width();
    let rows = wrapped(Ui::Missing, said, measure(width.saturating_sub(indent + 2)).max(1)).into_iter().take(ROWS_MAX);
    let leads = [("╰ ", Ui::Missing)].into_iter().chain(std::iter::repeat(("  ", Ui::Muted)));
    rows.zip(leads)
        .map(|(row, (lead, role))| {
            Row::of([Span::ui(role, format!("{}{lead}", " ".repeat(indent))), Span::ui(Ui::Missing, row.text())])
        })
        .collect()
}

/// The role of each byte of a line: its token, or that it is selected. `selected` counts characters.
fn roles(line: &str, at: usize, tokens: &Tokens, selected: Option<(usize, usize)>) -> Vec<Role> {
    let plain = Role::Page(markdown::Role::Source(Token::Plain));
    let mut roles = vec![plain; line.len()];
    let mut from = 0;
    for (bytes, token) in tokens.get(at).into_iter().flatten() {
        let to = (from + bytes).min(line.len());
        roles[from..to].fill(Role::Page(markdown::Role::Source(*token)));
        from = to;
    }
    if let Some((from, to)) = selected {
        let byte = |n: usize| line.char_indices().nth(n).map_or(line.len(), |(byte, _)| byte);
        roles[byte(from)..byte(to)].fill(Role::Ui(Ui::Chosen));
    }
    roles
}

/// The spans of a line from column `left` on, `room` columns of it.
fn visible(line: &str, roles: &[Role], left: usize, room: usize) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    let mut column = 0;
    for (byte, grapheme) in line.grapheme_indices(true) {
        let (shown, width) = (if grapheme == "\t" { "  " } else { grapheme }, cols_of(grapheme));
        let from = column;
        column += width;
        if from < left {
            continue;
        }
        if column > left.saturating_add(room) {
            break;
        }
        match spans.last_mut() {
            Some(last) if last.role == roles[byte] => last.text.push_str(shown),
            _ => {
                let style = markdown::Style::default();
                spans.push(Span { text: shown.to_owned(), role: roles[byte], style, link: None });
            }
        }
    }
    spans
}

fn cols_of(grapheme: &str) -> usize {
    if grapheme == "\t" { TAB_COLS } else { grapheme.width() }
}

/// How many columns the first `n_chars` characters of a line take.
fn columns(line: &str, n_chars: usize) -> usize {
    let end = line.char_indices().nth(n_chars).map_or(line.len(), |(byte, _)| byte);
    line[..end].graphemes(true).map(cols_of).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::key::{Code, Key};

    fn shown(view: &CodeView) -> Vec<String> {
        view.rows.iter().map(|row| row.text().trim_end().to_owned()).collect()
    }

    #[test]
    fn the_view_follows_the_cursor_and_says_what_is_wrong_below_its_line() {
        let text = (1..=30).map(|n| format!("line {n}")).collect::<Vec<_>>().join("\n");
        let mut editor = Editor::for_code(&text);
        let marks = Marks::from([(2, "TypeError: x".to_owned())]);
        let mut view = CodeView::default();
        view.lay_out(&editor, "a.js", &marks, 40, 4);
        assert_eq!(shown(&view), [" 1  line 1", " 2✗ line 2", "    ╰ TypeError: x", " 3  line 3"]);
        assert_eq!(view.cursor, (4, 0));
        for _ in 0..9 {
            editor.press(Key::plain(Code::Down));
        }
        view.lay_out(&editor, "a.js", &marks, 40, 4);
        assert_eq!(shown(&view), [" 7  line 7", " 8  line 8", " 9  line 9", "10  line 10"]);
        editor.press(Key::plain(Code::Up));
        view.lay_out(&editor, "a.js", &marks, 40, 4);
        assert_eq!((shown(&view)[0].as_str(), view.cursor), (" 7  line 7", (4, 2)), "it moves no further than it must");
    }

    #[test]
    fn a_long_line_moves_sideways_and_no_row_is_wider_than_asked() {
        let mut editor = Editor::for_code("const text = \"日本語日本語日本語\"; // and on and on");
        let mut view = CodeView::default();
        for _ in 0..40 {
            view.lay_out(&editor, "a.js", &Marks::new(), 20, 3);
            assert!(view.rows.iter().all(|row| row.width() <= 20) && view.cursor.0 < 20, "{:?}", shown(&view));
            editor.press(Key::plain(Code::Right));
        }
        assert!(shown(&view)[0].ends_with("on and on") || view.left > 0);
    }
}
