//! Writing a course: a beginning that passes `check`, slips shown where they are, and each save on screen at once.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use crate::pty::Pty;

fn coldstart(course: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_coldstart"))
        .arg("--course")
        .arg(course)
        .args(arguments)
        .output()
        .expect("the program starts")
}

fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// A course that `new` began, with one lesson: `queues`.
fn begun() -> tempfile::TempDir {
    let course = tempfile::tempdir().expect("a folder for the test");
    let output = coldstart(course.path(), &["new", "lesson", "queues"]);
    assert!(output.status.success(), "{output:?}");
    course
}

/// Puts `new` in the place of `old` in a file of the course, as an editor does: truncated, then written.
fn edit(course: &Path, file: &str, old: &str, new: &str) {
    let path = course.join(file);
    let text = fs::read_to_string(&path).expect("the file is there");
    assert!(text.contains(old), "{file} has no `{old}`");
    fs::write(path, text.replace(old, new)).expect("written");
}

fn append(course: &Path, file: &str, more: &str) {
    let path = course.join(file);
    let text = fs::read_to_string(&path).expect("the file is there");
    fs::write(path, text + more).expect("written");
}

/// Puts `new` in the place of `old` as other editors do: a new file takes the name of the old one.
fn replace(course: &Path, file: &str, old: &str, new: &str) {
    let (path, fresh) = (course.join(file), course.join(file.to_owned() + "~"));
    let text = fs::read_to_string(&path).expect("the file is there");
    fs::write(&fresh, text.replace(old, new)).expect("written");
    fs::rename(fresh, path).expect("renamed");
}

const PAGE: &str = "lessons/queues/01-queues.md";

#[test]
fn what_new_writes_passes_check() {
    let course = begun();
    assert!(coldstart(course.path(), &["new", "lesson", "two-words"]).status.success());
    for kind in ["choice", "several", "order", "number", "matching", "gaps", "flow", "text", "code"] {
        let name = format!("by-{kind}");
        let written = coldstart(course.path(), &["new", "exercise", &name, "--kind", kind]);
        assert!(written.status.success(), "{written:?}");
        let fence = out(&written).split_once("```").map(|(_, rest)| format!("\n```{rest}"));
        append(course.path(), PAGE, &fence.expect("the fence to put on a page is said"));
    }
    let question = ["--ask", "What becomes of a \"message\", or {{name}}, when the function crashes?"];
    let points =
        ["--point", "The queue delivers the message again.", "--point", "The function may see the same message twice."];
    let written = coldstart(course.path(), &[&["new", "exercise", "crashed"], &question[..], &points].concat());
    assert!(written.status.success(), "{written:?}");
    append(course.path(), PAGE, "\n```exercise\ncrashed\n```\n");
    edit(course.path(), PAGE, "minutes = 5", "minutes = 20");
    let checked = coldstart(course.path(), &["check"]);
    assert_eq!(out(&checked), "2 pages, 12 exercises with 6 sample answers, 2 scenarios: no problem\n");
    // It grades what says a point in much the same words.
    fs::write(course.path().join("answer.txt"), "The queue keeps the message and delivers it again.").expect("written");
    let graded = coldstart(course.path(), &["grade", "crashed", &course.path().join("answer.txt").to_string_lossy()]);
    assert!(out(&graded).starts_with("0.50 of 1.00 points"), "{}", out(&graded));
    let map = fs::read_to_string(course.path().join("lessons/course.toml")).expect("the map");
    assert!(map.contains("# The map of the course") && map.contains("title = \"Two words\""), "{map}");
}

#[test]
fn new_overwrites_nothing() {
    let course = begun();
    fs::write(course.path().join("exercises/taken.toml"), "mine").expect("written");
    let files = || {
        let mut files: Vec<String> = Vec::new();
        let mut folders = vec![course.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).expect("a folder").flatten() {
                let path = entry.path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    files.push(format!("{} {}", path.display(), fs::read_to_string(&path).expect("text")));
                }
            }
        }
        files.sort();
        files
    };
    let before = files();
    for refused in [
        &["new", "lesson", "queues"][..],
        &["new", "exercise", "queues"],
        // The lesson is new, its question is not.
        &["new", "lesson", "taken"],
        &["new", "exercise", "vocabulary"],
        &["new", "exercise", "../escaped"],
        &["new", "lesson", "Not A Name"],
        &["new", "exercise", "unasked", "--point", "A point without a question."],
        &["new", "exercise", "of-choices", "--kind=choice", "--ask=Why?", "--point=So."],
    ] {
        let output = coldstart(course.path(), refused);
        assert_eq!(output.status.code(), Some(2), "{refused:?}: {output:?}");
        assert!(String::from_utf8_lossy(&output.stderr).starts_with("error: "), "{output:?}");
    }
    assert_eq!(files(), before);
}

