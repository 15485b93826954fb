//! A short code for a run: the scenario's name and what was changed → a word one can type, and back.
//!
//! `sparse-api:k60:s7` is the scenario `sparse-api` with a keep-alive of 60 seconds and seed 7. What is often turned has a
//! letter; any other key is written out, `traffic.kind=day`. The code holds only what differs, so it stays valid as long
//! as the scenario it names is the same.

use std::fmt;

use super::document::{Problem, Value};
use super::scenario::Scenario;

/// A run by the scenario's name and the assignments that make it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunCode {
    pub scenario: String,
    /// As for [`Scenario::set_all`].
    pub assignments: Vec<String>,
}

/// The letters. They are a contract: codes stand in pages and on slides.
pub(super) const LETTERS: [(char, &str); 13] = [
    ('s', "run.seed"),
    ('n', "run.requests"),
    ('k', "platform.keep_alive.s"),
    ('m', "function.memory_mb"),
    ('r', "traffic.rate_per_s"),
    ('b', "traffic.burst_rate_per_s"),
    ('p', "platform.provisioned"),
    ('c', "platform.max_concurrency"),
    ('d', "database.max_connections"),
    ('z', "function.package_mb"),
    ('i', "function.init_ms"),
    ('x', "function.runtime"),
    ('o', "function.connection"),
];

impl RunCode {
    /// The code of `changed`, which was made from the scenario of this name by setting keys.
    pub fn of(name: &str, original: &Scenario, changed: &Scenario) -> Self {
        let differs = |(key, value): &(&String, &Value)| original.values().get(*key) != Some(*value);
        let assignments = changed.values().iter().filter(differs).map(|(key, value)| format!("{key}={value}"));
        Self { scenario: name.to_owned(), assignments: assignments.collect() }
    }

    /// Reads a code; absent when the text is none.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split(':');
        let scenario = unescaped(parts.next()?)?;
        if scenario.is_empty() {
            return None;
        }
        Some(Self { assignments: parts.map(assignment).collect::<Option<_>>()?, scenario })
    }

    /// Of a text that is no code, the change in it that cannot be read, and what could be.
    pub fn unread(text: &str) -> Option<String> {
        let part = text.split(':').skip(1).find(|part| assignment(part).is_none())?;
        let letters: Vec<String> = LETTERS.iter().map(|(letter, key)| format!("{letter} {key}")).collect();
        let part: String = part.chars().take(40).collect();
        Some(format!(
            "`{part}` is no change of a run; the letters are {}, each with its value behind it; any other key is written \
             out, `traffic.kind=day`",
            letters.join(", ")
        ))
    }

    /// The run of this code, from the scenario it names.
    pub fn apply(&self, original: &Scenario) -> Result<Scenario, Problem> {
        let mut changed = original.clone();
        changed.set_all(&self.assignments)?;
        Ok(changed)
    }
}

impl fmt::Display for RunCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&escaped(&self.scenario))?;
        for assignment in &self.assignments {
            let (key, value) = assignment.split_once('=').unwrap_or((assignment, ""));
            match LETTERS.iter().find(|(_, it)| *it == key) {
                Some((letter, _)) => write!(f, ":{letter}{}", escaped(value))?,
                None => write!(f, ":{key}={}", escaped(value))?,
            }
        }
        Ok(())
    }
}

/// What a part of a code sets.
fn assignment(part: &str) -> Option<String> {
    if let Some((key, value)) = part.split_once('=') {
        return Some(format!("{key}={}", unescaped(value)?));
    }
    let letter = part.chars().next()?;
    let (_, key) = LETTERS.iter().find(|(it, _)| *it == letter)?;
    Some(format!("{key}={}", unescaped(&part[letter.len_utf8()..])?))
}

/// What needs no quotes in a shell stays; any other byte is `%` and two digits.
fn escaped(text: &str) -> String {
    let escape = |byte: u8| match byte {
        b'-' | b'.' | b'_' | b'+' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => char::from(byte).to_string(),
        _ => format!("%{byte:02x}"),
    };
    text.bytes().map(escape).collect()
}

fn unescaped(code: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(code.len());
    let mut rest = code.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(if byte == b'%' {
            let mut digit = || (rest.next()? as char).to_digit(16);
            (digit()? * 16 + digit()?) as u8
        } else {
            byte
        });
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::{LETTERS, RunCode};
    use crate::sim::scenario::Scenario;
    use crate::sim::schema;

    const TEXT: &str = "title = \"x\"\ntraffic.rate_per_s = 1\nplatform.keep_alive = { policy = \"fixed\", s = 600 }\nrun.requests = 10";

    #[test]
    fn a_code_is_short_and_leads_back_to_the_same_run() {
        let original = Scenario::parse(TEXT).expect("it is a scenario");
        for (set, code) in [
            (&[][..], "sparse-api"),
            (&["run.seed=7", "platform.keep_alive.s=60"], "sparse-api:k60:s7"),
            (&["function.runtime=rust (prov.al2023)"], "sparse-api:xrust%20%28prov.al2023%29"),
            (
                &["traffic.kind=list", "traffic.times_s=[0, 1.5]"],
                "sparse-api:traffic.kind=list:traffic.times_s=%5b0.0%2c%201.5%5d",
            ),
            (&["platform.keep_alive=5", "run.duration_s=60"], "sparse-api:platform.keep_alive=5:run.duration_s=60"),
        ] {
            let mut changed = original.clone();
            changed.set_all(set).expect("it can be set");
            let it = RunCode::of("sparse-api", &original, &changed);
            assert_eq!(it.to_string(), code);
            let read = RunCode::parse(code).expect("it is a code");
            assert_eq!(read.apply(&original), Ok(changed), "{code}");
        }
    }

    #[test]
    fn nonsense_is_no_code() {
        for text in ["", ":k60", "a:", "a:?", "a:k%", "a:k%zz", "a:é5"] {
            assert_eq!(RunCode::parse(text), None, "{text}");
        }
        let why = RunCode::unread("a:k5:q9:s1").expect("there is no q");
        assert!(why.starts_with("`q9` is no change of a run; the letters are s run.seed, n run.requests"), "{why}");
        assert_eq!(RunCode::unread("a:k5"), None);
    }

    #[test]
    fn every_letter_stands_for_a_key() {
        for (_, key) in LETTERS {
            assert!(schema::KEYS.iter().any(|(path, _)| *path == key), "{key}");
        }
    }
}
