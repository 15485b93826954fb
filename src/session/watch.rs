//! A course's folder to the news that something in it was saved.
//!
//! In: the folder. Out: [`Watch::wait`] comes back a moment after each change of a page, an exercise or a scenario.
//! Absent: what the change was. A course is read whole, which takes less time than the eye needs.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::{Duration, Instant};

use notify::event::{CreateKind, EventKind, ModifyKind, RemoveKind};
use notify::{RecommendedWatcher, RecursiveMode, Watcher};

use super::Event;
use crate::app::{Action, Notice};

/// The folders of a course, below its root. The rest of the root may be anything, a whole repository too.
const FOLDERS: [&str; 2] = ["lessons", "exercises"];
/// An editor empties, writes and renames within a few milliseconds: a file is read when all of that is over.
const QUIET: Duration = Duration::from_millis(25);
/// What is written without a pause is read now and then all the same.
const PATIENCE: Duration = Duration::from_millis(250);

/// A watch that was begun before the course was read, so that no change falls between the two.
pub struct Listening(notify::Result<Watch>);

impl Listening {
    pub fn begin(folder: &Path) -> Self {
        Self(Watch::begin(folder))
    }

    /// Asks for the course to be read again after each change, for as long as somebody listens.
    pub(super) fn report(self, events: Sender<Event>) {
        thread::spawn(move || match self.0 {
            Ok(mut watch) => while watch.wait() && events.send(Event::Done(Action::Reload)).is_ok() {},
            Err(error) => {
                let text = format!("What you save will not show by itself: {error}. `r` reads the course again.");
                let _ = events.send(Event::Done(Action::Said(Notice { text, grave: true })));
            }
        });
    }
}

/// An ear at a course's folder. Changes from [`Watch::begin`] on are heard, also those between two waits.
pub(crate) struct Watch {
    watcher: RecommendedWatcher,
    heard: Receiver<notify::Result<notify::Event>>,
    root: PathBuf,
}

impl Watch {
    pub(crate) fn begin(folder: &Path) -> notify::Result<Self> {
        let root = folder.canonicalize()?;
        let (says, heard) = mpsc::channel();
        let mut watcher = notify::recommended_watcher(says)?;
        // The root itself is heard so that a folder which goes (a branch is switched) is met when it comes back.
        watcher.watch(&root, RecursiveMode::NonRecursive)?;
        let mut watch = Self { watcher, heard, root };
        watch.enter_folders()?;
        Ok(watch)
    }

    /// Sleeps until something has changed and has been quiet since. `false`: nothing will be heard any more.
    pub(crate) fn wait(&mut self) -> bool {
        loop {
            match self.heard.recv() {
                Ok(event) if self.concerns_the_course(&event) => break,
                Ok(_) => {}
                Err(_) => return false,
            }
        }
        let latest = Instant::now() + PATIENCE;
        let mut settled = Instant::now() + QUIET;
        loop {
            let left = settled.min(latest).saturating_duration_since(Instant::now());
            match self.heard.recv_timeout(left) {
                Ok(event) if self.concerns_the_course(&event) => settled = Instant::now() + QUIET,
                Ok(_) => {}
                Err(_) => return true,
            }
        }
    }

    fn enter_folders(&mut self) -> notify::Result<()> {
        for folder in FOLDERS.map(|name| self.root.join(name)) {
            if folder.is_dir() {
                self.watcher.watch(&folder, RecursiveMode::Recursive)?;
            }
        }
        Ok(())
    }

    fn concerns_the_course(&mut self, event: &notify::Result<notify::Event>) -> bool {
        // Events that were lost, for whatever reason, may have been about anything.
        let Ok(event) = event else { return true };
        if event.need_rescan() {
            return true;
        }
        let inside: Vec<&Path> = event.paths.iter().filter_map(|path| path.strip_prefix(&self.root).ok()).collect();
        let concerns = inside.iter().any(|path| is_of_a_course(path, event.kind));
        if concerns && inside.iter().any(|path| path.components().count() == 1) {
            // A folder that cannot be entered again is still read whenever something else changes.
            let _ = self.enter_folders();
        }
        concerns
    }
}

/// Whether a course is another one after this happened to `path` (inside its folder).
fn is_of_a_course(path: &Path, kind: EventKind) -> bool {
    // Looking is no change. Without this, reading the course would be a reason to read it again.
    if matches!(kind, EventKind::Access(_)) {
        return false;
    }
    let mut parts = path.iter().map(|part| part.to_string_lossy());
    let Some(first) = parts.next() else { return false };
    if !FOLDERS.contains(&&*first) || parts.any(|part| part.starts_with('.')) {
        return false;
    }
    match path.extension() {
        Some(extension) => extension == "md" || extension == "toml",
        // A folder that comes, goes or is renamed takes its pages along; the marks editors leave are files.
        None => !matches!(
            kind,
            EventKind::Create(CreateKind::File)
                | EventKind::Remove(RemoveKind::File)
                | EventKind::Modify(ModifyKind::Data(_) | ModifyKind::Metadata(_))
        ),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use notify::event::{AccessKind, CreateKind, DataChange, EventKind, ModifyKind, RemoveKind, RenameMode};

    use super::is_of_a_course;

    #[test]
    fn what_makes_another_course_of_it() {
        let written = EventKind::Modify(ModifyKind::Data(DataChange::Any));
        let renamed = EventKind::Modify(ModifyKind::Name(RenameMode::To));
        for (path, kind, expected) in [
            ("lessons/s/01-a.md", written, true),
            ("lessons/s/01-a.md", renamed, true),
            ("exercises/q.toml", EventKind::Remove(RemoveKind::File), true),
            ("lessons/s/01-a.md", EventKind::Access(AccessKind::Any), false),
            ("lessons/s/.01-a.md.swp", written, false),
            ("lessons/s/.git/x.md", written, false),
            ("lessons/s/01-a.md~", written, false),
            ("lessons/s/4913", EventKind::Create(CreateKind::File), false),
            ("lessons/s", EventKind::Remove(RemoveKind::Folder), true),
            ("lessons", renamed, true),
            ("README.md", written, false),
            ("target/debug", EventKind::Create(CreateKind::Folder), false),
            ("", written, false),
        ] {
            assert_eq!(is_of_a_course(Path::new(path), kind), expected, "{path} {kind:?}");
        }
    }
}
