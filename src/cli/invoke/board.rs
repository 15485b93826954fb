//! The gateway on a terminal: a line for each thing that happens, and below them how the environments stand.
//!
//! The lines stay when it ends. What stands below is written anew in its place when it changes, and only then: while
//! nobody calls, nothing is written.

use std::io;

use jiff::tz::TimeZone;
use jiff::{Timestamp, ZonedDateTime};

use super::shown::arrival;
use crate::app::function::times::say_ms;
use crate::app::row::{Row, Span, Ui, wrapped};
use crate::cli::output::Output;
use crate::faas::{Delivery, Happening, Invocation, Level, Platform, Schedule, Served, Start, Trigger};

/// Columns of a line beside what happened: the time, a status, how an environment came to it, how long it took.
const TIME_COLS: usize = 10;
const STATUS_COLS: usize = 6;
const HOW_COLS: usize = 20;
const TOOK_COLS: usize = 9;
/// Functions whose environments are shown one by one.
const MOST_FUNCTIONS: usize = 6;
/// Environments that are shown as marks; more are a number.
const MOST_MARKS: usize = 24;
/// Lines of a log that are shown of one invocation.
const MOST_LOG_LINES: usize = 8;

pub(super) struct Board<'a> {
    output: &'a mut Output,
    /// What stands below the lines now.
    standing: Vec<Row>,
    counts: Counts,
    next: Vec<Next>,
}

/// What came of the requests so far.
#[derive(Default)]
struct Counts {
    cold: usize,
    warm: usize,
    refused: usize,
    failed: usize,
    without_function: usize,
    expired: usize,
}

/// When a schedule fires next.
struct Next {
    function: String,
    rate: String,
    schedule: Schedule,
    /// `None` when it never fires again.
    at_ms: Option<i64>,
}

impl<'a> Board<'a> {
    /// Tells where it listens, and begins.
    pub(super) fn begin(output: &'a mut Output, address: &str, platform: &Platform) -> io::Result<Self> {
        output.rows(&[Row::of([
            Span::ui(Ui::Strong, format!("listening on http://{address}")),
            Span::ui(Ui::Muted, ", until Ctrl-C"),
        ])])?;
        for (route, function) in platform.deployment().routes() {
            output.rows(&[Row::ui(Ui::Muted, format!("  {route} → {}", function.name))])?;
        }
        let now_ms = Timestamp::now().as_millisecond();
        let mut next = Vec::new();
        for function in &platform.deployment().functions {
            for trigger in &function.triggers {
                let Trigger::Schedule { rate } = trigger else { continue };
                let Ok(schedule) = Schedule::parse(rate) else { continue };
                let at_ms = schedule.next_ms(now_ms);
                next.push(Next { function: function.name.clone(), rate: rate.clone(), schedule, at_ms });
            }
        }
        output.rows(&[Row::default(), head(width())])?;
        let mut board = Self { output, standing: Vec::new(), counts: Counts::default(), next };
        board.look(platform)?;
        Ok(board)
    }

    /// A line for what happened, and lines for what it set off.
    pub(super) fn tell(
        &mut self,
        happening: &Happening,
        deliveries: &[Delivery],
        platform: &Platform,
    ) -> io::Result<()> {
        let width = width();
        let mut rows = match happening {
            Happening::Answered(served) => self.answered(served, width),
            Happening::Fired { rate, invocation } => {
                self.fired(rate, &invocation.function);
                self.invoked(&format!("{rate} → {}", invocation.function), "", invocation, width)
            }
            Happening::Expired { function, environment } => {
                self.counts.expired += 1;
                let text = format!("environment {environment} of {function} expired: nobody called it");
                vec![Row::of([Span::ui(Ui::Muted, clock(&ZonedDateTime::now())), Span::ui(Ui::Idle, text)])]
            }
        };
        for delivery in deliveries {
            rows.extend(self.invoked(&arrival(delivery), "", &delivery.invocation, width));
        }
        self.lift()?;
        self.output.rows(&rows.into_iter().map(|row| row.cut(width)).collect::<Vec<_>>())?;
        self.stand(platform, width)
    }

