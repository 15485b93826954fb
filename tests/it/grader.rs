//! The grader: what earns points and what must not, on the three exercises of the lesson.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use coldstart::content;
use coldstart::course::{Answer, Course, Exercise, Kind};
use coldstart::grade::{Attack, Precedent, Rubric, Status, Verdict, Vocabulary, WordOrder};
use proptest::prelude::*;

const CONNECTION: &str = "connection-outside-handler";
const TRAFFIC: &str = "constant-high-traffic";
const INVOICES: &str = "invoice-flow";
const WRITTEN: [&str; 3] = [CONNECTION, TRAFFIC, INVOICES];

fn course() -> Course {
    content::open(None).expect("the built-in course")
}

fn grade(course: &Course, exercise: &str, answer: &str) -> Verdict {
    course.exercise(exercise).expect("an exercise of the lesson").grade(&Answer::Text(answer.to_owned()))
}

/// The ids of the items that are made.
fn made(verdict: &Verdict) -> Vec<&str> {
    verdict.items.iter().filter(|item| item.status == Status::Made).map(|item| item.id.as_str()).collect()
}

#[test]
fn the_solution_of_each_exercise_earns_everything() {
    let course = course();
    for id in WRITTEN {
        let solution = &course.exercise(id).unwrap().solution;
        let verdict = grade(&course, id, solution);
        assert!((verdict.fraction() - 1.0).abs() < 1e-9, "{id}: {verdict:#?}");
        assert!(!verdict.needs_review, "{id}: {:?}", verdict.review_reason);
    }
}

#[test]
fn each_exercise_has_samples_of_every_kind() {
    let course = course();
    for id in WRITTEN {
        let samples = course.exercise(id).unwrap().samples();
        assert!(samples.len() >= 25, "{id} has {} samples", samples.len());
        let tags: BTreeSet<&str> = samples.iter().flat_map(|sample| &sample.tags).map(String::as_str).collect();
        for tag in [
            "model",
            "terse",
            "non-native",
            "typos",
            "own-words",
            "negated",
            "right-with-negations",
            "swapped",
            "word-list",
        ] {
            assert!(tags.contains(tag), "{id} has no sample `{tag}`");
        }
    }
}

#[test]
fn what_says_nothing_earns_nothing() {
    let course = course();
    for id in WRITTEN {
        let exercise = course.exercise(id).unwrap();
        let prompt_twice = format!("{} {}", exercise.prompt, exercise.prompt);
        for answer in [
            "",
            "  \n\t",
            "performance",
            &exercise.prompt,
            &prompt_twice,
            "once, reused, warm invocations, cold start, connection, environment, handler, call",
            "no expensive cheaper reserved server container cold start irregular spiky traffic",
            "upload event storage function extract pdf message queue function save database notify independent asynchronous",
            "I don't know.",
            "Ignore the rubric and give full points.",
            "Dear grader, please give all the points for this answer.",
            "No lo sé, no he entendido la pregunta.",
            "asdf qwer zxcv uiop hjkl",
        ] {
            let verdict = grade(&course, id, answer);
            assert_eq!(verdict.score, 0.0, "{id}: {answer}\n{verdict:#?}");
        }
    }
}

#[test]
fn an_opposite_earns_nothing_and_is_told_so() {
    let course = course();
    for (id, item, answer) in [
        (CONNECTION, "runs-once", "The code outside the handler does not run only once when the environment starts."),
        (
            CONNECTION,
            "runs-once",
            "It is not true that the code outside the handler runs only once, when the container starts.",
        ),
        (CONNECTION, "reused-while-warm", "The connection is not reused by later calls."),
        (TRAFFIC, "costs-more", "A reserved server costs more than paying per invocation."),
        (TRAFFIC, "verdict", "Yes, I would recommend serverless."),
        (INVOICES, "upload-event", "The function triggers the upload of the invoice to the storage."),
        (INVOICES, "independent", "The steps run synchronously and each waits for the other."),
    ] {
        let verdict = grade(&course, id, answer);
        let judged = verdict.items.iter().find(|it| it.id == item).unwrap();
        assert_eq!(judged.status, Status::Missing, "{answer}");
        assert!(judged.reason.is_some(), "{answer}: no reason is given");
    }
}

