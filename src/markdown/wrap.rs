//! A [`Document`] and a width to lines: margins of the containers, gaps between blocks, each leaf in its room.

use std::collections::BTreeSet;
use std::ops::Range;

use rayon::prelude::*;

use super::cells;
use super::document::{Block, Container, ContainerId, ContainerKind, Document, Fence, Leaf, Run, Table, fences};
use super::flow::flow;
use super::line::{Code, Line, Link, Slot, TablePlace, Wrapped};
use super::listing::Listing;
use super::role::{Look, Role};
use super::{code, table};

/// Text keeps at least this many columns, or half of a narrower line: margins that leave less are left out.
const TEXT_COLS: usize = 16;
/// From so many code blocks on threads are worth their beginning.
const MANY_FENCES: usize = 16;
/// Definitions are indented this far.
const HANG_COLS: usize = 4;
/// The text of a footnote hangs beside its label, if that is no wider than this.
const WIDEST_LABEL_COLS: usize = 12;

/// Sets `document` in lines of at most `width_cols` columns.
///
/// A fence whose language is one of `responding` takes no lines: its place comes back as a slot. At 0 columns the
/// result is that of 1.
pub fn wrap(document: &Document, width_cols: u16, responding: &[&str]) -> Wrapped {
    wrap_with(document, width_cols, responding, Listing::default())
}

/// The same, with code blocks set as `listing` says.
pub fn wrap_with(document: &Document, width_cols: u16, responding: &[&str], listing: Listing) -> Wrapped {
    wrap_part(document, 0..document.leaves.len(), width_cols, responding, listing)
}

/// The same for a part of the document, as [`Document::part`] cuts it: set one after the other, the parts give the lines
/// that the whole has. Lines are counted within the part.
pub fn wrap_part(
    document: &Document,
    part: Range<usize>,
    width_cols: u16,
    responding: &[&str],
    listing: Listing,
) -> Wrapped {
    let leaves = &document.leaves[part.clone()];
    colour(leaves, responding);
    let mut setter = Setter {
        document,
        responding,
        listing,
        width_cols: usize::from(width_cols.max(1)),
        wrapped: Wrapped::default(),
        marked: BTreeSet::new(),
        path: Vec::new(),
        has_begun: part.start > 0,
    };
    for leaf in leaves {
        setter.leaf(leaf);
    }
    let mut wrapped = setter.wrapped;
    wrapped.links = place_links(document, &wrapped.lines);
    wrapped
}

/// Colours the code blocks of a long document, by all processors; those of a short one are coloured one by one as they
/// are set.
fn colour(leaves: &[Leaf], responding: &[&str]) {
    let fences: Vec<&Fence> = fences(leaves).filter(|fence| !responding.contains(&fence.language.as_str())).collect();
    if fences.len() >= MANY_FENCES {
        fences.par_iter().for_each(|fence| {
            fence.tokens();
        });
    }
}

fn place_links(document: &Document, lines: &[Line]) -> Vec<Link> {
    let mut links: Vec<Link> = Vec::new();
    let mut is_placed = BTreeSet::new();
    for (line_index, line) in lines.iter().enumerate() {
        for number in line.spans.iter().filter_map(|span| span.link) {
            if is_placed.insert(number) {
                links.push(Link { number, line_index, target: document.links[number].clone() });
            }
        }
    }
    links
}

struct Setter<'a> {
    document: &'a Document,
    responding: &'a [&'a str],
    listing: Listing,
    width_cols: usize,
    wrapped: Wrapped,
    /// The containers whose bullet, number or label has been shown.
    marked: BTreeSet<ContainerId>,
    /// The containers around the leaf at hand, outermost first.
    path: Vec<ContainerId>,
    has_begun: bool,
}

/// What stands left of a leaf.
struct Margin {
    first: Line,
    others: Line,
    /// Markers for which there is no room at the left: they begin the text instead.
    inline: Vec<Run>,
    cols: usize,
}

/// What one container puts left of what is in it.
struct Mark {
    text: String,
    role: Role,
    cols: usize,
    /// A bar is on every line, a marker on the first only.
    is_bar: bool,
}

