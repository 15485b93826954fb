//! `coldstart sim --traffic FILE.csv`: a file of any size → requests by the minute, or where and why it is not that.
//!
//! Read line by line, and no longer than needed; only the figures are kept.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;
use std::time::{Duration, Instant};

use super::super::{CliError, output};
use crate::sim::{Problem, Recorded};

/// A day's minutes take a few thousand bytes; what is longer is no line of a table.
const MOST_LINE_BYTES: u64 = 8 << 20;
/// Below this a line of progress would only flicker.
const QUIET: Duration = Duration::from_millis(500);

/// The requests in each minute; of a file of several functions, those of `function`, counted from 0.
pub(super) fn read(path: &Path, function: usize) -> Result<Vec<u64>, CliError> {
    let failed = |error: io::Error| CliError::Input(format!("cannot read {}: {error}", path.display()));
    let refused = |problem: &Problem| match problem.line {
        0 => CliError::Input(format!("{}: {}", path.display(), problem.message)),
        line => CliError::Input(format!("{}:{line}: {}", path.display(), problem.message)),
    };
    let file = File::open(path).map_err(failed)?;
    if file.metadata().map_err(failed)?.is_dir() {
        return Err(CliError::Input(format!("{} is a folder; name the CSV file in it", path.display())));
    }
    let mut source = BufReader::with_capacity(1 << 18, file);
    let (began, mut said, mut bytes) = (Instant::now(), Duration::ZERO, 0);
    let mut recorded = Recorded::of_function(function);
    let mut line = Vec::new();
    for number in 1.. {
        line.clear();
        bytes += source.by_ref().take(MOST_LINE_BYTES + 1).read_until(b'\n', &mut line).map_err(failed)?;
        if line.is_empty() {
            break;
        }
        let text = std::str::from_utf8(&line).ok().filter(|_| line.len() as u64 <= MOST_LINE_BYTES);
        let Some(text) = text.filter(|text| !text.contains('\0')) else {
            let message = "this is no line of text. A CSV with requests by the minute is needed";
            return Err(CliError::Input(format!("{}:{number}: {message}", path.display())));
        };
        if recorded.read_line(text).map_err(|problem| refused(&problem))?.is_break() {
            break;
        }
        let elapsed = began.elapsed();
        if elapsed > QUIET && elapsed.saturating_sub(said) > Duration::from_millis(100) {
            said = elapsed;
            output::progress(&format!("{} MB read of {}", bytes >> 20, path.display()));
        }
    }
    if said > Duration::ZERO {
        output::progress("");
    }
    recorded.finish().map_err(|problem| refused(&problem))
}

#[cfg(test)]
mod tests {
    use std::io::{Seek, SeekFrom, Write};

    use super::read;

    #[test]
    fn a_file_of_ten_gigabytes_is_refused_at_once_or_read_as_far_as_needed() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("trace.csv");
        for (head, expected) in [("", Err(":1: this is no line of text")), ("name,1,2\na,4,5\n", Ok(vec![4, 5]))] {
            let mut file = std::fs::File::create(&path).expect("it can be written");
            file.write_all(head.as_bytes()).expect("it can be written");
            // A hole takes no room on the disk.
            file.seek(SeekFrom::Start(10 << 30)).expect("it can be sought");
            file.write_all(b"\n").expect("it can be written");
            match (read(&path, 0).map_err(|error| error.to_string()), expected) {
                (Ok(counts), Ok(expected)) => assert_eq!(counts, expected),
                (Err(found), Err(expected)) => assert!(found.contains(expected), "{found}"),
                other => panic!("{other:?}"),
            }
        }
    }
}
