//! The hinge: what is on screen, what a deed changes, and what must happen in the world because of it.
//!
//! `update` takes a [`Model`] and an [`Action`] and returns [`Effect`]s. Absent: input and output, the time (it
//! arrives in `Action::Tick`), threads, and whatever paints. Effects are plain data, and a reply names the question it
//! answers, so that it can be dropped when the learner has moved on.

pub mod code;
pub mod editor;
pub mod exercise;
pub mod field;
pub mod function;
pub mod glossary;
pub mod goals;
pub mod home;
pub mod key;
pub mod lab;
pub mod lesson;
pub mod note;
pub mod overlay;
pub mod pane;
pub mod plain;
mod pointer;
pub mod present;
pub mod queue;
pub mod round;
pub mod row;
pub mod search;
pub mod selection;
mod trail;
pub mod zoomed;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::course::{Answer, Attempt, Course, Deed, ExerciseId, Kept, PageId, Position, Progress, Spot};
use crate::grade::Verdict;
use crate::markdown::{Listing, LongLines};
use crate::sim::{Report, Scenario};
use glossary::Words;
use key::Key;
use overlay::{Asks, Contents, Overlay, Prompt};
use pointer::Selected;
use trail::Trail;

/// Columns and rows of the terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    pub cols: u16,
    pub rows: u16,
}

/// Rows of a screen that are not its body: title, notice, keys.
pub const CHROME_ROWS: u16 = 3;

impl Size {
    /// Rows of a screen's body, at least one.
    pub fn body_rows(self) -> usize {
        usize::from(self.rows.saturating_sub(CHROME_ROWS)).max(1)
    }
}

/// The smallest terminal the screens are made for; below it they say so and keep running.
pub const SMALLEST: Size = Size { cols: 60, rows: 20 };

/// All that is on screen or waits behind it.
#[derive(Clone, Debug)]
pub struct Model {
    pub course: Arc<Course>,
    pub progress: Progress,
    /// What was typed and not submitted, the newest per exercise.
    pub drafts: BTreeMap<ExerciseId, Answer>,
    /// Exercises to come back to; those answered since are taken off.
    pub due: Vec<ExerciseId>,
    pub size: Size,
    /// Never empty: home at the bottom, the shown screen last.
    pub screens: Vec<Screen>,
    pub overlay: Option<Overlay>,
    /// What the mouse has selected.
    selected: Option<Selected>,
    /// One line above the footer; stays until a key is pressed.
    pub notice: Option<Notice>,
    /// Monotonic milliseconds, as of the last tick.
    pub now_ms: u64,
    /// How code is shown: as the reader likes it, on every page.
    pub listing: Listing,
    /// Nothing moves: what would be animated changes in steps, with nothing left out.
    pub is_still: bool,
    trail: Trail,
    last_question: u64,
}

