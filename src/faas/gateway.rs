//! The gateway: a request becomes the event that a handler gets, and what it returns becomes a response.
//!
//! Pure. Both kinds are put as the real ones put them: the REST API (`http`, payload 1) and the HTTP API (`httpApi`,
//! payload 2). A return that is no response becomes a 502 with the reason, which the real gateway keeps to its log.

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::deployment::{Deployment, FunctionSpec, Gateway, Route};
use super::fault::{Fault, FaultKind};

/// A request as it came, with the query as written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HttpRequest {
    /// In capitals.
    pub method: String,
    /// With its leading slash, still escaped.
    pub path: String,
    /// Without the question mark.
    pub query: String,
    /// Names as they came, in their order.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct HttpResponse {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    #[serde(skip)]
    pub body: Vec<u8>,
    /// Why the gateway answered and not the function.
    pub reason: Option<String>,
}

impl HttpResponse {
    /// An answer of the gateway itself.
    pub(super) fn of_gateway(status: u16, message: &str, reason: impl Into<String>) -> Self {
        let reason = reason.into();
        let body = json!({ "message": message, "reason": reason }).to_string().into_bytes();
        let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
        Self { status, headers, body, reason: Some(reason) }
    }
}

/// The route that takes a request, with the function behind it and the parts of the path that it names.
#[derive(Clone, Debug)]
pub struct Matched<'a> {
    pub route: &'a Route,
    pub function: &'a FunctionSpec,
    pub parameters: Vec<(String, String)>,
}

/// Finds the route for a method and a path. Of several, the most literal one: `/users/me` before `/users/{id}`.
pub fn find_route<'a>(deployment: &'a Deployment, method: &str, path: &str) -> Option<Matched<'a>> {
    let fits = deployment.routes().filter_map(|(route, function)| {
        let method_fits = route.method == method || route.method == "ANY";
        let (parameters, literal) = match_path(&route.path, path).filter(|_| method_fits)?;
        Some((literal, route.method != "ANY", Matched { route, function, parameters }))
    });
    // `max_by_key` keeps the last of equals; the first in the file is meant.
    let best = fits.fold(None, |best: Option<(Vec<u8>, bool, Matched<'_>)>, it| match best {
        Some(best) if (&best.0, best.1) >= (&it.0, it.1) => Some(best),
        _ => Some(it),
    });
    best.map(|(_, _, matched)| matched)
}

/// Names with their values.
type Pairs = Vec<(String, String)>;

/// The named parts of `path`, and how literal each part of the template is; `None` when it does not fit.
fn match_path(template: &str, path: &str) -> Option<(Pairs, Vec<u8>)> {
    let parts = |text: &str| -> Vec<String> {
        text.trim_matches('/').split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect()
    };
    let (template, path) = (parts(template), parts(path));
    let mut parameters = Vec::new();
    let mut literal = Vec::new();
    let mut at = 0;
    for part in &template {
        match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
            Some(name) if name.ends_with('+') && at < path.len() => {
                parameters.push((name.trim_end_matches('+').to_owned(), path[at..].join("/")));
                literal.push(0);
                return Some((parameters, literal));
            }
            Some(name) => {
                parameters.push((name.to_owned(), unescape(path.get(at)?, false)));
                literal.push(1);
            }
            None if path.get(at) == Some(part) => literal.push(2),
            None => return None,
        }
        at += 1;
    }
    (at == path.len()).then_some((parameters, literal))
}

