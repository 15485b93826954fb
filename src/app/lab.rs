//! The simulation as one plays with it: run, paused, stepped back and forth, its knobs turned.
//!
//! The simulator is a value, so the running simulation is simply a field here and `Tick` advances it. Going back in
//! time is going forward again from a snapshot.

mod lab_rows;

use super::field::Field;
use super::key::{Code, Key};
use super::row::Row;
use super::{Action, Desk, Effect, Go, Size, Step};
use crate::course::progress::Predicted;
use crate::course::{self, PageId, Predict, SimulationTask};
use crate::sim::{self, Knob, Report, Scenario, Simulation};

/// What one can do in the lab.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    Play,
    /// Events forward (positive) or back.
    Step(i32),
    Knob(i32),
    Turn(i32),
    Speed(i32),
    NewSeed,
    Compare,
    Finish,
    Rewind,
    Reset,
}

/// Events between two snapshots: going back replays half of this on average.
const SNAPSHOT_EVERY: usize = 512;
/// Snapshots kept; beyond, every second one is dropped and the distance doubles.
const MOST_SNAPSHOTS: usize = 64;
/// Events that one frame advances at most, so that a key is always answered within a frame or two.
const EVENTS_PER_FRAME: usize = 20_000;
/// A whole run takes about this long to watch at the speed it opens with, in seconds.
const WATCH_S: f64 = 20.0;

#[derive(Clone, Debug)]
pub struct Lab {
    page: PageId,
    /// Index of the page's widget that it belongs to.
    pub(crate) widget: usize,
    /// The scenario's name in the course.
    name: String,
    pub title: String,
    scenario: Scenario,
    original: Scenario,
    sim: Simulation,
    snapshots: Vec<(usize, Simulation)>,
    snapshot_every: usize,
    /// Events that have happened in `sim`.
    events: usize,
    pub play: Play,
    /// Simulated seconds in a second of watching.
    pub speed: f64,
    /// Simulated time to which the run has been watched; `sim` has done every event up to it.
    clock_s: f64,
    last_tick_ms: Option<u64>,
    pub knobs: Vec<Knob>,
    pub knob: usize,
    /// The finished run before the last turn of a knob.
    before: Option<Box<Report>>,
    pub comparing: bool,
    pub prediction: Prediction,
    pub rows: Vec<Row>,
    size: Size,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Play {
    Paused,
    Running,
    /// As fast as the machine can, to the end.
    Finishing,
    Ended,
}

#[derive(Clone, Debug)]
pub enum Prediction {
    NotAsked,
    Asking { predict: Predict, field: Field },
    Guessed { predict: Predict, guess: f64 },
    Judged { predict: Predict, guess: f64, actual: f64, right: bool },
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
        let prediction = match (&task.predict, predicted) {
            (None, _) => Prediction::NotAsked,
            (Some(predict), None) => Prediction::Asking { predict: predict.clone(), field: Field::default() },
            (Some(predict), Some(&Predicted { guess, actual, right })) => {
                Prediction::Judged { predict: predict.clone(), guess, actual, right }
            }
        };
        let sim = Simulation::new(scenario);
        let mut lab = Self {
            page: page.clone(),
            widget,
            name: task.scenario.clone(),
            title: scenario.title.clone(),
            original: scenario.clone(),
            scenario: scenario.clone(),
            snapshots: vec![(0, sim.clone())],
            snapshot_every: SNAPSHOT_EVERY,
            sim,
            events: 0,
            play: Play::Paused,
            speed: 1.0,
            clock_s: 0.0,
            last_tick_ms: None,
            knobs: sim::knobs(scenario),
            knob: 0,
            before: None,
            comparing: false,
            prediction,
            rows: Vec::new(),
            size: desk.size,
        };
        lab.speed = lab.opening_speed();
        lab.lay_out(desk);
        lab
    }

    /// A question waits for a number before the run.
    pub fn asks_first(&self) -> bool {
        matches!(self.prediction, Prediction::Asking { .. })
    }

    pub fn is_playing(&self) -> bool {
        matches!(self.play, Play::Running | Play::Finishing)
    }

    pub fn report(&self) -> Report {
        self.sim.report()
    }

    pub fn scenario(&self) -> &Scenario {
        &self.scenario
    }

    /// Simulated seconds that have been watched.
    pub fn clock_s(&self) -> f64 {
        self.clock_s
    }

