//! The screens that lie over one another: the uppermost is given what happens, and what it decides is carried out.
//!
//! Going to a page is part of it, for a page takes the place of the one being read, and the way back is kept.

use super::trail;
use super::{Action, Effect, Go, Model, Notice, Screen, Start, Step, lesson};
use crate::course::PageId;

/// Gives the action to the shown screen and does what it decided.
pub(super) fn pass_on(model: &mut Model, action: &Action) -> Vec<Effect> {
    let mut screen = model.screens.pop().expect("home is never closed");
    let desk = model.desk();
    let step = match &mut screen {
        Screen::Home(home) => home.update(&desk, action),
        Screen::Page(reader) => reader.update(&desk, action),
        Screen::Exercise(sheet) => sheet.update(&desk, action),
        Screen::Round(round) => round.update(&desk, action),
        Screen::Goals(goals) => goals.update(&desk, action),
        Screen::Show(show) => show.update(&desk, action),
        Screen::Zoomed(zoomed) => zoomed.update(&desk, action),
        Screen::Lab(lab) => lab.update(&desk, action),
        Screen::Queue(queue) => queue.update(&desk, action),
        Screen::Function(bench) => bench.update(&desk, action),
    };
    model.last_question += 1;
    model.screens.push(screen);
    carry_out(model, step)
}

pub(super) fn carry_out(model: &mut Model, step: Step) -> Vec<Effect> {
    let Step { mut effects, go, notice } = step;
    if notice.is_some() {
        model.notice = notice;
    }
    for effect in &effects {
        if let Effect::SaveDraft { exercise, answer } = effect {
            model.drafts.insert(exercise.clone(), answer.clone());
        }
    }
    if !matches!(go, Go::Stay) {
        model.selected = None;
    }
    match go {
        Go::Stay => {}
        Go::Back => {
            if model.screens.len() > 1 {
                let left = model.screens.pop();
                let under = match model.screens.last_mut() {
                    Some(Screen::Page(reader)) => Some(&mut **reader),
                    Some(Screen::Show(show)) => Some(&mut show.reader),
                    _ => None,
                };
                if let Some(reader) = under {
                    match left {
                        Some(Screen::Lab(lab)) => reader.take_back(*lab),
                        Some(Screen::Function(bench)) => reader.take_back_function(*bench),
                        _ => {}
                    }
                }
                lay_out_again(model);
            } else {
                let text = "This is the course map; q quits. Everything you did is kept.";
                model.notice = Some(Notice { text: text.into(), grave: false });
            }
        }
        Go::Open(screen) => model.screens.push(screen),
        Go::Instead(screen) => {
            model.screens.pop();
            model.screens.push(screen);
        }
        // A class is shown the step in which the place lies.
        Go::Page(page, start) | Go::Follow(page, start) if matches!(model.screen(), Screen::Show(_)) => {
            effects.extend(pass_on(model, &Action::TurnTo(page, start)));
        }
        Go::Follow(page, start) => {
            let ways_back = if let Screen::Page(reader) = model.screen() { reader.ways_back + 1 } else { 0 };
            effects.extend(go_to_page(model, &page, start));
            set_ways_back(model, ways_back);
        }
        Go::Page(page, start) => {
            effects.extend(go_to_page(model, &page, start));
            set_ways_back(model, 0);
        }
        Go::Revisit => effects.extend(revisit(model, -1)),
        Go::Lay(overlay) => model.overlay = Some(overlay),
    }
    without_looked_up(model, effects)
}

/// Looking up a passage moves no bookmark: the learner still is where the exercise stands.
fn without_looked_up(model: &Model, mut effects: Vec<Effect>) -> Vec<Effect> {
    if model.screens.iter().any(|screen| matches!(screen, Screen::Exercise(_))) {
        effects.retain(|effect| !matches!(effect, Effect::SavePosition(_)));
    }
    effects
}

/// Lays every open screen out anew: the size, the course or the progress is another one.
pub(super) fn lay_out_again(model: &mut Model) {
    let mut screens = std::mem::take(&mut model.screens);
    let desk = model.desk();
    for screen in &mut screens {
        match screen {
            Screen::Home(home) => home.lay_out(&desk),
            Screen::Page(reader) => reader.lay_out(&desk),
            Screen::Exercise(sheet) => sheet.lay_out(&desk),
            Screen::Round(round) => round.lay_out(&desk),
            Screen::Goals(goals) => goals.lay_out(&desk),
            Screen::Show(show) => show.lay_out(&desk),
            Screen::Zoomed(zoomed) => zoomed.lay_out(&desk),
            Screen::Lab(lab) => lab.lay_out(&desk),
            Screen::Queue(queue) => queue.lay_out(&desk),
            Screen::Function(bench) => bench.lay_out(&desk),
        }
    }
    model.screens = screens;
}

/// Where one reads: the page, and the line at the top of the screen.
fn place(model: &Model) -> Option<trail::Place> {
    model.screens.iter().rev().find_map(|screen| match screen {
        Screen::Page(reader) => Some(reader.place()),
        _ => None,
    })
}

/// Back to where one was before a jump, or forth again.
pub(super) fn revisit(model: &mut Model, by: i32) -> Vec<Effect> {
    let Some(here) = place(model) else { return Vec::new() };
    if let Some((page, spot)) = model.trail.step(by, here) {
        let before = if let Screen::Page(reader) = model.screen() { reader.ways_back } else { 0 };
        let effects = show_page(model, &page, Start::Spot(spot));
        set_ways_back(model, if by < 0 { before.saturating_sub(1) } else { before + 1 });
        return effects;
    }
    let text = if by < 0 { "This is where you began." } else { "This is where you were last." };
    model.notice = Some(Notice { text: text.into(), grave: false });
    Vec::new()
}

/// How many jumps Esc takes back before it leaves the page.
fn set_ways_back(model: &mut Model, ways_back: usize) {
    if let Some(Screen::Page(reader)) = model.screens.last_mut() {
        reader.ways_back = ways_back;
    }
}

/// Goes to a page, from which the way back is kept.
fn go_to_page(model: &mut Model, page: &PageId, start: Start) -> Vec<Effect> {
    if let Some(here) = place(model) {
        model.trail.leave(here);
    }
    show_page(model, page, start)
}

/// Shows a page, in place of the one being read.
fn show_page(model: &mut Model, page: &PageId, start: Start) -> Vec<Effect> {
    // On the page that is read already, what runs in it goes on.
    let reader = match model.screens.pop_if(|screen| matches!(screen, Screen::Page(reader) if reader.page == *page)) {
        Some(Screen::Page(mut reader)) => {
            reader.begin_at(&model.desk(), start);
            reader
        }
        _ => Box::new(lesson::Reader::new(&model.desk(), page, start)),
    };
    let position = reader.position();
    // An exercise whose passage is looked up waits below, and is one key back.
    let waiting = model.screens.iter().rposition(|screen| matches!(screen, Screen::Exercise(_)));
    model.screens.truncate(waiting.unwrap_or(0) + 1);
    model.screens.push(Screen::Page(reader));
    let mut effects = vec![position];
    effects.extend(pass_on(model, &Action::Nothing));
    without_looked_up(model, effects)
}
