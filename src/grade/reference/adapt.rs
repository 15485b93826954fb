//! A teacher's marks to a grader that judges as the teacher does.
//!
//! The model's log-odds are the expectation, and marks correct it: for the whole exercise (the teacher is stricter or
//! milder), and around each marked answer, which votes for what is like it. That is a Gaussian process with the model as
//! its mean, a constant and likenesses as its kernel, and Laplace's approximation for yes-or-no marks (Rasmussen
//! and Williams 2006, algorithm 3.1). An answer that the model suspects of being a spoilt one is judged by the marks on
//! answers that were suspected as much: praise for a plain answer does not speak for its words in disorder. Whether it helps is asked of the marks themselves, each judged by the others.

use super::boosting::logistic;
use super::features::{Sight, Task};
use super::model::Model;
use super::pair::Seen;
use super::reading::dot;
use super::word::hash;

/// Marks that are used at most: the equations take the third power of their number.
const MAX_MARKS: usize = 400;

/// An answer and what the teacher says of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    pub answer: String,
    pub is_correct: bool,
}

/// What came of learning.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Adaptation {
    pub n_marks: usize,
    /// Share of the marks on which the grader agrees with the teacher, without the marks.
    pub agreed_before: f64,
    /// The same when each mark is judged by what the others taught.
    pub agreed_after: f64,
    /// The marks are used.
    pub helps: bool,
}

/// How much each source of agreement counts.
#[derive(Clone, Copy, Debug)]
struct Kernel {
    /// Variance of the offset of an exercise,
    offset: f64,
    /// … of how far the model is too sure, or not sure enough, of its answers,
    slope: f64,
    /// … of answers with the same rare words,
    words: f64,
    /// … that have and lack the same words of the reference,
    cues: f64,
    /// … that come out at the same leaves of the trees, and so stand alike to the references.
    leaves: f64,
}

const KERNEL: Kernel = Kernel { offset: 0.5, slope: 0.3, words: 7.0, cues: 6.0, leaves: 6.0 };

/// Log-odds by which a mark may be less suspected than an answer and still speak against its suspicion.
const NEAR_SUSPICION: f64 = 0.5;

/// What was learned from marks.
#[derive(Clone, Debug)]
pub(super) struct Teacher {
    points: Vec<Point>,
    /// What each marked answer adds to the log-odds of one that is just like it.
    votes: Vec<f64>,
}

/// An answer, ready to be compared.
#[derive(Clone, Debug)]
pub(super) struct Point {
    /// The model's log-odds that it is correct, were it not spoilt.
    alone: f64,
    /// The most that they can be, by each thing that the model suspects of it.
    guards: [f64; 2],
    words: Vec<(u32, f32)>,
    cues: Vec<(u32, f32)>,
    leaves: Vec<u8>,
}

impl Teacher {
    pub(super) fn new(model: &Model, task: &Task, marks: &[Mark]) -> (Option<Self>, Adaptation) {
        let marks = &marks[..marks.len().min(MAX_MARKS)];
        let points: Vec<Point> = marks
            .iter()
            .map(|mark| {
                let sight = task.sight(&mark.answer, &model.language);
                Point::new(model, &sight)
            })
            .collect();
        let is_correct: Vec<bool> = marks.iter().map(|mark| mark.is_correct).collect();
        Self::learn(points, &is_correct)
    }

