//! The mouse: text is selected by dragging and copied as it was written, words by two clicks.

use coldstart::app::{Action, Size};

use crate::learner::{Learner, USUAL, course_of};
use crate::pty::Pty;

const PAGE: &str = "# Title\n\nA paragraph that is so long that the screen breaks it into two lines of words, at least.\n\n\
                    ```js\nlet a = 1\n```\n\n[A link](https://example.org)\n";

#[test]
fn dragging_copies_what_was_written_without_margins_and_breaks() {
    for size in [USUAL, Size { cols: 60, rows: 20 }, Size { cols: 200, rows: 50 }] {
        let mut learner = Learner::reading(&[PAGE], size);
        let (from, to) = (learner.at("paragraph"), learner.at("at least"));
        learner.drag(from, (to.0 + 7, to.1));
        let wanted = "paragraph that is so long that the screen breaks it into two lines of words, at least";
        assert_eq!(learner.copied.as_deref(), Some(wanted), "{size:?}");
        let from = learner.at("┌ js");
        let to = learner.at("A link");
        learner.drag(from, (to.0 + 5, to.1));
        assert_eq!(learner.copied.as_deref(), Some("let a = 1\n\nA link"), "{size:?}");
        learner.sees("copied 3 lines");
        learner.copied = None;
        learner.press("y");
        assert_eq!(learner.copied.as_deref(), Some("let a = 1\n\nA link"));
        // Esc ends the selection and nothing else.
        learner.press("<esc>").sees("Title").press("y");
        assert_eq!(learner.copied.as_deref(), Some("let a = 1\n"));
    }
}

#[test]
fn a_word_is_copied_by_two_clicks_and_a_link_opened() {
    let mut learner = Learner::reading(&[PAGE], USUAL);
    let (col, row) = learner.at("breaks");
    learner.act(Action::Click(col + 2, row)).act(Action::DoubleClick(col + 2, row)).sees("copied breaks");
    assert_eq!(learner.copied.as_deref(), Some("breaks"));
    let (col, row) = learner.at("A link");
    learner.act(Action::Click(col, row)).act(Action::DoubleClick(col, row));
    assert_eq!(learner.copied.as_deref(), Some("https://example.org"));
}

#[test]
fn dragging_over_the_edge_moves_the_page() {
    let long = (1..=60).map(|n| format!("Paragraph {n}.\n\n")).collect::<Vec<_>>().concat();
    let mut learner = Learner::reading(&[&long], USUAL);
    let from = learner.at("Paragraph 2.");
    learner.act(Action::Drag { from: Some(from), to: (20, 5) });
    for col in 20..60 {
        learner.act(Action::Drag { from: None, to: (col, 23) });
    }
    learner.act(Action::Drop);
    let copied = learner.copied.clone().unwrap_or_default();
    assert!(copied.starts_with("Paragraph 2.\n\nParagraph 3.") && copied.contains("Paragraph 30."), "{copied}");
}

#[test]
fn every_screen_lets_its_words_be_selected_and_the_meaning_of_a_term_too() {
    for size in [USUAL, Size { cols: 60, rows: 20 }, Size { cols: 200, rows: 50 }] {
        let mut learner = Learner::new(size);
        // From the first letter of some words to their last.
        let mut check = |keys: &str, words: &str| {
            learner.press(keys);
            let (col, row) = learner.at(words);
            learner.drag((col, row), (col + words.len() as u16 - 1, row));
            assert_eq!(learner.copied.take().as_deref(), Some(words), "{size:?}\n{}", learner.screen());
            // Esc ends the selection, and what was under it is still there.
            learner.press("<esc>").sees(words);
        };
        check("<esc>", "Why serverless");
        check("s", "What each page wants");
        check("<esc>:4<enter>wcold start", "The wait of a request");
        check("<esc><tab><enter>", "Predict first");
        check("<esc>:9<enter><tab><enter>", "Before you write");
    }
}

#[test]
fn lists_and_choices_answer_to_a_click() {
    let mut learner = Learner::new(Size { cols: 200, rows: 50 });
    learner.click(" 7 When to use it");
    learner.sees(" 7/10").press("t");
    learner.click("5  Advantages");
    learner.sees(" 5/10").press("wqueue").press("<esc>w");
    learner.click("at least once");
    learner.sees("How queues deliver").press("<esc>");
    let mut learner = Learner::new(USUAL);
    learner.open_exercise("three-limits");
    learner.click("Dependency on the provider");
    learner.click("A maximum execution time");
    let marked = learner.screen().lines().filter(|line| line.contains("[x]")).count();
    assert_eq!(marked, 2, "{}", learner.screen());
}

