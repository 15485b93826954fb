//! A flow of stops joined by arrows, compared with the one that was asked for.
//!
//! In: boxes with their labels and the arrows between them, however they were drawn ([`Chain`]). Absent: reading them
//! from a text, and drawing them.

use std::collections::BTreeSet;

use super::{MAX_WORDS_CHARS, certain, finished, is_typo_of};
use crate::grade::verdict::{ItemVerdict, Status, Verdict};

/// The flow that is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FlowTask {
    pub stops: Vec<Stop>,
    /// From stop to stop, by index, in the order they are told.
    pub arrows: Vec<(usize, usize)>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stop {
    pub label: String,
    /// Words by which a box is known as this stop, beside the label: all of an entry must stand in the box, and
    /// `notif*` begins a word.
    pub say: Vec<String>,
    /// Who leaves it out joins its neighbours directly.
    pub optional: bool,
    /// A nudge, said when it is missing.
    pub hint: String,
}

/// Boxes and arrows as someone drew them. Arrows hold indices of boxes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chain {
    pub boxes: Vec<String>,
    pub arrows: Vec<(usize, usize)>,
}

/// More wrong arrows and unknown boxes than this are counted and not named.
const MAX_NAMED: usize = 3;

impl FlowTask {
    /// Judges a drawn flow. The arrows earn the points, in equal shares: a list of stops in no order earns nothing.
    ///
    /// A box that is no stop of the flow is passed over, and said. An arrow that does not belong costs a share, except
    /// one that only leads past stops that were left out. The whole is never below zero.
    pub fn grade(&self, chain: &Chain, points: f64) -> Verdict {
        let stop_of = self.recognised(chain);
        let drawn: BTreeSet<usize> = stop_of.iter().flatten().copied().collect();
        let wanted = self.wanted(&drawn);
        let given = known_arrows(chain, &stop_of);
        let share = points / wanted.len().max(1) as f64;
        let mut items: Vec<ItemVerdict> = Vec::new();
        for (index, &(from, to)) in wanted.iter().enumerate() {
            let label = format!("{} → {}", self.stops[from].label, self.stops[to].label);
            let id = format!("arrow-{}", index + 1);
            if given.contains(&(from, to)) {
                items.push(certain(&id, &label, Status::Made, share, share, None));
            } else {
                let mut item = certain(&id, &label, Status::Missing, 0.0, share, None);
                item.hint = Some(self.nudge(from, to, &drawn, &given));
                items.push(item);
            }
        }
        let n_made = items.iter().filter(|item| item.status == Status::Made).count();
        let extra: Vec<(usize, usize)> = given
            .iter()
            .copied()
            .filter(|arrow| !wanted.contains(arrow) && !leads_past(&wanted, *arrow, &drawn))
            .collect();
        if !extra.is_empty() {
            let named =
                |&(from, to): &(usize, usize)| format!("“{} → {}”", self.stops[from].label, self.stops[to].label);
            let label = match extra.len() {
                1 => format!("The arrow {} does not belong.", named(&extra[0])),
                n => format!("{n} arrows do not belong: {}.", listed(extra.iter().map(named))),
            };
            items.push(certain("extra", &label, Status::Missing, -share * extra.len() as f64, 0.0, None));
        }
        let score = items.iter().map(|item| item.points).sum::<f64>().clamp(0.0, points);
        let unknown = chain.boxes.iter().zip(&stop_of).filter(|(_, stop)| stop.is_none()).map(|(label, _)| label);
        let unknown = listed(unknown.map(|label| format!("“{}”", shortened(label))));
        let mut feedback = if chain.arrows.is_empty() {
            "I could read no arrow. Write what happens one after the other with `->` between.".to_owned()
        } else if n_made == wanted.len() && extra.is_empty() {
            "Right.".to_owned()
        } else {
            format!("{n_made} of {} arrows are right.", wanted.len())
        };
        if !unknown.is_empty() && !chain.arrows.is_empty() {
            feedback += &format!(" Passed over, as I know no such stop here: {unknown}.");
        }
        finished(score, points, items, feedback)
    }

    /// The stops whose own label could be taken for another stop, and that other: a slip of the author's.
    pub fn mistaken_labels(&self) -> Vec<(usize, usize)> {
        let other = |index: usize| self.candidates(&self.stops[index].label).into_iter().find(|it| *it != index);
        (0..self.stops.len()).filter_map(|index| Some((index, other(index)?))).collect()
    }

    /// Which stop each box is.
    ///
    /// The entry with the most letters decides; one that several stops share only where nothing else does. A box that
    /// could still be several stops is the first of them that is not drawn yet, in the order of the boxes.
    fn recognised(&self, chain: &Chain) -> Vec<Option<usize>> {
        let candidates: Vec<Vec<usize>> = chain.boxes.iter().map(|label| self.candidates(label)).collect();
        let mut taken: BTreeSet<usize> =
            candidates.iter().filter(|stops| stops.len() == 1).map(|stops| stops[0]).collect();
        let mut stop_of = Vec::with_capacity(candidates.len());
        for stops in candidates {
            let stop = stops.iter().find(|stop| !taken.contains(stop)).or(stops.first()).copied();
            taken.extend(stop);
            stop_of.push(stop);
        }
        stop_of
    }