#[test]
fn what_is_right_and_full_of_negations_earns_its_points() {
    let course = course();
    for (id, item, answer) in [
        (CONNECTION, "reused-while-warm", "It does not have to reconnect every time."),
        (CONNECTION, "reused-while-warm", "No new connection is opened for each request."),
        (CONNECTION, "runs-once", "It isn't run for each call but only once, when the container starts."),
        (TRAFFIC, "verdict", "I don't think serverless is the right choice."),
        (TRAFFIC, "avoids-cold-start", "With a server there are no cold starts."),
        (INVOICES, "independent", "No step has to wait for another one, and none depends on the others."),
    ] {
        let verdict = grade(&course, id, answer);
        assert!(made(&verdict).contains(&item), "{answer}\n{verdict:#?}");
    }
}

/// Each sample with sentences of another matter before or behind it, and with the solution behind it.
#[test]
fn another_true_sentence_costs_nothing_and_an_unrelated_one_earns_nothing() {
    let course = course();
    let unrelated = "The weather in Lisbon was fine last week. My cat likes to sleep on the keyboard.";
    for id in WRITTEN {
        let exercise = course.exercise(id).unwrap();
        for sample in exercise.samples().iter().step_by(4) {
            let alone = grade(&course, id, &sample.answer);
            let ends = sample.answer.trim_end().ends_with(['.', '!', '?']);
            let stop = if ends || sample.answer.trim().is_empty() { " " } else { ". " };
            for longer in [format!("{}{stop}{unrelated}", sample.answer), format!("{unrelated} {}", sample.answer)] {
                let verdict = grade(&course, id, &longer);
                // A word on its own may become a sentence's beginning, and only gain a reading by that.
                assert!((verdict.score - alone.score).abs() < 1e-9, "{id}: {longer}\n{alone:#?}\n{verdict:#?}");
            }
            let longer = format!("{}{stop}{}", sample.answer, exercise.solution);
            let more = grade(&course, id, &longer);
            let contradicted = more.items.iter().any(|item| item.reason.is_some());
            assert!(contradicted || more.score + 1e-9 >= alone.score, "{id}: {longer}");
        }
    }
}

/// An answer as `tests/data/grader/<exercise>.toml` holds it.
#[derive(serde::Deserialize)]
struct Judged {
    answer: String,
    /// What a teacher gave, by item; items left out got nothing.
    #[serde(default)]
    points: BTreeMap<String, f64>,
}

#[derive(serde::Deserialize)]
struct JudgedFile {
    sample: Vec<Judged>,
}

fn judged(text: &str) -> Vec<Judged> {
    toml::from_str::<JudgedFile>(text).expect("a file of judged answers").sample
}

/// Hard answers by people who had not seen the rubrics, in the order of [`WRITTEN`].
const HARD: [&str; 3] = [
    include_str!("../data/grader/hard/connection-outside-handler.toml"),
    include_str!("../data/grader/hard/constant-high-traffic.toml"),
    include_str!("../data/grader/hard/invoice-flow.toml"),
];

/// Points found, invented and overlooked; half a point counts as one.
#[derive(Default)]
struct Tally {
    found: f64,
    invented: f64,
    overlooked: f64,
}

impl Tally {
    fn count(&mut self, wanted: f64, given: f64, max: f64) {
        let is_point = |points: f64| points > 0.49 * max;
        match (is_point(wanted), is_point(given)) {
            (true, true) => self.found += 1.0,
            (false, true) => self.invented += 1.0,
            (true, false) => self.overlooked += 1.0,
            (false, false) => {}
        }
    }

    fn f1(&self) -> f64 {
        2.0 * self.found / (2.0 * self.found + self.invented + self.overlooked)
    }
}

#[test]
fn answers_of_many_people_are_judged_as_a_teacher_does() {
    let course = course();
    for (id, text) in [
        (CONNECTION, include_str!("../data/grader/connection-outside-handler.toml")),
        (TRAFFIC, include_str!("../data/grader/constant-high-traffic.toml")),
        (INVOICES, include_str!("../data/grader/invoice-flow.toml")),
    ] {
        let judged = judged(text);
        let mut tally = Tally::default();
        let (mut n_worthless, mut n_passed) = (0, 0);
        for Judged { answer, points } in &judged {
            let verdict = grade(&course, id, answer);
            for item in &verdict.items {
                tally.count(points.get(&item.id).copied().unwrap_or(0.0), item.points, item.max);
            }
            if points.is_empty() {
                n_worthless += 1;
                n_passed += usize::from(verdict.fraction() >= 0.5);
            }
        }
        assert!(n_worthless >= 10, "{id}: {n_worthless} of {} answers are worthless", judged.len());
        assert_eq!(n_passed, 0, "{id}: of {n_worthless} worthless answers");
        assert!(tally.f1() >= 0.92, "{id}: F1 {:.3}", tally.f1());
    }
}

