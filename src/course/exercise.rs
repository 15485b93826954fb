//! An exercise file to an [`Exercise`], and an answer to an exercise to its [`Verdict`].
//!
//! In: TOML as `exercises/<id>.toml` holds it, and the words that a course shares (`exercises/vocabulary.toml`). Out:
//! an exercise that can be shown and graded, and a [`Problem`] for each slip. Absent: how answers are judged, which is
//! [`grade`]'s, and how they are typed.

mod chain;
mod code;
mod file;
mod help;
mod learn;
mod proof;
mod prose;
mod slips;
mod tables;
mod typed;
mod written;

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub use chain::flow_picture;
pub use code::{CodeCheck, CodeTask, GivenFile, language_of};
pub use file::{Sample, VOCABULARY, VOCABULARY_FILE, graded_file, vocabulary};
pub use help::{GIVING_UP_PRICE, HELP_PRICE, Help, Hint, Pointer, SOLUTION_PRICE};
pub use learn::with_phrase;
pub use prose::Prose;
pub use written::WrittenRubric;

use super::Problem;
use crate::grade::exact::flow::FlowTask;
use crate::grade::exact::gaps::{self, Gap};
use crate::grade::exact::pairs::Pairs;
use crate::grade::exact::{self, ChoiceOption};
use crate::grade::{NumberTask, Verdict, Vocabulary};

/// The name of an exercise's file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ExerciseId(pub String);

impl fmt::Display for ExerciseId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Something to answer.
#[derive(Clone, Debug)]
pub struct Exercise {
    pub id: ExerciseId,
    pub title: String,
    /// How long it takes in minutes as the author estimates it, 0 when not said.
    pub minutes: u32,
    /// Markdown.
    pub prompt: String,
    pub kind: Kind,
    /// Nudges. They are the first steps of [`Self::help`].
    pub hints: Vec<Hint>,
    /// Where the course tells of it: a link, as on the page on which the exercise stands.
    pub about: Option<Pointer<String>>,
    /// Another case of the same matter, with its solution, Markdown. Empty where there is none.
    pub similar: String,
    /// The exercise that this one asks again in other words. Then it stands on no page.
    pub form_of: Option<Pointer<ExerciseId>>,
    /// The goals of its page that a right answer shows, counted from 1. Empty: all of them.
    pub shows: Vec<Pointer<usize>>,
    /// Markdown.
    pub solution: String,
    /// Path inside the course folder.
    pub file: String,
    /// Every text of the file that learners read, for whoever checks its words.
    pub prose: Vec<Prose>,
    /// What all of it is worth; of free text the rubric says so.
    points: f64,
    /// Those of free text are beside the rubric.
    samples: Vec<Sample>,
}

/// How it is answered, and what is right.
#[derive(Clone, Debug)]
pub enum Kind {
    Text(Box<WrittenRubric>),
    /// One option is right, or with `several` one or more.
    Choice {
        options: Vec<ChoiceOption>,
        several: bool,
    },
    /// The steps in the right order.
    Order {
        steps: Vec<String>,
    },
    Number(NumberTask),
    /// Lines, and what belongs to each.
    Matching(Pairs),
    /// A text with gaps to fill. Pieces name the gaps in their order.
    Gaps {
        pieces: Vec<Piece>,
        gaps: Vec<Gap>,
    },
    /// A flow to draw, or to write as a chain.
    Flow(FlowTask),
    /// A file of code to change. It is judged by running it: see [`crate::marking`].
    Code(Box<CodeTask>),
}

impl Kind {
    /// What it is called, and what is to be done; `between` stands between the two.
    pub fn called(&self, between: &str) -> String {
        let (name, task) = match self {
            Self::Text(_) => return "Exercise".to_owned(),
            Self::Choice { several: false, .. } => ("Question", "choose one"),
            Self::Choice { several: true, .. } => ("Question", "choose all that fit"),
            Self::Order { .. } => ("Question", "put in order"),
            Self::Number(_) => ("Question", "a number"),
            Self::Matching(_) => ("Question", "match"),
            Self::Gaps { .. } => ("Question", "fill the gaps"),
            Self::Flow(_) => ("Exercise", "draw the flow"),
            Self::Code(_) => ("Exercise", "code"),
        };
        format!("{name}{between}{task}")
    }
}

/// A part of a text with gaps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// As it stands, line breaks included.
    Text(String),
    /// Index of a gap.
    Gap(usize),
}

