//! An exercise as a card: what is asked, then hints and solution, folded.

use super::prose::snippet;
use super::sheet::{Sheet, begin_card, end_card, folded};
use crate::course::{Exercise, Help, Kind, Piece};
use crate::grade::exact::ChoiceOption;
use crate::grade::exact::gaps::{Gap, Wanted};

pub(super) fn card(sheet: &mut Sheet<'_>, exercise: &Exercise, level: u8) {
    begin_card(sheet, "card exercise", &exercise.kind.called(": "), &exercise.title, level);
    snippet(sheet, &exercise.task_text(), level);
    match &exercise.kind {
        Kind::Choice { options, .. } => {
            lines(sheet, options.iter().map(|option| option.text.as_str()), "lettered", level);
        }
        Kind::Order { steps } => {
            lines(sheet, exercise.shown_order().into_iter().map(|step| steps[step].as_str()), "lettered", level);
        }
        Kind::Matching(pairs) => {
            lines(sheet, pairs.lines.iter().map(|line| line.text.as_str()), "numbered", level);
            let choices = exercise.shown_order().into_iter().map(|choice| pairs.choices[choice].as_str());
            lines(sheet, choices, "lettered", level);
        }
        Kind::Gaps { pieces, .. } => with_gaps(sheet, pieces, |_| "________".to_owned()),
        Kind::Text(_) | Kind::Number(_) | Kind::Flow(_) => {}
        Kind::Code(task) => snippet(sheet, &task.start_text(), level),
    }
    for (number, help) in (1..).zip(exercise.help()) {
        folded(sheet, &format!("Hint {number}: {}", help.name()), |sheet| match help {
            Help::Nudge(text) | Help::Similar(text) => snippet(sheet, text, level),
            Help::Passage(target) => snippet(sheet, &format!("[It stands here.]({target})"), level),
        });
    }
    folded(sheet, "Solution", |sheet| {
        key(sheet, exercise, level);
        snippet(sheet, &exercise.solution_text(), level);
    });
    end_card(sheet);
}

/// What is right, as far as the exercise's kind says it.
fn key(sheet: &mut Sheet<'_>, exercise: &Exercise, level: u8) {
    match &exercise.kind {
        Kind::Text(rubric) => {
            sheet.markup.leaf("p", &[], "A good answer makes these points:");
            sheet.markup.element("ul", &[], |it| {
                for item in rubric.items() {
                    it.leaf("li", &[], &item.label);
                }
            });
        }
        Kind::Choice { options, .. } => judged(sheet, options, level),
        Kind::Order { steps } => lines(sheet, steps.iter().map(String::as_str), "numbered", level),
        Kind::Number(task) => {
            let tolerance = if task.tolerance > 0.0 { format!(" ± {}", task.tolerance) } else { String::new() };
            let value = format!("{}{tolerance} {}", task.value, task.unit);
            sheet.markup.element("p", &[], |it| it.leaf("strong", &[], value.trim()));
        }
        Kind::Matching(pairs) => {
            let matched: Vec<String> =
                pairs.lines.iter().map(|line| format!("{} → **{}**", line.text, pairs.choices[line.choice])).collect();
            lines(sheet, matched.iter().map(String::as_str), "numbered", level);
        }
        Kind::Gaps { pieces, gaps } => with_gaps(sheet, pieces, |gap| filled(&gaps[gap])),
        Kind::Code(task) => {
            sheet.markup.leaf("p", &[], "What is checked:");
            sheet.markup.element("ul", &[], |it| task.checks.iter().for_each(|check| it.leaf("li", &[], &check.label)));
        }
        Kind::Flow(task) => {
            sheet.markup.element("ul", &[], |it| {
                for (from, to) in &task.arrows {
                    it.leaf("li", &[], &format!("{} → {}", task.stops[*from].label, task.stops[*to].label));
                }
            });
        }
    }
}

/// The options with a mark, and what there is to say about each.
fn judged(sheet: &mut Sheet<'_>, options: &[ChoiceOption], level: u8) {
    sheet.markup.open("ol", &[("class", "lettered")]);
    for option in options {
        sheet.markup.open("li", &[]);
        let (mark, said) = if option.right { ("✓", "Right: ") } else { ("✗", "Wrong: ") };
        let class = if option.right { "mark right" } else { "mark wrong" };
        sheet.markup.leaf("span", &[("class", class), ("role", "img"), ("aria-label", said)], mark);
        snippet(sheet, &option.text, level);
        if !option.why.is_empty() {
            snippet(sheet, &option.why, level);
        }
        sheet.markup.close("li");
    }
    sheet.markup.close("ol");
}

/// A text with what `gap` says in each gap, its line breaks kept.
fn with_gaps(sheet: &mut Sheet<'_>, pieces: &[Piece], gap: impl Fn(usize) -> String) {
    let text = pieces.iter().map(|piece| match piece {
        Piece::Text(text) => text.clone(),
        Piece::Gap(index) => gap(*index),
    });
    sheet.markup.leaf("pre", &[("tabindex", "0")], &text.collect::<String>());
}

/// The first of what a gap takes.
fn filled(gap: &Gap) -> String {
    match &gap.wanted {
        Wanted::Words { accept, .. } => accept.first().cloned().unwrap_or_default(),
        Wanted::Number(task) => format!("{} {}", task.value, task.unit).trim().to_owned(),
    }
}

fn lines<'a>(sheet: &mut Sheet<'_>, lines: impl Iterator<Item = &'a str>, class: &'static str, level: u8) {
    sheet.markup.open("ol", &[("class", class)]);
    for line in lines {
        sheet.markup.open("li", &[]);
        snippet(sheet, line, level);
        sheet.markup.close("li");
    }
    sheet.markup.close("ol");
}
