//! What helps while reading: the words of the course, notes of one's own, links by number, footnotes.

use coldstart::app::{Action, Screen, Size};
use coldstart::course::{Deed, learned};
use coldstart::tui::{Theme, view};
use ratatui::Terminal;
use ratatui::backend::TestBackend;

use crate::learner::{Learner, USUAL};

/// Column and row on the screen at which `text` begins.
fn place_of(learner: &Learner, text: &str) -> (u16, u16) {
    let screen = learner.screen();
    let (row, line) = screen.lines().enumerate().find(|(_, line)| line.contains(text)).expect("it is on the screen");
    let col = line.split(text).next().expect("it has a beginning").chars().count();
    (col as u16, row as u16)
}

#[test]
fn a_word_is_looked_up_and_the_page_that_teaches_it_is_one_key_away() {
    for size in [Size { cols: 60, rows: 20 }, USUAL, Size { cols: 200, rows: 50 }] {
        let mut learner = Learner::new(size);
        // It opens on the first term of the screen, and on another as one types.
        learner.press(":4<enter>w").sees("Words of the course").sees("The wait of a request").sees("Enter: page 4");
        learner.press("queue").sees("Keeps messages until").press("<enter>").sees(" 3/10");
        // Where one was is one key back.
        learner.press("[").sees(" 4/10").press("wzzzz").sees("No term of the course has these words");
        learner.press("<esc>").sees(" 4/10");
    }
}

#[test]
fn a_term_of_a_page_answers_to_a_click() {
    let mut learner = Learner::new(USUAL);
    learner.press(":4<enter>");
    while !learner.screen().contains("warm start.") {
        learner.press("j");
    }
    let (col, row) = place_of(&learner, "warm start.");
    learner.act(Action::Click(col + 2, row)).sees("straight to the handler").sees("Enter: page 4");
    let mut learner = learner.reopen();
    learner.press("w").act(Action::Resize(Size { cols: 60, rows: 20 })).sees("Words of the course");
}

#[test]
fn from_the_map_one_goes_to_a_page_by_number_by_word_and_by_search() {
    let mut learner = Learner::new(USUAL);
    let mut from_map = |keys: &str| {
        while !matches!(learner.model.screen(), Screen::Home(_)) {
            learner.press("<esc>");
        }
        learner.press(keys).screen()
    };
    assert!(from_map(":7<enter>").contains(" 7/10"));
    assert!(from_map(":cold-start<enter>").contains(" 4/10"));
    assert!(from_map(":99<enter>").contains("There is no page `99`"));
    assert!(from_map("/webhook<enter>").contains("webhook · 1 of"));
    assert!(from_map("wwebhook<enter>").contains(" 7/10"));
    assert!(from_map("/zzzz<enter>").contains("Nowhere in this course"));
}

fn notes(learner: &Learner) -> Vec<String> {
    let deeds = learner.attempts().into_iter().map(|attempt| attempt.deed);
    deeds.filter_map(|deed| if let Deed::Noted { text, .. } = deed { Some(text) } else { None }).collect()
}

#[test]
fn a_note_on_a_line_is_written_seen_listed_changed_and_taken_off() {
    for size in [Size { cols: 60, rows: 20 }, USUAL, Size { cols: 200, rows: 50 }] {
        let mut learner = Learner::new(size);
        learner.press(":4<enter>a").sees("Choose the line").press("<down><enter>").sees("Your note on this line");
        learner.press("ask Ada<esc>").sees("Note kept").sees("✎");
        // Beside the text where there is room, and on the chosen line everywhere.
        assert_eq!(learner.screen().contains("ask Ada"), size.cols == 200);
        learner.press("a<down>").sees("ask Ada").press("<esc>");
        let mut learner = learner.reopen();
        learner.press("tada").sees("✎ ask Ada").press("<enter>").sees(" 4/10").sees("✎");
        learner.press("a<enter>").press(" again<f5>");
        assert_eq!(notes(&learner), ["ask Ada", "ask Ada again"], "{size:?}");
        let text = learned::learned(&learner.model.course, &learner.model.progress);
        assert!(text.contains("- “A function has rested since yesterday.") && text.contains("\n\n  ask Ada again\n"));
        learner.press("ax").sees("Note taken off").press("<esc>");
        assert!(!learner.screen().contains('✎'), "{}", learner.screen());
        assert_eq!(notes(&learner).len(), 3);
    }
}

#[test]
fn a_note_outlives_a_killed_program_and_is_kept_by_every_way_to_leave_it() {
    let mut learner = Learner::new(USUAL);
    learner.press("a<enter>half a th");
    // As a draft: the program ends here without a word.
    let mut learner = learner.reopen();
    assert_eq!(notes(&learner), [""; 0]);
    learner.press("a<enter>").sees("half a th").press("ought<c-c>");
    assert!(learner.has_quit);
    assert_eq!(notes(&learner), ["half a thought"]);
    // What is opened and left as it was is no new deed.
    let mut learner = learner.reopen();
    learner.press("a<enter>").sees("half a thought").press("<esc>");
    assert_eq!(notes(&learner).len(), 1);
}

