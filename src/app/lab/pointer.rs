//! The mouse in the lab: what is clicked responds, dragging along the clock goes through time, dragging elsewhere selects
//! text, within the one of the texts side by side where it began.

use super::view::Target;
use super::{Lab, Part, left_cols};
use crate::app::selection::{Cell, Selection};
use crate::app::{Desk, Step};

/// What the pointer is about.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) enum Pointer {
    #[default]
    Nothing,
    /// Along this row of the screen, which stands for the run's time.
    Scrubbing {
        row: u16,
    },
    Selecting(Selection),
}

impl Pointer {
    /// Ends what is selected; says whether anything was.
    pub(super) fn let_go(&mut self) -> bool {
        matches!(std::mem::take(self), Self::Selecting(_))
    }
}

impl Lab {
    /// The text that is selected.
    pub fn selection(&self) -> Option<&Selection> {
        match &self.pointer {
            Pointer::Selecting(selection) => Some(selection),
            _ => None,
        }
    }

    pub(super) fn copy_selection(&self) -> Step {
        self.selection().map_or_else(Step::default, |selection| selection.copy(&self.view.rows))
    }

    pub(super) fn click(&mut self, desk: &Desk<'_>, col: u16, row: u16) -> Step {
        self.pointer = Pointer::Nothing;
        let target = self.view.target_at(self.size, col, row);
        if let (true, Some(Target::Choice(index))) = (self.asks_first(), target) {
            self.choose_answer(index);
        }
        if self.asks_first() {
            return Step::default();
        }
        match target {
            Some(Target::Moment(at_s)) => return self.go_to(desk, at_s),
            Some(Target::Turn(index, by)) => {
                (self.knob, self.part) = (index, Part::Knobs);
                return self.turn(desk, by);
            }
            Some(Target::Knob(index)) => {
                (self.knob, self.part) = (index, Part::Knobs);
                return self.why_inert();
            }
            Some(Target::Totals) => self.part = Part::Totals { top: 0 },
            Some(Target::Request(id)) => self.part = Part::Requests { chosen: Some(id) },
            Some(Target::Instance(id)) => self.part = Part::Instances { chosen: Some(id) },
            Some(Target::Function(one)) => {
                self.scope.look_at(one);
                self.look_anew();
            }
            Some(Target::Deed(deed)) => return self.deed(desk, deed),
            Some(Target::Choice(_)) | None => {}
        }
        Step::default()
    }

    /// What responds responds twice; elsewhere a word is copied.
    pub(super) fn double_click(&mut self, desk: &Desk<'_>, col: u16, row: u16) -> Step {
        if self.view.target_at(self.size, col, row).is_some() {
            return self.click(desk, col, row);
        }
        let cell = self.cell((col, row));
        self.pointer = Selection::word(&self.view.rows, cell).map_or(Pointer::Nothing, Pointer::Selecting);
        self.copy_selection()
    }

    pub(super) fn drag(&mut self, desk: &Desk<'_>, from: Option<(u16, u16)>, to: (u16, u16)) -> Step {
        if let Some((col, row)) = from {
            let moment = |target| matches!(target, Some(Target::Moment(_)));
            self.pointer = if moment(self.view.target_at(self.size, col, row)) && !self.asks_first() {
                Pointer::Scrubbing { row }
            } else {
                Pointer::Nothing
            };
        }
        if let Pointer::Scrubbing { row } = self.pointer {
            return match self.view.target_at(self.size, to.0, row) {
                Some(Target::Moment(at_s)) => self.go_to(desk, at_s),
                _ => Step::default(),
            };
        }
        let begin = from.map(|from| self.cell(from));
        let selection = Selection::dragged(self.selection().copied(), begin, self.cell(to));
        let (rows, strip) = self.view.text_around(selection.from);
        let last = rows.end.saturating_sub(1).max(rows.start);
        let to = Cell { row: selection.to.row.clamp(rows.start, last), ..selection.to };
        self.pointer = Pointer::Selecting(Selection { to, ..selection }.keeping_to(strip));
        Step::default()
    }

    /// The cell of the view at a column and row of the screen, or the nearest.
    fn cell(&self, (col, row): (u16, u16)) -> Cell {
        let last = self.view.rows.len().saturating_sub(1);
        Cell {
            row: usize::from(row.saturating_sub(1)).min(last),
            col: usize::from(col.saturating_sub(left_cols(self.size.cols))),
        }
    }
}
