//! The body of a `sequenceDiagram`.

use super::Slips;
use crate::diagram::sequence::Sequence;

pub(super) fn read(_body: &str, _line: u32, title: String, _slips: &mut Slips) -> Sequence {
    Sequence { title, ..Sequence::default() }
}
