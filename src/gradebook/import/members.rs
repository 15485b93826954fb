//! The files of a folder or a zip, read into memory without trusting any of them.
//!
//! Links, devices and pipes are refused, names are data, and every count and size has a limit that is held against the
//! bytes that were really read.

use std::fs::File;
use std::io::{self, Cursor, Read};
use std::path::Path;

use zip::ZipArchive;

use super::Report;
use crate::gradebook::text;

/// What is read of one file; an answer is cut far below this.
const MAX_MEMBER_BYTES: u64 = 4 * 1024 * 1024;
const MAX_TOTAL_BYTES: u64 = 1024 * 1024 * 1024;
const MAX_MEMBERS: usize = 200_000;
const MAX_DEPTH: usize = 8;
/// More than this many bytes from one is no honest text.
const MAX_RATIO: u64 = 200;
/// Below this size the ratio says nothing: a line of blanks packs well.
const SMALL_BYTES: u64 = 256 * 1024;

pub(super) struct Member {
    /// Path inside the source, with `/`; safe to show.
    pub(super) path: String,
    pub(super) bytes: Vec<u8>,
}

const LEAVE_OUT: &str = "it is left out; ask for the text itself";

/// What systems leave in every folder.
fn is_litter(name: &str) -> bool {
    name.starts_with('.') || matches!(name, "__MACOSX" | "Thumbs.db" | "desktop.ini")
}

/// The regular files below `root`, ordered by their path.
pub(super) fn of_folder(root: &Path, report: &mut Report) -> io::Result<Vec<Member>> {
    let mut folders = vec![(root.to_owned(), String::new(), 0)];
    let mut members = Vec::new();
    let mut total = 0;
    while let Some((folder, prefix, depth)) = folders.pop() {
        let entries = match std::fs::read_dir(&folder) {
            Err(error) if depth == 0 => return Err(error),
            Err(error) => {
                report.say(&prefix, format!("cannot read this folder: {error}"), "check its permissions");
                continue;
            }
            Ok(entries) => entries,
        };
        for entry in entries.flatten() {
            let name = text::name(&entry.file_name().to_string_lossy());
            if is_litter(&name) {
                continue;
            }
            let path = format!("{prefix}{name}");
            // The link itself, not what it points to.
            let Ok(kind) = entry.file_type() else { continue };
            if kind.is_dir() {
                if depth < MAX_DEPTH {
                    folders.push((entry.path(), format!("{path}/"), depth + 1));
                } else {
                    report.say(&path, "folders are nested too deep", LEAVE_OUT);
                }
            } else if !kind.is_file() {
                let what = if kind.is_symlink() { "a link" } else { "a pipe or device" };
                report.say(&path, format!("it is {what}, not a file"), LEAVE_OUT);
            } else if members.len() >= MAX_MEMBERS || total > MAX_TOTAL_BYTES {
                report.say(&path, "the source holds too much", "import it in parts");
                break;
            } else {
                match File::open(entry.path()).and_then(|file| limited(file, &path, report)) {
                    Ok(bytes) => {
                        total += bytes.len() as u64;
                        members.push(Member { path, bytes });
                    }
                    Err(error) => report.say(&path, format!("cannot read it: {error}"), "check its permissions"),
                }
            }
        }
    }
    members.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(members)
}

/// The files in a zip, ordered by their path.
pub(super) fn of_zip(bytes: &[u8], report: &mut Report) -> io::Result<Vec<Member>> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(io::Error::other)?;
    let mut members = Vec::new();
    let mut total = 0;
    if archive.len() > MAX_MEMBERS {
        report.say("", format!("the zip says it holds {} files", archive.len()), "import it in parts");
    }
    for index in 0..archive.len().min(MAX_MEMBERS) {
        let mut file = match archive.by_index(index) {
            Ok(file) => file,
            Err(error) => {
                report.say(&format!("file {index} of the zip"), error.to_string(), LEAVE_OUT);
                continue;
            }
        };
        // Some packers write backslashes: they separate here too.
        let raw = file.name().replace('\\', "/");
        let parts: Vec<String> = raw.split('/').filter(|it| !it.is_empty()).map(text::name).collect();
        let path = parts.join("/");
        if file.is_dir() || parts.iter().any(|part| is_litter(part) && part != "..") {
            continue;
        }
        let is_absolute = raw.starts_with('/') || raw.get(1..2) == Some(":");
        if is_absolute || parts.iter().any(|part| part == "..") {
            report.say(&path, "its name leads out of the zip", LEAVE_OUT);
            continue;
        }
        if file.is_symlink() || file.unix_mode().is_some_and(|mode| !matches!(mode & 0o170_000, 0 | 0o100_000)) {
            report.say(&path, "it is a link or device, not a file", LEAVE_OUT);
            continue;
        }
        let packed = file.compressed_size();
        match limited(&mut file, &path, report) {
            Ok(read) if read.len() as u64 > SMALL_BYTES && read.len() as u64 > packed.saturating_mul(MAX_RATIO) => {
                report.say(&path, "it unpacks to far more than it holds", LEAVE_OUT);
            }
            Ok(read) => {
                total += read.len() as u64;
                if total > MAX_TOTAL_BYTES {
                    report.say(&path, "the zip unpacks to too much; the rest is left out", "import it in parts");
                    break;
                }
                members.push(Member { path, bytes: read });
            }
            Err(error) => report.say(&path, format!("cannot unpack it: {error}"), LEAVE_OUT),
        }
    }
    members.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(members)
}

fn limited(source: impl Read, path: &str, report: &mut Report) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    source.take(MAX_MEMBER_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_MEMBER_BYTES {
        bytes.truncate(MAX_MEMBER_BYTES as usize);
        let limit = MAX_MEMBER_BYTES / (1024 * 1024);
        report.say(path, format!("only its first {limit} MB are read"), "look at the file itself");
    }
    Ok(bytes)
}