#[derive(Clone, Debug)]
pub enum Screen {
    Home(home::Home),
    Page(Box<lesson::Reader>),
    Exercise(Box<exercise::Sheet>),
    Round(Box<round::Round>),
    Goals(Box<goals::Goals>),
    Show(Box<present::Show>),
    /// One block of a page on the whole screen.
    Zoomed(Box<zoomed::Zoomed>),
    Lab(Box<lab::Lab>),
    Queue(Box<queue::Queue>),
    Function(Box<function::Bench>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    pub text: String,
    /// Something failed: shown so that it is not overlooked.
    pub grave: bool,
}

/// What happens to the model: a deed of the learner's, or the world's reply.
#[derive(Clone, Debug)]
pub enum Action {
    Nothing,
    Quit,
    Suspend,
    Resize(Size),
    Tick {
        now_ms: u64,
    },
    Help,
    Contents,
    /// The words of the course.
    Glossary,
    Back,
    Scroll(Motion),
    /// To the next (1) or the previous (-1) page.
    TurnPage(i32),
    /// To a place that was chosen elsewhere.
    TurnTo(PageId, Start),
    /// To where one was before a jump (-1), and forth again (1).
    Revisit(i32),
    /// To the next (1) or the previous (-1) thing that responds.
    NextThing(i32),
    Open,
    /// Column and row that were clicked.
    Click(u16, u16),
    /// Twice in a moment.
    DoubleClick(u16, u16),
    /// The pointer was moved to a column and row with the button down; `from` where it was pressed, when that begins.
    Drag {
        from: Option<(u16, u16)>,
        to: (u16, u16),
    },
    /// The button that was dragged was let go.
    Drop,
    /// From box to box of the diagram at hand: columns right, rows down.
    Walk(i32, i32),
    /// More room (1) or less (-1) for the diagram or the table.
    Zoom(i32),
    /// Moves what is wider than its room: to the right (1), to the left (-1).
    Pan(i32),
    /// Line numbers beside all code, or only where the page asks for them.
    NumberLines,
    /// Long lines of code on the page: whole, or broken.
    BreakLines,
    Search,
    NextMatch(i32),
    GoTo,
    Copy,
    Bookmark,
    /// Chooses a line for a note, then writes it.
    Annotate,
    /// Puts a number beside everything on screen that responds.
    Number,
    /// Takes off what was left on the chosen line.
    Unmark,
    Reload,
    ExternalEditor,
    /// A key for the text field or editor that has the focus.
    Type(Key),
    Paste(String),
    Choose(usize),
    Toggle,
    Submit,
    Hint,
    /// To the passage that the exercise is about.
    Passage,
    Solution,
    SelfCheck,
    /// Hands are counted anew.
    CountAgain,
    /// What was shown of each goal, and what can be skipped.
    Goals,
    /// The questions of the chosen page, to show that it need not be read.
    Prove,
    Yes,
    Lab(lab::Deed),
    Mark(queue::Deed),
    Function(function::Deed),
    // ── the world's replies ──
    Graded {
        question: u64,
        verdict: Verdict,
    },
    Kept {
        question: u64,
        attempt: Attempt,
    },
    NotKept {
        question: u64,
        why: String,
    },
    Replicated {
        question: u64,
        report: Box<Report>,
    },
    /// Whoever has the class that is marked.
    Heard(queue::Reply),
    /// Something that needs no answer could not be saved.
    NotSaved {
        why: String,
    },
    CourseRead(Arc<Course>),
    Edited {
        text: String,
    },
    /// What was asked to run, in the order of the orders.
    Invoked {
        question: u64,
        answers: Vec<Result<function::Runs, String>>,
    },
    Served(function::Served),
    /// Where the presentation is now, whoever moved it.
    Staged(present::Stage),
    /// The time of day, where it is shown.
    Clock(present::Clock),
    Said(Notice),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Motion {
    Lines(i32),
    HalfPages(i32),
    Pages(i32),
    Top,
    Bottom,
}

impl Motion {
    /// Where one is after it, not below 0. The upper end is the caller's.
    pub(crate) fn from(self, at: usize, page_rows: usize) -> usize {
        let by = |n: i64| usize::try_from(at as i64 + n).unwrap_or(0);
        let page = page_rows.max(1) as i64;
        match self {
            Self::Lines(n) => by(i64::from(n)),
            Self::HalfPages(n) => by(i64::from(n) * (page / 2).max(1)),
            Self::Pages(n) => by(i64::from(n) * (page - 1).max(1)),
            Self::Top => 0,
            Self::Bottom => usize::MAX,
        }
    }
}

/// Where a page opens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Start {
    Top,
    /// A line of the page's document.
    Line(u32),
    /// Where one was before.
    Spot(Spot),
    /// Where a search that came from another page finds something first, or last.
    FirstMatch(String),
    LastMatch(String),
}

/// What is to be done in the world. Plain data; `session::perform` does it.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    Quit,
    Suspend,
    Grade {
        question: u64,
        exercise: ExerciseId,
        answer: Answer,
    },
    Keep {
        question: u64,
        deed: Deed,
    },
    SaveDraft {
        exercise: ExerciseId,
        answer: Answer,
    },
    SavePosition(Position),
    /// Many independent runs, for confidence intervals.
    Replicate {
        question: u64,
        scenario: Box<Scenario>,
        replications: u32,
    },
    /// Runs functions in the local platform, one order after the other.
    Invoke {
        question: u64,
        orders: Vec<function::Order>,
    },
    /// Serves a function over HTTP on this machine, until it is told to stop.
    Serve {
        code: function::Code,
    },
    StopServing,
    Copy(String),
    /// The presentation is at this step: its other screens follow.
    Share {
        page: PageId,
        step: usize,
        asked: Option<present::Asked>,
    },
    /// Hands that a class raised; they are kept.
    Count(Box<present::count::Count>),
    /// Opens an address in the browser; copies it where there is none.
    Visit {
        address: String,
    },
    ReadCourse,
    EditExternally {
        /// What the text is called: editors go by the ending.
        file: String,
        text: String,
    },
    /// Opens a course file in the learner's editor, and reads the course again afterwards.
    EditPage {
        file: String,
        line: u32,
    },
    /// Something is wanted of the class that is marked; the answer is `Action::Heard`.
    Mark(queue::Wish),
}