    /// Looks whether the environments stand otherwise than they did.
    pub(super) fn look(&mut self, platform: &Platform) -> io::Result<()> {
        let width = width();
        if self.state(platform, width) == self.standing {
            return Ok(());
        }
        self.lift()?;
        self.stand(platform, width)
    }

    /// Leaves the lines, and what it came to.
    pub(super) fn end(&mut self) -> io::Result<()> {
        self.lift()?;
        let said = self.counts.said();
        self.output.rows(&[Row::ui(Ui::Strong, said).cut(width())])
    }

    fn answered(&mut self, served: &Served, width: usize) -> Vec<Row> {
        let Served { method, path, response, invocation } = served;
        let (request, status) = (format!("{method} {path}"), response.status.to_string());
        let mut rows = if let Some(invocation) = invocation {
            self.invoked(&request, &status, invocation, width)
        } else {
            self.counts.without_function += 1;
            vec![line(&request, &status, Span::ui(Ui::Muted, "no function"), None, width)]
        };
        // A fault has been told with the invocation.
        let is_fault = invocation.as_ref().is_some_and(|it| it.result.is_err());
        if let Some(reason) = response.reason.as_ref().filter(|_| !is_fault) {
            rows.extend(indented(Ui::Warning, reason, width));
        }
        rows
    }

    fn invoked(&mut self, what: &str, status: &str, invocation: &Invocation, width: usize) -> Vec<Row> {
        let number = invocation.environment.map_or_else(String::new, |number| number.to_string());
        let (how, role) = match invocation.start {
            Some(Start::Cold) => (format!("cold, made {number}"), Ui::Cold),
            Some(Start::Warm) => (format!("warm, found {number}"), Ui::Warm),
            None => ("refused, all busy".to_owned(), Ui::Refused),
        };
        match invocation.start {
            Some(Start::Cold) => self.counts.cold += 1,
            Some(Start::Warm) => self.counts.warm += 1,
            None => self.counts.refused += 1,
        }
        self.counts.failed += usize::from(invocation.result.is_err() && invocation.start.is_some());
        let took = invocation.start.map(|_| say_ms(invocation.phases.total_ms()));
        let mut rows = vec![line(what, status, Span::ui(role, how), took, width)];
        for logged in invocation.logs.iter().take(MOST_LOG_LINES) {
            let role = if matches!(logged.level, Level::Error | Level::Warn) { Ui::Warning } else { Ui::Muted };
            rows.extend(indented(role, &logged.text, width));
        }
        // Of one that was refused, the line says it all.
        if let (Some(_), Err(fault)) = (invocation.start, &invocation.result) {
            rows.extend(indented(Ui::Warning, &fault.to_string(), width));
        }
        rows
    }

    fn fired(&mut self, rate: &str, function: &str) {
        let now_ms = Timestamp::now().as_millisecond();
        for next in self.next.iter_mut().filter(|next| next.rate == rate && next.function == function) {
            next.at_ms = next.schedule.next_ms(now_ms);
        }
    }

    /// Takes away what stands below the lines.
    fn lift(&mut self) -> io::Result<()> {
        if !self.standing.is_empty() {
            // To the beginning of the line so many above, and everything from there on is gone.
            self.output.raw(format!("\x1b[{}F\x1b[J", self.standing.len()).as_bytes())?;
            self.standing.clear();
        }
        Ok(())
    }

    fn stand(&mut self, platform: &Platform, width: usize) -> io::Result<()> {
        self.standing = self.state(platform, width);
        self.output.rows(&self.standing)?;
        self.output.finish()
    }

