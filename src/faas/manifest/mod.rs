//! `serverless.yml`: its text to a [`Deployment`] and what is wrong with it, line by line.
//!
//! Pure, but for the environment variables that the caller hands in. Whatever is wrong, the rest is used.

mod schema;
mod tree;
mod variables;

use std::fmt;

use serde::Serialize;

use super::bundle::Bundle;
use super::deployment::{Deployment, FunctionSpec, Gateway, QueueSpec, Route, Trigger};
use super::schedule::Schedule;
use schema::Shape;
use tree::{At, Node, Value};
use variables::Variables;

/// Something in the file that should be otherwise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// From 1; 0 when it is about the whole file.
    pub line: u32,
    pub column: u32,
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.line == 0 {
            return f.write_str(&self.message);
        }
        write!(f, "{}:{}: {}", self.line, self.column, self.message)
    }
}

/// What a file says.
#[derive(Clone, Debug, Default)]
pub struct Manifest {
    pub deployment: Deployment,
    pub provider: String,
    pub runtime: String,
    pub stage: String,
    /// In the order of the file.
    pub problems: Vec<Problem>,
}

/// The slips found so far.
#[derive(Debug, Default)]
pub(super) struct Slips {
    found: Vec<Problem>,
}

const MAX_PROBLEMS: usize = 100;

impl Slips {
    fn at(&mut self, at: At, message: impl Into<String>) {
        let problem = Problem { line: at.line, column: at.column, message: message.into() };
        if self.found.len() < MAX_PROBLEMS && !self.found.contains(&problem) {
            self.found.push(problem);
        }
    }
}

/// Limits of the provider.
const MEMORY_MB: std::ops::RangeInclusive<f64> = 128.0..=10_240.0;
const TIMEOUT_S: std::ops::RangeInclusive<f64> = 1.0..=900.0;
const METHODS: [&str; 8] = ["ANY", "GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];

impl Manifest {
    /// Reads the file's text. `environment` gives the variables that `${env:…}` names. The bundle is the files beside it:
    /// with it, handlers that name no file of it are told; the deployment carries it.
    pub fn read(text: &str, bundle: Bundle, environment: &dyn Fn(&str) -> Option<String>) -> Self {
        let root = match tree::read(text) {
            Ok(root) => root,
            Err(why) => {
                let message = format!("this is no YAML that can be read: {}", why.message);
                let problem = Problem { line: why.at.line, column: why.at.column, message };
                return Self { problems: vec![problem], ..Self::default() };
            }
        };
        let mut slips = Slips::default();
        let mut shape = schema::FILE;
        if !matches!(root.value, Value::Map(_)) {
            slips.at(root.at, format!("the file holds {}, not keys with their values", root.kind()));
            shape = Shape::Any;
        }
        check_shape("", shape, &root, &mut slips);
        let stage = root.get("provider").and_then(|provider| provider.get("stage")).and_then(Node::scalar);
        let stage = stage.filter(|stage| !stage.contains("${")).unwrap_or_else(|| "dev".to_owned());
        let variables = Variables { root: &root, environment, stage: stage.clone() };
        let mut reader = Reader { variables, slips, bundle: &bundle };
        let mut deployment = reader.deployment(&root);
        let provider = root.get("provider");
        let text_of = |reader: &mut Reader<'_>, name: &str| {
            provider.and_then(|provider| provider.get(name)).and_then(|node| reader.text(node)).unwrap_or_default()
        };
        let (name, runtime) = (text_of(&mut reader, "name"), text_of(&mut reader, "runtime"));
        reader.check_provider(&root, &name, &runtime);
        let mut problems = reader.slips.found;
        problems.sort_by_key(|problem| (problem.line, problem.column));
        deployment.bundle = bundle;
        Self { deployment, provider: name, runtime, stage, problems }
    }
}

