//! A page in front of a class: shown in steps, with what responds on it live, and hands counted; and the notes for whoever
//! teaches, which follow on a second screen and drive as well.
//!
//! Both screens are a [`Show`]. What they share is a [`Stage`], which the world keeps; whichever moves says so with
//! `Effect::Share`, and hears of the other's moves by `Action::Staged`. Nothing that happens here counts as progress.

mod notes;
mod poll;

use std::collections::BTreeMap;
use std::ops::Range;

use serde::{Deserialize, Serialize};

pub use poll::Poll;

use super::lesson::{Reader, What};
use super::row::Row;
use super::{Action, Desk, Effect, Go, Size, Start, Step as Decision};
use crate::course::step::Step;
use crate::course::{Course, ExerciseId, Page, PageId, Task};

/// A text is laid out for no more columns than this: the letters are as large as the terminal's own, so a class reads
/// them when the font is made so large that these columns fill the wall.
pub const WALL_COLS: u16 = 76;

#[derive(Clone, Debug)]
pub struct Show {
    pub role: Role,
    /// The page, with what runs on it.
    pub reader: Reader,
    /// Index into the page's steps.
    pub step: usize,
    steps: Vec<Step>,
    /// The counted hands, by question.
    polls: BTreeMap<ExerciseId, Poll>,
    /// The question whose hands are being counted.
    polling: Option<ExerciseId>,
    stage: Stage,
    clock: Option<Clock>,
    /// What the notes say, laid out.
    pub notes: Vec<Row>,
    pub notes_top: usize,
    size: Size,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// What the class sees.
    Class,
    /// What the teacher sees.
    Notes,
}

/// Where a presentation is and has been, as the world keeps it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stage {
    pub page: String,
    pub step: usize,
    /// Each page that was turned to, and when.
    pub visits: Vec<Visit>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Visit {
    pub page: String,
    /// Milliseconds since 1970-01-01 UTC.
    pub at_ms: i64,
}

/// The time of day, as it was a moment ago.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clock {
    /// Milliseconds since 1970-01-01 UTC.
    pub at_ms: i64,
    /// As it is shown: `14:05`.
    pub shown: String,
    /// Somebody shows the pages to a class.
    pub is_running: bool,
}

impl Show {
    pub(crate) fn new(desk: &Desk<'_>, role: Role, page: &PageId, step: usize) -> Self {
        let mut show = Self {
            role,
            reader: Reader::new(&on_wall(desk), page, Start::Top),
            step: 0,
            steps: Vec::new(),
            polls: BTreeMap::new(),
            polling: None,
            stage: Stage::default(),
            clock: None,
            notes: Vec::new(),
            notes_top: 0,
            size: desk.size,
        };
        show.turn_to(desk, page, step);
        show
    }

    /// Effects of having opened: the other screen hears where this one is.
    pub(crate) fn opened(&self) -> Vec<Effect> {
        if self.role == Role::Class { vec![self.share()] } else { Vec::new() }
    }

    fn share(&self) -> Effect {
        Effect::Share { page: self.reader.page.clone(), step: self.step }
    }

    /// How many of how many steps of the page.
    pub fn steps(&self) -> (usize, usize) {
        (self.step + 1, self.steps.len())
    }

    pub fn title(&self) -> &str {
        self.steps.get(self.step).map_or("", |step| &step.title)
    }

