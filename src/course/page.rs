//! A page's file (Markdown with TOML front matter) to a [`Page`]: a document and what responds in it.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;

use super::function::{self, FunctionTask};
use super::plainly::plainly;
use super::{Course, ExerciseId, Predict, Problem, line_at, nearest_hint};
use crate::diagram::{self, Graph};
use crate::markdown::{self, Block, Document, Fence, Leaf, Run};

/// Languages of the fences that respond: they become slots when the page is laid out.
pub const RESPONDING: [&str; 4] = ["mermaid", "sim", "exercise", "function"];

/// `lesson/file-stem`, such as `serverless/04-cold-start`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PageId(pub String);

impl fmt::Display for PageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[derive(Clone, Debug)]
pub struct Page {
    pub id: PageId,
    pub file: String,
    pub title: String,
    /// Reading and doing time in minutes as the author estimates it, 0 when not said.
    pub minutes: u32,
    pub goals: Vec<String>,
    pub document: Document,
    /// What responds, in reading order.
    pub widgets: Vec<Widget>,
    /// What a teacher would say: the `<!-- notes: … -->` comments.
    pub notes: Vec<String>,
    pub problems: Vec<Problem>,
    /// Where its file says what stands at the top, for whoever mends it.
    pub places: Places,
    /// Lines of front matter above the document: file line = document line + this.
    pub lines_before: u32,
}

/// The lines of a page's front matter, counted in the file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Places {
    /// 0 where it says none, as with the minutes.
    pub title: u32,
    pub minutes: u32,
    /// One for each goal.
    pub goals: Vec<u32>,
    /// There is none, or it could not be read: a problem says so, and nothing can be said of what it lacks.
    pub is_unread: bool,
}

/// A fence that responds. `source_line` counts in the document, as slots do.
#[derive(Clone, Debug)]
pub struct Widget {
    pub source_line: u32,
    pub task: Task,
}

#[derive(Clone, Debug)]
pub enum Task {
    Diagram {
        graph: Graph,
        problems: Vec<String>,
    },
    Simulation(SimulationTask),
    Exercise(ExerciseId),
    Function(Box<FunctionTask>),
    /// A fence that could not be read: what is wrong with it.
    Broken(String),
}

/// What it is, as one would name it in a sentence.
impl fmt::Display for Task {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Diagram { .. } => f.write_str("the diagram"),
            Self::Simulation(task) => write!(f, "the simulation {}", task.scenario),
            Self::Exercise(id) => write!(f, "the exercise {id}"),
            Self::Function(task) => write!(f, "the function “{}”", task.title),
            Self::Broken(_) => f.write_str("a fence that cannot be read"),
        }
    }
}

/// A ```` ```sim ```` fence: a scenario's name or a run's code, and what to predict before it runs.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SimulationTask {
    pub scenario: String,
    pub predict: Option<Predict>,
    /// Mermaid text of the flow that the scenario simulates, to be watched on.
    diagram: Option<String>,
    /// The nodes of the diagram that are functions: the scenario's own first, then the steps of its flow by their names.
    #[serde(default)]
    functions: Vec<String>,
    /// `diagram`, read.
    #[serde(skip)]
    pub flow: Option<FlowDiagram>,
}

