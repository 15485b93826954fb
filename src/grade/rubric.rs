//! A rubric, made ready to judge answers.
//!
//! Reading an author's items happens once, in [`Rubric::new`]; [`Rubric::grade`] then judges any number of answers.

use std::collections::BTreeMap;

use rayon::prelude::*;
use serde::Deserialize;

use super::alignment::Model;
use super::anchors::Anchors;
use super::attack::Attack;
use super::fold::fold;
use super::guards::PromptWords;
use super::judge;
use super::lexicon::Lexicon;
use super::pattern::{Concepts, Pattern};
use super::precedent::{Experience, Precedent};
use super::search::Rule;
use super::verdict::Verdict;

/// What an author says about one point that a good answer makes.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct ItemSpec {
    pub id: String,
    pub points: f64,
    /// What it says, in one sentence.
    pub label: String,
    /// A bonus: the maximum does not count it.
    #[serde(default)]
    pub optional: bool,
    /// Model sentences, each of which makes the point.
    #[serde(default)]
    pub say: Vec<String>,
    /// Patterns, any of which makes the point.
    #[serde(default)]
    pub need: Vec<String>,
    /// Chains of groups joined by `>`, any of which makes the point when its groups are said one after the other,
    /// through as many sentences as it takes: who starts whom, what comes first.
    #[serde(default)]
    pub order: Vec<String>,
    /// Patterns, any of which makes half of it.
    #[serde(default)]
    pub partly: Vec<String>,
    /// Contradictions that take the point away.
    #[serde(default)]
    pub deny: Vec<DenySpec>,
    #[serde(default)]
    pub hint: Option<String>,
}

impl ItemSpec {
    fn words_of(&self, rule: Rule) -> Option<&str> {
        match rule {
            Rule::Need(n) => self.need.get(n).map(String::as_str),
            Rule::Order(n) => self.order.get(n).map(String::as_str),
            Rule::Partly(n) => self.partly.get(n).map(String::as_str),
            Rule::Say(n) => self.say.get(n).map(String::as_str),
            Rule::Deny(n) => self.deny.get(n).map(|deny| deny.pattern.as_str()),
        }
    }
}

/// A contradiction: the pattern that finds it, the misconception's name, and what to say about it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct DenySpec {
    pub pattern: String,
    pub name: String,
    pub feedback: String,
}

/// Words that mean the same, by the name under which patterns call them (`@name`).
pub type Vocabulary = BTreeMap<String, Vec<String>>;

/// A slip in a rubric: where, the words that show where, and what is wrong.
#[derive(Clone, Debug, PartialEq)]
pub struct Slip {
    pub place: Place,
    pub quote: Option<String>,
    pub message: String,
}

/// Where a slip is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Everywhere,
    /// The author's item of this index.
    Item(usize),
    /// A line of the graded answers, counted from 1.
    GradedLine(u32),
}

/// Items, ready to judge any number of answers.
#[derive(Clone, Debug)]
pub struct Rubric {
    pub(super) items: Vec<Item>,
    pub(super) lexicon: Lexicon,
    pub(super) concepts: Concepts,
    pub(super) anchors: Anchors,
    pub(super) prompt: PromptWords,
    /// What the prompt and the labels speak of.
    pub(super) subject: PromptWords,
    /// What answers that a teacher graded teach, if there are enough of them.
    pub(super) experience: Option<Experience>,
}

/// An item with its patterns read.
#[derive(Clone, Debug)]
pub(super) struct Item {
    pub(super) spec: ItemSpec,
    /// Each pattern with its index in the author's list.
    pub(super) need: Vec<(Pattern, usize)>,
    pub(super) order: Vec<(Pattern, usize)>,
    pub(super) partly: Vec<(Pattern, usize)>,
    pub(super) deny: Vec<(Pattern, usize)>,
    pub(super) models: Vec<Model>,
}

