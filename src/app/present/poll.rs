//! A vote being taken: keys in, counts out; and the question with its bars, laid out.
//!
//! Absent: how counts are kept, and who else sees them.

use super::Asked;
use super::ballot::{Answers, Ballot};
use super::bars::{self, Laid};
use super::count::{Count, Counted, taken};
use crate::app::field::Field;
use crate::app::key::{Code, Key};
use crate::app::row::Row;
use crate::app::{Action, Motion};
use crate::course::Course;

/// More hands than any room holds.
const MOST_HANDS: u32 = 99_999;
/// More answers than a class calls out, and than letters choose.
const MOST_ANSWERS: usize = 9;

#[derive(Clone, Debug)]
pub struct Poll {
    pub(super) ballot: Ballot,
    /// Which of the ballot's votes.
    pub(super) vote: usize,
    pub(super) count: Count,
    /// The time before that this vote was taken.
    pub(super) earlier: Option<Count>,
    /// The answer that is counted now.
    pub(super) chosen: usize,
    /// The next digit begins a new number.
    is_fresh: bool,
    /// What is right may be seen.
    pub(super) is_revealed: bool,
    /// What the class calls out, while it is typed.
    calling: Option<Field>,
    laid: Laid,
    pub top: usize,
    room: Room,
}

/// The room a poll is shown in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Room {
    pub(super) cols: usize,
    pub(super) rows: usize,
}

/// What a key did to a poll.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Told {
    Nothing,
    /// The counts are others now.
    Counted,
    /// Another vote of the question, or what is right is shown or hidden.
    Moved,
    Say(String),
}

impl Poll {
    pub(super) fn open(ballot: Ballot, counts: &[Count], room: Room) -> Self {
        let mut poll = Self {
            ballot,
            vote: 0,
            count: Count::default(),
            earlier: None,
            chosen: 0,
            is_fresh: true,
            is_revealed: false,
            calling: None,
            laid: Laid::default(),
            top: 0,
            room,
        };
        poll.take(0, counts);
        poll
    }

    /// Goes to vote number `vote`: on with what this class has raised, beside what was raised before.
    fn take(&mut self, vote: usize, counts: &[Count]) {
        self.vote = vote.min(self.ballot.votes.len() - 1);
        let mut taken = taken(counts, &self.ballot.question, self.vote);
        let going_on = taken.pop_if(|last| last.is_going_on).cloned();
        self.earlier = taken.last().map(|it| Count::clone(it));
        self.count = going_on.unwrap_or_else(|| self.fresh_count());
        self.chosen = 0;
        self.is_fresh = true;
        self.is_revealed = false;
        self.top = 0;
        self.order_answers();
    }

    fn fresh_count(&self) -> Count {
        let vote = &self.ballot.votes[self.vote];
        Count {
            question: self.ballot.question.clone(),
            vote: self.vote,
            asks: vote.asks.clone(),
            several: vote.several,
            before: self.earlier.as_ref().map_or(0, |it| it.before + 1),
            is_going_on: true,
            ..Count::default()
        }
    }

    /// The answers as the question has them now, with the hands they have; the course may have changed since.
    fn order_answers(&mut self) {
        if let Answers::Given(answers) = &self.ballot.votes[self.vote].answers {
            let hands = |answer: &String| self.count.hands_for(answer).unwrap_or(0);
            let answers = answers.iter().map(|(answer, _)| Counted { answer: answer.clone(), hands: hands(answer) });
            self.count.answers = answers.collect();
        }
    }

    pub(super) fn asked(&self) -> Asked {
        Asked { question: self.ballot.question.clone(), vote: self.vote, is_revealed: self.is_revealed }
    }

    /// Another screen counts or moves, or this one has come back.
    pub(super) fn follow(&mut self, asked: &Asked, counts: &[Count]) {
        if asked.vote != self.vote {
            self.take(asked.vote, counts);
        }
        self.is_revealed = asked.is_revealed;
        self.hear(counts);
    }

    /// Takes what was counted last, on whichever screen.
    pub(super) fn hear(&mut self, counts: &[Count]) {
        let newest = taken(counts, &self.ballot.question, self.vote).into_iter().rfind(|it| it.is_going_on);
        let Some(newest) = newest.filter(|it| (it.before, it.changes) > (self.count.before, self.count.changes)) else {
            return;
        };
        if newest.before > self.count.before {
            self.earlier = Some(std::mem::take(&mut self.count));
        }
        self.count = newest.clone();
        self.order_answers();
    }

