//! A theme file (TOML) → the looks of the roles.
//!
//! Absent: files, and which theme is the right one. A slip in a look leaves the rest usable; a role that a file does not
//! name looks as it does in the theme `sixteen`, which is readable everywhere.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use ratatui::style::{Modifier, Style};
use serde::Deserialize;

use super::colour::{self, Colour};
use super::names::NAMES;
use super::{Depth, Ground};
use crate::course::nearest_hint;

/// What each role looks like, on a terminal of any depth.
#[derive(Clone, Debug, PartialEq)]
pub struct Looks {
    pub title: String,
    /// The ground it is made for.
    pub ground: Ground,
    by_name: BTreeMap<&'static str, Look>,
}

/// How one role looks.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Look {
    pub(super) ink: Option<Colour>,
    pub(super) paper: Option<Colour>,
    pub(super) modifiers: Modifier,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    format: i64,
    title: String,
    ground: GroundName,
    #[serde(default)]
    colours: BTreeMap<String, String>,
    #[serde(default)]
    roles: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum GroundName {
    Dark,
    Light,
    Any,
}

/// The words of a look that are no colours.
const MODIFIERS: [(&str, Modifier); 6] = [
    ("bold", Modifier::BOLD),
    ("dim", Modifier::DIM),
    ("italic", Modifier::ITALIC),
    ("underlined", Modifier::UNDERLINED),
    ("reversed", Modifier::REVERSED),
    ("crossed-out", Modifier::CROSSED_OUT),
];

impl Looks {
    /// Reads a theme. The error says why there is none; the slips say what of it could not be used.
    pub fn parse(text: &str) -> Result<(Self, Vec<String>), String> {
        let file: File = toml::from_str(text).map_err(|error| error.to_string())?;
        if file.format != 1 {
            return Err(format!("format = {} is not known: this program reads format = 1", file.format));
        }
        let mut slips = Vec::new();
        let mut colours = BTreeMap::new();
        for (name, text) in file.colours {
            match Colour::parse(&text) {
                Ok(colour) => {
                    colours.insert(name, colour);
                }
                Err(why) => slips.push(format!("[colours] {name}: {why}")),
            }
        }
        let mut by_name = BTreeMap::new();
        for (role, text) in file.roles {
            let Some(name) = NAMES.iter().find(|name| **name == role) else {
                let near = nearest_hint(&role, NAMES.iter().copied());
                slips.push(format!("[roles] there is no role `{role}`{near}"));
                continue;
            };
            match Look::parse(&text, &colours) {
                Ok(look) => {
                    by_name.insert(*name, look);
                }
                Err(why) => slips.push(format!("[roles] {role}: {why}")),
            }
        }
        let ground = match file.ground {
            GroundName::Dark => Ground::Dark,
            GroundName::Light => Ground::Light,
            GroundName::Any => Ground::Unknown,
        };
        Ok((Self { title: file.title, ground, by_name }, slips))
    }

    /// The look that theme files call `name`.
    pub(super) fn look(&self, name: &str) -> Look {
        let look = self.by_name.get(name).or_else(|| sixteen().by_name.get(name));
        look.copied().unwrap_or_default()
    }
}

impl Look {
    /// Reads `accent bold`, or `black on gold underlined`.
    fn parse(text: &str, colours: &BTreeMap<String, Colour>) -> Result<Self, String> {
        let mut look = Self::default();
        let mut words = text.split_whitespace();
        while let Some(word) = words.next() {
            if let Some((_, modifier)) = MODIFIERS.iter().find(|(name, _)| *name == word) {
                look.modifiers |= *modifier;
                continue;
            }
            let (place, word) = match word {
                "on" => (&mut look.paper, words.next().ok_or("a colour is missing after `on`")?),
                word => (&mut look.ink, word),
            };
            let named = || colour::named(word).map(|named| Colour { exact: None, named: Some(named) });
            let Some(colour) = colours.get(word).copied().or_else(named) else {
                let known = colours.keys().map(String::as_str).chain(MODIFIERS.map(|(name, _)| name));
                return Err(format!("`{word}` is no colour of [colours] and no modifier{}", nearest_hint(word, known)));
            };
            *place = Some(colour);
        }
        Ok(look)
    }

