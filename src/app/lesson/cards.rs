//! What responds on a page, as rows: a diagram drawn, a simulation or an exercise in a frame.

use crate::app::exercise::open_rows;
use crate::app::lab::Lab;
use crate::app::row::{Row, Span, Ui, of_grid, wrapped};
use crate::course::progress::Work;
use crate::course::{Course, Exercise, Kind, Page, Progress, SimulationTask, Task};
use crate::{diagram, markdown};

/// The rows above the page's own first line: what was found wrong, the minutes, the goals.
pub(super) fn about_page(page: &Page, width: usize) -> Vec<Row> {
    let mut rows = Vec::new();
    for problem in &page.problems {
        rows.extend(wrapped(Ui::Warning, &format!("⚠ {problem}"), width));
    }
    if !page.problems.is_empty() {
        rows.push(Row::default());
    }
    if !page.goals.is_empty() {
        let minutes = if page.minutes > 0 { format!("About {} minutes. ", page.minutes) } else { String::new() };
        rows.extend(wrapped(Ui::Muted, &format!("{minutes}After this page you can:"), width));
        for goal in &page.goals {
            for (index, row) in wrapped(Ui::Muted, goal, width.saturating_sub(4)).into_iter().enumerate() {
                let lead = if index == 0 { "  · " } else { "    " };
                rows.push(Row::ui(Ui::Muted, format!("{lead}{}", row.text())));
            }
        }
        rows.push(Row::default());
    }
    rows
}

pub(super) fn widget(course: &Course, progress: &Progress, task: &Task, lab: Option<&Lab>, width: usize) -> Vec<Row> {
    match task {
        Task::Diagram { graph, problems } => drawing(graph, problems, width),
        Task::Simulation(task) => simulation(course, task, lab, width),
        Task::Exercise(id) => match course.exercises.get(id) {
            Some(exercise) => question(exercise, &progress.work(id), width),
            None => broken(&format!("no exercise `{id}`"), width),
        },
        Task::Broken(why) => broken(why, width),
    }
}

fn broken(why: &str, width: usize) -> Vec<Row> {
    frame("Something is missing here", "", wrapped(Ui::Warning, why, width.saturating_sub(4)), width)
}

fn drawing(graph: &diagram::Graph, problems: &[String], width: usize) -> Vec<Row> {
    let grid = diagram::draw(&diagram::lay_out(graph, width as u16));
    let drawn = grid.width();
    let mut rows = of_grid(&grid);
    let indent = indent(drawn, width);
    if indent > 0 {
        for row in &mut rows {
            row.spans.insert(0, Span::ui(Ui::Text, " ".repeat(indent)));
        }
    }
    for problem in problems {
        rows.extend(wrapped(Ui::Warning, &format!("⚠ {problem}"), width));
    }
    rows
}

/// A little air on the left of a drawing, where there is room for it.
pub(super) fn indent(drawn: usize, width: usize) -> usize {
    (width.saturating_sub(drawn) / 2).min(4)
}

fn simulation(course: &Course, task: &SimulationTask, lab: Option<&Lab>, width: usize) -> Vec<Row> {
    let scenario = match course.scenario(&task.scenario) {
        Ok(scenario) => scenario,
        Err(why) => return broken(&why, width),
    };
    let inner = width.saturating_sub(4);
    let mut rows = Vec::new();
    if let Some(lab) = lab {
        rows.extend(lab.card(inner));
    } else {
        if let Some(predict) = &task.predict {
            rows.extend(wrapped(Ui::Strong, &format!("Predict first: {}", predict.ask), inner));
            rows.push(Row::default());
        }
        let what = "A simulation. Requests arrive; each finds a warm instance or pays for a cold start.";
        rows.extend(wrapped(Ui::Text, what, inner));
    }
    rows.push(Row::default());
    let run = if lab.is_some_and(Lab::is_playing) { "pauses" } else { "runs it here" };
    let mut keys = vec![Span::ui(Ui::Key, "Tab"), Span::ui(Ui::Muted, " to it, then ")];
    if task.predict.is_none() || lab.is_some() {
        keys.extend([Span::ui(Ui::Key, "Space"), Span::ui(Ui::Muted, format!(" {run}, "))]);
    }
    keys.extend([Span::ui(Ui::Key, "Enter"), Span::ui(Ui::Muted, " opens it with its knobs")]);
    rows.push(Row::of(keys).cut(inner));
    frame(&format!("Simulation · {}", scenario.title), "", rows, width)
}

fn question(exercise: &Exercise, work: &Work, width: usize) -> Vec<Row> {
    let inner = width.saturating_sub(4);
    let mut rows: Vec<Row> = prose(&exercise.prompt, inner);
    let below = below_prompt(exercise, inner);
    if !below.is_empty() {
        rows.push(Row::default());
        rows.extend(below);
    }
    rows.push(Row::default());
    rows.push(standing(work, exercise).cut(inner));
    let minutes = if exercise.minutes > 0 { format!("{} min", exercise.minutes) } else { String::new() };
    frame(&format!("{} · {}", kind_name(&exercise.kind), exercise.title), &minutes, rows, width)
}

