//! The functions of Rust that the JavaScript of `assets/faas` is given, as one object.
//!
//! They are few and take plain values. The object is an argument of that code and no global, so functions of a course
//! cannot name it.

use std::rc::Rc;
use std::time::Instant;

use rquickjs::context::EvalOptions;
use rquickjs::{Ctx, Exception, Function, Object, Persistent, Result, TypedArray, Value};

use super::failure::UNREADABLE;
use super::modules;
use super::shared::{Shared, Timer};
use crate::faas::backend::{Call, Service};
use crate::faas::bundle::{Bundle, Source};
use crate::faas::fault::{Fault, FaultKind};
use crate::faas::protocol::Level;

/// The parts of the environment that most functions never use, compiled when first touched.
const SHIMS: [(&str, &str); 7] = [
    ("builtins", include_str!("../../../assets/faas/builtins.js")),
    ("buffer", include_str!("../../../assets/faas/buffer.js")),
    ("clone", include_str!("../../../assets/faas/clone.js")),
    ("database", include_str!("../../../assets/faas/database.js")),
    ("inspect", include_str!("../../../assets/faas/inspect.js")),
    ("services", include_str!("../../../assets/faas/services.js")),
    ("url", include_str!("../../../assets/faas/url.js")),
];

/// What makes a function of a CommonJS file. It stands on the code's own first line, so that lines keep their numbers.
pub(super) const WRAPPER: &str = "(function (exports, require, module, __filename, __dirname) {";

/// The most that the code may draw or decode at once.
const MAX_BYTES: usize = 16 * 1024 * 1024;

pub(super) fn object<'js>(ctx: &Ctx<'js>, shared: &Rc<Shared>, bundle: &Rc<Bundle>) -> Result<Object<'js>> {
    let natives = Object::new(ctx.clone())?;
    time(ctx, &natives, shared)?;
    code(ctx, &natives, shared, bundle)?;
    world(ctx, &natives, shared)?;
    bytes(ctx, &natives, shared)?;
    Ok(natives)
}

/// Clock and timers.
fn time<'js>(ctx: &Ctx<'js>, natives: &Object<'js>, shared: &Rc<Shared>) -> Result<()> {
    let it = Rc::clone(shared);
    natives.set("now", Function::new(ctx.clone(), move || it.clock.now_ms())?)?;
    let it = Rc::clone(shared);
    natives.set("elapsed", Function::new(ctx.clone(), move || it.clock.elapsed_ms())?)?;
    let it = Rc::clone(shared);
    natives.set("wait", Function::new(ctx.clone(), move |ms: f64| it.clock.wait(ms))?)?;
    let it = Rc::clone(shared);
    let set = move |ctx: Ctx<'js>, function: Function<'js>, delay_ms: f64, repeats: bool| {
        // As in Node: what is no number, or less than one millisecond, or more than 2^31, is one millisecond.
        let delay_ms = if (1.0..2_147_483_648.0).contains(&delay_ms) { delay_ms } else { 1.0 };
        let function = Persistent::save(&ctx, function);
        let timer = Timer { function, every_ms: repeats.then_some(delay_ms) };
        let id = it.timers.borrow_mut().set(it.clock.now_ms(), delay_ms, timer);
        id.ok_or_else(|| Exception::throw_range(&ctx, "too many timers are waiting"))
    };
    natives.set("setTimer", Function::new(ctx.clone(), set)?)?;
    let it = Rc::clone(shared);
    natives.set("clearTimer", Function::new(ctx.clone(), move |id: u32| it.timers.borrow_mut().clear(id))?)
}

