//! A learner at a screen of cells: keys in, screen and attempts out. The real course, a real store, no terminal.

use std::sync::Arc;

use coldstart::app::function::Order;
use coldstart::app::key::{Code, Key};
use coldstart::app::lesson::What;
use coldstart::app::present::count::Count;
use coldstart::app::present::{Asked, Role, Stage};
use coldstart::app::{Action, Effect, Model, Screen, Size, update};
use coldstart::course::{Attempt, Course, ExerciseId, Task, review};
use coldstart::marking::Marker;
use coldstart::store::Store;
use coldstart::{content, tui};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use tempfile::TempDir;

pub struct Learner {
    pub model: Model,
    pub store: Store,
    /// What was copied last.
    pub copied: Option<String>,
    pub has_quit: bool,
    /// What was asked to run, and waits for its answer.
    pub asked: Vec<(u64, Vec<Order>)>,
    /// What a class's hands came to, each time it changed.
    pub counted: Vec<Count>,
    /// How often the presentation moved.
    moves: u64,
    folder: TempDir,
    now_ms: u64,
}

/// What grades as the program does, with the program itself as the sandbox.
pub fn marker() -> Marker {
    Marker::new(env!("CARGO_BIN_EXE_coldstart").into())
}

pub const USUAL: Size = Size { cols: 80, rows: 24 };

impl Learner {
    /// Opens the built-in course for the first time.
    pub fn new(size: Size) -> Self {
        let folder = tempfile::tempdir().expect("a folder for the test");
        Self::with(content::open(None).expect("the built-in course"), folder, size, Vec::new())
    }

    fn with(course: Course, folder: TempDir, size: Size, due: Vec<ExerciseId>) -> Self {
        let store = Store::open(folder.path()).expect("a store in an empty folder");
        let mut kept = store.load().expect("a store that was just opened");
        kept.due = due;
        let mut model = Model::new(Arc::new(course), kept, size);
        let opened = model.opened();
        let mut learner = Self {
            model,
            store,
            copied: None,
            has_quit: false,
            asked: Vec::new(),
            counted: Vec::new(),
            moves: 0,
            folder,
            now_ms: 0,
        };
        learner.perform(opened);
        learner
    }

    /// Opens a course of these pages.
    pub fn reading(pages: &[&str], size: Size) -> Self {
        let folder = course_of(pages);
        let course = content::open(Some(folder.path())).expect("the course of the test");
        Self::with(course, folder, size, Vec::new())
    }

    /// Somebody who stands before a class, at the top of a page.
    pub fn before_class(size: Size, role: Role, page: &str) -> Self {
        let mut learner = Self::new(size);
        let course = Arc::clone(&learner.model.course);
        let page = &course.find_page(page).expect("a page of the course").id;
        learner.model = Model::for_class(course.clone(), size, role, page, 0, 0);
        learner
    }

    /// The program is closed and opened again the next day.
    pub fn reopen(self) -> Self {
        let size = self.model.size;
        self.reopen_in(size)
    }

    /// The same, in a window of another size.
    pub fn reopen_in(self, size: Size) -> Self {
        let course = Course::clone(&self.model.course);
        Self::with(course, self.folder, size, Vec::new())
    }

    /// The same, so much later that all that was answered is due to be asked again.
    pub fn reopen_after_days(self, days: i64) -> Self {
        let course = Course::clone(&self.model.course);
        let attempts = self.attempts();
        let now_ms = attempts.last().map_or(0, |attempt| attempt.at_ms) + days * 86_400_000;
        let due = review::due(&course, &attempts, now_ms).into_iter().map(|due| due.exercise).collect();
        Self::with(course, self.folder, self.model.size, due)
    }

    /// Presses keys: `<enter>`, `<esc>`, `<c-d>` … by name, everything else letter by letter.
    pub fn press(&mut self, keys: &str) -> &mut Self {
        for key in keys_of(keys) {
            let action = tui::action(&self.model, key);
            self.act(action);
        }
        self
    }

    pub fn act(&mut self, action: Action) -> &mut Self {
        let effects = update(&mut self.model, action);
        self.perform(effects);
        self
    }

