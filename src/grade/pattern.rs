//! The pattern language of rubrics: text to a [`Pattern`], with words as numbers of a [`Lexicon`].
//!
//! ```text
//! once | one time & initiali* > handler & !every time
//! ```
//!
//! - `&` joins groups that must all stand in one sentence (or two neighbouring ones), in any order; `>` asks the next
//!   group to stand after the one before it; `!` before a group asks that it be absent, `~` that it be
//!   denied (`~reconnect*`: "without reconnecting", "need not reconnect", "avoids reconnecting").
//! - `|` parts the alternatives of a group. An alternative is a word, or words in this order with up to two others
//!   between neighbours, none of which opens a thought of its own (when, because, but); `_` between two words lets up to six pass. In `"quotes"` nothing may stand between. Brackets
//!   hold alternatives in a row's place: `(open | make) new connection`.
//! - `^word` must begin its sentence, and behind `word,` there must be a pause or the end.
//! - A word matches all its inflections and near misspellings; `word*` all words that begin so; `=word` itself only.
//!   `@name` stands for the alternatives that the vocabulary lists under that name.

use std::collections::BTreeMap;

use super::lexicon::{Lexicon, WordId};

/// Words that may stand between two neighbours of an alternative.
pub(super) const GAP: u32 = 2;
/// The same where `_` was written.
const WIDE_GAP: u32 = 6;
/// Names that a name may lead through; more is a circle or a maze.
const MAX_DEPTH: usize = 8;
/// Terms in a pattern, so that a rubric cannot be made slow.
const MAX_TERMS: usize = 400;

/// Groups of alternatives that must meet.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Pattern {
    pub(super) groups: Vec<Group>,
}

impl Pattern {
    /// Groups that all follow on each other, none of them absent or denied.
    pub(super) fn is_chain(&self) -> bool {
        self.groups.len() > 1
            && self.groups.iter().enumerate().all(|(at, it)| !it.absent && !it.denied && it.after == (at > 0))
    }
}

#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Group {
    pub(super) any: Vec<Alternative>,
    pub(super) absent: bool,
    /// Must stand under a negator.
    pub(super) denied: bool,
    /// Must stand after the group before it.
    pub(super) after: bool,
}

/// Terms in a row, each with the number of words that may stand between it and the one before.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Alternative {
    pub(super) terms: Vec<(Term, u32)>,
    /// The first term must begin its sentence.
    pub(super) opens: bool,
    /// A pause, or the end, must follow the last term.
    pub(super) pauses: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Term {
    Word(WordId),
    Concept(usize),
}

/// The vocabulary with its words as numbers; a [`Term::Concept`] is an index into `any`, where those without a name
/// follow the named ones.
#[derive(Clone, Debug, Default)]
pub(super) struct Concepts {
    pub(super) names: Vec<String>,
    pub(super) any: Vec<Vec<Alternative>>,
    /// By word: the alternatives it heads, as concept and index. Made by [`Self::index`].
    pub(super) headed_by_word: Vec<Vec<(usize, usize)>>,
    /// By concept: its alternatives that another concept heads.
    pub(super) headed_by_concept: Vec<Vec<usize>>,
    /// By concept: the concepts with an alternative that it heads.
    pub(super) heads: Vec<Vec<usize>>,
}

impl Concepts {
    /// Reads a vocabulary. What cannot be read is left out and said: the name, the words at fault, the message.
    pub(super) fn read(
        vocabulary: &BTreeMap<String, Vec<String>>,
        lexicon: &mut Lexicon,
    ) -> (Self, Vec<(String, String, String)>) {
        let mut concepts = Self {
            names: vocabulary.keys().cloned().collect(),
            any: vec![Vec::new(); vocabulary.len()],
            ..Self::default()
        };
        let mut slips = Vec::new();
        for (index, (name, phrases)) in vocabulary.iter().enumerate() {
            let mut any = Vec::new();
            for phrase in phrases {
                match concepts.alternative(phrase, lexicon) {
                    Ok(alternative) => any.push(alternative),
                    Err(message) => slips.push((name.clone(), phrase.clone(), message)),
                }
            }
            concepts.any[index] = any;
        }
        for index in 0..concepts.names.len() {
            if concepts.leads_deeper_than(MAX_DEPTH, index) {
                let name = concepts.names[index].clone();
                slips.push((
                    name.clone(),
                    name,
                    format!("its words lead through more than {MAX_DEPTH} names, or in a circle"),
                ));
                concepts.any[index].clear();
            }
        }
        (concepts, slips)
    }

