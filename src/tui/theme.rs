//! What each role looks like: a theme, in as many colours as the terminal has, or none.
//!
//! ```text
//!   names     Role → what theme files call it
//!   looks     a theme file (TOML) → the looks of the roles; the shipped themes
//!   colour    a colour → what a terminal of some depth is told; contrast
//! ```
//!
//! Nothing is told by colour alone, so that [`Depth::None`] loses nothing. Absent: files and the terminal itself; whoever
//! opens the theme reads the one and asks the other.

mod colour;
mod looks;
mod names;

use std::sync::Arc;

use ratatui::style::{Modifier, Style};

use super::hyperlink;
use crate::app::row::{Role, Span, Ui};
pub use colour::Rgb;
pub use looks::{Looks, shipped, shipped_names};

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

impl Ground {
    /// Dark where white is read better than black.
    pub fn of(background: Rgb) -> Self {
        let (white, black) = (background.contrast(Rgb(255, 255, 255)), background.contrast(Rgb(0, 0, 0)));
        if white >= black { Self::Dark } else { Self::Light }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct Theme {
    pub depth: Depth,
    pub ground: Ground,
    /// The theme that was asked for; else the shipped one for the ground.
    pub looks: Option<Arc<Looks>>,
    /// The terminal opens addresses itself (OSC 8).
    pub hyperlinks: bool,
}

impl Theme {
    pub const PLAIN: Self = Self { depth: Depth::None, ground: Ground::Unknown, looks: None, hyperlinks: false };

    /// What the environment says of the terminal: `NO_COLOR`, `COLORTERM`, `TERM`, `COLORFGBG`.
    pub fn from_environment(get: impl Fn(&str) -> Option<String>) -> Self {
        let set = |name: &str| get(name).filter(|value| !value.is_empty());
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
            // The console of a PC is black, answers no question, and has a blue that cannot be read on it.
            None if term == "linux" => Ground::Dark,
            None => Ground::Unknown,
        };
        Self { depth, ground, looks: None, hyperlinks: hyperlink::are_shown(get) }
    }

    /// Whether it looks better when the terminal's background is known.
    pub fn wants_ground(&self) -> bool {
        self.looks.is_none() && self.depth != Depth::None
    }

    pub fn style(&self, role: Role) -> Style {
        let looks = self.looks.as_deref().unwrap_or_else(|| looks::for_ground(self.ground));
        looks.look(names::name_of(role)).at(self.depth)
    }

    /// The look of a screen on which nothing stands. A theme that was asked for brings its ground, so that it is readable
    /// on every terminal; one that was chosen for the terminal leaves the terminal's.
    pub fn ground_style(&self) -> Style {
        if self.looks.is_some() { self.style(Role::Ui(Ui::Screen)) } else { Style::new() }
    }

    pub fn span_style(&self, span: &Span) -> Style {
        let mut style = self.style(span.role);
        if span.style.marked {
            style = self.style(Role::Ui(Ui::Marked)).patch(style);
        }
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
}

#[cfg(test)]
mod tests {
    use ratatui::style::{Color, Modifier, Style};

    use super::{Depth, Ground, Rgb, Theme, shipped};
    use crate::app::row::{Role, Ui};

    fn from(pairs: &[(&str, &str)]) -> Theme {
        Theme::from_environment(|name| pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned()))
    }

    #[test]
    fn the_environment_says_what_the_terminal_can_do() {
        assert_eq!(
            from(&[("TERM", "xterm-256color")]),
            Theme { depth: Depth::Palette, hyperlinks: true, ..Theme::PLAIN }
        );
        assert_eq!(from(&[("TERM", "xterm"), ("COLORTERM", "truecolor")]).depth, Depth::True);
        assert_eq!(from(&[("TERM", "linux")]), Theme { depth: Depth::Sixteen, ground: Ground::Dark, ..Theme::PLAIN });
        assert_eq!(from(&[("TERM", "xterm-256color"), ("NO_COLOR", "1")]).depth, Depth::None);
        assert_eq!(from(&[("NO_COLOR", ""), ("TERM", "linux")]).depth, Depth::Sixteen);
        assert_eq!(from(&[("COLORFGBG", "0;15")]).ground, Ground::Light);
        assert_eq!(from(&[("COLORFGBG", "15;0")]).ground, Ground::Dark);
    }

    #[test]
    fn the_ground_chooses_the_theme_unless_one_was_asked_for() {
        let title = |ground, looks| {
            let theme = Theme { depth: Depth::True, ground, looks, hyperlinks: false };
            theme.style(Role::Ui(Ui::Title)).fg
        };
        assert_eq!(title(Ground::Dark, None), Some(Color::Rgb(0x7a, 0xa2, 0xf7)));
        assert_eq!(title(Ground::Light, None), Some(Color::Rgb(0x1f, 0x4f, 0xbf)));
        assert_eq!(title(Ground::Unknown, None), Some(Color::Blue));
        assert_eq!(title(Ground::Dark, shipped("light")), Some(Color::Rgb(0x1f, 0x4f, 0xbf)));
        assert_eq!(Ground::of(Rgb(0x28, 0x2c, 0x34)), Ground::Dark);
        assert_eq!(Ground::of(Rgb(0xfd, 0xf6, 0xe3)), Ground::Light);
    }

    #[test]
    fn only_a_theme_that_was_asked_for_brings_its_ground() {
        let ground = |depth, looks| Theme { depth, ground: Ground::Dark, looks, hyperlinks: false }.ground_style();
        assert_eq!(ground(Depth::True, shipped("light")).bg, Some(Color::Rgb(0xfc, 0xfc, 0xfa)));
        assert_eq!(ground(Depth::Sixteen, shipped("dark")).bg, Some(Color::Black));
        for leaves_it in [ground(Depth::True, None), ground(Depth::None, shipped("light"))] {
            assert_eq!(leaves_it, Style::new());
        }
    }

    #[test]
    fn without_colours_the_modifiers_remain_and_nothing_is_dim() {
        let style = |ui| Theme::PLAIN.style(Role::Ui(ui));
        assert_eq!((style(Ui::Chosen).fg, style(Ui::Chosen).add_modifier), (None, Modifier::REVERSED));
        assert_eq!(style(Ui::Muted).add_modifier, Modifier::empty());
    }
}
