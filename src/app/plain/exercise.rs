//! An exercise in words: answered line by line, with its hints, its verdict and its solution.

use std::collections::BTreeSet;

use super::words::{parts, prose};
use super::{Menu, Next, Said, World};
use crate::app::editor::MAX_BYTES;
use crate::app::{Action, Effect};
use crate::course::exercise::GIVING_UP_PRICE;
use crate::course::progress::Work;
use crate::course::{Answer, Course, Deed, Exercise, ExerciseId, Help, Kind, Piece, Target, minutes_said};
use crate::grade::exact::gaps::Gap;
use crate::grade::{ItemVerdict, Status, Verdict};

/// An exercise that is open.
pub(super) struct Sheet {
    id: ExerciseId,
    stage: Stage,
}

/// What the next line means.
enum Stage {
    Choosing,
    /// A line of the answer.
    Writing {
        text: String,
    },
    /// The whole answer: numbers, or a number with its unit.
    Naming,
    /// Whether the solution is opened without a try.
    GivingUp {
        then_tick: bool,
    },
    /// The number of a point that was made all the same.
    Disputing,
    /// The numbers of the points that the answer makes.
    Ticking,
    Waiting {
        question: u64,
        answer: Answer,
        verdict: Option<Verdict>,
    },
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Choice {
    Answer,
    Hint,
    Solution,
    Dispute,
    Tick,
    Again,
    /// The same matter, asked in other words.
    OtherForm,
    Back,
    GiveUp,
    StayClosed,
}

/// The place of the next hint: those for points that the last answer does not make come first.
fn next_help(exercise: &Exercise, work: &Work) -> Option<usize> {
    let verdict = work.last.as_ref().map(|(_, verdict)| verdict);
    exercise.help_order(&work.hints, verdict).get(work.hints.len()).copied()
}

impl Sheet {
    pub(super) fn open(world: &World, id: &ExerciseId, said: &mut Said) -> Option<Self> {
        said.extend(in_full(world.course.exercises.get(id)?, &world.progress.work(id)));
        Some(Self { id: id.clone(), stage: Stage::Choosing })
    }

    pub(super) fn id(&self) -> &ExerciseId {
        &self.id
    }

    fn menu(&self, world: &World, exercise: &Exercise, work: &Work) -> Menu<Choice> {
        if let Stage::GivingUp { .. } = self.stage {
            return Menu::new([(Choice::StayClosed, "no, it stays closed"), (Choice::GiveUp, "yes, show it")]);
        }
        let is_text = matches!(exercise.kind, Kind::Text(_));
        let is_made = work.best > 0.999;
        let mut menu = Menu::new([(Choice::Answer, if work.tries > 0 { "answer again" } else { "answer" })]);
        if let Some(form) = self.other_form(world).filter(|_| work.solution_seen && !is_made) {
            menu.choices.insert(0, (Choice::OtherForm, format!("the same in another form, {}", form.title)));
        }
        menu.add(Choice::Back, "back to the page");
        let help = exercise.help();
        if let Some(next) = next_help(exercise, work).and_then(|at| help.get(at)) {
            let name = next.name();
            let step = work.hints.len() + 1;
            menu.add(
                Choice::Hint,
                format!("hint {step} of {}, {name}; costs no points, brings it back sooner", help.len()),
            );
        }
        let price = match work {
            work if work.solution_seen => "",
            work if work.honest => ", then it is asked in another form, or another day",
            _ => ", before a try it counts as giving up",
        };
        menu.add(Choice::Solution, format!("solution{price}"));
        let missed = work.last.as_ref().is_some_and(|(_, verdict)| not_made(verdict).next().is_some());
        if is_text && missed {
            menu.add(Choice::Dispute, "say that you made a missing point");
        }
        if is_text && work.tries > 0 {
            menu.add(Choice::Tick, "compare with the solution yourself");
        }
        menu.add(Choice::Again, "hear the exercise again");
        let usual = if is_made { Choice::Back } else { menu.choices[0].0 };
        menu.usual = menu.choices.iter().position(|(choice, _)| *choice == usual).unwrap_or(0);
        menu
    }

