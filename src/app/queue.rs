//! The desk at which a person marks a class: one answer after the other, those that are alike together.
//!
//! In: deeds of the grader's, and [`Reply`]s from whoever has the class. Out: rows for the screen and [`Wish`]es. What is
//! shown is a copy ([`Sheet`]); a mark is made where the class is, and counts here when the reply says so. Absent: names,
//! unless they were asked for, and what an answer is worth.

mod view;

use std::collections::BTreeMap;
use std::sync::Arc;

use super::field::Field;
use super::row::Row;
use super::{Action, Desk, Effect, Notice, Step};
use crate::course::ExerciseId;
use crate::grade::Verdict;
use view::areas;

/// A group of alike answers, by the first of its students.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PlaceId {
    pub exercise: ExerciseId,
    /// As the class knows the student. Never on screen.
    pub student: String,
}

/// Something to look at.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    pub id: PlaceId,
    pub n_alike: usize,
    pub why: String,
}

/// All that is shown of one place.
#[derive(Clone, Debug, PartialEq)]
pub struct Sheet {
    pub id: PlaceId,
    pub title: String,
    /// Markdown.
    pub prompt: String,
    /// Markdown.
    pub solution: String,
    /// The student's pseudonym, or the name where names are shown; then those who say the same.
    pub people: Vec<String>,
    /// The answer in words.
    pub said: String,
    pub flags: Vec<String>,
    pub verdict: Verdict,
    /// Of each item of the verdict, as it stands.
    pub points: Vec<f64>,
    /// Who else looks at it just now.
    pub rival: Option<String>,
    /// What was said of such answers before, the most used first.
    pub comments: Vec<String>,
}

/// What a person wants of the class.
#[derive(Clone, Debug, PartialEq)]
pub enum Wish {
    Queue,
    Show(PlaceId),
    Mark {
        id: PlaceId,
        /// Only this student, not those who say the same.
        alone: bool,
        points: BTreeMap<String, f64>,
        comment: String,
    },
    Undo {
        batch: i64,
    },
    ShowNames(bool),
    /// What the grader has learned from the marks of this exercise.
    Learn(ExerciseId),
    /// Grade again by what was learned.
    Apply(ExerciseId),
}

#[derive(Clone, Debug)]
pub enum Reply {
    Queue {
        places: Arc<[Place]>,
        /// Answers that nobody can mark yet.
        n_ungraded: usize,
    },
    Sheet(Box<Sheet>),
    Marked {
        id: PlaceId,
        batch: i64,
        n_answers: usize,
    },
    Undone,
    NamesShown(bool),
    /// `asked`: somebody waits for it.
    Learned {
        taught: Box<Taught>,
        asked: bool,
    },
    Applied {
        n_answers: usize,
        batch: i64,
    },
    /// Nothing was written, and why. What is shown may be out of date.
    Refused(String),
}

/// What marks taught the grader, and what it would change.
#[derive(Clone, Debug, PartialEq)]
pub struct Taught {
    pub exercise: ExerciseId,
    /// Different answers that people have marked, and how many it takes.
    pub n_marked: usize,
    pub n_needed: usize,
    /// Of that many judgements of items …
    pub n_judged: usize,
    /// … the grader agrees with so many, and would with so many, each judged by what the others taught.
    pub n_agreed: usize,
    pub n_would_agree: usize,
    pub changes: Vec<Change>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    pub who: String,
    pub before: f64,
    pub after: f64,
    pub why: String,
}

/// What the grader does at the desk.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Deed {
    /// To the next place (1) or the previous (-1).
    Turn(i32),
    /// To the next item (1) or the previous (-1).
    Choose(i32),
    /// An item: all of its points, or none.
    Give(usize),
    /// An item: half of its points, or what the grader gave.
    Half(usize),
    GiveChosen,
    HalfChosen,
    /// A quarter of the chosen item's points more (1) or less (-1).
    Step(i32),
    Keep,
    Alone,
    Comment,
    Undo,
    Names,
    Question,
    Lesson,
    Apply,
}

/// What the grader reads or writes just now.
#[derive(Clone, Debug, Default, PartialEq)]
enum Doing {
    #[default]
    Marking,
    /// The question and its solution lie over the answer.
    Reading,
    /// A comment is being chosen or written; line 0 is what was typed.
    Commenting { field: Field, chosen: usize },
    /// What the grader has learned lies over the answer.
    Learning,
}

