//! Answers that a teacher graded, graded again, beside what the teacher gave them: a table.
//!
//! A rubric learns from its samples. So each answer is judged by a rubric that has never seen it: the answers are dealt
//! out in parts, and each part is judged by what the others taught.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use super::super::CliError;
use super::super::output::Output;
use crate::course::{Course, Exercise, Kind};
use crate::grade::{Attack, LazyRubric, Rubric, Status};

/// A verdict's confidence is put in one of these classes.
const CLASSES: [f64; 4] = [0.0, 0.6, 0.8, 0.9];
/// Parts in which the answers are dealt out.
const N_PARTS: usize = 10;
/// A whole answer passes with this share of the points.
const PASS: f64 = 0.5;

/// An answer with the points that a teacher gave it, by item; items left out got nothing.
#[derive(Deserialize)]
struct Judged {
    answer: String,
    #[serde(default)]
    points: BTreeMap<String, f64>,
}

#[derive(Deserialize)]
struct JudgedFile {
    sample: Vec<Judged>,
}

/// How many points were found, invented and overlooked.
#[derive(Clone, Copy, Default)]
struct Counts {
    both: f64,
    invented: f64,
    overlooked: f64,
}

impl Counts {
    fn add(&mut self, is_made: bool, is_found: bool) {
        match (is_made, is_found) {
            (true, true) => self.both += 1.0,
            (false, true) => self.invented += 1.0,
            (true, false) => self.overlooked += 1.0,
            (false, false) => {}
        }
    }

    fn merge(&mut self, other: Self) {
        self.both += other.both;
        self.invented += other.invented;
        self.overlooked += other.overlooked;
    }

    /// Precision, recall and their harmonic mean.
    fn row(self) -> String {
        let share = |of: f64| if of > 0.0 { self.both / of } else { 1.0 };
        let (precision, recall) = (share(self.both + self.invented), share(self.both + self.overlooked));
        let f1 = 2.0 * self.both / (2.0 * self.both + self.invented + self.overlooked).max(1.0);
        format!("{precision:>9.3} {recall:>6.3} {f1:>6.3}")
    }
}

/// What was counted over answers.
#[derive(Default)]
struct Tally {
    /// By item, in the order of the rubric.
    items: Vec<(String, Counts)>,
    all: Counts,
    /// Share of the points that the teacher gave, and that the grader gave, for each answer.
    fractions: Vec<(f64, f64)>,
    /// How many right answers were spoilt, how many of them passed all the same, and how many earned anything.
    attacks: BTreeMap<Attack, [usize; 3]>,
    n_typos: usize,
    n_flips: usize,
    /// Of each class of confidence how many items, and how many rightly judged.
    calibration: [(usize, usize); CLASSES.len()],
    /// Whole answers, and of those how many judged rightly: not flagged for a person, and flagged.
    unflagged: (usize, usize),
    flagged: (usize, usize),
}

/// The table over the course's own samples or, where a folder is named, over the answers in its `EXERCISE.toml` files.
pub(super) fn run(course: &Course, answers: Option<&Path>, output: &mut Output) -> Result<(), CliError> {
    output.line(match answers {
        None => "On the samples of the exercises. None is judged by what it taught itself, but the patterns were written with\nthem in view: this shows that what was settled holds, not how a new answer fares.",
        Some(_) => "On graded answers from a folder.",
    })?;
    output.line(&format!(
        "{:<28} {:>7} {:>9} {:>6} {:>6} {:>8} {:>10} {:>12} {:>12}",
        "exercise, item",
        "answers",
        "precision",
        "recall",
        "F1",
        "Pearson",
        "mean error",
        "false passes",
        "earn at all"
    ))?;
    let mut all = Tally::default();
    for exercise in course.exercises.values() {
        let Kind::Text(rubric) = &exercise.kind else { continue };
        let judged = match answers {
            None => samples(exercise),
            Some(folder) => read(&folder.join(format!("{}.toml", exercise.id)))?,
        };
        if judged.is_empty() {
            continue;
        }
        let mut tally = Tally::default();
        tally.add(rubric, &judged);
        output.line(&tally.row(&exercise.id.0))?;
        for (item, counts) in &tally.items {
            output.line(&format!("  {item:<34} {}", counts.row()))?;
        }
        all.merge(tally);
    }
    output.line(&all.row("all"))?;
    output.line("")?;
    for (attack, [n, n_passed, n_earned]) in &all.attacks {
        let line = format!(
            "right answers {}: {:.1} % of {n} pass, {:.1} % earn anything",
            attack.description(),
            percent(*n_passed, *n),
            percent(*n_earned, *n)
        );
        output.line(&line)?;
    }
    output.line(&format!("items flipped by a typo: {:.1} % of {}", percent(all.n_flips, all.n_typos), all.n_typos))?;
    for (from, (n, n_right)) in CLASSES.iter().zip(all.calibration) {
        output.line(&format!("items right at confidence from {from:.1}: {:.1} % of {n}", percent(n_right, n)))?;
    }
    for (what, (n, n_right)) in [("not flagged", all.unflagged), ("flagged for a person", all.flagged)] {
        output.line(&format!("answers wholly right, {what}: {:.1} % of {n}", percent(n_right, n)))?;
    }
    Ok(())
}

