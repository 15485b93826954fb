//! Runs and serves functions for the screens: the local platform on a worker of its own, its words turned into theirs.
//!
//! In: orders. Out: [`Action::Invoked`] and [`Action::Served`]. Environments stay warm between orders, lane by lane, for as
//! long as the code is the same.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::Duration;

use super::Event as Wake;
use crate::app::Action;
use crate::app::function::{Code, Event, Failure, Order, Ran, Runs, Served, Start};
use crate::faas::{self, Bundle, Happening, HttpRequest, Invocation, Manifest, Pace, Platform, Server, Settings};

/// Lanes whose environments are kept: each may hold a process.
const LANES_KEPT: usize = 6;
/// What an invocation sets off is delivered up to this, or a function that triggers itself would do so for ever.
const MAX_DELIVERIES: usize = 50;
/// Served from the screen: few environments, which expire while one looks on.
const CONCURRENCY: usize = 4;
const KEEP_ALIVE: Duration = Duration::from_secs(20);
/// How often somebody looks whether the environments of the lanes expire.
const LOOK: Duration = Duration::from_secs(5);
/// Where `curl` finds it; taken, any free port does.
const PORT: u16 = 8080;
/// Longer logs would push the answer off the screen.
const LOG_LINES: usize = 12;

/// The worker, and what is served now.
pub(super) struct Functions {
    orders: Sender<(u64, Vec<Order>)>,
    program: PathBuf,
    events: Sender<Wake>,
    serving: Option<Arc<AtomicBool>>,
}

impl Drop for Functions {
    fn drop(&mut self) {
        self.stop_serving();
    }
}

impl Functions {
    pub(super) fn start(program: PathBuf, events: Sender<Wake>) -> Self {
        let (orders, inbox) = mpsc::channel();
        let (runs, replies) = (program.clone(), events.clone());
        thread::spawn(move || work(&runs, &inbox, &replies));
        Self { orders, program, events, serving: None }
    }

    pub(super) fn invoke(&self, question: u64, orders: Vec<Order>) {
        // The worker ends with the session only.
        let _ = self.orders.send((question, orders));
    }

    pub(super) fn stop_serving(&mut self) {
        if let Some(stop) = self.serving.take() {
            stop.store(true, Ordering::Relaxed);
        }
    }

    pub(super) fn serve(&mut self, code: &Code) {
        self.stop_serving();
        let stop = Arc::new(AtomicBool::new(false));
        self.serving = Some(Arc::clone(&stop));
        let mut settings = settings(&self.program, code);
        (settings.concurrency, settings.keep_alive, settings.pace) = (CONCURRENCY, KEEP_ALIVE, Pace::Lived);
        let (deployment, events) = (deployed(code), self.events.clone());
        thread::spawn(move || {
            let tell = |served: Served| {
                let _ = events.send(Wake::Done(Action::Served(served)));
            };
            let why = match deployment {
                Ok(manifest) => serve(&Platform::new(manifest.deployment, settings), &stop, &tell).err(),
                Err(why) => Some(why),
            };
            tell(Served::Stopped { why });
        });
    }
}

fn work(program: &Path, inbox: &Receiver<(u64, Vec<Order>)>, replies: &Sender<Wake>) {
    let mut runner = Runner::new(program.to_owned());
    loop {
        // While environments wait, somebody looks whether they did so for too long; else there is nothing to look at.
        let received =
            if runner.lanes.is_empty() { inbox.recv().map_err(Into::into) } else { inbox.recv_timeout(LOOK) };
        let (question, orders) = match received {
            // Only the newest question's answer is waited for.
            Ok(asked) => inbox.try_iter().last().unwrap_or(asked),
            Err(RecvTimeoutError::Timeout) => {
                runner.expire();
                continue;
            }
            Err(RecvTimeoutError::Disconnected) => return,
        };
        let answers = orders.iter().map(|order| runner.run(order)).collect();
        if replies.send(Wake::Done(Action::Invoked { question, answers })).is_err() {
            return;
        }
    }
}

