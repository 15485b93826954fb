//! `coldstart invoke`: a handler really runs, cold and warm, on this machine.

mod board;
mod compared;
mod serve;
mod shown;

use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use serde::Serialize;

use super::output::{Output, remark};
use super::{CliError, Format, Outcome};
use crate::faas::{
    Bundle, Database, Deployment, FunctionSpec, Gateway, HttpRequest, Manifest, Pace, Platform, Problem, Route,
    Settings, Trigger, event, find_route,
};
use serve::serve;
use shown::{Ran, arrival, one, text};

/// The lesson's function, which runs when none is named.
const EXAMPLE_JS: &str = include_str!("../../assets/faas/example/index.js");
const EXAMPLE_YML: &str = include_str!("../../assets/faas/example/serverless.yml");
/// The request that the lesson's function is for.
const EXAMPLE_QUERY: &str = "id=42";

/// What a handler without a serverless.yml would run in.
const USUAL_RUNTIME: &str = "nodejs22.x";

/// What the invocations set off is delivered; a function that triggers itself would do so for ever.
const MAX_DELIVERIES: usize = 100;
/// The platform carries no larger event; the next byte shows that there is more.
const MAX_EVENT_BYTES: u64 = 6 * 1024 * 1024 + 1;
const MAX_MANIFEST_BYTES: u64 = 1024 * 1024 + 1;
const MAX_DATABASE_BYTES: u64 = 4 * 1024 * 1024 + 1;

#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  coldstart invoke                                    the lesson's function, once\n  coldstart invoke index.js --event event.json --times 100\n  coldstart invoke index.js --db rows.json            what ./db holds, and what a connection costs\n  coldstart invoke serverless.yml --http 8080           then: curl 'localhost:8080/users?id=42'\n  coldstart invoke serverless.yml --list              its routes, and what deploying would create"
)]
pub(super) struct Arguments {
    /// A handler's file (it exports `handler`), or a serverless.yml; without it the lesson's function
    #[arg(value_name = "HANDLER.js|serverless.yml")]
    file: Option<PathBuf>,
    /// Which function of serverless.yml; without it the first
    #[arg(long, value_name = "NAME")]
    function: Option<String>,
    /// The event, as JSON; `-` reads standard input. Without it an empty one, or a request to the function's first route
    #[arg(long, value_name = "FILE|-", conflicts_with = "http")]
    event: Option<PathBuf>,
    /// What `./db` holds and costs, as JSON: `tables`, `connect_ms`, `query_ms`, `connections_max`, `failing`
    #[arg(long, value_name = "FILE")]
    db: Option<PathBuf>,
    /// How many invocations
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    times: u32,
    /// How many of them at the same moment; with --http, how many environments a function may have
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1_000))]
    concurrency: Option<u16>,
    /// Serves the routes on this port of this machine until Ctrl-C; 0 takes any free port
    #[arg(long, value_name = "PORT", conflicts_with = "times")]
    http: Option<u16>,
    /// With --http, how many seconds an environment that nobody calls is kept
    #[arg(long, value_name = "SECONDS", requires = "http", value_parser = clap::value_parser!(u32).range(1..=86_400))]
    keep_alive: Option<u32>,
    /// Runs nothing: lists functions, routes and what a deployment would create
    #[arg(long, conflicts_with_all = ["event", "times", "http", "concurrency", "db"])]
    list: bool,
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// What is to be run.
struct Target {
    deployment: Deployment,
    problems: Vec<Problem>,
    /// What problems call the file.
    name: String,
    query: &'static str,
    /// As serverless.yml says, for what the cloud takes.
    runtime: String,
}

