//! A class as its journal tells it.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::event::{Event, LatePolicy, StudentId};
use super::record::Record;
use crate::course::ExerciseId;
use crate::store::class::{ClassError, ClassFile, Entry, fingerprint};

#[derive(Debug, thiserror::Error)]
pub enum GradebookError {
    #[error(transparent)]
    Class(#[from] ClassError),
    #[error(
        "entry {seq} of the class file cannot be read ({source}); `gradebook verify` says whether the file is whole"
    )]
    Entry { seq: i64, source: serde_json::Error },
    /// The sentence says what, where, and what to do.
    #[error("{0}")]
    Wrong(String),
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Student {
    pub name: String,
    pub email: String,
}

/// Something that was written and can be taken back.
#[derive(Clone, Debug, PartialEq)]
pub struct Batch {
    pub number: i64,
    pub at_ms: i64,
    pub n_entries: usize,
    pub kind: String,
}

/// All that is known of a class, as of entry `seen`.
#[derive(Clone, Debug, Default)]
pub struct Class {
    pub students: BTreeMap<StudentId, Student>,
    /// By exercise first: a person grades one exercise after the other.
    pub records: BTreeMap<(ExerciseId, StudentId), Record>,
    pub policies: BTreeMap<ExerciseId, LatePolicy>,
    /// What can be taken back, oldest first.
    pub batches: Vec<Batch>,
    pub seen: i64,
}

impl Class {
    pub fn read(file: &ClassFile) -> Result<Self, GradebookError> {
        Self::fold(&file.entries()?)
    }

    /// The journal's entries to what they come to. Erased entries are passed over.
    pub fn fold(entries: &[Entry]) -> Result<Self, GradebookError> {
        let events = read(entries)?;
        // Newest first, so that an undoing that was itself undone has no effect.
        let mut undone = BTreeSet::new();
        for (entry, event) in events.iter().rev() {
            if let Event::Undone { batch, .. } = event
                && !undone.contains(&entry.batch)
            {
                undone.insert(*batch);
            }
        }
        let mut class = Self { seen: entries.last().map_or(0, |entry| entry.seq), ..Self::default() };
        for (entry, event) in events.into_iter().filter(|(entry, _)| !undone.contains(&entry.batch)) {
            class.add(entry, event);
        }
        Ok(class)
    }

    /// Takes in what was written since [`Self::seen`], by others too. Says whether there was anything.
    pub fn catch_up(&mut self, file: &ClassFile) -> Result<bool, GradebookError> {
        let entries = file.entries_after(self.seen)?;
        let Some(newest) = entries.last() else { return Ok(false) };
        let events = read(&entries)?;
        // What was undone stands earlier: only the whole journal tells what is left.
        if events.iter().any(|(_, event)| matches!(event, Event::Undone { .. })) {
            *self = Self::read(file)?;
            return Ok(true);
        }
        self.seen = newest.seq;
        for (entry, event) in events {
            self.add(entry, event);
        }
        Ok(true)
    }

    fn add(&mut self, entry: &Entry, event: Event) {
        if event.is_decision() || self.is_regrade(&event) {
            match self.batches.last_mut() {
                Some(batch) if batch.number == entry.batch => batch.n_entries += 1,
                _ => self.batches.push(Batch {
                    number: entry.batch,
                    at_ms: entry.at_ms,
                    n_entries: 1,
                    kind: entry.kind.clone(),
                }),
            }
        }
        self.apply(entry.at_ms, event);
    }

    /// Whether the answer was graded before. A first grading needs no undoing: it decides nothing that stood.
    fn is_regrade(&self, event: &Event) -> bool {
        let Event::Graded { student, exercise, .. } = event else { return false };
        self.records.get(&(exercise.clone(), student.clone())).is_some_and(|record| record.grading().is_some())
    }