impl Rubric {
    /// Prepares `items`. Whatever they hold there is a rubric; what cannot be used is said and left out.
    pub fn new(items: &[ItemSpec], prompt: &str, vocabulary: &Vocabulary) -> (Self, Vec<Slip>) {
        let mut lexicon = Lexicon::default();
        let mut slips = Vec::new();
        let (mut concepts, wrong) = Concepts::read(vocabulary, &mut lexicon);
        slips.extend(wrong.into_iter().map(|(name, words, message)| Slip {
            place: Place::Everywhere,
            quote: Some(words),
            message: format!("vocabulary `{name}`: {message}"),
        }));
        if items.is_empty() {
            let message = "there is no `[[item]]`: say what a good answer holds".to_owned();
            slips.push(Slip { place: Place::Everywhere, quote: None, message });
        }
        let labels: Vec<&str> = items.iter().map(|item| item.label.as_str()).collect();
        let subject = PromptWords::new(&fold(&format!("{prompt}\n{}", labels.join("\n"))));
        let prompt = PromptWords::new(&fold(prompt));
        let mut ready: Vec<Item> = Vec::new();
        for (index, spec) in items.iter().enumerate() {
            let mut slip = |quote: Option<&str>, message: String| {
                slips.push(Slip { place: Place::Item(index), quote: quote.map(str::to_owned), message });
            };
            if let Some((quote, message)) = fault(items, index) {
                slip(quote, message);
                continue;
            }
            if spec.say.is_empty() && spec.need.is_empty() && spec.order.is_empty() {
                slip(None, "nothing can earn it: give it `say` sentences or `need` patterns".to_owned());
            }
            let mut read = |texts: &mut dyn Iterator<Item = &String>| -> Vec<(Pattern, usize)> {
                let mut patterns = Vec::new();
                for (n, text) in texts.enumerate() {
                    match concepts.pattern(text, &mut lexicon) {
                        Ok(pattern) => patterns.push((pattern, n)),
                        Err(message) => slip(Some(text), message),
                    }
                }
                patterns
            };
            let need = read(&mut spec.need.iter());
            let mut order = read(&mut spec.order.iter());
            let partly = read(&mut spec.partly.iter());
            let deny = read(&mut spec.deny.iter().map(|deny| &deny.pattern));
            order.retain(|(pattern, n)| {
                let is_chain = pattern.is_chain();
                if !is_chain {
                    slip(
                        Some(&spec.order[*n]),
                        "an `order` is a chain of groups, each joined to the next by `>`".to_owned(),
                    );
                }
                is_chain
            });
            ready.push(Item { spec: spec.clone(), need, order, partly, deny, models: Vec::new() });
        }
        let anchors = Anchors::new(&concepts, lexicon.len());
        let mut rubric = Self { items: ready, lexicon, concepts, anchors, prompt, subject, experience: None };
        rubric.align();
        (rubric, slips)
    }

    /// Reads the model sentences, once all words are known.
    fn align(&mut self) {
        let models: Vec<Vec<Model>> = self
            .items
            .iter()
            .map(|item| {
                item.spec
                    .say
                    .iter()
                    .map(|say| Model::new(say, &mut self.lexicon, &self.anchors, &self.prompt))
                    .collect()
            })
            .collect();
        for (item, models) in self.items.iter_mut().zip(models) {
            item.models = models;
        }
    }

    /// The same rubric with a second opinion from answers that a teacher graded. Model sentences are such answers too, and
    /// teach nothing when they are turned round.
    #[must_use]
    pub fn with_experience<'a>(mut self, precedents: impl IntoIterator<Item = &'a Precedent>) -> Self {
        let mut models = Vec::new();
        for (item, say) in self.items().flat_map(|item| item.say.iter().map(move |say| (item, say))) {
            models.push(Precedent { answer: say.clone(), marks: vec![item.id.clone()] });
            let spoilt = [Attack::Negated, Attack::Swapped].into_iter().filter_map(|attack| attack.spoil(say));
            models.extend(spoilt.map(|answer| Precedent { answer, marks: Vec::new() }));
        }
        let ids: Vec<&str> = self.items().map(|item| item.id.as_str()).collect();
        let taught: Vec<&Precedent> = precedents.into_iter().collect();
        self.experience = Experience::learn(&[taught, models.iter().collect()].concat(), &ids);
        self
    }

    pub fn items(&self) -> impl Iterator<Item = &ItemSpec> {
        self.items.iter().map(|item| &item.spec)
    }

    /// What all items that are not optional are worth.
    pub fn max_points(&self) -> f64 {
        max_points(self.items())
    }

    /// The author's words of the rule that decided each item, for a proof or a table of rules.
    pub fn deciding_rules(&self, answer: &str) -> Vec<Option<&str>> {
        let rules = judge::deciding_rules(self, answer);
        self.items().zip(rules).map(|(spec, rule)| spec.words_of(rule?)).collect()
    }

    /// Judges many answers, in their order, on all processors. Each verdict is the one that [`Self::grade`] gives.
    pub fn grade_all<S: AsRef<str> + Sync>(&self, answers: &[S]) -> Vec<Verdict> {
        answers.par_iter().map(|answer| self.grade(answer.as_ref())).collect()
    }

    /// Judges one answer.
    pub fn grade(&self, answer: &str) -> Verdict {
        judge::judge(self, answer)
    }
}

/// Why `items[index]` cannot be used, with the word that shows where.
pub(super) fn fault(items: &[ItemSpec], index: usize) -> Option<(Option<&'static str>, String)> {
    let spec = &items[index];
    if items[..index].iter().any(|before| before.id == spec.id) {
        return Some((None, "another item has this id; this one is left out: give it an id of its own".to_owned()));
    }
    if !(spec.points.is_finite() && spec.points > 0.0) {
        let message = format!("`points = {}` must be more than nothing; the item is left out", spec.points);
        return Some((Some("points"), message));
    }
    None
}

pub(super) fn max_points<'a>(items: impl Iterator<Item = &'a ItemSpec>) -> f64 {
    rounded(items.filter(|item| !item.optional).map(|item| item.points).sum())
}

/// Points without the last digits of their sum, so that 0.3 + 0.3 + 0.3 + 0.1 is 1.
pub(super) fn rounded(points: f64) -> f64 {
    (points * 1e6).round() / 1e6
}
