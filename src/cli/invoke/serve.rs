//! The gateway on loopback, until Ctrl-C: each request is answered, then told in a line; on a terminal, with what stands
//! below the lines.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde::Serialize;

use super::MAX_DELIVERIES;
use super::board::Board;
use super::shown::{arrival, phases};
use crate::cli::output::{Output, remark};
use crate::cli::{CliError, Format, Outcome};
use crate::faas::{Delivery, Happening, Invocation, Platform, Served, Server};

/// How often it is looked whether environments became busy or idle.
const LOOK: Duration = Duration::from_millis(100);

/// One request, as `--http --format json` prints it: one document a line.
#[derive(Serialize)]
struct Answered<'a> {
    method: &'a str,
    path: &'a str,
    status: u16,
    reason: Option<&'a str>,
    invocation: Option<&'a Invocation>,
    deliveries: &'a [Delivery],
}

pub(super) fn serve(port: u16, platform: &Platform, format: Format, output: &mut Output) -> Result<Outcome, CliError> {
    let server = Server::bind(port).map_err(|error| {
        CliError::Input(format!("cannot listen on port {port} of this machine: {error}; --http 0 takes a free port"))
    })?;
    let stop = Arc::new(AtomicBool::new(false));
    for signal in [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM] {
        signal_hook::flag::register(signal, Arc::clone(&stop))?;
    }
    let address = server.address()?;
    if format == Format::Text && Output::can_be_rewritten() {
        return watch(&server, &address.to_string(), platform, &stop, output);
    }
    if format == Format::Text {
        output.line(&format!("listening on http://{address}, until Ctrl-C"))?;
        for (route, function) in platform.deployment().routes() {
            output.line(&format!("  {route} → {}", function.name))?;
        }
    } else {
        remark(&format!("listening on http://{address}"));
    }
    output.finish()?;
    // Requests are answered by threads of their own; lines come out whole.
    let output = Mutex::new(output);
    server.run(platform, &stop, |happening| {
        let deliveries = platform.run_events(MAX_DELIVERIES);
        let mut output = output.lock().unwrap_or_else(PoisonError::into_inner);
        let printed = match happening {
            Happening::Answered(served) => print(&served, &deliveries, format, &mut output),
            Happening::Fired { rate, invocation } => fired(&rate, &invocation, &deliveries, format, &mut output),
            Happening::Expired { function, environment } => expired(&function, environment, format, &mut output),
        };
        if printed.is_err() {
            // Nobody reads any more: what is the server for?
            stop.store(true, Ordering::Relaxed);
        }
    });
    Ok(Outcome::Done)
}

/// On a terminal: what stands below the lines is looked at again and again, and written when it has changed.
fn watch(
    server: &Server,
    address: &str,
    platform: &Platform,
    stop: &AtomicBool,
    output: &mut Output,
) -> Result<Outcome, CliError> {
    let board = Mutex::new(Board::begin(output, address, platform)?);
    let lock = || board.lock().unwrap_or_else(PoisonError::into_inner);
    let ends_at_once = |written: std::io::Result<()>| {
        if written.is_err() {
            stop.store(true, Ordering::Relaxed);
        }
    };
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !stop.load(Ordering::Relaxed) {
                std::thread::sleep(LOOK);
                ends_at_once(lock().look(platform));
            }
        });
        server.run(platform, stop, |happening| {
            let deliveries = platform.run_events(MAX_DELIVERIES);
            ends_at_once(lock().tell(&happening, &deliveries, platform));
        });
    });
    lock().end()?;
    Ok(Outcome::Done)
}

fn print(served: &Served, deliveries: &[Delivery], format: Format, output: &mut Output) -> std::io::Result<()> {
    let Served { method, path, response, invocation } = served;
    if format == Format::Json {
        let reason = response.reason.as_deref();
        let it =
            Answered { method, path, status: response.status, reason, invocation: invocation.as_ref(), deliveries };
        output.line(&serde_json::to_string(&it).map_err(std::io::Error::other)?)?;
        return output.finish();
    }
    let how = invocation.as_ref().map_or_else(|| "no function".to_owned(), phases);
    output.line(&format!("{method} {path} {}  {how}", response.status))?;
    if let Some(reason) = &response.reason {
        output.line(&format!("    {reason}"))?;
    }
    for line in invocation.iter().flat_map(|it| &it.logs) {
        output.line(&format!("    {}", line.text))?;
    }
    tell(deliveries, output)?;
    output.finish()
}

/// A schedule that fired, as `--http --format json` prints it.
#[derive(Serialize)]
struct Fired<'a> {
    schedule: &'a str,
    invocation: &'a Invocation,
    deliveries: &'a [Delivery],
}

fn fired(
    schedule: &str,
    invocation: &Invocation,
    deliveries: &[Delivery],
    format: Format,
    output: &mut Output,
) -> std::io::Result<()> {
    if format == Format::Json {
        let it = Fired { schedule, invocation, deliveries };
        output.line(&serde_json::to_string(&it).map_err(std::io::Error::other)?)?;
        return output.finish();
    }
    output.line(&format!("{schedule} → {}  {}", invocation.function, phases(invocation)))?;
    if let Err(fault) = &invocation.result {
        output.line(&format!("    {fault}"))?;
    }
    tell(deliveries, output)?;
    output.finish()
}

/// An environment that ended, as `--http --format json` prints it.
#[derive(Serialize)]
struct Expired<'a> {
    expired: u32,
    function: &'a str,
}

fn expired(function: &str, environment: u32, format: Format, output: &mut Output) -> std::io::Result<()> {
    if format == Format::Json {
        let it = Expired { expired: environment, function };
        output.line(&serde_json::to_string(&it).map_err(std::io::Error::other)?)?;
    } else {
        output.line(&format!("environment {environment} of {function} expired: nobody called it"))?;
    }
    output.finish()
}

fn tell(deliveries: &[Delivery], output: &mut Output) -> std::io::Result<()> {
    for delivery in deliveries {
        output.line(&format!("  {}  {}", arrival(delivery), phases(&delivery.invocation)))?;
        if let Err(fault) = &delivery.invocation.result {
            output.line(&format!("    {fault}"))?;
        }
    }
    Ok(())
}
