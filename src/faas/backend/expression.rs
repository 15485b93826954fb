//! DynamoDB's expressions: conditions that an item meets or not, and updates that make another item of it.
//!
//! In: an expression, the names and values that stand for `#n` and `:v`, and an item. Out: whether it holds, or the item
//! as it is afterwards. Attributes are those at the top of an item; what this stand-in does not know is refused by name.

use std::cmp::Ordering;

use serde_json::{Map, Number, Value};

use super::ServiceError;

type Item = Map<String, Value>;

/// An expression is a line, not a program.
const MAX_BYTES: usize = 4_096;
const MAX_DEPTH: usize = 20;

/// What an expression's placeholders stand for.
pub(super) struct Placeholders<'a> {
    names: Option<&'a Item>,
    values: Option<&'a Item>,
}

impl<'a> Placeholders<'a> {
    pub(super) fn of(input: &'a Value) -> Self {
        let object = |name: &str| input.get(name).and_then(Value::as_object);
        Self { names: object("ExpressionAttributeNames"), values: object("ExpressionAttributeValues") }
    }

    /// `name`, or what `#name` stands for.
    fn name<'b>(&'b self, token: &'b str) -> Result<&'b str, ServiceError> {
        if !token.starts_with('#') {
            return Ok(token);
        }
        let known = self.names.and_then(|names| names.get(token)).and_then(Value::as_str);
        known.ok_or_else(|| invalid(format!("`{token}` is not in ExpressionAttributeNames")))
    }

    fn value(&self, token: &str) -> Result<Value, ServiceError> {
        let known = self.values.and_then(|values| values.get(token)).cloned();
        known.ok_or_else(|| invalid(format!("`{token}` is not in ExpressionAttributeValues")))
    }
}

/// Whether `item` meets `condition`. An item that is not there has no attributes.
pub(super) fn holds(condition: &str, placeholders: &Placeholders<'_>, item: &Item) -> Result<bool, ServiceError> {
    let mut reader = Reader::new(condition, placeholders, item)?;
    let holds = reader.any_of()?;
    reader.end()?;
    Ok(holds)
}

/// `item` after `update`: `SET a = :x, n = n + :one`, `REMOVE a`, `ADD n :one`.
pub(super) fn updated(update: &str, placeholders: &Placeholders<'_>, item: &Item) -> Result<Item, ServiceError> {
    let mut reader = Reader::new(update, placeholders, item)?;
    // Every operand is read from the item as it was.
    let mut after = item.clone();
    while let Some(section) = reader.next() {
        loop {
            let name = reader.name()?;
            match section.to_uppercase().as_str() {
                "SET" => {
                    reader.expect("=")?;
                    after.insert(name, reader.sum()?);
                }
                "REMOVE" => {
                    after.remove(&name);
                }
                "ADD" => {
                    let more = reader.operand()?;
                    let sum = match item.get(&name) {
                        Some(there) => add(there, &more, 1.0)?,
                        None => add(&Value::from(0), &more, 1.0)?,
                    };
                    after.insert(name, sum);
                }
                _ => {
                    return Err(invalid(format!("an update begins with SET, REMOVE or ADD, and not with `{section}`")));
                }
            }
            if !reader.takes(",") {
                break;
            }
        }
    }
    Ok(after)
}

/// Numbers by size, text by its letters; two of different kinds have no order.
pub(super) fn compare(a: &Value, b: &Value) -> Option<Ordering> {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a.as_f64()?.partial_cmp(&b.as_f64()?),
        (Value::String(a), Value::String(b)) => Some(a.cmp(b)),
        _ => None,
    }
}

fn equal(a: &Value, b: &Value) -> bool {
    a == b || compare(a, b) == Some(Ordering::Equal)
}

fn add(a: &Value, b: &Value, sign: f64) -> Result<Value, ServiceError> {
    let (Some(x), Some(y)) = (a.as_f64(), b.as_f64()) else {
        return Err(invalid("only numbers can be added, and one of the two is none"));
    };
    let sum = x + sign * y;
    // Whole numbers stay whole: 1 and not 1.0.
    let whole = (sum.fract() == 0.0 && sum.abs() < 9e15).then(|| Number::from(sum as i64));
    Ok(whole.or_else(|| Number::from_f64(sum)).map_or(Value::Null, Value::Number))
}

fn invalid(message: impl Into<String>) -> ServiceError {
    ServiceError::new("ValidationException", message)
}

