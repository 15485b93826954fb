//! The simulator tells the truth: it agrees with queueing theory, with the published simulator and with measurements.
//!
//! Every comparison of a random figure allows for chance: twice the half-width of the 95 % confidence interval that the
//! run itself reports, which one honest comparison in ten thousand would exceed. The seeds are fixed, so a pass is a pass.

use std::ops::ControlFlow;

use coldstart::sim::{InstanceState, Outcome, Report, Scenario, Simulation, WhyCold, knobs, run, run_watched, turn};

fn scenario(text: &str, set: &[&str]) -> Scenario {
    let mut scenario = Scenario::parse(text).unwrap_or_else(|problems| panic!("{problems:?}"));
    scenario.set_all(set).unwrap_or_else(|problem| panic!("{set:?}: {problem}"));
    scenario
}

fn report(text: &str, set: &[&str]) -> Report {
    run(&scenario(text, set))
}

/// That the figure is `expected`, up to chance.
#[track_caller]
fn agrees(report: &Report, figure: &str, expected: f64) {
    let found = report.figure(figure).unwrap_or_else(|| panic!("no figure {figure}"));
    let half_width = figure.split('.').fold(report.ci95.as_ref().expect("replications"), |value, key| &value[key]);
    let half_width = half_width.as_f64().expect("a half-width");
    assert!((found - expected).abs() <= 2.0 * half_width, "{figure}: {found} ± {half_width}, expected {expected}");
    // A wide interval would agree with anything.
    assert!(half_width < 0.2 * expected.abs().max(0.05), "{figure}: ± {half_width} says nothing about {expected}");
}

/// A Poisson stream of one request a second, one second of work, eight replications.
const PLAIN: &str = r#"
[traffic]
kind = "poisson"
rate_per_s = 1
[function]
warm = { law = "exponential", mean_ms = 1000 }
cold = { law = "exponential", mean_ms = 1000 }
[platform]
keep_alive = 10
[run]
requests = 8_000
warmup_requests = 200
replications = 8
"#;

#[test]
fn blocking_is_that_of_erlang_whatever_the_keep_alive_and_the_service_law() {
    for (keep_alive, routing, law) in [
        ("0", "newest", "{ law = \"exponential\", mean_ms = 1000 }"),
        ("5", "random", "1000"),
        ("20", "recent", "{ law = \"normal\", mean_ms = 1000, sd_ms = 200 }"),
        ("inf", "oldest", "{ law = \"lognormal\", median = 606.53, p99 = 6211.1 }"),
    ] {
        let set = [
            "platform.max_concurrency=3",
            &format!("platform.keep_alive={keep_alive}"),
            &format!("platform.routing={routing}"),
            &format!("function.warm={law}"),
            &format!("function.cold={law}"),
        ];
        agrees(&report(PLAIN, &set), "reject_ratio", 0.0625);
    }
    for (servers, load, blocked) in [(20, 20, 0.158_892), (100, 90, 0.026_957_4)] {
        let set = [format!("platform.max_concurrency={servers}"), format!("traffic.rate_per_s={load}")];
        agrees(
            &report(PLAIN, &[&set[0], &set[1], "run.requests=20000", "run.warmup_requests=2000"]),
            "reject_ratio",
            blocked,
        );
    }
}

#[test]
fn a_single_instance_is_cold_and_busy_as_often_as_it_must() {
    let (rate, keep_s, cold_s, warm_s) = (0.4_f64, 2.0, 1.5, 0.5);
    let report = report(
        PLAIN,
        &[
            "platform.max_concurrency=1",
            "traffic.rate_per_s=0.4",
            "platform.keep_alive=2",
            "function.cold.mean_ms=1500",
            "function.warm.mean_ms=500",
        ],
    );
    let expires = (-rate * keep_s).exp();
    let load = rate * (expires * cold_s + (1.0 - expires) * warm_s);
    agrees(&report, "cold_ratio", expires / (1.0 + load));
    agrees(&report, "reject_ratio", load / (1.0 + load));
    agrees(&report, "cold_ratio_accepted", expires);
}