    pub(crate) fn lay_out(&mut self, desk: &Desk<'_>) {
        self.size = desk.size;
        self.rows = self.lab_rows();
    }

    pub(crate) fn update(&mut self, desk: &Desk<'_>, action: &Action) -> Step {
        let step = match action {
            Action::Back => return Step::go(Go::Back),
            Action::Tick { now_ms } => self.tick(desk, *now_ms),
            Action::Type(_) | Action::Paste(_) | Action::Submit | Action::Open => self.predict(action),
            Action::Lab(deed) if !self.asks_first() => self.deed(desk, *deed),
            _ => Step::default(),
        };
        self.lay_out(desk);
        step
    }

    fn deed(&mut self, desk: &Desk<'_>, deed: Deed) -> Step {
        match deed {
            Deed::Play => match self.play {
                Play::Running | Play::Finishing => self.play = Play::Paused,
                Play::Paused => self.start(Play::Running),
                Play::Ended => {
                    self.restart();
                    self.start(Play::Running);
                }
            },
            Deed::Step(by) => return self.step(desk, by),
            Deed::Knob(by) => {
                let n = self.knobs.len().max(1) as i64;
                self.knob = (self.knob as i64 + i64::from(by)).rem_euclid(n) as usize;
            }
            Deed::Turn(by) => return self.turn(by),
            Deed::Speed(by) => self.speed = (self.speed * 2f64.powi(by)).clamp(0.01, 1e7),
            Deed::NewSeed => {
                let seed = self.scenario.seed().wrapping_add(1);
                self.change(|scenario| *scenario = scenario.clone().with_seed(seed));
                return Step::say(format!("Seed {seed}: the same setting, other chance."));
            }
            Deed::Compare => {
                if self.before.is_none() {
                    return Step::say("Nothing to compare with yet: run to the end (G), then turn a knob.");
                }
                self.comparing = !self.comparing;
            }
            Deed::Finish => self.start(Play::Finishing),
            Deed::Rewind => self.restart(),
            Deed::Reset => {
                let original = self.original.clone();
                self.change(|scenario| *scenario = original);
                return Step::say("The knobs are as the page had them.");
            }
        }
        Step::default()
    }

    fn start(&mut self, play: Play) {
        if self.sim.next_at_s().is_some() {
            self.play = play;
            self.last_tick_ms = None;
        } else {
            self.play = Play::Ended;
        }
    }

    /// The same run from its beginning.
    fn restart(&mut self) {
        self.go_back_to(0);
        self.clock_s = 0.0;
        self.play = Play::Paused;
    }

    fn turn(&mut self, by: i32) -> Step {
        let Some(knob) = self.knobs.get(self.knob) else { return Step::default() };
        if let Some(why) = &knob.why_inert {
            return Step::say(why.clone());
        }
        let key = knob.key;
        self.change(|scenario| sim::turn(scenario, key, by));
        Step::default()
    }

    /// Another scenario: the finished run is remembered, and the new one is seen as far as the old one was.
    fn change(&mut self, with: impl FnOnce(&mut Scenario)) {
        let mut changed = self.scenario.clone();
        with(&mut changed);
        if changed == self.scenario {
            return;
        }
        let was = self.play;
        if was == Play::Ended {
            self.before = Some(Box::new(self.sim.report()));
            self.comparing = true;
        }
        self.scenario = changed;
        self.knobs = sim::knobs(&self.scenario);
        self.sim = Simulation::new(&self.scenario);
        self.snapshots = vec![(0, self.sim.clone())];
        self.snapshot_every = SNAPSHOT_EVERY;
        self.events = 0;
        self.clock_s = 0.0;
        self.speed = self.opening_speed();
        match was {
            Play::Ended | Play::Finishing => self.start(Play::Finishing),
            Play::Running => self.start(Play::Running),
            Play::Paused => self.play = Play::Paused,
        }
    }

    /// One event, with a snapshot now and then. False at the end.
    fn one_event(&mut self) -> bool {
        if self.events.is_multiple_of(self.snapshot_every)
            && self.snapshots.last().is_none_or(|(at, _)| *at < self.events)
        {
            self.snapshots.push((self.events, self.sim.clone()));
            if self.snapshots.len() > MOST_SNAPSHOTS {
                self.snapshot_every *= 2;
                let every = self.snapshot_every;
                self.snapshots.retain(|(at, _)| at.is_multiple_of(every));
            }
        }
        let happened = self.sim.step().is_some();
        self.events += usize::from(happened);
        happened
    }

