//! Where one looks: the part of the screen that the arrow keys move in, and the request or the instance chosen there.

use super::Lab;
use super::predict::Prediction;
use super::scope::Id;

/// The part of the screen that the arrow keys move in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Knobs,
    /// All figures of the run, and what differs from the run before, in words.
    Totals {
        top: usize,
    },
    /// What the judged guess teaches.
    Lesson,
    Requests {
        chosen: Option<Id>,
    },
    Instances {
        chosen: Option<Id>,
    },
    Sources {
        top: usize,
    },
}

impl Lab {
    /// What Tab leads through. Beside the charts of a large screen some of it is always there.
    pub(super) fn parts(&self) -> Vec<Part> {
        let mut parts = vec![Part::Knobs];
        if !self.has_side() {
            parts.push(Part::Totals { top: 0 });
        }
        parts.extend([Part::Requests { chosen: None }, Part::Instances { chosen: None }]);
        if !self.has_side() && matches!(self.prediction, Prediction::Judged { .. }) {
            parts.push(Part::Lesson);
        }
        parts
    }

    /// What was looked at is chosen anew: the parts or the functions are others.
    pub(super) fn look_anew(&mut self) {
        match &mut self.part {
            Part::Requests { chosen } => {
                *chosen = None;
                self.choose_request(-1, true);
            }
            Part::Instances { chosen } => {
                *chosen = None;
                self.choose_instance(-1);
            }
            Part::Knobs | Part::Totals { .. } | Part::Lesson | Part::Sources { .. } => {}
        }
    }

    /// Another request to look at: the next or previous one, or one of the cold ones.
    pub(super) fn choose_request(&mut self, by: i32, cold: bool) {
        let Part::Requests { chosen } = self.part else { return };
        let requests = self.scope.requests(&self.watched.sim);
        let ids = |cold: bool| requests.iter().filter(|it| !cold || it.cold).map(|it| Id::of_request(it)).collect();
        let mut choice: Vec<Id> = ids(cold);
        if choice.is_empty() {
            choice = ids(false);
        }
        self.part = Part::Requests { chosen: neighbour(&choice, chosen, by) };
    }

    pub(super) fn choose_instance(&mut self, by: i32) {
        let Part::Instances { chosen } = self.part else { return };
        let ids: Vec<Id> = self.scope.instances(&self.watched.sim).map(|it| Id::of_instance(&it)).collect();
        self.part = Part::Instances { chosen: neighbour(&ids, chosen, by) };
    }
}

/// The id `by` places from `chosen`, the last one when nothing is chosen.
fn neighbour(ids: &[Id], chosen: Option<Id>, by: i32) -> Option<Id> {
    let last = ids.len().checked_sub(1)?;
    let Some(chosen) = chosen else { return Some(ids[last]) };
    let at = match ids.iter().position(|id| *id == chosen) {
        Some(at) => at as i64 + i64::from(by),
        // It is gone, or of another kind: the step leads to the nearer one in its direction.
        None => ids.partition_point(|id| *id < chosen) as i64 + i64::from(by.min(0)),
    };
    Some(ids[at.clamp(0, last as i64) as usize])
}

#[cfg(test)]
mod tests {
    use super::{Id, neighbour};

    #[test]
    fn what_is_looked_at_moves_among_what_is_there() {
        let id = |id| Id { function: 0, id };
        let ids = [2, 4, 6].map(id);
        assert_eq!(neighbour(&[], Some(id(3)), 1), None);
        assert_eq!(neighbour(&ids, None, 1), Some(id(6)));
        assert_eq!(
            [(4, 1), (6, 1), (4, -1), (5, 1), (5, -1), (9, 1)].map(|(at, by)| neighbour(&ids, Some(id(at)), by)),
            [6, 6, 2, 6, 4, 6].map(|at| Some(id(at)))
        );
    }
}
