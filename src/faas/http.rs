//! HTTP/1.1 on loopback: enough for `curl`, a browser and a load generator, and no more.
//!
//! In: connections to this machine. Out: responses, and a [`Happening`] for each request, for each schedule that fires and
//! for each environment that ends because nobody calls it. One thread for each connection, up to a limit; headers, bodies and silence are bounded. Absent: TLS, HTTP/2, other machines.

use std::collections::BTreeMap;
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::os::fd::AsFd;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use super::deployment::Trigger;
use super::environment::lock;
use super::gateway::{HttpRequest, HttpResponse};
use super::measure::Invocation;
use super::platform::Platform;
use super::protocol::MAX_PAYLOAD_BYTES;
use super::schedule::Schedule;

const MAX_HEAD_BYTES: usize = 32 * 1024;
const MAX_HEADERS: usize = 100;
const MAX_CONNECTIONS: usize = 128;
/// A connection that says nothing for so long is closed.
const SILENCE: Duration = Duration::from_secs(15);
/// How often a server looks which environments expire and which schedules fire, and whether it should end.
const TICK_MS: u16 = 250;
const PAUSE: Duration = Duration::from_millis(50);

/// A request that was answered.
#[derive(Debug)]
pub struct Served {
    pub method: String,
    pub path: String,
    pub response: HttpResponse,
    /// `None` when no function was behind it.
    pub invocation: Option<Invocation>,
}

/// What happens while a gateway listens.
#[derive(Debug)]
pub enum Happening {
    Answered(Served),
    /// A schedule fired.
    Fired {
        rate: String,
        invocation: Invocation,
    },
    Expired {
        function: String,
        environment: u32,
    },
}

/// A gateway that listens.
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
}

impl Server {
    /// Listens on loopback only. Port 0 takes any that is free; see [`Self::address`].
    pub fn bind(port: u16) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        listener.set_nonblocking(true)?;
        Ok(Self { listener })
    }

    pub fn address(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Serves until `stop` is set. `told` is called for all that happens, on the thread on which it does.
    pub fn run(&self, platform: &Platform, stop: &AtomicBool, told: impl Fn(Happening) + Sync) {
        // By number, to wake those that wait for a next request when it is time to end.
        let open: Mutex<BTreeMap<u64, TcpStream>> = Mutex::default();
        std::thread::scope(|scope| {
            scope.spawn(|| keep_time(platform, stop, &told));
            for number in 0.. {
                let Some(stream) = self.next_connection(stop) else { break };
                let copy = stream.try_clone();
                let n_open = lock(&open).len();
                let (Ok(copy), true) = (copy, n_open < MAX_CONNECTIONS) else {
                    let busy = HttpResponse::of_gateway(503, "Service Unavailable", "too many connections at once");
                    let _ = write_response(&stream, &busy, false, false);
                    continue;
                };
                lock(&open).insert(number, copy);
                let (open, told) = (&open, &told);
                scope.spawn(move || {
                    // A client that went away in the middle is its own affair.
                    let _ = converse(&stream, platform, stop, told);
                    let _ = stream.shutdown(Shutdown::Both);
                    lock(open).remove(&number);
                });
            }
            for stream in lock(&open).values() {
                let _ = stream.shutdown(Shutdown::Read);
            }
        });
    }

    /// Waits for a connection. `None` when it is time to end.
    fn next_connection(&self, stop: &AtomicBool) -> Option<TcpStream> {
        while !stop.load(Ordering::Relaxed) {
            let mut waiting = [PollFd::new(self.listener.as_fd(), PollFlags::POLLIN)];
            // A signal ends the wait as well; then `stop` may be set.
            let _ = poll(&mut waiting, PollTimeout::from(TICK_MS));
            match self.listener.accept() {
                Ok((stream, _)) => return Some(stream),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                // The machine is out of descriptors, say: that passes.
                Err(_) => std::thread::sleep(PAUSE),
            }
        }
        None
    }
}

