//! The terms of a course (one TOML file) to a [`Glossary`]: what each means, how it is spelt, and where a text uses it.
//!
//! Pure. Which page teaches a term is a link, written as on a page. Absent: how terms are shown, and whether the links lead
//! somewhere (that is `check`'s).

use std::ops::Range;

use serde::Deserialize;

use super::plainly::plainly;
use super::{Problem, line_at};
use crate::markdown::{ContainerKind, Document};

/// Where a course keeps its terms.
pub const FILE: &str = "lessons/glossary.toml";
/// Shorter words are a letter away from too many others to be told misspelt.
const SHORTEST_JUDGED: usize = 8;

/// All terms of a course, in the order of the alphabet.
#[derive(Clone, Debug, Default)]
pub struct Glossary {
    pub terms: Vec<Term>,
    forms: Forms,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    pub name: String,
    /// Other spellings and forms that are right: `FaaS`, `throttled`.
    pub also: Vec<String>,
    /// What it means, in a sentence or two.
    pub says: String,
    /// The page that teaches it, as a link: `04-cold-start.md#what-helps`.
    pub page: String,
    /// The line of the glossary's file on which it says so.
    pub page_line: u32,
}

impl Term {
    /// The name that links use: letters and digits, joined by hyphens.
    pub fn anchor(&self) -> String {
        words(&self.name).map(|bytes| self.name[bytes].to_lowercase()).collect::<Vec<_>>().join("-")
    }

    /// The name, with the other forms in brackets.
    pub fn title(&self) -> String {
        if self.also.is_empty() { self.name.clone() } else { format!("{} ({})", self.name, self.also.join(", ")) }
    }
}

/// A term that a text spells as the course does not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misspelling {
    pub bytes: Range<usize>,
    pub right: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    format: toml::Spanned<i64>,
    #[serde(default)]
    term: Vec<toml::Spanned<Entry>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    name: String,
    #[serde(default)]
    also: Vec<String>,
    /// Spellings that are wrong here, beside those that follow from the name.
    #[serde(default)]
    not: Vec<String>,
    says: String,
    page: toml::Spanned<String>,
}

impl Glossary {
    /// Reads the file. What cannot be read leaves a glossary without it.
    pub fn parse(text: &str) -> (Self, Vec<Problem>) {
        let file: File = match toml::from_str(text) {
            Ok(file) => file,
            Err(error) => {
                let line = error.span().map_or(1, |span| line_at(text, span.start));
                return (Self::default(), vec![Problem::new(FILE, line, plainly(text, &error))]);
            }
        };
        let mut problems = Vec::new();
        if *file.format.get_ref() != 1 {
            let message = format!("`format = {}` is not known; this program reads `format = 1`", file.format.get_ref());
            problems.push(Problem::new(FILE, line_at(text, file.format.span().start), message));
        }
        let mut read: Vec<(Term, Vec<String>)> = Vec::new();
        for entry in file.term {
            let source_line = line_at(text, entry.span().start);
            let Entry { name, also, not, says, page } = entry.into_inner();
            if words(&name).next().is_none() || says.trim().is_empty() {
                problems.push(Problem::new(FILE, source_line, "a term needs a `name` and what it `says`"));
                continue;
            }
            if read.iter().any(|(term, _)| term.name.eq_ignore_ascii_case(&name)) {
                problems.push(Problem::new(FILE, source_line, format!("`{name}` stands here twice: keep one")));
                continue;
            }
            let page_line = line_at(text, page.span().start);
            let (says, page) = (says.trim().to_owned(), page.into_inner());
            read.push((Term { name, also, says, page, page_line }, not));
        }
        read.sort_by_cached_key(|(term, _)| term.name.to_lowercase());
        let mut glossary = Self::default();
        for (index, (term, not)) in read.into_iter().enumerate() {
            glossary.forms.add(&term, &not, index);
            glossary.terms.push(term);
        }
        glossary.forms.finish();
        (glossary, problems)
    }

    /// Where `text` uses terms, from left to right: the bytes, and the index of the term. The longest wins: in
    /// “provisioned concurrency” there is no “concurrency”.
    pub fn uses(&self, text: &str) -> Vec<(Range<usize>, usize)> {
        self.forms.find(text, |form| form.is_right)
    }

    /// Gives the first use of each term in the sentences of a page the role of a term. What is quoted, and the fine print
    /// of footnotes, stays as it is.
    pub fn mark(&self, document: &mut Document) {
        if self.terms.is_empty() {
            return;
        }
        document.mark_terms(
            |kind| matches!(kind, ContainerKind::Quote | ContainerKind::Footnote { .. }),
            |text| self.uses(text),
        );
    }

