//! When requests arrive: a kind of traffic and a stream of random numbers → rising times in seconds.
//!
//! All that varies with time is a rate that is constant piece by piece; the unit exponential of request `i` is mapped
//! through it. So a change of the rate moves arrivals and never reshuffles them.

#![expect(clippy::inline_always, reason = "the hot loop is a tenth faster as one piece; measured by benches/sim.rs")]

use std::sync::Arc;

use super::random::{DRAWN_AT_ONCE, Stream, exponential, uniform};

/// What the requests of a scenario arrive by.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Traffic {
    /// At random, so far apart on average.
    Poisson {
        mean_interval_s: f64,
    },
    Constant {
        interval_s: f64,
    },
    /// A rate that changes: pieces of (seconds, requests per second), repeated for ever.
    Profile {
        pieces: Arc<[(f64, f64)]>,
    },
    /// Rising times.
    List {
        times_s: Arc<[f64]>,
    },
    /// A recorded trace: so many in each minute, spread inside it evenly or at random.
    Trace {
        counts: Arc<[u64]>,
        spread: Spread,
    },
}

/// The rule by which the requests of a minute are placed in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spread {
    /// Independent uniform moments.
    Random,
    /// Equal distances, half a distance from both ends.
    Even,
}

impl Traffic {
    /// Pieces in which the curve of a day is drawn.
    const DAY_PIECES: usize = 96;

    /// A day (or another period) that begins at its quietest: a cosine around the mean.
    pub(super) fn day(rate_per_s: f64, peak_to_mean: f64, period_s: f64) -> Self {
        let piece_s = period_s / Self::DAY_PIECES as f64;
        let rate = |piece: usize| {
            let phase = (piece as f64 + 0.5) / Self::DAY_PIECES as f64 * std::f64::consts::TAU;
            rate_per_s * (1.0 - (peak_to_mean - 1.0) * libm::cos(phase))
        };
        Self::Profile { pieces: (0..Self::DAY_PIECES).map(|piece| (piece_s, rate(piece))).collect() }
    }

    /// How many requests there are when the traffic ends by itself.
    pub(super) fn total(&self) -> Option<u64> {
        match self {
            Self::List { times_s } => Some(times_s.len() as u64),
            Self::Trace { counts, .. } => Some(counts.iter().sum()),
            _ => None,
        }
    }
}

/// Length of all pieces together, and the requests expected in it.
fn round(pieces: &[(f64, f64)]) -> (f64, f64) {
    pieces.iter().fold((0.0, 0.0), |(s, n), (long_s, rate_per_s)| (s + long_s, n + long_s * rate_per_s))
}

/// The arrivals of a scenario, one after the other.
#[derive(Clone, Debug)]
pub(super) struct Arrivals {
    traffic: Traffic,
    stream: Stream,
    /// Index of the next request.
    index: u64,
    /// Unit exponentials of this request and its neighbours, where the traffic asks for such.
    drawn: [f64; DRAWN_AT_ONCE],
    now_s: f64,
    /// The piece or minute that `now_s` is in, and where it began.
    piece: usize,
    piece_began_s: f64,
    /// Requests of this minute that have been given out.
    in_minute: u64,
}

const MINUTE_S: f64 = 60.0;

impl Arrivals {
    pub(super) fn new(traffic: Traffic, stream: Stream) -> Self {
        let drawn = [0.0; DRAWN_AT_ONCE];
        Self { traffic, stream, index: 0, drawn, now_s: 0.0, piece: 0, piece_began_s: 0.0, in_minute: 0 }
    }

    /// The time of the next request, or infinity when there is none.
    #[inline(always)]
    pub(super) fn next_s(&mut self) -> f64 {
        let index = self.index;
        self.index += 1;
        self.now_s = match &self.traffic {
            Traffic::Poisson { mean_interval_s } => self.now_s + *mean_interval_s * self.exponential(index),
            // The first request comes at zero, and no sum of roundings builds up.
            Traffic::Constant { interval_s } => index as f64 * interval_s,
            Traffic::List { times_s } => times_s.get(index as usize).copied().unwrap_or(f64::INFINITY),
            Traffic::Profile { .. } => {
                let due = self.exponential(index);
                self.in_profile(due)
            }
            Traffic::Trace { .. } => self.in_trace(self.stream.at(index)),
        };
        self.now_s
    }

    /// The unit exponential of this request. What happens next hangs on an arrival, but not on the next dozen.
    #[inline(always)]
    fn exponential(&mut self, index: u64) -> f64 {
        let place = index as usize % DRAWN_AT_ONCE;
        if place == 0 {
            self.draw(index);
        }
        self.drawn[place]
    }

