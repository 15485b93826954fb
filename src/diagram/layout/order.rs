//! The order of the vertices within each layer: few crossings, groups together, the author's order where nothing decides.

/// What the ordering needs to know. Links join vertices of neighbouring layers.
pub(super) struct Ordering<'a> {
    pub(super) above: &'a [Vec<usize>],
    pub(super) below: &'a [Vec<usize>],
    /// The group of each vertex, and the parent of each group.
    pub(super) group: &'a [Option<usize>],
    pub(super) parent: &'a [Option<usize>],
}

/// A vertex, or the members of one group, on the way to its place in a layer.
#[derive(Default)]
struct Unit {
    key: f64,
    group: Option<usize>,
    members: Vec<(f64, usize)>,
}

const SWEEPS: usize = 12;
/// Above this many vertices a layout must not think for long.
pub(super) const LARGE: usize = 1_500;

impl Ordering<'_> {
    /// Orders `layers` in place and returns the number of crossings that are left.
    pub(super) fn improve(&self, layers: &mut [Vec<usize>]) -> usize {
        let mut places = vec![0_usize; self.group.len()];
        self.arrange_all(layers, &mut places);
        let mut best = layers.to_vec();
        let mut fewest = self.crossings(layers, &places);
        let count: usize = layers.iter().map(Vec::len).sum();
        let sweeps = if count > LARGE { SWEEPS / 3 } else { SWEEPS };
        let mut idle = 0;
        for sweep in 0..sweeps {
            if fewest == 0 || idle == 4 {
                break;
            }
            let is_down = sweep % 2 == 0;
            self.sweep(layers, &mut places, is_down);
            if count <= LARGE || sweep + 2 >= sweeps {
                self.transpose(layers, &mut places);
            }
            let crossings = self.crossings(layers, &places);
            idle += 1;
            if crossings < fewest {
                (fewest, idle) = (crossings, 0);
                best.clone_from_slice(layers);
            }
        }
        layers.clone_from_slice(&best);
        fewest
    }

    /// Makes the groups of every layer stand together, in the order the layers have now.
    fn arrange_all(&self, layers: &mut [Vec<usize>], places: &mut [usize]) {
        note_places(layers, places);
        if self.parent.is_empty() {
            return;
        }
        let ranks = self.group_ranks(layers, places);
        for layer in layers.iter_mut() {
            let keyed = layer.iter().enumerate().map(|(at, &vertex)| (at as f64, vertex)).collect();
            *layer = self.arranged(keyed, None, &ranks);
        }
        note_places(layers, places);
    }

    fn sweep(&self, layers: &mut [Vec<usize>], places: &mut [usize], is_down: bool) {
        let ranks = self.group_ranks(layers, places);
        let count = layers.len();
        for step in 1..count {
            let (at, from) = if is_down { (step, step - 1) } else { (count - 1 - step, count - step) };
            let neighbours = if is_down { self.above } else { self.below };
            let scale = layers[from].len() as f64 / layers[at].len().max(1) as f64;
            let keyed = layers[at].iter().enumerate().map(|(place, &vertex)| {
                let near = &neighbours[vertex];
                let key = if near.is_empty() {
                    place as f64 * scale
                } else {
                    near.iter().map(|&it| places[it] as f64).sum::<f64>() / near.len() as f64
                };
                (key, vertex)
            });
            let keyed: Vec<(f64, usize)> = keyed.collect();
            layers[at] = self.arranged(keyed, None, &ranks);
            for (place, &vertex) in layers[at].iter().enumerate() {
                places[vertex] = place;
            }
        }
    }

    /// Sorted by key, each group in one piece, sibling groups in the order of `ranks`.
    fn arranged(&self, mut keyed: Vec<(f64, usize)>, inside: Option<usize>, ranks: &[usize]) -> Vec<usize> {
        if self.parent.is_empty() {
            keyed.sort_by(|a, b| a.0.total_cmp(&b.0));
            return keyed.into_iter().map(|(_, vertex)| vertex).collect();
        }
        let mut units: Vec<Unit> = Vec::new();
        for (key, vertex) in keyed {
            let child = self.child_towards(vertex, inside);
            let known = child.and_then(|_| units.iter().position(|unit| unit.group == child));
            match known {
                Some(at) => units[at].members.push((key, vertex)),
                None => units.push(Unit { key, group: child, members: vec![(key, vertex)] }),
            }
        }
        for unit in &mut units {
            unit.key = unit.members.iter().map(|it| it.0).sum::<f64>() / unit.members.len() as f64;
        }
        units.sort_by(|a, b| a.key.total_cmp(&b.key));
        // Sibling groups must stand in one order in all layers, or their frames could not be rectangles.
        let slots: Vec<usize> = (0..units.len()).filter(|&at| units[at].group.is_some()).collect();
        let mut wanted = slots.clone();
        wanted.sort_by_key(|&at| units[at].group.map(|group| ranks[group]));
        let mut sorted: Vec<usize> = (0..units.len()).collect();
        for (slot, from) in slots.iter().zip(&wanted) {
            sorted[*slot] = *from;
        }
        let mut layer = Vec::new();
        for at in sorted {
            let Unit { group, members, .. } = std::mem::take(&mut units[at]);
            match group {
                None => layer.extend(members.into_iter().map(|(_, vertex)| vertex)),
                Some(_) => layer.extend(self.arranged(members, group, ranks)),
            }
        }
        layer
    }

    /// The group directly inside `inside` that holds `vertex`, if any.
    fn child_towards(&self, vertex: usize, inside: Option<usize>) -> Option<usize> {
        let mut at = self.group[vertex];
        while let Some(group) = at {
            if self.parent[group] == inside {
                return (Some(group) != inside).then_some(group);
            }
            at = self.parent[group];
        }
        None
    }

    /// For each group its place among all, by the mean place of what it holds.
    fn group_ranks(&self, layers: &[Vec<usize>], places: &[usize]) -> Vec<usize> {
        let mut sum = vec![(0.0, 0.0); self.parent.len()];
        for layer in layers {
            for &vertex in layer {
                let mut at = self.group[vertex];
                while let Some(group) = at {
                    sum[group].0 += (places[vertex] as f64 + 0.5) / layer.len() as f64;
                    sum[group].1 += 1.0;
                    at = self.parent[group];
                }
            }
        }
        let mut order: Vec<usize> = (0..sum.len()).collect();
        let mean = |group: usize| if sum[group].1 > 0.0 { sum[group].0 / sum[group].1 } else { 0.0 };
        order.sort_by(|&a, &b| mean(a).total_cmp(&mean(b)));
        let mut ranks = vec![0; order.len()];
        for (rank, group) in order.into_iter().enumerate() {
            ranks[group] = rank;
        }
        ranks
    }

    /// Swaps neighbours of one group while that saves crossings.
    fn transpose(&self, layers: &mut [Vec<usize>], places: &mut [usize]) {
        let mut near: [Vec<usize>; 2] = [Vec::new(), Vec::new()];
        for _ in 0..4 {
            let mut is_better = false;
            for layer in layers.iter_mut() {
                for at in 1..layer.len() {
                    let (left, right) = (layer[at - 1], layer[at]);
                    if self.group[left] != self.group[right] {
                        continue;
                    }
                    let mut gain = 0_i64;
                    for neighbours in [self.above, self.below] {
                        for (side, vertex) in [left, right].into_iter().enumerate() {
                            near[side].clear();
                            near[side].extend(neighbours[vertex].iter().map(|&it| places[it]));
                        }
                        for &a in &near[0] {
                            for &b in &near[1] {
                                gain += i64::from(a > b) - i64::from(a < b);
                            }
                        }
                    }
                    if gain > 0 {
                        layer.swap(at - 1, at);
                        (places[left], places[right]) = (at, at - 1);
                        is_better = true;
                    }
                }
            }
            if !is_better {
                break;
            }
        }
    }

    /// How many pairs of links cross.
    fn crossings(&self, layers: &[Vec<usize>], places: &[usize]) -> usize {
        let mut total = 0;
        let mut ends = Vec::new();
        for pair in layers.windows(2) {
            let mut counts = vec![0_usize; pair[1].len() + 1];
            let mut seen = 0;
            for &vertex in &pair[0] {
                ends.clear();
                ends.extend(self.below[vertex].iter().map(|&it| places[it]));
                for &end in &ends {
                    // Links seen so far that end at or left of `end` do not cross.
                    let mut at = end + 1;
                    let mut not_crossed = 0;
                    while at > 0 {
                        not_crossed += counts[at];
                        at &= at - 1;
                    }
                    total += seen - not_crossed;
                }
                for &end in &ends {
                    seen += 1;
                    let mut at = end + 1;
                    while at < counts.len() {
                        counts[at] += 1;
                        at += at & at.wrapping_neg();
                    }
                }
            }
        }
        total
    }
}

fn note_places(layers: &[Vec<usize>], places: &mut [usize]) {
    for layer in layers {
        for (place, &vertex) in layer.iter().enumerate() {
            places[vertex] = place;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Ordering;

    #[test]
    fn a_crossing_is_undone_and_groups_stay_together() {
        // 0 and 1 above 2 and 3, joined crosswise.
        let above = [vec![], vec![], vec![1], vec![0]];
        let below = [vec![3], vec![2], vec![], vec![]];
        let free = Ordering { above: &above, below: &below, group: &[None; 4], parent: &[] };
        let mut layers = [vec![0, 1], vec![2, 3]];
        assert_eq!(free.improve(&mut layers), 0);
        // 4 stands between the two members of a group: they must not stay apart.
        let group = [Some(0), None, Some(0)];
        let lone = [vec![], vec![], vec![]];
        let grouped = Ordering { above: &lone, below: &lone, group: &group, parent: &[None] };
        let mut layers = [vec![0, 1, 2]];
        grouped.improve(&mut layers);
        assert_eq!(layers[0].iter().position(|&it| it == 1).map(|at| at == 1), Some(false));
    }
}
