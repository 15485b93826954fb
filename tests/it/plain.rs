//! A learner who hears the course: lines in, text and attempts out. The real course, a real store, no terminal.

use std::collections::BTreeSet;
use std::io::Write;
use std::process::{Command, Stdio};
use std::sync::Arc;

use coldstart::app::plain::{Plain, Said};
use coldstart::app::{Action, Effect};
use coldstart::content;
use coldstart::course::exercise::Sample;
use coldstart::course::{Answer, Course, Deed, Kind, Task};
use coldstart::grade::exact::gaps::Wanted;
use coldstart::session::functions::Runner;
use coldstart::store::Store;

use crate::learner::{Learner, USUAL, marker};

struct Listener {
    course: Arc<Course>,
    plain: Plain,
    store: Store,
    functions: Runner,
    /// All that was said since the last line.
    heard: String,
    has_quit: bool,
    folder: tempfile::TempDir,
}

impl Listener {
    fn new() -> Self {
        Self::in_folder(tempfile::tempdir().expect("a folder for the test"))
    }

    fn in_folder(folder: tempfile::TempDir) -> Self {
        let course = Arc::new(content::open(None).expect("the built-in course"));
        let store = Store::open(folder.path()).expect("a store");
        let kept = store.load().expect("a store that was just opened");
        let (plain, said) = Plain::open(Arc::clone(&course), kept);
        let functions = Runner::new(marker().program().to_owned());
        let mut listener = Self { course, plain, store, functions, heard: String::new(), has_quit: false, folder };
        listener.take(said);
        listener
    }

    fn reopen(self) -> Self {
        Self::in_folder(self.folder)
    }

    /// Types lines, each with Enter after it.
    fn types(&mut self, lines: &[&str]) -> &mut Self {
        for line in lines {
            self.heard.clear();
            let said = self.plain.hear(line);
            self.take(said);
        }
        self
    }

    fn take(&mut self, said: Said) {
        for line in said.text {
            self.heard += &line;
            self.heard.push('\n');
        }
        for effect in said.effects {
            let reply = match effect {
                Effect::Quit => {
                    self.has_quit = true;
                    continue;
                }
                Effect::Grade { question, exercise, answer } => {
                    Action::Graded { question, verdict: marker().grade(&self.course.exercises[&exercise], &answer) }
                }
                Effect::Keep { question, deed } => {
                    Action::Kept { question, attempt: self.store.keep(1_700_000_000_000, deed).expect("kept") }
                }
                Effect::SaveDraft { exercise, answer } => {
                    self.store.save_draft(1, &exercise, &answer).expect("saved");
                    continue;
                }
                Effect::SavePosition(position) => {
                    self.store.save_position(1, &position).expect("saved");
                    continue;
                }
                Effect::Invoke { question, orders } => {
                    let answers = orders.iter().map(|order| self.functions.run(order)).collect();
                    Action::Invoked { question, answers }
                }
                other => panic!("words do without {other:?}"),
            };
            let said = self.plain.reply(reply);
            self.take(said);
        }
    }

    #[track_caller]
    fn hears(&mut self, text: &str) -> &mut Self {
        let all = format!("{}{}", self.heard, self.plain.prompt());
        assert!(all.contains(text), "no `{text}` in what was said:\n{all}");
        self
    }

    /// Takes the choice whose name contains `name`.
    #[track_caller]
    fn chooses(&mut self, name: &str) -> &mut Self {
        let prompt = self.plain.prompt();
        let number =
            prompt.split("; ").find(|choice| choice.contains(name)).and_then(|choice| choice.split(' ').next());
        let number = number.unwrap_or_else(|| panic!("no choice `{name}` in: {prompt}")).to_owned();
        self.types(&[&number])
    }

