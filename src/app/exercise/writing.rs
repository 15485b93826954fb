//! Where the open editor stands on the screen, and the pointer in it.

use super::{Input, Sheet};
use crate::app::pop_up::Area;
use crate::app::{Action, Step};

/// The parts of the screen below the prompt.
pub struct EditorPlace {
    /// What is drawn of a flow.
    pub drawing: Area,
    /// The editor with its frame.
    pub frame: Area,
    /// What is written.
    pub text: Area,
}

impl Sheet {
    /// Where the editor stands, while it is open.
    pub fn editor_place(&self) -> Option<EditorPlace> {
        self.editor().filter(|_| self.is_writing())?;
        let pane = self.pane();
        let body = Area { x: pane.x, y: pane.y, cols: pane.cols, rows: self.size.body_rows() as u16 };
        let prompt = pane.n_rows as u16;
        let room = body.below(prompt + u16::from(prompt > 0));
        if self.code.is_some() {
            return Some(EditorPlace { drawing: room.below(room.rows), frame: room, text: room.inside() });
        }
        let (drawing, frame) = self.drawing.share(room);
        // Prose begins right behind the frame.
        let inside = frame.inside();
        let text = Area { x: frame.x + 1, cols: frame.cols.saturating_sub(2), ..inside };
        Some(EditorPlace { drawing, frame, text })
    }

    /// Whether an action is the pointer's among what is written.
    pub(in crate::app) fn is_pointed_at(&self, action: &Action) -> bool {
        let place = self.editor_place();
        let editor = self.editor();
        place.zip(editor).is_some_and(|(place, editor)| editor.is_pointed_at(place.text, action))
    }

    pub(super) fn point(&mut self, action: &Action) -> Step {
        match (self.editor_place(), &mut self.input) {
            (Some(place), Input::Writing(editor)) => editor.point(place.text, self.code.as_ref(), action),
            _ => Step::default(),
        }
    }
}
