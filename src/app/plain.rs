//! The course in words, line by line: for screen readers, braille lines, scripts, and terminals that cannot draw.
//!
//! A line comes in; text and effects come out. Nothing said is ever changed or said again unasked. Where one stands is a
//! [`Place`]; what can be chosen there is numbered, and Enter alone takes the usual choice. Deeds are kept exactly as the
//! screens keep them, so that one may change between the two at any time.
//!
//! Absent: input and output, columns, colours.

mod exercise;
mod function;
mod simulation;
mod words;

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Action, Effect};
use crate::course::SimulationTask;
use crate::course::progress::Work;
use crate::course::{
    Answer, Course, Deed, ExerciseId, Kept, Page, PageId, Position, Progress, Spot, Task, minutes_said,
};
use exercise::Sheet;
use function::Call;
use simulation::Bench;
use words::{Part, parts};

/// A learner who hears the course.
pub struct Plain {
    world: World,
    place: Place,
}

/// What every place may look at.
struct World {
    course: Arc<Course>,
    progress: Progress,
    drafts: BTreeMap<ExerciseId, Answer>,
    stopped: Option<Position>,
    /// Exercises to come back to; those answered since are taken off.
    due: Vec<ExerciseId>,
    /// The number of the question that may be asked of the world now.
    question: u64,
}

enum Place {
    Map,
    Page(Reading),
    /// A question, and where leaving it leads.
    Exercise(Return, Sheet),
    Simulation(Reading, Box<Bench>),
    Function(Reading, Box<Call>),
}

/// Where one was before a question was opened.
enum Return {
    Page(Reading),
    Review,
}

/// A page, and the part of it that was said last.
#[derive(Clone)]
struct Reading {
    page: PageId,
    part: usize,
    /// The thing at the end of this part was opened.
    was_opened: bool,
}

/// What is said, and what is to be done in the world.
#[derive(Debug, Default)]
pub struct Said {
    pub text: Vec<String>,
    pub effects: Vec<Effect>,
}

/// Where a line leads.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Next {
    Stay,
    Back,
}

impl Said {
    fn say(&mut self, text: impl Into<String>) {
        self.text.push(text.into());
    }

    fn extend(&mut self, lines: impl IntoIterator<Item = String>) {
        self.text.extend(lines);
    }

    fn keep(&mut self, world: &World, deed: Deed) {
        self.effects.push(Effect::Keep { question: world.question, deed });
    }

    fn not_understood(&mut self, line: &str) -> Next {
        self.say(format!("`{}` is none of the choices.", line.trim()));
        Next::Stay
    }
}

/// What can be chosen, numbered from 1.
struct Menu<C> {
    choices: Vec<(C, String)>,
    /// What Enter alone takes.
    usual: usize,
}

impl<C: Copy> Menu<C> {
    fn new<const N: usize>(choices: [(C, &str); N]) -> Self {
        Self { choices: choices.into_iter().map(|(choice, name)| (choice, name.to_owned())).collect(), usual: 0 }
    }

    fn add(&mut self, choice: C, name: impl Into<String>) {
        self.choices.push((choice, name.into()));
    }

    fn choose(&self, line: &str) -> Option<C> {
        let line = line.trim();
        let index = if line.is_empty() { Some(self.usual) } else { line.parse::<usize>().ok()?.checked_sub(1) };
        self.choices.get(index?).map(|(choice, _)| *choice)
    }

    fn prompt(&self) -> String {
        let names = (1..).zip(&self.choices).map(|(number, (_, name))| format!("{number} {name}"));
        format!("{}. Enter alone: {}.", names.collect::<Vec<_>>().join("; "), self.usual + 1)
    }
}

#[derive(Clone, Copy)]
enum PageChoice {
    GoOn,
    Open,
    NextPage,
    Again,
    PartBefore,
    Map,
}

