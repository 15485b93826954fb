//! Graded answers to a model.
//!
//! Besides what people wrote, the model is trained on attacks: right answers spoilt. One forest learns what people hold for
//! correct from their answers alone; two more learn to tell right answers from spoilt ones, so that resisting attacks
//! costs little of the first one's judgement. Each is corrected by `cues`, and `limits` says from where on they count: both
//! are learned from questions that the trees had not seen. All chance comes from one seed: the same examples give the same
//! model.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::attacks::Attack;
use super::boosting::{Growth, Random, Rows, grow};
use super::cues::{Cue, Cues, Lesson};
use super::features::{Sight, Task};
use super::fluency::Fluency;
use super::kin::{Kin, WordNet};
use super::language::Language;
use super::limits::{Limits, Opinions, Trial};
use super::model::{Model, Opinion};
use super::reading::{Rarity, Reading};
use super::trees::Forest;
use super::{Label, SHIPPED};

pub(super) const SEED: u64 = 2013;
/// Right answers of a question that are spoilt for training.
const SPOILT_ANSWERS: usize = 24;
const SPOILT_REFERENCES: usize = 4;
/// What an attack weighs beside an answer that a person wrote.
const ATTACK_WEIGHT: f32 = 0.5;
/// Right answers beside which the question is put as an answer of its own; it is the same beside all.
const COPIES: usize = 3;

/// Parts of the questions, each judged by a model that was trained on the others.
pub(super) const N_FOLDS: usize = 5;

const GROWTH: Growth =
    Growth { n_trees: 500, depth: 6, rate: 0.05, l2: 10.0, share_of_features: 0.4, share_of_groups: 0.6, seed: SEED };
const CORRECT: Growth = Growth { n_trees: 500, depth: 4, rate: 0.03, l2: 20.0, ..GROWTH };
const CONTRADICTORY: Growth = Growth { n_trees: 200, depth: 5, share_of_groups: 0.3, ..GROWTH };

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
        let kin = wordnet.map_or_else(|| SHIPPED.language.kin.clone(), Kin::from_wordnet);
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
        let fold_of = folds(&questions, !SEED);
        let folds: Vec<usize> = rows.iter().map(|row| fold_of[questions[row.question][0].question.as_str()]).collect();
        let against = |kind: fn(Attack) -> bool| {
            let is_spoilt = |row: &Row| match row.attack {
                Some(attack) => kind(attack).then_some(true),
                None => (row.label == Label::Correct).then_some(false),
            };
            opinion(&rows, &folds, is_spoilt, |row| [&row.cues, &row.runs], &GROWTH)
        };
        let is_correct = |row: &Row| row.attack.is_none().then_some(row.label == Label::Correct);
        let is_opposite = |row: &Row| (row.label != Label::Correct).then_some(row.label == Label::Contradictory);
        let (correct, of_correct) = opinion(&rows, &folds, is_correct, |row| [&row.cues, &[]], &CORRECT);
        let (disordered, of_disordered) = against(|attack| !attack.contradicts());
        let (turned, of_turned) = against(Attack::contradicts);
        let trials: Vec<Trial> = rows
            .iter()
            .enumerate()
            .map(|(at, row)| Trial {
                opinions: Opinions {
                    correct: of_correct[at],
                    disordered: of_disordered[at],
                    turned: of_turned[at],
                    is_denial: row.is_denial,
                },
                is_correct: row.attack.is_none() && row.label == Label::Correct,
                attack: row.attack,
            })
            .collect();
        Model {
            correct,
            disordered,
            turned,
            contradictory: forest(&rows, is_opposite, &CONTRADICTORY),
            limits: Limits::choose(&trials),
            language,
        }
    }

    fn language(&self, questions: &[Vec<&Example>]) -> Language {
        let rarity = Rarity::count(questions.iter().enumerate().flat_map(|(number, question)| {
            let Example { question: asked, references, .. } = question[0];
            let answers = question.iter().map(|it| &it.answer);
            answers.chain(references).chain([asked]).map(move |text| (number, text.as_str()))
        }));
        let written = questions.iter().flat_map(|question| {
            question.iter().map(|it| &it.answer).chain(&question[0].references).map(|text| Reading::new(text, &rarity))
        });
        let fluency = Fluency::count(written);
        Language { rarity, fluency, kin: self.kin.clone() }
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

/// Deals questions to folds. Those in the same words stay together, whatever their references.
pub(super) fn folds<'a>(questions: &[Vec<&'a Example>], seed: u64) -> BTreeMap<&'a str, usize> {
    let mut names: Vec<&str> = questions.iter().map(|question| question[0].question.as_str()).collect();
    names.dedup();
    Random(seed).shuffle(&mut names);
    names.into_iter().enumerate().map(|(at, name)| (name, at % N_FOLDS)).collect()
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
    cues: Vec<Cue>,
    runs: Vec<Cue>,
    is_denial: bool,
    label: Label,
    weight: f32,
    /// How it was spoilt, if it was.
    attack: Option<Attack>,
}