    pub(super) fn update(&mut self, action: &Action, counts: &[Count]) -> Told {
        if self.calling.is_some() {
            return self.call(action);
        }
        match action {
            Action::Scroll(Motion::Pages(by)) => {
                self.top = Motion::Pages(*by).from(self.top, self.room.rows);
                Told::Nothing
            }
            Action::Scroll(motion) => self.choose(motion.from(self.chosen, 4)),
            Action::Choose(index) => self.choose(*index),
            Action::Type(key) => self.press(*key),
            Action::CountAgain => self.again(),
            Action::TurnPage(by) => {
                // Only asked where there is such a vote.
                self.take(usize::try_from(self.vote as i64 + i64::from(*by)).unwrap_or(0), counts);
                Told::Moved
            }
            Action::Open if self.is_called() => {
                if self.count.answers.len() >= MOST_ANSWERS {
                    return Told::Say("That is as many answers as the screen holds.".to_owned());
                }
                self.calling = Some(Field::default());
                Told::Nothing
            }
            Action::Solution | Action::Open => {
                self.is_revealed = !self.is_revealed;
                Told::Moved
            }
            _ => Told::Nothing,
        }
    }

    /// Whether the question has a vote `by` further.
    pub(super) fn has_vote(&self, by: i32) -> bool {
        usize::try_from(self.vote as i64 + i64::from(by)).is_ok_and(|vote| vote < self.ballot.votes.len())
    }

    /// Whether the class calls the answers out.
    pub fn is_called(&self) -> bool {
        self.ballot.votes[self.vote].answers == Answers::Called
    }

    pub fn is_prediction(&self) -> bool {
        self.ballot.is_prediction()
    }

    pub fn is_typing(&self) -> bool {
        self.calling.is_some()
    }

    /// What is typed, for the line above the footer.
    pub fn prompt(&self) -> Option<String> {
        self.calling.as_ref().map(|field| format!("The class says: {}▏", field.text))
    }

    /// The answer that most hands went up for, as a guess is typed; `None` while no hand did.
    pub(super) fn winner(&self) -> Option<String> {
        let most = self.count.answers.iter().map(|it| it.hands).max().filter(|most| *most > 0)?;
        let index = self.count.answers.iter().position(|it| it.hands == most)?;
        let letter = || char::from(b'a' + index as u8).to_string();
        Some(if self.is_called() { self.count.answers[index].answer.clone() } else { letter() })
    }

    fn choose(&mut self, index: usize) -> Told {
        self.chosen = index.min(self.count.answers.len().saturating_sub(1));
        self.is_fresh = true;
        self.show_chosen();
        Told::Nothing
    }

    /// A digit of the count, or one hand more or less.
    fn press(&mut self, key: Key) -> Told {
        let Some(counted) = self.count.answers.get_mut(self.chosen) else {
            let is_count = matches!(key.code, Code::Char('0'..='9' | '+' | '-'));
            return if is_count {
                Told::Say("First Enter, and what the class says.".to_owned())
            } else {
                Told::Nothing
            };
        };
        let before = counted.hands;
        match key.code {
            Code::Char(digit @ '0'..='9') => {
                let before = if self.is_fresh { 0 } else { before };
                counted.hands = (before * 10 + (digit as u32 - '0' as u32)).min(MOST_HANDS);
                self.is_fresh = false;
            }
            Code::Char('+' | '=') => counted.hands = (before + 1).min(MOST_HANDS),
            Code::Char('-') => counted.hands = before.saturating_sub(1),
            Code::Backspace => counted.hands = before / 10,
            _ => {}
        }
        if counted.hands == before { Told::Nothing } else { self.counted() }
    }

    fn counted(&mut self) -> Told {
        self.count.changes += 1;
        Told::Counted
    }

    /// The class votes again, after it has talked about it; or another class does.
    fn again(&mut self) -> Told {
        if self.count.hands() == 0 {
            return Told::Say("No hand is counted yet.".to_owned());
        }
        self.earlier = Some(std::mem::take(&mut self.count));
        self.count = self.fresh_count();
        self.order_answers();
        self.is_revealed = false;
        self.choose(0);
        self.counted()
    }

