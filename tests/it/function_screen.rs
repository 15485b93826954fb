//! The lesson's function on its page and on its own screen: what the keys ask for, what the answers show, and once all of it
//! for real.

use std::time::{Duration, Instant};

use coldstart::app::function::{Event, Failure, Order, Ran, Runs, Served, Start};
use coldstart::app::{Action, Screen, Size};
use coldstart::course::Task;

use crate::learner::{Learner, USUAL};
use crate::pty::Pty;

fn ran(start: Start, environment_ms: f64, handler_ms: f64) -> Ran {
    Ran {
        start,
        environment: Some(1),
        memory_mb: 256,
        environment_ms,
        load_ms: 0.0,
        init_ms: 0.0,
        handler_ms,
        waited_ms: 3.0,
        status: Some(200),
        answer: Ok("{\"name\":\"Ada\"}".to_owned()),
        logs: vec!["a line of the log".to_owned()],
        calls: vec!["db connect".to_owned(), "db get users/42".to_owned()],
        report: "REPORT RequestId: 1".to_owned(),
    }
}

fn runs(ran: Vec<Ran>) -> Runs {
    Runs { runtime: "nodejs22.x".to_owned(), ran }
}

/// On the page, with the focus on the function.
fn on_the_page(size: Size) -> Learner {
    let mut learner = Learner::new(size);
    learner.go_to(|task| matches!(task, Task::Function(_)));
    learner
}

/// What was asked last.
fn asked(learner: &Learner) -> (u64, Vec<Order>) {
    learner.asked.last().cloned().expect("something was asked to run")
}

fn answer(learner: &mut Learner, ran: &Ran) {
    let (question, orders) = asked(learner);
    let answers = orders.iter().map(|order| Ok(runs(vec![ran.clone(); order.times as usize]))).collect();
    learner.act(Action::Invoked { question, answers }).wait_ms(4_000);
}

#[test]
fn enter_runs_it_in_its_place_twice_over_and_e_opens_it() {
    let mut learner = on_the_page(USUAL);
    learner.press("<enter>").sees("running …");
    let (_, orders) = asked(&learner);
    assert_eq!(orders.len(), 2, "the same beside it, with the connection inside");
    assert_eq!(orders[0].event, Event::Request("GET".to_owned(), "/users?id=42".to_owned()));
    let code = |order: &Order| order.code.files[0].1.clone();
    assert!(code(&orders[0]).starts_with("// index.js") && code(&orders[1]).contains("On every call"));
    assert!(orders[0].code.manifest.contains("service: users-api"));
    answer(&mut learner, &ran(Start::Cold, 5.0, 40.0));
    learner.sees("cold        45 ms").sees("200  {\"name\":\"Ada\"}").sees("log  a line of the log");
    learner.sees("calls  db connect → db get users/42");
    learner.press("<enter>");
    assert_eq!(asked(&learner).1[0].lane, orders[0].lane, "the second call finds what the first one made");
    answer(&mut learner, &ran(Start::Warm, 0.0, 3.1));
    learner.sees("warm       3.1 ms").press("e").sees("What happens to the function");
    assert!(matches!(learner.model.screen(), Screen::Function(_)));
    learner.sees("warm       3.1 ms").press("<esc>").sees("warm       3.1 ms");
}

#[test]
fn code_is_changed_runs_as_it_is_and_fails_at_its_line() {
    let mut learner = on_the_page(Size { cols: 100, rows: 34 });
    learner.press("e").press("e").sees("index.js · line 1, column 1").press("oops();<f5>");
    assert!(asked(&learner).1[0].code.files[0].1.starts_with("oops();// index.js"));
    let place = Some(("index.js".to_owned(), 1));
    let failure = Failure { message: "oops is not defined".into(), place, is_stopped: true };
    let failed = Ran { answer: Err(failure), ..ran(Start::Cold, 5.0, 0.0) };
    answer(&mut learner, &failed);
    learner.sees(" 1✗ oops();").sees("╰ oops is not defined").sees("failed").sees("threw its environment away");
    learner.press("<esc>r").sees("as the page has it").press("<enter>");
    assert!(asked(&learner).1[0].code.files[0].1.starts_with("// index.js"));
    learner.press("<tab>ex<f5>");
    assert!(asked(&learner).1[1].code.files[0].1.contains("inside the handlerx\n"), "Tab shows the other version");
}

