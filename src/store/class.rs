//! One class in one SQLite file: a journal of entries, each chained by its hash to the one before.
//!
//! In: entries as text, appended in batches, each batch wholly or not at all. Out: the entries in their order. Absent:
//! what an entry means, which is `gradebook`'s.
//!
//! The chain runs over digests of the entries and not over the entries, and each digest is salted. So a student can be
//! erased (text and salt go, the digest stays) and the rest is still proven whole.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags, OptionalExtension, Transaction, TransactionBehavior, params};
use sha2::{Digest, Sha256};

/// Marks the file as a class of coldstart (`PRAGMA application_id`, "cldc" in ASCII).
const APPLICATION: i64 = 0x636c_6463;
/// How long another program may hold the file before we say so.
const BUSY: Duration = Duration::from_secs(10);

/// From each layout of the tables to the next; `PRAGMA user_version` counts those that were applied.
const MIGRATIONS: [&str; 1] = ["
CREATE TABLE entry (
    seq      INTEGER PRIMARY KEY,
    at_ms    INTEGER NOT NULL,
    -- the seq of the first entry that was written together with this one
    batch    INTEGER NOT NULL,
    kind     TEXT NOT NULL,
    student  TEXT,
    exercise TEXT,
    body     TEXT,
    salt     BLOB,
    digest   TEXT NOT NULL,
    hash     TEXT NOT NULL
) STRICT;
CREATE INDEX entry_of ON entry (student, exercise, seq);
CREATE TRIGGER entries_stay BEFORE DELETE ON entry BEGIN SELECT RAISE(ABORT, 'entries are kept'); END;
-- The one change there may be is to forget what was said, never to say something else.
CREATE TRIGGER entries_do_not_change BEFORE UPDATE ON entry
WHEN NEW.body IS NOT NULL OR NEW.salt IS NOT NULL OR NEW.student IS NOT NULL
  OR NEW.seq <> OLD.seq OR NEW.at_ms <> OLD.at_ms OR NEW.batch <> OLD.batch OR NEW.kind <> OLD.kind
  OR NEW.exercise IS NOT OLD.exercise OR NEW.digest <> OLD.digest OR NEW.hash <> OLD.hash
BEGIN SELECT RAISE(ABORT, 'entries do not change'); END;
"];

#[derive(Debug, thiserror::Error)]
pub enum ClassError {
    #[error("there is no class file {}: `gradebook import` makes one", path.display())]
    Missing { path: PathBuf },
    #[error("cannot open {}: {source}", path.display())]
    Open { path: PathBuf, source: rusqlite::Error },
    #[error("{} is not a class file of coldstart; nothing in it was changed. Name another one with --class FILE", path.display())]
    NotOurs { path: PathBuf },
    #[error("{} was written by a newer coldstart (layout {found}); nothing in it was changed. Update coldstart", path.display())]
    Newer { path: PathBuf, found: i64 },
    #[error("another program has held the class file for {} s; nothing was written", BUSY.as_secs())]
    Busy,
    #[error("{student}, {exercise}: somebody else has written about this answer meanwhile; look again, then decide")]
    Stale { student: String, exercise: String },
    #[error("the class file could not be used: {0}")]
    Sql(rusqlite::Error),
}

impl From<rusqlite::Error> for ClassError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy,
            _ => Self::Sql(error),
        }
    }
}

/// What is to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEntry {
    pub kind: &'static str,
    pub student: Option<String>,
    pub exercise: Option<String>,
    pub body: String,
}

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub seq: i64,
    pub at_ms: i64,
    pub batch: i64,
    pub kind: String,
    /// Nothing when the entry was erased.
    pub body: Option<String>,
}

/// What the proof of the chain came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    pub n_entries: u64,
    pub n_erased: u64,
    /// The hash of the newest entry: who has noted it can prove that nothing was cut off the end.
    pub tip: String,
    /// The first entry that is not what was written, or that is missing.
    pub broken_at: Option<i64>,
}