#[test]
fn an_exercise_needs_a_course_to_stand_in() {
    let folder = tempfile::tempdir().expect("a folder for the test");
    assert_eq!(coldstart(folder.path(), &["new", "exercise", "alone"]).status.code(), Some(2));
    assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 0);
}

#[test]
fn a_function_on_a_page_is_tried_out() {
    let course = begun();
    let code = "\n```js\n// index.js\nexports.handler = async () => nothing;\n```\n";
    let manifest = "\n```yaml\n# serverless.yml\nservice: s\nprovider: { name: aws, runtime: nodejs22.x }\nfuncions: {}\n\
                    functions:\n  f: { handler: index.handler }\n```\n";
    let fence = "\n```function\ntitle = \"F\"\ncode = \"index.js\"\nmanifest = \"serverless.yml\"\n[[event]]\nname = \"one\"\n\
                 event = \"{}\"\n```\n";
    append(course.path(), PAGE, &[code, manifest, fence].concat());
    let text = fs::read_to_string(course.path().join(PAGE)).expect("the page");
    let at = 1 + text.lines().position(|line| line.starts_with("funcions")).expect("the slip");
    let said = out(&coldstart(course.path(), &["check"]));
    assert!(said.contains(&format!("{PAGE}:{at}: ")) && said.contains("funcions"), "{said}");
    assert!(said.contains("`F` does not answer its first event, `one`: index.js:2:"), "{said}");
    edit(course.path(), PAGE, "=> nothing", "=> 1");
    edit(course.path(), PAGE, "funcions: {}\n", "");
    assert_eq!(coldstart(course.path(), &["check"]).status.code(), Some(0));
}

#[test]
fn a_slip_is_shown_with_its_line_and_carets() {
    let course = begun();
    edit(course.path(), PAGE, "```exercise\nqueues", "```exercise\nqueus");
    let checked = coldstart(course.path(), &["check"]);
    assert_eq!(checked.status.code(), Some(1));
    let expected = "no exercise `queus`; the nearest is `queues`";
    let said = out(&checked);
    let lines: Vec<&str> = said.lines().skip_while(|line| !line.ends_with(expected)).take(3).collect();
    let [problem, source, carets] = lines[..] else { panic!("{said}") };
    let number = problem.split(':').nth(1).expect("a line");
    assert_eq!(source, format!("{number:>5} │ queus"));
    assert_eq!(carets, "      │ ^^^^^");
}

#[test]
fn check_watches_until_it_is_ended() {
    let course = begun();
    let mut child = Command::new(env!("CARGO_BIN_EXE_coldstart"))
        .args(["check", "--watch"])
        .arg(course.path())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines().map_while(Result::ok);
    assert!(lines.next().is_some_and(|line| line.ends_with("no problem")));
    edit(course.path(), PAGE, "minutes = 5", "minuets = 5");
    assert!(lines.any(|line| line.starts_with(&format!("{PAGE}:5: nothing reads the key `minuets`"))));
    edit(course.path(), PAGE, "minuets = 5", "minutes = 5");
    assert!(lines.any(|line| line.ends_with("no problem")));
    child.kill().expect("it still runs");
    child.wait().expect("it ends");
}

#[test]
fn the_built_in_course_is_not_watched() {
    let output = Command::new(env!("CARGO_BIN_EXE_coldstart")).args(["check", "--watch"]).output().expect("it starts");
    assert_eq!(output.status.code(), Some(2));
}

fn open(course: &Path, data: &Path) -> Pty {
    let arguments = ["--course", &course.to_string_lossy(), "--data", &data.to_string_lossy()];
    Pty::run(&arguments, &[], 100, 24)
}

