//! Runs of text to lines no wider than asked, broken between words.
//!
//! A line may also end after a hyphen within a word, after a dash, and beside any wide character, as Chinese and Japanese
//! do, but not before a closing mark or after an opening one. A word wider than a line is broken between graphemes.

use super::cells;
use super::document::Run;
use super::line::{Join, Line};
use super::role::{Look, Role};

/// Text in lines, and how wide its widest word is.
#[derive(Debug, Default)]
pub(super) struct Flowed {
    pub(super) lines: Vec<Line>,
    pub(super) widest_word_cols: usize,
}

/// Sets `runs` in lines of at most `width_cols` (at least 1).
pub(super) fn flow<'a>(runs: impl IntoIterator<Item = &'a Run>, width_cols: usize) -> Flowed {
    let mut flow = Flow { width_cols: width_cols.max(1), ..Flow::default() };
    for run in runs {
        flow.run(run);
    }
    flow.end_word();
    if !flow.pieces.is_empty() {
        flow.end_line();
    }
    flow.flowed
}

/// Sets text that is no Markdown, such as an answer as it was typed: each of its lines in lines of at most `width_cols`.
///
/// What stands in a line stands so in the text: blanks are kept, but for those where a line was broken.
pub fn wrap_plain(text: &str, width_cols: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for (source, source_line) in text.lines().zip(1..) {
        let words = source.trim_start_matches(' ');
        let indent = &source[..(source.len() - words.len()).min(width_cols / 2)];
        // Code, since blanks count in it and its words do not end at hyphens.
        let run = Run { text: words.to_owned(), look: Role::Code.into(), source_line };
        let flowed = flow([&run], width_cols.saturating_sub(indent.len())).lines;
        let first = indent.to_owned() + &flowed.first().map(Line::text).unwrap_or_default();
        lines.push(first.trim_end().to_owned());
        lines.extend(flowed.iter().skip(1).map(Line::text));
    }
    lines
}

/// A stretch of a run's text. What follows one another in a run is copied to a line in one piece.
#[derive(Clone, Copy)]
struct Piece<'a> {
    whole: &'a str,
    from: usize,
    to: usize,
    look: Look,
}

impl<'a> Piece<'a> {
    fn all(text: &'a str, look: Look) -> Self {
        Self { whole: text, from: 0, to: text.len(), look }
    }

    fn text(&self) -> &'a str {
        &self.whole[self.from..self.to]
    }

    /// The part of it between two offsets in it.
    fn part(self, from: usize, to: usize) -> Self {
        Self { from: self.from + from, to: self.from + to, ..self }
    }

    fn goes_on_in(&self, next: &Self) -> bool {
        std::ptr::eq(self.whole, next.whole) && self.to == next.from && self.look == next.look
    }
}

#[derive(Default)]
struct Flow<'a> {
    width_cols: usize,
    flowed: Flowed,
    line: Line,
    /// What will be the spans of the line.
    pieces: Vec<Piece<'a>>,
    line_cols: usize,
    /// Between the line and the word: kept only when the word stays on the line.
    space: Option<Piece<'a>>,
    word: Vec<Piece<'a>>,
    word_cols: usize,
    word_source_line: u32,
    /// The last two graphemes of the word, as far as a line might end after them.
    word_end: [&'a str; 2],
}

impl<'a> Flow<'a> {
    fn run(&mut self, run: &'a Run) {
        let whole = Piece::all(&run.text, run.look);
        let mut at = 0;
        while at < run.text.len() {
            let rest = &run.text[at..];
            let end = at + rest.find([' ', '\n']).unwrap_or(rest.len());
            self.piece(whole.part(at, end), run);
            let after = &run.text[end..];
            at = if after.starts_with('\n') {
                self.end_word();
                self.word_end = ["", ""];
                if self.pieces.is_empty() {
                    self.line.source_line = run.source_line;
                }
                self.end_line();
                end + 1
            } else {
                let next = run.text.len() - after.trim_start_matches(' ').len();
                if next > end {
                    self.end_word();
                    self.word_end = ["", ""];
                    // Blanks count in code only.
                    let n_shown = if run.look.role == Role::Code { next - end } else { 1 };
                    self.space = Some(whole.part(end, end + n_shown));
                }
                next
            };
        }
    }

    /// Adds to the word, which may go on in the next run.
    fn piece(&mut self, piece: Piece<'a>, run: &'a Run) {
        let text = piece.text();
        if text.is_ascii() && !text.contains('-') {
            self.word_end = ["", ""];
            self.grow_word(piece, text.len(), run);
            return;
        }
        let is_code = run.look.role == Role::Code;
        let (mut start, mut at, mut cols) = (0, 0, 0);
        for (grapheme, grapheme_cols) in cells::graphemes(text) {
            if may_break(self.word_end, grapheme, is_code) {
                self.grow_word(piece.part(start, at), cols, run);
                self.end_word();
                (start, cols) = (at, 0);
            }
            self.word_end = [self.word_end[1], grapheme];
            at += grapheme.len();
            cols += grapheme_cols;
        }
        self.grow_word(piece.part(start, at), cols, run);
    }

    fn grow_word(&mut self, piece: Piece<'a>, cols: usize, run: &Run) {
        if piece.text().is_empty() {
            return;
        }
        if self.word.is_empty() {
            self.word_source_line = run.source_line;
        }
        self.word.push(piece);
        self.word_cols += cols;
    }

