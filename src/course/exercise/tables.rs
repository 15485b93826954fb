//! The tables of an exercise's file that say pairs, gaps and stops, to what is graded.

use serde::Deserialize;
use toml::Spanned;

use super::chain;
use super::slips::Slips;
use super::{Kind, Piece};
use crate::course::nearest_hint;
use crate::grade::NumberTask;
use crate::grade::exact::flow::{FlowTask, Stop};
use crate::grade::exact::gaps::{Gap, Wanted};
use crate::grade::exact::pairs::{PairLine, Pairs};

#[derive(Deserialize)]
pub(super) struct PairToml {
    text: String,
    with: String,
    #[serde(default)]
    why: String,
}

#[derive(Deserialize)]
pub(super) struct GapToml {
    name: String,
    #[serde(default)]
    accept: Vec<String>,
    #[serde(default)]
    exact: bool,
    value: Option<f64>,
    #[serde(default)]
    unit: String,
    #[serde(default)]
    tolerance: f64,
    #[serde(default)]
    why: String,
    #[serde(default)]
    hint: String,
}

#[derive(Deserialize)]
pub(super) struct StopToml {
    id: String,
    label: String,
    #[serde(default)]
    say: Vec<String>,
    #[serde(default)]
    optional: bool,
    #[serde(default)]
    hint: String,
}

/// As many as the keys a–i choose from.
const MAX_CHOICES: usize = 9;

pub(super) fn matching(pairs: &[PairToml], extra: &[String], start: usize, slips: &mut Slips<'_>) -> Option<Kind> {
    let mut choices: Vec<String> = Vec::new();
    for choice in pairs.iter().map(|pair| &pair.with).chain(extra) {
        if !choices.contains(choice) {
            choices.push(choice.clone());
        }
    }
    if !(2..=26).contains(&pairs.len()) || !(2..=MAX_CHOICES).contains(&choices.len()) {
        slips.at(
            start,
            format!("matching has 2 to 26 `[[pair]]`s and 2 to {MAX_CHOICES} different things to match with"),
        );
        return None;
    }
    let lines = pairs
        .iter()
        .map(|pair| PairLine {
            text: pair.text.clone(),
            choice: choices.iter().position(|choice| *choice == pair.with).unwrap_or(0),
            why: pair.why.clone(),
        })
        .collect();
    Some(Kind::Matching(Pairs { lines, choices }))
}

pub(super) fn gaps(text: &str, gaps: &[Spanned<GapToml>], start: usize, slips: &mut Slips<'_>) -> Option<Kind> {
    let mut pieces = Vec::new();
    let mut order: Vec<usize> = Vec::new();
    let mut rest = text.trim_matches('\n');
    while let Some((before, name, after)) = next_gap(rest) {
        pieces.push(Piece::Text(before.to_owned()));
        let names = || gaps.iter().map(|gap| gap.get_ref().name.as_str());
        match names().position(|it| it == name) {
            Some(at) if !order.contains(&at) => {
                pieces.push(Piece::Gap(order.len()));
                order.push(at);
            }
            Some(_) => {
                slips.at(
                    start,
                    format!("the gap `{name}` stands twice in the `text`: give the second a name of its own"),
                );
            }
            None => {
                let near = nearest_hint(name, names());
                slips.at(start, format!("no `[[gap]]` is named `{name}`{near}"));
            }
        }
        rest = after;
    }
    pieces.push(Piece::Text(rest.to_owned()));
    for (at, gap) in gaps.iter().enumerate().filter(|(at, _)| !order.contains(at)) {
        let name = &gap.get_ref().name;
        let is_second = gaps[..at].iter().any(|it| it.get_ref().name == *name);
        let why = if is_second { "is named twice" } else { "is nowhere in the `text`" };
        slips.at(gap.span().start, format!("the gap `{name}` {why}: write `{{{{{name}}}}}` where it belongs"));
    }
    let mut read = Vec::new();
    for at in order {
        read.push(gap(&gaps[at], slips)?);
    }
    if read.is_empty() {
        slips.at(start, "there is no gap: write `{{name}}` in the `text`, and a `[[gap]]` with that name");
        return None;
    }
    Some(Kind::Gaps { pieces, gaps: read })
}

