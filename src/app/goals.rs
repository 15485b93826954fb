//! What the course wants one to be able to do, page by page, and how far each goal was shown: what can be skipped, and
//! what is still to be learned.

use super::pane::Pane;
use super::round::Round;
use super::row::{Row, Span, Ui, wrapped};
use super::size::MEASURE_COLS;
use super::{Action, Desk, Go, Screen, Size, Start, Step};
use crate::course::mastery::{Goal, goals, is_shown};
use crate::course::{Page, PageId};

#[derive(Clone, Debug)]
pub struct Goals {
    pub rows: Vec<Row>,
    pub top: usize,
    /// The row of each page.
    doors: Vec<(usize, PageId)>,
    chosen: usize,
    size: Size,
}

impl Goals {
    pub(crate) fn new(desk: &Desk<'_>) -> Self {
        let mut goals = Self { rows: Vec::new(), top: 0, doors: Vec::new(), chosen: 0, size: desk.size };
        goals.lay_out(desk);
        goals
    }

    pub(crate) fn lay_out(&mut self, desk: &Desk<'_>) {
        self.size = desk.size;
        let width = usize::from(desk.size.cols).saturating_sub(4).clamp(1, 90);
        let about = "What each page wants you to be able to do, and what your answers have shown of it. To skip a page, \
                     prove it: p asks its questions, without help.";
        self.rows = wrapped(Ui::Muted, about, width);
        self.rows.push(Row::of([
            Span::ui(Ui::Made, "● "),
            Span::ui(Ui::Muted, "shown   "),
            Span::ui(Ui::Partly, "◐ "),
            Span::ui(Ui::Muted, "in part   "),
            Span::ui(Ui::Muted, "○ not answered yet"),
        ]));
        self.doors.clear();
        for (number, page) in (1..).zip(desk.course.pages()) {
            self.rows.push(Row::default());
            self.doors.push((self.rows.len(), page.id.clone()));
            self.rows.push(heading(desk, number, page).cut(width));
            for goal in goals(desk.course, page, desk.progress) {
                self.rows.extend(goal_rows(desk, &goal, width));
            }
        }
        self.chosen = self.chosen.min(self.doors.len().saturating_sub(1));
        self.show_chosen();
    }

    pub fn pane(&self) -> Pane<'_> {
        Pane::column(&self.rows, self.top, self.size, MEASURE_COLS)
    }

    pub fn chosen_row(&self) -> Option<usize> {
        self.doors.get(self.chosen).map(|(row, _)| *row)
    }

    /// The page with its goals is on screen, as far as there is room.
    fn show_chosen(&mut self) {
        let body = self.size.body_rows();
        let Some(row) = self.chosen_row() else { return };
        let end = self.doors.get(self.chosen + 1).map_or(self.rows.len(), |(row, _)| *row);
        if self.chosen == 0 {
            self.top = 0;
        } else if end > self.top + body {
            self.top = (end - body).min(row.saturating_sub(1));
        } else if row <= self.top {
            self.top = row.saturating_sub(1);
        }
        self.top = self.top.min(self.rows.len().saturating_sub(body));
    }

    pub(crate) fn update(&mut self, desk: &Desk<'_>, action: &Action) -> Step {
        let page = self.doors.get(self.chosen).and_then(|(_, id)| desk.course.page(id));
        match (action, page) {
            (Action::Scroll(motion), _) => {
                let last = self.doors.len().saturating_sub(1);
                self.chosen = motion.from(self.chosen, self.size.body_rows() / 4).min(last);
                self.show_chosen();
            }
            (Action::Click(_, row), _) => {
                let at = self.top + usize::from(row.saturating_sub(1));
                self.chosen = self.doors.iter().rposition(|(row, _)| *row <= at).unwrap_or(0);
            }
            (Action::Open, Some(page)) => return Step::go(Go::Page(page.id.clone(), Start::Top)),
            (Action::Prove, Some(page)) => {
                return match Round::proof(desk, page) {
                    Some(round) => Step::go(Go::Open(Screen::Round(Box::new(round)))),
                    None => Step::say("This page asks nothing, so nothing can be proved."),
                };
            }
            (Action::Back, _) => return Step::go(Go::Back),
            _ => {}
        }
        Step::default()
    }
}

/// A page, and whether it need be read.
fn heading(desk: &Desk<'_>, number: usize, page: &Page) -> Row {
    let is_read = desk.progress.pages_read.contains(&page.id.0);
    let said = match (is_shown(desk.course, page, desk.progress), is_read) {
        (true, false) => "  all shown: you can skip it",
        (true, true) => "  read, all shown",
        (false, true) => "  read",
        (false, false) => "",
    };
    let minutes = if page.minutes > 0 { format!("  {} min", page.minutes) } else { String::new() };
    Row::of([
        Span::ui(Ui::Strong, format!("{number:>2}  {}", page.title)),
        Span::ui(Ui::Muted, minutes),
        Span::ui(Ui::Made, said),
    ])
}

fn goal_rows(desk: &Desk<'_>, goal: &Goal<'_>, width: usize) -> Vec<Row> {
    let (mark, role) = mark(goal);
    let is_due = goal.exercises.iter().any(|id| desk.due.iter().any(|due| desk.course.root_of(due) == *id));
    let aside = match &goal.mastery {
        Some(it) if it.is_reached() && is_due => "  due to be asked again",
        Some(it) if it.is_reached() && it.helped > 0 => "  with a hint",
        _ => "",
    };
    let mut rows: Vec<Row> = Vec::new();
    for (line, row) in wrapped(Ui::Text, goal.text, width.saturating_sub(8)).into_iter().enumerate() {
        let lead = if line == 0 { format!("    {mark} ") } else { "      ".to_owned() };
        rows.push(Row::of([Span::ui(role, lead), Span::ui(Ui::Text, row.text())]));
    }
    if let (Some(last), false) = (rows.last_mut(), aside.is_empty()) {
        last.spans.push(Span::ui(Ui::Muted, aside));
        *last = std::mem::take(last).cut(width);
    }
    rows
}

/// How far a goal was shown, in one sign.
pub(super) fn mark(goal: &Goal<'_>) -> (&'static str, Ui) {
    match &goal.mastery {
        Some(it) if it.is_reached() => ("●", Ui::Made),
        Some(it) if it.tried.done > 0 => ("◐", Ui::Partly),
        Some(_) => ("○", Ui::Muted),
        None => ("·", Ui::Muted),
    }
}
