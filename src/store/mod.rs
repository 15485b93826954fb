//! Keeps what a learner did: attempts, drafts and positions in one SQLite file, rows only ever added.
//!
//! Absent: what an attempt means. A row is written before anything on screen says so. Two programs may use one file at
//! once: SQLite orders their rows, and the newest draft and position win. Superseded drafts and positions are swept at
//! the next start; attempts never are.

pub mod class;

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rusqlite::{Connection, ErrorCode, OptionalExtension, params};

use crate::course::{Answer, Attempt, Deed, ExerciseId, Kept, PageId, Position};

const FILE: &str = "progress.db";
/// The layout of the tables that this program writes, kept in `PRAGMA user_version`.
const VERSION: i64 = 1;
/// How long another program may hold the file before we say so.
const BUSY: Duration = Duration::from_secs(5);

const TABLES: &str = "
CREATE TABLE journal (
    id      INTEGER PRIMARY KEY,
    at_ms   INTEGER NOT NULL,
    kind    TEXT NOT NULL CHECK (kind IN ('attempt', 'draft', 'position', 'reset')),
    -- the exercise of a draft or answer, the page of a position
    subject TEXT NOT NULL,
    body    TEXT NOT NULL
) STRICT;
CREATE INDEX journal_of ON journal (kind, subject, id);
CREATE TRIGGER attempts_stay BEFORE UPDATE ON journal BEGIN SELECT RAISE(ABORT, 'rows of the journal do not change'); END;
CREATE TRIGGER attempts_are_kept BEFORE DELETE ON journal WHEN OLD.kind IN ('attempt', 'reset')
BEGIN SELECT RAISE(ABORT, 'attempts are kept'); END;
";

#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("there is no folder for progress: set HOME, or name one with --data DIR")]
    NoHome,
    #[error("cannot make the folder {}: {source}", path.display())]
    Folder { path: PathBuf, source: io::Error },
    #[error("cannot open {}: {source}", path.display())]
    Open { path: PathBuf, source: rusqlite::Error },
    #[error("{} is not a progress file of coldstart; nothing in it was changed. Move it away, or name another folder with --data DIR", path.display())]
    NotOurs { path: PathBuf },
    #[error("{} was written by a newer coldstart (layout {found}, this one knows {VERSION}); nothing in it was changed. Update coldstart, or name another folder with --data DIR", path.display())]
    Newer { path: PathBuf, found: i64 },
    #[error("another program has held the progress file for {} s", waited.as_secs())]
    Busy { waited: Duration },
    #[error("the disk is full")]
    Full,
    #[error("the folder for progress cannot be written to")]
    ReadOnly,
    #[error("the progress file could not be written: {0}")]
    Sql(rusqlite::Error),
    #[error("a row of the progress file could not be read: {0}")]
    Row(#[from] serde_json::Error),
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy { waited: BUSY },
            Some(ErrorCode::DiskFull) => Self::Full,
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied | ErrorCode::CannotOpen) => Self::ReadOnly,
            _ => Self::Sql(error),
        }
    }
}

/// Where progress is kept when `--data` names no folder: `$XDG_DATA_HOME/coldstart` or what the platform uses.
pub fn default_folder() -> Result<PathBuf, StoreError> {
    use etcetera::BaseStrategy;
    let strategy = etcetera::choose_base_strategy().map_err(|_| StoreError::NoHome)?;
    Ok(strategy.data_dir().join("coldstart"))
}

/// Where below `folder` the progress in the course of another folder is kept: what is done in one course is nothing in
/// another, though both have an exercise of that name. A copy of a course is a course of its own.
pub fn folder_of(course: &Path, folder: &Path) -> PathBuf {
    let course = course.canonicalize().unwrap_or_else(|_| course.to_owned());
    let name = course.file_name().unwrap_or_default().to_string_lossy();
    // FNV-1a over the whole path tells apart what has the same name.
    let bytes = course.as_os_str().as_encoded_bytes();
    let fold = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    let hash = bytes.iter().fold(0xcbf2_9ce4_8422_2325, fold);
    folder.join("courses").join(format!("{name}-{hash:016x}"))
}

pub struct Store {
    connection: Connection,
}

/// Keeps a file with a write-ahead log. Of two programs that ask for it at once SQLite refuses one without the wait that
/// it grants otherwise, so that one asks again.
fn write_ahead(connection: &Connection, patience: Duration) -> rusqlite::Result<()> {
    let until = Instant::now() + patience;
    loop {
        match connection.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(())) {
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) && Instant::now() < until => {
                std::thread::sleep(Duration::from_millis(5));
            }
            other => return other,
        }
    }
}

