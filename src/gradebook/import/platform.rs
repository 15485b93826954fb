//! Whose file it is, told from its name as the platform made it.
//!
//! | platform | path inside the source |
//! |---|---|
//! | Moodle | `fullname_ID_assignsubmission_PLUGIN[_…]`, as a folder or in front of the file's own name |
//! | Canvas | `name_[LATE_]USER_ATTACHMENT_file` or `name_[LATE_]USER_text.html` |
//! | Canvas, anonymous | `[LATE_]anon_XXXXX_ATTACHMENT_file` |
//! | Gradescope | `submission_NUMBER/…` beside `submission_metadata.yml`, or a folder with `submission_metadata.json` |
//! | anything else | `student.ending`, `student/exercise.ending`, or what `--pattern` says |

use std::collections::BTreeMap;
use std::sync::LazyLock;

use jiff::Timestamp;
use regex::Regex;
use serde_json::Value;

use super::contents::{self, Piece};
use super::members::Member;
use super::{Finding, Report, Request, Said};
use crate::course::Course;
use crate::gradebook::text::{self, Untrusted};

/// The leftmost id: what follows the first match is a name that the student has chosen.
static MOODLE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^(?<name>.+?)_(?<id>\d+)_assignsubmission_[a-z]+(?:_(?<file>.*))?$"));
/// Canvas strips everything but letters and digits from the name in front.
static CANVAS: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^(?<name>[^_/]*)_(?:(?<late>LATE)_)?(?<id>\d+)_(?:(?:\d+)_(?<file>.+)|text\.html)$"));
static CANVAS_ANONYMOUS: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^(?:(?<late>LATE)_)?(?<id>anon_[A-Za-z0-9]{5})_(?:(?:\d+)_(?<file>.+)|text\.html)$"));

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a pattern that the tests below have read")
}

/// A student as a platform names them.
#[derive(Clone, Debug, Default, PartialEq)]
struct Author {
    student: String,
    name: String,
    email: String,
    exercise: Option<String>,
    submitted_at_ms: Option<i64>,
    late: bool,
}

enum Platform {
    Moodle,
    Canvas,
    CanvasAnonymous,
    /// By the folder's name.
    Gradescope(BTreeMap<String, Author>),
    Pattern(Regex),
    Plain,
}

/// The answers in `members`, each with its author.
pub(super) fn findings(members: Vec<Member>, course: &Course, request: &Request, report: &mut Report) -> Vec<Finding> {
    let members = below_common_folder(members);
    let platform = recognise(&members, request);
    let name = match &platform {
        Platform::Moodle => "a Moodle download",
        Platform::Canvas => "a Canvas download",
        Platform::CanvasAnonymous => "an anonymous Canvas download",
        Platform::Gradescope(_) => "a Gradescope export",
        Platform::Pattern(_) => "files named by the pattern",
        Platform::Plain => "files named by students",
    };
    name.clone_into(&mut report.recognised);
    let mut findings: Vec<Finding> = Vec::new();
    for member in members {
        if is_metadata(&member.path) {
            continue;
        }
        let Some(author) = author(&platform, &member.path, course, request) else {
            let remedy = "rename it as the others are named, or say --pattern";
            report.say(&member.path, "its name does not say whose it is", remedy);
            continue;
        };
        for mut piece in contents::pieces(&member, report) {
            piece.flags.extend_from_slice(&member.flags);
            add(&mut findings, &author, piece, &member.path);
        }
    }
    findings
}

/// Several files of one author for one exercise are one answer, in the order of their names.
fn add(findings: &mut Vec<Finding>, author: &Author, piece: Piece, path: &str) {
    let exercise = piece.exercise.or_else(|| author.exercise.clone().map(Untrusted::new));
    let student = Untrusted::new(&*author.student);
    if let Some(last) = findings.last_mut()
        && piece.at_ms.is_none()
        && last.student == student
        && last.exercise == exercise
        && let (Said::Text(before), Said::Text(more)) = (&mut last.said, &piece.said)
    {
        before.append(more);
        last.flags.extend(piece.flags);
        last.flags.push(format!("put together with {path}"));
        return;
    }
    findings.push(Finding {
        student,
        name: Untrusted::new(&*author.name),
        email: Untrusted::new(&*author.email),
        exercise,
        said: piece.said,
        submitted_at_ms: piece.at_ms.or(author.submitted_at_ms),
        late: author.late,
        source: path.to_owned(),
        flags: piece.flags,
    });
}

