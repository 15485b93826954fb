//! The screen of a function as rows, and its card on the page.

use super::times::{self, Simulated, say_ms};
use super::{Asked, Bench, Editing, Ran, SEEN_FROM_MS, Start, Version};
use crate::app::code;
use crate::app::row::{Row, Span, Ui, wrapped};
use crate::app::size::measure;

/// From this width on two versions stand side by side.
const BESIDE_FROM_COLS: usize = 76;
/// The newest runs of a version that are shown.
const RUNS_SHOWN: usize = 8;
const RUNS_ON_CARD: usize = 4;
const GAP_COLS: usize = 3;
const TIMES: &str = "Measured here, simulated, and in the cloud";

impl Bench {
    pub(super) fn screen_rows(&self, width: usize) -> Vec<Row> {
        let mut rows = Vec::new();
        if self.editing.is_none() {
            rows.extend(self.event_rows(width));
            rows.push(Row::default());
        }
        if let Some(serving) = &self.serving {
            rows.extend(serving.rows(width));
            rows.push(Row::default());
        }
        rows.extend(self.still_running(width));
        rows.extend(self.runs(width, RUNS_SHOWN));
        rows.push(legend(width));
        rows.extend(self.last_answer(width));
        if !self.times.is_empty() {
            rows.extend([Row::default(), Row::ui(Ui::Strong, TIMES)]);
            rows.extend(times::rows(&self.times, Simulated::Scenario, width));
        }
        if self.editing != Some(Editing::Code) {
            let version = &self.versions[self.shown];
            rows.push(Row::default());
            rows.push(Row::of([
                Span::ui(Ui::Strong, self.task.file.clone()),
                Span::ui(Ui::Muted, format!(" · {} · ", version.title)),
                Span::ui(Ui::Key, "e"),
                Span::ui(Ui::Muted, " edits it"),
            ]));
            if self.is_changed(self.shown) {
                let kept = [
                    Span::ui(Ui::Muted, "changed, and kept · "),
                    Span::ui(Ui::Key, "r"),
                    Span::ui(Ui::Muted, " takes it as the page has it"),
                ];
                rows.push(Row::of(kept));
            }
            rows.extend(code::rows(&version.editor.text(), "js", &self.marks(), width));
        }
        rows
    }

    /// What the card on the page shows below its first lines.
    pub fn card(&self, width: usize) -> Vec<Row> {
        let mut rows = self.runs(width, RUNS_ON_CARD);
        if self.versions.iter().any(|version| !version.ran.is_empty()) {
            rows.push(legend(width));
        }
        rows.extend(self.last_answer(width));
        rows
    }

    /// What becomes of code that does not come to an end.
    fn still_running(&self, width: usize) -> Vec<Row> {
        let Some(ms) = self.awaited_ms().filter(|ms| *ms >= SEEN_FROM_MS) else { return Vec::new() };
        let says = match self.asked {
            Some(Asked::Measures(_)) => {
                "Measuring: environments are made and thrown away, one after the other.".to_owned()
            }
            _ => format!(
                "The code has been running for {:.1} s. The platform stops it at its timeout, or when it has computed for \
                 two seconds; until then all else goes on.",
                ms as f64 / 1000.0
            ),
        };
        let mut rows = wrapped(Ui::Busy, &says, measure(width));
        rows.push(Row::default());
        rows
    }

    /// The row on which the measured times begin.
    pub(super) fn row_of_times(&self) -> usize {
        self.rows.iter().position(|row| row.text() == TIMES).unwrap_or(self.top)
    }

