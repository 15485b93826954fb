//! Where each vertex stands across its layer: as near to its neighbours as the order and the gaps allow.

/// Positions with at least `distances[i]` between neighbour `i` and `i + 1`, as near to `wanted` as can be.
///
/// Least squares with weights, by pooling neighbours that get in each other's way; rounded to whole cells.
/// Positions stay within `bounds`, which must leave room.
pub(super) fn separate(wanted: &[f64], weights: &[f64], distances: &[i32], bounds: Option<&[(i32, i32)]>) -> Vec<i32> {
    struct Pool {
        sum: f64,
        weight: f64,
        count: usize,
    }
    // Less the distances before it, each position need only be at least the one before.
    let mut offsets = Vec::with_capacity(wanted.len());
    let mut offset = 0;
    for at in 0..wanted.len() {
        offsets.push(offset);
        offset += distances.get(at).copied().unwrap_or(0);
    }
    let mut pools: Vec<Pool> = Vec::with_capacity(wanted.len());
    for (at, &it) in wanted.iter().enumerate() {
        let mut pool = Pool { sum: (it - f64::from(offsets[at])) * weights[at], weight: weights[at], count: 1 };
        while let Some(last) = pools.last()
            && last.sum * pool.weight > pool.sum * last.weight
        {
            pool = Pool { sum: pool.sum + last.sum, weight: pool.weight + last.weight, count: pool.count + last.count };
            pools.pop();
        }
        pools.push(pool);
    }
    let mut positions = Vec::with_capacity(wanted.len());
    for pool in pools {
        let level = (pool.sum / pool.weight).round() as i32;
        for _ in 0..pool.count {
            positions.push(level);
        }
    }
    if let Some(bounds) = bounds {
        let mut low = i32::MIN;
        let mut lows = Vec::with_capacity(bounds.len());
        for (at, &(least, _)) in bounds.iter().enumerate() {
            low = low.max(least.saturating_sub(offsets[at]));
            lows.push(low);
        }
        let mut high = i32::MAX;
        for at in (0..bounds.len()).rev() {
            high = high.min(bounds[at].1.saturating_sub(offsets[at]));
            positions[at] = positions[at].min(high).max(lows[at]);
        }
    }
    let mut last = i32::MIN;
    for (position, offset) in positions.iter_mut().zip(&offsets) {
        last = last.max(*position);
        *position = last + offset;
    }
    positions
}

#[cfg(test)]
mod tests {
    use super::separate;

    #[test]
    fn neighbours_share_the_room_about_what_they_want() {
        let spread = separate(&[10.0, 10.0, 10.0], &[1.0; 3], &[4, 4], None);
        assert_eq!(spread, [6, 10, 14]);
        assert_eq!(separate(&[0.0, 9.0], &[1.0; 2], &[4], None), [0, 9]);
        assert_eq!(separate(&[0.0, 0.0], &[1.0, 100.0], &[4], None), [-4, 0]);
        assert_eq!(separate(&[0.0, 0.0], &[1.0; 2], &[2], Some(&[(3, 9), (3, 9)])), [3, 5]);
    }
}
