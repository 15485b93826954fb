//! The steps of help that an exercise has, from a nudge to a similar case worked out. The solution is none of them: it
//! has a price of its own.

use super::Exercise;
use crate::grade::{Status, Verdict};

/// What a file names, and the line of the file that names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pointer<T> {
    pub to: T,
    pub line: u32,
}

/// A nudge as the author wrote it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hint {
    /// Markdown.
    pub text: String,
    /// The items that it leads to, by their ids; none if it is about the whole.
    pub items: Vec<String>,
}

impl Hint {
    /// Whether it leads to something that `verdict` has as not made.
    fn is_wanted(&self, verdict: Option<&Verdict>) -> bool {
        let Some(verdict) = verdict else { return true };
        let is_open = |id: &String| verdict.items.iter().any(|item| item.id == *id && item.status != Status::Made);
        self.items.is_empty() || self.items.iter().any(is_open)
    }
}

/// One step of help, in the order in which they are had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Help<'a> {
    /// Markdown that sets the mind going, and says nothing of the answer.
    Nudge(&'a str),
    /// The place of the course that the question is about: a link, as on a page.
    Passage(&'a str),
    /// Another case with its solution, in Markdown.
    Similar(&'a str),
}

/// What a step costs, as it is said before it is taken.
pub const HELP_PRICE: &str = "It costs no points; the question comes back sooner.";

/// What the solution costs an honest attempt, and what it costs without one.
pub const SOLUTION_PRICE: &str =
    "Later answers to this form earn nothing; it is asked in another form, or another day.";
pub const GIVING_UP_PRICE: &str = "Without a try of your own this counts as giving up, and later tries earn no points.";

impl Help<'_> {
    pub fn name(self) -> &'static str {
        match self {
            Self::Nudge(_) => "a nudge",
            Self::Passage(_) => "the passage it is about",
            Self::Similar(_) => "a similar case, worked out",
        }
    }
}

impl Exercise {
    /// The steps of help, the least telling first.
    pub fn help(&self) -> Vec<Help<'_>> {
        let nudges = self.hints.iter().map(|hint| Help::Nudge(&hint.text));
        let passage = self.about.iter().map(|about| Help::Passage(&about.to));
        let similar = (!self.similar.trim().is_empty()).then_some(Help::Similar(&self.similar));
        nudges.chain(passage).chain(similar).collect()
    }

    /// The steps of help, by their places in [`Self::help`], in the order in which they are had: those `taken`, then the
    /// rest, at last the nudges to points that are made already.
    pub fn help_order(&self, taken: &[usize], verdict: Option<&Verdict>) -> Vec<usize> {
        let n = self.help().len();
        let is_wanted = |at: &usize| self.hints.get(*at).is_none_or(|hint| hint.is_wanted(verdict));
        let mut order: Vec<usize> = taken.iter().copied().filter(|at| *at < n).collect();
        let (wanted, rest): (Vec<usize>, Vec<usize>) = (0..n).filter(|at| !taken.contains(at)).partition(is_wanted);
        order.extend(wanted.into_iter().chain(rest));
        order
    }
}
