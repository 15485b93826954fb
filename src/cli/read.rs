//! `coldstart read`: a page, or any Markdown file, as the reader shows it.

use std::mem::ManuallyDrop;
use std::path::{Path, PathBuf};

use clap::Args;
use serde::Serialize;

use super::output::{Output, remark};
use super::{CliError, Format, Outcome, open_course, open_store};
use crate::app::glossary::{matching, taught_on};
use crate::app::lesson::{Laid, lay_out};
use crate::app::plain::page_in_words;
use crate::app::row::{Row, Ui, wrapped};
use crate::app::size::MEASURE_COLS;
use crate::content;
use crate::course::{Course, Page, Progress, nearest_hint};

#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  coldstart read cold-start --width 72\n  coldstart read notes.md | less\n  coldstart read --glossary start"
)]
pub(super) struct Arguments {
    /// A page by its number or name, or a Markdown file; without it the page where you stopped
    #[arg(value_name = "PAGE|FILE.md")]
    what: Option<String>,
    /// Print the words of the course and what they mean; with a word after it, those that have it
    #[arg(long)]
    glossary: bool,
    /// Columns to fill; without it the terminal's, at most 90, or 80 when piped
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1000))]
    width: Option<u16>,
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// What `--format json` prints.
#[derive(Serialize)]
struct Printed<'a> {
    page: &'a str,
    file: &'a str,
    title: &'a str,
    minutes: u32,
    goals: &'a [String],
    width: u16,
    links: Vec<Link<'a>>,
    lines: Vec<String>,
    problems: Vec<String>,
}

/// A link that leads out of the course.
#[derive(Serialize)]
struct Link<'a> {
    text: String,
    target: &'a str,
}

pub(super) fn run(
    it: &Arguments,
    in_words: bool,
    folder: Option<&Path>,
    data: Option<&Path>,
    output: &mut Output,
) -> Result<Outcome, CliError> {
    // The process ends with this: the system takes its memory back faster than it could be freed.
    let course = ManuallyDrop::new(open_course(folder)?);
    if it.glossary {
        return glossary(it, &course, output);
    }
    let from_file;
    let page = match &it.what {
        None => stopped_at(&course, folder, data)
            .ok_or_else(|| CliError::Input("this course has no page to read".into()))?,
        Some(what) => match course.find_page(what) {
            // A file of that name in this folder is what was meant when it is written as a file.
            Some(page) if !Path::new(what).is_file() => page,
            _ => {
                from_file = ManuallyDrop::new(read_file(what, &course)?);
                &from_file
            }
        },
    };
    if in_words && it.format == Format::Text {
        for line in page_in_words(&course, page) {
            output.line(&line)?;
        }
        return Ok(Outcome::Done);
    }
    let width = width(it);
    if it.format == Format::Json || !output.has_colours() {
        page.document.leave_plain();
    }
    let laid = ManuallyDrop::new(lay_out(&course, &Progress::default(), page, width));
    match it.format {
        Format::Text => {
            output.linked_rows(&laid.rows, |link| laid.target(link))?;
            if !output.shows_hyperlinks() {
                output.rows(&addresses(&laid, usize::from(width)))?;
            }
        }
        Format::Json => output.json(&Printed {
            page: &page.id.0,
            file: &page.file,
            title: &page.title,
            minutes: page.minutes,
            goals: &page.goals,
            width,
            links: laid.outward().into_iter().map(|(text, target)| Link { text, target }).collect(),
            lines: laid.rows.iter().map(|row: &Row| row.text().trim_end().to_owned()).collect(),
            problems: page.problems.iter().map(ToString::to_string).collect(),
        })?,
    }
    Ok(Outcome::Done)
}

/// Where links lead that leave the course, for readers who cannot open them from their words.
fn addresses(laid: &Laid, width: usize) -> Vec<Row> {
    let hidden: Vec<_> = laid.outward().into_iter().filter(|(text, target)| text != target).collect();
    let mut rows = Vec::new();
    if !hidden.is_empty() {
        rows.extend([Row::default(), Row::ui(Ui::Muted, "Links")]);
    }
    for (text, target) in hidden {
        rows.extend(
            wrapped(Ui::Muted, &format!("{text}: {target}"), width.saturating_sub(2))
                .into_iter()
                .map(|row| row.indented(2)),
        );
    }
    rows
}

fn width(it: &Arguments) -> u16 {
    it.width.unwrap_or_else(|| (Output::width() as u16).min(MEASURE_COLS))
}

/// What `--glossary --format json` prints of a term.
#[derive(Serialize)]
struct Defined<'a> {
    term: &'a str,
    also: &'a [String],
    says: &'a str,
    page: &'a str,
}

/// The words of the course, or those with the word that was asked for: it is wrong to ask for one that is not there.
fn glossary(it: &Arguments, course: &Course, output: &mut Output) -> Result<Outcome, CliError> {
    let asked = it.what.as_deref().unwrap_or_default();
    let terms = matching(&course.glossary, asked);
    if terms.is_empty() && !asked.is_empty() {
        let names = course.glossary.terms.iter().map(|term| term.name.as_str());
        let near = nearest_hint(asked, names);
        return Err(CliError::Input(format!("no word `{asked}` in the glossary{near}; without it all are shown")));
    }
    match it.format {
        Format::Json => {
            let defined = terms.iter().map(|term| Defined {
                term: &term.name,
                also: &term.also,
                says: &term.says,
                page: &term.page,
            });
            output.json(&defined.collect::<Vec<_>>())?;
        }
        Format::Text if terms.is_empty() => output.line("This course has no glossary.")?,
        Format::Text => {
            let width = usize::from(width(it));
            for (index, term) in terms.iter().enumerate() {
                if index > 0 {
                    output.line("")?;
                }
                output.rows(&wrapped(Ui::Strong, &term.title(), width))?;
                let place = taught_on(course, term).map_or_else(String::new, |place| format!(" See {place}."));
                let says = wrapped(Ui::Text, &format!("{}{place}", term.says), width.saturating_sub(4));
                output.rows(&says.into_iter().map(|row| row.indented(4)).collect::<Vec<_>>())?;
            }
        }
    }
    Ok(Outcome::Done)
}

fn stopped_at<'a>(course: &'a Course, folder: Option<&Path>, data: Option<&Path>) -> Option<&'a Page> {
    let position = open_store(data, folder).ok().and_then(|store| store.load().ok()).and_then(|kept| kept.position);
    position.and_then(|position| course.page(&position.page)).or_else(|| course.pages().next())
}

fn read_file(what: &str, course: &Course) -> Result<Page, CliError> {
    let path = PathBuf::from(what);
    if !path.exists() {
        let names: Vec<&str> = course.pages().filter_map(|page| page.id.0.rsplit('/').next()).collect();
        let near = nearest_hint(what.trim_end_matches(".md"), names.iter().copied());
        let count = names.len();
        return Err(CliError::Input(format!("no page and no file `{what}`{near}; the pages are 1 to {count}")));
    }
    let read = content::read_text(&path)
        .map_err(|error| CliError::Input(format!("cannot read {}: {error}", path.display())))?;
    for note in &read.notes {
        remark(&format!("{}: {note}", path.display()));
    }
    if read.text.trim().is_empty() {
        remark(&format!("{}: there is nothing in it", path.display()));
    }
    let mut page = Page::parse(what, what, &read.text, course);
    // Any Markdown file may be read; only a course's page needs front matter.
    page.problems.retain(|problem| !problem.message.starts_with("no front matter"));
    Ok(page)
}
