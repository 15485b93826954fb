//! Reference answers and an answer to a judgement, for exercises without a rubric.
//!
//! In: a question, one or more answers that are right, and an answer. Out: a [`Judgement`]: correct, incomplete or
//! contradictory, and how sure. A small model that was trained on answers graded by people decides: `reading` (words with
//! stem, weight and polarity) → `pair` (which words meet those of a reference, by `kin` and `opposites` too) → `fluency`
//! (do they follow on each other) → `features` (a row of numbers) → `trees`, whose score `cues` corrects by which words
//! they are → `limits` (is that enough, and is the answer a spoilt one). Given a few answers that the teacher has marked,
//! `adapt` moves the judgement towards the teacher's.
//!
//! The model ships in `assets/grade/reference.bin` and is made by `training` (with `boosting` and `attacks`) and measured
//! by `evaluation`, never while grading. Absent: the texts that it was trained on, files, the screen.

mod adapt;
mod agreement;
mod attacks;
mod boosting;
mod cardinality;
mod cues;
mod evaluation;
mod features;
mod fluency;
mod kin;
mod language;
mod limits;
mod model;
mod opposites;
mod pair;
mod reading;
pub mod training;
mod trees;
mod word;

use std::sync::{Arc, LazyLock};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

pub use adapt::{Adaptation, Mark};
use adapt::{Point, Teacher};
pub use evaluation::Figure;
use features::Task;
pub use kin::WordNet;
use model::confidence;
pub use model::{Model, ModelError};

/// What an answer is worth beside its references.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Label {
    Correct,
    /// Not enough of it, or nothing to the purpose.
    #[serde(alias = "incorrect")]
    Incomplete,
    /// It says the opposite of a reference.
    Contradictory,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Judgement {
    pub label: Label,
    /// The probability that a person agrees on whether it is correct, `0.5..=1.0`.
    pub confidence: f64,
}

/// A question and its references, ready to judge any number of answers.
#[derive(Clone, Debug)]
pub struct Grader {
    model: Arc<Model>,
    task: Task,
    teacher: Option<Teacher>,
}

static SHIPPED: LazyLock<Arc<Model>> = LazyLock::new(|| {
    let bytes = include_bytes!("../../../assets/grade/reference.bin");
    Arc::new(Model::decode(bytes).expect("the model in assets is one that `training` wrote"))
});

impl Grader {
    /// A grader with the model that ships. Without references nothing is correct.
    pub fn new<S: AsRef<str>>(question: &str, references: &[S]) -> Self {
        Self::with_model(Arc::clone(&SHIPPED), question, references)
    }

    /// A grader with another model.
    pub fn with_model<S: AsRef<str>>(model: Arc<Model>, question: &str, references: &[S]) -> Self {
        let task = Task::new(question, references, &model.language);
        Self { model, task, teacher: None }
    }

    /// Learns from answers to this question that a teacher has marked, and says whether that helps.
    ///
    /// Replaces what was learned before. Where it does not help, the judgements stay as they were.
    pub fn learn(&mut self, marks: &[Mark]) -> Adaptation {
        let (teacher, adaptation) = Teacher::new(&self.model, &self.task, marks);
        self.teacher = teacher;
        adaptation
    }

    pub fn judge(&self, answer: &str) -> Judgement {
        if self.task.references.is_empty() {
            return Judgement { label: Label::Incomplete, confidence: 0.5 };
        }
        let sight = self.task.sight(answer, &self.model.language);
        if sight.seen.reading.words.is_empty() {
            return Judgement { label: Label::Incomplete, confidence: 1.0 };
        }
        let score = match &self.teacher {
            Some(teacher) => teacher.score(&Point::new(&self.model, &sight)) as f32,
            None => self.model.score(&sight),
        };
        Judgement { label: self.model.label(score, &sight), confidence: confidence(score) }
    }

    /// Judges many answers, in their order, on all processors. Each judgement is the one that [`Self::judge`] gives.
    pub fn judge_all<S: AsRef<str> + Sync>(&self, answers: &[S]) -> Vec<Judgement> {
        answers.par_iter().map(|answer| self.judge(answer.as_ref())).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUESTION: &str = "Why is a warm call to the function faster than the first one?";
    const REFERENCES: [&str; 2] = [
        "The environment is already running, so the code outside the handler is not executed again.",
        "The container is reused and does not have to be started.",
    ];

    #[test]
    fn a_reference_is_correct_and_what_looks_like_it_is_not() {
        let grader = Grader::new(QUESTION, &REFERENCES);
        for (answer, is_correct) in [
            (REFERENCES[0], true),
            ("Because the container is reused and it does not need to be started.", true),
            ("", false),
            ("container", false),
            ("I do not know.", false),
            (QUESTION, false),
            ("already, code, container, environment, executed, handler, reused, running, started", false),
            ("again already code environment executed handler is is not outside running so the the", false),
            ("It is not true that the container is reused and does not have to be started.", false),
            ("The container is not reused.", false),
            ("Because the container is not reused, the code outside the handler is executed again.", false),
            ("The container has to be started again.", false),
        ] {
            let judgement = grader.judge(answer);
            assert_eq!(judgement.label == Label::Correct, is_correct, "{answer}: {judgement:?}");
            assert!((0.5..=1.0).contains(&judgement.confidence));
        }
    }

    #[test]
    fn any_text_is_judged_in_bounds() {
        let huge = "warm container ".repeat(700_000);
        let many: Vec<String> = (0..3).map(|n| format!("reference {n} {huge}")).collect();
        for text in [huge.as_str(), "\n\n\n", "\u{301}\u{202e}", "不知道", &"(".repeat(100_000)] {
            assert_ne!(Grader::new(QUESTION, &many).judge(text).label, Label::Correct);
            assert_ne!(Grader::new(text, &REFERENCES).judge("no").label, Label::Correct);
        }
        assert_eq!(Grader::new::<&str>("", &[]).judge("anything").label, Label::Incomplete);
    }

    #[test]
    fn the_number_of_threads_changes_nothing() {
        let grader = Grader::new(QUESTION, &REFERENCES);
        let answers: Vec<String> = (0..200).map(|n| format!("answer {n}: {}", REFERENCES[n % 2])).collect();
        let one_by_one: Vec<Judgement> = answers.iter().map(|answer| grader.judge(answer)).collect();
        assert_eq!(grader.judge_all(&answers), one_by_one);
    }
}
