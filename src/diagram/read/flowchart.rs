//! The body of a `flowchart` or `graph` to a chart.
//!
//! Statements end with a line or a `;`. What a link looks like decides everything, so links are read first:
//! in `A--oB` the `o` is the end of the link, as in the reference.

use super::builder::Builder;
use super::cursor::Cursor;
use super::{MAX_LABEL_BYTES, Slips, shapes};
use crate::diagram::chart::{Chart, ChartKind, Direction, Edge, End, Line, Shape, Tip};
use crate::diagram::text::plain;

pub(super) fn read(body: &str, line: u32, title: String, slips: &mut Slips) -> Chart {
    let chart = Chart { kind: ChartKind::Flowchart, title, ..Chart::default() };
    let mut reader =
        Reader { at: Cursor::new(body, line), builder: Builder::new(chart), slips, named_edges: Vec::new() };
    reader.heading();
    while reader.next_statement() {
        let start = reader.at.offset();
        if let Err(message) = reader.statement() {
            reader.slips.add(reader.at.line(), message);
            reader.at.rest_of_line();
        } else if reader.at.offset() == start {
            // Nothing was read: without this step the loop would stand still.
            let line = reader.at.line();
            let found = reader.at.rest_of_line();
            reader.slips.add(line, format!("cannot read `{}`: write links as `A --> B`", shortened(found)));
        }
    }
    reader.builder.finish(reader.slips)
}

pub(super) fn direction(word: &str) -> Option<Direction> {
    match word {
        "TB" | "TD" | "v" => Some(Direction::Down),
        "BT" | "^" => Some(Direction::Up),
        "LR" | ">" => Some(Direction::Right),
        "RL" | "<" => Some(Direction::Left),
        _ => None,
    }
}