    pub(super) fn prompt(&self, world: &World) -> String {
        let Some(exercise) = world.course.exercises.get(&self.id) else { return String::new() };
        match &self.stage {
            Stage::Choosing | Stage::GivingUp { .. } => {
                self.menu(world, exercise, &world.progress.work(&self.id)).prompt()
            }
            Stage::Naming => asked_for(exercise),
            Stage::Disputing => "The number of the point; said again, it is taken back. Enter alone: none.".to_owned(),
            Stage::Ticking => "The numbers of the points that your answer makes. Enter alone: stop.".to_owned(),
            Stage::Writing { .. } | Stage::Waiting { .. } => String::new(),
        }
    }

    /// Whether every line is a part of the answer, whatever it says.
    pub(super) fn is_writing(&self) -> bool {
        matches!(self.stage, Stage::Writing { .. })
    }

    pub(super) fn hear(&mut self, world: &mut World, line: &str, said: &mut Said) -> Next {
        // The world is read here and written only by its replies; a draft is the exception.
        let course = std::sync::Arc::clone(&world.course);
        let Some(exercise) = course.exercises.get(&self.id) else { return Next::Back };
        let work = world.progress.work(&self.id);
        match &mut self.stage {
            Stage::Choosing | Stage::GivingUp { .. } => {
                return match self.menu(world, exercise, &work).choose(line) {
                    Some(choice) => self.choose(world, exercise, &work, choice, said),
                    None => said.not_understood(line),
                };
            }
            Stage::Writing { text } => match line.trim() {
                "." => {
                    let answer = Answer::Text(std::mem::take(text).trim_end().to_owned());
                    self.submit(world, answer, said);
                }
                "!" => {
                    world.drafts.insert(self.id.clone(), Answer::Text(String::new()));
                    let answer = Answer::Text(String::new());
                    said.effects.push(Effect::SaveDraft { exercise: self.id.clone(), answer });
                    said.say("Thrown away.");
                    self.stage = Stage::Choosing;
                }
                _ if text.len() + line.len() >= MAX_BYTES => {
                    said.say(format!("An answer holds {} KB: this line was not taken.", MAX_BYTES / 1024));
                }
                _ => {
                    *text += line.trim_end();
                    text.push('\n');
                    let answer = Answer::Text(text.trim_end().to_owned());
                    world.drafts.insert(self.id.clone(), answer.clone());
                    said.effects.push(Effect::SaveDraft { exercise: self.id.clone(), answer });
                }
            },
            Stage::Naming if line.trim().is_empty() => {
                said.say("No answer was given.");
                self.stage = Stage::Choosing;
            }
            Stage::Naming => match exercise.read_answer(line) {
                Ok(answer) => self.submit(world, answer, said),
                Err(why) => said.say(format!("Not understood: {why}.")),
            },
            Stage::Disputing => self.dispute(world, &work, line, said),
            Stage::Ticking => self.tick(world, exercise, line, said),
            Stage::Waiting { .. } => {}
        }
        Next::Stay
    }

