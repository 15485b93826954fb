//! A function of the lesson, run for real: in its place on the page, and on a screen where it is changed and measured.
//!
//! Two versions stand side by side where the page gives two. Absent: running anything. An [`Order`] says what is to run,
//! and what comes back is a [`Ran`].

mod call;
mod editing;
mod rows;
mod running;
mod serving;
pub mod times;

pub use call::{Code, Event, Failure, Order, Ran, Runs, Served, Start};
use editing::draft;
use running::{Asked, Coming};
use serving::Serving;
use times::Group;

use super::code::CodeView;
use super::editor::Editor;
use super::pane::Pane;
use super::pop_up::Area;
use super::row::Row;
use super::{Action, Desk, Effect, Go, Size, Step};
use crate::course::{Answer, ExerciseId, FunctionTask, PageId};

/// The widest that code and what it does stand side by side.
const SHEET_COLS: u16 = 140;
/// Below this a word about waiting would only flicker.
const SEEN_FROM_MS: u64 = 300;
/// What an event of the learner's own is called.
const OWN_EVENT: &str = "event.json";
/// The frame of the editor.
const FRAME_ROWS: usize = 2;
const FRAME_COLS: usize = 4;

/// What a key does here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// Opens the screen of the function that has the focus on the page.
    Open,
    Run,
    RunTen,
    /// Throws the environments away, and runs.
    RunCold,
    /// To another event.
    Choose(i32),
    EditCode,
    EditEvent,
    OtherVersion,
    Measure,
    /// Begins to serve over HTTP, or ends it.
    Serve,
    /// The code as the page has it.
    Restore,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Editing {
    Code,
    Event,
}

#[derive(Clone, Debug)]
pub struct Bench {
    pub widget: usize,
    page: PageId,
    task: FunctionTask,
    pub versions: Vec<Version>,
    /// Whose code, answer and log are in view.
    pub shown: usize,
    /// Index into the task's events; the one after the last is the learner's own.
    chosen: usize,
    own_event: Editor,
    pub editing: Option<Editing>,
    /// What the open editor shows.
    pub view: CodeView,
    pub rows: Vec<Row>,
    pub top: usize,
    asked: Option<Asked>,
    /// Since when, from the first tick on: while nothing moves there is none, and the last one is long past.
    asked_since: Option<u64>,
    coming: Coming,
    now_ms: u64,
    /// What was measured, beside the simulation and the cloud.
    times: Vec<Group>,
    serving: Option<Serving>,
    /// Counts how often environments were thrown away: a lane of that number is new.
    generation: u32,
    size: Size,
}

#[derive(Clone, Debug)]
pub struct Version {
    pub title: String,
    editor: Editor,
    /// The oldest first.
    ran: Vec<Ran>,
    /// How many there have been.
    n_ran: usize,
}

impl Version {
    pub(crate) fn last(&self) -> Option<&Ran> {
        self.ran.last()
    }
}

impl Bench {
    pub(crate) fn new(desk: &Desk<'_>, page: &PageId, widget: usize, task: &FunctionTask) -> Self {
        let kept = |draft: &ExerciseId| match desk.drafts.get(draft) {
            Some(Answer::Text(text)) if !text.is_empty() => Some(text.as_str()),
            _ => None,
        };
        let version = |title: &str, code: &str| Version {
            title: title.to_owned(),
            editor: Editor::for_code(kept(&draft(page, title, &task.file)).unwrap_or(code)),
            ran: Vec::new(),
            n_ran: 0,
        };
        let own_event = kept(&draft(page, &task.title, OWN_EVENT))
            .unwrap_or("{\n  \"queryStringParameters\": { \"id\": \"42\" }\n}");
        let own_event = Editor::for_code(own_event);
        let mut versions = vec![version(&task.title, &task.code)];
        versions.extend(task.beside.iter().map(|beside| version(&beside.title, &beside.code)));
        let mut bench = Self {
            widget,
            page: page.clone(),
            task: task.clone(),
            versions,
            shown: 0,
            chosen: 0,
            own_event,
            editing: None,
            view: CodeView::default(),
            rows: Vec::new(),
            top: 0,
            asked: None,
            asked_since: None,
            coming: Coming::No,
            now_ms: 0,
            times: Vec::new(),
            serving: None,
            generation: 0,
            size: desk.size,
        };
        bench.lay_out(desk);
        bench
    }

    pub fn title(&self) -> &str {
        &self.task.title
    }

    pub(crate) fn is_measuring(&self) -> bool {
        matches!(self.asked, Some(Asked::Measures(_)))
    }

    /// What was measured, beside the simulation and the cloud.
    pub(crate) fn times(&self) -> &[Group] {
        &self.times
    }

    /// Chooses one of the page's events.
    pub(crate) fn choose(&mut self, event: usize) {
        self.chosen = event.min(self.task.events.len());
    }

    /// Chooses an event of the learner's own.
    pub(crate) fn give_event(&mut self, json: &str) {
        self.own_event = Editor::for_code(json);
        self.chosen = self.task.events.len();
    }

    pub fn is_serving(&self) -> bool {
        self.serving.as_ref().is_some_and(|serving| serving.is_on)
    }

    /// Whether something moves: an answer is awaited, or comes on screen.
    pub fn is_playing(&self) -> bool {
        self.asked.is_some() || self.coming != Coming::No
    }

