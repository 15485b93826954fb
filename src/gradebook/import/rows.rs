//! What a table says: one answer a row.

use serde::Deserialize;

use super::{Finding, Report, Request, Said};
use crate::gradebook::table::Table;
use crate::gradebook::text;

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
/// `submitted_at_ms`. A Moodle worksheet with online text is read by its English headers.
pub(super) fn of_csv(file: &str, bytes: &[u8], request: &Request, report: &mut Report) -> Vec<Finding> {
    let decoded = text::decode(bytes);
    let table = Table::read(&decoded.text);
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
    let mut findings = Vec::new();
    for row in table.data_rows() {
        let value = |column: Option<usize>| column.map(|it| table.value(row, it)).unwrap_or_default();
        let source = format!("{file}:{}", row + 1);
        let said = value(Some(answer));
        // A worksheet has a row for everybody, also for those who handed in nothing.
        if said.is_empty() && request.exercises.len() == 1 && exercise.is_none() {
            continue;
        }
        findings.push(Finding {
            student: participant(value(Some(student))),
            name: value(name).to_owned(),
            email: value(email).to_owned(),
            exercise: Some(value(exercise)).filter(|it| !it.is_empty()).map(str::to_owned),
            said: Said::Text(if looks_like_html(said) { text::from_html(said) } else { said.to_owned() }),
            submitted_at_ms: value(submitted).parse().ok(),
            late: false,
            source,
            flags: decoded.flags.clone(),
        });
    }
    findings
}

/// Moodle's `Participant 123456`, in any language, is the participant with that number.
pub(super) fn participant(identifier: &str) -> String {
    match identifier.rsplit_once([' ', '\u{a0}']) {
        Some((word, number))
            if !number.is_empty()
                && number.bytes().all(|it| it.is_ascii_digit())
                && word.chars().all(|it| !it.is_ascii_digit()) =>
        {
            number.to_owned()
        }
        _ => identifier.to_owned(),
    }
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
                student: row.student,
                name: row.name,
                email: row.email,
                exercise: row.exercise,
                said: Said::Text(row.answer),
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
