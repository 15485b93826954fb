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

use super::hashing::WordMap;
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
    /// Of the groups that must be there the one with the fewest alternatives: if it is not, none needs a look.
    pub(super) rarest: ConceptId,
}

impl Pattern {
    /// Groups that all follow on each other, none of them absent or denied.
    pub(super) fn is_chain(&self) -> bool {
        self.groups.len() > 1
            && self.groups.iter().enumerate().all(|(at, it)| !it.absent && !it.denied && it.after == (at > 0))
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Group {
    /// Its alternatives.
    pub(super) any: ConceptId,
    pub(super) absent: bool,
    /// Must stand under a negator.
    pub(super) denied: bool,
    /// Must stand after the group before it.
    pub(super) after: bool,
}

/// A [`Concept`], as its place in [`Concepts`].
pub(super) type ConceptId = u32;

/// Alternatives: those that the vocabulary lists under a name, those of a bracket or of a group.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Concept {
    /// Alternatives of one word, wherever it stands.
    pub(super) words: Vec<WordId>,
    pub(super) rows: Vec<Row>,
    /// It has a name or stands in a row; the alternatives of a group need not mean the same.
    is_term: bool,
}

/// Terms in a row.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Row {
    pub(super) steps: Vec<Step>,
    /// The first term must begin its sentence.
    pub(super) opens: bool,
    /// A pause, or the end, must follow the last term.
    pub(super) pauses: bool,
}

/// A term, and the number of words that may stand between it and the one before.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Step {
    pub(super) term: Term,
    pub(super) gap: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Term {
    Word(WordId),
    Concept(ConceptId),
}

/// The alternatives of a rubric's vocabulary, brackets and groups, with their words as numbers.
#[derive(Clone, Debug, Default)]
pub(super) struct Concepts {
    /// Of the first ones.
    names: Vec<String>,
    all: Vec<Concept>,
    /// Alternatives that were read, by their text: many are written again and again. Each with the number of its terms.
    by_text: WordMap<String, (ConceptId, usize)>,
}

impl Concepts {
    /// Reads a vocabulary. What cannot be read is left out and said: the name, the words at fault, the message.
    pub(super) fn read(
        vocabulary: &BTreeMap<String, Vec<String>>,
        lexicon: &mut Lexicon,
    ) -> (Self, Vec<(String, String, String)>) {
        let named = Concept { is_term: true, ..Concept::default() };
        let mut concepts = Self {
            names: vocabulary.keys().cloned().collect(),
            all: vec![named; vocabulary.len()],
            by_text: WordMap::default(),
        };
        let mut slips = Vec::new();
        for (index, (name, phrases)) in vocabulary.iter().enumerate() {
            let mut any = Concept { is_term: true, ..Concept::default() };
            for phrase in phrases {
                if let Err(message) = concepts.alternative(phrase, &mut any, lexicon) {
                    slips.push((name.clone(), phrase.clone(), message));
                }
            }
            concepts.all[index] = any;
        }
        for index in 0..concepts.names.len() {
            if concepts.leads_deeper_than(MAX_DEPTH, index) {
                let name = concepts.names[index].clone();
                slips.push((
                    name.clone(),
                    name,
                    format!("its words lead through more than {MAX_DEPTH} names, or in a circle"),
                ));
                concepts.all[index] = Concept { is_term: true, ..Concept::default() };
            }
        }
        (concepts, slips)
    }

    pub(super) fn all(&self) -> &[Concept] {
        &self.all
    }

