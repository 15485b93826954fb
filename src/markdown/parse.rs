//! Markdown to a [`Document`].
//!
//! One pass over the events of pulldown-cmark: text goes to [`Inline`], blocks go to [`Outline`], and what looks like
//! a slip becomes a problem. Absent: the width.

use std::borrow::Cow;
use std::ops::Range;

use pulldown_cmark::{Alignment, BrokenLink, CodeBlockKind, Event, LinkType, Options, Parser, Tag, TagEnd};

use super::depth::shallow;
use super::document::{Align, Block, ContainerKind, DEEPEST, Document, Fence, Problem, Run, Table, TableRow};
use super::inline::Inline;
use super::listing::Wishes;
use super::outline::{Bond, Outline};
use super::role::{Callout, Role};
use super::visible::visible;

/// Problems beyond this many are of one kind, most likely: the file is not Markdown.
const MOST_PROBLEMS: usize = 100;

/// Bytes of code that are coloured in one document. Lines after that stay plain: colouring costs about 2 µs a byte
/// (measured with JavaScript), and a page must open at once.
const COLOURED_BYTES: usize = 16 * 1024;

/// Reads `text`. Everything is Markdown to someone: this never fails, but says what looks like a slip.
///
/// `CommonMark` with tables, strikethrough, footnotes, task lists, definition lists, callouts and `<kbd>`.
pub fn parse(text: &str) -> Document {
    let text = &*shallow(text);
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_DEFINITION_LIST;
    let mut dangling = Vec::new();
    let note_dangling = |link: BrokenLink<'_>| {
        // A lone `[word]` is more often a pair of brackets than a link.
        if matches!(link.link_type, LinkType::Reference | LinkType::Collapsed) && dangling.len() < MOST_PROBLEMS {
            dangling.push((link.span.start, visible(&link.reference, &[]).into_owned()));
        }
        None
    };
    let events = Parser::new_with_broken_link_callback(text, options, Some(note_dangling)).into_offset_iter();
    let mut reader = Reader::new(text);
    for (event, range) in events {
        reader.read(event, &range);
    }
    reader.end_text();
    for (at, name) in dangling {
        let message =
            format!("no link is named `{name}`: add a line `[{name}]: address`, or put code between backticks");
        reader.slip(reader.line_at(at), message);
    }
    reader.document()
}

/// The label of a footnote that was referred to and is not there: its bracket comes as a text of its own, which one
/// behind a backslash does not.
fn dangling_footnote<'a>(source: &'a str, bracket: &Range<usize>) -> Option<&'a str> {
    source.get(bracket.clone()).filter(|text| *text == "[")?;
    let (label, _) = source.get(bracket.end..)?.strip_prefix('^')?.split_once(']')?;
    (!label.is_empty() && !label.contains(|c: char| c.is_whitespace() || c == '[')).then_some(label)
}

/// What the text being collected will be.
#[derive(Clone, Copy, PartialEq, Eq)]
enum TextKind {
    Bare,
    Paragraph,
    Heading(u8),
    Term,
}

struct Reader<'a> {
    source: &'a str,
    /// Offsets, ascending.
    line_starts: Vec<usize>,
    problems: Vec<Problem>,
    comments: Vec<(u32, String)>,
    outline: Outline,
    inline: Inline,
    text_kind: TextKind,
    table: Option<Table>,
    /// Where the last cell ended.
    cell_end: usize,
    fence: Option<Fence>,
    /// Bytes of all code so far.
    code_bytes: usize,
    /// A block of raw HTML and the line it begins on.
    html: Option<(u32, String)>,
    is_too_deep: bool,
}

