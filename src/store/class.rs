//! A class, in a file of its own (SQLite) or on a server that several share (PostgreSQL): a journal of entries, each
//! chained by its hash to the one before, and beside it who looks at which answer just now.
//!
//! In: entries as text, appended in batches, each batch wholly or not at all. Out: the entries in their order. Absent:
//! what an entry means, which is `gradebook`'s. `sqlite` and `postgres` keep rows; what is the same for both stands here.
//!
//! The chain runs over digests of the entries and not over the entries, and each digest is salted. So a student can be
//! erased (text and salt go, the digest stays) and the rest is still proven whole.

#[cfg(feature = "postgres")]
mod postgres;
mod sqlite;

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// How long another program may hold the class before we say so.
const BUSY: Duration = Duration::from_secs(10);

// What both databases understand; `$1` is the first parameter to either.
const ENTRIES: &str = "SELECT seq, at_ms, batch, kind, body FROM entry WHERE seq > $1 ORDER BY seq";
const ROWS: &str =
    "SELECT seq, at_ms, batch, kind, student, exercise, body, salt, digest, hash FROM entry ORDER BY seq";
const TIP: &str = "SELECT seq, hash FROM entry ORDER BY seq DESC LIMIT 1";
const FORGET: &str = "UPDATE entry SET body = NULL, salt = NULL, student = NULL WHERE student = $1";
const UNTOUCHED: &str = "SELECT student FROM entry WHERE student IS NOT NULL GROUP BY student HAVING max(at_ms) < $1
    ORDER BY student";
const CLAIM: &str = "INSERT INTO claim (exercise, student, holder, until_ms) VALUES ($1, $2, $3, $4)
    ON CONFLICT (exercise, student) DO UPDATE SET holder = excluded.holder, until_ms = excluded.until_ms
    WHERE claim.holder = excluded.holder OR claim.until_ms < $5";
const CLAIMS: &str = "SELECT exercise, student, holder FROM claim WHERE until_ms >= $1 ORDER BY exercise, student";
const RELEASE: &str = "DELETE FROM claim WHERE holder = $1";

#[derive(Debug, thiserror::Error)]
pub enum ClassError {
    #[error("there is no class file {}: `gradebook import` makes one", path.display())]
    Missing { path: PathBuf },
    #[error("cannot open {}: {source}", path.display())]
    Open { path: PathBuf, source: rusqlite::Error },
    #[error("{} is not a class file of coldstart; nothing in it was changed. Name another one with --class FILE", path.display())]
    NotOurs { path: PathBuf },
    #[error("the class was written by a newer coldstart (layout {found}); nothing in it was changed. Update coldstart")]
    Newer { found: i64 },
    #[error("another program has held the class for {} s; nothing was written", BUSY.as_secs())]
    Busy,
    #[error("{student}, {exercise}: somebody else has written about this answer meanwhile; look again, then decide")]
    Stale { student: String, exercise: String },
    #[error("there is a class already; a whole class is taken in where there is none")]
    NotEmpty,
    #[error("entry {seq} is not what was written: the copy was changed, or is damaged; nothing was taken in")]
    Broken { seq: i64 },
    #[error("the class file could not be used: {0}")]
    Sql(rusqlite::Error),
    #[cfg(feature = "postgres")]
    #[error("the PostgreSQL server could not be used: {0}")]
    Server(String),
    #[cfg(not(feature = "postgres"))]
    #[error("this build keeps classes in files only; build it with `cargo build --features postgres` to use a server")]
    NoServer,
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

/// An entry with all that proves it, as copies of a class hold it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    pub seq: i64,
    pub at_ms: i64,
    /// The seq of the first entry that was written together with this one.
    pub batch: i64,
    pub kind: String,
    pub student: Option<String>,
    pub exercise: Option<String>,
    pub body: Option<String>,
    #[serde(with = "hexadecimal")]
    pub salt: Option<Vec<u8>>,
    pub digest: String,
    pub hash: String,
}

impl Row {
    /// Whether it says what was written, or was erased. The chain is another matter: see [`Chain`].
    fn is_whole(&self) -> bool {
        match (&self.body, &self.salt) {
            (Some(body), Some(salt)) => {
                let (student, exercise) = (self.student.as_deref(), self.exercise.as_deref());
                digest(salt, &self.kind, student, exercise, body) == self.digest
            }
            (None, None) => true,
            _ => false,
        }
    }
}