    pub(crate) fn lay_out(&mut self, desk: &Desk<'_>) {
        self.size = desk.size;
        let width = usize::from(self.size.cols).saturating_sub(4).clamp(1, usize::from(SHEET_COLS));
        let body = self.size.body_rows();
        self.rows = self.screen_rows(width);
        if let Some(editing) = self.editing {
            let (editor, file, marks) = match editing {
                Editing::Code => (&self.versions[self.shown].editor, self.task.file.as_str(), self.marks()),
                Editing::Event => (&self.own_event, OWN_EVENT, self.event_marks()),
            };
            let mut view = std::mem::take(&mut self.view);
            let (cols, rows) = (width.saturating_sub(FRAME_COLS).max(1), Self::editor_rows(body) - FRAME_ROWS);
            view.lay_out(editor, file, &marks, cols, rows);
            self.view = view;
        }
        self.top = self.top.min(self.last_top());
    }

    /// How many rows of the body the open editor takes.
    pub fn editor_rows(body: usize) -> usize {
        (body * 3 / 5).max(FRAME_ROWS + 1)
    }

    /// Where the open editor stands with its frame.
    pub fn editor_area(&self) -> Option<Area> {
        self.editing?;
        let column = Pane::column(&self.rows, self.top, self.size, SHEET_COLS);
        let rows = Self::editor_rows(self.size.body_rows()) as u16;
        Some(Area { x: column.x, y: column.y, cols: column.cols, rows })
    }

    /// What ran, below the editor where it is open.
    pub fn pane(&self) -> Pane<'_> {
        let pane = Pane::column(&self.rows, self.top, self.size, SHEET_COLS);
        if self.editing.is_some() { pane.below(Self::editor_rows(self.size.body_rows())) } else { pane }
    }

    fn last_top(&self) -> usize {
        let body = self.size.body_rows();
        let room = if self.editing.is_some() { body.saturating_sub(Self::editor_rows(body)) } else { body };
        self.rows.len().saturating_sub(room.max(1))
    }

    /// How long an answer has been awaited.
    fn awaited_ms(&self) -> Option<u64> {
        self.asked?;
        Some(self.now_ms.saturating_sub(self.asked_since?))
    }

    /// What the screen's corner says.
    pub fn state(&self) -> String {
        match (self.asked, self.awaited_ms()) {
            (Some(Asked::Measures(_)), _) => "measuring …".to_owned(),
            (Some(_), Some(ms)) if ms >= SEEN_FROM_MS => format!("running for {:.1} s", ms as f64 / 1000.0),
            (Some(_), _) => "running …".to_owned(),
            (None, _) if self.is_serving() => "served over HTTP".to_owned(),
            (None, _) => "really run".to_owned(),
        }
    }

    pub(crate) fn update(&mut self, desk: &Desk<'_>, action: &Action) -> Step {
        let step = match action {
            Action::Invoked { question, answers } => self.hear(desk, *question, answers),
            Action::Served(served) => {
                self.serving.get_or_insert_default().hear(served);
                Step::default()
            }
            Action::Tick { now_ms } => {
                self.tick(*now_ms);
                Step::default()
            }
            Action::Edited { text } => {
                self.versions[self.shown].editor = Editor::for_code(text);
                self.keep(Editing::Code)
            }
            _ if self.editing.is_some() => self.edit(desk, action),
            Action::Function(deed) => self.act(desk, *deed),
            Action::Open | Action::Submit => self.act(desk, Deed::Run),
            Action::Scroll(motion) => {
                self.top = motion.from(self.top, self.size.body_rows());
                Step::default()
            }
            Action::Copy => {
                let command = "coldstart invoke --times 100".to_owned();
                Step { effects: vec![Effect::Copy(command.clone())], ..Step::say(format!("copied {command}")) }
            }
            Action::Back => self.leave(),
            _ => Step::default(),
        };
        self.lay_out(desk);
        step
    }

    fn leave(&mut self) -> Step {
        let mut step = Step::go(Go::Back);
        if self.is_serving() {
            step.effects.push(Effect::StopServing);
        }
        self.serving = None;
        step
    }

    pub(crate) fn act(&mut self, desk: &Desk<'_>, deed: Deed) -> Step {
        let n_events = self.task.events.len() + 1;
        match deed {
            Deed::Open => {}
            Deed::Run => return self.run(desk, 1),
            Deed::RunTen => return self.run(desk, 10),
            Deed::RunCold => {
                self.generation += 1;
                return self.run(desk, 1);
            }
            Deed::Choose(by) => {
                self.chosen = (self.chosen as i64 + i64::from(by)).rem_euclid(n_events as i64) as usize;
            }
            Deed::EditCode => {
                if let Some(line) = self.marks().into_keys().next() {
                    self.versions[self.shown].editor.go_to_line(line);
                }
                self.editing = Some(Editing::Code);
            }
            Deed::EditEvent => {
                self.chosen = n_events - 1;
                self.editing = Some(Editing::Event);
            }
            Deed::OtherVersion => self.shown = (self.shown + 1) % self.versions.len(),
            Deed::Restore => {
                self.versions[self.shown].editor = Editor::for_code(self.given(self.shown));
                return Step {
                    effects: self.keep(Editing::Code).effects,
                    ..Step::say("The code is as the page has it.")
                };
            }
            Deed::Measure => return self.measure(desk),
            Deed::Serve => return self.serve(),
        }
        Step::default()
    }
}
