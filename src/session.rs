//! One learner at one terminal: the loop, and what each effect does in the world.
//!
//! Absent: rules about lessons (those are `app`'s). One thread owns the [`Model`] and sleeps until an [`Event`] wakes it;
//! others read the keys, write to the terminal, keep progress and grade, so that nothing slow stands between a key and
//! its frame.

pub mod background;
mod browser;
pub mod clerk;
pub mod functions;
mod keeper;
mod mouse;
mod screen;
mod stage;
pub(crate) mod watch;

use std::ops::ControlFlow;
use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

use crossterm::event::{self, KeyEventKind, MouseButton, MouseEventKind};

use crate::app::key::{Code, Key};
use crate::app::present::Role;
use crate::app::{Action, Effect, Model, Motion, Notice, Size, update};
use crate::content;
use crate::course::{Course, PageId, review};
use crate::marking::Marker;
use crate::sim;
use crate::store::Store;
use crate::tui::theme::Ground;
use crate::tui::{self, Theme};
use background::{Heard, LateReply};
use clerk::{Clerk, ClerkThread};
use functions::Functions;
use keeper::Keeper;
use mouse::Mouse;
use screen::Screen;
pub use stage::{StageDoor, StageError, counts};
pub use watch::Listening;

/// All that can wake the loop.
pub enum Event {
    Key(Key),
    Mouse(Pointer),
    Paste(String),
    Resize(Size),
    /// The terminal has said late what its ground is.
    Ground(Ground),
    /// A reply from a thread that did an effect.
    Done(Action),
    /// The terminal has taken everything that was written to it.
    Drained,
    /// The operating system asks to end: the signal's number.
    Signal(i32),
    /// The terminal is gone.
    HungUp,
}

/// The grammars are loaded for the first page with code while another is looked at, and not while the first frame is
/// made: they take a fifth of the time that all of it takes.
const BEFORE_GRAMMARS: Duration = Duration::from_millis(200);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pointer {
    WheelUp,
    WheelDown,
    Click(u16, u16),
    DoubleClick(u16, u16),
    /// To a cell, with the button down; `from` where it was pressed, when the dragging begins.
    Drag {
        from: Option<(u16, u16)>,
        to: (u16, u16),
    },
    /// The end of dragging.
    Drop,
}

/// What a session is opened with.
pub struct Opening {
    pub course: Course,
    /// Where the course files are, when they are not the embedded ones.
    pub folder: Option<PathBuf>,
    pub store: Store,
    pub theme: Theme,
    /// Something to say at the start that outweighs the welcome.
    pub notice: Option<String>,
    /// What the terminal was asked and has not answered: its reply may come between the keys.
    pub late: LateReply,
    /// Hears of changes in `folder`.
    pub listening: Option<Listening>,
    pub marker: Marker,
    pub first: First,
    /// Nothing moves: what would be animated changes in steps.
    pub is_still: bool,
}

/// What is shown first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum First {
    /// The page where the learner stopped.
    WhereStopped,
    /// What is due to be asked again.
    Review,
}

#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    #[error("the terminal could not be used: {0}")]
    Terminal(#[from] std::io::Error),
    #[error(transparent)]
    Store(#[from] crate::store::StoreError),
}

/// How a session ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    Quit,
    Signal(i32),
}

/// Runs until the learner quits, the system asks to, or the terminal is gone.
pub fn run(opening: Opening) -> Result<End, SessionError> {
    let Opening { course, folder, mut store, theme, notice, late, listening, marker, first, is_still } = opening;
    let mut kept = store.load()?;
    store.sweep()?;
    let now_ms = jiff::Timestamp::now().as_millisecond();
    kept.due = review::due(&course, &kept.attempts, now_ms).into_iter().map(|due| due.exercise).collect();
    let (events, inbox) = mpsc::channel();
    let mut screen = Screen::enter(events.clone())?;
    let mut model = Model::new(Arc::new(course), kept, screen.size());
    model.is_still = is_still;
    if first == First::Review {
        model.begin_review();
    }
    if let Some(text) = notice {
        model.notice = Some(Notice { text, grave: true });
    }
    let mut session = Session::begin(store, marker, theme, late, events)?;
    session.folder = folder;
    if let Some(listening) = listening {
        listening.report(session.events.clone());
    }
    session.show(&mut model, &mut screen, &inbox)
}

/// What a class is marked with on the screen.
pub struct MarkingOpening {
    pub clerk: Clerk,
    pub course: Arc<Course>,
    pub theme: Theme,
    pub late: LateReply,
    pub marker: Marker,
}

