//! Keys in, screen and attempts out, on the real course.

use coldstart::app::lab::Lab;
use coldstart::app::lesson::What;
use coldstart::app::{Action, Motion, Screen, Size};
use coldstart::course::{Deed, Kind, Task};
use coldstart::grade::exact::gaps::{Gap, Wanted};
use proptest::prelude::*;

use crate::learner::{Learner, USUAL};

const SIZES: [Size; 4] =
    [Size { cols: 60, rows: 20 }, USUAL, Size { cols: 100, rows: 30 }, Size { cols: 200, rows: 50 }];

/// An answer that makes every point of `connection-outside-handler`.
const GOOD: &str = "The code outside the handler runs only once, when the environment is initialised. While the \
                    environment stays warm the connection is reused and not opened again on every call. One notices it \
                    in consecutive warm invocations. The first, cold start still pays for the initialisation.";

fn deeds(learner: &Learner) -> Vec<Deed> {
    learner.attempts().into_iter().map(|attempt| attempt.deed).collect()
}

#[test]
fn the_course_opens_on_its_first_page_with_a_welcome_once() {
    let mut learner = Learner::new(USUAL);
    learner.sees("Serverless Architecture ›").sees("Welcome").sees("1/10");
    learner.press("j");
    assert!(!learner.screen().contains("Welcome"));
    let mut learner = learner.reopen();
    learner.sees("You are where you stopped");
}

#[test]
fn every_page_is_read_to_its_end_by_space_and_arrow_at_every_size() {
    for size in SIZES {
        let mut learner = Learner::new(size);
        let pages = learner.model.course.pages().count();
        for number in 1..=pages {
            learner.sees(&format!("{number}/{pages}"));
            for _ in 0..200 {
                let Screen::Page(reader) = learner.model.screen() else { panic!("not on a page") };
                assert!(reader.top <= reader.laid.rows.len());
                if reader.seen() >= 1.0 {
                    break;
                }
                learner.press("<space>");
            }
            learner.press("<right>");
        }
        learner.sees("This is the last page");
        let read = deeds(&learner).iter().filter(|deed| matches!(deed, Deed::PageRead { .. })).count();
        assert_eq!(read, pages, "{size:?}");
        learner.press("<esc>").sees(&format!("{pages} of {pages} pages read"));
    }
}

#[test]
fn no_row_of_text_is_wider_than_its_column() {
    for size in SIZES {
        let mut learner = Learner::new(size);
        for _ in 0..learner.model.course.pages().count() {
            let Screen::Page(reader) = learner.model.screen() else { panic!("not on a page") };
            let (_, width) = coldstart::app::lesson::columns(size.cols);
            // Code stays whole; what of it lies beyond the screen is marked there.
            let code = |index: usize| {
                reader.laid.things.iter().any(|it| matches!(it.what, What::Code(_)) && it.rows.contains(&index))
            };
            for (_, row) in reader.laid.rows.iter().enumerate().filter(|(index, _)| !code(*index)) {
                assert!(row.width() <= usize::from(width), "{size:?} {}: {}", reader.page, row.text());
            }
            learner.press("n");
        }
    }
}

/// The first line of the body: what is at the top of the page that is read.
fn top_words(learner: &Learner) -> String {
    learner.screen().lines().nth(1).unwrap_or_default().trim_matches([' ', '│', '▸', '★']).to_owned()
}

#[test]
fn the_same_words_stay_at_the_top_through_every_size_and_into_the_next_start() {
    let paragraph = (1..2000).map(|n| format!("word{n:04}")).collect::<Vec<_>>().join(" ");
    let (wide, narrow) = (Size { cols: 200, rows: 50 }, Size { cols: 60, rows: 20 });
    let mut learner = Learner::reading(&[&format!("# Long\n\n{paragraph}\n\nThe end.\n")], wide);
    learner.press("jjjjjjjjjjj");
    let before = top_words(&learner);
    let first = before.split(' ').next().expect("a word").to_owned();
    assert!(first.starts_with("word") && first != "word0001", "{before}");
    learner.act(Action::Resize(narrow));
    assert!(top_words(&learner).contains(&first), "{first}: {}", top_words(&learner));
    learner.act(Action::Resize(Size { cols: 81, rows: 33 })).act(Action::Resize(wide));
    assert_eq!(top_words(&learner), before);
    // Another day, in another window.
    let learner = learner.reopen_in(narrow);
    assert!(top_words(&learner).contains(&first), "{first}: {}", top_words(&learner));
}

