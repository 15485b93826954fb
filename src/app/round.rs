//! A round of questions, one after another: those that are due to be asked again, or those that prove a page.
//!
//! What is missed in a review comes once more at the end of the round, in another form where there is one. A proof gives
//! no help, and ends with what it has shown.

use super::exercise::Sheet;
use super::pane::Pane;
use super::row::{Row, Span, Ui, wrapped};
use super::size::MEASURE_COLS;
use super::{Action, Desk, Go, Screen, Size, Step};
use crate::course::mastery::{SHOWN_FROM, goals};
use crate::course::{Course, Deed, ExerciseId, Page, PageId, Progress};

#[derive(Clone, Debug)]
pub struct Round {
    purpose: Purpose,
    entries: Vec<Entry>,
    pub rows: Vec<Row>,
    pub top: usize,
    size: Size,
}

#[derive(Clone, Debug, PartialEq)]
enum Purpose {
    Review,
    Proof(PageId),
}

#[derive(Clone, Debug)]
struct Entry {
    exercise: ExerciseId,
    /// The share of the points; `None` until it is answered.
    got: Option<f64>,
    /// It was missed before in this round.
    is_repeat: bool,
}

impl Entry {
    fn new(exercise: ExerciseId) -> Self {
        Self { exercise, got: None, is_repeat: false }
    }
}

impl Round {
    /// What is due; `None` where nothing is.
    pub(crate) fn review(desk: &Desk<'_>) -> Option<Self> {
        let entries: Vec<Entry> = desk.due.iter().cloned().map(Entry::new).collect();
        (!entries.is_empty()).then(|| Self::new(desk, Purpose::Review, entries))
    }

    /// The questions of a page; of those whose solution is known another form. `None` for a page that asks nothing.
    pub(crate) fn proof(desk: &Desk<'_>, page: &Page) -> Option<Self> {
        let mut entries: Vec<Entry> = Vec::new();
        for id in page.exercises() {
            let form = match desk.course.other_form(id, desk.progress) {
                Some(form) if desk.progress.work(id).solution_seen => &form.id,
                _ => id,
            };
            let best = desk.progress.best_of_forms(desk.course, id);
            if entries.iter().all(|entry| entry.exercise != *form) {
                entries.push(Entry { got: (best >= SHOWN_FROM).then_some(best), ..Entry::new(form.clone()) });
            }
        }
        (!entries.is_empty()).then(|| Self::new(desk, Purpose::Proof(page.id.clone()), entries))
    }

    fn new(desk: &Desk<'_>, purpose: Purpose, entries: Vec<Entry>) -> Self {
        let mut round = Self { purpose, entries, rows: Vec::new(), top: 0, size: desk.size };
        round.lay_out(desk);
        round
    }

    /// How many of how many were asked.
    pub fn asked(&self) -> (usize, usize) {
        (self.entries.iter().filter(|entry| entry.got.is_some()).count(), self.entries.len())
    }

    pub fn title(&self, course: &Course) -> String {
        match &self.purpose {
            Purpose::Review => "Review".to_owned(),
            Purpose::Proof(id) => {
                format!("What I know of: {}", course.page(id).map_or(id.0.as_str(), |page| page.title.as_str()))
            }
        }
    }

    /// Whether a question is left to ask.
    pub fn goes_on(&self) -> bool {
        self.next().is_some()
    }

    fn next(&self) -> Option<usize> {
        self.entries.iter().position(|entry| entry.got.is_none())
    }

    /// A deed that was kept while the round is open.
    pub(crate) fn note(&mut self, course: &Course, progress: &Progress, deed: &Deed) {
        let (exercise, got) = match deed {
            Deed::Answered { exercise, verdict, .. } => (exercise, verdict.fraction()),
            Deed::GaveUp { exercise } => (exercise, 0.0),
            _ => return,
        };
        let root = course.root_of(exercise);
        let is_asked = |entry: &&mut Entry| entry.got.is_none() && course.root_of(&entry.exercise) == root;
        let Some(entry) = self.entries.iter_mut().find(is_asked) else { return };
        entry.got = Some(got);
        let comes_again = self.purpose == Purpose::Review && got < SHOWN_FROM && !entry.is_repeat;
        if comes_again {
            let form = course.other_form(exercise, progress).filter(|form| !progress.work(&form.id).solution_seen);
            let again = form.map_or(exercise, |form| &form.id).clone();
            self.entries.push(Entry { is_repeat: true, ..Entry::new(again) });
        }
    }

