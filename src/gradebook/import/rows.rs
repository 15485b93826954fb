//! What a table says: one answer a row.

use serde::Deserialize;

use super::{Finding, Report, Request, Said};
use crate::gradebook::event::Flag;
use crate::gradebook::table::Table;
use crate::gradebook::text::{self, Untrusted};
use crate::gradebook::worksheet;

/// A row of JSON Lines; unknown keys are passed over.
#[derive(Deserialize)]
struct Row {
    student: String,
    exercise: Option<String>,
    answer: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    email: String,
    submitted_at_ms: Option<i64>,
}

const COLUMNS: &str = "name the columns `student`, `exercise` and `answer`";

/// A CSV with the columns `student`, `answer` and, unless an exercise is named, `exercise`; also `name`, `email` and
/// `submitted_at_ms`; or a Moodle worksheet with online text, in any language.
pub(super) fn of_csv(file: &str, bytes: &[u8], request: &Request, report: &mut Report) -> Vec<Finding> {
    let decoded = text::decode(bytes);
    let table = Table::read(&decoded.text);
    if let Some(columns) = worksheet::columns(&table) {
        "a Moodle worksheet".clone_into(&mut report.recognised);
        return of_worksheet(file, &table, &columns, &decoded.flags, report);
    }
    let student = table.column(&["student", "student_id", "identifier", "uid", "id"]);
    let answer = table.column(&["answer", "submitted_answer", "online text", "submission", "text"]);
    let (Some(student), Some(answer)) = (student, answer) else {
        report.say(file, "it has no columns for students and answers", COLUMNS);
        return Vec::new();
    };
    let exercise = table.column(&["exercise", "qid", "question"]);
    let name = table.column(&["name", "full name"]);
    let email = table.column(&["email", "email address"]);
    let submitted = table.column(&["submitted_at_ms"]);
    // A worksheet that is marked in words and not in points.
    let is_participant = table.value(0, student).eq_ignore_ascii_case("identifier");
    let mut findings = Vec::new();
    for row in table.data_rows() {
        let value = |column: Option<usize>| column.map(|it| table.value(row, it)).unwrap_or_default();
        let source = format!("{file}:{}", row + 1);
        let (who, said) = (value(Some(student)), value(Some(answer)));
        // A worksheet has a row for everybody, also for those who handed in nothing.
        if said.is_empty() && request.exercises.len() == 1 && exercise.is_none() {
            continue;
        }
        findings.push(Finding {
            student: Untrusted::new(if is_participant { participant(who) } else { who }),
            name: Untrusted::new(value(name)),
            email: Untrusted::new(value(email)),
            exercise: Some(value(exercise)).filter(|it| !it.is_empty()).map(Untrusted::new),
            said: Said::Text(Untrusted::new(if looks_like_html(said) {
                text::from_html(said)
            } else {
                said.to_owned()
            })),
            submitted_at_ms: value(submitted).parse().ok(),
            late: false,
            source,
            flags: decoded.flags.clone(),
        });
    }
    findings
}

/// What was handed in as online text.
fn of_worksheet(
    file: &str,
    table: &Table,
    columns: &worksheet::Columns,
    flags: &[Flag],
    report: &mut Report,
) -> Vec<Finding> {
    let Some(online_text) = columns.online_text else {
        let remedy = "switch on \"Online text\" in the assignment, or download all submissions";
        report.say(file, "this worksheet holds no answers: it has no column of online text", remedy);
        return Vec::new();
    };
    let handed_in = table.data_rows().filter(|row| !table.value(*row, online_text).is_empty());
    handed_in
        .map(|row| Finding {
            student: Untrusted::new(participant(table.value(row, columns.identifier))),
            name: Untrusted::new(table.value(row, columns.name)),
            email: Untrusted::new(columns.email.map(|it| table.value(row, it)).unwrap_or_default()),
            exercise: None,
            said: Said::Text(Untrusted::new(text::from_html(table.value(row, online_text)))),
            submitted_at_ms: None,
            late: false,
            source: format!("{file}:{}", row + 1),
            flags: flags.to_vec(),
        })
        .collect()
}

/// Moodle's `Participant 123456`, in any language (`Teilnehmer/in123456`), is the participant with that number.
fn participant(identifier: &str) -> &str {
    identifier.trim_start_matches(|c: char| !c.is_ascii_digit())
}

fn looks_like_html(text: &str) -> bool {
    text.starts_with('<') && text.ends_with('>')
}

/// One object a line.
pub(super) fn of_json_lines(file: &str, bytes: &[u8], report: &mut Report) -> Vec<Finding> {
    let decoded = text::decode(bytes);
    let mut findings = Vec::new();
    for (index, line) in decoded.text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let source = format!("{file}:{}", index + 1);
        match serde_json::from_str::<Row>(line) {
            Ok(row) => findings.push(Finding {
                student: Untrusted::new(row.student),
                name: Untrusted::new(row.name),
                email: Untrusted::new(row.email),
                exercise: row.exercise.map(Untrusted::new),
                said: Said::Text(Untrusted::new(row.answer)),
                submitted_at_ms: row.submitted_at_ms,
                late: false,
                source,
                flags: Vec::new(),
            }),
            Err(error) => report.say(&source, format!("the line cannot be read: {error}"), COLUMNS),
        }
    }
    findings
}
