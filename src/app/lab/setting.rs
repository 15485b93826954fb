//! The setting of a run: its knobs are turned, and the run before stays to compare with.

use super::Lab;
use super::look::Part;
use super::scope::Scope;
use super::time::{Play, speed_for};
use super::watched::Watched;
use crate::app::{Desk, Step};
use crate::course::SimulationTask;
use crate::sim::{self, RunCode, Scenario};

impl Lab {
    pub(super) fn turn(&mut self, desk: &Desk<'_>, by: i32) -> Step {
        let Some(knob) = self.knobs.get(self.knob) else { return Step::default() };
        if let Some(why) = &knob.why_inert {
            return Step::say(why.clone());
        }
        let (key, label, original) = (knob.key, knob.label, self.original.clone());
        let was = self.scenario().clone();
        let step = self.change(desk, |scenario| sim::turn(scenario, &original, key, by));
        if *self.scenario() == was {
            return Step::say(format!("The {label} goes no further that way."));
        }
        step
    }

    /// The run as it stands is the one to compare with, until it is let go.
    pub(super) fn pin(&mut self) -> Step {
        self.is_pinned = !self.is_pinned;
        if !self.is_pinned {
            return Step::say("From now on the run before is the one to compare with.");
        }
        self.before = Some(Box::new(self.watched.clone()));
        self.comparing = true;
        Step::say("This run stays to compare with, whatever you turn. C lets it go.")
    }

    /// Another setting: it is seen at once as far as the old one was, and the old one stands beside it.
    pub(super) fn change(&mut self, desk: &Desk<'_>, with: impl FnOnce(&mut Scenario)) -> Step {
        let mut changed = self.scenario().clone();
        with(&mut changed);
        if changed == *self.scenario() {
            return Step::default();
        }
        // The knob that was turned is at hand, also where it was typed.
        let was = std::mem::replace(&mut self.knobs, sim::knobs(&changed));
        let turned = self.knobs.iter().position(|knob| !was.contains(knob));
        self.knob = turned.unwrap_or(self.knob).min(self.knobs.len().saturating_sub(1));
        if changed.steps() != self.scenario().steps() {
            self.scope = Scope::new(&changed, None);
            self.flow = None;
        }
        self.spread = None;
        self.asked = None;
        if !matches!(self.part, Part::Sources { .. } | Part::Totals { .. }) {
            self.part = Part::Knobs;
        }
        let (was, seen_s) = (self.play, self.watched.clock_s);
        let before = std::mem::replace(&mut self.watched, Watched::new(&changed));
        if seen_s <= 0.0 {
            self.speed = speed_for(&self.watched);
            return Step::default();
        }
        if !self.is_pinned {
            self.before = Some(Box::new(before));
        }
        self.comparing = true;
        let until_s = match was {
            Play::Ended => f64::INFINITY,
            Play::Seeking { until_s } => until_s,
            Play::Running | Play::Paused => seen_s,
        };
        self.start(Play::Seeking { until_s });
        let mut step = self.seek(desk, until_s);
        if was == Play::Running && self.play == Play::Paused {
            self.start(Play::Running);
        }
        let beside = if self.is_pinned {
            "The run you kept stands beside it; C lets it go."
        } else {
            "The run before stands beside it; c takes it away."
        };
        step.notice = Step::say(beside).notice;
        step
    }
}

/// The course's scenario behind the run of a page.
pub(super) fn base(desk: &Desk<'_>, task: &SimulationTask, scenario: &Scenario) -> (String, Scenario) {
    let name = RunCode::parse(&task.scenario).map_or_else(|| task.scenario.clone(), |code| code.scenario);
    let base = desk.course.scenarios.get(&name).unwrap_or(scenario).clone();
    (name, base)
}