/// The beginning of a line, for a message.
pub(super) fn shortened(text: &str) -> String {
    let text = text.trim();
    match text.char_indices().nth(40) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

struct Reader<'a, 's> {
    at: Cursor<'a>,
    builder: Builder,
    slips: &'s mut Slips,
    /// Names given to edges, `e1@-->`.
    named_edges: Vec<&'a str>,
}

struct Link {
    label: String,
    line: Line,
    tail: Tip,
    head: Tip,
    length: u8,
}

impl<'a> Reader<'a, '_> {
    /// The direction after the keyword.
    fn heading(&mut self) {
        self.at.blanks();
        let mut ahead = self.at.clone();
        let word = ahead.take_while(|it| !it.is_whitespace() && it != ';');
        if let Some(direction) = direction(word) {
            self.builder.chart.direction = direction;
            self.at = ahead;
        }
    }

    /// Moves to where the next statement begins; `false` at the end of the text.
    fn next_statement(&mut self) -> bool {
        self.at.take_while(|it| it.is_whitespace() || it == ';');
        !self.at.is_at_end()
    }

    fn statement(&mut self) -> Result<(), String> {
        let line = self.at.line();
        let mut ahead = self.at.clone();
        let word = ahead.take_while(|it| it.is_alphanumeric() || it == '_');
        let is_apart = ahead.peek().is_none_or(|it| it.is_whitespace() || it == ';');
        match word {
            "subgraph" if is_apart => {
                self.at = ahead;
                self.subgraph(line);
            }
            "end" if is_apart => {
                self.at = ahead;
                if !self.builder.close() {
                    return Err("`end` without a `subgraph` before it: take it away".into());
                }
            }
            "direction" if is_apart => {
                self.at = ahead;
                let word = self.at.rest_of_statement();
                let direction = direction(word)
                    .ok_or_else(|| format!("`{}` is no direction: write TB, BT, LR or RL", shortened(word)))?;
                match self.builder.innermost() {
                    Some(group) => self.builder.chart.groups[group].direction = Some(direction),
                    None => self.builder.chart.direction = direction,
                }
            }
            "classDef" | "style" | "linkStyle" if is_apart => {
                self.at = ahead;
                self.builder.styles.statement(word, self.at.rest_of_line());
            }
            "class" if is_apart => {
                self.at = ahead;
                self.builder.styles.statement(word, self.at.rest_of_statement());
            }
            "click" if is_apart => {
                self.at = ahead;
                self.click();
            }
            "accTitle" | "accDescr" => {
                self.at = ahead;
                self.at.blanks();
                if self.at.take("{") {
                    self.at.take_until("}", usize::MAX).ok_or("this description has no end: write `}`")?;
                } else {
                    self.at.rest_of_line();
                }
            }
            _ => self.chain()?,
        }
        Ok(())
    }

    /// `subgraph id [title]`, `subgraph id`, `subgraph "title"` or `subgraph some words`.
    fn subgraph(&mut self, line: u32) {
        let text = self.at.rest_of_statement();
        let (id, title) = match text.find(['[', '(', '{']) {
            Some(open) if text.ends_with([']', ')', '}']) && !text.starts_with('"') => {
                let inside = text[open..].trim_matches(['[', ']', '(', ')', '{', '}', '/', '\\']);
                (Some(text[..open].trim()).filter(|id| !id.is_empty()), inside)
            }
            _ if text.contains(char::is_whitespace) || text.is_empty() => (None, text),
            _ => (Some(unquoted(text).trim_matches('`')), text),
        };
        let id = id.map(|id| id.split("@{").next().unwrap_or(id));
        self.builder.open(id, plain(unquoted(title)), line, self.slips);
    }

    /// `click A "address"`, `click A href "address"`; a call to a script says nothing here.
    fn click(&mut self) {
        // A tooltip between quotation marks may run over lines.
        let mut is_quoted = false;
        let text = self.at.take_while(|it| {
            is_quoted ^= it == '"';
            is_quoted || (it != '\n' && it != ';')
        });
        let mut parts = text.trim().splitn(2, char::is_whitespace);
        let (id, rest) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default().trim());
        let rest = rest.strip_prefix("href").unwrap_or(rest).trim_start();
        let link = rest.strip_prefix('"').and_then(|rest| rest.split('"').next());
        if let (Some(node), Some(link)) = (self.builder.known(id), link) {
            self.builder.chart.nodes[node].link = Some(link.to_owned());
        }
    }

    /// `A & B -- text --> C --> D`
    fn chain(&mut self) -> Result<(), String> {
        let line = self.at.line();
        let mut sources = self.nodes(line)?;
        while let Some(link) = self.link()? {
            self.at.whitespace();
            let targets = self.nodes(self.at.line())?;
            for &from in &sources {
                for &to in &targets {
                    let edge = Edge {
                        label: link.label.clone(),
                        line: link.line,
                        tail: link.tail,
                        head: link.head,
                        length: link.length,
                        ..Edge::between(End::Node(from), End::Node(to))
                    };
                    self.builder.edge(edge, line, self.slips);
                }
            }
            sources = targets;
        }
        self.at.blanks();
        match self.at.peek() {
            None | Some('\n' | ';') => Ok(()),
            Some(_) => {
                let rest = self.at.rest().lines().next().unwrap_or_default();
                let what = shortened(rest);
                Err(format!("cannot read on at `{what}`: put text with brackets or signs between quotation marks"))
            }
        }
    }

    /// Nodes joined by `&`.
    fn nodes(&mut self, line: u32) -> Result<Vec<usize>, String> {
        let mut nodes = Vec::new();
        loop {
            // Left-out nodes are not missed: the builder has said so.
            nodes.extend(self.node(line)?);
            let mut ahead = self.at.clone();
            ahead.whitespace();
            if !ahead.take("&") {
                return Ok(nodes);
            }
            ahead.whitespace();
            self.at = ahead;
        }
    }

    fn node(&mut self, line: u32) -> Result<Option<usize>, String> {
        let id = self.id();
        if id.is_empty() {
            let rest = self.at.rest().lines().next().unwrap_or_default();
            return Err(match rest.trim() {
                "" => "a link leads nowhere: name a box after it".into(),
                rest => format!("expected the name of a box at `{}`", shortened(rest)),
            });
        }
        if self.at.rest().starts_with("@{") && self.named_edges.contains(&id) {
            self.at.take_until("}", MAX_LABEL_BYTES);
            return Ok(None);
        }
        let node = self.builder.node(id, line, self.slips);
        let mut ahead = self.at.clone();
        ahead.blanks();
        // `A >text]` is a flag, but `A > B` is a slip.
        if ahead.offset() == self.at.offset() || ahead.peek().is_some_and(|it| "[({".contains(it)) {
            self.at = ahead;
        }
        if self.at.take("@{") {
            let written = self.at.take_until("}", MAX_LABEL_BYTES).ok_or("`@{` has no end: write `}`")?;
            let written = if written.matches('"').count() % 2 == 1 {
                // The brace stood inside quotation marks.
                let start = self.at.offset() - written.len() - 1;
                self.at.take_until("}", MAX_LABEL_BYTES).ok_or("`@{` has no end: write `}`")?;
                let end = self.at.offset() - 1;
                self.slice(start, end)
            } else {
                written
            };
            if let Some(node) = node {
                self.attributes(node, written);
            }
        } else if let Some((label, shape)) = self.shape()?
            && let Some(node) = node
        {
            (self.builder.chart.nodes[node].label, self.builder.chart.nodes[node].shape) = (label, shape);
        }
        while self.at.take(":::") {
            let class = self.at.take_while(|it| it.is_alphanumeric() || "_-,".contains(it));
            if let Some(node) = node {
                self.builder.chart.nodes[node].classes.extend(class.split(',').map(str::to_owned));
            }
        }
        if self.at.rest().starts_with("@{") {
            return self.node_again(node);
        }
        Ok(node)
    }

    /// Attributes that follow a shape, `A[text]@{ … }`.
    fn node_again(&mut self, node: Option<usize>) -> Result<Option<usize>, String> {
        self.at.take("@{");
        let written = self.at.take_until("}", MAX_LABEL_BYTES).ok_or("`@{` has no end: write `}`")?;
        if let Some(node) = node {
            self.attributes(node, written);
        }
        Ok(node)
    }

    fn slice(&self, start: usize, end: usize) -> &'a str {
        self.at.slice(start, end)
    }

    /// The name of a node. A dash belongs to it unless a link begins there.
    fn id(&mut self) -> &'a str {
        let start = self.at.clone();
        loop {
            let rest = self.at.rest();
            let mut next = rest.chars();
            let Some(it) = next.next() else { break };
            let after = next.next();
            let is_part = match it {
                '-' => !matches!(after, Some('-' | '>' | '.') | None),
                '=' => after != Some('='),
                '.' => after.is_some_and(|it| !it.is_whitespace() && it != '-'),
                '&' => self.at.offset() > start.offset() && after.is_some_and(|it| !it.is_whitespace()),
                ':' => !rest.starts_with(":::") && after.is_some_and(|it| !it.is_whitespace()),
                '@' => !rest.starts_with("@{") && after.is_some_and(char::is_alphanumeric),
                '_' | '#' | '!' | '$' | '%' | '\'' | '*' | '+' | '?' | '\\' | '/' | '`' => true,
                _ => it.is_alphanumeric() || (!it.is_ascii() && !it.is_whitespace() && !it.is_control()),
            };
            if !is_part {
                break;
            }
            self.at.skip(it.len_utf8());
        }
        &start.rest()[..self.at.offset() - start.offset()]
    }

    /// The brackets after a name, and what they hold.
    fn shape(&mut self) -> Result<Option<(String, Shape)>, String> {
        let rest = self.at.rest();
        let Some(&(opening, closings)) = shapes::BRACKETS.iter().find(|(opening, _)| rest.starts_with(opening)) else {
            return Ok(None);
        };
        self.at.skip(opening.len());
        let mut ahead = self.at.clone();
        ahead.whitespace();
        if ahead.take("\"")
            && let Some(text) = ahead.take_until("\"", MAX_LABEL_BYTES)
        {
            ahead.whitespace();
            if let Some(&(_, shape)) = closings.iter().find(|(closing, _)| ahead.take(closing)) {
                self.at = ahead;
                return Ok(Some((plain(text), shape)));
            }
        }
        let rest = self.at.rest();
        let on_line = rest.find('\n').unwrap_or(rest.len());
        let found = |within: usize| {
            let closed = closings
                .iter()
                .filter_map(|&(closing, shape)| rest[..within].find(closing).map(|length| (length, closing, shape)));
            closed.min_by_key(|&(length, ..)| length)
        };
        let mut window = rest.len().min(MAX_LABEL_BYTES);
        while !rest.is_char_boundary(window) {
            window -= 1;
        }
        // Text may run over lines, but a bracket that nobody closed must not swallow the next box.
        let (length, closing, mut shape) = found(on_line)
            .or_else(|| found(window).filter(|&(length, ..)| !rest[..length].contains(['[', '{', '('])))
            .ok_or_else(|| format!("`{opening}` has no end: write `{}`", closings[0].0))?;
        let mut text = &rest[..length];
        if opening == "[|" {
            text = text.rsplit('|').next().unwrap_or(text);
            shape = Shape::Rectangle;
        }
        self.at.skip(length + closing.len());
        // Quotation marks around a part of the text are marks, not text.
        Ok(Some((plain(&text.replace('"', "")), shape)))
    }

    /// `shape: …, label: "…"` as a YAML flow mapping or lines.
    fn attributes(&mut self, node: usize, written: &str) {
        let mut is_quoted = false;
        let fields = written.split(|it: char| {
            is_quoted ^= it == '"';
            !is_quoted && (it == ',' || it == '\n')
        });
        for field in fields {
            let Some((key, value)) = field.split_once(':') else { continue };
            let value = unquoted(value.trim());
            match key.trim() {
                "shape" => self.builder.chart.nodes[node].shape = shapes::named(value),
                "label" => self.builder.chart.nodes[node].label = plain(value),
                _ => {}
            }
        }
    }

    /// A link with its label, if one begins here.
    fn link(&mut self) -> Result<Option<Link>, String> {
        let mut ahead = self.at.clone();
        ahead.whitespace();
        let has_line_break = ahead.line() != self.at.line();
        // On a new line `x-->y` is a statement of its own.
        if has_line_break && ahead.peek().is_some_and(char::is_alphanumeric) {
            return Ok(None);
        }
        if let Some(name_length) = edge_name(ahead.rest()) {
            self.named_edges.push(&ahead.rest()[..name_length]);
            ahead.skip(name_length + 1);
        }
        let Some(opening) = stroke(ahead.rest()) else { return Ok(None) };
        // `o--` and `x--` begin a link only apart from the name before.
        if matches!(opening.tail, Tip::Circle | Tip::Cross)
            && ahead.before().is_some_and(|it| !it.is_whitespace() && it != '@')
        {
            return Ok(None);
        }
        let line = ahead.line();
        ahead.skip(opening.bytes);
        let mut link = Link {
            label: String::new(),
            line: opening.line,
            tail: opening.tail,
            head: opening.head,
            length: opening.length,
        };
        if !opening.is_whole {
            let (text, closing) = link_text(ahead.rest(), opening.line)
                .ok_or_else(|| format!("the link on line {line} has no end: write it like `A -- text --> B`"))?;
            link.label = plain(unquoted(text.trim()));
            (link.head, link.length) = (closing.head, closing.length);
            ahead.skip(text.len() + closing.bytes);
        }
        let mut after = ahead.clone();
        after.whitespace();
        if after.take("|") {
            let label = piped(&mut after).ok_or("the text of this link has no end: write `|`")?;
            link.label = plain(unquoted(label.trim()));
            ahead = after;
        }
        self.at = ahead;
        Ok(Some(link))
    }
}

