//! What theme files call the roles: the one table of it.

use crate::app::row::{Role, Ui};
use crate::diagram::{Accent, Role as D};
use crate::markdown::{Callout, Role as M, Token};

macro_rules! names {
    ($($role:pat => $name:literal,)*) => {
        /// What a theme file calls `role`. Roles that always look alike have one name.
        pub(super) const fn name_of(role: Role) -> &'static str {
            match role {
                $($role => $name,)*
            }
        }

        /// All of the names.
        pub(super) const NAMES: &[&str] = &[$($name,)*];
    };
}

names! {
    Role::Ui(Ui::Text) | Role::Page(M::Text) | Role::Diagram(D::Blank) => "text",
    Role::Ui(Ui::Strong) => "strong",
    Role::Ui(Ui::Muted) => "muted",
    Role::Ui(Ui::Title) => "title",
    Role::Ui(Ui::Border) => "border",
    Role::Ui(Ui::Focus) => "focus",
    Role::Ui(Ui::Key) => "key",
    Role::Ui(Ui::Made) => "made",
    Role::Ui(Ui::Partly) => "partly",
    Role::Ui(Ui::Missing) => "missing",
    Role::Ui(Ui::Evidence) => "evidence",
    Role::Ui(Ui::Cold) => "cold",
    Role::Ui(Ui::Warm) => "warm",
    Role::Ui(Ui::Busy) => "busy",
    Role::Ui(Ui::Idle) => "idle",
    Role::Ui(Ui::Refused) => "refused",
    Role::Ui(Ui::Warning) => "warning",
    Role::Ui(Ui::Match) => "match",
    Role::Ui(Ui::CurrentMatch) => "current-match",
    Role::Ui(Ui::Chosen) => "chosen",
    Role::Ui(Ui::Progress) => "progress",
    Role::Ui(Ui::Selected) => "selected",
    Role::Ui(Ui::Marked) => "source-marked",
    Role::Ui(Ui::Screen) => "screen",
    Role::Page(M::Heading(1)) => "heading-1",
    Role::Page(M::Heading(_)) => "heading",
    Role::Page(M::Code) => "code",
    Role::Page(M::Source(Token::Plain | Token::Name | Token::Punctuation)) => "source",
    Role::Page(M::Source(Token::Keyword)) => "source-keyword",
    Role::Page(M::Source(Token::Text)) => "source-text",
    Role::Page(M::Source(Token::Number)) => "source-number",
    Role::Page(M::Source(Token::Comment)) => "source-comment",
    Role::Page(M::Source(Token::Function)) => "source-function",
    Role::Page(M::Source(Token::Type)) => "source-type",
    Role::Page(M::Source(Token::Invalid)) => "source-invalid",
    Role::Page(M::SourceBar) => "source-bar",
    Role::Page(M::SourceMark) => "source-mark",
    Role::Page(M::Link) => "link",
    Role::Page(M::Term(_)) => "term",
    Role::Page(M::Rule) => "rule",
    Role::Page(M::Bar) => "quote-bar",
    Role::Page(M::TableBorder) => "table-border",
    Role::Page(M::TableHead) => "table-head",
    Role::Page(M::Muted) => "page-muted",
    Role::Page(M::Marker) => "marker",
    Role::Page(M::CalloutBar(Callout::Note | Callout::Important)) => "note",
    Role::Page(M::CalloutBar(Callout::Tip)) => "tip",
    Role::Page(M::CalloutBar(Callout::Warning | Callout::Caution)) => "warn",
    Role::Page(M::CalloutBar(Callout::Surprising)) => "surprising",
    Role::Page(M::CalloutTitle(Callout::Note | Callout::Important)) => "note-title",
    Role::Page(M::CalloutTitle(Callout::Tip)) => "tip-title",
    Role::Page(M::CalloutTitle(Callout::Warning | Callout::Caution)) => "warn-title",
    Role::Page(M::CalloutTitle(Callout::Surprising)) => "surprising-title",
    Role::Page(M::Key) => "key-cap",
    Role::Page(M::Problem) => "problem",
    Role::Diagram(D::Box) => "diagram-box",
    Role::Diagram(D::Label) => "diagram-label",
    Role::Diagram(D::Edge) => "diagram-edge",
    Role::Diagram(D::Arrowhead) => "diagram-arrowhead",
    Role::Diagram(D::EdgeLabel) => "diagram-edge-label",
    Role::Diagram(D::Frame) => "diagram-frame",
    Role::Diagram(D::FrameTitle) => "diagram-frame-title",
    Role::Accent(Accent::One) => "diagram-accent-1",
    Role::Accent(Accent::Two) => "diagram-accent-2",
    Role::Accent(Accent::Three) => "diagram-accent-3",
    Role::Accent(Accent::Four) => "diagram-accent-4",
}
