//! An exercise on the whole screen: the prompt, the answer as it is written or chosen, and the verdict.
//!
//! An answer is a draft from its first letter on; submitting asks for a verdict, a verdict is kept, and only what is
//! kept is shown.

mod coding;
mod drawing;
mod filling;
mod help;
mod matching;
mod self_check;
mod sheet_rows;
mod writing;

use std::collections::BTreeSet;

pub use drawing::Drawing;
pub use filling::Filling;
pub(crate) use filling::open_rows;
pub use matching::Matching;
use sheet_rows::entry;

use super::code::CodeView;
use super::editor::{self, Editor};
use super::field::Field;
use super::key::{Code, Key};
use super::pane::Pane;
use super::row::Row;
use super::size::MEASURE_COLS;
use super::{Action, Desk, Effect, Go, Notice, Size, Step};
use crate::course::progress::Work;
use crate::course::{Answer, Deed, Exercise, ExerciseId, Kind};
use crate::grade::Verdict;

/// The editor has at least so many rows beside a drawing, its frame included.
const MIN_EDITOR_ROWS: usize = 6;

#[derive(Clone, Debug)]
pub struct Sheet {
    pub exercise: ExerciseId,
    pub title: String,
    pub input: Input,
    pub stage: Stage,
    /// The prompt alone, for the screen with the editor.
    pub prompt: Vec<Row>,
    /// Everything else, laid out for the size at hand.
    pub rows: Vec<Row>,
    /// First row shown.
    pub top: usize,
    /// The flow as far as it is typed, on the screen with the editor.
    pub drawing: Drawing,
    /// What the editor shows of an answer that is code.
    pub code: Option<CodeView>,
    /// First row of the prompt shown above the editor.
    pub prompt_top: usize,
    /// Hints that were had, by their places in the exercise.
    hints_shown: Vec<usize>,
    solution_shown: bool,
    /// The solution was asked for, its price was said, and a yes is awaited.
    pub asks_to_reveal: bool,
    /// What the solution was asked for: to be compared with, item by item.
    checks_itself: bool,
    purpose: Purpose,
    size: Size,
}

/// What it is answered for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Purpose {
    Learning,
    /// One of a round of questions, once.
    Review,
    /// The same, to show what one knows: no hints, no solution.
    Proof,
}

/// What the answer is made with.
#[derive(Clone, Debug)]
pub enum Input {
    Writing(Box<Editor>),
    Choosing {
        cursor: usize,
        chosen: BTreeSet<usize>,
        several: bool,
        options: usize,
    },
    /// `order` holds indices into the exercise's steps. The step under the cursor moves along while `held`.
    Ordering {
        cursor: usize,
        order: Vec<usize>,
        held: bool,
    },
    Number(Field),
    Matching(Matching),
    Filling(Filling),
}

#[derive(Clone, Debug, PartialEq)]
pub enum Stage {
    /// The keys go into the answer.
    Answering,
    /// The sheet is looked over: prompt, tries, hints; the keys scroll.
    Reading,
    Grading {
        question: u64,
    },
    Keeping {
        question: u64,
        verdict: Verdict,
    },
    Judged {
        answer: Answer,
        verdict: Verdict,
    },
    /// The learner ticks the items that the answer makes, beside the solution.
    Checking {
        cursor: usize,
        ticked: BTreeSet<usize>,
    },
}

impl Sheet {
    pub(crate) fn new(desk: &Desk<'_>, id: &ExerciseId) -> Option<Self> {
        let exercise = desk.course.exercises.get(id)?;
        let work = desk.progress.work(id);
        let draft = desk.drafts.get(id).cloned();
        let stage = match (&work.last, &draft) {
            (Some((answer, verdict)), None) => Stage::Judged { answer: answer.clone(), verdict: verdict.clone() },
            _ => Stage::Answering,
        };
        let begun = draft.or_else(|| work.last.as_ref().map(|(answer, _)| answer.clone()));
        let mut sheet = Self {
            exercise: id.clone(),
            title: exercise.title.clone(),
            input: input(exercise, begun),
            stage,
            prompt: Vec::new(),
            rows: Vec::new(),
            top: 0,
            drawing: Drawing::default(),
            code: None,
            prompt_top: 0,
            hints_shown: work.hints,
            solution_shown: work.solution_seen,
            asks_to_reveal: false,
            checks_itself: false,
            purpose: Purpose::Learning,
            size: desk.size,
        };
        sheet.lay_out(desk);
        Some(sheet)
    }