/// An expression's words, read from left to right.
struct Reader<'a> {
    tokens: std::vec::IntoIter<&'a str>,
    placeholders: &'a Placeholders<'a>,
    item: &'a Item,
    depth: usize,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str, placeholders: &'a Placeholders<'a>, item: &'a Item) -> Result<Self, ServiceError> {
        if text.len() > MAX_BYTES {
            return Err(invalid(format!("an expression has at most {MAX_BYTES} characters")));
        }
        Ok(Self { tokens: tokens(text).into_iter(), placeholders, item, depth: 0 })
    }

    fn peek(&self) -> Option<&'a str> {
        self.tokens.as_slice().first().copied()
    }

    fn next(&mut self) -> Option<&'a str> {
        self.tokens.next()
    }

    /// Takes the next word when it is this one, whatever its case.
    fn takes(&mut self, word: &str) -> bool {
        let is_it = self.peek().is_some_and(|token| token.eq_ignore_ascii_case(word));
        if is_it {
            self.next();
        }
        is_it
    }

    fn expect(&mut self, word: &str) -> Result<(), ServiceError> {
        if self.takes(word) {
            return Ok(());
        }
        let found = self.peek().map_or_else(|| "the end".to_owned(), |token| format!("`{token}`"));
        Err(invalid(format!("`{word}` is expected where {found} stands")))
    }

    fn end(&mut self) -> Result<(), ServiceError> {
        match self.next() {
            None => Ok(()),
            Some(token) => Err(invalid(format!("this stand-in cannot read on at `{token}`"))),
        }
    }

    fn name(&mut self) -> Result<String, ServiceError> {
        let token = self.next().ok_or_else(|| invalid("the expression ends where an attribute is expected"))?;
        if !token.starts_with(|c: char| c == '#' || c == '_' || c.is_alphabetic()) {
            return Err(invalid(format!("an attribute is expected where `{token}` stands")));
        }
        self.placeholders.name(token).map(str::to_owned)
    }

    fn any_of(&mut self) -> Result<bool, ServiceError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(invalid("the expression is nested too deeply"));
        }
        let mut holds = self.all_of()?;
        while self.takes("OR") {
            holds |= self.all_of()?;
        }
        self.depth -= 1;
        Ok(holds)
    }

    fn all_of(&mut self) -> Result<bool, ServiceError> {
        let mut holds = self.one()?;
        while self.takes("AND") {
            holds &= self.one()?;
        }
        Ok(holds)
    }

    fn one(&mut self) -> Result<bool, ServiceError> {
        let mut is_meant = true;
        while self.takes("NOT") {
            is_meant = !is_meant;
        }
        if self.takes("(") {
            let holds = self.any_of()?;
            self.expect(")")?;
            return Ok(holds == is_meant);
        }
        for (function, wanted) in [("attribute_exists", true), ("attribute_not_exists", false)] {
            if self.takes(function) {
                self.expect("(")?;
                let name = self.name()?;
                self.expect(")")?;
                return Ok((self.item.contains_key(&name) == wanted) == is_meant);
            }
        }
        for function in ["begins_with", "contains"] {
            if self.takes(function) {
                self.expect("(")?;
                let name = self.name()?;
                self.expect(",")?;
                let part = self.operand()?;
                self.expect(")")?;
                let holds = match (self.item.get(&name), &part) {
                    (Some(Value::String(text)), Value::String(part)) if function == "begins_with" => {
                        text.starts_with(part.as_str())
                    }
                    (Some(Value::String(text)), Value::String(part)) => text.contains(part.as_str()),
                    (Some(Value::Array(values)), part) if function == "contains" => values.contains(part),
                    _ => false,
                };
                return Ok(holds == is_meant);
            }
        }
        Ok(self.comparison()? == is_meant)
    }

    fn comparison(&mut self) -> Result<bool, ServiceError> {
        let left = self.operand()?;
        if self.takes("BETWEEN") {
            let low = self.operand()?;
            self.expect("AND")?;
            let high = self.operand()?;
            let not_below = matches!(compare(&left, &low), Some(Ordering::Greater | Ordering::Equal));
            return Ok(not_below && matches!(compare(&left, &high), Some(Ordering::Less | Ordering::Equal)));
        }
        let operator = self.next().ok_or_else(|| invalid("the expression ends where a comparison is expected"))?;
        let right = self.operand()?;
        let order = compare(&left, &right);
        Ok(match operator {
            "=" => equal(&left, &right),
            "<>" => !equal(&left, &right),
            "<" => order == Some(Ordering::Less),
            "<=" => matches!(order, Some(Ordering::Less | Ordering::Equal)),
            ">" => order == Some(Ordering::Greater),
            ">=" => matches!(order, Some(Ordering::Greater | Ordering::Equal)),
            other => return Err(invalid(format!("this stand-in does not know `{other}` in a condition"))),
        })
    }

    fn sum(&mut self) -> Result<Value, ServiceError> {
        let left = self.operand()?;
        for (sign, factor) in [("+", 1.0), ("-", -1.0)] {
            if self.takes(sign) {
                return add(&left, &self.operand()?, factor);
            }
        }
        Ok(left)
    }

    /// What [`Self::plain_operand`] gives, or two lists joined.
    fn operand(&mut self) -> Result<Value, ServiceError> {
        if !self.takes("list_append") {
            return self.plain_operand();
        }
        self.expect("(")?;
        // One within the other could double a list with every few letters.
        let first = self.plain_operand()?;
        self.expect(",")?;
        let second = self.plain_operand()?;
        self.expect(")")?;
        let (Value::Array(mut all), Value::Array(more)) = (first, second) else {
            return Err(invalid("list_append joins two lists, and one of the two is none"));
        };
        all.extend(more);
        Ok(Value::Array(all))
    }

    /// A value, an attribute's value (`null` when it is not there), or what `if_not_exists` gives.
    fn plain_operand(&mut self) -> Result<Value, ServiceError> {
        match self.peek() {
            Some(token) if token.starts_with(':') => {
                self.next();
                self.placeholders.value(token)
            }
            Some(token) if token.eq_ignore_ascii_case("if_not_exists") => {
                self.next();
                self.expect("(")?;
                let name = self.name()?;
                self.expect(",")?;
                let otherwise = self.plain_operand()?;
                self.expect(")")?;
                Ok(self.item.get(&name).cloned().unwrap_or(otherwise))
            }
            _ => {
                let name = self.name()?;
                Ok(self.item.get(&name).cloned().unwrap_or(Value::Null))
            }
        }
    }
}

