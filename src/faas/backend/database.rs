//! The database given to functions as `./db`: rows by table and key, with what a connection and a query cost.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Outcome, ServiceError, no_action, text};

/// Rows and costs, as an exercise gives them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Database {
    /// Of opening a connection: name lookup, TCP, TLS, authentication.
    pub connect_ms: f64,
    pub query_ms: f64,
    /// How many connections may be open at once, over all environments.
    pub connections_max: u32,
    /// By table, then by key.
    pub tables: BTreeMap<String, BTreeMap<String, Value>>,
    /// Keys at which a query fails, with the error's message: what a driver would say in an outage.
    pub failing: BTreeMap<String, String>,
}

impl Default for Database {
    /// Two users, and costs of the usual order: a connection is an order of magnitude dearer than a query.
    fn default() -> Self {
        let users = [("42", "Ada Lovelace", "ada@example.org"), ("7", "Grace Hopper", "grace@example.org")];
        let users = users.map(|(id, name, email)| (id.to_owned(), json!({ "id": id, "name": name, "email": email })));
        Self {
            connect_ms: 40.0,
            query_ms: 3.0,
            connections_max: 100,
            tables: BTreeMap::from([("users".to_owned(), BTreeMap::from(users))]),
            failing: BTreeMap::new(),
        }
    }
}

impl Database {
    pub(crate) fn is_read(action: &str) -> bool {
        matches!(action, "get" | "all")
    }

    pub(crate) fn is_write(action: &str) -> bool {
        matches!(action, "put" | "insert" | "delete")
    }

    /// Answers `get` and `all`; what is not a reading action is `None`.
    pub(crate) fn read(&self, action: &str, input: &Value) -> Option<Outcome> {
        Self::is_read(action).then(|| {
            let table = text(input, "table")?;
            let rows = self.tables.get(table);
            if action == "all" {
                return Ok(rows.map_or_else(|| json!([]), |rows| rows.values().cloned().collect()));
            }
            let key = self.key(input)?;
            // A row that is not there is no error of the database; the function decides what it means.
            Ok(rows.and_then(|rows| rows.get(&key)).cloned().unwrap_or(Value::Null))
        })
    }

    pub(super) fn write(&mut self, action: &str, input: &Value) -> Outcome {
        if !Self::is_write(action) {
            return Err(no_action("database", action, &["all", "close", "connect", "delete", "get", "insert", "put"]));
        }
        let table = text(input, "table")?;
        let key = self.key(input)?;
        let rows = self.tables.entry(table.to_owned()).or_default();
        match action {
            "delete" => return Ok(json!(rows.remove(&key).is_some())),
            "insert" if rows.contains_key(&key) => {
                return Err(ServiceError::new("DuplicateKey", format!("`{table}` already has a row `{key}`")));
            }
            _ => {}
        }
        rows.insert(key, input.get("row").cloned().unwrap_or(Value::Null));
        Ok(json!(true))
    }

    /// The key, numbers written as text: `getUser(42)` and `getUser("42")` are the same row.
    fn key(&self, input: &Value) -> Result<String, ServiceError> {
        let key = match input.get("key") {
            Some(Value::String(key)) if !key.is_empty() => key.clone(),
            Some(Value::Number(key)) => key.to_string(),
            _ => return Err(ServiceError::new("ValidationException", "a key is a string or a number")),
        };
        match self.failing.get(&key) {
            Some(message) => Err(ServiceError::new("DatabaseError", message.clone())),
            None => Ok(key),
        }
    }
}
