//! The room between two layers: which line runs on which track.
//!
//! A net joins columns above to columns below by one line across. Two nets may cross at right angles, but never lie
//! on each other: where a column is used by one net from above and by another from below, the first must turn first.

/// Lines that share one way across: a single edge, or the edges of one source or one target.
#[derive(Clone, Debug)]
pub(super) struct Net {
    pub(super) tops: Vec<i32>,
    pub(super) bottoms: Vec<i32>,
}

/// How a net gets across.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    Straight,
    /// On one track, counted from above.
    Track(usize),
    /// Across on one track to a column of its own, then on a second: nets that want each other's columns.
    Dogleg {
        first: usize,
        column: i32,
        second: usize,
    },
}

/// A net, or the upper or lower part of one with a dogleg.
struct Piece {
    net: usize,
    tops: Vec<i32>,
    bottoms: Vec<i32>,
    low: i32,
    high: i32,
}

impl Piece {
    fn new(net: usize, tops: Vec<i32>, bottoms: Vec<i32>, dogleg: Option<i32>) -> Self {
        let columns = || tops.iter().chain(&bottoms).chain(&dogleg).copied();
        let (low, high) = (columns().min().unwrap_or(0), columns().max().unwrap_or(0));
        Self { net, tops, bottoms, low, high }
    }

    /// Whether both cannot be on one track, where so many blanks must stay between them.
    fn meets(&self, other: &Self, blanks: i32) -> bool {
        self.low <= other.high + blanks && other.low <= self.high + blanks
    }

    /// Whether this must lie above `other`.
    fn must_precede(&self, other: &Self) -> bool {
        let is_upper_part = self.net == other.net && other.tops.is_empty();
        is_upper_part || self.tops.iter().any(|column| other.bottoms.contains(column))
    }

    /// Crossings if this lies above `other`.
    fn crossings_above(&self, other: &Self) -> i64 {
        let within = |columns: &[i32], piece: &Self| {
            columns.iter().filter(|&&it| piece.low < it && it < piece.high).count() as i64
        };
        within(&self.bottoms, other) + within(&other.tops, self)
    }
}

/// The way of each net, and how many tracks there are. `taken` are columns that no dogleg may use, `blanks` the cells
/// that stay free between two nets on one track.
pub(super) fn ways(nets: &[Net], taken: &[i32], blanks: i32) -> (Vec<Way>, usize) {
    let mut ways = vec![Way::Straight; nets.len()];
    let mut pieces: Vec<Piece> = Vec::new();
    for (index, net) in nets.iter().enumerate() {
        let piece = Piece::new(index, net.tops.clone(), net.bottoms.clone(), None);
        if piece.low != piece.high {
            pieces.push(piece);
        }
    }
    let mut doglegs: Vec<(usize, i32)> = Vec::new();
    let order = loop {
        match sorted(&pieces) {
            Ok(order) => break order,
            Err(stuck) => {
                let column = free_column(&pieces[stuck], nets, taken, &doglegs);
                let Piece { net, tops, bottoms, .. } = pieces.swap_remove(stuck);
                doglegs.push((net, column));
                // Neither part stands in a circle again: nothing must lie above the one, nor below the other.
                pieces.push(Piece::new(net, tops, Vec::new(), Some(column)));
                pieces.push(Piece::new(net, Vec::new(), bottoms, Some(column)));
            }
        }
    };
    // Each piece on the highest track below those it follows and meets.
    let mut tracks = vec![0_usize; pieces.len()];
    let mut count = 0;
    for (at, &piece) in order.iter().enumerate() {
        let before = order[..at].iter().filter(|&&it| pieces[it].meets(&pieces[piece], blanks));
        let track = before.map(|&it| tracks[it] + 1).max().unwrap_or(0);
        tracks[piece] = track;
        count = count.max(track + 1);
    }
    for (index, piece) in pieces.iter().enumerate() {
        ways[piece.net] = match (ways[piece.net], doglegs.iter().find(|it| it.0 == piece.net)) {
            (Way::Track(other), Some(&(_, column))) => {
                Way::Dogleg { first: other.min(tracks[index]), column, second: other.max(tracks[index]) }
            }
            _ => Way::Track(tracks[index]),
        };
    }
    (ways, count)
}

