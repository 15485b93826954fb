//! Who may use whom: the table of the house, held against the paths in the source.
//!
//! A guide rather than a wall: change a row when the design changes, with the reason.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A room, and the rooms it may name.
const MAY_USE: [(&str, &[&str]); 16] = [
    // ── leaves: they do not know each other ──
    ("markdown", &[]),
    ("diagram", &[]),
    ("sim", &[]),
    ("grade", &[]),
    // ── trunk ──
    ("course", &["markdown", "diagram", "sim", "grade"]),
    // ── hinge ──
    ("app", &["course", "markdown", "diagram", "sim", "grade"]),
    // ── shell ──
    // tui names the leaves' roles, to give each its colour.
    ("tui", &["app", "course", "markdown", "diagram", "sim", "grade"]),
    ("content", &["course"]),
    ("store", &["course", "grade"]),
    ("faas", &[]),
    // Code is judged by running it: the one place that knows both an exercise and the platform.
    ("marking", &["course", "grade", "faas"]),
    // A class is a fold over its file, as progress is over attempts; its report is written as `html` writes.
    ("gradebook", &["course", "grade", "content", "store", "marking", "html"]),
    ("html", &["course", "markdown", "diagram", "sim", "grade"]),
    // A session has the learner's progress, or the class that is marked.
    // It runs functions for screens that know only what they asked for, and loads the grammars after the first frame,
    // which is `markdown`'s business.
    ("session", &["app", "tui", "content", "store", "gradebook", "marking", "faas", "course", "markdown", "sim"]),
    (
        "cli",
        &[
            "app",
            "tui",
            "content",
            "store",
            "gradebook",
            "session",
            "marking",
            "faas",
            "html",
            "course",
            "markdown",
            "diagram",
            "sim",
            "grade",
        ],
    ),
    // An environment of the platform is this program started anew.
    ("main", &["cli", "faas"]),
];

/// A large dependency, and the rooms that may name it.
const LIVES_IN: [(&str, &[&str]); 18] = [
    ("clap", &["cli"]),
    ("clap_complete", &["cli"]),
    ("clap_mangen", &["cli"]),
    ("ratatui", &["tui", "session", "cli"]),
    ("crossterm", &["session", "cli"]),
    ("font8x8", &["app"]),
    ("ratatui_textarea", &["app", "tui"]),
    ("rusqlite", &["store"]),
    ("postgres", &["store"]),
    ("pulldown_cmark", &["markdown"]),
    ("syntect", &["markdown"]),
    ("include_dir", &["content"]),
    ("rquickjs", &["faas"]),
    ("serde_saphyr", &["faas"]),
    ("httparse", &["faas"]),
    ("compact_str", &["grade"]),
    ("notify", &["session"]),
    ("nix", &["faas", "session"]),
];

/// What a room never does, as it would be written.
const ABSENT: [(&[&str], &[&str]); 2] = [
    (
        &["markdown", "diagram", "sim", "grade", "course"],
        &["std::fs", "std::net", "std::process", "std::env", "SystemTime", "Instant::now", "println!"],
    ),
    (&["app"], &["std::fs", "std::io", "std::net", "std::process", "std::env", "std::thread", "std::time", "rusqlite"]),
];

struct Source {
    path: PathBuf,
    room: String,
    /// The lines that are not comments, with the module of unit tests cut off.
    code: String,
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut folders = vec![root.clone()];
    let mut sources = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("src can be read").flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let inside = path.strip_prefix(&root).expect("found below src");
            let first = inside.iter().next().expect("a file has a name").to_string_lossy();
            let room = first.trim_end_matches(".rs").to_owned();
            if room == "lib" || path.extension().is_none_or(|it| it != "rs") {
                continue;
            }
            let text = std::fs::read_to_string(&path).expect("a source file is text");
            let tested = text.split("\n#[cfg(test)]\nmod tests").next().unwrap_or_default();
            let code =
                tested.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
            sources.push(Source { path: inside.to_owned(), room, code });
        }
    }
    assert!(sources.len() > 30, "the source files were not found");
    sources
}

/// The first names after `prefix` in `code`: `crate::app::…` gives app, `crate::{app, tui::…}` gives both.
fn named_after(code: &str, prefix: &str) -> Vec<String> {
    let word = |text: &str| text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    let mut names = Vec::new();
    for (at, _) in code.match_indices(prefix) {
        let before = code[..at].chars().next_back();
        if before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':') {
            continue;
        }
        let rest = &code[at + prefix.len()..];
        match rest.strip_prefix('{') {
            None => names.push(word(rest)),
            Some(group) => {
                let mut depth = 0;
                let mut fresh = true;
                for (at, c) in group.char_indices() {
                    match c {
                        '{' => depth += 1,
                        '}' if depth == 0 => break,
                        '}' => depth -= 1,
                        ',' if depth == 0 => fresh = true,
                        c if fresh && depth == 0 && !c.is_whitespace() => {
                            names.push(word(&group[at..]));
                            fresh = false;
                        }
                        _ => {}
                    }
                }
            }
        }
    }
    names
}

#[test]
fn rooms_use_only_the_rooms_below_them() {
    let table: BTreeMap<&str, &[&str]> = MAY_USE.into_iter().collect();
    let mut trespasses = Vec::new();
    for source in sources() {
        let allowed = table
            .get(source.room.as_str())
            .unwrap_or_else(|| panic!("{} is in a room the table does not name", source.path.display()));
        for name in named_after(&source.code, "crate::") {
            if table.contains_key(name.as_str()) && name != source.room && !allowed.contains(&name.as_str()) {
                trespasses.push(format!("{} uses {name}", source.path.display()));
            }
        }
    }
    assert_eq!(trespasses, Vec::<String>::new());
}

#[test]
fn each_large_dependency_lives_in_its_rooms() {
    let mut trespasses = Vec::new();
    for source in sources() {
        for (dependency, rooms) in LIVES_IN {
            let path = format!("{dependency}::");
            let used = source.code.match_indices(&path).any(|(at, _)| {
                !source.code[..at].chars().next_back().is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':')
            });
            if used && !rooms.contains(&source.room.as_str()) {
                trespasses.push(format!("{} uses {dependency}", source.path.display()));
            }
        }
    }
    assert_eq!(trespasses, Vec::<String>::new());
}

#[test]
fn pure_rooms_do_not_touch_the_world() {
    let mut trespasses = Vec::new();
    for source in sources() {
        for (rooms, words) in ABSENT {
            if rooms.contains(&source.room.as_str()) {
                let found = words.iter().filter(|word| source.code.contains(**word));
                trespasses.extend(found.map(|word| format!("{} says {word}", source.path.display())));
            }
        }
    }
    assert_eq!(trespasses, Vec::<String>::new());
}

#[test]
fn paths_in_groups_are_seen() {
    assert_eq!(named_after("use crate::{app::{Model, x}, tui};\ncrate::sim::run", "crate::"), ["app", "tui", "sim"]);
    assert_eq!(named_after("othercrate::x", "crate::"), Vec::<String>::new());
}
