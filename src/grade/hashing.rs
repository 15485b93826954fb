//! Tables by word that are found fast: words are short, and nobody gains by making an answer's words collide in a table
//! that the author filled.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hash, Hasher};

pub(super) type WordMap<K, V> = HashMap<K, V, BuildHasherDefault<Quick>>;
pub(super) type WordSet<K> = HashSet<K, BuildHasherDefault<Quick>>;

/// Eight bytes at a time, as rustc hashes its own tables (FxHash).
#[derive(Default)]
pub(super) struct Quick(u64);

impl Hasher for Quick {
    fn write(&mut self, bytes: &[u8]) {
        let (eights, rest) = bytes.as_chunks::<8>();
        for eight in eights {
            self.write_u64(u64::from_le_bytes(*eight));
        }
        self.write_u64(rest.iter().fold(0, |all, byte| all << 8 | u64::from(*byte)));
    }

    fn write_u8(&mut self, byte: u8) {
        self.write_u64(u64::from(byte));
    }

    fn write_u64(&mut self, eight: u64) {
        self.0 = self.0.wrapping_add(eight).wrapping_mul(0xf135_7aea_2e62_a9c5);
    }

    /// Tables look at the lowest bits, which a product mixes least.
    fn finish(&self) -> u64 {
        self.0.rotate_left(26)
    }
}

/// The same number for the same word, on every machine.
pub(super) fn hash(word: &str) -> u64 {
    let mut hasher = Quick::default();
    word.hash(&mut hasher);
    hasher.finish()
}
