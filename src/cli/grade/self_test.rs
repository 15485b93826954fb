//! The shipped samples, graded, beside what a teacher gave them: a table.
//!
//! Samples prove a rubric and never grade, so no sample is evidence for itself.

use std::collections::BTreeMap;

use super::super::CliError;
use super::super::output::Output;
use crate::course::{Answer, Course, Exercise, Kind};
use crate::grade::{Attack, Rubric, Status};

/// A verdict's confidence is put in one of these classes.
const CLASSES: [f64; 4] = [0.0, 0.6, 0.8, 0.9];
/// A whole answer passes with this share of the points.
const PASS: f64 = 0.5;

/// What was counted over samples.
#[derive(Default)]
struct Tally {
    /// Items that were made and found, found and not made, made and not found.
    n_both: f64,
    n_false: f64,
    n_missed: f64,
    /// Share of the points that the teacher gave, and that the grader gave, for each sample.
    fractions: Vec<(f64, f64)>,
    attacks: BTreeMap<Attack, (usize, usize)>,
    n_typos: usize,
    n_flips: usize,
    /// Of each class of confidence how many items, and how many rightly judged.
    calibration: [(usize, usize); CLASSES.len()],
}

pub(super) fn run(course: &Course, output: &mut Output) -> Result<(), CliError> {
    let mut all = Tally::default();
    output
        .line("On the shipped samples. None is evidence for itself, but the rubrics were written with them in view:")?;
    output.line("this shows that what was settled holds, not how a new answer fares.")?;
    output.line(&format!(
        "{:<30} {:>7} {:>9} {:>6} {:>6} {:>8} {:>10} {:>11}",
        "exercise", "samples", "precision", "recall", "F1", "Pearson", "mean error", "false passes"
    ))?;
    for exercise in course.exercises.values() {
        let Kind::Text(rubric) = &exercise.kind else { continue };
        if exercise.samples.is_empty() {
            continue;
        }
        let mut tally = Tally::default();
        tally.add(exercise, rubric);
        output.line(&tally.row(&exercise.id.0))?;
        all.merge(tally);
    }
    output.line(&all.row("all"))?;
    output.line("")?;
    for (attack, (n, n_accepted)) in &all.attacks {
        let line =
            format!("items earned by full samples {}: {:.1} % of {n}", attack.description(), percent(*n_accepted, *n));
        output.line(&line)?;
    }
    output.line(&format!("items flipped by a typo: {:.1} % of {}", percent(all.n_flips, all.n_typos), all.n_typos))?;
    for (from, (n, n_right)) in CLASSES.iter().zip(all.calibration) {
        output.line(&format!("right at confidence from {from:.1}: {:.1} % of {n}", percent(n_right, n)))?;
    }
    Ok(())
}

fn percent(part: usize, whole: usize) -> f64 {
    part as f64 * 100.0 / whole.max(1) as f64
}

impl Tally {
    fn add(&mut self, exercise: &Exercise, rubric: &Rubric) {
        let answers: Vec<&str> = exercise.samples.iter().map(|sample| sample.answer.as_str()).collect();
        for (sample, verdict) in exercise.samples.iter().zip(rubric.grade_all(&answers)) {
            let mut given = 0.0;
            for (spec, item) in rubric.items().zip(&verdict.items) {
                let points = sample.points.get(&spec.id).copied().unwrap_or(0.0);
                given += points;
                let (is_made, is_found) = (points > 0.0, item.status != Status::Missing);
                self.n_both += f64::from(u8::from(is_made && is_found));
                self.n_false += f64::from(u8::from(!is_made && is_found));
                self.n_missed += f64::from(u8::from(is_made && !is_found));
                let class = CLASSES.iter().rposition(|from| item.confidence >= *from).unwrap_or(0);
                self.calibration[class].0 += 1;
                self.calibration[class].1 += usize::from((points - item.points).abs() < 1e-6);
            }
            self.fractions.push((given.min(verdict.max) / verdict.max.max(1e-9), verdict.fraction()));
            if given < verdict.max {
                continue;
            }
            for attack in Attack::ALL {
                if let Some(spoilt) = attack.spoil(&sample.answer) {
                    let (n, n_accepted) = self.attacks.entry(attack).or_default();
                    *n += verdict.items.len();
                    *n_accepted +=
                        rubric.grade(&spoilt).items.iter().filter(|item| item.status == Status::Made).count();
                }
            }
            for typed in slips(&sample.answer) {
                let typed = exercise.grade(&Answer::Text(typed));
                self.n_typos += verdict.items.len();
                let flips = verdict.items.iter().zip(&typed.items).filter(|(a, b)| a.status != b.status);
                self.n_flips += flips.count();
            }
        }
    }

