//! Every key a scenario may hold, with its range: values by dotted key → problems with their line.
//!
//! One row a key. What a key means together with others is decided in `model`.

use super::calibration;
use super::document::{Lines, Problem, Value, Values};
use super::knobs;
use super::provider;

/// What a key's value may be.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    Number {
        from: f64,
        to: f64,
    },
    Whole {
        from: i128,
        to: i128,
    },
    /// One of these words.
    Word(&'static [&'static str]),
    Text,
    Flag,
    /// A list of numbers in this range.
    Numbers {
        from: f64,
        to: f64,
    },
    /// A constant number of milliseconds, or a table of the keys of [`LAW`].
    Law,
    /// A runtime of the measured table.
    Runtime,
}

use Kind::{Flag, Law, Number, Numbers, Runtime, Text, Whole, Word};

/// A century in seconds: longer than any simulation that is meant.
pub(super) const CENTURY_S: f64 = 3.2e9;
/// Longer than any phase that is meant: a day in milliseconds.
const DAY_MS: f64 = 86_400_000.0;

pub(super) const KEYS: &[(&str, Kind)] = &[
    ("format", Whole { from: 1, to: 1 }),
    ("title", Text),
    ("about", Text),
    ("traffic.kind", Word(&["poisson", "constant", "burst", "day", "step", "list", "trace"])),
    ("traffic.rate_per_s", Number { from: 0.0, to: 1e7 }),
    ("traffic.interval_s", Number { from: 1e-7, to: CENTURY_S }),
    ("traffic.burst_rate_per_s", Number { from: 0.0, to: 1e7 }),
    ("traffic.burst_s", Number { from: 1e-3, to: CENTURY_S }),
    ("traffic.quiet_s", Number { from: 0.0, to: CENTURY_S }),
    ("traffic.peak_to_mean", Number { from: 1.0, to: 2.0 }),
    ("traffic.period_s", Number { from: 1.0, to: CENTURY_S }),
    ("traffic.step_at_s", Number { from: 0.0, to: CENTURY_S }),
    ("traffic.step_rate_per_s", Number { from: 0.0, to: 1e7 }),
    ("traffic.times_s", Numbers { from: 0.0, to: CENTURY_S }),
    ("traffic.counts_per_minute", Numbers { from: 0.0, to: 1e9 }),
    ("traffic.function", Whole { from: 0, to: 999 }),
    ("traffic.functions", Whole { from: 1, to: 100 }),
    ("traffic.spread", Word(&["random", "even"])),
    ("function.runtime", Runtime),
    ("function.package", Word(&["zip", "image"])),
    ("function.package_mb", Number { from: 0.0, to: 10_240.0 }),
    ("function.architecture", Word(&["x86_64", "arm64"])),
    ("function.memory_mb", Whole { from: 64, to: 32_768 }),
    ("function.provision_ms", Law),
    ("function.fetch_ms_per_mb", Number { from: 0.0, to: 10_000.0 }),
    ("function.runtime_ms", Law),
    ("function.init_ms", Law),
    ("function.connection", Word(&["none", "outside", "inside"])),
    ("function.connect_ms", Law),
    ("function.handler_ms", Law),
    ("function.snapshot", Flag),
    ("function.restore_ms", Law),
    ("function.timeout_s", Number { from: 0.001, to: 86_400.0 }),
    ("function.init_failure", Number { from: 0.0, to: 1.0 }),
    ("function.failure", Number { from: 0.0, to: 1.0 }),
    ("function.warm", Law),
    ("function.cold", Law),
    ("platform.provider", Word(&provider::NAMES)),
    ("platform.keep_alive", Number { from: 0.0, to: f64::INFINITY }),
    ("platform.keep_alive.policy", Word(&["fixed", "never", "forever", "hybrid-histogram"])),
    ("platform.keep_alive.s", Number { from: 0.0, to: f64::INFINITY }),
    ("platform.keep_alive.range_s", Number { from: 60.0, to: 86_400.0 }),
    ("platform.max_concurrency", Whole { from: 1, to: 1_000_000 }),
    ("platform.provisioned", Whole { from: 0, to: 1_000_000 }),
    ("platform.scaling_per_10s", Number { from: 1.0, to: 1e9 }),
    ("platform.requests_per_instance", Whole { from: 1, to: 1000 }),
    ("platform.routing", Word(&["newest", "recent", "oldest", "random"])),
    ("database.max_connections", Whole { from: 1, to: 1_000_000 }),
    ("delivery.mode", Word(&["sync", "async"])),
    ("delivery.retries", Whole { from: 0, to: 10 }),
    ("delivery.backoff_s", Number { from: 0.0, to: 86_400.0 }),
    ("delivery.duplicates", Number { from: 0.0, to: 0.9 }),
    ("delivery.idempotent", Flag),
    ("run.requests", Whole { from: 1, to: 1_000_000_000_000 }),
    ("run.duration_s", Number { from: 1e-3, to: CENTURY_S }),
    ("run.warmup_requests", Whole { from: 0, to: 1_000_000_000_000 }),
    ("run.seed", Whole { from: 0, to: u64::MAX as i128 }),
    ("run.replications", Whole { from: 1, to: 100_000 }),
];

