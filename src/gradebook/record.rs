//! One student's work on one exercise, and what it comes to.

use serde::Serialize;

use super::event::{Change, Grading, LatePolicy, Mark, Submission};
use crate::grade::{ItemVerdict, Verdict};

/// A change of the whole by a person.
#[derive(Clone, Debug, PartialEq)]
pub struct Adjustment {
    pub at_ms: i64,
    pub by: String,
    pub change: Change,
    pub reason: String,
}

/// What was handed in for an exercise and all that was said about it, oldest first, each with its time.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Record {
    pub submissions: Vec<(i64, Submission)>,
    /// The index of the submission that counts.
    current: usize,
    pub gradings: Vec<(i64, Grading)>,
    pub marks: Vec<(i64, Mark)>,
    /// Those that count: a later total sets the earlier changes aside.
    pub adjustments: Vec<Adjustment>,
    pub requests: Vec<(i64, String)>,
    pub extended_ms: Option<i64>,
    /// Decisions that count no more.
    pub(super) taken_back: Vec<(i64, String)>,
}

/// A mark and how it came about.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Standing {
    /// Nothing before the answer was graded, and for the excused.
    pub points: Option<f64>,
    pub max: f64,
    pub excused: bool,
    /// A person has not yet looked at what the grader is unsure of.
    pub needs_review: bool,
    /// Each step of the way to the mark, in words.
    pub steps: Vec<String>,
}

impl Record {
    /// A later submission counts and the earlier stay. What was handed in earlier but imported later does not count.
    pub(super) fn submit(&mut self, at_ms: i64, submission: Submission) {
        let older = self.current().is_some_and(|current| {
            matches!((submission.submitted_at_ms, current.submitted_at_ms), (Some(new), Some(old)) if new < old)
        });
        self.submissions.push((at_ms, submission));
        if !older {
            self.current = self.submissions.len() - 1;
        }
    }

    pub(super) fn adjust(&mut self, at_ms: i64, by: String, change: Change, reason: String) {
        if !matches!(change, Change::Delta(_)) {
            self.adjustments.clear();
        }
        if change != Change::Cleared {
            self.adjustments.push(Adjustment { at_ms, by, change, reason });
        }
    }

    /// The submission that counts.
    pub fn current(&self) -> Option<&Submission> {
        self.submissions.get(self.current).map(|(_, submission)| submission)
    }

    /// Whether this very submission was imported before.
    pub(super) fn holds(&self, digest: &str, submitted_at_ms: Option<i64>) -> bool {
        self.submissions.iter().any(|(_, it)| it.digest == digest && it.submitted_at_ms == submitted_at_ms)
    }

    /// The newest grading of the submission that counts.
    pub fn grading(&self) -> Option<&Grading> {
        let digest = &self.current()?.digest;
        self.gradings.iter().rev().map(|(_, grading)| grading).find(|grading| grading.of == *digest)
    }

    /// The marks of the submission that counts, oldest first.
    pub fn current_marks(&self) -> impl Iterator<Item = &Mark> {
        let digest = self.current().map(|it| it.digest.as_str()).unwrap_or_default();
        self.marks.iter().map(|(_, mark)| mark).filter(move |mark| mark.of == digest)
    }

    /// Whether a person has said something of the submission that counts, or of the whole.
    pub fn is_decided(&self) -> bool {
        self.current_marks().next().is_some() || !self.adjustments.is_empty()
    }

    /// What the student asked last, if no person has decided since.
    pub fn open_request(&self) -> Option<&str> {
        let (asked_ms, reason) = self.requests.last()?;
        let decided_ms =
            self.marks.iter().map(|(at_ms, _)| *at_ms).chain(self.adjustments.iter().map(|it| it.at_ms)).max();
        decided_ms.is_none_or(|decided_ms| decided_ms < *asked_ms).then_some(reason)
    }

    /// What a person gave an item, if a person did, with the mark that says so.
    pub fn marked(&self, item: &str) -> Option<(f64, &Mark)> {
        self.current_marks().filter_map(|mark| Some((*mark.items.get(item)?, mark))).last()
    }

