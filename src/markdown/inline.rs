//! What stands within a paragraph, a heading or a cell, to runs of one look each.

use super::document::{Run, footnote_target};
use super::role::{Look, Role, Style};
use super::visible::visible;

/// Collects the text of one leaf after the other, and the targets of all links.
pub(super) struct Inline {
    /// What text is that is nothing else.
    pub(super) base: Role,
    pub(super) base_is_strong: bool,
    /// The source line of what is added next.
    pub(super) source_line: u32,
    // How many are open of each, since they may be nested.
    pub(super) n_strong: u32,
    pub(super) n_emphasis: u32,
    pub(super) n_strike: u32,
    n_keys: u32,
    /// Targets, in the order of the source.
    pub(super) targets: Vec<String>,
    runs: Vec<Run>,
    link: Option<usize>,
    anchors: Vec<Anchor>,
    /// Pieces so far that can be seen.
    n_inked: usize,
}

/// A link or an image whose text is being read.
struct Anchor {
    target: String,
    title: String,
    link_before: Option<usize>,
    n_inked_before: usize,
}

impl Inline {
    pub(super) fn new() -> Self {
        Self {
            base: Role::Text,
            base_is_strong: false,
            source_line: 1,
            n_strong: 0,
            n_emphasis: 0,
            n_strike: 0,
            n_keys: 0,
            targets: Vec::new(),
            runs: Vec::new(),
            link: None,
            anchors: Vec::new(),
            n_inked: 0,
        }
    }

    /// The runs since the last call; empty when nothing of them can be seen.
    pub(super) fn take(&mut self) -> Vec<Run> {
        // A key cap that was never closed ends with the text it is in.
        if std::mem::take(&mut self.n_keys) > 0 {
            self.push("]", Role::Key);
        }
        let mut runs = std::mem::take(&mut self.runs);
        if runs.iter().all(|run| run.text.trim().is_empty()) {
            runs.clear();
        }
        runs
    }

    pub(super) fn text(&mut self, text: &str) {
        self.push(text, self.role());
    }

    pub(super) fn push(&mut self, text: &str, role: Role) {
        let text = visible(text, &[]);
        self.n_inked += usize::from(!text.trim().is_empty());
        self.push_as_is(&text, role);
    }

    /// The line ends here, at any width.
    pub(super) fn hard_break(&mut self) {
        self.push_as_is("\n", self.role());
    }

    fn push_as_is(&mut self, text: &str, role: Role) {
        let style = Style {
            strong: self.n_strong > 0 || self.base_is_strong,
            emphasis: self.n_emphasis > 0,
            strike: self.n_strike > 0,
            marked: false,
        };
        let look = Look { role, style, link: self.link };
        match self.runs.last_mut() {
            Some(last) if last.look == look && last.source_line == self.source_line => last.text.push_str(text),
            _ => self.runs.push(Run { text: text.to_owned(), look, source_line: self.source_line }),
        }
    }

    fn role(&self) -> Role {
        if self.n_keys > 0 {
            Role::Key
        } else if self.link.is_some() {
            Role::Link
        } else {
            self.base
        }
    }

    pub(super) fn start_link(&mut self, target: &str, title: &str) {
        let target = visible(target, &[]).into_owned();
        let title = visible(title, &[]).into_owned();
        let (link_before, n_inked_before) = (self.link, self.n_inked);
        // An image inside a link is part of that link's text.
        if self.link.is_none() {
            self.link = Some(self.targets.len());
            self.targets.push(target.clone());
        }
        self.anchors.push(Anchor { target, title, link_before, n_inked_before });
    }

    /// An image is a link whose text is its description.
    pub(super) fn start_image(&mut self, target: &str, title: &str) {
        self.start_link(target, title);
        self.push_as_is("▣ ", Role::Marker);
    }

    pub(super) fn end_link(&mut self) {
        let Some(anchor) = self.anchors.pop() else { return };
        if self.n_inked == anchor.n_inked_before {
            let shown = if anchor.target.trim().is_empty() { "(empty link)" } else { &anchor.target };
            self.text(shown);
        }
        self.link = anchor.link_before;
        if !anchor.title.is_empty() {
            self.push(&format!(" ({})", anchor.title), Role::Muted);
        }
    }

    /// A reference to a footnote is a link to it; within another link it is a part of that one.
    pub(super) fn footnote(&mut self, label: &str) {
        let shown = format!("[{label}]");
        if self.link.is_some() {
            self.push(&shown, Role::Link);
            return;
        }
        self.link = Some(self.targets.len());
        self.targets.push(footnote_target(&visible(label, &[])));
        self.push(&shown, Role::Marker);
        self.link = None;
    }

    /// An HTML tag within text: keys become caps, breaks break, the others are shown.
    pub(super) fn tag(&mut self, tag: &str) {
        match tag.to_ascii_lowercase().as_str() {
            "<kbd>" => {
                if self.n_keys == 0 {
                    self.push("[", Role::Key);
                }
                self.n_keys += 1;
            }
            "</kbd>" if self.n_keys > 0 => {
                self.n_keys -= 1;
                if self.n_keys == 0 {
                    self.push("]", Role::Key);
                }
            }
            "<br>" | "<br/>" | "<br />" => self.hard_break(),
            _ => self.push(tag, Role::Muted),
        }
    }
}
