//! The page being read: laid out for the width at hand, scrolled, searched, and what responds on it.
//!
//! Laying out happens here and not while painting, so that scroll limits are exact and the same rows can be printed.

mod cards;
mod marks;
mod numbers;
mod pan;
mod pane;
mod search;
mod sidebar;
mod spot;

use cards::Running;
use spot::{row_of, spot_of};

pub use numbers::Numbered;
pub(super) use search::page_with;
pub use sidebar::SIDEBAR_ROW;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use rayon::prelude::*;

use super::exercise::Sheet;
use super::field::Field;
use super::function::{self, Bench};
use super::glossary::Words;
use super::lab::{self, Lab};
use super::overlay::Overlay;
use super::row::{Role, Row, Span, Ui};
use super::search::Search;
use super::zoomed::{Drawing, Subject, Walk, Zoomed, copied};
use super::{Action, Desk, Effect, Go, Screen, Size, Start, Step};
use crate::course::page::RESPONDING;
use crate::course::{Course, Deed, Glossary, Page, PageId, Position, Progress, SimulationTask, Spot, Target, Task};
use crate::markdown::{Block, Join, Listing};
use crate::{diagram, markdown};

/// The widest text column: longer lines are hard to come back from.
pub const MEASURE_COLS: u16 = 90;

/// What sentences take of a room of `width_cols`, wherever they stand.
pub(super) fn measure(width_cols: usize) -> usize {
    width_cols.min(usize::from(MEASURE_COLS))
}
/// From this width on the contents stand beside the page.
const SIDEBAR_FROM_COLS: u16 = 124;
/// From so many cards on they are drawn by all processors. Fewer are drawn before the threads would have begun.
const MANY_CARDS: usize = 16;
pub const SIDEBAR_COLS: u16 = 30;

#[derive(Clone, Debug)]
pub struct Reader {
    pub page: PageId,
    pub laid: Laid,
    /// Index of the first row shown.
    pub top: usize,
    /// Index into [`Laid::things`].
    pub focus: Option<usize>,
    /// What had the focus before it was opened and left.
    left_at: Option<usize>,
    pub search: Option<Search>,
    /// The line of the document that is chosen for a note or a bookmark.
    chosen_line: Option<u32>,
    /// The line to which a jump led, until the next key.
    landed_on: Option<u32>,
    /// The number being typed of what is to be opened, while everything that responds has one.
    pub number: Option<Field>,
    /// The box of the focused diagram that one stands on.
    walk: Option<Walk>,
    /// Simulations that were started in the page, by widget index.
    labs: BTreeMap<usize, Lab>,
    /// Functions that were run in the page, by widget index.
    benches: BTreeMap<usize, Bench>,
    /// A top row, and the spot that it shows.
    anchor: (usize, Spot),
    /// How far code blocks are moved to the left, by their index.
    pans: BTreeMap<usize, usize>,
    size: Size,
    /// A class sees it, whose hands are counted instead of answers.
    for_class: bool,
    /// How many jumps led here, each of which `Esc` takes back.
    pub(crate) ways_back: usize,
    /// The line of the document down to which the page was on screen without a gap.
    seen_to: u32,
    kept_as_read: bool,
}

/// A page in rows.
#[derive(Clone, Debug, Default)]
pub struct Laid {
    pub rows: Vec<Row>,
    pub things: Vec<Thing>,
    links: Vec<markdown::Link>,
    codes: Vec<CodeBlock>,
    tables: Vec<TableBlock>,
}

impl Laid {
    /// Where a link of a row leads.
    pub fn target(&self, link: usize) -> Option<&str> {
        self.links.get(link).map(|link| link.target.as_str())
    }

    /// The links that lead out of the course: their words, and where to.
    pub fn outward(&self) -> Vec<(String, &str)> {
        let mut words = vec![String::new(); self.links.len()];
        for row in &self.rows {
            let mut before = None;
            for span in row.spans.iter().filter(|span| span.link.is_some()) {
                let Some(words) = span.link.and_then(|link| words.get_mut(link)) else { continue };
                // It goes on from the row above.
                if span.link != before && row.join == Join::Blank && !words.is_empty() {
                    words.push(' ');
                }
                words.push_str(&span.text);
                before = span.link;
            }
        }
        let links = words.into_iter().zip(self.links.iter().map(|link| link.target.as_str()));
        links.filter(|(_, target)| leads_out(target)).collect()
    }
}

