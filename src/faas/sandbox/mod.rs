//! One environment of a function: an engine of its own, made cold, kept warm.
//!
//! In: a [`Setup`], then one [`Request`] after the other, and a [`Host`] to ask when the code calls a service. Out: what
//! the code returned or why it did not, what it did, and how long each phase took. Absent: files, network, processes, and
//! any clock but the one given; an environment in which the code did not come to an end by itself must be thrown away.
//!
//! Where this runs is not decided here: the platform runs it in a process of its own, see [`super::environment`].

mod failure;
mod modules;
mod natives;
mod settle;
mod shared;
#[cfg(test)]
mod tests;

use std::cell::RefCell;
use std::rc::Rc;

use rquickjs::{Context, Ctx, Error, Function, Object, Persistent, Runtime, Value};

use super::backend::{Answer, Backend, Call};
use super::fault::{Fault, FaultKind};
use super::protocol::{Handled, Loaded, MAX_PAYLOAD_BYTES, Observed, Request, Setup};
use shared::Shared;

/// Deep enough for honest recursion (some thousand calls), and well below what a thread has.
const STACK_BYTES: usize = 768 * 1024;

/// Who answers when the code calls a backing service.
pub trait Host {
    fn call(&mut self, call: &Call) -> std::io::Result<Answer>;

    /// An invocation begins. `database_written`: whether copies of the database are out of date.
    fn begin(&mut self, database_written: bool) {
        let _ = database_written;
    }

    /// Resident memory of the process, the most seen so far; 0 where it cannot be told.
    fn memory_kb(&mut self) -> u64 {
        0
    }
}

/// Services in this process, for one environment.
impl Host for Backend {
    fn call(&mut self, call: &Call) -> std::io::Result<Answer> {
        Ok(self.answer(0, call))
    }
}

/// An engine with the function's code in it.
pub struct Sandbox {
    // In this order: functions that are kept go before their context.
    handler: Option<Persistent<Function<'static>>>,
    load: Rc<RefCell<Option<Persistent<Function<'static>>>>>,
    shared: Rc<Shared>,
    context: Context,
    setup: Setup,
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.shared.let_go();
        self.load.borrow_mut().take();
    }
}

impl Sandbox {
    /// Makes the engine and its globals. None of the function's code has been read after it.
    pub fn create(setup: Setup, host: Box<dyn Host>) -> Result<Self, Fault> {
        let shared = Rc::new(Shared::new(setup.limits, setup.seed, setup.now_ms, host));
        let broken = |error: Error| Fault::crash(format!("the engine could not be made: {error}"));
        let runtime = Runtime::new().map_err(broken)?;
        runtime.set_memory_limit(setup.limits.memory_mb as usize * 1024 * 1024);
        runtime.set_max_stack_size(STACK_BYTES);
        let it = Rc::clone(&shared);
        runtime.set_interrupt_handler(Some(Box::new(move || {
            it.sample_memory();
            it.must_stop()
        })));
        let load = Rc::new(RefCell::new(None));
        let bundle = Rc::new(setup.bundle.clone());
        runtime.set_loader(
            modules::Names { bundle: Rc::clone(&bundle) },
            modules::Files { bundle: Rc::clone(&bundle), shared: Rc::clone(&shared), load: Rc::clone(&load) },
        );
        runtime.set_host_promise_rejection_tracker(Some(settle::tracker(&shared)));
        let context = Context::full(&runtime).map_err(broken)?;
        let made = context.with(|ctx| {
            let natives = natives::object(&ctx, &shared, &bundle)?;
            natives.set("env", variables(&ctx, &setup)?)?;
            let globals = include_str!("../../../assets/faas/globals.js").to_owned();
            let install: Function = Function::from_value(natives::evaluate(&ctx, "coldstart:globals", globals)?)?;
            let loader: Function = install.call((natives,))?;
            Ok::<_, Error>(Persistent::save(&ctx, loader))
        });
        *load.borrow_mut() = Some(made.map_err(broken)?);
        Ok(Self { handler: None, load, shared, context, setup })
    }

    /// Loads the function's files and runs what stands outside the handler.
    pub fn load(&mut self) -> Loaded {
        self.shared.clock.begin(self.setup.now_ms);
        let (shared, setup, load) = (&self.shared, &self.setup, &self.load);
        let found = self.context.with(|ctx| {
            let handler = find_handler(&ctx, shared, setup, load)?;
            Ok(Persistent::save(&ctx, handler))
        });
        let fault = match found {
            Ok(handler) => {
                self.handler = Some(handler);
                None
            }
            Err(fault) => Some(self.with_cycle(fault)),
        };
        let load_ms = self.shared.load_ms.get();
        Loaded {
            load_ms,
            init_ms: (self.shared.clock.elapsed_ms() - load_ms).max(0.0),
            waited_ms: self.shared.clock.waited_ms(),
            observed: self.take_observed(),
            fault,
        }
    }

