//! Answers of different students that share their wording.
//!
//! In: a class. Out: clusters, each with the longest words that two of its answers share, so that a person can judge: a
//! quotation, the lecture's own sentence, work in pairs, or a copy. It is a question and never a verdict, and no mark
//! depends on it.
//!
//! Runs of [`RUN_WORDS`] words are compared. What stands in the question, or is said by many, says nothing.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::class::Class;
use super::event::StudentId;
use super::queue::sameness;
use crate::course::{Answer, Course, ExerciseId};

/// Words in a row that are compared.
const RUN_WORDS: usize = 5;
/// Runs that two answers share at least: so many, and so much of the shorter one.
const LEAST_RUNS: usize = 4;
const LEAST_SHARE: f64 = 0.3;
/// A run is the class's way of speaking when more answers hold it than these, or than a tenth.
const MOST_HOLDERS: usize = 6;
/// Of runs that more hold, each pair is not looked at: what they share otherwise brings them together.
const MOST_PAIRED: usize = 60;

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Cluster {
    pub exercise: ExerciseId,
    pub students: Vec<StudentId>,
    /// Of the two answers that share most, how much of the shorter one, `0.0..=1.0`.
    pub share: f64,
    /// The longest words that those two share.
    pub words: String,
}

/// An answer, and all who gave it in these words.
struct Text<'a> {
    words: Vec<String>,
    students: Vec<&'a StudentId>,
}

/// The clusters of the exercises that were answered in words, those that share most first.
pub fn clusters(class: &Class, course: &Course, exercise: Option<&ExerciseId>) -> Vec<Cluster> {
    let exercises = class.exercises().into_iter().filter(|it| exercise.is_none_or(|wanted| wanted == *it));
    let mut clusters: Vec<Cluster> = exercises.flat_map(|it| of_exercise(class, course, it)).collect();
    clusters.sort_by(|a, b| b.share.total_cmp(&a.share).then(b.students.len().cmp(&a.students.len())));
    clusters
}

fn of_exercise(class: &Class, course: &Course, exercise: &ExerciseId) -> Vec<Cluster> {
    let mut by_words: BTreeMap<String, Vec<&StudentId>> = BTreeMap::new();
    for ((_, student), record) in class.records.iter().filter(|((of, _), _)| of == exercise) {
        if matches!(record.current().map(|it| &it.answer), Some(Answer::Text(_))) {
            by_words.entry(sameness(record)).or_default().push(student);
        }
    }
    let texts: Vec<Text<'_>> = by_words
        .into_iter()
        .map(|(words, students)| Text { words: words.split(' ').map(str::to_owned).collect(), students })
        .collect();
    let asked = course.exercise(&exercise.0).map(|it| words_of(&it.prompt)).unwrap_or_default();
    let asked: BTreeSet<&[String]> = asked.windows(RUN_WORDS).collect();
    let mut holders: BTreeMap<&[String], BTreeSet<usize>> = BTreeMap::new();
    for (index, text) in texts.iter().enumerate() {
        for run in text.words.windows(RUN_WORDS).filter(|run| !asked.contains(run)) {
            holders.entry(run).or_default().insert(index);
        }
    }
    let n_answers: usize = texts.iter().map(|text| text.students.len()).sum();
    let common = MOST_HOLDERS.max(n_answers / 10).min(MOST_PAIRED);
    holders.retain(|_, held| held.len() <= common);
    let mut n_runs = vec![0; texts.len()];
    let mut shared: BTreeMap<(usize, usize), usize> = BTreeMap::new();
    for held in holders.values() {
        for (at, a) in held.iter().enumerate() {
            n_runs[*a] += 1;
            for b in held.iter().skip(at + 1) {
                *shared.entry((*a, *b)).or_default() += 1;
            }
        }
    }
    // Who gave the very same words is a pair with itself.
    let same = texts.iter().enumerate().filter(|(index, text)| text.students.len() > 1 && n_runs[*index] >= LEAST_RUNS);
    let same = same.map(|(index, _)| ((index, index), 1.0));
    let alike = shared.into_iter().filter_map(|((a, b), n)| {
        let share = n as f64 / n_runs[a].min(n_runs[b]).max(1) as f64;
        (n >= LEAST_RUNS && share >= LEAST_SHARE).then_some(((a, b), share))
    });
    joined(same.chain(alike).collect(), texts.len())
        .into_iter()
        .map(|(members, (a, b), share)| Cluster {
            exercise: exercise.clone(),
            students: members.iter().flat_map(|index| &texts[*index].students).map(|it| (*it).clone()).collect(),
            share,
            words: longest_shared(&texts[a].words, &texts[b].words),
        })
        .collect()
}

type Pair = (usize, usize);

/// Pairs to groups that hang together, each with its closest pair.
fn joined(pairs: Vec<(Pair, f64)>, n: usize) -> Vec<(Vec<usize>, Pair, f64)> {
    let mut parent: Vec<usize> = (0..n).collect();
    for ((a, b), _) in &pairs {
        let (a, b) = (root(&mut parent, *a), root(&mut parent, *b));
        parent[a.max(b)] = a.min(b);
    }
    let mut groups: BTreeMap<usize, (BTreeSet<usize>, Pair, f64)> = BTreeMap::new();
    for (pair, share) in pairs {
        let group = groups.entry(root(&mut parent, pair.0)).or_insert_with(|| (BTreeSet::new(), pair, share));
        group.0.extend([pair.0, pair.1]);
        if share > group.2 {
            (group.1, group.2) = (pair, share);
        }
    }
    groups.into_values().map(|(members, pair, share)| (members.into_iter().collect(), pair, share)).collect()
}

fn root(parent: &mut [usize], mut at: usize) -> usize {
    while parent[at] != at {
        parent[at] = parent[parent[at]];
        at = parent[at];
    }
    at
}

fn words_of(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
}

/// The longest run of words in both, cut where nobody would read on.
fn longest_shared(a: &[String], b: &[String]) -> String {
    const MOST_WORDS: usize = 60;
    // An answer has 64 KB at most, but two of them would make a table of a hundred million cells.
    let (a, b) = (&a[..a.len().min(2000)], &b[..b.len().min(2000)]);
    let mut before = vec![0_usize; b.len() + 1];
    let (mut end, mut longest) = (0, 0);
    for (i, word) in a.iter().enumerate() {
        let mut row = vec![0; b.len() + 1];
        for (j, other) in b.iter().enumerate() {
            if word == other {
                row[j + 1] = before[j] + 1;
                if row[j + 1] > longest {
                    (longest, end) = (row[j + 1], i + 1);
                }
            }
        }
        before = row;
    }
    let run = &a[end - longest..end];
    let more = if run.len() > MOST_WORDS { " …" } else { "" };
    run.iter().take(MOST_WORDS).cloned().collect::<Vec<_>>().join(" ") + more
}

#[cfg(test)]
mod tests {
    use super::{joined, longest_shared, words_of};

    #[test]
    fn the_longest_shared_words_are_shown() {
        let (a, b) = (words_of("So the socket lives in the outer scope!"), words_of("a socket lives in the inner one"));
        assert_eq!(longest_shared(&a, &b), "socket lives in the");
        assert_eq!(longest_shared(&a, &[]), "");
    }

    #[test]
    fn pairs_that_hang_together_are_one_group_with_its_closest_pair() {
        let groups = joined(vec![((0, 1), 0.4), ((1, 3), 0.9), ((2, 2), 1.0)], 4);
        assert_eq!(groups, [(vec![0, 1, 3], (1, 3), 0.9), (vec![2], (2, 2), 1.0)]);
    }
}