/// What may stand below a key of kind [`Kind::Law`]. The unit of a median or percentile may be left out.
const LAW: &[(&str, Kind)] = &[
    ("law", Word(&["constant", "exponential", "lognormal", "normal"])),
    ("ms", Number { from: 0.0, to: DAY_MS }),
    ("mean_ms", Number { from: 0.0, to: DAY_MS }),
    ("sd_ms", Number { from: 0.0, to: DAY_MS }),
    ("median", Number { from: 1e-6, to: DAY_MS }),
    ("median_ms", Number { from: 1e-6, to: DAY_MS }),
    ("p99", Number { from: 1e-6, to: DAY_MS }),
    ("p99_ms", Number { from: 1e-6, to: DAY_MS }),
    ("cpu_share", Number { from: 0.0, to: 1.0 }),
    ("at_memory_mb", Number { from: 64.0, to: 32_768.0 }),
];

/// Keys of a step of a flow, beside those of a scenario.
const STEP: &[(&str, Kind)] = &[("from", Text), ("via", Word(&["storage", "queue"])), ("delay_ms", Law)];

fn kind_of(path: &str) -> Option<Kind> {
    if let Some((_, key)) = path.strip_prefix("flow.").and_then(|rest| rest.split_once('.')) {
        let own = !["format", "title", "about"].contains(&key) && !key.starts_with("run.") && !key.starts_with("flow.");
        return own.then(|| kind_among(STEP, key).or_else(|| kind_among(KEYS, key)))?;
    }
    kind_among(KEYS, path)
}

fn kind_among(keys: &[(&str, Kind)], path: &str) -> Option<Kind> {
    let exact = keys.iter().find(|(key, _)| *key == path).map(|(_, kind)| *kind);
    exact.or_else(|| {
        let (law, key) = path.rsplit_once('.')?;
        matches!(kind_among(keys, law)?, Law)
            .then(|| LAW.iter().find(|(name, _)| *name == key).map(|(_, kind)| *kind))?
    })
}

/// What is wrong with the values one by one.
pub(super) fn problems(values: &Values, lines: &Lines) -> Vec<Problem> {
    let line = |key: &str| lines.get(key).copied().unwrap_or(0);
    values
        .iter()
        .filter_map(|(key, value)| {
            let message = match kind_of(key) {
                None => Some(unknown(key)),
                Some(kind) => {
                    fault(kind, value).map(|expected| format!("`{key}` is {}; it must be {expected}", shown(value)))
                }
            };
            message.map(|message| Problem::new(line(key), message))
        })
        .collect()
}

fn unknown(key: &str) -> String {
    // Of a step's key, what stands below the step's name is compared.
    let step = key.match_indices('.').nth(1).filter(|_| key.starts_with("flow.")).map_or("", |(dot, _)| &key[..=dot]);
    let keys = || KEYS.iter().chain(if step.is_empty() { &[] } else { STEP });
    let of_laws = keys()
        .filter(|(_, kind)| matches!(kind, Law))
        .flat_map(|(path, _)| LAW.iter().map(move |(name, _)| format!("{path}.{name}")));
    let own = &key[step.len()..];
    let of_knob = knobs::key_of(own).map(str::to_owned);
    let near = of_knob.or_else(|| nearest(own, keys().map(|(path, _)| (*path).to_owned()).chain(of_laws)));
    let table = own.split_once('.').map_or("", |(table, _)| table);
    let hint = if let Some(near) = near {
        format!("the nearest is `{}{near}`", shortened(step))
    } else if TABLES.contains(&table) {
        let below = keys().filter_map(|(path, _)| path.strip_prefix(table)?.strip_prefix('.'));
        format!("`{table}` has {}", below.collect::<Vec<_>>().join(", "))
    } else {
        format!("its tables are {}", TABLES.join(", "))
    };
    format!("a scenario has no key `{}`; {hint}", shortened(key))
}

/// The first words of keys.
const TABLES: [&str; 7] = ["traffic", "function", "platform", "database", "delivery", "run", "flow"];

