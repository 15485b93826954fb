//! HTML that is well-formed and escaped by construction.
//!
//! Names of tags and attributes are literals of this program; everything else is text. Nothing that an author wrote
//! can become a tag.

use std::borrow::Cow;

/// HTML so far.
#[derive(Default)]
pub(crate) struct Markup {
    text: String,
}

pub(crate) type Attributes<'a> = [(&'static str, &'a str)];

impl Markup {
    pub(crate) fn into_text(self) -> String {
        self.text
    }

    /// An element; `inside` writes its content.
    pub(crate) fn element(&mut self, tag: &'static str, attributes: &Attributes<'_>, inside: impl FnOnce(&mut Self)) {
        self.open(tag, attributes);
        inside(self);
        self.close(tag);
    }

    /// An element with nothing but text in it.
    pub(crate) fn leaf(&mut self, tag: &'static str, attributes: &Attributes<'_>, text: &str) {
        self.element(tag, attributes, |it| it.text(text));
    }

    /// Begins an element that [`Self::close`] ends, for callers whose elements do not nest as their code does. Of the
    /// elements of HTML that have no end, such as `hr`, it is all.
    pub(crate) fn open(&mut self, tag: &'static str, attributes: &Attributes<'_>) {
        self.text.push('<');
        self.text.push_str(tag);
        for (name, value) in attributes {
            self.text.push(' ');
            self.text.push_str(name);
            self.text.push_str("=\"");
            self.text.push_str(&escaped(value));
            self.text.push('"');
        }
        self.text.push('>');
    }

    pub(crate) fn close(&mut self, tag: &'static str) {
        self.text.push_str("</");
        self.text.push_str(tag);
        self.text.push('>');
    }

    pub(crate) fn text(&mut self, text: &str) {
        self.text.push_str(&escaped(text));
    }

    /// A line feed, for those who read the source. Not to be used where blanks show.
    pub(crate) fn line(&mut self) {
        self.text.push('\n');
    }

    /// What this program itself says in another language than HTML's elements: it is not escaped.
    pub(crate) fn verbatim(&mut self, markup: &'static str) {
        self.text.push_str(markup);
    }
}

/// `text` as it may stand between tags and in quoted attributes.
///
/// Characters that HTML forbids, or that turn the direction of the text around them, become the replacement character.
fn escaped(text: &str) -> Cow<'_, str> {
    if text.chars().all(|c| replacement(c).is_none()) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    for c in text.chars() {
        match replacement(c) {
            Some(entity) => out.push_str(entity),
            None => out.push(c),
        }
    }
    Cow::Owned(out)
}

fn replacement(c: char) -> Option<&'static str> {
    match c {
        '&' => Some("&amp;"),
        '<' => Some("&lt;"),
        '>' => Some("&gt;"),
        '"' => Some("&quot;"),
        '\'' => Some("&#39;"),
        '\n' | '\t' => None,
        c if c.is_control() => Some("\u{fffd}"),
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{fffe}' | '\u{ffff}' => Some("\u{fffd}"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::Markup;

    #[test]
    fn text_stays_text_wherever_it_stands() {
        let mut markup = Markup::default();
        markup.element("p", &[("title", "\"><script>")], |it| it.text("</p><b a='1'>&amp;\u{0}\u{202e}"));
        assert_eq!(
            markup.into_text(),
            "<p title=\"&quot;&gt;&lt;script&gt;\">&lt;/p&gt;&lt;b a=&#39;1&#39;&gt;&amp;amp;\u{fffd}\u{fffd}</p>"
        );
    }
}
