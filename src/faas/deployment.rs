//! What is deployed: functions with their limits, and what triggers each.
//!
//! In: a handler's file, or what `serverless.yml` says (see [`super::manifest`]). Out: plain data for the platform.

use std::fmt;

use serde::Serialize;

use super::bundle::Bundle;

/// Functions, and the files that they are made from.
#[derive(Clone, Debug, Default)]
pub struct Deployment {
    pub service: String,
    /// In the order of their file.
    pub functions: Vec<FunctionSpec>,
    pub bundle: Bundle,
    pub queues: Vec<QueueSpec>,
}

/// One function. The defaults are those of the Serverless Framework.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FunctionSpec {
    pub name: String,
    /// `file.export`, the file without its ending.
    pub handler: String,
    pub memory_mb: u32,
    pub timeout_ms: u64,
    /// What `process.env` holds.
    pub variables: Vec<(String, String)>,
    pub triggers: Vec<Trigger>,
    /// How many environments it may have at once, where it says so itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reserved_concurrency: Option<u32>,
}

impl FunctionSpec {
    pub fn new(name: &str, handler: &str) -> Self {
        Self {
            name: name.to_owned(),
            handler: handler.to_owned(),
            memory_mb: 1024,
            timeout_ms: 6_000,
            variables: Vec::new(),
            triggers: Vec::new(),
            reserved_concurrency: None,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Trigger {
    Http(Route),
    Schedule {
        /// `rate(5 minutes)` or `cron(…)`, as written.
        rate: String,
    },
    Object {
        bucket: String,
        /// Such as `s3:ObjectCreated:*`.
        event: String,
        prefix: String,
        suffix: String,
    },
    Queue {
        name: String,
        batch_size: usize,
    },
}

/// The two kinds of gateway, which put an event differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Gateway {
    /// `http`: the REST API, payload version 1.
    Rest,
    /// `httpApi`: the HTTP API, payload version 2.
    Http,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Route {
    pub gateway: Gateway,
    /// In capitals, or `ANY`.
    pub method: String,
    /// With its leading slash; `{name}` stands for a segment, `{name+}` for all the rest.
    pub path: String,
}

impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path)
    }
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct QueueSpec {
    pub name: String,
    pub visibility_timeout_s: Option<f64>,
    pub max_receives: Option<u32>,
    pub dead_letters: Option<String>,
}

impl Deployment {
    /// One function without triggers, from its handler's file.
    pub fn of_handler(name: &str, handler: &str, bundle: Bundle) -> Self {
        let functions = vec![FunctionSpec::new(name, handler)];
        Self { service: name.to_owned(), functions, bundle, queues: Vec::new() }
    }

    pub fn function(&self, name: &str) -> Option<&FunctionSpec> {
        self.functions.iter().find(|function| function.name == name)
    }

    /// All routes with the function behind each.
    pub fn routes(&self) -> impl Iterator<Item = (&Route, &FunctionSpec)> {
        self.functions.iter().flat_map(|function| {
            let routes = function.triggers.iter().filter_map(|trigger| match trigger {
                Trigger::Http(route) => Some(route),
                _ => None,
            });
            routes.map(move |route| (route, function))
        })
    }

    /// What deploying this would create in the provider's account, one line each.
    pub fn resources(&self) -> Vec<String> {
        let mut resources = Vec::new();
        for function in &self.functions {
            let FunctionSpec { name, memory_mb, timeout_ms, .. } = function;
            let timeout_s = *timeout_ms as f64 / 1000.0;
            resources.push(format!("Lambda function {}-{name} ({memory_mb} MB, {timeout_s} s)", self.service));
            resources.push(format!("log group /aws/lambda/{}-{name}", self.service));
            for trigger in &function.triggers {
                resources.push(match trigger {
                    Trigger::Http(route) => format!("route {route} → {name}, and the permission to invoke it"),
                    Trigger::Schedule { rate } => format!("schedule {rate} → {name}"),
                    Trigger::Object { bucket, event, .. } => {
                        format!("S3 bucket {bucket}, and its notification {event} → {name}")
                    }
                    Trigger::Queue { name: queue, batch_size } => {
                        format!("event source mapping {queue} → {name}, up to {batch_size} messages at a time")
                    }
                });
            }
        }
        let has = |gateway| self.routes().any(|(route, _)| route.gateway == gateway);
        if has(Gateway::Rest) {
            resources.push(format!("API Gateway REST API of {}, with a stage", self.service));
        }
        if has(Gateway::Http) {
            resources.push(format!("API Gateway HTTP API of {}", self.service));
        }
        resources.extend(self.queues.iter().map(|queue| format!("SQS queue {}", queue.name)));
        resources.push(format!("IAM role that the functions of {} run with", self.service));
        resources
    }
}