    fn leads_deeper_than(&self, depth: usize, index: usize) -> bool {
        self.all[index].rows.iter().flat_map(|row| &row.steps).any(|step| match step.term {
            Term::Concept(inner) => depth == 0 || self.leads_deeper_than(depth - 1, inner as usize),
            Term::Word(_) => false,
        })
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
            let (any, n_terms_more) = self.alternatives(group.trim_start_matches(['!', '~']), lexicon)?;
            n_terms += n_terms_more;
            if n_terms > MAX_TERMS {
                return Err(format!("this pattern has more than {MAX_TERMS} words: move some to the vocabulary"));
            }
            pattern.groups.push(Group { any, absent, denied, after });
            let Some(joint) = tail.chars().next() else { break };
            after = joint == '>';
            rest = &tail[1..];
        }
        if let Some(at) = pattern.groups.iter().position(|it| !it.absent && self.is_ruled_out(*it, &pattern)) {
            let at = at + 1;
            return Err(format!("this pattern can never match: what its group {at} asks for must be absent as well"));
        }
        if pattern.groups.iter().all(|group| group.absent) {
            return Err("this pattern says only what must be absent: add what must be there".to_owned());
        }
        let needed = pattern.groups.iter().filter(|group| !group.absent).map(|group| group.any);
        pattern.rarest = needed.min_by_key(|id| self.all[*id as usize].n_alternatives()).unwrap_or_default();
        Ok(pattern)
    }

    /// Whether all that `group` asks for must be absent.
    fn is_ruled_out(&self, group: Group, pattern: &Pattern) -> bool {
        let absent = || pattern.groups.iter().filter(|it| it.absent).map(|it| &self.all[it.any as usize]);
        let asked = &self.all[group.any as usize];
        absent().next().is_some()
            && asked.words.iter().all(|word| absent().any(|it| it.words.contains(word)))
            && asked.rows.iter().all(|row| absent().any(|it| it.rows.contains(row)))
    }

    /// Alternatives parted by `|`, where those inside brackets part the bracket's, and the number of their terms. One that
    /// is a name is what the name stands for.
    fn alternatives(&mut self, text: &str, lexicon: &mut Lexicon) -> Result<(ConceptId, usize), String> {
        let text = text.trim();
        if let Some(known) = self.by_text.get(text) {
            return Ok(*known);
        }
        let mut any = Concept::default();
        let (mut start, mut is_inside) = (0, false);
        for (at, c) in text.char_indices() {
            match c {
                '(' | ')' if is_inside == (c == '(') => {
                    return Err("the brackets of this pattern do not fit together".to_owned());
                }
                '(' | ')' => is_inside = c == '(',
                '|' if !is_inside => {
                    self.alternative(&text[start..at], &mut any, lexicon)?;
                    start = at + 1;
                }
                _ => {}
            }
        }
        if is_inside {
            return Err("a bracket of this pattern is not closed".to_owned());
        }
        self.alternative(&text[start..], &mut any, lexicon)?;
        let n_terms = any.words.len() + any.rows.iter().map(|row| row.steps.len()).sum::<usize>();
        let id = any.as_concept().unwrap_or_else(|| {
            self.all.push(any);
            self.all.len() as ConceptId - 1
        });
        self.by_text.insert(text.to_owned(), (id, n_terms));
        Ok((id, n_terms))
    }

    /// Adds one alternative to `any`.
    fn alternative(&mut self, text: &str, any: &mut Concept, lexicon: &mut Lexicon) -> Result<(), String> {
        let text = text.trim();
        // Most are a word by itself.
        if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            any.words.push(lexicon.add(text)?);
            return Ok(());
        }
        let row = self.row(text, lexicon)?;
        match row.only_word() {
            Some(word) if !row.opens && !row.pauses => any.words.push(word),
            _ => any.rows.push(row),
        }
        Ok(())
    }

    /// A row of words, names and brackets, `_`, quotes.
    fn row(&mut self, text: &str, lexicon: &mut Lexicon) -> Result<Row, String> {
        let mut row = Row { opens: text.starts_with('^'), pauses: text.ends_with(','), ..Row::default() };
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
            let must_touch = row.steps.is_empty() || (is_quoted && !is_first_quoted);
            row.steps.push(Step { term, gap: if must_touch { 0 } else { gap } });
            (gap, is_first_quoted) = (GAP, false);
        }
        if row.steps.is_empty() {
            return Err("there is nothing between two signs of this pattern".to_owned());
        }
        Ok(row)
    }

    fn bracket(&mut self, piece: &str, lexicon: &mut Lexicon) -> Result<Term, String> {
        let (id, _) = self.alternatives(piece.trim_start_matches('(').trim_end_matches(')'), lexicon)?;
        self.all[id as usize].is_term = true;
        Ok(Term::Concept(id))
    }

    fn word(&self, piece: &str, lexicon: &mut Lexicon) -> Result<Term, String> {
        let Some(name) = piece.strip_prefix('@') else { return lexicon.add(piece).map(Term::Word) };
        // A vocabulary's names are in order.
        match self.names.binary_search_by(|known| known.as_str().cmp(name)) {
            Ok(index) => Ok(Term::Concept(index as ConceptId)),
            Err(_) => Err(format!("the vocabulary has no `@{name}`{}", self.nearest(name))),
        }
    }

    fn nearest(&self, name: &str) -> String {
        let near = self.names.iter().map(|known| (strsim::osa_distance(name, known), known)).min();
        near.filter(|(distance, _)| *distance <= 3)
            .map_or_else(String::new, |(_, near)| format!("; the nearest is `@{near}`"))
    }
}

