//! An answer beside one reference: which words meet, in which order, and whether they are meant the same way.

use std::ops::Range;

use super::cardinality::Overlap;
use super::kin::{Kin, Relation};
use super::opposites::{are_opposite, has_opposite};
use super::reading::Reading;
use super::word::Word;

/// What a word of the question is worth beside one that the question does not give away.
const GIVEN_AWAY: f32 = 0.25;
/// How much of a match is a misspelt word, one of the same meaning, one of a near meaning, and one of the opposite.
const MISSPELT: f32 = 0.8;
const SAME: f32 = 0.6;
const NEAR: f32 = 0.3;
const OPPOSITE: f32 = 0.3;

/// A text with what of it stands in the question.
#[derive(Clone, Debug, Default)]
pub(super) struct Seen {
    pub(super) reading: Reading,
    /// Of each word, whether the question has it.
    pub(super) is_asked: Vec<bool>,
    /// What each word is worth, the question's words little.
    pub(super) worth: Vec<f32>,
}

impl Seen {
    pub(super) fn new(reading: Reading, question: &Reading) -> Self {
        let is_asked: Vec<bool> =
            reading.words.iter().map(|word| question.words.iter().any(|asked| asked.id == word.id)).collect();
        let worth = reading
            .words
            .iter()
            .zip(&is_asked)
            .map(|(word, is_asked)| if *is_asked { word.weight * GIVEN_AWAY } else { word.weight })
            .collect();
        Self { reading, is_asked, worth }
    }

    pub(super) fn total_worth(&self) -> f32 {
        self.worth.iter().sum()
    }
}

/// What an answer and one reference have in common. Shares are 0 to 1.
#[derive(Clone, Debug, Default)]
pub(super) struct Pair {
    pub(super) recall: f32,
    pub(super) precision: f32,
    /// Of the words that the question does not give away, all counted alike.
    pub(super) recall_new: f32,
    pub(super) precision_new: f32,
    /// The most a missing word is worth.
    pub(super) worst_gap: f32,
    /// Content words of the reference, and of the answer, without a partner.
    pub(super) n_missing: f32,
    pub(super) n_foreign: f32,
    /// Words in the same order: of those that met, and of the reference.
    pub(super) in_order: f32,
    pub(super) sequence: f32,
    /// Pairs of met words that stand the other way round.
    pub(super) inverted: f32,
    /// Neighbours in the reference that are neighbours in the answer too, and the other way round.
    pub(super) neighbours: f32,
    pub(super) neighbours_of_answer: f32,
    /// Longest run of words that is the same.
    pub(super) run: f32,
    pub(super) letters: f32,
    /// Worth of the met words meant the same way, and meant the other way.
    pub(super) agreed: f32,
    pub(super) opposed: f32,
    /// How many of the words that the question does not give away are meant the other way.
    pub(super) n_turned: f32,
    /// Words met by their opposites.
    pub(super) n_opposites: f32,
    /// Numbers and names of one letter in one of the two only.
    pub(super) n_other_names: f32,
    pub(super) n_missing_names: f32,
    /// Negators more than in the reference.
    pub(super) extra_negators: f32,
    /// The reference's best window in the answer: the share of it that one sentence covers.
    pub(super) best_sentence: f32,
    /// All of it met, word for word, with words of grammar.
    pub(super) overlap_all: f32,
    /// Words of telling grammar (more, same, only, …) that only one of the two has.
    pub(super) n_other_measures: f32,
    /// How much the two, and the question, speak of the same things. [`compare`] leaves it empty.
    pub(super) overlap: Overlap,
}

impl Pair {
    pub(super) fn f(&self) -> f32 {
        harmonic(self.recall, self.precision)
    }

    /// How well the reference is met, less what is turned round.
    pub(super) fn fit(&self) -> f32 {
        0.6 * self.recall + 0.4 * self.precision - 0.5 * self.opposed
    }
}

pub(super) fn harmonic(a: f32, b: f32) -> f32 {
    if a + b == 0.0 { 0.0 } else { 2.0 * a * b / (a + b) }
}

#[derive(Clone, Copy)]
struct Meeting {
    in_answer: usize,
    likeness: f32,
    is_opposite: bool,
}

