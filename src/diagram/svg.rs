//! A placed diagram as SVG: the same places, in vector form.
//!
//! Colours are CSS variables with a light and a dark value, so that a page may set its own. The text is real text, and
//! a title and a description say what the picture shows.

use std::fmt::Write as _;

use super::chart::{Accent, Line, Shape, Tip};
use super::placed::{Placed, PlacedEdge, PlacedFrame, PlacedNode, Rect};

/// A cell in SVG units: about the proportions of a terminal's.
const CELL_W: i32 = 9;
const CELL_H: i32 = 18;
const MARGIN: i32 = 12;

const STYLE: &str = "\
:root{--ink:#1f2430;--box:#ffffff;--border:#2456a6;--edge:#59617a;--frame:#8a93a8;--title:#6a3fb5;--paper:#ffffff}\
@media (prefers-color-scheme:dark){:root{--ink:#e6e9f0;--box:#1d2230;--border:#7aa2f7;--edge:#a2abc4;--frame:#6d7691;--title:#bb9af7;--paper:#141824}}\
text{font:14px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;fill:var(--ink);dominant-baseline:central;white-space:pre}\
.box{fill:var(--box);stroke:var(--border);stroke-width:1.5}\
.edge{fill:none;stroke:var(--edge);stroke-width:1.5;stroke-linejoin:round}\
.tip{fill:var(--edge);stroke:var(--edge);stroke-width:1.2}\
.frame{fill:none;stroke:var(--frame)}\
.dotted{stroke-dasharray:4 4}.thick{stroke-width:3.5}\
.label{fill:var(--edge);font-style:italic}.title{fill:var(--title)}\
.filled{fill:var(--border)}.hollow{fill:var(--paper)}\
.accent1{--border:#a8500f;--edge:#a8500f;--frame:#a8500f}.accent2{--border:#1f7a4d;--edge:#1f7a4d;--frame:#1f7a4d}\
.accent3{--border:#8e3a8e;--edge:#8e3a8e;--frame:#8e3a8e}.accent4{--border:#6b6a00;--edge:#6b6a00;--frame:#6b6a00}\
@media (prefers-color-scheme:dark){\
.accent1{--border:#ff9e64;--edge:#ff9e64;--frame:#ff9e64}.accent2{--border:#9ece6a;--edge:#9ece6a;--frame:#9ece6a}\
.accent3{--border:#e0a0e0;--edge:#e0a0e0;--frame:#e0a0e0}.accent4{--border:#e0d060;--edge:#e0d060;--frame:#e0d060}}\
.paper{fill:var(--paper)}";

/// The diagram as an SVG document. `description` is what a screen reader says of it.
pub fn svg(placed: &Placed, description: &str) -> String {
    let (w, h) = (placed.width as i32 * CELL_W + 2 * MARGIN, placed.height as i32 * CELL_H + 2 * MARGIN);
    let title = if placed.title.is_empty() { placed.kind } else { &placed.title };
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {w} {h}\" width=\"{w}\" height=\"{h}\" role=\"img\" aria-labelledby=\"title desc\">\n\
         <title id=\"title\">{}</title>\n<desc id=\"desc\">{}</desc>\n<style>{STYLE}</style>\n\
         <rect class=\"paper\" width=\"{w}\" height=\"{h}\"/>\n",
        escaped(title),
        escaped(description)
    );
    for frame in &placed.frames {
        accented(&mut out, frame.accent, |out| draw_frame(out, frame));
    }
    for stroke in &placed.strokes {
        let points = [stroke.from, stroke.to];
        line(&mut out, &points, "frame", stroke.line);
    }
    for edge in &placed.edges {
        accented(&mut out, edge.accent, |out| draw_edge(out, edge));
    }
    for node in &placed.nodes {
        accented(&mut out, node.accent, |out| draw_node(out, node));
    }
    for edge in &placed.edges {
        if let Some(at) = edge.label_box {
            lines(&mut out, at.x, at.y, &edge.label_lines, "label");
        }
    }
    for text in &placed.texts {
        let class = if text.is_title { "title" } else { "" };
        lines(&mut out, text.x, text.y, std::slice::from_ref(&text.text), class);
    }
    out.push_str("</svg>\n");
    out
}

/// What `draw` writes, in the colours of the accent: they take the place of the usual ones inside.
fn accented(out: &mut String, accent: Option<Accent>, draw: impl FnOnce(&mut String)) {
    let Some(accent) = accent else { return draw(out) };
    let _ = writeln!(out, "<g class=\"accent{}\">", accent as usize + 1);
    draw(out);
    out.push_str("</g>\n");
}

/// The middle of a cell.
fn spot((x, y): (i32, i32)) -> (i32, i32) {
    (MARGIN + x * CELL_W + CELL_W / 2, MARGIN + y * CELL_H + CELL_H / 2)
}

