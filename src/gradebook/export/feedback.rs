//! What a student is told: points, what was there, what was missing, and what a person said.

use super::{Export, Row, Sheet, file_name, shown};
use crate::grade::Status;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Markdown,
    Html,
    Text,
}

enum Block {
    Heading(String),
    Paragraph(String),
    Item(String),
}

/// One file for each student.
pub(super) fn files(sheet: &Sheet<'_>, form: Form) -> Export {
    let mut export = Export { is_folder: true, ..Export::default() };
    let ending = match form {
        Form::Markdown => "md",
        Form::Html => "html",
        Form::Text => "txt",
    };
    for row in &sheet.rows {
        let said = of(sheet, row, form);
        let text = if form == Form::Html {
            format!("<!doctype html>\n<meta charset=\"utf-8\">\n<title>Feedback</title>\n{said}\n")
        } else {
            format!("{said}\n")
        };
        export.n_marks += 1;
        export.file(file_name(row.id, ending), text);
    }
    export
}

/// The feedback to one student over all chosen exercises.
pub(super) fn of(sheet: &Sheet<'_>, row: &Row<'_>, form: Form) -> String {
    let mut blocks = Vec::new();
    for work in &row.works {
        let title = sheet.title(work.exercise);
        let standing = &work.standing;
        blocks.push(Block::Heading(match standing.points {
            Some(points) => format!("{title}: {} of {} points", shown(points), shown(standing.max)),
            None if standing.excused => format!("{title}: excused"),
            None => format!("{title}: not graded yet"),
        }));
        let Some(grading) = work.record.grading() else { continue };
        let is_marked = work.record.current_marks().next().is_some();
        // The grader's own summary would contradict the person who corrected it.
        if !is_marked {
            blocks.push(Block::Paragraph(grading.verdict.feedback.clone()));
        }
        for item in &grading.verdict.items {
            let points = work.record.item_points(item);
            let person = work.record.marked(&item.id);
            let mut text = format!("{} ({} of {})", item.label, shown(points), shown(item.max));
            let remark = match person {
                Some((_, mark)) => Some(mark.reason.as_str()).filter(|it| !it.is_empty()),
                None => item.reason.as_deref().or(item.hint.as_deref().filter(|_| item.status != Status::Made)),
            };
            text.extend(remark.map(|remark| format!(": {remark}")));
            blocks.push(Block::Item(text));
        }
        for change in work.record.adjustments.iter().filter(|it| !it.reason.is_empty()) {
            blocks.push(Block::Paragraph(format!("Changed by a person: {}", change.reason)));
        }
    }
    written(&blocks, form)
}

fn written(blocks: &[Block], form: Form) -> String {
    let mut out = String::new();
    let mut in_list = false;
    for block in blocks {
        let is_item = matches!(block, Block::Item(_));
        if form == Form::Html && in_list != is_item {
            out.push_str(if is_item { "<ul>" } else { "</ul>" });
        }
        if form != Form::Html && !out.is_empty() {
            out.push_str(if in_list && is_item { "\n" } else { "\n\n" });
        }
        in_list = is_item;
        out += &match (block, form) {
            (Block::Heading(text), Form::Html) => format!("<h3>{}</h3>", escaped(text)),
            (Block::Paragraph(text), Form::Html) => format!("<p>{}</p>", escaped(text)),
            (Block::Item(text), Form::Html) => format!("<li>{}</li>", escaped(text)),
            (Block::Heading(text), Form::Markdown) => format!("## {text}"),
            (Block::Item(text), _) => format!("- {text}"),
            (Block::Heading(text) | Block::Paragraph(text), _) => text.clone(),
        };
    }
    if form == Form::Html && in_list {
        out.push_str("</ul>");
    }
    out
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