#[test]
fn every_place_of_the_course_is_found_again_by_the_next_start() {
    let mut learner = Learner::new(Size { cols: 100, rows: 30 });
    for page in [1, 2, 4, 6, 9] {
        learner.press(&format!(":{page}<enter>"));
        for _ in 0..6 {
            learner.press("jjjjjjj");
            let before = learner.screen().lines().skip(1).take(27).map(str::to_owned).collect::<Vec<_>>();
            learner = learner.reopen();
            let after = learner.screen().lines().skip(1).take(27).map(str::to_owned).collect::<Vec<_>>();
            assert_eq!(before, after, "page {page}");
        }
    }
}

#[test]
fn scrolling_stops_at_the_last_line_and_at_the_first() {
    let mut learner = Learner::new(USUAL);
    learner.press("G");
    let end = learner.screen();
    learner.press("jjj<space><pgdn>G");
    assert_eq!(learner.screen(), end);
    learner.press("gkkkb<up>");
    let Screen::Page(reader) = learner.model.screen() else { panic!("not on a page") };
    assert_eq!(reader.top, 0);
}

#[test]
fn everything_that_responds_is_reached_by_tab_opened_by_enter_and_left_by_esc() {
    let mut learner = Learner::new(USUAL);
    let mut opened = [0; 4];
    for _ in 0..learner.model.course.pages().count() {
        let Screen::Page(reader) = learner.model.screen() else { panic!("not on a page") };
        let (page, things) = (reader.page.clone(), reader.laid.things.clone());
        for thing in &things {
            learner.press("<tab>");
            let What::Widget(index) = thing.what else { continue };
            let task = learner.model.course.page(&page).expect("the page").widgets[index].task.clone();
            learner.press("<enter>");
            let kind = match (learner.model.screen(), &task) {
                (Screen::Zoomed(_), Task::Diagram { .. }) => 0,
                (Screen::Lab(_), Task::Simulation(_)) => 1,
                (Screen::Exercise(_), Task::Exercise(_)) => 2,
                // A function runs in its place; `e` opens it.
                (Screen::Page(_), Task::Function(_)) => {
                    learner.press("e");
                    assert!(matches!(learner.model.screen(), Screen::Function(_)), "{page}");
                    3
                }
                (other, task) => panic!("{page}: {task:?} opened {other:?}"),
            };
            opened[kind] += 1;
            // Esc leaves an editor first, and then the exercise.
            learner.press("<esc>");
            if !matches!(learner.model.screen(), Screen::Page(_)) {
                learner.press("<esc>");
            }
            let Screen::Page(reader) = learner.model.screen() else { panic!("Esc did not come back") };
            assert_eq!(reader.page, page);
        }
        learner.press("<esc>").press("n");
    }
    let [diagrams, simulations, exercises, functions] = opened;
    assert!(functions == 1 && diagrams >= 1 && simulations >= 1 && exercises >= 11, "{opened:?}");
}

#[test]
fn an_answer_is_graded_kept_and_still_there_the_next_day() {
    let mut learner = Learner::new(USUAL);
    learner.open_exercise("connection-outside-handler").press(GOOD).press("<f5>");
    learner.sees("All points made").sees("✓ made");
    let kept = deeds(&learner);
    let answered = kept.iter().find_map(|deed| match deed {
        Deed::Answered { exercise, verdict, .. } => Some((exercise.0.as_str(), verdict.fraction())),
        _ => None,
    });
    assert_eq!(answered, Some(("connection-outside-handler", 1.0)));
    let mut learner = learner.reopen();
    learner.open_exercise("connection-outside-handler").sees("✓ made").sees("1.00 of 1.00 points");
}

#[test]
fn what_was_answered_comes_back_before_it_is_forgotten() {
    let mut learner = Learner::new(USUAL);
    learner.open_exercise("connection-outside-handler").press(GOOD).press("<f5>").sees("All points made");
    let mut learner = learner.reopen_after_days(60);
    learner.press("<esc>g").sees("Next: 1 question to come back to").press("<enter>").sees("0 of 1 asked");
    // It is asked anew, and in another form: neither the old answer nor the old question is in view.
    learner.press("<enter>").sees("Which requests pay?");
    assert!(!learner.screen().contains("runs only once"), "{}", learner.screen());
    learner.press("ab<enter>").sees("All points made").press("<enter>").sees("That was all that is due");
    learner.press("<enter>");
    assert!(!learner.screen().contains("to come back to"));
}

