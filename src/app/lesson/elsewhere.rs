//! Where in the course some words stand, beside the page being read.

use super::columns::columns;
use super::laid::lay_out;
use crate::app::Desk;
use crate::app::search::matches;
use crate::course::{Page, PageId};

/// The first page on which `needle` stands.
pub(in crate::app) fn page_with(desk: &Desk<'_>, needle: &str) -> Option<PageId> {
    first_with(desk, desk.course.pages(), needle)
}

/// The nearest page after (1) or before (-1) `here` on which `needle` stands.
pub(super) fn elsewhere(desk: &Desk<'_>, here: &PageId, needle: &str, by: i32) -> Option<PageId> {
    let mut pages: Vec<&Page> = desk.course.pages().collect();
    if by < 0 {
        pages.reverse();
    }
    let at = pages.iter().position(|page| page.id == *here)?;
    first_with(desk, pages[at + 1..].iter().chain(&pages[..at]).copied(), needle)
}

fn first_with<'a>(desk: &Desk<'_>, mut pages: impl Iterator<Item = &'a Page>, needle: &str) -> Option<PageId> {
    let (_, width) = columns(desk.size.cols);
    let has_it = |page: &&Page| !matches(&lay_out(desk.course, desk.progress, page, width).rows, needle).is_empty();
    pages.find(has_it).map(|page| page.id.clone())
}