    fn choose(&mut self, world: &World, exercise: &Exercise, work: &Work, choice: Choice, said: &mut Said) -> Next {
        match choice {
            Choice::Back => return Next::Back,
            Choice::OtherForm => {
                if let Some(sheet) = self.other_form(world).and_then(|form| Self::open(world, &form.id, said)) {
                    *self = sheet;
                }
            }
            Choice::Again => said.extend(in_full(exercise, work)),
            Choice::Answer => self.begin(world, exercise, said),
            Choice::Hint => {
                let (step, help) = (work.hints.len() + 1, exercise.help());
                let Some(at) = next_help(exercise, work) else { return Next::Stay };
                let next = help[at];
                said.say(format!("Hint {step} of {}, {}.", help.len(), next.name()));
                match next {
                    Help::Nudge(text) | Help::Similar(text) => said.extend(prose(text)),
                    Help::Passage(_) => said.extend(passage(&world.course, exercise)),
                }
                said.keep(world, Deed::HintShown { exercise: self.id.clone(), step: at + 1 });
            }
            Choice::Solution => self.open_solution(world, exercise, work, false, said),
            Choice::Tick => self.open_solution(world, exercise, work, true, said),
            Choice::StayClosed => {
                said.say("The solution stays closed.");
                self.stage = Stage::Choosing;
            }
            Choice::GiveUp => {
                let then_tick = matches!(self.stage, Stage::GivingUp { then_tick: true });
                said.keep(world, Deed::GaveUp { exercise: self.id.clone() });
                self.reveal(exercise, then_tick, said);
            }
            Choice::Dispute => {
                let Some((_, verdict)) = &work.last else { return Next::Stay };
                said.say("Points that the verdict has as not made:");
                for (number, item) in (1..).zip(not_made(verdict)) {
                    let held = if work.disputed.contains(&item.id) { " (you hold that you made it)" } else { "" };
                    said.say(format!("{number}. {}{held}", item.hint.as_ref().unwrap_or(&item.label)));
                }
                self.stage = Stage::Disputing;
            }
        }
        Next::Stay
    }

    /// Another form of the exercise whose solution is not known yet.
    fn other_form<'a>(&self, world: &'a World) -> Option<&'a Exercise> {
        let form = world.course.other_form(&self.id, &world.progress)?;
        (!world.progress.work(&form.id).solution_seen).then_some(form)
    }

    /// Asks for an answer; one that was begun is gone on with.
    fn begin(&mut self, world: &World, exercise: &Exercise, said: &mut Said) {
        if !matches!(exercise.kind, Kind::Text(_) | Kind::Flow(_) | Kind::Code(_)) {
            self.stage = Stage::Naming;
            return;
        }
        if let Kind::Code(task) = &exercise.kind {
            said.say(format!(
                "Write the whole of {}; a file of yours is graded by `coldstart grade {} FILE`.",
                task.file, self.id
            ));
        }
        said.say(
            "Write your answer, as many lines as you like. A line with only a full stop hands it in; a line with only an \
             exclamation mark throws it away.",
        );
        let mut text = match world.drafts.get(&self.id) {
            Some(Answer::Text(draft)) => draft.clone(),
            _ => String::new(),
        };
        if !text.trim().is_empty() {
            said.say("What you have so far:");
            said.extend(text.lines().map(str::to_owned));
            text.push('\n');
        }
        self.stage = Stage::Writing { text };
    }

    fn submit(&mut self, world: &World, answer: Answer, said: &mut Said) {
        if answer.is_empty() {
            said.say("There is nothing to hand in yet.");
            self.stage = Stage::Choosing;
            return;
        }
        let question = world.question;
        said.effects.push(Effect::Grade { question, exercise: self.id.clone(), answer: answer.clone() });
        self.stage = Stage::Waiting { question, answer, verdict: None };
    }

    /// The price is said before the solution, and taken only after a yes.
    fn open_solution(&mut self, world: &World, exercise: &Exercise, work: &Work, then_tick: bool, said: &mut Said) {
        if work.solution_seen {
            self.reveal(exercise, then_tick, said);
        } else if work.honest {
            said.keep(world, Deed::SolutionSeen { exercise: self.id.clone() });
            self.reveal(exercise, then_tick, said);
        } else {
            said.say(format!("{GIVING_UP_PRICE} Show it all the same?"));
            self.stage = Stage::GivingUp { then_tick };
        }
    }

    fn reveal(&mut self, exercise: &Exercise, then_tick: bool, said: &mut Said) {
        said.say("Solution:");
        said.extend(prose(&exercise.solution_text()));
        self.stage = Stage::Choosing;
        if let (true, Kind::Text(rubric)) = (then_tick, &exercise.kind) {
            said.say("The points to be made:");
            said.extend((1..).zip(rubric.items()).map(|(number, item)| format!("{number}. {}", item.label)));
            self.stage = Stage::Ticking;
        }
    }

    fn dispute(&mut self, world: &World, work: &Work, line: &str, said: &mut Said) {
        self.stage = Stage::Choosing;
        let Some((_, verdict)) = &work.last else { return };
        if line.trim().is_empty() {
            return;
        }
        let index = line.trim().parse::<usize>().ok().and_then(|number| number.checked_sub(1));
        let Some(item) = index.and_then(|index| not_made(verdict).nth(index)) else {
            said.say(format!("`{}` is the number of no point.", line.trim()));
            return;
        };
        let on = !work.disputed.contains(&item.id);
        said.say(if on {
            "Noted: you hold that you made this point. It is kept with your answer, for your teacher to see."
        } else {
            "Taken back."
        });
        said.keep(world, Deed::Disputed { exercise: self.id.clone(), item: item.id.clone(), on });
    }

    fn tick(&mut self, world: &World, exercise: &Exercise, line: &str, said: &mut Said) {
        self.stage = Stage::Choosing;
        let Kind::Text(rubric) = &exercise.kind else { return };
        if line.trim().is_empty() {
            return;
        }
        let numbers: BTreeSet<usize> =
            line.split(|c: char| !c.is_ascii_digit()).filter_map(|word| word.parse().ok()).collect();
        let items: Vec<String> = (1..)
            .zip(rubric.items())
            .filter(|(number, _)| numbers.contains(number))
            .map(|(_, it)| it.id.clone())
            .collect();
        said.say(format!("Kept: you hold {} of {} points to be made.", items.len(), rubric.items().count()));
        said.keep(world, Deed::SelfChecked { exercise: self.id.clone(), items });
    }

    /// A reply of the world's. An answer is kept before its verdict is told.
    pub(super) fn reply(&mut self, action: Action, said: &mut Said) {
        let Stage::Waiting { question: asked, answer, verdict: told } = &mut self.stage else { return };
        match action {
            Action::Graded { question, verdict } if question == *asked => {
                *told = Some(verdict.clone());
                let deed = Deed::Answered { exercise: self.id.clone(), answer: answer.clone(), verdict };
                said.effects.push(Effect::Keep { question, deed });
            }
            Action::Kept { question, .. } if question == *asked => {
                if let Some(verdict) = told {
                    said.extend(in_words(verdict));
                    said.say("Your answer is kept.");
                }
                self.stage = Stage::Choosing;
            }
            Action::NotKept { question, .. } if question == *asked => {
                said.say("Your answer is not lost: answer again, and it is there.");
                if let Answer::Text(_) = answer {
                    let answer = answer.clone();
                    said.effects.push(Effect::SaveDraft { exercise: self.id.clone(), answer });
                }
                self.stage = Stage::Choosing;
            }
            _ => {}
        }
    }
}

