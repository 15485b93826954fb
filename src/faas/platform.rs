//! The platform: finds or makes an environment for each request, and measures what came of it.
//!
//! In: a deployment and events. Out: one [`Invocation`] for each. The code runs in processes of their own; what these
//! report is observed, never trusted with a judgement.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::backend::{Backend, Database, Queue};
use super::deployment::{Deployment, FunctionSpec};
use super::environment::{Environment, lock};
use super::fault::Fault;
use super::gateway::{HttpRequest, HttpResponse, event, find_route, respond};
use super::measure::{Invocation, Phases, Start};
use super::pool::{Found, Pool};
use super::process::Hosts;
use super::protocol::{Limits, Observed, Request, Setup};

/// How the platform behaves beyond what a deployment says.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The program that becomes an environment when it is called with [`super::ENVIRONMENT_ARGUMENT`].
    pub program: PathBuf,
    /// How many environments a function may have at once.
    pub concurrency: usize,
    /// How long an idle environment is kept.
    pub keep_alive: Duration,
    /// How long one invocation may compute.
    pub cpu_ms: u64,
    pub pace: Pace,
    pub clock: Clock,
    pub database: Database,
    pub seed: u64,
}

impl Settings {
    pub fn new(program: PathBuf) -> Self {
        Self {
            program,
            concurrency: 10,
            // Minutes, as on the real platforms; nobody promises how many.
            keep_alive: Duration::from_secs(300),
            cpu_ms: 2_000,
            pace: Pace::Counted,
            clock: Clock::System,
            database: Database::default(),
            seed: 1,
        }
    }
}

/// What becomes of the time that code waits for services and timers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// It is counted, and nobody sits through it.
    Counted,
    /// It passes: the environment is busy for so long. So simultaneous requests meet as they would.
    Lived,
}

/// What the time is when an invocation begins.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Clock {
    System,
    /// Milliseconds since 1970, always the same: for checks that must come out alike on every day.
    Fixed(f64),
}

#[derive(Debug, thiserror::Error)]
#[error("no function `{name}`; the deployment has {known}")]
pub struct NoFunction {
    pub name: String,
    pub known: String,
}

/// What is kept of environments that ended, until somebody asks.
const MAX_EXPIRED_TOLD: usize = 1_000;

/// The environments of a function, by number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Occupancy {
    pub n_idle: usize,
    pub n_busy: usize,
}

pub struct Platform {
    deployment: Deployment,
    settings: Settings,
    backend: Arc<Mutex<Backend>>,
    pools: BTreeMap<String, Mutex<Pool<Environment>>>,
    /// The processes of each function.
    hosts: BTreeMap<String, Hosts>,
    flow: Mutex<()>,
    last_environment: AtomicU32,
    last_request: AtomicU64,
    /// Those that ended because nobody called them, and were not told of yet: function and number.
    expired: Mutex<Vec<(String, u32)>>,
}

impl Platform {
    pub fn new(deployment: Deployment, settings: Settings) -> Self {
        let pools = deployment.functions.iter().map(|function| {
            let limit = function.reserved_concurrency.map_or(settings.concurrency, |reserved| reserved as usize);
            (function.name.clone(), Mutex::new(Pool::new(limit, settings.keep_alive)))
        });
        let mut backend = Backend::new(settings.database.clone());
        for spec in &deployment.queues {
            let mut queue =
                Queue { max_receives: spec.max_receives, dead_letters: spec.dead_letters.clone(), ..Queue::default() };
            if let Some(timeout_s) = spec.visibility_timeout_s {
                queue.visibility_timeout_ms = timeout_s * 1000.0;
            }
            backend.queues.insert(spec.name.clone(), queue);
        }
        Self {
            pools: pools.collect(),
            hosts: deployment.functions.iter().map(|it| (it.name.clone(), Hosts::default())).collect(),
            backend: Arc::new(Mutex::new(backend)),
            deployment,
            settings,
            flow: Mutex::default(),
            last_environment: AtomicU32::new(0),
            last_request: AtomicU64::new(0),
            expired: Mutex::default(),
        }
    }

    pub fn deployment(&self) -> &Deployment {
        &self.deployment
    }

