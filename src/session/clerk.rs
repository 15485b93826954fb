//! The thread that has the class while it is marked: wishes in, replies out.
//!
//! A mark is on the disk before the screen says so. What takes long (learning from marks) is done beside it. While an
//! answer is looked at, others are told so; when the thread ends, nothing is claimed any more.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::mpsc::{self, Sender};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::Event;
use crate::app::Action;
use crate::app::queue::{Change, Place, PlaceId, Reply, Sheet, Taught, Wish};
use crate::course::{Course, ExerciseId};
use crate::gradebook::queue::{self, answer_in_words};
use crate::gradebook::review::{self, Word};
use crate::gradebook::teach::{self, Lesson};
use crate::gradebook::{Class, GradebookError, Record, StudentId};
use crate::store::class::{Claim, ClassError, ClassFile};

/// How long others are told that somebody looks at an answer.
const CLAIM_MS: i64 = 3 * 60_000;
/// Nobody looks longer at one answer: they have gone for a coffee.
const LONGEST_LOOK: Duration = Duration::from_secs(10 * 60);
/// Comments that are offered.
const N_COMMENTS: usize = 50;

/// Who has the class while somebody marks it, and does what is wished of it.
pub struct Clerk {
    file: ClassFile,
    class: Arc<Class>,
    course: Arc<Course>,
    by: String,
    /// Only this exercise.
    exercise: Option<ExerciseId>,
    /// Tells this program from the same person's other one.
    holder: String,
    names: bool,
    /// What is on the screen, since when.
    shown: Option<Shown>,
    lesson: Option<Lesson>,
    lessons: (Sender<Box<Lesson>>, mpsc::Receiver<Box<Lesson>>),
}

struct Shown {
    id: PlaceId,
    students: Vec<StudentId>,
    since: Instant,
}

impl Clerk {
    /// `class` is what `file` held a moment ago; `by` is who marks.
    pub fn new(file: ClassFile, class: Class, course: Arc<Course>, by: String, exercise: Option<ExerciseId>) -> Self {
        let holder = format!("{by}#{}", std::process::id());
        Self {
            file,
            class: Arc::new(class),
            course,
            by,
            exercise,
            holder,
            names: false,
            shown: None,
            lesson: None,
            lessons: mpsc::channel(),
        }
    }

    /// Does what is wished. `later` hears what takes longer.
    pub fn perform(&mut self, wish: Wish, later: impl Fn(Reply) + Send + 'static) -> Reply {
        let done = match wish {
            Wish::Queue => self.queue(),
            Wish::Show(id) => self.show(id),
            Wish::Mark { id, alone, points, comment } => self.mark(&id, alone, &points, comment, later),
            Wish::Undo { batch } => self.undo(batch),
            Wish::ShowNames(names) => self.show_names(names),
            Wish::Learn(exercise) => {
                let lesson = teach::learn(&self.class, &self.course, &exercise);
                lesson.map(|lesson| self.learned(lesson, true)).ok_or_else(|| {
                    GradebookError::Wrong(format!("the course has no exercise `{exercise}`, so nothing can be learned"))
                })
            }
            Wish::Apply(exercise) => self.apply(&exercise),
        };
        done.unwrap_or_else(|error| {
            Reply::Refused(match error {
                // The error itself would name the student.
                GradebookError::Class(ClassError::Stale { .. }) => {
                    "Somebody else has decided here meanwhile, and nothing was overwritten. This is how it stands."
                        .into()
                }
                error => error.to_string(),
            })
        })
    }

    fn queue(&mut self) -> Result<Reply, GradebookError> {
        self.catch_up()?;
        let claims = self.file.claims(now_ms())?;
        let is_claimed = |exercise: &ExerciseId, student: &StudentId| {
            let other = |it: &&Claim| it.holder != self.holder && it.exercise == exercise.0 && it.student == student.0;
            claims.iter().any(|it| other(&it))
        };
        // What others look at comes last: they are about to decide it.
        let (taken, free): (Vec<_>, Vec<_>) = queue::of(&self.class, self.exercise.as_ref())
            .into_iter()
            .partition(|group| is_claimed(group.exercise, group.students[0]));
        let places = free.into_iter().chain(taken).map(|group| Place {
            id: PlaceId { exercise: group.exercise.clone(), student: group.students[0].0.clone() },
            n_alike: group.students.len(),
            why: group.why.to_string(),
        });
        let is_wanted = |exercise: &ExerciseId| self.exercise.as_ref().is_none_or(|wanted| wanted == exercise);
        let is_ungraded = |record: &Record| record.current().is_some() && record.grading().is_none();
        let records = self.class.records.iter().filter(|((exercise, _), _)| is_wanted(exercise));
        let n_ungraded = records.filter(|(_, record)| is_ungraded(record)).count();
        Ok(Reply::Queue { places: places.collect(), n_ungraded })
    }

