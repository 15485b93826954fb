//! What the engine's natives and the sandbox around them share: the clock, the timers, what was observed, why to stop.
//!
//! All of it is on the side of Rust, where the learner's code cannot reach it: a patched `Promise` or `JSON` changes what
//! the code itself sees, never what is counted.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::time::Instant;

use nix::time::{ClockId, clock_gettime};
use rquickjs::{Function, Persistent, Value};

use super::Host;
use crate::faas::backend::{Answer, Call};
use crate::faas::fault::Fault;
use crate::faas::protocol::{Called, Level, Limits, LogLine, Observed};

const MAX_LOG_BYTES: usize = 64 * 1024;
const MAX_LOG_LINES: usize = 1_000;
const MAX_CALLS: usize = 1_000;
const MAX_TIMERS: usize = 100_000;

/// Time as the code sees it: what really passed, plus what waiting would have taken.
///
/// Waiting is counted and not slept, so a lesson on slow connections need not be slow. Computing is measured.
#[derive(Debug)]
pub(super) struct Clock {
    started: Cell<Instant>,
    /// Of this thread, at `started`.
    processor_ms: Cell<f64>,
    /// What the clock showed at `started`.
    base_ms: Cell<f64>,
    waited_ms: Cell<f64>,
}

impl Clock {
    fn new(base_ms: f64) -> Self {
        Self {
            started: Cell::new(Instant::now()),
            processor_ms: Cell::new(processor_ms()),
            base_ms: Cell::new(base_ms),
            waited_ms: Cell::new(0.0),
        }
    }

    /// Begins a phase: an environment is frozen between invocations, and its clock jumps to the time outside.
    pub(super) fn begin(&self, now_ms: f64) {
        self.started.set(Instant::now());
        self.processor_ms.set(processor_ms());
        self.base_ms.set(now_ms);
        self.waited_ms.set(0.0);
    }

    pub(super) fn computed_ms(&self) -> f64 {
        self.started.get().elapsed().as_secs_f64() * 1000.0
    }

    /// Whether more than `limit_ms` of a processor was used. On a busy machine that is less than what has passed: a
    /// neighbour's work is nobody's endless loop.
    fn has_used(&self, limit_ms: f64) -> bool {
        // What has passed bounds it, and is cheaper to ask.
        self.computed_ms() > limit_ms && processor_ms() - self.processor_ms.get() > limit_ms
    }

    pub(super) fn waited_ms(&self) -> f64 {
        self.waited_ms.get()
    }

    /// Since the phase began.
    pub(super) fn elapsed_ms(&self) -> f64 {
        self.computed_ms() + self.waited_ms()
    }

    pub(super) fn now_ms(&self) -> f64 {
        self.base_ms.get() + self.elapsed_ms()
    }

    pub(super) fn wait(&self, ms: f64) {
        self.waited_ms.set(self.waited_ms() + ms.max(0.0));
    }
}

/// Processor time of this thread so far.
fn processor_ms() -> f64 {
    clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID)
        .map_or(0.0, |time| time.tv_sec() as f64 * 1e3 + time.tv_nsec() as f64 / 1e6)
}

/// Something to call when its time has come.
#[derive(Clone)]
pub(super) struct Timer {
    pub(super) function: Persistent<Function<'static>>,
    /// `setInterval` calls again after so long.
    pub(super) every_ms: Option<f64>,
}

/// Due time in microseconds, then order of creation.
type Due = (u64, u32);

#[derive(Default)]
pub(super) struct Timers {
    waiting: BTreeMap<Due, Timer>,
    due_of: BTreeMap<u32, Due>,
    last_id: u32,
}

impl Timers {
    /// The next timer's due time on the sandbox's clock.
    pub(super) fn next_due_ms(&self) -> Option<f64> {
        self.waiting.first_key_value().map(|((due_us, _), _)| *due_us as f64 / 1000.0)
    }

    /// `None` when there are too many.
    pub(super) fn set(&mut self, now_ms: f64, delay_ms: f64, timer: Timer) -> Option<u32> {
        if self.waiting.len() >= MAX_TIMERS {
            return None;
        }
        self.last_id = self.last_id.wrapping_add(1);
        let id = self.last_id;
        self.put(id, now_ms + delay_ms, timer);
        Some(id)
    }

    fn put(&mut self, id: u32, due_ms: f64, timer: Timer) {
        // The order of creation decides between timers that are due together, as everywhere.
        let due = ((due_ms.max(0.0) * 1000.0) as u64, id);
        self.waiting.insert(due, timer);
        self.due_of.insert(id, due);
    }

    pub(super) fn clear(&mut self, id: u32) {
        if let Some(due) = self.due_of.remove(&id) {
            self.waiting.remove(&due);
        }
    }

    /// Takes the next timer; one that repeats is set again.
    pub(super) fn pop(&mut self) -> Option<Timer> {
        let ((due_us, id), timer) = self.waiting.pop_first()?;
        self.due_of.remove(&id);
        if let Some(every_ms) = timer.every_ms {
            self.put(id, due_us as f64 / 1000.0 + every_ms, timer.clone());
        }
        Some(timer)
    }

