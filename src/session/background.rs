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

use crate::tui::theme::{Ground, Rgb};

/// How long an answer is waited for, counted from the question. Longer, and a terminal that never answers would open late.
const PATIENCE: Duration = Duration::from_millis(120);
/// An honest reply has some sixty bytes.
const MOST_BYTES: usize = 256;
/// The background's colour, and then what kind of terminal it is.
const QUESTION: &[u8] = b"\x1b]11;?\x1b\\\x1b[c";

/// A question that was sent. The terminal is in raw mode until it is answered or dropped, so that no reply is echoed.
pub struct Question {
    asked: Instant,
}

/// What came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer {
    pub ground: Option<Ground>,
    /// The end of the replies has not come: they may still come while keys are read, see [`LateReply`].
    pub is_late: bool,
}

impl Question {
    /// Asks, when there is a terminal to ask. What may take its time is done before [`Question::answer`].
    pub fn ask() -> Option<Self> {
        if !io::stdin().is_terminal() || !io::stdout().is_terminal() {
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

    pub fn answer(self) -> Answer {
        let mut reply = Vec::new();
        let is_whole = loop {
            if is_whole(&reply) {
                break true;
            }
            let left = PATIENCE.saturating_sub(self.asked.elapsed());
            let mut byte = [0];
            if reply.len() >= MOST_BYTES || !is_readable(left) {
                break false;
            }
            match unistd::read(io::stdin().as_fd(), &mut byte) {
                Ok(1..) => reply.push(byte[0]),
                Err(Errno::EINTR) => {}
                _ => break false,
            }
        };
        Answer { ground: background(&reply).map(Ground::of), is_late: !is_whole }
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

/// Takes a reply that came late out of the keys: to the reader of keys it looks like Alt-] and letters after it.
#[derive(Debug, Default)]
pub struct LateReply {
    is_owed: bool,
    /// Keys of the reply so far, while it is coming.
    n_keys: Option<usize>,
}

impl LateReply {
    pub fn new(is_owed: bool) -> Self {
        Self { is_owed, n_keys: None }
    }

    /// Whether this key is a piece of the reply.
    pub fn swallows(&mut self, key: KeyEvent) -> bool {
        if !self.is_owed {
            return false;
        }
        let is_alt = key.modifiers.contains(KeyModifiers::ALT);
        match (&mut self.n_keys, key.code) {
            (None, KeyCode::Char(']')) if is_alt => self.n_keys = Some(0),
            (None, _) => return false,
            // The string ends with `ESC \` or a bell, which is Ctrl-G.
            (Some(_), KeyCode::Char('\\')) if is_alt => *self = Self::default(),
            (Some(_), KeyCode::Char('g')) if key.modifiers.contains(KeyModifiers::CONTROL) => *self = Self::default(),
            (Some(n_keys), KeyCode::Char(c))
                if *n_keys < MOST_BYTES && (c.is_ascii_alphanumeric() || ";:/#".contains(c)) =>
            {
                *n_keys += 1;
            }
            // Nothing like it: a key of the learner's.
            (Some(_), _) => {
                *self = Self::default();
                return false;
            }
        }
        true
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
        let left = |is_owed, end: KeyEvent| {
            let mut late = LateReply::new(is_owed);
            let mut keys = vec![key('j', KeyModifiers::NONE), key(']', KeyModifiers::ALT)];
            keys.extend("11;rgb:1e1e/0/f".chars().map(|c| key(c, KeyModifiers::NONE)));
            keys.extend([end, key('1', KeyModifiers::NONE), key(']', KeyModifiers::ALT)]);
            keys.into_iter().filter(|it| !late.swallows(*it)).count()
        };
        assert_eq!(left(true, key('\\', KeyModifiers::ALT)), 3);
        assert_eq!(left(true, key('g', KeyModifiers::CONTROL)), 3);
        assert_eq!(left(false, key('\\', KeyModifiers::ALT)), 20);
    }
}
