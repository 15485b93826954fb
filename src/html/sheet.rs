//! A page of the site while it is written, and the parts that several kinds of content are made of.

use super::address::Names;
use super::markup::Markup;
use crate::course::{Course, Page};

/// A page of the site while it is written.
pub(super) struct Sheet<'a> {
    pub(super) markup: Markup,
    pub(super) course: &'a Course,
    pub(super) page: &'a Page,
    pub(super) names: &'a Names<'a>,
    n_names: usize,
}

impl<'a> Sheet<'a> {
    pub(super) fn new(course: &'a Course, page: &'a Page, names: &'a Names<'a>) -> Self {
        Self { markup: Markup::default(), course, page, names, n_names: 0 }
    }

    /// A name that no other element of the page has, nor a heading: of those none has a dot.
    pub(super) fn next_name(&mut self) -> String {
        self.n_names += 1;
        format!("part.{}", self.n_names)
    }
}

/// Begins a framed part of the page with a heading; [`end_card`] ends it.
pub(super) fn begin_card(sheet: &mut Sheet<'_>, class: &'static str, kind: &str, title: &str, level: u8) {
    let name = sheet.next_name();
    sheet.markup.open("section", &[("class", class), ("aria-labelledby", &name)]);
    sheet.markup.element(heading_tag(level), &[("id", &name)], |it| {
        it.leaf("span", &[("class", "kind")], kind);
        it.text(" ");
        it.text(title);
    });
}

pub(super) fn end_card(sheet: &mut Sheet<'_>) {
    sheet.markup.close("section");
}

/// Something that opens when it is asked for.
pub(super) fn folded(sheet: &mut Sheet<'_>, summary: &str, inside: impl FnOnce(&mut Sheet<'_>)) {
    sheet.markup.open("details", &[]);
    sheet.markup.leaf("summary", &[], summary);
    inside(sheet);
    sheet.markup.close("details");
}

/// Begins a part that scrolls sideways where it does not fit, with the arrow keys too; its end is that of a `div`.
pub(super) fn begin_scrolling(markup: &mut Markup, name: &str) {
    markup.open("div", &[("class", "wide"), ("role", "group"), ("aria-label", name), ("tabindex", "0")]);
}

/// A heading's element; what would be deeper than the sixth is the sixth.
pub(super) fn heading_tag(level: u8) -> &'static str {
    match level {
        0 | 1 => "h1",
        2 => "h2",
        3 => "h3",
        4 => "h4",
        5 => "h5",
        _ => "h6",
    }
}
