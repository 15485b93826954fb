//! Progress to a page of what was learned, in Markdown: goals as they were shown, guesses, one's own answers, the solutions
//! seen, bookmarks, and one's own notes. For oneself to keep, and to read again.
//!
//! Absent: files and dates. What was never done is not in it.

use super::exercise::Piece;
use super::mastery::goals;
use super::progress::Work;
use super::{Answer, Course, Exercise, Kind, Page, Progress, Task};

/// The whole page. A course of which nothing was done gives its title and a sentence.
pub fn learned(course: &Course, progress: &Progress) -> String {
    let mut out = format!("# What I learned: {}\n", course.title);
    let pages: Vec<String> = course.pages().filter_map(|page| of_page(course, page, progress)).collect();
    if pages.is_empty() {
        out += "\nNothing was read or answered yet.\n";
    }
    for page in pages {
        out += &page;
    }
    out
}

/// What was done on a page; `None` where nothing was.
fn of_page(course: &Course, page: &Page, progress: &Progress) -> Option<String> {
    let mut out = String::new();
    for widget in &page.widgets {
        match &widget.task {
            Task::Exercise(id) => {
                for form in course.forms_of(id) {
                    if let Some(work) = progress.exercises.get(&form.id) {
                        out += &of_exercise(form, work);
                    }
                }
            }
            Task::Simulation(task) => {
                let guessed = progress.predictions.get(&(page.id.0.clone(), task.scenario.clone()));
                if let (Some(predict), Some(guessed)) = (&task.predict, guessed) {
                    let verdict = if guessed.right { "near enough" } else { "not so" };
                    let (guess, actual) = (predict.say_guess(guessed.guess), format!("{:.3}", guessed.actual));
                    let actual = actual.trim_end_matches('0').trim_end_matches('.');
                    out += &format!(
                        "\n**I predicted:** {}\n\nMy guess was {guess}, the run said {actual} {}: {verdict}.\n",
                        predict.ask, predict.unit
                    );
                    if !predict.why.is_empty() {
                        out += &format!("\n{}\n", quoted(&predict.why));
                    }
                }
            }
            _ => {}
        }
    }
    let marks: Vec<u32> =
        progress.bookmarks.iter().filter(|(marked, _)| *marked == page.id.0).map(|(_, line)| *line).collect();
    let is_read = progress.pages_read.contains(&page.id.0);
    let notes = of_notes(page, progress);
    if out.is_empty() && marks.is_empty() && notes.is_empty() && !is_read {
        return None;
    }
    let mut head = format!("\n## {}\n", page.title);
    let goals = goals(course, page, progress);
    if !goals.is_empty() {
        head.push('\n');
    }
    for goal in goals {
        let (tick, said) = match &goal.mastery {
            Some(it) if it.is_reached() && it.helped > 0 => ("x", " (shown, with a hint)"),
            Some(it) if it.is_reached() => ("x", ""),
            Some(it) if it.tried.done > 0 => (" ", " (in part)"),
            _ => (" ", ""),
        };
        head += &format!("- [{tick}] {}{said}\n", goal.text);
    }
    if !marks.is_empty() {
        head += "\nBookmarks: ";
        let named: Vec<String> = marks.into_iter().map(|line| heading_at(page, line)).collect();
        head += &format!("{}.\n", named.join("; "));
    }
    Some(head + &notes + &out)
}

/// One's own notes on a page, each below the words it stands beside.
fn of_notes(page: &Page, progress: &Progress) -> String {
    let here = progress.notes.iter().filter(|((noted, _), _)| *noted == page.id.0);
    let said = here.map(|((_, line), text)| {
        let text = text.lines().map(|line| format!("  {line}")).collect::<Vec<_>>().join("\n");
        format!("- “{}”\n\n{text}\n", page.passage(*line))
    });
    let notes: Vec<String> = said.collect();
    if notes.is_empty() { String::new() } else { format!("\n**My notes:**\n\n{}", notes.join("\n")) }
}

/// The heading under which a line stands.
fn heading_at(page: &Page, line: u32) -> String {
    let headings = page.document.headings();
    let heading = headings.into_iter().rev().find(|(.., at)| *at <= line);
    heading.map_or_else(|| page.title.clone(), |(_, text, _)| text)
}

fn of_exercise(exercise: &Exercise, work: &Work) -> String {
    let mut out = format!("\n### {}\n\n{}\n", exercise.title, exercise.prompt.trim());
    if let Some((answer, verdict)) = &work.last {
        let times = if work.tries == 1 { "one try".to_owned() } else { format!("{} tries", work.tries) };
        let hints = match work.hints.len() {
            0 => String::new(),
            1 => ", 1 hint".to_owned(),
            n => format!(", {n} hints"),
        };
        let best = work.best * 100.0;
        out += &format!("\n**My answer** ({best:.0} % of the points at best, {times}{hints}):\n\n");
        out += &quoted(&in_words(exercise, answer));
        out.push('\n');
        let missing = verdict.items.iter().filter(|item| item.points < item.max);
        for item in missing.filter(|_| matches!(exercise.kind, Kind::Text(_))) {
            out += &format!("- not made: {}\n", item.label);
        }
    }
    if work.solution_seen {
        let how = if work.gave_up { "given up before a try" } else { "seen after a try" };
        out += &format!("\n**The solution** ({how}):\n\n{}\n", quoted(&exercise.solution_text()));
    }
    out
}

