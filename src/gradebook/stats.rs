//! How a class did: the spread of marks, what each item tells, and how far people and grader agree.

use serde::Serialize;

use super::class::Class;
use super::record::Record;
use crate::course::ExerciseId;

/// Bars of the histogram: each a tenth of the points.
const N_BARS: usize = 10;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ExerciseStats {
    pub exercise: ExerciseId,
    pub n_answers: usize,
    pub n_graded: usize,
    pub n_to_review: usize,
    pub max: f64,
    /// Of the graded that are not excused.
    pub mean: f64,
    pub median: f64,
    /// Of the population, not of a sample.
    pub std_dev: f64,
    /// How many marks lie in each tenth of the points.
    pub histogram: [usize; N_BARS],
    pub items: Vec<ItemStats>,
    /// Nothing where no person has marked an item.
    pub agreement: Option<Agreement>,
    /// Nothing where no time was measured.
    pub look: Option<Look>,
}

/// How long people looked at an answer before they marked it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Look {
    pub n_answers: usize,
    /// Answers that were marked together share their time.
    pub median_s: f64,
    pub total_s: f64,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ItemStats {
    pub id: String,
    pub label: String,
    /// The mean share of its points that was earned: low is hard.
    pub difficulty: f64,
    /// Correlation of the item's points with those of all other items, `-1.0..=1.0`. Near zero or below, the item asks
    /// for something else than the rest does.
    pub discrimination: Option<f64>,
}

/// People against the grader, over the items that people marked.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Agreement {
    pub n_items: usize,
    /// Cohen's kappa of "at least half of the points".
    pub kappa: Option<f64>,
    /// In points of one item.
    pub mean_absolute_error: f64,
}

/// The statistics of each exercise that was answered.
pub fn of(class: &Class) -> Vec<ExerciseStats> {
    class.exercises().into_iter().map(|exercise| of_exercise(class, exercise)).collect()
}

fn of_exercise(class: &Class, exercise: &ExerciseId) -> ExerciseStats {
    let policy = class.policies.get(exercise);
    let records: Vec<&Record> = class.records.iter().filter(|((of, _), _)| of == exercise).map(|(_, it)| it).collect();
    let standings: Vec<_> = records.iter().map(|record| record.standing(policy)).collect();
    let mut points: Vec<f64> = standings.iter().filter_map(|it| it.points).collect();
    points.sort_by(f64::total_cmp);
    let max = standings.iter().map(|it| it.max).fold(0.0, f64::max);
    let mut histogram = [0; N_BARS];
    for point in &points {
        let share = if max > 0.0 { (point / max).clamp(0.0, 1.0) } else { 0.0 };
        histogram[((share * N_BARS as f64) as usize).min(N_BARS - 1)] += 1;
    }
    let mean = mean(&points);
    ExerciseStats {
        exercise: exercise.clone(),
        n_answers: records.iter().filter(|record| record.current().is_some()).count(),
        n_graded: records.iter().filter(|record| record.grading().is_some()).count(),
        n_to_review: standings.iter().filter(|it| it.needs_review).count(),
        max,
        mean,
        median: median(&points),
        std_dev: self::mean(&points.iter().map(|it| (it - mean).powi(2)).collect::<Vec<_>>()).sqrt(),
        histogram,
        items: items(&records),
        agreement: agreement(&records),
        look: look(&records),
    }
}

fn look(records: &[&Record]) -> Option<Look> {
    let marks = records.iter().flat_map(|record| &record.marks);
    let mut times_s: Vec<f64> = marks.filter_map(|(_, mark)| Some(mark.took_ms? as f64 / 1000.0)).collect();
    times_s.sort_by(f64::total_cmp);
    let (n_answers, median_s, total_s) = (times_s.len(), median(&times_s), times_s.iter().sum());
    (n_answers > 0).then_some(Look { n_answers, median_s, total_s })
}

/// Of sorted values.
fn median(values: &[f64]) -> f64 {
    match values.len() {
        0 => 0.0,
        n if n % 2 == 1 => values[n / 2],
        n => f64::midpoint(values[n / 2 - 1], values[n / 2]),
    }
}

