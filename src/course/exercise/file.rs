//! The text of an exercise's file to an [`Exercise`] and the slips in it.
//!
//! The keys are those of the README's "To add an exercise". A slip is said with its line; what can be used is used.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;
use toml::Spanned;
use toml::de::{DeTable, DeValue, Deserializer};

use super::code;
use super::prose;
use super::slips::Slips;
use super::tables::{self, GapToml, PairToml, StopToml};
use super::written::{ItemSource, Read, Source, WrittenRubric};
use super::{Exercise, ExerciseId, Hint, Kind, Pointer};
use crate::course::plainly::plainly;
use crate::course::{LineIndex, Problem, line_at, nearest_hint};
use crate::grade::exact::ChoiceOption;
use crate::grade::{ItemSpec, LazyRubric, NumberTask, Precedent, Vocabulary};

/// The name of the file beside the exercises that holds the words they share.
pub const VOCABULARY: &str = "vocabulary";
pub const VOCABULARY_FILE: &str = "exercises/vocabulary.toml";

/// Where answers to the exercise `name` stand that a teacher graded, a line each, for its rubric to learn from.
pub fn graded_file(name: &str) -> String {
    format!("exercises/graded/{name}.jsonl")
}

/// An answer with the points that a careful teacher gave it.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    pub answer: String,
    /// What sort of answer it is, such as `terse` or `negated`.
    pub tags: Vec<String>,
    /// By item id; items left out got nothing.
    pub points: BTreeMap<String, f64>,
    /// One-based line in the file.
    pub line: u32,
}

impl Sample {
    fn precedent(&self) -> Precedent {
        let found = self.points.iter().filter(|(_, points)| **points > 0.0);
        Precedent { answer: self.answer.clone(), marks: found.map(|(item, _)| item.clone()).collect() }
    }
}

/// All keys there are, by the table they stand in; the first name of a row is the table's.
const KEYS: &[(&str, &[&str])] = &[
    (
        "",
        &[
            "format",
            "kind",
            "title",
            "minutes",
            "points",
            "prompt",
            "hints",
            "about",
            "similar",
            "form_of",
            "shows",
            "solution",
            "option",
            "steps",
            "pair",
            "extra",
            "text",
            "gap",
            "stop",
            "paths",
            "file",
            "start",
            "reference",
            "handler",
            "given",
            "database",
            "check",
            "value",
            "unit",
            "tolerance",
            "why_low",
            "why_high",
            "concepts",
            "item",
            "sample",
        ],
    ),
    ("option", &["text", "right", "why"]),
    ("pair", &["text", "with", "why"]),
    ("gap", &["name", "accept", "exact", "value", "unit", "tolerance", "why", "hint"]),
    ("stop", &["id", "label", "say", "optional", "hint"]),
    ("given", &["path", "text"]),
    ("check", &["id", "label", "points", "hidden", "step", "after"]),
    ("item", &["id", "points", "label", "hint", "optional", "say", "need", "order", "partly", "deny"]),
    ("sample", &["set", "tags", "answer", "points"]),
    ("deny", &["pattern", "name", "feedback"]),
];

const KINDS: [&str; 9] = ["text", "choice", "several", "order", "number", "matching", "gaps", "flow", "code"];

#[derive(Deserialize)]
#[serde(untagged)]
enum HintToml {
    Text(String),
    About { text: String, items: Vec<String> },
}

