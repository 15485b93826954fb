//! Checks of a code exercise: events to send and what must come of them, as data.
//!
//! In: what a learner handed in, and checks. Out: one verdict for each check, with what differed. Each check runs on a
//! platform of its own, with a fixed clock and seed, so that the same answer is always judged alike. Expectations stay on
//! this side: the sandbox sees events and nothing else.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::backend::Object;
use super::bundle::Bundle;
use super::deployment::{Deployment, Gateway};
use super::fault::{Fault, FaultKind, Place};
use super::flow::Delivery;
use super::gateway::{HttpRequest, respond};
use super::manifest::{Manifest, Problem};
use super::measure::Invocation;
use super::platform::{Clock, Pace, Platform, Settings};

/// What a learner handed in.
#[derive(Clone, Debug)]
pub struct Submission {
    pub bundle: Bundle,
    /// The text of serverless.yml, when the exercise has one; otherwise there is one function, `handler`.
    pub manifest: Option<String>,
    /// `file.export`.
    pub handler: String,
}

/// One thing that is checked.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Check {
    pub id: String,
    /// What it stands for, to be shown.
    pub label: String,
    #[serde(default = "one_point")]
    pub points: f64,
    /// Whether the learner sees only its label.
    #[serde(default)]
    pub hidden: bool,
    /// What is done, in this order.
    #[serde(default, rename = "step")]
    pub steps: Vec<Step>,
    /// What holds after all steps.
    #[serde(default)]
    pub after: After,
}

fn one_point() -> f64 {
    1.0
}

/// One thing that is done, the first of `request`, `upload`, `send` and `event` that is given, and what must come of it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Step {
    /// Which function; without it the only one, or the first.
    pub function: Option<String>,
    /// Sends a request through the gateway.
    pub request: Option<RequestSpec>,
    /// Puts an object into a bucket, and delivers what comes of it.
    pub upload: Option<UploadSpec>,
    /// Sends a message to a queue, and delivers what comes of it.
    pub send: Option<SendSpec>,
    /// Invokes the function with this event.
    pub event: Option<Value>,
    /// How often, one after the other.
    pub times: Option<usize>,
    /// How many at the same moment.
    pub together: Option<usize>,
    pub expect: Expect,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RequestSpec {
    pub method: String,
    /// With the query.
    pub path: String,
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    #[serde(default)]
    pub body: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UploadSpec {
    pub bucket: String,
    pub key: String,
    #[serde(default)]
    pub body: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SendSpec {
    pub queue: String,
    pub body: Value,
}

/// What must be true of every invocation of a step.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Expect {
    /// Of the response.
    pub status: Option<u16>,
    /// Of the response's body as JSON: what stands here must stand there.
    pub body: Option<Value>,
    pub body_has: Vec<String>,
    /// What must not be in the body.
    pub body_lacks: Vec<String>,
    pub headers: BTreeMap<String, String>,
    /// Of what the handler returned: what stands here must stand there.
    pub result: Option<Value>,
    /// Whether the invocation fails.
    pub fails: Option<bool>,
    /// The type or the message of the error, in part.
    pub error: Option<String>,
    pub log_has: Vec<String>,
    pub log_lacks: Vec<String>,
    /// Connections opened by one invocation, the code outside the handler included.
    pub connections: Option<Amount>,
    /// Queries and writes to `./db`.
    pub queries: Option<Amount>,
    /// Calls of all services: `s3:PutObject`, `db:insert`.
    pub calls: BTreeMap<String, Amount>,
    /// Time spent waiting, in milliseconds. Computing is not counted, since it differs from machine to machine.
    pub waited_ms: Option<Amount>,
    pub cold: Option<bool>,
}

/// What must be true at the end.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct After {
    /// Connections opened in all.
    pub connections: Option<Amount>,
    pub cold_starts: Option<Amount>,
    pub failed: Option<Amount>,
    /// Rows by table of `./db`.
    pub rows: BTreeMap<String, Amount>,
    /// Items by table of DynamoDB.
    pub items: BTreeMap<String, Amount>,
    /// Messages left by queue.
    pub messages: BTreeMap<String, Amount>,
    /// `bucket/key` of objects that must be there.
    pub objects: Vec<String>,
    /// Functions in the order in which events reached them.
    pub ran: Option<Vec<String>>,
    /// All responses were alike.
    pub same_result: Option<bool>,
    /// Problems of serverless.yml.
    pub problems: Option<Amount>,
    /// Routes as `GET /users -> getUser`, all of them.
    pub routes: Option<Vec<String>>,
    /// Settings by function.
    pub functions: BTreeMap<String, FunctionExpect>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FunctionExpect {
    pub handler: Option<String>,
    pub memory_mb: Option<Amount>,
    pub timeout_s: Option<Amount>,
    pub environment: BTreeMap<String, String>,
}

/// A number, or bounds.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
pub enum Amount {
    Exactly(f64),
    Within {
        #[serde(default)]
        min: Option<f64>,
        #[serde(default)]
        max: Option<f64>,
    },
}

impl Amount {
    fn holds(self, found: f64) -> bool {
        match self {
            Self::Exactly(number) => number == found,
            Self::Within { min, max } => min.is_none_or(|min| found >= min) && max.is_none_or(|max| found <= max),
        }
    }
}

impl std::fmt::Display for Amount {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Exactly(number) => write!(f, "{number}"),
            Self::Within { min: Some(min), max: Some(max) } => write!(f, "{min} to {max}"),
            Self::Within { min: Some(min), max: None } => write!(f, "at least {min}"),
            Self::Within { max: Some(max), .. } => write!(f, "at most {max}"),
            Self::Within { .. } => f.write_str("any number"),
        }
    }
}