impl Store {
    /// Opens the progress kept in `folder`, which is made if it is not there.
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        std::fs::create_dir_all(folder).map_err(|source| StoreError::Folder { path: folder.to_owned(), source })?;
        let path = folder.join(FILE);
        let connection = Connection::open(&path).map_err(|source| StoreError::Open { path: path.clone(), source })?;
        Self::set_up(connection, &path)
    }

    /// A store that lasts as long as the program, for when no folder can be written to.
    pub fn in_memory() -> Result<Self, StoreError> {
        Self::set_up(Connection::open_in_memory()?, Path::new("memory"))
    }

    fn set_up(connection: Connection, path: &Path) -> Result<Self, StoreError> {
        connection.busy_timeout(BUSY)?;
        let version =
            |connection: &Connection| connection.query_row("PRAGMA user_version", [], |row| row.get::<_, i64>(0));
        let found = version(&connection).map_err(|error| match error.sqlite_error_code() {
            Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => StoreError::NotOurs { path: path.to_owned() },
            _ => StoreError::from(error),
        })?;
        if found > VERSION {
            return Err(StoreError::Newer { path: path.to_owned(), found });
        }
        // Readers and a writer do not block each other; a killed process loses nothing that was committed.
        write_ahead(&connection, BUSY)?;
        connection.pragma_update(None, "synchronous", "NORMAL")?;
        let mut store = Self { connection };
        if found == 0 {
            // IMMEDIATE: of two programs that start at once, one makes the tables and the other waits and finds them.
            let transaction = store.connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
            if version(&transaction)? == 0 {
                let foreign: i64 = transaction.query_row("SELECT count(*) FROM sqlite_master", [], |row| row.get(0))?;
                if foreign > 0 {
                    return Err(StoreError::NotOurs { path: path.to_owned() });
                }
                transaction.execute_batch(TABLES)?;
                transaction.pragma_update(None, "user_version", VERSION)?;
            }
            transaction.commit()?;
        }
        Ok(store)
    }

    /// Everything that opening the course needs.
    pub fn load(&self) -> Result<Kept, StoreError> {
        let attempts = self.attempts()?;
        let since = self.last_reset()?;
        let mut statement = self.connection.prepare(
            "SELECT d.subject, d.body FROM journal d WHERE d.kind = 'draft' AND d.id > ?1
             AND d.id = (SELECT max(id) FROM journal WHERE kind = 'draft' AND subject = d.subject)
             AND NOT EXISTS (SELECT 1 FROM journal a WHERE a.kind = 'attempt' AND a.subject = d.subject AND a.id > d.id
                             AND json_extract(a.body, '$.kind') = 'answered')",
        )?;
        let mut drafts = BTreeMap::new();
        let rows = statement.query_map([since], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))?;
        for row in rows {
            let (exercise, body) = row?;
            drafts.insert(ExerciseId(exercise), serde_json::from_str::<Answer>(&body)?);
        }
        let position = self
            .connection
            .query_row(
                "SELECT subject, body FROM journal WHERE kind = 'position' AND id > ?1 ORDER BY id DESC LIMIT 1",
                [since],
                |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)),
            )
            .optional()?
            .map(|(page, spot)| Position { page: PageId(page), spot: spot.as_str().into() });
        Ok(Kept { attempts, drafts, position, due: Vec::new() })
    }

    /// All attempts since the last reset, oldest first.
    pub fn attempts(&self) -> Result<Vec<Attempt>, StoreError> {
        let since = self.last_reset()?;
        let mut statement =
            self.connection.prepare("SELECT body FROM journal WHERE kind = 'attempt' AND id > ?1 ORDER BY id")?;
        let rows = statement.query_map([since], |row| row.get::<_, String>(0))?;
        let mut attempts = Vec::new();
        for row in rows {
            attempts.push(serde_json::from_str(&row?)?);
        }
        Ok(attempts)
    }

    fn last_reset(&self) -> Result<i64, StoreError> {
        let sql = "SELECT coalesce(max(id), 0) FROM journal WHERE kind = 'reset'";
        Ok(self.connection.query_row(sql, [], |row| row.get(0))?)
    }

    /// Keeps a deed; when this returns, it is on the disk.
    pub fn keep(&mut self, at_ms: i64, deed: Deed) -> Result<Attempt, StoreError> {
        let attempt = Attempt { at_ms, deed };
        let subject = match &attempt.deed {
            Deed::PageRead { page }
            | Deed::Bookmarked { page, .. }
            | Deed::Noted { page, .. }
            | Deed::Predicted { page, .. } => page.clone(),
            deed => deed.exercise().map(|id| id.0.clone()).unwrap_or_default(),
        };
        let body = serde_json::to_string(&attempt)?;
        // An answer must outlive a power cut too; a letter of a draft need not.
        self.connection.pragma_update(None, "synchronous", "FULL")?;
        let kept = self.add(at_ms, "attempt", &subject, &body);
        self.connection.pragma_update(None, "synchronous", "NORMAL")?;
        kept?;
        Ok(attempt)
    }

    pub fn save_draft(&mut self, at_ms: i64, exercise: &ExerciseId, answer: &Answer) -> Result<(), StoreError> {
        let body = serde_json::to_string(answer)?;
        self.add(at_ms, "draft", &exercise.0, &body)
    }

    pub fn save_position(&mut self, at_ms: i64, position: &Position) -> Result<(), StoreError> {
        self.add(at_ms, "position", &position.page.0, &position.spot.to_string())
    }

    /// From here on the course is as new. The rows before it stay in the file.
    pub fn reset(&mut self, at_ms: i64) -> Result<(), StoreError> {
        self.add(at_ms, "reset", "", "")
    }

    fn add(&mut self, at_ms: i64, kind: &str, subject: &str, body: &str) -> Result<(), StoreError> {
        self.connection
            .prepare_cached("INSERT INTO journal (at_ms, kind, subject, body) VALUES (?1, ?2, ?3, ?4)")?
            .execute(params![at_ms, kind, subject, body])?;
        Ok(())
    }

    /// Drops drafts and positions that a newer one has superseded.
    pub fn sweep(&mut self) -> Result<(), StoreError> {
        self.connection.execute(
            "DELETE FROM journal WHERE kind = 'draft' AND id < (SELECT max(j.id) FROM journal j
             WHERE j.kind = 'draft' AND j.subject = journal.subject)",
            [],
        )?;
        self.connection.execute(
            "DELETE FROM journal WHERE kind = 'position' AND id < (SELECT max(id) FROM journal WHERE kind = 'position')",
            [],
        )?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{Connection, FILE, Store, StoreError, VERSION};
    use crate::course::{Answer, Deed, ExerciseId, PageId, Position, Spot};

    fn hint(step: usize) -> Deed {
        Deed::HintShown { exercise: ExerciseId("flow".into()), step }
    }

    fn draft(text: &str) -> Answer {
        Answer::Text(text.into())
    }

    #[test]
    fn what_was_kept_is_there_for_the_next_program() {
        let folder = tempfile::tempdir().expect("a folder for the test");
        let mut store = Store::open(folder.path()).expect("a new store");
        let id = ExerciseId("flow".into());
        store.keep(5, hint(1)).expect("kept");
        store.save_draft(6, &id, &draft("one")).expect("saved");
        store.save_draft(7, &id, &draft("one two")).expect("saved");
        let position =
            Position { page: PageId("serverless/04".into()), spot: Spot { line: 12, letters: 345, rows: 2 } };
        store.save_position(8, &position).expect("saved");
        // A second program at the same time, and one after both.
        let mut other = Store::open(folder.path()).expect("the same store");
        other.keep(9, hint(2)).expect("kept");
        drop((store, other));
        let mut store = Store::open(folder.path()).expect("the same store");
        for _ in 0..2 {
            let kept = store.load().expect("loaded");
            assert_eq!(kept.attempts.iter().map(|it| it.at_ms).collect::<Vec<_>>(), [5, 9]);
            assert_eq!(kept.drafts.get(&id), Some(&draft("one two")));
            assert_eq!(kept.position.as_ref(), Some(&position));
            // Sweeping loses nothing that loading gives.
            store.sweep().expect("swept");
        }
    }

    #[test]
    fn a_position_of_an_older_program_is_a_line() {
        assert_eq!(Spot::from("12"), Spot::at(12));
        assert_eq!(Spot::from("what else"), Spot::default());
    }

    #[test]
    fn attempts_cannot_be_changed_or_deleted() {
        let folder = tempfile::tempdir().expect("a folder for the test");
        let mut store = Store::open(folder.path()).expect("a new store");
        store.keep(1, hint(1)).expect("kept");
        for sql in ["DELETE FROM journal", "UPDATE journal SET at_ms = 0"] {
            assert!(store.connection.execute(sql, []).is_err(), "{sql}");
        }
    }

    #[test]
    fn after_a_reset_the_course_is_as_new() {
        let folder = tempfile::tempdir().expect("a folder for the test");
        let mut store = Store::open(folder.path()).expect("a new store");
        store.keep(1, hint(1)).expect("kept");
        store.save_draft(2, &ExerciseId("flow".into()), &draft("x")).expect("saved");
        store.reset(3).expect("reset");
        let kept = store.load().expect("loaded");
        assert!(kept.attempts.is_empty() && kept.drafts.is_empty() && kept.position.is_none());
    }

    #[test]
    fn a_newer_or_foreign_file_is_refused_and_left_alone() {
        let folder = tempfile::tempdir().expect("a folder for the test");
        Store::open(folder.path()).expect("a new store");
        let path = folder.path().join(FILE);
        let raw = Connection::open(&path).expect("opened");
        raw.pragma_update(None, "user_version", VERSION + 1).expect("set");
        drop(raw);
        assert!(matches!(Store::open(folder.path()), Err(StoreError::Newer { found, .. }) if found == VERSION + 1));
        std::fs::write(&path, "not a database at all, but long enough to be looked at").expect("written");
        for end in ["-wal", "-shm"] {
            let _ = std::fs::remove_file(folder.path().join(format!("{FILE}{end}")));
        }
        assert!(matches!(Store::open(folder.path()), Err(StoreError::NotOurs { .. })));
        assert!(std::fs::read_to_string(&path).expect("still there").starts_with("not a database"));
    }
}
