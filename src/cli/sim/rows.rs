//! Reports and stretches of time as tables: lines of comma-separated figures, with names at their head.

use serde::Serialize;
use serde_json::Value;

use super::super::CliError;
use super::super::output::Output;
use crate::sim::{Moment, Report};

/// A line of a table: the value of what was swept or the scenario's name, and the figures of the run.
#[derive(Serialize)]
pub(super) struct Row {
    #[serde(skip_serializing_if = "Option::is_none")]
    of: Option<String>,
    #[serde(flatten)]
    figures: Value,
}

impl Row {
    pub(super) fn of(of: Option<String>, report: &Report) -> Result<Self, CliError> {
        Ok(Self { of, figures: serde_json::to_value(report).map_err(std::io::Error::other)? })
    }
}

/// A line of names and a line of numbers for each row, nested names joined by a dot.
pub(super) fn table(rows: &[Row], output: &mut Output) -> Result<(), CliError> {
    for (index, row) in rows.iter().enumerate() {
        let mut columns = Vec::new();
        flatten("", &row.figures, &mut columns);
        let (mut names, mut values): (Vec<String>, Vec<String>) = columns.into_iter().unzip();
        if let Some(of) = &row.of {
            let (key, value) = of.split_once('=').unwrap_or(("scenario", of));
            names.insert(0, key.to_owned());
            values.insert(0, value.to_owned());
        }
        if index == 0 {
            output.line(&names.join(","))?;
        }
        output.line(&values.join(","))?;
    }
    Ok(())
}

fn flatten(name: &str, value: &Value, columns: &mut Vec<(String, String)>) {
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                let name = if name.is_empty() { key.clone() } else { format!("{name}.{key}") };
                flatten(&name, value, columns);
            }
        }
        Value::Number(number) => columns.push((name.to_owned(), number.to_string())),
        // Words (where a figure comes from) are for the JSON.
        _ => {}
    }
}

/// A line for each stretch of time.
pub(super) fn moments(moments: &[Moment], output: &mut Output) -> Result<(), CliError> {
    output.line("from_s,requests,completed,throttled,cold_starts,latency_mean_ms,instances,running,function")?;
    for it in moments {
        output.line(&format!(
            "{},{},{},{},{},{},{},{},{}",
            it.from_s,
            it.requests,
            it.completed,
            it.throttled,
            it.cold_starts,
            it.latency_mean_ms,
            it.instances,
            it.running,
            it.function
        ))?;
    }
    Ok(())
}