#[test]
fn a_saved_page_shows_at_once_and_at_the_same_place() {
    let (course, data) = (begun(), tempfile::tempdir().expect("a folder for the test"));
    let paragraphs: Vec<String> = (1..=80).map(|n| format!("Paragraph {n}.")).collect();
    append(course.path(), PAGE, &format!("\n{}\n", paragraphs.join("\n\n")));
    let mut pty = open(course.path(), data.path());
    pty.sees("1/1").send("G").sees("Paragraph 80.");
    let first = pty.screen().lines().find(|line| line.contains("Paragraph")).map(str::to_owned).expect("paragraphs");
    let mut slowest = Duration::ZERO;
    for word in ["Stanza", "Verse", "Chapter"] {
        edit(course.path(), PAGE, " 80.", &format!(" 80, a {word}."));
        let saved = Instant::now();
        pty.sees(&format!("Paragraph 80, a {word}."));
        slowest = slowest.max(saved.elapsed());
        replace(course.path(), PAGE, &format!(" 80, a {word}."), " 80.");
        pty.sees("Paragraph 80.");
    }
    assert!(pty.screen().contains(&first), "{first} is not in\n{}", pty.screen());
    // 100 ms is the promise of an optimised build on an idle machine; this one may be neither.
    assert!(slowest < Duration::from_secs(2), "{slowest:?}");
}

#[test]
fn a_slip_shows_in_the_page_and_goes_with_its_cause() {
    let (course, data) = (begun(), tempfile::tempdir().expect("a folder for the test"));
    let mut pty = open(course.path(), data.path());
    pty.sees("After this page you can");
    edit(course.path(), PAGE, "minutes = 5", "minuets = 5");
    pty.sees("nothing reads the key `minuets`");
    edit(course.path(), PAGE, "minuets = 5", "minutes = 5");
    pty.waits_for("the slip gone", |screen| !screen.contains("minuets"));
}

#[test]
fn files_that_editors_leave_and_readers_open_are_no_change() {
    let (course, data) = (begun(), tempfile::tempdir().expect("a folder for the test"));
    let mut pty = open(course.path(), data.path());
    pty.sees("After this page you can");
    std::thread::sleep(Duration::from_millis(300));
    let written = pty.raw().len();
    fs::write(course.path().join("lessons/queues/.01-queues.md.swp"), "swap").expect("written");
    fs::write(course.path().join("lessons/queues/4913"), "").expect("written");
    fs::write(course.path().join("notes.md"), "not of the course").expect("written");
    assert!(coldstart(course.path(), &["check"]).status.success());
    std::thread::sleep(Duration::from_millis(500));
    assert_eq!(pty.raw().len(), written);
}

#[test]
fn folders_and_pages_that_vanish_and_come_back_are_no_crash() {
    let (course, data) = (begun(), tempfile::tempdir().expect("a folder for the test"));
    assert!(coldstart(course.path(), &["new", "lesson", "workers"]).status.success());
    let mut pty = open(course.path(), data.path());
    pty.sees("1/2").send("n").sees("2/2");
    let (lessons, away) = (course.path().join("lessons"), course.path().join("away"));
    fs::rename(&lessons, &away).expect("moved");
    pty.sees("holds no course");
    fs::rename(&away, &lessons).expect("moved back");
    pty.sees("was read again").send("k");
    edit(course.path(), "lessons/workers/01-workers.md", "Begin with a question", "Ask a riddle");
    pty.sees("Ask a riddle");
    fs::remove_dir_all(lessons.join("workers")).expect("removed");
    pty.sees("was read again").send("\x1b").sees("pages read");
    fs::remove_dir_all(course.path()).expect("removed");
    pty.sees("No such file").send("q");
    assert_eq!(pty.ends().exit_code(), 0);
}

#[test]
fn what_is_done_in_one_course_is_nothing_in_another() {
    let (course, copy, data) = (begun(), begun(), tempfile::tempdir().expect("a folder for the test"));
    let mut pty = open(course.path(), data.path());
    pty.sees("1/1").send("G ").sees("A diagram").send("\x1b").sees("1 of 1 pages read").send("q");
    assert_eq!(pty.ends().exit_code(), 0);
    let data = data.path().to_string_lossy().into_owned();
    let read = |course: &Path| out(&coldstart(course, &["progress", "--data", &data]));
    assert!(read(course.path()).starts_with("1 of 1 pages read"), "{}", read(course.path()));
    assert!(read(copy.path()).starts_with("0 of 1 pages read"), "{}", read(copy.path()));
}