    fn catch_up(&mut self) -> Result<(), GradebookError> {
        Arc::make_mut(&mut self.class).catch_up(&self.file)?;
        Ok(())
    }

    fn show(&mut self, id: PlaceId) -> Result<Reply, GradebookError> {
        self.catch_up()?;
        let student = StudentId(id.student.clone());
        let record = self.class.record_of(&student, &id.exercise)?;
        let grading = record.grading().ok_or_else(|| {
            GradebookError::Wrong("this answer is not graded any more: `coldstart gradebook run`".to_owned())
        })?;
        // Those whom a person has marked already stay as that person left them.
        let is_open = |other: &&StudentId| {
            **other == student || self.class.record_of(other, &id.exercise).is_ok_and(|record| !record.is_decided())
        };
        let students: Vec<StudentId> =
            queue::alike(&self.class, &id.exercise, &student).into_iter().filter(is_open).cloned().collect();
        let exercise = self.course.exercise(&id.exercise.0);
        let comments = queue::comments(&self.class, Some(&id.exercise));
        let sheet = Sheet {
            title: exercise.map_or_else(|| id.exercise.0.clone(), |it| it.title.clone()),
            prompt: exercise.map(|it| it.prompt.clone()).unwrap_or_default(),
            solution: exercise.map(|it| it.solution.clone()).unwrap_or_default(),
            people: students.iter().map(|student| self.who(student)).collect(),
            said: answer_in_words(record),
            flags: record.current().map(|it| it.flags.clone()).unwrap_or_default(),
            points: grading.verdict.items.iter().map(|item| record.item_points(item)).collect(),
            verdict: grading.verdict.clone(),
            rival: None,
            comments: comments.into_iter().take(N_COMMENTS).map(|(text, _)| text.to_owned()).collect(),
            id: id.clone(),
        };
        let rival = self.claim(&id)?;
        self.shown = Some(Shown { id, students, since: Instant::now() });
        Ok(Reply::Sheet(Box::new(Sheet { rival, ..sheet })))
    }

    /// Says that we look at this answer and at no other. Gives who else does.
    fn claim(&self, id: &PlaceId) -> Result<Option<String>, GradebookError> {
        let now_ms = now_ms();
        self.file.release(&self.holder)?;
        let claim = Claim { exercise: id.exercise.0.clone(), student: id.student.clone(), holder: self.holder.clone() };
        if self.file.claim(&claim, now_ms + CLAIM_MS, now_ms)? {
            return Ok(None);
        }
        let claims = self.file.claims(now_ms)?;
        let other = claims.into_iter().find(|it| it.exercise == claim.exercise && it.student == claim.student);
        Ok(other.map(|it| it.holder.split('#').next().unwrap_or_default().to_owned()))
    }

    fn who(&self, student: &StudentId) -> String {
        let name = self.class.students.get(student).map(|it| it.name.as_str()).unwrap_or_default();
        match (self.names, name) {
            (false, _) => Class::pseudonym(student),
            (true, "") => student.0.clone(),
            (true, name) => format!("{name} ({student})"),
        }
    }

