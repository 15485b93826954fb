//! Whether the terminal is dark or light: the terminal is asked, and answers within a moment or not at all.
//!
//! The question (OSC 11) is followed by one that every terminal answers (DA1): when that reply comes, no other will, so a
//! terminal that does not know the first question costs no waiting. Replies are read byte by byte up to their end and
//! never further, so that the reader of keys gets what was typed, and nothing else.

use std::io::{self, IsTerminal, Write};
use std::os::fd::AsFd;
use std::time::{Duration, Instant};

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use crossterm::terminal::{disable_raw_mode, enable_raw_mode};
use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::unistd;

use crate::tui::theme::{Ground, Rgb, Theme};

/// How long an answer is waited for, counted from the question. Longer, and a terminal that never answers would open late.
const PATIENCE: Duration = Duration::from_millis(120);
/// An honest reply has some sixty bytes.
const MOST_BYTES: usize = 256;
/// The background's colour, and then what kind of terminal it is.
const QUESTION: &[u8] = b"\x1b]11;?\x1b\\\x1b[c";
/// What the first reply ends with: one or the other.
const STRING_END: &[u8] = b"\x1b\\";
const BELL: u8 = 0x07;

/// A question that was sent. The terminal is in raw mode until it is answered or dropped, so that no reply is echoed.
pub struct Question {
    asked: Instant,
}

impl Question {
    /// Asks, when there is a terminal to ask and `theme` looks better for it. What may take its time is done before
    /// [`Question::answer`].
    pub fn ask(theme: &Theme) -> Option<Self> {
        if !theme.wants_ground() || !io::stdin().is_terminal() || !io::stdout().is_terminal() {
            return None;
        }
        enable_raw_mode().ok()?;
        let question = Self { asked: Instant::now() };
        // Somebody types ahead: their keys would stand before the reply and be lost with it.
        if is_readable(Duration::ZERO) {
            return None;
        }
        let mut out = io::stdout();
        out.write_all(QUESTION).and_then(|()| out.flush()).ok()?;
        Some(question)
    }

    /// Gives `theme` its ground where the terminal says it in time, and says what is still to come.
    pub fn answer(question: Option<Self>, theme: &mut Theme) -> LateReply {
        let Some(question) = question else { return LateReply::default() };
        let mut reply = Vec::new();
        let is_late = loop {
            if is_whole(&reply) {
                break false;
            }
            let left = PATIENCE.saturating_sub(question.asked.elapsed());
            let mut byte = [0];
            if reply.len() >= MOST_BYTES || !is_readable(left) {
                break true;
            }
            match unistd::read(io::stdin().as_fd(), &mut byte) {
                Ok(1..) => reply.push(byte[0]),
                Err(Errno::EINTR) => {}
                _ => break true,
            }
        };
        // Where the terminal does not say, the environment may have said.
        if let Some(ground) = background(&reply).map(Ground::of) {
            theme.ground = ground;
        }
        if is_late { LateReply::after(&reply) } else { LateReply::default() }
    }
}

impl Drop for Question {
    fn drop(&mut self) {
        let _ = disable_raw_mode();
    }
}

fn is_readable(within: Duration) -> bool {
    let stdin = io::stdin();
    let mut fds = [PollFd::new(stdin.as_fd(), PollFlags::POLLIN)];
    let timeout = PollTimeout::try_from(within).unwrap_or(PollTimeout::ZERO);
    matches!(poll(&mut fds, timeout), Ok(1..)) && fds[0].revents().is_some_and(|it| it.contains(PollFlags::POLLIN))
}

/// Whether the reply to the second question stands at the end: `ESC [ ? … c`.
fn is_whole(reply: &[u8]) -> bool {
    let Some(start) = reply.windows(3).rposition(|it| it == b"\x1b[?") else { return false };
    let (end, parameters) = reply[start + 3..].split_last().unwrap_or((&0, &[]));
    *end == b'c' && parameters.iter().all(|byte| byte.is_ascii_digit() || *byte == b';')
}

/// The colour in `ESC ] 11 ; rgb:RRRR/GGGG/BBBB`, with one to four digits each.
fn background(reply: &[u8]) -> Option<Rgb> {
    let text = String::from_utf8_lossy(reply);
    let (_, said) = text.split_once("\x1b]11;")?;
    let said = said.split(['\x07', '\x1b']).next()?;
    if said.starts_with('#') {
        return Rgb::parse(said);
    }
    let (_, channels) = said.split_once(':')?;
    let mut channels = channels.split('/').map(|digits| {
        let value = u32::from_str_radix(digits, 16).ok().filter(|_| (1..=4).contains(&digits.len()))?;
        Some((value * 255 / ((1 << (4 * digits.len())) - 1)) as u8)
    });
    Some(Rgb(channels.next()??, channels.next()??, channels.next()??))
}

/// Takes a reply that came late, or in pieces, out of the keys: to their reader it looks like Alt-] and letters after it.
#[derive(Debug, Default)]
pub struct LateReply {
    is_owed: bool,
    /// The reply so far, while it is coming.
    begun: Option<Vec<u8>>,
}

/// What a key turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Heard {
    /// The learner's.
    Key,
    /// A piece of the reply.
    Piece,
    /// The last piece of it, which says this.
    Ground(Ground),
}

