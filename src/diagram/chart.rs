//! Boxes, the edges that join them, and groups, as a Mermaid text says them.
//!
//! Absent: where anything stands on screen. That is `layout`'s work.

/// Boxes joined by edges, some of them together in a group.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Chart {
    pub kind: ChartKind,
    pub title: String,
    pub direction: Direction,
    pub nodes: Vec<Node>,
    pub edges: Vec<Edge>,
    /// A group's parent stands before it.
    pub groups: Vec<Group>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ChartKind {
    #[default]
    Flowchart,
    State,
    Class,
    Entity,
    Mindmap,
}

impl ChartKind {
    /// The kind's name in the JSON description.
    pub fn name(self) -> &'static str {
        match self {
            Self::Flowchart => "flowchart",
            Self::State => "state",
            Self::Class => "class",
            Self::Entity => "er",
            Self::Mindmap => "mindmap",
        }
    }
}

/// Which of a few colours a part is drawn in. It says that parts belong together, never anything else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Accent {
    One,
    Two,
    Three,
    Four,
}

impl Accent {
    pub const ALL: [Self; 4] = [Self::One, Self::Two, Self::Three, Self::Four];
}

/// Where the edges flow to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Direction {
    #[default]
    Down,
    Up,
    Right,
    Left,
}

impl Direction {
    pub(super) fn is_sideways(self) -> bool {
        matches!(self, Self::Right | Self::Left)
    }

    /// The same flow on the other axis, as a narrow screen needs it.
    pub(super) fn turned(self) -> Self {
        match self {
            Self::Down => Self::Right,
            Self::Up => Self::Left,
            Self::Right => Self::Down,
            Self::Left => Self::Up,
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    pub id: String,
    /// Lines are separated by `\n`.
    pub label: String,
    pub shape: Shape,
    /// Index of the innermost group it stands in.
    pub group: Option<usize>,
    /// Where a click leads.
    pub link: Option<String>,
    pub classes: Vec<String>,
    pub accent: Option<Accent>,
    /// What stands below the label, ruled off: the attributes of a class, then its methods. Each a line of its own.
    pub compartments: Vec<Vec<String>>,
}

impl Node {
    /// A box that shows its name.
    pub(super) fn named(id: &str) -> Self {
        Self {
            id: id.to_owned(),
            label: id.to_owned(),
            shape: Shape::default(),
            group: None,
            link: None,
            classes: Vec::new(),
            accent: None,
            compartments: Vec::new(),
        }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shape {
    #[default]
    Rectangle,
    Rounded,
    Circle,
    DoubleCircle,
    Diamond,
    Hexagon,
    Cylinder,
    Subroutine,
    /// Leaning right, `[/text/]`.
    Parallelogram,
    /// Leaning left, `[\text\]`.
    ParallelogramLeft,
    /// Narrow above, `[/text\]`.
    Trapezoid,
    /// Narrow below, `[\text/]`.
    TrapezoidDown,
    Flag,
    Note,
    /// Text without a border.
    Bare,
    /// Where states begin.
    Start,
    /// Where states end.
    End,
    /// A bar where paths part or meet.
    Bar,
    /// Full from border to border: as long as what it measures.
    Filled,
}

impl Shape {
    /// The shape's name in the JSON description.
    pub fn name(self) -> &'static str {
        match self {
            Self::Rectangle => "rectangle",
            Self::Rounded => "rounded",
            Self::Circle => "circle",
            Self::DoubleCircle => "double-circle",
            Self::Diamond => "diamond",
            Self::Hexagon => "hexagon",
            Self::Cylinder => "cylinder",
            Self::Subroutine => "subroutine",
            Self::Parallelogram => "parallelogram",
            Self::ParallelogramLeft => "parallelogram-left",
            Self::Trapezoid => "trapezoid",
            Self::TrapezoidDown => "trapezoid-down",
            Self::Flag => "flag",
            Self::Note => "note",
            Self::Bare => "text",
            Self::Start => "start",
            Self::End => "end",
            Self::Bar => "bar",
            Self::Filled => "filled",
        }
    }
}

/// What an edge touches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum End {
    Node(usize),
    Group(usize),
}

#[derive(Clone, Debug, PartialEq)]
pub struct Edge {
    pub from: End,
    pub to: End,
    pub label: String,
    pub line: Line,
    /// What the line wears where it leaves, and where it arrives.
    pub tail: Tip,
    pub head: Tip,
    /// How many ranks the author wants between the ends, 1 for a plain arrow.
    pub length: u8,
    pub accent: Option<Accent>,
}

impl Edge {
    /// A line without a label or tips.
    pub(super) fn between(from: End, to: End) -> Self {
        let (line, tip) = (Line::Solid, Tip::None);
        Self { from, to, label: String::new(), line, tail: tip, head: tip, length: 1, accent: None }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Line {
    #[default]
    Solid,
    Dotted,
    Thick,
    /// Places its ends and is not drawn.
    Invisible,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tip {
    #[default]
    None,
    Arrow,
    /// A hollow arrow: one that nobody waits for in a sequence, inheritance between classes.
    Open,
    Circle,
    Cross,
    /// A class that is made of others: composition.
    Diamond,
    /// A class that has others: aggregation.
    HollowDiamond,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    pub id: String,
    pub title: String,
    pub parent: Option<usize>,
    /// Its own flow, when the author gave one.
    pub direction: Option<Direction>,
    pub accent: Option<Accent>,
}

impl Chart {
    /// The group an end stands in; a group stands in its parent.
    pub(super) fn home(&self, end: End) -> Option<usize> {
        match end {
            End::Node(node) => self.nodes[node].group,
            End::Group(group) => self.groups[group].parent,
        }
    }

    /// Whether `end` is `group` or anywhere inside it.
    pub(super) fn is_within(&self, end: End, group: usize) -> bool {
        let mut at = match end {
            End::Node(node) => self.nodes[node].group,
            End::Group(it) => Some(it),
        };
        while let Some(it) = at {
            if it == group {
                return true;
            }
            at = self.groups[it].parent;
        }
        false
    }

    pub(super) fn name(&self, end: End) -> &str {
        match end {
            End::Node(node) => &self.nodes[node].id,
            End::Group(group) => &self.groups[group].id,
        }
    }
}
