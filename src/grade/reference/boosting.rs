//! Rows of features with labels to a [`Forest`]: gradient boosting on histograms, with symmetric trees.
//!
//! Each feature is cut into at most [`MAX_BINS`] bins of equal count; a tree is grown level by level, each time with the
//! question that best fits the gradient of the logistic loss over all nodes of the level (second order, as in XGBoost;
//! symmetric as in CatBoost). Everything is deterministic: the seed is fixed and sums run in the order of the rows.

use super::trees::{Forest, LEAF_STEP, Split, Tree};

const MAX_BINS: usize = 64;

/// How a forest is grown.
#[derive(Clone, Copy, Debug)]
pub(super) struct Growth {
    pub(super) n_trees: usize,
    pub(super) depth: usize,
    pub(super) rate: f64,
    /// Keeps leaves with few rows near zero.
    pub(super) l2: f64,
    /// Share of the features that a tree may ask.
    pub(super) share_of_features: f64,
    /// Share of the groups of rows that a tree is grown on.
    pub(super) share_of_groups: f64,
    pub(super) seed: u64,
}

/// What a forest is grown from.
pub(super) struct Rows<'a> {
    pub(super) features: &'a [&'a [f32]],
    pub(super) is_positive: &'a [bool],
    pub(super) weights: &'a [f32],
    /// The question each row belongs to. A tree is grown on some of the questions, so that it learns what holds for others.
    pub(super) groups: &'a [usize],
}

/// Grows a forest whose score is the log-odds of a row being positive. No rows give a forest without trees.
pub(super) fn grow(rows: &Rows<'_>, growth: &Growth) -> Forest {
    let n_rows = rows.features.len();
    let n_features = rows.features.first().map_or(0, |row| row.len());
    let columns: Vec<Column> = (0..n_features).map(|feature| Column::new(rows.features, feature)).collect();
    let total: f64 = rows.weights.iter().map(|weight| f64::from(*weight)).sum();
    let positive: f64 =
        rows.weights.iter().zip(rows.is_positive).filter(|(_, yes)| **yes).map(|(weight, _)| f64::from(*weight)).sum();
    let share = (positive / total.max(1e-9)).clamp(0.01, 0.99);
    let bias = libm::log(share / (1.0 - share));
    let mut forest = Forest { bias: bias as f32, trees: Vec::with_capacity(growth.n_trees) };
    let mut scores = vec![bias; n_rows];
    let mut random = Random(growth.seed);
    let n_groups = rows.groups.iter().max().map_or(0, |last| last + 1);
    let mut gradients = vec![(0.0_f32, 0.0_f32); n_rows];
    for _ in 0..if n_rows == 0 { 0 } else { growth.n_trees } {
        for (row, gradient) in gradients.iter_mut().enumerate() {
            let p = logistic(scores[row]);
            let weight = f64::from(rows.weights[row]);
            let target = if rows.is_positive[row] { 1.0 } else { 0.0 };
            *gradient = ((weight * (target - p)) as f32, (weight * (p * (1.0 - p)).max(1e-6)) as f32);
        }
        let asked: Vec<usize> = (0..n_features).filter(|_| random.chance(growth.share_of_features)).collect();
        let is_drawn: Vec<bool> = (0..n_groups).map(|_| random.chance(growth.share_of_groups)).collect();
        let drawn: Vec<u32> = (0..n_rows as u32).filter(|row| is_drawn[rows.groups[*row as usize]]).collect();
        let (questions, leaf_of_row) = ask(&columns, &gradients, &asked, &drawn, growth);
        if questions.is_empty() {
            continue;
        }
        let mut sums = vec![(0.0_f64, 0.0_f64); 1 << questions.len()];
        for (leaf, row) in leaf_of_row.iter().zip(&drawn) {
            let (gradient, hessian) = gradients[*row as usize];
            let sum = &mut sums[usize::from(*leaf)];
            *sum = (sum.0 + f64::from(gradient), sum.1 + f64::from(hessian));
        }
        let leaves: Vec<i16> = sums
            .iter()
            .map(|(gradient, hessian)| {
                let step = growth.rate * gradient / (hessian + growth.l2);
                (step / f64::from(LEAF_STEP)).round().clamp(-32_000.0, 32_000.0) as i16
            })
            .collect();
        for (row, score) in scores.iter_mut().enumerate() {
            let leaf = questions
                .iter()
                .enumerate()
                .fold(0, |leaf, (level, it)| leaf | usize::from(columns[it.feature].bins[row] > it.bin) << level);
            *score += f64::from(f32::from(leaves[leaf]) * LEAF_STEP);
        }
        let splits = questions
            .iter()
            .map(|it| Split { feature: it.feature as u8, above: columns[it.feature].edges[usize::from(it.bin)] })
            .collect();
        forest.trees.push(Tree { splits, leaves });
    }
    forest
}