pub(super) fn run(it: &Arguments, output: &mut Output) -> Result<Outcome, CliError> {
    let mut target = find(it.file.as_deref())?;
    for problem in &target.problems {
        remark(&format!("{}:{problem}", target.name));
    }
    if it.list {
        return list(&target, it.format, output);
    }
    let function = choose(it, &target)?.clone();
    if it.http.is_some() && target.deployment.routes().next().is_none() {
        // A file without routes answers all requests.
        target.deployment.functions[0].triggers = ["/", "/{proxy+}"]
            .map(|path| Route { gateway: Gateway::Rest, method: "ANY".to_owned(), path: path.to_owned() })
            .map(Trigger::Http)
            .to_vec();
    }
    let program = std::env::current_exe()?;
    let mut settings = Settings::new(program);
    if let Some(path) = &it.db {
        settings.database = read_database(path)?;
    }
    if let Some(port) = it.http {
        settings.pace = Pace::Lived;
        settings.concurrency = it.concurrency.map_or(settings.concurrency, usize::from);
        settings.keep_alive = it.keep_alive.map_or(settings.keep_alive, |s| Duration::from_secs(s.into()));
        return serve(port, &Platform::new(target.deployment, settings), it.format, output);
    }
    let together = it.concurrency.map_or(1, usize::from);
    settings.concurrency = settings.concurrency.max(together);
    let event = read_event(it.event.as_deref(), &target, &function)?;
    let bundle = target.deployment.bundle.clone();
    let platform = Platform::new(target.deployment, settings.clone());
    let mut invocations = Vec::with_capacity(it.times as usize);
    while invocations.len() < it.times as usize {
        let events = vec![event.as_str(); together.min(it.times as usize - invocations.len())];
        let round = platform.invoke_together(&function.name, &events);
        invocations.extend(round.map_err(|error| CliError::Input(error.to_string()))?);
    }
    let deliveries = platform.run_events(MAX_DELIVERIES);
    let delivered = deliveries.iter().map(|delivery| &delivery.invocation);
    let failed = invocations.iter().chain(delivered).any(|invocation| invocation.result.is_err());
    // Of one call there is nothing to compare.
    let groups = match invocations.len() {
        1 => Vec::new(),
        _ => compared::groups(&target.runtime, &function, &bundle, &invocations),
    };
    match it.format {
        Format::Json => output.json(&Ran::of(&function, &target.problems, &invocations, &deliveries, &groups))?,
        Format::Text => {
            text(&function, &settings, &invocations, &groups, output)?;
            for delivery in &deliveries {
                output.line("")?;
                output.line(&arrival(delivery))?;
                one(&delivery.invocation, output)?;
            }
        }
    }
    Ok(if failed { Outcome::FoundWrong } else { Outcome::Done })
}

/// What `--list --format json` prints.
#[derive(Serialize)]
struct Listed<'a> {
    service: &'a str,
    functions: &'a [FunctionSpec],
    routes: Vec<String>,
    creates: Vec<String>,
    problems: &'a [Problem],
}

/// A file with slips is listed as far as it is understood, and is something wrong.
fn list(target: &Target, format: Format, output: &mut Output) -> Result<Outcome, CliError> {
    let Target { deployment, problems, .. } = target;
    let routes = deployment.routes().map(|(route, function)| format!("{route} → {}", function.name)).collect();
    let (service, functions) = (deployment.service.as_str(), deployment.functions.as_slice());
    let listed = Listed { service, functions, routes, creates: deployment.resources(), problems };
    match format {
        Format::Json => output.json(&listed)?,
        Format::Text => {
            for FunctionSpec { name, handler, memory_mb, timeout_ms, .. } in functions {
                let timeout_s = *timeout_ms as f64 / 1000.0;
                output.line(&format!("{name}: {handler}, {memory_mb} MB, timeout {timeout_s} s"))?;
            }
            for (title, lines) in [("routes", &listed.routes), ("a deployment would create", &listed.creates)] {
                output.line("")?;
                output.line(title)?;
                for line in lines {
                    output.line(&format!("  {line}"))?;
                }
            }
        }
    }
    Ok(if problems.is_empty() { Outcome::Done } else { Outcome::FoundWrong })
}

fn find(file: Option<&Path>) -> Result<Target, CliError> {
    let Some(path) = file else {
        let manifest = Manifest::read(EXAMPLE_YML, Bundle::of("index.js", EXAMPLE_JS), &|_| None);
        let Manifest { deployment, problems, runtime, .. } = manifest;
        return Ok(Target { deployment, problems, name: "serverless.yml".to_owned(), query: EXAMPLE_QUERY, runtime });
    };
    let name = path.display().to_string();
    let cannot =
        |why: &str| CliError::Input(format!("cannot read {name}: {why}; name a handler's file or a serverless.yml"));
    if !path.is_file() {
        return Err(cannot(if path.is_dir() { "it is a folder" } else { "there is no such file" }));
    }
    let bad = |error: crate::faas::BundleError| CliError::Input(error.to_string());
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase()).unwrap_or_default();
    match ending.as_str() {
        "yml" | "yaml" => {
            let text = read_limited(
                std::fs::File::open(path).map_err(|error| cannot(&error.to_string()))?,
                MAX_MANIFEST_BYTES,
            )
            .map_err(|why| cannot(&why))?;
            let folder = path.parent().filter(|folder| *folder != Path::new("")).unwrap_or(Path::new("."));
            let bundle = Bundle::read_folder(folder).map_err(bad)?;
            let manifest = Manifest::read(&text, bundle, &|name| std::env::var(name).ok());
            if manifest.deployment.functions.is_empty() {
                let told: Vec<String> = manifest.problems.iter().map(|problem| format!("{name}:{problem}")).collect();
                return Err(CliError::Input(format!(
                    "{name} has no function to run\nerror: {}",
                    told.join("\nerror: ")
                )));
            }
            let Manifest { deployment, problems, runtime, .. } = manifest;
            Ok(Target { deployment, problems, name, query: "", runtime })
        }
        "js" | "mjs" | "cjs" => {
            let bundle = Bundle::read_entry(path).map_err(bad)?;
            let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
            let deployment = Deployment::of_handler(&stem, &format!("{stem}.handler"), bundle);
            Ok(Target { deployment, problems: Vec::new(), name, query: "", runtime: USUAL_RUNTIME.to_owned() })
        }
        _ => Err(cannot("its name ends neither in .js, .mjs or .cjs nor in .yml")),
    }
}