/// Runs orders on the thread that asks, and keeps environments warm between them.
pub struct Runner {
    program: PathBuf,
    /// The one used last is last.
    lanes: VecDeque<Lane>,
}

/// Code whose environments are kept.
struct Lane {
    name: String,
    code: Code,
    /// As serverless.yml says.
    runtime: String,
    platform: Platform,
}

impl Runner {
    /// `program` is this program, which becomes an environment when it is told to.
    pub fn new(program: PathBuf) -> Self {
        Self { program, lanes: VecDeque::new() }
    }

    pub fn run(&mut self, order: &Order) -> Result<Runs, String> {
        let is_kept = |lane: &Lane| lane.name == order.lane && lane.code == order.code;
        let kept = if order.afresh { None } else { self.lanes.iter().position(is_kept) };
        let lane = if let Some(lane) = kept.and_then(|at| self.lanes.remove(at)) {
            lane
        } else {
            let mut settings = settings(&self.program, &order.code);
            if order.afresh {
                // Idle for no time at all: each invocation finds none.
                settings.keep_alive = Duration::ZERO;
            } else {
                self.lanes.retain(|lane| lane.name != order.lane);
            }
            let Manifest { deployment, runtime, .. } = deployed(&order.code)?;
            let platform = Platform::new(deployment, settings);
            Lane { name: order.lane.clone(), code: order.code.clone(), runtime, platform }
        };
        let mut ran = Vec::new();
        for _ in 0..order.times {
            if order.afresh {
                lane.platform.expire();
            }
            ran.push(once(&lane.platform, &order.event)?);
        }
        let runs = Runs { runtime: lane.runtime.clone(), ran };
        if !order.afresh {
            self.lanes.push_back(lane);
            let n_old = self.lanes.len().saturating_sub(LANES_KEPT);
            self.lanes.drain(..n_old);
        }
        Ok(runs)
    }

    /// Ends environments that were idle for too long.
    fn expire(&mut self) {
        self.lanes.retain(|Lane { platform, .. }| {
            platform.expire();
            platform.occupancies() != faas::Occupancy::default()
        });
    }
}

/// As the platform is by itself, with the database that the page gives.
fn settings(program: &Path, code: &Code) -> Settings {
    let mut settings = Settings::new(program.to_owned());
    (settings.database.connect_ms, settings.database.query_ms) = (code.database.connect_ms, code.database.query_ms);
    settings
}

/// Slips in serverless.yml that leave nothing to run are the error.
fn deployed(code: &Code) -> Result<Manifest, String> {
    let files = code.files.iter();
    let bundle = files.fold(Bundle::default(), |bundle, (name, text)| bundle.with(name, text.clone()));
    let manifest = Manifest::read(&code.manifest, bundle, &|_| None);
    if manifest.deployment.functions.is_empty() {
        let first = manifest.problems.first().map_or_else(String::new, |problem| format!(": {problem}"));
        return Err(format!("serverless.yml has no function to run{first}"));
    }
    Ok(manifest)
}

fn once(platform: &Platform, event: &Event) -> Result<Ran, String> {
    let invocation = match event {
        Event::Request(method, path) => {
            let (path, query) = path.split_once('?').unwrap_or((path, ""));
            let request = HttpRequest {
                method: method.to_uppercase(),
                path: path.to_owned(),
                query: query.to_owned(),
                ..HttpRequest::default()
            };
            let (response, invocation) = platform.request(&request);
            let invocation = invocation.ok_or_else(|| response.reason.clone().unwrap_or_default())?;
            let mut ran = ran(&invocation);
            ran.status = Some(response.status);
            if invocation.result.is_ok() {
                ran.answer = match response.reason {
                    None => Ok(String::from_utf8_lossy(&response.body).into_owned()),
                    Some(message) => Err(Failure { message, place: None, is_stopped: false }),
                };
            }
            ran
        }
        Event::Json(text) => {
            let json: serde_json::Value =
                serde_json::from_str(text).map_err(|error| format!("the event is no JSON: {error}"))?;
            let function = platform.deployment().functions.first().map(|it| it.name.clone()).unwrap_or_default();
            ran(&platform.invoke(&function, &json.to_string()).map_err(|error| error.to_string())?)
        }
    };
    platform.run_events(MAX_DELIVERIES);
    Ok(invocation)
}