/// An answer as one would read it: the options, steps and words themselves.
fn in_words(exercise: &Exercise, answer: &Answer) -> String {
    let list = |lines: Vec<String>| lines.iter().map(|line| format!("- {line}")).collect::<Vec<_>>().join("\n");
    let missing = || "(nothing)".to_owned();
    match (answer, &exercise.kind) {
        (Answer::Chosen(chosen), Kind::Choice { options, .. }) => {
            list(chosen.iter().filter_map(|index| options.get(*index)).map(|option| option.text.clone()).collect())
        }
        (Answer::Order(order), Kind::Order { steps }) => {
            let lines = (1..).zip(order).filter_map(|(n, index)| Some(format!("{n}. {}", steps.get(*index)?)));
            lines.collect::<Vec<_>>().join("\n")
        }
        (Answer::Matched(matched), Kind::Matching(pairs)) => {
            let choice = |index: &Option<usize>| index.and_then(|it| pairs.choices.get(it)).cloned();
            let lines = pairs.lines.iter().zip(matched);
            list(lines.map(|(line, at)| format!("{}: {}", line.text, choice(at).unwrap_or_else(missing))).collect())
        }
        (Answer::Filled(filled), Kind::Gaps { pieces, .. }) => {
            let said = pieces.iter().map(|piece| match piece {
                Piece::Text(text) => text.clone(),
                Piece::Gap(index) => filled.get(*index).filter(|it| !it.is_empty()).cloned().unwrap_or_else(missing),
            });
            format!("```\n{}\n```", said.collect::<String>().trim_end())
        }
        (Answer::Text(text), Kind::Code(task)) => {
            // More backticks than any line of it has, so that it ends where it ends.
            let fence = "`".repeat(
                text.chars()
                    .fold((2, 0), |(most, run), c| {
                        let run = if c == '`' { run + 1 } else { 0 };
                        (std::cmp::max(most, run), run)
                    })
                    .0
                    + 1,
            );
            format!("{fence}{}\n{}\n{fence}", task.language(), text.trim_end())
        }
        (Answer::Text(text) | Answer::Number(text), _) => text.clone(),
        _ => "(the exercise has changed since)".to_owned(),
    }
}

fn quoted(text: &str) -> String {
    text.trim().lines().map(|line| format!("> {line}").trim_end().to_owned()).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::learned;
    use crate::course::{Answer, Course, Deed, ExerciseId, Files, Progress};

    #[test]
    fn answers_goals_bookmarks_and_seen_solutions_are_in_it() {
        let mut files = Files::new();
        let outline =
            "format = 1\ntitle = \"C\"\n[[module]]\ntitle = \"M\"\nlessons = [{ title = \"S\", folder = \"s\" }]\n";
        files.insert("lessons/course.toml".into(), outline.into());
        let page =
            "+++\nformat = 1\ntitle = \"One\"\ngoals = [\"Say it\"]\n+++\n# One\n\n## Part\n\n```exercise\na\n```\n";
        files.insert("lessons/s/01-first.md".into(), page.into());
        files.insert("lessons/s/02-more.md".into(), page.replace("One", "Two").replace("exercise", "text"));
        let exercise = "format = 1\nkind = \"choice\"\ntitle = \"T\"\nprompt = \"Which?\"\nsolution = \"The second.\"\n\
                        [[option]]\ntext = \"first\"\n[[option]]\ntext = \"second\"\nright = true\n";
        files.insert("exercises/a.toml".into(), exercise.into());
        let course = Course::assemble(&files);
        assert!(learned(&course, &Progress::default()).contains("Nothing was read or answered yet"));
        let id = ExerciseId("a".into());
        let answer = Answer::Chosen(BTreeSet::from([0]));
        let verdict = course.exercises[&id].grade(&answer);
        let mut progress = Progress::default();
        for deed in [
            Deed::Answered { exercise: id.clone(), answer, verdict },
            Deed::SolutionSeen { exercise: id },
            Deed::Bookmarked { page: "s/01-first".into(), source_line: 3, on: true },
            Deed::Noted { page: "s/01-first".into(), source_line: 1, text: "Ask\nagain.".into() },
        ] {
            progress.add(&course, &deed);
        }
        let text = learned(&course, &progress);
        for part in [
            "# What I learned: C",
            "## One\n\n- [ ] Say it (in part)",
            "Bookmarks: Part.",
            "**My notes:**\n\n- “One”\n\n  Ask\n  again.\n",
            "### T\n\nWhich?",
            "**My answer** (0 % of the points at best, one try):\n\n> - first",
            "**The solution** (seen after a try):\n\n> The second.",
        ] {
            assert!(text.contains(part), "no `{part}` in:\n{text}");
        }
        assert!(!text.contains("## Two"));
    }
}
