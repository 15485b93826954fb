//! Pairs of truth and judgement to a figure of how well they agree.

use std::collections::BTreeMap;

/// The mean over the labels of the harmonic mean of precision and recall, from pairs of truth and judgement.
pub(super) fn macro_f1<L: Copy + Ord>(pairs: &[(L, L)]) -> f64 {
    /// How often a label is the truth, is judged, and is both.
    #[derive(Default)]
    struct Count {
        truth: f64,
        judged: f64,
        both: f64,
    }
    let mut counts: BTreeMap<L, Count> = BTreeMap::new();
    for (truth, judged) in pairs {
        counts.entry(*truth).or_default().truth += 1.0;
        counts.entry(*judged).or_default().judged += 1.0;
        counts.entry(*truth).or_default().both += f64::from(u8::from(truth == judged));
    }
    let f1 = counts.values().map(|it| 2.0 * it.both / (it.truth + it.judged));
    f1.sum::<f64>() / counts.len().max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn macro_f1_is_the_mean_over_the_labels() {
        let pairs = [(true, true), (true, false), (false, false), (false, false)];
        assert!((macro_f1(&pairs) - f64::midpoint(2.0 / 3.0, 4.0 / 5.0)).abs() < 1e-12);
        assert_eq!(macro_f1::<bool>(&[]), 0.0);
    }
}
