//! Calls a handler and runs what it left to run, until there is an answer or a reason why there will be none.

use std::rc::Rc;

use rquickjs::function::{Args, This};
use rquickjs::promise::PromiseState;
use rquickjs::runtime::RejectionTracker;
use rquickjs::{Ctx, Error, Function, Object, Persistent, Promise, Value};

use super::failure;
use super::shared::{Shared, Unhandled};
use crate::faas::bundle::Bundle;
use crate::faas::fault::{Fault, FaultKind};
use crate::faas::protocol::{Level, MAX_PAYLOAD_BYTES, Request, Setup};

/// Rejections kept at a time; a loop of them needs no more to be told.
const MAX_UNHANDLED: usize = 100;

/// Keeps the promises that are rejected while nobody listens.
pub(super) fn tracker(shared: &Rc<Shared>) -> RejectionTracker {
    let shared = Rc::downgrade(shared);
    Box::new(move |ctx, promise, reason, is_handled| {
        let Some(shared) = shared.upgrade() else { return };
        let mut unhandled = shared.unhandled.borrow_mut();
        if is_handled {
            unhandled.retain(|it| it.promise.clone().restore(&ctx).is_ok_and(|kept| kept != promise));
        } else if unhandled.len() < MAX_UNHANDLED {
            let promise = Persistent::save(&ctx, promise);
            unhandled.push(Unhandled { promise, reason: Persistent::save(&ctx, reason) });
        }
    })
}

/// One invocation: the event's JSON in, the result's JSON out.
pub(super) fn invoke<'js>(
    ctx: &Ctx<'js>,
    shared: &Rc<Shared>,
    setup: &Setup,
    handler: Persistent<Function<'static>>,
    request: &Request,
) -> Result<String, Fault> {
    let failed = |error: Error| failure::fault(ctx, shared, &setup.bundle, &error);
    // A handler's own rejection is its result, and was told as such.
    shared.unhandled.borrow_mut().clear();
    let handler = handler.restore(ctx).map_err(failed)?;
    let event = ctx.json_parse(request.event.as_str()).map_err(|error| {
        let cause = failed(error);
        let message = format!("the event is no JSON: {}", cause.message);
        Fault::new(FaultKind::BadEvent, "InvalidRequestContentException", message)
    })?;
    let context = context_object(ctx, shared, setup, request).map_err(failed)?;
    // A promise of the engine's own, to be settled by the callback.
    let (called_back, resolve, reject) = ctx.promise().map_err(failed)?;
    let callback = Function::new(ctx.clone(), move |error: Value<'js>, value: rquickjs::function::Opt<Value<'js>>| {
        let ctx = error.ctx().clone();
        let value = value.0.unwrap_or_else(|| Value::new_undefined(ctx));
        let is_error = !error.is_null() && !error.is_undefined();
        if is_error { reject.call::<_, ()>((error,)) } else { resolve.call::<_, ()>((value,)) }
    });
    let parameters: usize = handler.get("length").unwrap_or(0);
    let mut arguments = Args::new(ctx.clone(), 3);
    arguments.push_arg(event).map_err(failed)?;
    arguments.push_arg(context.clone()).map_err(failed)?;
    arguments.push_arg(callback.map_err(failed)?).map_err(failed)?;
    let returned: Value = handler.call_arg(arguments).map_err(failed)?;
    if shared.must_stop() {
        return Err(failed(Error::Exception));
    }
    let value = match (as_promise(ctx, &returned).map_err(failed)?, parameters >= 3) {
        (Some(promise), _) => {
            settle(ctx, shared, &promise, &setup.bundle)?;
            promise.result::<Value>().transpose().map_err(failed)?
        }
        (None, true) => {
            settle(ctx, shared, &called_back, &setup.bundle)?;
            let value = called_back.result::<Value>().transpose().map_err(failed)?;
            // As the real runtime: what still waits is waited for, unless the code says not to.
            if context.get::<_, bool>("callbackWaitsForEmptyEventLoop").unwrap_or(true) {
                drain(ctx, shared, &setup.bundle)?;
            }
            value
        }
        (None, false) => {
            drain(ctx, shared, &setup.bundle)?;
            if !returned.is_undefined() && !returned.is_null() {
                let hint = "the handler returned a value but is not async, so the platform does not see it: write \
                            `async` before it, or return a promise";
                shared.log(Level::Warn, hint.to_owned());
            }
            None
        }
    };
    if let Some(fault) = unhandled(ctx, shared, &setup.bundle) {
        return Err(fault);
    }
    marshal(ctx, shared, value, &setup.bundle)
}

/// The result as JSON. Getters and `toJSON` of the result are the learner's code and run here.
fn marshal<'js>(
    ctx: &Ctx<'js>,
    shared: &Rc<Shared>,
    value: Option<Value<'js>>,
    bundle: &Bundle,
) -> Result<String, Fault> {
    let unfit = |error: Error| {
        let cause = failure::fault(ctx, shared, bundle, &error);
        if cause.kind != FaultKind::Thrown {
            return cause;
        }
        let message = format!("the result cannot be written as JSON: {}: {}", cause.error_type, cause.message);
        Fault { message, error_type: "Runtime.MarshalError".to_owned(), kind: FaultKind::Marshal, ..cause }
    };
    let Some(value) = value else { return Ok("null".to_owned()) };
    let text = ctx.json_stringify(value).map_err(unfit)?;
    let text = text.map_or_else(|| Ok("null".to_owned()), |text| text.to_string()).map_err(unfit)?;
    if shared.must_stop() {
        return Err(unfit(Error::Exception));
    }
    if text.len() > MAX_PAYLOAD_BYTES {
        let message = format!("the result has {} bytes; the platform carries {MAX_PAYLOAD_BYTES}", text.len());
        return Err(Fault::new(FaultKind::TooLarge, "Function.ResponseSizeTooLarge", message));
    }
    Ok(text)
}

