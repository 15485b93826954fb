//! A class in one SQLite file.

use std::path::Path;

use rusqlite::{Connection, ErrorCode, OpenFlags, OptionalExtension, Transaction, TransactionBehavior, params};

use super::{
    BUSY, Batch, CLAIM, CLAIMS, Claim, ClassError, ENTRIES, Entry, FORGET, Ledger, RELEASE, ROWS, Row, TIP, UNTOUCHED,
};

/// Marks the file as a class of coldstart (`PRAGMA application_id`, "cldc" in ASCII).
const APPLICATION: i64 = 0x636c_6463;

/// From each layout of the tables to the next; `PRAGMA user_version` counts those that were applied.
const MIGRATIONS: [&str; 2] = [
    "
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
",
    "
-- Who looks at which answer just now: a courtesy among graders, no part of the journal.
CREATE TABLE claim (
    exercise TEXT NOT NULL,
    student  TEXT NOT NULL,
    holder   TEXT NOT NULL,
    until_ms INTEGER NOT NULL,
    PRIMARY KEY (exercise, student)
) STRICT;
",
];

pub(super) struct File {
    pub(super) connection: Connection,
}

impl From<rusqlite::Error> for ClassError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy,
            _ => Self::Sql(error),
        }
    }
}

impl File {
    pub(super) fn create(path: &Path) -> Result<Self, ClassError> {
        Self::open_with(path, OpenFlags::default())
    }

    pub(super) fn open(path: &Path) -> Result<Self, ClassError> {
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
            return Err(ClassError::Newer { found });
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
        crate::store::write_ahead(&connection, BUSY)?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.query_row("PRAGMA secure_delete = ON", [], |_| Ok(()))?;
        Ok(Self { connection })
    }
}

impl Ledger for File {
    fn append(&mut self, batch: &Batch<'_>) -> Result<i64, ClassError> {
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        refuse_stale(&transaction, batch)?;
        let tip = tip(&transaction)?;
        let number = tip.0 + 1;
        let salts = {
            let mut salt = transaction.prepare("SELECT randomblob(16)")?;
            let salts = batch.entries.iter().map(|_| salt.query_row([], |row| row.get(0)));
            salts.collect::<Result<_, _>>()?
        };
        insert(&transaction, &batch.rows(tip, salts))?;
        transaction.commit()?;
        Ok(number)
    }

    fn take_in(&mut self, rows: &[Row]) -> Result<(), ClassError> {
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        if tip(&transaction)?.0 > 0 {
            return Err(ClassError::NotEmpty);
        }
        insert(&transaction, rows)?;
        Ok(transaction.commit()?)
    }

    fn each_entry(&self, seq: i64, visit: &mut dyn FnMut(Entry)) -> Result<(), ClassError> {
        let mut statement = self.connection.prepare(ENTRIES)?;
        let mut rows = statement.query([seq])?;
        while let Some(row) = rows.next()? {
            visit(Entry {
                seq: row.get(0)?,
                at_ms: row.get(1)?,
                batch: row.get(2)?,
                kind: row.get(3)?,
                body: row.get(4)?,
            });
        }
        Ok(())
    }

