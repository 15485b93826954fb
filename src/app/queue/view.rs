//! The desk as rows: the answer, and the rubric beside it or below.

use std::borrow::Cow;

use super::{Doing, Queue, Sheet, Taught};
use crate::app::pane::Pane;
use crate::app::row::{Row, Span, Ui, inked, prose, wrapped};
use crate::app::{CHROME_ROWS, Size};
use crate::grade::{ItemVerdict, Status};

/// From here on the rubric stands beside the answer.
const WIDE_COLS: u16 = 110;
/// The longest line of prose that is read well.
const MEASURE_COLS: u16 = 84;

/// Of those who say the same, so many are named.
const SHOWN_ALIKE: usize = 4;

/// A part of the screen's body.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Area {
    x: u16,
    y: u16,
    cols: u16,
    pub(super) rows: u16,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Areas {
    pub(super) answer: Area,
    rubric: Area,
}

/// Where answer and rubric stand in the body of a screen of `size`, the rubric having `n_rows`.
pub(super) fn areas(size: Size, n_rows: usize) -> Areas {
    let rows = size.rows.saturating_sub(CHROME_ROWS).max(1);
    let cols = size.cols.saturating_sub(4);
    if size.cols >= WIDE_COLS {
        let left = (cols * 11 / 20).min(MEASURE_COLS);
        let answer = Area { x: 2, y: 0, cols: left, rows };
        let rubric = Area { x: 2 + left + 3, y: 0, cols: (cols - left - 3).min(MEASURE_COLS), rows };
        return Areas { answer, rubric };
    }
    // The rubric is what is worked on: it has what it needs, up to two thirds; a line stands between.
    let below = u16::try_from(n_rows).unwrap_or(u16::MAX).min(rows * 2 / 3);
    let above = rows.saturating_sub(below + 1).max(1);
    let answer = Area { x: 2, y: 0, cols, rows: above };
    Areas { answer, rubric: Area { x: 2, y: above + 1, cols, rows: rows.saturating_sub(above + 1) } }
}

impl Queue {
    /// The answer, and the rubric.
    pub fn panes(&self, size: Size) -> [Pane<'_>; 2] {
        let areas = areas(size, self.rubric.len());
        let pane = |rows, top, area: Area| {
            let Area { x, y, cols, rows: n_rows } = area;
            let n_rows = usize::from(n_rows);
            Pane { rows: Cow::Borrowed(rows), top, x, y: y + 1, cols, n_rows, left_of: Box::new(|_| 0), strips: &[] }
        };
        [pane(&*self.answer, self.top, areas.answer), pane(&*self.rubric, self.rubric_top, areas.rubric)]
    }
}

pub(super) fn lay_out(queue: &mut Queue, size: Size) {
    let cols = areas(size, 0);
    let (answer_cols, rubric_cols) = (usize::from(cols.answer.cols), usize::from(cols.rubric.cols));
    if let (Doing::Learning, Some(taught)) = (&queue.doing, &queue.taught) {
        queue.answer = learned(taught, answer_cols);
        queue.rubric.clear();
        return;
    }
    let Some(sheet) = &queue.sheet else {
        let said = match (&queue.known, queue.n_ungraded) {
            (None, _) => "Reading the class …".to_owned(),
            (Some(_), 0) => {
                "Nothing is left to look at. `coldstart gradebook export` writes the marks; q quits.".to_owned()
            }
            (Some(_), n) => {
                format!("Nothing to look at, but {n} answers are not graded yet: `coldstart gradebook run`.")
            }
        };
        queue.answer = wrapped(Ui::Text, &said, answer_cols);
        queue.rubric.clear();
        return;
    };
    queue.answer = match &queue.doing {
        Doing::Reading => question(sheet, answer_cols),
        _ => answer(queue, sheet, answer_cols),
    };
    let (rubric, focus) = match &queue.doing {
        Doing::Commenting { field, chosen } => (commenting(queue, &field.text, *chosen, rubric_cols), chosen + 2),
        _ => rubric(queue, sheet, rubric_cols),
    };
    let room = usize::from(areas(size, rubric.len()).rubric.rows);
    queue.rubric_top = (focus + 2).saturating_sub(room).min(rubric.len().saturating_sub(room));
    queue.rubric = rubric;
    let page = usize::from(areas(size, queue.rubric.len()).answer.rows);
    queue.top = queue.top.min(queue.answer.len().saturating_sub(page));
}

fn answer(queue: &Queue, sheet: &Sheet, width: usize) -> Vec<Row> {
    let mut rows = Vec::new();
    if let Some(rival) = &sheet.rival {
        rows.extend(wrapped(Ui::Warning, &format!("{rival} looks at this one just now; → goes on."), width));
    }
    let why = queue.places().get(queue.at).map(|place| place.why.as_str()).unwrap_or_default();
    rows.extend(wrapped(Ui::Muted, &format!("Why you see it: {why}"), width));
    let is_new = |flag: &&String| **flag != why;
    rows.extend(sheet.flags.iter().filter(is_new).flat_map(|flag| wrapped(Ui::Warning, &format!("! {flag}"), width)));
    rows.push(Row::default());
    if sheet.said.trim().is_empty() {
        rows.push(Row::ui(Ui::Muted, "(an empty answer)"));
        return rows;
    }
    // The words for the chosen item stand out from those for the others.
    let mut marks = Vec::new();
    for (index, item) in sheet.verdict.items.iter().enumerate() {
        let role = if index == queue.chosen { Ui::CurrentMatch } else { Ui::Evidence };
        marks.extend(item.evidence.iter().map(|it| (it.start..it.end, role)));
    }
    marks.sort_by_key(|(_, role)| *role == Ui::CurrentMatch);
    rows.extend(inked(&sheet.said, &marks, width));
    if let [_, others @ ..] = sheet.people.as_slice()
        && !others.is_empty()
        && !queue.alone
    {
        let some = others.iter().take(SHOWN_ALIKE).map(String::as_str).collect::<Vec<_>>().join(", ");
        let more = others.len().saturating_sub(SHOWN_ALIKE);
        let more = if more == 0 { String::new() } else { format!(" and {more} more") };
        rows.push(Row::default());
        let said = format!("{some}{more} say the same and are marked alike; o marks this one alone");
        rows.extend(wrapped(Ui::Muted, &said, width));
    }
    rows
}

