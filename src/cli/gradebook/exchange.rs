//! Files in and files out.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use regex::RegexBuilder;
use serde::Serialize;

use super::super::output::{Output, progress, remark};
use super::super::{CliError, Format, Outcome};
use super::{known_exercise, now_ms, opened, whole, wrong};
use crate::content::{MAX_FILE_BYTES, visible};
use crate::course::Course;
use crate::gradebook::export::{self, Form, Kind, Mode};
use crate::gradebook::import::{self, Line};
use crate::store::class::ClassFile;

/// Problems that are printed in full; more are counted.
const SHOWN_LINES: usize = 50;
/// A pattern that grows beyond this was not written by a person.
const MAX_PATTERN_BYTES: usize = 1 << 20;

#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  coldstart gradebook import connection-outside-handler submissions.zip\n  coldstart gradebook import answers.csv\n  coldstart gradebook import --pattern '(?<student>[^/]+)/(?<exercise>.+)\\.md' folder\n\nEnds with 1 when something was left out or needs a look."
)]
pub(super) struct Import {
    /// Exercises that the files answer, then the folder, zip or table; the source may say the exercises itself
    #[arg(required = true, value_name = "EXERCISE… SOURCE")]
    what: Vec<String>,
    /// A regular expression over the path in the source, with the groups `student` and `exercise`
    #[arg(long, value_name = "REGEX")]
    pattern: Option<String>,
    /// Whose answers these are, where nothing in the source says so
    #[arg(long, value_name = "STUDENT")]
    student: Option<String>,
    /// The source is a whole class as `export --all` wrote it; there must be none here yet
    #[arg(long, conflicts_with_all = ["pattern", "student", "format"])]
    all: bool,
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  coldstart gradebook export wide --out marks.csv\n  coldstart gradebook export moodle-worksheet idle-connections --worksheet Grades.csv --out new.csv\n  coldstart gradebook export canvas --template gradebook.csv --column 48213 --out canvas.csv\n  coldstart gradebook export feedback-html --out feedback --dry-run\n  coldstart gradebook export report --out report.html\n  coldstart gradebook export --all --out class.jsonl"
)]
pub(super) struct Export {
    #[arg(value_enum, required_unless_present = "all")]
    kind: Option<KindName>,
    /// The exercises that make up the mark; all when none is named
    #[arg(value_name = "EXERCISE")]
    exercises: Vec<String>,
    /// The new file, or the new folder where there is a file for each student
    #[arg(long, value_name = "PATH", required_unless_present = "dry_run")]
    out: Option<PathBuf>,
    /// Moodle: the grading worksheet as it was downloaded
    #[arg(long, value_name = "FILE", required_if_eq("kind", "moodle-worksheet"))]
    worksheet: Option<PathBuf>,
    /// Canvas: the gradebook as it was exported
    #[arg(long, value_name = "FILE", required_if_eq("kind", "canvas"))]
    template: Option<PathBuf>,
    /// Canvas: the id or title of the assignment's column
    #[arg(long, value_name = "ID", required_if_eq("kind", "canvas"))]
    column: Option<String>,
    /// Convert the points to the platform's maximum
    #[arg(long)]
    scale: bool,
    /// xAPI: the home page of the pseudonymous accounts
    #[arg(long, value_name = "URL", required_if_eq("kind", "xapi"))]
    home: Option<String>,
    /// Who reads the table: a platform, or a spreadsheet that must not take a cell for a formula
    #[arg(long, value_enum, default_value_t = ModeName::Lms)]
    mode: ModeName,
    /// The whole class with all that proves it, as JSON Lines: `import --all` takes it in elsewhere
    #[arg(long, conflicts_with_all = ["kind", "dry_run"])]
    all: bool,
    /// Say what would be written, and write nothing
    #[arg(long)]
    dry_run: bool,
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum KindName {
    MoodleWorksheet,
    MoodleGradebook,
    Canvas,
    Gradescope,
    GithubClassroom,
    Long,
    Wide,
    Jsonl,
    Xapi,
    FeedbackMd,
    FeedbackHtml,
    FeedbackTxt,
    /// How the class did, as one page of HTML with plots
    Report,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum ModeName {
    Lms,
    Spreadsheet,
}

/// What `export --format json` prints.
#[derive(Serialize)]
struct Exported<'a> {
    n_marks: usize,
    files: Vec<&'a str>,
    lines: &'a [Line],
}

pub(super) fn import(it: &Import, path: &Path, course: &Course, output: &mut Output) -> Result<Outcome, CliError> {
    let (source, exercises) = it.what.split_last().expect("clap asks for one at least");
    if it.all {
        return whole::import(Path::new(source), path, output);
    }
    let exercises = exercises.iter().map(|name| known_exercise(course, name)).collect::<Result<Vec<_>, _>>()?;
    let pattern = it.pattern.as_deref().map(|text| {
        RegexBuilder::new(text)
            .size_limit(MAX_PATTERN_BYTES)
            .build()
            .map_err(|error| CliError::Input(format!("--pattern is no regular expression: {error}")))
    });
    let pattern = pattern.transpose()?;
    if pattern.as_ref().is_some_and(|it| !it.capture_names().flatten().any(|name| name == "student")) {
        return Err(CliError::Input("--pattern has no group (?<student>…), so it cannot say whose a file is".into()));
    }
    let source = Path::new(source);
    if !source.exists() {
        let say = format!("there is no {}; name a folder, a zip or a table last", source.display());
        return Err(CliError::Input(say));
    }
    let request = import::Request { exercises, pattern, student: it.student.clone() };
    let mut file = ClassFile::create(path).map_err(wrong)?;
    progress(&format!("reading {} …", visible(&source.to_string_lossy())));
    let read = import::import(&mut file, course, &request, source, now_ms());
    progress("");
    let report = read.map_err(wrong)?;
    if it.format == Format::Json {
        output.json(&report)?;
    } else {
        output.line(&format!(
            "{}: {} new answers ({} after an earlier one), {} known already",
            report.recognised, report.n_new, report.n_superseding, report.n_unchanged
        ))?;
        print(&report.lines, output)?;
    }
    Ok(if report.lines.is_empty() { Outcome::Done } else { Outcome::FoundWrong })
}

pub(super) fn export(it: &Export, path: &Path, course: &Course, output: &mut Output) -> Result<Outcome, CliError> {
    let Some(kind) = it.kind else {
        return whole::export(path, it.out.as_deref().expect("clap asks for it"), output);
    };
    let (mut class_file, class) = opened(path)?;
    let exercises = it.exercises.iter().map(|name| known_exercise(course, name)).collect::<Result<Vec<_>, _>>()?;
    let kind = match kind {
        KindName::MoodleWorksheet => {
            Kind::MoodleWorksheet { worksheet: text_of(it.worksheet.as_deref())?, scale: it.scale }
        }
        KindName::MoodleGradebook => Kind::MoodleGradebook,
        KindName::Canvas => Kind::Canvas {
            template: text_of(it.template.as_deref())?,
            column: it.column.clone().unwrap_or_default(),
            scale: it.scale,
        },
        KindName::Gradescope => Kind::Gradescope,
        KindName::GithubClassroom => Kind::GithubClassroom,
        KindName::Long => Kind::Long,
        KindName::Wide => Kind::Wide,
        KindName::Jsonl => Kind::JsonLines,
        KindName::Xapi => Kind::Xapi { home: it.home.clone().unwrap_or_default() },
        KindName::FeedbackMd => Kind::Feedback(Form::Markdown),
        KindName::FeedbackHtml => Kind::Feedback(Form::Html),
        KindName::FeedbackTxt => Kind::Feedback(Form::Text),
        KindName::Report => Kind::Report,
    };
    let mode = match it.mode {
        ModeName::Lms => Mode::Lms,
        ModeName::Spreadsheet => Mode::Spreadsheet,
    };
    let export = export::export(&class, course, &exercises, &kind, mode).map_err(wrong)?;
    match &it.out {
        Some(out) if !it.dry_run => {
            write_all(out, &export)?;
            export::keep(&mut class_file, &kind, now_ms()).map_err(wrong)?;
            if it.format == Format::Text {
                output.line(&format!("{} marks in {}", export.n_marks, out.display()))?;
            }
        }
        _ if it.format == Format::Json => {}
        _ => {
            let n_bytes: usize = export.files.iter().map(|file| file.text.len()).sum();
            let (n_files, n_marks) = (export.files.len(), export.n_marks);
            output.line(&format!("would write {n_files} file(s), {n_bytes} bytes, {n_marks} marks"))?;
            for file in export.files.iter().take(SHOWN_LINES) {
                output.line(&format!("  {} ({} bytes)", file.name, file.text.len()))?;
            }
        }
    }
    match it.format {
        Format::Text => print(&export.lines, output)?,
        Format::Json => {
            let files: Vec<&str> = export.files.iter().map(|file| file.name.as_str()).collect();
            output.json(&Exported { n_marks: export.n_marks, files, lines: &export.lines })?;
        }
    }
    Ok(if export.n_marks > 0 { Outcome::Done } else { Outcome::FoundWrong })
}

fn print(lines: &[Line], output: &mut Output) -> Result<(), CliError> {
    for line in lines.iter().take(SHOWN_LINES) {
        output.line(&format!("  {}: {}; {}", line.file, line.reason, line.remedy))?;
    }
    if lines.len() > SHOWN_LINES {
        output.line(&format!("  … and {} more; --format json names them all", lines.len() - SHOWN_LINES))?;
    }
    Ok(())
}

/// The teacher's own file, to be written back byte for byte: so it must be text.
fn text_of(path: Option<&Path>) -> Result<String, CliError> {
    let path = path.expect("clap asks for the file with this kind");
    let say = |why: &dyn std::fmt::Display| CliError::Input(format!("cannot read {}: {why}", path.display()));
    let size = fs::metadata(path).map_err(|error| say(&error))?.len();
    if size > MAX_FILE_BYTES {
        return Err(say(&"it is too large to be a table of marks"));
    }
    let bytes = fs::read(path).map_err(|error| say(&error))?;
    String::from_utf8(bytes).map_err(|_| say(&"it is not UTF-8; download it again, or save it as CSV in UTF-8"))
}

/// Writes beside the target and renames, so that there is the old file or the new one and never half of it.
fn write_all(out: &Path, export: &export::Export) -> Result<(), CliError> {
    let say = |path: &Path, why: std::io::Error| CliError::Input(format!("cannot write {}: {why}", path.display()));
    let write = |path: &Path, text: &str| {
        let folder = path.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(text.as_bytes())?;
        file.persist(path).map(drop).map_err(|error| error.error)
    };
    if !export.is_folder {
        let file = export.files.first().expect("a table is one file");
        return write(out, &file.text).map_err(|why| say(out, why));
    }
    fs::create_dir_all(out).map_err(|why| say(out, why))?;
    for file in &export.files {
        let path = out.join(&file.name);
        write(&path, &file.text).map_err(|why| say(&path, why))?;
    }
    if export.files.is_empty() {
        remark("there is nothing to write yet");
    }
    Ok(())
}