impl Plain {
    /// The beginning: the course's name, how this works, and the map.
    pub fn open(course: Arc<Course>, kept: Kept) -> (Self, Said) {
        let progress = Progress::fold(&course, &kept.attempts);
        let Kept { drafts, position, due, .. } = kept;
        let world = World { course, progress, drafts, stopped: position, due, question: 1 };
        let plain = Self { world, place: Place::Map };
        let mut said = Said::default();
        said.say(plain.world.course.title.clone());
        said.say(plain.world.course.about.trim());
        said.extend(help());
        said.extend(map(&plain.world));
        (plain, said)
    }

    /// What is due to be asked again: the first of it, or that there is nothing.
    pub fn begin_review(&mut self) -> Said {
        let mut said = Said::default();
        self.ask_next_due(&mut said);
        said
    }

    fn ask_next_due(&mut self, said: &mut Said) {
        let exercises = &self.world.course.exercises;
        self.world.due.retain(|due| exercises.contains_key(due));
        let n_due = self.world.due.len();
        if let Some(id) = self.world.due.first() {
            let left = if n_due == 1 { "1 question is".to_owned() } else { format!("{n_due} questions are") };
            said.say(format!("{left} due to be asked again."));
            if let Some(sheet) = Sheet::open(&self.world, id, said) {
                self.place = Place::Exercise(Return::Review, sheet);
                return;
            }
        }
        said.say("Nothing more is due to be asked again now.");
        said.extend(map(&self.world));
        self.place = Place::Map;
    }

    /// What is said before the next line is read. Empty while a text is being written.
    pub fn prompt(&self) -> String {
        match &self.place {
            Place::Map => match usual_page(&self.world) {
                Some(number) => {
                    let stopped = if self.world.stopped.is_some() { ", where you stopped" } else { "" };
                    format!("The number of a page. Enter alone: {number}{stopped}.")
                }
                None => "This course has no page; q ends.".to_owned(),
            },
            Place::Page(reading) => self.world.page_menu(reading).map_or_else(String::new, |menu| menu.prompt()),
            Place::Exercise(_, sheet) => sheet.prompt(&self.world),
            Place::Simulation(_, bench) => bench.prompt(),
            Place::Function(_, call) => call.prompt(),
        }
    }

    /// A line of the learner's.
    pub fn hear(&mut self, line: &str) -> Said {
        let mut said = Said::default();
        self.world.question += 1;
        let is_writing = matches!(&self.place, Place::Exercise(_, sheet) if sheet.is_writing());
        match line.trim() {
            "q" | "quit" if !is_writing => said.effects.push(Effect::Quit),
            "?" | "help" if !is_writing => said.extend(help()),
            "r" | "review" if !is_writing => self.ask_next_due(&mut said),
            "m" | "map" if !is_writing => {
                said.extend(map(&self.world));
                self.place = Place::Map;
            }
            "w" | "words" if !is_writing => said.extend(words::glossary(&self.world.course, "")),
            // In a question a line that begins so may be its answer.
            asked if asked.starts_with("w ") && !matches!(self.place, Place::Exercise(..)) => {
                said.extend(words::glossary(&self.world.course, asked[2..].trim()));
            }
            "n" if matches!(self.place, Place::Page(_)) => self.tell_notes(&mut said),
            noted if noted.starts_with("n ") && matches!(self.place, Place::Page(_)) => {
                self.note(noted[2..].trim(), &mut said);
            }
            _ => self.hear_in_place(line, &mut said),
        }
        said
    }

    /// Keeps a note on the part that was said last. A dash takes it off.
    fn note(&self, text: &str, said: &mut Said) {
        let Place::Page(reading) = &self.place else { return };
        let Some(page) = self.world.course.page(&reading.page) else { return };
        let Some(part) = parts(&self.world.course, page).into_iter().nth(reading.part) else { return };
        let text = if text == "-" { String::new() } else { text.to_owned() };
        said.say(if text.is_empty() {
            "The note on this part is taken off."
        } else {
            "Noted. n alone tells your notes."
        });
        said.keep(&self.world, Deed::Noted { page: page.id.0.clone(), source_line: part.source_line, text });
    }

