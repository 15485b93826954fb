//! The body of a `stateDiagram` to a chart. A statement a line; `{` and `}` open and close a composite state.

use super::builder::Builder;
use super::flowchart::{direction, shortened};
use super::{MAX_LABEL_BYTES, Slips};
use crate::diagram::chart::{Chart, ChartKind, Edge, End, Line, Shape, Tip};
use crate::diagram::text::plain;

/// How far ahead a composite is searched for the `--` between its regions.
const LOOK_AHEAD_LINES: usize = 400;

pub(super) fn read(body: &str, line: u32, title: String, slips: &mut Slips) -> Chart {
    let chart = Chart { kind: ChartKind::State, title, ..Chart::default() };
    let mut reader = Reader { builder: Builder::new(chart), slips, scopes: vec![Scope::default()], made: 0 };
    let lines: Vec<&str> = body.lines().collect();
    let mut at = 0;
    while at < lines.len() {
        let number = line + at as u32;
        let text = lines[at].trim().trim_end_matches(';').trim_end();
        at += 1;
        // The brace of a composite may stand on the next line.
        if keyword(text, "state").is_some()
            && !text.contains('{')
            && lines.get(at).is_some_and(|next| next.trim() == "{")
        {
            at += 1;
            reader.statements(&format!("{text} {{"), &lines[at..], number);
            continue;
        }
        if let Some(note) = Note::begun(text) {
            let mut words = note.text.to_owned();
            if words.is_empty() && note.may_go_on {
                while at < lines.len() && lines[at].trim() != "end note" {
                    if words.len() < MAX_LABEL_BYTES {
                        words.push('\n');
                        words.push_str(lines[at].trim());
                    }
                    at += 1;
                }
                if at == lines.len() {
                    reader.slips.add(number, "this note has no end: write `end note`");
                }
                at += 1;
            }
            reader.note(note.of, &words, note.is_left, number);
        } else {
            reader.statements(text, &lines[at..], number);
        }
    }
    while reader.scopes.len() > 1 {
        reader.scopes.pop();
    }
    reader.builder.finish(reader.slips)
}

struct Reader<'s> {
    builder: Builder,
    slips: &'s mut Slips,
    scopes: Vec<Scope>,
    /// Names given to what has none: starts, ends, notes, regions.
    made: usize,
}

/// One composite, or one region of it.
#[derive(Default)]
struct Scope {
    name: String,
    region: usize,
    /// Whether the composite is divided by `--`, so that each part is a group of its own.
    has_regions: bool,
}

struct Note<'a> {
    of: &'a str,
    text: &'a str,
    is_left: bool,
    may_go_on: bool,
}

impl<'a> Note<'a> {
    /// `note right of S`, with `: text` on the same line or the text on lines of its own.
    fn begun(line: &'a str) -> Option<Self> {
        let rest = keyword(line, "note")?;
        let (rest, is_left) = match (keyword(rest, "left of"), keyword(rest, "right of")) {
            (Some(rest), _) => (rest, true),
            (_, Some(rest)) => (rest, false),
            _ => return None,
        };
        let (of, text) = rest.split_once(':').unwrap_or((rest, ""));
        Some(Self { of: of.trim(), text: text.trim(), is_left, may_go_on: !rest.contains(':') })
    }
}

/// What follows a keyword that stands apart.
fn keyword<'a>(line: &'a str, word: &str) -> Option<&'a str> {
    let head = line.get(..word.len())?;
    let rest = &line[word.len()..];
    (head.eq_ignore_ascii_case(word) && rest.starts_with(char::is_whitespace)).then(|| rest.trim_start())
}

