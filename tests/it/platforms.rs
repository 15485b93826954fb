//! What goes out comes in: each file that a platform takes is read again by the rules of that platform's importer.
//!
//! The rules are written here as the platforms' own importers have them, and share nothing with the exporter.

use std::collections::BTreeMap;
use std::fs;

use serde_json::Value;

use crate::room::Room;

const EXERCISE: &str = "connection-outside-handler";

/// Anne has 0.75 points of 1, Bob 1, Carol is excused, Dan has handed in nothing.
fn marked() -> Room {
    let room = Room::new();
    let answer = "It stays warm, and the connection is reused.";
    let row = |id: &str, name: &str| format!("{id},\"{name}\",{id}@example.edu,\"{answer}\"\n");
    let rows = [
        "student,name,email,answer\n".to_owned(),
        row("101", "Able, Anne"),
        row("102", "Bob \"B\" Bunce"),
        row("103", "Côté Carol"),
    ];
    let source = room.write("a.csv", rows.concat());
    room.import(&[EXERCISE, &source]);
    room.ok(&["run"]);
    room.ok(&["override", "101", EXERCISE, "--total", "0.75", "--reason", "half, \"quoted\"; more\nlines"]);
    room.ok(&["override", "102", EXERCISE, "--total", "1", "--reason", "all"]);
    room.ok(&["override", "103", EXERCISE, "--excuse", "--reason", "ill"]);
    room
}

fn written(room: &Room, arguments: &[&str]) -> String {
    let out = room.path("out");
    room.ok(&[&["export"], arguments, &["--out", &out.to_string_lossy()]].concat());
    fs::read_to_string(out).expect("written")
}

/// RFC 4180 to the letter, as PHP's and Ruby's readers are by default.
fn rows(text: &str, separator: char) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut cell, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut chars = text.trim_start_matches('\u{feff}').chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => cell.extend(chars.next()),
            '"' => quoted = !quoted,
            c if c == separator && !quoted => row.push(std::mem::take(&mut cell)),
            '\n' if !quoted => {
                row.push(std::mem::take(&mut cell).trim_end_matches('\r').to_owned());
                rows.push(std::mem::take(&mut row));
            }
            c => cell.push(c),
        }
    }
    assert!(!quoted && cell.is_empty() && row.is_empty(), "the last line is whole");
    rows
}

/// `assignfeedback_offline`: by the number of the participant; what is locked, out of range, empty or as it was is passed
/// over without a word.
fn moodle_worksheet(old: &str, new: &str) -> BTreeMap<String, f64> {
    let (old, new) = (rows(old, ','), rows(new, ','));
    assert_eq!((old.len(), &old[0]), (new.len(), &new[0]));
    let column = |name: &str| new[0].iter().position(|head| head == name).expect("Moodle's own header");
    let [id, grade, max, open, feedback] =
        ["Identifier", "Grade", "Maximum grade", "Grade can be changed", "Feedback comments"].map(column);
    let mut taken = BTreeMap::new();
    for (before, after) in old.iter().zip(&new).skip(1) {
        let others = (0..before.len()).filter(|it| ![grade, feedback].contains(it));
        assert!(others.into_iter().all(|it| before[it] == after[it]), "{before:?} {after:?}");
        let number: Option<f64> = after[grade].parse().ok();
        if let Some(number) =
            number.filter(|it| after[open] == "Yes" && (0.0..=after[max].parse().expect("a maximum")).contains(it))
            && after[grade] != before[grade]
        {
            taken.insert(after[id].trim_start_matches("Participant ").to_owned(), number);
        }
    }
    taken
}

#[test]
fn moodle_takes_the_worksheet() {
    let head = "Identifier,\"Full name\",\"Email address\",Status,Grade,\"Maximum grade\",\"Grade can be changed\",\"Last modified (submission)\",\"Last modified (grade)\",\"Feedback comments\"\r\n";
    let row = |id: u32| {
        format!(
            "\"Participant {id}\",\"Able, Anne\",a@example.edu,\"Submitted for grading - \",,10.00,Yes,\"Monday, 2 November 2026, 10:15 AM\",-,\r\n"
        )
    };
    let old = format!("\u{feff}{head}{}{}{}{}", row(101), row(102), row(103), row(104));
    let room = marked();
    let source = room.write("worksheet.csv", &old);
    let new = written(&room, &["moodle-worksheet", "--scale", "--worksheet", &source]);
    assert_eq!(moodle_worksheet(&old, &new), BTreeMap::from([("101".into(), 7.5), ("102".into(), 10.0)]));
}

#[test]
fn moodle_takes_the_gradebook_as_a_whole() {
    let room = marked();
    let all = rows(&written(&room, &["moodle-gradebook"]), ',');
    // One user that is unknown or one grade that is no number fails all of it.
    let known = ["101@example.edu", "102@example.edu", "103@example.edu", "104@example.edu"];
    let taken: Vec<f64> = all[1..]
        .iter()
        .map(|row| {
            assert!(known.contains(&row[0].as_str()) && row.len() == all[0].len(), "{row:?}");
            row[1].parse().expect("a number")
        })
        .collect();
    assert_eq!(taken, [0.75, 1.0]);
}

