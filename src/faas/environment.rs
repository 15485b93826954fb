//! One environment as the platform holds it: an engine with the function's code in it, in a process of this same program.
//!
//! In: a [`Setup`] and requests. Out: what the process reports, or that it had to be ended. Which process it lives in is
//! [`super::process`]'s affair.

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use super::backend::Backend;
use super::fault::Fault;
use super::process::{Host, Hosts};
use super::protocol::{FromEnvironment, Handled, Limits, Loaded, Observed, Request, Setup, ToEnvironment};

/// How making an environment went.
#[derive(Debug)]
pub(super) struct Made {
    /// Finding or starting a process, making the engine, and the way of the code to it.
    pub(super) environment_ms: f64,
    pub(super) loaded: Loaded,
}

pub(super) struct Environment {
    /// Counts from 1 over the life of a platform.
    pub(super) number: u32,
    host: Arc<Host>,
    backend: Arc<Mutex<Backend>>,
    limits: Limits,
}

impl Drop for Environment {
    fn drop(&mut self) {
        self.host.leave(self.number);
        lock(&self.backend).forget(self.number);
    }
}

impl Environment {
    /// Has a process load the function. The error is that of a process that did not come up or ended.
    pub(super) fn create(
        hosts: &Hosts,
        program: &Path,
        number: u32,
        setup: Setup,
        backend: &Arc<Mutex<Backend>>,
    ) -> Result<(Self, Made), Fault> {
        let started = Instant::now();
        let limits = setup.limits;
        let create = ToEnvironment::Create { number, setup: Box::new(setup) };
        loop {
            let environment = Self { number, host: hosts.place(), backend: Arc::clone(backend), limits };
            environment.host.start(program)?;
            // A process that ended while we were on the way to it is no reason to give up.
            let Some(said) = environment.ask(&create) else { continue };
            return match said? {
                FromEnvironment::Loaded(loaded) => {
                    let total_ms = started.elapsed().as_secs_f64() * 1000.0;
                    let code_ms = loaded.load_ms + loaded.init_ms - loaded.waited_ms;
                    Ok((environment, Made { environment_ms: (total_ms - code_ms).max(0.0), loaded }))
                }
                _ => Err(out_of_turn()),
            };
        }
    }

    /// Runs the handler once. `None`: its process has ended with another environment that lived there, and this one
    /// never heard of the request.
    pub(super) fn invoke(&self, request: Request) -> Option<Handled> {
        let started = Instant::now();
        let fault = match self.ask(&ToEnvironment::Invoke { number: self.number, request })? {
            Ok(FromEnvironment::Handled(handled)) => return Some(handled),
            Ok(_) => out_of_turn(),
            Err(fault) => fault,
        };
        Some(Handled {
            result: Err(fault),
            handler_ms: started.elapsed().as_secs_f64() * 1000.0,
            waited_ms: 0.0,
            observed: Observed::default(),
        })
    }

    fn ask(&self, question: &ToEnvironment) -> Option<Result<FromEnvironment, Fault>> {
        self.host.ask(question, self.limits, |call| lock(&self.backend).answer(self.number, call))
    }
}

fn out_of_turn() -> Fault {
    Fault::crash("the environment's process spoke out of turn")
}

/// What a mutex holds, also after a thread that held it has panicked: it is left whole.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
