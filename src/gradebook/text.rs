//! The boundary: what strangers wrote becomes text that can be shown.
//!
//! Everything that comes from a student's file or a platform's table is [`Untrusted`] until it has passed here, which it
//! does once. What is changed or cut is flagged and never silent.

use super::event::Flag;
use crate::content::visible;

/// What is kept of one answer.
pub(super) const MAX_ANSWER_BYTES: usize = 64 * 1024;
const MAX_ANSWER_LINES: usize = 2000;
const MAX_NAME_CHARS: usize = 200;

/// What a stranger wrote, as it came: an answer, a name, an address. It cannot be shown. [`Self::answer`] and
/// [`Self::name`] are the two ways out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Untrusted(String);

impl Untrusted {
    pub(super) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Puts `more` behind a blank line.
    pub(super) fn append(&mut self, more: &Self) {
        self.0.push_str("\n\n");
        self.0.push_str(&more.0);
    }

    /// As an answer is kept: without control characters, of bounded length.
    pub(super) fn answer(&self) -> Cleaned {
        let mut flags = Vec::new();
        let shown = visible(&self.0);
        if shown.len() != self.0.len() - self.0.matches("\r\n").count() {
            flags.push("control characters, shown and not obeyed".to_owned());
        }
        let mut end = shown.len().min(MAX_ANSWER_BYTES);
        while !shown.is_char_boundary(end) {
            end -= 1;
        }
        if let Some((at, _)) = shown[..end].match_indices('\n').nth(MAX_ANSWER_LINES - 1) {
            end = at;
        }
        if shown[end..].trim() != "" {
            flags.push(format!("cut to {MAX_ANSWER_LINES} lines and {} KB", MAX_ANSWER_BYTES / 1024));
        }
        Cleaned { text: shown[..end].to_owned(), flags }
    }

    /// As a name, an id or a file name is kept: one line, without control characters, of bounded length.
    pub(super) fn name(&self) -> Cleaned {
        let line = self.0.split_whitespace().collect::<Vec<_>>().join(" ");
        let cut: String = line.chars().take(MAX_NAME_CHARS).collect();
        let text = visible(&cut).into_owned();
        let is_changed = text != cut || self.0.contains(|c: char| c.is_control());
        let flags = if is_changed { vec!["control characters in a name".to_owned()] } else { Vec::new() };
        Cleaned { text, flags }
    }
}

pub(super) struct Cleaned {
    pub(super) text: String,
    pub(super) flags: Vec<Flag>,
}

/// The bytes of a file as text.
pub(super) fn decode(bytes: &[u8]) -> Cleaned {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => Cleaned { text: text.to_owned(), flags: Vec::new() },
        Err(error) => Cleaned {
            text: String::from_utf8_lossy(bytes).into_owned(),
            flags: vec![format!("not UTF-8 text (byte {})", error.valid_up_to())],
        },
    }
}

/// What a page of HTML says, without its markup: paragraphs and line breaks become lines.
pub(super) fn from_html(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(at) = rest.find(['<', '&']) {
        text.push_str(&rest[..at]);
        rest = &rest[at..];
        if rest.starts_with('&') {
            rest = entity(rest, &mut text);
            continue;
        }
        // A `<` that opens no tag is a character of the answer, as in `a < b`.
        let opens = rest[1..].starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!'));
        if !opens {
            text.push('<');
            rest = &rest[1..];
            continue;
        }
        // No tag ends any more: the rest is text, and need not be searched again for each `<`.
        let Some(end) = rest.find('>') else { break };
        let tag: String = rest[1..end]
            .chars()
            .take_while(|c| c.is_ascii_alphanumeric() || *c == '/')
            .collect::<String>()
            .to_lowercase();
        rest = &rest[end + 1..];
        match tag.as_str() {
            "script" | "style" => {
                let closes = |at: usize| {
                    rest.get(at + 2..at + 2 + tag.len()).is_some_and(|name| name.eq_ignore_ascii_case(&tag))
                };
                rest = rest.match_indices("</").find(|(at, _)| closes(*at)).map_or("", |(at, _)| &rest[at..]);
            }
            "br" | "br/" | "/p" | "/div" | "/li" | "/tr" | "/pre" | "/h1" | "/h2" | "/h3" | "/h4" => text.push('\n'),
            "/td" | "/th" => text.push(' '),
            _ => {}
        }
    }
    text.push_str(rest);
    text.trim().to_owned()
}

/// Reads the entity that `rest` begins with, and gives what follows it.
fn entity<'a>(rest: &'a str, text: &mut String) -> &'a str {
    let end = rest.bytes().take(12).position(|byte| byte == b';');
    let read = end.and_then(|end| {
        let name = &rest[1..end];
        let number = |digits: &str, radix| u32::from_str_radix(digits, radix).ok().and_then(char::from_u32);
        let c = match name {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "apos" => '\'',
            "nbsp" => ' ',
            _ => match name.strip_prefix('#') {
                Some(digits) => match digits.strip_prefix(['x', 'X']) {
                    Some(digits) => number(digits, 16)?,
                    None => number(digits, 10)?,
                },
                None => return None,
            },
        };
        Some((c, end))
    });
    if let Some((c, end)) = read {
        text.push(c);
        &rest[end + 1..]
    } else {
        text.push('&');
        &rest[1..]
    }
}

#[cfg(test)]
mod tests {
    use super::{MAX_ANSWER_BYTES, Untrusted, decode, from_html};

    #[test]
    fn nothing_that_a_terminal_obeys_comes_in() {
        let answer = |text: &str| Untrusted::new(text).answer();
        let read = answer("a\u{1b}[31m\u{202e}b\r\nc");
        assert_eq!(read.text, "a␛[31m<U+202E>b\nc");
        assert_eq!(read.flags.len(), 1);
        assert_eq!(answer("a\r\nb").flags, Vec::<String>::new());
        let name = Untrusted::new("Eve\n\u{202e}\u{7}  X").name();
        assert_eq!((name.text.as_str(), name.flags.len()), ("Eve <U+202E>␇ X", 1));
        assert_eq!(Untrusted::new("Carol  Côté").name().flags, Vec::<String>::new());
    }

    #[test]
    fn long_answers_are_cut_and_flagged() {
        for text in ["é".repeat(MAX_ANSWER_BYTES), "a\n".repeat(5000)] {
            let read = Untrusted::new(text).answer();
            assert!(read.text.len() <= MAX_ANSWER_BYTES && read.text.lines().count() <= 2000);
            assert_eq!(read.flags.len(), 1);
        }
        assert_eq!(decode(b"\xef\xbb\xbfa\xff").text, "a\u{fffd}");
    }

    #[test]
    fn html_is_read_as_what_it_says() {
        for (html, text) in [
            ("<p>Because it&#39;s &lt;cold&gt;.</p><p>Twice&nbsp;a day</p>", "Because it's <cold>.\nTwice a day"),
            ("a < b && c > d", "a < b && c > d"),
            ("<script>alert('x')</script>plain<style>p{}</style>", "plain"),
            ("&#x1F600;&#99999999;&unknown;", "😀&#99999999;&unknown;"),
            ("a <b", "a <b"),
        ] {
            assert_eq!(from_html(html), text, "{html}");
        }
        // Bounded time: a file of nothing but `<`.
        assert_eq!(from_html(&"<a".repeat(500_000)).len(), 1_000_000);
    }
}
