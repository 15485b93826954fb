//! Grades out: files that a platform takes, a person reads, or a program counts.
//!
//! In: a class and the exercises that make up one mark. Out: files as text with their names, and a [`Line`] for each
//! student a file leaves out. Absent: writing them, which is left to whoever asks, so that a dry run is the same thing.

mod canvas;
mod feedback;
mod moodle;
mod report;
pub mod results;
mod rows;

use std::collections::BTreeMap;

pub use feedback::Form;

use super::class::{Class, GradebookError, Student, append};
use super::event::{Event, StudentId};
use super::import::Line;
use super::record::{Record, Standing, rounded};
use crate::course::{Course, ExerciseId};
use crate::store::class::{ClassFile, fingerprint};

/// Who reads a table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// A platform: every cell exactly as it is.
    #[default]
    Lms,
    /// A spreadsheet: a cell that would start a formula is made text.
    Spreadsheet,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// The teacher's own offline worksheet.
    MoodleWorksheet {
        worksheet: String,
        scale: bool,
    },
    MoodleGradebook,
    /// The teacher's own gradebook export, and the id or title of the column to fill.
    Canvas {
        template: String,
        column: String,
        scale: bool,
    },
    Gradescope,
    GithubClassroom,
    Long,
    Wide,
    JsonLines,
    /// The home page that the pseudonymous accounts belong to.
    Xapi {
        home: String,
    },
    Feedback(Form),
    /// How the class did, for people: HTML with plots.
    Report,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    pub name: String,
    pub text: String,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Export {
    /// One file, or one for each student when `is_folder`.
    pub files: Vec<File>,
    pub is_folder: bool,
    pub n_marks: usize,
    pub lines: Vec<Line>,
}

impl Export {
    fn say(&mut self, whom: &str, reason: impl Into<String>, remedy: impl Into<String>) {
        self.lines.push(Line { file: whom.to_owned(), reason: reason.into(), remedy: remedy.into() });
    }

    fn file(&mut self, name: impl Into<String>, text: String) {
        self.files.push(File { name: name.into(), text });
    }
}

/// Writes the marks of `exercises` as `kind` wants them. No exercises means all that were answered.
pub fn export(
    class: &Class,
    course: &Course,
    exercises: &[ExerciseId],
    kind: &Kind,
    mode: Mode,
) -> Result<Export, GradebookError> {
    let chosen: Vec<ExerciseId> =
        if exercises.is_empty() { class.exercises().into_iter().cloned().collect() } else { exercises.to_vec() };
    for exercise in &chosen {
        class.expect_answered(exercise)?;
    }
    let sheet = Sheet::of(class, course, chosen);
    match kind {
        Kind::MoodleWorksheet { worksheet, scale } => {
            let mut export = moodle::worksheet(&sheet, worksheet, *scale)?;
            if class.worksheets.contains(&print_of(worksheet)) {
                let remedy = "download the worksheet anew, if the last one was uploaded";
                let reason =
                    "this worksheet was filled in before: Moodle skips silently what is older there than its own";
                export.say("worksheet", reason, remedy);
            }
            Ok(export)
        }
        Kind::MoodleGradebook => Ok(moodle::gradebook(&sheet, mode)),
        Kind::Canvas { template, column, scale } => canvas::gradebook(&sheet, template, column, *scale),
        Kind::Gradescope => Ok(results::gradescope(&sheet)),
        Kind::GithubClassroom => Ok(results::github(&sheet)),
        Kind::Long => Ok(rows::long(&sheet, mode)),
        Kind::Wide => Ok(rows::wide(&sheet, mode)),
        Kind::JsonLines => Ok(rows::json_lines(&sheet)),
        Kind::Xapi { home } => Ok(rows::xapi(&sheet, home)),
        Kind::Feedback(form) => Ok(feedback::files(&sheet, *form)),
        Kind::Report => Ok(report::report(class, &sheet)),
    }
}

/// Keeps that an export was written, where that says something about the next one.
pub fn keep(file: &mut ClassFile, kind: &Kind, at_ms: i64) -> Result<(), GradebookError> {
    if let Kind::MoodleWorksheet { worksheet, .. } = kind {
        append(file, at_ms, &[Event::WorksheetFilled { worksheet: print_of(worksheet) }], None)?;
    }
    Ok(())
}

fn print_of(worksheet: &str) -> String {
    fingerprint(&[worksheet.as_bytes()])
}

/// A student's work on the chosen exercises.
struct Row<'a> {
    id: &'a StudentId,
    student: &'a Student,
    works: Vec<Work<'a>>,
}

struct Work<'a> {
    exercise: &'a ExerciseId,
    record: &'a Record,
    standing: Standing,
}

/// A student's mark over all chosen exercises.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Total {
    /// Points out of the full sum; a part that is excused is filled in at the rate of the others.
    Points(f64),
    Excused,
    /// Something is not graded yet.
    Open,
}

struct Sheet<'a> {
    course: &'a Course,
    exercises: Vec<ExerciseId>,
    /// Ordered by id.
    rows: Vec<Row<'a>>,
    /// What each exercise is worth.
    worth: BTreeMap<&'a ExerciseId, f64>,
    max: f64,
}

