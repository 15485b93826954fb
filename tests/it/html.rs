//! The course as web pages: well-formed, linked, without anything loaded from elsewhere, whatever an author writes.

use std::collections::{BTreeMap, BTreeSet};

use coldstart::content;
use coldstart::course::{Course, Files};
use coldstart::html::{self, File};

/// An opening tag with its attributes as they are meant, unescaped.
#[derive(Debug)]
struct Tag {
    name: String,
    attributes: BTreeMap<String, String>,
}

/// A page taken apart.
#[derive(Debug, Default)]
struct Parsed {
    tags: Vec<Tag>,
    text: String,
}

const VOID: [&str; 5] = ["meta", "br", "hr", "img", "source"];

/// Reads HTML as strictly as this program writes it: every tag closed in order, every attribute quoted and given once,
/// no `<`, `>` or `&` in text but as an entity.
fn parse(html: &str) -> Result<Parsed, String> {
    let mut parsed = Parsed::default();
    let mut open: Vec<String> = Vec::new();
    let mut rest = html.strip_prefix("<!DOCTYPE html>").ok_or("no doctype")?;
    while let Some((text, after)) = rest.split_once('<') {
        if open.last().is_some_and(|tag| tag == "style") {
            if text.contains("url(") || text.contains("@import") {
                return Err("the style loads something".into());
            }
        } else {
            parsed.text.push_str(&unescaped(text)?);
        }
        let (inside, after) = after.split_once('>').ok_or("a tag is not closed")?;
        rest = after;
        if let Some(name) = inside.strip_prefix('/') {
            let last = open.pop();
            if last.as_deref() != Some(name) {
                return Err(format!("</{name}> closes {last:?} near {:?}", after.get(..80)));
            }
            continue;
        }
        let (inside, is_closed) = inside.strip_suffix('/').map_or((inside, false), |inside| (inside, true));
        let (name, mut attributes) = inside.split_once(' ').unwrap_or((inside, ""));
        if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric()) {
            return Err(format!("no name of a tag: {name:?}"));
        }
        let mut tag = Tag { name: name.to_owned(), attributes: BTreeMap::new() };
        while !attributes.trim().is_empty() {
            let (key, after) = attributes.split_once("=\"").ok_or_else(|| format!("{attributes:?} in <{inside}>"))?;
            let (value, after) = after.split_once('"').ok_or("an attribute is not closed")?;
            if tag.attributes.insert(key.trim().to_owned(), unescaped(value)?).is_some() {
                return Err(format!("{key} twice in <{inside}>"));
            }
            attributes = after;
        }
        if !is_closed && !VOID.contains(&name) {
            open.push(name.to_owned());
        }
        parsed.tags.push(tag);
    }
    parsed.text.push_str(&unescaped(rest)?);
    if open.is_empty() { Ok(parsed) } else { Err(format!("left open: {open:?}")) }
}

fn unescaped(text: &str) -> Result<String, String> {
    if text.contains(['<', '>']) || text.contains(|c: char| c.is_control() && c != '\n' && c != '\t') {
        return Err(format!("not escaped: {text:?}"));
    }
    let mut pieces = text.split('&');
    let mut out = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let entities = [("amp;", '&'), ("lt;", '<'), ("gt;", '>'), ("quot;", '"'), ("#39;", '\'')];
        let (entity, meant) =
            entities.iter().find(|(entity, _)| piece.starts_with(entity)).ok_or_else(|| format!("&{piece}"))?;
        out.push(*meant);
        out.push_str(&piece[entity.len()..]);
    }
    Ok(out)
}

/// The site of `course`, each page taken apart and held against what is promised of every page.
fn site(course: &Course) -> BTreeMap<String, Parsed> {
    let mut pages = BTreeMap::new();
    for File { path, text } in html::site(course) {
        let parsed = parse(&text).unwrap_or_else(|error| panic!("{path}: {error}"));
        assert!(pages.insert(path.clone(), parsed).is_none(), "{path} is written twice");
    }
    for (path, page) in &pages {
        harmless(path, page);
        accessible(path, page);
    }
    linked(&pages);
    pages
}