/// Shows the queue of a class until the grader quits, the system asks to, or the terminal is gone.
pub fn mark(opening: MarkingOpening) -> Result<End, SessionError> {
    let MarkingOpening { clerk, course, theme, late, marker } = opening;
    let (events, inbox) = mpsc::channel();
    let mut screen = Screen::enter(events.clone())?;
    let mut model = Model::for_queue(course, screen.size());
    // A learner's progress is no matter here, but whatever asks for it finds a place.
    let mut session = Session::begin(Store::in_memory()?, marker, theme, late, events)?;
    session.clerk = Some(ClerkThread::start(clerk, session.events.clone()));
    session.show(&mut model, &mut screen, &inbox)
}

/// What a class is shown with, and the teacher's notes.
pub struct PresentOpening {
    pub course: Arc<Course>,
    pub role: Role,
    pub page: PageId,
    pub step: usize,
    /// The moves of all screens before.
    pub moves: u64,
    pub door: StageDoor,
    pub theme: Theme,
    pub late: LateReply,
    pub marker: Marker,
    /// Nothing moves: what would be animated changes in steps.
    pub is_still: bool,
}

/// Shows pages to a class, or their notes to the teacher, until whoever stands there quits.
pub fn present(opening: PresentOpening) -> Result<End, SessionError> {
    let PresentOpening { course, role, page, step, moves, door, theme, late, marker, is_still } = opening;
    let (events, inbox) = mpsc::channel();
    let mut screen = Screen::enter(events.clone())?;
    let mut model = Model::for_class(course, screen.size(), role, &page, step, moves);
    model.is_still = is_still;
    if role == Role::Notes {
        door.tell_time(events.clone());
    }
    // What is tried before a class is nobody's progress.
    let mut session = Session::begin(Store::in_memory()?, marker, theme, late, events)?;
    session.stage = Some(door);
    session.show(&mut model, &mut screen, &inbox)
}

struct Session {
    keeper: Keeper,
    functions: Functions,
    marker: Marker,
    theme: Theme,
    /// Who has the class that is marked, if one is.
    clerk: Option<ClerkThread>,
    /// Where the presentation is shared with its other screens, if one is shown.
    stage: Option<StageDoor>,
    folder: Option<PathBuf>,
    /// How often the course was read: the newest reading counts, whichever ends last.
    readings: Arc<AtomicU64>,
    /// The question of the last replications: who turns a knob ten times waits for one setting's, and not for ten.
    replicated: Arc<AtomicU64>,
    events: Sender<Event>,
    /// Lets the next key be read.
    may_read: Sender<()>,
    end: Option<End>,
}

impl Session {
    /// Starts the threads that every session has.
    fn begin(
        store: Store,
        marker: Marker,
        theme: Theme,
        late: LateReply,
        events: Sender<Event>,
    ) -> Result<Self, SessionError> {
        watch_signals(events.clone())?;
        let (may_read, go_ahead) = mpsc::channel();
        read_keys(events.clone(), go_ahead, late);
        Ok(Self {
            keeper: Keeper::start(store, events.clone()),
            functions: Functions::start(marker.program().to_owned(), events.clone()),
            marker,
            theme,
            clerk: None,
            stage: None,
            folder: None,
            readings: Arc::default(),
            replicated: Arc::default(),
            events,
            may_read,
            end: None,
        })
    }

    /// Does what opening asks for, then listens until the end, and gives the terminal back.
    fn show(mut self, model: &mut Model, screen: &mut Screen, inbox: &Receiver<Event>) -> Result<End, SessionError> {
        let opened = model.opened();
        self.perform_all(model, screen, opened);
        // Only now: what was shared before this screen opened is older than what it says itself.
        if let Some(door) = &self.stage {
            door.report(self.events.clone());
        }
        let end = self.listen(model, screen, inbox);
        screen.leave();
        end
    }

