//! A document to HTML, block by block.
//!
//! A document is a flat list of leaves, each with the containers around it. From one leaf to the next the elements
//! that both stand in stay open, the others are closed and opened: nothing recurses, however deep the nesting.

use std::collections::BTreeMap;

use super::glossary;
use super::markup::Markup;
use super::page::widget;
use super::sheet::{Sheet, begin_scrolling, heading_tag};
use crate::course::Widget;
use crate::markdown::{
    Align, Block, Callout, ContainerId, ContainerKind, Document, Fence, Leaf, Role, Run, Table, Token, footnote_of,
};

/// How a document stands in its page.
#[derive(Clone, Copy)]
pub(super) struct Setting<'a> {
    /// What responds in it.
    pub(super) widgets: &'a [Widget],
    /// Added to the levels of its headings, which end at 6.
    pub(super) level_shift: u8,
    /// It is the page's own: links may lead to its headings, and a title at its top stands in the page's head.
    pub(super) is_page: bool,
}

/// Text of an exercise, below a heading of level `level`.
pub(super) fn snippet(sheet: &mut Sheet<'_>, text: &str, level: u8) {
    let setting = Setting { widgets: &[], level_shift: level, is_page: false };
    prose(sheet, &crate::markdown::parse(text.trim()), setting);
}

/// Writes `document` into `sheet`.
pub(super) fn prose(sheet: &mut Sheet<'_>, document: &Document, setting: Setting<'_>) {
    let anchors = if setting.is_page { sheet.names.by_line(sheet.page) } else { BTreeMap::new() };
    let labels = document.containers.iter().filter_map(|container| match &container.kind {
        ContainerKind::Footnote { label } => Some(label.as_str()),
        _ => None,
    });
    let mut notes = BTreeMap::new();
    for (label, number) in labels.zip(1..) {
        notes.entry(label).or_insert(Note { number, is_shown: false, is_referred_to: false });
    }
    let name = sheet.next_name();
    let mut writer =
        Writer { sheet, document, setting, anchors, notes, name, open: Vec::new(), level: setting.level_shift.max(1) };
    let has_title =
        setting.is_page && document.leaves.first().is_some_and(|it| matches!(it.block, Block::Heading(1, _)));
    let leaves = &document.leaves[usize::from(has_title)..];
    for (index, leaf) in leaves.iter().enumerate() {
        writer.leaf(leaf, leaves.get(index + 1));
    }
    writer.close_to(0);
}

/// An element around leaves.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Element {
    /// Index into the document's lists.
    List(usize),
    /// Terms and definitions directly in a container.
    Definitions(Option<ContainerId>),
    /// Footnotes directly in a container.
    Notes(Option<ContainerId>),
    Container(ContainerId),
}

#[derive(Clone, Copy)]
struct Note {
    number: usize,
    /// It has been written, and with it the name that links lead to: a label may be defined twice.
    is_shown: bool,
    /// A mark in the text was written, to which a link can lead back.
    is_referred_to: bool,
}

struct Writer<'a, 'sheet> {
    sheet: &'a mut Sheet<'sheet>,
    document: &'a Document,
    setting: Setting<'a>,
    /// Of the headings, by line.
    anchors: BTreeMap<u32, &'a str>,
    /// By label.
    notes: BTreeMap<&'a str, Note>,
    /// Sets the names of this document's notes apart from those of the others on the page.
    name: String,
    open: Vec<Element>,
    /// Of the last heading.
    level: u8,
}

