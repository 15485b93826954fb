//! The body of an `erDiagram` to a chart: entities with their attributes, relationships as edges.
//!
//! How many stand at each end is part of the edge's label, in words that need no key: `1 to 0..*`.

use super::builder::Builder;
use super::class::joined;
use super::flowchart::{direction, shortened};
use super::lines::{Braces, statements, unquoted};
use super::{MAX_MEMBERS, Slips};
use crate::diagram::chart::{Chart, ChartKind, Edge, End, Line};
use crate::diagram::text::plain;

pub(super) fn read(body: &str, line: u32, title: String, slips: &mut Slips) -> Chart {
    let chart = Chart { kind: ChartKind::Entity, title, ..Chart::default() };
    let statements = statements(body, line, slips);
    let mut reader = Reader { builder: Builder::new(chart), slips, braces: Braces::Closed };
    for (number, text) in statements {
        if let Err(message) = reader.statement(text, number) {
            reader.slips.add(number, message);
        }
    }
    let mut chart = reader.builder.finish(reader.slips);
    for node in &mut chart.nodes {
        node.compartments.retain(|attributes| !attributes.is_empty());
    }
    chart
}

struct Reader<'s> {
    builder: Builder,
    slips: &'s mut Slips,
    /// The entity whose braces are open.
    braces: Braces,
}

impl Reader<'_> {
    fn statement(&mut self, text: &str, line: u32) -> Result<(), String> {
        if self.braces != Braces::Closed {
            let (attribute, entity) = self.braces.inside(text);
            return entity.map_or(Ok(()), |entity| self.attribute(entity, attribute));
        }
        let (word, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
        match word {
            "direction" => {
                let word = rest.trim();
                let direction = direction(word)
                    .ok_or_else(|| format!("`{}` is no direction: write TB, BT, LR or RL", shortened(word)))?;
                self.builder.chart.direction = direction;
                return Ok(());
            }
            "title" if !rest.contains("--") => {
                self.builder.chart.title = plain(rest);
                return Ok(());
            }
            _ if self.builder.styles.statement(word, rest) => return Ok(()),
            _ => {}
        }
        if let Some(it) = Relationship::read(text) {
            let (Some(from), Some(to)) = (self.entity(it.from, line)?, self.entity(it.to, line)?) else {
                return Ok(());
            };
            let label = joined(unquoted(it.text), it.counts);
            let edge = Edge { label, line: it.line, ..Edge::between(End::Node(from), End::Node(to)) };
            self.builder.edge(edge, line, self.slips);
            return Ok(());
        }
        let (head, inside) = text.split_once('{').map_or((text, None), |(head, inside)| (head, Some(inside)));
        let is_name = !head.contains(char::is_whitespace) || head.contains(['"', '[']);
        if inside.is_none() && (!is_name || head.contains("--") || head.contains("..")) {
            return Err(format!("cannot read `{}`: write relationships as `A ||--o{{ B : has`", shortened(text)));
        }
        let entity = self.entity(head, line)?;
        if let Some(inside) = inside {
            let (attribute, closes) = inside.split_once('}').map_or((inside, false), |(inside, _)| (inside, true));
            self.braces = if closes { Braces::Closed } else { Braces::of(entity) };
            if let Some(entity) = entity {
                self.attribute(entity, attribute)?;
            }
        }
        Ok(())
    }

    /// The entity of a name as written, which may bring an alias to show and a class.
    fn entity(&mut self, written: &str, line: u32) -> Result<Option<usize>, String> {
        let (written, class) = written.split_once(":::").unwrap_or((written, ""));
        let (name, alias) = match written.split_once('[') {
            Some((name, alias)) => (name, Some(unquoted(alias.trim_end().trim_end_matches(']')))),
            None => (written, None),
        };
        let id = unquoted(name);
        if id.is_empty() {
            return Err("an entity has no name: write it before its braces or line".into());
        }
        let Some(entity) = self.builder.node(id, line, self.slips) else { return Ok(None) };
        let node = &mut self.builder.chart.nodes[entity];
        if let Some(alias) = alias {
            node.label = plain(alias);
        }
        if node.compartments.is_empty() {
            node.compartments.push(Vec::new());
        }
        node.classes.extend(class.split(',').map(str::trim).filter(|it| !it.is_empty()).map(str::to_owned));
        Ok(Some(entity))
    }

    /// `type name PK, FK "comment"`
    fn attribute(&mut self, entity: usize, text: &str) -> Result<(), String> {
        let (text, comment) = text.split_once('"').unwrap_or((text, ""));
        let comment = comment.trim_end().trim_end_matches('"').trim();
        let text = plain(text);
        if text.is_empty() {
            return Ok(());
        }
        let attributes = &mut self.builder.chart.nodes[entity].compartments[0];
        if attributes.len() == MAX_MEMBERS {
            return Err(format!("more than {MAX_MEMBERS} attributes of one entity; this one is left out"));
        }
        attributes.push(if comment.is_empty() { text } else { format!("{text} · {}", plain(comment)) });
        Ok(())
    }
}

