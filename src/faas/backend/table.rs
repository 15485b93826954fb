//! A key-value table with conditional writes, updates and queries: enough of DynamoDB to be idempotent and to count with.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::expression::{Placeholders, compare, holds, updated};
use super::{Backend, MAX_STORED_BYTES, Outcome, ServiceError, no_action, text};

/// As the real one's.
const MAX_ITEM_BYTES: usize = 400 * 1024;

/// Items by their key's text.
#[derive(Clone, Debug, Default)]
pub(crate) struct Table {
    items: BTreeMap<String, Value>,
}

impl Table {
    pub(crate) fn items(&self) -> Vec<Value> {
        self.items.values().cloned().collect()
    }

    fn item(&self, key: &str) -> Map<String, Value> {
        self.items.get(key).and_then(Value::as_object).cloned().unwrap_or_default()
    }
}

impl Backend {
    pub(super) fn table_call(&mut self, action: &str, input: &Value) -> Outcome {
        let table = self.tables.entry(text(input, "TableName")?.to_owned()).or_default();
        let placeholders = Placeholders::of(input);
        match action {
            "PutItem" => {
                let item = object(input, "Item")?;
                let key = key_of(item)?;
                check_condition(input, &placeholders, &table.item(&key))?;
                table.items.insert(key, Value::Object(item.clone()));
                Ok(json!({}))
            }
            "GetItem" => {
                let key = key_of(object(input, "Key")?)?;
                Ok(table.items.get(&key).map_or_else(|| json!({}), |item| json!({ "Item": item })))
            }
            "UpdateItem" => {
                let named = object(input, "Key")?;
                let key = key_of(named)?;
                let before = table.item(&key);
                check_condition(input, &placeholders, &before)?;
                // What is not there yet begins with its key.
                let begun = if before.is_empty() { named.clone() } else { before.clone() };
                let after = match input.get("UpdateExpression").and_then(Value::as_str) {
                    Some(update) => updated(update, &placeholders, &begun)?,
                    None => begun,
                };
                let size = |item: &Map<String, Value>| serde_json::to_string(item).map_or(0, |text| text.len());
                if size(&after) > MAX_ITEM_BYTES {
                    let message = "Item size to update has exceeded the maximum allowed size of 400 KB";
                    return Err(ServiceError::new("ValidationException", message));
                }
                let growth = size(&after).saturating_sub(size(&before));
                if self.stored_bytes + growth > MAX_STORED_BYTES {
                    return Err(ServiceError::new("ServiceUnavailable", "these stand-ins are full"));
                }
                self.stored_bytes += growth;
                if named.iter().any(|(name, value)| after.get(name) != Some(value)) {
                    return Err(ServiceError::new("ValidationException", "an update cannot change the key"));
                }
                table.items.insert(key, Value::Object(after.clone()));
                Ok(returned(input, &before, &after))
            }
            "DeleteItem" => {
                let key = key_of(object(input, "Key")?)?;
                check_condition(input, &placeholders, &table.item(&key))?;
                table.items.remove(&key);
                Ok(json!({}))
            }
            "Query" => {
                let condition = text(input, "KeyConditionExpression")?;
                found(table, input, &placeholders, Some(condition))
            }
            "Scan" => found(table, input, &placeholders, None),
            _ => {
                Err(no_action("dynamodb", action, &["DeleteItem", "GetItem", "PutItem", "Query", "Scan", "UpdateItem"]))
            }
        }
    }
}

/// The items that meet `condition` and the filter, in the order of their sort key `sk`.
fn found(table: &Table, input: &Value, placeholders: &Placeholders<'_>, condition: Option<&str>) -> Outcome {
    let filter = input.get("FilterExpression").and_then(Value::as_str);
    let mut items = Vec::new();
    for item in table.items.values().filter_map(Value::as_object) {
        let wanted = [condition, filter].into_iter().flatten();
        let meets = wanted.map(|it| holds(it, placeholders, item)).collect::<Result<Vec<_>, _>>()?;
        if meets.iter().all(|it| *it) {
            items.push(item);
        }
    }
    if condition.is_some() {
        let by_sort_key = |a: &&Map<String, Value>, b: &&Map<String, Value>| {
            a.get("sk").zip(b.get("sk")).and_then(|(a, b)| compare(a, b)).unwrap_or(std::cmp::Ordering::Equal)
        };
        items.sort_by(by_sort_key);
        if input.get("ScanIndexForward") == Some(&Value::Bool(false)) {
            items.reverse();
        }
    }
    if let Some(limit) = input.get("Limit").and_then(Value::as_u64) {
        items.truncate(limit as usize);
    }
    Ok(json!({ "Items": items, "Count": items.len() }))
}

