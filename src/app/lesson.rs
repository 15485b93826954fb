//! The page being read: laid out for the width at hand, scrolled, searched, and what responds on it.
//!
//! Laying out happens here and not while painting, so that scroll limits are exact and the same rows can be printed.

mod cards;
mod code;
mod columns;
pub(super) mod elsewhere;
mod focus;
mod growing;
mod laid;
mod links;
mod marks;
mod numbers;
mod open;
mod place;
mod pointer;
mod running;
mod search;
mod sidebar;
mod spot;
mod walk;

pub use columns::{SIDEBAR_COLS, columns, text_col};
pub use laid::{Laid, Thing, What, lay_out};
pub use numbers::Numbered;
pub use sidebar::SIDEBAR_ROW;

use std::collections::BTreeMap;

use super::field::Field;
use super::function::Bench;
use super::lab::Lab;
use super::search::Search;
use super::zoomed::Walk;
use super::{Action, Desk, Effect, Go, Size, Start, Step};
use crate::course::{Deed, PageId, Spot};

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
        reader.begin_at(desk, start);
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

    /// Lays the page out for the size at hand; the words at the top stay at the top.
    pub(crate) fn lay_out(&mut self, desk: &Desk<'_>) {
        let spot = self.spot();
        self.size = desk.size;
        self.kept_as_read = desk.progress.pages_read.contains(&self.page.0);
        self.lay_out_to(desk, spot.line);
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

    pub(crate) fn update(&mut self, desk: &Desk<'_>, action: &Action) -> Step {
        let before = self.top;
        let goes_over = matches!(action, Action::Scroll(_)) && self.joins_what_was_seen();
        self.grow_for(desk, action);
        let mut step = self.decide(desk, action);
        if self.top != before {
            step.effects.push(self.position());
        }
        if goes_over || self.joins_what_was_seen() {
            self.seen_to = self.seen_to.max(self.bottom_line());
        }
        let is_seen = !self.is_growing() && self.top >= self.last_top() && self.seen_to >= self.bottom_line();
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
                return self.run_on(desk, action);
            }
            _ => {}
        }
        Step::default()
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

    /// What the search has to say, for the line above the footer.
    pub fn prompt(&self) -> Option<String> {
        if let Some(number) = &self.number {
            let n = self.numbered().len();
            return Some(format!("Number of what to open: {}▏ 1 to {n}", number.text));
        }
        self.search.as_ref().map(Search::prompt)
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
