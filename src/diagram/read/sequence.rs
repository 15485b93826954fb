//! The body of a `sequenceDiagram`. A statement a line, or several with `;` between them.

use std::collections::HashMap;

use super::flowchart::shortened;
use super::{MAX_DEPTH, MAX_EDGES, Slips};
use crate::diagram::chart::{Line, Tip};
use crate::diagram::sequence::{Message, Participant, Sequence, Side, Step, Surround};
use crate::diagram::text::plain;

/// More participants than this no screen shows.
const MAX_PARTICIPANTS: usize = 200;

pub(super) fn read(body: &str, line: u32, title: String, slips: &mut Slips) -> Sequence {
    let sequence = Sequence { title, ..Sequence::default() };
    let mut reader = Reader {
        sequence,
        slips,
        known: HashMap::new(),
        open: Vec::new(),
        surround: None,
        number: None,
        is_full: false,
    };
    let mut in_description = false;
    for (text, number) in body.lines().zip(line..) {
        if in_description {
            in_description = !text.contains('}');
            continue;
        }
        if text.trim_start().starts_with("accDescr") && text.contains('{') {
            in_description = !text.contains('}');
            continue;
        }
        for statement in statements(text) {
            reader.statement(statement.trim(), number);
        }
    }
    for (line, is_drawn) in std::mem::take(&mut reader.open).into_iter().rev() {
        reader.slips.add(line, "this block has no end: write `end` below its last line");
        if is_drawn {
            reader.sequence.steps.push(Step::Close);
        }
    }
    reader.sequence
}

/// The statements of a line: a `;` ends one, unless it ends an entity such as `#9829;`.
fn statements(line: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut start = 0;
    for (at, _) in line.match_indices(';') {
        let word = line[start..at].rfind(|c: char| !c.is_alphanumeric());
        if !word.is_some_and(|word| line[start + word..].starts_with(['#', '&'])) {
            found.push(&line[start..at]);
            start = at + 1;
        }
    }
    found.push(&line[start..]);
    found
}

struct Reader<'s> {
    sequence: Sequence,
    slips: &'s mut Slips,
    known: HashMap<String, usize>,
    /// The lines on which the open blocks begin, and whether they are drawn.
    open: Vec<(u32, bool)>,
    /// The box that participants are being put in.
    surround: Option<usize>,
    /// The next message's number and the step to the one after.
    number: Option<(u32, u32)>,
    is_full: bool,
}

/// Longest first where one begins another.
const ARROWS: &[(&str, Line, Tip, Tip)] = &[
    ("<<-->>", Line::Dotted, Tip::Arrow, Tip::Arrow),
    ("<<->>", Line::Solid, Tip::Arrow, Tip::Arrow),
    ("-->>", Line::Dotted, Tip::None, Tip::Arrow),
    ("->>", Line::Solid, Tip::None, Tip::Arrow),
    ("-->", Line::Dotted, Tip::None, Tip::None),
    ("->", Line::Solid, Tip::None, Tip::None),
    ("--x", Line::Dotted, Tip::None, Tip::Cross),
    ("-x", Line::Solid, Tip::None, Tip::Cross),
    ("--)", Line::Dotted, Tip::None, Tip::Open),
    ("-)", Line::Solid, Tip::None, Tip::Open),
    ("--|\\", Line::Dotted, Tip::None, Tip::Arrow),
    ("-|\\", Line::Solid, Tip::None, Tip::Arrow),
    ("--|/", Line::Dotted, Tip::None, Tip::Arrow),
    ("-|/", Line::Solid, Tip::None, Tip::Arrow),
    ("--\\\\", Line::Dotted, Tip::None, Tip::Open),
    ("-\\\\", Line::Solid, Tip::None, Tip::Open),
    ("--//", Line::Dotted, Tip::None, Tip::Open),
    ("-//", Line::Solid, Tip::None, Tip::Open),
    ("/|--", Line::Dotted, Tip::Arrow, Tip::None),
    ("/|-", Line::Solid, Tip::Arrow, Tip::None),
    ("\\|--", Line::Dotted, Tip::Arrow, Tip::None),
    ("\\|-", Line::Solid, Tip::Arrow, Tip::None),
    ("//--", Line::Dotted, Tip::Open, Tip::None),
    ("//-", Line::Solid, Tip::Open, Tip::None),
    ("\\\\--", Line::Dotted, Tip::Open, Tip::None),
    ("\\\\-", Line::Solid, Tip::Open, Tip::None),
];

