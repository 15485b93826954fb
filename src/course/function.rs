//! A ```` ```function ```` fence to a [`FunctionTask`]: a function that the page shows, with the events to try it with.
//!
//! The code is not written twice: the fence names blocks of its page by their first line, `// index.js` or
//! `# serverless.yml`, so that what is read is what runs. Absent: running it.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::plainly::plainly;
use super::{language_of, line_at, nearest_hint};
use crate::markdown::Document;

/// A function to run, to change and to compare with.
#[derive(Clone, Debug, PartialEq)]
pub struct FunctionTask {
    pub title: String,
    /// The handler's file, such as `index.js`.
    pub file: String,
    /// What stands in it.
    pub code: String,
    /// The text of its serverless.yml.
    pub manifest: String,
    /// Never empty.
    pub events: Vec<FunctionEvent>,
    /// The same function written differently, to run beside it.
    pub beside: Option<Beside>,
    /// The scenario that simulates it.
    pub scenario: Option<String>,
    pub database: Costs,
}

/// What the database behind it takes, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Costs {
    pub connect_ms: f64,
    pub query_ms: f64,
}

impl Default for Costs {
    /// A connection is an order of magnitude dearer than a query, as it mostly is.
    fn default() -> Self {
        Self { connect_ms: 40.0, query_ms: 3.0 }
    }
}

impl FunctionTask {
    /// The scenarios that simulate its versions, as far as they have one.
    pub fn scenarios(&self) -> impl Iterator<Item = &str> {
        let beside = self.beside.as_ref().and_then(|beside| beside.scenario.as_deref());
        self.scenario.as_deref().into_iter().chain(beside)
    }
}

/// Something that happens to the function.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FunctionEvent {
    pub name: String,
    /// `GET /users?id=42`: goes through the gateway, and comes back as a response.
    pub request: Option<String>,
    /// JSON that is given to the handler as it is.
    pub event: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Beside {
    pub title: String,
    pub code: String,
    /// The scenario that simulates it.
    pub scenario: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fence {
    title: String,
    code: String,
    manifest: String,
    #[serde(rename = "event")]
    events: Vec<FunctionEvent>,
    beside: Option<Beside>,
    scenario: Option<String>,
    #[serde(default)]
    database: Costs,
}

/// The files that a page shows, by the name in their first line.
pub(super) fn shown_files(document: &Document) -> BTreeMap<String, String> {
    let files = document.fences().filter_map(|fence| {
        let first = fence.body.lines().next()?;
        let name = first.trim_start_matches(['/', '#']).trim();
        let is_name = name.len() < first.len() && !name.contains(' ') && language_of(name) == fence.language;
        is_name.then(|| (name.to_owned(), fence.body.clone()))
    });
    files.collect()
}

/// The error has the line inside the fence.
pub(super) fn read(body: &str, files: &BTreeMap<String, String>) -> Result<FunctionTask, (u32, String)> {
    let fence: Fence = toml::from_str(body).map_err(|error| {
        (error.span().map_or(1, |span| line_at(body, span.start)), plainly(body, &error).into_owned())
    })?;
    let file = |name: &str| {
        files.get(name).cloned().ok_or_else(|| {
            let near = nearest_hint(name, files.keys().map(String::as_str));
            (1, format!("no block of code on this page begins with a comment `{name}`{near}"))
        })
    };
    if fence.events.is_empty() {
        return Err((1, "there is no `[[event]]` to run the function with".to_owned()));
    }
    for event in &fence.events {
        let given = [&event.request, &event.event].into_iter().flatten().count();
        if given != 1 {
            return Err((1, format!("the event `{}` is either a `request` or an `event`", event.name)));
        }
        if event.request.as_ref().is_some_and(|request| !request.contains(" /")) {
            return Err((1, format!("the request of `{}` is a method and a path, such as `GET /users`", event.name)));
        }
    }
    if ![fence.database.connect_ms, fence.database.query_ms].iter().all(|ms| (0.0..=60_000.0).contains(ms)) {
        return Err((1, "what the database takes is from 0 to 60,000 milliseconds".to_owned()));
    }
    Ok(FunctionTask {
        code: file(&fence.code)?,
        manifest: file(&fence.manifest)?,
        title: fence.title,
        file: fence.code,
        events: fence.events,
        beside: fence.beside,
        scenario: fence.scenario,
        database: fence.database,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "```js\n// index.js\nexports.handler = 1;\n```\n\n```yaml\n# serverless.yml\nservice: s\n```\n\n```js\n// not a name\n```\n";
    const FENCE: &str = "title = \"T\"\ncode = \"index.js\"\nmanifest = \"serverless.yml\"\n[[event]]\nname = \"one\"\nrequest = \"GET /\"\n";

    #[test]
    fn the_code_is_that_of_the_page() {
        let files = shown_files(&crate::markdown::parse(PAGE));
        assert_eq!(files.keys().collect::<Vec<_>>(), ["index.js", "serverless.yml"]);
        let task = read(FENCE, &files).expect("it can be read");
        assert!(task.code.contains("exports.handler") && task.manifest.contains("service: s"));
    }

    #[test]
    fn slips_are_said() {
        let files = shown_files(&crate::markdown::parse(PAGE));
        for (text, said) in [
            (FENCE.replace("index.js", "indx.js"), "comment `indx.js`; the nearest is `index.js`"),
            (FENCE.replace("request = \"GET /\"", ""), "the event `one` is either"),
            (FENCE.replace("GET /", "/users"), "is a method and a path"),
            (FENCE.replace("title", "titel"), "nothing reads the key `titel`; the nearest is `title`"),
        ] {
            let told = read(&text, &files).expect_err(said);
            assert!(told.1.contains(said), "{told:?}");
        }
    }
}
