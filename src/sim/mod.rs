//! The simulator of a serverless platform: a scenario → a report, or the same run step by step.
//!
//! ```text
//!   scenario   the text of a file → Scenario, which can be changed by key
//!     document   TOML → values by dotted key, each with its line
//!     schema     which keys there are, and their ranges
//!     model      values → everything a run needs, defaults and provenance filled in
//!     flow       the functions after the first
//!   fleet      functions joined by events; mostly there is one
//!   engine     one function, one event after the other
//!     traffic    when requests arrive          service     how long they take, phase by phase
//!     pool       the instances                 keep_alive, forecast  how long they are kept
//!     flight     a request on its way          flights, queue, calendar, bits, slab   what makes a step cheap
//!     random, law                              numbers by (seed, purpose, index), and distributions of them
//!   tally      what is counted while it runs   sketch      percentiles in constant memory
//!   report     the figures, with names         cost        money   confidence   intervals over replications
//!   run        a whole run                     watch       step by step        series  over time, and request by request
//!   knobs      what a learner can turn         code        a run as a word that can be typed
//!   sweep      a row of runs                   explain     the difference of two, in words
//!   calibration, provider, trace               measured cold starts, limits and prices, recorded traffic
//!   recorded   the lines of a trace of one's own → requests by the minute
//! ```
//!
//! Pure: no file, no clock, no print. The same scenario and seed give the same bytes on every machine, whether the run is
//! watched or not and however many threads there are: transcendental functions are those of `libm`, no order depends on
//! a hash, and every random number is found by its place.

mod bits;
mod calendar;
mod calibration;
mod code;
mod confidence;
mod cost;
mod document;
mod engine;
mod explain;
mod fleet;
mod flight;
mod flights;
mod flow;
mod forecast;
mod keep_alive;
mod knobs;
mod law;
mod model;
mod pool;
mod provider;
mod queue;
mod random;
mod recorded;
mod report;
mod run;
mod scenario;
mod schema;
mod series;
mod service;
mod sketch;
mod slab;
mod sweep;
mod tally;
mod trace;
mod traffic;
mod watch;

pub use calibration::measured_init_ms;
pub use code::RunCode;
pub use cost::{Comparison, Cost};
pub use document::Problem;
pub use explain::{explain, figures, percent};
pub use flight::WhyCold;
pub use knobs::{Knob, knobs, turn};
pub use model::Provenance;
pub use provider::Kind;
pub use recorded::Recorded;
pub use report::{Database, Delivery, Flow, Initialisation, Instances, Latency, PhaseMeans, Report, Total};
pub use run::{Progress, run, run_watched, share_done};
pub use scenario::Scenario;
pub use series::{Moment, Requests, requests, series};
pub use service::Phases;
pub use sweep::sweep;
pub use tally::Outcome;
pub use watch::{Departure, Event, InstanceState, InstanceView, RequestView, Simulation, What};
