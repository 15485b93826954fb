//! What one file says: the text of an answer, answers by exercise, or a learner's own exported progress.

use serde_json::Value;

use super::members::Member;
use super::{Report, Said};
use crate::course::{Attempt, Deed};
use crate::gradebook::event::Flag;
use crate::gradebook::text::{self, Untrusted};

/// A piece of a file that answers one exercise.
pub(super) struct Piece {
    /// Nothing when the file does not say which.
    pub(super) exercise: Option<Untrusted>,
    pub(super) said: Said,
    pub(super) at_ms: Option<i64>,
    pub(super) flags: Vec<Flag>,
}

/// Reads a file by the ending of its name. What is no text is reported and gives nothing.
pub(super) fn pieces(member: &Member, report: &mut Report) -> Vec<Piece> {
    let file_name = member.path.rsplit('/').next().unwrap_or_default();
    let ending = file_name.rsplit_once('.').map(|(_, it)| it.to_lowercase()).unwrap_or_default();
    let refuse = |what: &str| (format!("it is {what}, not text"), "ask for a text file, or paste its text into one");
    let bytes = &member.bytes;
    let is_binary = bytes.iter().take(4096).any(|byte| *byte == 0);
    if bytes.starts_with(b"PK\x03\x04") || matches!(ending.as_str(), "zip" | "gz" | "7z" | "rar") {
        let (reason, remedy) = refuse("an archive or office document");
        report.say(&member.path, reason, remedy);
        return Vec::new();
    }
    if is_binary || bytes.starts_with(b"%PDF") {
        let (reason, remedy) = refuse("a binary file");
        report.say(&member.path, reason, remedy);
        return Vec::new();
    }
    let decoded = text::decode(bytes);
    let whole = |said: String| {
        vec![Piece {
            exercise: None,
            said: Said::Text(Untrusted::new(said)),
            at_ms: None,
            flags: decoded.flags.clone(),
        }]
    };
    match ending.as_str() {
        "html" | "htm" => whole(text::from_html(&decoded.text)),
        "json" => match serde_json::from_str::<Value>(&decoded.text) {
            Ok(Value::Object(fields)) if fields.contains_key("attempts") => progress(&fields["attempts"]),
            Ok(Value::Object(fields)) => by_exercise(fields),
            // serde_json refuses deep nesting by itself, so nothing here recurses on a stranger's depth.
            Ok(_) | Err(_) => {
                report.say(&member.path, "it is no JSON object of answers", "it is read as plain text");
                whole(decoded.text.clone())
            }
        },
        _ => whole(decoded.text.clone()),
    }
}

/// `{"exercise": "answer", …}`; numbers are taken as they are written.
fn by_exercise(fields: serde_json::Map<String, Value>) -> Vec<Piece> {
    let text = |value: Value| match value {
        Value::String(text) => Some(text),
        Value::Number(number) => Some(number.to_string()),
        Value::Array(values) => Some(values.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" ")),
        Value::Null | Value::Bool(_) | Value::Object(_) => None,
    };
    fields
        .into_iter()
        .filter_map(|(exercise, value)| {
            let said = Said::Text(Untrusted::new(text(value)?));
            Some(Piece { exercise: Some(Untrusted::new(exercise)), said, at_ms: None, flags: Vec::new() })
        })
        .collect()
}

/// What `coldstart progress export` wrote. Its verdicts are not read: grading happens here.
fn progress(attempts: &Value) -> Vec<Piece> {
    let attempts = attempts.as_array().map(Vec::as_slice).unwrap_or_default();
    attempts
        .iter()
        .filter_map(|attempt| serde_json::from_value::<Attempt>(attempt.clone()).ok())
        .filter_map(|attempt| match attempt.deed {
            Deed::Answered { exercise, answer, .. } => Some(Piece {
                exercise: Some(Untrusted::new(exercise.0)),
                said: Said::Answer(answer),
                at_ms: Some(attempt.at_ms),
                flags: Vec::new(),
            }),
            _ => None,
        })
        .collect()
}
