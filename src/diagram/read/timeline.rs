//! The body of a `timeline`: periods with their events, some under the heading of a section.

use super::flowchart::shortened;
use super::lines::{after, statements};
use super::{MAX_NODES, Slips};
use crate::diagram::text::plain;
use crate::diagram::timeline::{Era, Period, Timeline};

pub(super) fn read(body: &str, line: u32, title: String, slips: &mut Slips) -> Timeline {
    let mut timeline = Timeline { title, eras: vec![Era::default()] };
    let mut count = 0;
    for (number, text) in statements(body, line, slips) {
        if matches!(text, "LR" | "TD" | "direction LR" | "direction TD") {
            continue;
        }
        if let Some(title) = after(text, "title") {
            timeline.title = plain(title);
            continue;
        }
        count += 1;
        if count > MAX_NODES {
            slips.add(number, format!("more than {MAX_NODES} periods; the rest is left out"));
            break;
        }
        if let Some(title) = after(text, "section") {
            timeline.eras.push(Era { title: plain(title), periods: Vec::new() });
            continue;
        }
        let mut parts = parts(text).into_iter().map(plain);
        let name = parts.next().unwrap_or_default();
        let events: Vec<String> = parts.filter(|it| !it.is_empty()).collect();
        let Some(era) = timeline.eras.last_mut() else { continue };
        match era.periods.last_mut() {
            // A line that begins with a colon goes on with the period above.
            Some(period) if name.is_empty() => period.events.extend(events),
            None if name.is_empty() => {
                slips.add(number, format!("`{}` belongs to no period: write one before the colon", shortened(text)));
            }
            _ => era.periods.push(Period { name, events }),
        }
    }
    timeline.eras.retain(|era| !era.periods.is_empty() || !era.title.is_empty());
    timeline
}

/// The period and its events: a colon divides where a blank follows it.
fn parts(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut start = 0;
    for (at, _) in text.match_indices(':') {
        let rest = &text[at + 1..];
        if rest.is_empty() || rest.starts_with(char::is_whitespace) {
            parts.push(text[start..at].trim());
            start = at + 1;
        }
    }
    parts.push(text[start..].trim());
    parts
}

#[cfg(test)]
mod tests {
    use crate::diagram::{describe, parse};

    #[test]
    fn periods_have_their_events() {
        let text = "timeline\ntitle T\n2002 : One\n2004 : Two at 10:30 : Three\n : Four\nsection S\nthen\n";
        let (graph, problems) = parse(text);
        assert_eq!(problems, []);
        assert_eq!(describe(&graph), "T: 3 periods; 2002: One; 2004: Two at 10:30, Three, Four; S; then: .");
        assert_eq!(parse("timeline\n: alone\n").1.len(), 1);
    }
}