    /// The exercise as if it were new: what is remembered shows only when the old answer is not in view.
    fn afresh(desk: &Desk<'_>, id: &ExerciseId) -> Option<Self> {
        let mut sheet = Self::new(desk, id)?;
        let exercise = desk.course.exercises.get(id)?;
        if !desk.drafts.contains_key(id) {
            sheet.input = input(exercise, None);
            sheet.stage = Stage::Answering;
        }
        (sheet.hints_shown, sheet.solution_shown) = (Vec::new(), false);
        sheet.lay_out(desk);
        Some(sheet)
    }

    /// The exercise in a round of what is due.
    pub(crate) fn for_review(desk: &Desk<'_>, id: &ExerciseId) -> Option<Self> {
        Self::afresh(desk, id).map(|sheet| Self { purpose: Purpose::Review, ..sheet })
    }

    /// The exercise in a round that proves a page, without help.
    pub(crate) fn for_proof(desk: &Desk<'_>, id: &ExerciseId) -> Option<Self> {
        let mut sheet = Self::afresh(desk, id)?;
        sheet.purpose = Purpose::Proof;
        sheet.lay_out(desk);
        Some(sheet)
    }

    /// Whether the round can go on: of a question in a round the first verdict counts, and there is no second try.
    pub fn ends_here(&self) -> bool {
        self.purpose != Purpose::Learning && matches!(self.stage, Stage::Judged { .. })
    }

    /// Whether there are hints and a solution to ask for.
    pub fn gives_help(&self) -> bool {
        self.purpose != Purpose::Proof
    }

    fn has_all_points(&self) -> bool {
        matches!(&self.stage, Stage::Judged { verdict, .. } if verdict.fraction() > 0.999)
    }

    /// Whether letters go into an editor or a field now.
    pub fn is_typing(&self) -> bool {
        matches!(self.stage, Stage::Answering)
            && matches!(self.input, Input::Writing(_) | Input::Number(_) | Input::Filling(_))
    }

