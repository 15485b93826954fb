//! What a span of text is: the vocabulary a theme gives colours to.

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    Text,
    /// Its level, 1 to 6.
    Heading(u8),
    /// Code within a sentence.
    Code,
    /// A token of a code block.
    Source(Token),
    /// The line at the left of a code block, its label, its line numbers, and the mark of a continued line.
    SourceBar,
    /// The line at the left of a marked line of code.
    SourceMark,
    Link,
    /// A word that a glossary explains: which one is the caller's number. See [`super::Document::mark_terms`].
    Term(u16),
    /// The bar at the left of a block quote.
    Bar,
    Rule,
    TableBorder,
    TableHead,
    Muted,
    /// Bullets, numbers, task boxes, footnote labels.
    Marker,
    CalloutBar(Callout),
    CalloutTitle(Callout),
    /// A key of the keyboard.
    Key,
    Problem,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Token {
    Plain,
    Name,
    Punctuation,
    Keyword,
    Text,
    Number,
    Comment,
    Function,
    Type,
    Invalid,
}

/// A block quote that begins with `[!NOTE]` and its like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Callout {
    Note,
    Tip,
    Important,
    Warning,
    Caution,
    Surprising,
}

impl Callout {
    pub(super) const ALL: [Self; 6] =
        [Self::Note, Self::Tip, Self::Important, Self::Warning, Self::Caution, Self::Surprising];

    /// What it is called when the author gives it no title.
    pub(super) const fn title(self) -> &'static str {
        match self {
            Self::Note => "Note",
            Self::Tip => "Tip",
            Self::Important => "Important",
            Self::Warning => "Warning",
            Self::Caution => "Caution",
            Self::Surprising => "Surprising",
        }
    }
}

/// Emphasis, whatever the role.
#[expect(clippy::struct_excessive_bools, reason = "each is set on its own, and all of them may be")]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Style {
    pub strong: bool,
    pub emphasis: bool,
    pub strike: bool,
    /// A line of code that its author points at.
    pub marked: bool,
}

/// Everything about a span but its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    pub role: Role,
    pub style: Style,
    /// Index into the document's links.
    pub link: Option<usize>,
}

impl From<Role> for Look {
    fn from(role: Role) -> Self {
        Self { role, style: Style::default(), link: None }
    }
}
