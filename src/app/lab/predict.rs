//! The question that a page asks before its run: a number typed or an answer chosen, kept, and judged when the run ends.

use super::Lab;
use super::figures::compared;
use super::look::Part;
use super::surface::{Target, View};
use crate::app::field::Field;
use crate::app::key::{Code, Key};
use crate::app::row::{Row, Span, Ui, inked, wrapped};
use crate::app::{Action, Desk, Effect, Step};
use crate::course::progress::Predicted;
use crate::course::{Deed, Predict};

#[derive(Clone, Debug)]
pub enum Prediction {
    NotAsked,
    Asking { predict: Predict, draft: Draft },
    Guessed { predict: Predict, guess: f64 },
    Judged { predict: Predict, guess: f64, actual: f64, right: bool },
}

/// A guess in the making.
#[derive(Clone, Debug)]
pub enum Draft {
    Number(Field),
    /// Index of the choice at hand, once there is one.
    Choice(Option<usize>),
}

impl Prediction {
    /// A question that was answered before is not asked again.
    pub(super) fn new(predict: Option<&Predict>, before: Option<&Predicted>) -> Self {
        match (predict, before) {
            (None, _) => Self::NotAsked,
            (Some(predict), Some(&Predicted { guess, actual, right })) => {
                Self::Judged { predict: predict.clone(), guess, actual, right }
            }
            (Some(predict), None) => {
                let draft = if predict.is_choice() { Draft::Choice(None) } else { Draft::Number(Field::default()) };
                Self::Asking { predict: predict.clone(), draft }
            }
        }
    }
}

impl Lab {
    /// What a key does to the guess.
    pub(super) fn predict(&mut self, desk: &Desk<'_>, action: &Action) -> Step {
        let Prediction::Asking { predict, draft } = &mut self.prediction else { return Step::default() };
        if matches!(action, Action::Type(Key { code: Code::Enter, .. }) | Action::Submit | Action::Open) {
            let typed = match draft {
                Draft::Number(field) => field.text.clone(),
                Draft::Choice(chosen) => chosen.and_then(letter_of).map_or_else(String::new, String::from),
            };
            return match predict.read_guess(&typed) {
                Ok(guess) => self.guessed(desk, guess),
                Err(why) => Step::say(why),
            };
        }
        match (draft, action) {
            (Draft::Choice(chosen), Action::Type(key)) => {
                let n = predict.choices.len();
                match key.code {
                    Code::Down => *chosen = Some(chosen.map_or(0, |at| (at + 1) % n)),
                    Code::Up => *chosen = Some(chosen.map_or(n - 1, |at| (at + n - 1) % n)),
                    _ => match key.typed().and_then(place_of).filter(|at| *at < n) {
                        Some(at) => *chosen = Some(at),
                        None => return Step::say("A letter chooses, or ↑ ↓; Enter runs the simulation."),
                    },
                }
            }
            (Draft::Choice(chosen), Action::Paste(text)) => {
                let letter = text.trim().chars().next();
                *chosen = letter.and_then(place_of).filter(|at| *at < predict.choices.len()).or(*chosen);
            }
            (Draft::Number(field), Action::Type(_) | Action::Paste(_)) => {
                let was = field.clone();
                match action {
                    Action::Paste(text) => field.insert(text.trim()),
                    Action::Type(key) => _ = field.press(*key),
                    _ => {}
                }
                if !predict.admits(&field.text) {
                    *field = was;
                    return Step::say(predict.says_what_it_takes());
                }
            }
            _ => {}
        }
        Step::default()
    }

    /// Another choice of the question, by its place.
    pub(super) fn choose_answer(&mut self, index: usize) {
        if let Prediction::Asking { draft: Draft::Choice(chosen), .. } = &mut self.prediction {
            *chosen = Some(index);
        }
    }

    fn guessed(&mut self, desk: &Desk<'_>, guess: f64) -> Step {
        let Prediction::Asking { predict, .. } = &self.prediction else { return Step::default() };
        self.prediction = Prediction::Guessed { predict: predict.clone(), guess };
        let step = self.run(desk);
        if matches!(self.prediction, Prediction::Judged { .. }) {
            return step;
        }
        Step { notice: Step::say("Your guess is kept; the run judges it. G runs to the end at once.").notice, ..step }
    }

    /// The run has ended and judges the guess, if there is one.
    pub(super) fn judge(&mut self, desk: &Desk<'_>) -> Step {
        let Prediction::Guessed { predict, guess } = &self.prediction else {
            return Step::say("The run has ended. Turn a knob and see what changes.");
        };
        let (predict, guess) = (predict.clone(), *guess);
        let Some(actual) = predict.measured(&self.report()) else {
            self.prediction = Prediction::NotAsked;
            return Step::say(format!("The run has ended. It has no figure `{}` to judge the guess by.", predict.of));
        };
        let right = predict.is_right(guess, actual);
        self.prediction = Prediction::Judged { predict, guess, actual, right };
        self.part = Part::Lesson;
        let Some(page) = &self.page else { return Step::default() };
        let deed = Deed::Predicted { page: page.0.clone(), scenario: self.name.clone(), guess, actual, right };
        Step::effect(Effect::Keep { question: desk.question, deed })
    }
}

