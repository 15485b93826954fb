//! A rubric that is prepared when the first answer comes.
//!
//! To read an author's patterns takes thousands of times as long as to show the exercise, and most exercises of a
//! course are not answered on the day it is opened. What is shown of a rubric, its items and points, is here at once.

use std::ops::Deref;
use std::sync::{Arc, OnceLock};

use super::rubric::{ItemSpec, Rubric, Slip, Vocabulary, fault, max_points};

/// Items as their author wrote them, and the [`Rubric`] they become on first use.
#[derive(Clone, Debug)]
pub struct LazyRubric {
    items: Vec<ItemSpec>,
    prompt: String,
    /// The course's words, and those of this exercise, which go before them.
    shared: Arc<Vocabulary>,
    own: Vocabulary,
    ready: OnceLock<(Rubric, Vec<Slip>)>,
}

impl LazyRubric {
    pub fn new(items: Vec<ItemSpec>, prompt: &str, shared: Arc<Vocabulary>, own: Vocabulary) -> Self {
        Self { items, prompt: prompt.to_owned(), shared, own, ready: OnceLock::new() }
    }

    /// Those that can be used, as in [`Rubric::items`].
    pub fn items(&self) -> impl Iterator<Item = &ItemSpec> {
        let usable = (0..self.items.len()).filter(|index| fault(&self.items, *index).is_none());
        usable.map(|index| &self.items[index])
    }

    pub fn max_points(&self) -> f64 {
        max_points(self.items())
    }

    /// What is wrong with the items. Prepares the rubric.
    pub fn slips(&self) -> &[Slip] {
        &self.prepared().1
    }

    fn prepared(&self) -> &(Rubric, Vec<Slip>) {
        self.ready.get_or_init(|| {
            let mut vocabulary = Vocabulary::clone(&self.shared);
            vocabulary.extend(self.own.clone());
            Rubric::new(&self.items, &self.prompt, &vocabulary)
        })
    }
}

impl Deref for LazyRubric {
    type Target = Rubric;

    fn deref(&self) -> &Rubric {
        &self.prepared().0
    }
}