#[test]
fn sparse_traffic_is_cold_when_the_pause_outlasts_the_keep_alive() {
    let (rate, keep_s, work_s) = (0.05_f64, 20.0, 0.2);
    let set =
        ["traffic.rate_per_s=0.05", "platform.keep_alive=20", "function.warm.mean_ms=200", "function.cold.mean_ms=200"];
    let expires = (-rate * keep_s).exp();
    agrees(&report(PLAIN, &set), "cold_ratio", expires + rate * work_s * (1.0 - expires));
}

#[test]
fn work_and_instances_follow_littles_law() {
    let report = report(PLAIN, &["traffic.rate_per_s=0.5", "platform.keep_alive=3", "function.cold.mean_ms=3000"]);
    let rate = 0.5;
    agrees(&report, "instances.mean_running", rate * (report.cold_ratio * 3.0 + (1.0 - report.cold_ratio) * 1.0));
    agrees(&report, "instances.mean", rate * report.cold_ratio * report.instances.lifespan_mean_s);
}

#[test]
fn without_a_limit_the_mean_at_work_is_rate_times_time() {
    let set = ["traffic.rate_per_s=40", "platform.keep_alive=2", "run.requests=20000"];
    agrees(&report(PLAIN, &set), "instances.mean_running", 40.0);
}

/// Mahmoudi and Khazaei, "`SimFaaS`: A Performance Simulator for Serverless Computing Platforms", 2021. The paper prints
/// 0.14 %, 7.66, 1.79 and 5.87 of one short run; its program, run for long, gives the figures here.
#[test]
fn the_published_point_is_met() {
    let report = report(
        PLAIN,
        &[
            "traffic.rate_per_s=0.9",
            "platform.keep_alive=600",
            "function.warm.mean_ms=1991",
            "function.cold.mean_ms=2244",
            "run.requests=40000",
            "run.warmup_requests=5000",
        ],
    );
    agrees(&report, "cold_ratio", 0.00134);
    agrees(&report, "instances.mean", 7.70);
    agrees(&report, "instances.mean_running", 1.79);
    agrees(&report, "instances.mean_idle", 5.91);
}

/// Points of other shapes: another program, which walks through a list of instances at each arrival and shares no line
/// with this one, gave these in 200,000 requests. Cold and rejected share, mean number of instances.
#[test]
fn other_shapes_and_routings_agree_with_a_brute_force_simulation() {
    let exponential =
        ["traffic.rate_per_s=2", "function.warm.mean_ms=500", "function.cold.mean_ms=1200", "platform.keep_alive=3"];
    let constant = [
        "traffic.rate_per_s=5",
        "function.warm=300",
        "function.cold=2000",
        "platform.keep_alive=1",
        "platform.max_concurrency=4",
    ];
    let skewed = [
        "traffic.rate_per_s=10",
        "function.warm={ law = \"lognormal\", median = 40, p99 = 200 }",
        "function.cold={ law = \"normal\", mean_ms = 800, sd_ms = 200 }",
        "platform.keep_alive=0.5",
    ];
    for (set, routing, [cold, rejected, instances]) in [
        (&exponential[..], "newest", [0.1296, 0.0, 3.1197]),
        (&exponential, "oldest", [0.1270, 0.0, 3.1371]),
        (&exponential, "recent", [0.1366, 0.0, 3.0892]),
        (&constant, "newest", [0.0936, 0.1493, 3.5124]),
        (&constant, "oldest", [0.0906, 0.1462, 3.5215]),
        (&constant, "recent", [0.1002, 0.1572, 3.4974]),
        (&skewed, "newest", [0.1548, 0.0, 3.3526]),
        (&skewed, "oldest", [0.1510, 0.0, 3.3948]),
        (&skewed, "recent", [0.1582, 0.0, 3.3527]),
    ] {
        let routing = format!("platform.routing={routing}");
        let it = report(PLAIN, &[set, &[routing.as_str()]].concat());
        let near = |found: f64, expected: f64| (found - expected).abs() <= 0.025 * expected;
        assert!(near(it.cold_ratio, cold), "{routing}: {} cold, expected {cold}", it.cold_ratio);
        assert!(near(it.reject_ratio, rejected), "{routing}: {} rejected, expected {rejected}", it.reject_ratio);
        assert!(near(it.instances.mean, instances), "{routing}: {} instances, expected {instances}", it.instances.mean);
    }
}

