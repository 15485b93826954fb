//! What has a right answer, judged exactly and with partial credit: choices and orders here; pairs, gaps and flows below.

pub mod flow;
pub mod gaps;
pub mod pairs;

use std::collections::BTreeSet;

use super::verdict::{ItemVerdict, Status, Verdict};

/// One line to choose from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChoiceOption {
    pub text: String,
    pub right: bool,
    /// What is said when this one is chosen.
    pub why: String,
}

/// Judges the chosen options, named by their index.
///
/// Each right one earns an equal share of `points`; of a question with several right ones each wrong choice costs
/// such a share, and the whole is never below zero. Indices that name no option count for nothing.
pub fn choice(options: &[ChoiceOption], chosen: &BTreeSet<usize>, points: f64) -> Verdict {
    let n_right = options.iter().filter(|option| option.right).count();
    let share = if n_right == 0 { 0.0 } else { points / n_right as f64 };
    let mut items: Vec<ItemVerdict> = Vec::new();
    for (index, option) in options.iter().enumerate().filter(|(index, _)| chosen.contains(index)) {
        let (status, earned, max) =
            if option.right { (Status::Made, share, share) } else { (Status::Missing, -share, 0.0) };
        let reason = (!option.why.is_empty()).then(|| option.why.clone());
        items.push(certain(&format!("option-{}", index + 1), &option.text, status, earned, max, reason));
    }
    let n_found = items.iter().filter(|item| item.status == Status::Made).count();
    let n_wrong = items.len() - n_found;
    let n_missed = n_right - n_found;
    if n_missed > 0 {
        let label = match n_missed {
            1 if n_right == 1 => "The right one is not chosen.".to_owned(),
            1 => "One more is right.".to_owned(),
            n => format!("{n} more are right."),
        };
        items.push(certain("missed", &label, Status::Missing, 0.0, share * n_missed as f64, None));
    }
    let score = items.iter().map(|item| item.points).sum::<f64>().clamp(0.0, points);
    let feedback = match (n_wrong, n_missed) {
        _ if items.is_empty() || chosen.is_empty() => "Nothing is chosen yet.".to_owned(),
        (0, 0) => "Right.".to_owned(),
        (_, _) if n_found == 0 => "Not this one.".to_owned(),
        (0, _) => "Right so far, but not all.".to_owned(),
        (_, 0) => "The right ones are chosen, and something that does not belong.".to_owned(),
        (_, _) => "Partly right: something is missing, and something does not belong.".to_owned(),
    };
    finished(score, points, items, feedback)
}

/// Judges an order of `n_steps` steps, given as indices into the right order.
///
/// The credit is Kendall's rank correlation, floored at zero: all pairs the right way round earn everything, a
/// random order earns nothing on average. What is not a permutation earns nothing.
pub fn order(n_steps: usize, given: &[usize], points: f64) -> Verdict {
    let is_permutation =
        given.len() == n_steps && given.iter().copied().collect::<BTreeSet<_>>().range(..n_steps).count() == n_steps;
    if !is_permutation {
        let item = certain("order", "Every step once, in order.", Status::Missing, 0.0, points, None);
        return finished(0.0, points, vec![item], "Put every step in its place first.".to_owned());
    }
    let pairs = n_steps * n_steps.saturating_sub(1) / 2;
    let inverted =
        (0..n_steps).flat_map(|a| (a + 1..n_steps).map(move |b| (a, b))).filter(|&(a, b)| given[a] > given[b]).count();
    let share = if pairs == 0 { 1.0 } else { (1.0 - 2.0 * inverted as f64 / pairs as f64).max(0.0) };
    let status = match share {
        1.0 => Status::Made,
        0.0 => Status::Missing,
        _ => Status::Partly,
    };
    let (label, feedback) = match inverted {
        0 => ("Every step is in its place.".to_owned(), "Right.".to_owned()),
        1 => ("Two neighbouring steps are the wrong way round.".to_owned(), "Nearly.".to_owned()),
        n => (format!("{n} of {pairs} pairs of steps are the wrong way round."), "Not in this order.".to_owned()),
    };
    let item = certain("order", &label, status, points * share, points, None);
    finished(points * share, points, vec![item], feedback)
}

/// No term is longer than this; what lies beyond of an answer is not compared.
const MAX_WORDS_CHARS: usize = 200;

/// Whether `written` is `wanted` with a typing error: one from five letters on, two from nine on.
///
/// Two neighbouring letters in the wrong order are one error. Digits must be right: another digit is another thing.
fn is_typo_of(written: &str, wanted: &str) -> bool {
    let n_allowed = match wanted.chars().count() {
        0..5 => 0,
        5..9 => 1,
        _ => 2,
    };
    let same_digits = || written.chars().filter(char::is_ascii_digit).eq(wanted.chars().filter(char::is_ascii_digit));
    let near_length = written.chars().count().abs_diff(wanted.chars().count()) <= n_allowed;
    n_allowed > 0 && near_length && same_digits() && strsim::osa_distance(written, wanted) <= n_allowed
}

/// An item that is judged without doubt.
pub(super) fn certain(
    id: &str,
    label: &str,
    status: Status,
    points: f64,
    max: f64,
    reason: Option<String>,
) -> ItemVerdict {
    ItemVerdict {
        id: id.to_owned(),
        label: label.to_owned(),
        points,
        max,
        status,
        evidence: Vec::new(),
        confidence: 1.0,
        reason,
        hint: None,
    }
}

pub(super) fn finished(score: f64, max: f64, items: Vec<ItemVerdict>, feedback: String) -> Verdict {
    // Five fifths are a whole.
    let score = (score * 1e12).round() / 1e12;
    Verdict { score, max, items, needs_review: false, review_reason: None, feedback }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(right: &str) -> Vec<ChoiceOption> {
        right.chars().map(|c| ChoiceOption { text: c.to_string(), right: c == 'r', why: String::new() }).collect()
    }

    #[test]
    fn right_choices_earn_wrong_ones_cost_and_nothing_falls_below_zero() {
        for (right, chosen, score) in [
            ("rw", &[0][..], 1.0),
            ("rw", &[1], 0.0),
            ("rrw", &[0], 0.5),
            ("rrw", &[0, 1], 1.0),
            ("rrw", &[0, 1, 2], 0.5),
            ("rrww", &[0, 2, 3], 0.0),
            ("rw", &[0, 9], 1.0),
            ("rw", &[], 0.0),
        ] {
            let verdict = choice(&options(right), &chosen.iter().copied().collect(), 1.0);
            assert!((verdict.score - score).abs() < 1e-9, "{right} {chosen:?}: {verdict:?}");
        }
    }

    #[test]
    fn an_order_loses_with_each_inverted_pair() {
        for (given, score) in [
            (&[0, 1, 2, 3][..], 1.0),
            (&[0, 2, 1, 3], 1.0 - 2.0 / 6.0),
            (&[3, 2, 1, 0], 0.0),
            (&[0, 1, 2], 0.0),
            (&[0, 1, 1, 3], 0.0),
            (&[0, 1, 2, 9], 0.0),
        ] {
            let verdict = order(4, given, 1.0);
            assert!((verdict.score - score).abs() < 1e-9, "{given:?}: {verdict:?}");
        }
    }
}
