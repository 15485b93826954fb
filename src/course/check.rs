//! A course to everything an author would want mended before it is taught.
//!
//! Pure. What the readers of the single files found comes first; here is what only the whole course can tell: links
//! that lead nowhere, files that nothing uses, fences that are not what they were meant to be, pages that ask nothing,
//! predictions that no run can judge, help that leads nowhere, terms spelt otherwise than in the glossary, rubrics that
//! misjudge their own samples.

mod help;
mod wording;

use std::collections::BTreeSet;

use super::page::RESPONDING;
use super::{
    Course, Exercise, ExerciseId, Kind, LessonId, Page, Predict, Problem, Target, Task, Widget, nearest, nearest_hint,
    step,
};
use crate::{markdown, sim};

/// Words a learner reads in a minute, slowly: a page much longer than its minutes is a promise broken.
const WORDS_PER_MINUTE: usize = 200;
/// What a fence that responds could be taken to be called.
const OTHER_NAMES: [(&str, &str); 8] = [
    ("diagram", "mermaid"),
    ("flowchart", "mermaid"),
    ("simulate", "sim"),
    ("simulation", "sim"),
    ("scenario", "sim"),
    ("question", "exercise"),
    ("quiz", "exercise"),
    ("task", "exercise"),
];

/// All problems of `course`, in the order of the files.
pub fn course(course: &Course) -> Vec<Problem> {
    let mut problems = course.problems.clone();
    for page in course.pages() {
        problems.extend(promises(page));
        problems.extend(links(course, page));
        problems.extend(predictions(course, page));
        problems.extend(misspelt_fences(page));
        problems.extend(misspelt_comments(page));
    }
    problems.extend(help::problems(course));
    problems.extend(wording::problems(course));
    problems.extend(course.exercises.values().flat_map(Exercise::rubric_slips));
    problems.extend(unused(course));
    problems.extend(unread(course));
    // The solution of a quick question may well say what an exercise asks for; that of another exercise may not.
    let written: Vec<&Exercise> = course.exercises.values().filter(|it| matches!(it.kind, Kind::Text(_))).collect();
    problems.extend(course.exercises.values().flat_map(|exercise| exercise.prove(&written)));
    problems.sort();
    problems.dedup();
    problems
}

/// What a page promises at its top, goals and minutes, and whether it asks for any of it in the end.
fn promises(page: &Page) -> Vec<Problem> {
    let mut problems = Vec::new();
    if page.goals.is_empty() && !page.places.is_unread {
        problems.push(Problem::new(
            &page.file,
            1,
            "the page states no goals: add `goals = [\"…\"]` to its front matter",
        ));
    }
    if page.minutes == 0 && !page.places.is_unread {
        let message = "the page does not say how long it takes: add `minutes = 5` to its front matter";
        problems.push(Problem::new(&page.file, 1, message));
    }
    // A broken fence has been told of already.
    if page.exercises().next().is_none() && !has_lost_fence(page) {
        let message = "the page asks nothing, and what is not asked is forgotten: put a fence ```exercise on it";
        problems.push(Problem::new(&page.file, 1, message));
    }
    // What responds takes time too, but it is not read word by word.
    let words: usize = markdown::wrap(&page.document, 80, &RESPONDING)
        .lines
        .iter()
        .flat_map(|line| &line.spans)
        .map(|span| span.text.split_whitespace().count())
        .sum();
    let room = page.minutes as usize * WORDS_PER_MINUTE;
    if page.minutes > 0 && words > room {
        let message = format!("{words} words in {} minutes: shorten the page, or say more minutes", page.minutes);
        problems.push(Problem::new(&page.file, page.places.minutes, message));
    }
    problems
}

pub(super) fn links(course: &Course, page: &Page) -> Vec<Problem> {
    let links = page.document.links.iter().zip(page.document.link_lines());
    let problem = |(target, line): (&String, u32)| {
        Some(Problem::new(&page.file, line + page.lines_before, dead_end(course, page, target)?))
    };
    links.filter_map(problem).collect()
}

