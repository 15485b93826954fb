//! A page before a class: in steps, with hands counted, and followed by the teacher's notes.

use coldstart::app::present::{Clock, Role, Stage, Visit};
use coldstart::app::{Action, Size};

use crate::learner::{Learner, USUAL};

#[test]
fn a_page_is_shown_step_by_step_and_the_next_page_follows() {
    let mut class = Learner::before_class(USUAL, Role::Class, "cold-start");
    class.sees("About 8 minutes").sees("1 / 8");
    assert!(!class.screen().contains("What the first request waits for"));
    class.press("<right>").sees("What the first request waits for").sees("2 / 8");
    assert!(!class.screen().contains("About 8 minutes"));
    class.press("<left>").sees("1 / 8").press("<left>").sees("Event-driven architecture");
    class.press("<right>").sees("1 / 8").press(":5<enter>").sees("Advantages and limits").sees("1 / ");
    // What is tried before a class is nobody's progress.
    assert!(class.attempts().iter().all(|attempt| attempt.at_ms < 0), "{:?}", class.attempts());
}

#[test]
fn a_step_that_is_taller_than_the_screen_scrolls_and_space_goes_on_where_it_ends() {
    let mut class = Learner::before_class(Size { cols: 60, rows: 20 }, Role::Class, "cold-start");
    class.press("<right>").sees("▼ more");
    for _ in 0..10 {
        class.press("<space>");
        if class.screen().contains("3 / 8") {
            return;
        }
        class.sees("2 / 8");
    }
    panic!("the step has no end:\n{}", class.screen());
}

#[test]
fn hands_are_counted_and_the_bars_grow() {
    let mut class = Learner::before_class(USUAL, Role::Class, "why-serverless");
    while !class.screen().contains("Serverless means our code runs without servers") {
        class.press("<right>");
    }
    class.press("<s-tab><enter>").sees("› a");
    let longest = |class: &Learner| class.screen().lines().map(|line| line.matches('█').count()).max().unwrap_or(0);
    class.press("a12d").press("24").sees("67 %").sees(" 12").sees(" 24");
    assert!(longest(&class) > 30, "{}", class.screen());
    assert!(!class.screen().contains('✓'));
    class.press("S").sees("✓d").press("<esc>").press("<enter>").sees(" 24");
}

#[test]
fn the_notes_follow_and_drive() {
    let mut notes = Learner::before_class(USUAL, Role::Notes, "why-serverless");
    let visits = vec![Visit { page: "serverless/04-cold-start".into(), at_ms: 60_000 }];
    notes.act(Action::Staged(Stage { page: "serverless/04-cold-start".into(), step: 1, visits }));
    let clock = |is_running| Clock { at_ms: 360_000, shown: "14:05:09".into(), is_running };
    notes.act(Action::Clock(clock(true)));
    notes.sees("Now   What the first request waits for  (2 of 8)").sees("Next  How often does it happen?");
    notes.sees("14:05:09   this page 5:00 of 8 min").press("<right>").sees("(3 of 8)");
    assert!(!notes.screen().contains("No presentation is running"));
    notes.act(Action::Clock(clock(false))).sees("No presentation is running");
}