    /// The learner's own notes on the page that is read.
    fn tell_notes(&self, said: &mut Said) {
        let Place::Page(reading) = &self.place else { return };
        let Some(page) = self.world.course.page(&reading.page) else { return };
        let here = self.world.progress.notes.iter().filter(|((noted, _), _)| *noted == page.id.0);
        let lines: Vec<String> =
            here.map(|((_, line), text)| format!("Your note on “{}”: {text}", page.passage(*line))).collect();
        if lines.is_empty() {
            said.say("You have no note on this page. n and your words keep one on this part.");
        }
        said.extend(lines);
    }

    /// The world's answer to an effect.
    pub fn reply(&mut self, action: Action) -> Said {
        let mut said = Said::default();
        match &action {
            Action::Kept { attempt, .. } => {
                let course = Arc::clone(&self.world.course);
                self.world.progress.add(&course, &attempt.deed);
                if let Deed::Answered { exercise, .. } = &attempt.deed {
                    self.world.drafts.remove(exercise);
                    self.world.due.retain(|due| course.root_of(due) != course.root_of(exercise));
                }
            }
            Action::NotKept { why, .. } | Action::NotSaved { why } => said.say(format!("Could not save: {why}.")),
            _ => {}
        }
        match &mut self.place {
            Place::Exercise(_, sheet) => sheet.reply(action, &mut said),
            Place::Function(_, call) => call.reply(&self.world, &action, &mut said),
            _ => {}
        }
        said
    }

    fn hear_in_place(&mut self, line: &str, said: &mut Said) {
        let world = &mut self.world;
        match &mut self.place {
            Place::Map => self.hear_on_map(line, said),
            Place::Page(_) => self.hear_on_page(line, said),
            Place::Exercise(from, sheet) => {
                if sheet.hear(world, line, said) == Next::Back {
                    match from {
                        Return::Page(reading) => self.place = Place::Page(reading.clone()),
                        Return::Review => {
                            // What was left unanswered is not asked a second time today.
                            let left = sheet.id().clone();
                            self.world.due.retain(|due| *due != left);
                            self.ask_next_due(said);
                        }
                    }
                }
            }
            Place::Simulation(reading, bench) => {
                if bench.hear(world, line, said) == Next::Back {
                    self.place = Place::Page(reading.clone());
                }
            }
            Place::Function(reading, call) => {
                if call.hear(world, line, said) == Next::Back {
                    self.place = Place::Page(reading.clone());
                }
            }
        }
    }

    fn hear_on_map(&mut self, line: &str, said: &mut Said) {
        let number = if line.trim().is_empty() { usual_page(&self.world) } else { line.trim().parse().ok() };
        let course = Arc::clone(&self.world.course);
        let Some(page) = number.and_then(|number: usize| course.pages().nth(number.checked_sub(1)?)) else {
            said.not_understood(line);
            return;
        };
        let stopped = self.world.stopped.take_if(|stopped| stopped.page == page.id);
        let line = stopped.map_or(0, |stopped| stopped.spot.line);
        let part = parts(&course, page).iter().rposition(|part| part.source_line <= line).unwrap_or(0);
        self.read(page, part, said);
    }

    /// Says a part of a page, and keeps that it was said.
    fn read(&mut self, page: &Page, part: usize, said: &mut Said) {
        let all = parts(&self.world.course, page);
        let part = part.min(all.len() - 1);
        let Part { lines, source_line, widget } = &all[part];
        if part == 0 {
            let count = self.world.course.pages().count();
            let number = self.world.course.pages().position(|it| it.id == page.id).map_or(0, |index| index + 1);
            said.say(format!("Page {number} of {count}: {}", page.title));
        }
        said.extend(lines.iter().cloned());
        if let Some(index) = widget {
            said.say(self.world.announce(page, *index));
        }
        let position = Position { page: page.id.clone(), spot: Spot::at(*source_line) };
        said.effects.push(Effect::SavePosition(position));
        if part + 1 == all.len() {
            said.say("This is the end of the page.");
            if !self.world.progress.pages_read.contains(&page.id.0) {
                said.keep(&self.world, Deed::PageRead { page: page.id.0.clone() });
            }
        }
        self.place = Place::Page(Reading { page: page.id.clone(), part, was_opened: false });
    }

