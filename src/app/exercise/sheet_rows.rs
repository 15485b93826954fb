//! The sheet as rows: prompt, choices, verdict with its evidence, tries, hints, solution.

use std::collections::BTreeSet;

use super::{Input, Sheet, Stage, coding, drawing};
use crate::app::Desk;
use crate::app::code::{self, Marks};
use crate::app::row::{Role, Row, Span, Ui, inked, prose, wrapped};
use crate::course::progress::Work;
use crate::course::{Answer, Exercise, Kind};
use crate::grade::{ItemVerdict, Status, Verdict};

/// From this width on two tries stand beside each other.
const BESIDE_FROM_COLS: usize = 70;

impl Sheet {
    pub(super) fn sheet_rows(&self, desk: &Desk<'_>, exercise: &Exercise, work: &Work, width: usize) -> Vec<Row> {
        let mut rows = self.prompt.clone();
        rows.push(Row::default());
        match &self.stage {
            Stage::Judged { answer, verdict } => {
                rows.extend(judged(exercise, answer, verdict, work, width));
            }
            Stage::Checking { cursor, ticked } => {
                rows.extend(self.ticking(exercise, *cursor, ticked, width));
                return rows;
            }
            _ => rows.extend(self.being_made(exercise, width)),
        }
        if self.is_waiting() {
            rows.push(Row::ui(Ui::Muted, "Grading …"));
        }
        if !matches!(self.stage, Stage::Judged { .. }) && work.tries > 0 {
            rows.push(Row::default());
            let times = if work.tries == 1 { "once".to_owned() } else { format!("{} times", work.tries) };
            rows.push(Row::ui(Ui::Muted, format!("Answered {times} before; best {:.0} %.", work.best * 100.0)));
        }
        rows.extend(self.help_rows(desk, exercise, work, width));
        rows
    }

    /// The answer and the solution, and below them the items to tick.
    fn ticking(&self, exercise: &Exercise, cursor: usize, ticked: &BTreeSet<usize>, width: usize) -> Vec<Row> {
        let mut rows = Vec::new();
        if let Answer::Text(text) = self.answer() {
            rows.push(Row::ui(Ui::Strong, "Your answer"));
            rows.extend(wrapped(Ui::Text, &text, width));
            rows.push(Row::default());
        }
        rows.push(Row::ui(Ui::Strong, "Solution"));
        rows.extend(prose(&exercise.solution, width));
        rows.push(Row::default());
        rows.push(Row::ui(Ui::Strong, "Which of these does your answer say? Space ticks, Enter keeps it."));
        if let Kind::Text(rubric) = &exercise.kind {
            for (index, item) in rubric.items().enumerate() {
                let on = ticked.contains(&index);
                let role = if on { Ui::Strong } else { Ui::Text };
                rows.extend(lettered(if on { "[x]" } else { "[ ]" }, index, &item.label, cursor == index, role, width));
            }
        }
        rows
    }

    /// The line to choose, to order or to match that stands at a column and row of the screen.
    pub(super) fn line_at(&self, exercise: &Exercise, at: (u16, u16)) -> Option<usize> {
        let pane = self.pane();
        let clicked = pane.row_at(at)?;
        let width = usize::from(pane.cols);
        let mut begin = self.prompt.len() + 1;
        let heights: Vec<usize> = match (&self.input, &exercise.kind) {
            (Input::Choosing { .. }, Kind::Choice { options, .. }) => {
                options.iter().map(|option| option_height(&option.text, width)).collect()
            }
            (Input::Ordering { order, .. }, Kind::Order { steps }) => {
                // Below the line that says how.
                begin += 1;
                order.iter().map(|step| option_height(&steps[*step], width)).collect()
            }
            (Input::Matching(_), Kind::Matching(pairs)) => {
                pairs.lines.iter().map(|line| entry("[ ]", &line.text, false, Ui::Text, width).len()).collect()
            }
            _ => Vec::new(),
        };
        heights.iter().position(|height| {
            let rows = begin..begin + height;
            begin = rows.end;
            rows.contains(&clicked)
        })
    }

