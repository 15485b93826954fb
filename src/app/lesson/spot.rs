//! Where in a page a row stands, in words and not in rows: the same in every width.
//!
//! A [`Spot`] is a block and the letters of it that come before. Bars, labels and line numbers are no letters, for they
//! come and go with the width.

use crate::app::row::{Role, Row};
use crate::course::Spot;
use crate::markdown::Role as Page;

/// The spot of row `top`. The top of the page is `Spot::default()`.
pub(super) fn spot_of(rows: &[Row], top: usize) -> Spot {
    let above = &rows[..rows.len().min(top + 1)];
    let Some(block_line) = above.iter().rev().map(|row| row.block_line).find(|line| *line > 0) else {
        return Spot::default();
    };
    if top == 0 {
        return Spot::default();
    }
    let begin = above.iter().rposition(|row| row.block_line > 0 && row.block_line != block_line);
    let mut spot = Spot { line: block_line, ..Spot::default() };
    for row in &above[begin.map_or(0, |at| at + 1)..above.len() - 1] {
        // What stands before the page's first block, or between blocks, belongs to the block before.
        let letters = letters(row);
        if letters > 0 {
            spot = Spot { letters: spot.letters + letters, rows: 0, ..spot };
        } else if row.block_line > 0 || spot.letters > 0 {
            spot.rows += 1;
        }
    }
    spot
}

/// The row on which a spot is; `None` where its block is no longer there.
pub(super) fn row_of(rows: &[Row], spot: Spot) -> Option<usize> {
    if spot.line == 0 {
        return Some(0);
    }
    let begin = rows.iter().position(|row| row.block_line == spot.line)?;
    let is_of_block = |row: &&Row| row.block_line == spot.line || row.block_line == 0;
    let n_rows = rows[begin..].iter().take_while(is_of_block).count();
    let mut before = 0;
    for at in begin..begin + n_rows {
        let letters = letters(&rows[at]);
        if before == spot.letters {
            // Rows without letters are counted, to the first that has some.
            let blank = rows[at..begin + n_rows].iter().take_while(|row| self::letters(row) == 0).count();
            return Some(at + (spot.rows as usize).min(blank).min(begin + n_rows - 1 - at));
        }
        if before + letters > spot.letters {
            return Some(at);
        }
        before += letters;
    }
    // The block is shorter than it was.
    Some(begin + n_rows - 1)
}

/// The letters and digits of a row that are its block's own.
fn letters(row: &Row) -> u32 {
    if row.block_line == 0 {
        return 0;
    }
    let is_own = |role| !matches!(role, Role::Page(Page::SourceBar | Page::SourceMark | Page::TableHead));
    let own = row.spans.iter().filter(|span| is_own(span.role));
    own.flat_map(|span| span.text.chars()).filter(|c| c.is_alphanumeric()).count() as u32
}

#[cfg(test)]
mod tests {
    use super::{row_of, spot_of};
    use crate::app::row::Row;
    use crate::markdown;

    fn rows(text: &str, width_cols: u16) -> Vec<Row> {
        markdown::wrap(&markdown::parse(text), width_cols, &[]).lines.into_iter().map(Row::from).collect()
    }

    const TEXT: &str = "# Title\n\nOne paragraph of many words, which is written on one line of the source and takes \
                        several rows of a narrow screen, as paragraphs do.\n\n- a list of items, of which the first is \
                        long too\n- and the second short\n\n```js\nlet a = 'a line of code that is rather long'\n\n\nb()\n```\n\n\
                        | word | what it means |\n|--|--|\n| cold | the first request waits for an environment |\n| warm | \
                        it does not |\n\n---\n\nThe end of it.\n";

    #[test]
    fn every_row_is_found_again_in_its_own_width() {
        for width in [12, 20, 40, 90] {
            let rows = rows(TEXT, width);
            for top in 0..rows.len() {
                assert_eq!(row_of(&rows, spot_of(&rows, top)), Some(top), "row {top} of {width} columns");
            }
        }
    }

    #[test]
    fn the_same_words_stand_there_in_another_width() {
        let (wide, narrow) = (rows(TEXT, 90), rows(TEXT, 24));
        for (top, row) in narrow.iter().enumerate().filter(|(_, row)| row.block_line > 0) {
            let text = row.text();
            let words: Vec<&str> = text.split_whitespace().filter(|word| word.len() > 2).collect();
            let found = row_of(&wide, spot_of(&narrow, top)).expect("the block is there");
            if let Some(first) = words.first().filter(|word| word.chars().all(char::is_alphanumeric)) {
                assert!(wide[found].text().contains(first), "{first} of {text:?} is not in {:?}", wide[found].text());
            }
        }
    }

    #[test]
    fn a_block_that_is_gone_is_not_found_and_a_shorter_one_ends_where_it_ends() {
        let spot = spot_of(&rows(TEXT, 24), 8);
        assert_eq!(row_of(&rows("# Title\n", 24), spot), None);
        assert_eq!(row_of(&rows("# Title\n\nshort\n", 24), spot), Some(3));
    }
}
