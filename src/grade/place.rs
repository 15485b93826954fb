//! Sets of words of a sentence, or of two: bit `n` is the `n`-th word.

pub(super) type Place = u128;

/// The first word; 128 of an empty set.
pub(super) fn first(place: Place) -> u32 {
    place.trailing_zeros()
}

/// The last word; 0 of an empty set.
pub(super) fn last(place: Place) -> u32 {
    127 - place.leading_zeros().min(127)
}

/// Words from the first to the last, less one.
pub(super) fn extent(place: Place) -> u32 {
    if place == 0 { 0 } else { last(place) - first(place) }
}

/// The words `from..to`.
pub(super) fn between(from: u32, to: u32) -> Place {
    let below = |bit: u32| if bit >= 128 { Place::MAX } else { (1 << bit) - 1 };
    if from >= to { 0 } else { below(to) & !below(from) }
}

/// The words one by one, each as a set.
pub(super) fn bits(mut place: Place) -> impl Iterator<Item = Place> {
    std::iter::from_fn(move || {
        let lowest = place & place.wrapping_neg();
        place ^= lowest;
        (lowest != 0).then_some(lowest)
    })
}

/// Sorts those from `start` on by where they begin and end, and leaves each once.
pub(super) fn sort_from(start: usize, places: &mut Vec<Place>) {
    places[start..].sort_unstable_by_key(|place| (first(*place), last(*place), *place));
    let mut end = start;
    for at in start..places.len() {
        if end == start || places[at] != places[end - 1] {
            places[end] = places[at];
            end += 1;
        }
    }
    places.truncate(end);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_stand_in_order_and_once() {
        let mut places = vec![1, 0b110, 0b10, 0b1010, 0b110];
        sort_from(1, &mut places);
        assert_eq!(places, [1, 0b10, 0b110, 0b1010]);
        assert_eq!((first(0b1010), last(0b1010), extent(0b1010)), (1, 3, 2));
        assert_eq!((between(1, 3), between(3, 1), between(127, 128)), (0b110, 0, 1 << 127));
        assert_eq!(bits(0b101).collect::<Vec<_>>(), [0b1, 0b100]);
    }
}
