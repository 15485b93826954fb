//! The course map: modules and lessons, how far one is, and the one best next thing to do.

use super::exercise::Sheet;
use super::row::{Row, Span, Ui, wrapped};
use super::{Action, Desk, Go, Screen, Size, Start, Step};
use crate::course::{Course, ExerciseId, Lesson, PageId, Progress};

#[derive(Clone, Debug)]
pub struct Home {
    pub rows: Vec<Row>,
    /// Rows that open a page.
    doors: Vec<Door>,
    /// Index into `doors`.
    chosen: usize,
    pub top: usize,
    size: Size,
    /// Whether the learner has moved here: until then the choice follows the progress.
    moved: bool,
}

#[derive(Clone, Debug)]
struct Door {
    row: usize,
    leads_to: LeadsTo,
}

#[derive(Clone, Debug)]
enum LeadsTo {
    Page(PageId),
    Exercise(ExerciseId),
}

impl Door {
    fn open(&self, desk: &Desk<'_>) -> Step {
        match &self.leads_to {
            LeadsTo::Page(page) => Step::go(Go::Page(page.clone(), Start::Top)),
            LeadsTo::Exercise(id) => match Sheet::for_review(desk, id) {
                Some(sheet) => Step::go(Go::Open(Screen::Exercise(Box::new(sheet)))),
                None => Step::say(format!("There is no exercise `{id}` any more.")),
            },
        }
    }
}

/// Exercises to come back to that are shown at once; a long list would only discourage.
const MOST_DUE: usize = 5;

impl Home {
    pub(crate) fn new(desk: &Desk<'_>) -> Self {
        let mut home = Self { rows: Vec::new(), doors: Vec::new(), chosen: 0, top: 0, size: desk.size, moved: false };
        home.lay_out(desk);
        home
    }

    pub(crate) fn lay_out(&mut self, desk: &Desk<'_>) {
        self.size = desk.size;
        let width = usize::from(desk.size.cols).saturating_sub(4).clamp(1, 90);
        self.rows.clear();
        self.doors.clear();
        self.head(desk, width);
        self.review(desk, width);
        let next = next_page(desk.course, desk.progress);
        for (number, module) in desk.course.modules.iter().enumerate() {
            self.rows.push(Row::default());
            self.rows.push(Row::ui(Ui::Strong, format!("{}  {}", number + 1, module.title)).cut(width));
            for entry in &module.lessons {
                let lesson = entry.lesson.as_ref().and_then(|id| desk.course.lessons.iter().find(|it| it.id == *id));
                match lesson {
                    None => self.rows.push(Row::ui(Ui::Muted, format!("   ·  {}", entry.title)).cut(width)),
                    Some(lesson) => self.lesson(desk.progress, lesson, width),
                }
            }
        }
        if !self.moved {
            let is_next = |door: &Door| matches!(&door.leads_to, LeadsTo::Page(page) if Some(page) == next);
            self.chosen = self.doors.iter().position(is_next).unwrap_or(0);
        }
        self.chosen = self.chosen.min(self.doors.len().saturating_sub(1));
        self.show_chosen();
    }

    fn head(&mut self, desk: &Desk<'_>, width: usize) {
        self.rows.extend(wrapped(Ui::Title, &desk.course.title, width));
        if !desk.course.about.is_empty() {
            self.rows.extend(wrapped(Ui::Muted, desk.course.about.trim(), width));
        }
        if !desk.course.problems.is_empty() {
            let text =
                format!("⚠ {} slips in the course files: `coldstart check` lists them", desk.course.problems.len());
            self.rows.extend(wrapped(Ui::Warning, &text, width));
        }
        self.rows.push(Row::default());
        let said = match next_page(desk.course, desk.progress).and_then(|id| desk.course.page(id)) {
            Some(page) if desk.progress.pages_read.is_empty() => format!("Begin: {}", page.title),
            Some(page) => format!("Next: {}", page.title),
            None if desk.course.pages().next().is_none() => "There is no page to read in this course.".to_owned(),
            None => match next_exercise(desk.course, desk.progress) {
                Some(title) => format!("All pages read. Still open: {title}"),
                None => "All pages read and every exercise answered.".to_owned(),
            },
        };
        self.rows.extend(wrapped(Ui::Strong, &said, width));
        let predicted = desk.progress.predicted();
        if predicted.of > 0 {
            let text = format!("Predictions right: {} of {}", predicted.done, predicted.of);
            self.rows.push(Row::ui(Ui::Muted, text));
        }
    }