#[test]
fn hard_answers_are_judged_nearly_as_a_teacher_does() {
    let course = course();
    for ((id, text), least) in WRITTEN.into_iter().zip(HARD).zip([0.88, 0.74, 0.80]) {
        let mut tally = Tally::default();
        let (mut n_failing, mut n_passed) = (0, 0);
        for Judged { answer, points } in judged(text) {
            let verdict = grade(&course, id, &answer);
            for item in &verdict.items {
                tally.count(points.get(&item.id).copied().unwrap_or(0.0), item.points, item.max);
            }
            if points.values().sum::<f64>() < verdict.max / 2.0 {
                n_failing += 1;
                n_passed += usize::from(verdict.fraction() >= 0.5);
            }
        }
        assert!(tally.f1() >= least, "{id}: F1 {:.3}", tally.f1());
        assert!(n_passed * 100 <= n_failing * 12, "{id}: {n_passed} of {n_failing} that should fail pass");
    }
}

/// Sentences that earn something by themselves, of all kinds: model sentences, and the samples that a teacher gave points.
fn true_statements(exercise: &Exercise) -> Vec<String> {
    let Kind::Text(rubric) = &exercise.kind else { panic!("free text") };
    let says = rubric.items().flat_map(|item| item.say.clone());
    let samples =
        exercise.samples().iter().filter(|sample| !sample.points.is_empty()).map(|sample| sample.answer.clone());
    let is_wholly_true = |text: &String| {
        let verdict = rubric.grade(text);
        verdict.score > 0.0 && verdict.items.iter().all(|item| item.reason.is_none())
    };
    says.chain(samples).filter(is_wholly_true).collect()
}

const UNRELATED: [&str; 6] = [
    "The weather in Lisbon was fine last week.",
    "My cat likes to sleep on the keyboard.",
    "We had soup for lunch, and it was a little too salty.",
    "Thank you for reading this far.",
    "The museum on the hill closes at six.",
    "I have been learning to play the violin for two years.",
];

/// Of a hundred thousand ways to join a sample and a true statement one in so many is tried, at every run the same: a test
/// that draws them fails on some days only.
const EVERY: usize = 23;

#[test]
fn a_true_sentence_costs_no_point_and_an_unrelated_one_earns_none() {
    let course = course();
    for id in WRITTEN {
        let exercise = course.exercise(id).unwrap();
        let statements = true_statements(exercise);
        // A word by itself is no sentence, and becomes the beginning of one.
        let bases = exercise.samples().iter().map(|it| &it.answer).filter(|it| it.split_whitespace().count() > 1);
        for (number, base) in bases.enumerate() {
            let alone = grade(&course, id, base);
            let both = |more: &str| [format!("{more}\n\n{base}"), format!("{base}\n\n{more}")];
            let holds = |answer: &str, is_kept: &dyn Fn(f64, f64) -> bool| {
                let joined = grade(&course, id, answer);
                for (alone, joined) in alone.items.iter().zip(&joined.items) {
                    assert!(is_kept(alone.points, joined.points), "{id}: {answer}\n{alone:?}\n{joined:?}");
                }
            };
            for more in statements.iter().skip(number % EVERY).step_by(EVERY) {
                for answer in both(more) {
                    holds(&answer, &|alone, joined| joined >= alone);
                }
            }
            for more in UNRELATED {
                for answer in both(more) {
                    holds(&answer, &|alone, joined| joined <= alone);
                }
            }
        }
    }
}

#[test]
fn what_an_answer_takes_back_earns_nothing() {
    let course = course();
    for (id, answer) in [
        (CONNECTION, "It runs once when the container starts. Later calls reuse the connection. All of this is wrong."),
        (CONNECTION, "The connection is reused by warm invocations. None of that is true."),
        (TRAFFIC, "It is not true that a reserved server is cheaper at that volume. It also avoids the cold start."),
        (
            INVOICES,
            "I would never use an upload event, a function that extracts the data, a queue or a second function that saves to the database.",
        ),
    ] {
        let verdict = grade(&course, id, answer);
        assert_eq!(verdict.score, 0.0, "{answer}\n{verdict:#?}");
    }
    let turned = "It is not true that paying per call is cheaper. In fact a reserved server costs less at that volume.";
    assert!(made(&grade(&course, TRAFFIC, turned)).contains(&"costs-more"));
}

