//! Tables for people and programs: long, wide, JSON Lines, and xAPI statements.

use jiff::Timestamp;
use serde_json::json;

use super::{Export, Mode, Sheet, Total, line, shown};
use crate::gradebook::class::Class;
use crate::store::class::fingerprint;

/// A row for each student and exercise, with the columns that nbgrader writes.
pub(super) fn long(sheet: &Sheet<'_>, mode: Mode) -> Export {
    let mut export = Export::default();
    let header =
        ["assignment", "timestamp", "student_id", "name", "email", "score", "max_score", "excused", "needs_review"];
    let mut text = line(header.map(str::to_owned), mode);
    for row in &sheet.rows {
        for work in &row.works {
            let standing = &work.standing;
            let submitted = work.record.current().and_then(|it| it.submitted_at_ms).map(moment);
            export.n_marks += usize::from(standing.points.is_some());
            let cells = [
                work.exercise.0.clone(),
                submitted.unwrap_or_default(),
                row.id.0.clone(),
                row.student.name.clone(),
                row.student.email.clone(),
                standing.points.map(|it| it.to_string()).unwrap_or_default(),
                standing.max.to_string(),
                standing.excused.to_string(),
                standing.needs_review.to_string(),
            ];
            text += &line(cells, mode);
        }
    }
    export.file("grades.csv", text);
    export
}

/// A row for each student, a column for each exercise, and the total.
pub(super) fn wide(sheet: &Sheet<'_>, mode: Mode) -> Export {
    let mut export = Export::default();
    let exercises = sheet.exercises.iter().map(|it| it.0.clone());
    let header = ["student_id", "name", "email"].map(str::to_owned).into_iter();
    let mut text = line(header.chain(exercises).chain(["total".to_owned()]), mode);
    for row in &sheet.rows {
        let person = [&row.id.0, &row.student.name, &row.student.email].map(Clone::clone).into_iter();
        let marks = sheet.exercises.iter().map(|exercise| {
            let standing = row.works.iter().find(|it| it.exercise == exercise).map(|it| &it.standing);
            match standing {
                Some(it) if it.excused => "EX".to_owned(),
                Some(it) => it.points.map(shown).unwrap_or_default(),
                None => String::new(),
            }
        });
        let total = match sheet.total(row) {
            Total::Points(points) => {
                export.n_marks += 1;
                shown(points)
            }
            Total::Excused => "EX".to_owned(),
            Total::Open => String::new(),
        };
        text += &line(person.chain(marks).chain([total]), mode);
    }
    export.file("grades.csv", text);
    export
}

/// An object a line, with each step of the way to the mark.
pub(super) fn json_lines(sheet: &Sheet<'_>) -> Export {
    let mut export = Export::default();
    let mut text = String::new();
    for row in &sheet.rows {
        for work in &row.works {
            export.n_marks += usize::from(work.standing.points.is_some());
            let statement = json!({
                "student": row.id, "name": row.student.name, "email": row.student.email, "exercise": work.exercise,
                "points": work.standing.points, "max": work.standing.max, "excused": work.standing.excused,
                "needs_review": work.standing.needs_review, "steps": work.standing.steps,
            });
            text += &format!("{statement}\n");
        }
    }
    export.file("grades.jsonl", text);
    export
}

/// A statement "answered" a line. Accounts are pseudonyms: who reads the statements learns no name.
pub(super) fn xapi(sheet: &Sheet<'_>, home: &str) -> Export {
    let mut export = Export::default();
    let mut text = String::new();
    let home = home.trim_end_matches('/');
    for row in &sheet.rows {
        let account = Class::pseudonym(row.id);
        for work in &row.works {
            let (Some(points), Some((at_ms, _))) = (work.standing.points, work.record.submissions.last()) else {
                export.say(&account, format!("{} has no mark: left out", work.exercise), "`gradebook run` first");
                continue;
            };
            export.n_marks += 1;
            let max = work.standing.max;
            let at_ms = work.record.current().and_then(|it| it.submitted_at_ms).unwrap_or(*at_ms);
            let digest = work.record.current().map_or("", |it| it.digest.as_str());
            // The same mark is the same statement, so that sending it twice stores it once.
            let print = fingerprint(&[
                account.as_bytes(),
                work.exercise.0.as_bytes(),
                digest.as_bytes(),
                points.to_string().as_bytes(),
            ]);
            let statement = json!({
                "id": uuid(&print), "timestamp": moment(at_ms),
                "actor": {"objectType": "Agent", "account": {"homePage": home, "name": account}},
                "verb": {"id": "http://adlnet.gov/expapi/verbs/answered", "display": {"en-US": "answered"}},
                "object": {
                    "objectType": "Activity", "id": format!("{home}/exercises/{}", work.exercise),
                    "definition": {"type": "http://adlnet.gov/expapi/activities/question",
                                   "name": {"en-US": sheet.title(work.exercise)}},
                },
                // The statement's rules want a raw score between the bounds it names.
                "result": {"completion": true, "score": {
                    "scaled": if max > 0.0 { (points / max).clamp(0.0, 1.0) } else { 0.0 },
                    "raw": points, "min": 0.0_f64.min(points), "max": max.max(points),
                }},
            });
            text += &format!("{statement}\n");
        }
    }
    export.file("statements.jsonl", text);
    export
}

fn moment(at_ms: i64) -> String {
    Timestamp::from_millisecond(at_ms).map(|it| it.to_string()).unwrap_or_default()
}

/// A UUID of version 8 (RFC 9562) from the beginning of a fingerprint.
fn uuid(print: &str) -> String {
    format!("{}-{}-8{}-a{}-{}", &print[..8], &print[8..12], &print[13..16], &print[17..20], &print[20..32])
}