/// What is wrong with a link's target, if anything is. Addresses outside the course are not followed.
fn dead_end(course: &Course, page: &Page, target: &str) -> Option<String> {
    match course.follow(page, target) {
        Target::Outside | Target::Place { .. } => None,
        // A picture, of which its words are shown.
        Target::NoPage { .. } if beside(page, target).is_some_and(|file| course.files.contains(&file)) => None,
        Target::NoPage { stem } => {
            let stems: Vec<&str> = course.pages().filter_map(|page| page.id.0.rsplit('/').next()).collect();
            Some(format!("the link leads to no page `{target}`{}", nearest_hint(stem, stems)))
        }
        Target::NoHeading { page, anchor } => {
            let anchors: Vec<String> = page.anchors().map(|(anchor, _)| anchor).collect();
            let near = nearest_hint(anchor, anchors.iter().map(String::as_str));
            Some(format!("the link leads to no heading `#{anchor}` of {}{near}", page.file))
        }
    }
}

/// The file that a page's link names, as a path inside the course.
fn beside(page: &Page, target: &str) -> Option<String> {
    let (folder, _) = page.file.rsplit_once('/')?;
    Some(format!("{folder}/{}", target.trim_start_matches("./")))
}

/// Fences that would respond if they were spelt right. Of other languages nothing is known here: they are source code.
fn misspelt_fences(page: &Page) -> Vec<Problem> {
    let slip = |language: &str, line: u32| {
        let meant = meant_by(language)?;
        let message = format!("the fence `{language}` is shown as source code: was `{meant}` meant?");
        Some(Problem::new(&page.file, line + page.lines_before, message))
    };
    page.document.fences().filter_map(|fence| slip(&fence.language, fence.source_line)).collect()
}

/// Comments that would say something to whoever teaches if they were spelt right. Of others nothing is known.
fn misspelt_comments(page: &Page) -> Vec<Problem> {
    let problem = |(line, comment): (u32, String)| {
        let said = comment.trim();
        let near = |word: &str, wanted: &str| strsim::damerau_levenshtein(&word.to_lowercase(), wanted) <= 2;
        let message = if said == step::NOTES {
            "these notes are empty: say after `notes:` what a teacher would say here".to_owned()
        } else if said.starts_with(step::NOTES) || said == step::PAUSE {
            return None;
        } else if said.split_once(':').is_some_and(|(word, _)| near(word, "notes")) {
            "nobody sees this comment: was `notes:` meant, for the teacher?".to_owned()
        } else if near(said, step::PAUSE) {
            "nobody sees this comment: was `pause` meant, to hold back what follows?".to_owned()
        } else {
            return None;
        };
        Some(Problem::new(&page.file, line + page.lines_before, message))
    };
    page.document.comments().into_iter().filter_map(problem).collect()
}

/// The fence that a language which is none was meant to be.
fn meant_by(language: &str) -> Option<&'static str> {
    if RESPONDING.contains(&language) {
        return None;
    }
    let lower = language.to_lowercase();
    // A short name is near to many languages: `sim` to `vim` and to `scm`.
    let is_near = |name: &str| lower == name || (name.len() > 4 && strsim::damerau_levenshtein(&lower, name) <= 2);
    let near = RESPONDING.into_iter().find(|name| is_near(name));
    near.or_else(|| OTHER_NAMES.into_iter().find(|(other, _)| *other == lower).map(|(_, name)| name))
}

