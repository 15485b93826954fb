//! Stand-ins for what a function calls: a database, object storage, queues, tables.
//!
//! In: a call, as JSON. Out: an answer with the time it would have taken, and what happened that may trigger functions.
//! Nothing sleeps here; the time an answer took is counted by who asked. Buckets, queues and tables come to be when they
//! are first named, so that a lesson can be run without a deployment.

mod bucket;
mod database;
mod expression;
mod queue;
mod table;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

pub use bucket::Object;
pub use database::Database;
pub use queue::{Message, Queue};

use table::Table;

/// All that the stand-ins keep together; code in a loop cannot fill the machine's memory through them.
const MAX_STORED_BYTES: usize = 64 * 1024 * 1024;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Service {
    Db,
    S3,
    Sqs,
    Dynamodb,
}

impl Service {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Db => "db",
            Self::S3 => "s3",
            Self::Sqs => "sqs",
            Self::Dynamodb => "dynamodb",
        }
    }

    pub(super) fn named(name: &str) -> Option<Self> {
        [Self::Db, Self::S3, Self::Sqs, Self::Dynamodb].into_iter().find(|service| service.name() == name)
    }
}

/// What a function asks of a service. `input` is a JSON object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    pub service: Service,
    pub action: String,
    pub input: String,
}

impl Call {
    /// What the call is about, for the record: table and key, bucket and key, or queue.
    pub(super) fn target(&self) -> String {
        let Ok(Value::Object(input)) = serde_json::from_str(&self.input) else { return String::new() };
        let names = ["table", "key", "Bucket", "Key", "TableName", "QueueUrl"];
        let said = names.iter().filter_map(|name| input.get(*name));
        let said = said.map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned));
        said.collect::<Vec<_>>().join("/")
    }
}

/// What a service answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    pub took_ms: f64,
    /// JSON.
    pub result: Result<String, ServiceError>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceError {
    /// As the code finds it in `error.name`.
    pub name: String,
    pub message: String,
}

impl ServiceError {
    fn new(name: &str, message: impl Into<String>) -> Self {
        Self { name: name.to_owned(), message: message.into() }
    }
}

type Outcome = Result<Value, ServiceError>;

/// Something that may trigger a function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Happened {
    ObjectCreated { bucket: String, key: String, size_bytes: usize },
    ObjectRemoved { bucket: String, key: String },
}

/// Happenings that wait for the flow to deliver them.
const MAX_HAPPENED: usize = 10_000;

/// Round trips inside one region, as commonly measured; the lesson needs their order of magnitude only.
const S3_MS: f64 = 20.0;
const SQS_MS: f64 = 8.0;
const DYNAMODB_MS: f64 = 5.0;

/// The state of all services behind one deployment.
#[derive(Clone, Debug, Default)]
pub struct Backend {
    pub database: Database,
    pub buckets: BTreeMap<String, BTreeMap<String, Object>>,
    pub queues: BTreeMap<String, Queue>,
    pub(super) tables: BTreeMap<String, Table>,
    /// Whether the database differs from how it was given.
    pub(super) database_written: bool,
    /// Open connections to the database, by environment.
    pub(super) connections: BTreeMap<u32, u32>,
    /// The flow's time, in which messages become visible.
    pub(super) now_ms: f64,
    pub(super) happened: Vec<Happened>,
    stored_bytes: usize,
    n_messages: u64,
}

impl Backend {
    pub fn new(database: Database) -> Self {
        Self { database, ..Self::default() }
    }

    /// Does what `environment` asks.
    pub(super) fn answer(&mut self, environment: u32, call: &Call) -> Answer {
        let Ok(input @ Value::Object(_)) = serde_json::from_str::<Value>(&call.input) else {
            return refuse(ServiceError::new("ValidationException", "the input of a command is an object"));
        };
        let growth = call.input.len();
        if self.stored_bytes + growth > MAX_STORED_BYTES {
            let message = format!("these stand-ins keep {} MB and are full", MAX_STORED_BYTES / (1024 * 1024));
            return refuse(ServiceError::new("ServiceUnavailable", message));
        }
        let (took_ms, outcome) = match call.service {
            Service::Db => self.database_call(environment, &call.action, &input),
            Service::S3 => (S3_MS, self.bucket_call(&call.action, &input)),
            Service::Sqs => (SQS_MS, self.queue_call(&call.action, &input)),
            Service::Dynamodb => (DYNAMODB_MS, self.table_call(&call.action, &input)),
        };
        // What is deleted is not subtracted: a bound on all that was ever stored is a bound on what is.
        let stores = matches!(
            call.action.as_str(),
            "put" | "insert" | "PutObject" | "CopyObject" | "SendMessage" | "SendMessageBatch" | "PutItem"
        );
        if stores && outcome.is_ok() {
            self.stored_bytes += growth;
        }
        Answer { took_ms, result: outcome.map(|value| value.to_string()) }
    }

    /// Keeps what happened for the flow. Where nobody runs it, only the first are kept.
    fn note(&mut self, happened: Happened) {
        if self.happened.len() < MAX_HAPPENED {
            self.happened.push(happened);
        }
    }

    /// An environment has ended, and the connections that it held with it.
    pub(super) fn forget(&mut self, environment: u32) {
        self.connections.remove(&environment);
    }

    /// Connections open now, over all environments.
    pub fn open_connections(&self) -> u32 {
        self.connections.values().sum()
    }

    /// The items of a DynamoDB table.
    pub fn items(&self, table: &str) -> Vec<Value> {
        self.tables.get(table).map(Table::items).unwrap_or_default()
    }

    fn database_call(&mut self, environment: u32, action: &str, input: &Value) -> (f64, Outcome) {
        let open = self.open_connections();
        match action {
            "connect" if open >= self.database.connections_max => {
                let limit = self.database.connections_max;
                let message = format!("too many connections: the database accepts {limit} and {open} are open");
                (self.database.connect_ms, Err(ServiceError::new("TooManyConnections", message)))
            }
            "connect" => {
                *self.connections.entry(environment).or_default() += 1;
                (self.database.connect_ms, Ok(json!({ "open": open + 1 })))
            }
            "close" => {
                if let Some(open) = self.connections.get_mut(&environment) {
                    *open = open.saturating_sub(1);
                }
                (0.0, Ok(Value::Null))
            }
            _ => {
                let outcome = self.database.read(action, input).unwrap_or_else(|| self.database.write(action, input));
                self.database_written |= outcome.is_ok() && Database::is_write(action);
                (self.database.query_ms, outcome)
            }
        }
    }

    fn next_message(&mut self) -> String {
        self.n_messages += 1;
        format!("m-{:06}", self.n_messages)
    }
}

fn refuse(error: ServiceError) -> Answer {
    Answer { took_ms: 1.0, result: Err(error) }
}

/// A field that must be a non-empty string.
fn text<'a>(input: &'a Value, name: &str) -> Result<&'a str, ServiceError> {
    input.get(name).and_then(Value::as_str).filter(|text| !text.is_empty()).ok_or_else(|| {
        ServiceError::new("ValidationException", format!("`{name}` is missing; it is a string that is not empty"))
    })
}

fn no_action(service: &str, action: &str, known: &[&str]) -> ServiceError {
    let known = known.iter().copied().collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>().join(", ");
    ServiceError::new("UnknownOperation", format!("the {service} stand-in has no `{action}`; it has {known}"))
}