    /// The sheet, or the prompt above what is written.
    pub fn pane(&self) -> Pane<'_> {
        if self.is_writing() && self.editor().is_some() {
            let pane = Pane::column(&self.prompt, self.prompt_top, self.size, MEASURE_COLS);
            return pane.of_height(self.prompt_rows(self.size.body_rows()));
        }
        Pane::column(&self.rows, self.top, self.size, MEASURE_COLS)
    }

    /// Whether the editor is open.
    pub fn is_writing(&self) -> bool {
        matches!(self.stage, Stage::Answering) && matches!(self.input, Input::Writing(_))
    }

    /// Whether every letter belongs to the answer, so that none is left to ask for a hint.
    fn takes_all_letters(&self) -> bool {
        self.is_writing() || (self.is_typing() && matches!(self.input, Input::Filling(_)))
    }

    /// Whether a reply is awaited.
    pub fn is_waiting(&self) -> bool {
        matches!(self.stage, Stage::Grading { .. } | Stage::Keeping { .. })
    }

    pub fn editor(&self) -> Option<&Editor> {
        match &self.input {
            Input::Writing(editor) => Some(editor),
            _ => None,
        }
    }

    /// What would be submitted now.
    pub fn answer(&self) -> Answer {
        match &self.input {
            Input::Writing(editor) => Answer::Text(editor.text()),
            Input::Choosing { chosen, .. } => Answer::Chosen(chosen.clone()),
            Input::Ordering { order, .. } => Answer::Order(order.clone()),
            Input::Number(field) => Answer::Number(field.text.clone()),
            Input::Matching(matching) => Answer::Matched(matching.matched.clone()),
            Input::Filling(filling) => Answer::Filled(filling.texts()),
        }
    }

    pub(crate) fn lay_out(&mut self, desk: &Desk<'_>) {
        self.size = desk.size;
        let Some(exercise) = desk.course.exercises.get(&self.exercise) else { return };
        let width = usize::from(self.size.cols).saturating_sub(4).clamp(1, 90);
        let work = desk.progress.work(&self.exercise);
        self.prompt = super::row::prose(&exercise.task_text(), width);
        self.rows = self.sheet_rows(desk, exercise, &work, width);
        self.drawing = match (&self.input, &exercise.kind) {
            (Input::Writing(editor), Kind::Flow(_)) if self.is_writing() => {
                let (prompt, body) = (self.prompt.len() + 1, self.size.body_rows());
                let above = body.saturating_sub(prompt + MIN_EDITOR_ROWS);
                Drawing::of(&editor.text(), width, above, body.saturating_sub(prompt))
            }
            _ => Drawing::default(),
        };
        match &exercise.kind {
            Kind::Code(task) => self.lay_out_code(task, &work, width),
            _ => self.code = None,
        }
        self.top = self.top.min(self.last_top());
    }

    fn last_top(&self) -> usize {
        self.rows.len().saturating_sub(self.size.body_rows())
    }

    pub(crate) fn update(&mut self, desk: &Desk<'_>, action: &Action) -> Step {
        let Some(exercise) = desk.course.exercises.get(&self.exercise) else { return Step::go(Go::Back) };
        let work = desk.progress.work(&self.exercise);
        let step = match action {
            Action::Graded { .. } | Action::Kept { .. } | Action::NotKept { .. } | Action::Edited { .. } => {
                self.hear(action, exercise)
            }
            _ if self.is_waiting() => Step::default(),
            action if self.is_pointed_at(action) => self.point(action),
            Action::Click(col, row) if matches!(self.stage, Stage::Answering) => {
                match self.line_at(exercise, (*col, *row)) {
                    Some(line) => self.point_at(line),
                    None => Step::default(),
                }
            }
            Action::Yes if self.asks_to_reveal => {
                self.asks_to_reveal = false;
                self.reveal(desk, &work)
            }
            _ if self.asks_to_reveal => {
                self.asks_to_reveal = false;
                self.checks_itself = false;
                Step::say("The solution stays closed.")
            }
            Action::Open | Action::Submit | Action::Toggle if self.ends_here() => return Step::go(Go::Back),
            Action::Submit if !matches!(self.stage, Stage::Checking { .. }) => self.submit(desk),
            Action::Open if self.is_filled() => self.submit(desk),
            Action::Hint => self.hint(desk, exercise, &work),
            Action::Passage => self.passage(desk, exercise, &work),
            Action::Solution => self.solution(desk, &work),
            Action::Back => return self.back(),
            Action::ExternalEditor => match &self.input {
                Input::Writing(editor) => {
                    let file = match &exercise.kind {
                        Kind::Code(task) => task.file.clone(),
                        _ => "answer.md".to_owned(),
                    };
                    Step::effect(Effect::EditExternally { file, text: editor.text() })
                }
                _ => Step::default(),
            },
            Action::SelfCheck => self.check_itself(desk, exercise, &work),
            _ => match &self.stage {
                Stage::Answering => self.answering(action),
                Stage::Checking { .. } => self.checking(desk, exercise, action),
                _ => self.reading(desk, &work, action),
            },
        };
        self.lay_out(desk);
        if matches!(self.stage, Stage::Answering) && !self.is_writing() {
            self.show_input(exercise);
        }
        step
    }

    /// Whether gaps are being filled and none of them is empty.
    fn is_filled(&self) -> bool {
        let Input::Filling(filling) = &self.input else { return false };
        self.stage == Stage::Answering && filling.next_empty().is_none()
    }

    /// A reply of the world's. One that answers an older question is dropped.
    fn hear(&mut self, action: &Action, exercise: &Exercise) -> Step {
        match (action, &self.stage) {
            (Action::Graded { question, verdict }, Stage::Grading { question: asked }) if question == asked => {
                let deed =
                    Deed::Answered { exercise: self.exercise.clone(), answer: self.answer(), verdict: verdict.clone() };
                self.stage = Stage::Keeping { question: *question, verdict: verdict.clone() };
                Step::effect(Effect::Keep { question: *question, deed })
            }
            (Action::Kept { question, .. }, Stage::Keeping { question: asked, verdict }) if question == asked => {
                let verdict = verdict.clone();
                let said = self.said_of(&verdict, exercise);
                self.stage = Stage::Judged { answer: self.answer(), verdict };
                // Below the files that stand beside code, the verdict would be out of sight.
                self.top = if self.code.is_some() { self.prompt.len() } else { 0 };
                Step::say(said)
            }
            (Action::NotKept { question, why }, Stage::Keeping { question: asked, .. }) if question == asked => {
                self.stage = Stage::Answering;
                let text =
                    format!("Could not save: {why}. Your answer is still here. Submit it again to try once more.");
                Step { notice: Some(Notice { text, grave: true }), ..Step::default() }
            }
            (Action::Edited { text }, _) => {
                self.input = input(exercise, Some(Answer::Text(text.clone())));
                self.stage = Stage::Answering;
                self.save_draft()
            }
            _ => Step::default(),
        }
    }

    fn submit(&mut self, desk: &Desk<'_>) -> Step {
        match &self.stage {
            Stage::Answering if self.answer().is_empty() => Step::say(match self.input {
                Input::Writing(_) => "There is nothing to submit yet: write a sentence or two first.",
                Input::Number(_) => "Type a number first, with its unit if it has one.",
                Input::Filling(_) => "Fill a gap first.",
                Input::Matching(_) => "Match a line first: a letter chooses for the line with the mark.",
                _ => "Choose first: a letter, or Space on a line.",
            }),
            Stage::Answering => {
                self.stage = Stage::Grading { question: desk.question };
                let (exercise, answer) = (self.exercise.clone(), self.answer());
                Step::effect(Effect::Grade { question: desk.question, exercise, answer })
            }
            Stage::Reading | Stage::Judged { .. } => {
                self.stage = Stage::Answering;
                Step::default()
            }
            Stage::Grading { .. } | Stage::Keeping { .. } | Stage::Checking { .. } => Step::default(),
        }
    }

    /// Hints and solutions stand on the sheet, which the editor covers.
    /// Whether nothing has been written yet.
    fn is_blank(&self) -> bool {
        match &self.input {
            Input::Writing(editor) => editor.is_blank(),
            Input::Filling(filling) => filling.texts().iter().all(|text| text.trim().is_empty()),
            _ => false,
        }
    }

    fn leave_editor(&mut self) {
        if self.takes_all_letters() {
            self.stage = Stage::Reading;
        }
    }

    fn back(&mut self) -> Step {
        if matches!(self.stage, Stage::Checking { .. }) {
            self.stage = Stage::Reading;
            return Step::default();
        }
        if self.takes_all_letters() {
            self.stage = Stage::Reading;
            self.top = 0;
            let said = if self.is_blank() {
                "Enter begins to write, H gives a hint, Esc goes back to the page."
            } else {
                "Your draft is kept. Enter goes on writing, H gives a hint, Esc goes back to the page."
            };
            return Step::say(said);
        }
        Step::go(Go::Back)
    }

    fn save_draft(&self) -> Step {
        Step::effect(Effect::SaveDraft { exercise: self.exercise.clone(), answer: self.answer() })
    }

    fn answering(&mut self, action: &Action) -> Step {
        let changed = match (&mut self.input, action) {
            (Input::Writing(editor), Action::Type(key)) => editor.press(*key),
            (Input::Writing(editor), Action::Paste(text)) => {
                if !editor.paste(text) {
                    let kb = editor::MAX_BYTES / 1024;
                    let mut step = self.save_draft();
                    step.notice = Some(Notice {
                        text: format!("An answer holds {kb} KB: the rest was not pasted."),
                        grave: true,
                    });
                    return step;
                }
                true
            }
            (Input::Writing(_), Action::Scroll(motion)) => {
                self.prompt_top = motion.from(self.prompt_top, 4).min(self.prompt.len().saturating_sub(1));
                false
            }
            (Input::Number(_), Action::Type(Key { code: Code::Up | Code::Down, .. })) => false,
            (Input::Number(field), Action::Type(key)) => field.press(*key),
            (Input::Number(field), Action::Paste(text)) => {
                field.insert(text.trim());
                true
            }
            (Input::Choosing { cursor, options, .. }, Action::Scroll(motion)) => {
                *cursor = motion.from(*cursor, *options).min(options.saturating_sub(1));
                false
            }
            (Input::Choosing { cursor, options, .. }, Action::NextThing(by)) => {
                *cursor = (*cursor as i64 + i64::from(*by)).rem_euclid((*options).max(1) as i64) as usize;
                false
            }
            (Input::Choosing { cursor, chosen, several, options }, Action::Choose(index)) if index < options => {
                *cursor = *index;
                choose(chosen, *index, *several)
            }
            (Input::Choosing { cursor, chosen, several, .. }, Action::Toggle) => choose(chosen, *cursor, *several),
            (Input::Ordering { cursor, order, held }, Action::Scroll(motion)) => {
                let to = motion.from(*cursor, order.len()).min(order.len().saturating_sub(1));
                move_step(cursor, order, to, *held)
            }
            (Input::Ordering { held, .. }, Action::Toggle) => {
                *held = !*held;
                false
            }
            // A letter brings its step to the cursor, and the cursor goes on: typing "cab" puts c, a, b in order.
            (Input::Ordering { cursor, order, held }, Action::Choose(index)) if *index < order.len() => {
                let from = *index;
                *held = false;
                if from > *cursor {
                    order[*cursor..=from].rotate_right(1);
                } else {
                    order[from..=*cursor].rotate_left(1);
                }
                *cursor = (*cursor + 1).min(order.len() - 1);
                true
            }
            (Input::Matching(matching), action) => matching.update(action),
            (Input::Filling(filling), action) => filling.update(action),
            (_, Action::Scroll(motion)) => {
                self.top = motion.from(self.top, self.size.body_rows());
                false
            }
            _ => false,
        };
        if changed { self.save_draft() } else { Step::default() }
    }

    /// A line that is clicked is chosen; of lines that are put in order or matched, it is the one that keys are for.
    fn point_at(&mut self, line: usize) -> Step {
        match &mut self.input {
            Input::Choosing { .. } => return self.answering(&Action::Choose(line)),
            Input::Ordering { cursor, held, .. } => (*cursor, *held) = (line, false),
            Input::Matching(matching) => matching.cursor = line,
            _ => {}
        }
        Step::default()
    }

    fn reading(&mut self, desk: &Desk<'_>, work: &Work, action: &Action) -> Step {
        match action {
            Action::Scroll(motion) => self.top = motion.from(self.top, self.size.body_rows()),
            Action::Open | Action::Toggle => {
                // All points made: Enter leads back to the page rather than into another try.
                if self.has_all_points() {
                    return Step::go(Go::Back);
                }
                if let Some(step) = self.open_next_form(desk) {
                    return step;
                }
                self.stage = Stage::Answering;
            }
            Action::Choose(index) if matches!(self.input, Input::Writing(_)) && self.code.is_none() => {
                return self.dispute(desk, work, *index);
            }
            Action::Choose(_) if !self.ends_here() => {
                self.stage = Stage::Answering;
                return self.answering(action);
            }
            _ => {}
        }
        Step::default()
    }

    /// What a verdict comes to, and what can be done now.
    fn said_of(&self, verdict: &Verdict, exercise: &Exercise) -> String {
        let is_right = verdict.fraction() > 0.999;
        let made = if is_right {
            "All points made".to_owned()
        } else {
            format!("{:.2} of {:.2} points", verdict.score, verdict.max)
        };
        let next = match self.purpose {
            Purpose::Review | Purpose::Proof => "Enter goes on.",
            Purpose::Learning if is_right => "Enter goes back to the page.",
            Purpose::Learning if exercise.hints.is_empty() => "Enter tries again, Esc goes back.",
            Purpose::Learning => "Enter tries again, H gives a hint, Esc goes back.",
        };
        format!("{made}. Your answer is kept. {next}")
    }

    /// Scrolls so that the line of the cursor is on screen.
    fn show_input(&mut self, exercise: &Exercise) {
        let cursor = match (&self.input, &exercise.kind) {
            (Input::Choosing { cursor, .. } | Input::Ordering { cursor, .. }, _) => *cursor,
            (Input::Matching(matching), _) => matching.cursor,
            (Input::Filling(filling), Kind::Gaps { pieces, .. }) => filling.rows_above(pieces),
            _ => 0,
        };
        let row = self.prompt.len() + 1 + cursor;
        let body = self.size.body_rows();
        if self.hints_shown.is_empty() && !self.solution_shown {
            if row + 2 < body {
                self.top = 0;
            } else if row >= self.top + body {
                self.top = row + 1 - body;
            }
        }
        self.top = self.top.min(self.last_top());
    }
}

