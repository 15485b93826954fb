//! A text editor of several lines: keys in, text out.
//!
//! The kept widget holds text, cursor, selection and undo at once, so it stands in the model; this file is the only
//! one in `app` that names it, and `tui` paints it.

use ratatui_textarea::{Input, Key as AreaKey, TextArea, WrapMode};

use super::key::{Code, Key};

/// Longest answer that can be typed, in bytes. Longer pastes are cut, and the learner is told.
pub const MAX_BYTES: usize = 64 * 1024;

#[derive(Clone, Debug)]
pub struct Editor {
    area: TextArea<'static>,
}

impl Editor {
    pub fn new(text: &str) -> Self {
        let mut area = TextArea::from(text.split('\n'));
        area.set_wrap_mode(WrapMode::WordOrGlyph);
        area.set_tab_length(4);
        area.move_cursor(ratatui_textarea::CursorMove::Bottom);
        area.move_cursor(ratatui_textarea::CursorMove::End);
        Self { area }
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
        self.area.input(input(key))
    }

    /// Inserts what was pasted as one step that undo takes back. Returns whether all of it found room.
    pub fn paste(&mut self, text: &str) -> bool {
        let clean: String =
            text.replace("\r\n", "\n").replace('\r', "\n").chars().filter(|c| !c.is_control() || *c == '\n').collect();
        let room = MAX_BYTES.saturating_sub(self.text().len());
        let mut end = clean.len().min(room);
        while !clean.is_char_boundary(end) {
            end -= 1;
        }
        self.area.insert_str(&clean[..end]);
        end == clean.len()
    }

    /// What `tui` paints.
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
