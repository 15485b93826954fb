//! The simulation as one plays with it: run, paused, stepped back and forth, its knobs turned, looked at closely.
//!
//! The running simulation is a value in the model and `Tick` advances it. What takes long, the confidence intervals, is
//! asked of the world as an effect.

mod chart;
pub(super) mod detail;
mod entry;
pub(super) mod figures;
mod flow;
mod panel;
mod pointer;
pub(super) mod predict;
pub(super) mod scope;
mod strip;
mod tiles;
mod view;
mod watched;

use super::field::Field;
use super::{Action, Desk, Effect, Go, Size, Step};
use crate::course::{PageId, SimulationTask};
use crate::sim::{self, Knob, Report, RunCode, Scenario};
use flow::FlowView;

pub use predict::{Draft, Prediction};
pub use scope::Id;
use scope::Scope;
pub use view::{View, left_cols};
use watched::{Advanced, Watched};

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

/// Events that one frame advances at most, so that a key is always answered within a frame or two.
const EVENTS_PER_FRAME: usize = 20_000;
/// A whole run takes about this long to watch at the speed it opens with, in seconds.
const WATCH_S: f64 = 20.0;
/// Requests that are simulated in all for the confidence intervals of a run that has ended.
const REPLICATED_REQUESTS: u64 = 2_000_000;

#[derive(Clone, Debug)]
pub struct Lab {
    /// The page whose run it is; none once another run was typed in.
    page: Option<PageId>,
    /// Index of the page's widget that it belongs to.
    pub(crate) widget: usize,
    /// What the page calls the run: a scenario's name or a code.
    name: String,
    pub title: String,
    /// The run as the page has it.
    original: Scenario,
    /// The scenario of the course that the run was made from, by its name: what the run's code counts from.
    base: (String, Scenario),
    watched: Watched,
    /// The run with the setting before, watched as far.
    before: Option<Box<Watched>>,
    /// It stays the same whatever is turned.
    is_pinned: bool,
    pub comparing: bool,
    /// Many runs of this setting together, for the confidence intervals.
    spread: Option<Box<Report>>,
    /// The question whose reply is [`Lab::spread`].
    asked: Option<u64>,
    pub play: Play,
    /// Simulated seconds in a second of watching.
    pub speed: f64,
    last_tick_ms: Option<u64>,
    now_ms: u64,
    /// The flow on its own diagram, where the page has one.
    flow: Option<FlowView>,
    /// The chart is shown in place of the flow.
    pub shows_chart: bool,
    pub knobs: Vec<Knob>,
    pub knob: usize,
    scope: Scope,
    pub part: Part,
    pub prediction: Prediction,
    /// A code that is being typed.
    entry: Option<Field>,
    pub view: View,
    /// The row of the screen along which time is dragged.
    scrubbed_row: Option<u16>,
    size: Size,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Play {
    Paused,
    Running,
    /// As fast as the machine can, up to this moment; then paused.
    Seeking {
        until_s: f64,
    },
    Ended,
}

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
    /// The simulation of `page`'s widget number `widget`. A question that was answered before is not asked again.
    pub(crate) fn new(
        desk: &Desk<'_>,
        page: &PageId,
        widget: usize,
        task: &SimulationTask,
        scenario: &Scenario,
    ) -> Self {
        let predicted = desk.progress.predictions.get(&(page.0.clone(), task.scenario.clone()));
        let watched = Watched::new(scenario);
        let mut lab = Self {
            page: Some(page.clone()),
            widget,
            base: base(desk, task, scenario),
            name: task.scenario.clone(),
            title: scenario.title.clone(),
            original: scenario.clone(),
            speed: speed_for(&watched),
            watched,
            before: None,
            is_pinned: false,
            comparing: false,
            spread: None,
            asked: None,
            play: Play::Paused,
            last_tick_ms: None,
            now_ms: 0,
            flow: task.flow.as_ref().map(|flow| FlowView::new(flow, &scenario.steps())),
            shows_chart: false,
            knobs: sim::knobs(scenario),
            knob: 0,
            scope: Scope::new(scenario, task.flow.as_ref()),
            part: Part::Knobs,
            prediction: Prediction::new(task.predict.as_ref(), predicted),
            entry: None,
            view: View::default(),
            scrubbed_row: None,
            size: desk.size,
        };
        lab.lay_out(desk);
        lab
    }

