//! The lab at the sizes it is used at, by keys and by mouse.

use coldstart::app::lab::{Lab, Part};
use coldstart::app::{Action, Screen, Size};

use crate::learner::{Learner, USUAL};

const SMALL: Size = Size { cols: 60, rows: 20 };

fn lab(learner: &Learner) -> &Lab {
    let Screen::Lab(lab) = learner.model.screen() else { panic!("the lab is not open:\n{}", learner.screen()) };
    lab
}

/// Tabs to the requests, and to the last cold one of them.
fn look_at_requests(learner: &mut Learner) -> &mut Learner {
    for _ in 0..5 {
        if matches!(lab(learner).part, Part::Requests { .. }) {
            break;
        }
        learner.press("<tab>");
    }
    learner
}

/// What is on the screen as one line, whatever was wrapped.
fn read(learner: &Learner) -> String {
    learner.screen().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The run of a page at its end, its guess judged and read.
fn ended(size: Size, scenario: &str, guess: &str) -> Learner {
    let mut learner = Learner::new(size);
    learner.focus_simulation(scenario).press("<enter>").press(guess).press("<enter>G").wait_ms(60_000).press("<tab>");
    learner
}

#[test]
fn dragging_along_the_clock_goes_through_time() {
    for size in [SMALL, USUAL, Size { cols: 200, rows: 50 }] {
        let mut learner = ended(size, "sparse-api", "7");
        let (whole, bar) = (lab(&learner).report(), learner.at("━"));
        learner.drag((bar.0 + 6, bar.1), bar);
        assert_eq!(lab(&learner).report().requests, 0, "{size:?}");
        learner.sees("paused").sees("‖ 0.0 s");
        // Forth again, with the pointer slipped off the row.
        learner.drag(bar, (bar.0 + 6, bar.1 + 2));
        learner.wait_ms(2_000);
        let part = lab(&learner).report().requests;
        assert!(part > 0 && part < whole.requests, "{part} at {size:?}");
        assert_eq!(learner.copied, None);
    }
}

#[test]
fn text_is_selected_within_the_column_where_one_begins() {
    let mut learner = ended(USUAL, "sparse-api", "7");
    let (from, to) = (learner.at("cold starts"), learner.at("latency p95"));
    learner.drag(from, (to.0 + 30, to.1));
    let copied = learner.copied.clone().unwrap_or_default();
    assert!(copied.starts_with("cold starts") && copied.ends_with(" ms"), "{copied}");
    assert!(!copied.contains("package") && copied.lines().count() == 3, "{copied}");
    // y copies it again, Esc ends it and nothing else; then y copies the command.
    learner.copied = None;
    learner.press("y");
    assert_eq!(learner.copied.as_deref(), Some(copied.as_str()));
    learner.press("<esc>").sees("Knobs").press("y");
    assert_eq!(learner.copied.as_deref(), Some("coldstart sim sparse-api"));
    let (col, row) = learner.at("failed, timed out");
    learner.act(Action::DoubleClick(col, row)).sees("copied failed");
}

#[test]
fn all_figures_and_what_differs_are_a_key_away_where_there_is_little_room() {
    for size in [SMALL, USUAL] {
        let mut learner = ended(size, "sparse-api", "7");
        learner.press(":k60<enter>").wait_ms(60_000).press("<tab>").sees("± (95 %)").sees("before");
        let mut seen = learner.screen();
        for _ in 0..30 {
            seen += &learner.press("<down>").screen();
        }
        for said in ["cost per month", "container pays from", "The share of cold requests falls"] {
            assert!(seen.contains(said), "{said} at {size:?}:\n{}", learner.screen());
        }
        // One step up is seen at once, however often one went down.
        let bottom = learner.screen();
        assert!(size != SMALL || learner.press("<up>").screen() != bottom);
    }
}

#[test]
fn a_request_is_seen_with_all_its_parts_at_every_size() {
    for size in [SMALL, USUAL, Size { cols: 200, rows: 50 }] {
        let mut learner = ended(size, "first-and-second-request", "500");
        look_at_requests(&mut learner).press("<up><up>").sees("Request 1");
        for part in ["provision", "fetch package", "load runtime", "initialise", "connect", "handler", "Cold: "] {
            learner.sees(part);
        }
    }
}

#[test]
fn a_knob_that_cannot_matter_says_so_and_why() {
    let mut learner = ended(USUAL, "real-traffic", "50");
    learner.sees("(as recorded)").press("<up>".repeat(5).as_str());
    while !learner.screen().contains("› traffic") {
        learner.press("<down>");
    }
    learner.sees("The requests of this run were recorded.");
    let before = learner.screen();
    learner.press("<right>").sees("The requests of this run were recorded.");
    assert_eq!(learner.screen(), before);
}

#[test]
fn the_speed_is_changed_by_key_or_click() {
    let mut learner = ended(USUAL, "sparse-api", "7");
    learner.sees("◂ ×20 ▸").press("]").sees("×50").press("[[").sees("×10 ");
    let (col, row) = learner.at("▸");
    learner.act(Action::Click(col, row)).sees("◂ ×20 ▸");
}

#[test]
fn a_key_of_the_footer_is_pressed_by_a_click() {
    let mut learner = ended(USUAL, "sparse-api", "7");
    let press = |learner: &mut Learner, text: &str| {
        let (col, row) = learner.at(text);
        let action = coldstart::tui::click(&learner.model, col, row);
        learner.act(action);
    };
    press(&mut learner, "look closer");
    learner.sees("± (95 %)");
    press(&mut learner, "run / pause");
    learner.wait_ms(300).sees("running");
    // Between two keys stands nothing, and what is above the footer is the screen's.
    let (col, row) = learner.at("↓ knob");
    assert!(matches!(coldstart::tui::click(&learner.model, col - 1, row), Action::Click(..)));
    assert!(matches!(coldstart::tui::click(&learner.model, col, row - 2), Action::Click(..)));
}

#[test]
fn a_guess_with_parted_thousands_is_read_as_it_is_shown() {
    let mut learner = Learner::new(USUAL);
    learner.focus_simulation("first-and-second-request").press("<enter>1,2").sees("read as 1.2").press("00");
    learner.sees("read as 1200").press("<enter>").sees("Your guess: 1200 ms");
}

#[test]
fn a_run_too_large_for_a_frame_is_gone_through_and_back_in_frames() {
    let mut learner = ended(USUAL, "sparse-api", "7");
    learner.press(":platform.provisioned=300000<enter>").press(":traffic.rate_per_s=20000<enter>");
    learner.press(":run.requests=1000000000<enter>").wait_ms(500).press("<space>").press("<tab>");
    let reached = lab(&learner).report().requests;
    assert!(reached > 1_000, "{reached} after some frames");
    // Time goes back, and the run before goes along.
    learner.press("g").wait_ms(500).sees("0.0 s");
    assert_eq!(lab(&learner).report().requests, 0);
    learner.press("<esc>");
}

#[test]
fn a_judged_guess_is_remembered_by_the_page_and_its_run_made_again() {
    let mut learner = Learner::new(Size { cols: 100, rows: 40 });
    learner.focus_simulation("sparse-api").press("<enter>5<enter>G").wait_ms(60_000).sees("not so: you guessed 5 %");
    let report = lab(&learner).report();
    let mut learner = learner.reopen();
    learner.focus_simulation("sparse-api").sees("not so: you guessed 5 %").sees("That unused time");
    assert!(!learner.screen().contains("Predict first"));
    learner.press("<enter>").wait_ms(60_000).sees("not so: you guessed 5 %").sees("ended");
    assert_eq!(lab(&learner).report(), report);
}

#[test]
fn a_turned_knob_stands_among_the_others_beside_both_runs() {
    for scenario in ["sparse-api", "burst-limit", "runtimes", "pool-exhaustion"] {
        let mut learner = ended(USUAL, scenario, "5");
        learner.press("<down><right>").wait_ms(60_000).sees("c takes it away").sees("before");
        for knob in ["› memory", "architecture", "init code", "traffic"] {
            learner.sees(knob);
        }
    }
}

#[test]
fn where_a_snapshot_is_restored_no_runtime_is_loaded() {
    let mut learner = ended(USUAL, "snapshot-restore", "c");
    look_at_requests(&mut learner).sees("restore ");
    assert!(!learner.screen().contains("load runtime"));
    // Without it the runtime is loaded again.
    learner.press("<esc>:function.snapshot=false<enter>").wait_ms(60_000);
    look_at_requests(&mut learner).sees("load runtime");
}

#[test]
fn a_flow_in_lines_stands_in_the_order_of_its_events() {
    let mut learner = Learner::new(SMALL);
    learner.focus_simulation("invoice-flow").press("<enter>");
    let rows = ["▶ read and check", "▶ record", "▶ notify"].map(|function| learner.at(function).1);
    assert!(rows.is_sorted(), "{rows:?}:\n{}", learner.screen());
    // A click on a line looks at its function.
    let (col, row) = learner.at("▶ record");
    learner.press("G").wait_ms(60_000).act(Action::Click(col + 4, row));
    look_at_requests(&mut learner).sees("of record");
}

#[test]
fn a_flow_in_a_small_window_shows_its_figures_and_where_time_went() {
    let mut learner = Learner::new(SMALL);
    learner.focus_simulation("invoice-flow").press("<enter>G").wait_ms(60_000);
    for figure in ["cold starts", "end to end p50", "end to end p99", "cost of the run"] {
        learner.sees(figure);
    }
    learner.press("<tab>").sees("instances, average");
    // The last function is the one with a connection.
    look_at_requests(&mut learner).press("N").sees("of record").sees("connect ").sees("handler ");
    // What a turned knob has changed comes before what it has not.
    learner.press("<esc>n<down><right>").wait_ms(60_000).sees("cost of the run");
    let (changed, same) = (learner.at("cost of the run").1, learner.at("cold starts").1);
    assert!(changed < same, "{}", learner.screen());
}

#[test]
fn what_was_asked_is_read_while_the_run_goes_on() {
    let questions = [
        ("runtimes", "7", "Your guess: 7 ms What does a request take at the median?"),
        ("pool-exhaustion", "9", "Your guess: 9 requests Of all 2,221 requests of the run, how many fail?"),
    ];
    for (scenario, guess, asked) in questions {
        let mut learner = Learner::new(SMALL);
        learner.focus_simulation(scenario).press("<enter>").press(guess).press("<enter>");
        assert!(read(&learner).contains(asked), "{}", learner.screen());
    }
}

#[test]
fn a_guess_is_made_by_the_mouse_as_well() {
    let mut learner = Learner::new(USUAL);
    learner.focus_simulation("sparse-api").press("<enter>7");
    let (col, row) = learner.at("Enter runs the simulation");
    learner.act(Action::Click(col, row)).sees("Your guess: 7 %");
}

#[test]
fn a_request_says_why_it_failed_and_a_refused_one_took_no_time() {
    let mut learner = ended(SMALL, "pool-exhaustion", "1000");
    look_at_requests(&mut learner);
    assert!(read(&learner).contains("ms: the database had no connection left"), "{}", learner.screen());
    ended(USUAL, "burst-limit", "50").sees("refused┤×");
}

#[test]
fn an_instance_that_hardly_works_is_not_shown_at_work() {
    let mut learner = ended(SMALL, "memory-and-cpu", "200");
    look_at_requests(&mut learner).press("<tab>").sees("requests answered").sees("busy for a part of it");
    let screen = learner.screen();
    let rows: Vec<&str> = screen.lines().collect();
    let legend = rows.iter().position(|row| row.contains("busy for a part of it")).unwrap_or_default();
    assert!(!rows[legend - 1].contains("██"), "{screen}");
}
