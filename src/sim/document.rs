//! The text of a scenario file → its values by dotted key, each with its line. And `key.path=value` → the same.
//!
//! What the keys mean is not known here. Tables, inline or not, become dots; an array must hold numbers.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// An author's slip in a scenario. `line` counts from 1; 0 when there is none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    pub line: u32,
    pub message: String,
}

impl Problem {
    /// What the message quotes from a file loses what a terminal would obey.
    pub(super) fn new(line: u32, message: impl AsRef<str>) -> Self {
        let message = message.as_ref().chars().map(|c| if c.is_control() { '\u{FFFD}' } else { c }).collect();
        Self { line, message }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => f.write_str(&self.message),
            line => write!(f, "line {line}: {}", self.message),
        }
    }
}

/// A value of a scenario, as written.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Whole(i128),
    Number(f64),
    Flag(bool),
    Text(String),
    Numbers(Vec<f64>),
}

impl Value {
    pub(super) fn as_number(&self) -> Option<f64> {
        match self {
            Self::Whole(whole) => Some(*whole as f64),
            Self::Number(number) => Some(*number),
            _ => None,
        }
    }

    /// Also of `1e6`, which is a number with a point to TOML and a million to people.
    pub(super) fn as_whole(&self) -> Option<i128> {
        match self {
            Self::Whole(whole) => Some(*whole),
            // The cast saturates, and no range goes that far.
            Self::Number(number) => (number.fract() == 0.0).then_some(*number as i128),
            _ => None,
        }
    }
}

/// As it would be typed after `--set key=`.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole(whole) => write!(f, "{whole}"),
            Self::Number(number) => write!(f, "{number}"),
            Self::Flag(flag) => write!(f, "{flag}"),
            Self::Text(text) => f.write_str(text),
            Self::Numbers(numbers) => write!(f, "{numbers:?}"),
        }
    }
}

/// Whether the dotted key `path` stands somewhere below `above`.
pub(super) fn is_below(path: &str, above: &str) -> bool {
    path.strip_prefix(above).is_some_and(|rest| rest.starts_with('.'))
}

/// Values by dotted key.
pub(super) type Values = BTreeMap<String, Value>;
/// The line of each key, from 1.
pub(super) type Lines = BTreeMap<String, u32>;

/// More text than this is not a scenario: the longest trace of a day has a few thousand figures.
const MOST_BYTES: usize = 8 << 20;

pub(super) fn parse(text: &str) -> Result<(Values, Lines), Vec<Problem>> {
    if text.len() > MOST_BYTES {
        let most_mb = MOST_BYTES >> 20;
        return Err(vec![Problem::new(
            0,
            format!("a scenario has at most {most_mb} MB, and this is more. Shorten the trace"),
        )]);
    }
    let lines = LineStarts::of(text);
    let table = DeTable::parse(text).map_err(|error| {
        let line = error.span().map_or(0, |span| lines.line(span.start));
        vec![Problem::new(line, format!("this is not TOML: {}", error.message()))]
    })?;
    let mut document = Document { lines, values: Values::new(), at: Lines::new(), problems: Vec::new() };
    document.table("", table.get_ref());
    if document.problems.is_empty() { Ok((document.values, document.at)) } else { Err(document.problems) }
}

/// One assignment as typed on a command line. A value that is no TOML is a word: `platform.provider=azure-functions`.
pub(super) fn parse_assignment(assignment: &str) -> Result<Values, Problem> {
    let Some((key, value)) = assignment.split_once('=') else {
        return Err(Problem::new(0, format!("`{assignment}` is no key=value")));
    };
    let (key, value) = (key.trim(), value.trim());
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    if key.is_empty() || value.is_empty() || !key.chars().all(plain) || value.contains('\n') {
        return Err(Problem::new(0, format!("`{assignment}` is no key=value")));
    }
    let as_toml = parse(&format!("{key} = {value}"));
    let (values, _) = as_toml
        .or_else(|problems| {
            let word = value.trim_matches('"');
            let is_word = word.chars().all(|c| !c.is_control() && c != '"' && c != '\\');
            if is_word { parse(&format!("{key} = \"{word}\"")) } else { Err(problems) }
        })
        .map_err(|problems| Problem::new(0, problems.into_iter().next().map_or_else(String::new, |it| it.message)))?;
    Ok(values)
}

/// Byte offsets at which the lines begin.
struct LineStarts(Vec<usize>);