/// Files of the function and of the environment.
fn code<'js>(ctx: &Ctx<'js>, natives: &Object<'js>, shared: &Rc<Shared>, bundle: &Rc<Bundle>) -> Result<()> {
    let files = Rc::clone(bundle);
    let resolve = move |ctx: Ctx<'js>, base: String, specifier: String| {
        modules::resolve(&files, &base, &specifier).map_err(|why| Exception::throw_message(&ctx, &why))
    };
    natives.set("resolve", Function::new(ctx.clone(), resolve)?)?;
    let files = Rc::clone(bundle);
    natives.set("read", Function::new(ctx.clone(), move |ctx: Ctx<'js>, path: String| read(&ctx, &files, &path))?)?;
    let files = Rc::clone(bundle);
    let it = Rc::clone(shared);
    let compile = move |ctx: Ctx<'js>, path: String| -> Result<Value<'js>> {
        if files.is_es_module(&path) {
            let message = format!("{path} is an ES module: import it, or write it with `exports` and `require`");
            return Err(Exception::throw_message(&ctx, &message));
        }
        let text = read(&ctx, &files, &path)?;
        let started = Instant::now();
        let function = evaluate(&ctx, &path, format!("{WRAPPER}{text}\n}})"));
        it.load_ms.set(it.load_ms.get() + started.elapsed().as_secs_f64() * 1000.0);
        function
    };
    natives.set("compile", Function::new(ctx.clone(), compile)?)?;
    let shim = |ctx: Ctx<'js>, name: String| -> Result<Value<'js>> {
        match SHIMS.iter().find(|(known, _)| *known == name) {
            Some((name, text)) => evaluate(&ctx, &format!("coldstart:{name}"), (*text).to_owned()),
            None => Err(Exception::throw_message(&ctx, &format!("the environment has no part `{name}`"))),
        }
    };
    natives.set("shim", Function::new(ctx.clone(), shim)?)?;
    let it = Rc::clone(shared);
    let cycle = move |path: String| {
        let mut cycles = it.cycles.borrow_mut();
        if cycles.len() < 10 && !cycles.contains(&path) {
            cycles.push(path);
        }
    };
    natives.set("cycle", Function::new(ctx.clone(), cycle)?)
}

/// Log, services, end.
fn world<'js>(ctx: &Ctx<'js>, natives: &Object<'js>, shared: &Rc<Shared>) -> Result<()> {
    let it = Rc::clone(shared);
    let log = move |level: String, text: String| {
        let level = match level.as_str() {
            "debug" => Level::Debug,
            "warn" => Level::Warn,
            "error" => Level::Error,
            _ => Level::Info,
        };
        it.log(level, text);
    };
    natives.set("log", Function::new(ctx.clone(), log)?)?;
    let it = Rc::clone(shared);
    let memory = move || {
        it.sample_memory();
        it.memory_kb() as f64 * 1024.0
    };
    natives.set("memory", Function::new(ctx.clone(), memory)?)?;
    let it = Rc::clone(shared);
    let call = move |ctx: Ctx<'js>, service: String, action: String, input: String| {
        let service = Service::named(&service).ok_or_else(|| Exception::throw_message(&ctx, "no such service"))?;
        let answer = it.call(&Call { service, action, input });
        let answer = answer.map_err(|_| Exception::throw_message(&ctx, "the platform does not answer"))?;
        let said = Object::new(ctx.clone())?;
        said.set("tookMs", answer.took_ms)?;
        match answer.result {
            Ok(json) => said.set("value", ctx.json_parse(json)?)?,
            Err(error) => {
                said.set("errorName", error.name)?;
                said.set("errorMessage", error.message)?;
            }
        }
        Ok::<_, rquickjs::Error>(said)
    };
    natives.set("call", Function::new(ctx.clone(), call)?)?;
    let it = Rc::clone(shared);
    let exit = move |ctx: Ctx<'js>, code: i32| {
        let message = format!("the code ended its process with process.exit({code}); a handler returns instead");
        *it.stop.borrow_mut() = Some(Fault::new(FaultKind::Exit, "Runtime.ExitError", message));
        Exception::throw_message(&ctx, "process.exit")
    };
    natives.set("exit", Function::new(ctx.clone(), move |ctx, code| -> Result<()> { Err(exit(ctx, code)) })?)
}

/// Text to bytes and back, and chance.
fn bytes<'js>(ctx: &Ctx<'js>, natives: &Object<'js>, shared: &Rc<Shared>) -> Result<()> {
    let it = Rc::clone(shared);
    // 53 bits: all that a number between 0 and 1 holds.
    natives.set("random", Function::new(ctx.clone(), move || (it.random() >> 11) as f64 / (1_u64 << 53) as f64)?)?;
    let it = Rc::clone(shared);
    let random_bytes = move |ctx: Ctx<'js>, length: usize| {
        if length > MAX_BYTES {
            return Err(Exception::throw_range(&ctx, "too many random bytes at once"));
        }
        TypedArray::<u8>::new(ctx, (0..length).map(|_| it.random() as u8).collect::<Vec<u8>>())
    };
    natives.set("randomBytes", Function::new(ctx.clone(), random_bytes)?)?;
    let encode = |ctx: Ctx<'js>, text: String| TypedArray::<u8>::new_copy(ctx, text);
    natives.set("encodeUtf8", Function::new(ctx.clone(), encode)?)?;
    // Bytes come as hexadecimal digits: reading an engine's buffer in place would need `unsafe`.
    let decode = |ctx: Ctx<'js>, hex: String, fatal: bool| {
        let digit = |byte: u8| (byte as char).to_digit(16).unwrap_or(0) as u8;
        let bytes = hex.as_bytes().chunks_exact(2).map(|pair| digit(pair[0]) << 4 | digit(pair[1])).collect();
        match String::from_utf8(bytes) {
            Ok(text) => Ok(text),
            Err(_) if fatal => Err(Exception::throw_type(&ctx, "The encoded data was not valid for encoding utf-8")),
            Err(error) => Ok(String::from_utf8_lossy(error.as_bytes()).into_owned()),
        }
    };
    natives.set("decodeUtf8", Function::new(ctx.clone(), decode)?)
}

/// The text of a file of the bundle.
pub(super) fn read(ctx: &Ctx<'_>, bundle: &Bundle, path: &str) -> Result<String> {
    match bundle.source(path) {
        Some(Source::Text(text)) => Ok(text.clone()),
        Some(Source::Unreadable(why)) => Err(Exception::throw_syntax(ctx, &format!("{path} {UNREADABLE}: {why}"))),
        None => Err(Exception::throw_message(ctx, &format!("Cannot find module '{path}'"))),
    }
}

/// Evaluates an expression, not in strict mode, as scripts are.
pub(super) fn evaluate<'js>(ctx: &Ctx<'js>, name: &str, text: String) -> Result<Value<'js>> {
    let mut options = EvalOptions::default();
    options.strict = false;
    options.filename = Some(name.to_owned());
    ctx.eval_with_options(text, options)
}