#[test]
fn what_is_missed_in_a_review_comes_once_more_at_its_end() {
    let mut learner = Learner::new(USUAL);
    learner.open_exercise("name-misleads").press("b<enter>");
    learner.open_exercise("missing-id").press("b<enter>");
    let mut learner = learner.reopen_after_days(30);
    learner.model.begin_review();
    // The first verdict counts: Enter goes on with the round, and not into another try.
    learner.sees("0 of 2 asked").press("<enter>a<enter>").sees("Enter goes on.").press("<enter>");
    learner.sees("missed").sees("once more").sees("1 of 3 asked");
    learner.press("<enter>b<enter><enter>").press("<enter>a<enter><enter>").sees("3 of 3 asked");
    learner.press("<enter>").sees("pages read");
}

#[test]
fn a_page_is_proved_by_its_questions_without_help_and_can_then_be_skipped() {
    let mut learner = Learner::new(Size { cols: 100, rows: 40 });
    learner.press("<esc>s").sees("What I have shown").sees("0 of 10 pages shown").press("p").sees("0 of ");
    learner.press("<enter>");
    assert!(!learner.screen().contains("H hint"), "{}", learner.screen());
    learner.press("H").sees("without help").press("S").sees("without help").press("<esc>");
    while !learner.screen().contains("you can skip it") {
        learner.press("<enter>");
        let Screen::Exercise(sheet) = learner.model.screen() else { panic!("{}", learner.screen()) };
        let keys = match &learner.model.course.exercises[&sheet.exercise].kind {
            Kind::Number(task) => task.value.to_string(),
            Kind::Choice { options, .. } => {
                let right = options.iter().enumerate().filter(|(_, option)| option.right);
                right.map(|(index, _)| char::from(b'a' + index as u8)).collect()
            }
            other => panic!("a question of another kind: {other:?}"),
        };
        learner.press(&keys).press("<enter>").sees("All points made").press("<esc>");
    }
    learner.press("<enter>").sees("1 of 10 pages shown").sees("all shown: you can skip it");
    learner.press("<esc>g").sees("Next: What it is, and FaaS").press("G").sees("●●●  you can skip it");
}

#[test]
fn a_diagram_is_walked_from_box_to_box() {
    let mut learner = Learner::new(USUAL);
    learner.go_to(|task| matches!(task, Task::Diagram { .. }));
    learner.press("<down>").sees("User uploads image").press("<down><down>").sees("Function: generate thumbnail:");
    learner.press("<esc><space>");
    let mut learner = Learner::new(USUAL);
    learner.go_to(|task| matches!(task, Task::Diagram { .. })).press("<enter>+").sees("Full: every label on one line");
}

#[test]
fn a_flow_shows_its_events_on_its_diagram() {
    let mut learner = Learner::new(Size { cols: 120, rows: 45 });
    learner.focus_simulation("thumbnail-flow").press("<enter><space>").wait_ms(3_000);
    learner.sees("Message queue").sees("≡ waiting").press("v").sees("▶ notify user");
    assert!(!learner.screen().contains("Function: notify user"));
    // Where neither width nor height is enough for one line or one column, the flow is broken into lines.
    let mut learner = Learner::new(Size { cols: 80, rows: 24 });
    learner.focus_simulation("thumbnail-flow").press("<enter><space>").wait_ms(3_000);
    learner.sees("Message queue").sees("≡ waiting").sees("◂ nodejs22.x ▸");
}

#[test]
fn a_learner_can_hold_against_a_verdict_and_check_the_answer_alone() {
    let mut learner = Learner::new(Size { cols: 100, rows: 60 });
    learner.open_exercise("connection-outside-handler");
    learner.press("The connection is reused while the environment stays warm.<f5>").press("1").sees("you hold that");
    let disputed =
        |learner: &Learner| deeds(learner).iter().any(|deed| matches!(deed, Deed::Disputed { on: true, .. }));
    assert!(disputed(&learner));
    learner
        .press("c")
        .sees("You tick beside the solution.")
        .press("y")
        .sees("Which of these does your answer say?")
        .press("<space><enter>")
        .sees("Kept: you hold 1 of 4");
    assert!(deeds(&learner).iter().any(|deed| matches!(deed, Deed::SelfChecked { items, .. } if items.len() == 1)));
}

#[test]
fn a_bookmark_is_listed_and_leads_back() {
    let mut learner = Learner::new(USUAL);
    learner.press(":4<enter>dd").press("m").sees("Bookmark set");
    let mut learner = learner.reopen();
    learner.press(":1<enter>t").press("★").press("<enter>").sees("4/10");
}

#[test]
fn a_half_answer_earns_its_points_with_evidence_and_a_hint_for_the_rest() {
    let mut learner = Learner::new(USUAL);
    learner.open_exercise("connection-outside-handler");
    learner.press("The connection is reused while the environment stays warm.<f5>");
    learner.sees("✓ made").sees("✗ missing").sees("“");
    assert!(!learner.screen().contains("All points made"));
}

