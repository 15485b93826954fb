//! Graded answers to figures: how well a model does on questions it has not seen, with and without a teacher's marks.
//!
//! Every question is judged by a model that was trained on other questions only.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::Label;
use super::adapt::{Point, Teacher};
use super::agreement::macro_f1;
use super::attacks::Attack;
use super::boosting::Random;
use super::features::Task;
use super::model::{Model, confidence};
use super::training::{Example, N_FOLDS, SEED, Trainer, by_question, folds, spoil_all};

const MARKS: [usize; 4] = [5, FEW_MARKS, 20, 40];
/// Marks with which it is looked whether attacks are accepted.
const FEW_MARKS: usize = 10;
/// How often marks are drawn: which answers they are matters more than the differences that are to be seen.
const N_DRAWS: u64 = 4;

/// A figure of the table.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    /// The collection, or nothing for all of them.
    pub source: Option<String>,
    pub name: String,
    pub value: f64,
    /// Answers that it was taken over.
    pub n: usize,
}

/// One answer, judged by a model that has not seen it.
struct Judged<'a> {
    example: &'a Example,
    question: usize,
    score: f32,
    label: Label,
    point: Point,
}

impl<'a> Judged<'a> {
    fn new(example: &'a Example, question: usize, task: &Task, model: &Model) -> Self {
        let sight = task.sight(&example.answer, &model.language);
        let score = model.score(&sight);
        Self { example, question, score, label: model.label(score, &sight), point: Point::new(model, &sight) }
    }

    fn is_correct(&self) -> bool {
        self.example.label == Label::Correct
    }
}

/// How often a deed was done and succeeded.
#[derive(Clone, Copy, Debug, Default)]
struct Rate {
    n: usize,
    n_yes: usize,
}

impl Rate {
    fn add(&mut self, yes: bool) {
        self.n += 1;
        self.n_yes += usize::from(yes);
    }

    fn figure(self, name: String) -> Figure {
        Figure { source: None, name, value: self.n_yes as f64 / self.n.max(1) as f64, n: self.n }
    }
}

