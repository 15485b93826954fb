//! Object storage: what is put can be got, and putting it happened.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Backend, Happened, Outcome, ServiceError, no_action, text};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Object {
    /// Text as it is, bytes in base64.
    pub body: String,
    #[serde(default)]
    pub is_base64: bool,
    #[serde(default)]
    pub content_type: Option<String>,
}

impl Object {
    fn size_bytes(&self) -> usize {
        if self.is_base64 { self.body.trim_end_matches('=').len() * 3 / 4 } else { self.body.len() }
    }
}

impl Backend {
    /// Puts an object as a user's upload does: it happens, and may trigger functions.
    pub fn upload(&mut self, bucket: &str, key: &str, object: Object) {
        let (bucket, key, size_bytes) = (bucket.to_owned(), key.to_owned(), object.size_bytes());
        self.buckets.entry(bucket.clone()).or_default().insert(key.clone(), object);
        self.note(Happened::ObjectCreated { bucket, key, size_bytes });
    }

    pub(super) fn bucket_call(&mut self, action: &str, input: &Value) -> Outcome {
        let bucket = text(input, "Bucket")?;
        let objects = self.buckets.get(bucket);
        match action {
            "PutObject" => {
                let object = Object {
                    body: input.get("Body").and_then(Value::as_str).unwrap_or_default().to_owned(),
                    is_base64: input.get("isBase64").and_then(Value::as_bool).unwrap_or(false),
                    content_type: input.get("ContentType").and_then(Value::as_str).map(str::to_owned),
                };
                self.upload(bucket, text(input, "Key")?, object);
                Ok(json!({}))
            }
            "CopyObject" => {
                let source = text(input, "CopySource")?.trim_start_matches('/');
                let (from, key) = source.split_once('/').unwrap_or((source, ""));
                let object = find(self.buckets.get(from), from, key)?.clone();
                self.upload(bucket, text(input, "Key")?, object);
                Ok(json!({}))
            }
            "GetObject" | "HeadObject" => {
                let object = find(objects, bucket, text(input, "Key")?)?;
                let mut answer = json!({ "ContentLength": object.size_bytes(), "ContentType": object.content_type });
                if action == "GetObject" {
                    answer["Body"] = json!(object.body);
                    answer["isBase64"] = json!(object.is_base64);
                }
                Ok(answer)
            }
            "DeleteObject" => {
                let key = text(input, "Key")?.to_owned();
                // Deleting what is not there succeeds, as the real one does, and nothing happened.
                if self.buckets.get_mut(bucket).is_some_and(|objects| objects.remove(&key).is_some()) {
                    self.note(Happened::ObjectRemoved { bucket: bucket.to_owned(), key });
                }
                Ok(json!({}))
            }
            "ListObjectsV2" => {
                let prefix = input.get("Prefix").and_then(Value::as_str).unwrap_or_default();
                let found = objects.into_iter().flatten().filter(|(key, _)| key.starts_with(prefix)).take(1000);
                let found: Vec<Value> =
                    found.map(|(key, object)| json!({ "Key": key, "Size": object.size_bytes() })).collect();
                Ok(json!({ "KeyCount": found.len(), "Contents": found, "IsTruncated": false }))
            }
            _ => Err(no_action(
                "s3",
                action,
                &["CopyObject", "DeleteObject", "GetObject", "HeadObject", "ListObjectsV2", "PutObject"],
            )),
        }
    }
}

fn find<'a>(
    objects: Option<&'a BTreeMap<String, Object>>,
    bucket: &str,
    key: &str,
) -> Result<&'a Object, ServiceError> {
    objects
        .and_then(|objects| objects.get(key))
        .ok_or_else(|| ServiceError::new("NoSuchKey", format!("bucket `{bucket}` has no object `{key}`")))
}
