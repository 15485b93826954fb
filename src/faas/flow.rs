//! Events on their way: an uploaded object triggers a function, a message in a queue another, and failures come again.
//!
//! The flow has a time of its own, which jumps from one delivery to the next: a visibility timeout of 30 seconds passes
//! at once, and in the right order. The same start gives the same deliveries.

use std::collections::VecDeque;

use serde::Serialize;
use serde_json::{Value, json};

use super::backend::{Backend, Happened, Message};
use super::deployment::Trigger;
use super::measure::Invocation;
use super::platform::Platform;

/// An event that nobody waits for is tried twice more, after one minute and after two, as the real platform does.
const RETRY_AFTER_MS: [f64; 2] = [60_000.0, 120_000.0];

/// An event that reached a function.
#[derive(Clone, Debug, Serialize)]
pub struct Delivery {
    /// On the flow's time, which begins at 0.
    pub at_ms: f64,
    /// What it came from, such as `s3:uploads/cat.jpg` or `sqs:thumbnails`.
    pub source: String,
    /// Counts from 1; more than that is a redelivery.
    pub attempt: u32,
    pub invocation: Invocation,
}

/// An event for one function that is not delivered yet.
struct Waiting {
    due_ms: f64,
    source: String,
    function: String,
    event: Value,
    attempt: u32,
}

impl Platform {
    /// Delivers what has happened, and what happens because of it, until nothing is on its way.
    ///
    /// Stops after `n_max` deliveries: a function that puts what triggers it, and a message that always fails, would
    /// never end.
    pub fn run_events(&self, n_max: usize) -> Vec<Delivery> {
        let _alone = self.begin_flow();
        let mut waiting = VecDeque::new();
        let mut deliveries = Vec::new();
        while deliveries.len() < n_max {
            let happened = std::mem::take(&mut self.backend().happened);
            let now_ms = self.backend().now_ms;
            waiting.extend(happened.iter().flat_map(|it| self.triggered(it, now_ms)));
            let next = earliest(&waiting).map(|at| (waiting[at].due_ms, at));
            let queue = self.next_queue();
            match (next, queue) {
                (Some((due_ms, at)), queue) if queue.as_ref().is_none_or(|queue| due_ms <= queue.due_ms) => {
                    let event = waiting.remove(at).expect("its index was just found");
                    deliveries.push(self.deliver(event, &mut waiting));
                }
                (_, Some(queue)) => deliveries.extend(self.deliver_messages(&queue)),
                (_, None) => break,
            }
        }
        deliveries
    }

    /// The functions that `happened` triggers, each with its event.
    fn triggered(&self, happened: &Happened, now_ms: f64) -> Vec<Waiting> {
        let (name, bucket, key, size) = match happened {
            Happened::ObjectCreated { bucket, key, size_bytes } => ("s3:ObjectCreated:Put", bucket, key, *size_bytes),
            Happened::ObjectRemoved { bucket, key } => ("s3:ObjectRemoved:Delete", bucket, key, 0),
        };
        let wants = |trigger: &Trigger| match trigger {
            Trigger::Object { bucket: of, event, prefix, suffix } => {
                let matches = event == name || event.strip_suffix('*').is_some_and(|start| name.starts_with(start));
                of == bucket && matches && key.starts_with(prefix.as_str()) && key.ends_with(suffix.as_str())
            }
            _ => false,
        };
        let functions = self.deployment().functions.iter().filter(|function| function.triggers.iter().any(wants));
        functions
            .map(|function| Waiting {
                due_ms: now_ms,
                source: format!("s3:{bucket}/{key}"),
                function: function.name.clone(),
                event: json!({ "Records": [{
                    "eventSource": "aws:s3",
                    "eventName": name.trim_start_matches("s3:"),
                    "awsRegion": "local",
                    "s3": {
                        "bucket": { "name": bucket, "arn": format!("arn:aws:s3:::{bucket}") },
                        "object": { "key": escape_key(key), "size": size },
                    },
                }]}),
                attempt: 1,
            })
            .collect()
    }

    fn deliver(&self, it: Waiting, waiting: &mut VecDeque<Waiting>) -> Delivery {
        let at_ms = self.advance(it.due_ms);
        let invocation = self.invoke(&it.function, &it.event.to_string()).expect("a trigger belongs to a function");
        let ended_ms = self.advance(at_ms + invocation.waited_ms);
        let delivery = Delivery { at_ms, source: it.source.clone(), attempt: it.attempt, invocation };
        if let (Err(_), Some(after_ms)) = (&delivery.invocation.result, RETRY_AFTER_MS.get(it.attempt as usize - 1)) {
            waiting.push_back(Waiting { due_ms: ended_ms + after_ms, attempt: it.attempt + 1, ..it });
        }
        delivery
    }

