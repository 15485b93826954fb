//! A document: leaf blocks in reading order, and the containers they stand in.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use super::highlight::{self, Tokens};
use super::listing::Wishes;
use super::role::{Callout, Look, Role};

/// A page of Markdown, read. Cloning it keeps what was highlighted.
#[derive(Clone, Debug, Default)]
pub struct Document {
    /// What is probably a slip of the author, by line. Each is shown as well as it can be.
    pub problems: Vec<Problem>,
    pub leaves: Vec<Leaf>,
    pub containers: Vec<Container>,
    pub lists: Vec<List>,
    /// Targets, in the order of the source. Of some, [`footnote_of`] knows that they are footnotes of the document.
    pub links: Vec<String>,
    pub(super) comments: Vec<(u32, String)>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Counted from 1.
    pub line: u32,
    pub message: String,
}

/// A code block. (Indented ones have no language.)
#[derive(Clone, Debug, Default)]
pub struct Fence {
    /// The first word after the opening fence, empty when there is none.
    pub language: String,
    /// All that is written after the opening fence, but for the braces.
    pub label: String,
    /// What the braces ask for.
    pub wishes: Wishes,
    /// What is inside, each line ended by a line feed.
    pub body: String,
    /// The line of the opening fence, counted from 1.
    pub source_line: u32,
    pub(super) is_fenced: bool,
    /// How far the document's allowance for colouring reaches into the body.
    pub(super) coloured_bytes: usize,
    pub(super) tokens: OnceLock<Arc<Tokens>>,
}

impl Document {
    /// The fenced code blocks, in reading order.
    pub fn fences(&self) -> impl Iterator<Item = &Fence> {
        fences(&self.leaves)
    }

    /// The next `n_leaves` leaves from `start` on, and as many more as stand in the same list or quote.
    pub fn part(&self, start: usize, n_leaves: usize) -> Range<usize> {
        let after = start.saturating_add(n_leaves).min(self.leaves.len());
        let end = self.leaves[after..].iter().position(|leaf| leaf.container.is_none());
        start..end.map_or(self.leaves.len(), |further| after + further)
    }

    /// For each of [`Document::links`] the line on which it begins.
    pub fn link_lines(&self) -> Vec<u32> {
        let mut lines = vec![0; self.links.len()];
        let mut note = |runs: &[Run]| {
            for run in runs {
                if let Some(line) = run.look.link.and_then(|link| lines.get_mut(link)).filter(|line| **line == 0) {
                    *line = run.source_line;
                }
            }
        };
        for leaf in &self.leaves {
            match &leaf.block {
                Block::Paragraph(runs) | Block::Heading(_, runs) => note(runs),
                Block::Table(table) => table.rows.iter().flat_map(|row| &row.cells).for_each(|cell| note(cell)),
                Block::Code(_) | Block::Rule | Block::Nothing => {}
            }
        }
        lines
    }

    /// Leaves the code plain, for where no colours are shown: colouring it would cost more than all the rest.
    pub fn leave_plain(&self) {
        for leaf in &self.leaves {
            if let Block::Code(fence) = &leaf.block {
                let _ = fence.tokens.set(Arc::default());
            }
        }
    }

    /// The HTML comments with their line.
    pub fn comments(&self) -> Vec<(u32, String)> {
        self.comments.clone()
    }

    /// Level, text and line of each heading.
    pub fn headings(&self) -> Vec<(u8, String, u32)> {
        self.leaves
            .iter()
            .filter_map(|leaf| match &leaf.block {
                Block::Heading(level, runs) => Some((*level, text_of(runs), leaf.source_line)),
                _ => None,
            })
            .collect()
    }

    /// The line on which a footnote begins.
    pub fn footnote_line(&self, label: &str) -> Option<u32> {
        let is_it = |kind: &ContainerKind| matches!(kind, ContainerKind::Footnote { label: it } if it == label);
        let inside = |leaf: &&Leaf| {
            let mut outward = std::iter::successors(leaf.container, |id| self.containers[*id].parent);
            outward.any(|id| is_it(&self.containers[id].kind))
        };
        self.leaves.iter().find(inside).map(|leaf| leaf.source_line)
    }

    /// Gives the first use of each term in the sentences of the document its role. `find` says where in the text of a
    /// paragraph which terms are used; code, links and what stands in containers that `is_exempt` stay as they are.
    pub fn mark_terms(
        &mut self,
        is_exempt: impl Fn(&ContainerKind) -> bool,
        find: impl Fn(&str) -> Vec<(Range<usize>, usize)>,
    ) {
        let mut seen = BTreeSet::new();
        for leaf in &mut self.leaves {
            let Block::Paragraph(runs) = &mut leaf.block else { continue };
            let outward = std::iter::successors(leaf.container, |id| self.containers[*id].parent);
            if outward.into_iter().any(|id| is_exempt(&self.containers[id].kind)) {
                continue;
            }
            let text: String = runs.iter().map(|run| run.text.as_str()).collect();
            for (bytes, term) in find(&text) {
                let Ok(number) = u16::try_from(term) else { continue };
                if !seen.contains(&number) && mark(runs, &bytes, Role::Term(number)) {
                    seen.insert(number);
                }
            }
        }
    }
}

