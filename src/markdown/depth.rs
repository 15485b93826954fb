//! Markdown to the same Markdown without absurd nesting.
//!
//! For each line the parser asks every open block whether it goes on. With 100,000 of them open, a page of short lines
//! takes minutes. So beyond a column that no writer reaches, what would open a block becomes text.

use std::borrow::Cow;

const DEEPEST_COL: usize = 1_000;

/// `text` with a backslash in place of the first marker of a quote or list beyond column 1,000 of a line. What follows
/// it is text then, and stays. No byte moves.
pub(super) fn shallow(text: &str) -> Cow<'_, str> {
    let mut too_deep = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        too_deep.extend(deep_marker(line).map(|at| start + at));
        start += line.len();
    }
    if too_deep.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut bytes = text.as_bytes().to_vec();
    for at in too_deep {
        bytes[at] = b'\\';
    }
    Cow::Owned(String::from_utf8(bytes).expect("one ASCII byte was put in place of another"))
}

fn deep_marker(line: &str) -> Option<usize> {
    let bytes = line.as_bytes();
    let is_margin =
        |byte: &u8| matches!(byte, b' ' | b'\t' | b'>' | b'-' | b'+' | b'*' | b'.' | b')' | b':' | b'0'..=b'9');
    let is_blank = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_whitespace);
    let deep = bytes.get(DEEPEST_COL..)?;
    if !bytes[..DEEPEST_COL].iter().all(is_margin) {
        return None;
    }
    (DEEPEST_COL..)
        .zip(deep.iter().take_while(|byte| is_margin(byte)))
        .find(|(at, byte)| match byte {
            b'>' => true,
            b'-' | b'+' | b'*' | b'.' | b')' | b':' => is_blank(at + 1),
            _ => false,
        })
        .map(|(at, _)| at)
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::shallow;

    #[test]
    fn only_absurd_nesting_is_changed() {
        for sane in ["- - - x".to_owned(), "> ".repeat(400), "-".repeat(5_000), format!("{}x", " ".repeat(5_000))] {
            assert!(matches!(shallow(&sane), Cow::Borrowed(_)), "{sane}");
        }
        for marker in ["- ", "> ", ">", "1. ", ": "] {
            let deep = marker.repeat(1_500);
            let changed = shallow(&deep);
            assert_eq!(changed.len(), deep.len());
            assert_eq!(changed.matches('\\').count(), 1, "{marker}");
        }
    }
}
