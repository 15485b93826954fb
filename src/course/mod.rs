//! What is taught: course, lesson, page, exercise, attempt, progress.
//!
//! Absent: how any of it is shown, and where it is kept. Every parser here gives a usable value and a
//! list of [`Problem`]s, since a slip in one file must never stop the course.

pub mod attempt;
pub mod check;
pub mod exercise;
mod form;
mod function;
pub mod glossary;
pub mod learned;
mod link;
pub mod mastery;
pub mod next;
pub mod outline;
pub mod page;
mod plainly;
mod predict;
pub mod progress;
pub mod review;
pub mod step;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

pub use attempt::{Attempt, Deed, Kept, Position, Spot};
pub use exercise::{Answer, CodeTask, Exercise, ExerciseId, Help, Kind, Piece, flow_picture, language_of, with_phrase};
pub use function::{Beside, Costs, FunctionEvent, FunctionTask};
pub use glossary::{Glossary, Term};
pub use link::Target;
pub use outline::{Entry, Module};
pub use page::{FlowDiagram, Page, PageId, Places, SimulationTask, Task, Widget};
pub use predict::{Predict, PredictChoice};
pub use progress::Progress;

use crate::grade::Vocabulary;
use crate::sim::{RunCode, Scenario};

/// The files of a course: path inside the course folder (`lessons/…`, `exercises/…`) to text.
pub type Files = BTreeMap<String, String>;

/// An exercise's name, path and text, and the words that the course's exercises share, to the exercise and its slips.
type ParseExercise = fn(&str, &str, &str, &Arc<Vocabulary>) -> (Option<Exercise>, Vec<Problem>);

/// Everything that can be taught, read from [`Files`].
#[derive(Clone, Debug, Default)]
pub struct Course {
    pub title: String,
    pub about: String,
    pub modules: Vec<Module>,
    pub lessons: Vec<Lesson>,
    pub exercises: BTreeMap<ExerciseId, Exercise>,
    /// By file stem: `sparse-api` for `lessons/serverless/scenarios/sparse-api.toml`.
    pub scenarios: BTreeMap<String, Scenario>,
    /// What the words of the course mean.
    pub glossary: Glossary,
    /// All slips found while reading, those of the pages included, in the order of the files.
    pub problems: Vec<Problem>,
    /// The folder it was read from, as it was named; empty for the one that is built in.
    pub folder: String,
    /// Paths of all files there were, whether or not anything was made of them.
    pub files: BTreeSet<String>,
}

/// A lesson that opens: a folder of pages.
#[derive(Clone, Debug)]
pub struct Lesson {
    pub id: LessonId,
    pub title: String,
    pub pages: Vec<Page>,
}

/// The name of a lesson's folder.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LessonId(pub String);

impl Course {
    /// Reads a whole course. Whatever the files hold, there is a course to open.
    pub fn assemble(files: &Files) -> Self {
        Self::assemble_with(files, Exercise::parse_with)
    }

    /// Reads a course that is known to be without slips: what only answers need is left until they come.
    pub fn assemble_proven(files: &Files) -> Self {
        Self::assemble_with(files, Exercise::parse_proven)
    }

    fn assemble_with(files: &Files, parse: ParseExercise) -> Self {
        let mut course = Self { files: files.keys().cloned().collect(), ..Self::default() };
        course.read_exercises(files, parse);
        course.read_scenarios(files);
        course.read_glossary(files);
        let folders = page_folders(files);
        let (outline, problems) = outline::parse(files.get("lessons/course.toml").map(String::as_str), &folders);
        course.problems.extend(problems);
        course.title = outline.title;
        course.about = outline.about;
        course.modules = outline.modules;
        let taught: Vec<(String, String)> = course
            .modules
            .iter()
            .flat_map(|module| &module.lessons)
            .filter_map(|entry| entry.lesson.as_ref().map(|id| (id.0.clone(), entry.title.clone())))
            .collect();
        for (folder, title) in taught {
            let lesson = course.read_lesson(&folder, &title, files);
            course.lessons.push(lesson);
        }
        course
    }