#[test]
fn every_request_ends_one_way_or_is_still_on_its_way() {
    for set in [
        &["run.duration_s=300", "platform.max_concurrency=2", "function.timeout_s=1"][..],
        &["run.duration_s=300", "delivery.mode=async", "delivery.backoff_s=5", "platform.max_concurrency=1"],
        &["run.duration_s=77.7", "run.warmup_requests=0", "function.failure=0.3", "platform.requests_per_instance=4"],
        &["run.requests=500", "function.init_failure=0.5", "platform.keep_alive=0", "platform.provisioned=1"],
    ] {
        let it = report(PLAIN, set);
        assert_eq!(it.requests, it.completed + it.throttled + it.timed_out + it.failed + it.in_flight, "{set:?}");
        assert!(it.completed > 0 && it.completed < it.requests, "{set:?}");
    }
}

#[test]
fn at_equal_times_what_happens_to_an_instance_comes_before_an_arrival() {
    // Answered at 1, gone at 11: an arrival at just these moments finds it free, and finds it gone.
    let text = "function = { warm = 1000, cold = 1000 }\nplatform.keep_alive = 10\ntraffic.kind = \"list\"\n";
    for (times, cold_starts) in [("[0, 1]", 1), ("[0, 10.999]", 1), ("[0, 11]", 2)] {
        assert_eq!(report(&format!("{text}traffic.times_s = {times}"), &[]).cold_starts, cold_starts, "{times}");
    }
}

/// A function described by its parts, always cold.
const COLD: &str = r#"
[traffic]
kind = "constant"
interval_s = 100
[function]
runtime = "nodejs22.x"
memory_mb = 512
handler_ms = 10
[platform]
keep_alive = { policy = "never" }
[run]
requests = 8_000
"#;

/// The rows are those of the table of measurements: 5th, 25th, 50th, 75th, 90th, 95th and 99th percentile.
#[test]
fn cold_starts_are_as_measured_from_the_5th_to_the_99th_percentile() {
    for (runtime, package, architecture, memory_mb, measured) in [
        ("nodejs22.x", "zip", "x86_64", 512, [118.055, 136.688, 144.8, 156.805, 169.845, 184.09, 219.075]),
        ("nodejs22.x", "image", "x86_64", 256, [222.374, 256.55, 295.76, 390.79, 607.248, 700.222, 819.091]),
        ("java21", "image", "x86_64", 1024, [266.0, 302.68, 340.04, 405.62, 546.23, 698.45, 787.23]),
    ] {
        let set = [
            format!("function.runtime={runtime}"),
            format!("function.package={package}"),
            format!("function.architecture={architecture}"),
            format!("function.memory_mb={memory_mb}"),
        ];
        let it = report(COLD, &set.iter().map(String::as_str).collect::<Vec<_>>());
        assert_eq!(it.cold_starts, it.requests);
        let init = &it.init_ms;
        let found = [init.p5, init.p25, init.p50, init.p75, init.p90, init.p95, init.p99];
        for (found, measured) in found.into_iter().zip(measured) {
            assert!((found / measured - 1.0).abs() < 0.03, "{runtime} {package}: {found} ms, measured {measured} ms");
        }
        assert!(it.provenance.iter().any(|it| it.figure == "function.runtime_ms" && it.source.contains("lambda-perf")));
    }
}