    fn drop_all(&mut self) {
        self.waiting.clear();
        self.due_of.clear();
    }
}

/// A promise that was rejected while nobody had a handler on it.
pub(super) struct Unhandled {
    pub(super) promise: Persistent<Value<'static>>,
    pub(super) reason: Persistent<Value<'static>>,
}

pub(super) struct Shared {
    pub(super) clock: Clock,
    pub(super) limits: Limits,
    pub(super) timers: RefCell<Timers>,
    pub(super) unhandled: RefCell<Vec<Unhandled>>,
    /// Why the engine was told to stop; the environment is of no use after.
    pub(super) stop: RefCell<Option<Fault>>,
    /// Spent on reading files as code, since the environment was made.
    pub(super) load_ms: Cell<f64>,
    /// Files that import one another in a circle, as they were found.
    pub(super) cycles: RefCell<Vec<String>>,
    memory_kb: Cell<u64>,
    observed: RefCell<Observed>,
    log_bytes: Cell<usize>,
    random: Cell<u64>,
    host: RefCell<Box<dyn Host>>,
}

impl Shared {
    pub(super) fn new(limits: Limits, seed: u64, now_ms: f64, host: Box<dyn Host>) -> Self {
        Self {
            clock: Clock::new(now_ms),
            limits,
            timers: RefCell::default(),
            unhandled: RefCell::default(),
            stop: RefCell::default(),
            load_ms: Cell::default(),
            cycles: RefCell::default(),
            memory_kb: Cell::default(),
            observed: RefCell::default(),
            log_bytes: Cell::default(),
            random: Cell::new(seed),
            host: RefCell::new(host),
        }
    }

    /// Why to stop now, if there is a reason. The engine asks every few microseconds while code runs.
    pub(super) fn must_stop(&self) -> bool {
        if self.stop.borrow().is_some() {
            return true;
        }
        let fault = if self.clock.has_used(self.limits.cpu_ms as f64) {
            Fault::cpu_limit(self.limits.cpu_ms)
        } else if self.clock.elapsed_ms() > self.limits.timeout_ms as f64 {
            Fault::timeout(self.limits.timeout_ms)
        } else {
            return false;
        };
        *self.stop.borrow_mut() = Some(fault);
        true
    }

    /// Looks at how much memory the process holds. Done while code runs as well, since much of it is free again after.
    pub(super) fn sample_memory(&self) {
        if let Ok(mut host) = self.host.try_borrow_mut() {
            self.memory_kb.set(host.memory_kb());
        }
    }

    pub(super) fn memory_kb(&self) -> u64 {
        self.memory_kb.get()
    }

    /// Whether memory may have run out: more than half of it was seen in use, or nobody can tell.
    pub(super) fn may_be_out_of_memory(&self) -> bool {
        let seen_kb = self.memory_kb();
        seen_kb == 0 || seen_kb > u64::from(self.limits.memory_mb) * 1024 / 2
    }

    pub(super) fn log(&self, level: Level, text: String) {
        let mut observed = self.observed.borrow_mut();
        let bytes = self.log_bytes.get() + text.len();
        if bytes > MAX_LOG_BYTES || observed.logs.len() >= MAX_LOG_LINES {
            observed.logs_cut = true;
            return;
        }
        self.log_bytes.set(bytes);
        observed.logs.push(LogLine { level, text });
    }

    /// Asks a backing service, and notes that it was asked.
    pub(super) fn call(&self, call: &Call) -> std::io::Result<Answer> {
        let answer = self.host.borrow_mut().call(call)?;
        let mut observed = self.observed.borrow_mut();
        if observed.calls.len() < MAX_CALLS {
            observed.calls.push(Called {
                service: call.service.name().to_owned(),
                action: call.action.clone(),
                target: call.target(),
                error: answer.result.as_ref().err().map(|error| error.name.clone()),
            });
        } else {
            observed.calls_cut = true;
        }
        Ok(answer)
    }

    pub(super) fn host(&self) -> std::cell::RefMut<'_, Box<dyn Host>> {
        self.host.borrow_mut()
    }

    /// What was observed since it was last taken.
    pub(super) fn take_observed(&self) -> Observed {
        self.log_bytes.set(0);
        self.observed.take()
    }

    /// 64 random bits from the seed (SplitMix64, Steele, Lea and Flood 2014): the same invocations draw the same numbers.
    pub(super) fn random(&self) -> u64 {
        let state = self.random.get().wrapping_add(0x9e37_79b9_7f4a_7c15);
        self.random.set(state);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Lets go of all that the engine owns. Functions kept here keep the engine, and the engine keeps the natives that
    /// keep this: without it neither would ever end.
    pub(super) fn let_go(&self) {
        self.timers.borrow_mut().drop_all();
        self.unhandled.borrow_mut().clear();
    }
}
