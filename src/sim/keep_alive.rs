//! How long an idle instance is kept: a fixed time, or what the idle times of the past suggest.
//!
//! The second is the hybrid histogram policy of Shahrad et al., "Serverless in the Wild", USENIX ATC 2020: idle times are
//! counted by the minute; the instance is let go at once and loaded again shortly before the earliest likely request,
//! and kept until the latest likely one. Where most idle times are beyond the range, the next one is forecast from the
//! last (`forecast`, section 4.3 of the paper): the instance is loaded again 15 % before it and kept until 15 % after.
//! Such functions are rare, so a new model is fitted after every request. Absent: the histogram and the forecast of an
//! application of several functions; each function has its own here.

use std::collections::VecDeque;

use super::forecast;

/// A keep-alive policy, as the scenario says it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum KeepAlive {
    /// Zero for never, infinity for ever.
    Fixed { s: f64 },
    /// Idle times up to `range_s` are told apart.
    HybridHistogram { range_s: f64 },
}

/// What happens to an instance that has just become idle, in seconds from then.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Windows {
    /// When it is loaded again; zero when it is not let go first.
    pub prewarm_s: f64,
    pub expires_s: f64,
}

const BIN_S: f64 = 60.0;
/// The idle times below and above which a request is taken as unlikely, and the margin on both.
const HEAD: f64 = 0.05;
const TAIL: f64 = 0.99;
const MARGIN: f64 = 0.10;
/// A histogram whose bins vary less than this (coefficient of variation) shows no habit.
const LEAST_VARIATION: f64 = 2.0;
/// Idle times before anything is concluded of the histogram.
const LEAST_SAMPLES: u64 = 10;
/// The idle times that a forecast is made of, and how far it may be off on both sides.
const HISTORY: usize = 32;
const FORECAST_MARGIN: f64 = 0.15;

/// A policy with what it has learnt.
#[derive(Clone, Debug)]
pub(super) struct Policy {
    keep_alive: KeepAlive,
    /// Idle times by the minute; empty for a fixed policy.
    bins: Vec<u64>,
    within: u64,
    beyond: u64,
    /// The last idle times, the oldest first.
    history: VecDeque<f64>,
    windows: Windows,
}

impl Policy {
    pub(super) fn new(keep_alive: KeepAlive) -> Self {
        let (kept_s, bins) = match keep_alive {
            KeepAlive::Fixed { s } => (s, 0),
            KeepAlive::HybridHistogram { range_s } => (range_s, (range_s / BIN_S).ceil() as usize),
        };
        let windows = Windows { prewarm_s: 0.0, expires_s: kept_s };
        Self { keep_alive, bins: vec![0; bins], within: 0, beyond: 0, history: VecDeque::new(), windows }
    }

    #[inline]
    pub(super) fn windows(&self) -> Windows {
        self.windows
    }

    #[inline]
    pub(super) fn learns(&self) -> bool {
        !self.bins.is_empty()
    }

    /// A request came after `idle_s` in which none was served.
    pub(super) fn learn(&mut self, idle_s: f64) {
        let KeepAlive::HybridHistogram { range_s } = self.keep_alive else { return };
        match self.bins.get_mut((idle_s / BIN_S) as usize) {
            Some(bin) => {
                *bin += 1;
                self.within += 1;
            }
            None => self.beyond += 1,
        }
        if self.history.len() == HISTORY {
            self.history.pop_front();
        }
        self.history.push_back(idle_s);
        // What the histogram cannot tell is kept for the whole range.
        let concluded = if self.beyond > self.within { self.forecast() } else { self.conclude() };
        self.windows = concluded.unwrap_or(Windows { prewarm_s: 0.0, expires_s: range_s });
    }

    /// The windows around the idle time that is expected next.
    fn forecast(&mut self) -> Option<Windows> {
        let idle_s = forecast::next(self.history.make_contiguous())?;
        Some(Windows { prewarm_s: idle_s * (1.0 - FORECAST_MARGIN), expires_s: idle_s * (1.0 + FORECAST_MARGIN) })
    }

    /// The windows of a histogram that shows a habit.
    fn conclude(&self) -> Option<Windows> {
        if self.within < LEAST_SAMPLES {
            return None;
        }
        let mean = self.within as f64 / self.bins.len() as f64;
        let squares: f64 = self.bins.iter().map(|bin| (*bin as f64 - mean) * (*bin as f64 - mean)).sum();
        if libm::sqrt(squares / self.bins.len() as f64) / mean < LEAST_VARIATION {
            return None;
        }
        let mut seen = 0;
        let (mut head, mut tail) = (None, self.bins.len());
        for (bin, count) in self.bins.iter().enumerate() {
            seen += count;
            let share = seen as f64 / self.within as f64;
            if head.is_none() && share > HEAD {
                head = Some(bin);
            }
            if share >= TAIL {
                tail = bin + 1;
                break;
            }
        }
        Some(Windows {
            prewarm_s: head.unwrap_or(0) as f64 * BIN_S * (1.0 - MARGIN),
            expires_s: tail as f64 * BIN_S * (1.0 + MARGIN),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{KeepAlive, Policy, Windows};

    #[test]
    fn a_habit_of_thirty_minutes_is_learnt_and_noise_is_not() {
        let mut policy = Policy::new(KeepAlive::HybridHistogram { range_s: 4.0 * 3600.0 });
        assert_eq!(policy.windows(), Windows { prewarm_s: 0.0, expires_s: 14_400.0 });
        (0..100).for_each(|i| policy.learn(1800.0 + f64::from(i % 3) * 60.0));
        // From minute 30 less a tenth to the end of minute 32 and a tenth.
        assert_eq!(policy.windows(), Windows { prewarm_s: 1620.0, expires_s: 33.0 * 66.0 });

        let mut policy = Policy::new(KeepAlive::HybridHistogram { range_s: 4.0 * 3600.0 });
        (0..480).for_each(|i| policy.learn(f64::from(i) * 30.0));
        assert_eq!(policy.windows().prewarm_s, 0.0);
    }

    #[test]
    fn idle_times_beyond_the_range_are_forecast() {
        let hour_s = 3600.0;
        let mut policy = Policy::new(KeepAlive::HybridHistogram { range_s: 4.0 * hour_s });
        (0..6).for_each(|_| policy.learn(5.0 * hour_s));
        assert_eq!(policy.windows().expires_s, 4.0 * hour_s, "too few to say");
        (0..6).for_each(|_| policy.learn(5.0 * hour_s));
        // The paper's own example: 5 hours, loaded after 4.25, kept for 1.5.
        let Windows { prewarm_s, expires_s } = policy.windows();
        assert!((prewarm_s / hour_s - 4.25).abs() < 1e-9 && (expires_s / hour_s - 5.75).abs() < 1e-9);
        // Most are within the range again: that is the histogram's.
        (0..40).for_each(|_| policy.learn(0.5 * hour_s));
        assert_eq!(policy.windows().prewarm_s, 1620.0);
    }
}
