//! What Enter does to the thing that has the focus: follows it, opens it on the whole screen, or runs it in its place.

use super::links::follow;
use super::running::new_lab;
use super::{Reader, What};
use crate::app::exercise::Sheet;
use crate::app::zoomed::{Drawing, Subject, Zoomed};
use crate::app::{Desk, Go, Screen, Step, function};
use crate::course::{Page, Task};
use crate::markdown::Block;

impl Reader {
    /// Opens what has the focus, or the first thing on screen that responds.
    pub(super) fn open(&mut self, desk: &Desk<'_>) -> Step {
        if self.focus.is_none() {
            let screen = self.top..self.top + self.size.body_rows();
            self.focus = self.laid.things.iter().position(|thing| screen.contains(&thing.rows.start));
        }
        let Some(thing) = self.focused() else {
            return Step::say("Nothing on this screen opens. Space scrolls on, → turns the page.");
        };
        let Some(page) = desk.course.page(&self.page) else { return Step::default() };
        match thing.what {
            What::Link(index) => follow(desk, page, &self.laid.links[index]),
            What::Code(index) => zoom_leaf(desk, page, self.laid.codes[index].source_line),
            What::Table(index) => zoom_leaf(desk, page, self.laid.tables[index].source_line),
            What::Widget(index) => match &page.widgets[index].task {
                Task::Diagram { graph, .. } => {
                    zoom(desk, page, Subject::Drawing(Box::new(Drawing::new(graph.clone(), self.walk.clone()))))
                }
                Task::Exercise(id) => match Sheet::new(desk, id) {
                    Some(sheet) => Step::go(Go::Open(Screen::Exercise(Box::new(sheet)))),
                    None => Step::say(format!("There is no exercise `{id}` any more.")),
                },
                Task::Simulation(task) => {
                    let running = self.labs.remove(&index);
                    let anew = || {
                        new_lab(desk, page, index, task).map(|mut lab| {
                            lab.catch_up();
                            lab
                        })
                    };
                    match running.or_else(anew) {
                        Some(mut lab) => {
                            lab.lay_out(desk);
                            Step::go(Go::Open(Screen::Lab(Box::new(lab))))
                        }
                        None => Step::say(format!("There is no scenario `{}` any more.", task.scenario)),
                    }
                }
                // It runs in its place.
                Task::Function(_) => self.use_function(desk, function::Deed::Run),
                Task::Broken(why) => Step::say(why.clone()),
            },
        }
    }
}

fn zoom(desk: &Desk<'_>, page: &Page, subject: Subject) -> Step {
    Step::go(Go::Open(Screen::Zoomed(Box::new(Zoomed::new(desk, page, subject)))))
}

/// Opens the code block or the table that begins on a line of the page's document.
fn zoom_leaf(desk: &Desk<'_>, page: &Page, source_line: u32) -> Step {
    let subject = page.document.leaves.iter().filter(|leaf| leaf.source_line == source_line).find_map(|leaf| {
        Some(match &leaf.block {
            Block::Code(fence) => Subject::Code(fence.clone()),
            Block::Table(table) => Subject::Table(table.clone()),
            _ => return None,
        })
    });
    subject.map_or_else(Step::default, |subject| zoom(desk, page, subject))
}