/// Ends environments that nobody calls, and fires schedules when their time has come.
fn keep_time(platform: &Platform, stop: &AtomicBool, told: &(impl Fn(Happening) + Sync)) {
    let now_ms = || SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as i64);
    let functions = platform.deployment().functions.iter();
    let mut schedules: Vec<(&str, &str, Schedule, Option<i64>)> = functions
        .flat_map(|function| function.triggers.iter().map(|trigger| (function.name.as_str(), trigger)))
        .filter_map(|(function, trigger)| match trigger {
            Trigger::Schedule { rate } => Some((function, rate.as_str(), Schedule::parse(rate).ok()?)),
            _ => None,
        })
        .map(|(function, rate, schedule)| {
            let next_ms = schedule.next_ms(now_ms());
            (function, rate, schedule, next_ms)
        })
        .collect();
    while !stop.load(Ordering::Relaxed) {
        std::thread::sleep(Duration::from_millis(TICK_MS.into()));
        for (function, environment) in platform.expire() {
            told(Happening::Expired { function, environment });
        }
        for (function, rate, schedule, next_ms) in &mut schedules {
            if next_ms.is_some_and(|next_ms| next_ms <= now_ms()) {
                *next_ms = schedule.next_ms(now_ms());
                if let Ok(invocation) = platform.fire(function, rate) {
                    told(Happening::Fired { rate: (*rate).to_owned(), invocation });
                }
            }
        }
    }
}

/// Answers the requests of one connection.
fn converse(
    stream: &TcpStream,
    platform: &Platform,
    stop: &AtomicBool,
    told: &(impl Fn(Happening) + Sync),
) -> io::Result<()> {
    stream.set_nonblocking(false)?;
    stream.set_read_timeout(Some(SILENCE))?;
    stream.set_write_timeout(Some(SILENCE))?;
    stream.set_nodelay(true)?;
    let mut input = BufReader::new(stream);
    while !stop.load(Ordering::Relaxed) {
        let (request, keeps) = match read_request(&mut input, stream)? {
            Incoming::Request { request, keeps } => (request, keeps),
            Incoming::End => return Ok(()),
            Incoming::Refused { status, why } => {
                let response = HttpResponse::of_gateway(status, "Bad Request", why);
                write_response(stream, &response, false, false)?;
                // What the client still sends is read for a moment, or it would see a reset instead of the answer.
                let _ = stream.shutdown(Shutdown::Write);
                let _ = io::copy(&mut input.take(MAX_PAYLOAD_BYTES as u64), &mut io::sink());
                return Ok(());
            }
        };
        let (response, invocation) = platform.request(&request);
        write_response(stream, &response, keeps, request.method == "HEAD")?;
        let (method, path) = (request.method, request.path);
        told(Happening::Answered(Served { method, path, response, invocation }));
        if !keeps {
            break;
        }
    }
    Ok(())
}

enum Incoming {
    Request {
        request: HttpRequest,
        keeps: bool,
    },
    /// The client has closed the connection, or said nothing for too long.
    End,
    Refused {
        status: u16,
        why: &'static str,
    },
}

fn read_request(input: &mut BufReader<&TcpStream>, out: &TcpStream) -> io::Result<Incoming> {
    let refused = |status, why| Ok(Incoming::Refused { status, why });
    let Some(head) = read_head(input)? else { return Ok(Incoming::End) };
    if head.len() >= MAX_HEAD_BYTES {
        return refused(431, "the head of the request is larger than 32 KB");
    }
    let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
    let mut parsed = httparse::Request::new(&mut headers);
    match parsed.parse(&head) {
        Ok(httparse::Status::Complete(_)) => {}
        Ok(httparse::Status::Partial) => return Ok(Incoming::End),
        Err(httparse::Error::TooManyHeaders) => return refused(431, "the request has more than 100 headers"),
        Err(_) => return refused(400, "this is no HTTP/1.1 request"),
    }
    let target = parsed.path.unwrap_or("/");
    // A proxy's form names the host as well.
    let target = target.strip_prefix("http://").map_or(target, |rest| rest.find('/').map_or("/", |at| &rest[at..]));
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut request = HttpRequest {
        method: parsed.method.unwrap_or("GET").to_owned(),
        path: path.to_owned(),
        query: query.to_owned(),
        headers: Vec::new(),
        body: Vec::new(),
    };
    for header in parsed.headers.iter() {
        request.headers.push((header.name.to_owned(), String::from_utf8_lossy(header.value).into_owned()));
    }
    let said = |name: &str| {
        request.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    };
    let is_chunked = said("transfer-encoding").is_some_and(|value| value.eq_ignore_ascii_case("chunked"));
    let length = said("content-length").map(str::parse::<usize>);
    let keeps = match said("connection").map(str::to_ascii_lowercase).as_deref() {
        Some("close") => false,
        Some("keep-alive") => true,
        _ => parsed.version == Some(1),
    };
    if said("expect").is_some_and(|value| value.eq_ignore_ascii_case("100-continue")) {
        let mut out = out;
        out.write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
    }
    match length {
        // Both at once is how requests are smuggled past a proxy.
        Some(_) if is_chunked => return refused(400, "the request has two lengths"),
        Some(Err(_)) => return refused(400, "the request's length is no number"),
        Some(Ok(length)) if length > MAX_PAYLOAD_BYTES => return refused(413, "the body is larger than 6 MB"),
        Some(Ok(length)) => {
            input.take(length as u64).read_to_end(&mut request.body)?;
            if request.body.len() < length {
                return Ok(Incoming::End);
            }
        }
        None if is_chunked => match read_chunks(input)? {
            Some(body) => request.body = body,
            None => return refused(413, "the body is larger than 6 MB, or its chunks are not well formed"),
        },
        None => {}
    }
    Ok(Incoming::Request { request, keeps })
}