    /// Column and row where a text begins on the screen.
    pub fn at(&self, text: &str) -> (u16, u16) {
        let screen = self.screen();
        let found = screen.lines().enumerate().find(|(_, line)| line.contains(text));
        let (row, line) = found.unwrap_or_else(|| panic!("`{text}` is not on the screen:\n{screen}"));
        let before = line.split(text).next().expect("before it").chars().count();
        (before as u16, row as u16)
    }

    pub fn click(&mut self, text: &str) -> &mut Self {
        let (col, row) = self.at(text);
        self.act(Action::Click(col, row))
    }

    pub fn drag(&mut self, from: (u16, u16), to: (u16, u16)) -> &mut Self {
        self.act(Action::Drag { from: Some(from), to: (from.0 + 1, from.1) });
        self.act(Action::Drag { from: None, to }).act(Action::Drop)
    }

    /// Lets time pass while something on the screen moves.
    pub fn wait_ms(&mut self, ms: u64) -> &mut Self {
        let until = self.now_ms + ms;
        while self.now_ms < until && self.model.wants_tick_ms().is_some() {
            self.now_ms += 33;
            self.act(Action::Tick { now_ms: self.now_ms });
        }
        self
    }

    /// Does what the session does for each effect, at once.
    fn perform(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            let reply = match effect {
                Effect::Quit => {
                    self.has_quit = true;
                    continue;
                }
                Effect::Grade { question, exercise, answer } => {
                    let verdict = marker().grade(&self.model.course.exercises[&exercise], &answer);
                    Action::Graded { question, verdict }
                }
                Effect::Keep { question, deed } => {
                    let attempt = self.store.keep(1_700_000_000_000, deed).expect("kept");
                    Action::Kept { question, attempt }
                }
                Effect::SaveDraft { exercise, answer } => {
                    self.store.save_draft(1, &exercise, &answer).expect("saved");
                    continue;
                }
                Effect::SavePosition(position) => {
                    self.store.save_position(1, &position).expect("saved");
                    continue;
                }
                Effect::Replicate { question, mut scenario, replications } => {
                    scenario.set(&format!("run.replications={}", replications.min(10))).expect("a number of runs");
                    Action::Replicated { question, report: Box::new(coldstart::sim::run(&scenario)) }
                }
                // The screen hears of its own move, as it would of another's.
                Effect::Share { page, step, asked, moves } => {
                    self.moves = moves;
                    Action::Staged(Stage { page: page.0, step, asked, moves, ..Stage::default() })
                }
                Effect::Count(count) => {
                    self.counted.push(*count);
                    continue;
                }
                // There is no browser here.
                Effect::Visit { address } => {
                    self.copied = Some(address);
                    continue;
                }
                Effect::Copy(text) => {
                    self.copied = Some(text);
                    continue;
                }
                Effect::Invoke { question, orders } => {
                    self.asked.push((question, orders));
                    continue;
                }
                Effect::Suspend
                | Effect::ReadCourse
                | Effect::EditExternally { .. }
                | Effect::EditPage { .. }
                | Effect::Mark(_)
                | Effect::Serve { .. }
                | Effect::StopServing => {
                    continue;
                }
            };
            self.act(reply);
        }
    }

    pub fn attempts(&self) -> Vec<Attempt> {
        self.store.attempts().expect("attempts")
    }

    /// What stands on the screen.
    pub fn screen(&self) -> String {
        screen_of(&self.model)
    }

    #[track_caller]
    pub fn sees(&mut self, text: &str) -> &mut Self {
        let screen = self.screen();
        assert!(screen.contains(text), "no `{text}` on this screen:\n{screen}");
        self
    }

    /// Goes to the page on which an exercise stands, tabs to it and opens it.
    pub fn open_exercise(&mut self, id: &str) -> &mut Self {
        self.go_to(|task| matches!(task, Task::Exercise(it) if it.0 == id)).press("<enter>")
    }

    /// Goes to the page of a scenario and tabs to it.
    pub fn focus_simulation(&mut self, scenario: &str) -> &mut Self {
        self.go_to(|task| matches!(task, Task::Simulation(it) if it.scenario == scenario))
    }

    /// Puts an exercise to the class, from wherever the presentation is.
    pub fn poll(&mut self, id: &str) -> &mut Self {
        let course = Arc::clone(&self.model.course);
        let page = course.page_of(&ExerciseId(id.into())).expect("it stands on a page").id.0.clone();
        let asked = Some(Asked { question: id.into(), vote: 0, is_revealed: false });
        self.act(Action::Staged(Stage { page, step: 0, asked, moves: self.moves + 1, ..Stage::default() }))
    }

    #[track_caller]
    pub fn go_to(&mut self, wanted: impl Fn(&Task) -> bool) -> &mut Self {
        let course = Arc::clone(&self.model.course);
        let places = course.pages().enumerate().flat_map(|(number, page)| {
            page.widgets.iter().enumerate().map(move |(index, widget)| (number + 1, index, &widget.task))
        });
        let (page, index, _) = places.into_iter().find(|(.., task)| wanted(task)).expect("it stands on a page");
        while !matches!(self.model.screen(), Screen::Page(_)) {
            self.press(if matches!(self.model.screen(), Screen::Home(_)) { "<enter>" } else { "<esc>" });
        }
        self.press(&format!(":{page}<enter>"));
        for _ in 0..100 {
            self.press("<tab>");
            let Screen::Page(reader) = self.model.screen() else { break };
            if reader.focus.is_some_and(|at| reader.laid.things[at].what == What::Widget(index)) {
                return self;
            }
        }
        panic!("Tab does not reach thing {index} of page {page}")
    }
}

