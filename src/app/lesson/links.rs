//! The links of a page: where each leads, and what following one does.

use super::{Laid, Reader, What};
use crate::app::{Desk, Effect, Go, Start, Step};
use crate::course::{Page, Target};
use crate::markdown::{self, Join};

impl Laid {
    /// The links that lead out of the course: their words, and where to.
    pub fn outward(&self) -> Vec<(String, &str)> {
        let mut words = vec![String::new(); self.links.len()];
        for row in &self.rows {
            let mut before = None;
            for span in row.spans.iter().filter(|span| span.link.is_some()) {
                let Some(words) = span.link.and_then(|link| words.get_mut(link)) else { continue };
                // It goes on from the row above.
                if span.link != before && row.join == Join::Blank && !words.is_empty() {
                    words.push(' ');
                }
                words.push_str(&span.text);
                before = span.link;
            }
        }
        let links = words.into_iter().zip(self.links.iter().map(String::as_str));
        links.filter(|(_, target)| leads_out(target)).collect()
    }
}

impl Reader {
    /// The target of the link that has the focus.
    pub fn focused_link(&self) -> Option<&str> {
        match self.focused()?.what {
            What::Link(index) => self.laid.target(index).filter(|target| markdown::footnote_of(target).is_none()),
            What::Widget(_) | What::Code(_) | What::Table(_) => None,
        }
    }
}

/// Whether a link's target is an address of the world.
fn leads_out(target: &str) -> bool {
    ["https://", "http://", "mailto:"].iter().any(|scheme| target.starts_with(scheme))
}

pub(super) fn follow(desk: &Desk<'_>, page: &Page, target: &str) -> Step {
    match desk.course.follow(page, target) {
        Target::Place { page, source_line } => {
            let start = if source_line == 0 { Start::Top } else { Start::Line(source_line) };
            Step::go(Go::Follow(page.id.clone(), start))
        }
        // The place the author meant is gone; its page is better than nothing.
        Target::NoHeading { page, .. } => Step::go(Go::Follow(page.id.clone(), Start::Top)),
        Target::NoPage { .. } => Step::say(format!("This link leads to no page of the course: {target}")),
        Target::Outside if leads_out(target) => Step::effect(Effect::Visit { address: target.to_owned() }),
        Target::Outside => {
            let mut step = Step::say(format!("copied {target}"));
            step.effects.push(Effect::Copy(target.to_owned()));
            step
        }
    }
}