/// A rectangle through the middles of its border cells.
fn area(rect: Rect) -> (i32, i32, i32, i32) {
    let (x, y) = spot((rect.x, rect.y));
    (x, y, (rect.w - 1) * CELL_W, (rect.h - 1) * CELL_H)
}

fn draw_frame(out: &mut String, frame: &PlacedFrame) {
    let (x, y, w, h) = area(frame.rect);
    let _ = writeln!(out, "<rect class=\"frame\" x=\"{x}\" y=\"{y}\" width=\"{w}\" height=\"{h}\" rx=\"6\"/>");
    for &row in &frame.dividers {
        line(out, &[(frame.rect.x, row), (frame.rect.right() - 1, row)], "frame", Line::Dotted);
    }
    if let Some(at) = frame.title_box {
        let (x, y, w, h) = (MARGIN + (at.x - 1) * CELL_W, MARGIN + at.y * CELL_H, (at.w + 2) * CELL_W, at.h * CELL_H);
        let _ = writeln!(out, "<rect class=\"paper\" x=\"{x}\" y=\"{y}\" width=\"{w}\" height=\"{h}\"/>");
        lines(out, at.x, at.y, &frame.title_lines, "title");
    }
}

fn line(out: &mut String, points: &[(i32, i32)], class: &str, kind: Line) {
    let kind = match kind {
        Line::Dotted => " dotted",
        Line::Thick => " thick",
        Line::Solid | Line::Invisible => "",
    };
    let points: Vec<String> = points.iter().map(|&it| spot(it)).map(|(x, y)| format!("{x},{y}")).collect();
    let _ = writeln!(out, "<polyline class=\"{class}{kind}\" fill=\"none\" points=\"{}\"/>", points.join(" "));
}

fn draw_edge(out: &mut String, edge: &PlacedEdge) {
    if edge.points.len() < 2 {
        return;
    }
    line(out, &edge.points, "edge", edge.line);
    let count = edge.points.len();
    tip(out, edge.tail, edge.points[1], edge.points[0]);
    tip(out, edge.head, edge.points[count - 2], edge.points[count - 1]);
}

/// What an end wears, pointing at the border it touches.
fn tip(out: &mut String, tip: Tip, from: (i32, i32), to: (i32, i32)) {
    let (x, y) = spot(to);
    let (dx, dy) = ((to.0 - from.0).signum(), (to.1 - from.1).signum());
    let back = |along: i32, across: i32| (x - dx * along - dy * across, y - dy * along - dx * across);
    let ((ax, ay), (bx, by)) = (back(9, 4), back(9, -4));
    let _ = match tip {
        Tip::None => Ok(()),
        Tip::Arrow => writeln!(out, "<path class=\"tip\" d=\"M{x} {y}L{ax} {ay}L{bx} {by}Z\"/>"),
        Tip::Open => writeln!(out, "<path class=\"edge\" d=\"M{ax} {ay}L{x} {y}L{bx} {by}\"/>"),
        Tip::Diamond | Tip::HollowDiamond => {
            let class = if tip == Tip::Diamond { "tip" } else { "tip hollow" };
            let ((mx, my), (fx, fy)) = (back(7, 4), back(14, 0));
            let (nx, ny) = back(7, -4);
            writeln!(out, "<path class=\"{class}\" d=\"M{x} {y}L{mx} {my}L{fx} {fy}L{nx} {ny}Z\"/>")
        }
        Tip::Circle => {
            let (cx, cy) = back(4, 0);
            writeln!(out, "<circle class=\"tip\" cx=\"{cx}\" cy=\"{cy}\" r=\"4\"/>")
        }
        Tip::Cross => {
            let ((cx, cy), (ex, ey)) = (back(2, 4), back(2, -4));
            writeln!(out, "<path class=\"edge\" d=\"M{ax} {ay}L{ex} {ey}M{bx} {by}L{cx} {cy}\"/>")
        }
    };
}

