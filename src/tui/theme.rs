//! What each role looks like: for dark and light terminals, in as many colours as the terminal has, or none.
//!
//! Nothing is told by colour alone, so that `Depth::None` loses nothing.

use ratatui::style::{Color, Modifier, Style};

use crate::app::row::{Role, Span, Ui};
use crate::diagram::Role as D;
use crate::markdown::{Callout, Role as M, Token};

/// How many colours the terminal has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    None,
    Sixteen,
    Palette,
    True,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ground {
    Dark,
    Light,
    /// Not known: only colours that the terminal's owner chose to be readable.
    Unknown,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Theme {
    pub depth: Depth,
    pub ground: Ground,
}

/// The few meanings that have a colour of their own.
#[derive(Clone, Copy)]
enum Hue {
    Accent,
    Second,
    Good,
    Middling,
    Bad,
    Cold,
    Muted,
    Literal,
}

impl Theme {
    pub const PLAIN: Self = Self { depth: Depth::None, ground: Ground::Unknown };

    /// What the environment says of the terminal: `NO_COLOR`, `COLORTERM`, `TERM`, `COLORFGBG`.
    pub fn from_environment(get: impl Fn(&str) -> Option<String>) -> Self {
        let set = |name| get(name).filter(|value| !value.is_empty());
        let term = set("TERM").unwrap_or_default();
        let depth = if set("NO_COLOR").is_some() || term == "dumb" {
            Depth::None
        } else if set("COLORTERM").is_some_and(|it| it == "truecolor" || it == "24bit") || term.ends_with("-direct") {
            Depth::True
        } else if term.contains("256color") {
            Depth::Palette
        } else {
            Depth::Sixteen
        };
        let ground = match set("COLORFGBG").and_then(|it| it.rsplit(';').next().and_then(|it| it.parse::<u8>().ok())) {
            Some(7 | 15) => Ground::Light,
            Some(_) => Ground::Dark,
            None => Ground::Unknown,
        };
        Self { depth, ground }
    }

    fn colour(&self, hue: Hue) -> Color {
        // Hex pairs: each at least 4.5 : 1 (WCAG AA) on near-black, or on white.
        let (dark, light) = match hue {
            Hue::Accent => (0x7aa2f7, 0x1f4fbf),
            Hue::Second => (0xbb9af7, 0x7a3ec8),
            Hue::Good => (0x9ece6a, 0x3a6b12),
            Hue::Middling => (0xe0af68, 0x855600),
            Hue::Bad => (0xf7768e, 0xb3203a),
            Hue::Cold => (0x7dcfff, 0x00688b),
            Hue::Muted => (0x9aa5ce, 0x565a6e),
            Hue::Literal => (0x9ece6a, 0x3a6b12),
        };
        match (self.depth, self.ground) {
            (Depth::None, _) => Color::Reset,
            (Depth::True, Ground::Dark) => rgb(dark),
            (Depth::True, Ground::Light) => rgb(light),
            (Depth::Palette, Ground::Dark) => palette(dark),
            (Depth::Palette, Ground::Light) => palette(light),
            _ => match hue {
                Hue::Accent => Color::Blue,
                Hue::Second => Color::Magenta,
                Hue::Good | Hue::Literal => Color::Green,
                Hue::Middling => Color::Yellow,
                Hue::Bad => Color::Red,
                Hue::Cold => Color::Cyan,
                Hue::Muted => Color::Reset,
            },
        }
    }

    fn of(&self, hue: Hue) -> Style {
        let style = Style::new().fg(self.colour(hue));
        // Where muted text has no colour of its own, the terminal dims it; with NO_COLOR it stays as it is.
        let dim = matches!(hue, Hue::Muted) && self.depth != Depth::None && self.colour(hue) == Color::Reset;
        if dim { style.add_modifier(Modifier::DIM) } else { style }
    }

    pub fn span_style(&self, span: &Span) -> Style {
        let mut style = self.style(span.role);
        for (on, modifier) in [
            (span.style.strong, Modifier::BOLD),
            (span.style.emphasis, Modifier::ITALIC),
            (span.style.strike, Modifier::CROSSED_OUT),
        ] {
            if on {
                style = style.add_modifier(modifier);
            }
        }
        style
    }

    pub fn style(&self, role: Role) -> Style {
        match role {
            Role::Ui(role) => self.ui(role),
            Role::Page(role) => self.page(role),
            Role::Diagram(role) => match role {
                D::Blank => Style::new(),
                D::Box => self.of(Hue::Accent),
                D::Label => Style::new(),
                D::Edge => self.of(Hue::Muted),
                D::Arrowhead => self.of(Hue::Middling),
                D::EdgeLabel => self.of(Hue::Muted).add_modifier(Modifier::ITALIC),
                D::Frame => self.of(Hue::Muted),
                D::FrameTitle => self.of(Hue::Second),
            },
        }
    }

    fn ui(&self, role: Ui) -> Style {
        match role {
            Ui::Text => Style::new(),
            Ui::Strong => Style::new().add_modifier(Modifier::BOLD),
            Ui::Muted => self.of(Hue::Muted),
            Ui::Title => self.of(Hue::Accent).add_modifier(Modifier::BOLD),
            Ui::Border => self.of(Hue::Muted),
            Ui::Focus => self.of(Hue::Middling).add_modifier(Modifier::BOLD),
            Ui::Key => self.of(Hue::Accent).add_modifier(Modifier::BOLD),
            Ui::Made | Ui::Warm => self.of(Hue::Good),
            Ui::Partly => self.of(Hue::Middling),
            Ui::Missing | Ui::Refused => self.of(Hue::Bad),
            Ui::Evidence => self.of(Hue::Good).add_modifier(Modifier::UNDERLINED),
            Ui::Cold => self.of(Hue::Cold).add_modifier(Modifier::BOLD),
            Ui::Busy => self.of(Hue::Good).add_modifier(Modifier::BOLD),
            Ui::Idle => self.of(Hue::Muted),
            Ui::Warning => self.of(Hue::Bad).add_modifier(Modifier::BOLD),
            Ui::Match => Style::new().add_modifier(Modifier::UNDERLINED | Modifier::BOLD),
            Ui::CurrentMatch | Ui::Chosen => Style::new().add_modifier(Modifier::REVERSED),
            Ui::Progress => self.of(Hue::Accent),
        }
    }

    fn page(&self, role: M) -> Style {
        match role {
            M::Text => Style::new(),
            M::Heading(1) => self.of(Hue::Accent).add_modifier(Modifier::BOLD),
            M::Heading(_) => self.of(Hue::Second).add_modifier(Modifier::BOLD),
            M::Code => self.of(Hue::Cold),
            M::Source(token) => match token {
                Token::Plain | Token::Name | Token::Punctuation => Style::new(),
                Token::Keyword => self.of(Hue::Second),
                Token::Text => self.of(Hue::Literal),
                Token::Number => self.of(Hue::Middling),
                Token::Comment => self.of(Hue::Muted).add_modifier(Modifier::ITALIC),
                Token::Function => self.of(Hue::Accent),
                Token::Type => self.of(Hue::Cold),
                Token::Invalid => self.of(Hue::Bad),
            },
            M::Link => self.of(Hue::Accent).add_modifier(Modifier::UNDERLINED),
            M::SourceBar | M::Bar | M::Rule | M::TableBorder | M::Muted => self.of(Hue::Muted),
            M::Marker => self.of(Hue::Accent),
            M::TableHead => Style::new().add_modifier(Modifier::BOLD),
            M::CalloutBar(kind) => self.of(callout(kind)),
            M::CalloutTitle(kind) => self.of(callout(kind)).add_modifier(Modifier::BOLD),
            M::Key => self.of(Hue::Accent).add_modifier(Modifier::BOLD),
            M::Problem => self.of(Hue::Bad).add_modifier(Modifier::BOLD),
        }
    }
}

fn callout(kind: Callout) -> Hue {
    match kind {
        Callout::Note | Callout::Important => Hue::Accent,
        Callout::Tip => Hue::Good,
        Callout::Warning | Callout::Caution => Hue::Bad,
        Callout::Surprising => Hue::Middling,
    }
}

fn rgb(hex: u32) -> Color {
    Color::Rgb((hex >> 16) as u8, (hex >> 8) as u8, hex as u8)
}

/// The nearest of the 6 × 6 × 6 cube of the 256-colour palette.
fn palette(hex: u32) -> Color {
    let level = |channel: u32| match channel & 0xff {
        0..48 => 0,
        48..115 => 1,
        c => (c - 35) / 40,
    };
    Color::Indexed((16 + 36 * level(hex >> 16) + 6 * level(hex >> 8) + level(hex)) as u8)
}

#[cfg(test)]
mod tests {
    use super::{Depth, Ground, Theme};

    fn from(pairs: &[(&str, &str)]) -> Theme {
        Theme::from_environment(|name| pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned()))
    }

    #[test]
    fn the_environment_says_what_the_terminal_can_do() {
        assert_eq!(from(&[("TERM", "xterm-256color")]), Theme { depth: Depth::Palette, ground: Ground::Unknown });
        assert_eq!(from(&[("TERM", "xterm"), ("COLORTERM", "truecolor")]).depth, Depth::True);
        assert_eq!(from(&[("TERM", "linux")]).depth, Depth::Sixteen);
        assert_eq!(from(&[("TERM", "xterm-256color"), ("NO_COLOR", "1")]).depth, Depth::None);
        assert_eq!(from(&[("NO_COLOR", ""), ("TERM", "linux")]).depth, Depth::Sixteen);
        assert_eq!(from(&[("COLORFGBG", "0;15")]).ground, Ground::Light);
        assert_eq!(from(&[("COLORFGBG", "15;0")]).ground, Ground::Dark);
    }
}