/// How a check came out.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Checked {
    pub id: String,
    pub label: String,
    pub hidden: bool,
    pub passed: bool,
    pub points: f64,
    pub max: f64,
    /// What differed, one sentence each. Of a hidden check they are for the teacher: they tell what was expected.
    pub differences: Vec<String>,
    /// Where in the files it went wrong, as far as an error said so.
    pub places: Vec<Place>,
}

/// More would be a check gone wrong.
const MAX_TIMES: usize = 1_000;
const MAX_DELIVERIES: usize = 100;
const MAX_DIFFERENCES: usize = 12;
/// 2026-01-01, noon: a day like another.
const CLOCK_MS: f64 = 1_767_268_800_000.0;

/// Runs `checks` against what was handed in. `settings` give the program, the database and the limits.
pub fn check(submission: &Submission, checks: &[Check], settings: &Settings) -> Vec<Checked> {
    let (deployment, problems) = deploy(submission);
    let settings = Settings { clock: Clock::Fixed(CLOCK_MS), pace: Pace::Counted, seed: 1, ..settings.clone() };
    let verdicts = checks.iter().map(|check| {
        let (mut differences, places) = Run::new(&deployment, &settings).check(check, &problems);
        let passed = differences.is_empty();
        differences.truncate(MAX_DIFFERENCES);
        Checked {
            id: check.id.clone(),
            label: check.label.clone(),
            hidden: check.hidden,
            passed,
            points: if passed { check.points } else { 0.0 },
            max: check.points,
            differences,
            places,
        }
    });
    verdicts.collect()
}

fn deploy(submission: &Submission) -> (Deployment, Vec<Problem>) {
    match &submission.manifest {
        Some(text) => {
            let manifest = Manifest::read(text, submission.bundle.clone(), &|_| None);
            (manifest.deployment, manifest.problems)
        }
        None => (Deployment::of_handler("handler", &submission.handler, submission.bundle.clone()), Vec::new()),
    }
}

/// One check on its platform.
struct Run {
    platform: Platform,
    invocations: Vec<Invocation>,
    deliveries: Vec<Delivery>,
    differences: Vec<String>,
    places: Vec<Place>,
}