    fn hear_on_page(&mut self, line: &str, said: &mut Said) {
        let Place::Page(reading) = &self.place else { return };
        let (mut reading, course) = (reading.clone(), Arc::clone(&self.world.course));
        let (Some(page), Some(menu)) = (course.page(&reading.page), self.world.page_menu(&reading)) else { return };
        let Some(choice) = menu.choose(line) else {
            said.not_understood(line);
            return;
        };
        match choice {
            PageChoice::GoOn => self.read(page, reading.part + 1, said),
            PageChoice::Again => self.read(page, reading.part, said),
            PageChoice::PartBefore => self.read(page, reading.part.saturating_sub(1), said),
            PageChoice::NextPage => {
                if let Some(next) = course.pages().skip_while(|it| it.id != page.id).nth(1) {
                    self.read(next, 0, said);
                }
            }
            PageChoice::Map => {
                said.extend(map(&self.world));
                self.place = Place::Map;
            }
            PageChoice::Open => {
                reading.was_opened = true;
                let widget = parts(&course, page)[reading.part].widget;
                let task = widget.map(|index| &page.widgets[index].task);
                self.place = Place::Page(reading.clone());
                match task {
                    Some(Task::Exercise(id)) => match Sheet::open(&self.world, id, said) {
                        Some(sheet) => self.place = Place::Exercise(Return::Page(reading), sheet),
                        None => said.say(format!("There is no exercise `{id}`.")),
                    },
                    Some(Task::Simulation(task)) => {
                        if let Some(bench) = Bench::open(&self.world, &page.id, task, said) {
                            self.place = Place::Simulation(reading, Box::new(bench));
                        }
                    }
                    Some(Task::Function(task)) => {
                        let call = Call::open(&self.world, &page.id, widget.unwrap_or_default(), task, said);
                        self.place = Place::Function(reading, Box::new(call));
                    }
                    _ => {}
                }
            }
        }
    }
}

impl World {
    fn page_menu(&self, reading: &Reading) -> Option<Menu<PageChoice>> {
        let page = self.course.page(&reading.page)?;
        let all = parts(&self.course, page);
        let part = all.get(reading.part)?;
        let mut menu = Menu { choices: Vec::new(), usual: 0 };
        if reading.part + 1 < all.len() {
            menu.add(PageChoice::GoOn, "go on");
        } else if let Some(next) = self.course.pages().skip_while(|it| it.id != page.id).nth(1) {
            menu.add(PageChoice::NextPage, format!("next page, {}", next.title));
        } else {
            menu.add(PageChoice::Map, "the course map");
        }
        if let Some(index) = part.widget {
            let (name, is_done) = match &page.widgets[index].task {
                Task::Exercise(id) => ("answer it", self.progress.work(id).tries > 0),
                Task::Simulation(task) => {
                    let predicted = self.progress.predictions.contains_key(&(page.id.0.clone(), task.scenario.clone()));
                    ("open the simulation", predicted)
                }
                Task::Function(_) => ("open the function", false),
                Task::Diagram { .. } | Task::Broken(_) => ("", true),
            };
            menu.add(PageChoice::Open, name);
            // What is new is done before going on, unless it was looked into and left.
            menu.usual = usize::from(!is_done && !reading.was_opened);
        }
        menu.add(PageChoice::Again, "hear this again");
        if reading.part > 0 {
            menu.add(PageChoice::PartBefore, "the part before");
        }
        if reading.part + 1 < all.len() || !matches!(menu.choices[0].0, PageChoice::Map) {
            menu.add(PageChoice::Map, "the course map");
        }
        Some(menu)
    }

    /// What waits at the end of a part, and how one stands with it.
    fn announce(&self, page: &Page, widget: usize) -> String {
        let mut said = announced(&self.course, page, widget);
        if let Task::Exercise(id) = &page.widgets[widget].task
            && self.course.exercises.contains_key(id)
        {
            let work = self.progress.work(id);
            said += &match work.tries {
                0 => " Not answered yet.".to_owned(),
                _ => format!(" Answered; the best earned {:.0} % of the points.", work.best * 100.0),
            };
        }
        said
    }
}