/// Whether a link's target is an address of the world.
fn leads_out(target: &str) -> bool {
    ["https://", "http://", "mailto:"].iter().any(|scheme| target.starts_with(scheme))
}

#[derive(Clone, Debug)]
struct CodeBlock {
    rows: Range<usize>,
    /// The line of its fence.
    source_line: u32,
    /// Of the widest row.
    width_cols: usize,
    text: String,
}

#[derive(Clone, Debug)]
struct TableBlock {
    source_line: u32,
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

/// The columns of a terminal, shared out: sidebar (0 where there is none) and text.
pub fn columns(cols: u16) -> (u16, u16) {
    let sidebar = if cols >= SIDEBAR_FROM_COLS { SIDEBAR_COLS } else { 0 };
    // Two columns of margin on either side: text that touches the edge is hard to read.
    (sidebar, cols.saturating_sub(sidebar + 4).clamp(1, MEASURE_COLS))
}

/// The column at which the text of a page begins: it stands in the middle of what the sidebar leaves.
pub fn text_col(cols: u16) -> u16 {
    let (sidebar, width) = columns(cols);
    sidebar + cols.saturating_sub(sidebar + width) / 2
}

/// From there to the end of the screen: what is wider than the measure may use the margin.
fn wide_cols(cols: u16) -> usize {
    usize::from(cols.saturating_sub(text_col(cols) + 1))
}

/// How a page is laid out where one can act on it.
struct Live<'a> {
    labs: &'a BTreeMap<usize, Lab>,
    benches: &'a BTreeMap<usize, Bench>,
    listing: Listing,
    for_class: bool,
    /// Room for what is wider than the text.
    wide_cols: usize,
}

/// Lays a page out in `width_cols` columns, to be printed. Diagrams that need more are wider; nothing is cut here.
pub fn lay_out(course: &Course, progress: &Progress, page: &Page, width_cols: u16) -> Laid {
    lay_out_with(course, progress, page, width_cols, None)
}

