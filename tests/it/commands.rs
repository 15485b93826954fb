//! The commands as a shell runs them: what they print, where, and how they end.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// Runs the program with progress in a folder of its own.
fn coldstart(arguments: &[&str]) -> Output {
    let data = tempfile::tempdir().expect("a folder for the test");
    with_input(arguments, data.path(), b"")
}

fn with_input(arguments: &[&str], data: &Path, input: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_coldstart"))
        .arg("--data")
        .arg(data)
        .args(arguments)
        .env_remove("CLICOLOR_FORCE")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    // A program that does not read its input closes it; that is no failure.
    let _ = child.stdin.take().expect("piped").write_all(input);
    child.wait_with_output().expect("the program ends")
}

fn out(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).expect("text")
}

fn err(output: &Output) -> &str {
    std::str::from_utf8(&output.stderr).expect("text")
}

fn json(arguments: &[&str]) -> Value {
    let output = coldstart(arguments);
    assert!(output.status.success(), "{arguments:?}: {}", err(&output));
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{arguments:?}: {error}: {}", out(&output)))
}

fn grade(exercise: &str, answer: &str) -> Value {
    let data = tempfile::tempdir().expect("a folder for the test");
    let output = with_input(&["grade", exercise, "-", "--format", "json"], data.path(), answer.as_bytes());
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {}", err(&output)))
}

/// A file in a folder that lasts as long as the test.
fn file(name: &str, bytes: &[u8]) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).expect("written");
    (folder, path.to_string_lossy().into_owned())
}

#[test]
fn each_command_has_help_with_an_example() {
    for command in ["", "read", "diagram", "sim", "grade", "check", "progress", "completions"] {
        let arguments: Vec<&str> = command.split(' ').filter(|word| !word.is_empty()).chain(["--help"]).collect();
        let output = coldstart(&arguments);
        assert!(output.status.success() && out(&output).contains("Example"), "{command}");
    }
}

#[test]
fn wrong_usage_and_unreadable_input_end_with_2_and_a_sentence() {
    let (_folder, binary) = file("scenario.toml", b"\xff\xfe\x00\x01");
    for arguments in [
        &["frobnicate"] as &[&str],
        &["read", "no-such-page"],
        &["read", "/nowhere/file.md"],
        &["read", "."],
        &["sim", "no-such-scenario"],
        &["sim", &binary],
        &["sim", "sparse-api", "--set", "traffic.rate_per_s=-1"],
        &["sim", "sparse-api", "--set", "traffic.rate_per_s=nan"],
        &["sim", "sparse-api", "--set", "nonsense"],
        &["sim", "sparse-api", "--set", "traffic.rat_per_s=1"],
        &["grade", "no-such-exercise"],
        &["grade", "invoice-flow", "/nowhere/answer.txt"],
        &["grade", "invoice-flow", "/"],
        &["check", "/nowhere"],
        &["--course", "/nowhere", "read"],
        &[],
    ] {
        let output = coldstart(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {} {}", out(&output), err(&output));
        assert!(err(&output).starts_with("error: "), "{arguments:?}: {}", err(&output));
        assert!(!err(&output).contains("panicked"), "{arguments:?}");
    }
}

#[test]
fn an_unknown_name_comes_with_the_nearest() {
    let said = coldstart(&["grade", "conection-outside-handler"]);
    assert!(err(&said).contains("the nearest is `connection-outside-handler`"), "{}", err(&said));
    assert!(!err(&said).contains("invoice-flow"), "one name is enough: {}", err(&said));
    let said = coldstart(&["grade", "zebra"]);
    assert!(err(&said).contains("no exercise `zebra`; the nearest of ") && err(&said).len() < 250, "{}", err(&said));
    let said = coldstart(&["sim", "sparse-apy"]);
    assert!(err(&said).contains("the nearest is `sparse-api`"), "{}", err(&said));
    let said = coldstart(&["sim", "sparse-api", "--set", "traffic.rate_per_sec=1"]);
    assert!(err(&said).contains("rate_per_s"), "{}", err(&said));
}

#[test]
fn a_page_is_printed_at_the_width_asked_for_without_escape_codes() {
    for width in [40, 72, 120] {
        let output = coldstart(&["read", "cold-start", "--width", &width.to_string()]);
        assert!(output.status.success());
        let text = out(&output);
        assert!(text.contains("cold start") && !text.contains('\u{1b}'));
        let widest = text.lines().map(unicode_width::UnicodeWidthStr::width).max();
        assert!(widest <= Some(width.max(60)), "{width}: {widest:?}");
    }
}

#[test]
fn where_links_lead_is_printed_below_a_page_and_a_page_is_printed_in_words() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("page.md");
    let text = "# T\n\nSee [the site of the example](https://example.org/a), <https://example.org/b>, [here](#t)[^1].\n\n[^1]: N\n";
    std::fs::write(&file, text).expect("a page");
    let file = file.to_str().expect("a path in UTF-8");
    let printed = coldstart(&["read", file, "--width", "30"]);
    let links = out(&printed).split_once("\nLinks\n").expect("the links below the page").1;
    assert_eq!(links, "  the site of the example:\n  https://example.org/a\n");
    let words = coldstart(&["read", file, "--plain"]);
    assert!(
        out(&words).contains("See the site of the example (https://example.org/a), https://example.org/b, here[1].")
    );
    let addresses: Vec<_> = json(&["read", file, "--format", "json"])["links"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|link| (link["text"].to_string(), link["target"].to_string()))
        .collect();
    let quoted = |text: &str| format!("\"{text}\"");
    let site = (quoted("the site of the example"), quoted("https://example.org/a"));
    assert_eq!(addresses, [site, (quoted("https://example.org/b"), quoted("https://example.org/b"))]);
}

