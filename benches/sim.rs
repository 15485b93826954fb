//! How fast the simulator is, for the plain and for a full model, and how that grows with the number of live instances.
//!
//! `cargo bench --bench sim` first prints a table of growth and what a learner waits for, in processor time where the
//! system tells it: an event is an arrival or an answer. Beside the plain model stands a bare loop of it, which counts
//! nothing but cold starts. Then come divan's wall-clock times; there an item is a request.

#![expect(clippy::print_stdout, reason = "a bench is there to print what it measured")]

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::{Duration, Instant};

use coldstart::sim::{Report, Scenario, Simulation, run};
use divan::Bencher;
use divan::counter::ItemsCount;

fn main() {
    // `cargo bench` says so; others ask for a list, or run everything once.
    if std::env::args().skip(1).all(|argument| argument == "--bench") && std::env::args().len() > 1 {
        growth("plain", PLAIN, PLAIN_RATES_PER_S);
        bare_growth();
        growth("full", FULL, [16.0, 300.0, 3_400.0, 19_000.0, 136_000.0]);
        turned_knob();
    }
    divan::main();
}

/// Requests of each run of the tables.
const REQUESTS: u64 = 2_000_000;

/// At these the plain model has about 10, 100, … 100,000 live instances.
const PLAIN_RATES_PER_S: [f64; 5] = [0.9, 34.0, 450.0, 4_900.0, 50_000.0];

/// A line for each rate. The rates are those at which the model has about 10, 100, … 100,000 live instances.
fn growth(name: &str, text: &str, rates_per_s: [f64; 5]) {
    println!("{name:>6} {:>11} {:>11} {:>13} {:>13}", "instances", "ns/request", "requests/s", "events/s");
    for rate_per_s in rates_per_s {
        let mut scenario = scenario(text, REQUESTS);
        let without_limits = [
            "platform.max_concurrency=1_000_000",
            "platform.scaling_per_10s=1e9",
            "database.max_connections=1_000_000",
            &format!("traffic.rate_per_s={rate_per_s}"),
        ];
        scenario.set_all(&without_limits).expect("they are limits and a rate");
        let (seconds, report) = fastest_of_three(&scenario, 1);
        let events = report.requests + report.completed + report.timed_out + report.failed;
        println!(
            "{:>18.0} {:>11.1} {:>13.0} {:>13.0}",
            report.instances.mean,
            seconds / report.requests as f64 * 1e9,
            report.requests as f64 / seconds,
            events as f64 / seconds
        );
    }
}

/// The same for the bare loop.
fn bare_growth() {
    println!("{:>6} {:>11} {:>11} {:>13}", "bare", "cold", "ns/request", "requests/s");
    for rate_per_s in PLAIN_RATES_PER_S {
        let measured = (0..3).map(|_| {
            let clock = Clock::start();
            let cold_starts = bare_loop(rate_per_s, REQUESTS);
            (clock.elapsed().as_secs_f64() / REQUESTS as f64, cold_starts)
        });
        let (seconds, cold_starts) = measured.min_by(|a, b| a.0.total_cmp(&b.0)).expect("three measurements");
        let cold_ratio = cold_starts as f64 / REQUESTS as f64;
        println!("{cold_ratio:>18.6} {:>11.1} {:>13.0}", seconds * 1e9, 1.0 / seconds);
    }
}

/// Cold starts of the plain model, in a loop as short as can be: a binary heap of answers and two levels of bits.
///
/// The expiry of an instance is seen when it would be used; none is told apart that would have gone before.
fn bare_loop(rate_per_s: f64, requests: u64) -> u64 {
    const KEEP_ALIVE_S: f64 = 600.0;
    let mut state = 1u64;
    let mut exponential = move |mean: f64| {
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut bits = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        -libm::log(((bits ^ (bits >> 31)) >> 12) as f64 / (1u64 << 52) as f64 + f64::MIN_POSITIVE) * mean
    };
    let (mut idle_since_s, mut idle, mut words) = (Vec::<f64>::new(), Vec::<u64>::new(), Vec::<u64>::new());
    let mut answers = BinaryHeap::new();
    let (mut arrival_s, mut arrived, mut cold_starts) = (exponential(1.0 / rate_per_s), 0, 0);
    while arrived < requests {
        if let Some(Reverse((at, slot))) = answers.peek().copied()
            && f64::from_bits(at) <= arrival_s
        {
            answers.pop();
            idle_since_s[slot] = f64::from_bits(at);
            idle[slot / 64] |= 1u64 << (slot % 64);
            words[slot / 4096] |= 1u64 << (slot / 64 % 64);
            continue;
        }
        let mut taken = None;
        while let Some(word) = words.iter().rposition(|word| *word != 0) {
            let leaf = word * 64 + words[word].ilog2() as usize;
            let slot = leaf * 64 + idle[leaf].ilog2() as usize;
            idle[leaf] &= !(1 << (slot % 64));
            if idle[leaf] == 0 {
                words[word] &= !(1 << (leaf % 64));
            }
            if arrival_s - idle_since_s[slot] < KEEP_ALIVE_S {
                taken = Some(slot);
                break;
            }
        }
        let (slot, service_s) = taken.map_or_else(|| (idle_since_s.len(), 2.244), |slot| (slot, 1.991));
        if taken.is_none() {
            cold_starts += 1;
            idle_since_s.push(0.0);
            idle.resize(slot / 64 + 1, 0);
            words.resize(slot / 4096 + 1, 0);
        }
        answers.push(Reverse(((arrival_s + exponential(service_s)).to_bits(), slot)));
        arrived += 1;
        arrival_s += exponential(1.0 / rate_per_s);
    }
    cold_starts
}

