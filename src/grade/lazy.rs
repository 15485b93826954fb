//! A rubric that is prepared when the first answer comes.
//!
//! To read an author's patterns takes thousands of times as long as to show the exercise, and most exercises of a
//! course are not answered on the day it is opened. What is shown of a rubric, its items and points, is here at once.

use std::ops::Deref;
use std::sync::{Arc, OnceLock};

use super::precedent::Precedent;
use super::rubric::{ItemSpec, Place, Rubric, Slip, Vocabulary, fault, max_points};

/// Items as their author wrote them, and the [`Rubric`] they become on first use.
#[derive(Clone, Debug)]
pub struct LazyRubric {
    items: Vec<ItemSpec>,
    prompt: String,
    /// The course's words, and those of this exercise, which go before them.
    shared: Arc<Vocabulary>,
    own: Vocabulary,
    samples: Vec<Precedent>,
    /// More graded answers, a line each, see [`Precedent::read_line`].
    graded: String,
    ready: OnceLock<Ready>,
}

#[derive(Clone, Debug)]
struct Ready {
    rubric: Rubric,
    slips: Vec<Slip>,
    graded: Vec<Precedent>,
}

impl LazyRubric {
    pub fn new(items: Vec<ItemSpec>, prompt: &str, shared: Arc<Vocabulary>, own: Vocabulary) -> Self {
        let (samples, graded) = (Vec::new(), String::new());
        Self { items, prompt: prompt.to_owned(), shared, own, samples, graded, ready: OnceLock::new() }
    }

    /// Gives it the author's own samples to learn from.
    pub fn learn_samples(&mut self, samples: Vec<Precedent>) {
        self.samples = samples;
        self.ready = OnceLock::new();
    }

    /// Gives it more graded answers to learn from, a line each.
    pub fn learn_lines(&mut self, lines: &str) {
        lines.clone_into(&mut self.graded);
        self.ready = OnceLock::new();
    }

    /// Those that can be used, as in [`Rubric::items`].
    pub fn items(&self) -> impl Iterator<Item = &ItemSpec> {
        let usable = (0..self.items.len()).filter(|index| fault(&self.items, *index).is_none());
        usable.map(|index| &self.items[index])
    }

    pub fn max_points(&self) -> f64 {
        max_points(self.items())
    }

    /// What is wrong with the items and the graded answers. Prepares the rubric.
    pub fn slips(&self) -> &[Slip] {
        &self.prepared().slips
    }

    /// The rubric as it would be had nobody graded `answers`: what it says of them is no echo.
    pub fn without(&self, answers: &[&str]) -> Rubric {
        let ready = self.prepared();
        let precedents = self.samples.iter().chain(&ready.graded);
        let others = precedents.filter(|it| !answers.contains(&it.answer.as_str()));
        ready.rubric.clone().with_experience(others)
    }

    fn prepared(&self) -> &Ready {
        self.ready.get_or_init(|| {
            let mut vocabulary = Vocabulary::clone(&self.shared);
            vocabulary.extend(self.own.clone());
            let (rubric, mut slips) = Rubric::new(&self.items, &self.prompt, &vocabulary);
            let mut graded = Vec::new();
            let ids: Vec<&str> = self.items().map(|item| item.id.as_str()).collect();
            for (line, text) in (1..).zip(self.graded.lines()).filter(|(_, text)| !text.trim().is_empty()) {
                match Precedent::read_line(text, &ids) {
                    Ok(precedent) => graded.push(precedent),
                    Err(message) => slips.push(Slip { place: Place::GradedLine(line), quote: None, message }),
                }
            }
            Ready { rubric: rubric.with_experience(self.samples.iter().chain(&graded)), slips, graded }
        })
    }
}

impl Deref for LazyRubric {
    type Target = Rubric;

    fn deref(&self) -> &Rubric {
        &self.prepared().rubric
    }
}