#[test]
fn a_draft_survives_leaving_and_restarting() {
    let mut learner = Learner::new(USUAL);
    learner.open_exercise("invoice-flow").press("the upload emits").press("<esc>").sees("Your draft is kept");
    let mut learner = learner.reopen();
    learner.open_exercise("invoice-flow").sees("the upload emits");
    assert!(deeds(&learner).iter().all(|deed| !matches!(deed, Deed::Answered { .. })));
}

#[test]
fn the_solution_before_an_honest_try_asks_and_is_kept_as_giving_up() {
    let mut learner = Learner::new(USUAL);
    learner.open_exercise("constant-high-traffic").press("<esc>S").sees("giving up").press("n");
    assert!(deeds(&learner).is_empty() || deeds(&learner).iter().all(|deed| !matches!(deed, Deed::GaveUp { .. })));
    learner.press("Sy").sees("Solution (you gave up on this one)");
    assert!(deeds(&learner).iter().any(|deed| matches!(deed, Deed::GaveUp { .. })));
}

#[test]
fn after_an_honest_try_the_solution_is_simply_shown() {
    let mut learner = Learner::new(USUAL);
    learner.open_exercise("connection-outside-handler").press(GOOD).press("<f5>S").press("G").sees("Solution");
    assert!(deeds(&learner).iter().any(|deed| matches!(deed, Deed::SolutionSeen { .. })));
}

#[test]
fn hints_come_one_at_a_time_from_a_nudge_to_a_similar_case_and_say_their_price() {
    let mut learner = Learner::new(Size { cols: 100, rows: 50 });
    learner
        .open_exercise("connection-outside-handler")
        .press("<esc>")
        .sees("H takes the next step. It costs no points");
    learner.press("H").sees("Hint 1 of 5: a nudge");
    assert!(!learner.screen().contains("Hint 2 of 5:"));
    learner.press("HH").sees("Hint 3 of 5").press("P").sees("The passage is hint 4 of 5");
    learner.press("H").sees("Hint 4 of 5: the passage it is about").sees("“Part by part” on the page “A function”");
    learner.press("H").sees("Hint 5 of 5: a similar case, worked out").press("H").sees("That was the last of 5 hints");
    assert_eq!(hints_shown(&learner), [1, 2, 3, 4, 5]);
}

/// The steps of the hints that were shown, in their order.
fn hints_shown(learner: &Learner) -> Vec<usize> {
    let shown = deeds(learner).into_iter().filter_map(|deed| match deed {
        Deed::HintShown { step, .. } => Some(step),
        _ => None,
    });
    shown.collect()
}

#[test]
fn hints_come_first_for_the_points_that_are_not_made() {
    let mut learner = Learner::new(Size { cols: 100, rows: 60 });
    learner
        .open_exercise("connection-outside-handler")
        .press("The code outside the handler runs only once, when the environment is initialised.<f5>")
        .press("H")
        .sees("Hint 1 of 5: a nudge")
        .sees("is not thrown away at once");
    assert!(!learner.screen().contains("How often does each of them run?"), "{}", learner.screen());
    learner.press("HHHH").press("G").sees("Hint 5 of 5: a nudge").sees("How often does each of them run?");
    assert_eq!(hints_shown(&learner), [2, 3, 4, 5, 1]);
}

#[test]
fn the_passage_is_one_key_away_and_the_draft_one_key_back() {
    let mut learner = Learner::new(USUAL);
    learner.open_exercise("connection-outside-handler").press("it runs").press("<esc>HHHHP");
    learner.sees("Part by part").sees("Esc goes back to your answer").press("<esc>");
    learner.press("<enter>").sees("it runs");
    // Reading on from there is no way out of the exercise, and moves no bookmark.
    learner.press("<esc>P").press("n").sees("When to use it").press("<esc>").sees("Hint 4 of 5");
    let stopped = learner.store.load().expect("kept").position.expect("a page was open");
    assert!(stopped.page.0.ends_with("09-exercises"), "{stopped:?}");
}

#[test]
fn after_the_solution_the_same_is_asked_in_another_form() {
    let mut learner = Learner::new(Size { cols: 100, rows: 50 });
    learner.open_exercise("name-misleads").press("Sy").sees("Solution (you gave up on this one)");
    learner.sees("asks the same in another form: Whose job are they?").press("<enter>").sees("Who patches");
    learner.press("b<enter>").sees("All points made").press("<esc>");
    assert!(matches!(learner.model.screen(), Screen::Page(_)), "{}", learner.screen());
    // What was shown in another form counts for the matter.
    learner.press("<esc><esc>G").sees("Why serverless  5 min  ◐○○");
}