impl Run {
    fn new(deployment: &Deployment, settings: &Settings) -> Self {
        let platform = Platform::new(deployment.clone(), settings.clone());
        Self { platform, invocations: Vec::new(), deliveries: Vec::new(), differences: Vec::new(), places: Vec::new() }
    }

    fn check(mut self, check: &Check, problems: &[Problem]) -> (Vec<String>, Vec<Place>) {
        for step in &check.steps {
            if self.never_ends() {
                break;
            }
            let from = self.invocations.len();
            self.act(step);
            if self.invocations.len() == from && self.differences.is_empty() && check.after.ran != Some(Vec::new()) {
                self.differs("no function ran".to_owned());
            }
            for at in from..self.invocations.len() {
                self.compare(&step.expect, at);
            }
            // What the step set off is not its answer, and happens all the same.
            self.deliver();
        }
        self.compare_after(&check.after, problems);
        (self.differences, self.places)
    }

    fn differs(&mut self, sentence: String) {
        if !self.differences.contains(&sentence) {
            self.differences.push(sentence);
        }
    }

    fn act(&mut self, step: &Step) {
        let first = self.platform.deployment().functions.first().map(|function| function.name.clone());
        let Some(function) = step.function.clone().or(first) else {
            return self.differs("there is no function to invoke".to_owned());
        };
        for _ in 0..step.times.unwrap_or(1).min(MAX_TIMES) {
            if let Some(request) = &step.request {
                self.request(request);
            } else if let Some(upload) = &step.upload {
                let object = Object { body: upload.body.clone(), is_base64: false, content_type: None };
                self.platform.backend().upload(&upload.bucket, &upload.key, object);
                self.deliver();
            } else if let Some(send) = &step.send {
                let body = send.body.as_str().map_or_else(|| send.body.to_string(), str::to_owned);
                let sent = self.platform.backend().send(&send.queue, &body, 0.0);
                if let Err(error) = sent {
                    self.differs(error.message);
                }
                self.deliver();
            } else {
                let event = step.event.clone().unwrap_or_else(|| serde_json::json!({})).to_string();
                let events = vec![event.as_str(); step.together.unwrap_or(1).min(MAX_TIMES)];
                match self.platform.invoke_together(&function, &events) {
                    Ok(invocations) => self.invocations.extend(invocations),
                    Err(error) => return self.differs(error.to_string()),
                }
            }
            if self.never_ends() {
                return;
            }
        }
    }

    /// Whether the last invocation had to be stopped: it would each time, and that takes long.
    fn never_ends(&self) -> bool {
        let last = self.invocations.last().and_then(|invocation| invocation.result.as_ref().err());
        last.is_some_and(|fault| matches!(fault.kind, FaultKind::CpuLimit | FaultKind::Crash))
    }

    fn request(&mut self, request: &RequestSpec) {
        let (path, query) = request.path.split_once('?').unwrap_or((&request.path, ""));
        let (response, invocation) = self.platform.request(&HttpRequest {
            method: request.method.to_uppercase(),
            path: path.to_owned(),
            query: query.to_owned(),
            headers: request.headers.clone().into_iter().collect(),
            body: request.body.clone().into_bytes(),
        });
        match invocation {
            Some(invocation) => self.invocations.push(invocation),
            None => {
                self.differs(response.reason.unwrap_or_else(|| format!("the gateway answered {}", response.status)));
            }
        }
    }

    fn deliver(&mut self) {
        let deliveries = self.platform.run_events(MAX_DELIVERIES);
        self.invocations.extend(deliveries.iter().map(|delivery| delivery.invocation.clone()));
        self.deliveries.extend(deliveries);
    }

    /// The gateway that makes a response of what the function returns.
    fn gateway_of(&self, function: &str) -> Gateway {
        let mut routes = self.platform.deployment().routes().filter(|(_, behind)| behind.name == function);
        routes.next().map_or(Gateway::Rest, |(route, _)| route.gateway)
    }