    fn event_rows(&self, width: usize) -> Vec<Row> {
        let mut rows = vec![Row::ui(Ui::Muted, "What happens to the function; ↑ ↓ choose, Enter invokes")];
        let own = ("an event of your own; v writes it", String::new());
        let given = self.task.events.iter().map(|event| {
            let what = event.request.clone().or_else(|| event.event.clone()).unwrap_or_default();
            (event.name.as_str(), what.split_whitespace().collect::<Vec<_>>().join(" "))
        });
        for (index, (name, what)) in given.chain([own]).enumerate() {
            let here = index == self.chosen;
            let (mark, role) = if here { ("› ", Ui::Chosen) } else { ("  ", Ui::Text) };
            let row = Row::of([
                Span::ui(Ui::Key, mark),
                Span::ui(role, name.to_owned()),
                Span::ui(Ui::Muted, if what.is_empty() { what } else { format!("  {what}") }),
            ]);
            rows.push(row.cut(width));
        }
        rows
    }

    /// The newest runs of each version, side by side where there is room.
    fn runs(&self, width: usize, n_shown: usize) -> Vec<Row> {
        let beside = self.versions.len() > 1 && width >= BESIDE_FROM_COLS;
        let cols = if beside { (width - GAP_COLS) / 2 } else { width };
        // One scale for both: what is longer looks longer.
        let longest = self.versions.iter().flat_map(|it| newest(it, n_shown)).map(|(_, ran)| ran.total_ms());
        let longest = longest.fold(1.0, f64::max);
        let mut columns: Vec<Vec<Row>> = self
            .versions
            .iter()
            .enumerate()
            .map(|(index, version)| self.version_rows(version, index == self.shown, longest, cols, n_shown))
            .collect();
        if !beside {
            return columns.into_iter().flatten().collect();
        }
        let (Some(right), Some(left)) = (columns.pop(), columns.pop()) else { return Vec::new() };
        let height = left.len().max(right.len());
        let pad = |rows: Vec<Row>| rows.into_iter().chain(std::iter::repeat_with(Row::default)).take(height);
        pad(left)
            .zip(pad(right))
            .map(|(left, right)| {
                let mut row = left.padded(cols + GAP_COLS, Ui::Text);
                row.spans.extend(right.spans);
                row
            })
            .collect()
    }

    fn version_rows(&self, version: &Version, is_shown: bool, longest: f64, cols: usize, n_shown: usize) -> Vec<Row> {
        let role = if is_shown { Ui::Strong } else { Ui::Muted };
        let mark = if self.versions.len() > 1 && is_shown { "▸ " } else { "  " };
        let mut rows = vec![Row::of([Span::ui(Ui::Key, mark), Span::ui(role, version.title.clone())]).cut(cols)];
        if version.ran.is_empty() {
            rows.push(Row::ui(Ui::Muted, if self.asked.is_some() { "    running …" } else { "    not run yet" }));
        }
        for (number, ran) in newest(version, n_shown) {
            let share = if number == version.n_ran { self.share_shown(ran) } else { 1.0 };
            rows.push(run_row(number, ran, share, longest, cols));
        }
        rows
    }

    /// The answer, the log and the platform's own line of the shown version's last run.
    fn last_answer(&self, width: usize) -> Vec<Row> {
        let version = &self.versions[self.shown];
        let Some(ran) = version.ran.last().filter(|ran| self.share_shown(ran) >= 1.0) else { return Vec::new() };
        let width = measure(width);
        let mut rows = vec![Row::default()];
        let status = ran.status.map_or_else(String::new, |status| format!("{status}  "));
        match &ran.answer {
            Ok(answer) => rows.extend(wrapped(Ui::Text, &format!("{status}{answer}"), width)),
            Err(failure) => {
                rows.extend(wrapped(Ui::Missing, &format!("{status}{}", failure.message), width));
                if failure.is_stopped {
                    let says = "The platform stopped it and threw its environment away; the next call gets a new one.";
                    rows.extend(wrapped(Ui::Muted, says, width));
                }
            }
        }
        if !ran.calls.is_empty() {
            rows.extend(wrapped(Ui::Text, &format!("calls  {}", ran.calls.join(" → ")), width));
        }
        for line in &ran.logs {
            rows.extend(wrapped(Ui::Muted, &format!("log  {line}"), width));
        }
        rows.extend(wrapped(Ui::Muted, &ran.report, width));
        rows
    }
}