/// What an update gives back, as `ReturnValues` asks.
fn returned(input: &Value, before: &Map<String, Value>, after: &Map<String, Value>) -> Value {
    let changed = |of: &Map<String, Value>| -> Map<String, Value> {
        let differs = |name: &String| before.get(name) != after.get(name);
        of.iter().filter(|(name, _)| differs(name)).map(|(name, value)| (name.clone(), value.clone())).collect()
    };
    match input.get("ReturnValues").and_then(Value::as_str) {
        Some("ALL_NEW") => json!({ "Attributes": after }),
        Some("ALL_OLD") => json!({ "Attributes": before }),
        Some("UPDATED_NEW") => json!({ "Attributes": changed(after) }),
        Some("UPDATED_OLD") => json!({ "Attributes": changed(before) }),
        _ => json!({}),
    }
}

fn object<'a>(input: &'a Value, name: &str) -> Result<&'a Map<String, Value>, ServiceError> {
    input
        .get(name)
        .and_then(Value::as_object)
        .ok_or_else(|| ServiceError::new("ValidationException", format!("`{name}` is missing; it is an object")))
}

/// The key's value: tables are not declared here, so the key is `id`, or else `pk` with `sk` where there is one, or else
/// the first attribute.
fn key_of(item: &Map<String, Value>) -> Result<String, ServiceError> {
    if let Some(parts) = item.get("pk").filter(|_| !item.contains_key("id")) {
        return Ok(item.get("sk").map_or_else(|| parts.to_string(), |sort| format!("{parts} {sort}")));
    }
    let key = item.get("id").or_else(|| item.values().next());
    let key = key.ok_or_else(|| ServiceError::new("ValidationException", "an item has at least its key"))?;
    Ok(key.to_string())
}

fn check_condition(
    input: &Value,
    placeholders: &Placeholders<'_>,
    present: &Map<String, Value>,
) -> Result<(), ServiceError> {
    let Some(condition) = input.get("ConditionExpression").and_then(Value::as_str) else { return Ok(()) };
    if holds(condition, placeholders, present)? {
        Ok(())
    } else {
        Err(ServiceError::new("ConditionalCheckFailedException", "The conditional request failed"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_conditional_write_happens_once() {
        let mut backend = Backend::default();
        let put = json!({
            "TableName": "orders", "Item": { "id": "a", "n": 1 }, "ConditionExpression": "attribute_not_exists(id)",
        });
        assert!(backend.table_call("PutItem", &put).is_ok());
        let again = backend.table_call("PutItem", &put).expect_err("it is there");
        assert_eq!(again.name, "ConditionalCheckFailedException");
        assert_eq!(backend.items("orders").len(), 1);
        let unknown = json!({ "TableName": "orders", "Item": { "id": "b" }, "ConditionExpression": "size(x) > 1" });
        assert_eq!(backend.table_call("PutItem", &unknown).expect_err("unknown").name, "ValidationException");
    }

    #[test]
    fn a_counter_is_updated_and_items_of_one_partition_are_found_in_order() {
        let mut backend = Backend::default();
        let mut call = |action: &str, input: Value| backend.table_call(action, &input).expect(action);
        let count = json!({
            "TableName": "visits", "Key": { "id": "home" }, "UpdateExpression": "ADD n :one",
            "ExpressionAttributeValues": { ":one": 1 }, "ReturnValues": "ALL_NEW",
        });
        call("UpdateItem", count.clone());
        assert_eq!(call("UpdateItem", count), json!({ "Attributes": { "id": "home", "n": 2 } }));
        for (customer, order) in [("ada", 10), ("ada", 2), ("bob", 1)] {
            call("PutItem", json!({ "TableName": "orders", "Item": { "pk": customer, "sk": order } }));
        }
        let query = json!({
            "TableName": "orders", "KeyConditionExpression": "pk = :who AND sk > :from",
            "ExpressionAttributeValues": { ":who": "ada", ":from": 1 }, "ScanIndexForward": false,
        });
        let found = call("Query", query);
        assert_eq!(found, json!({ "Items": [{ "pk": "ada", "sk": 10 }, { "pk": "ada", "sk": 2 }], "Count": 2 }));
    }
}
