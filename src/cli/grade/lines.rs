//! A file of JSON lines to values, a chunk at a time, and values to such lines.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::super::CliError;
use super::super::output::Output;

/// Lines that are in memory at a time.
const CHUNK_LINES: usize = 2048;
/// Bytes of the lines in memory at a time; a longer chunk is cut short.
const CHUNK_BYTES: usize = 16 * 1024 * 1024;
/// Longest line that is read.
const MAX_LINE_BYTES: u64 = 64 * 1024 * 1024;

/// A file of JSON lines, read from its beginning.
pub(super) struct JsonLines {
    name: String,
    input: Box<dyn BufRead>,
    line: u64,
}

impl JsonLines {
    /// Opens `path`; `-` is standard input.
    pub(super) fn open(path: &Path) -> Result<Self, CliError> {
        if path == Path::new("-") {
            let input = Box::new(BufReader::new(std::io::stdin()));
            return Ok(Self { name: "standard input".to_owned(), input, line: 0 });
        }
        let name = path.display().to_string();
        let cannot = |error| CliError::Input(format!("cannot read {name}: {error}; name a file of JSON lines"));
        let file = File::open(path).map_err(cannot)?;
        if file.metadata().map_err(cannot)?.is_dir() {
            return Err(cannot(std::io::Error::other("it is a folder, not a file")));
        }
        Ok(Self { name, input: Box::new(BufReader::new(file)), line: 0 })
    }

    /// The next lines, none at the end. Blank lines are passed over; bytes that are not UTF-8 count as `U+FFFD`.
    pub(super) fn chunk<T: DeserializeOwned>(&mut self) -> Result<Vec<T>, CliError> {
        let mut values = Vec::new();
        let mut n_bytes = 0;
        let mut bytes = Vec::new();
        while values.len() < CHUNK_LINES && n_bytes < CHUNK_BYTES {
            bytes.clear();
            let read = self.input.by_ref().take(MAX_LINE_BYTES).read_until(b'\n', &mut bytes);
            let n_read = read.map_err(|error| CliError::Input(format!("cannot read {}: {error}", self.name)))?;
            if n_read == 0 {
                break;
            }
            n_bytes += n_read;
            self.line += 1;
            let text = String::from_utf8_lossy(&bytes);
            // A mark of byte order may stand before the first line.
            let text = text.trim_start_matches('\u{feff}').trim();
            if text.is_empty() {
                continue;
            }
            let value = serde_json::from_str(text).map_err(|error| {
                CliError::Input(format!("{}:{}: cannot read the line: {error}", self.name, self.line))
            })?;
            values.push(value);
        }
        Ok(values)
    }

    /// All lines.
    pub(super) fn all<T: DeserializeOwned>(mut self) -> Result<Vec<T>, CliError> {
        let mut all = Vec::new();
        loop {
            let chunk = self.chunk()?;
            if chunk.is_empty() {
                return Ok(all);
            }
            all.extend(chunk);
        }
    }
}

/// One value on one line: bytes for a program, visible characters on a terminal.
pub(super) fn print(value: &impl Serialize, output: &mut Output) -> Result<(), CliError> {
    let line = serde_json::to_string(value).map_err(std::io::Error::other)?;
    if Output::is_terminal() {
        output.line(&line)?;
    } else {
        output.raw(line.as_bytes())?;
        output.raw(b"\n")?;
    }
    Ok(())
}