    /// The run that judged a guess another day is made again, to be looked at beside the verdict.
    pub(crate) fn catch_up(&mut self) {
        if matches!(self.prediction, Prediction::Judged { .. }) {
            self.start(Play::Seeking { until_s: f64::INFINITY });
        }
    }

    /// A question waits for an answer before the run.
    pub fn asks_first(&self) -> bool {
        matches!(self.prediction, Prediction::Asking { .. })
    }

    /// The answer is one of several.
    pub fn asks_to_choose(&self) -> bool {
        matches!(self.prediction, Prediction::Asking { draft: Draft::Choice(_), .. })
    }

    pub fn is_playing(&self) -> bool {
        matches!(self.play, Play::Running | Play::Seeking { .. })
            || self.flow.as_ref().is_some_and(FlowView::is_moving)
            || self.before.as_ref().is_some_and(|before| self.comparing && before.lags_behind(&self.watched))
    }

    /// The run has more than one function to look at.
    pub fn has_functions(&self) -> bool {
        self.scope.is_choice()
    }

    /// The run has a diagram of its own beside the chart.
    pub fn has_flow(&self) -> bool {
        self.flow.is_some()
    }

    /// It shows the run of its page, perhaps with other knobs.
    pub(crate) fn is_of_page(&self) -> bool {
        self.page.is_some()
    }

    pub fn report(&self) -> Report {
        self.watched.sim.report()
    }

    pub fn scenario(&self) -> &Scenario {
        &self.watched.scenario
    }

    pub(crate) fn lay_out(&mut self, desk: &Desk<'_>) {
        self.size = desk.size;
        self.view = self.lay_out_view();
        if let Part::Totals { top } | Part::Sources { top } = &mut self.part {
            *top = (*top).min(self.view.most_top);
        }
    }

    pub(crate) fn update(&mut self, desk: &Desk<'_>, action: &Action) -> Step {
        let step = match self.type_code(desk, action) {
            Some(step) => step,
            None => self.decide(desk, action),
        };
        if let Some(before) = self.before.as_mut().filter(|_| self.comparing) {
            before.go_along(&self.watched, EVENTS_PER_FRAME);
        }
        let happened = self.watched.take_happened();
        if let Some(flow) = self.flow.as_mut().filter(|_| !desk.is_still) {
            flow.hear(&happened, self.now_ms);
        }
        self.lay_out(desk);
        step
    }

    fn decide(&mut self, desk: &Desk<'_>, action: &Action) -> Step {
        match action {
            Action::Back if matches!(self.part, Part::Knobs | Part::Lesson) => Step::go(Go::Back),
            Action::Back => {
                self.part = Part::Knobs;
                Step::default()
            }
            Action::Tick { now_ms } => self.tick(desk, *now_ms),
            Action::Type(_) | Action::Paste(_) | Action::Submit | Action::Open => self.predict(desk, action),
            Action::Replicated { question, report } if self.asked == Some(*question) => {
                self.asked = None;
                self.spread = Some(report.clone());
                Step::default()
            }
            Action::Click(col, row) => self.click(desk, *col, *row),
            Action::Drag { from, to } => self.scrub(desk, *from, *to),
            Action::Drop => {
                self.scrubbed_row = None;
                Step::default()
            }
            _ if self.asks_first() => Step::default(),
            Action::Scroll(super::Motion::Lines(by)) => self.deed(desk, Deed::Choose(by.signum())),
            Action::Copy => self.copy(),
            Action::Lab(deed) => self.deed(desk, *deed),
            _ => Step::default(),
        }
    }

