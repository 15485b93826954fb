//! How many different things a text speaks of, where like words are partly the same thing: soft cardinality.
//!
//! A word counts for one divided by how much it has in common with all words of the text. Of two texts taken together the
//! count tells what they share without any word being matched to another (Jimenez, Becerra and Gelbukh 2012).

use super::reading::Reading;
use super::word::{Letters, likeness};

/// The texts of a task and an answer, by how much they speak of.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Overlap {
    /// Of the reference, what the answer shares; of the answer, what the reference shares; of both.
    pub(super) of_reference: f32,
    pub(super) of_answer: f32,
    pub(super) of_both: f32,
    /// The same of the question and the answer.
    pub(super) of_question: f32,
    pub(super) asked: f32,
    /// Of the answer, what question and reference together share.
    pub(super) of_task: f32,
    /// Of what the reference says beyond the question, what the answer shares.
    pub(super) of_news: f32,
    /// Of the reference, what the question gives away.
    pub(super) given_away: f32,
}

impl Overlap {
    pub(super) fn new(answer: &Reading, reference: &Reading, question: &Reading) -> Self {
        let words = |readings: &[&Reading]| -> Vec<(Letters, f32)> {
            readings.iter().flat_map(|it| it.content().map(|word| (word.letters, word.weight))).collect()
        };
        let count = |readings: &[&Reading]| cardinality(&words(readings));
        let (a, r, q) = (count(&[answer]), count(&[reference]), count(&[question]));
        let (ar, aq, rq) = (count(&[answer, reference]), count(&[answer, question]), count(&[reference, question]));
        let arq = count(&[answer, reference, question]);
        let share = |part: f32, whole: f32| if whole > 0.0 { (part / whole).clamp(0.0, 1.0) } else { 0.0 };
        let news = rq - q;
        Self {
            of_reference: share(a + r - ar, r),
            of_answer: share(a + r - ar, a),
            of_both: share(a + r - ar, ar),
            of_question: share(a + q - aq, q),
            asked: share(a + q - aq, a),
            of_task: share(a + rq - arq, a),
            // What answer and reference add to the question, less what they add together.
            of_news: share((aq - q) + (rq - q) - (arq - q), news),
            given_away: share(r + q - rq, r),
        }
    }
}

fn cardinality(words: &[(Letters, f32)]) -> f32 {
    let of = |word: &(Letters, f32)| {
        let crowd: f32 = words.iter().map(|other| likeness(word.0, other.0)).sum();
        word.1 / crowd.max(1.0)
    };
    words.iter().map(of).sum()
}
