//! A key-value table with conditional writes: enough of DynamoDB to be idempotent with.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{Backend, Outcome, ServiceError, no_action, text};

/// Items by their key's text.
#[derive(Clone, Debug, Default)]
pub(crate) struct Table {
    items: BTreeMap<String, Value>,
}

impl Table {
    pub(crate) fn items(&self) -> Vec<Value> {
        self.items.values().cloned().collect()
    }
}

impl Backend {
    pub(super) fn table_call(&mut self, action: &str, input: &Value) -> Outcome {
        let table = self.tables.entry(text(input, "TableName")?.to_owned()).or_default();
        match action {
            "PutItem" => {
                let item = object(input, "Item")?;
                let key = key_of(item)?;
                check_condition(input, table.items.get(&key))?;
                table.items.insert(key, Value::Object(item.clone()));
                Ok(json!({}))
            }
            "GetItem" => {
                let key = key_of(object(input, "Key")?)?;
                Ok(table.items.get(&key).map_or_else(|| json!({}), |item| json!({ "Item": item })))
            }
            "DeleteItem" => {
                let key = key_of(object(input, "Key")?)?;
                check_condition(input, table.items.get(&key))?;
                table.items.remove(&key);
                Ok(json!({}))
            }
            "Scan" => Ok(json!({ "Items": table.items(), "Count": table.items.len() })),
            _ => Err(no_action("dynamodb", action, &["DeleteItem", "GetItem", "PutItem", "Scan"])),
        }
    }
}

fn object<'a>(input: &'a Value, name: &str) -> Result<&'a Map<String, Value>, ServiceError> {
    input
        .get(name)
        .and_then(Value::as_object)
        .ok_or_else(|| ServiceError::new("ValidationException", format!("`{name}` is missing; it is an object")))
}

/// The key's value: tables are not declared here, so the key is `id`, or else `pk`, or else the first attribute.
fn key_of(item: &Map<String, Value>) -> Result<String, ServiceError> {
    let key = item.get("id").or_else(|| item.get("pk")).or_else(|| item.values().next());
    let key = key.ok_or_else(|| ServiceError::new("ValidationException", "an item has at least its key"))?;
    Ok(key.to_string())
}

/// Two conditions are known, those that make a write happen once.
fn check_condition(input: &Value, present: Option<&Value>) -> Result<(), ServiceError> {
    let Some(condition) = input.get("ConditionExpression").and_then(Value::as_str) else { return Ok(()) };
    let holds = match condition.split_once('(').map(|(name, rest)| (name.trim(), rest.trim_end().strip_suffix(')'))) {
        Some(("attribute_not_exists", Some(attribute))) => !has(input, present, attribute.trim()),
        Some(("attribute_exists", Some(attribute))) => has(input, present, attribute.trim()),
        _ => {
            let message = format!(
                "this stand-in knows `attribute_not_exists(x)` and `attribute_exists(x)` as a condition, not `{condition}`"
            );
            return Err(ServiceError::new("ValidationException", message));
        }
    };
    if holds {
        Ok(())
    } else {
        Err(ServiceError::new("ConditionalCheckFailedException", "The conditional request failed"))
    }
}

fn has(input: &Value, present: Option<&Value>, attribute: &str) -> bool {
    // `#x` is another name for an attribute, for those whose own name is a reserved word.
    let names = input.get("ExpressionAttributeNames");
    let attribute = names.and_then(|names| names.get(attribute)).and_then(Value::as_str).unwrap_or(attribute);
    present.is_some_and(|item| item.get(attribute).is_some())
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
}
