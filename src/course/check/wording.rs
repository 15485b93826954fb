//! The glossary held against the course: its links lead somewhere, and sentences spell its terms as it does.
//!
//! Exempt: code, what is quoted, comments, raw HTML, and the answers of learners that exercises are tried with.

use super::dead_end;
use crate::course::{Course, Problem, glossary};
use crate::markdown::{self, Block, ContainerKind, Document, Role, Run};

pub(super) fn problems(course: &Course) -> Vec<Problem> {
    let mut problems = dead_links(course);
    if course.glossary.terms.is_empty() {
        return problems;
    }
    for page in course.pages() {
        let mut slip = |line: u32, message: String| problems.push(Problem::new(&page.file, line, message));
        let places = std::iter::once(page.places.title).chain(page.places.goals.iter().copied());
        for (text, line) in std::iter::once(&page.title).chain(&page.goals).zip(places) {
            told(course, text, |message| slip(line, message));
        }
        in_document(course, &page.document, |line, message| slip(line + page.lines_before, message));
    }
    for exercise in course.exercises.values() {
        for prose in &exercise.prose {
            in_document(course, &markdown::parse(&prose.text), |line, message| {
                problems.push(Problem::new(&exercise.file, prose.line(line), message));
            });
        }
    }
    problems
}

fn dead_links(course: &Course) -> Vec<Problem> {
    let Some(any) = course.pages().next() else { return Vec::new() };
    let dead = |term: &glossary::Term| {
        let message = match term.page.as_str() {
            "" => "no page".to_owned(),
            page => dead_end(course, any, page)?,
        };
        let message = format!("`{}`: {message}", term.name);
        Some(Problem::new(glossary::FILE, term.page_line, message))
    };
    course.glossary.terms.iter().filter_map(dead).collect()
}

fn in_document(course: &Course, document: &Document, mut slip: impl FnMut(u32, String)) {
    for leaf in &document.leaves {
        let mut outward = std::iter::successors(leaf.container, |id| document.containers[*id].parent);
        if outward.any(|id| matches!(document.containers[id].kind, ContainerKind::Quote)) {
            continue;
        }
        let texts: Vec<&Vec<Run>> = match &leaf.block {
            Block::Paragraph(runs) | Block::Heading(_, runs) => vec![runs],
            Block::Table(table) => table.rows.iter().flat_map(|row| &row.cells).collect(),
            Block::Code(_) | Block::Rule | Block::Nothing => Vec::new(),
        };
        for runs in texts {
            // Line by line, so that the line is known; a term in two looks is read as one.
            for line in runs.chunk_by(|one, next| one.source_line == next.source_line) {
                let is_words =
                    |run: &Run| !matches!(run.look.role, Role::Code | Role::Key | Role::Muted | Role::Marker);
                let text: String = line.iter().map(|run| if is_words(run) { &run.text } else { "`" }).collect();
                told(course, &text, |message| slip(line[0].source_line, message));
            }
        }
    }
}

fn told(course: &Course, text: &str, mut slip: impl FnMut(String)) {
    for found in course.glossary.misspellings(text) {
        let written = text[found.bytes].replace('\n', " ");
        slip(format!("`{written}` is written `{}` in the glossary", found.right));
    }
}