/// What a screen may look at while it decides.
pub(crate) struct Desk<'a> {
    pub(crate) course: &'a Course,
    pub(crate) progress: &'a Progress,
    pub(crate) drafts: &'a BTreeMap<ExerciseId, Answer>,
    pub(crate) due: &'a [ExerciseId],
    pub(crate) size: Size,
    pub(crate) listing: Listing,
    pub(crate) is_still: bool,
    /// The number of the question that may be asked of the world now; its reply carries the same.
    pub(crate) question: u64,
}

/// What a screen decided: effects, where to go, what to say.
#[derive(Debug, Default)]
pub(crate) struct Step {
    pub(crate) effects: Vec<Effect>,
    pub(crate) go: Go,
    pub(crate) notice: Option<Notice>,
}

#[derive(Debug, Default)]
pub(crate) enum Go {
    #[default]
    Stay,
    Back,
    Open(Screen),
    /// Opens it in place of the screen that decides.
    Instead(Screen),
    Page(PageId, Start),
    /// Follows a link, a footnote or a word to a page; Esc comes back from there.
    Follow(PageId, Start),
    /// Back to where one was before a jump.
    Revisit,
    /// Lays something over the screen.
    Lay(Overlay),
}

impl Step {
    pub(crate) fn go(go: Go) -> Self {
        Self { go, ..Self::default() }
    }

    pub(crate) fn effect(effect: Effect) -> Self {
        Self { effects: vec![effect], ..Self::default() }
    }

    /// Something could not be done, and that must not be overlooked.
    pub(crate) fn failed(text: impl Into<String>) -> Self {
        Self { notice: Some(Notice { text: text.into(), grave: true }), ..Self::default() }
    }

    pub(crate) fn say(text: impl Into<String>) -> Self {
        Self { notice: Some(Notice { text: text.into(), grave: false }), ..Self::default() }
    }
}

impl Model {
    /// Nothing kept and nothing on the screen yet.
    fn bare(course: Arc<Course>, size: Size) -> Self {
        Self {
            course,
            progress: Progress::default(),
            drafts: BTreeMap::new(),
            due: Vec::new(),
            size,
            screens: Vec::new(),
            overlay: None,
            selected: None,
            notice: None,
            now_ms: 0,
            listing: Listing { numbered: false, long_lines: LongLines::Whole },
            is_still: false,
            trail: Trail::default(),
            last_question: 0,
        }
    }

    /// The program as it opens: on the page where the learner stopped, else on home with a welcome.
    pub fn new(course: Arc<Course>, kept: Kept, size: Size) -> Self {
        let progress = Progress::fold(&course, &kept.attempts);
        let mut model = Self { progress, drafts: kept.drafts, due: kept.due, ..Self::bare(course, size) };
        let home = home::Home::new(&model.desk());
        model.screens.push(Screen::Home(home));
        match kept.position {
            Some(position) if model.course.page(&position.page).is_some() => {
                let start = Start::Spot(position.spot);
                let reader = lesson::Reader::new(&model.desk(), &position.page, start);
                let text = "You are where you stopped. Esc shows the course map.";
                model.notice = Some(Notice { text: text.into(), grave: false });
                model.screens.push(Screen::Page(Box::new(reader)));
            }
            // A first visit begins to read; the map is one Esc away.
            _ => {
                let first = model.course.pages().next().map(|page| page.id.clone());
                if let Some(page) = first {
                    let reader = lesson::Reader::new(&model.desk(), &page, Start::Top);
                    let text = "Welcome. Space scrolls, → turns the page, Tab finds what responds, ? shows all keys.";
                    model.notice = Some(Notice { text: text.into(), grave: false });
                    model.screens.push(Screen::Page(Box::new(reader)));
                }
            }
        }
        model
    }