impl<'a> Writer<'a, '_> {
    fn leaf(&mut self, leaf: &'a Leaf, next: Option<&'a Leaf>) {
        let is_term = matches!(leaf.block, Block::Paragraph(_)) && next.is_some_and(|next| self.defines(next, leaf));
        let mut wanted = self.elements(leaf.container);
        if is_term {
            wanted.push(Element::Definitions(leaf.container));
        }
        let n_shared = self.open.iter().zip(&wanted).take_while(|(open, wanted)| open == wanted).count();
        self.close_to(n_shared);
        for element in &wanted[n_shared..] {
            self.open(*element);
        }
        match &leaf.block {
            Block::Paragraph(runs) => {
                let is_title = runs.iter().any(|run| matches!(run.look.role, Role::CalloutTitle(_)));
                let (tag, class) = if is_term { ("dt", None) } else { ("p", is_title.then_some(("class", "title"))) };
                self.sheet.markup.open(tag, class.as_slice());
                self.runs(runs);
                self.sheet.markup.close(tag);
            }
            Block::Heading(level, runs) => self.heading(*level, runs, leaf.source_line),
            Block::Code(fence) => self.fence(fence),
            Block::Table(table) => self.table(table),
            Block::Rule => self.sheet.markup.open("hr", &[]),
            Block::Nothing => {}
        }
        self.sheet.markup.line();
    }

    /// Whether `next` is the definition of the term `leaf`.
    fn defines(&self, next: &Leaf, leaf: &Leaf) -> bool {
        let mut inner = next.container;
        while let Some(id) = inner {
            let container = &self.document.containers[id];
            if container.parent == leaf.container {
                return matches!(container.kind, ContainerKind::Definition);
            }
            inner = container.parent;
        }
        false
    }

    /// The elements around what stands in `container`, outermost first.
    fn elements(&self, container: Option<ContainerId>) -> Vec<Element> {
        let mut elements = Vec::new();
        let mut inner = container;
        while let Some(id) = inner {
            let container = &self.document.containers[id];
            elements.push(Element::Container(id));
            match &container.kind {
                ContainerKind::Item { list, .. } => elements.push(Element::List(*list)),
                ContainerKind::Definition => elements.push(Element::Definitions(container.parent)),
                ContainerKind::Footnote { .. } => elements.push(Element::Notes(container.parent)),
                ContainerKind::Quote | ContainerKind::Callout(_) => {}
            }
            inner = container.parent;
        }
        elements.reverse();
        elements
    }

    fn open(&mut self, element: Element) {
        let markup = &mut self.sheet.markup;
        match element {
            Element::List(list) => match self.document.lists[list].start {
                None => markup.open("ul", &[]),
                Some(1) => markup.open("ol", &[]),
                Some(start) => markup.open("ol", &[("start", &start.to_string())]),
            },
            Element::Definitions(_) => markup.open("dl", &[]),
            Element::Notes(_) => {
                markup.open("section", &[("class", "notes"), ("role", "doc-endnotes"), ("aria-label", "Notes")]);
                markup.open("ol", &[]);
            }
            Element::Container(id) => match &self.document.containers[id].kind {
                ContainerKind::Quote => markup.open("blockquote", &[]),
                ContainerKind::Callout(callout) => {
                    markup.open("div", &[("class", callout_class(*callout)), ("role", "note")]);
                }
                ContainerKind::Definition => markup.open("dd", &[]),
                ContainerKind::Item { task: None, .. } => markup.open("li", &[]),
                ContainerKind::Item { task: Some(is_done), .. } => {
                    let (mark, said) = if *is_done { ("☑", "Done: ") } else { ("☐", "To do: ") };
                    markup.open("li", &[("class", "task")]);
                    markup.leaf("span", &[("class", "box"), ("role", "img"), ("aria-label", said)], mark);
                }
                ContainerKind::Footnote { label } => {
                    let note = self.notes.get_mut(label.as_str()).expect("every label of the document has a note");
                    let number = note.number.to_string();
                    let id = format!("{}.note.{number}", self.name);
                    let is_first = !std::mem::replace(&mut note.is_shown, true);
                    let attributes = [("value", number.as_str()), ("id", &id)];
                    markup.open("li", if is_first { &attributes } else { &attributes[..1] });
                }
            },
        }
        self.open.push(element);
    }

    /// Closes all but the `n_open` outermost elements.
    fn close_to(&mut self, n_open: usize) {
        for element in self.open.drain(n_open..).rev() {
            let markup = &mut self.sheet.markup;
            match element {
                Element::List(list) => {
                    markup.close(if self.document.lists[list].start.is_some() { "ol" } else { "ul" });
                }
                Element::Definitions(_) => markup.close("dl"),
                Element::Notes(_) => {
                    markup.close("ol");
                    markup.close("section");
                }
                Element::Container(id) => match &self.document.containers[id].kind {
                    ContainerKind::Quote => markup.close("blockquote"),
                    ContainerKind::Callout(_) => markup.close("div"),
                    ContainerKind::Definition => markup.close("dd"),
                    ContainerKind::Item { .. } => markup.close("li"),
                    ContainerKind::Footnote { label } => {
                        let note = self.notes[label.as_str()];
                        if note.is_referred_to {
                            let back = format!("#{}.mark.{}", self.name, note.number);
                            let said = format!("Back to the text of note {}", note.number);
                            markup.leaf("a", &[("href", &back), ("role", "doc-backlink"), ("aria-label", &said)], "↩");
                        }
                        markup.close("li");
                    }
                },
            }
        }
    }

    fn heading(&mut self, level: u8, runs: &'a [Run], source_line: u32) {
        // The page's title is its only heading of level 1.
        self.level = (level + self.setting.level_shift).clamp(2, 6);
        let tag = heading_tag(self.level);
        let id = self.anchors.get(&source_line).map(|name| ("id", *name));
        self.sheet.markup.open(tag, id.as_slice());
        self.runs(runs);
        self.sheet.markup.close(tag);
    }

    fn fence(&mut self, fence: &Fence) {
        match self.setting.widgets.iter().find(|widget| widget.source_line == fence.source_line) {
            Some(found) => widget(self.sheet, found, (self.level + 1).min(6)),
            None => code(self.sheet, fence),
        }
    }

    fn table(&mut self, table: &'a Table) {
        begin_scrolling(&mut self.sheet.markup, "Table");
        self.sheet.markup.open("table", &[]);
        for (index, row) in table.rows.iter().enumerate() {
            let (part, is_first) = if index == 0 { ("thead", true) } else { ("tbody", index == 1) };
            if is_first {
                self.sheet.markup.open(part, &[]);
            }
            self.sheet.markup.open("tr", &[]);
            for (column, cell) in row.cells.iter().enumerate() {
                let tag = if index == 0 { "th" } else { "td" };
                let align = match table.columns.get(column) {
                    Some(Align::Centre) => Some(("class", "centre")),
                    Some(Align::Right) => Some(("class", "right")),
                    Some(Align::Left) | None => None,
                };
                let scope = (index == 0).then_some(("scope", "col"));
                let attributes: Vec<_> = align.into_iter().chain(scope).collect();
                self.sheet.markup.open(tag, &attributes);
                self.runs(cell);
                self.sheet.markup.close(tag);
            }
            self.sheet.markup.close("tr");
            self.sheet.markup.line();
            if index == 0 || index + 1 == table.rows.len() {
                self.sheet.markup.close(part);
            }
        }
        self.sheet.markup.close("table");
        self.sheet.markup.close("div");
    }

    fn runs(&mut self, runs: &'a [Run]) {
        for part in runs.chunk_by(|a, b| a.look.link == b.look.link) {
            let target = part[0].look.link.and_then(|link| self.document.links.get(link));
            if let Some(label) = target.and_then(|target| footnote_of(target)) {
                self.note_mark(label);
                continue;
            }
            let address = target.and_then(|target| self.sheet.names.resolve(self.sheet.page, target));
            if let Some(address) = &address {
                self.sheet.markup.open("a", &[("href", address)]);
            }
            for run in part {
                self.run(run);
            }
            if address.is_some() {
                self.sheet.markup.close("a");
            }
        }
    }

    fn run(&mut self, run: &'a Run) {
        let style = run.look.style;
        let tags = [("strong", style.strong), ("em", style.emphasis), ("del", style.strike)];
        for (tag, _) in tags.iter().filter(|(_, is_set)| *is_set) {
            self.sheet.markup.open(tag, &[]);
        }
        let markup = &mut self.sheet.markup;
        match run.look.role {
            Role::Code => markup.leaf("code", &[], &run.text),
            Role::Key => {
                let key = run.text.strip_prefix('[').and_then(|key| key.strip_suffix(']')).unwrap_or(&run.text);
                markup.leaf("kbd", &[], key);
            }
            Role::Marker if run.look.link.is_some() => {
                markup.leaf("span", &[("role", "img"), ("aria-label", "Image: ")], run.text.trim_end());
                markup.text(" ");
            }
            Role::Term(term) => match self.sheet.course.glossary.terms.get(usize::from(term)) {
                Some(term) => {
                    let address = glossary::address_from(self.sheet.page, term);
                    markup.leaf("a", &[("class", "term"), ("href", &address), ("title", &term.says)], &run.text);
                }
                None => markup.text(&run.text),
            },
            Role::Muted => markup.element("span", &[("class", "muted")], |it| broken_text(it, &run.text)),
            _ => broken_text(markup, &run.text),
        }
        for (tag, _) in tags.iter().rev().filter(|(_, is_set)| *is_set) {
            self.sheet.markup.close(tag);
        }
    }

    /// A reference to a footnote; its bare label where there is no such note.
    fn note_mark(&mut self, label: &str) {
        let Some(note) = self.notes.get_mut(label) else {
            self.sheet.markup.text(&format!("[{label}]"));
            return;
        };
        let number = note.number.to_string();
        let (said, address) = (format!("Note {number}"), format!("#{}.note.{number}", self.name));
        let id = format!("{}.mark.{number}", self.name);
        let mut attributes = vec![("href", address.as_str()), ("role", "doc-noteref"), ("aria-label", &said)];
        if !std::mem::replace(&mut note.is_referred_to, true) {
            attributes.push(("id", &id));
        }
        self.sheet.markup.element("sup", &[], |it| it.leaf("a", &attributes, &number));
    }
}

