//! The local function platform: a function's files and an event → what its code returned, did, and cost.
//!
//! ```text
//!   bundle       the files of a function          manifest   serverless.yml → Deployment, slips with their line
//!   deployment   functions, limits, triggers, routes, what deploying would create
//!
//!   platform     finds or makes an environment for each request       pool      those that are warm
//!   environment  an engine with the code, in a process over its pipes process   which live together, and its end
//!   protocol     what both sides of a pipe say
//!   ── in that process ──────────────────────────────────────────────────────────────────────────
//!   child        shuts itself in, then serves                         sandbox   the JavaScript engine, cold and warm
//!   ─────────────────────────────────────────────────────────────────────────────────────────────
//!   backend      stand-ins for a database, S3, SQS and DynamoDB       flow      events until nothing is on its way
//!   gateway      request → event, return → response                   http      the gateway on loopback
//!   schedule     when rate(…) and cron(…) fire
//!   measure      phases, the REPORT line, spreads                     fault     why an invocation failed
//!   check        events and expectations → verdicts, for exercises
//! ```
//!
//! Real: processes, engines, loading, running, and their times. Counted and not slept: what services and timers would
//! take. Absent: screens, lessons, marks, the network beyond loopback; and judgement inside the sandbox, which sees events
//! and never what is expected of it.

mod backend;
mod bundle;
mod check;
mod child;
mod deployment;
mod environment;
mod fault;
mod flow;
mod gateway;
mod http;
mod manifest;
mod measure;
mod platform;
mod pool;
mod process;
mod protocol;
mod sandbox;
mod schedule;

pub use backend::{Answer, Backend, Call, Database, Message, Object, Queue, Service, ServiceError};
pub use bundle::{Bundle, BundleError};
pub use check::{
    After, Amount, Check, Checked, Expect, FunctionExpect, RequestSpec, SendSpec, Step, Submission, UploadSpec, check,
};
pub use child::serve_environment;
pub use deployment::{Deployment, FunctionSpec, Gateway, QueueSpec, Route, Trigger};
pub use fault::{Fault, FaultKind, Place};
pub use flow::Delivery;
pub use gateway::{HttpRequest, HttpResponse, Matched, event, find_route, respond};
pub use http::{Happening, Served, Server};
pub use manifest::{Manifest, Problem};
pub use measure::{Invocation, Phases, Spread, Start};
pub use platform::{Clock, NoFunction, Occupancy, Pace, Platform, Settings};
pub use protocol::{Called, ENVIRONMENT_ARGUMENT, Handled, Level, Limits, Loaded, LogLine, Observed, Request, Setup};
pub use sandbox::{Host, Sandbox};
pub use schedule::Schedule;