/// A zip often holds one folder with everything in it: its name says nothing.
fn below_common_folder(mut members: Vec<Member>) -> Vec<Member> {
    let Some((folder, _)) = members.first().and_then(|it| it.path.split_once('/')) else { return members };
    let prefix = format!("{folder}/");
    let says_more = |inner: &str| {
        inner.contains('/') || [&MOODLE, &CANVAS, &CANVAS_ANONYMOUS].iter().any(|regex| regex.is_match(inner))
    };
    // One student's folder is no wrapping: the files in it say nothing without it.
    if MOODLE.is_match(folder) || !members.iter().all(|it| it.path.strip_prefix(&prefix).is_some_and(says_more)) {
        return members;
    }
    for member in &mut members {
        member.path.drain(..prefix.len());
    }
    members
}

fn is_metadata(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    name == "submission_metadata.yml" || name == "submission_metadata.json"
}

fn recognise(members: &[Member], request: &Request) -> Platform {
    if let Some(pattern) = &request.pattern {
        return Platform::Pattern(pattern.clone());
    }
    let first = |path: &str| path.split('/').next().unwrap_or_default().to_owned();
    if members.iter().any(|it| MOODLE.is_match(&first(&it.path))) {
        return Platform::Moodle;
    }
    if let Some(authors) = gradescope(members) {
        return Platform::Gradescope(authors);
    }
    // Once for the whole zip: a student may be called `anon`, but not all of them.
    if !members.is_empty() && members.iter().all(|it| CANVAS_ANONYMOUS.is_match(&it.path)) {
        return Platform::CanvasAnonymous;
    }
    if members.iter().any(|it| CANVAS.is_match(&it.path)) {
        return Platform::Canvas;
    }
    Platform::Plain
}

fn author(platform: &Platform, path: &str, course: &Course, request: &Request) -> Option<Author> {
    let first = path.split('/').next().unwrap_or_default();
    let (regex, subject) = match platform {
        Platform::Moodle => (&*MOODLE, first),
        Platform::Canvas => (&*CANVAS, path),
        Platform::CanvasAnonymous => (&*CANVAS_ANONYMOUS, path),
        Platform::Pattern(regex) => (regex, path),
        Platform::Gradescope(authors) => {
            let author = authors.get(first)?;
            return Some(Author { exercise: exercise_in(path, course), ..author.clone() });
        }
        Platform::Plain => return Some(plain(path, course, request)),
    };
    let captures = regex.captures(subject)?;
    let group = |name: &str| captures.name(name).map(|it| it.as_str().to_owned());
    let file = group("file").unwrap_or_else(|| path.to_owned());
    Some(Author {
        student: group("student").or_else(|| group("id"))?,
        name: group("name").unwrap_or_default(),
        email: String::new(),
        exercise: group("exercise").or_else(|| exercise_in(&file, course)),
        submitted_at_ms: None,
        late: group("late").is_some(),
    })
}

/// The exercise that the file's own name is, if it is one.
fn exercise_in(path: &str, course: &Course) -> Option<String> {
    let name = path.rsplit('/').next().unwrap_or_default();
    let stem = name.split('.').next().unwrap_or_default();
    course.exercise(stem).map(|exercise| exercise.id.0.clone())
}

fn plain(path: &str, course: &Course, request: &Request) -> Author {
    let stem = |name: &str| name.rsplit_once('.').map_or(name, |(stem, _)| stem).to_owned();
    let mut author = Author { exercise: exercise_in(path, course), ..Author::default() };
    author.student = match (&request.student, path.split_once('/')) {
        (Some(student), _) => student.clone(),
        (None, Some((folder, _))) => folder.to_owned(),
        // `anne_flow.txt`: the student, then the exercise.
        (None, None) => {
            let stem = stem(path);
            match stem.split_once('_') {
                Some((student, exercise)) if course.exercise(exercise).is_some() => {
                    author.exercise = Some(exercise.to_owned());
                    student.to_owned()
                }
                _ => stem,
            }
        }
    };
    author
}

/// The authors of a Gradescope export by their folder, if it is one.
fn gradescope(members: &[Member]) -> Option<BTreeMap<String, Author>> {
    let mut authors = BTreeMap::new();
    for member in members {
        let text = || text::decode(&member.bytes).text;
        match member.path.rsplit('/').next() {
            Some("submission_metadata.yml") => authors.extend(of_yaml(&text())),
            Some("submission_metadata.json") => {
                let folder = member.path.split('/').next().unwrap_or_default().to_owned();
                authors.extend(of_json(&text()).map(|author| (folder, author)));
            }
            _ => {}
        }
    }
    (!authors.is_empty()).then_some(authors)
}

