//! Rows with roles to cells with colours, clipped to an area.

use std::num::NonZeroU16;
use std::ops::Range;

use ratatui::Frame;
use ratatui::buffer::CellDiffOption;
use ratatui::layout::Rect;
use ratatui::style::{Color, Style};
use ratatui::widgets::Clear;
use ratatui_textarea::TextArea;
use unicode_width::UnicodeWidthStr;

use super::hyperlink::around;
use super::theme::Theme;
use crate::app::pane::Pane;
use crate::app::pop_up::Area;
use crate::app::row::{Role, Row, Ui};
use crate::app::search::Search;
use crate::app::selection::Selection;

pub(super) fn rect(area: Area) -> Rect {
    Rect { x: area.x, y: area.y, width: area.cols, height: area.rows }
}

pub(super) struct Painter<'a, 'b> {
    pub(super) frame: &'a mut Frame<'b>,
    pub(super) theme: &'a Theme,
}

impl<'a, 'b> Painter<'a, 'b> {
    pub(super) fn new(frame: &'a mut Frame<'b>, theme: &'a Theme) -> Self {
        Self { frame, theme }
    }

    pub(super) fn width(text: &str) -> u16 {
        u16::try_from(text.width()).unwrap_or(u16::MAX)
    }

    /// Writes on one line, at most `width_cols`; gives the column after the text.
    pub(super) fn text(&mut self, x: u16, y: u16, width_cols: u16, role: Ui, text: &str) -> u16 {
        self.styled(x, y, width_cols, self.theme.style(Role::Ui(role)), text)
    }

    fn styled(&mut self, x: u16, y: u16, width_cols: u16, style: Style, text: &str) -> u16 {
        let area = self.frame.area();
        if y >= area.bottom() || x >= area.right() {
            return x;
        }
        self.frame.buffer_mut().set_stringn(x, y, text, usize::from(width_cols), style).0
    }

    /// A row at `x`, `y`. Where it is wider than `width_cols`, the last column says that there is more.
    pub(super) fn row(&mut self, x: u16, y: u16, width_cols: u16, row: &Row) {
        let mut at = x;
        let end = x.saturating_add(width_cols);
        for span in &row.spans {
            let style = self.theme.span_style(span);
            at = self.styled(at, y, end.saturating_sub(at), style, &span.text);
        }
        if row.width() > usize::from(width_cols) && width_cols > 0 && row.inked_cols() > usize::from(width_cols) {
            self.text(end - 1, y, 1, Ui::Key, "▸");
        }
    }

    /// A row that was moved `left_cols` to the left under its margin, with a mark at each side where there is more.
    pub(super) fn panned(&mut self, x: u16, y: u16, width_cols: u16, row: &Row, left_cols: usize) {
        if left_cols == 0 {
            return self.row(x, y, width_cols, row);
        }
        self.row(x, y, width_cols, &row.panned(left_cols));
        if row.width() > row.margin_cols {
            let at = x.saturating_add(row.margin_cols.saturating_sub(1) as u16);
            self.text(at, y, 1, Ui::Key, "◂");
        }
    }

    /// The rows of a pane that are seen, each moved as the pane says.
    pub(super) fn pane(&mut self, pane: &Pane<'_>) {
        let shown = pane.rows.iter().enumerate().skip(pane.top).take(pane.n_rows);
        for (y, (index, row)) in (pane.y..).zip(shown) {
            self.panned(pane.x, y, pane.cols, row, (pane.left_of)(index));
        }
    }

    /// Shows where a search found something in a pane.
    pub(super) fn matches(&mut self, pane: &Pane<'_>, search: &Search) {
        for (index, found) in search.matches.iter().enumerate() {
            let role = if index == search.current { Ui::CurrentMatch } else { Ui::Match };
            self.cols(pane, found.row, &pane.rows[found.row].cols_of(&found.bytes), role);
        }
    }

    /// Shows what is selected in a pane.
    pub(super) fn selection(&mut self, pane: &Pane<'_>, selection: &Selection) {
        for (index, row) in pane.rows.iter().enumerate().skip(pane.top).take(pane.n_rows) {
            if let Some(cols) = selection.cols(index, row) {
                self.cols(pane, index, &cols, Ui::Selected);
            }
        }
    }