impl<'a> Setter<'a> {
    fn leaf(&mut self, leaf: &'a Leaf) {
        let outer = std::mem::take(&mut self.path);
        self.path = self.path_to(leaf.container);
        if leaf.has_gap && self.has_begun {
            let n_shared = outer.iter().zip(&self.path).take_while(|(before, now)| before == now).count();
            self.gap(n_shared);
        }
        self.has_begun = true;
        let margin = self.margin(leaf.source_line);
        let room = self.width_cols - margin.cols;
        let first_line = self.wrapped.lines.len();
        match &leaf.block {
            Block::Paragraph(runs) => {
                let lines = flow(margin.inline.iter().chain(runs), room).lines;
                self.set(&margin, lines);
            }
            Block::Heading(level, runs) => self.heading(&margin, *level, runs, room),
            Block::Nothing => {
                let mut lines = flow(&margin.inline, room).lines;
                if lines.is_empty() {
                    lines.push(Line::at(leaf.source_line));
                }
                self.set(&margin, lines);
            }
            Block::Rule => {
                let mut line = Line::at(leaf.source_line);
                line.push(&"─".repeat(room), Role::Rule);
                self.set_below_marker(margin, vec![line], leaf, room);
            }
            Block::Table(table) => self.table(margin, table, leaf, room),
            Block::Code(fence) => self.code(margin, fence, leaf, room),
        }
        for line in &mut self.wrapped.lines[first_line..] {
            line.block_line = leaf.source_line;
        }
    }

    fn heading(&mut self, margin: &Margin, level: u8, runs: &'a [Run], room: usize) {
        // The first two levels are underlined, the others say how deep they are: colour is not always there.
        let depth = Run {
            text: format!("{} ", "›".repeat(usize::from(level.saturating_sub(2)))),
            look: Role::Heading(level).into(),
            source_line: runs.first().map_or(1, |run| run.source_line),
        };
        let mark = if level > 2 { Some(&depth) } else { None };
        let mut lines = flow(margin.inline.iter().chain(mark).chain(runs), room).lines;
        let underline = match level {
            1 => Some("━"),
            2 => Some("─"),
            _ => None,
        };
        if let Some(stroke) = underline {
            let cols = lines.iter().map(|line| line.spans.iter().map(|span| cells::width(&span.text)).sum()).max();
            let source_line = lines.last().map_or(depth.source_line, |line| line.source_line);
            let mut line = Line::at(source_line);
            line.push(&stroke.repeat(cols.unwrap_or(0)), Role::Heading(level));
            lines.push(line);
        }
        self.set(margin, lines);
    }

    fn code(&mut self, margin: Margin, fence: &'a Fence, leaf: &Leaf, room: usize) {
        if self.responding.contains(&fence.language.as_str()) {
            // The caller draws the slot below the bullet, if there is one.
            self.set_marker_alone(&margin, leaf, room);
            let slot = Slot {
                line_index: self.wrapped.lines.len(),
                source_line: fence.source_line,
                width_cols: room as u16,
                indent_cols: margin.cols as u16,
            };
            self.wrapped.slots.push(slot);
            return;
        }
        let lines = code::code_lines(fence, room, self.listing);
        let n_lines = lines.len();
        self.set_below_marker(margin, lines, leaf, room);
        let end = self.wrapped.lines.len();
        let (source_line, text) = (fence.source_line, fence.body.clone());
        self.wrapped.codes.push(Code { lines: end - n_lines..end, source_line, width_cols: room, text });
    }

    fn table(&mut self, margin: Margin, table: &Table, leaf: &Leaf, room: usize) {
        let table::Set { lines, fits } = table::lines(table, room);
        let n_lines = lines.len();
        self.set_below_marker(margin, lines, leaf, room);
        let end = self.wrapped.lines.len();
        self.wrapped.tables.push(TablePlace { lines: end - n_lines..end, source_line: leaf.source_line, fits });
    }

    fn set(&mut self, margin: &Margin, lines: Vec<Line>) {
        for (index, mut line) in lines.into_iter().enumerate() {
            let before = if index == 0 { &margin.first } else { &margin.others };
            line.margin_cols += margin.cols;
            if !before.spans.is_empty() {
                let rest = std::mem::replace(&mut line.spans, before.spans.clone());
                line.spans.extend(rest);
            }
            if line.spans.last().is_some_and(|last| last.text.ends_with(' ')) {
                line.trim_end();
            }
            self.wrapped.lines.push(line);
        }
    }

