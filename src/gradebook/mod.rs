//! The gradebook: submissions in, grades out, and in between every mark with its reasons.
//!
//! In: what a platform or a folder gives (`import`), and what people decide ([`Event`]). Out: files that platforms take
//! (`export`). A class is a fold over its journal ([`Class`]): nothing is stored that could disagree with it, and each
//! mark is explained by the entries it came from.
//!
//! What students wrote (answers, names, file names) passes `text` on its way in, and has no control characters after
//! that. File names are read as data and never opened as paths.
//!
//! Absent: the screen, the clock, and what an answer is worth, which is `grade`'s.

mod class;
mod event;
pub mod export;
pub mod import;
pub mod queue;
mod record;
pub mod regrade;
pub mod review;
pub mod run;
pub mod similar;
pub mod stats;
mod table;
pub mod teach;
mod text;
mod worksheet;

pub use class::{Class, GradebookError, Student};
pub use event::{Change, Event, Grading, LatePolicy, Mark, StudentId, Submission};
pub use record::{Record, Standing};
