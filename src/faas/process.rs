//! One process of this program as the platform holds it, spoken to over its pipes; and which environments live in which.
//!
//! In: documents of [`super::protocol`]. Out: the same, or why the process said nothing more. Learners' code runs in
//! there and nowhere else, so that a fault of the engine ends that process and touches neither progress nor marks.
//!
//! The first environments of a function have a process each. When there are many, up to [`ENVIRONMENTS_SHARED`] share one:
//! each keeps an engine, a memory limit and a time limit of its own, and they take turns at computing. Code that has to be
//! ended from here takes its process with it, and the others that lived there are made afresh when they are wanted.

use std::io::{self, BufReader, Read};
use std::os::fd::AsFd;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, Weak};
use std::time::{Duration, Instant};

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::Signal;

use super::backend::{Answer, Call};
use super::environment::lock;
use super::fault::Fault;
use super::protocol::{self, ENVIRONMENT_ARGUMENT, ENVIRONMENTS_SHARED, FromEnvironment, Limits, ToEnvironment};

/// So many environments of a function have a process of their own before any share one.
const PROCESSES_ALONE: usize = 8;
/// How long a process may take to come to be, on a machine that is busy.
const START_LIMIT: Duration = Duration::from_secs(10);
/// Until the process is ended from here. It stops itself in nearly all cases, and the kernel stops it in one long call
/// into the engine; both count processor time, of which a busy machine gives a part of what passes.
const PATIENCE: u32 = 5;
const GRACE: Duration = Duration::from_secs(1);

/// The processes of one function.
#[derive(Default)]
pub(super) struct Hosts {
    hosts: Mutex<Vec<Weak<Host>>>,
}

/// A process, and how many environments live in it.
#[derive(Default)]
pub(super) struct Host {
    n_environments: AtomicUsize,
    /// Its process is gone, and everything that lived in it.
    is_gone: AtomicBool,
    /// Made by the first environment.
    process: Mutex<Option<Process>>,
    /// Environments that have ended and of which the process was not told yet.
    ended: Mutex<Vec<u32>>,
}

impl Hosts {
    /// A place for one more environment, which is counted from here on; see [`Host::leave`].
    pub(super) fn place(&self) -> Arc<Host> {
        let mut hosts = lock(&self.hosts);
        hosts.retain(|host| host.upgrade().is_some_and(|host| !host.is_gone()));
        let alive: Vec<Arc<Host>> = hosts.iter().filter_map(Weak::upgrade).collect();
        let emptiest = alive.iter().min_by_key(|host| host.n_environments.load(Ordering::Relaxed));
        let shared = emptiest.filter(|host| {
            alive.len() >= PROCESSES_ALONE && host.n_environments.load(Ordering::Relaxed) < ENVIRONMENTS_SHARED
        });
        let host = shared.cloned().unwrap_or_else(|| {
            let host = Arc::new(Host::default());
            hosts.push(Arc::downgrade(&host));
            host
        });
        host.n_environments.fetch_add(1, Ordering::Relaxed);
        host
    }
}

impl Host {
    pub(super) fn is_gone(&self) -> bool {
        self.is_gone.load(Ordering::Relaxed)
    }

    /// An environment has ended. It does not wait for others that compute: the process hears of it when it is next free.
    pub(super) fn leave(&self, environment: u32) {
        self.n_environments.fetch_sub(1, Ordering::Relaxed);
        lock(&self.ended).push(environment);
        if let Ok(mut process) = self.process.try_lock()
            && let Some(process) = process.as_mut().filter(|_| !self.is_gone())
        {
            self.tell_ended(process);
        }
    }

    fn tell_ended(&self, process: &mut Process) {
        let ended = std::mem::take(&mut *lock(&self.ended));
        // A process that cannot be told is found to be gone by who asks it next.
        let _ = ended.into_iter().try_for_each(|number| process.say(&ToEnvironment::End(number)));
    }

    /// Starts the process, where there is none yet.
    pub(super) fn start(&self, program: &Path) -> Result<(), Fault> {
        let mut process = lock(&self.process);
        if process.is_none() {
            let started = Process::start(program);
            *process = Some(started.inspect_err(|_| self.is_gone.store(true, Ordering::Relaxed))?);
        }
        Ok(())
    }