/// Gives `bytes` of the text of all `runs` a role, if all of them are plain text.
fn mark(runs: &mut Vec<Run>, bytes: &Range<usize>, role: Role) -> bool {
    let mut at = 0;
    let mut marked = Vec::with_capacity(runs.len() + 2);
    for run in runs.iter() {
        let (start, end) = (at, at + run.text.len());
        at = end;
        let inside = bytes.start.clamp(start, end) - start..bytes.end.clamp(start, end) - start;
        if inside.is_empty() {
            marked.push(run.clone());
            continue;
        }
        if run.look.role != Role::Text {
            return false;
        }
        let parts = [(0..inside.start, Role::Text), (inside.clone(), role), (inside.end..run.text.len(), Role::Text)];
        marked.extend(parts.into_iter().filter(|(part, _)| !part.is_empty()).map(|(part, role)| Run {
            text: run.text[part].to_owned(),
            look: Look { role, ..run.look },
            source_line: run.source_line,
        }));
    }
    *runs = marked;
    true
}

impl Fence {
    /// The line of the first line of the body.
    pub(super) fn body_line(&self) -> u32 {
        self.source_line + u32::from(self.is_fenced)
    }

    /// What each piece of each line is. Worked out once: a resize does not highlight again.
    pub fn tokens(&self) -> &Tokens {
        self.tokens.get_or_init(|| Arc::new(highlight::highlight(&self.language, &self.body, self.coloured_bytes)))
    }
}

/// The fenced code blocks among some leaves.
pub(super) fn fences(leaves: &[Leaf]) -> impl Iterator<Item = &Fence> {
    leaves.iter().filter_map(|leaf| match &leaf.block {
        Block::Code(fence) if fence.is_fenced => Some(&**fence),
        _ => None,
    })
}

/// A block without blocks inside.
#[derive(Clone, Debug)]
pub struct Leaf {
    pub block: Block,
    /// Counted from 1.
    pub source_line: u32,
    /// The innermost container, `None` at the top level.
    pub container: Option<ContainerId>,
    /// Whether a blank line sets it off from the leaf before.
    pub has_gap: bool,
}

#[derive(Clone, Debug)]
pub enum Block {
    /// Also raw HTML, the terms of a definition list and the titles of callouts: the looks of the runs differ.
    Paragraph(Vec<Run>),
    Heading(u8, Vec<Run>),
    Code(Box<Fence>),
    Table(Box<Table>),
    Rule,
    /// A list item or a quote with nothing inside.
    Nothing,
}

#[derive(Clone, Debug, Default)]
pub struct Table {
    pub columns: Vec<Align>,
    /// The first is the head.
    pub rows: Vec<TableRow>,
}

#[derive(Clone, Debug, Default)]
pub struct TableRow {
    pub source_line: u32,
    pub cells: Vec<Vec<Run>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    Left,
    Centre,
    Right,
}

/// Text of one look from one source line. A line feed in it is a hard break.
#[derive(Clone, Debug)]
pub struct Run {
    pub text: String,
    pub look: Look,
    pub source_line: u32,
}

/// The target of a link to the footnote `label`. No address has a bracket at its beginning.
pub(super) fn footnote_target(label: &str) -> String {
    format!("[^{label}]")
}

/// The label of the footnote that a link's target names, if it names one.
pub fn footnote_of(target: &str) -> Option<&str> {
    target.strip_prefix("[^")?.strip_suffix(']')
}

pub(super) fn text_of(runs: &[Run]) -> String {
    runs.iter().map(|run| run.text.as_str()).collect::<String>().replace('\n', " ")
}

/// Index into [`Document::containers`].
pub type ContainerId = usize;

/// A block with blocks inside.
#[derive(Clone, Debug)]
pub struct Container {
    pub kind: ContainerKind,
    pub parent: Option<ContainerId>,
    /// 1 at the top level, at most [`DEEPEST`].
    pub depth: usize,
}

/// What is nested deeper stands at this depth: nobody can follow forty levels, and no screen is that wide.
pub(super) const DEEPEST: usize = 32;

#[derive(Clone, Debug)]
pub enum ContainerKind {
    Quote,
    Callout(Callout),
    Item {
        /// Index into [`Document::lists`].
        list: usize,
        /// Counted from 0.
        ordinal: u64,
        /// Whether the task is done, when it is one.
        task: Option<bool>,
    },
    Definition,
    Footnote {
        label: String,
    },
}

#[derive(Clone, Copy, Debug)]
pub struct List {
    /// The first number; `None` when it has bullets.
    pub start: Option<u64>,
    pub n_items: u64,
    /// How many lists with bullets it stands in, counting itself.
    pub bullet_depth: usize,
}
