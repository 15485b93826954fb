//! One environment as the platform holds it: a process of this same program, spoken to over its pipes.
//!
//! In: a [`Setup`] and requests. Out: what the process reports, or that it had to be ended. Learners' code runs in there
//! and nowhere else, so that a fault of the engine ends that process and touches neither progress nor marks.

use std::io::{self, BufReader, Read};
use std::os::fd::AsFd;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::Signal;

use super::backend::Backend;
use super::child::ENVIRONMENT_ARGUMENT;
use super::fault::Fault;
use super::protocol::{self, FromEnvironment, Handled, Limits, Loaded, Observed, Request, Setup, ToEnvironment};

/// How long a process may take to come to be, on a machine that is busy.
const START_LIMIT: Duration = Duration::from_secs(10);
/// Until the process is ended from here. It stops itself in nearly all cases, and the kernel stops it in one long call
/// into the engine; both count processor time, of which a busy machine gives a part of what passes.
const PATIENCE: u32 = 5;
const GRACE: Duration = Duration::from_secs(1);

/// How making an environment went.
#[derive(Debug)]
pub(super) struct Made {
    /// Starting the process, making the engine, and the way of the code to it.
    pub(super) environment_ms: f64,
    pub(super) loaded: Loaded,
}

pub(super) struct Environment {
    /// Counts from 1 over the life of a platform.
    pub(super) number: u32,
    child: Child,
    input: ChildStdin,
    output: BufReader<Timed>,
    buffer: Vec<u8>,
    backend: Arc<Mutex<Backend>>,
    limits: Limits,
}

impl Drop for Environment {
    fn drop(&mut self) {
        // Killed and waited for: no process is left behind, and none lingers as a zombie.
        let _ = self.child.kill();
        let _ = self.child.wait();
        lock(&self.backend).forget(self.number);
    }
}

impl Environment {
    /// Starts a process and has it load the function. The error is that of a process that did not come up or ended.
    pub(super) fn create(
        program: &Path,
        number: u32,
        setup: &Setup,
        backend: &Arc<Mutex<Backend>>,
    ) -> Result<(Self, Made), Fault> {
        let started = Instant::now();
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
        let mut environment = Self {
            number,
            child,
            input,
            output: BufReader::with_capacity(64 * 1024, Timed { output, deadline }),
            buffer: Vec::new(),
            backend: Arc::clone(backend),
            limits: setup.limits,
        };
        match environment.read() {
            Ok(FromEnvironment::Ready) => {}
            Ok(_) => return Err(Fault::crash("the environment's process spoke out of turn")),
            Err(error) => return Err(Fault::crash(format!("the environment's process did not come up: {error}"))),
        }
        environment.allow();
        let said = environment.ask(&ToEnvironment::Create(Box::new(setup.clone())));
        match said {
            Ok(FromEnvironment::Loaded(loaded)) => {
                let total_ms = started.elapsed().as_secs_f64() * 1000.0;
                let code_ms = loaded.load_ms + loaded.init_ms - loaded.waited_ms;
                let made = Made { environment_ms: (total_ms - code_ms).max(0.0), loaded };
                Ok((environment, made))
            }
            Ok(_) => Err(Fault::crash("the environment's process spoke out of turn")),
            Err(error) => Err(environment.post_mortem(&error)),
        }
    }

    /// Runs the handler once.
    pub(super) fn invoke(&mut self, request: Request) -> Handled {
        self.allow();
        let started = Instant::now();
        let fault = match self.ask(&ToEnvironment::Invoke(request)) {
            Ok(FromEnvironment::Handled(handled)) => return handled,
            Ok(_) => Fault::crash("the environment's process spoke out of turn"),
            Err(error) => self.post_mortem(&error),
        };
        Handled {
            result: Err(fault),
            handler_ms: started.elapsed().as_secs_f64() * 1000.0,
            waited_ms: 0.0,
            observed: Observed::default(),
        }
    }

    /// Says something and reads what it comes to, answering calls to services on the way.
    fn ask(&mut self, question: &ToEnvironment) -> io::Result<FromEnvironment> {
        protocol::write(&mut self.input, &mut self.buffer, question)?;
        loop {
            match self.read()? {
                FromEnvironment::Call(call) => {
                    let answer = lock(&self.backend).answer(self.number, &call);
                    protocol::write(&mut self.input, &mut self.buffer, &ToEnvironment::Answer(answer))?;
                }
                said => return Ok(said),
            }
        }
    }

    fn read(&mut self) -> io::Result<FromEnvironment> {
        protocol::read(&mut self.output, &mut self.buffer)
    }

    /// From now, the process has as long as one invocation may compute.
    fn allow(&mut self) {
        let limit_ms = self.limits.cpu_ms.min(self.limits.timeout_ms);
        self.output.get_mut().deadline = Instant::now() + Duration::from_millis(limit_ms) * PATIENCE + GRACE;
    }

    /// Why the process said nothing more.
    fn post_mortem(&mut self, error: &io::Error) -> Fault {
        let Limits { cpu_ms, timeout_ms, .. } = self.limits;
        if error.kind() == io::ErrorKind::TimedOut {
            return if cpu_ms < timeout_ms { Fault::cpu_limit(cpu_ms) } else { Fault::timeout(timeout_ms) };
        }
        // Its pipe is closed, so it is ending or has ended: this only makes sure.
        let _ = self.child.kill();
        let status = self.child.wait();
        if status.as_ref().is_ok_and(|status| status.signal() == Some(Signal::SIGXCPU as i32)) {
            return Fault::cpu_limit(cpu_ms);
        }
        let ended = status.map_or_else(|_| "in an unknown way".to_owned(), |status| status.to_string());
        Fault::crash(format!("the environment's process ended before it answered ({ended}): {error}"))
    }
}

/// The backend, also after a thread that held it has panicked: its calls leave it whole.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
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
