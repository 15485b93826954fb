//! Where a reader has been: places left by a jump, to go back to and forth again, as in a browser.

use crate::course::{PageId, Spot};

/// A page, and what of it is at the top of the screen.
pub(super) type Place = (PageId, Spot);

/// Nobody goes back further, and a day of reading must not grow without end.
const MOST_PLACES: usize = 100;

#[derive(Clone, Debug, Default)]
pub(super) struct Trail {
    /// The last is the nearest.
    behind: Vec<Place>,
    ahead: Vec<Place>,
}

impl Trail {
    /// Keeps the place that is left for another; what lay ahead is forgotten.
    pub(super) fn leave(&mut self, here: Place) {
        self.ahead.clear();
        if self.behind.last() != Some(&here) {
            self.behind.push(here);
        }
        if self.behind.len() > MOST_PLACES {
            self.behind.remove(0);
        }
    }

    /// The place before (-1) or after (1) `here`, which is kept on the other side.
    pub(super) fn step(&mut self, by: i32, here: Place) -> Option<Place> {
        let (from, to) = if by < 0 { (&mut self.behind, &mut self.ahead) } else { (&mut self.ahead, &mut self.behind) };
        let place = from.pop()?;
        to.push(here);
        Some(place)
    }
}

#[cfg(test)]
mod tests {
    use super::{PageId, Place, Spot, Trail};

    #[test]
    fn back_and_forth_as_in_a_browser() {
        let place = |line: u32| -> Place { (PageId("s/01".to_owned()), Spot::at(line)) };
        let mut trail = Trail::default();
        trail.leave(place(1));
        trail.leave(place(2));
        assert_eq!(trail.step(-1, place(3)), Some(place(2)));
        assert_eq!(trail.step(-1, place(2)), Some(place(1)));
        assert_eq!(trail.step(-1, place(1)), None);
        assert_eq!(trail.step(1, place(1)), Some(place(2)));
        // A jump from here is a new way on.
        trail.leave(place(2));
        assert_eq!(trail.step(1, place(9)), None);
        assert_eq!(trail.step(-1, place(9)), Some(place(2)));
    }
}