    fn listen(&mut self, model: &mut Model, screen: &mut Screen, inbox: &Receiver<Event>) -> Result<End, SessionError> {
        let begun = Instant::now();
        let mut next_tick = Instant::now();
        let mut stale = true;
        thread::spawn(|| {
            thread::sleep(BEFORE_GRAMMARS);
            crate::markdown::warm_up(&["js", "yaml", "json"]);
        });
        loop {
            if stale && screen.draw(|frame| tui::view(model, &self.theme, frame))? {
                stale = false;
            }
            let event = match model.wants_tick_ms() {
                None => inbox.recv().map_err(|_| RecvTimeoutError::Disconnected),
                Some(every_ms) => {
                    let wait = next_tick.saturating_duration_since(Instant::now());
                    let event = inbox.recv_timeout(wait);
                    if matches!(event, Err(RecvTimeoutError::Timeout)) {
                        next_tick = Instant::now() + Duration::from_millis(every_ms);
                    }
                    event
                }
            };
            let mut pending = Some(match event {
                Ok(event) => event,
                Err(RecvTimeoutError::Timeout) => {
                    Event::Done(Action::Tick { now_ms: begun.elapsed().as_millis() as u64 })
                }
                Err(RecvTimeoutError::Disconnected) => return Ok(End::Quit),
            });
            // All that waits is done before the next frame: held keys scroll far, and are drawn once.
            while let Some(event) = pending.take() {
                let typed = matches!(event, Event::Key(_) | Event::Mouse(_) | Event::Paste(_));
                stale |= !matches!(event, Event::Drained);
                self.hear(model, screen, event);
                if let Some(end) = self.end {
                    return Ok(end);
                }
                if typed {
                    // Only now may the next key be read: an editor that was started has had the terminal to itself.
                    let _ = self.may_read.send(());
                }
                pending = inbox.try_recv().ok();
            }
        }
    }

    fn hear(&mut self, model: &mut Model, screen: &mut Screen, event: Event) {
        let action = match event {
            Event::Key(key) => tui::action(model, key),
            Event::Mouse(Pointer::WheelUp) => Action::Scroll(Motion::Lines(-3)),
            Event::Mouse(Pointer::WheelDown) => Action::Scroll(Motion::Lines(3)),
            Event::Mouse(Pointer::Click(col, row)) => tui::click(model, col, row),
            // On a key of the footer two clicks are two.
            Event::Mouse(Pointer::DoubleClick(col, row)) => match tui::click(model, col, row) {
                Action::Click(col, row) => Action::DoubleClick(col, row),
                action => action,
            },
            Event::Mouse(Pointer::Drag { from, to }) => Action::Drag { from, to },
            Event::Mouse(Pointer::Drop) => Action::Drop,
            Event::Paste(text) => Action::Paste(text),
            Event::Resize(size) => {
                screen.resize(size);
                Action::Resize(size)
            }
            Event::Done(action) => action,
            Event::Drained => return,
            Event::Ground(ground) => {
                self.theme.ground = ground;
                return;
            }
            Event::Signal(number) => {
                self.end = Some(End::Signal(number));
                return;
            }
            Event::HungUp => {
                self.end = Some(End::Quit);
                return;
            }
        };
        let effects = update(model, action);
        self.perform_all(model, screen, effects);
    }

    fn perform_all(&mut self, model: &mut Model, screen: &mut Screen, effects: Vec<Effect>) {
        for effect in effects {
            if let Some(action) = self.perform(model, screen, effect) {
                let effects = update(model, action);
                self.perform_all(model, screen, effects);
            }
        }
    }

