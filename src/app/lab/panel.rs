//! What stands below the charts of the lab, or beside them: knobs and totals, or the one thing that is looked at.

use super::Lab;
use super::deed::Deed;
use super::detail;
use super::figures::{NARROW_VALUE_COLS, VALUE_COLS, has_moved, totals, totals_of_all};
use super::life::{self, Life};
use super::look::Part;
use super::predict::Prediction;
use super::scope::Id;
use super::surface::{Target, View};
use crate::app::row::{Row, Span, Ui, wrapped};
use crate::sim::{self, Knob, RequestView};

/// Columns that text beside the charts takes at least.
const SIDE_COLS: usize = 54;
/// Fewer rows than this show one knob only.
const LEAST_KNOB_ROWS: usize = 6;
/// Columns between knobs and totals.
const GAP_COLS: usize = 3;

impl Lab {
    /// What stands below the chart, in at most so many rows.
    pub(super) fn panel(&self, width: usize, most_rows: usize) -> View {
        let mut panel = View::default();
        match self.part {
            Part::Knobs => panel = self.knobs_and_totals(width, most_rows),
            Part::Totals { top } => panel = scrolled(self.all_totals(width), top, most_rows),
            Part::Lesson => panel.extend(self.lesson(width, most_rows)),
            Part::Requests { chosen } => panel.extend(self.request(chosen, width)),
            Part::Instances { chosen } => panel.extend(self.instance(chosen, width)),
            Part::Sources { top } => {
                let mut rows = wrapped(Ui::Strong, &self.command(), width);
                rows.push(Row::of([
                    Span::ui(Ui::Muted, "makes this run again, anywhere; "),
                    Span::ui(Ui::Key, "y"),
                    Span::ui(Ui::Muted, " copies it"),
                ]));
                rows.extend(detail::sources(&self.report().provenance, width));
                panel = scrolled(rows, top, most_rows);
            }
        }
        panel.rows.truncate(most_rows);
        panel
    }

    /// What stands beside the charts of a large screen: knobs, totals, and what they teach, in words.
    pub(super) fn side(&self, most_rows: usize) -> View {
        let width = SIDE_COLS.max(self.knob_cols());
        let mut side = self.knob_rows(width, usize::MAX);
        side.push(Row::default());
        side.extend(self.totals(true, VALUE_COLS));
        let width = side.rows.iter().map(Row::width).fold(width, usize::max);
        if let Some(said) = self.explanation() {
            side.push(Row::default());
            side.extend(wrapped(Ui::Text, &said, width));
        } else if let Prediction::Judged { predict, .. } = &self.prediction {
            side.push(Row::default());
            side.extend(wrapped(Ui::Muted, &predict.ask, width));
            side.extend(wrapped(Ui::Text, &predict.why, width));
        }
        side.rows.truncate(most_rows);
        side
    }

    /// The figures with their spread and those of the run before, and below in words what differs.
    fn all_totals(&self, width: usize) -> Vec<Row> {
        let mut rows: Vec<Row> = self.totals(true, VALUE_COLS).into_iter().map(|row| row.cut(width)).collect();
        if let Some(said) = self.explanation() {
            rows.push(Row::default());
            rows.extend(wrapped(Ui::Text, &said, width));
        }
        rows
    }

    /// What differs from the run before, of the function that is looked at.
    fn explanation(&self) -> Option<String> {
        let before = self.before.as_deref().filter(|_| self.comparing)?;
        let (now, was) = (self.report(), before.sim.report());
        Some(sim::explain(self.scope.report(&was)?, self.scope.report(&now)?))
    }

    /// What the judged guess teaches; the question above it where there is room.
    fn lesson(&self, width: usize, most_rows: usize) -> Vec<Row> {
        let Prediction::Judged { predict, .. } = &self.prediction else { return Vec::new() };
        let mut rows = wrapped(Ui::Muted, &predict.ask, width);
        let why = wrapped(Ui::Text, &predict.why, width);
        if rows.len() + why.len() + 2 > most_rows {
            rows.clear();
        }
        rows.extend(why);
        rows.push(Row::default());
        rows.push(Row::of([
            Span::ui(Ui::Key, "Tab"),
            Span::ui(Ui::Muted, " leads to the knobs: turn one, and see what changes."),
        ]));
        rows
    }

    fn request(&self, chosen: Option<Id>, width: usize) -> Vec<Row> {
        let requests = self.scope.requests(&self.watched.sim);
        match requests.into_iter().find(|it| Some(Id::of_request(it)) == chosen) {
            Some(request) => {
                detail::request(request, self.name_of(request.function), detail::runtime_phase(&self.knobs), width)
            }
            None => vec![Row::ui(Ui::Muted, "No request yet. Space runs, ← → look at one, Esc comes back.")],
        }
    }