    fn go_back_to(&mut self, events: usize) {
        self.snapshots.retain(|(at, _)| *at <= events);
        let (at, sim) = self.snapshots.last().expect("the beginning is always kept").clone();
        (self.events, self.sim) = (at, sim);
        while self.events < events && self.one_event() {}
    }

    fn step(&mut self, desk: &Desk<'_>, by: i32) -> Step {
        self.play = Play::Paused;
        if by < 0 {
            self.go_back_to(self.events.saturating_sub(by.unsigned_abs() as usize));
        } else {
            for _ in 0..by {
                if !self.one_event() {
                    return self.ended(desk);
                }
            }
        }
        self.clock_s = self.sim.now_s();
        Step::default()
    }

    fn tick(&mut self, desk: &Desk<'_>, now_ms: u64) -> Step {
        let passed_s = self.last_tick_ms.map_or(0.0, |last| now_ms.saturating_sub(last) as f64 / 1000.0);
        self.last_tick_ms = Some(now_ms);
        let until_s = match self.play {
            // After a suspended terminal the run goes on where it was, and does not leap.
            Play::Running => self.clock_s + passed_s.min(0.25) * self.speed,
            Play::Finishing => f64::INFINITY,
            Play::Paused | Play::Ended => return Step::default(),
        };
        for _ in 0..EVENTS_PER_FRAME {
            match self.sim.next_at_s() {
                None => return self.ended(desk),
                Some(at_s) if at_s > until_s => break,
                Some(_) => {
                    self.one_event();
                }
            }
        }
        self.clock_s = if until_s.is_finite() && self.sim.next_at_s().is_none_or(|at_s| at_s > until_s) {
            until_s
        } else {
            self.sim.now_s()
        };
        Step::default()
    }

    fn ended(&mut self, desk: &Desk<'_>) -> Step {
        self.play = Play::Ended;
        self.clock_s = self.sim.now_s();
        let Prediction::Guessed { predict, guess } = &self.prediction else {
            return Step::say("The run has ended. Turn a knob and see what changes; c compares.");
        };
        let (predict, guess) = (predict.clone(), *guess);
        let Some(actual) = predict.measured(&self.sim.report()) else {
            self.prediction = Prediction::NotAsked;
            return Step::say(format!("The run has ended. It has no figure `{}` to judge the guess by.", predict.of));
        };
        let right = (guess - actual).abs() <= predict.tolerance;
        let deed =
            course::Deed::Predicted { page: self.page.0.clone(), scenario: self.name.clone(), guess, actual, right };
        self.prediction = Prediction::Judged { predict, guess, actual, right };
        Step::effect(Effect::Keep { question: desk.question, deed })
    }

    fn predict(&mut self, action: &Action) -> Step {
        let Prediction::Asking { predict, field } = &mut self.prediction else { return Step::default() };
        match action {
            Action::Type(Key { code: Code::Enter, .. }) | Action::Submit | Action::Open => {
                let typed = field.text.trim().trim_end_matches(predict.unit.as_str()).trim().replace(',', ".");
                match typed.parse::<f64>() {
                    Ok(guess) if guess.is_finite() => {
                        self.prediction = Prediction::Guessed { predict: predict.clone(), guess };
                        self.start(Play::Running);
                        Step::say("Your guess is kept; the run judges it. G runs to the end at once.")
                    }
                    _ if typed.is_empty() => {
                        Step::say("Type a number first: a guess costs nothing and makes the result stick.")
                    }
                    _ => Step::say(format!("`{}` is not a number.", field.text)),
                }
            }
            Action::Type(key) => {
                field.press(*key);
                Step::default()
            }
            Action::Paste(text) => {
                field.insert(text.trim());
                Step::default()
            }
            _ => Step::default(),
        }
    }

    /// So fast that the whole run takes [`WATCH_S`], from how far a few events lead.
    fn opening_speed(&self) -> f64 {
        let mut scout = self.sim.clone();
        let mut done = 0;
        while done < 2_000 && scout.step().is_some() {
            done += 1;
        }
        let seen = scout.report();
        let share = sim::share_done(&self.scenario, &seen).max(1e-6);
        let total_s = if scout.next_at_s().is_none() { scout.now_s() } else { scout.now_s() / share };
        // A power of two, so that the speed reads well and `[` and `]` come back to it.
        2f64.powf((total_s / WATCH_S).max(0.01).log2().round())
    }
}