fn broken_text(markup: &mut Markup, text: &str) {
    for (index, line) in text.split('\n').enumerate() {
        if index > 0 {
            markup.open("br", &[]);
        }
        markup.text(line);
    }
}

fn code(sheet: &mut Sheet<'_>, fence: &Fence) {
    let markup = &mut sheet.markup;
    markup.open("figure", &[("class", "code")]);
    if !fence.label.is_empty() {
        markup.leaf("figcaption", &[], &fence.label);
    }
    markup.open("pre", &[("tabindex", "0")]);
    markup.open("code", &[]);
    let mut tokens = fence.tokens().iter();
    let n_digits = fence.body.lines().count().to_string().len();
    for (source, number) in fence.body.split_inclusive('\n').zip(1..) {
        let is_marked = fence.wishes.marks(number);
        if is_marked {
            markup.open("mark", &[]);
        }
        if fence.wishes.numbered {
            // In an attribute, so that it is not copied along.
            markup.leaf("span", &[("class", "nr"), ("data-nr", &format!("{number:>n_digits$}"))], "");
        }
        let mut at = 0;
        for (bytes, token) in tokens.next().into_iter().flatten() {
            let end = (at + bytes).min(source.len());
            match token_class(*token) {
                Some(class) => markup.leaf("span", &[("class", class)], &source[at..end]),
                None => markup.text(&source[at..end]),
            }
            at = end;
        }
        markup.text(&source[at..]);
        if is_marked {
            markup.close("mark");
        }
    }
    markup.close("code");
    markup.close("pre");
    markup.close("figure");
}

fn token_class(token: Token) -> Option<&'static str> {
    match token {
        Token::Plain | Token::Name => None,
        Token::Punctuation => Some("punctuation"),
        Token::Keyword => Some("keyword"),
        Token::Text => Some("string"),
        Token::Number => Some("number"),
        Token::Comment => Some("comment"),
        Token::Function => Some("function"),
        Token::Type => Some("type"),
        Token::Invalid => Some("invalid"),
    }
}

fn callout_class(callout: Callout) -> &'static str {
    match callout {
        Callout::Note => "callout note",
        Callout::Tip => "callout tip",
        Callout::Important => "callout important",
        Callout::Warning => "callout warning",
        Callout::Caution => "callout caution",
        Callout::Surprising => "callout surprising",
    }
}
