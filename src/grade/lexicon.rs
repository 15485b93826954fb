//! The words that a rubric knows, and which of them a word of an answer is.
//!
//! A word is known by its normal form, by its beginning, or, if it is no common English word, as a near misspelling.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::words;

/// A word of the rubric, counted from 0 in the order of its first mention.
pub(super) type WordId = u32;

/// Shortest normal form that is worth forgiving two swapped letters, any one wrong letter, and two.
const SWAP_LETTERS: usize = 4;
const ONE_SLIP_LETTERS: usize = 5;
const TWO_SLIPS_LETTERS: usize = 9;

/// English that is easily taken for a misspelt term (`could` for `cold`), one word a line.
static COMMON: LazyLock<std::collections::HashSet<&str>> =
    LazyLock::new(|| include_str!("../../assets/grade/common-words.txt").split_whitespace().collect());

#[derive(Clone, Debug, Default)]
pub(super) struct Lexicon {
    n_words: WordId,
    by_spelling: HashMap<String, WordId>,
    /// By normal form; several words can share one.
    by_form: HashMap<String, Vec<WordId>>,
    by_beginning: HashMap<String, WordId>,
    by_exact: HashMap<String, WordId>,
    /// Forms and beginnings by first letter, for misspellings: the letters, whether more may follow, the word.
    spellings: HashMap<char, Vec<(String, bool, WordId)>>,
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
            return Err(format!("`{spelling}` is no word: a word is letters and digits, as they are left when hyphens part words"));
        }
        let id = self.n_words;
        self.n_words += 1;
        if spelling.starts_with('=') {
            self.by_exact.insert(bare.to_owned(), id);
        } else if spelling.ends_with('*') {
            self.by_beginning.insert(bare.to_owned(), id);
            self.forgive(bare, true, id);
        } else {
            let form = words::normal_form(bare);
            self.forgive(&form, false, id);
            self.by_form.entry(form).or_default().push(id);
        }
        self.by_spelling.insert(spelling, id);
        Ok(id)
    }

    fn forgive(&mut self, letters: &str, more: bool, id: WordId) {
        if letters.len() >= SWAP_LETTERS {
            if let Some(first) = letters.chars().next() {
                self.spellings.entry(first).or_default().push((letters.to_owned(), more, id));
            }
        }
    }

    /// Calls `found` with each word of the rubric that `word` of an answer is.
    pub(super) fn look_up(&self, word: &str, mut found: impl FnMut(WordId)) {
        let mut is_known = false;
        let mut known = |id: WordId| {
            is_known = true;
            found(id);
        };
        if let Some(id) = self.by_exact.get(word) {
            known(*id);
        }
        let form = words::normal_form(word);
        self.by_form.get(&form).into_iter().flatten().for_each(|id| known(*id));
        for (end, c) in word.char_indices() {
            if let Some(id) = self.by_beginning.get(&word[..end + c.len_utf8()]) {
                known(*id);
            }
        }
        if !is_known && form.len() >= SWAP_LETTERS && !is_common(word, &form) {
            self.look_up_misspelt(word, &form, found);
        }
    }

    fn look_up_misspelt(&self, word: &str, form: &str, mut found: impl FnMut(WordId)) {
        let Some(first) = word.chars().next() else { return };
        for (letters, more, id) in self.spellings.get(&first).into_iter().flatten() {
            let slips = if letters.len() >= TWO_SLIPS_LETTERS { 2 } else { 1 };
            let is_near = if *more {
                // The misspelt beginning may be a letter shorter or longer than the right one.
                (letters.len() - 1..=letters.len() + 1)
                    .filter_map(|end| word.get(..end))
                    .any(|beginning| strsim::osa_distance(beginning, letters) <= slips.min(1))
            } else if letters.len() < ONE_SLIP_LETTERS {
                is_swapped(form, letters)
            } else {
                letters.len().abs_diff(form.len()) <= slips && strsim::osa_distance(form, letters) <= slips
            };
            if is_near {
                found(*id);
            }
        }
    }
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
            ("queue", "queue queues queued queu", "query quite"),
            ("cost", "cost costs costing", "most cast coast"),
        ] {
            let id = lexicon.add(pattern).unwrap();
            let knows = |word: &str| {
                let mut knows = false;
                lexicon.look_up(word, |found| knows |= found == id);
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
