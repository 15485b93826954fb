//! The files of a function: what would be zipped and uploaded.
//!
//! In: a folder, one file, or text by path. Out: texts by their path inside the bundle, in order of their names. Absent:
//! packages of others; the course's functions use their own files and what the platform gives.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// All files together; a function of the course has a few KB.
const MAX_BYTES: u64 = 4 * 1024 * 1024;
const MAX_FILES: usize = 500;
const MAX_FOLDERS_DEEP: usize = 8;
/// The files that code can load, and those that describe it.
const ENDINGS: [&str; 4] = ["js", "mjs", "cjs", "json"];

/// What stands in one file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Source {
    Text(String),
    /// Why it cannot be loaded. A binary file is no harm until it is asked for.
    Unreadable(String),
}

impl Source {
    fn read(bytes: Vec<u8>) -> Self {
        match String::from_utf8(bytes) {
            Ok(text) if text.contains('\0') => {
                Self::Unreadable("it is a binary file: it holds a NUL character".to_owned())
            }
            // Some editors begin a file with a byte order mark.
            Ok(text) => Self::Text(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text)),
            Err(error) => Self::Unreadable(format!(
                "it is not UTF-8 text: the first byte that cannot be is at offset {}",
                error.utf8_error().valid_up_to()
            )),
        }
    }
}

/// The files of a function, by path with `/` between folders.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Bundle {
    files: BTreeMap<String, Source>,
}

#[derive(Debug, thiserror::Error)]
pub enum BundleError {
    #[error("cannot read {}: {source}", path.display())]
    Read { path: PathBuf, source: std::io::Error },
    #[error("{} holds more than {} MB of code; a function of this size would start slowly, and does not start here",
        path.display(), MAX_BYTES / (1024 * 1024))]
    TooLarge { path: PathBuf },
    #[error("{} holds more than {MAX_FILES} files of code", path.display())]
    TooMany { path: PathBuf },
}

impl Bundle {
    /// A bundle of one file.
    pub fn of(path: &str, text: impl Into<String>) -> Self {
        Self::default().with(path, text)
    }

    /// Adds a file, or puts another text in its place.
    #[must_use]
    pub fn with(mut self, path: &str, text: impl Into<String>) -> Self {
        self.files.insert(path.trim_start_matches("./").to_owned(), Source::read(text.into().into_bytes()));
        self
    }

    /// Reads the code in `folder` and the folders inside it.
    ///
    /// Folders of packages and hidden ones are left out, and so are links, which may lead anywhere.
    pub fn read_folder(folder: &Path) -> Result<Self, BundleError> {
        let mut bundle = Self::default();
        let mut bytes_left = MAX_BYTES;
        let mut folders = vec![(folder.to_owned(), String::new(), 0)];
        while let Some((path, inside, depth)) = folders.pop() {
            let failed = |source| BundleError::Read { path: path.clone(), source };
            for entry in std::fs::read_dir(&path).map_err(failed)? {
                let entry = entry.map_err(failed)?;
                let name = entry.file_name().to_string_lossy().into_owned();
                let kind = entry.file_type().map_err(failed)?;
                if name.starts_with('.') || name == "node_modules" {
                    continue;
                }
                let name = format!("{inside}{name}");
                if kind.is_dir() && depth < MAX_FOLDERS_DEEP {
                    folders.push((entry.path(), name + "/", depth + 1));
                } else if kind.is_file() && name.rsplit_once('.').is_some_and(|(_, end)| ENDINGS.contains(&end)) {
                    if bundle.files.len() == MAX_FILES {
                        return Err(BundleError::TooMany { path: folder.to_owned() });
                    }
                    bundle.read_file(&entry.path(), name, &mut bytes_left)?;
                }
            }
        }
        Ok(bundle)
    }

    /// Reads one file and those that it loads, as far as they lie in its folder: what stands in quotes and begins with
    /// `./` or `../`, as an argument of `require` and `import` does.
    pub fn read_entry(path: &Path) -> Result<Self, BundleError> {
        let folder = path.parent().unwrap_or(Path::new(""));
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let mut bundle = Self::default();
        let mut bytes_left = MAX_BYTES;
        bundle.read_file(path, name.clone(), &mut bytes_left)?;
        if folder.join("package.json").is_file() {
            bundle.read_file(&folder.join("package.json"), "package.json".to_owned(), &mut bytes_left)?;
        }
        let mut unread = vec![name];
        while let Some(base) = unread.pop() {
            let named = bundle.text(&base).map(quoted_paths).unwrap_or_default();
            for specifier in named {
                let Some(inside) = join(&base, &specifier) else { continue };
                let endings = ["", ".js", ".cjs", ".mjs", ".json", "/index.js"];
                let found = endings.iter().map(|end| format!("{inside}{end}")).find(|it| folder.join(it).is_file());
                let Some(found) = found.filter(|found| !bundle.contains(found)) else { continue };
                if bundle.files.len() == MAX_FILES {
                    return Err(BundleError::TooMany { path: folder.to_owned() });
                }
                bundle.read_file(&folder.join(&found), found.clone(), &mut bytes_left)?;
                unread.push(found);
            }
        }
        Ok(bundle)
    }