    /// The stops that fit a box best, all equally well.
    fn candidates(&self, label: &str) -> Vec<usize> {
        let words = words(label);
        let is_shared = |entry: &String| self.stops.iter().filter(|stop| stop.say.contains(entry)).count() > 1;
        let mut best = (false, 0);
        let mut fit = Vec::new();
        for (index, stop) in self.stops.iter().enumerate() {
            let entries = stop.say.iter().chain([&stop.label]).filter(|entry| says(&words, entry));
            let Some(rank) =
                entries.map(|entry| (!is_shared(entry), entry.chars().filter(|c| *c != '*').count())).max()
            else {
                continue;
            };
            if rank > best {
                best = rank;
                fit.clear();
            }
            if rank == best {
                fit.push(index);
            }
        }
        fit
    }

    /// The arrows, led past each optional stop that is not drawn.
    fn wanted(&self, drawn: &BTreeSet<usize>) -> Vec<(usize, usize)> {
        let mut wanted = self.arrows.clone();
        for stop in (0..self.stops.len()).filter(|stop| self.stops[*stop].optional && !drawn.contains(stop)) {
            let after: Vec<usize> = wanted.iter().filter(|arrow| arrow.0 == stop).map(|arrow| arrow.1).collect();
            wanted = wanted
                .into_iter()
                .filter(|arrow| arrow.0 != stop)
                .flat_map(|(from, to)| {
                    let ends = if to == stop { after.clone() } else { vec![to] };
                    ends.into_iter().map(move |end| (from, end))
                })
                .collect();
        }
        wanted
    }

    /// What is wrong with an arrow that is not there, without giving away a stop that is not drawn.
    fn nudge(&self, from: usize, to: usize, drawn: &BTreeSet<usize>, given: &BTreeSet<(usize, usize)>) -> String {
        let (first, second) = (&self.stops[from], &self.stops[to]);
        let said = match (drawn.contains(&from), drawn.contains(&to)) {
            (true, true) if given.contains(&(to, from)) => {
                format!("The arrow between “{}” and “{}” points the other way.", first.label, second.label)
            }
            (true, true) => format!("“{}” and “{}” are there, and no arrow joins them.", first.label, second.label),
            (true, false) => format!("Something that comes after “{}” is missing.", first.label),
            (false, true) => format!("Something that leads to “{}” is missing.", second.label),
            (false, false) => "Two stops in a row are missing.".to_owned(),
        };
        let missing = [(from, first), (to, second)].into_iter().find(|(stop, _)| !drawn.contains(stop));
        match missing {
            Some((_, stop)) if !stop.hint.is_empty() => format!("{said} {}", stop.hint),
            _ => said,
        }
    }
}

/// The arrows between stops, those through boxes that are no stop included.
fn known_arrows(chain: &Chain, stop_of: &[Option<usize>]) -> BTreeSet<(usize, usize)> {
    let mut next: Vec<Vec<usize>> = vec![Vec::new(); chain.boxes.len()];
    for &(from, to) in &chain.arrows {
        if from < next.len() && to < next.len() {
            next[from].push(to);
        }
    }
    let mut arrows = BTreeSet::new();
    for (start, from) in stop_of.iter().enumerate().filter_map(|(at, stop)| Some((at, (*stop)?))) {
        let mut seen = BTreeSet::new();
        let mut open = next[start].clone();
        while let Some(at) = open.pop() {
            match stop_of[at] {
                _ if !seen.insert(at) => {}
                Some(to) if to != from => {
                    arrows.insert((from, to));
                }
                Some(_) => {}
                None => open.extend(&next[at]),
            }
        }
    }
    arrows
}

/// Whether `arrow` only abbreviates a wanted way whose inner stops are not drawn.
fn leads_past(wanted: &[(usize, usize)], arrow: (usize, usize), drawn: &BTreeSet<usize>) -> bool {
    let mut seen = BTreeSet::new();
    let mut open = vec![arrow.0];
    while let Some(at) = open.pop() {
        for &(_, to) in wanted.iter().filter(|it| it.0 == at) {
            if to == arrow.1 {
                return true;
            }
            if !drawn.contains(&to) && seen.insert(to) {
                open.push(to);
            }
        }
    }
    false
}

fn words(text: &str) -> Vec<String> {
    let text: String = text.chars().take(MAX_WORDS_CHARS).collect();
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
}

/// Whether every word of an author's entry stands among `words`.
fn says(words: &[String], entry: &str) -> bool {
    let mut wanted = entry.split(|c: char| !c.is_alphanumeric() && c != '*').filter(|word| !word.is_empty()).peekable();
    wanted.peek().is_some()
        && wanted.all(|wanted| {
            let wanted = wanted.to_lowercase();
            match wanted.strip_suffix('*') {
                Some(start) => words.iter().any(|word| word.starts_with(start)),
                None => words.iter().any(|word| *word == wanted || is_typo_of(word, &wanted)),
            }
        })
}

