//! A link's target to the place in the course that it means.

use super::{Course, Page};
use crate::markdown::footnote_of;

/// Where a link leads.
#[derive(Clone, Copy, Debug)]
pub enum Target<'a> {
    /// An address that is not of this course.
    Outside,
    /// A page, and the line of its document: 0 for the top.
    Place {
        page: &'a Page,
        source_line: u32,
    },
    NoPage {
        stem: &'a str,
    },
    /// The page is there, the heading is not.
    NoHeading {
        page: &'a Page,
        anchor: &'a str,
    },
}

impl Course {
    /// Resolves `target`, a link on the page `from`, such as `04-cold-start.md#what-helps`, `#what-helps`,
    /// an address, or a footnote.
    pub fn follow<'a>(&'a self, from: &'a Page, target: &'a str) -> Target<'a> {
        if let Some(label) = footnote_of(target) {
            return match from.document.footnote_line(label) {
                Some(source_line) => Target::Place { page: from, source_line },
                None => Target::NoHeading { page: from, anchor: target },
            };
        }
        if target.contains("://") || target.starts_with("mailto:") {
            return Target::Outside;
        }
        let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
        let page = if file.is_empty() {
            from
        } else {
            let stem = file.rsplit('/').next().unwrap_or(file).trim_end_matches(".md");
            match self.find_page(stem) {
                Some(page) => page,
                None => return Target::NoPage { stem },
            }
        };
        if anchor.is_empty() {
            return Target::Place { page, source_line: 0 };
        }
        match page.anchors().find(|(name, _)| name == anchor) {
            Some((_, source_line)) => Target::Place { page, source_line },
            None => Target::NoHeading { page, anchor },
        }
    }
}

impl Page {
    /// The anchors of the page's headings as links name them (`## When not to` is `when-not-to`), with their lines.
    pub fn anchors(&self) -> impl Iterator<Item = (String, u32)> {
        self.document.headings().into_iter().map(|(_, text, line)| (anchor(&text), line))
    }
}

fn anchor(heading: &str) -> String {
    let kept = heading.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.map(|c| if c == ' ' { '-' } else { c }).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::anchor;

    #[test]
    fn an_anchor_is_the_heading_as_links_write_it() {
        assert_eq!(anchor("When (not) to use it"), "when-not-to-use-it");
    }
}