/// A prediction must be about a figure that the run has, its tolerance must leave something to get wrong, and of its
/// choices one is right.
fn predictions(course: &Course, page: &Page) -> Vec<Problem> {
    let mut problems = Vec::new();
    for widget in &page.widgets {
        let Task::Simulation(task) = &widget.task else { continue };
        let (Some(predict), Ok(scenario)) = (&task.predict, course.scenario(&task.scenario)) else { continue };
        let line = |key: &str| line_of(page, widget, key);
        let report = sim::run(&scenario);
        match predict.measured(&report) {
            None => {
                let figures = report.figures();
                let near = nearest_hint(&predict.of, figures.iter().map(String::as_str));
                let message = format!("a run has no figure `{}` to judge the prediction by{near}", predict.of);
                problems.push(Problem::new(&page.file, line("of"), message));
            }
            Some(actual) => {
                let slip = |it| Problem::new(&page.file, line("tolerance"), it);
                problems.extend(pointless(predict, actual).map(slip));
            }
        }
    }
    problems
}

/// The line of a key in a widget's fence; the fence's own where it is not found.
fn line_of(page: &Page, widget: &Widget, key: &str) -> u32 {
    let fence = page.document.fences().find(|fence| fence.source_line == widget.source_line);
    let is_key =
        |line: &str| line.trim_start().strip_prefix(key).is_some_and(|rest| rest.trim_start().starts_with('='));
    let inside = fence.and_then(|fence| fence.body.lines().position(is_key)).map_or(0, |index| index as u32 + 1);
    widget.source_line + inside + page.lines_before
}

fn pointless(predict: &Predict, actual: f64) -> Option<String> {
    if predict.is_choice() {
        let right = predict.right_choices(actual).len();
        let said = format!("{right} of the {} choices are right: the run says", predict.choices.len());
        return (right != 1).then(|| format!("{said} {actual:.3} {}", predict.unit).trim_end().to_owned());
    }
    if predict.tolerance < 0.0 || !predict.tolerance.is_finite() {
        return Some(format!("the tolerance {} is no distance: it must be 0 or more", predict.tolerance));
    }
    (actual != 0.0 && predict.tolerance >= actual.abs() * 3.0).then(|| {
        format!("the tolerance {} takes almost any guess: the run says {actual:.3} {}", predict.tolerance, predict.unit)
    })
}

/// Exercises and scenarios that no page shows.
fn unused(course: &Course) -> Vec<Problem> {
    let mut exercises: BTreeSet<&ExerciseId> = BTreeSet::new();
    let mut scenarios: BTreeSet<&str> = BTreeSet::new();
    for widget in course.pages().flat_map(|page| &page.widgets) {
        match &widget.task {
            Task::Exercise(id) => {
                exercises.insert(id);
            }
            Task::Simulation(task) => {
                scenarios.insert(task.scenario.split(':').next().unwrap_or_default());
            }
            Task::Function(task) => scenarios.extend(task.scenarios()),
            Task::Diagram { .. } | Task::Broken(_) => {}
        }
    }
    // What a fence with a slip in it means to show is not unused, and the slip is told.
    let lost: Vec<&str> = course.pages().flat_map(words_of_lost_fences).collect();
    let is_meant = |name: &str| lost.iter().any(|word| nearest(word, [name]).is_some());
    let mut problems = Vec::new();
    let shown = |it: &&Exercise| exercises.contains(course.root_of(&it.id)) || is_meant(&it.id.0);
    for exercise in course.exercises.values().filter(|it| !shown(it)) {
        let message = format!("no page shows this exercise: put a fence ```exercise with `{}` on one", exercise.id);
        problems.push(Problem::new(&exercise.file, 0, message));
    }
    for name in course.scenarios.keys().filter(|name| !scenarios.contains(name.as_str()) && !is_meant(name)) {
        let end = format!("/scenarios/{name}.toml");
        let file = course.files.iter().find(|file| file.ends_with(&end)).map_or("lessons", String::as_str);
        let message = format!("no page shows this scenario: put a fence ```sim with `scenario = \"{name}\"` on one");
        problems.push(Problem::new(file, 0, message));
    }
    problems
}

/// Whether a fence of the page would respond if it had no slip.
fn has_lost_fence(page: &Page) -> bool {
    words_of_lost_fences(page).next().is_some()
}

