//! A flow of functions on its own diagram: events travel along the edges and light them, functions show their
//! instances, and what stands before a function shows how many events wait in it.
//!
//! Nothing is scripted: what travels is what the simulation did. An event is seen on its way for a moment of the
//! watcher's time, however fast the run goes. Where the diagram has no room, `strip` tells the same in a line a function.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::app::row::{Role, Row, Span, Ui, of_cells, role_of};
use crate::course::FlowDiagram;
use crate::diagram::{self, Cell, Graph, Owner, Placed};
use crate::sim::{Event, InstanceState, Outcome, Report, Simulation, What};

/// How long an event is seen on its way, in milliseconds of the watcher's time.
pub(super) const TRAVEL_MS: u64 = 900;
/// Events on their way at once; more would be a blur.
const MOST_MARKS: usize = 24;
/// In how many milliseconds of the watcher's time the light of an event on its edges is halved.
const LIGHT_HALVED_MS: f64 = 700.0;
/// Light, in events, from which an edge is lit, and from which it is bright.
const LIT: f64 = 0.2;
const BRIGHT: f64 = 4.0;

/// A flow as it is shown.
#[derive(Default)]
pub(super) struct Picture {
    pub(super) rows: Vec<Row>,
    /// Columns and row of what stands for a function, by its number.
    pub(super) places: Vec<(Range<usize>, usize, usize)>,
    /// It is a line a function, in place of the diagram.
    pub(super) is_strip: bool,
}

#[derive(Clone, Debug)]
pub(super) struct FlowView {
    graph: Graph,
    /// What each node of the diagram is called.
    labels: BTreeMap<String, String>,
    /// The functions of the simulation, in its order.
    pub(super) functions: Vec<Function>,
    pub(super) marks: Vec<Mark>,
    /// From node to node, in the order of the diagram, with the light that events left there.
    edges: Vec<((String, String), f64)>,
    /// When the lights were last seen to.
    dimmed_ms: u64,
}

#[derive(Clone, Debug)]
pub(super) struct Function {
    pub(super) node: String,
    /// Its name in the scenario; the first has none.
    step: Option<String>,
    /// The ways by which events come, from another function or from where the flow begins.
    pub(super) inward: Vec<Way>,
    /// The ways on which its work ends at something that is no function.
    outward: Vec<Way>,
}

/// How many instances of a function start, work and stand idle.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct States {
    starting: usize,
    busy: usize,
    idle: usize,
}

/// Nodes in the order in which they are passed.
pub(super) type Way = Vec<String>;

/// An event on its way.
#[derive(Clone, Debug)]
pub(super) struct Mark {
    pub(super) way: Way,
    pub(super) since_ms: u64,
    pub(super) role: Ui,
}

impl Mark {
    /// How far it has come, from 0 to 1.
    pub(super) fn passed(&self, now_ms: u64) -> f64 {
        now_ms.saturating_sub(self.since_ms) as f64 / TRAVEL_MS as f64
    }

    pub(super) fn symbol(&self) -> &'static str {
        match self.role {
            Ui::Cold => "◆",
            Ui::Refused => "×",
            _ => "●",
        }
    }
}

impl FlowView {
    /// The view of a page's diagram; `steps` are the names of the scenario's steps in its order.
    pub(super) fn new(diagram: &FlowDiagram, steps: &[String]) -> Self {
        let placed = diagram::lay_out(&diagram.graph, 400);
        let labels = placed.nodes.into_iter().map(|node| (node.id, node.label)).collect();
        let edges: Vec<(String, String)> = placed.edges.into_iter().map(|edge| (edge.from, edge.to)).collect();
        let nodes: Vec<&str> = diagram.functions.iter().map(String::as_str).collect();
        let functions = nodes.iter().enumerate().map(|(index, node)| Function {
            node: (*node).to_owned(),
            step: index.checked_sub(1).and_then(|at| steps.get(at)).cloned(),
            inward: ways(node, &nodes, &edges, |(from, to)| (to, from)).into_iter().map(reversed).collect(),
            outward: ways(node, &nodes, &edges, |(from, to)| (from, to))
                .into_iter()
                .filter(|way| way.last().is_some_and(|last| !nodes.contains(&last.as_str())))
                .collect(),
        });
        let functions = functions.collect();
        let edges = edges.into_iter().map(|edge| (edge, 0.0)).collect();
        Self { graph: diagram.graph.clone(), labels, functions, marks: Vec::new(), edges, dimmed_ms: 0 }
    }