    fn mark(
        &mut self,
        id: &PlaceId,
        alone: bool,
        points: &BTreeMap<String, f64>,
        comment: String,
        later: impl Fn(Reply) + Send + 'static,
    ) -> Result<Reply, GradebookError> {
        let shown = self.shown.take().filter(|shown| shown.id == *id);
        let shown = shown.ok_or_else(|| GradebookError::Wrong("look at the answer first".to_owned()))?;
        let students: Vec<&StudentId> = shown.students.iter().take(if alone { 1 } else { usize::MAX }).collect();
        let took_ms = shown.since.elapsed().min(LONGEST_LOOK).as_millis() as u64;
        let word = Word { by: self.by.clone(), reason: comment, took_ms: Some(took_ms) };
        let exercise = &id.exercise;
        // The class as it was shown: who has written since is not overwritten.
        let batch = review::mark(&mut self.file, &self.class, exercise, &students, points, &word, now_ms())?;
        let n_answers = students.len();
        self.catch_up()?;
        if teach::is_due(teach::n_marked(&self.class, exercise)) {
            let (class, course, exercise) = (Arc::clone(&self.class), Arc::clone(&self.course), exercise.clone());
            let lessons = self.lessons.0.clone();
            thread::spawn(move || {
                if let Some(lesson) = teach::learn(&class, &course, &exercise) {
                    let taught = Box::new(taught(&lesson));
                    let _ = lessons.send(Box::new(lesson));
                    later(Reply::Learned { taught, asked: false });
                }
            });
        }
        Ok(Reply::Marked { id: id.clone(), batch, n_answers })
    }

    fn learned(&mut self, lesson: Lesson, asked: bool) -> Reply {
        let taught = Box::new(taught(&lesson));
        self.lesson = Some(lesson);
        Reply::Learned { taught, asked }
    }

    fn apply(&mut self, exercise: &ExerciseId) -> Result<Reply, GradebookError> {
        self.lesson = self.lessons.1.try_iter().map(|lesson| *lesson).last().or(self.lesson.take());
        let lesson = self.lesson.take().filter(|lesson| lesson.exercise == *exercise);
        let lesson = lesson.ok_or_else(|| GradebookError::Wrong("ask anew what was learned: T".to_owned()))?;
        match lesson.apply(&mut self.file, now_ms())? {
            Some(batch) => Ok(Reply::Applied { n_answers: lesson.changes.len(), batch }),
            None => Err(GradebookError::Wrong("there is nothing to change".to_owned())),
        }
    }

    fn undo(&mut self, batch: i64) -> Result<Reply, GradebookError> {
        self.catch_up()?;
        review::undo(&mut self.file, &self.class, batch, "", now_ms())?;
        Ok(Reply::Undone)
    }

    fn show_names(&mut self, names: bool) -> Result<Reply, GradebookError> {
        if names {
            review::reveal_names(&mut self.file, &self.by, now_ms())?;
        }
        self.names = names;
        Ok(Reply::NamesShown(names))
    }
}

impl Drop for Clerk {
    fn drop(&mut self) {
        // A claim ends by itself too.
        let _ = self.file.release(&self.holder);
    }
}

fn taught(lesson: &Lesson) -> Taught {
    let changes = lesson.changes.iter().map(|change| Change {
        who: Class::pseudonym(&change.student),
        before: change.before,
        after: change.after,
        why: change.why.clone(),
    });
    Taught {
        exercise: lesson.exercise.clone(),
        n_marked: lesson.n_marked,
        n_needed: teach::LEAST_MARKED,
        n_judged: lesson.n_judged,
        n_agreed: lesson.n_agreed,
        n_would_agree: lesson.n_would_agree,
        changes: changes.collect(),
    }
}

fn now_ms() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}

/// The clerk on a thread of its own.
pub(super) struct ClerkThread {
    inbox: Option<Sender<Wish>>,
    thread: Option<JoinHandle<()>>,
}

impl ClerkThread {
    pub(super) fn start(mut clerk: Clerk, events: Sender<Event>) -> Self {
        let (inbox, wishes) = mpsc::channel();
        let thread = thread::spawn(move || {
            for wish in wishes {
                let heard = |reply| Event::Done(Action::Heard(reply));
                let later = events.clone();
                let reply = clerk.perform(wish, move |reply| {
                    let _ = later.send(heard(reply));
                });
                let _ = events.send(heard(reply));
            }
        });
        Self { inbox: Some(inbox), thread: Some(thread) }
    }

    pub(super) fn send(&self, wish: Wish) {
        if let Some(inbox) = &self.inbox {
            let _ = inbox.send(wish);
        }
    }
}

impl Drop for ClerkThread {
    fn drop(&mut self) {
        self.inbox = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
