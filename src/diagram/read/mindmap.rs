//! The body of a `mindmap` to a chart: a tree whose branches follow the indentation.

use super::builder::Builder;
use super::{MAX_LABEL_BYTES, Slips};
use crate::diagram::chart::{Chart, ChartKind, Direction, Edge, End, Shape};
use crate::diagram::text::plain;

/// Opening and closing signs and the shape they make, longest first.
const SHAPES: [(&str, &str, Shape); 6] = [
    ("((", "))", Shape::Circle),
    ("{{", "}}", Shape::Hexagon),
    ("))", "((", Shape::Hexagon),
    (")", "(", Shape::Rounded),
    ("(", ")", Shape::Rounded),
    ("[", "]", Shape::Rectangle),
];

pub(super) fn read(body: &str, line: u32, title: String, slips: &mut Slips) -> Chart {
    let chart = Chart { kind: ChartKind::Mindmap, title, direction: Direction::Right, ..Chart::default() };
    let mut builder = Builder::new(chart);
    // From the root to the topic read last, each with its indentation.
    let mut branch: Vec<(usize, usize)> = Vec::new();
    let mut lines = body.lines().zip(line..);
    while let Some((written, number)) = lines.next() {
        let text = written.trim();
        if text.len() > MAX_LABEL_BYTES {
            slips.add(number, "a topic of thousands of letters is left out: give it a short one");
            continue;
        }
        if text.is_empty() || text.starts_with("::icon") || text.starts_with("%%") {
            continue;
        }
        if let Some(classes) = text.strip_prefix(":::") {
            if let Some(&(_, topic)) = branch.last() {
                builder.chart.nodes[topic].classes.extend(classes.split_whitespace().map(str::to_owned));
            }
            continue;
        }
        let mut text = text.to_owned();
        while is_open(&text) && text.len() < MAX_LABEL_BYTES {
            let Some((more, _)) = lines.next() else { break };
            text.push('\n');
            text.push_str(more.trim());
        }
        let indent = written.len() - written.trim_start().len();
        branch.retain(|&(outer, _)| outer < indent);
        let is_root = builder.chart.nodes.is_empty();
        if branch.is_empty() && !is_root {
            slips.add(number, "a mind map has one root: indent this line below it");
            continue;
        }
        let (label, shape) = topic(&text, is_root);
        let id = unused(&builder, &label);
        let Some(node) = builder.node(&id, number, slips) else { continue };
        let it = &mut builder.chart.nodes[node];
        (it.label, it.shape) = (label, shape);
        if let Some(&(_, parent)) = branch.last() {
            builder.edge(Edge::between(End::Node(parent), End::Node(node)), number, slips);
        }
        branch.push((indent, node));
    }
    builder.finish(slips)
}

/// Whether text goes on below: within quotation marks, or after a bracket at the end that nothing has closed.
fn is_open(text: &str) -> bool {
    let is_quoted = text.matches('"').count() % 2 == 1;
    let is_bracketed = [('(', ')'), ('[', ']'), ('{', '}')].into_iter().any(|(open, close)| {
        let goes_on = text.lines().any(|line| line.ends_with(open));
        goes_on && !text.contains(close)
    });
    is_quoted || is_bracketed
}

/// What a topic says, and the shape its brackets ask for. Plain words stand without a border, but for the root.
fn topic(text: &str, is_root: bool) -> (String, Shape) {
    for (open, close, shape) in SHAPES {
        if let Some(inner) = text.strip_suffix(close)
            && let Some((_, words)) = inner.split_once(open)
        {
            return (plain(words.trim().trim_matches('"')), shape);
        }
    }
    (plain(text.trim_matches('"')), if is_root { Shape::Rounded } else { Shape::Bare })
}

/// The words themselves as a name, numbered where another topic has the same.
fn unused(builder: &Builder, label: &str) -> String {
    let mut id = label.to_owned();
    let mut number = builder.chart.nodes.len();
    while builder.known(&id).is_some() {
        number += 1;
        id = format!("{label} ({number})");
    }
    id
}

#[cfg(test)]
mod tests {
    use crate::diagram::{Graph, parse};

    #[test]
    fn branches_follow_the_indentation() {
        let text = "mindmap\n  root((The map))\n    One\n      ::icon(fa fa-book)\n      same\n    id[Two]\n      same\n    )cloud(\n    (\n    two\n    )\n";
        let (graph, problems) = parse(text);
        assert_eq!(problems, []);
        let Graph::Chart(chart) = graph else { panic!("it is a chart") };
        let nodes: Vec<String> = chart.nodes.iter().map(|it| format!("{} {}", it.shape.name(), it.label)).collect();
        assert_eq!(
            nodes,
            ["circle The map", "text One", "text same", "rectangle Two", "text same", "rounded cloud", "rounded two"]
        );
        let edges: Vec<String> =
            chart.edges.iter().map(|it| format!("{}-{}", chart.name(it.from), chart.name(it.to))).collect();
        assert_eq!(edges, ["The map-One", "One-same", "The map-Two", "Two-same (5)", "The map-cloud", "The map-two"]);
        assert_eq!(parse("mindmap\na\n b\nc\n").1.len(), 1);
    }
}
