//! A page in words, for a screen reader, a braille line or a log: paragraphs of one line each, no columns, no borders.

use crate::app::glossary::{matching, taught_on};
use crate::course::{Course, Page, Target, Task, Term, minutes_said};
use crate::diagram;
use crate::markdown::{self, Block, ContainerId, ContainerKind, Document, Fence, Leaf, Role, Run, Table};

/// A stretch of a page that is said at once: up to the next section, or to something that waits for the learner.
pub(super) struct Part {
    pub(super) lines: Vec<String>,
    pub(super) source_line: u32,
    /// What it ends with: index of an exercise, a simulation or a function among the page's widgets.
    pub(super) widget: Option<usize>,
}

/// All parts of a page; never empty.
pub(super) fn parts(course: &Course, page: &Page) -> Vec<Part> {
    let note = |target: &str| match course.follow(page, target) {
        Target::Outside => Some(target.to_owned()),
        Target::Place { page: other, .. } | Target::NoHeading { page: other, .. } if other.id != page.id => {
            course.pages().position(|it| it.id == other.id).map(|index| format!("page {}", index + 1))
        }
        _ => None,
    };
    let mut speaker = Speaker::new(&page.document, &note);
    let mut parts = Vec::new();
    let mut lines = Vec::new();
    let mut from = 0;
    let about_after = usize::from(begins_with_title(page));
    for (index, leaf) in page.document.leaves.iter().enumerate() {
        if index == about_after {
            lines.extend(opening(page));
        }
        let fence_line = if let Block::Code(fence) = &leaf.block { fence.source_line } else { 0 };
        let widget = page.widgets.iter().position(|widget| fence_line > 0 && widget.source_line == fence_line);
        if matches!(leaf.block, Block::Heading(2.., _)) && !lines.is_empty() {
            parts.push(Part { lines: std::mem::take(&mut lines), source_line: from, widget: None });
            from = leaf.source_line;
        }
        match widget.map(|index| &page.widgets[index].task) {
            Some(Task::Diagram { graph, problems }) => {
                lines.push(format!("Diagram. {}", diagram::describe(graph)));
                lines.extend(problems.iter().map(|problem| format!("A slip in it: {problem}")));
            }
            Some(Task::Broken(why)) => lines.push(format!("Something is missing here: {why}")),
            Some(Task::Exercise(_) | Task::Simulation(_) | Task::Function(_)) => {
                parts.push(Part { lines: std::mem::take(&mut lines), source_line: from, widget });
                from = leaf.source_line + 1;
            }
            None => speaker.leaf(leaf, &mut lines),
        }
    }
    if page.document.leaves.len() <= about_after {
        lines.extend(opening(page));
    }
    if !lines.is_empty() || parts.is_empty() {
        parts.push(Part { lines, source_line: from, widget: None });
    }
    parts
}

/// The words of the course: their names, or what those mean that were asked for.
pub(super) fn glossary(course: &Course, asked: &str) -> Vec<String> {
    let terms = matching(&course.glossary, asked);
    if terms.is_empty() {
        return vec![format!("No word of the course is `{asked}`.")];
    }
    if asked.is_empty() {
        let names: Vec<&str> = terms.iter().map(|term| term.name.as_str()).collect();
        return vec![format!("{} words: {}.", names.len(), names.join("; "))];
    }
    terms.into_iter().map(|term| meaning(course, term)).collect()
}

/// A term, what it means, and where it is taught, in one line.
fn meaning(course: &Course, term: &Term) -> String {
    let place = taught_on(course, term).map_or_else(String::new, |place| format!(" See {place}."));
    format!("{}: {}{place}", term.title(), term.says)
}

fn begins_with_title(page: &Page) -> bool {
    page.document.leaves.first().is_some_and(|leaf| matches!(leaf.block, Block::Heading(1, _)))
}

/// What is said of the page after its title: what is wrong with it, how long it takes, what it is for.
fn opening(page: &Page) -> Vec<String> {
    let mut lines: Vec<String> =
        page.problems.iter().map(|problem| format!("A slip in this page: {problem}")).collect();
    if page.minutes > 0 {
        lines.push(format!("About {}.", minutes_said(page.minutes)));
    }
    if !page.goals.is_empty() {
        lines.push("After this page you can:".to_owned());
        lines.extend(page.goals.iter().map(|goal| format!("- {goal}")));
    }
    lines
}

