//! The words of the course, to look one up while reading: filtered as one types, and one key to the page that teaches it.

use std::borrow::Cow;

use super::field::Field;
use super::pane::Pane;
use super::pop_up::{FILTER_ROWS, pop_up};
use super::row::{Row, Ui, wrapped};
use super::{Go, Motion, Size, Start, Step};
use crate::course::{Course, Glossary, Target, Term};

/// Columns of the names, left of what the chosen one means.
pub const NAMES_COLS: u16 = 24;
#[derive(Clone, Debug, Default)]
pub struct Words {
    pub filter: Field,
    /// Index into [`Words::shown`].
    pub chosen: usize,
}

impl Words {
    /// Opens on a term: an index into the glossary's.
    pub fn at(term: usize) -> Self {
        Self { filter: Field::default(), chosen: term }
    }

    /// The terms that the filter leaves: those with its words in their names, and where there is none, in what they say.
    pub fn shown<'a>(&self, glossary: &'a Glossary) -> Vec<&'a Term> {
        matching(glossary, &self.filter.text)
    }

    pub fn chosen<'a>(&self, glossary: &'a Glossary) -> Option<&'a Term> {
        self.shown(glossary).get(self.chosen).copied()
    }

    /// What the chosen term means, right of the names.
    pub fn meaning(&self, course: &Course, size: Size) -> Pane<'static> {
        let inside = pop_up(size, size.rows).inside();
        let cols = inside.cols.saturating_sub(NAMES_COLS);
        let width = usize::from(cols);
        let mut rows = Vec::new();
        if let Some(term) = self.chosen(&course.glossary) {
            rows.extend(wrapped(Ui::Title, &term.name, width));
            if !term.also.is_empty() {
                rows.extend(wrapped(Ui::Muted, &format!("also {}", term.also.join(", ")), width));
            }
            rows.push(Row::default());
            rows.extend(wrapped(Ui::Text, &term.says, width));
            if let Some(place) = taught_on(course, term) {
                rows.push(Row::default());
                rows.extend(wrapped(Ui::Muted, &format!("Enter: {place}"), width));
            }
        }
        let n_rows = usize::from(inside.rows.saturating_sub(FILTER_ROWS));
        let (x, y) = (inside.x + NAMES_COLS, inside.y + FILTER_ROWS);
        Pane { rows: Cow::Owned(rows), top: 0, x, y, cols, n_rows, left_of: Box::new(|_| 0), strips: &[] }
    }

    pub(super) fn choose(&mut self, motion: Motion, page_rows: usize, glossary: &Glossary) {
        let last = self.shown(glossary).len().saturating_sub(1);
        self.chosen = motion.from(self.chosen, page_rows).min(last);
    }
}

/// Whether the names stand at a column of the screen, and not what one means.
pub(super) fn is_name(size: Size, col: u16) -> bool {
    col < pop_up(size, size.rows).inside().x + NAMES_COLS
}

/// The terms that `filter` means; all of them when it is empty.
pub fn matching<'a>(glossary: &'a Glossary, filter: &str) -> Vec<&'a Term> {
    let words: Vec<String> = filter.split_whitespace().map(str::to_lowercase).collect();
    let having = |text: &dyn Fn(&Term) -> String| {
        let fits = |term: &&Term| {
            let text = text(term).to_lowercase();
            words.iter().all(|word| text.contains(word))
        };
        glossary.terms.iter().filter(fits).collect::<Vec<&Term>>()
    };
    let named = having(&Term::title);
    if named.is_empty() { having(&|term| term.says.clone()) } else { named }
}

/// What teaches a term, in words: `page 4, The cold start`. `None` where the glossary's link leads nowhere.
pub fn taught_on(course: &Course, term: &Term) -> Option<String> {
    let (Target::Place { page, .. } | Target::NoHeading { page, .. }) = place(course, term)? else { return None };
    let number = course.pages().position(|it| it.id == page.id)? + 1;
    Some(format!("page {number}, {}", page.title))
}

/// To the page that teaches a term.
pub(super) fn go(course: &Course, term: &Term) -> Step {
    match place(course, term) {
        Some(Target::Place { page, source_line }) if source_line > 0 => {
            Step::go(Go::Follow(page.id.clone(), Start::Line(source_line)))
        }
        Some(Target::Place { page, .. } | Target::NoHeading { page, .. }) => {
            Step::go(Go::Follow(page.id.clone(), Start::Top))
        }
        _ => Step::say(format!("No page teaches `{}`.", term.name)),
    }
}

fn place<'a>(course: &'a Course, term: &'a Term) -> Option<Target<'a>> {
    // A link of a course means the same from every page, unless it has no page in it.
    Some(course.follow(course.pages().next()?, &term.page))
}
