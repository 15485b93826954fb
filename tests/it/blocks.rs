//! Code and tables that a page has not enough room for: marked, moved in place, opened on the whole screen.

use coldstart::app::{Screen, Size};

use crate::learner::{Learner, USUAL};

const CODE: &str = "# Code\n\n```js {2}\nshort()\nconst answer = await client.query('select everything from the orders \
                    of one customer, newest first', [customer, LAST_WORD])\nend()\n```\n\nWords after it.\n";

fn table() -> String {
    let names = (1..=9).map(|n| format!("Column number {n}")).collect::<Vec<_>>().join(" | ");
    let rule = "|---".repeat(9);
    let row = |r: usize| (1..=9).map(|n| format!("unbreakably-long-{r}-{n}")).collect::<Vec<_>>().join(" | ");
    let rows = (1..=40).map(|r| format!("| {} |", row(r))).collect::<Vec<_>>().join("\n");
    format!("# Table\n\n| {names} |\n{rule}|\n{rows}\n")
}

#[test]
fn long_lines_of_code_are_marked_moved_in_place_and_broken_on_request() {
    let mut learner = Learner::reading(&[CODE], USUAL);
    learner.sees("│ short()").sees("┃ const answer").sees("▸").sees("Shift-→ moves it");
    assert!(!learner.screen().contains("LAST_WORD"));
    learner.press("<s-right><s-right>").sees("LAST_WORD").sees("◂").sees("┌ js").sees("Words after it.");
    learner.press("<s-left><s-left>").sees("┃ const answer");
    learner.press("z").sees("┃ ↪ ").sees("LAST_WORD");
    learner.press("z#").sees("│ 1  short()").sees("┃ 2  const").sees("numbered");
    learner.press("#").sees("│ short()");
}

#[test]
fn a_search_shows_the_part_of_a_long_line_in_which_it_found_something() {
    let mut learner = Learner::reading(&[CODE], USUAL);
    learner.press("/last_word<enter>").sees("LAST_WORD").sees("1 of 1");
}

#[test]
fn tab_and_enter_open_code_full_screen_where_arrows_move_it() {
    let mut learner = Learner::reading(&[CODE], Size { cols: 60, rows: 20 });
    learner.press("<tab><enter>").sees("Code, js").sees("lines 1–3 of 3");
    assert!(!learner.screen().contains("Words after it."));
    for _ in 0..20 {
        learner.press("<right>");
    }
    learner.sees("LAST_WORD])").sees("┃◂");
    learner.press("/short<enter>").sees("│ short()").press("<esc>#").sees("│ 1  short()");
    learner.press("y");
    assert!(learner.copied.as_ref().is_some_and(|text| text.starts_with("short()\nconst")), "{:?}", learner.copied);
    learner.press("<esc>").sees("Words after it.");
}

#[test]
fn a_table_without_room_opens_full_screen_and_its_head_stays() {
    let mut learner = Learner::reading(&[&table()], USUAL);
    // On the page nothing is lost: each row is a block of lines.
    learner.sees("Column number 9: unbreakably-long-1-9");
    learner.press("<tab><enter>").sees("Column number 1 ").sees("unbreakably-long-1-1").sees("▸");
    learner.press("G").sees("Column number 1 ").sees("unbreakably-long-40-1");
    // An arrow goes to the next column.
    learner.press("<right>").sees("◂olumn number 2").press("<left>").sees("Column number 1 ");
    learner.press("/40-9<enter>").sees("unbreakably-long-40-9").sees("Column number 9").sees("1 of 1");
    learner.press("y");
    let copied = learner.copied.clone().unwrap_or_default();
    assert_eq!(copied.lines().nth(1).map(|line| line.split('\t').count()), Some(9), "{copied}");
    learner.press("<esc><esc>");
    assert!(matches!(learner.model.screen(), Screen::Page(_)));
}

#[test]
fn what_has_room_enough_is_no_stop_of_tab() {
    let mut learner = Learner::reading(&["# T\n\n```js\nshort()\n```\n\n| a | b |\n|--|--|\n| 1 | 2 |\n"], USUAL);
    learner.press("<tab>");
    let Screen::Page(reader) = learner.model.screen() else { panic!("not on a page") };
    assert!(reader.laid.things.is_empty(), "{:?}", reader.laid.things);
}