    pub(super) fn is_moving(&self) -> bool {
        !self.marks.is_empty() || self.edges.iter().any(|(_, light)| *light >= LIT)
    }

    /// Sends marks on their way for what has happened; those that arrived are gone.
    pub(super) fn hear(&mut self, events: &[Event], now_ms: u64) {
        self.marks.retain(|mark| now_ms.saturating_sub(mark.since_ms) < TRAVEL_MS);
        let passed_ms = now_ms.saturating_sub(self.dimmed_ms) as f64;
        self.dimmed_ms = now_ms;
        for (_, light) in &mut self.edges {
            *light *= libm::exp2(-passed_ms / LIGHT_HALVED_MS);
        }
        for event in events {
            let Some(function) = self.functions.get(event.function) else { continue };
            let (ways, role) = match event.what {
                What::Taken { cold: true, .. } => (&function.inward, Ui::Cold),
                What::Taken { cold: false, .. } => (&function.inward, Ui::Warm),
                What::Refused { .. } => (&function.inward, Ui::Refused),
                What::Answered { outcome: Outcome::Completed, .. } => (&function.outward, Ui::Warm),
                _ => continue,
            };
            for way in ways {
                for pair in way.windows(2) {
                    if let Some((_, light)) =
                        self.edges.iter_mut().find(|((from, to), _)| (from, to) == (&pair[0], &pair[1]))
                    {
                        *light += 1.0;
                    }
                }
                if self.marks.len() < MOST_MARKS && way.len() > 1 {
                    self.marks.push(Mark { way: way.clone(), since_ms: now_ms, role });
                }
            }
        }
    }

    pub(super) fn label(&self, node: &str) -> &str {
        self.labels.get(node).map_or("", String::as_str)
    }

    /// The diagram as it stands, in so many columns and rows where that is possible. `one` is the function looked at.
    pub(super) fn picture(
        &self,
        simulation: &Simulation,
        report: &Report,
        now_ms: u64,
        one: Option<usize>,
        (cols, rows): (usize, usize),
    ) -> Picture {
        let bounded = |n: usize| u16::try_from(n).unwrap_or(u16::MAX);
        let placed = diagram::lay_out_within(&self.graph, bounded(cols), bounded(rows));
        let grid = diagram::draw(&placed);
        let states = self.states(simulation);
        let one = one.and_then(|function| self.functions.get(function)).map(|it| it.node.as_str());
        let mut rows: Vec<Row> =
            grid.rows.iter().map(|cells| of_cells(cells, |cell| self.role(cell, &placed, &states, one))).collect();
        for (node, (text, role)) in self.captions(simulation, report, &states) {
            if let Some(node) = placed.nodes.iter().find(|it| it.id == node) {
                // Where the box is narrow the blanks go, not the corners.
                let is_narrow = text.chars().count() as i32 > node.rect.w - 2;
                let text = if is_narrow { text.replace(' ', "") } else { text };
                let x = node.rect.x + (node.rect.w - text.chars().count() as i32) / 2;
                overlay(&mut rows, x.max(node.rect.x), node.rect.bottom() - 1, &text, role);
            }
        }
        for mark in &self.marks {
            let cells: Vec<(i32, i32)> = mark
                .way
                .windows(2)
                .filter_map(|pair| placed.edges.iter().find(|edge| edge.from == pair[0] && edge.to == pair[1]))
                .flat_map(diagram::PlacedEdge::cells)
                .collect();
            let at = (mark.passed(now_ms) * cells.len() as f64) as usize;
            if let Some((x, y)) = cells.get(at) {
                overlay(&mut rows, *x, *y, mark.symbol(), mark.role);
            }
        }
        let at = |n: i32| usize::try_from(n).unwrap_or(0);
        let boxes = self.functions.iter().enumerate().filter_map(|(function, it)| {
            let rect = placed.nodes.iter().find(|node| node.id == it.node)?.rect;
            Some((at(rect.y)..at(rect.bottom())).map(move |row| (at(rect.x)..at(rect.right()), row, function)))
        });
        Picture { places: boxes.flatten().collect(), rows, is_strip: false }
    }

