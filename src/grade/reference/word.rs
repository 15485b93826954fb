//! A word as the learned grader sees it: its stem, its letters, and what it does in the order of words.
//!
//! Stems and kinds are kept as hashes, so that a model holds nothing that can be read back.

use super::super::words::Class;

/// A stem as a number. Two stems may share one, one time in many millions.
pub(super) type StemId = u32;

#[derive(Clone, Debug)]
pub(super) struct Word {
    pub(super) stem: String,
    pub(super) id: StemId,
    pub(super) class: Class,
    /// What it does in the order of words: see `fluency`.
    pub(super) kind: u32,
    pub(super) letters: Letters,
    /// Carries matter: neither grammar nor a negator.
    pub(super) is_content: bool,
    /// A negator reaches over it.
    pub(super) is_negated: bool,
    pub(super) weight: f32,
    pub(super) sentence: u16,
    /// A new thought begins here.
    pub(super) opens: bool,
}

impl Word {
    pub(super) fn is_number(&self) -> bool {
        self.stem.bytes().all(|byte| byte.is_ascii_digit())
    }

    /// A name such as the A of "bulb A".
    pub(super) fn is_letter(&self) -> bool {
        self.stem.len() == 1 && self.is_content && !self.is_number()
    }
}

/// The pairs of neighbouring letters of a word, each a bit.
pub(super) type Letters = u128;

/// The set of letter pairs of a word, with its edges.
pub(super) fn letters(word: &str) -> Letters {
    let bytes = word.as_bytes();
    let edged = std::iter::once(b'^').chain(bytes.iter().copied()).zip(bytes.iter().copied().chain([b'$']));
    edged.fold(0, |set, (a, b)| set | 1 << ((u32::from(a).wrapping_mul(31) ^ u32::from(b).wrapping_mul(7)) % 128))
}

/// Likeness of two words, 0 to 1, so that only words of a family count.
pub(super) fn likeness(a: Letters, b: Letters) -> f32 {
    let (both, sum) = ((a & b).count_ones() as f32, (a.count_ones() + b.count_ones()) as f32);
    let dice = 2.0 * both / sum.max(1.0);
    dice * dice
}

/// The class of a word: itself when it is grammar, else its ending.
pub(super) fn kind_of(word: &str, is_grammar: bool) -> u32 {
    const ENDINGS: [&str; 6] = ["ing", "ed", "ly", "tion", "er", "s"];
    if is_grammar {
        return hash(word.as_bytes());
    }
    if word.bytes().all(|byte| byte.is_ascii_digit()) {
        return hash(b"#n");
    }
    let ending = ENDINGS.iter().find(|ending| word.len() > ending.len() + 2 && word.ends_with(**ending));
    hash(ending.unwrap_or(&"#").as_bytes())
}

/// FNV-1a: the same number on every machine.
pub(super) fn hash(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193))
}
