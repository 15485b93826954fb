//! Functions really run: in processes of their own, cold and warm, and whatever the code does, the platform goes on.

use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use coldstart::faas::{
    Bundle, Check, Database, Deployment, FaultKind, Invocation, Manifest, Object, Platform, Settings, Start,
    Submission, check,
};
use serde_json::{Value, json};

use crate::pty::Pty;

const LESSON: &str = include_str!("../../assets/faas/example/index.js");
const LESSON_YML: &str = include_str!("../../assets/faas/example/serverless.yml");

fn settings() -> Settings {
    let mut settings = Settings::new(PathBuf::from(env!("CARGO_BIN_EXE_coldstart")));
    settings.cpu_ms = 300;
    settings
}

fn platform_of(text: &str) -> Platform {
    platform_within(text, settings().cpu_ms, 3_000)
}

fn platform_within(text: &str, cpu_ms: u64, timeout_ms: u64) -> Platform {
    let mut deployment = Deployment::of_handler("tested", "index.handler", Bundle::of("index.js", text));
    deployment.functions[0].memory_mb = 64;
    deployment.functions[0].timeout_ms = timeout_ms;
    Platform::new(deployment, Settings { cpu_ms, ..settings() })
}

fn invoke(platform: &Platform, event: &Value) -> Invocation {
    let function = platform.deployment().functions[0].name.clone();
    platform.invoke(&function, &event.to_string()).expect("the function is deployed")
}

fn query(id: &str) -> Value {
    json!({ "queryStringParameters": { "id": id } })
}

/// Runs the command in a folder with these files.
fn command(files: &[(&str, &str)], arguments: &[&str]) -> (tempfile::TempDir, Command) {
    let folder = tempfile::tempdir().expect("a folder for the test");
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).expect("written");
    }
    let mut command = Command::new(env!("CARGO_BIN_EXE_coldstart"));
    command.arg("invoke").args(arguments).current_dir(folder.path()).stdin(Stdio::null());
    (folder, command)
}

fn run(files: &[(&str, &str)], arguments: &[&str]) -> Output {
    command(files, arguments).1.output().expect("the program runs")
}

fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

// ── environments ────────────────────────────────────────────────────────────────────────────────

#[test]
fn the_first_invocation_pays_for_the_environment_and_the_connection() {
    let platform = platform_of(LESSON);
    let cold = invoke(&platform, &query("42"));
    let warm = invoke(&platform, &query("7"));
    assert_eq!((cold.start, warm.start), (Some(Start::Cold), Some(Start::Warm)));
    assert_eq!((cold.environment, warm.environment), (Some(1), Some(1)));
    assert_eq!((cold.connections_opened(), warm.connections_opened()), (1, 0));
    assert!(cold.phases.environment_ms > 0.0 && cold.phases.init_ms >= 40.0, "{:?}", cold.phases);
    assert!(warm.phases.init_ms == 0.0 && warm.phases.handler_ms >= 3.0, "{:?}", warm.phases);
    assert!(warm.result.as_ref().is_ok_and(|result| result.contains("Grace Hopper")), "{:?}", warm.result);
    assert!(
        cold.report_line().contains("Init Duration: ") && !warm.report_line().contains("Init"),
        "{}",
        cold.report_line()
    );
}

#[test]
fn a_connection_inside_the_handler_is_paid_for_each_time() {
    let inside = LESSON
        .replace("const db = require(\"./db\").connect();", "")
        .replace("const user = await", "const db = require(\"./db\").connect();\n    const user = await");
    let platform = platform_of(&inside);
    invoke(&platform, &query("42"));
    let warm = invoke(&platform, &query("42"));
    assert_eq!(warm.connections_opened(), 1);
    assert!(warm.phases.handler_ms >= 43.0, "{:?}", warm.phases);
    assert_eq!(platform.backend().open_connections(), 2, "nobody closes them");
}

#[test]
fn simultaneous_requests_get_an_environment_each_up_to_the_limit() {
    let mut deployment = Deployment::of_handler("tested", "index.handler", Bundle::of("index.js", LESSON));
    deployment.functions[0].memory_mb = 64;
    let platform = Platform::new(deployment, Settings { concurrency: 3, ..settings() });
    let event = query("42").to_string();
    let round = platform.invoke_together("tested", &[event.as_str(); 5]).expect("deployed");
    let throttled =
        round.iter().filter(|it| it.result.as_ref().is_err_and(|fault| fault.kind == FaultKind::Throttled)).count();
    assert_eq!((round.iter().filter(|it| it.is_cold()).count(), throttled), (3, 2));
    assert_eq!(platform.occupancy("tested").n_idle, 3);
    assert_eq!(platform.backend().open_connections(), 3, "each environment holds its own");
    let again = platform.invoke_together("tested", &[event.as_str(); 3]).expect("deployed");
    assert!(again.iter().all(|it| !it.is_cold()));
}

#[test]
fn idle_environments_expire_and_their_connections_close() {
    let deployment = Deployment::of_handler("tested", "index.handler", Bundle::of("index.js", LESSON));
    let platform = Platform::new(deployment, Settings { keep_alive: Duration::from_millis(20), ..settings() });
    assert!(invoke(&platform, &query("42")).is_cold());
    std::thread::sleep(Duration::from_millis(40));
    platform.expire();
    assert_eq!((platform.occupancy("tested").n_idle, platform.backend().open_connections()), (0, 0));
    assert!(invoke(&platform, &query("42")).is_cold());
}