/// The passage that an exercise is about, read out.
fn passage(course: &Course, exercise: &Exercise) -> Vec<String> {
    let place = course.place_of(exercise).unwrap_or_default();
    let mut lines = vec![format!("It stands under {place}:")];
    if let Some(Target::Place { page, source_line }) = course.passage(exercise) {
        let parts = parts(course, page);
        lines.extend(
            parts.into_iter().rev().find(|part| part.source_line <= source_line).into_iter().flat_map(|it| it.lines),
        );
    }
    lines
}

fn not_made(verdict: &Verdict) -> impl Iterator<Item = &ItemVerdict> {
    verdict.items.iter().filter(|item| item.status != Status::Made && item.max > 0.0)
}

/// The exercise from its title to how the learner stands with it.
pub(super) fn in_full(exercise: &Exercise, work: &Work) -> Vec<String> {
    let minutes =
        if exercise.minutes > 0 { format!(" About {}.", minutes_said(exercise.minutes)) } else { String::new() };
    let kind = exercise.kind.called(", ");
    let mut lines = vec![format!("{kind}: {}.{minutes}", exercise.title)];
    lines.extend(prose(&exercise.task_text()));
    let options: Vec<&str> = match &exercise.kind {
        Kind::Choice { options, .. } => options.iter().map(|option| option.text.as_str()).collect(),
        Kind::Order { steps } => exercise.shown_order().into_iter().map(|index| steps[index].as_str()).collect(),
        Kind::Matching(pairs) => pairs.lines.iter().map(|line| line.text.as_str()).collect(),
        Kind::Gaps { pieces, gaps } => {
            lines.extend(with_names(pieces, gaps).lines().map(str::to_owned));
            Vec::new()
        }
        Kind::Code(task) => {
            lines.extend(prose(&task.start_text()));
            Vec::new()
        }
        Kind::Text(_) | Kind::Number(_) | Kind::Flow(_) => Vec::new(),
    };
    lines.extend((1..).zip(options).map(|(number, option)| format!("{number}. {}", prose(option).join(" "))));
    if let Kind::Matching(pairs) = &exercise.kind {
        let choices = exercise.shown_order().into_iter().map(|index| pairs.choices[index].as_str());
        lines.push("To be matched with:".to_owned());
        lines.extend(('a'..).zip(choices).map(|(letter, choice)| format!("{letter}. {}", prose(choice).join(" "))));
    }
    let times = if work.tries == 1 { "once".to_owned() } else { format!("{} times", work.tries) };
    if work.tries > 0 {
        lines.push(format!("You answered {times}; the best earned {:.0} % of the points.", work.best * 100.0));
    }
    lines
}

