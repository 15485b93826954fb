//! How fast the simulator is, for the plain and for a full model, and how that grows with the number of live instances.
//!
//! `cargo bench --bench sim` first prints a table of growth and what a learner waits for, in processor time where the
//! system tells it: an event is an arrival or an answer. Then come divan's wall-clock times; there an item is a request.

#![expect(clippy::print_stdout, reason = "a bench is there to print what it measured")]

use std::time::{Duration, Instant};

use coldstart::sim::{Report, Scenario, Simulation, run};
use divan::Bencher;
use divan::counter::ItemsCount;

fn main() {
    // `cargo bench` says so; others ask for a list, or run everything once.
    if std::env::args().skip(1).all(|argument| argument == "--bench") && std::env::args().len() > 1 {
        growth("plain", PLAIN, [0.9, 34.0, 450.0, 4_900.0, 50_000.0]);
        growth("full", FULL, [16.0, 300.0, 3_400.0, 19_000.0, 136_000.0]);
        turned_knob();
    }
    divan::main();
}

/// A line for each rate. The rates are those at which the model has about 10, 100, … 100,000 live instances.
fn growth(name: &str, text: &str, rates_per_s: [f64; 5]) {
    println!("{name:>6} {:>11} {:>11} {:>13} {:>13}", "instances", "ns/request", "requests/s", "events/s");
    for rate_per_s in rates_per_s {
        let mut scenario = scenario(text, 2_000_000);
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
