//! A text editor of several lines: keys in, text out.
//!
//! Prose is wrapped; code is not, and a new line of it begins where the line before began.
//!
//! The kept widget holds text, cursor, selection and undo at once, so it stands in the model; this file is the only
//! one in `app` that names it, and `tui` paints it.

mod pointer;

use ratatui_textarea::{CursorMove, Input, Key as AreaKey, TextArea, WrapMode};

use super::key::{Code, Key};

/// Longest answer that can be typed, in bytes. Longer pastes are cut, and the learner is told.
pub const MAX_BYTES: usize = 64 * 1024;
/// What Page Up and Page Down move over in code.
const PAGE_LINES: usize = 10;

#[derive(Clone, Debug)]
pub struct Editor {
    area: TextArea<'static>,
    is_code: bool,
    /// Where the button that is dragged was pressed.
    pressed_at: (usize, usize),
    is_dragged: bool,
}

impl Editor {
    pub fn new(text: &str) -> Self {
        let mut area = TextArea::from(text.split('\n'));
        area.set_wrap_mode(WrapMode::WordOrGlyph);
        area.set_tab_length(4);
        area.move_cursor(CursorMove::Bottom);
        area.move_cursor(CursorMove::End);
        Self::of(area, false)
    }

    /// An editor for source code, the cursor at its beginning.
    pub fn for_code(text: &str) -> Self {
        let mut area = TextArea::from(text.trim_end_matches('\n').split('\n'));
        area.set_wrap_mode(WrapMode::None);
        area.set_tab_length(2);
        Self::of(area, true)
    }

    #[expect(clippy::default_trait_access, reason = "its type is a style, which is tui's to name")]
    fn of(mut area: TextArea<'static>, is_code: bool) -> Self {
        // The line with the cursor looks like the others.
        area.set_cursor_line_style(Default::default());
        Self { area, is_code, pressed_at: (0, 0), is_dragged: false }
    }

    pub fn text(&self) -> String {
        self.area.lines().join("\n")
    }

    pub fn is_blank(&self) -> bool {
        self.area.lines().iter().all(|line| line.trim().is_empty())
    }

    /// Returns whether the text changed.
    pub fn press(&mut self, key: Key) -> bool {
        let full = self.area.lines().iter().map(|line| line.len() + 1).sum::<usize>() > MAX_BYTES;
        if full && (key.typed().is_some() || key.code == Code::Enter) {
            return false;
        }
        if self.is_code && matches!(key.code, Code::PageUp | Code::PageDown) {
            // The widget would go by the height at which it was painted, and code is painted by another.
            let to = if key.code == Code::PageUp { CursorMove::Up } else { CursorMove::Down };
            (0..PAGE_LINES).for_each(|_| self.area.move_cursor(to));
            return false;
        }
        if self.is_code && key.code == Code::Enter && !key.ctrl && !key.alt {
            let (line, column) = self.cursor();
            let before: String = self.lines()[line].chars().take(column).collect();
            let indent: String = before.chars().take_while(|c| *c == ' ' || *c == '\t').collect();
            let deeper = if before.trim_end().ends_with(['{', '[', '(', ':']) { "  " } else { "" };
            self.area.insert_newline();
            self.area.insert_str(indent + deeper);
            return true;
        }
        self.area.input(input(key))
    }

    /// Inserts what was pasted as one step that undo takes back. Returns whether all of it found room.
    pub fn paste(&mut self, text: &str) -> bool {
        let lines = text.replace("\r\n", "\n").replace('\r', "\n").replace('\t', "  ");
        let clean: String = lines.chars().filter(|c| !c.is_control() || *c == '\n').collect();
        let room = MAX_BYTES.saturating_sub(self.text().len());
        let mut end = clean.len().min(room);
        while !clean.is_char_boundary(end) {
            end -= 1;
        }
        self.area.insert_str(&clean[..end]);
        end == clean.len()
    }

    /// Puts the cursor at the end of a line, counted from 1.
    pub fn go_to_line(&mut self, line: u32) {
        let line = u16::try_from(line.saturating_sub(1)).unwrap_or(u16::MAX);
        self.area.move_cursor(CursorMove::Jump(line, 0));
        self.area.move_cursor(CursorMove::End);
    }

    pub fn lines(&self) -> &[String] {
        self.area.lines()
    }

    /// Line and character, both from 0.
    pub fn cursor(&self) -> (usize, usize) {
        let at = self.area.cursor();
        (at.0, at.1)
    }

    /// The characters of a line that are selected: the first, and the one after the last.
    pub fn selected(&self, line: usize) -> Option<(usize, usize)> {
        let ((from_line, from), (to_line, to)) = self.area.selection_range()?;
        if !(from_line..=to_line).contains(&line) {
            return None;
        }
        Some((if line == from_line { from } else { 0 }, if line == to_line { to } else { usize::MAX }))
    }

    /// What `tui` paints. Painting tells it how wide it is and how far it is scrolled, by which the arrows and the pointer go.
    pub fn area(&self) -> &TextArea<'static> {
        &self.area
    }
}

fn input(key: Key) -> Input {
    let area_key = match key.code {
        Code::Char(c) => AreaKey::Char(c),
        Code::Enter => AreaKey::Enter,
        Code::Esc => AreaKey::Esc,
        Code::Tab | Code::BackTab => AreaKey::Tab,
        Code::Backspace => AreaKey::Backspace,
        Code::Delete => AreaKey::Delete,
        Code::Up => AreaKey::Up,
        Code::Down => AreaKey::Down,
        Code::Left => AreaKey::Left,
        Code::Right => AreaKey::Right,
        Code::Home => AreaKey::Home,
        Code::End => AreaKey::End,
        Code::PageUp => AreaKey::PageUp,
        Code::PageDown => AreaKey::PageDown,
        Code::F(n) => AreaKey::F(n),
    };
    // What people press for undo and redo everywhere else; the widget's own are Ctrl-U and Ctrl-R.
    match (area_key, key.ctrl, key.shift) {
        (AreaKey::Char('z'), true, false) => Input { key: AreaKey::Char('u'), ctrl: true, alt: false, shift: false },
        (AreaKey::Char('z' | 'Z'), true, true) | (AreaKey::Char('y'), true, _) => {
            Input { key: AreaKey::Char('r'), ctrl: true, alt: false, shift: false }
        }
        _ => Input { key: area_key, ctrl: key.ctrl, alt: key.alt, shift: key.shift },
    }
}
