//! A question that the run of a simulation answers: what was typed → a guess, a report → what was so, and who was right.
//!
//! The answer is a number in a unit, or one of some choices, each of which stands for a range of that number.

use serde::Deserialize;

use crate::grade::number;
use crate::sim::Report;

/// A question whose answer the run itself gives.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Predict {
    pub ask: String,
    /// A field of the report, such as `cold_ratio` or `latency_ms.p95`.
    pub of: String,
    /// How the learner gives the number: `%` multiplies a ratio by 100.
    #[serde(default)]
    pub unit: String,
    /// A guess this near (in the unit shown) counts as right. Not for choices.
    #[serde(default)]
    pub tolerance: f64,
    /// What the result teaches.
    #[serde(default)]
    pub why: String,
    /// Ranges to choose from, instead of a number to type.
    #[serde(default)]
    pub choices: Vec<PredictChoice>,
}

/// One of the answers to choose from: right when the figure lies in `from..to`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PredictChoice {
    pub text: String,
    #[serde(default = "no_lower_end")]
    pub from: f64,
    #[serde(default = "no_upper_end")]
    pub to: f64,
}

fn no_lower_end() -> f64 {
    f64::NEG_INFINITY
}

fn no_upper_end() -> f64 {
    f64::INFINITY
}

impl PredictChoice {
    fn holds(&self, actual: f64) -> bool {
        (self.from..self.to).contains(&actual)
    }
}

impl Predict {
    /// The figure of `report` that the question is about, in the unit of the question.
    pub fn measured(&self, report: &Report) -> Option<f64> {
        let value = report.figure(&self.of)?;
        Some(if self.unit == "%" { value * 100.0 } else { value })
    }

    pub fn is_choice(&self) -> bool {
        !self.choices.is_empty()
    }

    /// Whether `typed` can still become a number in the unit of the question: a field takes nothing else.
    ///
    /// No figure of a run is below zero, so that there is no sign.
    pub fn admits(&self, typed: &str) -> bool {
        let (number, rest) = split_number(typed, &self.unit);
        rest.is_empty() || (!number.is_empty() && self.unit.starts_with(rest))
    }

    /// What a field for the guess takes, for somebody whose key it did not take.
    pub fn says_what_it_takes(&self) -> String {
        match self.unit.as_str() {
            "" => "A number goes here: digits, and a point or a comma.".to_owned(),
            unit => format!("A number goes here: digits, a point or a comma, and {unit} if you like."),
        }
    }

    /// What was typed, as a number in the unit of the question; of choices the number of the choice, from 1.
    pub fn read_guess(&self, typed: &str) -> Result<f64, String> {
        let typed = typed.trim();
        if self.is_choice() {
            // One letter and no more: what begins with one may be a slip, and a guess is made once.
            let mut letters = typed.trim_end_matches([')', '.']).chars();
            let letter = letters.next().map(|c| c.to_ascii_lowercase()).filter(|_| letters.next().is_none());
            let index = letter.filter(char::is_ascii_lowercase).map(|c| usize::from(c as u8 - b'a'));
            return match index.filter(|index| *index < self.choices.len()) {
                Some(index) => Ok((index + 1) as f64),
                None => Err(format!("Type a letter from a to {}.", char::from(b'a' + self.choices.len() as u8 - 1))),
            };
        }
        if typed.is_empty() {
            return Err("Type a number first: a guess costs nothing and makes the result stick.".to_owned());
        }
        let (digits, rest) = split_number(typed, &self.unit);
        let read = number::read(digits).filter(|read| read.unit.is_none() && (rest.is_empty() || rest == self.unit));
        read.map(|read| read.value).ok_or_else(|| format!("`{typed}` is not a number."))
    }

    /// How a number is read that not everybody writes alike: with a comma, a point or a gap in it. One sees it while one
    /// still types, so that nobody means 1.2 and guesses 1200.
    pub fn says_how_read(&self, typed: &str) -> Option<String> {
        let (digits, _) = split_number(typed, &self.unit);
        let guess = self.read_guess(typed).ok()?;
        digits.contains(|c: char| !c.is_ascii_digit()).then(|| format!("read as {guess}"))
    }

    /// Whether the run says that the guess was right.
    pub fn is_right(&self, guess: f64, actual: f64) -> bool {
        match self.choice(guess) {
            Some(choice) => choice.holds(actual),
            None => (guess - actual).abs() <= self.tolerance,
        }
    }

