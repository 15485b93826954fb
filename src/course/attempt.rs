//! What a learner did, as it is kept: one [`Attempt`] for each deed, never changed afterwards.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Answer, Exercise, ExerciseId, Kind, PageId};
use crate::grade::Verdict;

/// A deed and its moment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Attempt {
    /// Milliseconds since 1970-01-01 UTC.
    pub at_ms: i64,
    #[serde(flatten)]
    pub deed: Deed,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Deed {
    /// The last line of a page was seen.
    PageRead { page: String },
    /// An answer was submitted and graded.
    Answered { exercise: ExerciseId, answer: Answer, verdict: Verdict },
    /// The exercise's hint number `step`, counted from 1 as the author put them, was shown.
    HintShown { exercise: ExerciseId, step: usize },
    /// The solution was opened after an honest attempt.
    SolutionSeen { exercise: ExerciseId },
    /// The solution was opened without one.
    GaveUp { exercise: ExerciseId },
    /// “I did say that”: the learner holds that the last answer made this item's point (or holds so no more).
    Disputed { exercise: ExerciseId, item: String, on: bool },
    /// The learner compared the answer with the solution and ticked the items whose points it makes.
    SelfChecked { exercise: ExerciseId, items: Vec<String> },
    /// A line of a page's document was marked to be found again, or the mark taken off. Line 0 is the top.
    Bookmarked { page: String, source_line: u32, on: bool },
    /// Something was written beside a line of a page's document, in place of what was there; nothing takes it off.
    Noted { page: String, source_line: u32, text: String },
    /// A number was guessed before a simulation ran. Both numbers are in the unit of the question.
    Predicted { page: String, scenario: String, guess: f64, actual: f64, right: bool },
}

impl Deed {
    /// The exercise it belongs to, if it belongs to one.
    pub fn exercise(&self) -> Option<&ExerciseId> {
        match self {
            Self::Answered { exercise, .. }
            | Self::HintShown { exercise, .. }
            | Self::SolutionSeen { exercise }
            | Self::GaveUp { exercise }
            | Self::Disputed { exercise, .. }
            | Self::SelfChecked { exercise, .. } => Some(exercise),
            Self::PageRead { .. } | Self::Bookmarked { .. } | Self::Noted { .. } | Self::Predicted { .. } => None,
        }
    }
}

/// Where a learner stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Position {
    pub page: PageId,
    pub spot: Spot,
}

/// A place on a page, in words: it is the same however wide the screen is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spot {
    /// The line of the page's document on which the block begins; 0 is the top of the page.
    pub line: u32,
    /// Letters and digits of the block that come before.
    pub letters: u32,
    /// Rows without any that come after those: in a drawing, or between two blocks.
    pub rows: u32,
}

impl Spot {
    /// Where the block that begins on a line begins.
    pub fn at(line: u32) -> Self {
        Self { line, ..Self::default() }
    }
}

impl std::fmt::Display for Spot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {} {}", self.line, self.letters, self.rows)
    }
}

impl From<&str> for Spot {
    /// Reads what `Display` writes. What is missing, as in what an older program wrote, is 0.
    fn from(text: &str) -> Self {
        let mut numbers = text.split(' ').map(|number| number.parse().unwrap_or(0));
        let mut next = || numbers.next().unwrap_or(0);
        Self { line: next(), letters: next(), rows: next() }
    }
}

/// All that is kept of a learner, as it is needed when the course opens.
#[derive(Clone, Debug, Default)]
pub struct Kept {
    pub attempts: Vec<Attempt>,
    pub drafts: BTreeMap<ExerciseId, Answer>,
    pub position: Option<Position>,
    /// Exercises to come back to, the most nearly forgotten first, as of the opening.
    pub due: Vec<ExerciseId>,
}

/// Whether an answer is an honest attempt, so that the solution may be shown without giving up.
///
/// A quick question: any answer. Free text: it earned something, or it has at least eight words that are not
/// simply the question's. Code: it was changed.
pub fn is_honest(exercise: &Exercise, answer: &Answer, verdict: &Verdict) -> bool {
    match (&exercise.kind, answer) {
        (Kind::Text(_), Answer::Text(text)) => {
            let words = |text: &str| -> std::collections::BTreeSet<String> {
                text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).map(str::to_lowercase).collect()
            };
            verdict.score > 0.0 || words(text).difference(&words(&exercise.prompt)).count() >= 8
        }
        // The file as it was given is no try.
        (Kind::Code(task), Answer::Text(text)) => text.trim() != task.start.trim(),
        _ => !answer.is_empty(),
    }
}