#[derive(Deserialize)]
struct ExerciseToml {
    format: Option<i64>,
    kind: Option<Spanned<String>>,
    title: Option<String>,
    #[serde(default)]
    minutes: u32,
    points: Option<Spanned<f64>>,
    #[serde(default)]
    prompt: String,
    #[serde(default)]
    hints: Vec<Spanned<HintToml>>,
    about: Option<Spanned<String>>,
    #[serde(default)]
    similar: String,
    form_of: Option<Spanned<String>>,
    #[serde(default)]
    shows: Vec<Spanned<usize>>,
    #[serde(default)]
    solution: String,
    #[serde(default, rename = "option")]
    options: Vec<OptionToml>,
    #[serde(default)]
    steps: Vec<String>,
    #[serde(default, rename = "pair")]
    pairs: Vec<PairToml>,
    /// What can be matched and belongs to no line.
    #[serde(default)]
    extra: Vec<String>,
    #[serde(default)]
    text: String,
    #[serde(default, rename = "gap")]
    gaps: Vec<Spanned<GapToml>>,
    #[serde(default, rename = "stop")]
    stops: Vec<Spanned<StopToml>>,
    #[serde(default)]
    paths: Vec<String>,
    value: Option<f64>,
    #[serde(default)]
    unit: String,
    #[serde(default)]
    tolerance: f64,
    why_low: Option<String>,
    why_high: Option<String>,
    /// Words that mean the same, beside those of the vocabulary.
    #[serde(default)]
    concepts: Vocabulary,
    #[serde(default, rename = "item")]
    items: Vec<Spanned<ItemSpec>>,
    #[serde(default, rename = "sample")]
    samples: Vec<Spanned<SampleToml>>,
}

#[derive(Deserialize)]
struct OptionToml {
    text: String,
    #[serde(default)]
    right: bool,
    #[serde(default)]
    why: String,
}

#[derive(Clone, Deserialize)]
struct SampleToml {
    answer: String,
    #[serde(default)]
    tags: Vec<String>,
    #[serde(default)]
    points: BTreeMap<String, f64>,
}

#[derive(Deserialize)]
struct VocabularyToml {
    concepts: Vocabulary,
}

/// The words that the exercises of a course share. Without a file there are none.
pub fn vocabulary(text: Option<&str>) -> (Arc<Vocabulary>, Option<Problem>) {
    match text.map(toml::from_str::<VocabularyToml>) {
        None => (Arc::default(), None),
        Some(Ok(read)) => (Arc::new(read.concepts), None),
        Some(Err(error)) => {
            let line = error.span().map_or(0, |span| line_at(text.unwrap_or_default(), span.start));
            (Arc::default(), Some(Problem::new(VOCABULARY_FILE, line, plainly(text.unwrap_or_default(), &error))))
        }
    }
}

pub(super) fn parse(
    name: &str,
    path: &str,
    text: &str,
    vocabulary: &Arc<Vocabulary>,
) -> (Option<Exercise>, Vec<Problem>) {
    let mut slips = Slips::new(path, text);
    let exercise = read(name, text, &Judging::Now(vocabulary), &mut slips);
    (exercise, slips.into_problems())
}

/// The same of a file without slips, but what a free-text answer is judged by is read when the first comes. `None` when
/// it cannot be left for later.
pub(super) fn parse_proven(name: &str, path: &str, text: &str, vocabulary: &Arc<Vocabulary>) -> Option<Exercise> {
    let mut slips = Slips::new(path, text);
    let source = Source { name: name.into(), path: path.into(), text: text.into(), vocabulary: Arc::clone(vocabulary) };
    read(name, head(text)?, &Judging::Later(source), &mut slips).filter(|_| slips.is_empty())
}

/// What stands before the tables that only an answer needs; cut in the middle of a string it is no TOML.
fn head(text: &str) -> Option<&str> {
    let is_rest = |line: &str| ["[concepts]", "[[item]]", "[[sample]]"].contains(&line.trim_end());
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if is_rest(line) {
            return Some(&text[..at]);
        }
        at += line.len();
    }
    None
}

/// When the rubric of free text is read.
enum Judging<'a> {
    Now(&'a Arc<Vocabulary>),
    Later(Source),
}