#[derive(Clone, Copy)]
struct Question {
    feature: usize,
    /// The row's bin is above this one.
    bin: u8,
}

/// The questions of one tree, and the leaf where each drawn row comes out.
///
/// Of two leaves that a question parts only the smaller one is summed up anew: the other is what is left of both.
fn ask(
    columns: &[Column],
    gradients: &[(f32, f32)],
    asked: &[usize],
    drawn: &[u32],
    growth: &Growth,
) -> (Vec<Question>, Vec<u8>) {
    let mut questions: Vec<Question> = Vec::new();
    let mut leaf_of_row = vec![0_u8; drawn.len()];
    // Of each feature asked the sums of gradients in each bin of each leaf.
    let mut sums: Vec<Vec<Gradient>> = vec![Vec::new(); asked.len()];
    for level in 0..growth.depth {
        let n_leaves = 1 << level;
        let is_small = smaller_leaves(&leaf_of_row, n_leaves);
        let summed: Vec<Drawn> = leaf_of_row
            .iter()
            .zip(drawn)
            .filter(|(leaf, _)| is_small[usize::from(**leaf)])
            .map(|(leaf, row)| Drawn { row: *row, leaf: *leaf, gradient: gradients[*row as usize] })
            .collect();
        let mut best: Option<(f64, Question)> = None;
        for (&feature, sums) in asked.iter().zip(&mut sums) {
            let column = &columns[feature];
            let n_bins = column.edges.len() + 1;
            sums.resize(n_leaves * n_bins, Gradient::default());
            column.part(sums, &summed, &is_small);
            for (bin, gain) in gains(sums, n_bins, growth.l2).into_iter().enumerate() {
                if gain > best.map_or(1e-6, |(gain, _)| gain) {
                    best = Some((gain, Question { feature, bin: bin as u8 }));
                }
            }
        }
        let Some((_, question)) = best else { break };
        let bins = &columns[question.feature].bins;
        for (leaf, row) in leaf_of_row.iter_mut().zip(drawn) {
            *leaf |= u8::from(bins[*row as usize] > question.bin) << level;
        }
        questions.push(question);
    }
    (questions, leaf_of_row)
}

/// The slope and the curvature of the loss.
type Gradient = (f64, f64);

/// A row that a tree is grown on.
struct Drawn {
    row: u32,
    leaf: u8,
    gradient: (f32, f32),
}

/// Of the two leaves that the last question made of each one, which has fewer rows. The first leaf of all is one.
fn smaller_leaves(leaf_of_row: &[u8], n_leaves: usize) -> Vec<bool> {
    let mut n_rows = vec![0_usize; n_leaves];
    for leaf in leaf_of_row {
        n_rows[usize::from(*leaf)] += 1;
    }
    let half = n_leaves / 2;
    let is_smaller = |leaf: usize| match leaf.checked_sub(half) {
        _ if half == 0 => true,
        Some(sibling) => n_rows[leaf] < n_rows[sibling],
        None => n_rows[leaf] <= n_rows[leaf + half],
    };
    (0..n_leaves).map(is_smaller).collect()
}

/// What each threshold of a feature gains, over all leaves of the level.
fn gains(sums: &[Gradient], n_bins: usize, l2: f64) -> Vec<f64> {
    let fit = |gradient: f64, hessian: f64| gradient * gradient / (hessian + l2);
    let mut gains = vec![0.0; n_bins - 1];
    for bins in sums.chunks(n_bins) {
        let all = bins.iter().fold((0.0, 0.0), |all, bin| (all.0 + bin.0, all.1 + bin.1));
        let mut below = (0.0, 0.0);
        for (gain, bin) in gains.iter_mut().zip(bins) {
            below = (below.0 + bin.0, below.1 + bin.1);
            *gain += fit(below.0, below.1) + fit(all.0 - below.0, all.1 - below.1) - fit(all.0, all.1);
        }
    }
    gains
}

