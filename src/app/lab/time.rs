//! Time in the lab: a run goes on at its speed, stands still, or is on its way to a moment, earlier or later.

use super::Lab;
use super::watched::{Advanced, Watched};
use crate::app::{Desk, Effect, Step};

/// Events that one frame advances at most, so that a key is always answered within a frame or two.
pub(super) const EVENTS_PER_FRAME: usize = 20_000;
/// A whole run takes about this long to watch at the speed it opens with, in seconds.
const WATCH_S: f64 = 20.0;
/// Requests that are simulated in all for the confidence intervals of a run that has ended.
const REPLICATED_REQUESTS: u64 = 2_000_000;

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Play {
    Paused,
    Running,
    /// As fast as the machine can, up to this moment; then paused.
    Seeking {
        until_s: f64,
    },
    Ended,
}

impl Lab {
    /// The run goes on; at once to its end where nothing is to move.
    pub(super) fn run(&mut self, desk: &Desk<'_>) -> Step {
        if desk.is_still {
            return self.go_to(desk, f64::INFINITY);
        }
        self.start(Play::Running);
        // A run without any event has ended before it began.
        if self.play == Play::Ended { self.ended(desk) } else { Step::default() }
    }

    pub(super) fn start(&mut self, play: Play) {
        self.play = if self.watched.is_over() { Play::Ended } else { play };
        self.last_tick_ms = None;
    }

    /// To a moment of the run, earlier or later.
    pub(super) fn go_to(&mut self, desk: &Desk<'_>, at_s: f64) -> Step {
        if at_s < self.watched.clock_s {
            self.play = match self.watched.rewind(at_s, EVENTS_PER_FRAME) {
                Advanced::NotYet => Play::Seeking { until_s: at_s },
                Advanced::There | Advanced::Over => Play::Paused,
            };
            return Step::default();
        }
        self.start(Play::Seeking { until_s: at_s });
        self.seek(desk, at_s)
    }

    /// A frame's worth of seeking.
    pub(super) fn seek(&mut self, desk: &Desk<'_>, until_s: f64) -> Step {
        match self.watched.advance(until_s, EVENTS_PER_FRAME) {
            Advanced::Over => self.ended(desk),
            Advanced::There => {
                self.play = Play::Paused;
                Step::default()
            }
            Advanced::NotYet => Step::default(),
        }
    }

    pub(super) fn tick(&mut self, desk: &Desk<'_>, now_ms: u64) -> Step {
        let passed_s = self.last_tick_ms.map_or(0.0, |last| now_ms.saturating_sub(last) as f64 / 1000.0);
        self.last_tick_ms = Some(now_ms);
        self.now_ms = now_ms;
        match self.play {
            Play::Paused | Play::Ended => Step::default(),
            Play::Seeking { until_s } => self.seek(desk, until_s),
            Play::Running => {
                // After a suspended terminal the run goes on where it was, and does not leap.
                let until_s = self.watched.clock_s + passed_s.min(0.25) * self.speed;
                match self.watched.advance(until_s, EVENTS_PER_FRAME) {
                    Advanced::Over => self.ended(desk),
                    Advanced::There | Advanced::NotYet => Step::default(),
                }
            }
        }
    }

    pub(super) fn ended(&mut self, desk: &Desk<'_>) -> Step {
        self.play = Play::Ended;
        let mut step = Step::default();
        if self.spread.is_none() && self.asked.is_none() {
            let report = self.report();
            let replications = (REPLICATED_REQUESTS / report.requests.max(1)).min(40) as u32;
            // Of fewer than ten runs an interval says little.
            if replications >= 10 {
                self.asked = Some(desk.question);
                let scenario = Box::new(self.scenario().clone());
                step.effects.push(Effect::Replicate { question: desk.question, scenario, replications });
            }
        }
        let Step { effects, notice, .. } = self.judge(desk);
        step.effects.extend(effects);
        step.notice = notice;
        step
    }
}

/// Where the speeds stop: simulated seconds in a second of watching.
const SPEEDS: [f64; 22] = [
    0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1e3, 2e3, 5e3, 1e4, 2e4,
    5e4, 1e5,
];

/// The stop `by` places from the one next to `speed`.
pub(super) fn speed_near(speed: f64, by: i32) -> f64 {
    let away = |stop: f64| (libm::log10(stop) - libm::log10(speed)).abs();
    let at = (0..SPEEDS.len()).min_by(|a, b| away(SPEEDS[*a]).total_cmp(&away(SPEEDS[*b]))).unwrap_or(0);
    SPEEDS[(at as i64 + i64::from(by)).clamp(0, SPEEDS.len() as i64 - 1) as usize]
}

/// So fast that the whole run takes about [`WATCH_S`].
pub(super) fn speed_for(watched: &Watched) -> f64 {
    speed_near((watched.total_s / WATCH_S).max(SPEEDS[0]), 0)
}

#[cfg(test)]
mod tests {
    use super::speed_near;

    #[test]
    fn speeds_are_round_and_end_somewhere() {
        assert_eq!(
            [(1.0, 1), (1.0, -1), (22.7, 0), (1e5, 1), (0.001, -1)].map(|(it, by)| speed_near(it, by)),
            [2.0, 0.5, 20.0, 1e5, 0.01]
        );
    }
}
