//! What the mouse selects on any screen: a stretch that it is dragged over, a word that is clicked twice. Letting go copies.
//!
//! Absent: where rows are, which each screen says as its [`Pane`]s.

use super::overlay::{self, Overlay};
use super::pane::{Pane, pane_at, panes};
use super::selection::{Cell, Selection};
use super::stack::{carry_out, pass_on};
use super::{Action, Effect, Model, Motion, Screen, Step};

/// What is selected, and where.
#[derive(Clone, Copy, Debug)]
pub(super) struct Selected {
    /// Index among the panes of the screen.
    pane: usize,
    /// How many rows the pane had: where there are others now, nothing is selected any more.
    n_rows: usize,
    stretch: Selection,
}

impl Model {
    /// The pane in which something is selected, and what of it.
    pub fn selected(&self) -> Option<(Pane<'_>, Selection)> {
        let Selected { pane, n_rows, stretch } = self.selected?;
        let pane = panes(self).into_iter().nth(pane).filter(|pane| pane.rows.len() == n_rows)?;
        Some((pane, stretch))
    }
}

/// What the action does to what is selected; `None` when it is none of its business.
pub(super) fn update(model: &mut Model, action: &Action) -> Option<Vec<Effect>> {
    if let Screen::Lab(lab) = model.screen() {
        match *action {
            Action::Drag { from, .. } if lab.scrubs(from) => return Some(pass_on(model, action)),
            Action::Drop if lab.scrubs(None) => return Some(pass_on(model, action)),
            _ => {}
        }
    }
    if let Some(effects) = point_in_editor(model, action) {
        return Some(effects);
    }
    match *action {
        Action::Drag { from, to } => Some(drag(model, from, to)),
        Action::Drop => Some(copy(model)),
        Action::Copy if model.selected().is_some() => Some(copy(model)),
        Action::Back if model.selected().is_some() => {
            model.selected = None;
            Some(Vec::new())
        }
        Action::DoubleClick(col, row) => select_word(model, (col, row)),
        Action::Click(..) => {
            model.selected = None;
            None
        }
        _ => None,
    }
}

/// What an open editor makes of it: it sets its cursor and selects among its own words.
fn point_in_editor(model: &mut Model, action: &Action) -> Option<Vec<Effect>> {
    let is_meant = match (&model.overlay, model.screen()) {
        (Some(Overlay::Note(note)), _) => note.is_pointed_at(model.size, action),
        (None, Screen::Exercise(sheet)) => sheet.is_pointed_at(action),
        (None, Screen::Function(bench)) => bench.is_pointed_at(action),
        _ => false,
    };
    if !is_meant {
        return None;
    }
    model.selected = None;
    Some(if model.overlay.is_some() { overlay::update(model, action.clone()) } else { pass_on(model, action) })
}

/// The pointer was dragged to a cell of the screen; at an edge a text moves along.
fn drag(model: &mut Model, from: Option<(u16, u16)>, to: (u16, u16)) -> Vec<Effect> {
    let before = model.selected;
    let (pane, begin, by) = {
        let panes = panes(model);
        let pane = from.map_or_else(|| before.map_or(0, |it| it.pane), |at| pane_at(&panes, at));
        let Some(it) = panes.get(pane) else { return Vec::new() };
        (pane, from.and_then(|at| it.cell(at)), it.moves_by(to))
    };
    let moves_along =
        matches!(model.screen(), Screen::Page(_) | Screen::Show(_) | Screen::Zoomed(_) | Screen::Round(_));
    let effects = if by != 0 && moves_along && model.overlay.is_none() {
        pass_on(model, &Action::Scroll(Motion::Lines(by)))
    } else {
        Vec::new()
    };
    let stretch = panes(model).get(pane).and_then(|pane| {
        let stretch = Selection::dragged(before.map(|it| it.stretch), begin, pane.cell(to)?);
        // Of texts that stand side by side it keeps to the one where it began.
        let (rows, strip) = pane.text_around(stretch.from);
        let row = stretch.to.row.clamp(rows.start, rows.end.saturating_sub(1).max(rows.start));
        let to = Cell { row, ..stretch.to };
        Some((pane.rows.len(), Selection { to, ..stretch }.keeping_to(strip)))
    });
    model.selected = stretch.map(|(n_rows, stretch)| Selected { pane, n_rows, stretch });
    effects
}

/// Selects the word at a cell and copies it, where nothing opens by a second click.
fn select_word(model: &mut Model, at: (u16, u16)) -> Option<Vec<Effect>> {
    let panes = if model.overlay.is_none() { panes(model) } else { Vec::new() };
    let index = pane_at(&panes, at);
    let pane = panes.get(index)?;
    let cell = pane.cell(at)?;
    let opens = match model.screen() {
        Screen::Page(reader) => reader.opens_at(cell.row),
        Screen::Show(show) => show.reader.opens_at(cell.row),
        Screen::Lab(lab) => lab.responds_at(at),
        Screen::Zoomed(_) => false,
        // What is chosen or pressed there counts each click.
        _ => true,
    };
    if opens {
        return None;
    }
    let n_rows = pane.rows.len();
    let word = Selection::word(&pane.rows, cell).map(|stretch| Selected { pane: index, n_rows, stretch });
    drop(panes);
    model.selected = word;
    Some(copy(model))
}

fn copy(model: &mut Model) -> Vec<Effect> {
    let step = model.selected().map_or_else(Step::default, |(pane, stretch)| stretch.copy(&pane.rows));
    carry_out(model, step)
}
