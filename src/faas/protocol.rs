//! What the platform and an environment's process say to each other: JSON documents, each with its length before it.
//!
//! The platform speaks first and the process answers, for one of the environments that live in it at a time. While it runs, the environment may ask: a call to a backing
//! service is answered before it goes on. All limits are checked by the side that reads, since it must not trust the other.

use std::io::{self, Read, Write};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::backend::{Answer, Call, Database};
use super::bundle::Bundle;
use super::fault::Fault;

/// One document: an event or a response of 6 MB, escaped, fits.
const MAX_DOCUMENT_BYTES: u32 = 48 * 1024 * 1024;
/// The argument that makes the program the environments' process. It is for the program itself and no command of its own.
pub const ENVIRONMENT_ARGUMENT: &str = "__environment";
/// So many environments share one process at most: 1,000 of them then take 63 processes.
pub(super) const ENVIRONMENTS_SHARED: usize = 16;
/// What the platform carries in either direction, as the real one.
pub(super) const MAX_PAYLOAD_BYTES: usize = 6 * 1024 * 1024;

/// All that an environment is made from.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Setup {
    pub function: String,
    /// `file.export`, the file without its ending.
    pub handler: String,
    pub bundle: Bundle,
    /// What `process.env` holds.
    pub variables: Vec<(String, String)>,
    pub limits: Limits,
    /// The rows and costs of the database given as `./db`.
    pub database: Database,
    /// Numbers called random are drawn from it.
    pub seed: u64,
    /// What the clock shows when the environment is made, in milliseconds since 1970.
    pub now_ms: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Limits {
    pub memory_mb: u32,
    /// Of one invocation, waiting included.
    pub timeout_ms: u64,
    /// Of one invocation, waiting excluded: an endless loop need not hold a core for all of the timeout.
    pub cpu_ms: u64,
}

impl Default for Limits {
    /// Memory and timeout of a new function; the CPU limit is ours.
    fn default() -> Self {
        Self { memory_mb: 1024, timeout_ms: 6_000, cpu_ms: 2_000 }
    }
}

/// One invocation, as the environment needs to know it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Request {
    pub request_id: String,
    /// JSON.
    pub event: String,
    pub now_ms: f64,
    /// Whether somebody has written to the database since it was given. Until then an environment answers reads itself.
    pub database_written: bool,
}

/// How the code outside the handler went.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Loaded {
    /// Reading the files as code.
    pub load_ms: f64,
    /// Running what stands outside the handler, waiting included.
    pub init_ms: f64,
    /// The part of `init_ms` that was waiting for backing services and timers; it is counted and not slept.
    pub waited_ms: f64,
    pub observed: Observed,
    pub fault: Option<Fault>,
}

/// How one run of the handler went.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Handled {
    /// JSON, or why there is none.
    pub result: Result<String, Fault>,
    /// Waiting included.
    pub handler_ms: f64,
    pub waited_ms: f64,
    pub observed: Observed,
}

/// What the code did that can be seen from outside.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Observed {
    pub logs: Vec<LogLine>,
    /// Lines and bytes over the limit were dropped.
    pub logs_cut: bool,
    /// Calls to backing services in their order.
    pub calls: Vec<Called>,
    pub calls_cut: bool,
    /// Resident memory of the process, the most seen so far; 0 where it cannot be told.
    pub memory_kb: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogLine {
    pub level: Level,
    pub text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    Debug,
    Info,
    Warn,
    Error,
}

/// A call to a backing service, as observed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Called {
    /// `db`, `s3`, `sqs`, `dynamodb`.
    pub service: String,
    /// `connect`, `get`, `PutObject`, …
    pub action: String,
    /// The table and key, the bucket and key, the queue.
    pub target: String,
    /// The name of the error it failed with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum ToEnvironment {
    /// Make an environment and load its function.
    Create {
        number: u32,
        setup: Box<Setup>,
    },
    Invoke {
        number: u32,
        request: Request,
    },
    /// An environment is not wanted any more; nothing is answered.
    End(u32),
    Answer(Answer),
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum FromEnvironment {
    /// The process runs and has shut itself in.
    Ready,
    Loaded(Loaded),
    Call(Call),
    Handled(Handled),
}

/// Writes one document.
pub(super) fn write(out: &mut impl Write, buffer: &mut Vec<u8>, document: &impl Serialize) -> io::Result<()> {
    buffer.clear();
    buffer.extend_from_slice(&[0; 4]);
    serde_json::to_writer(&mut *buffer, document)?;
    let length = u32::try_from(buffer.len() - 4).ok().filter(|length| *length <= MAX_DOCUMENT_BYTES);
    let length = length.ok_or_else(|| io::Error::other("a document longer than the other side would read"))?;
    buffer[..4].copy_from_slice(&length.to_le_bytes());
    out.write_all(buffer)?;
    out.flush()
}

/// Reads one document. The other side's end is `UnexpectedEof`.
pub(super) fn read<T: DeserializeOwned>(input: &mut impl Read, buffer: &mut Vec<u8>) -> io::Result<T> {
    let mut length = [0; 4];
    input.read_exact(&mut length)?;
    let length = u32::from_le_bytes(length);
    if length > MAX_DOCUMENT_BYTES {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "a document longer than the limit was announced"));
    }
    buffer.clear();
    // What was announced is not yet there: memory is taken as it comes.
    let read = input.take(u64::from(length)).read_to_end(buffer)?;
    if read < length as usize {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    serde_json::from_slice(buffer).map_err(Into::into)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_and_what_lies_about_its_length_is_refused() {
        let mut bytes = Vec::new();
        let mut buffer = Vec::new();
        write(&mut bytes, &mut buffer, &Level::Warn).expect("a small document");
        assert_eq!(read::<Level>(&mut bytes.as_slice(), &mut buffer).expect("it is there"), Level::Warn);
        let cut = read::<Level>(&mut &bytes[..6], &mut buffer).expect_err("it is cut");
        assert_eq!(cut.kind(), io::ErrorKind::UnexpectedEof);
        let huge = read::<Level>(&mut &[0xff; 8][..], &mut buffer).expect_err("it is too long");
        assert_eq!(huge.kind(), io::ErrorKind::InvalidData);
    }
}
