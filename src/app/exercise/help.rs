//! Help with an exercise, step by step: a nudge, the passage it is about, a similar case, at last the solution, and after
//! it the same in another form. What a step costs is said before it is taken.

use super::{Sheet, Stage};
use crate::app::lesson::Reader;
use crate::app::row::{Row, Span, Ui, prose, wrapped};
use crate::app::{Desk, Effect, Go, Screen, Start, Step};
use crate::course::exercise::{GIVING_UP_PRICE, HELP_PRICE, SOLUTION_PRICE};
use crate::course::progress::Work;
use crate::course::{Course, Deed, Exercise, Help, Target};
use crate::grade::Verdict;

impl Sheet {
    /// Takes the next step of help.
    pub(super) fn hint(&mut self, desk: &Desk<'_>, exercise: &Exercise, work: &Work) -> Step {
        let help = exercise.help();
        if let Some(step) = self.refuse_help() {
            return step;
        }
        self.leave_editor();
        self.top = usize::MAX;
        let order = exercise.help_order(&self.hints_shown, verdict_of(work));
        let Some(next) = order.get(self.hints_shown.len()).copied() else {
            return Step::say(match help.len() {
                0 => format!("There is no hint here. S shows the solution. {SOLUTION_PRICE}"),
                n => format!("That was the last of {n} hints. S shows the solution. {SOLUTION_PRICE}"),
            });
        };
        self.hints_shown.push(next);
        let (step, n) = (self.hints_shown.len(), help.len());
        let goes = if matches!(help[next], Help::Passage(_)) { " P goes there, Esc comes back." } else { "" };
        let mut said = Step::say(format!("Hint {step} of {n}: {}.{goes} {HELP_PRICE}", help[next].name()));
        let deed = Deed::HintShown { exercise: self.exercise.clone(), step: next + 1 };
        said.effects.push(Effect::Keep { question: desk.question, deed });
        said
    }

    /// To the passage that the exercise is about, over the exercise: Esc comes back to it.
    pub(super) fn passage(&mut self, desk: &Desk<'_>, exercise: &Exercise, work: &Work) -> Step {
        let help = exercise.help();
        let Some(at) = help.iter().position(|it| matches!(it, Help::Passage(_))) else {
            return Step::say("This exercise names no passage.");
        };
        if let Some(step) = self.refuse_help() {
            return step;
        }
        if !self.hints_shown.contains(&at) {
            let order = exercise.help_order(&self.hints_shown, verdict_of(work));
            let number = 1 + order.iter().position(|it| *it == at).unwrap_or(at);
            return Step::say(format!("The passage is hint {number} of {}: H takes the next one.", help.len()));
        }
        let (page, start) = match desk.course.passage(exercise) {
            Some(Target::Place { page, source_line }) if source_line > 0 => (page, Start::Line(source_line)),
            Some(Target::Place { page, .. } | Target::NoHeading { page, .. }) => (page, Start::Top),
            _ => return Step::say("The passage is gone from the course."),
        };
        let reader = Reader::new(desk, &page.id, start);
        let mut step = Step::go(Go::Open(Screen::Page(Box::new(reader))));
        step.notice = Step::say("This is the passage. Esc goes back to your answer.").notice;
        step
    }

    pub(super) fn solution(&mut self, desk: &Desk<'_>, work: &Work) -> Step {
        if let Some(step) = self.refuse_help() {
            return step;
        }
        self.leave_editor();
        if self.solution_shown {
            self.top = usize::MAX;
            return Step::default();
        }
        // The price of the solution after an honest try stands beside its key. Who only wants to tick has not read it.
        if work.honest && !self.checks_itself {
            return self.reveal(desk, work);
        }
        self.asks_to_reveal = true;
        let price = if work.honest { SOLUTION_PRICE } else { GIVING_UP_PRICE };
        let what = if self.checks_itself { "You tick beside the solution. " } else { "" };
        Step::say(format!("{what}{price} Show it? y / n"))
    }

    pub(super) fn reveal(&mut self, desk: &Desk<'_>, work: &Work) -> Step {
        let exercise = self.exercise.clone();
        let deed = if work.honest { Deed::SolutionSeen { exercise } } else { Deed::GaveUp { exercise } };
        self.solution_shown = true;
        self.top = usize::MAX;
        if self.stage == Stage::Answering {
            self.stage = Stage::Reading;
        }
        if std::mem::take(&mut self.checks_itself) {
            self.begin_checking();
        }
        Step::effect(Effect::Keep { question: desk.question, deed })
    }

