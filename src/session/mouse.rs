//! What the mouse's button reports → what was meant: a click, a second one, or a stretch that is dragged over.
//!
//! A click counts when the button is let go, so that what was only the beginning of a stretch opens nothing. Absent: what
//! lies under the pointer.

use std::time::{Duration, Instant};

use super::Pointer;

/// Two clicks on one cell within this time are one deed. 400 ms is what desktops use.
const TWICE: Duration = Duration::from_millis(400);

type Cell = (u16, u16);

#[derive(Debug, Default)]
pub(super) struct Mouse {
    pressed: Option<Cell>,
    is_dragging: bool,
    last_click: Option<(Instant, Cell)>,
}

impl Mouse {
    pub(super) fn press(&mut self, cell: Cell) {
        self.pressed = Some(cell);
        self.is_dragging = false;
    }

    /// The pointer moved with the button down.
    pub(super) fn drag(&mut self, to: Cell) -> Option<Pointer> {
        let from = self.pressed?;
        // A hand that trembles within a cell drags nothing.
        if !self.is_dragging && from == to {
            return None;
        }
        let begins = !std::mem::replace(&mut self.is_dragging, true);
        Some(Pointer::Drag { from: begins.then_some(from), to })
    }

    pub(super) fn release(&mut self, at: Instant) -> Option<Pointer> {
        let cell = self.pressed.take()?;
        if std::mem::take(&mut self.is_dragging) {
            return Some(Pointer::Drop);
        }
        let is_second = self.last_click.is_some_and(|(before, last)| last == cell && at - before <= TWICE);
        // A third click begins anew.
        self.last_click = (!is_second).then_some((at, cell));
        let (col, row) = cell;
        Some(if is_second { Pointer::DoubleClick(col, row) } else { Pointer::Click(col, row) })
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::{Mouse, Pointer};

    #[test]
    fn clicks_are_told_from_second_clicks_and_from_dragging() {
        let mut mouse = Mouse::default();
        let begun = Instant::now();
        let click = |mouse: &mut Mouse, cell, after_ms| {
            mouse.press(cell);
            mouse.release(begun + Duration::from_millis(after_ms))
        };
        assert_eq!(click(&mut mouse, (3, 4), 0), Some(Pointer::Click(3, 4)));
        assert_eq!(click(&mut mouse, (3, 4), 300), Some(Pointer::DoubleClick(3, 4)));
        assert_eq!(click(&mut mouse, (3, 4), 400), Some(Pointer::Click(3, 4)));
        assert_eq!(click(&mut mouse, (3, 5), 500), Some(Pointer::Click(3, 5)));
        assert_eq!(click(&mut mouse, (3, 5), 1500), Some(Pointer::Click(3, 5)));
        mouse.press((1, 1));
        assert_eq!(mouse.drag((1, 1)), None);
        assert_eq!(mouse.drag((2, 1)), Some(Pointer::Drag { from: Some((1, 1)), to: (2, 1) }));
        assert_eq!(mouse.drag((1, 1)), Some(Pointer::Drag { from: None, to: (1, 1) }));
        assert_eq!(mouse.release(begun), Some(Pointer::Drop));
        // A button that was pressed elsewhere, or in another window.
        assert_eq!(mouse.drag((9, 9)), None);
        assert_eq!(mouse.release(begun), None);
    }
}