    fn end_word(&mut self) {
        if self.word.is_empty() {
            return;
        }
        let cols = std::mem::take(&mut self.word_cols);
        self.flowed.widest_word_cols = self.flowed.widest_word_cols.max(cols);
        let space_cols = self.space.map_or(0, |space| space.to - space.from);
        if !self.pieces.is_empty() && self.line_cols + space_cols + cols > self.width_cols {
            let join = if self.space.is_some() { Join::Blank } else { Join::Nothing };
            self.end_line();
            self.line.join = join;
        }
        if self.pieces.is_empty() {
            self.line.source_line = self.word_source_line;
        } else if let Some(space) = self.space {
            self.put(space);
            self.line_cols += space_cols;
        }
        self.space = None;
        let mut word = std::mem::take(&mut self.word);
        if cols <= self.width_cols {
            for piece in word.drain(..) {
                self.put(piece);
            }
            self.line_cols += cols;
        } else {
            self.break_word(&mut word);
        }
        self.word = word;
    }

    fn break_word(&mut self, word: &mut Vec<Piece<'a>>) {
        for piece in word.drain(..) {
            let mut at = 0;
            for (grapheme, cols) in cells::graphemes(piece.text()) {
                let (shown, cols) = cells::fitting(grapheme, cols, self.width_cols);
                if self.line_cols + cols > self.width_cols {
                    self.end_line();
                    self.line.source_line = self.word_source_line;
                    self.line.join = Join::Nothing;
                }
                let part = piece.part(at, at + grapheme.len());
                self.put(if shown == grapheme { part } else { Piece::all(shown, piece.look) });
                self.line_cols += cols;
                at += grapheme.len();
            }
        }
    }

    fn put(&mut self, piece: Piece<'a>) {
        match self.pieces.last_mut().filter(|last| last.goes_on_in(&piece)) {
            Some(last) => last.to = piece.to,
            None => self.pieces.push(piece),
        }
    }

    fn end_line(&mut self) {
        let mut line = std::mem::take(&mut self.line);
        for piece in self.pieces.drain(..) {
            line.push(piece.text(), piece.look);
        }
        self.flowed.lines.push(line);
        self.line_cols = 0;
        self.space = None;
    }
}

/// Whether a line may end, without a blank, between the graphemes `end` and `next`.
fn may_break(end: [&str; 2], next: &str, is_code: bool) -> bool {
    let [before, last] = end;
    if last.is_empty() || last.starts_with(is_opening) || next.starts_with(is_closing) {
        return false;
    }
    let is_wide = |grapheme: &str| cells::width(grapheme) > 1;
    let is_letter = |grapheme: &str| grapheme.starts_with(char::is_alphabetic);
    let is_hyphen = last == "-" && is_letter(before) && is_letter(next) && !is_code;
    is_hyphen || last == "—" || is_wide(last) || is_wide(next)
}

fn is_closing(c: char) -> bool {
    matches!(
        c,
        '、' | '。'
            | '，'
            | '．'
            | '：'
            | '；'
            | '！'
            | '？'
            | '）'
            | '］'
            | '｝'
            | '」'
            | '』'
            | '】'
            | '〉'
            | '》'
    ) || c.is_ascii_punctuation() && !matches!(c, '(' | '[' | '{' | '<')
}

fn is_opening(c: char) -> bool {
    matches!(c, '（' | '［' | '｛' | '「' | '『' | '【' | '〈' | '《')
}

#[cfg(test)]
mod tests {
    use super::{Line, flow, wrap_plain};
    use crate::markdown::Role;
    use crate::markdown::document::Run;

    fn check(pieces: &[(&str, Role)], width_cols: usize, wanted: &[&str]) {
        let run = |(text, role): &(&str, Role)| Run { text: (*text).into(), look: (*role).into(), source_line: 1 };
        let runs: Vec<Run> = pieces.iter().map(run).collect();
        let lines: Vec<String> = flow(&runs, width_cols).lines.iter().map(Line::text).collect();
        assert_eq!(lines, wanted, "{pieces:?} at {width_cols}");
    }

    #[test]
    fn lines_end_where_a_reader_expects() {
        let text = |text, width_cols, wanted: &[&str]| check(&[(text, Role::Text)], width_cols, wanted);
        text("one  two three", 7, &["one two", "three"]);
        text("exactly seven", 7, &["exactly", "seven"]);
        text("pay-per-use --flag -1", 9, &["pay-per-", "use", "--flag -1"]);
        text("one\ntwo\n\nthree\n", 9, &["one", "two", "", "three"]);
        text("abcdefgh ij", 3, &["abc", "def", "gh", "ij"]);
        text("日本。語「語」", 4, &["日", "本。", "語", "「語", "」"]);
        text("日本", 1, &["▯", "▯"]);
        text("long—dash", 6, &["long—", "dash"]);
        text("no\u{a0}break here", 9, &["no\u{a0}break", "here"]);
    }

    #[test]
    fn plain_text_breaks_at_blanks_and_keeps_the_others() {
        let check = |text, width_cols, wanted: &[&str]| assert_eq!(wrap_plain(text, width_cols), wanted, "{text}");
        check("into storage (S3) at once", 15, &["into storage", "(S3) at once"]);
        check("  two  blanks here", 14, &["  two  blanks", "here"]);
        check("a\n\nb ", 9, &["a", "", "b"]);
        check("https://a.example/long", 10, &["https://a.", "example/lo", "ng"]);
        check("", 9, &[]);
    }

    #[test]
    fn a_word_goes_on_in_the_next_run_and_code_keeps_its_blanks() {
        check(&[("a bo", Role::Text), ("ld", Role::Link), (" word", Role::Text)], 6, &["a bold", "word"]);
        check(&[("a  --b-c", Role::Code)], 8, &["a  --b-c"]);
        check(&[("some-name", Role::Code)], 8, &["some-nam", "e"]);
    }
}