impl<'a> Reader<'a> {
    fn new(source: &'a str) -> Self {
        let after_newline = source.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1);
        Self {
            source,
            line_starts: std::iter::once(0).chain(after_newline).collect(),
            problems: Vec::new(),
            comments: Vec::new(),
            outline: Outline::new(),
            inline: Inline::new(),
            text_kind: TextKind::Bare,
            table: None,
            cell_end: 0,
            fence: None,
            code_bytes: 0,
            html: None,
            is_too_deep: false,
        }
    }

    fn document(mut self) -> Document {
        self.problems.sort_by_key(|problem| problem.line);
        self.problems.truncate(MOST_PROBLEMS);
        let Outline { leaves, containers, lists, .. } = self.outline;
        Document {
            problems: self.problems,
            leaves,
            containers,
            lists,
            links: self.inline.targets,
            comments: self.comments,
        }
    }

    fn line_at(&self, offset: usize) -> u32 {
        self.line_starts.partition_point(|start| *start <= offset) as u32
    }

    fn slip(&mut self, line: u32, message: impl Into<String>) {
        // The last ones may be sorted to the front, so that each kind gets its share before the cut.
        if self.problems.len() < 2 * MOST_PROBLEMS {
            self.problems.push(Problem { line, message: message.into() });
        }
    }

    fn read(&mut self, event: Event<'_>, range: &Range<usize>) {
        if !matches!(event, Event::End(_) | Event::SoftBreak | Event::HardBreak) {
            self.inline.source_line = self.line_at(range.start);
        }
        match event {
            Event::Start(tag) => self.start(tag, range),
            Event::End(tag) => self.end(tag, range),
            Event::Text(text) => match &mut self.fence {
                Some(fence) => fence.body.push_str(&text),
                None => self.text(&text, range),
            },
            Event::SoftBreak => self.inline.text(" "),
            Event::HardBreak => self.inline.hard_break(),
            Event::FootnoteReference(label) => self.inline.footnote(&label),
            Event::Html(html) => {
                let line = self.inline.source_line;
                self.html.get_or_insert_with(|| (line, String::new())).1.push_str(&html);
            }
            Event::InlineHtml(html) => match html.strip_prefix("<!--").and_then(|it| it.strip_suffix("-->")) {
                Some(comment) => self.comment(self.inline.source_line, comment),
                None => self.inline.tag(&html),
            },
            Event::Rule => {
                self.end_text();
                self.outline.leaf(Block::Rule, Bond::Block, self.inline.source_line);
            }
            Event::TaskListMarker(is_done) => self.outline.mark_task(is_done),
            // Formulas are not enabled, so only code comes.
            Event::Code(code) | Event::InlineMath(code) | Event::DisplayMath(code) => {
                self.inline.push(&code, Role::Code);
            }
        }
    }

    fn text(&mut self, text: &str, range: &Range<usize>) {
        self.inline.text(text);
        if let Some(label) = dangling_footnote(self.source, range) {
            let label = visible(label, &[]);
            let remedy = format!("add a line `[^{label}]: what it says`, or put it between backticks");
            self.slip(self.inline.source_line, format!("there is no footnote `{label}`: {remedy}"));
        }
    }

    fn start(&mut self, tag: Tag<'_>, range: &Range<usize>) {
        match tag {
            Tag::Emphasis => self.inline.n_emphasis += 1,
            Tag::Strong => self.inline.n_strong += 1,
            Tag::Strikethrough => self.inline.n_strike += 1,
            Tag::Link { dest_url, title, .. } => self.inline.start_link(&dest_url, &title),
            Tag::Image { dest_url, title, .. } => self.inline.start_image(&dest_url, &title),
            Tag::TableHead | Tag::TableRow => {
                self.inline.base = if tag == Tag::TableHead { Role::TableHead } else { Role::Text };
                let row = TableRow { source_line: self.inline.source_line, cells: Vec::new() };
                self.table.get_or_insert_default().rows.push(row);
            }
            // The last two are not enabled, so they do not come.
            Tag::TableCell | Tag::Superscript | Tag::Subscript => {}
            block => {
                // The rest of a table with absurdly many cells comes as a paragraph inside it.
                self.end_table();
                self.end_text();
                self.start_block(block, range);
            }
        }
    }

    fn start_block(&mut self, tag: Tag<'_>, range: &Range<usize>) {
        let has_level = match tag {
            Tag::BlockQuote(_) => self.outline.open(ContainerKind::Quote),
            Tag::Item => self.outline.open_item(),
            Tag::DefinitionListDefinition => self.outline.open(ContainerKind::Definition),
            Tag::FootnoteDefinition(label) => {
                let label = visible(&label, &[]).into_owned();
                self.outline.open(ContainerKind::Footnote { label })
            }
            other => {
                self.start_flat_block(other, range);
                true
            }
        };
        if !has_level && !std::mem::replace(&mut self.is_too_deep, true) {
            let message = format!("nested more than {DEEPEST} levels deep: from here on all levels look the same");
            self.slip(self.inline.source_line, message);
        }
    }

    fn start_flat_block(&mut self, tag: Tag<'_>, range: &Range<usize>) {
        match tag {
            Tag::Paragraph => {
                self.outline.begin_paragraph();
                self.begin_text(TextKind::Paragraph);
            }
            Tag::Heading { level, .. } => self.begin_text(TextKind::Heading(level as u8)),
            Tag::DefinitionListTitle => self.begin_text(TextKind::Term),
            Tag::List(start) => self.outline.open_list(start),
            Tag::DefinitionList => self.outline.open_definitions(),
            Tag::CodeBlock(kind) => self.start_code(kind, range),
            Tag::Table(alignments) => {
                let columns = alignments.into_iter().map(|it| match it {
                    Alignment::None | Alignment::Left => Align::Left,
                    Alignment::Center => Align::Centre,
                    Alignment::Right => Align::Right,
                });
                self.table = Some(Table { columns: columns.collect(), rows: Vec::new() });
            }
            // HTML needs nothing at its start; the others are no flat blocks.
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd, range: &Range<usize>) {
        match tag {
            TagEnd::Emphasis => self.inline.n_emphasis -= 1,
            TagEnd::Strong => self.inline.n_strong -= 1,
            TagEnd::Strikethrough => self.inline.n_strike -= 1,
            TagEnd::Link | TagEnd::Image => self.inline.end_link(),
            TagEnd::TableCell => {
                self.cell_end = range.end;
                let cell = self.inline.take();
                if let Some(row) = self.table.as_mut().and_then(|table| table.rows.last_mut()) {
                    row.cells.push(cell);
                }
            }
            TagEnd::TableRow => self.keep_excess(range.end),
            TagEnd::Table => self.end_table(),
            TagEnd::CodeBlock => self.end_code(),
            TagEnd::HtmlBlock => self.end_html(),
            TagEnd::Paragraph | TagEnd::Heading(_) | TagEnd::DefinitionListTitle => self.end_text(),
            TagEnd::List(_)
            | TagEnd::Item
            | TagEnd::BlockQuote(_)
            | TagEnd::DefinitionList
            | TagEnd::DefinitionListDefinition
            | TagEnd::FootnoteDefinition => {
                self.end_text();
                self.outline.close(self.line_at(range.start));
            }
            TagEnd::TableHead | TagEnd::Superscript | TagEnd::Subscript | TagEnd::MetadataBlock(_) => {}
        }
    }

    fn begin_text(&mut self, kind: TextKind) {
        self.text_kind = kind;
        self.inline.base = if let TextKind::Heading(level) = kind { Role::Heading(level) } else { Role::Text };
        self.inline.base_is_strong = kind == TextKind::Term;
    }

    /// Makes the text collected so far, if any, a leaf. What comes next is bare until a block begins.
    fn end_text(&mut self) {
        let kind = self.text_kind;
        let mut runs = self.inline.take();
        self.begin_text(TextKind::Bare);
        if runs.is_empty() {
            return;
        }
        self.read_callout(&mut runs);
        let Some(line) = runs.first().map(|run| run.source_line) else { return };
        let (block, bond) = match kind {
            TextKind::Heading(level) => (Block::Heading(level, runs), Bond::Block),
            TextKind::Paragraph => (Block::Paragraph(runs), Bond::Block),
            TextKind::Bare => (Block::Paragraph(runs), Bond::BareText),
            TextKind::Term => (Block::Paragraph(runs), Bond::Term),
        };
        self.outline.leaf(block, bond, line);
    }

    /// Makes the quote at hand a callout when `runs`, its first text, begin with `[!NOTE]` or its like. The first
    /// line is the title then.
    fn read_callout(&mut self, runs: &mut Vec<Run>) {
        let Some(quote) = self.outline.empty_quote() else { return };
        let Some((name, rest)) = runs[0].text.strip_prefix("[!").and_then(|it| it.split_once(']')) else { return };
        let line = runs[0].source_line;
        let Some(callout) = Callout::ALL.into_iter().find(|it| it.title().eq_ignore_ascii_case(name.trim())) else {
            let known = Callout::ALL.map(|it| it.title().to_ascii_uppercase()).join(", ");
            self.slip(line, format!("no callout `{name}`; there are {known}"));
            return;
        };
        *quote = ContainerKind::Callout(callout);
        runs[0].text = rest.trim_start().to_owned();
        let text = runs.split_off(runs.partition_point(|run| run.source_line == line));
        let mut title = std::mem::replace(runs, text);
        if title.iter().all(|run| run.text.trim().is_empty()) {
            title.truncate(1);
            callout.title().clone_into(&mut title[0].text);
        } else {
            // What kind it is must not be told by colour alone.
            let kind = format!("{}: ", callout.title());
            title.insert(0, Run { text: kind, look: Role::CalloutTitle(callout).into(), source_line: line });
        }
        for run in title.iter_mut().filter(|run| run.look.role == Role::Text) {
            run.look.role = Role::CalloutTitle(callout);
        }
        self.outline.leaf(Block::Paragraph(title), Bond::Title, line);
    }

    fn end_table(&mut self) {
        if let Some(table) = self.table.take() {
            let line = table.rows.first().map_or(self.inline.source_line, |row| row.source_line);
            self.inline.base = Role::Text;
            self.outline.leaf(Block::Table(Box::new(table)), Bond::Block, line);
        }
    }

    /// Cells beyond those of the head are not cells to the parser, yet someone wrote them.
    fn keep_excess(&mut self, row_end: usize) {
        let excess = self.source.get(self.cell_end..row_end).unwrap_or_default();
        let excess = excess.trim_matches(|c: char| c == '|' || c.is_whitespace());
        if excess.is_empty() {
            return;
        }
        let shown = visible(excess, &[]);
        self.slip(
            self.line_at(self.cell_end),
            format!("this row has more cells than the head of its table: `{shown}`"),
        );
        self.inline.push(&format!(" {excess}"), Role::Muted);
        let runs = self.inline.take();
        let row = self.table.as_mut().and_then(|table| table.rows.last_mut());
        if let Some(cell) = row.and_then(|row| row.cells.last_mut()) {
            cell.extend(runs);
        }
    }

    fn start_code(&mut self, kind: CodeBlockKind<'_>, range: &Range<usize>) {
        let source_line = self.inline.source_line;
        let (is_fenced, info) = match kind {
            CodeBlockKind::Fenced(info) => (true, visible(&info, &[]).trim().to_owned()),
            CodeBlockKind::Indented => (false, String::new()),
        };
        let is_end = |c: char| c.is_whitespace() || c == ',' || c == '{';
        let language = info.split(is_end).next().unwrap_or_default().to_owned();
        if is_fenced && !is_closed(&self.source[range.clone()]) {
            self.slip(source_line, "this code block is never closed: end it with a line of the same fence");
        }
        let (label, wishes, unknown) = Wishes::read(&info);
        for word in unknown {
            let message = format!("`{word}` says nothing here: in braces stand lines, as in {{2,4-6}}, and `numbers`");
            self.slip(source_line, message);
        }
        self.fence = Some(Fence { language, label, wishes, source_line, is_fenced, ..Fence::default() });
    }

    fn end_code(&mut self) {
        let Some(mut fence) = self.fence.take() else { return };
        if let Cow::Owned(shown) = visible(&fence.body, &['\n', '\t']) {
            fence.body = shown;
        }
        if !fence.body.is_empty() && !fence.body.ends_with('\n') {
            fence.body.push('\n');
        }
        let (line, n_lines) = (fence.source_line, fence.body.lines().count());
        if let Some(last) = fence.wishes.marked.iter().map(|lines| *lines.end()).max().filter(|last| *last > n_lines) {
            self.slip(line, format!("line {last} is marked, but this code block has {n_lines}"));
        }
        fence.coloured_bytes = COLOURED_BYTES.saturating_sub(self.code_bytes);
        self.code_bytes += fence.body.len();
        self.outline.leaf(Block::Code(Box::new(fence)), Bond::Block, line);
    }

    /// Raw HTML is shown as it is written, without its comments.
    fn end_html(&mut self) {
        let Some((mut line, html)) = self.html.take() else { return };
        self.begin_text(TextKind::Paragraph);
        let mut rest = html.as_str();
        while let Some((before, after)) = rest.split_once("<!--") {
            self.raw_html(&mut line, before);
            let Some((comment, after)) = after.split_once("-->") else {
                self.slip(line, "this comment is never closed: end it with `-->`");
                rest = &rest[before.len()..];
                break;
            };
            self.comment(line, comment);
            line += comment.matches('\n').count() as u32;
            rest = after;
        }
        self.raw_html(&mut line, rest);
        self.end_text();
    }

    fn raw_html(&mut self, line: &mut u32, html: &str) {
        for piece in html.split_inclusive('\n') {
            self.inline.source_line = *line;
            let shown = piece.trim_end();
            if !shown.is_empty() {
                self.inline.push(shown, Role::Muted);
                if piece.ends_with('\n') {
                    self.inline.hard_break();
                }
            }
            *line += u32::from(piece.ends_with('\n'));
        }
    }

    fn comment(&mut self, line: u32, comment: &str) {
        self.comments.push((line, visible(comment, &['\n', '\t']).into_owned()));
    }
}

/// Whether a fenced block, from its opening fence on, ends with a closing one.
fn is_closed(block: &str) -> bool {
    let fence_of = |line: &str| {
        // What stands before a closing fence belongs to the quotes and lists around it.
        let line = line.trim_start_matches([' ', '\t', '>']).trim_end();
        let mark = line.chars().next().filter(|c| matches!(c, '`' | '~'))?;
        let n = line.chars().take_while(|c| *c == mark).count();
        Some((mark, n, n == line.chars().count()))
    };
    let Some((opening, rest)) = block.split_once('\n') else { return false };
    let Some((mark, n, _)) = fence_of(opening) else { return true };
    let last_line = rest.trim_end_matches(['\n', '\r']).lines().last();
    last_line.and_then(fence_of).is_some_and(|(last, count, is_bare)| last == mark && count >= n && is_bare)
}
