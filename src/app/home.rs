//! The course map: modules and lessons, how far one is, and the one best next thing to do.

use super::exercise::Sheet;
use super::goals::{self, Goals};
use super::pane::Pane;
use super::round::Round;
use super::row::{Row, Span, Ui, wrapped};
use super::size::MEASURE_COLS;
use super::{Action, Desk, Go, Screen, Size, Start, Step};
use crate::course::mastery::is_shown;
use crate::course::next::{Next, next};
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
    Review,
    Goals,
}

impl Door {
    fn open(&self, desk: &Desk<'_>) -> Step {
        match &self.leads_to {
            LeadsTo::Page(page) => Step::go(Go::Page(page.clone(), Start::Top)),
            LeadsTo::Exercise(id) => match Sheet::new(desk, id) {
                Some(sheet) => Step::go(Go::Open(Screen::Exercise(Box::new(sheet)))),
                None => Step::say(format!("There is no exercise `{id}` any more.")),
            },
            LeadsTo::Review => match Round::review(desk) {
                Some(round) => Step::go(Go::Open(Screen::Round(Box::new(round)))),
                None => Step::say("Nothing is due to be asked again now."),
            },
            LeadsTo::Goals => Step::go(Go::Open(Screen::Goals(Box::new(Goals::new(desk))))),
        }
    }
}

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
        let next = next(desk.course, desk.progress, desk.due.len());
        self.best_next(desk, &next, width);
        for (number, module) in desk.course.modules.iter().enumerate() {
            self.rows.push(Row::default());
            self.rows.push(Row::ui(Ui::Strong, format!("{}  {}", number + 1, module.title)).cut(width));
            for entry in &module.lessons {
                let lesson = entry.lesson.as_ref().and_then(|id| desk.course.lessons.iter().find(|it| it.id == *id));
                match lesson {
                    None => self.rows.push(Row::ui(Ui::Muted, format!("   ·  {}", entry.title)).cut(width)),
                    Some(lesson) => self.lesson(desk.course, desk.progress, lesson, width),
                }
            }
        }
        if !self.moved {
            let is_next = |door: &Door| match (&door.leads_to, &next) {
                (LeadsTo::Page(id), Next::Read(page)) => *id == page.id,
                (LeadsTo::Exercise(_), Next::Answer(_)) | (LeadsTo::Review, Next::Review { .. }) => true,
                _ => false,
            };
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
    }

    /// The one best next thing, what was predicted so far, and the way to the goals.
    fn best_next(&mut self, desk: &Desk<'_>, next: &Next<'_>, width: usize) {
        self.rows.push(Row::default());
        let said = match next {
            Next::Read(page) if desk.course.pages().next().is_some_and(|first| first.id == page.id) => {
                format!("Begin: {}", page.title)
            }
            Next::Read(page) => format!("Next: {}", page.title),
            Next::Review { n_due: 1 } => "Next: 1 question to come back to, before it is forgotten".to_owned(),
            Next::Review { n_due } => format!("Next: {n_due} questions to come back to, before they are forgotten"),
            Next::Answer(_) => "All pages read. Still open:".to_owned(),
            Next::Nothing if desk.course.pages().next().is_none() => {
                "There is no page to read in this course.".to_owned()
            }
            Next::Nothing => "All pages read and every goal shown. What is left is not to forget it.".to_owned(),
        };
        self.rows.extend(wrapped(Ui::Strong, &said, width));
        match next {
            Next::Review { n_due: 1 } => self.door(LeadsTo::Review, "↻", "Answer it", width),
            Next::Review { .. } => self.door(LeadsTo::Review, "↻", "Answer them, one after another", width),
            Next::Answer(exercise) => self.door(LeadsTo::Exercise(exercise.id.clone()), "○", &exercise.title, width),
            Next::Read(page) => self.door(LeadsTo::Page(page.id.clone()), "▸", "Read it", width),
            Next::Nothing => {}
        }
        let predicted = desk.progress.predicted();
        if predicted.of > 0 {
            let text = format!("Predictions right: {} of {}", predicted.done, predicted.of);
            self.rows.push(Row::ui(Ui::Muted, text));
        }
        self.door(LeadsTo::Goals, "●", "What I have shown, and what I can skip", width);
    }

    fn door(&mut self, leads_to: LeadsTo, mark: &str, title: &str, width: usize) {
        self.doors.push(Door { row: self.rows.len(), leads_to });
        let spans = [Span::ui(Ui::Progress, format!("      {mark} ")), Span::ui(Ui::Text, title)];
        self.rows.push(Row::of(spans).cut(width));
    }

    fn lesson(&mut self, course: &Course, progress: &Progress, lesson: &Lesson, width: usize) {
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
            let minutes = if page.minutes > 0 { format!("  {} min  ", page.minutes) } else { "  ".to_owned() };
            let skip = if !read && is_shown(course, page, progress) { "  you can skip it" } else { "" };
            self.doors.push(Door { row: self.rows.len(), leads_to: LeadsTo::Page(page.id.clone()) });
            let mut spans = vec![
                Span::ui(role, format!("      {mark} ")),
                Span::ui(Ui::Text, format!("{:>2}  {}", index + 1, page.title)),
                Span::ui(Ui::Muted, minutes),
            ];
            // A sign for each goal: the map fills with what was shown.
            spans.extend(crate::course::mastery::goals(course, page, progress).iter().map(|goal| {
                let (mark, role) = goals::mark(goal);
                Span::ui(role, mark)
            }));
            spans.push(Span::ui(Ui::Made, skip));
            self.rows.push(Row::of(spans).cut(width));
        }
    }

    pub fn pane(&self) -> Pane<'_> {
        Pane::column(&self.rows, self.top, self.size, MEASURE_COLS)
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
            Action::Goals => return Step::go(Go::Open(Screen::Goals(Box::new(Goals::new(desk))))),
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
