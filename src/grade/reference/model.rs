//! The learned model, and the bytes it is kept in.
//!
//! The bytes are little-endian: a mark and a version, the tables of words, then the forests. A model is about half a
//! megabyte, read in a millisecond.

use super::Label;
use super::boosting::logistic;
use super::cues::{Cue, Cues};
use super::features::{self, Sight};
use super::language::Language;
use super::limits::{Limits, Opinions};
use super::trees::{Forest, Split, Tree};

const MAGIC: &[u8; 8] = b"coldref5";

/// Log-odds of yes: by how much of a reference an answer meets, and then by which words.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Opinion {
    pub(super) trees: Forest,
    pub(super) cues: Cues,
}

impl Opinion {
    fn of(&self, sight: &Sight, cues: [&[Cue]; 2]) -> f32 {
        self.cues.score(self.trees.score(&sight.row), cues)
    }
}

/// Everything that training finds out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Model {
    pub(super) language: Language,
    /// Whether an answer is correct, were it not spoilt.
    pub(super) correct: Opinion,
    /// Whether it is a right one in disorder: its words shuffled, listed or swapped.
    pub(super) disordered: Opinion,
    /// Whether it is a right one turned into its opposite.
    pub(super) turned: Opinion,
    /// Log-odds that an answer that is not correct says the opposite.
    pub(super) contradictory: Forest,
    /// From where on these count.
    pub(super) limits: Limits,
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
const SOBERNESS: f64 = 0.85;

/// The probability that a person agrees on whether an answer of this score is correct, `0.5..=1.0`.
pub(super) fn confidence(score: f32) -> f64 {
    logistic(SOBERNESS * f64::from(score.abs()))
}

impl Model {
    pub(super) fn opinions(&self, sight: &Sight) -> Opinions {
        let (matter, both) = ([sight.cues.as_slice(), &[]], [sight.cues.as_slice(), &sight.runs]);
        Opinions {
            correct: self.correct.of(sight, matter),
            disordered: self.disordered.of(sight, both),
            turned: self.turned.of(sight, both),
            is_denial: sight.is_denial,
        }
    }

    /// Log-odds that an answer is correct, and not a right one that was spoilt. Above zero it counts as such.
    pub(super) fn score(&self, sight: &Sight) -> f32 {
        self.limits.score(self.opinions(sight))
    }

    pub(super) fn label(&self, score: f32, sight: &Sight) -> Label {
        if score > 0.0 {
            Label::Correct
        } else if self.contradictory.score(&sight.row) > 0.0 {
            Label::Contradictory
        } else {
            Label::Incomplete
        }
    }

    /// The bytes that [`Self::decode`] reads.
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        bytes.push(features::NAMES.len() as u8);
        bytes.extend((self.language.rarity.of_frequent.len() as u32).to_le_bytes());
        for (stem, rarity) in &self.language.rarity.of_frequent {
            bytes.extend(stem.to_le_bytes());
            bytes.push(*rarity);
        }
        let opinions = [&self.correct, &self.disordered, &self.turned];
        for table in [&self.language.fluency.of_seen, &self.language.fluency.of_unseen] {
            put_table(&mut bytes, table.iter());
        }
        for opinion in opinions {
            put_table(&mut bytes, opinion.cues.weights.iter().map(|(key, weight)| (key, weight)));
        }
        bytes.extend(opinions.iter().flat_map(|it| [it.cues.trust, it.cues.bias]).flat_map(f32::to_le_bytes));
        let Limits { lenience, disorder, turn } = self.limits;
        bytes.extend([lenience, disorder, turn].into_iter().flat_map(f32::to_le_bytes));
        bytes.extend((self.language.kin.pairs.len() as u32).to_le_bytes());
        bytes.extend(self.language.kin.pairs.iter().flat_map(|pair| pair.to_le_bytes()));
        for forest in opinions.map(|it| &it.trees).into_iter().chain([&self.contradictory]) {
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
            model.language.rarity.of_frequent.insert(stem, input.byte()?);
        }
        let mut opinions = [Opinion::default(), Opinion::default(), Opinion::default()];
        for table in [&mut model.language.fluency.of_seen, &mut model.language.fluency.of_unseen] {
            table.extend(input.table()?);
        }
        for opinion in &mut opinions {
            opinion.cues.weights = input.table()?;
        }
        for Opinion { cues, .. } in &mut opinions {
            cues.trust = input.number()?;
            cues.bias = input.number()?;
        }
        model.limits = Limits { lenience: input.number()?, disorder: input.number()?, turn: input.number()? };
        for _ in 0..input.count()? {
            model.language.kin.pairs.push(u32::from_le_bytes(input.take()?));
        }
        for opinion in &mut opinions {
            opinion.trees = input.forest()?;
        }
        let [correct, disordered, turned] = opinions;
        Ok(Self { correct, disordered, turned, contradictory: input.forest()?, ..model })
    }
}

fn put_table<'a>(bytes: &mut Vec<u8>, table: impl ExactSizeIterator<Item = (&'a u32, &'a i8)>) {
    bytes.extend((table.len() as u32).to_le_bytes());
    for (key, log_odds) in table {
        bytes.extend(key.to_le_bytes());
        bytes.extend(log_odds.to_le_bytes());
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

    fn table(&mut self) -> Result<Vec<(u32, i8)>, ModelError> {
        let mut table = Vec::new();
        for _ in 0..self.count()? {
            table.push((u32::from_le_bytes(self.take()?), i8::from_le_bytes(self.take()?)));
        }
        Ok(table)
    }

    fn number(&mut self) -> Result<f32, ModelError> {
        self.take().map(f32::from_le_bytes)
    }

    fn forest(&mut self) -> Result<Forest, ModelError> {
        let bias = self.number()?;
        let mut trees = Vec::new();
        for _ in 0..self.count()? {
            let depth = self.byte()?;
            let mut splits = Vec::new();
            for _ in 0..depth {
                let feature = self.byte()?;
                if usize::from(feature) >= features::NAMES.len() {
                    return Err(ModelError::UnknownFeature);
                }
                splits.push(Split { feature, above: self.number()? });
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
        let mut model = Model::default();
        model.correct.trees = Forest { bias: 0.25, trees: vec![tree(3), tree(0)] };
        model.turned.trees.trees.push(tree(1));
        model.language.rarity.of_frequent.insert(7, 200);
        model.language.fluency.of_seen.insert(8, -3);
        model.language.kin.pairs.push(12);
        model.disordered.cues.weights.push((9, -4));
        model.correct.cues.bias = 0.5;
        model.limits.turn = 1.5;
        let bytes = model.encode();
        assert_eq!(Model::decode(&bytes), Ok(model.clone()));
        for end in 0..bytes.len() {
            assert!(Model::decode(&bytes[..end]).is_err(), "{end}");
        }
        model.correct.trees.trees.push(tree(200));
        assert_eq!(Model::decode(&model.encode()), Err(ModelError::UnknownFeature));
    }
}