#[test]
fn a_file_without_a_word_is_said_to_be_one() {
    for text in ["", "\n \n"] {
        let (_folder, name) = file("empty.md", text.as_bytes());
        let read = coldstart(&["read", &name]);
        assert_eq!((read.status.code(), out(&read).trim()), (Some(0), ""));
        assert_eq!(err(&read), format!("note: {name}: there is nothing in it\n"));
    }
}

#[test]
fn the_glossary_is_printed_whole_or_by_word() {
    let all = coldstart(&["read", "--glossary"]);
    assert!(out(&all).contains("cold start\n    The wait of a request") && out(&all).contains("webhook"));
    assert!(out(&coldstart(&["read", "--glossary", "webhook"])).starts_with("webhook\n    A request that another"));
    let said = coldstart(&["read", "--glossary", "coldstart"]);
    assert_eq!(said.status.code(), Some(2));
    assert!(err(&said).contains("the nearest is `cold start`"), "{}", err(&said));
    assert_eq!(coldstart(&["read", "--glossary", "coldstart", "--format", "json"]).status.code(), Some(2));
    let terms = json(&["read", "--glossary", "--format", "json"]);
    assert!(terms.as_array().is_some_and(|terms| terms.iter().all(|term| term["says"].is_string())));
}

#[test]
fn colour_is_written_when_asked_for_only() {
    assert!(!out(&coldstart(&["read", "1"])).contains('\u{1b}'));
    assert!(out(&coldstart(&["read", "1", "--color", "always"])).contains('\u{1b}'));
}

#[test]
fn a_closed_pipe_is_silent() {
    let command = format!("'{}' read cold-start --width 60 | head -n 2", env!("CARGO_BIN_EXE_coldstart"));
    let data = tempfile::tempdir().expect("a folder for the test");
    let output = Command::new("bash")
        .args(["-c", &format!("set -o pipefail; {command}")])
        .env("XDG_DATA_HOME", data.path())
        .output()
        .expect("a shell");
    assert!(output.status.success(), "{:?} {}", output.status, err(&output));
    assert_eq!(err(&output), "");
}

#[test]
fn a_file_with_control_characters_reaches_nobody_raw() {
    let (_folder, path) = file(
        "evil.md",
        "# Hi \u{1b}]0;owned\u{7}\n\n\u{202e}gnp.exe \u{9b}31m\r\n\n```js\n\u{1b}[2J\n```\n".as_bytes(),
    );
    for extra in [&[] as &[&str], &["--color", "always"], &["--format", "json"]] {
        let output = coldstart(&[&["read", path.as_str()], extra].concat());
        assert!(output.status.success());
        let text = out(&output);
        for hostile in ["\u{1b}]", "\u{1b}[2J", "\u{7}", "\u{202e}", "\u{9b}"] {
            assert!(!text.contains(hostile), "{hostile:?} {extra:?}");
        }
    }
}

