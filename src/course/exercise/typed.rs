//! Answers as they are typed into a file or a line: letters that name lines, words for gaps.

use std::borrow::Cow;

/// Words around the letters that name nothing: "option 2", "a and c", "first b, then a".
const AROUND: &[&str] =
    &["and", "then", "option", "options", "answer", "answers", "number", "only", "just", "the", "is", "are", "both"];
const ORDINALS: &[&str] = &["first", "second", "third", "fourth", "fifth", "sixth"];

/// Letters or numbers that name lines, in the order they stand: `b`, `a, c`, `acb`, `2 3`, `option 2`, `the second`.
/// Zero-based.
pub(super) fn marks(text: &str, n_lines: usize) -> Result<Vec<usize>, String> {
    let mut marks = Vec::new();
    let mut before = "";
    // Longer than any honest list of marks.
    for word in text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).take(1000) {
        let follows_the = std::mem::replace(&mut before, word).eq_ignore_ascii_case("the");
        let named: Option<Vec<usize>> = match word.parse::<usize>() {
            Ok(number) => number.checked_sub(1).map(|index| vec![index]),
            Err(_) => word.chars().map(|c| c.is_ascii_alphabetic().then(|| letter_index(c))).collect(),
        };
        match named {
            Some(named) if named.iter().all(|index| *index < n_lines) => marks.extend(named),
            _ if AROUND.contains(&word.to_lowercase().as_str()) => {}
            // In "the second one" the line is named already.
            _ if word.eq_ignore_ascii_case("one") && !marks.is_empty() => {}
            _ if follows_the && ordinal(word).is_some_and(|index| index < n_lines) => marks.extend(ordinal(word)),
            _ if word.eq_ignore_ascii_case("first") && !follows_the => {}
            _ => return Err(names_no_line(word, n_lines)),
        }
    }
    Ok(marks)
}

fn ordinal(word: &str) -> Option<usize> {
    ORDINALS.iter().position(|known| known.eq_ignore_ascii_case(word))
}

/// A letter for each of `n_lines` lines, in their order (`c a b`, `cab`), or after the line's number (`1c 3a`); `-` or
/// `_` leaves a line open. Zero-based indices of the choices.
pub(super) fn pairs(text: &str, n_lines: usize, n_choices: usize) -> Result<Vec<Option<usize>>, String> {
    let mut matched = vec![None; n_lines];
    let mut line = 0;
    let mut number: Option<usize> = None;
    // Longer than any honest list of pairs.
    let text: String = text.chars().take(1000).collect();
    for c in with_numbers_first(&text).chars() {
        if let Some(digit) = c.to_digit(10) {
            number = Some(number.unwrap_or(0).saturating_mul(10).saturating_add(digit as usize));
            continue;
        }
        // Between a number and its letter, `-` only joins them.
        let is_open = matches!(c, '-' | '_') && number.is_none();
        if !is_open && !c.is_alphabetic() {
            continue;
        }
        if let Some(number) = number.take() {
            line = number.wrapping_sub(1);
        }
        let Some(place) = matched.get_mut(line) else {
            return Err(format!("there are {n_lines} lines; write a letter for each, such as `1a 2b`"));
        };
        if !is_open {
            let choice = Some(c).filter(char::is_ascii_alphabetic).map(letter_index).filter(|index| *index < n_choices);
            *place = Some(choice.ok_or_else(|| names_no_line(&c.to_string(), n_choices))?);
        }
        line += 1;
    }
    Ok(matched)
}

/// `a1 b2` as `1a 2b`.
fn with_numbers_first(text: &str) -> Cow<'_, str> {
    let turned = |pair: &str| {
        let (letter, number) = pair.split_at_checked(1)?;
        let is_pair = letter.bytes().all(|it| it.is_ascii_alphabetic()) && number.parse::<u16>().is_ok();
        is_pair.then(|| format!("{number}{letter}"))
    };
    let pairs = text.split(|c: char| !c.is_alphanumeric()).filter(|pair| !pair.is_empty());
    match pairs.map(turned).collect::<Option<Vec<String>>>() {
        Some(pairs) if !pairs.is_empty() => Cow::Owned(pairs.join(" ")),
        _ => Cow::Borrowed(text),
    }
}