    /// Notes which word heads which alternative, once all patterns are read: a sentence holds few of the words, so only
    /// what they head needs a look.
    pub(super) fn index(&mut self, n_words: usize) {
        self.headed_by_word = vec![Vec::new(); n_words];
        self.headed_by_concept = vec![Vec::new(); self.any.len()];
        self.heads = vec![Vec::new(); self.any.len()];
        for (concept, any) in self.any.iter().enumerate() {
            for (at, alternative) in any.iter().enumerate() {
                match alternative.terms.first() {
                    Some((Term::Word(word), _)) => self.headed_by_word[*word as usize].push((concept, at)),
                    Some((Term::Concept(head), _)) => {
                        self.headed_by_concept[concept].push(at);
                        self.heads[*head].push(concept);
                    }
                    None => {}
                }
            }
        }
    }

    fn leads_deeper_than(&self, depth: usize, index: usize) -> bool {
        self.any[index].iter().flat_map(|it| &it.terms).any(|(term, _)| match term {
            Term::Concept(inner) => depth == 0 || self.leads_deeper_than(depth - 1, *inner),
            Term::Word(_) => false,
        })
    }

    /// Concepts that one of the words stands for by itself.
    pub(super) fn of_single_word(&self, words: &[WordId]) -> Vec<usize> {
        let is_one = |any: &Vec<Alternative>| {
            any.iter().any(|it| matches!(it.terms[..], [(Term::Word(word), _)] if words.contains(&word)))
        };
        self.any.iter().enumerate().filter(|(_, any)| is_one(any)).map(|(index, _)| index).collect()
    }

    /// Reads one pattern. Alternatives in brackets become concepts without a name.
    pub(super) fn pattern(&mut self, text: &str, lexicon: &mut Lexicon) -> Result<Pattern, String> {
        let mut pattern = Pattern::default();
        let mut n_terms = 0;
        let mut rest = text;
        let mut after = false;
        loop {
            let end = rest.find(['&', '>']).unwrap_or(rest.len());
            let (group, tail) = rest.split_at(end);
            let group = group.trim();
            let (absent, denied) = (group.starts_with('!'), group.starts_with('~'));
            let any = self.alternatives(group.trim_start_matches(['!', '~']), lexicon)?;
            n_terms += any.iter().map(|it| it.terms.len()).sum::<usize>();
            if n_terms > MAX_TERMS {
                return Err(format!("this pattern has more than {MAX_TERMS} words: move some to the vocabulary"));
            }
            pattern.groups.push(Group { any, absent, denied, after });
            let Some(joint) = tail.chars().next() else { break };
            after = joint == '>';
            rest = &tail[1..];
        }
        let is_ruled_out = |it: &Alternative| pattern.groups.iter().any(|group| group.absent && group.any.contains(it));
        if let Some(group) = pattern.groups.iter().find(|it| !it.absent && it.any.iter().all(is_ruled_out)) {
            let at = pattern.groups.iter().position(|it| it == group).unwrap_or(0) + 1;
            return Err(format!("this pattern can never match: what its group {at} asks for must be absent as well"));
        }
        if pattern.groups.iter().all(|group| group.absent) {
            return Err("this pattern says only what must be absent: add what must be there".to_owned());
        }
        Ok(pattern)
    }

    /// Alternatives parted by `|`; one inside brackets parts those of the bracket.
    fn alternatives(&mut self, text: &str, lexicon: &mut Lexicon) -> Result<Vec<Alternative>, String> {
        let mut any = Vec::new();
        let (mut start, mut is_inside) = (0, false);
        for (at, c) in text.char_indices() {
            match c {
                '(' | ')' if is_inside == (c == '(') => {
                    return Err("the brackets of this pattern do not fit together".to_owned());
                }
                '(' | ')' => is_inside = c == '(',
                '|' if !is_inside => {
                    any.push(self.alternative(&text[start..at], lexicon)?);
                    start = at + 1;
                }
                _ => {}
            }
        }
        if is_inside {
            return Err("a bracket of this pattern is not closed".to_owned());
        }
        any.push(self.alternative(&text[start..], lexicon)?);
        Ok(any)
    }