/// The words in fences that would respond if they had no slip.
fn words_of_lost_fences(page: &Page) -> impl Iterator<Item = &str> {
    let is_broken = |line: u32| {
        page.widgets.iter().any(|widget| widget.source_line == line && matches!(widget.task, Task::Broken(_)))
    };
    let lost = page.document.fences().filter(move |it| is_broken(it.source_line) || meant_by(&it.language).is_some());
    lost.flat_map(|fence| fence.body.split(|c: char| !c.is_ascii_alphanumeric() && c != '-'))
}

/// Files that are there and that nothing was made of: lessons off the map, and what lies in the wrong place.
fn unread(course: &Course) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut off_the_map: BTreeSet<&str> = BTreeSet::new();
    let linked: BTreeSet<String> =
        course.pages().flat_map(|page| page.document.links.iter().filter_map(|target| beside(page, target))).collect();
    for file in &course.files {
        let parts: Vec<&str> = file.split('/').collect();
        let is_used = match parts[..] {
            ["exercises", "graded", name] => {
                name.strip_suffix(".jsonl").is_some_and(|id| course.exercise(id).is_some())
            }
            ["exercises", ..] => file.ends_with(".toml"),
            ["lessons", "course.toml" | "glossary.toml"] => true,
            // A note to the authors, and no page.
            [.., "README.md"] => true,
            ["lessons", .., "scenarios", _] => file.ends_with(".toml"),
            ["lessons", folder, name] if name.ends_with(".md") => {
                if !course.lessons.iter().any(|lesson| lesson.id == LessonId(folder.to_owned())) {
                    off_the_map.insert(folder);
                }
                true
            }
            _ => linked.contains(file),
        };
        if !is_used {
            let message = "nothing reads this file: pages are `lessons/NAME/*.md`, scenarios `lessons/NAME/scenarios/*.toml`, exercises `exercises/NAME.toml`, graded answers to one `exercises/graded/NAME.jsonl`";
            problems.push(Problem::new(file, 0, message));
        }
    }
    problems.extend(off_the_map.into_iter().map(|folder| {
        let message = format!(
            "no lesson opens the folder lessons/{folder}: add `{{ title = \"…\", folder = \"{folder}\" }}` to a module"
        );
        Problem::new("lessons/course.toml", 0, message)
    }));
    problems
}

#[cfg(test)]
mod tests {
    use super::{course, meant_by, pointless};
    use crate::course::{Course, Files, Predict};

    fn problems(page: &str) -> Vec<String> {
        problems_with(page, &[])
    }

    fn problems_with(page: &str, others: &[&str]) -> Vec<String> {
        let question = "format = 1\nkind = \"number\"\nprompt = \"How many?\"\nvalue = 3\nsolution = \"Three\"\n";
        let text = |path: &str| if path.ends_with("vocabulary.toml") { "[concepts]\n" } else { question }.to_owned();
        let mut files: Files = others.iter().map(|path| ((*path).to_owned(), text(path))).collect();
        files.insert("exercises/q.toml".into(), question.into());
        let outline =
            "format = 1\ntitle = \"C\"\n[[module]]\ntitle = \"M\"\nlessons = [{ title = \"S\", folder = \"s\" }]\n";
        files.insert("lessons/course.toml".into(), outline.into());
        files.insert("lessons/s/01-first.md".into(), page.into());
        course(&Course::assemble(&files)).iter().map(ToString::to_string).collect()
    }

    const FRONT: &str = "+++\nformat = 1\ntitle = \"T\"\nminutes = 5\ngoals = [\"Say it\"]\n+++\n";
    const ASKED: &str = "\n```exercise\nq\n```\n";

    #[test]
    fn a_sound_page_has_no_problem() {
        let page = format!("{FRONT}# One thing\n\n[there](#one-thing), [here](01-first.md)\n{ASKED}");
        assert_eq!(problems(&page), [""; 0]);
    }

