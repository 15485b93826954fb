//! What is known of words before any judgement: how rare they are, how they follow on each other, which are related.

use super::fluency::Fluency;
use super::kin::Kin;
use super::reading::Rarity;

#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Language {
    pub(super) rarity: Rarity,
    pub(super) fluency: Fluency,
    pub(super) kin: Kin,
}
