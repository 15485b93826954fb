//! Letters for the back row: a line of text to rows of block characters, from a font of 8 × 8 dots.
//!
//! Absent: where they stand. A text with a letter that the font does not have is not drawn, and shown as text instead.

use font8x8::{BASIC_FONTS, GREEK_FONTS, LATIN_FONTS, MISC_FONTS, UnicodeFonts};

use crate::app::row::{Row, Ui, wrapped};

/// Rows of the screen that a line of letters takes, whatever their width.
pub(super) const ROWS: usize = 4;

/// How many dots of a letter share a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cell {
    /// One above the other: letters of 8 columns, as wide as they are high.
    Halves,
    /// Two by two: letters of 4 columns, in the shape that letters of a terminal have.
    Quarters,
}

impl Cell {
    pub(super) const fn cols(self) -> usize {
        match self {
            Self::Halves => 8,
            Self::Quarters => 4,
        }
    }

    /// The block that has these dots: upper left, upper right, lower left, lower right.
    fn block(self, dots: [bool; 4]) -> char {
        // By the number that the dots are in base two.
        const QUARTERS: [char; 16] = [' ', '▗', '▖', '▄', '▝', '▐', '▞', '▟', '▘', '▚', '▌', '▙', '▀', '▜', '▛', '█'];
        let dots = match self {
            Self::Quarters => dots,
            Self::Halves => [dots[0], dots[0], dots[2], dots[2]],
        };
        QUARTERS[dots.iter().fold(0, |sum, dot| sum * 2 + usize::from(*dot))]
    }
}

/// Draws `text`, broken between words, as large as fits in `width_cols` and `most_rows`; `None` where nothing fits.
pub(super) fn large(text: &str, role: Ui, width_cols: usize, most_rows: usize) -> Option<Vec<Row>> {
    [Cell::Halves, Cell::Quarters].into_iter().find_map(|cell| {
        let lines = wrapped(role, text, (width_cols / cell.cols()).max(1));
        // A word that must be broken is too large.
        let words = lines.iter().map(Row::text).collect::<Vec<_>>().join(" ");
        let is_whole = words.split_whitespace().eq(text.split_whitespace());
        let fits = is_whole
            && lines.len() * ROWS <= most_rows
            && lines.iter().all(|line| line.width() * cell.cols() <= width_cols);
        if !fits {
            return None;
        }
        let drawn: Option<Vec<_>> = lines.iter().map(|line| letters(&line.text(), cell)).collect();
        Some(drawn?.into_iter().flatten().map(|row| Row::ui(role, row)).collect())
    })
}

/// One line of letters: [`ROWS`] lines of cells. `None` if the font lacks one of them.
pub(super) fn letters(text: &str, cell: Cell) -> Option<[String; ROWS]> {
    let mut rows: [String; ROWS] = Default::default();
    for c in text.chars() {
        let dots = dots(c)?;
        for (y, row) in rows.iter_mut().enumerate() {
            let (upper, lower) = (dots[2 * y], dots[2 * y + 1]);
            let step = 8 / cell.cols();
            // The lowest bit is the dot at the left.
            row.extend((0..8).step_by(step).map(|x| {
                let right = x + step - 1;
                cell.block([upper >> x & 1, upper >> right & 1, lower >> x & 1, lower >> right & 1].map(|bit| bit == 1))
            }));
        }
    }
    Some(rows.map(|row| row.trim_end().to_owned()))
}

/// The eight lines of a letter, from above.
fn dots(c: char) -> Option<[u8; 8]> {
    let c = match c {
        // The font's own has a hook, and is a question mark from the back row.
        '7' => return Some([0x3f, 0x30, 0x30, 0x18, 0x0c, 0x0c, 0x0c, 0x00]),
        '’' | '‘' => '\'',
        '“' | '”' => '"',
        '–' | '—' | '−' => '-',
        c => c,
    };
    BASIC_FONTS.get(c).or_else(|| LATIN_FONTS.get(c)).or_else(|| GREEK_FONTS.get(c)).or_else(|| MISC_FONTS.get(c))
}

#[cfg(test)]
mod tests {
    use super::{Cell, Ui, large, letters};

    #[test]
    fn a_letter_is_drawn_in_both_widths() {
        let drawn = |cell| letters("7é", cell).expect("in the font").join("\n");
        expect_test::expect![[r"
            ▀▀▀▀██     ▀▀▀
               ▄█▀  ▄█▀▀█▄
              ██    ██▀▀▀▀
              ▀▀     ▀▀▀▀"]]
        .assert_eq(&drawn(Cell::Halves));
        expect_test::expect![[r"
            ▀▀█  ▝▀
             ▗▛ ▟▀▙
             █  █▀▀
             ▀  ▝▀▘"]]
        .assert_eq(&drawn(Cell::Quarters));
        assert_eq!(letters("冷", Cell::Halves), None);
    }

    #[test]
    fn a_heading_is_as_large_as_the_room_allows() {
        let sizes = |width, rows| large("Cold starts", Ui::Title, width, rows).map(|it| (it.len(), it[0].width() > 44));
        assert_eq!(
            [sizes(100, 8), sizes(50, 8), sizes(44, 4), sizes(24, 8), sizes(20, 4), sizes(10, 40)],
            [Some((4, true)), Some((8, false)), Some((4, false)), Some((8, false)), None, None]
        );
    }
}
