//! A course to a web site that needs no network: pages of HTML as text.
//!
//! ```text
//!   index, page   the map of the course, and a page with its heading and navigation
//!     prose         a document, block by block; what responds comes from
//!     diagram         a picture, wide and narrow
//!     exercise        a question, its hints and solution folded
//!     simulation      the figures of a run; plot draws its requests
//!   glossary      the terms of the course
//!   sheet         a page while it is written; frame: what is around the content of each
//!   address       where pages stand and what links lead to
//!   markup        HTML that is well-formed and escaped by construction
//! ```
//!
//! Pure: whoever asks writes the files. Absent: scripts, and anything loaded from elsewhere. What an author wrote
//! reaches a page as text only, however hostile; drawings are pictures of their own, in which nothing runs.

mod address;
mod diagram;
mod exercise;
mod figures;
mod frame;
mod glossary;
mod index;
mod markup;
mod page;
mod plot;
mod prose;
mod sheet;
mod simulation;

use crate::course::Course;
pub(crate) use markup::Markup;

/// A file of the site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Path inside the site, such as `serverless/04-cold-start.html`.
    pub path: String,
    pub text: String,
}

/// The file to begin with.
pub const INDEX: &str = "index.html";

/// What every page says it was made by.
const GENERATOR: &str = "coldstart";

/// Whether `text`, an [`INDEX`] that was found somewhere, is one of these.
pub fn is_ours(text: &str) -> bool {
    text.contains(&format!("<meta name=\"generator\" content=\"{GENERATOR}\">"))
}

/// The site: the map of the course first, then its pages in reading order, each made when it is asked for, and its words.
pub fn site(course: &Course) -> impl Iterator<Item = File> {
    let index = std::iter::once_with(|| File { path: INDEX.to_owned(), text: index::index(course) });
    let names = address::Names::of(course);
    let pages =
        course.pages().map(move |page| File { path: address::of(page), text: page::page(course, &names, page) });
    let words = glossary::glossary(course).map(|text| File { path: glossary::PATH.to_owned(), text });
    index.chain(pages).chain(words)
}