/// The event for a request that `matched`, as JSON.
pub fn event(request: &HttpRequest, matched: &Matched<'_>, request_id: &str, now_ms: u64) -> Value {
    let (body, is_base64) = match std::str::from_utf8(&request.body) {
        Ok("") => (Value::Null, false),
        Ok(text) => (json!(text), false),
        Err(_) => (json!(base64(&request.body)), true),
    };
    let query = query_pairs(&request.query);
    let user_agent = header(request, "user-agent").unwrap_or_default();
    let parameters = object(matched.parameters.iter().cloned());
    match matched.route.gateway {
        Gateway::Rest => json!({
            "resource": matched.route.path,
            "path": unescape(&request.path, false),
            "httpMethod": request.method,
            "headers": object(request.headers.iter().cloned()),
            "multiValueHeaders": lists(&request.headers),
            "queryStringParameters": if query.is_empty() { Value::Null } else { object(query.iter().cloned()) },
            "multiValueQueryStringParameters": if query.is_empty() { Value::Null } else { lists(&query) },
            "pathParameters": if matched.parameters.is_empty() { Value::Null } else { parameters },
            "stageVariables": Value::Null,
            "requestContext": {
                "requestId": request_id,
                "resourcePath": matched.route.path,
                "httpMethod": request.method,
                "path": format!("/dev{}", request.path),
                "protocol": "HTTP/1.1",
                "stage": "dev",
                "requestTimeEpoch": now_ms,
                "identity": { "sourceIp": "127.0.0.1", "userAgent": user_agent },
            },
            "body": body,
            "isBase64Encoded": is_base64,
        }),
        Gateway::Http => {
            let lowered = request.headers.iter().map(|(name, value)| (name.to_lowercase(), value.clone()));
            let (cookies, headers): (Vec<_>, Vec<_>) = lowered.partition(|(name, _)| name == "cookie");
            let mut event = json!({
                "version": "2.0",
                "routeKey": matched.route.to_string(),
                "rawPath": request.path,
                "rawQueryString": request.query,
                "headers": joined(headers),
                "requestContext": {
                    "requestId": request_id,
                    "routeKey": matched.route.to_string(),
                    "stage": "$default",
                    "timeEpoch": now_ms,
                    "http": {
                        "method": request.method,
                        "path": request.path,
                        "protocol": "HTTP/1.1",
                        "sourceIp": "127.0.0.1",
                        "userAgent": user_agent,
                    },
                },
                "isBase64Encoded": is_base64,
            });
            // What there is none of is left out, where version 1 says null.
            if !body.is_null() {
                event["body"] = body;
            }
            if !query.is_empty() {
                event["queryStringParameters"] = joined(query);
            }
            if !matched.parameters.is_empty() {
                event["pathParameters"] = parameters;
            }
            if !cookies.is_empty() {
                let each = cookies.iter().flat_map(|(_, value)| value.split(';')).map(str::trim);
                event["cookies"] = each.collect();
            }
            event
        }
    }
}

/// The response for what a handler returned, which is JSON, or for why it did not.
pub fn respond(gateway: Gateway, result: &Result<String, Fault>) -> HttpResponse {
    let returned = match result {
        Ok(text) => serde_json::from_str(text).unwrap_or(Value::Null),
        Err(fault) if fault.kind == FaultKind::Throttled => {
            return HttpResponse::of_gateway(429, "Too Many Requests", fault.message.clone());
        }
        Err(fault) => return HttpResponse::of_gateway(502, "Internal server error", fault.to_string()),
    };
    match read_response(gateway, &returned) {
        Ok(response) => response,
        Err(reason) => HttpResponse::of_gateway(502, "Internal server error", format!("malformed response: {reason}")),
    }
}

fn read_response(gateway: Gateway, returned: &Value) -> Result<HttpResponse, String> {
    let Some(status) = returned.get("statusCode") else {
        return match (gateway, returned) {
            // The HTTP API takes what is no response for the body of one.
            (Gateway::Http, returned) => Ok(HttpResponse {
                status: 200,
                headers: vec![("content-type".to_owned(), "application/json".to_owned())],
                body: returned.as_str().map_or_else(|| returned.to_string(), str::to_owned).into_bytes(),
                reason: None,
            }),
            (Gateway::Rest, Value::Null) => {
                Err("the handler returned nothing; it must return an object with `statusCode`".to_owned())
            }
            (Gateway::Rest, Value::Object(_)) => Err("`statusCode` is missing".to_owned()),
            (Gateway::Rest, other) => Err(format!("the handler returned {}, not an object", kind(other))),
        };
    };
    let number = status.as_u64().or_else(|| status.as_str()?.parse().ok());
    let status = number.and_then(|status| u16::try_from(status).ok()).filter(|status| (100..=599).contains(status));
    let status = status.ok_or_else(|| "`statusCode` is not a whole number from 100 to 599".to_owned())?;
    let mut headers = Vec::new();
    for (name, value) in entries(returned, "headers")? {
        headers.push((name.clone(), scalar(value).ok_or_else(|| format!("header `{name}` is {}", kind(value)))?));
    }
    for (name, values) in entries(returned, "multiValueHeaders")? {
        let values = values.as_array().ok_or_else(|| format!("`multiValueHeaders.{name}` is {}", kind(values)))?;
        for value in values {
            headers.push((name.clone(), scalar(value).ok_or_else(|| format!("header `{name}` is {}", kind(value)))?));
        }
    }
    if let (Gateway::Http, Some(cookies)) = (gateway, returned.get("cookies").and_then(Value::as_array)) {
        headers.extend(cookies.iter().filter_map(Value::as_str).map(|it| ("set-cookie".to_owned(), it.to_owned())));
    }
    if let Some((name, _)) = headers.iter().find(|(name, value)| !is_header(name, value)) {
        return Err(format!("header `{}` has letters that no header may have", name.escape_default()));
    }
    let is_base64 = match returned.get("isBase64Encoded") {
        None | Some(Value::Null) => false,
        Some(Value::Bool(is_base64)) => *is_base64,
        Some(other) => return Err(format!("`isBase64Encoded` is {}, not a boolean", kind(other))),
    };
    let body = match returned.get("body") {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::String(text)) if is_base64 => {
            unbase64(text).ok_or_else(|| "`isBase64Encoded` is true and `body` is not base64".to_owned())?
        }
        Some(Value::String(text)) => text.clone().into_bytes(),
        Some(other) => {
            return Err(format!("`body` is {}, not a string; JSON.stringify makes one of it", kind(other)));
        }
    };
    if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type")) {
        let default = if gateway == Gateway::Rest { "application/json" } else { "text/plain;charset=utf-8" };
        headers.push(("content-type".to_owned(), default.to_owned()));
    }
    Ok(HttpResponse { status, headers, body, reason: None })
}