pub(super) fn compare(answer: &Seen, reference: &Seen, kin: &Kin) -> Pair {
    let (ours, theirs) = (&answer.reading.words, &reference.reading.words);
    let meetings = meet(ours, theirs, kin);
    let mut is_met = vec![0.0_f32; ours.len()];
    let mut pair = Pair::default();
    let (mut covered, mut new_covered, mut n_new) = (0.0, 0.0, 0.0_f32);
    let mut pairs: Vec<(usize, usize)> = Vec::new();
    for (at, meeting) in meetings.iter().enumerate() {
        let (word, worth) = (&theirs[at], reference.worth[at]);
        let is_new = word.is_content && !reference.is_asked[at];
        n_new += f32::from(is_new);
        let Some(meeting) = meeting else {
            if word.is_content {
                pair.n_missing += 1.0;
                pair.worst_gap = pair.worst_gap.max(worth);
                pair.n_missing_names += f32::from(word.is_number() || word.is_letter());
            }
            continue;
        };
        let other = &ours[meeting.in_answer];
        is_met[meeting.in_answer] = meeting.likeness;
        covered += worth * meeting.likeness;
        new_covered += if is_new { meeting.likeness } else { 0.0 };
        if word.is_content {
            pairs.push((at, meeting.in_answer));
            let differs = (word.is_negated != other.is_negated) != meeting.is_opposite;
            *if differs { &mut pair.opposed } else { &mut pair.agreed } += word.weight;
            pair.n_turned += f32::from(differs && is_new);
        }
        pair.n_opposites += f32::from(meeting.is_opposite);
    }
    pair.recall = share(covered, reference.total_worth());
    pair.recall_new = share(new_covered, n_new);
    let met_worth: f32 = is_met.iter().zip(&answer.worth).map(|(met, worth)| met * worth).sum();
    pair.precision = share(met_worth, answer.total_worth());
    let is_new = |at: &usize| ours[*at].is_content && !answer.is_asked[*at];
    let n_new_ours = (0..ours.len()).filter(is_new).count() as f32;
    pair.precision_new = share((0..ours.len()).filter(is_new).map(|at| is_met[at]).sum(), n_new_ours);
    for (at, word) in ours.iter().enumerate().filter(|(at, word)| word.is_content && is_met[*at] == 0.0) {
        pair.n_foreign += f32::from(!answer.is_asked[at]);
        pair.n_other_names += f32::from(word.is_number() || word.is_letter());
    }
    let of_meaning = pair.agreed + pair.opposed;
    (pair.agreed, pair.opposed) = (share(pair.agreed, of_meaning), share(pair.opposed, of_meaning));
    orders(&mut pair, &pairs, theirs.iter().filter(|word| word.is_content).count());
    neighbours(&mut pair, ours, theirs);
    pair.letters = answer.reading.gram_cosine(&reference.reading);
    pair.extra_negators = answer.reading.n_negators as f32 - reference.reading.n_negators as f32;
    pair.best_sentence = best_sentence(ours, &meetings, reference);
    let n_all = meetings.iter().flatten().count() as f32;
    pair.overlap_all = share(n_all, (ours.len() + theirs.len()) as f32 - n_all);
    let measures = |words: &[Word], others: &[Word]| {
        let lacks = |word: &&Word| has_opposite(word.id) && others.iter().all(|other| other.id != word.id);
        words.iter().filter(lacks).count() as f32
    };
    pair.n_other_measures = measures(ours, theirs) + measures(theirs, ours);
    pair
}

pub(super) fn share(part: f32, whole: f32) -> f32 {
    if whole <= 0.0 { 0.0 } else { (part / whole).min(1.0) }
}

/// For each word of the reference the word of the answer that it meets: the same stem, else a slip of
/// it, else its opposite, else the closest in meaning.
fn meet(ours: &[Word], theirs: &[Word], kin: &Kin) -> Vec<Option<Meeting>> {
    let mut meetings: Vec<Option<Meeting>> = vec![None; theirs.len()];
    let mut is_taken = vec![false; ours.len()];
    let mut next = 0;
    for (at, word) in theirs.iter().enumerate() {
        // The first free one behind the last meeting, else the first free one at all.
        let free = |range: Range<usize>| range.into_iter().find(|at| !is_taken[*at] && ours[*at].id == word.id);
        if let Some(found) = free(next..ours.len()).or_else(|| free(0..next)) {
            is_taken[found] = true;
            next = found + 1;
            meetings[at] = Some(Meeting { in_answer: found, likeness: 1.0, is_opposite: false });
        }
    }
    for (at, word) in theirs.iter().enumerate() {
        if meetings[at].is_some() || !word.is_content && !has_opposite(word.id) {
            continue;
        }
        let best = (0..ours.len())
            .filter(|at| !is_taken[*at])
            .filter_map(|at| {
                likeness(word, &ours[at], kin).map(|(rank, likeness, is_opposite)| (rank, at, likeness, is_opposite))
            })
            .min_by_key(|(rank, ..)| *rank);
        let found = best.map(|(_, in_answer, likeness, is_opposite)| Meeting { in_answer, likeness, is_opposite });
        if let Some(found) = found {
            is_taken[found.in_answer] = true;
            meetings[at] = Some(found);
        }
    }
    meetings
}

/// How much two words of different stems are a match, and whether as opposites. The best has the lowest rank.
fn likeness(word: &Word, other: &Word, kin: &Kin) -> Option<(u8, f32, bool)> {
    if other.is_content && word.is_content && is_nearly(&word.stem, &other.stem) {
        return Some((0, MISSPELT, false));
    }
    if are_opposite(word.id, other.id) {
        return Some((1, OPPOSITE, true));
    }
    if !(word.is_content && other.is_content) {
        return None;
    }
    match kin.relation(word.id, other.id)? {
        Relation::Same => Some((2, SAME, false)),
        Relation::Opposite => Some((3, OPPOSITE, true)),
        Relation::Near => Some((4, NEAR, false)),
    }
}

