//! What a fence asks of its code block: ```` ```js {numbers 2,4-6} ```` numbers the lines and marks some of them.
//!
//! Absent: how numbers and marks look. A word in the braces that says nothing is a slip, and the rest is used.

use std::ops::RangeInclusive;

/// How a code block is set, as far as its own fence does not say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    /// Each line has its number, whether or not the fence asks for it.
    pub numbered: bool,
    pub long_lines: LongLines,
}

/// A line of source wider than the room for it …
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LongLines {
    /// … goes on in the next line, behind a mark.
    #[default]
    Broken,
    /// … stays one line: the caller shows a part of it.
    Whole,
}

/// What stands in the braces after the language.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wishes {
    pub numbered: bool,
    /// The marked lines, counted from 1.
    pub marked: Vec<RangeInclusive<usize>>,
}

impl Wishes {
    pub fn marks(&self, number: usize) -> bool {
        self.marked.iter().any(|lines| lines.contains(&number))
    }

    /// Reads `info`, which stands after an opening fence: what is left of it without the braces, the wishes, and the
    /// words in the braces that say nothing.
    pub(super) fn read(info: &str) -> (String, Self, Vec<String>) {
        let mut wishes = Self::default();
        let braces = info.split_once('{').and_then(|(before, rest)| Some((before, rest.split_once('}')?)));
        let Some((before, (inside, after))) = braces else { return (info.to_owned(), wishes, Vec::new()) };
        let mut unknown = Vec::new();
        for word in inside.split([',', ' ', '\t']).filter(|word| !word.is_empty()) {
            if word == "numbers" {
                wishes.numbered = true;
            } else if let Some(lines) = lines(word) {
                wishes.marked.push(lines);
            } else {
                unknown.push(word.to_owned());
            }
        }
        let label = [before.trim(), after.trim()].into_iter().filter(|it| !it.is_empty()).collect::<Vec<_>>().join(" ");
        (label, wishes, unknown)
    }
}

/// `4` or `4-6`.
fn lines(word: &str) -> Option<RangeInclusive<usize>> {
    let (first, last) = word.split_once('-').unwrap_or((word, word));
    let (first, last) = (first.parse().ok()?, last.parse().ok()?);
    (0 < first && first <= last).then_some(first..=last)
}

#[cfg(test)]
mod tests {
    use super::Wishes;

    #[test]
    fn braces_ask_for_numbers_and_marks() {
        let check = |info: &str, label: &str, numbered: bool, marked: &[usize], unknown: &[&str]| {
            let (rest, wishes, words) = Wishes::read(info);
            let found: Vec<usize> = (0..=12).filter(|number| wishes.marks(*number)).collect();
            assert_eq!((rest.as_str(), wishes.numbered, &*found), (label, numbered, marked), "{info}");
            assert_eq!(words, unknown, "{info}");
        };
        check("js", "js", false, &[], &[]);
        check("js {numbers}", "js", true, &[], &[]);
        check("js {2,4-6}", "js", false, &[2, 4, 5, 6], &[]);
        check("js{numbers 2, 11-99} index.js", "js index.js", true, &[2, 11, 12], &[]);
        check("{3}", "", false, &[3], &[]);
        check(
            "js {0,6-4,-2,x,99999999999999999999999}",
            "js",
            false,
            &[],
            &["0", "6-4", "-2", "x", "99999999999999999999999"],
        );
        check("js {2", "js {2", false, &[], &[]);
    }
}
