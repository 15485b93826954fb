//! Which answer a person should look at next, and what looks like it.

use std::collections::BTreeMap;
use std::fmt;

use rayon::prelude::*;

use super::class::Class;
use super::event::StudentId;
use super::record::Record;
use crate::course::{Answer, ExerciseId};
use crate::store::class::fingerprint;

/// One in so many sure answers is shown all the same, to see whether the grader deserves its confidence.
const AUDIT_ONE_IN: u64 = 20;
/// Each so-manieth place of the queue is such a sample, so that who stops early has seen some.
const AUDIT_EVERY: usize = 8;

/// A place in the queue: answers that say the same.
#[derive(Clone, Debug, PartialEq)]
pub struct Group<'a> {
    pub exercise: &'a ExerciseId,
    pub students: Vec<&'a StudentId>,
    /// Of the first; the others say the same.
    pub record: &'a Record,
    /// What a look is worth: points that are in doubt, over all students of the group.
    pub doubt: f64,
    pub why: Why,
}

/// Why a person should look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    Asked(String),
    Unsure(String),
    Flagged(String),
    /// Nothing is wrong: drawn by lot.
    Sample,
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Asked(reason) => write!(f, "the student asks: {reason}"),
            Self::Unsure(reason) | Self::Flagged(reason) => f.write_str(reason),
            Self::Sample => f.write_str("a sample"),
        }
    }
}

/// The answers that nobody has looked at, the most doubtful points first, with samples in between; nothing in their
/// order tells of names.
pub fn of<'a>(class: &'a Class, exercise: Option<&ExerciseId>) -> Vec<Group<'a>> {
    let records: Vec<_> = class.records.iter().collect();
    let wanted = records.par_iter().filter(|((of, _), _)| exercise.is_none_or(|wanted| wanted == of));
    let looks: Vec<_> = wanted
        .filter_map(|((of, student), record)| {
            let lot = lot(of, student);
            let (doubt, why) = worth(record, lot)?;
            Some((of, student, *record, sameness(record), lot, doubt, why))
        })
        .collect();
    // The lot of a group is that of its first student.
    let mut groups: BTreeMap<(&ExerciseId, String), (u64, Group<'a>)> = BTreeMap::new();
    for (exercise, student, record, same, lot, doubt, why) in looks {
        let new = || (lot, Group { exercise, students: Vec::new(), record, doubt: 0.0, why });
        let (_, group) = groups.entry((exercise, same)).or_insert_with(new);
        group.students.push(student);
        group.doubt += doubt;
    }
    let mut groups: Vec<(u64, Group<'a>)> = groups.into_values().collect();
    groups.sort_by(|(a_lot, a), (b_lot, b)| b.doubt.total_cmp(&a.doubt).then(a_lot.cmp(b_lot)));
    let (samples, doubtful): (Vec<_>, Vec<_>) =
        groups.into_iter().map(|(_, group)| group).partition(|group| group.why == Why::Sample);
    let mut samples = samples.into_iter();
    let mut queue = Vec::with_capacity(doubtful.len() + samples.len());
    for group in doubtful {
        queue.push(group);
        if queue.len() % AUDIT_EVERY == AUDIT_EVERY - 1 {
            queue.extend(samples.next());
        }
    }
    queue.extend(samples);
    queue
}

/// What a look at the answer is worth in points, and why; nothing where nobody need look.
fn worth(record: &Record, lot: u64) -> Option<(f64, Why)> {
    let verdict = &record.grading()?.verdict;
    let asked = record.open_request();
    if record.is_decided() && asked.is_none() {
        return None;
    }
    let unsure = || verdict.review_reason.clone().unwrap_or_else(|| "the grader is not sure".to_owned());
    let flags = record.current().map(|it| it.flags.join("; ")).unwrap_or_default();
    let why = match asked {
        Some(reason) => Why::Asked(reason.to_owned()),
        None if verdict.needs_review => Why::Unsure(unsure()),
        None if !flags.is_empty() => Why::Flagged(flags),
        None if lot.is_multiple_of(AUDIT_ONE_IN) => Why::Sample,
        None => return None,
    };
    let doubt = if asked.is_some() {
        verdict.max
    } else {
        verdict.items.iter().map(|item| item.max.max(0.0) * (1.0 - item.confidence)).sum()
    };
    Some((doubt, why))
}

/// A number that tells nothing of the student and is the same on every day.
fn lot(exercise: &ExerciseId, student: &StudentId) -> u64 {
    let print = fingerprint(&[b"lot", exercise.0.as_bytes(), student.0.as_bytes()]);
    u64::from_str_radix(&print[..15], 16).expect("a fingerprint is hexadecimal")
}

/// Equal for answers that differ in case, blanks and punctuation only.
pub(super) fn sameness(record: &Record) -> String {
    match record.current().map(|it| &it.answer) {
        Some(Answer::Text(text)) => letters(text).collect(),
        Some(answer) => serde_json::to_string(answer).expect("an answer holds strings and numbers"),
        None => String::new(),
    }
}

/// The words of a text in small letters, a blank behind each.
fn letters(text: &str) -> impl Iterator<Item = char> {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.flat_map(|word| word.chars().flat_map(char::to_lowercase).chain([' ']))
}

/// Whether two answers have the same [`sameness`]. Most differ in their first letters, so none is written out.
fn is_same(one: &Record, other: &Record) -> bool {
    match (one.current().map(|it| &it.answer), other.current().map(|it| &it.answer)) {
        (Some(Answer::Text(one)), Some(Answer::Text(other))) => letters(one).eq(letters(other)),
        (one, other) => one == other,
    }
}

/// The students whose answer says the same as that of `student`, who is the first.
pub fn alike<'a>(class: &'a Class, exercise: &'a ExerciseId, student: &'a StudentId) -> Vec<&'a StudentId> {
    let known = class.records.get(&(exercise.clone(), student.clone()));
    let others = class
        .records
        .iter()
        .filter(|((of, other), record)| {
            of == exercise && other != student && known.is_some_and(|it| is_same(it, record))
        })
        .map(|((_, other), _)| other);
    std::iter::once(student).chain(others).collect()
}

