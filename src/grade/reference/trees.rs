//! Boosted trees: a row of features to a score.
//!
//! The trees are symmetric: all nodes of a level ask the same question, so a tree is a handful of questions and a table
//! with an answer for each combination of yes and no. That is small, fast, and hard to fit to noise. How they are grown
//! is `boosting`'s business.

/// One question of a tree: is the feature above the threshold?
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Split {
    pub(super) feature: u8,
    pub(super) above: f32,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Tree {
    pub(super) splits: Vec<Split>,
    /// One score for each combination of answers: `1 << splits.len()`.
    pub(super) leaves: Vec<i16>,
}

/// Trees whose scores add up to log-odds.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Forest {
    pub(super) bias: f32,
    pub(super) trees: Vec<Tree>,
}

/// What one step of a leaf is worth in log-odds.
pub(super) const LEAF_STEP: f32 = 1.0 / 8192.0;

impl Forest {
    /// The log-odds of a row.
    pub(super) fn score(&self, row: &[f32]) -> f32 {
        let sum: i32 = self.trees.iter().map(|tree| i32::from(tree.score(row))).sum();
        self.bias + sum as f32 * LEAF_STEP
    }

    /// At which leaf of each tree a row comes out.
    pub(super) fn leaves(&self, row: &[f32]) -> Vec<u8> {
        self.trees.iter().map(|tree| tree.leaf(row) as u8).collect()
    }
}

impl Tree {
    fn score(&self, row: &[f32]) -> i16 {
        self.leaves[self.leaf(row)]
    }

    fn leaf(&self, row: &[f32]) -> usize {
        self.splits
            .iter()
            .enumerate()
            .fold(0, |leaf, (level, split)| leaf | usize::from(row[usize::from(split.feature)] > split.above) << level)
    }
}
