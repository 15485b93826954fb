//! A text to its words as the learned grader sees them: stem, weight, polarity, place.
//!
//! In: a question, a reference or an answer. Out: a [`Reading`], never longer than [`MAX_WORDS`]. How much a word weighs
//! comes from a [`Rarity`] table, so that "because" says little and "evaporates" says much.

use std::collections::BTreeMap;

use rust_stemmers::{Algorithm, Stemmer};

use super::super::fold::{self, Pause, Token};
use super::super::polarity::{self, Kind, Negation};
use super::super::words::Class;
use super::word::{StemId, Word, hash, kind_of, letters};

/// Words of a text that are read at most. A page has about 500.
pub(super) const MAX_WORDS: usize = 512;
/// What a word of grammar weighs; a word of matter weighs up to one.
const GRAMMAR_WEIGHT: f32 = 0.12;
/// What a word in everybody's mouth weighs at least.
const LEAST_WEIGHT: f32 = 0.25;

/// A text, read.
#[derive(Clone, Debug, Default)]
pub(super) struct Reading {
    pub(super) words: Vec<Word>,
    pub(super) n_negators: usize,
    /// A statement of its own is called untrue: "it is not true that …".
    pub(super) is_refuted: bool,
    pub(super) is_question: bool,
    /// Counts of letter groups, in the order of their hashes, and the length of that vector.
    pub(super) grams: Vec<(u32, f32)>,
    pub(super) grams_norm: f32,
}

impl Reading {
    pub(super) fn new(text: &str, rarity: &Rarity) -> Self {
        let text = fold::fold(text);
        let stemmer = Stemmer::create(Algorithm::English);
        let mut reading = Self::default();
        for (number, sentence) in text.sentences.iter().enumerate() {
            let tokens = &text.tokens[sentence.tokens.clone()];
            let negations = polarity::negations(tokens);
            reading.is_refuted |= negations.iter().any(|it| it.kind == Kind::Refuting);
            reading.is_question |= sentence.is_question;
            for (at, token) in tokens.iter().enumerate() {
                if reading.words.len() == MAX_WORDS {
                    break;
                }
                reading.n_negators += usize::from(token.class.has(Class::NEGATOR));
                let opens = at == 0 || token.before >= Pause::Clause;
                let mut word = word(token, &stemmer, rarity);
                word.is_negated = turns(at, &negations);
                word.sentence = number.min(usize::from(u16::MAX)) as u16;
                word.opens = opens;
                reading.words.push(word);
            }
        }
        reading.count_grams();
        reading
    }

    pub(super) fn content(&self) -> impl Iterator<Item = &Word> {
        self.words.iter().filter(|word| word.is_content)
    }

    /// Counts the groups of four letters of the content words, each word with its edges.
    fn count_grams(&mut self) {
        const SIZE: usize = 4;
        let mut grams: Vec<(u32, f32)> = Vec::new();
        for word in self.words.iter().filter(|word| word.is_content) {
            let mut letters: Vec<u8> = Vec::with_capacity(word.stem.len() + 2);
            letters.push(b'^');
            letters.extend(word.stem.bytes());
            letters.push(b'$');
            grams.extend(letters.windows(SIZE.min(letters.len())).map(|gram| (hash(gram), word.weight)));
        }
        grams.sort_unstable_by_key(|(gram, _)| *gram);
        for (gram, weight) in grams {
            match self.grams.last_mut() {
                Some((last, sum)) if *last == gram => *sum += weight,
                _ => self.grams.push((gram, weight)),
            }
        }
        self.grams_norm = self.grams.iter().map(|(_, n)| n * n).sum::<f32>().sqrt();
    }

    /// How alike the letters are, 0 to 1.
    pub(super) fn gram_cosine(&self, other: &Self) -> f32 {
        let norms = self.grams_norm * other.grams_norm;
        if norms == 0.0 { 0.0 } else { dot(&self.grams, &other.grams) / norms }
    }
}

/// The product of two sparse vectors in the order of their keys.
pub(super) fn dot(a: &[(u32, f32)], b: &[(u32, f32)]) -> f32 {
    let (mut at, mut sum) = (0, 0.0);
    for (key, value) in a {
        while at < b.len() && b[at].0 < *key {
            at += 1;
        }
        if at < b.len() && b[at].0 == *key {
            sum += value * b[at].1;
        }
    }
    sum
}

/// Whether the word at `at` is negated: two negators over it cancel.
fn turns(at: usize, negations: &[Negation]) -> bool {
    negations.iter().filter(|it| it.kind != Kind::Soft && it.over >> at & 1 == 1).count() % 2 == 1
}

fn word(token: &Token, stemmer: &Stemmer, rarity: &Rarity) -> Word {
    let form = &token.form;
    let stem = if form.len() > 3 && form.is_ascii() { stemmer.stem(form).into_owned() } else { form.to_string() };
    let id = hash(stem.as_bytes());
    let is_grammar = token.class.has(Class::FUNCTION) && !token.class.has(Class::TELLING);
    let is_content = !is_grammar && !token.class.has(Class::NEGATOR);
    let weight = if is_content { LEAST_WEIGHT + (1.0 - LEAST_WEIGHT) * rarity.of(id) } else { GRAMMAR_WEIGHT };
    let kind = kind_of(&token.word, token.class.has(Class::FUNCTION) || token.class.has(Class::NEGATOR));
    let letters = letters(&stem);
    Word {
        stem,
        id,
        kind,
        letters,
        class: token.class,
        is_content,
        is_negated: false,
        weight,
        sentence: 0,
        opens: false,
    }
}

/// How rare words are: in how few of many questions they are used. A word that stands not in it is as rare as can be.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Rarity {
    /// Rarity of frequent stems in 255ths.
    pub(super) of_frequent: BTreeMap<StemId, u8>,
}

impl Rarity {
    /// Counts the words of `texts`, where each has the number of the question it belongs to, in rising order.
    pub(super) fn count<'a>(texts: impl Iterator<Item = (usize, &'a str)>) -> Self {
        let none = Self::default();
        // For each stem, in how many questions it stands, and the last of them.
        let mut seen: BTreeMap<StemId, (u32, usize)> = BTreeMap::new();
        let (mut n_questions, mut current) = (0_u32, None);
        for (question, text) in texts {
            if current != Some(question) {
                (n_questions, current) = (n_questions + 1, Some(question));
            }
            for word in Reading::new(text, &none).content() {
                let (count, last) = seen.entry(word.id).or_insert((0, usize::MAX));
                if *last != question {
                    (*count, *last) = (*count + 1, question);
                }
            }
        }
        let rarest = libm::log(f64::from(n_questions.max(2)));
        let of_frequent = seen
            .into_iter()
            .filter(|(_, (count, _))| *count > 2)
            .map(|(id, (count, _))| {
                let rarity = libm::log(f64::from(n_questions) / f64::from(count)) / rarest;
                (id, (rarity.clamp(0.0, 1.0) * 255.0) as u8)
            })
            .collect();
        Self { of_frequent }
    }

    /// From 0, in every question, to 1.
    fn of(&self, id: StemId) -> f32 {
        self.of_frequent.get(&id).map_or(1.0, |rarity| f32::from(*rarity) / 255.0)
    }
}
