//! A page in rows: its words wrapped, its cards drawn, and which rows belong to what responds.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use rayon::prelude::*;

use super::cards::{self, Running};
use crate::app::function::Bench;
use crate::app::lab::Lab;
use crate::app::row::{Row, Span, Ui};
use crate::course::page::RESPONDING;
use crate::course::{Course, Page, Progress};
use crate::markdown::{self, Block, Join, Leaf, Listing, Slot};

/// From so many cards on they are drawn by all processors. Fewer are drawn before the threads would have begun.
const MANY_CARDS: usize = 16;

/// A page in rows: all of it, or of a very long one as much as has been needed so far.
#[derive(Clone, Debug, Default)]
pub struct Laid {
    pub rows: Vec<Row>,
    pub things: Vec<Thing>,
    /// Where each link of the page leads.
    pub(super) links: Vec<String>,
    pub(super) codes: Vec<CodeBlock>,
    pub(super) tables: Vec<TableBlock>,
    is_link_placed: Vec<bool>,
    /// The first leaf of the page's document that is not laid out yet; as many as there are when none is.
    next_leaf: usize,
    n_leaves: usize,
}

impl Laid {
    fn begun(page: &Page) -> Self {
        let links = page.document.links.clone();
        let n_leaves = page.document.leaves.len();
        Self { is_link_placed: vec![false; links.len()], links, n_leaves, ..Self::default() }
    }

    /// Where a link of a row leads.
    pub fn target(&self, link: usize) -> Option<&str> {
        self.links.get(link).map(String::as_str)
    }

    /// Whether nothing of the page is missing.
    pub fn is_whole(&self) -> bool {
        self.next_leaf == self.n_leaves
    }

    /// How many rows the whole page has, as far as can be told from those that are there.
    pub(super) fn likely_rows(&self) -> usize {
        let rows = self.rows.len();
        if self.is_whole() { rows } else { rows * self.n_leaves / self.next_leaf.max(1) }
    }
}

#[derive(Clone, Debug)]
pub(super) struct CodeBlock {
    pub(super) rows: Range<usize>,
    /// The line of its fence.
    pub(super) source_line: u32,
    /// Of the widest row.
    pub(super) width_cols: usize,
    pub(super) text: String,
}

#[derive(Clone, Debug)]
pub(super) struct TableBlock {
    pub(super) source_line: u32,
}

/// Something on the page that responds, and the rows it takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Thing {
    pub rows: Range<usize>,
    pub what: What,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// Index into the page's widgets.
    Widget(usize),
    /// Index into the page's links.
    Link(usize),
    /// A code block with lines wider than their room. Index into the page's code blocks.
    Code(usize),
    /// A table that its room was not enough for. Index into the page's tables.
    Table(usize),
}

/// How a page is laid out where one can act on it.
pub(super) struct Live<'a> {
    pub(super) labs: &'a BTreeMap<usize, Lab>,
    pub(super) benches: &'a BTreeMap<usize, Bench>,
    pub(super) listing: Listing,
    pub(super) for_class: bool,
    /// Room for what is wider than the text.
    pub(super) wide_cols: usize,
}

/// What a page is laid out from, and for.
pub(super) struct Layout<'a> {
    pub(super) course: &'a Course,
    pub(super) progress: &'a Progress,
    pub(super) page: &'a Page,
    pub(super) width_cols: u16,
    pub(super) live: Option<Live<'a>>,
}

/// Lays a page out in `width_cols` columns, to be printed. Diagrams that need more are wider; nothing is cut here.
pub fn lay_out(course: &Course, progress: &Progress, page: &Page, width_cols: u16) -> Laid {
    let mut laid = Laid::begun(page);
    Layout { course, progress, page, width_cols, live: None }.go_on(&mut laid, usize::MAX);
    laid
}

