//! A run typed in: a code from a page or a slide, or only what shall be another one of the run at hand.
//!
//! `sparse-api:k60:s7` is a run of the course, from its scenario on. `k60`, `:k60:s7` and `traffic.rate_per_s=5` change
//! the run that is open.

use super::scope::Scope;
use super::time::{Play, speed_for};
use super::watched::Watched;
use super::{Lab, Prediction};
use crate::app::field::Field;
use crate::app::key::{Code, Key};
use crate::app::{Action, Desk, Step};
use crate::sim::{self, RunCode};

impl Lab {
    /// A key while a code is typed; `None` when none is.
    pub(super) fn type_code(&mut self, desk: &Desk<'_>, action: &Action) -> Option<Step> {
        let field = self.entry.as_mut()?;
        match action {
            Action::Back => self.entry = None,
            Action::Type(Key { code: Code::Enter, .. }) | Action::Submit => {
                let typed = field.text.trim().to_owned();
                if typed.is_empty() {
                    self.entry = None;
                    return Some(Step::default());
                }
                return Some(match self.run_code(desk, &typed) {
                    Ok(step) => {
                        self.entry = None;
                        step
                    }
                    // What was typed stays, to be mended.
                    Err(why) => Step::say(why),
                });
            }
            Action::Type(key) => {
                field.press(*key);
            }
            Action::Paste(text) => field.insert(text.trim()),
            _ => return None,
        }
        Some(Step::default())
    }

    pub(super) fn ask_for_code(&mut self) {
        self.entry = Some(Field::default());
    }

    /// What is typed, for the line above the keys.
    pub fn prompt(&self) -> Option<String> {
        self.entry.as_ref().map(|field| format!("A run's code, or a change such as k60: {}▏", field.text))
    }

    pub fn is_typing(&self) -> bool {
        self.entry.is_some()
    }

    fn run_code(&mut self, desk: &Desk<'_>, typed: &str) -> Result<Step, String> {
        // The whole command may be pasted.
        let typed = typed.trim_start_matches("coldstart sim ").trim();
        let names_a_run = typed.split(':').next().is_some_and(|name| desk.course.scenarios.contains_key(name));
        if !names_a_run {
            let code = RunCode::parse(&format!("{}:{}", self.base.0, typed.trim_start_matches(':')));
            return match code.map(|code| code.apply(self.scenario())) {
                Some(Ok(changed)) => Ok(self.change(desk, |scenario| *scenario = changed)),
                Some(Err(problem)) if is_change(typed) => Err(problem.message),
                _ => Err(desk.course.scenario(typed).err().unwrap_or_default()
                    + "; a change would be k60, s7 or traffic.rate_per_s=5"),
            };
        }
        let scenario = desk.course.scenario(typed)?;
        let name = typed.split(':').next().unwrap_or_default();
        if name == self.base.0 {
            return Ok(self.change(desk, |it| *it = scenario));
        }
        let base = desk.course.scenarios.get(name).unwrap_or(&scenario).clone();
        self.page = None;
        typed.clone_into(&mut self.name);
        self.title.clone_from(&scenario.title);
        self.base = (name.to_owned(), base);
        self.original = scenario.clone();
        self.scope = Scope::new(&scenario, None);
        self.knobs = sim::knobs(&scenario);
        self.knob = 0;
        self.watched = Watched::new(&scenario);
        self.speed = speed_for(&self.watched);
        (self.before, self.is_pinned, self.comparing) = (None, false, false);
        (self.flow, self.spread, self.asked) = (None, None, None);
        self.prediction = Prediction::NotAsked;
        self.start(Play::Paused);
        Ok(Step::say(format!("{}: Space runs it. Esc leads back to the page.", scenario.title)))
    }
}

/// Whether it was meant as a change, and not as the name of a run: `:k60`, `k60`, `run.seed=7`.
fn is_change(typed: &str) -> bool {
    let has_value = typed.chars().nth(1).is_some_and(|c| c.is_ascii_digit());
    has_value || typed.starts_with(':') || typed.contains('=')
}
