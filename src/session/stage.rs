//! Where a presentation is, shared by the screens of one machine: a file in the folder of a course's progress, and a lock.
//! Beside it a file of all hands that were ever counted.
//!
//! The screen before the class holds the lock for as long as it runs, and the system lets go of it however the program
//! ends. Whichever screen moves writes the file whole; the others hear that it changed. So any of them may end, and begin
//! again where the others are. Absent: what a step is.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Sender};
use std::thread;
use std::time::Duration;

use notify::{RecursiveMode, Watcher};

use super::Event;
use crate::app::Action;
use crate::app::present::count::{Count, remember};
use crate::app::present::{Asked, Clock, Stage, Visit};

const FILE: &str = "stage.json";
const COUNTS_FILE: &str = "hands.json";
const LOCK: &str = "stage.lock";
/// A file that is longer than this is not ours.
const MOST_BYTES: u64 = 16 * 1024 * 1024;
/// After so long a pause it is another class's presentation.
const ONE_CLASS_MS: i64 = 4 * 3_600_000;
/// A screen of notes that looks whether a presentation runs holds the lock for a moment.
const TRIES: usize = 10;

#[derive(Debug, thiserror::Error)]
pub enum StageError {
    #[error("{}: {source}", path.display())]
    Folder { path: PathBuf, source: io::Error },
    #[error("{}: the counted hands cannot be read: {source}; move the file away to begin anew", path.display())]
    Counts { path: PathBuf, source: io::Error },
    #[error(
        "a presentation of this course is running on this machine already{at}: `coldstart present --notes` follows it; close it to begin another one, or keep a second one apart with --data DIR"
    )]
    Taken { at: String },
}

/// The shared place of a presentation.
pub struct StageDoor {
    folder: PathBuf,
    lock: File,
    is_held: bool,
}

impl StageDoor {
    /// Opens the place for the screen before the class, of which there is one.
    pub fn hold(folder: &Path) -> Result<Self, StageError> {
        let mut door = Self::follow(folder)?;
        for _ in 0..TRIES {
            match door.lock.try_lock() {
                Ok(()) => {
                    door.is_held = true;
                    return Ok(door);
                }
                Err(TryLockError::WouldBlock) => thread::sleep(Duration::from_millis(20)),
                Err(TryLockError::Error(source)) => return Err(StageError::Folder { path: door.folder, source }),
            }
        }
        let at = door.read().map_or_else(String::new, |stage| format!(" (page {})", stage.page));
        Err(StageError::Taken { at })
    }

    /// Opens the place for a screen that follows.
    pub fn follow(folder: &Path) -> Result<Self, StageError> {
        let failed = |source| StageError::Folder { path: folder.to_owned(), source };
        std::fs::create_dir_all(folder).map_err(failed)?;
        let lock =
            OpenOptions::new().create(true).truncate(false).write(true).open(folder.join(LOCK)).map_err(failed)?;
        Ok(Self { folder: folder.to_owned(), lock, is_held: false })
    }

    /// Where the presentation is, or was when it ended not long ago.
    pub fn read(&self) -> Option<Stage> {
        let stage = self.last()?;
        let last = stage.visits.last()?.at_ms;
        let counts = counts(&self.folder).unwrap_or_default();
        (now_ms() - last < ONE_CLASS_MS).then_some(Stage { counts, ..stage })
    }

    /// Where the last presentation was, however long ago.
    fn last(&self) -> Option<Stage> {
        let path = self.folder.join(FILE);
        if path.metadata().ok()?.len() > MOST_BYTES {
            return None;
        }
        // A file of another version is as good as none: the next move writes it anew.
        serde_json::from_slice(&std::fs::read(path).ok()?).ok()
    }

