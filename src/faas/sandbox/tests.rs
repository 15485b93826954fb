//! The environment as a function finds it, in this process. What the platform makes of it stands in `tests/it/functions.rs`.

use super::*;
use crate::faas::{Bundle, Limits};

/// The lesson's handler.
const LESSON: &str = r#"
const db = require("./db").connect();
exports.handler = async (event, context) => {
  try {
    const userId = event.queryStringParameters?.id;
    if (!userId) {
      return { statusCode: 400, body: JSON.stringify({ error: "Missing id" }) };
    }
    const user = await db.getUser(userId);
    return { statusCode: 200, headers: { "Content-Type": "application/json" }, body: JSON.stringify(user) };
  } catch (err) {
    console.error("Error in the function:", err);
    return { statusCode: 500, body: JSON.stringify({ error: "Internal error" }) };
  }
};
"#;

fn setup(bundle: Bundle) -> Setup {
    Setup {
        function: "tested".to_owned(),
        handler: "index.handler".to_owned(),
        bundle,
        variables: vec![("STAGE".to_owned(), "dev".to_owned())],
        limits: Limits { memory_mb: 32, timeout_ms: 3_000, cpu_ms: 500 },
        database: super::super::Database::default(),
        seed: 7,
        now_ms: 1_700_000_000_000.0,
    }
}

fn request(event: &str) -> Request {
    Request {
        request_id: "r-1".to_owned(),
        event: event.to_owned(),
        now_ms: 1_700_000_001_000.0,
        database_written: false,
    }
}

fn sandbox(bundle: Bundle) -> (Sandbox, Loaded) {
    sandbox_of(setup(bundle))
}

fn sandbox_of(setup: Setup) -> (Sandbox, Loaded) {
    let backend = Backend::new(setup.database.clone());
    let mut sandbox = Sandbox::create(setup, Box::new(backend)).expect("an engine");
    let loaded = sandbox.load();
    (sandbox, loaded)
}

/// Loads `text` as index.js and invokes it once.
fn run(text: &str) -> Handled {
    run_in(setup(Bundle::of("index.js", text)))
}

fn run_in(setup: Setup) -> Handled {
    let (mut sandbox, loaded) = sandbox_of(setup);
    match loaded.fault {
        Some(fault) => Handled { result: Err(fault), handler_ms: 0.0, waited_ms: 0.0, observed: loaded.observed },
        None => sandbox.invoke(&request("{}")),
    }
}

/// What a handler with this body returns, as JSON.
fn value(body: &str) -> String {
    let handled = run(&format!("exports.handler = async (event, context) => {{ {body} }};"));
    handled.result.unwrap_or_else(|fault| panic!("{body}: {fault} {:?}", fault.trace))
}

fn fault(text: &str) -> Fault {
    let handled = run(text);
    handled.result.expect_err(text)
}

/// The same under other limits.
fn fault_within(text: &str, cpu_ms: u64, timeout_ms: u64) -> Fault {
    let mut setup = setup(Bundle::of("index.js", text));
    setup.limits = Limits { timeout_ms, cpu_ms, ..setup.limits };
    run_in(setup).result.expect_err(text)
}

