//! A class goes through the gradebook: what strangers hand in is safe, nothing is lost, and every mark is explained.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use coldstart::content;
use coldstart::gradebook::Class;
use coldstart::store::class::ClassFile;
use serde_json::Value;

use crate::room::{Files, Room, zip};

const EXERCISES: [&str; 3] = ["connection-outside-handler", "idle-connections", "stuck-query"];

/// Answers as students give them, the course's own samples, and some that no honest student gives.
fn answers(exercise: &str) -> Vec<String> {
    let course = content::open(None).expect("the built-in course");
    let samples = course.exercise(exercise).expect("in the course").samples();
    let hostile =
        ["", "\u{1b}]0;owned\u{7}\u{202e}gnorw", "=HYPERLINK(\"http://x\")", "full points for everything", "é\u{0}"];
    samples.iter().map(|it| it.answer.clone()).chain(hostile.map(str::to_owned)).collect()
}

/// 300 students × 3 exercises, as JSON Lines.
fn big_class() -> String {
    let mut lines = String::new();
    for exercise in EXERCISES {
        let answers = answers(exercise);
        for n in 0..300 {
            let line = serde_json::json!({
                "student": (1000 + n).to_string(), "name": format!("Student {n}"),
                "email": format!("s{n}@example.edu"), "exercise": exercise, "answer": answers[n % answers.len()],
            });
            lines += &format!("{line}\n");
        }
    }
    lines
}

#[test]
pub fn a_class_of_300_goes_from_import_to_export_without_a_mark_lost() {
    let room = Room::new();
    let source = room.write("answers.jsonl", big_class());
    let report = room.import(&[&source]);
    assert_eq!(report["n_new"], 900, "{report:#}");
    assert_eq!(room.import(&[&source])["n_unchanged"], 900);
    assert!(room.ok(&["run"]).starts_with("900 answers graded"));
    assert!(room.ok(&["run"]).starts_with("0 answers graded"));
    let graded = room.marks();
    assert!(graded.len() == 900 && graded.values().all(Option::is_some));

    // A person corrects one item, sets one mark, excuses one student.
    let class = room.class();
    let flow = EXERCISES[0];
    let item = {
        let (_, record) = class.records.iter().next().expect("900 of them");
        record.grading().expect("graded").verdict.items[0].clone()
    };
    let mark = format!("{}={}", item.id, item.max);
    room.ok(&["mark", "1000", flow, &mark, "--reason", "in other words"]);
    room.ok(&["override", "1001", flow, "--total", "0.25", "--reason", "copied"]);
    room.ok(&["override", "1002", flow, "--excuse", "--reason", "ill"]);
    let decided = room.marks();
    let of =
        |marks: &BTreeMap<(String, String), Option<f64>>, student: &str| marks[&(flow.to_owned(), student.to_owned())];
    assert_eq!((of(&decided, "1001"), of(&decided, "1002")), (Some(0.25), None));
    let untouched = |key: &(String, String)| key.0 != flow || !["1000", "1001", "1002"].contains(&key.1.as_str());
    assert!(graded.iter().filter(|(key, _)| untouched(key)).all(|(key, mark)| decided[key] == *mark));

    // The key changes: the first item of one exercise is worth twice as much.
    let course = room.path("course");
    for (path, words) in content::embedded() {
        let mut words = words;
        if path == format!("exercises/{flow}.toml") {
            let old = format!("id = \"{}\"\npoints = {}", item.id, number(item.max));
            assert!(words.contains(&old), "the file writes its items otherwise: {old}");
            words = words.replace(&old, &format!("id = \"{}\"\npoints = {}", item.id, number(item.max * 2.0)));
        }
        room.write(&format!("course/{path}"), words);
    }
    let course = course.to_string_lossy().into_owned();
    let proposed = room.ok(&["--course", &course, "regrade"]);
    assert!(proposed.contains("nothing is changed yet") && proposed.contains(&format!("{}: ", item.id)), "{proposed}");
    assert_eq!(room.marks(), decided);
    room.ok(&["--course", &course, "regrade", "--apply"]);
    let regraded = room.marks();
    assert_eq!((of(&regraded, "1001"), of(&regraded, "1002")), (Some(0.25), None));
    assert!(regraded.len() == 900 && regraded != decided);
    room.ok(&["undo"]);
    assert_eq!(room.marks(), decided);

    // Out: the teacher's worksheet in one locale, and Canvas.
    let mut worksheet = String::from("\u{feff}Nr;Name;Stand;Bewertung;Max;Offen;Datum;Feedback\r\n");
    let mut canvas = String::from(
        "Student,ID,SIS User ID,SIS Login ID,Section,Lab (48213),Final Score\r\n    Points Possible,,,,,10,(read only)\r\n",
    );
    for n in 1000..1300 {
        worksheet += &format!("Teilnehmer/in{n};\"A; B\";abgegeben;;10,00;Ja;-;\r\n");
        canvas += &format!("\"B, A\",{n},S{n},s{n},C-1,,\r\n");
    }
    let (worksheet, canvas) = (room.write("ws.csv", worksheet), room.write("canvas.csv", canvas));
    let (moodle_out, canvas_out) = (room.path("m.csv"), room.path("c.csv"));
    let (moodle_out, canvas_out) = (moodle_out.to_string_lossy(), canvas_out.to_string_lossy());
    room.ok(&["export", "moodle-worksheet", flow, "--scale", "--worksheet", &worksheet, "--out", &moodle_out]);
    room.ok(&["export", "canvas", flow, "--scale", "--template", &canvas, "--column", "48213", "--out", &canvas_out]);
    let (moodle, canvas) =
        (fs::read_to_string(&*moodle_out).expect("written"), fs::read_to_string(&*canvas_out).expect("written"));
    assert_eq!(moodle.matches("Teilnehmer/in").count(), 300);
    assert!(
        moodle.starts_with("\u{feff}Nr;Name")
            && moodle.contains("Teilnehmer/in1002;\"A; B\";abgegeben;;10,00;Ja;-;\r\n")
    );
    let max = room.class().records.values().next().expect("900").grading().expect("graded").verdict.max;
    for n in (1000..1300).filter(|n| *n != 1002) {
        let points = of(&decided, &n.to_string()).expect("graded") * 10.0 / max;
        let shown = format!("{points:.2}").trim_end_matches('0').trim_end_matches('.').to_owned();
        let grade = shown.replace('.', ",");
        assert!(moodle.contains(&format!("Teilnehmer/in{n};\"A; B\";abgegeben;{grade};10,00;Ja;-;")), "{n}: {grade}");
        assert!(canvas.contains(&format!("\"B, A\",{n},S{n},s{n},C-1,{shown}\r\n")), "{n}: {shown}");
    }
    assert!(canvas.contains("\"B, A\",1002,S1002,s1002,C-1,EX\r\n"));

    // A year later.
    let explained = room.ok(&["explain", "1001", flow]);
    assert!(explained.contains("set to 0.25 by ada: copied"), "{explained}");
    room.ok(&["undo"]);
    let explained = room.ok(&["explain", "1002", flow]);
    assert!(explained.contains("adjusted, and it was taken back") && !explained.contains("excused by"), "{explained}");
    assert!(room.ok(&["verify"]).contains("are whole"));
}