/// What a learner waits for who has turned a knob: in a run of a lesson's size, and in a large one.
fn turned_knob() {
    for (requests, times) in [(10_000, 100), (1_000_000, 1)] {
        let mut scenario = scenario(FULL, requests);
        scenario.set("function.memory_mb=512").expect("it can be turned");
        let (seconds, _) = fastest_of_three(&scenario, times);
        println!("a knob turned, {requests} requests of the full model: {:.1} ms", seconds * 1000.0);
    }
}

/// Seconds of one of so many runs, which together last long enough for the system's clock.
fn fastest_of_three(scenario: &Scenario, times: u32) -> (f64, Report) {
    let measured = (0..3).map(|_| {
        let clock = Clock::start();
        let mut report = run(scenario);
        for _ in 1..times {
            report = run(scenario);
        }
        (clock.elapsed().as_secs_f64() / f64::from(times), report)
    });
    measured.min_by(|a, b| a.0.total_cmp(&b.0)).expect("three measurements")
}

/// Time that this thread was at work, where Linux tells it; else time that passed.
struct Clock {
    worked: Option<Duration>,
    began: Instant,
}

impl Clock {
    fn start() -> Self {
        Self { worked: worked(), began: Instant::now() }
    }

    fn elapsed(&self) -> Duration {
        match (self.worked, worked()) {
            (Some(before), Some(now)) => now.saturating_sub(before),
            _ => self.began.elapsed(),
        }
    }
}

fn worked() -> Option<Duration> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    text.split_whitespace().next()?.parse().ok().map(Duration::from_nanos)
}

/// Poisson arrivals, exponential response times, a fixed keep-alive: what the published simulators simulate.
const PLAIN: &str = r#"
traffic.rate_per_s = 0.9
function.warm = { law = "exponential", mean_ms = 1991 }
function.cold = { law = "exponential", mean_ms = 2244 }
platform.keep_alive = 600
platform.max_concurrency = 1_000_000
"#;

/// All phases of a cold start, a handler that depends on memory, money and a database.
const FULL: &str = r#"
traffic.rate_per_s = 20
database.max_connections = 100
platform.keep_alive = 60
[function]
runtime = "nodejs22.x"
memory_mb = 256
package_mb = 5
init_ms = 300
handler_ms = { law = "lognormal", median = 40, p99 = 200, cpu_share = 0.5 }
connection = "outside"
timeout_s = 10
"#;

fn scenario(text: &str, requests: u64) -> Scenario {
    let mut scenario = Scenario::parse(text).expect("it is a scenario");
    scenario.set(&format!("run.requests={requests}")).expect("it is a number");
    scenario
}

fn a_million_requests(bencher: Bencher<'_, '_>, text: &str) {
    let scenario = scenario(text, 1_000_000);
    bencher.counter(ItemsCount::new(1_000_000u64)).bench(|| run(&scenario));
}

#[divan::bench(sample_count = 10)]
fn plain(bencher: Bencher<'_, '_>) {
    a_million_requests(bencher, PLAIN);
}

#[divan::bench(sample_count = 10)]
fn full(bencher: Bencher<'_, '_>) {
    a_million_requests(bencher, FULL);
}

/// Event by event, with what the lab shows.
#[divan::bench(sample_count = 5)]
fn stepped(bencher: Bencher) {
    let scenario = scenario(FULL, 100_000);
    bencher.counter(ItemsCount::new(100_000u64)).bench(|| {
        let mut simulation = Simulation::new(&scenario);
        while simulation.step().is_some() {}
        simulation.report()
    });
}

/// What going back in time keeps every few hundred events.
#[divan::bench]
fn snapshot(bencher: Bencher) {
    let mut simulation = Simulation::new(&scenario(FULL, 100_000));
    (0..20_000).for_each(|_| {
        simulation.step();
    });
    bencher.bench(|| simulation.clone());
}