/// The name most like `name`, when it is like it; the first among equals. A key may go without its table, or in another.
fn nearest(name: &str, names: impl Iterator<Item = String>) -> Option<String> {
    /// Less like each other than this are words that have a few letters in common.
    const LIKE: f64 = 0.8;
    /// Of two keys equally like it, that of the same table is meant.
    const ELSEWHERE: f64 = 0.95;
    // Long nonsense is compared by its beginning, which bounds the work.
    let name: String = name.chars().take(100).collect();
    let (table, rest) = name.split_once('.').filter(|(table, _)| TABLES.contains(table)).unwrap_or(("", &name));
    let likeness = |candidate: &str| match candidate.split_once('.') {
        // What tables have in common says nothing about the words in them.
        Some((its_table, its_rest)) if !table.is_empty() => {
            strsim::jaro_winkler(rest, its_rest) * if its_table == table { 1.0 } else { ELSEWHERE }
        }
        Some((_, its_rest)) => strsim::jaro_winkler(rest, candidate).max(strsim::jaro_winkler(rest, its_rest)),
        None => strsim::jaro_winkler(rest, candidate),
    };
    let scored = names.map(|candidate| (likeness(&candidate), candidate)).filter(|(likeness, _)| *likeness >= LIKE);
    scored.reduce(|best, next| if next.0 > best.0 { next } else { best }).map(|(_, name)| name)
}

/// What the value should have been, when it is not that.
fn fault(kind: Kind, value: &Value) -> Option<String> {
    let number = |from: f64, to: f64| {
        let fits = value.as_number().is_some_and(|number| (from..=to).contains(&number));
        (!fits).then(|| format!("a number from {} to {}", plain(from), plain(to)))
    };
    match kind {
        Number { from, to } => number(from, to),
        Law => number(0.0, DAY_MS)
            .map(|expected| format!("{expected}, or a table such as {{ law = \"exponential\", mean_ms = 50 }}")),
        Whole { from, to } => {
            let fits = value.as_whole().is_some_and(|whole| (from..=to).contains(&whole));
            (!fits).then(|| {
                if from == to {
                    from.to_string()
                } else {
                    format!("a whole number from {from} to {}", grouped(&to.to_string()))
                }
            })
        }
        Word(words) => match value {
            Value::Text(text) if words.contains(&text.as_str()) => None,
            Value::Text(text) => {
                let near = nearest(text, words.iter().map(|word| (*word).to_owned()));
                let hint = near.map_or_else(String::new, |near| format!("; the nearest is {near}"));
                Some(format!("one of {}{hint}", words.join(", ")))
            }
            _ => Some(format!("one of {}", words.join(", "))),
        },
        Runtime => match value {
            Value::Text(text) if calibration::runtime(text).is_some() => None,
            Value::Text(text) => {
                let near = nearest(text, calibration::runtimes().into_iter().map(str::to_owned));
                Some(match near {
                    Some(near) => format!("a measured runtime; the nearest is {near}"),
                    None => format!("one of the measured runtimes: {}", calibration::runtimes().join(", ")),
                })
            }
            _ => Some("the name of a measured runtime".to_owned()),
        },
        Text => (!matches!(value, Value::Text(_))).then(|| "a text".to_owned()),
        Flag => (!matches!(value, Value::Flag(_))).then(|| "true or false".to_owned()),
        Numbers { from, to } => {
            let expected = || format!("a list of numbers from {} to {}", plain(from), plain(to));
            match value {
                Value::Numbers(all) if !all.is_empty() => {
                    let place = all.iter().position(|it| !(from..=to).contains(it))?;
                    Some(format!("{}, and number {} of it is {}", expected(), place + 1, all[place]))
                }
                _ => Some(expected()),
            }
        }
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::Text(text) => format!("`{}`", shortened(text)),
        Value::Numbers(all) if all.is_empty() => "an empty list".to_owned(),
        Value::Numbers(_) => "a list".to_owned(),
        other => shortened(&other.to_string()),
    }
}

/// The beginning of a text.
fn shortened(text: &str) -> String {
    let short: String = text.chars().take(60).collect();
    if short.len() < text.len() { format!("{short}…") } else { short }
}

/// A bound as people write it: 10,000,000 rather than 10000000.
fn plain(number: f64) -> String {
    if number == f64::INFINITY {
        return "infinity".to_owned();
    }
    grouped(&number.to_string())
}

/// Digits in groups of three, up to a point.
fn grouped(digits: &str) -> String {
    let (whole, rest) = digits.split_at(digits.find('.').unwrap_or(digits.len()));
    let groups: Vec<&str> =
        whole.as_bytes().rchunks(3).rev().filter_map(|digits| std::str::from_utf8(digits).ok()).collect();
    format!("{}{rest}", groups.join(","))
}

