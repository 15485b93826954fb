//! Words that mean much the same, and words that mean the opposite, from the WordNet dictionary.
//!
//! In the model a pair of stems is a hash with its relation in the two lowest bits: small, and found by halving. That two
//! pairs share a hash happens once in ten thousand look-ups.

use std::collections::BTreeMap;

use super::reading::{Rarity, Reading};
use super::word::{StemId, hash};

/// How two words are related, the closest last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Relation {
    Opposite = 1,
    /// One is a kind of the other, or they are said to be similar.
    Near = 2,
    /// They share a meaning.
    Same = 3,
}

const RELATION_BITS: u32 = 0b11;

#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Kin {
    pub(super) pairs: Vec<u32>,
}

/// The text of the dictionary's files, by their names in the distribution of WordNet 3.
#[derive(Clone, Debug)]
pub struct WordNet {
    /// `index.sense`
    pub senses: String,
    /// `data.noun`, `data.verb`, `data.adj`, `data.adv`
    pub data: [String; 4],
}

impl Kin {
    pub(super) fn relation(&self, a: StemId, b: StemId) -> Option<Relation> {
        let key = pair_key(a, b);
        let at = self.pairs.partition_point(|pair| pair & !RELATION_BITS < key);
        let found = self.pairs.get(at).filter(|pair| *pair & !RELATION_BITS == key)?;
        match found & RELATION_BITS {
            1 => Some(Relation::Opposite),
            2 => Some(Relation::Near),
            _ => Some(Relation::Same),
        }
    }

    /// Takes the relations of words in use from the dictionary. Lines that cannot be read are passed over.
    pub(super) fn from_wordnet(wordnet: &WordNet) -> Self {
        let dictionary = Dictionary::new(wordnet);
        let mut relations: BTreeMap<u32, Relation> = BTreeMap::new();
        let mut add = |a: &str, b: &str, relation: Relation| {
            let (a, b) = (dictionary.stem(a), dictionary.stem(b));
            if let (Some(a), Some(b)) = (a, b)
                && a != b
            {
                let known = relations.entry(pair_key(a, b)).or_insert(relation);
                *known = relation.max(*known);
            }
        };
        for (synset, senses) in &dictionary.senses {
            let common = |most| senses.iter().filter(move |it| it.is_common(most));
            for (number, a) in common(3).enumerate() {
                common(3).take(number).for_each(|b| add(a.lemma, b.lemma, Relation::Same));
            }
            for (symbol, other) in dictionary.pointers.get(synset).into_iter().flatten() {
                let relation = match *symbol {
                    "!" => Relation::Opposite,
                    "&" | "$" | "^" | "@" => Relation::Near,
                    _ => continue,
                };
                for a in common(2) {
                    let others = dictionary.senses.get(other).into_iter().flatten();
                    others.filter(|it| it.is_common(2)).for_each(|b| add(a.lemma, b.lemma, relation));
                }
            }
        }
        Self { pairs: relations.into_iter().map(|(key, relation)| key | relation as u32).collect() }
    }
}

fn pair_key(a: StemId, b: StemId) -> u32 {
    let (low, high) = (a.min(b), a.max(b));
    hash(&(u64::from(low) << 32 | u64::from(high)).to_le_bytes()) & !RELATION_BITS
}

/// A set of words with one meaning: part of speech and place in its file.
type Synset<'a> = (char, &'a str);

struct Sense<'a> {
    lemma: &'a str,
    /// 1 is the most frequent meaning of the word.
    rank: u32,
    /// How often the meaning was found in running text.
    count: u32,
}

impl Sense<'_> {
    fn is_common(&self, most: u32) -> bool {
        self.rank <= most || self.count >= 3
    }
}

struct Dictionary<'a> {
    /// Senses of words that were found in running text at all.
    senses: BTreeMap<Synset<'a>, Vec<Sense<'a>>>,
    pointers: BTreeMap<Synset<'a>, Vec<(&'a str, Synset<'a>)>>,
    stems: BTreeMap<&'a str, StemId>,
}

