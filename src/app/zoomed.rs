//! One block of a page on the whole screen: a code block, a table or a diagram, moved about under the screen's edges.
//!
//! What needs more room than a page has is looked at here, in one way: the arrows move it, its head and its line numbers
//! stay, `/` searches it, `y` copies its source. Absent: what the page says around it.

mod drawing;
mod walk;

use std::borrow::Cow;
use std::ops::Range;

pub(crate) use drawing::Drawing;
pub(crate) use walk::Walk;

use super::key::{Code, Key};
use super::pane::Pane;
use super::row::Row;
use super::search::Search;
use super::{Action, Desk, Effect, Go, Motion, Size, Step};
use crate::course::{Page, PageId};
use crate::markdown::{Fence, Listing, LongLines, Table, code_lines, whole_table};

#[derive(Clone, Debug)]
pub struct Zoomed {
    pub title: String,
    page: PageId,
    subject: Subject,
    /// What stays at the top: the head of a table.
    pub head: Vec<Row>,
    pub rows: Vec<Row>,
    /// Of the widest row, its margin included.
    pub width: usize,
    pub top: usize,
    pub left: usize,
    pub search: Option<Search>,
    zoom: Zoom,
    size: Size,
}

/// What is looked at.
#[derive(Clone, Debug)]
pub(crate) enum Subject {
    Drawing(Box<Drawing>),
    Code(Box<Fence>),
    Table(Box<Table>),
}

/// How much room it is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Zoom {
    /// As narrow as it can be without losing a word.
    Compact,
    /// As is read best.
    Fitted,
    /// Every label and every cell on one line.
    Full,
}

/// Columns that one arrow moves, where there is nothing to move to.
const PAN_COLS: usize = 8;
/// A cell of a table longer than this wraps, unless all is asked for.
const READABLE_CELL_COLS: usize = 48;
const NARROW_CELL_COLS: usize = 20;

impl Zoomed {
    pub(crate) fn new(desk: &Desk<'_>, page: &Page, subject: Subject) -> Self {
        let kind = match &subject {
            Subject::Drawing(_) => "Diagram".to_owned(),
            Subject::Code(fence) if fence.label.is_empty() => "Code".to_owned(),
            Subject::Code(fence) => format!("Code, {}", fence.label),
            Subject::Table(_) => "Table".to_owned(),
        };
        let mut zoomed = Self {
            title: format!("{kind} · {}", page.title),
            page: page.id.clone(),
            subject,
            head: Vec::new(),
            rows: Vec::new(),
            width: 0,
            top: 0,
            left: 0,
            search: None,
            zoom: Zoom::Fitted,
            size: desk.size,
        };
        zoomed.lay_out(desk);
        zoomed
    }

    pub(crate) fn lay_out(&mut self, desk: &Desk<'_>) {
        self.size = desk.size;
        let rows = |lines: Vec<crate::markdown::Line>| lines.into_iter().map(Row::from).collect::<Vec<_>>();
        (self.head, self.rows) = match &mut self.subject {
            Subject::Drawing(drawing) => (Vec::new(), drawing.rows(self.zoom, self.size)),
            Subject::Code(fence) => {
                let listing = Listing { long_lines: LongLines::Whole, ..desk.listing };
                let mut lines = code_lines(fence, usize::MAX, listing);
                // The label is in the title.
                lines.drain(..usize::from(!fence.label.is_empty()).min(lines.len()));
                (Vec::new(), rows(lines))
            }
            Subject::Table(table) => {
                let widest_cell_cols = match self.zoom {
                    Zoom::Compact => NARROW_CELL_COLS,
                    Zoom::Fitted => READABLE_CELL_COLS,
                    Zoom::Full => usize::MAX,
                };
                let (head, body) = whole_table(table, widest_cell_cols);
                (rows(head), rows(body))
            }
        };
        self.width = self.head.iter().chain(&self.rows).map(Row::width).max().unwrap_or(0);
        if let Some(search) = &mut self.search {
            search.find(&self.rows, self.top);
        }
        self.stay();
    }

    /// Whether one walks from box to box here.
    pub fn is_drawing(&self) -> bool {
        matches!(self.subject, Subject::Drawing(_))
    }

    pub fn is_code(&self) -> bool {
        matches!(self.subject, Subject::Code(_))
    }

    /// What the search has to say, for the line above the footer.
    pub fn prompt(&self) -> Option<String> {
        self.search.as_ref().map(Search::prompt)
    }

    pub fn is_typing(&self) -> bool {
        self.search.as_ref().is_some_and(|search| search.typing)
    }

    /// The box one stands on: column, row, width and height in the drawing.
    pub fn stands_on(&self) -> Option<(usize, usize, usize, usize)> {
        match &self.subject {
            Subject::Drawing(drawing) => drawing.stands_on(),
            _ => None,
        }
    }

