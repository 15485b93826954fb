//! Whether an exercise judges as its author meant it to: the slips of a rubric that only answers can show.

use super::file::graded_file;
use super::{Answer, Exercise, Kind, Sample};
use crate::course::{Problem, line_at};
use crate::grade::{Attack, ItemSpec, Place, Rubric, Slip, Status, Verdict};

/// Points nearer than this are the same.
const SAME: f64 = 0.005;

impl Exercise {
    /// Proves the rubric, and says each proof that fails.
    ///
    /// Every `say` earns its item; refuted, negated or with its sides swapped it earns nothing there. The prompt and the
    /// solutions of `others` earn nothing at all, nor do the solution's bare words. Each sample gets its points.
    ///
    /// Of an exercise of another kind the samples are graded; code is graded only where it can run.
    pub fn prove(&self, others: &[&Exercise]) -> Vec<Problem> {
        let rubric = match &self.kind {
            Kind::Text(rubric) => rubric,
            Kind::Code(_) => return Vec::new(),
            _ => return self.samples().iter().filter_map(|sample| self.prove_exact_sample(sample)).collect(),
        };
        let mut failed = Vec::new();
        for item in rubric.items() {
            for say in &item.say {
                self.prove_say(rubric, item, say, &mut failed);
            }
        }
        let mut earns_nothing = |what: &str, answer: &str| {
            let verdict = rubric.grade(answer);
            for item in verdict.items.iter().filter(|item| item.points > SAME) {
                let line = self.item_line(&item.id);
                let by = rule_of(rubric, answer, &item.id);
                failed.push(Problem::new(&self.file, line, format!("{what} earns `{}`{by}", item.id)));
            }
        };
        earns_nothing("the prompt", &self.prompt);
        for attack in [Attack::Sorted, Attack::Shuffled, Attack::Listed] {
            if let Some(spoilt) = attack.spoil(&self.solution) {
                earns_nothing(&format!("the solution {}", attack.description()), &spoilt);
            }
        }
        for other in others.iter().filter(|other| other.id != self.id) {
            earns_nothing(&format!("the solution of `{}`", other.id), &other.solution);
        }
        failed.extend(self.samples().iter().filter_map(|sample| self.prove_sample(rubric, sample)));
        failed
    }

    fn prove_say(&self, rubric: &Rubric, item: &ItemSpec, say: &str, failed: &mut Vec<Problem>) {
        let line = self.item_line(&item.id);
        let status = |answer: &str| status_of(&rubric.grade(answer), &item.id);
        if status(say) != Status::Made {
            let message =
                format!("`{}`: its own sentence “{say}” does not earn it: add a pattern that fits it", item.id);
            failed.push(Problem::new(&self.file, line, message));
        }
        // A few shuffled words can still be a sentence; the whole solution's cannot.
        for attack in [Attack::Refuted, Attack::Negated, Attack::Swapped] {
            let Some(spoilt) = attack.spoil(say) else { continue };
            if status(&spoilt) != Status::Missing {
                let by = rule_of(rubric, &spoilt, &item.id);
                let message = format!("`{}`: “{say}” {} earns it all the same{by}", item.id, attack.description());
                failed.push(Problem::new(&self.file, line, message));
            }
        }
    }

    fn prove_sample(&self, rubric: &Rubric, sample: &Sample) -> Option<Problem> {
        let verdict = self.grade(&Answer::Text(sample.answer.clone()));
        let rules = rubric.deciding_rules(&sample.answer);
        let wrong: Vec<String> = verdict
            .items
            .iter()
            .zip(rules)
            .filter_map(|(item, rule)| {
                let wanted = sample.points.get(&item.id).copied().unwrap_or(0.0);
                let by = rule.map_or_else(String::new, |rule| format!(" by `{}`", shortened(rule)));
                let is_wrong = (wanted - item.points).abs() > SAME;
                is_wrong.then(|| format!("`{}` gets {:.3} instead of {wanted:.3}{by}", item.id, item.points))
            })
            .collect();
        let start: String = sample.answer.split_whitespace().take(6).collect::<Vec<_>>().join(" ");
        let message = || {
            format!("the sample “{start} …”: {}; mend the item's patterns, or the sample's points", wrong.join("; "))
        };
        (!wrong.is_empty()).then(|| Problem::new(&self.file, sample.line, message()))
    }

    /// A sample of an exercise without a rubric gets the points that its author gave it, all together.
    fn prove_exact_sample(&self, sample: &Sample) -> Option<Problem> {
        let wanted: f64 = sample.points.values().sum();
        let problem = |what: String| {
            let start: String = sample.answer.split_whitespace().take(6).collect::<Vec<_>>().join(" ");
            Some(Problem::new(&self.file, sample.line, format!("the sample “{start} …” {what}")))
        };
        match self.read_answer(&sample.answer) {
            Err(why) => problem(format!("cannot be read: {why}")),
            Ok(answer) => {
                let score = self.grade(&answer).score;
                let is_same = (score - wanted).abs() <= SAME;
                if is_same {
                    None
                } else {
                    problem(format!("gets {score:.3} instead of {wanted:.3}: mend what is right, or its points"))
                }
            }
        }
    }

    /// The slips in the rubric, found by reading and preparing it.
    pub fn rubric_slips(&self) -> Vec<Problem> {
        let Kind::Text(rubric) = &self.kind else { return Vec::new() };
        let item = |place: Place| match place {
            Place::Item(index) => rubric.item_sources().get(index),
            _ => None,
        };
        let slip = |slip: &Slip| match (slip.place, item(slip.place)) {
            (Place::GradedLine(line), _) => Problem::new(&graded_file(&self.id.0), line, &slip.message),
            (_, None) => Problem::new(&self.file, 0, &slip.message),
            (_, Some(item)) => {
                // The pattern's own words find its line; the item's first line is the next best.
                let inside = slip.quote.as_deref().and_then(|quote| item.text.find(quote)).unwrap_or(0);
                let line = item.line + line_at(&item.text, inside) - 1;
                Problem::new(&self.file, line, format!("item `{}`: {}", item.id, slip.message))
            }
        };
        rubric.problems().iter().cloned().chain(rubric.slips().iter().map(slip)).collect()
    }

    fn item_line(&self, id: &str) -> u32 {
        let Kind::Text(rubric) = &self.kind else { return 0 };
        rubric.item_sources().iter().find(|item| item.id == id).map_or(0, |item| item.line)
    }
}

fn status_of(verdict: &Verdict, id: &str) -> Status {
    verdict.items.iter().find(|item| item.id == id).map_or(Status::Missing, |item| item.status)
}

/// " by `pattern`" for the rule that decided an item.
fn rule_of(rubric: &Rubric, answer: &str, id: &str) -> String {
    let rules = rubric.deciding_rules(answer);
    let rule = rubric.items().zip(rules).find(|(item, _)| item.id == id).and_then(|(_, rule)| rule);
    rule.map_or_else(String::new, |rule| format!(" by `{}`", shortened(rule)))
}

fn shortened(rule: &str) -> String {
    let mut shown: String = rule.chars().take(60).collect();
    if shown.len() < rule.len() {
        shown.push('…');
    }
    shown
}
