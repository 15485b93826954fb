//! The lab as rows, and what each cell of them stands for when it is clicked.

use std::ops::Range;

use super::deed::Deed;
use super::scope::Id;
use crate::app::Size;
use crate::app::row::{Row, Ui};
use crate::app::selection::Strip;

/// The widest the lab is.
pub(super) const MOST_COLS: u16 = 230;

/// The rows of the lab and what can be clicked in them.
#[derive(Clone, Debug, Default)]
pub struct View {
    pub rows: Vec<Row>,
    targets: Vec<(Area, Target)>,
    /// Texts that stand side by side: the rows and the columns of each.
    pub(super) strips: Vec<(Range<usize>, Strip)>,
    /// How far down one can look in what has no room as a whole.
    pub(super) most_top: usize,
}

/// Columns and a row of [`View::rows`].
#[derive(Clone, Debug, PartialEq, Eq)]
struct Area {
    cols: Range<usize>,
    row: usize,
}

/// What a click means.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Target {
    /// One of the answers of the question.
    Choice(usize),
    /// The guess is made, and the run judges it.
    Guess,
    Knob(usize),
    /// A knob, and which way.
    Turn(usize, i32),
    Request(Id),
    Instance(Id),
    /// One function of a flow, or all of them.
    Function(Option<usize>),
    /// A moment of the run, in simulated seconds.
    Moment(f64),
    Totals,
    /// What a key would do.
    Deed(Deed),
}

impl View {
    /// What stands at a cell of the screen.
    pub(super) fn target_at(&self, size: Size, col: u16, row: u16) -> Option<Target> {
        let row = usize::from(row.checked_sub(1)?);
        let col = usize::from(col.checked_sub(left_cols(size.cols))?);
        let hit = |(area, _): &&(Area, Target)| area.row == row && area.cols.contains(&col);
        // The one drawn last lies on top.
        self.targets.iter().rev().find(hit).map(|(_, target)| *target)
    }

    pub(super) fn push(&mut self, row: Row) {
        self.rows.push(row);
    }

    pub(super) fn extend(&mut self, rows: impl IntoIterator<Item = Row>) {
        self.rows.extend(rows);
    }

    pub(super) fn target(&mut self, cols: Range<usize>, row: usize, target: Target) {
        self.targets.push((Area { cols, row }, target));
    }

    /// Puts another view below.
    pub(super) fn append(&mut self, below: Self) {
        self.put(below, self.rows.len(), 0);
    }

    /// Puts another view at the right, from its first row on.
    pub(super) fn beside(&mut self, right: Self, from_col: usize) {
        let rows = self.rows.len().max(right.rows.len());
        self.rows.resize(rows, Row::default());
        self.strips.push((0..rows, Strip { from: 0, until: from_col }));
        self.strips.push((0..rows, Strip { from: from_col, until: usize::MAX }));
        self.put(right, 0, from_col);
    }

    fn put(&mut self, other: Self, from_row: usize, from_col: usize) {
        for (index, row) in other.rows.into_iter().enumerate() {
            match self.rows.get_mut(from_row + index) {
                None => self.rows.push(row),
                Some(left) => {
                    let mut spans = std::mem::take(left).padded(from_col, Ui::Text).spans;
                    spans.extend(row.spans);
                    *left = Row::of(spans);
                }
            }
        }
        for (Area { cols, row }, target) in other.targets {
            self.target(cols.start + from_col..cols.end + from_col, row + from_row, target);
        }
        self.most_top = self.most_top.max(other.most_top);
        for (rows, Strip { from, until }) in other.strips {
            let strip = Strip { from: from + from_col, until: until.saturating_add(from_col) };
            self.strips.push((rows.start + from_row..rows.end + from_row, strip));
        }
    }
}

/// Columns left of the lab on a screen of `cols`.
pub fn left_cols(cols: u16) -> u16 {
    cols.saturating_sub(MOST_COLS) / 2 + 1
}
