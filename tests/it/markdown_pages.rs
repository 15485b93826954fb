//! Pages of Markdown as the reader shows them: each feature in a small example, then what holds for every page.
#![allow(clippy::needless_raw_string_hashes, clippy::needless_pass_by_value, reason = "as expect-test wants it")]

use coldstart::markdown::{self, Callout, Document, Line, Listing, Role, Token, Wrapped};
use expect_test::{Expect, expect};
use proptest::prelude::{Strategy, any, prop, proptest};
use unicode_width::UnicodeWidthStr;

fn wrap(source: &str, width_cols: u16) -> Wrapped {
    markdown::wrap(&markdown::parse(source), width_cols, &["sim"])
}

fn text(wrapped: &Wrapped) -> String {
    wrapped.lines.iter().map(|line| line.text() + "\n").collect()
}

/// What a page looks like, without its roles.
fn check(source: &str, width_cols: u16, expected: Expect) {
    expected.assert_eq(&text(&wrap(source, width_cols)));
}

/// The roles of a page, span by span.
fn check_roles(source: &str, expected: Expect) {
    let mut shown = String::new();
    for line in wrap(source, 60).lines {
        for span in line.spans {
            let style =
                [(span.style.strong, " strong"), (span.style.emphasis, " emphasis"), (span.style.strike, " strike")];
            let style: String = style.into_iter().filter(|(on, _)| *on).map(|(_, name)| name).collect();
            shown.extend([format!("{:?} {:?}", span.text, span.role), style, "\n".to_owned()]);
        }
    }
    expected.assert_eq(&shown);
}

fn check_problems(source: &str, expected: &[(u32, &str)]) {
    let problems = markdown::parse(source).problems;
    let said: Vec<(u32, &str)> = problems.iter().map(|problem| (problem.line, problem.message.as_str())).collect();
    assert_eq!(said, expected, "{source}");
}

