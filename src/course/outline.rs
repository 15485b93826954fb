//! `lessons/course.toml` to the course's map: modules and their lessons, most of them not taught here.

use serde::Deserialize;

use super::plainly::plainly;
use super::{LessonId, Problem, line_at, nearest_hint};

const FILE: &str = "lessons/course.toml";

/// The whole course as a map.
#[derive(Clone, Debug, Default)]
pub struct Outline {
    pub title: String,
    pub about: String,
    pub modules: Vec<Module>,
}

#[derive(Clone, Debug)]
pub struct Module {
    pub title: String,
    pub lessons: Vec<Entry>,
}

/// A line of the map. `lesson` is there when the lesson opens in this course.
#[derive(Clone, Debug)]
pub struct Entry {
    pub title: String,
    pub lesson: Option<LessonId>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CourseToml {
    format: toml::Spanned<i64>,
    title: String,
    #[serde(default)]
    about: String,
    #[serde(default, rename = "module")]
    modules: Vec<ModuleToml>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ModuleToml {
    title: String,
    #[serde(default)]
    lessons: Vec<EntryToml>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EntryToml {
    title: String,
    folder: Option<toml::Spanned<String>>,
}

/// Reads the map. `folders` are the lessons that exist: without a readable map they are the course.
pub fn parse(text: Option<&str>, folders: &[String]) -> (Outline, Vec<Problem>) {
    let Some(text) = text else {
        let message = "there is no course.toml; the folders found are shown as the course";
        return (from_folders(folders), vec![Problem::new(FILE, 0, message)]);
    };
    let read: CourseToml = match toml::from_str(text) {
        Ok(read) => read,
        Err(error) => {
            let line = error.span().map_or(0, |span| line_at(text, span.start));
            return (from_folders(folders), vec![Problem::new(FILE, line, plainly(text, &error))]);
        }
    };
    let mut problems = Vec::new();
    if *read.format.get_ref() != 1 {
        let message = format!("`format = {}` is not known; this program reads `format = 1`", read.format.get_ref());
        problems.push(Problem::new(FILE, line_at(text, read.format.span().start), message));
    }
    let mut outline = Outline { title: read.title, about: read.about, modules: Vec::new() };
    for module in read.modules {
        let mut lessons = Vec::new();
        for entry in module.lessons {
            let lesson = entry.folder.and_then(|folder| {
                let name = folder.get_ref();
                if folders.contains(name) {
                    return Some(LessonId(name.clone()));
                }
                let near = nearest_hint(name, folders.iter().map(String::as_str));
                let line = line_at(text, folder.span().start);
                problems.push(Problem::new(FILE, line, format!("no page in the folder lessons/{name}{near}")));
                None
            });
            lessons.push(Entry { title: entry.title, lesson });
        }
        outline.modules.push(Module { title: module.title, lessons });
    }
    if outline.modules.iter().all(|module| module.lessons.iter().all(|entry| entry.lesson.is_none())) {
        let mut all = from_folders(folders);
        outline.modules.append(&mut all.modules);
    }
    (outline, problems)
}

fn from_folders(folders: &[String]) -> Outline {
    let lessons: Vec<Entry> =
        folders.iter().map(|folder| Entry { title: folder.clone(), lesson: Some(LessonId(folder.clone())) }).collect();
    let modules = if lessons.is_empty() { Vec::new() } else { vec![Module { title: "Lessons".into(), lessons }] };
    Outline { title: "A course".into(), about: String::new(), modules }
}

#[cfg(test)]
mod tests {
    use super::parse;

    fn problems(text: &str) -> Vec<String> {
        parse(Some(text), &["serverless".to_owned()]).1.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_misspelt_folder_is_named_with_its_line_and_the_nearest() {
        let text = "format = 1\ntitle = \"C\"\n[[module]]\ntitle = \"M\"\nlessons = [{ title = \"S\", folder = \"serverles\" }]\n";
        assert_eq!(
            problems(text),
            ["lessons/course.toml:5: no page in the folder lessons/serverles; the nearest is `serverless`"]
        );
    }

    #[test]
    fn an_unreadable_map_still_shows_the_lessons_there_are() {
        let (outline, problems) = parse(Some("title = "), &["serverless".to_owned()]);
        assert_eq!(problems.len(), 1);
        assert_eq!(problems[0].line, 1);
        assert_eq!(outline.modules[0].lessons.len(), 1);
    }

    #[test]
    fn a_later_format_is_said() {
        assert_eq!(
            problems("format = 2\ntitle = \"C\"\n"),
            ["lessons/course.toml:1: `format = 2` is not known; this program reads `format = 1`"]
        );
    }
}
