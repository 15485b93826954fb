//! The drawing as cells with roles: what a terminal shows, before anyone chose a colour.
//!
//! Rows are of equal length. A wide character takes two cells; the second shows nothing.

use std::fmt;

use super::chart::Accent;

/// Rows of cells, all of one length.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Grid {
    pub rows: Vec<Vec<Cell>>,
}

/// One column of one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    pub role: Role,
    /// What it is a part of.
    pub owner: Owner,
    /// The colour of the class its part belongs to, if the author gave one.
    pub accent: Option<Accent>,
    pub(super) symbol: Symbol,
}

/// What a cell is for. What it looks like is the theme's matter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Role {
    #[default]
    Blank,
    Box,
    Label,
    Edge,
    Arrowhead,
    EdgeLabel,
    Frame,
    FrameTitle,
}

/// The part of the placed diagram a cell belongs to: an index into its nodes, edges or frames.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Owner {
    #[default]
    Nobody,
    Node(u32),
    Edge(u32),
    Frame(u32),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Symbol {
    One([u8; 4], u8),
    /// A cluster of several characters, such as an emoji with its modifiers.
    Cluster(Box<str>),
    /// Covered by the wide character on its left.
    Covered,
}

impl From<char> for Symbol {
    fn from(it: char) -> Self {
        let mut bytes = [0; 4];
        let length = it.encode_utf8(&mut bytes).len() as u8;
        Self::One(bytes, length)
    }
}

impl From<&str> for Symbol {
    fn from(text: &str) -> Self {
        let mut characters = text.chars();
        match (characters.next(), characters.next()) {
            (Some(only), None) => only.into(),
            _ => Self::Cluster(text.into()),
        }
    }
}

impl Default for Cell {
    fn default() -> Self {
        Self { role: Role::Blank, owner: Owner::Nobody, accent: None, symbol: ' '.into() }
    }
}

impl Cell {
    /// What to print: one character, or a cluster of them; nothing in the second cell of a wide one.
    pub fn symbol(&self) -> &str {
        match &self.symbol {
            Symbol::One(bytes, length) => std::str::from_utf8(&bytes[..usize::from(*length)]).unwrap_or_default(),
            Symbol::Cluster(text) => text,
            Symbol::Covered => "",
        }
    }
}

impl Grid {
    pub fn width(&self) -> usize {
        self.rows.first().map_or(0, Vec::len)
    }

    pub fn height(&self) -> usize {
        self.rows.len()
    }
}

/// Plain text, without blanks at the ends of its rows.
impl fmt::Display for Grid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for row in &self.rows {
            let text: String = row.iter().map(Cell::symbol).collect();
            writeln!(f, "{}", text.trim_end())?;
        }
        Ok(())
    }
}