    /// Where `text` spells a term as the course does not: run together, hyphenated, a letter wrong.
    pub fn misspellings(&self, text: &str) -> Vec<Misspelling> {
        let right = |index: usize| self.terms[index].name.clone();
        let wrong = self.forms.find(text, |form| !form.is_right);
        let mut found: Vec<Misspelling> =
            wrong.into_iter().map(|(bytes, term)| Misspelling { bytes, right: right(term) }).collect();
        for bytes in words(text) {
            let is_told = found.iter().any(|it| it.bytes.start < bytes.end && bytes.start < it.bytes.end);
            if let Some(right) = self.forms.nearly(&text[bytes.clone()]).filter(|_| !is_told) {
                found.push(Misspelling { bytes, right: right.to_owned() });
            }
        }
        found.sort_by_key(|it| it.bytes.start);
        found
    }
}

/// Every way to write every term.
#[derive(Clone, Debug, Default)]
struct Forms {
    /// The longest first.
    all: Vec<Form>,
    /// By the first letter of the first word, in `all`: what a word of a text is compared with.
    by_letter: Vec<(char, Vec<usize>)>,
    /// The long words of the names, lower case.
    long_words: Vec<String>,
    /// Every word of every right form, lower case and sorted.
    right_words: Vec<String>,
}

#[derive(Clone, Debug)]
struct Form {
    /// Lower case.
    words: Vec<String>,
    /// What stands between the words; anything does in a right form.
    joint: Option<char>,
    is_right: bool,
    term: usize,
}

impl Forms {
    fn add(&mut self, term: &Term, not: &[String], index: usize) {
        let lower = |text: &str| words(text).map(|bytes| text[bytes].to_lowercase()).collect::<Vec<_>>();
        let right: Vec<&str> = std::iter::once(&term.name).chain(&term.also).map(String::as_str).collect();
        for text in &right {
            self.all.push(Form { words: lower(text), joint: None, is_right: true, term: index });
            self.right_words.extend(lower(text));
        }
        self.long_words.extend(lower(&term.name).into_iter().filter(|word| word.chars().count() >= SHORTEST_JUDGED));
        // A name of two words can be run together, or joined by what does not stand between them.
        let name = lower(&term.name);
        let mut wrong: Vec<String> = not.to_vec();
        if name.len() > 1 {
            wrong.extend([name.concat(), name.join("-"), name.join(" ")]);
        }
        let is_accepted = |text: &String| right.iter().any(|it| it.eq_ignore_ascii_case(text));
        for text in wrong.iter().filter(|text| !is_accepted(text)) {
            let joint = if text.contains('-') { Some('-') } else { Some(' ') };
            self.all.push(Form { words: lower(text), joint, is_right: false, term: index });
        }
    }

    fn finish(&mut self) {
        self.all.retain(|form| !form.words.is_empty());
        self.all.sort_by_key(|form| std::cmp::Reverse(form.words.len()));
        for (index, form) in self.all.iter().enumerate() {
            let Some(letter) = form.words[0].chars().next() else { continue };
            match self.by_letter.iter_mut().find(|(it, _)| *it == letter) {
                Some((_, forms)) => forms.push(index),
                None => self.by_letter.push((letter, vec![index])),
            }
        }
        self.right_words.sort();
    }

    fn find(&self, text: &str, wanted: impl Fn(&Form) -> bool) -> Vec<(Range<usize>, usize)> {
        let words: Vec<Range<usize>> = words(text).collect();
        let mut found = Vec::new();
        let mut at = 0;
        while let Some(word) = words.get(at) {
            let letter = text[word.clone()].chars().next().and_then(|c| c.to_lowercase().next());
            let forms = self.by_letter.iter().find(|(it, _)| Some(*it) == letter).map(|(_, forms)| forms);
            let fits = |index: &&usize| wanted(&self.all[**index]) && self.all[**index].fits(text, &words[at..]);
            match forms.and_then(|forms| forms.iter().find(fits)) {
                Some(index) => {
                    let form = &self.all[*index];
                    found.push((word.start..words[at + form.words.len() - 1].end, form.term));
                    at += form.words.len();
                }
                None => at += 1,
            }
        }
        found
    }

    /// The long word of a name that `word` is one letter away from, unless it is another form of it: those differ at their
    /// end.
    fn nearly(&self, word: &str) -> Option<&str> {
        let word = word.to_lowercase();
        let n = word.chars().count();
        if n + 1 < SHORTEST_JUDGED || self.right_words.binary_search(&word).is_ok() {
            return None;
        }
        let ending = |text: &str| text.chars().rev().take(2).collect::<String>();
        let near = |right: &&String| {
            right.chars().next() == word.chars().next()
                && ending(right) == ending(&word)
                && strsim::damerau_levenshtein(right, &word) == 1
        };
        self.long_words.iter().find(near).map(String::as_str)
    }
}