    pub(super) fn states(&self, simulation: &Simulation) -> BTreeMap<&str, States> {
        let mut states: BTreeMap<&str, States> = BTreeMap::new();
        for instance in simulation.instances() {
            let Some(function) = self.functions.get(instance.function) else { continue };
            let of_function = states.entry(&function.node).or_default();
            match instance.state {
                InstanceState::Busy => of_function.busy += 1,
                InstanceState::Idle => of_function.idle += 1,
                _ => of_function.starting += 1,
            }
        }
        states
    }

    /// What a cell is for, while events pass: boxes of functions at work are lit, and what events have just passed.
    fn role(&self, cell: &Cell, placed: &Placed, states: &BTreeMap<&str, States>, one: Option<&str>) -> Role {
        use diagram::Role::{Arrowhead, Box, Edge, Label};
        let light = match (cell.owner, cell.role) {
            (Owner::Edge(index), Edge | Arrowhead) => {
                let ends = placed.edges.get(index as usize).map(|edge| (edge.from.as_str(), edge.to.as_str()));
                self.light(|from, to| ends == Some((from, to)))
            }
            (Owner::Node(index), Box) => {
                let Some(node) = placed.nodes.get(index as usize) else { return role_of(cell) };
                match states.get(node.id.as_str()) {
                    Some(States { starting: 1.., .. }) => return Role::Ui(Ui::Cold),
                    Some(States { busy: 1.., .. }) => return Role::Ui(Ui::Busy),
                    _ if self.functions.iter().any(|function| function.node == node.id) => 0.0,
                    _ => self.light(|from, to| from == node.id || to == node.id),
                }
            }
            (Owner::Node(index), Label) if one == placed.nodes.get(index as usize).map(|node| node.id.as_str()) => {
                return Role::Ui(Ui::Chosen);
            }
            _ => 0.0,
        };
        lit(light).map_or_else(|| role_of(cell), Role::Ui)
    }

    /// The brightest light of some edges.
    pub(super) fn light(&self, is_one: impl Fn(&str, &str) -> bool) -> f64 {
        let edges = self.edges.iter().filter(|((from, to), _)| is_one(from, to));
        edges.map(|(_, light)| *light).fold(0.0, f64::max)
    }

    /// What stands on the lower borders of boxes: the instances of the functions, and the events that wait.
    pub(super) fn captions(
        &self,
        simulation: &Simulation,
        report: &Report,
        states: &BTreeMap<&str, States>,
    ) -> BTreeMap<&str, (String, Ui)> {
        let mut captions = BTreeMap::new();
        for (function, waiting) in self.functions.iter().zip(simulation.waiting()) {
            let mut caption = Self::caption(function, report, states.get(function.node.as_str()));
            // They wait in what stands before the function; where nothing does, at the function itself.
            let before = function.inward.first().and_then(|way| way.len().checked_sub(2).map(|at| way[at].as_str()));
            let before = before.filter(|node| self.functions.iter().all(|it| it.node != *node));
            match before {
                Some(before) if waiting > 0 => {
                    captions.insert(before, (format!(" {WAITING}{waiting} "), Ui::Partly));
                }
                None if waiting > 0 => caption.0 += &format!("{WAITING}{waiting} "),
                _ => {}
            }
            captions.insert(&function.node, caption);
        }
        captions
    }

    fn caption(function: &Function, report: &Report, states: Option<&States>) -> (String, Ui) {
        let States { starting, busy, idle } = states.copied().unwrap_or_default();
        let of_function = match (&function.step, &report.flow) {
            (Some(step), Some(flow)) => flow.functions.get(step),
            (step, _) => step.is_none().then_some(report),
        };
        let (twice, given_up) =
            of_function.map_or((0, 0), |it| (it.delivery.duplicates as usize, it.delivery.dead_letters as usize));
        let mut text = String::new();
        for (n, mark) in [(starting, STARTING), (busy, BUSY), (idle, IDLE), (twice, TWICE), (given_up, GIVEN_UP)] {
            if n > 0 {
                text += &format!(" {mark}{n}");
            }
        }
        if text.is_empty() {
            text += " ·";
        }
        let role = if starting > 0 {
            Ui::Cold
        } else if busy > 0 {
            Ui::Busy
        } else {
            Ui::Idle
        };
        (text + " ", role)
    }
}

/// How the light of an edge looks; absent when it is dark.
pub(super) fn lit(light: f64) -> Option<Ui> {
    match light {
        BRIGHT.. => Some(Ui::Busy),
        LIT.. => Some(Ui::Warm),
        _ => None,
    }
}