    /// Lays a role over a row from the left to the right of its pane.
    pub(super) fn whole_row(&mut self, pane: &Pane<'_>, row: usize, role: Ui) {
        if let Some(y) = row.checked_sub(pane.top).filter(|y| *y < pane.n_rows) {
            self.highlight(Rect { x: pane.x, y: pane.y + y as u16, width: pane.cols, height: 1 }, role);
        }
    }

    /// Lays a role over some columns of a row, as far as they are seen.
    fn cols(&mut self, pane: &Pane<'_>, row: usize, cols: &Range<usize>, role: Ui) {
        let Some(y) = row.checked_sub(pane.top).filter(|y| *y < pane.n_rows) else { return };
        let cols = pane.rows[row].seen_cols(cols, (pane.left_of)(row));
        let line = Rect { x: pane.x, y: pane.y + y as u16, width: pane.cols, height: 1 };
        let x = pane.x.saturating_add(cols.start as u16);
        self.highlight(Rect { x, width: cols.len() as u16, ..line }.intersection(line), role);
    }

    /// As many of `rows` as the area has lines.
    pub(super) fn rows<'r>(&mut self, area: Rect, rows: impl IntoIterator<Item = &'r Row>) {
        for (y, row) in (area.y..area.bottom()).zip(rows) {
            self.row(area.x, y, area.width, row);
        }
    }

    /// Nothing but the ground, whatever was there.
    pub(super) fn clear(&mut self, area: Rect) {
        self.frame.render_widget(Clear, area);
        self.ground(area);
    }

    /// Lays the ground, on which nothing stands yet.
    pub(super) fn ground(&mut self, area: Rect) {
        let area = area.intersection(self.frame.area());
        self.frame.buffer_mut().set_style(area, self.theme.ground_style());
    }

    /// Makes cells that are painted already lead to an address, where the terminal shows such links and this is one.
    pub(super) fn hyperlink(&mut self, area: Rect, target: &str, id: usize) {
        let Some((before, after)) = Some(target).filter(|_| self.theme.hyperlinks).and_then(|it| around(it, id)) else {
            return;
        };
        let mut x = area.x;
        while x < area.right() {
            // Each cell carries its own link, so that it is written anew whenever its letter or its address changes; how
            // wide it is must be said, since the escape codes are no columns.
            let Some(cell) = self.frame.buffer_mut().cell_mut((x, area.y)) else { return };
            let width = Self::width(cell.symbol()).max(1);
            let linked = format!("{before}{}{after}", cell.symbol());
            cell.set_symbol(&linked);
            cell.set_diff_option(NonZeroU16::new(width).map_or(CellDiffOption::None, CellDiffOption::ForcedWidth));
            x += width;
        }
    }

    /// A text being written, with a frame around where there is one.
    pub(super) fn editor(&mut self, area: &TextArea<'static>, place: Rect) {
        self.frame.render_widget(area, place);
    }

    /// Lays a role over cells that are painted already.
    pub(super) fn highlight(&mut self, area: Rect, role: Ui) {
        // One look for all of it, whatever colours were there: half-inverted colours are hard to read.
        let plain = Style::new().fg(Color::Reset).bg(Color::Reset).patch(self.theme.ground_style());
        let style = plain.patch(self.theme.style(Role::Ui(role)));
        let area = area.intersection(self.frame.area());
        self.frame.buffer_mut().set_style(area, style);
    }

    /// The line at the top of a screen: something at the left, something at the right.
    pub(super) fn head(&mut self, area: Rect, left: &str, right: &str) {
        let right_width = Self::width(right).min(area.width / 2);
        let room = area.width.saturating_sub(right_width + 4);
        self.text(area.x + 1, area.y, room, Ui::Title, &Row::ui(Ui::Title, left).cut(usize::from(room)).text());
        let x = area.right().saturating_sub(right_width + 1);
        self.text(x, area.y, right_width, Ui::Muted, right);
    }
}

/// A column of text of at most `width_cols` in the middle of `area`.
pub(super) fn centred(area: Rect, width_cols: u16) -> Rect {
    let width = width_cols.min(area.width);
    Rect { x: area.x + (area.width - width) / 2, width, ..area }
}