/// What an exercise shows beside its prompt: options, steps, lines to match, a text with gaps.
fn below_prompt(exercise: &Exercise, width: usize) -> Vec<Row> {
    match &exercise.kind {
        Kind::Choice { options, .. } => lettered(options.iter().map(|option| (option.text.as_str(), Ui::Key)), width),
        Kind::Order { steps } => {
            lettered(exercise.shown_order().into_iter().map(|index| (steps[index].as_str(), Ui::Key)), width)
        }
        Kind::Matching(pairs) => {
            let mut rows = Vec::new();
            for line in &pairs.lines {
                rows.extend(led("·  ", Ui::Muted, &line.text, width));
            }
            rows.push(Row::default());
            let choices = exercise.shown_order().into_iter().map(|index| (pairs.choices[index].as_str(), Ui::Key));
            rows.extend(lettered(choices, width));
            rows
        }
        Kind::Gaps { pieces, .. } => open_rows(pieces, width),
        Kind::Text(_) | Kind::Number(_) | Kind::Flow(_) => Vec::new(),
    }
}

/// Markdown lines with their letters, each letter in its role.
pub(crate) fn lettered<'a>(lines: impl Iterator<Item = (&'a str, Ui)>, width: usize) -> Vec<Row> {
    ('a'..).zip(lines).flat_map(|(letter, (line, role))| led(&format!("{letter}  "), role, line, width)).collect()
}

/// Markdown with a mark of three columns before its first row.
fn led(mark: &str, role: Ui, text: &str, width: usize) -> Vec<Row> {
    let mut rows = prose(text, width.saturating_sub(3));
    for (index, row) in rows.iter_mut().enumerate() {
        row.spans.insert(0, Span::ui(role, if index == 0 { mark } else { "   " }));
    }
    rows
}

pub(crate) fn kind_name(kind: &Kind) -> &'static str {
    match kind {
        Kind::Text(_) => "Exercise",
        Kind::Choice { several: false, .. } => "Question · choose one",
        Kind::Choice { several: true, .. } => "Question · choose all that fit",
        Kind::Order { .. } => "Question · put in order",
        Kind::Number(_) => "Question · a number",
        Kind::Matching(_) => "Question · match",
        Kind::Gaps { .. } => "Question · fill the gaps",
        Kind::Flow(_) => "Exercise · draw the flow",
    }
}

/// How the learner stands with the exercise, in one row.
fn standing(work: &Work, exercise: &Exercise) -> Row {
    let keys = [
        Span::ui(Ui::Muted, " · "),
        Span::ui(Ui::Key, "Tab"),
        Span::ui(Ui::Muted, " to it, then "),
        Span::ui(Ui::Key, "Enter"),
    ];
    let best = (work.best * 100.0).round();
    let (role, said, does) = match work {
        work if work.tries == 0 && work.solution_seen => (Ui::Partly, "~ solution seen".to_owned(), " tries it"),
        work if work.tries == 0 => (Ui::Muted, "○ not answered yet".to_owned(), " answers"),
        work if work.best > 0.999 => (Ui::Made, format!("✓ all points, {}", tries(work.tries)), " opens it again"),
        work if work.best > 0.0 => {
            let of = exercise.max_points() * work.best;
            (
                Ui::Partly,
                format!("~ {of:.2} of {:.2} points ({best} %), {}", exercise.max_points(), tries(work.tries)),
                " tries again",
            )
        }
        work => (Ui::Missing, format!("✗ no points yet, {}", tries(work.tries)), " tries again"),
    };
    let mut row = Row::of([Span::ui(role, said)]);
    row.spans.extend(keys);
    row.spans.push(Span::ui(Ui::Muted, does));
    row
}

fn tries(n: usize) -> String {
    if n == 1 { "1 try".to_owned() } else { format!("{n} tries") }
}

/// Markdown of an exercise as rows.
pub(crate) fn prose(text: &str, width: usize) -> Vec<Row> {
    let laid = markdown::wrap(&markdown::parse(text.trim()), width.max(1) as u16, &[]);
    laid.lines.iter().map(|line| Row { source_line: 0, ..Row::from(line) }).collect()
}

/// A box of exactly `width` columns around `body`, with a title at its left and something at its right.
pub(crate) fn frame(title: &str, right: &str, body: Vec<Row>, width: usize) -> Vec<Row> {
    if width < 8 {
        return body;
    }
    // What stands at the right gives way where there is no room for it and a title.
    let right = if width < 24 + right.len() { "" } else { right };
    let right_cols = if right.is_empty() { 0 } else { right.len() + 3 };
    let title = Row::ui(Ui::Title, title).cut(width - 6 - right_cols);
    let line = "─".repeat(width - 5 - title.width() - right_cols);
    let mut top = vec![Span::ui(Ui::Border, "╭─ ")];
    top.extend(title.spans);
    top.push(Span::ui(Ui::Border, format!(" {line}")));
    if !right.is_empty() {
        top.extend([Span::ui(Ui::Border, " "), Span::ui(Ui::Muted, right), Span::ui(Ui::Border, " ─")]);
    }
    top.push(Span::ui(Ui::Border, "╮"));
    let mut rows = vec![Row::of(top)];
    for row in body {
        let mut spans = vec![Span::ui(Ui::Border, "│ ")];
        spans.extend(row.cut(width - 4).padded(width - 4, Ui::Text).spans);
        spans.push(Span::ui(Ui::Border, " │"));
        rows.push(Row::of(spans));
    }
    rows.push(Row::ui(Ui::Border, format!("╰{}╯", "─".repeat(width - 2))));
    rows
}

#[cfg(test)]
mod tests {
    use super::frame;
    use crate::app::row::{Row, Ui};

    #[test]
    fn every_row_of_a_frame_is_as_wide_as_asked() {
        for width in [8, 20, 61] {
            for right in ["", "4 min"] {
                let rows = frame("Exercise · 日本", right, vec![Row::ui(Ui::Text, "words ".repeat(20))], width);
                assert!(rows.iter().all(|row| row.width() == width), "{width} {right}: {rows:?}");
            }
        }
    }
}
