//! The one place where the model changes: an action comes in, effects come out.

use std::sync::Arc;

use super::glossary::Words;
use super::overlay::{self, Asks, Contents, Overlay, Prompt};
use super::stack::{carry_out, lay_out_again, pass_on, revisit};
use super::{Action, Effect, Go, Model, Notice, Screen, Step, note, pointer, present};
use crate::course::{Deed, PageId};
use crate::markdown::LongLines;

/// The one place where the model changes.
pub fn update(model: &mut Model, action: Action) -> Vec<Effect> {
    match action {
        Action::Nothing => Vec::new(),
        Action::Quit => {
            // A note that is being written is kept, as by every other way to leave it.
            let mut effects = match &model.overlay {
                Some(Overlay::Note(note)) => note.keep(model.last_question + 1),
                _ => Vec::new(),
            };
            effects.push(Effect::Quit);
            effects
        }
        Action::Suspend => vec![Effect::Suspend],
        Action::Resize(size) => {
            model.size = size;
            lay_out_again(model);
            Vec::new()
        }
        Action::Tick { now_ms } => {
            model.now_ms = now_ms;
            pass_on(model, &Action::Tick { now_ms })
        }
        Action::Said(notice) => {
            model.notice = Some(notice);
            Vec::new()
        }
        Action::NotSaved { why } => {
            let text = format!("Could not save: {why}. What you see is not lost while the program runs.");
            model.notice = Some(Notice { text, grave: true });
            Vec::new()
        }
        Action::CourseRead(course) => {
            let slips = course.problems.len();
            model.course = course;
            lay_out_again(model);
            let text = match slips {
                0 => "The course was read again.".to_owned(),
                n => {
                    let (slips, them) = if n == 1 { ("slip", "it") } else { ("slips", "them") };
                    let folder = &model.course.folder;
                    format!(
                        "The course was read again: {n} {slips}; `coldstart check {folder}` says where to mend {them}."
                    )
                }
            };
            model.notice = Some(Notice { text, grave: slips > 0 });
            Vec::new()
        }
        Action::Reload => vec![Effect::ReadCourse],
        Action::Kept { question, attempt } => {
            let course = Arc::clone(&model.course);
            model.progress.add(&course, &attempt.deed);
            if let Deed::Answered { exercise, .. } = &attempt.deed {
                model.drafts.remove(exercise);
                model.due.retain(|due| course.root_of(due) != course.root_of(exercise));
            }
            for screen in &mut model.screens {
                if let Screen::Round(round) = screen {
                    round.note(&course, &model.progress, &attempt.deed);
                }
            }
            let begun = match &attempt.deed {
                Deed::Noted { page, source_line, .. } => Some(note::no_draft(&PageId(page.clone()), *source_line)),
                _ => None,
            };
            let mut effects = pass_on(model, &Action::Kept { question, attempt });
            effects.extend(carry_out(model, Step { effects: begun.into_iter().collect(), ..Step::default() }));
            lay_out_again(model);
            effects
        }
        Action::Staged(stage) => follow(model, stage),
        Action::Clock(clock) => pass_on(model, &Action::Clock(clock)),
        Action::Edited { .. } if matches!(model.overlay, Some(Overlay::Note(_))) => overlay::update(model, action),
        // Replies go to the screen that asked, whatever lies over it.
        reply @ (Action::Graded { .. }
        | Action::NotKept { .. }
        | Action::Edited { .. }
        | Action::Replicated { .. }
        | Action::Heard(_)
        | Action::Invoked { .. }
        | Action::Served(_)) => pass_on(model, &reply),
        action => {
            model.notice = None;
            if let Some(effects) = pointer::update(model, &action) {
                return effects;
            }
            let action = match action {
                // Where no word is selected, two clicks are two.
                Action::DoubleClick(col, row) => Action::Click(col, row),
                action => action,
            };
            if let Some(Screen::Page(reader)) = model.screens.last_mut() {
                reader.leave_landing();
            }
            if model.overlay.is_some() {
                return overlay::update(model, action);
            }
            match action {
                Action::Help => {
                    model.overlay = Some(Overlay::Help { top: 0 });
                    Vec::new()
                }
                Action::Contents => {
                    model.overlay =
                        Some(Overlay::Contents(Contents::new(&model.course, &model.progress, model.reading())));
                    Vec::new()
                }
                Action::Glossary => open_glossary(model),
                Action::GoTo => {
                    model.overlay = Some(Overlay::Prompt(Prompt::new(Asks::Page)));
                    Vec::new()
                }
                // A page searches itself first.
                Action::Search if matches!(model.screen(), Screen::Home(_)) => {
                    model.overlay = Some(Overlay::Prompt(Prompt::new(Asks::Search)));
                    Vec::new()
                }
                Action::Revisit(by) => revisit(model, by),
                Action::NumberLines | Action::BreakLines => list_otherwise(model, &action),
                action => pass_on(model, &action),
            }
        }
    }
}

/// The words of the course, on the one that is nearest to where one reads.
fn open_glossary(model: &mut Model) -> Vec<Effect> {
    let glossary = &model.course.glossary;
    if glossary.terms.is_empty() {
        model.notice = Some(Notice { text: "This course has no glossary.".into(), grave: false });
        return Vec::new();
    }
    let nearest = model.reader().and_then(|reader| reader.nearest_term(glossary));
    model.overlay = Some(Overlay::Words(Words::at(nearest.unwrap_or(0))));
    Vec::new()
}

/// Shows code in another way, on this page and all others.
fn list_otherwise(model: &mut Model, action: &Action) -> Vec<Effect> {
    let listing = &mut model.listing;
    let text = if matches!(action, Action::NumberLines) {
        listing.numbered = !listing.numbered;
        if listing.numbered {
            "Lines of code are numbered."
        } else {
            "Lines of code are numbered where the page asks for it."
        }
    } else {
        let (other, text) = match listing.long_lines {
            LongLines::Broken => (LongLines::Whole, "Long lines of code stay whole: Shift-→ moves them."),
            LongLines::Whole => (LongLines::Broken, "Long lines of code go on in the next line, behind ↪."),
        };
        listing.long_lines = other;
        text
    };
    model.notice = Some(Notice { text: text.into(), grave: false });
    lay_out_again(model);
    Vec::new()
}

/// Tells the presentation what its other screen says, also where something lies over it. If the class is led elsewhere,
/// whatever was opened on the way is left.
fn follow(model: &mut Model, stage: present::Stage) -> Vec<Effect> {
    let at = model.screens.iter().position(|screen| matches!(screen, Screen::Show(_)));
    let Some(at) = at else { return Vec::new() };
    if matches!(&model.screens[at], Screen::Show(show) if show.is_led_away_by(&stage)) {
        while model.screens.len() > at + 1 {
            carry_out(model, Step::go(Go::Back));
        }
    }
    let above = model.screens.split_off(at + 1);
    let effects = pass_on(model, &Action::Staged(stage));
    model.screens.extend(above);
    effects
}