/// Nothing runs, nothing is loaded.
fn harmless(path: &str, page: &Parsed) {
    for Tag { name, attributes } in &page.tags {
        let forbidden = ["script", "iframe", "object", "embed", "link", "base", "form", "foreignobject", "use"];
        assert!(!forbidden.contains(&name.to_ascii_lowercase().as_str()), "{path}: <{name} {attributes:?}>");
        for (key, value) in attributes {
            assert!(!key.starts_with("on"), "{path}: {key}={value}");
            // Pictures are in the page itself.
            assert!(!key.starts_with("src") || value.starts_with("data:image/svg+xml,"), "{path}: {key}={value}");
            if key.ends_with("href") {
                let scheme = value.split_once(':').map(|(scheme, _)| scheme);
                assert!(name == "a" || value.starts_with('#'), "{path}: <{name} {key}={value}>");
                assert!(matches!(scheme, None | Some("http" | "https" | "mailto")), "{path}: {value}");
            }
        }
    }
}

/// Landmarks, one title, headings without a gap, names for what has none, no name twice.
fn accessible(path: &str, page: &Parsed) {
    let count = |name: &str| page.tags.iter().filter(|tag| tag.name == name).count();
    assert_eq!((count("main"), count("h1"), count("title")), (1, 1, 1), "{path}");
    let mut level = 0;
    for tag in &page.tags {
        if let Some(number) = tag.name.strip_prefix('h').and_then(|number| number.parse::<u32>().ok()) {
            assert!(number <= level + 1, "{path}: <h{number}> after <h{level}>");
            level = number;
        }
    }
    let ids: Vec<&String> = page.tags.iter().filter_map(|tag| tag.attributes.get("id")).collect();
    let unique: BTreeSet<&&String> = ids.iter().collect();
    assert_eq!(ids.len(), unique.len(), "{path}: a name is there twice in {ids:?}");
    for tag in page.tags.iter().filter(|tag| tag.name == "img") {
        assert!(tag.attributes.get("alt").is_some_and(|alt| !alt.is_empty()), "{path}: {tag:?}");
    }
    for tag in page.tags.iter().filter(|tag| tag.name == "svg") {
        let named = tag.attributes.contains_key("aria-label") || tag.attributes.contains_key("aria-labelledby");
        assert!(named && tag.attributes.get("role").is_some_and(|role| role == "img"), "{path}: {tag:?}");
    }
}

/// Every link inside the site leads to a page and a name that are there, and every page can be reached from the first.
fn linked(pages: &BTreeMap<String, Parsed>) {
    let mut reached = BTreeSet::from(["index.html".to_owned()]);
    let mut ahead = vec!["index.html".to_owned()];
    while let Some(path) = ahead.pop() {
        for address in pages[&path].tags.iter().filter(|tag| tag.name == "a").map(|tag| &tag.attributes["href"]) {
            if address.contains(':') {
                continue;
            }
            let (file, name) = address.split_once('#').unwrap_or((address, ""));
            let target = if file.is_empty() { path.clone() } else { joined(&path, &percent_decoded(file)) };
            let page = pages.get(&target).unwrap_or_else(|| panic!("{path} links to {address}: no {target}"));
            let name = percent_decoded(name);
            let is_there = name.is_empty() || page.tags.iter().any(|tag| tag.attributes.get("id") == Some(&name));
            assert!(is_there, "{path} links to {address}: no such name there");
            if reached.insert(target.clone()) {
                ahead.push(target);
            }
        }
    }
    assert_eq!(reached.iter().collect::<Vec<_>>(), pages.keys().collect::<Vec<_>>());
}

fn joined(from: &str, to: &str) -> String {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in to.split('/') {
        if part == ".." {
            parts.pop();
        } else {
            parts.push(part);
        }
    }
    parts.join("/")
}

fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digits: String = rest.by_ref().take(2).map(char::from).collect();
            bytes.push(u8::from_str_radix(&digits, 16).expect("two digits"));
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).expect("addresses are UTF-8")
}

/// A course of the given pages and an exercise of each kind.
fn course(pages: &[(&str, &str)], word: &str) -> Course {
    let quoted = serde_json::to_string(word).expect("a string");
    let mut files = Files::new();
    let lesson = format!("title = {quoted}, folder = \"a & <b> 50%#?\"");
    let outline = format!(
        "format = 1\ntitle = {quoted}\nabout = {quoted}\n[[module]]\ntitle = {quoted}\nlessons = [{{ {lesson} }}, {{ title = {quoted} }}]\n"
    );
    files.insert("lessons/course.toml".into(), outline);
    for (name, text) in pages {
        files.insert(format!("lessons/a & <b> 50%#?/{name}.md"), (*text).to_owned());
    }
    let common =
        format!("format = 1\ntitle = {quoted}\nprompt = {quoted}\nhints = [{quoted}, {quoted}]\nsolution = {quoted}\n");
    for (name, rest) in [
        ("text", format!("kind = \"text\"\n[[item]]\nid = \"i\"\npoints = 1.0\nlabel = {quoted}\nneed = [\"x\"]\n")),
        (
            "choice",
            format!(
                "kind = \"choice\"\n[[option]]\ntext = {quoted}\nright = true\nwhy = {quoted}\n[[option]]\ntext = \"b\"\n"
            ),
        ),
        ("order", format!("kind = \"order\"\nsteps = [{quoted}, \"b\", \"c\"]\n")),
        ("number", format!("kind = \"number\"\nvalue = 1.5\ntolerance = 0.5\nunit = {quoted}\n")),
    ] {
        files.insert(format!("exercises/{name}.toml"), format!("{common}{rest}"));
    }
    let scenario = format!("title = {quoted}\ntraffic.rate_per_s = 1\nrun.requests = 50\n");
    files.insert("lessons/s/scenarios/run.toml".into(), scenario);
    Course::assemble(&files)
}