#[test]
fn memory_speeds_a_computing_handler_up_and_leaves_the_initialisation_alone() {
    let at = |memory_mb: u32| {
        let handler = "function.handler_ms={ law = \"constant\", ms = 100, cpu_share = 1.0 }";
        report(COLD, &[handler, &format!("function.memory_mb={memory_mb}"), "run.requests=2000"])
    };
    let (small, large, beyond) = (at(128), at(1024), at(3538));
    assert!((small.phases_ms.handler / large.phases_ms.handler - 8.0).abs() < 1e-9);
    assert_eq!(beyond.phases_ms.handler, 100.0, "one thread has no use for a second processor");
    assert!((small.phases_ms.runtime / large.phases_ms.runtime - 1.0).abs() < 0.03);
    // Eight times the memory for an eighth of the handler's time: what it costs hardly changes.
    assert!((small.cost_usd.total / large.cost_usd.total) < 1.1 && large.cost_usd.total < beyond.cost_usd.total);
}

#[test]
fn a_bill_is_what_one_reckons_by_hand() {
    // A million requests of 100 ms at 1 GB: 0.20 for the requests, 100,000 GB-seconds at 0.0000166667 for the time.
    let text = "traffic.rate_per_s = 10\nfunction.memory_mb = 1024\nfunction.warm = 100\nfunction.cold = 100\nrun.requests = 10_000";
    let bill = report(text, &[]).cost_usd;
    assert!((bill.requests - 0.002).abs() < 1e-12 && (bill.duration - 0.016_666_7).abs() < 1e-9, "{bill:?}");
    assert!((bill.per_million - 1.866_67).abs() < 1e-6);
    let arm = report(text, &["function.architecture=arm64"]).cost_usd;
    assert!((arm.duration / bill.duration - 0.8).abs() < 1e-4);
    let ready =
        report(text, &["platform.provisioned=10", "run.duration_s=3600", "traffic.kind=list", "traffic.times_s=[1]"]);
    assert!((ready.cost_usd.provisioned - 10.0 * 3600.0 * 0.000_004_166_7).abs() < 1e-9, "{:?}", ready.cost_usd);
}

#[test]
fn a_connection_outside_the_handler_is_paid_once_and_held_for_as_long_as_the_instance_lives() {
    let text = "traffic.kind = \"constant\"\ntraffic.interval_s = 1\nfunction.handler_ms = 20\nfunction.connect_ms = 30\n\
                platform.keep_alive = 600\nrun.requests = 100";
    let outside = report(text, &["function.connection=outside"]);
    let inside = report(text, &["function.connection=inside"]);
    assert_eq!((outside.latency_ms.p50, inside.latency_ms.p50), (20.0, 50.0));
    assert_eq!((outside.database.opened, inside.database.opened), (1, 100));
    assert!(outside.database.mean_connections > 0.99 && inside.database.mean_connections < 0.1);
    // Many instances that only wait use up the connections: the next ones fail to start.
    let burst = ["traffic.kind=burst", "traffic.burst_rate_per_s=100", "traffic.burst_s=5", "function.handler_ms=400"];
    let exhausted = report(
        text,
        &[&burst[..], &["function.connection=outside", "database.max_connections=10", "run.requests=400"]].concat(),
    );
    assert_eq!(exhausted.database.max_connections, 10);
    assert!(exhausted.failed > 0 && exhausted.database.refused == exhausted.failed, "{exhausted:?}");
}

#[test]
fn provisioned_instances_are_never_cold_and_the_rest_spills_over() {
    let text = "traffic.kind = \"list\"\ntraffic.times_s = [0, 0.01, 0.02]\nfunction.handler_ms = 1000\nplatform.provisioned = 2";
    let it = report(text, &[]);
    assert_eq!((it.completed, it.cold_starts, it.instances.max), (3, 1, 3));
}

#[test]
fn a_burst_is_refused_beyond_the_limit_and_beyond_the_scaling_rate() {
    let text = "traffic.kind = \"constant\"\ntraffic.interval_s = 0.001\nfunction.warm = 60000\nfunction.cold = 60000\nrun.requests = 3000";
    assert_eq!(report(text, &["platform.max_concurrency=20"]).throttled, 2980);
    // A thousand at once and a hundred more each second, for three seconds.
    let it = report(text, &["platform.max_concurrency=5000", "platform.scaling_per_10s=1000"]);
    assert!((1299..=1301).contains(&it.completed), "{}", it.completed);
}

