//! Files of strangers, each with a trick: it is named in the report, does no harm, and the rest goes on.

use std::fs;
use std::io::{Cursor, Write};
use std::path::Path;
use std::process::Command;

use coldstart::gradebook::queue;
use serde_json::Value;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::room::{Room, zip};

const EXERCISE: &str = "connection-outside-handler";

#[test]
fn a_hostile_zip_is_named_and_does_no_harm() {
    let room = Room::new();
    let bomb = vec![b'a'; 8 * 1024 * 1024];
    let inner = zip(&[("a.txt", b"x")]);
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let files: [(&str, &[u8]); 7] = [
        ("anne.txt", b"it stays warm"),
        ("../../evil.txt", b"out"),
        ("/etc/evil.txt", b"out"),
        ("bomb.txt", &bomb),
        ("nested.zip", &inner),
        ("\u{1b}[31m\u{202e}red.txt", b"\xff\xfe\x1b[2J"),
        ("program.bin", b"\x00\x01"),
    ];
    for (name, bytes) in files {
        archive.start_file(name, SimpleFileOptions::default()).expect("started");
        archive.write_all(bytes).expect("written");
    }
    archive.add_symlink("link.txt", "/etc/passwd", SimpleFileOptions::default()).expect("added");
    let source = room.write("hostile.zip", archive.finish().expect("finished").into_inner());
    let report = room.import(&[EXERCISE, &source]);
    let lines = report["lines"].to_string();
    for reason in
        ["leads out of the zip", "far more than it holds", "archive", "link", "binary", "control characters", "UTF-8"]
    {
        assert!(lines.contains(reason), "{reason}: {report:#}");
    }
    assert_eq!(report["n_new"], 2, "{report:#}");
    room.ok(&["run"]);
    for command in [&["list", "--names"] as &[&str], &["review", "--list"]] {
        let said = room.ok(command);
        assert!(!said.contains(['\u{1b}', '\u{202e}', '\u{7}']), "{said:?}");
    }
    assert!(!room.folder.path().parent().expect("a parent").join("evil.txt").exists());
    // Any bytes that call themselves a zip.
    for n in [4, 40, 120] {
        let whole = zip(&[("a.txt", b"x"), ("b.txt", b"y")]);
        let source = room.write("cut.zip", &whole[..n]);
        assert_eq!(room.run(&["import", EXERCISE, &source]).status.code(), Some(2), "{n}");
    }
}

#[cfg(unix)]
#[test]
fn links_pipes_and_depths_of_a_folder_are_refused() {
    let room = Room::new();
    room.write("in/anne.txt", "warm");
    room.write("in/1/2/3/4/5/6/7/8/9/deep.txt", "deep");
    std::os::unix::fs::symlink("/etc/passwd", room.path("in/link.txt")).expect("made");
    let made = Command::new("mkfifo").arg(room.path("in/pipe.txt")).status().expect("mkfifo runs");
    assert!(made.success());
    let report = room.import(&[EXERCISE, &room.path("in").to_string_lossy()]);
    assert_eq!((report["n_new"].as_u64(), report["lines"].as_array().map(Vec::len)), (Some(1), Some(3)), "{report:#}");
}

/// The reasons of a report, in one text.
fn reasons(report: &Value) -> String {
    report["lines"].to_string()
}

/// Sets the four bytes at `offset` of each header that begins with `signature`.
fn forge(zip: &mut [u8], signature: &[u8; 4], offset: usize, value: u32) {
    let headers: Vec<usize> = (0..zip.len() - 4).filter(|at| zip[*at..*at + 4] == *signature).collect();
    assert!(!headers.is_empty());
    for at in headers {
        zip[at + offset..at + offset + 4].copy_from_slice(&value.to_le_bytes());
    }
}

const LOCAL: &[u8; 4] = b"PK\x03\x04";
const CENTRAL: &[u8; 4] = b"PK\x01\x02";

#[test]
fn what_a_zip_says_of_its_sizes_is_not_believed() {
    for said_bytes in [10, u32::MAX - 1] {
        let room = Room::new();
        let mut archive = zip(&[("anne.txt", "it stays warm. ".repeat(700_000).as_bytes())]);
        forge(&mut archive, LOCAL, 22, said_bytes);
        forge(&mut archive, CENTRAL, 24, said_bytes);
        let source = room.write("lying.zip", archive);
        let report = room.import(&[EXERCISE, &source]);
        assert!(reasons(&report).contains("only its first 4 MB"), "{said_bytes}: {report:#}");
        let longest = room.class().records.values().map(|it| queue::answer_in_words(it).len()).max();
        assert!(longest.is_some_and(|bytes| bytes <= 64 * 1024), "{said_bytes}: {longest:?}");
    }
}

