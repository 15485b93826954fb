//! How fast the grader is: a verdict on each of an exercise's sample answers, by its rubric and against its solution alone,
//! the first verdict of an exercise, and reading the exercises' files.
//!
//! `cargo bench --bench grade`; the figure is items per second, an item being an answer.

use coldstart::content;
use coldstart::course::{Course, Kind};
use coldstart::grade::Rubric;
use coldstart::grade::reference::Grader;
use divan::Bencher;
use divan::counter::ItemsCount;

fn main() {
    divan::main();
}

const WRITTEN: [&str; 3] = ["connection-outside-handler", "constant-high-traffic", "invoice-flow"];

fn with_samples(exercise: &str, work: impl FnOnce(&Rubric, &[&str])) {
    let course = content::open(None).expect("the built-in course");
    let exercise = course.exercise(exercise).expect("an exercise of the lesson");
    let Kind::Text(rubric) = &exercise.kind else { panic!("a free-text exercise") };
    let answers: Vec<&str> = exercise.samples().iter().map(|sample| sample.answer.as_str()).collect();
    work(rubric, &answers);
}

#[divan::bench(args = WRITTEN)]
fn verdict(bencher: Bencher, exercise: &str) {
    with_samples(exercise, |rubric, answers| {
        bencher
            .counter(ItemsCount::new(answers.len()))
            .bench_local(|| answers.iter().map(|answer| rubric.grade(answer).score).sum::<f64>());
    });
}

#[divan::bench(args = WRITTEN)]
fn batch(bencher: Bencher, exercise: &str) {
    with_samples(exercise, |rubric, answers| {
        let many: Vec<&str> = answers.iter().copied().cycle().take(10_000).collect();
        bencher.counter(ItemsCount::new(many.len())).bench_local(|| rubric.grade_all(&many).len());
    });
}

/// With all that it takes: the exercise's file read to its end, its patterns read, its graded answers learned from.
#[divan::bench(args = WRITTEN, sample_count = 30, sample_size = 1)]
fn first_verdict(bencher: Bencher, exercise: &str) {
    let files = content::embedded();
    bencher.with_inputs(|| Course::assemble(&files)).bench_local_refs(|course| {
        let exercise = course.exercise(exercise).expect("an exercise of the lesson");
        let Kind::Text(rubric) = &exercise.kind else { panic!("a free-text exercise") };
        rubric.grade("It is opened once.").score
    });
}

#[divan::bench]
fn open(bencher: Bencher) {
    let files = content::embedded();
    bencher.bench_local(|| Course::assemble(&files).exercises.len());
}

/// Against the exercise's solution as the only reference.
#[divan::bench(args = WRITTEN)]
fn reference(bencher: Bencher, exercise: &str) {
    let course = content::open(None).expect("the built-in course");
    let exercise = course.exercise(exercise).expect("an exercise of the lesson");
    let grader = Grader::new(&exercise.prompt, &[&exercise.solution]);
    let answers: Vec<&str> = exercise.samples().iter().map(|sample| sample.answer.as_str()).collect();
    bencher
        .counter(ItemsCount::new(answers.len()))
        .bench_local(|| answers.iter().map(|answer| grader.judge(answer).confidence).sum::<f64>());
}
