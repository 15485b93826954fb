//! An answer as it was typed to sentences of plain words, each with the bytes it came from.
//!
//! Folded away: case, compatibility forms, accents, invisible and bidirectional characters, look-alike letters of
//! other alphabets, short forms (`doesn't`). One pass, character by character, so that every word knows its place and
//! no number of combining marks can pile up.

use std::ops::Range;

use compact_str::CompactString;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::words::{self, Class};

/// What is read of an answer at most, in bytes. A page of dense text is about 4 KB.
pub(super) const MAX_BYTES: usize = 64 * 1024;
/// Words in a sentence at most; a longer one is cut in pieces, so that a set of its words fits a `u128`.
pub(super) const MAX_SENTENCE_WORDS: usize = 64;
/// Letters of a word at most; the rest of it is dropped.
const MAX_WORD_BYTES: usize = 48;
/// Few answers have shorter words on average, with their blanks.
const SHORT_WORD_BYTES: usize = 5;
/// The word that arrows become.
pub(super) const ARROW: &str = "→";

/// What parts a word from the one before it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Pause {
    #[default]
    None,
    Clause,
    /// A colon: what follows is said for itself.
    Colon,
    Sentence,
}

#[derive(Clone, Debug)]
pub(super) struct Token {
    pub(super) word: CompactString,
    /// Its normal form: see [`words::normal_form`].
    pub(super) form: CompactString,
    pub(super) class: Class,
    /// Bytes of the answer.
    pub(super) bytes: Range<usize>,
    pub(super) before: Pause,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Sentence {
    pub(super) tokens: Range<usize>,
    pub(super) is_question: bool,
    /// It goes on where the one before it was cut for its length.
    pub(super) continues: bool,
}

/// An answer, read.
#[derive(Clone, Debug, Default)]
pub(super) struct Text {
    pub(super) tokens: Vec<Token>,
    pub(super) sentences: Vec<Sentence>,
    /// There was more than is read.
    pub(super) was_cut: bool,
}

/// Reads `text` as far as [`MAX_BYTES`].
pub(super) fn fold(text: &str) -> Text {
    let mut end = text.len().min(MAX_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let mut reader = Reader { tokens: Vec::with_capacity(end / SHORT_WORD_BYTES), ..Reader::default() };
    let read = &text[..end];
    let mut at = 0;
    while let Some(c) = read[at..].chars().next() {
        // Most of an answer is small letters.
        let small = &read[at..at + n_small_letters(&read.as_bytes()[at..])];
        if small.is_empty() {
            let after = at + c.len_utf8();
            reader.read(at, c, read[after..].chars().next());
            at = after;
        } else {
            reader.letters(small, at);
            at += small.len();
        }
    }
    reader.end_word();
    reader.close_sentence(false);
    Text { tokens: reader.tokens, sentences: reader.sentences, was_cut: end < text.len() }
}

fn n_small_letters(text: &[u8]) -> usize {
    text.iter().take_while(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()).count()
}

#[derive(Default)]
struct Reader {
    tokens: Vec<Token>,
    sentences: Vec<Sentence>,
    /// The word being read, and its bytes so far.
    word: String,
    bytes: Range<usize>,
    pause: Pause,
    sentence_start: usize,
    /// The sentence before was cut.
    was_cut: bool,
    /// The last visible character, for what only counts beside another one.
    last: Option<char>,
    /// Nothing but blanks stands before this on its line.
    at_line_start: bool,
    /// The number of the last numbered point, 0 before any.
    point: u32,
}

impl Reader {
    fn read(&mut self, at: usize, c: char, next: Option<char>) {
        let size = c.len_utf8();
        if c == ' ' {
            self.end_word();
        } else if c.is_ascii_alphanumeric() {
            // ReadInvoice is two words, and NoSQL says no to nothing.
            let is_hump = c.is_ascii_uppercase() && self.last.is_some_and(|last| last.is_ascii_lowercase());
            if is_hump && self.word != "no" {
                self.end_word();
            }
            self.letter(c.to_ascii_lowercase(), at, size);
        } else if is_invisible(c) {
            return;
        } else if c.is_ascii() {
            self.mark(c, at, next);
        } else {
            let mut letters = false;
            for part in std::iter::once(c).nfkd().flat_map(char::to_lowercase) {
                let part = latin_twin(part);
                if part.is_alphanumeric() {
                    letters = true;
                    self.letter(part, at, size);
                }
            }
            if !letters {
                self.mark(plain_mark(c), at, next);
            }
        }
        if !c.is_whitespace() {
            self.at_line_start = false;
            self.last = Some(c);
        }
    }

    fn letter(&mut self, letter: char, at: usize, size: usize) {
        if self.word.is_empty() {
            self.bytes.start = at;
        }
        self.bytes.end = at + size;
        if self.word.len() < MAX_WORD_BYTES {
            self.word.push(letter);
        }
    }

    /// Small letters and digits in a row.
    fn letters(&mut self, letters: &str, at: usize) {
        if self.word.is_empty() {
            self.bytes.start = at;
        }
        self.bytes.end = at + letters.len();
        let room = MAX_WORD_BYTES.saturating_sub(self.word.len());
        self.word.push_str(&letters[..letters.len().min(room)]);
        self.at_line_start = false;
        self.last = letters.chars().next_back();
    }

    /// Anything that is not a letter or digit.
    fn mark(&mut self, c: char, at: usize, next: Option<char>) {
        let glued = next.is_some_and(char::is_alphanumeric);
        match c {
            '\'' if !self.word.is_empty() && glued => self.word.push('\''),
            '-' if matches!(self.word.as_str(), "re" | "pre" | "un" | "de") && glued => {}
            '/' if self.word == "w" && matches!(next, Some('o' | 'O' | ' ')) => {}
            '-' | '=' if next == Some('>') || next == Some(c) => self.end_word(),
            '>' if matches!(self.last, Some('-' | '=')) || next == Some(' ') => self.arrow(at, 1),
            '→' => self.arrow(at, c.len_utf8()),
            '&' => {
                self.end_word();
                self.push(words::Read::new("and"), at..at + 1);
            }
            '<' if next != Some('-') && next.is_none_or(|c| !c.is_alphabetic() && c != '/') => {
                self.end_word();
                self.push(words::Read::new("less"), at..at + 1);
                self.push(words::Read::new("than"), at..at + 1);
            }
            '.' if self.ends_sentence(next) => self.end_sentence(false),
            '!' | ';' => self.end_sentence(false),
            '?' => self.end_sentence(true),
            '\n' => self.end_line(next),
            '-' | '*' | '•' if self.at_line_start && self.word.is_empty() => self.end_sentence(false),
            ')' if self.numbers_a_point() || self.numbers_the_next_point() => self.point_begins(),
            ':' => self.pause_at_least(Pause::Colon),
            ',' | '(' | ')' | '—' | '–' | '[' | ']' => self.pause_at_least(Pause::Clause),
            '-' if self.last == Some(' ') || next == Some(' ') => self.pause_at_least(Pause::Clause),
            _ => self.end_word(),
        }
    }

    fn end_word(&mut self) {
        if self.word.is_empty() {
            return;
        }
        let (mut word, bytes) = (std::mem::take(&mut self.word), self.bytes.clone());
        words::read(word.trim_end_matches('\''), |word| self.push(word, bytes.clone()));
        word.clear();
        self.word = word;
    }

    fn push(&mut self, read: words::Read<'_>, bytes: Range<usize>) {
        if self.tokens.len() - self.sentence_start >= MAX_SENTENCE_WORDS {
            self.close_sentence(false);
            self.was_cut = true;
        }
        let before = std::mem::take(&mut self.pause);
        // "At once" is no single time.
        let follows_at =
            self.tokens.last().is_some_and(|last| last.word == "at") && self.tokens.len() > self.sentence_start;
        let is_at_once = read.word == "once" && follows_at && before == Pause::None;
        let words::Read { word, class, form } = if is_at_once { words::Read::new("immediately") } else { read };
        self.tokens.push(Token { word: word.into(), form, class, bytes, before });
    }

    fn arrow(&mut self, at: usize, size: usize) {
        self.end_word();
        // "A → (new line) → B" is drawn twice; "A → → B" leads to nothing.
        let is_drawn_again = |last: &Token| last.word == ARROW && (self.pause > Pause::None || last.bytes.end == at);
        if !self.tokens.last().is_some_and(is_drawn_again) {
            self.push(words::Read::new(ARROW), at..at + size);
        }
    }

    fn pause_at_least(&mut self, pause: Pause) {
        self.end_word();
        self.pause = self.pause.max(pause);
    }

    /// A full stop inside `index.handler`, `3.5` and `e.g.` ends nothing, nor does the one behind a list's number.
    fn ends_sentence(&mut self, next: Option<char>) -> bool {
        if self.numbers_a_point() {
            self.point_begins();
            return false;
        }
        let one_letter = self.word.len() == 1 && self.word.bytes().all(|b| b.is_ascii_alphabetic());
        let joined = next.is_some_and(|c| c.is_alphanumeric() && !c.is_uppercase());
        !(joined || one_letter)
    }

    /// The word at hand is a small number that opens a sentence, a line or a bracket: `2.`, `2)`, `(2)`.
    fn numbers_a_point(&self) -> bool {
        let is_number = (1..=2).contains(&self.word.len()) && self.word.bytes().all(|b| b.is_ascii_digit());
        is_number && (self.tokens.len() == self.sentence_start || self.pause > Pause::None)
    }

    /// The word at hand is the number after the last point's: `1) one thing 2) another`.
    fn numbers_the_next_point(&self) -> bool {
        self.point > 0 && self.word.parse() == Ok(self.point + 1)
    }

    fn point_begins(&mut self) {
        self.point = self.word.parse().unwrap_or(0);
        self.word.clear();
        self.end_sentence(false);
    }

    fn end_line(&mut self, next: Option<char>) {
        self.pause_at_least(Pause::Clause);
        if self.at_line_start || next == Some('\n') {
            self.close_sentence(false);
        }
        self.at_line_start = true;
    }

    fn end_sentence(&mut self, is_question: bool) {
        self.end_word();
        self.close_sentence(is_question);
        self.pause = Pause::Sentence;
    }

    fn close_sentence(&mut self, is_question: bool) {
        let tokens = self.sentence_start..self.tokens.len();
        self.sentence_start = tokens.end;
        if !tokens.is_empty() {
            let continues = std::mem::take(&mut self.was_cut);
            self.sentences.push(Sentence { tokens, is_question, continues });
        }
    }
}

/// Characters that nobody sees: zero-width, bidirectional, control, accents that stand by themselves.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180b}'..='\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{e0000}'..='\u{e0fff}')
        || (c.is_control() && !c.is_whitespace())
        || (!c.is_ascii() && is_combining_mark(c))
}

/// The Latin letter that a Cyrillic or Greek one looks like.
fn latin_twin(c: char) -> char {
    const TWINS: &[(char, char)] = &[
        ('а', 'a'),
        ('е', 'e'),
        ('о', 'o'),
        ('р', 'p'),
        ('с', 'c'),
        ('х', 'x'),
        ('у', 'y'),
        ('і', 'i'),
        ('ј', 'j'),
        ('ѕ', 's'),
        ('к', 'k'),
        ('м', 'm'),
        ('т', 't'),
        ('в', 'b'),
        ('н', 'h'),
        ('ԁ', 'd'),
        ('ո', 'n'),
        ('ο', 'o'),
        ('α', 'a'),
        ('ν', 'v'),
        ('ρ', 'p'),
        ('τ', 't'),
        ('ι', 'i'),
        ('κ', 'k'),
        ('ε', 'e'),
        ('υ', 'u'),
        ('χ', 'x'),
        ('ı', 'i'),
    ];
    if c.is_ascii() { c } else { TWINS.iter().find(|(twin, _)| *twin == c).map_or(c, |(_, latin)| *latin) }
}

/// A mark of typography as the ASCII one that means the same.
fn plain_mark(c: char) -> char {
    match c {
        '‘' | '’' | 'ʼ' | '´' => '\'',
        '“' | '”' | '«' | '»' | '„' => '"',
        '‐' | '‑' => '-',
        '…' | '。' | '．' => '.',
        '，' | '、' => ',',
        '？' => '?',
        '⇒' | '⟶' | '➜' | '➔' | '➡' => '→',
        '·' | '‣' | '▪' => '•',
        _ if c.is_whitespace() => ' ',
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        let read = fold(text);
        let sentence = |it: &Sentence| {
            let words: Vec<&str> = read.tokens[it.tokens.clone()].iter().map(|token| token.word.as_str()).collect();
            words.join(" ") + if it.is_question { " ?" } else { "" }
        };
        read.sentences.iter().map(sentence).collect::<Vec<_>>().join(" | ")
    }

    #[test]
    fn text_becomes_sentences_of_plain_words() {
        for (text, sentences) in [
            ("It runs ONCE. Not twice!", "it runs once | not twice"),
            ("It doesn’t re-open; it's re-used.", "it does not reopen | it is reused"),
            ("see index.handler, e.g. 3.5 s", "see index handler e g 3 5 s"),
            ("once.It stays", "once | it stays"),
            ("first line\nsecond line\n\nnew one", "first line second line | new one"),
            ("- upload\n- event", "upload | event"),
            ("1. upload\n2. event", "upload | event"),
            ("(1) upload (2) event", "upload | event"),
            ("upload -> event => queue → db", "upload → event → queue → database"),
            ("Why? Because.", "why ? | because"),
            ("c\u{200b}old st\u{301}art \u{202e}x", "cold start x"),
            ("ｃｏｌｄ сold", "cold cold"),
            ("ObjectCreated in DynamoDB, HTTP", "object created in dynamo database http"),
            ("w/o a db & more", "without a database and more"),
            ("open many at once", "open many at immediately"),
            ("a flat fee < many fees", "a flat fee less than many fees"),
            ("", ""),
            ("\u{301}\u{301}\0\u{7}", ""),
        ] {
            assert_eq!(shown(text), sentences, "{text:?}");
        }
    }

    #[test]
    fn every_word_knows_its_bytes() {
        let text = "Größe’s “re-use”, naı̈ve\u{200d}ly → ⅔ end";
        for token in fold(text).tokens {
            assert!(text.get(token.bytes.clone()).is_some(), "{token:?}");
        }
        let read = fold("It doesn't run");
        assert_eq!(read.tokens[2].bytes, 3..10);
    }

    #[test]
    fn any_amount_of_text_is_read_in_bounds() {
        for text in ["x ".repeat(5_000_000), "\u{301}".repeat(2_000_000), "a".repeat(10_000_000), "\n".repeat(100_000)]
        {
            let read = fold(&text);
            assert!(read.was_cut && read.tokens.len() <= MAX_BYTES);
            assert!(read.sentences.iter().all(|it| it.tokens.len() <= MAX_SENTENCE_WORDS));
        }
    }
}