fn samples(exercise: &Exercise) -> Vec<Judged> {
    let judged =
        |answer: &String, points: &BTreeMap<String, f64>| Judged { answer: answer.clone(), points: points.clone() };
    exercise.samples().iter().map(|sample| judged(&sample.answer, &sample.points)).collect()
}

/// The answers in a file, none where there is no file.
fn read(path: &Path) -> Result<Vec<Judged>, CliError> {
    if !path.exists() {
        return Ok(Vec::new());
    }
    let cannot = |why: &dyn std::fmt::Display| {
        CliError::Input(format!(
            "cannot read {}: {why}; it should hold `[[sample]]`s as an exercise does",
            path.display()
        ))
    };
    let text = std::fs::read_to_string(path).map_err(|error| cannot(&error))?;
    toml::from_str::<JudgedFile>(&text).map(|file| file.sample).map_err(|error| cannot(&error.message()))
}

fn percent(part: usize, whole: usize) -> f64 {
    part as f64 * 100.0 / whole.max(1) as f64
}

impl Tally {
    fn add(&mut self, rubric: &LazyRubric, judged: &[Judged]) {
        self.items = rubric.items().map(|spec| (spec.id.clone(), Counts::default())).collect();
        for part in 0..N_PARTS {
            let mine: Vec<&Judged> = judged.iter().skip(part).step_by(N_PARTS).collect();
            let answers: Vec<&str> = mine.iter().map(|it| it.answer.as_str()).collect();
            self.add_part(&rubric.without(&answers), &mine);
        }
        self.items.iter().for_each(|(_, counts)| self.all.merge(*counts));
    }

    fn add_part(&mut self, rubric: &Rubric, judged: &[&Judged]) {
        let answers: Vec<&str> = judged.iter().map(|it| it.answer.as_str()).collect();
        for (it, verdict) in judged.iter().zip(rubric.grade_all(&answers)) {
            let mut given = 0.0;
            let mut is_right = true;
            for ((_, counts), item) in self.items.iter_mut().zip(&verdict.items) {
                let points = it.points.get(&item.id).copied().unwrap_or(0.0);
                given += points;
                counts.add(points > 0.0, item.status != Status::Missing);
                let class = CLASSES.iter().rposition(|from| item.confidence >= *from).unwrap_or(0);
                let is_same = (points - item.points).abs() < 1e-6;
                is_right &= is_same;
                self.calibration[class].0 += 1;
                self.calibration[class].1 += usize::from(is_same);
            }
            let flag = if verdict.needs_review { &mut self.flagged } else { &mut self.unflagged };
            *flag = (flag.0 + 1, flag.1 + usize::from(is_right));
            let share = given.min(verdict.max) / verdict.max.max(1e-9);
            self.fractions.push((share, verdict.fraction()));
            if share < PASS {
                continue;
            }
            for attack in Attack::ALL {
                if let Some(spoilt) = attack.spoil(&it.answer) {
                    let fraction = rubric.grade(&spoilt).fraction();
                    let counts = self.attacks.entry(attack).or_default();
                    let found = [true, fraction >= PASS, fraction > 0.0];
                    counts.iter_mut().zip(found).for_each(|(count, yes)| *count += usize::from(yes));
                }
            }
            for typed in slips(&it.answer) {
                let typed = rubric.grade(&typed);
                self.n_typos += verdict.items.len();
                let flips = verdict.items.iter().zip(&typed.items).filter(|(a, b)| a.status != b.status);
                self.n_flips += flips.count();
            }
        }
    }

    fn merge(&mut self, other: Self) {
        self.all.merge(other.all);
        self.fractions.extend(other.fractions);
        for (attack, counts) in other.attacks {
            self.attacks.entry(attack).or_default().iter_mut().zip(counts).for_each(|(sum, it)| *sum += it);
        }
        self.n_typos += other.n_typos;
        self.n_flips += other.n_flips;
        let both = |a: (usize, usize), b: (usize, usize)| (a.0 + b.0, a.1 + b.1);
        self.calibration.iter_mut().zip(other.calibration).for_each(|(sum, it)| *sum = both(*sum, it));
        (self.unflagged, self.flagged) = (both(self.unflagged, other.unflagged), both(self.flagged, other.flagged));
    }

    fn row(&self, name: &str) -> String {
        let n = self.fractions.len();
        let error: f64 = self.fractions.iter().map(|(given, got)| (given - got).abs()).sum::<f64>() / n.max(1) as f64;
        let fails = || self.fractions.iter().filter(|(given, _)| *given < PASS);
        let passes = percent(fails().filter(|(_, got)| *got >= PASS).count(), fails().count());
        let worthless = || self.fractions.iter().filter(|(given, _)| *given == 0.0);
        let earn = percent(worthless().filter(|(_, got)| *got > 0.0).count(), worthless().count());
        format!(
            "{name:<28} {n:>7} {} {:>8.3} {error:>10.3} {passes:>10.1} % {earn:>10.1} %",
            self.all.row(),
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
