//! A diagram that is looked at on the whole screen: laid out for the room it is given, and walked through.

use super::walk::Walk;
use super::{Size, Zoom};
use crate::app::row::{Row, of_grid};
use crate::diagram::{self, Graph, Placed};

/// Columns that nothing needs: a diagram laid out for them has its labels on one line each.
const UNBOUNDED_COLS: u16 = 1000;
const COMPACT_COLS: u16 = 40;

#[derive(Clone, Debug)]
pub(crate) struct Drawing {
    graph: Graph,
    walk: Option<Walk>,
}

impl Drawing {
    /// A walk that was begun on the page goes on.
    pub(crate) fn new(graph: Graph, walk: Option<Walk>) -> Self {
        Self { graph, walk }
    }

    /// Its rows; the walk goes on among them.
    pub(super) fn rows(&mut self, zoom: Zoom, size: Size) -> Vec<Row> {
        let placed = self.placed(zoom, size);
        let rows = of_grid(&diagram::draw(&placed));
        if let Some(walk) = &mut self.walk {
            walk.lay_out(placed);
        }
        rows
    }

    fn placed(&self, zoom: Zoom, size: Size) -> Placed {
        let fitted = size.cols.saturating_sub(2).max(1);
        let width = match zoom {
            Zoom::Compact => fitted.min(COMPACT_COLS),
            Zoom::Fitted => fitted,
            Zoom::Full => UNBOUNDED_COLS,
        };
        diagram::lay_out(&self.graph, width)
    }

    /// Column, row, width and height of the box one stands on.
    pub(super) fn stands_on(&self) -> Option<(usize, usize, usize, usize)> {
        self.walk.as_ref().and_then(Walk::cells)
    }

    /// Whether one walked until now.
    pub(super) fn stop_walking(&mut self) -> bool {
        self.walk.take().is_some()
    }

    /// To the box at a column and row of the drawing, if one is there.
    pub(super) fn go_to(&mut self, at: (usize, usize), zoom: Zoom, size: Size) -> Option<&Walk> {
        let mut walk = self.walk.clone().or_else(|| Walk::begin(self.placed(zoom, size)))?;
        walk.go_to(at)?;
        self.walk = Some(walk);
        self.walk.as_ref()
    }

    /// To the neighbour of the box one stands on, or to the first box; the walk, if there is anything to walk on.
    pub(super) fn walk(&mut self, across: i32, down: i32, zoom: Zoom, size: Size) -> Option<&Walk> {
        match &mut self.walk {
            Some(walk) => walk.go(across, down),
            None => self.walk = Walk::begin(self.placed(zoom, size)),
        }
        self.walk.as_ref()
    }
}
