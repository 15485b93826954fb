//! A class as its journal tells it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::mpsc;
use std::thread;

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
    /// Fingerprints of the platforms' worksheets that were filled in.
    pub(super) worksheets: BTreeSet<String>,
    /// What can be taken back, oldest first.
    pub batches: Vec<Batch>,
    pub seen: i64,
}

impl Class {
    pub fn read(file: &ClassFile) -> Result<Self, GradebookError> {
        Ok(Self::fold(read(file, 0)?))
    }

    /// The journal's entries to what they come to. Erased entries are passed over.
    fn fold(events: Vec<(Entry, Event)>) -> Self {
        // Newest first, so that an undoing that was itself undone has no effect.
        let mut undone = BTreeSet::new();
        for (entry, event) in events.iter().rev() {
            if let Event::Undone { batch, .. } = event
                && !undone.contains(&entry.batch)
            {
                undone.insert(*batch);
            }
        }
        let mut class = Self { seen: events.last().map_or(0, |(entry, _)| entry.seq), ..Self::default() };
        for (entry, event) in events {
            if undone.contains(&entry.batch) {
                class.pass_over(&entry, &event);
            } else {
                class.add(&entry, event);
            }
        }
        class
    }

    /// Takes in what was written since [`Self::seen`], by others too. Says whether there was anything.
    pub fn catch_up(&mut self, file: &ClassFile) -> Result<bool, GradebookError> {
        let events = read(file, self.seen)?;
        let Some((newest, _)) = events.last() else { return Ok(false) };
        // What was undone stands earlier: only the whole journal tells what is left.
        if events.iter().any(|(_, event)| matches!(event, Event::Undone { .. })) {
            *self = Self::read(file)?;
            return Ok(true);
        }
        self.seen = newest.seq;
        for (entry, event) in events {
            self.add(&entry, event);
        }
        Ok(true)
    }

    /// What was taken back counts no more, but whoever asks how a mark came about hears of it.
    fn pass_over(&mut self, entry: &Entry, event: &Event) {
        if let (Some(student), Some(exercise)) = event.about()
            && event.is_decision()
        {
            let said = format!("{}, and it was taken back", entry.kind.replace('_', " "));
            self.record(student.clone(), exercise.clone()).taken_back.push((entry.at_ms, said));
        }
    }

    fn add(&mut self, entry: &Entry, event: Event) {
        let is_decision = event.is_decision();
        let is_regrade = self.apply(entry.at_ms, event);
        if is_decision || is_regrade {
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
    }

    /// Says whether an answer was graded that was graded before. A first grading needs no undoing: it decides nothing
    /// that stood.
    fn apply(&mut self, at_ms: i64, event: Event) -> bool {
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
                let record = self.record(student, exercise);
                let is_regrade = record.grading().is_some();
                record.gradings.push((at_ms, grading));
                return is_regrade;
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
            Event::WorksheetFilled { worksheet } => {
                self.worksheets.insert(worksheet);
            }
            Event::Undone { .. } | Event::NamesRevealed { .. } => {}
        }
        false
    }

    fn record(&mut self, student: StudentId, exercise: ExerciseId) -> &mut Record {
        if !self.students.contains_key(&student) {
            self.students.insert(student.clone(), Student::default());
        }
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

/// Entries that are parsed together, while the next are read.
const CHUNK: usize = 1024;

/// The entries after `seen` that were not erased, with what they say.
fn read(file: &ClassFile, seen: i64) -> Result<Vec<(Entry, Event)>, GradebookError> {
    let (sender, chunks) = mpsc::channel::<Vec<Entry>>();
    thread::scope(|scope| {
        let parser = scope.spawn(move || {
            let mut events = Vec::new();
            for chunk in chunks {
                let parsed: Result<Vec<_>, GradebookError> = chunk.into_par_iter().filter_map(parsed).collect();
                events.extend(parsed?);
            }
            Ok(events)
        });
        let mut chunk = Vec::new();
        let read = file.each_entry(seen, &mut |entry| {
            chunk.push(entry);
            if chunk.len() == CHUNK {
                // A parser that has met an entry it cannot read is gone, and says so below.
                let _ = sender.send(std::mem::take(&mut chunk));
            }
        });
        let _ = sender.send(chunk);
        drop(sender);
        let events = parser.join().expect("parsing has no bounds to break");
        read?;
        events
    })
}

fn parsed(mut entry: Entry) -> Option<Result<(Entry, Event), GradebookError>> {
    let body = entry.body.take()?;
    let event = Event::read(&entry.kind, &body);
    Some(event.map_err(|source| GradebookError::Entry { seq: entry.seq, source }).map(|event| (entry, event)))
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