/// A folder with a course of these pages, as an author has it.
pub fn course_of(pages: &[&str]) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let lesson = folder.path().join("lessons/one");
    std::fs::create_dir_all(&lesson).expect("made");
    let lessons = "lessons = [{ title = \"One\", folder = \"one\" }]";
    let map = format!("format = 1\ntitle = \"Trial\"\n[[module]]\ntitle = \"One\"\n{lessons}\n");
    std::fs::write(folder.path().join("lessons/course.toml"), map).expect("written");
    for (page, number) in pages.iter().zip(1..) {
        let text = format!("+++\nformat = 1\ntitle = \"Page {number}\"\n+++\n\n{page}\n");
        std::fs::write(lesson.join(format!("{number:02}-page.md")), text).expect("written");
    }
    folder
}

/// What a model shows, line by line, trailing blanks cut.
pub fn screen_of(model: &Model) -> String {
    let Size { cols, rows } = model.size;
    let mut terminal = Terminal::new(TestBackend::new(cols, rows)).expect("a screen of cells");
    terminal.draw(|frame| tui::view(model, &tui::Theme::PLAIN, frame)).expect("drawn");
    let buffer = terminal.backend().buffer();
    let line = |y: u16| (0..cols).map(|x| buffer[(x, y)].symbol()).collect::<String>().trim_end().to_owned();
    (0..rows).map(line).collect::<Vec<_>>().join("\n")
}

pub fn keys_of(text: &str) -> Vec<Key> {
    let mut keys = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let named = rest.strip_prefix('<').and_then(|inner| inner.split_once('>'));
        if let Some((key, after)) = named.and_then(|(name, after)| Some((key_of(name)?, after))) {
            keys.push(key);
            rest = after;
        } else {
            keys.push(Key::char(c));
            rest = &rest[c.len_utf8()..];
        }
    }
    keys
}

fn key_of(name: &str) -> Option<Key> {
    if let Some(letter) = name.strip_prefix("c-") {
        return Some(Key::ctrl(letter.chars().next()?));
    }
    let code = match name {
        "s-left" => Code::Left,
        "s-right" => Code::Right,
        "enter" => Code::Enter,
        "esc" => Code::Esc,
        "tab" => Code::Tab,
        "s-tab" => Code::BackTab,
        "space" => Code::Char(' '),
        "up" => Code::Up,
        "down" => Code::Down,
        "left" => Code::Left,
        "right" => Code::Right,
        "home" => Code::Home,
        "end" => Code::End,
        "pgup" => Code::PageUp,
        "pgdn" => Code::PageDown,
        "backspace" => Code::Backspace,
        "f5" => Code::F(5),
        _ => return None,
    };
    Some(Key { shift: name.starts_with("s-") && code != Code::BackTab, ..Key::plain(code) })
}