impl Form {
    /// Whether `words` of `text` begin with this form. The last word may be in the plural.
    fn fits(&self, text: &str, words: &[Range<usize>]) -> bool {
        let last = self.words.len() - 1;
        words.len() > last
            && self.words.iter().enumerate().all(|(index, form)| {
                let word = &text[words[index].clone()];
                same(word, form) || index == last && ["s", "es"].iter().any(|end| is_plural(word, form, end))
            })
            && words[..=last].windows(2).all(|pair| self.joins(&text[pair[0].end..pair[1].start]))
    }

    fn joins(&self, between: &str) -> bool {
        let is_blank = !between.is_empty() && between.chars().all(char::is_whitespace);
        match self.joint {
            None => is_blank || between == "-",
            Some(' ') => is_blank,
            Some(joint) => between.chars().eq([joint]),
        }
    }
}

/// Whether `word` is `form`, which is lower case.
fn same(word: &str, form: &str) -> bool {
    word.eq_ignore_ascii_case(form) || !word.is_ascii() && word.to_lowercase() == form
}

fn is_plural(word: &str, form: &str, end: &str) -> bool {
    word.len() == form.len() + end.len() && word.strip_suffix(end).is_some_and(|singular| same(singular, form))
}

/// The runs of letters and digits in `text`, as bytes.
fn words(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut from = 0;
    std::iter::from_fn(move || {
        let start = from + text[from..].find(char::is_alphanumeric)?;
        let rest = &text[start..];
        let end = start + rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len());
        from = end;
        Some(start..end)
    })
}

#[cfg(test)]
mod tests {
    use super::Glossary;

    const FILE: &str = r#"
format = 1
[[term]]
name = "cold start"
says = "The wait for a new environment."
page = "04-cold-start.md"
[[term]]
name = "keep-alive"
says = "How long an idle environment is kept."
page = "04-cold-start.md"
[[term]]
name = "provisioned concurrency"
says = "Environments that are kept ready."
page = "05-advantages-and-limits.md"
[[term]]
name = "concurrency"
also = ["concurrent"]
not = ["parallelity"]
says = "Executions at the same time."
page = "05-advantages-and-limits.md"
"#;

    fn glossary() -> Glossary {
        let (glossary, problems) = Glossary::parse(FILE);
        assert_eq!(problems, []);
        glossary
    }

    #[test]
    fn a_text_uses_the_longest_terms_in_any_form() {
        for (text, used) in [
            ("Cold starts hurt", vec![("Cold starts", "cold start")]),
            ("a cold\nstart, keep-alive", vec![("cold\nstart", "cold start"), ("keep-alive", "keep-alive")]),
            ("provisioned concurrency", vec![("provisioned concurrency", "provisioned concurrency")]),
            ("concurrent, concurrency", vec![("concurrent", "concurrency"), ("concurrency", "concurrency")]),
            ("a cold, late start; coldness starts", vec![]),
        ] {
            let glossary = glossary();
            let found: Vec<(&str, &str)> =
                glossary.uses(text).into_iter().map(|(at, term)| (&text[at], &*glossary.terms[term].name)).collect();
            assert_eq!(found, used, "{text}");
        }
    }

    #[test]
    fn a_wrong_spelling_is_told_and_another_form_is_none() {
        for (text, wrong) in [
            ("a coldstart and Cold-Starts", vec![("coldstart", "cold start"), ("Cold-Starts", "cold start")]),
            ("the keep alive, the keepalive", vec![("keep alive", "keep-alive"), ("keepalive", "keep-alive")]),
            ("more concurency", vec![("concurency", "concurrency")]),
            ("the parallelity", vec![("parallelity", "concurrency")]),
            ("cold starts, kept alive, concurrent, concurrencies, provisioner", vec![]),
        ] {
            let found = glossary().misspellings(text);
            let found: Vec<(&str, &str)> = found.iter().map(|it| (&text[it.bytes.clone()], &*it.right)).collect();
            assert_eq!(found, wrong, "{text}");
        }
    }

    #[test]
    fn a_slip_is_told_with_its_line_and_the_rest_is_read() {
        let text = format!(
            "{FILE}[[term]]\nname = \"Cold start\"\nsays = \"x\"\npage = \"a.md\"\n[[term]]\nname = \"\"\nsays = \"\"\npage = \"\"\n"
        );
        let (glossary, problems) = Glossary::parse(&text);
        assert_eq!(glossary.terms.len(), 4);
        let said: Vec<String> = problems.iter().map(ToString::to_string).collect();
        assert!(said[0].starts_with("lessons/glossary.toml:21: `Cold start` stands here twice"), "{said:?}");
        assert!(said[1].starts_with("lessons/glossary.toml:25: a term needs"), "{said:?}");
        let (none, problems) = Glossary::parse("format = 1\n[[term]]\nnmae = \"x\"\n");
        assert!(none.terms.is_empty() && problems[0].line == 3, "{problems:?}");
    }
}
