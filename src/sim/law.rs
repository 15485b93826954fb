//! Random durations: a law with its parameters, and 64 random bits → milliseconds.
//!
//! Every law is drawn by its inverse distribution function: more of the uniform number is always more milliseconds, so
//! two settings that share their random numbers differ smoothly.

#![expect(clippy::inline_always, reason = "the hot loop is a tenth faster as one piece; measured by benches/sim.rs")]

use super::calibration::Quantiles;
use super::random;

/// The distribution of a duration.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Law {
    Constant {
        ms: f64,
    },
    Exponential {
        mean_ms: f64,
    },
    /// `mu` and `sigma` of the natural logarithm of milliseconds.
    LogNormal {
        mu: f64,
        sigma: f64,
    },
    /// What falls below zero is zero.
    Normal {
        mean_ms: f64,
        sd_ms: f64,
    },
    /// As measured, between and beyond the percentiles that were published.
    Measured(&'static Quantiles),
}

/// The standard normal deviate that 99 of 100 stay below.
const Z99: f64 = 2.326_347_874_040_840_8;

impl Law {
    pub(super) const ZERO: Self = Self::Constant { ms: 0.0 };

    /// `median_ms` must be positive and at most `p99_ms`.
    pub(super) fn log_normal(median_ms: f64, p99_ms: f64) -> Self {
        Self::LogNormal { mu: libm::log(median_ms), sigma: libm::log(p99_ms / median_ms) / Z99 }
    }

    #[inline(always)]
    pub(super) fn draw_ms(&self, bits: u64) -> f64 {
        match *self {
            Self::Constant { ms } => ms,
            Self::Exponential { mean_ms } => mean_ms * random::exponential(bits),
            Self::LogNormal { mu, sigma } => libm::exp(mu + sigma * random::normal(bits)),
            Self::Normal { mean_ms, sd_ms } => (mean_ms + sd_ms * random::normal(bits)).max(0.0),
            Self::Measured(quantiles) => quantiles.at(random::normal(bits)),
        }
    }

    /// The value that half of the draws stay below.
    pub(super) fn median_ms(&self) -> f64 {
        match *self {
            Self::Constant { ms } => ms,
            Self::Exponential { mean_ms } => mean_ms * std::f64::consts::LN_2,
            Self::LogNormal { mu, .. } => libm::exp(mu),
            Self::Normal { mean_ms, .. } => mean_ms.max(0.0),
            Self::Measured(quantiles) => quantiles.at(0.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Law;
    use crate::sim::random::{Purpose, Stream};

    #[test]
    fn a_log_normal_law_has_the_median_and_the_99th_percentile_it_was_given() {
        let law = Law::log_normal(40.0, 200.0);
        let stream = Stream::new(3, Purpose::Service);
        let mut drawn: Vec<f64> = (0..100_000).map(|i| law.draw_ms(stream.at(i))).collect();
        drawn.sort_by(f64::total_cmp);
        assert!((drawn[50_000] / 40.0 - 1.0).abs() < 0.02, "median {}", drawn[50_000]);
        assert!((drawn[99_000] / 200.0 - 1.0).abs() < 0.04, "p99 {}", drawn[99_000]);
    }

    #[test]
    fn more_of_the_uniform_number_is_never_less_time() {
        let quantiles = crate::sim::calibration::initialisation("nodejs22.x", "zip", "x86_64", 256).expect("measured");
        for law in [
            Law::Constant { ms: 5.0 },
            Law::Exponential { mean_ms: 5.0 },
            Law::log_normal(40.0, 200.0),
            Law::Normal { mean_ms: 1.0, sd_ms: 3.0 },
            Law::Measured(quantiles),
        ] {
            let drawn: Vec<f64> = (0..=64).map(|i: u64| law.draw_ms(i.saturating_mul(u64::MAX / 64))).collect();
            assert!(drawn.is_sorted() && drawn[0] >= 0.0, "{law:?}: {drawn:?}");
        }
    }
}