    /// The answer while it is not judged.
    fn being_made(&self, exercise: &Exercise, width: usize) -> Vec<Row> {
        match (&self.input, &exercise.kind) {
            (Input::Writing(editor), Kind::Code(task)) => {
                let mut rows = vec![Row::ui(Ui::Strong, format!("Your {} so far", task.file))];
                rows.extend(code::rows(&editor.text(), task.language(), &Marks::new(), width));
                rows
            }
            (Input::Writing(editor), _) => {
                let text = editor.text();
                if text.trim().is_empty() {
                    return vec![Row::ui(Ui::Muted, "Nothing written yet. Enter begins.")];
                }
                let mut rows = vec![Row::ui(Ui::Strong, "Your draft")];
                if matches!(exercise.kind, Kind::Flow(_)) {
                    rows.extend(drawing::rows(&text, width));
                }
                rows.extend(wrapped(Ui::Text, &text, width));
                rows
            }
            (Input::Number(field), _) => {
                let mut rows = vec![Row::of([
                    Span::ui(Ui::Strong, "Your answer: "),
                    Span::ui(Ui::Chosen, format!(" {}▏", field.text)),
                ])];
                if let Kind::Number(task) = &exercise.kind
                    && !task.unit.is_empty()
                {
                    rows.push(Row::ui(Ui::Muted, format!("in {}", task.unit)));
                }
                rows
            }
            (Input::Matching(matching), Kind::Matching(pairs)) => matching.rows(pairs, width),
            (Input::Filling(filling), Kind::Gaps { pieces, .. }) => {
                filling.rows(pieces, self.stage == Stage::Answering, width)
            }
            (Input::Choosing { cursor, chosen, several, .. }, Kind::Choice { options, .. }) => {
                let mut rows = Vec::new();
                for (index, option) in options.iter().enumerate() {
                    let on = chosen.contains(&index);
                    let mark = match (several, on) {
                        (true, true) => "[x]",
                        (true, false) => "[ ]",
                        (false, true) => "(•)",
                        (false, false) => "( )",
                    };
                    let role = if on { Ui::Strong } else { Ui::Text };
                    rows.extend(lettered(mark, index, &option.text, *cursor == index, role, width));
                }
                rows
            }
            (Input::Ordering { cursor, order, held }, Kind::Order { steps }) => {
                let mut rows =
                    vec![Row::ui(Ui::Muted, "First at the top. Space picks a line up and puts it down, ↑ ↓ move it.")];
                for (index, step) in order.iter().enumerate() {
                    let here = *cursor == index;
                    let mark = if here && *held { " ↕ " } else { "   " };
                    let role = if here && *held { Ui::Strong } else { Ui::Text };
                    rows.extend(lettered(mark, index, &steps[*step], here, role, width));
                }
                rows
            }
            // The file changed under the sheet; what was made cannot be shown in the new form.
            _ => vec![Row::ui(Ui::Warning, "This exercise has changed. Esc goes back; open it again.")],
        }
    }
}

/// A line to choose from, with its letter.
fn lettered(mark: &str, index: usize, text: &str, here: bool, role: Ui, width: usize) -> Vec<Row> {
    let letter = char::from(b'a' + (index % 26) as u8);
    entry(&format!("{mark} {letter}"), text, here, role, width)
}

fn option_height(text: &str, width: usize) -> usize {
    lettered("[ ]", 0, text, false, Ui::Text, width).len()
}

/// A line that the cursor can stand on, with what stands before it.
pub(super) fn entry(mark: &str, text: &str, here: bool, role: Ui, width: usize) -> Vec<Row> {
    let lead = format!("{} {mark}  ", if here { "›" } else { " " });
    let indent = lead.chars().count();
    let mut rows = prose(text, width.saturating_sub(indent));
    for (line, row) in rows.iter_mut().enumerate() {
        for span in &mut row.spans {
            if here {
                span.role = Role::Ui(Ui::Chosen);
            } else if role == Ui::Strong {
                span.style.strong = true;
            }
        }
        let lead = if line == 0 { lead.clone() } else { " ".repeat(indent) };
        row.spans.insert(0, Span::ui(if here { Ui::Key } else { Ui::Muted }, lead));
    }
    rows
}

