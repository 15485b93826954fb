//! What runs in its place on the page: simulations, and functions.

use super::Reader;
use crate::app::function::{self, Bench};
use crate::app::lab::{self, Lab};
use crate::app::{Action, Desk, Go, Screen, Step};
use crate::course::{Page, SimulationTask, Task};

impl Reader {
    /// The lab was left; its run goes on, or stands still, in its place on the page.
    pub(crate) fn take_back(&mut self, lab: Lab) {
        self.come_back();
        if !lab.asks_first() && lab.is_of_page() {
            self.labs.insert(lab.widget, lab);
        }
    }

    /// The same for a function.
    pub(crate) fn take_back_function(&mut self, bench: Bench) {
        self.come_back();
        self.benches.insert(bench.widget, bench);
    }

    /// Whether a simulation runs in its place on the page.
    pub(crate) fn plays_simulation(&self) -> bool {
        self.labs.values().any(Lab::is_playing)
    }

    pub fn is_playing(&self) -> bool {
        self.plays_simulation() || self.benches.values().any(Bench::is_playing)
    }

    /// Runs or pauses the simulation that has the focus, in its place on the page.
    pub(super) fn play(&mut self, desk: &Desk<'_>, deed: lab::Deed) -> Step {
        let Some(index) = self.focused_widget() else { return Step::default() };
        let Some(page) = desk.course.page(&self.page) else { return Step::default() };
        let Task::Simulation(task) = &page.widgets[index].task else { return Step::default() };
        let running = self.labs.remove(&index);
        let Some(mut lab) = running.or_else(|| new_lab(desk, page, index, task)) else { return Step::default() };
        // A question that must be answered before the run needs the full screen.
        if lab.asks_first() {
            return Step::go(Go::Open(Screen::Lab(Box::new(lab))));
        }
        let step = lab.update(desk, &Action::Lab(deed));
        self.labs.insert(index, lab);
        self.lay_out(desk);
        step
    }

    /// Runs the function that has the focus in its place on the page, or opens its screen.
    pub(super) fn use_function(&mut self, desk: &Desk<'_>, deed: function::Deed) -> Step {
        let Some(index) = self.focused_widget() else { return Step::default() };
        let Some(page) = desk.course.page(&self.page) else { return Step::default() };
        let Task::Function(task) = &page.widgets[index].task else { return Step::default() };
        let begun = self.benches.remove(&index);
        let mut bench = begun.unwrap_or_else(|| Bench::new(desk, &page.id, index, task));
        if deed == function::Deed::Open {
            bench.lay_out(desk);
            return Step::go(Go::Open(Screen::Function(Box::new(bench))));
        }
        let step = bench.act(desk, deed);
        self.benches.insert(index, bench);
        self.lay_out(desk);
        self.show_focused();
        step
    }

    /// Time has passed, or the world has answered: what runs goes on.
    pub(super) fn run_on(&mut self, desk: &Desk<'_>, action: &Action) -> Step {
        let mut step = Step::default();
        if matches!(action, Action::Tick { .. }) && !self.is_playing() {
            return step;
        }
        for lab in self.labs.values_mut() {
            step.effects.extend(lab.update(desk, action).effects);
        }
        for bench in self.benches.values_mut() {
            let said = bench.update(desk, action);
            step.effects.extend(said.effects);
            step.notice = said.notice.or(step.notice);
        }
        let n_rows = self.focused_rows().map(|rows| rows.len());
        self.lay_out(desk);
        // An answer that has come is seen without a key.
        if self.focused_rows().map(|rows| rows.len()) > n_rows {
            self.show_focused();
        }
        step
    }
}

pub(super) fn new_lab(desk: &Desk<'_>, page: &Page, widget: usize, task: &SimulationTask) -> Option<Lab> {
    let scenario = desk.course.scenario(&task.scenario).ok()?;
    Some(Lab::new(desk, &page.id, widget, task, &scenario))
}