/// A slip of the keys, or another word of the same family.
fn is_nearly(a: &str, b: &str) -> bool {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    if short.len() < 4 || long.len() - short.len() > 6 {
        return false;
    }
    let common = short.bytes().zip(long.bytes()).take_while(|(a, b)| a == b).count();
    if common >= 5 && common * 10 >= long.len() * 6 {
        return true;
    }
    let allowed = if short.len() >= 8 { 2 } else { 1 };
    long.len() - short.len() <= allowed && common > 0 && strsim::osa_distance(a, b) <= allowed
}

/// How the order of the met content words compares, given as places in reference and answer.
fn orders(pair: &mut Pair, met: &[(usize, usize)], n_content: usize) {
    if met.is_empty() {
        return;
    }
    // Longest rising subsequence of the places in the answer.
    let mut tails: Vec<usize> = Vec::new();
    let (mut n_inverted, mut n_pairs) = (0_u32, 0_u32);
    for (at, (_, place)) in met.iter().enumerate() {
        let found = tails.partition_point(|tail| tail < place);
        if found == tails.len() {
            tails.push(*place);
        } else {
            tails[found] = *place;
        }
        n_inverted += met[..at].iter().filter(|(_, before)| before > place).count() as u32;
        n_pairs += at as u32;
    }
    pair.in_order = tails.len() as f32 / met.len() as f32;
    pair.sequence = share(tails.len() as f32, n_content as f32);
    pair.inverted = share(n_inverted as f32, n_pairs as f32);
}

fn neighbours(pair: &mut Pair, ours: &[Word], theirs: &[Word]) {
    let has = |words: &[Word], two: &[Word]| words.windows(2).any(|it| it[0].id == two[0].id && it[1].id == two[1].id);
    let shared = |of: &[Word], with: &[Word]| {
        let n = of.windows(2).filter(|two| has(with, two)).count();
        share(n as f32, of.len().saturating_sub(1) as f32)
    };
    pair.neighbours = shared(theirs, ours);
    pair.neighbours_of_answer = shared(ours, theirs);
    // Longest common run, row by row.
    let mut longest = 0_u16;
    let mut row = vec![0_u16; ours.len() + 1];
    for word in theirs {
        for at in (0..ours.len()).rev() {
            row[at + 1] = if ours[at].id == word.id { row[at] + 1 } else { 0 };
            longest = longest.max(row[at + 1]);
        }
    }
    pair.run = share(f32::from(longest), theirs.len() as f32);
}

/// How much of the reference's worth the best sentence of the answer covers alone.
fn best_sentence(ours: &[Word], meetings: &[Option<Meeting>], reference: &Seen) -> f32 {
    let n_sentences = ours.last().map_or(0, |word| usize::from(word.sentence) + 1);
    let mut covered = vec![0.0_f32; n_sentences];
    for (meeting, worth) in meetings.iter().zip(&reference.worth) {
        if let Some(meeting) = meeting {
            covered[usize::from(ours[meeting.in_answer].sentence)] += worth * meeting.likeness;
        }
    }
    share(covered.into_iter().fold(0.0, f32::max), reference.total_worth())
}

#[cfg(test)]
mod tests {
    use super::super::reading::Rarity;
    use super::*;

    fn pair(answer: &str, reference: &str) -> Pair {
        let read = |text: &str| Seen::new(Reading::new(text, &Rarity::default()), &Reading::default());
        compare(&read(answer), &read(reference), &Kin::default())
    }

    #[test]
    fn what_an_answer_shares_with_a_reference_is_measured() {
        let same = pair("the gap separates the terminals", "the gap separates the terminals");
        assert_eq!((same.recall, same.precision, same.in_order, same.opposed), (1.0, 1.0, 1.0, 0.0));
        let typo = pair("the gap seperates the terminals", "the gap separates the terminals");
        assert!(typo.recall > 0.9 && typo.n_missing == 0.0);
        let swapped = pair("the queue triggers the function", "the function triggers the queue");
        assert!(swapped.recall == 1.0 && swapped.in_order < 1.0 && swapped.inverted > 0.0);
        for (answer, opposes) in [
            ("the terminals are not connected", false),
            ("the terminals are separated", false),
            ("the terminals are connected", true),
            ("the terminals are not separated", true),
        ] {
            let found = pair(answer, "the terminals are not connected");
            assert_eq!(found.opposed > 0.0, opposes, "{answer}: {found:?}");
        }
        assert_eq!(pair("", "the gap").recall, 0.0);
        assert_eq!(pair("the gap", "").precision, 0.0);
    }
}