fn choose<'a>(it: &Arguments, target: &'a Target) -> Result<&'a FunctionSpec, CliError> {
    let functions = &target.deployment.functions;
    match &it.function {
        None => functions.first().ok_or_else(|| CliError::Input(format!("{} has no function to run", target.name))),
        Some(name) => target.deployment.function(name).ok_or_else(|| {
            let names = functions.iter().map(|function| function.name.as_str());
            let all = names.clone().collect::<Vec<_>>().join(", ");
            let near = crate::course::nearest_hint(name, names);
            CliError::Input(format!("no function `{name}`{near}; {} has {all}", target.name))
        }),
    }
}

/// The event's text, known to be JSON.
fn read_event(file: Option<&Path>, target: &Target, function: &FunctionSpec) -> Result<String, CliError> {
    let Some(path) = file else { return Ok(usual_event(target, function)) };
    let (name, text) = if path == Path::new("-") {
        ("standard input".to_owned(), read_limited(std::io::stdin(), MAX_EVENT_BYTES))
    } else {
        let opened = std::fs::File::open(path).map_err(|error| error.to_string());
        (path.display().to_string(), opened.and_then(|file| read_limited(file, MAX_EVENT_BYTES)))
    };
    let text = text.map_err(|why| CliError::Input(format!("cannot read the event from {name}: {why}")))?;
    let checked: Result<serde_json::Value, _> = serde_json::from_str(&text);
    checked.map_err(|error| CliError::Input(format!("{name} is no JSON: {error}; an event is one JSON value")))?;
    Ok(text)
}

fn read_database(path: &Path) -> Result<Database, CliError> {
    let name = path.display();
    let opened = std::fs::File::open(path).map_err(|error| error.to_string());
    let text = opened.and_then(|file| read_limited(file, MAX_DATABASE_BYTES));
    let text = text.map_err(|why| CliError::Input(format!("cannot read the database from {name}: {why}")))?;
    serde_json::from_str(&text).map_err(|error| {
        let example = r#"{"connect_ms": 40, "tables": {"users": {"42": {"name": "Ada"}}}}"#;
        CliError::Input(format!("{name} is no database: {error}; it is JSON such as {example}"))
    })
}

/// A request to the function's first route, or an empty event.
fn usual_event(target: &Target, function: &FunctionSpec) -> String {
    let route = function.triggers.iter().find_map(|trigger| match trigger {
        Trigger::Http(route) => Some(route),
        _ => None,
    });
    let request = route.map(|route| HttpRequest {
        method: if route.method == "ANY" { "GET".to_owned() } else { route.method.clone() },
        path: route.path.replace(['{', '}', '+'], ""),
        query: target.query.to_owned(),
        ..HttpRequest::default()
    });
    request
        .and_then(|request| {
            let matched = find_route(&target.deployment, &request.method, &request.path)?;
            Some(event(&request, &matched, "local", 0).to_string())
        })
        .unwrap_or_else(|| "{}".to_owned())
}

fn read_limited(input: impl Read, most_bytes: u64) -> Result<String, String> {
    let mut bytes = Vec::new();
    input.take(most_bytes).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    if bytes.len() as u64 == most_bytes {
        return Err(format!("it is larger than {} MB", most_bytes / (1024 * 1024)));
    }
    String::from_utf8(bytes).map_err(|_| "it is not UTF-8 text".to_owned())
}
