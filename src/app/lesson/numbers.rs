//! Everything on the screen that responds, by number: links, terms, footnotes, and what the page shows.

use super::{Reader, What};
use crate::app::field::Field;
use crate::app::glossary::Words;
use crate::app::overlay::Overlay;
use crate::app::row::{Role, Row, Span, Ui, fit};
use crate::app::{Action, Desk, Go, Step};
use crate::markdown;

/// Something that responds; its number is its place in the list, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Numbered {
    pub row: usize,
    /// Column of the text at which it begins.
    pub col: usize,
    leads_to: LeadsTo,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum LeadsTo {
    /// Index into the page's things.
    Thing(usize),
    /// Index into the glossary's terms.
    Term(usize),
}

impl Reader {
    /// What responds on the screen, in reading order.
    pub fn numbered(&self) -> Vec<Numbered> {
        let end = (self.top + self.size.body_rows()).min(self.laid.rows.len());
        let mut found: Vec<Numbered> = Vec::new();
        for (index, thing) in self.laid.things.iter().enumerate() {
            let row = thing.rows.start.max(self.top);
            if !matches!(thing.what, What::Link(_)) && row < thing.rows.end.min(end) {
                found.push(Numbered { row, col: 0, leads_to: LeadsTo::Thing(index) });
            }
        }
        for (row, laid) in self.laid.rows.iter().enumerate().take(end).skip(self.top) {
            let mut col = 0;
            for span in &laid.spans {
                // What goes on in the next line has its number where it begins.
                if let Some(leads_to) = self.leads_to(span).filter(|it| !found.iter().any(|one| one.leads_to == *it)) {
                    found.push(Numbered { row, col, leads_to });
                }
                col += span.width();
            }
        }
        found.sort_by_key(|it| (it.row, it.col));
        found
    }

    /// The rows on the screen with a number before all that responds, while one is typed. A number stands in the blanks
    /// before a link and moves the link on where they are too few, so that every word can be read.
    pub(super) fn numbered_rows(&self) -> Option<Vec<Row>> {
        self.number.as_ref()?;
        let end = (self.top + self.size.body_rows()).min(self.laid.rows.len());
        let mut rows = self.laid.rows[self.top.min(end)..end].to_vec();
        // From the right, so that what is moved on has its number already.
        for (number, at) in (1..).zip(self.numbered()).collect::<Vec<_>>().into_iter().rev() {
            let label = Span::ui(Ui::Chosen, format!("{number}"));
            let row = std::mem::take(&mut rows[at.row - self.top]);
            rows[at.row - self.top] = match at.leads_to {
                LeadsTo::Thing(thing) if !matches!(self.laid.things[thing].what, What::Link(_)) => {
                    row.overlaid(0, label)
                }
                _ => {
                    let text = row.text();
                    let before = fit(&text, at.col);
                    let n_blanks = before.len() - before.trim_end_matches(' ').len();
                    row.spliced(&(at.col - n_blanks.min(label.width())..at.col), label)
                }
            };
        }
        Some(rows)
    }

    fn leads_to(&self, span: &Span) -> Option<LeadsTo> {
        match (span.link, span.role) {
            (Some(link), _) => {
                let thing = self.laid.things.iter().position(|thing| thing.what == What::Link(link))?;
                Some(LeadsTo::Thing(thing))
            }
            (None, Role::Page(markdown::Role::Term(term))) => Some(LeadsTo::Term(usize::from(term))),
            _ => None,
        }
    }

    pub(super) fn show_numbers(&mut self) -> Step {
        if self.numbered().is_empty() {
            return Step::say("Nothing on this screen responds. Space scrolls on, → turns the page.");
        }
        self.number = Some(Field::default());
        Step::default()
    }

    /// What a key does to the number that is typed; `None` when none is. It opens as soon as no other number can be meant.
    pub(super) fn type_number(&mut self, desk: &Desk<'_>, action: &Action) -> Option<Step> {
        let numbered = self.numbered();
        let field = self.number.as_mut()?;
        let is_done = match action {
            Action::Type(key) => {
                if key.typed().is_none_or(|c| c.is_ascii_digit()) {
                    field.press(*key);
                }
                false
            }
            Action::Submit | Action::Open => true,
            Action::Back => {
                self.number = None;
                return Some(Step::default());
            }
            // The mouse needs no numbers.
            Action::Click(..) => {
                self.number = None;
                return None;
            }
            _ => return None,
        };
        let number = match field.text.as_str() {
            "" => return Some(Step::default()),
            typed => typed.parse().unwrap_or(usize::MAX),
        };
        let Some(chosen) = number.checked_sub(1).and_then(|index| numbered.get(index)) else {
            let typed = std::mem::take(&mut field.text);
            return Some(Step::say(format!("There is no number {typed} here: type one of 1 to {}.", numbered.len())));
        };
        if !is_done && number * 10 <= numbered.len() {
            return Some(Step::default());
        }
        self.number = None;
        Some(match chosen.leads_to {
            LeadsTo::Term(term) => Step::go(Go::Lay(Overlay::Words(Words::at(term)))),
            LeadsTo::Thing(thing) => {
                self.focus = Some(thing);
                self.walk = None;
                self.open(desk)
            }
        })
    }
}