#[test]
fn a_terminal_is_told_what_was_selected_when_the_button_is_let_go() {
    let (folder, data) = (course_of(&[PAGE]), tempfile::tempdir().expect("a folder for the test"));
    let arguments = ["--course", &folder.path().to_string_lossy(), "--data", &data.path().to_string_lossy()];
    let mut pty = Pty::run(&arguments, &[], 80, 24);
    pty.sees("paragraph");
    let screen = pty.screen();
    let (row, line) = screen.lines().enumerate().find(|(_, line)| line.contains("A paragraph")).expect("it is there");
    let col = line.find("paragraph").expect("it is there") + 1;
    // SGR coordinates count from 1: pressed, moved, let go.
    pty.send(&format!(
        "\x1b[<0;{col};{0}M\x1b[<32;{1};{0}M\x1b[<32;{2};{0}M\x1b[<0;{2};{0}m",
        row + 1,
        col + 3,
        col + 8
    ));
    pty.sees("copied paragraph");
    // OSC 52 with the word in base64.
    let raw = String::from_utf8_lossy(&pty.raw()).into_owned();
    assert!(raw.contains("\x1b]52;c;cGFyYWdyYXBo"), "{raw:?}");
    pty.send("q");
    assert_eq!(pty.ends().exit_code(), 0);
}

#[test]
fn in_an_answer_a_click_sets_the_cursor_and_a_drag_selects() {
    for size in [USUAL, Size { cols: 60, rows: 20 }, Size { cols: 200, rows: 50 }] {
        let mut learner = Learner::new(size);
        learner.open_exercise("connection-outside-handler").press("one two three<enter>four five");
        learner.click("two").press("X").sees("one Xtwo three");
        let (from, to) = (learner.at("Xtwo"), learner.at("four"));
        learner.drag(from, (to.0 + 2, to.1)).sees("copied 2 lines");
        assert_eq!(learner.copied.as_deref(), Some("Xtwo three\nfo"), "{size:?}");
        // What is typed takes the place of what is selected.
        learner.press("Y").sees("one Yur five");
        let (col, row) = learner.at("five");
        learner.act(Action::DoubleClick(col + 1, row)).press("six").sees("one Yur six");
        // Beside and below the words the nearest place is meant.
        learner.act(Action::Click(col + 9, row)).press("!").sees("one Yur six!");
        learner.act(Action::Click(col + 9, row + 2)).press("?").sees("six!?");
        // A paragraph that takes several rows of the screen.
        learner.press(&format!("<enter>{}end", "word ".repeat(size.cols.into())));
        let (col, row) = learner.at("end");
        learner.act(Action::Click(col, row)).press("the ").sees("the end");
        learner.act(Action::Click(col, row - 1)).press("#").act(Action::Click(col, row)).sees("#");
    }
}

#[test]
fn in_code_and_in_a_note_the_pointer_edits_too() {
    let mut learner = Learner::new(Size { cols: 100, rows: 40 });
    learner.open_exercise("move-the-connection").sees("exports.handler");
    learner.click("exports.handler").press("/*a*/").sees("/*a*/exports.handler");
    let (col, row) = learner.at("exports.handler");
    learner.drag((col, row), (col + 7, row)).sees("copied exports").press("module").sees("/*a*/module.handler");
    let mut learner = Learner::new(USUAL);
    learner.press("a<enter>one three").click("three").press("two ").sees("one two three");
    let (col, row) = learner.at("one two");
    learner.act(Action::DoubleClick(col, row)).press("zero").sees("zero two three");
}

#[test]
fn a_box_of_a_diagram_answers_to_a_click_as_to_its_keys() {
    let page = "# Title\n\nA gateway lets requests in.\n\n```mermaid\nflowchart LR\n  C[Client] --> G[Gateway]\n  G --> F[Function]\n```\n";
    let mut learner = Learner::reading(&[page], USUAL);
    // The first click says what the page says of the box, the second opens the diagram on it.
    learner.click("Gateway").sees("Gateway: A gateway lets requests in.").sees("# Title".trim_start_matches("# "));
    learner.click("Function").sees(" Function ").click("Function").sees("Diagram · Page 1");
    learner.click("Gateway").sees("Gateway: A gateway lets requests in.");
    learner.press("<right>").sees(" Function ").press("<esc><esc>").sees("A gateway lets");
}
