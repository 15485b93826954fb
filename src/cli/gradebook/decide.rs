//! What a person decides.

use std::collections::BTreeMap;
use std::path::Path;

use clap::Args;

use super::super::output::Output;
use super::super::{CliError, Outcome, open_course};
use super::{account, moment, named, now_ms, opened, wrong};
use crate::course::ExerciseId;
use crate::gradebook::queue;
use crate::gradebook::regrade::propose;
use crate::gradebook::review::{self, Word};
use crate::gradebook::run::Rubrics;
use crate::gradebook::{Change, Class, LatePolicy};
use crate::marking::Marker;
use crate::store::class::ClassFile;

#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  coldstart gradebook mark p-1a2b3c4d idle-connections reuse=1 cost=0.5 --reason 'says it in other words'"
)]
pub(super) struct Mark {
    /// Id, pseudonym, address or name
    student: String,
    exercise: String,
    /// Items and the points they get
    #[arg(required = true, value_name = "ITEM=POINTS", value_parser = item)]
    items: Vec<(String, f64)>,
    #[command(flatten)]
    word: Said,
    /// Mark all answers that say the same
    #[arg(long)]
    alike: bool,
}

#[derive(Debug, Args)]
struct Said {
    /// Shown to the student and kept
    #[arg(long, default_value = "", value_name = "TEXT")]
    reason: String,
    /// Who decides; the account's name when not said
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
}

impl Said {
    fn word(&self) -> Word {
        Word { by: self.by.clone().unwrap_or_else(account), reason: self.reason.clone(), took_ms: None }
    }
}

fn item(text: &str) -> Result<(String, f64), String> {
    let (id, points) = text.split_once('=').ok_or("write it as item=points")?;
    let points: f64 = points.parse().map_err(|_| format!("`{points}` is no number"))?;
    Ok((id.to_owned(), points))
}

#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  coldstart gradebook override anne idle-connections --delta 0.5 --reason 'hand-drawn diagram'"
)]
pub(super) struct Override {
    student: String,
    exercise: String,
    #[command(flatten)]
    change: ChangeArguments,
    #[command(flatten)]
    word: Said,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct ChangeArguments {
    /// So many points, whatever else was said
    #[arg(long, value_name = "POINTS", allow_negative_numbers = true)]
    total: Option<f64>,
    /// So many points more or less
    #[arg(long, value_name = "POINTS", allow_negative_numbers = true)]
    delta: Option<f64>,
    /// No mark, and none missing
    #[arg(long)]
    excuse: bool,
    /// Forget earlier overrides
    #[arg(long)]
    clear: bool,
}

impl ChangeArguments {
    fn change(&self) -> Change {
        match (self.total, self.delta, self.excuse) {
            (Some(total), ..) => Change::Total(total),
            (_, Some(delta), _) => Change::Delta(delta),
            (.., true) => Change::Excused,
            _ => Change::Cleared,
        }
    }
}

#[derive(Debug, Args)]
pub(super) struct Late {
    exercise: String,
    /// Such as 2026-11-03T23:00
    #[arg(long, value_name = "TIME", value_parser = moment)]
    due: i64,
    #[arg(long, default_value_t = 0, value_name = "MINUTES")]
    grace: u32,
    /// Percent of the points earned for each day begun
    #[arg(long, default_value_t = 10.0, value_name = "PERCENT")]
    per_day: f64,
    /// No more than this is taken
    #[arg(long, default_value_t = 100.0, value_name = "PERCENT")]
    cap: f64,
}

#[derive(Debug, Args)]
pub(super) struct Extend {
    student: String,
    exercise: String,
    #[arg(long, value_name = "TIME", value_parser = moment)]
    until: i64,
    #[arg(long, default_value = "", value_name = "TEXT")]
    reason: String,
}

#[derive(Debug, Args)]
pub(super) struct Request {
    student: String,
    exercise: String,
    #[arg(long, value_name = "TEXT")]
    reason: String,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  coldstart gradebook regrade\n  coldstart gradebook regrade --apply\n  coldstart gradebook undo"
)]
pub(super) struct Regrade {
    /// Write the new marks
    #[arg(long)]
    apply: bool,
    /// The share of the points that passes
    #[arg(long, default_value_t = 0.5, value_name = "SHARE")]
    pass: f64,
}

#[derive(Debug, Args)]
pub(super) struct Undo {
    /// The number that the command said; the last when not said
    number: Option<i64>,
    #[arg(long, default_value = "", value_name = "TEXT")]
    reason: String,
}

#[derive(Debug, Args)]
pub(super) struct Erase {
    student: String,
    /// It cannot be undone
    #[arg(long, required = true)]
    yes: bool,
}

#[derive(Debug, Args)]
pub(super) struct Purge {
    /// Such as 2026-09-01
    #[arg(long, value_name = "DAY", value_parser = moment)]
    before: i64,
    /// It cannot be undone; without it, say who would be forgotten
    #[arg(long)]
    yes: bool,
}

pub(super) fn mark(it: &Mark, path: &Path, output: &mut Output) -> Result<Outcome, CliError> {
    let (mut file, class) = opened(path)?;
    let (student, exercise) = named(&class, &it.student, &it.exercise)?;
    let students = if it.alike { queue::alike(&class, &exercise, student) } else { vec![student] };
    let items: BTreeMap<String, f64> = it.items.iter().cloned().collect();
    let word = it.word.word();
    let number = review::mark(&mut file, &class, &exercise, &students, &items, &word, now_ms()).map_err(wrong)?;
    output.line(&format!("{} answer(s) marked; `gradebook undo {number}` takes it back", students.len()))?;
    Ok(Outcome::Done)
}