    pub(super) fn learn(points: Vec<Point>, is_correct: &[bool]) -> (Option<Self>, Adaptation) {
        let n = points.len();
        let covariance: Vec<Vec<f64>> =
            points.iter().map(|a| points.iter().map(|b| KERNEL.between(a, b)).collect()).collect();
        // A right answer has to overcome the model's suspicion too; a wrong one is not made right by it.
        let expected = |(point, yes): (&Point, &bool)| if *yes { point.score() } else { point.alone };
        let mean: Vec<f64> = points.iter().zip(is_correct).map(expected).collect();
        let (votes, without_own) = fit(&covariance, &mean, is_correct);
        let agree = |scores: &mut dyn Iterator<Item = f64>| {
            let n_agreed = scores.zip(is_correct).filter(|(score, yes)| (*score > 0.0) == **yes).count();
            n_agreed as f64 / n.max(1) as f64
        };
        let before = agree(&mut points.iter().map(Point::score));
        let taught = |at: usize| {
            let others = (0..n).filter(|other| *other != at);
            let allayed = others.map(|it| votes[it] * covariance[at][it] * points[at].nearness(&points[it])).sum();
            points[at].taught(without_own[at] - mean[at], allayed)
        };
        let after = agree(&mut (0..n).map(taught));
        // A few marks cannot prove anything: they are used unless they clearly speak against it.
        let margin = 1.0 / (n.max(1) as f64).sqrt() / 2.0;
        let helps = n > 0 && after + margin >= before;
        let adaptation = Adaptation { n_marks: n, agreed_before: before, agreed_after: after, helps };
        (helps.then_some(Self { points, votes }), adaptation)
    }

    /// The log-odds that an answer is correct, and not a spoilt one.
    pub(super) fn score(&self, point: &Point) -> f64 {
        let votes = self.points.iter().zip(&self.votes).map(|(it, vote)| (it, vote * KERNEL.between(point, it)));
        let (voted, allayed) =
            votes.fold((0.0, 0.0), |(voted, allayed), (it, vote)| (voted + vote, allayed + vote * point.nearness(it)));
        point.taught(voted, allayed)
    }
}

impl Point {
    pub(super) fn new(model: &Model, sight: &Sight) -> Self {
        let opinions = model.opinions(sight);
        Self {
            alone: f64::from(opinions.correct + model.limits.lenience),
            guards: model.limits.guards(opinions).map(f64::from),
            words: words(&sight.seen),
            cues: in_order(sight.cues.clone()),
            leaves: model.correct.trees.leaves(&sight.row),
        }
    }

    /// The log-odds by the model alone.
    pub(super) fn score(&self) -> f64 {
        self.taught(0.0, 0.0)
    }

    /// The log-odds when marks add `voted`, and those on answers suspected as much as this one add `allayed`.
    fn taught(&self, voted: f64, allayed: f64) -> f64 {
        let guard = self.guards.into_iter().fold(f64::INFINITY, f64::min);
        (self.alone + voted).min(guard + allayed.max(0.0))
    }

    /// How far a mark on `other` counts for what is suspected of this answer: in full where it was suspected as much.
    fn nearness(&self, other: &Self) -> f64 {
        let by_less = |(ours, theirs): (&f64, &f64)| (theirs.min(0.0) - ours.min(0.0)).max(0.0);
        let gap: f64 = self.guards.iter().zip(&other.guards).map(by_less).sum();
        libm::exp(-(gap / NEAR_SUSPICION) * (gap / NEAR_SUSPICION))
    }
}

/// Words with their polarity, and pairs of neighbours, as a vector of length one.
fn words(seen: &Seen) -> Vec<(u32, f32)> {
    const PAIR_WEIGHT: f32 = 0.5;
    let words = &seen.reading.words;
    let key = |at: usize| words[at].id ^ u32::from(words[at].is_negated);
    let mut vector: Vec<(u32, f32)> = (0..words.len()).map(|at| (key(at), seen.worth[at])).collect();
    vector.extend((1..words.len()).map(|at| {
        let both = [key(at - 1).to_le_bytes(), key(at).to_le_bytes()].concat();
        (hash(&both), PAIR_WEIGHT * (seen.worth[at - 1] + seen.worth[at]) / 2.0)
    }));
    in_order(vector)
}

/// Each key once, in rising order, as a vector of length one.
fn in_order(mut vector: Vec<(u32, f32)>) -> Vec<(u32, f32)> {
    vector.sort_unstable_by_key(|(key, _)| *key);
    vector.dedup_by(|next, kept| {
        let is_same = next.0 == kept.0;
        if is_same {
            kept.1 += next.1;
        }
        is_same
    });
    let norm = vector.iter().map(|(_, value)| value * value).sum::<f32>().sqrt();
    if norm > 0.0 {
        for (_, value) in &mut vector {
            *value /= norm;
        }
    }
    vector
}

