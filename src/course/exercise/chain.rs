//! A flow as a learner writes it, to its boxes and arrows, and to a graph that can be drawn.
//!
//! In: a Mermaid flowchart, or the chain in words: `upload -> storage -> function`, a line for each branch. Out: a
//! [`Chain`], or a [`Graph`]. Any text is read; what has no arrow has boxes only.

use std::borrow::Cow;

use crate::diagram::{self, Chart, End, Graph};
use crate::grade::exact::flow::Chain;

/// Far above any flow that is asked for; a bound on time and memory for the rest.
const MAX_BOXES: usize = 100;
const MAX_ARROWS: usize = 400;
const MAX_BYTES: usize = 16 * 1024;

/// More boxes than this are not drawn while someone types.
const MAX_DRAWN: usize = 60;

pub(super) fn read(text: &str) -> Chain {
    mermaid(text).map_or_else(|| in_words(text), |chart| chain_of(&chart))
}

/// The flow as a graph to be drawn, `None` while there is nothing in it, or too much.
pub fn flow_picture(text: &str) -> Option<Graph> {
    let is_drawable = |n_boxes: usize| (1..=MAX_DRAWN).contains(&n_boxes);
    if let Some(chart) = mermaid(text) {
        return is_drawable(chart.nodes.len()).then_some(Graph::Chart(chart));
    }
    let chain = in_words(text);
    is_drawable(chain.boxes.len()).then(|| diagram::parse(&as_mermaid(&chain)).0)
}

/// The chart of a text that is Mermaid: one that says so, or whose boxes are written in brackets.
fn mermaid(text: &str) -> Option<Chart> {
    let text: String = bounded(text)
        .lines()
        .filter(|line| !line.trim_start().starts_with("```"))
        .flat_map(|line| [line, "\n"])
        .collect();
    let says_so = text.split_whitespace().next().is_some_and(|word| matches!(word, "graph" | "flowchart"));
    let (graph, problems) = if says_so {
        diagram::parse(&text)
    } else if text.contains('[') && text.contains('>') {
        diagram::parse(&format!("flowchart LR\n{text}"))
    } else {
        return None;
    };
    match graph {
        Graph::Chart(chart) if says_so || problems.is_empty() => Some(chart),
        _ => None,
    }
}

fn chain_of(chart: &Chart) -> Chain {
    let boxes = chart.nodes.iter().take(MAX_BOXES).map(|node| node.label.replace('\n', " ")).collect();
    let arrows = chart
        .edges
        .iter()
        .filter_map(|edge| match (edge.from, edge.to) {
            (End::Node(from), End::Node(to)) if from.max(to) < MAX_BOXES => Some((from, to)),
            _ => None,
        })
        .collect();
    Chain { boxes, arrows }
}

/// The chain as Mermaid, for the reader of diagrams to make a graph of.
fn as_mermaid(chain: &Chain) -> String {
    let mut text = "flowchart LR\n".to_owned();
    for (index, label) in chain.boxes.iter().enumerate() {
        text += &format!("box{index}[\"{}\"]\n", label.replace('"', "#quot;").replace('`', "'"));
    }
    for (from, to) in &chain.arrows {
        text += &format!("box{from} --> box{to}\n");
    }
    text
}

/// The chains of a text in words.
///
/// A line is a chain; one that begins with an arrow, or follows one that ends with an arrow, goes on with the last.
/// `a & b` are two boxes side by side. A name said before is the same box, but within one chain it is a new one:
/// in `function -> queue -> function` nothing turns back.
fn in_words(text: &str) -> Chain {
    let mut chain = Chain::default();
    let mut in_this_chain: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = Vec::new();
    let mut goes_on = false;
    let text = in_steps(bounded(text));
    for line in text.split(['\n', ';']) {
        let line = with_one_arrow(without_mark(line));
        if line.trim().is_empty() {
            continue;
        }
        if !goes_on && !line.starts_with(ARROW) {
            in_this_chain.clear();
            last.clear();
        }
        for part in line.split(ARROW).map(str::trim).filter(|part| !part.is_empty()) {
            let names = part.split('&').map(str::trim).filter(|name| !name.is_empty());
            let here: Vec<usize> = names.filter_map(|name| chain.place(name, &mut in_this_chain)).collect();
            for arrow in last.iter().flat_map(|from| here.iter().map(move |to| (*from, *to))) {
                if chain.arrows.len() < MAX_ARROWS && !chain.arrows.contains(&arrow) {
                    chain.arrows.push(arrow);
                }
            }
            last = here;
        }
        goes_on = line.ends_with(ARROW);
    }
    chain
}

impl Chain {
    /// The box of this name, made when there is none that this chain has not used. `None` when there are too many.
    fn place(&mut self, name: &str, in_this_chain: &mut Vec<usize>) -> Option<usize> {
        let known = (0..self.boxes.len()).find(|at| !in_this_chain.contains(at) && same(&self.boxes[*at], name));
        let at = match known {
            Some(at) => at,
            None if self.boxes.len() < MAX_BOXES => {
                self.boxes.push(name.to_owned());
                self.boxes.len() - 1
            }
            None => return None,
        };
        in_this_chain.push(at);
        Some(at)
    }
}

const ARROW: char = '→';