impl Trainer<'_> {
    /// The table of figures.
    pub fn cross_validate(&self) -> Vec<Figure> {
        let questions = by_question(&self.examples);
        let fold_of = folds(&questions, SEED);
        let mut judged = Vec::new();
        let mut attacks: BTreeMap<Attack, Rate> = BTreeMap::new();
        let mut spoilt: BTreeMap<usize, Vec<Point>> = BTreeMap::new();
        let mut negations = Rate::default();
        for fold in 0..N_FOLDS {
            let is_held_out = |question: &str| fold_of[question] == fold;
            let training: Vec<&Example> =
                self.examples.iter().copied().filter(|it| !is_held_out(&it.question)).collect();
            let model = self.train_on(&training);
            for (number, question) in questions.iter().enumerate().filter(|(_, it)| is_held_out(&it[0].question)) {
                let Example { question: asked, references, .. } = question[0];
                let task = Task::new(asked, references, &model.language);
                judged.extend(question.iter().map(|example| Judged::new(example, number, &task, &model)));
                let accepts = |text: &str| model.score(&task.sight(text, &model.language)) > 0.0;
                let correct = || question.iter().filter(|it| it.label == Label::Correct).map(|it| it.answer.as_str());
                let right = references.iter().map(String::as_str).chain(correct());
                for (attack, text) in spoil_all(right, asked, &mut Random(!SEED)) {
                    let sight = task.sight(&text, &model.language);
                    attacks.entry(attack).or_default().add(model.score(&sight) > 0.0);
                    spoilt.entry(number).or_default().push(Point::new(&model, &sight));
                }
                let mut random = Random(!SEED);
                for right in correct().filter(|it| accepts(it)) {
                    if let Some(text) = Attack::Negated.spoil(right, asked, &mut random) {
                        negations.add(!accepts(&text));
                    }
                }
            }
        }
        let known = self.judge_known_questions(&questions);
        let mut figures = Vec::new();
        let mut sources: Vec<&str> = self.examples.iter().map(|it| it.source.as_str()).collect();
        sources.sort_unstable();
        sources.dedup();
        let all = (sources.len() > 1).then_some(None);
        for source in sources.into_iter().map(Some).chain(all) {
            let is_of = |example: &Example| source.is_none_or(|source| example.source == source);
            let of: Vec<&Judged> = judged.iter().filter(|it| is_of(it.example)).collect();
            let source = || source.map(str::to_owned);
            let mut push = |name: &str, pairs: &[(bool, bool)]| {
                figures.push(Figure {
                    source: source(),
                    name: name.to_owned(),
                    value: macro_f1(pairs),
                    n: pairs.len(),
                });
            };
            push("two labels", &of.iter().map(|it| (it.is_correct(), it.score > 0.0)).collect::<Vec<_>>());
            for n_marks in MARKS {
                push(&format!("two labels, {n_marks} marks"), &with_marks(&of, n_marks));
            }
            let known = || known.iter().filter(|(example, ..)| is_of(example));
            let alone: Vec<(bool, bool)> = known().map(|(it, alone, _)| (it.label == Label::Correct, *alone)).collect();
            push("two labels, question in training", &alone);
            let taught: Vec<(bool, bool)> = known().map(|(it, _, both)| (it.label == Label::Correct, *both)).collect();
            push("two labels, training answers as marks", &taught);
            let labels: Vec<(Label, Label)> = of.iter().map(|it| (it.example.label, it.label)).collect();
            let (value, n) = (macro_f1(&labels), labels.len());
            figures.push(Figure { source: source(), name: "three labels".to_owned(), value, n });
        }
        figures.extend(attacks.iter().map(|(attack, rate)| rate.figure(format!("accepted: {}", attack.name()))));
        let all = attacks.values().fold(Rate::default(), |a, b| Rate { n: a.n + b.n, n_yes: a.n_yes + b.n_yes });
        figures.push(all.figure("accepted: all attacks".to_owned()));
        figures.push(accepted_with_marks(&judged, &spoilt).figure(format!("accepted: all attacks, {FEW_MARKS} marks")));
        figures.push(negations.figure("inserted negations noticed".to_owned()));
        figures.extend(calibration(&judged));
        figures
    }

    /// Answers of questions of which other answers were trained on: judged alone, and with those as marks.
    fn judge_known_questions<'e>(&self, questions: &[Vec<&'e Example>]) -> Vec<(&'e Example, bool, bool)> {
        let mut judged = Vec::new();
        for fold in 0..N_FOLDS {
            let parts: Vec<(Vec<&Example>, Vec<&Example>)> = questions
                .iter()
                .map(|question| {
                    let mut question = question.clone();
                    Random(SEED).shuffle(&mut question);
                    let numbered = question.into_iter().enumerate();
                    let (held_out, kept): (Vec<_>, Vec<_>) = numbered.partition(|(at, _)| at % N_FOLDS == fold);
                    let plain = |it: Vec<(usize, &'e Example)>| it.into_iter().map(|(_, it)| it).collect();
                    (plain(held_out), plain(kept))
                })
                .collect();
            let model = self.train_on(&parts.iter().flat_map(|(_, kept)| kept.iter().copied()).collect::<Vec<_>>());
            let of_question = |(held_out, kept): &(Vec<&'e Example>, Vec<&'e Example>)| {
                let Some(first) = held_out.first() else { return Vec::new() };
                let task = Task::new(&first.question, &first.references, &model.language);
                let judge = |examples: &[&'e Example]| -> Vec<Judged<'e>> {
                    examples.iter().map(|example| Judged::new(example, 0, &task, &model)).collect()
                };
                let (held_out, kept) = (judge(held_out), judge(kept));
                let teacher = teacher(&kept.iter().collect::<Vec<_>>());
                let both =
                    |it: &Judged| teacher.as_ref().map_or(it.score > 0.0, |teacher| teacher.score(&it.point) > 0.0);
                held_out.iter().map(|it| (it.example, it.score > 0.0, both(it))).collect()
            };
            judged.par_extend(parts.par_iter().flat_map_iter(of_question));
        }
        judged
    }
}

fn teacher(marks: &[&Judged]) -> Option<Teacher> {
    let points = marks.iter().map(|it| it.point.clone()).collect();
    let is_correct: Vec<bool> = marks.iter().map(|it| it.is_correct()).collect();
    Teacher::learn(points, &is_correct).0
}

/// A question of which some answers were given as marks.
struct Taught<'j, 'a> {
    question: usize,
    teacher: Option<Teacher>,
    rest: Vec<&'j Judged<'a>>,
}

/// Each question with each draw of its marks.
fn taught<'j, 'a>(judged: &[&'j Judged<'a>], n_marks: usize) -> Vec<Taught<'j, 'a>> {
    let mut by_question: BTreeMap<usize, Vec<&'j Judged<'a>>> = BTreeMap::new();
    for it in judged {
        by_question.entry(it.question).or_default().push(it);
    }
    by_question.retain(|_, answers| answers.len() > n_marks);
    let drawn = by_question.into_iter().flat_map(|it| (0..N_DRAWS).map(move |draw| (draw, it.clone())));
    let teach = |(draw, (question, mut answers)): (u64, (usize, Vec<&'j Judged<'a>>))| {
        Random(SEED + question as u64 + (draw << 32)).shuffle(&mut answers);
        let rest = answers.split_off(n_marks);
        Taught { question, teacher: teacher(&answers), rest }
    };
    drawn.collect::<Vec<_>>().into_par_iter().map(teach).collect()
}

/// Truth and judgement of the answers that are left when `n_marks` of each question were given as marks.
fn with_marks(judged: &[&Judged], n_marks: usize) -> Vec<(bool, bool)> {
    let of_question = |Taught { teacher, rest, .. }: Taught| -> Vec<(bool, bool)> {
        let is_accepted =
            |it: &Judged| teacher.as_ref().map_or(it.score > 0.0, |teacher| teacher.score(&it.point) > 0.0);
        rest.iter().map(|it| (it.is_correct(), is_accepted(it))).collect()
    };
    taught(judged, n_marks).into_iter().flat_map(of_question).collect()
}

/// Spoilt answers, by the number of their question, judged with a few marks of that question.
fn accepted_with_marks(judged: &[Judged], spoilt: &BTreeMap<usize, Vec<Point>>) -> Rate {
    let mut rate = Rate::default();
    for Taught { question, teacher, .. } in taught(&judged.iter().collect::<Vec<_>>(), FEW_MARKS) {
        for point in spoilt.get(&question).into_iter().flatten() {
            rate.add(teacher.as_ref().map_or(point.score(), |teacher| teacher.score(point)) > 0.0);
        }
    }
    rate
}

/// Of the answers judged with some confidence, how many are judged rightly.
fn calibration(judged: &[Judged]) -> Vec<Figure> {
    let mut rates = [Rate::default(); 5];
    for it in judged {
        let class = (((confidence(it.score) - 0.5) * 10.0) as usize).min(rates.len() - 1);
        rates[class].add((it.score > 0.0) == it.is_correct());
    }
    let name = |class: usize| {
        format!("right at confidence {:.1} to {:.1}", 0.5 + class as f64 / 10.0, 0.6 + class as f64 / 10.0)
    };
    rates.into_iter().enumerate().map(|(class, rate)| rate.figure(name(class))).collect()
}