    /// While one proves what one knows, there is no help.
    fn refuse_help(&self) -> Option<Step> {
        (!self.gives_help()).then(|| {
            Step::say("This is to show what you know without help. Hints and the solution are there on the page.")
        })
    }

    /// The form of the exercise that is to be answered now, since the solution of this one is known.
    pub(super) fn next_form<'a>(&self, desk: &Desk<'a>) -> Option<&'a Exercise> {
        let form = desk.course.other_form(&self.exercise, desk.progress)?;
        let is_open = !desk.progress.work(&form.id).solution_seen;
        (self.solution_shown && !self.has_all_points() && is_open).then_some(form)
    }

    pub(super) fn open_next_form(&self, desk: &Desk<'_>) -> Option<Step> {
        let sheet = Self::afresh(desk, &self.next_form(desk)?.id)?;
        let mut step = Step::go(Go::Instead(Screen::Exercise(Box::new(sheet))));
        step.notice = Step::say("The same in another form: now without having read the solution.").notice;
        Some(step)
    }

    /// The steps that were taken, then the solution, then what comes after it.
    pub(super) fn help_rows(&self, desk: &Desk<'_>, exercise: &Exercise, work: &Work, width: usize) -> Vec<Row> {
        let mut rows = Vec::new();
        let help = exercise.help();
        for (number, step) in (1..).zip(self.hints_shown.iter().filter_map(|at| help.get(*at))) {
            rows.push(Row::default());
            rows.push(Row::ui(Ui::Strong, format!("Hint {number} of {}: {}", help.len(), step.name())));
            match step {
                Help::Nudge(text) | Help::Similar(text) => rows.extend(prose(text, width)),
                Help::Passage(_) => rows.extend(passage_row(desk.course, exercise).map(|row| row.cut(width))),
            }
        }
        if self.solution_shown {
            rows.push(Row::default());
            let how = if work.gave_up { "Solution (you gave up on this one)" } else { "Solution" };
            rows.push(Row::ui(Ui::Strong, how));
            rows.extend(prose(&exercise.solution_text(), width));
            rows.push(Row::default());
            if let Some(form) = self.next_form(desk) {
                let spans = [
                    Span::ui(Ui::Key, "Enter"),
                    Span::ui(Ui::Text, " asks the same in another form: "),
                    Span::ui(Ui::Strong, &*form.title),
                ];
                rows.push(Row::of(spans).cut(width));
            } else {
                let said = "It will be asked again in your review, `coldstart review`.";
                rows.extend(wrapped(Ui::Muted, said, width));
            }
        } else if self.gives_help() && !self.has_all_points() {
            rows.push(Row::default());
            let order = exercise.help_order(&self.hints_shown, verdict_of(work));
            let steps: Vec<Help<'_>> = order.into_iter().filter_map(|at| help.get(at).copied()).collect();
            rows.extend(ladder(&steps, self.hints_shown.len(), width));
        }
        rows
    }
}

/// What is known of the last answer, so that hints come first for the points that it does not make.
fn verdict_of(work: &Work) -> Option<&Verdict> {
    work.last.as_ref().map(|(_, verdict)| verdict)
}

/// Where the passage is: its heading and its page.
fn passage_row(course: &Course, exercise: &Exercise) -> Option<Row> {
    let place = course.place_of(exercise)?;
    Some(Row::of([
        Span::ui(Ui::Key, "P"),
        Span::ui(Ui::Text, " goes to "),
        Span::ui(Ui::Strong, place),
        Span::ui(Ui::Text, ", Esc comes back."),
    ]))
}

/// Which steps there are, those taken ticked, and what the next one costs.
fn ladder(help: &[Help<'_>], taken: usize, width: usize) -> Vec<Row> {
    let mut names: Vec<String> = Vec::new();
    for (index, step) in help.iter().enumerate() {
        names.push(format!("{}{}", if index < taken { "✓ " } else { "" }, step.name()));
    }
    names.push("the solution".to_owned());
    let mut rows = wrapped(Ui::Muted, &format!("Help: {}", names.join(" → ")), width);
    rows.extend(if taken < help.len() {
        wrapped(Ui::Muted, &format!("H takes the next step. {HELP_PRICE}"), width)
    } else {
        wrapped(Ui::Muted, &format!("S shows the solution. {SOLUTION_PRICE}"), width)
    });
    rows
}