/// The words that begin a block, the words that begin its next branch, and what is said of neither.
const BLOCKS: &[&str] = &["loop", "alt", "opt", "par", "par_over", "critical", "break", "rect"];
const BRANCHES: &[&str] = &["else", "and", "option"];
const UNSAID: &[&str] = &["links", "link", "properties", "details", "accTitle", "accTitle:", "accDescr", "accDescr:"];

impl Reader<'_> {
    fn statement(&mut self, text: &str, line: u32) {
        if text.is_empty() || text.starts_with('#') {
            return;
        }
        let (word, rest) = text.split_once(char::is_whitespace).map_or((text, ""), |(word, rest)| (word, rest.trim()));
        let lower = word.to_ascii_lowercase();
        let is_message = || arrow(text).is_some();
        match lower.as_str() {
            "participant" | "actor" if !rest.is_empty() => {
                self.declare(rest, lower == "actor");
            }
            "create" => {
                let (kind, rest) = rest.split_once(char::is_whitespace).unwrap_or(("participant", rest));
                if let Some(participant) = self.declare(rest.trim(), kind == "actor") {
                    self.step(Step::Create(participant), line);
                }
            }
            "destroy" => {
                if let Some(participant) = self.participant(rest) {
                    self.step(Step::Destroy(participant), line);
                }
            }
            "activate" | "deactivate" if !is_message() => {
                if let Some(it) = self.participant(rest) {
                    let step = if lower == "activate" { Step::Activate(it) } else { Step::Deactivate(it) };
                    self.step(step, line);
                }
            }
            "autonumber" => {
                let mut numbers = rest.split_whitespace().map(str::parse);
                self.number = match (rest, numbers.next(), numbers.next()) {
                    ("off", ..) => None,
                    (_, Some(Ok(start)), Some(Ok(step))) => Some((start, step)),
                    (_, Some(Ok(start)), _) => Some((start, 1)),
                    _ => Some((1, 1)),
                };
            }
            "title" | "title:" => self.sequence.title = plain(rest.trim_start_matches(':')),
            "note" if !is_message() || text.contains(" of ") || text.contains(" over ") => self.note(rest, line),
            "box" => {
                self.sequence.boxes.push(Surround { title: plain(box_title(rest)) });
                self.surround = Some(self.sequence.boxes.len() - 1);
            }
            "end" if rest.is_empty() => self.end(line),
            block if BLOCKS.contains(&block) && !is_message() || BLOCKS.contains(&word) => {
                let is_drawn = self.open.len() < MAX_DEPTH && !self.is_full;
                self.open.push((line, is_drawn));
                if !is_drawn {
                    self.slips
                        .add(line, format!("a block at depth {MAX_DEPTH} is drawn as part of the block around it"));
                    return;
                }
                // A `rect` only colours its background.
                let (keyword, title) = if lower == "rect" {
                    (String::new(), String::new())
                } else {
                    (lower.replace("_over", ""), plain(rest))
                };
                self.step(Step::Open { keyword, title }, line);
            }
            branch if BRANCHES.contains(&branch) => {
                if self.open.is_empty() {
                    self.slips
                        .add(line, format!("`{word}` outside of a block: begin one with `alt`, `par` or `critical`"));
                } else {
                    self.step(Step::Branch { title: plain(rest) }, line);
                }
            }
            _ if UNSAID.contains(&word) => {}
            _ => self.message(text, line),
        }
    }

    /// Ends the box around participants, or the innermost block.
    fn end(&mut self, line: u32) {
        if self.surround.take().is_some() {
            return;
        }
        match self.open.pop() {
            Some((_, true)) => self.sequence.steps.push(Step::Close),
            Some((_, false)) => {}
            None => self.slips.add(line, "`end` without a block before it: take it away"),
        }
    }

    fn step(&mut self, step: Step, line: u32) {
        if self.sequence.steps.len() < MAX_EDGES {
            self.sequence.steps.push(step);
        } else if !std::mem::replace(&mut self.is_full, true) {
            self.slips.add(line, format!("more than {MAX_EDGES} steps; the rest is left out: split the diagram"));
        }
    }

    /// `A as Alice`, `A@{ "type": "database" } as Store`
    fn declare(&mut self, text: &str, is_actor: bool) -> Option<usize> {
        let (name, label) = match text.split_once(" as ") {
            Some((name, label)) => (name, Some(label)),
            None => (text, None),
        };
        let (name, attributes) = name.split_once("@{").map_or((name, ""), |(name, rest)| (name, rest));
        let participant = self.participant(name)?;
        let it = &mut self.sequence.participants[participant];
        it.is_actor = is_actor || attributes.contains("actor");
        let alias = attributes
            .split_once("alias")
            .and_then(|(_, rest)| rest.split(['"', '\'']).find(|it| !it.trim_matches([':', ' ']).is_empty()));
        if let Some(label) = label.or(alias) {
            it.label = plain(label);
        }
        if self.surround.is_some() {
            it.surround = self.surround;
        }
        Some(participant)
    }

    fn participant(&mut self, name: &str) -> Option<usize> {
        let name = name.trim();
        if name.is_empty() || (self.sequence.participants.len() == MAX_PARTICIPANTS && !self.known.contains_key(name)) {
            return None;
        }
        let next = self.sequence.participants.len();
        let index = *self.known.entry(name.to_owned()).or_insert(next);
        if index == next {
            self.sequence.participants.push(Participant {
                id: name.to_owned(),
                label: plain(name),
                is_actor: false,
                surround: None,
            });
        }
        Some(index)
    }

    /// `over A,B: text`, `left of A: text`
    fn note(&mut self, text: &str, line: u32) {
        let (place, words) = text.split_once(':').unwrap_or((text, ""));
        let place = place.trim();
        let lower = place.to_ascii_lowercase();
        let (side, length) = if lower.starts_with("over ") {
            (Side::Over, 5)
        } else if lower.starts_with("left of ") {
            (Side::Left, 8)
        } else if lower.starts_with("right of ") {
            (Side::Right, 9)
        } else {
            self.slips.add(line, "this note does not say where: write `Note over A: text` or `Note right of A: text`");
            return;
        };
        let mut names = place[length..].split(',');
        let Some(from) = names.next().and_then(|name| self.participant(name)) else { return };
        let to = names.next().and_then(|name| self.participant(name)).unwrap_or(from);
        let text = plain(unwrapped(words));
        self.step(Step::Note { from: from.min(to), to: from.max(to), side, text }, line);
    }

    fn message(&mut self, text: &str, line: u32) {
        let Some((at, sign, stroke, tail, head)) = arrow(text) else {
            let what = shortened(text);
            self.slips.add(line, format!("cannot read `{what}`: write messages as `A->>B: text`"));
            return;
        };
        let (from, rest) = (&text[..at], &text[at + sign.len()..]);
        let (to, words) = rest.split_once(':').unwrap_or((rest, ""));
        let to = to.trim();
        let (to, activation) = match to.chars().next() {
            Some(it @ ('+' | '-')) => (&to[1..], Some(it)),
            _ => (to, None),
        };
        // A circle at the end of a line joins it to a lifeline's middle: nothing that is drawn here.
        let (from, to) = (from.trim().trim_end_matches("()"), to.trim().trim_start_matches("()"));
        let (Some(from), Some(to)) = (self.participant(from), self.participant(to)) else {
            self.slips.add(line, "a message needs a participant on both sides: write `A->>B: text`");
            return;
        };
        let number = self.number;
        if let Some((next, step)) = &mut self.number {
            *next = next.saturating_add(*step);
        }
        let message = Message {
            from,
            to,
            text: plain(unwrapped(words)),
            line: stroke,
            tail,
            head,
            number: number.map(|(number, _)| number),
        };
        self.step(Step::Message(message), line);
        match activation {
            Some('+') => self.step(Step::Activate(to), line),
            Some(_) => self.step(Step::Deactivate(from), line),
            None => {}
        }
    }
}

