//! A diagram on the whole screen: as wide as it likes, moved about with the arrow keys.

use super::overlay::moved;
use super::row::{Row, of_grid};
use super::{Action, Desk, Go, Size, Step};
use crate::app::lesson::CHROME_ROWS;
use crate::course::Page;
use crate::diagram::{self, Graph};

#[derive(Clone, Debug)]
pub struct Canvas {
    pub title: String,
    graph: Graph,
    pub rows: Vec<Row>,
    pub width: usize,
    pub top: usize,
    pub left: usize,
    size: Size,
}

impl Canvas {
    pub(crate) fn new(desk: &Desk<'_>, page: &Page, graph: Graph) -> Self {
        let (title, size) = (page.title.clone(), desk.size);
        let mut canvas = Self { title, graph, rows: Vec::new(), width: 0, top: 0, left: 0, size };
        canvas.lay_out(desk);
        canvas
    }

    pub(crate) fn lay_out(&mut self, desk: &Desk<'_>) {
        self.size = desk.size;
        let grid = diagram::draw(&diagram::lay_out(&self.graph, self.size.cols.saturating_sub(2).max(1)));
        self.width = grid.width();
        self.rows = of_grid(&grid);
        self.stay();
    }

    fn stay(&mut self) {
        self.top = self.top.min(self.rows.len().saturating_sub(self.body_rows()));
        self.left = self.left.min(self.width.saturating_sub(usize::from(self.size.cols)));
    }

    fn body_rows(&self) -> usize {
        usize::from(self.size.rows.saturating_sub(CHROME_ROWS)).max(1)
    }

    pub(crate) fn update(&mut self, _desk: &Desk<'_>, action: &Action) -> Step {
        match action {
            Action::Back | Action::Open => return Step::go(Go::Back),
            Action::Scroll(motion) => self.top = moved(self.top, *motion, self.body_rows()),
            // Sideways the page keys pan: there is nothing to turn here.
            Action::TurnPage(by) => {
                let step = i64::from(*by) * i64::from(self.size.cols / 2).max(1);
                self.left = usize::try_from(self.left as i64 + step).unwrap_or(0);
            }
            _ => {}
        }
        self.stay();
        Step::default()
    }
}