fn entries<'a>(returned: &'a Value, name: &str) -> Result<Vec<(&'a String, &'a Value)>, String> {
    match returned.get(name) {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Object(entries)) => Ok(entries.iter().collect()),
        Some(other) => Err(format!("`{name}` is {}, not an object", kind(other))),
    }
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(yes) => Some(yes.to_string()),
        _ => None,
    }
}

/// A line break in a header would begin another one, or the body.
fn is_header(name: &str, value: &str) -> bool {
    let is_token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    !name.is_empty() && name.chars().all(is_token) && value.chars().all(|c| c == '\t' || !c.is_control())
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

fn header<'a>(request: &'a HttpRequest, name: &str) -> Option<&'a str> {
    request.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
}

/// Name and value of each part of a query, unescaped.
fn query_pairs(query: &str) -> Pairs {
    let parts = query.split('&').filter(|part| !part.is_empty());
    parts
        .map(|part| {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            (unescape(name, true), unescape(value, true))
        })
        .collect()
}

/// The last value of each name.
fn object(pairs: impl Iterator<Item = (String, String)>) -> Value {
    Value::Object(pairs.map(|(name, value)| (name, Value::String(value))).collect())
}

/// All values of each name, as a list.
fn lists(pairs: &[(String, String)]) -> Value {
    let mut lists = Map::new();
    for (name, value) in pairs {
        if let Value::Array(values) = lists.entry(name.as_str()).or_insert_with(|| json!([])) {
            values.push(json!(value));
        }
    }
    Value::Object(lists)
}

/// All values of each name, with commas between.
fn joined(pairs: Pairs) -> Value {
    let mut joined: Map<String, Value> = Map::new();
    for (name, value) in pairs {
        match joined.get_mut(&name) {
            Some(Value::String(text)) => {
                text.push(',');
                text.push_str(&value);
            }
            _ => {
                joined.insert(name, Value::String(value));
            }
        }
    }
    Value::Object(joined)
}

/// `%41` → `A`, and `+` → a space where it means one. What is no escape stays.
fn unescape(text: &str, plus_is_space: bool) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let digits = bytes.get(at + 1..at + 3).and_then(|pair| std::str::from_utf8(pair).ok());
        match (bytes[at], digits.and_then(|digits| u8::from_str_radix(digits, 16).ok())) {
            (b'%', Some(byte)) => {
                out.push(byte);
                at += 2;
            }
            (b'+', _) if plus_is_space => out.push(b' '),
            (byte, _) => out.push(byte),
        }
        at += 1;
    }
    String::from_utf8_lossy(&out).into_owned()
}

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

fn base64(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let word = chunk.iter().fold(0_u32, |word, byte| word << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for place in 0..4 {
            let digit = DIGITS[(word >> (18 - 6 * place) & 63) as usize] as char;
            text.push(if place > chunk.len() { '=' } else { digit });
        }
    }
    text
}

