//! `coldstart diagram`: a Mermaid file drawn in the terminal, as a picture, or as data.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::output::{Output, remark};
use super::{CliError, Outcome};
use crate::app::row::of_grid;
use crate::content;
use crate::diagram;

#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  coldstart diagram flow.mmd --width 60\n  coldstart diagram flow.mmd --format svg > flow.svg"
)]
pub(super) struct Arguments {
    /// A file with one Mermaid diagram; `-` reads standard input
    #[arg(value_name = "FILE.mmd|-")]
    file: PathBuf,
    /// Columns to fit into; without it the terminal's, or 80 when piped
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=10_000))]
    width: Option<u16>,
    /// Draw with ASCII characters only
    #[arg(long)]
    ascii: bool,
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Svg,
    Json,
}

pub(super) fn run(it: &Arguments, output: &mut Output) -> Result<Outcome, CliError> {
    let (name, text) = read(&it.file)?;
    let (graph, problems) = diagram::parse(&text);
    let width = it.width.unwrap_or_else(|| Output::width() as u16);
    let placed = diagram::lay_out(&graph, width);
    match it.format {
        Format::Text => {
            let grid = if it.ascii { diagram::draw_ascii(&placed) } else { diagram::draw(&placed) };
            output.rows(&of_grid(&grid))?;
        }
        Format::Svg => output.raw(diagram::svg(&placed, &diagram::describe(&graph)).as_bytes())?,
        Format::Json => output.json(&diagram::json(&placed, &problems))?,
    }
    for problem in &problems {
        remark(&format!("{name}:{}: {}", problem.line, problem.message));
    }
    Ok(if problems.is_empty() { Outcome::Done } else { Outcome::FoundWrong })
}

/// The file's name for messages, and its text.
fn read(file: &Path) -> Result<(String, String), CliError> {
    let (name, read) = if file == Path::new("-") {
        ("standard input".to_owned(), content::read_from(std::io::stdin()))
    } else {
        (file.display().to_string(), content::read_text(file))
    };
    let read = read.map_err(|error| CliError::Input(format!("cannot read {name}: {error}; name a Mermaid file")))?;
    for note in &read.notes {
        remark(&format!("{name}: {note}"));
    }
    Ok((name, read.text))
}
