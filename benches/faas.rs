//! What an environment and an invocation cost here, in this process and over the pipe, beside Node.js on the same machine.
//!
//! `cargo bench --bench faas`. The lesson's handler, with a database that takes no time: only what is computed is
//! measured. Node's lines are left out where there is no `node`. Times in microseconds.

use std::io::{self, Read, Write};
use std::path::PathBuf;
use std::process::{Command, ExitCode, Stdio};
use std::time::Instant;

use coldstart::faas::{
    Backend, Bundle, Database, Deployment, ENVIRONMENT_ARGUMENT, Limits, Platform, Request, Sandbox, Settings, Setup,
    Spread, serve_environment,
};

const LESSON: &str = include_str!("../assets/faas/example/index.js");
const EVENT: &str = r#"{"queryStringParameters":{"id":"42"}}"#;

/// The lesson's `./db` for Node.
const NODE_DB: &str = "const users = { 42: { id: '42', name: 'Ada Lovelace' } };\n\
    exports.connect = () => ({ getUser: async (id) => users[id] ?? null });\n";
/// Calls the handler in a loop and prints the microseconds of each call.
const NODE_LOOP: &str = "const { handler } = require('./index.js'); const event = JSON.stringify({ queryStringParameters: { id: '42' } });\n\
    (async () => { const times = []; for (let n = 0; n < 20000; n++) { const from = process.hrtime.bigint();\n\
    JSON.stringify(await handler(JSON.parse(event), {})); times.push(Number(process.hrtime.bigint() - from) / 1000); }\n\
    console.log(times.slice(2000).join('\\n')); })();\n";

fn main() -> ExitCode {
    // The environments of this measurement are this same program.
    if std::env::args().nth(1).as_deref() == Some(ENVIRONMENT_ARGUMENT) {
        return serve_environment();
    }
    match measure() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn measure() -> io::Result<()> {
    writeln!(io::stdout(), "{:<44}{:>8}{:>10}{:>10}{:>10}{:>10}", "microseconds", "n", "mean", "p50", "p90", "p99")?;
    in_process()?;
    ready()?;
    over_the_pipe()?;
    node()?;
    many()
}

fn row(name: &str, times_us: Vec<f64>) -> io::Result<()> {
    let Some(Spread { n, mean, p50, p90, p99, .. }) = Spread::of(times_us) else { return Ok(()) };
    writeln!(io::stdout(), "{name:<44}{n:>8}{mean:>10.1}{p50:>10.1}{p90:>10.1}{p99:>10.1}")
}

fn us(started: Instant) -> f64 {
    started.elapsed().as_secs_f64() * 1e6
}

fn database() -> Database {
    Database { connect_ms: 0.0, query_ms: 0.0, connections_max: 10_000, ..Database::default() }
}

fn in_process() -> io::Result<()> {
    const ENVIRONMENTS: usize = 1_000;
    let setup = Setup {
        function: "measured".to_owned(),
        handler: "index.handler".to_owned(),
        bundle: Bundle::of("index.js", LESSON),
        variables: Vec::new(),
        limits: Limits::default(),
        database: database(),
        seed: 1,
        now_ms: 0.0,
    };
    let request = Request { request_id: "r".to_owned(), event: EVENT.to_owned(), now_ms: 0.0, database_written: false };
    let (mut engine, mut cold, mut first) = (Vec::new(), Vec::new(), Vec::new());
    let resident_before_kb = resident_kb();
    let mut alive = Vec::new();
    for _ in 0..ENVIRONMENTS {
        let started = Instant::now();
        let sandbox = Sandbox::create(setup.clone(), Box::new(Backend::new(database())));
        let mut sandbox = sandbox.map_err(|fault| io::Error::other(fault.to_string()))?;
        engine.push(us(started));
        assert!(sandbox.load().fault.is_none(), "the lesson's handler loads");
        cold.push(us(started));
        assert!(sandbox.invoke(&request).result.is_ok(), "the lesson's handler answers");
        first.push(us(started));
        alive.push(sandbox);
    }
    row("in process: engine and globals", engine)?;
    row("in process: the same, loaded and initialised", cold)?;
    row("in process: the same, and the first answer", first)?;
    let sandbox = &mut alive[0];
    let warm = (0..20_000).map(|_| {
        let started = Instant::now();
        let handled = sandbox.invoke(&request);
        let time = us(started);
        assert!(handled.result.is_ok(), "the lesson's handler answers");
        time
    });
    row("in process: warm", warm.collect())?;
    let taken_mb = resident_kb().saturating_sub(resident_before_kb) / 1024;
    writeln!(io::stdout(), "{ENVIRONMENTS} environments alive in one process: {taken_mb} MB")
}

/// From starting a process to its first word: it runs, and has shut itself in.
fn ready() -> io::Result<()> {
    let mut times = Vec::new();
    for _ in 0..200 {
        let started = Instant::now();
        let mut child = Command::new(this_program()?)
            .arg(ENVIRONMENT_ARGUMENT)
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut first = [0; 4];
        child.stdout.take().expect("it was piped").read_exact(&mut first)?;
        times.push(us(started));
        child.kill()?;
        child.wait()?;
    }
    row("process: ready", times)
}

/// What many environments of one function take, this process included.
fn many() -> io::Result<()> {
    const ENVIRONMENTS: usize = 1_000;
    let deployment = Deployment::of_handler("measured", "index.handler", Bundle::of("index.js", LESSON));
    let settings = Settings { database: database(), concurrency: ENVIRONMENTS, ..Settings::new(this_program()?) };
    let platform = Platform::new(deployment, settings);
    let own_before_kb = memory_kb("self", "Pss:");
    let started = Instant::now();
    let round = platform.invoke_together("measured", &[EVENT; ENVIRONMENTS]).map_err(io::Error::other)?;
    let made_s = started.elapsed().as_secs_f64();
    assert!(round.iter().all(|it| it.is_cold() && it.result.is_ok()), "each request has an environment of its own");
    let own = std::process::id();
    let children: Vec<String> = std::fs::read_dir("/proc")?
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|id| {
            let status = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
            status.lines().any(|line| line.strip_prefix("PPid:").is_some_and(|it| it.trim() == own.to_string()))
        })
        .collect();
    let kb = |name: &str| children.iter().map(|id| memory_kb(id, name)).sum::<u64>();
    let grown_kb = memory_kb("self", "Pss:").saturating_sub(own_before_kb);
    writeln!(
        io::stdout(),
        "{ENVIRONMENTS} environments alive in {} processes, made in {made_s:.2} s: {} MB (pages that are shared counted \
         once; {} MB of them private), and {} MB more here",
        children.len(),
        kb("Pss:") / 1024,
        (kb("Private_Dirty:") + kb("Private_Clean:")) / 1024,
        grown_kb / 1024,
    )
}

