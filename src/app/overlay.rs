//! What lies over a screen for a moment: the keys, the contents, the words of the course, a note, a line to type into.

use std::sync::Arc;

use super::field::Field;
use super::glossary::{self, Words};
use super::lesson::elsewhere::page_with;
use super::note::Note;
use super::pop_up::line_at;
use super::stack::carry_out;
use super::{Action, Effect, Go, Model, Start, Step};
use crate::course::{Course, Page, PageId, Progress};

#[derive(Clone, Debug)]
pub enum Overlay {
    /// All keys; `top` is the first row shown.
    Help {
        top: usize,
    },
    Contents(Contents),
    Words(Words),
    Prompt(Prompt),
    Note(Box<Note>),
}

/// A line that is typed at the foot of the screen.
#[derive(Clone, Debug)]
pub struct Prompt {
    pub asks: Asks,
    pub field: Field,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asks {
    /// The number or the name of a page.
    Page,
    /// Words that are looked for in the whole course.
    Search,
}

impl Prompt {
    pub fn new(asks: Asks) -> Self {
        Self { asks, field: Field::default() }
    }

    /// What stands on its line.
    pub fn says(&self) -> String {
        let asked = match self.asks {
            Asks::Page => "Go to page",
            Asks::Search => "Search the course",
        };
        format!("{asked}: {}▏", self.field.text)
    }

    fn decide(&self, model: &Model) -> Step {
        let wanted = self.field.text.trim();
        let course = &model.course;
        match self.asks {
            _ if wanted.is_empty() => Step::default(),
            Asks::Page => match course.find_page(wanted) {
                Some(page) => Step::go(Go::Page(page.id.clone(), Start::Top)),
                None => {
                    Step::say(format!("There is no page `{wanted}`: the pages are 1 to {}.", course.pages().count()))
                }
            },
            Asks::Search => match page_with(&model.desk(), wanted) {
                Some(page) => Step::go(Go::Page(page, Start::FirstMatch(wanted.to_owned()))),
                None => Step::say(format!("Nowhere in this course: {wanted}")),
            },
        }
    }
}

/// The contents of the course, filtered as one types.
#[derive(Clone, Debug)]
pub struct Contents {
    pub filter: Field,
    lines: Vec<Place>,
    /// Index into [`Contents::shown`].
    pub chosen: usize,
}

/// A page, or a heading in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub page: PageId,
    pub text: String,
    /// 0 for a page, else the heading's level.
    pub level: u8,
    /// Line of the page's document.
    pub source_line: u32,
}

impl Contents {
    pub fn new(course: &Course, progress: &Progress, reading: Option<&PageId>) -> Self {
        let mut lines = Vec::new();
        for (index, page) in course.pages().enumerate() {
            let text = format!("{}  {}", index + 1, page.title);
            lines.push(Place { page: page.id.clone(), text, level: 0, source_line: 0 });
            let headings = page.document.headings();
            lines.extend(
                headings.into_iter().filter(|(level, ..)| *level > 1).map(|(level, text, source_line)| Place {
                    page: page.id.clone(),
                    text,
                    level,
                    source_line,
                }),
            );
            let marks = progress.bookmarks.iter().filter(|(marked, _)| *marked == page.id.0);
            lines.extend(marks.map(|(_, line)| Place {
                page: page.id.clone(),
                text: format!("★ {}", bookmarked_text(page, *line)),
                level: 1,
                source_line: *line,
            }));
            let notes = progress.notes.iter().filter(|((noted, _), _)| *noted == page.id.0);
            lines.extend(notes.map(|((_, line), text)| Place {
                page: page.id.clone(),
                text: format!("✎ {}", text.split_whitespace().collect::<Vec<_>>().join(" ")),
                level: 1,
                source_line: *line,
            }));
        }
        let chosen = lines.iter().position(|line| Some(&line.page) == reading).unwrap_or(0);
        Self { filter: Field::default(), lines, chosen }
    }

