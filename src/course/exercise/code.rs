//! The tables of an exercise that is answered with code: a file to change, what stands beside it, and what is checked.
//!
//! A check says what is done with the answer and what must come of it. Here its name, its points and whether it is
//! hidden are read; the rest is carried as it stands, for whoever runs code (see [`crate::marking`]), since nothing
//! here knows how that is done.

use serde::Deserialize;
use serde_json::Value;
use toml::Spanned;

use super::slips::Slips;
use crate::course::line_at;
use crate::course::plainly::plainly;

/// A file that the learner changes until all checks pass.
#[derive(Clone, Debug)]
pub struct CodeTask {
    /// Its name, such as `index.js` or `serverless.yml`.
    pub file: String,
    /// What stands in it at first.
    pub start: String,
    /// A file that passes all checks.
    pub reference: String,
    /// `file.export`, where no serverless.yml says it.
    pub handler: String,
    /// The files beside it, which stay as they are.
    pub given: Vec<GivenFile>,
    /// Rows and costs of the database that code gets as `./db`; nothing for the usual ones.
    pub database: Option<Value>,
    pub checks: Vec<CodeCheck>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GivenFile {
    pub path: String,
    pub text: String,
}

/// One thing that is checked.
#[derive(Clone, Debug)]
pub struct CodeCheck {
    pub id: String,
    /// What it stands for, to be shown.
    pub label: String,
    pub points: f64,
    /// Whether the learner is told its label only, and never what is sent and expected.
    pub hidden: bool,
    /// The whole of it, as written.
    pub spec: Value,
    /// One-based line in the exercise's file.
    pub line: u32,
}

impl CodeTask {
    pub fn max_points(&self) -> f64 {
        self.checks.iter().map(|check| check.points).sum()
    }

    /// The file as it is at first, as Markdown.
    pub fn start_text(&self) -> String {
        fenced(&self.file, &self.start)
    }

    /// The language of the file, as code blocks name it.
    pub fn language(&self) -> &str {
        language_of(&self.file)
    }
}

/// A file as a block of code in Markdown, with its name.
pub(super) fn fenced(path: &str, text: &str) -> String {
    format!("```{} {path}\n{}\n```", language_of(path), text.trim_end())
}

/// The language of a file by the ending of its name.
pub fn language_of(file: &str) -> &str {
    match file.rsplit_once('.').map(|(_, ending)| ending) {
        Some("yml" | "yaml") => "yaml",
        Some("mjs" | "cjs") => "js",
        Some(ending) => ending,
        None => "",
    }
}

/// What every check has, whoever runs it.
#[derive(Deserialize)]
struct CheckHead {
    id: String,
    label: String,
    #[serde(default = "one_point")]
    points: f64,
    #[serde(default)]
    hidden: bool,
}

fn one_point() -> f64 {
    1.0
}

/// The keys of the file that belong to code.
#[derive(Deserialize)]
struct CodeToml {
    file: Option<String>,
    start: Option<String>,
    reference: Option<String>,
    handler: Option<String>,
    #[serde(default)]
    given: Vec<GivenFile>,
    database: Option<Value>,
    #[serde(default, rename = "check")]
    checks: Vec<Spanned<Value>>,
}

/// `text` is the exercise's file, and `kind_at` where it says that it is code.
pub(super) fn task(text: &str, kind_at: usize, slips: &mut Slips<'_>) -> Option<CodeTask> {
    let read: CodeToml = match toml::from_str(text) {
        Ok(read) => read,
        Err(error) => {
            slips.at(error.span().map_or(kind_at, |span| span.start), plainly(text, &error));
            return None;
        }
    };
    let mut given = |name: &str, value: &Option<String>| {
        if value.is_none() {
            slips.at(kind_at, format!("code needs `{name}`"));
        }
        value.clone()
    };
    let (file, start, reference) =
        (given("file", &read.file), given("start", &read.start), given("reference", &read.reference));
    let (file, start, reference) = (file?, start?, reference?);
    let mut checks: Vec<CodeCheck> = Vec::new();
    for check in &read.checks {
        let start_at = check.span().start;
        let head: CheckHead = match serde_json::from_value(check.get_ref().clone()) {
            Ok(head) => head,
            Err(error) => {
                slips.at(start_at, format!("this check cannot be used: {error}"));
                continue;
            }
        };
        if checks.iter().any(|other| other.id == head.id) {
            slips.at(start_at, format!("two checks have the id `{}`", head.id));
        }
        if !head.points.is_finite() || head.points < 0.0 {
            slips.at(start_at, format!("the check `{}` cannot have {} points", head.id, head.points));
            continue;
        }
        let CheckHead { id, label, points, hidden } = head;
        let spec = check.get_ref().clone();
        checks.push(CodeCheck { id, label, points, hidden, spec, line: line_at(text, start_at) });
    }
    let task = CodeTask {
        handler: read.handler.clone().unwrap_or_else(|| {
            let stem = file.rsplit_once('.').map_or(file.as_str(), |(stem, _)| stem);
            format!("{stem}.handler")
        }),
        file,
        start,
        reference,
        given: read.given.clone(),
        database: read.database.clone(),
        checks,
    };
    if task.max_points() <= 0.0 {
        slips.at(kind_at, "no `[[check]]` gives points: say what is sent to the code and what must come of it");
        return None;
    }
    if task.given.iter().any(|given| given.path == task.file) {
        slips.at(kind_at, format!("`{}` is both the file to change and a `[[given]]` one", task.file));
    }
    Some(task)
}

#[cfg(test)]
mod tests {
    use crate::course::{Exercise, Kind};