/// A text with the name of each gap where it stands.
fn with_names(pieces: &[Piece], gaps: &[Gap]) -> String {
    let said = pieces.iter().map(|piece| match piece {
        Piece::Text(text) => text.clone(),
        Piece::Gap(index) => format!("[gap {}: {}]", index + 1, gaps[*index].name),
    });
    said.collect()
}

/// What an answer in one line looks like.
fn asked_for(exercise: &Exercise) -> String {
    let asked = match &exercise.kind {
        Kind::Choice { several: false, .. } => "The number of your choice.".to_owned(),
        Kind::Choice { several: true, .. } => "The numbers of all that fit, such as 1 3.".to_owned(),
        Kind::Order { steps } => {
            format!("All {} numbers in the right order, the first one first.", steps.len())
        }
        Kind::Number(task) if !task.unit.is_empty() => format!("Your answer in {}.", task.unit),
        Kind::Number(_) => "Your answer, a number.".to_owned(),
        Kind::Matching(_) => "The letter that belongs to each line, such as 1b 2a.".to_owned(),
        Kind::Gaps { .. } => "What stands in each gap, in their order, with ; between.".to_owned(),
        Kind::Text(_) | Kind::Flow(_) | Kind::Code(_) => String::new(),
    };
    asked + " Enter alone: no answer."
}

/// A verdict as one would read it out.
fn in_words(verdict: &Verdict) -> Vec<String> {
    let mut lines = vec![format!("{:.2} of {:.2} points. {}", verdict.score, verdict.max, verdict.feedback)];
    if verdict.needs_review {
        let why = verdict.review_reason.as_deref().unwrap_or("the grader is not sure");
        lines.push(format!("Not certain: {why}. A person should look at this one."));
    }
    for item in &verdict.items {
        let word = match item.status {
            Status::Made => "Made",
            Status::Partly => "Partly made",
            Status::Missing if item.is_wrong() => "Wrong",
            Status::Missing => "Not made",
        };
        let points =
            if item.max > 0.0 { format!(", {:.2} of {:.2} points", item.points, item.max) } else { String::new() };
        // What is missing is hinted at and not given away.
        let what = match (item.status, &item.hint) {
            (Status::Made, _) | (_, None) => &item.label,
            (_, Some(hint)) => hint,
        };
        lines.push(format!("{word}{points}: {what}"));
        lines.extend(item.reason.iter().map(|reason| format!("  Because: {reason}")));
        for evidence in &item.evidence {
            let words = evidence.text.split_whitespace().collect::<Vec<_>>().join(" ");
            lines.push(format!("  Your words: “{words}”"));
        }
    }
    lines
}
