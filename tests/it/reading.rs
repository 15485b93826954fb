//! What helps while reading: the words of the course, notes of one's own.

use coldstart::app::{Action, Screen, Size};
use coldstart::course::{Deed, learned};

use crate::learner::{Learner, USUAL};

/// Column and row on the screen at which `text` begins.
fn place_of(learner: &Learner, text: &str) -> (u16, u16) {
    let screen = learner.screen();
    let (row, line) = screen.lines().enumerate().find(|(_, line)| line.contains(text)).expect("it is on the screen");
    let col = line.split(text).next().expect("it has a beginning").chars().count();
    (col as u16, row as u16)
}

#[test]
fn a_word_is_looked_up_and_the_page_that_teaches_it_is_one_key_away() {
    for size in [Size { cols: 60, rows: 20 }, USUAL, Size { cols: 200, rows: 50 }] {
        let mut learner = Learner::new(size);
        // It opens on the first term of the screen, and on another as one types.
        learner.press(":4<enter>w").sees("Words of the course").sees("The wait of a request").sees("Enter: page 4");
        learner.press("queue").sees("Keeps messages until").press("<enter>").sees(" 3/10");
        // Where one was is one key back.
        learner.press("[").sees(" 4/10").press("wzzzz").sees("No term of the course has these words");
        learner.press("<esc>").sees(" 4/10");
    }
}

#[test]
fn a_term_of_a_page_answers_to_a_click() {
    let mut learner = Learner::new(USUAL);
    learner.press(":4<enter>");
    while !learner.screen().contains("warm start.") {
        learner.press("j");
    }
    let (col, row) = place_of(&learner, "warm start.");
    learner.act(Action::Click(col + 2, row)).sees("straight to the handler").sees("Enter: page 4");
    let mut learner = learner.reopen();
    learner.press("w").act(Action::Resize(Size { cols: 60, rows: 20 })).sees("Words of the course");
}

#[test]
fn from_the_map_one_goes_to_a_page_by_number_by_word_and_by_search() {
    let mut learner = Learner::new(USUAL);
    let mut from_map = |keys: &str| {
        while !matches!(learner.model.screen(), Screen::Home(_)) {
            learner.press("<esc>");
        }
        learner.press(keys).screen()
    };
    assert!(from_map(":7<enter>").contains(" 7/10"));
    assert!(from_map(":cold-start<enter>").contains(" 4/10"));
    assert!(from_map(":99<enter>").contains("There is no page `99`"));
    assert!(from_map("/webhook<enter>").contains("webhook · 1 of"));
    assert!(from_map("wwebhook<enter>").contains(" 7/10"));
    assert!(from_map("/zzzz<enter>").contains("Nowhere in this course"));
}

fn notes(learner: &Learner) -> Vec<String> {
    let deeds = learner.attempts().into_iter().map(|attempt| attempt.deed);
    deeds.filter_map(|deed| if let Deed::Noted { text, .. } = deed { Some(text) } else { None }).collect()
}

#[test]
fn a_note_on_a_line_is_written_seen_listed_changed_and_taken_off() {
    for size in [Size { cols: 60, rows: 20 }, USUAL, Size { cols: 200, rows: 50 }] {
        let mut learner = Learner::new(size);
        learner.press(":4<enter>a").sees("Choose the line").press("<down><enter>").sees("Your note on this line");
        learner.press("ask Ada<esc>").sees("Note kept").sees("✎");
        // Beside the text where there is room, and on the chosen line everywhere.
        assert_eq!(learner.screen().contains("ask Ada"), size.cols == 200);
        learner.press("a<down>").sees("ask Ada").press("<esc>");
        let mut learner = learner.reopen();
        learner.press("tada").sees("✎ ask Ada").press("<enter>").sees(" 4/10").sees("✎");
        learner.press("a<enter>").press(" again<f5>");
        assert_eq!(notes(&learner), ["ask Ada", "ask Ada again"], "{size:?}");
        let text = learned::learned(&learner.model.course, &learner.model.progress);
        assert!(text.contains("- “A function has rested since yesterday.") && text.contains("\n\n  ask Ada again\n"));
        learner.press("ax").sees("Note taken off").press("<esc>");
        assert!(!learner.screen().contains('✎'), "{}", learner.screen());
        assert_eq!(notes(&learner).len(), 3);
    }
}

#[test]
fn a_note_outlives_a_killed_program_and_is_kept_by_every_way_to_leave_it() {
    let mut learner = Learner::new(USUAL);
    learner.press("a<enter>half a th");
    // As a draft: the program ends here without a word.
    let mut learner = learner.reopen();
    assert_eq!(notes(&learner), [""; 0]);
    learner.press("a<enter>").sees("half a th").press("ought<c-c>");
    assert!(learner.has_quit);
    assert_eq!(notes(&learner), ["half a thought"]);
    // What is opened and left as it was is no new deed.
    let mut learner = learner.reopen();
    learner.press("a<enter>").sees("half a thought").press("<esc>");
    assert_eq!(notes(&learner).len(), 1);
}

#[test]
fn a_bookmark_stands_on_any_line() {
    let mut learner = Learner::new(USUAL);
    learner.press(":4<enter>a<down>m").sees("Bookmark set").sees("★");
    assert!(!learner.screen().lines().nth(1).expect("a first line").contains('★'));
    learner.press("x").sees("Bookmark taken off");
}
