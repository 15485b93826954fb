//! The results of autograders: Gradescope's `results.json` and the result of a GitHub Classroom runner.

use serde_json::{Value, json};

use super::{Export, Row, Sheet, Total, file_name, shown};
use crate::course::Exercise;
use crate::grade::Verdict;
use crate::gradebook::run::GRADER;

/// One `results.json` for each student.
pub(super) fn gradescope(sheet: &Sheet<'_>) -> Export {
    each(sheet, |sheet, row, points| gradescope_result(points, items(sheet, row)))
}

/// One runner result for each student.
pub(super) fn github(sheet: &Sheet<'_>) -> Export {
    each(sheet, |sheet, row, points| github_result(points, sheet.max, items(sheet, row)))
}

/// What Gradescope's autograder leaves in `results.json`.
pub fn gradescope_result<'a>(points: f64, items: impl Iterator<Item = Item<'a>>) -> Value {
    let tests: Vec<Value> = items
        .map(|item| {
            json!({
                "name": item.name, "number": item.number, "score": item.points, "max_score": item.max,
                "status": if item.passed { "passed" } else { "failed" },
                "output": item.remark, "output_format": "text", "visibility": "visible",
            })
        })
        .collect();
    json!({
        "score": points, "output": format!("Graded by {GRADER}."), "output_format": "text",
        "visibility": "after_published", "stdout_visibility": "hidden", "tests": tests,
    })
}

/// What a runner of GitHub Classroom hands to the reporter.
pub fn github_result<'a>(points: f64, max: f64, items: impl Iterator<Item = Item<'a>>) -> Value {
    let tests: Vec<Value> = items
        .map(|item| {
            json!({
                "name": item.name, "status": if item.passed { "pass" } else { "fail" }, "score": item.points,
                "message": item.remark, "test_code": format!("coldstart grade {}", item.exercise),
                "filename": item.source, "line_no": 0, "duration": 0,
            })
        })
        .collect();
    let status = if points + 1e-9 >= max { "pass" } else { "fail" };
    json!({"version": 1, "status": status, "max_score": max, "tests": tests})
}

fn each(sheet: &Sheet<'_>, result: impl Fn(&Sheet<'_>, &Row<'_>, f64) -> Value) -> Export {
    let mut export = Export { is_folder: true, ..Export::default() };
    for row in &sheet.rows {
        match sheet.total(row) {
            Total::Points(points) => {
                export.n_marks += 1;
                export.file(file_name(row.id, "json"), format!("{:#}\n", result(sheet, row, points)));
            }
            Total::Excused => export.say(&row.id.0, "excused: left out", "excuse the student on the platform"),
            Total::Open => export.say(&row.id.0, "not everything is graded yet", "`gradebook run` first"),
        }
    }
    export
}

/// What platforms call a test: an item of a rubric with what it earned.
pub struct Item<'a> {
    exercise: &'a str,
    name: String,
    number: String,
    points: f64,
    max: f64,
    passed: bool,
    remark: String,
    source: &'a str,
}

/// The items of one answer that was just graded. `source` is the answer's file.
pub fn items_of<'a>(exercise: &'a Exercise, source: &'a str, verdict: &'a Verdict) -> impl Iterator<Item = Item<'a>> {
    verdict.items.iter().enumerate().map(move |(n, item)| Item {
        exercise: &exercise.id.0,
        name: item.label.clone(),
        number: (n + 1).to_string(),
        points: item.points,
        max: item.max,
        passed: item.points + 1e-9 >= item.max,
        remark: item
            .reason
            .clone()
            .or_else(|| item.hint.clone().filter(|_| item.points < item.max))
            .unwrap_or_default(),
        source,
    })
}

/// The items of all works; what a person or lateness did to the whole is an item of its own, so that the sum is right.
fn items<'a>(sheet: &'a Sheet<'_>, row: &'a Row<'_>) -> impl Iterator<Item = Item<'a>> {
    row.works.iter().enumerate().flat_map(move |(index, work)| {
        let all = work.record.grading().map(|it| it.verdict.items.as_slice()).unwrap_or_default();
        let title = sheet.title(work.exercise);
        let source = work.record.current().map_or("", |it| it.source.as_str());
        let sum: f64 = all.iter().map(|item| work.record.item_points(item)).sum();
        let rest = work.standing.points.unwrap_or(sum) - sum;
        let own = all.iter().enumerate().map(move |(n, item)| {
            let points = work.record.item_points(item);
            let person = work.record.marked(&item.id).map(|(_, mark)| mark.reason.clone());
            Item {
                exercise: &work.exercise.0,
                name: format!("{title}: {}", item.label),
                number: format!("{}.{}", index + 1, n + 1),
                points,
                max: item.max,
                passed: points + 1e-9 >= item.max,
                remark: person.or_else(|| item.reason.clone()).unwrap_or_default(),
                source,
            }
        });
        let change = (rest.abs() > 1e-6).then(|| Item {
            exercise: &work.exercise.0,
            name: format!("{title}: change of the whole"),
            number: format!("{}.{}", index + 1, all.len() + 1),
            points: rest,
            max: 0.0,
            passed: rest >= 0.0,
            remark: format!("{} points by a person, a cap or lateness", shown(rest)),
            source,
        });
        own.chain(change)
    })
}