#[derive(Clone, Debug, Default)]
pub struct Queue {
    /// The places, once they are known.
    known: Option<Arc<[Place]>>,
    n_ungraded: usize,
    at: usize,
    /// Batches by place, the newest last: what Undo takes back.
    kept: Vec<(usize, i64)>,
    sheet: Option<Box<Sheet>>,
    /// A mark is on its way: until it is kept, no other is made.
    is_keeping: bool,
    /// Points as they would be kept.
    points: Vec<f64>,
    chosen: usize,
    alone: bool,
    comment: String,
    doing: Doing,
    taught: Option<Box<Taught>>,
    names: bool,
    /// First row of the answer that is shown.
    pub top: usize,
    pub answer: Vec<Row>,
    pub rubric: Vec<Row>,
    /// First row of the rubric that is shown.
    pub rubric_top: usize,
}

fn wish(wish: Wish) -> Step {
    Step::effect(Effect::Mark(wish))
}

impl Queue {
    /// Effects of having opened.
    pub(crate) fn opened() -> Vec<Effect> {
        vec![Effect::Mark(Wish::Queue)]
    }

    /// A comment is typed: letters are letters.
    pub fn is_typing(&self) -> bool {
        matches!(self.doing, Doing::Commenting { .. })
    }

    /// What the grader has learned is shown, and can be applied.
    pub fn is_learning(&self) -> bool {
        self.doing == Doing::Learning
    }

    /// The head of the screen: where one is, and whose answer it is.
    pub fn head(&self) -> (String, String) {
        let Some(sheet) = &self.sheet else { return ("Queue".to_owned(), String::new()) };
        let place = format!("{} · {} of {}", sheet.title, self.at + 1, self.places().len());
        let more = sheet.people.len().saturating_sub(1);
        let who = sheet.people.first().cloned().unwrap_or_default();
        let alike = match (more, self.alone) {
            (0, _) => String::new(),
            (_, true) => " alone".to_owned(),
            (more, false) => format!(" +{more} alike"),
        };
        // Here too, since a long rubric does not leave its sum in view.
        (place, format!("{:.2}/{:.2}  {who}{alike}", self.sum(), sheet.verdict.max))
    }

    fn places(&self) -> &[Place] {
        self.known.as_deref().unwrap_or_default()
    }

    /// What the points come to.
    fn sum(&self) -> f64 {
        let max = self.sheet.as_ref().map_or(0.0, |sheet| sheet.verdict.max);
        self.points.iter().sum::<f64>().clamp(0.0, max)
    }

    pub(crate) fn lay_out(&mut self, desk: &Desk<'_>) {
        view::lay_out(self, desk.size);
    }

    pub(crate) fn update(&mut self, desk: &Desk<'_>, action: &Action) -> Step {
        let step = match action {
            Action::Mark(deed) => self.act(*deed),
            Action::Heard(reply) => self.hear(reply),
            Action::Scroll(motion) => {
                let page = usize::from(areas(desk.size, self.rubric.len()).answer.rows);
                self.top = motion.from(self.top, page).min(self.answer.len().saturating_sub(page));
                return Step::default();
            }
            Action::Type(key) => {
                if let Doing::Commenting { field, chosen } = &mut self.doing
                    && field.press(*key)
                {
                    *chosen = 0;
                }
                Step::default()
            }
            Action::NextThing(by) => {
                let last = self.suggestions().len();
                if let Doing::Commenting { chosen, .. } = &mut self.doing {
                    *chosen = chosen.saturating_add_signed(*by as isize).min(last);
                }
                Step::default()
            }
            Action::Paste(text) => {
                if let Doing::Commenting { field, chosen } = &mut self.doing {
                    field.insert(text);
                    *chosen = 0;
                }
                Step::default()
            }
            Action::Submit if self.is_typing() => {
                self.comment = self.suggested();
                self.doing = Doing::Marking;
                Step::default()
            }
            Action::Back if self.doing == Doing::Marking => {
                Step::say("q quits: every mark that was kept is in the class.")
            }
            Action::Back => {
                self.doing = Doing::Marking;
                self.top = 0;
                Step::default()
            }
            _ => return Step::default(),
        };
        view::lay_out(self, desk.size);
        step
    }