/// The last runs of a version, each with its number.
fn newest(version: &Version, n_shown: usize) -> impl Iterator<Item = (usize, &Ran)> {
    let from = version.ran.len().saturating_sub(n_shown);
    let first_number = version.n_ran - version.ran.len();
    version.ran.iter().enumerate().skip(from).map(move |(index, ran)| (first_number + index + 1, ran))
}

/// `#12 warm   3.1 ms ▆▆▆`, its phases told apart, as far as it has come.
fn run_row(number: usize, ran: &Ran, share: f64, longest: f64, cols: usize) -> Row {
    let (word, role) = match (ran.start, &ran.answer) {
        (_, Err(_)) => ("failed ", Ui::Missing),
        (Start::Cold, _) => ("cold   ", Ui::Cold),
        (Start::Warm, _) => ("warm   ", Ui::Warm),
        (Start::Refused, _) => ("refused", Ui::Refused),
    };
    let done = share >= 1.0;
    let figure = if done { say_ms(ran.total_ms()) } else { "…".to_owned() };
    let lead = format!("{number:>4} {word} {figure:>9} ");
    let room = cols.saturating_sub(lead.chars().count()).max(1);
    let total = ran.total_ms().max(f64::MIN_POSITIVE);
    let shown = ((total / longest).min(1.0) * share * room as f64).round() as usize;
    let mut spans = vec![Span::ui(role, lead)];
    let phases = [
        (ran.environment_ms, "░", Ui::Cold),
        (ran.load_ms + ran.init_ms, "▒", Ui::Cold),
        (ran.handler_ms, "█", Ui::Busy),
    ];
    let (mut before, mut from) = (0.0, 0);
    for (took_ms, mark, role) in phases {
        before += took_ms;
        let to = ((before / longest) * room as f64).round() as usize;
        let to = to.min(shown.max(usize::from(done)));
        spans.push(Span::ui(role, mark.repeat(to.saturating_sub(from))));
        from = from.max(to);
    }
    Row::of(spans).cut(cols)
}

/// How the marks of the bars read.
fn legend(width: usize) -> Row {
    Row::ui(Ui::Muted, "░ environment made  ▒ load and init  █ handler").cut(width)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ran(start: Start, environment_ms: f64, init_ms: f64, handler_ms: f64) -> Ran {
        Ran {
            start,
            memory_mb: 256,
            environment: Some(1),
            environment_ms,
            load_ms: 0.0,
            init_ms,
            handler_ms,
            waited_ms: 0.0,
            status: None,
            answer: Ok(String::new()),
            logs: Vec::new(),
            calls: Vec::new(),
            report: String::new(),
        }
    }

    #[test]
    fn bars_have_one_scale_and_grow_as_the_answer_comes() {
        let cold = ran(Start::Cold, 10.0, 20.0, 10.0);
        let bar =
            |ran: &Ran, share: f64| run_row(1, ran, share, 40.0, 23 + 40).text().chars().skip(23).collect::<String>();
        assert_eq!(bar(&cold, 1.0), ["░".repeat(10), "▒".repeat(20), "█".repeat(10)].concat());
        assert_eq!(bar(&cold, 0.5), ["░".repeat(10), "▒".repeat(10)].concat());
        assert_eq!(bar(&ran(Start::Warm, 0.0, 0.0, 4.0), 1.0), "█".repeat(4));
    }

    #[test]
    fn no_row_is_wider_than_asked() {
        let failed = Ran {
            answer: Err(super::super::Failure { message: "x".repeat(200), place: None, is_stopped: false }),
            ..ran(Start::Cold, 1.0, 1.0, 9e9)
        };
        for cols in 1..60 {
            assert!(run_row(1, &failed, 1.0, 1.0, cols).width() <= cols, "{cols}");
        }
    }
}
