//! Moodle's offline grading worksheet and its gradebook import.

use std::collections::BTreeSet;

use super::feedback::{self, Form};
use super::{Export, Mode, Sheet, Total, line, shown};
use crate::gradebook::class::GradebookError;
use crate::gradebook::table::{Table, number};
use crate::gradebook::worksheet::columns;

/// "No", as far as Moodle's languages with many users say it.
const NO: [&str; 14] =
    ["no", "nein", "non", "não", "nie", "nee", "nej", "ne", "nei", "нет", "ні", "hayır", "ei", "nem"];

/// The teacher's own `worksheet` with only grades and feedback changed.
pub(super) fn worksheet(sheet: &Sheet<'_>, worksheet: &str, scale: bool) -> Result<Export, GradebookError> {
    let table = Table::read(worksheet.trim_start_matches('\u{feff}'));
    let columns = columns(&table).ok_or_else(|| {
        let what = "this is no grading worksheet with points: download it anew from the assignment in Moodle";
        GradebookError::Wrong(what.to_owned())
    })?;
    let factor = sheet.factor(columns.max, scale)?;
    let comma = table
        .data_rows()
        .any(|row| [columns.grade, columns.grade + 1].iter().any(|column| table.value(row, *column).contains(',')));
    let mut export = Export::default();
    let mut cells = Vec::new();
    let mut met = BTreeSet::new();
    for row in table.data_rows() {
        let identifier = table.value(row, columns.identifier);
        let digits = identifier.trim_start_matches(|c: char| !c.is_ascii_digit());
        let Some(student) = sheet.row(digits).or_else(|| sheet.row(identifier)) else { continue };
        met.insert(student.id);
        let points = match sheet.total(student) {
            Total::Points(points) => points * factor,
            Total::Excused => {
                export.say(
                    identifier,
                    "excused: the worksheet cannot say so",
                    "exclude the grade in Moodle's gradebook",
                );
                continue;
            }
            Total::Open => {
                export.say(identifier, "not everything is graded yet", "`gradebook run` first");
                continue;
            }
        };
        if columns.can_change.is_some_and(|it| NO.contains(&table.value(row, it).to_lowercase().as_str())) {
            export.say(identifier, "its grade is locked; Moodle would skip it silently", "unlock it in the gradebook");
            continue;
        }
        if !(0.0..=columns.max + 1e-9).contains(&points) {
            let reason = format!("{points} is out of 0 to {}; Moodle would skip it silently", columns.max);
            export.say(identifier, reason, "set the mark to what the worksheet can hold");
            continue;
        }
        let grade = if comma { shown(points).replace('.', ",") } else { shown(points) };
        let said = feedback::of(sheet, student, Form::Html);
        let old = number(table.value(row, columns.grade));
        let is_new = old.is_none_or(|old| (old - points).abs() > 0.005);
        let is_said = columns.feedback.is_none_or(|it| table.value(row, it) == said);
        if !is_new && is_said {
            export.say(identifier, "unchanged; Moodle would skip it silently", "nothing to do");
            continue;
        }
        export.n_marks += 1;
        if is_new {
            cells.push((row, columns.grade, grade));
        }
        cells.extend(columns.feedback.filter(|_| !is_said).map(|column| (row, column, said)));
    }
    for row in sheet.rows.iter().filter(|row| !met.contains(&row.id)) {
        export.say(&row.id.0, "has a mark here and no row in the worksheet", "download the worksheet anew");
    }
    let bom = if worksheet.starts_with('\u{feff}') { "\u{feff}" } else { "" };
    export.file("worksheet.csv", format!("{bom}{}", table.rewritten(&cells)));
    Ok(export)
}

/// For "Grades > Import > CSV", mapped by address. One unknown user or one cell that is no number fails the whole
/// import, so only students with an address and a mark are in it.
pub(super) fn gradebook(sheet: &Sheet<'_>, mode: Mode) -> Export {
    let mut export = Export::default();
    let titles = sheet.exercises.iter().map(|it| sheet.title(it)).collect::<Vec<_>>().join(" + ");
    let header = ["Email address".to_owned(), format!("Assignment: {titles}"), format!("Feedback: {titles}")];
    let mut text = line(header, mode);
    for row in &sheet.rows {
        let email = if row.student.email.is_empty() && row.id.0.contains('@') { &row.id.0 } else { &row.student.email };
        match sheet.total(row) {
            Total::Points(_) if email.is_empty() => {
                export.say(&row.id.0, "has no address here", "import a table with the column `email`");
            }
            Total::Points(points) => {
                export.n_marks += 1;
                text += &line([email.clone(), shown(points), feedback::of(sheet, row, Form::Html)], mode);
            }
            Total::Excused => export.say(&row.id.0, "excused: left out", "exclude the grade in Moodle's gradebook"),
            Total::Open => export.say(&row.id.0, "not everything is graded yet", "`gradebook run` first"),
        }
    }
    export.file("moodle-gradebook.csv", text);
    export
}
