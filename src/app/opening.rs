//! What is on screen when the program opens: a page to read on, the map, a review, a presentation, a class to mark.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::stack::lay_out_again;
use super::trail::Trail;
use super::{Effect, Model, Notice, Screen, Size, Start, home, lesson, present, queue, round};
use crate::course::{Course, Kept, PageId, Progress};
use crate::markdown::{Listing, LongLines};

impl Model {
    /// Nothing kept and nothing on the screen yet.
    fn bare(course: Arc<Course>, size: Size) -> Self {
        Self {
            course,
            progress: Progress::default(),
            drafts: BTreeMap::new(),
            due: Vec::new(),
            size,
            screens: Vec::new(),
            overlay: None,
            selected: None,
            notice: None,
            now_ms: 0,
            listing: Listing { numbered: false, long_lines: LongLines::Whole },
            is_still: false,
            trail: Trail::default(),
            last_question: 0,
        }
    }

    /// The program as it opens: on the page where the learner stopped, else on home with a welcome.
    pub fn new(course: Arc<Course>, kept: Kept, size: Size) -> Self {
        let progress = Progress::fold(&course, &kept.attempts);
        let mut model = Self { progress, drafts: kept.drafts, due: kept.due, ..Self::bare(course, size) };
        let home = home::Home::new(&model.desk());
        model.screens.push(Screen::Home(home));
        match kept.position {
            Some(position) if model.course.page(&position.page).is_some() => {
                let start = Start::Spot(position.spot);
                let reader = lesson::Reader::new(&model.desk(), &position.page, start);
                let text = "You are where you stopped. Esc shows the course map.";
                model.notice = Some(Notice { text: text.into(), grave: false });
                model.screens.push(Screen::Page(Box::new(reader)));
            }
            // A first visit begins to read; the map is one Esc away.
            _ => {
                let first = model.course.pages().next().map(|page| page.id.clone());
                if let Some(page) = first {
                    let reader = lesson::Reader::new(&model.desk(), &page, Start::Top);
                    let text = "Welcome. Space scrolls, → turns the page, Tab finds what responds, ? shows all keys.";
                    model.notice = Some(Notice { text: text.into(), grave: false });
                    model.screens.push(Screen::Page(Box::new(reader)));
                }
            }
        }
        model
    }

    /// The desk of somebody who marks a class; `course` is what the class was asked.
    pub fn for_queue(course: Arc<Course>, size: Size) -> Self {
        let mut model = Self { screens: vec![Screen::Queue(Box::default())], ..Self::bare(course, size) };
        lay_out_again(&mut model);
        model
    }

    /// A screen of a presentation: the one before the class, or the teacher's. There may have been `moves` before.
    pub fn for_class(
        course: Arc<Course>,
        size: Size,
        role: present::Role,
        page: &PageId,
        step: usize,
        moves: u64,
    ) -> Self {
        let mut model = Self::for_queue(course, size);
        let show = present::Show::new(&model.desk(), role, page, step, moves);
        model.screens = vec![Screen::Show(Box::new(show))];
        model
    }

    /// Opens what is due to be asked again, in place of the page where the learner stopped. Says so where nothing is.
    pub fn begin_review(&mut self) {
        self.screens.truncate(1);
        let text = match round::Round::review(&self.desk()) {
            Some(round) => {
                self.screens.push(Screen::Round(Box::new(round)));
                "Enter asks the first question. Esc shows the course map."
            }
            None => "Nothing is due to be asked again now. Enter opens what comes next.",
        };
        self.notice = Some(Notice { text: text.into(), grave: false });
    }

    /// Effects of having opened: the position is kept from the first moment on.
    pub fn opened(&mut self) -> Vec<Effect> {
        match self.screens.last_mut() {
            Some(Screen::Page(reader)) => vec![reader.position()],
            Some(Screen::Show(show)) => show.opened(),
            Some(Screen::Queue(_)) => queue::Queue::opened(),
            _ => Vec::new(),
        }
    }
}