#[test]
fn every_quick_question_is_answered_rightly_by_keys_alone() {
    let mut learner = Learner::new(USUAL);
    let course = std::sync::Arc::clone(&learner.model.course);
    let mut quick = 0;
    // The other forms of a question stand on no page.
    for exercise in course.exercises.values().filter(|it| it.form_of.is_none()) {
        let keys = match &exercise.kind {
            Kind::Choice { options, .. } => {
                let right = options.iter().enumerate().filter(|(_, option)| option.right);
                right.map(|(index, _)| char::from(b'a' + index as u8)).collect::<String>() + "<enter>"
            }
            Kind::Order { steps } => {
                // A letter brings its line to the cursor; lines move as they are taken.
                let mut shown = exercise.shown_order();
                let mut keys = String::new();
                for step in 0..steps.len() {
                    let at = shown.iter().position(|it| *it == step).expect("every step is shown");
                    keys.push(char::from(b'a' + at as u8));
                    let taken = shown.remove(at);
                    shown.insert(step, taken);
                }
                keys + "<enter>"
            }
            Kind::Number(task) => format!("{}<enter>", task.value),
            Kind::Matching(pairs) => {
                let shown = exercise.shown_order();
                let letter = |choice| shown.iter().position(|it| *it == choice).expect("every choice is shown");
                let letters = pairs.lines.iter().map(|line| char::from(b'a' + letter(line.choice) as u8));
                letters.collect::<String>() + "<enter>"
            }
            Kind::Gaps { gaps, .. } => {
                let right = |gap: &Gap| match &gap.wanted {
                    Wanted::Words { accept, .. } => accept[0].clone(),
                    Wanted::Number(task) => task.value.to_string(),
                };
                // Enter leads from gap to gap, and after the last it submits.
                gaps.iter().map(|gap| right(gap) + "<enter>").collect()
            }
            Kind::Flow(task) => {
                let label = |stop: usize| &task.stops[stop].label;
                let arrow = |(from, to): &(usize, usize)| format!("{} -> {}<enter>", label(*from), label(*to));
                task.arrows.iter().map(arrow).collect::<String>() + "<f5>"
            }
            Kind::Text(_) | Kind::Code(_) => continue,
        };
        quick += 1;
        learner.open_exercise(&exercise.id.0).press(&keys);
        let Screen::Exercise(sheet) = learner.model.screen() else { panic!("not on the exercise") };
        let stage = format!("{:?}", sheet.stage);
        learner.sees("All points made");
        assert!(stage.starts_with("Judged"), "{}: {stage}", exercise.id);
    }
    assert!(quick >= 8, "{quick} quick questions");
}

#[test]
fn a_flow_is_drawn_as_it_is_typed_and_what_is_missing_is_said() {
    let mut learner = Learner::new(USUAL);
    learner.open_exercise("thumbnail-chain").press("upload -> s3").sees("│ upload ├─");
    learner.press(" -> thumbnail -> notify").sees("notify").press("<f5>");
    learner.sees("2 of 5 arrows are right").sees("Something that comes after").press("G").sees("Your flow");
    // Too tall to stand above the editor, it is drawn beside it.
    let mut learner = learner.reopen();
    learner.open_exercise("thumbnail-chain").press("<enter><enter>graph TD<enter>A-->B-->C-->D-->E-->F");
    let screen = learner.screen();
    assert!(screen.lines().any(|line| line.contains("A-->B") && line.contains('│')), "{screen}");
}

#[test]
fn gaps_and_pairs_are_kept_as_drafts_and_told_one_by_one() {
    let mut learner = Learner::new(USUAL);
    learner
        .open_exercise("deploy-orders")
        .press("512<tab>9<tab>orders.creat")
        .press("<esc>")
        .sees("Your draft is kept");
    let mut learner = learner.reopen();
    learner.open_exercise("deploy-orders").sees("orders.creat").press("<f5>").sees("2 of 5 gaps are filled rightly");
    learner.sees("It is written `orders.create`").sees("It is said in seconds");
    learner.open_exercise("mistake-and-remedy").press("<space><down><enter>").sees("✗ missing");
    assert_eq!(deeds(&learner).iter().filter(|deed| matches!(deed, Deed::Answered { .. })).count(), 2);
}

