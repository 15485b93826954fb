//! A scenario's values with all their defaults filled in: what the engine runs.
//!
//! Comes in: values that fit the schema one by one. Goes out: a [`Model`], where each figure came from, and what does
//! not fit together.

use std::sync::Arc;

use serde::Serialize;

use super::calibration;
use super::document::{Lines, Problem, Value, Values};
use super::flow;
use super::keep_alive::KeepAlive;
use super::law::Law;
use super::pool::Routing;
use super::provider::{self, Figure, Kind, Provider};
use super::schema::CENTURY_S;
use super::service::{Phased, Service};
use super::trace;
use super::traffic::{Spread, Traffic};

/// Everything a run needs but its seed.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Model {
    pub traffic: Traffic,
    pub service: Service,
    pub function: Function,
    pub platform: Platform,
    /// Connections the database allows at once.
    pub max_connections: Option<u32>,
    pub delivery: Delivery,
    pub run: Run,
    pub provenance: Arc<[Provenance]>,
    /// The functions that follow from this one's answers, or run beside it.
    pub steps: Arc<[Step]>,
}

/// One of several functions that are joined by events.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Step {
    pub name: String,
    pub model: Arc<Model>,
    pub source: Source,
    /// How long an event is on its way.
    pub delay: Law,
}

/// Whose answers a function listens to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// The scenario's own function.
    First,
    /// Another step, by number.
    Step(usize),
    /// Nobody's: it has traffic of its own, as a timer has.
    Own,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Function {
    pub memory_mb: f64,
    pub architecture: Architecture,
    pub connection: Connection,
    /// After this much handler time (or response time, when that is all that is known) the request is given up.
    pub timeout_ms: f64,
    /// Share of cold starts that fail during the initialisation.
    pub init_failure: f64,
    /// Share of requests whose handler ends with an error.
    pub failure: f64,
}

