//! Words that tell: what it says of an answer that a certain word is there, is lacking, or is meant the other way.
//!
//! The trees see how much of a reference is met, not by which words. Here every word has a weight of its own, in a logistic
//! regression that stands on the trees' log-odds. It is learned from what trees said of questions they had not seen, so
//! it learns just what they cannot tell, and how far they are to be believed: its score is a calibrated one.
//!
//! In the model a cue is a hash with a weight; what stands in few answers is not kept.

use std::collections::BTreeMap;

use super::boosting::logistic;
use super::pair::Seen;
use super::reading::Reading;
use super::word::{Word, hash};

/// A cue's hash, and how much of it there is.
pub(super) type Cue = (u32, f32);

/// What a word is in an answer beside its reference.
#[derive(Clone, Copy)]
enum Role {
    /// A word of the answer, or two neighbours.
    Said,
    /// A word of the reference that the answer has, has with the other polarity, or has not.
    Met,
    Turned,
    Lacking,
    /// A word of the answer that the reference has not: the question has it, or does not either.
    Asked,
    Foreign,
    /// Three kinds of words in a row.
    Run,
}

/// The cues in an answer, beside the reference that it meets best.
pub(super) fn cues(answer: &Seen, reference: &Seen) -> Vec<Cue> {
    let (ours, theirs) = (&answer.reading.words, &reference.reading.words);
    let alone = ours.chunks(1);
    let said = alone.chain(ours.windows(2)).map(|words| key(Role::Said, words)).collect();
    let lacking_or_met = theirs.iter().filter(|word| word.is_content).map(|word| {
        let of_ours = || ours.iter().filter(|other| other.id == word.id);
        let role = match of_ours().next() {
            None => Role::Lacking,
            Some(_) if of_ours().any(|other| other.is_negated == word.is_negated) => Role::Met,
            Some(_) => Role::Turned,
        };
        key(role, std::slice::from_ref(word))
    });
    let is_ours_alone = |word: &Word| word.is_content && theirs.iter().all(|other| other.id != word.id);
    let added = ours.iter().zip(&answer.is_asked).filter(|(word, _)| is_ours_alone(word)).map(|(word, is_asked)| {
        let role = if *is_asked { Role::Asked } else { Role::Foreign };
        key(role, std::slice::from_ref(word))
    });
    let mut cues = unit(said);
    cues.extend(unit(lacking_or_met.chain(added).collect()));
    cues
}

/// The cues in how an answer's words follow on each other: the kinds of three in a row, the ends of sentences among them.
pub(super) fn runs(answer: &Reading) -> Vec<Cue> {
    const EDGES: [u32; 2] = [0; 2];
    let mut keys = Vec::new();
    for sentence in answer.words.chunk_by(|a, b| a.sentence == b.sentence) {
        let kinds: Vec<u32> = EDGES.into_iter().chain(sentence.iter().map(|word| word.kind)).chain(EDGES).collect();
        keys.extend(kinds.windows(3).map(|three| {
            let mut bytes = vec![Role::Run as u8];
            bytes.extend(three.iter().flat_map(|kind| kind.to_le_bytes()));
            hash(&bytes)
        }));
    }
    unit(keys)
}

fn key(role: Role, words: &[Word]) -> u32 {
    let mut bytes = [role as u8; 11];
    for (word, bytes) in words.iter().zip(bytes[1..].chunks_exact_mut(5)) {
        bytes[..4].copy_from_slice(&word.id.to_le_bytes());
        bytes[4] = u8::from(word.is_negated);
    }
    hash(&bytes)
}

/// A vector of length one in which all that is there counts alike.
fn unit(mut keys: Vec<u32>) -> Vec<Cue> {
    keys.sort_unstable();
    keys.dedup();
    let value = 1.0 / (keys.len().max(1) as f32).sqrt();
    keys.into_iter().map(|key| (key, value)).collect()
}

/// What each cue is worth.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Cues {
    /// In the order of their keys, in steps of [`WEIGHT_STEP`].
    pub(super) weights: Vec<(u32, i8)>,
    /// How far the trees' log-odds are to be believed.
    pub(super) trust: f32,
    pub(super) bias: f32,
}

impl Default for Cues {
    fn default() -> Self {
        Self { weights: Vec::new(), trust: 1.0, bias: 0.0 }
    }
}

const WEIGHT_STEP: f32 = 1.0 / 32.0;
/// Draws weights to zero.
const L2: f64 = 3.0;
/// Answers that a cue stands in at least.
const LEAST_ANSWERS: usize = 3;
/// Rounds of coordinate descent. More change no weight by a step.
const N_ROUNDS: usize = 30;
/// A change of a weight that is not worth making: a fraction of a step.
const LEAST_CHANGE: f64 = 1.0 / 1024.0;

/// What is learned from: the trees' log-odds of an answer to a question they had not seen, its cues, and the truth.
pub(super) struct Lesson<'a> {
    pub(super) alone: f32,
    /// All that may tell, in parts.
    pub(super) cues: [&'a [Cue]; 2],
    pub(super) is_positive: bool,
}

