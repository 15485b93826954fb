//! A vote to rows: the question, and a bar and a number for each answer, as large as the room allows.

use std::ops::Range;

use super::ballot::Answers;
use super::count::Count;
use super::letters::{self, Cell};
use super::poll::{Poll, Room};
use crate::app::row::{Row, Span, Ui, prose, wrapped};
use crate::course::Course;

/// Columns before an answer: the chosen one, the right one, its letter.
const LEAD_COLS: usize = 5;

#[derive(Clone, Debug, Default)]
pub(super) struct Laid {
    pub(super) rows: Vec<Row>,
    /// The rows of each answer.
    pub(super) answers: Vec<Range<usize>>,
}

/// How much is made of a number.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Scale {
    /// Bars and numbers four rows high, read from the last row of the room.
    Large,
    Usual,
    /// Without the air between the answers.
    Dense,
}

pub(super) fn lay_out(poll: &Poll, course: &Course, room: Room) -> Laid {
    let mut laid = Laid::default();
    for scale in [Scale::Large, Scale::Usual, Scale::Dense] {
        laid = at_scale(poll, course, room.cols, scale);
        if laid.rows.len() <= room.rows {
            break;
        }
    }
    laid
}

fn at_scale(poll: &Poll, course: &Course, width: usize, scale: Scale) -> Laid {
    let vote = &poll.ballot.votes[poll.vote];
    let mut rows = prose(&poll.ballot.prompt, width);
    rows.push(Row::default());
    if poll.ballot.votes.len() > 1 {
        let which = format!("{} of {}  ", poll.vote + 1, poll.ballot.votes.len());
        let asks = prose(&vote.asks, width.saturating_sub(which.len()));
        for (index, mut row) in asks.into_iter().enumerate() {
            let lead = if index == 0 { which.clone() } else { " ".repeat(which.len()) };
            row.spans.insert(0, Span::ui(Ui::Muted, lead));
            rows.push(row);
        }
        rows.push(Row::default());
    } else if !vote.asks.is_empty() {
        rows.extend(wrapped(Ui::Muted, &vote.asks, width));
        rows.push(Row::default());
    }
    if let Some(earlier) = &poll.earlier {
        rows.extend(wrapped(Ui::Muted, &said_of(earlier), width));
        rows.push(Row::default());
    }
    if poll.count.answers.is_empty() {
        rows.extend(wrapped(Ui::Muted, "Enter takes down an answer that the class calls out.", width));
    }
    let chart = Chart::of(poll, width, scale);
    let mut answers = Vec::new();
    for (index, counted) in poll.count.answers.iter().enumerate() {
        let start = rows.len();
        let is_right = match &vote.answers {
            _ if !poll.is_revealed => None,
            Answers::Given(given) => given.get(index).and_then(|(_, right)| *right),
            Answers::Called => poll.ballot.is_right(course, poll.vote, &counted.answer),
        };
        let (mark, role) = match is_right {
            Some(true) => ("✓", Ui::Made),
            Some(false) => (" ", Ui::Muted),
            None => (" ", Ui::Text),
        };
        let is_chosen = index == poll.chosen;
        let letter = char::from(b'a' + (index % 26) as u8);
        let lead = format!("{}{mark}{letter}  ", if is_chosen { "›" } else { " " });
        let answer = if vote.answers == Answers::Called { escaped(&counted.answer) } else { counted.answer.clone() };
        for (line, mut row) in prose(&answer, width.saturating_sub(LEAD_COLS)).into_iter().enumerate() {
            let lead = if line == 0 { lead.clone() } else { " ".repeat(LEAD_COLS) };
            row.spans.insert(0, Span::ui(if is_chosen { Ui::Key } else { role }, lead));
            rows.push(row);
        }
        let ink = if role == Ui::Made { Ui::Made } else { Ui::Progress };
        rows.extend(chart.bar(counted.hands, ink));
        rows.extend(chart.bar_before(poll.earlier.as_ref().and_then(|it| it.hands_for(&counted.answer))));
        answers.push(start..rows.len());
        if scale != Scale::Dense {
            rows.push(Row::default());
        }
    }
    if poll.is_revealed && !poll.ballot.solution.trim().is_empty() {
        if scale == Scale::Dense {
            rows.push(Row::default());
        }
        rows.extend(prose(&poll.ballot.solution, width));
    }
    Laid { rows, answers }
}