fn judged(exercise: &Exercise, answer: &Answer, verdict: &Verdict, work: &Work, width: usize) -> Vec<Row> {
    let role = match verdict.fraction() {
        full if full > 0.999 => Ui::Made,
        part if part > 0.0 => Ui::Partly,
        _ => Ui::Missing,
    };
    let mut rows = vec![Row::of([
        Span::ui(role, format!("{:.2} of {:.2} points", verdict.score, verdict.max)),
        Span::ui(Ui::Muted, format!("   {}", exercise.kind.called(" · "))),
    ])];
    rows.extend(wrapped(Ui::Text, &verdict.feedback, width));
    if verdict.needs_review {
        let why = verdict.review_reason.as_deref().unwrap_or("the grader is not sure");
        rows.extend(wrapped(Ui::Warning, &format!("Not certain: {why}. A person should look at this one."), width));
    }
    rows.push(Row::default());
    let before = work.before.as_ref().map(|(_, verdict)| verdict);
    for (index, item) in verdict.items.iter().enumerate() {
        let was = before.and_then(|before| before.items.iter().find(|it| it.id == item.id)).map(|it| it.status);
        rows.extend(item_rows(item, was, width));
        if work.disputed.contains(&item.id) {
            rows.push(Row::ui(Ui::Strong, format!("  you hold that you made this point; {} takes it back", index + 1)));
        }
    }
    let is_written = matches!(exercise.kind, Kind::Text(_) | Kind::Flow(_));
    if is_written && verdict.items.iter().any(|item| item.status != Status::Made) {
        rows.push(Row::default());
        // By their numbers: their names would give away what is missing.
        rows.extend(wrapped(Ui::Muted, "Did you make a point all the same? Its number, from the top:", width));
        let mut spans = Vec::new();
        for (index, _) in verdict.items.iter().enumerate().filter(|(_, item)| item.status != Status::Made) {
            spans.push(Span::ui(Ui::Key, format!("{}  ", index + 1)));
        }
        rows.push(Row::of(spans).cut(width));
    }
    match answer {
        Answer::Text(text) if matches!(exercise.kind, Kind::Flow(_)) => {
            rows.push(Row::default());
            rows.push(Row::ui(Ui::Strong, "Your flow"));
            rows.extend(drawing::rows(text, width));
            rows.extend(wrapped(Ui::Muted, text, width));
        }
        Answer::Text(text) if matches!(exercise.kind, Kind::Code(_)) => {
            if let Kind::Code(task) = &exercise.kind {
                rows.push(Row::default());
                rows.extend(coding::handed_in(task, text, verdict, width));
            }
        }
        Answer::Text(text) => {
            rows.push(Row::default());
            rows.push(Row::ui(Ui::Strong, "Your answer, with the words that earned points underlined"));
            rows.extend(with_evidence(text, verdict, width));
            if let Some((Answer::Text(before), _)) = &work.before
                && before != text
            {
                rows.push(Row::default());
                rows.push(Row::ui(Ui::Strong, "What you changed since the try before"));
                rows.extend(wrapped(Ui::Muted, &changes(before, text), width));
                if width >= BESIDE_FROM_COLS {
                    rows.push(Row::default());
                    rows.extend(beside(("The try before", before), ("This try", text), width));
                }
            }
        }
        Answer::Number(text) => rows.push(Row::ui(Ui::Muted, format!("You answered {text}"))),
        Answer::Chosen(_) | Answer::Order(_) | Answer::Matched(_) | Answer::Filled(_) => {}
    }
    rows
}

