//! The real binary on a real pseudo-terminal: opened, used, interrupted, and the terminal given back.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::{Duration, Instant};

use vt100::Color;

use crate::learner::course_of;
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

/// The paper of the theme `light`, in all colours.
const PAPER: Color = Color::Rgb(0xfc, 0xfc, 0xfa);

/// Opens the course on a terminal of all colours, its settings in `settings`, and turns to where there is much to see.
fn themed(settings: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> Pty {
    let data = settings.join("data").to_string_lossy().into_owned();
    let home = settings.to_string_lossy().into_owned();
    let arguments = [&["--data", &data], arguments].concat();
    let environment = [&[("COLORTERM", "truecolor"), ("XDG_CONFIG_HOME", home.as_str())], environment].concat();
    let mut pty = Pty::run(&arguments, &environment, 80, 24);
    pty.sees(ENTER_FIRST_PAGE);
    pty
}

fn grounds(pty: &Pty) -> BTreeSet<String> {
    pty.cells().into_iter().map(|(_, _, ground)| format!("{ground:?}")).collect()
}

#[test]
fn a_theme_that_was_asked_for_paints_every_cell_and_one_that_was_found_none() {
    let settings = tempfile::tempdir().expect("a folder for the test");
    let mut pty = themed(settings.path(), &["--theme", "light"], &[]);
    // On the page, under a pop-up, in the contents and on the map of the course.
    let places = [
        ("", "Welcome"),
        ("?", "Keys that work here"),
        ("\x1b", "Space scroll"),
        ("t", "Contents"),
        ("\x1b", "Space scroll"),
        ("\x1b", "pages read"),
    ];
    for (key, seen) in places {
        pty.send(key).sees(seen);
        // A frame arrives in pieces: its last cells may come after its words.
        let bare = || pty.cells().iter().filter(|(.., ground)| *ground == Color::Default).count();
        let painted = (0..200).any(|_| {
            bare() == 0 || {
                std::thread::sleep(Duration::from_millis(10));
                false
            }
        });
        assert!(painted, "{seen}: {} cells are bare", bare());
        let plain = pty.cells().into_iter().filter(|(.., ground)| *ground == PAPER).count();
        assert!(plain > 80 * 20, "{seen}: {plain}");
        // No letter in the colour that the terminal itself happens to have.
        assert!(pty.cells().iter().all(|(text, ink, _)| text.trim().is_empty() || *ink != Color::Default), "{seen}");
    }
    let pty = themed(settings.path(), &["--theme", "auto"], &[]);
    assert_eq!(grounds(&pty), BTreeSet::from(["Default".to_owned()]));
}

/// Whether a letter on the screen has the colour that the theme `light` gives a page's title.
fn is_inked_for_light(pty: &Pty) -> bool {
    const TITLE: Color = Color::Rgb(0x1f, 0x4f, 0xbf);
    pty.cells().iter().any(|(text, ink, _)| !text.trim().is_empty() && *ink == TITLE)
}

#[test]
fn the_ground_is_known_in_time_late_in_pieces_or_never() {
    const ANSWER: &str = "\x1b]11;rgb:fdfd/f6f6/e3e3\x1b\\";
    const KIND: &str = "\x1b[?62;22c";
    let settings = tempfile::tempdir().expect("a folder for the test");
    // What the terminal sends before it shows the page, and what when the page stands there.
    for (at_once, later, known) in [
        (format!("{ANSWER}{KIND}"), String::new(), true),
        (String::new(), format!("{ANSWER}{KIND}"), true),
        (ANSWER[..14].to_owned(), format!("{}{KIND}", &ANSWER[14..]), true),
        (KIND.to_owned(), String::new(), false),
        (String::new(), String::new(), false),
    ] {
        let data = tempfile::tempdir().expect("a folder for the test");
        let (data, home) = (data.path().to_string_lossy().into_owned(), settings.path().to_string_lossy().into_owned());
        let environment = [("COLORTERM", "truecolor"), ("XDG_CONFIG_HOME", home.as_str())];
        let mut pty = Pty::run(&["--data", &data], &environment, 80, 24);
        pty.waits_until("the question", |pty| pty.raw().windows(6).any(|it| it == b"\x1b]11;?"));
        pty.send(&at_once).sees(ENTER_FIRST_PAGE).send(&later);
        if known {
            pty.waits_until("the colours of a light ground", is_inked_for_light);
        }
        // No piece of a reply is taken for a key: the learner is where they were, and the next key does what it says.
        pty.send("?").sees("Keys that work here").send("\x1b").sees(ENTER_FIRST_PAGE);
        assert_eq!(is_inked_for_light(&pty), known, "{at_once:?}, {later:?}");
    }
}

#[test]
fn the_settings_name_a_theme_and_the_command_line_another() {
    let settings = tempfile::tempdir().expect("a folder for the test");
    let folder = settings.path().join("coldstart");
    std::fs::create_dir_all(folder.join("themes")).expect("made");
    let set =
        |theme: &str| std::fs::write(folder.join("config.toml"), format!("theme = \"{theme}\"\n")).expect("written");
    let own = "format = 1\ntitle = \"Sea\"\nground = \"dark\"\n[colours]\nsea = \"#003366\"\nfoam = \"#eeffff\"\n[roles]\nscreen = \"foam on sea\"\n";
    std::fs::write(folder.join("themes/sea.toml"), own).expect("written");
    set("light");
    assert!(grounds(&themed(settings.path(), &[], &[])).contains(&format!("{PAPER:?}")));
    assert!(!grounds(&themed(settings.path(), &["--theme", "auto"], &[])).contains(&format!("{PAPER:?}")));
    set("sea");
    assert!(grounds(&themed(settings.path(), &[], &[])).contains(&format!("{:?}", Color::Rgb(0, 0x33, 0x66))));
    // Whoever wants no colours gets none, whatever the settings say.
    assert_eq!(
        grounds(&themed(settings.path(), &["--theme", "light"], &[("NO_COLOR", "1")])),
        BTreeSet::from(["Default".to_owned()])
    );
    // A name that is none: said on the command line it stops the program, in the settings it is remarked.
    let mut wrong = Pty::run(&["--theme", "lihgt"], &[], 80, 24);
    assert_eq!(wrong.ends().exit_code(), 2);
    assert!(wrong.screen().contains("the nearest is `light`"), "{}", wrong.screen());
    set("lihgt");
    assert_eq!(grounds(&themed(settings.path(), &[], &[])), BTreeSet::from(["Default".to_owned()]));
}

#[test]
fn the_same_words_stand_at_the_top_after_a_resize_and_at_the_next_start() {
    let paragraph = (1..3000).map(|n| format!("word{n:04}")).collect::<Vec<_>>().join(" ");
    let course = course_of(&[&format!("# Long\n\n{paragraph}\n")]);
    let data = tempfile::tempdir().expect("a folder for the test");
    let arguments = ["--course", &course.path().to_string_lossy(), "--data", &data.path().to_string_lossy()];
    let first_word = |screen: &str| {
        let body = screen.lines().skip(1).map(str::trim).find(|line| line.starts_with("word"));
        body.and_then(|line| line.split(' ').next()).unwrap_or_default().to_owned()
    };
    let mut pty = Pty::run(&arguments, &[], 200, 50);
    pty.sees("word0001").send(" ").waits_for("further down", |screen| !screen.contains("word0001"));
    let word = first_word(&pty.screen());
    let at_top = |screen: &str| screen.lines().nth(1).is_some_and(|line| line.contains(&word));
    pty.resize(60, 20).waits_for("the same word", at_top);
    pty.resize(200, 50).waits_for("the same word, first", |screen| first_word(screen) == word);
    pty.send("q");
    assert_eq!(pty.ends().exit_code(), 0);
    Pty::run(&arguments, &[], 72, 24).waits_for("the same word", at_top);
}

#[test]
fn a_century_shows_how_far_it_is_and_when_told_to_stop_what_is_known() {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let lines = folder.path().join("requests.jsonl").to_string_lossy().into_owned();
    for (arguments, known) in [
        (&["thumbnail-flow"][..], "cold starts"),
        (&["sparse-api", "--replications", "50"], "cold starts"),
        (&["sparse-api", "--trace", &lines], "cold starts"),
        (&["sparse-api", "--sweep", "platform.keep_alive.s=60..600:60"], "platform.keep_alive.s=60"),
        (&["--compare", "sparse-api", "sparse-api:k60"], "latency_ms.p99"),
        (&["sparse-api", "--series", "--format", "csv"], ",0"),
    ] {
        let arguments = [&["sim", "--set", "run.duration_s=3.1e9"][..], arguments].concat();
        let mut pty = Pty::run(&arguments, &[], 80, 24);
        pty.sees("░").send("\x03");
        assert_eq!(pty.ends().exit_code(), 130, "{arguments:?}");
        let screen = pty.screen();
        // The rows of a series are more than the screen.
        assert!(screen.contains(known) && !screen.contains('░'), "{arguments:?}: {screen}");
        let said = String::from_utf8_lossy(&pty.raw()).into_owned();
        assert!(said.contains("note: stopped at 0.0"), "{arguments:?}: {said}");
    }
    let traced = std::fs::read_to_string(&lines).expect("a trace");
    assert!(traced.ends_with("}\n"), "no line is cut off");
}

#[test]
fn where_nothing_is_to_move_a_run_is_at_its_end_at_once() {
    let runs = |arguments: &[&str], environment: &[(&str, &str)]| {
        let data = tempfile::tempdir().expect("a folder for the test");
        let folder = data.path().to_string_lossy().into_owned();
        let mut pty = Pty::run(&[&["--data", &folder][..], arguments].concat(), environment, 80, 24);
        pty.sees(ENTER_FIRST_PAGE).send("\t\r").sees("Predict first").send("12\r");
        if arguments.is_empty() && environment.is_empty() {
            pty.sees("running").send("G");
        }
        // It is run once more by a key.
        pty.sees("the run said").send(" ").sees("ended");
        let seen = String::from_utf8_lossy(&pty.raw()).contains("running");
        pty.send("\x03").ends();
        seen
    };
    assert!(!runs(&["--no-motion"], &[]));
    assert!(!runs(&[], &[("NO_MOTION", "1")]));
    assert!(runs(&[], &[]));
}
