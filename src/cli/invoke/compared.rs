//! What was measured, beside a simulation of the same function in the cloud and what the cloud was measured to take.

use crate::app::function::times::{Group, Measured, Percentiles, Took, compared};
use crate::faas::{Bundle, FunctionSpec, Invocation, Start};
use crate::sim::Scenario;

/// The function in its three places. Nothing is compared of invocations that were all throttled.
pub(super) fn groups(
    runtime: &str,
    function: &FunctionSpec,
    bundle: &Bundle,
    invocations: &[Invocation],
) -> Vec<Group> {
    let took = |start: Start| {
        let of_kind = invocations.iter().filter(move |it| it.start == Some(start));
        of_kind.map(|it| Took {
            environment_ms: it.phases.environment_ms,
            load_ms: it.phases.load_ms,
            init_ms: it.phases.init_ms,
            handler_ms: it.phases.handler_ms,
            waited_ms: it.waited_ms,
        })
    };
    let measured = Measured {
        runtime: runtime.to_owned(),
        memory_mb: function.memory_mb,
        cold: took(Start::Cold).collect(),
        warm: took(Start::Warm).collect(),
    };
    compared(&function.name, &measured, in_the_cloud(&measured, bundle).as_ref())
}

/// The function as the simulation would run it: it computes and waits as it did here; finding a place, fetching the
/// package and starting the runtime are the simulation's. `None` for a runtime that it does not know.
fn in_the_cloud(measured: &Measured, bundle: &Bundle) -> Option<Scenario> {
    let median = |took: &[Took], of: fn(&Took) -> f64| Percentiles::of(took.iter().map(of)).map(|it| it.p50);
    let Measured { runtime, memory_mb, cold, warm } = measured;
    let handler_ms = median(warm, |it| it.handler_ms).or_else(|| median(cold, |it| it.handler_ms))?;
    let init_ms = median(cold, |it| it.load_ms + it.init_ms).unwrap_or(0.0);
    let bytes: usize = bundle.paths().filter_map(|path| bundle.text(path)).map(str::len).sum();
    let package_mb = bytes as f64 / 1_000_000.0;
    let text = format!(
        "format = 1\ntitle = \"here\"\n[traffic]\nkind = \"poisson\"\nrate_per_s = 1\n[function]\nruntime = \"{runtime}\"\n\
         memory_mb = {memory_mb}\npackage_mb = {package_mb}\ninit_ms = {init_ms}\nhandler_ms = {handler_ms}\n\
         [platform]\nprovider = \"aws-lambda\"\n[run]\nrequests = 20\nseed = 1\n"
    );
    Scenario::parse(&text).ok()
}
