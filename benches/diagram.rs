//! How long a drawing takes, from text to cells, and how many lines cross in a fixed set of charts.
//!
//! `cargo bench --bench diagram`; the crossings are printed first, to be compared when the layout changes.

#![expect(clippy::print_stdout, reason = "a bench speaks to whoever runs it")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use coldstart::diagram::{Placed, draw, lay_out, parse};
use divan::{Bencher, black_box};

const CASES: [&str; 13] = [
    "00-lesson",
    "02-subgraphs",
    "06-chains-styles",
    "07-dag50",
    "07b-dag50-LR",
    "08-dag500",
    "09-labels-TB",
    "11-state",
    "12-class",
    "13-er",
    "18-services",
    "19-pipeline",
    "20-mesh",
];

fn main() {
    let mut all = [0; 2];
    for name in CASES {
        let placed = lay_out(&parse(&source(name)).0, 100);
        let bends: usize = placed.edges.iter().map(|edge| edge.points.len().saturating_sub(2)).sum();
        let crossings = crossings(&placed);
        all = [all[0] + crossings, all[1] + bends];
        println!("{name:<18} {crossings:>4} crossings {bends:>5} bends {:>4} × {}", placed.width, placed.height);
    }
    println!("{:<18} {:>4} crossings {:>5} bends", "all", all[0], all[1]);
    divan::main();
}

fn source(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/data/diagrams/{name}.mmd"));
    std::fs::read_to_string(path).expect("the case is there")
}

/// Cells that one line passes upright and another lying.
fn crossings(placed: &Placed) -> usize {
    let mut passed: BTreeMap<(i32, i32), [bool; 2]> = BTreeMap::new();
    for edge in &placed.edges {
        for three in edge.cells().windows(3) {
            let it = passed.entry(three[1]).or_default();
            it[0] |= three[0].0 == three[2].0;
            it[1] |= three[0].1 == three[2].1;
        }
    }
    passed.values().filter(|it| it[0] && it[1]).count()
}

#[divan::bench(args = CASES)]
fn text_to_cells(bencher: Bencher<'_, '_>, name: &str) {
    let text = source(name);
    bencher.bench(|| draw(&lay_out(&parse(black_box(&text)).0, 80)));
}

/// A sparse graph of `nodes` boxes and 1.6 times as many edges between any of them: what a drawing costs as it grows.
#[divan::bench(args = [50, 100, 200, 400, 500, 800, 1600])]
fn sparse_graph(bencher: Bencher<'_, '_>, nodes: u64) {
    let mut state = 12_345_u64;
    let mut draw = |below: u64| {
        // Knuth's generator: the same graph on every machine.
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let mut text = String::from("flowchart TD\n");
    for node in 1..nodes {
        let _ = writeln!(text, "n{} --> n{node}", draw(node));
        if draw(10) < 6 {
            let _ = writeln!(text, "n{} --> n{node}", draw(node));
        }
    }
    bencher.bench(|| lay_out(&parse(black_box(&text)).0, 80));
}