    fn compare(&mut self, expect: &Expect, at: usize) {
        let invocation = self.invocations[at].clone();
        let gateway = self.gateway_of(&invocation.function);
        // A file that does not load is the same to all of them.
        let never_ran =
            |fault: &Fault| matches!(fault.kind, FaultKind::Syntax | FaultKind::NoHandler | FaultKind::CpuLimit);
        let is_alone = self.invocations.len() == 1 || invocation.result.as_ref().is_err_and(never_ran);
        let which = if is_alone { String::new() } else { format!("invocation {}: ", at + 1) };
        if let (Err(fault), None | Some(false), None) = (&invocation.result, expect.fails, &expect.error) {
            let new = fault.place.iter().filter(|place| !self.places.contains(place)).cloned().collect::<Vec<_>>();
            self.places.extend(new);
        }
        // What was said of an invocation before is not said again of each one after it.
        let mut say = |sentence: String| {
            if !self.differences.iter().any(|said| said.ends_with(&sentence)) {
                self.differs(format!("{which}{sentence}"));
            }
        };
        match (&invocation.result, expect.fails, &expect.error) {
            (Err(fault), None | Some(false), None) => return say(format!("it failed: {fault}")),
            (Ok(_), Some(true), _) | (Ok(_), _, Some(_)) => return say("it succeeded, where it should fail".to_owned()),
            (Err(fault), _, Some(part)) if !fault.to_string().contains(part.as_str()) => {
                say(format!("it failed with {fault}, where {part} is expected"));
            }
            _ => {}
        }
        compare_response(expect, gateway, &invocation, &mut say);
        let log = invocation.logs.iter().map(|line| line.text.as_str()).collect::<Vec<_>>().join("\n");
        for part in expect.log_has.iter().filter(|part| !log.contains(part.as_str())) {
            say(format!("the log lacks `{part}`"));
        }
        for part in expect.log_lacks.iter().filter(|part| log.contains(part.as_str())) {
            say(format!("the log holds `{part}`"));
        }
        let count = |wanted: &dyn Fn(&str, &str) -> bool| {
            invocation.calls.iter().filter(|call| wanted(&call.service, &call.action)).count() as f64
        };
        let is_query = |service: &str, action: &str| service == "db" && action != "connect" && action != "close";
        let amounts = [
            ("connections opened", expect.connections, invocation.connections_opened() as f64),
            ("queries", expect.queries, count(&is_query)),
            // The clock has fractions that nobody asked for.
            ("milliseconds of waiting", expect.waited_ms, (invocation.waited_ms * 10.0).round() / 10.0),
        ];
        for (name, wanted, found) in amounts {
            if let Some(wanted) = wanted.filter(|wanted| !wanted.holds(found)) {
                say(format!("{found} {name}, where {wanted} is expected"));
            }
        }
        for (name, wanted) in &expect.calls {
            let found = count(&|service, action| name.split_once(':') == Some((service, action)));
            if !wanted.holds(found) {
                say(format!("{found} calls of {name}, where {wanted} is expected"));
            }
        }
        if let Some(cold) = expect.cold.filter(|cold| *cold != invocation.is_cold()) {
            let (expected, found) = if cold { ("cold", "warm") } else { ("warm", "cold") };
            say(format!("it was a {found} start, where a {expected} one is expected"));
        }
    }