    /// Keeps a count, in the place of what it was a moment ago.
    pub(super) fn count(&self, count: Count) -> Result<(), StageError> {
        let mut counts = counts(&self.folder)?;
        if remember(&mut counts, Count { at_ms: now_ms(), ..count }) {
            let path = self.folder.join(COUNTS_FILE);
            self.write(&path, &counts).map_err(|source| StageError::Folder { path, source })?;
        }
        Ok(())
    }

    /// Whoever reads finds the file whole, before or after.
    fn write(&self, path: &Path, value: &impl serde::Serialize) -> io::Result<()> {
        let mut file = io::BufWriter::new(tempfile::NamedTempFile::new_in(&self.folder)?);
        serde_json::to_writer(&mut file, value)?;
        file.into_inner().map_err(io::IntoInnerError::into_error)?.persist(path)?;
        Ok(())
    }

    /// Says where the presentation is now, after so many `moves`. What is written last has the most, so that screens that
    /// move at once come together where the last one went.
    pub(super) fn share(&self, page: &str, step: usize, asked: Option<Asked>, moves: u64) -> io::Result<()> {
        let moves = moves.max(self.last().map_or(0, |last| last.moves) + 1);
        let mut stage = Stage { moves, ..self.read().unwrap_or_default() };
        if stage.visits.last().is_none_or(|visit| visit.page != page) {
            stage.visits.push(Visit { page: page.to_owned(), at_ms: now_ms() });
        }
        (stage.page, stage.step, stage.asked) = (page.to_owned(), step, asked);
        self.write(&self.folder.join(FILE), &stage)
    }

    /// Whether somebody shows the pages to a class.
    pub(super) fn is_running(&self) -> bool {
        if self.is_held {
            return true;
        }
        match self.lock.try_lock_shared() {
            Ok(()) => {
                let _ = self.lock.unlock();
                false
            }
            Err(TryLockError::WouldBlock) => true,
            Err(TryLockError::Error(_)) => false,
        }
    }

    /// Tells the time each second, and whether somebody shows the pages to a class.
    pub(super) fn tell_time(&self, events: Sender<Event>) {
        let Ok(door) = Self::follow(&self.folder) else { return };
        thread::spawn(move || {
            loop {
                let now = jiff::ZonedDateTime::now();
                let clock = Clock {
                    at_ms: now.timestamp().as_millisecond(),
                    shown: now.strftime("%H:%M:%S").to_string(),
                    is_running: door.is_running(),
                };
                if events.send(Event::Done(Action::Clock(clock))).is_err() {
                    return;
                }
                let into_second = now.timestamp().as_millisecond().rem_euclid(1000) as u64;
                thread::sleep(Duration::from_millis(1000 - into_second));
            }
        });
    }

    /// Tells where the presentation is, and of each move from now on, of this screen's own too: hearing of it changes nothing.
    pub(super) fn report(&self, events: Sender<Event>) {
        let follower = Self::follow(&self.folder);
        let folder = self.folder.clone();
        thread::spawn(move || {
            let (says, heard) = mpsc::channel();
            let (Ok(door), Ok(mut watcher)) = (follower, notify::recommended_watcher(says)) else { return };
            if watcher.watch(&folder, RecursiveMode::NonRecursive).is_err() {
                return;
            }
            // What was said while nobody listened.
            if let Some(stage) = door.read() {
                let _ = events.send(Event::Done(Action::Staged(stage)));
            }
            for event in heard {
                let concerns = |event: &notify::Event| {
                    !matches!(event.kind, notify::EventKind::Access(_))
                        && event
                            .paths
                            .iter()
                            .any(|path| path.file_name().is_some_and(|name| name == FILE || name == COUNTS_FILE))
                };
                if event.as_ref().is_ok_and(|event| !concerns(event)) {
                    continue;
                }
                if let Some(stage) = door.read()
                    && events.send(Event::Done(Action::Staged(stage))).is_err()
                {
                    return;
                }
            }
        });
    }
}