fn shortened(label: &str) -> String {
    let mut shown: String = label.chars().take(40).collect();
    if shown.len() < label.len() {
        shown.push('…');
    }
    shown
}

/// The first few, and how many more there are.
fn listed(names: impl Iterator<Item = String>) -> String {
    let names: Vec<String> = names.collect();
    let more = names.len().saturating_sub(MAX_NAMED);
    let mut text = names.iter().take(MAX_NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
    if more > 0 {
        text += &format!(" and {more} more");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{Chain, FlowTask, Stop};

    /// upload → storage → resize → queue → notify, and resize → save; the storage may be left out.
    fn task() -> FlowTask {
        let stop = |label: &str, say: &[&str], optional| Stop {
            label: label.into(),
            say: say.iter().map(|it| (*it).to_owned()).collect(),
            optional,
            hint: String::new(),
        };
        FlowTask {
            stops: vec![
                stop("Upload", &["upload*"], false),
                stop("Storage", &["s3"], true),
                stop("Resize", &["resiz*", "function"], false),
                stop("Queue", &["message"], false),
                stop("Notify", &["notif*", "function"], false),
                stop("Save", &["save* thumbnail"], false),
            ],
            arrows: vec![(0, 1), (1, 2), (2, 3), (3, 4), (2, 5)],
        }
    }

    /// `a>b>c, b>d`: a name is one box, `x#2` another of the same label.
    fn chain(text: &str) -> Chain {
        let mut names: Vec<&str> = Vec::new();
        let mut arrows = Vec::new();
        for path in text.split(", ") {
            let path: Vec<usize> = path
                .split('>')
                .map(|name| {
                    names.iter().position(|it| *it == name).unwrap_or_else(|| {
                        names.push(name);
                        names.len() - 1
                    })
                })
                .collect();
            arrows.extend(path.windows(2).map(|pair| (pair[0], pair[1])));
        }
        Chain { boxes: names.iter().map(|name| name.trim_end_matches("#2").to_owned()).collect(), arrows }
    }

    #[test]
    fn arrows_earn_wrong_ones_cost_and_what_is_left_out_is_led_past() {
        for (drawn, score) in [
            ("upload>s3>resize>queue>notify, resize>save thumbnail", 1.0),
            (
                "Image is uploaded>S3 storage>Resizing function>Mesage queue>notification, Resizing function>saves the thumbnail",
                1.0,
            ),
            // Twice the same word: the first is the first that fits.
            ("upload>s3>function>queue>function#2, function>save thumbnail", 1.0),
            // Without the optional storage there are four arrows.
            ("upload>resize>queue>notify, resize>save thumbnail", 1.0),
            ("upload>resize>queue>notify", 0.75),
            // A box that is no stop is passed over.
            ("upload>website>s3>resize>queue>notify, resize>save thumbnail", 1.0),
            // Two arrows less for a missing stop, and no cost for leading past it.
            ("upload>s3>resize>notify, resize>save thumbnail", 0.6),
            // A call where there should be a queue between.
            ("upload>s3>resize>queue>notify, resize>save thumbnail, resize>notify", 0.8),
            ("notify>queue>resize>s3>upload", 0.0),
            ("upload, s3, resize, queue, notify", 0.0),
            ("", 0.0),
        ] {
            let verdict = task().grade(&chain(drawn), 1.0);
            assert!((verdict.score - score).abs() < 1e-9, "{drawn}: {verdict:#?}");
        }
    }

    #[test]
    fn what_is_wrong_is_said_and_a_missing_stop_not_given_away() {
        let said = |drawn: &str| {
            let verdict = task().grade(&chain(drawn), 1.0);
            let items = verdict.items.iter().filter(|item| item.status != super::Status::Made);
            let lines = items.map(|item| item.hint.clone().unwrap_or_else(|| item.label.clone()));
            lines.chain([verdict.feedback.clone()]).collect::<Vec<_>>().join("\n")
        };
        assert!(said("upload>resize>queue>notify, save thumbnail>resize").contains("points the other way"));
        assert!(
            said("upload>notify>queue").contains("do not belong: “Upload → Notify”, “Notify → Queue”"),
            "{}",
            said("upload>notify>queue")
        );
        assert!(said("upload>website>resize").contains("“website”"));
        let missing = said("upload>s3>resize>notify, resize>save thumbnail");
        assert!(missing.contains("comes after “Resize”") && !missing.contains("Queue"), "{missing}");
    }

    #[test]
    fn a_label_that_reads_as_another_stop_is_told() {
        let mut task = task();
        assert_eq!(task.mistaken_labels(), []);
        task.stops[3].say.push("resize image".into());
        task.stops[2].label = "Resize the image".into();
        task.stops[2].say = vec!["resize".into()];
        assert_eq!(task.mistaken_labels(), []);
        task.stops[2].label = "Resize image".into();
        assert_eq!(task.mistaken_labels(), [(2, 3)]);
    }
}
