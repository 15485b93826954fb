//! Where each page stands in the site, and what the links of a page lead to.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::INDEX;
use crate::course::{Course, Page, PageId, Target};

/// Path of `page` inside the site.
pub(super) fn of(page: &Page) -> String {
    format!("{}.html", page.id.0)
}

/// From one page to the map of the course.
pub(super) fn index_from(page: &Page) -> String {
    format!("{}{INDEX}", upwards(page))
}

/// From one page to another.
pub(super) fn between(from: &Page, to: &Page) -> String {
    if from.id == to.id { String::new() } else { format!("{}{}", upwards(from), encoded(&of(to))) }
}

/// To a heading of the same page.
pub(super) fn within(anchor: &str) -> String {
    format!("#{}", encoded(anchor))
}

/// From the map to a page.
pub(super) fn from_index(page: &Page) -> String {
    encoded(&of(page))
}

/// The names of all headings, gathered once: looking for each when it is linked to takes too long in a long course.
pub(super) struct Names<'a> {
    course: &'a Course,
    /// By page, the line of the heading that has the name.
    by_page: BTreeMap<&'a PageId, BTreeMap<String, u32>>,
}

impl<'a> Names<'a> {
    pub(super) fn of(course: &'a Course) -> Self {
        let by_page = course.pages().map(|page| {
            let mut names = BTreeMap::new();
            // Of several equal ones the first has the name, as links expect. One without a letter has none.
            for (name, line) in page.anchors().filter(|(name, _)| !name.is_empty()) {
                names.entry(name).or_insert(line);
            }
            (&page.id, names)
        });
        Self { course, by_page: by_page.collect() }
    }

    /// The names of the headings of `page` by their lines.
    pub(super) fn by_line(&self, page: &Page) -> BTreeMap<u32, &str> {
        let names = self.by_page.get(&page.id).into_iter().flatten();
        names.map(|(name, line)| (*line, name.as_str())).collect()
    }

    /// The page that a link of the glossary leads to, and its address from the site's first page.
    pub(super) fn taught_at(&self, target: &'a str) -> Option<(&'a Page, String)> {
        let (Target::Place { page, .. } | Target::NoHeading { page, .. }) =
            self.course.follow(self.course.pages().next()?, target)
        else {
            return None;
        };
        let anchor = target.split_once('#').map_or("", |(_, anchor)| anchor);
        let is_there = self.by_page.get(&page.id).is_some_and(|names| names.contains_key(anchor));
        Some((page, format!("{}{}", from_index(page), if is_there { within(anchor) } else { String::new() })))
    }

    /// The address for a link to `target` on the page `from`; nothing when it leads nowhere, or to what only a trap would
    /// link to, such as a script.
    pub(super) fn resolve(&self, from: &Page, target: &str) -> Option<String> {
        let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
        match self.course.follow(from, file) {
            Target::Outside => is_harmless(target).then(|| target.to_owned()),
            Target::Place { page, .. } if anchor.is_empty() => {
                let path = between(from, page);
                Some(if path.is_empty() { "#".to_owned() } else { path })
            }
            Target::Place { page, .. } => {
                let is_there = self.by_page.get(&page.id)?.contains_key(anchor);
                is_there.then(|| format!("{}{}", between(from, page), within(anchor)))
            }
            Target::NoPage { .. } | Target::NoHeading { .. } => None,
        }
    }
}

fn is_harmless(target: &str) -> bool {
    ["https://", "http://", "mailto:"]
        .iter()
        .any(|scheme| target.get(..scheme.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(scheme)))
}

/// From a page to the folder of the site.
pub(super) fn upwards(page: &Page) -> String {
    "../".repeat(page.id.0.matches('/').count())
}

/// `text` with everything but plain letters, digits and `/ . - _` percent-encoded.
pub(super) fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' => out.push(char::from(byte)),
            _ => {
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::Names;
    use crate::course::{Course, Files};

    #[test]
    fn links_lead_to_pages_headings_and_harmless_addresses_only() {
        let mut files = Files::new();
        for (name, text) in
            [("one", "# Hello there\n\n## Twice\n\n## Twice\n"), ("two pages", "# Zwei\n\n## Äpfel & Birnen\n")]
        {
            files.insert(format!("lessons/s/{name}.md"), text.into());
        }
        let course = Course::assemble(&files);
        let names = Names::of(&course);
        let from = course.find_page("one").expect("the page");
        for (target, address) in [
            ("two pages.md", Some("../s/two%20pages.html")),
            ("two pages.md#äpfel--birnen", Some("../s/two%20pages.html#%C3%A4pfel--birnen")),
            ("#twice", Some("#twice")),
            ("one.md", Some("#")),
            ("https://example.org/?a=1&b=2", Some("https://example.org/?a=1&b=2")),
            ("mailto:someone@example.org", Some("mailto:someone@example.org")),
            ("javascript:alert(1)", None),
            ("javascript://%0aalert(1)", None),
            ("data:text/html,<script>", None),
            ("//example.org/x", None),
            ("nowhere.md", None),
            ("#nothing", None),
        ] {
            assert_eq!(names.resolve(from, target).as_deref(), address, "{target}");
        }
    }
}
