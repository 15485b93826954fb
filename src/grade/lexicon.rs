//! The words that a rubric knows, and which of them a word of an answer is.
//!
//! A word is known by its normal form, by its beginning, or, if it is no common English word, as a near misspelling.

use std::sync::LazyLock;

use compact_str::CompactString;

use super::fold::Token;
use super::hashing::{WordMap, WordSet};
use super::words;

/// A word of the rubric, counted from 0 in the order of its first mention.
pub(super) type WordId = u32;

/// Shortest normal form that is worth forgiving two swapped letters, any one wrong letter, and two.
const SWAP_LETTERS: usize = 4;
const ONE_SLIP_LETTERS: usize = 5;
const TWO_SLIPS_LETTERS: usize = 9;

/// English that is easily taken for a misspelt term (`could` for `cold`), one word a line.
static COMMON: LazyLock<WordSet<&str>> = LazyLock::new(|| {
    let mut common = WordSet::default();
    common.reserve(10_000);
    common.extend(include_str!("../../assets/grade/common-words.txt").lines());
    common
});

#[derive(Clone, Debug, Default)]
pub(super) struct Lexicon {
    n_words: WordId,
    by_spelling: WordMap<CompactString, WordId>,
    /// By normal form the last word that has it, and for each word the one before it that has the same.
    by_form: WordMap<CompactString, WordId>,
    same_form: Vec<Option<WordId>>,
    by_exact: WordMap<CompactString, WordId>,
    by_letter: WordMap<char, Initial>,
}

/// The words that begin with a letter.
#[derive(Clone, Debug, Default)]
struct Initial {
    beginnings: Vec<(CompactString, WordId)>,
    /// Those that are known misspelt, too.
    spellings: Vec<Spelling>,
}

/// A word as it is spelt right: as written and in its normal form, or a beginning, which has both alike.
#[derive(Clone, Debug)]
struct Spelling {
    written: CompactString,
    form: CompactString,
    is_beginning: bool,
    /// The letters of `form`, see [`letters_of`].
    letters: u32,
    id: WordId,
}

impl Spelling {
    fn new(written: &str, form: &str, is_beginning: bool, id: WordId) -> Self {
        Self { written: written.into(), form: form.into(), is_beginning, letters: letters_of(form), id }
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
        // Most words of a rubric stand in it many times.
        if let Some(id) = self.by_spelling.get(spelling) {
            return Ok(*id);
        }
        let spelling = spelling.to_lowercase();
        if let Some(id) = self.by_spelling.get(spelling.as_str()) {
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
        self.same_form.push(None);
        if spelling.starts_with('=') {
            self.by_exact.insert(bare.into(), id);
        } else if spelling.ends_with('*') {
            self.forgive(Spelling::new(bare, bare, true, id));
            if let Some(first) = bare.chars().next() {
                self.by_letter.entry(first).or_default().beginnings.push((bare.into(), id));
            }
        } else {
            let form = words::normal_form(bare);
            self.forgive(Spelling::new(bare, &form, false, id));
            self.same_form[id as usize] = self.by_form.insert(form, id);
        }
        self.by_spelling.insert(spelling.into(), id);
        Ok(id)
    }

    fn forgive(&mut self, spelling: Spelling) {
        let is_long_enough = spelling.form.len() >= if spelling.is_beginning { ONE_SLIP_LETTERS } else { SWAP_LETTERS };
        if let Some(first) = spelling.written.chars().next().filter(|_| is_long_enough) {
            self.by_letter.entry(first).or_default().spellings.push(spelling);
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
        let mut of_form = self.by_form.get(form).copied();
        while let Some(id) = of_form {
            known(id);
            of_form = self.same_form[id as usize];
        }
        let Some(initial) = word.chars().next().and_then(|first| self.by_letter.get(&first)) else { return };
        for (beginning, id) in &initial.beginnings {
            if word.starts_with(beginning.as_str()) {
                known(*id);
            }
        }
        if !is_known && word.len() >= SWAP_LETTERS && !is_common(word, form) {
            let letters = letters_of(word);
            let meant = initial.spellings.iter().filter(|spelling| spelling.is_misspelt_as(word, form, letters));
            meant.for_each(|spelling| found(spelling.id));
        }
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