    /// The services behind the functions, to look into or to put something into.
    pub fn backend(&self) -> MutexGuard<'_, Backend> {
        lock(&self.backend)
    }

    pub fn occupancy(&self, function: &str) -> Occupancy {
        self.pools.get(function).map_or_else(Occupancy::default, |pool| {
            let pool = lock(pool);
            Occupancy { n_idle: pool.n_idle(), n_busy: pool.n_busy() }
        })
    }

    /// Ends environments that were idle for too long. Requests do so themselves; between them somebody calls this.
    /// Returns all that ended since it was called last, with their functions.
    pub fn expire(&self) -> Vec<(String, u32)> {
        for (function, pool) in &self.pools {
            self.expire_in(function, pool);
        }
        std::mem::take(&mut lock(&self.expired))
    }

    fn expire_in(&self, function: &str, pool: &Mutex<Pool<Environment>>) {
        // They end outside of the lock.
        let ended = lock(pool).expire();
        // Somebody who never asks must not be told of thousands.
        let mut told = lock(&self.expired);
        let room = MAX_EXPIRED_TOLD.saturating_sub(told.len());
        told.extend(ended.iter().take(room).map(|environment| (function.to_owned(), environment.number)));
    }

    /// How many environments a function may have at once; 0 for one that is not there.
    pub fn limit_of(&self, function: &str) -> usize {
        self.deployment.function(function).map_or(0, |spec| self.limit(spec))
    }

    /// All environments of all functions.
    pub fn occupancies(&self) -> Occupancy {
        self.pools.keys().map(|function| self.occupancy(function)).fold(Occupancy::default(), |all, one| Occupancy {
            n_idle: all.n_idle + one.n_idle,
            n_busy: all.n_busy + one.n_busy,
        })
    }

    /// Invokes `function` as its schedule does.
    pub(super) fn fire(&self, function: &str, rate: &str) -> Result<Invocation, NoFunction> {
        let event = serde_json::json!({
            "source": "aws.events",
            "detail-type": "Scheduled Event",
            "region": "local",
            "resources": [format!("arn:aws:events:local:000000000000:rule/{function}")],
            "detail": {},
            "schedule": rate,
        });
        self.invoke(function, &event.to_string())
    }

    /// Invokes `function` with `event`, which is JSON.
    pub fn invoke(&self, function: &str, event: &str) -> Result<Invocation, NoFunction> {
        let (spec, pool) = self.find(function)?;
        let found = self.take(spec, pool);
        Ok(self.run(spec, pool, found, event))
    }

    /// Invokes `function` with several events at the same moment: each finds its environment before any is answered, so
    /// as many environments are needed as there are events, and what goes over the limit is throttled.
    pub fn invoke_together(&self, function: &str, events: &[&str]) -> Result<Vec<Invocation>, NoFunction> {
        let (spec, pool) = self.find(function)?;
        let found: Vec<Found<Environment>> = events.iter().map(|_| self.take(spec, pool)).collect();
        Ok(std::thread::scope(|scope| {
            let running: Vec<_> = found
                .into_iter()
                .zip(events)
                .map(|(found, event)| scope.spawn(move || self.run(spec, pool, found, event)))
                .collect();
            running.into_iter().map(|thread| thread.join().expect("an invocation does not panic")).collect()
        }))
    }

    /// Takes one request through the gateway. Without a route there is no invocation.
    pub fn request(&self, request: &HttpRequest) -> (HttpResponse, Option<Invocation>) {
        let Some(matched) = find_route(&self.deployment, &request.method, &request.path) else {
            let routes: Vec<String> = self.deployment.routes().map(|(route, _)| route.to_string()).collect();
            let there = if routes.is_empty() { "none".to_owned() } else { routes.join(", ") };
            let reason = format!("no route for {} {}; there are {there}", request.method, request.path);
            return (HttpResponse::of_gateway(404, "Not Found", reason), None);
        };
        let event = event(request, &matched, "local", self.now_ms() as u64).to_string();
        match self.invoke(&matched.function.name, &event) {
            Ok(invocation) => (respond(matched.route.gateway, &invocation.result), Some(invocation)),
            Err(error) => (HttpResponse::of_gateway(502, "Internal server error", error.to_string()), None),
        }
    }

    /// One flow of events at a time: two would take each other's messages for lost ones.
    pub(super) fn begin_flow(&self) -> MutexGuard<'_, ()> {
        lock(&self.flow)
    }

    fn find(&self, function: &str) -> Result<(&FunctionSpec, &Mutex<Pool<Environment>>), NoFunction> {
        self.deployment.function(function).zip(self.pools.get(function)).ok_or_else(|| {
            let known: Vec<&str> = self.deployment.functions.iter().map(|spec| spec.name.as_str()).collect();
            NoFunction { name: function.to_owned(), known: known.join(", ") }
        })
    }

    /// Finds a place for a request. Environments that were idle for too long end before it.
    fn take(&self, spec: &FunctionSpec, pool: &Mutex<Pool<Environment>>) -> Found<Environment> {
        self.expire_in(&spec.name, pool);
        lock(pool).take()
    }

    fn run(
        &self,
        spec: &FunctionSpec,
        pool: &Mutex<Pool<Environment>>,
        found: Found<Environment>,
        event: &str,
    ) -> Invocation {
        let mut invocation = self.begin(spec);
        let environment = match found {
            Found::Warm(environment) => {
                invocation.start = Some(Start::Warm);
                Ok(environment)
            }
            Found::Room => {
                invocation.start = Some(Start::Cold);
                self.make(spec, &mut invocation)
            }
            Found::Full => {
                let limit = self.limit(spec);
                invocation.result = Err(Fault::throttled(limit));
                return invocation;
            }
        };
        let environment = match environment {
            Ok(environment) => self.handle(spec, environment, event, &mut invocation),
            Err(fault) => {
                invocation.result = Err(fault);
                None
            }
        };
        let Phases { load_ms, init_ms, handler_ms, .. } = invocation.phases;
        invocation.billed_ms = (load_ms + init_ms + handler_ms).ceil() as u64;
        if self.settings.pace == Pace::Lived {
            std::thread::sleep(Duration::from_secs_f64(invocation.waited_ms.max(0.0) / 1000.0));
        }
        let spoilt = invocation.result.as_ref().is_err_and(Fault::spoils_environment);
        let kept = environment.filter(|_| !spoilt);
        lock(pool).give_back(kept);
        invocation
    }

    /// Runs the handler in `environment`, or in a fresh one where its process has ended with another that lived there.
    fn handle(
        &self,
        spec: &FunctionSpec,
        mut environment: Environment,
        event: &str,
        invocation: &mut Invocation,
    ) -> Option<Environment> {
        let handled = loop {
            invocation.environment = Some(environment.number);
            let request = Request {
                request_id: invocation.request_id.clone(),
                event: event.to_owned(),
                now_ms: self.now_ms(),
                database_written: lock(&self.backend).database_written,
            };
            if let Some(handled) = environment.invoke(request) {
                break handled;
            }
            invocation.start = Some(Start::Cold);
            match self.make(spec, invocation) {
                Ok(fresh) => environment = fresh,
                Err(fault) => {
                    invocation.result = Err(fault);
                    return None;
                }
            }
        };
        invocation.phases.handler_ms = handled.handler_ms;
        invocation.waited_ms += handled.waited_ms;
        observe(invocation, handled.observed);
        invocation.result = handled.result;
        Some(environment)
    }

    fn begin(&self, spec: &FunctionSpec) -> Invocation {
        let n = self.last_request.fetch_add(1, Ordering::Relaxed) + 1;
        Invocation {
            request_id: request_id(self.settings.seed, n),
            function: spec.name.clone(),
            start: None,
            environment: None,
            phases: Phases::default(),
            waited_ms: 0.0,
            billed_ms: 0,
            memory_mb: spec.memory_mb,
            memory_used_kb: 0,
            logs: Vec::new(),
            logs_cut: false,
            calls: Vec::new(),
            result: Ok("null".to_owned()),
        }
    }

    /// Makes an environment, and notes in `invocation` what that took.
    fn make(&self, spec: &FunctionSpec, invocation: &mut Invocation) -> Result<Environment, Fault> {
        let number = self.last_environment.fetch_add(1, Ordering::Relaxed) + 1;
        invocation.environment = Some(number);
        let setup = Setup {
            function: spec.name.clone(),
            handler: spec.handler.clone(),
            bundle: self.deployment.bundle.clone(),
            variables: variables(spec),
            limits: Limits { memory_mb: spec.memory_mb, timeout_ms: spec.timeout_ms, cpu_ms: self.settings.cpu_ms },
            database: self.settings.database.clone(),
            // Environments differ, and the same environment of another run does not.
            seed: self.settings.seed.wrapping_mul(0x1_0001).wrapping_add(u64::from(number)),
            now_ms: self.now_ms(),
        };
        let hosts = &self.hosts[&spec.name];
        let (environment, made) = Environment::create(hosts, &self.settings.program, number, setup, &self.backend)?;
        invocation.phases.environment_ms = made.environment_ms;
        invocation.phases.load_ms = made.loaded.load_ms;
        invocation.phases.init_ms = made.loaded.init_ms;
        invocation.waited_ms = made.loaded.waited_ms;
        observe(invocation, made.loaded.observed);
        match made.loaded.fault {
            Some(fault) => Err(fault),
            None => Ok(environment),
        }
    }

    fn limit(&self, spec: &FunctionSpec) -> usize {
        spec.reserved_concurrency.map_or(self.settings.concurrency, |reserved| reserved as usize)
    }

    fn now_ms(&self) -> f64 {
        match self.settings.clock {
            Clock::Fixed(now_ms) => now_ms,
            Clock::System => {
                SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |since| since.as_secs_f64() * 1000.0)
            }
        }
    }
}