    fn instance(&self, chosen: Option<Id>, width: usize) -> Vec<Row> {
        let nothing = || vec![Row::ui(Ui::Muted, "No such instance now. ← → look at another one, Esc comes back.")];
        let Some(wanted) = chosen else { return nothing() };
        let sim = &self.watched.sim;
        let now = sim.instances().find(|it| Id::of_instance(it) == wanted);
        let gone = sim.gone().find(|it| (it.function, it.instance) == (wanted.function, wanted.id));
        let until_s = match (&now, gone) {
            (Some(_), _) => self.watched.clock_s,
            (None, Some(gone)) => gone.at_s,
            (None, None) => return nothing(),
        };
        let requests: Vec<&RequestView> =
            sim.recent_of(wanted.function).filter(|it| it.instance == Some(wanted.id)).collect();
        let remembered = sim.recent_of(wanted.function).next().filter(|first| first.id > 0);
        let life = Life {
            id: wanted.id,
            of: self.name_of(wanted.function),
            now: now.as_ref(),
            until_s,
            clock_s: self.watched.clock_s,
            requests,
            remembered_since_s: remembered.map_or(0.0, |first| first.arrived_s),
        };
        life::instance(&life, width)
    }

    /// The name of a function, where there are several.
    fn name_of(&self, function: usize) -> Option<&str> {
        self.scope.is_choice().then(|| self.scope.names().get(function).map(String::as_str)).flatten()
    }

    fn totals(&self, with_spread: bool, value_cols: usize) -> Vec<Row> {
        let report = self.report();
        let before = self.before.as_deref().filter(|_| self.comparing).map(|before| before.sim.report());
        let of_before = before.as_ref().and_then(|before| self.scope.report(before));
        match self.scope.report(&report) {
            Some(now) => {
                let spread =
                    self.spread.as_deref().filter(|_| with_spread && self.watched.is_over() && !self.scope.is_choice());
                totals(now, of_before, spread, value_cols)
            }
            None => totals_of_all(&report, before.as_ref(), value_cols),
        }
    }

    fn knobs_and_totals(&self, width: usize, most_rows: usize) -> View {
        let knob_cols = self.knob_cols();
        let fits = |totals: &Vec<Row>| knob_cols + GAP_COLS + totals.iter().map(Row::width).max().unwrap_or(0) <= width;
        // The spread waits for a wider screen where there is no room for it; the run before does not.
        let widths = [(true, VALUE_COLS), (false, VALUE_COLS), (false, NARROW_VALUE_COLS)];
        let totals =
            widths.into_iter().map(|(with_spread, value_cols)| self.totals(with_spread, value_cols)).find(fits);
        let Some(totals) = totals.filter(|_| most_rows >= LEAST_KNOB_ROWS) else {
            // One line for the knob at hand, and the figures below it.
            let mut panel = self.knob_line(width);
            panel.append(self.packed_totals(width, most_rows.saturating_sub(1)));
            return panel;
        };
        let mut panel = self.knob_rows(knob_cols, most_rows);
        panel.beside(as_view(totals), knob_cols + GAP_COLS);
        panel
    }

    /// As many totals as `rows` hold: in two columns where these have room, and what has moved first.
    fn packed_totals(&self, width: usize, rows: usize) -> View {
        let totals = self.totals(false, VALUE_COLS);
        if totals.len() <= rows {
            return as_view(totals.into_iter().map(|row| row.cut(width)));
        }
        let totals = self.totals(false, NARROW_VALUE_COLS);
        let cols = totals.iter().map(Row::width).max().unwrap_or(0);
        let is_compared = totals.iter().any(has_moved);
        let (head, figures) = totals.split_at(1);
        let (moved, still): (Vec<&Row>, Vec<&Row>) = figures.iter().partition(|row| has_moved(row));
        // The head tells two figures of a line apart; one alone needs no name.
        let head = if is_compared { head } else { &[] };
        let figures: Vec<Row> = moved.into_iter().chain(still).cloned().collect();
        let in_a_column = rows.saturating_sub(head.len()).max(1);
        let mut columns = figures
            .chunks(in_a_column)
            .map(|figures| as_view(head.iter().chain(figures).cloned().map(|row| row.cut(width))));
        let mut view = columns.next().unwrap_or_default();
        if let Some(second) = columns.next().filter(|_| 2 * cols + GAP_COLS <= width) {
            view.beside(second, cols + GAP_COLS);
        }
        view
    }

    fn knob_cols(&self) -> usize {
        let cols = |of: &dyn Fn(&Knob) -> usize| self.knobs.iter().map(of).max().unwrap_or(0);
        cols(&|knob| knob.label.chars().count()) + cols(&|knob| said(knob).chars().count()) + 7
    }

