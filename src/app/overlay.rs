//! What lies over a screen for a moment: the keys, the contents.

use super::field::Field;
use super::key::{Code, Key};
use super::{Action, Effect, Model, Start, go_to_page};
use crate::course::{Course, Page, PageId, Progress};

#[derive(Clone, Debug)]
pub enum Overlay {
    /// All keys; `top` is the first row shown.
    Help {
        top: usize,
    },
    Contents(Contents),
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
    if matches!(action, Action::Back) {
        model.overlay = None;
        return Vec::new();
    }
    let rows = usize::from(model.size.rows);
    match model.overlay.as_mut() {
        Some(Overlay::Help { top }) => match action {
            Action::Scroll(motion) => *top = motion.from(*top, rows / 2),
            _ => model.overlay = None,
        },
        Some(Overlay::Contents(contents)) => match action {
            Action::Scroll(motion) => {
                let last = contents.shown().len().saturating_sub(1);
                contents.chosen = motion.from(contents.chosen, rows / 2).min(last);
            }
            Action::Open => {
                let place = contents.shown().get(contents.chosen).map(|place| (*place).clone());
                if let Some(place) = place {
                    model.overlay = None;
                    let start = if place.level == 0 { Start::Top } else { Start::Line(place.source_line) };
                    return go_to_page(model, &place.page, start);
                }
            }
            Action::Type(Key { code: Code::Up, .. }) => contents.chosen = contents.chosen.saturating_sub(1),
            Action::Type(key) if contents.filter.press(key) => contents.chosen = 0,
            Action::Paste(text) => {
                contents.filter.insert(&text);
                contents.chosen = 0;
            }
            _ => {}
        },
        None => {}
    }
    Vec::new()
}