#[test]
fn search_finds_highlights_counts_and_moves_between_matches() {
    let mut learner = Learner::new(USUAL);
    learner.press("/server").sees("1 of ").press("<enter>");
    let matches = |learner: &Learner| match learner.model.screen() {
        Screen::Page(reader) => reader.search.as_ref().map(|search| (search.current, search.matches.len())),
        _ => None,
    };
    let (first, n) = matches(&learner).expect("a search is on");
    assert!(n > 2 && first == 0);
    learner.press("n");
    assert_eq!(matches(&learner), Some((1, n)));
    learner.press("N");
    assert_eq!(matches(&learner), Some((0, n)));
    // Past the last match of the page the search goes on through the course, and back.
    learner.press(&"n".repeat(n)).sees("2/10");
    learner.press("N").sees("1/10");
    assert_eq!(matches(&learner), Some((n - 1, n)));
    learner.press("<esc>");
    assert_eq!(matches(&learner), None);
    learner.press("n").sees("2/10");
    learner.press("/zzzz<enter>").sees("Nowhere in this course: zzzz");
}

#[test]
fn contents_are_filtered_as_one_types_and_lead_there() {
    let mut learner = Learner::new(USUAL);
    learner.press("t").sees("Filter:").press("mistakes<enter>").sees("8/10");
}

#[test]
fn help_lists_the_keys_and_closes() {
    let mut learner = Learner::new(USUAL);
    learner.press("?").sees("Keys that work here").sees("next page").press("<esc>");
    assert!(!learner.screen().contains("Keys that work here"));
}

#[test]
fn the_simulation_runs_in_the_page_and_full_screen() {
    let mut learner = Learner::new(Size { cols: 100, rows: 40 });
    learner.focus_simulation("sparse-api").press("<enter>");
    let Screen::Lab(lab) = learner.model.screen() else { panic!("the lab did not open") };
    if lab.asks_first() {
        learner.press("10<enter>");
    }
    learner.press("G").wait_ms(60_000);
    let Screen::Lab(lab) = learner.model.screen() else { panic!("the lab closed") };
    let report = lab.report();
    assert_eq!(report, coldstart::sim::run(lab.scenario()), "watched or not, the same run");
    assert!(report.cold_starts > 0);
    learner.sees("ended").sees("the run said").press("<tab>").sees("cold starts");
    // A knob is turned: the run is made again and the one before stands beside it.
    learner.press("<right>").wait_ms(60_000).sees("before");
}

#[test]
fn without_motion_a_run_goes_to_its_end_in_steps_and_shows_the_same() {
    let ended = |is_still: bool| {
        let mut learner = Learner::new(Size { cols: 100, rows: 30 });
        learner.model.is_still = is_still;
        learner.focus_simulation("thumbnail-flow").press("<enter><space>");
        let mut frames = std::collections::BTreeSet::new();
        while learner.model.wants_tick_ms().is_some() {
            learner.wait_ms(33);
            frames.insert(learner.screen());
        }
        (frames.len(), learner.screen())
    };
    let ((many, moved), (few, still)) = (ended(false), ended(true));
    assert!(few * 5 < many, "{few} frames against {many}");
    assert_eq!(still, moved);
}

#[test]
fn time_in_the_lab_goes_back_as_well() {
    let mut learner = Learner::new(USUAL);
    learner.focus_simulation("sparse-api").press("<enter>");
    let Screen::Lab(lab) = learner.model.screen() else { panic!("the lab did not open") };
    if lab.asks_first() {
        learner.press("10<enter><space>");
    }
    learner.press("g").press("....");
    let four = learner.screen();
    learner.press("......");
    assert_ne!(learner.screen(), four);
    learner.press(",,,,,,");
    assert_eq!(learner.screen(), four);
}

#[test]
fn the_mouse_chooses_knobs_requests_instances_and_moments() {
    let mut learner = Learner::new(Size { cols: 100, rows: 40 });
    learner.focus_simulation("sparse-api").press("<enter>10<enter>G").wait_ms(60_000).press("<tab>");
    learner.click("keep-alive");
    learner.sees("› keep-alive");
    learner.click("3 s ▸");
    learner.wait_ms(60_000).sees("before");
    learner.click("◆");
    learner.sees("Cold:").sees("load runtime").press("<esc>");
    learner.click("━");
    learner.sees("paused");
    // At the beginning of the bar there was nothing yet.
    learner.sees("0.0 s");
}

/// The lab that is open.
fn lab(learner: &Learner) -> &Lab {
    let Screen::Lab(lab) = learner.model.screen() else { panic!("the lab is not open:\n{}", learner.screen()) };
    lab
}