    /// The points of an item as they stand: a person's word before the grader's.
    pub fn item_points(&self, item: &ItemVerdict) -> f64 {
        self.marked(&item.id).map_or(item.points, |(points, _)| points)
    }

    fn points_of_items(&self, verdict: &Verdict) -> f64 {
        // A total that nobody has touched stays the grader's, which may cap or round it.
        if self.current_marks().next().is_none() {
            return verdict.score;
        }
        let sum: f64 = verdict.items.iter().map(|item| self.item_points(item)).sum();
        rounded(sum.clamp(0.0, verdict.max))
    }

    /// What the record comes to: items, then a person's changes of the whole, then lateness.
    pub fn standing(&self, policy: Option<&LatePolicy>) -> Standing {
        let grading = self.grading();
        let mut standing = Standing {
            points: grading.map(|it| self.points_of_items(&it.verdict)),
            max: grading.map_or(0.0, |it| it.verdict.max),
            excused: false,
            needs_review: false,
            steps: Vec::new(),
        };
        if let Some(grading) = grading {
            let Grading { grader, rubric, verdict, .. } = grading;
            let short: String = rubric.chars().take(12).collect();
            let taught = match grading.n_lessons {
                0 => String::new(),
                n => format!(", taught by {n} marks"),
            };
            standing
                .steps
                .push(format!("{} of {} points by {grader} with rubric {short}{taught}", verdict.score, verdict.max));
            for item in &verdict.items {
                if let Some((points, mark)) = self.marked(&item.id) {
                    let (by, reason) = (&mark.by, said(&mark.reason));
                    standing.steps.push(if points == item.points {
                        format!("{}: {points} confirmed by {by}{reason}", item.id)
                    } else {
                        format!("{}: {} → {points} by {by}{reason}", item.id, item.points)
                    });
                }
            }
            standing.needs_review = self.open_request().is_some() || (verdict.needs_review && !self.is_decided());
        }
        for Adjustment { by, change, reason, .. } in &self.adjustments {
            let reason = said(reason);
            match change {
                Change::Total(total) => {
                    standing.points = Some(*total);
                    standing.steps.push(format!("set to {total} by {by}{reason}"));
                }
                Change::Delta(delta) => {
                    standing.points = standing.points.map(|points| rounded((points + delta).max(0.0)));
                    standing.steps.push(format!("{delta:+} by {by}{reason}"));
                }
                Change::Excused => {
                    standing.excused = true;
                    standing.steps.push(format!("excused by {by}{reason}"));
                }
                Change::Cleared => {}
            }
        }
        if let (Some(policy), Some(at_ms), Some(points)) =
            (policy, self.current().and_then(|it| it.submitted_at_ms), standing.points)
        {
            let penalty = policy.penalty(at_ms, self.extended_ms);
            if penalty > 0.0 {
                standing.points = Some(rounded(points * (1.0 - penalty)));
                standing.steps.push(format!("{:.0} % off: it came late", penalty * 100.0));
            }
        }
        if standing.excused {
            standing.points = None;
        }
        standing
    }
}