/// The text up to the closing `|`, which may also stand between quotation marks.
fn piped<'a>(at: &mut Cursor<'a>) -> Option<&'a str> {
    let mut quoted = at.clone();
    quoted.whitespace();
    if quoted.take("\"")
        && let Some(label) = quoted.take_until("\"", MAX_LABEL_BYTES)
    {
        quoted.whitespace();
        if quoted.take("|") {
            *at = quoted;
            return Some(label);
        }
    }
    at.take_until("|", MAX_LABEL_BYTES)
}

fn unquoted(text: &str) -> &str {
    let inner = text.strip_prefix('"').and_then(|it| it.strip_suffix('"'));
    inner.unwrap_or(text)
}

/// The length of the name in `name@-->`.
fn edge_name(text: &str) -> Option<usize> {
    let length = text.find(|it: char| !(it.is_alphanumeric() || it == '_' || it == '-' || it == '.'))?;
    let after = text[length..].strip_prefix('@')?;
    (length > 0 && stroke(after).is_some()).then_some(length)
}

/// A run of signs that begins or is a link.
struct Stroke {
    bytes: usize,
    line: Line,
    tail: Tip,
    head: Tip,
    length: u8,
    /// `-->` rather than the `--` before a text.
    is_whole: bool,
}

fn stroke(text: &str) -> Option<Stroke> {
    let bytes = text.as_bytes();
    let tail = match bytes.first()? {
        b'<' => Tip::Arrow,
        b'x' => Tip::Cross,
        b'o' => Tip::Circle,
        _ => Tip::None,
    };
    let start = usize::from(tail != Tip::None);
    let run = |from: usize, sign: u8| bytes[from.min(bytes.len())..].iter().take_while(|&&it| it == sign).count();
    let tip = |at: usize| match bytes.get(at) {
        Some(b'>') => Tip::Arrow,
        // In `A --o B` the letter is a tip; in `A --only text--> B` it is not.
        Some(b'x') => Tip::Cross,
        Some(b'o') => Tip::Circle,
        _ => Tip::None,
    };
    let tildes = run(start, b'~');
    if tail == Tip::None && tildes >= 3 {
        let length = (tildes - 2).min(9) as u8;
        return Some(Stroke { bytes: tildes, line: Line::Invisible, tail, head: Tip::None, length, is_whole: true });
    }
    for (sign, line) in [(b'-', Line::Solid), (b'=', Line::Thick)] {
        let count = run(start, sign);
        if count < 2 {
            continue;
        }
        let head = tip(start + count);
        let is_whole = head != Tip::None || count >= 3;
        let length = if head == Tip::None { count.saturating_sub(2) } else { count - 1 }.clamp(1, 9) as u8;
        let bytes = start + count + usize::from(head != Tip::None);
        return Some(Stroke { bytes, line, tail, head, length, is_whole });
    }
    let dash = run(start, b'-');
    let dots = run(start + dash, b'.');
    if dash <= 1 && dots >= 1 {
        let after = start + dash + dots;
        if bytes.get(after) == Some(&b'-') {
            let head = tip(after + 1);
            let bytes = after + 1 + usize::from(head != Tip::None);
            return Some(Stroke { bytes, line: Line::Dotted, tail, head, length: dots.min(9) as u8, is_whole: true });
        }
        if dash == 1 && dots == 1 {
            return Some(Stroke {
                bytes: after,
                line: Line::Dotted,
                tail,
                head: Tip::None,
                length: 1,
                is_whole: false,
            });
        }
    }
    None
}