fn input(exercise: &Exercise, begun: Option<Answer>) -> Input {
    match (&exercise.kind, begun) {
        (Kind::Text(_) | Kind::Flow(_), Some(Answer::Text(text))) => Input::Writing(Box::new(Editor::new(&text))),
        (Kind::Text(_) | Kind::Flow(_), _) => Input::Writing(Box::new(Editor::new(""))),
        (Kind::Code(_), Some(Answer::Text(text))) => Input::Writing(Box::new(Editor::for_code(&text))),
        (Kind::Code(task), _) => Input::Writing(Box::new(Editor::for_code(&task.start))),
        (Kind::Choice { options, several }, begun) => {
            let mut chosen = match begun {
                Some(Answer::Chosen(chosen)) => chosen,
                _ => BTreeSet::new(),
            };
            // The file may have changed since the draft was made.
            chosen.retain(|index| *index < options.len());
            Input::Choosing { cursor: 0, chosen, several: *several, options: options.len() }
        }
        (Kind::Order { steps }, begun) => {
            let shown = exercise.shown_order();
            let order = match begun {
                Some(Answer::Order(order)) if is_permutation(&order, steps.len()) => order,
                _ => shown,
            };
            Input::Ordering { cursor: 0, order, held: false }
        }
        (Kind::Number(_), Some(Answer::Number(text))) => Input::Number(Field::of(text)),
        (Kind::Number(_), _) => Input::Number(Field::default()),
        (Kind::Matching(pairs), begun) => {
            let begun = if let Some(Answer::Matched(matched)) = begun { matched } else { Vec::new() };
            Input::Matching(Matching::new(pairs, begun, exercise.shown_order()))
        }
        (Kind::Gaps { gaps, .. }, begun) => {
            let begun = if let Some(Answer::Filled(filled)) = begun { filled } else { Vec::new() };
            Input::Filling(Filling::new(gaps.len(), begun))
        }
    }
}

fn is_permutation(order: &[usize], n: usize) -> bool {
    order.len() == n && order.iter().copied().collect::<BTreeSet<usize>>() == (0..n).collect()
}

/// Chooses or unchooses; of a question with one answer, choosing replaces. Always a change.
fn choose(chosen: &mut BTreeSet<usize>, index: usize, several: bool) -> bool {
    if several {
        if !chosen.remove(&index) {
            chosen.insert(index);
        }
    } else {
        chosen.clear();
        chosen.insert(index);
    }
    true
}

fn move_step(cursor: &mut usize, order: &mut [usize], to: usize, held: bool) -> bool {
    let from = *cursor;
    *cursor = to;
    if !held || from == to {
        return false;
    }
    if from < to {
        order[from..=to].rotate_left(1);
    } else {
        order[to..=from].rotate_right(1);
    }
    true
}
