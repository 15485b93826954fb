//! How much of a model sentence another sentence says, in its own words.
//!
//! What patterns miss, likeness may find: the share of the model's matter (content words and concepts, the prompt's
//! own words worth little) that stands in the sentence, in about the model's order and under the same negations.

use super::anchors::Anchors;
use super::fold::{Token, fold};
use super::guards::PromptWords;
use super::lexicon::{Lexicon, WordId};
use super::matching::Unit;
use super::pattern::ConceptId;
use super::place::{Place, first, last};
use super::polarity;
use super::words::Class;

/// What a word of the same concept is worth, compared with the word itself.
const AKIN: f64 = 0.6;

/// Words of matter from which on a model's own words make its point, however short it is.
const VERBATIM_WORDS: usize = 2;

/// A model sentence as its matter, in order.
#[derive(Clone, Debug)]
pub(super) struct Model {
    matter: Vec<Matter>,
    /// Words from the first to the last of the matter.
    extent: u32,
}

#[derive(Clone, Debug)]
struct Matter {
    word: WordId,
    /// Concepts that the word belongs to.
    concepts: Vec<ConceptId>,
    weight: f64,
    is_negated: bool,
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
    /// All of the model stands there, in its order and as close together: the model's own words.
    pub(super) is_verbatim: bool,
    /// One of the two denies some of what the other states.
    pub(super) is_opposed: bool,
}

impl Model {
    pub(super) fn new(sentence: &str, lexicon: &mut Lexicon, anchors: &Anchors, prompt: &PromptWords) -> Self {
        let text = fold(sentence);
        let mut matter = Vec::new();
        let mut extent = 0..0;
        let negations = polarity::negations(&text.tokens[..text.tokens.len().min(super::fold::MAX_SENTENCE_WORDS)]);
        let is_matter = |token: &Token| !token.class.has(Class::FUNCTION) || token.class.has(Class::TELLING);
        for (at, token) in text.tokens.iter().enumerate().filter(|(_, token)| is_matter(token)) {
            let Ok(word) = lexicon.add(&token.word) else { continue };
            extent = if matter.is_empty() { at..at } else { extent.start..at };
            let mut ids = Vec::new();
            lexicon.look_up(&token.word, &token.form, |id| ids.push(id));
            let weight = if prompt.contain(&token.form) { 0.25 } else { 1.0 };
            let is_negated = polarity::is_negated(1_u128.checked_shl(at as u32).unwrap_or(0), 0, &negations);
            matter.push(Matter { word, concepts: anchors.meanings(&ids), weight, is_negated });
        }
        Self { matter, extent: extent.len() as u32 }
    }

    /// Whether more than `share` of it may stand in `unit`, going by its words alone.
    pub(super) fn may_exceed(&self, share: f64, unit: &Unit<'_>) -> bool {
        let worth = |it: &Matter| match unit.word(it.word) {
            0 if it.concepts.iter().any(|concept| unit.may_hold(*concept)) => it.weight * AKIN,
            0 => 0.0,
            _ => it.weight,
        };
        let all: f64 = self.matter.iter().map(|it| it.weight).sum();
        self.matter.iter().map(worth).sum::<f64>() > share * all
    }

    pub(super) fn likeness(&self, unit: &mut Unit<'_>) -> Likeness {
        let mut found = Likeness::default();
        let mut all = 0.0;
        let mut positions: Vec<u32> = Vec::new();
        let mut n_opposed = 0;
        for matter in &self.matter {
            all += matter.weight;
            // A word of the sentence stands for one word of the model only.
            let mut place = unit.word(matter.word) & !found.place;
            let worth = if place == 0 { matter.weight * AKIN } else { matter.weight };
            for concept in &matter.concepts {
                if place == 0 {
                    place = unit.concept(*concept).iter().map(|at| at & !found.place).find(|at| *at != 0).unwrap_or(0);
                }
            }
            if place != 0 {
                found.share += worth;
                found.n_found += 1;
                let place = place & place.wrapping_neg();
                found.place |= place;
                n_opposed += usize::from(unit.negates(place) != matter.is_negated);
                positions.push(first(place));
            }
        }
        found.share = if all > 0.0 { found.share / all } else { 0.0 };
        found.in_order =
            if positions.is_empty() { 0.0 } else { longest_rise(&positions) as f64 / positions.len() as f64 };
        found.is_opposed = n_opposed > 0;
        let is_whole = found.share > 0.99 && found.n_found >= VERBATIM_WORDS;
        found.is_verbatim =
            is_whole && found.in_order == 1.0 && last(found.place) - first(found.place) <= self.extent + 1;
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