    /// Does one effect. What takes time is done by a thread, which replies with `Event::Done`.
    fn perform(&mut self, model: &Model, screen: &mut Screen, effect: Effect) -> Option<Action> {
        match effect {
            Effect::Quit => self.end = Some(End::Quit),
            Effect::Suspend => screen.suspend(),
            Effect::Keep { .. } | Effect::SaveDraft { .. } | Effect::SavePosition(_) => self.keeper.send(effect),
            Effect::Grade { question, exercise, answer } => {
                let (course, events) = (Arc::clone(&model.course), self.events.clone());
                let marker = self.marker.clone();
                thread::spawn(move || {
                    let graded = panic::catch_unwind(AssertUnwindSafe(|| {
                        course.exercises.get(&exercise).map(|exercise| marker.grade(exercise, &answer))
                    }));
                    let action = match graded {
                        Ok(Some(verdict)) => Action::Graded { question, verdict },
                        Ok(None) => Action::NotKept { question, why: "the exercise is gone from the course".into() },
                        Err(_) => Action::NotKept { question, why: "the grader failed on this answer".into() },
                    };
                    let _ = events.send(Event::Done(action));
                });
            }
            Effect::Replicate { question, scenario, replications } => {
                let (events, newest) = (self.events.clone(), Arc::clone(&self.replicated));
                newest.store(question, Ordering::Relaxed);
                thread::spawn(move || {
                    let is_asked = || newest.load(Ordering::Relaxed) == question;
                    let mut scenario = *scenario;
                    if scenario.set(&format!("run.replications={replications}")).is_ok() {
                        let mut go_on = |_| if is_asked() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) };
                        let report = Box::new(sim::run_watched(&scenario, &mut go_on));
                        if is_asked() {
                            let _ = events.send(Event::Done(Action::Replicated { question, report }));
                        }
                    }
                });
            }
            Effect::Mark(wish) => {
                if let Some(clerk) = &self.clerk {
                    clerk.send(wish);
                }
            }
            Effect::Invoke { question, orders } => self.functions.invoke(question, orders),
            Effect::Serve { code } => self.functions.serve(&code),
            Effect::StopServing => self.functions.stop_serving(),
            Effect::Copy(text) => screen.copy(&text),
            Effect::Share { page, step, asked, moves } => {
                let shared = self.stage.as_ref().map_or(Ok(()), |stage| stage.share(&page.0, step, asked, moves));
                if let Err(error) = shared {
                    let text = format!("The other screen of this presentation does not hear of it: {error}.");
                    return Some(Action::Said(Notice { text, grave: true }));
                }
            }
            Effect::Count(count) => {
                if let Some(Err(error)) = self.stage.as_ref().map(|stage| stage.count(*count)) {
                    let text =
                        format!("The counts could not be kept: {error}. They stand here while the program runs.");
                    return Some(Action::Said(Notice { text, grave: true }));
                }
            }
            Effect::Visit { address } => return Some(self.visit(screen, &address)),
            Effect::ReadCourse => {
                let (folder, events) = (self.folder.clone(), self.events.clone());
                let readings = Arc::clone(&self.readings);
                let this = readings.fetch_add(1, Ordering::Relaxed) + 1;
                thread::spawn(move || {
                    let action = match content::open(folder.as_deref()) {
                        Ok(course) => Action::CourseRead(Arc::new(course)),
                        Err(error) => Action::Said(Notice { text: error.to_string(), grave: true }),
                    };
                    if readings.load(Ordering::Relaxed) == this {
                        let _ = events.send(Event::Done(action));
                    }
                });
            }
            Effect::EditExternally { file, text } => return Some(edit_text(screen, &file, &text)),
            Effect::EditPage { file, line } => {
                let Some(folder) = &self.folder else {
                    let text = "This course is built into the program. `--course DIR` opens one that you can edit.";
                    return Some(Action::Said(Notice { text: text.into(), grave: false }));
                };
                if let Err(notice) = run_editor(screen, &folder.join(file), line) {
                    return Some(Action::Said(notice));
                }
                return Some(Action::Reload);
            }
        }
        None
    }

    /// Opens an address in the browser, or copies it where there is none.
    fn visit(&self, screen: &mut Screen, address: &str) -> Action {
        let said = |text: String| Action::Said(Notice { text, grave: false });
        let Some(mut browser) = browser::open(address) else {
            screen.copy(address);
            return said(format!("copied {address}"));
        };
        let events = self.events.clone();
        thread::spawn(move || {
            if !browser.wait().is_ok_and(|status| status.success()) {
                let text = "The browser did not open it. `y` copies the address.".to_owned();
                let _ = events.send(Event::Done(Action::Said(Notice { text, grave: true })));
            }
        });
        said(format!("opened in your browser: {address}"))
    }
}

/// Lets the learner write a text in their own editor, and comes back with what was written.
fn edit_text(screen: &mut Screen, name: &str, text: &str) -> Action {
    let failed = |error: std::io::Error| {
        Action::Said(Notice { text: format!("{error}. What you wrote is unchanged."), grave: true })
    };
    let file = match tempfile::Builder::new().prefix("coldstart-").suffix(&format!("-{name}")).tempfile() {
        Ok(file) => file,
        Err(error) => return failed(error),
    };
    if let Err(error) = std::fs::write(file.path(), text) {
        return failed(error);
    }
    if let Err(notice) = run_editor(screen, file.path(), 1) {
        return Action::Said(notice);
    }
    match content::read_text(file.path()) {
        Ok(read) => Action::Edited { text: read.text.trim_end().to_owned() },
        Err(error) => failed(error),
    }
}