#[test]
fn headings_have_space_around_and_show_their_level() {
    check(
        "# One\nText.\n## Two\n### Three\nText.\n#### Four\n",
        40,
        expect![[r#"
        One
        ━━━

        Text.

        Two
        ───

        › Three

        Text.

        ›› Four
    "#]],
    );
}

#[test]
fn paragraphs_break_between_words_and_long_words_between_letters() {
    check(
        "The platform finds\na place.\\\nHard break. https://example.org/a/very/long/address\n",
        20,
        expect![[r#"
        The platform finds a
        place.
        Hard break.
        https://example.org/
        a/very/long/address
    "#]],
    );
}

#[test]
fn wide_and_combining_characters_count_as_the_terminal_draws_them() {
    check(
        "日本語のテキスト、改行「できます」。 x\u{301}x\u{301}x\u{301}x\u{301}x\u{301} 👩‍🔬👩‍🔬👩‍🔬\n",
        10,
        expect![[r#"
            日本語のテ
            キスト、改
            行「できま
            す」。
            x́x́x́x́x́ 👩‍🔬👩‍🔬
            👩‍🔬
        "#]],
    );
}

#[test]
fn lists_have_markers_and_hang() {
    check(
        "- one\n- two is long enough to wrap\n  - nested\n    1. deeper\n- [ ] to do\n- [x] done\n\n9. nine\n10. ten\n",
        24,
        expect![[r#"
            • one
            • two is long enough to
              wrap
              ◦ nested
                1. deeper
            ☐ to do
            ☑ done

             9. nine
            10. ten
        "#]],
    );
}

#[test]
fn a_loose_list_has_gaps_and_an_empty_item_its_marker() {
    check(
        "- one\n\n- two\n\n  more of two\n\n-\n",
        24,
        expect![[r#"
        • one

        • two

          more of two

        •
    "#]],
    );
}

#[test]
fn markers_without_room_begin_the_text() {
    check(
        "- a\n  - b\n    - - [ ] c\n\n1. > > quoted\n\n- ```\n  x\n  ```\n\n[^a-long-label]: Note.\n\n    - item\n",
        8,
        expect![[r#"
            • a
              ◦ b
                ▪ ☐
                c

            1. quote
               d

            • x

                [a-
                long
                -
                labe
                l]
                Note
                .

                •
                item
        "#]],
    );
}

#[test]
fn absurdly_deep_levels_look_the_same() {
    let levels: String = (0..40).map(|depth| "  ".repeat(depth) + "- x\n").collect();
    check_problems(&levels, &[(33, "nested more than 32 levels deep: from here on all levels look the same")]);
    let wrapped = wrap(&levels, 80);
    let deepest = [32, 33, 40].map(|line| wrapped.lines[line - 1].text());
    assert_eq!(deepest[0].trim_start().chars().next(), Some('◦'));
    assert_eq!([deepest[1].find('x'), deepest[2].find('x')], [deepest[0].find('x'); 2]);
}

#[test]
fn quotes_have_a_bar_on_every_line() {
    check(
        "> A quote long enough to wrap.\n>\n> > Nested.\n> > - item\n\nAfter.\n",
        20,
        expect![[r#"
        ▎ A quote long
        ▎ enough to wrap.
        ▎
        ▎ ▎ Nested.
        ▎ ▎
        ▎ ▎ • item

        After.
    "#]],
    );
}

#[test]
fn callouts_have_their_title_or_the_authors() {
    check(
        "> [!WARNING]\n> Costs.\n>\n> More.\n\n> [!surprising] Not *so* cold\n> Text.\n\n> [!TIP]\n",
        30,
        expect![[r#"
            ▎ Warning
            ▎ Costs.
            ▎
            ▎ More.

            ▎ Surprising: Not so cold
            ▎ Text.

            ▎ Tip
        "#]],
    );
}

#[test]
fn code_blocks_keep_every_byte() {
    check(
        "```js title\nconst answer = 42; // why not\n\n\tif (a)\tb();\n```\n\n    indented\n",
        24,
        expect![[r#"
        ┌ js title
        │ const answer = 42; //
        │ ↪ why not
        │
        │     if (a)  b();

        │ indented
    "#]],
    );
}

#[test]
fn tables_share_the_width() {
    let table = "| Factor | Why it matters | ms |\n|---|:-:|--:|\n\
                 | Language | How long its runtime needs to load, and what it does at the start | 120 |\n\
                 | Size | More bytes to fetch | 9 |\n";
    check(
        table,
        80,
        expect![[r#"
        Factor   │                         Why it matters                          │  ms
        ━━━━━━━━━┿━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┿━━━━
        Language │   How long its runtime needs to load, and what it does at the   │ 120
                 │                              start                              │
        ─────────┼─────────────────────────────────────────────────────────────────┼────
        Size     │                       More bytes to fetch                       │   9
    "#]],
    );
    check(
        table,
        44,
        expect![[r#"
        Factor   │       Why it matters        │  ms
        ━━━━━━━━━┿━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┿━━━━
        Language │ How long its runtime needs  │ 120
                 │  to load, and what it does  │
                 │        at the start         │
        ─────────┼─────────────────────────────┼────
        Size     │     More bytes to fetch     │   9
    "#]],
    );
    check(
        table,
        18,
        expect![[r#"
        Factor: Language
        Why it matters:
        How long its
        runtime needs to
        load, and what it
        does at the start
        ms: 120
        ────────────
        Factor: Size
        Why it matters:
        More bytes to
        fetch
        ms: 9
    "#]],
    );
}

#[test]
fn a_short_table_has_no_rules_between_its_rows() {
    check(
        "|a|b|\n|-|-|\n|1|2|\n|3||\n",
        20,
        expect![[r#"
        a │ b
        ━━┿━━
        1 │ 2
        3 │
    "#]],
    );
}

#[test]
fn cells_beyond_the_head_are_kept_and_said() {
    let table = "|a|b|\n|-|-|\n|1|2|three|four|\n";
    check(
        table,
        30,
        expect![[r#"
        a │ b
        ━━┿━━━━━━━━━━━━━
        1 │ 2 three|four
    "#]],
    );
    check_problems(table, &[(3, "this row has more cells than the head of its table: `three|four`")]);
}

#[test]
fn footnotes_definitions_images_and_html_are_shown() {
    check(
        "Said.[^why] ![A drawing](a.png) ![](b.png) [](c) H<sub>2</sub>O <!-- unseen -->\n\n\
         [^why]: Because it is so, as everybody says.\n\n\
         Term\n: What it means.\n: What else it means.\n\nOther\n: Means more.\n\n<div>\nraw\n</div>\n\n---\n",
        40,
        expect![[r#"
            Said.[why] ▣ A drawing ▣ b.png c
            H<sub>2</sub>O

            [why] Because it is so, as everybody
                  says.

            Term
                What it means.
                What else it means.

            Other
                Means more.

            <div>
            raw
            </div>

            ────────────────────────────────────────
        "#]],
    );
}

#[test]
fn roles_say_what_each_span_is() {
    check_roles(
        "# Cold *start*\n\n**Bold `code`** [link *it*](u \"title\") <kbd>Ctrl</kbd> ~~gone~~<br><i>x</i>\n\n\
         - [x] done\n\n> [!NOTE]\n> > text\n\n|h|\n|-|\n|c|\n",
        expect![[r#"
            "Cold " Heading(1)
            "start" Heading(1) emphasis
            "━━━━━━━━━━" Heading(1)
            "Bold " Text strong
            "code" Code strong
            " " Text
            "link " Link
            "it" Link emphasis
            " (title)" Muted
            " " Text
            "[Ctrl]" Key
            " " Text
            "gone" Text strike
            "<i>" Muted
            "x" Text
            "</i>" Muted
            "☑ " Marker
            "done" Text
            "▎ " CalloutBar(Note)
            "Note" CalloutTitle(Note)
            "▎ " CalloutBar(Note)
            "▎ " Bar
            "text" Text
            "h" TableHead
            "━" TableBorder
            "c" Text
        "#]],
    );
    check_roles(
        "```js\nconst a = \"b\"; // c\nf(1)\n```\n",
        expect![[r#"
        "┌ js" SourceBar
        "│ " SourceBar
        "const" Source(Keyword)
        " " Source(Plain)
        "a" Source(Name)
        " " Source(Plain)
        "=" Source(Punctuation)
        " " Source(Plain)
        "\"b\"" Source(Text)
        ";" Source(Punctuation)
        " " Source(Plain)
        "// c" Source(Comment)
        "│ " SourceBar
        "f" Source(Function)
        "(" Source(Plain)
        "1" Source(Number)
        ")" Source(Plain)
    "#]],
    );
}

#[test]
fn the_languages_of_the_course_are_coloured() {
    for (language, keyword_or_name) in
        [("js", "const a"), ("yaml", "a: 1"), ("json", "{\"a\": 1}"), ("toml", "a = 1"), ("sh", "ls | wc")]
    {
        let wrapped = wrap(&format!("```{language}\n{keyword_or_name}\n```\n"), 40);
        let is_coloured = |role| matches!(role, Role::Source(token) if token != Token::Plain);
        assert!(wrapped.lines[1].spans.iter().any(|span| is_coloured(span.role)), "{language}: {:?}", wrapped.lines[1]);
    }
}

#[test]
fn a_fence_that_responds_is_a_slot() {
    let wrapped = wrap("```sim\nbody\n```\n\nText.\n\n- item\n\n  ```sim\n  ```\n\nEnd.\n\n```sim\n```\n", 30);
    let slots: Vec<_> =
        wrapped.slots.iter().map(|it| (it.line_index, it.source_line, it.width_cols, it.indent_cols)).collect();
    assert_eq!(text(&wrapped), "\nText.\n\n• item\n\n\nEnd.\n\n");
    assert_eq!(slots, [(0, 1, 30, 0), (5, 9, 28, 2), (8, 14, 30, 0)]);
    assert!(wrapped.codes.is_empty());
}

#[test]
fn a_link_over_several_lines_is_where_it_begins() {
    let wrapped = wrap("one [two three](x)\n", 8);
    assert_eq!((wrapped.links[0].line_index, wrapped.lines.len()), (0, 2));
}

#[test]
fn links_and_code_know_their_lines() {
    let wrapped = wrap("[a](one)\n\n```js\nx\n```\n\n|h|\n|-|\n|[b](two)|\n\n![](three)\n", 30);
    let links: Vec<_> =
        wrapped.links.iter().map(|link| (wrapped.lines[link.line_index].text(), link.target.as_str())).collect();
    let wanted = [("a", "one"), ("b", "two"), ("▣ three", "three")];
    assert_eq!(links, wanted.map(|(line, target)| (line.to_owned(), target)));
    assert_eq!((wrapped.codes[0].lines.clone(), wrapped.codes[0].text.as_str()), (2..4, "x\n"));
}

#[test]
fn a_document_tells_its_fences_comments_and_headings() {
    let document = markdown::parse(
        "# A `b`\n\n<!-- one\ntwo -->\nraw <!-- three -->\n\n- x\n\n  ~~~sim fast\n  body\n\n  ~~~\n\n    code\n",
    );
    let fences: Vec<_> = document.fences().map(|it| (&*it.language, &*it.label, &*it.body, it.source_line)).collect();
    assert_eq!(fences, [("sim", "sim fast", "body\n\n", 9)]);
    assert_eq!(document.comments(), [(3, " one\ntwo ".to_owned()), (5, " three ".to_owned())]);
    assert_eq!(document.headings(), [(1, "A b".to_owned(), 1)]);
}

#[test]
fn slips_are_said_with_their_line() {
    check_problems(
        "a\n\n> [!NOTES]\n> b\n",
        &[(3, "no callout `NOTES`; there are NOTE, TIP, IMPORTANT, WARNING, CAUTION, SURPRISING")],
    );
    check_problems("a\n\n```js\nx\n", &[(3, "this code block is never closed: end it with a line of the same fence")]);
    check_problems("```js\nx\n```y\n", &[(1, "this code block is never closed: end it with a line of the same fence")]);
    check_problems("> ```js\n> x\n> ```\n\n- ~~~\n  ```\n  ~~~\n", &[]);
    check_problems("a\n\n<!-- b\n\nc\n", &[(3, "this comment is never closed: end it with `-->`")]);
    check_problems(
        "[a][b] [c] [d]\n\n[d]: e\n",
        &[(1, "no link is named `b`: add a line `[b]: address`, or put code between backticks")],
    );
    check_problems(
        "a[^a] `[^b]` \\[^c] [^ d] [^e *f*\n\n*g[^h]*[^]\n\n[^a]: b\n",
        &[(3, "there is no footnote `h`: add a line `[^h]: what it says`, or put it between backticks")],
    );
    check(
        "<!-- never\nclosed\n",
        30,
        expect![[r#"
        <!-- never
        closed
    "#]],
    );
}

#[test]
fn no_control_character_gets_through() {
    let source = "a&#27;[31mb&#x202e;c `\u{1b}` [l](<\u{9b}> \"\u{7}\")\n\n```j\u{1b}s\n\u{1b}]0;x\n```\n\n<b \u{1b}>\n\n[^\u{1b}]: x\n";
    let wrapped = wrap(source, 40);
    let targets: String = wrapped.links.iter().map(|link| link.target.as_str()).collect();
    let shown = text(&wrapped) + &targets + &wrapped.codes[0].text;
    assert!(!shown.contains(|c: char| (c.is_control() && c != '\n') || c == '\u{202e}'), "{shown:?}");
    assert!(shown.contains("a␛[31mb<U+202E>c ␛ l (␇)"), "{shown}");
}

#[test]
fn callouts_of_each_kind_have_a_bar_of_their_own() {
    for (name, callout) in [("NOTE", Callout::Note), ("IMPORTANT", Callout::Important), ("CAUTION", Callout::Caution)] {
        let wrapped = wrap(&format!("> [!{name}]\n> text\n"), 30);
        assert_eq!(wrapped.lines[0].spans[0].role, Role::CalloutBar(callout));
        assert_eq!(wrapped.lines[0].spans[1].role, Role::CalloutTitle(callout));
    }
}

#[test]
fn absurd_pages_are_wrapped_too() {
    let n = 20_000;
    let pages = [
        "- ".repeat(5 * n) + "text\n" + &"lazy\n".repeat(1_000),
        ">".repeat(5 * n) + "text\n" + &"lazy\n".repeat(1_000),
        "1. ".repeat(5 * n) + "text",
        (0..900).map(|depth| "  ".repeat(depth) + "- text\n").collect(),
        "*text ".repeat(n) + &"text* ".repeat(n),
        "![".repeat(n) + "text" + &"](a)".repeat(n),
        "[text](".repeat(n),
        "<kbd>text".repeat(n),
        "[^text]: ".repeat(n),
        "|text".repeat(500) + "\n" + &"|-".repeat(500) + "\n" + &"|b\n".repeat(100),
        "```js\n".to_owned() + &"text(".repeat(n),
        "text".to_owned() + &"\u{301}".repeat(n),
        "\0\u{1b}text".repeat(n),
    ];
    for page in &pages {
        for width_cols in [1, 80] {
            let wrapped = wrap(page, width_cols);
            let letters = text(&wrapped).replace(|c: char| !c.is_ascii_lowercase(), "");
            assert!(letters.contains("text"), "{width_cols} {}", &page[..8]);
            check_lines(&wrapped, page, width_cols);
        }
    }
}

#[test]
fn what_follows_a_table_with_too_many_cells_comes_after_it() {
    let table = "|h".repeat(3_000) + "\n" + &"|-".repeat(3_000) + "\n" + &"|b\n".repeat(100) + "\nend\n";
    let wrapped = wrap(&table, 80);
    check_lines(&wrapped, &table, 80);
    assert_eq!(wrapped.lines.last().map(markdown::Line::text).as_deref(), Some("end"));
}

/// What holds for each line of every page.
fn check_lines(wrapped: &Wrapped, source: &str, width_cols: u16) {
    let n_source_lines = source.split('\n').count() as u32;
    let mut source_line = 1;
    for line in &wrapped.lines {
        let cols: usize = line.spans.iter().map(|span| span.text.width()).sum();
        assert!(cols <= usize::from(width_cols), "{cols} columns of {width_cols}: {:?}", line.text());
        assert!(!line.text().contains(char::is_control), "{:?}", line.text());
        if line.source_line == 0 {
            assert!(line.spans.iter().all(|span| matches!(span.role, Role::Bar | Role::CalloutBar(_) | Role::Text)));
            assert!(!line.text().contains(char::is_alphanumeric), "{:?}", line.text());
        } else {
            assert!((source_line..=n_source_lines).contains(&line.source_line), "{line:?} after line {source_line}");
            source_line = line.source_line;
        }
    }
    for slot in &wrapped.slots {
        assert!(slot.line_index <= wrapped.lines.len() && slot.width_cols >= 1);
        assert_eq!(slot.width_cols + slot.indent_cols, width_cols);
    }
    assert!(wrapped.links.iter().all(|link| link.line_index < wrapped.lines.len()));
    let document = markdown::parse(source);
    let mut links = wrapped.lines.iter().flat_map(|line| &line.spans).filter_map(|span| span.link);
    assert!(links.all(|link| link < document.links.len()));
    assert_eq!(lines_in_parts(&document, width_cols), wrapped.lines);
}

/// The lines of a document that is set in parts, a few leaves at a time, or a hundredth of very many.
fn lines_in_parts(document: &Document, width_cols: u16) -> Vec<Line> {
    let n_leaves = 2.max(document.leaves.len() / 100);
    let mut lines = Vec::new();
    let mut part = document.part(0, n_leaves);
    while !part.is_empty() {
        lines.extend(markdown::wrap_part(document, part.clone(), width_cols, &["sim"], Listing::default()).lines);
        part = document.part(part.end, n_leaves);
    }
    lines
}

/// A page of pieces that matter to Markdown, in any order.
fn pages() -> impl Strategy<Value = String> {
    let pieces = [
        "word ",
        "longerword ",
        "x",
        "\n",
        "\n\n",
        "  ",
        "    ",
        "\t",
        "- ",
        "1. ",
        "> ",
        "# ",
        "### ",
        "* ",
        "*",
        "**",
        "`",
        "``",
        "~~",
        "[",
        "]",
        "(",
        ")",
        "](a)",
        "![",
        "[^a]",
        "[^a]: ",
        "|",
        "|-|-|\n",
        "|a|b|\n|-|-|\n",
        ": ",
        "---\n",
        "```\n",
        "```js\n",
        "```sim\n",
        "~~~\n",
        "<kbd>",
        "</kbd>",
        "<br>",
        "<!-- ",
        "-->",
        "<div>\n",
        "\\",
        "&#27;",
        "&nbsp;",
        "- [x] ",
        "> [!NOTE]\n",
        "日本",
        "é",
        "👩‍🔬",
        "\u{200b}",
        "http://a.b ",
        "<http://a.b>",
        "\r\n",
        "\0",
    ];
    prop::collection::vec(prop::sample::select(pieces.to_vec()), 0..60).prop_map(|pieces| pieces.concat())
}

/// A page whose words are all different, to be found again, and the words.
fn pages_of_words() -> impl Strategy<Value = (String, Vec<String>)> {
    let forms = [
        "W W W\nW **W** _W_ ~~W~~ `W` [W](a) ![W](b)\n\n",
        "# W W\n\n### W\n\n",
        "- W W W\n- W\n  1. W\n\n     W\n\n",
        "> W W\n> > W\n\n",
        "> [!NOTE] W\n> W\n\n",
        "| W | W | W |\n|---|:-:|--:|\n| W W W W W W W | W | `W` W |\n| W | W | W | W |\n\n",
        "```js\nW(W, \"W\");\n```\n\n",
        "    W W\n\n",
        "W\n: W W\n: W\n\n",
        "<div>W</div>\n\n",
        "<kbd>W</kbd> <i>W</i>[^a]\n\n[^a]: W\n\n",
        "- [x] W\n\n---\n\n",
    ];
    prop::collection::vec(prop::sample::select(forms.to_vec()), 1..8).prop_map(|forms| {
        let mut words = Vec::new();
        let mut page = String::new();
        for letter in forms.concat().chars() {
            if letter == 'W' {
                let word = format!("w{}q", words.len());
                page.push_str(&word);
                words.push(word);
            } else {
                page.push(letter);
            }
        }
        (page, words)
    })
}

proptest! {
    #[test]
    fn no_line_is_wider_than_the_page(page in pages(), width_cols in 0u16..100) {
        check_lines(&wrap(&page, width_cols), &page, width_cols.max(1));
    }

    #[test]
    fn any_text_is_a_page(page in any::<String>(), width_cols in 1u16..40) {
        check_lines(&wrap(&page, width_cols), &page, width_cols);
    }

    #[test]
    fn every_word_is_shown((page, words) in pages_of_words(), width_cols in 24u16..120) {
        let shown = text(&wrap(&page, width_cols));
        for word in words {
            assert!(shown.contains(&word), "{word} of\n{page}\nat {width_cols}:\n{shown}");
        }
    }

    #[test]
    fn every_letter_is_shown_however_narrow((page, words) in pages_of_words(), width_cols in 1u16..24) {
        let shown = text(&wrap(&page, width_cols));
        let count = |text: &str| text.matches(|c: char| c.is_ascii_digit() || c == 'q').count();
        assert!(count(&shown) >= count(&words.concat()), "{page}\nat {width_cols}:\n{shown}");
    }
}
