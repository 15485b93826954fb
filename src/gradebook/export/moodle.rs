//! Moodle's offline grading worksheet and its gradebook import.
//!
//! The worksheet's headers are in the language of the teacher, so its columns are told by their shape and their place:
//! the identifier is the first column whose cells are a word and a number, the grade stands left of the maximum, whether
//! it can be changed right of it, the feedback last.

use std::collections::BTreeSet;

use super::feedback::{self, Form};
use super::{Export, Mode, Sheet, Total, line, shown};
use crate::gradebook::class::GradebookError;
use crate::gradebook::table::{Table, number};

/// "No", as far as Moodle's languages with many users say it.
const NO: [&str; 14] =
    ["no", "nein", "non", "não", "nie", "nee", "nej", "ne", "nei", "нет", "ні", "hayır", "ei", "nem"];

struct Columns {
    identifier: usize,
    grade: usize,
    can_change: Option<usize>,
    feedback: Option<usize>,
    max: f64,
}

fn columns(table: &Table) -> Option<Columns> {
    let all = |column: usize, test: &dyn Fn(&str) -> bool| {
        !table.data_rows().is_empty() && table.data_rows().all(|row| test(table.value(row, column)))
    };
    let is_identifier = |value: &str| {
        let digits = value.bytes().rev().take_while(u8::is_ascii_digit).count();
        digits > 0 && digits < value.len() && !value[..value.len() - digits].contains(|c: char| c.is_ascii_digit())
    };
    let identifier = (0..table.n_columns()).find(|column| all(*column, &is_identifier))?;
    let may_be_grade = |value: &str| value.is_empty() || value == "-" || number(value).is_some();
    // The maximum is the same positive number in each row, right of the grades.
    let (maximum, max) = (identifier + 2..table.n_columns()).find_map(|column| {
        let first = number(table.value(1, column)).filter(|max| *max > 0.0)?;
        let same = all(column, &|value| number(value) == Some(first));
        (same && all(column - 1, &may_be_grade)).then_some((column, first))
    })?;
    let last = table.n_columns() - 1;
    // Without feedback the last column is when the grade was changed: a dash, or a date that ends in digits or a mark
    // of the time of day.
    let is_date = |value: &str| value == "-" || (value.contains(|c: char| c.is_ascii_digit()) && value.contains(':'));
    let feedback = (last > maximum + 2 && !all(last, &is_date)).then_some(last);
    let can_change = Some(maximum + 1).filter(|column| *column <= last && Some(*column) != feedback);
    Some(Columns { identifier, grade: maximum - 1, can_change, feedback, max })
}

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

#[cfg(test)]
mod tests {
    use super::columns;
    use crate::gradebook::table::Table;

    #[test]
    fn columns_are_told_by_shape_in_any_language() {
        let english = include_str!("../../../tests/data/gradebook/moodle_offline_worksheet.csv");
        let german = "ID;\"Vollst\u{e4}ndiger Name\";Status;Bewertung;H\u{f6}chstbewertung;\"Bewertung kann ge\u{e4}ndert werden\";\"Zuletzt ge\u{e4}ndert\";Feedback\nTeilnehmer/in1;A;x;;10,00;Ja;-;\nTeilnehmer/in2;B;x;7,5;10,00;Nein;-;gut\n";
        let no_feedback = "I,N,S,G,M,C,D,E\nP 1,A,x,,5.00,Yes,-,-\n";
        for (text, expected) in [
            (english, Some((0, 4, Some(6), Some(9), 10.0))),
            (german, Some((0, 3, Some(5), Some(7), 10.0))),
            (no_feedback, Some((0, 3, Some(5), None, 5.0))),
            ("student,answer\nanne,x\n", None),
            ("", None),
        ] {
            let found =
                columns(&Table::read(text)).map(|it| (it.identifier, it.grade, it.can_change, it.feedback, it.max));
            assert_eq!(found, expected, "{text}");
        }
    }
}