    /// The desk of somebody who marks a class; `course` is what the class was asked.
    pub fn for_queue(course: Arc<Course>, size: Size) -> Self {
        let mut model = Self { screens: vec![Screen::Queue(Box::default())], ..Self::bare(course, size) };
        lay_out_again(&mut model);
        model
    }

    /// A screen of a presentation: the one before the class, or the teacher's.
    pub fn for_class(course: Arc<Course>, size: Size, role: present::Role, page: &PageId, step: usize) -> Self {
        let mut model = Self::for_queue(course, size);
        let show = present::Show::new(&model.desk(), role, page, step);
        model.screens = vec![Screen::Show(Box::new(show))];
        model
    }

    /// Opens what is due to be asked again, in place of the page where the learner stopped. Says so where nothing is.
    pub fn begin_review(&mut self) {
        self.screens.truncate(1);
        let text = match round::Round::review(&self.desk()) {
            Some(round) => {
                self.screens.push(Screen::Round(Box::new(round)));
                "Enter asks the first question. Esc shows the course map."
            }
            None => "Nothing is due to be asked again now. Enter opens what comes next.",
        };
        self.notice = Some(Notice { text: text.into(), grave: false });
    }

    pub fn screen(&self) -> &Screen {
        self.screens.last().expect("home is never closed")
    }

    /// Effects of having opened: the position is kept from the first moment on.
    pub fn opened(&self) -> Vec<Effect> {
        match self.screen() {
            Screen::Page(reader) => vec![reader.position()],
            Screen::Show(show) => show.opened(),
            Screen::Queue(_) => queue::Queue::opened(),
            _ => Vec::new(),
        }
    }

    /// How soon the model wants the next tick, in milliseconds; `None` while nothing moves.
    pub fn wants_tick_ms(&self) -> Option<u64> {
        let moving = match self.screen() {
            Screen::Lab(lab) => lab.is_playing(),
            Screen::Page(reader) => reader.is_playing(),
            Screen::Show(show) => show.reader.is_playing(),
            Screen::Exercise(sheet) => sheet.is_waiting(),
            Screen::Function(bench) => bench.is_playing(),
            Screen::Home(_) | Screen::Round(_) | Screen::Goals(_) | Screen::Zoomed(_) | Screen::Queue(_) => false,
        };
        // Where nothing may move, seconds are all that passes while something is awaited.
        let only_waits = match self.screen() {
            Screen::Exercise(_) | Screen::Function(_) => true,
            Screen::Page(reader) => !reader.plays_simulation(),
            Screen::Show(show) => !show.reader.plays_simulation(),
            _ => false,
        };
        moving.then_some(if self.is_still && only_waits { 1000 } else { 33 })
    }

    fn desk(&self) -> Desk<'_> {
        Desk {
            course: &self.course,
            progress: &self.progress,
            drafts: &self.drafts,
            due: &self.due,
            size: self.size,
            listing: self.listing,
            is_still: self.is_still,
            question: self.last_question + 1,
        }
    }
}