impl Reader<'_> {
    /// One line, which may close or open composites around what it says.
    fn statements(&mut self, text: &str, below: &[&str], line: u32) {
        let mut rest = text;
        while let Some(after) = rest.strip_prefix('}') {
            self.close(line);
            rest = after.trim_start();
        }
        if let Some(state) = keyword(rest, "state")
            && let Some((head, inside)) = state.split_once('{')
        {
            self.open(head.trim(), below, line);
            if !inside.trim().is_empty() {
                for part in inside.split_inclusive('}') {
                    let (statement, closes) = part.strip_suffix('}').map_or((part, false), |it| (it, true));
                    self.statement(statement.trim(), line);
                    if closes {
                        self.close(line);
                    }
                }
            }
            return;
        }
        self.statement(rest, line);
    }

    fn statement(&mut self, text: &str, line: u32) {
        let (first, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
        match first {
            "" | "hide" | "scale" | "click" | "accTitle" | "accTitle:" | "accDescr" | "accDescr:" => return,
            _ if self.builder.styles.statement(first, rest) => return,
            _ => {}
        }
        if let Some(word) = keyword(text, "direction") {
            match (direction(word), self.builder.innermost()) {
                (Some(direction), Some(group)) => self.builder.chart.groups[group].direction = Some(direction),
                (Some(direction), None) => self.builder.chart.direction = direction,
                (None, _) => {
                    self.slips.add(line, format!("`{}` is no direction: write TB, BT, LR or RL", shortened(word)));
                }
            }
        } else if text == "--" {
            self.next_region(line);
        } else if let Some((from, to)) = text.split_once("-->") {
            let (to, label) = to.split_once(':').filter(|(name, _)| !name.is_empty()).unwrap_or((to, ""));
            // `A --> B:::class` names a class, not a label.
            let (class, label) = match label.strip_prefix("::") {
                Some(class) => class.split_once(':').unwrap_or((class, "")),
                None => ("", label),
            };
            if !class.is_empty() {
                self.builder.styles.assign(&format!("{} {}", bare(to), class.trim()));
            }
            self.transition(from.trim(), to.trim(), label, line);
        } else if let Some(state) = keyword(text, "state") {
            self.declare(state, line);
        } else if let Some((name, description)) = text.split_once(':').filter(|it| !it.1.starts_with("::")) {
            self.describe(name.trim(), description, line);
        } else if text.split_whitespace().count() == 1 {
            self.state(text, true, line);
        } else {
            let what = shortened(text);
            self.slips.add(line, format!("cannot read `{what}`: write transitions as `A --> B : event`"));
        }
    }

    fn open(&mut self, head: &str, below: &[&str], line: u32) {
        let (id, label) = named(head);
        let id = bare(id).to_owned();
        let title = if label.is_empty() { id.clone() } else { label };
        let title = match self.builder.known(&id) {
            // Its description may have been given before.
            Some(node) if title == id => self.builder.chart.nodes[node].label.clone(),
            _ => title,
        };
        if !id.is_empty() {
            self.builder.node(&id, line, self.slips);
        }
        self.builder.open(Some(&id).filter(|id| !id.is_empty()).map(String::as_str), plain(&title), line, self.slips);
        let has_regions = is_divided(below);
        self.scopes.push(Scope { name: id, region: 0, has_regions });
        if has_regions {
            self.open_region(line);
        }
    }

    fn open_region(&mut self, line: u32) {
        self.made += 1;
        let id = format!("region{}", self.made);
        self.builder.open(Some(&id), String::new(), line, self.slips);
    }

    fn next_region(&mut self, line: u32) {
        let Some(scope) = self.scopes.last_mut().filter(|scope| scope.has_regions) else {
            self.slips.add(line, "`--` divides a composite state: write it between `{` and `}`");
            return;
        };
        scope.region += 1;
        self.builder.close();
        self.open_region(line);
    }

    fn close(&mut self, line: u32) {
        if self.scopes.len() == 1 {
            self.slips.add(line, "`}` without a `state … {` before it: take it away");
            return;
        }
        if self.scopes.pop().is_some_and(|scope| scope.has_regions) {
            self.builder.close();
        }
        self.builder.close();
    }

    /// `state "words" as S`, `state S <<fork>>`, `state S`
    fn declare(&mut self, text: &str, line: u32) {
        let text = text.replace("&lt;", "<").replace("&gt;", ">");
        let marks = text.find("<<").or_else(|| text.find("[["));
        let (head, mark) = text.split_at(marks.unwrap_or(text.len()));
        let (head, description) = match (head.rfind('"'), head.find(':')) {
            (quote, Some(colon)) if quote.is_none_or(|quote| quote < colon) && !head[colon..].starts_with(":::") => {
                (&head[..colon], &head[colon + 1..])
            }
            _ => (head, ""),
        };
        let (id, label) = named(head.trim());
        let Some(node) = self.state(id, false, line) else { return };
        if !label.is_empty() {
            self.builder.chart.nodes[node].label = plain(&label);
        }
        if !description.trim().is_empty() {
            self.describe(id, description, line);
        }
        match mark.trim_matches(['<', '>', '[', ']', ' ']) {
            "fork" | "join" => self.builder.chart.nodes[node].shape = Shape::Bar,
            "choice" => {
                self.builder.chart.nodes[node].shape = Shape::Diamond;
                self.builder.chart.nodes[node].label = " ".into();
            }
            "history" => self.builder.chart.nodes[node].label = "H".into(),
            _ => {}
        }
    }

    fn describe(&mut self, name: &str, description: &str, line: u32) {
        let Some(node) = self.state(name, false, line) else { return };
        let text = plain(description);
        let label = &mut self.builder.chart.nodes[node].label;
        // The first description takes the place of the name, more are added below.
        *label = if label == bare(name) { text } else { format!("{label}\n{text}") };
    }

    fn transition(&mut self, from: &str, to: &str, label: &str, line: u32) {
        if from.is_empty() || to.is_empty() {
            self.slips.add(line, "a transition needs a state on both sides: write `A --> B`");
            return;
        }
        let (Some(from), Some(to)) = (self.state(from, true, line), self.state(to, false, line)) else { return };
        let ends = Edge::between(End::Node(from), End::Node(to));
        self.builder.edge(Edge { label: plain(label), head: Tip::Arrow, ..ends }, line, self.slips);
    }

    /// The node of a state. `[*]` is where its composite begins, or ends.
    fn state(&mut self, name: &str, is_source: bool, line: u32) -> Option<usize> {
        let class = name.split_once(":::").map(|(_, class)| class.trim());
        let name = bare(name);
        if name != "[*]" {
            let is_new = self.builder.known(name).is_none();
            let node = self.builder.node(name, line, self.slips)?;
            if is_new {
                self.builder.chart.nodes[node].shape = Shape::Rounded;
            }
            self.builder.chart.nodes[node].classes.extend(class.map(str::to_owned));
            return Some(node);
        }
        let Scope { name, region, .. } = self.scopes.last()?;
        let (end, shape) = if is_source { ("start", Shape::Start) } else { ("end", Shape::End) };
        let id = match (name.as_str(), region) {
            ("", 0) => format!("[*]{end}"),
            (name, 0) => format!("[*]{end} of {name}"),
            (name, region) => format!("[*]{end} of {name} {region}"),
        };
        let node = self.builder.node(&id, line, self.slips)?;
        let it = &mut self.builder.chart.nodes[node];
        (it.shape, it.label) = (shape, String::new());
        Some(node)
    }

    fn note(&mut self, of: &str, text: &str, is_left: bool, line: u32) {
        let Some(state) = self.state(of, true, line) else { return };
        self.made += 1;
        let id = format!("note {}", self.made);
        let Some(note) = self.builder.node(&id, line, self.slips) else { return };
        let it = &mut self.builder.chart.nodes[note];
        (it.shape, it.label) = (Shape::Note, plain(text));
        // A note on the left stands before its state, one on the right behind.
        let (from, to) = if is_left { (note, state) } else { (state, note) };
        let ends = Edge::between(End::Node(from), End::Node(to));
        self.builder.edge(Edge { line: Line::Dotted, ..ends }, line, self.slips);
    }
}