fn question(sheet: &Sheet, width: usize) -> Vec<Row> {
    let mut rows = prose(&sheet.prompt, width);
    rows.extend([Row::default(), Row::ui(Ui::Strong, "Solution"), Row::default()]);
    rows.extend(prose(&sheet.solution, width));
    rows
}

fn learned(taught: &Taught, width: usize) -> Vec<Row> {
    let mut rows =
        vec![Row::ui(Ui::Strong, format!("{} answers would change; y applies it, Esc does not", taught.changes.len()))];
    rows.push(Row::default());
    for change in &taught.changes {
        let role = if change.after > change.before { Ui::Made } else { Ui::Missing };
        let points = format!("{:.2} → {:.2}  ", change.before, change.after);
        rows.push(
            Row::of([
                Span::ui(Ui::Muted, format!("{}  ", change.who)),
                Span::ui(role, points),
                Span::ui(Ui::Text, &*change.why),
            ])
            .cut(width),
        );
    }
    rows
}

/// The rubric's rows, and which of them the chosen item begins at.
fn rubric(queue: &Queue, sheet: &Sheet, width: usize) -> (Vec<Row>, usize) {
    let mut rows = Vec::new();
    let mut focus = 0;
    for (index, (item, points)) in sheet.verdict.items.iter().zip(&queue.points).enumerate() {
        if index == queue.chosen {
            focus = rows.len();
        }
        rows.extend(item_rows(index, item, *points, index == queue.chosen, width));
    }
    let is_changed = queue.points.iter().zip(&sheet.verdict.items).any(|(points, item)| *points != item.points);
    let by = if is_changed { format!("   the grader: {:.2}", sheet.verdict.score) } else { String::new() };
    rows.push(Row::of([
        Span::ui(Ui::Strong, format!("{:.2} of {:.2} points", queue.sum(), sheet.verdict.max)),
        Span::ui(Ui::Muted, by),
    ]));
    if !queue.comment.is_empty() {
        rows.extend(wrapped(Ui::Text, &format!("“{}”", queue.comment), width));
    }
    (rows, focus)
}

fn item_rows(index: usize, item: &ItemVerdict, points: f64, is_chosen: bool, width: usize) -> Vec<Row> {
    let (mark, role) = match points {
        full if full >= item.max && full >= 0.0 => ("✓", Ui::Made),
        part if part > 0.0 => ("~", Ui::Partly),
        _ => ("✗", Ui::Missing),
    };
    let bar = if is_chosen { "▌" } else { " " };
    let digit = if index < 9 { format!("{} ", index + 1) } else { "  ".to_owned() };
    let lead = format!("{mark} {points:.2}/{:.2}  ", item.max);
    let indent = 3 + lead.chars().count();
    let mut rows = Vec::new();
    for (line, row) in wrapped(Ui::Text, &item.label, width.saturating_sub(indent)).into_iter().enumerate() {
        let spans = if line == 0 {
            vec![Span::ui(Ui::Focus, bar), Span::ui(Ui::Key, &*digit), Span::ui(role, &*lead)]
        } else {
            vec![Span::ui(Ui::Focus, bar), Span::ui(Ui::Text, " ".repeat(indent - 1))]
        };
        rows.push(Row::of(spans.into_iter().chain(row.spans)));
    }
    // Only of the item at hand, so that all items stay in view.
    if is_chosen {
        let before =
            if points == item.points { String::new() } else { format!("; the grader gave {:.2}", item.points) };
        let sure = format!("{} % sure{before}", (item.confidence * 100.0).round());
        let status = match item.status {
            Status::Made => "made",
            Status::Partly => "partly",
            Status::Missing => "missing",
        };
        let reason = item.reason.as_ref().map_or_else(String::new, |reason| format!(": {reason}"));
        for row in wrapped(Ui::Muted, &format!("{status}, {sure}{reason}"), width.saturating_sub(3)) {
            rows.push(Row::of([Span::ui(Ui::Focus, "▌"), Span::ui(Ui::Text, "  ")].into_iter().chain(row.spans)));
        }
    }
    rows
}

fn commenting(queue: &Queue, typed: &str, chosen: usize, width: usize) -> Vec<Row> {
    let mut rows = vec![Row::ui(Ui::Muted, "A comment for the student; ↓ chooses one that was used before")];
    rows.push(Row::default());
    let line = |is_chosen: bool, text: String| {
        let role = if is_chosen { Ui::Chosen } else { Ui::Text };
        Row::ui(role, text).cut(width)
    };
    rows.push(line(chosen == 0, format!("{typed}▏")));
    let known = queue.suggestions().into_iter().enumerate();
    rows.extend(known.map(|(index, comment)| line(chosen == index + 1, comment.to_owned())));
    rows
}