pub(super) fn adjust(it: &Override, path: &Path, output: &mut Output) -> Result<Outcome, CliError> {
    let (mut file, class) = opened(path)?;
    let (student, exercise) = named(&class, &it.student, &it.exercise)?;
    let (change, word) = (it.change.change(), it.word.word());
    let number = review::adjust(&mut file, &class, (student, &exercise), change, &word, now_ms()).map_err(wrong)?;
    kept(number, output)
}

fn kept(number: i64, output: &mut Output) -> Result<Outcome, CliError> {
    output.line(&format!("kept; `gradebook undo {number}` takes it back"))?;
    Ok(Outcome::Done)
}

pub(super) fn late(it: &Late, path: &Path, output: &mut Output) -> Result<Outcome, CliError> {
    let (mut file, class) = opened(path)?;
    let exercise = ExerciseId(it.exercise.clone());
    if ![it.per_day, it.cap].iter().all(|percent| (0.0..=100.0).contains(percent)) {
        return Err(CliError::Input("--per-day and --cap are percents from 0 to 100".into()));
    }
    let policy = LatePolicy { due_ms: it.due, grace_min: it.grace, percent_per_day: it.per_day, cap_percent: it.cap };
    let number = review::set_late_policy(&mut file, &class, &exercise, policy, now_ms()).map_err(wrong)?;
    kept(number, output)
}

pub(super) fn extend(it: &Extend, path: &Path, output: &mut Output) -> Result<Outcome, CliError> {
    let (mut file, class) = opened(path)?;
    let (student, exercise) = named(&class, &it.student, &it.exercise)?;
    let number =
        review::extend(&mut file, &class, (student, &exercise), it.until, &it.reason, now_ms()).map_err(wrong)?;
    kept(number, output)
}

pub(super) fn request(it: &Request, path: &Path, output: &mut Output) -> Result<Outcome, CliError> {
    let (mut file, class) = opened(path)?;
    let (student, exercise) = named(&class, &it.student, &it.exercise)?;
    review::request(&mut file, &class, (student, &exercise), &it.reason, now_ms()).map_err(wrong)?;
    output.line("kept; `gradebook review --list` shows it")?;
    Ok(Outcome::Done)
}

pub(super) fn regrade(
    it: &Regrade,
    path: &Path,
    folder: Option<&Path>,
    output: &mut Output,
) -> Result<Outcome, CliError> {
    let course = open_course(folder)?;
    let (mut file, class) = opened(path)?;
    let rubrics = Rubrics::of(&course, folder, Marker::of_this_program()?);
    let regrade = propose(&class, &rubrics, it.pass);
    for it in &regrade.differences {
        let shown = |points: Option<f64>| points.map_or("–".to_owned(), |points| format!("{points:.2}"));
        let crosses = match it.crosses {
            Some(true) => ", now passes",
            Some(false) => ", no longer passes",
            None => "",
        };
        let (who, before, after) = (Class::pseudonym(&it.student), shown(it.before), shown(it.after));
        output.line(&format!("{who} {}: {before} → {after}{crosses} ({})", it.exercise, it.why.join(", ")))?;
    }
    let n = regrade.differences.len();
    output
        .line(&format!("{} answers were graded by another rubric or program; {n} marks change", regrade.n_outdated))?;
    if it.apply {
        match regrade.apply(&mut file, now_ms()).map_err(wrong)? {
            Some(number) => output.line(&format!("applied; `gradebook undo {number}` takes it back"))?,
            None => output.line("nothing to apply")?,
        }
    } else if regrade.n_outdated > 0 {
        output.line("nothing is changed yet; --apply does it")?;
    }
    Ok(Outcome::Done)
}

pub(super) fn undo(it: &Undo, path: &Path, output: &mut Output) -> Result<Outcome, CliError> {
    let (mut file, class) = opened(path)?;
    let wanted = it.number.or_else(|| class.batches.last().map(|batch| batch.number));
    let Some(number) = wanted else { return Err(CliError::Input("there is nothing to take back".into())) };
    review::undo(&mut file, &class, number, &it.reason, now_ms()).map_err(wrong)?;
    let batch = class.batches.iter().find(|batch| batch.number == number).expect("undo has found it");
    output.line(&format!("taken back: {} × {}", batch.n_entries, batch.kind))?;
    Ok(Outcome::Done)
}

pub(super) fn erase(it: &Erase, path: &Path, output: &mut Output) -> Result<Outcome, CliError> {
    let (mut file, class) = opened(path)?;
    let student = class.find_student(&it.student).map_err(wrong)?;
    let n_entries = file.erase(&student.0).map_err(wrong)?;
    output.line(&format!("{n_entries} entries erased; copies made by `gradebook backup` still hold them"))?;
    Ok(Outcome::Done)
}

pub(super) fn purge(it: &Purge, path: &Path, output: &mut Output) -> Result<Outcome, CliError> {
    let mut file = ClassFile::open(path).map_err(wrong)?;
    let students = file.students_untouched_since(it.before).map_err(wrong)?;
    if !it.yes {
        output.line(&format!("{} students would be forgotten; --yes does it", students.len()))?;
        return Ok(Outcome::Done);
    }
    for student in &students {
        file.erase(student).map_err(wrong)?;
    }
    output.line(&format!("{} students forgotten", students.len()))?;
    Ok(Outcome::Done)
}
