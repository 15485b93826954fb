//! The body of a `classDiagram` to a chart: classes with their members in compartments, relations as edges.

use super::builder::Builder;
use super::flowchart::{direction, shortened};
use super::lines::{Braces, after, statements, unquoted};
use super::{MAX_MEMBERS, Slips};
use crate::diagram::chart::{Chart, ChartKind, Edge, End, Line, Shape, Tip};
use crate::diagram::text::plain;

pub(super) fn read(body: &str, line: u32, title: String, slips: &mut Slips) -> Chart {
    let chart = Chart { kind: ChartKind::Class, title, ..Chart::default() };
    let statements = statements(body, line, slips);
    let mut reader = Reader { builder: Builder::new(chart), slips, braces: Braces::Closed, notes: 0 };
    for (number, text) in statements {
        if let Err(message) = reader.statement(text, number) {
            reader.slips.add(number, message);
        }
    }
    let mut chart = reader.builder.finish(reader.slips);
    for node in &mut chart.nodes {
        node.compartments.retain(|members| !members.is_empty());
    }
    chart
}

struct Reader<'s> {
    builder: Builder,
    slips: &'s mut Slips,
    /// The class whose braces are open.
    braces: Braces,
    notes: usize,
}

impl Reader<'_> {
    fn statement(&mut self, text: &str, line: u32) -> Result<(), String> {
        if self.braces != Braces::Closed {
            let (members, class) = self.braces.inside(text);
            return class.map_or(Ok(()), |class| self.member(class, members));
        }
        if text == "}" {
            return if self.builder.close() { Ok(()) } else { Err("`}` closes nothing: take it away".into()) };
        }
        let (word, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
        match word {
            "class" => self.class_statement(rest.trim(), line),
            "namespace" => {
                let name = rest.trim_end_matches('{').trim();
                self.builder.open(Some(name), plain(name), line, self.slips);
                Ok(())
            }
            "note" => self.note(rest.trim(), line),
            "direction" => {
                let word = rest.trim();
                let direction = direction(word)
                    .ok_or_else(|| format!("`{}` is no direction: write TB, BT, LR or RL", shortened(word)))?;
                self.builder.chart.direction = direction;
                Ok(())
            }
            "click" | "link" | "callback" => {
                self.click(rest.trim());
                Ok(())
            }
            _ if self.builder.styles.statement(word, rest) => Ok(()),
            _ => self.relation_or_member(text, line),
        }
    }

    /// `class Name["label"]:::style { member }`, or without braces.
    fn class_statement(&mut self, text: &str, line: u32) -> Result<(), String> {
        let (head, inside) = text.split_once('{').map_or((text, None), |(head, inside)| (head, Some(inside)));
        let (head, annotation) = match head.split_once("<<") {
            Some((head, rest)) => (head, rest.trim().trim_end_matches('>')),
            None => (head, ""),
        };
        let class = self.class(head, line)?;
        if let (Some(class), false) = (class, annotation.is_empty()) {
            self.annotate(class, annotation);
        }
        if let Some(inside) = inside {
            let (members, closes) = inside.split_once('}').map_or((inside, false), |(members, _)| (members, true));
            self.braces = if closes { Braces::Closed } else { Braces::of(class) };
            if let (Some(class), false) = (class, members.trim().is_empty()) {
                members.split(';').try_for_each(|member| self.member(class, member.trim()))?;
            }
        }
        Ok(())
    }

    /// The class of a name as written, which may bring its type parameters, a label and a style.
    fn class(&mut self, written: &str, line: u32) -> Result<Option<usize>, String> {
        let (written, style) = written.split_once(":::").unwrap_or((written, ""));
        let (name, label) = match written.split_once('[') {
            Some((name, label)) => (name, Some(unquoted(label.trim_end().trim_end_matches(']')))),
            None => (written, None),
        };
        let shown = unquoted(name);
        let id = shown.split('~').next().unwrap_or(shown).trim();
        if id.is_empty() {
            return Err("a class has no name: write it before its brackets or members".into());
        }
        let is_new = self.builder.known(id).is_none();
        let Some(class) = self.builder.node(id, line, self.slips) else { return Ok(None) };
        let node = &mut self.builder.chart.nodes[class];
        if is_new {
            node.compartments = vec![Vec::new(), Vec::new()];
        }
        // Only here may it be said what the parameters are; an annotation may stand above already.
        let name = label.map_or_else(|| plain(&generics(shown)), plain);
        if is_new || label.is_some() || shown.contains('~') {
            let annotation = node.label.rsplit_once('\n').map_or("", |(above, _)| above);
            node.label = if annotation.is_empty() { name } else { format!("{annotation}\n{name}") };
        }
        if !style.trim().is_empty() {
            node.classes.push(style.trim().to_owned());
        }
        Ok(Some(class))
    }

    fn annotate(&mut self, class: usize, annotation: &str) {
        let label = &mut self.builder.chart.nodes[class].label;
        *label = format!("«{}»\n{label}", plain(annotation.trim()));
    }

    /// An attribute, a method, or an annotation between the braces.
    fn member(&mut self, class: usize, text: &str) -> Result<(), String> {
        let text = plain(text);
        if text.is_empty() {
            return Ok(());
        }
        if let Some(annotation) = text.strip_prefix("<<") {
            self.annotate(class, annotation.trim_end_matches('>'));
            return Ok(());
        }
        let is_method = text.contains('(');
        let compartment = &mut self.builder.chart.nodes[class].compartments[usize::from(is_method)];
        if compartment.len() == MAX_MEMBERS {
            return Err(format!("more than {MAX_MEMBERS} members of one class; this one is left out"));
        }
        // `*` and `$` at the end say abstract and static by a slant and a line below, which cells have not.
        let text = generics(text.trim_end_matches(['*', '$']).trim_end());
        compartment.push(match text.rsplit_once(')') {
            Some((call, result)) if !result.trim().is_empty() => {
                format!("{call}): {}", result.trim().trim_start_matches([':', '*', '$']).trim())
            }
            _ => text,
        });
        Ok(())
    }

    /// `note "text"`, `note for Class "text"`
    fn note(&mut self, text: &str, line: u32) -> Result<(), String> {
        let start = text.find('"').ok_or("the text of a note stands between quotation marks: note \"text\"")?;
        let (head, words) = text.split_at(start);
        self.notes += 1;
        let Some(note) = self.builder.node(&format!("note {}", self.notes), line, self.slips) else { return Ok(()) };
        let it = &mut self.builder.chart.nodes[note];
        (it.shape, it.label) = (Shape::Note, plain(unquoted(words)));
        if let Some(of) = after(head.trim(), "for")
            && let Some(class) = self.class(of, line)?
        {
            let ends = Edge::between(End::Node(class), End::Node(note));
            self.builder.edge(Edge { line: Line::Dotted, ..ends }, line, self.slips);
        }
        Ok(())
    }

    /// `click Class href "address"`; a call to a script says nothing here.
    fn click(&mut self, text: &str) {
        let (name, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
        let address = rest.split('"').nth(1).filter(|it| it.contains("://"));
        if let (Some(class), Some(address)) = (self.builder.known(unquoted(name)), address) {
            self.builder.chart.nodes[class].link = Some(address.to_owned());
        }
    }

    fn relation_or_member(&mut self, text: &str, line: u32) -> Result<(), String> {
        let decoded = text.replace("&lt;", "<").replace("&gt;", ">");
        if let Some((annotation, name)) = decoded.strip_prefix("<<").and_then(|it| it.split_once(">>")) {
            if let Some(class) = self.class(name, line)? {
                self.annotate(class, annotation);
            }
            return Ok(());
        }
        if let Some(relation) = Relation::read(text) {
            let (Some(from), Some(to)) = (self.class(relation.from, line)?, self.class(relation.to, line)?) else {
                return Ok(());
            };
            let edge = Edge {
                label: relation.label(),
                line: relation.line,
                tail: relation.tail,
                head: relation.head,
                ..Edge::between(End::Node(from), End::Node(to))
            };
            self.builder.edge(edge, line, self.slips);
            return Ok(());
        }
        match text.split_once(':') {
            Some((name, member)) if !member.starts_with("::") => {
                let class = self.class(name, line)?;
                class.map_or(Ok(()), |class| self.member(class, member.trim()))
            }
            _ if !text.contains(char::is_whitespace) || text.starts_with('`') => self.class(text, line).map(|_| ()),
            _ => {
                Err(format!("cannot read `{}`: write relations as `A <|-- B`, members as `A : name`", shortened(text)))
            }
        }
    }
}

/// Two classes and the line between them, as written.
struct Relation<'a> {
    from: &'a str,
    to: &'a str,
    /// How many of each, and what the line says.
    counts: [&'a str; 2],
    text: &'a str,
    line: Line,
    tail: Tip,
    head: Tip,
}

impl<'a> Relation<'a> {
    fn read(text: &'a str) -> Option<Self> {
        let (at, line) = stroke(text)?;
        let (left, right) = (&text[..at], &text[at + 2..]);
        let (left, tail) = LEFT_TIPS
            .iter()
            .find_map(|&(sign, tip)| {
                Some((left.strip_suffix(sign).filter(|it| is_apart(sign, it.chars().next_back()))?, tip))
            })
            .unwrap_or((left, Tip::None));
        let (right, head) = RIGHT_TIPS
            .iter()
            .find_map(|&(sign, tip)| {
                Some((right.strip_prefix(sign).filter(|it| is_apart(sign, it.chars().next()))?, tip))
            })
            .unwrap_or((right, Tip::None));
        let (from, from_count) = match left.trim().strip_suffix('"').and_then(|it| it.rsplit_once('"')) {
            Some((name, count)) => (name, count),
            None => (left, ""),
        };
        let (to, to_count) = match right.trim().strip_prefix('"').and_then(|it| it.split_once('"')) {
            Some((count, name)) => (name, count),
            None => (right, ""),
        };
        // `B:::style` names a style, `B : text` says what the line means.
        let colon =
            to.match_indices(':').map(|(at, _)| at).find(|&at| !to[at..].starts_with("::") && !to[..at].ends_with(':'));
        let (to, text) = colon.map_or((to, ""), |colon| (&to[..colon], to[colon + 1..].trim()));
        Some(Self { from, to, counts: [from_count, to_count], text, line, tail, head })
    }

    fn label(&self) -> String {
        joined(self.text, self.counts)
    }
}

/// What a line says, with how many there are at its two ends, in its direction.
pub(super) fn joined(text: &str, counts: [&str; 2]) -> String {
    let counts = match counts.map(str::trim) {
        ["", ""] => String::new(),
        [from, ""] => format!("{from} to one"),
        ["", to] => format!("one to {to}"),
        [from, to] => format!("{from} to {to}"),
    };
    let parts = [plain(text), plain(&counts)];
    parts.into_iter().filter(|it| !it.is_empty()).collect::<Vec<_>>().join("\n")
}

const LEFT_TIPS: [(&str, Tip); 5] =
    [("<|", Tip::Open), ("()", Tip::Circle), ("<", Tip::Arrow), ("*", Tip::Diamond), ("o", Tip::HollowDiamond)];
const RIGHT_TIPS: [(&str, Tip); 5] =
    [("|>", Tip::Open), ("()", Tip::Circle), (">", Tip::Arrow), ("*", Tip::Diamond), ("o", Tip::HollowDiamond)];

/// The letter of an aggregation may be the last of a name, unless it stands apart.
fn is_apart(sign: &str, beside: Option<char>) -> bool {
    sign != "o" || beside.is_some_and(|it| it.is_whitespace() || it == '"')
}

/// Where the line between two names begins, outside of quotation marks.
fn stroke(text: &str) -> Option<(usize, Line)> {
    let (mut is_quoted, mut is_name) = (false, false);
    for (at, it) in text.char_indices() {
        is_quoted ^= it == '"';
        is_name ^= it == '`';
        if is_quoted || is_name {
            continue;
        }
        match text.get(at..at + 2) {
            Some("--") => return Some((at, Line::Solid)),
            Some("..") => return Some((at, Line::Dotted)),
            // A member may hold anything.
            _ if it == ':' && text.as_bytes().get(at + 1) != Some(&b':') && !text[..at].ends_with(':') => return None,
            _ => {}
        }
    }
    None
}

/// `List~int~` as `List<int>`.
fn generics(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut depth = 0;
    let mut rest = text.chars().peekable();
    while let Some(it) = rest.next() {
        match it {
            '~' if depth > 0 && !rest.peek().is_some_and(|next| next.is_alphanumeric() || *next == '_') => {
                depth -= 1;
                out.push('>');
            }
            '~' if rest.peek().is_some() => {
                depth += 1;
                out.push('<');
            }
            _ => out.push(it),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use crate::diagram::{Chart, Graph, Line, Node, Tip, parse};

    /// The label and each compartment of a class.
    fn shown(node: &Node) -> String {
        let parts = node.compartments.iter().map(|it| it.join(", "));
        std::iter::once(node.label.replace('\n', " ")).chain(parts).collect::<Vec<_>>().join(" | ")
    }

    fn chart(text: &str) -> Chart {
        let (graph, problems) = parse(&format!("classDiagram\n{text}"));
        assert_eq!(problems, [], "{text}");
        let Graph::Chart(chart) = graph else { panic!("{text} is no chart") };
        chart
    }

    #[test]
    fn classes_hold_their_members() {
        let cases = [
            ("class A {\n+int age\n+eat(food) bool\n}", "A | +int age | +eat(food): bool"),
            ("A : +List~int~ ids\nA : run()$", "A | +List<int> ids | run()"),
            ("class Box~T~ {\n<<interface>>\n}", "«interface» Box<T>"),
            ("<<service>> A\nA : go()", "«service» A | go()"),
            ("class A[\"Long name\"]:::hot", "Long name"),
        ];
        for (text, expected) in cases {
            assert_eq!(shown(&chart(text).nodes[0]), expected, "{text}");
        }
    }

    #[test]
    fn relations_have_their_lines_tips_and_counts() {
        let cases = [
            ("A <|-- B", Line::Solid, Tip::Open, Tip::None, ""),
            ("A *-- B : has", Line::Solid, Tip::Diamond, Tip::None, "has"),
            ("Zoo o-- B", Line::Solid, Tip::HollowDiamond, Tip::None, ""),
            ("Zoo--B", Line::Solid, Tip::None, Tip::None, ""),
            ("A ..|> B", Line::Dotted, Tip::None, Tip::Open, ""),
            ("A \"1\" --> \"0..n\" B:::x : owns", Line::Solid, Tip::None, Tip::Arrow, "owns\n1 to 0..n"),
        ];
        for (text, line, tail, head, label) in cases {
            let chart = chart(text);
            let edge = &chart.edges[0];
            assert_eq!((edge.line, edge.tail, edge.head, edge.label.as_str()), (line, tail, head, label), "{text}");
            assert_eq!(chart.nodes.len(), 2, "{text}");
        }
    }

    #[test]
    fn namespaces_are_groups_and_notes_are_boxes() {
        let chart = chart("namespace N {\nclass A {\nx\n}\nclass B\n}\nnote for A \"why\"\nA --> B");
        assert_eq!((chart.groups.len(), chart.nodes.len(), chart.edges.len()), (1, 3, 2));
        assert_eq!(chart.nodes.iter().filter(|it| it.group == Some(0)).count(), 2);
    }
}
