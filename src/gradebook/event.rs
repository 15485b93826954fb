//! What happens in a class, as it is kept: one [`Event`] for each deed, never changed afterwards.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::course::{Answer, ExerciseId};
use crate::grade::Verdict;
use crate::store::class::NewEntry;

/// The name under which a platform knows a student: a participant number, a user id, an address, a file's name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StudentId(pub String);

impl fmt::Display for StudentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Something to know about an answer or a name, found while it was read.
pub(super) type Flag = String;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// A student became known, or known better.
    Enrolled {
        student: StudentId,
        name: String,
        email: String,
    },
    Submitted {
        student: StudentId,
        exercise: ExerciseId,
        submission: Submission,
    },
    /// The grader judged a submission.
    Graded {
        student: StudentId,
        exercise: ExerciseId,
        grading: Grading,
    },
    /// A person judged items of a submission.
    Marked {
        student: StudentId,
        exercise: ExerciseId,
        mark: Mark,
    },
    /// A person set aside what grader and marks say of the whole.
    Adjusted {
        student: StudentId,
        exercise: ExerciseId,
        by: String,
        change: Change,
        reason: String,
    },
    /// More time for one student.
    Extended {
        student: StudentId,
        exercise: ExerciseId,
        until_ms: i64,
        reason: String,
    },
    /// When an exercise was due, and what lateness costs.
    LatePolicySet {
        exercise: ExerciseId,
        policy: LatePolicy,
    },
    /// A student asked for another look.
    RegradeRequested {
        student: StudentId,
        exercise: ExerciseId,
        reason: String,
    },
    /// All that was written in `batch` counts no more.
    Undone {
        batch: i64,
        reason: String,
    },
    /// Names were looked at that are hidden by default.
    NamesRevealed {
        by: String,
    },
    /// Marks were written into a platform's worksheet, which this is the fingerprint of as it was before.
    WorksheetFilled {
        worksheet: String,
    },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Submission {
    /// Tells it from the others of this student and exercise.
    pub digest: String,
    pub answer: Answer,
    /// When the platform says it was handed in, in milliseconds since 1970-01-01 UTC.
    pub submitted_at_ms: Option<i64>,
    /// The platform itself marked it as late.
    pub late: bool,
    /// The file it came from.
    pub source: String,
    pub flags: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Grading {
    /// The submission's digest.
    pub of: String,
    /// The program's name and version.
    pub grader: String,
    /// Fingerprint of the exercise's file and the vocabulary.
    pub rubric: String,
    /// How many of the people's marks it was taught by.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub n_lessons: usize,
    pub verdict: Verdict,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Mark {
    /// The submission's digest.
    pub of: String,
    pub by: String,
    /// Points by item id.
    pub items: BTreeMap<String, f64>,
    pub reason: String,
    /// How long the person looked at it; nothing where nobody measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub took_ms: Option<u64>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
fn is_zero(number: &usize) -> bool {
    *number == 0
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// So many points, whatever else was said.
    Total(f64),
    /// So many points more or less.
    Delta(f64),
    /// No mark at all, and none missing.
    Excused,
    /// Earlier changes count no more.
    Cleared,
}

/// What lateness costs: `percent_per_day` of the points earned for each day begun after due date and grace.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LatePolicy {
    pub due_ms: i64,
    pub grace_min: u32,
    pub percent_per_day: f64,
    /// No more than this is taken.
    pub cap_percent: f64,
}

impl LatePolicy {
    /// The share of the points that is taken off, `0.0..=1.0`. `extended_ms` is a later due date for this student.
    pub fn penalty(&self, submitted_at_ms: i64, extended_ms: Option<i64>) -> f64 {
        const DAY_MS: f64 = 86_400_000.0;
        let due_ms = extended_ms.unwrap_or(self.due_ms).max(self.due_ms);
        let late_ms = submitted_at_ms.saturating_sub(due_ms).saturating_sub(i64::from(self.grace_min) * 60_000);
        let days = (late_ms.max(0) as f64 / DAY_MS).ceil();
        (days * self.percent_per_day).min(self.cap_percent).clamp(0.0, 100.0) / 100.0
    }
}

/// An event about one student's work, as its entry holds it.
#[derive(Deserialize)]
struct About<T> {
    student: StudentId,
    exercise: ExerciseId,
    #[serde(alias = "submission", alias = "grading")]
    what: T,
}

impl Event {
    /// Reads the body of an entry of this `kind`.
    pub(super) fn read(kind: &str, body: &str) -> serde_json::Result<Self> {
        // An enum whose tag stands inside is read twice. Nearly all entries are of these two kinds, and a large class
        // opens in a quarter of the time when they are read once.
        match kind {
            "submitted" => {
                let About { student, exercise, what: submission } = serde_json::from_str(body)?;
                Ok(Self::Submitted { student, exercise, submission })
            }
            "graded" => {
                let About { student, exercise, what: grading } = serde_json::from_str(body)?;
                Ok(Self::Graded { student, exercise, grading })
            }
            _ => serde_json::from_str(body),
        }
    }

    /// Whom and what it is about.
    pub(super) fn about(&self) -> (Option<&StudentId>, Option<&ExerciseId>) {
        match self {
            Self::Enrolled { student, .. } => (Some(student), None),
            Self::Submitted { student, exercise, .. }
            | Self::Graded { student, exercise, .. }
            | Self::Marked { student, exercise, .. }
            | Self::Adjusted { student, exercise, .. }
            | Self::Extended { student, exercise, .. }
            | Self::RegradeRequested { student, exercise, .. } => (Some(student), Some(exercise)),
            Self::LatePolicySet { exercise, .. } => (None, Some(exercise)),
            Self::Undone { .. } | Self::NamesRevealed { .. } | Self::WorksheetFilled { .. } => (None, None),
        }
    }

    fn kind(&self) -> &'static str {
        match self {
            Self::Enrolled { .. } => "enrolled",
            Self::Submitted { .. } => "submitted",
            Self::Graded { .. } => "graded",
            Self::Marked { .. } => "marked",
            Self::Adjusted { .. } => "adjusted",
            Self::Extended { .. } => "extended",
            Self::LatePolicySet { .. } => "late_policy",
            Self::RegradeRequested { .. } => "regrade_requested",
            Self::Undone { .. } => "undone",
            Self::NamesRevealed { .. } => "names_revealed",
            Self::WorksheetFilled { .. } => "worksheet_filled",
        }
    }

    /// Whether it is a decision, which can be taken back. A grading is one when it is a regrade: see `Class`.
    pub(super) fn is_decision(&self) -> bool {
        matches!(self, Self::Marked { .. } | Self::Adjusted { .. } | Self::Extended { .. } | Self::LatePolicySet { .. })
    }

    pub(super) fn entry(&self) -> NewEntry {
        let (student, exercise) = self.about();
        NewEntry {
            kind: self.kind(),
            student: student.map(|it| it.0.clone()),
            exercise: exercise.map(|it| it.0.clone()),
            body: serde_json::to_string(self).expect("an event holds strings and finite numbers"),
        }
    }
}