/// A flow's diagram, and which of its nodes are the functions of the simulation.
#[derive(Clone, Debug, PartialEq)]
pub struct FlowDiagram {
    pub graph: Graph,
    pub functions: Vec<String>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct FrontMatter {
    format: Option<toml::Spanned<i64>>,
    title: Option<toml::Spanned<String>>,
    minutes: Option<toml::Spanned<u32>>,
    #[serde(default)]
    goals: Vec<toml::Spanned<String>>,
}

impl Page {
    /// Reads one page. Exercises and scenarios are looked up in what `course` has read so far.
    pub fn parse(id: &str, file: &str, text: &str, course: &Course) -> Self {
        let mut problems = Vec::new();
        let (front, body, lines_before) = split_front_matter(text);
        let (front, places) = read_front_matter(front, body, file, &mut problems);
        let document = markdown::parse(body);
        problems.extend(document.problems.iter().map(|it| Problem::new(file, it.line + lines_before, &*it.message)));
        let files = function::shown_files(&document);
        let mut widgets = Vec::new();
        for fence in document.fences() {
            if RESPONDING.contains(&fence.language.as_str()) {
                let (task, slips) = read_task(fence, course, &files);
                // The fence's first line is its opening; what is inside begins one further down.
                let line = |inside: u32| fence.source_line + lines_before + inside;
                problems.extend(slips.into_iter().map(|(inside, message)| Problem::new(file, line(inside), message)));
                widgets.push(Widget { source_line: fence.source_line, task });
            }
        }
        let notes = document
            .comments()
            .into_iter()
            .filter_map(|(_, comment)| comment.trim().strip_prefix("notes:").map(|note| note.trim().to_owned()))
            .collect();
        let stem = id.rsplit('/').next().unwrap_or(id);
        let first_heading = || document.headings().into_iter().next().map(|(_, text, _)| text);
        let title =
            front.title.map(toml::Spanned::into_inner).or_else(first_heading).unwrap_or_else(|| stem.to_owned());
        Self {
            id: PageId(id.to_owned()),
            file: file.to_owned(),
            title,
            minutes: front.minutes.map_or(0, toml::Spanned::into_inner),
            goals: front.goals.into_iter().map(toml::Spanned::into_inner).collect(),
            document,
            widgets,
            notes,
            problems,
            places,
            lines_before,
        }
    }

    pub fn exercises(&self) -> impl Iterator<Item = &ExerciseId> {
        self.widgets.iter().filter_map(|widget| match &widget.task {
            Task::Exercise(id) => Some(id),
            _ => None,
        })
    }

    /// The words on a line of the document, at most a sentence's worth; the page's title where there are none.
    pub fn passage(&self, source_line: u32) -> String {
        const MOST_CHARS: usize = 120;
        let on_line = |runs: &[Run]| {
            let here = runs.iter().filter(|run| run.source_line == source_line);
            here.map(|run| run.text.as_str()).collect::<String>()
        };
        let words = |leaf: &Leaf| match &leaf.block {
            Block::Paragraph(runs) | Block::Heading(_, runs) => on_line(runs),
            Block::Table(table) => {
                let cells = table.rows.iter().flat_map(|row| &row.cells).map(|cell| on_line(cell));
                cells.filter(|cell| !cell.is_empty()).collect::<Vec<_>>().join(" · ")
            }
            Block::Code(fence) if RESPONDING.contains(&fence.language.as_str()) => {
                let widget = self.widgets.iter().find(|widget| widget.source_line == fence.source_line);
                widget.map_or_else(String::new, |widget| widget.task.to_string())
            }
            Block::Code(fence) => {
                let inside = source_line.checked_sub(fence.source_line).map(|line| line.saturating_sub(1) as usize);
                inside.and_then(|line| fence.body.lines().nth(line)).unwrap_or_default().to_owned()
            }
            Block::Rule | Block::Nothing => String::new(),
        };
        let leaf = self.document.leaves.iter().rev().find(|leaf| leaf.source_line <= source_line);
        let found = leaf.map(words).filter(|text| !text.trim().is_empty());
        let text = found.as_deref().unwrap_or(&self.title).split_whitespace().collect::<Vec<_>>().join(" ");
        match text.char_indices().nth(MOST_CHARS) {
            Some((end, _)) => format!("{}…", text[..end].trim_end()),
            None => text,
        }
    }

