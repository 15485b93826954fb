//! Bars on one scale: a row each, with its label before it and its note behind.

use crate::diagram::bars::{Bar, Bars, BarsKind};
use crate::diagram::chart::Shape;
use crate::diagram::placed::{Placed, PlacedNode, Rect, Text};
use crate::diagram::text::{width, wrap};

/// Columns of the longest bar: long enough to compare, and not all of a wide screen.
const LEAST_BAR_COLS: i32 = 8;
const MOST_BAR_COLS: i32 = 60;
const GAP_COLS: i32 = 2;

pub(super) fn placed(bars: &Bars, width_cols: i32) -> Placed {
    let kind = match bars.kind {
        BarsKind::Pie => "pie",
        BarsKind::Gantt => "gantt",
    };
    let mut placed = Placed { kind, title: bars.title.clone(), ..Placed::default() };
    let mut y = super::heading(&mut placed, width_cols);
    let scale = Scale::new(bars, width_cols);
    for section in bars.sections.iter().filter(|it| !it.bars.is_empty()) {
        if !section.title.is_empty() {
            y += i32::from(!placed.nodes.is_empty());
            for text in wrap(&section.title, width_cols.max(8) as usize, false) {
                placed.texts.push(Text { x: 0, y, text, is_title: true });
                y += 1;
            }
        }
        for bar in &section.bars {
            y += scale.row(bar, y, &mut placed);
        }
    }
    super::close(&mut placed);
    placed
}

/// Where the bars stand and how long they are.
struct Scale {
    label_cols: i32,
    note_cols: i32,
    bar_cols: i32,
    start: f64,
    length: f64,
}

impl Scale {
    fn new(bars: &Bars, width_cols: i32) -> Self {
        let longest = |text: fn(&Bar) -> &str| {
            let lines = bars.bars().flat_map(|bar| text(bar).split('\n'));
            lines.map(width).max().unwrap_or(0) as i32
        };
        let (labels, notes) = (longest(|bar| &bar.label), longest(|bar| &bar.note));
        let label_cols = labels.min((width_cols / 3).max(12));
        let note_cols = notes.min((width_cols - label_cols - 2 * GAP_COLS - LEAST_BAR_COLS).max(10));
        let bar_cols = (width_cols - label_cols - note_cols - 2 * GAP_COLS).clamp(LEAST_BAR_COLS, MOST_BAR_COLS);
        let start = bars.bars().map(|bar| bar.start).fold(f64::INFINITY, f64::min);
        let end = bars.bars().map(|bar| bar.end).fold(f64::NEG_INFINITY, f64::max);
        Self { label_cols, note_cols, bar_cols, start, length: end - start }
    }

    /// The column a value stands at, counted from where the bars begin.
    fn column(&self, value: f64) -> i32 {
        if self.length > 0.0 {
            ((value - self.start) / self.length * f64::from(self.bar_cols)).round() as i32
        } else {
            0
        }
    }

    /// Places one bar and returns the rows it takes.
    fn row(&self, bar: &Bar, y: i32, placed: &mut Placed) -> i32 {
        let name = wrap(&bar.label, self.label_cols.max(1) as usize, true);
        let note = wrap(&bar.note, self.note_cols.max(1) as usize, true);
        let rows = name.len().max(note.len()) as i32;
        for (text, y) in name.into_iter().zip(y..) {
            placed.texts.push(Text { x: 0, y, text, is_title: false });
        }
        let from = self.column(bar.start).min(self.bar_cols - 1);
        // What is there at all has a cell.
        let least = i32::from(bar.end > bar.start);
        let x = self.label_cols + GAP_COLS + from;
        let rect = Rect { x, y, w: (self.column(bar.end) - from).max(least), h: 1 };
        // Shares read on from their bars; dates of a plan stand in a column of their own.
        let behind = if self.starts_together() { rect.right() } else { self.label_cols + GAP_COLS + self.bar_cols };
        for (text, y) in note.into_iter().zip(y..) {
            placed.texts.push(Text { x: behind + 1, y, text, is_title: false });
        }
        let words = PlacedNode::words(&bar.label, &bar.label, Vec::new(), (x, y));
        placed.nodes.push(PlacedNode { shape: Shape::Filled, rect, ..words });
        rows
    }

    fn starts_together(&self) -> bool {
        self.start == 0.0
    }
}