    /// Rows that the screen has for what moves.
    pub fn room_rows(&self) -> usize {
        self.size.body_rows().saturating_sub(self.head.len()).max(1)
    }

    fn room_cols(&self) -> usize {
        usize::from(self.size.cols)
    }

    fn stay(&mut self) {
        self.top = self.top.min(self.rows.len().saturating_sub(self.room_rows()));
        self.left = self.left.min(self.width.saturating_sub(self.room_cols()));
    }

    pub(crate) fn update(&mut self, desk: &Desk<'_>, action: &Action) -> Step {
        if self.type_into_search(action) {
            return Step::default();
        }
        let mut step = Step::default();
        match action {
            Action::Back if self.search.take().is_some() => {}
            Action::Back if self.stop_walking() => {}
            Action::Back | Action::Open => return Step::go(Go::Back),
            Action::Walk(across, down) => step = self.walk(desk, *across, *down),
            Action::Click(col, row) => step = self.click(desk, (*col, *row)),
            Action::Scroll(motion) => self.top = motion.from(self.top, self.room_rows()),
            Action::Pan(by) => self.pan(*by),
            // Sideways the page keys move far: there is nothing to turn here.
            Action::TurnPage(by) => {
                let far = i64::from(*by) * i64::from(self.size.cols / 2).max(1);
                self.left = usize::try_from(self.left as i64 + far).unwrap_or(0);
            }
            Action::Zoom(by) => step = self.give_room(desk, *by),
            Action::Search => self.search = Some(Search::begun()),
            Action::NextMatch(by) => self.next_match(*by),
            Action::Copy => step = self.copy(),
            _ => {}
        }
        self.stay();
        step
    }

    /// Column and row of the screen where the rows begin. What is narrower stands in the middle; a drawing, which is
    /// looked at and not read, in height too.
    pub fn origin(&self) -> (u16, u16) {
        let middle = |room: usize, needed: usize| (room.saturating_sub(needed) / 2) as u16;
        let above = if self.is_drawing() { middle(self.size.body_rows(), self.rows.len()) } else { 0 };
        (middle(self.room_cols(), self.width), 1 + above + self.head.len() as u16)
    }

