//! What a class is asked: an exercise or a prediction to the votes that are taken on it, one for each thing to decide.
//!
//! A choice is one vote; an order is one for each place, pairs one for each line, a text one for each gap. Where the
//! answers are not given (a number, a word), the class calls them out. Absent: who raised a hand.

use crate::course::{Answer, Course, Exercise, ExerciseId, Kind, Page, Predict, SimulationTask, Task};
use crate::grade::Status;

/// A question, and the votes on it, at least one.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Ballot {
    /// The exercise's name, or for a prediction the page and the scenario.
    pub question: String,
    /// Markdown.
    pub prompt: String,
    pub votes: Vec<Vote>,
    /// Markdown; empty for a prediction, whose answer is the run.
    pub solution: String,
    subject: Subject,
}

/// One thing to decide.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Vote {
    /// What the question does not say itself: which place, which line, which gap. May be empty.
    pub asks: String,
    pub answers: Answers,
    /// One may raise a hand more than once.
    pub several: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Answers {
    /// Markdown, and whether it is right where that can be said.
    Given(Vec<(String, Option<bool>)>),
    /// The class calls them out.
    Called,
}

#[derive(Clone, Debug, PartialEq)]
enum Subject {
    Exercise(ExerciseId),
    Prediction(Box<Predict>),
}

const PLACES: [&str; 10] =
    ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"];

impl Ballot {
    /// The question that `name` means in `course`, as [`Ballot::question`] names it.
    pub(super) fn find(course: &Course, name: &str) -> Option<Self> {
        let Some((page, scenario)) = name.split_once('#') else {
            return course.exercises.get(&ExerciseId(name.to_owned())).map(Self::on_exercise);
        };
        let page = course.pages().find(|it| it.id.0 == page)?;
        page.widgets.iter().find_map(|widget| match &widget.task {
            Task::Simulation(task) if task.scenario == scenario => Self::on_prediction(page, task),
            _ => None,
        })
    }

    pub(super) fn on_exercise(exercise: &Exercise) -> Self {
        let vote = |asks: String, answers| Vote { asks, answers: Answers::Given(answers), several: false };
        let called = |asks: String| Vote { asks, answers: Answers::Called, several: false };
        let order = exercise.shown_order();
        let votes = match &exercise.kind {
            Kind::Choice { options, several } => {
                let answers = options.iter().map(|it| (it.text.clone(), Some(it.right))).collect();
                let asks = if *several { "A hand for each one that fits." } else { "" };
                vec![Vote { several: *several, ..vote(asks.to_owned(), answers) }]
            }
            Kind::Order { steps } => (0..steps.len())
                .map(|place| {
                    let which =
                        PLACES.get(place).map_or_else(|| format!("at place {}", place + 1), |it| (*it).to_owned());
                    let answers = order.iter().map(|step| (steps[*step].clone(), Some(*step == place)));
                    vote(format!("Which comes {which}?"), answers.collect())
                })
                .collect(),
            Kind::Matching(pairs) => {
                let of_line =
                    |choice: usize| order.iter().map(move |it| (pairs.choices[*it].clone(), Some(*it == choice)));
                pairs.lines.iter().map(|line| vote(line.text.clone(), of_line(line.choice).collect())).collect()
            }
            Kind::Gaps { gaps, .. } => gaps.iter().map(|gap| called(format!("Gap: {}", gap.name))).collect(),
            Kind::Number(_) => vec![called(String::new())],
            Kind::Text(_) | Kind::Flow(_) | Kind::Code(_) => {
                let answers = ["I have it", "I have a part of it", "I do not know yet"];
                vec![vote(String::new(), answers.map(|it| (it.to_owned(), None)).to_vec())]
            }
        };
        Self {
            question: exercise.id.0.clone(),
            prompt: exercise.prompt.clone(),
            votes,
            solution: exercise.solution_text().into_owned(),
            subject: Subject::Exercise(exercise.id.clone()),
        }
    }

    /// The guess before a simulation; `None` where none is asked for.
    pub(super) fn on_prediction(page: &Page, task: &SimulationTask) -> Option<Self> {
        let predict = task.predict.clone()?;
        let answers = if predict.choices.is_empty() {
            Answers::Called
        } else {
            Answers::Given(predict.choices.iter().map(|choice| (choice.text.clone(), None)).collect())
        };
        Some(Self {
            question: format!("{}#{}", page.id, task.scenario),
            prompt: format!("**Predict first:** {}", predict.ask),
            votes: vec![Vote { asks: String::new(), answers, several: false }],
            solution: String::new(),
            subject: Subject::Prediction(Box::new(predict)),
        })
    }

    pub(super) fn is_prediction(&self) -> bool {
        matches!(self.subject, Subject::Prediction(_))
    }

    /// Why what the class called out cannot be an answer.
    pub(super) fn objection(&self, called: &str) -> Option<String> {
        match &self.subject {
            Subject::Prediction(predict) => predict.read_guess(called).err(),
            Subject::Exercise(_) if called.is_empty() => Some("Type what the class says, then Enter.".to_owned()),
            Subject::Exercise(_) => None,
        }
    }

    /// Whether an answer that was called out in vote number `vote` is right, where that can be said.
    pub(super) fn is_right(&self, course: &Course, vote: usize, called: &str) -> Option<bool> {
        let Subject::Exercise(id) = &self.subject else { return None };
        let exercise = course.exercises.get(id)?;
        let verdict = match &exercise.kind {
            Kind::Number(_) => exercise.grade(&Answer::Number(called.to_owned())),
            Kind::Gaps { gaps, .. } => {
                let mut filled = vec![String::new(); gaps.len()];
                called.clone_into(filled.get_mut(vote)?);
                let verdict = exercise.grade(&Answer::Filled(filled));
                return Some(verdict.items.get(vote)?.status == Status::Made);
            }
            _ => return None,
        };
        Some(verdict.score >= verdict.max)
    }
}