/// What people gave as reasons before, the most used first: what is said once need not be typed again.
pub fn comments<'a>(class: &'a Class, exercise: Option<&ExerciseId>) -> Vec<(&'a str, usize)> {
    let mut used: BTreeMap<&str, usize> = BTreeMap::new();
    let records = class.records.iter().filter(|((of, _), _)| exercise.is_none_or(|wanted| wanted == of));
    for (_, record) in records {
        let marks = record.marks.iter().map(|(_, mark)| mark.reason.as_str());
        let changes = record.adjustments.iter().map(|change| change.reason.as_str());
        for reason in marks.chain(changes).filter(|reason| !reason.is_empty()) {
            *used.entry(reason).or_default() += 1;
        }
    }
    let mut used: Vec<_> = used.into_iter().collect();
    used.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
    used
}

/// The answer that counts, as a person reads it.
pub fn answer_in_words(record: &Record) -> String {
    match record.current().map(|it| &it.answer) {
        Some(Answer::Text(text) | Answer::Number(text)) => text.clone(),
        Some(Answer::Chosen(chosen)) => format!("chosen: {}", numbered(chosen.iter())),
        Some(Answer::Order(order)) => format!("order: {}", numbered(order.iter())),
        Some(Answer::Matched(matched)) => {
            let choice = |it: &Option<usize>| it.map_or("-".to_owned(), |index| (index + 1).to_string());
            format!("matched: {}", matched.iter().map(choice).collect::<Vec<_>>().join(" "))
        }
        Some(Answer::Filled(filled)) => format!("filled: {}", filled.join("; ")),
        None => String::new(),
    }
}

/// Options and steps as the exercise's file counts them, from 1.
fn numbered<'a>(indices: impl Iterator<Item = &'a usize>) -> String {
    indices.map(|index| (index + 1).to_string()).collect::<Vec<_>>().join(" ")
}