/// What stands in each gap: one a line, or parted by `;`. A line may begin with its gap's name: `timeout: 10`.
pub(super) fn gaps(text: &str, names: &[&str]) -> Result<Vec<String>, String> {
    let mut filled = vec![String::new(); names.len()];
    let text = text.trim();
    let is_named = |part: &str| {
        part.split_once([':', '=']).is_some_and(|(name, _)| names.iter().any(|it| it.eq_ignore_ascii_case(name.trim())))
    };
    let separator = match text {
        _ if text.contains('\n') => '\n',
        _ if text.contains(',') && text.split(',').all(is_named) => ',',
        _ => ';',
    };
    let mut next = 0;
    for part in text.split(separator).map(str::trim) {
        let named = part.split_once([':', '=']).and_then(|(name, said)| {
            let at = names.iter().position(|it| it.eq_ignore_ascii_case(name.trim()))?;
            Some((at, said.trim()))
        });
        let (at, said) = named.unwrap_or((next, part));
        let Some(place) = filled.get_mut(at) else {
            return Err(format!("there are {} gaps: {}; write one a line", names.len(), names.join(", ")));
        };
        said.clone_into(place);
        next = at + 1;
    }
    Ok(filled)
}

/// The first `n` letters, as an example of an answer.
pub(super) fn letters(n: usize) -> String {
    ('a'..='z').take(n).collect()
}

fn names_no_line(word: &str, n_lines: usize) -> String {
    let shown: String = word.chars().take(20).collect();
    format!("`{shown}` names no line; write letters such as `{}`", letters(n_lines))
}

fn letter_index(letter: char) -> usize {
    (letter.to_ascii_lowercase() as u8 - b'a') as usize
}

#[cfg(test)]
mod tests {
    use super::{gaps, marks, pairs};

    #[test]
    fn lines_are_named_by_letters_numbers_and_words_around_them() {
        for (text, named) in [
            ("a, c", vec![0, 2]),
            ("acb", vec![0, 2, 1]),
            ("Option 2", vec![1]),
            ("the second one", vec![1]),
            ("b and c", vec![1, 2]),
            ("first b, then a", vec![1, 0]),
            ("", vec![]),
        ] {
            assert_eq!(marks(text, 3), Ok(named), "{text}");
        }
        for text in ["d", "4", "0", "2 or 3", "one", "none of them"] {
            assert!(marks(text, 3).is_err(), "{text}");
        }
    }

    #[test]
    fn pairs_are_read_in_order_or_by_number() {
        for text in ["c a b", "cab", "1c 2a 3b", "1: C, 2: A, 3: B", "3-b 1-c 2-a", "1 c\n2 a\n3 b\n", "c1 a2 b3"] {
            assert_eq!(pairs(text, 3, 3), Ok(vec![Some(2), Some(0), Some(1)]), "{text}");
        }
        for text in ["c - b", "c_b", "1c 3b"] {
            assert_eq!(pairs(text, 3, 3), Ok(vec![Some(2), None, Some(1)]), "{text}");
        }
        assert_eq!(pairs("", 2, 3), Ok(vec![None, None]));
        for text in ["d", "é", "0a", "4a", "abca", "99999999999999999999999a"] {
            assert!(pairs(text, 3, 3).is_err(), "{text}");
        }
    }

    #[test]
    fn gaps_are_read_line_by_line_or_by_name() {
        let names = ["handler", "timeout"];
        for text in [
            "index.handler\n10 s",
            "index.handler; 10 s",
            "timeout: 10 s\nhandler: index.handler",
            "handler: index.handler, timeout: 10 s",
        ] {
            assert_eq!(gaps(text, &names), Ok(vec!["index.handler".into(), "10 s".into()]), "{text}");
        }
        assert_eq!(gaps("", &names), Ok(vec![String::new(), String::new()]));
        assert!(gaps("a\nb\nc", &names).unwrap_err().contains("handler, timeout"));
    }
}
