//! The files of a folder or a zip, read into memory without trusting any of them.
//!
//! Links, devices and pipes are refused, names are data, and every count and size has a limit that is held against the
//! bytes that were really read.

use std::fs::File;
use std::io::{self, Cursor, Read};
use std::path::Path;

use zip::ZipArchive;

use super::Report;
use crate::gradebook::event::Flag;
use crate::gradebook::text::{Cleaned, Untrusted};

/// How much is read of a source.
struct Limits {
    /// Of one file; an answer is cut far below this.
    member_bytes: u64,
    total_bytes: u64,
    members: usize,
    /// Folders inside folders.
    depth: usize,
    /// More than this many bytes from one is no honest text …
    ratio: u64,
    /// … but of less than this the ratio says nothing: a line of blanks packs well.
    small_bytes: u64,
}

const LIMITS: Limits = Limits {
    member_bytes: 4 * 1024 * 1024,
    total_bytes: 1024 * 1024 * 1024,
    members: 200_000,
    depth: 8,
    ratio: 200,
    small_bytes: 256 * 1024,
};

pub(super) struct Member {
    /// Path inside the source, with `/`; safe to show.
    pub(super) path: String,
    /// Something to know of its name.
    pub(super) flags: Vec<Flag>,
    pub(super) bytes: Vec<u8>,
}

const LEAVE_OUT: &str = "it is left out; ask for the text itself";

/// What systems leave in every folder.
fn is_litter(name: &str) -> bool {
    name.starts_with('.') || matches!(name, "__MACOSX" | "Thumbs.db" | "desktop.ini")
}

/// The regular files below `root`, ordered by their path.
pub(super) fn of_folder(root: &Path, report: &mut Report) -> io::Result<Vec<Member>> {
    folder_within(root, &LIMITS, report)
}

