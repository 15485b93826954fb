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
mod opening;
pub mod overlay;
pub mod pane;
pub mod plain;
mod pointer;
pub mod pop_up;
pub mod present;
pub mod queue;
pub mod round;
pub mod row;
pub mod search;
pub mod selection;
pub mod size;
mod stack;
mod trail;
mod update;
pub mod zoomed;

pub use size::{CHROME_ROWS, SMALLEST, Size};
pub use update::update;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::course::{Answer, Attempt, Course, Deed, ExerciseId, PageId, Position, Progress, Spot};
use crate::grade::Verdict;
use crate::markdown::Listing;
use crate::sim::{Report, Scenario};
use key::Key;
use overlay::Overlay;
use pointer::Selected;
use trail::Trail;

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
        moves: u64,
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
    pub fn screen(&self) -> &Screen {
        self.screens.last().expect("home is never closed")
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
        let is_growing = matches!(self.screen(), Screen::Page(reader) if reader.is_growing());
        match (moving, is_growing) {
            (true, _) => Some(if self.is_still && only_waits { 1000 } else { 33 }),
            // Between two keys, the rest of a long page.
            (false, true) => Some(1),
            (false, false) => None,
        }
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