#[test]
fn devices_and_names_of_other_systems_in_a_zip_lead_nowhere() {
    let room = Room::new();
    let mut archive = zip(&[("a.txt", b"it stays warm")]);
    // A character device, as Unix writes it into the attributes.
    forge(&mut archive, CENTRAL, 38, 0o020_666 << 16);
    let source = room.write("device.zip", archive);
    assert!(reasons(&room.import(&[EXERCISE, &source])).contains("link or device"));
    let names = [r"..\..\evil.txt", r"C:\evil.txt", "C:/evil.txt", r"\\server\share\evil.txt", "a/../../evil.txt"];
    let files: Vec<(&str, &[u8])> = names.iter().map(|name| (*name, b"out" as &[u8])).collect();
    let source = room.write("names.zip", zip(&files));
    let report = room.import(&[EXERCISE, &source]);
    assert_eq!((report["n_new"].as_u64(), report["lines"].as_array().map(Vec::len)), (Some(0), Some(5)), "{report:#}");
}

#[cfg(unix)]
#[test]
fn sockets_devices_and_linked_folders_are_refused_and_named() {
    let room = Room::new();
    room.write("in/anne.txt", "it stays warm");
    let _socket = std::os::unix::net::UnixListener::bind(room.path("in/socket.txt")).expect("bound");
    // A link to a folder above would never end.
    std::os::unix::fs::symlink(room.path("in"), room.path("in/again")).expect("made");
    // Only root makes devices; a link to one is refused for everybody.
    let made = Command::new("mknod").arg(room.path("in/zero.txt")).args(["c", "1", "5"]).status();
    let n_devices = usize::from(made.is_ok_and(|it| it.success()));
    std::os::unix::fs::symlink("/dev/zero", room.path("in/endless.txt")).expect("made");
    let report = room.import(&[EXERCISE, &room.path("in").to_string_lossy()]);
    let n_lines = report["lines"].as_array().map(Vec::len);
    assert_eq!((report["n_new"].as_u64(), n_lines), (Some(1), Some(3 + n_devices)), "{report:#}");
    // Named as a source, a device is refused as well.
    assert_eq!(room.run(&["import", EXERCISE, "/dev/zero"]).status.code(), Some(2));
}

#[cfg(unix)]
#[test]
fn file_names_are_data_and_never_commands_or_paths() {
    let names = [
        "-rf.txt",
        "--pattern.txt",
        "$(touch evil).txt",
        "=cmd|' /C calc'!A0.txt",
        "a\nb.txt",
        "\u{202e}txt.exe.txt",
        "CON.txt",
        "\u{1b}[2J.txt",
    ];
    let room = Room::new();
    for name in names {
        room.write(&format!("in/{name}"), "it stays warm");
    }
    let report = room.import(&[EXERCISE, &room.path("in").to_string_lossy()]);
    assert_eq!(report["n_new"], names.len(), "{report:#}");
    // A line feed, a direction override and an escape: three of them look like something else, and are flagged.
    assert_eq!(report["n_flagged"], 3, "{report:#}");
    room.ok(&["run"]);
    let (feedback, table) = (room.path("feedback"), room.path("marks.csv"));
    room.ok(&["export", "feedback-txt", "--out", &feedback.to_string_lossy()]);
    room.ok(&["export", "wide", "--mode", "spreadsheet", "--out", &table.to_string_lossy()]);
    let written: Vec<_> = fs::read_dir(&feedback).expect("read").flatten().collect();
    assert_eq!(written.len(), names.len());
    let is_harmless = |c: char| c.is_ascii_alphanumeric() || "-_@.".contains(c);
    assert!(written.iter().all(|it| it.file_name().to_string_lossy().chars().all(is_harmless)));
    let table = fs::read_to_string(&table).expect("written");
    assert!(table.contains("\n'=cmd|") && !table.contains(['\u{1b}', '\u{202e}']), "{table}");
    for said in [room.ok(&["list", "--names"]), room.ok(&["explain", "<U+202E>txt.exe", EXERCISE])] {
        assert!(!said.contains(['\u{1b}', '\u{202e}']), "{said}");
    }
    assert!(!room.path("evil").exists() && !Path::new("evil").exists());
}

#[test]
fn long_answers_are_cut_and_the_report_says_so() {
    let room = Room::new();
    let files: [(&str, Vec<u8>); 4] = [
        ("bytes.txt", "warm ".repeat(20_000).into_bytes()),
        ("lines.txt", "warm\n".repeat(5_000).into_bytes()),
        ("latin1.txt", b"it stays warm, caf\xe9".to_vec()),
        ("endless.txt", vec![b'a'; 5 * 1024 * 1024]),
    ];
    for (name, bytes) in files {
        room.write(&format!("in/{name}"), bytes);
    }
    let report = room.import(&[EXERCISE, &room.path("in").to_string_lossy()]);
    let said = reasons(&report);
    assert_eq!((report["n_new"].as_u64(), report["n_flagged"].as_u64()), (Some(4), Some(4)), "{report:#}");
    assert!(said.matches("cut to 2000 lines and 64 KB").count() == 3 && said.contains("not UTF-8"), "{said}");
    let class = room.class();
    let longest = class.records.values().map(|it| queue::answer_in_words(it).len()).max();
    assert_eq!(longest, Some(64 * 1024));
    room.ok(&["run"]);
}
