//! Lines and a choice for each: one goes from line to line, a letter chooses.

use super::entry;
use crate::app::Action;
use crate::app::row::{Row, Span, Ui, lettered};
use crate::grade::exact::pairs::Pairs;

#[derive(Clone, Debug)]
pub struct Matching {
    /// The line that a letter is for.
    pub cursor: usize,
    /// For each line the index of its choice in the exercise.
    pub matched: Vec<Option<usize>>,
    /// The choices in the order of their letters.
    shown: Vec<usize>,
}

impl Matching {
    /// `begun` is what was matched before, `shown` the order of the choices.
    pub(super) fn new(pairs: &Pairs, begun: Vec<Option<usize>>, shown: Vec<usize>) -> Self {
        // The file may have changed since the draft was made.
        let mut matched = begun;
        matched.resize(pairs.lines.len(), None);
        for choice in &mut matched {
            *choice = choice.filter(|index| *index < pairs.choices.len());
        }
        Self { cursor: 0, matched, shown }
    }

    /// Returns whether the answer changed.
    pub(super) fn update(&mut self, action: &Action) -> bool {
        let n_lines = self.matched.len();
        match action {
            Action::Scroll(motion) => {
                self.cursor = motion.from(self.cursor, n_lines).min(n_lines.saturating_sub(1));
                false
            }
            Action::NextThing(by) => {
                self.cursor = (self.cursor as i64 + i64::from(*by)).rem_euclid(n_lines.max(1) as i64) as usize;
                false
            }
            // The cursor goes on: typing "cab" matches three lines.
            Action::Choose(letter) => {
                let Some(choice) = self.shown.get(*letter) else { return false };
                self.matched[self.cursor] = Some(*choice);
                self.cursor = (self.cursor + 1).min(n_lines - 1);
                true
            }
            // Through the choices in their order, and after the last to none.
            Action::Toggle => {
                let now = self.matched[self.cursor].and_then(|choice| self.shown.iter().position(|it| *it == choice));
                self.matched[self.cursor] = self.shown.get(now.map_or(0, |letter| letter + 1)).copied();
                true
            }
            _ => false,
        }
    }

    pub(super) fn rows(&self, pairs: &Pairs, width: usize) -> Vec<Row> {
        let mut rows = Vec::new();
        for (index, (line, choice)) in pairs.lines.iter().zip(&self.matched).enumerate() {
            let letter = choice.and_then(|choice| self.shown.iter().position(|it| *it == choice));
            let mark = letter.map_or("[ ]".to_owned(), |letter| format!("[{}]", letter_of(letter)));
            let role = if letter.is_some() { Ui::Strong } else { Ui::Text };
            rows.extend(entry(&mark, &line.text, self.cursor == index, role, width));
        }
        rows.push(Row::default());
        let taken = |choice: &usize| if self.matched.contains(&Some(*choice)) { Ui::Muted } else { Ui::Key };
        // The file may have changed under the sheet.
        let choices =
            self.shown.iter().filter_map(|choice| Some((pairs.choices.get(*choice)?.as_str(), taken(choice))));
        for mut row in lettered(choices, width.saturating_sub(INDENT.len())) {
            row.spans.insert(0, Span::ui(Ui::Text, INDENT));
            rows.push(row);
        }
        rows
    }
}

fn letter_of(index: usize) -> char {
    char::from(b'a' + (index % 26) as u8)
}

/// The choices stand below the marks of the lines.
const INDENT: &str = "   ";

#[cfg(test)]
mod tests {
    use super::Matching;
    use crate::app::{Action, Motion};
    use crate::grade::exact::pairs::{PairLine, Pairs};

    #[test]
    fn letters_match_and_the_cursor_goes_on() {
        let line = |choice| PairLine { text: "l".into(), choice, why: String::new() };
        let pairs = Pairs { lines: vec![line(0), line(1)], choices: vec!["x".into(), "y".into(), "z".into()] };
        let mut matching = Matching::new(&pairs, vec![Some(9), None, Some(0)], vec![2, 0, 1]);
        assert_eq!(matching.matched, [None, None], "what the file does not have is dropped");
        assert!(matching.update(&Action::Choose(1)) && matching.update(&Action::Choose(0)));
        assert_eq!((matching.matched.clone(), matching.cursor), (vec![Some(0), Some(2)], 1));
        assert!(!matching.update(&Action::Choose(7)));
        matching.update(&Action::Scroll(Motion::Lines(-5)));
        for then in [Some(1), None, Some(2)] {
            assert!(matching.update(&Action::Toggle));
            assert_eq!(matching.matched[0], then);
        }
    }
}