fn rows(number: usize, question: &[&Example], language: &Language) -> Vec<Row> {
    let Example { question: asked, references, .. } = question[0];
    let task = Task::new(asked, references, language);
    let row = |answer: &str, label, weight, attack| {
        let Sight { row, cues, runs, is_denial, .. } = task.sight(answer, language);
        Row { question: number, features: row, cues, runs, is_denial, label, weight, attack }
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

/// Trees, and cues that tell what trees cannot: for these each row is judged by trees that have not seen its question.
/// And what such trees, with cues that have not seen it either, say of each row.
fn opinion(
    rows: &[Row],
    folds: &[usize],
    is_positive: impl Fn(&Row) -> Option<bool> + Sync,
    cues_of: impl Fn(&Row) -> [&[Cue]; 2] + Sync,
    growth: &Growth,
) -> (Opinion, Vec<f32>) {
    let of_fold = |fold: usize| (0..rows.len()).filter(move |at| folds[*at] == fold);
    let judge = |fold: usize| -> Vec<f32> {
        let others = (0..rows.len()).filter(|at| folds[*at] != fold).map(|at| &rows[at]);
        let trees = forest(others, &is_positive, growth);
        of_fold(fold).map(|at| trees.score(&rows[at].features)).collect()
    };
    let by_fold: Vec<Vec<f32>> = (0..N_FOLDS).into_par_iter().map(judge).collect();
    let mut alone = vec![0.0; rows.len()];
    for (fold, scores) in by_fold.into_iter().enumerate() {
        of_fold(fold).zip(scores).for_each(|(at, score)| alone[at] = score);
    }
    // Cues learned from all folds, but for the one left out.
    let cues = |left_out: Option<usize>| {
        let lesson = |at: usize| {
            let is_positive = is_positive(&rows[at])?;
            Some(Lesson { alone: alone[at], cues: cues_of(&rows[at]), is_positive })
        };
        let kept = (0..rows.len()).filter(|at| left_out != Some(folds[*at]));
        Cues::learn(&kept.filter_map(lesson).collect::<Vec<_>>())
    };
    let without: Vec<Cues> = (0..N_FOLDS).into_par_iter().map(|fold| cues(Some(fold))).collect();
    let held_out = (0..rows.len()).map(|at| without[folds[at]].score(alone[at], cues_of(&rows[at]))).collect();
    (Opinion { trees: forest(rows, &is_positive, growth), cues: cues(None) }, held_out)
}

/// A forest from the rows for which `is_positive` gives an answer.
fn forest<'a>(
    rows: impl IntoIterator<Item = &'a Row>,
    is_positive: impl Fn(&Row) -> Option<bool>,
    growth: &Growth,
) -> Forest {
    let asked: Vec<(&Row, bool)> = rows.into_iter().filter_map(|row| Some((row, is_positive(row)?))).collect();
    let features: Vec<&[f32]> = asked.iter().map(|(row, _)| row.features.as_slice()).collect();
    let is_positive: Vec<bool> = asked.iter().map(|(_, yes)| *yes).collect();
    let weights: Vec<f32> = asked.iter().map(|(row, _)| row.weight).collect();
    let groups: Vec<usize> = asked.iter().map(|(row, _)| row.question).collect();
    grow(&Rows { features: &features, is_positive: &is_positive, weights: &weights, groups: &groups }, growth)
}
