//! Hands that are counted: a line for each answer, and how many hands went up for it.

use crate::app::home::bar;
use crate::app::key::{Code, Key};
use crate::app::row::{Row, Span, Ui, prose};
use crate::course::{Exercise, Kind};

/// More hands than any room holds.
const MOST_HANDS: u32 = 99_999;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Poll {
    hands: Vec<u32>,
    /// The line that is counted now.
    pub chosen: usize,
    /// The next digit begins a new number.
    is_fresh: bool,
    /// What is right may be seen.
    pub is_revealed: bool,
}

impl Poll {
    pub(super) fn of(exercise: &Exercise) -> Self {
        Self { hands: vec![0; answers(exercise).len()], chosen: 0, is_fresh: true, is_revealed: false }
    }

    pub(super) fn choose(&mut self, index: usize) {
        self.chosen = index.min(self.hands.len().saturating_sub(1));
        self.is_fresh = true;
    }

    /// A digit of the count, or one hand more or less.
    pub(super) fn press(&mut self, key: Key) {
        let Some(hands) = self.hands.get_mut(self.chosen) else { return };
        match key.code {
            Code::Char(digit @ '0'..='9') => {
                let before = if self.is_fresh { 0 } else { *hands };
                *hands = (before * 10 + (digit as u32 - '0' as u32)).min(MOST_HANDS);
                self.is_fresh = false;
            }
            Code::Char('+' | '=') => *hands = (*hands + 1).min(MOST_HANDS),
            Code::Char('-') => *hands = hands.saturating_sub(1),
            Code::Backspace => *hands /= 10,
            _ => {}
        }
    }

    /// The question with its bars, as wide as `width` allows.
    pub fn rows(&self, exercise: &Exercise, width: usize) -> Vec<Row> {
        let mut rows = prose(&exercise.prompt, width);
        rows.push(Row::default());
        let most = self.hands.iter().copied().max().unwrap_or(0).max(1);
        let all: u32 = self.hands.iter().sum();
        for (index, (answer, is_right)) in answers(exercise).into_iter().enumerate() {
            let hands = self.hands.get(index).copied().unwrap_or(0);
            let letter = char::from(b'a' + (index % 26) as u8);
            let (mark, role) = match (self.is_revealed, is_right) {
                (true, Some(true)) => ("✓", Ui::Made),
                (true, Some(false)) => (" ", Ui::Muted),
                _ => (" ", Ui::Text),
            };
            let here = if index == self.chosen { "›" } else { " " };
            let lead = format!("{here}{mark}{letter}  ");
            for (line, mut row) in prose(&answer, width.saturating_sub(5)).into_iter().enumerate() {
                let lead = if line == 0 { lead.clone() } else { " ".repeat(5) };
                row.spans.insert(0, Span::ui(if index == self.chosen { Ui::Key } else { role }, lead));
                rows.push(row);
            }
            let cells = width.saturating_sub(16).max(4);
            let share = f64::from(hands) / f64::from(most);
            let filled: String = bar(share, cells).chars().filter(|c| *c == '█').collect();
            let percent =
                if all > 0 { format!("  {:.0} %", f64::from(hands) / f64::from(all) * 100.0) } else { String::new() };
            let bar = [
                Span::ui(Ui::Text, " ".repeat(5)),
                Span::ui(if role == Ui::Made { Ui::Made } else { Ui::Progress }, filled),
                Span::ui(Ui::Strong, format!(" {hands}")),
                Span::ui(Ui::Muted, percent),
            ];
            rows.push(Row::of(bar).cut(width));
            rows.push(Row::default());
        }
        if self.is_revealed {
            rows.extend(prose(&exercise.solution_text(), width));
        }
        rows
    }
}

/// What hands go up for, and whether it is right: the options, or where there are none how it went.
fn answers(exercise: &Exercise) -> Vec<(String, Option<bool>)> {
    match &exercise.kind {
        Kind::Choice { options, .. } => options.iter().map(|it| (it.text.clone(), Some(it.right))).collect(),
        _ => ["I have it", "I have a part of it", "I do not know yet"].map(|it| (it.to_owned(), None)).to_vec(),
    }
}

#[cfg(test)]
mod tests {
    use super::Poll;
    use crate::app::key::{Code, Key};

    #[test]
    fn counts_are_typed_and_corrected() {
        let mut poll = Poll { hands: vec![0; 2], chosen: 0, is_fresh: true, is_revealed: false };
        for key in "12".chars() {
            poll.press(Key::char(key));
        }
        poll.choose(1);
        for key in "7+-+".chars() {
            poll.press(Key::char(key));
        }
        assert_eq!(poll.hands, [12, 8]);
        poll.choose(0);
        poll.press(Key::char('3'));
        poll.press(Key::plain(Code::Backspace));
        poll.press(Key::char('-'));
        assert_eq!(poll.hands, [0, 8]);
        for _ in 0..20 {
            poll.press(Key::char('9'));
        }
        assert_eq!(poll.hands, [99_999, 8]);
    }
}
