//! Submissions in: what a platform, a folder or a table holds becomes entries of the class.
//!
//! `members` reads files safely, from a folder or a zip. `platform` tells from their names whose they are. `contents`
//! reads what one file says, `rows` what a table says. Here the findings are admitted: nothing twice, nothing lost,
//! and a line in the [`Report`] for each problem while the rest goes on.

mod contents;
mod members;
mod platform;
mod rows;

use std::collections::BTreeMap;
use std::path::Path;

use regex::Regex;
use serde::Serialize;

use super::class::{Class, GradebookError, append};
use super::event::{Event, Flag, StudentId, Submission};
use super::text::{Cleaned, Untrusted};
use crate::course::{Answer, Course, Exercise, ExerciseId, nearest_hint};
use crate::store::class::{ClassFile, fingerprint};

/// What the person who imports has said.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// What a file without an exercise in its name or text answers.
    pub exercises: Vec<ExerciseId>,
    /// Named groups `student` and `exercise`, matched against the path inside the source.
    pub pattern: Option<Regex>,
    /// Whose answers these are, when nothing in the source says so.
    pub student: Option<String>,
}

/// Something that was not as it should be, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Line {
    pub file: String,
    pub reason: String,
    pub remedy: String,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Report {
    /// What the source was taken for.
    pub recognised: String,
    pub n_new: usize,
    /// Of the new ones, those that came after an earlier submission.
    pub n_superseding: usize,
    /// Known already.
    pub n_unchanged: usize,
    /// New ones that carry a flag, such as a cut or control characters.
    pub n_flagged: usize,
    pub lines: Vec<Line>,
}

impl Report {
    fn say(&mut self, file: &str, reason: impl Into<String>, remedy: impl Into<String>) {
        self.lines.push(Line { file: file.to_owned(), reason: reason.into(), remedy: remedy.into() });
    }
}

/// What was answered, as it stood in the source.
#[derive(Clone, Debug, PartialEq)]
enum Said {
    /// To be read as the exercise wants it.
    Text(Untrusted),
    /// Read before, by this program.
    Answer(Answer),
}

/// An answer and whose it is.
#[derive(Clone, Debug, PartialEq)]
struct Finding {
    student: Untrusted,
    name: Untrusted,
    email: Untrusted,
    /// Nothing when neither name nor text says which.
    exercise: Option<Untrusted>,
    said: Said,
    submitted_at_ms: Option<i64>,
    late: bool,
    /// The place it was found in, safe to show.
    source: String,
    flags: Vec<Flag>,
}

/// Imports `source`, a folder or a file. All that can be used is written in one batch; what cannot is reported.
pub fn import(
    file: &mut ClassFile,
    course: &Course,
    request: &Request,
    source: &Path,
    at_ms: i64,
) -> Result<Report, GradebookError> {
    let mut report = Report::default();
    let findings = find(source, course, request, &mut report)?;
    let class = Class::read(file)?;
    let events = admit(&class, course, request, findings, &mut report);
    if !events.is_empty() {
        append(file, at_ms, &events, None)?;
    }
    report.lines.sort();
    Ok(report)
}

fn find(
    source: &Path,
    course: &Course,
    request: &Request,
    report: &mut Report,
) -> Result<Vec<Finding>, GradebookError> {
    let unreadable = |error: std::io::Error| {
        GradebookError::Wrong(format!("cannot read {}: {error}; name a folder, a zip or a table", source.display()))
    };
    let kind = std::fs::metadata(source).map_err(unreadable)?;
    if kind.is_dir() {
        let members = members::of_folder(source, report).map_err(unreadable)?;
        return Ok(platform::findings(members, course, request, report));
    }
    if !kind.is_file() {
        return Err(unreadable(std::io::Error::other("it is no regular file")));
    }
    let bytes = std::fs::read(source).map_err(unreadable)?;
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        let members = members::of_zip(&bytes, report).map_err(unreadable)?;
        return Ok(platform::findings(members, course, request, report));
    }
    let Cleaned { text: name, flags } = Untrusted::new(source.file_name().unwrap_or_default().to_string_lossy()).name();
    let extension = name.rsplit_once('.').map(|(_, it)| it.to_lowercase()).unwrap_or_default();
    match extension.as_str() {
        "csv" | "tsv" => {
            "a table".clone_into(&mut report.recognised);
            Ok(rows::of_csv(&name, &bytes, request, report))
        }
        "jsonl" | "ndjson" => {
            "JSON Lines".clone_into(&mut report.recognised);
            Ok(rows::of_json_lines(&name, &bytes, report))
        }
        _ => {
            let member = members::Member { path: name, flags, bytes };
            Ok(platform::findings(vec![member], course, request, report))
        }
    }
}