/// Names unknown keys and values of the wrong kind.
fn check_shape(path: &str, shape: Shape, node: &Node, slips: &mut Slips) {
    match (shape, &node.value) {
        // A key without a value is as good as none.
        (_, Value::Null) => {}
        (shape, _) if !shape.fits(node) => {
            slips.at(node.at, format!("`{path}` is {}, where {} is needed", node.kind(), shape.wanted()));
        }
        (Shape::Either(shapes), _) => {
            if let Some(shape) = shapes.iter().find(|shape| shape.fits(node)) {
                check_shape(path, *shape, node, slips);
            }
        }
        (Shape::Map(known), Value::Map(entries)) => {
            for (key, value) in entries {
                if let Some((_, shape)) = known.iter().find(|(name, _)| *name == key.name) {
                    check_shape(&join(path, &key.name), *shape, value, slips);
                    continue;
                }
                let near = nearest(&key.name, known.iter().map(|(name, _)| *name));
                let place = if path.is_empty() { String::new() } else { format!(" in `{path}`") };
                slips.at(key.at, format!("there is no key `{}`{place}{near}", key.name));
            }
        }
        (Shape::MapOf(shape), Value::Map(entries)) => {
            for (key, value) in entries {
                check_shape(&join(path, &key.name), *shape, value, slips);
            }
        }
        (Shape::ListOf(shape), Value::List(items)) => {
            for (at, item) in items.iter().enumerate() {
                check_shape(&format!("{path}[{at}]"), *shape, item, slips);
            }
        }
        _ => {}
    }
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

/// "; the nearest is `memorySize`", or which there are when none is near.
pub(super) fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> String {
    let known: Vec<&str> = known.collect();
    let lowered = name.to_lowercase();
    // Two letters exchanged are one slip.
    let likeness = |candidate: &str| strsim::normalized_damerau_levenshtein(&lowered, &candidate.to_lowercase());
    match known.iter().max_by(|a, b| likeness(a).total_cmp(&likeness(b))) {
        Some(best) if likeness(best) > 0.5 => format!("; the nearest is `{best}`"),
        Some(_) if known.len() <= 12 => format!("; there are {}", known.join(", ")),
        _ => String::new(),
    }
}

struct Reader<'a> {
    variables: Variables<'a>,
    slips: Slips,
    bundle: &'a Bundle,
}

