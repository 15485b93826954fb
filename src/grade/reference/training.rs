//! Graded answers to a model.
//!
//! Besides what people wrote, the model is trained on attacks: right answers spoilt. One forest learns what people hold for
//! correct from their answers alone; two more learn to tell right answers from spoilt ones, so that resisting attacks
//! costs little of the first one's judgement. All chance comes from one seed: the same examples give the same model.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::attacks::Attack;
use super::boosting::{Growth, Random, Rows, grow};
use super::features::Task;
use super::fluency::Fluency;
use super::kin::{Kin, WordNet};
use super::model::Model;
use super::reading::{Rarity, Reading};
use super::trees::Forest;
use super::{Label, SHIPPED};

pub(super) const SEED: u64 = 2013;
/// Right answers of a question that are spoilt for training.
const SPOILT_ANSWERS: usize = 8;
const SPOILT_REFERENCES: usize = 4;
/// What an attack weighs beside an answer that a person wrote.
const ATTACK_WEIGHT: f32 = 0.5;
/// Right answers beside which the question is put as an answer of its own; it is the same beside all.
const COPIES: usize = 3;

const GROWTH: Growth =
    Growth { n_trees: 300, depth: 6, rate: 0.05, l2: 10.0, share_of_features: 0.4, share_of_groups: 0.3, seed: SEED };
const CORRECT: Growth = Growth { n_trees: 500, depth: 4, rate: 0.03, l2: 20.0, ..GROWTH };
const CONTRADICTORY: Growth = Growth { n_trees: 200, depth: 5, ..GROWTH };

/// An answer that a person graded.
#[derive(Clone, Debug, PartialEq)]
pub struct Example {
    /// The collection it comes from; figures are given for each.
    pub source: String,
    pub question: String,
    pub references: Vec<String>,
    pub answer: String,
    pub label: Label,
}

/// Examples, and what is known of words before any example.
pub struct Trainer<'a> {
    pub(super) examples: Vec<&'a Example>,
    kin: Kin,
}

impl<'a> Trainer<'a> {
    /// Without a dictionary the relations between words are those of the model that ships.
    pub fn new(examples: &'a [Example], wordnet: Option<&WordNet>) -> Self {
        let kin = wordnet.map_or_else(|| SHIPPED.kin.clone(), Kin::from_wordnet);
        Self { examples: examples.iter().collect(), kin }
    }

    /// A model that has seen all examples.
    pub fn train(&self) -> Model {
        self.train_on(&self.examples)
    }

    pub(super) fn train_on(&self, examples: &[&Example]) -> Model {
        let questions = by_question(examples);
        let language = self.language(&questions);
        let rows: Vec<Vec<Row>> =
            questions.par_iter().enumerate().map(|(number, question)| rows(number, question, &language)).collect();
        let rows: Vec<Row> = rows.into_iter().flatten().collect();
        let against = |kind: fn(Attack) -> bool| {
            let is_spoilt = |row: &Row| match row.attack {
                Some(attack) => kind(attack).then_some(true),
                None => (row.label == Label::Correct).then_some(false),
            };
            forest(&rows, is_spoilt, &GROWTH)
        };
        let is_correct = |row: &Row| row.attack.is_none().then_some(row.label == Label::Correct);
        let is_opposite = |row: &Row| (row.label != Label::Correct).then_some(row.label == Label::Contradictory);
        Model {
            correct: forest(&rows, is_correct, &CORRECT),
            disordered: against(|attack| !attack.contradicts()),
            turned: against(Attack::contradicts),
            contradictory: forest(&rows, is_opposite, &CONTRADICTORY),
            ..language
        }
    }

    /// A model that knows words and has no judgement yet.
    fn language(&self, questions: &[Vec<&Example>]) -> Model {
        let rarity = Rarity::count(questions.iter().enumerate().flat_map(|(number, question)| {
            let Example { question: asked, references, .. } = question[0];
            let answers = question.iter().map(|it| &it.answer);
            answers.chain(references).chain([asked]).map(move |text| (number, text.as_str()))
        }));
        let written = questions.iter().flat_map(|question| {
            question.iter().map(|it| &it.answer).chain(&question[0].references).map(|text| Reading::new(text, &rarity))
        });
        let fluency = Fluency::count(written);
        Model { rarity, fluency, kin: self.kin.clone(), ..Model::default() }
    }
}

/// Examples of the same question and references together.
pub(super) fn by_question<'a>(examples: &[&'a Example]) -> Vec<Vec<&'a Example>> {
    let mut questions: BTreeMap<(&str, &[String]), Vec<&Example>> = BTreeMap::new();
    for example in examples {
        questions.entry((&example.question, &example.references)).or_default().push(example);
    }
    questions.into_values().collect()
}

/// Each of the right answers spoilt in each way that fits it.
pub(super) fn spoil_all<'a>(
    right: impl Iterator<Item = &'a str>,
    question: &str,
    random: &mut Random,
) -> Vec<(Attack, String)> {
    let mut spoilt = Vec::new();
    for (number, text) in right.enumerate() {
        let fits = |attack: &Attack| number < COPIES || *attack != Attack::Copied;
        for attack in Attack::ALL.into_iter().filter(fits) {
            spoilt.extend(attack.spoil(text, question, random).map(|text| (attack, text)));
        }
    }
    spoilt
}

struct Row {
    question: usize,
    features: Vec<f32>,
    label: Label,
    weight: f32,
    /// How it was spoilt, if it was.
    attack: Option<Attack>,
}

fn rows(number: usize, question: &[&Example], language: &Model) -> Vec<Row> {
    let Example { question: asked, references, .. } = question[0];
    let task = Task::new(asked, references, language);
    let row = |answer: &str, label, weight, attack| {
        let (features, _) = task.row(answer, language);
        Row { question: number, features, label, weight, attack }
    };
    let written = question.iter().map(|it| row(&it.answer, it.label, 1.0, None));
    let given = references.iter().map(|reference| row(reference, Label::Correct, 1.0, None));
    let mut rows: Vec<Row> = written.chain(given).collect();
    let correct = question.iter().filter(|it| it.label == Label::Correct).map(|it| it.answer.as_str());
    let right = references.iter().map(String::as_str).take(SPOILT_REFERENCES).chain(correct.take(SPOILT_ANSWERS));
    for (attack, text) in spoil_all(right, asked, &mut Random(SEED)) {
        let label = if attack.contradicts() { Label::Contradictory } else { Label::Incomplete };
        rows.push(row(&text, label, ATTACK_WEIGHT, Some(attack)));
    }
    rows
}

/// A forest from the rows for which `is_positive` gives an answer.
fn forest(rows: &[Row], is_positive: impl Fn(&Row) -> Option<bool>, growth: &Growth) -> Forest {
    let asked: Vec<(&Row, bool)> = rows.iter().filter_map(|row| Some((row, is_positive(row)?))).collect();
    let features: Vec<&[f32]> = asked.iter().map(|(row, _)| row.features.as_slice()).collect();
    let is_positive: Vec<bool> = asked.iter().map(|(_, yes)| *yes).collect();
    let weights: Vec<f32> = asked.iter().map(|(row, _)| row.weight).collect();
    let groups: Vec<usize> = asked.iter().map(|(row, _)| row.question).collect();
    grow(&Rows { features: &features, is_positive: &is_positive, weights: &weights, groups: &groups }, growth)
}
