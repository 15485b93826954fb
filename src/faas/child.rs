//! The process in which environments live: it shuts itself in, then serves the platform over its standard input and output.
//!
//! In: documents of [`super::protocol`]. Out: the same. It reports what it observes and judges nothing: expectations of
//! an exercise never enter this process. Absent: everything of the machine, by the operating system's limits, set before
//! the first line of a learner's code is read.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufReader, Stdin, Stdout};
use std::os::unix::fs::FileExt;
use std::process::ExitCode;
use std::rc::Rc;

use nix::sys::resource::{Resource, UsageWho, getrusage, setrlimit};
use serde_json::Value;

use super::backend::{Answer, Call, Database, Service};
use super::protocol::{self, ENVIRONMENTS_SHARED, FromEnvironment, Limits, ToEnvironment};
use super::sandbox::{Host, Sandbox};

/// Address space beside the function's memory: the program, its stacks, and what the engine maps without using it.
#[cfg(target_os = "linux")]
const ADDRESS_SPACE_MB: u64 = 1024;
/// Processor time that an invocation may take over its limit before the kernel ends the process: for what the engine
/// cannot interrupt, also when the platform itself is gone. The kernel counts whole seconds.
const CPU_GRACE_S: u64 = 1;

/// Serves environments, one at a time, until the platform closes the pipe.
pub fn serve_environment() -> ExitCode {
    let pipes =
        Rc::new(RefCell::new(Pipes { input: BufReader::new(io::stdin()), out: io::stdout(), buffer: Vec::new() }));
    match serve(&pipes) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

fn serve(pipes: &Rc<RefCell<Pipes>>) -> io::Result<()> {
    let memory = Rc::new(RefCell::new(Memory::open()));
    shut_in()?;
    pipes.borrow_mut().write(&FromEnvironment::Ready)?;
    let mut sandboxes: BTreeMap<u32, (Sandbox, Limits)> = BTreeMap::new();
    loop {
        let said = pipes.borrow_mut().read()?;
        match said {
            ToEnvironment::Create { number, setup } => {
                let limits = setup.limits;
                limit_memory(limits, sandboxes.len() + 1)?;
                limit_cpu(limits)?;
                let (pipes_of_it, memory) = (Rc::clone(pipes), Rc::clone(&memory));
                let host = PipeHost { pipes: pipes_of_it, database: setup.database.clone(), written: false, memory };
                let made = Sandbox::create(*setup, Box::new(host));
                let mut sandbox = made.map_err(|fault| io::Error::other(fault.message))?;
                let loaded = sandbox.load();
                sandboxes.insert(number, (sandbox, limits));
                pipes.borrow_mut().write(&FromEnvironment::Loaded(loaded))?;
            }
            ToEnvironment::Invoke { number, request } => {
                let (sandbox, limits) = sandboxes.get_mut(&number).ok_or_else(out_of_order)?;
                limit_cpu(*limits)?;
                let handled = sandbox.invoke(&request);
                pipes.borrow_mut().write(&FromEnvironment::Handled(handled))?;
            }
            ToEnvironment::End(number) => {
                sandboxes.remove(&number);
            }
            ToEnvironment::Answer(_) => return Err(out_of_order()),
        }
    }
}

fn out_of_order() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "the platform said something else than what comes next")
}

/// No new file, socket or process from here on, nothing written to disk, no core left behind.
fn shut_in() -> io::Result<()> {
    for resource in [Resource::RLIMIT_NOFILE, Resource::RLIMIT_FSIZE, Resource::RLIMIT_CORE, Resource::RLIMIT_NPROC] {
        setrlimit(resource, 0, 0)?;
    }
    Ok(())
}

#[cfg(target_os = "linux")]
fn limit_memory(limits: Limits, n_environments: usize) -> io::Result<()> {
    let bytes = |n: usize| (u64::from(limits.memory_mb) * n as u64 + ADDRESS_SPACE_MB) * 1024 * 1024;
    // The upper end can only ever be lowered, and more environments may come.
    setrlimit(Resource::RLIMIT_AS, bytes(n_environments), bytes(ENVIRONMENTS_SHARED))?;
    Ok(())
}

/// Other systems do not hold a process to its address space; the engine's own limit stands everywhere.
#[cfg(not(target_os = "linux"))]
fn limit_memory(_limits: Limits, _n_environments: usize) -> io::Result<()> {
    Ok(())
}

/// The kernel counts over the whole life of a process, so the limit moves on with each invocation.
fn limit_cpu(limits: Limits) -> io::Result<()> {
    let usage = getrusage(UsageWho::RUSAGE_SELF)?;
    let used_s = usage.user_time().tv_sec() + usage.system_time().tv_sec();
    let limit_s = used_s as u64 + limits.cpu_ms.div_ceil(1000) + CPU_GRACE_S;
    setrlimit(Resource::RLIMIT_CPU, limit_s, nix::sys::resource::RLIM_INFINITY)?;
    Ok(())
}

struct Pipes {
    input: BufReader<Stdin>,
    out: Stdout,
    buffer: Vec<u8>,
}

impl Pipes {
    fn read(&mut self) -> io::Result<ToEnvironment> {
        protocol::read(&mut self.input, &mut self.buffer)
    }

    fn write(&mut self, document: &FromEnvironment) -> io::Result<()> {
        protocol::write(&mut self.out, &mut self.buffer, document)
    }
}

/// Services on the other side of the pipe.
///
/// While nobody has written to the database, this environment's copy of it is as good as the original, and reading a
/// row costs no round trip.
struct PipeHost {
    pipes: Rc<RefCell<Pipes>>,
    database: Database,
    written: bool,
    memory: Rc<RefCell<Memory>>,
}

impl Host for PipeHost {
    fn call(&mut self, call: &Call) -> io::Result<Answer> {
        if call.service == Service::Db && Database::is_read(&call.action) && !self.written {
            let input: Value = serde_json::from_str(&call.input)?;
            if let Some(outcome) = self.database.read(&call.action, &input) {
                return Ok(Answer { took_ms: self.database.query_ms, result: outcome.map(|value| value.to_string()) });
            }
        }
        self.written |= call.service == Service::Db && Database::is_write(&call.action);
        let mut pipes = self.pipes.borrow_mut();
        pipes.write(&FromEnvironment::Call(call.clone()))?;
        match pipes.read()? {
            ToEnvironment::Answer(answer) => Ok(answer),
            _ => Err(out_of_order()),
        }
    }

    fn begin(&mut self, database_written: bool) {
        self.written |= database_written;
    }

    fn memory_kb(&mut self) -> u64 {
        self.memory.borrow_mut().high_water_kb()
    }
}

/// Resident memory as the kernel counts it. The file is opened before opening files is given up.
struct Memory {
    statm: Option<File>,
    most_kb: u64,
}

impl Memory {
    fn open() -> Self {
        Self { statm: File::open("/proc/self/statm").ok(), most_kb: 0 }
    }

    fn high_water_kb(&mut self) -> u64 {
        // Pages of 4 KB, as on every machine with this file that we know.
        const PAGE_KB: u64 = 4;
        let mut text = [0; 128];
        let resident = self.statm.as_ref().and_then(|file| {
            let length = file.read_at(&mut text, 0).ok()?;
            std::str::from_utf8(&text[..length]).ok()?.split(' ').nth(1)?.parse::<u64>().ok()
        });
        self.most_kb = self.most_kb.max(resident.unwrap_or(0) * PAGE_KB);
        self.most_kb
    }
}