    #[test]
    fn a_link_that_leads_nowhere_is_named_with_its_line() {
        let said = problems(&format!("{FRONT}# One thing\n\n[x](01-frist.md) and [y](#one-thin)\n{ASKED}"));
        assert_eq!(
            said,
            [
                "lessons/s/01-first.md:9: the link leads to no heading `#one-thin` of lessons/s/01-first.md; the nearest is `one-thing`",
                "lessons/s/01-first.md:9: the link leads to no page `01-frist.md`; the nearest is `01-first`",
            ]
        );
    }

    #[test]
    fn a_page_says_its_goals_and_minutes_and_keeps_them() {
        let said = problems(&format!("+++\nformat = 1\ntitle = \"T\"\n+++\ntext\n{ASKED}"));
        assert!(said[0].contains("how long it takes") && said[1].contains("no goals"), "{said:?}");
        let long = problems(&format!("{FRONT}{}\n{ASKED}", "word ".repeat(1200)));
        assert!(long[0].starts_with("lessons/s/01-first.md:4: 1200 words in 5 minutes"), "{long:?}");
        // What cannot be read is told once, and not that it is missing.
        let slip = problems(&format!("+++\nformat = 1\nminutse = 5\n+++\ntext\n{ASKED}"));
        assert_eq!(slip.len(), 1, "{slip:?}");
        assert!(
            slip[0].starts_with("lessons/s/01-first.md:3: nothing reads the key `minutse`; the nearest is `minutes`"),
            "{slip:?}"
        );
    }

    #[test]
    fn a_page_asks_something() {
        let said = problems_with(&format!("{FRONT}# One thing\n"), &[]);
        assert!(said.iter().any(|it| it.starts_with("lessons/s/01-first.md:1: the page asks nothing")), "{said:?}");
    }

    #[test]
    fn of_the_choices_before_a_run_exactly_one_is_right() {
        let predict = |choices: &str| -> Predict {
            toml::from_str(&format!("ask = \"How long?\"\nof = \"latency_ms.p50\"\nunit = \"ms\"\n{choices}"))
                .expect("a question")
        };
        let sound = predict("choices = [{ text = \"short\", to = 50 }, { text = \"long\", from = 50 }]");
        assert_eq!(pointless(&sound, 50.0), None);
        let gap = predict("choices = [{ text = \"short\", to = 50 }, { text = \"long\", from = 80 }]");
        assert_eq!(pointless(&gap, 60.0).as_deref(), Some("0 of the 2 choices are right: the run says 60.000 ms"));
        let both = predict("choices = [{ text = \"short\", to = 80 }, { text = \"long\", from = 50 }]");
        assert_eq!(pointless(&both, 60.0).as_deref(), Some("2 of the 2 choices are right: the run says 60.000 ms"));
        let wide = predict("tolerance = 200");
        assert!(pointless(&wide, 60.0).is_some_and(|said| said.contains("takes almost any guess")));
        assert!(pointless(&predict("tolerance = -1"), 60.0).is_some_and(|said| said.contains("is no distance")));
    }

    #[test]
    fn a_fence_that_is_nearly_ours_is_told_and_source_code_is_not() {
        for (language, meant) in [
            ("mermiad", Some("mermaid")),
            ("Mermaid", Some("mermaid")),
            ("exercice", Some("exercise")),
            ("SIM", Some("sim")),
            ("simulation", Some("sim")),
            ("mermaid", None),
            ("scheme", None),
            ("scm", None),
            ("vim", None),
            ("rust", None),
            ("", None),
        ] {
            assert_eq!(meant_by(language), meant, "{language}");
        }
        let said = problems(&format!("{FRONT}# One\n\n```mermiad\ngraph LR\n```\n{ASKED}"));
        assert_eq!(
            said,
            ["lessons/s/01-first.md:9: the fence `mermiad` is shown as source code: was `mermaid` meant?"]
        );
    }