#[test]
fn huge_and_strange_files_are_read_or_refused_in_time() {
    let long = "word ".repeat(2_000_000);
    let nested = (0..100_000).map(|depth| " ".repeat((depth % 400) * 2) + "- x\n").collect::<String>();
    let quotes = ">".repeat(100_000) + " deep\n";
    for (name, bytes) in [
        ("long.md", long.as_bytes()),
        ("nested.md", nested.as_bytes()),
        ("quotes.md", quotes.as_bytes()),
        ("binary.md", b"\x00\x01\xff\xfe\x80 text"),
        ("empty.md", b""),
    ] {
        let (_folder, path) = file(name, bytes);
        let output = coldstart(&["read", &path]);
        assert!(output.status.success(), "{name}: {}", err(&output));
        assert!(!err(&output).contains("panicked"), "{name}");
    }
}

#[test]
fn a_simulation_gives_the_contracts_fields_and_the_same_bytes_again() {
    let report = json(&["sim", "sparse-api", "--format", "json", "--seed", "7"]);
    for path in [
        "/requests",
        "/completed",
        "/throttled",
        "/timed_out",
        "/cold_starts",
        "/cold_ratio",
        "/latency_ms/mean",
        "/latency_ms/p50",
        "/latency_ms/p90",
        "/latency_ms/p95",
        "/latency_ms/p99",
        "/latency_ms/max",
        "/instances/mean",
        "/instances/mean_running",
        "/instances/mean_idle",
        "/instances/max",
        "/cost_usd/total",
        "/seed",
        "/simulated_s",
    ] {
        assert!(report.pointer(path).is_some_and(Value::is_number), "{path} in {report:#}");
    }
    assert_eq!(report["seed"], 7);
    let first = coldstart(&["sim", "sparse-api", "--format", "json", "--seed", "7"]);
    let second = coldstart(&["sim", "sparse-api", "--format", "json", "--seed", "7"]);
    assert_eq!(first.stdout, second.stdout);
    let other = json(&["sim", "sparse-api", "--format", "json", "--seed", "8"]);
    assert_ne!(report, other);
}

#[test]
fn a_runs_code_makes_the_same_run_everywhere() {
    let by_code = coldstart(&["sim", "sparse-api:k60:s7", "--format", "json"]);
    let by_options =
        coldstart(&["sim", "sparse-api", "--set", "platform.keep_alive.s=60", "--seed", "7", "--format", "json"]);
    assert!(by_code.status.success(), "{}", err(&by_code));
    assert_eq!(out(&by_code), out(&by_options));
}

#[test]
fn a_sweep_has_a_row_for_each_value_and_a_comparison_says_what_differs() {
    let swept = coldstart(&["sim", "sparse-api", "--sweep", "platform.keep_alive.s=0..60:20", "--format", "csv"]);
    let firsts: Vec<&str> = out(&swept).lines().filter_map(|line| line.split(',').next()).collect();
    assert_eq!(firsts, ["platform.keep_alive.s", "0", "20", "40", "60"]);
    let compared = json(&["sim", "--compare", "sparse-api", "sparse-api:k60", "--format", "json"]);
    assert!(compared["explanation"].as_str().is_some_and(|text| text.contains("cold")), "{compared:#}");
    assert_eq!(compared["runs"].as_array().map(Vec::len), Some(2));
}

#[test]
fn series_and_trace_tell_the_same_run() {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let path = folder.path().join("trace.jsonl");
    let series = coldstart(&["sim", "sparse-api", "--series", "--format", "csv", "--trace", &path.to_string_lossy()]);
    let sum: u64 = out(&series).lines().skip(1).filter_map(|line| line.split(',').nth(1)?.parse::<u64>().ok()).sum();
    let lines = std::fs::read_to_string(&path).expect("a trace");
    assert_eq!(lines.lines().count() as u64, sum);
    assert!(lines.lines().all(|line| serde_json::from_str::<Value>(line).is_ok_and(|it| it["latency_ms"].is_number())));
}

