//! From box to box along the arrows of a diagram, and what the page says of each.

use unicode_segmentation::UnicodeSegmentation;

use crate::course::Page;
use crate::diagram::{Placed, PlacedNode};
use crate::markdown;

#[derive(Clone, Debug)]
pub(crate) struct Walk {
    placed: Placed,
    /// The box one stands on.
    node: String,
}

impl Walk {
    /// Begins at the first box, if there is one.
    pub(crate) fn begin(placed: Placed) -> Option<Self> {
        let node = placed.nodes.first()?.id.clone();
        Some(Self { placed, node })
    }

    /// The same walk on the same diagram laid out anew.
    pub(crate) fn lay_out(&mut self, placed: Placed) {
        self.placed = placed;
    }

    /// To the box at a column and row of the drawing; the innermost, where boxes stand in one another. `None` beside all.
    pub(crate) fn go_to(&mut self, (col, row): (usize, usize)) -> Option<()> {
        let (x, y) = (i32::try_from(col).ok()?, i32::try_from(row).ok()?);
        let holds = |node: &&PlacedNode| {
            let rect = &node.rect;
            (rect.x..rect.right()).contains(&x) && (rect.y..rect.bottom()).contains(&y)
        };
        let found = self.placed.nodes.iter().filter(holds).min_by_key(|node| node.rect.w * node.rect.h)?;
        self.node = found.id.clone();
        Some(())
    }

    /// Columns of the whole drawing.
    pub(crate) fn width_cols(&self) -> usize {
        self.placed.width
    }

    fn here(&self) -> Option<&PlacedNode> {
        self.placed.nodes.iter().find(|node| node.id == self.node)
    }

    /// Column, row, width and height of the box one stands on.
    pub(crate) fn cells(&self) -> Option<(usize, usize, usize, usize)> {
        let rect = &self.here()?.rect;
        let cell = |n: i32| usize::try_from(n).unwrap_or(0);
        Some((cell(rect.x), cell(rect.y), cell(rect.w), cell(rect.h)))
    }

    /// Along an arrow that leaves the box on this side, if there is one, else to the nearest box in the same row or column.
    pub(crate) fn go(&mut self, across: i32, down: i32) {
        let Some(here) = self.here() else { return };
        let centre = |node: &PlacedNode| (node.rect.x * 2 + node.rect.w, (node.rect.y * 2 + node.rect.h) * 2);
        let (x, y) = centre(here);
        // The first step of an arrow out of the box: forwards where it begins here, backwards where it ends.
        let leaves = |points: &[(i32, i32)], from_end: bool| {
            let at = |nth: usize| if from_end { points.iter().rev().nth(nth) } else { points.get(nth) };
            let step = at(0).zip(at(1)).map(|(from, to)| ((to.0 - from.0).signum(), (to.1 - from.1).signum()));
            step == Some((across.signum(), down.signum()))
        };
        let joined = |id: &str| {
            self.placed.edges.iter().any(|edge| {
                (edge.from == self.node && edge.to == id && leaves(&edge.points, false))
                    || (edge.to == self.node && edge.from == id && leaves(&edge.points, true))
            })
        };
        let cost = |node: &PlacedNode| {
            let (to_x, to_y) = centre(node);
            let (along, aside) = if across != 0 {
                ((to_x - x) * across, (to_y - y).abs())
            } else {
                ((to_y - y) * down, (to_x - x).abs())
            };
            let (a, b) = (&here.rect, &node.rect);
            let is_level =
                if across != 0 { a.y < b.bottom() && b.y < a.bottom() } else { a.x < b.right() && b.x < a.right() };
            let is_joined = joined(&node.id);
            (is_joined || along > 0 && is_level).then_some((!is_joined, along.abs() + aside * 2))
        };
        let others = self.placed.nodes.iter().filter(|node| node.id != self.node);
        let next = others.filter_map(|node| Some((cost(node)?, &node.id))).min();
        if let Some((_, id)) = next {
            self.node = id.clone();
        }
    }

    /// The sentence of the page that has most of the box's words, after its label; the label alone when none has half.
    pub(crate) fn says(&self, page: &Page) -> String {
        let Some(here) = self.here() else { return String::new() };
        let label = here.label.split_whitespace().collect::<Vec<_>>().join(" ");
        let wanted = words(&label);
        let lines = markdown::wrap(&page.document, 1000, &["mermaid", "sim", "exercise"]).lines;
        let prose: String = lines.iter().map(|line| line.text() + "\n").collect();
        let mut best = (0, String::new());
        for sentence in prose.lines().flat_map(UnicodeSegmentation::unicode_sentences) {
            let found = words(sentence);
            let n = wanted.iter().filter(|word| found.iter().any(|it| it.starts_with(word.as_str()))).count();
            if n > best.0 && found.len() > wanted.len() {
                best = (n, sentence.split_whitespace().collect::<Vec<_>>().join(" "));
            }
        }
        if best.0 * 2 >= wanted.len().max(1) { format!("{label}: {}", best.1) } else { label }
    }
}

/// The words that carry meaning, in small letters and without their ends, so that `saves` is found by `save` and `notifies` by `notify`.
fn words(text: &str) -> Vec<String> {
    text.unicode_words()
        .map(str::to_lowercase)
        .filter(|word| word.chars().count() > 2 && !["the", "and", "function"].contains(&word.as_str()))
        .map(|word| word.trim_end_matches(['s', 'e', 'i', 'y']).to_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::Walk;
    use crate::course::{Course, Page};
    use crate::diagram;

    fn walk() -> Walk {
        let (graph, _) = diagram::parse("graph LR\nA[Upload] --> B[Storage]\nB --> C[Resize image]\nB --> D[Queue]\n");
        Walk::begin(diagram::lay_out(&graph, 120)).expect("there are boxes")
    }

    #[test]
    fn arrows_lead_from_box_to_box() {
        let mut walk = walk();
        let mut visited = vec![walk.node.clone()];
        for (across, down) in [(1, 0), (1, 0), (0, -1), (-1, 0), (-1, 0), (-1, 0)] {
            walk.go(across, down);
            visited.push(walk.node.clone());
        }
        assert_eq!(visited, ["A", "B", "D", "C", "B", "A", "A"]);
    }

    #[test]
    fn a_box_says_what_the_page_says_of_it() {
        let text = "Some words.\n\nThen a function resizes the image that came. And more.\n";
        let page = Page::parse("s/p", "p.md", text, &Course::default());
        let mut walk = walk();
        assert_eq!(walk.says(&page), "Upload");
        walk.node = "C".into();
        assert_eq!(walk.says(&page), "Resize image: Then a function resizes the image that came.");
        let (graph, _) = diagram::parse("graph LR\nN[Function: notify user]\n");
        let text = "A user uploads.\n\nA second function notifies the user.\n";
        let page = Page::parse("s/p", "p.md", text, &Course::default());
        let walk = Walk::begin(diagram::lay_out(&graph, 120)).expect("there is a box");
        assert_eq!(walk.says(&page), "Function: notify user: A second function notifies the user.");
    }

    #[test]
    fn what_stands_elsewhere_is_not_beside() {
        let (graph, _) = diagram::parse("graph TD\nA --> B\nB --> C\nB --> D\n");
        let mut walk = Walk::begin(diagram::lay_out(&graph, 120)).expect("there are boxes");
        walk.go(1, 0);
        assert_eq!(walk.node, "A");
        for _ in 0..2 {
            walk.go(0, 1);
        }
        walk.go(1, 0);
        assert_eq!(walk.node, "D");
    }
}
