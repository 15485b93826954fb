//! A table to lines: columns share the width, cells wrap by words, no text is lost.
//!
//! Where the columns would be too narrow to read, each row becomes a block of `label: value` lines.

use super::cells;
use super::document::{Align, Run, Table, text_of};
use super::flow::flow;
use super::line::Line;
use super::role::Role;

const BETWEEN: &str = " │ ";
const BETWEEN_COLS: usize = 3;
/// A longer word may be broken to keep the columns.
const UNBROKEN_COLS: usize = 12;

/// A table in lines.
pub(super) struct Set {
    pub(super) lines: Vec<Line>,
    /// In columns, with no word broken.
    pub(super) fits: bool,
}

pub(super) fn lines(table: &Table, width_cols: usize) -> Set {
    let (wishes, cells) = measure(table);
    match share(&wishes, width_cols) {
        Some(widths) => {
            let fits = wishes.iter().zip(&widths).all(|(wish, width)| wish.widest_word_cols <= *width);
            let [mut lines, body] = columns(table, cells, &wishes, &widths);
            lines.extend(body);
            Set { lines, fits }
        }
        None => Set { lines: blocks(table, width_cols), fits: false },
    }
}

/// A table in columns as wide as what is in them, but for cells longer than `widest_cell_cols`, which wrap: its head, and
/// what is below. The caller shows a part of it.
pub fn whole_table(table: &Table, widest_cell_cols: usize) -> (Vec<Line>, Vec<Line>) {
    let (wishes, cells) = measure(table);
    let widths: Vec<usize> =
        wishes.iter().map(|wish| wish.natural_cols.min(widest_cell_cols).max(wish.widest_word_cols).max(1)).collect();
    let [head, body] = columns(table, cells, &wishes, &widths);
    (head, body)
}

/// What a column asks for.
#[derive(Clone, Copy, Debug, Default)]
struct Wish {
    widest_word_cols: usize,
    /// What keeps every cell on one line.
    natural_cols: usize,
}

/// The lines of each cell, by row and column.
type Cells = Vec<Vec<Vec<Line>>>;

/// What each column asks for, and the cells with all the room they ask for.
fn measure(table: &Table) -> (Vec<Wish>, Cells) {
    let mut wishes = vec![Wish::default(); table.columns.len()];
    let mut cells = Vec::with_capacity(table.rows.len());
    for row in &table.rows {
        let set = wishes.iter_mut().zip(&row.cells).map(|(wish, cell)| {
            let flowed = flow(cell, usize::MAX);
            wish.widest_word_cols = wish.widest_word_cols.max(flowed.widest_word_cols);
            wish.natural_cols = flowed.lines.iter().map(line_cols).fold(wish.natural_cols, usize::max);
            flowed.lines
        });
        cells.push(set.collect());
    }
    (wishes, cells)
}

fn line_cols(line: &Line) -> usize {
    line.spans.iter().map(|span| cells::width(&span.text)).sum()
}

/// The columns each gets, or `None` when they would be too narrow to read.
///
/// A column never gets more than it asks for, nor less than its widest word needs. In between it gets in proportion
/// to the root of what it asks for: more for the column that has more to say, yet not so much that the others starve.
fn share(wishes: &[Wish], width_cols: usize) -> Option<Vec<usize>> {
    let room = width_cols.checked_sub(BETWEEN_COLS * wishes.len().checked_sub(1)?)?;
    let whole_words: Vec<usize> = wishes.iter().map(|wish| wish.widest_word_cols.max(1)).collect();
    let broken_words: Vec<usize> = whole_words.iter().map(|cols| (*cols).min(UNBROKEN_COLS)).collect();
    let least = [whole_words, broken_words].into_iter().find(|least| least.iter().sum::<usize>() <= room)?;
    // In hundredths of a column.
    let roots: Vec<usize> = wishes.iter().map(|wish| (wish.natural_cols * 10_000).isqrt()).collect();
    let at = |level: usize| -> Vec<usize> {
        let wanted = wishes.iter().zip(&least).zip(&roots);
        wanted
            .map(|((wish, least), root)| (level * root / 10_000).clamp(*least, wish.natural_cols.max(*least)))
            .collect()
    };
    let fits = |level: usize| at(level).iter().sum::<usize>() <= room;
    // The highest level that fits: 0 does, and beyond `most` nothing grows.
    let (mut fitting, mut most) = (0, 10_000 * (room + 1));
    while fitting < most {
        let middle = (fitting + most).div_ceil(2);
        if fits(middle) { fitting = middle } else { most = middle - 1 }
    }
    let mut widths = at(fitting);
    let mut left = room - widths.iter().sum::<usize>();
    for (width, wish) in widths.iter_mut().zip(wishes) {
        let more = wish.natural_cols.saturating_sub(*width).min(left);
        *width += more;
        left -= more;
    }
    Some(widths)
}