    /// A key while an answer of the class is typed.
    fn call(&mut self, action: &Action) -> Told {
        let Some(field) = &mut self.calling else { return Told::Nothing };
        match action {
            Action::Type(key) => {
                field.press(*key);
                Told::Nothing
            }
            Action::Paste(text) => {
                field.insert(text);
                Told::Nothing
            }
            Action::Submit => {
                let said = field.text.trim().to_owned();
                if let Some(objection) = self.ballot.objection(&said) {
                    return Told::Say(objection);
                }
                self.calling = None;
                let known = self.count.answers.iter().position(|it| it.answer == said);
                let index = known.unwrap_or_else(|| {
                    self.count.answers.push(Counted { answer: said, hands: 0 });
                    self.count.answers.len() - 1
                });
                self.count.answers[index].hands += 1;
                self.choose(index);
                self.counted()
            }
            Action::Back => {
                self.calling = None;
                Told::Nothing
            }
            _ => Told::Nothing,
        }
    }

    pub(super) fn lay_out(&mut self, course: &Course, room: Room) {
        self.room = room;
        self.laid = bars::lay_out(self, course, room);
        self.top = self.top.min(self.laid.rows.len().saturating_sub(room.rows));
    }

    /// Scrolls as little as needed to have the chosen answer on the screen.
    fn show_chosen(&mut self) {
        let Some(rows) = self.laid.answers.get(self.chosen) else { return };
        // The first answer brings the question back.
        let from = if self.chosen == 0 { 0 } else { rows.start };
        self.top = self.top.clamp(rows.end.saturating_sub(self.room.rows).min(from), from);
    }

    /// The question with its bars, as it was laid out last.
    pub fn rows(&self) -> &[Row] {
        &self.laid.rows
    }
}

#[cfg(test)]
mod tests {
    use super::{Poll, Room, Told};
    use crate::app::key::{Code, Key};
    use crate::app::present::ballot::Ballot;
    use crate::app::present::count::{Count, remember};
    use crate::app::{Action, Motion};
    use crate::course::Exercise;

    fn poll(counts: &[Count]) -> Poll {
        let file = "format = 1\nkind = \"choice\"\ntitle = \"T\"\nprompt = \"Which?\"\nsolution = \"a\"\n\
                    [[option]]\ntext = \"one\"\nright = true\n[[option]]\ntext = \"two\"\nright = false\n";
        let (exercise, _) = Exercise::parse_with("q", "exercises/q.toml", file, &std::sync::Arc::default());
        Poll::open(Ballot::on_exercise(&exercise.expect("an exercise")), counts, Room { cols: 60, rows: 20 })
    }

    fn hands(poll: &Poll) -> Vec<u32> {
        poll.count.answers.iter().map(|it| it.hands).collect()
    }

    fn press(poll: &mut Poll, keys: &str) {
        for key in keys.chars() {
            poll.update(&Action::Type(Key::char(key)), &[]);
        }
    }

    #[test]
    fn counts_are_typed_and_corrected() {
        let mut poll = poll(&[]);
        press(&mut poll, "12");
        poll.update(&Action::Scroll(Motion::Lines(1)), &[]);
        press(&mut poll, "7+-+");
        assert_eq!(hands(&poll), [12, 8]);
        poll.update(&Action::Choose(0), &[]);
        press(&mut poll, "3");
        poll.update(&Action::Type(Key::plain(Code::Backspace)), &[]);
        assert_eq!(poll.update(&Action::Type(Key::char('-')), &[]), Told::Nothing);
        assert_eq!(hands(&poll), [0, 8]);
        press(&mut poll, &"9".repeat(20));
        assert_eq!(hands(&poll), [99_999, 8]);
    }

    #[test]
    fn what_this_class_raised_goes_on_and_what_another_raised_stands_beside() {
        let mut first = poll(&[]);
        press(&mut first, "5");
        let mut counts = Vec::new();
        remember(&mut counts, first.count.clone());
        let again = poll(&counts);
        assert_eq!((hands(&again), again.earlier.is_some()), (vec![5, 0], false));
        // As the next class finds it, or the same after it has talked.
        counts[0].is_going_on = false;
        let mut other = poll(&counts);
        assert_eq!((hands(&other), other.earlier.as_ref().map(Count::hands)), (vec![0, 0], Some(5)));
        press(&mut other, "3");
        assert_eq!(other.update(&Action::CountAgain, &[]), Told::Counted);
        assert_eq!(
            (hands(&other), other.earlier.as_ref().map(Count::hands), other.count.before),
            (vec![0, 0], Some(3), 2)
        );
    }
}
