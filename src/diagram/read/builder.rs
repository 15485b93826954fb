//! A chart under construction: nodes by their names, and which group each belongs to.

use std::collections::HashMap;

use super::styles::Styles;
use super::{MAX_DEPTH, MAX_EDGES, MAX_LABEL_BYTES, MAX_NODES, Slips};
use crate::diagram::chart::{Chart, Edge, End, Group, Node};

pub(super) struct Builder {
    pub(super) chart: Chart,
    pub(super) styles: Styles,
    nodes: HashMap<String, usize>,
    groups: HashMap<String, usize>,
    open: Vec<Open>,
    closed: usize,
}

struct Open {
    /// `None` where groups are nested too deeply to draw: the members then belong to the group around.
    group: Option<usize>,
    line: u32,
    mentioned: Vec<usize>,
}

impl Builder {
    pub(super) fn new(chart: Chart) -> Self {
        Self {
            chart,
            styles: Styles::default(),
            nodes: HashMap::new(),
            groups: HashMap::new(),
            open: Vec::new(),
            closed: 0,
        }
    }

    /// The node of that name, made when it is new. `None` when the chart is full.
    pub(super) fn node(&mut self, id: &str, line: u32, slips: &mut Slips) -> Option<usize> {
        let node = if let Some(&node) = self.nodes.get(id) {
            node
        } else {
            if id.len() > MAX_LABEL_BYTES {
                slips.add(line, "a name of thousands of letters is left out: give the box a short one");
                return None;
            }
            if self.chart.nodes.len() == MAX_NODES {
                slips.add(line, format!("more than {MAX_NODES} boxes; `{id}` is left out: split the diagram"));
                return None;
            }
            self.chart.nodes.push(Node::named(id));
            self.nodes.insert(id.to_owned(), self.chart.nodes.len() - 1);
            self.chart.nodes.len() - 1
        };
        if let Some(open) = self.open.last_mut() {
            open.mentioned.push(node);
        }
        Some(node)
    }

    pub(super) fn known(&self, id: &str) -> Option<usize> {
        self.nodes.get(id).copied()
    }

    pub(super) fn edge(&mut self, edge: Edge, line: u32, slips: &mut Slips) {
        if self.chart.edges.len() < MAX_EDGES {
            self.chart.edges.push(edge);
        } else {
            slips.add(line, format!("more than {MAX_EDGES} edges; the rest is left out: split the diagram"));
        }
    }

    /// Begins a group inside the innermost open one. Without an id it is named when it closes.
    pub(super) fn open(&mut self, id: Option<&str>, title: String, line: u32, slips: &mut Slips) {
        let parent = self.innermost();
        let depth = self.open.len();
        let again = id.and_then(|id| self.groups.get(id)).copied();
        let group = if depth >= MAX_DEPTH || self.chart.groups.len() >= MAX_NODES {
            slips.add(line, format!("a group at depth {depth} is drawn as part of the group around it"));
            parent
        } else if again.is_some() {
            again
        } else {
            let id = id.unwrap_or_default().to_owned();
            let group = self.chart.groups.len();
            if !id.is_empty() {
                self.groups.insert(id.clone(), group);
            }
            self.chart.groups.push(Group { id, title, parent, direction: None, accent: None });
            Some(group)
        };
        self.open.push(Open { group, line, mentioned: Vec::new() });
    }

    /// Ends the innermost group; `false` when none is open.
    pub(super) fn close(&mut self) -> bool {
        let Some(open) = self.open.pop() else { return false };
        if let Some(group) = open.group {
            if self.chart.groups[group].id.is_empty() {
                // The reference names groups without a name in the order in which they close.
                self.chart.groups[group].id = format!("subGraph{}", self.closed);
            }
            for node in open.mentioned {
                let home = &mut self.chart.nodes[node].group;
                // A node stays where it was first closed in, so the innermost group wins.
                *home = home.or(Some(group));
            }
        }
        self.closed += 1;
        true
    }

    /// The innermost open group.
    pub(super) fn innermost(&self) -> Option<usize> {
        self.open.last().and_then(|open| open.group)
    }

    /// Closes what is open, and turns names that stand for groups into those groups.
    pub(super) fn finish(mut self, slips: &mut Slips) -> Chart {
        while let Some(open) = self.open.last() {
            slips.add(open.line, "this group has no end: write `end` (or `}`) below its last line");
            self.close();
        }
        self.adopt_groups();
        self.drop_stand_ins();
        self.styles.settle(&mut self.chart);
        self.chart
    }