impl Kernel {
    fn between(&self, a: &Point, b: &Point) -> f64 {
        let n_same = a.leaves.iter().zip(&b.leaves).filter(|(a, b)| a == b).count();
        let same_leaves = n_same as f64 / a.leaves.len().max(1) as f64;
        self.offset
            + self.slope * a.alone * b.alone
            + self.words * f64::from(dot(&a.words, &b.words))
            + self.cues * f64::from(dot(&a.cues, &b.cues))
            // To the fourth power: what shares half of the leaves is not half as alike.
            + self.leaves * same_leaves.powi(4)
    }
}

/// The votes of the marked answers, and the score of each one without its own vote.
fn fit(covariance: &[Vec<f64>], mean: &[f64], is_correct: &[bool]) -> (Vec<f64>, Vec<f64>) {
    const N_STEPS: usize = 24;
    // Log-odds that a score moves in one step at most: a whole step of Newton's may go so far that it never comes back.
    const LONGEST_STEP: f64 = 2.0;
    let n = mean.len();
    let mut scores = mean.to_vec();
    let mut votes = vec![0.0; n];
    let mut factor = Vec::new();
    let mut curvature = vec![0.0; n];
    for _ in 0..N_STEPS {
        let slope: Vec<f64> =
            scores.iter().zip(is_correct).map(|(score, yes)| f64::from(u8::from(*yes)) - logistic(*score)).collect();
        curvature = scores.iter().map(|score| (logistic(*score) * logistic(-score)).max(1e-9)).collect();
        let roots: Vec<f64> = curvature.iter().map(|it| it.sqrt()).collect();
        factor = cholesky(n, |i, j| covariance[i][j] * roots[i] * roots[j] + f64::from(u8::from(i == j)));
        let b: Vec<f64> = (0..n).map(|i| curvature[i] * (scores[i] - mean[i]) + slope[i]).collect();
        let mut solved: Vec<f64> = times(covariance, &b).iter().zip(&roots).map(|(it, root)| it * root).collect();
        solve(&factor, &mut solved);
        let change: Vec<f64> = (0..n).map(|i| b[i] - roots[i] * solved[i] - votes[i]).collect();
        let moved = times(covariance, &change);
        let longest = moved.iter().fold(0.0_f64, |longest, it| longest.max(it.abs()));
        let share = if longest > LONGEST_STEP { LONGEST_STEP / longest } else { 1.0 };
        votes.iter_mut().zip(change).for_each(|(vote, change)| *vote += share * change);
        scores.iter_mut().zip(moved).for_each(|(score, moved)| *score += share * moved);
    }
    // (K + 1/W)⁻¹ at its diagonal gives what each score would be without its own mark.
    let without_own = (0..n)
        .map(|i| {
            let mut unit = vec![0.0; n];
            unit[i] = 1.0;
            solve(&factor, &mut unit);
            let precision = unit[i] * curvature[i];
            let target = scores[i] + votes[i] / curvature[i];
            target - votes[i] / precision
        })
        .collect();
    (votes, without_own)
}

fn times(matrix: &[Vec<f64>], vector: &[f64]) -> Vec<f64> {
    matrix.iter().map(|row| row.iter().zip(vector).map(|(a, b)| a * b).sum()).collect()
}

/// The lower factor of a positive definite matrix, row by row.
fn cholesky(n: usize, entry: impl Fn(usize, usize) -> f64) -> Vec<Vec<f64>> {
    let mut factor: Vec<Vec<f64>> = Vec::with_capacity(n);
    for i in 0..n {
        let mut row = vec![0.0; i + 1];
        for j in 0..=i {
            let above: &[f64] = if j == i { &row } else { &factor[j] };
            let sum: f64 = row[..j].iter().zip(&above[..j]).map(|(a, b)| a * b).sum();
            let rest = entry(i, j) - sum;
            row[j] = if j == i { rest.max(1e-12).sqrt() } else { rest / factor[j][j] };
        }
        factor.push(row);
    }
    factor
}