#[test]
fn traffic_of_ones_own_is_simulated_or_refused_with_its_line() {
    let (_folder, path) = file("mine.csv", b"minute,requests\n0,3\n1,0\n2,7\n");
    let report = json(&["sim", "sparse-api", "--traffic", &path, "--format", "json"]);
    assert_eq!(report["requests"], 10);
    assert!(report["simulated_s"].as_f64().is_some_and(|seconds| seconds > 120.0), "{report:#}");
    let (_folder, path) = file("azure.csv", b"HashFunction,Trigger,1,2,3\na,http,1,2,3\nb,timer,4,5,6\n");
    assert_eq!(json(&["sim", "sparse-api", "--traffic", &path, "--function", "1", "--format", "json"])["requests"], 15);
    for (text, said) in [
        ("minute,requests\n0,3\n2,7\n", "mine.csv:3: minute 1 is due"),
        ("seconds,requests\n0,3\n", "mine.csv:1: `seconds,requests` names no minutes"),
        ("minute,requests\n0,many\n", "mine.csv:2: `many` in minute 0"),
        ("minute,requests\n0,0\n", "mine.csv: a trace without a single request"),
    ] {
        let (_folder, path) = file("mine.csv", text.as_bytes());
        let refused = coldstart(&["sim", "sparse-api", "--traffic", &path]);
        assert_eq!(refused.status.code(), Some(2), "{text}");
        assert!(err(&refused).starts_with("error: ") && err(&refused).contains(said), "{text}: {}", err(&refused));
    }
}

#[test]
fn a_diagram_is_drawn_as_text_as_a_picture_and_as_data() {
    let (_folder, path) = file("flow.mmd", b"graph LR\nA[One] -- goes to --> B[Two]\n");
    let text = coldstart(&["diagram", &path, "--width", "60"]);
    assert!(out(&text).contains("One") && out(&text).contains("goes to") && out(&text).contains('▶'), "{}", out(&text));
    let svg = coldstart(&["diagram", &path, "--format", "svg"]);
    assert!(out(&svg).starts_with("<svg"));
    let data = json(&["diagram", &path, "--format", "json"]);
    assert_eq!((data["nodes"].as_array().map(Vec::len), data["edges"].as_array().map(Vec::len)), (Some(2), Some(1)));
}

#[test]
fn setting_a_value_changes_the_run() {
    let long = json(&["sim", "sparse-api", "--format", "json", "--set", "platform.keep_alive.s=36000"]);
    let short = json(&["sim", "sparse-api", "--format", "json", "--set", "platform.keep_alive.s=1"]);
    let ratio = |report: &Value| report["cold_ratio"].as_f64().expect("a number");
    assert!(ratio(&short) > ratio(&long), "{} {}", ratio(&short), ratio(&long));
}

#[test]
fn an_answer_is_graded_with_evidence_at_its_bytes() {
    let answer = "Ünïcode first. The connection is reused while the environment stays warm.";
    let verdict = grade("connection-outside-handler", answer);
    assert_eq!(verdict["exercise"], "connection-outside-handler");
    for field in ["score", "max", "fraction"] {
        assert!(verdict[field].is_number(), "{field}");
    }
    assert!(verdict["needs_review"].is_boolean() && verdict["feedback"].is_string());
    let items = verdict["items"].as_array().expect("items");
    assert_eq!(
        items.iter().map(|item| item["id"].as_str().unwrap_or_default()).collect::<Vec<_>>(),
        ["runs-once", "reused-while-warm", "warm-invocations", "first-still-pays"]
    );
    let reused = &items[1];
    assert_eq!(reused["status"], "made", "{verdict:#}");
    let evidence = &reused["evidence"][0];
    let (start, end) =
        (evidence["start"].as_u64().expect("start") as usize, evidence["end"].as_u64().expect("end") as usize);
    assert_eq!(&answer[start..end], evidence["text"].as_str().expect("text"));
}