#[cfg(test)]
mod tests {
    use super::{KEYS, STEP, plain, problems};
    use crate::sim::code;
    use crate::sim::document::parse;

    fn said(text: &str) -> Vec<String> {
        let (values, lines) = parse(text).expect("it is TOML");
        problems(&values, &lines).into_iter().map(|it| it.to_string()).collect()
    }

    #[test]
    fn a_slip_is_named_with_line_and_remedy() {
        for (text, expected) in [
            (
                "[traffic]\nrate_per_s = -1",
                "line 2: `traffic.rate_per_s` is -1; it must be a number from 0 to 10,000,000",
            ),
            (
                "[traffic]\nrate_per_s = nan",
                "line 2: `traffic.rate_per_s` is NaN; it must be a number from 0 to 10,000,000",
            ),
            (
                "[traffic]\nrate = 1",
                "line 2: a scenario has no key `traffic.rate`; the nearest is `traffic.rate_per_s`",
            ),
            (
                "[traffic]\nkind = \"poison\"",
                "line 2: `traffic.kind` is `poison`; it must be one of poisson, constant, burst, day, step, list, trace; the nearest is poisson",
            ),
            // By what stands on the screen, without its table, in a table, and nowhere.
            (
                "concurrency-limit = 4",
                "line 1: a scenario has no key `concurrency-limit`; the nearest is `platform.max_concurrency`",
            ),
            ("memory_mb = 4", "line 1: a scenario has no key `memory_mb`; the nearest is `function.memory_mb`"),
            ("database.foo = 4", "line 1: a scenario has no key `database.foo`; `database` has max_connections"),
            (
                "foo = 1",
                "line 1: a scenario has no key `foo`; its tables are traffic, function, platform, database, delivery, run, flow",
            ),
            (
                "platform.provider = \"ibm\"",
                "line 1: `platform.provider` is `ibm`; it must be one of aws-lambda, azure-functions, google-cloud-functions",
            ),
            (
                "function.runtime = \"nodejs22\"",
                "line 1: `function.runtime` is `nodejs22`; it must be a measured runtime; the nearest is nodejs22.x",
            ),
            (
                "function.handler_ms = { law = \"lognormal\", meadian = 4 }",
                "line 1: a scenario has no key `function.handler_ms.meadian`; the nearest is `function.handler_ms.median`",
            ),
            (
                "traffic.times_s = [0, 5, nan]",
                "line 1: `traffic.times_s` is a list; it must be a list of numbers from 0 to 3,200,000,000, and number 3 of it is NaN",
            ),
            (
                "run.seed = -1",
                "line 1: `run.seed` is -1; it must be a whole number from 0 to 18,446,744,073,709,551,615",
            ),
            (
                "run.requests = 1.5",
                "line 1: `run.requests` is 1.5; it must be a whole number from 1 to 1,000,000,000,000",
            ),
        ] {
            assert_eq!(said(text), [expected], "{text}");
        }
        assert_eq!(
            said(
                "format = 1\nrun.requests = 1e6\nfunction.handler_ms = 40\nplatform.keep_alive = { policy = \"fixed\", s = 600 }"
            ),
            [""; 0]
        );
    }

    #[test]
    fn the_manual_names_every_key_law_letter_and_word() {
        let manual = include_str!("../../README.md");
        let manual = &manual[manual.find("### What a scenario holds").expect("a section")..];
        let manual = &manual[..manual.find("\n## ").expect("another section")];
        let words = |kind: &super::Kind| match kind {
            super::Kind::Word(words) => words.iter().map(|word| format!("`{word}`")).collect(),
            _ => Vec::new(),
        };
        let keys = KEYS.iter().flat_map(|(key, kind)| [vec![format!("`{key}`")], words(kind)].concat());
        let of_steps = STEP.iter().map(|(key, _)| format!("`flow.NAME.{key}`"));
        let of_laws = ["constant", "exponential", "lognormal", "normal"].map(|law| format!("law = \"{law}\""));
        let letters = code::LETTERS.iter().map(|(letter, key)| format!("`{letter}` `{key}`"));
        let written = manual.split_whitespace().collect::<Vec<_>>().join(" ");
        let missing: Vec<_> =
            keys.chain(of_steps).chain(of_laws).chain(letters).filter(|it| !written.contains(it)).collect();
        assert!(missing.is_empty(), "{missing:?}");
    }

    #[test]
    fn bounds_read_well() {
        assert_eq!([plain(1234567.0), plain(0.001), plain(999.0)], ["1,234,567", "0.001", "999"]);
    }
}
