//! A drawn diagram as rows.

use super::{Role, Row, Span};
use crate::{diagram, markdown};

/// The rows of a drawn diagram.
pub fn of_grid(grid: &diagram::Grid) -> Vec<Row> {
    grid.rows.iter().map(|cells| of_cells(cells, role_of)).collect()
}

/// The role of a cell: the words of a diagram stay as they are, whatever the colour of their box.
pub fn role_of(cell: &diagram::Cell) -> Role {
    use diagram::Role::{Arrowhead, Box, Edge, Frame, FrameTitle};
    match (cell.accent, cell.role) {
        (Some(accent), Box | Edge | Arrowhead | Frame | FrameTitle) => Role::Accent(accent),
        (_, role) => Role::Diagram(role),
    }
}

/// A row of cells: neighbours of one role become one span.
pub fn of_cells(cells: &[diagram::Cell], role_of: impl Fn(&diagram::Cell) -> Role) -> Row {
    let mut spans: Vec<Span> = Vec::new();
    for cell in cells {
        let role = role_of(cell);
        match spans.last_mut() {
            Some(last) if last.role == role => last.text.push_str(cell.symbol()),
            _ => {
                let text = cell.symbol().to_owned();
                spans.push(Span { text, role, style: markdown::Style::default(), link: None });
            }
        }
    }
    Row::of(spans)
}

#[cfg(test)]
mod tests {
    use super::{Role, of_grid};
    use crate::diagram::{self, Accent};

    #[test]
    fn parts_of_different_accents_are_apart_and_words_keep_their_look() {
        let (graph, _) = diagram::parse("graph TD\nclassDef a fill:#f00\nclassDef b fill:#0f0\nA:::a\nB:::b\n");
        let rows = of_grid(&diagram::draw(&diagram::lay_out(&graph, 80)));
        let spans: Vec<(&str, Role)> = rows[1].spans.iter().map(|it| (it.text.as_str(), it.role)).collect();
        let (one, two) = (Role::Accent(Accent::One), Role::Accent(Accent::Two));
        let accents: Vec<(&str, Role)> = spans.iter().filter(|it| it.1 == one || it.1 == two).copied().collect();
        assert_eq!(accents, [("│", one), ("│", one), ("│", two), ("│", two)]);
        assert!(spans.contains(&("A", Role::Diagram(diagram::Role::Label))), "{spans:?}");
    }
}