    /// For leaves that cannot begin with a marker in their own text.
    fn set_below_marker(&mut self, mut margin: Margin, lines: Vec<Line>, leaf: &Leaf, room: usize) {
        if !margin.inline.is_empty() {
            self.set_marker_alone(&margin, leaf, room);
            margin.first = margin.others.clone();
        }
        self.set(&margin, lines);
    }

    fn set_marker_alone(&mut self, margin: &Margin, leaf: &Leaf, room: usize) {
        let mut lines = flow(&margin.inline, room).lines;
        if lines.is_empty() {
            if margin.first == margin.others {
                return;
            }
            lines.push(Line::at(leaf.source_line));
        }
        self.set(margin, lines);
    }

    fn gap(&mut self, n_shared: usize) {
        let mut line = Line::default();
        let mut cols = 0;
        for id in &self.path[..n_shared] {
            let mark = self.mark(*id);
            if cols + mark.cols > self.margin_room() {
                break;
            }
            cols += mark.cols;
            if mark.is_bar { line.push(&mark.text, mark.role) } else { line.push_blanks(mark.cols) }
        }
        line.trim_end();
        self.wrapped.lines.push(line);
    }

    fn margin_room(&self) -> usize {
        (self.width_cols / 2).max(self.width_cols.saturating_sub(TEXT_COLS))
    }

    fn path_to(&self, container: Option<ContainerId>) -> Vec<ContainerId> {
        let outward = std::iter::successors(container, |id| self.document.containers[*id].parent);
        let mut path: Vec<ContainerId> = outward.collect();
        path.reverse();
        path
    }

    fn margin(&mut self, source_line: u32) -> Margin {
        let mut margin = Margin { first: Line::default(), others: Line::default(), inline: Vec::new(), cols: 0 };
        let path = std::mem::take(&mut self.path);
        let mut has_room = true;
        for id in &path {
            let mark = self.mark(*id);
            let is_first = self.marked.insert(*id);
            has_room &= margin.cols + mark.cols <= self.margin_room();
            let hangs = cells::width(&mark.text) <= mark.cols;
            if has_room {
                margin.cols += mark.cols;
                if mark.is_bar {
                    margin.others.push(&mark.text, mark.role);
                    margin.first.push(&mark.text, mark.role);
                    continue;
                }
                margin.others.push_blanks(mark.cols);
                if is_first && hangs {
                    margin.first.push(&mark.text, mark.role);
                    margin.first.push_blanks(mark.cols - cells::width(&mark.text));
                    continue;
                }
                margin.first.push_blanks(mark.cols);
            }
            if is_first && !mark.is_bar && !mark.text.is_empty() {
                let look = Look::from(mark.role);
                margin.inline.push(Run { text: format!("{} ", mark.text.trim()), look, source_line });
            }
        }
        self.path = path;
        margin
    }

    fn mark(&self, id: ContainerId) -> Mark {
        let Container { kind, .. } = &self.document.containers[id];
        let bar = |role| Mark { text: "▎ ".to_owned(), role, cols: 2, is_bar: true };
        match kind {
            ContainerKind::Quote => bar(Role::Bar),
            ContainerKind::Callout(callout) => bar(Role::CalloutBar(*callout)),
            ContainerKind::Definition => {
                Mark { text: String::new(), role: Role::Marker, cols: HANG_COLS, is_bar: false }
            }
            ContainerKind::Footnote { label } => {
                let text = format!("[{label}] ");
                let cols = Some(cells::width(&text)).filter(|cols| *cols <= WIDEST_LABEL_COLS).unwrap_or(HANG_COLS);
                Mark { text, role: Role::Marker, cols, is_bar: false }
            }
            ContainerKind::Item { list, ordinal, task } => {
                let list = &self.document.lists[*list];
                let task_box = match task {
                    None => "",
                    Some(false) => "☐ ",
                    Some(true) => "☑ ",
                };
                let text = match list.start {
                    Some(start) => {
                        let last = start.saturating_add(list.n_items.saturating_sub(1));
                        let digits = last.max(start).to_string().len();
                        format!("{:>digits$}. {task_box}", start.saturating_add(*ordinal))
                    }
                    None if task.is_some() => task_box.to_owned(),
                    None => ["• ", "◦ ", "▪ "][list.bullet_depth.saturating_sub(1) % 3].to_owned(),
                };
                Mark { cols: cells::width(&text), text, role: Role::Marker, is_bar: false }
            }
        }
    }
}