impl Function {
    /// A warm request that takes no longer than this is sure to succeed; negative when none is.
    pub(super) fn sure_within_ms(&self) -> f64 {
        let sure = self.failure == 0.0 && self.connection != Connection::Inside;
        if sure { self.timeout_ms } else { f64::NEG_INFINITY }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Architecture {
    X86,
    Arm,
}

/// Where the database connection is opened, if there is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Connection {
    None,
    /// Once, with the initialisation; held as long as the instance lives.
    Outside,
    /// By every request, and closed by it.
    Inside,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Platform {
    pub provider: &'static Provider,
    pub keep_alive: KeepAlive,
    /// Instances at work at once.
    pub max_concurrency: u32,
    pub provisioned: u32,
    pub requests_per_instance: u16,
    /// New instances in ten seconds; infinite when the rate does not matter.
    pub scaling_per_10s: f64,
    pub routing: Routing,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Delivery {
    /// Attempts after the first; 0 when the caller waits for the answer.
    pub retries: u32,
    /// Wait before the first retry; each further one is twice as long.
    pub backoff_s: f64,
    /// Share of events that are delivered once more.
    pub duplicates: f64,
    /// Doing it again changes nothing.
    pub idempotent: bool,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Run {
    pub requests: u64,
    /// Infinite when the number of requests ends the run.
    pub duration_s: f64,
    pub warmup_requests: u64,
    pub seed: u64,
    pub replications: u32,
}

/// Where a figure of the run comes from.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Provenance {
    /// The key it stands for.
    pub figure: String,
    pub value: String,
    pub kind: Kind,
    pub source: String,
    pub as_of: String,
}

/// Number of requests when neither that nor a duration is given.
const REQUESTS: u64 = 10_000;

impl Model {
    pub(super) fn read(values: &Values, lines: &Lines) -> Result<Self, Vec<Problem>> {
        let steps = flow::steps(values, lines)?;
        Ok(Self { steps, ..Self::read_one(values, lines)? })
    }

    /// The model of one function, whatever else there may be.
    pub(super) fn read_one(values: &Values, lines: &Lines) -> Result<Self, Vec<Problem>> {
        let mut reader = Reader::new(values, lines);
        let model = reader.model();
        if reader.problems.is_empty() {
            Ok(Self { provenance: Arc::from(reader.provenance), ..model })
        } else {
            Err(reader.problems)
        }
    }
}

/// Reads keys, and collects what is wrong with them.
pub(super) struct Reader<'a> {
    values: &'a Values,
    lines: &'a Lines,
    pub problems: Vec<Problem>,
    provenance: Vec<Provenance>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(values: &'a Values, lines: &'a Lines) -> Self {
        Self { values, lines, problems: Vec::new(), provenance: Vec::new() }
    }

    fn number(&self, key: &str) -> Option<f64> {
        self.values.get(key).and_then(Value::as_number)
    }

    fn whole(&self, key: &str) -> Option<u64> {
        self.values.get(key).and_then(Value::as_whole).and_then(|whole| u64::try_from(whole).ok())
    }

    fn flag(&self, key: &str) -> bool {
        matches!(self.values.get(key), Some(Value::Flag(true)))
    }

    pub(super) fn word(&self, key: &str) -> Option<&'a str> {
        match self.values.get(key) {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        }
    }

    fn list(&self, key: &str) -> Option<&[f64]> {
        match self.values.get(key) {
            Some(Value::Numbers(numbers)) => Some(numbers),
            _ => None,
        }
    }

    /// Whether the key itself or anything below it is given.
    fn is_given(&self, key: &str) -> bool {
        self.first_line(key).is_some()
    }

    fn first_line(&self, key: &str) -> Option<u32> {
        let below = format!("{key}.");
        let found = self
            .values
            .range(key.to_owned()..)
            .map(|(path, _)| path)
            .find(|path| *path == key || path.starts_with(&below))?;
        Some(self.lines.get(found).copied().unwrap_or(0))
    }

    pub(super) fn problem(&mut self, key: &str, message: impl AsRef<str>) {
        self.problems.push(Problem::new(self.first_line(key).unwrap_or(0), message));
    }

    /// The key's rate, which must be there and come to something.
    fn needed(&mut self, key: &str, why: &str) -> f64 {
        match self.number(key) {
            Some(rate_per_s) if rate_per_s * CENTURY_S >= 1.0 => rate_per_s,
            Some(rate_per_s) => {
                let said = if rate_per_s > 0.0 { "at least one request in a century" } else { "more than 0" };
                self.problem(key, format!("`{key}` must be {said} {why}"));
                1.0
            }
            None => {
                self.problem("traffic", format!("`{key}` is missing; it must be given {why}"));
                1.0
            }
        }
    }

    /// The key's number, or the provider's figure, whose origin is noted.
    fn or_figure(&mut self, key: &str, figure: &Figure) -> f64 {
        let given = self.number(key);
        let (value, kind, source, as_of) = match given {
            Some(value) => (value, Kind::Given, "the scenario", ""),
            None => (figure.value, figure.kind, figure.source.as_str(), figure.as_of.as_str()),
        };
        self.came_from(key, value.to_string(), kind, source, as_of);
        value
    }

    fn came_from(&mut self, figure: &str, value: String, kind: Kind, source: &str, as_of: &str) {
        let (figure, source, as_of) = (figure.to_owned(), source.to_owned(), as_of.to_owned());
        self.provenance.push(Provenance { figure, value, kind, source, as_of });
    }

    fn model(&mut self) -> Model {
        let provider = provider::provider(self.word("platform.provider").unwrap_or_default());
        let outright = self.is_given("function.warm") || self.is_given("function.cold");
        let function = self.function(provider, outright);
        let service = if outright { self.outright() } else { self.phased(provider, &function) };
        let traffic = self.traffic();
        Model {
            service,
            platform: self.platform(provider, outright),
            function,
            max_connections: self.whole("database.max_connections").map(|most| most as u32),
            delivery: self.delivery(),
            run: self.run(traffic.total()),
            traffic,
            provenance: Arc::from([]),
            steps: Arc::from([]),
        }
    }

    fn traffic(&mut self) -> Traffic {
        match self.word("traffic.kind").unwrap_or("poisson") {
            "constant" => {
                let interval_s = self.number("traffic.interval_s").unwrap_or_else(|| {
                    1.0 / self.needed("traffic.rate_per_s", "for constant traffic, unless `traffic.interval_s` is")
                });
                Traffic::Constant { interval_s }
            }
            "burst" => {
                let burst = self.needed("traffic.burst_rate_per_s", "for traffic in bursts");
                let quiet_s = self.number("traffic.quiet_s").unwrap_or(50.0);
                let burst_s = self.number("traffic.burst_s").unwrap_or(10.0);
                let quiet = self.number("traffic.rate_per_s").unwrap_or(0.0);
                Traffic::Profile { pieces: Arc::from([(quiet_s, quiet), (burst_s, burst)]) }
            }
            "day" => {
                let rate_per_s = self.needed("traffic.rate_per_s", "as the mean of a day");
                let peak_to_mean = self.number("traffic.peak_to_mean").unwrap_or(1.8);
                Traffic::day(rate_per_s, peak_to_mean, self.number("traffic.period_s").unwrap_or(86_400.0))
            }
            "step" => {
                let after = self.needed("traffic.step_rate_per_s", "as the rate after the step");
                let at_s = self.number("traffic.step_at_s").unwrap_or(60.0);
                let before = self.number("traffic.rate_per_s").unwrap_or(0.0);
                Traffic::Profile { pieces: Arc::from([(at_s, before), (f64::INFINITY, after)]) }
            }
            "list" => {
                let times_s: Arc<[f64]> = Arc::from(self.list("traffic.times_s").unwrap_or_default());
                if times_s.is_empty() {
                    self.problem("traffic", "a list of traffic needs `traffic.times_s`, the times in seconds");
                }
                if !times_s.is_sorted() {
                    self.problem("traffic.times_s", "the times of `traffic.times_s` must rise");
                }
                Traffic::List { times_s }
            }
            "trace" => self.trace(),
            _ => Traffic::Poisson { mean_interval_s: 1.0 / self.needed("traffic.rate_per_s", "for Poisson traffic") },
        }
    }

    fn trace(&mut self) -> Traffic {
        let spread = if self.word("traffic.spread") == Some("even") { Spread::Even } else { Spread::Random };
        let counts: Arc<[u64]> = if let Some(counts) = self.list("traffic.counts_per_minute") {
            let whole = counts.iter().all(|count| count.fract() == 0.0);
            let counts = counts.iter().map(|count| *count as u64).collect();
            if !whole {
                let message = "`traffic.counts_per_minute` must be whole numbers, one for each minute";
                self.problem("traffic.counts_per_minute", message);
            }
            counts
        } else {
            let index = self.whole("traffic.function").unwrap_or(0) as usize;
            if let Some(function) = trace::functions().get(index) {
                let said = format!("function {index}");
                self.came_from("traffic.trace", said, Kind::Measured, trace::SOURCE, trace::AS_OF);
                Arc::clone(&function.counts)
            } else {
                let most = trace::functions().len() - 1;
                let message = format!("the recorded trace has no function {index}; they are numbered 0 to {most}");
                self.problem("traffic.function", message);
                Arc::from([1])
            }
        };
        if counts.iter().all(|count| *count == 0) {
            self.problem("traffic.counts_per_minute", "a trace without a single request has nothing to show");
        }
        Traffic::Trace { counts, spread }
    }

    fn function(&mut self, provider: &'static Provider, outright: bool) -> Function {
        let memory_mb = self.number("function.memory_mb").unwrap_or_else(|| provider.memory_min_mb.value.max(128.0));
        let (least, most) = (provider.memory_min_mb.value, provider.memory_max_mb.value);
        if !(least..=most).contains(&memory_mb) {
            self.problem(
                "function.memory_mb",
                format!("`function.memory_mb` is {memory_mb}; this provider allows {least} to {most}"),
            );
        }
        // Laws that stand for the whole response are not cut by a limit nobody wrote down.
        let timeout_s = if outright {
            self.number("function.timeout_s").unwrap_or(f64::INFINITY)
        } else {
            self.or_figure("function.timeout_s", &provider.timeout_s)
        };
        if timeout_s.is_finite() && timeout_s > provider.timeout_max_s.value {
            let most = provider.timeout_max_s.value;
            self.problem(
                "function.timeout_s",
                format!("`function.timeout_s` is {timeout_s}; this provider allows at most {most}"),
            );
        }
        let architecture =
            if self.word("function.architecture") == Some("arm64") { Architecture::Arm } else { Architecture::X86 };
        let connection = match self.word("function.connection") {
            Some("outside") => Connection::Outside,
            Some("inside") => Connection::Inside,
            _ => Connection::None,
        };
        Function {
            memory_mb,
            architecture,
            connection,
            timeout_ms: timeout_s * 1000.0,
            init_failure: self.number("function.init_failure").unwrap_or(0.0),
            failure: self.number("function.failure").unwrap_or(0.0),
        }
    }

    fn outright(&mut self) -> Service {
        let mut law = |key: &str| {
            if !self.is_given(key) {
                self.problem(
                    "function",
                    format!("`{key}` is missing; `function.warm` and `function.cold` go together"),
                );
            }
            self.law(key).unwrap_or(Law::ZERO)
        };
        Service::Outright { warm: law("function.warm"), cold: law("function.cold") }
    }

    fn phased(&mut self, provider: &'static Provider, function: &Function) -> Service {
        let snapshot = self.flag("function.snapshot");
        let provision =
            self.assumed("function.provision_ms", Law::log_normal(80.0, 300.0), "median 80 ms, 99th percentile 300 ms");
        let package_mb = self.number("function.package_mb").unwrap_or(1.0);
        let per_mb = self.number("function.fetch_ms_per_mb");
        let (kind, source) =
            if per_mb.is_some() { (Kind::Given, "the scenario") } else { (Kind::Assumed, "one gigabit a second") };
        let per_mb = per_mb.unwrap_or(8.0);
        self.came_from("function.fetch_ms_per_mb", per_mb.to_string(), kind, source, "");
        let runtime = if snapshot { self.restore(function) } else { self.runtime(function) };
        let fetch = if snapshot { Law::ZERO } else { Law::Constant { ms: package_mb * per_mb } };
        let init = self.law("function.init_ms").unwrap_or(Law::ZERO);
        let connect = if function.connection == Connection::None {
            Law::ZERO
        } else {
            self.assumed("function.connect_ms", Law::log_normal(50.0, 150.0), "median 50 ms, 99th percentile 150 ms")
        };
        let handler = self.law("function.handler_ms").unwrap_or(Law::log_normal(40.0, 200.0));
        let cpu_share = self.number("function.handler_ms.cpu_share").unwrap_or(0.0);
        let mb_per_vcpu = provider.mb_per_vcpu.value;
        let at_mb = self.number("function.handler_ms.at_memory_mb").unwrap_or(mb_per_vcpu);
        if cpu_share > 0.0 {
            let figure = &provider.mb_per_vcpu;
            self.came_from("platform.mb_per_vcpu", mb_per_vcpu.to_string(), figure.kind, &figure.source, &figure.as_of);
        }
        // A handler runs on one processor: more memory than that of a whole one gives it nothing.
        let slower = at_mb.min(mb_per_vcpu) / function.memory_mb.min(mb_per_vcpu);
        Service::Phased(Phased {
            provision,
            fetch,
            runtime,
            init: if snapshot { Law::ZERO } else { init },
            connect,
            handler,
            handler_scale: 1.0 - cpu_share + cpu_share * slower,
        })
    }

    /// The measured start of the runtime, unless the scenario says another.
    fn runtime(&mut self, function: &Function) -> Law {
        if let Some(law) = self.law("function.runtime_ms") {
            self.came_from("function.runtime_ms", String::new(), Kind::Given, "the scenario", "");
            return law;
        }
        let name = self.word("function.runtime").unwrap_or("nodejs22.x");
        let runtime = calibration::runtime(name).unwrap_or("nodejs22.x");
        let package = self.word("function.package").unwrap_or("zip");
        let architecture = if function.architecture == Architecture::Arm { "arm64" } else { "x86_64" };
        let label = format!("{runtime}, {package}, {architecture}");
        let Some(quantiles) = calibration::initialisation(runtime, package, architecture, function.memory_mb as u32)
        else {
            self.problem(
                "function.runtime",
                format!("nobody measured {label}; choose another runtime, package or architecture"),
            );
            return Law::ZERO;
        };
        self.came_from("function.runtime_ms", label, Kind::Measured, calibration::SOURCE, calibration::AS_OF);
        Law::Measured(quantiles)
    }

    /// The restore of a snapshot: measured for Java, to be given for others.
    fn restore(&mut self, function: &Function) -> Law {
        if let Some(law) = self.law("function.restore_ms") {
            self.came_from("function.restore_ms", String::new(), Kind::Given, "the scenario", "");
            return law;
        }
        let name = self.word("function.runtime").unwrap_or("nodejs22.x").to_owned();
        let Some(quantiles) =
            calibration::initialisation(&name, calibration::SNAPSHOT, "x86_64", function.memory_mb as u32)
        else {
            let message = format!(
                "no restore of a snapshot was measured for {name} (only java11, java17, java21); give `function.restore_ms`"
            );
            self.problem("function.snapshot", message);
            return Law::ZERO;
        };
        self.came_from("function.restore_ms", name, Kind::Measured, calibration::SOURCE, calibration::AS_OF_SNAPSHOT);
        Law::Measured(quantiles)
    }

    /// The law at the key, or one that we had to choose.
    fn assumed(&mut self, key: &str, law: Law, said: &str) -> Law {
        if let Some(law) = self.law(key) {
            self.came_from(key, String::new(), Kind::Given, "the scenario", "");
            return law;
        }
        self.came_from(key, said.to_owned(), Kind::Assumed, "no measurement found", "");
        law
    }

    pub(super) fn law(&mut self, key: &str) -> Option<Law> {
        if let Some(ms) = self.number(key) {
            return Some(Law::Constant { ms });
        }
        if !self.is_given(key) {
            return None;
        }
        let get = |names: &[&str]| names.iter().find_map(|name| self.number(&format!("{key}.{name}")));
        let law = match self.word(&format!("{key}.law")) {
            Some("constant") => get(&["ms", "mean_ms"]).map(|ms| Law::Constant { ms }),
            Some("exponential") => get(&["mean_ms"]).map(|mean_ms| Law::Exponential { mean_ms }),
            Some("normal") => {
                get(&["mean_ms"]).zip(get(&["sd_ms"])).map(|(mean_ms, sd_ms)| Law::Normal { mean_ms, sd_ms })
            }
            _ => match (get(&["median", "median_ms"]), get(&["p99", "p99_ms"])) {
                (Some(median), Some(p99)) if p99 < median => {
                    self.problem(key, format!("`{key}`: the 99th percentile is below the median"));
                    return Some(Law::ZERO);
                }
                (Some(median), Some(p99)) => Some(Law::log_normal(median, p99)),
                _ => None,
            },
        };
        if law.is_none() {
            let message = format!(
                "`{key}` needs the numbers of its law: constant {{ ms }}, exponential {{ mean_ms }}, lognormal {{ median, p99 }}, normal {{ mean_ms, sd_ms }}"
            );
            self.problem(key, message);
        }
        Some(law.unwrap_or(Law::ZERO))
    }

    fn platform(&mut self, provider: &'static Provider, outright: bool) -> Platform {
        let keep_alive = self.keep_alive(provider);
        let max_concurrency = self.or_figure("platform.max_concurrency", &provider.max_concurrency) as u32;
        let scaling_per_10s = if outright {
            self.number("platform.scaling_per_10s").unwrap_or(f64::INFINITY)
        } else {
            self.or_figure("platform.scaling_per_10s", &provider.scaling_per_10s)
        };
        self.prices(provider);
        let routing = match self.word("platform.routing") {
            Some("recent") => Routing::Recent,
            Some("oldest") => Routing::Oldest,
            Some("random") => Routing::Random,
            _ => Routing::Newest,
        };
        Platform {
            provider,
            keep_alive,
            max_concurrency,
            provisioned: self.whole("platform.provisioned").unwrap_or(0) as u32,
            requests_per_instance: self.whole("platform.requests_per_instance").unwrap_or(1) as u16,
            scaling_per_10s,
            routing,
        }
    }

    /// Notes where the prices that this scenario pays come from.
    fn prices(&mut self, provider: &'static Provider) {
        let arm = self.word("function.architecture") == Some("arm64");
        let gb_s_usd = if arm { &provider.gb_s_arm_usd } else { &provider.gb_s_usd };
        let prices = [
            ("prices.request_usd", &provider.request_usd),
            ("prices.gb_s_usd", gb_s_usd),
            ("prices.vcpu_s_usd", &provider.vcpu_s_usd),
            ("prices.provisioned_gb_s_usd", &provider.provisioned_gb_s_usd),
        ];
        let provisioned = self.whole("platform.provisioned").is_some_and(|instances| instances > 0);
        for (name, price) in prices
            .into_iter()
            .filter(|(name, price)| price.value > 0.0 && (provisioned || !name.contains("provisioned")))
        {
            self.came_from(name, price.value.to_string(), price.kind, &price.source, &price.as_of);
        }
    }

    fn keep_alive(&mut self, provider: &'static Provider) -> KeepAlive {
        match self.word("platform.keep_alive.policy") {
            Some("never") => KeepAlive::Fixed { s: 0.0 },
            Some("forever") => KeepAlive::Fixed { s: f64::INFINITY },
            Some("hybrid-histogram") => KeepAlive::HybridHistogram {
                range_s: self.number("platform.keep_alive.range_s").unwrap_or(4.0 * 3600.0),
            },
            _ => match self.number("platform.keep_alive") {
                Some(s) => KeepAlive::Fixed { s },
                None => KeepAlive::Fixed { s: self.or_figure("platform.keep_alive.s", &provider.keep_alive_s) },
            },
        }
    }

    fn delivery(&mut self) -> Delivery {
        let is_async = self.word("delivery.mode") == Some("async");
        Delivery {
            // What AWS Lambda does with an event whose function fails: two more attempts, after one and two minutes.
            retries: if is_async { self.whole("delivery.retries").unwrap_or(2) as u32 } else { 0 },
            backoff_s: self.number("delivery.backoff_s").unwrap_or(60.0),
            duplicates: if is_async { self.number("delivery.duplicates").unwrap_or(0.0) } else { 0.0 },
            idempotent: self.flag("delivery.idempotent"),
        }
    }

    /// `in_traffic` is the number of requests where the traffic ends by itself.
    fn run(&mut self, in_traffic: Option<u64>) -> Run {
        let requests = self.whole("run.requests");
        let duration_s = self.number("run.duration_s");
        if requests.is_some() && duration_s.is_some() {
            self.problem("run.duration_s", "give `run.requests` or `run.duration_s`, not both");
        }
        let requests = match (requests, duration_s) {
            (Some(requests), _) => requests,
            (None, None) if in_traffic.is_none() => REQUESTS,
            (None, _) => u64::MAX,
        };
        let warmup_requests = self.whole("run.warmup_requests").unwrap_or(0);
        if warmup_requests >= requests.min(in_traffic.unwrap_or(u64::MAX)) {
            self.problem("run.warmup_requests", "`run.warmup_requests` must be fewer than the requests of the run");
        }
        Run {
            requests,
            duration_s: duration_s.unwrap_or(f64::INFINITY),
            warmup_requests,
            seed: self.whole("run.seed").unwrap_or(1),
            replications: self.whole("run.replications").unwrap_or(1) as u32,
        }
    }
}
