//! An answer that is a file of code: the editor with its lines, and what failed at which of them.

use super::{Input, Sheet};
use crate::app::code::{self, Marks};
use crate::app::row::{Row, Ui};
use crate::course::CodeTask;
use crate::course::progress::Work;
use crate::grade::{Status, Verdict};

/// The frame around the editor, and the air above it.
const FRAME_ROWS: usize = 3;
const FRAME_COLS: usize = 4;

impl Sheet {
    /// How many rows of the prompt stand above the editor, of `body` rows.
    pub fn prompt_rows(&self, body: usize) -> usize {
        // Code needs its room more than prose does; the whole prompt is one Esc away.
        let editor = if self.code.is_some() { body * 3 / 5 } else { body / 3 };
        self.prompt.len().min(body - editor.max(6).min(body))
    }

    /// Lays out what the editor shows in a sheet of `width` columns, while it is open.
    pub(super) fn lay_out_code(&mut self, task: &CodeTask, work: &Work, width: usize) {
        let mut view = self.code.get_or_insert_default().clone();
        if let (true, Input::Writing(editor)) = (self.is_writing(), &self.input) {
            let body = self.size.body_rows();
            let height = body.saturating_sub(self.prompt_rows(body) + FRAME_ROWS).max(1);
            let marks = work.last.as_ref().map(|(_, verdict)| marks(&editor.text(), verdict)).unwrap_or_default();
            view.lay_out(editor, &task.file, &marks, width.saturating_sub(FRAME_COLS).max(1), height);
        }
        self.code = Some(view);
    }
}

/// The file as it was handed in, with what failed at its line.
pub(super) fn handed_in(task: &CodeTask, text: &str, verdict: &Verdict, width: usize) -> Vec<Row> {
    let mut rows = vec![Row::ui(Ui::Strong, format!("Your {}", task.file))];
    rows.extend(code::rows(text, task.language(), &marks(text, verdict), width));
    rows
}

/// What failed, by the line it failed at. A line that was changed since is told no more.
fn marks(text: &str, verdict: &Verdict) -> Marks {
    let mut marks = Marks::new();
    for item in verdict.items.iter().filter(|item| item.status != Status::Made) {
        for evidence in &item.evidence {
            // Lines may have been put in above: the nearest one that says the same is meant.
            let was = text.get(..evidence.start.min(text.len())).map_or(0, |before| before.matches('\n').count());
            let same = text.lines().enumerate().filter(|(_, line)| line.trim() == evidence.text);
            if let Some((line, _)) = same.min_by_key(|(line, _)| line.abs_diff(was)) {
                let reason = item.reason.as_deref().unwrap_or(&item.label);
                // Of several sentences, the one that names the line.
                let named = format!(":{}:", was + 1);
                let said = reason.split("; ").find_map(|sentence| {
                    // After the place comes what is wrong there.
                    let (_, after) = sentence.split_once(&named)?;
                    Some(after.split_once(": ").map_or(after, |(_, said)| said))
                });
                let said = said.unwrap_or(reason);
                marks.entry(line as u32 + 1).or_insert_with(|| said.to_owned());
            }
        }
    }
    marks
}