/// What makes two submissions of one student the same: what was said, and when.
type Copy = (String, Option<i64>);

/// Turns findings into what is to be written.
fn admit(class: &Class, course: &Course, request: &Request, findings: Vec<Finding>, report: &mut Report) -> Vec<Event> {
    let mut events = Vec::new();
    let mut students = class.students.clone();
    // What this import holds already, so that it does not hold it twice.
    let mut fresh: BTreeMap<(ExerciseId, StudentId), Vec<Copy>> = BTreeMap::new();
    for finding in findings {
        let Some(exercise) = exercise_of(&finding, course, request, report) else { continue };
        let student = StudentId(finding.student.name().text);
        if student.0.is_empty() {
            report.say(&finding.source, "nothing says whose it is", "say --student, or --pattern with (?<student>…)");
            continue;
        }
        let (answer, flags) = read(&finding, exercise);
        let said = serde_json::to_vec(&answer).expect("an answer holds strings and numbers");
        let digest = fingerprint(&[exercise.id.0.as_bytes(), &said])[..16].to_owned();
        let key = (exercise.id.clone(), student.clone());
        let known = class.records.get(&key);
        let held = fresh.entry(key).or_default();
        let copy = (digest.clone(), finding.submitted_at_ms);
        if held.contains(&copy) || known.is_some_and(|record| record.holds(&digest, finding.submitted_at_ms)) {
            report.n_unchanged += 1;
            continue;
        }
        report.n_superseding += usize::from(known.is_some() || !held.is_empty());
        held.push(copy);
        let (name, email) = (finding.name.name().text, finding.email.name().text);
        let before = students.get(&student);
        let (same_name, same_email) = before
            .map_or((false, false), |it| (name.is_empty() || it.name == name, email.is_empty() || it.email == email));
        if !(same_name && same_email) {
            let entry = students.entry(student.clone()).or_default();
            entry.name.clone_from(&name);
            entry.email.clone_from(&email);
            events.push(Event::Enrolled { student: student.clone(), name, email });
        }
        report.n_new += 1;
        report.n_flagged += usize::from(!flags.is_empty());
        for flag in &flags {
            report.say(&finding.source, format!("{}: {flag}", exercise.id), "it is kept; look at it when you review");
        }
        let submission = Submission {
            digest,
            answer,
            submitted_at_ms: finding.submitted_at_ms,
            late: finding.late,
            source: finding.source,
            flags,
        };
        events.push(Event::Submitted { student, exercise: exercise.id.clone(), submission });
    }
    events
}

fn exercise_of<'a>(
    finding: &Finding,
    course: &'a Course,
    request: &Request,
    report: &mut Report,
) -> Option<&'a Exercise> {
    let wanted = match (&finding.exercise, request.exercises.as_slice()) {
        (Some(wanted), _) => wanted.name().text,
        (None, [only]) => only.0.clone(),
        (None, _) => {
            report.say(
                &finding.source,
                "nothing says which exercise it answers",
                "name one EXERCISE before the source, or --pattern with (?<exercise>…)",
            );
            return None;
        }
    };
    let found = course.exercise(&wanted);
    if found.is_none() {
        let near = nearest_hint(&wanted, course.exercises.keys().map(|id| id.0.as_str()));
        report.say(&finding.source, format!("no exercise `{wanted}`{near}"), "name it as the course does");
    }
    found
}

/// The answer in the terms of its exercise. One that cannot be read so is kept as text, and a person will see it.
fn read(finding: &Finding, exercise: &Exercise) -> (Answer, Vec<Flag>) {
    let mut flags = finding.flags.clone();
    flags.extend([&finding.student, &finding.name, &finding.email].into_iter().flat_map(|it| it.name().flags));
    flags.extend(finding.late.then(|| "the platform marked it as late".to_owned()));
    let said = match &finding.said {
        Said::Text(said) => said.answer(),
        Said::Answer(Answer::Text(said)) => Untrusted::new(said).answer(),
        Said::Answer(answer) => return (tamed(answer), flags),
    };
    flags.extend(said.flags);
    let answer = exercise.read_answer(&said.text).unwrap_or_else(|why| {
        flags.push(format!("cannot be read as an answer: {why}"));
        Answer::Text(said.text)
    });
    (answer, flags)
}

/// An answer that this program wrote, but a stranger handed in.
fn tamed(answer: &Answer) -> Answer {
    let safe = |said: &String| Untrusted::new(said).answer().text;
    match answer {
        Answer::Number(said) => Answer::Number(safe(said)),
        Answer::Filled(gaps) => Answer::Filled(gaps.iter().map(safe).collect()),
        answer => answer.clone(),
    }
}