/// Two entities and the line between them, as written.
struct Relationship<'a> {
    from: &'a str,
    to: &'a str,
    counts: [&'static str; 2],
    text: &'a str,
    line: Line,
}

/// How the end of a line is written on its left and on its right, and what it says.
const SIGNS: [(&str, &str, &str); 4] =
    [("|o", "o|", "0..1"), ("||", "||", "1"), ("}o", "o{", "0..*"), ("}|", "|{", "1..*")];

/// The same in words. The longest comes first.
const WORDS: [(&str, &str); 14] = [
    ("zero or one", "0..1"),
    ("one or zero", "0..1"),
    ("zero or more", "0..*"),
    ("zero or many", "0..*"),
    ("one or more", "1..*"),
    ("one or many", "1..*"),
    ("only one", "1"),
    ("many(0)", "0..*"),
    ("many(1)", "1..*"),
    ("0+", "0..*"),
    ("1+", "1..*"),
    ("many", "0..*"),
    ("one", "1"),
    ("1", "1"),
];

impl<'a> Relationship<'a> {
    fn read(text: &'a str) -> Option<Self> {
        Self::in_signs(text).or_else(|| Self::in_words(text))
    }

    fn in_signs(text: &'a str) -> Option<Self> {
        for (sign, line) in [("--", Line::Solid), ("..", Line::Dotted), (".-", Line::Dotted), ("-.", Line::Dotted)] {
            for (at, _) in text.match_indices(sign) {
                let ends = (at.checked_sub(2).and_then(|from| text.get(from..at)), text.get(at + 2..at + 4));
                let (Some(left), Some(right)) = ends else { continue };
                let left = SIGNS.iter().find(|it| it.0 == left).map(|it| it.2);
                let right = SIGNS.iter().find(|it| it.1 == right).map(|it| it.2);
                if let (Some(left), Some(right)) = (left, right) {
                    let (to, says) = named(&text[at + 4..]);
                    return Some(Self { from: &text[..at - 2], to, counts: [left, right], text: says, line });
                }
            }
        }
        None
    }

    fn in_words(text: &'a str) -> Option<Self> {
        let (head, _) = text.split_once(':')?;
        for (sign, line) in [(" optionally to ", Line::Dotted), (" to ", Line::Solid)] {
            let Some(at) = head.find(sign) else { continue };
            let (left, right) = (text[..at].trim_end(), text[at + sign.len()..].trim_start());
            let before = WORDS.iter().find_map(|&(words, count)| Some((left.strip_suffix(words)?, count)));
            let behind = WORDS.iter().find_map(|&(words, count)| Some((right.strip_prefix(words)?, count)));
            if let (Some((from, left)), Some((rest, right))) = (before, behind) {
                let (to, text) = named(rest);
                return Some(Self { from, to, counts: [left, right], text, line });
            }
        }
        None
    }
}

/// The name at the other end, and what the line says.
fn named(text: &str) -> (&str, &str) {
    let mut is_quoted = false;
    let colon = text.char_indices().find(|&(at, it)| {
        is_quoted ^= it == '"';
        let is_class = text[at..].starts_with("::") || text[..at].ends_with(':');
        it == ':' && !is_quoted && !is_class
    });
    colon.map_or((text, ""), |(at, _)| (&text[..at], text[at + 1..].trim()))
}

#[cfg(test)]
mod tests {
    use crate::diagram::{Graph, Line, parse};

    #[test]
    fn relationships_say_how_many_and_entities_what_they_hold() {
        let text = "erDiagram\nCUSTOMER ||--o{ DELIVERY-ADDRESS : places\np[Person] }|..o| \"A car\" : \"drives, owns\"\n\
                    CUSTOMER only one to zero or more ORDER : has\nCUSTOMER {\nstring name PK \"as signed\"\nint age\n}\nLONE\n";
        let (graph, problems) = parse(text);
        assert_eq!(problems, []);
        let Graph::Chart(chart) = graph else { panic!("it is a chart") };
        let labels: Vec<&str> = chart.edges.iter().map(|it| it.label.as_str()).collect();
        assert_eq!(labels, ["places\n1 to 0..*", "drives, owns\n1..* to 0..1", "has\n1 to 0..*"]);
        assert_eq!(chart.edges[1].line, Line::Dotted);
        let ids: Vec<&str> = chart.nodes.iter().map(|it| it.id.as_str()).collect();
        assert_eq!(ids, ["CUSTOMER", "DELIVERY-ADDRESS", "p", "A car", "ORDER", "LONE"]);
        assert_eq!(chart.nodes[0].compartments, [["string name PK · as signed", "int age"]]);
        assert_eq!((chart.nodes[2].label.as_str(), chart.nodes[5].compartments.len()), ("Person", 0));
    }

    #[test]
    fn a_slip_costs_its_line_only() {
        let (graph, problems) = parse("erDiagram\nA knows B\nA[x] ||--B : is\nA ||--|| B : is\n");
        assert_eq!(problems.iter().map(|it| it.line).collect::<Vec<_>>(), [2, 3]);
        let Graph::Chart(chart) = graph else { panic!("it is a chart") };
        assert_eq!((chart.nodes.len(), chart.edges.len()), (2, 1));
    }
}