/// The one place where the model changes.
pub fn update(model: &mut Model, action: Action) -> Vec<Effect> {
    match action {
        Action::Nothing => Vec::new(),
        Action::Quit => {
            // A note that is being written is kept, as by every other way to leave it.
            let mut effects = match &model.overlay {
                Some(Overlay::Note(note)) => note.keep(model.last_question + 1),
                _ => Vec::new(),
            };
            effects.push(Effect::Quit);
            effects
        }
        Action::Suspend => vec![Effect::Suspend],
        Action::Resize(size) => {
            model.size = size;
            lay_out_again(model);
            Vec::new()
        }
        Action::Tick { now_ms } => {
            model.now_ms = now_ms;
            pass_on(model, &Action::Tick { now_ms })
        }
        Action::Said(notice) => {
            model.notice = Some(notice);
            Vec::new()
        }
        Action::NotSaved { why } => {
            let text = format!("Could not save: {why}. What you see is not lost while the program runs.");
            model.notice = Some(Notice { text, grave: true });
            Vec::new()
        }
        Action::CourseRead(course) => {
            let slips = course.problems.len();
            model.course = course;
            lay_out_again(model);
            let text = match slips {
                0 => "The course was read again.".to_owned(),
                n => {
                    let (slips, them) = if n == 1 { ("slip", "it") } else { ("slips", "them") };
                    let folder = &model.course.folder;
                    format!(
                        "The course was read again: {n} {slips}; `coldstart check {folder}` says where to mend {them}."
                    )
                }
            };
            model.notice = Some(Notice { text, grave: slips > 0 });
            Vec::new()
        }
        Action::Reload => vec![Effect::ReadCourse],
        Action::Kept { question, attempt } => {
            let course = Arc::clone(&model.course);
            model.progress.add(&course, &attempt.deed);
            if let Deed::Answered { exercise, .. } = &attempt.deed {
                model.drafts.remove(exercise);
                model.due.retain(|due| course.root_of(due) != course.root_of(exercise));
            }
            for screen in &mut model.screens {
                if let Screen::Round(round) = screen {
                    round.note(&course, &model.progress, &attempt.deed);
                }
            }
            let begun = match &attempt.deed {
                Deed::Noted { page, source_line, .. } => Some(note::no_draft(&PageId(page.clone()), *source_line)),
                _ => None,
            };
            let mut effects = pass_on(model, &Action::Kept { question, attempt });
            effects.extend(carry_out(model, Step { effects: begun.into_iter().collect(), ..Step::default() }));
            lay_out_again(model);
            effects
        }
        Action::Staged(stage) => follow(model, stage),
        Action::Clock(clock) => pass_on(model, &Action::Clock(clock)),
        Action::Edited { .. } if matches!(model.overlay, Some(Overlay::Note(_))) => overlay::update(model, action),
        // Replies go to the screen that asked, whatever lies over it.
        reply @ (Action::Graded { .. }
        | Action::NotKept { .. }
        | Action::Edited { .. }
        | Action::Replicated { .. }
        | Action::Heard(_)
        | Action::Invoked { .. }
        | Action::Served(_)) => pass_on(model, &reply),
        action => {
            model.notice = None;
            if let Some(effects) = pointer::update(model, &action) {
                return effects;
            }
            let action = match action {
                // Where no word is selected, two clicks are two.
                Action::DoubleClick(col, row) => Action::Click(col, row),
                action => action,
            };
            if let Some(Screen::Page(reader)) = model.screens.last_mut() {
                reader.leave_landing();
            }
            if model.overlay.is_some() {
                return overlay::update(model, action);
            }
            match action {
                Action::Help => {
                    model.overlay = Some(Overlay::Help { top: 0 });
                    Vec::new()
                }
                Action::Contents => {
                    model.overlay =
                        Some(Overlay::Contents(Contents::new(&model.course, &model.progress, model.reading())));
                    Vec::new()
                }
                Action::Glossary => open_glossary(model),
                Action::GoTo => {
                    model.overlay = Some(Overlay::Prompt(Prompt::new(Asks::Page)));
                    Vec::new()
                }
                // A page searches itself first.
                Action::Search if matches!(model.screen(), Screen::Home(_)) => {
                    model.overlay = Some(Overlay::Prompt(Prompt::new(Asks::Search)));
                    Vec::new()
                }
                Action::Revisit(by) => revisit(model, by),
                Action::NumberLines | Action::BreakLines => list_otherwise(model, &action),
                action => pass_on(model, &action),
            }
        }
    }
}

impl Model {
    /// The page being read, also while an exercise or the lab lies over it.
    pub fn reading(&self) -> Option<&PageId> {
        self.screens.iter().rev().find_map(|screen| match screen {
            Screen::Page(reader) => Some(&reader.page),
            _ => None,
        })
    }

    /// The page on the screen, read or shown to a class.
    fn reader(&self) -> Option<&lesson::Reader> {
        match self.screen() {
            Screen::Page(reader) => Some(reader),
            Screen::Show(show) => Some(&show.reader),
            _ => None,
        }
    }
}

/// The words of the course, on the one that is nearest to where one reads.
fn open_glossary(model: &mut Model) -> Vec<Effect> {
    let glossary = &model.course.glossary;
    if glossary.terms.is_empty() {
        model.notice = Some(Notice { text: "This course has no glossary.".into(), grave: false });
        return Vec::new();
    }
    let nearest = model.reader().and_then(|reader| reader.nearest_term(glossary));
    model.overlay = Some(Overlay::Words(Words::at(nearest.unwrap_or(0))));
    Vec::new()
}

