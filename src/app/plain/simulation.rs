//! A simulation in words: a guess, the run told with a small table, knobs turned by number, and what that changed.

use super::{Menu, Next, Said, World};
use crate::app::lab::detail::{self, runtime_phase};
use crate::app::lab::figures::{VALUE_COLS, compared, duration, ms, percent, totals, totals_of_all};
use crate::app::lab::scope::Scope;
use crate::app::row::Row;
use crate::course::progress::Predicted;
use crate::course::{Deed, PageId, Predict, SimulationTask};
use crate::diagram;
use crate::sim::{self, Knob, Report, RunCode, Scenario};

/// A simulation that is open.
pub(super) struct Bench {
    page: PageId,
    task: SimulationTask,
    /// The run as the page has it.
    original: Scenario,
    /// The course's scenario that the run was made from, by its name: what the run's code counts from.
    base: (String, Scenario),
    scenario: Scenario,
    /// The functions of the run.
    scope: Scope,
    /// The last run, with the setting it was made with.
    last: Option<(Scenario, Report)>,
    /// The run before the last, of another setting.
    before: Option<Report>,
    stage: Stage,
}

/// What the next line means.
enum Stage {
    /// A guess.
    Predicting,
    Choosing,
    /// The number of a knob.
    Knobs,
    /// Up, down, or enough.
    Turning(&'static str),
}

#[derive(Clone, Copy)]
enum Choice {
    Run,
    Back,
    Knobs,
    Compare,
    Seed,
    Reset,
    Sources,
    Turn(i32),
}

/// What is to be predicted, and what there is to choose from.
pub(super) fn prediction(predict: &Predict) -> Vec<String> {
    let asked = format!("Predict first: {}", predict.ask);
    let choices = (1..).zip(&predict.choices).map(|(number, choice)| format!("{number}. {}", choice.text));
    std::iter::once(asked).chain(choices).collect()
}

impl Bench {
    pub(super) fn open(world: &World, page: &PageId, task: &SimulationTask, said: &mut Said) -> Option<Self> {
        let scenario = match world.course.scenario(&task.scenario) {
            Ok(scenario) => scenario,
            Err(why) => {
                said.say(format!("Something is missing here: {why}."));
                return None;
            }
        };
        said.say(format!("Simulation: {}.", scenario.title));
        if let Some(flow) = &task.flow {
            said.say(format!("The flow: {}", diagram::describe(&flow.graph)));
        }
        let name = RunCode::parse(&task.scenario).map_or_else(|| task.scenario.clone(), |code| code.scenario);
        let base = world.course.scenarios.get(&name).unwrap_or(&scenario).clone();
        let mut bench = Self {
            base: (name, base),
            page: page.clone(),
            task: task.clone(),
            original: scenario.clone(),
            scope: Scope::new(&scenario, task.flow.as_ref()),
            scenario,
            last: None,
            before: None,
            stage: Stage::Choosing,
        };
        match (&task.predict, world.progress.predictions.get(&(page.0.clone(), task.scenario.clone()))) {
            (Some(predict), None) => {
                said.extend(prediction(predict));
                bench.stage = Stage::Predicting;
            }
            (Some(predict), Some(predicted)) => {
                said.say(predict.ask.clone());
                said.say(judged(predict, *predicted));
            }
            (None, _) if bench.scope.is_choice() => {
                said.say("Events go from function to function; each function starts, works and rests by itself.");
            }
            (None, _) => said.say("Requests arrive; each finds a warm instance or pays for a cold start."),
        }
        Some(bench)
    }

    fn menu(&self) -> Menu<Choice> {
        if let Stage::Turning(_) = self.stage {
            return Menu::new([
                (Choice::Run, "run it"),
                (Choice::Turn(1), "up"),
                (Choice::Turn(-1), "down"),
                (Choice::Knobs, "another knob"),
            ]);
        }
        let is_new = self.last.as_ref().is_none_or(|(ran, _)| *ran != self.scenario);
        let mut menu = if is_new {
            Menu::new([(Choice::Run, "run it"), (Choice::Back, "back to the page")])
        } else {
            Menu::new([(Choice::Back, "back to the page")])
        };
        menu.add(Choice::Knobs, "turn a knob");
        if self.before.is_some() && self.last.is_some() {
            menu.add(Choice::Compare, "compare the last two runs");
        }
        menu.add(Choice::Seed, "run it again with other chance");
        if self.scenario != self.original {
            menu.add(Choice::Reset, "set the knobs as the page had them");
        }
        if self.last.is_some() {
            menu.add(Choice::Sources, "hear where the figures come from");
        }
        menu
    }

