//! A flow of functions on its own diagram: events travel along the edges, functions show their instances.
//!
//! Nothing is scripted: what travels is what the simulation did. An event is seen on its way for a moment of the
//! watcher's time, however fast the run goes.

use std::collections::BTreeMap;

use crate::app::row::{Role, Row, Span, Ui};
use crate::course::FlowDiagram;
use crate::diagram::{self, Cell, Graph, Owner, Placed};
use crate::markdown;
use crate::sim::{Event, InstanceState, Outcome, Report, Simulation, What};

/// How long an event is seen on its way, in milliseconds of the watcher's time.
const TRAVEL_MS: u64 = 900;
/// Events on their way at once; more would be a blur.
const MOST_MARKS: usize = 24;

#[derive(Clone, Debug)]
pub(super) struct FlowView {
    graph: Graph,
    /// The functions of the simulation, in its order: node, name of the step (the first has none), ways in and out.
    functions: Vec<Function>,
    marks: Vec<Mark>,
}

#[derive(Clone, Debug)]
struct Function {
    node: String,
    step: Option<String>,
    /// The ways by which events come, from another function or from where the flow begins.
    inward: Vec<Way>,
    /// The ways on which its work ends at something that is no function.
    outward: Vec<Way>,
}

/// Nodes in the order in which they are passed.
type Way = Vec<String>;

/// An event on its way.
#[derive(Clone, Debug)]
struct Mark {
    way: Way,
    since_ms: u64,
    role: Ui,
}

impl FlowView {
    /// The view of a page's diagram; `steps` are the names of the scenario's steps in its order.
    pub(super) fn new(diagram: &FlowDiagram, steps: &[String]) -> Self {
        let edges = edges(&diagram.graph);
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
        Self { graph: diagram.graph.clone(), functions: functions.collect(), marks: Vec::new() }
    }

    pub(super) fn is_moving(&self) -> bool {
        !self.marks.is_empty()
    }

    /// Sends marks on their way for what has happened; those that arrived are gone.
    pub(super) fn hear(&mut self, events: &[Event], now_ms: u64) {
        self.marks.retain(|mark| now_ms.saturating_sub(mark.since_ms) < TRAVEL_MS);
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
                if self.marks.len() < MOST_MARKS && way.len() > 1 {
                    self.marks.push(Mark { way: way.clone(), since_ms: now_ms, role });
                }
            }
        }
    }

    /// The diagram as it stands, at most `width` columns wide where that is possible.
    pub(super) fn rows(&self, simulation: &Simulation, report: &Report, now_ms: u64, width: usize) -> Vec<Row> {
        let placed = diagram::lay_out(&self.graph, width as u16);
        let grid = diagram::draw(&placed);
        let states = self.states(simulation);
        let mut rows: Vec<Row> = grid.rows.iter().map(|cells| lit(cells, &placed, &states)).collect();
        for function in &self.functions {
            if let Some(node) = placed.nodes.iter().find(|node| node.id == function.node) {
                let (text, role) = Self::caption(function, report, states.get(&function.node));
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
            let passed = now_ms.saturating_sub(mark.since_ms) as f64 / TRAVEL_MS as f64;
            let at = (passed * cells.len() as f64) as usize;
            if let Some((x, y)) = cells.get(at) {
                let symbol = match mark.role {
                    Ui::Cold => "◆",
                    Ui::Refused => "×",
                    _ => "●",
                };
                overlay(&mut rows, *x, *y, symbol, mark.role);
            }
        }
        rows
    }

    /// How many instances of each function start, work and stand idle.
    fn states(&self, simulation: &Simulation) -> BTreeMap<String, (usize, usize, usize)> {
        let mut states: BTreeMap<String, (usize, usize, usize)> = BTreeMap::new();
        for instance in simulation.instances() {
            let Some(function) = self.functions.get(instance.function) else { continue };
            let (starting, busy, idle) = states.entry(function.node.clone()).or_default();
            match instance.state {
                InstanceState::Busy => *busy += 1,
                InstanceState::Idle => *idle += 1,
                _ => *starting += 1,
            }
        }
        states
    }

    /// What stands on the lower border of a function's box.
    fn caption(function: &Function, report: &Report, state: Option<&(usize, usize, usize)>) -> (String, Ui) {
        let (starting, busy, idle) = state.copied().unwrap_or_default();
        let mut text = String::new();
        for (n, mark) in [(starting, '◆'), (busy, '●'), (idle, '○')] {
            if n > 0 {
                text += &format!(" {mark}{n}");
            }
        }
        if text.is_empty() {
            text += " ·";
        }
        let figure = |name: &str| {
            let name =
                function.step.as_ref().map_or_else(|| name.to_owned(), |step| format!("flow.functions.{step}.{name}"));
            report.figure(&name).unwrap_or(0.0)
        };
        for (name, sign) in [("delivery.duplicates", "×2 "), ("delivery.dead_letters", "✗")] {
            let n = figure(name);
            if n > 0.0 {
                text += &format!(" {sign}{n}");
            }
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

/// The arrows of a flowchart, from node to node.
fn edges(graph: &Graph) -> Vec<(String, String)> {
    let placed = diagram::lay_out(graph, 400);
    placed.edges.into_iter().map(|edge| (edge.from, edge.to)).collect()
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

/// A row of the drawing, the boxes of functions at work lit.
fn lit(cells: &[Cell], placed: &Placed, states: &BTreeMap<String, (usize, usize, usize)>) -> Row {
    let mut spans: Vec<Span> = Vec::new();
    for cell in cells {
        let state = match cell.owner {
            Owner::Node(index) => placed.nodes.get(index as usize).and_then(|node| states.get(&node.id)),
            _ => None,
        };
        let role = match (state, cell.role) {
            (Some((1.., ..)), diagram::Role::Box) => Role::Ui(Ui::Cold),
            (Some((_, 1.., _)), diagram::Role::Box) => Role::Ui(Ui::Busy),
            (_, role) => Role::Diagram(role),
        };
        match spans.last_mut() {
            Some(last) if last.role == role => last.text.push_str(cell.symbol()),
            _ => {
                spans.push(Span {
                    text: cell.symbol().to_owned(),
                    role,
                    style: markdown::Style::default(),
                    link: None,
                });
            }
        }
    }
    Row::of(spans)
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
        assert_eq!(view.functions[0].outward, [["C", "D"]]);
        view.hear(&[], 5_000);
        assert!(!view.is_moving());
    }
}
