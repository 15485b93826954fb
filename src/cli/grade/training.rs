//! Graded answers in a folder to the model that ships, or to a table of how well such a model does.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::super::output::Output;
use super::super::{CliError, Outcome};
use super::lines::JsonLines;
use crate::grade::reference::training::{Example, Trainer};
use crate::grade::reference::{Figure, Label, WordNet};

/// A line of a collection. The labels of collections differ in what they call what is not correct.
#[derive(Deserialize)]
struct Line {
    question: String,
    references: Vec<String>,
    answer: String,
    label3: String,
}

/// Trains on `folder` and writes the model to `out`, after the figures.
pub(super) fn train(folder: &Path, out: &Path, output: &mut Output) -> Result<Outcome, CliError> {
    let examples = read(folder)?;
    let trainer = Trainer::new(&examples, read_wordnet(folder)?.as_ref());
    print(&trainer.cross_validate(), output)?;
    let bytes = trainer.train().encode();
    std::fs::write(out, &bytes).map_err(|error| CliError::Input(format!("cannot write {}: {error}", out.display())))?;
    output.line(&format!("{} KB written to {}", bytes.len() / 1024, out.display()))?;
    Ok(Outcome::Done)
}

/// The figures on the collections in `folder`, by cross-validation that never mixes questions.
pub(super) fn evaluate(folder: &Path, output: &mut Output) -> Result<(), CliError> {
    let examples = read(folder)?;
    print(&Trainer::new(&examples, read_wordnet(folder)?.as_ref()).cross_validate(), output)
}

fn print(figures: &[Figure], output: &mut Output) -> Result<(), CliError> {
    output.line(
        "Against reference answers; questions that a figure is taken over were not trained on, unless it says so.",
    )?;
    output.line("Labels by macro-F1, the rest as a share.")?;
    let mut source = None;
    for figure in figures {
        if source != figure.source.as_ref() {
            source = figure.source.as_ref();
            output.line("")?;
        }
        let of = figure.source.as_deref().unwrap_or("all");
        output.line(&format!("{of:<20} {:<42} {:>6.3}  of {}", figure.name, figure.value, figure.n))?;
    }
    Ok(())
}

/// All collections `*.jsonl` of the folder, in the order of their names.
fn read(folder: &Path) -> Result<Vec<Example>, CliError> {
    let cannot = |error| CliError::Input(format!("cannot read the folder {}: {error}", folder.display()));
    let entries = std::fs::read_dir(folder).map_err(cannot)?.collect::<Result<Vec<_>, _>>().map_err(cannot)?;
    let mut files: Vec<PathBuf> = entries.into_iter().map(|entry| entry.path()).collect();
    files.retain(|file| file.extension().is_some_and(|ending| ending == "jsonl"));
    files.sort_unstable();
    let mut examples = Vec::new();
    for file in &files {
        let source = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let lines: Vec<Line> = JsonLines::open(file)?.all()?;
        examples.extend(lines.into_iter().map(|line| Example {
            source: source.clone(),
            question: line.question,
            references: line.references,
            answer: line.answer,
            label: match line.label3.as_str() {
                "correct" => Label::Correct,
                "contradictory" => Label::Contradictory,
                _ => Label::Incomplete,
            },
        }));
    }
    if examples.is_empty() {
        return Err(CliError::Input(format!(
            "no graded answers in {}: it should hold *.jsonl files with lines {{question, references, answer, label3}}",
            folder.display()
        )));
    }
    Ok(examples)
}

/// The dictionary in the folder `wordnet` beside the collections, if it is there.
fn read_wordnet(folder: &Path) -> Result<Option<WordNet>, CliError> {
    let folder = folder.join("wordnet");
    if !folder.is_dir() {
        return Ok(None);
    }
    let read = |name: &str| {
        let path = folder.join(name);
        let bytes = std::fs::read(&path)
            .map_err(|error| CliError::Input(format!("cannot read {}: {error}", path.display())))?;
        Ok::<_, CliError>(String::from_utf8_lossy(&bytes).into_owned())
    };
    let data = [read("data.noun")?, read("data.verb")?, read("data.adj")?, read("data.adv")?];
    Ok(Some(WordNet { senses: read("index.sense")?, data }))
}