#[test]
fn a_restored_snapshot_is_slower_where_there_is_little_to_initialise() {
    let java = ["function.runtime=java21", "run.requests=500"];
    let at = |set: &[&str]| report(COLD, &[&java[..], set].concat()).latency_ms.p50;
    assert!(at(&["function.snapshot=true"]) > 2.0 * at(&[]));
    assert!(at(&["function.snapshot=true", "function.init_ms=4000"]) < 0.3 * at(&["function.init_ms=4000"]));
}

#[test]
fn an_event_delivered_twice_does_its_work_twice_unless_it_is_idempotent() {
    let set = ["delivery.mode=async", "delivery.duplicates=0.1", "run.replications=1", "run.warmup_requests=0"];
    let it = report(PLAIN, &set);
    assert_eq!(it.invocations, it.requests + it.delivery.duplicates);
    assert_eq!(it.delivery.repeated_effects, it.delivery.duplicates);
    assert!((700..900).contains(&it.delivery.duplicates), "a tenth of 8,000: {}", it.delivery.duplicates);
    assert_eq!(report(PLAIN, &[&set[..], &["delivery.idempotent=true"]].concat()).delivery.repeated_effects, 0);
}

#[test]
fn a_learnt_keep_alive_has_fewer_cold_starts_at_less_idle_memory_than_a_fixed_one() {
    // A function of the recorded trace that is called every quarter of an hour: ten minutes are too short for it.
    let text = "traffic.kind = \"trace\"\ntraffic.counts_per_minute = [1, 0,0,0,0,0,0,0,0,0,0,0,0,0,0]\nfunction.warm = 200\nfunction.cold = 900";
    let counts = format!(
        "traffic.counts_per_minute={:?}",
        (0..960).map(|minute| i32::from(minute % 15 == 0)).collect::<Vec<_>>()
    );
    let at = |policy: &str| report(text, &[&counts, policy]);
    let short = at("platform.keep_alive=600");
    let long = at("platform.keep_alive=1200");
    let learnt = at("platform.keep_alive={ policy = \"hybrid-histogram\" }");
    assert_eq!((short.cold_ratio, long.cold_starts), (1.0, 1));
    assert!(learnt.cold_starts <= 2, "{}", learnt.cold_starts);
    assert!(
        learnt.instances.mean_idle < 0.6 * long.instances.mean_idle,
        "{} {}",
        learnt.instances.mean_idle,
        long.instances.mean_idle
    );
}

/// Section 4.3 of the same paper: called every five hours, give or take a few minutes, when the histogram knows four.
#[test]
fn a_pause_beyond_the_histogram_is_forecast() {
    let (mut at_s, mut times_s) = (0.0, Vec::new());
    for call in 0..200 {
        times_s.push(at_s);
        // Up to twenty minutes early or late, in no order that ARIMA could know.
        at_s += 5.0 * 3600.0 + f64::from(call * 7919 % 41 - 20) * 60.0;
    }
    let text =
        format!("traffic = {{ kind = \"list\", times_s = {times_s:?} }}\nfunction = {{ warm = 200, cold = 900 }}");
    let at = |policy: &str| report(&text, &[&format!("platform.keep_alive={policy}")]);
    let (four_hours, six_hours) = (at("14400"), at("21600"));
    let learnt = at("{ policy = \"hybrid-histogram\" }");
    assert_eq!((four_hours.cold_starts, six_hours.cold_starts), (200, 1));
    // It learns from seven pauses, and then loads the instance about three quarters of an hour before it is needed.
    assert!((8..=10).contains(&learnt.cold_starts), "{}", learnt.cold_starts);
    let idle = |report: &Report| report.instances.mean_idle;
    assert!(idle(&learnt) < 0.25 * idle(&four_hours), "{} {}", idle(&learnt), idle(&four_hours));
}

