//! The body of a `pie` to bars: each slice with its share of the whole.

use super::flowchart::shortened;
use super::lines::{after, statements, unquoted};
use super::{MAX_NODES, Slips};
use crate::diagram::bars::{Bar, Bars, BarsKind, Section};
use crate::diagram::text::plain;

pub(super) fn read(body: &str, line: u32, title: String, slips: &mut Slips) -> Bars {
    let mut pie = Bars { kind: BarsKind::Pie, title, sections: Vec::new() };
    let mut shows_values = false;
    let mut slices: Vec<(String, f64)> = Vec::new();
    for (number, text) in statements(body, line, slips) {
        let text = match after(text, "showData") {
            Some(rest) => {
                shows_values = true;
                rest
            }
            None => text,
        };
        if text.is_empty() {
            continue;
        }
        if let Some(title) = after(text, "title") {
            pie.title = plain(title);
            continue;
        }
        let slice = text.rsplit_once(':').map(|(label, value)| (plain(unquoted(label)), value.trim().parse::<f64>()));
        match slice {
            _ if slices.len() == MAX_NODES => {
                slips.add(number, format!("more than {MAX_NODES} slices; this one is left out"));
            }
            Some((label, Ok(value))) if value.is_finite() && value >= 0.0 => slices.push((label, value)),
            Some((label, _)) => {
                slips.add(number, format!("`{}` needs a number of 0 or more after the colon", shortened(&label)));
            }
            None => {
                slips.add(number, format!("cannot read `{}`: write slices as `\"name\" : 25`", shortened(text)));
            }
        }
    }
    let whole: f64 = slices.iter().map(|it| it.1).sum();
    let bars = slices.into_iter().map(|(label, value)| {
        let percent = if whole > 0.0 { value / whole * 100.0 } else { 0.0 };
        let share = if percent > 0.0 && percent < 1.0 { format!("{percent:.1} %") } else { format!("{percent:.0} %") };
        let note = if shows_values { format!("{share} ({value})") } else { share };
        Bar { label, start: 0.0, end: value, note }
    });
    pie.sections = vec![Section { title: String::new(), bars: bars.collect() }];
    pie
}

#[cfg(test)]
mod tests {
    use crate::diagram::{Graph, describe, parse};

    #[test]
    fn slices_have_their_shares() {
        let text = "pie showData title Pets : kept\n\"Dogs: all\" : 60\n\"Cats\": 39.5\n\"Rats\" : 0.5\n";
        let (graph, problems) = parse(text);
        assert_eq!(problems, []);
        let words = "Pets : kept: 3 shares; Dogs: all: 60 % (60); Cats: 40 % (39.5); Rats: 0.5 % (0.5).";
        assert_eq!(describe(&graph), words);
        let (graph, problems) = parse("pie\n\"A\" : -1\n\"B\" : 2\nC\n");
        assert_eq!(problems.iter().map(|it| it.line).collect::<Vec<_>>(), [2, 4]);
        assert!(matches!(graph, Graph::Bars(bars) if bars.bars().count() == 1));
    }
}