    /// How the environments stand, what it has come to, and what comes next.
    fn state(&self, platform: &Platform, width: usize) -> Vec<Row> {
        let mut rows = vec![Row::ui(Ui::Border, "─".repeat(width))];
        let functions = &platform.deployment().functions;
        let longest =
            functions.iter().take(MOST_FUNCTIONS).map(|it| it.name.chars().count()).max().unwrap_or(0).min(24);
        for function in functions.iter().take(MOST_FUNCTIONS) {
            let occupancy = platform.occupancy(&function.name);
            let (n_busy, n_idle) = (occupancy.n_busy, occupancy.n_idle);
            let n_room = platform.limit_of(&function.name).saturating_sub(n_busy + n_idle);
            let marks = |mark: &str, n: usize| mark.repeat(n.min(MOST_MARKS));
            rows.push(Row::of([
                Span::ui(Ui::Text, format!("{:<longest$}  ", function.name)),
                Span::ui(Ui::Busy, marks("●", n_busy)),
                Span::ui(Ui::Idle, marks("○", n_idle)),
                Span::ui(Ui::Muted, marks("·", n_room)),
                Span::ui(Ui::Muted, format!("  {n_busy} busy, {n_idle} idle, room for {n_room} more")),
            ]));
        }
        if functions.len() > MOST_FUNCTIONS {
            rows.push(Row::ui(Ui::Muted, format!("and {} functions more", functions.len() - MOST_FUNCTIONS)));
        }
        rows.push(Row::ui(Ui::Strong, self.counts.said()));
        let next = self.next.iter().filter_map(|next| Some((next.at_ms?, next))).min_by_key(|(at_ms, _)| *at_ms);
        if let Some((at_ms, next)) = next
            && let Ok(at) = Timestamp::from_millisecond(at_ms)
        {
            let at = at.to_zoned_datetime(TimeZone::system());
            let day = if at.date() == ZonedDateTime::now().date() { String::new() } else { format!("{} ", at.date()) };
            let text = format!("next: {} → {} at {day}{}", next.rate, next.function, at.strftime("%H:%M:%S"));
            rows.push(Row::ui(Ui::Muted, text));
        }
        rows.into_iter().map(|row| row.cut(width)).collect()
    }
}

impl Counts {
    fn said(&self) -> String {
        let Self { cold, warm, refused, failed, without_function, expired } = self;
        let mut said = format!("{} invocations: {cold} cold, {warm} warm", cold + warm + refused);
        let others = [(refused, "refused"), (failed, "failed"), (without_function, "astray"), (expired, "expired")];
        for (n, what) in others.into_iter().filter(|(n, _)| **n > 0) {
            said += &format!(", {n} {what}");
        }
        said
    }
}

/// What the columns are.
fn head(width: usize) -> Row {
    let what = width.saturating_sub(TIME_COLS + STATUS_COLS + HOW_COLS + TOOK_COLS).max(8);
    let text = format!(
        "{:<TIME_COLS$}{:<what$}{:>4}  {:<HOW_COLS$}{:>TOOK_COLS$}",
        "time", "request or event", "", "environment", "took"
    );
    Row::ui(Ui::Muted, text).cut(width)
}

fn line(what: &str, status: &str, how: Span, took: Option<String>, width: usize) -> Row {
    let what_cols = width.saturating_sub(TIME_COLS + STATUS_COLS + HOW_COLS + TOOK_COLS).max(8);
    let role = match status.chars().next() {
        Some('4') => Ui::Refused,
        Some('5') => Ui::Warning,
        _ => Ui::Text,
    };
    let mut row = Row::of([Span::ui(Ui::Muted, clock(&ZonedDateTime::now()))]);
    row.spans.extend(Row::ui(Ui::Text, what).cut(what_cols - 1).padded(what_cols, Ui::Text).spans);
    row.spans.push(Span::ui(role, format!("{status:>4}  ")));
    row.spans.extend(Row::of([how]).cut(HOW_COLS).padded(HOW_COLS, Ui::Text).spans);
    row.spans.push(Span::ui(Ui::Strong, format!("{:>TOOK_COLS$}", took.unwrap_or_default())));
    row
}

fn clock(now: &ZonedDateTime) -> String {
    format!("{:<TIME_COLS$}", now.strftime("%H:%M:%S").to_string())
}

/// More about the line above.
fn indented(role: Ui, text: &str, width: usize) -> Vec<Row> {
    let mut rows = wrapped(role, text, width.saturating_sub(TIME_COLS).max(8));
    for row in &mut rows {
        row.spans.insert(0, Span::ui(Ui::Text, " ".repeat(TIME_COLS)));
    }
    rows
}

/// One less than the terminal has: a full line would wrap on some.
fn width() -> usize {
    Output::width() - 1
}