    fn act(&mut self, deed: Deed) -> Step {
        match deed {
            Deed::Turn(by) => return self.turn(by),
            Deed::Undo => return self.undo(),
            Deed::Names => return wish(Wish::ShowNames(!self.names)),
            Deed::Keep => return self.keep(),
            Deed::Lesson if self.is_learning() => self.doing = Doing::Marking,
            Deed::Lesson => {
                // Also when the queue is empty: what was learned last is still to be decided.
                let shown = self.sheet.as_ref().map(|sheet| &sheet.id.exercise);
                if let Some(exercise) = shown.or(self.taught.as_ref().map(|taught| &taught.exercise)) {
                    let said = Step::say("Asking what your marks have taught the grader …");
                    return Step { effects: vec![Effect::Mark(Wish::Learn(exercise.clone()))], ..said };
                }
            }
            Deed::Apply => {
                if let Some(taught) = self.taught.take() {
                    self.doing = Doing::Marking;
                    return wish(Wish::Apply(taught.exercise.clone()));
                }
            }
            Deed::Question => {
                self.doing = if self.doing == Doing::Reading { Doing::Marking } else { Doing::Reading };
                self.top = 0;
            }
            Deed::Comment => self.doing = Doing::Commenting { field: Field::of(&*self.comment), chosen: 0 },
            Deed::Alone => self.alone = !self.alone,
            Deed::Choose(by) => {
                let last = self.points.len().saturating_sub(1);
                self.chosen = self.chosen.saturating_add_signed(by as isize).min(last);
            }
            Deed::Give(item) => self.set(item, |max, now| if now < max { max } else { 0.0 }),
            Deed::Half(item) => self.set(item, |max, _| max / 2.0),
            Deed::GiveChosen => self.set(self.chosen, |max, now| if now < max { max } else { 0.0 }),
            Deed::HalfChosen => self.set(self.chosen, |max, _| max / 2.0),
            Deed::Step(by) => self.set(self.chosen, |max, now| (now + f64::from(by) * max / 4.0).clamp(0.0, max)),
        }
        Step::default()
    }

    /// Gives an item the points that `change` makes of its maximum and what it has. An item that only takes off (a wrong
    /// choice among several) goes between what the grader took and nothing.
    fn set(&mut self, item: usize, change: impl Fn(f64, f64) -> f64) {
        let Some((points, judged)) =
            self.sheet.as_ref().and_then(|sheet| Some((self.points.get_mut(item)?, sheet.verdict.items.get(item)?)))
        else {
            return;
        };
        *points = if judged.max > 0.0 {
            change(judged.max, *points)
        } else if *points < 0.0 {
            0.0
        } else {
            judged.points.min(0.0)
        };
        self.chosen = item;
    }

    /// The comments of the bank that hold each word typed.
    fn suggestions(&self) -> Vec<&str> {
        let (Doing::Commenting { field, .. }, Some(sheet)) = (&self.doing, &self.sheet) else { return Vec::new() };
        let words: Vec<String> = field.text.split_whitespace().map(str::to_lowercase).collect();
        let fits = |comment: &&str| words.iter().all(|word| comment.to_lowercase().contains(word));
        sheet.comments.iter().map(String::as_str).filter(fits).collect()
    }

    fn suggested(&self) -> String {
        let Doing::Commenting { field, chosen } = &self.doing else { return String::new() };
        match chosen.checked_sub(1).and_then(|index| self.suggestions().get(index).copied()) {
            Some(comment) => comment.to_owned(),
            None => field.text.trim().to_owned(),
        }
    }

    fn keep(&mut self) -> Step {
        if self.is_keeping {
            return Step::default();
        }
        let Some(sheet) = &self.sheet else { return wish(Wish::Queue) };
        let items = sheet.verdict.items.iter().zip(&self.points).map(|(item, points)| (item.id.clone(), *points));
        self.is_keeping = true;
        wish(Wish::Mark {
            id: sheet.id.clone(),
            alone: self.alone,
            points: items.collect(),
            comment: self.comment.clone(),
        })
    }

    fn undo(&mut self) -> Step {
        match self.kept.last() {
            Some((_, batch)) => wish(Wish::Undo { batch: *batch }),
            None => Step::say("Nothing of yours to take back here; `coldstart gradebook undo` goes further back."),
        }
    }

    fn turn(&mut self, by: i32) -> Step {
        let to = self.at.saturating_add_signed(by as isize);
        if to >= self.places().len() {
            return Step { effects: vec![Effect::Mark(Wish::Queue)], ..Step::say("That was the last of the queue.") };
        }
        self.go_to(to)
    }

