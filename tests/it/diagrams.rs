//! Diagrams are drawn right by measure, whatever the width, and look as they did when they were last looked at.
//!
//! The drawings in `tests/data/diagrams` are meant to be read: `UPDATE_EXPECT=1 cargo test` writes them anew, and a
//! person then looks at each before it is kept.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use coldstart::diagram::{
    Accent, Graph, Line, Owner, Placed, PlacedEdge, Rect, Role, describe, draw, draw_ascii, json, lay_out,
    lay_out_within, parse, svg,
};
use expect_test::expect_file;
use proptest::prelude::*;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/diagrams")
}

fn source(name: &str) -> String {
    std::fs::read_to_string(folder().join(format!("{name}.mmd"))).expect("the case is there")
}

/// Each case and the widths at which a drawing of it is kept.
const CASES: [(&str, &[u16]); 23] = [
    ("00-lesson", &[200, 150, 100, 80, 60, 47]),
    ("01-cycles", &[80, 60]),
    ("02-subgraphs", &[150, 80, 60]),
    ("03-shapes-labels", &[80]),
    ("04-fan10", &[80]),
    ("05-cjk-emoji", &[150, 80, 60]),
    ("06-chains-styles", &[80]),
    ("07-dag50", &[100]),
    ("07b-dag50-LR", &[100]),
    // Ten thousand cells of boxes: measured below, but nobody's idea of a picture.
    ("08-dag500", &[]),
    ("09-labels-TB", &[80, 60]),
    ("10-sequence", &[100, 80]),
    ("11-state", &[80]),
    ("12-class", &[80]),
    ("13-er", &[80]),
    ("14-mindmap", &[80]),
    ("15-timeline", &[60]),
    ("16-pie", &[80]),
    ("17-gantt", &[80]),
    ("18-services", &[120, 80]),
    ("19-pipeline", &[80]),
    ("20-mesh", &[80]),
    ("21-invoices", &[150, 80]),
];

#[test]
fn the_drawings_are_as_they_were_last_looked_at() {
    for (name, widths) in CASES {
        let (graph, problems) = parse(&source(name));
        assert_eq!(problems, [], "{name}");
        for width in widths {
            let drawing = draw(&lay_out(&graph, *width)).to_string();
            expect_file![folder().join(format!("{name}.{width}.txt"))].assert_eq(&drawing);
        }
    }
    let lesson = draw_ascii(&lay_out(&parse(&source("00-lesson")).0, 80)).to_string();
    assert!(lesson.is_ascii());
    expect_file![folder().join("00-lesson.80.ascii.txt")].assert_eq(&lesson);
}

#[test]
fn every_part_is_drawn_once_and_nothing_lies_on_anything_else() {
    for (name, _) in CASES {
        let (graph, _) = parse(&source(name));
        for width in [200, 150, 100, 80, 60, 47, 20] {
            let placed = lay_out(&graph, width);
            let faults = faults(&graph, &placed);
            assert!(faults.is_empty(), "{name} at {width}:\n{faults}\n{}", draw(&placed));
        }
    }
}

#[test]
fn a_flow_is_broken_into_lines_where_neither_a_line_nor_a_column_fits() {
    for (name, rows) in [("00-lesson", 16), ("21-invoices", 17)] {
        let (graph, _) = parse(&source(name));
        let placed = lay_out_within(&graph, 78, rows);
        assert_eq!(faults(&graph, &placed), "", "{name}");
        assert!(placed.width <= 78 && placed.height <= usize::from(rows), "{name}");
        expect_file![folder().join(format!("{name}.78x{rows}.txt"))].assert_eq(&draw(&placed).to_string());
        // Where there is room it is drawn as always.
        assert_eq!(lay_out_within(&graph, 78, 60), lay_out(&graph, 78));
    }
}