/// What a learner answered, in the terms of the exercise's file: indices count its options, steps, lines and choices.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// Free text, a flow as it was written, or a file of code.
    Text(String),
    Chosen(BTreeSet<usize>),
    Order(Vec<usize>),
    Number(String),
    /// For each line the choice that was matched with it.
    Matched(Vec<Option<usize>>),
    /// What stands in each gap.
    Filled(Vec<String>),
}

impl Answer {
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Text(text) | Self::Number(text) => text.trim().is_empty(),
            Self::Chosen(chosen) => chosen.is_empty(),
            Self::Order(order) => order.is_empty(),
            Self::Matched(matched) => matched.iter().all(Option::is_none),
            Self::Filled(filled) => filled.iter().all(|text| text.trim().is_empty()),
        }
    }
}

impl Exercise {
    /// Reads an exercise's file. `name` is the file's name without its ending, `path` what problems call it.
    ///
    /// Without a prompt or something to grade against there is no exercise; every other slip leaves a usable one. Those
    /// in a rubric's patterns are [`Self::rubric_slips`].
    pub fn parse_with(
        name: &str,
        path: &str,
        text: &str,
        vocabulary: &Arc<Vocabulary>,
    ) -> (Option<Self>, Vec<Problem>) {
        file::parse(name, path, text, vocabulary)
    }

    /// Reads an exercise's file that is known to be without slips: what a free-text answer is judged by is read when the
    /// first comes. It is most of such a file.
    pub fn parse_proven(
        name: &str,
        path: &str,
        text: &str,
        vocabulary: &Arc<Vocabulary>,
    ) -> (Option<Self>, Vec<Problem>) {
        match file::parse_proven(name, path, text, vocabulary) {
            Some(exercise) => (Some(exercise), Vec::new()),
            None => Self::parse_with(name, path, text, vocabulary),
        }
    }

    /// Answers with the points that a teacher gave them. They prove the rubric, and it learns from them.
    pub fn samples(&self) -> &[Sample] {
        match &self.kind {
            Kind::Text(rubric) => rubric.samples(),
            _ => &self.samples,
        }
    }

    /// Gives the rubric answers that a teacher graded, the text of [`graded_file`]. What is wrong with it is among
    /// [`Self::rubric_slips`].
    pub fn learn(&mut self, graded: &str) {
        if let Kind::Text(rubric) = &mut self.kind {
            rubric.learn(graded);
        }
    }

    /// Judges `answer`. One of another kind, kept from before the exercise changed, earns nothing and is told so.
    ///
    /// Code is judged by running it, which nothing here can do: it is left to a person.
    pub fn grade(&self, answer: &Answer) -> Verdict {
        match (&self.kind, answer) {
            (Kind::Text(rubric), Answer::Text(text)) => rubric.grade(text),
            (Kind::Choice { options, .. }, Answer::Chosen(chosen)) => exact::choice(options, chosen, self.points),
            (Kind::Order { steps }, Answer::Order(order)) => exact::order(steps.len(), order, self.points),
            (Kind::Number(task), Answer::Number(text)) => task.grade(text, self.points),
            (Kind::Matching(pairs), Answer::Matched(matched)) => pairs.grade(matched, self.points),
            (Kind::Gaps { gaps, .. }, Answer::Filled(filled)) => gaps::grade(gaps, filled, self.points),
            (Kind::Flow(task), Answer::Text(text)) => task.grade(&chain::read(text), self.points),
            (Kind::Code(_), Answer::Text(_)) => {
                self.unjudged("the code was not run", "The code was not run, and nothing can be said of it.")
            }
            _ => self.unjudged(
                "the answer was given to another form of this exercise",
                "The exercise has changed since this answer: answer it again.",
            ),
        }
    }

    /// The verdict on an answer that could not be judged.
    pub fn unjudged(&self, why: &str, feedback: &str) -> Verdict {
        Verdict {
            score: 0.0,
            max: self.max_points(),
            items: Vec::new(),
            needs_review: true,
            review_reason: Some(why.to_owned()),
            feedback: feedback.to_owned(),
        }
    }

    pub fn max_points(&self) -> f64 {
        match &self.kind {
            Kind::Text(rubric) => rubric.max_points(),
            Kind::Code(task) => task.max_points(),
            _ => self.points,
        }
    }

