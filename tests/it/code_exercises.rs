//! Exercises that are answered with code: proved by running them, in the TUI, by command and in a class.

use std::process::{Command, Output, Stdio};

use coldstart::app::Size;
use coldstart::content;
use coldstart::course::{Answer, Deed, Exercise, Kind};
use coldstart::grade::Status;
use serde_json::Value;

use crate::learner::{Learner, USUAL, marker};

const MOVE: &str = "move-the-connection";

fn with_code() -> Vec<Exercise> {
    let course = content::open(None).expect("the built-in course");
    course.exercises.into_values().filter(|exercise| matches!(exercise.kind, Kind::Code(_))).collect()
}

fn exercise(id: &str) -> Exercise {
    with_code().into_iter().find(|exercise| exercise.id.0 == id).expect("an exercise of the course")
}

fn run(arguments: &[&str], folder: &std::path::Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_coldstart"));
    command.args(arguments).current_dir(folder).stdin(Stdio::null()).output().expect("the program runs")
}

fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn each_start_earns_nothing_and_each_reference_everything() {
    let exercises = with_code();
    assert!(exercises.len() >= 6, "{}", exercises.len());
    for exercise in exercises {
        assert_eq!(marker().prove(&exercise), [], "{}", exercise.id);
        let Kind::Code(task) = &exercise.kind else { unreachable!("these have code") };
        assert!(task.checks.iter().any(|check| check.hidden) && !exercise.hints.is_empty(), "{}", exercise.id);
    }
}

#[test]
fn what_does_not_prove_itself_is_said_with_its_line() {
    let text = include_str!("../../exercises/move-the-connection.toml");
    let told = |text: &str| {
        let (exercise, problems) = Exercise::parse_with("x", "x.toml", text, &std::sync::Arc::default());
        assert_eq!(problems, []);
        let told = marker().prove(&exercise.expect("it can be used"));
        told.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    };
    let line = |text: &str, id: &str| text.lines().position(|it| it == format!("id = \"{id}\"")).expect("there");
    assert!(told(&text.replace("connections = 1\n", "connections = 9\n")).starts_with(&format!(
        "x.toml:{}: the reference does not pass `once`: 1 connections opened in all, where 9 is expected",
        line(text, "once")
    )));
    let easy = text.replace("waited_ms = { max = 10 }", "waited_ms = { max = 90 }");
    assert!(told(&easy).contains("the start passes `warm-is-fast` already"));
    let misspelt = text.replace("connections = 3", "conections = 3");
    assert!(told(&misspelt).contains("unknown field `conections`"), "{}", told(&misspelt));
}

#[test]
fn a_handler_is_mended_in_the_editor_and_marked_at_its_line() {
    let mut learner = Learner::new(USUAL);
    learner.open_exercise(MOVE).sees("index.js · line 1").press("<f5>").sees("0 of 3 checks pass");
    // An error of the code is shown at its line.
    learner.press("<enter><down><down><down><down><down><down><down>db.<down><f5>").sees("No check passes");
    learner.press("<enter>").sees("8✗").sees("╰ SyntaxError");
    // The line goes up above the handler.
    learner.press("<up><home><c-k><up><up><up><up><up><up><up>const db = require(\"./db\").connect();<f5>");
    learner.sees("All 3 checks pass").sees("All points made");
    let verdicts: Vec<f64> = learner
        .attempts()
        .into_iter()
        .filter_map(|attempt| match attempt.deed {
            Deed::Answered { verdict, .. } => Some(verdict.score),
            _ => None,
        })
        .collect();
    assert_eq!(verdicts, [0.0, 0.0, 4.0]);
}

#[test]
fn the_verdict_is_in_sight_however_small_the_screen() {
    let mut learner = Learner::new(Size { cols: 60, rows: 20 });
    learner.open_exercise("chain-by-events").press("<f5>").sees("0.00 of 5.00 points   Exercise").sees("✗ missing");
}

#[test]
fn a_draft_of_code_is_kept_and_so_is_what_was_pasted() {
    let mut learner = Learner::new(USUAL);
    learner.open_exercise(MOVE).press("// mine<enter><esc>").sees("Your draft is kept").sees(" 1  // mine");
    let mut learner = learner.reopen();
    learner.open_exercise(MOVE).sees(" 1  // mine");
    learner.act(coldstart::app::Action::Paste("\tif (x) {\u{1b}[31m\n".to_owned())).sees("  if (x) {[31m");
}