impl Lab {
    /// The question as it stands above the run: asked, guessed, judged. While the run goes on it has `most_rows`, and
    /// where these are too few only the sentence that asks.
    pub(super) fn question(&self, view: &mut View, width: usize, most_rows: usize) {
        match &self.prediction {
            Prediction::NotAsked => {}
            Prediction::Asking { predict, draft } => {
                view.push(Row::ui(Ui::Strong, "Predict first"));
                view.extend(wrapped(Ui::Text, &predict.ask, width));
                let end = match draft {
                    Draft::Choice(chosen) => {
                        view.push(Row::default());
                        for (index, choice) in predict.choices.iter().enumerate() {
                            let here = *chosen == Some(index);
                            let lead =
                                format!("{} {}  ", if here { "›" } else { " " }, letter_of(index).unwrap_or(' '));
                            let role = if here { Ui::Chosen } else { Ui::Text };
                            let indent = lead.chars().count();
                            for (line, text) in wrapped(role, &choice.text, width - indent).into_iter().enumerate() {
                                let lead = if line == 0 { lead.clone() } else { " ".repeat(indent) };
                                let mut spans = vec![Span::ui(Ui::Key, lead)];
                                spans.extend(text.spans);
                                view.target(0..width, view.rows.len(), Target::Choice(index));
                                view.push(Row::of(spans));
                            }
                        }
                        view.push(Row::default());
                        "A letter or ↑ ↓ chooses; Enter runs it and judges."
                    }
                    Draft::Number(field) => {
                        let how_read = predict.says_how_read(&field.text).unwrap_or_default();
                        let row = Row::of([
                            Span::ui(Ui::Strong, "Your guess: "),
                            Span::ui(Ui::Chosen, format!(" {}▏", field.text)),
                            Span::ui(Ui::Text, format!(" {}", predict.unit)),
                            Span::ui(Ui::Muted, format!("   {how_read}")),
                        ]);
                        view.push(row.cut(width));
                        "Enter runs the simulation, which judges the guess."
                    }
                };
                view.target(0..end.chars().count(), view.rows.len(), Target::Guess);
                view.push(Row::ui(Ui::Muted, end).cut(width));
            }
            Prediction::Guessed { predict, guess } => {
                let said = format!("Your guess: {}", predict.say_guess(*guess));
                let rows = |ask: &str| inked(&format!("{said}  {ask}"), &[(0..said.len(), Ui::Strong)], width);
                let whole = rows(&predict.ask);
                view.extend(if whole.len() <= most_rows { whole } else { rows(asking_sentence(&predict.ask)) });
            }
            Prediction::Judged { predict, guess, actual, right } => {
                let predicted = Predicted { guess: *guess, actual: *actual, right: *right };
                view.extend(verdict(predict, &predicted, width));
            }
        }
    }
}

/// The sentence that asks, where others lead up to it; the last one where none ends with a question mark.
fn asking_sentence(ask: &str) -> &str {
    let (before, asked) = match ask.rfind('?') {
        Some(mark) => (&ask[..mark], &ask[..=mark]),
        None => (ask, ask),
    };
    let begins = [". ", "? "].iter().filter_map(|end| before.rfind(end)).max();
    begins.map_or(asked, |at| &asked[at + 2..])
}

/// What the run said to a guess.
pub(in crate::app) fn verdict(predict: &Predict, predicted: &Predicted, width: usize) -> Vec<Row> {
    let Predicted { guess, actual, right } = *predicted;
    let (mark, role, said) = if right { ("✓", Ui::Made, "right") } else { ("✗", Ui::Missing, "not so") };
    let (guess, actual, unit) = (predict.say_guess(guess), compared(actual), &predict.unit);
    wrapped(role, format!("{mark} {said}: you guessed {guess}, the run said {actual} {unit}").trim_end(), width)
}

/// `a` for the first choice.
pub(super) fn letter_of(index: usize) -> Option<char> {
    ('a'..='z').nth(index)
}

/// The choice that a letter, or a digit from 1, stands for.
fn place_of(typed: char) -> Option<usize> {
    match typed.to_ascii_lowercase() {
        letter @ 'a'..='z' => Some(letter as usize - 'a' as usize),
        digit @ '1'..='9' => Some(digit as usize - '1' as usize),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::asking_sentence;

    #[test]
    fn the_sentence_that_asks_is_found_among_others() {
        let asked = [
            "One request per second. It rests 3.5 s. What share is cold?",
            "How much of one is at work? 100 % would be one that never rests.",
            "It takes 245 ms. From a snapshot, it takes …",
            "How long?",
        ];
        let found = ["What share is cold?", "How much of one is at work?", "From a snapshot, it takes …", "How long?"];
        assert_eq!(asked.map(asking_sentence), found);
    }
}