fn item_rows(item: &ItemVerdict, was: Option<Status>, width: usize) -> Vec<Row> {
    let word = |status: Status| match status {
        Status::Made => "made",
        Status::Partly => "partly",
        Status::Missing => "missing",
    };
    let (mark, role) = match item.status {
        Status::Made => ("✓", Ui::Made),
        Status::Partly => ("~", Ui::Partly),
        Status::Missing => ("✗", Ui::Missing),
    };
    let mut rows = Vec::new();
    let points = if item.max > 0.0 { format!("{:.2}/{:.2}  ", item.points, item.max) } else { String::new() };
    let said = if item.is_wrong() { "wrong" } else { word(item.status) };
    let lead = format!("{mark} {said:<7} {points}");
    let indent = lead.chars().count();
    // What is missing is hinted at and not given away.
    let said = match (item.status, &item.hint) {
        (Status::Made, _) | (_, None) => item.label.clone(),
        (_, Some(hint)) => hint.clone(),
    };
    for (line, row) in wrapped(Ui::Text, &said, width.saturating_sub(indent)).into_iter().enumerate() {
        let lead = if line == 0 { lead.clone() } else { " ".repeat(indent) };
        rows.push(Row::of([Span::ui(role, lead), Span::ui(Ui::Text, row.text())]));
    }
    let mut quote = |text: &str, role: Ui| {
        for row in wrapped(role, text, width.saturating_sub(indent)) {
            rows.push(Row::of([Span::ui(Ui::Muted, " ".repeat(indent)), Span::ui(role, row.text())]));
        }
    };
    if let Some(was) = was.filter(|was| *was != item.status) {
        quote(&format!("(it was {} in the try before)", word(was)), Ui::Muted);
    }
    if let Some(reason) = &item.reason {
        quote(reason, Ui::Muted);
    }
    // Of what is missing, evidence is the line at which code failed.
    let role = if item.status == Status::Made { Ui::Evidence } else { Ui::Missing };
    for evidence in &item.evidence {
        quote(&format!("“{}”", evidence.text.split_whitespace().collect::<Vec<_>>().join(" ")), role);
    }
    rows
}

/// Two tries side by side, each under its name.
fn beside(left: (&str, &str), right: (&str, &str), width: usize) -> Vec<Row> {
    let cols = width.saturating_sub(3) / 2;
    let column = |(name, text): (&str, &str)| {
        let mut rows = vec![Row::ui(Ui::Strong, name)];
        rows.extend(wrapped(Ui::Muted, text, cols));
        rows
    };
    let (left, right) = (column(left), column(right));
    let row = |line: usize| {
        let mut spans = left.get(line).cloned().unwrap_or_default().cut(cols).padded(cols, Ui::Text).spans;
        spans.push(Span::ui(Ui::Border, " │ "));
        spans.extend(right.get(line).cloned().unwrap_or_default().cut(cols).spans);
        Row::of(spans)
    };
    (0..left.len().max(right.len())).map(row).collect()
}

/// Two tries in one text: `[-words taken out-]` and `{+words put in+}`, as `wdiff` marks them.
fn changes(before: &str, now: &str) -> String {
    use similar::{ChangeTag, TextDiff};
    let diff = TextDiff::from_words(before, now);
    let mut text = String::new();
    let mut open = ChangeTag::Equal;
    let end = |tag: ChangeTag| match tag {
        ChangeTag::Equal => "",
        ChangeTag::Delete => "-]",
        ChangeTag::Insert => "+}",
    };
    for change in diff.iter_all_changes() {
        if change.tag() != open {
            text += end(open);
            text += match change.tag() {
                ChangeTag::Equal => "",
                ChangeTag::Delete => "[-",
                ChangeTag::Insert => "{+",
            };
            open = change.tag();
        }
        text += change.value();
    }
    text + end(open)
}

/// The answer wrapped, its evidence in a role of its own.
fn with_evidence(text: &str, verdict: &Verdict, width: usize) -> Vec<Row> {
    let earned = verdict.items.iter().filter(|item| item.points > 0.0).flat_map(|item| &item.evidence);
    let marks: Vec<_> = earned.map(|evidence| (evidence.start..evidence.end, Ui::Evidence)).collect();
    inked(text, &marks, width)
}

#[cfg(test)]
mod tests {
    use super::{Row, beside, changes};

    #[test]
    fn two_tries_stand_side_by_side() {
        let rows = beside(("Before", "one two"), ("Now", "one\ntwo"), 23);
        let said: Vec<String> = rows.iter().map(Row::text).collect();
        assert_eq!(said, ["Before     │ Now", "one two    │ one", "           │ two"]);
    }

    #[test]
    fn what_changed_between_two_tries_is_marked() {
        assert_eq!(changes("it runs often", "it runs once"), "it runs [-often-]{+once+}");
        assert_eq!(changes("same", "same"), "same");
    }
}
