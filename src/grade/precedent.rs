//! Answers that a teacher graded to a second opinion on a new one.
//!
//! In: an exercise's graded answers, then the sentences of an answer. Out: for each item how likely a teacher would find
//! it there, and where. For each item a logistic model over words (negated or not) and pairs of neighbours, learned on
//! the spot and always in the same order, so that the same answers teach the same.
//!
//! It knows phrasings that no author thought of, and is as easily fooled as any bag of words. So it never decides: it
//! says how sure the rubric's verdict is, and where both disagree strongly half the points go and a person is asked.

use std::ops::Range;

use serde::Deserialize;

use super::fnv::WordMap;
use super::fold::{Text, Token, fold};
use super::guards::Refusal;
use super::polarity::{self, Kind, Negation};
use super::words::Class;

/// With fewer graded answers than this there is nothing to learn from.
const FEWEST: usize = 30;
/// Rounds of training; more of them learn the answers by heart.
const N_ROUNDS: usize = 12;
const STEP: f32 = 0.3;
/// Keeps the weight of a rare word small.
const SHRINK: f32 = 0.003;
/// Times that a feature must stand in the graded answers to be one.
const FEWEST_TIMES: u32 = 2;

/// An answer, and the items that a teacher found in it, by their ids.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Precedent {
    pub answer: String,
    pub marks: Vec<String>,
}

impl Precedent {
    /// Reads `{"answer": "…", "marks": ["item", …]}`, or says what is wrong with it. Other keys are the teacher's.
    pub(super) fn read_line(line: &str, items: &[&str]) -> Result<Self, String> {
        const FORM: &str = r#"a line should be `{"answer": "…", "marks": ["item", …]}`"#;
        let read: Self = serde_json::from_str(line).map_err(|error| format!("{error}; {FORM}"))?;
        match read.marks.iter().find(|mark| !items.contains(&mark.as_str())) {
            Some(mark) => Err(format!("there is no item `{mark}`; there are {}", items.join(", "))),
            None => Ok(read),
        }
    }
}

/// How likely an item is said somewhere in an answer, and the sentences that say it best.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Likelihood {
    pub(super) of_made: f64,
    /// Sentences of the answer.
    pub(super) sentences: Range<usize>,
}

/// What graded answers teach about each item.
#[derive(Clone, Debug, Default)]
pub(super) struct Experience {
    /// By feature the place of its weights, one for each item.
    features: WordMap<u64, usize>,
    weights: Vec<f32>,
    /// What is expected of an answer without any feature.
    biases: Vec<f32>,
}

impl Experience {
    /// Nothing where too few were graded.
    pub(super) fn learn(precedents: &[Precedent], items: &[&str]) -> Option<Self> {
        if precedents.len() < FEWEST {
            return None;
        }
        let read: Vec<Vec<u64>> = precedents
            .iter()
            .map(|it| {
                let text = fold(&it.answer);
                let mut all = Vec::new();
                for (sentence, negations) in text.sentences.iter().zip(polarity::of_sentences(&text)) {
                    features(&text.tokens[sentence.tokens.clone()], &negations, &mut all);
                }
                all
            })
            .collect();
        let mut times: WordMap<u64, u32> = WordMap::default();
        read.iter().flatten().for_each(|it| *times.entry(*it).or_default() += 1);
        let mut known: WordMap<u64, usize> = WordMap::default();
        let mut row = |all: &Vec<u64>| {
            let often = all.iter().filter(|it| times[*it] >= FEWEST_TIMES);
            let mut place = |it: &u64| {
                let next = known.len();
                *known.entry(*it).or_insert(next)
            };
            Row { features: often.map(&mut place).collect(), scale: scale(all.len()) }
        };
        let rows: Vec<Row> = read.iter().map(&mut row).collect();
        let n_items = items.len();
        let mut experience =
            Self { weights: vec![0.0; known.len() * n_items], biases: vec![0.0; n_items], features: known };
        for (index, item) in items.iter().enumerate() {
            let is_made: Vec<bool> = precedents.iter().map(|it| it.marks.iter().any(|mark| mark == item)).collect();
            let (weights, bias) = train(&rows, &is_made, experience.features.len());
            // What is never mentioned is not likely, however often others mention it.
            experience.biases[index] = bias.min(0.0);
            for (feature, weight) in weights.into_iter().enumerate() {
                experience.weights[feature * n_items + index] = weight;
            }
        }
        Some(experience)
    }

