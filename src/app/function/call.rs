//! What is asked of whoever runs functions, and what comes back: plain data, so that nothing here knows how it is done.

use super::times::Took;
use crate::course::{Costs, FunctionEvent};

/// What is deployed.
#[derive(Clone, Debug, PartialEq)]
pub struct Code {
    /// Names and texts.
    pub files: Vec<(String, String)>,
    /// The text of serverless.yml.
    pub manifest: String,
    pub database: Costs,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// Method, and path with its query: goes through the gateway.
    Request(String, String),
    /// JSON for the handler.
    Json(String),
}

impl Event {
    pub fn of(given: &FunctionEvent) -> Self {
        match (&given.request, &given.event) {
            (Some(request), _) => {
                let (method, path) = request.split_once(' ').unwrap_or(("GET", request));
                Self::Request(method.to_owned(), path.trim().to_owned())
            }
            (None, event) => Self::Json(event.clone().unwrap_or_else(|| "{}".to_owned())),
        }
    }
}

/// Invocations of one function, one after the other.
#[derive(Clone, Debug, PartialEq)]
pub struct Order {
    /// Where its environments are kept. The same code in the same lane finds them warm; other code begins anew.
    pub lane: String,
    pub code: Code,
    pub event: Event,
    pub times: u32,
    /// Whether each gets an environment of its own, made for it.
    pub afresh: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    Cold,
    Warm,
    /// All environments were busy.
    Refused,
}

/// What an order came to.
#[derive(Clone, Debug, PartialEq)]
pub struct Runs {
    /// As serverless.yml says.
    pub runtime: String,
    pub ran: Vec<Ran>,
}

/// One invocation, as it is told.
#[derive(Clone, Debug, PartialEq)]
pub struct Ran {
    pub start: Start,
    pub environment: Option<u32>,
    /// Of its function.
    pub memory_mb: u32,
    pub environment_ms: f64,
    pub load_ms: f64,
    pub init_ms: f64,
    pub handler_ms: f64,
    /// The part of all this that was waiting for services: counted, and not slept.
    pub waited_ms: f64,
    /// Of a response: its status.
    pub status: Option<u16>,
    /// The response's body, or what the handler returned, or why there is neither.
    pub answer: Result<String, Failure>,
    pub logs: Vec<String>,
    /// What it asked of the services behind it, such as `db get users/42`, in its order.
    pub calls: Vec<String>,
    /// The platform's own line about it.
    pub report: String,
}

impl Ran {
    pub fn total_ms(&self) -> f64 {
        self.environment_ms + self.load_ms + self.init_ms + self.handler_ms
    }

    pub fn took(&self) -> Took {
        Took {
            environment_ms: self.environment_ms,
            load_ms: self.load_ms,
            init_ms: self.init_ms,
            handler_ms: self.handler_ms,
            waited_ms: self.waited_ms,
        }
    }

    pub fn is_cold(&self) -> bool {
        self.start == Start::Cold
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    pub message: String,
    /// File and one-based line.
    pub place: Option<(String, u32)>,
    /// The code was stopped from outside, and its environment thrown away.
    pub is_stopped: bool,
}

/// What happens while functions are served over HTTP.
#[derive(Clone, Debug, PartialEq)]
pub enum Served {
    /// At this address, with so many environments at most, each kept idle for so long.
    Listening {
        address: String,
        concurrency: usize,
        keep_alive_s: u64,
    },
    Request {
        line: String,
        status: u16,
        ran: Option<Box<Ran>>,
        reason: Option<String>,
    },
    /// A schedule, a queue or an upload reached a function.
    Delivered {
        source: String,
        function: String,
        ran: Box<Ran>,
    },
    /// An environment was idle for too long.
    Expired {
        function: String,
        environment: u32,
    },
    /// How many environments are idle and busy now.
    Occupied {
        n_idle: usize,
        n_busy: usize,
    },
    Stopped {
        why: Option<String>,
    },
}