impl<'a> Sheet<'a> {
    fn of(class: &'a Class, course: &'a Course, exercises: Vec<ExerciseId>) -> Self {
        let mut worth: BTreeMap<&ExerciseId, f64> = BTreeMap::new();
        let mut works: BTreeMap<&StudentId, Vec<Work<'a>>> = BTreeMap::new();
        for (exercise, student, record, standing) in class.standings().filter(|it| exercises.contains(it.0)) {
            let largest = worth.entry(exercise).or_default();
            *largest = largest.max(standing.max);
            // More time alone is no work.
            if record.current().is_some() || standing.excused {
                works.entry(student).or_default().push(Work { exercise, record, standing });
            }
        }
        let rows = works.into_iter().map(|(id, works)| Row { id, student: &class.students[id], works }).collect();
        let max = rounded(worth.values().sum());
        Self { course, exercises, rows, worth, max }
    }

    fn row(&self, id: &str) -> Option<&Row<'a>> {
        let at = self.rows.binary_search_by(|row| row.id.0.as_str().cmp(id)).ok()?;
        self.rows.get(at)
    }

    fn total(&self, row: &Row<'_>) -> Total {
        let (excused, counted): (Vec<&Work<'_>>, Vec<_>) = row.works.iter().partition(|work| work.standing.excused);
        if counted.is_empty() {
            return Total::Excused;
        }
        let Some(points) = counted.iter().map(|it| it.standing.points).sum::<Option<f64>>() else {
            return Total::Open;
        };
        let rest = self.max - excused.iter().map(|it| self.worth[it.exercise]).sum::<f64>();
        Total::Points(rounded(if rest > 0.0 { points * self.max / rest } else { points }))
    }

    fn title<'b>(&'b self, exercise: &'b ExerciseId) -> &'b str {
        self.course.exercise(&exercise.0).map_or(exercise.0.as_str(), |it| it.title.as_str())
    }

    /// How many of the platform's points one of ours is. Refused when they differ and nobody asked for that.
    fn factor(&self, platform_max: f64, scale: bool) -> Result<f64, GradebookError> {
        if (platform_max - self.max).abs() < 1e-6 || self.max == 0.0 {
            return Ok(1.0);
        }
        if scale {
            return Ok(platform_max / self.max);
        }
        Err(GradebookError::Wrong(format!(
            "the platform counts to {platform_max} and these exercises to {}: say --scale to convert, or choose others",
            self.max
        )))
    }
}

/// Two decimals at most, as platforms show them, without the zeros that say nothing.
fn shown(points: f64) -> String {
    let text = format!("{points:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A cell of a comma-separated table.
fn cell(value: &str, mode: Mode) -> String {
    let is_number = value.parse::<f64>().is_ok();
    let starts_formula = value.starts_with(['=', '+', '-', '@', '\t', '\r']);
    if mode == Mode::Spreadsheet && starts_formula && !is_number {
        return super::table::quoted(&format!("'{value}"), ',');
    }
    super::table::quoted(value, ',')
}

fn line(cells: impl IntoIterator<Item = String>, mode: Mode) -> String {
    let cells: Vec<String> = cells.into_iter().map(|value| cell(&value, mode)).collect();
    format!("{}\r\n", cells.join(","))
}

/// A file name that is the student's id where that is harmless, and never two students' at once.
fn file_name(student: &StudentId, ending: &str) -> String {
    let harmless = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '@' | '.');
    let kept: String = student.0.chars().filter(|c| harmless(*c)).take(80).collect();
    let kept = kept.trim_start_matches('.');
    // Some file systems take `Anne` and `anne` for one name.
    if !kept.is_empty() && kept == student.0 && !kept.chars().any(|c| c.is_ascii_uppercase()) {
        format!("{kept}.{ending}")
    } else {
        format!("{kept}-{}.{ending}", &fingerprint(&[student.0.as_bytes()])[..8])
    }
}

#[cfg(test)]
mod tests {
    use super::{Mode, StudentId, cell, file_name, shown};

    #[test]
    fn a_spreadsheet_gets_no_formula_and_a_platform_gets_what_is_there() {
        for (value, lms, spreadsheet) in [
            ("=1+1", "=1+1", "'=1+1"),
            ("@SUM(A1), x", "\"@SUM(A1), x\"", "\"'@SUM(A1), x\""),
            ("-3.5", "-3.5", "-3.5"),
            ("-x", "-x", "'-x"),
            ("a \"b\"", "\"a \"\"b\"\"\"", "\"a \"\"b\"\"\""),
        ] {
            assert_eq!(cell(value, Mode::Lms), lms);
            assert_eq!(cell(value, Mode::Spreadsheet), spreadsheet);
        }
    }

    #[test]
    fn file_names_are_harmless_and_differ() {
        let name = |id: &str| file_name(&StudentId(id.into()), "md");
        assert_eq!(name("anne@example.edu"), "anne@example.edu.md");
        for id in ["../../etc/passwd", "..", "Anne", "con/../x", ""] {
            let name = name(id);
            assert!(!name.contains('/') && !name.starts_with('.') && name.ends_with(".md"), "{name}");
        }
        assert_ne!(name("Anne"), name("anne"));
        assert_eq!([shown(8.5), shown(10.0), shown(1.0 / 3.0), shown(0.0)], ["8.5", "10", "0.33", "0"]);
    }
}
