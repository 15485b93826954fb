//! How well the words of a text follow on each other: what a list of keywords and a swapped sentence lack.
//!
//! Pairs of word classes, counted in answers that people wrote. A word of grammar is a class of its own, others go by
//! their ending, and the ends of a sentence are classes too. In the model pairs are kept as hashes.

use std::collections::BTreeMap;

use super::reading::Reading;
use super::word::hash;

/// Added to each count in proportion to chance, so that the unseen is unlikely, not impossible.
const PRIOR: f64 = 8.0;
/// Log-odds are kept in steps of this.
const STEP: f32 = 1.0 / 32.0;
const EDGE: u32 = 0;

/// The log-odds of pairs, against chance.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Fluency {
    pub(super) of_seen: BTreeMap<u32, i8>,
    /// Of each class the log-odds of a successor that was never seen behind it.
    pub(super) of_unseen: BTreeMap<u32, i8>,
}

/// How a text reads, in log-odds.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Flow {
    pub(super) mean: f32,
    /// The least likely pair, and the share of pairs that are less likely than by chance.
    pub(super) worst: f32,
    pub(super) share_odd: f32,
    /// The pair that opens a sentence, and the one that ends it: the worst of each.
    pub(super) opening: f32,
    pub(super) ending: f32,
}

impl Fluency {
    pub(super) fn count(texts: impl Iterator<Item = Reading>) -> Self {
        let mut pairs: BTreeMap<(u32, u32), f64> = BTreeMap::new();
        let (mut first, mut second): (BTreeMap<u32, f64>, BTreeMap<u32, f64>) = Default::default();
        let mut all = 0.0;
        for text in texts {
            for_each_pair(&text, |a, b, _| {
                *pairs.entry((a, b)).or_default() += 1.0;
                *first.entry(a).or_default() += 1.0;
                *second.entry(b).or_default() += 1.0;
                all += 1.0;
            });
        }
        let kept = |log_odds: f64| (log_odds as f32 / STEP).round().clamp(-127.0, 127.0) as i8;
        let of_seen = pairs
            .iter()
            .filter(|(_, count)| **count > 1.0)
            .map(|((a, b), count)| {
                let chance = second[b] / all;
                (pair_key(*a, *b), kept(libm::log((count + PRIOR * chance) / (first[a] + PRIOR) / chance)))
            })
            .collect();
        let of_unseen = first.iter().map(|(a, count)| (*a, kept(libm::log(PRIOR / (count + PRIOR))))).collect();
        Self { of_seen, of_unseen }
    }

    pub(super) fn of(&self, text: &Reading) -> Flow {
        let mut flow = Flow::default();
        let mut n_pairs = 0.0;
        for_each_pair(text, |a, b, place| {
            let steps = self.of_seen.get(&pair_key(a, b)).or_else(|| self.of_unseen.get(&a)).copied().unwrap_or(0);
            let log_odds = f32::from(steps) * STEP;
            flow.mean += log_odds;
            flow.worst = flow.worst.min(log_odds);
            flow.share_odd += f32::from(log_odds < 0.0);
            match place {
                Place::Opening => flow.opening = flow.opening.min(log_odds),
                Place::Ending => flow.ending = flow.ending.min(log_odds),
                Place::Inside => {}
            }
            n_pairs += 1.0;
        });
        if n_pairs > 0.0 {
            flow.mean /= n_pairs;
            flow.share_odd /= n_pairs;
        }
        flow
    }
}

#[derive(Clone, Copy)]
enum Place {
    Opening,
    Inside,
    Ending,
}

fn for_each_pair(text: &Reading, mut each: impl FnMut(u32, u32, Place)) {
    let sentences = text.words.chunk_by(|a, b| a.sentence == b.sentence);
    for sentence in sentences {
        let mut before = (EDGE, Place::Opening);
        for word in sentence {
            each(before.0, word.kind, before.1);
            before = (word.kind, Place::Inside);
        }
        each(before.0, EDGE, Place::Ending);
    }
}

fn pair_key(a: u32, b: u32) -> u32 {
    hash(&(u64::from(a) << 32 | u64::from(b)).to_le_bytes())
}

#[cfg(test)]
mod tests {
    use super::super::reading::Rarity;
    use super::*;

    #[test]
    fn a_sentence_flows_better_than_its_words() {
        let read = |text: &str| Reading::new(text, &Rarity::default());
        let written = "The lamp is in the gap. A wire is on the table.";
        let fluency = Fluency::count(std::iter::repeat_n(written, 20).map(read));
        let sentence = fluency.of(&read("the wire is in a lamp"));
        let shuffled = fluency.of(&read("is the in lamp wire a"));
        assert!(sentence.mean > 0.0 && shuffled.mean < 0.0, "{sentence:?} {shuffled:?}");
        assert!(shuffled.opening < sentence.opening && shuffled.ending < sentence.ending);
        assert_eq!(fluency.of(&read("")), Flow::default());
    }
}
