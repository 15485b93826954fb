//! What exercises say of other places of the course: the passage they are about, the exercise they ask again, the goals
//! they show.

use super::dead_end;
use crate::course::{Course, Exercise, ExerciseId, Page, Problem, mastery, nearest_hint};

pub(super) fn problems(course: &Course) -> Vec<Problem> {
    let mut problems: Vec<Problem> =
        course.exercises.values().flat_map(|exercise| pointers(course, exercise)).collect();
    problems.extend(course.pages().flat_map(|page| unasked_goals(course, page)));
    problems
}

fn pointers(course: &Course, exercise: &Exercise) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut slip = |line: u32, message: String| problems.push(Problem::new(&exercise.file, line, message));
    if let Some(form_of) = &exercise.form_of
        && let Some(message) = wrong_form(course, exercise, &form_of.to)
    {
        slip(form_of.line, message);
    }
    let Some(page) = course.page_of(&exercise.id) else { return problems };
    if let Some(about) = &exercise.about
        && let Some(message) = dead_end(course, page, &about.to)
    {
        slip(about.line, format!("about: {message}"));
    }
    // Of a page whose front matter could not be read no goal is known.
    for goal in
        exercise.shows.iter().filter(|goal| !page.places.is_unread && (goal.to == 0 || goal.to > page.goals.len()))
    {
        let (number, n_goals, file) = (goal.to, page.goals.len(), &page.file);
        slip(goal.line, format!("`shows` names goal {number}, and {file} has the goals 1 to {n_goals}"));
    }
    problems
}

fn wrong_form(course: &Course, exercise: &Exercise, root: &ExerciseId) -> Option<String> {
    match course.exercises.get(root) {
        None => {
            let near = nearest_hint(&root.0, course.exercises.keys().map(|id| id.0.as_str()));
            Some(format!("`form_of` names no exercise `{root}`{near}"))
        }
        Some(it) if it.id == exercise.id => Some("an exercise cannot be another form of itself".to_owned()),
        Some(Exercise { form_of: Some(first), .. }) => {
            Some(format!("`{root}` is another form itself: name `{}`, which it asks again", first.to))
        }
        Some(_) if course.pages().any(|page| page.exercises().any(|id| *id == exercise.id)) => Some(format!(
            "a page shows this exercise, and `{root}` is to be asked in its form: take one of the two away"
        )),
        Some(_) => None,
    }
}

/// A goal that no question of the page is about can never be shown to be reached.
fn unasked_goals(course: &Course, page: &Page) -> Vec<Problem> {
    // Of a page that asks nothing, and of a question that cannot be read, that is told already.
    if page.exercises().next().is_none() || super::has_lost_fence(page) {
        return Vec::new();
    }
    let goals = mastery::goals(course, page, &crate::course::Progress::default());
    let unasked = (1..).zip(goals).filter(|(_, goal)| goal.exercises.is_empty());
    let problem = |(number, goal): (usize, mastery::Goal<'_>)| {
        let message = format!(
            "no question of the page is about its goal {number}, “{}”: put `shows = [{number}]` into the exercise that is",
            goal.text
        );
        Problem::new(&page.file, page.places.goals.get(number - 1).copied().unwrap_or(1), message)
    };
    unasked.map(problem).collect()
}

#[cfg(test)]
mod tests {
    use super::problems;
    use crate::course::{Course, Files};

    fn said(exercises: &[(&str, &str)]) -> Vec<String> {
        let mut files = Files::new();
        let outline =
            "format = 1\ntitle = \"C\"\n[[module]]\ntitle = \"M\"\nlessons = [{ title = \"S\", folder = \"s\" }]\n";
        files.insert("lessons/course.toml".into(), outline.into());
        let page = "+++\nformat = 1\ngoals = [\"Say it\", \"Do it\"]\n+++\n# One thing\n\n```exercise\na\n```\n";
        files.insert("lessons/s/01-first.md".into(), page.into());
        for (name, more) in exercises {
            let text = format!("format = 1\nkind = \"number\"\nprompt = \"P\"\nvalue = 3\nsolution = \"S\"\n{more}\n");
            files.insert(format!("exercises/{name}.toml"), text);
        }
        problems(&Course::assemble(&files)).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn what_an_exercise_points_at_is_there() {
        for (exercises, told) in [
            (&[("a", ""), ("b", "form_of = \"a\"")][..], ""),
            (&[("a", "about = \"#one-thing\"\nshows = [1, 2]")], ""),
            (&[("a", "about = \"#one-thin\"")], "exercises/a.toml:6: about: the link leads to no heading `#one-thin`"),
            (&[("a", "about = \"02-more.md\"")], "exercises/a.toml:6: about: the link leads to no page"),
            (&[("a", ""), ("b", "form_of = \"aa\"")], "exercises/b.toml:6: `form_of` names no exercise `aa`"),
            (&[("a", "form_of = \"a\"")], "exercises/a.toml:6: an exercise cannot be another form of itself"),
            (&[("a", "form_of = \"b\""), ("b", "")], "exercises/a.toml:6: a page shows this exercise"),
            (
                &[("a", ""), ("b", "form_of = \"a\""), ("c", "form_of = \"b\"")],
                "exercises/c.toml:6: `b` is another form itself: name `a`",
            ),
            (&[("a", "shows = [1, 3]")], "exercises/a.toml:6: `shows` names goal 3"),
            (&[("a", "shows = [1]")], "lessons/s/01-first.md:3: no question of the page is about its goal 2, “Do it”"),
        ] {
            let said = said(exercises);
            assert!(
                said.first().map_or(told.is_empty(), |it| !told.is_empty() && it.starts_with(told)),
                "{exercises:?}: {said:?}"
            );
        }
    }
}