/// Where the arrow of a message stands, and which it is.
fn arrow(text: &str) -> Option<(usize, &'static str, Line, Tip, Tip)> {
    let names = &text[..text.find(':').unwrap_or(text.len())];
    names.char_indices().filter(|(_, it)| matches!(it, '-' | '<' | '/' | '\\')).find_map(|(at, _)| {
        let found = ARROWS.iter().find(|(sign, ..)| names[at..].starts_with(sign))?;
        (at > 0).then_some((at, found.0, found.1, found.2, found.3))
    })
}

fn unwrapped(text: &str) -> &str {
    let text = text.trim();
    text.strip_prefix("wrap:").or_else(|| text.strip_prefix("nowrap:")).unwrap_or(text)
}

/// The title of a box without its colour.
fn box_title(text: &str) -> &str {
    if text.starts_with("rgb") || text.starts_with("hsl") {
        return text.split_once(')').map_or("", |(_, title)| title.trim());
    }
    let (first, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    let is_colour = first.starts_with('#')
        || matches!(
            first.to_ascii_lowercase().as_str(),
            "transparent"
                | "aqua"
                | "black"
                | "blue"
                | "gray"
                | "grey"
                | "green"
                | "lime"
                | "orange"
                | "pink"
                | "purple"
                | "red"
                | "yellow"
                | "white"
                | "cyan"
                | "magenta"
                | "teal"
                | "navy"
                | "brown"
                | "lightblue"
                | "lightgreen"
                | "lightgrey"
                | "lightgray"
                | "lightyellow"
                | "darkblue"
                | "darkgreen"
        );
    if is_colour { rest.trim() } else { text }
}

#[cfg(test)]
mod tests {
    use crate::diagram::{Graph, Line, Step, Tip, parse};

    #[test]
    fn every_arrow_is_read() {
        let cases = [
            ("A->B: x", Line::Solid, Tip::None, Tip::None),
            ("A-->B: x", Line::Dotted, Tip::None, Tip::None),
            ("A->>B: x", Line::Solid, Tip::None, Tip::Arrow),
            ("A-->>B: x", Line::Dotted, Tip::None, Tip::Arrow),
            ("A<<->>B: x", Line::Solid, Tip::Arrow, Tip::Arrow),
            ("A-xB: x", Line::Solid, Tip::None, Tip::Cross),
            ("A--)B: x", Line::Dotted, Tip::None, Tip::Open),
            ("A ->> +B : x", Line::Solid, Tip::None, Tip::Arrow),
        ];
        for (text, line, tail, head) in cases {
            let (graph, problems) = parse(&format!("sequenceDiagram\n{text}\n"));
            assert_eq!(problems, [], "{text}");
            let Graph::Sequence(sequence) = graph else { panic!("{text} is no sequence") };
            let Step::Message(it) = &sequence.steps[0] else { panic!("{text} is no message") };
            assert_eq!((it.line, it.tail, it.head, it.text.as_str()), (line, tail, head, "x"), "{text}");
            assert_eq!(sequence.participants.iter().map(|it| it.id.as_str()).collect::<Vec<_>>(), ["A", "B"], "{text}");
        }
    }

    #[test]
    fn blocks_close_and_what_is_no_statement_is_named() {
        let (graph, problems) = parse(
            "sequenceDiagram\nbox Aqua Ours\nparticipant A as Anna\nend\nloop daily\nA->>A: think #59; again\nend\nend\nnonsense\nalt x\n",
        );
        let lines: Vec<u32> = problems.iter().map(|it| it.line).collect();
        assert_eq!(lines, [8, 9, 10]);
        let Graph::Sequence(sequence) = graph else { panic!("it is a sequence") };
        assert_eq!((sequence.boxes[0].title.as_str(), sequence.participants[0].label.as_str()), ("Ours", "Anna"));
        assert!(matches!(&sequence.steps[1], Step::Message(it) if it.text == "think ; again"), "{:?}", sequence.steps);
        assert_eq!(sequence.steps.iter().filter(|it| matches!(it, Step::Close)).count(), 2);
    }
}