/// A feature of all rows, cut into bins.
struct Column {
    bins: Vec<u8>,
    /// Upper edge of each bin but the last.
    edges: Vec<f32>,
}

impl Column {
    fn new(rows: &[&[f32]], feature: usize) -> Self {
        let mut values: Vec<f32> = rows.iter().map(|row| row[feature]).collect();
        values.sort_unstable_by(f32::total_cmp);
        let mut edges: Vec<f32> = Vec::new();
        for n in 1..MAX_BINS {
            let at = n * values.len() / MAX_BINS;
            let (Some(before), Some(next)) = (at.checked_sub(1).map(|at| values[at]), values.get(at)) else { continue };
            // Halfway to the next different value, so that what is equal stays together.
            let next = if *next > before { Some(*next) } else { values[at..].iter().copied().find(|it| *it > before) };
            if let Some(next) = next {
                let edge = f32::midpoint(before, next);
                if edges.last().is_none_or(|last| edge > *last) {
                    edges.push(edge);
                }
            }
        }
        let bins = rows.iter().map(|row| edges.partition_point(|edge| row[feature] > *edge) as u8).collect();
        Self { bins, edges }
    }

    /// Parts the sums of each leaf among the two that the last question made of it. `sums` holds those of the leaf in the
    /// place of its lower half; `summed` are the rows of the smaller one of the two.
    fn part(&self, sums: &mut [Gradient], summed: &[Drawn], is_small: &[bool]) {
        let n_bins = self.edges.len() + 1;
        let mut fresh = vec![Gradient::default(); sums.len()];
        for Drawn { row, leaf, gradient } in summed {
            let sum = &mut fresh[usize::from(*leaf) * n_bins + usize::from(self.bins[*row as usize])];
            *sum = (sum.0 + f64::from(gradient.0), sum.1 + f64::from(gradient.1));
        }
        let half = is_small.len() / 2 * n_bins;
        if half == 0 {
            sums.copy_from_slice(&fresh);
        }
        for at in 0..half {
            let (low, high) = (fresh[at], fresh[at + half]);
            let whole = sums[at];
            let rest = |part: Gradient| (whole.0 - part.0, whole.1 - part.1);
            (sums[at], sums[at + half]) = if is_small[at / n_bins] { (low, rest(low)) } else { (rest(high), high) };
        }
    }
}

pub(super) fn logistic(score: f64) -> f64 {
    1.0 / (1.0 + libm::exp(-score))
}

/// Numbers from a seed, the same on every machine (SplitMix64).
pub(super) struct Random(pub(super) u64);

impl Random {
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(super) fn chance(&mut self, share: f64) -> bool {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64 <= share
    }

    /// A number below `bound`, which is not zero.
    pub(super) fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }

    pub(super) fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last + 1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows of a chessboard of four fields.
    fn chessboard() -> (Vec<[f32; 2]>, Vec<bool>) {
        let mut random = Random(1);
        let mut number = || random.below(1000) as f32 / 1000.0;
        let rows: Vec<[f32; 2]> = (0..400).map(|_| [number(), number()]).collect();
        let is_positive = rows.iter().map(|row| (row[0] > 0.3) != (row[1] > 0.6)).collect();
        (rows, is_positive)
    }

    #[test]
    fn trees_learn_what_no_single_feature_tells() {
        let (board, is_positive) = chessboard();
        let features: Vec<&[f32]> = board.iter().map(<[f32; 2]>::as_slice).collect();
        let groups: Vec<usize> = (0..board.len()).map(|row| row / 10).collect();
        let weights = vec![1.0; board.len()];
        let rows = Rows { features: &features, is_positive: &is_positive, weights: &weights, groups: &groups };
        let growth =
            Growth { n_trees: 60, depth: 3, rate: 0.2, l2: 1.0, share_of_features: 1.0, share_of_groups: 0.7, seed: 5 };
        let forest = grow(&rows, &growth);
        let n_right = features.iter().zip(&is_positive).filter(|(row, yes)| (forest.score(row) > 0.0) == **yes).count();
        assert!(n_right >= 390, "{n_right} of 400");
        assert_eq!(grow(&rows, &growth), forest);
        let nothing = Rows { features: &[], is_positive: &[], weights: &[], groups: &[] };
        assert!(grow(&nothing, &growth).trees.is_empty());
    }
}