    /// Sets the flow's time forward; it never goes back.
    fn advance(&self, to_ms: f64) -> f64 {
        let mut backend = self.backend();
        backend.now_ms = backend.now_ms.max(to_ms);
        backend.now_ms
    }

    /// The queue with a function behind it whose next message is visible first.
    fn next_queue(&self) -> Option<Polled> {
        let backend = self.backend();
        let polled = self.deployment().functions.iter().flat_map(|function| {
            let backend = &backend;
            function.triggers.iter().filter_map(move |trigger| match trigger {
                Trigger::Queue { name, batch_size } => {
                    let due_ms = backend.queues.get(name)?.next_visible_ms()?;
                    Some(Polled { due_ms, queue: name.clone(), function: function.name.clone(), n_max: *batch_size })
                }
                _ => None,
            })
        });
        polled.min_by(|a, b| a.due_ms.total_cmp(&b.due_ms))
    }

    fn deliver_messages(&self, polled: &Polled) -> Option<Delivery> {
        let at_ms = self.advance(polled.due_ms);
        let messages = self.backend().queues.get_mut(&polled.queue)?.receive(polled.n_max, at_ms);
        let records = messages.iter().map(|message| {
            json!({
                "messageId": message.id,
                "receiptHandle": message.id,
                "body": message.body,
                "attributes": { "ApproximateReceiveCount": message.receives.to_string() },
                "eventSource": "aws:sqs",
                "eventSourceARN": format!("arn:aws:sqs:local:000000000000:{}", polled.queue),
                "awsRegion": "local",
            })
        });
        let event = json!({ "Records": records.collect::<Vec<_>>() });
        let invocation = self.invoke(&polled.function, &event.to_string()).expect("a trigger belongs to a function");
        self.advance(at_ms + invocation.waited_ms);
        let failed = failed_messages(&invocation, &messages);
        settle_messages(&mut self.backend(), &polled.queue, &messages, &failed);
        let attempt = messages.iter().map(|message| message.receives).max().unwrap_or(1);
        Some(Delivery { at_ms, source: format!("sqs:{}", polled.queue), attempt, invocation })
    }
}

struct Polled {
    due_ms: f64,
    queue: String,
    function: String,
    n_max: usize,
}

fn earliest(waiting: &VecDeque<Waiting>) -> Option<usize> {
    // The first of those due together: `min_by` keeps it.
    (0..waiting.len()).min_by(|a, b| waiting[*a].due_ms.total_cmp(&waiting[*b].due_ms))
}

/// The messages that were not worked off: all of them when the function failed, or those that it names itself in
/// `batchItemFailures`.
fn failed_messages(invocation: &Invocation, messages: &[Message]) -> Vec<String> {
    let Ok(result) = &invocation.result else { return messages.iter().map(|message| message.id.clone()).collect() };
    let said: Option<Value> = serde_json::from_str(result).ok();
    let failures = said.as_ref().and_then(|said| said.get("batchItemFailures")).and_then(Value::as_array);
    let ids = failures.into_iter().flatten().filter_map(|failure| failure.get("itemIdentifier")?.as_str());
    ids.map(str::to_owned).collect()
}

/// Deletes what was worked off, and moves what failed too often to the dead letters.
fn settle_messages(backend: &mut Backend, name: &str, messages: &[Message], failed: &[String]) {
    let Some(queue) = backend.queues.get_mut(name) else { return };
    let mut dead = Vec::new();
    for message in messages {
        let has_failed = failed.contains(&message.id);
        let too_often = queue.max_receives.is_some_and(|most| message.receives >= most);
        if !has_failed || too_often {
            queue.delete(&message.id);
        }
        if has_failed && too_often {
            dead.push(message.body.clone());
        }
    }
    if let Some(dead_letters) = queue.dead_letters.clone() {
        for body in dead {
            // A full queue of dead letters loses them, as a queue without one does.
            let _ = backend.send(&dead_letters, &body, 0.0);
        }
    }
}

/// Keys arrive as in a form: spaces as `+`, other letters escaped. Handlers that forget to decode fail here too.
fn escape_key(key: &str) -> String {
    let digit = |value: u8| char::from(b"0123456789ABCDEF"[usize::from(value)]);
    let mut escaped = String::with_capacity(key.len());
    for byte in key.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'/' | b'*' => escaped.push(byte as char),
            b' ' => escaped.push('+'),
            byte => escaped.extend(['%', digit(byte >> 4), digit(byte & 15)]),
        }
    }
    escaped
}