    /// Reads an answer as it is typed into a file: free text, flows and code as they are, options as letters or numbers,
    /// steps as letters in order and a letter for each line to match (letters name what [`Self::shown_order`] shows), a
    /// number with its unit, the words for the gaps one a line.
    ///
    /// The error says what was expected.
    pub fn read_answer(&self, text: &str) -> Result<Answer, String> {
        match &self.kind {
            Kind::Text(_) | Kind::Flow(_) | Kind::Code(_) => Ok(Answer::Text(text.to_owned())),
            Kind::Matching(pairs) => {
                let shown = self.shown_order();
                let marked = typed::pairs(text, pairs.lines.len(), pairs.choices.len())?;
                Ok(Answer::Matched(marked.into_iter().map(|mark| Some(shown[mark?])).collect()))
            }
            Kind::Gaps { gaps, .. } => {
                let names: Vec<&str> = gaps.iter().map(|gap| gap.name.as_str()).collect();
                Ok(Answer::Filled(typed::gaps(text, &names)?))
            }
            Kind::Number(_) => Ok(Answer::Number(text.trim().to_owned())),
            Kind::Choice { options, several } => {
                let said = text.trim();
                if let Some(index) = options.iter().position(|option| option.text.eq_ignore_ascii_case(said)) {
                    return Ok(Answer::Chosen(BTreeSet::from([index])));
                }
                let chosen = typed::marks(text, options.len())?;
                if !several && chosen.len() > 1 {
                    return Err("one option is asked for, and several are named".to_owned());
                }
                Ok(Answer::Chosen(chosen.into_iter().collect()))
            }
            Kind::Order { steps } => {
                let shown = self.shown_order();
                let order: Vec<usize> = typed::marks(text, steps.len())?.into_iter().map(|mark| shown[mark]).collect();
                let each_once = order.iter().collect::<BTreeSet<_>>().len() == order.len();
                if !order.is_empty() && (!each_once || order.len() != steps.len()) {
                    return Err(format!(
                        "each of the {} steps must be named once, such as `{}`",
                        steps.len(),
                        typed::letters(steps.len())
                    ));
                }
                Ok(Answer::Order(order))
            }
        }
    }

