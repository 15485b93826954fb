//! Rubric and answer to a verdict with the evidence for every point.
//!
//! In: what an author says a good answer holds ([`ItemSpec`], [`Vocabulary`]) and an answer as it was typed. Out: a
//! [`Verdict`]. Free text is judged by a [`Rubric`]; choices, orders and numbers by [`exact`] and [`number`].
//!
//! Free text goes through these rooms: `fold` (plain words in sentences, each with its bytes) → `guards` (what is no
//! statement at all) → `lexicon` (which of the rubric's words each word is) → `anchors` (which `pattern`s they bring
//! up) → `matching` of those under `polarity` → `alignment` with model sentences → `search` (which words make which
//! item) → `judge` (the verdict), who hears `precedent` (what graded answers teach) as well.
//!
//! Pure and deterministic, and safe on any text of any length. Absent: files, the course, the learner, the screen.

mod alignment;
mod anchors;
pub mod attack;
pub mod exact;
mod fold;
mod guards;
mod hashing;
mod judge;
mod lazy;
mod lexicon;
mod matching;
pub mod number;
mod pattern;
mod place;
mod polarity;
mod precedent;
pub mod reference;
mod rubric;
mod search;
mod verdict;
mod word_order;
mod words;

pub use attack::Attack;
pub use lazy::LazyRubric;
pub use number::NumberTask;
pub use precedent::Precedent;
pub use rubric::{DenySpec, ItemSpec, Place, Rubric, Slip, Vocabulary};
pub use verdict::{Evidence, ItemVerdict, Status, Verdict};
pub use word_order::WordOrder;
