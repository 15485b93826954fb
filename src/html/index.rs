//! The map of the course as the first page of the site.

use super::frame::{MAIN, begin, end};
use super::markup::Markup;
use super::{address, glossary};
use crate::course::{Course, Lesson};

pub(super) fn index(course: &Course) -> String {
    let mut markup = Markup::default();
    begin(&mut markup, &course.title, &course.about);
    markup.element("main", &[("class", "map"), ("id", MAIN)], |it| {
        it.leaf("h1", &[], &course.title);
        it.leaf("p", &[("class", "about")], &course.about);
        if let Some(first) = course.pages().next() {
            it.element("p", &[], |it| {
                it.text("Begin with ");
                it.leaf("a", &[("href", &address::from_index(first))], &first.title);
                it.text(".");
            });
        }
        if !course.glossary.terms.is_empty() {
            it.element("p", &[], |it| it.leaf("a", &[("href", glossary::PATH)], "Glossary"));
        }
        for (number, module) in (1..).zip(&course.modules) {
            it.leaf("h2", &[], &format!("{number}. {}", module.title));
            it.element("ul", &[("class", "lessons")], |it| {
                for entry in &module.lessons {
                    let lesson = course.lessons.iter().find(|lesson| Some(&lesson.id) == entry.lesson.as_ref());
                    match lesson {
                        Some(lesson) => it.element("li", &[("class", "open")], |it| open(it, lesson, &entry.title)),
                        None => it.leaf("li", &[], &entry.title),
                    }
                }
            });
            it.line();
        }
    });
    end(markup)
}

/// A lesson that is here, with its pages.
fn open(markup: &mut Markup, lesson: &Lesson, title: &str) {
    let minutes: u32 = lesson.pages.iter().map(|page| page.minutes).fold(0, u32::saturating_add);
    markup.leaf("h3", &[], title);
    let pages = match lesson.pages.len() {
        1 => "1 page".to_owned(),
        n => format!("{n} pages"),
    };
    let length = if minutes > 0 { format!("{pages}, about {minutes} minutes") } else { pages };
    markup.leaf("p", &[("class", "muted")], &length);
    markup.element("ol", &[], |it| {
        for page in &lesson.pages {
            it.element("li", &[], |it| it.leaf("a", &[("href", &address::from_index(page))], &page.title));
        }
    });
}