/// Gives the action to the shown screen and does what it decided.
fn pass_on(model: &mut Model, action: &Action) -> Vec<Effect> {
    let mut screen = model.screens.pop().expect("home is never closed");
    let desk = model.desk();
    let step = match &mut screen {
        Screen::Home(home) => home.update(&desk, action),
        Screen::Page(reader) => reader.update(&desk, action),
        Screen::Exercise(sheet) => sheet.update(&desk, action),
        Screen::Round(round) => round.update(&desk, action),
        Screen::Goals(goals) => goals.update(&desk, action),
        Screen::Show(show) => show.update(&desk, action),
        Screen::Zoomed(zoomed) => zoomed.update(&desk, action),
        Screen::Lab(lab) => lab.update(&desk, action),
        Screen::Queue(queue) => queue.update(&desk, action),
        Screen::Function(bench) => bench.update(&desk, action),
    };
    model.last_question += 1;
    model.screens.push(screen);
    carry_out(model, step)
}

/// Tells the presentation what its other screen says, also where something lies over it. If the class is led elsewhere,
/// whatever was opened on the way is left.
fn follow(model: &mut Model, stage: present::Stage) -> Vec<Effect> {
    let at = model.screens.iter().position(|screen| matches!(screen, Screen::Show(_)));
    let Some(at) = at else { return Vec::new() };
    if matches!(&model.screens[at], Screen::Show(show) if show.is_led_away_by(&stage)) {
        while model.screens.len() > at + 1 {
            carry_out(model, Step::go(Go::Back));
        }
    }
    let above = model.screens.split_off(at + 1);
    let effects = pass_on(model, &Action::Staged(stage));
    model.screens.extend(above);
    effects
}

pub(crate) fn carry_out(model: &mut Model, step: Step) -> Vec<Effect> {
    let Step { mut effects, go, notice } = step;
    if notice.is_some() {
        model.notice = notice;
    }
    for effect in &effects {
        if let Effect::SaveDraft { exercise, answer } = effect {
            model.drafts.insert(exercise.clone(), answer.clone());
        }
    }
    if !matches!(go, Go::Stay) {
        model.selected = None;
    }
    match go {
        Go::Stay => {}
        Go::Back => {
            if model.screens.len() > 1 {
                let left = model.screens.pop();
                let under = match model.screens.last_mut() {
                    Some(Screen::Page(reader)) => Some(&mut **reader),
                    Some(Screen::Show(show)) => Some(&mut show.reader),
                    _ => None,
                };
                if let Some(reader) = under {
                    match left {
                        Some(Screen::Lab(lab)) => reader.take_back(*lab),
                        Some(Screen::Function(bench)) => reader.take_back_function(*bench),
                        _ => {}
                    }
                }
                lay_out_again(model);
            } else {
                let text = "This is the course map; q quits. Everything you did is kept.";
                model.notice = Some(Notice { text: text.into(), grave: false });
            }
        }
        Go::Open(screen) => model.screens.push(screen),
        Go::Instead(screen) => {
            model.screens.pop();
            model.screens.push(screen);
        }
        // A class is shown the step in which the place lies.
        Go::Page(page, start) | Go::Follow(page, start) if matches!(model.screen(), Screen::Show(_)) => {
            effects.extend(pass_on(model, &Action::TurnTo(page, start)));
        }
        Go::Follow(page, start) => {
            let ways_back = if let Screen::Page(reader) = model.screen() { reader.ways_back + 1 } else { 0 };
            effects.extend(go_to_page(model, &page, start));
            set_ways_back(model, ways_back);
        }
        Go::Page(page, start) => {
            effects.extend(go_to_page(model, &page, start));
            set_ways_back(model, 0);
        }
        Go::Revisit => effects.extend(revisit(model, -1)),
        Go::Lay(overlay) => model.overlay = Some(overlay),
    }
    without_looked_up(model, effects)
}

/// Looking up a passage moves no bookmark: the learner still is where the exercise stands.
fn without_looked_up(model: &Model, mut effects: Vec<Effect>) -> Vec<Effect> {
    if model.screens.iter().any(|screen| matches!(screen, Screen::Exercise(_))) {
        effects.retain(|effect| !matches!(effect, Effect::SavePosition(_)));
    }
    effects
}

