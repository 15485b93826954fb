//! The mouse in the lab: what is clicked responds, and dragging along the clock goes through time.

use super::Lab;
use super::look::Part;
use super::surface::Target;
use crate::app::{Action, Desk, Step};

impl Lab {
    /// Whether a click there does something.
    pub(crate) fn responds_at(&self, (col, row): (u16, u16)) -> bool {
        self.view.target_at(self.size, col, row).is_some()
    }

    /// Whether dragging goes through time: where it begins on the clock, and as long as it then goes on.
    pub(crate) fn scrubs(&self, from: Option<(u16, u16)>) -> bool {
        let moment = |(col, row)| matches!(self.view.target_at(self.size, col, row), Some(Target::Moment(_)));
        from.map_or(self.scrubbed_row.is_some(), |at| moment(at) && !self.asks_first())
    }

    /// The pointer was dragged, along the row where it began: the moment it points at is looked at.
    pub(super) fn scrub(&mut self, desk: &Desk<'_>, from: Option<(u16, u16)>, to: (u16, u16)) -> Step {
        let row = from.map(|(_, row)| row).or(self.scrubbed_row).unwrap_or(to.1);
        self.scrubbed_row = Some(row);
        match self.view.target_at(self.size, to.0, row) {
            Some(Target::Moment(at_s)) => self.go_to(desk, at_s),
            _ => Step::default(),
        }
    }

    pub(super) fn click(&mut self, desk: &Desk<'_>, col: u16, row: u16) -> Step {
        let target = self.view.target_at(self.size, col, row);
        if let (true, Some(Target::Choice(index))) = (self.asks_first(), target) {
            self.choose_answer(index);
        }
        if self.asks_first() {
            return if target == Some(Target::Guess) { self.predict(desk, &Action::Submit) } else { Step::default() };
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
            Some(Target::Choice(_) | Target::Guess) | None => {}
        }
        Step::default()
    }
}
