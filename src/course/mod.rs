//! What is taught: course, lesson, page, exercise, attempt, progress.
//!
//! Absent: how any of it is shown, and where it is kept. Every parser here gives a usable value and a
//! list of [`Problem`]s, since a slip in one file must never stop the course.

pub mod exercise;

use std::fmt;

/// An author's slip: where it is, and what is wrong and how to mend it, in one sentence.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// Path inside the course folder, such as `lessons/serverless/04-cold-start.md`.
    pub file: String,
    /// One-based line, 0 when the whole file is meant.
    pub line: u32,
    pub message: String,
}

impl Problem {
    pub fn new(file: &str, line: u32, message: impl Into<String>) -> Self {
        Self { file: file.to_owned(), line, message: message.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.file, self.message),
            line => write!(f, "{}:{line}: {}", self.file, self.message),
        }
    }
}