impl<'a> Dictionary<'a> {
    fn new(wordnet: &'a WordNet) -> Self {
        let mut counts: BTreeMap<&str, u32> = BTreeMap::new();
        let senses = || wordnet.senses.lines().filter_map(sense);
        for (_, sense) in senses() {
            *counts.entry(sense.lemma).or_default() += sense.count;
        }
        let rarity = Rarity::default();
        let used = counts.into_iter().filter(|(_, count)| *count > 0);
        let stems: BTreeMap<&str, StemId> =
            used.filter_map(|(lemma, _)| Some((lemma, Reading::new(lemma, &rarity).words.first()?.id))).collect();
        let mut by_synset: BTreeMap<Synset, Vec<Sense>> = BTreeMap::new();
        for (synset, sense) in senses().filter(|(_, sense)| stems.contains_key(sense.lemma)) {
            by_synset.entry(synset).or_default().push(sense);
        }
        let lines = wordnet.data.iter().zip(['n', 'v', 'a', 'r']);
        let pointers = lines.flat_map(|(file, part)| file.lines().filter_map(move |line| pointers(line, part)));
        Self { senses: by_synset, pointers: pointers.collect(), stems }
    }

    fn stem(&self, lemma: &str) -> Option<StemId> {
        self.stems.get(lemma).copied()
    }
}

/// A line of `index.sense`: `lemma%part:… offset rank count`.
fn sense(line: &str) -> Option<(Synset<'_>, Sense<'_>)> {
    let mut fields = line.split(' ');
    let (lemma, key) = fields.next()?.split_once('%')?;
    let (offset, rank, count) = (fields.next()?, fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
    let part = match key.as_bytes().first()? {
        b'1' => 'n',
        b'2' => 'v',
        b'4' => 'r',
        _ => 'a',
    };
    let is_word = lemma.len() > 2 && lemma.bytes().all(|byte| byte.is_ascii_alphabetic());
    is_word.then_some(((part, offset), Sense { lemma, rank, count }))
}

/// A line of a data file: `offset file part n_words (word id)… n_pointers (symbol offset part words)… | gloss`.
fn pointers(line: &str, part: char) -> Option<(Synset<'_>, Vec<(&str, Synset<'_>)>)> {
    let fields: Vec<&str> = line.split('|').next()?.split(' ').filter(|field| !field.is_empty()).collect();
    let n_words = usize::from_str_radix(fields.get(3)?, 16).ok()?;
    let at = n_words.checked_mul(2)?.checked_add(4)?;
    let n_pointers: usize = fields.get(at)?.parse().ok()?;
    let of_pointer = |pointer: &[&'_ str]| match pointer[2].chars().next() {
        Some('s') => 'a',
        Some(part) => part,
        None => 'n',
    };
    let pointers = fields.get(at + 1..)?.chunks_exact(4).take(n_pointers);
    let pointers = pointers.map(|pointer| (pointer[0], (of_pointer(pointer), pointer[1]))).collect();
    Some(((part, *fields.first()?), pointers))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relations_are_read_from_the_dictionary() {
        let wordnet = WordNet {
            senses: "big%3:00:01:: 00000001 1 9\nlarge%3:00:00:: 00000001 1 8\nsmall%3:00:00:: 00000002 1 7\n\
                     huge%5:00:00:large:00 00000003 1 3\nno line\n"
                .to_owned(),
            data: [
                String::new(),
                String::new(),
                "00000001 00 a 02 large 0 big 1 001 ! 00000002 a 0101 | great in size\n\
                 00000002 00 a 01 small 0 000 | limited in size\n\
                 00000003 00 s 01 huge 0 001 & 00000001 a 0000 | very great\n"
                    .to_owned(),
                "  1 a licence\n".to_owned(),
            ],
        };
        let kin = Kin::from_wordnet(&wordnet);
        let id = |word: &str| Reading::new(word, &Rarity::default()).words[0].id;
        for (a, b, relation) in [
            ("big", "large", Some(Relation::Same)),
            ("small", "large", Some(Relation::Opposite)),
            ("huge", "big", Some(Relation::Near)),
            ("huge", "small", None),
        ] {
            assert_eq!(kin.relation(id(a), id(b)), relation, "{a} {b}");
            assert_eq!(kin.relation(id(b), id(a)), relation, "{b} {a}");
        }
    }
}
