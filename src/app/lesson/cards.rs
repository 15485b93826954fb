//! What responds on a page, as rows: a diagram drawn, a simulation or an exercise in a frame.

use crate::app::exercise::open_rows;
use crate::app::function::Bench;
use crate::app::lab::Lab;
use crate::app::lab::predict::verdict;
use crate::app::row::{Row, Span, Ui, frame, led, lettered, of_grid, prose, wrapped};
use crate::course::progress::{Predicted, Work};
use crate::course::{Course, Exercise, FunctionTask, Kind, Page, Progress, SimulationTask, Task, minutes_said};
use crate::diagram;

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
        let minutes = if page.minutes > 0 { format!("About {}. ", minutes_said(page.minutes)) } else { String::new() };
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

/// What was begun in its place on the page.
#[derive(Clone, Copy, Default)]
pub(super) struct Running<'a> {
    pub(super) lab: Option<&'a Lab>,
    pub(super) bench: Option<&'a Bench>,
    /// It stands before a class, whose hands are counted.
    pub(super) for_class: bool,
}

/// The beginning of what is said of the keys of a card: true before one has gone to it, and after.
fn on_it() -> [Span; 3] {
    [Span::ui(Ui::Muted, "with "), Span::ui(Ui::Key, "Tab"), Span::ui(Ui::Muted, " on it, ")]
}

pub(super) fn widget(
    course: &Course,
    progress: &Progress,
    (page, widget): (&Page, usize),
    running: Running<'_>,
    width: usize,
) -> Vec<Row> {
    match &page.widgets[widget].task {
        Task::Function(task) => function(task, running.bench, width),
        Task::Diagram { graph, problems } => drawing(graph, problems, width),
        Task::Simulation(task) => {
            let predicted = progress.predictions.get(&(page.id.0.clone(), task.scenario.clone()));
            simulation(course, task, predicted, running.lab, width)
        }
        Task::Exercise(id) => match course.exercises.get(id) {
            Some(exercise) => question(exercise, &progress.work(id), running.for_class, width),
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

fn simulation(
    course: &Course,
    task: &SimulationTask,
    predicted: Option<&Predicted>,
    lab: Option<&Lab>,
    width: usize,
) -> Vec<Row> {
    let scenario = match course.scenario(&task.scenario) {
        Ok(scenario) => scenario,
        Err(why) => return broken(&why, width),
    };
    let inner = width.saturating_sub(4);
    let mut rows = Vec::new();
    if let Some(lab) = lab {
        rows.extend(lab.card(inner));
    } else {
        rows.extend(match (&task.predict, predicted) {
            (Some(predict), Some(predicted)) => [
                wrapped(Ui::Muted, &predict.ask, inner),
                verdict(predict, predicted, inner),
                wrapped(Ui::Text, &predict.why, inner),
            ]
            .concat(),
            (Some(predict), None) => wrapped(Ui::Strong, &format!("Predict first: {}", predict.ask), inner),
            (None, _) if task.flow.is_some() => {
                wrapped(Ui::Text, "Events go from function to function; each starts, works and rests by itself.", inner)
            }
            (None, _) => {
                wrapped(Ui::Text, "Requests arrive; each finds a warm instance or pays for a cold start.", inner)
            }
        });
    }
    rows.push(Row::default());
    let run = if lab.is_some_and(Lab::is_playing) { "pauses" } else { "runs it here" };
    let mut keys = Vec::from(on_it());
    if task.predict.is_none() || predicted.is_some() || lab.is_some() {
        keys.extend([Span::ui(Ui::Key, "Space"), Span::ui(Ui::Muted, format!(" {run}, "))]);
    }
    keys.extend([Span::ui(Ui::Key, "Enter"), Span::ui(Ui::Muted, " opens it with its knobs")]);
    rows.push(Row::of(keys).cut(inner));
    frame(&format!("Simulation · {}", scenario.title), "", rows, width)
}

fn function(task: &FunctionTask, bench: Option<&Bench>, width: usize) -> Vec<Row> {
    let inner = width.saturating_sub(4);
    let mut rows = Vec::new();
    if let Some(bench) = bench {
        rows.extend(bench.card(inner));
    } else {
        let what = "This function runs on your machine, in a process of its own, without any account. Run it more than \
                    once: the first call makes an environment, the next one finds it.";
        rows.extend(wrapped(Ui::Text, what, inner));
    }
    rows.push(Row::default());
    let keys = [
        Span::ui(Ui::Key, "Enter"),
        Span::ui(Ui::Muted, " runs it, "),
        Span::ui(Ui::Key, "e"),
        Span::ui(Ui::Muted, " opens it: code, events, measuring, HTTP"),
    ];
    rows.push(Row::of(on_it().into_iter().chain(keys)).cut(inner));
    frame(&format!("Function · {}", task.title), "", rows, width)
}

fn question(exercise: &Exercise, work: &Work, for_class: bool, width: usize) -> Vec<Row> {
    let inner = width.saturating_sub(4);
    let mut rows: Vec<Row> = prose(&exercise.prompt, inner);
    let below = below_prompt(exercise, inner);
    if !below.is_empty() {
        rows.push(Row::default());
        rows.extend(below);
    }
    rows.push(Row::default());
    let said = if for_class {
        vec![Row::of(on_it().into_iter().chain([Span::ui(Ui::Key, "Enter"), Span::ui(Ui::Muted, " counts hands")]))]
    } else {
        standing(work, exercise, inner)
    };
    rows.extend(said.into_iter().map(|row| row.cut(inner)));
    let minutes = if exercise.minutes > 0 { format!("{} min", exercise.minutes) } else { String::new() };
    frame(&format!("{} · {}", exercise.kind.called(" · "), exercise.title), &minutes, rows, width)
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
        Kind::Text(_) | Kind::Number(_) | Kind::Flow(_) | Kind::Code(_) => Vec::new(),
    }
}

/// How the learner stands with the exercise, and what Enter does: in one row, or in two where one is too narrow.
fn standing(work: &Work, exercise: &Exercise, width: usize) -> Vec<Row> {
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
    let stands = Span::ui(role, said);
    let keys = || on_it().into_iter().chain([Span::ui(Ui::Key, "Enter"), Span::ui(Ui::Muted, does)]);
    let both = Row::of([stands.clone(), Span::ui(Ui::Muted, " · ")].into_iter().chain(keys()));
    if both.width() <= width { vec![both] } else { vec![Row::of([stands]), Row::of(keys())] }
}

fn tries(n: usize) -> String {
    if n == 1 { "1 try".to_owned() } else { format!("{n} tries") }
}