    fn apply(&mut self, at_ms: i64, event: Event) {
        match event {
            Event::Enrolled { student, name, email } => {
                let known = self.students.entry(student).or_default();
                // What is said later is better known; what is not said changes nothing.
                for (old, new) in [(&mut known.name, name), (&mut known.email, email)] {
                    if !new.is_empty() {
                        *old = new;
                    }
                }
            }
            Event::Submitted { student, exercise, submission } => {
                self.record(student, exercise).submit(at_ms, submission);
            }
            Event::Graded { student, exercise, grading } => {
                self.record(student, exercise).gradings.push((at_ms, grading));
            }
            Event::Marked { student, exercise, mark } => self.record(student, exercise).marks.push((at_ms, mark)),
            Event::Adjusted { student, exercise, by, change, reason } => {
                self.record(student, exercise).adjust(at_ms, by, change, reason);
            }
            Event::Extended { student, exercise, until_ms, .. } => {
                self.record(student, exercise).extended_ms = Some(until_ms);
            }
            Event::RegradeRequested { student, exercise, reason } => {
                self.record(student, exercise).requests.push((at_ms, reason));
            }
            Event::LatePolicySet { exercise, policy } => {
                self.policies.insert(exercise, policy);
            }
            Event::Undone { .. } | Event::NamesRevealed { .. } => {}
        }
    }

    fn record(&mut self, student: StudentId, exercise: ExerciseId) -> &mut Record {
        self.students.entry(student.clone()).or_default();
        self.records.entry((exercise, student)).or_default()
    }

    /// The name a student goes by while names are hidden: the same in every list of this class.
    pub fn pseudonym(student: &StudentId) -> String {
        format!("p-{}", &fingerprint(&[b"pseudonym", student.0.as_bytes()])[..8])
    }

    /// The student that a person means: by id, pseudonym, address, or a name that only one has.
    pub fn find_student(&self, wanted: &str) -> Result<&StudentId, GradebookError> {
        if let Some((id, _)) = self.students.get_key_value(&StudentId(wanted.to_owned())) {
            return Ok(id);
        }
        let found: Vec<&StudentId> = self
            .students
            .iter()
            .filter(|(id, student)| {
                Self::pseudonym(id) == wanted || student.email == wanted || student.name.eq_ignore_ascii_case(wanted)
            })
            .map(|(id, _)| id)
            .collect();
        match found.as_slice() {
            [id] => Ok(id),
            [] => {
                Err(GradebookError::Wrong(format!("no student `{wanted}` in this class; `gradebook list` names them")))
            }
            many => Err(GradebookError::Wrong(format!("{} students answer to `{wanted}`: name the id", many.len()))),
        }
    }

    pub fn record_of(&self, student: &StudentId, exercise: &ExerciseId) -> Result<&Record, GradebookError> {
        self.records
            .get(&(exercise.clone(), student.clone()))
            .ok_or_else(|| GradebookError::Wrong(format!("{student} has handed in nothing for `{exercise}`")))
    }

    /// Refuses an exercise that nobody has answered: it is a slip of the pen.
    pub fn expect_answered(&self, exercise: &ExerciseId) -> Result<(), GradebookError> {
        if self.records.keys().any(|(of, _)| of == exercise) {
            return Ok(());
        }
        Err(GradebookError::Wrong(format!("nobody in this class has answered `{exercise}`")))
    }

    /// Exercises that somebody has answered.
    pub fn exercises(&self) -> BTreeSet<&ExerciseId> {
        self.records.keys().map(|(exercise, _)| exercise).collect()
    }

    /// The standing of every record, in the order of [`Self::records`].
    pub fn standings(&self) -> impl Iterator<Item = (&ExerciseId, &StudentId, &Record, super::Standing)> {
        self.records.iter().map(|((exercise, student), record)| {
            (exercise, student, record, record.standing(self.policies.get(exercise)))
        })
    }
}

/// The entries that were not erased, with what they say.
fn read(entries: &[Entry]) -> Result<Vec<(&Entry, Event)>, GradebookError> {
    let kept = entries.par_iter().filter_map(|entry| Some((entry, entry.body.as_ref()?)));
    kept.map(|(entry, body)| match Event::read(&entry.kind, body) {
        Ok(event) => Ok((entry, event)),
        Err(source) => Err(GradebookError::Entry { seq: entry.seq, source }),
    })
    .collect()
}

/// Appends what happened to the journal. `seen` as in [`ClassFile::append`].
pub(super) fn append(
    file: &mut ClassFile,
    at_ms: i64,
    events: &[Event],
    seen: Option<i64>,
) -> Result<i64, GradebookError> {
    let entries: Vec<_> = events.iter().map(Event::entry).collect();
    Ok(file.append(at_ms, &entries, seen)?)
}
