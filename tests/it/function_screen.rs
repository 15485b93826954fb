//! The lesson's function on its page and on its own screen: what the keys ask for, what the answers show, and once all of it
//! for real.

use coldstart::app::function::{Event, Failure, Order, Ran, Served, Start};
use coldstart::app::{Action, Screen, Size};
use coldstart::course::Task;

use crate::learner::{Learner, USUAL};
use crate::pty::Pty;

fn ran(start: Start, environment_ms: f64, handler_ms: f64) -> Ran {
    Ran {
        start,
        environment: Some(1),
        environment_ms,
        load_ms: 0.0,
        init_ms: 0.0,
        handler_ms,
        waited_ms: 3.0,
        status: Some(200),
        answer: Ok("{\"name\":\"Ada\"}".to_owned()),
        logs: vec!["a line of the log".to_owned()],
        report: "REPORT RequestId: 1".to_owned(),
    }
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
    let answers = orders.iter().map(|order| Ok(vec![ran.clone(); order.times as usize])).collect();
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
    learner.sees("cold      45.0 ms").sees("200  {\"name\":\"Ada\"}").sees("log  a line of the log");
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
    let failed =
        Ran { answer: Err(Failure { message: "oops is not defined".into(), place }), ..ran(Start::Cold, 5.0, 0.0) };
    answer(&mut learner, &failed);
    learner.sees(" 1✗ oops();").sees("╰ oops is not defined").sees("failed");
    learner.press("<esc>r").sees("as the page has it").press("<enter>");
    assert!(asked(&learner).1[0].code.files[0].1.starts_with("// index.js"));
    learner.press("<tab>ex<f5>");
    assert!(asked(&learner).1[1].code.files[0].1.starts_with("x// index.js, with"), "Tab shows the other version");
}

#[test]
fn events_are_chosen_or_ones_own() {
    let mut learner = on_the_page(USUAL);
    learner.press("e<down><enter>");
    assert_eq!(asked(&learner).1[0].event, Event::Request("GET".to_owned(), "/users".to_owned()));
    learner.press("v").sees("event.json").press("<c-k><f5>");
    assert!(
        matches!(&asked(&learner).1[0].event, Event::Json(text) if text.starts_with("\n  \"queryStringParameters\""))
    );
    let (question, _) = asked(&learner);
    let answers = vec![Err("the event is no JSON: expected value at line 1".to_owned()); 2];
    learner.act(Action::Invoked { question, answers }).sees("the event is no JSON");
}

#[test]
fn an_answer_to_an_older_question_is_dropped() {
    let mut learner = on_the_page(USUAL);
    learner.press("<enter>");
    let (old, orders) = asked(&learner);
    learner.press("<enter>");
    let answers = orders.iter().map(|_| Ok(vec![ran(Start::Cold, 77.0, 0.0)])).collect();
    learner.act(Action::Invoked { question: old, answers });
    assert!(!learner.screen().contains("77.0 ms"), "{}", learner.screen());
}

#[test]
fn measuring_puts_it_beside_the_simulation_and_the_cloud() {
    let mut learner = on_the_page(Size { cols: 110, rows: 60 });
    learner.press("em");
    let (_, orders) = asked(&learner);
    assert!(orders[0].afresh && !orders[1].afresh && orders[1].times >= 100);
    let (question, _) = asked(&learner);
    let answers = vec![Ok(vec![ran(Start::Cold, 4.0, 40.0); 30]), Ok(vec![ran(Start::Warm, 0.0, 3.1); 300])];
    learner.act(Action::Invoked { question, answers });
    learner.sees("here: environment made").sees("4.0 ms").sees("simulated: initialisation").sees("AWS, measured: init");
    learner.sees("There is no network").sees("the numbers cannot");
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
