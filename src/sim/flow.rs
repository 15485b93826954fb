//! The functions after the first: `[flow.NAME]` of a scenario → their models, and who listens to whom.
//!
//! A step's keys are those of a scenario, below its name: `flow.notify.function.memory_mb`. What it does not say is as for
//! the first function. `from` names whose answers start it: another step, or `"traffic"` for traffic of its own.
//! `traffic.functions = 50` puts fifty functions of the recorded trace side by side, each a step with its own traffic.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::document::{Lines, Problem, Value, Values, is_below};
use super::law::Law;
use super::model::{Model, Reader, Source, Step};

/// More steps than this are no flow that one follows.
const MOST_STEPS: usize = 50;

pub(super) fn steps(values: &Values, lines: &Lines) -> Result<Arc<[Step]>, Vec<Problem>> {
    let names: BTreeSet<&str> = values.keys().filter_map(|key| key.strip_prefix("flow.")?.split('.').next()).collect();
    let names: Vec<&str> = names.into_iter().collect();
    if names.len() > MOST_STEPS {
        return Err(vec![Problem::new(
            0,
            format!("a flow of {} steps; at most {MOST_STEPS} are simulated", names.len()),
        )]);
    }
    let mut problems = Vec::new();
    let mut steps = Vec::new();
    for name in &names {
        match step(name, &names, values, lines) {
            Ok(step) => steps.push(step),
            Err(found) => problems.extend(found),
        }
    }
    if problems.is_empty() {
        problems.extend(circle(&steps, lines));
    }
    match recorded(values, lines) {
        Ok(recorded) => steps.extend(recorded),
        Err(found) => problems.extend(found),
    }
    if problems.is_empty() { Ok(Arc::from(steps)) } else { Err(problems) }
}

fn step(name: &str, names: &[&str], values: &Values, lines: &Lines) -> Result<Step, Vec<Problem>> {
    let prefix = format!("flow.{name}.");
    let key = |rest: &str| format!("{prefix}{rest}");
    let mut reader = Reader::new(values, lines);
    let source = match reader.word(&key("from")) {
        None => Source::First,
        Some("traffic") => Source::Own,
        Some(from) => names.iter().position(|it| *it == from).map_or_else(
            || {
                reader.problem(
                    &key("from"),
                    format!("`{}`: there is no step `{from}`; there are {}", key("from"), names.join(", ")),
                );
                Source::First
            },
            Source::Step,
        ),
    };
    let via = reader.word(&key("via")).unwrap_or("queue");
    let usual = if via == "storage" { Law::log_normal(300.0, 2000.0) } else { Law::log_normal(30.0, 200.0) };
    let delay = reader.law(&key("delay_ms")).unwrap_or(usual);
    let mut problems = reader.problems;

    let (values, lines) = own_values(&prefix, via, values, lines);
    match Model::read_one(&values, &lines) {
        Ok(model) if problems.is_empty() => {
            // How long it runs is the first function's business.
            let mut model = model;
            (model.run.warmup_requests, model.run.requests) = (0, u64::MAX);
            Ok(Step { name: name.to_owned(), model: Arc::new(model), source, delay })
        }
        Ok(_) => Err(problems),
        Err(found) => {
            problems.extend(found.into_iter().map(|it| Problem::new(it.line, format!("flow.{name}: {}", it.message))));
            Err(problems)
        }
    }
}

/// The functions of the recorded trace that run beside the scenario's own.
fn recorded(values: &Values, lines: &Lines) -> Result<Vec<Step>, Vec<Problem>> {
    let whole = |key: &str| values.get(key).and_then(Value::as_whole);
    let Some(functions) = whole("traffic.functions") else { return Ok(Vec::new()) };
    let first = whole("traffic.function").unwrap_or(0);
    let mut own = values.clone();
    own.retain(|key, _| !key.starts_with("flow."));
    (first + 1..first + functions)
        .map(|function| {
            own.insert("traffic.function".to_owned(), Value::Whole(function));
            let mut model = Model::read_one(&own, lines)?;
            (model.run.warmup_requests, model.run.requests) = (0, u64::MAX);
            let (name, source, delay) = (format!("trace-{function:02}"), Source::Own, Law::ZERO);
            Ok(Step { name, model: Arc::new(model), source, delay })
        })
        .collect()
}

/// A step's values: those of the scenario, with those below the step's name over them.
fn own_values(prefix: &str, via: &str, values: &Values, lines: &Lines) -> (Values, Lines) {
    let mut own: Values = values
        .iter()
        .filter(|(key, _)| !key.starts_with("flow.") && *key != "traffic.functions")
        .map(|(k, v)| (k.clone(), v.clone()))
        .collect();
    let mut own_lines = lines.clone();
    // An event that fails comes again: with a queue after its visibility timeout, else as AWS Lambda retries.
    own.insert("delivery.mode".to_owned(), Value::Text("async".to_owned()));
    own.insert("delivery.backoff_s".to_owned(), Value::Number(if via == "queue" { 30.0 } else { 60.0 }));
    let below = || values.iter().filter_map(|(key, value)| Some((key, key.strip_prefix(prefix)?, value)));
    for (_, key, _) in below() {
        own.retain(|other, _| other != key && !is_below(other, key) && !is_below(key, other));
    }
    for (whole, key, value) in below() {
        own.insert(key.to_owned(), value.clone());
        own_lines.insert(key.to_owned(), lines.get(whole).copied().unwrap_or(0));
    }
    (own, own_lines)
}

/// Steps that would start each other for ever.
fn circle(steps: &[Step], lines: &Lines) -> Option<Problem> {
    let start = (0..steps.len()).find(|start| {
        let mut at = *start;
        for _ in 0..steps.len() {
            match steps[at].source {
                Source::Step(next) => at = next,
                Source::First | Source::Own => return false,
            }
        }
        true
    })?;
    let name = &steps[start].name;
    let line = lines.get(&format!("flow.{name}.from")).copied().unwrap_or(0);
    let remedy = "let one of them listen to the scenario's own function: leave its `from` out";
    Some(Problem::new(line, format!("flow.{name}: its events come from itself, in a circle; {remedy}")))
}