/// The first `{{name}}` of `text`, with what stands before and after it.
fn next_gap(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once("{{")?;
    let (name, after) = rest.split_once("}}")?;
    Some((before, name.trim(), after))
}

fn gap(read: &Spanned<GapToml>, slips: &mut Slips<'_>) -> Option<Gap> {
    let GapToml { name, accept, exact, value, unit, tolerance, why, hint } = read.get_ref();
    let accept: Vec<String> = accept.iter().filter(|it| !it.trim().is_empty()).cloned().collect();
    let wanted = match value {
        None if accept.is_empty() => {
            slips
                .at(read.span().start, format!("the gap `{name}` takes nothing: give it `accept` words, or a `value`"));
            return None;
        }
        None => Wanted::Words { accept, exact: *exact },
        Some(value) if value.is_finite() && *tolerance >= 0.0 => Wanted::Number(NumberTask {
            value: *value,
            unit: unit.clone(),
            tolerance: *tolerance,
            why_low: None,
            why_high: None,
        }),
        Some(_) => {
            slips.at(
                read.span().start,
                format!("the gap `{name}` needs a `value` that is a number, and no negative `tolerance`"),
            );
            return None;
        }
    };
    Some(Gap { name: name.clone(), wanted, why: why.clone(), hint: hint.clone() })
}

pub(super) fn flow(stops: &[Spanned<StopToml>], paths: &[String], start: usize, slips: &mut Slips<'_>) -> Option<Kind> {
    let ids = || stops.iter().map(|stop| stop.get_ref().id.as_str());
    let mut arrows = Vec::new();
    for path in paths {
        // Read by itself, so that an id said twice in a path is the same stop and a loop can be asked for.
        let drawn = chain::read(path);
        for (from, to) in drawn.arrows {
            let at = |index: usize| ids().position(|id| id == drawn.boxes[index]);
            match (at(from), at(to)) {
                (Some(from), Some(to)) if !arrows.contains(&(from, to)) => arrows.push((from, to)),
                _ => {}
            }
        }
        for name in drawn.boxes.iter().filter(|name| ids().all(|id| id != name.as_str())) {
            let near = nearest_hint(name, ids());
            slips.at(start, format!("`paths` goes over `{name}`, and no `[[stop]]` has that id{near}"));
        }
    }
    for (at, stop) in stops.iter().enumerate() {
        let StopToml { id, .. } = stop.get_ref();
        if stops[..at].iter().any(|it| it.get_ref().id == *id) {
            slips.at(stop.span().start, format!("the id `{id}` is there twice"));
        } else if arrows.iter().all(|(from, to)| *from != at && *to != at) {
            slips.at(stop.span().start, format!("no path goes over the stop `{id}`: name it in `paths`"));
        }
    }
    if arrows.is_empty() || stops.len() > 40 {
        slips.at(start, "a flow has 2 to 40 `[[stop]]`s, and `paths` over them such as `[\"upload -> queue\"]`");
        return None;
    }
    let stop = |read: &Spanned<StopToml>| {
        let StopToml { label, say, optional, hint, .. } = read.get_ref();
        Stop { label: label.clone(), say: say.clone(), optional: *optional, hint: hint.clone() }
    };
    let task = FlowTask { stops: stops.iter().map(stop).collect(), arrows };
    for (index, other) in task.mistaken_labels() {
        let (id, other) = (&stops[index].get_ref().id, &stops[other].get_ref().id);
        let message = format!("the label of `{id}` could be read as `{other}`: make their words differ");
        slips.at(stops[index].span().start, message);
    }
    Some(Kind::Flow(task))
}
