//! The words that a rubric knows, and which of them a word of an answer is.
//!
//! A word is known by its normal form, by its beginning, or, if it is no common English word, as a near misspelling.

use std::sync::LazyLock;

use super::fnv::{WordMap, WordSet};
use super::fold::Token;
use super::words;

/// A word of the rubric, counted from 0 in the order of its first mention.
pub(super) type WordId = u32;

/// Shortest normal form that is worth forgiving two swapped letters, any one wrong letter, and two.
const SWAP_LETTERS: usize = 4;
const ONE_SLIP_LETTERS: usize = 5;
const TWO_SLIPS_LETTERS: usize = 9;

/// English that is easily taken for a misspelt term (`could` for `cold`), one word a line.
static COMMON: LazyLock<WordSet<&str>> =
    LazyLock::new(|| include_str!("../../assets/grade/common-words.txt").split_whitespace().collect());

#[derive(Clone, Debug, Default)]
pub(super) struct Lexicon {
    n_words: WordId,
    by_spelling: WordMap<String, WordId>,
    /// By normal form; several words can share one.
    by_form: WordMap<String, Vec<WordId>>,
    by_beginning: WordMap<String, WordId>,
    by_exact: WordMap<String, WordId>,
    /// By first letter, for misspellings.
    spellings: WordMap<char, Vec<Spelling>>,
}

/// A word as it is spelt right: as written and in its normal form, or a beginning, which has both alike.
#[derive(Clone, Debug)]
struct Spelling {
    written: String,
    form: String,
    is_beginning: bool,
    /// The letters of `form`, see [`letters_of`].
    letters: u32,
    id: WordId,
}

impl Spelling {
    fn new(written: &str, form: &str, is_beginning: bool, id: WordId) -> Self {
        Self { written: written.to_owned(), form: form.to_owned(), is_beginning, letters: letters_of(form), id }
    }

    /// `letters` are those of `word`.
    fn is_misspelt_as(&self, word: &str, form: &str, letters: u32) -> bool {
        // Each slip adds or takes away at most one letter that the other does not have: most words are out at once.
        if (self.letters & !letters).count_ones() > 2 {
            return false;
        }
        let slips = if self.form.len() >= TWO_SLIPS_LETTERS { 2 } else { 1 };
        let is_near =
            |a: &str, b: &str, slips: usize| a.len().abs_diff(b.len()) <= slips && strsim::osa_distance(a, b) <= slips;
        if self.is_beginning {
            // The misspelt beginning may be a letter shorter or longer than the right one.
            let letters = self.form.as_str();
            return (letters.len() - 1..=letters.len() + 1)
                .filter_map(|end| word.get(..end))
                .any(|it| is_near(it, letters, 1));
        }
        if self.form.len() < ONE_SLIP_LETTERS {
            return is_swapped(form, &self.form)
                || (self.written.len() >= ONE_SLIP_LETTERS && is_near(word, &self.written, 1));
        }
        is_near(form, &self.form, slips)
    }
}

impl Lexicon {
    pub(super) fn len(&self) -> usize {
        self.n_words as usize
    }

    /// Adds a word as a pattern spells it: `word`, `begin*` or `=exact`.
    pub(super) fn add(&mut self, spelling: &str) -> Result<WordId, String> {
        let spelling = spelling.to_lowercase();
        if let Some(id) = self.by_spelling.get(&spelling) {
            return Ok(*id);
        }
        let bare = spelling.trim_start_matches('=').trim_end_matches('*');
        if bare.is_empty() || (bare != super::fold::ARROW && !bare.chars().all(char::is_alphanumeric)) {
            return Err(format!(
                "`{spelling}` is no word: a word is letters and digits, as they are left when hyphens part words"
            ));
        }
        let id = self.n_words;
        self.n_words += 1;
        if spelling.starts_with('=') {
            self.by_exact.insert(bare.to_owned(), id);
        } else if spelling.ends_with('*') {
            self.by_beginning.insert(bare.to_owned(), id);
            self.forgive(Spelling::new(bare, bare, true, id));
        } else {
            let form = words::normal_form(bare);
            self.forgive(Spelling::new(bare, &form, false, id));
            self.by_form.entry(form).or_default().push(id);
        }
        self.by_spelling.insert(spelling, id);
        Ok(id)
    }

