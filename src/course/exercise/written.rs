//! What a free-text answer is judged by: the rubric of an exercise's file with the samples that prove it.
//!
//! It is most of the file, four fifths of all that a course's exercises hold, and no page shows any of it. So it may be
//! read when the first answer comes. Absent: how the file is read, which is `file`'s.

use std::ops::Deref;
use std::sync::{Arc, OnceLock};

use super::file::{self, Sample};
use super::{Kind, Problem};
use crate::grade::{LazyRubric, Vocabulary};

/// A rubric that was read, or will be.
#[derive(Clone, Debug)]
pub struct WrittenRubric {
    source: Source,
    /// Answers that a teacher graded, a line each.
    graded: String,
    read: OnceLock<Read>,
}

/// The file that is still to be read.
#[derive(Clone, Debug, Default)]
pub(super) struct Source {
    pub(super) name: String,
    pub(super) path: String,
    pub(super) text: String,
    pub(super) vocabulary: Arc<Vocabulary>,
}

#[derive(Clone, Debug)]
pub(super) struct Read {
    pub(super) rubric: LazyRubric,
    /// As they stand in the file.
    pub(super) items: Vec<ItemSource>,
    pub(super) samples: Vec<Sample>,
    /// Those that nobody was told of when the file was read.
    pub(super) problems: Vec<Problem>,
}

/// An item as its author wrote it, to find the line of what is wrong with it.
#[derive(Clone, Debug)]
pub(super) struct ItemSource {
    pub(super) id: String,
    pub(super) line: u32,
    pub(super) text: String,
}

impl WrittenRubric {
    pub(super) fn later(source: Source) -> Self {
        Self { source, graded: String::new(), read: OnceLock::new() }
    }

    pub fn samples(&self) -> &[Sample] {
        &self.read().samples
    }

    pub(super) fn item_sources(&self) -> &[ItemSource] {
        &self.read().items
    }

    pub(super) fn problems(&self) -> &[Problem] {
        &self.read().problems
    }

    /// Gives the rubric more answers to learn from.
    pub(super) fn learn(&mut self, graded: &str) {
        graded.clone_into(&mut self.graded);
        if let Some(read) = self.read.get_mut() {
            read.rubric.learn_lines(graded);
        }
    }

    fn read(&self) -> &Read {
        self.read.get_or_init(|| {
            let mut read = self.source.read();
            read.rubric.learn_lines(&self.graded);
            read
        })
    }
}

impl Source {
    fn read(&self) -> Read {
        let (exercise, problems) = file::parse(&self.name, &self.path, &self.text, &self.vocabulary);
        let read = exercise.and_then(|it| match it.kind {
            Kind::Text(rubric) => rubric.read.into_inner(),
            _ => None,
        });
        // Without one the problems say why. A rubric without items judges nothing.
        let read = read.unwrap_or_else(|| Read {
            rubric: LazyRubric::new(Vec::new(), "", Arc::default(), Vocabulary::default()),
            items: Vec::new(),
            samples: Vec::new(),
            problems: Vec::new(),
        });
        Read { problems, ..read }
    }
}

impl From<Read> for WrittenRubric {
    fn from(read: Read) -> Self {
        Self { source: Source::default(), graded: String::new(), read: OnceLock::from(read) }
    }
}

impl Deref for WrittenRubric {
    type Target = LazyRubric;

    fn deref(&self) -> &LazyRubric {
        &self.read().rubric
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use crate::course::Exercise;

    const FILE: &str = "format = 1\nkind = \"text\"\nprompt = \"\"\"\nWhy?\nMORE\"\"\"\nsolution = \"S\"\n\n[[item]]\nid = \"a\"\nlabel = \"A\"\npoints = 2.0\nneed = [\"cold start\"]\nsay = [\"a cold start\"]\n\n[[sample]]\nanswer = \"a cold start\"\npoints = { a = 2.0 }\n";

    #[test]
    fn what_is_read_later_is_what_is_read_at_once() {
        // The second prompt holds what looks like the beginning of the rubric.
        for more in ["", "[[item]]\n"] {
            let file = FILE.replace("MORE", more);
            let (now, problems) = Exercise::parse_with("x", "x.toml", &file, &Arc::default());
            let (later, none) = Exercise::parse_proven("x", "x.toml", &file, &Arc::default());
            assert_eq!((problems, none), (vec![], vec![]));
            let (now, later) = (now.expect("an exercise"), later.expect("an exercise"));
            assert_eq!((&now.prompt, now.max_points()), (&later.prompt, later.max_points()));
            assert_eq!((now.samples().len(), now.samples()), (1, later.samples()));
            let line = |it: &Exercise| it.samples()[0].line;
            assert_eq!((line(&now), line(&later)), if more.is_empty() { (15, 15) } else { (16, 16) });
        }
    }

    #[test]
    fn slips_that_come_to_light_late_are_told() {
        let file = FILE.replace("points = { a", "points = { b");
        let (later, none) = Exercise::parse_proven("x", "x.toml", &file.replace("MORE", ""), &Arc::default());
        assert_eq!(none, []);
        let slips = later.expect("an exercise").rubric_slips();
        assert!(slips.iter().any(|it| it.line == 17 && it.message.contains("unknown item `b`")), "{slips:?}");
    }
}
