//! Money: what a run used → US dollars by part, and what a machine that is always there would have cost.
//!
//! Free tiers and volume discounts are left out. Throttled requests cost nothing.

use serde::Serialize;

use super::model::{Architecture, Connection, Model};
use super::provider::always_on;
use super::tally::Tally;

/// Cost of a run in US dollars.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Cost {
    pub requests: f64,
    /// Memory (and processor) time of the requests served.
    pub duration: f64,
    /// Keeping instances ready.
    pub provisioned: f64,
    pub total: f64,
    /// The total for a million requests served at this mix.
    pub per_million: f64,
    /// What thirty days like the time simulated would cost.
    pub per_month: f64,
}

/// The same work on machines that are always there.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Comparison {
    /// Containers (1 vCPU, 2 GB) needed for the mean load at 60 % use. They are up, so only handlers load them.
    pub containers: u64,
    pub containers_usd: f64,
    /// One virtual machine (2 vCPU, 8 GB) for the time simulated.
    pub vm_usd: f64,
    /// Invocations per second of this mix from which one container is cheaper than the function, zero when it always is.
    /// Absent when a container is full before.
    pub break_even_per_s: Option<f64>,
}

const MONTH_S: f64 = 30.0 * 86_400.0;
const CONTAINER_GB: f64 = 2.0;
/// How far a processor can be used before requests queue noticeably.
const USE: f64 = 0.6;

fn memory_gb(model: &Model) -> f64 {
    let step_mb = model.platform.provider.memory_step_mb.value;
    (model.function.memory_mb / step_mb).ceil() * step_mb / 1024.0
}

/// Share of a processor that one instance has.
fn vcpus(model: &Model) -> f64 {
    model.function.memory_mb / model.platform.provider.mb_per_vcpu.value
}

pub(super) fn cost(model: &Model, tally: &Tally) -> Cost {
    let prices = model.platform.provider;
    let gb = memory_gb(model);
    let gb_s_usd = match model.function.architecture {
        Architecture::X86 => prices.gb_s_usd.value,
        Architecture::Arm => prices.gb_s_arm_usd.value,
    };
    let step_s = prices.billing_step_ms.value / 1000.0;
    let on_demand_s = tally.billed_steps * step_s;
    let provisioned_s = tally.billed_provisioned_steps * step_s;
    let cpu_s_usd = vcpus(model) * prices.vcpu_s_usd.value;
    let duration = on_demand_s * (gb * gb_s_usd + cpu_s_usd)
        + provisioned_s * (gb * prices.provisioned_use_gb_s_usd.value + cpu_s_usd);
    let rounding_s = prices.provisioned_rounding_s.value;
    let kept_s = (tally.seconds() / rounding_s).ceil() * rounding_s * f64::from(model.platform.provisioned);
    let provisioned = kept_s * gb * prices.provisioned_gb_s_usd.value;
    let requests = tally.served as f64 * prices.request_usd.value;
    let total = requests + duration + provisioned;
    let per_million = if tally.served == 0 { 0.0 } else { total / tally.served as f64 * 1e6 };
    let per_month = if tally.seconds() > 0.0 { total / tally.seconds() * MONTH_S } else { 0.0 };
    Cost { requests, duration, provisioned, total, per_million, per_month }
}

pub(super) fn comparison(model: &Model, tally: &Tally, cost: &Cost) -> Comparison {
    let prices = always_on();
    let (seconds, hours) = (tally.seconds(), tally.seconds() / 3600.0);
    let container_h_usd = prices.container_usd_per_vcpu_h.value + CONTAINER_GB * prices.container_usd_per_gb_h.value;
    let served = tally.served as f64;
    let vcpu_s = handler_s(model, tally) * vcpus(model).min(1.0);
    let containers = (vcpu_s / seconds / USE).ceil().max(1.0);
    // Instances that are kept ready cost the same at any traffic; only the rest grows with it.
    let call_usd = (cost.requests + cost.duration) / served;
    let break_even_per_s = (container_h_usd - cost.provisioned / hours).max(0.0) / 3600.0 / call_usd;
    let full_at_per_s = USE / (vcpu_s / served);
    Comparison {
        containers: containers as u64,
        containers_usd: containers * container_h_usd * hours,
        vm_usd: prices.vm_usd_per_hour.value * hours,
        break_even_per_s: (break_even_per_s < full_at_per_s).then_some(break_even_per_s),
    }
}

/// Seconds that handlers ran, connections that they opened themselves included.
fn handler_s(model: &Model, tally: &Tally) -> f64 {
    let inside = model.function.connection == Connection::Inside;
    (tally.phases.handler_ms + if inside { tally.phases.connect_ms } else { 0.0 }) / 1000.0
}

#[cfg(test)]
mod tests {
    use crate::sim::run::run;
    use crate::sim::scenario::Scenario;

    fn break_even_per_s(set: &[&str]) -> Option<f64> {
        let text = "traffic = { kind = \"constant\", interval_s = 100 }\n[function]\nmemory_mb = 1024\nhandler_ms = 100\n\
                    [run]\nrequests = 100";
        let mut scenario = Scenario::parse(text).expect("it is a scenario");
        scenario.set_all(set).unwrap_or_else(|problem| panic!("{set:?}: {problem}"));
        run(&scenario).comparison.break_even_per_s
    }

    #[test]
    fn a_container_pays_from_where_its_hour_is_the_functions() {
        // By hand: 0.04048 + 2 × 0.004445 dollars an hour, against 0.2 + 1.66667 dollars for a million of 100 ms at 1 GB.
        let warm =
            break_even_per_s(&["platform.keep_alive=inf", "run.warmup_requests=1"]).expect("a container suffices");
        assert!((warm - 0.04937 / 3600.0 / 1.866_67e-6).abs() < 0.01, "{warm}");
        // A container does not start cold, so cold starts do not fill it: they only make the function dearer.
        let cold = break_even_per_s(&["platform.keep_alive=0", "function.init_ms=900"]).expect("a container suffices");
        assert!(cold < warm / 5.0, "{cold}");
        // An instance kept ready costs 0.015 dollars an hour at any traffic, and each call only 1.17 for a million.
        let ready = break_even_per_s(&["platform.provisioned=1", "run.duration_s=9000"]).expect("a container suffices");
        assert!((ready - (0.04937 - 0.015) / 3600.0 / 1.172_22e-6).abs() < 0.01, "{ready}");
        assert_eq!(break_even_per_s(&["platform.provisioned=50"]), Some(0.0));
        // Computing on an instance kept ready is so cheap that a container is full before it has paid.
        let busy =
            ["platform.provisioned=1", "function.memory_mb=128", "function.handler_ms=9000", "function.timeout_s=60"];
        assert_eq!(break_even_per_s(&busy), None);
    }
}