fn draw_node(out: &mut String, node: &PlacedNode) {
    let (x, y, w, h) = area(node.rect);
    let (right, bottom) = (x + w, y + h);
    let link = node.link.as_deref().filter(|it| it.starts_with("https://") || it.starts_with("http://"));
    if let Some(link) = link {
        let _ = writeln!(out, "<a href=\"{}\">", escaped(link));
    }
    // Slanted sides stay within the box, so that edges still meet its middle.
    let slant = CELL_W.min(w / 3);
    let outline = match node.shape {
        Shape::Bare => String::new(),
        Shape::Filled => {
            let Rect { x, y, w, h } = node.rect;
            let (x, y, w, h) = (MARGIN + x * CELL_W, MARGIN + y * CELL_H + 2, w * CELL_W, h * CELL_H - 4);
            let _ = writeln!(out, "<rect class=\"filled\" x=\"{x}\" y=\"{y}\" width=\"{w}\" height=\"{h}\"/>");
            String::new()
        }
        Shape::Diamond | Shape::Hexagon => format!(
            "M{x} {}L{} {y}L{} {y}L{right} {}L{} {bottom}L{} {bottom}Z",
            y + h / 2,
            x + slant,
            right - slant,
            y + h / 2,
            right - slant,
            x + slant
        ),
        Shape::Parallelogram => format!("M{} {y}L{right} {y}L{} {bottom}L{x} {bottom}Z", x + slant, right - slant),
        Shape::ParallelogramLeft => format!("M{x} {y}L{} {y}L{right} {bottom}L{} {bottom}Z", right - slant, x + slant),
        Shape::Trapezoid => format!("M{} {y}L{} {y}L{right} {bottom}L{x} {bottom}Z", x + slant, right - slant),
        Shape::TrapezoidDown => format!("M{x} {y}L{right} {y}L{} {bottom}L{} {bottom}Z", right - slant, x + slant),
        Shape::Flag => format!("M{x} {y}L{right} {y}L{right} {bottom}L{x} {bottom}L{} {}Z", x + slant, y + h / 2),
        Shape::Note => format!("M{x} {y}L{} {y}L{right} {}L{right} {bottom}L{x} {bottom}Z", right - slant, y + slant),
        _ => {
            let radius = match node.shape {
                Shape::Circle | Shape::DoubleCircle | Shape::Start | Shape::End => h / 2,
                Shape::Rounded | Shape::Cylinder => 8,
                _ => 1,
            };
            let _ =
                writeln!(out, "<rect class=\"box\" x=\"{x}\" y=\"{y}\" width=\"{w}\" height=\"{h}\" rx=\"{radius}\"/>");
            String::new()
        }
    };
    if !outline.is_empty() {
        let _ = writeln!(out, "<path class=\"box\" d=\"{outline}\"/>");
    }
    if matches!(node.shape, Shape::Start | Shape::End | Shape::DoubleCircle) {
        // A ring, or a dot, inside the outer one.
        let inset = if node.shape == Shape::Start { h / 3 } else { 4 };
        let (w, h, radius) = (w - 2 * inset, h - 2 * inset, h / 2 - inset);
        let class = if node.shape == Shape::DoubleCircle { "box" } else { "tip" };
        let _ = writeln!(
            out,
            "<rect class=\"{class}\" x=\"{}\" y=\"{}\" width=\"{w}\" height=\"{h}\" rx=\"{radius}\"/>",
            x + inset,
            y + inset
        );
    }
    let mut inner = |d: String| {
        let _ = writeln!(out, "<path class=\"edge\" d=\"{d}\"/>");
    };
    match node.shape {
        Shape::Cylinder => inner(format!("M{x} {0}L{right} {0}", y + CELL_H)),
        Shape::Subroutine => inner(format!("M{0} {y}L{0} {bottom}M{1} {y}L{1} {bottom}", x + CELL_W, right - CELL_W)),
        _ => {}
    }
    for (text, row) in node.lines.iter().zip(node.label_y()..) {
        let column = node.rect.x + (node.rect.w - super::text::width(text) as i32) / 2;
        lines(out, column, row, std::slice::from_ref(text), "");
    }
    for (rule, members) in node.rules() {
        line(out, &[(node.rect.x, rule), (node.rect.right() - 1, rule)], "frame", Line::Solid);
        lines(out, node.rect.x + 2, rule + 1, members, "");
    }
    if link.is_some() {
        out.push_str("</a>\n");
    }
}

fn lines(out: &mut String, x: i32, y: i32, lines: &[String], class: &str) {
    for (text, row) in lines.iter().zip(y..) {
        let (left, middle) = (MARGIN + x * CELL_W, spot((x, row)).1);
        let length = super::text::width(text) as i32 * CELL_W;
        // The length keeps text inside its box whatever font is at hand.
        let _ = writeln!(
            out,
            "<text class=\"{class}\" x=\"{left}\" y=\"{middle}\" textLength=\"{length}\">{}</text>",
            escaped(text)
        );
    }
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for it in text.chars() {
        match it {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            it if it.is_control() => out.push(' '),
            it => out.push(it),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use crate::diagram::{lay_out, parse, svg};

    #[test]
    fn the_picture_says_what_it_shows_and_escapes_what_it_quotes() {
        let (graph, _) = parse("graph LR\nA[\"a < b & c\"] -.->|x| B{why}\nclick A \"https://example.org/?a=1&b=2\"");
        let picture = svg(&lay_out(&graph, 80), "A leads to B");
        assert!(picture.starts_with("<svg ") && picture.ends_with("</svg>\n"));
        for part in ["<desc id=\"desc\">A leads to B</desc>", "a &lt; b &amp; c", "edge dotted", "?a=1&amp;b=2"] {
            assert!(picture.contains(part), "{part} is missing from {picture}");
        }
        let (graph, _) = parse("graph LR\nA --> B\nclick A \"javascript:alert(1)\"");
        assert!(!svg(&lay_out(&graph, 80), "").contains("javascript"));
    }
}