fn folder_within(root: &Path, limits: &Limits, report: &mut Report) -> io::Result<Vec<Member>> {
    let mut folders = vec![(root.to_owned(), String::new(), Vec::new(), 0)];
    let mut members = Vec::new();
    let mut total = 0;
    while let Some((folder, prefix, flags, depth)) = folders.pop() {
        let entries = match std::fs::read_dir(&folder) {
            Err(error) if depth == 0 => return Err(error),
            Err(error) => {
                report.say(&prefix, format!("cannot read this folder: {error}"), "check its permissions");
                continue;
            }
            Ok(entries) => entries,
        };
        for entry in entries.flatten() {
            let Cleaned { text: name, flags: more } = Untrusted::new(entry.file_name().to_string_lossy()).name();
            if is_litter(&name) {
                continue;
            }
            let flags: Vec<Flag> = if more.is_empty() { flags.clone() } else { more };
            let path = format!("{prefix}{name}");
            // The link itself, not what it points to.
            let Ok(kind) = entry.file_type() else { continue };
            if kind.is_dir() {
                if depth < limits.depth {
                    folders.push((entry.path(), format!("{path}/"), flags, depth + 1));
                } else {
                    report.say(&path, "folders are nested too deep", LEAVE_OUT);
                }
            } else if !kind.is_file() {
                let what = if kind.is_symlink() { "a link" } else { "a pipe or device" };
                report.say(&path, format!("it is {what}, not a file"), LEAVE_OUT);
            } else if members.len() >= limits.members || total > limits.total_bytes {
                report.say(&path, "the source holds too much", "import it in parts");
                break;
            } else {
                match File::open(entry.path()).and_then(|file| limited(file, &path, limits, report)) {
                    Ok(bytes) => {
                        total += bytes.len() as u64;
                        members.push(Member { path, flags, bytes });
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
    zip_within(bytes, &LIMITS, report)
}

fn zip_within(bytes: &[u8], limits: &Limits, report: &mut Report) -> io::Result<Vec<Member>> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(io::Error::other)?;
    let mut members = Vec::new();
    let mut total = 0;
    if archive.len() > limits.members {
        report.say("", format!("the zip says it holds {} files", archive.len()), "import it in parts");
    }
    for index in 0..archive.len().min(limits.members) {
        let mut file = match archive.by_index(index) {
            Ok(file) => file,
            Err(error) => {
                report.say(&format!("file {index} of the zip"), error.to_string(), LEAVE_OUT);
                continue;
            }
        };
        // Some packers write backslashes: they separate here too.
        let raw = file.name().replace('\\', "/");
        let names = raw.split('/').filter(|it| !it.is_empty()).map(|it| Untrusted::new(it).name());
        let (parts, mut flags): (Vec<String>, Vec<Vec<Flag>>) = names.map(|it| (it.text, it.flags)).unzip();
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
        match limited(&mut file, &path, limits, report) {
            Ok(read)
                if read.len() as u64 > limits.small_bytes
                    && read.len() as u64 > packed.saturating_mul(limits.ratio) =>
            {
                report.say(&path, "it unpacks to far more than it holds", LEAVE_OUT);
            }
            Ok(read) => {
                total += read.len() as u64;
                if total > limits.total_bytes {
                    report.say(&path, "the zip unpacks to too much; the rest is left out", "import it in parts");
                    break;
                }
                let flags = flags.pop().into_iter().chain(flags).find(|it| !it.is_empty()).unwrap_or_default();
                members.push(Member { path, flags, bytes: read });
            }
            Err(error) => report.say(&path, format!("cannot unpack it: {error}"), LEAVE_OUT),
        }
    }
    members.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(members)
}

fn limited(source: impl Read, path: &str, limits: &Limits, report: &mut Report) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    source.take(limits.member_bytes + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limits.member_bytes {
        bytes.truncate(limits.member_bytes as usize);
        let limit = limits.member_bytes / (1024 * 1024);
        report.say(path, format!("only its first {limit} MB are read"), "look at the file itself");
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::*;

    type Files<'a> = &'a [(&'a str, Vec<u8>)];

    const SMALL: Limits =
        Limits { member_bytes: 1000, total_bytes: 2500, members: 4, depth: 1, ratio: 10, small_bytes: 100 };

    fn read(files: Files<'_>) -> (Vec<usize>, String) {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        let stored = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
        for (name, bytes) in files {
            let packed = name.starts_with("packed");
            zip.start_file(*name, if packed { SimpleFileOptions::default() } else { stored }).expect("started");
            zip.write_all(bytes).expect("written");
        }
        let mut report = Report::default();
        let bytes = zip.finish().expect("finished").into_inner();
        let members = zip_within(&bytes, &SMALL, &mut report).expect("a zip");
        let folder = tempfile::tempdir().expect("a folder for the test");
        for (name, bytes) in files {
            std::fs::write(folder.path().join(name), bytes).expect("written");
        }
        let mut of_folder = Report::default();
        let in_folder = folder_within(folder.path(), &SMALL, &mut of_folder).expect("a folder");
        // A folder is read within the same limits, but for the ratio.
        if files.iter().all(|(name, _)| !name.starts_with("packed")) {
            assert!(in_folder.len() <= SMALL.members && !of_folder.lines.is_empty());
        }
        let said = report.lines.iter().map(|line| format!("{}; ", line.reason)).collect::<Vec<_>>().concat();
        (members.iter().map(|member| member.bytes.len()).collect(), said)
    }

    #[test]
    fn a_source_is_read_within_limits_of_count_size_and_ratio() {
        let cases: [(Files<'_>, &[usize], &str); 4] = [
            (&[("a", vec![1; 5000])], &[1000], "only its first"),
            (
                &[("a", vec![1; 1000]), ("b", vec![1; 1000]), ("c", vec![1; 1000]), ("d", vec![1])],
                &[1000, 1000],
                "too much",
            ),
            (
                &[("a", vec![1]), ("b", vec![1]), ("c", vec![1]), ("d", vec![1]), ("e", vec![1])],
                &[1, 1, 1, 1],
                "holds 5 files",
            ),
            (&[("packed", vec![1; 900]), ("packed small", vec![1; 90])], &[90], "far more than it holds"),
        ];
        for (files, sizes, reason) in cases {
            let (read, said) = read(files);
            assert_eq!(read, sizes, "{said}");
            assert!(said.contains(reason), "{said}");
        }
    }
}