/// What a class says is no Markdown.
fn escaped(text: &str) -> String {
    text.chars().flat_map(|c| ['\\', c].into_iter().skip(usize::from(!c.is_ascii_punctuation()))).collect()
}

fn said_of(earlier: &Count) -> String {
    let hands = earlier.hands();
    let when = if earlier.when.is_empty() { String::new() } else { format!(" ({})", earlier.when) };
    format!("▁ the vote before{when}: {hands} {}", if hands == 1 { "hand" } else { "hands" })
}

/// What all bars of a vote have in common.
struct Chart<'a> {
    scale: Scale,
    width: usize,
    /// Cells of the longest bar, and the hands it stands for.
    cells: usize,
    most: u32,
    all: u32,
    /// The same of the vote before, whose bars are shares and not numbers: the class may have been larger.
    all_before: u32,
    poll: &'a Poll,
}

impl<'a> Chart<'a> {
    fn of(poll: &'a Poll, width: usize, scale: Scale) -> Self {
        let hands = || poll.count.answers.iter().map(|it| it.hands);
        let most = hands().max().unwrap_or(0);
        let digits = most.to_string().len();
        let number_cols = if scale == Scale::Large { digits * Cell::Halves.cols() } else { digits };
        Self {
            scale,
            width,
            cells: width.saturating_sub(LEAD_COLS + number_cols + 9).max(4),
            most: most.max(1),
            all: poll.count.hands(),
            all_before: poll.earlier.as_ref().map_or(0, Count::hands),
            poll,
        }
    }

    fn cells(&self, share: f64) -> usize {
        (share * self.cells as f64).round() as usize
    }

    /// Of several answers nobody knows how many people raised these hands.
    fn percent(&self, hands: u32, all: u32) -> String {
        let is_share = all > 0 && !self.poll.count.several;
        if is_share { format!("  {:.0} %", f64::from(hands) / f64::from(all) * 100.0) } else { String::new() }
    }

    fn bar(&self, hands: u32, ink: Ui) -> Vec<Row> {
        let cells = self.cells(f64::from(hands) / f64::from(self.most));
        let percent = Span::ui(Ui::Muted, self.percent(hands, self.all));
        let lead = Span::ui(Ui::Text, " ".repeat(LEAD_COLS));
        let large = (self.scale == Scale::Large).then(|| letters::letters(&hands.to_string(), Cell::Halves)).flatten();
        let Some(number) = large else {
            let number = Span::ui(Ui::Strong, format!(" {hands}"));
            return vec![Row::of([lead, Span::ui(ink, "█".repeat(cells)), number, percent]).cut(self.width)];
        };
        let rows = number.into_iter().enumerate().map(|(y, number)| {
            // The last row is half as high: so high the numbers are.
            let block = if y + 1 == letters::ROWS { "▀" } else { "█" };
            let number = Span::ui(Ui::Strong, format!("  {number}"));
            let mut row = Row::of([lead.clone(), Span::ui(ink, block.repeat(cells)), number]);
            if y == 1 {
                row.spans.push(percent.clone());
            }
            row.cut(self.width)
        });
        rows.collect()
    }

    fn bar_before(&self, hands: Option<u32>) -> Option<Row> {
        let hands = hands.filter(|hands| *hands > 0)?;
        // As long as it would be with as many hands as now.
        let now = f64::from(self.all.max(1)) / f64::from(self.most);
        let share = f64::from(hands) / f64::from(self.all_before.max(1)) * now;
        let cells = self.cells(share.min(1.0));
        let said = format!(" {hands}{}", self.percent(hands, self.all_before));
        let lead = Span::ui(Ui::Text, " ".repeat(LEAD_COLS));
        Some(Row::of([lead, Span::ui(Ui::Muted, "▁".repeat(cells)), Span::ui(Ui::Muted, said)]).cut(self.width))
    }
}
