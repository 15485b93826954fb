//! An error of the engine to a [`Fault`]: what kind it is, and where in the learner's files it happened.

use std::rc::Rc;

use rquickjs::{Ctx, Error, Exception, Value};

use super::natives::WRAPPER;
use super::shared::Shared;
use crate::faas::bundle::Bundle;
use crate::faas::fault::{Fault, FaultKind, Place};

/// What is said of a file that is no text.
pub(super) const UNREADABLE: &str = "cannot be read as code";
const MAX_MESSAGE_CHARS: usize = 2_000;
const MAX_TRACE_LINES: usize = 10;

/// What `error` came to. A reason to stop, once there is one, is the cause of everything after it.
pub(super) fn fault(ctx: &Ctx<'_>, shared: &Rc<Shared>, bundle: &Bundle, error: &Error) -> Fault {
    let thrown = if error.is_exception() { Some(ctx.catch()) } else { None };
    if let Some(stop) = shared.stop.borrow().clone() {
        return stop;
    }
    match thrown {
        Some(value) => {
            let fault = of_value(shared, bundle, &value);
            // Looking at it may have run code that had to be stopped.
            shared.stop.borrow().clone().unwrap_or(fault)
        }
        None if matches!(error, Error::Allocation) => out_of_memory(shared),
        None => Fault::new(FaultKind::Thrown, "Error", error.to_string()),
    }
}

fn out_of_memory(shared: &Shared) -> Fault {
    let fault = Fault::out_of_memory(shared.limits.memory_mb);
    // What comes after it comes from it.
    *shared.stop.borrow_mut() = Some(fault.clone());
    fault
}

/// A thrown value, which may be anything.
pub(super) fn of_value(shared: &Rc<Shared>, bundle: &Bundle, value: &Value<'_>) -> Fault {
    // The engine throws a bare null when there is no memory left even for an error; code may throw one as well.
    if value.is_null() && shared.may_be_out_of_memory() {
        return out_of_memory(shared);
    }
    let Some(object) = value.as_object() else {
        let said = value.get::<rquickjs::Coerced<String>>().map_or_else(|_| "a symbol".to_owned(), |text| text.0);
        return Fault::new(FaultKind::Thrown, value.type_name(), clip(said));
    };
    // Reading `name` and `message` may run getters of the learner's, and these may throw: then there is none.
    let text = |name: &str| {
        let read = object.get::<_, Option<rquickjs::Coerced<String>>>(name);
        if read.is_err() {
            object.ctx().catch();
        }
        read.ok().flatten().map(|text| clip(text.0))
    };
    let is_error = Exception::from_object(object.clone()).is_some();
    let name = text("name").unwrap_or_else(|| if is_error { "Error" } else { "object" }.to_owned());
    let message = text("message")
        .unwrap_or_else(|| format!("an {} without a message", if is_error { "error" } else { "object" }));
    if name == "InternalError" && message == "out of memory" {
        return out_of_memory(shared);
    }
    let kind = match name.as_str() {
        "RangeError" if message.contains("call stack") => FaultKind::StackOverflow,
        "SyntaxError" => FaultKind::Syntax,
        _ => FaultKind::Thrown,
    };
    let stack = text("stack").unwrap_or_default();
    // The engine's own frames and the environment's are of no use to who wrote the function.
    let own: Vec<(&str, Place)> = stack.lines().filter_map(|line| frame(bundle, line)).take(MAX_TRACE_LINES).collect();
    let kind = match kind {
        // A file that is no JavaScript, not text that the code itself took apart.
        FaultKind::Syntax if !message.contains(UNREADABLE) && !is_of_a_file(&stack) => FaultKind::Thrown,
        kind => kind,
    };
    Fault {
        kind,
        error_type: name,
        message,
        place: own.first().map(|(_, place)| place.clone()),
        trace: own.iter().map(|(function, place)| format!("at {function} ({place})")).collect(),
    }
}

/// A syntax error of a file has the file's place without a function before it.
fn is_of_a_file(stack: &str) -> bool {
    stack.lines().next().is_none_or(|line| !line.contains('('))
}

/// `at work (index.js:3:14)` or `at index.js:3:14` → the function and where that is, when it is in a file of the bundle.
fn frame<'a>(bundle: &Bundle, line: &'a str) -> Option<(&'a str, Place)> {
    let line = line.trim().trim_start_matches("at ");
    let (function, inside) = match line.rsplit_once('(') {
        Some((function, inside)) => (function.trim_end(), inside.trim_end_matches(')')),
        None => ("the file", line),
    };
    let mut parts = inside.rsplitn(3, ':');
    let column: u32 = parts.next()?.parse().ok()?;
    let line = parts.next()?.parse().ok()?;
    let file = parts.next().filter(|file| bundle.contains(file))?;
    // What was put before the code's first line is not the author's.
    let before = if line == 1 && !bundle.is_es_module(file) { WRAPPER.len() as u32 } else { 0 };
    Some((function, Place { file: file.to_owned(), line, column: column.saturating_sub(before).max(1) }))
}

fn clip(text: String) -> String {
    match text.char_indices().nth(MAX_MESSAGE_CHARS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}
