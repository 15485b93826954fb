//! The learned model, and the bytes it is kept in.
//!
//! The bytes are little-endian: a mark and a version, the rarity table, then two forests. A model is about 100 KB.

use super::Label;
use super::boosting::logistic;
use super::features;
use super::fluency::Fluency;
use super::kin::Kin;
use super::reading::Rarity;
use super::trees::{Forest, Split, Tree};

const MAGIC: &[u8; 8] = b"coldref2";

/// Log-odds that make up for what is never gained by doubt: chosen for macro-F1 on held-out questions.
const LENIENCE: f32 = 0.2;
/// Log-odds of being spoilt from which on an answer is refused: chosen so that of the right answers few are.
const DISORDER_TOLERATED: f32 = 0.7;
const TURN_TOLERATED: f32 = -0.8;

/// Everything that training finds out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Model {
    pub(super) rarity: Rarity,
    pub(super) fluency: Fluency,
    pub(super) kin: Kin,
    /// Log-odds that an answer is correct; above zero it counts as such.
    pub(super) correct: Forest,
    /// Log-odds that an answer is a right one in disorder: its words shuffled, listed or swapped.
    pub(super) disordered: Forest,
    /// Log-odds that an answer is a right one turned into its opposite.
    pub(super) turned: Forest,
    /// Log-odds that an answer that is not correct says the opposite.
    pub(super) contradictory: Forest,
}

/// Bytes that are no model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    #[error("these bytes are not a model of the reference grader, or of another version")]
    NotAModel,
    #[error("the model ends too early")]
    Truncated,
    #[error("the model asks for a feature that does not exist")]
    UnknownFeature,
}

/// How far log-odds are to be believed: on held-out questions the score is too sure of itself by as much.
const SOBERNESS: f64 = 0.7;

/// The probability that a person agrees on whether an answer of this score is correct, `0.5..=1.0`.
pub(super) fn confidence(score: f32) -> f64 {
    logistic(SOBERNESS * f64::from(score.abs()))
}

impl Model {
    /// Log-odds that an answer is correct, and not a right one that was spoilt. Above zero it counts as such.
    pub(super) fn score(&self, row: &[f32]) -> f32 {
        (self.correct.score(row) + LENIENCE)
            .min(DISORDER_TOLERATED - self.disordered.score(row))
            .min(TURN_TOLERATED - self.turned.score(row))
    }

    pub(super) fn label(&self, score: f32, row: &[f32]) -> Label {
        if score > 0.0 {
            Label::Correct
        } else if self.contradictory.score(row) > 0.0 {
            Label::Contradictory
        } else {
            Label::Incomplete
        }
    }

    /// The bytes that [`Self::decode`] reads.
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        bytes.push(features::NAMES.len() as u8);
        bytes.extend((self.rarity.of_frequent.len() as u32).to_le_bytes());
        for (stem, rarity) in &self.rarity.of_frequent {
            bytes.extend(stem.to_le_bytes());
            bytes.push(*rarity);
        }
        for table in [&self.fluency.of_seen, &self.fluency.of_unseen] {
            bytes.extend((table.len() as u32).to_le_bytes());
            for (class, log_odds) in table {
                bytes.extend(class.to_le_bytes());
                bytes.extend(log_odds.to_le_bytes());
            }
        }
        bytes.extend((self.kin.pairs.len() as u32).to_le_bytes());
        bytes.extend(self.kin.pairs.iter().flat_map(|pair| pair.to_le_bytes()));
        for forest in [&self.correct, &self.disordered, &self.turned, &self.contradictory] {
            bytes.extend(forest.bias.to_le_bytes());
            bytes.extend((forest.trees.len() as u32).to_le_bytes());
            for tree in &forest.trees {
                bytes.push(tree.splits.len() as u8);
                for split in &tree.splits {
                    bytes.push(split.feature);
                    bytes.extend(split.above.to_le_bytes());
                }
                bytes.extend(tree.leaves.iter().flat_map(|leaf| leaf.to_le_bytes()));
            }
        }
        bytes
    }

    /// Reads what [`Self::encode`] wrote.
    pub fn decode(bytes: &[u8]) -> Result<Self, ModelError> {
        let mut input = Input(bytes.strip_prefix(MAGIC).ok_or(ModelError::NotAModel)?);
        if usize::from(input.byte()?) != features::NAMES.len() {
            return Err(ModelError::NotAModel);
        }
        let mut model = Self::default();
        for _ in 0..input.count()? {
            let stem = u32::from_le_bytes(input.take()?);
            model.rarity.of_frequent.insert(stem, input.byte()?);
        }
        for table in [&mut model.fluency.of_seen, &mut model.fluency.of_unseen] {
            for _ in 0..input.count()? {
                let class = u32::from_le_bytes(input.take()?);
                table.insert(class, i8::from_le_bytes(input.take()?));
            }
        }
        for _ in 0..input.count()? {
            model.kin.pairs.push(u32::from_le_bytes(input.take()?));
        }
        model.correct = input.forest()?;
        model.disordered = input.forest()?;
        model.turned = input.forest()?;
        model.contradictory = input.forest()?;
        Ok(model)
    }
}

/// The bytes that are still to be read.
struct Input<'a>(&'a [u8]);

impl Input<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], ModelError> {
        let (taken, rest) = self.0.split_first_chunk().ok_or(ModelError::Truncated)?;
        self.0 = rest;
        Ok(*taken)
    }

    fn byte(&mut self) -> Result<u8, ModelError> {
        self.take().map(|[byte]| byte)
    }

    fn count(&mut self) -> Result<u32, ModelError> {
        self.take().map(u32::from_le_bytes)
    }

    fn forest(&mut self) -> Result<Forest, ModelError> {
        let bias = f32::from_le_bytes(self.take()?);
        let mut trees = Vec::new();
        for _ in 0..self.count()? {
            let depth = self.byte()?;
            let mut splits = Vec::new();
            for _ in 0..depth {
                let feature = self.byte()?;
                if usize::from(feature) >= features::NAMES.len() {
                    return Err(ModelError::UnknownFeature);
                }
                splits.push(Split { feature, above: f32::from_le_bytes(self.take()?) });
            }
            let n_leaves = 1_usize.checked_shl(u32::from(depth)).ok_or(ModelError::NotAModel)?;
            let mut leaves = Vec::new();
            for _ in 0..n_leaves {
                leaves.push(i16::from_le_bytes(self.take()?));
            }
            trees.push(Tree { splits, leaves });
        }
        Ok(Forest { bias, trees })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_is_read_back_and_anything_else_is_refused() {
        let tree = |feature| Tree { splits: vec![Split { feature, above: 0.5 }], leaves: vec![-7, 9] };
        let mut model = Model { correct: Forest { bias: 0.25, trees: vec![tree(3), tree(0)] }, ..Model::default() };
        model.rarity.of_frequent.insert(7, 200);
        model.fluency.of_seen.insert(8, -3);
        model.kin.pairs.push(12);
        let bytes = model.encode();
        assert_eq!(Model::decode(&bytes), Ok(model.clone()));
        for end in 0..bytes.len() {
            assert!(Model::decode(&bytes[..end]).is_err(), "{end}");
        }
        model.correct.trees.push(tree(200));
        assert_eq!(Model::decode(&model.encode()), Err(ModelError::UnknownFeature));
    }
}
