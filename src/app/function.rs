//! A function of the lesson, run for real: in its place on the page, and on a screen where it is changed and measured.
//!
//! Two versions stand side by side where the page gives two. Absent: running anything. An [`Order`] says what is to run,
//! and what comes back is a [`Ran`].

mod call;
mod rows;
mod serving;
pub mod times;

pub use call::{Code, Event, Failure, Order, Ran, Runs, Served, Start};
use serving::Serving;
use times::{Group, Measured, compared};

use super::code::{CodeView, Marks};
use super::editor::Editor;
use super::key::{Code as KeyCode, Key};
use super::pane::Pane;
use super::row::Row;
use super::{Action, Desk, Effect, Go, Notice, Size, Step};
use crate::course::{Answer, ExerciseId, FunctionTask, PageId};

/// How much slower than it was an answer comes on screen: a cold start is felt, and nobody waits long.
const SLOWED: f64 = 12.0;
/// No answer takes longer than this to come on screen.
const SLOWEST_MS: f64 = 1_500.0;
/// Invocations of each kind that are measured for the comparison. The warm ones are fewer than the connections that the
/// database takes: code that opens one with each call would else be measured being refused.
const COLD_MEASURED: u32 = 30;
/// The widest that code and what it does stand side by side.
const SHEET_COLS: u16 = 140;
const WARM_MEASURED: u32 = 90;
/// Below this a word about waiting would only flicker.
const SEEN_FROM_MS: u64 = 300;
/// What an event of the learner's own is called.
const OWN_EVENT: &str = "event.json";
/// Invocations that are kept of each version.
const RUNS_KEPT: usize = 50;
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

/// Whether the last answers are on their way to the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Coming {
    No,
    /// From the next tick on: the clock may have stood still before.
    Next,
    Since(u64),
}

/// A question that is not answered yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asked {
    Runs(u64),
    Measures(u64),
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

    /// What went wrong in the shown version's last run, at its line, as long as the line is there.
    fn marks(&self) -> Marks {
        let version = &self.versions[self.shown];
        let error = version.ran.last().and_then(|ran| error_in(ran, &self.task.file));
        error.filter(|(line, _)| *line as usize <= version.editor.lines().len()).into_iter().collect()
    }

    /// What keeps the learner's own event from being JSON.
    fn event_marks(&self) -> Marks {
        let read: Result<serde_json::Value, _> = serde_json::from_str(&self.own_event.text());
        read.err().map(|error| (error.line().max(1) as u32, format!("no JSON: {error}"))).into_iter().collect()
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

    fn edit(&mut self, desk: &Desk<'_>, action: &Action) -> Step {
        let Some(editing) = self.editing else { return Step::default() };
        let editor = match editing {
            Editing::Code => &mut self.versions[self.shown].editor,
            Editing::Event => &mut self.own_event,
        };
        match action {
            Action::Type(Key { code: KeyCode::Esc, .. }) | Action::Back => self.editing = None,
            Action::Type(key) if editor.press(*key) => return self.keep(editing),
            Action::Paste(text) => {
                editor.paste(text);
                return self.keep(editing);
            }
            Action::Submit => return self.act(desk, Deed::Run),
            Action::ExternalEditor if editing == Editing::Code => {
                return Step::effect(Effect::EditExternally { file: self.task.file.clone(), text: editor.text() });
            }
            Action::Scroll(motion) => self.top = motion.from(self.top, self.size.body_rows()),
            _ => {}
        }
        Step::default()
    }

    /// Keeps what is in an editor as a draft.
    fn keep(&self, editing: Editing) -> Step {
        let (title, file, text) = match editing {
            Editing::Code => {
                let version = &self.versions[self.shown];
                (&version.title, self.task.file.as_str(), version.editor.text())
            }
            Editing::Event => (&self.task.title, OWN_EVENT, self.own_event.text()),
        };
        // What is as on the page is no draft: an author's next change of the page shall be seen.
        let is_as_given = editing == Editing::Code && !self.is_changed(self.shown);
        let answer = Answer::Text(if is_as_given { String::new() } else { text });
        Step::effect(Effect::SaveDraft { exercise: draft(&self.page, title, file), answer })
    }

    fn is_changed(&self, version: usize) -> bool {
        // The editor knows no line feed at the end.
        self.versions[version].editor.text() != self.given(version).trim_end_matches('\n')
    }

    /// The code of a version as the page has it.
    fn given(&self, version: usize) -> &str {
        match (version, &self.task.beside) {
            (1.., Some(beside)) => &beside.code,
            _ => &self.task.code,
        }
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

    fn run(&mut self, desk: &Desk<'_>, times: u32) -> Step {
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

    fn measure(&mut self, desk: &Desk<'_>) -> Step {
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

    fn serve(&mut self) -> Step {
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

    fn hear(&mut self, desk: &Desk<'_>, question: u64, answers: &[Result<Runs, String>]) -> Step {
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

    fn tick(&mut self, now_ms: u64) {
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
    fn share_shown(&self, ran: &Ran) -> f64 {
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

/// What the code of a version, or an event, is kept under. No exercise is called so: its name is that of a file.
fn draft(page: &PageId, title: &str, file: &str) -> ExerciseId {
    ExerciseId(format!("function:{page}/{title}/{file}"))
}

/// Where in `file` a run went wrong, and how: its own failure, or an error that the code caught and logged.
fn error_in(ran: &Ran, file: &str) -> Option<(u32, String)> {
    if let Err(failure) = &ran.answer {
        let (_, line) = failure.place.as_ref().filter(|(path, _)| path == file)?;
        return Some((*line, failure.message.clone()));
    }
    ran.logs.iter().find_map(|log| {
        let (_, after) = log.split_once(&format!("({file}:"))?;
        let line = after.split(':').next()?.parse().ok()?;
        Some((line, format!("logged: {}", log.lines().next().unwrap_or_default())))
    })
}