/// What the platform itself puts into `process.env`, then what the deployment does.
fn variables(spec: &FunctionSpec) -> Vec<(String, String)> {
    let own = [
        ("AWS_REGION", "local".to_owned()),
        ("AWS_LAMBDA_FUNCTION_NAME", spec.name.clone()),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", spec.memory_mb.to_string()),
        ("_HANDLER", spec.handler.clone()),
    ];
    own.into_iter().map(|(name, value)| (name.to_owned(), value)).chain(spec.variables.iter().cloned()).collect()
}

fn observe(invocation: &mut Invocation, observed: Observed) {
    invocation.logs.extend(observed.logs);
    invocation.logs_cut |= observed.logs_cut;
    invocation.calls.extend(observed.calls);
    invocation.memory_used_kb = invocation.memory_used_kb.max(observed.memory_kb);
}

/// An id in the form of the real ones, the same for the same seed and count.
fn request_id(seed: u64, n: u64) -> String {
    let high = seed.wrapping_add(n).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let low = high.rotate_left(31).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    format!(
        "{:08x}-{:04x}-4{:03x}-8{:03x}-{:012x}",
        high >> 32,
        (high >> 16) & 0xffff,
        high & 0xfff,
        low >> 52,
        low & 0xffff_ffff_ffff
    )
}
