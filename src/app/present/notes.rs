//! What the teacher sees: the time, what is shown now and what comes next, the notes, and the time that each page took.

use super::{Show, Stage};
use crate::app::row::{Row, Span, Ui, wrapped};
use crate::app::{Action, Desk, Step as Decision};
use crate::course::{Course, PageId};

impl Show {
    pub(super) fn on_notes(&mut self, desk: &Desk<'_>, action: &Action) -> Decision {
        match action {
            Action::TurnPage(by) => self.go(desk, *by),
            Action::NextThing(_) => self.pass_on(desk, action),
            Action::Open => self.open(desk),
            Action::Scroll(motion) => {
                let last = self.notes.len().saturating_sub(self.size.body_rows());
                self.notes_top = motion.from(self.notes_top, self.size.body_rows()).min(last);
                Decision::default()
            }
            _ => Decision::default(),
        }
    }

    pub(super) fn lay_out_notes(&mut self, desk: &Desk<'_>) {
        let width = usize::from(desk.size.cols).saturating_sub(4).clamp(1, 90);
        let course = desk.course;
        let mut rows = vec![self.time_row(course).cut(width), Row::default()];
        if self.clock.as_ref().is_some_and(|clock| !clock.is_running) {
            let said = "No presentation is running: `coldstart present` begins one, and this screen follows it.";
            rows.extend(wrapped(Ui::Warning, said, width));
            rows.push(Row::default());
        }
        let (step, n_steps) = self.steps();
        rows.push(labelled("Now ", &format!("{}  ({step} of {n_steps})", self.title()), Ui::Strong).cut(width));
        rows.push(labelled("Next", &self.what_comes(course), Ui::Text).cut(width));
        rows.push(Row::default());
        if let Some(poll) = self.poll() {
            rows.extend(poll.rows().iter().cloned());
            rows.push(Row::default());
        }
        let said = self.steps.get(self.step).map(|step| step.notes.as_slice()).unwrap_or_default();
        for note in said {
            rows.extend(wrapped(Ui::Text, note, width));
            rows.push(Row::default());
        }
        // Notes of a page's other steps are worth a look ahead, and one at its end is about all of it.
        let others = self.steps.iter().enumerate().filter(|(index, _)| *index != self.step);
        let others: Vec<&String> = others.flat_map(|(_, step)| &step.notes).collect();
        if !others.is_empty() {
            rows.push(Row::ui(Ui::Muted, "Elsewhere on this page"));
            for note in others {
                rows.extend(wrapped(Ui::Muted, note, width));
            }
            rows.push(Row::default());
        }
        rows.extend(self.pages_so_far(course).into_iter().map(|row| row.cut(width)));
        self.notes = rows;
        let last = self.notes.len().saturating_sub(desk.size.body_rows());
        self.notes_top = self.notes_top.min(last);
    }

    /// The time of day, the time on this page of the minutes it is meant to take, the time since the beginning.
    fn time_row(&self, course: &Course) -> Row {
        let Some(clock) = &self.clock else { return Row::ui(Ui::Muted, "…") };
        let spent = spent_ms(&self.stage, clock.at_ms);
        let here = spent.iter().filter(|(page, _)| *page == self.reader.page.0).map(|(_, ms)| ms).sum::<i64>();
        let planned = course.page(&self.reader.page).map_or(0, |page| page.minutes);
        let of = if planned > 0 { format!(" of {planned} min") } else { String::new() };
        let is_over = planned > 0 && here > i64::from(planned) * 60_000;
        let all = spent.iter().map(|(_, ms)| ms).sum::<i64>();
        Row::of([
            Span::ui(Ui::Title, clock.shown.clone()),
            Span::ui(Ui::Muted, "   this page "),
            Span::ui(if is_over { Ui::Warning } else { Ui::Strong }, minutes(here) + &of),
            Span::ui(Ui::Muted, "   in all "),
            Span::ui(Ui::Strong, minutes(all)),
        ])
    }

    fn what_comes(&self, course: &Course) -> String {
        if let Some(next) = self.steps.get(self.step + 1) {
            return if next.title == self.title() { format!("{}, further", next.title) } else { next.title.clone() };
        }
        match course.pages().skip_while(|page| page.id != self.reader.page).nth(1) {
            Some(page) => format!("the page “{}”", page.title),
            None => "the end".to_owned(),
        }
    }

    fn pages_so_far(&self, course: &Course) -> Vec<Row> {
        let Some(clock) = &self.clock else { return Vec::new() };
        let spent = spent_ms(&self.stage, clock.at_ms);
        if spent.is_empty() {
            return Vec::new();
        }
        let mut rows = vec![Row::ui(Ui::Muted, "Pages so far")];
        for (id, ms) in spent {
            let page = course.page(&PageId(id.clone()));
            let title = page.map_or(id.as_str(), |page| page.title.as_str());
            let planned = page.map_or(0, |page| page.minutes);
            let of = if planned > 0 { format!(" of {planned}") } else { String::new() };
            rows.push(Row::of([
                Span::ui(Ui::Strong, format!("{:>9}", minutes(ms))),
                Span::ui(Ui::Muted, format!("{of:<7}")),
                Span::ui(Ui::Text, format!(" {title}")),
            ]));
        }
        rows
    }
}

fn labelled(label: &str, text: &str, role: Ui) -> Row {
    Row::of([Span::ui(Ui::Muted, format!("{label}  ")), Span::ui(role, text)])
}

/// The time on each page until `now_ms`, in the order in which the pages were first turned to.
fn spent_ms(stage: &Stage, now_ms: i64) -> Vec<(String, i64)> {
    let mut spent: Vec<(String, i64)> = Vec::new();
    for (index, visit) in stage.visits.iter().enumerate() {
        let until = stage.visits.get(index + 1).map_or(now_ms, |next| next.at_ms);
        let ms = until.saturating_sub(visit.at_ms).max(0);
        match spent.iter_mut().find(|(page, _)| *page == visit.page) {
            Some((_, sum)) => *sum += ms,
            None => spent.push((visit.page.clone(), ms)),
        }
    }
    spent
}

fn minutes(ms: i64) -> String {
    let seconds = ms / 1000;
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::spent_ms;
    use crate::app::present::{Stage, Visit};

    #[test]
    fn the_time_of_a_page_is_the_sum_of_its_visits() {
        let visit = |page: &str, at_ms| Visit { page: page.into(), at_ms };
        let stage = Stage { visits: vec![visit("a", 0), visit("b", 10), visit("a", 15)], ..Stage::default() };
        assert_eq!(spent_ms(&stage, 100), [("a".to_owned(), 95), ("b".to_owned(), 5)]);
        // A clock that was set back takes nothing away.
        assert_eq!(spent_ms(&stage, 0), [("a".to_owned(), 10), ("b".to_owned(), 5)]);
    }
}