fn unbase64(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let (mut word, mut n_bits) = (0_u32, 0);
    for byte in text.trim_end_matches('=').bytes() {
        let digit = DIGITS.iter().position(|known| *known == byte)?;
        word = word << 6 | digit as u32;
        n_bits += 6;
        if n_bits >= 8 {
            n_bits -= 8;
            bytes.push((word >> n_bits) as u8);
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::faas::Bundle;
    use crate::faas::deployment::Trigger;

    fn deployment(routes: &[(Gateway, &str, &str)]) -> Deployment {
        let mut deployment = Deployment::of_handler("f", "index.handler", Bundle::default());
        let triggers = routes.iter().map(|(gateway, method, path)| {
            Trigger::Http(Route { gateway: *gateway, method: (*method).to_owned(), path: (*path).to_owned() })
        });
        deployment.functions[0].triggers = triggers.collect();
        deployment
    }

    #[test]
    fn the_most_literal_route_takes_the_request() {
        let deployment = deployment(&[
            (Gateway::Rest, "ANY", "/{all+}"),
            (Gateway::Rest, "GET", "/users/{id}"),
            (Gateway::Rest, "GET", "/users/me"),
            (Gateway::Rest, "POST", "/users"),
        ]);
        for (method, path, route, parameters) in [
            ("GET", "/users/me", "GET /users/me", ""),
            ("GET", "/users/4%202/", "GET /users/{id}", "id=4 2"),
            ("POST", "/users", "POST /users", ""),
            ("GET", "/users", "ANY /{all+}", "all=users"),
            ("PUT", "/a/b/c", "ANY /{all+}", "all=a/b/c"),
        ] {
            let found = find_route(&deployment, method, path).expect(path);
            let named: Vec<String> = found.parameters.iter().map(|(name, value)| format!("{name}={value}")).collect();
            assert_eq!((found.route.to_string().as_str(), named.join("&").as_str()), (route, parameters), "{path}");
        }
        assert!(find_route(&deployment, "GET", "/").is_none());
    }

    #[test]
    fn both_gateways_put_a_request_in_their_own_way() {
        let request = HttpRequest {
            method: "GET".to_owned(),
            path: "/users".to_owned(),
            query: "id=1&id=a%26b+c".to_owned(),
            headers: vec![("X-Tag".to_owned(), "a".to_owned()), ("x-tag".to_owned(), "b".to_owned())],
            body: vec![0xff, 0x00],
        };
        for (gateway, checks) in [
            (
                Gateway::Rest,
                &[
                    ("/httpMethod", json!("GET")),
                    ("/queryStringParameters/id", json!("a&b c")),
                    ("/multiValueQueryStringParameters/id", json!(["1", "a&b c"])),
                    ("/pathParameters", Value::Null),
                    ("/headers/X-Tag", json!("a")),
                    ("/body", json!("/wA=")),
                    ("/isBase64Encoded", json!(true)),
                ] as &[_],
            ),
            (
                Gateway::Http,
                &[
                    ("/version", json!("2.0")),
                    ("/requestContext/http/method", json!("GET")),
                    ("/queryStringParameters/id", json!("1,a&b c")),
                    ("/headers/x-tag", json!("a,b")),
                    ("/rawQueryString", json!("id=1&id=a%26b+c")),
                ],
            ),
        ] {
            let deployment = deployment(&[(gateway, "GET", "/users")]);
            let matched = find_route(&deployment, "GET", "/users").expect("it fits");
            let event = event(&request, &matched, "r", 0);
            for (path, expected) in checks {
                assert_eq!(event.pointer(path), Some(expected), "{gateway:?} {path} in {event:#}");
            }
        }
    }

    #[test]
    fn what_is_no_response_becomes_502_with_the_reason() {
        for (gateway, returned, status, said) in [
            (Gateway::Rest, r#"{"statusCode": 201, "body": "x"}"#, 201, "x"),
            (Gateway::Rest, r#"{"statusCode": "404"}"#, 404, ""),
            (Gateway::Rest, r#"{"statusCode": 200, "body": "aGk=", "isBase64Encoded": true}"#, 200, "hi"),
            (Gateway::Rest, "null", 502, "returned nothing"),
            (Gateway::Rest, r#""text""#, 502, "a string, not an object"),
            (Gateway::Rest, r#"{"body": "x"}"#, 502, "`statusCode` is missing"),
            (Gateway::Rest, r#"{"statusCode": 99}"#, 502, "from 100 to 599"),
            (Gateway::Rest, r#"{"statusCode": 200, "body": {"a": 1}}"#, 502, "JSON.stringify"),
            (Gateway::Rest, r#"{"statusCode": 200, "headers": []}"#, 502, "`headers` is an array"),
            (Gateway::Rest, r#"{"statusCode": 200, "headers": {"a": "b\r\nc: d"}}"#, 502, "no header may have"),
            (Gateway::Rest, r#"{"statusCode": 200, "body": "*", "isBase64Encoded": true}"#, 502, "not base64"),
            (Gateway::Http, r#"{"user": 1}"#, 200, r#"{"user":1}"#),
            (Gateway::Http, "null", 200, "null"),
            (Gateway::Http, r#"{"statusCode": 200, "body": 5}"#, 502, "`body` is a number"),
        ] {
            let response = respond(gateway, &Ok(returned.to_owned()));
            assert_eq!(response.status, status, "{returned}");
            assert!(String::from_utf8_lossy(&response.body).contains(said), "{returned}: {response:?}");
        }
        let throttled = respond(Gateway::Rest, &Err(Fault::throttled(3)));
        assert_eq!(throttled.status, 429);
    }
}