#[test]
fn the_courses_pages_are_sound_linked_and_load_nothing() {
    let course = content::open(None).expect("the built-in course");
    let pages = site(&course);
    // The map, the pages, the glossary.
    assert_eq!(pages.len(), 1 + course.pages().count() + 1);
    let terms = pages["serverless/04-cold-start.html"].tags.iter().filter_map(|tag| tag.attributes.get("href"));
    assert!(terms.into_iter().any(|to| to == "../glossary.html#cold-start"));
    for (page, after) in course.pages().zip(course.pages().skip(1)) {
        let leads = |from: &str, rel: &str, to: &str| {
            let link = pages[from].tags.iter().find(|tag| tag.attributes.get("rel").is_some_and(|it| it == rel));
            assert_eq!(link.map(|link| joined(from, &link.attributes["href"])).as_deref(), Some(to), "{from}: {rel}");
        };
        let (here, there) = (format!("{}.html", page.id), format!("{}.html", after.id));
        leads(&here, "next", &there);
        leads(&there, "prev", &here);
    }
    let index = &pages["index.html"].text;
    for module in &course.modules {
        assert!(index.contains(&module.title), "{}", module.title);
        for entry in &module.lessons {
            assert!(index.contains(&entry.title), "{}", entry.title);
        }
    }
}

#[test]
fn exercises_keep_their_solutions_folded_and_simulations_show_their_run() {
    let course = content::open(None).expect("the built-in course");
    let pages: BTreeMap<String, String> = html::site(&course).map(|file| (file.path, file.text)).collect();
    for page in course.pages() {
        let text = &pages[&format!("{}.html", page.id)];
        let shown = |what: &str| text.matches(what).count();
        let n_exercises = page.exercises().count();
        assert_eq!(shown("<summary>Solution</summary>"), n_exercises, "{}", page.id);
        assert_eq!(shown("<section class=\"card exercise\""), n_exercises, "{}", page.id);
        assert!(!text.contains("<details open"), "{}", page.id);
        assert_eq!(shown("<section class=\"card simulation\""), shown("<figure class=\"plot\">"), "{}", page.id);
    }
    let cold = &pages["serverless/04-cold-start.html"];
    assert!(cold.contains("class=\"cold\"") && cold.contains("class=\"warm\"") && cold.contains("▲\u{a0}cold start"));
}

#[test]
fn hostile_words_stay_words_wherever_they_stand() {
    for word in [
        "</title></style></script><script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "' onmouseover='alert(1)",
        "&lt;b&gt; &amp; &#x3c;i&#x3e; <!-- x --> ]]> <![CDATA[",
        "\u{0} \u{1b}[31m \u{202e} \u{9b} \u{fffe}",
        "[x](javascript:alert(1)) [y](javascript://x/%0aalert(1)) <svg onload=alert(1)> <kbd onclick=x>k</kbd>",
    ] {
        let page = format!(
            "+++\nformat = 1\ntitle = {quoted}\ngoals = [{quoted}]\nminutes = 1\n+++\n# {line}\n\n{line}\n\n## {line}\n\n> [!NOTE] {line}\n> {line}\n\n\
             - {line}\n  1. {line}\n\n| {line} | b |\n|:-:|--:|\n| {line} | `{line}` |\n\n```js {line}\n{line}\n```\n\n\
             ```mermaid\ngraph LR\nA[\"{line}\"] -- \"{line}\" --> B[\"b\"]\n```\n\n```mermaid\n{line}\n```\n\n{line}[^1] ![{line}](x.png \"{line}\") \
             [{line}](http://example.org/{line})\n\n[^1]: {line}\n\n[^1]: {line}\n\n```exercise\ntext\n```\n```exercise\nchoice\n```\n```exercise\norder\n```\n\
             ```exercise\nnumber\n```\n```exercise\n{line}\n```\n```sim\nscenario = \"run\"\n[predict]\nask = {quoted}\nof = \"cold_ratio\"\n\
             unit = {quoted}\ntolerance = 1\nwhy = {quoted}\n```\n",
            quoted = serde_json::to_string(word).expect("a string"),
            line = word,
        );
        let pages = site(&course(&[("01-one", &page), ("02-two", "# Two\n\n[back](01-one.md)\n")], word));
        assert_eq!(pages.len(), 3, "{word}");
    }
}