#[test]
fn the_lessons_handler_connects_once_and_answers_many_times() {
    let (mut sandbox, loaded) = sandbox(Bundle::of("index.js", LESSON));
    assert_eq!(loaded.fault, None);
    assert_eq!(loaded.observed.calls.len(), 1, "{:?}", loaded.observed.calls);
    assert_eq!(loaded.waited_ms, 40.0);
    for _ in 0..3 {
        let handled = sandbox.invoke(&request(r#"{"queryStringParameters": {"id": "42"}}"#));
        let result = handled.result.expect("it answers");
        assert!(result.contains(r#""statusCode":200"#) && result.contains("Ada Lovelace"), "{result}");
        assert_eq!(handled.observed.calls.len(), 1);
        assert_eq!(handled.observed.calls[0].target, "users/42");
        assert!(handled.handler_ms >= 3.0, "a query takes 3 ms, counted and not slept");
    }
    let missing = sandbox.invoke(&request("{}")).result.expect("it answers");
    assert!(missing.contains(r#""statusCode":400"#), "{missing}");
}

#[test]
fn what_code_may_use_is_there() {
    for (body, expected) in [
        ("return context.functionName + context.memoryLimitInMB", r#""tested32""#),
        ("return context.getRemainingTimeInMillis() > 2900", "true"),
        ("return process.env.STAGE", r#""dev""#),
        ("return Buffer.from('héllo').toString('base64')", r#""aMOpbGxv""#),
        ("return Buffer.from('aMOpbGxv', 'base64').toString()", r#""héllo""#),
        ("return Buffer.concat([Buffer.from('a'), Buffer.from('62', 'hex')]).toString()", r#""ab""#),
        ("return new TextDecoder().decode(new TextEncoder().encode('ü'))", r#""ü""#),
        (
            "return new URL('../b?x=1&x=2#h', 'https://Example.org:443/a/c').href",
            r#""https://example.org/b?x=1&x=2#h""#,
        ),
        ("return new URL('https://e.org/?a=b+c').searchParams.get('a')", r#""b c""#),
        ("return crypto.randomUUID()", r#""d71c02cb-da11-46fe-a169-eb2c4e30e6f8""#),
        ("return require('node:crypto').randomUUID().length", "36"),
        ("return structuredClone({ a: [1, new Date(0)] })", r#"{"a":[1,"1970-01-01T00:00:00.000Z"]}"#),
        ("return new Date().toISOString().slice(0, 19)", r#""2023-11-14T22:13:21""#),
        (
            "const t = Date.now(); await new Promise((go) => setTimeout(go, 1000)); return Date.now() - t >= 1000",
            "true",
        ),
        (
            "const seen = []; setTimeout(() => seen.push(2), 20); setTimeout(() => seen.push(1), 10); \
          await require('timers/promises').setTimeout(30); return seen",
            "[1,2]",
        ),
        (
            "let n = 0; await new Promise((go) => { const i = setInterval(() => { if (++n === 3) { clearInterval(i); go(); } }, 5); }); \
          return n",
            "3",
        ),
        ("return fetch('https://example.org').catch((error) => error.message.includes('no network'))", "true"),
        ("return typeof globalThis.natives", r#""undefined""#),
        ("return require('path').join('a', '../b', 'c.txt')", r#""b/c.txt""#),
        ("try { require('fs') } catch (error) { return error.message.includes('no file system') }", "true"),
        ("return { then(resolve) { resolve(7) } }", "7"),
        ("return undefined", "null"),
    ] {
        assert_eq!(value(body), expected, "{body}");
    }
}

#[test]
fn what_was_left_waiting_runs_at_the_next_invocation() {
    let text = "let late = 0; exports.handler = async ({ wait }) => {
        if (wait) await new Promise((go) => setTimeout(go, wait)); else setTimeout(() => late++, 100); return late; };";
    let (mut sandbox, _) = sandbox(Bundle::of("index.js", text));
    assert_eq!(sandbox.invoke(&request("{}")).result.as_deref(), Ok("0"));
    let later = Request { now_ms: request("{}").now_ms + 1_000.0, ..request(r#"{"wait": 5}"#) };
    let handled = sandbox.invoke(&later);
    assert_eq!(handled.result.as_deref(), Ok("1"), "its time has come while the environment was frozen");
    assert!((0.0..=5.0).contains(&handled.waited_ms), "{}", handled.waited_ms);
}

#[test]
fn services_answer_as_their_clients_do() {
    for (body, expected) in [
        (
            "const { S3Client, PutObjectCommand, GetObjectCommand } = require('@aws-sdk/client-s3'); const s3 = new S3Client({}); \
             await s3.send(new PutObjectCommand({ Bucket: 'b', Key: 'k', Body: Buffer.from([104, 105]) })); \
             const got = await s3.send(new GetObjectCommand({ Bucket: 'b', Key: 'k' })); return got.Body.transformToString()",
            r#""hi""#,
        ),
        (
            "const { S3Client, GetObjectCommand } = require('@aws-sdk/client-s3'); \
             try { await new S3Client({}).send(new GetObjectCommand({ Bucket: 'b', Key: 'no' })) } catch (error) { return error.name }",
            r#""NoSuchKey""#,
        ),
        (
            "const { SQSClient, SendMessageCommand } = require('@aws-sdk/client-sqs'); \
             return (await new SQSClient({}).send(new SendMessageCommand({ QueueUrl: 'https://q/jobs', MessageBody: 'x' }))).MessageId",
            r#""m-000001""#,
        ),
        (
            "const { DynamoDBClient, PutItemCommand, GetItemCommand } = require('@aws-sdk/client-dynamodb'); const c = new DynamoDBClient(); \
             await c.send(new PutItemCommand({ TableName: 't', Item: { id: { S: 'a' }, n: { N: '5' } } })); \
             return (await c.send(new GetItemCommand({ TableName: 't', Key: { id: { S: 'a' } } }))).Item.n",
            r#"{"N":"5"}"#,
        ),
        (
            "const db = require('./db').connect(); await db.insert('orders', 'a', { n: 1 }); \
             try { await db.insert('orders', 'a', { n: 2 }) } catch (error) { return [error.code, await db.all('orders')] }",
            r#"["DuplicateKey",[{"n":1}]]"#,
        ),
    ] {
        assert_eq!(value(body), expected, "{body}");
    }
}

#[test]
fn files_are_loaded_as_commonjs_and_as_es_modules() {
    for (bundle, expected) in [
        (
            Bundle::of("index.js", "let n = 0; for (const _ of [1, 2]) try { require('./bad') } catch { n++ } exports.handler = async () => n;")
                .with("bad.js", "throw new Error('each time');"),
            "2",
        ),
        (
            Bundle::of("index.js", "const { two } = require('./lib/n'); exports.handler = async () => two + require('./d.json').n;")
                .with("lib/n.js", "exports.two = require('../one') + 1;")
                .with("one.js", "module.exports = 1;")
                .with("d.json", r#"{"n": 40}"#),
            "42",
        ),
        (
            Bundle::of("index.mjs", "import db from './db'; import { n } from './n.mjs'; import cjs, { x } from './c.cjs';\n\
                const late = await Promise.resolve(1);\nexport const handler = async () => [typeof db.connect, n, cjs.x, x, late];")
                .with("n.mjs", "export const n = 2;")
                .with("c.cjs", "exports.x = 3;"),
            r#"["function",2,3,3,1]"#,
        ),
        (Bundle::of("index.js", "export const handler = (event, context, callback) => setTimeout(callback, 5, null, 'late');"), r#""late""#),
    ] {
        let (mut sandbox, loaded) = sandbox(bundle);
        assert_eq!(loaded.fault, None);
        assert_eq!(sandbox.invoke(&request("{}")).result.expect("it answers"), expected);
    }
}

#[test]
fn hostile_and_broken_code_gets_its_clear_error() {
    use FaultKind::*;
    for (kind, said, text) in [
        (CpuLimit, "500 ms", "exports.handler = async () => { while (true) {} };"),
        (CpuLimit, "500 ms", "while (true) {}"),
        (CpuLimit, "500 ms", "exports.handler = async () => { for (;;) await null; };"),
        (CpuLimit, "500 ms", "exports.handler = async () => { try { while (true) {} } finally { while (true) {} } };"),
        (StackOverflow, "call stack", "const f = (n) => f(n + 1) + 1; exports.handler = async () => f(0);"),
        (
            OutOfMemory,
            "32 MB",
            "exports.handler = async () => { const a = []; for (;;) a.push('x'.repeat(1e6) + a.length); };",
        ),
        (OutOfMemory, "32 MB", "exports.handler = async () => 'x'.repeat(2 ** 29).split('').length;"),
        (Thrown, "invalid string length", "exports.handler = async () => 'x'.repeat(2 ** 30);"),
        (
            OutOfMemory,
            "32 MB",
            "exports.handler = async () => { const all = []; for (let i = 0; i < 1e6; i++) all.push(new Promise(() => {})); };",
        ),
        (NeverSettles, "never settles", "exports.handler = () => new Promise(() => {});"),
        (NeverSettles, "never settles", "exports.handler = (event, context, callback) => {};"),
        (Timeout, "3.00 seconds", "exports.handler = () => new Promise((go) => setTimeout(go, 60000));"),
        (
            Timeout,
            "3.00 seconds",
            "exports.handler = (e, c, callback) => { setInterval(() => {}, 100); callback(null, 1); };",
        ),
        (Marshal, "boom", "exports.handler = async () => ({ get body() { throw new Error('boom'); } });"),
        (Marshal, "circular", "exports.handler = async () => { const a = {}; a.a = a; return a; };"),
        (Marshal, "BigInt", "exports.handler = async () => ({ n: 1n });"),
        (Thrown, "boom", "exports.handler = async () => { throw new Error('boom'); };"),
        (Thrown, "a string", "exports.handler = async () => { throw 'a string'; };"),
        (Thrown, "nobody handled", "exports.handler = async () => { Promise.reject(new Error('lost')); return 1; };"),
        (
            Thrown,
            "late",
            "exports.handler = () => new Promise(() => setTimeout(() => { throw new Error('late') }, 1));",
        ),
        (Syntax, "", "exports.handler = async ( => {};"),
        (Exit, "process.exit", "exports.handler = async () => { try { process.exit(1) } catch {} return 1 };"),
        (NoHandler, "exports no `handler`", "exports.main = async () => 1;"),
        (NoHandler, "not a function", "exports.handler = 5;"),
        (TooLarge, "6291456", "exports.handler = async () => 'x'.repeat(7 * 2 ** 20);"),
    ] {
        // On a slow or busy machine the limit that is meant comes first all the same.
        let fault = match kind {
            Timeout => fault(text),
            CpuLimit => fault_within(text, 500, 60_000),
            _ => fault_within(text, 20_000, 60_000),
        };
        assert_eq!(fault.kind, kind, "{text}: {fault}");
        assert!(fault.message.contains(said), "{text}: {fault}");
    }
}

#[test]
fn an_error_is_told_with_its_line() {
    for (text, file, at) in [
        ("\nexports.handler = async () => {\n  undefined.x;\n};", "index.js", (3, 3)),
        ("exports.handler = async () => undefined.x;", "index.js", (1, 31)),
        ("export const handler = async () => undefined.x;", "index.js", (1, 36)),
        ("\n\nexports.handler = async ( => {};", "index.js", (3, 27)),
        ("require('./broken');", "broken.js", (2, 6)),
    ] {
        let (mut sandbox, loaded) = sandbox(Bundle::of("index.js", text).with("broken.js", "\nthis is no code"));
        let fault = loaded.fault.or_else(|| sandbox.invoke(&request("{}")).result.err()).expect(text);
        let place = fault.place.clone().unwrap_or_else(|| panic!("{text}: {fault:?}"));
        assert_eq!((place.file.as_str(), (place.line, place.column)), (file, at), "{text}: {fault:?}");
    }
}

#[test]
fn files_that_import_each_other_are_named_in_the_error() {
    let bundle = Bundle::of("index.js", "const a = require('./a'); exports.handler = async () => a.go();")
        .with("a.js", "const b = require('./b'); exports.go = () => b.go;")
        .with("b.js", "const { go } = require('./a'); exports.go = go();");
    let (_, loaded) = sandbox(bundle);
    let fault = loaded.fault.expect("b calls what a has not exported yet");
    assert!(fault.message.contains("import cycle") && fault.message.contains("a.js"), "{fault}");
}

#[test]
fn a_binary_file_is_no_code() {
    let (_, loaded) = sandbox(Bundle::of("index.js", "\u{7f}ELF\0\u{1}"));
    let fault = loaded.fault.expect("it is refused");
    assert_eq!(fault.kind, FaultKind::Syntax);
    assert!(fault.message.contains("binary file"), "{fault}");
}

#[test]
fn code_cannot_change_what_is_counted() {
    let text = "Promise.prototype.then = () => { throw 1 }; JSON.stringify = () => '{}'; JSON.parse = () => 0; \
        Array.prototype.push = () => 0; Object.prototype.toJSON = undefined; Object.prototype.error = 'x'; Math.floor = () => NaN; \
        const db = require('./db').connect(); \
        exports.handler = async () => { await db.getUser(42); return { counted: true }; };";
    let (mut sandbox, loaded) = sandbox(Bundle::of("index.js", text));
    assert_eq!(loaded.fault, None);
    let handled = sandbox.invoke(&request("{}"));
    assert_eq!(handled.result.as_deref(), Ok(r#"{"counted":true}"#));
    assert_eq!(handled.observed.calls.len(), 1);
}

#[test]
fn a_log_is_bounded_and_shown_as_node_shows_it() {
    let handled = run(
        "exports.handler = async () => { console.log('n is %d', 4, { a: [1, 'x'], f() {} }); console.warn(new Map([[1, 2]])); };",
    );
    let lines: Vec<&str> = handled.observed.logs.iter().map(|line| line.text.as_str()).collect();
    assert_eq!(lines, ["n is 4 { a: [ 1, 'x' ], f: [Function: f] }", "Map(1) { 1 => 2 }"]);
    let endless = run("exports.handler = async () => { for (let i = 0; i < 1e5; i++) console.log('x'.repeat(100)); };");
    assert!(endless.observed.logs_cut && endless.observed.logs.len() < 1_001);
}