    /// Goes on reading from the page that has it to something that responds, and opens it.
    fn opens(&mut self, wanted: impl Fn(&Task) -> bool) -> &mut Self {
        let course = Arc::clone(&self.course);
        let mut pages = course.pages().enumerate();
        let responds = |task: &&Task| matches!(task, Task::Exercise(_) | Task::Simulation(_) | Task::Function(_));
        let (page, nth) = pages
            .find_map(|(page, it)| {
                let mut tasks = it.widgets.iter().map(|widget| &widget.task).filter(responds);
                Some((page, tasks.position(&wanted)?))
            })
            .expect("it stands on a page");
        // The first time leads to where one stopped, the second to the top.
        let number = (page + 1).to_string();
        self.types(&["m", &number, "m", &number]);
        let mut passed = 0;
        loop {
            let prompt = self.plain.prompt();
            if ["answer it", "open the simulation", "open the function"].iter().any(|name| prompt.contains(name)) {
                if passed == nth {
                    return self.types(&["2"]);
                }
                passed += 1;
            }
            assert!(prompt.starts_with("1 go on"), "the page ended: {prompt}");
            self.types(&["1"]);
        }
    }

    fn opens_exercise(&mut self, id: &str) -> &mut Self {
        self.opens(|task| matches!(task, Task::Exercise(it) if it.0 == id))
    }

    fn deeds(&self) -> Vec<Deed> {
        self.store.attempts().expect("attempts").into_iter().map(|attempt| attempt.deed).collect()
    }
}

#[test]
fn the_whole_course_is_heard_without_lines_to_look_at() {
    let mut learner = Listener::new();
    let course = Arc::clone(&learner.course);
    learner.hears("1. ").hears("m for the course map").types(&[""]);
    let mut all = learner.heard.clone();
    for _ in 0..1000 {
        let prompt = learner.plain.prompt();
        if prompt.starts_with("1 the course map") {
            break;
        }
        all += &prompt;
        learner.types(&["1"]);
        all += &learner.heard;
    }
    let drawn = all.chars().find(|c| matches!(c, '\u{2500}'..='\u{259f}' | '\u{1b}'));
    assert_eq!(drawn, None);
    for page in course.pages() {
        assert!(all.contains(&page.title), "{}", page.title);
        for (_, heading, _) in page.document.headings() {
            assert!(all.contains(&heading), "{}: {heading}", page.id);
        }
    }
    let read = learner.deeds().iter().filter(|deed| matches!(deed, Deed::PageRead { .. })).count();
    assert_eq!(read, course.pages().count());
    learner.types(&["m"]).hears(&format!("{read} of {read} pages read")).types(&["q"]);
    assert!(learner.has_quit);
}

