//! The body of a `stateDiagram` to a chart.

use super::Slips;
use crate::diagram::chart::{Chart, ChartKind};

pub(super) fn read(_body: &str, _line: u32, title: String, _slips: &mut Slips) -> Chart {
    Chart { kind: ChartKind::State, title, ..Chart::default() }
}
