//! A flow in one line a function, where its diagram has no room: what stands before it with the events that wait there,
//! the arrow on which they come, the function with its instances.

use super::flow::{FlowView, Picture, lit};
use crate::app::row::{Row, Span, Ui};
use crate::sim::{Report, Simulation};

/// The shortest arrow on which something can be seen to move.
const LEAST_ARROW_COLS: usize = 6;
/// What the instances of a function take, and the events that wait before it.
const STATES_COLS: usize = 11;
const WAITING_COLS: usize = 5;

impl FlowView {
    /// The flow in `width` columns. `names` are those of the functions, `one` is the one looked at.
    pub(super) fn strip(
        &self,
        simulation: &Simulation,
        report: &Report,
        now_ms: u64,
        (names, one): (&[String], Option<usize>),
        width: usize,
    ) -> Picture {
        let states = self.states(simulation);
        let captions = self.captions(simulation, report, &states);
        let caption = |node: &str| captions.get(node).map(|(text, role)| (text.trim().to_owned(), *role));
        let widest = |texts: &mut dyn Iterator<Item = usize>, most: usize| texts.max().unwrap_or(0).min(most);
        let befores: Vec<Option<&str>> = self.functions.iter().map(|it| before(it.inward.first())).collect();
        let before_cols =
            widest(&mut befores.iter().map(|it| it.map_or(0, |node| self.label(node).chars().count())), width / 4);
        let name_cols = widest(&mut names.iter().map(|name| name.chars().count()), width / 3);
        let fixed = before_cols + WAITING_COLS + name_cols + STATES_COLS + 4;
        let arrow_cols = width.saturating_sub(fixed).max(LEAST_ARROW_COLS);
        let mut picture = Picture { is_strip: true, ..Picture::default() };
        let mut rows: Vec<_> = self.functions.iter().zip(&befores).enumerate().collect();
        rows.sort_by_key(|(index, _)| self.depth(*index));
        for (index, (function, before)) in rows {
            let name = names.get(index).map_or("", String::as_str);
            let label = before.map_or("", |node| self.label(node));
            let waiting = before.filter(|node| self.functions.iter().all(|it| it.node != *node)).and_then(caption);
            let (waiting, waiting_role) = waiting.unwrap_or_else(nothing);
            let light = before.map_or(0.0, |node| self.light(|from, to| (from, to) == (node, &function.node)));
            let name_role = if one == Some(index) { Ui::Chosen } else { Ui::Strong };
            let (instances, role) = caption(&function.node).unwrap_or_else(nothing);
            let mut row = fitted(Ui::Text, label, before_cols);
            row.spans.extend(fitted(waiting_role, &format!(" {waiting}"), WAITING_COLS).spans);
            let arrow = format!(" {}▶ ", "─".repeat(arrow_cols - 1));
            row.spans.push(Span::ui(lit(light).unwrap_or(Ui::Muted), arrow));
            let from = row.width();
            row.spans.extend(fitted(name_role, name, name_cols).spans);
            picture.places.push((from..from + name_cols, picture.rows.len(), index));
            row.spans.push(Span::ui(role, format!(" {instances}")));
            let coming = self.marks.iter().filter(|mark| mark.way.last() == Some(&function.node));
            for mark in coming {
                let x = before_cols + WAITING_COLS + 1 + (mark.passed(now_ms) * (arrow_cols - 1) as f64) as usize;
                row = row.overlaid(x, Span::ui(mark.role, mark.symbol()));
            }
            picture.rows.push(row.cut(width));
        }
        picture
    }
}

impl FlowView {
    /// How many functions an event passes before this one.
    fn depth(&self, function: usize) -> usize {
        let mut at = function;
        // A flow that runs in a circle has no first function.
        for depth in 0..self.functions.len() {
            let from = self.functions[at].inward.first().and_then(|way| way.first());
            match from.and_then(|from| self.functions.iter().position(|it| it.node == *from)) {
                Some(before) if before != at => at = before,
                _ => return depth,
            }
        }
        self.functions.len()
    }
}

/// The node before the last of a way.
fn before(way: Option<&Vec<String>>) -> Option<&str> {
    let way = way?;
    way.len().checked_sub(2).map(|at| way[at].as_str())
}

fn nothing() -> (String, Ui) {
    (String::new(), Ui::Muted)
}

/// Exactly `cols` wide.
fn fitted(role: Ui, text: &str, cols: usize) -> Row {
    Row::ui(role, text).cut(cols).padded(cols, Ui::Text)
}
