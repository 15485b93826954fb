//! The simulation as one plays with it: run, paused, stepped back and forth, its knobs turned, looked at closely.
//!
//! The running simulation is a value in the model and `Tick` advances it. What takes long, the confidence intervals, is
//! asked of the world as an effect.

mod chart;
mod clock;
mod deed;
pub(super) mod detail;
mod entry;
pub(super) mod figures;
mod flow;
mod life;
mod look;
mod panel;
mod pointer;
pub(super) mod predict;
pub(super) mod scope;
mod setting;
mod strip;
mod surface;
mod tiles;
mod time;
mod view;
mod watched;

use super::field::Field;
use super::{Action, Desk, Effect, Go, Size, Step};
use crate::course::{PageId, SimulationTask};
use crate::sim::{self, Knob, Report, RunCode, Scenario};
use flow::FlowView;
use scope::Scope;
use watched::Watched;

pub use deed::Deed;
pub use look::Part;
pub use predict::{Draft, Prediction};
pub use scope::Id;
pub use surface::{View, left_cols};
pub use time::Play;

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
            base: setting::base(desk, task, scenario),
            name: task.scenario.clone(),
            title: scenario.title.clone(),
            original: scenario.clone(),
            speed: time::speed_for(&watched),
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
            before.go_along(&self.watched, time::EVENTS_PER_FRAME);
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

    /// Copies the command that makes this run again, anywhere.
    fn copy(&self) -> Step {
        let command = self.command();
        let mut step = Step::say(format!("copied {command}"));
        step.effects.push(Effect::Copy(command));
        step
    }

    /// The command that makes this run again, on any machine.
    pub(super) fn command(&self) -> String {
        format!("coldstart sim {}", RunCode::of(&self.base.0, &self.base.1, self.scenario()))
    }
}