/// The text inside a link up to its closing signs, and those.
fn link_text(text: &str, line: Line) -> Option<(&str, Stroke)> {
    let mut is_quoted = false;
    for (at, it) in text.char_indices().take(MAX_LABEL_BYTES) {
        is_quoted ^= it == '"';
        let may_close = match line {
            Line::Thick => it == '=',
            Line::Dotted => it == '.' || it == '-',
            _ => it == '-',
        };
        if !is_quoted
            && may_close
            && let Some(closing) = stroke(&text[at..])
            && closing.is_whole
            && closing.line == line
            && closing.tail == Tip::None
        {
            return Some((&text[..at], closing));
        }
        if it == '\n' && !is_quoted && text[..at].trim_end().ends_with([';', ']', ')']) {
            return None;
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use crate::diagram::{Chart, Graph, Line, Tip, parse};

    fn chart(text: &str) -> (Chart, Vec<String>) {
        let (graph, problems) = parse(text);
        let Graph::Chart(chart) = graph else { panic!("{text} is no chart") };
        (chart, problems.into_iter().map(|it| format!("{}: {}", it.line, it.message)).collect())
    }

    /// Every edge as `from (tail line head length) to: label`.
    fn edges(statement: &str) -> Vec<String> {
        let (chart, problems) = chart(&format!("graph LR\n{statement}"));
        assert_eq!(problems, Vec::<String>::new(), "{statement}");
        let tip = |tip: Tip| match tip {
            Tip::None => "",
            Tip::Arrow => ">",
            Tip::Open => ")",
            Tip::Circle => "o",
            Tip::Cross => "x",
            Tip::Diamond | Tip::HollowDiamond => "<>",
        };
        let line = |line: Line| match line {
            Line::Solid => "-",
            Line::Dotted => ".",
            Line::Thick => "=",
            Line::Invisible => "~",
        };
        let show = |it: &crate::diagram::Edge| {
            let sign = format!("{}{}{}{}", tip(it.tail), line(it.line), tip(it.head), it.length);
            let label = if it.label.is_empty() { String::new() } else { format!(": {}", it.label) };
            format!("{} {sign} {}{label}", chart.name(it.from), chart.name(it.to))
        };
        chart.edges.iter().map(show).collect()
    }

    #[test]
    fn every_kind_of_link_is_read() {
        let cases: [(&str, &[&str]); 19] = [
            ("A-->B", &["A ->1 B"]),
            ("A --- B", &["A -1 B"]),
            ("A ---> B", &["A ->2 B"]),
            ("A -.-> B", &["A .>1 B"]),
            ("A -..- B", &["A .2 B"]),
            ("A ==> B", &["A =>1 B"]),
            ("A <--> B", &["A >->1 B"]),
            ("A o--x B", &["A o-x1 B"]),
            ("A --o B", &["A -o1 B"]),
            ("A ~~~ B", &["A ~1 B"]),
            ("A -- one two --> B", &["A ->1 B: one two"]),
            ("A --two-one--> B", &["A ->1 B: two-one"]),
            ("A == loud ==> B", &["A =>1 B: loud"]),
            ("A -. soft .-> B", &["A .>1 B: soft"]),
            ("A -->|\"a | b\"| B", &["A ->1 B: a | b"]),
            ("A -- \"x --> y\" --> B", &["A ->1 B: x --> y"]),
            ("A & B --> C", &["A ->1 C", "B ->1 C"]),
            ("A --> B --> C;C-->A", &["A ->1 B", "B ->1 C", "C ->1 A"]),
            ("A e1@==> B\ne1@{ animate: true }", &["A =>1 B"]),
        ];
        for (statement, expected) in cases {
            assert_eq!(edges(statement), expected, "{statement}");
        }
    }

    #[test]
    fn every_shape_and_its_label_is_read() {
        let cases = [
            ("A[text]", "rectangle", "text"),
            ("A(text)", "rounded", "text"),
            ("A([text])", "rounded", "text"),
            ("A[[text]]", "subroutine", "text"),
            ("A[(text)]", "cylinder", "text"),
            ("A((text))", "circle", "text"),
            ("A(((text)))", "double-circle", "text"),
            ("A>text]", "flag", "text"),
            ("A{text}", "diamond", "text"),
            ("A{{text}}", "hexagon", "text"),
            ("A[/text/]", "parallelogram", "text"),
            ("A[\\text\\]", "parallelogram-left", "text"),
            ("A[/text\\]", "trapezoid", "text"),
            ("A[\\text/]", "trapezoid-down", "text"),
            ("A[\"a (b) [c]\"]", "rectangle", "a (b) [c]"),
            ("A[a<br/>b]:::hot", "rectangle", "a\nb"),
            ("A@{ shape: cyl, label: \"a, b\" }", "cylinder", "a, b"),
            ("A@{ shape: no-such-shape }", "rectangle", "A"),
        ];
        for (statement, shape, label) in cases {
            let (chart, problems) = chart(&format!("flowchart TD\n{statement}\n"));
            assert_eq!(problems, Vec::<String>::new(), "{statement}");
            let node = &chart.nodes[0];
            assert_eq!((node.shape.name(), node.label.as_str()), (shape, label), "{statement}");
        }
    }

    #[test]
    fn groups_hold_what_they_mention_first() {
        let text = "graph TB\nX --> g\nsubgraph g [Outer]\n direction LR\n A\n subgraph inner\n  B --> A\n end\nend\nsubgraph empty\nend\n";
        let (chart, problems) = chart(text);
        assert_eq!(problems, Vec::<String>::new());
        let home = |id: &str| {
            chart.nodes.iter().find(|it| it.id == id).and_then(|it| it.group).map(|it| chart.groups[it].id.as_str())
        };
        assert_eq!([home("X"), home("A"), home("B"), home("empty")], [None, Some("inner"), Some("inner"), None]);
        assert_eq!(chart.groups[1].parent, Some(0));
        // `g` is the group, although it is named before it begins.
        assert_eq!(chart.name(chart.edges[0].to), "g");
        assert!(chart.nodes.iter().all(|it| it.id != "g"));
    }

    #[test]
    fn a_slip_costs_its_line_only() {
        let (chart, problems) =
            chart("---\ntitle: T\n---\n%% a comment\ngraph LR\nA --> B\nA -->\nC[open --> D\nend\nE --> F\n");
        assert_eq!(chart.title, "T");
        assert_eq!(problems.iter().map(|it| it.split(':').next().unwrap_or_default()).collect::<Vec<_>>(), ["8", "9"]);
        assert!(chart.nodes.iter().any(|it| it.id == "F"));
    }
}
