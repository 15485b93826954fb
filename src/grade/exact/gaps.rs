//! Gaps in a text, each filled with a few words or a number.

use super::{MAX_WORDS_CHARS, certain, finished, is_typo_of};
use crate::grade::number::NumberTask;
use crate::grade::verdict::{ItemVerdict, Status, Verdict};

/// A gap, and what may stand in it.
#[derive(Clone, Debug, PartialEq)]
pub struct Gap {
    /// What the author calls it.
    pub name: String,
    pub wanted: Wanted,
    /// What is said when it is filled rightly.
    pub why: String,
    /// A nudge, said when it is not.
    pub hint: String,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Wanted {
    /// One of these. Blanks, quotes, case and typing errors are forgiven, unless `exact`.
    Words {
        accept: Vec<String>,
        exact: bool,
    },
    Number(NumberTask),
}

/// Judges what was written into each gap, in their order. Each earns an equal share of `points`; a wrong word costs
/// nothing.
pub fn grade(gaps: &[Gap], filled: &[String], points: f64) -> Verdict {
    let share = points / gaps.len().max(1) as f64;
    let items: Vec<ItemVerdict> = gaps
        .iter()
        .enumerate()
        .map(|(index, gap)| {
            let written = filled.get(index).map_or("", |text| text.trim());
            // The right word for another gap is no typing error here.
            let is_anothers = gaps.iter().enumerate().any(|(at, other)| at != index && other.is(written));
            gap.judge(written, is_anothers, share)
        })
        .collect();
    let n_made = items.iter().filter(|item| item.status == Status::Made).count();
    let feedback = match n_made {
        _ if filled.iter().all(|text| text.trim().is_empty()) => "Nothing is filled in yet.".to_owned(),
        n if n == gaps.len() => "Right.".to_owned(),
        n => format!("{n} of {} gaps are filled rightly.", gaps.len()),
    };
    finished(items.iter().map(|item| item.points).sum::<f64>().clamp(0.0, points), points, items, feedback)
}

impl Gap {
    fn judge(&self, written: &str, is_anothers: bool, share: f64) -> ItemVerdict {
        let shown: String = written.chars().take(60).collect();
        let label = if shown.is_empty() { format!("{}: empty", self.name) } else { format!("{}: {shown}", self.name) };
        let why = (!self.why.is_empty()).then(|| self.why.clone());
        let (status, earned, reason) = match &self.wanted {
            _ if written.is_empty() => (Status::Missing, 0.0, None),
            Wanted::Words { .. } if self.is(written) => (Status::Made, share, why),
            Wanted::Words { accept, exact: false } => {
                let near = accept.iter().find(|it| !is_anothers && is_typo_of(&folded(written), &folded(it)));
                match near {
                    Some(near) => (Status::Made, share, Some(format!("It is written `{near}`."))),
                    None => (Status::Missing, 0.0, None),
                }
            }
            Wanted::Words { .. } => (Status::Missing, 0.0, None),
            Wanted::Number(task) => {
                let verdict = task.grade(written, share);
                let told = verdict.items.into_iter().next().and_then(|item| Some((item.status, item.reason?)));
                match told {
                    Some((status, reason)) => (status, verdict.score, Some(reason)),
                    None if verdict.score > 0.0 => (Status::Made, verdict.score, why),
                    None => (Status::Missing, 0.0, Some(verdict.feedback)),
                }
            }
        };
        let mut item = certain(&self.name, &label, status, earned, share, reason);
        if status != Status::Made && !self.hint.is_empty() {
            item.hint = Some(format!("{label}. {}", self.hint));
        }
        item
    }

    /// Whether `written` is what was asked for, without a typing error.
    fn is(&self, written: &str) -> bool {
        match &self.wanted {
            Wanted::Words { accept, exact: true } => accept.iter().any(|it| it.trim() == written),
            Wanted::Words { accept, exact: false } => accept.iter().any(|it| folded(it) == folded(written)),
            Wanted::Number(_) => false,
        }
    }
}

/// Without what people vary: case, quotes around it, how many blanks.
fn folded(text: &str) -> String {
    let text: String = text.chars().take(MAX_WORDS_CHARS).collect();
    let bare = text.trim().trim_matches(['"', '\'', '`', '“', '”']).trim_end_matches(['.', ',', ';']);
    let words = bare.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    // "A queue" fills the gap that "queue" does.
    ["a ", "an ", "the "].iter().find_map(|article| words.strip_prefix(article)).unwrap_or(&words).to_owned()
}

#[cfg(test)]
mod tests {
    use super::{Gap, NumberTask, Wanted, grade};

    fn gap(accept: &[&str], exact: bool) -> Gap {
        let accept = accept.iter().map(|it| (*it).to_owned()).collect();
        Gap { name: "g".into(), wanted: Wanted::Words { accept, exact }, why: String::new(), hint: String::new() }
    }

    #[test]
    fn alternatives_and_typing_errors_are_taken_and_other_words_are_not() {
        for (accept, exact, written, score) in [
            (&["index.handler"][..], false, "index.handler", 1.0),
            (&["index.handler"], false, " \"Index.handler\" ", 1.0),
            (&["index.handler"], false, "index.hander", 1.0),
            (&["index.handler"], false, "handler.index", 0.0),
            (&["index.handler"], true, "index.hander", 0.0),
            (&["index.handler"], true, "Index.handler", 0.0),
            (&["cold start", "spin-up"], false, "spin-up", 1.0),
            (&["cold start"], false, "cold  strat", 1.0),
            (&["get"], false, "got", 0.0),
            (&["get"], false, "GET", 1.0),
            (&["queue"], false, "a queue", 1.0),
            // A digit is never a typing error: it is another version, another number.
            (&["nodejs22.x"], false, "nodejs20.x", 0.0),
            (&["anything"], false, "", 0.0),
        ] {
            let verdict = grade(&[gap(accept, exact)], &[written.to_owned()], 1.0);
            assert!((verdict.score - score).abs() < 1e-9, "{accept:?} {written}: {verdict:?}");
        }
        let long = grade(&[gap(&["index.handler"], false)], &["é".repeat(1_000_000)], 1.0);
        assert_eq!(long.score, 0.0);
    }

    #[test]
    fn the_right_word_in_the_wrong_gap_is_no_typing_error() {
        let gaps = [gap(&["provider"], false), gap(&["provided"], false)];
        let filled = |a: &str, b: &str| grade(&gaps, &[a.to_owned(), b.to_owned()], 1.0).score;
        assert_eq!(filled("provider", "provided"), 1.0);
        assert_eq!(filled("provided", "provider"), 0.0);
        assert_eq!(filled("providr", "provided"), 1.0);
    }

    #[test]
    fn a_number_is_read_with_its_unit() {
        let task = NumberTask { value: 10.0, unit: "s".into(), tolerance: 0.0, why_low: None, why_high: None };
        let gaps = [Gap { wanted: Wanted::Number(task), ..gap(&[], false) }];
        for (written, score) in [("10", 1.0), ("10000 ms", 1.0), ("10 MB", 0.5), ("9", 0.0), ("soon", 0.0)] {
            assert_eq!(grade(&gaps, &[written.to_owned()], 1.0).score, score, "{written}");
        }
    }
}