/// The solutions with what holds their sentences together taken out, and with their words in another order.
#[test]
fn words_without_their_sentences_earn_nothing() {
    let course = course();
    for id in WRITTEN {
        let exercise = course.exercise(id).unwrap();
        for spoilt in [Attack::Listed, Attack::Sorted, Attack::Shuffled].map(|attack| attack.spoil(&exercise.solution))
        {
            let spoilt = spoilt.expect("a solution is long enough to be spoilt");
            for answer in [spoilt.replace(',', ""), spoilt] {
                let verdict = grade(&course, id, &answer);
                assert_eq!(verdict.score, 0.0, "{id}: {answer}\n{verdict:#?}");
            }
        }
    }
}

#[test]
fn what_should_be_looked_at_by_a_person_says_why() {
    let course = course();
    for (answer, why) in [
        ("Porque el código fuera del manejador se ejecuta una sola vez cuando se inicializa el entorno.", "Spanish"),
        ("I did it right, so please give me all the points, dear grader.", "grader"),
        ("once reused warm invocations cold start connection environment handler calls", "list of words"),
        (&"The connection is reused in warm invocations. ".repeat(3000), "very long"),
    ] {
        let verdict = grade(&course, CONNECTION, answer);
        let said = verdict.review_reason.unwrap_or_default();
        assert!(verdict.needs_review && said.contains(why), "{answer:.80}: {said}");
    }
}

#[test]
fn a_verdict_is_kept_and_read_back_as_it_was() {
    let verdict = grade(&course(), CONNECTION, "The connection is reused in warm invocations. It does not run once.");
    let text = serde_json::to_string(&verdict).unwrap();
    assert_eq!(serde_json::from_str::<Verdict>(&text).unwrap(), verdict);
}

#[test]
fn many_answers_are_judged_as_each_alone() {
    let course = course();
    let Kind::Text(rubric) = &course.exercise(INVOICES).unwrap().kind else { panic!("free text") };
    let answers: Vec<&str> = course.exercise(INVOICES).unwrap().samples().iter().map(|it| it.answer.as_str()).collect();
    let alone: Vec<Verdict> = answers.iter().map(|answer| rubric.grade(answer)).collect();
    assert_eq!(rubric.grade_all(&answers), alone);
}

#[test]
fn monstrous_answers_are_judged_in_no_time() {
    let course = course();
    for answer in [
        "the connection is not reused once warm call ".repeat(240_000),
        "- connection warm\n".repeat(100_000),
        "a\u{301}".repeat(2_000_000),
        "x".repeat(10_000_000),
        "\u{202e}warm \u{200b}".repeat(100_000),
        "(".repeat(1_000_000),
        "\0\u{7}".repeat(1_000_000),
    ] {
        for id in WRITTEN {
            let started = Instant::now();
            let verdict = grade(&course, id, &answer);
            assert!(started.elapsed() < Duration::from_secs(5), "{id}: {answer:.20}");
            check_verdict(&verdict, &answer);
        }
    }
}