/// The name and label of `"label" as name` or `name`.
fn named(head: &str) -> (&str, String) {
    if let Some(rest) = head.strip_prefix('"')
        && let Some((label, rest)) = rest.split_once('"')
    {
        let id = rest.trim().strip_prefix("as ").unwrap_or(rest).trim();
        return (if id.is_empty() { label } else { id }, label.to_owned());
    }
    match head.split_once(" as ") {
        Some((label, id)) => (id.trim(), label.trim().to_owned()),
        None => (head, String::new()),
    }
}

/// A name without its class.
fn bare(name: &str) -> &str {
    name.split(":::").next().unwrap_or(name).trim()
}

/// Whether a `--` stands directly inside the composite that begins above these lines.
fn is_divided(below: &[&str]) -> bool {
    let mut depth = 0_i32;
    for line in below.iter().take(LOOK_AHEAD_LINES) {
        let text = line.trim();
        if depth == 0 && text == "--" {
            return true;
        }
        if text.starts_with('}') {
            depth -= 1;
        } else if text.ends_with('{') {
            depth += 1;
        }
        if depth < 0 {
            return false;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use crate::diagram::{Graph, parse};

    #[test]
    fn composites_regions_notes_and_marks_are_read() {
        let text = "stateDiagram-v2\n[*] --> A\nA : waits\nstate \"Long name\" as B {\n [*] --> C\n --\n [*] --> D\n}\nA --> B : go\n\
                    state f <<fork>>\nnote right of A\n two\n lines\nend note\nB --> [*]\n";
        let (graph, problems) = parse(text);
        assert_eq!(problems, []);
        let Graph::Chart(chart) = graph else { panic!("it is a chart") };
        let nodes: Vec<String> =
            chart.nodes.iter().map(|it| format!("{} {} {:?}", it.shape.name(), it.label, it.group)).collect();
        assert_eq!(
            nodes,
            [
                "start  None",
                "rounded waits None",
                "start  Some(1)",
                "rounded C Some(1)",
                "start  Some(2)",
                "rounded D Some(2)",
                "bar f None",
                "note two\nlines None",
                "end  None",
            ]
        );
        assert_eq!((chart.groups[0].title.as_str(), chart.groups[2].parent), ("Long name", Some(0)));
        assert_eq!(chart.edges.iter().filter(|it| it.label == "go").count(), 1);
    }
}