    pub(super) fn at(self, depth: Depth) -> Style {
        // Where nothing is coloured, nothing is dim either: whoever wants no colours may need all the contrast there is.
        let modifiers = if depth == Depth::None { self.modifiers - Modifier::DIM } else { self.modifiers };
        let ink = self.ink.and_then(|ink| ink.at(depth));
        let paper = self.paper.and_then(|paper| paper.at(depth));
        // One of a pair without the other could be unreadable.
        let (ink, paper) = if self.paper.is_some() && paper.is_none() { (None, None) } else { (ink, paper) };
        Style { fg: ink, bg: paper, ..Style::new().add_modifier(modifiers) }
    }
}

/// A theme that comes with the program; read when it is first wanted.
struct Shipped {
    name: &'static str,
    text: &'static str,
    looks: OnceLock<Arc<Looks>>,
}

impl Shipped {
    const fn new(name: &'static str, text: &'static str) -> Self {
        Self { name, text, looks: OnceLock::new() }
    }

    fn looks(&self) -> &Arc<Looks> {
        self.looks.get_or_init(|| Arc::new(Looks::parse(self.text).expect("a test reads every shipped theme").0))
    }
}

static SHIPPED: [Shipped; 4] = [
    Shipped::new("dark", include_str!("../../../assets/themes/dark.toml")),
    Shipped::new("light", include_str!("../../../assets/themes/light.toml")),
    Shipped::new("high-contrast", include_str!("../../../assets/themes/high-contrast.toml")),
    Shipped::new("sixteen", include_str!("../../../assets/themes/sixteen.toml")),
];

/// The names of the themes that come with the program.
pub fn shipped_names() -> impl Iterator<Item = &'static str> {
    SHIPPED.iter().map(|it| it.name)
}

/// A theme that comes with the program.
pub fn shipped(name: &str) -> Option<Arc<Looks>> {
    SHIPPED.iter().find(|it| it.name == name).map(|it| Arc::clone(it.looks()))
}

/// The shipped theme for a ground; where that is not known, only colours that the terminal's owner has chosen.
pub(super) fn for_ground(ground: Ground) -> &'static Looks {
    let [dark, light, _, sixteen] = &SHIPPED;
    match ground {
        Ground::Dark => dark.looks(),
        Ground::Light => light.looks(),
        Ground::Unknown => sixteen.looks(),
    }
}

fn sixteen() -> &'static Looks {
    for_ground(Ground::Unknown)
}

#[cfg(test)]
mod tests {
    use ratatui::style::Color;

    use super::super::colour::Rgb;
    use super::*;

    /// Grounds that people have: black, and the grounds of common dark and light themes.
    const DARK: [&str; 6] = ["#000000", "#1e1e1e", "#1e1e2e", "#282c34", "#002b36", "#282a36"];
    const LIGHT: [&str; 5] = ["#ffffff", "#fafafa", "#fdf6e3", "#eff1f5", "#fbf1c7"];
    /// The sixteen colours of xterm and of a PC's console, the eight and then the bright eight.
    const SIXTEEN: [[u32; 16]; 2] = [
        [
            0x000000, 0xcd0000, 0x00cd00, 0xcdcd00, 0x0000ee, 0xcd00cd, 0x00cdcd, 0xe5e5e5, 0x7f7f7f, 0xff0000,
            0x00ff00, 0xffff00, 0x5c5cff, 0xff00ff, 0x00ffff, 0xffffff,
        ],
        [
            0x000000, 0xaa0000, 0x00aa00, 0xaa5500, 0x0000aa, 0xaa00aa, 0x00aaaa, 0xaaaaaa, 0x555555, 0xff5555,
            0x55ff55, 0xffff55, 0x5555ff, 0xff55ff, 0x55ffff, 0xffffff,
        ],
    ];
    const NAMED: [Color; 16] = [
        Color::Black,
        Color::Red,
        Color::Green,
        Color::Yellow,
        Color::Blue,
        Color::Magenta,
        Color::Cyan,
        Color::Gray,
        Color::DarkGray,
        Color::LightRed,
        Color::LightGreen,
        Color::LightYellow,
        Color::LightBlue,
        Color::LightMagenta,
        Color::LightCyan,
        Color::White,
    ];

