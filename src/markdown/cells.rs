//! How many columns of a terminal a text takes.

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// Columns of `text`, which holds no control characters.
///
/// The sum over graphemes, because a terminal draws grapheme by grapheme.
pub(super) fn width(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.graphemes(true).map(UnicodeWidthStr::width).sum() }
}

/// The graphemes of `text`, which holds no control characters, with their columns.
pub(super) fn graphemes(text: &str) -> impl Iterator<Item = (&str, usize)> {
    // Most text is ASCII, of which each byte is one.
    let (ascii, other) = if text.is_ascii() { (text, "") } else { ("", text) };
    let of_ascii = (0..ascii.len()).map(move |at| (&ascii[at..=at], 1));
    of_ascii.chain(other.graphemes(true).map(|grapheme| (grapheme, grapheme.width())))
}

/// `grapheme` where a line has `room_cols` in all: what is wider than any line cannot be shown, its place can.
pub(super) fn fitting(grapheme: &str, width_cols: usize, room_cols: usize) -> (&str, usize) {
    if width_cols > room_cols { ("▯", 1) } else { (grapheme, width_cols) }
}