#[test]
fn a_field_for_a_number_takes_nothing_else_and_says_why() {
    let mut learner = Learner::new(USUAL);
    learner.focus_simulation("sparse-api").press("<enter>1x").sees("A number goes here").sees("Your guess:  1▏ %");
    learner.press("2,5 %").sees("Your guess:  12,5 %▏ %").press("7").sees("Your guess:  12,5 %▏ %");
    learner.act(Action::Paste("many".to_owned())).sees("A number goes here").sees(" 12,5 %▏");
    learner.press("<enter>").sees("Your guess: 12.5 %");
}

#[test]
fn an_answer_is_chosen_by_letter_arrow_or_click_and_judged_by_the_run() {
    for (keys, clicked, right) in [("c", None, true), ("<down><down>", None, false), ("a", Some("much longer"), true)] {
        let mut learner = Learner::new(Size { cols: 100, rows: 30 });
        learner.focus_simulation("snapshot-restore").press("<enter>").sees("Predict first").press("<enter>z");
        learner.sees("A letter chooses").press(keys);
        if let Some(text) = clicked {
            learner.click(text);
        }
        learner.sees("› ").press("<enter>G").wait_ms(60_000).sees("you guessed “").sees("More than twice as long!");
        let judged = deeds(&learner).into_iter().rfind(|deed| matches!(deed, Deed::Predicted { .. }));
        assert!(matches!(judged, Some(Deed::Predicted { right: it, .. }) if it == right), "{keys}: {judged:?}");
    }
}

#[test]
fn each_function_of_a_flow_has_its_requests_instances_and_totals() {
    for size in [Size { cols: 60, rows: 20 }, USUAL, Size { cols: 200, rows: 50 }] {
        let mut learner = Learner::new(size);
        learner.focus_simulation("thumbnail-flow").press("<enter>G").wait_ms(3_000);
        learner.sees("all together").sees("cold starts").sees("240 requests");
        learner.press("n").sees("120 requests").press("<tab>");
        // All totals come first where some of them have no room beside the chart.
        if !learner.screen().contains("of generate thumbnail") {
            learner.sees("Totals").press("<tab>");
        }
        learner.sees("of generate thumbnail").sees("handler");
        learner.press("n").sees("of notify user").press("<tab>").sees("of notify user");
        // A click on the function in the picture leads back to it.
        learner.press("<esc>");
        let asked = learner.screen();
        learner.click("generate thumbnail");
        assert_ne!(learner.screen(), asked, "{size:?}");
    }
}

#[test]
fn where_the_flow_has_no_room_it_is_told_in_a_line_a_function() {
    let mut learner = Learner::new(Size { cols: 60, rows: 20 });
    learner.focus_simulation("thumbnail-flow").press("<enter><space>").wait_ms(3_000).sees("▶ generate thumbnail");
    // An event comes along the arrow, and the chart has its room below.
    let moving = |learner: &mut Learner| {
        let screen = learner.wait_ms(100).screen();
        screen.lines().any(|line| line.contains("Message queue") && ["─◆", "─●"].iter().any(|it| line.contains(it)))
    };
    assert!((0..200).any(|_| moving(&mut learner)), "nothing travels to the second function:\n{}", learner.screen());
    learner.sees("▶ notify user").sees("└0.0 s");
}

#[test]
fn a_run_is_typed_in_as_a_code_or_a_change() {
    let mut learner = Learner::new(USUAL);
    learner.focus_simulation("sparse-api").press("<enter>7<enter>G").wait_ms(60_000).press("<tab>");
    learner.press(":k6O<enter>").sees("`platform.keep_alive.s`").press("<esc>:k60:s3<enter>").wait_ms(60_000);
    learner.sees("seed 3").sees("60 s").sees("before").press("y");
    assert_eq!(learner.copied.as_deref(), Some("coldstart sim sparse-api:k60:s3"));
    // A code of the page's own scenario counts from the course's, another one opens what it names.
    learner.press(":coldstart sim sparse-api:m512<enter>").wait_ms(60_000).sees("seed 1");
    assert_eq!(lab(&learner).report(), coldstart::sim::run(lab(&learner).scenario()));
    learner
        .press(":burst-limit:c50<enter>")
        .sees("A burst against the concurrency limit")
        .press("<space>")
        .wait_ms(500);
    learner.sees("running").press(":sparce-api<enter>").sees("the nearest is `sparse-api`").press("<esc><esc>");
    learner.sees("1/10");
}