    #[test]
    fn a_comment_for_the_teacher_is_spelt_as_one() {
        for (comment, told) in [
            ("notes: say it", None),
            ("pause", None),
            ("a word to the authors: later", None),
            ("Note: say it", Some("was `notes:` meant")),
            ("notes:", Some("these notes are empty")),
            ("paus", Some("was `pause` meant")),
        ] {
            let said = problems(&format!("{FRONT}# One\n\n<!-- {comment} -->\n{ASKED}"));
            let as_expected = match told {
                None => said.is_empty(),
                Some(told) => {
                    said.len() == 1 && said[0].starts_with("lessons/s/01-first.md:9: ") && said[0].contains(told)
                }
            };
            assert!(as_expected, "{comment}: {said:?}");
        }
    }

    #[test]
    fn terms_are_spelt_as_the_glossary_does_and_code_and_quotes_are_left_alone() {
        let glossary = "format = 1\n[[term]]\nname = \"cold start\"\nsays = \"A wait.\"\npage = \"01-frist.md\"\n";
        let question = "format = 1\nkind = \"choice\"\nprompt = \"\"\"\n`coldstart`?\n\nA *coldstart*.\"\"\"\nsolution = \"S\"\n\
                        [[option]]\ntext = \"A coldstart\"\nright = true\n[[option]]\ntext = \"None\"\n";
        let check = |page: &str| {
            let mut files = Files::from([("lessons/glossary.toml".to_owned(), glossary.to_owned())]);
            files.insert("lessons/s/01-first.md".into(), page.into());
            files.insert("exercises/q.toml".into(), question.into());
            let problems = course(&Course::assemble(&files));
            let said: Vec<String> = problems.iter().map(ToString::to_string).collect();
            said.into_iter().filter(|it| it.contains("glossary")).collect::<Vec<_>>()
        };
        let dead =
            "lessons/glossary.toml:5: `cold start`: the link leads to no page `01-frist.md`; the nearest is `01-first`";
        let page = "# One\n\nA *cold-start*\nand a coldstart.\n\n> a coldstart\n\n`coldstart`, [cold-start](#one)\n\n|a|\n|-|\n|coldstarts|\n";
        let line = |line: u32, word: &str| {
            format!("lessons/s/01-first.md:{line}: `{word}` is written `cold start` in the glossary")
        };
        let asked = |line: u32| format!("exercises/q.toml:{line}: `coldstart` is written `cold start` in the glossary");
        let told = [line(3, "cold-start"), line(4, "coldstart"), line(8, "cold-start"), line(12, "coldstarts")];
        let mut expected = vec![asked(6), asked(9), dead.to_owned()];
        expected.extend(told);
        assert_eq!(check(page), expected);
    }

    #[test]
    fn a_file_that_nothing_reads_is_told() {
        let page = format!("{FRONT}# One\n{ASKED}");
        for (path, told) in [
            ("lessons/s/README.md", None),
            ("exercises/vocabulary.toml", None),
            ("lessons/s/deep/02-more.md", Some("lessons/s/deep/02-more.md: nothing reads this file")),
            ("lessons/s/slow.toml", Some("lessons/s/slow.toml: nothing reads this file")),
            ("exercises/ideas.md", Some("exercises/ideas.md: nothing reads this file")),
            ("exercises/graded/q.jsonl", None),
            ("exercises/graded/p.jsonl", Some("exercises/graded/p.jsonl: nothing reads this file")),
            ("lessons/t/01-a.md", Some("lessons/course.toml: no lesson opens the folder lessons/t")),
        ] {
            let said = problems_with(&page, &[path]);
            let as_expected = match told {
                None => said.is_empty(),
                Some(told) => said.len() == 1 && said[0].starts_with(told),
            };
            assert!(as_expected, "{path}: {said:?}");
        }
    }
}