    fn read_file(&mut self, path: &Path, name: String, bytes_left: &mut u64) -> Result<(), BundleError> {
        use std::io::Read;
        let mut bytes = Vec::new();
        std::fs::File::open(path)
            .and_then(|file| file.take(*bytes_left + 1).read_to_end(&mut bytes))
            .map_err(|source| BundleError::Read { path: path.to_owned(), source })?;
        let left = bytes_left.checked_sub(bytes.len() as u64);
        *bytes_left = left.ok_or_else(|| BundleError::TooLarge { path: path.to_owned() })?;
        self.files.insert(name, Source::read(bytes));
        Ok(())
    }

    /// The text of a file.
    pub fn text(&self, path: &str) -> Option<&str> {
        match self.files.get(path)? {
            Source::Text(text) => Some(text),
            Source::Unreadable(_) => None,
        }
    }

    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }

    pub(super) fn source(&self, path: &str) -> Option<&Source> {
        self.files.get(path)
    }

    pub(super) fn contains(&self, path: &str) -> bool {
        self.files.contains_key(path)
    }

    /// Whether `path` is written as an ES module: by its ending, by `package.json`, or else by its first `import` or
    /// `export` at the start of a line, as current Node.js finds out too.
    pub(super) fn is_es_module(&self, path: &str) -> bool {
        match path.rsplit_once('.') {
            Some((_, "mjs")) => true,
            Some((_, "js")) => match self.declared_type() {
                Some(declared) => declared == "module",
                None => self.text(path).is_some_and(has_module_syntax),
            },
            _ => false,
        }
    }

    fn declared_type(&self) -> Option<String> {
        let package: serde_json::Value = serde_json::from_str(self.text("package.json")?).ok()?;
        Some(package.get("type")?.as_str()?.to_owned())
    }
}

/// The path that `specifier` means in the file `base`; `None` when it leads out of the bundle.
pub(super) fn join(base: &str, specifier: &str) -> Option<String> {
    let folder = base.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in specifier.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// What stands in quotes and begins like a relative path.
fn quoted_paths(text: &str) -> Vec<String> {
    let starts = text.match_indices(['\'', '"', '`']);
    let paths = starts.filter_map(|(at, quote)| {
        let inside = &text[at + 1..];
        let is_path = inside.starts_with("./") || inside.starts_with("../");
        // No path of a lesson is longer, and a file of quotes must not be searched over and over.
        let end = inside.as_bytes().iter().take(200).position(|byte| *byte == quote.as_bytes()[0])?;
        is_path.then(|| inside[..end].to_owned())
    });
    paths.collect()
}

fn has_module_syntax(text: &str) -> bool {
    text.lines().any(|line| {
        let rest = line.strip_prefix("import").or_else(|| line.strip_prefix("export"));
        rest.is_some_and(|rest| rest.starts_with([' ', '{', '*', '"', '\'']))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kind_of_module_is_found_as_node_finds_it() {
        for (path, text, is_es) in [
            ("a.mjs", "", true),
            ("a.cjs", "export const x = 1", false),
            ("a.js", "exports.x = 1", false),
            ("a.js", "// import x\nconst exported = 1", false),
            ("a.js", "\nexport const handler = 1", true),
            ("a.js", "import{x} from './x.js'", true),
        ] {
            assert_eq!(Bundle::of(path, text).is_es_module(path), is_es, "{path}: {text}");
        }
        let declared = Bundle::of("package.json", r#"{"type": "commonjs"}"#).with("a.js", "export const x = 1");
        assert!(!declared.is_es_module("a.js"));
    }

    #[test]
    fn a_binary_file_is_kept_out_with_its_reason() {
        let source = Source::read(vec![b'a', 0xff, 0xfe]);
        assert!(matches!(source, Source::Unreadable(why) if why.contains("offset 1")));
        assert!(matches!(Source::read(b"a\0b".to_vec()), Source::Unreadable(_)));
    }

    #[test]
    fn a_file_brings_those_it_loads() {
        let folder = tempfile::tempdir().expect("a folder");
        for (name, text) in [
            ("index.js", "const a = require('./a'); import(`./gone`); const text = 'not ./b';"),
            ("a.js", "require(\"./data.json\"); require('../../../etc/passwd'); require('./index');"),
            ("data.json", "{}"),
            ("b.js", "1"),
        ] {
            std::fs::write(folder.path().join(name), text).expect("written");
        }
        let bundle = Bundle::read_entry(&folder.path().join("index.js")).expect("read");
        assert_eq!(bundle.paths().collect::<Vec<_>>(), ["a.js", "data.json", "index.js"]);
    }

    #[test]
    fn a_folder_is_read_without_its_packages() {
        let folder = tempfile::tempdir().expect("a folder");
        let write = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().expect("inside")).expect("made");
            std::fs::write(path, text).expect("written");
        };
        write("index.js", "1");
        write("lib/a.js", "2");
        write("node_modules/x/index.js", "3");
        write(".git/x.js", "4");
        write("notes.md", "5");
        let bundle = Bundle::read_folder(folder.path()).expect("read");
        assert_eq!(bundle.paths().collect::<Vec<_>>(), ["index.js", "lib/a.js"]);
    }
}