fn of_json(text: &str) -> Option<Author> {
    let value: Value = serde_json::from_str(text).ok()?;
    let user = &value["users"][0];
    let said = |key: &str| user[key].as_str().unwrap_or_default().to_owned();
    let student = if said("email").is_empty() { user["id"].to_string() } else { said("email") };
    Some(Author {
        student,
        name: said("name"),
        email: said("email"),
        submitted_at_ms: value["created_at"].as_str().and_then(moment),
        ..Author::default()
    })
}

/// The few lines of the export's YAML that say who handed in what and when; it is always written in this form.
fn of_yaml(text: &str) -> BTreeMap<String, Author> {
    let mut authors: BTreeMap<String, Author> = BTreeMap::new();
    let mut folder = String::new();
    for line in text.lines() {
        let is_top = !line.starts_with([' ', '-', ':', '#']);
        if let (true, Some((key, _))) = (is_top, line.split_once(':')) {
            key.trim_matches(['"', '\'']).clone_into(&mut folder);
            continue;
        }
        let field = line.trim_start_matches([' ', '-']).trim_start_matches(':');
        let Some((key, value)) = field.split_once(':') else { continue };
        let value = value.trim().trim_matches(['"', '\'']);
        let author = authors.entry(folder.clone()).or_default();
        // The first submitter stands for a group.
        match key {
            "name" if author.name.is_empty() => value.clone_into(&mut author.name),
            "email" if author.email.is_empty() => {
                value.clone_into(&mut author.email);
                value.clone_into(&mut author.student);
            }
            "created_at" => author.submitted_at_ms = moment(value),
            _ => {}
        }
    }
    authors.retain(|_, author| !author.student.is_empty());
    authors
}

fn moment(text: &str) -> Option<i64> {
    text.parse::<Timestamp>()
        .or_else(|_| text.replacen(' ', "T", 1).replace(' ', "").parse::<Timestamp>())
        .ok()
        .map(Timestamp::as_millisecond)
}

#[cfg(test)]
mod tests {
    use super::{CANVAS, CANVAS_ANONYMOUS, MOODLE, of_yaml};

    #[test]
    fn names_say_whose_file_it_is() {
        for (regex, path, expected) in [
            (&*MOODLE, "Anne Able_123456_assignsubmission_file_", Some(("123456", ""))),
            (&*MOODLE, "Anne Able_123456_assignsubmission_onlinetext", Some(("123456", ""))),
            (&*MOODLE, "Anne Able_123456_assignsubmission_file_a.txt", Some(("123456", "a.txt"))),
            // A crafted file name must not post as another student.
            (
                &*MOODLE,
                "Eve_1_assignsubmission_file_Bob_2_assignsubmission_file_a.txt",
                Some(("1", "Bob_2_assignsubmission_file_a.txt")),
            ),
            (&*MOODLE, "notes.txt", None),
            (&*CANVAS, "ableanne_1001_553311_answers.json", Some(("1001", "answers.json"))),
            (&*CANVAS, "buncebobby_LATE_1002_553312_answers.json", Some(("1002", "answers.json"))),
            (&*CANVAS, "côtécarol_1003_text.html", Some(("1003", ""))),
            (&*CANVAS, "eve_7_8_bob_9_10_a.txt", Some(("7", "bob_9_10_a.txt"))),
            (&*CANVAS_ANONYMOUS, "anon_q7XzP_553313_answers.json", Some(("anon_q7XzP", "answers.json"))),
            (&*CANVAS_ANONYMOUS, "LATE_anon_bK2fR_553314_answers.json", Some(("anon_bK2fR", "answers.json"))),
            (&*CANVAS_ANONYMOUS, "ableanne_1001_553311_answers.json", None),
        ] {
            let captures = regex.captures(path);
            let found = captures.as_ref().map(|it| (&it["id"], it.name("file").map_or("", |file| file.as_str())));
            assert_eq!(found, expected, "{path}");
        }
    }

    #[test]
    fn a_gradescope_export_names_its_authors() {
        let yaml = "submission_12:\n  :submitters:\n  - :name: Anne Able\n    :sid: 's1'\n    :email: anne@example.edu\n  :created_at: 2026-11-02 10:15:00.5 -07:00\n  :score: 1\nsubmission_13:\n  :submitters:\n  - :name: Nobody\n";
        let authors = of_yaml(yaml);
        assert_eq!(authors.len(), 1);
        let anne = &authors["submission_12"];
        assert_eq!((anne.student.as_str(), anne.name.as_str()), ("anne@example.edu", "Anne Able"));
        assert_eq!(anne.submitted_at_ms, Some(1_793_639_700_500));
    }
}