    fn compare_after(&mut self, after: &After, problems: &[Problem]) {
        let mut found: Vec<(String, Option<Amount>, f64)> = Vec::new();
        let opened: usize = self.invocations.iter().map(Invocation::connections_opened).sum();
        let n_cold = self.invocations.iter().filter(|invocation| invocation.is_cold()).count();
        let n_failed = self.invocations.iter().filter(|invocation| invocation.result.is_err()).count();
        found.push(("connections opened in all".to_owned(), after.connections, opened as f64));
        found.push(("cold starts".to_owned(), after.cold_starts, n_cold as f64));
        found.push(("failed invocations".to_owned(), after.failed, n_failed as f64));
        found.push(("problems in serverless.yml".to_owned(), after.problems, problems.len() as f64));
        {
            let backend = self.platform.backend();
            for (table, wanted) in &after.rows {
                let n = backend.database.tables.get(table).map_or(0, BTreeMap::len);
                found.push((format!("rows in `{table}`"), Some(*wanted), n as f64));
            }
            for (table, wanted) in &after.items {
                found.push((format!("items in `{table}`"), Some(*wanted), backend.items(table).len() as f64));
            }
            for (queue, wanted) in &after.messages {
                let n = backend.queues.get(queue).map_or(0, |queue| queue.messages.len());
                found.push((format!("messages in `{queue}`"), Some(*wanted), n as f64));
            }
        }
        for (name, wanted, found) in found {
            if let Some(wanted) = wanted.filter(|wanted| !wanted.holds(found)) {
                self.differs(format!("{found} {name}, where {wanted} is expected"));
            }
        }
        for object in &after.objects {
            let (bucket, key) = object.split_once('/').unwrap_or((object, ""));
            let there = self.platform.backend().buckets.get(bucket).is_some_and(|objects| objects.contains_key(key));
            if !there {
                self.differs(format!("there is no object `{object}`"));
            }
        }
        if let Some(wanted) = &after.ran {
            let ran: Vec<&str> = self.deliveries.iter().map(|it| it.invocation.function.as_str()).collect();
            if ran != *wanted {
                self.differs(format!("events reached {}, where {} is expected", list(&ran), list(wanted)));
            }
        }
        if after.same_result == Some(true) && self.invocations.windows(2).any(|pair| pair[0].result != pair[1].result) {
            self.differs("the answers differ, where the same event must give the same answer".to_owned());
        }
        self.compare_deployment(after, problems);
    }

    fn compare_deployment(&mut self, after: &After, problems: &[Problem]) {
        let mut said = Vec::new();
        let deployment = self.platform.deployment();
        if let Some(wanted) = &after.routes {
            let routes: Vec<String> =
                deployment.routes().map(|(route, function)| format!("{route} -> {}", function.name)).collect();
            if routes != *wanted {
                said.push(format!("the routes are {}, where {} is expected", list(&routes), list(wanted)));
            }
        }
        for (name, wanted) in &after.functions {
            let Some(function) = deployment.function(name) else {
                said.push(format!("there is no function `{name}`"));
                continue;
            };
            if let Some(handler) = wanted.handler.as_ref().filter(|handler| **handler != function.handler) {
                said.push(format!("the handler of `{name}` is {}, where {handler} is expected", function.handler));
            }
            let amounts = [
                ("MB of memory", wanted.memory_mb, f64::from(function.memory_mb)),
                ("seconds of timeout", wanted.timeout_s, function.timeout_ms as f64 / 1000.0),
            ];
            for (what, wanted, found) in amounts {
                if let Some(wanted) = wanted.filter(|wanted| !wanted.holds(found)) {
                    said.push(format!("`{name}` has {found} {what}, where {wanted} is expected"));
                }
            }
            for (key, value) in &wanted.environment {
                if !function.variables.iter().any(|(known, it)| known == key && it == value) {
                    said.push(format!("`{name}` has no variable {key} with the value `{value}`"));
                }
            }
        }
        if after.problems.is_some_and(|wanted| !wanted.holds(problems.len() as f64)) {
            said.extend(problems.iter().map(|problem| format!("serverless.yml:{problem}")));
            let places = problems
                .iter()
                .filter(|problem| problem.line > 0)
                .map(|&Problem { line, column, .. }| Place { file: "serverless.yml".to_owned(), line, column });
            self.places.extend(places);
        }
        for sentence in said {
            self.differs(sentence);
        }
    }
}

