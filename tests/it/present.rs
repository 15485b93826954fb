//! A page before a class: in steps, with hands counted, and followed by the teacher's notes.

use coldstart::app::present::{Asked, Clock, Role, Stage, Visit};
use coldstart::app::{Action, Size};

use crate::learner::{Learner, USUAL};

#[test]
fn a_page_is_shown_step_by_step_and_the_next_page_follows() {
    let mut class = Learner::before_class(USUAL, Role::Class, "cold-start");
    class.sees("About 8 minutes").sees("1 / 9");
    assert!(!class.screen().contains("What the first request waits for"));
    class.press("<right>").sees("What the first request waits for").sees("2 / 9");
    assert!(!class.screen().contains("About 8 minutes"));
    class.press("<left>").sees("1 / 9").press("<left>").sees("Event-driven architecture");
    class.press("<right>").sees("1 / 9").press(":5<enter>").sees("Advantages and limits").sees("1 / ");
    // What is tried before a class is nobody's progress.
    assert!(class.attempts().iter().all(|attempt| attempt.at_ms < 0), "{:?}", class.attempts());
}

#[test]
fn a_step_that_is_taller_than_the_screen_scrolls_and_space_goes_on_where_it_ends() {
    let mut class = Learner::before_class(Size { cols: 60, rows: 20 }, Role::Class, "cold-start");
    class.press("<right>").sees("▼ more");
    for _ in 0..10 {
        class.press("<space>");
        if class.screen().contains("3 / 9") {
            return;
        }
        class.sees("2 / 9");
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
    // After the class has talked, or with another one, it is asked again beside what it said before.
    class.press("r").sees("▁ the vote before: 36 hands").press("d30").sees("100 %").sees(" 24  67 %");
    let last = class.counted.last().expect("a count");
    assert_eq!((last.question.as_str(), last.before, last.hands()), ("name-misleads", 1, 30));
}

#[test]
fn every_kind_of_question_can_be_put_to_a_class() {
    let mut class = Learner::before_class(USUAL, Role::Class, "why-serverless");
    // A vote for each place of an order, and → goes from vote to vote before it goes on.
    class.poll("flow-in-order").sees("Which comes first?").press("a3").sees("100 %");
    class.press("<right>").sees("Which comes second?").press("<left>").sees("Which comes first?").sees(" 3  100 %");
    // A number is called out; what is not right is told apart only when it is shown.
    class.poll("price-of-a-million").sees("Enter takes down an answer");
    class.press("<enter>").sees("The class says: ▏").press("1000000<enter>").press("7").sees("1000000").sees("100 %");
    class.press("<enter>12<enter>").sees("12 %");
    // A guess of the class is the one that most made, and the run begins with it.
    let mut class = Learner::before_class(USUAL, Role::Class, "cold-start");
    while !class.screen().contains("Predict first") {
        class.press("<right>");
    }
    class.press("<tab><enter>").sees("run it").press("<enter>11<enter>5").press("<enter>40<enter>").press("S");
    class.sees("Your guess: 11").sees("run / pause");
    // So is the choice of most.
    let page = "serverless/05-advantages-and-limits".to_owned();
    let asked = Some(Asked { question: format!("{page}#snapshot-restore"), vote: 0, is_revealed: false });
    let mut class = Learner::before_class(USUAL, Role::Class, &page);
    class.act(Action::Staged(Stage { page, asked, moves: 2, ..Stage::default() }));
    class.press("a2").press("c5").press("S").sees("Your guess: “much longer”").sees("run / pause");
}

#[test]
fn of_two_words_on_where_the_presentation_is_the_newer_holds() {
    let mut class = Learner::before_class(USUAL, Role::Class, "cold-start");
    class.press("<right><right>").sees("3 / 9");
    let word = |step, moves| {
        Action::Staged(Stage { page: "serverless/04-cold-start".into(), step, moves, ..Stage::default() })
    };
    // Its own word from the first step comes back when it has gone on; then the other screen leads elsewhere.
    class.act(word(1, 1)).sees("3 / 9").act(word(4, 4)).sees("5 / 9").press("<right>").sees("6 / 9");
}

#[test]
fn a_heading_is_said_in_large_letters_where_there_is_room_and_only_once() {
    let heading = "What the first request waits for";
    let mut class = Learner::before_class(Size { cols: 200, rows: 50 }, Role::Class, "cold-start");
    class.press("<right>").sees("▀▀").sees("2 / 9");
    assert!(!class.screen().contains(heading), "{}", class.screen());
    let mut small = Learner::before_class(USUAL, Role::Class, "cold-start");
    small.press("<right>").sees(heading);
}

#[test]
fn hands_are_counted_on_either_screen() {
    let mut class = Learner::before_class(USUAL, Role::Class, "cold-start");
    let mut notes = Learner::before_class(USUAL, Role::Notes, "cold-start");
    let asked = |question: &str, vote| Some(Asked { question: question.into(), vote, is_revealed: false });
    let page = "serverless/04-cold-start".to_owned();
    let stage = Stage { page, step: 7, asked: asked("cold-start-phases", 0), moves: 2, ..Stage::default() };
    class.act(Action::Staged(stage.clone())).sees("› a");
    notes.act(Action::Staged(stage.clone())).sees("› a").press("a12").sees(" 12");
    let told = notes.counted.last().expect("a count").clone();
    class.press("5").sees(" 5 ").act(Action::Staged(Stage { counts: vec![told], ..stage.clone() })).sees(" 12 ");
    // What is older than what was typed since changes nothing.
    let older = class.counted.last().expect("a count").clone();
    class.act(Action::Staged(Stage { counts: vec![older], ..stage })).sees(" 12 ");
}

#[test]
fn the_notes_follow_and_drive() {
    let mut notes = Learner::before_class(USUAL, Role::Notes, "why-serverless");
    let visits = vec![Visit { page: "serverless/04-cold-start".into(), at_ms: 60_000 }];
    let page = "serverless/04-cold-start".to_owned();
    notes.act(Action::Staged(Stage { page, step: 1, visits, moves: 2, ..Stage::default() }));
    let clock = |is_running| Clock { at_ms: 360_000, shown: "14:05:09".into(), is_running };
    notes.act(Action::Clock(clock(true)));
    notes.sees("Now   What the first request waits for  (2 of 9)").sees("Next  How often does it happen?");
    notes.sees("14:05:09   this page 5:00 of 8 min").press("<right>").sees("(3 of 9)");
    assert!(!notes.screen().contains("No presentation is running"));
    notes.act(Action::Clock(clock(false))).sees("No presentation is running");
}
