//! What is wrong with an exercise's file, by line.

use crate::course::plainly::plainly;
use crate::course::{LineIndex, Problem};

/// The slips of one file, as they are found.
pub(super) struct Slips<'a> {
    pub(super) path: &'a str,
    pub(super) lines: LineIndex,
    found: Vec<Problem>,
}

impl<'a> Slips<'a> {
    pub(super) fn new(path: &'a str, text: &str) -> Self {
        Self { path, lines: LineIndex::new(text), found: Vec::new() }
    }

    pub(super) fn at(&mut self, offset: usize, message: impl Into<String>) {
        self.found.push(Problem::new(self.path, self.lines.line_at(offset), message));
    }

    pub(super) fn toml(&mut self, text: &str, error: &toml::de::Error) {
        self.at(error.span().map_or(0, |span| span.start), plainly(text, error));
    }

    pub(super) fn whole(&mut self, message: impl Into<String>) {
        self.found.push(Problem::new(self.path, 0, message));
    }

    pub(super) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// All, in the order of their lines.
    pub(super) fn into_problems(mut self) -> Vec<Problem> {
        self.found.sort_by_key(|problem| problem.line);
        self.found
    }
}