/// Reads the drawing at the places that the JSON names, as an outside check would.
#[test]
fn the_json_of_every_case_says_what_its_text_shows() {
    for (name, _) in CASES {
        let (graph, problems) = parse(&source(name));
        for width in [100, 60] {
            let placed = lay_out(&graph, width);
            let text = draw(&placed);
            let value = serde_json::to_value(json(&placed, &problems)).expect("it is plain data");
            let number = |of: &serde_json::Value, key: &str| usize::try_from(of[key].as_u64().expect(key)).expect(key);
            let list = |key: &str| value[key].as_array().expect("a list").clone();
            // The characters of an area, row by row, without blanks: labels are wrapped and centred.
            let shown = |area: &serde_json::Value| -> String {
                let (x, y) = (number(area, "x"), number(area, "y"));
                let rows = &text.rows[y..y + number(area, "h")];
                let cells = rows.iter().flat_map(|row| &row[x..x + number(area, "w")]);
                cells.map(coldstart::diagram::Cell::symbol).filter(|it| !it.trim().is_empty()).collect()
            };
            let packed = |text: &str| text.split_whitespace().collect::<String>();
            assert_eq!((number(&value, "width"), number(&value, "height")), (text.width(), text.height()), "{name}");
            for node in list("nodes") {
                let label = packed(node["label"].as_str().expect("a label"));
                let inside: String = shown(&node).chars().filter(|it| label.contains(*it)).collect();
                // Where paths meet and what is as long as what it measures has no words inside.
                let is_wordless = node["shape"] == "bar" || node["shape"] == "filled";
                assert!(inside.contains(&label) || is_wordless, "{name} at {width}: {node} shows {inside}");
            }
            for edge in list("edges") {
                if !edge["label_box"].is_null() {
                    // Before the label of a message its number may stand.
                    let label = packed(edge["label"].as_str().expect("a label"));
                    assert!(shown(&edge["label_box"]).ends_with(&label), "{name}: {edge}");
                }
                let points = edge["points"].as_array().expect("a list").clone();
                for point in &points {
                    let at = |axis: usize| usize::try_from(point[axis].as_u64().expect("a cell")).expect("a cell");
                    let role = text.rows[at(1)][at(0)].role;
                    let is_line = matches!(role, Role::Edge | Role::Arrowhead | Role::Box | Role::Frame);
                    let is_bare = matches!(role, Role::Label | Role::Blank | Role::FrameTitle);
                    assert!(
                        is_line || is_bare && (point == &points[0] || point == &points[points.len() - 1]),
                        "{name}: {edge}"
                    );
                }
            }
        }
    }
}

#[test]
fn a_drawing_keeps_to_the_width_where_words_and_structure_allow() {
    for name in [
        "00-lesson",
        "01-cycles",
        "02-subgraphs",
        "03-shapes-labels",
        "04-fan10",
        "05-cjk-emoji",
        "06-chains-styles",
        "11-state",
        "12-class",
        "13-er",
        "14-mindmap",
        "15-timeline",
        "16-pie",
        "17-gantt",
        "18-services",
        "19-pipeline",
    ] {
        for width in [200, 100, 80, 60] {
            let placed = lay_out(&parse(&source(name)).0, width);
            assert!(placed.width <= usize::from(width), "{name} at {width}: {}", placed.width);
        }
    }
}

#[test]
fn an_unreadable_line_is_named_and_the_rest_is_drawn() {
    let (graph, problems) = parse("graph LR\nA --> B\nB[[ --> C\nC --> D\n");
    assert_eq!(problems.len(), 1);
    assert_eq!(problems[0].line, 3);
    assert!(problems[0].message.contains("]]"), "{}", problems[0].message);
    let drawn = draw(&lay_out(&graph, 80)).to_string();
    assert!(drawn.contains("│ A ├") && drawn.contains("│ D │"), "{drawn}");

    let (graph, problems) = parse("gitGraph\n  commit id: \"one\"\n");
    assert_eq!(problems, []);
    let drawn = draw(&lay_out(&graph, 80)).to_string();
    assert!(drawn.contains("best as it is written") && drawn.contains("commit id"), "{drawn}");
}

#[test]
fn the_json_says_what_the_text_shows() {
    let (graph, problems) = parse("graph LR\nsubgraph S[Some title]\nA[Start] -->|go| B{Choice}\nend\nB -.-x C\n");
    let placed = lay_out(&graph, 80);
    let value = serde_json::to_value(json(&placed, &problems)).expect("it is plain data");
    let grid = draw(&placed);
    assert_eq!((value["kind"].as_str(), value["width"].as_u64()), (Some("flowchart"), Some(grid.width() as u64)));
    assert_eq!(value["frames"][0]["title"], "Some title");
    assert_eq!((&value["edges"][1]["line"], &value["edges"][1]["arrow"]), (&"dotted".into(), &"cross".into()));
    let label = &value["edges"][0]["label_box"];
    let at = |key: &str| usize::try_from(label[key].as_u64().expect("a cell")).expect("a column");
    let text: String =
        grid.rows[at("y")][at("x")..at("x") + at("w")].iter().map(coldstart::diagram::Cell::symbol).collect();
    assert_eq!(text, "go");
    // A cell knows what it is a part of.
    let node = placed.nodes.iter().position(|node| node.id == "B").expect("B is drawn");
    let rect = placed.nodes[node].rect;
    let cell = &grid.rows[rect.y as usize][rect.x as usize];
    assert_eq!((cell.role, cell.owner), (Role::Box, Owner::Node(node as u32)));
    assert_eq!(describe(&graph), "3 boxes; Some title holds Start, Choice; Start → Choice (go); Choice → C.");
}