/// `GradebookImporter`: students by `ID`, assignments by the number in `TITLE (ID)`; any other title makes a new one.
fn canvas(text: &str, assignments: &[&str]) -> BTreeMap<String, String> {
    let all = rows(text, ',');
    let people = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"];
    let titles: Vec<usize> = (0..all[0].len()).filter(|it| !people.contains(&all[0][*it].as_str())).collect();
    for title in &titles {
        let number = all[0][*title].strip_suffix(')').and_then(|it| it.rsplit_once(" (")).map(|it| it.1);
        assert!(number.is_some_and(|it| assignments.contains(&it)), "`{}` would be created", all[0][*title]);
    }
    let id = all[0].iter().position(|head| head == "ID").expect("a column of students");
    let data = all[1..].iter().filter(|row| !row[0].trim_start().starts_with("Points Possible"));
    let is_mark = |text: &str| text.is_empty() || text == "EX" || text.parse::<f64>().is_ok();
    data.map(|row| {
        assert!(row[id].parse::<u64>().is_ok() && titles.iter().all(|it| is_mark(&row[*it])), "{row:?}");
        (row[id].clone(), row[titles[0]].clone())
    })
    .collect()
}

#[test]
fn canvas_takes_the_gradebook() {
    let room = marked();
    for (separator, points) in [(',', "10.00"), (';', "10,00")] {
        let lines = [
            vec![
                "Student",
                "ID",
                "SIS User ID",
                "SIS Login ID",
                "Section",
                "Lab (48213)",
                "Essay (48214)",
                "Final Score",
            ],
            vec!["    Points Possible", "", "", "", "", points, points, "(read only)"],
            vec!["\"Able, Anne\"", "9001", "101", "aable", "C-1", "", "3", ""],
            vec!["Bunce", "9002", "", "102@example.edu", "C-1", "", "", ""],
            vec!["Côté", "9003", "103", "ccote", "C-1", "", "", ""],
            vec!["Nobody", "9004", "104", "nobody", "C-1", "5", "", ""],
        ];
        let template = lines.map(|line| line.join(&separator.to_string()) + "\n").concat();
        let source = room.write("canvas.csv", template);
        let text = written(&room, &["canvas", "--scale", "--template", &source, "--column", "48213"]);
        let expected =
            [("9001", "7.5"), ("9002", "10"), ("9003", "EX")].map(|(id, mark)| (id.to_owned(), mark.to_owned()));
        assert_eq!(canvas(&text, &["48213", "48214"]), BTreeMap::from(expected));
    }
}

#[test]
fn gradescope_and_github_take_the_results() {
    let room = marked();
    for kind in ["gradescope", "github-classroom"] {
        let out = room.path(kind);
        room.ok(&["export", kind, "--out", &out.to_string_lossy()]);
        let read = |name: &str| -> Value {
            serde_json::from_str(&fs::read_to_string(out.join(name)).expect("written")).expect("JSON")
        };
        // Who is excused has no result.
        assert!(!out.join("103.json").exists());
        let result = read("101.json");
        let tests = result["tests"].as_array().expect("tests");
        let sum: f64 = tests.iter().map(|test| test["score"].as_f64().expect("a score")).sum();
        assert!((sum - 0.75).abs() < 1e-9, "{result:#}");
        for test in tests {
            assert!(test["name"].is_string());
            let (statuses, visible) = match kind {
                "gradescope" => (["passed", "failed"], test["visibility"].as_str()),
                _ => (["pass", "fail"], Some("visible")),
            };
            assert!(statuses.contains(&test["status"].as_str().expect("a status")) && visible == Some("visible"));
        }
        match kind {
            "gradescope" => assert_eq!(result["score"], 0.75),
            _ => assert_eq!(
                (&result["version"], &result["status"], &result["max_score"]),
                (&1.into(), &"fail".into(), &1.0.into())
            ),
        }
    }
}

#[test]
fn tables_and_statements_hold_what_their_readers_ask_for() {
    let room = marked();
    let long = rows(&written(&room, &["long"]), ',');
    let expected =
        ["assignment", "timestamp", "student_id", "name", "email", "score", "max_score", "excused", "needs_review"];
    assert_eq!((long[0].iter().map(String::as_str).collect::<Vec<_>>(), long.len()), (expected.to_vec(), 4));
    let wide = rows(&written(&room, &["wide"]), ',');
    let marks: Vec<&str> = wide[1..].iter().map(|row| row[3].as_str()).collect();
    assert_eq!((wide[1][1].as_str(), marks), ("Able, Anne", vec!["0.75", "1", "EX"]));
    let statements = written(&room, &["xapi", "--home", "https://course.example.edu"]);
    for line in statements.lines() {
        let statement: Value = serde_json::from_str(line).expect("a statement");
        let score = |key: &str| statement["result"]["score"][key].as_f64().expect("a number");
        // The rules of xAPI 1.0.3: min ≤ raw ≤ max, scaled from −1 to 1, verb and activity by their address.
        assert!(
            score("min") <= score("raw") && score("raw") <= score("max") && (-1.0..=1.0).contains(&score("scaled"))
        );
        assert!(
            ["verb", "object"].iter().all(|it| statement[it]["id"].as_str().is_some_and(|id| id.starts_with("http")))
        );
        assert!(statement["id"].as_str().is_some_and(|id| id.len() == 36));
        assert!(!line.contains("Able") && !line.contains("101@"), "{line}");
    }
    assert_eq!(statements.lines().count(), 2);
    for line in written(&room, &["jsonl"]).lines() {
        assert!(serde_json::from_str::<Value>(line).is_ok_and(|it| it["student"].is_string()));
    }
}