    /// Whether `wanted` (id, file stem, or the stem without its number) means this page.
    pub fn answers_to(&self, wanted: &str) -> bool {
        let stem = self.id.0.rsplit('/').next().unwrap_or_default();
        let slug = stem.trim_start_matches(|c: char| c.is_ascii_digit()).trim_start_matches('-');
        [self.id.0.as_str(), stem, slug].contains(&wanted)
    }
}

/// Front matter (between two `+++` lines), body, and how many lines the front matter takes.
fn split_front_matter(text: &str) -> (Option<&str>, &str, u32) {
    let text = text.trim_start_matches('\u{feff}');
    let Some(rest) = text.strip_prefix("+++\n").or_else(|| text.strip_prefix("+++\r\n")) else {
        return (None, text, 0);
    };
    let mut at = 0;
    for line in rest.split_inclusive('\n') {
        if line.trim_end() == "+++" {
            let front = &rest[..at];
            return (Some(front), &rest[at + line.len()..], 2 + front.matches('\n').count() as u32);
        }
        at += line.len();
    }
    // Never closed: better to show the whole file than nothing.
    (None, text, 0)
}

fn read_front_matter(
    front: Option<&str>,
    text: &str,
    file: &str,
    problems: &mut Vec<Problem>,
) -> (FrontMatter, Places) {
    let unread = || (FrontMatter::default(), Places { is_unread: true, ..Places::default() });
    let Some(front) = front else {
        let message = if text.starts_with("+++") {
            "the front matter has no end: put a line `+++` below its last key"
        } else {
            "no front matter: begin the file with a line `+++`, then format, title, minutes, goals, then `+++`"
        };
        problems.push(Problem::new(file, 1, message));
        return unread();
    };
    match toml::from_str::<FrontMatter>(front) {
        Ok(read) => {
            match &read.format {
                None => problems.push(Problem::new(file, 1, "the front matter lacks `format = 1`")),
                Some(format) if *format.get_ref() != 1 => {
                    let line = 1 + line_at(front, format.span().start);
                    let message =
                        format!("`format = {}` is not known; this program reads `format = 1`", format.get_ref());
                    problems.push(Problem::new(file, line, message));
                }
                Some(_) => {}
            }
            let line = |span: std::ops::Range<usize>| 1 + line_at(front, span.start);
            let places = Places {
                title: read.title.as_ref().map_or(0, |title| line(title.span())),
                minutes: read.minutes.as_ref().map_or(0, |minutes| line(minutes.span())),
                goals: read.goals.iter().map(|goal| line(goal.span())).collect(),
                is_unread: false,
            };
            (read, places)
        }
        Err(error) => {
            let line = error.span().map_or(1, |span| 1 + line_at(front, span.start));
            problems.push(Problem::new(file, line, plainly(front, &error)));
            unread()
        }
    }
}

/// The task of a fence, and its slips with their line inside the fence (0 is the opening line).
fn read_task(fence: &Fence, course: &Course, files: &BTreeMap<String, String>) -> (Task, Vec<(u32, String)>) {
    match fence.language.as_str() {
        "mermaid" => {
            let (graph, problems) = diagram::parse(&fence.body);
            let slips: Vec<(u32, String)> = problems.into_iter().map(|it| (it.line, it.message)).collect();
            let said = slips.iter().map(|(_, message)| message.clone()).collect();
            (Task::Diagram { graph, problems: said }, slips)
        }
        "sim" => match toml::from_str::<SimulationTask>(&fence.body) {
            Err(error) => {
                let line = error.span().map_or(1, |span| line_at(&fence.body, span.start));
                broken(line, plainly(&fence.body, &error).into_owned())
            }
            Ok(mut task) => match course.scenario(&task.scenario) {
                Ok(_) => {
                    let slips = read_flow(&mut task);
                    (Task::Simulation(task), slips)
                }
                Err(why) => match course.why_unread(task.scenario.split(':').next().unwrap_or_default()) {
                    Some(its) => told_elsewhere(its),
                    None => broken(1, why),
                },
            },
        },
        "function" => match function::read(&fence.body, files) {
            Err((line, why)) => broken(line, why),
            Ok(task) => {
                let missing = task.scenarios().find_map(|name| course.scenario(name).err());
                missing.map_or_else(|| (Task::Function(Box::new(task)), Vec::new()), |why| broken(1, why))
            }
        },
        _ => {
            let name = fence.body.trim();
            let id = ExerciseId(name.to_owned());
            if course.exercises.contains_key(&id) {
                (Task::Exercise(id), Vec::new())
            } else if let Some(why) = course.why_unread(name) {
                told_elsewhere(why)
            } else {
                let near = nearest_hint(name, course.exercises.keys().map(|id| id.0.as_str()));
                broken(1, format!("no exercise `{name}`{near}"))
            }
        }
    }
}

/// Reads the flow's diagram, when there is one. A node that the diagram does not have is a slip.
fn read_flow(task: &mut SimulationTask) -> Vec<(u32, String)> {
    let Some(text) = &task.diagram else { return Vec::new() };
    let (graph, problems) = diagram::parse(text);
    let mut slips: Vec<(u32, String)> =
        problems.into_iter().map(|it| (0, format!("in the diagram: {}", it.message))).collect();
    let placed = diagram::lay_out(&graph, 200);
    let ids: Vec<&str> = placed.nodes.iter().map(|node| node.id.as_str()).collect();
    for function in task.functions.iter().filter(|id| !ids.contains(&id.as_str())) {
        let near = nearest_hint(function, ids.iter().copied());
        slips.push((0, format!("the diagram has no node `{function}`{near}")));
    }
    task.flow = Some(FlowDiagram { graph, functions: task.functions.clone() });
    slips
}

fn broken(line: u32, message: String) -> (Task, Vec<(u32, String)>) {
    (Task::Broken(message.clone()), vec![(line, message)])
}

/// What cannot be shown because of a slip in a file of its own.
fn told_elsewhere(why: &Problem) -> (Task, Vec<(u32, String)>) {
    (Task::Broken(why.to_string()), Vec::new())
}

#[cfg(test)]
mod tests {
    use super::{Page, Task};
    use crate::course::Course;

