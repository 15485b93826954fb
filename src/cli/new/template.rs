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

/// An exercise in the learner's own words, from what it asks and the points that a good answer makes, a sentence each.
pub(super) fn exercise_of_points(name: &str, ask: &str, points: &[String]) -> Draft {
    let share_of_all = 100 / points.len().max(1);
    let mut items = String::new();
    for (index, point) in points.iter().enumerate() {
        let is_last = index + 1 == points.len();
        // The last one gets what the others leave of the whole.
        let share = if is_last { 100 - share_of_all * index } else { share_of_all };
        let number = (index + 1).to_string();
        let words = [("number", &*number), ("share", &share_text(share)), ("point", &quoted(point))];
        items.push_str(&filled(include_str!("../../../assets/new/point.toml"), &words));
    }
    let nudge = match points.len() {
        1 => "A good answer makes one point.".to_owned(),
        n => format!("A good answer makes {n} points."),
    };
    let words = [
        ("name", name),
        ("title", &title(name)),
        ("ask", &quoted(ask)),
        ("nudge", &quoted(&nudge)),
        ("solution", &quoted(&points.join(" "))),
        ("items", &items),
        ("share", &share_text(share_of_all)),
    ];
    let text = filled(include_str!("../../../assets/new/points.toml"), &words);
    Draft { path: format!("exercises/{name}.toml"), text }
}

/// Hundredths as the file writes them.
fn share_text(hundredths: usize) -> String {
    format!("{:.2}", hundredths as f64 / 100.0)
}

fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

fn draft(name: &str, path: String, text: &str) -> Draft {
    Draft { path, text: filled(text, &[("name", name), ("title", &title(name))]) }
}

/// Puts words into the gaps of a template, each `{{gap}}` of that name. What looks like a gap in the words is none.
fn filled(template: &str, words: &[(&str, &str)]) -> String {
    let mut text = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, behind)) = rest.split_once("{{") {
        text.push_str(before);
        let word = behind
            .split_once("}}")
            .and_then(|(gap, after)| words.iter().find(|(name, _)| *name == gap).map(|(_, word)| (*word, after)));
        let (word, after) = word.unwrap_or(("{{", behind));
        text.push_str(word);
        rest = after;
    }
    text + rest
}

/// `cold-start` as a title: "Cold start".
pub(super) fn title(name: &str) -> String {
    let words = name.replace('-', " ");
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
