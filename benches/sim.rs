//! How fast the simulator is: requests per second of processor time, for the plain and for a full model, and how a
//! request's cost grows with the number of instances.
//!
//! `cargo bench --bench sim`; the figure is items per second, an item being a request.

use coldstart::sim::{Scenario, Simulation, run};
use divan::Bencher;
use divan::counter::ItemsCount;

fn main() {
    divan::main();
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

/// The mean number of instances at work is about twice the rate.
#[divan::bench(args = [5, 50, 500, 5_000, 50_000], sample_count = 3)]
fn many_instances(bencher: Bencher, rate_per_s: u64) {
    let mut scenario = scenario(PLAIN, 2_000_000);
    scenario.set(&format!("traffic.rate_per_s={rate_per_s}")).expect("it is a rate");
    bencher.counter(ItemsCount::new(2_000_000u64)).bench(|| run(&scenario));
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
