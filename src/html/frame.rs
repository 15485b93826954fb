//! What is around the content of every page of the site: its head, with all there is to how it looks, and its end.

use super::GENERATOR;
use super::markup::Markup;

/// All there is to how it looks, within each page: a page can be moved, mailed and opened alone.
const STYLE: &str = include_str!("style.css");
/// Nothing is loaded and nothing runs, whatever a course says.
const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";
/// Where the link goes that skips the head. No heading's name has a dot.
pub(super) const MAIN: &str = "page.main";

/// Everything up to the body's own content.
pub(super) fn begin(markup: &mut Markup, title: &str, about: &str) {
    markup.verbatim("<!DOCTYPE html>\n");
    markup.open("html", &[("lang", "en")]);
    markup.element("head", &[], |it| {
        it.open("meta", &[("charset", "utf-8")]);
        it.open("meta", &[("http-equiv", "Content-Security-Policy"), ("content", POLICY)]);
        it.open("meta", &[("name", "viewport"), ("content", "width=device-width, initial-scale=1")]);
        it.open("meta", &[("name", "color-scheme"), ("content", "light dark")]);
        it.open("meta", &[("name", "generator"), ("content", GENERATOR)]);
        if !about.is_empty() {
            it.open("meta", &[("name", "description"), ("content", about)]);
        }
        it.leaf("title", &[], title);
        it.element("style", &[], |it| it.verbatim(STYLE));
    });
    markup.line();
    markup.open("body", &[]);
    markup.leaf("a", &[("class", "skip"), ("href", &format!("#{MAIN}"))], "Skip to the text");
    markup.line();
}

pub(super) fn end(mut markup: Markup) -> String {
    markup.close("body");
    markup.close("html");
    markup.line();
    markup.into_text()
}