    fn go_to(&mut self, at: usize) -> Step {
        self.at = at;
        self.places().get(at).map_or_else(Step::default, |place| wish(Wish::Show(place.id.clone())))
    }

    /// The next place that was not marked here, or the queue anew.
    fn go_on(&mut self) -> Step {
        let is_done = |at: usize| self.kept.iter().any(|(kept, _)| *kept == at);
        match (self.at + 1..self.places().len()).find(|at| !is_done(*at)) {
            Some(next) => self.go_to(next),
            None => wish(Wish::Queue),
        }
    }

    fn hear(&mut self, reply: &Reply) -> Step {
        if matches!(reply, Reply::Marked { .. } | Reply::Refused(_)) {
            self.is_keeping = false;
        }
        match reply {
            Reply::Queue { places, n_ungraded } => {
                self.known = Some(Arc::clone(places));
                self.n_ungraded = *n_ungraded;
                // Their numbers were those of the queue before.
                self.kept.clear();
                self.sheet = None;
                self.go_to(0)
            }
            Reply::Sheet(sheet) => {
                let is_wanted = self.places().get(self.at).is_some_and(|place| place.id == sheet.id);
                if is_wanted {
                    let is_other = self.sheet.as_ref().is_none_or(|before| before.id != sheet.id);
                    if is_other {
                        (self.top, self.chosen, self.alone, self.doing) = (0, 0, false, Doing::Marking);
                        self.comment.clear();
                    }
                    self.points.clone_from(&sheet.points);
                    self.sheet = Some(sheet.clone());
                }
                Step::default()
            }
            Reply::Marked { id, batch, n_answers } => {
                if let Some(at) = self.places().iter().position(|place| place.id == *id) {
                    self.kept.push((at, *batch));
                }
                let said = match n_answers {
                    1 => "Kept; u takes it back.".to_owned(),
                    n => format!("Kept for {n} answers; u takes it back."),
                };
                let notice = Some(Notice { text: said, grave: false });
                Step { notice, ..self.go_on() }
            }
            Reply::Undone => {
                let back = self.kept.pop();
                let notice = Some(Notice { text: "Taken back.".to_owned(), grave: false });
                Step { notice, ..back.map_or_else(|| wish(Wish::Queue), |(at, _)| self.go_to(at)) }
            }
            Reply::NamesShown(names) => {
                self.names = *names;
                let said =
                    if *names { "Names are shown; the class keeps that you looked." } else { "Names are hidden." };
                let notice = Some(Notice { text: said.to_owned(), grave: false });
                Step { notice, ..self.go_to(self.at) }
            }
            Reply::Learned { taught, asked } => self.learned(taught, *asked),
            Reply::Applied { n_answers, batch } => {
                let said =
                    format!("{n_answers} answers graded again; `coldstart gradebook undo {batch}` takes it back.");
                Step { effects: vec![Effect::Mark(Wish::Queue)], ..Step::say(said) }
            }
            Reply::Refused(why) => {
                let notice = Some(Notice { text: why.clone(), grave: true });
                Step { notice, ..self.go_to(self.at) }
            }
        }
    }

    fn learned(&mut self, taught: &Taught, asked: bool) -> Step {
        let said = format!(
            "{} marked: taught by them, the grader would agree on {} of {} points instead of {}",
            taught.n_marked, taught.n_would_agree, taught.n_judged, taught.n_agreed
        );
        if taught.n_marked < taught.n_needed {
            let (n_marked, n_needed) = (taught.n_marked, taught.n_needed);
            let said = format!("{n_needed} different answers teach something; {n_marked} of this exercise are marked.");
            return if asked { Step::say(said) } else { Step::default() };
        }
        let gains = taught.n_would_agree > taught.n_agreed;
        self.taught = (gains && !taught.changes.is_empty()).then(|| Box::new(taught.clone()));
        match (&self.taught, asked) {
            (Some(_), true) => {
                (self.doing, self.top) = (Doing::Learning, 0);
                Step::say(format!("{said}."))
            }
            (Some(_), false) => {
                Step::say(format!("{said}; {} answers would change. T shows which.", taught.changes.len()))
            }
            (None, true) => Step::say(format!("{said}: nothing to change.")),
            (None, false) => Step::default(),
        }
    }
}
