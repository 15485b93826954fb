//! What a grader says: the points of each item, the words that earned them, and how sure it is.

use serde::{Deserialize, Serialize};

/// The outcome of one answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    /// Points earned, `0.0..=max`.
    pub score: f64,
    pub max: f64,
    pub items: Vec<ItemVerdict>,
    /// A person should look at it; `review_reason` says why.
    pub needs_review: bool,
    #[serde(default)]
    pub review_reason: Option<String>,
    /// One or two sentences to the learner about the whole answer.
    pub feedback: String,
}

impl Verdict {
    /// Points earned as a share of all, `0.0..=1.0`; an exercise without points is not earned.
    pub fn fraction(&self) -> f64 {
        if self.max > 0.0 { (self.score / self.max).clamp(0.0, 1.0) } else { 0.0 }
    }
}

/// The outcome of one point of the rubric.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ItemVerdict {
    pub id: String,
    /// What a good answer says here, in one sentence.
    pub label: String,
    /// Points earned. Below zero only for a wrong choice among several, whose `max` is 0.
    pub points: f64,
    pub max: f64,
    pub status: Status,
    /// The words that earned the points, in the order of the answer.
    pub evidence: Vec<Evidence>,
    /// `0.0..=1.0`: how likely a careful teacher would agree with `status`.
    pub confidence: f64,
    /// Why points were refused although the words are there, such as the contradiction in words.
    #[serde(default)]
    pub reason: Option<String>,
    /// A nudge towards what is missing that does not give it away.
    #[serde(default)]
    pub hint: Option<String>,
}

impl ItemVerdict {
    /// Whether it is a choice that does not belong, and no point that is missing.
    pub fn is_wrong(&self) -> bool {
        self.points < 0.0
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    Made,
    Partly,
    Missing,
}

/// A piece of the answer: `text` is what stands at bytes `start..end` of the answer as it was given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    pub start: usize,
    pub end: usize,
    pub text: String,
}
