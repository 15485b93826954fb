//! A diagram in words, for a screen reader, a plain log or an SVG's description.

use std::fmt::Write as _;

use super::bars::{Bars, BarsKind};
use super::chart::{Chart, End, Line, Shape, Tip};
use super::graph::Graph;
use super::sequence::{Message, Sequence, Side, Step};
use super::timeline::Timeline;

/// What the diagram shows: how many boxes, then every edge in the author's order.
pub fn describe(graph: &Graph) -> String {
    match graph {
        Graph::Chart(chart) => of_chart(chart),
        Graph::Sequence(sequence) => of_sequence(sequence),
        Graph::Bars(bars) => of_bars(bars),
        Graph::Timeline(timeline) => of_timeline(timeline),
        Graph::Source(source) => source.reason.clone(),
    }
}

fn of_chart(chart: &Chart) -> String {
    let mut words = count(chart.nodes.len(), "box", "boxes");
    if !chart.title.is_empty() {
        words = format!("{}: {words}", chart.title);
    }
    for group in 0..chart.groups.len() {
        let inside: Vec<&str> = (0..chart.nodes.len())
            .filter(|&node| chart.nodes[node].group == Some(group))
            .map(|node| name(chart, End::Node(node)))
            .collect();
        if !inside.is_empty() {
            let _ = write!(words, "; {} holds {}", name(chart, End::Group(group)), inside.join(", "));
        }
    }
    for (index, node) in chart.nodes.iter().enumerate().filter(|(_, node)| !node.compartments.is_empty()) {
        let members: Vec<&str> = node.compartments.iter().flatten().map(String::as_str).collect();
        let _ = write!(words, "; {} has {}", name(chart, End::Node(index)), members.join(", "));
    }
    let mut is_joined = vec![false; chart.nodes.len()];
    for edge in chart.edges.iter().filter(|edge| edge.line != Line::Invisible) {
        for end in [edge.from, edge.to] {
            if let End::Node(node) = end {
                is_joined[node] = true;
            }
        }
        let arrow = match (edge.tail, edge.head) {
            (Tip::None, Tip::None) => "—",
            (Tip::None, _) => "→",
            (_, Tip::None) => "←",
            _ => "↔",
        };
        let _ = write!(words, "; {} {arrow} {}", name(chart, edge.from), name(chart, edge.to));
        if !edge.label.is_empty() {
            let _ = write!(words, " ({})", one_line(&edge.label));
        }
    }
    for node in (0..chart.nodes.len()).filter(|&node| !is_joined[node] && chart.nodes[node].group.is_none()) {
        let _ = write!(words, "; {} stands alone", name(chart, End::Node(node)));
    }
    words.push('.');
    words
}

fn of_sequence(sequence: &Sequence) -> String {
    let people: Vec<String> = sequence.participants.iter().map(|it| one_line(&it.label)).collect();
    let mut words = format!("{}: {}", count(people.len(), "participant", "participants"), people.join(", "));
    if !sequence.title.is_empty() {
        words = format!("{}: {words}", sequence.title);
    }
    for step in &sequence.steps {
        match step {
            Step::Message(Message { from, to, text, .. }) => {
                let _ = write!(words, "; {} → {}", people[*from], people[*to]);
                if !text.is_empty() {
                    let _ = write!(words, ": {}", one_line(text));
                }
            }
            Step::Note { from, to, side, text } => {
                let place = match side {
                    Side::Left => "left of",
                    Side::Right => "right of",
                    Side::Over => "over",
                };
                let _ = write!(words, "; note {place} {}", people[*from]);
                if from != to {
                    let _ = write!(words, " and {}", people[*to]);
                }
                let _ = write!(words, ": {}", one_line(text));
            }
            Step::Open { keyword, title } if !keyword.is_empty() => {
                let _ = write!(words, "; {keyword} {}", one_line(title));
            }
            Step::Branch { title } => {
                let _ = write!(words, "; otherwise {}", one_line(title));
            }
            Step::Close => words.push_str("; end"),
            _ => {}
        }
    }
    words.push('.');
    words
}

fn of_bars(bars: &Bars) -> String {
    let mut words = match bars.kind {
        BarsKind::Pie => count(bars.bars().count(), "share", "shares"),
        BarsKind::Gantt => count(bars.bars().count(), "task", "tasks"),
    };
    if !bars.title.is_empty() {
        words = format!("{}: {words}", one_line(&bars.title));
    }
    for section in &bars.sections {
        if !section.title.is_empty() {
            let _ = write!(words, "; {}", one_line(&section.title));
        }
        for bar in &section.bars {
            let _ = write!(words, "; {}: {}", one_line(&bar.label), bar.note);
        }
    }
    words.push('.');
    words
}

fn of_timeline(timeline: &Timeline) -> String {
    let periods: usize = timeline.eras.iter().map(|era| era.periods.len()).sum();
    let mut words = count(periods, "period", "periods");
    if !timeline.title.is_empty() {
        words = format!("{}: {words}", one_line(&timeline.title));
    }
    for era in &timeline.eras {
        if !era.title.is_empty() {
            let _ = write!(words, "; {}", one_line(&era.title));
        }
        for period in &era.periods {
            let events: Vec<String> = period.events.iter().map(|it| one_line(it)).collect();
            let _ = write!(words, "; {}: {}", one_line(&period.name), events.join(", "));
        }
    }
    words.push('.');
    words
}

fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

fn name(chart: &Chart, end: End) -> &str {
    let (label, id) = match end {
        End::Node(node) => match chart.nodes[node].shape {
            Shape::Start => return "the start",
            Shape::End => return "the end",
            _ => (&chart.nodes[node].label, &chart.nodes[node].id),
        },
        End::Group(group) => (&chart.groups[group].title, &chart.groups[group].id),
    };
    if label.trim().is_empty() || label.contains('\n') && id.len() > label.len() { id } else { label }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::describe;
    use crate::diagram::parse;

    #[test]
    fn the_words_name_every_box_and_edge() {
        let check = |text: &str, words: &str| assert_eq!(describe(&parse(text).0), words);
        check("graph LR\nA[User] -->|sends| B[Queue]\nC[Log]", "3 boxes; User → Queue (sends); Log stands alone.");
        check("graph LR\nsubgraph Cloud\nA --- B\nend", "2 boxes; Cloud holds A, B; A — B.");
        check(
            "sequenceDiagram\nA->>B: hi\nNote over A,B: ok",
            "2 participants: A, B; A → B: hi; note over A and B: ok.",
        );
    }
}