fn compare_response(expect: &Expect, gateway: Gateway, invocation: &Invocation, say: &mut impl FnMut(String)) {
    let Ok(text) = &invocation.result else { return };
    if let Some(wanted) = &expect.result {
        let result = serde_json::from_str(text).unwrap_or(Value::Null);
        if !holds(wanted, &result) {
            say(format!("it returned {}, where {wanted} is expected", clip(text)));
        }
    }
    let asks_response = expect.status.is_some()
        || expect.body.is_some()
        || !(expect.body_has.is_empty() && expect.body_lacks.is_empty() && expect.headers.is_empty());
    if !asks_response {
        return;
    }
    let response = respond(gateway, &invocation.result);
    let body = String::from_utf8_lossy(&response.body);
    if let Some(wanted) = expect.status.filter(|wanted| *wanted != response.status) {
        let reason = response.reason.as_ref().map(|reason| format!(" ({reason})")).unwrap_or_default();
        say(format!("the status is {}{reason}, where {wanted} is expected", response.status));
    }
    if let Some(wanted) = &expect.body {
        let found = serde_json::from_str(&body).unwrap_or_else(|_| Value::String(body.clone().into_owned()));
        if !holds(wanted, &found) {
            say(format!("the body is {}, where {wanted} is expected", clip(&body)));
        }
    }
    for part in expect.body_has.iter().filter(|part| !body.contains(part.as_str())) {
        say(format!("the body lacks `{part}`: {}", clip(&body)));
    }
    for part in expect.body_lacks.iter().filter(|part| body.contains(part.as_str())) {
        say(format!("the body holds `{part}`, which must not get out"));
    }
    for (name, wanted) in &expect.headers {
        let found = response.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        match found {
            Some((_, value)) if value == wanted => {}
            Some((_, value)) => say(format!("header {name} is `{value}`, where `{wanted}` is expected")),
            None => say(format!("there is no header {name}")),
        }
    }
}

/// Whether all that `wanted` says stands in `found`: of objects the named fields, of all else the whole.
fn holds(wanted: &Value, found: &Value) -> bool {
    match (wanted, found) {
        (Value::Object(wanted), Value::Object(found)) => {
            wanted.iter().all(|(name, value)| found.get(name).is_some_and(|found| holds(value, found)))
        }
        (Value::Array(wanted), Value::Array(found)) => {
            wanted.len() == found.len() && wanted.iter().zip(found).all(|(wanted, found)| holds(wanted, found))
        }
        // 1 and 1.0 are the same number.
        (Value::Number(wanted), Value::Number(found)) => wanted.as_f64() == found.as_f64(),
        (wanted, found) => wanted == found,
    }
}

fn list(names: &[impl AsRef<str>]) -> String {
    if names.is_empty() { "none".to_owned() } else { names.iter().map(AsRef::as_ref).collect::<Vec<_>>().join(", ") }
}

fn clip(text: &str) -> String {
    match text.char_indices().nth(200) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_expected_must_stand_in_what_is_found() {
        for (wanted, found, expected) in [
            (json!({ "a": 1 }), json!({ "a": 1.0, "b": 2 }), true),
            (json!({ "a": 1, "b": 2 }), json!({ "a": 1, "b": 3 }), false),
            (json!({ "a": null }), json!({}), false),
            (json!({ "a": { "b": [1, {}] } }), json!({ "a": { "b": [1, { "c": 1 }] } }), true),
            (json!([1]), json!([1, 2]), false),
            (json!("1"), json!(1), false),
        ] {
            assert_eq!(holds(&wanted, &found), expected, "{wanted} in {found}");
        }
    }

    #[test]
    fn an_amount_is_a_number_or_bounds() {
        for (text, holds, lacks, said) in [
            ("2", 2.0, 3.0, "2"),
            (r#"{"max": 2}"#, 1.0, 3.0, "at most 2"),
            (r#"{"min": 2}"#, 3.0, 1.0, "at least 2"),
            (r#"{"min": 1, "max": 2}"#, 1.0, 0.0, "1 to 2"),
        ] {
            let amount: Amount = serde_json::from_str(text).expect(text);
            assert!(amount.holds(holds) && !amount.holds(lacks), "{text}");
            assert_eq!(amount.to_string(), said);
        }
        assert!(serde_json::from_str::<Amount>(r#"{"maximum": 2}"#).is_err());
    }
}