#[test]
fn what_was_changed_is_kept_until_the_pages_code_is_taken_again() {
    let open = |learner: &mut Learner| {
        learner.go_to(|task| matches!(task, Task::Function(_))).press("e");
    };
    let mut learner = on_the_page(Size { cols: 100, rows: 34 });
    learner.press("ee").press("kept();").press("<esc>v<end>").press(" ").press("<esc>");
    let mut learner = learner.reopen();
    open(&mut learner);
    learner
        .press("e")
        .sees("kept();// index.js")
        .press("<esc>G")
        .sees("changed, and kept")
        .press("r")
        .sees("as the page has it");
    let mut learner = learner.reopen();
    open(&mut learner);
    learner.press("e").sees(" 1  // index.js").press("<esc>v").sees("{ ");
}

#[test]
fn an_error_that_the_code_caught_stands_at_the_line_its_log_names() {
    let mut learner = on_the_page(Size { cols: 100, rows: 34 });
    learner.press("e<enter>");
    let logged = "getUser failed 1 TypeError: x is not a function\n    at handler (index.js:3:9)".to_owned();
    answer(&mut learner, &Ran { logs: vec![logged], ..ran(Start::Cold, 5.0, 1.0) });
    learner.press("e").sees("line 3").sees(" 3✗ const db").sees("╰ logged: getUser failed 1 TypeError");
}

#[test]
fn a_loop_without_end_is_stopped_while_the_screen_answers() {
    let data = tempfile::tempdir().expect("a folder for the test");
    let mut pty = Pty::open(data.path(), 100, 34);
    pty.sees("Space scrolls").send(":6\r").sees("6/10").send("\te").sees("What happens to the function");
    pty.send("e").sees("line 1").send("\x1b[F").send("\rfor (;;) {}").sees("for (;;) {}").send("\x1b[15~");
    pty.sees("The code has been running for")
        .send("\x1b")
        .sees("What happens to the function")
        .send("?")
        .sees("Keys that work here")
        .send("\x1b");
    // Two seconds of a processor are many more where others want it too.
    let patience = Instant::now() + Duration::from_secs(90);
    while pty.screen().contains("running for") && Instant::now() < patience {
        std::thread::sleep(Duration::from_millis(50));
    }
    // Which of its limits it meets first, processor or clock, is up to what else runs on this machine.
    pty.sees("  Sandbox.").sees("threw its environment away").send("r").sees("as the page has it");
    pty.send("\r").sees("Ada Lovelace").send("q");
    assert_eq!(pty.ends().exit_code(), 0);
}

#[test]
fn events_are_chosen_or_ones_own() {
    let mut learner = on_the_page(USUAL);
    learner.press("e<down><enter>");
    assert_eq!(asked(&learner).1[0].event, Event::Request("GET".to_owned(), "/users".to_owned()));
    let n_asked = learner.asked.len();
    learner.press("v").sees("event.json").press("<c-k><f5>").sees("An event is one JSON value").sees("╰ no JSON");
    assert_eq!(learner.asked.len(), n_asked, "what is no event is not sent");
    learner.press("{<f5>");
    assert!(matches!(&asked(&learner).1[0].event, Event::Json(text) if text.starts_with("{\n  \"queryString")));
    let (question, _) = asked(&learner);
    let answers = vec![Err("there is no function".to_owned()); 2];
    learner.act(Action::Invoked { question, answers }).sees("there is no function");
}

