//! Which leaf stands in which containers, and where blank lines go.

use super::document::{Block, Container, ContainerId, ContainerKind, DEEPEST, Leaf, List};

/// A document as it grows: the blocks that are open, and the leaves so far.
pub(super) struct Outline {
    pub(super) leaves: Vec<Leaf>,
    pub(super) containers: Vec<Container>,
    pub(super) lists: Vec<List>,
    open: Vec<Open>,
    /// How many of the open lists have bullets.
    bullet_depth: usize,
    last_bond: Bond,
}

/// How a leaf goes with its neighbours.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Bond {
    /// Stands for itself.
    Block,
    /// Text right inside a list item, as tight lists have it.
    BareText,
    /// What the next leaf defines.
    Term,
    /// The title of a callout: its text follows at once.
    Title,
}

/// A block that is open, and what the blank lines in it depend on.
struct Open {
    kind: OpenKind,
    /// The container of what is inside.
    container: Option<ContainerId>,
    has_leaves: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum OpenKind {
    Page,
    /// A quote, a definition or a footnote.
    Plain,
    Definitions,
    List {
        list: usize,
        is_loose: bool,
    },
    Item {
        is_tight: bool,
    },
}

impl Outline {
    pub(super) fn new() -> Self {
        Self {
            leaves: Vec::new(),
            containers: Vec::new(),
            lists: Vec::new(),
            open: vec![Open { kind: OpenKind::Page, container: None, has_leaves: false }],
            bullet_depth: 0,
            last_bond: Bond::Block,
        }
    }

    fn container(&self) -> Option<ContainerId> {
        self.open.last().and_then(|open| open.container)
    }

    pub(super) fn open_list(&mut self, start: Option<u64>) {
        self.bullet_depth += usize::from(start.is_none());
        let kind = OpenKind::List { list: self.lists.len(), is_loose: false };
        self.lists.push(List { start, n_items: 0, bullet_depth: self.bullet_depth });
        self.open.push(Open { kind, container: self.container(), has_leaves: false });
    }

    pub(super) fn open_definitions(&mut self) {
        self.open.push(Open { kind: OpenKind::Definitions, container: self.container(), has_leaves: false });
    }

    /// The next item of the innermost list. Says whether there was still a level for it.
    pub(super) fn open_item(&mut self) -> bool {
        let Some(Open { kind: OpenKind::List { list, .. }, .. }) = self.open.last() else { return true };
        let list = *list;
        let ordinal = self.lists[list].n_items;
        self.lists[list].n_items += 1;
        self.push_container(OpenKind::Item { is_tight: false }, ContainerKind::Item { list, ordinal, task: None })
    }

    /// Says whether there was still a level for it.
    pub(super) fn open(&mut self, kind: ContainerKind) -> bool {
        self.push_container(OpenKind::Plain, kind)
    }

    fn push_container(&mut self, open: OpenKind, kind: ContainerKind) -> bool {
        let outer = self.container();
        let containers = &mut self.containers;
        // Below the deepest level a container stands beside the one it is in.
        let parent = outer.and_then(|id| if containers[id].depth < DEEPEST { Some(id) } else { containers[id].parent });
        let depth = 1 + parent.map_or(0, |id| containers[id].depth);
        self.open.push(Open { kind: open, container: Some(containers.len()), has_leaves: false });
        containers.push(Container { kind, parent, depth });
        parent == outer
    }

    /// Closes the innermost block. A container without a leaf gets one, to be seen.
    pub(super) fn close(&mut self, source_line: u32) {
        let Some(last) = self.open.last() else { return };
        let (kind, has_leaves) = (last.kind, last.has_leaves);
        if !has_leaves && matches!(kind, OpenKind::Plain | OpenKind::Item { .. }) {
            self.leaf(Block::Nothing, Bond::Block, source_line);
        }
        self.open.pop();
        if let OpenKind::List { list, .. } = kind {
            self.bullet_depth -= usize::from(self.lists[list].start.is_none());
        }
    }

    /// A paragraph begins. Right inside an item, it is what makes a list loose.
    pub(super) fn begin_paragraph(&mut self) {
        if let [.., list, item] = &mut *self.open
            && let (OpenKind::List { is_loose, .. }, OpenKind::Item { .. }) = (&mut list.kind, item.kind)
        {
            *is_loose = true;
        }
    }

    pub(super) fn mark_task(&mut self, is_done: bool) {
        let item = self.container().map(|id| &mut self.containers[id].kind);
        if let Some(ContainerKind::Item { task, .. }) = item {
            *task = Some(is_done);
        }
    }

    /// The innermost container, if it is a quote and still empty.
    pub(super) fn empty_quote(&mut self) -> Option<&mut ContainerKind> {
        let Open { container, has_leaves: false, .. } = self.open.last()? else { return None };
        let kind = &mut self.containers[(*container)?].kind;
        matches!(kind, ContainerKind::Quote).then_some(kind)
    }

    pub(super) fn leaf(&mut self, block: Block, bond: Bond, source_line: u32) {
        let has_gap = self.grow(bond) && self.last_bond != Bond::Title;
        self.last_bond = bond;
        self.leaves.push(Leaf { block, source_line, container: self.container(), has_gap });
    }

    /// Notes that the open blocks get a leaf, and says whether a blank line goes before it.
    ///
    /// The innermost open block that has leaves already is where this leaf parts from the one before. There it
    /// stands in a child that is not that block's first, and the block's kind decides.
    fn grow(&mut self, bond: Bond) -> bool {
        let parting = self.open.iter().rposition(|open| open.has_leaves);
        for open in &mut self.open[parting.map_or(0, |parting| parting + 1)..] {
            open.has_leaves = true;
        }
        if bond == Bond::BareText
            && let Some(Open { kind: OpenKind::Item { is_tight }, .. }) = self.open.last_mut()
        {
            *is_tight = true;
        }
        let Some(parting) = parting else { return false };
        match self.open[parting].kind {
            OpenKind::Definitions => bond == Bond::Term,
            OpenKind::List { is_loose, .. } => is_loose,
            OpenKind::Page | OpenKind::Plain | OpenKind::Item { is_tight: false } => true,
            OpenKind::Item { is_tight: true } => match self.open.get(parting + 1) {
                Some(child) => !matches!(child.kind, OpenKind::List { .. }),
                None => bond != Bond::BareText,
            },
        }
    }
}