#[test]
fn every_exercise_is_answered_and_its_verdict_told_in_words() {
    let mut learner = Listener::new();
    let course = Arc::clone(&learner.course);
    let ids: BTreeSet<_> = course.pages().flat_map(coldstart::course::Page::exercises).collect();
    for id in ids {
        let exercise = &course.exercises[id];
        learner.opens_exercise(&id.0).hears(&exercise.title).types(&["1"]);
        let numbers = |indices: &mut dyn Iterator<Item = usize>| {
            indices.map(|index| (index + 1).to_string()).collect::<Vec<_>>().join(" ")
        };
        match &exercise.kind {
            Kind::Text(_) => {
                let points = |sample: &Sample| sample.points.values().sum::<f64>();
                let best = exercise.samples().iter().max_by(|a, b| points(a).total_cmp(&points(b))).expect("samples");
                let lines: Vec<&str> = best.answer.lines().collect();
                learner.types(&lines).types(&["."]);
            }
            Kind::Choice { options, .. } => {
                let right = numbers(&mut (0..options.len()).filter(|index| options[*index].right));
                learner.types(&[&right]).hears("Made");
            }
            Kind::Order { steps } => {
                let shown = exercise.shown_order();
                let place = |step| shown.iter().position(|it| *it == step).expect("every step is shown");
                let right = numbers(&mut (0..steps.len()).map(place));
                learner.types(&[&right]);
            }
            Kind::Number(task) => {
                learner.types(&[&format!("{} {}", task.value, task.unit)]);
            }
            Kind::Matching(pairs) => {
                let shown = exercise.shown_order();
                let letter = |choice| shown.iter().position(|it| *it == choice).expect("every choice is shown");
                let right = pairs.lines.iter().map(|line| char::from(b'a' + letter(line.choice) as u8));
                learner.types(&[&right.collect::<String>()]).hears("Made");
            }
            Kind::Gaps { gaps, .. } => {
                let right = gaps.iter().map(|gap| match &gap.wanted {
                    Wanted::Words { accept, .. } => accept[0].clone(),
                    Wanted::Number(task) => task.value.to_string(),
                });
                learner.types(&[&right.collect::<Vec<_>>().join("; ")]).hears("Made");
            }
            Kind::Code(task) => {
                learner.types(&task.reference.lines().chain(["."]).collect::<Vec<_>>());
            }
            Kind::Flow(task) => {
                let label = |stop: usize| &task.stops[stop].label;
                let lines = task.arrows.iter().map(|(from, to)| format!("{} -> {}", label(*from), label(*to)));
                let lines: Vec<String> = lines.chain([".".to_owned()]).collect();
                learner.types(&lines.iter().map(String::as_str).collect::<Vec<_>>());
            }
        }
        learner.hears(" points. ").hears("Your answer is kept.");
        let kept = learner.deeds().into_iter().rev().find_map(|deed| match deed {
            Deed::Answered { exercise, verdict, .. } => Some((exercise, verdict)),
            _ => None,
        });
        let (answered, verdict) = kept.expect("an answer");
        assert_eq!(answered, *id);
        assert!(verdict.fraction() > if matches!(exercise.kind, Kind::Text(_)) { 0.6 } else { 0.99 }, "{id}");
    }
}

#[test]
fn a_draft_is_kept_line_by_line_and_gone_on_with_the_next_day() {
    let id = "connection-outside-handler";
    let mut learner = Listener::new();
    learner.opens_exercise(id).chooses("answer").types(&["warm environments are reused"]);
    let mut learner = learner.reopen();
    learner.hears("Enter alone: ").opens_exercise(id).chooses("answer").hears("warm environments are reused");
    learner.types(&["q", "."]);
    let answer = learner.deeds().into_iter().rev().find_map(|deed| match deed {
        Deed::Answered { answer, .. } => Some(answer),
        _ => None,
    });
    assert_eq!(answer, Some(Answer::Text("warm environments are reused\nq".to_owned())));
}

#[test]
fn hints_are_counted_and_the_price_of_the_solution_is_said_first() {
    let mut learner = Listener::new();
    learner.opens_exercise("invoice-flow").hears("before a try it counts as giving up");
    learner.chooses("hint 1").hears("Hint 1 of").hears("hint 2 of").chooses("solution");
    learner.hears("later tries earn no points").types(&[""]).hears("stays closed");
    assert!(!learner.deeds().iter().any(|deed| matches!(deed, Deed::GaveUp { .. })));
    learner.chooses("solution").chooses("yes").hears("Solution:");
    let last = learner.deeds().pop();
    assert!(matches!(last, Some(Deed::GaveUp { exercise }) if exercise.0 == "invoice-flow"));
}

#[test]
fn a_guess_is_judged_by_the_run_that_the_screen_shows() {
    let mut learner = Listener::new();
    let wanted = |task: &Task| matches!(task, Task::Simulation(it) if it.scenario == "sparse-api");
    learner.opens(wanted).hears("Predict first").types(&["many"]).hears("is not a number").types(&["7"]);
    learner.hears("you guessed 7 %").hears("cold starts").hears("coldstart sim sparse-api");
    let told = learner.deeds().pop();
    let mut sighted = Learner::new(USUAL);
    sighted.focus_simulation("sparse-api").press("<enter>7<enter>G").wait_ms(2000);
    let shown = sighted.attempts().into_iter().map(|it| it.deed).rfind(|deed| matches!(deed, Deed::Predicted { .. }));
    assert_eq!(told, shown);
    assert!(told.is_some());
}

