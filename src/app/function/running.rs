//! What is asked of the machine that runs the functions, and how its answers come on screen.

use super::call::{Code, Event, Order, Ran, Runs};
use super::serving::Serving;
use super::times::{Measured, compared};
use super::{Bench, Editing};
use crate::app::{Desk, Effect, Notice, Step};

/// How much slower than it was an answer comes on screen: a cold start is felt, and nobody waits long.
const SLOWED: f64 = 12.0;
/// No answer takes longer than this to come on screen.
const SLOWEST_MS: f64 = 1_500.0;
/// Invocations of each kind that are measured for the comparison. The warm ones are fewer than the connections that the
/// database takes: code that opens one with each call would else be measured being refused.
const COLD_MEASURED: u32 = 30;
const WARM_MEASURED: u32 = 90;
/// Invocations that are kept of each version.
const RUNS_KEPT: usize = 50;

/// Whether the last answers are on their way to the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Coming {
    No,
    /// From the next tick on: the clock may have stood still before.
    Next,
    Since(u64),
}

/// A question that is not answered yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    Runs(u64),
    Measures(u64),
}

impl Bench {
    pub(super) fn run(&mut self, desk: &Desk<'_>, times: u32) -> Step {
        if self.chosen == self.task.events.len() && !self.event_marks().is_empty() {
            self.editing = Some(Editing::Event);
            return Step::say("An event is one JSON value; what is wrong with this one stands at its line.");
        }
        self.ask(Asked::Runs(desk.question));
        let orders = (0..self.versions.len()).map(|version| self.order(version, times, false)).collect();
        Step::effect(Effect::Invoke { question: desk.question, orders })
    }

    fn ask(&mut self, asked: Asked) {
        (self.asked, self.asked_since) = (Some(asked), None);
    }

    pub(super) fn measure(&mut self, desk: &Desk<'_>) -> Step {
        self.ask(Asked::Measures(desk.question));
        self.times.clear();
        let versions = 0..self.versions.len();
        let orders = versions
            .flat_map(|version| [self.order(version, COLD_MEASURED, true), self.order(version, WARM_MEASURED, false)]);
        Step::effect(Effect::Invoke { question: desk.question, orders: orders.collect() })
    }

    /// Cold and warm invocations of each version, one after the other.
    fn hear_measured(&mut self, desk: &Desk<'_>, answers: &[Result<Runs, String>]) {
        let beside = self.task.beside.as_ref().and_then(|beside| beside.scenario.as_ref());
        let scenarios = [self.task.scenario.as_ref(), beside];
        for ((version, answers), scenario) in self.versions.iter().zip(answers.chunks(2)).zip(scenarios) {
            let [Ok(cold), Ok(warm)] = answers else { continue };
            let measured = Measured {
                runtime: cold.runtime.clone(),
                memory_mb: cold.ran.first().map_or(0, |ran| ran.memory_mb),
                cold: cold.ran.iter().map(Ran::took).collect(),
                warm: warm.ran.iter().filter(|ran| !ran.is_cold()).map(Ran::took).collect(),
            };
            let scenario = scenario.and_then(|name| desk.course.scenario(name).ok());
            self.times.extend(compared(&version.title, &measured, scenario.as_ref()));
        }
    }

    pub(super) fn serve(&mut self) -> Step {
        if self.is_serving() {
            return Step::effect(Effect::StopServing);
        }
        self.serving = Some(Serving::default());
        Step::effect(Effect::Serve { code: self.code(self.shown) })
    }

    fn code(&self, version: usize) -> Code {
        let text = self.versions[version].editor.text();
        Code {
            files: vec![(self.task.file.clone(), text)],
            manifest: self.task.manifest.clone(),
            database: self.task.database,
        }
    }

    fn order(&self, version: usize, times: u32, afresh: bool) -> Order {
        let lane = format!("{}#{} {version} {}", self.page, self.widget, self.generation);
        Order { lane, code: self.code(version), event: self.event(), times, afresh }
    }

    fn event(&self) -> Event {
        self.task.events.get(self.chosen).map_or_else(|| Event::Json(self.own_event.text()), Event::of)
    }

    pub(super) fn hear(&mut self, desk: &Desk<'_>, question: u64, answers: &[Result<Runs, String>]) -> Step {
        // An answer to an older question: the learner has asked another since.
        let Some(asked) =
            self.asked.take_if(|asked| matches!(asked, Asked::Runs(it) | Asked::Measures(it) if *it == question))
        else {
            return Step::default();
        };
        if let Some(why) = answers.iter().find_map(|answer| answer.as_ref().err()) {
            return Step { notice: Some(Notice { text: why.clone(), grave: true }), ..Step::default() };
        }
        match asked {
            Asked::Runs(_) => {
                for (version, Runs { ran, .. }) in self.versions.iter_mut().zip(answers.iter().flatten()) {
                    version.n_ran += ran.len();
                    version.ran.extend(ran.iter().cloned());
                    let n_old = version.ran.len().saturating_sub(RUNS_KEPT);
                    version.ran.drain(..n_old);
                }
                self.coming = if desk.is_still { Coming::No } else { Coming::Next };
            }
            Asked::Measures(_) => {
                self.hear_measured(desk, answers);
                self.lay_out(desk);
                self.top = self.row_of_times();
            }
        }
        Step::default()
    }

    pub(super) fn tick(&mut self, now_ms: u64) {
        self.now_ms = now_ms;
        if self.asked.is_some() {
            self.asked_since.get_or_insert(now_ms);
        }
        let slowest = self.versions.iter().filter_map(|version| version.ran.last()).map(shown_ms).fold(0.0, f64::max);
        match self.coming {
            Coming::Next => self.coming = Coming::Since(now_ms),
            Coming::Since(since) if now_ms.saturating_sub(since) as f64 >= slowest => self.coming = Coming::No,
            _ => {}
        }
    }

    /// How much of the last answer of a version has come on screen, 0..=1.
    pub(super) fn share_shown(&self, ran: &Ran) -> f64 {
        match self.coming {
            Coming::No => 1.0,
            Coming::Next => 0.0,
            Coming::Since(since) => (self.now_ms.saturating_sub(since) as f64 / shown_ms(ran).max(1.0)).min(1.0),
        }
    }
}

/// How long an answer takes to come on screen.
fn shown_ms(ran: &Ran) -> f64 {
    (ran.total_ms() * SLOWED).min(SLOWEST_MS)
}