    /// Calls the handler. After [`Self::load`] has failed it fails in the same way for good.
    pub fn invoke(&mut self, request: &Request) -> Handled {
        self.shared.clock.begin(request.now_ms);
        self.shared.host().begin(request.database_written);
        let (shared, setup) = (&self.shared, &self.setup);
        let result = match &self.handler {
            None => Err(Fault::new(FaultKind::NoHandler, "Runtime.HandlerNotFound", "the function did not load")),
            Some(_) if request.event.len() > MAX_PAYLOAD_BYTES => Err(Fault::new(
                FaultKind::TooLarge,
                "RequestEntityTooLargeException",
                format!("the event has {} bytes; the platform carries {MAX_PAYLOAD_BYTES}", request.event.len()),
            )),
            Some(handler) => {
                let handler = handler.clone();
                self.context.with(|ctx| settle::invoke(&ctx, shared, setup, handler, request))
            }
        };
        let result = result.map_err(|fault| self.with_cycle(fault));
        Handled {
            result,
            handler_ms: self.shared.clock.elapsed_ms(),
            waited_ms: self.shared.clock.waited_ms(),
            observed: self.take_observed(),
        }
    }

    fn take_observed(&self) -> Observed {
        self.shared.sample_memory();
        Observed { memory_kb: self.shared.memory_kb(), ..self.shared.take_observed() }
    }

    /// Says with an error that files import each other in a circle: it is the usual cause of "is not a function" then.
    fn with_cycle(&self, mut fault: Fault) -> Fault {
        let cycles = self.shared.cycles.borrow();
        if !cycles.is_empty() && matches!(fault.kind, FaultKind::Thrown | FaultKind::StackOverflow) {
            let files = cycles.join(", ");
            fault.message = format!(
                "{} (an import cycle: {files} was required while it was still loading, so its exports were unfinished)",
                fault.message
            );
        }
        fault
    }
}

/// What `process.env` holds.
fn variables<'js>(ctx: &Ctx<'js>, setup: &Setup) -> rquickjs::Result<Object<'js>> {
    let variables = Object::new(ctx.clone())?;
    for (name, value) in &setup.variables {
        variables.set(name.as_str(), value.as_str())?;
    }
    Ok(variables)
}

/// Loads the file that the handler names and finds the function that it exports.
fn find_handler<'js>(
    ctx: &Ctx<'js>,
    shared: &Rc<Shared>,
    setup: &Setup,
    load: &RefCell<Option<Persistent<Function<'static>>>>,
) -> Result<Function<'js>, Fault> {
    let (stem, export) = split_handler(&setup.handler).ok_or_else(|| {
        no_handler(&format!("`{}` is no handler; it is `file.export`, as in index.handler", setup.handler))
    })?;
    let path = modules::entry(&setup.bundle, stem).ok_or_else(|| {
        let files = setup.bundle.paths().take(12).collect::<Vec<_>>().join(", ");
        no_handler(&format!("Cannot find module '{stem}' of the handler `{}`; the files are {files}", setup.handler))
    })?;
    let failed = |error: Error| failure::fault(ctx, shared, &setup.bundle, &error);
    let exports: Value = if setup.bundle.is_es_module(&path) {
        let module = modules::declare(ctx, &setup.bundle, shared, &path).map_err(failed)?;
        let (module, evaluated) = module.eval().map_err(failed)?;
        settle::settle(ctx, shared, &evaluated, &setup.bundle)?;
        module.namespace().map_err(failed)?.into_value()
    } else {
        let load = load.borrow().clone().expect("it was stored when the sandbox was made");
        load.restore(ctx).and_then(|load| load.call((path.as_str(),))).map_err(failed)?
    };
    if shared.must_stop() {
        return Err(failed(Error::Exception));
    }
    let mut found = exports;
    for name in export.split('.') {
        let inside = found.as_object().map(|object| object.get::<_, Value>(name)).transpose().map_err(failed)?;
        found = inside.unwrap_or_else(|| Value::new_undefined(ctx.clone()));
    }
    let kind = found.type_name();
    found.into_function().ok_or_else(|| match kind {
        "undefined" => no_handler(&format!("{path} exports no `{export}`; the handler is `{}`", setup.handler)),
        kind => no_handler(&format!("`{export}` of {path} is not a function but {kind}")),
    })
}

fn no_handler(message: &str) -> Fault {
    Fault::new(FaultKind::NoHandler, "Runtime.HandlerNotFound", message)
}

/// `src/users.handler` → (`src/users`, `handler`). The first dot after the last slash parts them.
fn split_handler(handler: &str) -> Option<(&str, &str)> {
    let file_at = handler.rfind('/').map_or(0, |slash| slash + 1);
    let dot = file_at + handler[file_at..].find('.').filter(|dot| *dot > 0)?;
    Some((&handler[..dot], &handler[dot + 1..])).filter(|(_, export)| !export.is_empty())
}
