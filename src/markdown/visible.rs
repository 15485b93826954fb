//! Text that a terminal would obey, to text that it shows.
//!
//! The reader of files has done this for raw bytes; here it is done again, after entities such as `&#27;` were read.

use std::borrow::Cow;

/// `text` with a picture in place of each control or bidirectional-override character; those in `kept` stay.
pub(super) fn visible<'a>(text: &'a str, kept: &[char]) -> Cow<'a, str> {
    let hidden = |c: char| is_obeyed(c) && !kept.contains(&c);
    // Most text has nothing but what is printed, one byte a letter.
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) || !text.chars().any(hidden) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            c if !hidden(c) => shown.push(c),
            '\t' | '\n' => shown.push(' '),
            // The block of control pictures mirrors C0.
            '\0'..' ' => shown.extend(char::from_u32(0x2400 + u32::from(c))),
            '\u{7f}' => shown.push('␡'),
            c => shown.extend(["<U+", &format!("{:04X}", u32::from(c)), ">"]),
        }
    }
    Cow::Owned(shown)
}

fn is_obeyed(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::visible;

    #[test]
    fn what_a_terminal_obeys_becomes_a_picture() {
        assert_eq!(visible("a\u{1b}[31mb\u{7f}\u{9b}\u{202e}\tc", &[]), "a␛[31mb␡<U+009B><U+202E> c");
        assert_eq!(visible("a\tb\nc\r", &['\t', '\n']), "a\tb\nc␍");
    }
}
