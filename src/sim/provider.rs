//! The platforms a scenario can name: limits, idle lifetimes and prices, each with its source and date.
//!
//! The figures are those of `assets/sim/providers.toml`, embedded. What a provider does not publish and nobody measured
//! is marked `assumed` there.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

const FILE: &str = include_str!("../../assets/sim/providers.toml");

/// How well a figure is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// The provider says so.
    Official,
    /// Somebody measured it.
    Measured,
    /// Another's account of it.
    Secondary,
    /// Nobody says so; we had to choose.
    Assumed,
    /// The scenario says so.
    Given,
}

/// A number and where it comes from.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(super) struct Figure {
    pub value: f64,
    pub kind: Kind,
    pub source: String,
    pub as_of: String,
}

/// One platform. Prices are in US dollars.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Provider {
    pub title: String,
    pub keep_alive_s: Figure,
    pub max_concurrency: Figure,
    pub scaling_per_10s: Figure,
    pub timeout_s: Figure,
    pub timeout_max_s: Figure,
    pub mb_per_vcpu: Figure,
    pub memory_min_mb: Figure,
    pub memory_max_mb: Figure,
    pub request_usd: Figure,
    pub gb_s_usd: Figure,
    pub gb_s_arm_usd: Figure,
    pub vcpu_s_usd: Figure,
    pub provisioned_gb_s_usd: Figure,
    pub provisioned_use_gb_s_usd: Figure,
    /// The time for which instances are kept ready is paid in steps of this.
    pub provisioned_rounding_s: Figure,
    pub billing_step_ms: Figure,
    pub memory_step_mb: Figure,
    /// 1 when the initialisation of a cold start is paid, else 0.
    pub initialisation_billed: Figure,
}

/// Machines that are always there, for comparison.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AlwaysOn {
    pub container_usd_per_vcpu_h: Figure,
    pub container_usd_per_gb_h: Figure,
    pub vm_usd_per_hour: Figure,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Providers {
    aws_lambda: Provider,
    azure_functions: Provider,
    google_cloud_functions: Provider,
    always_on: AlwaysOn,
}

static PROVIDERS: LazyLock<Providers> =
    LazyLock::new(|| toml::from_str(FILE).expect("the embedded figures of the providers are complete"));

/// The names a scenario may use; the first is meant when it names none.
pub(super) const NAMES: [&str; 3] = ["aws-lambda", "azure-functions", "google-cloud-functions"];

/// One of [`NAMES`]; any other name is the first.
pub(super) fn provider(name: &str) -> &'static Provider {
    match name {
        "azure-functions" => &PROVIDERS.azure_functions,
        "google-cloud-functions" => &PROVIDERS.google_cloud_functions,
        _ => &PROVIDERS.aws_lambda,
    }
}

pub(super) fn always_on() -> &'static AlwaysOn {
    &PROVIDERS.always_on
}

#[cfg(test)]
mod tests {
    use super::{NAMES, always_on, provider};

    #[test]
    fn every_provider_is_there_with_its_figures() {
        for name in NAMES {
            let it = provider(name);
            assert!(it.memory_min_mb.value < it.memory_max_mb.value, "{name}");
            assert!(it.gb_s_usd.value > 0.0 && !it.gb_s_usd.source.is_empty(), "{name}");
        }
        assert!(always_on().vm_usd_per_hour.value > 0.0);
    }
}