#[test]
fn a_bookmark_stands_on_any_line() {
    let mut learner = Learner::new(USUAL);
    learner.press(":4<enter>a<down>m").sees("Bookmark set").sees("★");
    assert!(!learner.screen().lines().nth(1).expect("a first line").contains('★'));
    learner.press("x").sees("Bookmark taken off");
}

/// Scrolls down until `text` is on the screen.
fn scroll_to<'a>(learner: &'a mut Learner, text: &str) -> &'a mut Learner {
    for _ in 0..500 {
        if learner.screen().contains(text) {
            return learner;
        }
        learner.press("j");
    }
    panic!("`{text}` is not on this page")
}

#[test]
fn all_that_responds_opens_by_its_number() {
    for size in [Size { cols: 60, rows: 20 }, USUAL, Size { cols: 200, rows: 50 }] {
        let mut learner = Learner::new(size);
        learner.press(":9<enter>");
        scroll_to(&mut learner, "the two versions");
        let numbered = |learner: &Learner| match learner.model.screen() {
            Screen::Page(reader) => reader.numbered().len(),
            _ => 0,
        };
        let n = numbered(&learner);
        assert!(n > 0, "{size:?}");
        learner.press("f").sees(&format!("1 to {n}"));
        // Of the numbers on the screen one stands before the link.
        let screen = learner.screen();
        let before = screen.split("the two versions").next().expect("before it").trim_end_matches(' ');
        let number: String = before.chars().rev().take_while(char::is_ascii_digit).collect();
        let number: String = number.chars().rev().collect();
        learner.press(&number);
        // Another digit could have followed.
        if number.parse::<usize>().expect("a number") * 10 <= n {
            learner.press("<enter>");
        }
        learner.sees(" 6/10").press("[").sees(" 9/10");
        learner
            .press("f999")
            .sees("There is no number 9")
            .press("<enter>")
            .sees(" 9/10")
            .press("0")
            .sees("no number 0");
        learner.press("x<esc>").sees(" 9/10");
    }
}

#[test]
fn a_footnote_is_one_key_away_and_the_text_one_key_back() {
    let mut learner = Learner::new(USUAL);
    learner.press(":4<enter>");
    scroll_to(&mut learner, "[idle]");
    let top = |learner: &Learner| match learner.model.screen() {
        Screen::Page(reader) => reader.top,
        _ => 0,
    };
    for _ in 0..20 {
        learner.press("<tab>");
        let Screen::Page(reader) = learner.model.screen() else { panic!("not on the page") };
        let thing = &reader.laid.things[reader.focus.expect("something has the focus")];
        if reader.laid.rows[thing.rows.start].text().contains("[idle]") {
            break;
        }
    }
    let here = top(&learner);
    learner.press("<enter>").sees("[idle] Measurements published");
    // Near the end of a page the note cannot stand at the top: it is pointed out, until the next key.
    learner.sees("▸ [idle]").press("k");
    assert!(!learner.screen().contains('▸'), "{}", learner.screen());
    learner.press("[").sees("[idle]");
    assert!(top(&learner).abs_diff(here) < USUAL.rows.into(), "{} {here}", top(&learner));
}

#[test]
fn addresses_are_for_the_terminal_to_open_where_it_can_and_words_stay_in_their_cells() {
    let size = Size { cols: 80, rows: 24 };
    let mut terminal = Terminal::new(TestBackend::new(size.cols, size.rows)).expect("a screen of cells");
    let text =
        "+++\nformat = 1\ntitle = \"T\"\n+++\n# T\n\nSee [the site](<https://example.org/x y>) and [here](#t).\n";
    let files = coldstart::course::Files::from([("lessons/s/01-a.md".to_owned(), text.to_owned())]);
    let mut learner = Learner::new(size);
    learner.act(Action::CourseRead(coldstart::course::Course::assemble(&files).into())).press("<esc><enter>");
    let mut painted = |hyperlinks: bool| {
        let theme = Theme { hyperlinks, ..Theme::PLAIN };
        terminal.draw(|frame| view(&learner.model, &theme, frame)).expect("drawn");
        let cells = terminal.backend().buffer().content();
        cells.iter().map(|cell| cell.symbol().to_owned()).collect::<Vec<_>>()
    };
    let (bare, linked) = (painted(false), painted(true));
    assert_eq!(bare.len(), linked.len());
    let changed: Vec<(&String, &String)> = bare.iter().zip(&linked).filter(|(bare, linked)| bare != linked).collect();
    let words: String = changed.iter().map(|(bare, _)| bare.as_str()).collect();
    assert_eq!(words, "the site");
    for (bare, linked) in changed {
        assert_eq!(
            *linked,
            format!("\u{1b}]8;id=coldstart-0;https://example.org/x%20y\u{1b}\\{bare}\u{1b}]8;;\u{1b}\\")
        );
    }
}

