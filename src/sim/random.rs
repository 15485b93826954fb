//! Random numbers by place: (seed, purpose, index) → 64 bits → a uniform, exponential or normal deviate.
//!
//! Nothing here has a state. The handler time of request 17 is the number at place 17 of the stream for handler times,
//! whatever was drawn before: turning one knob therefore changes only what that knob changes (common random numbers).
//! Absent: the laws with their parameters, which are in `law`.

/// Numbers drawn together take half the time: the processor has work while it waits for each.
pub(super) const DRAWN_AT_ONCE: usize = 16;

/// What a number is drawn for. Each purpose has a stream of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    Arrival = 1,
    Service,
    Provision,
    Fetch,
    Runtime,
    Initialisation,
    Connection,
    InitFailure,
    Failure,
    Route,
    Duplicate,
    Redelivery,
    Delay,
}

/// An endless sequence of 64-bit numbers, each of which can be asked for by its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stream {
    key: u64,
}

/// The odd number nearest to 2^64 / golden ratio: the step of `SplitMix64`.
const STEP: u64 = 0x9E37_79B9_7F4A_7C15;

/// The finaliser of `SplitMix64` (Steele, Lea and Flood 2014, variant 13 of Stafford): every bit in moves every bit out.
const fn mix(mut x: u64) -> u64 {
    x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^ (x >> 31)
}

impl Stream {
    pub(super) const fn new(seed: u64, purpose: Purpose) -> Self {
        Self { key: mix(mix(seed.wrapping_add(STEP)) ^ (purpose as u64).wrapping_mul(STEP)) }
    }

    #[inline]
    pub(super) const fn at(self, index: u64) -> u64 {
        mix(self.key.wrapping_add(index.wrapping_add(1).wrapping_mul(STEP)))
    }
}

/// The seed of the `replication`-th independent run; the first is the run itself.
pub(super) const fn replication_seed(seed: u64, replication: u64) -> u64 {
    if replication == 0 { seed } else { mix(seed ^ mix(replication.wrapping_mul(STEP))) }
}

/// A number of the open interval (0, 1), evenly spread.
#[inline]
pub(super) fn uniform(bits: u64) -> f64 {
    // Of 52 bits: with one more, the half would be rounded away at the top and give 1.
    const SCALE: f64 = 1.0 / (1u64 << 52) as f64;
    // Signed, since that is one instruction and unsigned is six.
    ((bits >> 12) as i64 as f64 + 0.5) * SCALE
}

/// Intervals of the mantissa for which [`LOGARITHMS`] has a row.
const ROWS: usize = 128;

/// For each interval of the mantissa, the reciprocal of its middle and the natural logarithm of that middle.
static LOGARITHMS: [(f64, f64); ROWS] = {
    let mut rows = [(0.0, 0.0); ROWS];
    let mut row = 0;
    while row < ROWS {
        let middle = 1.0 + (row as f64 + 0.5) / ROWS as f64;
        // ln x = 2 artanh((x − 1) / (x + 1)); the argument is below a third, so 18 terms are exact.
        let argument = (middle - 1.0) / (middle + 1.0);
        let (mut power, mut sum, mut odd) = (argument, 0.0, 1.0);
        while odd < 36.0 {
            sum += power / odd;
            power *= argument * argument;
            odd += 2.0;
        }
        rows[row] = (1.0 / middle, 2.0 * sum);
        row += 1;
    }
    rows
};

/// An exponential deviate of mean 1: minus the logarithm of the bits read as a binary fraction, off by less than 1e-12.
///
/// Three times as fast as that of `libm`, which matters: a request draws two. Only shifts, additions and products, so the
/// bits are the same on every machine.
#[inline]
pub(super) fn exponential(bits: u64) -> f64 {
    // Of the mirrored number, so that more of it is more time, as with the other laws; and of no zero.
    let fraction = !bits | 1;
    // The fraction is 2^−halvings × a mantissa of 1 and more, of which the bits after the first one tell.
    let halvings = fraction.leading_zeros() + 1;
    let mantissa_bits = (fraction << 1 << (halvings - 1)) >> 12;
    let mantissa = f64::from_bits(mantissa_bits | 1.0f64.to_bits());
    let (reciprocal, ln_middle) = LOGARITHMS[(mantissa_bits >> (52 - ROWS.ilog2())) as usize % ROWS];
    let r = mantissa * reciprocal - 1.0;
    // ln(1 + r) for |r| < 1/256, to the fourth power.
    let series = r - r * r * (0.5 - r * (1.0 / 3.0 - r * 0.25));
    // A rounding error must not lead back in time.
    (f64::from(halvings as i32) * std::f64::consts::LN_2 - (ln_middle + series)).max(0.0)
}

/// A normal deviate of mean 0 and standard deviation 1.
pub(super) fn normal(bits: u64) -> f64 {
    normal_quantile(uniform(bits))
}

/// The value below which a standard normal deviate stays with probability `p`, exact to about 1e-16.
///
/// Source: Wichura 1988, algorithm AS 241 (PPND16).
pub(super) fn normal_quantile(p: f64) -> f64 {
    /// The polynomial with these coefficients, the constant one first.
    fn at(x: f64, coefficients: [f64; 8]) -> f64 {
        coefficients.into_iter().rev().fold(0.0, |sum, coefficient| sum * x + coefficient)
    }
    let q = p - 0.5;
    if q.abs() <= 0.425 {
        let r = 0.180625 - q * q;
        return q * at(r, CENTRE.0) / at(r, CENTRE.1);
    }
    let r = libm::sqrt(-libm::log(if q < 0.0 { p } else { 1.0 - p }));
    let tail =
        if r <= 5.0 { at(r - 1.6, TAIL.0) / at(r - 1.6, TAIL.1) } else { at(r - 5.0, FAR.0) / at(r - 5.0, FAR.1) };
    if q < 0.0 { -tail } else { tail }
}

