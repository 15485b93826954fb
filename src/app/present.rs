//! A page in front of a class: shown in steps, with what responds on it live, and hands counted; and the notes for whoever
//! teaches, which follow on a second screen and drive as well.
//!
//! Both screens are a [`Show`]. What they share is a [`Stage`], which the world keeps; whichever moves says so with
//! `Effect::Share`, whichever counts with `Effect::Count`, and hears of the other by `Action::Staged`. Nothing that
//! happens here counts as progress.
//!
//! ```text
//!   ballot    a question → the votes that are taken on it
//!   poll      a vote being taken: keys in, counts out
//!   bars      the vote to rows: large numbers and bars
//!   count     what was counted, as it is kept
//!   letters   a line of text in block characters
//!   notes     what the teacher sees
//! ```

mod ballot;
mod bars;
pub mod count;
mod letters;
mod notes;
mod poll;

use std::ops::Range;

use serde::{Deserialize, Serialize};

pub use poll::Poll;

use super::lesson::{Reader, What, columns};
use super::pane::Pane;
use super::row::{Row, Ui};
use super::size::MEASURE_COLS;
use super::{Action, Desk, Effect, Go, Screen, Size, Start, Step as Decision};
use crate::course::step::Step;
use crate::course::{Page, PageId, Task};
use ballot::Ballot;
use count::Count;
use poll::{Room, Told};

/// A text is laid out for no more columns than this: the letters are as large as the terminal's own, so a class reads
/// them when the font is made so large that these columns fill the wall.
pub const WALL_COLS: u16 = 76;
/// So many rows a screen has for its page before some of them are given to a heading in large letters, of which it
/// takes one in so many.
const LARGE_FROM_ROWS: usize = 30;
const LARGE_SHARE: usize = 5;

#[derive(Clone, Debug)]
pub struct Show {
    pub role: Role,
    /// The page, with what runs on it.
    pub reader: Reader,
    /// Index into the page's steps.
    pub step: usize,
    steps: Vec<Step>,
    /// The step's heading in large letters, where there is room for them.
    pub banner: Vec<Row>,
    /// The vote that is taken now.
    poll: Option<Poll>,
    stage: Stage,
    /// The moves of all screens that this one knows of, its own included.
    moves: u64,
    clock: Option<Clock>,
    /// What the notes say, laid out.
    pub notes: Vec<Row>,
    pub notes_top: usize,
    screen: Size,
    /// The room of the page, below the banner.
    size: Size,
    poll_room: Room,
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
    /// Grows with each move of any screen. Of two words on where the presentation is, the one with more moves holds.
    #[serde(default)]
    pub moves: u64,
    /// The vote that is taken.
    #[serde(default)]
    pub asked: Option<Asked>,
    /// Each page that was turned to, and when.
    pub visits: Vec<Visit>,
    /// All that was ever counted.
    #[serde(skip)]
    pub counts: Vec<Count>,
}