    /// The choices that the run says are right, by their places. An author means one.
    pub fn right_choices(&self, actual: f64) -> Vec<usize> {
        let right = self.choices.iter().enumerate().filter(|(_, choice)| choice.holds(actual));
        right.map(|(index, _)| index).collect()
    }

    /// The guess in words.
    pub fn say_guess(&self, guess: f64) -> String {
        match self.choice(guess) {
            Some(choice) => format!("“{}”", choice.text),
            None => format!("{guess} {}", self.unit).trim_end().to_owned(),
        }
    }

    fn choice(&self, guess: f64) -> Option<&PredictChoice> {
        self.choices.get((guess as usize).checked_sub(1)?)
    }
}

/// The number that `typed` begins with (before it a dollar where dollars are asked for), and what stands behind it.
fn split_number<'a>(typed: &'a str, unit: &str) -> (&'a str, &'a str) {
    let typed = typed.trim_start();
    let typed = if unit == "USD" { typed.trim_start_matches('$') } else { typed };
    let next_is_digit = |at: usize| typed[at..].chars().nth(1).is_some_and(|c| c.is_ascii_digit());
    let end = typed.char_indices().find(|(at, c)| match c {
        '0'..='9' | '.' | ',' => false,
        // Between the thousands, and nowhere else.
        ' ' | '\'' | '\u{a0}' | '\u{202f}' => *at == 0 || !next_is_digit(*at),
        _ => true,
    });
    let (number, rest) = typed.split_at(end.map_or(typed.len(), |(at, _)| at));
    (number, rest.trim_start())
}

#[cfg(test)]
mod tests {
    use super::Predict;

    fn question(unit: &str, choices: &str) -> Predict {
        let text = format!("ask = \"How many?\"\nof = \"cold_ratio\"\nunit = \"{unit}\"\ntolerance = 2\n{choices}");
        toml::from_str(&text).expect("a question")
    }

    #[test]
    fn a_guess_is_a_number_or_one_of_the_ranges() {
        let number = question("%", "");
        assert_eq!(number.read_guess(" 12,5 % "), Ok(12.5));
        for typed in ["many", "", "inf", "1.2.3", "-3", "5 percent", ".", "1 2", "5 %%"] {
            assert!(number.read_guess(typed).is_err(), "{typed}");
        }
        assert!(number.is_right(12.5, 14.0) && !number.is_right(12.5, 15.0));
        let choice = question("%", "choices = [{ text = \"few\", to = 10 }, { text = \"many\", from = 10 }]\n");
        assert_eq!(["b", "B)"].map(|it| choice.read_guess(it)), [Ok(2.0), Ok(2.0)]);
        assert!(["c", "", "begin"].iter().all(|it| choice.read_guess(it).is_err()));
        assert!(choice.is_right(2.0, 10.0) && !choice.is_right(1.0, 10.0));
        assert_eq!((choice.say_guess(1.0).as_str(), choice.right_choices(10.0)), ("“few”", vec![1]));
    }

    #[test]
    fn thousands_may_be_parted_and_one_is_told_how_it_is_read() {
        let question = question("ms", "");
        for (typed, guess, told) in [
            ("1200", 1200.0, None),
            ("1,200", 1200.0, Some("read as 1200")),
            ("1 200 ms", 1200.0, Some("read as 1200")),
            ("1'200", 1200.0, Some("read as 1200")),
            ("1,234.5", 1234.5, Some("read as 1234.5")),
            ("1.234,5", 1234.5, Some("read as 1234.5")),
            ("1.200", 1.2, Some("read as 1.2")),
            ("12,50", 12.5, Some("read as 12.5")),
            ("0,125", 0.125, Some("read as 0.125")),
        ] {
            assert_eq!(question.read_guess(typed), Ok(guess), "{typed}");
            assert_eq!(question.says_how_read(typed).as_deref(), told, "{typed}");
        }
    }

    #[test]
    fn only_what_can_become_a_guess_is_taken() {
        for (unit, typed, is_taken) in [
            ("%", "12,5 %", true),
            ("%", "12m", false),
            ("%", "1,234.5", true),
            ("ms", "1 200", true),
            ("ms", "250 m", true),
            ("ms", "250 mx", false),
            ("ms", "m", false),
            ("ms", "-", false),
            ("req/s", "11req/", true),
            ("USD", "$5.40", true),
            ("ms", "$5", false),
            ("", "5", true),
            ("", "5 x", false),
        ] {
            assert_eq!(question(unit, "").admits(typed), is_taken, "{typed} in {unit}");
        }
    }
}
