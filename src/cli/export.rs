//! `coldstart export`: the course as web pages that need no network.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use clap::Args;

use super::output::{Output, progress, remark};
use super::{CliError, Outcome, open_course};
use crate::html;

#[derive(Debug, Args)]
#[command(after_help = "Example:\n  coldstart export --html site\n  coldstart --course mine export --html site")]
pub(super) struct Arguments {
    /// The folder for the pages; it must be new, empty, or hold an earlier export
    #[arg(long, value_name = "DIR")]
    html: PathBuf,
}

pub(super) fn run(it: &Arguments, folder: Option<&Path>, output: &mut Output) -> Result<Outcome, CliError> {
    let course = open_course(folder)?;
    let root = &it.html;
    if !may_be_filled(root).map_err(|error| failed("look into", root, &error))? {
        return Err(CliError::Input(format!(
            "{} holds other files: name a new folder, so that none of them is overwritten",
            root.display()
        )));
    }
    let n_files = 1 + course.pages().count();
    for (index, file) in html::site(&course).enumerate() {
        progress(&format!("{} of {n_files}", index + 1));
        let path = root.join(&file.path);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(|error| failed("make", parent, &error))?;
        }
        fs::write(&path, file.text).map_err(|error| failed("write", &path, &error))?;
    }
    progress("");
    if !course.problems.is_empty() {
        remark("the course has problems, which stand in its pages; `coldstart check` says where");
    }
    output.line(&format!("{n_files} pages; open {}", root.join(html::INDEX).display()))?;
    Ok(Outcome::Done)
}

/// Whether nobody else's files are in the folder: it is not there, empty, or an earlier export.
fn may_be_filled(root: &Path) -> io::Result<bool> {
    let mut entries = match fs::read_dir(root) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(true),
        Err(error) => return Err(error),
    };
    Ok(entries.next().is_none() || fs::read_to_string(root.join(html::INDEX)).is_ok_and(|index| html::is_ours(&index)))
}

fn failed(verb: &str, path: &Path, error: &io::Error) -> CliError {
    CliError::Input(format!("cannot {verb} {}: {error}", path.display()))
}
