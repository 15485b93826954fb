//! A scenario: the text of a file → something that can be changed by key and run.

use std::sync::Arc;

use super::document::{self, Lines, Problem, Value, Values, is_below};
use super::model::Model;
use super::schema;

/// What to simulate: traffic, function, platform and length of the run.
///
/// ```
/// use coldstart::sim::{Scenario, run};
///
/// let mut scenario = Scenario::parse("title = \"A first look\"\n[traffic]\nrate_per_s = 2").unwrap();
/// scenario.set("run.requests=500").unwrap();
/// assert_eq!(run(&scenario).requests, 500);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Scenario {
    pub title: String,
    values: Values,
    model: Arc<Model>,
}

impl Scenario {
    /// Reads a scenario file. Every slip is reported, with its line.
    pub fn parse(text: &str) -> Result<Self, Vec<Problem>> {
        let (values, lines) = document::parse(text)?;
        Self::read(values, &lines)
    }

    fn read(values: Values, lines: &Lines) -> Result<Self, Vec<Problem>> {
        let mut problems = schema::problems(&values, lines);
        if problems.is_empty() {
            match Model::read(&values, lines) {
                Ok(model) => {
                    let title = match values.get("title") {
                        Some(Value::Text(title)) => title.clone(),
                        _ => "Untitled".to_owned(),
                    };
                    return Ok(Self { title, values, model: Arc::new(model) });
                }
                Err(found) => problems = found,
            }
        }
        problems.sort_by_key(|problem| problem.line);
        Err(problems)
    }

    /// The names of the functions after the first, in the order in which events name them.
    pub fn steps(&self) -> Vec<String> {
        self.model().steps.iter().map(|step| step.name.clone()).collect()
    }

    pub fn seed(&self) -> u64 {
        self.model.run.seed
    }

    /// How many independent runs it asks for.
    pub fn replications(&self) -> u32 {
        self.model.run.replications
    }

    /// The same scenario with other chance.
    #[must_use]
    pub fn with_seed(mut self, seed: u64) -> Self {
        self.values.insert("run.seed".to_owned(), Value::Whole(seed.into()));
        Arc::make_mut(&mut self.model).run.seed = seed;
        self
    }

    /// Overrides one key: `traffic.rate_per_s=5`. What cannot be is refused and changes nothing.
    pub fn set(&mut self, assignment: &str) -> Result<(), Problem> {
        self.set_all(&[assignment])
    }

    /// Overrides several keys, which need to fit together only when all are set.
    pub fn set_all<S: AsRef<str>>(&mut self, assignments: &[S]) -> Result<(), Problem> {
        let mut values = self.values.clone();
        for assignment in assignments {
            assign(&mut values, assignment.as_ref())?;
        }
        self.change(values)
    }

    /// Takes requests by the minute in place of its traffic, and of how many requests there were to be: they are all there
    /// are, and end the run unless a duration does.
    pub fn set_traffic(&mut self, counts_per_minute: &[u64]) -> Result<(), Problem> {
        let mut values = self.values.clone();
        values.retain(|path, _| !is_below(path, "traffic") && path != "run.requests" && path != "run.warmup_requests");
        values.insert("traffic.kind".to_owned(), Value::Text("trace".to_owned()));
        let counts = counts_per_minute.iter().map(|count| *count as f64).collect();
        values.insert("traffic.counts_per_minute".to_owned(), Value::Numbers(counts));
        self.change(values)
    }

    fn change(&mut self, values: Values) -> Result<(), Problem> {
        match Self::read(values, &Lines::new()) {
            Ok(changed) => {
                *self = changed;
                Ok(())
            }
            Err(problems) => Err(problems.into_iter().next().unwrap_or_else(|| Problem::new(0, "this cannot be set"))),
        }
    }

    pub(super) fn model(&self) -> &Arc<Model> {
        &self.model
    }

    pub(super) fn values(&self) -> &Values {
        &self.values
    }
}

fn assign(values: &mut Values, assignment: &str) -> Result<(), Problem> {
    let assigned = document::parse_assignment(assignment)?;
    let key = assignment.split('=').next().unwrap_or_default().trim();
    // A table takes the place of a number and the reverse, and one way to end a run the place of the other.
    values.retain(|path, _| path != key && !is_below(path, key) && !is_below(key, path));
    match key {
        "run.requests" => values.remove("run.duration_s"),
        "run.duration_s" => values.remove("run.requests"),
        _ => None,
    };
    values.extend(assigned);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::Scenario;

    const FULL: &str = r#"
format = 1
title = "An API with sparse traffic"

[traffic]
kind = "poisson"
rate_per_s = 0.9

[function]
runtime = "nodejs22.x"
memory_mb = 256
package_mb = 5
architecture = "x86_64"
init_ms = 300
handler_ms = { law = "lognormal", median = 40, p99 = 200, cpu_share = 0.5 }
connection = "outside"
timeout_s = 10

[platform]
provider = "aws-lambda"
keep_alive = { policy = "fixed", s = 600 }
max_concurrency = 1000
provisioned = 0

[run]
requests = 1_000_000
seed = 1
replications = 1
"#;

    #[test]
    fn the_example_of_the_contract_is_read() {
        let scenario = Scenario::parse(FULL).expect("it is the contract");
        assert_eq!((scenario.title.as_str(), scenario.seed()), ("An API with sparse traffic", 1));
    }

    #[test]
    fn any_key_can_be_overridden() {
        let mut scenario = Scenario::parse(FULL).expect("it is the contract");
        for assignment in [
            "traffic.rate_per_s=5",
            "platform.keep_alive.s=60",
            "platform.keep_alive={ policy = \"never\" }",
            "platform.keep_alive=30",
            "platform.keep_alive.policy=forever",
            "function.handler_ms=12",
            "function.handler_ms.law=exponential",
            "platform.provider=google-cloud-functions",
            "run.duration_s=60",
            "run.requests=10",
        ] {
            let before = scenario.clone();
            match scenario.set(assignment) {
                Ok(()) => assert_ne!(before, scenario, "{assignment}"),
                // The law's name alone is not a law: the numbers went with the constant.
                Err(problem) => {
                    assert!(assignment.ends_with("exponential") && before == scenario, "{assignment}: {problem}");
                }
            }
        }
    }

    #[test]
    fn what_does_not_fit_together_is_said() {
        for (text, line, said) in [
            ("[traffic]\nkind = \"poisson\"", 2, "`traffic.rate_per_s` is missing"),
            ("[traffic]\nrate_per_s = 0", 2, "must be more than 0"),
            ("traffic.rate_per_s = 1\n[function]\nwarm = 5", 3, "`function.cold` is missing"),
            ("traffic.rate_per_s = 1\n[run]\nrequests = 5\nduration_s = 5", 4, "not both"),
            ("traffic.rate_per_s = 1\n[function]\nmemory_mb = 20000", 3, "allows 128 to 10240"),
            ("[traffic]\nkind = \"list\"\ntimes_s = [2, 1]", 3, "must rise"),
            ("[traffic]\nkind = \"trace\"\ncounts_per_minute = [1, 1.5]", 3, "whole numbers"),
            (
                "traffic.rate_per_s = 1\nfunction.handler_ms = { law = \"normal\", mean_ms = 4 }",
                2,
                "needs the numbers of its law",
            ),
            ("traffic.rate_per_s = 1\nfunction.snapshot = true", 2, "no restore of a snapshot was measured"),
        ] {
            let problems = Scenario::parse(text).expect_err(text);
            assert!(problems.iter().any(|it| it.line == line && it.message.contains(said)), "{text}: {problems:?}");
        }
    }
}