/// A vote that is being taken: which one of which question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    pub question: String,
    pub vote: usize,
    pub is_revealed: bool,
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
    pub(crate) fn new(desk: &Desk<'_>, role: Role, page: &PageId, step: usize, moves: u64) -> Self {
        let mut show = Self {
            role,
            reader: Reader::for_class(&on_wall(desk, 0), page),
            step: 0,
            steps: Vec::new(),
            banner: Vec::new(),
            poll: None,
            stage: Stage::default(),
            moves,
            clock: None,
            notes: Vec::new(),
            notes_top: 0,
            screen: desk.size,
            size: desk.size,
            poll_room: Room { cols: 1, rows: 1 },
        };
        show.turn_to(desk, page, step);
        show
    }

    /// Effects of having opened: the other screen hears where this one is.
    pub(crate) fn opened(&mut self) -> Vec<Effect> {
        if self.role == Role::Class { vec![self.share()] } else { Vec::new() }
    }

    fn share(&mut self) -> Effect {
        self.moves += 1;
        Effect::Share { page: self.reader.page.clone(), step: self.step, asked: self.asked(), moves: self.moves }
    }

    /// Whether this screen has moved since: its own word comes back too, and may come late.
    fn is_past(&self, stage: &Stage) -> bool {
        stage.moves < self.moves
    }

    /// How many of how many steps of the page.
    pub fn steps(&self) -> (usize, usize) {
        (self.step + 1, self.steps.len())
    }

    pub fn title(&self) -> &str {
        self.steps.get(self.step).map_or("", |step| &step.title)
    }

    /// The vote that is taken now.
    pub fn poll(&self) -> Option<&Poll> {
        self.poll.as_ref()
    }

    fn asked(&self) -> Option<Asked> {
        self.poll.as_ref().map(Poll::asked)
    }

    /// What is typed, for the line above the footer.
    pub fn prompt(&self) -> Option<String> {
        self.poll.as_ref().and_then(Poll::prompt).or_else(|| self.reader.prompt())
    }

    /// Whether keys are typed into a field now.
    pub fn is_typing(&self) -> bool {
        self.poll.as_ref().is_some_and(Poll::is_typing) || self.reader.is_typing()
    }

    /// Whether the class is led elsewhere: then whatever was opened on the way is left.
    pub(crate) fn is_led_away_by(&self, stage: &Stage) -> bool {
        let is_elsewhere = (self.reader.page.0.as_str(), self.step) != (stage.page.as_str(), stage.step);
        !self.is_past(stage) && (is_elsewhere || self.asked() != stage.asked)
    }

    /// The rows of the step that is shown.
    pub fn rows(&self) -> Range<usize> {
        let Some(step) = self.steps.get(self.step) else { return 0..self.reader.laid.rows.len() };
        let rows = &self.reader.laid.rows;
        let at = |line: u32| rows.iter().position(|row| row.source_line >= line && row.source_line > 0);
        let mut from = if step.from_line == 0 { 0 } else { at(step.from_line).unwrap_or(rows.len()) };
        let until = at(step.until_line).unwrap_or(rows.len()).max(from);
        if !self.banner.is_empty() {
            // What stands above in large letters is not said again.
            let is_said = |row: &Row| row.source_line == step.heading_line || row.text().trim().is_empty();
            from += rows[from..until].iter().take_while(|row| is_said(row)).count();
        }
        from..until
    }

    /// The step, the vote that is taken on it, or the teacher's notes.
    pub fn pane(&self) -> Pane<'_> {
        let screen = self.screen;
        if self.role == Role::Notes {
            return Pane::column(&self.notes, self.notes_top, screen, MEASURE_COLS);
        }
        let (_, cols) = columns(screen.cols.min(WALL_COLS));
        if let Some(poll) = &self.poll {
            return Pane::column(poll.rows(), poll.top, screen, cols);
        }
        let rows = &self.reader.laid.rows[..self.rows().end];
        let text = Pane::column(rows, self.reader.top, screen, cols).below(self.banner.len());
        // What is wider than the measure (a diagram) may use the margin too.
        let cols = screen.cols.saturating_sub(text.x + 1);
        Pane { cols, left_of: Box::new(|row| self.reader.left_of(row)), ..text }
    }

    pub(crate) fn lay_out(&mut self, desk: &Desk<'_>) {
        if let Some(page) = desk.course.page(&self.reader.page) {
            self.steps = page.steps();
        }
        self.step = self.step.min(self.steps.len().saturating_sub(1));
        self.lay_out_banner(desk.size);
        let wall = self.wall(desk);
        (self.screen, self.size) = (desk.size, wall.size);
        self.reader.lay_out(&wall);
        self.stay_in_step();
        self.lay_out_poll(desk);
        self.lay_out_notes(desk);
    }

    fn lay_out_banner(&mut self, size: Size) {
        self.banner.clear();
        let body = size.body_rows();
        let is_heading = self.steps.get(self.step).is_some_and(|step| step.heading_line > 0);
        if self.role == Role::Class && body >= LARGE_FROM_ROWS && is_heading {
            let width = usize::from(size.cols).saturating_sub(8);
            if let Some(rows) = letters::large(self.title(), Ui::Title, width, body / LARGE_SHARE) {
                self.banner = [vec![Row::default()], rows, vec![Row::default()]].concat();
            }
        }
    }

    fn lay_out_poll(&mut self, desk: &Desk<'_>) {
        let (_, cols) = columns(desk.size.cols.min(WALL_COLS));
        self.poll_room = Room { cols: usize::from(cols), rows: desk.size.body_rows() };
        if let Some(poll) = &mut self.poll {
            poll.lay_out(desk.course, self.poll_room);
        }
    }

    fn wall<'a>(&self, desk: &Desk<'a>) -> Desk<'a> {
        on_wall(desk, self.banner.len())
    }

    fn stay_in_step(&mut self) {
        let rows = self.rows();
        let last = rows.end.saturating_sub(self.size.body_rows()).max(rows.start);
        self.reader.top = self.reader.top.clamp(rows.start, last);
        let focus = self.reader.focused();
        if focus.is_some_and(|thing| !rows.contains(&thing.rows.start)) {
            self.reader.focus = None;
        }
    }

    /// Shows a step of a page; counted hands stay.
    fn turn_to(&mut self, desk: &Desk<'_>, page: &PageId, step: usize) {
        self.poll = None;
        if self.reader.page != *page {
            self.reader = Reader::for_class(&on_wall(desk, 0), page);
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
            Action::Staged(stage) => return self.follow(desk, stage),
            Action::Clock(clock) => {
                self.clock = Some(clock.clone());
                self.lay_out_notes(desk);
                return Decision::default();
            }
            _ => {}
        }
        if let Some(step) = self.count(desk, action) {
            return step;
        }
        if self.role == Role::Notes {
            return self.on_notes(desk, action);
        }
        let on_page = self.on_page(action);
        let action = on_page.as_ref().unwrap_or(action);
        match action {
            Action::TurnTo(page, start) => {
                let step = desk.course.page(page).map_or(0, |page| step_at(page, start));
                self.turn_to(desk, page, step);
                Decision::effect(self.share())
            }
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

    /// A click, in the columns and rows that the page believes to have.
    fn on_page(&self, action: &Action) -> Option<Action> {
        let (aside, above) = (self.size.cols.saturating_sub(WALL_COLS) / 2, self.banner.len() as u16);
        match *action {
            Action::Click(col, row) => Some(Action::Click(col.saturating_sub(aside), row.saturating_sub(above))),
            _ => None,
        }
    }

    /// Lets the page itself decide, and keeps it to the step.
    fn pass_on(&mut self, desk: &Desk<'_>, action: &Action) -> Decision {
        let rows = self.rows();
        // From thing to thing, past those that are not shown yet.
        let tries = if let Action::NextThing(_) = action { self.reader.laid.things.len() } else { 1 };
        let mut decision = Decision::default();
        for _ in 0..tries.max(1) {
            decision = self.reader.update(&self.wall(desk), action);
            let focus = self.reader.focused();
            if focus.is_none_or(|thing| rows.contains(&thing.rows.start)) {
                break;
            }
        }
        self.stay_in_step();
        // A class's afternoon is not the teacher's own progress.
        decision.effects.retain(|effect| !matches!(effect, Effect::Keep { .. } | Effect::SavePosition(_)));
        if let Go::Page(page, start) | Go::Follow(page, start) = std::mem::take(&mut decision.go) {
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
        let Some(ballot) = self.ballot_of(desk, things[at].what) else {
            return match self.role {
                Role::Class => self.pass_on_open(desk),
                Role::Notes => Decision::say("It opens on the screen before the class."),
            };
        };
        self.poll = Some(Poll::open(ballot, &self.stage.counts, self.poll_room));
        self.lay_out_poll(desk);
        self.lay_out_notes(desk);
        Decision::effect(self.share())
    }

    /// What the class can vote on: an exercise, or a guess that was not made yet.
    fn ballot_of(&self, desk: &Desk<'_>, what: What) -> Option<Ballot> {
        let What::Widget(index) = what else { return None };
        let page = desk.course.page(&self.reader.page)?;
        match &page.widgets.get(index)?.task {
            Task::Exercise(id) => desk.course.exercises.get(id).map(Ballot::on_exercise),
            Task::Simulation(task) => {
                let is_made = desk.progress.predictions.contains_key(&(page.id.0.clone(), task.scenario.clone()));
                if is_made { None } else { Ballot::on_prediction(page, task) }
            }
            _ => None,
        }
    }

    fn pass_on_open(&mut self, desk: &Desk<'_>) -> Decision {
        // What opens takes its place from the reader's; only pages are turned here.
        let mut decision = self.reader.update(&self.wall(desk), &Action::Open);
        decision.effects.retain(|effect| !matches!(effect, Effect::Keep { .. } | Effect::SavePosition(_)));
        match std::mem::take(&mut decision.go) {
            Go::Page(page, start) | Go::Follow(page, start) => {
                let step = desk.course.page(&page).map_or(0, |page| step_at(page, &start));
                self.turn_to(desk, &page, step);
                decision.effects.push(self.share());
            }
            go => decision.go = go,
        }
        decision
    }

    /// The guess of most becomes the class's, and the run that judges it begins.
    fn run_prediction(&mut self, desk: &Desk<'_>) -> Decision {
        let guess = self.poll.take().and_then(|poll| poll.winner());
        let mut decision = self.pass_on_open(desk);
        decision.effects.push(self.share());
        if let (Go::Open(Screen::Lab(lab)), Some(guess)) = (&mut decision.go, guess)
            && lab.asks_first()
        {
            lab.update(desk, &Action::Paste(guess));
            decision.effects.extend(lab.update(desk, &Action::Submit).effects);
            decision.notice = Decision::say("This is the guess of most; the run judges it. G runs to the end.").notice;
        }
        decision
    }

    /// Hands are counted; `None` where none are.
    fn count(&mut self, desk: &Desk<'_>, action: &Action) -> Option<Decision> {
        let poll = self.poll.as_mut()?;
        let asks_to_run = matches!(action, Action::Solution) || (matches!(action, Action::Open) && !poll.is_called());
        if poll.is_prediction() && asks_to_run && !poll.is_typing() {
            return Some(self.reveal_by_running(desk));
        }
        let told = match action {
            Action::Back if !poll.is_typing() => {
                self.poll = None;
                Told::Moved
            }
            Action::TurnPage(by) if !poll.has_vote(*by) => return Some(self.go(desk, *by)),
            action => poll.update(action, &self.stage.counts),
        };
        let mut decision = Decision::default();
        match told {
            Told::Nothing => {}
            Told::Say(text) => decision = Decision::say(text),
            Told::Moved => decision.effects.push(self.share()),
            Told::Counted => {
                if let Some(poll) = &self.poll {
                    count::remember(&mut self.stage.counts, poll.count.clone());
                    decision.effects.push(Effect::Count(Box::new(poll.count.clone())));
                }
                decision.effects.push(self.share());
            }
        }
        self.lay_out_poll(desk);
        self.lay_out_notes(desk);
        Some(decision)
    }

    fn reveal_by_running(&mut self, desk: &Desk<'_>) -> Decision {
        if self.role == Role::Class {
            return self.run_prediction(desk);
        }
        // The class's screen hears of it, runs it, and closes the vote.
        let mut decision = Decision::default();
        if let Some(poll) = &mut self.poll {
            poll.is_revealed = true;
            decision.effects.push(self.share());
        }
        decision
    }

    /// The other screen has moved or counted, or the presentation was there before this screen.
    fn follow(&mut self, desk: &Desk<'_>, stage: &Stage) -> Decision {
        // Of two words on a count the newer holds: what comes may be older than what was typed since.
        for count in &stage.counts {
            count::remember(&mut self.stage.counts, count.clone());
        }
        if self.is_past(stage) {
            if let Some(poll) = &mut self.poll {
                poll.hear(&self.stage.counts);
            }
            self.lay_out_poll(desk);
            return Decision::default();
        }
        let counts = std::mem::take(&mut self.stage.counts);
        self.stage = Stage { counts, ..stage.clone() };
        self.moves = stage.moves;
        let page = PageId(stage.page.clone());
        let is_elsewhere = self.reader.page != page || self.step != stage.step;
        if is_elsewhere && desk.course.page(&page).is_some() {
            self.turn_to(desk, &page, stage.step);
        }
        let decision = match &stage.asked {
            None => {
                self.poll = None;
                Decision::default()
            }
            Some(asked) => self.follow_vote(desk, asked),
        };
        self.lay_out_poll(desk);
        self.lay_out_notes(desk);
        decision
    }

    fn follow_vote(&mut self, desk: &Desk<'_>, asked: &Asked) -> Decision {
        let is_open = self.poll.as_ref().is_some_and(|poll| poll.ballot.question == asked.question);
        if !is_open {
            let ballot = Ballot::find(desk.course, &asked.question);
            self.poll = ballot.map(|ballot| Poll::open(ballot, &self.stage.counts, self.poll_room));
            self.focus_question(desk, &asked.question);
        }
        let Some(poll) = &mut self.poll else { return Decision::default() };
        poll.follow(asked, &self.stage.counts);
        if poll.is_prediction() && poll.is_revealed && self.role == Role::Class {
            return self.run_prediction(desk);
        }
        Decision::default()
    }

    /// Gives the focus to what the question stands on.
    fn focus_question(&mut self, desk: &Desk<'_>, question: &str) {
        let asks = |what| self.ballot_of(desk, what).is_some_and(|ballot| ballot.question == question);
        self.reader.focus = self.reader.laid.things.iter().position(|thing| asks(thing.what));
    }
}

/// The desk with no more columns than a class can read, and without the rows that something else takes.
fn on_wall<'a>(desk: &Desk<'a>, taken_rows: usize) -> Desk<'a> {
    let rows = desk.size.rows.saturating_sub(taken_rows as u16);
    Desk { size: Size { cols: desk.size.cols.min(WALL_COLS), rows }, ..*desk }
}

/// The step of `page` in which `start` lies.
fn step_at(page: &Page, start: &Start) -> usize {
    let Start::Line(line) = start else { return 0 };
    page.steps().iter().rposition(|step| step.from_line <= *line).unwrap_or(0)
}