    /// The places whose text holds every word of the filter.
    pub fn shown(&self) -> Vec<&Place> {
        let words: Vec<String> = self.filter.text.split_whitespace().map(str::to_lowercase).collect();
        let fits = |line: &&Place| words.iter().all(|word| line.text.to_lowercase().contains(word));
        self.lines.iter().filter(fits).collect()
    }
}

/// The words at a bookmark: of the line itself, or of the heading before it.
fn bookmarked_text(page: &Page, line: u32) -> String {
    let headings = page.document.headings();
    let heading = headings.into_iter().rev().find(|(.., at)| *at <= line);
    heading.map_or_else(|| page.title.clone(), |(_, text, _)| text)
}

/// An action while something lies over the screen.
pub(super) fn update(model: &mut Model, action: Action) -> Vec<Effect> {
    if let Some(Overlay::Note(note)) = model.overlay.take_if(|overlay| matches!(overlay, Overlay::Note(_))) {
        model.last_question += 1;
        let (left, step) = note.update(model.size, model.last_question, action);
        model.overlay = left.map(|note| Overlay::Note(Box::new(note)));
        return carry_out(model, step);
    }
    if matches!(action, Action::Back) {
        model.overlay = None;
        return Vec::new();
    }
    let (size, rows) = (model.size, usize::from(model.size.rows));
    let course = Arc::clone(&model.course);
    let action = match (model.overlay.as_mut(), action) {
        // A line of the contents that is clicked is where one goes; of the words one reads first.
        (Some(Overlay::Contents(contents)), Action::Click(col, row)) => {
            let n = contents.shown().len();
            let Some(line) = line_at(size, contents.chosen, n, (col, row)) else { return Vec::new() };
            contents.chosen = line;
            Action::Open
        }
        (Some(Overlay::Words(words)), Action::Click(col, row)) => {
            let n = words.shown(&course.glossary).len();
            if let Some(line) = line_at(size, words.chosen, n, (col, row)).filter(|_| glossary::is_name(size, col)) {
                words.chosen = line;
            }
            return Vec::new();
        }
        (_, action) => action,
    };
    let step = match model.overlay.as_mut() {
        Some(Overlay::Help { top }) => match action {
            Action::Scroll(motion) => {
                *top = motion.from(*top, rows / 2);
                return Vec::new();
            }
            _ => Step::default(),
        },
        Some(Overlay::Contents(contents)) => match action {
            Action::Scroll(motion) => {
                let last = contents.shown().len().saturating_sub(1);
                contents.chosen = motion.from(contents.chosen, rows / 2).min(last);
                return Vec::new();
            }
            Action::Open => match contents.shown().get(contents.chosen) {
                Some(place) => {
                    let start = if place.level == 0 { Start::Top } else { Start::Line(place.source_line) };
                    Step::go(Go::Page(place.page.clone(), start))
                }
                None => return Vec::new(),
            },
            action => return filtered(&mut contents.filter, &mut contents.chosen, action),
        },
        Some(Overlay::Words(words)) => match action {
            Action::Scroll(motion) => {
                words.choose(motion, rows / 2, &course.glossary);
                return Vec::new();
            }
            Action::Open => match words.chosen(&course.glossary) {
                Some(term) => glossary::go(&course, term),
                None => return Vec::new(),
            },
            action => return filtered(&mut words.filter, &mut words.chosen, action),
        },
        Some(Overlay::Prompt(prompt)) => match action {
            Action::Submit => {
                let prompt = prompt.clone();
                prompt.decide(model)
            }
            Action::Type(key) => {
                prompt.field.press(key);
                return Vec::new();
            }
            Action::Paste(text) => {
                prompt.field.insert(&text);
                return Vec::new();
            }
            _ => return Vec::new(),
        },
        Some(Overlay::Note(_)) | None => return Vec::new(),
    };
    model.overlay = None;
    carry_out(model, step)
}

/// What is typed narrows a list, of which the first line is chosen then.
fn filtered(filter: &mut Field, chosen: &mut usize, action: Action) -> Vec<Effect> {
    let is_other = match action {
        Action::Type(key) => filter.press(key),
        Action::Paste(text) => {
            filter.insert(&text);
            true
        }
        _ => false,
    };
    if is_other {
        *chosen = 0;
    }
    Vec::new()
}