#[test]
fn partial_credit_and_hidden_checks_tell_their_label_only() {
    let exercise = exercise("charge-once");
    let remembers = "const done = new Set(); const db = require('./db').connect();\n\
        exports.handler = async (event) => { for (const { body } of event.Records) { const { id } = JSON.parse(body);\n\
        console.log(body); if (done.has(id)) continue; done.add(id); await db.insert('charges', Math.random() + '', {}); } };\n";
    let verdict = marker().grade(&exercise, &Answer::Text(remembers.to_owned()));
    assert_eq!((verdict.score, verdict.max), (3.0, 5.0), "{verdict:?}");
    let failed: Vec<_> = verdict.items.iter().filter(|item| item.status == Status::Missing).collect();
    assert_eq!(failed.len(), 2);
    for item in failed {
        let told = serde_json::to_string(item).expect("JSON");
        assert!(told.contains("This check is hidden"), "{told}");
        // Nothing of what was sent or expected, whatever the code printed or threw.
        assert!(
            !["o-7", "o-8", "o-13", "rows", "connection reset"].iter().any(|secret| told.contains(secret)),
            "{told}"
        );
    }
}

#[test]
fn what_cannot_be_run_earns_nothing_and_the_grader_goes_on() {
    let exercise = exercise(MOVE);
    for (text, expected) in [
        ("while (true) {}", "computed for"),
        ("exports.handler = async () => { while (true) {} };", "computed for"),
        ("exports.handler = async () => 'x'.repeat(2 ** 30);", "it failed"),
        ("const f = () => f(); exports.handler = f;", "it failed"),
        ("exports.handler = () => new Promise(() => {});", "it failed"),
        ("exports.handler = async (", "SyntaxError"),
        ("\u{0}\u{1}", "binary"),
        ("", "exports no `handler`"),
        ("process.exit(0)", "it failed"),
    ] {
        let verdict = marker().grade(&exercise, &Answer::Text(text.to_owned()));
        let told = format!("{:?}", verdict.items.iter().map(|item| &item.reason).collect::<Vec<_>>());
        assert!(verdict.score == 0.0 && told.contains(expected), "{text}: {told}");
    }
}

#[test]
fn code_is_graded_by_command() {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let exercise = exercise(MOVE);
    let Kind::Code(task) = &exercise.kind else { panic!("it has code") };
    std::fs::write(folder.path().join("index.js"), &task.reference).expect("written");
    let graded = run(&["grade", MOVE, "index.js", "--format", "json"], folder.path());
    let verdict: Value = serde_json::from_slice(&graded.stdout).expect("JSON");
    assert_eq!((graded.status.code(), verdict["fraction"].as_f64()), (Some(0), Some(1.0)), "{verdict}");
    std::fs::write(folder.path().join("index.js"), &task.start).expect("written");
    let graded = run(&["grade", MOVE, "index.js", "--min", "0.5"], folder.path());
    assert_eq!(graded.status.code(), Some(1));
    assert!(out(&graded).contains("5 connections opened in all, where 1 is expected"), "{}", out(&graded));
}

#[test]
fn code_is_graded_in_a_class() {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let exercise = exercise(MOVE);
    let Kind::Code(task) = &exercise.kind else { panic!("it has code") };
    std::fs::create_dir(folder.path().join("in")).expect("made");
    for (student, text) in [("anne", &task.reference), ("bob", &task.start)] {
        std::fs::write(folder.path().join("in").join(format!("{student}.js")), text).expect("written");
    }
    for arguments in [&["import", MOVE, "in"][..], &["run"]] {
        let done = run(&[&["gradebook", "--class", "class.db"], arguments].concat(), folder.path());
        assert!(done.status.success(), "{arguments:?}: {}{}", out(&done), String::from_utf8_lossy(&done.stderr));
    }
    let class = coldstart::gradebook::Class::read(
        &coldstart::store::class::ClassFile::open(&folder.path().join("class.db")).expect("the class"),
    );
    let class = class.expect("a class");
    let marks: Vec<_> =
        class.standings().map(|(_, student, _, standing)| (student.0.clone(), standing.points)).collect();
    assert_eq!(marks, [("anne".to_owned(), Some(4.0)), ("bob".to_owned(), Some(0.0))]);
}