/// Markdown of an exercise in words.
pub(super) fn prose(text: &str) -> Vec<String> {
    let document = markdown::parse(text.trim());
    let mut speaker = Speaker::new(&document, &|_| None);
    let mut lines = Vec::new();
    for leaf in &document.leaves {
        speaker.leaf(leaf, &mut lines);
    }
    lines
}

struct Speaker<'a> {
    document: &'a Document,
    /// What is said after a link's text of where it leads.
    note: &'a dyn Fn(&str) -> Option<String>,
    /// Containers whose number or name has been said.
    is_begun: Vec<bool>,
}

impl<'a> Speaker<'a> {
    fn new(document: &'a Document, note: &'a dyn Fn(&str) -> Option<String>) -> Self {
        Self { document, note, is_begun: vec![false; document.containers.len()] }
    }

    fn leaf(&mut self, leaf: &Leaf, lines: &mut Vec<String>) {
        let lead = self.lead(leaf.container);
        let indent = " ".repeat(lead.len() - lead.trim_start().len());
        let first = lines.len();
        match &leaf.block {
            Block::Paragraph(runs) => {
                let is_title = runs.iter().any(|run| matches!(run.look.role, Role::CalloutTitle(_)));
                let text = self.text(runs);
                lines.extend(text.lines().map(|line| format!("{indent}{}", line.trim_end())));
                if is_title && let Some(last) = lines.last_mut() {
                    last.push(':');
                }
            }
            Block::Heading(1, runs) => lines.push(self.text(runs)),
            Block::Heading(_, runs) => lines.push(format!("Section: {}", self.text(runs))),
            Block::Code(fence) => lines.extend(code(fence).map(|line| indent.clone() + &line)),
            Block::Table(table) => lines.extend(self.table(table).into_iter().map(|line| indent.clone() + &line)),
            Block::Rule => {}
            Block::Nothing => lines.push(String::new()),
        }
        // The number of a list's item, a footnote's label: before the first line of what they hold.
        if let Some(line) = lines.get_mut(first) {
            *line = lead + line.trim_start();
        }
    }

    /// What is said before the first line of a leaf in this container, and how far it is set in.
    fn lead(&mut self, container: Option<ContainerId>) -> String {
        let mut path = Vec::new();
        let mut next = container;
        while let Some(id) = next {
            path.push(id);
            next = self.document.containers[id].parent;
        }
        let (mut indent, mut said) = (0, String::new());
        for id in path.into_iter().rev() {
            let is_first = !std::mem::replace(&mut self.is_begun[id], true);
            let word = match &self.document.containers[id].kind {
                ContainerKind::Quote => "Quote: ".to_owned(),
                ContainerKind::Callout(_) => String::new(),
                ContainerKind::Definition => "Meaning: ".to_owned(),
                ContainerKind::Footnote { label } => format!("Footnote {label}: "),
                ContainerKind::Item { list, ordinal, task } => {
                    indent += 2;
                    let number = self.document.lists[*list].start.map(|start| start.saturating_add(*ordinal));
                    let mark = number.map_or_else(|| "- ".to_owned(), |number| format!("{number}. "));
                    mark + match task {
                        None => "",
                        Some(true) => "done: ",
                        Some(false) => "to do: ",
                    }
                }
            };
            if is_first {
                said += &word;
            }
        }
        // The outermost list is not set in.
        " ".repeat(usize::saturating_sub(indent, 2)) + &said
    }