fn read(name: &str, text: &str, judging: &Judging<'_>, slips: &mut Slips<'_>) -> Option<Exercise> {
    let table = DeTable::parse(text).map_err(|error| slips.toml(text, &error)).ok()?;
    unknown_keys("", table.get_ref(), slips);
    let prose = prose::of(table.get_ref(), text, &slips.lines);
    let read = ExerciseToml::deserialize(Deserializer::from(table)).map_err(|error| slips.toml(text, &error)).ok()?;
    match read.format {
        Some(1) => {}
        None => slips.at(0, "the file lacks `format = 1`"),
        Some(other) => slips.whole(format!("`format = {other}` is not known; this program reads `format = 1`")),
    }
    if read.prompt.trim().is_empty() {
        slips.whole("there is no `prompt`: say what is asked");
        return None;
    }
    if read.solution.trim().is_empty() {
        slips.whole("there is no `solution`: say what a right answer is, and why");
    }
    let points = match &read.points {
        None => 1.0,
        Some(points) if *points.get_ref() > 0.0 && points.get_ref().is_finite() => *points.get_ref(),
        Some(points) => {
            slips.at(points.span().start, "`points` must be more than nothing; 1.0 is taken");
            1.0
        }
    };
    let kind = kind(&read, text, judging, slips)?;
    let samples = if matches!(kind, Kind::Text(_)) { Vec::new() } else { samples(&read.samples, &slips.lines) };
    let hints = hints(read.hints, matches!(judging, Judging::Now(_)).then_some(&kind), slips);
    let line = |start: usize| slips.lines.line_at(start);
    let about = read.about.map(|it| Pointer { line: line(it.span().start), to: it.into_inner() });
    let form_of = read.form_of.map(|it| Pointer { line: line(it.span().start), to: ExerciseId(it.into_inner()) });
    let shows = read.shows.into_iter().map(|it| Pointer { line: line(it.span().start), to: it.into_inner() });
    Some(Exercise {
        id: ExerciseId(name.to_owned()),
        title: read.title.unwrap_or_else(|| name.replace('-', " ")),
        minutes: read.minutes,
        prompt: read.prompt,
        kind,
        hints,
        about,
        similar: read.similar,
        form_of,
        shows: shows.collect(),
        solution: read.solution,
        samples,
        prose,
        file: slips.path.to_owned(),
        points,
    })
}

/// Hints, each with the items that it is about; `kind` is given where its items are read already, to see that they exist.
fn hints(read: Vec<Spanned<HintToml>>, kind: Option<&Kind>, slips: &mut Slips<'_>) -> Vec<Hint> {
    let known: Option<Vec<&str>> = kind.map(|kind| match kind {
        Kind::Text(rubric) => rubric.items().map(|item| item.id.as_str()).collect(),
        _ => Vec::new(),
    });
    let mut hints = Vec::new();
    for hint in read {
        let start = hint.span().start;
        let (text, items) = match hint.into_inner() {
            HintToml::Text(text) => (text, Vec::new()),
            HintToml::About { text, items } => (text, items),
        };
        if let Some(known) = &known {
            for item in items.iter().filter(|item| !known.contains(&item.as_str())) {
                let near = nearest_hint(item, known.iter().copied());
                slips.at(start, format!("a hint leads to `{item}`, and there is no such item{near}"));
            }
        }
        hints.push(Hint { text, items });
    }
    hints
}

fn samples(read: &[Spanned<SampleToml>], lines: &LineIndex) -> Vec<Sample> {
    let sample = |sample: &Spanned<SampleToml>| {
        let SampleToml { answer, tags, points } = sample.get_ref().clone();
        Sample { answer, tags, points, line: lines.line_at(sample.span().start) }
    };
    read.iter().map(sample).collect()
}

fn item_sources(items: &[Spanned<ItemSpec>], text: &str, lines: &LineIndex) -> Vec<ItemSource> {
    let starts = items.iter().map(|item| item.span().start);
    let ends = starts.clone().skip(1).chain([text.len()]);
    let source = |((item, start), end): ((&Spanned<ItemSpec>, usize), usize)| ItemSource {
        id: item.get_ref().id.clone(),
        line: lines.line_at(start),
        text: text.get(start..end).unwrap_or_default().to_owned(),
    };
    items.iter().zip(starts).zip(ends).map(source).collect()
}