    /// What it has to say on an answer.
    pub(super) fn hear<'a>(
        &'a self,
        text: &Text,
        negations: &[Vec<Negation>],
        refusals: &[Option<Refusal>],
    ) -> Opinion<'a> {
        let mut all = Vec::new();
        let spoken = text.sentences.iter().zip(negations).zip(refusals).map(|((sentence, negations), refusal)| {
            let tokens = &text.tokens[sentence.tokens.clone()];
            let is_said =
                refusal.is_none() && negations.iter().all(|it| !matches!(it.kind, Kind::Refuting | Kind::Reporting));
            all.clear();
            features(tokens, negations, &mut all);
            is_said.then(|| self.weigh(&all))
        });
        Opinion { experience: self, sentences: spoken.collect() }
    }

    fn weigh(&self, all: &[u64]) -> Weighed {
        let n_items = self.biases.len();
        let mut weighed = Weighed { sums: vec![0.0; n_items], n_features: all.len(), n_known: 0 };
        for at in all.iter().filter_map(|it| self.features.get(it)) {
            let weights = &self.weights[at * n_items..][..n_items];
            weighed.sums.iter_mut().zip(weights).for_each(|(sum, weight)| *sum += weight);
            weighed.n_known += 1;
        }
        weighed
    }
}

/// What graded answers say of one answer, sentence by sentence. Sentences that do not count have nothing.
#[derive(Debug)]
pub(super) struct Opinion<'a> {
    experience: &'a Experience,
    sentences: Vec<Option<Weighed>>,
}

/// A sentence: for each item the sum of its features' weights.
#[derive(Debug)]
struct Weighed {
    sums: Vec<f32>,
    n_features: usize,
    n_known: usize,
}

impl Opinion<'_> {
    /// Where `item` is said most likely: one sentence or two neighbouring ones. More sentences make nothing less likely.
    pub(super) fn best(&self, item: usize) -> Likelihood {
        let mut best = Likelihood::default();
        for start in 0..self.sentences.len() {
            for end in start + 1..=(start + 2).min(self.sentences.len()) {
                let of_made = self.of(item, start..end);
                if of_made > best.of_made {
                    best = Likelihood { of_made, sentences: start..end };
                }
            }
        }
        best
    }

    /// How likely `sentences` say `item`, with a neighbour if that one speaks of it too. Unrelated neighbours change
    /// nothing. Nothing where too few of the words are known to say anything.
    pub(super) fn beside(&self, item: usize, sentences: Range<usize>) -> Option<f64> {
        /// A neighbour that adds this much speaks of the item.
        const MUCH: f32 = 0.5;
        let adds = |at: usize| {
            let sentence = self.sentences.get(at)?.as_ref()?;
            (sentence.sums[item] * scale(sentence.n_features) > MUCH).then_some(at)
        };
        let before = sentences.start.checked_sub(1).and_then(adds).map(|at| self.of(item, at..sentences.end));
        let after = adds(sentences.end).map(|at| self.of(item, sentences.start..at + 1));
        let spoken = self.sentences.get(sentences.clone())?.iter().flatten();
        let (n_known, n_features) = spoken.fold((0, 0), |(known, all), it| (known + it.n_known, all + it.n_features));
        let own = self.of(item, sentences);
        (n_known * 5 >= n_features * 2).then(|| own.max(before.unwrap_or(0.0)).max(after.unwrap_or(0.0)))
    }

    fn of(&self, item: usize, sentences: Range<usize>) -> f64 {
        let (mut sum, mut n_features) = (0.0, 0);
        for sentence in &self.sentences[sentences] {
            let Some(sentence) = sentence else { return 0.0 };
            sum += sentence.sums[item];
            n_features += sentence.n_features;
        }
        f64::from(logistic(self.experience.biases[item] + sum * scale(n_features)))
    }
}