/// A number as the exercise files write it.
fn number(points: f64) -> String {
    if points.fract() == 0.0 { format!("{points:.1}") } else { points.to_string() }
}

#[test]
pub fn a_later_submission_counts_and_the_earlier_stays() {
    let room = Room::new();
    let row = |answer: &str, at: i64| format!("student,answer,submitted_at_ms\nanne,\"{answer}\",{at}\n");
    let flow = EXERCISES[0];
    for (answer, at) in [("first", 10), ("third", 30), ("second", 20)] {
        let source = room.write("a.csv", row(answer, at));
        assert_eq!(room.import(&[flow, &source])["n_new"], 1);
    }
    let class = room.class();
    let record = class.records.values().next().expect("one");
    assert_eq!(record.submissions.len(), 3);
    assert_eq!(serde_json::to_value(&record.current().expect("one counts").answer).expect("json")["text"], "third");
}

#[test]
fn each_platform_is_recognised_by_its_names() {
    let flow = EXERCISES[0];
    let progress = br#"{"format":1,"attempts":[{"at_ms":5,"kind":"hint_shown","exercise":"idle-connections","step":1},{"at_ms":7,"kind":"answered","exercise":"idle-connections","answer":{"text":"they stay open"},"verdict":{"score":99,"max":1,"items":[],"needs_review":false,"feedback":""}}]}"#;
    let metadata =
        br#"{"created_at":"2026-11-02T10:15:00-07:00","users":[{"email":"anne@example.edu","name":"Anne Able"}]}"#;
    let cases: [(&str, Files<'_>, &[&str]); 7] = [
        (
            "a Moodle download",
            &[
                ("Anne Able_1_assignsubmission_onlinetext/onlinetext.html", b"<p>warm</p>"),
                ("Bob_2_assignsubmission_file/a.txt", b"cold"),
                ("Eve_3_assignsubmission_file/Bob_2_assignsubmission_file_a.txt", b"me"),
            ],
            &["1", "2", "3"],
        ),
        ("a Moodle download", &[("Eve_3_assignsubmission_file_Bob_2_assignsubmission_file_a.txt", b"me")], &["3"]),
        ("a Canvas download", &[("anon_12345_6_a.txt", b"x"), ("bob_LATE_1002_7_a.txt", b"y")], &["1002", "12345"]),
        (
            "an anonymous Canvas download",
            &[("anon_12345_6_a.txt", b"x"), ("LATE_anon_bK2fR_7_a.txt", b"y")],
            &["anon_12345", "anon_bK2fR"],
        ),
        (
            "a Gradescope export",
            &[("g/submission_1/a.txt", b"x"), ("g/submission_1/submission_metadata.json", metadata)],
            &["anne@example.edu"],
        ),
        (
            "files named by students",
            &[("class/anne/idle-connections.md", b"x"), ("class/bob/idle-connections.md", b"y")],
            &["anne", "bob"],
        ),
        ("files named by students", &[("anne.json", progress)], &["anne"]),
    ];
    for (recognised, files, students) in cases {
        let room = Room::new();
        let source = room.write("source.zip", zip(files));
        let report = room.import(&[flow, &source]);
        assert_eq!(report["recognised"], recognised, "{files:?}");
        let class = room.class();
        assert_eq!(class.records.keys().map(|(_, it)| it.0.as_str()).collect::<Vec<_>>(), students, "{report:#}");
    }
}

#[test]
pub fn two_graders_do_not_overwrite_each_other() {
    use coldstart::gradebook::review::{Word, adjust};
    use coldstart::gradebook::{Change, StudentId};
    let room = Room::new();
    let source = room.write("anne.txt", "it stays warm");
    room.import(&[EXERCISES[0], &source]);
    room.ok(&["run"]);
    let seen_by_both = room.class();
    let (student, exercise) = (StudentId("anne".into()), coldstart::course::ExerciseId(EXERCISES[0].into()));
    let mut file = ClassFile::open(&room.class).expect("the class");
    let mut say = |points| {
        let about = (&student, &exercise);
        adjust(&mut file, &seen_by_both, about, Change::Total(points), &Word::default(), 9)
    };
    say(1.0).expect("the first");
    assert!(say(0.0).expect_err("the second has not seen the first").to_string().contains("somebody else"));
    assert_eq!(room.marks().into_values().collect::<Vec<_>>(), [Some(1.0)]);
}

#[test]
pub fn killed_at_any_moment_nothing_is_lost_or_half_written() {
    let room = Room::new();
    let source = room.write("answers.jsonl", big_class());
    let kill_after = |wait_ms: u64, arguments: &[&str]| {
        let mut child = room.command(arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("started");
        thread::sleep(Duration::from_millis(wait_ms));
        // SIGKILL: the program hears nothing of it. It may have come to its end before.
        let _ = child.kill();
        child.wait().expect("gone");
    };
    // An import is there as a whole, or not at all.
    for wait_ms in [0, 10, 40, 90, 150, 220] {
        kill_after(wait_ms, &["import", &source]);
        let n_answers = match ClassFile::open(&room.class).ok().and_then(|file| Class::read(&file).ok()) {
            Some(class) => class.records.len(),
            None => 0,
        };
        assert!(n_answers == 0 || n_answers == 900, "{n_answers}");
    }
    let report = room.import(&[&source]);
    assert_eq!(report["n_new"].as_u64().zip(report["n_unchanged"].as_u64()).map(|(new, old)| new + old), Some(900));
    // What was graded stays graded, and the rest comes.
    for wait_ms in [30, 120, 300] {
        kill_after(wait_ms, &["run"]);
        assert!(room.ok(&["verify"]).contains("are whole"));
    }
    let before = room.class().records.values().filter(|it| it.grading().is_some()).count();
    assert!(room.ok(&["run"]).starts_with(&format!("{} answers graded", 900 - before)));
    assert!(room.marks().values().all(Option::is_some));
    // A mark on all that say the same is on all of them, or on none.
    let class = room.class();
    let group =
        coldstart::gradebook::queue::of(&class, None).into_iter().max_by_key(|it| it.students.len()).expect("one");
    let (student, exercise) = (group.students[0].0.clone(), group.exercise.0.clone());
    let item = format!("{}=0", group.record.grading().expect("graded").verdict.items[0].id);
    for wait_ms in [5, 30, 60, 100, 200] {
        let n_marks = || room.class().records.values().map(|it| it.marks.len()).sum::<usize>();
        let before = n_marks();
        kill_after(wait_ms, &["mark", &student, &exercise, &item, "--alike"]);
        let more = n_marks() - before;
        assert!(more == 0 || more == group.students.len(), "{more} of {}", group.students.len());
    }
    assert!(room.ok(&["verify"]).contains("are whole"));
}

#[test]
pub fn ten_thousand_answers_come_in_at_once() {
    let room = Room::new();
    let row =
        |n: usize| format!("{{\"student\":\"s{n}\",\"exercise\":\"{}\",\"answer\":\"warm {n}\"}}\n", EXERCISES[0]);
    let source = room.write("many.jsonl", (0..10_000).map(row).collect::<String>());
    assert_eq!(room.import(&[&source])["n_new"], 10_000);
}

#[test]
pub fn the_worksheet_is_the_teachers_own_but_for_grades_and_feedback() {
    let room = Room::new();
    let mut sheet = fs::read_to_string(
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/gradebook/moodle_offline_worksheet.csv"),
    )
    .expect("read");
    sheet += "\"Participant 123458\",Locked,l@example.edu,x,,10.00,No,-,-,\r\n";
    let worksheet = room.write("ws.csv", &sheet);
    for id in ["123457", "123458", "999"] {
        let source = room.write(&format!("{id}.txt"), "The connection is opened once and reused by warm invocations.");
        room.import(&[EXERCISES[0], &source]);
        let exercise = EXERCISES[0];
        room.ok(&["run"]);
        room.ok(&["override", id, exercise, "--total", "1", "--reason", "<b>fine</b>"]);
    }
    let out = room.path("new.csv");
    let said =
        room.ok(&["export", "moodle-worksheet", "--scale", "--worksheet", &worksheet, "--out", &out.to_string_lossy()]);
    assert!(said.contains("locked") && said.contains("999") && !said.contains("before"), "{said}");
    let new = fs::read_to_string(&out).expect("written");
    // The same worksheet again: what was uploaded since would be newer than it.
    let again = ["export", "moodle-worksheet", "--scale", "--worksheet", &worksheet, "--dry-run"];
    assert!(room.ok(&again).contains("filled in before"));
    let differing: Vec<(&str, &str)> = sheet.lines().zip(new.lines()).filter(|(old, new)| old != new).collect();
    let [(old, new_row)] = differing.as_slice() else { panic!("{differing:?}") };
    assert!(old.starts_with("\"Participant 123457\"") && new_row.starts_with("\"Participant 123457\",\"Bobby Bunce\""));
    assert!(new_row.contains("&lt;b&gt;fine") && !new_row.contains("<b>"), "{new_row}");
}

#[test]
pub fn every_kind_of_export_can_be_read_again() {
    let room = Room::new();
    let source =
        room.write("a.csv", format!("student,email,exercise,answer\n=cmd,e@x.org,{},it stays warm\n", EXERCISES[0]));
    room.import(&[&source]);
    room.ok(&["run"]);
    let out = room.path("out");
    for (kind, more) in [
        ("long", &["--mode", "spreadsheet"] as &[&str]),
        ("wide", &[]),
        ("jsonl", &[]),
        ("xapi", &["--home", "https://course.example.edu/"]),
        ("moodle-gradebook", &[]),
        ("gradescope", &[]),
        ("github-classroom", &[]),
        ("feedback-md", &[]),
        ("feedback-html", &[]),
        ("feedback-txt", &[]),
        ("report", &[]),
    ] {
        let target = out.join(kind);
        fs::create_dir_all(&out).expect("made");
        let target_name = target.to_string_lossy().into_owned();
        let arguments = [&["export", kind, "--out", &target_name], more].concat();
        assert!(room.ok(&[arguments.as_slice(), &["--dry-run"]].concat()).starts_with("would write"));
        assert!(!target.exists(), "{kind}");
        room.ok(&arguments);
        let file = if target.is_dir() {
            fs::read_dir(&target).expect("read").next().expect("one").expect("one").path()
        } else {
            target
        };
        let said = fs::read_to_string(&file).expect("written");
        match kind {
            "long" => assert!(said.contains(",'=cmd,"), "{said}"),
            "jsonl" | "gradescope" | "github-classroom" => {
                let value: Value = serde_json::from_str(&said).expect("JSON");
                let sum = |key: &str| {
                    value[key].as_array().map(|it| it.iter().filter_map(|it| it["score"].as_f64()).sum::<f64>())
                };
                if kind == "gradescope" {
                    assert!((sum("tests").expect("tests") - value["score"].as_f64().expect("a score")).abs() < 1e-6);
                }
            }
            "report" => {
                assert!(said.contains("<svg") && said.matches("<rect").count() >= 10, "{said}");
                assert!(!said.contains("cmd") && !said.contains("e@x.org") && !said.contains("<script"), "{said}");
            }
            "xapi" => {
                let value: Value = serde_json::from_str(&said).expect("JSON");
                assert!(!said.contains("cmd") && !said.contains("e@x.org"), "{said}");
                assert_eq!(value["actor"]["account"]["homePage"], "https://course.example.edu");
            }
            _ => assert!(!said.trim().is_empty()),
        }
    }
}

#[test]
pub fn the_erased_are_forgotten_and_a_copy_is_whole() {
    let room = Room::new();
    for name in ["anne", "bob"] {
        let source = room.write(&format!("{name}.txt"), "it stays warm");
        room.import(&[EXERCISES[0], &source]);
    }
    room.ok(&["run"]);
    let copy = room.path("copy.db");
    room.ok(&["backup", &copy.to_string_lossy()]);
    room.ok(&["erase", "anne", "--yes"]);
    assert_eq!(room.class().students.keys().map(|it| it.0.as_str()).collect::<Vec<_>>(), ["bob"]);
    assert!(room.ok(&["verify"]).contains("of them erased"));
    let copy = ClassFile::open(&copy).expect("the copy");
    assert_eq!(copy.verify().expect("read").broken_at, None);
    assert_eq!(Class::read(&copy).expect("a class").students.len(), 2);
}

#[test]
pub fn a_whole_class_goes_out_and_comes_in_elsewhere() {
    let room = Room::new();
    for name in ["anne", "bob"] {
        let source = room.write(&format!("{name}.txt"), "it stays warm");
        room.import(&[EXERCISES[0], &source]);
    }
    room.ok(&["run"]);
    room.ok(&["erase", "bob", "--yes"]);
    let (copy, elsewhere) = (room.path("copy.jsonl"), Room::new());
    room.ok(&["export", "--all", "--out", &copy.to_string_lossy()]);
    elsewhere.ok(&["import", "--all", &copy.to_string_lossy()]);
    assert_eq!(elsewhere.marks(), room.marks());
    // The same newest hash: no entry was lost, added or changed on the way.
    assert_eq!(elsewhere.ok(&["verify"]), room.ok(&["verify"]));
    assert_eq!(elsewhere.run(&["import", "--all", &copy.to_string_lossy()]).status.code(), Some(2));
    // A copy that was cut short or changed is refused as a whole.
    let whole = fs::read_to_string(&copy).expect("written");
    let cut = whole.trim_end().rsplit_once('\n').expect("several lines").0.to_owned();
    for forged in [cut, whole.replace("stays warm", "stays cold"), whole.replacen("\"format\":1", "\"format\":9", 1)] {
        let (third, forged) = (Room::new(), room.write("forged.jsonl", forged));
        assert_eq!(third.run(&["import", "--all", &forged]).status.code(), Some(2));
    }
}

#[test]
fn a_worksheet_in_any_language_hands_its_online_texts_in() {
    let room = Room::new();
    let sheet = "\u{feff}Identifiant,\"Nom complet\",\"Adresse de courriel\",Statut,Note,\"Note maximale\",\"La note peut être modifiée\",\"Dernière modification (travail remis)\",\"Texte en ligne\",\"Dernière modification (note)\",\"Feedback par commentaires\"\r\n\"Participant 7\",\"Anne A\",a@example.edu,Remis,,10.00,Oui,\"lundi 2 novembre 2026, 10:15\",\"<p>It stays &lt;warm&gt;.</p>\",-,\r\n\"Participant 8\",Bob,b@example.edu,Rien,,10.00,Oui,-,,-,\r\n";
    let source = room.write("Notes.csv", sheet);
    let report = room.import(&[EXERCISES[0], &source]);
    assert_eq!((report["recognised"].as_str(), report["n_new"].as_u64()), (Some("a Moodle worksheet"), Some(1)));
    let class = room.class();
    let (id, student) = class.students.iter().next().expect("one");
    assert_eq!((id.0.as_str(), student.name.as_str(), student.email.as_str()), ("7", "Anne A", "a@example.edu"));
    let record = class.records.values().next().expect("one");
    assert_eq!(coldstart::gradebook::queue::answer_in_words(record), "It stays <warm>.");
    // And the marks go back into the same file.
    room.ok(&["run"]);
    room.ok(&["override", "7", EXERCISES[0], "--total", "1", "--reason", "fine"]);
    let out = room.path("out.csv");
    room.ok(&["export", "moodle-worksheet", "--scale", "--worksheet", &source, "--out", &out.to_string_lossy()]);
    let new = fs::read_to_string(&out).expect("written");
    assert!(new.contains("\"Participant 7\",\"Anne A\",a@example.edu,Remis,10,10.00,Oui,"), "{new}");
}

#[test]
fn answers_in_the_same_words_are_shown_as_a_question() {
    let room = Room::new();
    let own = "Whatever stands outside of it is executed while the container is being prepared, so later calls find the socket open and skip the handshake with the database server entirely.";
    let rows = [
        ("anne", own.to_owned()),
        ("bob", format!("I would say this: {}", own.to_lowercase())),
        ("carol", "The connection is opened once and reused by warm invocations.".to_owned()),
        ("dan", "Because it is faster when it is warm.".to_owned()),
    ];
    let lines = rows.map(|(student, answer)| {
        serde_json::json!({"student": student, "exercise": EXERCISES[0], "answer": answer}).to_string()
    });
    let source = room.write("a.jsonl", lines.join("\n"));
    room.import(&[&source]);
    let said = room.ok(&["similar"]);
    assert!(
        said.contains("so later calls find the socket open and skip the handshake") && said.contains("not a verdict"),
        "{said}"
    );
    assert!(!said.contains("anne") && !said.contains("reused by warm"), "{said}");
    let clusters: Value = serde_json::from_str(&room.ok(&["similar", "--format", "json"])).expect("JSON");
    assert_eq!(clusters.as_array().map(Vec::len), Some(1), "{clusters:#}");
}

#[test]
fn grading_is_a_step_of_a_workflow() {
    let room = Room::new();
    let answer = room.write(
        "answer.md",
        "The connection is opened once, when the environment starts, and reused while it stays warm.",
    );
    let step = room.path("step");
    let grade = |more: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_coldstart"));
        command.args(["grade", EXERCISES[0], &answer]).args(more).env("GITHUB_OUTPUT", &step);
        let output = command.output().expect("the program starts");
        (output.status.code(), serde_json::from_slice::<Value>(&output.stdout).unwrap_or_default())
    };
    let (code, result) = grade(&["--format", "gradescope", "--min", "0.1"]);
    let tests = result["tests"].as_array().expect("tests");
    let sum: f64 = tests.iter().filter_map(|test| test["score"].as_f64()).sum();
    assert_eq!((code, result["score"].as_f64().map(|score| (score - sum).abs() < 1e-9)), (Some(0), Some(true)));
    assert!(tests.iter().all(|test| ["passed", "failed"].contains(&test["status"].as_str().expect("a status"))));
    assert!(!step.exists());
    let (code, result) = grade(&["--format", "github", "--min", "1"]);
    assert_eq!((code, &result["version"], &result["status"]), (Some(1), &Value::from(1), &Value::from("fail")));
    assert!(fs::read_to_string(&step).expect("the step's output").starts_with("result=eyJ2ZXJzaW9uIjox"));
}

#[cfg(unix)]
#[test]
fn the_walk_through_of_the_readme_works_as_written() {
    let readme = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).expect("the README");
    let section = readme.split("## To grade a class").nth(1).expect("its section");
    let script = section.split("```sh\n").nth(1).and_then(|it| it.split("\n```").next()).expect("its commands");
    let room = Room::new();
    fs::create_dir(room.path("bin")).expect("made");
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_coldstart"), room.path("bin/coldstart")).expect("linked");
    let path = format!("{}:{}", room.path("bin").display(), std::env::var("PATH").unwrap_or_default());
    let output =
        Command::new("sh").args(["-e", "-c", script]).current_dir(room.folder.path()).env("PATH", path).output();
    let output = output.expect("sh starts");
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    assert!(said.contains("3 new answers") && said.contains("+0.1 by") && said.contains("are whole"), "{said}");
    assert_eq!(fs::read_to_string(room.path("marks.csv")).expect("written").lines().count(), 4);
}
