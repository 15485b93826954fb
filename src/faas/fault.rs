//! Why an invocation failed, in the words of the platform and with the place in the learner's file.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What went wrong, as a program can tell it apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// The code threw, or its promise was rejected.
    Thrown,
    /// A file could not be read as JavaScript.
    Syntax,
    /// No such file, or no such export, as the handler names.
    NoHandler,
    /// Longer than the function's timeout, waiting included.
    Timeout,
    /// Computed for longer than one invocation may here.
    CpuLimit,
    OutOfMemory,
    StackOverflow,
    /// The promise is pending and nothing is left that could settle it.
    NeverSettles,
    /// What the handler returned is not JSON.
    Marshal,
    /// The event is not JSON.
    BadEvent,
    /// The event or the response is larger than the platform carries.
    TooLarge,
    /// The code asked to end its process.
    Exit,
    /// The process that ran the code ended, or broke the protocol.
    Crash,
    /// All environments that the function may have are busy.
    Throttled,
}

/// A line of one of the function's own files. Both count from 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    pub file: String,
    pub line: u32,
    pub column: u32,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

/// Why an invocation has no result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    pub kind: FaultKind,
    /// The platform's or the error's own name: `Sandbox.Timedout`, `TypeError`.
    pub error_type: String,
    pub message: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// The innermost call first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub trace: Vec<String>,
}

impl Fault {
    pub(super) fn new(kind: FaultKind, error_type: &str, message: impl Into<String>) -> Self {
        Self { kind, error_type: error_type.to_owned(), message: message.into(), place: None, trace: Vec::new() }
    }

    pub(super) fn timeout(timeout_ms: u64) -> Self {
        let message = format!("Task timed out after {:.2} seconds", timeout_ms as f64 / 1000.0);
        Self::new(FaultKind::Timeout, "Sandbox.Timedout", message)
    }

    pub(super) fn cpu_limit(limit_ms: u64) -> Self {
        let message = format!(
            "the code computed for {limit_ms} ms without an answer and was stopped; is there a loop that never ends?"
        );
        Self::new(FaultKind::CpuLimit, "Sandbox.CpuLimit", message)
    }

    pub(super) fn out_of_memory(memory_mb: u32) -> Self {
        let message = format!("the code needed more than the {memory_mb} MB of its memorySize");
        Self::new(FaultKind::OutOfMemory, "Runtime.OutOfMemory", message)
    }

    pub(super) fn crash(message: impl Into<String>) -> Self {
        Self::new(FaultKind::Crash, "Runtime.ExitError", message)
    }

    pub(super) fn throttled(limit: usize) -> Self {
        let message = format!("Rate Exceeded: all {limit} environments that this function may have are busy");
        Self::new(FaultKind::Throttled, "TooManyRequestsException", message)
    }

    /// Whether the environment may serve again. The platform throws an environment away when its code did not come to
    /// an end by itself: what it left half done would be found by the next request.
    pub fn spoils_environment(&self) -> bool {
        use FaultKind::{BadEvent, Marshal, Throttled, Thrown, TooLarge};
        !matches!(self.kind, Thrown | Marshal | BadEvent | TooLarge | Throttled)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Some(place) => write!(f, "{place}: {}: {}", self.error_type, self.message),
            None => write!(f, "{}: {}", self.error_type, self.message),
        }
    }
}