    pub(crate) fn lay_out(&mut self, desk: &Desk<'_>) {
        self.size = desk.size;
        let width = usize::from(desk.size.cols).saturating_sub(4).clamp(1, 90);
        let mut rows = wrapped(Ui::Muted, self.about(), width);
        rows.push(Row::default());
        let next = self.next();
        for (index, entry) in self.entries.iter().enumerate() {
            let title = desk.course.exercises.get(&entry.exercise).map_or(entry.exercise.0.as_str(), |it| &it.title);
            let (mark, role, said) = match entry.got {
                None if Some(index) == next => ("›", Ui::Key, if entry.is_repeat { "  once more" } else { "" }),
                None => ("○", Ui::Muted, if entry.is_repeat { "  once more" } else { "" }),
                Some(got) if got >= SHOWN_FROM => ("✓", Ui::Made, ""),
                Some(got) if got > 0.0 => ("~", Ui::Partly, "  in part"),
                Some(_) => ("✗", Ui::Missing, "  missed"),
            };
            let title_role = if Some(index) == next { Ui::Strong } else { Ui::Text };
            let spans = [Span::ui(role, format!(" {mark} ")), Span::ui(title_role, title), Span::ui(Ui::Muted, said)];
            rows.push(Row::of(spans).cut(width));
        }
        rows.push(Row::default());
        rows.extend(self.what_now(desk, width));
        self.rows = rows;
        self.top = self.top.min(self.last_top());
    }

    pub fn pane(&self) -> Pane<'_> {
        Pane::column(&self.rows, self.top, self.size, MEASURE_COLS)
    }

    fn last_top(&self) -> usize {
        self.rows.len().saturating_sub(self.size.body_rows())
    }

    fn about(&self) -> &'static str {
        match self.purpose {
            Purpose::Review => {
                "What you answered some time ago, just before it would be forgotten. What you miss comes once more at the end."
            }
            Purpose::Proof(_) => {
                "The questions of the page, without hints and without its words before you. What you show here you need not read."
            }
        }
    }

    /// The next step, or what the round has come to.
    fn what_now(&self, desk: &Desk<'_>, width: usize) -> Vec<Row> {
        if self.next().is_some() {
            let (asked, all) = self.asked();
            let does = if asked == 0 { "begins" } else { "goes on" };
            let spans = [
                Span::ui(Ui::Key, "Enter"),
                Span::ui(Ui::Text, format!(" {does}: {asked} of {all} asked. Esc stops; all is kept.")),
            ];
            return vec![Row::of(spans).cut(width)];
        }
        match &self.purpose {
            Purpose::Review => {
                let said =
                    "That was all that is due. Each question comes back when its time has come. Enter goes back.";
                wrapped(Ui::Strong, said, width)
            }
            Purpose::Proof(id) => {
                desk.course.page(id).map_or_else(Vec::new, |page| proved(desk.course, page, desk.progress, width))
            }
        }
    }

    pub(crate) fn update(&mut self, desk: &Desk<'_>, action: &Action) -> Step {
        match action {
            Action::Scroll(motion) => self.top = motion.from(self.top, self.size.body_rows()).min(self.last_top()),
            Action::Back => return Step::go(Go::Back),
            Action::Open | Action::Submit => {
                let Some(entry) = self.next().map(|next| &self.entries[next]) else { return Step::go(Go::Back) };
                let sheet = match self.purpose {
                    Purpose::Review => Sheet::for_review(desk, &entry.exercise),
                    Purpose::Proof(_) => Sheet::for_proof(desk, &entry.exercise),
                };
                return match sheet {
                    Some(sheet) => Step::go(Go::Open(Screen::Exercise(Box::new(sheet)))),
                    None => Step::say(format!("There is no exercise `{}` any more.", entry.exercise)),
                };
            }
            _ => {}
        }
        Step::default()
    }
}

/// What the proof of a page has shown, goal by goal.
fn proved(course: &Course, page: &Page, progress: &Progress, width: usize) -> Vec<Row> {
    let open: Vec<_> = goals(course, page, progress)
        .into_iter()
        .filter(|goal| goal.mastery.is_none_or(|it| !it.is_reached()))
        .collect();
    if open.is_empty() {
        return wrapped(Ui::Made, "✓ All goals of the page are shown: you can skip it. Enter goes back.", width);
    }
    let mut rows = wrapped(Ui::Strong, "Still open, and worth reading the page for:", width);
    for goal in open {
        rows.extend(wrapped(Ui::Text, &format!(" ○ {}", goal.text), width));
    }
    rows
}
