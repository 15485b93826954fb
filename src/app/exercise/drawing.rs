//! A learner's flow, drawn while it is typed.

use crate::app::pop_up::Area;
use crate::app::row::{Row, Ui, of_grid};
use crate::course::flow_picture;
use crate::diagram;

/// What is drawn of the flow, and where it stands.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Drawing {
    pub rows: Vec<Row>,
    /// Right of the editor, where there is no room for it above.
    pub is_beside: bool,
}

/// Columns between the editor and a drawing beside it.
const GAP_COLS: usize = 2;

impl Drawing {
    /// Draws the flow of `text` into `width` columns: above the editor when it takes at most `above_rows` there, else in
    /// a half of the width, its last `beside_rows` rows, as they hold what was typed last.
    pub(super) fn of(text: &str, width: usize, above_rows: usize, beside_rows: usize) -> Self {
        let above = rows(text, width);
        if above.len() <= above_rows {
            return Self { rows: above, is_beside: false };
        }
        let mut beside = rows(text, Self::beside_cols(width));
        let n_hidden = beside.len().saturating_sub(beside_rows);
        if n_hidden > 0 {
            beside.drain(..=n_hidden.min(beside.len() - 1));
            beside.insert(0, Row::ui(Ui::Muted, "⋮"));
        }
        Self { rows: beside, is_beside: true }
    }

    /// Shares the room below the prompt: the drawing's, and the editor's.
    pub(super) fn share(&self, room: Area) -> (Area, Area) {
        let n_rows = self.rows.len() as u16;
        if !self.is_beside || self.rows.is_empty() {
            return (Area { rows: n_rows.min(room.rows), ..room }, room.below(n_rows));
        }
        let cols = (Self::beside_cols(usize::from(room.cols)) as u16).min(room.cols);
        let drawing = Area { x: room.x + room.cols - cols, cols, ..room };
        (drawing, Area { cols: (room.cols - cols).saturating_sub(1), ..room })
    }

    /// What of `width` the drawing takes beside the editor.
    fn beside_cols(width: usize) -> usize {
        width.saturating_sub(GAP_COLS) / 2
    }
}

/// The flow in at most `width` columns; none while there is nothing to draw.
pub(super) fn rows(text: &str, width: usize) -> Vec<Row> {
    let Some(graph) = flow_picture(text) else { return Vec::new() };
    of_grid(&diagram::draw(&diagram::lay_out(&graph, width as u16))).into_iter().map(|row| row.cut(width)).collect()
}

#[cfg(test)]
mod tests {
    use super::Drawing;

    #[test]
    fn a_drawing_stands_above_where_it_fits_and_beside_where_not() {
        let short = Drawing::of("upload -> queue", 60, 8, 14);
        assert!(!short.is_beside && (3..=8).contains(&short.rows.len()), "{short:?}");
        let long = Drawing::of(&"a long name & another name -> ".repeat(12), 60, 8, 14);
        assert!(long.is_beside && long.rows.len() <= 14 && long.rows.iter().all(|row| row.width() <= 29), "{long:?}");
        assert_eq!(Drawing::of("", 60, 8, 14).rows, []);
    }
}
