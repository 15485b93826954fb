//! A class on a PostgreSQL server, for graders and servers that share it.
//!
//! It lives in a schema of its own, so that it can share a database with others. The connection is not encrypted: over
//! anything but a trusted network it belongs into a tunnel.

use std::cell::RefCell;

use postgres::error::SqlState;
use postgres::fallible_iterator::FallibleIterator;
use postgres::{Client, NoTls, Transaction};

use super::{
    BUSY, Batch, CLAIM, CLAIMS, Claim, ClassError, ENTRIES, Entry, FORGET, Ledger, RELEASE, ROWS, Row, TIP, UNTOUCHED,
};

/// The lock under which the tables are made: of two programs that start at once, one makes them.
const SETTING_UP: i64 = 0x636c_6463;
/// Rows that are sent in one statement.
const CHUNK: usize = 5_000;

/// From each layout of the tables to the next; `layout` counts those that were applied.
const MIGRATIONS: [&str; 1] = ["
CREATE TABLE entry (
    seq      BIGINT PRIMARY KEY,
    at_ms    BIGINT NOT NULL,
    batch    BIGINT NOT NULL,
    kind     TEXT NOT NULL,
    student  TEXT,
    exercise TEXT,
    body     TEXT,
    salt     BYTEA,
    digest   TEXT NOT NULL,
    hash     TEXT NOT NULL
);
CREATE INDEX entry_of ON entry (student, exercise, seq);
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'entries stay as they are'; END $$;
CREATE TRIGGER entries_stay BEFORE DELETE ON entry FOR EACH ROW EXECUTE FUNCTION refuse();
CREATE TRIGGER the_journal_stays BEFORE TRUNCATE ON entry EXECUTE FUNCTION refuse();
-- The one change there may be is to forget what was said, never to say something else.
CREATE TRIGGER entries_do_not_change BEFORE UPDATE ON entry FOR EACH ROW
WHEN (NEW.body IS NOT NULL OR NEW.salt IS NOT NULL OR NEW.student IS NOT NULL
   OR NEW.seq <> OLD.seq OR NEW.at_ms <> OLD.at_ms OR NEW.batch <> OLD.batch OR NEW.kind <> OLD.kind
   OR NEW.exercise IS DISTINCT FROM OLD.exercise OR NEW.digest <> OLD.digest OR NEW.hash <> OLD.hash)
EXECUTE FUNCTION refuse();
CREATE TABLE claim (
    exercise TEXT NOT NULL,
    student  TEXT NOT NULL,
    holder   TEXT NOT NULL,
    until_ms BIGINT NOT NULL,
    PRIMARY KEY (exercise, student)
);
"];

pub(super) struct Server {
    /// The client speaks on `&mut`; it is one conversation, and nobody else in this program has it.
    client: RefCell<Client>,
}

impl From<postgres::Error> for ClassError {
    fn from(error: postgres::Error) -> Self {
        match error.as_db_error() {
            Some(said) if *said.code() == SqlState::LOCK_NOT_AVAILABLE => Self::Busy,
            Some(said) => Self::Server(said.message().to_owned()),
            // The cause says more than "error connecting to server"; neither holds the password.
            None => Self::Server(std::error::Error::source(&error).unwrap_or(&error).to_string()),
        }
    }
}

impl Server {
    pub(super) fn connect(address: &str) -> Result<Self, ClassError> {
        let mut client = Client::connect(address, NoTls).map_err(|error| match ClassError::from(error) {
            ClassError::Server(why) => ClassError::Server(format!("{why}; look at the address, and whether it runs")),
            other => other,
        })?;
        client.batch_execute(&format!(
            "SET client_min_messages = warning; SET lock_timeout = {}; SET search_path = coldstart",
            BUSY.as_millis()
        ))?;
        let mut transaction = client.transaction()?;
        transaction.execute("SELECT pg_advisory_xact_lock($1)", &[&SETTING_UP])?;
        transaction.batch_execute(
            "CREATE SCHEMA IF NOT EXISTS coldstart;
             CREATE TABLE IF NOT EXISTS layout (version INTEGER NOT NULL)",
        )?;
        let found = transaction.query_opt("SELECT max(version) FROM layout", &[])?;
        let found = found.and_then(|row| row.get::<_, Option<i32>>(0)).unwrap_or(0);
        if found as usize > MIGRATIONS.len() {
            return Err(ClassError::Newer { found: i64::from(found) });
        }
        for (version, migration) in (1_i32..).zip(MIGRATIONS).skip(found.max(0) as usize) {
            transaction.batch_execute(migration)?;
            transaction.execute("INSERT INTO layout VALUES ($1)", &[&version])?;
        }
        transaction.commit()?;
        Ok(Self { client: RefCell::new(client) })
    }
}

impl Ledger for Server {
    fn append(&mut self, batch: &Batch<'_>) -> Result<i64, ClassError> {
        let mut transaction = writing(self.client.get_mut())?;
        refuse_stale(&mut transaction, batch)?;
        let tip = tip(&mut transaction)?;
        let number = tip.0 + 1;
        let n_entries = batch.entries.len() as i64;
        let salts = transaction
            .query("SELECT uuid_send(gen_random_uuid()) FROM generate_series(1, $1::bigint)", &[&n_entries])?;
        let salts = salts.iter().map(|row| row.get(0)).collect();
        insert(&mut transaction, &batch.rows(tip, salts))?;
        transaction.commit()?;
        Ok(number)
    }

    fn take_in(&mut self, rows: &[Row]) -> Result<(), ClassError> {
        let mut transaction = writing(self.client.get_mut())?;
        if tip(&mut transaction)?.0 > 0 {
            return Err(ClassError::NotEmpty);
        }
        insert(&mut transaction, rows)?;
        Ok(transaction.commit()?)
    }

    fn each_entry(&self, seq: i64, visit: &mut dyn FnMut(Entry)) -> Result<(), ClassError> {
        let mut client = self.client.borrow_mut();
        let mut rows = client.query_raw(ENTRIES, [seq])?;
        while let Some(row) = rows.next()? {
            visit(Entry { seq: row.get(0), at_ms: row.get(1), batch: row.get(2), kind: row.get(3), body: row.get(4) });
        }
        Ok(())
    }

    fn each_row(&self, visit: &mut dyn FnMut(Row) -> Result<(), ClassError>) -> Result<(), ClassError> {
        let mut client = self.client.borrow_mut();
        let mut rows = client.query_raw::<_, i64, _>(ROWS, [])?;
        while let Some(row) = rows.next()? {
            visit(Row {
                seq: row.get(0),
                at_ms: row.get(1),
                batch: row.get(2),
                kind: row.get(3),
                student: row.get(4),
                exercise: row.get(5),
                body: row.get(6),
                salt: row.get(7),
                digest: row.get(8),
                hash: row.get(9),
            })?;
        }
        Ok(())
    }

    fn forget(&mut self, student: &str) -> Result<usize, ClassError> {
        let client = self.client.get_mut();
        let n_entries = client.execute(FORGET, &[&student])?;
        client.execute("DELETE FROM claim WHERE student = $1", &[&student])?;
        // The server keeps the old rows until it is told to clean up.
        client.batch_execute("VACUUM entry")?;
        Ok(n_entries as usize)
    }

    fn students_untouched_since(&self, before_ms: i64) -> Result<Vec<String>, ClassError> {
        let rows = self.client.borrow_mut().query(UNTOUCHED, &[&before_ms])?;
        Ok(rows.iter().map(|row| row.get(0)).collect())
    }

    fn claim(&self, claim: &Claim, until_ms: i64, now_ms: i64) -> Result<bool, ClassError> {
        let Claim { exercise, student, holder } = claim;
        let claimed = self.client.borrow_mut().execute(CLAIM, &[exercise, student, holder, &until_ms, &now_ms])?;
        Ok(claimed > 0)
    }

    fn claims(&self, now_ms: i64) -> Result<Vec<Claim>, ClassError> {
        let rows = self.client.borrow_mut().query(CLAIMS, &[&now_ms])?;
        let claim = |row: &postgres::Row| Claim { exercise: row.get(0), student: row.get(1), holder: row.get(2) };
        Ok(rows.iter().map(claim).collect())
    }

    fn release(&self, holder: &str) -> Result<(), ClassError> {
        self.client.borrow_mut().execute(RELEASE, &[&holder])?;
        Ok(())
    }
}

/// A transaction in which nobody else writes; who reads is not held up.
fn writing(client: &mut Client) -> Result<Transaction<'_>, ClassError> {
    let mut transaction = client.transaction()?;
    transaction.batch_execute("LOCK TABLE entry IN EXCLUSIVE MODE")?;
    Ok(transaction)
}

