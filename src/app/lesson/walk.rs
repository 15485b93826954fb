//! From box to box of the diagram that has the focus.

use super::{Reader, cards, columns};
use crate::app::zoomed::Walk;
use crate::app::{Desk, Step};
use crate::course::Task;
use crate::diagram;

impl Reader {
    /// To the neighbour of the box one stands on, in the diagram that has the focus.
    pub(super) fn walk_on(&mut self, desk: &Desk<'_>, across: i32, down: i32) -> Step {
        let Some(page) = desk.course.page(&self.page) else { return Step::default() };
        let Some(Task::Diagram { graph, .. }) = self.focused_task(desk.course) else { return Step::default() };
        let (_, width) = columns(self.size.cols);
        match &mut self.walk {
            Some(walk) => walk.go(across, down),
            None => self.walk = Walk::begin(diagram::lay_out(graph, width)),
        }
        self.walk.as_ref().map_or_else(Step::default, |walk| Step::say(walk.says(page)))
    }

    /// To the box of the diagram that has the focus which stands at a column and row of the page. One that is stood on
    /// already opens, as by Enter. `None` where there is no box.
    pub(super) fn click_box(&mut self, desk: &Desk<'_>, col: usize, row: usize) -> Option<Step> {
        let Some(Task::Diagram { graph, .. }) = self.focused_task(desk.course) else { return None };
        let (_, width) = columns(self.size.cols);
        let mut walk = self.walk.clone().or_else(|| Walk::begin(diagram::lay_out(graph, width)))?;
        let indent = cards::indent(walk.width_cols(), usize::from(width));
        let above = self.focused_rows()?.start;
        walk.go_to((col.checked_sub(indent)?, row.checked_sub(above)?))?;
        if self.walk.as_ref().and_then(Walk::cells) == walk.cells() {
            return Some(self.open(desk));
        }
        let said = desk.course.page(&self.page).map(|page| walk.says(page)).unwrap_or_default();
        self.walk = Some(walk);
        Some(Step::say(said))
    }

    /// The box one stands on: column, row of the page, width and height.
    pub fn stands_on(&self) -> Option<(usize, usize, usize, usize)> {
        let rows = &self.focused()?.rows;
        let walk = self.walk.as_ref()?;
        let (x, y, w, h) = walk.cells()?;
        let (_, width) = columns(self.size.cols);
        // The card stands a little to the right of the margin.
        let indent = cards::indent(walk.width_cols(), usize::from(width));
        Some((x + indent, rows.start + y, w, h))
    }
}