    /// The knobs, the one at hand with its arrows; of more than there is room for, those around it.
    pub(super) fn knob_rows(&self, width: usize, most_rows: usize) -> View {
        let mut view = View::default();
        let label_cols = self.knobs.iter().map(|knob| knob.label.chars().count()).max().unwrap_or(0);
        let n = self.knobs.len();
        let room = most_rows.saturating_sub(1).min(n);
        let from = self.knob.saturating_sub(room / 2).min(n - room);
        let head = if room < n { format!("Knobs {} to {} of {n}", from + 1, from + room) } else { "Knobs".to_owned() };
        view.push(Row::ui(Ui::Muted, head));
        for (index, knob) in self.knobs.iter().enumerate().skip(from).take(room) {
            let here = index == self.knob && !self.asks_first();
            let label = format!("{} {:<label_cols$} ", if here { "›" } else { " " }, knob.label);
            let (label_role, value_role) = match (here, &knob.why_inert) {
                (_, Some(_)) => (Ui::Muted, Ui::Muted),
                (true, None) => (Ui::Strong, Ui::Chosen),
                (false, None) => (Ui::Text, Ui::Strong),
            };
            let row = view.rows.len();
            let from = label.chars().count();
            view.target(0..width, row, Target::Knob(index));
            // In brackets, also where there are no greys.
            let value = match (here, &knob.why_inert) {
                (_, Some(_)) => format!(" ({})", said(knob)),
                (true, None) => format!("◂ {} ▸", said(knob)),
                (false, None) => format!("  {}", said(knob)),
            };
            turn_targets(&mut view, row, from, &value, index);
            view.push(Row::of([Span::ui(label_role, label), Span::ui(value_role, value)]).cut(width));
        }
        view
    }

    /// The knob at hand in one row, with what it was in the run before.
    fn knob_line(&self, width: usize) -> View {
        let mut view = View::default();
        let Some(knob) = self.knobs.get(self.knob) else { return view };
        let label = format!("› {}  ", knob.label);
        let is_inert = knob.why_inert.is_some();
        let value = if is_inert { format!(" ({})", said(knob)) } else { format!("◂ {} ▸", said(knob)) };
        view.target(0..width, 0, Target::Knob(self.knob));
        turn_targets(&mut view, 0, label.chars().count(), &value, self.knob);
        let used = label.chars().count() + value.chars().count();
        let aside = match self.differences() {
            (_, was) if was.is_empty() => format!("   {} of {}, ↑ ↓ the others", self.knob + 1, self.knobs.len()),
            (_, was) => {
                let aside = format!("   before{was}");
                let how = ", c: alone";
                if used + aside.chars().count() + how.chars().count() <= width { aside + how } else { aside }
            }
        };
        // The wheel leads to the others as well; a click is the same where there is none.
        view.target(used..width, 0, Target::Deed(Deed::Choose(1)));
        let role = if is_inert { Ui::Muted } else { Ui::Chosen };
        let spans = [Span::ui(Ui::Strong, label), Span::ui(role, value), Span::ui(Ui::Muted, aside)];
        view.push(Row::of(spans).cut(width));
        view
    }

    /// In what the run and the one before differ, as each has it: `: keep-alive 10 s` and `: keep-alive 3 s`.
    pub(super) fn differences(&self) -> (String, String) {
        let Some(before) = self.before.as_deref().filter(|_| self.comparing) else { return Default::default() };
        let theirs = sim::knobs(&before.scenario);
        let (mut now, mut was) = (Vec::new(), Vec::new());
        for knob in &self.knobs {
            let Some(other) = theirs.iter().find(|it| it.key == knob.key) else { continue };
            if other.value != knob.value {
                now.push(format!("{} {}", knob.label, said(knob)));
                was.push(format!("{} {}", other.label, said(other)));
            }
        }
        let (seed, other) = (self.scenario().seed(), before.scenario.seed());
        if seed != other {
            now.push(format!("seed {seed}"));
            was.push(format!("seed {other}"));
        }
        [now, was].map(|said| if said.is_empty() { String::new() } else { format!(": {}", said.join(", ")) }).into()
    }
}

/// As many rows as there is room for, from `top` on or as near to it as the last of them allows.
fn scrolled(rows: Vec<Row>, top: usize, most_rows: usize) -> View {
    let mut view = View::default();
    view.most_top = rows.len().saturating_sub(most_rows);
    view.extend(rows.into_iter().skip(top.min(view.most_top)).take(most_rows));
    if let Some(last) = view.rows.last_mut().filter(|_| top < view.most_top) {
        *last = Row::ui(Ui::Muted, "↓ more");
    }
    view
}

/// Totals of which a click shows more.
fn as_view(totals: impl IntoIterator<Item = Row>) -> View {
    let mut view = View::default();
    for row in totals {
        view.target(0..row.width(), view.rows.len(), Target::Totals);
        view.push(row);
    }
    view
}

/// A knob's value with its unit.
fn said(knob: &Knob) -> String {
    format!("{} {}", knob.value, knob.unit).trim().to_owned()
}

/// The arrows of a knob turn it.
fn turn_targets(view: &mut View, row: usize, from: usize, value: &str, knob: usize) {
    if value.starts_with('◂') {
        let cols = value.chars().count();
        view.target(from..from + 2, row, Target::Turn(knob, -1));
        view.target(from + 2..from + cols, row, Target::Turn(knob, 1));
    }
}
