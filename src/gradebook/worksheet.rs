//! Moodle's offline grading worksheet, whose headers are in the language of the teacher: its columns are told by their
//! shape and their place.
//!
//! The identifier is the first column whose cells are a word and a number, the grade stands left of the maximum, whether
//! it can be changed right of it, the feedback last. What was handed in as online text stands between the two dates: when
//! it was handed in, and when it was graded.

use super::table::{Table, number};

pub(super) struct Columns {
    pub(super) identifier: usize,
    pub(super) name: usize,
    pub(super) email: Option<usize>,
    pub(super) grade: usize,
    pub(super) can_change: Option<usize>,
    pub(super) online_text: Option<usize>,
    pub(super) feedback: Option<usize>,
    pub(super) max: f64,
}

/// The columns of `table`, if it is a worksheet.
pub(super) fn columns(table: &Table) -> Option<Columns> {
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
    // A dash, or a date with the time of day.
    let is_date = |value: &str| {
        value == "-" || (value.len() < 80 && value.contains(|c: char| c.is_ascii_digit()) && value.contains(':'))
    };
    // Without feedback the last column is when the grade was changed.
    let feedback = (last > maximum + 2 && !all(last, &is_date)).then_some(last);
    let can_change = Some(maximum + 1).filter(|column| *column <= last && Some(*column) != feedback);
    let dates: Vec<usize> = (maximum + 2..=last).filter(|column| all(*column, &is_date)).collect();
    let online_text = match dates.as_slice() {
        [handed_in, .., graded] if graded - handed_in > 1 => Some(handed_in + 1),
        _ => None,
    };
    let is_address = |value: &str| value.is_empty() || (value.contains('@') && !value.contains(' '));
    let email = (identifier + 1..maximum - 1)
        .find(|column| all(*column, &is_address) && table.data_rows().any(|row| !table.value(row, *column).is_empty()));
    let name = identifier + 1;
    Some(Columns { identifier, name, email, grade: maximum - 1, can_change, online_text, feedback, max })
}

#[cfg(test)]
mod tests {
    use super::columns;
    use crate::gradebook::table::Table;

    #[test]
    fn columns_are_told_by_shape_in_any_language() {
        let english = include_str!("../../tests/data/gradebook/moodle_offline_worksheet.csv");
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

    #[test]
    fn online_text_stands_between_the_dates() {
        let french = "Identifiant,\"Nom complet\",\"Adresse de courriel\",Statut,Note,\"Note maximale\",\"La note peut être modifiée\",\"Dernière modification (travail remis)\",\"Texte en ligne\",\"Dernière modification (note)\",\"Feedback par commentaires\"\n\"Participant 7\",Anne,a@example.edu,Remis,,10.00,Oui,\"lundi 2 novembre 2026, 10:15\",\"<p>chaud</p>\",-,\n\"Participant 8\",Bob,b@example.edu,Rien,,10.00,Oui,-,,-,\n";
        let found = columns(&Table::read(french)).map(|it| (it.name, it.email, it.online_text, it.feedback));
        assert_eq!(found, Some((1, Some(2), Some(8), Some(10))));
    }
}