#[test]
fn a_knob_is_turned_by_number_and_the_difference_is_told() {
    let mut learner = Listener::new();
    learner.opens(|task| matches!(task, Task::Simulation(it) if it.scenario == "sparse-api")).types(&["7"]);
    learner.chooses("turn a knob");
    let heard = learner.heard.clone();
    let number = heard.lines().find(|line| line.contains("keep-alive")).and_then(|line| line.split('.').next());
    learner.types(&[number.expect("a keep-alive knob")]).chooses("up").chooses("up").chooses("run it");
    learner.hears("share of cold requests falls").hears("before");
    learner.chooses("compare").hears("before").chooses("as the page had").chooses("run it").chooses("back to the page");
    learner.hears("go on");
}

#[test]
fn every_simulation_runs_in_words() {
    let course = content::open(None).expect("the built-in course");
    for widget in course.pages().flat_map(|page| &page.widgets) {
        let Task::Simulation(task) = &widget.task else { continue };
        let mut learner = Listener::new();
        learner.opens(|it| matches!(it, Task::Simulation(it) if it == task));
        learner.types(&["1"]).hears("The run has ended").hears("requests");
    }
}

#[test]
fn a_function_runs_in_words() {
    let mut learner = Listener::new();
    learner
        .opens(|task| matches!(task, Task::Function(_)))
        .hears("What happens to it: a user who is there")
        .types(&[""]);
    learner
        .hears("A cold start of")
        .hears("The answer: 200")
        .hears("Ada Lovelace")
        .hears("It called: db connect; db get");
    learner.types(&["1"]).hears("A warm start: environment 1 was found").hears("The connection inside:");
    learner.chooses("another event").hears("2. no id").types(&["{\"a\""]).hears("This is no JSON").types(&["2"]);
    learner.chooses("new environment").hears("A cold start").hears("Missing id").chooses("back to the page");
    learner.hears("go on");
}

#[test]
fn a_note_is_kept_told_and_taken_off_in_words() {
    let mut listener = Listener::new();
    listener.types(&["4", "n"]).hears("You have no note on this page").types(&["n ask about this"]).hears("Noted");
    let mut listener = listener.reopen();
    listener.types(&["4", "n"]).hears("Your note on “The cold start”: ask about this");
    listener.types(&["n -"]).hears("taken off").types(&["n"]).hears("You have no note on this page");
}

#[test]
fn the_words_of_the_course_are_told() {
    let mut listener = Listener::new();
    listener.types(&["w"]).hears("words: API gateway; asynchronous;");
    listener.types(&["w cold start"]).hears("cold start: The wait of a request").hears("See page 4, The cold start.");
    listener.types(&["w zzzz"]).hears("No word of the course is `zzzz`.");
}

#[test]
fn the_program_speaks_when_piped_and_when_the_terminal_cannot_draw() {
    for (arguments, environment) in
        [(&["--plain"][..], ("ACCESSIBLE", "")), (&[], ("ACCESSIBLE", "1")), (&[], ("TERM", "dumb"))]
    {
        let data = tempfile::tempdir().expect("a folder for the test");
        let mut child = Command::new(env!("CARGO_BIN_EXE_coldstart"))
            .arg("--data")
            .arg(data.path())
            .args(arguments)
            .env_remove("ACCESSIBLE")
            .env(environment.0, environment.1)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program starts");
        child.stdin.take().expect("piped").write_all(b"1\n1\nxyz\nq\n").expect("it reads its lines");
        let output = child.wait_with_output().expect("the program ends");
        assert!(output.status.success());
        let text = String::from_utf8(output.stdout).expect("text");
        assert!(text.contains("Page 1 of 10") && text.contains("`xyz` is none of the choices"), "{text}");
        assert!(text.ends_with("Goodbye.\n") && !text.contains('\u{1b}'), "{text}");
    }
}