    const HEAD: &str = "format = 1\nkind = \"code\"\ntitle = \"T\"\nprompt = \"P\"\nsolution = \"S\"\nfile = \"index.js\"\nstart = \"a\"\nreference = \"b\"\n";

    fn said(text: &str) -> Vec<String> {
        Exercise::parse_with("x", "x.toml", text, &std::sync::Arc::default())
            .1
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    #[test]
    fn checks_are_read_with_their_place_and_the_rest_is_carried() {
        let text = format!(
            "{HEAD}[[check]]\nid = \"a\"\nlabel = \"A\"\npoints = 2\n[[check.step]]\ntimes = 3\n[[check]]\nid = \"b\"\nlabel = \"B\"\nhidden = true\n"
        );
        let (exercise, problems) = Exercise::parse_with("x", "x.toml", &text, &std::sync::Arc::default());
        assert_eq!(problems, []);
        let exercise = exercise.expect("it can be used");
        let Kind::Code(task) = &exercise.kind else { panic!("it is code") };
        assert_eq!((task.handler.as_str(), task.language(), exercise.max_points()), ("index.handler", "js", 3.0));
        let places: Vec<(u32, bool)> = task.checks.iter().map(|it| (it.line, it.hidden)).collect();
        assert_eq!(places, [(9, false), (15, true)]);
        assert_eq!(task.checks[0].spec["step"][0]["times"], 3);
    }

    #[test]
    fn what_is_missing_is_said() {
        for (text, expected) in [
            (HEAD.replace("start = \"a\"\n", ""), "x.toml:2: code needs `start`"),
            (HEAD.to_owned(), "x.toml:2: no `[[check]]` gives points"),
            (format!("{HEAD}[[check]]\nid = \"a\"\n"), "x.toml:9: this check cannot be used: missing field `label`"),
            (
                format!("{HEAD}[[check]]\nid = \"a\"\nlabel = \"A\"\n[[check]]\nid = \"a\"\nlabel = \"B\"\n"),
                "x.toml:12: two checks have the id `a`",
            ),
        ] {
            let said = said(&text);
            assert!(said.iter().any(|it| it.starts_with(expected)), "{expected}: {said:?}");
        }
    }
}