#[test]
fn an_answer_to_an_older_question_is_dropped() {
    let mut learner = on_the_page(USUAL);
    learner.press("<enter>");
    let (old, orders) = asked(&learner);
    learner.press("<enter>");
    let answers = orders.iter().map(|_| Ok(runs(vec![ran(Start::Cold, 77.0, 0.0)]))).collect();
    learner.act(Action::Invoked { question: old, answers });
    assert!(!learner.screen().contains("77 ms"), "{}", learner.screen());
}

#[test]
fn measuring_puts_it_beside_the_simulation_and_the_cloud() {
    let mut learner = on_the_page(Size { cols: 110, rows: 60 });
    learner.press("em");
    let (_, orders) = asked(&learner);
    assert!(orders[0].afresh && !orders[1].afresh && orders[1].times >= 50);
    learner.sees("measuring …");
    answer(&mut learner, &ran(Start::Cold, 4.0, 40.0));
    learner.sees("Measured here, simulated, and in the cloud").sees("The lesson's function: cold, until the answer");
    // The median of the simulation's cold answers holds all that a place in a data centre takes.
    learner.sees("here                 44 ms").sees("simulation").sees("AWS Lambda x86      145 ms");
    learner.sees("The connection inside: cold, the Init Duration alone").sees("None of these happens here");
}

#[test]
fn served_requests_find_and_make_environments_before_ones_eyes() {
    let mut learner = on_the_page(Size { cols: 100, rows: 34 });
    learner.press("es");
    let told = |learner: &mut Learner, served: Served| {
        learner.act(Action::Served(served));
    };
    told(&mut learner, Served::Listening { address: "localhost:8080".into(), concurrency: 4, keep_alive_s: 20 });
    told(&mut learner, Served::Occupied { n_idle: 1, n_busy: 2 });
    learner.sees("Served on localhost:8080").sees("● ● ○ ·").sees("2 busy, 1 idle, at most 4");
    for (start, status, said) in [
        (Start::Cold, 200, "made environment 1, cold"),
        (Start::Warm, 200, "found environment 1, warm"),
        (Start::Refused, 429, "429  all environments were busy"),
    ] {
        let ran = Some(Box::new(ran(start, 1.0, 1.0)));
        told(&mut learner, Served::Request { line: "GET /users".into(), status, ran, reason: None });
        learner.sees(said);
    }
    told(&mut learner, Served::Expired { function: "getUser".into(), environment: 1 });
    learner.sees("environment 1 of getUser expired");
    let fired = Served::Delivered {
        source: "rate(1 minute)".into(),
        function: "tidy".into(),
        ran: Box::new(ran(Start::Cold, 1.0, 1.0)),
    };
    told(&mut learner, fired);
    learner.sees("rate(1 minute) → tidy");
    told(&mut learner, Served::Stopped { why: None });
    learner.sees("no longer served");
}

#[test]
fn the_page_runs_the_function_for_real_and_serves_it_to_curl() {
    let data = tempfile::tempdir().expect("a folder for the test");
    let mut pty = Pty::open(data.path(), 100, 34);
    pty.sees("Space scrolls").send(":6\r").sees("6/10").send("\t\r").sees("1 cold").send("\r").sees("2 warm");
    pty.send("es").sees("Served on localhost:");
    let screen = pty.screen();
    let port: String =
        screen.split("Served on localhost:").nth(1).expect("seen").chars().take_while(char::is_ascii_digit).collect();
    let answer = std::process::Command::new("curl")
        .args(["-sS", "--max-time", "20", &format!("localhost:{port}/users?id=42")])
        .output()
        .expect("curl runs");
    assert!(String::from_utf8_lossy(&answer.stdout).contains("Ada Lovelace"), "{answer:?}");
    pty.sees("made environment 1, cold").send("\x03");
    assert_eq!(pty.ends().exit_code(), 0);
}
