//! An exercise's file with a phrase more in an item's `say`: what a teacher highlights is learned.
//!
//! Text in, text out. Comments, order and blanks of the author's stay as they are. Absent: reading and writing files.

use serde::Deserialize;
use toml::Spanned;

use crate::course::nearest_hint;

/// A phrase longer than this is an answer, not a way to say one point.
const MAX_PHRASE_CHARS: usize = 400;

#[derive(Deserialize)]
struct FileToml {
    #[serde(default)]
    item: Vec<ItemToml>,
}

#[derive(Deserialize)]
struct ItemToml {
    id: Spanned<String>,
    say: Option<Spanned<Vec<Spanned<String>>>>,
}

/// The text of an exercise's file with `phrase` as the last sentence of the item's `say`; or why that cannot be.
pub fn with_phrase(file: &str, item: &str, phrase: &str) -> Result<String, String> {
    let phrase = phrase.split_whitespace().collect::<Vec<_>>().join(" ");
    if phrase.is_empty() || phrase.chars().count() > MAX_PHRASE_CHARS || phrase.chars().any(char::is_control) {
        return Err(format!(
            "the phrase should be one sentence or a part of one, of at most {MAX_PHRASE_CHARS} letters"
        ));
    }
    let read: FileToml =
        toml::from_str(file).map_err(|error| format!("the file cannot be read: {}", error.message()))?;
    let Some(found) = read.item.iter().find(|it| it.id.get_ref() == item) else {
        let near = nearest_hint(item, read.item.iter().map(|it| it.id.get_ref().as_str()));
        return Err(format!("it has no item `{item}`{near}"));
    };
    let quoted = toml::Value::String(phrase.clone()).to_string();
    let Some(say) = &found.say else {
        // Behind the line of the item's id.
        let end = file[found.id.span().end..].find('\n').map_or(file.len(), |at| found.id.span().end + at);
        return Ok(format!("{}\nsay = [{quoted}]{}", &file[..end], &file[end..]));
    };
    if say.get_ref().iter().any(|it| it.get_ref().eq_ignore_ascii_case(&phrase)) {
        return Err(format!("`{item}` says that already"));
    }
    let bracket = say.span().end - 1;
    let Some(last) = say.get_ref().last().map(Spanned::span) else {
        return Ok(format!("{}{quoted}{}", &file[..bracket], &file[bracket..]));
    };
    let line_start = file[..bracket].rfind('\n').map_or(0, |at| at + 1);
    let is_alone = line_start > last.end && file[line_start..bracket].trim().is_empty();
    if !is_alone {
        return Ok(format!("{}, {quoted}{}", &file[..last.end], &file[last.end..]));
    }
    // The bracket stands on a line of its own, the phrases above it, each with a comma.
    let own_line = file[..last.start].rfind('\n').map_or(0, |at| at + 1);
    let indent: String = file[own_line..last.start].chars().take_while(|c| c.is_whitespace()).collect();
    let comma = if has_comma(&file[last.end..bracket]) { "" } else { "," };
    let (before, between, after) = (&file[..last.end], &file[last.end..line_start], &file[line_start..]);
    Ok(format!("{before}{comma}{between}{indent}{quoted},\n{after}"))
}

/// Whether a comma stands in `text` outside its comments.
fn has_comma(text: &str) -> bool {
    text.lines().any(|line| line.split('#').next().is_some_and(|code| code.contains(',')))
}

#[cfg(test)]
mod tests {
    use super::with_phrase;

    const HEAD: &str =
        "format = 1 # kept\n[[item]]\nid = \"first\"\nsay = [\"one\"]\n\n[[item]]\nid = \"second\" # the other\n";

    #[test]
    fn a_phrase_is_appended_and_the_rest_stays() {
        for (say, with) in [
            ("say = [\"a\", \"b\"]\n", "say = [\"a\", \"b\", \"it stays\"]\n"),
            (
                "say = [\n    \"a\", # why, a comma\n    # more\n]\nneed = []\n",
                "say = [\n    \"a\", # why, a comma\n    # more\n    \"it stays\",\n]\nneed = []\n",
            ),
            ("say = [\n  \"a\" # no, comma\n]\n", "say = [\n  \"a\", # no, comma\n  \"it stays\",\n]\n"),
            ("say = []\n", "say = [\"it stays\"]\n"),
        ] {
            let changed = with_phrase(&format!("{HEAD}{say}"), "second", " it  stays ").unwrap();
            assert_eq!(changed, format!("{HEAD}{with}"));
        }
        let without = with_phrase(&format!("{HEAD}points = 1\n"), "second", "it stays").unwrap();
        assert_eq!(without, format!("{HEAD}say = [\"it stays\"]\npoints = 1\n"));
        let quotes = with_phrase(&format!("{HEAD}say = []"), "second", r#"it is "warm" \ then"#).unwrap();
        assert!(toml::from_str::<toml::Table>(&quotes).is_ok(), "{quotes}");
    }

    #[test]
    fn what_cannot_be_learned_says_why() {
        for (item, phrase, why) in [
            ("secnd", "it stays", "no item `secnd`; the nearest is `second`"),
            ("first", "One", "says that already"),
            ("first", "  ", "one sentence"),
            ("first", "a\u{7}b", "one sentence"),
        ] {
            let said = with_phrase(HEAD, item, phrase).unwrap_err();
            assert!(said.contains(why), "{said}");
        }
    }
}