/// The finding of Shahrad et al. on the data they published: against a longer fixed keep-alive, the learnt one has fewer
/// cold starts and keeps less idle memory. Fifty functions of the recorded trace, eight hours.
#[test]
fn on_the_recorded_trace_the_learnt_keep_alive_beats_every_longer_fixed_one() {
    let text = "traffic = { kind = \"trace\", function = 20, functions = 50 }\nfunction = { warm = 200, cold = 900 }\nrun.duration_s = 28_800";
    let at = |keep_alive: &str| {
        report(text, &[&format!("platform.keep_alive={keep_alive}")]).flow.expect("fifty functions").total
    };
    let learnt = at("{ policy = \"hybrid-histogram\" }");
    assert_eq!(learnt.requests, 5002);
    for fixed in [at("600"), at("1200"), at("1800"), at("2400")] {
        assert!(learnt.cold_starts < fixed.cold_starts && learnt.idle < fixed.idle, "{learnt:?} {fixed:?}");
    }
}

#[test]
fn the_same_seed_gives_the_same_report_however_it_is_run() {
    let it = scenario(PLAIN, &["run.requests=3000", "function.cold.mean_ms=4000", "platform.max_concurrency=4"]);
    let on = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        pool.install(|| run(&it))
    };
    assert_eq!(on(1), on(4));
    assert_ne!(run(&it), run(&it.clone().with_seed(2)));

    // Event by event, with a clone in between, it is the same run.
    let alone = scenario(PLAIN, &["run.requests=3000", "run.replications=1"]);
    let mut simulation = Simulation::new(&alone);
    let mut last_s = 0.0;
    for event in 0.. {
        if event % 1000 == 500 {
            let mut ahead = simulation.clone();
            while ahead.now_s() < last_s + 100.0 && ahead.step().is_some() {}
        }
        let next_s = simulation.next_at_s();
        let Some(happened) = simulation.step() else { break };
        assert_eq!(next_s, Some(happened.at_s));
        assert!(happened.at_s >= last_s, "time runs backwards at {last_s}");
        last_s = happened.at_s;
    }
    assert_eq!(simulation.report(), run(&alone));
}

#[test]
fn a_knob_changes_only_what_it_changes() {
    let requests = |set: &[&str]| {
        let mut simulation = Simulation::new(&scenario(
            COLD,
            &[&["run.requests=100", "traffic.kind=poisson", "traffic.rate_per_s=0.1"], set].concat(),
        ));
        while simulation.step().is_some() {}
        simulation.recent().map(|it| (it.arrived_s, it.phases_ms)).collect::<Vec<_>>()
    };
    let before = requests(&[]);
    let kept = requests(&["platform.keep_alive=5"]);
    let heavier = requests(&["function.init_ms=300"]);
    for ((a, b), c) in before.iter().zip(&kept).zip(&heavier) {
        assert_eq!((a.0, a.1.handler_ms), (b.0, b.1.handler_ms));
        assert_eq!(
            (a.1.provision_ms, a.1.runtime_ms, a.1.init_ms + 300.0),
            (c.1.provision_ms, c.1.runtime_ms, c.1.init_ms)
        );
    }
    assert!(kept.iter().any(|(_, phases)| phases.provision_ms == 0.0), "some are warm now");
}

#[test]
fn one_sees_an_instance_go_through_its_life() {
    use InstanceState::{Busy, Connecting, Fetching, Idle, Initialising, LoadingRuntime, Provisioning};
    let text = "traffic.kind = \"list\"\ntraffic.times_s = [0, 30]\nfunction.init_ms = 100\nfunction.package_mb = 5\n\
                function.connection = \"outside\"\nfunction.handler_ms = 50\nplatform.keep_alive = 10";
    let mut simulation = Simulation::new(&scenario(text, &[]));
    let mut seen = Vec::new();
    while simulation.step().is_some() {
        if let Some(instance) = simulation.instances().next()
            && seen.last() != Some(&(instance.id, instance.state))
        {
            seen.push((instance.id, instance.state));
        }
    }
    let life = [Provisioning, Fetching, LoadingRuntime, Initialising, Connecting, Busy, Idle];
    assert_eq!(seen, [life.map(|state| (0, state)), life.map(|state| (1, state))].concat());
    let requests: Vec<_> = simulation.recent().map(|it| (it.outcome, it.why_cold)).collect();
    assert_eq!(requests, [(Outcome::Completed, Some(WhyCold::First)), (Outcome::Completed, Some(WhyCold::Expired))]);
    let first = simulation.recent().next().expect("two requests");
    assert!((first.phases_ms.total_ms() - first.latency_ms).abs() < 1e-9);
}