impl LateReply {
    /// What is owed when `read` has come.
    fn after(read: &[u8]) -> Self {
        let begun = read.windows(2).rposition(|it| it == b"\x1b]").map(|at| read[at..].to_vec());
        match begun {
            Some(begun) if begun.contains(&BELL) || begun.windows(2).any(|it| it == STRING_END) => Self::default(),
            begun => Self { is_owed: true, begun },
        }
    }

    pub(super) fn hear(&mut self, key: KeyEvent) -> Heard {
        let is_alt = key.modifiers.contains(KeyModifiers::ALT);
        let Some(begun) = &mut self.begun else {
            if self.is_owed && is_alt && key.code == KeyCode::Char(']') {
                self.begun = Some(b"\x1b]".to_vec());
                return Heard::Piece;
            }
            return Heard::Key;
        };
        match key.code {
            KeyCode::Char('\\') if is_alt => begun.extend_from_slice(STRING_END),
            KeyCode::Char('g') if key.modifiers.contains(KeyModifiers::CONTROL) => begun.push(BELL),
            KeyCode::Char(c) if begun.len() < MOST_BYTES && (c.is_ascii_alphanumeric() || ";:/#".contains(c)) => {
                begun.push(c as u8);
                return Heard::Piece;
            }
            // Nothing like it: a key of the learner's.
            _ => {
                *self = Self::default();
                return Heard::Key;
            }
        }
        let said = background(begun);
        *self = Self::default();
        said.map_or(Heard::Piece, |colour| Heard::Ground(Ground::of(colour)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replies_are_read_as_terminals_write_them() {
        let check = |reply: &str, wanted: Option<Rgb>| assert_eq!(background(reply.as_bytes()), wanted, "{reply:?}");
        check("\x1b]11;rgb:1e1e/1e1e/2e2e\x1b\\\x1b[?62;4c", Some(Rgb(0x1e, 0x1e, 0x2e)));
        check("\x1b]11;rgb:ff/ff/ff\x07\x1b[?1;2c", Some(Rgb(255, 255, 255)));
        check("\x1b]11;rgba:0000/8000/ffff/ffff\x1b\\", Some(Rgb(0, 127, 255)));
        check("\x1b]11;#fdf6e3\x07", Some(Rgb(0xfd, 0xf6, 0xe3)));
        for nothing in
            ["", "\x1b[?62c", "\x1b]11;rgb:ffff/ffff\x07", "\x1b]11;rgb:/é/\x07", "\x1b]11;rgb:fffff/0/0\x07"]
        {
            check(nothing, None);
        }
    }

    #[test]
    fn the_second_reply_ends_the_waiting() {
        for whole in ["\x1b[?62;4c", "\x1b]11;rgb:0/0/0\x07\x1b[?1;2c", "\x1b[?c"] {
            assert!(is_whole(whole.as_bytes()), "{whole:?}");
            assert!((0..whole.len()).all(|end| !is_whole(&whole.as_bytes()[..end])), "{whole:?}");
        }
    }

    #[test]
    fn a_late_reply_is_taken_out_of_the_keys() {
        let key = |c, modifiers| KeyEvent::new(KeyCode::Char(c), modifiers);
        let end = [key('\\', KeyModifiers::ALT), key('g', KeyModifiers::CONTROL)];
        // What came in time, what comes between the keys, and what is then left of these and known of the ground.
        let check = |late: LateReply, reply: &[KeyEvent], left: &str, ground: Option<Ground>| {
            let mut late = late;
            let keys =
                [&[key('j', KeyModifiers::NONE)], reply, &[key('1', KeyModifiers::NONE), key(']', KeyModifiers::ALT)]];
            let mut found = (String::new(), None);
            for key in keys.concat() {
                match late.hear(key) {
                    Heard::Key => found.0.extend(key.code.as_char()),
                    Heard::Piece => {}
                    Heard::Ground(ground) => found.1 = Some(ground),
                }
            }
            assert_eq!(found, (left.to_owned(), ground), "{reply:?}");
        };
        let typed = |text: &str, end: KeyEvent| {
            let mut keys: Vec<KeyEvent> = text.chars().map(|c| key(c, KeyModifiers::NONE)).collect();
            keys.push(end);
            keys
        };
        let whole = |end| [vec![key(']', KeyModifiers::ALT)], typed("11;rgb:fefe/f0f0/ffff", end)].concat();
        for end in end {
            check(LateReply::after(b""), &whole(end), "j1]", Some(Ground::Light));
        }
        let theirs = whole(end[0]);
        check(LateReply::default(), &theirs, "j]11;rgb:fefe/f0f0/ffff\\1]", None);
        check(LateReply::after(b"\x1b]11;rgb:0/0/0\x07"), &[], "j1]", None);
    }

    #[test]
    fn a_reply_that_comes_in_pieces_is_put_together() {
        let mut late = LateReply::after(b"\x1b]11;rgb:1e1e/1e");
        for c in "1e/2e2e".chars() {
            assert_eq!(late.hear(KeyEvent::new(KeyCode::Char(c), KeyModifiers::NONE)), Heard::Piece, "{c}");
        }
        let end = KeyEvent::new(KeyCode::Char('\\'), KeyModifiers::ALT);
        assert_eq!(late.hear(end), Heard::Ground(Ground::Dark));
        assert_eq!(late.hear(end), Heard::Key);
    }
}