    #[inline(never)]
    fn draw(&mut self, index: u64) {
        let stream = self.stream;
        self.drawn = std::array::from_fn(|ahead| exponential(stream.at(index + ahead as u64)));
    }

    /// The time by which the expected number of arrivals has grown by `due`.
    #[inline(never)]
    fn in_profile(&mut self, mut due: f64) -> f64 {
        let Traffic::Profile { pieces } = &self.traffic else { return f64::INFINITY };
        let mut now_s = self.now_s;
        loop {
            let place = self.piece % pieces.len();
            if place == 0 && now_s == self.piece_began_s {
                // Whole rounds at once: one request in years must not be walked to millisecond by millisecond.
                let (round_s, expected) = round(pieces);
                let rounds = (due / expected).floor();
                if rounds >= 1.0 && round_s.is_finite() {
                    due -= rounds * expected;
                    now_s += rounds * round_s;
                    self.piece_began_s = now_s;
                }
            }
            let (long_s, rate_per_s) = pieces[place];
            let end_s = self.piece_began_s + long_s;
            if rate_per_s > 0.0 {
                let expected = (end_s - now_s) * rate_per_s;
                if expected > due {
                    return now_s + due / rate_per_s;
                }
                due -= expected.max(0.0);
            }
            if end_s == f64::INFINITY {
                return f64::INFINITY;
            }
            now_s = end_s;
            self.piece += 1;
            self.piece_began_s = end_s;
        }
    }

    #[inline(never)]
    fn in_trace(&mut self, bits: u64) -> f64 {
        let Traffic::Trace { counts, spread } = &self.traffic else { return f64::INFINITY };
        while self.in_minute >= *counts.get(self.piece).unwrap_or(&u64::MAX) {
            self.piece += 1;
            self.in_minute = 0;
        }
        let Some(count) = counts.get(self.piece) else { return f64::INFINITY };
        let began_s = self.piece as f64 * MINUTE_S;
        let left = (count - self.in_minute) as f64;
        self.in_minute += 1;
        match spread {
            Spread::Even => began_s + (self.in_minute as f64 - 0.5) / *count as f64 * MINUTE_S,
            // The first of `left` uniform moments in what remains of the minute.
            Spread::Random => {
                let from_s = self.now_s.max(began_s);
                let share = 1.0 - libm::pow(uniform(bits), 1.0 / left);
                from_s + (began_s + MINUTE_S - from_s) * share
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{Arrivals, Spread, Traffic};
    use crate::sim::random::{Purpose, Stream};

    fn first(traffic: Traffic, n: usize) -> Vec<f64> {
        let mut arrivals = Arrivals::new(traffic, Stream::new(1, Purpose::Arrival));
        std::iter::repeat_with(|| arrivals.next_s()).take(n).take_while(|at| at.is_finite()).collect()
    }

    #[test]
    fn each_kind_rises_and_has_its_mean_rate() {
        let profile = |pieces: &[(f64, f64)]| Traffic::Profile { pieces: Arc::from(pieces) };
        for traffic in [
            Traffic::Poisson { mean_interval_s: 0.2 },
            Traffic::Constant { interval_s: 0.2 },
            profile(&[(9.0, 0.0), (1.0, 50.0)]),
            Traffic::day(5.0, 1.8, 100.0),
        ] {
            let times = first(traffic.clone(), 50_000);
            assert!(times.is_sorted(), "{traffic:?}");
            // Fifty thousand arrivals: 0.5 % is the standard error.
            let rate = times.len() as f64 / times[times.len() - 1];
            assert!((rate / 5.0 - 1.0).abs() < 0.02, "{traffic:?}: {rate}");
        }
    }

    #[test]
    fn a_burst_keeps_to_its_seconds() {
        let times = first(Traffic::Profile { pieces: Arc::from([(9.0, 0.0), (1.0, 50.0)]) }, 1000);
        assert!(times.iter().all(|at| at.rem_euclid(10.0) >= 9.0 - 1e-9));
    }

    #[test]
    fn a_trace_has_its_counts_in_each_minute_and_then_ends() {
        for spread in [Spread::Random, Spread::Even] {
            let counts: Arc<[u64]> = Arc::from([3, 0, 0, 40, 1]);
            let times = first(Traffic::Trace { counts: Arc::clone(&counts), spread }, 1000);
            let found: Vec<u64> = (0..5)
                .map(|minute| times.iter().filter(|at| (**at / 60.0) as usize == minute).count() as u64)
                .collect();
            assert_eq!(found, *counts);
            assert!(times.is_sorted(), "{times:?}");
        }
    }
}
