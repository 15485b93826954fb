//! Canvas's gradebook import.
//!
//! Canvas takes a column by `TITLE (ID)` and a student by `ID`; a title it does not know *creates* an assignment, and a
//! student it does not know is skipped. So both are taken from the teacher's own export and never made up.

use std::collections::BTreeSet;

use super::{Export, Mode, Sheet, Total, cell, shown};
use crate::gradebook::class::GradebookError;
use crate::gradebook::table::{Table, number};

/// The columns of people, as every Canvas export names them, whatever the language of the teacher.
const PEOPLE: [&str; 5] = ["student", "id", "sis user id", "sis login id", "section"];

/// The people of `template` with the one `column` (its id or title) filled.
pub(super) fn gradebook(
    sheet: &Sheet<'_>,
    template: &str,
    column: &str,
    scale: bool,
) -> Result<Export, GradebookError> {
    let table = Table::read(template.trim_start_matches('\u{feff}'));
    let wrong = |what: String| GradebookError::Wrong(what);
    let (Some(name), Some(id)) = (table.column(&PEOPLE[..1]), table.column(&PEOPLE[1..2])) else {
        return Err(wrong("this is no Canvas gradebook: it has no columns `Student` and `ID`; export it anew".into()));
    };
    let titles: Vec<(usize, &str)> = (0..table.n_columns())
        .map(|it| (it, table.value(0, it)))
        .filter(|(_, title)| assignment_id(title).is_some())
        .collect();
    let wanted: Vec<_> = titles
        .iter()
        .filter(|(_, title)| {
            let id = assignment_id(title).unwrap_or_default();
            *title == column || id == column || title.strip_suffix(&format!(" ({id})")) == Some(column)
        })
        .collect();
    let [(grades, title)] = wanted.as_slice() else {
        let all = titles.iter().map(|(_, title)| format!("`{title}`")).collect::<Vec<_>>().join(", ");
        return Err(wrong(format!("the Canvas gradebook has not exactly one column `{column}`; it has {all}")));
    };
    let is_points = |row: usize| table.value(row, name).to_lowercase().starts_with("points possible");
    let points_row = table.data_rows().find(|row| is_points(*row));
    let max = points_row.and_then(|row| number(table.value(row, *grades)));
    let factor = max.map_or(Ok(1.0), |max| sheet.factor(max, scale))?;

    let mut export = Export::default();
    let people: Vec<usize> = PEOPLE.iter().filter_map(|name| table.column(&[name])).collect();
    let header = people.iter().map(|it| table.value(0, *it)).chain([*title]);
    let mut text = line(header);
    if let (Some(row), Some(max)) = (points_row, max) {
        let cells = people.iter().map(|it| table.rows[row].get(*it).map_or("", |cell| cell.value.as_str()));
        text += &line(cells.chain([shown(max).as_str()]));
    }
    let mut met = BTreeSet::new();
    for row in table.data_rows().filter(|row| !table.value(*row, id).is_empty()) {
        let keys: Vec<&str> =
            people.iter().skip(1).map(|it| table.value(row, *it)).filter(|it| !it.is_empty()).collect();
        let by_address = || sheet.rows.iter().find(|it| keys.contains(&it.student.email.as_str()));
        let Some(student) = keys.iter().find_map(|key| sheet.row(key)).or_else(by_address) else { continue };
        met.insert(student.id);
        let mark = match sheet.total(student) {
            Total::Points(points) => shown(points * factor),
            Total::Excused => "EX".to_owned(),
            Total::Open => {
                export.say(&student.id.0, "not everything is graded yet", "`gradebook run` first");
                continue;
            }
        };
        export.n_marks += 1;
        text += &line(people.iter().map(|it| table.value(row, *it)).chain([mark.as_str()]));
    }
    for row in sheet.rows.iter().filter(|row| !met.contains(&row.id)) {
        export.say(&row.id.0, "has a mark here and no row in the Canvas gradebook", "look for the student's Canvas ID");
    }
    export.file("canvas.csv", text);
    Ok(export)
}

/// `48213` of `Serverless lab 1 (48213)`.
fn assignment_id(title: &str) -> Option<&str> {
    let (_, id) = title.strip_suffix(')')?.rsplit_once(" (")?;
    (!id.is_empty() && id.bytes().all(|it| it.is_ascii_digit())).then_some(id)
}

fn line<'a>(cells: impl Iterator<Item = &'a str>) -> String {
    let cells: Vec<String> = cells.map(|value| cell(value, Mode::Lms)).collect();
    format!("{}\r\n", cells.join(","))
}