/// A text without arrows: each "then", and each number of a list, leads on from what stands before it.
fn in_steps(text: &str) -> Cow<'_, str> {
    if text.contains(['>', ARROW, '⇒', '⟶', '➔', '➜', '➡']) {
        return Cow::Borrowed(text);
    }
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    let is_numbered = |line: &&str| line.trim_start().starts_with(|c: char| c.is_ascii_digit());
    if lines.len() > 1 && lines.iter().all(is_numbered) {
        return Cow::Owned(lines.into_iter().map(without_mark).collect::<Vec<_>>().join(" → "));
    }
    let step = |word: &str| matches!(word.trim_matches(|c: char| !c.is_alphanumeric()), "then" | "Then" | "THEN");
    let arrowed = |line: &str| {
        let mut steps: Vec<Vec<&str>> = vec![Vec::new()];
        for word in line.split_whitespace() {
            match steps.last_mut() {
                Some(last) if !step(word) => last.push(word),
                _ => steps.push(Vec::new()),
            }
        }
        let bare = |words: Vec<&str>| {
            let words = words.join(" ");
            words.trim_end_matches("and").trim_matches([' ', ',', '.']).to_owned()
        };
        steps.into_iter().map(bare).collect::<Vec<_>>().join(" → ")
    };
    if text.split_whitespace().any(step) {
        Cow::Owned(text.lines().map(arrowed).collect::<Vec<_>>().join("\n"))
    } else {
        Cow::Borrowed(text)
    }
}

/// Each arrow, however it is typed (`->`, `-->`, `=>`, `>`, `⇒`), as [`ARROW`].
fn with_one_arrow(line: &str) -> String {
    let mut text = String::with_capacity(line.len());
    for c in line.chars() {
        match c {
            '>' | '⇒' | '⟶' | '➔' | '➜' | '➡' => {
                let before = text.trim_end_matches(['-', '=', '.', '~']).len();
                text.truncate(before);
                text.push(ARROW);
            }
            c if c.is_control() => text.push(' '),
            c => text.push(c),
        }
    }
    text.trim().to_owned()
}

/// A line without the mark of a list: `1.`, `2)`, `-`, `*`.
fn without_mark(line: &str) -> &str {
    let line = line.trim();
    let number = line.trim_start_matches(|c: char| c.is_ascii_digit());
    let after_number = (number.len() < line.len()).then(|| number.strip_prefix(['.', ')'])).flatten();
    after_number.or_else(|| line.strip_prefix("- ")).or_else(|| line.strip_prefix("* ")).unwrap_or(line)
}

fn same(a: &str, b: &str) -> bool {
    let words = |text: &str| text.split_whitespace().map(str::to_lowercase).collect::<Vec<_>>();
    words(a) == words(b)
}

fn bounded(text: &str) -> &str {
    let mut end = text.len().min(MAX_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::{flow_picture, read};

    /// `0 upload, 1 s3 | 0>1`.
    fn said(text: &str) -> String {
        let chain = read(text);
        let boxes: Vec<String> = chain.boxes.iter().enumerate().map(|(at, label)| format!("{at} {label}")).collect();
        let arrows: Vec<String> = chain.arrows.iter().map(|(from, to)| format!("{from}>{to}")).collect();
        format!("{} | {}", boxes.join(", "), arrows.join(" "))
    }

    #[test]
    fn chains_are_read_as_people_write_them() {
        for (text, chain) in [
            ("upload -> s3 --> f", "0 upload, 1 s3, 2 f | 0>1 1>2"),
            ("upload → s3 ⇒ event-driven f", "0 upload, 1 s3, 2 event-driven f | 0>1 1>2"),
            ("1. upload\n  -> s3\n  -> f", "0 upload, 1 s3, 2 f | 0>1 1>2"),
            ("upload ->\ns3\nS3 -> f", "0 upload, 1 s3, 2 f | 0>1 1>2"),
            ("f -> a & b; b -> c", "0 f, 1 a, 2 b, 3 c | 0>1 0>2 2>3"),
            ("f -> q -> f\nf -> save", "0 f, 1 q, 2 f, 3 save | 0>1 1>2 0>3"),
            ("graph LR\nA[User] -- event --> B[(S3)]\nB --> C", "0 User, 1 S3, 2 C | 0>1 1>2"),
            ("```mermaid\nflowchart TD\nA --> B\n```", "0 A, 1 B | 0>1"),
            ("A[User] --> B[S3<br>Storage]", "0 User, 1 S3 Storage | 0>1"),
            ("upload, then s3, and then f", "0 upload, 1 s3, 2 f | 0>1 1>2"),
            ("First upload. Then s3\nthen f", "0 First upload, 1 s3, 2 f | 0>1 1>2"),
            ("1. upload\n2. s3\n3. f", "0 upload, 1 s3, 2 f | 0>1 1>2"),
            ("just words", "0 just words | "),
            ("-> -> ;;\n>", " | "),
            ("", " | "),
        ] {
            assert_eq!(said(text), chain, "{text}");
        }
    }

    #[test]
    fn any_text_is_read_in_bounds_and_what_can_be_seen_is_drawn() {
        let long = "a -> ".repeat(1_000_000);
        assert!(read(&long).boxes.len() <= 100);
        let broad = (0..90).map(|at| at.to_string()).collect::<Vec<_>>().join(" & ");
        assert!(read(&format!("{broad}\n{broad} -> {broad} -> x")).arrows.len() <= 400);
        assert!(flow_picture(&long).is_none() && flow_picture("").is_none());
        assert!(flow_picture("a -> b").is_some() && flow_picture("graph LR\nA --> B").is_some());
    }
}
