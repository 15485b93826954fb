//! Finds and reads the files of a course: those embedded in the binary, or a folder instead.
//!
//! Absent: what the files mean (that is `course`). Bytes become text here, once, with control characters made
//! visible, so that no file can reach the terminal with an escape sequence in it.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use include_dir::{Dir, include_dir};

use crate::course::{Course, Files, Problem};

static LESSONS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/lessons");
static EXERCISES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/exercises");

/// What is read of one file at most, in bytes; the rest is cut and said.
pub const MAX_FILE_BYTES: u64 = 16 * 1024 * 1024;
/// Folders below `lessons` or `exercises` that are entered, so that a link that leads back ends somewhere.
const MAX_DEPTH: usize = 4;

#[derive(Debug, thiserror::Error)]
pub enum ContentError {
    #[error("cannot read {}: {source}", path.display())]
    Unreadable { path: PathBuf, source: io::Error },
    #[error("{} holds no course: there is no folder `lessons` in it", path.display())]
    NoCourse { path: PathBuf },
}

/// Opens the course in `folder`, or the embedded one.
///
/// Slips in single files are in [`Course::problems`]; only a folder that is no course is an error.
pub fn open(folder: Option<&Path>) -> Result<Course, ContentError> {
    // What is built in was checked before. A folder has an author, who wants to know.
    let Some(folder) = folder else { return Ok(Course::assemble_proven(&embedded())) };
    let Folder { files, others, problems } = read_folder(folder)?;
    let mut course = Course::assemble(&files);
    course.files.extend(others);
    course.find_slips();
    course.folder = folder.display().to_string();
    course.problems.splice(0..0, problems);
    Ok(course)
}

/// The files that were compiled in.
pub fn embedded() -> Files {
    let mut files = Files::new();
    for (name, root) in [("lessons", &LESSONS), ("exercises", &EXERCISES)] {
        let mut folders = vec![root];
        while let Some(folder) = folders.pop() {
            folders.extend(folder.dirs());
            for file in folder.files() {
                if let Some(text) = file.contents_utf8() {
                    // Windows paths in the table of a Windows build would miss the names the course knows.
                    let path = file.path().to_string_lossy().replace('\\', "/");
                    files.insert(format!("{name}/{path}"), text.to_owned());
                }
            }
        }
    }
    files
}

/// What lies in a course's folder.
#[derive(Default)]
struct Folder {
    files: Files,
    /// Files of kinds that no course has.
    others: Vec<String>,
    problems: Vec<Problem>,
}

fn read_folder(root: &Path) -> Result<Folder, ContentError> {
    std::fs::read_dir(root).map_err(|source| ContentError::Unreadable { path: root.to_owned(), source })?;
    if !root.join("lessons").is_dir() {
        return Err(ContentError::NoCourse { path: root.to_owned() });
    }
    let Folder { mut files, mut others, mut problems } = Folder::default();
    let mut folders =
        vec![(root.join("lessons"), "lessons".to_owned(), 0), (root.join("exercises"), "exercises".into(), 0)];
    while let Some((folder, name, depth)) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else {
            if depth > 0 {
                problems.push(Problem::new(&name, 0, "cannot read this folder: check its permissions"));
            }
            continue;
        };
        for entry in entries.flatten() {
            let path = entry.path();
            let file_name = entry.file_name().to_string_lossy().into_owned();
            let name = format!("{name}/{}", visible(&file_name));
            if file_name.starts_with('.') {
                continue;
            }
            if path.is_dir() {
                if depth < MAX_DEPTH {
                    folders.push((path, name, depth + 1));
                }
            } else if matches!(path.extension().and_then(|it| it.to_str()), Some("md" | "toml" | "jsonl")) {
                match read_text(&path) {
                    Ok(read) => {
                        problems.extend(read.notes.iter().map(|note| Problem::new(&name, 0, note)));
                        files.insert(name, read.text);
                    }
                    Err(error) => problems.push(Problem::new(&name, 0, format!("cannot read it: {error}"))),
                }
            } else if !is_editors(&file_name) {
                others.push(name);
            }
        }
    }
    problems.sort();
    Ok(Folder { files, others, problems })
}

/// What editors leave behind for a while; a number is how one of them tries whether it may write.
fn is_editors(file_name: &str) -> bool {
    file_name.ends_with('~') || file_name.starts_with('#') || file_name.parse::<u32>().is_ok()
}

