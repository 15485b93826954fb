//! Counted hands, as they are kept: every vote of every class, in the words in which it was put.

use serde::{Deserialize, Serialize};

/// So many counts are kept; beyond, the oldest give way.
const MOST_COUNTS: usize = 5_000;

/// One vote that was taken.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Count {
    /// What was asked, as a ballot names it.
    pub question: String,
    /// Which of the question's votes, from 0, and what it asks.
    pub vote: usize,
    pub asks: String,
    /// One may have raised a hand more than once: then nobody knows how many people did.
    #[serde(default)]
    pub several: bool,
    /// How often this vote was taken before.
    pub before: u32,
    /// Grows with each change: of two screens that count, the newer word holds.
    pub changes: u64,
    pub answers: Vec<Counted>,
    /// When it was changed last, in milliseconds since 1970-01-01 UTC. Whoever keeps it says so.
    #[serde(default)]
    pub at_ms: i64,
    /// The same as it is shown, and whether it is this class that raised these hands.
    #[serde(skip)]
    pub when: String,
    #[serde(skip)]
    pub is_going_on: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counted {
    pub answer: String,
    pub hands: u32,
}

impl Count {
    fn is_of(&self, question: &str, vote: usize) -> bool {
        self.question == question && self.vote == vote
    }

    pub fn hands(&self) -> u32 {
        self.answers.iter().fold(0, |sum, it| sum.saturating_add(it.hands))
    }

    pub(super) fn hands_for(&self, answer: &str) -> Option<u32> {
        self.answers.iter().find(|it| it.answer == answer).map(|it| it.hands)
    }
}

/// Adds a count, or puts it in the place of what it says anew. Returns whether it was news.
pub fn remember(counts: &mut Vec<Count>, count: Count) -> bool {
    let same = |it: &&mut Count| it.is_of(&count.question, count.vote) && it.before == count.before;
    match counts.iter_mut().find(same) {
        Some(known) if known.changes >= count.changes => return false,
        Some(known) => *known = count,
        None => counts.push(count),
    }
    let too_many = counts.len().saturating_sub(MOST_COUNTS);
    counts.drain(..too_many);
    true
}

/// The votes taken on one question, the newest last.
pub(super) fn taken<'a>(counts: &'a [Count], question: &str, vote: usize) -> Vec<&'a Count> {
    let mut taken: Vec<&Count> = counts.iter().filter(|it| it.is_of(question, vote)).collect();
    taken.sort_by_key(|it| it.before);
    taken
}

#[cfg(test)]
mod tests {
    use super::{Count, remember};

    #[test]
    fn the_newer_word_holds_and_another_vote_is_another_count() {
        let count = |before, changes| Count { question: "q".into(), before, changes, ..Count::default() };
        let mut counts = Vec::new();
        let news = [(0, 1), (0, 3), (0, 2), (0, 3), (1, 1)]
            .map(|(before, changes)| remember(&mut counts, count(before, changes)));
        assert_eq!(news, [true, true, false, false, true]);
        assert_eq!(counts.iter().map(|it| (it.before, it.changes)).collect::<Vec<_>>(), [(0, 3), (1, 1)]);
    }
}