impl Layout<'_> {
    /// The page as far as `n_leaves` leaves reach, or a few more.
    pub(super) fn begin(&self, n_leaves: usize) -> Laid {
        let mut laid = Laid::begun(self.page);
        self.go_on(&mut laid, n_leaves);
        laid
    }

    /// Lays out the next `n_leaves` leaves, or a few more.
    pub(super) fn go_on(&self, laid: &mut Laid, n_leaves: usize) {
        let part = self.page.document.part(laid.next_leaf, n_leaves);
        laid.next_leaf = part.end;
        let is_first = part.start == 0;
        let listing = self.live.as_ref().map_or_else(Listing::default, |live| live.listing);
        let mut wrapped = markdown::wrap_part(&self.page.document, part, self.width_cols, &RESPONDING, listing);
        let about_at = is_first.then(|| below_title(self.page, &wrapped.lines));
        let before = (laid.things.len(), laid.codes.len(), laid.tables.len());
        let captions = self.live.as_ref().map_or_else(Vec::new, |live| captions(&wrapped, live.wide_cols));
        let mut captions = captions.into_iter().peekable();
        let mut cards = self.cards(&wrapped.slots).into_iter().peekable();
        // Where each line of the document went, to carry over what names lines.
        let mut row_of_line = Vec::with_capacity(wrapped.lines.len() + 1);
        laid.rows.reserve(wrapped.lines.len());
        let lines = std::mem::take(&mut wrapped.lines);
        for (index, line) in lines.into_iter().map(Some).chain([None]).enumerate() {
            while let Some((_, what, caption)) = captions.next_if(|(end, ..)| *end == index) {
                laid.rows.push(caption);
                laid.things.push(Thing { rows: 0..laid.rows.len(), what });
            }
            while let Some((_, widget, card)) = cards.next_if(|(line_index, ..)| *line_index <= index) {
                let start = laid.rows.len();
                laid.rows.extend(card);
                laid.things.push(Thing { rows: start..laid.rows.len(), what: What::Widget(widget) });
            }
            if Some(index) == about_at {
                laid.rows.extend(cards::about_page(self.page, usize::from(self.width_cols)));
            }
            row_of_line.push(laid.rows.len());
            laid.rows.extend(line.map(Row::from));
        }
        let row = |line: usize| row_of_line[line.min(row_of_line.len() - 1)];
        for link in &wrapped.links {
            if !std::mem::replace(&mut laid.is_link_placed[link.number], true) {
                let at = row(link.line_index);
                laid.things.push(Thing { rows: at..at + 1, what: What::Link(link.number) });
            }
        }
        let (things, codes, tables) = before;
        for thing in &mut laid.things[things..] {
            // The block itself, and the caption below it; blocks are counted through the page.
            match &mut thing.what {
                What::Code(index) => {
                    thing.rows.start = row(wrapped.codes[*index].lines.start);
                    *index += codes;
                }
                What::Table(index) => {
                    thing.rows.start = row(wrapped.tables[*index].lines.start);
                    *index += tables;
                }
                What::Widget(_) | What::Link(_) => {}
            }
        }
        laid.things[things..].sort_by_key(|thing| thing.rows.start);
        for code in wrapped.codes {
            let rows = row(code.lines.start)..row(code.lines.end.saturating_sub(1)) + 1;
            let width_cols = laid.rows[rows.clone()].iter().map(Row::width).max().unwrap_or(0);
            laid.codes.push(CodeBlock { rows, source_line: code.source_line, width_cols, text: code.text });
        }
        laid.tables.extend(wrapped.tables.iter().map(|table| TableBlock { source_line: table.source_line }));
    }

    /// What stands in the slots: before which line, the index of the widget, and its rows.
    fn cards(&self, slots: &[Slot]) -> Vec<(usize, usize, Vec<Row>)> {
        let Self { course, progress, page, live, .. } = self;
        let for_class = live.as_ref().is_some_and(|live| live.for_class);
        // What was begun in its place is drawn where it is met; it cannot be looked at by two threads.
        let begun: BTreeSet<usize> =
            live.iter().flat_map(|live| live.labs.keys().chain(live.benches.keys())).copied().collect();
        let draw = |widget: usize, running, slot: &Slot| {
            let card = cards::widget(course, progress, (page, widget), running, usize::from(slot.width_cols));
            let indent = usize::from(slot.indent_cols);
            let placed = card.into_iter().map(|mut row| {
                row.margin_cols += indent;
                row.indented(indent).at_line(slot.source_line)
            });
            placed.collect::<Vec<Row>>()
        };
        let draw_still = |slot: &Slot| {
            let widget = page.widgets.iter().position(|widget| widget.source_line == slot.source_line)?;
            let still = Running { for_class, ..Running::default() };
            Some((widget, (!begun.contains(&widget)).then(|| draw(widget, still, slot))))
        };
        let drawn: Vec<_> = if slots.len() < MANY_CARDS {
            slots.iter().map(draw_still).collect()
        } else {
            slots.par_iter().map(draw_still).collect()
        };
        let cards = slots.iter().zip(drawn).filter_map(|(slot, drawn)| {
            let (widget, card) = drawn?;
            let running = || Running {
                lab: live.as_ref().and_then(|live| live.labs.get(&widget)),
                bench: live.as_ref().and_then(|live| live.benches.get(&widget)),
                for_class,
            };
            Some((slot.line_index, widget, card.unwrap_or_else(|| draw(widget, running(), slot))))
        });
        cards.collect()
    }
}

fn widest(lines: &[markdown::Line]) -> usize {
    lines.iter().map(markdown::Line::width_cols).max().unwrap_or(0)
}

/// Code and tables that a page has not enough room for, in reading order: after which line they end, and what is said below
/// them.
fn captions(wrapped: &markdown::Wrapped, wide_cols: usize) -> Vec<(usize, What, Row)> {
    let caption = |lines: &Range<usize>, keys: &[(&str, &str)]| {
        let margin = wrapped.lines[lines.end - 1].margin_cols;
        let said = keys.iter().flat_map(|(key, does)| [Span::ui(Ui::Key, *key), Span::ui(Ui::Muted, *does)]);
        let indent = Span::ui(Ui::Text, " ".repeat(margin));
        Row::of(std::iter::once(indent).chain(said))
    };
    let mut captions = Vec::new();
    for (index, code) in wrapped.codes.iter().enumerate() {
        let lines = &wrapped.lines[code.lines.clone()];
        let is_broken = lines.iter().any(|line| line.join == Join::Nothing);
        if is_broken {
            let keys = [("Enter", " opens it with its lines whole")];
            captions.push((code.lines.end, What::Code(index), caption(&code.lines, &keys)));
        } else if widest(lines) > wide_cols {
            let keys = [("Shift-→", " moves it, "), ("Enter", " opens it, "), ("z", " breaks its lines")];
            captions.push((code.lines.end, What::Code(index), caption(&code.lines, &keys)));
        }
    }
    for (index, table) in wrapped.tables.iter().enumerate().filter(|(_, table)| !table.fits) {
        let keys = [("Enter", " opens it as a table to move about in")];
        captions.push((table.lines.end, What::Table(index), caption(&table.lines, &keys)));
    }
    captions.sort_by_key(|(end, ..)| *end);
    captions
}

/// Where goals and minutes stand: after the title and the air around it, if the page begins with one.
fn below_title(page: &Page, lines: &[markdown::Line]) -> usize {
    match page.document.leaves.first() {
        Some(Leaf { block: Block::Heading(1, _), source_line, .. }) => {
            lines.iter().position(|line| line.source_line > *source_line).unwrap_or(lines.len())
        }
        _ => 0,
    }
}