    fn text(&self, runs: &[Run]) -> String {
        let mut text = String::new();
        let mut link_start = 0;
        for (index, run) in runs.iter().enumerate() {
            let link_before = index.checked_sub(1).and_then(|before| runs[before].look.link);
            if run.look.link != link_before {
                link_start = text.len();
            }
            let is_struck = |at: Option<usize>| at.and_then(|at| runs.get(at)).is_some_and(|run| run.look.style.strike);
            if run.look.style.strike && !is_struck(index.checked_sub(1)) {
                text += "(struck out: ";
            }
            text += if run.text == "▣ " && run.look.role == Role::Marker { "image: " } else { &run.text };
            if run.look.style.strike && !is_struck(Some(index + 1)) {
                text += ")";
            }
            let ends = runs.get(index + 1).is_none_or(|next| next.look.link != run.look.link);
            if let Some(target) = run.look.link.filter(|_| ends).and_then(|link| self.document.links.get(link))
                && let Some(note) = (self.note)(target)
                && !text[link_start..].contains(&note)
            {
                text += &format!(" ({note})");
            }
        }
        text
    }

    /// A table row by row, each cell with the name of its column.
    fn table(&self, table: &Table) -> Vec<String> {
        let say = |cell: &Vec<Run>| self.text(cell).replace('\n', " ");
        let Some((head, rows)) = table.rows.split_first() else { return Vec::new() };
        let names: Vec<String> = head.cells.iter().map(say).collect();
        let rows_said = if rows.len() == 1 { "1 row".to_owned() } else { format!("{} rows", rows.len()) };
        let mut lines = vec![format!("Table, {rows_said}. Columns: {}.", names.join("; "))];
        for (number, row) in rows.iter().enumerate() {
            let cells: Vec<String> = row
                .cells
                .iter()
                .enumerate()
                .map(|(index, cell)| (names.get(index).map_or("", String::as_str), say(cell)))
                .map(|(name, cell)| if name.is_empty() { cell } else { format!("{name}: {cell}") })
                .collect();
            lines.push(format!("Row {}. {}", number + 1, cells.join("; ")));
        }
        lines
    }
}

fn code(fence: &Fence) -> impl Iterator<Item = String> {
    let n = fence.body.lines().count();
    let language = if fence.language.is_empty() { String::new() } else { format!(", {}", fence.language) };
    let marked: Vec<String> = fence
        .wishes
        .marked
        .iter()
        .map(|lines| match (lines.start(), lines.end()) {
            (first, last) if first == last => first.to_string(),
            (first, last) => format!("{first} to {last}"),
        })
        .collect();
    let marked = if marked.is_empty() { String::new() } else { format!(", look at {}", marked.join(" and ")) };
    let begin = format!("Code{language}, {n} {}{marked}:", if n == 1 { "line" } else { "lines" });
    let end = "End of the code.".to_owned();
    let lines = fence.body.lines().zip(1..).map(|(line, number)| {
        if fence.wishes.numbered { format!("    {number}: {line}") } else { format!("    {line}") }
    });
    std::iter::once(begin).chain(lines).chain([end])
}

#[cfg(test)]
mod tests {
    use super::prose;

    #[test]
    fn what_is_laid_out_on_a_screen_is_said_in_words() {
        let check = |text: &str, lines: &[&str]| assert_eq!(prose(text), lines, "{text}");
        check("One *line*,\nwrapped.", &["One line, wrapped."]);
        check(
            "## What helps\n\n1. warm\n2. small\n   - very",
            &["Section: What helps", "1. warm", "2. small", "  - very"],
        );
        check("> [!NOTE]\n> Once an hour.", &["Note:", "Once an hour."]);
        check("> [!TIP] `Once` only\n> It is.", &["Tip: Once only:", "It is."]);
        check("It costs ~~two *cents*~~ one.", &["It costs (struck out: two cents) one."]);
        check("- [x] read\n\n> said", &["- done: read", "Quote: said"]);
        check("|A|B|\n|-|-|\n|1|`x`|", &["Table, 1 row. Columns: A; B.", "Row 1. A: 1; B: x"]);
        check("```js\nrun();\n```", &["Code, js, 1 line:", "    run();", "End of the code."]);
        check(
            "```js {numbers 2,1-2}\na\nb\n```",
            &["Code, js, 2 lines, look at 2 and 1 to 2:", "    1: a", "    2: b", "End of the code."],
        );
    }

    #[test]
    fn deep_nesting_stays_in_words() {
        let lines = prose(&("> ".repeat(50_000) + "deep"));
        assert!(lines.iter().any(|line| line.ends_with("deep")));
    }
}
