//! A name to the files of a lesson or an exercise, commented for somebody who writes their first.
//!
//! Pure. The texts stand in `assets/new`; here their gaps are filled.

use clap::ValueEnum;

/// How an exercise is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Kind {
    /// One option of several is right
    Choice,
    /// One or more options are right
    Several,
    /// Steps to bring into order
    Order,
    /// A number, with a tolerance
    Number,
    /// Lines to match with what belongs to each
    Matching,
    /// A text with gaps to fill
    Gaps,
    /// A flow to draw: who starts whom
    Flow,
    /// The learner's own words, graded by a rubric
    Text,
    /// A file of code to change, graded by running it
    Code,
}

/// A file that is yet to be written: its path inside the course folder.
pub(super) struct Draft {
    pub(super) path: String,
    pub(super) text: String,
}

pub(super) fn lesson(name: &str) -> [Draft; 3] {
    [
        draft(name, format!("lessons/{name}/01-{name}.md"), include_str!("../../../assets/new/page.md")),
        draft(name, format!("lessons/{name}/scenarios/{name}.toml"), include_str!("../../../assets/new/scenario.toml")),
        exercise(name, Kind::Choice),
    ]
}

pub(super) fn exercise(name: &str, kind: Kind) -> Draft {
    let text = match kind {
        Kind::Choice => include_str!("../../../assets/new/choice.toml"),
        Kind::Several => include_str!("../../../assets/new/several.toml"),
        Kind::Order => include_str!("../../../assets/new/order.toml"),
        Kind::Number => include_str!("../../../assets/new/number.toml"),
        Kind::Matching => include_str!("../../../assets/new/matching.toml"),
        Kind::Gaps => include_str!("../../../assets/new/gaps.toml"),
        Kind::Flow => include_str!("../../../assets/new/flow.toml"),
        Kind::Text => include_str!("../../../assets/new/text.toml"),
        Kind::Code => include_str!("../../../assets/new/code.toml"),
    };
    draft(name, format!("exercises/{name}.toml"), text)
}

fn draft(name: &str, path: String, text: &str) -> Draft {
    Draft { path, text: text.replace("{{name}}", name).replace("{{title}}", &title(name)) }
}

/// `cold-start` as a title: "Cold start".
pub(super) fn title(name: &str) -> String {
    let words = name.replace('-', " ");
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
