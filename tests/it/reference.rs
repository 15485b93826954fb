//! Grading against reference answers and in batches, by command: small made-up data.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;

use coldstart::grade::reference::training::{Example, Trainer};
use coldstart::grade::reference::{Grader, Label};
use serde_json::{Value, json};
use tempfile::TempDir;

fn coldstart(arguments: &[&str], folder: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_coldstart"))
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("the program starts")
}

fn write(folder: &TempDir, name: &str, lines: &[Value]) -> PathBuf {
    let path = folder.path().join(name);
    let text = lines.iter().fold(String::new(), |mut text, line| {
        let _ = writeln!(text, "{line}");
        text
    });
    std::fs::write(&path, text).expect("a temporary file");
    path
}

fn lines(output: &Output) -> Vec<Value> {
    let text = String::from_utf8(output.stdout.clone()).expect("UTF-8");
    text.lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect()
}

const QUESTION: &str = "Why does the lamp burn when the switch is closed?";
const REFERENCE: &str = "The closed switch completes the circuit, so current flows through the lamp.";

fn line(id: usize, answer: &str) -> Value {
    json!({ "id": id, "question": QUESTION, "references": [REFERENCE], "answer": answer })
}

#[test]
fn answers_are_graded_against_references_in_their_order() {
    let folder = TempDir::new().unwrap();
    let answers = [REFERENCE, "", "It is not true that the closed switch completes the circuit.", QUESTION, "lamp"];
    write(&folder, "in.jsonl", &answers.iter().enumerate().map(|(id, it)| line(id, it)).collect::<Vec<_>>());
    let output = coldstart(&["grade", "--reference", "in.jsonl"], folder.path());
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let graded = lines(&output);
    let labels: Vec<&str> = graded.iter().map(|it| it["label2"].as_str().unwrap()).collect();
    assert_eq!(labels, ["correct", "incorrect", "incorrect", "incorrect", "incorrect"]);
    assert_eq!(graded.iter().map(|it| it["id"].as_u64().unwrap()).collect::<Vec<_>>(), [0, 1, 2, 3, 4]);
    for it in &graded {
        assert!(["correct", "incomplete", "contradictory"].contains(&it["label3"].as_str().unwrap()), "{it}");
        assert!((0.5..=1.0).contains(&it["confidence"].as_f64().unwrap()), "{it}");
    }
    let strict = coldstart(&["grade", "--reference", "in.jsonl", "--min", "0.5"], folder.path());
    assert_eq!(strict.status.code(), Some(1));
}

#[test]
fn marks_of_a_teacher_move_the_judgement() {
    let folder = TempDir::new().unwrap();
    // A teacher who accepts what the model cannot know: that magic did it.
    let magic = ["It is magic", "The magic makes it burn", "Magic burns the lamp", "By pure magic", "magic, I think"];
    let marks: Vec<Value> = magic
        .iter()
        .enumerate()
        .map(|(id, answer)| {
            let mut mark = line(id, answer);
            mark["label2"] = json!("correct");
            mark
        })
        .collect();
    write(&folder, "marks.jsonl", &marks);
    write(&folder, "in.jsonl", &[line(1, "The magic lets it burn")]);
    let before = lines(&coldstart(&["grade", "--reference", "in.jsonl"], folder.path()));
    let after = coldstart(&["grade", "--reference", "in.jsonl", "--graded", "marks.jsonl"], folder.path());
    assert_eq!(before[0]["label2"], "incorrect");
    assert_eq!(lines(&after)[0]["label2"], "correct");
    assert!(String::from_utf8_lossy(&after.stderr).contains("they are used"));
}

#[test]
fn the_number_of_threads_changes_no_byte() {
    let folder = TempDir::new().unwrap();
    let answers: Vec<Value> =
        (0..3000).map(|id| line(id, &format!("{REFERENCE} {}", "more ".repeat(id % 7)))).collect();
    write(&folder, "in.jsonl", &answers);
    let with = |threads: &str| {
        let run = Command::new(env!("CARGO_BIN_EXE_coldstart"))
            .args(["grade", "--reference", "in.jsonl"])
            .current_dir(folder.path())
            .env("RAYON_NUM_THREADS", threads)
            .output();
        run.expect("the program starts").stdout
    };
    let one = with("1");
    assert_eq!(one.iter().filter(|byte| **byte == b'\n').count(), 3000);
    assert!(one == with("4"));
}

#[test]
fn a_batch_gives_a_verdict_for_each_line() {
    let folder = TempDir::new().unwrap();
    let good = "The connection is opened once when the environment starts and is reused in warm invocations.";
    write(&folder, "in.jsonl", &[json!({ "id": "a", "answer": good }), json!({ "id": "b", "answer": "" })]);
    let batch = ["grade", "connection-outside-handler", "--batch", "in.jsonl"];
    let output = coldstart(&batch, folder.path());
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let graded = lines(&output);
    assert_eq!(graded[0]["id"], "a");
    assert!(graded[0]["score"].as_f64() > graded[1]["score"].as_f64(), "{graded:?}");
    let strict = coldstart(&[&batch[..], &["--min", "0.5"]].concat(), folder.path());
    assert_eq!(strict.status.code(), Some(1));
}

#[test]
fn a_line_that_cannot_be_read_is_named() {
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("in.jsonl"), "\n{\"id\": 1,\n").unwrap();
    let output = coldstart(&["grade", "--reference", "in.jsonl"], folder.path());
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("in.jsonl:2"), "{output:?}");
    let output = coldstart(&["grade"], folder.path());
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn training_twice_gives_the_same_model() {
    let examples: Vec<Example> = (0..60)
        .map(|n| {
            let (answer, label) =
                [("It carries the current to the lamp", Label::Correct), ("It is red", Label::Incomplete)][n % 2];
            Example {
                source: "made up".into(),
                question: format!("What does part {} do?", n / 6),
                references: vec!["It carries current to the lamp.".into()],
                answer: answer.into(),
                label,
            }
        })
        .collect();
    let train = || Trainer::new(&examples, None).train();
    let model = train();
    assert!(model.encode() == train().encode());
    let grader = Grader::with_model(Arc::new(model), "What does part 99 do?", &examples[0].references);
    assert_eq!(grader.judge("It carries the current to a lamp").label, Label::Correct);
    assert_ne!(grader.judge("It is blue").label, Label::Correct);
}
