//! How much of a model sentence another sentence says, in its own words.
//!
//! What patterns miss, likeness may find: the share of the model's matter (content words and concepts, the prompt's
//! own words worth little) that stands in the sentence, in about the model's order and under the same negations.

use super::fold::fold;
use super::guards::PromptWords;
use super::lexicon::{Lexicon, WordId};
use super::matching::{Place, Unit, first};
use super::pattern::Concepts;
use super::polarity;
use super::words::{self, Class};

/// A model sentence as its matter, in order.
#[derive(Clone, Debug)]
pub(super) struct Model {
    matter: Vec<Matter>,
    is_negated: bool,
}

#[derive(Clone, Debug)]
struct Matter {
    word: WordId,
    /// Concepts that the word belongs to.
    concepts: Vec<usize>,
    weight: f64,
}

/// What of a model stands in a unit.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Likeness {
    /// Share of the model's matter by weight, `0.0..=1.0`.
    pub(super) share: f64,
    /// Share of what was found that stands in the model's order.
    pub(super) in_order: f64,
    pub(super) place: Place,
    pub(super) n_found: usize,
    /// One of the two negates what the other states.
    pub(super) is_opposed: bool,
}

impl Model {
    pub(super) fn new(sentence: &str, lexicon: &mut Lexicon, concepts: &Concepts, prompt: &PromptWords) -> Self {
        let text = fold(sentence);
        let mut matter = Vec::new();
        let negations = polarity::negations(&text.tokens[..text.tokens.len().min(super::fold::MAX_SENTENCE_WORDS)]);
        for token in text.tokens.iter().filter(|token| !token.class.has(Class::FUNCTION) || token.class.has(Class::TELLING)) {
            let Ok(word) = lexicon.add(&token.word) else { continue };
            let mut ids = Vec::new();
            lexicon.look_up(&token.word, |id| ids.push(id));
            let weight = if prompt.contain(&words::normal_form(&token.word)) { 0.25 } else { 1.0 };
            matter.push(Matter { word, concepts: concepts.of_single_word(&ids), weight });
        }
        Self { matter, is_negated: negations.len() % 2 == 1 }
    }

    pub(super) fn likeness(&self, unit: &mut Unit<'_>) -> Likeness {
        let mut found = Likeness::default();
        let mut all = 0.0;
        let mut positions: Vec<u32> = Vec::new();
        for matter in &self.matter {
            all += matter.weight;
            // A word of the sentence stands for one word of the model only.
            let mut place = unit.word(matter.word) & !found.place;
            for concept in &matter.concepts {
                if place == 0 {
                    place = unit.concept(*concept).iter().map(|at| at & !found.place).find(|at| *at != 0).unwrap_or(0);
                }
            }
            if place != 0 {
                found.share += matter.weight;
                found.n_found += 1;
                found.place |= place & place.wrapping_neg();
                positions.push(first(place));
            }
        }
        found.share = if all > 0.0 { found.share / all } else { 0.0 };
        found.in_order = if positions.is_empty() { 0.0 } else { longest_rise(&positions) as f64 / positions.len() as f64 };
        found.is_opposed = unit.negates(found.place) != self.is_negated;
        found
    }
}

/// Length of the longest run, with gaps, that does not fall.
fn longest_rise(numbers: &[u32]) -> usize {
    let mut ends: Vec<u32> = Vec::new();
    for number in numbers {
        let at = ends.partition_point(|end| end <= number);
        match ends.get_mut(at) {
            Some(end) => *end = *number,
            None => ends.push(*number),
        }
    }
    ends.len()
}
