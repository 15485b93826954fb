//! Lines matched with what belongs to each, judged pair by pair.

use super::{certain, finished};
use crate::grade::verdict::{ItemVerdict, Status, Verdict};

/// Some lines, and what they are to be matched with. A choice may belong to several lines or to none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pairs {
    pub lines: Vec<PairLine>,
    pub choices: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PairLine {
    pub text: String,
    /// Index of the choice that belongs to it.
    pub choice: usize,
    /// What is said when it was found.
    pub why: String,
}

impl Pairs {
    /// Judges the choice made for each line, in the order of the lines; a line left out has none.
    ///
    /// Each right pair earns an equal share of `points`. With k choices a wrong one costs 1/(k − 1) of a share, so
    /// that guessing earns nothing on average; a line left open costs nothing. The whole is never below zero.
    pub fn grade(&self, matched: &[Option<usize>], points: f64) -> Verdict {
        let share = points / self.lines.len().max(1) as f64;
        let mut items: Vec<ItemVerdict> = Vec::new();
        let (mut n_right, mut n_wrong) = (0, 0);
        for (index, line) in self.lines.iter().enumerate() {
            let given = matched.get(index).copied().flatten();
            let choice = given.and_then(|choice| self.choices.get(choice));
            let label = format!("{} → {}", line.text, choice.map_or("?", String::as_str));
            let (status, earned, why) = match choice {
                Some(_) if given == Some(line.choice) => {
                    n_right += 1;
                    (Status::Made, share, (!line.why.is_empty()).then(|| line.why.clone()))
                }
                Some(_) => {
                    n_wrong += 1;
                    (Status::Missing, 0.0, None)
                }
                None => (Status::Missing, 0.0, Some("Nothing was chosen here.".to_owned())),
            };
            items.push(certain(&format!("line-{}", index + 1), &label, status, earned, share, why));
        }
        if n_wrong > 0 {
            let cost = share * f64::from(n_wrong) / self.choices.len().saturating_sub(1).max(1) as f64;
            let label = match n_wrong {
                1 => "The wrong pair costs a little, as a guess would win as often.".to_owned(),
                n => format!("The {n} wrong pairs cost a little, as a guess would win as often."),
            };
            items.push(certain("wrong", &label, Status::Missing, -cost, 0.0, None));
        }
        let score = items.iter().map(|item| item.points).sum::<f64>().clamp(0.0, points);
        let feedback = match (n_right, n_wrong) {
            (0, 0) => "Nothing is matched yet.".to_owned(),
            (n, 0) if n == self.lines.len() => "Right.".to_owned(),
            (n, 0) => format!("{n} of {} are matched, all of them rightly.", self.lines.len()),
            (n, _) => format!("{n} of {} pairs are right.", self.lines.len()),
        };
        finished(score, points, items, feedback)
    }
}

#[cfg(test)]
mod tests {
    use super::{PairLine, Pairs};

    #[test]
    fn right_pairs_earn_wrong_ones_cost_and_open_ones_do_not() {
        let line = |choice| PairLine { text: "l".into(), choice, why: String::new() };
        let pairs = Pairs { lines: (0..4).map(line).collect(), choices: vec!["c".into(); 5] };
        for (matched, score) in [
            (&[Some(0), Some(1), Some(2), Some(3)][..], 1.0),
            (&[Some(0), Some(1), Some(3), Some(2)], 0.5 - 2.0 * 0.25 / 4.0),
            (&[Some(0), None, None, None], 0.25),
            (&[Some(0)], 0.25),
            (&[Some(4), Some(4), Some(4), Some(4)], 0.0),
            (&[Some(9), Some(1), None, None, Some(0)], 0.25),
            (&[], 0.0),
        ] {
            let verdict = pairs.grade(matched, 1.0);
            assert!((verdict.score - score).abs() < 1e-9, "{matched:?}: {verdict:?}");
        }
    }

    #[test]
    fn guessing_earns_nothing_on_average() {
        let line = |choice| PairLine { text: "l".into(), choice, why: String::new() };
        let pairs = Pairs { lines: vec![line(0)], choices: vec!["c".into(); 4] };
        let sum: f64 = (0..4)
            .map(|guess| pairs.grade(&[Some(guess)], 1.0).items.iter().map(|item| item.points).sum::<f64>())
            .sum();
        assert!(sum.abs() < 1e-9, "{sum}");
    }
}