impl Step {
    pub(super) fn word(&self) -> Option<WordId> {
        match self.term {
            Term::Word(id) => Some(id),
            Term::Concept(_) => None,
        }
    }

    pub(super) fn concept(&self) -> Option<ConceptId> {
        match self.term {
            Term::Word(_) => None,
            Term::Concept(id) => Some(id),
        }
    }
}

impl Row {
    /// The word that is all of it.
    pub(super) fn only_word(&self) -> Option<WordId> {
        match self.steps[..] {
            [step] => step.word(),
            _ => None,
        }
    }
}

impl Concept {
    /// The concept that is all of this one.
    fn as_concept(&self) -> Option<ConceptId> {
        match (&self.words[..], &self.rows[..]) {
            ([], [Row { steps, opens: false, pauses: false }]) => match steps[..] {
                [Step { term: Term::Concept(id), .. }] => Some(id),
                _ => None,
            },
            _ => None,
        }
    }

    pub(super) fn n_alternatives(&self) -> usize {
        self.words.len() + self.rows.len()
    }

    /// Whether a word can mean it: it has a name or stands in a row. The alternatives of a group need not mean the same.
    pub(super) fn has_meaning(&self) -> bool {
        self.is_term
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<(Pattern, Concepts), String> {
        let mut lexicon = Lexicon::default();
        let vocabulary = BTreeMap::from([("warm".to_owned(), vec!["warm".to_owned(), "second call".to_owned()])]);
        let (mut concepts, slips) = Concepts::read(&vocabulary, &mut lexicon);
        assert_eq!(slips, []);
        concepts.pattern(text, &mut lexicon).map(|pattern| (pattern, concepts))
    }

    #[test]
    fn a_pattern_is_groups_of_alternatives() {
        let (pattern, concepts) = read("@warm | one time & init* > \"run once\" & !never _ again").unwrap();
        let any = |group: usize| &concepts.all[pattern.groups[group].any as usize];
        let shape: Vec<(usize, usize, bool, bool)> = (0..)
            .zip(&pattern.groups)
            .map(|(at, it)| (any(at).words.len(), any(at).rows.len(), it.absent, it.after))
            .collect();
        assert_eq!(shape, [(0, 2, false, false), (1, 0, false, false), (0, 1, false, true), (0, 1, true, false)]);
        let gaps = |group: usize, row: usize| any(group).rows[row].steps.iter().map(|it| it.gap).collect::<Vec<_>>();
        assert_eq!((gaps(0, 1), gaps(2, 0), gaps(3, 0)), (vec![0, 2], vec![0, 0], vec![0, 6]));
    }

    #[test]
    fn what_is_written_twice_is_read_once() {
        let (pattern, concepts) = read("(a | b) c & (a | b) c | d & a | b & @warm").unwrap();
        assert_eq!(pattern.groups[2].any, 1, "the bracket");
        assert_eq!(pattern.groups[3].any, 0, "the name");
        assert_eq!(concepts.all.len(), 4);
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
        assert!(concepts.all.iter().any(|it| it.rows.is_empty()));
    }
}