/// All up to the empty line, or as much as is allowed. `None` when there is nothing more.
fn read_head(input: &mut BufReader<&TcpStream>) -> io::Result<Option<Vec<u8>>> {
    let mut head = Vec::new();
    loop {
        match read_line(input, &mut head, MAX_HEAD_BYTES) {
            Ok(0) => return Ok(None),
            Ok(_) => {}
            Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) => {
                return Ok(None);
            }
            Err(error) => return Err(error),
        }
        // Empty lines before a request are tolerated, as the standard asks.
        if head == b"\r\n" || head == b"\n" {
            head.clear();
        }
        if head.ends_with(b"\r\n\r\n") || head.ends_with(b"\n\n") || head.len() >= MAX_HEAD_BYTES {
            return Ok(Some(head));
        }
    }
}

/// Appends a line, with its end, as far as `max_bytes` in all.
fn read_line(input: &mut BufReader<&TcpStream>, line: &mut Vec<u8>, max_bytes: usize) -> io::Result<usize> {
    use std::io::BufRead;
    input.take(max_bytes.saturating_sub(line.len()) as u64).read_until(b'\n', line)
}

/// A body in chunks. `None` when it is too large or not well formed.
fn read_chunks(input: &mut BufReader<&TcpStream>) -> io::Result<Option<Vec<u8>>> {
    const MAX_LINE_BYTES: usize = 256;
    let mut body = Vec::new();
    loop {
        let mut line = Vec::new();
        read_line(input, &mut line, MAX_LINE_BYTES)?;
        let text = String::from_utf8_lossy(&line);
        let digits = text.split(';').next().unwrap_or_default().trim();
        let Ok(length) = usize::from_str_radix(digits, 16) else { return Ok(None) };
        if length > MAX_PAYLOAD_BYTES - body.len() {
            return Ok(None);
        }
        let wanted = body.len() + length;
        input.take(length as u64).read_to_end(&mut body)?;
        if body.len() < wanted {
            return Ok(None);
        }
        // The line's end after a chunk; after the last one, trailers up to an empty line, which nobody here needs.
        loop {
            line.clear();
            read_line(input, &mut line, MAX_LINE_BYTES)?;
            if length > 0 || line.is_empty() || line == b"\r\n" || line == b"\n" {
                break;
            }
        }
        if length == 0 {
            return Ok(Some(body));
        }
    }
}

fn write_response(stream: &TcpStream, response: &HttpResponse, keeps: bool, is_head: bool) -> io::Result<()> {
    let mut out = BufWriter::new(stream);
    write!(out, "HTTP/1.1 {} {}\r\n", response.status, reason_phrase(response.status))?;
    for (name, value) in &response.headers {
        // How long the body is and whether the connection stays is decided here.
        let ours = ["content-length", "connection", "transfer-encoding"];
        if !ours.iter().any(|it| name.eq_ignore_ascii_case(it)) {
            write!(out, "{name}: {value}\r\n")?;
        }
    }
    let connection = if keeps { "keep-alive" } else { "close" };
    // These have no body by definition, and a length would say that one comes.
    let has_body = response.status >= 200 && response.status != 204 && response.status != 304;
    if has_body {
        write!(out, "content-length: {}\r\n", response.body.len())?;
    }
    write!(out, "connection: {connection}\r\n\r\n")?;
    if has_body && !is_head {
        out.write_all(&response.body)?;
    }
    out.flush()
}

fn reason_phrase(status: u16) -> &'static str {
    match status {
        200 => "OK",
        201 => "Created",
        202 => "Accepted",
        204 => "No Content",
        301 => "Moved Permanently",
        302 => "Found",
        303 => "See Other",
        304 => "Not Modified",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        409 => "Conflict",
        413 => "Content Too Large",
        422 => "Unprocessable Content",
        429 => "Too Many Requests",
        431 => "Request Header Fields Too Large",
        500 => "Internal Server Error",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        _ => "Status",
    }
}
