//! A diagram on the whole screen: moved about, zoomed, and walked through from box to box.

mod walk;

pub(crate) use walk::Walk;

use super::row::{Row, of_grid};
use super::{Action, Desk, Go, Motion, Size, Step};
use crate::course::{Page, PageId};
use crate::diagram::{self, Graph};

/// Columns that nothing needs: a diagram laid out for them has its labels on one line each.
const UNBOUNDED_COLS: u16 = 1000;

#[derive(Clone, Debug)]
pub struct Canvas {
    pub title: String,
    page: PageId,
    graph: Graph,
    pub rows: Vec<Row>,
    pub width: usize,
    pub top: usize,
    pub left: usize,
    pub zoom: Zoom,
    walk: Option<Walk>,
    size: Size,
}

/// How much room the drawing is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Zoom {
    /// As narrow as it can be without losing a word.
    Compact,
    /// As wide as the screen.
    Fitted,
    /// Every label on one line.
    Full,
}

impl Canvas {
    pub(crate) fn new(desk: &Desk<'_>, page: &Page, graph: Graph) -> Self {
        let mut canvas = Self {
            title: page.title.clone(),
            page: page.id.clone(),
            graph,
            rows: Vec::new(),
            width: 0,
            top: 0,
            left: 0,
            zoom: Zoom::Fitted,
            walk: None,
            size: desk.size,
        };
        canvas.lay_out(desk);
        canvas
    }

    pub(crate) fn lay_out(&mut self, desk: &Desk<'_>) {
        self.size = desk.size;
        let fitted = self.size.cols.saturating_sub(2).max(1);
        let width = match self.zoom {
            Zoom::Compact => fitted.min(40),
            Zoom::Fitted => fitted,
            Zoom::Full => UNBOUNDED_COLS,
        };
        let placed = diagram::lay_out(&self.graph, width);
        let grid = diagram::draw(&placed);
        self.width = grid.width();
        self.rows = of_grid(&grid);
        if let Some(walk) = &mut self.walk {
            walk.lay_out(placed);
        }
        self.stay();
    }

    /// The box one stands on: column, row, width and height in the drawing.
    pub fn stands_on(&self) -> Option<(usize, usize, usize, usize)> {
        self.walk.as_ref().and_then(Walk::cells)
    }

    fn stay(&mut self) {
        self.top = self.top.min(self.rows.len().saturating_sub(self.size.body_rows()));
        self.left = self.left.min(self.width.saturating_sub(usize::from(self.size.cols)));
    }

    pub(crate) fn update(&mut self, desk: &Desk<'_>, action: &Action) -> Step {
        let mut step = Step::default();
        match action {
            Action::Back if self.walk.is_some() => self.walk = None,
            Action::Back | Action::Open => return Step::go(Go::Back),
            Action::Walk(across, down) => step = self.walk(desk, *across, *down),
            Action::Scroll(motion) => self.top = motion.from(self.top, self.size.body_rows()),
            // Sideways the page keys pan: there is nothing to turn here.
            Action::TurnPage(by) => {
                let step = i64::from(*by) * i64::from(self.size.cols / 2).max(1);
                self.left = usize::try_from(self.left as i64 + step).unwrap_or(0);
            }
            Action::Zoom(by) => {
                let levels = [Zoom::Compact, Zoom::Fitted, Zoom::Full];
                let at = levels.iter().position(|it| *it == self.zoom).unwrap_or(1) as i32;
                self.zoom = levels[(at + by).clamp(0, 2) as usize];
                self.lay_out(desk);
                step = Step::say(match self.zoom {
                    Zoom::Compact => "Compact: as narrow as it can be.",
                    Zoom::Fitted => "Fitted to the screen.",
                    Zoom::Full => "Full: every label on one line.",
                });
            }
            _ => {}
        }
        self.stay();
        step
    }

    fn walk(&mut self, desk: &Desk<'_>, across: i32, down: i32) -> Step {
        let placed = || diagram::lay_out(&self.graph, self.size.cols.saturating_sub(2).max(1));
        if self.walk.is_none() {
            self.walk = Walk::begin(placed());
            self.lay_out(desk);
        } else if let Some(walk) = &mut self.walk {
            walk.go(across, down);
        }
        let Some((walk, (x, y, w, h))) = self.walk.as_ref().and_then(|walk| Some((walk, walk.cells()?))) else {
            // Nothing to walk on: the arrows move the picture.
            if across != 0 {
                return self.update(desk, &Action::TurnPage(across));
            }
            return self.update(desk, &Action::Scroll(Motion::Lines(down)));
        };
        let said = desk.course.page(&self.page).map(|page| walk.says(page)).unwrap_or_default();
        let (cols, rows) = (usize::from(self.size.cols), self.size.body_rows());
        self.left = if x < self.left { x } else { self.left.max((x + w + 1).saturating_sub(cols)) };
        self.top = if y < self.top { y } else { self.top.max((y + h + 1).saturating_sub(rows)) };
        Step::say(said)
    }
}
