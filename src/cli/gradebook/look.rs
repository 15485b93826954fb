//! What there is to see: lists, the queue, one answer, the reasons of a mark, statistics, the proof.

use std::path::Path;

use clap::Args;
use serde::Serialize;

use super::super::output::Output;
use super::super::{CliError, Format, Outcome};
use super::{account, known_exercise, named, now_ms, opened, wrong};
use crate::course::{Course, ExerciseId};
use crate::grade::{ItemVerdict, Status};
use crate::gradebook::queue::answer_in_words;
use crate::gradebook::{Class, Standing, StudentId, queue, review, similar, stats as numbers};
use crate::store::class::ClassFile;

#[derive(Debug, Args)]
pub(super) struct List {
    /// Show names instead of pseudonyms; the class file keeps that somebody looked
    #[arg(long)]
    names: bool,
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  coldstart gradebook review\n  coldstart gradebook review --exercise idle-connections --by ada\n  coldstart gradebook review --list --limit 50"
)]
pub(super) struct Review {
    /// Print the queue instead of opening it
    #[arg(long)]
    pub(super) list: bool,
    /// Who marks; the account's name when not said
    #[arg(long, value_name = "NAME")]
    pub(super) by: Option<String>,
    /// Of this exercise only
    #[arg(long, value_name = "EXERCISE")]
    pub(super) exercise: Option<String>,
    #[arg(long, default_value_t = 20, value_name = "N")]
    limit: usize,
}

#[derive(Debug, Args)]
pub(super) struct About {
    /// Id, pseudonym, address or name
    student: String,
    exercise: String,
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Serialize)]
struct Listed<'a> {
    student: String,
    exercise: &'a ExerciseId,
    #[serde(flatten)]
    standing: Standing,
}

pub(super) fn list(it: &List, path: &Path, output: &mut Output) -> Result<Outcome, CliError> {
    let (mut file, class) = opened(path)?;
    if it.names {
        review::reveal_names(&mut file, &account(), now_ms()).map_err(wrong)?;
    }
    let who = |id: &StudentId| {
        let name = class.students.get(id).map(|it| it.name.as_str()).unwrap_or_default();
        match (it.names, name) {
            (false, _) => Class::pseudonym(id),
            (true, "") => id.0.clone(),
            (true, name) => format!("{id} {name}"),
        }
    };
    let mut listed: Vec<Listed<'_>> = class
        .standings()
        .map(|(exercise, student, _, standing)| Listed { student: who(student), exercise, standing })
        .collect();
    // By what is shown: the order of the hidden ids would tell of them.
    listed.sort_by(|a, b| (a.exercise, &a.student).cmp(&(b.exercise, &b.student)));
    if it.format == Format::Json {
        output.json(&listed)?;
        return Ok(Outcome::Done);
    }
    for Listed { student, exercise, standing } in &listed {
        let review = if standing.needs_review { "  to review" } else { "" };
        output.line(&format!("{student:<24} {exercise:<32} {}{review}", points(standing)))?;
    }
    Ok(Outcome::Done)
}

fn points(standing: &Standing) -> String {
    match standing.points {
        Some(points) => format!("{points:.2} of {:.2}", standing.max),
        None if standing.excused => "excused".to_owned(),
        None => "not graded".to_owned(),
    }
}

pub(super) fn review(it: &Review, path: &Path, output: &mut Output) -> Result<Outcome, CliError> {
    let (_, class) = opened(path)?;
    let exercise = it.exercise.clone().map(ExerciseId);
    let groups = queue::of(&class, exercise.as_ref());
    if groups.is_empty() {
        let is_graded = class.records.values().any(|record| record.grading().is_some());
        output.line(if is_graded { "nothing is left to look at" } else { "nothing is graded yet: `gradebook run`" })?;
    }
    for group in groups.iter().take(it.limit) {
        let alike = match group.students.len() {
            1 => String::new(),
            n => format!(", {n} alike"),
        };
        let who = Class::pseudonym(group.students[0]);
        output.line(&format!("{who} {}: {:.2} points in doubt{alike}: {}", group.exercise, group.doubt, group.why))?;
        output.line(&format!("    {}", shortened(&answer_in_words(group.record), 100)))?;
    }
    if groups.len() > it.limit {
        output.line(&format!("… and {} more (--limit)", groups.len() - it.limit))?;
    }
    Ok(Outcome::Done)
}