fn tokens(text: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let is_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '#' | ':');
        let length = if is_word(first) {
            rest.find(|c| !is_word(c)).unwrap_or(rest.len())
        } else if ["<=", ">=", "<>"].iter().any(|two| rest.starts_with(two)) {
            2
        } else {
            first.len_utf8()
        };
        let (token, after) = rest.split_at(length);
        tokens.push(token);
        rest = after.trim_start();
    }
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn input() -> Value {
        json!({
            "ExpressionAttributeNames": { "#s": "status" },
            "ExpressionAttributeValues": { ":one": 1, ":ten": 10, ":a": "a", ":open": "open", ":list": ["x"], ":none": [] },
        })
    }

    fn item() -> Item {
        json!({ "id": "a1", "n": 5, "status": "open", "tags": ["t"] }).as_object().cloned().expect("an object")
    }

    #[test]
    fn conditions_hold_or_not() {
        for (condition, expected) in [
            ("attribute_exists(id)", true),
            ("attribute_not_exists(#s)", false),
            ("#s = :open AND n > :one", true),
            ("n <> :one AND NOT n >= :ten", true),
            ("n BETWEEN :one AND :ten AND begins_with(id, :a)", true),
            ("(n = :ten OR #s = :open) and contains(id, :one)", false),
            ("missing = :one OR n < :ten", true),
            ("id < :one", false),
        ] {
            assert_eq!(holds(condition, &Placeholders::of(&input()), &item()), Ok(expected), "{condition}");
        }
    }

    #[test]
    fn updates_are_made_from_the_item_as_it_was() {
        for (update, expected) in [
            ("SET n = n + :one, m = n", json!({ "id": "a1", "n": 6, "m": 5, "status": "open", "tags": ["t"] })),
            ("set k = if_not_exists(k, :ten) - :one remove #s, tags", json!({ "id": "a1", "n": 5, "k": 9 })),
            ("ADD n :one, fresh :ten", json!({ "id": "a1", "n": 6, "fresh": 10, "status": "open", "tags": ["t"] })),
            (
                "SET tags = list_append(tags, :list)",
                json!({ "id": "a1", "n": 5, "status": "open", "tags": ["t", "x"] }),
            ),
        ] {
            let after = updated(update, &Placeholders::of(&input()), &item()).expect(update);
            assert_eq!(Value::Object(after), expected, "{update}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_refused_by_name() {
        let deep = "(".repeat(1_000);
        for (condition, said) in [
            ("size(n) > :one", "`(`"),
            ("n = :two", "`:two` is not in ExpressionAttributeValues"),
            ("#t = :one", "`#t` is not in ExpressionAttributeNames"),
            ("n =", "ends where"),
            ("n = :one extra", "cannot read on at `extra`"),
            (deep.as_str(), "nested too deeply"),
        ] {
            let told = holds(condition, &Placeholders::of(&input()), &item()).expect_err(condition);
            assert!(told.message.contains(said), "{condition}: {}", told.message);
        }
        let told = updated("DELETE tags :list", &Placeholders::of(&input()), &item()).expect_err("unknown");
        assert!(told.message.contains("begins with SET"), "{}", told.message);
        assert!(updated("SET id = id + :one", &Placeholders::of(&input()), &item()).is_err());
    }
}
