//! Which layer each vertex stands in: cycles broken in the author's order, then the longest path.

/// Vertex `to` belongs at least `length` layers after `from`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Arc {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) length: usize,
}

/// The layer of each of `count` vertices, from 0. Arcs that close a cycle are read backwards.
pub(super) fn ranks(count: usize, arcs: &[Arc]) -> Vec<usize> {
    let arcs = acyclic(count, arcs);
    let mut outgoing = vec![Vec::new(); count];
    let mut incoming = vec![Vec::new(); count];
    let mut waiting = vec![0_usize; count];
    for (index, arc) in arcs.iter().enumerate() {
        outgoing[arc.from].push(index);
        incoming[arc.to].push(index);
        waiting[arc.to] += 1;
    }
    let mut order: Vec<usize> = (0..count).filter(|&vertex| waiting[vertex] == 0).collect();
    let mut rank = vec![0_usize; count];
    let mut next = 0;
    while let Some(&vertex) = order.get(next) {
        next += 1;
        for &arc in &outgoing[vertex] {
            let Arc { to, length, .. } = arcs[arc];
            rank[to] = rank[to].max(rank[vertex] + length);
            waiting[to] -= 1;
            if waiting[to] == 0 {
                order.push(to);
            }
        }
    }
    // What has more edges below than above hangs close to what it leads to: shorter edges in sum.
    for &vertex in order.iter().rev() {
        if outgoing[vertex].len() > incoming[vertex].len() {
            let lowest = outgoing[vertex].iter().map(|&arc| rank[arcs[arc].to] - arcs[arc].length).min();
            rank[vertex] = lowest.unwrap_or(rank[vertex]).max(rank[vertex]);
        }
    }
    let first = rank.iter().copied().min().unwrap_or(0);
    rank.iter().map(|it| it - first).collect()
}

/// The arcs with those turned round that lead back to where a walk in the author's order came from.
///
/// The walk begins at the first vertex, so the path the author wrote first keeps its direction.
fn acyclic(count: usize, arcs: &[Arc]) -> Vec<Arc> {
    #[derive(Clone, Copy, PartialEq)]
    enum Seen {
        Never,
        OnPath,
        Left,
    }
    let mut outgoing = vec![Vec::new(); count];
    for (index, arc) in arcs.iter().enumerate().filter(|(_, arc)| arc.from != arc.to) {
        outgoing[arc.from].push(index);
    }
    let mut seen = vec![Seen::Never; count];
    let mut kept: Vec<Arc> = arcs.to_vec();
    for root in 0..count {
        if seen[root] != Seen::Never {
            continue;
        }
        seen[root] = Seen::OnPath;
        let mut path = vec![(root, 0)];
        while let Some((vertex, next)) = path.last_mut() {
            let Some(&arc) = outgoing[*vertex].get(*next) else {
                seen[*vertex] = Seen::Left;
                path.pop();
                continue;
            };
            *next += 1;
            let Arc { from, to, length } = arcs[arc];
            match seen[to] {
                Seen::OnPath => kept[arc] = Arc { from: to, to: from, length },
                Seen::Left => {}
                Seen::Never => {
                    seen[to] = Seen::OnPath;
                    path.push((to, 0));
                }
            }
        }
    }
    kept.retain(|arc| arc.from != arc.to);
    kept
}

#[cfg(test)]
mod tests {
    use super::{Arc, ranks};

    fn check(count: usize, pairs: &[(usize, usize)], expected: &[usize]) {
        let arcs: Vec<Arc> = pairs.iter().map(|&(from, to)| Arc { from, to, length: 1 }).collect();
        assert_eq!(ranks(count, &arcs), expected, "{pairs:?}");
    }

    #[test]
    fn the_authors_path_stays_forward() {
        check(3, &[(0, 1), (1, 2), (2, 0)], &[0, 1, 2]);
        check(3, &[(0, 1), (1, 0), (1, 2)], &[0, 1, 2]);
        // A late source stands beside what it leads to, not at the top.
        check(4, &[(0, 1), (1, 2), (3, 2)], &[0, 1, 2, 1]);
        check(2, &[(0, 0), (0, 1)], &[0, 1]);
    }
}