/// The pieces from above to below with few crossings, or one that stands in a circle of wishes.
fn sorted(pieces: &[Piece]) -> Result<Vec<usize>, usize> {
    let count = pieces.len();
    let mut blockers = vec![0_usize; count];
    let mut after: Vec<Vec<usize>> = vec![Vec::new(); count];
    let mut push = vec![0_i64; count];
    let mut pull: Vec<Vec<(usize, i64)>> = vec![Vec::new(); count];
    // In order of their left ends only near pieces can touch; the rest need not be compared.
    let mut by_low: Vec<usize> = (0..count).collect();
    by_low.sort_by_key(|&it| pieces[it].low);
    for (at, &a) in by_low.iter().enumerate() {
        for &b in &by_low[at + 1..] {
            if pieces[b].low > pieces[a].high + 1 {
                break;
            }
            for (first, second) in [(a, b), (b, a)] {
                if pieces[first].must_precede(&pieces[second]) {
                    blockers[second] += 1;
                    after[first].push(second);
                }
            }
            let cost = pieces[a].crossings_above(&pieces[b]) - pieces[b].crossings_above(&pieces[a]);
            push[a] += cost;
            push[b] -= cost;
            pull[a].push((b, -cost));
            pull[b].push((a, cost));
        }
    }
    let mut is_done = vec![false; count];
    let mut order = Vec::with_capacity(count);
    for _ in 0..count {
        let free = (0..count).filter(|&it| !is_done[it] && blockers[it] == 0);
        // The one that crosses least when all the others lie below it; then the author's order.
        let Some(next) = free.min_by_key(|&it| (push[it], pieces[it].net)) else {
            return Err(in_circle(pieces, &after, &is_done));
        };
        is_done[next] = true;
        order.push(next);
        for &it in &after[next] {
            blockers[it] -= 1;
        }
        for &(other, cost) in &pull[next] {
            // What lies above no longer counts as lying below.
            push[other] += -cost;
        }
    }
    Ok(order)
}

/// The smallest piece of a circle among those that wait. Each of them waits for another, so going back meets one.
fn in_circle(pieces: &[Piece], after: &[Vec<usize>], is_done: &[bool]) -> usize {
    let mut waits_for = vec![None; pieces.len()];
    for (first, seconds) in after.iter().enumerate().filter(|(first, _)| !is_done[*first]) {
        for &second in seconds {
            waits_for[second] = Some(first);
        }
    }
    let mut at = is_done.iter().position(|is_done| !is_done).unwrap_or(0);
    for _ in 0..pieces.len() {
        at = waits_for[at].unwrap_or(at);
    }
    let (start, mut smallest) = (at, at);
    loop {
        at = waits_for[at].unwrap_or(start);
        let size = |it: usize| pieces[it].tops.len() + pieces[it].bottoms.len();
        if size(at) < size(smallest) {
            smallest = at;
        }
        if at == start {
            return smallest;
        }
    }
}

fn free_column(piece: &Piece, nets: &[Net], taken: &[i32], doglegs: &[(usize, i32)]) -> i32 {
    let is_free = |column: i32| {
        let is_used = |net: &Net| net.tops.contains(&column) || net.bottoms.contains(&column);
        !nets.iter().any(is_used) && !taken.contains(&column) && !doglegs.iter().any(|it| it.1 == column)
    };
    let middle = piece.low.midpoint(piece.high);
    let mut distance = 0;
    loop {
        for column in [middle - distance, middle + distance] {
            if is_free(column) {
                return column;
            }
        }
        distance += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::{Net, Way, ways};

    fn net(tops: &[i32], bottoms: &[i32]) -> Net {
        Net { tops: tops.to_vec(), bottoms: bottoms.to_vec() }
    }

    #[test]
    fn nets_that_share_a_column_never_lie_on_each_other() {
        // The first comes from above into column 5, which the second leaves downwards.
        let (found, count) = ways(&[net(&[9], &[5]), net(&[5], &[0])], &[], 1);
        assert_eq!((found, count), (vec![Way::Track(1), Way::Track(0)], 2));
        let (found, count) = ways(&[net(&[0], &[4]), net(&[8], &[12])], &[], 1);
        assert_eq!((found, count), (vec![Way::Track(0), Way::Track(0)], 1));
        // Each wants the other's column: one must step aside.
        let (found, _) = ways(&[net(&[0], &[6]), net(&[6], &[0])], &[], 1);
        assert!(
            found.iter().any(|way| matches!(way, Way::Dogleg { first, second, .. } if first < second)),
            "{found:?}"
        );
    }
}