fn mean(values: &[f64]) -> f64 {
    if values.is_empty() { 0.0 } else { values.iter().sum::<f64>() / values.len() as f64 }
}

fn items(records: &[&Record]) -> Vec<ItemStats> {
    // The items of the newest rubric that graded anybody here.
    let Some(newest) = records.iter().rev().find_map(|record| record.grading()) else { return Vec::new() };
    newest
        .verdict
        .items
        .iter()
        .map(|item| {
            let mut own = Vec::new();
            let mut rest = Vec::new();
            for record in records {
                let Some(grading) = record.grading() else { continue };
                let Some(this) = grading.verdict.items.iter().find(|it| it.id == item.id) else { continue };
                let all: f64 = grading.verdict.items.iter().map(|it| record.item_points(it)).sum();
                own.push(record.item_points(this));
                rest.push(all - record.item_points(this));
            }
            ItemStats {
                id: item.id.clone(),
                label: item.label.clone(),
                difficulty: if item.max > 0.0 { mean(&own) / item.max } else { 0.0 },
                discrimination: correlation(&own, &rest),
            }
        })
        .collect()
}

/// Pearson's r; nothing where one side does not vary.
fn correlation(a: &[f64], b: &[f64]) -> Option<f64> {
    let (mean_a, mean_b) = (mean(a), mean(b));
    let sum = |f: &dyn Fn(f64, f64) -> f64| a.iter().zip(b).map(|(a, b)| f(a - mean_a, b - mean_b)).sum::<f64>();
    let scale = (sum(&|a, _| a * a) * sum(&|_, b| b * b)).sqrt();
    (scale > 1e-9).then(|| (sum(&|a, b| a * b) / scale).clamp(-1.0, 1.0))
}

fn agreement(records: &[&Record]) -> Option<Agreement> {
    let mut pairs = Vec::new();
    for record in records {
        for item in record.grading().map(|it| it.verdict.items.as_slice()).unwrap_or_default() {
            if let Some((person, _)) = record.marked(&item.id) {
                pairs.push((item.points, person, item.max));
            }
        }
    }
    if pairs.is_empty() {
        return None;
    }
    let errors: Vec<f64> = pairs.iter().map(|(grader, person, _)| (grader - person).abs()).collect();
    let made: Vec<(bool, bool)> =
        pairs.iter().map(|(grader, person, max)| (*grader >= max / 2.0, *person >= max / 2.0)).collect();
    Some(Agreement { n_items: pairs.len(), kappa: kappa(&made), mean_absolute_error: mean(&errors) })
}

/// Cohen 1960; nothing where both always say the same one thing, since then there is no chance to correct for.
fn kappa(pairs: &[(bool, bool)]) -> Option<f64> {
    let n = pairs.len() as f64;
    let share = |f: &dyn Fn(&(bool, bool)) -> bool| pairs.iter().filter(|pair| f(pair)).count() as f64 / n;
    let observed = share(&|(a, b)| a == b);
    let (a, b) = (share(&|pair| pair.0), share(&|pair| pair.1));
    let by_chance = a * b + (1.0 - a) * (1.0 - b);
    (by_chance < 1.0 - 1e-9).then(|| (observed - by_chance) / (1.0 - by_chance))
}

#[cfg(test)]
mod tests {
    use super::{correlation, kappa};

    #[test]
    fn agreement_is_corrected_for_chance() {
        // Cohen's classic table: 20 yes/yes, 5 yes/no, 10 no/yes, 15 no/no.
        let cells = [((true, true), 20), ((true, false), 5), ((false, true), 10), ((false, false), 15)];
        let pairs: Vec<_> = cells.into_iter().flat_map(|(pair, n)| std::iter::repeat_n(pair, n)).collect();
        assert!((kappa(&pairs).expect("both vary") - 0.4).abs() < 1e-9);
        assert_eq!(kappa(&[(true, true)]), None);
    }

    #[test]
    fn an_item_that_goes_with_the_rest_discriminates() {
        assert_eq!(correlation(&[0.0, 1.0, 2.0], &[1.0, 3.0, 5.0]), Some(1.0));
        assert_eq!(correlation(&[1.0, 1.0], &[0.0, 1.0]), None);
    }
}