    fn merge(&mut self, other: Self) {
        self.n_both += other.n_both;
        self.n_false += other.n_false;
        self.n_missed += other.n_missed;
        self.fractions.extend(other.fractions);
        for (attack, (n, n_accepted)) in other.attacks {
            let known = self.attacks.entry(attack).or_default();
            *known = (known.0 + n, known.1 + n_accepted);
        }
        self.n_typos += other.n_typos;
        self.n_flips += other.n_flips;
        for (sum, (n, n_right)) in self.calibration.iter_mut().zip(other.calibration) {
            *sum = (sum.0 + n, sum.1 + n_right);
        }
    }

    fn row(&self, name: &str) -> String {
        let precision = self.n_both / (self.n_both + self.n_false).max(1.0);
        let recall = self.n_both / (self.n_both + self.n_missed).max(1.0);
        let f1 = 2.0 * self.n_both / (2.0 * self.n_both + self.n_false + self.n_missed).max(1.0);
        let n = self.fractions.len();
        let error: f64 = self.fractions.iter().map(|(given, got)| (given - got).abs()).sum::<f64>() / n.max(1) as f64;
        let fails = || self.fractions.iter().filter(|(given, _)| *given < PASS);
        let passes = percent(fails().filter(|(_, got)| *got >= PASS).count(), fails().count());
        format!(
            "{name:<30} {n:>7} {precision:>9.3} {recall:>6.3} {f1:>6.3} {:>8.3} {error:>10.3} {passes:>10.1} %",
            pearson(&self.fractions)
        )
    }
}

/// How well two series go together, -1 to 1; 0 where one of them never changes.
fn pearson(pairs: &[(f64, f64)]) -> f64 {
    let n = pairs.len() as f64;
    let (x, y) = pairs.iter().fold((0.0, 0.0), |sum, pair| (sum.0 + pair.0 / n, sum.1 + pair.1 / n));
    let sums = pairs.iter().fold((0.0, 0.0, 0.0), |sum, pair| {
        let (dx, dy) = (pair.0 - x, pair.1 - y);
        (sum.0 + dx * dy, sum.1 + dx * dx, sum.2 + dy * dy)
    });
    if sums.1 * sums.2 == 0.0 { 0.0 } else { sums.0 / (sums.1 * sums.2).sqrt() }
}

/// The answer with two neighbouring letters changed inside one long word, once for each of its first long words.
fn slips(answer: &str) -> Vec<String> {
    const MOST: usize = 6;
    let mut slips = Vec::new();
    let mut start = 0;
    for word in answer.split_inclusive(' ') {
        let inside = start + 3..start + 5;
        let is_long = word.len() >= 8 && word.bytes().take(6).all(|byte| byte.is_ascii_lowercase());
        if let (true, Some(letters)) = (is_long, answer.get(inside.clone()))
            && slips.len() < MOST
        {
            let swapped: String = letters.chars().rev().collect();
            slips.push(format!("{}{swapped}{}", &answer[..inside.start], &answer[inside.end..]));
        }
        start += word.len();
    }
    slips
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pearson_is_one_on_a_line_and_nothing_on_a_constant() {
        assert!((pearson(&[(0.0, 1.0), (0.5, 2.0), (1.0, 3.0)]) - 1.0).abs() < 1e-12);
        assert_eq!(pearson(&[(0.0, 1.0), (1.0, 1.0)]), 0.0);
        assert_eq!(pearson(&[]), 0.0);
    }

    #[test]
    fn a_slip_swaps_two_letters_of_a_long_word() {
        assert_eq!(slips("the connection stays"), ["the conenction stays"]);
    }
}