#[test]
fn parts_the_author_coloured_alike_have_one_accent() {
    let placed = lay_out(&parse(&source("18-services")).0, 120);
    let grid = draw(&placed);
    let accents = |owner: fn(Owner) -> Option<usize>, index: usize| -> BTreeSet<Option<Accent>> {
        let cells = grid.rows.iter().flatten();
        cells.filter(|cell| owner(cell.owner) == Some(index)).map(|cell| cell.accent).collect()
    };
    let node = |it: Owner| if let Owner::Node(at) = it { Some(at as usize) } else { None };
    let edge = |it: Owner| if let Owner::Edge(at) = it { Some(at as usize) } else { None };
    for (id, accent) in [
        ("table", Some(Accent::One)),
        ("ledger", Some(Accent::One)),
        ("gw", Some(Accent::Two)),
        ("dlq", Some(Accent::Three)),
        ("mail", None),
    ] {
        let at = placed.nodes.iter().position(|it| it.id == id).expect("it is drawn");
        assert_eq!(accents(node, at), BTreeSet::from([accent]), "{id}");
    }
    assert_eq!(accents(edge, 7), BTreeSet::from([Some(Accent::Three)]));
    let picture = svg(&placed, &describe(&parse(&source("18-services")).0));
    assert_eq!(picture.matches("<g class=\"accent1\">").count(), 2);
}

#[test]
fn the_same_text_gives_the_same_drawing() {
    for (name, _) in CASES {
        let text = source(name);
        let once = lay_out(&parse(&text).0, 90);
        assert_eq!(once, lay_out(&parse(&text).0, 90), "{name}");
    }
}

/// A random chart as text: up to ten boxes, some in groups, with edges of all kinds between boxes and groups.
fn chart() -> impl Strategy<Value = String> {
    let node = 0..10_usize;
    let sign = prop::sample::select(vec![
        "-->",
        "---",
        "-.->",
        "==>",
        "<-->",
        "--x",
        "-->|a label|",
        "-- yes or no -->",
        "--->",
    ]);
    let edges = prop::collection::vec((node.clone(), sign, node, 0..6_u8), 1..18);
    let groups = prop::collection::vec(prop::collection::vec(0..5_usize, 1..4), 0..3);
    let direction = prop::sample::select(vec!["TB", "LR", "BT", "RL"]);
    (direction, groups, edges, any::<bool>()).prop_map(|(direction, groups, edges, is_nested)| {
        let mut text = format!("flowchart {direction}\n");
        for (index, members) in groups.iter().enumerate() {
            let _ = writeln!(text, "subgraph g{index} [Group {index}]");
            for member in members {
                let _ = writeln!(text, "n{member}[\"Box number {member}\"]");
            }
            if !is_nested {
                text.push_str("end\n");
            }
        }
        if is_nested {
            text.push_str(&"end\n".repeat(groups.len()));
        }
        for (from, sign, to, kind) in edges {
            let group = |number: usize| format!("g{}", number % groups.len().max(1));
            let (from, to) = match kind {
                // From a box outside of all groups: an edge to the group it begins in has no side to arrive at.
                0 if !groups.is_empty() => (format!("n{}", 5 + from % 5), group(to)),
                1 if !groups.is_empty() => (group(from), format!("n{}", 5 + to % 5)),
                2 if groups.len() > 1 && !is_nested => (group(from), group(from + 1)),
                _ => (format!("n{from}"), format!("n{to}")),
            };
            let _ = writeln!(text, "{from} {sign} {to}");
        }
        text
    })
}