#[test]
fn a_run_that_is_stopped_says_what_is_known() {
    let century = scenario(PLAIN, &["run.replications=1", "run.warmup_requests=0", "run.duration_s=3.1e9"]);
    let mut looks = 0;
    let it = run_watched(&century, &mut |progress| {
        looks += 1;
        assert!(progress.fraction < 0.01);
        if looks == 3 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    assert!(it.requests > 1000 && it.latency_ms.p50 > 0.0, "{}", it.requests);
    // Of many short runs too, each over before anybody would ask.
    let many = scenario(PLAIN, &["run.replications=10000", "run.warmup_requests=0", "run.requests=10"]);
    let few = run_watched(&many, &mut |_| ControlFlow::Break(()));
    assert!(few.replications < 10_000 && few.requests == 10 * few.replications, "{}", few.replications);
}

#[test]
fn every_knob_turns_or_says_why_not() {
    let mut it = scenario(COLD, &["run.requests=50"]);
    for knob in knobs(&it) {
        let mut turned = it.clone();
        turn(&mut turned, &it, knob.key, 1);
        let mut back = it.clone();
        turn(&mut back, &it, knob.key, -1);
        assert!(turned != it || back != it || knob.why_inert.is_some(), "{}", knob.key);
    }
    // What the scenario said is a step of its own: 45 ms lie between 0 and 50.
    let odd = scenario(COLD, &["function.init_ms=45"]);
    let mut turned = odd.clone();
    turn(&mut turned, &odd, "function.init_ms", 1);
    assert_ne!(turned, odd);
    turn(&mut turned, &odd, "function.init_ms", -1);
    assert_eq!(turned, odd);
    // From end to end and further: a knob never leaves what can be run.
    let original = it.clone();
    for _ in 0..40 {
        for knob in knobs(&it) {
            turn(&mut it, &original, knob.key, 1);
        }
    }
    assert_eq!(run(&it).requests, 50);
}

#[test]
fn absurd_scenarios_are_refused_with_line_and_remedy() {
    for (text, said) in [
        (
            "[traffic]\nrate_per_s = 1e12",
            "line 2: `traffic.rate_per_s` is 1000000000000; it must be a number from 0 to 10,000,000",
        ),
        (
            "[traffic]\nrate_per_s = nan",
            "line 2: `traffic.rate_per_s` is NaN; it must be a number from 0 to 10,000,000",
        ),
        (
            "[traffic]\nrate_per_s = 1e-300",
            "line 2: `traffic.rate_per_s` must be at least one request in a century for Poisson traffic",
        ),
        (
            "traffic.rate_per_s = 1\nflow.a.from = \"b\"\nflow.b.from = \"a\"",
            "line 2: flow.a: its events come from itself, in a circle; let one of them listen to the scenario's own function: leave its `from` out",
        ),
        ("[traffic]\nrate_per_s = 0", "line 2: `traffic.rate_per_s` must be more than 0 for Poisson traffic"),
        (
            "traffic.rate_per_s = 1\n[platform]\nkeep_alife = 5",
            "line 3: a scenario has no key `platform.keep_alife`; the nearest is `platform.keep_alive`",
        ),
        (
            "traffic.rate_per_s = 1\n[platform]\nmax_concurrency = 2_000_000",
            "line 3: `platform.max_concurrency` is 2000000; it must be a whole number from 1 to 1,000,000",
        ),
    ] {
        let problems = Scenario::parse(text).expect_err(text);
        assert_eq!(problems[0].to_string(), said);
    }
    for text in
        ["x = [".repeat(100_000), "a.".repeat(100_000), "\u{0}\u{1}".repeat(1000), "# nothing\n".repeat(1_000_000)]
    {
        assert!(Scenario::parse(&text).is_err());
    }
}
