//! A page of the course as a page of the site: its frame, and its document with what responds in it.

use super::address::Names;
use super::frame::{MAIN, begin, end};
use super::prose::{Setting, prose};
use super::sheet::Sheet;
use super::{address, diagram, exercise, glossary, simulation};
use crate::course::{Course, FunctionTask, Page, Task, Widget, minutes_said};
use crate::markdown::{Block, Run};

pub(super) fn page(course: &Course, names: &Names<'_>, page: &Page) -> String {
    let mut sheet = Sheet::new(course, page, names);
    let index = address::index_from(page);
    let title = format!("{} · {}", page.title, course.title);
    begin(&mut sheet.markup, &title, &page.goals.join(" · "));
    sheet.markup.element("header", &[("class", "site")], |it| {
        it.leaf("a", &[("href", &index)], &course.title);
    });
    sheet.markup.open("div", &[("class", "page")]);
    sheet.markup.open("main", &[("id", MAIN)]);
    head(&mut sheet);
    prose(&mut sheet, &page.document, Setting { widgets: &page.widgets, level_shift: 0, is_page: true });
    sheet.markup.close("main");
    sheet.markup.line();
    contents(&mut sheet);
    sheet.markup.close("div");
    neighbours(&mut sheet);
    end(sheet.markup)
}

/// Lesson, title, minutes and goals.
fn head(sheet: &mut Sheet<'_>) {
    let page = sheet.page;
    sheet.markup.open("header", &[]);
    if let Some(lesson) = sheet.course.lessons.iter().find(|lesson| lesson.pages.iter().any(|it| it.id == page.id)) {
        let number = 1 + lesson.pages.iter().position(|it| it.id == page.id).unwrap_or_default();
        let place = format!("{} · page {number} of {}", lesson.title, lesson.pages.len());
        sheet.markup.leaf("p", &[("class", "place")], &place);
    }
    match page.document.leaves.first().map(|leaf| (&leaf.block, leaf.source_line)) {
        Some((Block::Heading(1, runs), line)) => {
            let id = sheet.names.by_line(page).get(&line).map(|name| ("id", *name));
            let text: String = runs.iter().map(|run: &Run| run.text.as_str()).collect();
            sheet.markup.leaf("h1", id.as_slice(), &text.replace('\n', " "));
        }
        _ => sheet.markup.leaf("h1", &[], &page.title),
    }
    if page.minutes > 0 {
        sheet.markup.leaf("p", &[("class", "muted")], &format!("About {}", minutes_said(page.minutes)));
    }
    if !page.goals.is_empty() {
        sheet.markup.element("section", &[("class", "goals"), ("aria-label", "Goals")], |it| {
            it.leaf("p", &[], "After this page you can:");
            it.element("ul", &[], |it| {
                for goal in &page.goals {
                    it.leaf("li", &[], goal);
                }
            });
        });
    }
    sheet.markup.close("header");
    sheet.markup.line();
}

/// The pages of the lesson, and the sections of this one.
fn contents(sheet: &mut Sheet<'_>) {
    let page = sheet.page;
    let Some(lesson) = sheet.course.lessons.iter().find(|lesson| lesson.pages.iter().any(|it| it.id == page.id)) else {
        return;
    };
    let names = sheet.names.by_line(page);
    sheet.markup.element("nav", &[("class", "contents"), ("aria-label", "Pages of this lesson")], |it| {
        it.leaf("p", &[], &lesson.title);
        it.element("ol", &[], |it| {
            for other in &lesson.pages {
                it.element("li", &[], |it| {
                    if other.id != page.id {
                        it.leaf("a", &[("href", &address::between(page, other))], &other.title);
                        return;
                    }
                    it.leaf("a", &[("href", "#"), ("aria-current", "page")], &other.title);
                    let headings = page.document.headings();
                    let sections: Vec<_> = headings
                        .iter()
                        .filter(|(level, ..)| *level == 2)
                        .filter_map(|(_, text, line)| Some((text, names.get(line)?)))
                        .collect();
                    if !sections.is_empty() {
                        it.element("ul", &[], |it| {
                            for (text, anchor) in sections {
                                it.element("li", &[], |it| {
                                    it.leaf("a", &[("href", &address::within(anchor))], text);
                                });
                            }
                        });
                    }
                });
                it.line();
            }
        });
    });
    sheet.markup.line();
}

/// The links to the pages before and after.
fn neighbours(sheet: &mut Sheet<'_>) {
    let page = sheet.page;
    let pages: Vec<&Page> = sheet.course.pages().collect();
    let has_words = !sheet.course.glossary.terms.is_empty();
    let here = pages.iter().position(|it| it.id == page.id).unwrap_or_default();
    let before = here.checked_sub(1).map(|index| pages[index]);
    let after = pages.get(here + 1).copied();
    sheet.markup.element("footer", &[], |it| {
        it.element("nav", &[("class", "neighbours"), ("aria-label", "Before and after")], |it| {
            for (other, rel, said) in [(before, "prev", "← "), (after, "next", "→ ")] {
                if let Some(other) = other {
                    it.element("a", &[("href", &address::between(page, other)), ("rel", rel)], |it| {
                        it.leaf("span", &[("aria-hidden", "true")], said);
                        it.text(&other.title);
                    });
                }
            }
            it.leaf("a", &[("href", &address::index_from(page)), ("class", "up")], "All pages");
            if has_words {
                let words = format!("{}{}", address::upwards(page), glossary::PATH);
                it.leaf("a", &[("href", &words), ("class", "up")], "Glossary");
            }
        });
    });
    sheet.markup.line();
}

/// What responds in the terminal, as a page can show it. Its own heading is of level `level`.
pub(super) fn widget(sheet: &mut Sheet<'_>, widget: &Widget, level: u8) {
    match &widget.task {
        Task::Diagram { graph, .. } => diagram::figure(sheet, graph),
        Task::Simulation(task) => match sheet.course.scenario(&task.scenario) {
            Ok(scenario) => simulation::card(sheet, &scenario, task.predict.as_ref(), level),
            Err(why) => missing(sheet, &why),
        },
        Task::Exercise(id) => match sheet.course.exercises.get(id) {
            Some(exercise) => exercise::card(sheet, exercise, level),
            None => missing(sheet, &format!("no exercise `{id}`")),
        },
        Task::Function(task) => function(sheet, task),
        Task::Broken(why) => missing(sheet, why),
    }
    sheet.markup.line();
}

/// On paper nothing runs: what to type instead.
fn function(sheet: &mut Sheet<'_>, task: &FunctionTask) {
    sheet.markup.element("p", &[("class", "note"), ("role", "note")], |it| {
        it.text(&format!("{}: this function runs. ", task.title));
        it.leaf("code", &[], "coldstart invoke --times 10");
        it.text(" runs it on your machine, and says what each call took.");
    });
}

fn missing(sheet: &mut Sheet<'_>, why: &str) {
    let said = format!("Something is missing here: {why}");
    sheet.markup.leaf("p", &[("class", "missing"), ("role", "note")], &said);
}