impl Record {
    /// All that happened to it, each with its time, oldest first, in words.
    pub fn history(&self) -> Vec<(i64, String)> {
        let mut history = Vec::new();
        for (index, (at_ms, submission)) in self.submissions.iter().enumerate() {
            let counts = if index == self.current { "" } else { "; another one counts" };
            let taken = format!("taken in from {}{counts}", submission.source);
            let said = std::iter::once(taken).chain(submission.flags.iter().cloned());
            history.push((*at_ms, said.collect::<Vec<_>>().join("; ")));
        }
        for (at_ms, Grading { grader, rubric, n_lessons, verdict, .. }) in &self.gradings {
            let rubric: String = rubric.chars().take(12).collect();
            let taught = if *n_lessons > 0 { format!(", taught by {n_lessons} marks") } else { String::new() };
            let (score, max) = (verdict.score, verdict.max);
            history.push((*at_ms, format!("graded {score} of {max} by {grader}, rubric {rubric}{taught}")));
        }
        for (at_ms, mark) in &self.marks {
            let items = mark.items.iter().map(|(id, points)| format!("{id} {points}")).collect::<Vec<_>>().join(", ");
            history.push((*at_ms, format!("marked by {}: {items}{}", mark.by, said(&mark.reason))));
        }
        for Adjustment { at_ms, by, change, reason } in &self.adjustments {
            let what = match change {
                Change::Total(total) => format!("set to {total}"),
                Change::Delta(delta) => format!("changed by {delta:+}"),
                Change::Excused => "excused".to_owned(),
                Change::Cleared => "earlier changes set aside".to_owned(),
            };
            history.push((*at_ms, format!("{what} by {by}{}", said(reason))));
        }
        history.extend(self.requests.iter().map(|(at_ms, reason)| (*at_ms, format!("the student asks: {reason}"))));
        history.extend(self.taken_back.iter().cloned());
        // Of the same moment, what was handed in comes before what was said of it.
        history.sort_by_key(|(at_ms, _)| *at_ms);
        history
    }
}

fn said(reason: &str) -> String {
    if reason.is_empty() { String::new() } else { format!(": {reason}") }
}

/// Points without the last digits of their sum.
pub(super) fn rounded(points: f64) -> f64 {
    (points * 1e6).round() / 1e6
}

#[cfg(test)]
mod tests {
    use super::{Change, LatePolicy, Record, Submission};
    use crate::course::Answer;
    use crate::grade::Verdict;
    use crate::gradebook::event::Grading;

    const DAY_MS: i64 = 86_400_000;

    fn record(submitted_at_ms: i64) -> Record {
        let mut record = Record::default();
        let submission = Submission {
            digest: "d".into(),
            answer: Answer::Text("a".into()),
            submitted_at_ms: Some(submitted_at_ms),
            late: false,
            source: "a.txt".into(),
            flags: Vec::new(),
        };
        record.submit(1, submission);
        let verdict = Verdict {
            score: 4.0,
            max: 10.0,
            items: Vec::new(),
            needs_review: true,
            review_reason: None,
            feedback: String::new(),
        };
        record
            .gradings
            .push((2, Grading { of: "d".into(), grader: "g".into(), rubric: "r".into(), n_lessons: 0, verdict }));
        record
    }

    #[test]
    fn changes_add_up_a_total_sets_them_aside_and_lateness_comes_last() {
        let policy = LatePolicy { due_ms: 0, grace_min: 60, percent_per_day: 10.0, cap_percent: 25.0 };
        for (changes, submitted_at_ms, extended_ms, points) in [
            (&[][..], 0, None, Some(4.0)),
            (&[Change::Delta(1.0), Change::Delta(0.5)], 0, None, Some(5.5)),
            (&[Change::Delta(1.0), Change::Total(8.0)], 0, None, Some(8.0)),
            (&[Change::Total(8.0), Change::Delta(1.0)], 0, None, Some(9.0)),
            (&[Change::Total(8.0), Change::Cleared], 0, None, Some(4.0)),
            (&[Change::Excused], 0, None, None),
            (&[Change::Delta(-9.0)], 0, None, Some(0.0)),
            (&[], 60 * 60_000, None, Some(4.0)),
            (&[], 60 * 60_000 + 1, None, Some(3.6)),
            (&[], 9 * DAY_MS, None, Some(3.0)),
            (&[], 9 * DAY_MS, Some(10 * DAY_MS), Some(4.0)),
        ] {
            let mut record = record(submitted_at_ms);
            record.extended_ms = extended_ms;
            for change in changes {
                record.adjust(3, "Ada".into(), *change, "why".into());
            }
            let standing = record.standing(Some(&policy));
            assert_eq!(standing.points, points, "{changes:?} {submitted_at_ms} {extended_ms:?}");
            assert_eq!(standing.needs_review, record.adjustments.is_empty());
        }
    }
}
