//! The code of a version, or the learner's own event, in an editor: typed, kept as a draft, and marked where it is wrong.

use super::call::Ran;
use super::{Bench, Deed, Editing, OWN_EVENT};
use crate::app::code::Marks;
use crate::app::editor::Editor;
use crate::app::key::{Code, Key};
use crate::app::{Action, Desk, Effect, Step};
use crate::course::{Answer, ExerciseId, PageId};

impl Bench {
    fn editor(&self) -> Option<&Editor> {
        Some(match self.editing? {
            Editing::Code => &self.versions[self.shown].editor,
            Editing::Event => &self.own_event,
        })
    }

    /// Whether an action is the pointer's in the open editor.
    pub(in crate::app) fn is_pointed_at(&self, action: &Action) -> bool {
        let open = self.editor().zip(self.editor_area());
        open.is_some_and(|(editor, area)| editor.is_pointed_at(area.inside(), action))
    }

    pub(super) fn edit(&mut self, desk: &Desk<'_>, action: &Action) -> Step {
        let Some(editing) = self.editing else { return Step::default() };
        let is_pointed_at = self.is_pointed_at(action);
        let area = self.editor_area();
        let editor = match editing {
            Editing::Code => &mut self.versions[self.shown].editor,
            Editing::Event => &mut self.own_event,
        };
        if let Some(area) = area.filter(|_| is_pointed_at) {
            return editor.point(area.inside(), Some(&self.view), action);
        }
        match action {
            Action::Type(Key { code: Code::Esc, .. }) | Action::Back => self.editing = None,
            Action::Type(key) if editor.press(*key) => return self.keep(editing),
            Action::Paste(text) => {
                editor.paste(text);
                return self.keep(editing);
            }
            Action::Submit => return self.act(desk, Deed::Run),
            Action::ExternalEditor if editing == Editing::Code => {
                return Step::effect(Effect::EditExternally { file: self.task.file.clone(), text: editor.text() });
            }
            Action::Scroll(motion) => self.top = motion.from(self.top, self.size.body_rows()),
            _ => {}
        }
        Step::default()
    }

    /// Keeps what is in an editor as a draft.
    pub(super) fn keep(&self, editing: Editing) -> Step {
        let (title, file, text) = match editing {
            Editing::Code => {
                let version = &self.versions[self.shown];
                (&version.title, self.task.file.as_str(), version.editor.text())
            }
            Editing::Event => (&self.task.title, OWN_EVENT, self.own_event.text()),
        };
        // What is as on the page is no draft: an author's next change of the page shall be seen.
        let is_as_given = editing == Editing::Code && !self.is_changed(self.shown);
        let answer = Answer::Text(if is_as_given { String::new() } else { text });
        Step::effect(Effect::SaveDraft { exercise: draft(&self.page, title, file), answer })
    }

    pub(super) fn is_changed(&self, version: usize) -> bool {
        // The editor knows no line feed at the end.
        self.versions[version].editor.text() != self.given(version).trim_end_matches('\n')
    }

    /// The code of a version as the page has it.
    pub(super) fn given(&self, version: usize) -> &str {
        match (version, &self.task.beside) {
            (1.., Some(beside)) => &beside.code,
            _ => &self.task.code,
        }
    }

    /// What went wrong in the shown version's last run, at its line, as long as the line is there.
    pub(super) fn marks(&self) -> Marks {
        let version = &self.versions[self.shown];
        let error = version.ran.last().and_then(|ran| error_in(ran, &self.task.file));
        error.filter(|(line, _)| *line as usize <= version.editor.lines().len()).into_iter().collect()
    }

    /// What keeps the learner's own event from being JSON.
    pub(super) fn event_marks(&self) -> Marks {
        let read: Result<serde_json::Value, _> = serde_json::from_str(&self.own_event.text());
        read.err().map(|error| (error.line().max(1) as u32, format!("no JSON: {error}"))).into_iter().collect()
    }
}

/// What the code of a version, or an event, is kept under. No exercise is called so: its name is that of a file.
pub(super) fn draft(page: &PageId, title: &str, file: &str) -> ExerciseId {
    ExerciseId(format!("function:{page}/{title}/{file}"))
}

/// Where in `file` a run went wrong, and how: its own failure, or an error that the code caught and logged.
fn error_in(ran: &Ran, file: &str) -> Option<(u32, String)> {
    if let Err(failure) = &ran.answer {
        let (_, line) = failure.place.as_ref().filter(|(path, _)| path == file)?;
        return Some((*line, failure.message.clone()));
    }
    ran.logs.iter().find_map(|log| {
        let (_, after) = log.split_once(&format!("({file}:"))?;
        let line = after.split(':').next()?.parse().ok()?;
        Some((line, format!("logged: {}", log.lines().next().unwrap_or_default())))
    })
}
