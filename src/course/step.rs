//! A page to the steps in which it is shown to a class: one for each heading, and one for each `<!-- pause -->`.

use super::Page;

/// What a comment says to hold back what follows it.
pub(super) const PAUSE: &str = "pause";
/// What a comment begins with to be the teacher's.
pub(super) const NOTES: &str = "notes:";

/// A part of a page that is shown at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The heading it stands under.
    pub title: String,
    /// Lines of the page's document: from the heading to where the next step begins. After a pause the beginning is
    /// still the heading's, since what was shown stays.
    pub from_line: u32,
    pub until_line: u32,
    /// The line of that heading; 0 where there is none.
    pub heading_line: u32,
    /// What the teacher means to say, from the comments in it.
    pub notes: Vec<String>,
}

impl Page {
    /// The steps, never none. The first begins at the top, whatever stands there.
    pub fn steps(&self) -> Vec<Step> {
        let mut headings = self.document.headings();
        let heading_lines: Vec<u32> = headings.iter().map(|(.., line)| *line).collect();
        // A page that begins with its title begins with one step, not with an empty one and another.
        if let Some((_, _, line)) = headings.first_mut() {
            *line = 0;
        } else {
            headings.push((1, self.title.clone(), 0));
        }
        let comments = self.document.comments();
        let mut steps = Vec::new();
        for (index, (_, title, from_line)) in headings.iter().enumerate() {
            let end = headings.get(index + 1).map_or(u32::MAX, |(_, _, line)| *line);
            let inside = comments.iter().filter(|(line, _)| (*from_line..end).contains(line));
            let pauses = inside.filter(|(_, comment)| comment.trim() == PAUSE).map(|(line, _)| *line);
            let mut begin = *from_line;
            for until_line in pauses.chain([end]) {
                let notes = comments.iter().filter(|(line, _)| (begin..until_line).contains(line));
                let notes = notes.filter_map(|(_, comment)| comment.trim().strip_prefix(NOTES));
                steps.push(Step {
                    title: title.clone(),
                    from_line: *from_line,
                    until_line,
                    heading_line: heading_lines.get(index).copied().unwrap_or(0),
                    notes: notes.map(|note| note.split_whitespace().collect::<Vec<_>>().join(" ")).collect(),
                });
                begin = until_line;
            }
        }
        steps
    }
}

#[cfg(test)]
mod tests {
    use crate::course::{Course, Page};

    fn steps(body: &str) -> Vec<(String, u32, u32, usize)> {
        let page = Page::parse("s/01-a", "a.md", body, &Course::default());
        page.steps().into_iter().map(|it| (it.title, it.from_line, it.until_line, it.notes.len())).collect()
    }

    #[test]
    fn each_heading_and_each_pause_is_a_step() {
        let body = "# One\n\ntext\n\n<!-- notes: say it -->\n\n## Two\n\na\n\n<!-- pause -->\n\nb\n\n<!-- notes: and\nthis -->\n";
        let end = u32::MAX;
        assert_eq!(
            steps(body),
            [("One".to_owned(), 0, 7, 1), ("Two".to_owned(), 7, 11, 0), ("Two".to_owned(), 7, end, 1)]
        );
    }

    #[test]
    fn a_page_without_a_heading_is_one_step() {
        assert_eq!(steps("text\n"), [("01-a".to_owned(), 0, u32::MAX, 0)]);
        assert_eq!(steps("").len(), 1);
    }
}