/// Logistic regression by AdaGrad.
fn train(rows: &[Row], is_made: &[bool], n_features: usize) -> (Vec<f32>, f32) {
    // The first step is not divided by nothing.
    const SLIGHT: f32 = 1e-6;
    let (mut weights, mut bias) = (vec![0.0; n_features], 0.0);
    let (mut slopes, mut bias_slopes) = (vec![SLIGHT; n_features], SLIGHT);
    for _ in 0..N_ROUNDS {
        for (row, is_made) in rows.iter().zip(is_made) {
            let sum: f32 = row.features.iter().map(|at| weights[*at]).sum();
            let error = logistic(bias + sum * row.scale) - f32::from(u8::from(*is_made));
            bias_slopes += error * error;
            bias -= STEP * error / bias_slopes.sqrt();
            for at in &row.features {
                let slope = error * row.scale + SHRINK * weights[*at];
                slopes[*at] += slope * slope;
                weights[*at] -= STEP * slope / slopes[*at].sqrt();
            }
        }
    }
    (weights, bias)
}

/// A graded answer: the features in it that others have too, and what one of them counts.
struct Row {
    features: Vec<usize>,
    scale: f32,
}

/// A long answer does not say a thing more often than a short one.
fn scale(n_features: usize) -> f32 {
    1.0 / (n_features.max(1) as f32).sqrt()
}

fn logistic(x: f32) -> f32 {
    1.0 / (1.0 + libm::expf(-x))
}

/// Adds a sentence's words of matter, told apart by whether they are negated, and its pairs of neighbours.
fn features(tokens: &[Token], negations: &[Negation], all: &mut Vec<u64>) {
    const NEGATED: u64 = 0x9e37_79b9_7f4a_7c15;
    let mut before = (1_u64, false);
    for (at, token) in tokens.iter().enumerate() {
        let word = hash(&token.form);
        let is_matter =
            !token.class.has(Class::FUNCTION) || token.class.has(Class::TELLING) || token.class.has(Class::NEGATOR);
        if is_matter {
            let is_negated = polarity::is_negated(1 << at, 0, negations);
            all.push(if is_negated { word ^ NEGATED } else { word });
        }
        if is_matter || before.1 {
            all.push(before.0.rotate_left(21) ^ word);
        }
        before = (word, is_matter);
    }
}

/// FNV-1a.
fn hash(word: &str) -> u64 {
    word.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Answers of which every other makes the item, about trains and about cats.
    fn precedents() -> Vec<Precedent> {
        let said = |n: usize| match n % 2 {
            0 => (format!("The night train to city {n} is late because of the snow."), vec!["late".to_owned()]),
            _ => (format!("My cat number {n} sleeps on the sofa in the sun."), Vec::new()),
        };
        (0..40).map(said).map(|(answer, marks)| Precedent { answer, marks }).collect()
    }

    fn likelihood(experience: &Experience, answer: &str) -> Likelihood {
        let text = fold(answer);
        let refusals = vec![None; text.sentences.len()];
        experience.hear(&text, &polarity::of_sentences(&text), &refusals).best(0)
    }

    #[test]
    fn what_is_like_graded_answers_is_judged_like_them() {
        let experience = Experience::learn(&precedents(), &["late"]).unwrap();
        let late = likelihood(&experience, "A train is late when there is snow.");
        let cat = likelihood(&experience, "The cat sleeps in the sun.");
        assert!(late.of_made > 0.7 && cat.of_made < 0.3, "{late:?} {cat:?}");
        let both = likelihood(&experience, "The cat sleeps in the sun. A train is late when there is snow. Hello.");
        assert!(both.of_made >= late.of_made && both.sentences.contains(&1), "{both:?}");
        assert!(likelihood(&experience, "Zebras graze.").of_made <= 0.5);
    }

    #[test]
    fn few_answers_teach_nothing() {
        assert!(Experience::learn(&precedents()[..FEWEST - 1], &["late"]).is_none());
    }

    #[test]
    fn a_line_of_a_graded_answer_is_read_or_told_to_be_wrong() {
        let read = |line| Precedent::read_line(line, &["late"]);
        assert_eq!(
            read(r#"{"id": 7, "answer": "It is.", "marks": ["late"]}"#),
            Ok(Precedent { answer: "It is.".into(), marks: vec!["late".into()] })
        );
        for (line, message) in [
            ("no", "a line should be"),
            (r#"{"answer": "x"}"#, "missing field `marks`"),
            (r#"{"answer": "x", "marks": ["early"]}"#, "no item `early`; there are late"),
        ] {
            let said = read(line).unwrap_err();
            assert!(said.contains(message), "{said}");
        }
    }
}
