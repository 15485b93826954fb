//! What happens while the function is served over HTTP, and how it looks: environments found, made, busy, expired.

use std::collections::VecDeque;

use super::call::{Ran, Served, Start};
use crate::app::row::{Row, Span, Ui};

/// Lines that are kept; the newest first.
const LINES_KEPT: usize = 100;

#[derive(Clone, Debug, Default)]
pub(super) struct Serving {
    pub(super) is_on: bool,
    address: String,
    concurrency: usize,
    keep_alive_s: u64,
    n_idle: usize,
    n_busy: usize,
    lines: VecDeque<Row>,
}

impl Serving {
    pub(super) fn hear(&mut self, served: &Served) {
        let line = match served {
            Served::Listening { address, concurrency, keep_alive_s } => {
                self.is_on = true;
                self.address.clone_from(address);
                (self.concurrency, self.keep_alive_s) = (*concurrency, *keep_alive_s);
                return;
            }
            Served::Occupied { n_idle, n_busy } => {
                (self.n_idle, self.n_busy) = (*n_idle, *n_busy);
                return;
            }
            Served::Request { line, status, ran, reason } => request(line, *status, ran.as_deref(), reason.as_deref()),
            Served::Delivered { source, function, ran } => {
                let mut row =
                    Row::of([Span::ui(Ui::Key, source.clone()), Span::ui(Ui::Text, format!(" → {function}  "))]);
                row.spans.extend(found(ran));
                row
            }
            Served::Expired { function, environment } => Row::ui(
                Ui::Idle,
                format!(
                    "environment {environment} of {function} expired: nobody called it for {} s",
                    self.keep_alive_s
                ),
            ),
            Served::Stopped { why } => {
                self.is_on = false;
                (self.n_idle, self.n_busy) = (0, 0);
                match why {
                    None => Row::ui(Ui::Muted, "no longer served; its environments are gone"),
                    Some(why) => Row::ui(Ui::Warning, why.clone()),
                }
            }
        };
        self.lines.push_front(line);
        self.lines.truncate(LINES_KEPT);
    }

    pub(super) fn rows(&self, width: usize) -> Vec<Row> {
        let mut rows = Vec::new();
        if self.is_on {
            rows.push(Row::of([
                Span::ui(Ui::Strong, "Served on "),
                Span::ui(Ui::Key, self.address.clone()),
                Span::ui(Ui::Muted, format!(" · try: curl '{}/users?id=42'", self.address)),
            ]));
            let n_free = self.concurrency.saturating_sub(self.n_idle + self.n_busy);
            rows.push(Row::of([
                Span::ui(Ui::Muted, "environments  "),
                Span::ui(Ui::Busy, "● ".repeat(self.n_busy)),
                Span::ui(Ui::Idle, "○ ".repeat(self.n_idle)),
                Span::ui(Ui::Muted, "· ".repeat(n_free)),
                Span::ui(
                    Ui::Muted,
                    format!(
                        "  {} busy, {} idle, at most {}; idle for {} s, they expire",
                        self.n_busy, self.n_idle, self.concurrency, self.keep_alive_s
                    ),
                ),
            ]));
        }
        rows.extend(self.lines.iter().cloned());
        rows.into_iter().map(|row| row.cut(width)).collect()
    }
}

fn request(line: &str, status: u16, ran: Option<&Ran>, reason: Option<&str>) -> Row {
    let role = match status {
        429 => Ui::Refused,
        500.. => Ui::Warning,
        _ => Ui::Text,
    };
    let mut row = Row::of([Span::ui(Ui::Text, format!("{line}  ")), Span::ui(role, format!("{status}  "))]);
    match ran {
        Some(ran) => row.spans.extend(found(ran)),
        None => row.spans.push(Span::ui(Ui::Muted, "the gateway found no function for it")),
    }
    if let (Some(reason), true) = (reason, status >= 500) {
        row.spans.push(Span::ui(Ui::Warning, format!("  {reason}")));
    }
    row
}

/// How a request came to its environment.
fn found(ran: &Ran) -> Vec<Span> {
    let number = ran.environment.unwrap_or_default();
    let took = format!("{:.1} ms", ran.total_ms());
    match ran.start {
        Start::Cold => vec![Span::ui(Ui::Cold, format!("made environment {number}, cold, {took}"))],
        Start::Warm => vec![Span::ui(Ui::Warm, format!("found environment {number}, warm, {took}"))],
        Start::Refused => vec![Span::ui(Ui::Refused, "all environments were busy, and no more may be made")],
    }
}