/// A random class diagram as text: up to six classes with members, and relations of all kinds.
fn classes() -> impl Strategy<Value = String> {
    let signs = prop::sample::select(vec!["<|--", "*--", "o--", "-->", "..>", "..|>", "--", "\"1\" --> \"0..*\""]);
    let members = prop::collection::vec(0..4_usize, 1..6);
    let relations = prop::collection::vec((0..6_usize, signs, 0..6_usize, any::<bool>()), 0..10);
    let direction = prop::sample::select(vec!["TB", "LR", "BT", "RL"]);
    (direction, members, relations).prop_map(|(direction, members, relations)| {
        let mut text = format!("classDiagram\ndirection {direction}\n");
        for (class, count) in members.into_iter().enumerate() {
            let _ = writeln!(text, "class C{class} {{");
            for member in 0..count {
                let _ = writeln!(text, "+int attribute_{member}\nmethod_{member}(argument) List~int~");
            }
            text.push_str("}\n");
        }
        for (from, sign, to, has_label) in relations {
            let _ = writeln!(text, "C{from} {sign} C{to}{}", if has_label { " : says so" } else { "" });
        }
        text
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_chart_is_drawn_whole_at_any_width(text in chart(), width in 20..160_u16) {
        let (graph, problems) = parse(&text);
        prop_assert_eq!(problems, []);
        let placed = lay_out(&graph, width);
        let faults = faults(&graph, &placed);
        prop_assert!(faults.is_empty(), "{text}\n{faults}\n{}", draw(&placed));
    }

    #[test]
    fn any_chart_is_drawn_whole_in_any_room(text in chart(), width in 20..100_u16, rows in 3..30_u16) {
        let (graph, _) = parse(&text);
        let placed = lay_out_within(&graph, width, rows);
        let faults = faults(&graph, &placed);
        prop_assert!(faults.is_empty(), "{text}\n{faults}\n{}", draw(&placed));
    }

    #[test]
    fn any_class_diagram_is_drawn_whole_at_any_width(text in classes(), width in 20..160_u16) {
        let (graph, problems) = parse(&text);
        prop_assert_eq!(problems, []);
        let placed = lay_out(&graph, width);
        let faults = faults(&graph, &placed);
        prop_assert!(faults.is_empty(), "{text}\n{faults}\n{}", draw(&placed));
    }

    #[test]
    fn no_text_makes_it_panic(
        head in prop::sample::select(vec![
            "graph LR\n", "sequenceDiagram\n", "stateDiagram-v2\n", "classDiagram\n", "erDiagram\n", "mindmap\n",
            "timeline\n", "pie\n", "gantt\n", "---\n", "%%{", "",
        ]),
        parts in prop::collection::vec(prop::sample::select(vec![
            "A", "B", " ", "\n", "-->", "--", "-.", "==", "[", "]", "((", "))", "{", "}", "\"", "|", "&", ";", ":", "@{",
            "subgraph", "end", "state", "note over", "[*]", "loop", "alt", "else", "->>", "+", "<br>", "#35;", "👩‍💻", "漢", "\u{301}",
            "direction LR", "create participant C", "destroy C", "activate A", "autonumber 7 9", "%%", "~~~",
            "<|--", "*--", "||--o{", "..", "~", "<<x>>", "class ", "namespace N {", "note for A \"x\"", "1 to many", "\n  ",
            ":::c", "classDef c fill:#f00", "style A fill:red", "linkStyle 0 stroke:red", " : 5", ": 2024-01-01, 3d", ", after A",
            "section S", "title T", "99999999999999999999", "dateFormat X", "é",
            "x--x", "\t", "\u{0}", "\u{1b}[31m", "\u{9b}",
        ]), 0..40),
        width in 0..200_u16,
    ) {
        let (graph, problems) = parse(&format!("{head}{}", parts.concat()));
        let placed = lay_out(&graph, width);
        let grid = draw(&placed);
        prop_assert!(grid.rows.iter().all(|row| row.len() == placed.width));
        let is_plain = |cell: &coldstart::diagram::Cell| !cell.symbol().contains(char::is_control);
        prop_assert!(grid.rows.iter().flatten().all(is_plain));
        prop_assert!(problems.iter().all(|problem| problem.line > 0 && !problem.message.is_empty()));
        let _ = (svg(&placed, &describe(&graph)), draw_ascii(&placed));
    }
}

/// What is wrong with a drawing by measure, a line a fault; empty when nothing is.
fn faults(graph: &Graph, placed: &Placed) -> String {
    let mut faults = String::new();
    let mut note = |fault: String| {
        let _ = writeln!(faults, "{fault}");
    };
    let grid = draw(placed);
    if grid.rows.iter().any(|row| row.len() != placed.width) || grid.height() != placed.height {
        note("rows differ in length or number".into());
    }
    let screen = Rect { x: 0, y: 0, w: placed.width as i32, h: placed.height as i32 };
    for (index, node) in placed.nodes.iter().enumerate() {
        if !lies_in(&node.rect, &screen) {
            note(format!("{} leaves the drawing", node.id));
        }
        for other in &placed.nodes[..index] {
            if node.rect.meets(&other.rect) {
                note(format!("{} lies on {}", node.id, other.id));
            }
        }
    }
    for (index, frame) in placed.frames.iter().enumerate() {
        if !frame.title.is_empty() && frame.title_box.is_none() {
            note(format!("{} has lost its title", frame.id));
        }
        for rect in placed.nodes.iter().map(|it| it.rect).chain(placed.frames[..index].iter().map(|it| it.rect)) {
            let is_note_over = placed.kind == "sequence";
            if rect.meets(&frame.rect) && !inside(&rect, &frame.rect) && !inside(&frame.rect, &rect) && !is_note_over {
                note(format!("{} is cut by {rect:?}", frame.id));
            }
        }
    }
    for (index, edge) in placed.edges.iter().enumerate().filter(|(_, edge)| edge.line != Line::Invisible) {
        let name = format!("{} to {}", edge.from, edge.to);
        for fault in path_faults(placed, edge) {
            note(format!("{name} {fault}"));
        }
        match edge.label_box {
            None if !edge.label.is_empty() => note(format!("{name} has lost its label")),
            None => {}
            Some(label) => {
                let on_box = placed.nodes.iter().any(|node| node.rect.meets(&label));
                let on_label = placed.edges[..index].iter().filter_map(|it| it.label_box).any(|it| it.meets(&label));
                let on_line = placed.edges.iter().any(|it| it.cells().iter().any(|&(x, y)| label.contains(x, y)));
                let on_frame = placed.frames.iter().any(|it| label.meets(&it.rect) && !inside(&label, &it.rect));
                if on_box || on_label || on_line || on_frame || !lies_in(&label, &screen) {
                    note(format!("the label of {name} lies on something"));
                }
            }
        }
    }
    if let Graph::Chart(chart) = graph {
        let drawn = (placed.nodes.len(), placed.edges.len(), placed.frames.len());
        if drawn != (chart.nodes.len(), chart.edges.len(), chart.groups.len()) {
            note(format!("{drawn:?} parts are drawn"));
        }
    }
    faults
}

fn path_faults(placed: &Placed, edge: &PlacedEdge) -> Vec<String> {
    let mut faults = Vec::new();
    let cells = edge.cells();
    if cells.len() < 3 {
        return vec!["has no path".into()];
    }
    if edge.points.windows(2).any(|pair| pair[0].0 != pair[1].0 && pair[0].1 != pair[1].1) {
        faults.push("runs slantwise".into());
    }
    let inner = &cells[1..cells.len() - 1];
    if let Some(node) = placed.nodes.iter().find(|node| inner.iter().any(|&(x, y)| node.rect.contains(x, y))) {
        faults.push(format!("runs through {}", node.id));
    }
    // What passes between lifelines begins and ends on those.
    if placed.kind == "sequence" {
        return faults;
    }
    let rect = |id: &str| {
        let node = placed.nodes.iter().find(|it| it.id == id).map(|it| it.rect);
        node.or_else(|| placed.frames.iter().find(|it| it.id == id).map(|it| it.rect))
    };
    for (end, (x, y)) in [(&edge.from, cells[0]), (&edge.to, cells[cells.len() - 1])] {
        let is_on_border = rect(end).is_some_and(|it| {
            it.contains(x, y) && (x == it.x || y == it.y || x == it.right() - 1 || y == it.bottom() - 1)
        });
        if !is_on_border {
            faults.push(format!("does not touch {end}"));
        }
    }
    faults
}

/// Whether `inner` lies within `outer`, borders included.
fn lies_in(inner: &Rect, outer: &Rect) -> bool {
    inner.x >= outer.x && inner.y >= outer.y && inner.right() <= outer.right() && inner.bottom() <= outer.bottom()
}

/// Whether `inner` lies within the border of `outer`.
fn inside(inner: &Rect, outer: &Rect) -> bool {
    inner.x > outer.x && inner.y > outer.y && inner.right() < outer.right() && inner.bottom() < outer.bottom()
}