/// What is the same kind of thing in all lessons: its value in those that have it, and what it is worth.
#[derive(Default)]
struct Column {
    values: Vec<(usize, f64)>,
    weight: f64,
}

impl Cues {
    /// Log-odds of yes, when the trees say `alone`.
    pub(super) fn score(&self, alone: f32, cues: [&[Cue]; 2]) -> f32 {
        let told: f32 = cues.into_iter().flatten().filter_map(|(key, value)| Some(value * self.weight(*key)?)).sum();
        self.trust * alone + self.bias + told
    }

    fn weight(&self, key: u32) -> Option<f32> {
        let at = self.weights.binary_search_by_key(&key, |(key, _)| *key).ok()?;
        Some(f32::from(self.weights[at].1) * WEIGHT_STEP)
    }

    /// Logistic regression by coordinate descent, where each step is bounded by the largest curvature there can be.
    pub(super) fn learn(lessons: &[Lesson<'_>]) -> Self {
        let mut of_key: BTreeMap<u32, Column> = BTreeMap::new();
        for (row, lesson) in lessons.iter().enumerate() {
            for (key, value) in lesson.cues.into_iter().flatten() {
                of_key.entry(*key).or_default().values.push((row, f64::from(*value)));
            }
        }
        of_key.retain(|_, column| column.values.len() >= LEAST_ANSWERS);
        let mut scores: Vec<f64> = lessons.iter().map(|lesson| f64::from(lesson.alone)).collect();
        // How far each score is from the truth.
        let truth = |row: usize| f64::from(u8::from(lessons[row].is_positive));
        let mut errors: Vec<f64> =
            scores.iter().enumerate().map(|(row, score)| truth(row) - logistic(*score)).collect();
        let mut step = |column: &mut Column, l2: f64| {
            let slope = column.values.iter().map(|(row, value)| value * errors[*row]).sum::<f64>() - l2 * column.weight;
            let curvature = column.values.iter().map(|(_, value)| value * value / 4.0).sum::<f64>() + l2;
            let change = slope / curvature.max(1e-9);
            if change.abs() < LEAST_CHANGE {
                return;
            }
            column.weight += change;
            for (row, value) in &column.values {
                scores[*row] += change * value;
                errors[*row] = truth(*row) - logistic(scores[*row]);
            }
        };
        let of_trees = lessons.iter().map(|it| f64::from(it.alone)).enumerate().collect();
        let mut trust = Column { values: of_trees, weight: 1.0 };
        let mut bias = Column { values: (0..lessons.len()).map(|row| (row, 1.0)).collect(), weight: 0.0 };
        for _ in 0..N_ROUNDS {
            step(&mut trust, 0.0);
            step(&mut bias, 0.0);
            for column in of_key.values_mut() {
                step(column, L2);
            }
        }
        let steps = |weight: f64| (weight as f32 / WEIGHT_STEP).round().clamp(-127.0, 127.0) as i8;
        let weights = of_key.into_iter().map(|(key, column)| (key, steps(column.weight)));
        let weights = weights.filter(|(_, steps)| *steps != 0).collect();
        Self { weights, trust: trust.weight as f32, bias: bias.weight as f32 }
    }
}

#[cfg(test)]
mod tests {
    use super::super::reading::{Rarity, Reading};
    use super::*;

    fn seen(text: &str) -> Seen {
        Seen::new(Reading::new(text, &Rarity::default()), &Reading::default())
    }

    #[test]
    fn a_word_that_tells_is_learned_and_one_that_does_not_is_left_alone() {
        // Who names the gap is right; the colour of the wire says nothing.
        let texts =
            ["a gap and a red wire", "a gap and a blue wire", "a lamp and a red wire", "a lamp and a blue wire"];
        let found: Vec<Vec<Cue>> = texts.iter().map(|text| cues(&seen(text), &seen("there is an opening"))).collect();
        let lessons: Vec<Lesson> =
            (0..40).map(|n| Lesson { alone: 0.0, cues: [&found[n % 4], &[]], is_positive: n % 4 < 2 }).collect();
        let learned = Cues::learn(&lessons);
        let score = |text: &str| learned.score(0.0, [&cues(&seen(text), &seen("there is an opening")), &[]]);
        assert!(score("it has a gap") > 0.2 && score("it has a lamp") < -0.2, "{learned:?}");
        assert!((score("a red one") - score("a blue one")).abs() < 0.1);
        assert_eq!(Cues::learn(&[]), Cues::default());
    }

    #[test]
    fn what_is_met_turned_or_lacking_is_told_apart() {
        let beside = |answer: &str| cues(&seen(answer), &seen("the gap is closed"));
        let [met, turned, lacking] = ["closed", "not closed", "gap"].map(beside);
        assert!(met != turned && turned != lacking);
        assert!(cues(&seen(""), &seen("")).is_empty());
    }

    #[test]
    fn runs_are_kinds_of_words_with_the_ends_of_the_sentence() {
        let read = |text: &str| runs(&Reading::new(text, &Rarity::default()));
        assert_eq!(read("the gap is closed"), read("the path is opened"));
        assert_ne!(read("the gap is closed"), read("is closed the gap"));
        assert!(read("").is_empty());
    }
}
