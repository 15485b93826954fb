//! A colour of a theme → what a terminal of some depth is told, and how well one colour is read on another.

use std::str::FromStr;

use ratatui::style::Color;

use super::Depth;

/// Red, green, blue as sRGB has them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rgb(pub u8, pub u8, pub u8);

impl Rgb {
    /// `#rrggbb`.
    pub fn parse(text: &str) -> Option<Self> {
        let hex = text.strip_prefix('#').filter(|hex| hex.len() == 6)?;
        let [_, red, green, blue] = u32::from_str_radix(hex, 16).ok()?.to_be_bytes();
        Some(Self(red, green, blue))
    }

    /// Relative luminance, 0..=1. Source: WCAG 2.2.
    pub fn luminance(self) -> f64 {
        let linear = |channel: u8| match f64::from(channel) / 255.0 {
            low if low <= 0.04045 => low / 12.92,
            high => libm::pow((high + 0.055) / 1.055, 2.4),
        };
        0.2126 * linear(self.0) + 0.7152 * linear(self.1) + 0.0722 * linear(self.2)
    }

    /// Contrast ratio, 1..=21; AA asks for 4.5, AAA for 7. Source: WCAG 2.2.
    pub fn contrast(self, other: Self) -> f64 {
        let (a, b) = (self.luminance() + 0.05, other.luminance() + 0.05);
        a.max(b) / a.min(b)
    }

    /// Its number in the 256-colour palette: the nearest of the 6 × 6 × 6 cube.
    fn palette(self) -> u8 {
        // The cube's levels are 0, 95, 135, 175, 215, 255.
        let level = |channel: u8| match channel {
            0..48 => 0,
            48..115 => 1,
            c => (c - 35) / 40,
        };
        16 + 36 * level(self.0) + 6 * level(self.1) + level(self.2)
    }

    /// The colour that has this number in the cube of the 256-colour palette.
    #[cfg(test)]
    pub(super) fn of_palette(number: u8) -> Self {
        let channel = |level: u8| if level == 0 { 0 } else { 55 + 40 * level };
        let cube = number - 16;
        Self(channel(cube / 36), channel(cube / 6 % 6), channel(cube % 6))
    }
}

/// A colour as a theme file has it: exact, by one of the sixteen names, or both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Colour {
    pub(super) exact: Option<Rgb>,
    pub(super) named: Option<Color>,
}

impl Colour {
    /// Reads `#7aa2f7`, `blue`, or `#7aa2f7 bright-cyan`: the second is for terminals of sixteen colours.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let mut colour = Self { exact: None, named: None };
        for word in text.split_whitespace() {
            if let Some(exact) = Rgb::parse(word) {
                colour.exact = Some(exact);
            } else if let Some(named) = named(word) {
                colour.named = Some(named);
            } else {
                return Err(format!("`{word}` is no colour: write #rrggbb or a name such as bright-blue"));
            }
        }
        if colour == (Self { exact: None, named: None }) {
            return Err("a colour is missing: write #rrggbb or a name such as bright-blue".to_owned());
        }
        Ok(colour)
    }

    /// `None` where the terminal has no such colour: its own text colour is readable, the nearest one may not be.
    pub(super) fn at(self, depth: Depth) -> Option<Color> {
        match (depth, self.exact) {
            (Depth::None, _) => None,
            (Depth::True, Some(Rgb(red, green, blue))) => Some(Color::Rgb(red, green, blue)),
            (Depth::Palette, Some(exact)) => Some(Color::Indexed(exact.palette())),
            _ => self.named,
        }
    }
}

/// One of the sixteen colours that every terminal names alike, each in a shade of its own.
pub(super) fn named(word: &str) -> Option<Color> {
    match word {
        "white" => Some(Color::Gray),
        "bright-black" => Some(Color::DarkGray),
        "bright-white" => Some(Color::White),
        _ => {
            let known = Color::from_str(&word.replace("bright-", "light-")).ok()?;
            let is_one = !matches!(known, Color::Rgb(..) | Color::Indexed(_) | Color::Reset);
            is_one.then_some(known)
        }
    }
}

#[cfg(test)]
mod tests {
    use ratatui::style::Color;

    use super::{Colour, Rgb};
    use crate::tui::Depth;

    #[test]
    fn contrast_is_that_of_the_standard() {
        let contrast = |a, b| (Rgb::parse(a).unwrap().contrast(Rgb::parse(b).unwrap()) * 100.0).round() / 100.0;
        assert_eq!(contrast("#000000", "#ffffff"), 21.0);
        // The grey that is known as the lightest one readable on white.
        assert_eq!(contrast("#767676", "#ffffff"), 4.54);
    }

    #[test]
    fn a_terminal_is_told_no_colour_that_it_does_not_have() {
        let at = |text: &str, depth| Colour::parse(text).unwrap().at(depth);
        let all = |text| [Depth::True, Depth::Palette, Depth::Sixteen, Depth::None].map(|depth| at(text, depth));
        let both = [Some(Color::Rgb(0x7a, 0xa2, 0xf7)), Some(Color::Indexed(111)), Some(Color::LightCyan), None];
        assert_eq!(all("#7aa2f7 bright-cyan"), both);
        assert_eq!(all("#000000"), [Some(Color::Rgb(0, 0, 0)), Some(Color::Indexed(16)), None, None]);
        assert_eq!(all("white"), [Some(Color::Gray), Some(Color::Gray), Some(Color::Gray), None]);
        assert_eq!(Rgb::of_palette(111), Rgb(135, 175, 255));
        for wrong in ["", "#12345", "#1234567", "é", "reset", "12"] {
            assert!(Colour::parse(wrong).is_err(), "{wrong}");
        }
    }
}
