//! A function in words: invoked with an event, and told what came of it, version by version.
//!
//! What is decided is decided by the [`Bench`] of the screens; here it is said.

use super::{Menu, Next, Said, World};
use crate::app::function::times::{Simulated, say_ms, words};
use crate::app::function::{Bench, Deed, Ran, Start};
use crate::app::{Action, Desk, SMALLEST, Step};
use crate::course::{FunctionTask, PageId};

/// A function that is open.
pub(super) struct Call {
    bench: Bench,
    task: FunctionTask,
    stage: Stage,
}

/// What the next line means.
enum Stage {
    Choosing,
    /// The number of an event, or an event in JSON.
    Event,
}

#[derive(Clone, Copy)]
enum Choice {
    Invoke,
    Cold,
    Event,
    Measure,
    Back,
}

impl Call {
    pub(super) fn open(world: &World, page: &PageId, widget: usize, task: &FunctionTask, said: &mut Said) -> Self {
        said.say(format!("Function: {}. It runs on this machine.", task.title));
        if let Some(beside) = &task.beside {
            said.say(format!("With each call another version runs too: {}.", beside.title));
        }
        said.say(format!("What happens to it: {}.", task.events[0].name));
        Self { bench: Bench::new(&desk(world), page, widget, task), task: task.clone(), stage: Stage::Choosing }
    }

    pub(super) fn prompt(&self) -> String {
        match self.stage {
            Stage::Choosing => menu().prompt(),
            Stage::Event => {
                "The number of an event, or an event in JSON on one line. Enter alone: as it was.".to_owned()
            }
        }
    }

    pub(super) fn hear(&mut self, world: &World, line: &str, said: &mut Said) -> Next {
        if let Stage::Event = self.stage {
            self.hear_event(line, said);
            return Next::Stay;
        }
        let Some(choice) = menu().choose(line) else { return said.not_understood(line) };
        let deed = match choice {
            Choice::Back => return Next::Back,
            Choice::Event => {
                let names = self.task.events.iter().map(|event| &event.name);
                said.extend((1..).zip(names).map(|(number, name)| format!("{number}. {name}")));
                self.stage = Stage::Event;
                return Next::Stay;
            }
            Choice::Measure => {
                said.say("Measuring; this takes some seconds.");
                Deed::Measure
            }
            Choice::Invoke => Deed::Run,
            Choice::Cold => Deed::RunCold,
        };
        let step = self.bench.act(&desk(world), deed);
        take(step, said);
        Next::Stay
    }

    fn hear_event(&mut self, line: &str, said: &mut Said) {
        let line = line.trim();
        let index = line.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
        if let Some((index, event)) = index.and_then(|index| Some((index, self.task.events.get(index)?))) {
            self.bench.choose(index);
            said.say(format!("What happens to it: {}.", event.name));
        } else if !line.is_empty() {
            if let Err(error) = serde_json::from_str::<serde_json::Value>(line) {
                said.say(format!("This is no JSON: {error}. An event is one JSON value."));
                return;
            }
            self.bench.give_event(line);
            said.say("The event is yours.");
        }
        self.stage = Stage::Choosing;
    }

    /// What the platform has to say.
    pub(super) fn reply(&mut self, world: &World, action: &Action, said: &mut Said) {
        let Action::Invoked { .. } = action else { return };
        let is_measured = self.bench.is_measuring();
        let step = self.bench.update(&desk(world), action);
        if step.notice.is_some() {
            return take(step, said);
        }
        if !is_measured {
            for version in &self.bench.versions {
                let Some(ran) = version.last() else { continue };
                if self.bench.versions.len() > 1 {
                    said.say(format!("{}:", version.title));
                }
                said.extend(told(ran));
            }
            return;
        }
        for group in self.bench.times() {
            said.say(format!("{}:", group.title));
            said.extend(group.lines.iter().map(|line| {
                let it = &line.spread;
                let (from, to) = (say_ms(it.p5), say_ms(it.p95));
                format!("- {}: median {}, nine of ten from {from} to {to}", line.name, say_ms(it.p50))
            }));
        }
        // The first says how the picture is read.
        said.extend(words(Simulated::Scenario).into_iter().skip(1).map(str::to_owned));
    }
}

fn menu() -> Menu<Choice> {
    Menu::new([
        (Choice::Invoke, "invoke it"),
        (Choice::Cold, "invoke it in a new environment"),
        (Choice::Event, "another event"),
        (Choice::Measure, "measure many cold and warm starts"),
        (Choice::Back, "back to the page"),
    ])
}

fn desk(world: &World) -> Desk<'_> {
    Desk {
        course: &world.course,
        progress: &world.progress,
        drafts: &world.drafts,
        due: &[],
        listing: crate::markdown::Listing::default(),
        is_still: true,
        size: SMALLEST,
        question: world.question,
    }
}

fn take(step: Step, said: &mut Said) {
    said.effects.extend(step.effects);
    said.extend(step.notice.map(|notice| notice.text));
}

/// A run, in the order in which one asks about it.
fn told(ran: &Ran) -> Vec<String> {
    let number = ran.environment.map_or_else(String::new, |number| format!(" {number}"));
    let total = say_ms(ran.total_ms());
    let waited = match ran.waited_ms {
        0.0 => String::new(),
        waited_ms => format!(", {} of all this waiting", say_ms(waited_ms)),
    };
    let mut lines = vec![match ran.start {
        Start::Cold => format!(
            "A cold start of {total}: environment{number} was made in {}, the code loaded in {}, initialised in {}, and \
             the handler ran for {}{waited}.",
            say_ms(ran.environment_ms),
            say_ms(ran.load_ms),
            say_ms(ran.init_ms),
            say_ms(ran.handler_ms)
        ),
        Start::Warm => format!("A warm start: environment{number} was found, the handler ran for {total}{waited}."),
        Start::Refused => "No environment was free.".to_owned(),
    }];
    let status = ran.status.map_or_else(String::new, |status| format!(" {status}"));
    lines.push(match &ran.answer {
        Ok(answer) => format!("The answer:{status} {answer}"),
        Err(failure) => format!("It failed:{status} {}", failure.message),
    });
    lines.extend(ran.logs.iter().map(|log| format!("Log: {log}")));
    if !ran.calls.is_empty() {
        lines.push(format!("It called: {}.", ran.calls.join("; ")));
    }
    lines
}