fn kind(read: &ExerciseToml, text: &str, judging: &Judging<'_>, slips: &mut Slips<'_>) -> Option<Kind> {
    let Some(kind) = &read.kind else {
        slips.whole(format!("there is no `kind`: it is one of {}", KINDS.join(", ")));
        return None;
    };
    let start = kind.span().start;
    match kind.get_ref().as_str() {
        "text" => match judging {
            Judging::Now(vocabulary) => rubric(read, text, vocabulary, slips),
            Judging::Later(source) => Some(Kind::Text(Box::new(WrittenRubric::later(source.clone())))),
        },
        name @ ("choice" | "several") => {
            let n_right = read.options.iter().filter(|option| option.right).count();
            if read.options.len() < 2 || read.options.len() > 26 {
                slips.at(start, "a choice has 2 to 26 `[[option]]`s");
                return None;
            }
            match (name, n_right) {
                (_, 0) => slips.at(start, "no option is right: put `right = true` below the right one"),
                ("choice", 2..) => slips.at(start, "several options are right: say `kind = \"several\"`"),
                _ => {}
            }
            let options = read
                .options
                .iter()
                .map(|option| ChoiceOption { text: option.text.clone(), right: option.right, why: option.why.clone() })
                .collect();
            Some(Kind::Choice { options, several: name == "several" || n_right > 1 })
        }
        "order" => {
            if !(2..=26).contains(&read.steps.len()) {
                slips.at(start, "an order has 2 to 26 `steps`");
                return None;
            }
            Some(Kind::Order { steps: read.steps.clone() })
        }
        "number" => {
            let Some(value) = read.value.filter(|value| value.is_finite()) else {
                slips.at(start, "a number needs its right `value`");
                return None;
            };
            if read.tolerance.is_nan() || read.tolerance < 0.0 {
                slips.at(start, "`tolerance` must not be negative; 0 means exact");
            }
            let (why_low, why_high) = (read.why_low.clone(), read.why_high.clone());
            let tolerance = read.tolerance.max(0.0);
            Some(Kind::Number(NumberTask { value, unit: read.unit.clone(), tolerance, why_low, why_high }))
        }
        "matching" => tables::matching(&read.pairs, &read.extra, start, slips),
        "gaps" => tables::gaps(&read.text, &read.gaps, start, slips),
        "flow" => tables::flow(&read.stops, &read.paths, start, slips),
        "code" => code::task(text, start, slips).map(|task| Kind::Code(Box::new(task))),
        other => {
            let near = nearest_hint(other, KINDS);
            slips.at(start, format!("no kind `{other}`{near}; there are {}", KINDS.join(", ")));
            None
        }
    }
}

fn rubric(read: &ExerciseToml, text: &str, vocabulary: &Arc<Vocabulary>, slips: &mut Slips<'_>) -> Option<Kind> {
    let specs: Vec<ItemSpec> = read.items.iter().map(|item| item.get_ref().clone()).collect();
    for sample in &read.samples {
        for id in sample.get_ref().points.keys().filter(|id| specs.iter().all(|spec| spec.id != **id)) {
            let near = nearest_hint(id, specs.iter().map(|spec| spec.id.as_str()));
            let start = sample.span().start;
            let at = start + text[start..].find(id).unwrap_or(0);
            slips.at(at, format!("this sample gives points to an unknown item `{id}`{near}"));
        }
    }
    if specs.is_empty() {
        slips.whole("there is no `[[item]]`: say what a good answer holds");
        return None;
    }
    let mut rubric = LazyRubric::new(specs, &read.prompt, Arc::clone(vocabulary), read.concepts.clone());
    let (items, samples) = (item_sources(&read.items, text, &slips.lines), samples(&read.samples, &slips.lines));
    let marks = rubric.items().map(|item| item.id.clone()).collect();
    let solution = Precedent { answer: read.solution.clone(), marks };
    rubric.learn_samples(samples.iter().map(Sample::precedent).chain([solution]).collect());
    Some(Kind::Text(Box::new(WrittenRubric::from(Read { rubric, items, samples, problems: Vec::new() }))))
}