pub struct ClassFile {
    connection: Connection,
}

impl ClassFile {
    /// Opens a class, and makes its file if it is not there.
    pub fn create(path: &Path) -> Result<Self, ClassError> {
        Self::open_with(path, OpenFlags::default())
    }

    /// Opens a class that is there.
    pub fn open(path: &Path) -> Result<Self, ClassError> {
        if !path.exists() {
            return Err(ClassError::Missing { path: path.to_owned() });
        }
        Self::open_with(path, OpenFlags::default() & !OpenFlags::SQLITE_OPEN_CREATE)
    }

    fn open_with(path: &Path, flags: OpenFlags) -> Result<Self, ClassError> {
        let mut connection = Connection::open_with_flags(path, flags)
            .map_err(|source| ClassError::Open { path: path.to_owned(), source })?;
        connection.busy_timeout(BUSY)?;
        // IMMEDIATE: of two programs that start at once, one makes the tables and the other waits and finds them.
        let transaction = connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(|error| foreign(error, path))?;
        let number = |pragma: &str| transaction.query_row(pragma, [], |row| row.get::<_, i64>(0));
        let found = number("PRAGMA user_version").map_err(|error| foreign(error, path))?;
        let ours = number("PRAGMA application_id")? == APPLICATION;
        let n_tables = number("SELECT count(*) FROM sqlite_master")?;
        if !ours && (n_tables > 0 || found != 0) {
            return Err(ClassError::NotOurs { path: path.to_owned() });
        }
        if found > MIGRATIONS.len() as i64 {
            return Err(ClassError::Newer { path: path.to_owned(), found });
        }
        for migration in &MIGRATIONS[found.max(0) as usize..] {
            transaction.execute_batch(migration)?;
        }
        if (found as usize) < MIGRATIONS.len() {
            transaction.pragma_update(None, "application_id", APPLICATION)?;
            transaction.pragma_update(None, "user_version", MIGRATIONS.len() as i64)?;
        }
        transaction.commit()?;
        // Readers and a writer do not block each other; what was committed outlives a power cut; what is erased is
        // overwritten.
        connection.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(()))?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.query_row("PRAGMA secure_delete = ON", [], |_| Ok(()))?;
        Ok(Self { connection })
    }

    /// Appends `entries`, all or none, and gives the number of the batch. When this returns, they are on the disk.
    ///
    /// `seen` is the newest entry that the writer knew: when one of the answers written about has a newer one, nothing
    /// is written ([`ClassError::Stale`]).
    pub fn append(&mut self, at_ms: i64, entries: &[NewEntry], seen: Option<i64>) -> Result<i64, ClassError> {
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        if let Some(seen) = seen {
            refuse_stale(&transaction, entries, seen)?;
        }
        let (last, mut hash) = tip(&transaction)?;
        let batch = last + 1;
        {
            let mut salt = transaction.prepare("SELECT randomblob(16)")?;
            let mut insert = transaction.prepare(
                "INSERT INTO entry (seq, at_ms, batch, kind, student, exercise, body, salt, digest, hash)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
            )?;
            for (seq, entry) in (batch..).zip(entries) {
                let salt: Vec<u8> = salt.query_row([], |row| row.get(0))?;
                let NewEntry { kind, student, exercise, body } = entry;
                let digest = digest(&salt, kind, student.as_deref(), exercise.as_deref(), body);
                hash = link(&hash, seq, at_ms, batch, &digest);
                insert.execute(params![seq, at_ms, batch, kind, student, exercise, body, salt, digest, hash])?;
            }
        }
        transaction.commit()?;
        Ok(batch)
    }

    /// Every entry, oldest first.
    pub fn entries(&self) -> Result<Vec<Entry>, ClassError> {
        let mut statement = self.connection.prepare("SELECT seq, at_ms, batch, kind, body FROM entry ORDER BY seq")?;
        let rows = statement.query_map([], |row| {
            Ok(Entry { seq: row.get(0)?, at_ms: row.get(1)?, batch: row.get(2)?, kind: row.get(3)?, body: row.get(4)? })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Reads the whole file again and proves that each entry is what was written.
    pub fn verify(&self) -> Result<Proof, ClassError> {
        let mut statement = self.connection.prepare(
            "SELECT seq, at_ms, batch, kind, student, exercise, body, salt, digest, hash FROM entry ORDER BY seq",
        )?;
        let mut rows = statement.query([])?;
        let mut proof = Proof { n_entries: 0, n_erased: 0, tip: String::new(), broken_at: None };
        let mut expected = 1;
        while let Some(row) = rows.next()? {
            let seq: i64 = row.get(0)?;
            let (kind, student, exercise): (String, Option<String>, Option<String>) =
                (row.get(3)?, row.get(4)?, row.get(5)?);
            let (body, salt, written): (Option<String>, Option<Vec<u8>>, String) =
                (row.get(6)?, row.get(7)?, row.get(8)?);
            let whole = match (&body, &salt) {
                (Some(body), Some(salt)) => {
                    digest(salt, &kind, student.as_deref(), exercise.as_deref(), body) == written
                }
                (None, None) => {
                    proof.n_erased += 1;
                    true
                }
                _ => false,
            };
            let hash = link(&proof.tip, seq, row.get(1)?, row.get(2)?, &written);
            if proof.broken_at.is_none() && (!whole || seq != expected || hash != row.get::<_, String>(9)?) {
                proof.broken_at = Some(expected.min(seq));
            }
            proof.tip = hash;
            proof.n_entries += 1;
            expected = seq + 1;
        }
        Ok(proof)
    }

    /// Forgets what was written about `student`. The entries' places and digests stay.
    pub fn erase(&mut self, student: &str) -> Result<usize, ClassError> {
        const FORGET: &str = "UPDATE entry SET body = NULL, salt = NULL, student = NULL WHERE student = ?1";
        let n_entries = self.connection.execute(FORGET, [student])?;
        // What was erased must not stay readable in the write-ahead log.
        self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
        Ok(n_entries)
    }

    /// The students about whom nothing was written since `before_ms`.
    pub fn students_untouched_since(&self, before_ms: i64) -> Result<Vec<String>, ClassError> {
        let mut statement = self.connection.prepare(
            "SELECT student FROM entry WHERE student IS NOT NULL GROUP BY student HAVING max(at_ms) < ?1
             ORDER BY student",
        )?;
        let rows = statement.query_map([before_ms], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Writes a whole, compact copy to `path`, which must not be there, while others go on working.
    pub fn back_up(&self, path: &Path) -> Result<(), ClassError> {
        self.connection.execute("VACUUM INTO ?1", [path.to_string_lossy()])?;
        Ok(())
    }
}

/// SHA-256 over `parts`, each with its length so that no two lists of parts look alike; in hexadecimal.
pub fn fingerprint(parts: &[&[u8]]) -> String {
    let mut sha = Sha256::new();
    for part in parts {
        sha.update((part.len() as u64).to_le_bytes());
        sha.update(part);
    }
    let nibbles = sha.finalize().into_iter().flat_map(|byte| [byte >> 4, byte & 0xf]);
    nibbles.map(|nibble| char::from_digit(u32::from(nibble), 16).expect("four bits are one digit")).collect()
}

fn digest(salt: &[u8], kind: &str, student: Option<&str>, exercise: Option<&str>, body: &str) -> String {
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    fingerprint(&[salt, kind.as_bytes(), text(student).as_bytes(), text(exercise).as_bytes(), body.as_bytes()])
}

fn link(previous: &str, seq: i64, at_ms: i64, batch: i64, digest: &str) -> String {
    let numbers = [seq.to_le_bytes(), at_ms.to_le_bytes(), batch.to_le_bytes()].concat();
    fingerprint(&[previous.as_bytes(), &numbers, digest.as_bytes()])
}

fn tip(transaction: &Transaction<'_>) -> Result<(i64, String), ClassError> {
    let newest = "SELECT seq, hash FROM entry ORDER BY seq DESC LIMIT 1";
    let found = transaction.query_row(newest, [], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    Ok(found.unwrap_or_default())
}

fn refuse_stale(transaction: &Transaction<'_>, entries: &[NewEntry], seen: i64) -> Result<(), ClassError> {
    let mut newer = transaction.prepare("SELECT 1 FROM entry WHERE student = ?1 AND exercise = ?2 AND seq > ?3")?;
    for entry in entries {
        if let (Some(student), Some(exercise)) = (&entry.student, &entry.exercise)
            && newer.exists(params![student, exercise, seen])?
        {
            return Err(ClassError::Stale { student: student.clone(), exercise: exercise.clone() });
        }
    }
    Ok(())
}

fn foreign(error: rusqlite::Error, path: &Path) -> ClassError {
    match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => ClassError::NotOurs { path: path.to_owned() },
        _ => ClassError::from(error),
    }
}

#[cfg(test)]
mod tests {
    use super::{ClassError, ClassFile, NewEntry};

    fn entry(student: &str, body: &str) -> NewEntry {
        NewEntry { kind: "mark", student: Some(student.into()), exercise: Some("flow".into()), body: body.into() }
    }

    fn class() -> (tempfile::TempDir, ClassFile) {
        let folder = tempfile::tempdir().expect("a folder for the test");
        let mut class = ClassFile::create(&folder.path().join("class.db")).expect("a new class");
        class.append(1, &[entry("anne", "a"), entry("bob", "b")], None).expect("appended");
        class.append(2, &[entry("anne", "c")], None).expect("appended");
        (folder, class)
    }

    #[test]
    fn entries_cannot_be_changed_and_a_forger_is_found() {
        let (_folder, class) = class();
        for sql in ["DELETE FROM entry", "UPDATE entry SET body = 'x'", "UPDATE entry SET at_ms = 9, body = NULL"] {
            assert!(class.connection.execute(sql, []).is_err(), "{sql}");
        }
        assert_eq!(class.verify().expect("read").broken_at, None);
        class
            .connection
            .execute_batch("DROP TRIGGER entries_do_not_change; UPDATE entry SET body = 'x' WHERE seq = 2")
            .expect("forged");
        assert_eq!(class.verify().expect("read").broken_at, Some(2));
        class.connection.execute_batch("DROP TRIGGER entries_stay; DELETE FROM entry WHERE seq = 1").expect("forged");
        assert_eq!(class.verify().expect("read").broken_at, Some(1));
    }

    #[test]
    fn the_erased_are_gone_and_the_chain_still_holds() {
        let (folder, mut class) = class();
        class.append(3, &[entry("anne", "a word of Anne's")], None).expect("appended");
        assert_eq!(class.erase("anne").expect("erased"), 3);
        let proof = class.verify().expect("read");
        assert_eq!((proof.n_entries, proof.n_erased, proof.broken_at), (4, 3, None));
        for file in ["class.db", "class.db-wal"] {
            let bytes = std::fs::read(folder.path().join(file)).unwrap_or_default();
            assert!(!bytes.windows(6).any(|it| it == b"Anne's"), "{file}");
        }
    }

    #[test]
    fn who_has_not_seen_the_newest_word_writes_nothing() {
        let (_folder, mut class) = class();
        assert!(matches!(class.append(3, &[entry("anne", "d")], Some(2)), Err(ClassError::Stale { .. })));
        assert_eq!(class.append(3, &[entry("bob", "d")], Some(2)).expect("nobody wrote about Bob"), 4);
    }
}