    /// Adds what an author wants to know beside what was met while reading: links that lead nowhere, with their pages
    /// too, and the slips in the rubrics. This prepares every rubric, which takes longer than all the rest.
    pub fn find_slips(&mut self) {
        let dead: Vec<Vec<Problem>> = self.pages().map(|page| check::links(self, page)).collect();
        let pages = self.lessons.iter_mut().flat_map(|lesson| &mut lesson.pages);
        for (page, dead) in pages.zip(dead) {
            self.problems.extend(dead.iter().cloned());
            page.problems.extend(dead);
        }
        self.problems.extend(self.exercises.values().flat_map(Exercise::rubric_slips));
    }

    fn read_exercises(&mut self, files: &Files, parse: ParseExercise) {
        let shared = files.get(exercise::VOCABULARY_FILE).map(String::as_str);
        let (vocabulary, problem) = exercise::vocabulary(shared);
        self.problems.extend(problem);
        for (path, text) in files {
            let Some(name) = path.strip_prefix("exercises/").and_then(|name| name.strip_suffix(".toml")) else {
                continue;
            };
            if name == exercise::VOCABULARY {
                continue;
            }
            let (exercise, problems) = parse(name, path, text, &vocabulary);
            self.problems.extend(problems);
            if let Some(mut exercise) = exercise {
                if let Some(graded) = files.get(&exercise::graded_file(name)) {
                    exercise.learn(graded);
                }
                self.exercises.insert(exercise.id.clone(), exercise);
            }
        }
    }

    fn read_scenarios(&mut self, files: &Files) {
        for (path, text) in files {
            let Some((_, name)) = path.strip_suffix(".toml").and_then(|path| path.rsplit_once("/scenarios/")) else {
                continue;
            };
            match Scenario::parse(text) {
                Ok(scenario) => {
                    self.scenarios.insert(name.to_owned(), scenario);
                }
                Err(problems) => {
                    self.problems.extend(problems.into_iter().map(|it| Problem::new(path, it.line, it.message)));
                }
            }
        }
    }

    fn read_glossary(&mut self, files: &Files) {
        if let Some(text) = files.get(glossary::FILE) {
            let (glossary, problems) = Glossary::parse(text);
            self.problems.extend(problems);
            self.glossary = glossary;
        }
    }

    fn read_lesson(&mut self, folder: &str, title: &str, files: &Files) -> Lesson {
        let prefix = format!("lessons/{folder}/");
        let mut pages = Vec::new();
        for (path, text) in files {
            let Some(stem) = path.strip_prefix(&prefix).and_then(|name| name.strip_suffix(".md")) else { continue };
            if stem.contains('/') || stem == "README" {
                continue;
            }
            let mut page = Page::parse(&format!("{folder}/{stem}"), path, text, self);
            self.glossary.mark(&mut page.document);
            self.problems.extend(page.problems.iter().cloned());
            pages.push(page);
        }
        if pages.is_empty() {
            let message = format!("the lesson `{title}` has no page: put a Markdown file into {prefix}");
            self.problems.push(Problem::new("lessons/course.toml", 0, message));
        }
        Lesson { id: LessonId(folder.to_owned()), title: title.to_owned(), pages }
    }

    /// All pages of all lessons that open, in reading order.
    pub fn pages(&self) -> impl Iterator<Item = &Page> {
        self.lessons.iter().flat_map(|lesson| &lesson.pages)
    }

    pub fn page(&self, id: &PageId) -> Option<&Page> {
        self.pages().find(|page| page.id == *id)
    }

    /// The page a person means: its number from 1, its id, its file stem, or the stem without the number.
    pub fn find_page(&self, wanted: &str) -> Option<&Page> {
        if let Ok(number) = wanted.parse::<usize>() {
            return self.pages().nth(number.checked_sub(1)?);
        }
        let wanted = wanted.trim_end_matches(".md");
        self.pages().find(|page| page.answers_to(wanted))
    }

    pub fn exercise(&self, id: &str) -> Option<&Exercise> {
        self.exercises.get(&ExerciseId(id.to_owned()))
    }