/// The pages that count as read.
fn pages_read(learner: &Learner) -> usize {
    learner.attempts().iter().filter(|attempt| matches!(attempt.deed, Deed::PageRead { .. })).count()
}

#[test]
fn what_a_jump_passed_over_is_not_read_and_esc_takes_the_jump_back() {
    let mut learner = Learner::new(USUAL);
    learner.press("<tab>");
    let footnote = |learner: &Learner| match learner.model.screen() {
        Screen::Page(reader) => reader.focus.is_some_and(|focus| {
            let thing = &reader.laid.things[focus];
            reader.laid.rows[thing.rows.start].text().contains("[price]")
        }),
        _ => false,
    };
    for _ in 0..30 {
        if footnote(&learner) {
            break;
        }
        learner.press("<tab>");
    }
    let before = learner.screen();
    learner.press("<enter>").sees("back where you were");
    assert!(learner.screen() != before && pages_read(&learner) == 0);
    // Once back, what is read to its end counts.
    learner.press("<esc>").sees(" 1/10");
    assert_eq!(pages_read(&learner), 0);
    learner.press("g");
    for _ in 0..40 {
        learner.press(" ");
    }
    assert_eq!(pages_read(&learner), 1);
    // A turned page is no jump: Esc leads to the map.
    learner.press("n").sees(" 2/10").press("<esc>").sees("pages read");
}

#[test]
fn who_reads_on_has_the_keys_of_the_page_again() {
    let mut learner = Learner::new(USUAL);
    learner.press(":4<enter><tab>").sees("with Tab on it, Enter");
    let focus = |learner: &Learner| match learner.model.screen() {
        Screen::Page(reader) => reader.focus,
        _ => None,
    };
    assert!(focus(&learner).is_some());
    learner.press("j");
    assert_eq!(focus(&learner), None);
    learner.press("g<tab><enter>").sees("Your guess").press("<esc>").sees(" 4/10");
    // Back from the lab Space reads on.
    assert_eq!(focus(&learner), None);
}

#[test]
fn a_very_long_page_is_on_screen_before_its_end_is_laid_out() {
    let section =
        |n: usize| format!("## Part {n}\n\nSome words, and [a link](https://example.org/{n}).\n\n- one\n- two\n\n");
    let page: String = (1..=2_000).map(section).collect();
    let rows = |learner: &Learner| match learner.model.screen() {
        Screen::Page(reader) => reader.laid.rows.clone(),
        _ => Vec::new(),
    };
    let open = || {
        let mut learner = Learner::reading(&[&format!("# Long\n\n{page}")], USUAL);
        learner.sees("Part 1").sees(" 0 %");
        assert!(rows(&learner).len() < 2_000, "{} rows before the first frame", rows(&learner).len());
        learner
    };
    // Left alone, it comes to its end between the keys, and then nothing moves.
    let mut left_alone = open();
    left_alone.wait_ms(60_000);
    assert_eq!(left_alone.model.wants_tick_ms(), None);
    let whole = rows(&left_alone);
    assert!(whole.iter().any(|row| row.text() == "Part 2000"));
    // What must know the whole page has it at once, and it is the same page.
    for (keys, wanted) in [("G", "Part 2000"), ("/Part 1999<enter>", "Part 1999"), ("<s-tab>", "a link")] {
        let mut hasty = open();
        hasty.press(keys).sees(wanted);
        assert!(rows(&hasty) == whole, "{keys}");
    }
    // Who scrolls on meets no end that is none.
    let mut scrolling = open();
    for _ in 0..100 {
        scrolling.press(" ");
    }
    scrolling.sees("Part 2");
    assert!(rows(&scrolling).len() < whole.len());
    // One comes back to the same place, however far down it is.
    let before = open().press("/Part 1500<enter><esc>").screen();
    let place = |screen: &str| screen.lines().skip(1).take(10).map(str::to_owned).collect::<Vec<_>>();
    let mut reader = open();
    reader.press("/Part 1500<enter><esc>").act(Action::Resize(Size { cols: 80, rows: 30 }));
    reader.act(Action::Resize(USUAL));
    assert_eq!(place(&reader.screen()), place(&before));
}

#[test]
fn numbers_hide_no_letter_of_what_they_name_or_of_what_stands_before() {
    let page =
        "# Title\n\n([alpha](https://a.example)/[beta](https://b.example)), then [gamma](https://c.example) ends.\n";
    let mut learner = Learner::reading(&[page], USUAL);
    learner.press("f").sees("(1alpha/2beta), then3gamma ends.").press("<esc>").sees("(alpha/beta), then gamma ends.");
}
