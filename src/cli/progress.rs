//! `coldstart progress`: what was learned, shown, exported or begun anew.

use std::io::{BufRead, IsTerminal, Write};
use std::path::Path;

use clap::{Args, Subcommand, ValueEnum};
use serde::Serialize;
use unicode_width::UnicodeWidthStr;

use super::output::Output;
use super::{CliError, Format, Outcome, open_course, open_store};
use crate::app::row::fit;
use crate::course::{Answer, Attempt, Course, Deed, ExerciseId, Progress, learned};

#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  coldstart progress\n  coldstart progress export --format csv > mine.csv\n  coldstart progress export --format markdown > learned.md"
)]
pub(super) struct Arguments {
    #[command(subcommand)]
    what: Option<What>,
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Debug, Subcommand)]
enum What {
    /// What was read and answered so far
    Show {
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
    },
    /// Every attempt, oldest first; as Markdown, a page of what was learned
    Export {
        #[arg(long, value_enum, default_value_t = ExportFormat::Json)]
        format: ExportFormat,
    },
    /// Begin anew; what was done before stays in the file but counts no more
    Reset {
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum ExportFormat {
    Json,
    Csv,
    /// What was learned: goals, your answers, guesses, bookmarks, notes, the solutions seen
    Markdown,
}

#[derive(Serialize)]
struct Shown {
    pages_read: usize,
    pages: usize,
    predictions_made: usize,
    predictions_right: usize,
    exercises: Vec<ShownExercise>,
}

#[derive(Serialize)]
struct ShownExercise {
    id: String,
    title: String,
    tries: usize,
    best_fraction: f64,
    hints: usize,
    solution_seen: bool,
    gave_up: bool,
}

/// What `export --format json` prints.
#[derive(Serialize)]
struct Export {
    format: u32,
    attempts: Vec<Attempt>,
}

pub(super) fn run(
    it: &Arguments,
    folder: Option<&Path>,
    data: Option<&Path>,
    output: &mut Output,
) -> Result<Outcome, CliError> {
    let mut store = open_store(data, folder)?;
    match &it.what {
        None => show(&open_course(folder)?, &store.attempts()?, it.format, output)?,
        Some(What::Show { format }) => {
            let format = if it.format == Format::Json { it.format } else { *format };
            show(&open_course(folder)?, &store.attempts()?, format, output)?;
        }
        Some(What::Export { format: ExportFormat::Json }) => {
            output.json(&Export { format: 1, attempts: store.attempts()? })?;
        }
        Some(What::Export { format: ExportFormat::Csv }) => csv(&store.attempts()?, output)?,
        Some(What::Export { format: ExportFormat::Markdown }) => {
            let course = open_course(folder)?;
            let progress = Progress::fold(&course, &store.attempts()?);
            for line in learned::learned(&course, &progress).lines() {
                output.line(line)?;
            }
        }
        Some(What::Reset { yes }) => {
            if !yes && !confirmed()? {
                output.line("Nothing was changed.")?;
                return Ok(Outcome::Done);
            }
            store.reset(jiff::Timestamp::now().as_millisecond())?;
            output.line("The course begins anew.")?;
        }
    }
    Ok(Outcome::Done)
}

fn show(course: &Course, attempts: &[Attempt], format: Format, output: &mut Output) -> Result<(), CliError> {
    let progress = Progress::fold(course, attempts);
    let exercises = course.exercises.values().map(|exercise| {
        let work = progress.work(&exercise.id);
        ShownExercise {
            id: exercise.id.0.clone(),
            title: exercise.title.clone(),
            tries: work.tries,
            best_fraction: work.best,
            hints: work.hints.len(),
            solution_seen: work.solution_seen,
            gave_up: work.gave_up,
        }
    });
    let shown = Shown {
        pages_read: course.pages().filter(|page| progress.pages_read.contains(&page.id.0)).count(),
        pages: course.pages().count(),
        predictions_made: progress.predicted().of,
        predictions_right: progress.predicted().done,
        exercises: exercises.collect(),
    };
    if format == Format::Json {
        return Ok(output.json(&shown)?);
    }
    output.line(&format!("{} of {} pages read", shown.pages_read, shown.pages))?;
    output.line(&format!("{} of {} predictions right", shown.predictions_right, shown.predictions_made))?;
    let page_of = |it: &ShownExercise| course.page_of(&ExerciseId(it.id.clone())).map(|page| &page.id);
    for page in course.pages() {
        let asked: Vec<_> = shown.exercises.iter().filter(|it| page_of(it) == Some(&page.id)).collect();
        table(&page.title, &asked, output)?;
    }
    let others: Vec<_> = shown.exercises.iter().filter(|it| page_of(it).is_none()).collect();
    table("On no page", &others, output)
}

/// Exercises below the name of what they belong to; nothing where there is none.
fn table(title: &str, exercises: &[&ShownExercise], output: &mut Output) -> Result<(), CliError> {
    const TITLE_COLS: usize = 36;
    if exercises.is_empty() {
        return Ok(());
    }
    output.line("")?;
    output.line(title)?;
    for exercise in exercises {
        let tries = match exercise.tries {
            0 => "not answered".to_owned(),
            1 => format!("{:3.0} %, 1 try", exercise.best_fraction * 100.0),
            n => format!("{:3.0} %, {n} tries", exercise.best_fraction * 100.0),
        };
        let note = if exercise.gave_up {
            ", gave up"
        } else if exercise.solution_seen {
            ", solution seen"
        } else {
            ""
        };
        let title = fit(&exercise.title, TITLE_COLS);
        let gap = " ".repeat(TITLE_COLS - title.width() + 2);
        output.line(&format!("  {title}{gap}{:<30}  {}", format!("{tries}{note}"), exercise.id))?;
    }
    Ok(())
}

fn csv(attempts: &[Attempt], output: &mut Output) -> Result<(), CliError> {
    output.line("at_ms,kind,subject,score,max,answer")?;
    for attempt in attempts {
        let (kind, subject, score, max, answer) = match &attempt.deed {
            Deed::PageRead { page } => ("page_read", page.as_str(), String::new(), String::new(), String::new()),
            Deed::Answered { exercise, answer, verdict } => {
                ("answered", exercise.0.as_str(), verdict.score.to_string(), verdict.max.to_string(), said(answer))
            }
            Deed::HintShown { exercise, step } => {
                ("hint_shown", exercise.0.as_str(), String::new(), String::new(), step.to_string())
            }
            Deed::SolutionSeen { exercise } => {
                ("solution_seen", exercise.0.as_str(), String::new(), String::new(), String::new())
            }
            Deed::GaveUp { exercise } => ("gave_up", exercise.0.as_str(), String::new(), String::new(), String::new()),
            Deed::Disputed { exercise, item, on } => {
                let kind = if *on { "disputed" } else { "dispute_taken_back" };
                (kind, exercise.0.as_str(), String::new(), String::new(), item.clone())
            }
            Deed::SelfChecked { exercise, items } => {
                ("self_checked", exercise.0.as_str(), String::new(), String::new(), items.join(" "))
            }
            Deed::Bookmarked { page, source_line, on } => {
                let kind = if *on { "bookmark_set" } else { "bookmark_taken_off" };
                (kind, page.as_str(), String::new(), String::new(), source_line.to_string())
            }
            Deed::Noted { page, source_line, text } => {
                let kind = if text.is_empty() { "note_taken_off" } else { "noted" };
                (kind, page.as_str(), String::new(), String::new(), format!("{source_line}: {text}"))
            }
            Deed::Predicted { scenario, guess, actual, right, .. } => (
                "predicted",
                scenario.as_str(),
                f64::from(u8::from(*right)).to_string(),
                "1".to_owned(),
                format!("{guess} ({actual})"),
            ),
        };
        let fields = [attempt.at_ms.to_string(), kind.to_owned(), subject.to_owned(), score, max, answer];
        output.line(&fields.map(|field| quoted(&field)).join(","))?;
    }
    Ok(())
}

fn said(answer: &Answer) -> String {
    let letters = |indices: &mut dyn Iterator<Item = usize>| {
        indices.map(|index| char::from(b'a' + (index % 26) as u8).to_string()).collect::<Vec<_>>().join(" ")
    };
    match answer {
        Answer::Text(text) | Answer::Number(text) => text.clone(),
        Answer::Chosen(chosen) => letters(&mut chosen.iter().copied()),
        Answer::Order(order) => letters(&mut order.iter().copied()),
        Answer::Matched(matched) => {
            let letter =
                |choice: &Option<usize>| choice.map_or("-".to_owned(), |index| letters(&mut [index].into_iter()));
            matched.iter().map(letter).collect::<Vec<_>>().join(" ")
        }
        Answer::Filled(filled) => filled.join("; "),
    }
}

/// A CSV field (RFC 4180).
fn quoted(field: &str) -> String {
    if field.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", field.replace('"', "\"\""))
    } else {
        field.to_owned()
    }
}

fn confirmed() -> Result<bool, CliError> {
    if !std::io::stdin().is_terminal() {
        return Err(CliError::Input("reset asks before it forgets, and nobody is there to answer; say --yes".into()));
    }
    let mut error = std::io::stderr();
    write!(error, "Begin the course anew? What was done before will not count any more. [y/N] ")?;
    error.flush()?;
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line)?;
    Ok(matches!(line.trim(), "y" | "Y" | "yes"))
}