    /// The hands that are being counted.
    pub fn poll<'a>(&'a self, course: &'a Course) -> Option<(&'a crate::course::Exercise, &'a Poll)> {
        let id = self.polling.as_ref()?;
        Some((course.exercises.get(id)?, self.polls.get(id)?))
    }

    pub fn is_polling(&self) -> bool {
        self.polling.is_some()
    }

    /// The rows of the step that is shown.
    pub fn rows(&self) -> Range<usize> {
        let Some(step) = self.steps.get(self.step) else { return 0..self.reader.laid.rows.len() };
        let rows = &self.reader.laid.rows;
        let at = |line: u32| rows.iter().position(|row| row.source_line >= line && row.source_line > 0);
        let from = if step.from_line == 0 { 0 } else { at(step.from_line).unwrap_or(rows.len()) };
        from..at(step.until_line).unwrap_or(rows.len()).max(from)
    }

    pub(crate) fn lay_out(&mut self, desk: &Desk<'_>) {
        self.size = desk.size;
        self.reader.lay_out(&on_wall(desk));
        if let Some(page) = desk.course.page(&self.reader.page) {
            self.steps = page.steps();
        }
        self.step = self.step.min(self.steps.len().saturating_sub(1));
        self.stay_in_step();
        self.lay_out_notes(desk);
    }

    fn stay_in_step(&mut self) {
        let rows = self.rows();
        let last = rows.end.saturating_sub(self.size.body_rows()).max(rows.start);
        self.reader.top = self.reader.top.clamp(rows.start, last);
        let focus = self.reader.focus.and_then(|focus| self.reader.laid.things.get(focus));
        if focus.is_some_and(|thing| !rows.contains(&thing.rows.start)) {
            self.reader.focus = None;
        }
    }

    /// Shows a step of a page; counted hands stay.
    fn turn_to(&mut self, desk: &Desk<'_>, page: &PageId, step: usize) {
        self.polling = None;
        if self.reader.page != *page {
            self.reader = Reader::new(&on_wall(desk), page, Start::Top);
        }
        self.step = step;
        self.reader.focus = None;
        self.reader.top = 0;
        self.notes_top = 0;
        self.lay_out(desk);
        self.reader.top = self.rows().start;
    }

    /// To the next (1) or the previous (-1) step, over the ends of the page.
    fn go(&mut self, desk: &Desk<'_>, by: i32) -> Decision {
        let within = usize::try_from(self.step as i64 + i64::from(by)).ok().filter(|step| *step < self.steps.len());
        if let Some(step) = within {
            self.turn_to(desk, &self.reader.page.clone(), step);
            return Decision::effect(self.share());
        }
        let pages: Vec<&Page> = desk.course.pages().collect();
        let here = pages.iter().position(|page| page.id == self.reader.page).unwrap_or(0);
        let there = usize::try_from(here as i64 + i64::from(by)).ok().and_then(|at| pages.get(at));
        let Some(page) = there else {
            return Decision::say(if by > 0 { "This was the last step." } else { "This is the first step." });
        };
        let step = if by > 0 { 0 } else { page.steps().len() - 1 };
        self.turn_to(desk, &page.id, step);
        Decision::effect(self.share())
    }

    pub(crate) fn update(&mut self, desk: &Desk<'_>, action: &Action) -> Decision {
        match action {
            Action::Staged(stage) => {
                self.follow(desk, stage);
                return Decision::default();
            }
            Action::Clock(clock) => {
                self.clock = Some(clock.clone());
                self.lay_out_notes(desk);
                return Decision::default();
            }
            _ => {}
        }
        if self.role == Role::Notes {
            return self.on_notes(desk, action);
        }
        if let Some(step) = self.count(desk, action) {
            return step;
        }
        match action {
            Action::TurnPage(by) if !self.reader.is_typing() => self.go(desk, *by),
            // Space reads on, and turns where there is nothing more to read.
            Action::Scroll(super::Motion::Pages(by)) => {
                let before = self.reader.top;
                self.pass_on(desk, action);
                if self.reader.top == before { self.go(desk, *by) } else { Decision::default() }
            }
            Action::Open => self.open(desk),
            Action::Back if self.reader.focus.is_none() && !self.reader.is_typing() => {
                Decision::say("q ends the presentation.")
            }
            action => self.pass_on(desk, action),
        }
    }

    /// Lets the page itself decide, and keeps it to the step.
    fn pass_on(&mut self, desk: &Desk<'_>, action: &Action) -> Decision {
        let rows = self.rows();
        // From thing to thing, past those that are not shown yet.
        let tries = if let Action::NextThing(_) = action { self.reader.laid.things.len() } else { 1 };
        let mut decision = Decision::default();
        for _ in 0..tries.max(1) {
            decision = self.reader.update(&on_wall(desk), action);
            let focus = self.reader.focus.and_then(|focus| self.reader.laid.things.get(focus));
            if focus.is_none_or(|thing| rows.contains(&thing.rows.start)) {
                break;
            }
        }
        self.stay_in_step();
        // A class's afternoon is not the teacher's own progress.
        decision.effects.retain(|effect| !matches!(effect, Effect::Keep { .. } | Effect::SavePosition { .. }));
        if let Go::Page(page, start) = std::mem::take(&mut decision.go) {
            let step = desk.course.page(&page).map_or(0, |page| step_at(page, &start));
            self.turn_to(desk, &page, step);
            decision.effects.push(self.share());
            return decision;
        }
        decision
    }

    /// Opens what has the focus, or the first thing of the step: a question to count hands, the rest as on a page.
    fn open(&mut self, desk: &Desk<'_>) -> Decision {
        let rows = self.rows();
        let things = &self.reader.laid.things;
        let first = || things.iter().position(|thing| rows.contains(&thing.rows.start));
        let Some(at) = self.reader.focus.or_else(first) else {
            return Decision::say("Nothing in this step opens.");
        };
        self.reader.focus = Some(at);
        let exercise = match (things[at].what, desk.course.page(&self.reader.page)) {
            (What::Widget(index), Some(page)) => match page.widgets.get(index).map(|widget| &widget.task) {
                Some(Task::Exercise(id)) => desk.course.exercises.get(id),
                _ => None,
            },
            _ => None,
        };
        let Some(exercise) = exercise else { return self.pass_on_open(desk) };
        self.polls.entry(exercise.id.clone()).or_insert_with(|| Poll::of(exercise));
        self.polling = Some(exercise.id.clone());
        Decision::default()
    }

    fn pass_on_open(&mut self, desk: &Desk<'_>) -> Decision {
        // What opens takes its place from the reader's; only pages are turned here.
        let mut decision = self.reader.update(&on_wall(desk), &Action::Open);
        decision.effects.retain(|effect| !matches!(effect, Effect::Keep { .. } | Effect::SavePosition { .. }));
        match std::mem::take(&mut decision.go) {
            Go::Page(page, start) => {
                let step = desk.course.page(&page).map_or(0, |page| step_at(page, &start));
                self.turn_to(desk, &page, step);
                decision.effects.push(self.share());
            }
            go => decision.go = go,
        }
        decision
    }

    /// Hands are counted; `None` where none are.
    fn count(&mut self, desk: &Desk<'_>, action: &Action) -> Option<Decision> {
        let poll = self.polls.get_mut(self.polling.as_ref()?)?;
        match action {
            Action::Back => self.polling = None,
            Action::TurnPage(by) => return Some(self.go(desk, *by)),
            Action::Scroll(motion) => poll.choose(motion.from(poll.chosen, 4)),
            Action::Choose(index) => poll.choose(*index),
            Action::Type(key) => poll.press(*key),
            Action::Solution | Action::Open => poll.is_revealed = !poll.is_revealed,
            _ => {}
        }
        Some(Decision::default())
    }

    /// The other screen has moved, or the presentation was there before this screen.
    fn follow(&mut self, desk: &Desk<'_>, stage: &Stage) {
        self.stage = stage.clone();
        let page = PageId(stage.page.clone());
        let is_elsewhere = self.reader.page != page || self.step != stage.step;
        if is_elsewhere && desk.course.page(&page).is_some() {
            self.turn_to(desk, &page, stage.step);
        }
        self.lay_out_notes(desk);
    }
}

/// The desk with no more columns than a class can read.
fn on_wall<'a>(desk: &Desk<'a>) -> Desk<'a> {
    Desk { size: Size { cols: desk.size.cols.min(WALL_COLS), ..desk.size }, ..*desk }
}

/// The step of `page` in which `start` lies.
fn step_at(page: &Page, start: &Start) -> usize {
    let Start::Line(line) = start else { return 0 };
    page.steps().iter().rposition(|step| step.from_line <= *line).unwrap_or(0)
}
