//! Any bytes, at any width: nothing panics, rows are of one length, and the same bytes give the same drawing.
//!
//! The first two bytes are the width, the rest is the text.

#![no_main]

use coldstart::diagram::{describe, draw, draw_ascii, json, lay_out, lay_out_within, parse, svg};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Some((width, text)) = bytes.split_first_chunk() else { return };
    let width = u16::from_le_bytes(*width) % 400;
    let text = String::from_utf8_lossy(text);
    let (graph, problems) = parse(&text);
    assert!(problems.iter().all(|it| it.line > 0 && !it.message.is_empty()));
    let placed = lay_out(&graph, width);
    assert_eq!(placed, lay_out(&parse(&text).0, width));
    for placed in [&placed, &lay_out_within(&graph, width, 20)] {
        for grid in [draw(placed), draw_ascii(placed)] {
            assert_eq!(grid.height(), placed.height);
            assert!(grid.rows.iter().all(|row| row.len() == placed.width));
            assert!(grid.rows.iter().flatten().all(|cell| !cell.symbol().contains(char::is_control)));
        }
    }
    let words = describe(&graph);
    assert!(svg(&placed, &words).ends_with("</svg>\n"));
    let _ = json(&placed, &problems);
});