type Ratio = ([f64; 8], [f64; 8]);

#[expect(clippy::excessive_precision, reason = "the digits as published")]
const CENTRE: Ratio = (
    [
        3.3871328727963666080,
        1.3314166789178437745e2,
        1.9715909503065514427e3,
        1.3731693765509461125e4,
        4.5921953931549871457e4,
        6.7265770927008700853e4,
        3.3430575583588128105e4,
        2.5090809287301226727e3,
    ],
    [
        1.0,
        4.2313330701600911252e1,
        6.8718700749205790830e2,
        5.3941960214247511077e3,
        2.1213794301586595867e4,
        3.9307895800092710610e4,
        2.8729085735721942674e4,
        5.2264952788528545610e3,
    ],
);

#[expect(clippy::excessive_precision, reason = "the digits as published")]
const TAIL: Ratio = (
    [
        1.42343711074968357734,
        4.63033784615654529590,
        5.76949722146069140550,
        3.64784832476320460504,
        1.27045825245236838258,
        2.41780725177450611770e-1,
        2.27238449892691845833e-2,
        7.74545014278341407640e-4,
    ],
    [
        1.0,
        2.05319162663775882187,
        1.67638483018380384940,
        6.89767334985100004550e-1,
        1.48103976427480074590e-1,
        1.51986665636164571966e-2,
        5.47593808499534494600e-4,
        1.05075007164441684324e-9,
    ],
);

#[expect(clippy::excessive_precision, reason = "the digits as published")]
const FAR: Ratio = (
    [
        6.65790464350110377720,
        5.46378491116411436990,
        1.78482653991729133580,
        2.96560571828504891230e-1,
        2.65321895265761230930e-2,
        1.24266094738807843860e-3,
        2.71155556874348757815e-5,
        2.01033439929228813265e-7,
    ],
    [
        1.0,
        5.99832206555887937690e-1,
        1.36929880922735805310e-1,
        1.48753612908506148525e-2,
        7.86869131145613259100e-4,
        1.84631831751005468180e-5,
        1.42151175831644588870e-7,
        2.04426310338993978564e-15,
    ],
);

#[cfg(test)]
mod tests {
    use super::{Purpose, Stream, exponential, normal, normal_quantile, uniform};

    /// Mean and standard deviation of 100,000 numbers of one stream.
    fn moments(of: fn(u64) -> f64) -> (f64, f64) {
        let stream = Stream::new(7, Purpose::Service);
        let n = 100_000;
        let (sum, squares) = (0..n).map(|i| of(stream.at(i))).fold((0.0, 0.0), |(s, q), x| (s + x, q + x * x));
        let mean = sum / n as f64;
        (mean, libm::sqrt(squares / n as f64 - mean * mean))
    }

    #[test]
    fn deviates_have_the_moments_of_their_law() {
        for (name, law, mean, sd) in [
            ("uniform", uniform as fn(u64) -> f64, 0.5, libm::sqrt(1.0 / 12.0)),
            ("exponential", exponential, 1.0, 1.0),
            ("normal", normal, 0.0, 1.0),
        ] {
            let (m, s) = moments(law);
            // Four standard errors of the mean, and the same room for the deviation.
            let room = 4.0 * sd / libm::sqrt(100_000.0);
            assert!((m - mean).abs() < room && (s - sd).abs() < 2.0 * room, "{name}: mean {m}, deviation {s}");
        }
    }

    #[test]
    fn the_fast_logarithm_is_that_of_libm() {
        let stream = Stream::new(9, Purpose::Route);
        for i in 0..20_000 {
            // Down to 2^-40, where arrivals twenty-eight times the mean apart come from.
            let bits = !(stream.at(i) >> (i % 40));
            let exact = -libm::log((!bits | 1) as f64 / 18_446_744_073_709_551_616.0);
            let error = (exponential(bits) - exact).abs();
            assert!(error < 1e-12, "{bits}: {error}");
        }
    }

    #[test]
    fn the_extremes_stay_inside_the_open_interval() {
        for bits in [0, u64::MAX] {
            assert!(uniform(bits) > 0.0 && uniform(bits) < 1.0 && exponential(bits) >= 0.0 && normal(bits).is_finite());
        }
    }

    #[test]
    fn normal_quantiles_are_those_of_the_tables() {
        for (p, z) in [(0.5, 0.0), (0.975, 1.959963984540054), (0.99, 2.3263478740408408), (1e-6, -4.753424308822899)] {
            assert!((normal_quantile(p) - z).abs() < 1e-12, "{p}");
        }
    }

    #[test]
    fn streams_of_two_purposes_or_seeds_do_not_run_together() {
        let of = |seed, purpose| (0..1000).map(|i| uniform(Stream::new(seed, purpose).at(i)) - 0.5).collect::<Vec<_>>();
        let first = of(1, Purpose::Arrival);
        for other in [of(1, Purpose::Service), of(2, Purpose::Arrival)] {
            let correlation = first.iter().zip(&other).map(|(a, b)| a * b).sum::<f64>() * 12.0 / 1000.0;
            assert!(correlation.abs() < 0.13, "{correlation}");
        }
    }
}