#[test]
fn a_run_stays_to_compare_with_and_both_stand_at_the_same_moment() {
    let mut learner = Learner::new(Size { cols: 200, rows: 50 });
    learner
        .focus_simulation("sparse-api")
        .press("<enter>7<enter>")
        .wait_ms(2_000)
        .press("C")
        .sees("stays to compare with");
    learner
        .press(":k60<enter>:k600<enter>")
        .wait_ms(1_000)
        .sees("now: keep-alive 600 s")
        .sees("before: keep-alive 3 s");
    learner.press("G").wait_ms(60_000).sees("The share of cold requests falls from 14 %");
    // Back in time both go back.
    learner.press("g").sees("0.0 s").press("C").sees("From now on the run before");
}

#[test]
fn a_prediction_is_judged_by_the_run_and_kept() {
    let mut learner = Learner::new(USUAL);
    learner.go_to(|task| matches!(task, Task::Simulation(it) if it.predict.is_some()));
    learner.press("<enter>").sees("Predict first").press("42<enter>").press("G").wait_ms(120_000);
    learner.press("<home>").sees("you guessed 42");
    assert!(deeds(&learner).iter().any(|deed| matches!(deed, Deed::Predicted { guess, .. } if *guess == 42.0)));
}

#[test]
fn copying_takes_the_source_and_not_the_cells() {
    let mut learner = Learner::new(USUAL);
    learner.press(":6<enter>");
    for _ in 0..100 {
        let Screen::Page(reader) = learner.model.screen() else { panic!("not on a page") };
        let top = reader.laid.rows.get(reader.top + 2).map(coldstart::app::row::Row::text).unwrap_or_default();
        if top.contains("index.js") || reader.seen() >= 1.0 {
            break;
        }
        learner.press("j");
    }
    learner.press("y").sees("copied");
    let copied = learner.copied.clone().expect("something was copied");
    assert!(copied.contains("exports.handler = async (event, context) => {"), "{copied}");
    assert!(!copied.lines().any(|line| line.ends_with(' ')));
}

#[test]
fn any_size_at_any_moment_is_safe() {
    let mut learner = Learner::new(USUAL);
    let journeys = ["", "t", "<esc>?", "<esc><esc>", "<enter><tab><enter>", "<esc><esc>:4<enter><tab><enter>"];
    for keys in journeys {
        learner.press(keys);
        for (cols, rows) in [(1, 1), (2, 1), (1, 40), (59, 19), (60, 20), (500, 3), (300, 100), (7, 7), (80, 24)] {
            learner.act(Action::Resize(Size { cols, rows }));
            learner.screen();
        }
    }
}

#[test]
fn a_resize_keeps_the_line_that_is_being_read() {
    let mut learner = Learner::new(USUAL);
    learner.press("ddd");
    let line = |learner: &Learner| match learner.model.screen() {
        Screen::Page(reader) => reader.laid.rows[reader.top..].iter().map(|row| row.source_line).find(|line| *line > 0),
        _ => None,
    };
    let before = line(&learner);
    for (cols, rows) in [(60, 20), (200, 50), (71, 33), (80, 24)] {
        learner.act(Action::Resize(Size { cols, rows }));
    }
    assert_eq!(line(&learner), before);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn no_keys_whatever_break_the_program(
        keys in prop::collection::vec(prop::sample::select(vec![
            "<enter>", "<esc>", "<tab>", "<s-tab>", "<space>", "<up>", "<down>", "<left>", "<right>", "<home>", "<end>",
            "<pgup>", "<pgdn>", "<backspace>", "<f5>", "<c-d>", "<c-u>", "<c-e>", "j", "k", "n", "N", "p", "g", "G", "t",
            "/", ":", "y", "r", "?", "H", "S", "c", ",", ".", "[", "]", "0", "1", "a", "b", "é", "日", "x y z",
        ]), 1..60),
        cols in 1u16..140,
        rows in 1u16..50,
    ) {
        let mut learner = Learner::new(USUAL);
        for (index, key) in keys.iter().enumerate() {
            learner.press(key);
            if index == keys.len() / 2 {
                learner.act(Action::Resize(Size { cols, rows }));
                learner.act(Action::Paste("pasted\ntext \u{1b}[31m".into()));
                learner.act(Action::Click(cols / 2, rows / 2));
                learner.act(Action::Scroll(Motion::Lines(3)));
            }
            learner.wait_ms(66);
        }
        learner.screen();
    }
}

/// Back and forth, as in a browser.
#[test]
fn a_jump_is_taken_back_and_made_again() {
    let mut learner = Learner::new(USUAL);
    learner.press(":4<enter>").sees(" 4/").press("[").sees(" 1/");
    learner.press("[").sees("This is where you began").press("]").sees(" 4/");
    learner.press("]").sees("This is where you were last");
}
