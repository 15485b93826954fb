//! One matter asked in several forms: the exercise that stands on a page, and those that ask it again in other words.
//!
//! What was shown on one form counts for the matter. Absent: when to ask again, which is [`super::review`]'s.

use super::{Course, Exercise, ExerciseId, Progress, Target};

impl Course {
    /// The exercise that `id` is another form of, else `id` itself.
    pub fn root_of<'a>(&'a self, id: &'a ExerciseId) -> &'a ExerciseId {
        let form_of = self.exercises.get(id).and_then(|exercise| exercise.form_of.as_ref());
        form_of.map_or(id, |form_of| &form_of.to)
    }

    /// Every form in which the matter of `id` is asked: the one on the page first, then the others by their names.
    pub fn forms_of(&self, id: &ExerciseId) -> Vec<&Exercise> {
        let root = self.root_of(id);
        let is_form = |it: &&Exercise| it.form_of.as_ref().is_some_and(|form_of| form_of.to == *root);
        self.exercises.get(root).into_iter().chain(self.exercises.values().filter(is_form)).collect()
    }

    /// The form to ask after `id`: one whose solution is not known and that was tried the least.
    pub fn other_form(&self, id: &ExerciseId, progress: &Progress) -> Option<&Exercise> {
        let rank = |form: &&Exercise| {
            let work = progress.work(&form.id);
            (work.solution_seen, work.tries)
        };
        self.forms_of(id).into_iter().filter(|form| form.id != *id).min_by_key(rank)
    }

    /// Where the course tells of what `exercise` asks.
    pub fn passage<'a>(&'a self, exercise: &'a Exercise) -> Option<Target<'a>> {
        let about = exercise.about.as_ref()?;
        let from = self.page_of(&exercise.id).or_else(|| self.pages().next())?;
        Some(self.follow(from, &about.to))
    }

    /// That place in words: “What helps” on the page “The cold start”.
    pub fn place_of(&self, exercise: &Exercise) -> Option<String> {
        match self.passage(exercise)? {
            Target::Place { page, source_line } => {
                let heading = page.document.headings().into_iter().find(|(.., line)| *line == source_line);
                let on = format!("the page “{}”", page.title);
                Some(heading.map_or(on.clone(), |(_, heading, _)| format!("“{heading}” on {on}")))
            }
            Target::NoHeading { page, .. } => Some(format!("the page “{}”", page.title)),
            Target::NoPage { .. } | Target::Outside => None,
        }
    }
}

impl Progress {
    /// The best share of the points that was reached on any form of `id`.
    pub fn best_of_forms(&self, course: &Course, id: &ExerciseId) -> f64 {
        let works = course.forms_of(id).into_iter().filter_map(|form| self.exercises.get(&form.id));
        works.map(|work| work.best).fold(0.0, f64::max)
    }
}