    /// What is asked, as Markdown: the prompt, and of code the files that stand beside the answer.
    pub fn task_text(&self) -> Cow<'_, str> {
        let Kind::Code(task) = &self.kind else { return Cow::Borrowed(&self.prompt) };
        let given = task.given.iter().map(|file| code::fenced(&file.path, &file.text));
        Cow::Owned(given.fold(self.prompt.clone(), |text, file| text + "\n\n" + &file))
    }

    /// What is right and why, as Markdown: of code the file that passes all checks comes first.
    pub fn solution_text(&self) -> Cow<'_, str> {
        let Kind::Code(task) = &self.kind else { return Cow::Borrowed(&self.solution) };
        Cow::Owned(code::fenced(&task.file, &task.reference) + "\n\n" + &self.solution)
    }

    /// The order in which the steps, or the choices to match with, are shown: indices into them, always the same for an
    /// exercise, never the solution where there is a choice.
    pub fn shown_order(&self) -> Vec<usize> {
        let n_shown = match &self.kind {
            Kind::Order { steps } => steps.len(),
            Kind::Matching(pairs) => pairs.choices.len(),
            _ => return Vec::new(),
        };
        let mut order: Vec<usize> = (0..n_shown).collect();
        // FNV-1a over the id seeds a linear congruential generator: no more is needed to mix ten lines.
        let mut state = self
            .id
            .0
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
        for last in (1..order.len()).rev() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            order.swap(last, (state >> 33) as usize % (last + 1));
        }
        if order.is_sorted() && order.len() > 1 {
            order.rotate_left(1);
        }
        order
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exercise(text: &str) -> Exercise {
        let (exercise, problems) = Exercise::parse_with("steps", "exercises/steps.toml", text, &Arc::default());
        assert_eq!(problems, []);
        exercise.expect("the file has a prompt and something to grade against")
    }

    const ORDER: &str = "format = 1\nkind = \"order\"\ntitle = \"T\"\nprompt = \"P\"\nsolution = \"S\"\nsteps = [\"1\", \"2\", \"3\", \"4\"]\n";
    const CHOICE: &str = "format = 1\nkind = \"KIND\"\ntitle = \"T\"\nprompt = \"P\"\nsolution = \"S\"\n[[option]]\ntext = \"one\"\nright = true\nwhy = \"w\"\n[[option]]\ntext = \"two\"\nwhy = \"v\"\n";

    #[test]
    fn steps_are_shown_shuffled_and_always_alike() {
        let exercise = exercise(ORDER);
        let shown = exercise.shown_order();
        assert_eq!(shown, exercise.shown_order());
        assert_ne!(shown, [0, 1, 2, 3]);
        assert_eq!(shown.iter().copied().collect::<BTreeSet<_>>(), (0..4).collect());
    }

    #[test]
    fn letters_name_the_lines_as_they_are_shown() {
        let exercise = exercise(ORDER);
        let shown = exercise.shown_order();
        let letter = |step: usize| ('a'..).nth(shown.iter().position(|it| *it == step).unwrap()).unwrap();
        let right: String = (0..4).map(letter).collect();
        let answer = exercise.read_answer(&right).unwrap();
        assert_eq!(answer, Answer::Order(vec![0, 1, 2, 3]));
        assert_eq!(exercise.grade(&answer).score, 1.0);
        assert!(exercise.read_answer("a b").unwrap_err().contains("once"));
        assert!(exercise.read_answer("a b c z").unwrap_err().contains("`z`"));
    }

    #[test]
    fn options_are_read_as_letters_numbers_or_their_words() {
        let one = exercise(&CHOICE.replace("KIND", "choice"));
        for text in ["a", " A.\n", "1", "One"] {
            assert_eq!(one.read_answer(text), Ok(Answer::Chosen(BTreeSet::from([0]))), "{text}");
        }
        assert_eq!(one.read_answer(""), Ok(Answer::Chosen(BTreeSet::new())));
        for text in ["a b", "c", "0", "99999999999999999999999", "é"] {
            assert!(one.read_answer(text).is_err(), "{text}");
        }
        let several = exercise(&CHOICE.replace("KIND", "several"));
        assert_eq!(several.read_answer("ab"), Ok(Answer::Chosen(BTreeSet::from([0, 1]))));
    }

    #[test]
    fn pairs_gaps_and_flows_are_read_and_graded() {
        let head =
            |kind: &str| format!("format = 1\nkind = \"{kind}\"\ntitle = \"T\"\nprompt = \"P\"\nsolution = \"S\"\n");
        let matching =
            "extra = [\"z\"]\n[[pair]]\ntext = \"one\"\nwith = \"x\"\n[[pair]]\ntext = \"two\"\nwith = \"y\"\n";
        let matching = exercise(&(head("matching") + matching));
        let shown = matching.shown_order();
        let letter = |choice: usize| ('a'..).nth(shown.iter().position(|it| *it == choice).unwrap()).unwrap();
        let answer = matching.read_answer(&format!("1{} 2{}", letter(0), letter(1))).unwrap();
        assert_eq!(answer, Answer::Matched(vec![Some(0), Some(1)]));
        assert_eq!(matching.grade(&answer).score, 1.0);
        assert!(matching.read_answer("-").unwrap().is_empty());

        let gaps = "text = \"say {{a}} then {{b}}\"\n[[gap]]\nname = \"b\"\nvalue = 2\n[[gap]]\nname = \"a\"\naccept = [\"one\"]\n";
        let gaps = exercise(&(head("gaps") + gaps));
        let score = |text: &str| gaps.grade(&gaps.read_answer(text).unwrap()).score;
        assert_eq!([score("one\n2"), score("one"), score("b: 2"), score("2; one")], [1.0, 0.5, 0.5, 0.0]);

        let flow =
            "paths = [\"a -> b\"]\n[[stop]]\nid = \"a\"\nlabel = \"First\"\n[[stop]]\nid = \"b\"\nlabel = \"Second\"\n";
        let flow = exercise(&(head("flow") + flow));
        let score = |text: &str| flow.grade(&flow.read_answer(text).unwrap()).score;
        assert_eq!([score("first → second"), score("graph LR\nX[second] --> Y[first]"), score("")], [1.0, 0.0, 0.0]);
    }

    #[test]
    fn an_answer_is_kept_under_its_own_name() {
        for (answer, json) in [
            (Answer::Text("t".into()), r#"{"text":"t"}"#),
            (Answer::Chosen(BTreeSet::from([1])), r#"{"chosen":[1]}"#),
            (Answer::Order(vec![1, 0]), r#"{"order":[1,0]}"#),
            (Answer::Number("1".into()), r#"{"number":"1"}"#),
            (Answer::Matched(vec![Some(1), None]), r#"{"matched":[1,null]}"#),
            (Answer::Filled(vec!["w".into()]), r#"{"filled":["w"]}"#),
        ] {
            assert_eq!(serde_json::to_string(&answer).unwrap(), json);
            assert_eq!(serde_json::from_str::<Answer>(json).unwrap(), answer);
        }
    }

    #[test]
    fn an_answer_of_another_kind_earns_nothing_and_says_why() {
        let verdict = exercise(ORDER).grade(&Answer::Text("first one, then two".into()));
        assert_eq!(verdict.score, 0.0);
        assert!(verdict.needs_review);
    }
}