impl LineStarts {
    fn of(text: &str) -> Self {
        Self(std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect())
    }

    fn line(&self, byte: usize) -> u32 {
        self.0.partition_point(|start| *start <= byte) as u32
    }
}

struct Document {
    lines: LineStarts,
    values: Values,
    at: Lines,
    problems: Vec<Problem>,
}

impl Document {
    /// The parser refuses deep nesting, so this recursion is shallow.
    fn table(&mut self, prefix: &str, table: &DeTable<'_>) {
        for (key, value) in table {
            let name = key.get_ref();
            let path = if prefix.is_empty() { name.to_string() } else { format!("{prefix}.{name}") };
            self.value(path, self.lines.line(key.span().start), value);
        }
    }

    fn value(&mut self, path: String, line: u32, value: &Spanned<DeValue<'_>>) {
        let read = match value.get_ref() {
            DeValue::Table(table) => {
                self.table(&path, table);
                return;
            }
            DeValue::Array(array) => {
                let numbers: Option<Vec<f64>> = array.iter().map(|it| scalar(it.get_ref())?.as_number()).collect();
                numbers.map(Value::Numbers)
            }
            other => scalar(other),
        };
        match read {
            Some(value) => {
                self.at.insert(path.clone(), line);
                self.values.insert(path, value);
            }
            None => self
                .problems
                .push(Problem::new(line, format!("`{path}` is neither a number, a word nor a list of numbers"))),
        }
    }
}

fn scalar(value: &DeValue<'_>) -> Option<Value> {
    match value {
        DeValue::String(text) => Some(Value::Text(text.to_string())),
        DeValue::Integer(integer) => i128::from_str_radix(integer.as_str(), integer.radix()).ok().map(Value::Whole),
        DeValue::Float(float) => float.as_str().parse().ok().map(Value::Number),
        DeValue::Boolean(flag) => Some(Value::Flag(*flag)),
        DeValue::Datetime(_) | DeValue::Array(_) | DeValue::Table(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{Value, parse, parse_assignment};

    #[test]
    fn tables_become_dots_and_keys_keep_their_lines() {
        let (values, lines) =
            parse("a = 1_000\n\n[b]\nc = { d = 0.5, e = \"x\" }\nf = [1, 2.5]\n").expect("it is TOML");
        let read: Vec<String> = values.iter().map(|(key, value)| format!("{}:{key}={value}", lines[key])).collect();
        assert_eq!(read, ["1:a=1000", "4:b.c.d=0.5", "4:b.c.e=x", "5:b.f=[1.0, 2.5]"]);
    }

    #[test]
    fn what_is_no_toml_is_refused_with_its_line() {
        for (text, line) in [("a = 1\nb = \n", 2), ("a = 1979-05-27", 1), ("a = [[1]]", 1), ("a = 1\na = 2", 2)] {
            let problems = parse(text).expect_err(text);
            assert_eq!(problems[0].line, line, "{text}: {problems:?}");
        }
        let nested = format!("a = {}", "[".repeat(100_000));
        assert!(parse(&nested).is_err());
    }

    #[test]
    fn a_message_does_not_pass_on_what_a_terminal_would_obey() {
        let problems = parse("\"\\u001b[31m\" = [[]]").expect_err("a list of lists");
        assert!(!problems[0].message.contains('\u{1b}') && problems[0].message.contains("[31m"), "{problems:?}");
    }

    #[test]
    fn an_assignment_may_be_a_word_or_a_table() {
        let set = |text| {
            parse_assignment(text).map(|values| values.into_iter().map(|(k, v)| format!("{k}={v}")).collect::<Vec<_>>())
        };
        assert_eq!(set("a.b = 5"), Ok(vec!["a.b=5".to_owned()]));
        assert_eq!(set("a.b=azure-functions"), Ok(vec!["a.b=azure-functions".to_owned()]));
        assert_eq!(set("a={ x = 1, y = \"z\" }"), Ok(vec!["a.x=1".to_owned(), "a.y=z".to_owned()]));
        assert_eq!(
            parse_assignment("a.b=rust (prov.al2023)").expect("a word")["a.b"],
            Value::Text("rust (prov.al2023)".into())
        );
        for bad in ["a", "=1", "a=", "a b=1", "a=\"\nb=1"] {
            assert!(set(bad).is_err(), "{bad}");
        }
    }
}