    pub(super) fn prompt(&self) -> String {
        match (&self.stage, &self.task.predict) {
            (Stage::Predicting, Some(predict)) if !predict.choices.is_empty() => {
                "The number of your guess. b: back to the page.".to_owned()
            }
            (Stage::Predicting, predict) => {
                let unit = predict.as_ref().map(|it| it.unit.as_str()).filter(|unit| !unit.is_empty());
                let unit = unit.map_or_else(String::new, |unit| format!(" in {unit}"));
                format!("Your guess{unit}. b: back to the page.")
            }
            (Stage::Knobs, _) => "The number of the knob. Enter alone: none.".to_owned(),
            (Stage::Choosing | Stage::Turning(_), _) => self.menu().prompt(),
        }
    }

    pub(super) fn hear(&mut self, world: &World, line: &str, said: &mut Said) -> Next {
        match self.stage {
            Stage::Predicting if matches!(line.trim(), "b" | "back") => return Next::Back,
            Stage::Predicting => self.predict(world, line, said),
            Stage::Knobs => self.pick_knob(line, said),
            Stage::Choosing | Stage::Turning(_) => match self.menu().choose(line) {
                Some(choice) => return self.choose(choice, said),
                None => return said.not_understood(line),
            },
        }
        Next::Stay
    }

    fn choose(&mut self, choice: Choice, said: &mut Said) -> Next {
        match choice {
            Choice::Back => return Next::Back,
            Choice::Run => {
                self.stage = Stage::Choosing;
                self.run(said);
            }
            Choice::Seed => {
                let seed = self.scenario.seed().wrapping_add(1);
                self.scenario = self.scenario.clone().with_seed(seed);
                said.say(format!("Seed {seed}: the same setting, other chance."));
                self.run(said);
            }
            Choice::Reset => {
                self.scenario = self.original.clone();
                said.say("The knobs are as the page had them.");
            }
            Choice::Compare => {
                if let (Some(before), Some((_, now))) = (&self.before, &self.last) {
                    said.extend(self.difference(before, now));
                    said.extend(table(now, Some(before), &self.scope));
                }
            }
            Choice::Sources => {
                if let Some((_, report)) = &self.last {
                    said.extend(
                        report.provenance.iter().map(|it| {
                            format!("{} = {}, {}: {}", it.figure, it.value, detail::kind(it.kind).0, it.source)
                        }),
                    );
                }
            }
            Choice::Knobs => {
                said.extend((1..).zip(self.knobs()).map(|(number, knob)| format!("{number}. {}", in_words(&knob))));
                self.stage = Stage::Knobs;
            }
            Choice::Turn(by) => {
                let Stage::Turning(key) = self.stage else { return Next::Stay };
                let was = self.scenario.clone();
                sim::turn(&mut self.scenario, &self.original, key, by);
                if self.scenario == was {
                    said.say("It goes no further that way.");
                }
                said.extend(self.knobs().iter().filter(|knob| knob.key == key).map(in_words));
            }
        }
        Next::Stay
    }

    fn knobs(&self) -> Vec<Knob> {
        sim::knobs(&self.scenario)
    }

    fn pick_knob(&mut self, line: &str, said: &mut Said) {
        self.stage = Stage::Choosing;
        let line = line.trim();
        if line.is_empty() {
            return;
        }
        let index = line.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
        match index.and_then(|index| self.knobs().into_iter().nth(index)) {
            None => said.say(format!("`{line}` is the number of no knob.")),
            Some(Knob { why_inert: Some(why), .. }) => said.say(why),
            Some(knob) => {
                said.say(in_words(&knob));
                self.stage = Stage::Turning(knob.key);
            }
        }
    }

    /// The guess is taken, the run judges it, and both are kept.
    fn predict(&mut self, world: &World, line: &str, said: &mut Said) {
        let Some(predict) = &self.task.predict else { return };
        // Choices are numbered here; the question knows them by letters.
        let n = predict.choices.len();
        let typed = match line.trim().parse::<usize>() {
            _ if n == 0 => line.to_owned(),
            Ok(number @ 1..=26) if number <= n => char::from(b'a' + number as u8 - 1).to_string(),
            _ => return said.say(format!("`{}` is the number of no answer: type one from 1 to {n}.", line.trim())),
        };
        let guess = match predict.read_guess(&typed) {
            Ok(guess) => guess,
            Err(why) => {
                said.say(why);
                return;
            }
        };
        let predict = predict.clone();
        self.stage = Stage::Choosing;
        let report = self.run(said);
        let Some(actual) = predict.measured(&report) else {
            said.say(format!("The run has no figure `{}` to judge the guess by.", predict.of));
            return;
        };
        let predicted = Predicted { guess, actual, right: predict.is_right(guess, actual) };
        said.say(judged(&predict, predicted));
        said.say(predict.why.clone());
        let (page, scenario) = (self.page.0.clone(), self.task.scenario.clone());
        said.keep(world, Deed::Predicted { page, scenario, guess, actual, right: predicted.right });
    }