/// All hands that were counted in `folder`, the newest last.
pub fn counts(folder: &Path) -> Result<Vec<Count>, StageError> {
    let path = folder.join(COUNTS_FILE);
    let failed = |source| StageError::Counts { path: path.clone(), source };
    let bytes = match path.metadata() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Ok(about) if about.len() > MOST_BYTES => return Err(failed(io::ErrorKind::FileTooLarge.into())),
        _ => std::fs::read(&path).map_err(failed)?,
    };
    let counts: Vec<Count> = serde_json::from_slice(&bytes).map_err(|error| failed(error.into()))?;
    let now = now_ms();
    let shown =
        |count: Count| Count { when: when(count.at_ms), is_going_on: now - count.at_ms < ONE_CLASS_MS, ..count };
    Ok(counts.into_iter().map(shown).collect())
}

/// A moment as it is shown here: `25 Nov 2026, 14:05`.
fn when(at_ms: i64) -> String {
    let Ok(moment) = jiff::Timestamp::from_millisecond(at_ms) else { return String::new() };
    moment.to_zoned_datetime(jiff::tz::TimeZone::system()).strftime("%-d %b %Y, %H:%M").to_string()
}

fn now_ms() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}

#[cfg(test)]
mod tests {
    use super::{COUNTS_FILE, FILE, StageDoor, StageError, counts};
    use crate::app::present::count::{Count, Counted};

    #[test]
    fn one_screen_stands_before_the_class_and_any_may_move() {
        let folder = tempfile::tempdir().expect("a folder for the test");
        let notes = StageDoor::follow(folder.path()).expect("a door");
        assert!(!notes.is_running() && notes.read().is_none());
        let stage = StageDoor::hold(folder.path()).expect("the only one");
        assert!(notes.is_running());
        stage.share("s/01-a", 2, None, 1).expect("written");
        notes.share("s/02-b", 0, None, 1).expect("written");
        let read = stage.read().expect("there");
        assert_eq!((read.page.as_str(), read.step, read.moves, read.visits.len()), ("s/02-b", 0, 2, 2));
        assert!(matches!(StageDoor::hold(folder.path()), Err(StageError::Taken { at }) if at.contains("s/02-b")));
        // However it ends, another one may begin, and finds where it was.
        drop(stage);
        assert!(!notes.is_running());
        let again = StageDoor::hold(folder.path()).expect("free again");
        assert_eq!(again.read().expect("there").page, "s/02-b");
    }

    #[test]
    fn a_file_that_is_not_ours_is_as_good_as_none() {
        let folder = tempfile::tempdir().expect("a folder for the test");
        let door = StageDoor::follow(folder.path()).expect("a door");
        std::fs::write(folder.path().join(FILE), "{\"page\": 3").expect("written");
        assert!(door.read().is_none());
        door.share("s/01-a", 0, None, 1).expect("written anew");
        assert_eq!(door.read().expect("there").page, "s/01-a");
    }

    #[test]
    fn counted_hands_are_kept_and_a_file_that_cannot_be_read_is_not_written_over() {
        let folder = tempfile::tempdir().expect("a folder for the test");
        let door = StageDoor::follow(folder.path()).expect("a door");
        let count = |changes, hands| Count {
            question: "q".into(),
            changes,
            answers: vec![Counted { answer: "one".into(), hands }],
            ..Count::default()
        };
        for (changes, hands) in [(1, 4), (2, 40), (1, 4)] {
            door.count(count(changes, hands)).expect("kept");
        }
        let kept = counts(folder.path()).expect("read");
        assert_eq!(kept.iter().map(|it| (it.hands(), it.is_going_on)).collect::<Vec<_>>(), [(40, true)]);
        std::fs::write(folder.path().join(COUNTS_FILE), "[{").expect("written");
        assert!(matches!(door.count(count(3, 5)), Err(StageError::Counts { .. })));
        assert_eq!(std::fs::read_to_string(folder.path().join(COUNTS_FILE)).expect("there"), "[{");
    }
}