    fn rgb(color: Color, sixteen: &[u32; 16]) -> Rgb {
        match color {
            Color::Rgb(red, green, blue) => Rgb(red, green, blue),
            Color::Indexed(number) => Rgb::of_palette(number),
            named => {
                let index = NAMED.iter().position(|it| *it == named).expect("one of the sixteen");
                let [_, red, green, blue] = sixteen[index].to_be_bytes();
                Rgb(red, green, blue)
            }
        }
    }

    #[test]
    fn the_shipped_themes_name_every_role_and_have_no_slips() {
        for it in &SHIPPED {
            let (looks, slips) = Looks::parse(it.text).unwrap_or_else(|error| panic!("{}: {error}", it.name));
            assert_eq!(slips, Vec::<String>::new(), "{}", it.name);
            let missing: Vec<_> = NAMES.iter().filter(|name| !looks.by_name.contains_key(*name)).collect();
            assert!(missing.is_empty(), "{}: {missing:?}", it.name);
        }
    }

    #[test]
    fn every_pair_of_colours_of_the_shipped_themes_is_readable() {
        let mut faint = Vec::new();
        let mut pairs = 0;
        for it in &SHIPPED {
            let looks = it.looks();
            let grounds: &[&str] = match looks.ground {
                Ground::Dark => &DARK,
                Ground::Light => &LIGHT,
                Ground::Unknown => &[],
            };
            for (name, look) in &looks.by_name {
                for depth in [Depth::True, Depth::Palette, Depth::Sixteen] {
                    let style = look.at(depth);
                    let Some(ink) = style.fg else { continue };
                    // With sixteen colours the ground is one of them, too: black or white.
                    let grounds = if depth == Depth::Sixteen { &grounds[..grounds.len().min(1)] } else { grounds };
                    for sixteen in &SIXTEEN {
                        let own = |name: &str| looks.look(name).at(depth).bg.map(|paper| rgb(paper, sixteen));
                        let papers: Vec<Rgb> = if let Some(paper) = style.bg {
                            vec![rgb(paper, sixteen)]
                        } else {
                            let grounds = grounds.iter().map(|hex| Rgb::parse(hex).expect("a colour"));
                            let band = own("source-marked").filter(|_| name.starts_with("source"));
                            grounds.chain(own("screen")).chain(band).collect()
                        };
                        for paper in papers {
                            pairs += 1;
                            let contrast = rgb(ink, sixteen).contrast(paper);
                            if contrast < 4.5 {
                                faint.push(format!("{} {name} {depth:?}: {ink} on {paper:?} {contrast:.2}", it.name));
                            }
                        }
                    }
                }
            }
        }
        faint.dedup();
        assert_eq!(faint, Vec::<String>::new());
        assert!(pairs > 1000, "{pairs}");
    }

    #[test]
    fn a_theme_for_any_ground_brings_the_ground_of_its_exact_colours() {
        for it in SHIPPED.iter().filter(|it| it.looks().ground == Ground::Unknown) {
            for (name, look) in &it.looks().by_name {
                let exact = |colour: Option<Colour>| colour.is_some_and(|it| it.exact.is_some());
                assert_eq!(exact(look.ink), exact(look.paper), "{} {name}", it.name);
            }
        }
    }

    #[test]
    fn slips_are_said_and_the_rest_is_used() {
        let text = "format = 1\ntitle = \"T\"\nground = \"dark\"\n[colours]\nsea = \"#0000zz\"\nsky = \"#aaccff\"\n\
                    [roles]\ntitel = \"sky\"\nkey = \"sky on\"\nlink = \"skyy\"\ntitle = \"sky on black bold\"\n";
        let (looks, slips) = Looks::parse(text).unwrap();
        assert_eq!(slips.len(), 4, "{slips:?}");
        assert!(slips.iter().any(|it| it.ends_with("no role `titel`; the nearest is `title`")), "{slips:?}");
        let style = looks.look("title").at(Depth::True);
        assert_eq!((style.fg, style.bg), (Some(Color::Rgb(0xaa, 0xcc, 0xff)), Some(Color::Black)));
        assert_eq!(looks.look("link"), sixteen().look("link"));
        for wrong in ["", "format = 2\ntitle = \"T\"\nground = \"any\"", "format = 1\ntitle = \"T\"\nground = \"dusk\""]
        {
            assert!(Looks::parse(wrong).is_err(), "{wrong}");
        }
    }
}