/// Gives the terminal to the learner's editor with `path` open, and waits until it ends.
fn run_editor(screen: &mut Screen, path: &Path, line: u32) -> Result<(), Notice> {
    let set = |name| std::env::var(name).ok().filter(|value: &String| !value.trim().is_empty());
    let editor = set("VISUAL").or_else(|| set("EDITOR")).unwrap_or_else(|| "vi".to_owned());
    // `+N` is the line to the editors that terminals have; others would take it for a file.
    let knows_lines = ["vi", "vim", "nvim", "nano", "emacs", "micro", "kak"];
    let program = editor.split_whitespace().next().unwrap_or_default().rsplit('/').next().unwrap_or_default();
    let at = if line > 1 && knows_lines.contains(&program) { format!("+{line} ") } else { String::new() };
    // Through the shell, since the variable may hold arguments: `code --wait`.
    let command = format!("{editor} {at}\"$1\"");
    let ended = screen.lend(|| std::process::Command::new("sh").args(["-c", &command, "sh"]).arg(path).status());
    let why = match ended {
        Ok(status) if status.success() => return Ok(()),
        Ok(status) => status.to_string(),
        Err(error) => error.to_string(),
    };
    let text = format!("Your editor `{}` did not work: {why}. Nothing was changed.", content::visible(&editor));
    Err(Notice { text, grave: true })
}

/// Reads the terminal's events. After each key it waits for the word to go on.
fn read_keys(events: Sender<Event>, go_ahead: Receiver<()>, mut late: LateReply) {
    thread::spawn(move || {
        let mut mouse = Mouse::default();
        loop {
            let Ok(read) = event::read() else {
                let _ = events.send(Event::HungUp);
                return;
            };
            let heard = if let event::Event::Key(key) = &read { late.hear(*key) } else { Heard::Key };
            let event = match heard {
                Heard::Key => translate(read, &mut mouse),
                Heard::Piece => None,
                Heard::Ground(ground) => Some(Event::Ground(ground)),
            };
            let Some(event) = event else { continue };
            let wait = !matches!(event, Event::Resize(_) | Event::Ground(_));
            if events.send(event).is_err() || (wait && go_ahead.recv().is_err()) {
                return;
            }
        }
    });
}

fn translate(read: event::Event, mouse: &mut Mouse) -> Option<Event> {
    match read {
        event::Event::Key(pressed) if pressed.kind != KeyEventKind::Release => key(pressed).map(Event::Key),
        event::Event::Mouse(event::MouseEvent { kind, column, row, .. }) => match kind {
            MouseEventKind::ScrollUp => Some(Pointer::WheelUp),
            MouseEventKind::ScrollDown => Some(Pointer::WheelDown),
            MouseEventKind::Down(MouseButton::Left) => {
                mouse.press((column, row));
                None
            }
            MouseEventKind::Drag(MouseButton::Left) => mouse.drag((column, row)),
            MouseEventKind::Up(MouseButton::Left) => mouse.release(Instant::now()),
            _ => None,
        }
        .map(Event::Mouse),
        event::Event::Paste(text) => Some(Event::Paste(text)),
        event::Event::Resize(cols, rows) => Some(Event::Resize(screen::usable(cols, rows))),
        _ => None,
    }
}

fn key(pressed: event::KeyEvent) -> Option<Key> {
    use event::{KeyCode, KeyModifiers};
    let ctrl = pressed.modifiers.contains(KeyModifiers::CONTROL);
    let alt = pressed.modifiers.contains(KeyModifiers::ALT);
    let shift = pressed.modifiers.contains(KeyModifiers::SHIFT);
    let code = match pressed.code {
        // A line feed is Enter on some terminals and in every script.
        KeyCode::Char('j') if ctrl && !alt => return Some(Key::plain(Code::Enter)),
        KeyCode::Char(c) if ctrl => Code::Char(c.to_ascii_lowercase()),
        KeyCode::Char(c) => Code::Char(c),
        KeyCode::Enter => Code::Enter,
        KeyCode::Esc => Code::Esc,
        KeyCode::BackTab => Code::BackTab,
        KeyCode::Tab if shift => Code::BackTab,
        KeyCode::Tab => Code::Tab,
        KeyCode::Backspace => Code::Backspace,
        KeyCode::Delete => Code::Delete,
        KeyCode::Up => Code::Up,
        KeyCode::Down => Code::Down,
        KeyCode::Left => Code::Left,
        KeyCode::Right => Code::Right,
        KeyCode::Home => Code::Home,
        KeyCode::End => Code::End,
        KeyCode::PageUp => Code::PageUp,
        KeyCode::PageDown => Code::PageDown,
        KeyCode::F(n) => Code::F(n),
        _ => return None,
    };
    Some(Key { code, ctrl, alt, shift: shift && !matches!(code, Code::BackTab) })
}

fn watch_signals(events: Sender<Event>) -> std::io::Result<()> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    let mut signals = signal_hook::iterator::Signals::new([SIGHUP, SIGTERM, SIGINT])?;
    thread::spawn(move || {
        for number in signals.forever() {
            if events.send(Event::Signal(number)).is_err() {
                return;
            }
        }
    });
    Ok(())
}