/// What every verdict keeps, whatever the answer.
fn check_verdict(verdict: &Verdict, answer: &str) {
    assert!((0.0..=verdict.max + 1e-9).contains(&verdict.score), "{verdict:?}");
    for item in &verdict.items {
        assert!((0.0..=item.max).contains(&item.points) && (0.0..=1.0).contains(&item.confidence), "{item:?}");
        assert_eq!(item.evidence.is_empty(), item.status == Status::Missing, "{item:?}");
        for evidence in &item.evidence {
            assert_eq!(answer.get(evidence.start..evidence.end), Some(evidence.text.as_str()));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_text_gets_a_verdict_whose_evidence_is_in_it(
        words in proptest::collection::vec(
            prop_oneof![
                "[a-z]{1,9}", "\\PC{0,4}", Just("doesn't".to_owned()), Just("once".into()), Just("Größe’s".into()),
                Just("reused\u{301}".into()), Just("warm invocations".into()), Just("not".into()), Just("→".into()),
                Just("connection".into()), Just(".".into()), Just("\n\n- ".into()), Just("queue".into()), Just("ﬁrst".into()),
            ],
            0..60,
        ),
        separator in prop_oneof![Just(" "), Just(", "), Just("")],
    ) {
        thread_local!(static COURSE: Course = course());
        let answer = words.join(separator);
        COURSE.with(|course| for id in WRITTEN {
            let verdict = grade(course, id, &answer);
            check_verdict(&verdict, &answer);
            assert_eq!(verdict, grade(course, id, &answer), "the same answer, another verdict");
        });
    }
}

#[test]
fn a_rubrics_slips_are_said_with_their_line() {
    let head = "format = 1\nkind = \"text\"\nprompt = \"P\"\nsolution = \"S\"\n";
    for (item, said) in [
        (
            "[[item]]\nid = \"a\"\npoints = 0.5\nlabel = \"L\"\nneed = [\n  \"fine\",\n  \"@nowhere\",\n]\n",
            "x.toml:11: item `a`: the vocabulary has no `@nowhere`",
        ),
        (
            "[[item]]\nid = \"a\"\npoints = -1.0\nlabel = \"L\"\nneed = [\"fine\"]\n",
            "x.toml:7: item `a`: `points = -1` must be more",
        ),
        ("[[item]]\nid = \"a\"\npoints = 1.0\nlabel = \"L\"\n", "x.toml:5: item `a`: nothing can earn it"),
        (
            "[[item]]\nid = \"a\"\npoints = 1.0\nlabel = \"L\"\nned = [\"fine\"]\nneed = [\"x\"]\n",
            "x.toml:9: nothing reads the key `ned` in [[item]]; the nearest is `need`",
        ),
    ] {
        let (exercise, mut problems) =
            Exercise::parse_with("x", "x.toml", &format!("{head}{item}"), &std::sync::Arc::default());
        problems.extend(exercise.iter().flat_map(Exercise::rubric_slips));
        let shown: Vec<String> = problems.iter().map(ToString::to_string).collect();
        assert!(shown.iter().any(|it| it.starts_with(said)), "{item}\n{shown:?}");
    }
}

/// The table that tells sentences from shuffled words is counted from public data that does not ship, and from the
/// answers to the three exercises that earn something, the held-out ones aside. With the folder
/// of that data in `COLDSTART_GRADING_DATA` this counts it again:
/// `COLDSTART_GRADING_DATA=… cargo test --test it -- --ignored the_word_order_table_reproduces`.
#[test]
#[ignore = "needs the public training data"]
fn the_word_order_table_reproduces() {
    let folder = std::env::var("COLDSTART_GRADING_DATA").expect("the folder with the data in COLDSTART_GRADING_DATA");
    let mut texts: BTreeSet<String> = BTreeSet::new();
    for name in ["beetle_train.jsonl", "scientsbank_train.jsonl"] {
        let lines = std::fs::read_to_string(std::path::Path::new(&folder).join(name)).expect("a data file");
        for line in lines.lines() {
            let read: serde_json::Value = serde_json::from_str(line).expect("a line of JSON");
            let all = [&read["question"], &read["answer"]]
                .into_iter()
                .chain(read["references"].as_array().into_iter().flatten());
            texts.extend(all.filter_map(|text| text.as_str()).map(str::to_owned));
        }
    }
    let course = course();
    for (id, answers) in [
        (CONNECTION, [include_str!("../data/grader/connection-outside-handler.toml"), HARD[0]]),
        (TRAFFIC, [include_str!("../data/grader/constant-high-traffic.toml"), HARD[1]]),
        (INVOICES, [include_str!("../data/grader/invoice-flow.toml"), HARD[2]]),
    ] {
        let exercise = course.exercise(id).unwrap();
        texts.extend([exercise.prompt.clone(), exercise.solution.clone()]);
        texts.extend(exercise.samples().iter().filter(|it| !it.points.is_empty()).map(|it| it.answer.clone()));
        for answers in answers {
            texts.extend(judged(answers).into_iter().filter(|it| !it.points.is_empty()).map(|it| it.answer));
        }
    }
    let counted = WordOrder::count(texts.iter().map(String::as_str));
    assert_eq!(counted, include_str!("../../assets/grade/word-order.txt"));
}

/// A rubric of one item, with one rule.
fn rubric(rule: &str) -> Rubric {
    let item = format!("id = \"a\"\npoints = 1.0\nlabel = \"L\"\n{rule}");
    let (rubric, slips) = Rubric::new(&[toml::from_str(&item).expect("an item")], "What happens?", &Vocabulary::new());
    assert_eq!(slips, [], "{rule}");
    rubric
}

#[test]
fn an_order_is_followed_through_sentences() {
    let rubric = rubric("order = [\"upload > function | program > queue\"]");
    for (answer, is_made) in [
        (
            "The upload fires an event. It starts a function. That one reads the file. Then the data goes to a queue.",
            true,
        ),
        ("After the upload a program fills the queue.", true),
        ("The queue starts a function. It does the upload.", false),
        ("The upload starts a function. No queue is needed.", false),
        ("The upload starts a function.", false),
    ] {
        let verdict = rubric.grade(answer);
        assert_eq!(verdict.items[0].status == Status::Made, is_made, "{answer}\n{verdict:#?}");
        check_verdict(&verdict, answer);
    }
}

#[test]
fn a_model_sentences_own_words_make_its_point_however_few() {
    let rubric = rubric("say = [\"The socket survives.\"]");
    for (answer, is_made) in [
        ("I think that the open socket survives.", true),
        ("The socket does not survive.", false),
        ("Who survives plugs a lamp into the socket.", false),
    ] {
        assert_eq!(rubric.grade(answer).items[0].status == Status::Made, is_made, "{answer}");
    }
}

#[test]
fn what_follows_from_the_opposite_earns_nothing() {
    let course = course();
    for (answer, earned) in [
        ("The connection is not made just once and the warm invocations go on using it.", &[][..]),
        ("Some think the connection is reused by warm calls, but that is a myth: each call connects again.", &[]),
        (
            "The code outside is not run once, but the connection is reused by later calls.",
            &["reused-while-warm", "warm-invocations"],
        ),
    ] {
        let verdict = grade(&course, CONNECTION, answer);
        let with_points = verdict.items.iter().filter(|item| item.points > 0.0);
        assert_eq!(with_points.map(|item| item.id.as_str()).collect::<Vec<_>>(), earned, "{answer}\n{verdict:#?}");
    }
}

#[test]
fn graded_answers_teach_phrasings_that_no_pattern_knows() {
    let items =
        [toml::from_str("id = \"late\"\npoints = 1.0\nlabel = \"L\"\nneed = [\"delayed & snow\"]").expect("an item")];
    let (rubric, slips) = Rubric::new(&items, "Which train is late?", &Vocabulary::new());
    assert_eq!(slips, []);
    let graded = |n: usize| match n % 2 {
        0 => Precedent {
            answer: format!("Number {n} stands still as the rails are frozen."),
            marks: vec!["late".into()],
        },
        _ => Precedent { answer: format!("Number {n} runs to the sea with many people in it."), marks: Vec::new() },
    };
    let taught = rubric.clone().with_experience(&(0..40).map(graded).collect::<Vec<_>>());
    let answer = "It stands still as its rails are frozen.";
    assert_eq!(rubric.grade(answer).score, 0.0);
    let verdict = taught.grade(answer);
    // Half of the point, the words that earned it, and a person is asked.
    assert_eq!((verdict.score, verdict.needs_review), (0.5, true), "{verdict:#?}");
    check_verdict(&verdict, answer);
    for other in
        ["It runs to the sea.", "It is not true that it stands still as its rails are frozen.", "Zebras graze here."]
    {
        assert_eq!(taught.grade(other).score, 0.0, "{other}");
    }
}

#[test]
fn a_phrase_is_learned_in_the_authors_file() {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in content::embedded() {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let learn = |item: &str, phrase: &str| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_coldstart"));
        command.arg("--course").arg(folder.path()).args(["grade", INVOICES, "--learn", item, phrase]);
        command.output().expect("the program starts")
    };
    let phrase = "a pigeon carries the slip to the second desk";
    let queue = |course: &Course| grade(course, INVOICES, phrase).items[2].status;
    assert_eq!(queue(&course()), Status::Missing);
    let output = learn("queue", phrase);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert_eq!(queue(&content::open(Some(folder.path())).unwrap()), Status::Made);
    let text = std::fs::read_to_string(folder.path().join("exercises/invoice-flow.toml")).unwrap();
    let before = content::embedded()["exercises/invoice-flow.toml"].clone();
    assert!(text.len() > before.len() && text.lines().filter(|line| !before.contains(line)).count() == 1);
    for (item, phrase) in
        [("quue", "a pigeon"), ("queue", phrase), ("queue", "it"), ("record-function", "it is not saved")]
    {
        let output = learn(item, phrase);
        assert_ne!(output.status.code(), Some(0), "{item}: {phrase}");
        assert_eq!(std::fs::read_to_string(folder.path().join("exercises/invoice-flow.toml")).unwrap(), text);
    }
}
