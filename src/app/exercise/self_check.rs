//! The learner as the judge: ticking the points beside the solution, and holding against the grader that one was made.

use super::{Sheet, Stage};
use crate::app::{Action, Desk, Effect, Step};
use crate::course::progress::Work;
use crate::course::{Deed, Exercise, Kind};
use crate::grade::Status;

impl Sheet {
    /// Begins to tick, when the solution may be seen.
    pub(super) fn check_itself(&mut self, desk: &Desk<'_>, exercise: &Exercise, work: &Work) -> Step {
        if !matches!(exercise.kind, Kind::Text(_)) {
            return Step::say("Only an answer in your own words has points to tick.");
        }
        self.leave_editor();
        if self.solution_shown {
            self.begin_checking();
            return Step::default();
        }
        self.checks_itself = true;
        self.solution(desk, work)
    }

    pub(super) fn begin_checking(&mut self) {
        self.stage = Stage::Checking { cursor: 0, ticked: std::collections::BTreeSet::new() };
        self.top = 0;
    }

    pub(super) fn checking(&mut self, desk: &Desk<'_>, exercise: &Exercise, action: &Action) -> Step {
        let Kind::Text(rubric) = &exercise.kind else { return Step::default() };
        let Stage::Checking { cursor, ticked } = &mut self.stage else { return Step::default() };
        let n = rubric.items().count();
        match action {
            Action::Scroll(motion) => *cursor = motion.from(*cursor, n).min(n.saturating_sub(1)),
            Action::Choose(index) if *index < n => {
                *cursor = *index;
                toggle(ticked, *index);
            }
            Action::Toggle => toggle(ticked, *cursor),
            Action::Submit => {
                let items: Vec<String> = rubric
                    .items()
                    .enumerate()
                    .filter(|(index, _)| ticked.contains(index))
                    .map(|(_, item)| item.id.clone())
                    .collect();
                let said = format!("Kept: you hold {} of {n} points to be made.", items.len());
                self.stage = Stage::Reading;
                let mut step = Step::say(said);
                let deed = Deed::SelfChecked { exercise: self.exercise.clone(), items };
                step.effects.push(Effect::Keep { question: desk.question, deed });
                return step;
            }
            _ => {}
        }
        Step::default()
    }

    /// “I did say that”, of an item that the verdict has as missing; said again, it is taken back.
    pub(super) fn dispute(&mut self, desk: &Desk<'_>, work: &Work, index: usize) -> Step {
        let Stage::Judged { verdict, .. } = &self.stage else { return Step::default() };
        let Some(item) = verdict.items.get(index).filter(|item| item.status != Status::Made) else {
            return Step::default();
        };
        let on = !work.disputed.contains(&item.id);
        let mut step = Step::say(if on {
            "Noted: you hold that you made this point. It is kept with your answer, for your teacher to see."
        } else {
            "Taken back."
        });
        let deed = Deed::Disputed { exercise: self.exercise.clone(), item: item.id.clone(), on };
        step.effects.push(Effect::Keep { question: desk.question, deed });
        step
    }
}

fn toggle(ticked: &mut std::collections::BTreeSet<usize>, index: usize) {
    if !ticked.remove(&index) {
        ticked.insert(index);
    }
}
