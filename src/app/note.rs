//! A note of the learner's on a line of a page, while it is written. What is typed is a draft at once; leaving keeps it.
//!
//! A note is a deed like any other: a later one on the same line takes its place, and an empty one takes it off.

use super::editor::Editor;
use super::pop_up::{Area, pop_up};
use super::row::{Row, Ui, wrapped};
use super::{Action, Desk, Effect, Size, Step};
use crate::course::{Answer, Course, Deed, ExerciseId, PageId};

/// Rows for its own words.
const WRITTEN_ROWS: u16 = 8;

#[derive(Clone, Debug)]
pub struct Note {
    pub page: PageId,
    /// Line of the page's document, 0 for the page as a whole.
    pub source_line: u32,
    /// What stands on that line.
    pub passage: String,
    pub editor: Editor,
    /// What was kept before.
    kept: String,
}

impl Note {
    /// Opens what was begun and not kept, else the note that is there, else an empty one.
    pub(super) fn open(desk: &Desk<'_>, page: &PageId, source_line: u32) -> Self {
        let kept = desk.progress.notes.get(&(page.0.clone(), source_line)).cloned().unwrap_or_default();
        let text = match desk.drafts.get(&draft(page, source_line)) {
            Some(Answer::Text(begun)) if !begun.is_empty() => begun.clone(),
            _ => kept.clone(),
        };
        let passage = passage(desk.course, page, source_line);
        Self { page: page.clone(), source_line, passage, editor: Editor::new(&text), kept }
    }

    /// What it is written beside, as wide as a box on a screen of this size, and where its own words stand.
    pub fn lay_out(&self, size: Size) -> (Vec<Row>, Area) {
        let width = pop_up(size, size.rows).inside().cols;
        let mut rows = wrapped(Ui::Muted, &format!("“{}”", self.passage), usize::from(width));
        rows.push(Row::default());
        let above = rows.len() as u16;
        (rows, pop_up(size, above + WRITTEN_ROWS + 2).inside().below(above))
    }

    /// Whether an action is the pointer's among its words.
    pub(super) fn is_pointed_at(&self, size: Size, action: &Action) -> bool {
        self.editor.is_pointed_at(self.lay_out(size).1, action)
    }

    /// `None` when it is done, with the effects that keep it.
    pub(super) fn update(mut self, size: Size, question: u64, action: Action) -> (Option<Self>, Step) {
        match action {
            action if self.is_pointed_at(size, &action) => {
                let (_, area) = self.lay_out(size);
                let step = self.editor.point(area, None, &action);
                return (Some(self), step);
            }
            Action::Back | Action::Submit => {
                let mut step = Step { effects: self.keep(question), ..Step::default() };
                if let Some(said) = self.outcome() {
                    step.notice = Step::say(said).notice;
                }
                return (None, step);
            }
            Action::ExternalEditor => {
                let step = Step::effect(Effect::EditExternally { file: "note.md".into(), text: self.editor.text() });
                return (Some(self), step);
            }
            Action::Type(key) if self.editor.press(key) => {}
            Action::Paste(text) => {
                self.editor.paste(&text);
            }
            Action::Edited { text } => self.editor = Editor::new(&text),
            _ => return (Some(self), Step::default()),
        }
        let answer = Answer::Text(self.editor.text());
        let effect = Effect::SaveDraft { exercise: draft(&self.page, self.source_line), answer };
        (Some(self), Step::effect(effect))
    }

    fn text(&self) -> String {
        self.editor.text().trim().to_owned()
    }

    /// What keeps it as it stands; nothing where nothing was changed.
    pub(super) fn keep(&self, question: u64) -> Vec<Effect> {
        let text = self.text();
        if text == self.kept {
            return vec![no_draft(&self.page, self.source_line)];
        }
        let deed = Deed::Noted { page: self.page.0.clone(), source_line: self.source_line, text };
        vec![Effect::Keep { question, deed }]
    }

    fn outcome(&self) -> Option<&'static str> {
        let text = self.text();
        match (text == self.kept, text.is_empty()) {
            (true, _) => None,
            (false, true) => Some("Note taken off."),
            (false, false) => Some("Note kept; t lists it."),
        }
    }
}

/// What stands on a line, for a note to refer to.
pub(super) fn passage(course: &Course, page: &PageId, source_line: u32) -> String {
    course.page(page).map_or_else(String::new, |page| page.passage(source_line))
}

/// Nothing is begun and not kept on this line any more.
pub(super) fn no_draft(page: &PageId, source_line: u32) -> Effect {
    Effect::SaveDraft { exercise: draft(page, source_line), answer: Answer::Text(String::new()) }
}

/// The name under which a draft of a note is kept, which no exercise has: those are files, without a blank.
fn draft(page: &PageId, source_line: u32) -> ExerciseId {
    ExerciseId(format!("note {page}:{source_line}"))
}
