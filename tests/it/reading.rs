//! What helps while reading: the words of the course.

use coldstart::app::{Action, Screen, Size};

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
