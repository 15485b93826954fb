//! Long work at a terminal: a bar that says how far it is, and Ctrl-C, which ends it with what is known so far.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use signal_hook::consts::SIGINT;

use super::super::{Outcome, output};
use crate::app::home::bar;
use crate::sim::{self, Progress, Report, Scenario};

/// Below this a bar would only flicker.
const QUIET: Duration = Duration::from_millis(500);
const BETWEEN_BARS: Duration = Duration::from_millis(100);
const BAR_COLS: usize = 12;

/// Watches several runs, one after the other; mostly there is one.
pub(super) struct Watch {
    stop: Arc<AtomicBool>,
    handlers: Vec<signal_hook::SigId>,
    begun: Instant,
    shown: Option<Instant>,
    runs: usize,
    /// The runs that are over.
    over: usize,
    /// How much of all is done, in 0..=1.
    fraction: f64,
}

impl Watch {
    pub(super) fn of(runs: usize) -> Self {
        use signal_hook::flag;
        let stop = Arc::new(AtomicBool::new(false));
        // The second Ctrl-C ends the process, whatever it is at; so does the first where no handler can be set.
        let second = flag::register_conditional_shutdown(SIGINT, 128 + SIGINT, Arc::clone(&stop));
        let first = flag::register(SIGINT, Arc::clone(&stop));
        Self {
            stop,
            handlers: [second, first].into_iter().flatten().collect(),
            begun: Instant::now(),
            shown: None,
            runs,
            over: 0,
            fraction: 0.0,
        }
    }

    pub(super) fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    pub(super) fn run(&mut self, scenario: &Scenario) -> Report {
        let report = sim::run_watched(scenario, &mut |progress| self.look(progress));
        self.next_run();
        report
    }

    /// The run at hand is over.
    pub(super) fn next_run(&mut self) {
        self.over += usize::from(!self.is_stopped());
    }

    /// Shows how far the run at hand is, and says whether it may go on.
    pub(super) fn look(&mut self, progress: Progress) -> ControlFlow<()> {
        if self.is_stopped() {
            return ControlFlow::Break(());
        }
        self.fraction = (self.over as f64 + progress.fraction) / self.runs.max(1) as f64;
        let elapsed = self.begun.elapsed();
        if elapsed > QUIET && self.shown.is_none_or(|shown| shown.elapsed() > BETWEEN_BARS) {
            self.shown = Some(Instant::now());
            output::progress(&self.line(progress.requests, elapsed));
        }
        ControlFlow::Continue(())
    }

    fn line(&self, requests: u64, elapsed: Duration) -> String {
        let percent = self.fraction * 100.0;
        // A century is not at nought per cent for an hour.
        let decimals = if percent < 1.0 { 3 } else { 0 };
        let of_runs = if self.runs > 1 {
            format!("run {} of {}", self.over + 1, self.runs)
        } else {
            format!("{requests} requests")
        };
        let left = left(elapsed.as_secs_f64() * (1.0 / self.fraction - 1.0));
        format!("{} {percent:.decimals$} %  {of_runs}{left}", bar(self.fraction, BAR_COLS))
    }

    /// Takes the bar away, and says when what follows is only of a part.
    pub(super) fn finish(self) -> Outcome {
        if self.shown.is_some() {
            output::progress("");
        }
        if !self.is_stopped() {
            return Outcome::Done;
        }
        let done = percent(self.fraction);
        output::remark(&format!("stopped at {done}; the figures are of what had run until then"));
        Outcome::Signal(SIGINT)
    }
}

/// A century is not to be at nought per cent for an hour.
fn percent(fraction: f64) -> String {
    let decimals = if fraction < 0.01 { 3 } else { 0 };
    format!("{:.decimals$} %", fraction * 100.0)
}

/// What remains, in the largest unit that fits; nothing when nobody can know.
fn left(seconds: f64) -> String {
    const UNITS: [(f64, &str); 5] =
        [(365.25 * 86_400.0, "years"), (86_400.0, "days"), (3600.0, "hours"), (60.0, "minutes"), (1.0, "seconds")];
    if !seconds.is_finite() {
        return String::new();
    }
    let (unit_s, name) = UNITS.into_iter().find(|(unit_s, _)| seconds >= 2.0 * unit_s).unwrap_or((1.0, "seconds"));
    format!(", {:.0} {name} left", seconds / unit_s)
}

impl Drop for Watch {
    fn drop(&mut self) {
        for handler in &self.handlers {
            signal_hook::low_level::unregister(*handler);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::left;

    #[test]
    fn what_remains_is_said_in_a_unit_one_can_imagine() {
        for (seconds, said) in [
            (0.4, ", 0 seconds left"),
            (119.0, ", 119 seconds left"),
            (121.0, ", 2 minutes left"),
            (90_000.0, ", 25 hours left"),
            (3.2e9, ", 101 years left"),
            (f64::INFINITY, ""),
            (f64::NAN, ""),
        ] {
            assert_eq!(left(seconds), said, "{seconds}");
        }
    }
}