/// Solves `factor · factorᵀ · x = vector` in place.
fn solve(factor: &[Vec<f64>], vector: &mut [f64]) {
    for i in 0..factor.len() {
        let sum: f64 = factor[i][..i].iter().zip(&*vector).map(|(a, b)| a * b).sum();
        vector[i] = (vector[i] - sum) / factor[i][i];
    }
    for i in (0..factor.len()).rev() {
        vector[i] /= factor[i][i];
        for j in 0..i {
            vector[j] -= factor[i][j] * vector[i];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::reading::{Rarity, Reading};
    use super::*;

    fn point(answer: &str, alone: f64) -> Point {
        let seen = Seen::new(Reading::new(answer, &Rarity::default()), &Reading::default());
        Point { alone, guards: [f64::INFINITY; 2], words: words(&seen), cues: Vec::new(), leaves: vec![0] }
    }

    /// Ten marks on two answers that the model is wrong about.
    fn taught() -> (Option<Teacher>, Adaptation) {
        let marked = [("the gap is closed", -1.0, true), ("the wire is blue", 1.0, false)];
        let all = || marked.iter().cycle().take(10);
        let points = all().map(|(answer, alone, _)| point(answer, *alone)).collect();
        Teacher::learn(points, &all().map(|(.., is_correct)| *is_correct).collect::<Vec<_>>())
    }

    #[test]
    fn an_answer_like_a_marked_one_is_judged_as_the_teacher_did() {
        let (teacher, adaptation) = taught();
        assert!(
            adaptation.helps && adaptation.agreed_before == 0.0 && adaptation.agreed_after == 1.0,
            "{adaptation:?}"
        );
        let teacher = teacher.unwrap();
        assert!(teacher.score(&point("a gap that is closed", -1.0)) > 0.0);
        assert!(teacher.score(&point("a blue wire", 1.0)) < 0.0);
    }

    #[test]
    fn marks_on_what_was_suspected_as_much_allay_a_suspicion() {
        let suspected = |guard| Point { guards: [guard, 2.0], ..point("the gap is closed", 1.0) };
        let (teacher, adaptation) = Teacher::learn(vec![suspected(-3.0); 5], &[true; 5]);
        let teacher = teacher.unwrap();
        assert_eq!((adaptation.agreed_before, adaptation.agreed_after), (0.0, 1.0));
        assert!(teacher.score(&suspected(-3.0)) > 0.0);
        assert!(teacher.score(&suspected(-6.0)) < 0.0);
        let (plain, _) = Teacher::learn(vec![suspected(2.0); 5], &[true; 5]);
        assert!(plain.unwrap().score(&suspected(-3.0)) < 0.0);
    }

    #[test]
    fn marks_that_mislead_are_not_used() {
        // The model is right, and of each two answers in the same words one is marked right and one wrong.
        let words = ["gap", "wire", "lamp", "switch", "current", "circuit", "voltage", "battery", "metal", "series"];
        let right: Vec<bool> = (0..20).map(|n| n % 2 == 0).collect();
        let points = right.iter().zip(0..).map(|(right, n)| point(words[n / 2], if *right { 0.3 } else { -0.3 }));
        let (teacher, adaptation) = Teacher::learn(points.collect(), &right);
        assert!(teacher.is_none() && adaptation.agreed_before == 1.0, "{adaptation:?}");
        let (teacher, adaptation) = Teacher::learn(Vec::new(), &[]);
        assert!(teacher.is_none() && !adaptation.helps);
    }

    #[test]
    fn a_factor_solves_its_equations() {
        let matrix = [[4.0, 2.0, 0.5], [2.0, 5.0, 1.0], [0.5, 1.0, 3.0]];
        let factor = cholesky(3, |i, j| matrix[i][j]);
        let mut solution = vec![1.0, 2.0, 3.0];
        solve(&factor, &mut solution);
        for (row, wanted) in matrix.iter().zip([1.0, 2.0, 3.0]) {
            let got: f64 = row.iter().zip(&solution).map(|(a, b)| a * b).sum();
            assert!((got - wanted).abs() < 1e-12);
        }
    }
}
