//! What the reader of TOML says of a file, in the words of somebody who writes a lesson.

use std::borrow::Cow;

use super::nearest_hint;

/// The message of `error`, which was met in `text`.
pub(super) fn plainly<'a>(text: &str, error: &'a toml::de::Error) -> Cow<'a, str> {
    let message = error.message();
    let key = error.span().and_then(|span| key_at(text, span.start));
    let named = || key.map_or_else(|| "the value".to_owned(), |key| format!("`{key}`"));
    if message.starts_with("string values must be quoted") || message.starts_with("invalid boolean") {
        return format!("{} cannot be read: words stand in quotation marks, and a line ends after its value", named())
            .into();
    }
    if let Some((unknown, known)) = message.strip_prefix("unknown field `").and_then(|it| it.split_once("`, expected "))
    {
        let near = nearest_hint(unknown, known.split('`').skip(1).step_by(2));
        let others =
            if near.is_empty() { format!("; there are {}", known.trim_start_matches("one of ")) } else { near };
        return format!("nothing reads the key `{unknown}`{others}").into();
    }
    let mistaken = message.strip_prefix("invalid type: ").or_else(|| message.strip_prefix("invalid value: "));
    match mistaken.and_then(|it| it.split_once(", expected ")) {
        Some((found, wanted)) => format!("{} is {}, not the {found}", named(), in_words(wanted)).into(),
        None => message.into(),
    }
}

/// The key of the line on which byte `offset` lies.
fn key_at(text: &str, offset: usize) -> Option<&str> {
    let start = text.get(..offset)?.rfind('\n').map_or(0, |at| at + 1);
    let (key, _) = text[start..].lines().next()?.split_once('=')?;
    let key = key.trim();
    key.chars().all(|c| c.is_alphanumeric() || "_-.".contains(c)).then_some(key).filter(|key| !key.is_empty())
}

fn in_words(wanted: &str) -> &str {
    match wanted {
        "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number, 0 or more",
        "i8" | "i16" | "i32" | "i64" | "isize" => "a whole number",
        "f32" | "f64" => "a number",
        "a string" => "words in quotation marks",
        "a boolean" => "true or false",
        "a sequence" => "a list in brackets",
        "a map" => "a table",
        other if other.starts_with("struct ") => "a table",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::plainly;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only the errors of reading it are looked at")]
    struct File {
        minutes: Option<toml::Spanned<u32>>,
        points: Option<f64>,
        right: Option<bool>,
        hints: Option<Vec<String>>,
    }

    #[test]
    fn slips_are_told_without_the_words_of_a_parser() {
        for (text, said) in [
            ("minutes = \"six\"", "`minutes` is a whole number, 0 or more, not the string \"six\""),
            ("minutes = -1", "`minutes` is a whole number, 0 or more, not the integer `-1`"),
            ("right = 1", "`right` is true or false, not the integer `1`"),
            ("\nhints = \"one\"", "`hints` is a list in brackets, not the string \"one\""),
            (
                "points = oops",
                "`points` cannot be read: words stand in quotation marks, and a line ends after its value",
            ),
            ("right = yes", "`right` cannot be read: words stand in quotation marks, and a line ends after its value"),
            ("mintes = 1", "nothing reads the key `mintes`; the nearest is `minutes`"),
            ("zebra = 1", "nothing reads the key `zebra`; there are `minutes`, `points`, `right`, `hints`"),
        ] {
            let error = toml::from_str::<File>(text).expect_err(text);
            assert_eq!(plainly(text, &error), said);
        }
    }
}