/// Bytes as text in copies of a class.
mod hexadecimal {
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[expect(clippy::ref_option, reason = "serde gives a reference to the field")]
    pub(super) fn serialize<S: Serializer>(bytes: &Option<Vec<u8>>, to: S) -> Result<S::Ok, S::Error> {
        bytes.as_ref().map(|bytes| super::hexadecimal_of(bytes.iter().copied())).serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Vec<u8>>, D::Error> {
        let Some(text) = Option::<String>::deserialize(from)? else { return Ok(None) };
        let pair = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
        let bytes: Option<Vec<u8>> = text.as_bytes().chunks(2).map(pair).collect();
        bytes.map(Some).ok_or_else(|| D::Error::custom("a salt is written in hexadecimal"))
    }
}

/// Somebody looks at an answer just now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    pub exercise: String,
    pub student: String,
    pub holder: String,
}

/// What the proof of the chain came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proof {
    pub n_entries: u64,
    pub n_erased: u64,
    /// The hash of the newest entry: who has noted it can prove that nothing was cut off the end.
    pub tip: String,
    /// The first entry that is not what was written, or that is missing.
    pub broken_at: Option<i64>,
}

impl Proof {
    fn add(&mut self, row: &Row) {
        let expected = self.n_entries as i64 + 1;
        let hash = link(&self.tip, row.seq, row.at_ms, row.batch, &row.digest);
        if self.broken_at.is_none() && (!row.is_whole() || row.seq != expected || hash != row.hash) {
            self.broken_at = Some(expected.min(row.seq));
        }
        self.n_erased += u64::from(row.body.is_none());
        self.n_entries += 1;
        self.tip = hash;
    }
}

/// A batch, and what its writer had seen when it was decided.
struct Batch<'a> {
    at_ms: i64,
    entries: &'a [NewEntry],
    seen: Option<i64>,
}

impl Batch<'_> {
    /// The answers it writes about.
    fn about(&self) -> impl Iterator<Item = (&str, &str)> {
        self.entries.iter().filter_map(|entry| Some((entry.student.as_deref()?, entry.exercise.as_deref()?)))
    }

    /// The rows to add after the entry `last` with `hash`, each with one of `salts`.
    fn rows(&self, (last, mut hash): (i64, String), salts: Vec<Vec<u8>>) -> Vec<Row> {
        let batch = last + 1;
        let chained = (batch..).zip(self.entries).zip(salts).map(|((seq, entry), salt)| {
            let NewEntry { kind, student, exercise, body } = entry.clone();
            let digest = digest(&salt, kind, student.as_deref(), exercise.as_deref(), &body);
            hash = link(&hash, seq, self.at_ms, batch, &digest);
            let (kind, at_ms, hash) = (kind.to_owned(), self.at_ms, hash.clone());
            Row { seq, at_ms, batch, kind, student, exercise, body: Some(body), salt: Some(salt), digest, hash }
        });
        chained.collect()
    }
}

/// A database that keeps rows.
trait Ledger: Send {
    /// Adds a batch in one transaction that no other writer comes between, and gives its number.
    fn append(&mut self, batch: &Batch<'_>) -> Result<i64, ClassError>;
    /// Takes rows as they are. Refused where there are any.
    fn take_in(&mut self, rows: &[Row]) -> Result<(), ClassError>;
    /// Every entry after `seq`, oldest first.
    fn each_entry(&self, seq: i64, visit: &mut dyn FnMut(Entry)) -> Result<(), ClassError>;
    /// Every row, oldest first.
    fn each_row(&self, visit: &mut dyn FnMut(Row) -> Result<(), ClassError>) -> Result<(), ClassError>;
    fn forget(&mut self, student: &str) -> Result<usize, ClassError>;
    fn students_untouched_since(&self, before_ms: i64) -> Result<Vec<String>, ClassError>;
    fn claim(&self, claim: &Claim, until_ms: i64, now_ms: i64) -> Result<bool, ClassError>;
    fn claims(&self, now_ms: i64) -> Result<Vec<Claim>, ClassError>;
    fn release(&self, holder: &str) -> Result<(), ClassError>;
}

pub struct ClassFile {
    ledger: Box<dyn Ledger>,
}

impl ClassFile {
    /// Opens a class, and makes it if it is not there. `at` is a file, or the address of a PostgreSQL database
    /// (`postgres://user@host/database`).
    pub fn create(at: &Path) -> Result<Self, ClassError> {
        match server(at) {
            Some(address) => Self::on_server(address),
            None => Ok(Self { ledger: Box::new(sqlite::File::create(at)?) }),
        }
    }

    /// Opens a class that is there.
    pub fn open(at: &Path) -> Result<Self, ClassError> {
        match server(at) {
            Some(address) => Self::on_server(address),
            None if !at.exists() => Err(ClassError::Missing { path: at.to_owned() }),
            None => Ok(Self { ledger: Box::new(sqlite::File::open(at)?) }),
        }
    }

