//! A whole class as JSON Lines, out and in: from a file to a server and back, or to another machine.
//!
//! The first line says what it is, how many entries follow and the hash of the last, so that a copy that was cut short is
//! known; then one entry a line with what proves it.

use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::super::output::Output;
use super::super::{CliError, Outcome};
use super::wrong;
use crate::store::class::{ClassFile, Row};

/// A file that is larger was not written by `export --all`.
const MAX_BYTES: u64 = 8 * 1024 * 1024 * 1024;

#[derive(Serialize, Deserialize)]
struct Head {
    format: u32,
    class: u64,
    tip: String,
}

pub(super) fn export(class: &Path, out: &Path, output: &mut Output) -> Result<Outcome, CliError> {
    let file = ClassFile::open(class).map_err(wrong)?;
    let proof = file.verify().map_err(wrong)?;
    if let Some(seq) = proof.broken_at {
        return Err(CliError::Input(format!(
            "entry {seq} is not what was written, so nothing was copied: `gradebook verify`"
        )));
    }
    let mut rows = Vec::new();
    file.each_row(&mut |row| {
        rows.push(row);
        Ok(())
    })
    .map_err(wrong)?;
    // What others wrote since the proof belongs to the copy as well.
    let head = Head { format: 1, class: rows.len() as u64, tip: rows.last().map_or(proof.tip, |row| row.hash.clone()) };
    write(out, &head, &rows).map_err(|error| CliError::Input(format!("cannot write {}: {error}", out.display())))?;
    output.line(&format!("{} entries in {}; it holds names and answers, keep it safe", rows.len(), out.display()))?;
    Ok(Outcome::Done)
}

fn write(out: &Path, head: &Head, rows: &[Row]) -> std::io::Result<()> {
    let folder = out.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = BufWriter::new(tempfile::NamedTempFile::new_in(folder)?);
    serde_json::to_writer(&mut file, head)?;
    for row in rows {
        file.write_all(b"\n")?;
        serde_json::to_writer(&mut file, row)?;
    }
    file.write_all(b"\n")?;
    let file = file.into_inner().map_err(std::io::IntoInnerError::into_error)?;
    file.persist(out).map(drop).map_err(|error| error.error)
}

pub(super) fn import(source: &Path, class: &Path, output: &mut Output) -> Result<Outcome, CliError> {
    let rows = read(source).map_err(|why| {
        CliError::Input(format!("{} is no whole class: {why}; `gradebook export --all` writes one", source.display()))
    })?;
    let mut file = ClassFile::create(class).map_err(wrong)?;
    file.take_in(&rows).map_err(wrong)?;
    output.line(&format!("{} entries taken in", rows.len()))?;
    Ok(Outcome::Done)
}

fn read(source: &Path) -> Result<Vec<Row>, String> {
    let file = File::open(source).map_err(|error| error.to_string())?;
    let kind = file.metadata().map_err(|error| error.to_string())?;
    if !kind.is_file() || kind.len() > MAX_BYTES {
        return Err("it is no file of that kind".to_owned());
    }
    let mut lines = BufReader::new(file).lines();
    let head = lines.next().ok_or("it is empty")?.map_err(|error| error.to_string())?;
    let head: Head = serde_json::from_str(&head).map_err(|error| format!("line 1: {error}"))?;
    if head.format != 1 {
        return Err(format!("it has format {}, and this program knows 1", head.format));
    }
    let mut rows: Vec<Row> = Vec::new();
    for (index, line) in lines.enumerate() {
        let line = line.map_err(|error| error.to_string())?;
        rows.push(serde_json::from_str(&line).map_err(|error| format!("line {}: {error}", index + 2))?);
    }
    let tip = rows.last().map(|row| row.hash.as_str()).unwrap_or_default();
    if rows.len() as u64 != head.class || tip != head.tip {
        return Err(format!("{} of {} entries are there: it was cut short or changed", rows.len(), head.class));
    }
    Ok(rows)
}
