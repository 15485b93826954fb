//! The real binary on a real pseudo-terminal: opened, used, interrupted, and the terminal given back.

use std::time::{Duration, Instant};

use crate::pty::Pty;

const ENTER_FIRST_PAGE: &str = "1/10";

#[test]
fn the_course_is_walked_by_keys_and_the_terminal_given_back() {
    for (cols, rows) in [(80, 24), (200, 50)] {
        let data = tempfile::tempdir().expect("a folder for the test");
        let mut pty = Pty::open(data.path(), cols, rows);
        pty.sees(ENTER_FIRST_PAGE).sees("Welcome");
        for page in 2..=10 {
            pty.send("n").sees(&format!("{page}/10"));
        }
        pty.send("\x1b").sees("of 10 pages read");
        pty.send("q");
        assert_eq!(pty.ends().exit_code(), 0);
        assert!(pty.is_restored());
    }
}

#[test]
fn the_next_start_is_where_one_stopped() {
    let data = tempfile::tempdir().expect("a folder for the test");
    let mut pty = Pty::open(data.path(), 80, 24);
    pty.sees(ENTER_FIRST_PAGE).send(":4\r").sees("4/10").send("\x03");
    assert_eq!(pty.ends().exit_code(), 0);
    let mut pty = Pty::open(data.path(), 80, 24);
    pty.sees("4/10").sees("You are where you stopped");
}

#[test]
fn a_killed_program_loses_nothing_that_was_typed() {
    let data = tempfile::tempdir().expect("a folder for the test");
    let mut pty = Pty::open(data.path(), 100, 30);
    pty.sees(ENTER_FIRST_PAGE).send(":9\r").sees("9/10");
    open_first_exercise(&mut pty);
    pty.send("warm environments are reused, ").sees("are reused,");
    // The last keystroke may be lost; those before it must be on the disk when it shows.
    pty.send("x").sees("reused, x").signal("KILL");
    pty.ends();
    let mut pty = Pty::open(data.path(), 100, 30);
    pty.sees("9/10");
    open_first_exercise(&mut pty);
    pty.sees("warm environments are reused,");
}

/// Tabs to the first exercise of the page and opens it.
fn open_first_exercise(pty: &mut Pty) {
    // What is before it on the page may be answered in place.
    for n_things in 1..=12 {
        pty.send(&format!("{}\r", "\t".repeat(n_things)));
        let opened = Instant::now() + Duration::from_millis(600);
        while Instant::now() < opened {
            if pty.screen().contains("Your answer") {
                return;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        pty.send("\x1b");
        std::thread::sleep(Duration::from_millis(60));
        pty.send(":9\r").sees("9/10");
    }
    panic!("no exercise opened:\n{}", pty.screen());
}

#[test]
fn asked_to_end_by_the_system_it_gives_the_terminal_back() {
    for signal in ["TERM", "HUP"] {
        let data = tempfile::tempdir().expect("a folder for the test");
        let mut pty = Pty::open(data.path(), 80, 24);
        pty.sees(ENTER_FIRST_PAGE).signal(signal);
        let code = pty.ends().exit_code();
        assert!(code > 128, "{signal}: {code}");
        assert!(pty.is_restored(), "{signal}");
    }
}

#[test]
fn resizing_while_it_runs_is_safe_down_to_one_cell() {
    let data = tempfile::tempdir().expect("a folder for the test");
    let mut pty = Pty::open(data.path(), 80, 24);
    pty.sees(ENTER_FIRST_PAGE);
    for (cols, rows) in [(1, 1), (59, 19), (200, 60), (3, 30), (60, 20)] {
        pty.resize(cols, rows);
        std::thread::sleep(Duration::from_millis(40));
    }
    pty.sees(ENTER_FIRST_PAGE).resize(40, 10).sees("coldstart needs 60×20");
    pty.resize(80, 24).sees(ENTER_FIRST_PAGE).send("q");
    assert_eq!(pty.ends().exit_code(), 0);
}

#[test]
fn while_nothing_happens_nothing_is_written() {
    let data = tempfile::tempdir().expect("a folder for the test");
    let mut pty = Pty::open(data.path(), 80, 24);
    pty.sees(ENTER_FIRST_PAGE);
    std::thread::sleep(Duration::from_millis(300));
    let written = pty.raw().len();
    std::thread::sleep(Duration::from_millis(500));
    assert_eq!(pty.raw().len(), written);
}

#[test]
fn without_colours_none_are_written() {
    let data = tempfile::tempdir().expect("a folder for the test");
    let arguments = ["--data", &data.path().to_string_lossy()];
    let mut pty = Pty::run(&arguments, &[("NO_COLOR", "1")], 80, 24);
    pty.sees(ENTER_FIRST_PAGE).send("n").sees("2/10").send("q");
    pty.ends();
    let raw = String::from_utf8_lossy(&pty.raw()).into_owned();
    for sequence in raw.split("\x1b[").skip(1) {
        let Some((codes, _)) =
            sequence.split_once('m').filter(|(codes, _)| codes.bytes().all(|b| b.is_ascii_digit() || b == b';'))
        else {
            continue;
        };
        let colour = codes
            .split(';')
            .filter_map(|code| code.parse::<u32>().ok())
            .any(|code| matches!(code, 30..=38 | 40..=48 | 90..=107));
        assert!(!colour, "a colour was written: {codes}");
    }
}

#[test]
fn two_programs_on_the_same_progress_do_not_disturb_each_other() {
    let data = tempfile::tempdir().expect("a folder for the test");
    let mut first = Pty::open(data.path(), 80, 24);
    let mut second = Pty::open(data.path(), 80, 24);
    first.sees(ENTER_FIRST_PAGE).send("G");
    second.sees(ENTER_FIRST_PAGE).send("nG").sees("2/10");
    first.send("\x1b").sees("pages read").send("q");
    second.send("q");
    assert_eq!((first.ends().exit_code(), second.ends().exit_code()), (0, 0));
    let mut third = Pty::open(data.path(), 80, 24);
    third.sees("/10").send("\x1b").sees("2 of 10 pages read");
}