    #[cfg(feature = "postgres")]
    fn on_server(address: &str) -> Result<Self, ClassError> {
        Ok(Self { ledger: Box::new(postgres::Server::connect(address)?) })
    }

    #[cfg(not(feature = "postgres"))]
    fn on_server(_address: &str) -> Result<Self, ClassError> {
        Err(ClassError::NoServer)
    }

    /// Appends `entries`, all or none, and gives the number of the batch. When this returns, they are on the disk.
    ///
    /// `seen` is the newest entry that the writer knew: when one of the answers written about has a newer one, nothing
    /// is written ([`ClassError::Stale`]).
    pub fn append(&mut self, at_ms: i64, entries: &[NewEntry], seen: Option<i64>) -> Result<i64, ClassError> {
        self.ledger.append(&Batch { at_ms, entries, seen })
    }

    /// Every entry, oldest first.
    pub fn entries(&self) -> Result<Vec<Entry>, ClassError> {
        let mut entries = Vec::new();
        self.each_entry(0, &mut |entry| entries.push(entry))?;
        Ok(entries)
    }

    /// What was written since entry `seq`, oldest first.
    pub fn each_entry(&self, seq: i64, visit: &mut dyn FnMut(Entry)) -> Result<(), ClassError> {
        self.ledger.each_entry(seq, visit)
    }

    /// Reads the whole class again and proves that each entry is what was written.
    pub fn verify(&self) -> Result<Proof, ClassError> {
        let mut proof = Proof::default();
        self.each_row(&mut |row| {
            proof.add(&row);
            Ok(())
        })?;
        Ok(proof)
    }

    /// Every entry with what proves it, oldest first.
    pub fn each_row(&self, visit: &mut dyn FnMut(Row) -> Result<(), ClassError>) -> Result<(), ClassError> {
        self.ledger.each_row(visit)
    }

    /// Takes in a whole class, all or nothing: refused where there is one, and where the chain does not hold.
    pub fn take_in(&mut self, rows: &[Row]) -> Result<(), ClassError> {
        let mut proof = Proof::default();
        for row in rows {
            proof.add(row);
        }
        match proof.broken_at {
            Some(seq) => Err(ClassError::Broken { seq }),
            None => self.ledger.take_in(rows),
        }
    }

    /// Forgets what was written about `student`. The entries' places and digests stay.
    pub fn erase(&mut self, student: &str) -> Result<usize, ClassError> {
        self.ledger.forget(student)
    }

    /// The students about whom nothing was written since `before_ms`.
    pub fn students_untouched_since(&self, before_ms: i64) -> Result<Vec<String>, ClassError> {
        self.ledger.students_untouched_since(before_ms)
    }

    /// Says that `claim.holder` looks at an answer until `until_ms`. `false` when somebody else does: it is a courtesy
    /// and no lock, what keeps marks apart is `seen` in [`Self::append`].
    pub fn claim(&self, claim: &Claim, until_ms: i64, now_ms: i64) -> Result<bool, ClassError> {
        self.ledger.claim(claim, until_ms, now_ms)
    }

    /// Who looks at which answer at `now_ms`.
    pub fn claims(&self, now_ms: i64) -> Result<Vec<Claim>, ClassError> {
        self.ledger.claims(now_ms)
    }

    /// `holder` looks at nothing any more.
    pub fn release(&self, holder: &str) -> Result<(), ClassError> {
        self.ledger.release(holder)
    }

    /// Writes a whole, compact copy to the file `path`, which must not be there, while others go on working.
    pub fn back_up(&self, path: &Path) -> Result<(), ClassError> {
        let mut rows = Vec::new();
        self.each_row(&mut |row| {
            rows.push(row);
            Ok(())
        })?;
        if path.exists() {
            return Err(ClassError::NotEmpty);
        }
        sqlite::File::create(path)?.take_in(&rows)
    }
}

/// The address, if `at` is one and no path.
fn server(at: &Path) -> Option<&str> {
    at.to_str().filter(|it| it.starts_with("postgres://") || it.starts_with("postgresql://"))
}

/// SHA-256 over `parts`, each with its length so that no two lists of parts look alike; in hexadecimal.
pub fn fingerprint(parts: &[&[u8]]) -> String {
    let mut sha = Sha256::new();
    for part in parts {
        sha.update((part.len() as u64).to_le_bytes());
        sha.update(part);
    }
    hexadecimal_of(sha.finalize())
}

fn hexadecimal_of(bytes: impl IntoIterator<Item = u8>) -> String {
    let nibbles = bytes.into_iter().flat_map(|byte| [byte >> 4, byte & 0xf]);
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
