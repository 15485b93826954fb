//! A text field of one line: keys in, text out.

use unicode_segmentation::UnicodeSegmentation;

use super::key::{Code, Key};

/// Longest text a field takes, in bytes: nobody types more into one line, and a paste must not fill the memory.
const MAX_BYTES: usize = 400;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Field {
    pub text: String,
}

impl Field {
    pub fn of(text: impl Into<String>) -> Self {
        Self { text: text.into() }
    }

    /// Returns whether the text changed.
    pub fn press(&mut self, key: Key) -> bool {
        let before = self.text.len();
        match key {
            Key { code: Code::Backspace, ctrl: false, alt: false, .. } => {
                let end = self.text.grapheme_indices(true).next_back().map_or(0, |(at, _)| at);
                self.text.truncate(end);
            }
            Key { code: Code::Char('u'), ctrl: true, .. } => self.text.clear(),
            Key { code: Code::Char('w'), ctrl: true, .. } | Key { code: Code::Backspace, .. } => {
                let kept = self.text.trim_end().rfind(' ').map_or(0, |at| at + 1);
                self.text.truncate(kept);
            }
            key => {
                if let Some(c) = key.typed() {
                    self.insert(c.encode_utf8(&mut [0; 4]));
                }
            }
        }
        self.text.len() != before
    }

    /// Appends what was pasted; its line breaks become blanks.
    pub fn insert(&mut self, text: &str) {
        for c in text.chars() {
            if self.text.len() + c.len_utf8() > MAX_BYTES {
                return;
            }
            self.text.push(if c.is_control() { ' ' } else { c });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Code, Field, Key};

    #[test]
    fn keys_edit_the_text() {
        let mut field = Field::of("cold sta");
        for c in "rt".chars() {
            field.press(Key::char(c));
        }
        assert_eq!(field.text, "cold start");
        field.press(Key::ctrl('w'));
        assert_eq!(field.text, "cold ");
        field.insert("é\u{301}x");
        field.press(Key::plain(Code::Backspace));
        field.press(Key::plain(Code::Backspace));
        assert_eq!(field.text, "cold ");
        field.press(Key::ctrl('u'));
        assert_eq!(field.text, "");
    }
}