fn memory_kb(process: &str, name: &str) -> u64 {
    let rollup = std::fs::read_to_string(format!("/proc/{process}/smaps_rollup")).unwrap_or_default();
    let line = rollup.lines().find_map(|line| line.strip_prefix(name));
    line.and_then(|rest| rest.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(0)
}

fn over_the_pipe() -> io::Result<()> {
    let deployment = Deployment::of_handler("measured", "index.handler", Bundle::of("index.js", LESSON));
    let settings = Settings { database: database(), concurrency: 100, ..Settings::new(this_program()?) };
    let bare = Settings { keep_alive: std::time::Duration::ZERO, ..settings.clone() };
    let platform = Platform::new(deployment.clone(), bare);
    let invoke = |platform: &Platform| platform.invoke("measured", EVENT).map_err(io::Error::other);
    let (mut made, mut cold) = (Vec::new(), Vec::new());
    for _ in 0..200 {
        let started = Instant::now();
        let invocation = invoke(&platform)?;
        cold.push(us(started));
        made.push(invocation.phases.environment_ms * 1000.0);
        assert!(invocation.is_cold() && invocation.result.is_ok(), "{invocation:?}");
        platform.expire();
    }
    row("process: environment made", made)?;
    row("process: cold, from request to answer", cold)?;
    let platform = Platform::new(deployment, settings);
    invoke(&platform)?;
    let mut warm = Vec::new();
    for _ in 0..20_000 {
        let started = Instant::now();
        let invocation = invoke(&platform)?;
        warm.push(us(started));
        assert!(invocation.result.is_ok(), "{invocation:?}");
    }
    row("process: warm, from request to answer", warm)
}

fn node() -> io::Result<()> {
    let is_there =
        Command::new("node").arg("--version").stdout(Stdio::null()).status().is_ok_and(|status| status.success());
    if !is_there {
        return Ok(());
    }
    let folder = tempfile::tempdir()?;
    for (name, text) in [("index.js", LESSON), ("db.js", NODE_DB), ("loop.js", NODE_LOOP)] {
        std::fs::write(folder.path().join(name), text)?;
    }
    let once = format!(
        "require('./index.js').handler({EVENT}, {{}}).then((answer) => process.stdout.write(JSON.stringify(answer)))"
    );
    let mut cold = Vec::new();
    for _ in 0..30 {
        let started = Instant::now();
        let output = Command::new("node").args(["-e", &once]).current_dir(folder.path()).output()?;
        cold.push(us(started));
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    row("node: a fresh process, from start to its end", cold)?;
    let output = Command::new("node").arg("loop.js").current_dir(folder.path()).output()?;
    let warm = String::from_utf8_lossy(&output.stdout).lines().filter_map(|line| line.parse().ok()).collect();
    row("node: warm, in a loop", warm)
}

fn this_program() -> io::Result<PathBuf> {
    std::env::current_exe()
}

fn resident_kb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|rest| rest.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(0)
}
