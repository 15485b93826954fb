//! The statements of the kinds that are written a line each, with their numbers.

use super::{MAX_LABEL_BYTES, Slips};

/// Every line that says something, trimmed. Titles and descriptions for screen readers are left out: ours come from
/// the graph itself.
pub(super) fn statements<'a>(body: &'a str, first_line: u32, slips: &mut Slips) -> Vec<(u32, &'a str)> {
    let mut found = Vec::new();
    let mut is_description = false;
    for (text, number) in body.lines().zip(first_line..) {
        let text = text.trim();
        let begins = text.starts_with("accDescr") && text.contains('{');
        if is_description || begins {
            is_description = !text.contains('}');
        } else if text.len() > MAX_LABEL_BYTES {
            slips.add(number, "a line of thousands of letters is left out: divide it");
        } else if !text.is_empty() && !text.starts_with("accTitle") && !text.starts_with("accDescr") {
            found.push((number, text));
        }
    }
    found
}

/// What follows `word`, if the text begins with it.
pub(super) fn after<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    let rest = text.strip_prefix(word)?;
    (rest.is_empty() || rest.starts_with(char::is_whitespace)).then(|| rest.trim())
}

/// The text without quotation marks around it.
pub(super) fn unquoted(text: &str) -> &str {
    text.trim().trim_matches(['"', '`', '\'']).trim()
}

/// What the lines between braces belong to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Braces {
    Closed,
    Of(usize),
    /// A box that the chart has no room for.
    OfNone,
}

impl Braces {
    pub(super) fn of(node: Option<usize>) -> Self {
        node.map_or(Self::OfNone, Self::Of)
    }

    /// What a line between the braces says, and of which box; the brace at its end closes them.
    pub(super) fn inside<'a>(&mut self, text: &'a str) -> (&'a str, Option<usize>) {
        let node = if let Self::Of(node) = self { Some(*node) } else { None };
        match text.strip_suffix('}') {
            Some(text) => {
                *self = Self::Closed;
                (text.trim(), node)
            }
            None => (text, node),
        }
    }
}