    /// Says something and gives what it comes to, answering calls to services on the way. `None`: the process was gone
    /// already, with all that lived in it.
    pub(super) fn ask(
        &self,
        question: &ToEnvironment,
        limits: Limits,
        answer: impl FnMut(&Call) -> Answer,
    ) -> Option<Result<FromEnvironment, Fault>> {
        let mut guard = lock(&self.process);
        if self.is_gone() {
            return None;
        }
        let process = guard.as_mut()?;
        self.tell_ended(process);
        process.allow(limits);
        let said = process.ask(question, answer);
        Some(said.map_err(|error| {
            self.is_gone.store(true, Ordering::Relaxed);
            process.post_mortem(&error, limits)
        }))
    }
}

/// A process that has shut itself in.
struct Process {
    child: Child,
    input: ChildStdin,
    output: BufReader<Timed>,
    buffer: Vec<u8>,
}

impl Drop for Process {
    fn drop(&mut self) {
        // Killed and waited for: no process is left behind, and none lingers as a zombie.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Process {
    fn start(program: &Path) -> Result<Self, Fault> {
        let mut child = Command::new(program)
            .arg(ENVIRONMENT_ARGUMENT)
            // The machine's variables are nobody's business in there.
            .env_clear()
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| Fault::crash(format!("no process for an environment could be started: {error}")))?;
        let input = child.stdin.take().expect("it was piped");
        let output = child.stdout.take().expect("it was piped");
        let deadline = Instant::now() + START_LIMIT;
        let output = BufReader::new(Timed { output, deadline });
        let mut process = Self { child, input, output, buffer: Vec::new() };
        match process.read() {
            Ok(FromEnvironment::Ready) => Ok(process),
            Ok(_) => Err(Fault::crash("the environment's process spoke out of turn")),
            Err(error) => Err(Fault::crash(format!("the environment's process did not come up: {error}"))),
        }
    }

    /// From now, the process has as long as one invocation may compute.
    fn allow(&mut self, limits: Limits) {
        let limit_ms = limits.cpu_ms.min(limits.timeout_ms);
        self.output.get_mut().deadline = Instant::now() + Duration::from_millis(limit_ms) * PATIENCE + GRACE;
    }

    fn say(&mut self, document: &ToEnvironment) -> io::Result<()> {
        protocol::write(&mut self.input, &mut self.buffer, document)
    }

    fn read(&mut self) -> io::Result<FromEnvironment> {
        protocol::read(&mut self.output, &mut self.buffer)
    }

    fn ask(
        &mut self,
        question: &ToEnvironment,
        mut answer: impl FnMut(&Call) -> Answer,
    ) -> io::Result<FromEnvironment> {
        self.say(question)?;
        loop {
            match self.read()? {
                FromEnvironment::Call(call) => self.say(&ToEnvironment::Answer(answer(&call)))?,
                said => return Ok(said),
            }
        }
    }

    /// Why the process said nothing more.
    fn post_mortem(&mut self, error: &io::Error, limits: Limits) -> Fault {
        let Limits { cpu_ms, timeout_ms, .. } = limits;
        let timed_out = error.kind() == io::ErrorKind::TimedOut;
        // Its pipe is closed, so it is ending or has ended, or it must: this makes sure.
        let _ = self.child.kill();
        let status = self.child.wait();
        if timed_out {
            return if cpu_ms < timeout_ms { Fault::cpu_limit(cpu_ms) } else { Fault::timeout(timeout_ms) };
        }
        if status.as_ref().is_ok_and(|status| status.signal() == Some(Signal::SIGXCPU as i32)) {
            return Fault::cpu_limit(cpu_ms);
        }
        let ended = status.map_or_else(|_| "in an unknown way".to_owned(), |status| status.to_string());
        Fault::crash(format!("the environment's process ended before it answered ({ended}): {error}"))
    }
}

/// A pipe that is read until a deadline, then fails with `TimedOut`.
struct Timed {
    output: ChildStdout,
    deadline: Instant,
}

impl Read for Timed {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        loop {
            let left = self.deadline.saturating_duration_since(Instant::now());
            // Also when there is something to read: a process could talk for ever.
            if left.is_zero() {
                return Err(io::ErrorKind::TimedOut.into());
            }
            // Rounded up: a wait of 0 ms would ask again and again in the last millisecond.
            let left_ms = u16::try_from(left.as_millis() + 1).unwrap_or(u16::MAX);
            let mut waiting = [PollFd::new(self.output.as_fd(), PollFlags::POLLIN)];
            match poll(&mut waiting, PollTimeout::from(left_ms)) {
                Ok(0) | Err(nix::errno::Errno::EINTR) => {}
                Ok(_) => return self.output.read(bytes),
                Err(error) => return Err(error.into()),
            }
        }
    }
}