    fn page(text: &str) -> Page {
        Page::parse("serverless/04-cold-start", "p.md", text, &Course::default())
    }

    fn said(text: &str) -> Vec<String> {
        page(text).problems.iter().map(ToString::to_string).collect()
    }

    const FRONT: &str = "+++\nformat = 1\ntitle = \"T\"\nminutes = 5\n+++\n";

    #[test]
    fn front_matter_gives_title_minutes_and_goals() {
        let page = page("+++\nformat = 1\ntitle = \"Cold\"\nminutes = 7\ngoals = [\"Say it\"]\n+++\n# Heading\n");
        assert_eq!((page.title.as_str(), page.minutes, page.goals.len()), ("Cold", 7, 1));
        assert!(page.problems.is_empty());
    }

    #[test]
    fn without_front_matter_the_heading_is_the_title() {
        assert_eq!(page("# The heading\n").title, "The heading");
        assert_eq!(page("").title, "04-cold-start");
    }

    #[test]
    fn a_slip_is_said_with_the_line_of_the_file() {
        assert_eq!(said("+++\nformat = 1\ntitel = \"x\"\n+++\n")[0].split(": ").next(), Some("p.md:3"));
        assert_eq!(said(&format!("{FRONT}text\n\n```exercise\nnone-such\n```\n")), ["p.md:9: no exercise `none-such`"]);
        assert_eq!(said(&format!("{FRONT}```sim\nscenario = \"x\"\n```\n")), ["p.md:7: no scenario `x`"]);
    }

    #[test]
    fn a_broken_fence_stays_in_its_place() {
        let page = page(&format!("{FRONT}```sim\n= nonsense\n```\n\n```mermaid\ngraph LR\nA-->B\n```\n"));
        assert!(matches!(page.widgets[0].task, Task::Broken(_)));
        assert!(matches!(page.widgets[1].task, Task::Diagram { .. }));
    }

    #[test]
    fn a_line_is_known_by_its_words() {
        let page = page(&format!(
            "{FRONT}# Head\n\none *two*\nthree\n\n|a|b|\n|-|-|\n|1|2|\n\n```js\nrun();\nstop();\n```\n\n---\n\n```mermaid\nA-->B\n```\n"
        ));
        let words = [(1, "Head"), (3, "one two "), (4, "three"), (8, "1 · 2"), (12, "stop();"), (15, "T")];
        let words = words.into_iter().chain([(18, "the diagram"), (99, "the diagram")]);
        for (line, said) in words {
            assert_eq!(page.passage(line), said.trim(), "{line}");
        }
        let long = format!("{FRONT}{}", "word ".repeat(100));
        assert_eq!(self::page(&long).passage(1).chars().count(), 120);
    }

    #[test]
    fn teacher_notes_are_read_from_comments() {
        assert_eq!(page(&format!("{FRONT}<!-- notes: ask the class -->\n")).notes, ["ask the class"]);
    }

    #[test]
    fn a_page_answers_to_its_names() {
        for name in ["serverless/04-cold-start", "04-cold-start", "cold-start"] {
            assert!(page("").answers_to(name), "{name}");
        }
        assert!(!page("").answers_to("start"));
    }
}