    /// What is due to be asked again before it is forgotten.
    fn review(&mut self, desk: &Desk<'_>, width: usize) {
        let due: Vec<_> = desk.due.iter().filter_map(|id| desk.course.exercises.get(id)).collect();
        if due.is_empty() {
            return;
        }
        self.rows.push(Row::default());
        let n = due.len();
        let said =
            if n == 1 { "1 question to come back to".to_owned() } else { format!("{n} questions to come back to") };
        let why = "  before it is forgotten: you answered it some days ago";
        self.rows.push(Row::of([Span::ui(Ui::Strong, said), Span::ui(Ui::Muted, why)]).cut(width));
        for exercise in due.into_iter().take(MOST_DUE) {
            self.doors.push(Door { row: self.rows.len(), leads_to: LeadsTo::Exercise(exercise.id.clone()) });
            let spans = [Span::ui(Ui::Progress, "      ↻ "), Span::ui(Ui::Text, &*exercise.title)];
            self.rows.push(Row::of(spans).cut(width));
        }
    }

    fn lesson(&mut self, progress: &Progress, lesson: &Lesson, width: usize) {
        let pages = progress.pages(lesson);
        let answered = progress.answered(lesson);
        let spans = [
            Span::ui(Ui::Progress, "   ▸  "),
            Span::ui(Ui::Strong, &*lesson.title),
            Span::ui(Ui::Progress, format!("  {}", bar(pages.fraction(), 10))),
            Span::ui(
                Ui::Muted,
                format!("  {} of {} pages, {} of {} exercises", pages.done, pages.of, answered.done, answered.of),
            ),
        ];
        self.rows.push(Row::of(spans).cut(width));
        for (index, page) in lesson.pages.iter().enumerate() {
            let read = progress.pages_read.contains(&page.id.0);
            let (mark, role) = if read { ("✓", Ui::Made) } else { ("○", Ui::Muted) };
            let ids: Vec<_> = page.exercises().collect();
            let done = ids.iter().filter(|id| progress.work(id).tries > 0).count();
            let exercises = if ids.is_empty() { String::new() } else { format!(", {done} of {} answered", ids.len()) };
            let minutes = if page.minutes > 0 { format!("  {} min", page.minutes) } else { String::new() };
            self.doors.push(Door { row: self.rows.len(), leads_to: LeadsTo::Page(page.id.clone()) });
            let spans = [
                Span::ui(role, format!("      {mark} ")),
                Span::ui(Ui::Text, format!("{:>2}  {}", index + 1, page.title)),
                Span::ui(Ui::Muted, format!("{minutes}{exercises}")),
            ];
            self.rows.push(Row::of(spans).cut(width));
        }
    }

    /// The row that Enter opens.
    pub fn chosen_row(&self) -> Option<usize> {
        self.doors.get(self.chosen).map(|door| door.row)
    }

    fn show_chosen(&mut self) {
        let body = self.size.body_rows();
        if let Some(row) = self.chosen_row() {
            // The head of the map stays in view while the choice is near the top.
            if row + 2 < body {
                self.top = 0;
            } else if row < self.top + 2 || row + 2 >= self.top + body {
                self.top = row.saturating_sub(body / 2);
            }
        }
        self.top = self.top.min(self.rows.len().saturating_sub(body));
    }

    pub(crate) fn update(&mut self, desk: &Desk<'_>, action: &Action) -> Step {
        let last = self.doors.len().saturating_sub(1);
        match action {
            Action::Scroll(motion) => {
                self.moved = true;
                self.chosen = motion.from(self.chosen, self.size.body_rows()).min(last);
                self.show_chosen();
            }
            Action::NextThing(by) | Action::TurnPage(by) => {
                self.moved = true;
                let n = self.doors.len().max(1) as i64;
                self.chosen = (self.chosen as i64 + i64::from(*by)).rem_euclid(n) as usize;
                self.show_chosen();
            }
            Action::Click(_, row) => {
                let at = self.top + usize::from(row.saturating_sub(1));
                if let Some(door) = self.doors.iter().find(|door| door.row == at) {
                    return door.open(desk);
                }
            }
            Action::Open | Action::Submit => {
                return match self.doors.get(self.chosen) {
                    Some(door) => door.open(desk),
                    None => Step::say("There is no page to open."),
                };
            }
            Action::Back => return Step::go(Go::Back),
            _ => {}
        }
        Step::default()
    }
}

/// A bar of `width` cells filled to `fraction`.
pub fn bar(fraction: f64, width: usize) -> String {
    let full = ((fraction.clamp(0.0, 1.0)) * width as f64).round() as usize;
    "█".repeat(full) + &"░".repeat(width - full)
}

fn next_page<'a>(course: &'a Course, progress: &Progress) -> Option<&'a PageId> {
    course.pages().map(|page| &page.id).find(|id| !progress.pages_read.contains(&id.0))
}

fn next_exercise<'a>(course: &'a Course, progress: &Progress) -> Option<&'a str> {
    course
        .pages()
        .flat_map(crate::course::Page::exercises)
        .find(|id| progress.work(id).tries == 0)
        .and_then(|id| course.exercises.get(id))
        .map(|exercise| exercise.title.as_str())
}