    /// The run that `wanted` means: a scenario's name, or a run's code such as `sparse-api:k60:s7`.
    pub fn scenario(&self, wanted: &str) -> Result<Scenario, String> {
        if let Some(scenario) = self.scenarios.get(wanted) {
            return Ok(scenario.clone());
        }
        let code = RunCode::parse(wanted);
        let name = code.as_ref().map_or(wanted, |code| &code.scenario);
        match (self.scenarios.get(name), &code) {
            (Some(scenario), Some(code)) => {
                code.apply(scenario).map_err(|problem| format!("`{wanted}`: {}", problem.message))
            }
            (None, None) if self.scenarios.contains_key(wanted.split(':').next().unwrap_or_default()) => {
                Err(RunCode::unread(wanted).unwrap_or_default())
            }
            _ => Err(format!("no scenario `{name}`{}", nearest_hint(name, self.scenarios.keys().map(String::as_str)))),
        }
    }

    /// Why there is a file for the exercise or the scenario `name`, and nothing was made of it.
    fn why_unread(&self, name: &str) -> Option<&Problem> {
        let is_its = |path: &str| path.strip_suffix(".toml").and_then(|path| path.rsplit('/').next()) == Some(name);
        self.problems.iter().find(|problem| is_its(&problem.file))
    }

    /// The page on which an exercise stands, or the one that it is another form of.
    pub fn page_of(&self, exercise: &ExerciseId) -> Option<&Page> {
        let root = self.root_of(exercise);
        self.pages().find(|page| page.exercises().any(|id| id == root))
    }
}

/// Folders directly below `lessons/` that hold at least one page.
fn page_folders(files: &Files) -> Vec<String> {
    let mut folders: Vec<String> = files
        .keys()
        .filter(|path| path.ends_with(".md"))
        .filter_map(|path| path.strip_prefix("lessons/")?.split_once('/'))
        .filter(|(_, rest)| !rest.contains('/'))
        .map(|(folder, _)| folder.to_owned())
        .collect();
    folders.dedup();
    folders
}

/// An author's slip: where it is, and what is wrong and how to mend it, in one sentence.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// Path inside the course folder, such as `lessons/serverless/04-cold-start.md`.
    pub file: String,
    /// One-based line, 0 when the whole file is meant.
    pub line: u32,
    pub message: String,
}

impl Problem {
    pub fn new(file: &str, line: u32, message: impl Into<String>) -> Self {
        Self { file: file.to_owned(), line, message: message.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.file, self.message),
            line => write!(f, "{}:{line}: {}", self.file, self.message),
        }
    }
}

/// How long something takes, as one says it.
///
/// ```
/// use coldstart::course::minutes_said;
/// assert_eq!((minutes_said(1), minutes_said(5)), ("1 minute".into(), "5 minutes".into()));
/// ```
pub fn minutes_said(minutes: u32) -> String {
    if minutes == 1 { "1 minute".to_owned() } else { format!("{minutes} minutes") }
}

/// The candidate that a misspelt `name` most likely means, if one is near enough to be worth saying.
///
/// ```
/// let names = ["connection-outside", "invoice-flow"];
/// assert_eq!(coldstart::course::nearest("conection-outside", names), Some("connection-outside"));
/// assert_eq!(coldstart::course::nearest("zebra", names), None);
/// ```
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    candidates
        .into_iter()
        .map(|candidate| (strsim::jaro_winkler(name, candidate), candidate))
        .filter(|(likeness, _)| *likeness >= 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| candidate)
}

/// "; the nearest is `…`" where there is one, else nothing: the end of many a sentence about an unknown name.
pub fn nearest_hint<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> String {
    nearest(name, candidates).map_or_else(String::new, |near| format!("; the nearest is `{near}`"))
}

/// Where the lines of a text begin, to ask for many of them.
pub(crate) struct LineIndex {
    starts: Vec<usize>,
}

impl LineIndex {
    pub(crate) fn new(text: &str) -> Self {
        let after_feeds = text.match_indices('\n').map(|(at, _)| at + 1);
        Self { starts: std::iter::once(0).chain(after_feeds).collect() }
    }

    /// One-based line on which byte `offset` lies.
    pub(crate) fn line_at(&self, offset: usize) -> u32 {
        self.starts.partition_point(|start| *start <= offset) as u32
    }
}

/// One-based line on which byte `offset` of `text` lies.
pub fn line_at(text: &str, offset: usize) -> u32 {
    1 + text.as_bytes()[..offset.min(text.len())].iter().filter(|byte| **byte == b'\n').count() as u32
}