fn shortened(text: &str, n_chars: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(n_chars) {
        Some((at, _)) => format!("{}…", &line[..at]),
        None => line,
    }
}

pub(super) fn show(it: &About, path: &Path, output: &mut Output) -> Result<Outcome, CliError> {
    let (_, class) = opened(path)?;
    let (student, exercise) = named(&class, &it.student, &it.exercise)?;
    let record = class.record_of(student, &exercise).map_err(wrong)?;
    if it.format == Format::Json {
        output.json(&(record.current(), record.grading()))?;
        return Ok(Outcome::Done);
    }
    output.line(&answer_in_words(record))?;
    for flag in record.current().map(|it| it.flags.as_slice()).unwrap_or_default() {
        output.line(&format!("! {flag}"))?;
    }
    let Some(grading) = record.grading() else {
        output.line("not graded yet: `gradebook run`")?;
        return Ok(Outcome::Done);
    };
    output.line("")?;
    items(&grading.verdict.items, |item| record.item_points(item), output)?;
    let n_alike = queue::alike(&class, &exercise, student).len() - 1;
    if n_alike > 0 {
        output.line(&format!("{n_alike} others say the same: `gradebook mark … --alike` marks them too"))?;
    }
    Ok(Outcome::Done)
}

pub(super) fn explain(it: &About, path: &Path, output: &mut Output) -> Result<Outcome, CliError> {
    let (_, class) = opened(path)?;
    let (student, exercise) = named(&class, &it.student, &it.exercise)?;
    let record = class.record_of(student, &exercise).map_err(wrong)?;
    let standing = record.standing(class.policies.get(&exercise));
    let history = record.history();
    if it.format == Format::Json {
        let history: Vec<_> = history.into_iter().map(|(at_ms, what)| Happened { at_ms, what }).collect();
        let explained = Explained { student: Class::pseudonym(student), exercise: &exercise, standing, history };
        output.json(&explained)?;
        return Ok(Outcome::Done);
    }
    output.line(&format!("{}, {exercise}: {}", Class::pseudonym(student), points(&standing)))?;
    for (at_ms, what) in history {
        output.line(&format!("  {}  {what}", day(at_ms)))?;
    }
    if let Some(grading) = record.grading() {
        output.line("what the grader went by:")?;
        items(&grading.verdict.items, |item| item.points, output)?;
    }
    output.line("so the mark is:")?;
    for step in &standing.steps {
        output.line(&format!("  {step}"))?;
    }
    Ok(Outcome::Done)
}

#[derive(Serialize)]
struct Explained<'a> {
    student: String,
    exercise: &'a ExerciseId,
    #[serde(flatten)]
    standing: Standing,
    history: Vec<Happened>,
}

#[derive(Serialize)]
struct Happened {
    at_ms: i64,
    what: String,
}

/// Each item with the words that earned it and why not.
fn items(items: &[ItemVerdict], points: impl Fn(&ItemVerdict) -> f64, output: &mut Output) -> Result<(), CliError> {
    for item in items {
        let sign = match item.status {
            Status::Made => '✓',
            Status::Partly => '~',
            Status::Missing => '✗',
        };
        let (sure, points) = (item.confidence * 100.0, points(item));
        output
            .line(&format!("  {sign} {points:.2}/{:.2}  {}: {} ({sure:.0} % sure)", item.max, item.id, item.label))?;
        for evidence in &item.evidence {
            output.line(&format!("      “{}”", shortened(&evidence.text, 200)))?;
        }
        if let Some(reason) = &item.reason {
            output.line(&format!("      {reason}"))?;
        }
    }
    Ok(())
}

fn day(at_ms: i64) -> String {
    jiff::Timestamp::from_millisecond(at_ms).map(|it| it.to_string().chars().take(16).collect()).unwrap_or_default()
}