    fn each_row(&self, visit: &mut dyn FnMut(Row) -> Result<(), ClassError>) -> Result<(), ClassError> {
        let mut statement = self.connection.prepare(ROWS)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            visit(Row {
                seq: row.get(0)?,
                at_ms: row.get(1)?,
                batch: row.get(2)?,
                kind: row.get(3)?,
                student: row.get(4)?,
                exercise: row.get(5)?,
                body: row.get(6)?,
                salt: row.get(7)?,
                digest: row.get(8)?,
                hash: row.get(9)?,
            })?;
        }
        Ok(())
    }

    fn forget(&mut self, student: &str) -> Result<usize, ClassError> {
        let n_entries = self.connection.execute(FORGET, [student])?;
        self.connection.execute("DELETE FROM claim WHERE student = $1", [student])?;
        // What was erased must not stay readable in the write-ahead log.
        self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
        Ok(n_entries)
    }

    fn students_untouched_since(&self, before_ms: i64) -> Result<Vec<String>, ClassError> {
        let mut statement = self.connection.prepare(UNTOUCHED)?;
        let rows = statement.query_map([before_ms], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    fn claim(&self, claim: &Claim, until_ms: i64, now_ms: i64) -> Result<bool, ClassError> {
        let Claim { exercise, student, holder } = claim;
        Ok(self.connection.execute(CLAIM, params![exercise, student, holder, until_ms, now_ms])? > 0)
    }

    fn claims(&self, now_ms: i64) -> Result<Vec<Claim>, ClassError> {
        let mut statement = self.connection.prepare(CLAIMS)?;
        let rows = statement.query_map([now_ms], |row| {
            Ok(Claim { exercise: row.get(0)?, student: row.get(1)?, holder: row.get(2)? })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    fn release(&self, holder: &str) -> Result<(), ClassError> {
        self.connection.execute(RELEASE, [holder])?;
        Ok(())
    }
}

/// Number and hash of the newest entry.
fn tip(transaction: &Transaction<'_>) -> Result<(i64, String), ClassError> {
    let found = transaction.query_row(TIP, [], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    Ok(found.unwrap_or_default())
}

fn insert(transaction: &Transaction<'_>, rows: &[Row]) -> Result<(), ClassError> {
    let mut insert = transaction.prepare(
        "INSERT INTO entry (seq, at_ms, batch, kind, student, exercise, body, salt, digest, hash)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )?;
    for Row { seq, at_ms, batch, kind, student, exercise, body, salt, digest, hash } in rows {
        insert.execute(params![seq, at_ms, batch, kind, student, exercise, body, salt, digest, hash])?;
    }
    Ok(())
}

fn refuse_stale(transaction: &Transaction<'_>, batch: &Batch<'_>) -> Result<(), ClassError> {
    let Some(seen) = batch.seen else { return Ok(()) };
    let mut newer = transaction.prepare("SELECT 1 FROM entry WHERE student = $1 AND exercise = $2 AND seq > $3")?;
    for (student, exercise) in batch.about() {
        if newer.exists(params![student, exercise, seen])? {
            return Err(ClassError::Stale { student: student.to_owned(), exercise: exercise.to_owned() });
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
    use super::File;
    use crate::store::class::{Claim, ClassError, ClassFile, NewEntry};

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
        let (folder, class) = class();
        let file = File::open(&folder.path().join("class.db")).expect("the file").connection;
        for sql in ["DELETE FROM entry", "UPDATE entry SET body = 'x'", "UPDATE entry SET at_ms = 9, body = NULL"] {
            assert!(file.execute(sql, []).is_err(), "{sql}");
        }
        assert_eq!(class.verify().expect("read").broken_at, None);
        file.execute_batch("DROP TRIGGER entries_do_not_change; UPDATE entry SET body = 'x' WHERE seq = 2")
            .expect("forged");
        assert_eq!(class.verify().expect("read").broken_at, Some(2));
        file.execute_batch("DROP TRIGGER entries_stay; DELETE FROM entry WHERE seq = 1").expect("forged");
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

    #[test]
    fn two_look_at_different_answers_and_a_claim_ends() {
        let (_folder, class) = class();
        let claim = |holder: &str| Claim { exercise: "flow".into(), student: "anne".into(), holder: holder.into() };
        assert!(class.claim(&claim("ada"), 100, 10).expect("asked"));
        assert!(!class.claim(&claim("bea"), 100, 50).expect("asked"));
        assert!(class.claim(&claim("ada"), 150, 50).expect("prolonged"));
        assert_eq!(class.claims(50).expect("read"), [claim("ada")]);
        assert!(class.claim(&claim("bea"), 300, 151).expect("it had ended"));
        class.release("bea").expect("released");
        assert_eq!(class.claims(151).expect("read"), []);
    }

    #[test]
    fn a_copy_is_whole_and_a_forged_one_is_not_taken() {
        let (folder, class) = class();
        let copy = folder.path().join("copy.db");
        class.back_up(&copy).expect("copied");
        let copied = ClassFile::open(&copy).expect("the copy");
        assert_eq!(copied.verify().expect("read"), class.verify().expect("read"));
        assert!(matches!(class.back_up(&copy), Err(ClassError::NotEmpty)));
        let mut rows = Vec::new();
        let mut keep = |row| {
            rows.push(row);
            Ok(())
        };
        class.each_row(&mut keep).expect("read");
        rows[1].body = Some("x".into());
        let mut other = ClassFile::create(&folder.path().join("other.db")).expect("a new class");
        assert!(matches!(other.take_in(&rows), Err(ClassError::Broken { seq: 2 })));
        assert_eq!(other.verify().expect("read").n_entries, 0);
    }
}