    fn forgive(&mut self, spelling: Spelling) {
        let is_long_enough = spelling.form.len() >= if spelling.is_beginning { ONE_SLIP_LETTERS } else { SWAP_LETTERS };
        if let Some(first) = spelling.written.chars().next().filter(|_| is_long_enough) {
            self.spellings.entry(first).or_default().push(spelling);
        }
    }

    /// Calls `found` with each word of the rubric that `word` of an answer, whose normal form is `form`, is.
    pub(super) fn look_up(&self, word: &str, form: &str, mut found: impl FnMut(WordId)) {
        let mut is_known = false;
        let mut known = |id: WordId| {
            is_known = true;
            found(id);
        };
        if let Some(id) = self.by_exact.get(word) {
            known(*id);
        }
        self.by_form.get(form).into_iter().flatten().for_each(|id| known(*id));
        for (end, c) in word.char_indices() {
            if let Some(id) = self.by_beginning.get(&word[..end + c.len_utf8()]) {
                known(*id);
            }
        }
        if !is_known && word.len() >= SWAP_LETTERS && !is_common(word, form) {
            self.look_up_misspelt(word, form, found);
        }
    }

    fn look_up_misspelt(&self, word: &str, form: &str, mut found: impl FnMut(WordId)) {
        let Some(first) = word.chars().next() else { return };
        let known = self.spellings.get(&first).into_iter().flatten();
        let letters = letters_of(word);
        known.filter(|spelling| spelling.is_misspelt_as(word, form, letters)).for_each(|spelling| found(spelling.id));
    }
}

/// For each word of an answer, the words of a rubric that it is.
#[derive(Clone, Debug, Default)]
pub(super) struct Recognised {
    ids: Vec<WordId>,
    /// Where those of each word end.
    ends: Vec<usize>,
}

impl Recognised {
    pub(super) fn new(tokens: &[Token], lexicon: &Lexicon) -> Self {
        let mut recognised = Self { ids: Vec::with_capacity(2 * tokens.len()), ends: Vec::with_capacity(tokens.len()) };
        for token in tokens {
            lexicon.look_up(&token.word, &token.form, |id| recognised.ids.push(id));
            recognised.ends.push(recognised.ids.len());
        }
        recognised
    }

    pub(super) fn of(&self, token: usize) -> &[WordId] {
        let start = token.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.ids[start..self.ends[token]]
    }
}

/// The set of letters in a word, a to z as bits; all others share one bit.
fn letters_of(word: &str) -> u32 {
    word.bytes().fold(0, |letters, byte| letters | 1 << if byte.is_ascii_lowercase() { byte - b'a' } else { 26 })
}

/// Two neighbouring letters have changed places: `wram`.
fn is_swapped(a: &str, b: &str) -> bool {
    let letters = |word: &str| {
        let mut letters = word.as_bytes().to_vec();
        letters.sort_unstable();
        letters
    };
    a.len() == b.len() && letters(a) == letters(b) && strsim::osa_distance(a, b) == 1
}

/// Whether a word is everyday English.
pub(super) fn is_everyday(word: &str) -> bool {
    COMMON.contains(word)
}

fn is_common(word: &str, form: &str) -> bool {
    COMMON.contains(word) || COMMON.contains(form)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_known_in_every_form_and_near_misspellings_too() {
        let mut lexicon = Lexicon::default();
        for (pattern, known, unknown) in [
            ("warm", "warm warms wram wamr", "worm warn swarm"),
            ("connection", "connections conection conneciton connexion", "connect convention correction"),
            ("initiali*", "initialised initialization intialize initalized", "initial initiate"),
            ("cold", "cold colds", "could gold old code"),
            ("=once", "once", "onces one"),
            ("queue", "queue queues queued queu quue", "query quite"),
            ("cost", "cost costs costing", "most cast coast"),
        ] {
            let id = lexicon.add(pattern).unwrap();
            let knows = |word: &str| {
                let mut knows = false;
                lexicon.look_up(word, &words::normal_form(word), |found| knows |= found == id);
                knows
            };
            for word in known.split_whitespace() {
                assert!(knows(word), "{pattern} knows {word}");
            }
            for word in unknown.split_whitespace() {
                assert!(!knows(word), "{pattern} does not know {word}");
            }
        }
    }
}
