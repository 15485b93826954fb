//! How a box is written: the brackets of the classic notation, and the names of `@{ shape: … }`.

use crate::diagram::chart::Shape;

/// Opening brackets, longest first, with the closing ones each may have and the shape both make.
pub(super) const BRACKETS: &[(&str, &[(&str, Shape)])] = &[
    ("(((", &[(")))", Shape::DoubleCircle)]),
    ("((", &[("))", Shape::Circle)]),
    ("([", &[("])", Shape::Rounded)]),
    ("(-", &[("-)", Shape::Rounded)]),
    ("(", &[(")", Shape::Rounded)]),
    ("[[", &[("]]", Shape::Subroutine)]),
    ("[(", &[(")]", Shape::Cylinder)]),
    ("[/", &[("/]", Shape::Parallelogram), ("\\]", Shape::Trapezoid)]),
    ("[\\", &[("\\]", Shape::ParallelogramLeft), ("/]", Shape::TrapezoidDown)]),
    ("[|", &[("|]", Shape::Rectangle)]),
    ("[", &[("]", Shape::Rectangle)]),
    ("{{", &[("}}", Shape::Hexagon)]),
    ("{", &[("}", Shape::Diamond)]),
    (">", &[("]", Shape::Flag)]),
];

/// The shape a name stands for. A name that is not known is a box.
pub(super) fn named(name: &str) -> Shape {
    match name.trim().to_ascii_lowercase().as_str() {
        "rounded"
        | "event"
        | "stadium"
        | "pill"
        | "terminal"
        | "delay"
        | "half-rounded-rectangle"
        | "cloud"
        | "bang"
        | "ellipse" => Shape::Rounded,
        "circle" | "circ" | "sm-circ" | "small-circle" | "start" | "cross-circ" | "summary" | "crossed-circle"
        | "f-circ" | "filled-circle" | "junction" => Shape::Circle,
        "dbl-circ" | "double-circle" | "fr-circ" | "framed-circle" | "stop" => Shape::DoubleCircle,
        "diam" | "diamond" | "decision" | "question" => Shape::Diamond,
        "hex" | "hexagon" | "prepare" => Shape::Hexagon,
        "cyl"
        | "cylinder"
        | "database"
        | "db"
        | "lin-cyl"
        | "lined-cylinder"
        | "disk"
        | "h-cyl"
        | "das"
        | "horizontal-cylinder"
        | "datastore"
        | "data-store" => Shape::Cylinder,
        "subproc" | "subprocess" | "subroutine" | "framed-rectangle" | "fr-rect" | "lin-rect" | "lined-rectangle"
        | "lined-process" | "lin-proc" | "shaded-process" | "div-rect" | "div-proc" | "divided-rectangle"
        | "divided-process" | "win-pane" | "internal-storage" | "window-pane" => Shape::Subroutine,
        "lean-r" | "lean-right" | "in-out" | "sl-rect" | "manual-input" | "sloped-rectangle" => Shape::Parallelogram,
        "lean-l" | "lean-left" | "out-in" => Shape::ParallelogramLeft,
        "trap-b" | "trapezoid" | "trapezoid-bottom" | "priority" | "tri" | "triangle" | "extract" => Shape::Trapezoid,
        "trap-t" | "inv-trapezoid" | "trapezoid-top" | "manual" | "flip-tri" | "flipped-triangle" | "manual-file" => {
            Shape::TrapezoidDown
        }
        "flag" | "paper-tape" | "odd" | "tag-rect" | "tag-proc" | "tagged-process" | "tagged-rectangle"
        | "bow-rect" | "bow-tie-rectangle" | "stored-data" => Shape::Flag,
        "doc" | "document" | "docs" | "documents" | "lin-doc" | "lined-document" | "tag-doc" | "tagged-document"
        | "notch-rect" | "card" | "notched-rectangle" | "st-doc" | "stacked-document" | "comment" | "brace"
        | "brace-l" | "brace-r" | "braces" | "note" => Shape::Note,
        "text" => Shape::Bare,
        "fork" | "join" => Shape::Bar,
        _ => Shape::Rectangle,
    }
}