fn lay_out_with(course: &Course, progress: &Progress, page: &Page, width_cols: u16, live: Option<&Live<'_>>) -> Laid {
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

impl Reader {
    pub(crate) fn new(desk: &Desk<'_>, page: &PageId, start: Start) -> Self {
        let mut reader = Self {
            page: page.clone(),
            laid: Laid::default(),
            top: 0,
            focus: None,
            left_at: None,
            search: None,
            chosen_line: None,
            landed_on: None,
            number: None,
            walk: None,
            labs: BTreeMap::new(),
            benches: BTreeMap::new(),
            anchor: (0, Spot::default()),
            pans: BTreeMap::new(),
            size: desk.size,
            for_class: false,
            ways_back: 0,
            seen_to: 0,
            kept_as_read: false,
        };
        reader.lay_out(desk);
        let goes_on = matches!(start, Start::Spot(_));
        reader.begin_at(start);
        if goes_on {
            // What lies above was on screen when one was here before.
            reader.seen_to = reader.top_line();
        }
        reader
    }

    /// The page as a class sees it.
    pub(crate) fn for_class(desk: &Desk<'_>, page: &PageId) -> Self {
        let mut reader = Self::new(desk, page, Start::Top);
        reader.for_class = true;
        reader.lay_out(desk);
        reader
    }

    /// Goes to a place of the page; what runs on it goes on.
    pub(crate) fn begin_at(&mut self, start: Start) {
        (self.search, self.focus, self.walk, self.chosen_line) = (None, None, None, None);
        match start {
            Start::Top => self.top = 0,
            Start::Line(line) => {
                self.top = self.row_of_line(line);
                self.stay_in_page();
                // At the end of a page the line that is meant cannot be at the top: it is pointed out.
                self.landed_on = Some(line).filter(|line| self.row_of_line(*line) > self.top);
            }
            Start::Spot(spot) => {
                self.go_to_spot(spot);
                self.stay_in_page();
            }
            Start::FirstMatch(needle) => self.search_for(needle, 0),
            Start::LastMatch(needle) => self.search_for(needle, usize::MAX),
        }
    }

    /// Lays the page out for the size at hand; the words at the top stay at the top.
    pub(crate) fn lay_out(&mut self, desk: &Desk<'_>) {
        let spot = self.spot();
        self.size = desk.size;
        self.kept_as_read = desk.progress.pages_read.contains(&self.page.0);
        let Some(page) = desk.course.page(&self.page) else { return };
        let (_, width) = columns(self.size.cols);
        let live = Live {
            labs: &self.labs,
            benches: &self.benches,
            listing: desk.listing,
            for_class: self.for_class,
            wide_cols: wide_cols(self.size.cols),
        };
        self.laid = lay_out_with(desk.course, desk.progress, page, width, Some(&live));
        self.keep_pans();
        if self.focus.is_some_and(|focus| focus >= self.laid.things.len()) {
            self.focus = None;
        }
        self.go_to_spot(spot);
        self.stay_in_page();
        // At the end of a page the spot may be further up now; it is kept for the size to come.
        self.anchor = (self.top, spot);
        self.find_again();
    }

    fn last_top(&self) -> usize {
        self.laid.rows.len().saturating_sub(self.size.body_rows())
    }

    fn stay_in_page(&mut self) {
        self.top = self.top.min(self.last_top());
    }

    /// How much of the page has been on screen, 0..=1.
    pub fn seen(&self) -> f64 {
        match self.laid.rows.len() {
            0 => 1.0,
            rows => ((self.top + self.size.body_rows()) as f64 / rows as f64).min(1.0),
        }
    }

    fn top_line(&self) -> u32 {
        let rows = &self.laid.rows;
        rows.iter().skip(self.top).map(|row| row.source_line).find(|line| *line > 0).unwrap_or(0)
    }

    /// The last line on screen.
    fn bottom_line(&self) -> u32 {
        let end = (self.top + self.size.body_rows()).min(self.laid.rows.len());
        self.laid.rows[..end].iter().rev().map(|row| row.source_line).find(|line| *line > 0).unwrap_or(0)
    }

    /// Whether nothing lies between the screen and what was on it before: a jump leaves a gap, which is not read.
    fn joins_what_was_seen(&self) -> bool {
        self.top == 0 || self.top_line() <= self.seen_to
    }

    fn row_of_line(&self, line: u32) -> usize {
        self.laid.rows.iter().position(|row| row.source_line >= line && row.source_line > 0).unwrap_or(0)
    }

    /// What is at the top of the screen. While one only changes the size, it stays what it was before.
    fn spot(&self) -> Spot {
        let (top, spot) = self.anchor;
        if top == self.top { spot } else { spot_of(&self.laid.rows, self.top) }
    }

    fn go_to_spot(&mut self, spot: Spot) {
        self.top = row_of(&self.laid.rows, spot).unwrap_or_else(|| self.row_of_line(spot.line));
        self.anchor = (self.top, spot);
    }

    /// The page, and what is at the top of the screen.
    pub(crate) fn place(&self) -> (PageId, Spot) {
        (self.page.clone(), self.spot())
    }

    pub(crate) fn position(&self) -> Effect {
        let (page, spot) = self.place();
        Effect::SavePosition(Position { page, spot })
    }

    /// What was opened was left: one comes back to read on, and Tab goes on from there.
    fn come_back(&mut self) {
        self.left_at = self.focus.take();
    }

    /// The lab was left; its run goes on, or stands still, in its place on the page.
    pub(crate) fn take_back(&mut self, lab: Lab) {
        self.come_back();
        if !lab.asks_first() && lab.is_of_page() {
            self.labs.insert(lab.widget, lab);
        }
    }

    /// The same for a function.
    pub(crate) fn take_back_function(&mut self, bench: Bench) {
        self.come_back();
        self.benches.insert(bench.widget, bench);
    }

    /// Whether a simulation runs in its place on the page.
    pub(crate) fn plays_simulation(&self) -> bool {
        self.labs.values().any(Lab::is_playing)
    }

    pub fn is_playing(&self) -> bool {
        self.plays_simulation() || self.benches.values().any(Bench::is_playing)
    }

    /// The simulation that has the focus.
    pub fn focused_task<'a>(&self, course: &'a Course) -> Option<&'a Task> {
        let thing = self.laid.things.get(self.focus?)?;
        match thing.what {
            What::Widget(index) => Some(&course.page(&self.page)?.widgets.get(index)?.task),
            What::Link(_) | What::Code(_) | What::Table(_) => None,
        }
    }

    /// Whether a code block that is wider than its room has the focus.
    pub fn is_on_code(&self) -> bool {
        let thing = self.focus.and_then(|focus| self.laid.things.get(focus));
        thing.is_some_and(|thing| matches!(thing.what, What::Code(_)))
    }

    /// The target of the link that has the focus.
    pub fn focused_link(&self) -> Option<&str> {
        match self.laid.things.get(self.focus?)?.what {
            What::Link(index) => self.laid.target(index).filter(|target| markdown::footnote_of(target).is_none()),
            What::Widget(_) | What::Code(_) | What::Table(_) => None,
        }
    }

    pub(crate) fn update(&mut self, desk: &Desk<'_>, action: &Action) -> Step {
        let before = self.top;
        let goes_over = matches!(action, Action::Scroll(_)) && self.joins_what_was_seen();
        let mut step = self.decide(desk, action);
        if self.top != before {
            step.effects.push(self.position());
        }
        if goes_over || self.joins_what_was_seen() {
            self.seen_to = self.seen_to.max(self.bottom_line());
        }
        let is_seen = self.top >= self.last_top() && self.seen_to >= self.bottom_line();
        if !self.kept_as_read && matches!(step.go, Go::Stay) && is_seen {
            self.kept_as_read = true;
            let deed = Deed::PageRead { page: self.page.0.clone() };
            step.effects.push(Effect::Keep { question: desk.question, deed });
        }
        step
    }

    fn decide(&mut self, desk: &Desk<'_>, action: &Action) -> Step {
        let by_mode = self
            .type_into_search(desk, action)
            .or_else(|| self.type_number(desk, action))
            .or_else(|| self.mark(desk, action));
        if let Some(step) = by_mode {
            return step;
        }
        match action {
            Action::Scroll(motion) => {
                self.top = motion.from(self.top, self.size.body_rows());
                self.stay_in_page();
                // One reads on: the keys are the page's again.
                (self.focus, self.left_at, self.walk) = (None, None, None);
            }
            Action::TurnPage(by) => return self.turn(desk, *by),
            Action::NextThing(by) => self.focus_next(*by),
            Action::Open | Action::Submit => return self.open(desk),
            Action::Click(col, row) => return self.click(desk, *col, *row),
            Action::Search => self.search = Some(Search::begun()),
            Action::NextMatch(by) => return self.next_match(desk, *by),
            Action::Walk(across, down) => return self.walk_on(desk, *across, *down),
            Action::Copy => return self.copy(),
            Action::Pan(by) => return self.pan(*by),
            Action::Bookmark => return self.bookmark(desk),
            Action::Number => return self.show_numbers(),
            Action::NotKept { why, .. } => return Step::failed(format!("Could not save: {why}. Try it once more.")),
            Action::ExternalEditor => {
                let Some(page) = desk.course.page(&self.page) else { return Step::default() };
                let line = self.top_line() + page.lines_before;
                return Step::effect(Effect::EditPage { file: page.file.clone(), line });
            }
            Action::Back => {
                if self.search.is_some() {
                    self.search = None;
                } else if self.walk.take().is_some() {
                    // The diagram keeps the focus.
                } else if self.focus.is_some() {
                    self.focus = None;
                } else if self.ways_back > 0 {
                    return Step::go(Go::Revisit);
                } else {
                    return Step::go(Go::Back);
                }
            }
            Action::Lab(deed) => return self.play(desk, *deed),
            Action::Function(deed) => return self.use_function(desk, *deed),
            Action::Tick { .. } | Action::Replicated { .. } | Action::Invoked { .. } => {
                let mut step = Step::default();
                for lab in self.labs.values_mut() {
                    step.effects.extend(lab.update(desk, action).effects);
                }
                for bench in self.benches.values_mut() {
                    let said = bench.update(desk, action);
                    step.effects.extend(said.effects);
                    step.notice = said.notice.or(step.notice);
                }
                let n_rows = self.focused_rows().map(|rows| rows.len());
                self.lay_out(desk);
                // An answer that has come is seen without a key.
                if self.focused_rows().map(|rows| rows.len()) > n_rows {
                    self.show_focused();
                }
                return step;
            }
            _ => {}
        }
        Step::default()
    }

    /// Scrolls as little as needed so that `rows` are on screen; their beginning, if they are too many.
    fn show_rows(&mut self, rows: &Range<usize>) {
        let body = self.size.body_rows();
        if rows.start < self.top || rows.len() >= body {
            self.top = rows.start.saturating_sub(1);
        } else if rows.end > self.top + body {
            self.top = rows.end - body;
        }
        self.stay_in_page();
    }

    fn focused_rows(&self) -> Option<Range<usize>> {
        Some(self.laid.things.get(self.focus?)?.rows.clone())
    }

    /// What has the focus may have grown.
    fn show_focused(&mut self) {
        if let Some(rows) = self.focused_rows() {
            self.show_rows(&rows);
        }
    }

    fn focus_next(&mut self, by: i32) {
        let things = &self.laid.things;
        if things.is_empty() {
            return;
        }
        let n = things.len();
        let next = match self.focus {
            Some(focus) => (focus as i64 + i64::from(by)).rem_euclid(n as i64) as usize,
            None if by > 0 => {
                let seen = self.top..self.top + self.size.body_rows();
                let left = self.left_at.filter(|at| things.get(*at).is_some_and(|it| seen.contains(&it.rows.start)));
                match left {
                    Some(at) => (at + 1) % n,
                    None => things.iter().position(|thing| thing.rows.end > self.top).unwrap_or(0),
                }
            }
            None => {
                let below = self.top + self.size.body_rows();
                things.iter().rposition(|thing| thing.rows.start < below).unwrap_or(n - 1)
            }
        };
        self.focus = Some(next);
        self.walk = None;
        let rows = things[next].rows.clone();
        self.show_rows(&rows);
    }

    fn click(&mut self, desk: &Desk<'_>, col: u16, row: u16) -> Step {
        let (sidebar, _) = columns(self.size.cols);
        if col < sidebar {
            let page = self.page_beside(desk, row).filter(|page| *page != self.page);
            return page.map_or_else(Step::default, |page| Step::go(Go::Page(page, Start::Top)));
        }
        if row == 0 {
            return Step::default();
        }
        let at = self.top + usize::from(row - 1);
        if let Some(step) = self.click_in_margin(desk, col, at) {
            return step;
        }
        if let Some(Role::Page(markdown::Role::Term(term))) = self.span_at(col, at).map(|span| span.role) {
            return Step::go(Go::Lay(Overlay::Words(Words::at(usize::from(term)))));
        }
        match self.laid.things.iter().position(|thing| thing.rows.contains(&at)) {
            Some(thing) if self.focus == Some(thing) => self.open(desk),
            thing => {
                self.focus = thing;
                Step::default()
            }
        }
    }

    /// The span that stands at a column of the terminal, in a row of the page.
    fn span_at(&self, col: u16, row: usize) -> Option<&Span> {
        let mut left = usize::from(col.checked_sub(text_col(self.size.cols))?);
        self.laid.rows.get(row)?.spans.iter().find(|span| {
            let is_here = left < span.width();
            left = left.saturating_sub(span.width());
            is_here
        })
    }

    fn turn(&mut self, desk: &Desk<'_>, by: i32) -> Step {
        let pages: Vec<&PageId> = desk.course.pages().map(|page| &page.id).collect();
        let here = pages.iter().position(|id| **id == self.page).unwrap_or(0) as i64;
        let there = usize::try_from(here + i64::from(by)).ok().and_then(|at| pages.get(at));
        match there {
            Some(id) => Step::go(Go::Page((*id).clone(), Start::Top)),
            None if by > 0 => Step::say("This is the last page. Esc shows the course map."),
            None => Step::say("This is the first page. Esc shows the course map."),
        }
    }

    /// Opens what has the focus, or the first thing on screen that responds.
    fn open(&mut self, desk: &Desk<'_>) -> Step {
        if self.focus.is_none() {
            let screen = self.top..self.top + self.size.body_rows();
            self.focus = self.laid.things.iter().position(|thing| screen.contains(&thing.rows.start));
        }
        let Some(thing) = self.focus.and_then(|focus| self.laid.things.get(focus)) else {
            return Step::say("Nothing on this screen opens. Space scrolls on, → turns the page.");
        };
        let Some(page) = desk.course.page(&self.page) else { return Step::default() };
        match thing.what {
            What::Link(index) => follow(desk, page, &self.laid.links[index].target),
            What::Code(index) => zoom_leaf(desk, page, self.laid.codes[index].source_line),
            What::Table(index) => zoom_leaf(desk, page, self.laid.tables[index].source_line),
            What::Widget(index) => match &page.widgets[index].task {
                Task::Diagram { graph, .. } => {
                    zoom(desk, page, Subject::Drawing(Box::new(Drawing::new(graph.clone()))))
                }
                Task::Exercise(id) => match Sheet::new(desk, id) {
                    Some(sheet) => Step::go(Go::Open(Screen::Exercise(Box::new(sheet)))),
                    None => Step::say(format!("There is no exercise `{id}` any more.")),
                },
                Task::Simulation(task) => {
                    let running = self.labs.remove(&index);
                    let anew = || {
                        new_lab(desk, page, index, task).map(|mut lab| {
                            lab.catch_up();
                            lab
                        })
                    };
                    match running.or_else(anew) {
                        Some(mut lab) => {
                            lab.lay_out(desk);
                            Step::go(Go::Open(Screen::Lab(Box::new(lab))))
                        }
                        None => Step::say(format!("There is no scenario `{}` any more.", task.scenario)),
                    }
                }
                // It runs in its place.
                Task::Function(_) => self.use_function(desk, function::Deed::Run),
                Task::Broken(why) => Step::say(why.clone()),
            },
        }
    }

    /// Runs or pauses the simulation that has the focus, in its place on the page.
    fn play(&mut self, desk: &Desk<'_>, deed: lab::Deed) -> Step {
        let Some(What::Widget(index)) = self.focus.and_then(|at| self.laid.things.get(at)).map(|thing| thing.what)
        else {
            return Step::default();
        };
        let Some(page) = desk.course.page(&self.page) else { return Step::default() };
        let Task::Simulation(task) = &page.widgets[index].task else { return Step::default() };
        let running = self.labs.remove(&index);
        let Some(mut lab) = running.or_else(|| new_lab(desk, page, index, task)) else { return Step::default() };
        // A question that must be answered before the run needs the full screen.
        if lab.asks_first() {
            return Step::go(Go::Open(Screen::Lab(Box::new(lab))));
        }
        let step = lab.update(desk, &Action::Lab(deed));
        self.labs.insert(index, lab);
        self.lay_out(desk);
        step
    }

    /// Runs the function that has the focus in its place on the page, or opens its screen.
    fn use_function(&mut self, desk: &Desk<'_>, deed: function::Deed) -> Step {
        let Some(What::Widget(index)) = self.focus.and_then(|at| self.laid.things.get(at)).map(|thing| thing.what)
        else {
            return Step::default();
        };
        let Some(page) = desk.course.page(&self.page) else { return Step::default() };
        let Task::Function(task) = &page.widgets[index].task else { return Step::default() };
        let begun = self.benches.remove(&index);
        let mut bench = begun.unwrap_or_else(|| Bench::new(desk, &page.id, index, task));
        if deed == function::Deed::Open {
            bench.lay_out(desk);
            return Step::go(Go::Open(Screen::Function(Box::new(bench))));
        }
        let step = bench.act(desk, deed);
        self.benches.insert(index, bench);
        self.lay_out(desk);
        self.show_focused();
        step
    }

    /// To the neighbour of the box one stands on, in the diagram that has the focus.
    fn walk_on(&mut self, desk: &Desk<'_>, across: i32, down: i32) -> Step {
        let Some(page) = desk.course.page(&self.page) else { return Step::default() };
        let Some(Task::Diagram { graph, .. }) = self.focused_task(desk.course) else { return Step::default() };
        let (_, width) = columns(self.size.cols);
        match &mut self.walk {
            Some(walk) => walk.go(across, down),
            None => self.walk = Walk::begin(diagram::lay_out(graph, width)),
        }
        self.walk.as_ref().map_or_else(Step::default, |walk| Step::say(walk.says(page)))
    }

    /// The box one stands on: column, row of the page, width and height.
    pub fn stands_on(&self) -> Option<(usize, usize, usize, usize)> {
        let rows = &self.laid.things.get(self.focus?)?.rows;
        let walk = self.walk.as_ref()?;
        let (x, y, w, h) = walk.cells()?;
        let (_, width) = columns(self.size.cols);
        // The card stands a little to the right of the margin.
        let indent = cards::indent(walk.width_cols(), usize::from(width));
        Some((x + indent, rows.start + y, w, h))
    }

    /// Copies the source of the first code block on screen.
    fn copy(&self) -> Step {
        let screen = self.top..self.top + self.size.body_rows();
        if let Some(link) = self.focused_link() {
            let mut step = Step::say(format!("copied {link}"));
            step.effects.push(Effect::Copy(link.to_owned()));
            return step;
        }
        let focused = self.focus.and_then(|focus| self.laid.things.get(focus)).and_then(|thing| match thing.what {
            What::Code(index) => self.laid.codes.get(index),
            _ => None,
        });
        let on_screen = |code: &&CodeBlock| code.rows.start < screen.end && code.rows.end > screen.start;
        match focused.or_else(|| self.laid.codes.iter().find(on_screen)) {
            Some(code) => copied(code.text.clone()),
            None => Step::say("There is no code on this screen to copy."),
        }
    }

    /// The term that is used nearest to the focus, or to the top of the screen; else the page's first.
    pub(crate) fn nearest_term(&self, glossary: &Glossary) -> Option<usize> {
        let rows = |range: Range<usize>| {
            let rows = self.laid.rows.get(range.start..range.end.min(self.laid.rows.len())).unwrap_or_default();
            rows.iter().map(Row::text).collect::<Vec<_>>().join("\n")
        };
        let first_in = |range| glossary.uses(&rows(range)).first().map(|(_, term)| *term);
        let below = self.top + self.size.body_rows();
        let focused = self.focused_rows().and_then(first_in);
        focused.or_else(|| first_in(self.top..below)).or_else(|| first_in(0..self.laid.rows.len()))
    }

    /// What the search has to say, for the line above the footer.
    pub fn prompt(&self) -> Option<String> {
        if let Some(number) = &self.number {
            let n = self.numbered().len();
            return Some(format!("Number of what to open: {}▏ 1 to {n}", number.text));
        }
        self.search.as_ref().map(Search::prompt)
    }

    /// The row to which a jump led, where it is not at the top.
    pub fn landed_row(&self) -> Option<usize> {
        self.landed_on.map(|line| self.row_of_line(line))
    }

    /// The learner goes on.
    pub(crate) fn leave_landing(&mut self) {
        self.landed_on = None;
    }

    /// Whether Esc leads back to where a jump began, before anything else on the page takes it.
    pub fn came_by_jump(&self) -> bool {
        self.ways_back > 0 && self.search.is_none() && self.focus.is_none() && self.chosen_line.is_none()
    }

    /// Whether a line is being chosen now.
    pub fn is_marking(&self) -> bool {
        self.chosen_line.is_some()
    }

    /// Whether keys are typed into a field now.
    pub fn is_typing(&self) -> bool {
        self.number.is_some() || self.search.as_ref().is_some_and(|search| search.typing)
    }
}

