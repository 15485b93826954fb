//! The terms of the course as a page of the site. A course without any has none.

use super::INDEX;
use super::address::{self, Names};
use super::frame::{MAIN, begin, end};
use super::markup::Markup;
use crate::course::{Course, Page, Term};

/// Where it stands in the site.
pub(super) const PATH: &str = "glossary.html";

pub(super) fn glossary(course: &Course) -> Option<String> {
    if course.glossary.terms.is_empty() {
        return None;
    }
    let names = Names::of(course);
    let mut markup = Markup::default();
    begin(&mut markup, &format!("Glossary · {}", course.title), "The words of the course, and what teaches each.");
    markup.element("header", &[("class", "site")], |it| it.leaf("a", &[("href", INDEX)], &course.title));
    markup.element("main", &[("class", "map"), ("id", MAIN)], |it| {
        it.leaf("h1", &[], "Glossary");
        it.element("dl", &[("class", "glossary")], |it| {
            for term in &course.glossary.terms {
                entry(it, &names, term);
                it.line();
            }
        });
    });
    Some(end(markup))
}

/// From a page to what the glossary says of a term.
pub(super) fn address_from(page: &Page, term: &Term) -> String {
    format!("{}{PATH}{}", address::upwards(page), address::within(&term.anchor()))
}

fn entry<'a>(markup: &mut Markup, names: &Names<'a>, term: &'a Term) {
    markup.leaf("dt", &[("id", &term.anchor())], &term.name);
    markup.element("dd", &[], |it| {
        if !term.also.is_empty() {
            it.leaf("p", &[("class", "muted")], &format!("also {}", term.also.join(", ")));
        }
        it.element("p", &[], |it| {
            it.text(&term.says);
            if let Some((page, address)) = names.taught_at(&term.page) {
                it.text(" ");
                it.leaf("a", &[("href", &address)], &page.title);
            }
        });
    });
}
