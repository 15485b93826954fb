//! What one can do in the lab, and what each deed does.

use super::Lab;
use super::look::Part;
use super::time::{EVENTS_PER_FRAME, Play, speed_near};
use crate::app::{Desk, Step};

/// What one can do in the lab.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    Play,
    /// Events forward (positive) or back.
    Step(i32),
    /// Twentieths of the run forward or back.
    Jump(i32),
    /// Down or up: another knob, or another cold request.
    Choose(i32),
    /// Right or left: the knob is turned, or the next request or instance looked at.
    Turn(i32),
    Speed(i32),
    NewSeed,
    Compare,
    /// The run as it stands stays the one to compare with.
    Pin,
    /// A run's code, or a change to the run at hand, is to be typed.
    TypeCode,
    Finish,
    Rewind,
    Reset,
    /// To the next (1) or previous (-1) part of the screen that the arrows move in.
    NextPart(i32),
    Sources,
    /// From the flow's diagram to the chart, and back.
    OtherPicture,
    /// To the next or previous function of a flow; before the first stand all of them together.
    Function(i32),
}

impl Lab {
    pub(super) fn deed(&mut self, desk: &Desk<'_>, deed: Deed) -> Step {
        match deed {
            Deed::Play => match self.play {
                Play::Running | Play::Seeking { .. } => self.play = Play::Paused,
                Play::Paused => return self.run(desk),
                Play::Ended => {
                    self.watched.rewind(0.0, EVENTS_PER_FRAME);
                    return self.run(desk);
                }
            },
            Deed::Step(by) => {
                self.play = Play::Paused;
                if let Err(at_s) = self.watched.step(by) {
                    return self.go_to(desk, at_s);
                }
                if self.watched.is_over() {
                    return self.ended(desk);
                }
            }
            Deed::Jump(by) => {
                let to_s = self.watched.clock_s + f64::from(by) * self.watched.total_s / 20.0;
                return self.go_to(desk, to_s);
            }
            Deed::Finish => return self.go_to(desk, f64::INFINITY),
            Deed::Rewind => return self.go_to(desk, 0.0),
            Deed::Choose(by) => match self.part {
                Part::Knobs => {
                    let n = self.knobs.len().max(1) as i64;
                    self.knob = (self.knob as i64 + i64::from(by)).rem_euclid(n) as usize;
                    return self.why_inert();
                }
                Part::Lesson => self.part = Part::Knobs,
                Part::Requests { .. } => self.choose_request(by, true),
                Part::Instances { .. } => self.choose_instance(by),
                Part::Sources { top } => self.part = Part::Sources { top: top.saturating_add_signed(by as isize) },
                Part::Totals { top } => self.part = Part::Totals { top: top.saturating_add_signed(by as isize) },
            },
            Deed::Turn(by) => match self.part {
                Part::Knobs => return self.turn(desk, by),
                Part::Requests { .. } => self.choose_request(by, false),
                Part::Instances { .. } => self.choose_instance(by),
                Part::Lesson | Part::Totals { .. } | Part::Sources { .. } => self.part = Part::Knobs,
            },
            Deed::Speed(by) => self.speed = speed_near(self.speed, by),
            Deed::NewSeed => {
                let seed = self.scenario().seed().wrapping_add(1);
                let mut step = self.change(desk, |scenario| *scenario = scenario.clone().with_seed(seed));
                step.notice = Step::say(format!("Seed {seed}: the same setting, other chance.")).notice;
                return step;
            }
            Deed::Compare => {
                if self.before.is_none() {
                    return Step::say("Nothing to compare with yet: turn a knob, and the run before stands beside it.");
                }
                self.comparing = !self.comparing;
            }
            Deed::Pin => return self.pin(),
            Deed::TypeCode => self.ask_for_code(),
            Deed::Function(by) => {
                if !self.scope.is_choice() {
                    return Step::say("This simulation has one function only.");
                }
                self.scope.turn(by);
                self.look_anew();
            }
            Deed::Reset => {
                let original = self.original.clone();
                let mut step = self.change(desk, |scenario| *scenario = original);
                step.notice = Step::say("The knobs are as the page had them.").notice;
                return step;
            }
            Deed::NextPart(by) => {
                let parts = self.parts();
                let same = |part: &Part| std::mem::discriminant(part) == std::mem::discriminant(&self.part);
                // What the guess taught is read first and stands last: the knobs follow it.
                let at = parts.iter().position(same).map_or(-i64::from(by), |at| at as i64);
                self.part = parts[(at + i64::from(by)).rem_euclid(parts.len() as i64) as usize];
                self.look_anew();
            }
            Deed::OtherPicture => {
                if self.flow.is_none() {
                    return Step::say("This simulation has one picture only.");
                }
                self.shows_chart = !self.shows_chart;
            }
            Deed::Sources => {
                self.part =
                    if matches!(self.part, Part::Sources { .. }) { Part::Knobs } else { Part::Sources { top: 0 } };
            }
        }
        Step::default()
    }

    /// Why the knob at hand cannot matter, if it cannot.
    pub(super) fn why_inert(&self) -> Step {
        let why = self.knobs.get(self.knob).and_then(|knob| knob.why_inert.clone());
        why.map_or_else(Step::default, Step::say)
    }
}
