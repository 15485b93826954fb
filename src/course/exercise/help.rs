//! The steps of help that an exercise has, from a nudge to a similar case worked out. The solution is none of them: it
//! has a price of its own.

use super::Exercise;

/// What a file names, and the line of the file that names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pointer<T> {
    pub to: T,
    pub line: u32,
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
        let nudges = self.hints.iter().map(|hint| Help::Nudge(hint));
        let passage = self.about.iter().map(|about| Help::Passage(&about.to));
        let similar = (!self.similar.trim().is_empty()).then_some(Help::Similar(&self.similar));
        nudges.chain(passage).chain(similar).collect()
    }
}
