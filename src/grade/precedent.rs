//! Answers that a teacher graded to a second opinion on a new one.
//!
//! In: an exercise's graded answers, then the sentences of an answer. Out: for each item how likely a teacher would find
//! it there, and where. For each item a logistic model over words (negated or not) and pairs of neighbours, learned on
//! the spot and always in the same order, so that the same answers teach the same.
//!
//! It knows phrasings that no author thought of, and is as easily fooled as any bag of words. So the rubric comes first:
//! this says how sure its verdict is. Only what it strongly doubts, it halves or takes, and of what no pattern knows it
//! gives half at most; a person is asked in each of these cases. How far it may go stands in `judge`.

use std::ops::Range;

use serde::Deserialize;

use super::fold::{Text, Token, fold};
use super::guards::Refusal;
use super::hashing::{WordMap, hash};
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
    features: WordMap<u64, u32>,
    weights: Vec<f32>,
    /// What is expected of an answer without any feature.
    biases: Vec<f32>,
}

impl Experience {
    /// Nothing where too few were graded.
    pub(super) fn learn(precedents: &[&Precedent], items: &[&str]) -> Option<Self> {
        if precedents.len() < FEWEST {
            return None;
        }
        let mut vocabulary = Vocabulary::for_answers(precedents.len());
        let mut rows: Vec<Row> = Vec::with_capacity(precedents.len());
        let mut all = Vec::new();
        for precedent in precedents {
            let text = fold(&precedent.answer);
            for (sentence, negations) in text.sentences.iter().zip(polarity::of_sentences(&text)) {
                features(&text.tokens[sentence.tokens.clone()], &negations, &mut all);
            }
            let scale = scale(all.len());
            let is_made = items.iter().map(|item| precedent.marks.iter().any(|mark| mark == item)).collect();
            rows.push(Row { features: all.drain(..).map(|it| vocabulary.meet(it)).collect(), scale, is_made });
        }
        let n_features = vocabulary.keep_frequent(&mut rows);
        let n_items = items.len();
        let mut experience = Self {
            features: vocabulary.places,
            weights: vec![0.0; n_features * n_items],
            biases: Vec::with_capacity(n_items),
        };
        for start in (0..n_items).step_by(N_LANES) {
            let items = start..(start + N_LANES).min(n_items);
            let (trained, biases) = train(&rows, items.clone(), n_features);
            for (weights, trained) in experience.weights.chunks_exact_mut(n_items).zip(&trained) {
                weights[items.clone()].copy_from_slice(&trained.weight[..items.len()]);
            }
            // What is never mentioned is not likely, however often others mention it.
            experience.biases.extend(biases[..items.len()].iter().map(|bias| bias.min(0.0)));
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
            let weights = &self.weights[*at as usize * n_items..][..n_items];
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

/// The features of graded answers, by the order in which they were met.
#[derive(Default)]
struct Vocabulary {
    places: WordMap<u64, u32>,
    /// How often each was met.
    times: Vec<u32>,
}

impl Vocabulary {
    fn for_answers(n: usize) -> Self {
        /// Features that an answer has and none before it had, on average.
        const N_NEW: usize = 24;
        let mut vocabulary = Self::default();
        vocabulary.places.reserve(n * N_NEW);
        vocabulary.times.reserve(n * N_NEW);
        vocabulary
    }

    fn meet(&mut self, feature: u64) -> u32 {
        let place = *self.places.entry(feature).or_insert_with(|| {
            self.times.push(0);
            self.times.len() as u32 - 1
        });
        self.times[place as usize] += 1;
        place
    }

    /// Leaves out what was met too seldom, here and in `rows`, and says how many features are left.
    fn keep_frequent(&mut self, rows: &mut [Row]) -> usize {
        const SELDOM: u32 = u32::MAX;
        let mut n_kept = 0;
        for times in &mut self.times {
            let is_kept = *times >= FEWEST_TIMES;
            *times = if is_kept { n_kept } else { SELDOM };
            n_kept += u32::from(is_kept);
        }
        let new_place = |place: &mut u32| {
            *place = self.times[*place as usize];
            *place != SELDOM
        };
        self.places.retain(|_, place| new_place(place));
        for row in rows {
            row.features.retain_mut(new_place);
        }
        n_kept as usize
    }
}

/// A graded answer: the features in it that others have too, what one of them counts, and the items it makes.
struct Row {
    features: Vec<u32>,
    scale: f32,
    is_made: Vec<bool>,
}

/// Items that are trained side by side: as many as a processor reckons with at once.
const N_LANES: usize = 8;
type Lanes = [f32; N_LANES];

/// A feature's weight for each item, and the sum of its slopes squared, which makes its steps smaller and smaller.
#[derive(Clone)]
#[repr(align(64))]
struct Trained {
    weight: Lanes,
    slopes: Lanes,
}

/// Logistic regression by AdaGrad, for up to [`N_LANES`] items from `items.start` on: what was learned of each feature,
/// and the items' biases.
fn train(rows: &[Row], items: Range<usize>, n_features: usize) -> (Vec<Trained>, Lanes) {
    // The first step is not divided by nothing.
    const SLIGHT: Lanes = [1e-6; N_LANES];
    let mut trained = vec![Trained { weight: [0.0; N_LANES], slopes: SLIGHT }; n_features];
    let (mut biases, mut bias_slopes) = ([0.0; N_LANES], SLIGHT);
    for _ in 0..N_ROUNDS {
        for row in rows {
            let weights = row.features.iter().map(|at| &trained[*at as usize].weight);
            let sums = weights.fold([0.0; N_LANES], |sums, weight| lanes(|it| sums[it] + weight[it]));
            let mut errors = [0.0; N_LANES];
            for (it, is_made) in row.is_made[items.clone()].iter().enumerate() {
                errors[it] = logistic(biases[it] + sums[it] * row.scale) - f32::from(u8::from(*is_made));
                bias_slopes[it] += errors[it] * errors[it];
                biases[it] -= STEP * errors[it] / bias_slopes[it].sqrt();
            }
            for at in &row.features {
                let Trained { weight, slopes } = trained[*at as usize];
                let slope = lanes(|it| errors[it] * row.scale + SHRINK * weight[it]);
                let slopes = lanes(|it| slopes[it] + slope[it] * slope[it]);
                let step = lanes(|it| STEP * slope[it] / slopes[it].sqrt());
                trained[*at as usize] = Trained { weight: lanes(|it| weight[it] - step[it]), slopes };
            }
        }
    }
    (trained, biases)
}

fn lanes(of: impl Fn(usize) -> f32) -> Lanes {
    std::array::from_fn(of)
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
        let experience = Experience::learn(&precedents().iter().collect::<Vec<_>>(), &["late"]).unwrap();
        let late = likelihood(&experience, "A train is late when there is snow.");
        let cat = likelihood(&experience, "The cat sleeps in the sun.");
        assert!(late.of_made > 0.7 && cat.of_made < 0.3, "{late:?} {cat:?}");
        let both = likelihood(&experience, "The cat sleeps in the sun. A train is late when there is snow. Hello.");
        assert!(both.of_made >= late.of_made && both.sentences.contains(&1), "{both:?}");
        assert!(likelihood(&experience, "Zebras graze.").of_made <= 0.5);
    }

    #[test]
    fn few_answers_teach_nothing() {
        let few = precedents().drain(..FEWEST - 1).collect::<Vec<_>>();
        assert!(Experience::learn(&few.iter().collect::<Vec<_>>(), &["late"]).is_none());
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