impl Reader<'_> {
    fn deployment(&mut self, root: &Node) -> Deployment {
        let service = root.get("service").and_then(|node| self.text(node)).unwrap_or_default();
        if service.is_empty() {
            self.slips.at(root.at, "`service` is missing: it names what is deployed");
        }
        let functions: Vec<FunctionSpec> = match root.get("functions") {
            None => {
                self.slips.at(root.at, "`functions` is missing: there is nothing to run");
                Vec::new()
            }
            Some(functions) => {
                functions.entries().iter().map(|(key, node)| self.function(root, &key.name, key.at, node)).collect()
            }
        };
        self.check_routes(&functions, root);
        let mut queues = self.queues(root);
        for function in &functions {
            for trigger in &function.triggers {
                if let Trigger::Queue { name, .. } = trigger
                    && !queues.iter().any(|queue| queue.name == *name)
                {
                    let name = name.clone();
                    queues.push(QueueSpec { name, visibility_timeout_s: None, max_receives: None, dead_letters: None });
                }
            }
        }
        Deployment { service, functions, bundle: Bundle::default(), queues }
    }

    fn function(&mut self, root: &Node, name: &str, at: At, node: &Node) -> FunctionSpec {
        let provider = root.get("provider");
        let mut spec = FunctionSpec::new(name, "");
        match node.get("handler") {
            Some(handler) => {
                spec.handler = self.text(handler).unwrap_or_default();
                self.check_handler(&spec.handler, handler.at);
            }
            None => self.slips.at(at, format!("function `{name}` has no `handler`: it names the file and its export")),
        }
        let own_or_shared = |key: &str| node.get(key).or_else(|| provider?.get(key));
        if let Some(memory_mb) =
            own_or_shared("memorySize").and_then(|it| self.number(it, "memorySize", MEMORY_MB, "MB"))
        {
            spec.memory_mb = memory_mb as u32;
        }
        if let Some(timeout_s) =
            own_or_shared("timeout").and_then(|it| self.number(it, "timeout", TIMEOUT_S, "seconds"))
        {
            spec.timeout_ms = (timeout_s * 1000.0) as u64;
        }
        let reserved = node.get("reservedConcurrency");
        spec.reserved_concurrency = reserved
            .and_then(|it| self.number(it, "reservedConcurrency", 0.0..=1_000.0, "environments"))
            .map(|reserved| reserved as u32);
        for variables in [provider.and_then(|it| it.get("environment")), node.get("environment")].into_iter().flatten()
        {
            for (key, value) in variables.entries() {
                // What refers to the cloud has no value here; the name is there all the same.
                let value = self.text(value).unwrap_or_default();
                spec.variables.retain(|(known, _)| *known != key.name);
                spec.variables.push((key.name.clone(), value));
            }
        }
        let events = node.get("events").map(Node::items).unwrap_or_default();
        spec.triggers = events.iter().flat_map(|event| self.triggers(event)).collect();
        spec
    }

    fn check_handler(&mut self, handler: &str, at: At) {
        if handler.contains("${") {
            return;
        }
        let file = handler.rsplit_once('/').map_or(handler, |(_, file)| file);
        let Some((stem, _)) = file.split_once('.').filter(|(stem, export)| !stem.is_empty() && !export.is_empty())
        else {
            return self.slips.at(at, format!("`{handler}` is no handler; it is `file.export`, such as index.handler"));
        };
        let stem = &handler[..handler.len() - file.len() + stem.len()];
        let endings = ["js", "mjs", "cjs"];
        let found = endings.iter().any(|end| self.bundle.contains(&format!("{}.{end}", stem.trim_start_matches("./"))));
        if !found && self.bundle.paths().next().is_some() {
            let stems: Vec<&str> =
                self.bundle.paths().filter_map(|path| path.rsplit_once('.')).map(|it| it.0).collect();
            let near = nearest(stem, stems.into_iter());
            self.slips.at(at, format!("no file `{stem}.js` for the handler `{handler}`{near}"));
        }
    }

    fn triggers(&mut self, event: &Node) -> Vec<Trigger> {
        event.entries().iter().filter_map(|(key, value)| self.trigger(&key.name, key.at, value)).collect()
    }

    fn trigger(&mut self, kind: &str, at: At, value: &Node) -> Option<Trigger> {
        let field = |reader: &mut Self, name: &str| value.get(name).and_then(|node| reader.text(node));
        match kind {
            "http" | "httpApi" => {
                let short = self.text(value);
                let (method, path) = match &short {
                    // `- http: GET users` and `- httpApi: '*'`.
                    Some(text) if text.trim() == "*" => ("*".to_owned(), "*".to_owned()),
                    Some(text) => {
                        text.trim().split_once(char::is_whitespace).map(|(m, p)| (m.to_owned(), p.trim().to_owned()))?
                    }
                    None => {
                        let path = field(self, "path");
                        let method = field(self, "method");
                        if path.is_none() || (method.is_none() && kind == "http") {
                            self.slips.at(at, format!("an `{kind}` event has a `path` and a `method`"));
                        }
                        (method.unwrap_or_else(|| "*".to_owned()), path?)
                    }
                };
                let method = match method.to_uppercase().as_str() {
                    "*" | "ANY" => "ANY".to_owned(),
                    known if METHODS.contains(&known) => known.to_owned(),
                    other => {
                        let near = nearest(other, METHODS.into_iter());
                        self.slips.at(
                            value.get("method").map_or(at, |node| node.at),
                            format!("`{method}` is no HTTP method{near}"),
                        );
                        return None;
                    }
                };
                let path =
                    if path == "*" { "/{proxy+}".to_owned() } else { format!("/{}", path.trim_start_matches('/')) };
                let gateway = if kind == "http" { Gateway::Rest } else { Gateway::Http };
                Some(Trigger::Http(Route { gateway, method, path }))
            }
            "schedule" => {
                let rates = value.get("rate").unwrap_or(value);
                let first = rates.items().first().unwrap_or(rates);
                let rate = self.text(first)?;
                let is_known_later = rate.starts_with("at(") || rate.contains("${");
                if let (false, Err(why)) = (is_known_later, Schedule::parse(&rate)) {
                    self.slips.at(first.at, why);
                }
                Some(Trigger::Schedule { rate })
            }
            "s3" => {
                let Some(bucket) = self.text(value).or_else(|| field(self, "bucket")) else {
                    self.slips.at(at, "an `s3` event names its `bucket`");
                    return None;
                };
                let event = field(self, "event").unwrap_or_else(|| "s3:ObjectCreated:*".to_owned());
                if !event.starts_with("s3:Object") && !event.starts_with("s3:Re") {
                    let near = nearest(&event, ["s3:ObjectCreated:*", "s3:ObjectRemoved:*"].into_iter());
                    self.slips.at(
                        value.get("event").map_or(at, |node| node.at),
                        format!("`{event}` is no event of S3{near}"),
                    );
                }
                let mut trigger = (String::new(), String::new());
                for rule in value.get("rules").map(Node::items).unwrap_or_default() {
                    if let Some(prefix) = rule.get("prefix").and_then(|node| self.text(node)) {
                        trigger.0 = prefix;
                    }
                    if let Some(suffix) = rule.get("suffix").and_then(|node| self.text(node)) {
                        trigger.1 = suffix;
                    }
                }
                Some(Trigger::Object { bucket, event, prefix: trigger.0, suffix: trigger.1 })
            }
            "sqs" => {
                let arn = value.get("arn").unwrap_or(value);
                let Some(name) = self.queue_of(arn) else {
                    self.slips.at(at, "an `sqs` event has the `arn` of its queue");
                    return None;
                };
                let batch_size =
                    value.get("batchSize").and_then(|it| self.number(it, "batchSize", 1.0..=10_000.0, "messages"));
                // Ten, as the provider takes when nothing is said.
                Some(Trigger::Queue { name, batch_size: batch_size.unwrap_or(10.0) as usize })
            }
            _ => None,
        }
    }

    /// The name of a queue: the last part of an ARN, or the resource that `Fn::GetAtt` names.
    fn queue_of(&mut self, arn: &Node) -> Option<String> {
        if let Some(text) = self.text(arn) {
            return text.rsplit([':', '/']).next().map(str::to_owned).filter(|name| !name.is_empty());
        }
        // `Fn::GetAtt: [Jobs, Arn]`, and `!GetAtt`, whose tag is not kept.
        let attribute = arn.get("Fn::GetAtt").unwrap_or(arn);
        let resource = attribute.items().first().and_then(Node::scalar)?;
        let logical = resource.split('.').next().unwrap_or_default().to_owned();
        Some(self.queue_name(&logical).unwrap_or(logical))
    }

    /// What the resource calls its queue.
    fn queue_name(&mut self, logical: &str) -> Option<String> {
        let resources = self.variables.root.get("resources")?.get("Resources")?;
        let name = resources.get(logical)?.get("Properties")?.get("QueueName")?;
        self.text(name)
    }

    /// Queues among the `resources`, with what becomes of their messages.
    fn queues(&mut self, root: &Node) -> Vec<QueueSpec> {
        let resources = root.get("resources").and_then(|it| it.get("Resources"));
        let mut queues = Vec::new();
        for (key, resource) in resources.map(Node::entries).unwrap_or_default() {
            if resource.get("Type").and_then(Node::scalar).as_deref() != Some("AWS::SQS::Queue") {
                continue;
            }
            let properties = resource.get("Properties");
            let property = |name: &str| properties.and_then(|it| it.get(name));
            let redrive = property("RedrivePolicy");
            let timeout = property("VisibilityTimeout");
            let receives = redrive.and_then(|it| it.get("maxReceiveCount"));
            let dead_letters = redrive.and_then(|it| it.get("deadLetterTargetArn"));
            queues.push(QueueSpec {
                name: self.queue_name(&key.name).unwrap_or_else(|| key.name.clone()),
                visibility_timeout_s: timeout
                    .and_then(|it| self.number(it, "VisibilityTimeout", 0.0..=43_200.0, "seconds")),
                max_receives: receives
                    .and_then(|it| self.number(it, "maxReceiveCount", 1.0..=1_000.0, "receipts"))
                    .map(|most| most as u32),
                dead_letters: dead_letters.and_then(|it| self.queue_of(it)),
            });
        }
        queues
    }

    fn check_provider(&mut self, root: &Node, name: &str, runtime: &str) {
        let Some(provider) = root.get("provider") else {
            return self.slips.at(root.at, "`provider` is missing: it says where this runs and in which runtime");
        };
        let at = |key: &str| provider.get(key).map_or(provider.at, |node| node.at);
        if name != "aws" && !name.is_empty() {
            self.slips.at(at("name"), format!("provider `{name}`: here the functions run as on aws"));
        }
        let is_node =
            runtime.strip_prefix("nodejs").is_some_and(|version| version.trim_end_matches(".x").parse::<u32>().is_ok());
        if !is_node && !runtime.is_empty() {
            let near = nearest(runtime, ["nodejs18.x", "nodejs20.x", "nodejs22.x", "nodejs24.x"].into_iter());
            self.slips.at(at("runtime"), format!("runtime `{runtime}` cannot run here: the code is JavaScript{near}"));
        }
    }

    /// Two functions on one route cannot be deployed.
    fn check_routes(&mut self, functions: &[FunctionSpec], root: &Node) {
        let mut seen: Vec<(&Route, &str)> = Vec::new();
        for function in functions {
            for trigger in &function.triggers {
                let Trigger::Http(route) = trigger else { continue };
                if let Some((_, other)) = seen.iter().find(|(known, _)| *known == route) {
                    let at = root.get("functions").and_then(|it| it.get(&function.name)).map_or(root.at, |it| it.at);
                    self.slips
                        .at(at, format!("{route} belongs to `{other}` already, and to `{}` as well", function.name));
                }
                seen.push((route, &function.name));
            }
        }
    }

    /// A scalar with its variables resolved.
    fn text(&mut self, node: &Node) -> Option<String> {
        let text = node.scalar()?;
        Some(if text.contains("${") { self.variables.resolve(&text, node.at, &mut self.slips) } else { text })
    }

    fn number(&mut self, node: &Node, name: &str, range: std::ops::RangeInclusive<f64>, unit: &str) -> Option<f64> {
        let text = self.text(node)?;
        if text.contains("${") {
            return None;
        }
        match text.trim().parse::<f64>() {
            Ok(number) if range.contains(&number) => Some(number),
            Ok(number) => {
                let (low, high) = (range.start(), range.end());
                self.slips.at(node.at, format!("`{name}` is {number} {unit}, and may be from {low} to {high}"));
                None
            }
            Err(_) => {
                self.slips.at(node.at, format!("`{name}` is `{text}`, where a number of {unit} is needed"));
                None
            }
        }
    }
}

#[cfg(test)]
mod tests;