#[test]
fn answers_that_say_nothing_earn_nothing() {
    let keywords = "code outside handler runs once environment initialised reused warm connection consecutive warm invocations cold start initialisation";
    let question = "Explain why declaring the database connection outside the handler improves performance, and in what type of invocations it is noticeable.";
    for answer in ["", "   \n", "I don't know", "handler", keywords, question] {
        let verdict = grade("connection-outside-handler", answer);
        assert_eq!(verdict["score"], 0.0, "{answer:?}: {verdict:#}");
    }
}

#[test]
fn a_missing_answer_ends_with_1() {
    assert_eq!(coldstart(&["grade", "invoice-flow", "-"]).status.code(), Some(1));
}

#[test]
fn the_built_in_course_has_no_problem() {
    let output = coldstart(&["check"]);
    assert!(output.status.success(), "{}", out(&output));
    assert!(out(&output).contains("no problem"));
    let checked = json(&["check", "--format", "json"]);
    assert!(checked["pages"].as_u64() >= Some(10) && checked["problems"].as_array().is_some_and(Vec::is_empty));
}

#[test]
fn slips_in_a_course_are_told_with_file_and_line_and_do_not_stop_it() {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let page = "+++\nformat = 1\ntitle = \"T\"\nminutes = 1\ngoals = [\"x\"]\n+++\n# T\n\n```exercise\nnone\n```\n\n[x](nowhere.md)\n";
    for (path, text) in [
        (
            "lessons/course.toml",
            "format = 1\ntitle = \"C\"\n[[module]]\ntitle = \"M\"\nlessons = [{ title = \"S\", folder = \"s\" }]\n",
        ),
        ("lessons/s/01-a.md", page),
        ("exercises/bad.toml", "format = 1\nkind = \"choice\"\n"),
        ("lessons/s/scenarios/bad.toml", "format = 1\ntitle = \"B\"\n[traffic]\nkind = \"poisson\"\nrate_per_s = -4\n"),
    ] {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        std::fs::write(path, text).expect("written");
    }
    let path = folder.path().to_string_lossy().into_owned();
    let checked = coldstart(&["check", &path]);
    assert_eq!(checked.status.code(), Some(1));
    for said in
        ["lessons/s/01-a.md:10: ", "lessons/s/01-a.md:13: ", "exercises/bad.toml", "lessons/s/scenarios/bad.toml:5: "]
    {
        assert!(out(&checked).contains(said), "{said} in:\n{}", out(&checked));
    }
    let read = coldstart(&["--course", &path, "read", "1"]);
    assert!(read.status.success() && out(&read).contains("no exercise `none`"), "{}", out(&read));
}

#[test]
fn progress_is_shown_exported_and_reset() {
    let data = tempfile::tempdir().expect("a folder for the test");
    let shown = with_input(&["progress"], data.path(), b"");
    assert!(out(&shown).contains("0 of 10 pages read"), "{}", out(&shown));
    let exported = with_input(&["progress", "export"], data.path(), b"");
    let exported: Value = serde_json::from_slice(&exported.stdout).expect("JSON");
    assert_eq!((&exported["format"], exported["attempts"].as_array().map(Vec::len)), (&Value::from(1), Some(0)));
    let csv = with_input(&["progress", "export", "--format", "csv"], data.path(), b"");
    assert!(out(&csv).starts_with("at_ms,kind,subject"));
    assert_eq!(with_input(&["progress", "reset"], data.path(), b"").status.code(), Some(2), "nobody was asked");
    assert_eq!(with_input(&["progress", "reset", "--yes"], data.path(), b"").status.code(), Some(0));
}

#[test]
fn progress_of_a_newer_or_foreign_kind_is_refused_and_left_alone() {
    let data = tempfile::tempdir().expect("a folder for the test");
    let path = data.path().join("progress.db");
    std::fs::write(&path, "my diary, which is no database but long enough to look at").expect("written");
    let refused = with_input(&["progress"], data.path(), b"");
    assert_eq!(refused.status.code(), Some(2));
    assert!(err(&refused).contains("--data"), "{}", err(&refused));
    assert!(std::fs::read_to_string(&path).expect("still there").starts_with("my diary"));
}

#[test]
fn completions_name_the_commands() {
    for shell in ["bash", "zsh", "fish"] {
        let output = coldstart(&["completions", shell]);
        assert!(output.status.success() && out(&output).contains("grade"), "{shell}");
    }
}
