//! Mermaid text to a graph: the preamble, and which reader the first word asks for.
//!
//! Comments, directives and front matter are blanked rather than cut, so that every line keeps its number.

mod builder;
mod class;
mod cursor;
mod entity;
mod flowchart;
mod gantt;
mod lines;
mod mindmap;
mod pie;
mod sequence;
mod shapes;
mod state;
mod styles;
mod timeline;

use super::graph::{Graph, Problem, Source};
use super::text::plain;

/// What a drawing can take in. Far above any diagram a person reads; a bound on time and memory for the rest.
const MAX_NODES: usize = 2_000;
const MAX_EDGES: usize = 3_000;
const MAX_DEPTH: usize = 12;
const MAX_MEMBERS: usize = 200;
const MAX_LABEL_BYTES: usize = 4_000;
const MAX_PROBLEMS: usize = 50;
const MAX_KEYWORD_CHARS: usize = 40;
const MAX_SOURCE_LINES: usize = 2_000;

/// Reads a Mermaid text.
///
/// A line that cannot be read becomes a problem with its number, its cause and a remedy; the rest is in the graph.
pub fn parse(text: &str) -> (Graph, Vec<Problem>) {
    // Control characters have no place in a drawing, nor in a message about one.
    let is_stray = |it: char| it.is_control() && !matches!(it, '\n' | '\r' | '\t');
    if text.contains(is_stray) {
        return parse(&text.replace(is_stray, ""));
    }
    let (title, body, first_line) = preamble(text);
    let Some((keyword, rest, line)) = opening(&body, first_line) else {
        let problem = Problem::new(1, "nothing to draw: begin with a kind of diagram, such as `flowchart LR`");
        return (source("", "The diagram is empty.", text), vec![problem]);
    };
    let mut slips = Slips::default();
    let graph = match keyword.trim_end_matches(':') {
        "graph" | "flowchart" | "flowchart-elk" => Graph::Chart(flowchart::read(rest, line, title, &mut slips)),
        "stateDiagram" | "stateDiagram-v2" => Graph::Chart(state::read(rest, line, title, &mut slips)),
        "classDiagram" | "classDiagram-v2" => Graph::Chart(class::read(rest, line, title, &mut slips)),
        "erDiagram" => Graph::Chart(entity::read(rest, line, title, &mut slips)),
        "mindmap" => Graph::Chart(mindmap::read(rest, line, title, &mut slips)),
        "pie" => Graph::Bars(pie::read(rest, line, title, &mut slips)),
        "gantt" => match gantt::read(rest, line, title, &mut slips) {
            Ok(bars) => Graph::Bars(bars),
            Err(reason) => source(keyword, &reason, text),
        },
        "timeline" => Graph::Timeline(timeline::read(rest, line, title, &mut slips)),
        "sequenceDiagram" => Graph::Sequence(sequence::read(rest, line, title, &mut slips)),
        word => {
            // A text without a blank is one word.
            let word = word.char_indices().nth(MAX_KEYWORD_CHARS).map_or(word, |(end, _)| &word[..end]);
            let known = UNDRAWN.iter().find(|(name, _)| *name == word || word.strip_suffix("-beta") == Some(name));
            let reason = if let Some((_, what)) = known {
                format!("A terminal shows {what} best as it is written.")
            } else {
                let what = "flowchart, sequenceDiagram, stateDiagram-v2, classDiagram, erDiagram, mindmap, timeline, pie and gantt";
                slips.add(line, format!("`{word}` is no kind of diagram that can be drawn here; {what} are"));
                format!("`{word}` is no kind of diagram that can be drawn here.")
            };
            source(word, &reason, text)
        }
    };
    (graph, slips.problems)
}

/// Kinds that are known and shown as their source, and what they are called.
const UNDRAWN: &[(&str, &str)] = &[
    ("journey", "a user journey"),
    ("gitGraph", "a graph of commits"),
    ("requirementDiagram", "a requirement diagram"),
    ("quadrantChart", "a quadrant chart"),
    ("xychart", "an XY chart"),
    ("sankey", "a Sankey diagram"),
    ("block", "a block diagram"),
    ("packet", "a packet diagram"),
    ("kanban", "a Kanban board"),
    ("architecture", "an architecture diagram"),
    ("radar", "a radar chart"),
    ("treemap", "a treemap"),
    ("C4Context", "a C4 diagram"),
    ("C4Container", "a C4 diagram"),
    ("C4Component", "a C4 diagram"),
    ("C4Dynamic", "a C4 diagram"),
    ("C4Deployment", "a C4 diagram"),
    ("zenuml", "a ZenUML diagram"),
    ("info", "a version notice"),
];

fn source(keyword: &str, reason: &str, text: &str) -> Graph {
    let lines = text.trim_matches('\n').lines().take(MAX_SOURCE_LINES);
    // A tab has no width of its own, and other control characters no place on a screen.
    let clean = |line: &str| {
        let line = line.trim_end().replace('\t', "    ");
        let kept = line.chars().filter(|it| !it.is_control()).take(MAX_LABEL_BYTES);
        kept.collect::<String>()
    };
    Graph::Source(Source { keyword: keyword.into(), reason: reason.into(), lines: lines.map(clean).collect() })
}

/// Problems so far. A flood of them says no more than the first ones.
#[derive(Default)]
struct Slips {
    problems: Vec<Problem>,
    is_full: bool,
}

impl Slips {
    fn add(&mut self, line: u32, message: impl Into<String>) {
        if self.problems.len() < MAX_PROBLEMS {
            self.problems.push(Problem::new(line, message));
        } else if !self.is_full {
            self.is_full = true;
            self.problems.push(Problem::new(line, "more problems follow; mend these first"));
        }
    }
}

/// The title of the front matter, the text with comments and directives blanked, and the number of its first line.
fn preamble(text: &str) -> (String, String, u32) {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut title = String::new();
    let mut lines = text.lines().peekable();
    let mut line = 1;
    while lines.next_if(|it| it.trim().is_empty()).is_some() {
        line += 1;
    }
    if lines.peek().is_some_and(|it| it.trim() == "---") && lines.clone().skip(1).any(|it| it.trim() == "---") {
        lines.next();
        line += 1;
        for inside in lines.by_ref() {
            line += 1;
            if inside.trim() == "---" {
                break;
            }
            if let Some(value) = inside.strip_prefix("title:") {
                title = plain(value.trim().trim_matches(['"', '\'']));
            }
        }
    }
    let mut body = String::with_capacity(text.len());
    let mut is_directive = false;
    for it in lines {
        let trimmed = it.trim_start();
        // `%%{init: …}%%` may run over lines; any other `%%` is a comment to the end of its line.
        is_directive = is_directive || trimmed.starts_with("%%{");
        if is_directive {
            is_directive = !trimmed.contains("}%%");
            let after = trimmed.split_once("}%%").map_or("", |(_, after)| after);
            body.push_str(after);
        } else if !trimmed.starts_with("%%") {
            body.push_str(it);
        }
        body.push('\n');
    }
    (title, body, line)
}

/// The first word, what follows it, and its line.
fn opening(body: &str, first_line: u32) -> Option<(&str, &str, u32)> {
    let start = body.find(|c: char| !c.is_whitespace())?;
    let line = first_line + body[..start].matches('\n').count() as u32;
    let rest = &body[start..];
    let end = rest.find(|c: char| c.is_whitespace() || c == ';' || c == ':').unwrap_or(rest.len());
    Some((&rest[..end], &rest[end..], line))
}
