//! The course that ships: what must be in it is in it.

use coldstart::content;
use coldstart::course::{Course, Help, Kind, Task, check};

fn course() -> Course {
    content::open(None).expect("the built-in course")
}

/// All that a reader of the page can read, so wide that no cell of a table wraps.
fn text_of(course: &Course, page: &str) -> String {
    let page = course.find_page(page).unwrap_or_else(|| panic!("no page {page}"));
    let laid = coldstart::app::lesson::lay_out(course, &coldstart::course::Progress::default(), page, 400);
    let rows: Vec<String> = laid.rows.iter().map(coldstart::app::row::Row::text).collect();
    rows.join(" ").split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

#[test]
fn the_map_holds_the_whole_course_and_the_serverless_lesson_opens() {
    let course = course();
    let lessons: Vec<&str> =
        course.modules.iter().flat_map(|module| &module.lessons).map(|entry| entry.title.as_str()).collect();
    assert_eq!((course.modules.len(), lessons.len()), (9, 44));
    assert!(lessons.contains(&"Serverless Architecture") && lessons.contains(&"Cloud-Native Design Patterns"));
    assert_eq!(course.lessons.len(), 1);
    assert_eq!(course.pages().count(), 10);
}

#[test]
fn nothing_in_the_course_needs_mending() {
    let problems: Vec<String> = check::course(&course()).iter().map(ToString::to_string).collect();
    assert_eq!(problems, Vec::<String>::new());
}

#[test]
fn every_page_has_goals_minutes_notes_and_something_to_do() {
    for page in course().pages() {
        assert!((2..=10).contains(&page.minutes), "{}: {} minutes", page.id, page.minutes);
        assert!(!page.goals.is_empty() && !page.notes.is_empty(), "{}", page.id);
        assert!(!page.widgets.is_empty(), "{} has nothing to do", page.id);
    }
}

#[test]
fn every_exercise_on_a_page_has_all_steps_of_help_and_names_its_goals() {
    let course = course();
    for exercise in course.exercises.values().filter(|it| it.form_of.is_none()) {
        let help = exercise.help();
        let has = |step: fn(&Help<'_>) -> bool| help.iter().any(step);
        assert!(has(|it| matches!(it, Help::Nudge(_))), "{} has no nudge", exercise.id);
        assert!(has(|it| matches!(it, Help::Passage(_))), "{} names no passage", exercise.id);
        assert!(has(|it| matches!(it, Help::Similar(_))), "{} has no similar case", exercise.id);
        assert!(!exercise.shows.is_empty(), "{} names no goal", exercise.id);
    }
    let forms = course.exercises.values().filter(|it| it.form_of.is_some()).count();
    assert!(forms >= 20, "{forms} questions come back in another form");
}

#[test]
fn every_page_ends_with_two_or_three_questions() {
    for page in course().pages() {
        let (_, _, line) = page
            .document
            .headings()
            .into_iter()
            .find(|(_, text, _)| text == "Without looking back")
            .expect("the heading");
        let asked = page.widgets.iter().filter(|it| it.source_line > line && matches!(it.task, Task::Exercise(_)));
        assert!((2..=3).contains(&asked.count()), "{}", page.id);
    }
}

#[test]
fn the_three_exercises_have_the_contracts_items_and_weights() {
    let course = course();
    let expected: [(&str, &[(&str, f64)]); 3] = [
        (
            "connection-outside-handler",
            &[("runs-once", 0.30), ("reused-while-warm", 0.30), ("warm-invocations", 0.30), ("first-still-pays", 0.10)],
        ),
        (
            "constant-high-traffic",
            &[("verdict", 0.30), ("costs-more", 0.35), ("avoids-cold-start", 0.15), ("fits-spiky", 0.20)],
        ),
        (
            "invoice-flow",
            &[
                ("upload-event", 0.22),
                ("extract-function", 0.22),
                ("queue", 0.18),
                ("record-function", 0.22),
                ("notify", 0.05),
                ("independent", 0.16),
            ],
        ),
    ];
    for (id, items) in expected {
        let exercise = course.exercise(id).unwrap_or_else(|| panic!("no exercise {id}"));
        let verdict = exercise.grade(&coldstart::course::Answer::Text(exercise.solution.clone()));
        let found: Vec<(&str, f64)> = verdict.items.iter().map(|item| (item.id.as_str(), item.max)).collect();
        assert_eq!(found, items, "{id}");
        assert!(verdict.fraction() > 0.99, "{id}: the solution itself earns {}", verdict.fraction());
        assert!(exercise.samples().len() >= 25, "{id}: {} sample answers", exercise.samples().len());
    }
}

#[test]
fn there_are_quick_questions_of_every_kind() {
    let course = course();
    let mut kinds = [0; 8];
    for exercise in course.exercises.values() {
        assert!(course.page_of(&exercise.id).is_some(), "{} is on no page", exercise.id);
        assert!(!exercise.solution.trim().is_empty(), "{} has no solution", exercise.id);
        match &exercise.kind {
            Kind::Choice { several: false, .. } => kinds[0] += 1,
            Kind::Choice { several: true, .. } => kinds[1] += 1,
            Kind::Order { .. } => kinds[2] += 1,
            Kind::Number(_) => kinds[3] += 1,
            Kind::Matching(_) => kinds[4] += 1,
            Kind::Gaps { .. } => kinds[5] += 1,
            Kind::Flow(_) => kinds[6] += 1,
            Kind::Code(_) => kinds[7] += 1,
            Kind::Text(_) => {}
        }
    }
    assert!(kinds.iter().all(|n| *n >= 1) && kinds.iter().sum::<usize>() >= 8, "{kinds:?}");
}

#[test]
fn the_lessons_diagram_has_its_six_boxes_and_five_arrows() {
    let course = course();
    let page = course.find_page("event-driven").expect("the page");
    let laid = text_of(&course, "event-driven");
    for label in [
        "user uploads image",
        "s3 storage",
        "objectcreated event",
        "generate thumbnail",
        "save thumbnail to s3",
        "message queue",
        "notify user",
    ] {
        assert!(laid.contains(label) || laid.contains(&label.replace(' ', "")), "{label}");
    }
    assert!(page.widgets.iter().any(|widget| matches!(widget.task, Task::Diagram { .. })));
}

/// What the brief says each page must hold, as words that cannot be missing from it.
#[test]
fn the_facts_are_on_their_pages() {
    let course = course();
    let facts: [(&str, &[&str]); 9] = [
        ("why-serverless", &["provision", "millisecond", "thousands", "zero", "silver bullet", "provider"]),
        (
            "what-it-is",
            &[
                "aws lambda",
                "azure functions",
                "google cloud functions",
                "stateless",
                "timer",
                "queue",
                "traditional server or vm",
                "container (kubernetes)",
                "in part",
                "by hand, or configured",
                "you pay all the same",
                "a server or an application",
                "medium",
                "control",
            ],
        ),
        ("event-driven", &["asynchronous", "decoupled", "independent"]),
        (
            "cold-start",
            &[
                "provision",
                "runtime",
                "tens of milliseconds",
                "seconds",
                "warm start",
                "java",
                ".net",
                "package size",
                "memory",
                "dependencies",
                "provisioned concurrency",
                "outside the handler",
            ],
        ),
        (
            "advantages-and-limits",
            &[
                "patch",
                "high availability",
                "granular",
                "spiky",
                "time limit",
                "lock-in",
                "monitoring",
                "stateless",
                "constant",
            ],
        ),
        (
            "a-function",
            &[
                "querystringparameters",
                "400",
                "200",
                "500",
                "internal error",
                "service: users-api",
                "memorysize: 256",
                "timeout: 10",
                "index.handler",
                "path: /users",
                "permissions",
                "api gateway",
            ],
        ),
        ("when-to-use-it", &["irregular", "webhook", "cron", "prototype", "latency", "in memory", "usd an hour"]),
        ("common-mistakes", &["pool", "monolithic", "idempoten", "observab", "diagram"]),
        ("conclusion", &["cloud-native design patterns"]),
    ];
    for (page, words) in facts {
        let text = text_of(&course, page);
        let missing: Vec<&&str> = words.iter().filter(|word| !text.contains(**word)).collect();
        assert!(missing.is_empty(), "{page} lacks {missing:?}");
    }
}