/// A promise for what was returned, if it is one or behaves like one.
fn as_promise<'js>(ctx: &Ctx<'js>, returned: &Value<'js>) -> Result<Option<Promise<'js>>, Error> {
    if let Some(promise) = returned.as_promise() {
        return Ok(Some(promise.clone()));
    }
    let thenable = returned.as_object().map(|object| object.get::<_, Value>("then")).transpose()?;
    if !thenable.is_some_and(|then| then.is_function()) {
        return Ok(None);
    }
    let (promise, resolve, _) = ctx.promise()?;
    resolve.call::<_, ()>((returned.clone(),))?;
    Ok(Some(promise))
}

/// Runs jobs and timers until `promise` is settled.
pub(super) fn settle<'js>(
    ctx: &Ctx<'js>,
    shared: &Rc<Shared>,
    promise: &Promise<'js>,
    bundle: &Bundle,
) -> Result<(), Fault> {
    while promise.state() == PromiseState::Pending {
        if !step(ctx, shared, bundle)? {
            let message = "the handler's promise never settles: nothing is left that could settle it; is there a \
                           `resolve` that is never called, or a callback that is never used?";
            return Err(Fault::new(FaultKind::NeverSettles, "Runtime.NeverSettles", message));
        }
    }
    if promise.state() == PromiseState::Rejected {
        let error = promise.result::<Value>().and_then(Result::err).unwrap_or(Error::Exception);
        return Err(failure::fault(ctx, shared, bundle, &error));
    }
    Ok(())
}

/// Runs all jobs and timers that there are.
fn drain(ctx: &Ctx<'_>, shared: &Rc<Shared>, bundle: &Bundle) -> Result<(), Fault> {
    while step(ctx, shared, bundle)? {}
    Ok(())
}

/// Runs one job, or else the next timer at its time. `false` when there is neither.
fn step(ctx: &Ctx<'_>, shared: &Rc<Shared>, bundle: &Bundle) -> Result<bool, Fault> {
    if shared.must_stop() {
        return Err(failure::fault(ctx, shared, bundle, &Error::Exception));
    }
    if ctx.execute_pending_job() {
        return Ok(true);
    }
    let Some(due_ms) = shared.timers.borrow().next_due_ms() else { return Ok(false) };
    // Nobody sleeps: the clock is set forward to the timer, and past the timeout if it lies there.
    shared.clock.wait(due_ms - shared.clock.now_ms());
    if shared.must_stop() {
        return Err(failure::fault(ctx, shared, bundle, &Error::Exception));
    }
    let timer = shared.timers.borrow_mut().pop();
    if let Some(timer) = timer {
        let run = timer.function.restore(ctx).and_then(|function| function.call::<_, ()>((This(()),)));
        run.map_err(|error| failure::fault(ctx, shared, bundle, &error))?;
    }
    Ok(true)
}

/// The first rejection that nobody handled.
fn unhandled(ctx: &Ctx<'_>, shared: &Rc<Shared>, bundle: &Bundle) -> Option<Fault> {
    let first = shared.unhandled.borrow_mut().drain(..).next()?;
    let reason = first.reason.restore(ctx).ok()?;
    let cause = failure::of_value(shared, bundle, &reason);
    let message = format!("a promise was rejected and nobody handled it: {}: {}", cause.error_type, cause.message);
    Some(Fault { error_type: "Runtime.UnhandledPromiseRejection".to_owned(), message, ..cause })
}

/// The second argument of a handler.
fn context_object<'js>(
    ctx: &Ctx<'js>,
    shared: &Rc<Shared>,
    setup: &Setup,
    request: &Request,
) -> Result<Object<'js>, Error> {
    let context = Object::new(ctx.clone())?;
    context.set("awsRequestId", request.request_id.as_str())?;
    context.set("functionName", setup.function.as_str())?;
    context.set("functionVersion", "$LATEST")?;
    context.set("memoryLimitInMB", setup.limits.memory_mb.to_string())?;
    context.set("invokedFunctionArn", format!("arn:aws:lambda:local:000000000000:function:{}", setup.function))?;
    context.set("logGroupName", format!("/aws/lambda/{}", setup.function))?;
    context.set("callbackWaitsForEmptyEventLoop", true)?;
    let it = Rc::downgrade(shared);
    let timeout_ms = setup.limits.timeout_ms as f64;
    let remaining = move || it.upgrade().map_or(0.0, |it| (timeout_ms - it.clock.elapsed_ms()).max(0.0).floor());
    context.set("getRemainingTimeInMillis", Function::new(ctx.clone(), remaining)?)?;
    Ok(context)
}