/// The head with the rule below it, and the rows.
fn columns(table: &Table, mut rows: Cells, wishes: &[Wish], widths: &[usize]) -> [Vec<Line>; 2] {
    // A column that has all the room it asks for stays as it is.
    let narrow = wishes.iter().zip(widths).enumerate().filter(|(_, (wish, width))| wish.natural_cols > **width);
    for (column, (_, width)) in narrow {
        for (set, row) in rows.iter_mut().zip(&table.rows) {
            if let (Some(set), Some(cell)) = (set.get_mut(column), row.cells.get(column)) {
                *set = flow(cell, *width).lines;
            }
        }
    }
    // Rows of several lines need a rule between them, to be told apart.
    let is_ruled = rows.iter().skip(1).any(|row| row.iter().any(|cell| cell.len() > 1));
    let [mut head, mut body] = [Vec::new(), Vec::new()];
    for (index, (cells, row)) in rows.into_iter().zip(&table.rows).enumerate() {
        if index > 1 && is_ruled {
            body.push(rule(widths, "─", row.source_line));
        }
        draw_row(if index == 0 { &mut head } else { &mut body }, cells, table, widths, row.source_line);
    }
    if let Some(row) = table.rows.first() {
        head.push(rule(widths, "━", row.source_line));
    }
    [head, body]
}

fn draw_row(lines: &mut Vec<Line>, mut cells: Vec<Vec<Line>>, table: &Table, widths: &[usize], source_line: u32) {
    let n_lines = cells.iter().map(Vec::len).max().unwrap_or(0).max(1);
    for index in 0..n_lines {
        let mut line = Line::at(source_line);
        for (column, width) in widths.iter().enumerate() {
            if column > 0 {
                line.push(BETWEEN, Role::TableBorder);
            }
            let cell =
                cells.get_mut(column).and_then(|cell| cell.get_mut(index)).map(std::mem::take).unwrap_or_default();
            let left_over = width.saturating_sub(line_cols(&cell));
            let before = match table.columns[column] {
                Align::Left => 0,
                Align::Centre => left_over / 2,
                Align::Right => left_over,
            };
            line.push_blanks(before);
            line.spans.extend(cell.spans);
            line.push_blanks(left_over - before);
        }
        line.trim_end();
        lines.push(line);
    }
}

fn rule(widths: &[usize], stroke: &str, source_line: u32) -> Line {
    let cross = if stroke == "━" { "━┿━" } else { "─┼─" };
    let strokes: Vec<String> = widths.iter().map(|width| stroke.repeat(*width)).collect();
    let mut line = Line::at(source_line);
    line.push(&strokes.join(cross), Role::TableBorder);
    line
}

fn blocks(table: &Table, width_cols: usize) -> Vec<Line> {
    let Some((head, rows)) = table.rows.split_first() else { return Vec::new() };
    let labels: Vec<String> = head.cells.iter().map(|cell| text_of(cell)).collect();
    let mut lines = Vec::new();
    if rows.is_empty() {
        for cell in &head.cells {
            lines.extend(flow(cell, width_cols).lines);
        }
    }
    for (index, row) in rows.iter().enumerate() {
        if index > 0 {
            let mut line = Line::at(row.source_line);
            line.push(&"─".repeat(width_cols.min(UNBROKEN_COLS)), Role::TableBorder);
            lines.push(line);
        }
        for (column, cell) in row.cells.iter().enumerate() {
            let label = labels.get(column).map_or("", |label| label.trim());
            if label.is_empty() && cell.is_empty() {
                continue;
            }
            let label = if label.is_empty() { String::new() } else { format!("{label}: ") };
            let label = Run { text: label, look: Role::TableHead.into(), source_line: row.source_line };
            lines.extend(flow(std::iter::once(&label).chain(cell), width_cols).lines);
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::{BETWEEN_COLS, Wish, share};

    fn check(wishes: &[(usize, usize)], width_cols: usize, wanted: Option<&[usize]>) {
        let wishes: Vec<Wish> =
            wishes.iter().map(|&(widest_word_cols, natural_cols)| Wish { widest_word_cols, natural_cols }).collect();
        assert_eq!(share(&wishes, width_cols).as_deref(), wanted, "{wishes:?} in {width_cols}");
    }

    #[test]
    fn columns_share_the_width_by_what_they_have_to_say() {
        check(&[(4, 10), (4, 20)], 33, Some(&[10, 20]));
        check(&[(4, 10), (4, 20)], 80, Some(&[10, 20]));
        check(&[(4, 10), (4, 200)], 63, Some(&[10, 50]));
        check(&[(4, 100), (4, 100)], 43, Some(&[20, 20]));
        check(&[(4, 400), (4, 100)], 63, Some(&[40, 20]));
        check(&[(30, 30), (4, 100)], 43, Some(&[30, 10]));
        check(&[(30, 30), (30, 30)], 43, Some(&[20, 20]));
        check(&[(30, 30), (30, 30)], 20, None);
        check(&[(1, 1); 40], 80, None);
        check(&[], 80, None);
    }

    #[test]
    fn what_is_shared_out_always_fits() {
        for width_cols in 1..120 {
            for n in 1..9 {
                let wishes: Vec<Wish> = (1..=n)
                    .map(|i| Wish { widest_word_cols: i * 7 % 13, natural_cols: i * 7 % 13 + i * i * 5 % 90 })
                    .collect();
                if let Some(widths) = share(&wishes, width_cols) {
                    assert!(widths.iter().sum::<usize>() + BETWEEN_COLS * (n - 1) <= width_cols, "{wishes:?}");
                    assert!(widths.iter().all(|width| *width > 0));
                }
            }
        }
    }
}
