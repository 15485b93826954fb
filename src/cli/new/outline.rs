//! The text of `lessons/course.toml` to the same text with one lesson more. What the author wrote stays as it is.
//!
//! Pure. Where the place for the lesson cannot be seen for certain there is no new text, and the author is asked.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

pub(super) const FILE: &str = "lessons/course.toml";

/// A lesson on the map.
pub(super) struct Entry {
    pub(super) title: String,
    pub(super) folder: String,
}

impl Entry {
    pub(super) fn line(&self) -> String {
        // Both are made of a name, which holds nothing that TOML would escape.
        format!("{{ title = \"{}\", folder = \"{}\" }}", self.title, self.folder)
    }
}

/// The map of a course that begins with this lesson.
pub(super) fn of_one(entry: &Entry) -> String {
    include_str!("../../../assets/new/course.toml").replace("{{lesson}}", &entry.line())
}

/// The lesson comes last in the module that is taught: the last with a lesson that opens, else the last of all.
pub(super) fn with(text: &str, entry: &Entry) -> Option<String> {
    let map = DeTable::parse(text).ok()?;
    let DeValue::Array(modules) = map.get_ref().get("module")?.get_ref() else { return None };
    let lists: Vec<&Spanned<DeValue<'_>>> = modules.iter().filter_map(|module| table(module)?.get("lessons")).collect();
    let opens = |list: &&&Spanned<DeValue<'_>>| {
        lessons(list).iter().any(|it| table(it).is_some_and(|lesson| lesson.contains_key("folder")))
    };
    let list = lists.iter().rfind(opens).or(lists.last())?;
    let last = lessons(list).last().map(Spanned::span);
    let longer = insert(text, list.span(), last, &entry.line())?;
    DeTable::parse(&longer).is_ok().then_some(longer)
}

fn table<'a>(value: &'a Spanned<DeValue<'_>>) -> Option<&'a DeTable<'a>> {
    match value.get_ref() {
        DeValue::Table(table) => Some(table),
        _ => None,
    }
}

fn lessons<'a>(list: &'a Spanned<DeValue<'a>>) -> &'a [Spanned<DeValue<'a>>] {
    match list.get_ref() {
        DeValue::Array(lessons) => lessons,
        _ => &[],
    }
}

/// Puts `line` before the bracket that closes `list`. After the `last` element a comma may stand or not.
fn insert(text: &str, list: Range<usize>, last: Option<Range<usize>>, line: &str) -> Option<String> {
    let close = list.start + text.get(list.clone())?.rfind(']')?;
    let Some(last) = last else {
        return Some(format!("{}\n    {line},\n{}", text[..close].trim_end(), &text[close..]));
    };
    let gap = text.get(last.end..close)?;
    let has_comma = gap.lines().any(|line| line.split('#').next().unwrap_or_default().contains(','));
    let comma = if has_comma { "" } else { "," };
    Some(format!("{}{comma}{}\n    {line},\n{}", &text[..last.end], gap.trim_end(), &text[close..]))
}

#[cfg(test)]
mod tests {
    use super::{Entry, of_one, with};
    use crate::course::outline;

    fn entry() -> Entry {
        Entry { title: "New".to_owned(), folder: "new".to_owned() }
    }

    #[test]
    fn the_lesson_comes_last_and_all_else_stays() {
        let line = entry().line();
        for (before, after) in [
            (
                "# Ours\n[[module]]\nlessons = [\n    { title = \"S\", folder = \"s\" }, # the first\n]\n# The end\n",
                format!(
                    "# Ours\n[[module]]\nlessons = [\n    {{ title = \"S\", folder = \"s\" }}, # the first\n    {line},\n]\n# The end\n"
                ),
            ),
            (
                "[[module]]\nlessons = [{ title = \"S\" } # one, and no comma\n]\n",
                format!("[[module]]\nlessons = [{{ title = \"S\" }}, # one, and no comma\n    {line},\n]\n"),
            ),
            ("[[module]]\nlessons = []\n", format!("[[module]]\nlessons = [\n    {line},\n]\n")),
            (
                "[[module]]\nlessons = [{ title = \"S\", folder = \"s\" }]\n[[module]]\nlessons = [{ title = \"T\" }]\n",
                format!(
                    "[[module]]\nlessons = [{{ title = \"S\", folder = \"s\" }},\n    {line},\n]\n[[module]]\nlessons = [{{ title = \"T\" }}]\n"
                ),
            ),
        ] {
            assert_eq!(with(before, &entry()).as_deref(), Some(&*after), "{before}");
        }
    }

    #[test]
    fn where_the_place_cannot_be_seen_nothing_is_changed() {
        for text in ["", "title = ", "module = 3", "[[module]]\ntitle = \"M\"\n", "[[module]]\nlessons = 3\n"] {
            assert_eq!(with(text, &entry()), None, "{text}");
        }
    }

    #[test]
    fn a_course_of_one_lesson_is_a_course() {
        let (outline, problems) = outline::parse(Some(&of_one(&entry())), &["new".to_owned()]);
        assert_eq!(problems, []);
        assert_eq!(outline.modules[0].lessons[0].title, "New");
    }
}
