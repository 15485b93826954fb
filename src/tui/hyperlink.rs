//! A link's target to what makes a cell of the terminal lead there (OSC 8).
//!
//! Absent: whether the terminal knows hyperlinks; that is the theme's to say. What an author wrote reaches the terminal as
//! printable ASCII only, and leads nowhere but to the web, a mailbox or a file.

use std::fmt::Write as _;

/// Longer addresses are dropped by terminals, or slow them down.
const LONGEST_BYTES: usize = 2000;
const SCHEMES: [&str; 4] = ["https://", "http://", "mailto:", "file://"];

/// What goes before and after a linked text. Cells of the same `id` are one link, also where a line ends between them.
pub fn around(target: &str, id: usize) -> Option<(String, &'static str)> {
    Some((format!("\x1b]8;id=coldstart-{id};{}\x1b\\", tame(target)?), "\x1b]8;;\x1b\\"))
}

/// The target with all but printable ASCII percent-encoded; `None` when it is nothing to open.
fn tame(target: &str) -> Option<String> {
    let begins = |scheme: &&str| target.get(..scheme.len()).is_some_and(|it| it.eq_ignore_ascii_case(scheme));
    SCHEMES.iter().find(|scheme| begins(scheme))?;
    let mut tame = String::with_capacity(target.len());
    for byte in target.bytes() {
        if byte.is_ascii_graphic() {
            tame.push(char::from(byte));
        } else {
            let _ = write!(tame, "%{byte:02X}");
        }
    }
    (tame.len() <= LONGEST_BYTES).then_some(tame)
}

/// Whether the terminal that the environment tells of shows hyperlinks, or at least not their escape codes.
///
/// `FORCE_HYPERLINK` (0 or 1) is how other programs are told. The console of Linux and terminals that can only print are
/// left alone; the others take what they do not know for nothing.
pub fn are_shown(get: impl Fn(&str) -> Option<String>) -> bool {
    match get("FORCE_HYPERLINK").as_deref() {
        Some("0") => false,
        Some(forced) if !forced.is_empty() => true,
        _ => !matches!(get("TERM").as_deref(), None | Some("" | "dumb" | "linux" | "vt100" | "vt220")),
    }
}

#[cfg(test)]
mod tests {
    use super::{are_shown, around};

    #[test]
    fn only_tame_addresses_become_links_and_nothing_of_them_is_obeyed() {
        for (target, address) in [
            ("https://example.org/?a=1;b#c", Some("https://example.org/?a=1;b#c")),
            ("HTTP://example.org", Some("HTTP://example.org")),
            ("mailto:ada@example.org", Some("mailto:ada@example.org")),
            ("file:///tmp/a b", Some("file:///tmp/a%20b")),
            ("https://a/\u{1b}\\\u{7}\u{9b}é", Some("https://a/%1B\\%07%C2%9B%C3%A9")),
            ("javascript:alert(1)", None),
            ("04-cold-start.md", None),
            ("[^note]", None),
            ("é", None),
            (&format!("https://{}", "a".repeat(3000)), None),
        ] {
            let link = around(target, 7);
            let wanted = address.map(|address| format!("\x1b]8;id=coldstart-7;{address}\x1b\\"));
            assert_eq!(link.map(|(before, _)| before), wanted, "{target}");
        }
    }

    #[test]
    fn the_environment_says_whether_links_are_shown() {
        let shown = |pairs: &'static [(&str, &str)]| {
            are_shown(|name| pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned()))
        };
        assert!(shown(&[("TERM", "xterm-256color")]) && shown(&[("TERM", "linux"), ("FORCE_HYPERLINK", "1")]));
        assert!(!shown(&[("TERM", "linux")]) && !shown(&[("TERM", "dumb")]) && !shown(&[]));
        assert!(!shown(&[("TERM", "xterm-256color"), ("FORCE_HYPERLINK", "0")]));
    }
}