    /// One alternative: words, names and brackets, `_`, quotes.
    fn alternative(&mut self, text: &str, lexicon: &mut Lexicon) -> Result<Alternative, String> {
        let text = text.trim();
        let mut row =
            Alternative { opens: text.starts_with('^'), pauses: text.ends_with(','), ..Alternative::default() };
        let mut rest = text.trim_start_matches('^').trim_end_matches(',').trim_start();
        let (mut gap, mut is_quoted, mut is_first_quoted) = (GAP, false, false);
        while let Some(c) = rest.chars().next() {
            let end = match c {
                '"' => 1,
                '(' => rest.find(')').map_or(rest.len(), |end| end + 1),
                _ => rest.find(|c: char| c.is_whitespace() || matches!(c, '"' | '(')).unwrap_or(rest.len()),
            };
            let (piece, tail) = rest.split_at(end);
            rest = tail.trim_start();
            let term = match piece {
                "\"" => {
                    is_quoted = !is_quoted;
                    is_first_quoted = is_quoted;
                    continue;
                }
                "_" => {
                    gap = WIDE_GAP;
                    continue;
                }
                _ if c == '(' => self.bracket(piece, lexicon)?,
                _ => self.word(piece, lexicon)?,
            };
            let must_touch = row.terms.is_empty() || (is_quoted && !is_first_quoted);
            row.terms.push((term, if must_touch { 0 } else { gap }));
            (gap, is_first_quoted) = (GAP, false);
        }
        if row.terms.is_empty() {
            return Err("there is nothing between two signs of this pattern".to_owned());
        }
        Ok(row)
    }

    fn bracket(&mut self, piece: &str, lexicon: &mut Lexicon) -> Result<Term, String> {
        let any = self.alternatives(piece.trim_start_matches('(').trim_end_matches(')'), lexicon)?;
        self.any.push(any);
        Ok(Term::Concept(self.any.len() - 1))
    }

    fn word(&self, piece: &str, lexicon: &mut Lexicon) -> Result<Term, String> {
        let Some(name) = piece.strip_prefix('@') else { return lexicon.add(piece).map(Term::Word) };
        match self.names.iter().position(|known| known == name) {
            Some(index) => Ok(Term::Concept(index)),
            None => Err(format!("the vocabulary has no `@{name}`{}", self.nearest(name))),
        }
    }

    fn nearest(&self, name: &str) -> String {
        let near = self.names.iter().map(|known| (strsim::osa_distance(name, known), known)).min();
        near.filter(|(distance, _)| *distance <= 3)
            .map_or_else(String::new, |(_, near)| format!("; the nearest is `@{near}`"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Pattern, String> {
        let mut lexicon = Lexicon::default();
        let vocabulary = BTreeMap::from([("warm".to_owned(), vec!["warm".to_owned(), "second call".to_owned()])]);
        let (mut concepts, slips) = Concepts::read(&vocabulary, &mut lexicon);
        assert_eq!(slips, []);
        concepts.pattern(text, &mut lexicon)
    }

    #[test]
    fn a_pattern_is_groups_of_alternatives() {
        let pattern = read("@warm | one time & init* > \"run once\" & !never _ again").unwrap();
        let shape: Vec<(usize, bool, bool)> =
            pattern.groups.iter().map(|it| (it.any.len(), it.absent, it.after)).collect();
        assert_eq!(shape, [(2, false, false), (1, false, false), (1, false, true), (1, true, false)]);
        let gaps = |group: usize, any: usize| {
            pattern.groups[group].any[any].terms.iter().map(|(_, gap)| *gap).collect::<Vec<_>>()
        };
        assert_eq!((gaps(0, 1), gaps(2, 0), gaps(3, 0)), (vec![0, 2], vec![0, 0], vec![0, 6]));
    }

    #[test]
    fn what_cannot_match_is_said() {
        for (text, message) in [
            ("", "nothing between"),
            ("a | | b", "nothing between"),
            ("a & ", "nothing between"),
            ("(a | b", "not closed"),
            ("a | b)", "do not fit"),
            ("!a", "only what must be absent"),
            ("a | b & c & !b & !a", "never match: what its group 1"),
            ("@wram", "the nearest is `@warm`"),
            ("a-b", "letters and digits"),
            ("*", "letters and digits"),
        ] {
            let said = read(text).unwrap_err();
            assert!(said.contains(message), "{text}: {said}");
        }
    }

    #[test]
    fn names_that_lead_in_a_circle_are_said_and_emptied() {
        let vocabulary =
            BTreeMap::from([("a".to_owned(), vec!["@b".to_owned()]), ("b".to_owned(), vec!["@a".to_owned()])]);
        let (concepts, slips) = Concepts::read(&vocabulary, &mut Lexicon::default());
        assert_eq!(slips.len(), 1);
        assert!(concepts.any.iter().any(Vec::is_empty));
    }
}