fn ran(invocation: &Invocation) -> Ran {
    let phases = invocation.phases;
    let mut logs: Vec<String> = invocation.logs.iter().take(LOG_LINES).map(|line| visible(&line.text)).collect();
    if invocation.logs.len() > LOG_LINES || invocation.logs_cut {
        logs.push("…".to_owned());
    }
    Ran {
        start: match invocation.start {
            Some(faas::Start::Cold) => Start::Cold,
            Some(faas::Start::Warm) => Start::Warm,
            None => Start::Refused,
        },
        environment: invocation.environment,
        memory_mb: invocation.memory_mb,
        environment_ms: phases.environment_ms,
        load_ms: phases.load_ms,
        init_ms: phases.init_ms,
        handler_ms: phases.handler_ms,
        waited_ms: invocation.waited_ms,
        status: None,
        answer: match &invocation.result {
            Ok(text) => Ok(visible(text)),
            Err(fault) => Err(Failure {
                message: visible(&fault.to_string()),
                place: fault.place.as_ref().map(|place| (place.file.clone(), place.line)),
                is_stopped: fault.spoils_environment(),
            }),
        },
        logs,
        calls: invocation.calls.iter().map(called).collect(),
        report: invocation.report_line(),
    }
}

/// `db get users/42`, with the error when there was one.
fn called(call: &faas::Called) -> String {
    let failed = call.error.as_ref().map_or_else(String::new, |error| format!(" (failed: {error})"));
    visible(&(format!("{} {} {}", call.service, call.action, call.target).trim_end().to_owned() + &failed))
}

/// What a function wrote reaches the screen with its control characters shown and not obeyed.
fn visible(text: &str) -> String {
    const MOST_CHARS: usize = 2_000;
    let shown = crate::content::visible(text);
    match shown.char_indices().nth(MOST_CHARS) {
        Some((end, _)) => format!("{}…", &shown[..end]),
        None => shown.into_owned(),
    }
}

fn serve(platform: &Platform, stop: &AtomicBool, tell: &(impl Fn(Served) + Sync)) -> Result<(), String> {
    let cannot = |error: std::io::Error| format!("cannot listen on this machine: {error}");
    let server = Server::bind(PORT).or_else(|_| Server::bind(0)).map_err(cannot)?;
    let address = server.address().map_err(cannot)?;
    tell(Served::Listening {
        address: format!("localhost:{}", address.port()),
        concurrency: CONCURRENCY,
        keep_alive_s: KEEP_ALIVE.as_secs(),
    });
    thread::scope(|scope| {
        // How many are busy changes between what is told: it is looked at again and again, and told when it changed.
        scope.spawn(|| {
            let mut known = faas::Occupancy::default();
            while !stop.load(Ordering::Relaxed) {
                let now = platform.occupancies();
                if now != known {
                    known = now;
                    tell(Served::Occupied { n_idle: now.n_idle, n_busy: now.n_busy });
                }
                thread::sleep(Duration::from_millis(30));
            }
        });
        server.run(platform, stop, |happening| {
            match happening {
                Happening::Answered(served) => {
                    let invocation = served.invocation.as_ref().map(|it| Box::new(ran(it)));
                    tell(Served::Request {
                        line: visible(&format!("{} {}", served.method, served.path)),
                        status: served.response.status,
                        ran: invocation,
                        reason: served.response.reason.as_deref().map(visible),
                    });
                }
                Happening::Fired { rate, invocation } => tell(Served::Delivered {
                    source: rate,
                    function: invocation.function.clone(),
                    ran: Box::new(ran(&invocation)),
                }),
                Happening::Expired { function, environment } => tell(Served::Expired { function, environment }),
            }
            for delivery in platform.run_events(MAX_DELIVERIES) {
                tell(Served::Delivered {
                    source: visible(&delivery.source),
                    function: delivery.invocation.function.clone(),
                    ran: Box::new(ran(&delivery.invocation)),
                });
            }
        });
    });
    Ok(())
}