#[test]
fn hands_are_counted_for_each_course_by_itself() {
    let (course, other, data) = (begun(), begun(), tempfile::tempdir().expect("a folder for the test"));
    let present = |course: &Path| {
        let (course, data) = (course.to_string_lossy().into_owned(), data.path().to_string_lossy().into_owned());
        Pty::run(&["--course", &course, "--data", &data, "present"], &[], 100, 30)
    };
    // A class of the one and a class of the other may sit side by side.
    let (mut class, mut beside) = (present(course.path()), present(other.path()));
    beside.sees("Queues").send("q");
    assert_eq!(beside.ends().exit_code(), 0);
    class.sees("1 / 4").send("\x1b[C\x1b[C\x1b[C").sees("4 / 4");
    class.sees("Why is the next request slow?").send("\t\r").sees("› a").send("a12").sees("100 %").send("\x1b");
    class.sees("Say it yourself").send("q");
    assert_eq!(class.ends().exit_code(), 0);
    let data = data.path().to_string_lossy().into_owned();
    let counts = |course: &Path| out(&coldstart(course, &["--data", &data, "present", "--counts"]));
    assert!(counts(course.path()).contains("    12  100 %"), "{}", counts(course.path()));
    assert!(counts(other.path()).starts_with("No hands were counted yet"), "{}", counts(other.path()));
}

#[test]
fn the_cause_of_a_slip_is_told_and_not_what_follows_from_it() {
    for (file, old, new, told) in [
        ("exercises/queues.toml", "right = true", "right = yes", "exercises/queues.toml:27: `right` cannot be read"),
        (
            "lessons/queues/scenarios/queues.toml",
            "keep_alive",
            "keep_alife",
            "lessons/queues/scenarios/queues.toml:18: a scenario has no key",
        ),
        (PAGE, "```exercise", "```quiz", "the fence `quiz` is shown as source code"),
        (PAGE, "minutes = 5", "minutes = \"five\"", "`minutes` is a whole number"),
        (PAGE, "]\n+++\n", "]\n", "the front matter has no end"),
    ] {
        let course = begun();
        edit(course.path(), file, old, new);
        let said = out(&coldstart(course.path(), &["check"]));
        let of_file = |line: &&str| line.starts_with("lessons") || line.starts_with("exercises");
        let slips: Vec<&str> = said.lines().filter(of_file).collect();
        let causes = slips.iter().filter(|line| line.contains(told)).count();
        let same_file = slips.iter().all(|line| line.starts_with(file));
        assert!(causes > 0 && same_file, "{told}: {said}");
    }
    let (course, data) = (begun(), tempfile::tempdir().expect("a folder for the test"));
    edit(course.path(), "exercises/queues.toml", "right = true", "right = yes");
    let mut pty = Pty::run(
        &["--course", &course.path().to_string_lossy(), "--data", &data.path().to_string_lossy()],
        &[],
        100,
        60,
    );
    pty.sees("After this page").send("G").sees("exercises/queues.toml:27: `right` cannot be read");
}

#[test]
fn the_manual_names_every_command() {
    let manual = Command::new(env!("CARGO_BIN_EXE_coldstart")).arg("man").output().expect("the program starts");
    let manual = out(&manual);
    assert!(manual.contains(".TH coldstart 1"));
    for command in ["READ", "SIM", "GRADE", "CHECK", "NEW", "NEW LESSON", "NEW EXERCISE", "PROGRESS", "MAN"] {
        assert!(manual.contains(&format!(".SH \"COLDSTART {command}\"\n")), "{command}");
    }
    assert!(!manual.contains(".SH DESCRIPTION\n.SH"), "a section without text");
}

#[test]
fn a_file_of_no_kind_that_a_course_has_is_told_and_what_editors_leave_is_not() {
    let course = begun();
    for name in ["lessons/queues/cat.png", "lessons/queues/01-queues.md~", "exercises/.q.toml.swp"] {
        fs::write(course.path().join(name), "x").expect("written");
    }
    let said = out(&coldstart(course.path(), &["check"]));
    assert!(said.contains("lessons/queues/cat.png: nothing reads this file") && said.contains(": 1 problem"), "{said}");
}

#[test]
fn a_figure_that_no_run_has_is_told_in_its_line() {
    let course = begun();
    edit(course.path(), PAGE, "of = \"cold_ratio\"", "of = \"cold_ratoi\"");
    let said = out(&coldstart(course.path(), &["check"]));
    assert!(said.contains("no figure `cold_ratoi` to judge the prediction by; the nearest is `cold_ratio`"), "{said}");
    assert!(said.contains("│ of = \"cold_ratoi\"\n      │       ^^^^^^^^^^\n"), "{said}");
}