pub(super) fn stats(format: Format, path: &Path, output: &mut Output) -> Result<Outcome, CliError> {
    let (_, class) = opened(path)?;
    let all = numbers::of(&class);
    if format == Format::Json {
        output.json(&all)?;
        return Ok(Outcome::Done);
    }
    for it in &all {
        output.line(&format!(
            "{}: {} answers, {} graded, {} to review",
            it.exercise, it.n_answers, it.n_graded, it.n_to_review
        ))?;
        output.line(&format!(
            "  mean {:.2}, median {:.2}, standard deviation {:.2}, of {:.2} points",
            it.mean, it.median, it.std_dev, it.max
        ))?;
        let most = it.histogram.iter().copied().max().unwrap_or(0).max(1);
        for (tenth, n) in it.histogram.iter().enumerate() {
            let bar = "█".repeat((n * 40).div_ceil(most));
            output.line(&format!("  {:>3}-{:<3} % {n:>5} {bar}", tenth * 10, (tenth + 1) * 10))?;
        }
        for item in &it.items {
            let with_rest = item.discrimination.map_or("–".to_owned(), |r| format!("{r:+.2}"));
            let share = item.difficulty * 100.0;
            output.line(&format!("  {:<24} {share:>4.0} % earned, with the rest {with_rest}", item.id))?;
        }
        if let Some(look) = &it.look {
            let (n, median_s, total_min) = (look.n_answers, look.median_s, look.total_s / 60.0);
            output.line(&format!("  {n} answers marked in {total_min:.1} minutes, {median_s:.1} s each (median)"))?;
        }
        if let Some(agreement) = &it.agreement {
            let kappa = agreement.kappa.map_or("–".to_owned(), |kappa| format!("{kappa:.2}"));
            let (n, error) = (agreement.n_items, agreement.mean_absolute_error);
            output.line(&format!("  people and grader on {n} items: kappa {kappa}, mean error {error:.2} points"))?;
        }
    }
    Ok(Outcome::Done)
}

pub(super) fn verify(path: &Path, output: &mut Output) -> Result<Outcome, CliError> {
    let proof = ClassFile::open(path).and_then(|file| file.verify()).map_err(wrong)?;
    if let Some(seq) = proof.broken_at {
        output.line(&format!("entry {seq} is not what was written: the file was changed, or is damaged"))?;
        return Ok(Outcome::FoundWrong);
    }
    output.line(&format!("{} entries are whole, {} of them erased", proof.n_entries, proof.n_erased))?;
    output.line(&format!("newest: {}", proof.tip))?;
    Ok(Outcome::Done)
}

#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  coldstart gradebook similar\n  coldstart gradebook similar idle-connections --format json"
)]
pub(super) struct Similar {
    /// Of this exercise only
    exercise: Option<String>,
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

pub(super) fn similar(it: &Similar, path: &Path, course: &Course, output: &mut Output) -> Result<Outcome, CliError> {
    let (_, class) = opened(path)?;
    let exercise = it.exercise.as_deref().map(|name| known_exercise(course, name)).transpose()?;
    let mut clusters = similar::clusters(&class, course, exercise.as_ref());
    for student in clusters.iter_mut().flat_map(|cluster| &mut cluster.students) {
        student.0 = Class::pseudonym(student);
    }
    if it.format == Format::Json {
        output.json(&clusters)?;
        return Ok(Outcome::Done);
    }
    for cluster in &clusters {
        let who = cluster.students.iter().map(|it| it.0.as_str()).collect::<Vec<_>>().join(", ");
        let share = cluster.share * 100.0;
        output.line(&format!("{}: {who}: {share:.0} % in common, such as", cluster.exercise))?;
        output.line(&format!("    “{}”", cluster.words))?;
    }
    output.line(if clusters.is_empty() {
        "no two answers share more than a turn of phrase"
    } else {
        "This is a question, not a verdict: a quotation, the lecture's own words or work in pairs look the same."
    })?;
    Ok(Outcome::Done)
}