/// Shows code in another way, on this page and all others.
fn list_otherwise(model: &mut Model, action: &Action) -> Vec<Effect> {
    let listing = &mut model.listing;
    let text = if matches!(action, Action::NumberLines) {
        listing.numbered = !listing.numbered;
        if listing.numbered {
            "Lines of code are numbered."
        } else {
            "Lines of code are numbered where the page asks for it."
        }
    } else {
        let (other, text) = match listing.long_lines {
            LongLines::Broken => (LongLines::Whole, "Long lines of code stay whole: Shift-→ moves them."),
            LongLines::Whole => (LongLines::Broken, "Long lines of code go on in the next line, behind ↪."),
        };
        listing.long_lines = other;
        text
    };
    model.notice = Some(Notice { text: text.into(), grave: false });
    lay_out_again(model);
    Vec::new()
}

/// Where one reads: the page, and the line at the top of the screen.
fn place(model: &Model) -> Option<trail::Place> {
    model.screens.iter().rev().find_map(|screen| match screen {
        Screen::Page(reader) => Some(reader.place()),
        _ => None,
    })
}

/// Back to where one was before a jump, or forth again.
fn revisit(model: &mut Model, by: i32) -> Vec<Effect> {
    let Some(here) = place(model) else { return Vec::new() };
    if let Some((page, spot)) = model.trail.step(by, here) {
        let before = if let Screen::Page(reader) = model.screen() { reader.ways_back } else { 0 };
        let effects = show_page(model, &page, Start::Spot(spot));
        set_ways_back(model, if by < 0 { before.saturating_sub(1) } else { before + 1 });
        return effects;
    }
    let text = if by < 0 { "This is where you began." } else { "This is where you were last." };
    model.notice = Some(Notice { text: text.into(), grave: false });
    Vec::new()
}

/// How many jumps Esc takes back before it leaves the page.
fn set_ways_back(model: &mut Model, ways_back: usize) {
    if let Some(Screen::Page(reader)) = model.screens.last_mut() {
        reader.ways_back = ways_back;
    }
}

/// Goes to a page, from which the way back is kept.
pub(crate) fn go_to_page(model: &mut Model, page: &PageId, start: Start) -> Vec<Effect> {
    if let Some(here) = place(model) {
        model.trail.leave(here);
    }
    show_page(model, page, start)
}

/// Shows a page, in place of the one being read.
fn show_page(model: &mut Model, page: &PageId, start: Start) -> Vec<Effect> {
    // On the page that is read already, what runs in it goes on.
    let reader = match model.screens.pop_if(|screen| matches!(screen, Screen::Page(reader) if reader.page == *page)) {
        Some(Screen::Page(mut reader)) => {
            reader.begin_at(start);
            reader
        }
        _ => Box::new(lesson::Reader::new(&model.desk(), page, start)),
    };
    let position = reader.position();
    // An exercise whose passage is looked up waits below, and is one key back.
    let waiting = model.screens.iter().rposition(|screen| matches!(screen, Screen::Exercise(_)));
    model.screens.truncate(waiting.unwrap_or(0) + 1);
    model.screens.push(Screen::Page(reader));
    let mut effects = vec![position];
    effects.extend(pass_on(model, &Action::Nothing));
    without_looked_up(model, effects)
}

/// Lays every open screen out anew: the size, the course or the progress is another one.
fn lay_out_again(model: &mut Model) {
    let mut screens = std::mem::take(&mut model.screens);
    let desk = model.desk();
    for screen in &mut screens {
        match screen {
            Screen::Home(home) => home.lay_out(&desk),
            Screen::Page(reader) => reader.lay_out(&desk),
            Screen::Exercise(sheet) => sheet.lay_out(&desk),
            Screen::Round(round) => round.lay_out(&desk),
            Screen::Goals(goals) => goals.lay_out(&desk),
            Screen::Show(show) => show.lay_out(&desk),
            Screen::Zoomed(zoomed) => zoomed.lay_out(&desk),
            Screen::Lab(lab) => lab.lay_out(&desk),
            Screen::Queue(queue) => queue.lay_out(&desk),
            Screen::Function(bench) => bench.lay_out(&desk),
        }
    }
    model.screens = screens;
}
