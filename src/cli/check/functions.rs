//! The functions of the pages, tried out: slips in their serverless.yml at its line, and whether each version answers the
//! first of its events.

use std::path::PathBuf;

use crate::app::function::{Code, Event, Order};
use crate::course::{Course, FunctionTask, Page, Problem, Task};
use crate::faas::{Bundle, Manifest};
use crate::session::functions::Runner;

/// `program` is this program, which becomes an environment when it is told to.
pub(super) fn problems(course: &Course, program: PathBuf) -> Vec<Problem> {
    let mut runner = Runner::new(program);
    let mut problems = Vec::new();
    for page in course.pages() {
        for widget in &page.widgets {
            let Task::Function(task) = &widget.task else { continue };
            let line = widget.source_line + page.lines_before;
            problems.extend(slips(page, task));
            let failed = tried(task, &mut runner);
            problems.extend(failed.into_iter().map(|message| Problem::new(&page.file, line, message)));
        }
    }
    problems
}

/// What is wrong in the block of the page that is the serverless.yml.
fn slips(page: &Page, task: &FunctionTask) -> Vec<Problem> {
    let opening = page.document.fences().find(|fence| fence.body == task.manifest).map_or(0, |fence| fence.source_line);
    let read = Manifest::read(&task.manifest, Bundle::of(&task.file, task.code.as_str()), &|_| None);
    let told = read.problems.into_iter();
    told.map(|slip| Problem::new(&page.file, page.lines_before + opening + slip.line, slip.message)).collect()
}

/// Each version must answer the first event; the others may be there to show how it fails.
fn tried(task: &FunctionTask, runner: &mut Runner) -> Vec<String> {
    let beside = task.beside.iter().map(|beside| (beside.title.as_str(), &beside.code));
    let versions = std::iter::once((task.title.as_str(), &task.code)).chain(beside);
    let first = &task.events[0];
    versions
        .filter_map(|(title, code)| {
            let order = Order {
                lane: title.to_owned(),
                code: Code {
                    files: vec![(task.file.clone(), code.clone())],
                    manifest: task.manifest.clone(),
                    database: task.database,
                },
                event: Event::of(first),
                times: 1,
                afresh: true,
            };
            let why = match runner.run(&order) {
                Ok(runs) => runs.ran.into_iter().find_map(|ran| ran.answer.err())?.message,
                Err(why) => why,
            };
            Some(format!("`{title}` does not answer its first event, `{}`: {why}", first.name))
        })
        .collect()
}