const STARTING: char = '◆';
const BUSY: char = '●';
const IDLE: char = '○';
const WAITING: char = '≡';
const TWICE: char = '⇉';
const GIVEN_UP: char = '✗';

/// What the marks mean, the rarest last: they go first where there is no room.
pub(super) fn legend(width: usize) -> Row {
    let marks = [
        (Ui::Cold, STARTING, " cold  "),
        (Ui::Busy, BUSY, " warm, busy  "),
        (Ui::Idle, IDLE, " idle  "),
        (Ui::Partly, WAITING, " waiting  "),
        (Ui::Refused, '×', " refused  "),
        (Ui::Text, TWICE, " twice  "),
        (Ui::Text, GIVEN_UP, " given up"),
    ];
    let mut row = Row::default();
    for (role, mark, text) in marks {
        let (mark, text) = (Span::ui(role, mark.to_string()), Span::ui(Ui::Muted, text));
        if row.width() + mark.width() + text.text.trim_end().chars().count() > width {
            break;
        }
        row.spans.extend([mark, text]);
    }
    row
}

/// The ways from `node` along the edges (as `turned` directs them) up to the next function or an end.
fn ways<'a>(
    node: &'a str,
    functions: &[&str],
    edges: &'a [(String, String)],
    turned: impl Fn((&'a str, &'a str)) -> (&'a str, &'a str),
) -> Vec<Way> {
    let mut found = Vec::new();
    let mut open: Vec<Vec<&str>> = vec![vec![node]];
    while let Some(way) = open.pop() {
        let last = way[way.len() - 1];
        let next: Vec<&str> = edges
            .iter()
            .map(|(from, to)| turned((from, to)))
            .filter(|(from, to)| *from == last && !way.contains(to))
            .map(|(_, to)| to)
            .collect();
        if next.is_empty() || (way.len() > 1 && functions.contains(&last)) {
            if way.len() > 1 {
                found.push(way.into_iter().map(str::to_owned).collect());
            }
            continue;
        }
        // A diagram with very many ways is no flow that one follows.
        if open.len() < 64 {
            open.extend(next.into_iter().map(|to| [way.as_slice(), &[to]].concat()));
        }
    }
    found
}

fn reversed(mut way: Way) -> Way {
    way.reverse();
    way
}

fn overlay(rows: &mut [Row], x: i32, y: i32, text: &str, role: Ui) {
    let (Ok(x), Ok(y)) = (usize::try_from(x), usize::try_from(y)) else { return };
    if let Some(row) = rows.get_mut(y) {
        *row = std::mem::take(row).overlaid(x, Span::ui(role, text));
    }
}

#[cfg(test)]
mod tests {
    use super::FlowView;
    use crate::course::FlowDiagram;
    use crate::diagram;
    use crate::sim::{Event, What};

    #[test]
    fn an_event_travels_from_where_it_begins_to_its_function_and_from_there_to_where_it_ends() {
        let text = "graph LR\nA[User] --> B[S3]\nB --> C[Thumbnail]\nC --> D[Save]\nC --> E[Queue]\nE --> F[Notify]\n";
        let diagram = FlowDiagram { graph: diagram::parse(text).0, functions: vec!["C".into(), "F".into()] };
        let mut view = FlowView::new(&diagram, &["notify".into()]);
        let ways = |view: &FlowView| -> Vec<String> { view.marks.iter().map(|mark| mark.way.concat()).collect() };
        let taken = |function| Event { at_s: 1.0, function, what: What::Taken { request: 0, instance: 0, cold: true } };
        view.hear(&[taken(0)], 0);
        assert_eq!(ways(&view), ["ABC"]);
        view.hear(&[taken(1)], 10);
        assert_eq!(ways(&view), ["ABC", "CEF"]);
        let lit = |view: &FlowView| -> Vec<String> {
            let lit = view.edges.iter().filter(|(_, light)| *light >= super::LIT);
            lit.map(|((from, to), _)| from.clone() + to).collect()
        };
        assert_eq!(lit(&view), ["AB", "BC", "CE", "EF"]);
        assert_eq!(view.functions[0].outward, [["C", "D"]]);
        view.hear(&[], 5_000);
        assert_eq!((view.is_moving(), lit(&view)), (false, Vec::new()));
    }
}