/// Says each key that nothing reads, with the nearest that something does.
fn unknown_keys(table: &str, read: &DeTable<'_>, slips: &mut Slips<'_>) {
    let Some((_, known)) = KEYS.iter().find(|(name, _)| *name == table) else { return };
    for (key, value) in read {
        let name: &str = key.get_ref();
        if !known.contains(&name) {
            let place = if table.is_empty() { String::new() } else { format!(" in [[{table}]]") };
            let near = nearest_hint(name, known.iter().copied());
            slips.at(key.span().start, format!("nothing reads the key `{name}`{place}{near}"));
        } else if let DeValue::Array(values) = value.get_ref() {
            for value in values {
                if let DeValue::Table(inner) = value.get_ref() {
                    unknown_keys(name, inner, slips);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::parse;

    fn said(text: &str) -> Vec<String> {
        parse("x", "x.toml", text, &Arc::default()).1.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn slips_are_said_with_their_line_and_a_remedy() {
        for (text, said_first) in [
            (
                "format = 1\nkind = \"chioce\"\nprompt = \"P\"\nsolution = \"S\"\n",
                "x.toml:2: no kind `chioce`; the nearest is `choice`",
            ),
            (
                "format = 1\nkind = \"order\"\npromt = \"P\"\nprompt = \"P\"\nsolution = \"S\"\nsteps = [\"a\", \"b\"]\n",
                "x.toml:3: nothing reads the key `promt`; the nearest is `prompt`",
            ),
            (
                "format = 1\nkind = \"number\"\nprompt = \"P\"\nsolution = \"S\"\nvalue = nan\n",
                "x.toml:2: a number needs its right `value`",
            ),
            (
                "format = 9\nkind = \"number\"\nprompt = \"P\"\nsolution = \"S\"\nvalue = 1.0\n",
                "x.toml: `format = 9` is not known; this program reads `format = 1`",
            ),
            (
                "format = 1\nkind = \"choice\"\nprompt = \"P\"\nsolution = \"S\"\n[[option]]\ntext = \"a\"\n[[option]]\ntext = \"b\"\n",
                "x.toml:2: no option is right: put `right = true` below the right one",
            ),
            (
                "format = 1\nkind = \"text\"\nprompt = \"P\"\nsolution = \"S\"\n",
                "x.toml: there is no `[[item]]`: say what a good answer holds",
            ),
            (
                "format = 1\nkind = \"matching\"\nprompt = \"P\"\nsolution = \"S\"\n[[pair]]\ntext = \"a\"\nwith = \"b\"\n",
                "x.toml:2: matching has 2 to 26 `[[pair]]`s",
            ),
            (
                "format = 1\nkind = \"gaps\"\nprompt = \"P\"\nsolution = \"S\"\ntext = \"{{first}} {{handlr}}\"\n[[gap]]\nname = \"first\"\naccept = [\"1\"]\n[[gap]]\nname = \"handler\"\n",
                "x.toml:2: no `[[gap]]` is named `handlr`; the nearest is `handler`",
            ),
            (
                "format = 1\nkind = \"gaps\"\nprompt = \"P\"\nsolution = \"S\"\ntext = \"{{one}}\"\n[[gap]]\nname = \"one\"\n",
                "x.toml:6: the gap `one` takes nothing",
            ),
            (
                "format = 1\nkind = \"flow\"\nprompt = \"P\"\nsolution = \"S\"\npaths = [\"a -> bb\"]\n[[stop]]\nid = \"a\"\nlabel = \"A\"\n[[stop]]\nid = \"b\"\nlabel = \"B\"\n",
                "x.toml:2: `paths` goes over `bb`, and no `[[stop]]` has that id",
            ),
            (
                "format = 1\nkind = \"flow\"\nprompt = \"P\"\nsolution = \"S\"\npaths = [\"a -> b\"]\n[[stop]]\nid = \"a\"\nlabel = \"Same\"\n[[stop]]\nid = \"b\"\nlabel = \"same\"\n",
                "x.toml:6: the label of `a` could be read as `b`",
            ),
            (
                "format = 1\nkind = \"text\"\nprompt = \"P\"\nsolution = \"S\"\nhints = [\"look\", { text = \"see\", items = [\"onec\"] }]\n[[item]]\nid = \"once\"\npoints = 1.0\nlabel = \"Once.\"\nsay = [\"It runs once.\"]\n",
                "x.toml:5: a hint leads to `onec`, and there is no such item; the nearest is `once`",
            ),
            ("format = 1\n\nkind = ", "x.toml:3:"),
            ("", "x.toml:1: the file lacks `format = 1`"),
        ] {
            let said = said(text);
            assert!(said.iter().any(|it| it.starts_with(said_first)), "{text}\n{said:?}");
        }
    }
}
