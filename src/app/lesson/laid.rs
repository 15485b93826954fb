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
use crate::markdown::{self, Join, Listing};

/// From so many cards on they are drawn by all processors. Fewer are drawn before the threads would have begun.
const MANY_CARDS: usize = 16;

/// A page in rows.
#[derive(Clone, Debug, Default)]
pub struct Laid {
    pub rows: Vec<Row>,
    pub things: Vec<Thing>,
    pub(super) links: Vec<markdown::Link>,
    pub(super) codes: Vec<CodeBlock>,
    pub(super) tables: Vec<TableBlock>,
}

impl Laid {
    /// Where a link of a row leads.
    pub fn target(&self, link: usize) -> Option<&str> {
        self.links.get(link).map(|link| link.target.as_str())
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

/// Lays a page out in `width_cols` columns, to be printed. Diagrams that need more are wider; nothing is cut here.
pub fn lay_out(course: &Course, progress: &Progress, page: &Page, width_cols: u16) -> Laid {
    lay_out_with(course, progress, page, width_cols, None)
}

pub(super) fn lay_out_with(
    course: &Course,
    progress: &Progress,
    page: &Page,
    width_cols: u16,
    live: Option<&Live<'_>>,
) -> Laid {
    let mut laid = Laid::default();
    let listing = live.map_or_else(Listing::default, |live| live.listing);
    let mut wrapped = markdown::wrap_with(&page.document, width_cols, &RESPONDING, listing);
    let mut captions = live.map_or_else(Vec::new, |live| captions(&wrapped, live)).into_iter().peekable();
    let about_at = below_title(page, &wrapped.lines);
    let widget_of =
        |slot: &markdown::Slot| page.widgets.iter().position(|widget| widget.source_line == slot.source_line);
    let draw = |widget: usize, running, slot: &markdown::Slot| {
        cards::widget(course, progress, (page, widget), running, usize::from(slot.width_cols))
    };
    // What was begun in its place is drawn where it is met; it cannot be looked at by two threads.
    let begun: BTreeSet<usize> =
        live.iter().flat_map(|live| live.labs.keys().chain(live.benches.keys())).copied().collect();
    let for_class = live.is_some_and(|live| live.for_class);
    let draw_still = |slot: &markdown::Slot| {
        let widget = widget_of(slot).filter(|widget| !begun.contains(widget))?;
        Some(draw(widget, Running { for_class, ..Running::default() }, slot))
    };
    let drawn: Vec<Option<Vec<Row>>> = if wrapped.slots.len() < MANY_CARDS {
        wrapped.slots.iter().map(draw_still).collect()
    } else {
        wrapped.slots.par_iter().map(draw_still).collect()
    };
    let mut slots = wrapped.slots.iter().zip(drawn).peekable();
    // Where each line of the document went, to carry over what names lines.
    let mut row_of_line = Vec::with_capacity(wrapped.lines.len() + 1);
    laid.rows.reserve(wrapped.lines.len());
    let lines = std::mem::take(&mut wrapped.lines);
    for (index, line) in lines.into_iter().map(Some).chain([None]).enumerate() {
        while let Some((_, what, caption)) = captions.next_if(|(end, ..)| *end == index) {
            laid.rows.push(caption);
            laid.things.push(Thing { rows: 0..laid.rows.len(), what });
        }
        while let Some((slot, drawn)) = slots.next_if(|(slot, _)| slot.line_index <= index) {
            let Some(widget) = widget_of(slot) else { continue };
            let card = drawn.unwrap_or_else(|| {
                let running = live.map_or_else(Running::default, |live| Running {
                    lab: live.labs.get(&widget),
                    bench: live.benches.get(&widget),
                    for_class,
                });
                draw(widget, running, slot)
            });
            let start = laid.rows.len();
            let indent = " ".repeat(usize::from(slot.indent_cols));
            laid.rows.extend(card.into_iter().map(|mut row| {
                if !indent.is_empty() {
                    row.spans.insert(0, Span::ui(Ui::Text, indent.clone()));
                    row.margin_cols += indent.len();
                }
                row.at_line(slot.source_line)
            }));
            laid.things.push(Thing { rows: start..laid.rows.len(), what: What::Widget(widget) });
        }
        if index == about_at {
            laid.rows.extend(cards::about_page(page, usize::from(width_cols)));
        }
        row_of_line.push(laid.rows.len());
        laid.rows.extend(line.map(Row::from));
    }
    let row = |line: usize| row_of_line[line.min(row_of_line.len() - 1)];
    for (index, link) in wrapped.links.iter().enumerate() {
        let at = row(link.line_index);
        laid.things.push(Thing { rows: at..at + 1, what: What::Link(index) });
    }
    let block = |lines: &Range<usize>| row(lines.start)..row(lines.end.saturating_sub(1)) + 1;
    for thing in &mut laid.things {
        // The block itself, and the caption below it.
        match thing.what {
            What::Code(index) => thing.rows.start = row(wrapped.codes[index].lines.start),
            What::Table(index) => thing.rows.start = row(wrapped.tables[index].lines.start),
            What::Widget(_) | What::Link(_) => {}
        }
    }
    laid.things.sort_by_key(|thing| thing.rows.start);
    laid.codes = wrapped
        .codes
        .iter()
        .map(|code| CodeBlock {
            rows: block(&code.lines),
            source_line: code.source_line,
            width_cols: laid.rows[block(&code.lines)].iter().map(Row::width).max().unwrap_or(0),
            text: code.text.clone(),
        })
        .collect();
    laid.tables = wrapped.tables.iter().map(|table| TableBlock { source_line: table.source_line }).collect();
    laid.links = wrapped.links;
    laid
}

fn widest(lines: &[markdown::Line]) -> usize {
    lines.iter().map(markdown::Line::width_cols).max().unwrap_or(0)
}

/// Code and tables that a page has not enough room for, in reading order: after which line they end, and what is said below
/// them.
fn captions(wrapped: &markdown::Wrapped, live: &Live<'_>) -> Vec<(usize, What, Row)> {
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
        } else if widest(lines) > live.wide_cols {
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
    let title = page.document.headings().into_iter().next().filter(|(level, ..)| *level == 1);
    let first = lines.iter().map(|line| line.source_line).find(|line| *line > 0);
    match title {
        Some((_, _, at)) if first == Some(at) => {
            lines.iter().position(|line| line.source_line > at).unwrap_or(lines.len())
        }
        _ => 0,
    }
}