#[test]
fn every_kind_of_block_has_its_element() {
    let text = "# T\n\nTerm\n: What it means.\n\n> quoted **strong** *soft* ~~gone~~ `code` <kbd>Esc</kbd>\n\n1. one\n2. two\n   - [x] done\n   - [ ] open\n\n\
                | a | b |\n|--|--:|\n| 1 | 2 |\n\n```js {numbers 1}\nconst a = 1;\n```\n\nA note[^n], again[^n].  \nNext line\n\n---\n\n[^n]: The note.\n";
    let course = course(&[("01-one", text)], "plain");
    let page = html::site(&course).nth(1).expect("the page").text;
    for expected in [
        "<dl><dt><strong>Term</strong></dt>",
        "<dd><p>What it means.</p>",
        "<blockquote><p>quoted <strong>strong</strong> <em>soft</em> <del>gone</del> <code>code</code> <kbd>Esc</kbd></p>",
        "<ol><li><p>one</p>\n</li><li><p>two</p>\n<ul><li class=\"task\"><span class=\"box\" role=\"img\" aria-label=\"Done: \">☑</span><p>done</p>",
        "<thead><tr><th scope=\"col\">a</th><th class=\"right\" scope=\"col\">b</th></tr>",
        "<tbody><tr><td>1</td><td class=\"right\">2</td></tr>",
        "<figcaption>js</figcaption>",
        "<mark><span class=\"nr\" data-nr=\"1\"></span><span class=\"keyword\">const</span> a ",
        "note<sup><a href=\"#part.1.note.1\" role=\"doc-noteref\" aria-label=\"Note 1\" id=\"part.1.mark.1\">1</a></sup>, again<sup><a href=\"#part.1.note.1\" role=\"doc-noteref\" aria-label=\"Note 1\">1</a></sup>.<br>Next line",
        "<hr>",
        "<li value=\"1\" id=\"part.1.note.1\"><p>The note.</p>\n<a href=\"#part.1.mark.1\" role=\"doc-backlink\"",
    ] {
        assert!(page.contains(expected), "{expected}\nis not in\n{page}");
    }
}

#[test]
fn the_command_writes_the_site_and_overwrites_nobodys_files() {
    let folder = tempfile::tempdir().expect("a folder");
    let export = |to: &str| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_coldstart"));
        let output = command.args(["export", "--html"]).arg(folder.path().join(to)).output().expect("it runs");
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    assert_eq!(export("new/site").0, Some(0));
    assert!(folder.path().join("new/site/serverless/04-cold-start.html").is_file());
    assert_eq!(export("new/site").0, Some(0), "an earlier export is renewed");
    std::fs::create_dir(folder.path().join("theirs")).expect("a folder");
    std::fs::write(folder.path().join("theirs/index.html"), "mine").expect("a file");
    let (code, said) = export("theirs");
    assert!(code == Some(2) && said.contains("holds other files"), "{said}");
    assert_eq!(std::fs::read_to_string(folder.path().join("theirs/index.html")).expect("a file"), "mine");
}

#[test]
fn absurd_nesting_and_length_are_written_in_time() {
    let deep = format!("{}x\n", "> - ".repeat(20_000));
    let long = "- *a* [b](#x)\n\n| a |\n|--|\n| b |\n\n".repeat(5_000);
    let part = |n: u32| format!("## Part {n}\n\n[there](#part-{n})[^{n}]\n\n[^{n}]: x\n\n");
    let linked: String = (0..5_000).map(part).collect();
    let course = course(&[("01-deep", &deep), ("02-long", &long), ("03-linked", &linked)], "plain");
    let begun = std::time::Instant::now();
    let n_bytes: usize = html::site(&course).map(|file| file.text.len()).sum();
    assert!(n_bytes > 1_000_000);
    // What grows with the square of the length takes a minute.
    assert!(begun.elapsed().as_secs() < 10, "{:?}", begun.elapsed());
}
