//! Many durations → their percentiles, in memory that does not grow with their number.
//!
//! A value is counted in the bucket of its leading bits: the exponent of the floating-point number and the first
//! [`MANTISSA_BITS`] of its fraction. A bucket is at most 1/256 of its value wide and answers with the mean of what fell
//! into it, so a percentile is off by less than 0.4 %, typically by less than 0.1 %, and is exact when all values of the
//! bucket are equal. No logarithm is taken, so that counting costs two additions and a comparison.

/// Buckets per factor of two: `1 << MANTISSA_BITS`.
const MANTISSA_BITS: u32 = 8;
/// Shorter than a nanosecond counts as zero, longer than 31 years as that.
const LEAST_MS: f64 = 1e-6;
const MOST_MS: f64 = 1e12;

/// Counted durations in milliseconds.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Sketch {
    /// Bucket number of the first of `buckets`.
    first: usize,
    buckets: Vec<Bucket>,
    zeros: u64,
    count: u64,
    sum_ms: f64,
    max_ms: f64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Bucket {
    count: u64,
    /// The first value that fell into it, and the sum of what the others are more: equal values have an exact mean.
    first_ms: f64,
    excess_ms: f64,
}

impl Bucket {
    fn mean_ms(&self) -> f64 {
        self.first_ms + self.excess_ms / self.count as f64
    }
}

#[inline]
fn bucket_of(ms: f64) -> usize {
    (ms.min(MOST_MS).to_bits() >> (52 - MANTISSA_BITS)) as usize
}

impl Sketch {
    /// Counts a duration, which is not negative.
    #[inline]
    pub(super) fn record(&mut self, ms: f64) {
        self.count += 1;
        self.sum_ms += ms;
        if ms > self.max_ms {
            self.max_ms = ms;
        }
        // Below the first bucket the difference wraps to a huge number, which is outside as well.
        let mut place = bucket_of(ms).wrapping_sub(self.first);
        if place >= self.buckets.len() {
            if ms < LEAST_MS {
                self.zeros += 1;
                return;
            }
            self.widen(bucket_of(ms), bucket_of(ms));
            place = bucket_of(ms) - self.first;
        }
        let bucket = &mut self.buckets[place];
        if bucket.count == 0 {
            bucket.first_ms = ms;
        }
        bucket.count += 1;
        bucket.excess_ms += ms - bucket.first_ms;
    }

    /// Makes room for the buckets `from..=to`, by whole factors of two.
    #[cold]
    fn widen(&mut self, from: usize, to: usize) {
        let octave = 1 << MANTISSA_BITS;
        let mut from = from / octave * octave;
        let mut end = (to / octave + 1) * octave;
        if !self.buckets.is_empty() {
            from = from.min(self.first);
            end = end.max(self.first + self.buckets.len());
        }
        let mut wider = vec![Bucket::default(); end - from];
        if !self.buckets.is_empty() {
            let at = self.first - from;
            wider[at..at + self.buckets.len()].copy_from_slice(&self.buckets);
        }
        (self.first, self.buckets) = (from, wider);
    }

    pub(super) fn merge(&mut self, other: &Self) {
        if !other.buckets.is_empty() {
            self.widen(other.first, other.first + other.buckets.len() - 1);
            let at = other.first - self.first;
            for (mine, theirs) in self.buckets[at..].iter_mut().zip(&other.buckets) {
                if mine.count == 0 {
                    mine.first_ms = theirs.first_ms;
                }
                mine.count += theirs.count;
                mine.excess_ms += theirs.excess_ms + (theirs.first_ms - mine.first_ms) * theirs.count as f64;
            }
        }
        self.zeros += other.zeros;
        self.count += other.count;
        self.sum_ms += other.sum_ms;
        self.max_ms = self.max_ms.max(other.max_ms);
    }

    pub(super) fn count(&self) -> u64 {
        self.count
    }

    pub(super) fn mean_ms(&self) -> f64 {
        if self.count == 0 { 0.0 } else { self.sum_ms / self.count as f64 }
    }

    pub(super) fn max_ms(&self) -> f64 {
        self.max_ms
    }

    /// For each of the rising `shares` of 0..=1, the smallest duration that at least this share does not exceed.
    /// Zeros when nothing was counted.
    pub(super) fn percentiles<const N: usize>(&self, shares: [f64; N]) -> [f64; N] {
        let mut found = [0.0; N];
        let mut buckets = self.buckets.iter();
        let (mut seen, mut here_ms) = (self.zeros, 0.0);
        for (share, found) in shares.into_iter().zip(&mut found) {
            // The nearest rank: the 95th of 100, never rounded beyond the last.
            let rank = (share * self.count as f64 - 1e-9).ceil().max(1.0) as u64;
            while seen < rank {
                let Some(bucket) = buckets.next() else { break };
                if bucket.count > 0 {
                    seen += bucket.count;
                    here_ms = bucket.mean_ms();
                }
            }
            *found = here_ms.min(self.max_ms);
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::Sketch;
    use crate::sim::law::Law;
    use crate::sim::random::{Purpose, Stream};

    #[test]
    fn a_percentile_is_within_four_thousandths_of_the_exact_one() {
        for law in [Law::Exponential { mean_ms: 1.0 }, Law::log_normal(40.0, 4000.0), Law::Constant { ms: 12.5 }] {
            let stream = Stream::new(1, Purpose::Service);
            let mut exact: Vec<f64> = (0..20_000).map(|i| law.draw_ms(stream.at(i))).collect();
            // Counted in two halves and put together, as replications are.
            let (mut sketch, mut half) = (Sketch::default(), Sketch::default());
            exact[..9_000].iter().for_each(|ms| sketch.record(*ms));
            exact[9_000..].iter().for_each(|ms| half.record(*ms));
            sketch.merge(&half);
            exact.sort_by(f64::total_cmp);
            let shares = [0.01, 0.5, 0.9, 0.95, 0.99, 1.0];
            for (share, found) in shares.into_iter().zip(sketch.percentiles(shares)) {
                let exact = exact[(share * 20_000.0) as usize - 1];
                assert!((found / exact - 1.0).abs() < 0.004, "{law:?} p{share}: {found} for {exact}");
            }
            assert_eq!(sketch.count(), 20_000);
        }
    }

    #[test]
    fn equal_values_and_zeros_come_back_exactly() {
        let mut sketch = Sketch::default();
        for ms in [0.0, 0.0, 7.3, 7.3, 7.3, 7.3, 7.3, 7.3, 7.3, 900.1] {
            sketch.record(ms);
        }
        assert_eq!(sketch.percentiles([0.2, 0.5, 0.9, 0.95]), [0.0, 7.3, 7.3, 900.1]);
        assert_eq!(Sketch::default().percentiles([0.5]), [0.0]);
    }
}