/// Number and hash of the newest entry.
fn tip(transaction: &mut Transaction<'_>) -> Result<(i64, String), ClassError> {
    Ok(transaction.query_opt(TIP, &[])?.map(|row| (row.get(0), row.get(1))).unwrap_or_default())
}

fn insert(transaction: &mut Transaction<'_>, rows: &[Row]) -> Result<(), ClassError> {
    const INSERT: &str = "INSERT INTO entry (seq, at_ms, batch, kind, student, exercise, body, salt, digest, hash)
        SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[],
                             $8::bytea[], $9::text[], $10::text[])";
    let statement = transaction.prepare(INSERT)?;
    for rows in rows.chunks(CHUNK) {
        fn column<'a, T>(rows: &'a [Row], value: impl Fn(&'a Row) -> T) -> Vec<T> {
            rows.iter().map(value).collect()
        }
        transaction.execute(
            &statement,
            &[
                &column(rows, |it| it.seq),
                &column(rows, |it| it.at_ms),
                &column(rows, |it| it.batch),
                &column(rows, |it| it.kind.as_str()),
                &column(rows, |it| it.student.as_deref()),
                &column(rows, |it| it.exercise.as_deref()),
                &column(rows, |it| it.body.as_deref()),
                &column(rows, |it| it.salt.as_deref()),
                &column(rows, |it| it.digest.as_str()),
                &column(rows, |it| it.hash.as_str()),
            ],
        )?;
    }
    Ok(())
}

fn refuse_stale(transaction: &mut Transaction<'_>, batch: &Batch<'_>) -> Result<(), ClassError> {
    const NEWER: &str = "SELECT entry.student, entry.exercise FROM entry
        JOIN unnest($1::text[], $2::text[]) AS about (student, exercise)
          ON entry.student = about.student AND entry.exercise = about.exercise
        WHERE entry.seq > $3 ORDER BY entry.seq LIMIT 1";
    let Some(seen) = batch.seen else { return Ok(()) };
    let (students, exercises): (Vec<&str>, Vec<&str>) = batch.about().unzip();
    match transaction.query_opt(NEWER, &[&students, &exercises, &seen])? {
        Some(row) => Err(ClassError::Stale { student: row.get(0), exercise: row.get(1) }),
        None => Ok(()),
    }
}