/// Text as it may be shown, with a note for each thing that had to be changed.
pub struct ReadText {
    pub text: String,
    pub notes: Vec<String>,
}

/// Reads a file of any kind as text. A device or pipe that is not a regular file is refused.
pub fn read_text(path: &Path) -> io::Result<ReadText> {
    let file = File::open(path)?;
    let kind = file.metadata()?;
    if kind.is_dir() {
        return Err(io::Error::new(io::ErrorKind::IsADirectory, "it is a folder, not a file"));
    }
    read_from(file)
}

/// Reads at most [`MAX_FILE_BYTES`] of `source` as text.
pub fn read_from(source: impl Read) -> io::Result<ReadText> {
    let mut bytes = Vec::new();
    source.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes)?;
    let mut notes = Vec::new();
    if bytes.len() as u64 > MAX_FILE_BYTES {
        bytes.truncate(MAX_FILE_BYTES as usize);
        notes.push(format!("it is longer than {} MB: the rest is not shown", MAX_FILE_BYTES / (1024 * 1024)));
    }
    let text = match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let at = error.utf8_error().valid_up_to();
            notes.push(format!("it is not UTF-8 text (byte {at}): what cannot be read is shown as \u{fffd}"));
            String::from_utf8_lossy(error.as_bytes()).into_owned()
        }
    };
    let text = match visible(&text) {
        Cow::Borrowed(_) => text,
        Cow::Owned(changed) => {
            notes.push("it holds control characters: they are shown, not obeyed".to_owned());
            changed
        }
    };
    Ok(ReadText { text, notes })
}

/// `text` with each control or bidirectional-override character replaced by a picture of it.
///
/// Line feed and tab stay; a carriage return before a line feed goes.
pub fn visible(text: &str) -> Cow<'_, str> {
    if !may_be_changed(text.as_bytes()) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '\r' if rest.peek() == Some(&'\n') => {}
            '\r' => out.push('\u{240d}'),
            c if !is_hostile(c) => out.push(c),
            // The block of control pictures mirrors C0.
            c if (c as u32) < 0x20 => out.push(char::from_u32(0x2400 + c as u32).unwrap_or('\u{fffd}')),
            '\u{7f}' => out.push('\u{2421}'),
            c => {
                let _ = write!(out, "<U+{:04X}>", c as u32);
            }
        }
    }
    Cow::Owned(out)
}

/// Whether one of the characters that are changed is in a text, by its bytes: files and what is printed are long, and
/// seldom have one.
fn may_be_changed(text: &[u8]) -> bool {
    text.iter().enumerate().any(|(at, byte)| match byte {
        b'\n' | b'\t' => false,
        0..b' ' | 0x7f => true,
        // The controls that are not ASCII, and the overrides of writing direction.
        0xc2 => matches!(text.get(at + 1), Some(0x80..0xa0)),
        0xe2 => matches!(text.get(at + 1..at + 3), Some([0x80, 0xaa..=0xae] | [0x81, 0xa6..=0xa9])),
        _ => false,
    })
}

fn is_hostile(c: char) -> bool {
    (c.is_control() && c != '\n' && c != '\t' && c != '\r')
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::{is_hostile, read_from, visible};

    #[test]
    fn control_characters_are_shown_and_not_obeyed() {
        assert_eq!(visible("a\u{1b}[31mb"), "a␛[31mb");
        assert_eq!(visible("a\u{202e}b\u{9b}c\u{7f}"), "a<U+202E>b<U+009B>c␡");
        assert_eq!(visible("line\r\nnext\ttab\n"), "line\nnext\ttab\n");
        assert!(matches!(visible("plain · ünï — │…"), std::borrow::Cow::Borrowed(_)));
        // By bytes and by characters the same ones are meant.
        for c in '\0'..='\u{2fff}' {
            let is_changed = matches!(visible(c.encode_utf8(&mut [0; 4])), std::borrow::Cow::Owned(_));
            assert_eq!(is_changed, is_hostile(c) || c == '\r', "{c:?}");
        }
    }

    #[test]
    fn bytes_that_are_no_text_are_read_with_a_note() {
        let read = read_from(&b"ok \xff\xfe"[..]).expect("memory can be read");
        assert_eq!(read.text, "ok \u{fffd}\u{fffd}");
        assert!(read.notes[0].contains("byte 3"));
    }
}
