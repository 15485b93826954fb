//! Money: what a run used → US dollars by part, and what a machine that is always there would have cost.
//!
//! Free tiers and volume discounts are left out. Throttled requests cost nothing.

use serde::Serialize;

use super::model::{Architecture, Model};
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
    /// Containers (1 vCPU, 2 GB) needed for the mean load at 60 % use.
    pub containers: u64,
    pub containers_usd: f64,
    /// One virtual machine (2 vCPU, 8 GB) for the time simulated.
    pub vm_usd: f64,
    /// Requests per second from which one container is cheaper than the function. Absent when a container is full before.
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
    let hours = tally.seconds() / 3600.0;
    let container_h_usd = prices.container_usd_per_vcpu_h.value + CONTAINER_GB * prices.container_usd_per_gb_h.value;
    let busy_vcpus = tally.averages().running * vcpus(model).min(1.0);
    let containers = (busy_vcpus / USE).ceil().max(1.0);
    let break_even_per_s = container_h_usd / (cost.per_million / 1e6) / 3600.0;
    let served_per_s = tally.served as f64 / tally.seconds();
    let full_at_per_s = served_per_s / busy_vcpus * USE;
    Comparison {
        containers: containers as u64,
        containers_usd: containers * container_h_usd * hours,
        vm_usd: prices.vm_usd_per_hour.value * hours,
        break_even_per_s: (break_even_per_s < full_at_per_s).then_some(break_even_per_s),
    }
}