    /// What moves, below what stays.
    pub fn pane(&self) -> Pane<'_> {
        let (x, y) = self.origin();
        let cols = self.size.cols.saturating_sub(x);
        let below = usize::from(y.saturating_sub(1));
        let n_rows = self.size.body_rows().saturating_sub(below);
        Pane {
            rows: Cow::Borrowed(&self.rows),
            top: self.top,
            x,
            y,
            cols,
            n_rows,
            left_of: Box::new(|_| self.left),
            strips: &[],
        }
    }

    fn stop_walking(&mut self) -> bool {
        match &mut self.subject {
            Subject::Drawing(drawing) => drawing.stop_walking(),
            _ => false,
        }
    }

    /// To the next column of a table, or a few columns of the screen.
    fn pan(&mut self, by: i32) {
        let stops = column_starts(self.head.first());
        let next = if by > 0 {
            stops.into_iter().find(|stop| *stop > self.left)
        } else {
            stops.into_iter().rfind(|stop| *stop < self.left)
        };
        self.left =
            next.unwrap_or_else(|| if by > 0 { self.left + PAN_COLS } else { self.left.saturating_sub(PAN_COLS) });
    }

    fn give_room(&mut self, desk: &Desk<'_>, by: i32) -> Step {
        let levels = [Zoom::Compact, Zoom::Fitted, Zoom::Full];
        let at = levels.iter().position(|it| *it == self.zoom).unwrap_or(1) as i32;
        self.zoom = levels[(at + by).clamp(0, 2) as usize];
        self.lay_out(desk);
        Step::say(match (&self.subject, self.zoom) {
            (Subject::Code(_), _) => return Step::default(),
            (Subject::Drawing(_), Zoom::Compact) => "Compact: as narrow as it can be.",
            (Subject::Drawing(_), Zoom::Fitted) => "Fitted to the screen.",
            (Subject::Drawing(_), Zoom::Full) => "Full: every label on one line.",
            (Subject::Table(_), Zoom::Compact) => "Compact: narrow columns.",
            (Subject::Table(_), Zoom::Fitted) => "Long cells wrap.",
            (Subject::Table(_), Zoom::Full) => "Full: every cell on one line.",
        })
    }

    fn walk(&mut self, desk: &Desk<'_>, across: i32, down: i32) -> Step {
        let Subject::Drawing(drawing) = &mut self.subject else { return Step::default() };
        let walk = drawing.walk(across, down, self.zoom, self.size);
        let Some((walk, (x, y, w, h))) = walk.and_then(|walk| Some((walk, walk.cells()?))) else {
            // Nothing to walk on: the arrows move the picture.
            return self
                .update(desk, &if across != 0 { Action::Pan(across) } else { Action::Scroll(Motion::Lines(down)) });
        };
        let said = desk.course.page(&self.page).map(|page| walk.says(page)).unwrap_or_default();
        self.left = panned_to(self.left, self.room_cols(), &(x..x + w + 1));
        self.top = panned_to(self.top, self.room_rows(), &(y..y + h + 1));
        Step::say(said)
    }

    /// To the box that was clicked.
    fn click(&mut self, desk: &Desk<'_>, at: (u16, u16)) -> Step {
        let Some(cell) = self.pane().row_at(at).and_then(|_| self.pane().cell(at)) else { return Step::default() };
        let Subject::Drawing(drawing) = &mut self.subject else { return Step::default() };
        let walk = drawing.go_to((cell.col, cell.row), self.zoom, self.size);
        let said = walk.and_then(|walk| Some(walk.says(desk.course.page(&self.page)?)));
        said.map_or_else(Step::default, Step::say)
    }

    /// Whether the action went into the line in which the search is typed.
    fn type_into_search(&mut self, action: &Action) -> bool {
        let Some(search) = self.search.as_mut().filter(|search| search.typing) else { return false };
        match action {
            Action::Type(Key { code: Code::Enter, .. }) | Action::Submit => {
                search.typing = false;
                if search.field.text.is_empty() {
                    self.search = None;
                }
                return true;
            }
            Action::Type(key) if search.field.press(*key) => {}
            Action::Type(_) => return true,
            Action::Paste(text) => search.field.insert(text),
            _ => return false,
        }
        search.find(&self.rows, self.top);
        self.show_match();
        true
    }

    fn next_match(&mut self, by: i32) {
        if let Some(search) = &mut self.search {
            let n = search.matches.len().max(1) as i64;
            search.current = (search.current as i64 + i64::from(by)).rem_euclid(n) as usize;
        }
        self.show_match();
    }

    fn show_match(&mut self) {
        let Some(found) = self.search.as_ref().and_then(Search::here) else { return };
        let (at, row) = (found.row, &self.rows[found.row]);
        let (cols, margin) = (row.cols_of(&found.bytes), row.margin_cols);
        self.top = panned_to(self.top, self.room_rows(), &(at..at + 1));
        // What lies below the margin moves, with a column at each edge for the mark that more lies there.
        let beside = cols.start.saturating_sub(margin.max(1))..(cols.end + 1).saturating_sub(margin);
        self.left = panned_to(self.left, self.room_cols().saturating_sub(margin), &beside);
        self.stay();
    }

    /// The source, as it can be used elsewhere: the code, or the table with tabs between its cells.
    fn copy(&self) -> Step {
        match &self.subject {
            Subject::Drawing(_) => {
                Step::say("`coldstart diagram FILE.mmd` prints a diagram; here there is no text to copy.")
            }
            Subject::Code(fence) => copied(fence.body.clone()),
            Subject::Table(table) => {
                let cell = |runs: &Vec<crate::markdown::Run>| {
                    runs.iter().map(|run| run.text.replace('\n', " ")).collect::<String>()
                };
                let line = |cells: &Vec<Vec<_>>| cells.iter().map(cell).collect::<Vec<_>>().join("\t") + "\n";
                copied(table.rows.iter().map(|row| line(&row.cells)).collect())
            }
        }
    }
}

/// Where the columns of a table begin, by its head.
fn column_starts(head: Option<&Row>) -> Vec<usize> {
    use super::row::Role::Page;
    use crate::markdown::Role::TableBorder;
    let Some(head) = head else { return Vec::new() };
    let mut starts = vec![0];
    let mut at = 0;
    for span in &head.spans {
        at += span.width();
        if span.role == Page(TableBorder) {
            starts.push(at);
        }
    }
    starts
}

/// The first column, or row, on screen so that `wanted` is seen in a room of `room`, moved as little as needed.
pub(crate) fn panned_to(first: usize, room: usize, wanted: &Range<usize>) -> usize {
    if wanted.start < first { wanted.start } else { first.max(wanted.end.saturating_sub(room)) }
}

/// Copies whole lines, and says how many.
pub(crate) fn copied(text: String) -> Step {
    let lines = text.lines().count();
    let mut step = Step::say(format!("copied {lines} {}", if lines == 1 { "line" } else { "lines" }));
    step.effects.push(Effect::Copy(text));
    step
}

#[cfg(test)]
mod tests {
    use super::panned_to;

    #[test]
    fn one_moves_as_little_as_needed_to_see_something() {
        assert_eq!(panned_to(10, 20, &(12..15)), 10);
        assert_eq!(panned_to(10, 20, &(5..8)), 5);
        assert_eq!(panned_to(10, 20, &(28..35)), 15);
        assert_eq!(panned_to(0, 20, &(0..300)), 280);
    }
}