/// A page from its beginning to its end, with all that it asks.
pub fn page_in_words(course: &Course, page: &Page) -> Vec<String> {
    let asked = |widget: usize| match &page.widgets[widget].task {
        Task::Exercise(id) => course.exercises.get(id).map(|it| exercise::in_full(it, &Work::default())),
        Task::Simulation(SimulationTask { predict: Some(predict), .. }) => Some(simulation::prediction(predict)),
        _ => None,
    };
    let mut said = Vec::new();
    for Part { lines, widget, .. } in parts(course, page) {
        said.extend(lines);
        if let Some(index) = widget {
            said.push(announced(course, page, index));
            said.extend(asked(index).unwrap_or_default());
        }
    }
    said
}

fn announced(course: &Course, page: &Page, widget: usize) -> String {
    match &page.widgets[widget].task {
        Task::Exercise(id) => match course.exercises.get(id) {
            Some(exercise) => format!("Here is a question: {}.", exercise.title),
            None => format!("Something is missing here: no exercise `{id}`."),
        },
        Task::Simulation(task) => {
            let title = course.scenario(&task.scenario).map_or_else(|why| why, |scenario| scenario.title);
            format!("Here is a simulation: {title}.")
        }
        Task::Function(task) => format!("Here is a function that runs: {}.", task.title),
        Task::Diagram { .. } | Task::Broken(_) => String::new(),
    }
}

fn help() -> Vec<String> {
    let help = [
        "This is the course in words. Each time, type the number of a choice and press Enter.",
        "At any time: m for the course map, r for what is due to be asked again, q to end, a question mark to hear this. \
         Everything you do is kept.",
        "On a page: n and your words keep a note on the part just said, n and a dash take it off, n alone tells your notes.",
        "w lists the words of the course; w and a word, such as w cold start, says what it means.",
    ];
    help.map(str::to_owned).to_vec()
}

/// The pages, numbered, and how far one is.
fn map(world: &World) -> Vec<String> {
    let mut lines = Vec::new();
    let mut number = 0;
    for module in &world.course.modules {
        let lessons = module.lessons.iter().filter_map(|entry| entry.lesson.as_ref());
        for lesson in lessons.filter_map(|id| world.course.lessons.iter().find(|lesson| lesson.id == *id)) {
            let (pages, answered) = (world.progress.pages(lesson), world.progress.answered(lesson));
            lines.push(format!(
                "Lesson: {}. {} of {} pages read, {} of {} exercises answered.",
                lesson.title, pages.done, pages.of, answered.done, answered.of
            ));
            for page in &lesson.pages {
                number += 1;
                let minutes =
                    if page.minutes > 0 { format!(", {}", minutes_said(page.minutes)) } else { String::new() };
                let read = if world.progress.pages_read.contains(&page.id.0) { ", read" } else { "" };
                lines.push(format!("{number}. {}{minutes}{read}", page.title));
            }
        }
    }
    match world.due.len() {
        0 => {}
        1 => lines.push("r. 1 question to come back to, before it is forgotten.".to_owned()),
        n => lines.push(format!("r. {n} questions to come back to, before they are forgotten.")),
    }
    let closed = world.course.modules.iter().flat_map(|module| &module.lessons).filter(|entry| entry.lesson.is_none());
    let closed = closed.count();
    if closed > 0 {
        lines.push(format!("{closed} more lessons of the course are named and not open yet."));
    }
    lines
}

/// Where one stopped, else the first page that was not read, else the first.
fn usual_page(world: &World) -> Option<usize> {
    let place = |wanted: &dyn Fn(&Page) -> bool| world.course.pages().position(wanted).map(|index| index + 1);
    let stopped = world.stopped.as_ref().and_then(|stopped| place(&|page| page.id == stopped.page));
    stopped.or_else(|| place(&|page| !world.progress.pages_read.contains(&page.id.0))).or_else(|| place(&|_| true))
}
