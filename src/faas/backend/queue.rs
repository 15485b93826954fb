//! Queues: a message received is hidden for the visibility timeout, and comes back unless it is deleted.

use std::collections::VecDeque;

use serde_json::{Value, json};

use super::{Backend, Outcome, ServiceError, no_action, text};

/// As the real ones are made when nothing is said.
const VISIBILITY_TIMEOUT_S: f64 = 30.0;
const MAX_MESSAGES: usize = 10_000;
const MAX_BATCH: usize = 10;

#[derive(Clone, Debug)]
pub struct Queue {
    pub messages: VecDeque<Message>,
    pub visibility_timeout_ms: f64,
    /// After so many receipts without success a message goes to `dead_letters`.
    pub max_receives: Option<u32>,
    /// The queue they go to.
    pub dead_letters: Option<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    pub id: String,
    pub body: String,
    pub sent_ms: f64,
    /// Until then it is hidden.
    pub visible_ms: f64,
    pub receives: u32,
}

impl Default for Queue {
    fn default() -> Self {
        Self {
            messages: VecDeque::new(),
            visibility_timeout_ms: VISIBILITY_TIMEOUT_S * 1000.0,
            max_receives: None,
            dead_letters: None,
        }
    }
}

impl Queue {
    /// When the next message can be received.
    pub(crate) fn next_visible_ms(&self) -> Option<f64> {
        self.messages.iter().map(|message| message.visible_ms).min_by(f64::total_cmp)
    }

    /// Takes up to `n_max` visible messages and hides them.
    pub(crate) fn receive(&mut self, n_max: usize, now_ms: f64) -> Vec<Message> {
        let hidden_until_ms = now_ms + self.visibility_timeout_ms;
        let visible = self.messages.iter_mut().filter(|message| message.visible_ms <= now_ms);
        visible
            .take(n_max)
            .map(|message| {
                message.visible_ms = hidden_until_ms;
                message.receives += 1;
                message.clone()
            })
            .collect()
    }

    pub(crate) fn delete(&mut self, id: &str) {
        self.messages.retain(|message| message.id != id);
    }
}

/// The last part of a queue's URL or ARN is its name.
fn queue_name(input: &Value) -> Result<String, ServiceError> {
    let said = text(input, "QueueUrl")?;
    Ok(said.rsplit(['/', ':']).next().unwrap_or(said).to_owned())
}

impl Backend {
    /// Puts a message into a queue, as an event source outside the functions does.
    pub fn send(&mut self, queue: &str, body: &str, delay_s: f64) -> Result<String, ServiceError> {
        let id = self.next_message();
        let sent_ms = self.now_ms;
        let queue = self.queues.entry(queue.to_owned()).or_default();
        if queue.messages.len() >= MAX_MESSAGES {
            let message = format!("the queue is full: this stand-in keeps {MAX_MESSAGES} messages");
            return Err(ServiceError::new("OverLimit", message));
        }
        // The real limits: 0 to 15 minutes.
        let visible_ms = sent_ms + delay_s.clamp(0.0, 900.0) * 1000.0;
        queue.messages.push_back(Message { id: id.clone(), body: body.to_owned(), sent_ms, visible_ms, receives: 0 });
        Ok(id)
    }

    pub(super) fn queue_call(&mut self, action: &str, input: &Value) -> Outcome {
        let name = queue_name(input)?;
        let now_ms = self.now_ms;
        let send = |backend: &mut Self, entry: &Value| {
            let delay_s = entry.get("DelaySeconds").and_then(Value::as_f64).unwrap_or(0.0);
            backend.send(&name, text(entry, "MessageBody")?, delay_s)
        };
        match action {
            "SendMessage" => Ok(json!({ "MessageId": send(self, input)? })),
            "SendMessageBatch" => {
                let entries = input.get("Entries").and_then(Value::as_array).cloned().unwrap_or_default();
                if entries.is_empty() || entries.len() > MAX_BATCH {
                    let message = format!("`Entries` holds 1 to {MAX_BATCH} messages");
                    return Err(ServiceError::new("ValidationException", message));
                }
                let sent =
                    entries.iter().map(|entry| Ok(json!({ "Id": entry["Id"], "MessageId": send(self, entry)? })));
                Ok(json!({ "Successful": sent.collect::<Result<Vec<_>, ServiceError>>()?, "Failed": [] }))
            }
            "ReceiveMessage" => {
                let n_max = input.get("MaxNumberOfMessages").and_then(Value::as_u64).unwrap_or(1);
                let queue = self.queues.entry(name).or_default();
                let received = queue.receive(n_max.clamp(1, MAX_BATCH as u64) as usize, now_ms);
                let received = received.iter().map(
                    |message| json!({ "MessageId": message.id, "ReceiptHandle": message.id, "Body": message.body }),
                );
                Ok(json!({ "Messages": received.collect::<Vec<_>>() }))
            }
            "DeleteMessage" => {
                let receipt = text(input, "ReceiptHandle")?;
                self.queues.entry(name).or_default().delete(receipt);
                Ok(json!({}))
            }
            _ => Err(no_action("sqs", action, &["DeleteMessage", "ReceiveMessage", "SendMessage", "SendMessageBatch"])),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_that_is_not_deleted_comes_back_after_the_visibility_timeout() {
        let mut backend = Backend::default();
        let id = backend.send("jobs", "one", 0.0).expect("there is room");
        let queue = backend.queues.get_mut("jobs").expect("named");
        assert_eq!(queue.receive(10, 0.0).len(), 1);
        assert!(queue.receive(10, 29_999.0).is_empty(), "it is hidden");
        let again = queue.receive(10, 30_000.0);
        assert_eq!((again.len(), again[0].receives), (1, 2));
        queue.delete(&id);
        assert_eq!(queue.next_visible_ms(), None);
    }
}