fn zoom(desk: &Desk<'_>, page: &Page, subject: Subject) -> Step {
    Step::go(Go::Open(Screen::Zoomed(Box::new(Zoomed::new(desk, page, subject)))))
}

/// Opens the code block or the table that begins on a line of the page's document.
fn zoom_leaf(desk: &Desk<'_>, page: &Page, source_line: u32) -> Step {
    let subject = page.document.leaves.iter().filter(|leaf| leaf.source_line == source_line).find_map(|leaf| {
        Some(match &leaf.block {
            Block::Code(fence) => Subject::Code(fence.clone()),
            Block::Table(table) => Subject::Table(table.clone()),
            _ => return None,
        })
    });
    subject.map_or_else(Step::default, |subject| zoom(desk, page, subject))
}

fn new_lab(desk: &Desk<'_>, page: &Page, widget: usize, task: &SimulationTask) -> Option<Lab> {
    let scenario = desk.course.scenario(&task.scenario).ok()?;
    Some(Lab::new(desk, &page.id, widget, task, &scenario))
}

fn follow(desk: &Desk<'_>, page: &Page, target: &str) -> Step {
    match desk.course.follow(page, target) {
        Target::Place { page, source_line } => {
            let start = if source_line == 0 { Start::Top } else { Start::Line(source_line) };
            Step::go(Go::Follow(page.id.clone(), start))
        }
        // The place the author meant is gone; its page is better than nothing.
        Target::NoHeading { page, .. } => Step::go(Go::Follow(page.id.clone(), Start::Top)),
        Target::NoPage { .. } => Step::say(format!("This link leads to no page of the course: {target}")),
        Target::Outside if leads_out(target) => Step::effect(Effect::Visit { address: target.to_owned() }),
        Target::Outside => {
            let mut step = Step::say(format!("copied {target}"));
            step.effects.push(Effect::Copy(target.to_owned()));
            step
        }
    }
}