#[test]
fn a_database_refuses_more_connections_than_it_accepts() {
    let database = Database { connections_max: 2, ..Database::default() };
    let deployment = Deployment::of_handler("tested", "index.handler", Bundle::of("index.js", LESSON));
    let platform = Platform::new(deployment, Settings { database, ..settings() });
    let event = query("42").to_string();
    let round = platform.invoke_together("tested", &[event.as_str(); 3]).expect("deployed");
    let refused: Vec<_> = round.iter().filter_map(|it| it.result.as_ref().err()).collect();
    assert_eq!(refused.len(), 1);
    assert!(refused[0].message.contains("too many connections"), "{}", refused[0]);
}

#[test]
fn what_one_environment_writes_another_reads() {
    let text = "const db = require('./db').connect(); let served = 0;
        exports.handler = async ({ write }) => { served++; if (write) await db.put('notes', 'a', write); return [served, await db.get('notes', 'a')]; };";
    let platform = platform_of(text);
    let events = ["{}", "{}"];
    platform.invoke_together("tested", &events).expect("deployed");
    assert_eq!(invoke(&platform, &json!({ "write": "x" })).result.as_deref(), Ok(r#"[2,"x"]"#));
    let both = platform.invoke_together("tested", &events).expect("deployed");
    let mut results: Vec<_> = both.iter().map(|it| it.result.clone().expect("it answers")).collect();
    results.sort();
    assert_eq!(results, [r#"[2,"x"]"#, r#"[3,"x"]"#]);
}

// ── hostile code ────────────────────────────────────────────────────────────────────────────────

/// Code, the kind of its error, and a part of what is said.
const HOSTILE: [(&str, FaultKind, &str); 17] = [
    ("while (true) {}", FaultKind::CpuLimit, "loop"),
    ("const f = () => f() + 1; f()", FaultKind::StackOverflow, "call stack"),
    ("const s = 'x'.repeat(2 ** 29); return (s + s).length", FaultKind::OutOfMemory, "64 MB"),
    ("const s = []; while (true) s.push(new Uint8Array(1e6))", FaultKind::OutOfMemory, "64 MB"),
    (
        "const all = []; for (let i = 0; i < 1e6; i++) all.push(new Promise(() => {})); await Promise.all(all)",
        FaultKind::OutOfMemory,
        "64 MB",
    ),
    ("for (;;) await null", FaultKind::CpuLimit, "computed"),
    ("await new Promise(() => {})", FaultKind::NeverSettles, "never settles"),
    ("await new Promise((go) => setTimeout(go, 1e9))", FaultKind::Timeout, "3.00 seconds"),
    ("return { get body() { throw new TypeError('trap') } }", FaultKind::Marshal, "trap"),
    ("const a = {}; a.self = a; return a", FaultKind::Marshal, "circular"),
    ("return new Proxy({}, { ownKeys() { throw new Error('proxy') } })", FaultKind::Marshal, "proxy"),
    ("const s = 'a'.repeat(1 << 22); for (;;) s.replaceAll('a', 'b'.repeat(3))", FaultKind::CpuLimit, "computed"),
    ("return /^(a+)+$/.test('a'.repeat(60) + 'b')", FaultKind::CpuLimit, "computed"),
    ("process.exit(0)", FaultKind::Exit, "process.exit"),
    ("throw { get message() { throw 1 }, toString() { throw 2 } }", FaultKind::Thrown, "without a message"),
    ("throw null", FaultKind::Thrown, "null"),
    ("JSON.parse('['.repeat(1e6))", FaultKind::Thrown, ""),
];

#[test]
fn hostile_code_is_stopped_named_and_gone_at_the_next_invocation() {
    for (code, kind, said) in HOSTILE {
        let text = format!("let n = 0; exports.handler = async ({{ ok }}) => {{ n++; if (ok) return n; {code} }};");
        // On a slow or busy machine the limit that is meant comes first all the same.
        let platform = match kind {
            FaultKind::Timeout => platform_of(&text),
            FaultKind::CpuLimit => platform_within(&text, 300, 60_000),
            _ => platform_within(&text, 20_000, 60_000),
        };
        assert_eq!(invoke(&platform, &json!({ "ok": true })).result.as_deref(), Ok("1"));
        let started = Instant::now();
        let fault = invoke(&platform, &json!({})).result.expect_err(code);
        let took = started.elapsed();
        assert!(fault.message.contains(said), "{code}: {fault}");
        // What overflows the stack or the parser's depth has two honest names.
        let other = kind == FaultKind::Thrown && code.starts_with("JSON") && fault.kind == FaultKind::StackOverflow;
        assert!(fault.kind == kind || other, "{code}: {fault:?}");
        assert!(took < Duration::from_secs(8), "{code} took {took:?}");
        let next = invoke(&platform, &json!({ "ok": true }));
        assert_eq!(next.is_cold(), fault.spoils_environment(), "{code}: {fault:?}");
        assert!(next.result.is_ok(), "{code}: {:?}", next.result);
    }
}

#[test]
fn code_that_never_loads_has_its_clear_error() {
    for (files, kind, said, line) in [
        (&[("index.js", "exports.handler = async ( => 1;")] as &[_], FaultKind::Syntax, "", Some(1)),
        (&[("index.js", "\nrequire('./b');"), ("b.js", "\n\nlet 1x;")], FaultKind::Syntax, "", Some(3)),
        (&[("index.js", "while (true) {}")], FaultKind::CpuLimit, "computed", None),
        (&[("index.js", "exports.other = 1;")], FaultKind::NoHandler, "no `handler`", None),
        (&[("main.js", "")], FaultKind::NoHandler, "Cannot find module", None),
        (&[("index.js", "\u{7f}ELF\0\0")], FaultKind::Syntax, "binary", None),
        (
            &[("index.js", "require('./a').x();"), ("a.js", "require('./index').y();")],
            FaultKind::Thrown,
            "import cycle",
            Some(1),
        ),
        (
            &[("index.js", "import './a.js'; export const handler = 1;"), ("a.js", "import { z } from './index.js';")],
            FaultKind::Syntax,
            "z",
            None,
        ),
    ] {
        let bundle = files.iter().fold(Bundle::default(), |bundle, (name, text)| bundle.with(name, *text));
        let platform = Platform::new(Deployment::of_handler("tested", "index.handler", bundle), settings());
        let invocation = invoke(&platform, &json!({}));
        let fault = invocation.result.expect_err(said);
        assert_eq!(fault.kind, kind, "{files:?}: {fault:?}");
        assert!(fault.message.contains(said), "{files:?}: {fault}");
        if let Some(line) = line {
            assert_eq!(fault.place.as_ref().map(|place| place.line), Some(line), "{files:?}: {fault:?}");
        }
        assert_eq!(platform.occupancy("tested").n_idle, 0);
    }
}

#[test]
fn code_finds_nothing_of_the_machine() {
    let text = "exports.handler = async () => { const found = [];
        for (const name of ['fs', 'net', 'child_process', 'os', 'node:vm']) { try { require(name); found.push(name) } catch {} }
        for (const name of ['std', 'os', 'bjson', 'qjs:std']) { try { await import(name); found.push(name) } catch {} }
        for (const name of ['std', 'os', 'scriptArgs', 'print', 'natives', 'Deno', 'Bun']) if (name in globalThis) found.push(name);
        return [found, Object.keys(process.env).sort(), process.env.HOME ?? null]; };";
    let result = invoke(&platform_of(text), &json!({})).result.expect("it answers");
    let own = r#"["AWS_LAMBDA_FUNCTION_MEMORY_SIZE","AWS_LAMBDA_FUNCTION_NAME","AWS_REGION","_HANDLER"]"#;
    assert_eq!(result, format!("[[],{own},null]"));
}

#[test]
fn code_cannot_forge_what_is_observed_nor_reach_the_next_environment() {
    let text = "const db = require('./db').connect();
        Object.prototype.statusCode = 200; Array.prototype.push = function () { return 0 }; Promise.prototype.then = () => { throw 1 };
        JSON.stringify = () => 'forged'; JSON.parse = () => ({ forged: true }); Function.prototype.call = () => 'forged';
        Map.prototype.get = () => 1; Object.defineProperty(Object.prototype, 'result', { get() { return 'forged' }, set() {} });
        exports.handler = async () => { await db.getUser(1); await db.getUser(2); return { honest: 1 }; };";
    let platform = platform_of(text);
    for _ in 0..2 {
        let invocation = invoke(&platform, &json!({}));
        assert_eq!(invocation.result.as_deref(), Ok(r#"{"honest":1}"#));
        let calls = invocation.calls.iter().filter(|call| call.action == "get").count();
        assert_eq!(calls, 2, "{:?}", invocation.calls);
    }
}

/// The process of the environment that this thread has started, on systems that tell.
fn process_of_this_thread() -> Option<String> {
    let children = std::fs::read_to_string("/proc/thread-self/children").ok()?;
    children.split_whitespace().next().map(str::to_owned)
}

#[test]
fn the_process_of_an_environment_has_given_up_files_and_other_processes() {
    let platform = platform_of("exports.handler = async () => 1;");
    assert!(invoke(&platform, &json!({})).result.is_ok());
    let Some(pid) = process_of_this_thread() else { return };
    let limits = std::fs::read_to_string(format!("/proc/{pid}/limits")).expect("a process has limits");
    for limit in ["Max open files", "Max file size", "Max processes", "Max core file size"] {
        let line = limits.lines().find(|line| line.starts_with(limit)).expect(limit);
        let hard = line.trim_start_matches(limit).split_whitespace().nth(1);
        assert_eq!(hard, Some("0"), "{line}");
    }
    let environment = std::fs::read(format!("/proc/{pid}/environ")).expect("it is ours");
    assert!(environment.is_empty(), "no variable of the machine came along");
}

/// The processes that this one has started for functions of so much memory, by id: other tests have theirs beside them.
fn children_with_memory(memory_mb: u64) -> Vec<u32> {
    let own = std::process::id().to_string();
    // What 16 environments and the program itself may take of the address space tells them apart.
    let most_bytes = ((memory_mb * 16 + 1024) * 1024 * 1024).to_string();
    let read = |id: &u32, file: &str| std::fs::read_to_string(format!("/proc/{id}/{file}")).unwrap_or_default();
    let folders = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let ids = folders.filter_map(|entry| entry.file_name().to_string_lossy().parse().ok());
    let mut children: Vec<u32> = ids
        .filter(|id| {
            let status = read(id, "status");
            status.lines().any(|line| line.strip_prefix("PPid:").is_some_and(|parent| parent.trim() == own))
        })
        .filter(|id| {
            let limits = read(id, "limits");
            let space = limits.lines().find(|line| line.starts_with("Max address space"));
            space.is_some_and(|line| line.split_whitespace().any(|word| word == most_bytes))
        })
        .collect();
    children.sort_unstable();
    children
}

#[test]
fn many_environments_share_processes_and_the_loss_of_one_costs_the_others_a_fresh_start() {
    if !std::path::Path::new("/proc/self/status").exists() {
        return;
    }
    let text = "let served = 0; exports.handler = async () => ++served;";
    let mut deployment = Deployment::of_handler("tested", "index.handler", Bundle::of("index.js", text));
    // A size that no other test has.
    deployment.functions[0].memory_mb = 37;
    let platform = Platform::new(deployment, Settings { concurrency: 40, ..settings() });
    let events = ["{}"; 40];
    let served = |platform: &Platform| {
        let round = platform.invoke_together("tested", &events).expect("deployed");
        let mut answers: Vec<String> =
            round.iter().map(|it| it.result.clone().unwrap_or_else(|fault| fault.error_type)).collect();
        answers.sort();
        (answers, round.iter().filter(|it| it.is_cold()).count())
    };
    assert_eq!(served(&platform), (vec!["1".to_owned(); 40], 40));
    let processes = children_with_memory(37);
    assert!((1..=10).contains(&processes.len()), "{} processes for 40 environments", processes.len());
    assert_eq!(served(&platform), (vec!["2".to_owned(); 40], 0), "each keeps what is its own");
    let killed = Command::new("kill").args(["-9", &processes[0].to_string()]).status().expect("kill runs");
    assert!(killed.success());
    let (answers, n_cold) = served(&platform);
    // The one that found out failed, those that lived beside it began anew, and all others noticed nothing.
    let count = |wanted: &str| answers.iter().filter(|it| *it == wanted).count();
    assert_eq!((count("Runtime.ExitError"), count("1"), count("3")), (1, n_cold, 39 - n_cold), "{answers:?}");
    assert!((1..16).contains(&n_cold), "{n_cold}");
}

#[test]
fn a_process_that_is_killed_from_outside_is_replaced() {
    let platform = platform_of("exports.handler = async () => 1;");
    assert!(invoke(&platform, &json!({})).result.is_ok());
    let Some(pid) = process_of_this_thread() else { return };
    assert!(Command::new("kill").args(["-9", &pid]).status().expect("kill").success());
    let fault = invoke(&platform, &json!({})).result.expect_err("it is gone");
    assert_eq!(fault.kind, FaultKind::Crash, "{fault}");
    assert!(invoke(&platform, &json!({})).is_cold());
}

// ── events ──────────────────────────────────────────────────────────────────────────────────────

const FLOW_YML: &str = "
service: thumbnails
provider: { name: aws, runtime: nodejs20.x, memorySize: 128 }
functions:
  thumbnail:
    handler: thumbnail.handler
    events:
      - s3: { bucket: uploads, event: 's3:ObjectCreated:*', rules: [{ suffix: .jpg }] }
  notify:
    handler: notify.handler
    events:
      - sqs: { arn: 'arn:aws:sqs:eu-west-1:1:jobs', batchSize: 5 }
resources:
  Resources:
    Jobs:
      Type: AWS::SQS::Queue
      Properties:
        QueueName: jobs
        VisibilityTimeout: 60
        RedrivePolicy: { maxReceiveCount: 2, deadLetterTargetArn: 'arn:aws:sqs:eu-west-1:1:dead' }
";
const THUMBNAIL: &str = "
const { S3Client, GetObjectCommand, PutObjectCommand } = require('@aws-sdk/client-s3');
const { SQSClient, SendMessageCommand } = require('@aws-sdk/client-sqs');
const s3 = new S3Client({}), sqs = new SQSClient({});
exports.handler = async (event) => {
  for (const { s3: { bucket, object } } of event.Records) {
    const Key = decodeURIComponent(object.key.replaceAll('+', ' '));
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket.name, Key }));
    await s3.send(new PutObjectCommand({ Bucket: 'thumbs', Key, Body: (await Body.transformToString()).slice(0, 3) }));
    await sqs.send(new SendMessageCommand({ QueueUrl: 'https://sqs/1/jobs', MessageBody: JSON.stringify({ Key }) }));
  }
};";
const NOTIFY: &str = "
const { DynamoDBDocumentClient, PutCommand } = require('@aws-sdk/lib-dynamodb');
const client = DynamoDBDocumentClient.from();
exports.handler = async (event) => {
  for (const record of event.Records) {
    const { Key } = JSON.parse(record.body);
    if (Key.includes('bad')) throw new Error('cannot notify about ' + Key);
    await client.send(new PutCommand({ TableName: 'notified', Item: { id: Key } }));
  }
};";

fn flow() -> Platform {
    let bundle = Bundle::of("thumbnail.js", THUMBNAIL).with("notify.js", NOTIFY);
    let manifest = Manifest::read(FLOW_YML, bundle, &|_| None);
    assert_eq!(manifest.problems, []);
    Platform::new(manifest.deployment, settings())
}

fn upload(platform: &Platform, key: &str) {
    let object = Object { body: "pixels".to_owned(), is_base64: false, content_type: None };
    platform.backend().upload("uploads", key, object);
}

#[test]
fn an_upload_triggers_a_function_and_its_message_another() {
    let platform = flow();
    upload(&platform, "my cat.jpg");
    upload(&platform, "notes.txt");
    let deliveries = platform.run_events(20);
    let ran: Vec<_> =
        deliveries.iter().map(|it| (it.invocation.function.as_str(), it.invocation.result.is_ok())).collect();
    assert_eq!(ran, [("thumbnail", true), ("notify", true)], "{deliveries:#?}");
    assert_eq!(platform.backend().buckets["thumbs"]["my cat.jpg"].body, "pix");
    assert_eq!(platform.backend().items("notified"), [json!({ "id": "my cat.jpg" })]);
}

#[test]
fn a_message_that_fails_comes_again_and_then_to_the_dead_letters() {
    let platform = flow();
    upload(&platform, "bad.jpg");
    let deliveries = platform.run_events(20);
    let notified: Vec<_> = deliveries.iter().filter(|it| it.source == "sqs:jobs").collect();
    assert_eq!(notified.iter().map(|it| it.attempt).collect::<Vec<_>>(), [1, 2]);
    assert!(notified[1].at_ms - notified[0].at_ms >= 60_000.0, "the visibility timeout passes in between");
    let backend = platform.backend();
    assert_eq!((backend.queues["jobs"].messages.len(), backend.queues["dead"].messages.len()), (0, 1));
}

// ── checks of exercises ─────────────────────────────────────────────────────────────────────────

fn checks() -> Vec<Check> {
    let checks = json!([
        {
            "id": "answers", "label": "An id gives the user",
            "step": [{ "event": query("42"), "expect": { "status": 200, "body": { "name": "Ada Lovelace" } } }],
        },
        {
            "id": "reuses", "label": "Warm invocations reuse the connection", "points": 2.0, "hidden": true,
            "step": [{ "event": query("42"), "times": 5, "expect": { "queries": 1 } }],
            "after": { "connections": 1, "cold_starts": 1 },
        },
        {
            "id": "missing", "label": "Without an id the answer is 400",
            "step": [{ "event": {}, "expect": { "status": 400, "queries": 0, "waited_ms": { "max": 50 } } }],
        },
        {
            "id": "discreet", "label": "Errors stay inside",
            "step": [{ "event": query("13"), "expect": { "status": 500, "body_lacks": ["10.0.3.17"], "log_has": ["10.0.3.17"] } }],
        },
    ]);
    serde_json::from_value(checks).expect("these are checks")
}

fn judge(text: &str) -> Vec<(String, bool, String)> {
    let mut settings = settings();
    settings.database.failing.insert("13".to_owned(), "connect ETIMEDOUT 10.0.3.17:5432".to_owned());
    let bundle = Bundle::of("index.js", text);
    let submission = Submission { bundle, manifest: None, handler: "index.handler".to_owned() };
    check(&submission, &checks(), &settings)
        .into_iter()
        .map(|it| (it.id, it.passed, it.differences.join("; ")))
        .collect()
}

#[test]
fn checks_tell_a_right_answer_from_each_wrong_one() {
    let passed = |text: &str| judge(text).into_iter().filter(|it| it.1).map(|it| it.0).collect::<Vec<_>>();
    assert_eq!(passed(LESSON), ["answers", "reuses", "missing", "discreet"], "{:?}", judge(LESSON));
    let inside = LESSON.replace("const db = ", "const connect = () => ").replace("await db.", "await connect().");
    assert_eq!(passed(&inside), ["answers", "missing", "discreet"], "{:?}", judge(&inside));
    let leaking = LESSON.replace("\"Internal error\"", "err.message");
    assert_eq!(passed(&leaking), ["answers", "reuses", "missing"], "{:?}", judge(&leaking));
    let unchecked = LESSON.replace("if (!userId)", "if (false)");
    assert_eq!(passed(&unchecked), ["answers", "reuses", "discreet"], "{:?}", judge(&unchecked));
    assert_eq!(passed("not code"), [""; 0]);
}

#[test]
fn checks_of_a_deployment_and_of_duplicates() {
    let checks: Vec<Check> = serde_json::from_value(json!([
        {
            "id": "deploys", "label": "The file is right",
            "after": { "problems": 0, "routes": [], "functions": { "notify": { "handler": "notify.handler", "memory_mb": 128 } } },
        },
        {
            "id": "once", "label": "A message that comes twice has one effect",
            "step": [{ "send": { "queue": "jobs", "body": { "Key": "a.jpg" } }, "times": 2 }],
            "after": { "items": { "notified": 1 }, "ran": ["notify", "notify"], "messages": { "jobs": 0 } },
        },
        {
            "id": "chain", "label": "An upload leads to a thumbnail and a notification",
            "step": [{ "upload": { "bucket": "uploads", "key": "x.jpg", "body": "pixels" } }],
            "after": { "ran": ["thumbnail", "notify"], "objects": ["thumbs/x.jpg"], "failed": 0 },
        },
    ]))
    .expect("these are checks");
    let verdicts = |yml: &str| {
        let bundle = Bundle::of("thumbnail.js", THUMBNAIL).with("notify.js", NOTIFY);
        let submission = Submission { bundle, manifest: Some(yml.to_owned()), handler: String::new() };
        check(&submission, &checks, &settings())
            .into_iter()
            .map(|it| (it.passed, it.differences.join("; ")))
            .collect::<Vec<_>>()
    };
    let right = verdicts(FLOW_YML);
    assert!(right.iter().all(|it| it.0), "{right:?}");
    let wrong = verdicts(&FLOW_YML.replace("handler: notify.handler", "handlr: notify.handler"));
    assert!(wrong.iter().all(|it| !it.0), "{wrong:?}");
    assert!(wrong[0].1.contains("the nearest is `handler`"), "{wrong:?}");
    let unconnected = verdicts(&FLOW_YML.replace("bucket: uploads", "bucket: other").replace("1:jobs", "1:other"));
    assert_eq!(unconnected.iter().map(|it| it.0).collect::<Vec<_>>(), [true, false, false], "{unconnected:?}");
    assert!(unconnected[2].1.contains("no function ran"), "{unconnected:?}");
}

// ── the command ─────────────────────────────────────────────────────────────────────────────────

#[test]
fn invoke_runs_the_lessons_function_and_reports_each_phase() {
    let once = run(&[], &[]);
    assert!(once.status.success(), "{}", err(&once));
    for part in ["Ada Lovelace", "REPORT RequestId:", "Init Duration:", "cold start, environment 1:"] {
        assert!(out(&once).contains(part), "{part} in {}", out(&once));
    }
    let many = run(
        &[("index.js", LESSON), ("serverless.yml", LESSON_YML)],
        &["serverless.yml", "--times", "20", "--concurrency", "4", "--format", "json"],
    );
    let ran: Value =
        serde_json::from_str(&out(&many)).unwrap_or_else(|error| panic!("{error}: {} {}", out(&many), err(&many)));
    assert_eq!((&ran["function"], &ran["failed"], &ran["environments"]), (&json!("getUser"), &json!(0), &json!(4)));
    assert_eq!((&ran["cold"]["init_ms"]["n"], &ran["warm"]["handler_ms"]["n"]), (&json!(4), &json!(16)));
    assert_eq!(ran["invocations"][0]["result"]["statusCode"], 400, "no id was given");
    // More environments at once than the database has connections: the classic way to fail at scale.
    let crowd = run(&[], &["--times", "103", "--concurrency", "103"]);
    assert_eq!(crowd.status.code(), Some(1));
    assert!(out(&crowd).contains("3 failed with") && out(&crowd).contains("too many connections"), "{}", out(&crowd));
}

#[test]
fn what_an_invocation_sets_off_is_delivered_and_shown() {
    let event =
        json!({ "Records": [{ "s3": { "bucket": { "name": "uploads" }, "object": { "key": "a.jpg" } } }] }).to_string();
    let files = [
        ("thumbnail.js", THUMBNAIL),
        ("notify.js", NOTIFY),
        ("serverless.yml", FLOW_YML),
        ("event.json", event.as_str()),
    ];
    let missing = run(&files, &["serverless.yml", "--event", "event.json"]);
    assert_eq!(missing.status.code(), Some(1), "there is no such object: {}", out(&missing));
    let sending = "exports.handler = async () => { const { SQSClient, SendMessageCommand } = require('@aws-sdk/client-sqs');
        await new SQSClient({}).send(new SendMessageCommand({ QueueUrl: 'q/jobs', MessageBody: '{\"Key\": \"a.jpg\"}' })); };";
    let files = [("thumbnail.js", sending), ("notify.js", NOTIFY), ("serverless.yml", FLOW_YML)];
    let text = run(&files, &["serverless.yml"]);
    assert!(text.status.success() && out(&text).contains("sqs:jobs → notify"), "{}{}", out(&text), err(&text));
    let ran: Value = serde_json::from_str(&out(&run(&files, &["serverless.yml", "--format", "json"]))).expect("JSON");
    assert_eq!(ran["deliveries"][0]["invocation"]["function"], "notify");
}

#[test]
fn the_database_is_given_and_what_a_deployment_would_create_is_listed() {
    let rows = r#"{ "connect_ms": 7, "tables": { "users": { "1": { "name": "Eve" } } } }"#;
    let event = query("1").to_string();
    let files =
        [("index.js", LESSON), ("rows.json", rows), ("event.json", event.as_str()), ("serverless.yml", LESSON_YML)];
    let given = run(&files, &["index.js", "--event", "event.json", "--db", "rows.json"]);
    assert!(out(&given).contains("Eve") && out(&given).contains("a connection takes 7 ms"), "{}", out(&given));
    let files = [("index.js", LESSON), ("rows.json", r#"{ "tabels": {} }"#)];
    let misspelt = run(&files, &["index.js", "--db", "rows.json"]);
    assert!(
        misspelt.status.code() == Some(2) && err(&misspelt).contains("unknown field `tabels`"),
        "{}",
        err(&misspelt)
    );
    let files = [("index.js", LESSON), ("serverless.yml", LESSON_YML)];
    let listed = out(&run(&files, &["serverless.yml", "--list"]));
    for line in
        ["getUser: index.handler, 256 MB, timeout 10 s", "GET /users → getUser", "Lambda function users-api-getUser"]
    {
        assert!(listed.contains(line), "{listed}");
    }
}

#[test]
fn a_failed_invocation_ends_with_1_and_its_error() {
    let files = [("index.js", "exports.handler = async (event) => event.a.b;"), ("event.json", r#"{"x": 1}"#)];
    let text = run(&files, &["index.js", "--event", "event.json"]);
    assert_eq!(text.status.code(), Some(1), "{}", err(&text));
    assert!(out(&text).contains("index.js:1:") && out(&text).contains("TypeError"), "{}", out(&text));
    let ran: Value = serde_json::from_str(&out(&run(&files, &["index.js", "--format", "json"]))).expect("JSON");
    assert_eq!((&ran["failed"], &ran["invocations"][0]["error"]["error_type"]), (&json!(1), &json!("TypeError")));
}

#[test]
fn wrong_usage_of_invoke_ends_with_2_and_says_what_to_do() {
    let yml = LESSON_YML.replace("functions:", "function:");
    let files = [("index.js", LESSON), ("bad.json", "{"), ("serverless.yml", yml.as_str()), ("notes.txt", "")];
    for (arguments, said) in [
        (&["nowhere.js"] as &[_], "no such file"),
        (&["notes.txt"], "ends neither in .js"),
        (&["."], "it is a folder"),
        (&["index.js", "--event", "bad.json"], "bad.json is no JSON"),
        (&["index.js", "--event", "none.json"], "cannot read the event"),
        (&["--function", "getUsr"], "the nearest is `getUser`"),
        (&["serverless.yml"], "serverless.yml:7:1: there is no key `function`; the nearest is `functions`"),
        (&["index.js", "--times", "0"], "--times"),
    ] {
        let output = run(&files, arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", out(&output));
        assert!(err(&output).contains(said), "{arguments:?}: {}", err(&output));
    }
}

/// A server that ends with the test.
struct Serving {
    child: Child,
    base: String,
    _folder: tempfile::TempDir,
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = Command::new("kill").args(["-INT", &self.child.id().to_string()]).status();
        let _ = self.child.wait();
    }
}

fn serve(files: &[(&str, &str)], arguments: &[&str]) -> Serving {
    let (folder, mut command) = command(files, &[arguments, &["--http", "0"]].concat());
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("the program starts");
    let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
    let first = lines.next().expect("a line").expect("text");
    let base =
        first.split_whitespace().find(|word| word.starts_with("http://")).expect("the address").trim_end_matches(',');
    let base = base.to_owned();
    // What it prints is read, or it would stop at a full pipe.
    std::thread::spawn(move || lines.count());
    Serving { child, base, _folder: folder }
}

fn curl(arguments: &[&str]) -> String {
    let output = Command::new("curl").args(["-s", "-m", "10"]).args(arguments).output().expect("curl is installed");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn curl_reaches_the_function_over_http() {
    let serving = serve(&[("index.js", LESSON), ("serverless.yml", LESSON_YML)], &["serverless.yml"]);
    let at = |path: &str| format!("{}{path}", serving.base);
    let answer = curl(&["-i", &at("/users?id=42")]);
    assert!(answer.starts_with("HTTP/1.1 200 OK") && answer.contains("Ada Lovelace"), "{answer}");
    assert!(curl(&["-i", &at("/users")]).contains("400 Bad Request"));
    let nowhere = curl(&["-i", &at("/nowhere")]);
    assert!(nowhere.contains("404") && nowhere.contains("GET /users"), "{nowhere}");
    assert!(curl(&["-i", "-X", "POST", &at("/users")]).contains("404"));
    let status = curl(&[
        "-o",
        "/dev/null",
        "-w",
        "%{http_code}",
        "-X",
        "GET",
        "--data-binary",
        &"x".repeat(100_000),
        &at("/users?id=7"),
    ]);
    assert_eq!(status, "200");
    let huge = std::iter::repeat_n("x", 10).collect::<String>();
    let refused = curl(&["-i", "-H", "Content-Length: 9999999999", "-d", &huge, &at("/users")]);
    assert!(refused.contains("413"), "{refused}");
}

#[test]
fn bodies_arrive_whole_however_they_are_sent() {
    let text = "exports.handler = async ({ httpMethod, body }) => ({ statusCode: 200, body: httpMethod + (body ?? '').length });";
    let serving = serve(&[("index.js", text)], &["index.js"]);
    let folder = tempfile::tempdir().expect("a folder for the test");
    let path = folder.path().join("body");
    std::fs::write(&path, "x".repeat(2_000_000)).expect("written");
    let body = format!("@{}", path.display());
    for (arguments, expected) in [
        (&["-d", "a=1"] as &[_], "POST3"),
        // Of this size curl asks first whether it may send.
        (&["--data-binary", &body], "POST2000000"),
        (&["-H", "Transfer-Encoding: chunked", "--data-binary", &body], "POST2000000"),
        (&["-X", "PUT"], "PUT0"),
        // Two requests over one connection.
        (&[&serving.base], "GET0GET0"),
    ] {
        assert_eq!(curl(&[arguments, &[&serving.base]].concat()), expected, "{arguments:?}");
    }
    let head = curl(&["-I", &serving.base]);
    assert!(head.contains("200 OK") && head.contains("content-length: 5"), "{head}");
}

#[test]
fn malformed_returns_become_502_and_the_server_goes_on() {
    let text = "let n = 0; exports.handler = async () => { n++; return n === 1 ? { body: 5 } : { statusCode: 200, body: 'ok' }; };";
    let serving = serve(&[("index.js", text)], &["index.js"]);
    let first = curl(&["-i", &serving.base]);
    assert!(first.contains("502 Bad Gateway") && first.contains("`statusCode` is missing"), "{first}");
    assert_eq!(curl(&[&format!("{}/any/path", serving.base)]), "ok");
    // A client that asks first is told to go on before it sends its body.
    let mut stream = std::net::TcpStream::connect(serving.base.trim_start_matches("http://")).expect("it listens");
    let _ = stream.set_read_timeout(Some(Duration::from_secs(5)));
    std::io::Write::write_all(&mut stream, b"POST / HTTP/1.1\r\ncontent-length: 1\r\nexpect: 100-continue\r\n\r\n")
        .expect("sent");
    let mut said = [0; 12];
    stream.read_exact(&mut said).expect("an answer comes");
    assert_eq!(&said, b"HTTP/1.1 100");
    // Bytes that are no HTTP.
    let address = serving.base.trim_start_matches("http://");
    let mut stream = std::net::TcpStream::connect(address).expect("it listens");
    std::io::Write::write_all(&mut stream, b"\x16\x03\x01\x00garbage\r\n\r\n").expect("sent");
    let mut said = String::new();
    let _ = stream.set_read_timeout(Some(Duration::from_secs(5)));
    let _ = stream.read_to_string(&mut said);
    assert!(said.starts_with("HTTP/1.1 400"), "{said}");
    assert_eq!(curl(&[&serving.base]), "ok");
}

#[test]
fn requests_over_the_limit_get_429() {
    let text = "exports.handler = async () => { await new Promise((go) => setTimeout(go, 700)); return { statusCode: 200 }; };";
    let serving = serve(&[("index.js", text)], &["index.js", "--concurrency", "1"]);
    let asked: Vec<_> = (0..6)
        .map(|_| {
            let base = serving.base.clone();
            std::thread::spawn(move || curl(&["-o", "/dev/null", "-w", "%{http_code}", &base]))
        })
        .collect();
    let mut answers: Vec<String> = asked.into_iter().map(|thread| thread.join().expect("curl ran")).collect();
    answers.sort();
    assert_eq!((answers[0].as_str(), answers[5].as_str()), ("200", "429"), "{answers:?}");
}

#[test]
fn many_calls_are_compared_with_the_simulation_and_the_cloud() {
    let text = out(&run(&[], &["--times", "4"]));
    for said in
        ["getUser: cold, until the answer", "here, computing", "simulation", "AWS Lambda x86", "github.com/maxday"]
    {
        assert!(text.contains(said), "no `{said}` in {text}");
    }
    assert!(text.lines().all(|line| !line.contains('◆') || line.chars().count() <= 80), "{text}");
    assert!(!out(&run(&[], &[])).contains("simulation"), "of one call there is nothing to compare");
    let json: Value = serde_json::from_slice(&run(&[], &["--times", "4", "--format", "json"]).stdout).expect("JSON");
    let lines = json["compared"][0]["lines"].as_array().expect("lines of the cold starts");
    let here = lines.iter().find(|line| line["source"] == "here").expect("measured here");
    assert!(here["p50"].as_f64().expect("a median") >= 40.0, "the connection is in it: {here}");
}

#[test]
fn on_a_terminal_the_gateway_shows_how_environments_come_and_go() {
    let mut pty = Pty::run(&["invoke", "--http", "0", "--keep-alive", "1"], &[], 80, 24);
    pty.sees("room for 10 more");
    let screen = pty.screen();
    let base = screen.split_whitespace().find(|word| word.starts_with("http://")).expect("an address");
    let base = base.trim_end_matches(',').to_owned();
    let call = |path: &str| {
        let output = Command::new("curl").args(["-sS", "--max-time", "20", &format!("{base}{path}")]).output();
        String::from_utf8_lossy(&output.expect("curl runs").stdout).into_owned()
    };
    assert!(call("/users?id=42").contains("Ada Lovelace"));
    pty.sees("cold, made 1").sees("0 busy, 1 idle, room for 9 more");
    call("/users?id=7");
    call("/nowhere");
    pty.sees("warm, found 1").sees("404  no function").sees("environment 1 of getUser expired").sees("0 idle");
    pty.send("\x03").sees("2 invocations: 1 cold, 1 warm, 1 astray, 1 expired");
    assert_eq!(pty.ends().exit_code(), 0);
    assert!(!pty.screen().contains("room for"), "what stood below the lines is gone:\n{}", pty.screen());
}