    fn deed(&mut self, desk: &Desk<'_>, deed: Deed) -> Step {
        match deed {
            Deed::Play => match self.play {
                Play::Running | Play::Seeking { .. } => self.play = Play::Paused,
                Play::Paused => self.start(Play::Running),
                Play::Ended => {
                    self.watched.rewind(0.0, EVENTS_PER_FRAME);
                    self.start(Play::Running);
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

    /// What Tab leads through. Beside the charts of a large screen some of it is always there.
    fn parts(&self) -> Vec<Part> {
        let mut parts = vec![Part::Knobs, Part::Requests { chosen: None }, Part::Instances { chosen: None }];
        if !self.has_side() {
            parts.push(Part::Totals { top: 0 });
            if matches!(self.prediction, Prediction::Judged { .. }) {
                parts.push(Part::Lesson);
            }
        }
        parts
    }

    /// Why the knob at hand cannot matter, if it cannot.
    fn why_inert(&self) -> Step {
        let why = self.knobs.get(self.knob).and_then(|knob| knob.why_inert.clone());
        why.map_or_else(Step::default, Step::say)
    }

    fn start(&mut self, play: Play) {
        self.play = if self.watched.is_over() { Play::Ended } else { play };
        self.last_tick_ms = None;
    }

    /// To a moment of the run, earlier or later.
    fn go_to(&mut self, desk: &Desk<'_>, at_s: f64) -> Step {
        if at_s < self.watched.clock_s {
            self.play = match self.watched.rewind(at_s, EVENTS_PER_FRAME) {
                Advanced::NotYet => Play::Seeking { until_s: at_s },
                Advanced::There | Advanced::Over => Play::Paused,
            };
            return Step::default();
        }
        self.start(Play::Seeking { until_s: at_s });
        self.seek(desk, at_s)
    }

    /// A frame's worth of seeking.
    fn seek(&mut self, desk: &Desk<'_>, until_s: f64) -> Step {
        match self.watched.advance(until_s, EVENTS_PER_FRAME) {
            Advanced::Over => self.ended(desk),
            Advanced::There => {
                self.play = Play::Paused;
                Step::default()
            }
            Advanced::NotYet => Step::default(),
        }
    }

    fn turn(&mut self, desk: &Desk<'_>, by: i32) -> Step {
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
    fn pin(&mut self) -> Step {
        self.is_pinned = !self.is_pinned;
        if !self.is_pinned {
            return Step::say("From now on the run before is the one to compare with.");
        }
        self.before = Some(Box::new(self.watched.clone()));
        self.comparing = true;
        Step::say("This run stays to compare with, whatever you turn. C lets it go.")
    }

    /// What was looked at is chosen anew: the parts or the functions are others.
    fn look_anew(&mut self) {
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

    /// Another setting: it is seen at once as far as the old one was, and the old one stands beside it.
    fn change(&mut self, desk: &Desk<'_>, with: impl FnOnce(&mut Scenario)) -> Step {
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

    fn tick(&mut self, desk: &Desk<'_>, now_ms: u64) -> Step {
        let passed_s = self.last_tick_ms.map_or(0.0, |last| now_ms.saturating_sub(last) as f64 / 1000.0);
        self.last_tick_ms = Some(now_ms);
        self.now_ms = now_ms;
        match self.play {
            Play::Paused | Play::Ended => Step::default(),
            Play::Seeking { until_s } => self.seek(desk, until_s),
            // In steps as large as a frame allows, without anything on its way between them.
            Play::Running if desk.is_still => self.seek(desk, f64::INFINITY),
            Play::Running => {
                // After a suspended terminal the run goes on where it was, and does not leap.
                let until_s = self.watched.clock_s + passed_s.min(0.25) * self.speed;
                match self.watched.advance(until_s, EVENTS_PER_FRAME) {
                    Advanced::Over => self.ended(desk),
                    Advanced::There | Advanced::NotYet => Step::default(),
                }
            }
        }
    }

    fn ended(&mut self, desk: &Desk<'_>) -> Step {
        self.play = Play::Ended;
        let mut step = Step::default();
        if self.spread.is_none() && self.asked.is_none() {
            let report = self.report();
            let replications = (REPLICATED_REQUESTS / report.requests.max(1)).min(40) as u32;
            // Of fewer than ten runs an interval says little.
            if replications >= 10 {
                self.asked = Some(desk.question);
                let scenario = Box::new(self.scenario().clone());
                step.effects.push(Effect::Replicate { question: desk.question, scenario, replications });
            }
        }
        let Step { effects, notice, .. } = self.judge(desk);
        step.effects.extend(effects);
        step.notice = notice;
        step
    }

    /// Another request to look at: the next or previous one, or one of the cold ones.
    fn choose_request(&mut self, by: i32, cold: bool) {
        let Part::Requests { chosen } = self.part else { return };
        let requests = self.scope.requests(&self.watched.sim);
        let ids = |cold: bool| requests.iter().filter(|it| !cold || it.cold).map(|it| Id::of_request(it)).collect();
        let mut choice: Vec<Id> = ids(cold);
        if choice.is_empty() {
            choice = ids(false);
        }
        self.part = Part::Requests { chosen: neighbour(&choice, chosen, by) };
    }

    fn choose_instance(&mut self, by: i32) {
        let Part::Instances { chosen } = self.part else { return };
        let ids: Vec<Id> = self.scope.instances(&self.watched.sim).map(|it| Id::of_instance(&it)).collect();
        self.part = Part::Instances { chosen: neighbour(&ids, chosen, by) };
    }

    /// Copies the command that makes this run again, anywhere.
    fn copy(&self) -> Step {
        let command = self.command();
        let mut step = Step::say(format!("copied {command}"));
        step.effects.push(Effect::Copy(command));
        step
    }
}

/// The course's scenario behind the run of a page.
fn base(desk: &Desk<'_>, task: &SimulationTask, scenario: &Scenario) -> (String, Scenario) {
    let name = RunCode::parse(&task.scenario).map_or_else(|| task.scenario.clone(), |code| code.scenario);
    let base = desk.course.scenarios.get(&name).unwrap_or(scenario).clone();
    (name, base)
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

/// Where the speeds stop: simulated seconds in a second of watching.
const SPEEDS: [f64; 22] = [
    0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1e3, 2e3, 5e3, 1e4, 2e4,
    5e4, 1e5,
];

/// The stop `by` places from the one next to `speed`.
fn speed_near(speed: f64, by: i32) -> f64 {
    let away = |stop: f64| (libm::log10(stop) - libm::log10(speed)).abs();
    let at = (0..SPEEDS.len()).min_by(|a, b| away(SPEEDS[*a]).total_cmp(&away(SPEEDS[*b]))).unwrap_or(0);
    SPEEDS[(at as i64 + i64::from(by)).clamp(0, SPEEDS.len() as i64 - 1) as usize]
}

/// So fast that the whole run takes about [`WATCH_S`].
fn speed_for(watched: &Watched) -> f64 {
    speed_near((watched.total_s / WATCH_S).max(SPEEDS[0]), 0)
}

#[cfg(test)]
mod tests {
    use super::{Id, neighbour, speed_near};

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

    #[test]
    fn speeds_are_round_and_end_somewhere() {
        assert_eq!(
            [(1.0, 1), (1.0, -1), (22.7, 0), (1e5, 1), (0.001, -1)].map(|(it, by)| speed_near(it, by)),
            [2.0, 0.5, 20.0, 1e5, 0.01]
        );
    }
}