    /// A group that another group's lines mention by name stands inside that one.
    fn adopt_groups(&mut self) {
        let groups = &self.groups;
        let named = self.chart.nodes.iter().filter_map(|node| Some((*groups.get(&node.id)?, node.group?)));
        for (inner, outer) in named.collect::<Vec<_>>() {
            let is_free = self.chart.groups[inner].parent.is_none();
            if is_free && inner != outer && !self.chart.is_within(End::Group(outer), inner) {
                self.chart.groups[inner].parent = Some(outer);
            }
        }
        // Parents before their children, otherwise in the author's order.
        let count = self.chart.groups.len();
        let depth = |mut at: usize| {
            let mut depth = 0;
            while let Some(parent) = self.chart.groups[at].parent {
                (at, depth) = (parent, depth + 1);
            }
            depth
        };
        let mut order: Vec<usize> = (0..count).collect();
        order.sort_by_key(|&group| depth(group));
        let mut moved_to = vec![0; count];
        for (new, &old) in order.iter().enumerate() {
            moved_to[old] = new;
        }
        let mut groups: Vec<Group> = order.iter().map(|&old| self.chart.groups[old].clone()).collect();
        for group in &mut groups {
            group.parent = group.parent.map(|it| moved_to[it]);
        }
        self.chart.groups = groups;
        for node in &mut self.chart.nodes {
            node.group = node.group.map(|it| moved_to[it]);
        }
        for edge in &mut self.chart.edges {
            for end in [&mut edge.from, &mut edge.to] {
                if let End::Group(group) = end {
                    *group = moved_to[*group];
                }
            }
        }
        for group in self.groups.values_mut() {
            *group = moved_to[*group];
        }
    }

    /// Nodes that are the names of groups give way to them; a group with nothing inside becomes a node.
    fn drop_stand_ins(&mut self) {
        let chart = &mut self.chart;
        let count = chart.groups.len();
        let mut has_members = vec![false; count];
        for node in &chart.nodes {
            if let Some(group) = node.group
                && !self.groups.contains_key(&node.id)
            {
                has_members[group] = true;
            }
        }
        for group in (0..count).rev() {
            if let (true, Some(parent)) = (has_members[group], chart.groups[group].parent) {
                has_members[parent] = true;
            }
        }
        // An empty group keeps its place as a box of its own; empty groups inside it go with it.
        let mut group_at = vec![None; count];
        let mut stand_in = vec![None; count];
        let mut groups = Vec::new();
        for group in 0..count {
            let parent = chart.groups[group].parent.and_then(|it: usize| group_at[it]);
            if has_members[group] {
                group_at[group] = Some(groups.len());
                groups.push(Group { parent, ..chart.groups[group].clone() });
                continue;
            }
            let is_inside_empty = chart.groups[group].parent.is_some_and(|it| !has_members[it]);
            let id = &chart.groups[group].id;
            if let (Some(&node), false) = (self.nodes.get(id), is_inside_empty) {
                chart.nodes[node].label.clone_from(&chart.groups[group].title);
                chart.nodes[node].group = chart.groups[group].parent;
                stand_in[group] = Some(node);
            } else if !is_inside_empty {
                stand_in[group] = Some(chart.nodes.len());
                chart.nodes.push(Node {
                    label: chart.groups[group].title.clone(),
                    group: chart.groups[group].parent,
                    ..Node::named(id)
                });
            }
        }
        let mut node_at = Vec::with_capacity(chart.nodes.len());
        let mut nodes = Vec::new();
        for (index, mut node) in std::mem::take(&mut chart.nodes).into_iter().enumerate() {
            let group = self.groups.get(&node.id).copied().filter(|&group| stand_in[group] != Some(index));
            let end = group.and_then(|group| group_at[group].map(End::Group).or(stand_in[group].map(End::Node)));
            if let Some(End::Group(group)) = end {
                node_at.push(End::Group(group));
                continue;
            }
            node_at.push(End::Node(nodes.len()));
            node.group = node.group.and_then(|it| group_at[it]);
            nodes.push(node);
        }
        let resolve = |end: End| match end {
            End::Node(node) => node_at[node],
            End::Group(group) => match (group_at[group], stand_in[group]) {
                (Some(group), _) => End::Group(group),
                (None, Some(node)) => node_at[node],
                (None, None) => End::Node(0),
            },
        };
        for edge in &mut chart.edges {
            (edge.from, edge.to) = (resolve(edge.from), resolve(edge.to));
        }
        (chart.nodes, chart.groups) = (nodes, groups);
    }
}