    fn run(&mut self, said: &mut Said) -> Report {
        // One run, as it would be watched: a guess is judged by what is seen.
        let mut once = self.scenario.clone();
        let _ = once.set("run.replications=1");
        let report = sim::run(&once);
        let (requests, cold_starts) = match &report.flow {
            Some(flow) => (flow.total.requests, flow.total.cold_starts),
            None => (report.requests, report.cold_starts),
        };
        said.say(format!(
            "The run has ended: {requests} requests in {} of simulated time, {cold_starts} of them met a cold start (seed {}).",
            duration(report.simulated_s),
            report.seed
        ));
        if let Some((ran, before)) = self.last.replace((self.scenario.clone(), report.clone()))
            && ran != self.scenario
        {
            said.extend(self.difference(&before, &report));
            self.before = Some(before);
        }
        said.extend(table(&report, self.before.as_ref(), &self.scope));
        if !self.scope.is_choice() {
            said.extend(waits(&report, runtime_phase(&self.knobs())));
        }
        said.say(format!("The same run again, anywhere: coldstart sim {}", self.code()));
        report
    }

    /// What differs, in words. Of several functions together the table says it.
    fn difference(&self, before: &Report, now: &Report) -> Option<String> {
        (!self.scope.is_choice()).then(|| sim::explain(before, now))
    }

    fn code(&self) -> String {
        RunCode::of(&self.base.0, &self.base.1, &self.scenario).to_string()
    }
}

fn in_words(knob: &Knob) -> String {
    let still = if knob.why_inert.is_some() { " (changes nothing here)" } else { "" };
    format!("{}: {} {}", knob.label, knob.value, knob.unit).trim_end().to_owned() + still
}

fn judged(predict: &Predict, Predicted { guess, actual, right }: Predicted) -> String {
    let said = if right { "Right" } else { "Not so" };
    let unit = &predict.unit;
    format!("{said}: you guessed {}, the run said {} {unit}", predict.say_guess(guess), compared(actual))
        .trim_end()
        .to_owned()
        + "."
}

/// The totals; of several functions those of all together, and a sentence for each.
fn table(report: &Report, before: Option<&Report>, scope: &Scope) -> Vec<String> {
    /// More sentences than this nobody listens to.
    const MOST_FUNCTIONS: usize = 10;
    let rows = if scope.is_choice() {
        totals_of_all(report, before, VALUE_COLS)
    } else {
        totals(report, before, None, VALUE_COLS)
    };
    // What points up or down on a screen is a word here.
    let in_words = |row: &Row| row.text().trim_end().replace('▲', "more").replace('▼', "less");
    let mut lines: Vec<String> = rows.iter().map(in_words).collect();
    if scope.is_choice() && scope.names().len() <= MOST_FUNCTIONS {
        let functions = scope.names().iter().enumerate();
        lines.extend(functions.filter_map(|(index, name)| Some(sentence(name, scope.report_of(report, index)?))));
    }
    lines
}

/// Where the time of a cold request went, which the lab draws as a waterfall.
fn waits(report: &Report, runtime: &str) -> Option<String> {
    let phases = &report.phases_ms;
    let waits = [
        ("provision", phases.provision),
        ("fetch package", phases.fetch),
        (runtime, phases.runtime),
        ("initialise", phases.init),
        ("connect", phases.connect),
    ];
    let waits: Vec<String> = waits
        .iter()
        .filter(|(_, mean_ms)| *mean_ms > 0.0)
        .map(|(name, mean_ms)| format!("{name} {}", ms(*mean_ms)))
        .collect();
    (report.cold_starts > 0 && !waits.is_empty()).then(|| {
        format!(
            "What a request waited for, on average where it had to: {}. Its handler took {}.",
            waits.join(", "),
            ms(phases.handler)
        )
    })
}

fn sentence(name: &str, report: &Report) -> String {
    let mut said = format!(
        "{name}: {} requests, {} of them cold, the median response {}, at most {} instances.",
        report.requests,
        percent(report.cold_ratio),
        ms(report.latency_ms.p50),
        report.instances.max
    );
    let delivery = &report.delivery;
    for (n, what) in [
        (delivery.retries, "tried again"),
        (delivery.duplicates, "delivered twice"),
        (delivery.repeated_effects, "done twice"),
        (delivery.dead_letters, "given up"),
    ] {
        if n > 0 {
            said += &format!(" {n} {what}.");
        }
    }
    said
}
